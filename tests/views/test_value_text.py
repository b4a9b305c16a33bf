"""Values that are read and not edited, as they are drawn."""

from pytestqt.qtbot import QtBot

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QImage

from lms_desktop.views import theme
from lms_desktop.views.kit.paint import px
from lms_desktop.views.theme import FontRole
from lms_desktop.views.value_text import PercentBar

FIGURE = "14 %"


def drawn(qtbot: QtBot, way: Qt.LayoutDirection) -> QImage:
    """The bar of a percentage in a window whose lines run this way."""
    bar = PercentBar(14, FIGURE)
    qtbot.addWidget(bar)
    bar.setLayoutDirection(way)
    bar.resize(px(260), px(20))
    return bar.grab().toImage()


def test_a_percentage_is_written_the_same_way_and_as_far_from_its_bar_from_right_to_left(qtbot: QtBot) -> None:
    left, right = (drawn(qtbot, way) for way in (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft))
    wide, bar, gap = QFontMetrics(theme.current().font(FontRole.BODY)).horizontalAdvance(FIGURE), px(180), px(10)
    high = left.height()
    figure = left.copy(bar + gap, 0, wide, high)
    assert figure == right.copy(right.width() - bar - gap - wide, 0, wide, high)
    assert figure != left.copy(left.width() - wide, 0, wide, high), "something is written there"
