"""Searches over what rows refer to: all ways to begin mean the same, and the one with the fewest rows is taken."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import URL, insert, text

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.entities import Course, Enrollment, Lesson, LessonProgress, Quiz, QuizAttempt, User
from lms_desktop.services import gate, rare_words
from lms_desktop.services.pages import Page, Pages, Want
from lms_desktop.services.paging import Row
from lms_desktop.services.plans import Plan
from lms_desktop.services.positions import IdBlock
from lms_desktop.services.rare_words import Start
from lms_desktop.spec import Filter, Operator, Query
from tests.small_school import SYSTEM, actor, opened, row_id, statements

SEARCHED = (Enrollment, LessonProgress, QuizAttempt)
NAMES = ("Rosa Nielsen", "Rosa 100%", "Zoe Algebra", "Ro_sa Ström", "Strom Lund", "Nielsen Botany")
WORDS = ("rosa", "nielsen", "algebra", "botany", "a", "%", "_", "\\", "strom", "ström", "sums", "zzqq", "quiz", "'")


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school and forty students more who share a few names, those of the courses among them."""
    with opened(database_url) as database:
        _crowd(database)
        yield database


def _crowd(database: Database) -> None:
    chance = Random(7)
    people: list[dict[str, Any]] = []
    enrolled: list[dict[str, Any]] = []
    progress: list[dict[str, Any]] = []
    attempts: list[dict[str, Any]] = []
    for i in range(40):
        person = row_id(User, f"crowd {i}")
        name = NAMES[i % len(NAMES)]
        people.append({"id": person, "email": f"c{i}@x.example", "full_name": name, "role": "student"})
        for course in chance.sample(("algebra", "botany", "empty"), chance.randint(0, 3)):
            enrollment = row_id(Enrollment, f"{i} {course}")
            enrolled.append({"id": enrollment, "student_id": person, "course_id": row_id(Course, course)})
            lesson = row_id(Lesson, chance.choice(("sums", "leaves", "powers")))
            progress.append({"enrollment_id": enrollment, "lesson_id": lesson, "completed": False})
        quiz = row_id(Quiz, chance.choice(("of algebra", "of nothing", "of botany")))
        attempts.append({"student_id": person, "quiz_id": quiz})
    with database.engine.begin() as connection:
        connection.execute(insert(User).values(password_hash="no hash"), people)
        for entity, rows in ((Enrollment, enrolled), (LessonProgress, progress), (QuizAttempt, attempts)):
            connection.execute(insert(entity), rows)


def rows(database: Database, who: Actor, query: Query, start: Start | None, want: Want | None = None) -> list[Row]:
    """The rows that are found from a start."""
    with gate.reading(database, who) as uow:
        return list(Plan(CATALOG, who, query, (), None, start).fetch(uow, want or Want(0, 500)).rows)


def ids(found: list[Row]) -> list[str | None]:
    """The ids of rows."""
    return [row[0] for row in found]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_all_ways_find_the_same_in_the_same_order(school: Database, data: st.DataObject) -> None:
    entity = data.draw(st.sampled_from(SEARCHED))
    an_id = data.draw(st.sampled_from([row_id(Enrollment, "ana in algebra"), row_id(QuizAttempt, "of algebra")]))
    words = data.draw(st.lists(st.sampled_from((*WORDS, an_id)), min_size=1, max_size=3))
    who = data.draw(st.sampled_from([SYSTEM, actor("registrar"), actor("ines")]))
    student = {Enrollment: "student_id", LessonProgress: "enrollment_id.student_id", QuizAttempt: "student_id"}[entity]
    person = Filter(student, Operator.NONE_OF, (row_id(User, "crowd 0"),))
    filters = data.draw(st.sampled_from([(), (person,)]))
    query = Query(entity, search=" ".join(words), filters=filters, loose=data.draw(st.booleans()))
    plain = ids(rows(school, who, query, None))
    for start in rare_words.starts(CATALOG, query):
        assert ids(rows(school, who, query, start)) == plain
        with gate.reading(school, who) as uow:
            assert uow.execute(Plan(CATALOG, who, query, (), None, start).count()).scalar_one() == len(plain)


