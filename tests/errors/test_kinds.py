"""Errors are plain values: they read as sentences, can be translated, and travel between processes."""

import pickle

import pytest

from lms_desktop.errors import (
    BadValue,
    BugError,
    Busy,
    Cancelled,
    Conflict,
    ConnectionLost,
    Denied,
    ExplainedError,
    UserError,
)
from lms_desktop.errors.sentences import Sentence

KINDS = (UserError, BadValue, Denied, Busy, ConnectionLost, Conflict, Cancelled, BugError)


def test_an_error_reads_as_its_sentence_and_the_way_out() -> None:
    assert str(UserError("The disk is full.")) == "The disk is full."
    assert str(UserError("The disk is full.", way_out="Make room.")) == "The disk is full. Make room."


def test_what_was_being_done_comes_first() -> None:
    error = UserError("The disk is full.", way_out="Make room.")
    error.doing = "Exporting"
    assert str(error) == "Exporting: The disk is full. Make room."
    assert error.text == "The disk is full."


def test_braces_are_text_where_no_values_are_given() -> None:
    assert str(BadValue('Write {"colour": "blue"}.')) == 'Write {"colour": "blue"}.'


def test_values_take_their_places_and_are_not_places_themselves() -> None:
    error = UserError("{name} has {count} courses.", way_out="Ask {name}.", values={"name": "{count}", "count": 3})
    assert str(error) == "{count} has 3 courses. Ask {count}."


def test_a_translation_sees_the_source_and_fills_the_places_afterwards() -> None:
    german = {"This {thing} is gone.": "Das ist weg: {thing}.", "Ask {name}.": "Frag {name}.", "course": "der Kurs"}
    error = UserError("This {thing} is gone.", way_out="Ask {name}.", values={"thing": "course", "name": "Ann"})
    assert error.translated(lambda text: german.get(text, text)) == ("Das ist weg: der Kurs.", "Frag Ann.")
    assert UserError("Gone.").translated(str.upper) == ("GONE.", None)


def test_a_sentence_among_the_values_is_translated_as_one() -> None:
    german = {"Held by {who}.": "Belegt von {who}.", "{name}, for {n} s": "{name}, seit {n} s"}
    error = Busy("Held by {who}.", values={"who": Sentence("{name}, for {n} s", name="Ann", n=3)})
    assert str(error) == "Held by Ann, for 3 s."
    assert error.translated(lambda text: german.get(text, text)) == ("Belegt von Ann, seit 3 s.", None)
    again = pickle.loads(pickle.dumps(error))
    assert again.translated(lambda text: german.get(text, text)) == ("Belegt von Ann, seit 3 s.", None)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_survives_the_way_to_another_process(kind: type[ExplainedError]) -> None:
    error = kind("{what} happened.", way_out="Wait.", field="email", details="23505", values={"what": "It"})
    error.doing = "Saving"
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is kind
    assert vars(back) == vars(error)
    assert str(back) == "Saving: It happened. Wait."


def test_a_conflict_keeps_what_it_is_about() -> None:
    conflict = Conflict("Changed meanwhile.", entity=dict, ids=("7",), who="Ann", fields=("title",))
    back = pickle.loads(pickle.dumps(conflict))
    assert (back.entity, back.ids, back.who, back.fields) == (dict, ("7",), "Ann", ("title",))


def test_a_mistake_of_ours_is_no_user_error_and_has_a_sentence_of_its_own() -> None:
    assert not isinstance(BugError(), UserError)
    assert "inside the program" in str(BugError())
    assert str(Cancelled()).startswith("Cancelled.")
