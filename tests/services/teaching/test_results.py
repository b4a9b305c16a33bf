"""What came of a quiz: figures, how hard its questions were, an attempt in full, on a real server."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import URL, text

from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.entities import Quiz, QuizAttempt
from lms_desktop.errors import Denied
from lms_desktop.services import gate
from lms_desktop.services.teaching import results
from lms_desktop.services.teaching.results import AttemptInFull, Figures, Hardness
from tests.services.teaching import quiz_of_all
from tests.services.teaching.quiz_of_all import QUIZ, RIGHT, answers, attempt, question
from tests.small_school import actor, opened, row_id

INES, IVAN, ADMIN, REGISTRAR = (actor(name) for name in ("ines", "ivan", "admin", "registrar"))
ALL = row_id(Quiz, QUIZ)


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school with a quiz of every type."""
    with opened(database_url) as database:
        with database.engine.begin() as connection:
            quiz_of_all.fill(connection)
        yield database


def figures(school: Database, who: Actor = INES, quiz: str = ALL) -> Figures:
    """The figures as this person sees them."""
    with gate.reading(school, who) as uow:
        return results.figures(uow, quiz)


def hardness(school: Database, who: Actor = INES, quiz: str = ALL, size: int = 0) -> Hardness:
    """How hard the questions are, all attempts looked into."""
    with gate.reading(school, who) as uow:
        found = Hardness(uow, quiz, size)
    while not found.ended:
        with gate.reading(school, who) as uow:  # each portion in a transaction of its own, as the window does it
            found.step(uow)
    return found


def in_full(school: Database, attempt_id: str, who: Actor = INES) -> AttemptInFull | None:
    """An attempt as this person sees it."""
    with gate.reading(school, who) as uow:
        return results.attempt(uow, attempt_id)


def test_figures_of_every_kind_of_attempt(school: Database) -> None:
    with school.engine.begin() as connection:
        scores = [0, 9, 10, 59, 60, 89, 90, 100, 130, -5]
        for number, score in enumerate(scores):
            attempt(connection, f"{number}", "[]", score, score >= 60)
        attempt(connection, "waits for a score", "[]")
        attempt(connection, "under way", "[]", ended=False)
        attempt(connection, "elsewhere", "[]", 50, quiz="of botany")
        connection.execute(text("UPDATE quiz_attempts SET ended_at = 'infinity' WHERE score = 130"))
    found = figures(school)
    assert (found.title, found.passing) == ("Of Algebra", 60)
    assert (found.attempts, found.under_way, found.unmarked, found.scored, found.passed) == (12, 1, 1, 10, 5)
    assert found.bars == (3, 1, 0, 0, 0, 1, 1, 0, 1, 3)
    assert found.mean == pytest.approx(54.2)
    assert (found.median, found.minutes) == (59.5, 10)


def test_figures_of_nothing(school: Database) -> None:
    assert figures(school) == Figures("Of Algebra", 60, 0, 0, 0, 0, None, None, None, (0,) * 10)


@pytest.mark.parametrize("size", [0, 2])
def test_how_hard_each_question_is(school: Database, size: int) -> None:
    with school.engine.begin() as connection:
        for name, wire in {
            "all": answers(RIGHT),
            "some": answers({"one": "4", "several": ["a"], "truth": "false", "short": "a third"}),
            "others": answers({"one": "5", "several": ["a", "c"], "short": "a third"}),
            "none": answers({"essay": "Hm."}),
            "nothing kept": None,
        }.items():
            attempt(connection, name, wire)
        attempt(connection, "under way", answers(RIGHT), ended=False)
    found = hardness(school, size=size)
    assert (found.total, found.seen, found.marked) == (6, 6, 4)
    told = {name: found.questions[question(name)] for name in quiz_of_all.QUESTIONS}
    assert {name: (d.asked, d.answered, d.right, d.share) for name, d in told.items()} == {
        "one": (4, 3, 2, 0.5),
        "several": (4, 3, 2, 0.5),
        "truth": (4, 2, 1, 0.25),
        "short": (4, 3, 1, 0.25),
        "essay": (4, 1, 0, None),
    }
    assert told["short"].wrong == {"a third": 2}
    assert told["one"].wrong == {"5": 1}
    rest = [1.0, 0.0, 0.5, 0.0]  # of the points in "several", "truth" and "short", by those four
    assert told["one"].tells_apart == pytest.approx(correlation([1, 1, 0, 0], rest), abs=0.002)
    assert told["essay"].tells_apart is None


