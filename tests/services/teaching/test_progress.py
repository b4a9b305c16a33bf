"""Who has come how far in a course: orders, filters, what stands in the cells, and whose it is."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import URL, delete, insert, update

from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Course, Enrollment, Lesson, LessonProgress, User, new_id
from lms_desktop.services import gate
from lms_desktop.services.teaching import progress
from lms_desktop.services.teaching.progress import Frame, Order, Student, Wanted
from tests.small_school import SYSTEM, actor, opened, row_id, statements

ALGEBRA, BOTANY = (row_id(Course, name) for name in ("algebra", "botany"))
SUMS, PRODUCTS, POWERS, LEAVES = (row_id(Lesson, name) for name in ("sums", "products", "powers", "leaves"))
ANA, BO = (row_id(Enrollment, name) for name in ("ana in algebra", "bo in botany"))
AT_SUMS, AT_POWERS = (row_id(LessonProgress, name) for name in ("ana at sums", "ana at powers"))


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school; Ana has completed two of the three lessons of algebra."""
    with opened(database_url) as database:
        yield database


def change(database: Database, statement: Any) -> None:
    """Write as another program does."""
    with database.unit_of_work(SYSTEM, logged=False) as uow:
        uow.execute(statement)


def enrol(database: Database, name: str, *completed: str, email: str = "") -> str:
    """Somebody else takes algebra, and has completed these lessons."""
    student, enrollment = new_id(), new_id()
    address = email or f"{name.lower()}@school.edu"
    change(database, insert(User).values(id=student, email=address, full_name=name, role="student", password_hash="no"))
    change(database, insert(Enrollment).values(id=enrollment, student_id=student, course_id=ALGEBRA))
    for lesson in completed:
        change(database, insert(LessonProgress).values(enrollment_id=enrollment, lesson_id=lesson, completed=True))
    return enrollment


def framed(database: Database, wanted: Wanted, who: str = "ines") -> Frame:
    """The frame, which there is."""
    with gate.reading(database, actor(who)) as uow:
        found = progress.frame(uow, wanted)
    assert found is not None
    return found


def listed(database: Database, **wanted: Any) -> list[str]:
    """The names in their order."""
    found = framed(database, Wanted(ALGEBRA, **wanted))
    ids = [found.enrollment(at) for at in range(found.students)]
    with gate.reading(database, actor("ines")) as uow:
        rows = progress.students(uow, ALGEBRA, ids)
    return [rows[each].name for each in ids]


class TestTheFrame:
    def test_lessons_in_their_order_whatever_the_numbers(self, school: Database) -> None:
        change(school, update(Lesson).where(Lesson.id == SUMS).values(order=9))
        found = framed(school, Wanted(ALGEBRA))
        assert [(lesson.place, lesson.title) for lesson in found.lessons] == [
            (1, "Products"),
            (2, "Powers"),
            (3, "Sums"),
        ]
        assert found.title == "Algebra"

    def test_the_students_by_name_and_by_address(self, school: Database) -> None:
        enrol(school, "Zoe", email="a@school.edu")
        enrol(school, "Ben")
        assert listed(school) == ["Ana", "Ben", "Zoe"]
        assert listed(school, order=Order.EMAIL) == ["Zoe", "Ana", "Ben"]

    def test_by_how_much_they_have_completed(self, school: Database) -> None:
        enrol(school, "Zoe", SUMS, PRODUCTS, POWERS)
        enrol(school, "Ben")
        assert listed(school, order=Order.LEAST) == ["Ben", "Ana", "Zoe"]
        assert listed(school, order=Order.MOST) == ["Zoe", "Ana", "Ben"]

    def test_only_who_has_not_finished(self, school: Database) -> None:
        enrol(school, "Zoe", SUMS, PRODUCTS, POWERS)
        assert listed(school, unfinished=True) == ["Ana"]

    def test_progress_with_another_course_s_lesson_finishes_nothing(self, school: Database) -> None:
        enrol(school, "Zoe", SUMS, PRODUCTS, LEAVES)
        assert listed(school, unfinished=True) == ["Ana", "Zoe"]
        assert listed(school, order=Order.MOST) == ["Ana", "Zoe"], "two each"

    @pytest.mark.parametrize(
        ("typed", "found"), [("an", ["Ana"]), ("BEN school", ["Ben"]), ("100%", []), ("_", []), ("\\", [])]
    )
    def test_only_whose_name_or_address_holds_every_word(self, school: Database, typed: str, found: list[str]) -> None:
        enrol(school, "Ben")
        assert listed(school, search=typed) == found

    def test_a_place_is_found_again(self, school: Database) -> None:
        ben = enrol(school, "Ben")
        found = framed(school, Wanted(ALGEBRA))
        assert (found.place(ANA), found.place(ben), found.place(BO)) == (0, 1, None)
        assert (found.enrollment(0), found.enrollment(1)) == (ANA, ben)

    def test_a_course_without_lessons_or_students(self, school: Database) -> None:
        change(school, delete(Lesson))
        change(school, delete(Enrollment))
        found = framed(school, Wanted(ALGEBRA))
        assert (found.lessons, found.students) == ((), 0)

    def test_two_statements(self, school: Database) -> None:
        with gate.reading(school, actor("ines")) as uow, statements(school) as seen:
            progress.frame(uow, Wanted(ALGEBRA, Order.MOST, "a", True))
        assert len(seen) == 2


