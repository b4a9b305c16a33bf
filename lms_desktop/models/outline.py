"""The models of a course's outline and of a quiz's list of questions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import Lesson, Quiz, QuizQuestion
from lms_desktop.models.card_maker import AllDrafts as AllDrafts
from lms_desktop.models.card_maker import CardMaker
from lms_desktop.models.cards import Card, Key
from lms_desktop.models.desk import Desk
from lms_desktop.models.drafts import Draft
from lms_desktop.models.ordered import Data, OrderedListModel
from lms_desktop.services.teaching import finding, outline, readiness
from lms_desktop.services.teaching.outline import CourseOutline, QuestionList, QuestionRow, QuizRow
from lms_desktop.services.teaching.readiness import Problem
from lms_desktop.spec import Catalog


@dataclass(frozen=True)
class Found:
    """What was read of a course: its outline, and the questions of those quizzes that are unfolded."""

    outline: CourseOutline
    questions: Mapping[str, tuple[QuestionRow, ...]] = field(default_factory=dict)


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
        draft = self._drafts[QuizQuestion].get(question_id)
        if draft is not None and draft.new:
            self.unfold(draft.values.get("quiz_id"))
            return
        self._looked_for.add(question_id)
        self.desk.read(
            lambda uow: finding.quiz_of(uow, question_id),
            done=self.unfold,
            failed=lambda _: None,
            owner=self,
            background=True,
        )

    def unfold_lesson_of(self, quiz_id: str | None) -> None:
        """See to it that a quiz is shown."""
        quizzes = () if self.outline is None else self.outline.quizzes
        lesson_id = next((quiz.lesson_id for quiz in quizzes if quiz.id == quiz_id), None)
        if lesson_id is not None:
            self.fold(self.find(Lesson, lesson_id), folded=False)

    def unfold(self, quiz_id: str | None) -> None:
        """See to it that a quiz's questions are shown."""
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
            put_in(blocks, [make.new(draft, course.course_id, 0)], draft)
        cards = [card for block in blocks for card in block]
        of_course = self._of_parent(found, quizzes.get(course.course_id, []), course.course_id)
        return [*cards, make.heading(course.course_id), *of_course] if of_course else cards

    def show(self, home: str) -> None:
        """Override OrderedListModel.show: another course's lacks are not known yet."""
        if home != self.home:
            self._unready = True
            self.maker.forget()
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
                    put_in(blocks, [self.maker.new(draft, quiz.id, 2)], draft)
                cards += [card for block in blocks for card in block]
        begun = self._new(Quiz, "lesson_id", parent)
        if parent == self.home:
            begun += [draft for draft in self._new(Quiz, "course_id", parent) if not draft.values.get("lesson_id")]
        return [*cards, *(card for draft in begun for card in self._begun(draft, parent))]

    def _begun(self, quiz: Draft, parent: str) -> list[Card]:
        """A quiz that is not saved yet, with its questions, which cannot be either."""
        drafts = self._new(QuizQuestion, "quiz_id", quiz.id)
        folded = self.is_folded(Quiz, quiz.id) if drafts else None
        blocks: list[list[Card]] = []
        for draft in () if folded is not False else drafts:
            put_in(blocks, [self.maker.new(draft, quiz.id, 2)], draft)
        return [self.maker.new(quiz, parent, 1, folded), *(card for block in blocks for card in block)]

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

    def show(self, home: str) -> None:
        """Override OrderedListModel.show."""
        if home != self.home:
            self.maker.forget()
        super().show(home)

    def reader(self) -> Callable[[UnitOfWork], Data]:
        """Override OrderedListModel.reader."""
        quiz = self._drafts[Quiz].get(self.home)
        return partial(_list_of, self.home, quiz is not None and quiz.new)

    def lay_out(self, found: Data) -> list[Card]:
        """Override OrderedListModel.lay_out."""
        self.editable = self.maker.movable = found.editable
        blocks = [[self.maker.question(row, 0)] for row in found.questions]
        for draft in self._drafts[QuizQuestion].new_rows():
            if draft.values.get("quiz_id") == self.home:
                put_in(blocks, [self.maker.new(draft, self.home, 0)], draft)
        return [card for block in blocks for card in block]


def _read(course_id: str, unfolded: tuple[str, ...], uow: UnitOfWork) -> Found | None:
    found = outline.load(uow, course_id)
    if found is None:
        return None
    here = {quiz.id for quiz in found.quizzes}
    return Found(found, outline.questions_of(uow, [quiz_id for quiz_id in unfolded if quiz_id in here]))


def _list_of(quiz_id: str, begun: bool, uow: UnitOfWork) -> QuestionList | None:
    """The questions of a quiz; none as long as that is only begun."""
    found = outline.list_of(uow, quiz_id)
    return QuestionList(quiz_id, True, ()) if found is None and begun else found


def put_in(blocks: list[list[Card]], block: list[Card], draft: Draft) -> None:
    """Where it will stand: behind the row that it was begun behind, else at the end."""
    spot: Any = getattr(draft, "spot", None)
    at = len(blocks)
    if spot is not None:
        at = 0 if spot.after is None else next((n + 1 for n, b in enumerate(blocks) if b[0].id == spot.after), at)
    blocks.insert(at, block)
