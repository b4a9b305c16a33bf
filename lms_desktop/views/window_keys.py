"""The keys of the main window: those that are the same on every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

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


def give_keys(window: MainWindow) -> None:
    """Let these keys act, wherever in the window the keyboard is."""
    for keys, act in (
        (QKeySequence.StandardKey.Save, on_page(window, "save")),
        (QKeySequence.StandardKey.New, on_page(window, "new_row")),
        (QKeySequence.StandardKey.Find, on_page(window, "focus_search")),
        (QKeySequence(Qt.Key.Key_F5), on_page(window, "refresh")),
        (QKeySequence(Qt.Key.Key_F1), window.show_shortcuts),
        (QKeySequence("Ctrl+K"), window.quick_search.begin),
        (QKeySequence(UNDO_KEYS), window.undoing.undo),
        (QKeySequence(REDO_KEYS), window.undoing.redo),
        (QKeySequence("Ctrl+,"), window.show_preferences),
        (QKeySequence(BACK_KEYS), window.places.back),
        (QKeySequence(FORTH_KEYS), window.places.forth),
    ):
        QShortcut(QKeySequence(keys), window).activated.connect(act)
