"""Students × lessons of a course: read in tiles as they are seen, in both directions, never all of them."""

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import Course, Enrollment, Lesson, LessonProgress, User
from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import Desk, Job
from lms_desktop.models.live import Batch
from lms_desktop.models.progress_tiles import COLUMNS as COLUMNS
from lms_desktop.models.progress_tiles import ROWS as ROWS
from lms_desktop.models.progress_tiles import Band
from lms_desktop.models.progress_tiles import State as State
from lms_desktop.models.render import one_line
from lms_desktop.models.wording import plain_tip
from lms_desktop.services.teaching import progress
from lms_desktop.services.teaching.progress import Frame, LessonHead, Mark, Student, Wanted
from lms_desktop.spec import Moment

KEPT = 40
"""Bands of `ROWS` students kept, the latest used ones; of each at most `KEPT_TILES`."""

KEPT_TILES = 3

PAUSE = 0.5
"""Seconds between two readings of the frame while others change things, or five times what the last one took."""

MARK_ROLE = Qt.ItemDataRole.UserRole
"""How far the student has come, a `State`."""

_ENTITIES = frozenset({Course, Enrollment, Lesson, LessonProgress, User})
_TABLES = frozenset(entity.__tablename__ for entity in (Enrollment, Lesson, LessonProgress, User))
_SHOWN = Moment()

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class ProgressMatrixModel(QAbstractTableModel):
    """Rows are students in the order asked for, columns are lessons in theirs.

    Attributes:
        frame: the course, its lessons and the order; None until it was read, and where it is not to be seen.
        seen: whether anybody looks; while nobody does nothing is read.

    Signals:
        framed(): another frame is shown, or there is none.
        arrived(): what was asked for came.
        failed(object): an error of `lms_desktop.errors`.
        working(bool): something is being read.
    """

    framed = Signal()
    arrived = Signal()
    failed = Signal(object)
    working = Signal(bool)

    def __init__(self, desk: Desk, zone: Callable[[], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._zone = desk, zone
        self.frame: Frame | None = None
        self.wanted: Wanted | None = None
        self.seen: Callable[[], bool] = lambda: True
        self._generation = 0
        self._bands: OrderedDict[int, Band] = OrderedDict()
        self._jobs: dict[int, Job | None] = {}
        self._frame_job: Job | None = None
        self._visible = (0, -1, 0, -1)
        self._dirty = False
        self._read_at, self._took = 0.0, 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self.catch_up)
        desk.committed.connect(self._committed)
        desk.noticed.connect(self._noticed)

    # What is shown

    def show(self, wanted: Wanted | None) -> None:
        """Show other students, or another order of them. What is shown stays until it is there; None shows nothing."""
        other = wanted is None or self.wanted is None or wanted.course_id != self.wanted.course_id
        self.wanted = wanted
        if other:
            self._begin(None)
        if wanted is not None:
            self._read_frame(wanted)

    def refresh(self) -> None:
        """Read again what is shown; it stays meanwhile."""
        if self.wanted is not None:
            self._read_frame(self.wanted)

    def catch_up(self) -> None:
        """Read what was changed while nobody looked."""
        if self._dirty and self.seen():
            self._dirty = False
            self.refresh()

    def want(self, first_row: int, last_row: int, first_column: int, last_column: int) -> None:
        """Say what is seen, ends included; what is not there yet is read."""
        self._visible = first_row, last_row, first_column, last_column
        self._ask()

    # What is known

    def lesson(self, column: int) -> LessonHead:
        """The lesson of a column."""
        assert self.frame is not None
        return self.frame.lessons[column]

    def enrollment_id(self, row: int) -> str:
        """The id of the enrollment in a row."""
        assert self.frame is not None
        return self.frame.enrollment(row)

    def student(self, row: int) -> Student | None:
        """The student of a row; None until they are read, and where they are gone by now."""
        band = self._bands.get(row // ROWS)
        at = row % ROWS
        return band.students[at] if band is not None and at < len(band.students) else None

    def mark(self, row: int, column: int) -> Mark | None:
        """What stands in a cell; None where nothing does, or where it is not read yet."""
        tile = self._tile(row, column)
        return tile.get((row % ROWS, column % COLUMNS)) if tile is not None else None

    def state(self, row: int, column: int) -> State:
        """How far the student of a row has come with the lesson of a column."""
        if self._tile(row, column) is None:
            return State.LOADING
        mark = self.mark(row, column)
        if mark is None:
            return State.NOTHING
        return State.DONE if mark.completed else State.BEGUN

    def when(self, row: int, column: int) -> str:
        """The moment of a cell in the person's zone; "" where there is none."""
        mark = self.mark(row, column)
        return _SHOWN.show(mark.at, self._zone()) if mark is not None and mark.at is not None else ""

    # Reading

    def _read_frame(self, wanted: Wanted) -> None:
        self._cancel()
        self._dirty = False
        generation, began = self._generation, monotonic()
        self._read_at = began

        def done(found: Frame | None) -> None:
            if generation == self._generation:
                self._frame_job, self._took = None, monotonic() - began
                self._take(found)
                self._tell_working()

        def failed(error: ExplainedError) -> None:
            if generation == self._generation:
                self._frame_job = None
                self._tell_working()
                self.failed.emit(error)

        job = self._desk.read(
            lambda uow: progress.frame(uow, wanted),
            done=done,
            failed=failed,
            owner=self,
            label=self.tr("Reading how far students have come"),
        )
        self._frame_job = job if job.ended is None else None
        self._tell_working()

    def _take(self, found: Frame | None) -> None:
        """Show a frame: as another one, or as the same whose cells are read again."""
        if found is None or self.frame is None or found != self.frame:
            self._begin(found)
            return
        for band in self._bands.values():
            band.stale = True
        self._ask()
        for number in [n for n, band in self._bands.items() if band.stale and n not in self._jobs]:
            del self._bands[number]  # nobody sees it
        self.framed.emit()

    def _begin(self, found: Frame | None) -> None:
        self._cancel()
        self.beginResetModel()
        self.frame = found
        self._bands.clear()
        self._visible = (0, -1, 0, -1)
        self.endResetModel()
        self.framed.emit()

    def _ask(self) -> None:
        """Read what is seen and not there; let go of what is asked for and no longer seen."""
        first, last, left, right = self._visible
        if self.frame is None or last < first:
            return
        bands = range(max(first, 0) // ROWS, min(last, self.frame.students - 1) // ROWS + 1)
        for number in [number for number in self._jobs if number not in bands]:
            job = self._jobs.pop(number)
            if job is not None:
                job.cancel()
        last_column = min(right, len(self.frame.lessons) - 1)
        wanted = range(max(left, 0) // COLUMNS, last_column // COLUMNS + 1) if last_column >= 0 else range(0)
        for number in bands:
            if number not in self._jobs:
                self._ask_band(self.frame, number, wanted)
        self._tell_working()

    def _ask_band(self, frame: Frame, number: int, wanted: range) -> None:
        band = self._bands.get(number)
        if band is not None:
            self._bands.move_to_end(number)
        known = () if band is None or band.stale else band.tiles
        missing = [tile for tile in wanted if tile not in known]
        for tile in wanted:
            if band is not None and tile in band.tiles:
                band.tiles.move_to_end(tile)
        if band is not None and not band.stale and not missing:
            return
        first = number * ROWS
        ids = [frame.enrollment(at) for at in range(first, min(first + ROWS, frame.students))]
        columns = [at for tile in missing for at in range(tile * COLUMNS, (tile + 1) * COLUMNS)]
        lessons = [frame.lessons[at].id for at in columns if at < len(frame.lessons)]
        course = self.wanted.course_id if self.wanted is not None else ""
        students = band is None or band.stale

        def read(uow: UnitOfWork) -> tuple[dict[str, Student] | None, dict[tuple[str, str], Mark]]:
            people = progress.students(uow, course, ids) if students else None
            return people, progress.marks(uow, course, ids, lessons)

        generation = self._generation

        def done(found: tuple[dict[str, Student] | None, dict[tuple[str, str], Mark]]) -> None:
            if generation == self._generation and self._jobs.pop(number, self) is not self:
                self._put(frame, number, ids, missing, *found, keep=max(KEPT_TILES, len(wanted)))

        def failed(error: ExplainedError) -> None:
            if generation == self._generation:
                self._jobs.pop(number, None)
                self._tell_working()
                self.failed.emit(error)

        self._jobs[number] = None
        job = self._desk.read(read, done=done, failed=failed, owner=self)
        if number in self._jobs and job.ended is None:
            self._jobs[number] = job

    def _put(
        self,
        frame: Frame,
        number: int,
        ids: list[str],
        tiles: list[int],
        people: dict[str, Student] | None,
        marks: dict[tuple[str, str], Mark],
        keep: int,
    ) -> None:
        """Take in what was read of a band."""
        if people is not None:
            self._bands[number] = Band([people.get(each) for each in ids])
        band = self._bands[number]
        rows = {each: at for at, each in enumerate(ids)}
        for tile in tiles:
            band.tiles[tile] = {}
        columns = {
            frame.lessons[at].id: at
            for tile in tiles
            for at in range(tile * COLUMNS, min((tile + 1) * COLUMNS, len(frame.lessons)))
        }
        for (enrollment, lesson), mark in marks.items():
            column = columns[lesson]
            band.tiles[column // COLUMNS][rows[enrollment], column % COLUMNS] = mark
        while len(band.tiles) > keep:
            band.tiles.popitem(last=False)
        self._bands.move_to_end(number)
        while len(self._bands) > KEPT:
            self._bands.popitem(last=False)
        first, last = number * ROWS, number * ROWS + len(ids) - 1
        if frame.lessons:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(frame.lessons) - 1))
        self.headerDataChanged.emit(Qt.Orientation.Vertical, first, last)
        self._ask()  # what is seen may be something else by now
        self._tell_working()
        self.arrived.emit()

    def _tile(self, row: int, column: int) -> dict[tuple[int, int], Mark] | None:
        band = self._bands.get(row // ROWS)
        return band.tiles.get(column // COLUMNS) if band is not None else None

    def _cancel(self) -> None:
        self._generation += 1
        for job in (self._frame_job, *self._jobs.values()):
            if job is not None:
                job.cancel()
        self._frame_job = None
        self._jobs.clear()
        self._later.stop()
        self._tell_working()

    def _tell_working(self) -> None:
        self.working.emit(self._frame_job is not None or bool(self._jobs))

    # What is changed meanwhile

    def _committed(self, outcome: Outcome, initiator: object) -> None:
        if outcome.entities & _ENTITIES:
            self._again()

    def _noticed(self, batch: Batch) -> None:
        if batch.everything or batch.tables & _TABLES:
            self._again()

    def _again(self) -> None:
        self._dirty = self.wanted is not None
        if self._dirty and not self._later.isActive():
            pause = max(PAUSE, 5 * self._took)
            self._later.start(max(0, round(1000 * (self._read_at + pause - monotonic()))))

    # Overrides of Qt

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractTableModel::rowCount."""
        return 0 if parent.isValid() or self.frame is None else self.frame.students

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractTableModel::columnCount."""
        return 0 if parent.isValid() or self.frame is None else len(self.frame.lessons)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractTableModel::data: never raises, never waits."""
        row, column = index.row(), index.column()
        if not index.isValid() or self.frame is None or row >= self.frame.students:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._spoken(row, column))
        if role == MARK_ROLE:
            return self.state(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignCenter)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractTableModel::headerData."""
        if self.frame is None or section < 0:
            return None
        if role == Qt.ItemDataRole.ToolTipRole:
            tip = self.headerData(section, orientation, Qt.ItemDataRole.AccessibleTextRole)
            return tip if tip is None else plain_tip(tip)
        spoken = role == Qt.ItemDataRole.AccessibleTextRole
        if orientation == Qt.Orientation.Horizontal and section < len(self.frame.lessons):
            lesson = self.frame.lessons[section]
            if spoken:
                return self.tr("Lesson {0}: {1}").format(lesson.place, one_line(lesson.title))
            return f"{lesson.place} {one_line(lesson.title)}" if role == Qt.ItemDataRole.DisplayRole else None
        if orientation == Qt.Orientation.Vertical and section < self.frame.students:
            student = self.student(section)
            if role == Qt.ItemDataRole.DisplayRole:
                return self._name(section)
            if spoken and student is not None:
                done, all_ = student.done, len(self.frame.lessons)
                words = self.tr("{0} of {1} lessons completed").format(done, all_)
                return f"{one_line(student.name)}\n{one_line(student.email)}\n{words}"
        return None

    def _name(self, row: int) -> str:
        student = self.student(row)
        if student is not None:
            return one_line(student.name) or one_line(student.email)
        band = self._bands.get(row // ROWS)
        return "…" if band is None else self.tr("no longer enrolled")

    def _words(self, row: int, column: int) -> str:
        state = self.state(row, column)
        if state is State.DONE:
            return self.when(row, column)[:10] or self.tr("completed")
        return {State.BEGUN: self.tr("begun"), State.LOADING: "…"}.get(state, "")

    def _spoken(self, row: int, column: int) -> str:
        lesson = self.lesson(column)
        state, when = self.state(row, column), self.when(row, column)
        sentences = {
            State.LOADING: self.tr("{0}, lesson {1} {2}, loading"),
            State.NOTHING: self.tr("{0}, lesson {1} {2}, not begun"),
            State.BEGUN: self.tr("{0}, lesson {1} {2}, begun, last on {3}"),
            State.DONE: self.tr("{0}, lesson {1} {2}, completed {3}")
            if when
            else self.tr("{0}, lesson {1} {2}, completed, nobody knows when"),
        }
        return sentences[state].format(self._name(row), lesson.place, one_line(lesson.title), when)
