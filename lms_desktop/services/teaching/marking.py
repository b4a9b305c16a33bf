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

MOST_KNOWN = 1_000
"""Verdicts that are remembered of each question: most answers are those of many students."""

LONG = 200
"""Characters of an answer that nobody else will have written."""


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
        self._known: dict[str, dict[str, Verdict]] = {key: {} for key in self._order}

    def mark(self, attempt: Attempt) -> Marked:
        """What the answers of an attempt are worth."""
        form, given = self._answers(attempt)
        lost: dict[str, object] = {}
        if not given.keys() <= self._since.keys():
            lost = {key: answer for key, answer in given.items() if key not in self._since}
            given = {key: answer for key, answer in given.items() if key not in lost}
        verdicts, points, of, by_hand, started = dict[str, Verdict](), 0, 0, False, attempt.started
        for key, since in self._since.items():
            answer = given.get(key)
            if answer is None and since > started and key not in given:
                continue
            known = self._known[key]
            verdict = known.get(answer) if isinstance(answer, str) else None
            if verdict is None:
                verdict = self._marker.mark(key, answer)
                if isinstance(answer, str) and len(known) < MOST_KNOWN and len(answer) < LONG:
                    known[answer] = verdict
            verdicts[key] = verdict
            if verdict.right is None:
                by_hand = by_hand or verdict.of > 0
            else:
                points += verdict.points
                of += verdict.of
        return Marked(form, given, lost, verdicts, points, of, by_hand)

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
