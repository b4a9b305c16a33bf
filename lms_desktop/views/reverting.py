"""Taking an operation back from the window: looking at what that would do, asking where it is not small, doing it."""

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.errors import ExplainedError
from lms_desktop.errors.sentences import Sentence
from lms_desktop.frozen import frozen
from lms_desktop.models.desk import Progress
from lms_desktop.models.undo import in_quotes
from lms_desktop.models.wording import told, word
from lms_desktop.views.feedback import show_error
from lms_desktop.views.session import Session
from lms_desktop.views.work_bar import WorkBar

if TYPE_CHECKING:
    from lms_desktop.models.obstacles import Names
    from lms_desktop.services.reverting import Plan, Reverting

SMALL = 20
"""Rows up to which an operation is taken back at once by its key, without a question."""

Only = tuple[type, Sequence[str]]
"""Rows of one entity, by their ids: these alone are taken back."""


@frozen
class _Wish:
    """What was asked for, and who wants to hear what became of it."""

    operation: str
    only: Only | None
    question: bool
    done: Callable[[Outcome], object] | None
    gone: Callable[[], object] | None


class Reverter(QObject):
    """Takes operations back, one at a time.

    Signals:
        told(str): a sentence for the status bar.
        passed_over(str): the same of what is not to be missed: a page that is read again meanwhile says its own there.
        busy_changed(): `busy` is another.
        held_up(): something else came of it than what was asked for at once: a question, a refusal, an error.
    """

    told = Signal(str)
    passed_over = Signal(str)
    busy_changed = Signal()
    held_up = Signal()

    def __init__(self, session: Session, bar: WorkBar, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._bar, self._window = session, bar, window
        self._busy = False

    @property
    def busy(self) -> bool:
        """Whether one is under way: until its end no other is begun."""
        return self._busy

    def take_back(
        self,
        operation: str,
        only: Only | None = None,
        *,
        question: bool = True,
        done: Callable[[Outcome], object] | None = None,
        gone: Callable[[], object] | None = None,
    ) -> bool:
        """Take an operation back, or of it `only` some rows; whether that is under way.

        Without a `question` a small one is taken back at once. `done` is called after COMMIT; `gone` where somebody
        took it back already. A refusal, or somebody who thinks better of it, calls neither.
        """
        if not self._session.log.on:
            self.held_up.emit()
            self.told.emit(why_off(self._session))
            return False
        if self._busy or self._bar.busy:
            self.held_up.emit()
            self.told.emit(self.tr("Something else is being done just now. One after the other."))
            return False
        self._set_busy(True)
        wish = _Wish(operation, only, question, done, gone)
        from lms_desktop.services.large_reverts import look

        reverting = self._reverting
        self._session.desk.read(
            lambda uow: look(uow, reverting, operation, only=only),
            done=partial(self._planned, wish),
            failed=self._failed,
            owner=self,
            label=self.tr("Looking at what taking it back would change"),
        )
        return True

    # What comes of it

    @cached_property
    def _reverting(self) -> "Reverting":
        from lms_desktop.services.reverting import Reverting  # no first row waits for it

        return Reverting(self._session.catalog)

    def _planned(self, wish: _Wish, plan: "Plan") -> None:
        if plan.reverted_by is not None:
            self.held_up.emit()
            self._set_busy(False)
            words = in_quotes(told(plan.sentence))
            self.passed_over.emit(self.tr("“{0}” was taken back already.").format(words))
            if wish.gone is not None:
                wish.gone()
            return
        if not plan.obstacle_count and not wish.question and not plan.notes and rows_of(plan) <= SMALL:
            self._run(wish, plan, part=False)
        else:
            self._ask(wish, plan)

    def _ask(self, wish: _Wish, plan: "Plan") -> None:
        if not plan.obstacles:
            self._show(wish, plan, {})
            return
        from lms_desktop.services.obstacle_names import obstacle_names

        catalog, zone = self._session.catalog, self._session.zone
        self._session.desk.read(
            lambda uow: obstacle_names(uow, catalog, plan, zone),
            done=partial(self._show, wish, plan),
            failed=self._failed,
            owner=self,
            label=self.tr("Looking at what stands in the way"),
        )

    def _show(self, wish: _Wish, plan: "Plan", names: "Names") -> None:
        from lms_desktop.views.revert_dialog import RevertDialog

        self.held_up.emit()
        if RevertDialog(self._session, plan, self._window, names=names).exec():
            self._run(wish, plan, part=bool(plan.obstacle_count))
        else:
            self._set_busy(False)
            self.told.emit(self.tr("Nothing was changed."))

    def _run(self, wish: _Wish, plan: "Plan", *, part: bool) -> None:
        from lms_desktop.services.large_reverts import LARGE

        reverting, operation, only = self._reverting, wish.operation, wish.only
        label = self.tr("Taking back “{0}”").format(in_quotes(told(plan.sentence)))

        def short(uow: UnitOfWork) -> Outcome:
            return reverting.revert(uow, operation, possible_part=part, only=only)

        def long(uow: UnitOfWork, progress: Progress) -> Outcome:
            return reverting.revert(uow, operation, progress, possible_part=part, only=only)

        if rows_of(plan) < LARGE:
            self._session.desk.commit(
                short,
                done=partial(self._done, wish),
                failed=partial(self._refused, wish),
                cancelled=self._cancelled,
                initiator=self,
                owner=self,
                label=label,
            )
            return
        job = self._session.desk.run(
            long,
            done=partial(self._done, wish),
            failed=partial(self._refused, wish),
            cancelled=self._cancelled,
            progress=self._progress,
            initiator=self,
            owner=self,
            label=label,
        )
        if job.ended is None:
            self._bar.begin(label, job.cancel)

    def _progress(self, fraction: float, text: str) -> None:
        if isinstance(text, Sentence):
            locale = self._window.locale()
            figures = {name: locale.toString(v) if isinstance(v, int) else v for name, v in text.values.items()}
            self._bar.tell(fraction, told(Sentence(text.template, text.words, **figures)))
        else:
            self._bar.tell(fraction, word(text))

    def _done(self, wish: _Wish, outcome: Outcome) -> None:
        self._over()
        if wish.done is not None:
            wish.done(outcome)

    def _refused(self, wish: _Wish, error: ExplainedError) -> None:
        from lms_desktop.services.reverting import CannotRevert

        self._bar.end()
        if isinstance(error, CannotRevert):  # between the look and the deed somebody was quicker
            self._ask(wish, error.plan)
        else:
            self._failed(error)

    def _failed(self, error: ExplainedError) -> None:
        self.held_up.emit()
        self._over()
        show_error(self._window, error)

    def _cancelled(self) -> None:
        self.held_up.emit()
        self._over()
        self.told.emit(self.tr("Cancelled. Nothing was changed."))

    def _over(self) -> None:
        self._bar.end()
        self._set_busy(False)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.busy_changed.emit()


def rows_of(plan: "Plan") -> int:
    """How many rows taking it back would write."""
    return sum(sum(counts) for counts in plan.counts.values())


def why_off(session: Session) -> str:
    """Why nothing that is saved can be taken back here; "" where it can."""
    return "" if session.log.on else word(session.log.state.why_off)
