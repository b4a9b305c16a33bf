"""Ctrl+Z and Ctrl+Shift+Z of a window: unsaved edits first, then what this sitting has saved, the last first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from lms_desktop.database.unit_of_work import Change, Outcome
from lms_desktop.errors import InDoubt
from lms_desktop.models.desk import Job
from lms_desktop.models.undo import Saved, UndoStack, in_quotes
from lms_desktop.models.wording import told, word
from lms_desktop.views.kit.elided_button import ElidedButton
from lms_desktop.views.kit.labels import key_text
from lms_desktop.views.own_undo import OwnUndo
from lms_desktop.views.page import Destination
from lms_desktop.views.reverting import Only, Reverter, why_off
from lms_desktop.views.work_bar import WorkBar

if TYPE_CHECKING:
    from lms_desktop.views.main_window import MainWindow

UNDO_KEYS, REDO_KEYS = "Ctrl+Z", "Ctrl+Shift+Z"
MOST_WORDS = 60
"""Characters of a sentence that stand in the status bar and in the menu."""
MOST_WAITING = 10
"""Presses that wait for the one that is being done: whoever leans on the key is not ahead of it by more."""


@dataclass(eq=False)
class _Press:
    """A press of a key that waits for its turn.

    Attributes:
        act: what is done then.
        vain: what is said where what it waits for leaves nothing to do it to.
        jobs: what was being written when the key was pressed, or about to be, and has not ended.
        redo: something is to be made again.
    """

    act: Callable[[], object]
    vain: str
    jobs: set[Job]
    redo: bool


class Undoing(QObject):
    """What a window takes back and makes again. Presses that come quicker than the database answers have their turn one
    by one, unless one before them leads to something else than was expected. What is being written when a key is
    pressed is what the key is for: it waits until that is saved, and where it could not be, nothing is done.

    Attributes:
        stack: the operations of this sitting.
        bar: shows a long one; the window puts it above its status bar.
        hint: says what Ctrl+Z would do, and does it; the window puts it into its status bar.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session
        self.stack = UndoStack(self)
        self.bar = WorkBar()
        self.hint = ElidedButton("status")
        self.hint.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keyboard has the keys themselves
        self.hint.clicked.connect(self._hint_clicked)
        self.hint.hide()
        self._own = OwnUndo(self)
        self._own.changed.connect(self.tell)
        self._reverter = Reverter(self._session, self.bar, window)
        self._undo, self._redo = QAction(self), QAction(self)
        self._undo.triggered.connect(self.undo)
        self._redo.triggered.connect(self.redo)
        self._saved_was_undone_last = False
        self._waiting: list[_Press] = []
        self._next_turn = QTimer(self, singleShot=True, interval=0)  # after all have heard of what was done
        self._next_turn.timeout.connect(self._take_turn)
        self._reverter.held_up.connect(self._waiting.clear)
        self._reverter.told.connect(window.say)
        self._reverter.passed_over.connect(self._passed_over)
        self._reverter.busy_changed.connect(self._busy_changed)
        self.stack.indexChanged.connect(self.tell)
        self._session.log.changed.connect(self.tell)
        self._session.desk.committed.connect(self._committed)
        self._session.desk.ended.connect(self._ended)
        self._session.desk.work_changed.connect(self.tell)

    def add_to(self, menu: QMenu) -> None:
        """Put both, with what they would do, into a menu."""
        menu.addActions([self._undo, self._redo])

    def tell(self) -> None:
        """Say what the keys would do now."""
        self._own.look()
        own, unsaved = self._own.here, self._unsaved(undo=True)
        last, following = self.stack.last, self.stack.next
        last_words, next_words = [_cut(saved.words) if saved else "" for saved in (last, following)]
        known = not self._session.desk.in_doubt and not self._newer(self._under_way())
        free = self._session.log.on and not self._reverter.busy and known
        undo, redo = self.tr("Undo"), self.tr("Redo")
        edit = self.tr("last unsaved edit")
        undone = self._unsaved(undo=False)
        self._undo.setText(_keyed(undo, edit if unsaved else last_words, "" if own else UNDO_KEYS))
        self._redo.setText(_keyed(redo, edit if undone else next_words, REDO_KEYS))
        self._undo.setEnabled(unsaved or (free and last is not None))
        self._redo.setEnabled(undone or (free and following is not None))
        keys = key_text(UNDO_KEYS)
        if own:
            self.hint.tell(self.tr("{0} takes back what you typed last").format(keys))
        elif unsaved:
            self.hint.tell(self.tr("{0} takes back the last unsaved edit").format(keys))
        elif last is not None:
            self.hint.tell(self.tr("{0} undoes “{1}”").format(keys, last_words))
        self.hint.setVisible(own or unsaved or (free and last is not None))

    @property
    def busy(self) -> bool:
        """Whether something is being taken back just now, or waits for its turn."""
        return self._reverter.busy or bool(self._waiting)

    # The keys

    def _hint_clicked(self) -> None:
        if not self._own.press():
            self.undo()

    def undo(self) -> None:
        """Take back the page's last unsaved edit, else the last operation that was saved."""
        page = self._window.page
        if page is not None and page.can_undo():
            self._saved_was_undone_last = False
            page.undo()
            self.tell()
        elif not self._waits(self._undo_last, self.tr("Nothing was taken back.")):
            self._undo_last()

    def _undo_last(self) -> None:
        if self._is_in_doubt():
            return
        if (last := self.stack.last) is None:
            self._waiting.clear()
            self._window.say(why_off(self._session) or self.tr("There is nothing to take back."))
        else:
            self._undo_saved(last)

    def _waits(self, act: Callable[[], object], vain: str, *, redo: bool = False) -> bool:
        """Whether a press has to wait, for another one is being done, or what it is for; one too many is not done at
        all."""
        jobs = self._under_way()
        newer = self._newer(jobs, redo=redo)
        if self.bar.busy or not (self.busy or newer):
            return False  # something long: whoever sees its bar is told that it comes first
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(_Press(act, vain, jobs, redo))
        if newer and not self._reverter.busy:
            self._window.say(self.tr("Waiting for what is being saved…"))
            self.tell()
        return True

    def _under_way(self) -> set[Job]:
        return {job for job in self._session.desk.jobs if job.changes}

    def _newer(self, jobs: Iterable[Job], *, redo: bool = False) -> bool:
        """Whether one of them was handed in after what is on top of the stack, or after that was taken back which is to
        be made again."""
        top = (self.stack.next if redo else None) or self.stack.last
        return any(top is None or job.number > top.number for job in jobs)

    def _is_in_doubt(self) -> bool:
        """Whether it is not known what was saved last; that is said then."""
        if not self._session.desk.in_doubt:
            return False
        self._waiting.clear()
        self._window.say(word(InDoubt().way_out or ""))
        return True

    def _busy_changed(self) -> None:
        self.tell()
        if not self._reverter.busy:
            self._next_turn.start()

    def _take_turn(self) -> None:
        if not self._waiting or self._reverter.busy:
            return
        first = self._waiting[0]
        if not self._newer(first.jobs, redo=first.redo):
            self._waiting.pop(0).act()

    def _passed_over(self, sentence: str) -> None:
        self._window.say(sentence)
        self._window.passing.say(sentence)

    def redo(self) -> None:
        """Make again what was taken back last."""
        page, following = self._window.page, self.stack.next
        if self._newer(self._under_way(), redo=True):
            following = None  # once that is saved there is nothing to make again but what is not
        unsaved = page is not None and page.can_redo() and (self.bar.busy or not self.busy)
        if page is not None and unsaved and not (following is not None and self._saved_was_undone_last):
            page.redo()
            self.tell()
        elif not self._waits(self._redo_next, self.tr("Nothing was made again."), redo=True):
            self._redo_next()

    def _redo_next(self) -> None:
        if self._is_in_doubt():
            return
        if (following := self.stack.next) is None:
            self._waiting.clear()
            self._window.say(why_off(self._session) or self.tr("There is nothing to make again."))
        else:
            self._reverter.take_back(
                following.operation,
                question=False,
                done=partial(self._redone, following),
                gone=partial(self.stack.drop, following),
            )

    def take_back(self, operation: str, only: Only | None = None) -> None:
        """Take back any operation of the log, after a question."""
        self._reverter.take_back(operation, only)

    # What comes of it

    def _undo_saved(self, saved: Saved) -> None:
        self._reverter.take_back(
            saved.operation,
            question=False,
            done=partial(self._undone, saved),
            gone=partial(self.stack.drop, saved),
        )

    def _undone(self, saved: Saved, outcome: Outcome) -> None:
        self._saved_was_undone_last = True
        self.stack.undone(saved, outcome)
        self._show(self.tr("Undone: {0}").format(saved.words), outcome, (self.tr("Redo"), self.redo))

    def _redone(self, saved: Saved, outcome: Outcome) -> None:
        self.stack.redone(saved, outcome)
        self._show(self.tr("Done again: {0}").format(saved.words), outcome, (self.tr("Undo"), self.undo))

    def _committed(self, outcome: Outcome, initiator: object) -> None:
        saved = self.stack.note(outcome)
        if saved is None:
            return
        for press in list(self._waiting):
            if all(job.operation != saved.operation for job in press.jobs):
                self._waiting.remove(press)  # it was pressed for what was to stand on top before
                self._window.say(press.vain)
        self._saved_was_undone_last = False
        words = told(outcome.sentence)
        if initiator is self._reverter:
            self._show(words, outcome, (self.tr("Undo"), partial(self._from_toast, saved)))
        else:
            self._window.passing.offer(words, self.tr("Undo"), partial(self._from_toast, saved))

    def _ended(self, job: Job) -> None:
        """A write is over, or what leads to one; whoever waits for it waits for that one now."""
        saved = self.stack.find(job.operation)
        if saved is not None:
            saved.number = job.number
        next_jobs = {other for other in self._under_way() if other.number > job.number} if job.leads_on else set()
        waiting = [press for press in self._waiting if job in press.jobs]
        for press in waiting:
            press.jobs.remove(job)
            press.jobs |= next_jobs
        if waiting and saved is None and not next_jobs:
            self._waiting.clear()
            self._passed_over(why_off(self._session) or waiting[0].vain)
        self.tell()
        self._next_turn.start()

    def _from_toast(self, saved: Saved) -> None:
        """The operation that the message spoke of, whatever was done since."""
        if saved is self.stack.last:
            self._undo_saved(saved)
        else:
            self.take_back(saved.operation)

    # Showing it

    def _show(self, words: str, outcome: Outcome, way: tuple[str, object]) -> None:
        """Select the row concerned where the page shown has it; else offer to go where it is."""
        page = self._window.page
        self._window.say(words)
        if page is not None and page.show_changes(outcome.changes):
            self._toast(words, *way)
            return
        elsewhere = self._elsewhere(outcome.changes)
        if elsewhere is None:
            self._toast(words, *way)
        else:
            self._toast(words, self.tr("Show"), partial(self._window.go_to, elsewhere))

    def _toast(self, words: str, text: str, act: object) -> None:
        assert callable(act)
        self._window.passing.say(words, text, act)

    def _elsewhere(self, changes: tuple[Change, ...]) -> Destination | None:
        """Where the first of these rows can be seen."""
        catalog = self._session.catalog
        for change in changes:
            admin = catalog.get(change.entity)
            if admin is not None and self._session.may(admin, "view"):
                return Destination(admin.name, None if change.action == "delete" else change.id)
        return None

    def _unsaved(self, *, undo: bool) -> bool:
        page = self._window.page
        return page is not None and (page.can_undo() if undo else page.can_redo())


def _keyed(verb: str, what: str, keys: str) -> str:
    """An entry of a menu, with its keys at the side, where they are its own; they work by themselves."""
    text = f"{verb}: {what}" if what else verb
    return text.replace("&", "&&") + (f"\t{keys}" if keys else "")


def _cut(words: str) -> str:
    words = in_quotes(" ".join(words.split()))
    return words if len(words) <= MOST_WORDS else words[: MOST_WORDS - 1].rstrip() + "…"
