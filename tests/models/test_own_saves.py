"""What is typed right after one's own save, before table and form have read the row again."""

import pytest
from pytestqt.qtbot import QtBot

from lms_desktop.entities import Course, User
from lms_desktop.models.draft import Draft
from lms_desktop.models.drafts import Drafts
from lms_desktop.services.edits import Versions

SHOWN = {"title": "Algebra", "category": "Maths", "slug": "algebra"}
"""What the screen shows of the row at version 10, and goes on to show until it is read again."""


@pytest.fixture
def drafts(qtbot: QtBot) -> Drafts:
    """Another title, not saved yet."""
    made = Drafts(Course)
    edit(made, "title", "Mine")
    return made


def edit(drafts: Drafts, key: str, value: str | None, version: str = "10") -> None:
    """Type into the row as it is still on the screen."""
    drafts.set("1", key, value, version=version, base=SHOWN[key], title="Algebra", seen=SHOWN)


def save(drafts: Drafts, version: str, theirs: dict[str, str | None] | None = None) -> None:
    """What was typed is saved; `theirs` is what stands there of others' by then."""
    edits = drafts.edits()
    versions = Versions([("1", version)])
    if theirs is not None:
        versions.now["1"] = {**SHOWN, **theirs}
    drafts.saved(edits, versions)


def the(drafts: Drafts) -> Draft:
    """The draft of the row."""
    draft = drafts.get("1")
    assert draft is not None
    return draft


def test_the_same_field_is_based_on_what_was_saved(drafts: Drafts) -> None:
    save(drafts, "11")
    edit(drafts, "title", "Mine again")
    assert (the(drafts).version, the(drafts).base) == ("11", {"title": "Mine"})
    assert the(drafts).seen == {**SHOWN, "title": "Mine"}, "nobody else's change"


def test_another_field_is_based_on_the_version_that_was_saved(drafts: Drafts) -> None:
    save(drafts, "11")
    edit(drafts, "category", "Numbers")
    assert (the(drafts).version, the(drafts).base) == ("11", {"category": "Maths"})


def test_what_was_there_before_is_a_change_again_and_what_was_saved_is_none(drafts: Drafts) -> None:
    save(drafts, "11")
    edit(drafts, "title", "Mine")
    assert not drafts
    edit(drafts, "title", "Algebra")
    assert the(drafts).values == {"title": "Algebra"}


def test_several_saves_lead_on_from_one_another(drafts: Drafts) -> None:
    save(drafts, "11")
    edit(drafts, "title", "Once more")
    save(drafts, "12")
    edit(drafts, "category", "Numbers")
    assert (the(drafts).version, the(drafts).seen["title"]) == ("12", "Once more")
    edit(drafts, "title", "And again")
    assert the(drafts).base == {"category": "Maths", "title": "Once more"}


def test_where_others_changed_a_field_its_next_edit_is_compared(drafts: Drafts) -> None:
    """They wrote a category that is not on the screen yet: to write another one now would be to overwrite theirs."""
    save(drafts, "12", {"title": "Mine", "category": "Theirs"})
    edit(drafts, "category", "Numbers")
    assert (the(drafts).version, the(drafts).base) == ("10", {"category": "Maths"})
    edit(drafts, "title", "Mine again")
    assert (the(drafts).version, the(drafts).base["title"]) == ("10", "Mine"), "asks about theirs, not about one's own"


def test_what_was_typed_meanwhile_does_not_hide_what_others_changed(drafts: Drafts) -> None:
    """The draft that stands on what was merged goes back to be compared once a field is edited that was not."""
    edits = drafts.edits()
    edit(drafts, "title", "Typed meanwhile")
    versions = Versions([("1", "12")])
    versions.now["1"] = {**SHOWN, "title": "Mine", "category": "Theirs"}
    drafts.saved(edits, versions)
    assert the(drafts).version == "12"
    edit(drafts, "category", "Numbers")
    assert (the(drafts).version, the(drafts).base) == ("10", {"title": "Mine", "category": "Maths"})


def test_what_others_merged_into_ones_own_value_is_compared(qtbot: QtBot) -> None:
    drafts = Drafts(Course)
    shown = {"course_metadata": '{"a": 1}'}
    drafts.set("1", "course_metadata", '{"a": 2}', version="10", base=shown["course_metadata"], seen=shown)
    save(drafts, "12", {"course_metadata": '{"a": 2, "b": 1}'})
    drafts.set("1", "course_metadata", '{"a": 3}', version="10", base=shown["course_metadata"], seen=shown)
    assert (the(drafts).version, the(drafts).base) == ("10", {"course_metadata": '{"a": 1}'})


def test_what_others_change_after_a_save_is_no_part_of_it(drafts: Drafts) -> None:
    save(drafts, "11")
    edit(drafts, "category", "Numbers")
    save(drafts, "13", {"title": "Theirs", "category": "Numbers"})
    edit(drafts, "title", "Mine again")
    assert (the(drafts).version, the(drafts).base) == ("11", {"title": "Mine"}), "based on what was seen, and compared"


def test_what_was_restored_is_compared(drafts: Drafts) -> None:
    drafts.restore("1")
    save(drafts, "11")
    edit(drafts, "category", "Numbers")
    assert the(drafts).version == "10"


def test_what_is_read_again_counts_as_it_is(drafts: Drafts) -> None:
    save(drafts, "11")
    drafts.set("1", "title", "Fresh", version="11", base="Mine", seen={**SHOWN, "title": "Mine"})
    assert (the(drafts).version, the(drafts).base) == ("11", {"title": "Mine"})


def test_a_new_row_takes_what_is_typed_right_after_it_was_saved(qtbot: QtBot) -> None:
    drafts = Drafts(Course)
    new = drafts.begin_new({"title": "New"})
    assert not drafts.takes("another one")
    drafts.saved(drafts.edits(), Versions([(new.id, "11")]))
    assert drafts.takes(new.id)
    drafts.set(new.id, "title", "Newer")
    draft = drafts.get(new.id)
    assert draft is not None
    assert (draft.version, draft.base, draft.new) == ("11", {"title": "New"}, False)


def test_nothing_secret_is_remembered(qtbot: QtBot) -> None:
    drafts = Drafts(User)
    drafts.set("1", "password_hash", "a long password", version="10")
    drafts.saved(drafts.edits(), Versions([("1", "11")]))
    drafts.set("1", "password_hash", "another password", version="10")
    assert the(drafts).base == {"password_hash": None}
