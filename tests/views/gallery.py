"""Draws a page from the kit, to look at. Not a test and not shipped: `python -m tests.views.gallery FOLDER`.

It saves one picture for each theme, text size and reading direction; the page is that of enrollments with rows from
memory.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDateTimeEdit,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSplitter,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from lms_desktop.models.cells import Cell, Look
from lms_desktop.views import icons, kit, theme
from lms_desktop.views.record_table import RecordTable

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()

PEOPLE = (
    ("Ana Sousa", "ana.sousa@school.edu"),
    ("Björn Ågren", "b.agren@school.edu"),
    ("عمر الحسيني", "omar.h@school.edu"),
    ("Chloé Martin", "chloe.martin@school.edu"),
    ("Li Xia", "li.xl@school.edu"),
    ("Daria Kowalska", "d.kowalska@school.edu"),
    ("Ewa Nowak", "ewa.nowak@school.edu"),
    ("Farid Aziz", "farid.aziz@school.edu"),
    ("Grace Okafor", "g.okafor@school.edu"),
    ("Hugo Silva", "hugo.silva@school.edu"),
    ("Ines Duarte", "ines.duarte@school.edu"),
    ("李霞 👩‍🏫", "li.xia@school.edu"),
)

NAVIGATION: Sequence[tuple[str, Sequence[tuple[str, str, str]]]] = (
    ("", [("overview", "Overview", "overview")]),
    (
        "Registry",
        [
            ("users", "People", "users"),
            ("enrollments", "Enrollments", "enrollments"),
            ("progress", "Progress", "progress"),
            ("certificates", "Certificates", "certificate"),
            ("rosters", "Rosters", "roster"),
        ],
    ),
    (
        "Teaching",
        [
            ("courses", "Courses", "courses"),
            ("lessons", "Lessons", "lessons"),
            ("quizzes", "Quizzes", "quiz"),
            ("questions", "Questions", "question"),
            ("attempts", "Attempts", "attempts"),
        ],
    ),
    (
        "Administration",
        [
            ("migrations", "Migrations", "migrations"),
            ("sessions", "Sessions", "sessions"),
            ("retention", "Retention", "retention"),
            ("integrity", "Integrity", "integrity"),
            ("history", "History", "history"),
        ],
    ),
)


def side() -> QWidget:
    """The navigation."""
    panel = kit.Panel("sidebar", margin=8, spacing=8)
    card = kit.ConnectionCard()
    card.tell("School", "db.school.edu · verified TLS", "ok", "connected")
    entries = kit.NavList()
    for title, group in NAVIGATION:
        if title:
            entries.add_section(title)
        for key, text, icon in group:
            entries.add(key, text, icon)
    entries.entry("integrity").set_badge(7)
    entries.entry("migrations").set_badge(1)
    entries.select("enrollments")
    person = kit.PersonCard()
    person.tell("Marta Lopes", "Registrar")
    menu = QMenu(person)
    menu.addAction("Sign out")
    person.give_menu(menu)
    panel.add(card, entries, person)
    return panel


def bars() -> list[QWidget]:
    """Title and filters."""
    top = kit.Bar()
    search = kit.SearchBox("Search people, courses, pages…", "Ctrl+K", quiet=True)
    search.setFixedWidth(kit.px(280))
    top.add(kit.label("Enrollments", "title"), kit.label("≈ 2,013,000 · 1,482 match", "muted"))
    top.stretch()
    top.add(search, kit.button("Import roster", icon="import"), kit.button("Enrol student", "primary", icon="plus"))
    filters = kit.Bar()
    box = kit.SearchBox("Name, e-mail or course")
    filters.add(box, *(kit.Chip(text) for text in ("Course: Algebra I, Statistics", "Not completed", "Last 30 days")))
    filters.add(kit.AddChip("Filter"))
    filters.stretch()
    views = kit.button("My late students", "quiet")
    views.setLayoutDirection(_other(views))
    views.setIcon(icons.icon("chevron-down", "text"))
    filters.add(views, kit.button("Columns", icon="columns"), kit.button("Export", icon="export"))
    return [top, filters]


def _other(widget: QWidget) -> Qt.LayoutDirection:
    """The opposite direction, which puts a button's icon behind its text."""
    right_to_left = widget.layoutDirection() == Qt.LayoutDirection.RightToLeft
    return Qt.LayoutDirection.LeftToRight if right_to_left else Qt.LayoutDirection.RightToLeft


