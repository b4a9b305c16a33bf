"""What can be done from everywhere in the main window: its keys, which are the same on every page, and its dialogs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication

from lms_desktop.views.connection_info import ConnectionInfo
from lms_desktop.views.top_bar import BACK_KEYS, FORTH_KEYS
from lms_desktop.views.undoing import REDO_KEYS, UNDO_KEYS

if TYPE_CHECKING:
    from lms_desktop.views.main_window import MainWindow


def on_page(window: MainWindow, verb: str) -> Callable[[], None]:
    """What calls this method of whichever page is shown then."""

    def act() -> None:
        if window.page is not None:
            getattr(window.page, verb)()

    return act


class WindowActs(QObject):
    """The dialogs that belong to no page, and the keys."""

    def __init__(self, window: MainWindow, connection: ConnectionInfo) -> None:
        super().__init__(window)
        self._window, self._connection = window, connection

    def preferences(self) -> None:
        """Zone, language, text size, theme."""
        from lms_desktop.views.preferences_dialog import PreferencesDialog

        PreferencesDialog(self._window.session.preferences, self._window).exec()

    def shortcuts(self) -> None:
        """The list of keys."""
        from lms_desktop.views.help_dialogs import ShortcutsDialog

        ShortcutsDialog(self._window).exec()

    def about(self) -> None:
        """Versions, the place of the log, the connection."""
        from lms_desktop.views.help_dialogs import AboutDialog

        info, schema = self._connection, self._window.session.schema
        AboutDialog(info.name, info.detail, self._window, schema=schema).exec()

    def give_keys(self) -> None:
        """Let the keys act, wherever in the window the keyboard is."""
        window = self._window
        for keys, act in (
            (QKeySequence.StandardKey.Save, on_page(window, "save")),
            (QKeySequence.StandardKey.New, on_page(window, "new_row")),
            (QKeySequence.StandardKey.Find, on_page(window, "focus_search")),
            (QKeySequence(Qt.Key.Key_F5), on_page(window, "refresh")),
            (QKeySequence(Qt.Key.Key_F1), self.shortcuts),
            (QKeySequence("Ctrl+K"), window.quick_search.begin),
            (QKeySequence(UNDO_KEYS), window.undoing.undo),
            (QKeySequence(REDO_KEYS), window.undoing.redo),
            (QKeySequence("Ctrl+,"), self.preferences),
            (QKeySequence(BACK_KEYS), window.places.back),
            (QKeySequence(FORTH_KEYS), window.places.forth),
        ):
            QShortcut(QKeySequence(keys), window).activated.connect(act)
        if sys.platform == "linux":  # elsewhere the window system asks for the menu by this key too
            QShortcut(QKeySequence("Shift+F10"), window).activated.connect(ask_for_menu)


def ask_for_menu() -> None:
    """Ask what has the keyboard for its menu, as the menu key does."""
    widget = QApplication.focusWidget()
    if widget is not None:
        cursor = widget.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)
        at = (cursor.toRect() if isinstance(cursor, QRectF) else cursor).center()
        reason = QContextMenuEvent.Reason.Keyboard
        QApplication.postEvent(widget, QContextMenuEvent(reason, at, widget.mapToGlobal(at)))
