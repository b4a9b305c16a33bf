"""Drafts whose rows somebody else changed: on what they stand after a save or a choice."""

import pytest
from pytestqt.qtbot import QtBot

from lms_desktop.entities import Course
from lms_desktop.models.drafts import Drafts
from lms_desktop.services.edits import Versions

SEEN = {"title": "Algebra", "category": None, "course_metadata": '{"a": 1}'}


@pytest.fixture
def drafts(qtbot: QtBot) -> Drafts:
    """A draft of one course."""
    drafts = Drafts(Course)
    drafts.set(
        "1", "course_metadata", '{"a": 2}', version="10", base=SEEN["course_metadata"], title="Algebra", seen=SEEN
    )
    return drafts


def test_what_is_typed_while_a_merge_is_saved_stands_on_what_was_merged(drafts: Drafts) -> None:
    edits = drafts.edits()
    drafts.set("1", "course_metadata", '{"a": 3}')
    versions = Versions([("1", "12")])
    versions.now["1"] = {"title": "Theirs", "category": "x", "course_metadata": '{"a": 2, "b": 1}'}
    drafts.saved(edits, versions)
    draft = drafts.get("1")
    assert draft is not None
    assert draft.base == {"course_metadata": '{"a": 2, "b": 1}'}
    assert (draft.version, draft.values) == ("12", {"course_metadata": '{"a": 3, "b": 1}'}), "their key is not dropped"
    assert draft.seen == versions.now["1"]


def test_what_cannot_be_merged_with_what_was_saved_is_asked_about_at_the_next_save(drafts: Drafts) -> None:
    edits = drafts.edits()
    drafts.set("1", "course_metadata", '{"a": 2, "b": 7}')
    versions = Versions([("1", "12")])
    versions.now["1"] = {**SEEN, "course_metadata": '{"a": 2, "b": 1}'}
    drafts.saved(edits, versions)
    draft = drafts.get("1")
    assert draft is not None
    assert (draft.version, draft.base) == ("10", {"course_metadata": '{"a": 1}'}), "another version is compared again"
    assert draft.values == {"course_metadata": '{"a": 2, "b": 7}'}


def test_what_was_chosen_replaces_what_was_wanted(drafts: Drafts, qtbot: QtBot) -> None:
    drafts.set("1", "title", "Mine", base="Algebra")
    now = {"title": "Theirs", "category": None, "course_metadata": '{"b": 1}'}
    with qtbot.waitSignal(drafts.changed) as told:
        drafts.rebase("1", "11", now, {"course_metadata": '{"b": 1, "a": 2}'})
    assert told.args == ["1"]
    draft = drafts.get("1")
    assert draft is not None
    assert (draft.version, draft.base) == ("11", {"course_metadata": '{"b": 1}'})
    assert draft.values == {"course_metadata": '{"b": 1, "a": 2}'}
    drafts.rebase("1", "12", now, {})
    assert drafts.get("1") is None, "nothing is left of it"


def test_a_row_to_be_restored_says_so_to_whoever_saves_it(drafts: Drafts) -> None:
    drafts.restore("1")
    (edit,) = drafts.edits()
    assert edit.restore
    assert edit.values == {"course_metadata": '{"a": 2}'}
