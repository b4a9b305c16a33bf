"""Going to a web address that stands in somebody's text: never without asking, never to anything but the web."""

from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from lms_desktop.models.wording import word
from lms_desktop.spec import web_address
from lms_desktop.views.feedback import ask, readable
from lms_desktop.views.kit.sheet import Sheet

LONGEST = 300
"""Characters of an address that are shown."""


def open_address(parent: QWidget | None, address: str) -> bool:
    """Ask, and open the address in the browser; say why where it cannot be opened. Whether it was."""
    address = address.strip()
    shown = address if len(address) <= LONGEST else address[:LONGEST] + "…"
    title = QCoreApplication.translate("Addresses", "Open this address in the browser?")
    act = QCoreApplication.translate("Addresses", "Open")
    reason = why_not(address)
    if reason:
        _refuse(parent, reason, shown)
        return False
    if not ask(parent, title, shown, act):
        return False
    return QDesktopServices.openUrl(QUrl(address))


def _refuse(parent: QWidget | None, *words: str) -> None:
    title = QCoreApplication.translate("Addresses", "This address is not opened")
    box = Sheet(title, parent, width=440, icon="warning", tone="warn")
    box.setAccessibleDescription(" ".join(words))
    for each in words:
        box.add(readable(each))
    box.add_button(QCoreApplication.translate("Addresses", "Close"), "primary", box.reject, default=True).setFocus()
    box.exec()


def why_not(address: str) -> str:
    """Why an address is not opened from here; "" where it may be."""
    reason = web_address.reason(address)
    if not reason and not web_address.host(address):
        return QCoreApplication.translate(
            "Addresses", "It names a file on the school's own site, which is not known here."
        )
    return word(reason) if reason else ""
