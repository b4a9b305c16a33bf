"""Students × lessons: tiles as they are seen, late replies dropped, bounded memory, words for the eye and the ear."""

from collections.abc import Iterator

import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import Qt

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Course, Enrollment, Lesson
from lms_desktop.models.progress_matrix import COLUMNS, KEPT, KEPT_TILES, MARK_ROLE, ROWS, ProgressMatrixModel, State
from lms_desktop.services.teaching.progress import Order, Wanted
from tests.desks import ImmediateDesk
from tests.postgres import PostgresServer, plain_connection
from tests.small_school import actor, opened, row_id, statements
from tests.views.sittings import ask, change

ALGEBRA, BOTANY = (row_id(Course, name) for name in ("algebra", "botany"))
SUMS, PRODUCTS, POWERS = (row_id(Lesson, name) for name in ("sums", "products", "powers"))
ANA = row_id(Enrollment, "ana in algebra")
CROWD, LESSONS = 6_000, 203
"""Students named `Student 00000` …, who come after Ana; and lessons in all."""


_NOW = "now(), now()"
_CROWD = (
    "UPDATE lesson_progress SET completed_at = '2025-11-12 14:05Z' WHERE completed",
    'INSERT INTO lessons (id, course_id, title, content_type, "order", created_at, updated_at) SELECT'
    f" gen_random_uuid(), %(course)s, 'Extra ' || n, 'text', n, {_NOW} FROM generate_series(4, %(lessons)s) n",
    "INSERT INTO users (id, email, full_name, role, password_hash, is_active, mfa_enabled, created_at, updated_at)"
    " SELECT md5('s' || n)::uuid, 's' || n || '@x.edu', 'Student ' || to_char(n, 'FM00000'), 'student', 'no', true,"
    f" false, {_NOW} FROM generate_series(0, %(crowd)s - 1) n",
    "INSERT INTO enrollments (id, student_id, course_id, enrolled_at, created_at, updated_at) SELECT"
    f" md5('e' || n)::uuid, md5('s' || n)::uuid, %(course)s, now(), {_NOW} FROM generate_series(0, %(crowd)s - 1) n",
    "INSERT INTO lesson_progress (id, enrollment_id, lesson_id, completed, completed_at, created_at, updated_at)"
    " SELECT gen_random_uuid(), md5('e' || n)::uuid, l.id, l.\"order\" <> %(lessons)s - 1, '2026-01-02 10:00Z',"
    f" {_NOW} FROM generate_series(0, %(crowd)s - 1) n JOIN lessons l ON l.course_id = %(course)s AND"
    ' ((l."order" IN (1, 2, 3, %(lessons)s) AND n %% 3 = 0) OR (l."order" = %(lessons)s - 1 AND n %% 7 = 0))',
)


@pytest.fixture(scope="module")
def crowd_url(server: PostgresServer, migrated_template: URL) -> Iterator[URL]:
    """The small school, in which six thousand take algebra, of two hundred lessons; every third has completed the first
    three and the last, every seventh has begun the second to last."""
    url = server.create(template=migrated_template.database)
    with opened(url), plain_connection(url) as connection, connection.cursor() as cursor:
        for statement in _CROWD:
            cursor.execute(statement, {"course": ALGEBRA, "lessons": LESSONS, "crowd": CROWD})
        connection.commit()
        connection.autocommit = True
        cursor.execute("ANALYZE")
    yield url
    server.drop(url)


@pytest.fixture
def crowd(crowd_url: URL) -> Iterator[Database]:
    """The crowd, to be looked at."""
    engine = make_engine(crowd_url, Settings())
    yield Database(engine)
    engine.dispose()


@pytest.fixture
def desk(qtbot: QtBot, crowd: Database) -> Iterator[ImmediateDesk]:
    """The instructor's desk."""
    made = ImmediateDesk(crowd, actor("ines"))
    yield made
    made.close()


@pytest.fixture
def model(desk: ImmediateDesk) -> ProgressMatrixModel:
    """Algebra by name, of which nothing is seen yet."""
    made = ProgressMatrixModel(desk, lambda: "Europe/Lisbon")
    made.show(Wanted(ALGEBRA))
    return made


def shown(model: ProgressMatrixModel, row: int, column: int) -> str:
    """What a cell says."""
    return str(model.data(model.index(row, column)))


def spoken(model: ProgressMatrixModel, row: int, column: int) -> str:
    """What a screen reader says of a cell."""
    return str(model.data(model.index(row, column), Qt.ItemDataRole.AccessibleTextRole))


def test_it_is_a_model(desk: ImmediateDesk, qtmodeltester: ModelTester) -> None:
    made = ProgressMatrixModel(desk, lambda: "UTC")
    qtmodeltester.check(made)
    made.show(Wanted(ALGEBRA, search="ana"))
    qtmodeltester.check(made)
    made.want(0, 1, 0, 40)
    qtmodeltester.check(made)
    made.show(Wanted(ALGEBRA, search="Student 0000"))
    made.want(0, 9, 0, 20)
    qtmodeltester.check(made)
    made.show(None)
    qtmodeltester.check(made)


