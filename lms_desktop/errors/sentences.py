"""Sentences about what was done, which can still be said in another language."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from lms_desktop.errors.kinds import N_, spelled

_PLAIN_TEMPLATE = re.compile(r"(?:[^{}]|\{\w+\})*")
# With places that only name a value. Whoever may write to the database could put others into a log: `{n:>999999999}`.


class Sentence(str):
    """A sentence in English that knows what it was made of.

    Attributes:
        template: The sentence as it is in the source, marked by `N_`, with `{name}` places.
        values: What stands in the places; a Sentence among them is translated as one.
        words: The names of the values that are declared words, or tuples of such, and so translated themselves.
    """

    template: str
    values: Mapping[str, object]
    words: tuple[str, ...]

    def __new__(cls, template: str, words: tuple[str, ...] = (), /, **values: object) -> "Sentence":
        """`template` with the values in their places."""
        made = super().__new__(cls, _filled(template, {name: _plain(value) for name, value in values.items()}))
        made.template, made.words, made.values = template, words, values
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """Override object.__reduce__: made again of its parts."""
        return _again, (self.template, self.words, dict(self.values))

    def translated(self, translate: Callable[[str], str]) -> str:
        """The sentence in another language; `translate` is given its parts as they are in the source."""
        said = {name: self._said(name, value, translate) for name, value in self.values.items()}
        return _filled(translate(self.template), said)

    def _said(self, name: str, value: object, translate: Callable[[str], str]) -> object:
        if isinstance(value, Sentence):
            return value.translated(translate)
        return spelled(value, translate) if name in self.words else _plain(value)


def parts_of(sentence: str) -> dict[str, Any] | None:
    """What a sentence is made of, as JSON can hold it; None for a plain text. `sentence_of` makes it again."""
    if not isinstance(sentence, Sentence):
        return None
    values = {
        name: {"sentence": str(v), **(parts_of(v) or {})} if isinstance(v, Sentence) else v
        for name, v in sentence.values.items()
    }
    return {"template": sentence.template, "words": list(sentence.words), "values": values}


def done(text: str, parts: Mapping[str, Any] | None) -> str:
    """What an operation of the change log did, by its sentence; a program that names its transactions may say none."""
    return sentence_of(text, parts) if text else Sentence(N_("Changed something."))


def sentence_of(text: str, parts: Mapping[str, Any] | None) -> str:
    """The sentence made of these parts; `text` as it stands where they make none."""
    if not parts:
        return text
    try:
        values = {
            name: sentence_of(str(v.get("sentence", "")), v) if isinstance(v, dict) else v
            for name, v in parts["values"].items()
        }
        if not _PLAIN_TEMPLATE.fullmatch(parts["template"]):
            return text
        return Sentence(parts["template"], tuple(parts["words"]), **values)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError):  # of a newer version's making
        return text


def _filled(template: str, values: Mapping[str, object]) -> str:
    """The template with the values in their places; one that ends as a sentence does needs no full stop behind it."""
    text = template.format_map(values)
    return text[:-1] if template.endswith("}.") and text[:-1].endswith((".", "!", "?", "…")) else text


def _plain(value: object) -> object:
    return spelled(value) if isinstance(value, tuple | list) else value


def _again(template: str, words: tuple[str, ...], values: dict[str, object]) -> Sentence:
    return Sentence(template, words, **values)
