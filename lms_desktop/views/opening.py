"""The screen while something is made ready: what is done, what is being done, and a way to stop it."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from lms_desktop.errors import ExplainedError
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.notices import Picture
from lms_desktop.views.kit.paint import px
from lms_desktop.views.start_screen import StartScreen

MOST_LINES = 7
"""Sentences shown at once; those before are dropped."""


class OpeningScreen(StartScreen):
    """Sentences of progress, one below the other.

    Signals:
        cancelled(): the person wants it to stop.
        retried(): it failed, and the person wants it tried again.
    """

    name = "opening"
    cancelled = Signal()
    retried = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = label("", "title", wrap=True)
        self._detail = label("", "muted", wrap=True)
        self._steps = QVBoxLayout()
        self._steps.setSpacing(8)
        self.cancel = button(self.tr("Cancel"), "", self._cancel)
        self.retry = button(self.tr("Try again"), "primary", self.retried.emit)
        self.copy = button(self.tr("Copy details"), "", self._copy)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for press in (self.copy, self.cancel, self.retry):
            row.addWidget(press)
        column = self._column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self._title)
        column.addWidget(self._detail)
        column.addLayout(self._steps)
        column.addLayout(row)
        self._lines: list[_Step] = []
        self._error: ExplainedError | None = None
        self.ready()

    def start(self, title: str, detail: str = "") -> None:
        """Begin something new."""
        self._title.setText(title)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        while self._lines:
            self._lines.pop(0).remove()
        if self._error is not None:
            self.banner.hide()
            self._error = None
        self.copy.hide()
        self.retry.hide()
        self.cancel.setEnabled(True)
        self.cancel.setText(self.tr("Cancel"))
        self.busy.start(title)

    def say(self, sentence: str) -> None:
        """Go on to the next step; `sentence` is translated here."""
        if self._lines:
            self._lines[-1].finish()
        if len(self._lines) == MOST_LINES:
            self._lines.pop(0).remove()
        line = _Step(QCoreApplication.translate("", sentence))
        self._steps.addWidget(line)
        self._lines.append(line)

    def steps(self) -> list[QWidget]:
        """The steps shown, the oldest first; each says its sentence, and what became of it, to screen readers."""
        return list(self._lines)

    def fail(self, error: ExplainedError) -> None:
        """It did not work: say why, and offer to try again."""
        self.busy.stop()
        if self._lines:
            self._lines[-1].fail()
        self._error = error
        self._column.insertWidget(self._column.indexOf(self._steps) + 1, self.banner)
        self.complain(error)
        self.copy.setVisible(bool(error.details))
        self.retry.show()
        self.retry.setFocus(Qt.FocusReason.OtherFocusReason)
        self.cancel.setText(self.tr("Close"))
        self.cancel.setEnabled(True)

    def begin(self) -> None:
        """Override StartScreen.begin."""
        self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def _cancel(self) -> None:
        self.cancel.setEnabled(False)
        self.cancel.setText(self.tr("Stopping…"))
        self.cancelled.emit()

    def _copy(self) -> None:
        if self._error is not None:
            from lms_desktop.views.feedback import copy_details  # and the dialogs with it

            copy_details(self._error)


class _Step(QWidget):
    """One step: a mark and its sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self._picture = Picture("chevron-right", "info")
        self._words = label(sentence, "", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(10))
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)
        self.setAccessibleName(sentence)

    def finish(self) -> None:
        """It is done."""
        self._picture.tell("success", "ok")
        self.setAccessibleDescription(self.tr("done"))

    def fail(self) -> None:
        """It did not work."""
        self._picture.tell("error", "bad")
        self.setAccessibleDescription(self.tr("failed"))

    def remove(self) -> None:
        """Take it off the screen."""
        self.hide()
        self.deleteLater()