def form() -> QWidget:
    """The record beside the table."""
    panel = kit.Panel("panel", margin=16, spacing=6)
    panel.add(kit.label("Chloé Martin", "heading"), kit.label("in Algebra I · enrolled by roster of 17 Nov", "muted"))
    tabs = QTabBar()
    for name in ("Details", "Progress 4/12", "Attempts 2", "History"):
        tabs.addTab(name)
    tabs.setExpanding(False)
    banner = kit.Banner(tone="bad")
    banner.tell("Ines Duarte changed Enrolled 2 min ago.", strong="Enrolled")
    banner.add_action("Merge…", lambda: None)
    panel.add(tabs, banner)
    course = QComboBox()
    course.addItem("Algebra I")
    completed = QLineEdit("2026-11-22 09:00")
    theme.set_state(completed, "dirty")
    enrolled = kit.roomy(QDateTimeEdit())
    for name, editor in (
        ("Student", QLineEdit("Chloé Martin")),
        ("Course", course),
        ("Enrolled", enrolled),
        ("Completed", completed),
    ):
        panel.add(kit.label(name, "small"), editor)
    panel.add(kit.label("6f1c0a52-6c1e-4e0f-9d2b-1b7a4a0f33c1", "fixed"))
    for tone, text in (
        ("info", "Applying waits at most 3 s for a lock and tries 5 times."),
        ("ok", "No drift: the live schema is what 0007 gives."),
        ("warn", "The server's certificate was not checked."),
    ):
        panel.add(kit.Banner(text, tone, closable=tone == "warn"))  # type: ignore[arg-type]
    tags = QHBoxLayout()
    for word, tone in (("issued", "ok"), ("pending", "warn"), ("refused", "bad"), ("video", "neutral")):
        tags.addWidget(kit.Tag(word, tone))  # type: ignore[arg-type]
    tags.addWidget(kit.KeyHint("Alt+Up"))
    tags.addWidget(kit.tool_button("more", "More"))
    tags.addStretch(1)
    panel.column.addLayout(tags)
    panel.column.addStretch(1)
    return panel


def foot() -> QWidget:
    """The bar at the bottom."""
    bar = kit.Bar("footer", 28)
    bar.add(kit.label("Row 1,204,512 of ≈ 2,013,000", "small"), kit.label("Sorted by Enrolled, newest first", "small"))
    bar.stretch()
    bar.add(kit.label("Ctrl Z undoes “Enrol Ana Sousa in Algebra I”", "small"), kit.label("Europe/Lisbon", "small"))
    bar.add(kit.StatusText("Live · 3 ms", "ok"))
    return bar


class Enrollments(QAbstractTableModel):
    """Rows from memory, with every look a cell can have."""

    TITLES = ("Student", "Course", "Enrolled", "Completed", "Progress", "Certificate", "Active", "Note")

    def __init__(self, rows: int = 60) -> None:
        super().__init__()
        self._rows = [self._make(row) for row in range(rows)]

    def row_cells(self, row: int) -> Sequence[Cell] | None:
        """What the table paints; the last row is not loaded yet."""
        return self._rows[row] if row < len(self._rows) - 1 else None

    def _make(self, row: int) -> list[Cell]:
        name, mail = PEOPLE[row % len(PEOPLE)]
        part = (58, 100, 0, 33, 83, 12, 100, 75, 41)[row % 9]
        done = part == 100
        dirty = Look.DIRTY if row in (3, 5) else Look(0)
        fresh = Look.FRESH if row == 8 else Look(0)
        completed = Cell("2026-11-22 09:00" if row == 3 else "2026-11-19 16:02", "", Look.NUMBER | dirty)
        notes = (
            Cell("", "", Look.EMPTY),
            Cell("", "", Look.NULL),
            Cell("Asked for an extension until the end of the term; see the letter of 12 November"),
            Cell("line one\nline two"),
            Cell("not a number", "", Look.INVALID),
            Cell("6f1c0a52-6c1e-4e0f-9d2b", "", Look.FIXED),
        )
        return [
            Cell(name, mail, fresh),
            Cell(("Algebra I", "Statistics")[row % 5 == 2]),
            Cell(f"2026-11-{20 - row % 19:02d} 10:{row * 7 % 60:02d}", "", Look.NUMBER),
            completed if done or row == 3 else Cell("", "", Look.NULL | dirty),
            Cell(f"{part} %", "", Look.PROGRESS),
            Cell("Issued", "", Look.TAG_OK) if done else Cell("", "", Look.NULL),
            Cell("", "", Look.CHECK_ON if row % 3 else Look.CHECK_OFF),
            notes[row % len(notes)],
        ]

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Override."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Override."""
        return 0 if parent.isValid() else len(self.TITLES)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Override."""
        return self._rows[index.row()][index.column()].text if role == Qt.ItemDataRole.DisplayRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Override."""
        if role == Qt.ItemDataRole.TextAlignmentRole and section in (2, 3):
            return int(Qt.AlignmentFlag.AlignRight)
        return self.TITLES[section] if role == Qt.ItemDataRole.DisplayRole else None


def middle(window: QWidget) -> RecordTable:
    """The table."""
    table = RecordTable()
    table.setModel(Enrollments())
    table.model().setParent(table)
    for column, width in enumerate((240, 80, 150, 150, 150, 100, 80, 190)):
        table.setColumnWidth(column, theme.current().measures.px(width))
    table.show_sort(2, descending=True)
    table.setCurrentIndex(table.model().index(3, 3))
    table.setFocus()
    return table


def page() -> QWidget:
    """The whole window."""
    window = QWidget()
    across = QHBoxLayout(window)
    across.setContentsMargins(0, 0, 0, 0)
    across.setSpacing(0)
    navigation = side()
    navigation.setFixedWidth(theme.current().measures.sidebar)
    across.addWidget(navigation)
    right = QVBoxLayout()
    right.setSpacing(0)
    across.addLayout(right, 1)
    for bar in bars():
        right.addWidget(bar)
    splitter = QSplitter()
    splitter.setHandleWidth(1)
    left = kit.Panel("panel", margin=0, spacing=0)
    unsaved = kit.UnsavedBar()
    busy = kit.BusyLine()
    table = middle(window)
    left.add(busy, table, unsaved)
    unsaved.tell(3, "in 2 enrollments")
    splitter.addWidget(left)
    record = form()
    splitter.addWidget(record)
    splitter.setSizes([theme.current().measures.px(844), theme.current().measures.form])
    splitter.setStretchFactor(0, 1)
    splitter.setStretchFactor(1, 0)
    right.addWidget(splitter, 1)
    right.addWidget(foot())
    window.setFocusProxy(table)
    return window


def picture(app: QApplication, scheme: theme.Scheme, text_size: int, rtl: bool, scale: float = 1.0) -> QPixmap:
    """The page as it would be seen."""
    theme.install(app, scheme, text_size)
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight)
    window = page()
    window.resize(QSize(1440, 900) * (text_size / 100))
    window.show()
    window.activateWindow()
    window.setFocus()
    app.processEvents()
    kit.show_toast(window, "Saved 3 changes in 2 enrollments", action="Undo", act=lambda: None).settle()
    app.processEvents()
    shot = QPixmap(window.size() * scale)
    shot.setDevicePixelRatio(scale)
    shot.fill(QColor(theme.current().tokens.background))
    window.render(shot)
    window.close()
    return shot


def main(arguments: Sequence[str]) -> None:
    """Save the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", default="100")
    folder: Path = parser.parse_args(arguments).folder
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    for scheme in (theme.Scheme.LIGHT, theme.Scheme.DARK):
        for text_size in map(int, parser.parse_args(arguments).sizes.split(",")):
            for rtl in (False, True):
                name = f"{scheme}-{text_size}{'-rtl' if rtl else ''}.png"
                picture(app, scheme, text_size, rtl).save(str(folder / name))


if __name__ == "__main__":
    main(sys.argv[1:])
