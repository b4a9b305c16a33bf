"""Edits of several entities in one transaction: parents first, all or none, each named."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import URL, func, select, update

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Course, Lesson, Quiz, QuizQuestion, new_id
from lms_desktop.errors import Denied
from lms_desktop.services import gate
from lms_desktop.services.edits import Behind, State
from lms_desktop.services.records import Clashes, Edit, Record, Refused
from lms_desktop.services.reverting import Reverting
from tests.services.test_records import edit, load, new, records, save, stored
from tests.small_school import SYSTEM, act, actor, opened, row_id

ALGEBRA, SUMS, OF_SUMS = row_id(Course, "algebra"), row_id(Lesson, "sums"), row_id(Quiz, "of sums")


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school."""
    with opened(database_url) as database:
        yield database


def records_of(school: Database, who: str = "ines") -> tuple[Record, Record, Record]:
    """A course, a lesson of it and a quiz of that."""
    return load(school, who, Course, ALGEBRA), load(school, who, Lesson, SUMS), load(school, who, Quiz, OF_SUMS)


def order(school: Database, course: str) -> list[str]:
    """The titles of a course's lessons, with their places."""
    with school.reading(SYSTEM) as uow:
        rows = uow.execute(
            select(Lesson.order, Lesson.title).where(Lesson.course_id == course).order_by(Lesson.order, Lesson.id)
        )
        return [f"{row[0]} {row[1]}" for row in rows]


def count(school: Database, entity: Any) -> int:
    """How many rows there are."""
    with school.reading(SYSTEM) as uow:
        return int(uow.execute(select(func.count()).select_from(entity)).scalar_one())


def test_a_new_quiz_comes_with_its_new_questions_whatever_order_they_are_given_in(school: Database) -> None:
    quiz = new(Quiz, title="Check", course_id=ALGEBRA)
    questions = [
        new(QuizQuestion, quiz_id=quiz.id, question_text=text, question_type="essay") for text in ("One?", "Two?")
    ]
    outcome = save(school, "ines", *questions, quiz)
    assert outcome.sentence == "Saved 1 quiz and 2 questions."
    assert {edit.id for edit in (quiz, *questions)} == set(outcome.value)
    assert [stored(school, QuizQuestion, one.id, "order") for one in questions] == [1, 2]


def test_one_operation_takes_all_of_it_back(school: Database) -> None:
    course, lesson, quiz = records_of(school)
    outcome = save(
        school, "ines", edit(quiz, title="Q"), edit(lesson, title="L"), edit(course, title="C"), new_lesson("New")
    )
    assert outcome.sentence == "Saved 1 course, 2 lessons and 1 quiz."
    assert outcome.operation is not None
    operation = outcome.operation
    act(school, actor("ines"), lambda uow: Reverting(CATALOG).revert(uow, operation))
    assert stored(school, Course, ALGEBRA, "title") == "Algebra"
    assert stored(school, Quiz, OF_SUMS, "title") == "Of Sums"
    assert order(school, ALGEBRA) == ["1 Sums", "2 Products", "3 Powers"]


def new_lesson(title: str, spot: Behind | None = None) -> Edit:
    """A lesson of algebra, not saved yet."""
    return Edit(Lesson, new_id(), None, {"title": title, "content_type": "text", "course_id": ALGEBRA}, spot=spot)


def test_what_is_refused_in_one_entity_writes_nothing_of_the_others_and_says_which_row(school: Database) -> None:
    _, lesson, quiz = records_of(school)
    with pytest.raises(Refused) as refused:
        save(school, "ines", edit(lesson, title="L"), edit(quiz, passing_score_percentage="101"))
    assert (refused.value.entity, refused.value.row_id) == (Quiz, OF_SUMS)
    assert refused.value.field == "passing_score_percentage"
    assert stored(school, Lesson, SUMS, "title") == "Sums"


def test_what_others_changed_in_several_entities_is_told_at_once(school: Database) -> None:
    _, lesson, quiz = records_of(school)
    with school.engine.begin() as other:
        other.execute(update(Lesson).where(Lesson.id == SUMS).values(title="Theirs"))
        other.execute(update(Quiz).where(Quiz.id == OF_SUMS).values(title="Theirs"))
    with pytest.raises(Clashes) as clashes:
        save(school, "ines", edit(quiz, title="Mine"), edit(lesson, title="Mine"))
    assert [clash.edit.entity for clash in clashes.value.clashes] == [Lesson, Quiz]
    assert {clash.state for clash in clashes.value.clashes} == {State.CHOOSE}
    assert str(clashes.value).startswith("Theirs was changed by somebody else meanwhile (Title), and 1 more.")


