"""What a window says in passing: after what was done is painted, with the way back that belongs to it."""

import pytest
from pytestqt.qtbot import QtBot

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget

from lms_desktop.views.kit.toast import Toast, toasts
from lms_desktop.views.passing_words import PassingWords


class Window(QWidget):
    """Notes for each painting how many messages there were."""

    def __init__(self) -> None:
        super().__init__()
        self.resize(600, 400)
        self.passing = PassingWords(self)
        self.painted_with = list[int]()

    def paintEvent(self, event: QPaintEvent) -> None:
        self.painted_with.append(len(toasts(self)))


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    """A window, shown."""
    made = Window()
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.painted_with.clear()
    return made


def seen(window: Window) -> list[Toast]:
    """The messages that can be seen."""
    return [toast for toast in toasts(window) if toast.isVisible()]


def offered(toast: Toast) -> list[str]:
    """What a message offers."""
    return [button.text() for button in toast.findChildren(QPushButton) if button.isVisibleTo(toast)]


def test_what_was_done_is_painted_before_it_is_said(qtbot: QtBot, window: Window) -> None:
    window.passing.say("Saved")
    window.update()
    qtbot.waitUntil(lambda: bool(seen(window)))
    assert window.painted_with[0] == 0
    assert seen(window)[0].text == "Saved"


def test_of_two_messages_at_once_the_later_one_is_said(qtbot: QtBot, window: Window) -> None:
    window.passing.say("Saved")
    window.passing.say("Saved 2 enrollments")
    qtbot.waitUntil(lambda: bool(seen(window)))
    assert [toast.text for toast in seen(window)] == ["Saved 2 enrollments"]


@pytest.mark.parametrize("late", [False, True])
def test_a_way_back_is_offered_with_the_message_it_belongs_to(qtbot: QtBot, window: Window, late: bool) -> None:
    undone: list[bool] = []
    window.passing.say("Saved")
    if late:
        qtbot.waitUntil(lambda: bool(seen(window)))
    window.passing.offer("Saved by somebody else", "Undo", lambda: undone.append(False))
    window.passing.offer("Saved", "Undo", lambda: undone.append(True))
    qtbot.waitUntil(lambda: bool(seen(window)))
    (toast,) = seen(window)
    assert offered(toast) == ["Undo"]
    qtbot.mouseClick(toast.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)
    assert undone == [True]
