"""Questions are added many at once: in one operation, to the actor's own quizzes, to the place that was meant."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import URL, text

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database, Outcome
from lms_desktop.entities import Quiz, QuizQuestion
from lms_desktop.errors import Denied
from lms_desktop.services.ordering import LAST
from lms_desktop.services.teaching.questions import (
    ESSAY,
    MULTIPLE_CHOICE,
    SHORT_ANSWER,
    TRUE_FALSE,
    Option,
    Reading,
    read,
)
from lms_desktop.services.teaching.quiz_writing import NotAdded, add_questions
from tests.services.school_states import changed, state, undo
from tests.services.teaching.made_questions import readings
from tests.small_school import act, actor, opened, row_id, statements

QUIZ, OTHER = row_id(Quiz, "of algebra"), row_id(Quiz, "of botany")
FIRST = row_id(QuizQuestion, "of algebra")
NEW = (
    Reading(MULTIPLE_CHOICE, "Which?", (Option("a"), Option("é")), (1,), points=2),
    Reading(TRUE_FALSE, "So?", truth=False),
    Reading(SHORT_ANSWER, "What?", accepted=("x", "y")),
    Reading(ESSAY, "Why?\nSay."),
)


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school; each quiz has one question."""
    with opened(database_url) as database:
        yield database


def add(school: Database, who: str, quiz: str, new: Sequence[Reading], after: str | None = LAST) -> Outcome:
    """Add questions as one of the people."""
    return act(school, actor(who), lambda uow: add_questions(uow, CATALOG, quiz, new, after))


def stored(school: Database, quiz: str) -> list[Any]:
    """The questions of a quiz in their order."""
    question = (
        'SELECT id::text, "order", question_text, question_type, options::text, correct_answer, points'
        ' FROM quiz_questions WHERE quiz_id = :id ORDER BY "order", created_at, id'
    )
    with school.engine.connect() as connection:
        return list(connection.execute(text(question), {"id": quiz}).all())


def texts(school: Database, quiz: str = QUIZ) -> list[str]:
    """Their texts; their numbers run 1..n."""
    rows = stored(school, quiz)
    assert [row.order for row in rows] == list(range(1, len(rows) + 1))
    return [row.question_text for row in rows]


def test_they_come_last_as_they_were_meant(school: Database) -> None:
    outcome = add(school, "ines", QUIZ, NEW)
    assert outcome.sentence == "Added 4 questions to Of Algebra, places 2 to 5."
    rows = stored(school, QUIZ)
    assert [tuple(row)[1:] for row in rows[1:]] == [
        (2, "Which?", "multiple_choice", '["a", "é"]', "é", 2),
        (3, "So?", "true_false", None, "false", 1),
        (4, "What?", "short_answer", None, '["x", "y"]', 1),
        (5, "Why?\nSay.", "essay", None, None, 1),
    ]
    assert outcome.value.new == tuple(row.id for row in rows[1:])
    assert outcome.value.order == tuple(row.id for row in rows)


@pytest.mark.parametrize(
    ("after", "order"),
    [
        (None, ["So?", "Why?"]),
        (FIRST, ["Why?", "So?"]),
        (LAST, ["Why?", "So?"]),
        (row_id(QuizQuestion, "of botany"), ["Why?", "So?"]),
    ],
)
def test_they_come_where_they_were_wanted(school: Database, after: str | None, order: list[str]) -> None:
    outcome = add(school, "ines", QUIZ, NEW[1:2], after)
    assert texts(school) == order
    assert outcome.sentence == f"Added So? to Of Algebra, place {order.index('So?') + 1}."


def test_it_is_one_operation_that_can_be_taken_back(school: Database) -> None:
    before = state(school)
    outcome = add(school, "ines", QUIZ, NEW * 10, None)
    assert len(texts(school)) == 41
    assert set(changed(before, state(school))) == {"quiz_questions"}
    undo(school, actor("ines"), outcome.operation)
    assert changed(before, state(school)) == {}


def test_a_thousand_are_as_many_statements_as_one(school: Database) -> None:
    with statements(school) as of_one:
        add(school, "ines", QUIZ, NEW[:1], None)
    with statements(school) as of_many:
        add(school, "ines", QUIZ, NEW * 250, None)
    assert len(of_many) == len(of_one)


def test_gaps_and_duplicates_of_other_programs_are_mended(school: Database) -> None:
    add(school, "ines", QUIZ, NEW)
    with school.engine.begin() as connection:
        connection.execute(text('UPDATE quiz_questions SET "order" = 7 WHERE "order" > 2'))
    add(school, "ines", QUIZ, NEW[:1], FIRST)
    assert len(texts(school)) == 6
    assert texts(school)[:2] == ["Why?", "Which?"]


def test_nothing_is_added_where_there_is_nothing(school: Database) -> None:
    outcome = add(school, "ines", QUIZ, ())
    assert (outcome.sentence, outcome.changes) == ("There were no questions to add.", ())


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (Reading(ESSAY, "  "), "question_text"),
        (Reading(ESSAY, "a\x00b"), "question_text"),
        (Reading(ESSAY, "a\ud800"), "question_text"),
        (Reading(ESSAY, "a", points=-1), "points"),
        (Reading(ESSAY, "a", points=2**31), "points"),
        (Reading(MULTIPLE_CHOICE, "a", (Option("\x00"),)), "options"),
        (Reading(SHORT_ANSWER, "a", accepted=("\ud800",)), "correct_answer"),
        (Reading("x" * 51, "a"), "question_type"),
    ],
)
def test_what_cannot_be_stored_is_named_and_nothing_is_added(school: Database, bad: Reading, field: str) -> None:
    with pytest.raises(NotAdded) as refused:
        add(school, "ines", QUIZ, (*NEW, bad))
    assert (refused.value.place, refused.value.field) == (5, field)
    assert len(texts(school)) == 1


@pytest.mark.parametrize(
    ("who", "quiz"),
    [
        ("ines", OTHER),
        ("ines", row_id(Quiz, "of algebra and leaves")),
        ("ines", row_id(Quiz, "of nothing")),
        ("ines", row_id(Quiz, "none such")),
        ("registrar", QUIZ),
    ],
)
def test_foreign_quizzes_are_refused(school: Database, who: str, quiz: str) -> None:
    before = state(school)
    with pytest.raises(Denied):
        add(school, who, quiz, NEW)
    assert changed(before, state(school)) == {}


def test_the_administrator_reaches_all(school: Database) -> None:
    add(school, "admin", row_id(Quiz, "of nothing"), NEW)
    assert len(texts(school, row_id(Quiz, "of nothing"))) == 5


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(new=st.lists(readings(lowest=0), min_size=1, max_size=20))
def test_any_question_is_read_from_the_database_as_it_was_made(school: Database, new: list[Reading]) -> None:
    new = [one for one in new if one.text.strip()]
    added = set(add(school, "ines", QUIZ, new).value.new)
    rows = [row for row in stored(school, QUIZ) if row.id in added]
    for made, row in zip(new, rows, strict=True):
        again = read(row.question_type, row.question_text, row.options, row.correct_answer, row.points)
        assert [option.text for option in again.options] == [option.text for option in made.options]
        assert (again.type, again.text, again.points) == (made.type, made.text, made.points)
        assert (again.truth, again.odd) == (made.truth, "")
        if made.type != MULTIPLE_CHOICE:
            assert again.accepted == made.accepted
