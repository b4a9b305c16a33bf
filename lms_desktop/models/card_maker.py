"""What is read of a course, made into cards, with what is not saved yet laid over."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from PySide6.QtCore import QLocale, QObject

from lms_desktop.entities import Course, Lesson, Quiz, QuizQuestion
from lms_desktop.models.cards import Card, Key
from lms_desktop.models.drafts import Draft, Drafts
from lms_desktop.models.wording import amid, told
from lms_desktop.services.teaching.outline import LessonRow, QuestionRow, QuizRow
from lms_desktop.services.teaching.readiness import Problem
from lms_desktop.spec import Catalog, Choice

LONGEST = 160
"""Characters of a question that a row shows at most."""


class AllDrafts(Protocol):
    """What holds the drafts of each entity."""

    def __getitem__(self, entity: type, /) -> Drafts: ...

    def give_up(self, entity: type, row_id: str) -> None: ...


class CardMaker(QObject):
    """Makes cards of what was read, with what is not saved yet laid over.

    Attributes:
        lacking: what is not ready, by the card that says so.
    """

    def __init__(self, catalog: Catalog, drafts: AllDrafts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._catalog, self._drafts = catalog, drafts
        self.lacking: dict[Key, list[str]] = {}
        self.movable = False
        self._made: dict[Key, tuple[object, Card]] = {}

    def forget(self) -> None:
        """Something else is shown: nothing is known of it."""
        self.lacking = {}
        self._made.clear()

    def lack(self, problems: tuple[Problem, ...]) -> None:
        """From now on these are the problems; a question's are its quiz's as well."""
        self.lacking = {}
        for problem in problems:
            sentence = told(problem.sentence)
            self.lacking.setdefault((problem.entity, problem.id), []).append(sentence)
            if problem.within:
                self.lacking.setdefault((Quiz, problem.within), []).append(sentence)

    def lesson(self, row: LessonRow, course_id: str, folded: bool | None) -> Card:
        """A lesson's card."""
        return self._once(Lesson, row, (course_id, folded), lambda draft: self._lesson(row, course_id, folded, draft))

    def quiz(self, row: QuizRow, parent: str, folded: bool | None) -> Card:
        """A quiz's card."""
        return self._once(Quiz, row, (parent, folded), lambda draft: self._quiz(row, parent, folded, draft))

    def question(self, row: QuestionRow, depth: int) -> Card:
        """A question's card."""
        return self._once(QuizQuestion, row, depth, lambda draft: self._question(row, depth, draft))

    def _once(self, entity: type, row: Any, place: object, make: Callable[[Draft | None], Card]) -> Card:
        """The same card as before where nothing of it is other: a thousand are laid out with each key that is typed."""
        draft, key = self._drafts[entity].get(row.id), (entity, row.id)
        unsaved = None if draft is None else tuple(draft.values.items())
        made_of = (row, place, unsaved, tuple(self.lacking.get(key, ())), self.movable)
        known = self._made.get(key)
        if known is not None and known[0] == made_of:
            return known[1]
        card = make(draft)
        self._made[key] = (made_of, card)
        return card

    def _lesson(self, row: LessonRow, course_id: str, folded: bool | None, draft: Draft | None) -> Card:
        title = self._now(draft, "title", row.title)
        kind = self._label(Lesson, "content_type", self._now(draft, "content_type", row.content_type))
        minutes = self._now(draft, "duration_minutes", None if row.minutes is None else str(row.minutes))
        card = Card(Lesson, row.id, course_id, 0, title or self.tr("Untitled"), folded=folded)
        return self._finish(card, draft, self.tr("Lesson {0} of {1}"), kind, "neutral", self._long(minutes))

    def _quiz(self, row: QuizRow, parent: str, folded: bool | None, draft: Draft | None) -> Card:
        title = self._now(draft, "title", row.title)
        published = self._now(draft, "is_published", "true" if row.published else "false") == "true"
        count = self.tr("%n question(s)", "", row.questions)
        points = self.tr("%n point(s)", "", row.points)
        detail = f"{count} · {points}" if row.questions else count
        if row.elsewhere:
            elsewhere = self.tr("of a lesson of another course")
            detail = f"{detail} · {elsewhere}"
        card = Card(Quiz, row.id, parent, 1, title or self.tr("Untitled"), detail, folded=folded, placed=False)
        tag = self.tr("published") if published else self.tr("draft")
        return self._finish(card, draft, self.tr("Quiz"), tag, "ok" if published else "neutral", ("", detail))

    def _question(self, row: QuestionRow, depth: int, draft: Draft | None) -> Card:
        text = self._now(draft, "question_text", row.text)
        kind = self._label(QuizQuestion, "question_type", self._now(draft, "question_type", row.type))
        points = self._now(draft, "points", str(row.points))
        card = Card(QuizQuestion, row.id, row.quiz_id, depth, brief(text) or self.tr("No text yet"))
        figure = (self._points(points), self._points(points))
        return self._finish(card, draft, self.tr("Question {0} of {1}"), kind, "neutral", figure)

    def was_saved(self, card: Card) -> bool:
        """Whether a card's row, which was new, has been saved since."""
        drafts = self._drafts[card.entity]
        return drafts.get(card.id) is None and drafts.takes(card.id)

    def new(self, draft: Draft, parent: str, depth: int, folded: bool | None = None) -> Card:
        """The card of a row that is in no database yet."""
        key = "question_text" if draft.entity is QuizQuestion else "title"
        names: dict[type, str] = {
            Lesson: self.tr("New lesson"),
            Quiz: self.tr("New quiz"),
            QuizQuestion: self.tr("New question"),
        }
        name = names[draft.entity]
        title = brief(draft.values.get(key) or "") or name
        facts = (self.tr("not saved yet"),)
        tag = self.tr("unsaved")
        card = Card(
            draft.entity, draft.id, parent, depth, title, tag=tag, tone="warn", kind=name, facts=facts, folded=folded
        )
        placed = draft.entity is not Quiz
        return replace(card, new=True, unsaved=True, movable=placed and self.movable, placed=placed)

    def heading(self, course_id: str) -> Card:
        """The line above the quizzes that hang on the course itself."""
        title = self.tr("Quizzes of the course")
        return Card(Course, course_id, "", 0, title, kind="", placed=False, movable=False, heading=True)

    # Within

    def _finish(self, card: Card, draft: Draft | None, kind: str, tag: str, tone: Any, figure: tuple[str, str]) -> Card:
        """With its state: what it lacks before what it is, and what is not saved."""
        shown, spoken = figure
        lacks = self.lacking.get(card.key, [])
        facts = [tag, spoken]
        detail = card.detail
        if lacks:
            detail = detail or tag
            tag, tone = self.tr("not ready"), "warn"
            facts += [tag, *lacks]
        unsaved = draft is not None and not draft.new
        if unsaved:
            facts.append(self.tr("not saved yet"))
        tip = "\n".join(lacks)
        return replace(
            card,
            detail=detail,
            figure=shown,
            tag=tag,
            tone=tone,
            kind=kind,
            facts=tuple(fact for fact in facts if fact),
            tip=tip,
            unsaved=unsaved,
            movable=self.movable,
        )

    @staticmethod
    def _now(draft: Draft | None, key: str, stored: str | None) -> str:
        if draft is not None and key in draft.values:
            return draft.values[key] or ""
        return stored or ""

    def _label(self, entity: type, key: str, value: str) -> str:
        kind = self._catalog[entity].field(key).kind
        if isinstance(kind, Choice):
            return next((amid(option.label) for option in kind.options if option.value == value), value)
        return value

    def _long(self, minutes: str) -> tuple[str, str]:
        if not minutes.lstrip("-").isdecimal():
            return "", ""
        return self.tr("{0} min").format(self._number(minutes)), self.tr("%n minute(s)", "", _small(minutes))

    def _points(self, points: str) -> str:
        return self.tr("%n point(s)", "", _small(points)) if points.lstrip("-").isdecimal() else ""

    @staticmethod
    def _number(text: str) -> str:
        return QLocale().toString(int(text)) if text.lstrip("-").isdecimal() else text


def _small(number: str) -> int:
    """What a plural can be made of."""
    return max(-(2**31), min(int(number), 2**31 - 1))


def brief(text: str) -> str:
    """The first line of a text, shortened."""
    line = next((part.strip() for part in text.splitlines() if part.strip()), "")
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
