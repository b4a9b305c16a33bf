"""The list of keys (F1) and the about box."""

import platform
from importlib import metadata

from PySide6.QtCore import Qt, QUrl, qVersion
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from lms_desktop import __version__, paths
from lms_desktop.models.migrations.revisions import short
from lms_desktop.models.migrations.state import SchemaState
from lms_desktop.views.kit.labels import ElidedLabel, KeyHint, SectionLabel, label
from lms_desktop.views.kit.paint import px
from lms_desktop.views.kit.sheet import Sheet
from lms_desktop.views.mark import Mark
from lms_desktop.views.migrations.words import subtitle
from lms_desktop.views.top_bar import BACK_KEYS, FORTH_KEYS

TWO_COLUMNS = 760
"""Keys stand in two columns on a screen of this width at least, in pixels at 100 %."""


class ShortcutsDialog(Sheet):
    """Every key and what it does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent, width=860)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAccessibleName(self.windowTitle())
        self.heading.setText(self.windowTitle())
        everywhere, table, filters, course = [self._section(title, keys) for title, keys in self._keys()]
        columns = QHBoxLayout()
        columns.setSpacing(px(24))
        beside = ((everywhere, course), (table, filters))
        below = ((everywhere, table, filters, course),)
        for sections in beside if self.room().width() >= px(TWO_COLUMNS) else below:
            column = QVBoxLayout()
            for section in sections:
                column.addWidget(section)
            column.addStretch(1)
            columns.addLayout(column, 1)
        self.column.addLayout(columns)
        self.add_button(self.tr("Close"), "primary", self.reject, default=True).setFocus()

    def _section(self, section: str, keys: list[tuple[str, str]]) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, px(8))
        grid.setHorizontalSpacing(px(12))
        grid.setVerticalSpacing(px(6))
        grid.setColumnMinimumWidth(0, px(84))
        grid.setColumnStretch(1, 1)
        grid.addWidget(SectionLabel(section), 0, 0, 1, 2)
        for line, (key, text) in enumerate(keys, start=1):
            hint = KeyHint(key)
            grid.addWidget(hint, line, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label(text, wrap=True), line, 1)
        return holder

    def _keys(self) -> list[tuple[str, list[tuple[str, str]]]]:
        return [
            (
                self.tr("Everywhere"),
                [
                    ("Ctrl+K", self.tr("Search people, courses and pages")),
                    ("Ctrl+S", self.tr("Save, the open editor's value included")),
                    (
                        "Ctrl+Z",
                        self.tr("Take back: in the open editor, else the last unsaved change, else the last save"),
                    ),
                    ("Ctrl+Shift+Z", self.tr("Make again what was taken back")),
                    ("Ctrl+N", self.tr("New row")),
                    (BACK_KEYS, self.tr("Back to where you were; a mouse's back button does it too")),
                    (FORTH_KEYS, self.tr("Forward again")),
                    ("F5", self.tr("Refresh, keeping the row")),
                    ("Ctrl+,", self.tr("Preferences")),
                    ("F1", self.tr("This list")),
                ],
            ),
            (
                self.tr("In a table"),
                [
                    ("Ctrl+F", self.tr("Search here")),
                    (self.tr("letters"), self.tr("Go to the first row that begins with them, in its order")),
                    ("F2", self.tr("Edit the cell; Enter does too")),
                    ("Tab", self.tr("Take the value and go on to the right")),
                    ("Esc", self.tr("Give the cell's change up, or stop a long reading")),
                    ("Ctrl+0", self.tr("Set to no value (NULL)")),
                    ("Del", self.tr("Delete, after showing what goes with it")),
                    ("Ctrl+A", self.tr("Select all rows; Shift and the arrows select several")),
                    ("Ctrl+C", self.tr("Copy the cell, or all rows that are selected")),
                    ("Shift+F10", self.tr("Menu of the rows, or of the title of a column; the menu key does it too")),
                    ("Ctrl+Enter", self.tr("Open the course of the row")),
                    ("Home", self.tr("First column; with Ctrl the first row")),
                    ("End", self.tr("Last column; with Ctrl the last row")),
                ],
            ),
            (
                self.tr("Among the filters"),
                [("Enter", self.tr("Change the filter")), ("Del", self.tr("Take the filter away"))],
            ),
            (
                self.tr("In a course"),
                [
                    ("Alt+Up", self.tr("Move what is chosen up; with Down down, with Home and End to the ends")),
                    ("Left", self.tr("Fold; Right unfolds")),
                    ("Enter", self.tr("Edit what is chosen")),
                    ("Ctrl+B", self.tr("Bold in a lesson's text; Ctrl+I makes it italic")),
                    ("Ctrl+N", self.tr("New lesson behind the one chosen; in a quiz a new question")),
                    ("Del", self.tr("Delete, after showing what goes with it")),
                ],
            ),
        ]


class AboutDialog(Sheet):
    """Versions, the connection, where the log is, and for everybody at which revision the database is.

    Attributes:
        folder: where the log is.
    """

    def __init__(
        self, database: str, detail: str, parent: QWidget | None = None, *, schema: SchemaState | None = None
    ) -> None:
        """Without a `schema` it says nothing of revisions; one that has not looked yet is made to look."""
        super().__init__("", parent, width=460)
        self.setWindowTitle(self.tr("About LMS Desktop"))
        self.setAccessibleName(self.windowTitle())
        self.heading.hide()
        self.folder = paths.log_folder()
        self._schema = schema
        lines = [
            (self.tr("Database"), f"{database} ({detail})" if detail else database),
            *([] if schema is None else [(self.tr("Schema"), "…")]),
            (self.tr("Log"), str(self.folder)),
            ("Python", platform.python_version()),
            ("Qt", qVersion()),
            *((name, _version(name)) for name in ("PySide6-Essentials", "SQLAlchemy", "alembic", "psycopg2-binary")),
            (self.tr("System"), f"{platform.system()} {platform.release()}"),
        ]
        version = (self.tr("Version"), __version__)
        self._text = "\n".join(f"{name}: {value}" for name, value in (version, *lines))
        self.column.addLayout(self._masthead(" ".join(version)))
        self.column.addLayout(self._table(lines))
        self._copy = self.add_button(self.tr("Copy"), "", self._copy_all)
        self.add_button(self.tr("Open the log's folder"), "", self._open_folder)
        self.add_button(self.tr("Close"), "primary", self.reject, default=True).setFocus()
        if schema is not None:
            schema.changed.connect(self._tell_schema)
            self._tell_schema()
            schema.look()

    def _tell_schema(self) -> None:
        """Say where the database stands, as soon as that is known."""
        if self._schema is None or self._schema.overview is None:
            return
        found = self._schema.overview
        at = " · ".join(short(each.revision) for each in (found.document, found.own) if each.revision)
        said = ": ".join(filter(None, (at, subtitle(found))))
        name = self.tr("Schema")
        self._values[name].setText(said)
        head, _, rest = self._text.partition(f"{name}: ")
        self._text = f"{head}{name}: {said}\n" + rest.partition("\n")[2]

    def _masthead(self, version: str) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(px(2))
        words.addStretch(1)
        words.addWidget(label("LMS Desktop", "title"))
        words.addWidget(label(version, "muted"))
        words.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(px(12))
        row.addWidget(Mark(44))
        row.addLayout(words, 1)
        return row

    def _table(self, lines: list[tuple[str, str]]) -> QGridLayout:
        self._values: dict[str, ElidedLabel] = {}
        grid = QGridLayout()
        grid.setContentsMargins(0, px(4), 0, 0)
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(px(6))
        grid.setColumnStretch(1, 1)
        # In a window that runs from the right, signs at the ends of a path would change sides.
        mark = "\N{LEFT-TO-RIGHT MARK}" if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else ""
        for line, (name, value) in enumerate(lines):
            text = self._values[name] = ElidedLabel(f"{mark}{value}{mark}")
            text.mode = Qt.TextElideMode.ElideMiddle  # of a path both ends matter
            grid.addWidget(label(name, "muted"), line, 0)
            grid.addWidget(text, line, 1)
        return grid

    def _copy_all(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        self._copy.setText(self.tr("Copied"))

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.folder)))


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "?"
