"""The drafts of a page that shows several entities: counted, taken back and given up together, each only once."""

import pytest
from pytestqt.qtbot import QtBot

from lms_desktop.entities import Course, Lesson, Quiz
from lms_desktop.models.all_drafts import AllDrafts
from lms_desktop.models.draft import Draft
from lms_desktop.models.page_drafts import PageDrafts

OTHERS = "of another course"


@pytest.fixture
def drafts(qtbot: QtBot) -> AllDrafts:
    """All drafts of a window."""
    return AllDrafts()


@pytest.fixture
def held(drafts: AllDrafts) -> PageDrafts:
    """Those of a page; one row is not its own."""
    return PageDrafts([drafts[Lesson], drafts[Quiz]], lambda entity, row_id: row_id != OTHERS)


def edit(drafts: AllDrafts, entity: type, row_id: str, title: str) -> None:
    """Give a row another title."""
    drafts[entity].set(row_id, "title", title, version="1", base="before")


def titles(held: PageDrafts) -> list[str | None]:
    """The titles that are not saved yet."""
    return [draft.values.get("title") for draft in held.all()]


def test_each_entity_has_one_drafts_whoever_asks(drafts: AllDrafts, qtbot: QtBot) -> None:
    assert drafts[Lesson] is drafts[Lesson]
    with qtbot.waitSignal(drafts.counted):
        edit(drafts, Lesson, "1", "A")
    edit(drafts, Quiz, "2", "B")
    drafts[Course].begin_new({"title": "untouched"})
    assert (drafts.changes(), drafts.at_risk()) == (3, 2)
    drafts.clear()
    assert drafts.changes() == 0


def test_what_is_not_the_pages_own_is_neither_counted_nor_given_up(drafts: AllDrafts, held: PageDrafts) -> None:
    edit(drafts, Lesson, "1", "A")
    edit(drafts, Lesson, OTHERS, "B")
    assert (held.changes(), held.at_risk(), len(held)) == (1, 1, 1)
    assert [edit.id for edit in held.edits()] == ["1"]
    assert held.entities() == (Lesson,)
    held.clear()
    assert not held
    assert [draft.id for draft in drafts[Lesson].all()] == [OTHERS]
    assert not held.can_undo
    assert drafts[Lesson].can_undo


def test_changes_are_taken_back_in_the_order_in_which_they_were_made(drafts: AllDrafts, held: PageDrafts) -> None:
    edit(drafts, Lesson, "1", "A")
    edit(drafts, Quiz, "2", "B")
    edit(drafts, Lesson, OTHERS, "not here")
    edit(drafts, Lesson, "1", "C")
    assert [held.undo() for _ in range(3)] == [(Lesson, "1"), (Quiz, "2"), (Lesson, "1")]
    assert titles(held) == []
    assert held.undo() is None
    assert drafts[Lesson].get(OTHERS) is not None
    assert [held.redo() for _ in range(3)] == [(Lesson, "1"), (Quiz, "2"), (Lesson, "1")]
    assert titles(held) == ["C", "B"]
    assert held.redo() is None


def test_a_new_row_is_taken_back_in_its_turn(drafts: AllDrafts, held: PageDrafts) -> None:
    new = drafts[Quiz].begin_new({})
    drafts[Quiz].set(new.id, "title", "New")
    edit(drafts, Lesson, "1", "A")
    assert [held.undo(), held.undo(), held.undo()] == [(Lesson, "1"), (Quiz, new.id), (Quiz, new.id)]
    assert not held
    assert [held.redo(), held.redo()] == [(Quiz, new.id), (Quiz, new.id)]
    assert titles(held) == ["New"]


def test_what_was_typed_since_stands_in_the_way_of_making_again(drafts: AllDrafts, held: PageDrafts) -> None:
    edit(drafts, Lesson, "1", "A")
    edit(drafts, Quiz, "2", "B")
    held.undo()
    edit(drafts, Lesson, "1", "typed since")
    assert not held.can_redo
    assert held.redo() is None
    assert drafts[Quiz].can_redo, "on the page of quizzes nothing was typed since"


def test_what_came_of_an_earlier_sitting_is_taken_back_last(drafts: AllDrafts, held: PageDrafts) -> None:
    drafts[Lesson].take_in(Draft(Lesson, "0", "1", {"title": "before"}, {"title": "kept"}))
    edit(drafts, Quiz, "2", "B")
    assert [held.undo(), held.undo()] == [(Quiz, "2"), (Lesson, "0")]
    assert [held.redo(), held.redo()] == [(Lesson, "0"), (Quiz, "2")]


def test_what_is_being_saved_is_not_taken_back_until_it_has_come_back(drafts: AllDrafts, held: PageDrafts) -> None:
    edit(drafts, Lesson, "1", "A")
    drafts[Quiz].take_in(Draft(Quiz, "2", "1", base={"title": "before"}, values={"title": "from an earlier sitting"}))
    sent = held.edits()
    held.send(sent)
    assert not held.can_undo
    assert held.undo() is None
    edit(drafts, Lesson, "1", "typed meanwhile")
    assert held.undo() == (Lesson, "1")
    assert not held.can_undo
    assert sorted(map(str, titles(held))) == ["A", "from an earlier sitting"]
    held.come_back(sent)
    assert (held.undo(), held.undo()) == ((Lesson, "1"), (Quiz, "2"))
    assert not held
