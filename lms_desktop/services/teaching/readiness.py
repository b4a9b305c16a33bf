"""What a course or a quiz still lacks before students should see it: a sentence for each thing, naming it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Text, case, cast, func, or_, select

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import Course, Lesson, Quiz, QuizQuestion
from lms_desktop.errors.sentences import Sentence
from lms_desktop.services import gate
from lms_desktop.services.teaching import questions
from lms_desktop.spec import N_, web_address

LONGEST_NAME = 60
"""Characters of a title in a sentence."""

ENOUGH = 10_000
"""Characters of a lesson that are looked at: whoever begins with more blanks than these has written nothing."""

LONGEST_WIRE = 100_000
"""Characters of a question's options from which on it is not judged."""

TOO_LONG = "\x1e"

LOOKED_AT = 20
"""Courses or quizzes that are looked at before several are published."""

NEEDS_CONTENT = {"text", "assignment"}
"""Types of lessons that are nothing without their text."""


class Lack(StrEnum):
    """What can be missing or wrong."""

    NO_LESSONS = "no lessons"
    NO_CONTENT = "no content"
    NO_VIDEO = "no video"
    BAD_VIDEO = "bad video"
    NO_QUIZ = "no quiz"
    NO_QUESTIONS = "no questions"
    BAD_PASS_MARK = "bad pass mark"
    BAD_TIME_LIMIT = "bad time limit"
    NO_POINTS = "no points"
    NO_TEXT = "no text"
    FEW_OPTIONS = "few options"
    NO_RIGHT_ANSWER = "no right answer"
    STRAY_ANSWER = "stray answer"
    ODD_OPTIONS = "odd options"


@dataclass(frozen=True)
class Problem:
    """One thing that is not ready.

    `entity` and `id` are the row to mend, `within` is the id of a question's quiz; `sentence` can be translated.
    """

    entity: type
    id: str
    kind: Lack
    sentence: str
    within: str = ""


def problems(uow: UnitOfWork, course_id: str) -> tuple[Problem, ...]:
    """All that a course lacks, in the order of its outline; raises Denied where the actor may not see the course."""
    gate.require(uow, Course, "view", [course_id])
    lessons = _lessons(uow, course_id)
    places = {row.id: at for at, row in enumerate(lessons)}
    inside = select(Lesson.id).where(Lesson.course_id == course_id)
    quizzes = _quizzes(uow, or_(Quiz.course_id == course_id, Quiz.lesson_id.in_(inside)))
    found: list[Problem] = []
    if not lessons:
        found.append(Problem(Course, course_id, Lack.NO_LESSONS, Sentence(N_("There are no lessons yet."))))
    for at, row in enumerate(lessons):
        found += _of_lesson(row, at + 1)
        found += [p for quiz in quizzes if quiz[0].lesson_id == row.id for p in _of_quiz(quiz)]
    found += [p for quiz in quizzes if quiz[0].lesson_id not in places for p in _of_quiz(quiz)]
    return tuple(found)


def of_quiz(uow: UnitOfWork, quiz_id: str) -> tuple[Problem, ...]:
    """All that one quiz lacks; raises Denied where the actor may not see it."""
    gate.require(uow, Quiz, "view", [quiz_id])
    return tuple(problem for quiz in _quizzes(uow, Quiz.id == quiz_id) for problem in _of_quiz(quiz))


def doubts_of_courses(uow: UnitOfWork, ids: tuple[str, ...]) -> tuple[str, ...]:
    """What speaks against publishing these courses; of several, each sentence names its course."""
    looked_at = ids[:LOOKED_AT]
    titles = dict(_titles(uow, Course, looked_at))
    found = [(titles.get(each, ""), problem) for each in looked_at for problem in problems(uow, each)]
    return _said(found, len(ids))


def doubts_of_quizzes(uow: UnitOfWork, ids: tuple[str, ...]) -> tuple[str, ...]:
    """What speaks against publishing these quizzes."""
    found = [("", problem) for each in ids[:LOOKED_AT] for problem in of_quiz(uow, each)]
    return _said(found, len(ids), named=False)


def _said(found: list[tuple[str, Problem]], rows: int, *, named: bool = True) -> tuple[str, ...]:
    said: list[str] = [
        Sentence(N_("{course}: {problem}"), course=_brief(title), problem=problem.sentence)
        if named and rows > 1
        else problem.sentence
        for title, problem in found
    ]
    if rows > LOOKED_AT:
        said.append(Sentence(N_("Only the first {n} were looked at."), n=LOOKED_AT))
    return tuple(said)


# Reading


def _titles(uow: UnitOfWork, entity: Any, ids: Sequence[str]) -> list[tuple[str, str]]:
    rows = uow.execute(select(cast(entity.id, Text), entity.title).where(entity.id.in_(list(ids))))
    return [(row[0], row[1]) for row in rows]


def _lessons(uow: UnitOfWork, course_id: str) -> Sequence[Any]:
    """The lessons in order; of their contents only whether there are any."""
    blank = func.left(func.coalesce(Lesson.content, ""), ENOUGH).regexp_match(r"^\s*$")
    quiz = select(Quiz.id).where(Quiz.lesson_id == Lesson.id).exists()
    statement = (
        select(
            cast(Lesson.id, Text).label("id"),
            Lesson.title,
            Lesson.content_type,
            Lesson.video_url,
            blank.label("blank"),
            quiz.label("quiz"),
        )
        .where(Lesson.course_id == course_id, gate.condition(uow, Lesson, "view"))
        .order_by(Lesson.order, Lesson.created_at, Lesson.id)
    )
    return uow.execute(statement).all()


