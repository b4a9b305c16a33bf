"""Which rows are a course's: what was begun in it, and what of that was given up and can come back."""

import pytest
from pytestqt.qtbot import QtBot

from lms_desktop.entities import Lesson, Quiz, QuizQuestion
from lms_desktop.models.all_drafts import AllDrafts
from lms_desktop.models.course_rows import ENTITIES, CourseRows
from lms_desktop.models.draft import Draft
from lms_desktop.models.page_drafts import PageDrafts
from lms_desktop.services.edits import Behind

COURSE = "c"


@pytest.fixture
def drafts(qtbot: QtBot) -> AllDrafts:
    """All drafts of a window."""
    return AllDrafts()


@pytest.fixture
def held(drafts: AllDrafts) -> PageDrafts:
    """Those of the page of a course that shows no row."""
    rows = CourseRows(drafts, lambda entity, row_id: None)
    rows.show(COURSE)
    return PageDrafts([drafts[entity] for entity in ENTITIES], rows.owns)


def begun(drafts: AllDrafts, title: str, course: str = COURSE) -> Draft:
    """A new lesson in which somebody has typed its title."""
    draft = drafts[Lesson].begin_new({"course_id": course})
    drafts[Lesson].set(draft.id, "title", title)
    return draft


def test_a_new_row_that_was_deleted_comes_back(drafts: AllDrafts, held: PageDrafts) -> None:
    begun(drafts, "Of another course", "other")
    draft = begun(drafts, "Typed for an hour")
    drafts[Lesson].give_up(draft.id)
    assert not held
    assert held.undo() == (Lesson, draft.id)
    assert [one.values["title"] for one in held.all()] == ["Typed for an hour"]


def test_a_new_row_that_was_taken_back_is_made_again(drafts: AllDrafts, held: PageDrafts) -> None:
    draft = begun(drafts, "New")
    assert [held.undo(), held.undo(), held.undo()] == [(Lesson, draft.id), (Lesson, draft.id), None]
    assert not held
    assert [held.redo(), held.redo(), held.redo()] == [(Lesson, draft.id), (Lesson, draft.id), None]
    assert [one.values["title"] for one in held.all()] == ["New"]


def test_what_was_taken_back_comes_before_what_goes_behind_it(drafts: AllDrafts) -> None:
    first = begun(drafts, "First")
    second = drafts[Lesson].begin_new({"course_id": COURSE}, spot=Behind(first.id))
    third = drafts[Lesson].begin_new({"course_id": COURSE}, spot=Behind(second.id))
    drafts[Lesson].give_up(first.id)
    assert drafts[Lesson].undo() == first.id
    assert [draft.id for draft in drafts[Lesson].new_rows()] == [first.id, second.id, third.id]


def test_what_was_discarded_does_not_come_back_anywhere(drafts: AllDrafts, held: PageDrafts) -> None:
    other = begun(drafts, "Of another course", "other")
    begun(drafts, "New")
    drafts[Lesson].give_up(begun(drafts, "Given up before").id)
    held.clear()
    assert not held
    assert not held.can_undo
    while drafts[Lesson].undo() is not None:
        assert {one.id for one in drafts[Lesson].all()} <= {other.id}


def test_what_belongs_to_what_is_new_belongs_to_the_course(drafts: AllDrafts, held: PageDrafts) -> None:
    lesson = begun(drafts, "New")
    quiz = drafts[Quiz].begin_new({"lesson_id": lesson.id})
    drafts[QuizQuestion].begin_new({"quiz_id": quiz.id})
    drafts[QuizQuestion].begin_new({"quiz_id": "another"})
    assert len(held) == 3
