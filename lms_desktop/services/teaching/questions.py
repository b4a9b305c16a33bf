"""A question's content as it can be edited, read from and written to `options` and `correct_answer`.

Written: options as a JSON list of texts; the right answer as the option's text, a JSON list of texts where several are
right; `true` or `false`; one accepted short answer as it is, several as a JSON list; nothing for an essay.

Read besides: a list of objects with a text (`text`, `label`, `option`), whose other keys are kept; numbers, `true`,
`false` and `null` among the options, shown as they are spelled; truth in other spellings. What was not edited is byte
for byte what it was, item by item. What cannot be edited as choices is `odd`; what is not understood of the right
answer is a `problem`: it is kept, and nothing is guessed.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from lms_desktop.errors.kinds import N_
from lms_desktop.errors.sentences import Sentence
from lms_desktop.services.teaching.json_items import (
    Items,
    NotReadable,
    composed,
    dumped,
    items_of,
    members_of,
    presentable,
    scalar_text,
)

MULTIPLE_CHOICE, TRUE_FALSE, SHORT_ANSWER, ESSAY = "multiple_choice", "true_false", "short_answer", "essay"
TYPES = (MULTIPLE_CHOICE, TRUE_FALSE, SHORT_ANSWER, ESSAY)
"""The types of the schema; any other is shown and kept."""

TEXT_KEYS = ("text", "label", "option")
"""The keys of an option's object that may hold its text, the first that does counts."""

TRUTH_WORDS = (("true", "false"), ("t", "f"), ("yes", "no"), ("y", "n"), ("1", "0"))
"""How truth is spelled, in whatever case."""

Pair = tuple[str | None, str | None]
"""The wire texts of `options` and `correct_answer`."""

_NOT_JSON = N_("The options are not JSON; they can be edited as they are written.")
_TOO_DEEP = N_("The options are nested too deeply; they can be edited as they are written.")
_NO_LIST = N_("The options are not a list; they can be edited as they are written.")
_NO_TEXT = N_("Option {place} is neither a text nor an object with a text; the options can be edited as written.")
_UNKNOWN_TYPE = N_("This type of question is not known here; it can be edited as it is written.")
_NO_OPTION = N_("The right answer “{answer}” is none of the options.")
_TWICE = N_("The right answer “{answer}” is the text of several options.")
_NOT_TRUTH = N_("The right answer “{answer}” is neither true nor false.")
_NUMBERS = N_("The accepted answers are written as a list of numbers; each of them is accepted.")


@dataclass(frozen=True)
class Option:
    """A choice. `source` is the JSON item as it stood, kept byte for byte while its text is the same; with another text
    it says what else the item holds. None for a new one."""

    text: str
    source: str | None = None


@dataclass(frozen=True)
class Reading:
    """A question's content as it can be edited.

    Attributes:
        options: the choices of a multiple choice; of other types what stands in the column, where it can be read.
        right: places of the right options, from 0, ascending.
        accepted: the accepted short answers; of other types the right answers as they are stored where `odd` or
            `problem` says that they are not understood: they can still be compared with students' answers.
        truth: of true or false; None where it is not said.
        odd: why it can only be edited raw, a sentence; "" where it can be edited.
        problem: what is not understood of the right answer, a sentence; it stays as it is until another one is given.
        read_as: the type that it was read as, None for a new question: what another type does not need is left out when
            it is written.
        former: before another type was chosen; choosing the former type again brings it back.
    """

    type: str
    text: str = ""
    options: tuple[Option, ...] = ()
    right: tuple[int, ...] = ()
    accepted: tuple[str, ...] = ()
    truth: bool | None = None
    points: int = 1
    odd: str = ""
    problem: str = ""
    read_as: str | None = field(default=None, compare=False)
    former: "Reading | None" = field(default=None, compare=False, repr=False)

    @property
    def right_texts(self) -> tuple[str, ...]:
        """The texts of the right options."""
        return tuple(self.options[i].text for i in self.right)

    @property
    def has_right_answer(self) -> bool:
        """Whether it can be graded: a right answer is given, understood or not. An essay needs none."""
        if self.type == MULTIPLE_CHOICE:
            return bool(self.right or self.accepted)
        if self.type == TRUE_FALSE:
            return self.truth is not None or bool(self.accepted)
        return self.type != SHORT_ANSWER or bool(self.accepted)


