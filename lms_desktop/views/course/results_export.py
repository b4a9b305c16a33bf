"""Writing the results of a quiz into a file."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.models.wording import word
from lms_desktop.services.files import write_whole
from lms_desktop.services.teaching.attempts import Walk
from lms_desktop.services.teaching.results_file import ResultsFile
from lms_desktop.spec import N_
from lms_desktop.views.course.portions import Portions
from lms_desktop.views.course.quiz_file_dialogs import file_name, pick_new_file
from lms_desktop.views.session import Session
from lms_desktop.views.work_bar import WorkBar

HEADS = (N_("Student"), N_("E-mail"), N_("Started"), N_("Ended"), N_("Score"), N_("Passed"))
"""What stands above the columns before the answers."""


class ResultsExport(QObject):
    """Reads the attempts in portions, then writes them; the window goes on meanwhile.

    Attributes:
        busy: it is under way.
        bar: says how far it is and stops it; not there otherwise. Whoever shows the results puts it below them.

    Signals:
        begun(): it is under way.
        told(int, int): so many of all attempts have been read.
        ended(): it is over, well or not.
        message(str): where it was written, or that it was not.
        trouble(object): an error to show.
    """

    begun = Signal()
    told = Signal(int, int)
    ended = Signal()
    message = Signal(str)
    trouble = Signal(object)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._parent = session, parent
        self._file, self.busy = Path(), False
        self.bar = WorkBar(parent)
        self._portions = Portions(session, self.tr("Reading the attempts"), self)
        self._portions.told.connect(self._told)
        self._portions.arrived.connect(self._write)
        self._portions.failed.connect(self._failed)

    def ask(self, quiz_id: str, title: str) -> None:
        """Ask for a file, and begin where one was named."""
        kinds = self.tr("CSV files (*.csv)")
        file = pick_new_file(self._parent, self.tr("Export results"), f"{file_name(title)}.csv", kinds)
        if file is not None:
            self.start(quiz_id, file)

    def start(self, quiz_id: str, file: Path) -> None:
        """Read the attempts at a quiz and write them into this file; one that is under way is given up."""
        self._file, self.busy = file, True
        self.bar.begin(self.tr("Reading the attempts"), self.stop)
        self.begun.emit()
        heads = [word(head) for head in HEADS]

        def begin(uow: UnitOfWork) -> Walk:
            walk = ResultsFile(uow, quiz_id, heads)
            walk.step(uow)
            return walk

        self._portions.start(begin)

    def stop(self) -> None:
        """Give it up, where it is not being written by then, which takes a moment."""
        if self._portions.busy:
            self._portions.stop()
            self._end()
            self.message.emit(self.tr("Cancelled. Nothing was written."))

    def _told(self, seen: int, total: int) -> None:
        self.bar.tell(seen / max(total, 1), "")
        self.told.emit(seen, total)

    def _write(self, walk: ResultsFile) -> None:
        self.bar.see_through()
        self._session.desk.plain(
            partial(_write, self._file, walk),
            done=self._written,
            failed=self._failed,
            owner=self,
            label=self.tr("Writing the file"),
        )

    def _written(self, file: Path) -> None:
        self._end()
        self.message.emit(self.tr("Written to {0}.").format(file))

    def _failed(self, error: object) -> None:
        self._end()
        self.trouble.emit(error)

    def _end(self) -> None:
        self.busy = False
        self.bar.end()
        self.ended.emit()


def _write(file: Path, walk: ResultsFile) -> Path:
    return write_whole(file, walk.text())
