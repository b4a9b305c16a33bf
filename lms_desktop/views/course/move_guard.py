"""Asks before a move that does more than move: to progress, to attempts, to answers that hang on places."""

from collections.abc import Callable
from functools import partial
from math import inf
from time import monotonic

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from lms_desktop.entities import Lesson, QuizQuestion
from lms_desktop.errors import ExplainedError
from lms_desktop.models.cards import Move
from lms_desktop.models.desk import Desk
from lms_desktop.services.teaching.arranging import MoveEffect, ReorderWarnings, move_effect, reorder_warnings
from lms_desktop.views.course.move_dialogs import by_place, effects_of_lessons, effects_of_questions
from lms_desktop.views.feedback import ask

Answer = Callable[[bool], None]

KNOWN_FOR = 30.0
"""Seconds for which it is believed that no attempt at a quiz keeps its answers by place: ten presses are not counted
for one by one, and an attempt that arrives later is noticed."""


class MoveGuard(QObject):
    """The guard of a MoveQueue.

    Signals:
        trouble(object): what hangs on the rows could not be counted; the move is put back.
    """

    trouble = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._window = desk, parent
        self._agreed: dict[str, float] = {}  # quiz → until when nothing needs to be asked

    def __call__(self, move: Move, answer: Answer) -> bool:
        """Whether there may be something to ask; the answer comes later."""
        entity, ids, parent = move.entity, move.ids, move.parent
        if entity in (Lesson, QuizQuestion) and move.crosses:
            job = self._desk.read(
                lambda uow: move_effect(uow, entity, ids, parent),
                done=partial(self._counted, move, answer),
                failed=partial(self._failed, answer),
                owner=self,
                label=self.tr("Counting what hangs on it"),
            )
            job.leads_on = True
            return True
        if entity is QuizQuestion and self._agreed.get(parent, 0.0) < monotonic():
            job = self._desk.read(
                lambda uow: reorder_warnings(uow, parent),
                done=partial(self._warned, parent, answer),
                failed=partial(self._failed, answer),
                owner=self,
                label=self.tr("Counting what hangs on it"),
            )
            job.leads_on = True
            return True
        return False

    def _counted(self, move: Move, answer: Answer, effect: MoveEffect) -> None:
        lessons = move.entity is Lesson
        text = effects_of_lessons(effect) if lessons else effects_of_questions(effect)
        if not text:
            answer(True)
            return
        n = len(move.ids)
        title = (
            self.tr("Move %n lesson(s) to another course?", "", n)
            if lessons
            else self.tr("Move %n question(s) to another quiz?", "", n)
        )
        answer(ask(self._window, title, text, self.tr("Move")))

    def _warned(self, quiz: str, answer: Answer, warnings: ReorderWarnings) -> None:
        may = not warnings.positional or ask(
            self._window,
            self.tr("Put the questions in another order?"),
            by_place(warnings.positional),
            self.tr("Put in order"),
        )
        if may:
            self._agreed[quiz] = inf if warnings.positional else monotonic() + KNOWN_FOR
        answer(may)

    def _failed(self, answer: Answer, error: ExplainedError) -> None:
        answer(False)
        self.trouble.emit(error)
