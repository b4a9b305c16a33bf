"""Several values of a row that are changed as one are told, taken back and made again together."""

import pytest
from pytestqt.qtbot import QtBot

from lms_desktop.entities import QuizQuestion
from lms_desktop.models.drafts import Drafts

BASE = {"options": '["a"]', "correct_answer": "a", "points": "1"}
OTHER = {"options": '["b"]', "correct_answer": "b"}


def values(drafts: Drafts) -> dict[str, str | None]:
    """What is wanted of the row now."""
    draft = drafts.get("row")
    return {} if draft is None else dict(draft.values)


@pytest.fixture
def drafts() -> Drafts:
    """The drafts of questions, and a first change of two values of one."""
    drafts = Drafts(QuizQuestion)
    drafts.set_all("row", OTHER, version="1", base=BASE)
    return drafts


def test_they_are_told_once(qtbot: QtBot) -> None:
    drafts, told = Drafts(QuizQuestion), list[str]()
    drafts.changed.connect(told.append)
    drafts.set_all("row", OTHER, version="1", base=BASE)
    drafts.undo()
    assert told == ["row", "row"]


def test_nothing_is_told_where_nothing_changes(qtbot: QtBot, drafts: Drafts) -> None:
    with qtbot.assertNotEmitted(drafts.changed):
        drafts.set_all("row", OTHER, version="1", base=BASE)


def test_they_are_taken_back_and_made_again_together(qtbot: QtBot, drafts: Drafts) -> None:
    drafts.set_all("row", {"options": '["c"]', "correct_answer": "c"}, version="1", base=BASE)
    drafts.undo()
    assert values(drafts) == OTHER
    drafts.undo()
    assert values(drafts) == {}
    drafts.redo()
    assert values(drafts) == OTHER
    drafts.redo()
    assert values(drafts) == {"options": '["c"]', "correct_answer": "c"}


def test_what_is_the_base_again_is_no_change(qtbot: QtBot, drafts: Drafts) -> None:
    drafts.set_all("row", {"options": '["a"]', "correct_answer": "a"}, version="1", base=BASE)
    assert not drafts
    drafts.undo()
    assert values(drafts) == OTHER


def test_an_editors_own_undo_takes_the_step_along(qtbot: QtBot, drafts: Drafts) -> None:
    drafts.set("row", "points", "2", base="1")
    further = {"options": '["bc"]', "correct_answer": "bc"}
    drafts.set_all("row", further, version="1", base=BASE)
    drafts.set_all("row", OTHER, version="1", base=BASE, back=True)
    assert values(drafts) == {**OTHER, "points": "2"}
    drafts.undo()
    assert values(drafts) == OTHER, "the points are what was changed before"


def test_an_editors_own_undo_to_what_never_was_is_a_change(qtbot: QtBot, drafts: Drafts) -> None:
    drafts.set_all("row", {"options": '["d"]', "correct_answer": "d"}, version="1", base=BASE, back=True)
    drafts.undo()
    assert values(drafts) == OTHER