def correlation(first: list[float], second: list[float]) -> float:
    """Pearson's."""
    n = len(first)
    a, b = sum(first) / n, sum(second) / n
    above = sum((x - a) * (y - b) for x, y in zip(first, second, strict=True))
    return float(above / (sum((x - a) ** 2 for x in first) * sum((y - b) ** 2 for y in second)) ** 0.5)


def test_an_attempt_in_full(school: Database) -> None:
    given = {"one": "5", "several": ["c", "a"], "short": "0.50", "essay": "Well …", "gone": ["x", "y"]}
    with school.engine.begin() as connection:
        key = attempt(connection, "one", answers(given), 40, False)
    found = in_full(school, key)
    assert found is not None
    assert (found.student, found.email, found.quiz.title) == ("Ana", "ana@school.edu", "Of Algebra")
    assert (found.score, found.passed, found.now, found.minutes) == (40, False, 63, 10)
    assert [(a.place, a.given, a.right, a.verdict.right) for a in found.questions] == [
        (1, ("5",), ("4",), False),
        (2, ("c", "a"), ("a", "c"), True),
        (3, (), ("true",), False),
        (4, ("0.50",), ("0.5", "half"), True),
        (5, ("Well …",), (), None),
    ]
    assert found.lost == (("x", "y"),)


def test_an_attempt_with_odd_answers(school: Database) -> None:
    given = ['{"a": [1]}', "null", None, '"x"', '[[1, {"b": null}], {"text": "4"}, true, 0.5, "\\u0000"]']
    with school.engine.begin() as connection:
        keys = [attempt(connection, str(number), wire) for number, wire in enumerate(given)]
        connection.execute(text("UPDATE quiz_attempts SET started_at = 'infinity' WHERE id = :id"), {"id": keys[0]})
    found = [in_full(school, key) for key in keys]
    assert [one.now for one in found if one] == [None, None, None, None, 38]
    by_place = found[-1]
    assert by_place is not None
    assert [a.given for a in by_place.questions] == [("1",), ("4",), ("true",), ("0.5",), ("\ufffd",)]


def test_foreign_quizzes_and_attempts_are_out_of_reach(school: Database) -> None:
    with school.engine.begin() as connection:
        own, foreign = attempt(connection, "own", "[]"), attempt(connection, "foreign", "[]", quiz="of botany")
    botany = row_id(Quiz, "of botany")
    for do in (figures, hardness):
        with pytest.raises(Denied):
            do(school, INES, botany)
        with pytest.raises(Denied):
            do(school, IVAN, ALL)
        assert do(school, REGISTRAR, botany)
    assert in_full(school, foreign, INES) is None
    assert in_full(school, own, IVAN) is None
    assert in_full(school, row_id(QuizAttempt, "nowhere"), ADMIN) is None
    assert in_full(school, foreign, IVAN) is not None
    assert in_full(school, own, REGISTRAR) is not None


def test_a_later_question_is_no_part_of_an_attempt(school: Database) -> None:
    with school.engine.begin() as connection:
        key = attempt(connection, "early", answers({"one": "4"}))
        connection.execute(
            text("UPDATE quiz_questions SET created_at = :at WHERE id != :id"),
            {"at": datetime.now(UTC) + timedelta(days=1), "id": question("one")},
        )
    found = in_full(school, key)
    assert found is not None
    assert [answered.place for answered in found.questions] == [1]
    assert found.now == 100
    assert [d.asked for d in hardness(school).questions.values()] == [1, 0, 0, 0, 0]
