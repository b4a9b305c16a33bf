"""The models of a course's outline and of a quiz's list of questions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QLocale, QObject, Signal

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import Course, Lesson, Quiz, QuizQuestion
from lms_desktop.models.cards import Card, Key
from lms_desktop.models.desk import Desk
from lms_desktop.models.drafts import Draft, Drafts
from lms_desktop.models.ordered import Data, OrderedListModel
from lms_desktop.models.wording import amid, told, word
from lms_desktop.services.teaching import outline, readiness
from lms_desktop.services.teaching.outline import CourseOutline, LessonRow, QuestionRow, QuizRow
from lms_desktop.services.teaching.readiness import Problem
from lms_desktop.spec import Catalog, Choice

LONGEST = 160
"""Characters of a question that a row shows at most."""


class AllDrafts(Protocol):
    """What holds the drafts of each entity."""

    def __getitem__(self, entity: type, /) -> Drafts: ...


@dataclass(frozen=True)
class Found:
    """What was read of a course: its outline, and the questions of those quizzes that are unfolded."""

    outline: CourseOutline
    questions: Mapping[str, tuple[QuestionRow, ...]] = field(default_factory=dict)


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
        draft = self._drafts[Lesson].get(row.id)
        title = self._now(draft, "title", row.title)
        kind = self._label(Lesson, "content_type", self._now(draft, "content_type", row.content_type))
        minutes = self._now(draft, "duration_minutes", None if row.minutes is None else str(row.minutes))
        card = Card(Lesson, row.id, course_id, 0, title or self.tr("Untitled"), folded=folded)
        return self._finish(card, draft, self.tr("Lesson {0} of {1}"), amid(kind), "neutral", self._long(minutes))

    def quiz(self, row: QuizRow, parent: str, folded: bool | None) -> Card:
        """A quiz's card."""
        draft = self._drafts[Quiz].get(row.id)
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

    def question(self, row: QuestionRow, depth: int) -> Card:
        """A question's card."""
        draft = self._drafts[QuizQuestion].get(row.id)
        text = self._now(draft, "question_text", row.text)
        kind = self._label(QuizQuestion, "question_type", self._now(draft, "question_type", row.type))
        points = self._now(draft, "points", str(row.points))
        card = Card(QuizQuestion, row.id, row.quiz_id, depth, brief(text) or self.tr("No text yet"))
        figure = (self._points(points), self._points(points))
        return self._finish(card, draft, self.tr("Question {0} of {1}"), amid(kind), "neutral", figure)

    def new(self, draft: Draft, parent: str, depth: int) -> Card:
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
        card = Card(draft.entity, draft.id, parent, depth, title, tag=tag, tone="warn", kind=name, facts=facts)
        return replace(card, new=True, unsaved=True, movable=False, placed=draft.entity is not Quiz)

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
            return next((word(option.label) for option in kind.options if option.value == value), value)
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


