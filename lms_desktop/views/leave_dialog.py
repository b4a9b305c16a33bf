"""The question before a window goes that holds unsaved changes."""

from enum import Enum

from PySide6.QtWidgets import QWidget

from lms_desktop.views.feedback import readable
from lms_desktop.views.kit.sheet import Sheet


class Choice(Enum):
    """What becomes of them."""

    STAY = "stay"
    DISCARD = "discard"
    KEEP = "keep"
    SAVE = "save"


class LeaveDialog(Sheet):
    """Save, keep for next time, discard, or stay.

    Attributes:
        choice: what the person wants.
    """

    def __init__(self, count: int, *, keeps: bool, unfinished: int = 0, parent: QWidget | None = None) -> None:
        """`keeps`: whether they can be kept for the next time, but for those `unfinished` that are no values yet."""
        super().__init__("", parent, width=620, icon="warning", tone="warn")
        self.choice = Choice.STAY
        self.setWindowTitle(self.tr("Leave %n unsaved change(s) behind?", "", count))
        self.setAccessibleName(self.windowTitle())
        self.heading.setText(self.windowTitle())
        if keeps:
            text = self.tr("They are not saved yet. Kept on this computer, they are offered when you are back.")
            if unfinished:
                text += " " + self.tr("%n of them is not complete: it cannot be kept.", "", unfinished)
        else:
            text = self.tr("They are not saved yet and would be lost.")
        self.setAccessibleDescription(text)
        self.add(readable(text))
        stay = self.add_button(self.tr("Stay here"), "", self.reject)
        self.add_button(self.tr("Discard and leave"), "danger", lambda: self._choose(Choice.DISCARD))
        if keeps:
            self.add_button(self.tr("Keep for next time"), "", lambda: self._choose(Choice.KEEP))
        self.add_button(self.tr("Save and leave"), "primary", lambda: self._choose(Choice.SAVE))
        stay.setDefault(True)
        stay.setFocus()

    def _choose(self, choice: Choice) -> None:
        self.choice = choice
        self.accept()
