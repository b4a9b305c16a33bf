"""How many students answered a question, and how, whatever form other programs gave the answers."""

import json
from collections.abc import Iterator
from time import perf_counter

import pytest
from sqlalchemy import URL, text

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Quiz, QuizQuestion, User
from lms_desktop.errors import Denied
from lms_desktop.services import gate
from lms_desktop.services.teaching.answer_counts import answer_spread, answered
from lms_desktop.services.teaching.questions import MULTIPLE_CHOICE, SHORT_ANSWER, Option, Reading
from lms_desktop.services.teaching.quiz_writing import add_questions
from tests.small_school import act, actor, opened, row_id

QUIZ, OTHER = row_id(Quiz, "of algebra"), row_id(Quiz, "of botany")
ESSAY, FOREIGN = row_id(QuizQuestion, "of algebra"), row_id(QuizQuestion, "of botany")
ADDED = (
    Reading(MULTIPLE_CHOICE, "Which?", (Option("a"), Option("b"), Option("c")), (0, 2)),
    Reading(SHORT_ANSWER, "What?", accepted=("x",)),
)
ODD = ("null", "{}", '"a"', "7", '[{"question_id": null}]', '[{"question_id": 5, "answer": ["a"]}]', '["\\ud800"]',
       '{"answers": ["a", "b"]}', '[[[["a"]]]]', "[" * 200 + "]" * 200)  # fmt: skip


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school with three questions in the quiz of algebra, since a year ago, and no attempts."""
    with opened(database_url) as database:
        act(database, actor("ines"), lambda uow: add_questions(uow, CATALOG, QUIZ, ADDED))
        with database.engine.begin() as connection:
            connection.execute(text("UPDATE quiz_questions SET created_at = now() - interval '1 year'"))
            connection.execute(text("DELETE FROM quiz_attempts"))
        yield database


def ids(school: Database) -> list[str]:
    """The questions of the quiz in their order."""
    with school.engine.connect() as connection:
        question = text('SELECT id::text FROM quiz_questions WHERE quiz_id = :id ORDER BY "order"')
        return list(connection.execute(question, {"id": QUIZ}).scalars())


def attempt(school: Database, answers: str | None, *, ended: bool = True, times: int = 1, days_ago: int = 1) -> None:
    """A student's attempts with these answers."""
    statement = text(
        "INSERT INTO quiz_attempts (id, quiz_id, student_id, started_at, ended_at, answers)"
        " SELECT gen_random_uuid(), :quiz, :student, now() - make_interval(days => :ago),"
        " CASE WHEN :ended THEN now() END, CAST(:answers AS json) FROM generate_series(1, :times)"
    )
    given = {"quiz": QUIZ, "student": row_id(User, "ana"), "ended": ended, "answers": answers, "times": times}
    with school.engine.begin() as connection:
        connection.execute(statement, {**given, "ago": days_ago})


def counted(school: Database, who: str = "ines") -> list[int]:
    """How many answered each question."""
    wanted = ids(school)
    with gate.reading(school, actor(who)) as uow:
        found = answered(uow, wanted)
    assert list(found) == wanted
    return list(found.values())


def named(*pairs: tuple[str, object]) -> str:
    """Answers in this program's form."""
    return json.dumps([{"question_id": question, "answer": answer} for question, answer in pairs])


def test_attempts_that_ended_count_in_either_form(school: Database) -> None:
    essay, which, what = ids(school)
    attempt(school, named((which, ["a"]), (what, "x")))
    attempt(school, named((which.upper(), "b")))
    attempt(school, '["words", ["a"]]')
    attempt(school, named((essay, "words")), ended=False)
    attempt(school, None)
    assert counted(school) == [1, 3, 1]


def test_an_answer_by_place_is_none_to_a_question_that_came_later(school: Database) -> None:
    attempt(school, '["words", ["a"], "x"]', days_ago=500)
    assert counted(school) == [0, 0, 0]


def test_odd_answers_stop_nothing(school: Database) -> None:
    for odd in ODD:
        attempt(school, odd)
    assert counted(school)[2] == 0
    with gate.reading(school, actor("ines")) as uow:
        answer_spread(uow, QUIZ)


def test_questions_that_are_not_there_have_no_answers(school: Database) -> None:
    missing = row_id(QuizQuestion, "none such")
    with gate.reading(school, actor("ines")) as uow:
        assert answered(uow, [missing]) == {missing: 0}
        assert answered(uow, []) == {}


def test_how_students_answered_is_counted(school: Database) -> None:
    essay, which, what = ids(school)
    attempt(school, named((which, ["a", "c", "c"]), (what, " x  y ")), times=2)
    attempt(school, named((which, "b"), (what, "x y")))
    attempt(school, '[null, ["a"], ""]')
    attempt(school, named((which, "b")), ended=False)
    with gate.reading(school, actor("ines")) as uow:
        found = answer_spread(uow, QUIZ)
    assert found == {essay: {}, which: {"a": 3, "c": 2, "b": 1}, what: {"x y": 3}}


@pytest.mark.parametrize("who", ["ines", "registrar", "admin"])
def test_who_may_see_the_quiz_may_count(school: Database, who: str) -> None:
    attempt(school, '["words"]')
    assert counted(school, who) == [1, 0, 0]


def test_foreign_questions_are_as_if_they_were_not_there(school: Database) -> None:
    attempt(school, '["words"]')
    with school.engine.begin() as connection:
        again = "INSERT INTO quiz_attempts (id, quiz_id, student_id, started_at, ended_at, answers)"
        other = f"{again} SELECT gen_random_uuid(), :quiz, student_id, started_at, ended_at, answers FROM quiz_attempts"
        connection.execute(text(other), {"quiz": OTHER})
    with gate.reading(school, actor("ines")) as uow:
        assert answered(uow, [ESSAY, FOREIGN]) == {ESSAY: 1, FOREIGN: 0}
        with pytest.raises(Denied):
            answer_spread(uow, OTHER)


@pytest.mark.slow
def test_ten_thousand_attempts_are_counted_in_a_third_of_a_second(school: Database) -> None:
    questions = ids(school)
    attempt(school, named(*((question, "words " * 20) for question in questions * 3)), times=10_000)
    with gate.reading(school, actor("ines")) as uow:
        begun = perf_counter()
        found = answered(uow, questions)
        took = perf_counter() - begun
    assert set(found.values()) == {10_000}
    assert took < 0.3
