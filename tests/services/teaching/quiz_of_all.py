"""A quiz with a question of every type in the small school, and attempts at it in every form."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, text

from lms_desktop.entities import Quiz, QuizAttempt, QuizQuestion, User
from tests.small_school import row_id

QUIZ = "of algebra"
"""Of Ines; her question of the small school is taken out."""

BEGAN = datetime(2026, 3, 1, 9, tzinfo=UTC)

QUESTIONS: Mapping[str, dict[str, Any]] = {
    "one": {"question_type": "multiple_choice", "options": ["3", "4", "5"], "correct_answer": "4", "points": 2},
    "several": {
        "question_type": "multiple_choice",
        "options": ["a", "b", "c"],
        "correct_answer": '["a", "c"]',
        "points": 3,
    },
    "truth": {"question_type": "true_false", "options": None, "correct_answer": "true", "points": 1},
    "short": {"question_type": "short_answer", "options": None, "correct_answer": '["0.5", "half"]', "points": 2},
    "essay": {"question_type": "essay", "options": None, "correct_answer": None, "points": 5},
}
"""Name → the question; in this order."""

RIGHT = {"one": "4", "several": ["c", "a"], "truth": "true", "short": "Half"}


def question(name: str) -> str:
    """The id of a question."""
    return row_id(QuizQuestion, f"all/{name}")


def fill(connection: Connection, *, essay: bool = True, passing: int = 60) -> None:
    """Put the questions into the quiz, in place of what it has."""
    quiz = row_id(Quiz, QUIZ)
    connection.execute(text("DELETE FROM quiz_questions WHERE quiz_id = :quiz"), {"quiz": quiz})
    connection.execute(text("DELETE FROM quiz_attempts WHERE quiz_id = :quiz"), {"quiz": quiz})
    connection.execute(
        text("UPDATE quizzes SET passing_score_percentage = :passing WHERE id = :quiz"),
        {"quiz": quiz, "passing": passing},
    )
    for place, (name, values) in enumerate(QUESTIONS.items(), 1):
        if name != "essay" or essay:
            row = {"id": question(name), "quiz_id": quiz, "question_text": f"The *{name}* one?", "order": place}
            connection.execute(
                insert(QuizQuestion).values(**row, **values, created_at=BEGAN - timedelta(days=place)),
            )


def answers(given: Mapping[str, Any]) -> str:
    """Answers by the names of the questions, as they are stored."""
    return json.dumps([{"question_id": question(name), "answer": answer} for name, answer in given.items()])


def attempt(
    connection: Connection,
    name: str,
    wire: str | None,
    score: int | None = None,
    passed: bool | None = None,
    *,
    ended: bool = True,
    student: str = "ana",
    quiz: str = QUIZ,
    began: datetime = BEGAN,
) -> str:
    """Write an attempt with the answers as they stand; its id."""
    values = {
        "id": row_id(QuizAttempt, name),
        "quiz": row_id(Quiz, quiz),
        "student": row_id(User, student),
        "began": began,
        "ended": began + timedelta(minutes=10) if ended else None,
        "answers": wire,
        "score": score,
        "passed": passed,
    }
    connection.execute(
        text(
            "INSERT INTO quiz_attempts (id, quiz_id, student_id, started_at, ended_at, answers, score, passed,"
            " created_at) VALUES (:id, :quiz, :student, :began, :ended, CAST(:answers AS json), :score, :passed, now())"
        ),
        values,
    )
    return str(values["id"])
