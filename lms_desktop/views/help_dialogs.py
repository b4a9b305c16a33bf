"""The list of keys (F1) and the about box."""

import platform
from importlib import metadata

from PySide6.QtCore import QCoreApplication, Qt, QUrl, qVersion
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from lms_desktop import __version__, paths
from lms_desktop.views.kit.labels import KeyHint, SectionLabel, label


class ShortcutsDialog(QDialog):
    """Every key and what it does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        body = QWidget()
        body.setProperty("kind", "scrolled")
        grid = QGridLayout(body)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        line = 0
        for section, keys in self._keys():
            grid.addWidget(SectionLabel(section), line, 0, 1, 2)
            for key, text in keys:
                line += 1
                hint = KeyHint(key)
                hint.setAccessibleName(key)
                grid.addWidget(hint, line, 0, Qt.AlignmentFlag.AlignLeft)
                grid.addWidget(label(text, wrap=True), line, 1)
            line += 1
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(body)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 16)
        box.setSpacing(16)
        box.addWidget(label(self.tr("Keyboard shortcuts"), "title"))
        box.addWidget(scroll, 1)
        box.addWidget(_close_button(self))
        self.resize(520, 640)

    def _keys(self) -> list[tuple[str, list[tuple[str, str]]]]:
        return [
            (
                self.tr("Everywhere"),
                [
                    ("Ctrl+K", self.tr("Search people, courses and pages")),
                    ("Ctrl+S", self.tr("Save, the open editor's value included")),
                    ("Ctrl+Z", self.tr("Take back: in the open editor, else the last unsaved change")),
                    ("Ctrl+Shift+Z", self.tr("Do again")),
                    ("Ctrl+N", self.tr("New row")),
                    ("F5", self.tr("Refresh, keeping the row")),
                    ("Ctrl+,", self.tr("Preferences")),
                    ("F1", self.tr("This list")),
                ],
            ),
            (
                self.tr("In a table"),
                [
                    ("Ctrl+F", self.tr("Search here")),
                    ("F2", self.tr("Edit the cell; Enter does too")),
                    ("Tab", self.tr("Take the value and go on to the right")),
                    ("Esc", self.tr("Give the cell's change up")),
                    ("Ctrl+0", self.tr("Set to no value (NULL)")),
                    ("Del", self.tr("Delete, after showing what goes with it")),
                    ("Ctrl+C", self.tr("Copy")),
                    ("Home", self.tr("First column; with Ctrl the first row")),
                    ("End", self.tr("Last column; with Ctrl the last row")),
                ],
            ),
            (
                self.tr("In an ordered list"),
                [("Alt+Up", self.tr("Move a lesson or question up")), ("Alt+Down", self.tr("Move it down"))],
            ),
        ]


class AboutDialog(QDialog):
    """Versions, the connection, where the log is."""

    def __init__(self, database: str, detail: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About LMS Desktop"))
        self.setMinimumWidth(460)
        self.folder = paths.log_folder()
        lines = [
            (self.tr("Version"), __version__),
            (self.tr("Database"), f"{database} ({detail})" if detail else database),
            (self.tr("Log"), str(self.folder)),
            ("Python", platform.python_version()),
            ("Qt", qVersion()),
            *((name, _version(name)) for name in ("PySide6-Essentials", "SQLAlchemy", "alembic", "psycopg2-binary")),
            (self.tr("System"), f"{platform.system()} {platform.release()}"),
        ]
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setColumnStretch(1, 1)
        for line, (name, value) in enumerate(lines):
            grid.addWidget(label(name, "muted"), line, 0, Qt.AlignmentFlag.AlignTop)
            text = QLabel(value)
            text.setWordWrap(True)
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(text, line, 1)
        self._text = "\n".join(f"{name}: {value}" for name, value in lines)
        buttons = _close_button(self)
        copy = buttons.addButton(self.tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._text))
        show = buttons.addButton(self.tr("Open the log's folder"), QDialogButtonBox.ButtonRole.ActionRole)
        show.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.folder))))
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 16)
        box.setSpacing(16)
        box.addWidget(label("LMS Desktop", "title"))
        box.addLayout(grid)
        box.addWidget(buttons)


def _close_button(dialog: QDialog) -> QDialogButtonBox:
    buttons = QDialogButtonBox()
    text = QCoreApplication.translate("HelpDialogs", "Close")
    close = buttons.addButton(text, QDialogButtonBox.ButtonRole.RejectRole)
    close.setDefault(True)
    buttons.rejected.connect(dialog.reject)
    return buttons


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "?"