def test_what_others_changed_elsewhere_is_kept_and_counted(school: Database) -> None:
    _, lesson, quiz = records_of(school)
    with school.engine.begin() as other:
        other.execute(update(Lesson).where(Lesson.id == SUMS).values(duration_minutes=7))
    outcome = save(school, "ines", edit(quiz, title="Mine"), edit(lesson, title="Mine"))
    assert outcome.sentence == ("Saved 1 lesson and 1 quiz. What others had changed in 1 of these rows was kept.")
    assert stored(school, Lesson, SUMS, "duration_minutes") == 7


@pytest.mark.parametrize(
    ("entity", "name", "field"),
    [(Lesson, "leaves", "title"), (Quiz, "of botany", "title"), (QuizQuestion, "of botany", "question_text")],
)
def test_nothing_of_anothers_course_gets_in_along_with_ones_own(
    school: Database, entity: type, name: str, field: str
) -> None:
    _, lesson, _ = records_of(school)
    foreign = load(school, "admin", entity, row_id(entity, name))
    with pytest.raises((Clashes, Denied)):
        save(school, "ines", edit(lesson, title="Mine"), edit(foreign, **{field: "Taken"}))
    assert stored(school, Lesson, SUMS, "title") == "Sums"
    assert stored(school, entity, foreign.id, field) != "Taken"


def test_a_question_of_anothers_new_quiz_is_refused(school: Database) -> None:
    before = count(school, QuizQuestion)
    question = new(QuizQuestion, quiz_id=row_id(Quiz, "of botany"), question_text="Mine?", question_type="essay")
    with pytest.raises((Refused, Denied)):
        save(school, "ines", new(Quiz, title="Check", course_id=ALGEBRA), question)
    assert count(school, QuizQuestion) == before


# Where a new row goes


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (None, ["1 New", "2 Sums", "3 Products", "4 Powers"]),
        (SUMS, ["1 Sums", "2 New", "3 Products", "4 Powers"]),
        (row_id(Lesson, "powers"), ["1 Sums", "2 Products", "3 Powers", "4 New"]),
        (row_id(Lesson, "leaves"), ["1 Sums", "2 Products", "3 Powers", "4 New"]),
    ],
)
def test_a_new_row_goes_behind_the_one_at_which_it_was_begun(
    school: Database, after: str | None, expected: list[str]
) -> None:
    save(school, "ines", new_lesson("New", Behind(after)))
    assert order(school, ALGEBRA) == expected


@pytest.mark.parametrize("turn", [1, -1])
def test_a_row_behind_another_new_one_and_neighbours_that_are_edited_along(school: Database, turn: int) -> None:
    first = new_lesson("First", Behind(None))
    second = new_lesson("Second", Behind(first.id))
    both = (first, second)[::turn]  # what was given up and taken back comes behind what was begun after it
    outcome = save(school, "ines", edit(load(school, "ines", Lesson, SUMS), title="Adding"), *both)
    assert order(school, ALGEBRA) == ["1 First", "2 Second", "3 Adding", "4 Products", "5 Powers"]
    assert outcome.value[SUMS] == load(school, "ines", Lesson, SUMS).version


def test_a_row_whose_save_came_through_unheard_stands_where_it_stood(school: Database) -> None:
    lesson = new_lesson("New", Behind(SUMS))
    for _ in range(2):
        save(school, "ines", lesson)
        assert order(school, ALGEBRA) == ["1 Sums", "2 New", "3 Products", "4 Powers"]


# Beside others


def test_rows_are_locked_parents_first_and_in_order_of_their_ids(school: Database) -> None:
    course, lesson, quiz = records_of(school, "admin")
    other = load(school, "admin", Lesson, row_id(Lesson, "products"))
    edits = [edit(quiz, title="Q"), edit(lesson, title="L"), edit(other, title="O"), edit(course, title="C")]
    for given in (edits, edits[::-1]):
        with gate.transaction(school, actor("admin")) as uow:
            written = [(change.entity, change.id) for change in records.save(uow, given).changes]
            uow.connection.rollback()
        assert written == [
            (Course, course.id),
            *((Lesson, i) for i in sorted([lesson.id, other.id])),
            (Quiz, quiz.id),
        ]
