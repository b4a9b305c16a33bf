"""Searches over what rows refer to: all ways to begin mean the same, and the one with the fewest rows is taken."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import URL, insert, text

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Actor, Database, UnitOfWork
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
from lms_desktop.services import gate, rare_words
from lms_desktop.services.pages import Page, Pages, Want
from lms_desktop.services.paging import Row
from lms_desktop.services.plans import Plan
from lms_desktop.services.positions import IdBlock
from lms_desktop.services.rare_words import Start
from lms_desktop.spec import Filter, Operator, Query, Sort
from tests.small_school import SYSTEM, actor, opened, row_id, statements

SEARCHED = (Enrollment, LessonProgress, QuizAttempt, Certificate)
WITH_TEXTS = (Lesson, Quiz, QuizQuestion, Course)
REFERENCES = (
    *((Enrollment, "student_id"), (Enrollment, "course_id"), (QuizAttempt, "student_id"), (QuizAttempt, "quiz_id")),
    *(
        (entity, f"enrollment_id.{key}")
        for entity in (LessonProgress, Certificate)
        for key in ("student_id", "course_id")
    ),
    *((LessonProgress, "lesson_id"), (Lesson, "course_id"), (QuizQuestion, "quiz_id"), (Course, "instructor_id")),
    (RefreshToken, "user_id"),
)
"""What is searched, in orders by what it refers to and may be found by."""
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
    certificates: list[dict[str, Any]] = []
    for i in range(40):
        person = row_id(User, f"crowd {i}")
        name = NAMES[i % len(NAMES)]
        people.append({"id": person, "email": f"c{i}@x.example", "full_name": name, "role": "student"})
        for course in chance.sample(("algebra", "botany", "empty"), chance.randint(0, 3)):
            enrollment = row_id(Enrollment, f"{i} {course}")
            enrolled.append({"id": enrollment, "student_id": person, "course_id": row_id(Course, course)})
            lesson = row_id(Lesson, chance.choice(("sums", "leaves", "powers")))
            progress.append({"enrollment_id": enrollment, "lesson_id": lesson, "completed": False})
            certificates.append(
                {"enrollment_id": enrollment, "certificate_number": f"{chance.choice(WORDS)} {i} {course}"}
            )
        quiz = row_id(Quiz, chance.choice(("of algebra", "of nothing", "of botany")))
        attempts.append({"student_id": person, "quiz_id": quiz})
    with database.engine.begin() as connection:
        connection.execute(insert(User).values(password_hash="no hash"), people)
        for entity, rows in (
            (Enrollment, enrolled),
            (LessonProgress, progress),
            (QuizAttempt, attempts),
            (Certificate, certificates),
        ):
            connection.execute(insert(entity), rows)


def rows(database: Database, who: Actor, query: Query, start: Start | None, want: Want | None = None) -> list[Row]:
    """The rows that are found from a start."""
    with gate.reading(database, who) as uow:
        return list(Plan(CATALOG, who, query, (), None, start).fetch(uow, want or Want(0, 500)).rows)


def ids(found: list[Row]) -> list[str | None]:
    """The ids of rows."""
    return [row[0] for row in found]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_all_ways_find_the_same_in_the_same_order(school: Database, data: st.DataObject) -> None:
    entity = data.draw(st.sampled_from((*SEARCHED, *WITH_TEXTS)))
    an_id = data.draw(st.sampled_from([row_id(Enrollment, "ana in algebra"), row_id(QuizAttempt, "of algebra")]))
    words = data.draw(st.lists(st.sampled_from((*WORDS, an_id)), min_size=1, max_size=3))
    who = data.draw(st.sampled_from([SYSTEM, actor("registrar"), actor("ines")]))
    student = "enrollment_id.student_id" if entity in (LessonProgress, Certificate) else "student_id"
    person = Filter(student, Operator.NONE_OF, (row_id(User, "crowd 0"),))
    filters = data.draw(st.sampled_from([(), (person,)])) if entity in SEARCHED else ()
    query = Query(entity, search=" ".join(words), filters=filters, loose=data.draw(st.booleans()))
    plain = ids(rows(school, who, query, None))
    for start in rare_words.starts(CATALOG, query):
        assert ids(rows(school, who, query, start)) == plain
        with gate.reading(school, who) as uow:
            assert uow.execute(Plan(CATALOG, who, query, (), None, start).count()).scalar_one() == len(plain)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_who_cannot_be_meant_is_left_out_before_their_rows_and_nobody_else(
    school: Database, data: st.DataObject
) -> None:
    entity, key = data.draw(st.sampled_from(REFERENCES))
    an_id = data.draw(st.sampled_from([row_id(Enrollment, "ana in algebra"), row_id(QuizAttempt, "of algebra")]))
    words = data.draw(st.lists(st.sampled_from((*WORDS, an_id)), min_size=1, max_size=3))
    who = data.draw(st.sampled_from([SYSTEM, actor("registrar"), actor("ines")]))
    sorts = (Sort(key, data.draw(st.booleans())), *data.draw(st.sampled_from([(), (Sort("id"),)])))
    query = Query(entity, search=" ".join(words), sorts=sorts, loose=data.draw(st.booleans()))
    with gate.reading(school, who) as uow:
        narrowed, plain = (Plan(CATALOG, who, query, (), None, None) for _ in range(2))
        assert len(narrowed._narrowed) == len([word for word in words if word != an_id])
        plain._narrowed = []
        found = plain.fetch(uow, Want(0, 500)).rows
        assert narrowed.fetch(uow, Want(0, 500)).rows == found
        for row in found[:: len(found) // 3 + 1]:
            at = narrowed.layout.key(row)
            assert narrowed.fetch(uow, Want(0, 5, before=at)).rows == plain.fetch(uow, Want(0, 5, before=at)).rows
            before = (uow.execute(plan.count(before=at)).scalar_one() for plan in (narrowed, plain))
            assert len({found.index(row), *before}) == 1


@pytest.mark.parametrize(("entity", "key"), [(Enrollment, "enrolled_at"), (Course, "title"), (Quiz, "lesson_id")])
def test_in_an_order_by_what_need_not_be_searched_nobody_is_left_out(entity: type, key: str) -> None:
    query = Query(entity, search="rosa", sorts=(Sort(key),))
    assert Plan(CATALOG, SYSTEM, query, (), None, None)._narrowed == []


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
    monkeypatch.setattr(rare_words, "FEW_ROWS", 26)
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


@pytest.mark.parametrize("entity", SEARCHED)
def test_where_nothing_is_searched_the_page_alone_is_asked_for(school: Database, entity: type) -> None:
    with gate.reading(school, SYSTEM) as uow, statements(school) as said:
        Pages(CATALOG).fetch(uow, Query(entity), (), Want(0, 5))
    assert len(said) == 1


def test_beside_texts_of_its_own_it_is_asked_where_rows_are_many(
    school: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms_desktop.services.pages.FEW_SEARCHED", 10)
    with school.engine.begin() as connection:
        connection.execute(
            text("UPDATE certificates SET certificate_number = 'Zzqq' WHERE certificate_number LIKE '% 1 %'")
        )
    with school.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE certificates"))
    query = Query(Certificate, search="zzqq")
    plain = ids(rows(school, SYSTEM, query, None))
    with gate.reading(school, SYSTEM) as uow:
        pages = Pages(CATALOG)
        assert pages._start(uow, query) == Start(0)
        assert ids(list(pages.fetch(uow, query, (), Want(0, 50)).rows)) == plain


def test_what_leads_through_many_rows_is_no_way(school: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few people, or one course, of whom each has many rows: these are read on the way."""
    monkeypatch.setattr(rare_words, "FEW_ROWS", 5)
    with gate.reading(school, SYSTEM) as uow:
        assert rare_words.fewest(uow, CATALOG, Query(Enrollment, search="algebra"), lambda _: 0) is None
        assert rare_words.fewest(uow, CATALOG, Query(Certificate, search="algebra"), lambda _: 0) is None