class OutlineModel(OrderedListModel):
    """A course's outline: lessons with their quizzes, these with their questions, and at the end the quizzes that hang
    on the course itself.

    Attributes:
        maker: makes the cards.

    Signals:
        lacks_known(): what is not ready has been read.
    """

    lacks_known = Signal()

    levels = (Lesson, Quiz, QuizQuestion)
    tables = frozenset({"courses", "lessons", "quizzes", "quiz_questions", "enrollments"})

    def __init__(self, desk: Desk, catalog: Catalog, drafts: AllDrafts, parent: QObject | None = None) -> None:
        super().__init__(desk, catalog, parent)
        self._drafts = drafts
        self._turned: set[Key] = set()
        self._looked_for: set[str] = set()
        self._unready = True
        self.maker = CardMaker(catalog, drafts, self)
        self.arrived.connect(self._look_for_lacks)
        for entity in self.levels:
            drafts[entity].changed.connect(self.lay_out_again)

    @property
    def outline(self) -> CourseOutline | None:
        """What was read of the course."""
        return self.found.outline if isinstance(self.found, Found) else None

    def is_folded(self, entity: type, row_id: str) -> bool:
        """Whether what belongs to a card is folded away: at first a quiz's questions are, a lesson's quizzes not."""
        return ((entity, row_id) in self._turned) is not (entity is Quiz)

    def fold(self, row: int, folded: bool) -> bool:
        """Override OrderedListModel.fold."""
        card = self.card(row)
        if card is None or card.folded is None or card.folded == folded:
            return False
        self._turned ^= {card.key}
        self.lay_out_again()
        if card.entity is Quiz and not folded and card.id not in self.found.questions:
            self.reload()
        return True

    def look_again(self) -> None:
        """Read all of it again, what is not ready included."""
        self._unready = True
        self.reload()

    def look_for_anew(self) -> None:
        """Whoever asks for a question again may have folded its quiz meanwhile."""
        self._looked_for.clear()

    def unfold_for(self, question_id: str) -> None:
        """Unfold the quiz of a question that is not shown, once it is known which that is."""
        if question_id in self._looked_for or not self.loaded:
            return
        self._looked_for.add(question_id)
        self.desk.read(
            lambda uow: outline.quiz_of(uow, question_id),
            done=self._unfold,
            failed=lambda _: None,
            owner=self,
            background=True,
        )

    def _unfold(self, quiz_id: str | None) -> None:
        if quiz_id is not None and self.is_folded(Quiz, quiz_id):
            self._turned ^= {(Quiz, quiz_id)}
            row = self.find(Quiz, quiz_id)
            card = self.card(row)
            lesson = self.card(self.find(Lesson, card.parent)) if card is not None else None
            if lesson is not None and lesson.folded:
                self._turned ^= {lesson.key}
            self.lay_out_again()
            self.reload()

    def reader(self) -> Callable[[UnitOfWork], Data]:
        """Override OrderedListModel.reader."""
        return partial(_read, self.home, tuple(key[1] for key in self._turned if key[0] is Quiz))

    def lay_out(self, found: Data) -> list[Card]:
        """Override OrderedListModel.lay_out."""
        assert isinstance(found, Found)
        course, make = found.outline, self.maker
        self.editable = make.movable = course.editable
        lessons = {lesson.id for lesson in course.lessons}
        quizzes: dict[str, list[QuizRow]] = {}
        for quiz in course.quizzes:
            hangs_here = quiz.lesson_id if quiz.lesson_id in lessons else None
            quizzes.setdefault(hangs_here or course.course_id, []).append(quiz)
        blocks: list[list[Card]] = []
        for lesson in course.lessons:
            below = self._of_parent(found, quizzes.get(lesson.id, []), lesson.id)
            folded = self.is_folded(Lesson, lesson.id) if below else None
            blocks.append([make.lesson(lesson, course.course_id, folded), *([] if folded else below)])
        for draft in self._new(Lesson, "course_id", course.course_id):
            _put_in(blocks, [make.new(draft, course.course_id, 0)], draft)
        cards = [card for block in blocks for card in block]
        of_course = self._of_parent(found, quizzes.get(course.course_id, []), course.course_id)
        return [*cards, make.heading(course.course_id), *of_course] if of_course else cards

    def show(self, home: str) -> None:
        """Override OrderedListModel.show: another course's lacks are not known yet."""
        if home != self.home:
            self._unready = True
            self.maker.lacking = {}
            self._looked_for.clear()
        super().show(home)

    def _of_parent(self, found: Found, rows: list[QuizRow], parent: str) -> list[Card]:
        """Quizzes with their questions, and those that are begun."""
        cards: list[Card] = []
        for quiz in rows:
            drafts = self._new(QuizQuestion, "quiz_id", quiz.id)
            has_some = bool(quiz.questions or drafts)
            folded = self.is_folded(Quiz, quiz.id) if has_some else None
            cards.append(self.maker.quiz(quiz, parent, folded))
            if folded is False:
                blocks = [[self.maker.question(row, 2)] for row in found.questions.get(quiz.id, ())]
                for draft in drafts:
                    _put_in(blocks, [self.maker.new(draft, quiz.id, 2)], draft)
                cards += [card for block in blocks for card in block]
        for draft in self._new(Quiz, "lesson_id", parent):
            cards.append(self.maker.new(draft, parent, 1))
        if parent == self.home:
            own = self._new(Quiz, "course_id", parent)
            cards += [self.maker.new(draft, parent, 1) for draft in own if not draft.values.get("lesson_id")]
        return cards

    def _new(self, entity: type, key: str, parent: str) -> list[Draft]:
        return [draft for draft in self._drafts[entity].new_rows() if draft.values.get(key) == parent]

    def _noticed(self, batch: Any) -> None:
        if batch.everything or batch.tables & {"lessons", "quizzes", "quiz_questions"}:
            self._unready = True
        super()._noticed(batch)

    def _committed(self, outcome: Any, initiator: object) -> None:
        if initiator is not self.queue and outcome.entities & {Lesson, Quiz, QuizQuestion}:
            self._unready = True
        super()._committed(outcome, initiator)

    def _look_for_lacks(self) -> None:
        if not self._unready or self.outline is None:
            return
        self._unready, home = False, self.home

        def known(problems: tuple[Problem, ...]) -> None:
            if home == self.home:
                self.maker.lack(problems)
                self.lay_out_again()
                self.lacks_known.emit()

        self.desk.read(
            lambda uow: readiness.problems(uow, home), done=known, failed=lambda _: None, owner=self, background=True
        )


