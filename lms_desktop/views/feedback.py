"""How the application speaks up: errors with a way out and details to copy, questions with named buttons."""

import logging

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from lms_desktop import log
from lms_desktop.errors import BugError, ExplainedError

logger = logging.getLogger(__name__)


def show_error(parent: QWidget | None, error: ExplainedError) -> QMessageBox:
    """Show an error: the sentence, the way out below it, "Copy details". Returns the open box."""
    text, way_out = error.translated(lambda source: QCoreApplication.translate("", source))
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    bug = isinstance(error, BugError)
    box.setIcon(QMessageBox.Icon.Critical if bug else QMessageBox.Icon.Warning)
    box.setWindowTitle(QCoreApplication.translate("Feedback", "That did not work"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.setInformativeText(way_out or "")
    close = box.addButton(QCoreApplication.translate("Feedback", "Close"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(close)
    box.setEscapeButton(close)
    if error.details:
        copy = box.addButton(QCoreApplication.translate("Feedback", "Copy details"), QMessageBox.ButtonRole.ActionRole)
        copy.clicked.disconnect()
        copy.clicked.connect(lambda: copy_details(error))
    box.open()
    return box


def copy_details(error: ExplainedError) -> None:
    """Put what a support person needs on the clipboard, passwords redacted."""
    QGuiApplication.clipboard().setText(log.redact(f"{error}\n\n{error.details or ''}".strip()))


def ask(parent: QWidget | None, title: str, text: str, act: str, *, keep: str = "", destructive: bool = False) -> bool:
    """Ask before something is done: `act` names what the button does, `keep` what the other one does. Modal."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning if destructive else QMessageBox.Icon.Question)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(title)
    box.setInformativeText(text)
    do = box.addButton(
        act, QMessageBox.ButtonRole.DestructiveRole if destructive else QMessageBox.ButtonRole.AcceptRole
    )
    do.setProperty("kind", "danger" if destructive else "primary")
    cancel = box.addButton(keep or QCoreApplication.translate("Feedback", "Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(cancel if destructive else do)
    box.setEscapeButton(cancel)
    box.exec()
    return box.clickedButton() is do
