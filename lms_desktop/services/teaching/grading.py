"""What answers to a quiz are worth.

Decided here, the schema being silent:

- A score is the percentage of points, 0 to 100, rounded half up; who reaches the pass mark has passed.
- A multiple choice gives all its points for exactly the right options, and none otherwise.
- A short answer is right where it equals an accepted one, capitals, blanks and the way accents are stored apart. Two
  numbers are compared by what they are worth: 0.5, 0,5, .5 and 0.50 are the same. A comma is a decimal sign, thousands
  are not parted; with a zero in front (007) it is no number but a code.
- An essay, a type that is not known and a question without a right answer are not marked by themselves: they count
  neither among the points reached nor among those to be had. Where nothing else is in a quiz there is no score.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from lms_desktop.services.teaching.json_items import presentable
from lms_desktop.services.teaching.questions import (
    MULTIPLE_CHOICE,
    SHORT_ANSWER,
    TEXT_KEYS,
    TRUE_FALSE,
    Reading,
    listed_texts,
    truth_of,
)

_NUMBER = re.compile(r"[+-]?(?:(?:0|[1-9][0-9]*)(?:[.,][0-9]+)?|[.,][0-9]+)")
_LONGEST_NUMBER = 100


@dataclass(frozen=True)
class Verdict:
    """What one answer is worth: `points` out of `of`; `right` is None where it is not marked by itself."""

    points: int
    of: int
    right: bool | None


@dataclass(frozen=True)
class Score:
    """What all answers are worth: `points` out of `of` among the questions that are marked by themselves.

    Attributes:
        percent: 0 to 100; None where there is nothing to be marked.
        passed: whether the pass mark is reached; None without a score.
        verdicts: by the question's id, in the quiz's order.
    """

    percent: int | None
    passed: bool | None
    points: int
    of: int
    verdicts: Mapping[str, Verdict]


class Marker:
    """Marks answers to the questions of one quiz, given by id in its order. Made once for many attempts."""

    def __init__(self, readings: Mapping[str, Reading]) -> None:
        self.order = tuple(readings)
        self._of = {key: max(reading.points, 0) for key, reading in readings.items()}
        self._tests = {key: _test(reading) for key, reading in readings.items()}

    def mark(self, question_id: str, answer: object) -> Verdict:
        """What an answer to one of the questions is worth."""
        of, test = self._of[question_id], self._tests[question_id]
        if test is None:
            return Verdict(0, of, None)
        right = test(answer)
        return Verdict(of if right else 0, of, right)

    def score(self, answers_wire: str | None, passing: int) -> Score:
        """What the answers of an attempt, in either form, are worth."""
        return self.score_of(answers(answers_wire, self.order), passing)

    def score_of(self, given: Mapping[str, object], passing: int) -> Score:
        """What answers by the question's id are worth; one that is missing is wrong."""
        verdicts = {key: self.mark(key, given.get(key)) for key in self.order}
        marked = [verdict for verdict in verdicts.values() if verdict.right is not None]
        points, of = sum(v.points for v in marked), sum(v.of for v in marked)
        percent = percentage(points, of)
        return Score(percent, None if percent is None else percent >= passing, points, of, verdicts)


def grade(reading: Reading, answer: object) -> Verdict:
    """What one answer is worth."""
    return Marker({"": reading}).mark("", answer)


def score(readings: Mapping[str, Reading], answers_wire: str | None, passing: int) -> Score:
    """What the answers of one attempt are worth; `readings` by id, in the quiz's order."""
    return Marker(readings).score(answers_wire, passing)


def percentage(points: int, of: int) -> int | None:
    """The percentage of points, rounded half up; None where there are none to be had."""
    return (200 * points + of) // (2 * of) if of else None


# Answers


def answers(wire: str | None, order: Sequence[str]) -> Mapping[str, object]:
    """The answers of an attempt by the question's id: of `[{"question_id": …, "answer": …}]` those, of a plain list by
    place in `order`, of anything else what can be read. Numbers are texts, as they are spelled. Never raises."""
    value, known = _value(wire), frozenset(order)
    if isinstance(value, dict):
        # No form of ours: answers by the question's id, as some programs write them.
        return {key: answer for name, answer in value.items() if (key := _id(name, known)) is not None}
    if not isinstance(value, list):
        return {}
    named = [item for item in value if isinstance(item, dict) and "question_id" in item]
    if named:
        found = ((_id(item["question_id"], known), item.get("answer")) for item in named)
        return {key: answer for key, answer in found if key is not None}
    return dict(zip(order, value, strict=False))


def _value(wire: str | None) -> object:
    if wire is None:
        return None
    try:
        return json.loads(wire, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None


def _id(name: object, known: frozenset[str]) -> str | None:
    """A question's id as it is spelled here; None for what is none."""
    if not isinstance(name, str):
        return None
    if name in known:
        return name
    try:
        return str(UUID(name))
    except ValueError:
        return None


def answer_texts(answer: object) -> tuple[str, ...]:
    """An answer as texts: one, or of a list each; none where nothing was answered."""
    if isinstance(answer, list | tuple | set | frozenset):
        return tuple(text for item in answer for text in answer_texts(item))
    if isinstance(answer, dict):
        return answer_texts(next((answer[key] for key in TEXT_KEYS if key in answer), None))
    if answer is None:
        return ()
    return (str(answer).lower() if isinstance(answer, bool) else presentable(str(answer)),)


# What is right


def _test(reading: Reading) -> Callable[[object], bool] | None:
    """Says of an answer whether it is right; None where that is a person's to say."""
    if not reading.has_right_answer:
        return None
    if reading.type == MULTIPLE_CHOICE:
        return _choices(reading)
    if reading.type == TRUE_FALSE:
        return _truth(reading)
    return _short(reading) if reading.type == SHORT_ANSWER else None


def _choices(reading: Reading) -> Callable[[object], bool]:
    right = frozenset(reading.accepted or reading.right_texts)
    known = right | {option.text for option in reading.options}

    def test(answer: object) -> bool:
        texts = answer_texts(answer)
        if len(texts) == 1 and texts[0] not in known:  # several in one text, as `correct_answer` has them
            texts = listed_texts(texts[0]) or texts
        return right == frozenset(texts)

    return test


def _truth(reading: Reading) -> Callable[[object], bool]:
    truth, words = reading.truth, {normal(text) for text in reading.accepted}

    def test(answer: object) -> bool:
        texts = answer_texts(answer)
        if len(texts) != 1:
            return False
        return normal(texts[0]) in words if truth is None else truth_of(texts[0]) is truth

    return test


def _short(reading: Reading) -> Callable[[object], bool]:
    accepted = {normal(text) for text in reading.accepted}

    def test(answer: object) -> bool:
        texts = answer_texts(answer)
        return len(texts) == 1 and normal(texts[0]) in accepted

    return test


def normal(text: str) -> str | Decimal:
    """What short answers are compared by: a number's worth, of other texts the letters, capitals and blanks apart."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    plain = " ".join(folded.split())
    digits = plain.replace("\u2212", "-")
    if len(digits) <= _LONGEST_NUMBER and _NUMBER.fullmatch(digits):
        return Decimal(digits.replace(",", "."))
    return plain
