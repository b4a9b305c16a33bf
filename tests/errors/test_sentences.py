"""Sentences that come back from what a log holds of them."""

import pytest

from lms_desktop.errors.sentences import Sentence, parts_of, sentence_of


@pytest.mark.parametrize(
    ("name", "said"),
    [("Algebra", "Saved Algebra."), ("What is new?", "Saved What is new?"), ("To be …", "Saved To be …")],
)
def test_a_name_that_ends_as_a_sentence_does_ends_the_sentence(name: str, said: str) -> None:
    one = Sentence("Saved {name}.", name=name)
    assert one == said
    assert one.translated({"Saved {name}.": "Gespeichert: {name}."}.__getitem__) == said.replace(
        "Saved", "Gespeichert:"
    )


def test_a_sentence_comes_back_from_its_parts() -> None:
    said = Sentence("Took back: {what}", what=Sentence("Saved {n} {things}.", ("things",), n=2, things="courses"))
    again = sentence_of(str(said), parts_of(said))
    assert isinstance(again, Sentence)
    assert again == said == "Took back: Saved 2 courses."
    german = {
        "Took back: {what}": "Zurückgenommen: {what}",
        "Saved {n} {things}.": "{n} {things} gesichert.",
        "courses": "Kurse",
    }
    assert again.translated(lambda text: german[text]) == "Zurückgenommen: 2 Kurse gesichert."


@pytest.mark.parametrize("template", ["{n:>99999999}", "{n.__class__}", "{n!r}", "{n", "{0[n]}"])
def test_a_place_that_does_more_than_name_a_value_makes_no_sentence(template: str) -> None:
    assert sentence_of("as it stands", {"template": template, "words": [], "values": {"n": 1}}) == "as it stands"
