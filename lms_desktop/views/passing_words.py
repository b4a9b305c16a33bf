"""What a window says in passing at its bottom: said, after it was done, in a turn of its own."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from lms_desktop.frozen import frozen

SAY_MS = 1
"""Milliseconds after which it is said: what was done is painted before."""


@frozen
class _Words:
    """What is about to be said; `act` is offered as `action` where that is not empty."""

    text: str
    action: str = ""
    act: Callable[[], object] | None = None


class PassingWords(QObject):
    """The messages of one window, each in place of the one before.

    What is saved is told and painted row by row, field by field; to make a message, to lay it out and to fade it in
    takes as long again.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._next: _Words | None = None
        self._soon = QTimer(window, singleShot=True, interval=SAY_MS)
        self._soon.timeout.connect(self._say)

    def say(self, text: str, action: str = "", act: Callable[[], object] | None = None) -> None:
        """Say something, with an act to go on with."""
        self._next = _Words(text, action, act)
        self._soon.start()

    def offer(self, text: str, action: str, act: Callable[[], object]) -> None:
        """Offer an act with the message of this text, where that is to be seen or about to be."""
        if self._next is not None:
            if self._next.text == text:
                self._next = _Words(text, action, act)
            return
        from lms_desktop.views.kit.toast import toasts

        for there in toasts(self._window):
            if there.isVisible() and there.text == text:
                there.add_action(action, act)
                return

    def _say(self) -> None:
        from lms_desktop.views.kit.toast import show_toast  # not before there is something to say

        words, self._next = self._next, None
        if words is not None:
            show_toast(self._window, words.text, action=words.action, act=words.act)