class TestCells:
    def test_a_student_with_what_is_done(self, school: Database) -> None:
        with gate.reading(school, actor("ines")) as uow:
            assert progress.students(uow, ALGEBRA, [ANA]) == {ANA: Student(ANA, "Ana", "ana@school.edu", 2, None)}

    def test_completed_begun_and_not_begun(self, school: Database) -> None:
        change(
            school, update(LessonProgress).where(LessonProgress.id == AT_SUMS).values(completed_at="2025-11-12 14:05Z")
        )
        change(school, delete(LessonProgress).where(LessonProgress.lesson_id == PRODUCTS))
        with gate.reading(school, actor("ines")) as uow:
            found = progress.marks(uow, ALGEBRA, [ANA], [SUMS, PRODUCTS, POWERS])
        assert set(found) == {(ANA, SUMS), (ANA, POWERS)}
        assert found[ANA, SUMS] == (AT_SUMS, True, "2025-11-12 14:05:00+00")
        assert (found[ANA, POWERS].id, found[ANA, POWERS].completed) == (AT_POWERS, False)
        assert found[ANA, POWERS].at is not None, "when it was last changed"

    def test_completed_without_a_moment(self, school: Database) -> None:
        with gate.reading(school, actor("ines")) as uow:
            assert progress.marks(uow, ALGEBRA, [ANA], [SUMS]) == {(ANA, SUMS): (AT_SUMS, True, None)}

    def test_moments_that_no_calendar_holds(self, school: Database) -> None:
        change(school, update(LessonProgress).where(LessonProgress.id == AT_SUMS).values(completed_at="infinity"))
        with gate.reading(school, actor("ines")) as uow:
            assert progress.marks(uow, ALGEBRA, [ANA], [SUMS])[ANA, SUMS].at == "infinity"


class TestTheGate:
    def test_there_is_no_frame_of_anothers_course(self, school: Database) -> None:
        with gate.reading(school, actor("ines")) as uow:
            assert progress.frame(uow, Wanted(BOTANY)) is None
            assert progress.frame(uow, Wanted(new_id())) is None

    def test_nor_students_or_marks_by_their_ids(self, school: Database) -> None:
        with gate.reading(school, actor("ines")) as uow:
            for course in (ALGEBRA, BOTANY):
                assert progress.students(uow, course, [BO]) == {}
                assert progress.marks(uow, course, [BO], [LEAVES]) == {}
            assert progress.students(uow, BOTANY, [ANA]) == {}, "of another course than it was asked of"
            assert progress.marks(uow, BOTANY, [ANA], [SUMS]) == {}

    def test_registrars_and_administrators_see_all(self, school: Database) -> None:
        for who in ("registrar", "admin"):
            assert framed(school, Wanted(BOTANY), who).students == 1
            with gate.reading(school, actor(who)) as uow:
                assert set(progress.marks(uow, BOTANY, [BO], [LEAVES])) == {(BO, LEAVES)}
