"""What is good to know and to do before a migration: who is in the way right now, and a copy of the database."""

from datetime import date
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from lms_desktop.database.migrating.dumping import DumpOffer
from lms_desktop.database.migrating.events import Limits
from lms_desktop.database.migrating.sessions import Session
from lms_desktop.models.migrations.sessions import SessionsModel
from lms_desktop.views import theme
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.labels import ElidedLabel, SectionLabel, label
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.kit.paint import px
from lms_desktop.views.migrations import words
from lms_desktop.views.migrations.tables import RunTable


class InTheWay(QWidget):
    """Who holds the tables concerned right now, and how a migration waits for them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sessions = SessionsModel(self)
        self._stack = QStackedWidget(self)
        self.table = RunTable(self.sessions, self.tr("Who would be in the way right now"), self._stack)
        self.nobody = label(self.tr("Nobody holds the tables concerned."), "muted", parent=self._stack)
        self._stack.addWidget(self.nobody)
        self._stack.addWidget(self.table)
        self._waits = Banner("", "info", parent=self)
        limits = Limits()
        text = self.tr(
            "Applying waits at most {0} s for a lock and tries {1} times; "
            "colleagues’ work never queues behind it longer."
        )
        self._waits.tell(text.format(f"{limits.lock_timeout:g}", limits.tries), "info")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(SectionLabel(self.tr("Who would be in the way right now")))
        self._column.addWidget(self._stack)
        self._column.addWidget(self._waits)
        self._space()
        self.show_sessions(())
        theme.current().changed.connect(self._space)

    def show_sessions(self, found: tuple[Session, ...]) -> None:
        """Show who it is."""
        if tuple(self.sessions.rows) != found:
            self.sessions.show(found)
        self._stack.setCurrentWidget(self.table if found else self.nobody)
        self._fit()

    def set_compact(self, compact: bool) -> None:
        """Where there is little room, what the question before says too is left out."""
        self._waits.setVisible(not compact)
        self._fit()

    def _space(self) -> None:
        self._column.setSpacing(px(6))
        self._fit()

    def _fit(self) -> None:
        wanted = self.table.wanted_height(3) if self.sessions.rowCount() else self.nobody.sizeHint().height() + px(8)
        self._stack.setFixedHeight(wanted)


class BackupRow(QFrame):
    """Whether the database is saved into a file first, and into which."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._file: Path | None = None
        self._offer: DumpOffer | None = None
        self._used = False
        self.check = QCheckBox(self.tr("Back up with pg_dump to"), self)
        self._name, self._size = ElidedLabel("", "strong", self), ElidedLabel("", "muted", self)
        self._name.mode = Qt.TextElideMode.ElideMiddle
        self.change = button(self.tr("Change…"), "link", self._choose, parent=self)
        self.change.setAccessibleName(self.tr("Choose the file of the backup…"))
        row = QHBoxLayout(self)
        row.setContentsMargins(px(10), px(6), px(10), px(6))
        row.setSpacing(px(6))
        row.addWidget(self.check)
        row.addWidget(self._name, 3)
        row.addWidget(self._size, 2)
        row.addWidget(self.change)
        self.check.toggled.connect(lambda _: self._tell())

    @property
    def file(self) -> Path | None:
        """The file that is wanted; None where nothing is to be saved."""
        return self._file if self.check.isChecked() and self._possible else None

    @property
    def _possible(self) -> bool:
        return self._offer is not None and self._offer.program is not None

    def show_offer(self, database: str, offer: DumpOffer) -> None:
        """Show what is possible; what the person chose for this database stays."""
        first = self._offer is None
        self._offer = offer
        if self._file is None:
            folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
            self._file = _free(Path(folder) if folder and Path(folder).is_dir() else Path.home(), database)
        elif self._used:
            self._file = _free(self._file.parent, database)
        self._used = False
        if first:
            self.check.setChecked(self._possible)
        self._tell()

    def use(self) -> Path | None:
        """The file that is wanted, which is going to be written: the next backup gets another name."""
        self._used = self.file is not None
        return self.file

    def choose_file(self, file: Path) -> None:
        """Save into this file."""
        self._file = file
        self.check.setChecked(True)
        self._tell()

    def _choose(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the database as"), str(self._file or ""), self.tr("Dumps of pg_dump (*.dump)")
        )
        if name:
            self.choose_file(Path(name))

    def _tell(self) -> None:
        possible = self._possible
        self.check.setEnabled(possible)
        self.change.setVisible(possible)
        if self._offer is None or self._file is None:
            return
        if not possible:
            self.check.setChecked(False)
            self._name.setText(self.tr("pg_dump was not found, or is older than the server"))
            self._size.setText("")
            return
        self._name.setText(self._file.name)
        self._name.setToolTip(str(self._file))
        self._size.setText(self.tr("at most about {0}").format(words.megabytes(self._offer.whole)))
        self.check.setAccessibleName(self.tr("Back up with pg_dump to {0}").format(self._file))


def _free(folder: Path, database: str) -> Path:
    """A file in a folder that is not there yet, named by database and day."""
    stem = f"{_plain(database)}-{date.today():%Y-%m-%d}"
    names = (f"{stem}.dump", *(f"{stem}-{number}.dump" for number in range(2, 1000)))
    return next((folder / name for name in names if not (folder / name).exists()), folder / names[0])


def _plain(name: str) -> str:
    """A database's name as a part of a file's."""
    return "".join(character if character.isalnum() or character in "-_." else "_" for character in name) or "database"


class Safety(QWidget):
    """Both, below a plan.

    Attributes:
        in_the_way: who holds what.
        backup: what is saved first.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.in_the_way, self.backup = InTheWay(self), BackupRow(self)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.in_the_way)
        self._column.addWidget(SectionLabel(self.tr("Beforehand")))
        self._column.addWidget(self.backup)
        self._space()
        theme.current().changed.connect(self._space)

    def _space(self) -> None:
        self._column.setContentsMargins(px(16), 0, px(16), px(14))
        self._column.setSpacing(px(8))