def _quizzes(uow: UnitOfWork, which: ColumnElement[bool]) -> list[list[Any]]:
    """The quizzes within reach, each as its rows: one for each question in order, one without any where it has none."""
    question = QuizQuestion
    statement = (
        select(
            cast(Quiz.id, Text).label("id"),
            cast(Quiz.lesson_id, Text).label("lesson_id"),
            Quiz.title,
            Quiz.passing_score_percentage.label("pass_mark"),
            Quiz.time_limit_minutes.label("minutes"),
            cast(question.id, Text).label("question_id"),
            question.question_type,
            question.question_text,
            _unless_long(cast(question.options, Text)).label("options"),
            _unless_long(question.correct_answer).label("right"),
            question.points,
        )
        .select_from(Quiz)
        .outerjoin(question, question.quiz_id == Quiz.id)
        .where(which, gate.condition(uow, Quiz, "view"))
        .order_by(Quiz.created_at, Quiz.id, question.order, question.created_at, question.id)
    )
    return [list(rows) for _, rows in groupby(uow.execute(statement).all(), lambda row: row.id)]


def _unless_long(text: Any) -> ColumnElement[str | None]:
    """A text, or a sign that it is longer than anybody would have written it."""
    return case((func.length(text) > LONGEST_WIRE, TOO_LONG), else_=text)


# Judging


def _of_lesson(row: Any, place: int) -> Iterator[Problem]:
    def problem(kind: Lack, template: str) -> Problem:
        return Problem(Lesson, row.id, kind, Sentence(template, n=place, lesson=_brief(row.title)))

    address = (row.video_url or "").strip()
    if row.content_type == "video" and not address:
        yield problem(Lack.NO_VIDEO, N_("Lesson {n}, “{lesson}”, is a video without a web address."))
    elif address and web_address.reason(address):
        yield problem(Lack.BAD_VIDEO, N_("Lesson {n}, “{lesson}”, has a video at an address that cannot be opened."))
    if row.content_type == "quiz":
        if not row.quiz:
            yield problem(Lack.NO_QUIZ, N_("Lesson {n}, “{lesson}”, is to be a quiz and has none."))
    elif row.content_type != "video" and row.blank and (row.content_type in NEEDS_CONTENT or not (address or row.quiz)):
        yield problem(Lack.NO_CONTENT, N_("Lesson {n}, “{lesson}”, has no content yet."))


def _of_quiz(rows: list[Any]) -> Iterator[Problem]:
    quiz = rows[0]

    def problem(kind: Lack, template: str) -> Problem:
        return Problem(Quiz, quiz.id, kind, Sentence(template, quiz=_brief(quiz.title)))

    if not 0 <= quiz.pass_mark <= 100:
        yield problem(Lack.BAD_PASS_MARK, N_("The pass mark of “{quiz}” is not between 0 and 100 %."))
    if quiz.minutes is not None and quiz.minutes <= 0:
        yield problem(Lack.BAD_TIME_LIMIT, N_("The time limit of “{quiz}” leaves no time to answer."))
    if quiz.question_id is None:
        yield problem(Lack.NO_QUESTIONS, N_("The quiz “{quiz}” has no questions."))
        return
    if sum(max(row.points, 0) for row in rows) == 0:
        yield problem(Lack.NO_POINTS, N_("No question of “{quiz}” gives any points."))
    for at, row in enumerate(rows):
        yield from _of_question(row, at + 1)


def _of_question(row: Any, place: int) -> Iterator[Problem]:
    if not row.question_text.strip():
        yield _problem_of(row, place, Lack.NO_TEXT)
    if TOO_LONG in (row.options, row.right):
        return
    reading = questions.read(row.question_type, row.question_text, row.options, row.right, row.points)
    if reading.type == questions.MULTIPLE_CHOICE and reading.odd:
        yield _problem_of(row, place, Lack.ODD_OPTIONS)
    elif reading.type == questions.MULTIPLE_CHOICE and len(reading.options) < 2:
        yield _problem_of(row, place, Lack.FEW_OPTIONS)
    if not reading.has_right_answer:
        yield _problem_of(row, place, Lack.NO_RIGHT_ANSWER)
    elif reading.problem and not (reading.type == questions.SHORT_ANSWER and reading.accepted):
        yield _problem_of(row, place, Lack.STRAY_ANSWER)


def _problem_of(row: Any, place: int, kind: Lack) -> Problem:
    """What is wrong with a question, as its quiz's row tells it."""
    sentence = Sentence(_OF_QUESTION[kind], n=place, quiz=_brief(row.title))
    return Problem(QuizQuestion, row.question_id, kind, sentence, within=row.id)


_OF_QUESTION = {
    Lack.NO_TEXT: N_("Question {n} of “{quiz}” asks nothing yet."),
    Lack.ODD_OPTIONS: N_("The options of question {n} of “{quiz}” cannot be read as choices."),
    Lack.FEW_OPTIONS: N_("Question {n} of “{quiz}” has fewer than two options."),
    Lack.NO_RIGHT_ANSWER: N_("Question {n} of “{quiz}” has no right answer."),
    Lack.STRAY_ANSWER: N_("The right answer to question {n} of “{quiz}” is none that students can give."),
}


def _brief(title: str) -> str:
    """A title as it stands in a sentence."""
    line = " ".join(title.split())
    return line if len(line) <= LONGEST_NAME else line[: LONGEST_NAME - 1].rstrip() + "…"
