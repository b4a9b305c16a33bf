"""An attempt marked by a quiz's questions as they stand now: which answer belongs to which, and what each is worth."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms_desktop.services.teaching import grading
from lms_desktop.services.teaching.attempts import Attempt
from lms_desktop.services.teaching.grading import Verdict
from lms_desktop.services.teaching.paper import Paper

NAMED, BY_PLACE, EMPTY, ODD = "named", "by place", "empty", "odd"
"""How answers are written: each with the id of its question; in the order of the questions; a list of none; in a way
that nobody understands, or not at all."""

_NAMES = re.compile(r'"question_id"\s*:')
_NOTHING = re.compile(r"\s*(?:\[\s*\]|\{\s*\})\s*")

MOST_KNOWN = 10_000
"""Verdicts that are remembered: most answers to a question are those of many students."""


@dataclass(frozen=True)
class Marked:
    """What an attempt is worth today.

    Attributes:
        form: how its answers are written.
        given: question id → answer; `lost` are those whose question the quiz no longer has.
        verdicts: of each question that was in this attempt: those it answers, and those there were when it began.
        points, of: reached and to be had among the questions that are marked by themselves.
        by_hand: a question with points in it can only be marked by a person.
    """

    form: str
    given: Mapping[str, object]
    lost: Mapping[str, object]
    verdicts: Mapping[str, Verdict]
    points: int
    of: int
    by_hand: bool

    @property
    def readable(self) -> bool:
        """Whether the answers can be marked at all."""
        return bool(self.given) or self.form == EMPTY

    @property
    def percent(self) -> int | None:
        """The score, as far as questions are marked by themselves; None where there is nothing to be marked."""
        return grading.percentage(self.points, self.of) if self.readable else None


class Marker:
    """Marks attempts at one quiz."""

    def __init__(self, quiz: Paper) -> None:
        self._since = {asked.id: asked.since for asked in quiz.questions}
        self._order = quiz.order
        self._marker = grading.Marker(quiz.readings)
        self._known: dict[tuple[str, str], Verdict] = {}

    def mark(self, attempt: Attempt) -> Marked:
        """What the answers of an attempt are worth."""
        form, found = self._answers(attempt)
        given = {key: answer for key, answer in found.items() if key in self._since}
        lost = {key: answer for key, answer in found.items() if key not in self._since}
        verdicts, points, of, by_hand = dict[str, Verdict](), 0, 0, False
        for key in self._order:
            if key not in given and self._since[key] > attempt.started:
                continue
            verdict = self._verdict(key, given.get(key))
            verdicts[key] = verdict
            if verdict.right is None:
                by_hand = by_hand or verdict.of > 0
            else:
                points, of = points + verdict.points, of + verdict.of
        return Marked(form, given, lost, verdicts, points, of, by_hand)

    def _verdict(self, key: str, answer: object) -> Verdict:
        if not isinstance(answer, str):
            return self._marker.mark(key, answer)
        found = self._known.get((key, answer))
        if found is None:
            found = self._marker.mark(key, answer)
            if len(self._known) < MOST_KNOWN:
                self._known[key, answer] = found
        return found

    def _answers(self, attempt: Attempt) -> tuple[str, Mapping[str, object]]:
        wire = attempt.answers
        if wire is None:
            return ODD, {}
        if _NOTHING.fullmatch(wire):
            return EMPTY, {}
        if _NAMES.search(wire) or not wire.lstrip().startswith("["):
            found = grading.answers(wire, self._order)
            return (NAMED if found else ODD), found
        # By place among the questions that there were: a later one has no answer here.
        there = [key for key in self._order if self._since[key] <= attempt.started]
        if _length(wire) > len(there):
            return ODD, {}
        return BY_PLACE, grading.answers(wire, there)


def _length(wire: str) -> int:
    try:
        value = json.loads(wire, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return 0
    return len(value) if isinstance(value, list) else 0


def texts_of(answer: object) -> tuple[str, ...]:
    """What was answered, each a text that can be read: also what is no answer of any form of ours."""
    texts = grading.answer_texts(answer)
    if texts or answer is None or answer in ([], {}, ""):
        return texts
    return (json.dumps(answer, ensure_ascii=False, default=str),)


def said(texts: Sequence[str]) -> str:
    """Several texts as one."""
    return ", ".join(texts)
