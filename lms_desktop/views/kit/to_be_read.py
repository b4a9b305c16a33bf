"""What a person is to read, and the messages that pass and may cover nothing of it."""

from weakref import WeakSet

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

TO_BE_READ: WeakSet[QWidget] = WeakSet()
"""All banners and bars of unsaved work that there are: a message that passes covers none that is seen."""

PASSING: WeakSet[QObject] = WeakSet()
"""The messages that there are: event filters of all that is to be read."""


def to_be_read(notice: QWidget) -> None:
    """No message covers this from now on, while it is seen; none does either that is there already."""
    TO_BE_READ.add(notice)
    for message in PASSING:
        if isValid(message):
            notice.installEventFilter(message)
