"""How the application speaks up: errors with a way out and details to copy, questions with named buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from lms_desktop import log
from lms_desktop.errors import BugError, ExplainedError
from lms_desktop.models.wording import word
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.sheet import Sheet

if TYPE_CHECKING:  # the first window asks before it has imported what talks to the server
    from lms_desktop.models.change_log import ChangeLog

MANY = 20
"""Rows from which on a change is asked about where it could not be undone."""


class ErrorBox(Sheet):
    """An error: the sentence, the way out below it, and details for whoever helps.

    Attributes:
        error: what is shown.
    """

    def __init__(self, error: ExplainedError, parent: QWidget | None = None) -> None:
        bug = isinstance(error, BugError)
        text, way_out = error.translated(word)
        title = QCoreApplication.translate("Feedback", "That did not work")
        super().__init__(title, parent, width=440, icon="error" if bug else "warning", tone="bad" if bug else "warn")
        self.error = error
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleDescription(" ".join(filter(None, (text, way_out))))
        for words in filter(None, (text, way_out)):
            self.add(readable(words))
        if error.details:
            self._copy = self.add_button(self.tr("Copy details"), "", self._copy_details)
        self._close = self.add_button(self.tr("Close"), "primary", self.reject, default=True)
        self._close.setFocus()

    def _copy_details(self) -> None:
        copy_details(self.error)
        self._copy.setText(self.tr("Copied"))
        self.fit()


def show_error(parent: QWidget | None, error: ExplainedError) -> ErrorBox:
    """Show an error: the sentence, the way out below it, "Copy details". Returns the open box."""
    box = ErrorBox(error, parent)
    box.open()
    return box


def copy_details(error: ExplainedError) -> None:
    """Put what a support person needs on the clipboard, passwords redacted."""
    QGuiApplication.clipboard().setText(log.redact(f"{error}\n\n{error.details or ''}".strip()))


def ask(parent: QWidget | None, title: str, text: str, act: str, *, keep: str = "", destructive: bool = False) -> bool:
    """Ask before something is done: `act` names what the button does, `keep` what the other one does. Modal."""
    tone = "warning" if destructive else "question"
    box = Sheet(title, parent, width=440, icon=tone, tone="warn" if destructive else "info")
    box.setAccessibleDescription(text)
    if text:
        box.add(readable(text))
    kept = box.add_button(keep or QCoreApplication.translate("Feedback", "Cancel"), "", box.reject, default=destructive)
    do = box.add_button(act, "danger" if destructive else "primary", box.accept, default=not destructive)
    (kept if destructive else do).setFocus()
    return bool(box.exec())


def no_undo(change_log: ChangeLog) -> str:
    """What has to be said before something that could otherwise be undone; "" where the change log is on."""
    if change_log.on:
        return ""
    return QCoreApplication.translate("Feedback", "This cannot be undone.") + " " + word(change_log.state.why_off)


def may_change(parent: QWidget | None, change_log: ChangeLog, rows: int, act: str, text: str = "") -> bool:
    """Whether so many rows may be changed: asked with `text` where there is one, and where many could not be undone."""
    warning = no_undo(change_log) if text or rows > MANY else ""
    words = "\n\n".join(filter(None, (text, warning)))
    if not words:
        return True
    title = act if text else QCoreApplication.translate("Feedback", "Change %n row(s)?", "", rows)
    return ask(parent, title, words, act)


def ask_text(parent: QWidget | None, title: str, name: str, act: str, *, help: str = "") -> str:
    """Ask for one line of text, called `name`; stripped, "" where the person thought better of it. Modal."""
    box = Sheet(title, parent, width=380)
    line = QLineEdit()
    line.setAccessibleName(name)
    caption = label(name, "small")
    caption.setBuddy(line)
    box.add(caption, line)
    if help:
        box.add(label(help, "small", wrap=True))
    box.add_button(QCoreApplication.translate("Feedback", "Cancel"), "", box.reject)
    do = box.add_button(act, "primary", box.accept, default=True)
    do.setEnabled(False)
    line.textChanged.connect(lambda text: do.setEnabled(bool(text.strip())))
    line.setFocus()
    done = bool(box.exec())
    return line.text().strip() if done else ""


def readable(text: str) -> QLabel:
    """A sentence that wraps and can be marked with the mouse."""
    words = label(text, wrap=True)
    words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return words
