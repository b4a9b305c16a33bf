"""Long work that goes on while the window is used: what it is, how far it is, a way to stop it."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QProgressBar, QWidget
from shiboken6 import isValid

from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.labels import ElidedLabel
from lms_desktop.views.kit.paint import px
from lms_desktop.views.kit.surfaces import Bar

STEPS = 1000
"""Of the progress bar."""


class WorkBar(Bar):
    """Stands above the status bar while something long goes on, and is not there otherwise.

    Signals:
        words_changed(str): it says something else.
    """

    words_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("footer", 44, parent)
        self.words = ElidedLabel("")
        self.progress = QProgressBar()
        self.progress.setRange(0, STEPS)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(px(220))
        self.cancel_button = button(self.tr("Cancel"), "", self._cancel)
        self.cancel_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard where it is
        self._keyboard: QWidget | None = None
        self._stop: Callable[[], object] | None = None
        self._title = ""
        self.row.addWidget(self.words, 1)
        self.add(self.progress, self.cancel_button)
        self.hide()

    @property
    def busy(self) -> bool:
        """Whether something long is going on."""
        return self._stop is not None

    def begin(self, text: str, stop: Callable[[], object]) -> None:
        """Work begins, which `stop` ends before its time."""
        self._stop, self._title = stop, text
        self._keyboard = QApplication.focusWidget()
        self.progress.setAccessibleName(text)
        self.cancel_button.setEnabled(True)
        self.cancel_button.setAccessibleName(self.tr("Cancel: {0}").format(text))
        self.tell(0.0, "")
        self.show()

    def tell(self, fraction: float, text: str) -> None:
        """It has come so far (0 to 1), and does this now."""
        words = " · ".join(filter(None, (self._title, text)))
        self.words.setText(words)
        self.words_changed.emit(words)
        self.progress.setValue(round(fraction * STEPS))

    def see_through(self) -> None:
        """What is left of it takes a moment, and is not stopped any more."""
        self._give_back_keyboard()
        self.cancel_button.setEnabled(False)

    def end(self) -> None:
        """It is over."""
        self._stop = None
        self._give_back_keyboard()
        self.hide()

    def _give_back_keyboard(self) -> None:
        """Qt would give it to whatever stands next."""
        if self.cancel_button.hasFocus() and self._keyboard is not None and isValid(self._keyboard):
            self._keyboard.setFocus()
        self._keyboard = None

    def _cancel(self) -> None:
        self.see_through()
        if self._stop is not None:
            self._stop()