def read(
    question_type: str | None,
    text: str | None,
    options_wire: str | None,
    correct_wire: str | None,
    points: int | str | None = 1,
) -> Reading:
    """A question's content out of the wire texts of its columns. Never raises."""
    kind = question_type or ""
    options, odd = _options(options_wire)
    if kind not in TYPES:
        odd = Sentence(_UNKNOWN_TYPE)
    elif kind != MULTIPLE_CHOICE:
        odd = ""
    right, accepted, truth, problem = (), (), None, ""  # type: tuple[int, ...], tuple[str, ...], bool | None, str
    if kind == MULTIPLE_CHOICE and odd:
        accepted = listed_texts(correct_wire or "") or ((correct_wire,) if correct_wire else ())
    elif kind == MULTIPLE_CHOICE:
        right, accepted, problem = _right(options, correct_wire)
    elif kind not in TYPES:  # so that it can be made one of a known type
        right, accepted, _ = _right(options, correct_wire)
    elif kind == TRUE_FALSE:
        truth, accepted, problem = _truth(correct_wire)
    elif kind == SHORT_ANSWER:
        accepted, problem = _accepted(correct_wire)
    return Reading(kind, text or "", options, right, accepted, truth, _points(points), odd, problem, kind)


def write(reading: Reading, before_options: str | None, before_correct: str | None) -> Pair:
    """`options` and `correct_answer` of a reading that was made of these two, or is new; byte for byte what was there
    where nothing was edited."""
    if reading.odd:
        return before_options, before_correct
    if reading.type != reading.read_as:
        former = read(reading.read_as, "", before_options, before_correct) if reading.read_as else None
        return _written_anew(reading, before_options, former)
    before = read(reading.type, reading.text, before_options, before_correct)
    return _written_options(reading, before, before_options), _written_correct(reading, before, before_correct)


def truth_of(text: str) -> bool | None:
    """Whether a word says true or false, in any of its spellings; None where it says neither."""
    word = text.strip().casefold()
    for yes, no in TRUTH_WORDS:
        if word in (yes, no):
            return word == yes
    return None


# Reading


def _options(wire: str | None) -> tuple[tuple[Option, ...], str]:
    """The options and, where they cannot be edited as such, why."""
    if wire is None or wire.strip() in ("", "null", "{}", '""'):
        return (), ""
    try:
        items = items_of(wire)
    except NotReadable as error:
        return (), Sentence(_TOO_DEEP if str(error) == "deep" else _NOT_JSON)
    if items is None:
        return (), Sentence(_NO_LIST)
    found = list[Option]()
    for place, raw in enumerate(items.raws, 1):
        text = option_text(raw)
        if text is None:
            return (), Sentence(_NO_TEXT, place=place)
        found.append(Option(text, raw))
    return tuple(found), ""


def option_text(raw: str) -> str | None:
    """The text of an option as its JSON item has it; None for an item without one."""
    if raw[:1] != "{":
        return scalar_text(raw)
    place = _text_place(raw)
    return None if place is None else scalar_text(raw[place[0] : place[1]])


def _text_place(raw: str) -> tuple[int, int] | None:
    """Where in an object its text stands: of keys that occur twice the last one counts, as for every reader of JSON."""
    members = {member.key: (member.start, member.end) for member in members_of(raw)}
    places = [members[key] for key in TEXT_KEYS if key in members]
    texts = [place for place in places if raw[place[0]] == '"']
    plain = [place for place in places if raw[place[0]] not in "[{n"]
    return next(iter(texts + plain), None)


def _right(options: tuple[Option, ...], wire: str | None) -> tuple[tuple[int, ...], tuple[str, ...], str]:
    """The places of the right options; where they are not understood, the right texts and the problem."""
    if not wire:
        return (), (), ""
    places: dict[str, list[int]] = {}
    for i, option in enumerate(options):
        places.setdefault(option.text, []).append(i)
    texts = (wire,) if wire in places else listed_texts(wire)
    if texts is None:
        texts = (wire,)
    right, problem = list[int](), ""
    for text in texts:
        found = places.get(text, [])
        if len(found) == 1:
            right.append(found[0])
        elif not problem:
            problem = Sentence(_TWICE if found else _NO_OPTION, answer=_short(text))
    return tuple(sorted(set(right))), texts if problem else (), problem


def _truth(wire: str | None) -> tuple[bool | None, tuple[str, ...], str]:
    if wire is None or not wire.strip():
        return None, (), ""
    listed = listed_texts(wire)
    word = listed[0] if listed and len(listed) == 1 else wire.strip().strip('"')
    truth = truth_of(word)
    return (truth, (), "") if truth is not None else (None, (word,), Sentence(_NOT_TRUTH, answer=_short(word)))


def _accepted(wire: str | None) -> tuple[tuple[str, ...], str]:
    if wire is None or not wire:
        return (), ""
    items = _text_items(wire)
    if items is None:
        return (presentable(wire),), ""
    texts = tuple(scalar_text(raw) or "" for raw in items.raws)
    return texts, Sentence(_NUMBERS) if texts and all(raw[:1] != '"' for raw in items.raws) else ""


def listed_texts(wire: str) -> tuple[str, ...] | None:
    """The texts of a JSON list of texts or numbers; None for anything else."""
    items = _text_items(wire)
    return None if items is None else tuple(scalar_text(raw) or "" for raw in items.raws)


