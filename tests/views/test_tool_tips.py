"""Tool tips with texts that somebody typed: shown as they are, whatever they look like, and nothing is fetched."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from PySide6.QtGui import Qt, QTextDocument
from PySide6.QtWidgets import QWidget

from lms_desktop.models.wording import plain_tip
from lms_desktop.views.course.answer_bars import AnswerBars, Share
from lms_desktop.views.kit.chips import Chip
from lms_desktop.views.kit.elided_button import ElidedButton
from lms_desktop.views.kit.labels import ElidedLabel

MARKUP = "<img src='file:///a.png'> & <b>bold</b>, " + "and so on " * 20


def seen(tip: str) -> str:
    """What a tool tip shows."""
    page = QTextDocument()
    if Qt.mightBeRichText(tip):
        page.setHtml(tip)
    else:
        page.setPlainText(tip)
    return page.toPlainText()


def _button() -> QWidget:
    made = ElidedButton()
    made.tell(MARKUP)
    return made


def _bars() -> QWidget:
    bars = AnswerBars()
    bars.show_shares([Share(MARKUP, 1, None)], 1)
    return bars


@pytest.mark.parametrize(
    "made", [_bars, lambda: Chip(MARKUP), lambda: ElidedLabel(MARKUP), _button],
    ids=["bars", "chip", "label", "button"],
)  # fmt: skip
def test_a_tool_tip_shows_what_was_typed(qtbot: QtBot, made: Callable[[], QWidget]) -> None:
    widget = made()
    qtbot.addWidget(widget)
    widget.resize(80, 30)
    widget.show()
    assert MARKUP.strip() in seen(widget.toolTip())


@pytest.mark.parametrize("text", ["plain", "1 < 2 & 3", "a\n<b>b</b>", ""])
def test_lines_and_signs_stay(text: str) -> None:
    assert seen(plain_tip(text)) == text
