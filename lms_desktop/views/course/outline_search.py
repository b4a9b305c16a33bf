"""The search in a course's outline: lessons, quizzes and questions by what they are called, folded away or not."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from lms_desktop.entities import Lesson, Quiz, QuizQuestion
from lms_desktop.errors import ExplainedError
from lms_desktop.models.cards import Key
from lms_desktop.models.desk import Job
from lms_desktop.models.draft import Draft
from lms_desktop.models.outline import AllDrafts, OutlineModel
from lms_desktop.services.teaching import finding
from lms_desktop.services.text_search import plain
from lms_desktop.views.kit.buttons import tool_button
from lms_desktop.views.kit.fields import SearchBox
from lms_desktop.views.kit.labels import key_text, label
from lms_desktop.views.kit.paint import px


class OutlineSearch(QWidget):
    """A bar that is opened to look for something and closed again. Enter leads to the next, Shift+Enter back.

    Attributes:
        box: where the words are typed; `count` says how many there are.
        found: what was found, in the order of the outline.

    Signals:
        went(object, str): entity and id of what the person was led to.
        left(): the keyboard is to go back to the outline.
        trouble(object): it could not be looked for.
    """

    went = Signal(object, str)
    left = Signal()
    trouble = Signal(object)

    def __init__(self, model: OutlineModel, drafts: AllDrafts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._drafts = model, drafts
        self.found: list[Key] = []
        self._quiz_of: dict[str, str] = {}
        self._at = -1
        self._words = ""
        self._job: Job | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("kind", "bar")
        self.box = SearchBox(self.tr("Find a lesson, quiz or question"), parent=self)
        self.count = label("", "muted", parent=self)
        self._back = tool_button("chevron-up", self.tr("Previous one"), lambda: self.step(-1), keys="Shift+Return")
        self._on = tool_button("chevron-down", self.tr("Next one"), lambda: self.step(1), keys=key_text("Return"))
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.box, 1)
        for part in (self.count, self._back, self._on):
            self._row.addWidget(part)
        self.box.installEventFilter(self)
        self.box.searched.connect(self._look)
        self.box.stepped_out.connect(self.left)
        self._space()
        self._tell()
        self.hide()

    def open(self) -> None:
        """Open the bar, with what was looked for the last time to be typed over."""
        self.show()
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.box.selectAll()

    def close_bar(self) -> None:
        """Close it; what was found stays chosen."""
        self.hide()
        self.left.emit()

    def forget(self) -> None:
        """Another course is shown."""
        self.box.show_text("")
        self._take([], "")
        self.hide()

    def step(self, by: int) -> None:
        """On to the next of what was found, or back; from the last to the first."""
        if self.found:
            self._at = (self._at + by) % len(self.found)
            self._go()

    # Within

    def _look(self, words: str) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        home = self._model.home
        if not words or not home:
            self._take([], words)
            return

        def done(questions: Mapping[str, list[str]]) -> None:
            self._job = None
            if home == self._model.home:
                self._take(self._matching(words, questions), words)

        job = self._model.desk.read(
            lambda uow: finding.questions_with(uow, home, words),
            done=done,
            failed=self._failed,
            owner=self,
            label=self.tr("Looking for questions"),
        )
        self._job = job if job.ended is None else None

    def _failed(self, error: ExplainedError) -> None:
        self._job = None
        self.trouble.emit(error)

    def _take(self, found: list[Key], words: str) -> None:
        self.found, self._at, self._words = found, -1, words
        if found:
            self._at = 0
            self._go()
        else:
            self._tell()

    def _go(self) -> None:
        entity, row_id = self.found[self._at]
        if entity is not Lesson:
            self._model.unfold_lesson_of(row_id if entity is Quiz else self._quiz_of.get(row_id))
        self._tell()
        self.went.emit(entity, row_id)

    def _matching(self, words: str, questions: Mapping[str, list[str]]) -> list[Key]:
        """What is called so, as the outline stands: each lesson, its quizzes, their questions; then those of the
        course; what is not saved yet comes last."""
        outline = self._model.outline
        if outline is None:
            return []
        self._quiz_of = {row_id: quiz_id for quiz_id, ids in questions.items() for row_id in ids}
        lessons = {lesson.id for lesson in outline.lessons}
        found: list[Key] = []
        for lesson_id in (*(lesson.id for lesson in outline.lessons), None):
            lesson = next((one for one in outline.lessons if one.id == lesson_id), None)
            if lesson is not None and self._called(Lesson, lesson.id, lesson.title, words):
                found.append((Lesson, lesson.id))
            for quiz in outline.quizzes:
                if (quiz.lesson_id if quiz.lesson_id in lessons else None) != lesson_id:
                    continue
                if self._called(Quiz, quiz.id, quiz.title, words):
                    found.append((Quiz, quiz.id))
                found += [(QuizQuestion, row_id) for row_id in questions.get(quiz.id, ())]
        new = [card for card in self._model.cards if card.new and plain(words) in plain(card.title)]
        return found + [card.key for card in new]

    def _called(self, entity: type, row_id: str, title: str, words: str) -> bool:
        draft: Draft | None = self._drafts[entity].get(row_id)
        now = title if draft is None else draft.values.get("title", title)
        return plain(words) in plain(now or "")

    def _tell(self) -> None:
        locale = self.locale()
        if self.found:
            text = self.tr("{0} of {1}").format(locale.toString(self._at + 1), locale.toString(len(self.found)))
        else:
            text = self.tr("Nothing found") if self._words else ""
        self.count.setText(text)
        for part in (self._back, self._on):
            part.setEnabled(len(self.found) > 1)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Override QObject::eventFilter: Enter goes on, Esc closes the bar."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.box.text().strip() == self._words:
                self.step(-1 if shift else 1)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_bar()
                return True
        return super().eventFilter(watched, event)  # type: ignore[arg-type]

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _space(self) -> None:
        self._row.setContentsMargins(px(16), px(6), px(12), px(6))
        self._row.setSpacing(px(6))