def test_without_an_index_for_the_order_more_are_few(school: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rare_words, "FEW_ROWS", 50)
    query = Query(Enrollment, search="rosa")
    with gate.reading(school, SYSTEM) as uow:

        def found(*, slowly: bool, about: int) -> Start | None:
            return rare_words.fewest(uow, CATALOG, query, lambda _: about, sorted_slowly=slowly)

        monkeypatch.setattr(rare_words, "SAMPLE", 1_000_000)
        assert found(slowly=False, about=0) == Start(0)
        monkeypatch.setattr(rare_words, "FEW_ROWS", 35)
        assert found(slowly=False, about=10_000) is None
        assert found(slowly=True, about=10_000) == Start(0)


@pytest.mark.parametrize("entity", SEARCHED)
def test_many_who_hold_a_word_are_never_gone_through_for_each_row(school: Database, entity: type) -> None:
    """Where the server has no room to gather them, they are looked up: to go through all of them anew never ends."""
    with school.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO users (id, email, full_name, role, password_hash, is_active, mfa_enabled)"
                " SELECT gen_random_uuid(), 'many' || i || '@x.example', 'Mary', 'student', 'x', true, false"
                " FROM generate_series(1, 20000) i"
            )
        )
        connection.execute(text("ANALYZE users"))
    with gate.reading(school, SYSTEM) as uow:
        uow.execute(text("SET LOCAL work_mem = '64kB'"))
        plan = Plan(CATALOG, SYSTEM, Query(entity, search="many"), (), None, None)
        counted = plan.count().compile(school.engine, compile_kwargs={"literal_binds": True})
        lines = [line for (line,) in uow.execute(text("EXPLAIN " + str(counted).replace(":", r"\:")))]
    assert any("SubPlan" in line for line in lines)
    assert not any("Materialize" in line for line in lines), lines


def test_whoever_holds_a_word_is_gathered_on_the_way_through_many_rows_alone(
    school: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with school.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE enrollments"))
        usual = connection.execute(text("SHOW work_mem")).scalar_one()
    monkeypatch.setattr("lms_desktop.services.pages.FEW", 0)
    monkeypatch.setattr("lms_desktop.services.pages.FAR", 10)
    monkeypatch.setattr(rare_words, "FEW_ROWS", 0)
    pages, query = Pages(CATALOG), Query(Enrollment, search="rosa", sorts=(Sort("id"),))

    def room_for(*acts: Callable[[UnitOfWork], object]) -> str:
        with gate.reading(school, SYSTEM) as uow:
            for act in acts:
                act(uow)
            return str(uow.execute(text("SHOW work_mem")).scalar_one())

    def fetch(want: Want) -> Callable[[UnitOfWork], Page]:
        return lambda uow: pages.fetch(uow, query, (), want)

    with gate.reading(school, SYSTEM) as uow:
        key = pages.key(uow, query, pages.fetch(uow, query, (), Want(0, 30)).rows[12][0] or "")
    assert key is not None
    assert room_for(fetch(Want(0, 5))) == "64kB"
    assert room_for(fetch(Want(11, 5, after=key))) == "64kB"
    assert room_for(fetch(Want(14, 5, total=20))) == "64kB"
    assert room_for(fetch(Want(11, 5))) == "64MB"
    assert room_for(lambda uow: pages.count(uow, query)) == "64MB"
    assert room_for(fetch(Want(0, 5)), lambda uow: pages.before(uow, query, key)) == "64MB"
    assert room_for() == usual