class TestWhatIsShown:
    def test_rows_are_students_and_columns_lessons(self, model: ProgressMatrixModel) -> None:
        assert (model.rowCount(), model.columnCount()) == (CROWD + 1, LESSONS)
        horizontal = Qt.Orientation.Horizontal
        assert model.headerData(2, horizontal) == "3 Powers"
        assert model.headerData(2, horizontal, Qt.ItemDataRole.ToolTipRole) == "Lesson 3: Powers"

    def test_until_it_is_read_it_says_so(self, model: ProgressMatrixModel) -> None:
        assert shown(model, 0, 0) == "…"
        assert model.headerData(0, Qt.Orientation.Vertical) == "…"
        assert spoken(model, 0, 0) == "…, lesson 1 Sums, loading"

    def test_what_stands_in_cells(self, model: ProgressMatrixModel) -> None:
        model.want(0, 5, 0, 5)
        assert [shown(model, 0, at) for at in range(4)] == ["2025-11-12", "2025-11-12", "begun", ""]
        assert [model.data(model.index(0, at), MARK_ROLE) for at in range(4)] == [
            State.DONE,
            State.DONE,
            State.BEGUN,
            State.NOTHING,
        ]

    def test_what_is_said_of_them(self, model: ProgressMatrixModel) -> None:
        model.want(0, 5, 0, 5)
        assert spoken(model, 0, 0) == "Ana, lesson 1 Sums, completed 2025-11-12 14:05"
        assert spoken(model, 0, 2).startswith("Ana, lesson 3 Powers, begun, last on 20")
        assert spoken(model, 0, 3) == "Ana, lesson 4 Extra 4, not begun"
        side = model.headerData(0, Qt.Orientation.Vertical, Qt.ItemDataRole.ToolTipRole)
        assert side == f"Ana\nana@school.edu\n2 of {LESSONS} lessons completed"

    def test_it_pages_in_both_directions(self, model: ProgressMatrixModel) -> None:
        last = CROWD - CROWD % 21  # who is the third and the seventh
        row = last if last < CROWD else last - 21
        model.want(row + 1 - 5, row + 1 + 5, LESSONS - 5, LESSONS - 1)
        assert model.headerData(row + 1, Qt.Orientation.Vertical) == f"Student {row:05}"
        assert [shown(model, row + 1, at) for at in (LESSONS - 3, LESSONS - 2, LESSONS - 1)] == [
            "",
            "begun",
            "2026-01-02",
        ]
        assert shown(model, row + 1, 0) == "…", "nobody looked there"

    def test_other_orders_and_filters(self, model: ProgressMatrixModel) -> None:
        model.show(Wanted(ALGEBRA, Order.MOST, unfinished=True))
        model.want(0, 1, 0, 1)
        assert model.headerData(0, Qt.Orientation.Vertical) == "Student 00000", "four are completed, two by Ana"
        model.show(Wanted(ALGEBRA, search="ana"))
        assert model.rowCount() == 1

    def test_anothers_course_shows_nothing(self, model: ProgressMatrixModel) -> None:
        model.show(Wanted(BOTANY))
        assert model.frame is None
        assert (model.rowCount(), model.columnCount()) == (0, 0)


