"""Which rows belong to the course that a page shows: those of its outline, and what is begun in it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from lms_desktop.entities import Course, Lesson, Quiz, QuizQuestion
from lms_desktop.models.all_drafts import AllDrafts
from lms_desktop.models.draft import Draft
from lms_desktop.models.page_drafts import Row

if TYPE_CHECKING:
    from lms_desktop.services.teaching.outline import CourseOutline

ENTITIES = (Course, Lesson, Quiz, QuizQuestion)
"""Of which entities a course consists, parents first."""


class CourseRows:
    """Says of rows whether they are the course's.

    Attributes:
        course_id: the course, "" for none.
        shown: the row whose editor is open: what is typed there is saved there.
    """

    def __init__(self, drafts: AllDrafts, cards: Callable[[type, str], str | None]) -> None:
        """`cards` tells the parent under which the outline shows a row; None where it does not."""
        self._drafts, self._cards = drafts, cards
        self.course_id = ""
        self.shown: Row | None = None
        self._seen: set[Row] = set()

    def show(self, course_id: str) -> None:
        """Another course is shown."""
        self.course_id, self.shown = course_id, None
        self._seen = set()

    def learn(self, outline: "CourseOutline") -> None:
        """The outline was read; what was in it before and is gone is remembered."""
        if outline.course_id == self.course_id:
            self._seen |= {(Lesson, lesson.id) for lesson in outline.lessons}
            self._seen |= {(Quiz, quiz.id) for quiz in outline.quizzes}

    def was_seen(self, entity: type, row_id: str) -> bool:
        """Whether the row is, or was lately, a part of the course."""
        known = (entity, row_id) in self._seen or (entity is Course and row_id == self.course_id)
        return known or self._cards(entity, row_id) is not None

    def owns(self, entity: type, row_id: str) -> bool:
        """Whether an unsaved row is saved with the course."""
        if not self.course_id:
            return False
        if (entity, row_id) == self.shown or self.was_seen(entity, row_id):
            return True
        draft = self._drafts[entity].known(row_id)  # what was given up is taken back here as well
        if draft is None:
            return False
        if entity is Lesson:
            return _parent(draft, "course_id") == self.course_id
        if entity is Quiz:
            lesson = _parent(draft, "lesson_id")
            return _parent(draft, "course_id") == self.course_id or (lesson is not None and self.owns(Lesson, lesson))
        quiz = _parent(draft, "quiz_id") if entity is QuizQuestion else None
        return quiz is not None and self.owns(Quiz, quiz)

    def quiz_of(self, question_id: str) -> str | None:
        """The quiz of a question, as far as it is known here."""
        draft = self._drafts[QuizQuestion].get(question_id)
        return self._cards(QuizQuestion, question_id) or (None if draft is None else _parent(draft, "quiz_id"))


def _parent(draft: Draft, key: str) -> str | None:
    """Where a row belongs: a new one where it is wanted, another one where it was when its edits were begun."""
    return draft.values.get(key) if draft.new else draft.base.get(key, draft.seen.get(key))


def saved_above(drafts: AllDrafts, row: Row) -> Row:
    """The nearest row up from this one that is not new itself: of a question of a new quiz the course or lesson that
    the quiz is begun for."""
    entity, row_id = row
    draft = drafts[entity].get(row_id)
    for parent, key in _ABOVE.get(entity, ()) if draft is not None and draft.new else ():
        above = None if draft is None else draft.values.get(key)
        if above is not None:
            return saved_above(drafts, (parent, above))
    return row


_ABOVE: dict[type, tuple[tuple[type, str], ...]] = {
    Lesson: ((Course, "course_id"),),
    Quiz: ((Course, "course_id"), (Lesson, "lesson_id")),
    QuizQuestion: ((Quiz, "quiz_id"),),
}
