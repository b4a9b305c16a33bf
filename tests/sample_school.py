"""Looking into a sample school from outside."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Engine, text

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.entities import ENTITIES, RefreshToken, User
from lms_desktop.spec import Text

SECRETS = {User: "password_hash", RefreshToken: "token"}
"""What no two databases have in common."""


@contextmanager
def engine_of(url: URL) -> Iterator[Engine]:
    """An engine as the program makes it, time limits included."""
    engine = make_engine(url, Settings())
    yield engine
    engine.dispose()


def rows(engine: Engine, question: str) -> list[Any]:
    """The rows of a question; the only column's values where there is one."""
    with engine.connect() as connection:
        found = connection.execute(text(question)).all()
    return [row[0] if len(row) == 1 else tuple(row) for row in found]


def change(engine: Engine, statement: str) -> int:
    """What another program does; returns the number of rows."""
    with engine.begin() as connection:
        return int(connection.execute(text(statement)).rowcount)


def counts(engine: Engine) -> dict[str, int]:
    """Table → rows."""
    return {each.__tablename__: rows(engine, f"SELECT count(*) FROM {each.__tablename__}")[0] for each in ENTITIES}


def fingerprints(engine: Engine) -> dict[str, str]:
    """Table → a digest of all its rows, secrets aside."""
    digest = "SELECT md5(string_agg(line, '/' ORDER BY line)) FROM ({}) lines"
    lines = "SELECT CAST(to_jsonb(t) - '{}' AS text) COLLATE \"C\" AS line FROM {} t"
    return {
        each.__tablename__: rows(engine, digest.format(lines.format(SECRETS.get(each, "-"), each.__tablename__)))[0]
        for each in ENTITIES
    }


def check_progress(engine: Engine) -> None:
    """A completed enrollment has every lesson done, and no other has."""
    question = """
        SELECT DISTINCT e.completed_at IS NULL, EXISTS (
            SELECT FROM lessons l WHERE l.course_id = e.course_id AND NOT EXISTS (
                SELECT FROM lesson_progress p WHERE p.enrollment_id = e.id AND p.lesson_id = l.id AND p.completed))
        FROM enrollments e
    """
    assert set(rows(engine, question)) == {(True, True), (False, False)}


def check_time(engine: Engine) -> None:
    """Nothing ends before it begins, nothing lies in the future."""
    nonsense = (
        "SELECT e.id FROM enrollments e JOIN users u ON u.id = student_id WHERE enrolled_at < u.created_at",
        "SELECT e.id FROM enrollments e JOIN courses c ON c.id = course_id WHERE enrolled_at < c.created_at",
        "SELECT id FROM enrollments WHERE completed_at <= enrolled_at OR completed_at > now() OR enrolled_at > now()",
        "SELECT p.id FROM lesson_progress p JOIN enrollments e ON e.id = enrollment_id"
        " WHERE p.completed_at < enrolled_at OR p.completed_at > e.completed_at OR p.created_at > p.updated_at",
        "SELECT id FROM lesson_progress WHERE completed <> (completed_at IS NOT NULL)",
        "SELECT id FROM quiz_attempts WHERE ended_at <= started_at OR ended_at > now()",
        "SELECT id FROM users WHERE last_login_at < created_at OR updated_at < created_at OR updated_at > now()",
        "SELECT id FROM refresh_tokens WHERE created_at > now() OR revoked_at > now() OR revoked_at < created_at",
        "SELECT id FROM certificates WHERE issued_at > now()",
    )
    assert [rows(engine, question) for question in nonsense] == [[]] * len(nonsense)


def check_certificates(engine: Engine) -> None:
    """Certificates are of completed enrollments, and numbered by year in the order of issue."""
    question = (
        "SELECT certificate_number, issued_at, completed_at FROM certificates"
        " JOIN enrollments e ON e.id = enrollment_id ORDER BY issued_at, enrollment_id"
    )
    found = rows(engine, question)
    assert len(found) > 100
    given: Counter[int] = Counter()
    for number, issued, completed in found:
        given[issued.year] += 1
        assert number == f"LMS-{issued.year}-{given[issued.year]:06}"
        assert issued >= completed


def check_attempts(engine: Engine) -> None:
    """Students take the quizzes of their courses alone."""
    foreign = """
        SELECT a.id FROM quiz_attempts a JOIN quizzes q ON q.id = quiz_id LEFT JOIN lessons l ON l.id = lesson_id
        WHERE NOT EXISTS (SELECT FROM enrollments e WHERE e.student_id = a.student_id
            AND e.course_id = coalesce(q.course_id, l.course_id) AND e.enrolled_at <= a.started_at)
    """
    assert rows(engine, foreign) == []


def check_addresses(engine: Engine) -> None:
    """Addresses are ASCII, could have been typed, and no two are the same."""
    addresses = rows(engine, "SELECT email FROM users")
    assert len({address.lower() for address in addresses}) == len(addresses)
    for address in addresses:
        assert address.isascii()
        Text(form="email", length=255).check(address)


def check_scores(engine: Engine) -> None:
    """Mark every finished attempt anew, from the rows alone, and compare."""
    questions: dict[str, list[tuple[str, str, int]]] = {}
    in_order = 'SELECT quiz_id, id, correct_answer, points FROM quiz_questions ORDER BY quiz_id, "order"'
    for quiz, key, correct, points in rows(engine, in_order):
        questions.setdefault(quiz, []).append((key, correct, points))
    attempts = rows(
        engine,
        "SELECT quiz_id, CAST(answers AS text), score, passed, passing_score_percentage FROM quiz_attempts a"
        " JOIN quizzes q ON q.id = quiz_id WHERE score IS NOT NULL",
    )
    assert len({score for _, _, score, _, _ in attempts}) > 10
    for quiz, answers, score, passed, passing in attempts:
        given = json.loads(answers)
        if isinstance(given[0], dict):
            by_question = {each["question_id"]: each["answer"] for each in given}
            given = [by_question[key] for key, _, _ in questions[quiz]]
        pairs = list(zip(given, questions[quiz], strict=True))
        earned = sum(points for answer, (_, correct, points) in pairs if _is_right(answer, correct))
        total = sum(points for _, (_, _, points) in pairs)
        assert score == int(100 * earned / total + 0.5)
        assert passed == (score >= passing)


def _is_right(answer: Any, correct: str) -> bool:
    """Whether an answer is the one, or, of a list, all of those that choose or one of those that are accepted."""
    if isinstance(answer, list):
        return set(answer) == set(json.loads(correct))
    return bool(answer == correct or (correct.startswith("[") and answer in json.loads(correct)))
