"""Every page of the catalogue, read from a real server: computed columns, names, sorting, searching."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import URL, select
from sqlalchemy.orm import aliased

from lms_desktop.admin import CATALOG, PAGES
from lms_desktop.admin.courses import lesson_count, student_count
from lms_desktop.admin.enrollments import certificate_state, percentage
from lms_desktop.admin.people import session_state
from lms_desktop.admin.quizzes import question_count
from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import (
    Certificate,
    Course,
    Enrollment,
    Lesson,
    LessonProgress,
    Quiz,
    QuizAttempt,
    QuizQuestion,
    RefreshToken,
    User,
)
from lms_desktop.services import gate
from lms_desktop.services.pages import Page, Pages, Want
from lms_desktop.services.records import Records
from lms_desktop.spec import EntityAdmin, Query, Ref, Secret, Sort
from tests.small_school import PEOPLE, ROWS, SYSTEM, actor, name_of, opened, row_id

every_admin = pytest.mark.parametrize("admin", CATALOG.values(), ids=PAGES)


@pytest.fixture(scope="module")
def school(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The small school, only read here."""
    server, template = request.getfixturevalue("server"), request.getfixturevalue("migrated_template")
    url: URL = server.create(template=template.database)
    with opened(url) as database:
        yield database
    server.drop(url)


def fetched(school: Database, query: Query, *columns: str, who: str = "registrar") -> Page:
    """The first page of a query."""
    with gate.reading(school, actor(who)) as uow:
        return Pages(CATALOG).fetch(uow, query, columns, Want(0, 100))


def names(school: Database, query: Query, who: str = "registrar") -> list[str]:
    """The rows of a query by their names."""
    return [name_of(query.entity, row[0] or "") for row in fetched(school, query, who=who).rows]


def computed(school: Database, entity: Any, expression: Any) -> dict[str, Any]:
    """What the expression gives for each row, of the class and of an alias alike."""
    found = []
    with gate.reading(school, SYSTEM) as uow:
        for source in (entity, aliased(entity)):
            rows: Any = uow.execute(select(source.id, expression(source)))
            found.append({name_of(entity, row[0]): row[1] for row in rows})
    assert found[0] == found[1]
    return found[0]


def test_progress_is_the_part_of_the_courses_lessons_that_is_completed(school: Database) -> None:
    assert computed(school, Enrollment, percentage) == {
        "ana in algebra": 66,
        "bo in botany": 100,
        "idle in empty": None,
    }


def test_an_enrollment_says_whether_its_certificate_is_issued(school: Database) -> None:
    assert computed(school, Enrollment, certificate_state) == {
        "ana in algebra": "issued",
        "bo in botany": "issued",
        "idle in empty": None,
    }


def test_a_course_counts_its_lessons_and_students(school: Database) -> None:
    assert computed(school, Course, lesson_count) == {"algebra": 3, "botany": 1, "empty": 0}
    assert computed(school, Course, student_count) == {"algebra": 1, "botany": 1, "empty": 1}


def test_a_quiz_counts_its_questions(school: Database) -> None:
    assert set(computed(school, Quiz, question_count).values()) == {1}


def test_a_session_is_live_expired_or_revoked(school: Database) -> None:
    assert computed(school, RefreshToken, session_state) == {
        "live": "live",
        "expired": "expired",
        "revoked": "revoked",
        "long gone": "revoked",
    }


@every_admin
def test_every_field_of_every_page_is_read_and_every_value_fits_its_kind(school: Database, admin: EntityAdmin) -> None:
    columns = tuple(field.key for field in admin.fields)
    page = fetched(school, Query(admin.entity), *columns, who="admin")
    assert len(page.rows) == len(ROWS[admin.entity])
    for row in page.rows:
        for slot in page.layout.slots:
            value, kind = row[slot.value], admin.field(slot.key).kind
            assert (value is None) or not isinstance(kind, Secret)
            if value is not None:
                if value != PEOPLE["librarian"]:  # a role of another program's: shown, and refused for a new row
                    kind.check(value)
                assert kind.show(value)
                assert not isinstance(kind, Ref) or row[slot.label]


@every_admin
def test_every_page_can_be_sorted_by_every_field(school: Database, admin: EntityAdmin) -> None:
    for field in admin.fields:
        if not isinstance(field.kind, Secret):
            up = fetched(school, Query(admin.entity, sorts=(Sort(field.key),)), who="admin")
            down = fetched(school, Query(admin.entity, sorts=(Sort(field.key, descending=True),)), who="admin")
            assert [row[0] for row in up.rows] == [row[0] for row in reversed(down.rows)]


@every_admin
def test_every_quick_filter_can_be_asked(school: Database, admin: EntityAdmin) -> None:
    for _, condition in admin.quick:
        everything = names(school, Query(admin.entity), who="admin")
        assert set(names(school, Query(admin.entity, filters=(condition,)), who="admin")) <= set(everything)


@pytest.mark.parametrize(
    ("entity", "search", "found"),
    [
        (User, "ana", {"ana"}),
        (User, "BO@school", {"bo"}),
        (Course, "ines", {"algebra"}),
        (Lesson, "algebra", {"sums", "products", "powers"}),
        (Enrollment, "ana", {"ana in algebra"}),
        (Enrollment, "algebra ana", {"ana in algebra"}),
        (Enrollment, "algebra bo", set()),
        (LessonProgress, "ana sums", {"ana at sums"}),
        (Certificate, "of", {"of ana", "of bo"}),
        (Certificate, "botany", {"of bo"}),
        (Quiz, "sums", {"of sums", "of algebra and sums"}),
        (QuizAttempt, "ana nothing", {"of nothing"}),
    ],
)
def test_a_search_finds_what_a_person_would_call_the_row(
    school: Database, entity: type, search: str, found: set[str]
) -> None:
    assert set(names(school, Query(entity, search=search))) == found


def test_an_enrollment_is_not_found_by_its_courses_instructor(school: Database) -> None:
    assert names(school, Query(Enrollment, search="ines")) == []


@pytest.mark.parametrize(
    ("entity", "name", "title", "detail"),
    [
        (User, "ana", "Ana", "ana@school.edu"),
        (Course, "algebra", "Algebra", "algebra"),
        (Lesson, "sums", "Sums", "Algebra"),
        (Enrollment, "ana in algebra", "Ana · Algebra", "ana@school.edu"),
        (LessonProgress, "ana at sums", "Ana · Sums", "Algebra"),
        (Certificate, "of ana", "of ana · Ana", "Algebra"),
        (Quiz, "of algebra", "Of Algebra", "Algebra"),
        (QuizQuestion, "of algebra", "Why?", "Of Algebra"),
        (QuizAttempt, "of algebra", "Ana · Of Algebra", None),
    ],
)
def test_a_row_is_called_as_a_person_would(
    school: Database, entity: type, name: str, title: str, detail: str | None
) -> None:

    with gate.reading(school, SYSTEM) as uow:
        record = Records(CATALOG).load(uow, entity, row_id(entity, name))
    assert record is not None
    assert record.title == title
    assert detail is None or record.detail == detail


def test_lessons_stand_by_course_in_their_places(school: Database) -> None:
    assert names(school, Query(Lesson)) == ["sums", "products", "powers", "leaves"]
