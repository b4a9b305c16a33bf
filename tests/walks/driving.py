"""A person at the real window: pages opened, keys pressed, menus and dialogs answered. Nothing is called behind it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import URL

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QDialog,
    QLabel,
    QMenu,
    QMessageBox,
    QWidget,
)

from lms_desktop.models.desk import Desk
from lms_desktop.views.course.course_page import CoursePage
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.kit.chips import AddChip, Chip
from lms_desktop.views.kit.labels import KeyHint
from lms_desktop.views.main_window import MainWindow
from lms_desktop.views.record_form import RecordForm

ZONE = "America/New_York"
"""Where everybody sits: a zone that is not the server's and that moves its clocks."""

PATIENCE = 30.0
"""Seconds after which something that should have happened is given up; a busy machine takes its time."""

PAUSES_MS = 500
"""Timers that run once and no longer than this are pauses in typing, which end by themselves."""

NONE, CTRL, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)

W = TypeVar("W", bound=QWidget)


@dataclass
class Sitting:
    """One person's window on one database.

    Attributes:
        window: the main window, on the screen.
        desk: its real desk, with threads.
        url: the database, for a look from outside.
    """

    window: MainWindow
    desk: Desk
    url: URL

    # Pages

    @property
    def page(self) -> EntityPage:
        """The page shown."""
        page = self.window.page
        assert isinstance(page, EntityPage)
        return page

    @property
    def course(self) -> CoursePage:
        """The course page, while it is shown."""
        page = self.window.page
        assert isinstance(page, CoursePage)
        return page

    def open(self, name: str) -> EntityPage:
        """Click a page's entry in the navigation and wait for its rows."""
        click(self.window.navigation.entry(name))
        self.settle()
        assert self.page.name == name
        return self.page

    def tidy(self) -> None:
        """Leave nothing open and nothing unsaved, for the next one at this window."""
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        for dialog in self.window.findChildren(QDialog):
            dialog.close()
        for page in self.window.pages():
            page.discard()
            if isinstance(page, EntityPage) and (page.filters.query.search or page.filters.query.filters):
                page.filters.search.empty()
        self.settle()

    # Waiting

    def settle(self) -> None:
        """Wait until nothing is under way: no work on the desk, nothing about to be asked."""
        deadline, calm = time.monotonic() + PATIENCE, 0
        while calm < 2:
            QTest.qWait(1)
            calm = calm + 1 if self._is_calm() else 0
            assert time.monotonic() < deadline, f"still under way: {self.desk.jobs}"
        self._come_back()

    def rows_come(self) -> None:
        """Wait until the table shows what search and filters ask for; the record beside it may still be on its way."""
        page = self.page

        def shown() -> bool:
            asked, there = page.filters.query, page.model.query
            return page.model.loaded and (asked.search, asked.filters) == (there.search, there.filters)

        wait_for(shown, "the rows")
        self._come_back()

    def _come_back(self) -> None:
        """After a popup the window system activates the window again; offscreen there is none that would."""
        if QApplication.activeWindow() is None and QApplication.activePopupWidget() is None:
            self.window.activateWindow()
            QTest.qWait(1)

    def _is_calm(self) -> bool:
        page = self.window.page
        if self.desk.jobs or (isinstance(page, EntityPage) and page.beside.is_coming):
            return False
        seen = (self.window.page, self.window.quick_search.field)
        timers = [timer for widget in seen if widget for timer in widget.findChildren(QTimer)]
        own = self.window.findChildren(QTimer, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return not any(self._is_pause(timer) for timer in (*timers, *own))

    def _is_pause(self, timer: QTimer) -> bool:
        if not (timer.isActive() and timer.isSingleShot() and timer.interval() <= PAUSES_MS):
            return False
        form = timer.parent()
        # The form's timer runs after each record, in case somebody hurries; it matters while one is on its way.
        return not isinstance(form, RecordForm) or (form.row_id() is not None and form.record() is None)

    # Keys

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Press a key where the keyboard is, and wait for what comes of it."""
        keyboard = QApplication.focusWidget() or self.window
        QTest.keyClick(keyboard, key, modifiers)
        self.settle()

    def type(self, text: str) -> None:
        """Type where the keyboard is."""
        keyboard = QApplication.focusWidget()
        assert keyboard is not None, "the keyboard is nowhere"
        type_into(keyboard, text)

    def replace(self, text: str) -> None:
        """Type in place of what stands where the keyboard is."""
        keyboard = QApplication.focusWidget()
        assert keyboard is not None, "the keyboard is nowhere"
        QTest.keyClick(keyboard, Qt.Key.Key_A, CTRL)
        if text:
            type_into(keyboard, text)
        else:
            QTest.keyClick(keyboard, Qt.Key.Key_Delete)

    def save(self) -> None:
        """Ctrl+S, and wait for the answer."""
        self.press(Qt.Key.Key_S, CTRL)

    # The table

    def click_row(self, row: int, key: str | None = None, *, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Click a cell of the page's table: in the column of this key, else in the first one."""
        table, column = self.page.table, 0 if key is None else column_of(self.page, key)
        index = self.page.model.index(row, column)
        table.scrollTo(index)
        click(table.viewport(), table.visualRect(index), modifiers)
        self.settle()

    def click_record(self, row_id: str, key: str | None = None) -> None:
        """Click the row of a record, scrolling down from the first one where it is not among those loaded."""
        model, table, end = self.page.model, self.page.table, 0

        def all_there() -> bool:
            first, last = table.seen_rows()
            return all(model.row_id(row) is not None for row in range(first, last + 1))

        while model.find(row_id) is None and end < model.total:
            table.scrollTo(model.index(end, 0), QAbstractItemView.ScrollHint.PositionAtTop)
            wait_for(all_there, f"the rows from {end} on")
            end = table.seen_rows()[1] + 1
        row = model.find(row_id)
        assert row is not None, f"{row_id} is not among the rows"
        self.click_row(row, key)

    def click_title(self, key: str) -> None:
        """Click a column's title, which sorts by it once the rows are there."""
        header, column = self.page.table.header(), column_of(self.page, key)
        bar = self.page.table.horizontalScrollBar()
        bar.setValue(min(header.sectionPosition(column), bar.maximum()))
        left, width = header.sectionViewportPosition(column), header.sectionSize(column)
        click(header.viewport(), QRect(left, 0, min(width, header.viewport().width() - left), header.height()))

    def ids(self) -> list[str]:
        """The ids of the rows, at most the first hundred: scrolls to those that are not loaded, and back."""
        model, table = self.page.model, self.page.table
        place, found = table.verticalScrollBar().value(), list[str]()

        def reached() -> bool:
            row = len(found)
            if row < model.total and model.row_id(row) is None:
                table.scrollTo(model.index(row, 0), QAbstractItemView.ScrollHint.PositionAtTop)
            return row >= model.total or model.row_id(row) is not None

        if model.total < 100:
            self.total()  # there may be more
        while len(found) < min(model.total, 100):
            wait_for(reached, f"row {len(found)}")
            if (row_id := model.row_id(len(found))) is not None:
                found.append(row_id)
        if table.verticalScrollBar().value() != place:
            table.verticalScrollBar().setValue(place)
            self.settle()
        return found

    def total(self) -> int:
        """How many rows there are, once they are counted."""
        wait_for(lambda: self.page.model.exact, "the count")
        return self.page.model.total

    # Menus, buttons, dialogs

    def pick(self, opener: QWidget, text: str) -> None:
        """Click what opens a menu and pick an entry with the keyboard."""
        picked: list[str] = []
        QTimer.singleShot(0, opener, lambda: _pick(text, picked))
        click(opener)
        wait_for(lambda: picked, f"the entry {text}")
        assert picked == [text]

    def tick(self, opener: QWidget, texts: list[str]) -> None:
        """Click what opens a menu, tick one entry after another with Space, close it with Esc."""
        ticked: list[str] = []
        QTimer.singleShot(0, opener, lambda: _tick(texts, ticked))
        click(opener)
        wait_for(lambda: ticked, "the menu")
        assert ticked == texts

    def buttons(self) -> list[str]:
        """What the buttons in view say."""
        return [b.text() for b in self.window.findChildren(QAbstractButton) if b.text() and b.isVisible()]

    def click_button(self, text: str) -> None:
        """Click the button that says so."""
        click(the(QAbstractButton, self.window, lambda b: b.isVisible() and b.text() == text, f"button {text}"))
        self.settle()

    # Filters

    def chips(self) -> list[Chip]:
        """The filters that are set, as chips."""
        return [chip for chip in self.page.filters.findChildren(Chip) if chip.isVisible()]

    def add_chip(self) -> AddChip:
        """The chip that adds a filter."""
        return the(AddChip, self.page.filters, QWidget.isVisible, "the chip that adds a filter")

    def drop_chip(self, chip: Chip) -> None:
        """Click the cross of a chip."""
        click(chip, QRect(chip.width() - 16, 0, 4, chip.height()))
        self.rows_come()


def said_by(widget: QWidget) -> str:
    """All words of a dialog, boxes of Qt's own, banners and key caps included."""
    words = [widget.text(), widget.informativeText()] if isinstance(widget, QMessageBox) else []
    words += [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]
    words += [hint.accessibleName() for hint in widget.findChildren(KeyHint)]
    return "\n".join(word for word in words if word)


def click(widget: QWidget, rect: QRect | None = None, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Click into the middle of a widget, or of a part of it."""
    assert widget.isVisible(), f"{widget.accessibleName() or widget} is not to be seen"
    place = (rect or widget.rect()).center()
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, modifiers, QPoint(place.x(), place.y()))


def type_into(widget: QWidget, text: str) -> None:
    """Type a text, key by key. QTest.keyClicks ends the process at what is not Latin-1."""
    for character in text:
        if character.isascii():
            QTest.keyClicks(widget, character)
        else:
            QTest.sendKeyEvent(QTest.KeyAction.Click, widget, Qt.Key.Key_unknown, character, NONE)


def wait_for(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Let the window work until something holds; fails with `what` was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        QTest.qWait(1)
        assert time.monotonic() < deadline, f"waited in vain for {what}"


def the(kind: type[W], within: QWidget, is_it: Callable[[W], bool], what: str) -> W:
    """The one widget of a kind that is meant."""
    found = [widget for widget in within.findChildren(kind) if is_it(widget)]
    assert len(found) == 1, f"{what}: {len(found)} found"
    return found[0]


def column_of(page: EntityPage, key: str) -> int:
    """The column that shows a field."""
    return [field.key for field in page.model.fields].index(key)


def _pick(text: str, picked: list[str]) -> None:
    menu = _open_menu()
    found = _go_to(menu, text)
    picked.append(text if found else f"no {text}")
    QTest.keyClick(menu, Qt.Key.Key_Return if found else Qt.Key.Key_Escape)


def _tick(texts: list[str], ticked: list[str]) -> None:
    menu, found = _open_menu(), []
    for text in texts:
        found.append(text if _go_to(menu, text) else f"no {text}")
        QTest.keyClick(menu, Qt.Key.Key_Space)
    QTest.keyClick(menu, Qt.Key.Key_Escape)
    ticked += found


def _go_to(menu: QMenu, text: str) -> bool:
    """Go down to an entry; whether there is one."""
    for _ in range(len(menu.actions()) + 1):
        active = menu.activeAction()
        if active is not None and active.text() == text:
            return True
        QTest.keyClick(menu, Qt.Key.Key_Down)
    return False


def _open_menu() -> QMenu:
    wait_for(lambda: isinstance(QApplication.activePopupWidget(), QMenu), "a menu")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu
