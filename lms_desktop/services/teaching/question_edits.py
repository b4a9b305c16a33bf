"""What a person does to a question that was read: each takes a reading and gives the one after it.

Nothing is lost before it is saved: a reading keeps what only its former type needs, so that choosing the former type
again brings it back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from lms_desktop.services.teaching.questions import (
    MULTIPLE_CHOICE,
    SHORT_ANSWER,
    TRUE_FALSE,
    Option,
    Reading,
    truth_of,
)


def add_options(reading: Reading, texts: Iterable[str], at: int | None = None) -> Reading:
    """New options in this place, last where it is None."""
    place = len(reading.options) if at is None else max(0, min(at, len(reading.options)))
    entries = _entries(reading)
    entries[place:place] = [(Option(text), False) for text in texts]
    return _with(reading, entries)


def remove_options(reading: Reading, places: Iterable[int]) -> Reading:
    """Without these options."""
    gone = set(places)
    return _with(reading, [entry for i, entry in enumerate(_entries(reading)) if i not in gone])


def rename_option(reading: Reading, place: int, text: str) -> Reading:
    """An option with another text; it stays right or wrong, and what else its item holds stays as it was."""
    options = list(reading.options)
    options[place] = replace(options[place], text=text)
    return replace(reading, options=tuple(options))


def move_options(reading: Reading, places: Iterable[int], before: int) -> Reading:
    """These options, in their order, in front of the one that stands in the place `before` (behind all: their
    number)."""
    moved = set(places)
    entries = _entries(reading)
    kept = [(i, entry) for i, entry in enumerate(entries) if i not in moved]
    head = [entry for i, entry in kept if i < before]
    tail = [entry for i, entry in kept if i >= before]
    return _with(reading, [*head, *[entries[i] for i in sorted(moved) if 0 <= i < len(entries)], *tail])


def tick(reading: Reading, place: int, right: bool, *, alone: bool = False) -> Reading:
    """An option as right or wrong; `alone`: no other one is right then. What was not understood of the right answer is
    given up by that."""
    others = () if alone else tuple(i for i in reading.right if i != place)
    places = tuple(sorted({*others, place} if right else others))
    return replace(reading, right=places, accepted=(), problem="")


def set_truth(reading: Reading, truth: bool | None) -> Reading:
    """A statement as true or false."""
    return replace(reading, truth=truth, accepted=(), problem="")


def set_accepted(reading: Reading, texts: Sequence[str]) -> Reading:
    """Other accepted short answers."""
    return replace(reading, accepted=tuple(texts), problem="")


def switch_type(reading: Reading, kind: str, words: tuple[str, str] = ("True", "False")) -> Reading:
    """A question of another type, made of what there is: right options become accepted short answers, an accepted one
    the right option, a statement the options `words` and the other way round. The former type brings back what was."""
    if kind == reading.type:
        return reading
    former = reading.former
    while former is not None:
        if former.type == kind:
            return replace(former, text=reading.text, points=reading.points)
        former = former.former
    made = replace(reading, type=kind, odd="", problem="", accepted=(), truth=None, former=reading)
    texts = reading.accepted or (reading.right_texts if reading.type == MULTIPLE_CHOICE else ())
    if kind == MULTIPLE_CHOICE:
        return _as_choices(reading, made, words)
    if kind == SHORT_ANSWER:
        return replace(made, accepted=texts)
    if kind == TRUE_FALSE:
        return replace(made, truth=truth_of(texts[0]) if len(texts) == 1 else None)
    return made


def _as_choices(reading: Reading, made: Reading, words: tuple[str, str]) -> Reading:
    if made.options:
        return made
    if reading.type == TRUE_FALSE:
        right = () if reading.truth is None else (0 if reading.truth else 1,)
        return replace(made, options=(Option(words[0]), Option(words[1])), right=right)
    if reading.type == SHORT_ANSWER and reading.accepted:
        return replace(made, options=(Option(reading.accepted[0]),), right=(0,))
    return made


def _entries(reading: Reading) -> list[tuple[Option, bool]]:
    return [(option, i in reading.right) for i, option in enumerate(reading.options)]


def _with(reading: Reading, entries: Sequence[tuple[Option, bool]]) -> Reading:
    options = tuple(option for option, _ in entries)
    return replace(reading, options=options, right=tuple(i for i, (_, right) in enumerate(entries) if right))
