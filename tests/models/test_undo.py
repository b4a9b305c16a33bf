"""The stack of what a sitting has saved: it follows the database and never runs ahead of it."""

import gc

import pytest
from pytestqt.qtbot import QtBot

from PySide6.QtGui import QUndoStack

from lms_desktop.database.unit_of_work import Change, Outcome
from lms_desktop.entities import Course
from lms_desktop.errors.sentences import Sentence
from lms_desktop.models.undo import Saved, UndoStack


def outcome(operation: str | None, sentence: str = "Saved Algebra.", *, undoable: bool = True) -> Outcome:
    """An operation that changed one course."""
    return Outcome(sentence, (Change(Course, "1", "update"),), None, operation, undoable)


@pytest.fixture
def stack(qtbot: QtBot) -> UndoStack:
    """An empty stack."""
    return UndoStack()


def note(stack: UndoStack, operation: str, sentence: str = "Saved Algebra.") -> Saved:
    """Put an operation on top."""
    saved = stack.note(outcome(operation, sentence))
    assert saved is not None
    return saved


def test_the_last_operation_is_taken_back_first(stack: UndoStack) -> None:
    first, second = note(stack, "a", "Saved Algebra."), note(stack, "b", "Saved Biology.")
    assert stack.last is second
    assert (stack.count(), stack.index(), stack.undoText()) == (2, 2, "Saved Biology")
    stack.undone(second, outcome("c"))
    assert (stack.last, stack.next) == (first, second)
    assert second.operation == "c", "to make it again, what took it back is taken back"
    stack.redone(second, outcome("d"))
    assert (stack.last, stack.next, second.operation) == (second, None, "d")


def test_what_was_taken_back_cannot_be_made_again_once_something_else_is_saved(stack: UndoStack) -> None:
    saved = note(stack, "a")
    stack.undone(saved, outcome("b"))
    other = note(stack, "c")
    assert (stack.last, stack.next, stack.count()) == (other, None, 1)


def test_the_commit_that_took_something_back_is_no_operation_of_its_own(stack: UndoStack) -> None:
    saved = note(stack, "a")
    stack.undone(saved, outcome("b"))
    assert stack.note(outcome("b")) is None
    assert stack.next is saved


def test_what_cannot_be_taken_back_does_not_stand_there(stack: UndoStack) -> None:
    assert stack.note(outcome("a", undoable=False)) is None
    assert stack.note(outcome(None)) is None, "not logged"
    assert stack.note(Outcome("Nothing to do.", (), None, "b")) is None
    assert stack.count() == 0


def test_something_saved_while_an_older_one_was_being_taken_back_stays_in_order(stack: UndoStack) -> None:
    older = note(stack, "a")
    newer = note(stack, "b")
    stack.undone(older, outcome("c"))
    assert stack.last is newer, "the stack did not move"
    taken_back = stack.note(outcome("c", "Took back: Saved Algebra."))
    assert stack.last is taken_back


@pytest.mark.parametrize("which", ["last", "next"])
def test_what_somebody_else_took_back_goes_from_the_stack(which: str, stack: UndoStack) -> None:
    note(stack, "a"), note(stack, "b"), note(stack, "c")
    middle = stack.last
    assert middle is not None
    stack.undone(middle, outcome("d"))
    dropped = stack.last if which == "last" else stack.next
    assert dropped is not None
    stack.drop(dropped)
    gc.collect()
    left = [stack.command(at).text() for at in range(stack.count())]
    assert len(left) == 2
    assert stack.index() == (1 if which == "last" else 2)
    assert (stack.next is None) == (which == "next")


def test_commands_live_as_long_as_the_stack(stack: UndoStack) -> None:
    for number in range(30):
        stack.note(outcome(str(number)))
    gc.collect()
    for number in reversed(range(30)):
        last = stack.last
        assert last is not None
        assert last.operation == str(number)
        stack.undone(last, outcome(f"{number} back"))
    assert stack.last is None
    assert not stack.canUndo()


def test_the_oldest_go_where_there_are_too_many(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UndoStack, "LIMIT", 3)
    stack = UndoStack()
    for number in range(5):
        note(stack, str(number))
    assert (stack.count(), stack.index()) == (3, 3)
    found = []
    while (last := stack.last) is not None:
        found.append(last.operation)
        stack.undone(last, outcome(f"{last.operation} back"))
    assert found == ["4", "3", "2"]


def test_words_are_those_of_the_screen(stack: UndoStack) -> None:
    saved = note(stack, "a", Sentence("Saved {name}.", name="Algebra I"))
    assert saved.words == "Saved Algebra I"
    assert isinstance(stack, QUndoStack)
    assert stack.undoText() == "Saved Algebra I"