@pytest.mark.parametrize("entity", SEARCHED)
def test_pages_follow_each_other_both_ways(school: Database, entity: type) -> None:
    query = Query(entity, search="rosa a")
    plain = ids(rows(school, SYSTEM, query, None))
    assert len(plain) > 6
    for start in rare_words.starts(CATALOG, query):
        with gate.reading(school, SYSTEM) as uow:
            plan = Plan(CATALOG, SYSTEM, query, (), None, start)

            def read(want: Want, plan: Plan = plan) -> Page:
                return plan.fetch(uow, want)

            page, down = read(Want(0, 2)), []
            while page.rows:
                down += list(page.rows)
                page = read(Want(len(down), 2, after=page.layout.key(page.rows[-1])))
            page = read(Want(len(plain) - 2, 2, total=len(plain)))
            up = list(page.rows)
            while not page.begun and page.rows:
                page = read(Want(0, 2, before=page.layout.key(page.rows[0])))
                up = [*page.rows, *up]
        assert ids(down) == plain == ids(up)


def test_a_rare_word_leads_from_whom_it_names(school: Database) -> None:
    pages, query = Pages(CATALOG), Query(Enrollment, search="rosa nielsen")
    with statements(school) as said, gate.reading(school, SYSTEM) as uow:
        page = pages.fetch(uow, query, (), Want(0, 50))
        assert pages.count(uow, query) == len(page.rows) > 0
        block = pages.positions(uow, query)
    assert isinstance(block, IdBlock)
    assert [entry.id for entry in block.entries(0, 50)] == ids(list(page.rows))
    assert len([one for one in said if "any (array(" in one.lower() or "any(array(" in one.lower()]) == 4
    assert ids(list(page.rows)) == ids(rows(school, SYSTEM, query, None))


def test_whoever_matches_later_is_found(school: Database) -> None:
    pages, query = Pages(CATALOG), Query(Enrollment, search="zzqq")
    with gate.reading(school, SYSTEM) as uow:
        assert pages.count(uow, query) == 0
    with school.engine.begin() as connection:
        connection.execute(text("UPDATE users SET full_name = 'Zzqq' WHERE full_name = 'Ana'"))
    with gate.reading(school, SYSTEM) as uow:
        assert ids(list(pages.fetch(uow, query, (), Want(0, 5)).rows)) == [row_id(Enrollment, "ana in algebra")]


@pytest.mark.parametrize(
    ("search", "start"),
    [
        ("zzqq", Start(0)),
        ("zzqq rosa", Start(0)),
        ("rosa nielsen", Start(None, (Enrollment.student_id,))),
        ("rosa a", None),
        ("a", None),
    ],
)
def test_the_way_with_the_fewest_rows_is_taken(
    school: Database, monkeypatch: pytest.MonkeyPatch, search: str, start: Start | None
) -> None:
    monkeypatch.setattr(rare_words, "FEW_ROWS", 12)
    with gate.reading(school, SYSTEM) as uow:
        assert rare_words.fewest(uow, CATALOG, Query(Enrollment, search=search), lambda _: 0) == start


def test_of_a_large_table_a_sample_tells(school: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rare_words, "SAMPLE", 10)
    with statements(school) as said, gate.reading(school, SYSTEM) as uow:
        del said[:]
        found = rare_words.fewest(uow, CATALOG, Query(Enrollment, search="zzqq"), lambda one: 50 if one is User else 0)
    assert found == Start(0)
    assert said[0].count("TABLESAMPLE") == 1


@pytest.mark.parametrize("entity", [User, Course, Quiz])
def test_where_texts_of_its_own_are_searched_nothing_is_asked_before(school: Database, entity: type) -> None:
    fresh = Pages(CATALOG)
    with gate.reading(school, SYSTEM) as uow:
        fresh.estimate(uow, Query(entity))  # as whoever shows a table asks
        with statements(school) as said:
            fresh.fetch(uow, Query(entity, search="rosa"), (), Want(0, 5))
    assert len(said) == 1
