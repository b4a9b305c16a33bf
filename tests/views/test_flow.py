"""A layout that wraps its widgets like words."""

from pytestqt.qtbot import QtBot

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from lms_desktop.views.kit.flow import FlowLayout
from lms_desktop.views.kit.yielding import YieldingColumn, YieldingLines

WIDTH = 120
"""Room for one part on a line."""


def test_the_height_follows_what_is_put_in_and_taken_out(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    flow = FlowLayout(holder, gap=4)
    heights = []
    for _ in range(3):
        part = QWidget()
        part.setFixedSize(100, 30)
        flow.addWidget(part)
        heights.append(flow.heightForWidth(WIDTH))
    flow.takeAt(2)
    assert [*heights, flow.heightForWidth(WIDTH)] == [30, 64, 98, 64]
    assert flow.takeAt(7) is None


def test_lines_that_have_no_room_are_scrolled_and_show_what_has_the_keyboard(qtbot: QtBot) -> None:
    holder, lines, page = QWidget(), QWidget(), QWidget()
    qtbot.addWidget(holder)
    flow = FlowLayout(lines, gap=4)
    parts = [QWidget() for _ in range(3)]
    for part in parts:
        part.setFixedSize(100, 30)
        part.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        flow.addWidget(part)
    scrolled = YieldingLines(lines)
    column = YieldingColumn(holder, scrolled)
    column.addWidget(page, 1)
    page.setMinimumHeight(100)
    holder.resize(WIDTH, 300)
    holder.show()
    holder.activateWindow()
    qtbot.waitUntil(holder.isActiveWindow)
    assert scrolled.height() == 98, "all lines, and no more"
    assert scrolled.viewport().width() == WIDTH, "no bar where there is nothing to scroll"
    holder.resize(WIDTH, 150)
    qtbot.waitUntil(lambda: scrolled.height() == 50)
    assert page.height() == 100
    assert scrolled.verticalScrollBar().isVisible()
    page.setFocus()
    assert parts[2].visibleRegion().isEmpty()
    parts[2].setFocus()
    qtbot.waitUntil(lambda: parts[2].visibleRegion().boundingRect() == parts[2].rect())
    parts[0].setFocus()
    qtbot.waitUntil(lambda: parts[0].visibleRegion().boundingRect() == parts[0].rect())
    parts[2].hide()
    holder.resize(WIDTH, 164)
    qtbot.waitUntil(lambda: scrolled.height() == 64)
    assert scrolled.viewport().width() == WIDTH
