"""Sentences about what was done, which can still be said in another language."""

from collections.abc import Callable, Mapping
from typing import Any


class Sentence(str):
    """A sentence in English that knows what it was made of.

    Attributes:
        template: The sentence as it is in the source, marked by `N_`, with `{name}` places.
        values: What stands in the places.
        words: The names of the values that are declared words, and so translated themselves.
    """

    template: str
    values: Mapping[str, object]
    words: tuple[str, ...]

    def __new__(cls, template: str, words: tuple[str, ...] = (), /, **values: object) -> "Sentence":
        """`template` with the values in their places."""
        made = super().__new__(cls, template.format_map(values))
        made.template, made.words, made.values = template, words, values
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """Override object.__reduce__: made again of its parts."""
        return _again, (self.template, self.words, dict(self.values))

    def translated(self, translate: Callable[[str], str]) -> str:
        """The sentence in another language; `translate` is given its parts as they are in the source."""
        said = {name: translate(str(value)) if name in self.words else value for name, value in self.values.items()}
        return translate(self.template).format_map(said)


def _again(template: str, words: tuple[str, ...], values: dict[str, object]) -> Sentence:
    return Sentence(template, words, **values)
