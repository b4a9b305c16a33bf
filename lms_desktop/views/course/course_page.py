"""The page of one course: its outline at the left, the editor of what is chosen there at the right."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from lms_desktop.admin.courses import COURSES
from lms_desktop.database.unit_of_work import Change, Outcome
from lms_desktop.entities import Course, Lesson, Quiz, QuizQuestion
from lms_desktop.models.cards import Move
from lms_desktop.models.course_rows import ENTITIES
from lms_desktop.models.page_drafts import Row
from lms_desktop.services.teaching import finding
from lms_desktop.views.course.beginning import Beginning
from lms_desktop.views.course.choosing import ChoosingPage
from lms_desktop.views.course.course_actions import CourseActions
from lms_desktop.views.course.course_editor import CourseEditor
from lms_desktop.views.course.course_telling import CourseTelling
from lms_desktop.views.course.preview_student import TakeQuizDialog
from lms_desktop.views.course.quiz_editor import QuizEditor
from lms_desktop.views.page import Destination
from lms_desktop.views.places import Place
from lms_desktop.views.record_form import RecordForm
from lms_desktop.views.session import Session

_BY_PAGE = {"lessons": Lesson, "quizzes": Quiz, "questions": QuizQuestion}


class CoursePage(ChoosingPage):
    """A course with its lessons, quizzes and questions, edited together and saved in one transaction.

    Attributes:
        acts: what can be done at the top; `begin` begins new rows.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._order: list[str] = []
        self._copied_from: dict[str, str] = {}
        self._moves_made: dict[frozenset[Row], tuple[Row, ...]] = {}
        self._keyboard_comes = False
        self.hold([session.drafts[entity] for entity in ENTITIES], self.rows.owns)
        self.begin = Beginning(self)
        self.acts = CourseActions(self)
        CourseTelling(self)
        self._connect()

    def _connect(self) -> None:
        outline = self.outline
        outline.chosen.connect(self._show)
        outline.list.clicked.connect(self._clicked)
        outline.opened.connect(self._open_editor)
        outline.found.connect(self.choose)
        outline.arrived.connect(self._arrived)
        outline.trouble.connect(self.trouble)
        outline.message.connect(self.message)
        outline.new_wanted.connect(self.begin.new)
        outline.model.arranged.connect(self._arranged)
        self.course_button.clicked.connect(self.show_settings)
        for part in self.held.parts:
            part.counted.connect(self.acts.tell)

    def _adopt(self, kind: type, made: RecordForm) -> None:
        """Override CourseParts._adopt."""
        self.follow_form(made)
        made.open_requested.connect(self._go_on)
        made.merge.connect(partial(self._merge, kind))
        if isinstance(made, QuizEditor):
            made.question_shown.connect(self._question_shown)
            made.message.connect(self.message)
        if isinstance(made, CourseEditor):
            made.problem_chosen.connect(self.choose)

    # Page

    def primary(self) -> QAction | None:
        """Override Page.primary."""
        return self.acts.primary()

    def toolbar_actions(self) -> list[QAction]:
        """Override Page.toolbar_actions."""
        return self.acts.shown()

    def activate(self) -> None:
        """Override Page.activate: the course that was open the last time, else the first one there is."""
        if not self.course_id:
            remembered = self._state.get("course")
            if isinstance(remembered, str) and remembered:
                self.show_course(remembered)
            else:
                self._find_first()

    def deactivate(self) -> None:
        """Override Page.deactivate: remember how the page looks."""
        self.session.preferences.save_page_state(self.name, {**self._state, "course": self.course_id})

    def take_keyboard(self) -> None:
        """Override Page.take_keyboard: before the outline is read there is no list to put it into, and the page holds
        it; Qt would give it to what stands first in the window."""
        self._keyboard_comes = self.outline.outline is None
        if self._keyboard_comes:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.outline.isVisible():
            self.outline.take_keyboard()
        else:
            self.outline_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Override Page.refresh."""
        self.outline.refresh()
        for editor in self._editors.values():
            editor.refresh()

    def new_row(self) -> None:
        """Override Page.new_row: a question where a quiz is chosen, else a lesson behind the one that is chosen."""
        if self.quiz_chosen() is not None:
            self.begin.question()
        else:
            self.begin.lesson()

    def delete(self) -> None:
        """Override Page.delete."""
        self.outline.delete()

    def undo(self) -> None:
        """Override Page.undo."""
        self._follow_step(self.held.undo())

    def redo(self) -> None:
        """Override Page.redo."""
        self._follow_step(self.held.redo())

    def focus_search(self) -> None:
        """Override Page.focus_search: in the outline."""
        self.outline.search.open()

    def take_editors(self) -> bool:
        """Override Page.take_editors."""
        for entity, editor in self._editors.items():
            if not editor.commit_open_editor():
                row_id = editor.row_id()
                if row_id is not None and self.stack.currentWidget() is not editor:
                    self.choose(entity, row_id)
                self.show_editor()
                return False
        return True

    def unfinished(self) -> int:
        """Override Page.unfinished."""
        return sum(editor.unfinished() for editor in self._editors.values())

    def discard(self) -> None:
        """Override Page.discard."""
        for editor in self._editors.values():
            editor.forget_unfinished()
        self.held.clear()
        self.banner_off()
        self._leave_what_is_gone()

    def go_to(self, destination: Destination) -> None:
        """Override Page.go_to."""
        if destination.record_id is not None:
            self.show_course(destination.record_id)
        if destination.within is not None:
            self.choose(*destination.within)
            self.show_editor()

    def place(self) -> Place:
        """Override Page.place."""
        return Place(self.name, self.course_id or None, within=self.chosen, called=self.title())

    def return_to(self, place: Place) -> None:
        """Override Page.return_to."""
        if place.record_id is not None:
            self.show_course(place.record_id)
        there = place.within is not None and (self.outline.outline is None or self._is_there(*place.within))
        if there and place.within is not None and place.within != self.chosen:
            self.choose(*place.within)
            self.show_editor()

    def show_changes(self, changes: tuple[Change, ...]) -> bool:
        """Override Page.show_changes: stay at what is chosen where it is among these, for a move changes the numbers of
        those that stand by as well; else go to the first of these that is the course's."""
        if any((c.action, c.entity, c.id) == ("delete", Course, self.course_id) for c in changes) and not self.held:
            self._leave_course()
            return True
        mine = [change for change in changes if self.rows.was_seen(change.entity, change.id)]
        there = [(change.entity, change.id) for change in mine if change.action != "delete"]
        came = [(change.entity, change.id) for change in mine if change.action == "insert"]
        there = came or there  # what is there again is what it is about, not what made room for it
        moved = self._moves_made.get(_rows_of(changes), ())
        if there and self.chosen not in there:
            self.choose(*(moved or there)[0])
        elif self.chosen is not None and self.chosen[0] is QuizQuestion and there:
            self._look_for_quiz(self.chosen[1])
        if moved:
            self.outline.select_beside(moved)
        return bool(mine) or not changes

    # DraftsPage

    def row_shown(self) -> Row | None:
        """Override DraftsPage.row_shown."""
        return self.chosen

    def may_save(self, without: frozenset[Row] = frozenset()) -> bool:
        """Override DraftsPage.may_save: what students have answered is not altered without a question."""
        edited = [draft for draft in self.held.all() if (draft.entity, draft.id) not in without]
        questions = [draft for draft in edited if draft.entity is QuizQuestion]
        if not questions:
            return True
        quiz = self.editor(Quiz)  # they may have been edited elsewhere, or in an earlier sitting
        assert isinstance(quiz, QuizEditor)
        return quiz.may_save(questions)

    def show_row(self, entity: type, row_id: str) -> None:
        """Override DraftsPage.show_row."""
        self.choose(entity, row_id)
        self.show_editor()

    def focus_field(self, key: str | None) -> None:
        """Override DraftsPage.focus_field."""
        if self.chosen is None:
            return
        self.show_editor()
        editor = self.editor(self.chosen[0])
        if self.chosen[0] is QuizQuestion and isinstance(editor, QuizEditor):
            editor.questions.editor.focus_field(key)
        else:
            editor.focus_field(key)

    # The course

    def show_course(self, course_id: str) -> None:
        """Show a course; unsaved edits of another one stay unsaved."""
        if course_id == self.course_id:
            return
        for editor in self._editors.values():
            editor.show_record(None)
        self.rows.show(course_id)
        self.chosen = None
        self.stack.setCurrentWidget(self._nothing)
        self.outline.show_course(course_id)
        self._tell()

    def show_copy(self, course_id: str) -> None:
        """Go to the duplicate of the course shown; where that is undone, this one is shown again."""
        self._copied_from[course_id] = self.course_id
        self.open_requested.emit(Destination(self.name, course_id))

    def _leave_course(self) -> None:
        """The person took back what had made the course: go to where it was made."""
        origin = self._copied_from.get(self.course_id)
        if origin is not None:
            self.show_course(origin)
        else:
            self.show_course("")
            self.open_requested.emit(Destination(COURSES.name))

    def _find_first(self) -> None:
        def found(course_id: str | None) -> None:
            if course_id is not None and not self.course_id:
                self.show_course(course_id)

        self.session.desk.read(finding.first_course, done=found, failed=self.trouble.emit, owner=self)

    def _arrived(self) -> None:
        outline = self.outline.outline
        if outline is not None:
            self.rows.learn(outline)
            here = self.window().focusWidget()
            waited = here in (None, self) or self.outline.isAncestorOf(here)
            if self._keyboard_comes and self.isVisible() and waited:
                self.take_keyboard()
            self._keyboard_comes = False
        self._leave_what_is_gone()
        if self.chosen is not None and self.chosen[0] is not Course and self.outline.current() is None:
            self.outline.choose(*self.chosen)  # what was new is there again, as what was saved
        self._tell()

    def _leave_what_is_gone(self) -> None:
        """What is chosen may be gone, or was never a part of the course: what the outline has chosen is shown then."""
        outline = self.outline.outline
        if outline is None:
            if not self.outline.model.loaded:
                return
            self.chosen = self.rows.shown = None
            self.stack.setCurrentWidget(self._nothing)
        elif self.chosen is None or not self._is_there(*self.chosen):
            self.choose(*(self.outline.current() or self._neighbour()))
        self._order = [lesson.id for lesson in outline.lessons] if outline is not None else []

    def _neighbour(self) -> Row:
        """The lesson that stands now where the one that is gone stood, else the course itself."""
        outline = self.outline.outline
        lessons = outline.lessons if outline is not None else ()
        at = self._order.index(self.chosen[1]) if self.chosen is not None and self.chosen[1] in self._order else 0
        return (Lesson, lessons[min(at, len(lessons) - 1)].id) if lessons else (Course, self.course_id)

    def _is_there(self, entity: type, row_id: str) -> bool:
        """Whether something can be shown: it is in the outline, on its way there, or edited and was deleted."""
        outline = self.outline.outline
        if self.session.drafts[entity].get(row_id) is not None or self._is_typed_in(entity, row_id):
            return True
        if outline is None or entity is Course:
            return row_id == self.course_id
        if entity is Lesson:
            return any(lesson.id == row_id for lesson in outline.lessons)
        if entity is Quiz:
            return any(quiz.id == row_id for quiz in outline.quizzes)
        quiz_id = self.rows.quiz_of(row_id) or self.editor(Quiz).row_id()
        return any(quiz.id == quiz_id for quiz in outline.quizzes)

    def _is_typed_in(self, entity: type, row_id: str) -> bool:
        """Whether its editor holds what is no value yet, which would be taken away from under whoever types it."""
        editor = self._editors.get(entity)
        return editor is not None and editor.row_id() == row_id and editor.unfinished() > 0

    def _tell(self) -> None:
        """Override ChoosingPage._tell."""
        self.acts.tell()
        self.course_button.setChecked(self.chosen is not None and self.chosen[0] is Course)
        self.course_button.setVisible(self.outline.outline is not None)
        self.tell_unsaved()
        self.title_changed.emit()

    def show_settings(self) -> None:
        """Show the course's own editor."""
        self.choose(Course, self.course_id)
        self.show_editor()

    # What was done

    def _arranged(self, move: Move, outcome: Outcome) -> None:
        """A move was done. The question that is chosen was moved to another quiz of the course: its editor goes
        along."""
        self._moves_made[_rows_of(outcome.changes)] = tuple((move.entity, row_id) for row_id in move.ids)
        outline, chosen = self.outline.outline, self.chosen
        here = outline is not None and any(quiz.id == move.parent for quiz in outline.quizzes)
        if here and chosen is not None and chosen[0] is move.entity is QuizQuestion and chosen[1] in move.ids:
            self.outline.model.unfold(move.parent)
            self._look_for_quiz(chosen[1])

    def preview_quiz(self, quiz_id: str) -> None:
        """Take a quiz as a student would; nothing is written."""
        drafts = self.session.drafts
        edited = [draft.id for draft in drafts[QuizQuestion].all() if self.rows.quiz_of(draft.id) == quiz_id]
        if edited or drafts[Quiz].get(quiz_id) is not None:
            self.message.emit(self.tr("The preview shows what is saved. Save first to see your latest changes."))
        TakeQuizDialog(self.session, quiz_id, self).exec()

    def _go_on(self, destination: Destination) -> None:
        """What an editor leads to is shown here where it is a part of the course."""
        entity, row_id = _BY_PAGE.get(destination.page), destination.record_id
        if entity is not None and row_id is not None and self.rows.was_seen(entity, row_id):
            self.choose(entity, row_id)
        else:
            self.open_requested.emit(destination)

    def _merge(self, kind: type, row_id: str) -> None:
        question = kind is Quiz and self.session.drafts[QuizQuestion].get(row_id) is not None
        self.saving.merge(QuizQuestion if question else kind, [row_id])

    def _follow_step(self, row: Row | None) -> None:
        """After something was taken back, or made again: show where it was."""
        if row is None:
            return
        entity, row_id = row
        if self._is_there(entity, row_id):
            if row != self.chosen:
                self.choose(entity, row_id)
        else:
            self._leave_what_is_gone()


def _rows_of(changes: Sequence[Change]) -> frozenset[Row]:
    """What an operation wrote: what takes it back writes the same."""
    return frozenset((change.entity, change.id) for change in changes)