class TestReading:
    def test_two_statements_a_band_whatever_its_width(self, model: ProgressMatrixModel, crowd: Database) -> None:
        with statements(crowd) as seen:
            model.want(0, 20, 0, 45)
        assert len([s for s in seen if "lesson_progress" in s]) == 2

    def test_what_is_there_is_not_read_again(self, model: ProgressMatrixModel, crowd: Database) -> None:
        model.want(0, 20, 0, 10)
        with statements(crowd) as seen:
            model.want(3, 23, 2, 12)
        assert seen == []

    def test_a_further_column_reads_no_student_again(self, model: ProgressMatrixModel, crowd: Database) -> None:
        model.want(0, 20, 0, 10)
        with statements(crowd) as seen:
            model.want(0, 20, 15, 25)
        assert not any("count(*)" in s for s in seen)
        assert shown(model, 0, COLUMNS) == ""

    def test_memory_is_bounded(self, model: ProgressMatrixModel) -> None:
        for first in range(0, (KEPT + 3) * ROWS, ROWS):
            model.want(first, first + 20, 0, 10)
        for left in range(0, LESSONS, COLUMNS):
            model.want(0, 20, left, left + 5)
        assert len(model._bands) == KEPT
        assert max(len(band.tiles) for band in model._bands.values()) <= KEPT_TILES
        assert shown(model, 0, LESSONS - 1) == "", "the latest are those that are kept"

    def test_a_window_wider_than_what_is_kept_is_shown_whole(self, model: ProgressMatrixModel) -> None:
        model.want(0, 20, 0, LESSONS - 1)
        assert all(shown(model, 0, column) != "…" for column in range(LESSONS))

    def test_a_late_reply_is_dropped(self, model: ProgressMatrixModel, desk: ImmediateDesk) -> None:
        desk.hold()
        model.want(0, 5, 0, 5)
        model.show(Wanted(ALGEBRA, search="Student 00001"))
        desk.release()
        model.want(0, 5, 0, 5)
        assert model.rowCount() == 1
        assert model.headerData(0, Qt.Orientation.Vertical) == "Student 00001"

    def test_what_was_scrolled_by_is_not_read(
        self, model: ProgressMatrixModel, desk: ImmediateDesk, crowd: Database
    ) -> None:
        desk.hold()
        for first in range(0, CROWD - 200, 200):
            model.want(first, first + 20, 0, 5)
        with statements(crowd) as seen:
            desk.release()
        assert len([s for s in seen if "count(*)" in s]) <= 2
        assert model.student(first) is not None

    def test_what_is_shown_stays_while_another_order_is_read(
        self, model: ProgressMatrixModel, desk: ImmediateDesk
    ) -> None:
        model.want(0, 5, 0, 5)
        desk.hold()
        model.show(Wanted(ALGEBRA, Order.LEAST))
        assert shown(model, 0, 0) == "2025-11-12"
        desk.release()

    def test_a_failure_is_told_and_leaves_what_is_shown(self, model: ProgressMatrixModel, crowd_url: URL) -> None:
        model.want(0, 5, 0, 5)
        failures: list[object] = []
        model.failed.connect(failures.append)
        change(crowd_url, "ALTER TABLE lesson_progress RENAME TO gone")
        try:
            model.want(0, 5, COLUMNS, COLUMNS + 5)
        finally:
            change(crowd_url, "ALTER TABLE gone RENAME TO lesson_progress")
        assert len(failures) == 1
        assert shown(model, 0, 0) == "2025-11-12"
        model.want(0, 5, COLUMNS, COLUMNS + 5)
        assert shown(model, 0, COLUMNS) == "", "asked again, it is there"


class TestMeanwhile:
    def complete(self, url: URL, enrollment: str, lesson: str) -> None:
        """Somebody completes a lesson on the web."""
        change(
            url,
            "INSERT INTO lesson_progress (id, enrollment_id, lesson_id, completed, completed_at, created_at,"
            f" updated_at) SELECT gen_random_uuid(), %s, id, true, '2026-02-03 10:00Z', {_NOW} FROM lessons"
            " WHERE course_id = %s AND title = %s",
            enrollment,
            ALGEBRA,
            lesson,
        )

    def test_what_was_changed_is_read_again_and_nothing_vanishes(
        self, model: ProgressMatrixModel, crowd_url: URL, desk: ImmediateDesk
    ) -> None:
        model.want(0, 5, 0, 5)
        resets: list[None] = []
        model.modelReset.connect(lambda: resets.append(None))
        self.complete(crowd_url, ANA, "Extra 5")
        desk.hold()
        model.refresh()
        assert shown(model, 0, 0) == "2025-11-12"
        desk.release()
        assert shown(model, 0, 4) == "2026-02-03"
        assert resets == []

    def test_what_nobody_looks_at_waits(self, model: ProgressMatrixModel, crowd_url: URL, qtbot: QtBot) -> None:
        model.want(0, 5, 0, 5)
        looks = [False]
        model.seen = lambda: looks[0]
        self.complete(crowd_url, ANA, "Extra 6")
        model._again()
        qtbot.waitUntil(lambda: not model._later.isActive())
        assert shown(model, 0, 5) == ""
        looks[0] = True
        model.catch_up()
        assert shown(model, 0, 5) == "2026-02-03"

    def test_who_left_is_told_apart_from_who_is_not_read_yet(self, model: ProgressMatrixModel, crowd_url: URL) -> None:
        row = CROWD  # the last one
        enrollment = model.enrollment_id(row)
        student = ask(crowd_url, "SELECT student_id::text FROM enrollments WHERE id = %s", enrollment)
        change(crowd_url, "DELETE FROM enrollments WHERE id = %s", enrollment)
        model.want(row - 2, row, 0, 5)
        assert model.headerData(row, Qt.Orientation.Vertical) == "no longer enrolled"
        model.refresh()
        assert model.rowCount() == CROWD
        change(
            crowd_url,
            "INSERT INTO enrollments (id, student_id, course_id, enrolled_at, created_at, updated_at)"
            f" VALUES (%s, %s, %s, now(), {_NOW})",
            enrollment,
            student,
            ALGEBRA,
        )
