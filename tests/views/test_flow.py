"""A layout that wraps its widgets like words."""

from pytestqt.qtbot import QtBot

from PySide6.QtWidgets import QWidget

from lms_desktop.views.kit.flow import FlowLayout

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