class QuestionListModel(OrderedListModel):
    """The questions of one quiz."""

    levels = (QuizQuestion,)
    tables = frozenset({"quizzes", "quiz_questions"})

    def __init__(self, desk: Desk, catalog: Catalog, drafts: AllDrafts, parent: QObject | None = None) -> None:
        super().__init__(desk, catalog, parent)
        self._drafts = drafts
        self.maker = CardMaker(catalog, drafts, self)
        drafts[QuizQuestion].changed.connect(self.lay_out_again)

    def reader(self) -> Callable[[UnitOfWork], Data]:
        """Override OrderedListModel.reader."""
        return partial(outline.list_of, quiz_id=self.home)

    def lay_out(self, found: Data) -> list[Card]:
        """Override OrderedListModel.lay_out."""
        self.editable = self.maker.movable = found.editable
        blocks = [[self.maker.question(row, 0)] for row in found.questions]
        for draft in self._drafts[QuizQuestion].new_rows():
            if draft.values.get("quiz_id") == self.home:
                _put_in(blocks, [self.maker.new(draft, self.home, 0)], draft)
        return [card for block in blocks for card in block]


def _read(course_id: str, unfolded: tuple[str, ...], uow: UnitOfWork) -> Found | None:
    found = outline.load(uow, course_id)
    if found is None:
        return None
    here = {quiz.id for quiz in found.quizzes}
    return Found(found, outline.questions_of(uow, [quiz_id for quiz_id in unfolded if quiz_id in here]))


def _put_in(blocks: list[list[Card]], block: list[Card], draft: Draft) -> None:
    """Where it will stand: behind the row that it was begun behind, else at the end."""
    spot: Any = getattr(draft, "spot", None)
    at = len(blocks)
    if spot is not None:
        at = 0 if spot.after is None else next((n + 1 for n, b in enumerate(blocks) if b[0].id == spot.after), at)
    blocks.insert(at, block)


def _small(number: str) -> int:
    """What a plural can be made of."""
    return max(-(2**31), min(int(number), 2**31 - 1))


def brief(text: str) -> str:
    """The first line of a text, shortened."""
    line = next((part.strip() for part in text.splitlines() if part.strip()), "")
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