def _text_items(wire: str | None) -> Items | None:
    if wire is None or not wire.lstrip(" \t\n\r").startswith("["):
        return None
    try:
        items = items_of(wire)
    except NotReadable:
        return None
    return None if items is None or any(raw[:1] in "[{" for raw in items.raws) else items


def _points(points: int | str | None) -> int:
    try:
        return 1 if points is None else int(points)
    except ValueError:
        return 1


def _short(text: str) -> str:
    text = presentable(text)
    return text if len(text) <= 60 else f"{text[:60]}…"


# Writing


def _written_anew(
    reading: Reading, before_options: str | None, former: Reading | None
) -> tuple[str | None, str | None]:
    """Both of a new question, or of one whose type was changed: what the type does not need is left out."""
    if reading.type == MULTIPLE_CHOICE:
        options = before_options if former and former.options else None
        return _option_list(reading, options), _right_answer(reading, None)
    if reading.type == TRUE_FALSE:
        return None, None if reading.truth is None else ("true" if reading.truth else "false")
    return None, _short_answers(reading.accepted, None) if reading.type == SHORT_ANSWER else None


def _written_options(reading: Reading, before: Reading, wire: str | None) -> str | None:
    return wire if reading.options == before.options else _option_list(reading, wire)


def _option_list(reading: Reading, wire: str | None) -> str:
    try:
        items = items_of(wire) if wire is not None and wire.strip() else None
    except NotReadable:
        items = None
    raws = tuple(_item(option) for option in reading.options)
    return wire if items and wire and raws == items.raws else composed(items, raws)


def _item(option: Option) -> str:
    """The JSON item of an option: as it stood while its text is the same, with the new text in its place otherwise."""
    source = option.source
    if source is None:
        return dumped(option.text)
    if option_text(source) == option.text:
        return source
    place = _text_place(source) if source[:1] == "{" else (0, len(source))
    return dumped(option.text) if place is None else source[: place[0]] + dumped(option.text) + source[place[1] :]


def _written_correct(reading: Reading, before: Reading, wire: str | None) -> str | None:
    if reading.type == MULTIPLE_CHOICE:
        same = set(reading.right_texts) == set(before.right_texts) and reading.problem == before.problem
        # An option with another text may have come to read like what was written of other ones.
        stands = same and (reading.problem or _right(reading.options, wire)[0] == reading.right)
        return wire if stands else _right_answer(reading, wire)
    if reading.type == TRUE_FALSE:
        return wire if reading.truth == before.truth else _truth_word(reading.truth, wire)
    if reading.type == SHORT_ANSWER:
        return wire if reading.accepted == before.accepted else _short_answers(reading.accepted, wire)
    return wire


def _right_answer(reading: Reading, wire: str | None) -> str | None:
    texts = reading.right_texts
    if not texts:
        return None
    if len(texts) == 1 and texts[0]:
        return texts[0]
    known = {option.text for option in reading.options}
    written = _text_list(texts, None if wire in known else _text_items(wire))
    while written in known:  # an option that reads like the list of them would be taken for the right one
        written = f"[ {written[1:]}"
    return written


def _truth_word(truth: bool | None, wire: str | None) -> str | None:
    """The truth in the spelling of the former one: the program that wrote it may know no other."""
    if truth is None:
        return None
    former = (wire or "").strip()
    pair = next((pair for pair in TRUTH_WORDS if former.casefold() in pair), None)
    word = (pair or TRUTH_WORDS[0])[0 if truth else 1]
    if pair and former.isupper():
        return word.upper()
    return word.title() if pair and former.istitle() else word


def _short_answers(texts: tuple[str, ...], wire: str | None) -> str | None:
    if not texts:
        return None
    if len(texts) == 1 and texts[0] and _text_items(texts[0]) is None:
        return texts[0]
    return _text_list(texts, _text_items(wire))


def _text_list(texts: Iterable[str], before: Items | None) -> str:
    """A JSON list of texts, those that stood there as they were spelled."""
    texts = list(texts)
    if before is None:
        return json.dumps(texts, ensure_ascii=False)
    left: dict[str, list[str]] = {}
    for raw in before.raws:
        left.setdefault(scalar_text(raw) or "", []).append(raw)
    return composed(before, [left[text].pop(0) if left.get(text) else dumped(text) for text in texts])


# Comparing


def would_alter(before: Reading, after: Reading) -> bool:
    """Whether an edit alters what former answers mean: the type, the options' texts, what is right, the points. Another
    order of the options or another wording of the question does not."""
    return _meaning(before) != _meaning(after)


def _meaning(reading: Reading) -> tuple[object, ...]:
    choices = reading.type == MULTIPLE_CHOICE
    return (
        reading.type,
        reading.points,
        Counter(option.text for option in reading.options) if choices else None,
        frozenset(reading.right_texts) if choices else None,
        reading.truth if reading.type == TRUE_FALSE else None,
        frozenset(reading.accepted) if reading.type != ESSAY else None,
    )
