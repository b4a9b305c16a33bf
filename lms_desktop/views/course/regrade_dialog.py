"""Marking a quiz's attempts again: whose result changes is shown first, then it is done as one operation."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QProgressBar, QWidget

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.errors import Conflict, ExplainedError
from lms_desktop.errors.sentences import Sentence
from lms_desktop.models.desk import Job, Progress
from lms_desktop.models.regrades import RegradesModel
from lms_desktop.models.wording import said, told, word
from lms_desktop.services.teaching import regrading
from lms_desktop.services.teaching.attempts import Walk
from lms_desktop.services.teaching.regrading import (
    BY_HAND,
    LARGE,
    PLACES,
    POINTLESS,
    UNDER_WAY,
    UNREADABLE,
    Including,
    Looking,
    Preview,
)
from lms_desktop.views.course.portions import Portions
from lms_desktop.views.feedback import no_undo
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.notices import Banner, BusyLine
from lms_desktop.views.kit.sheet import Sheet
from lms_desktop.views.session import Session
from lms_desktop.views.shared_table import SharedTable

SHARES = (44, 12, 14, 15, 15)
"""Of the width, in per cent."""

WIDTH, HEIGHT = 760, 600
STEPS = 1000


class RegradeDialog(Sheet):
    """Accepted, the results are written; `outcome` says what was done.

    Attributes:
        preview: what would change, None until all attempts were looked at.
        table: the results that would change.
        by_hand, places: whether attempts that are left out otherwise are wanted in.
        apply: the button; cannot be pressed while nothing would change.
    """

    def __init__(self, session: Session, quiz_id: str, parent: QWidget | None = None) -> None:
        super().__init__("", parent, width=WIDTH, height=HEIGHT, icon="refresh", tone="info")
        self.setWindowTitle(self.tr("Regrade"))
        self.setAccessibleName(self.windowTitle())
        self._session, self._quiz_id = session, quiz_id
        self.preview: Preview | None = None
        self.outcome: Outcome | None = None
        self._job: Job | None = None
        self._portions = Portions(session, self.tr("Finding out whose result changes"), self)
        self._portions.told.connect(self._seen)
        self._portions.arrived.connect(self._arrived)
        self._portions.failed.connect(self._could_not_look)
        self._build()
        self._look()

    def _build(self) -> None:
        self.heading.setText(self.tr("Regrade"))
        self.sums = label("", "strong", wrap=True)
        self.progress = QProgressBar()
        self.progress.setRange(0, STEPS)
        self.progress.setTextVisible(False)
        self.words = label("", "small")
        self.busy = BusyLine()
        self.notice = Banner("", "bad")
        self.model = RegradesModel(parent=self)
        self.table = SharedTable(SHARES)
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.tr("Results that change"))
        self.table.setProperty("kind", "boxed")
        self.caption = label(self.tr("Scores are percentages of points."), "small")
        self.left_out = label("", "muted", wrap=True)
        self.by_hand = QCheckBox(self.tr("Mark those too, leaving out what only a person can mark"))
        self.by_hand_help = label(
            self.tr("Points that were given by hand are lost: they stand nowhere but in the score."),
            "small",
            wrap=True,
        )
        self.places = QCheckBox(self.tr("Mark those too whose answers are kept by place"))
        self.places_help = label(
            self.tr("It is right only where no question was moved or deleted since they were written."),
            "small",
            wrap=True,
        )
        for box, words in ((self.by_hand, self.by_hand_help), (self.places, self.places_help)):
            box.setAccessibleDescription(words.text())
            box.clicked.connect(lambda: self._look())
        self.add(self.sums, self.busy, self.progress, self.words, self.notice)
        self.column.addWidget(self.table, 1)
        self.add(self.caption, self.left_out, self.by_hand, self.by_hand_help, self.places, self.places_help)
        if warning := no_undo(self._session.log):
            self.add(Banner(warning, "warn"))
        self.column.addStretch(0)
        self._cancel = self.add_button(self.tr("Cancel"), "", self.reject, default=True)
        self.apply = self.add_button(self.tr("Apply"), "primary", self._apply)
        self._cancel.setFocus()

    # Looking

    def _look(self, why: str = "") -> None:
        """Go through all attempts, with what is wanted in; `why` it is done once more."""
        wanted = Including(self.by_hand.isChecked(), self.places.isChecked())
        quiz_id = self._quiz_id

        def begin(uow: UnitOfWork) -> Walk:
            walk = Looking(uow, quiz_id, wanted)
            walk.step(uow)
            return walk

        self.preview = None
        self._tell_work(self.tr("Finding out whose result changes…"))
        self.notice.tell(why, "warn")
        self.notice.setVisible(bool(why))
        self._portions.start(begin)

    def _seen(self, seen: int, total: int) -> None:
        locale = self.locale()
        self.busy.advance(seen, total)
        text = self.tr("{0} of {1} attempts looked at").format(locale.toString(seen), locale.toString(total))
        self.words.setText(text)
        self.words.show()

    def _arrived(self, walk: Looking) -> None:
        self._tell_work("")
        assert walk.preview is not None
        self.preview = found = walk.preview
        self.heading.setText(self.tr("Regrade “{0}”").format(found.title))
        self.model.show(found.changes)
        self._tell_sums(found)
        self._tell_left_out(found)
        self.apply.setEnabled(bool(found.changes))
        self.apply.setText(
            self.tr("Change %n result(s)", "", len(found.changes)) if found.changes else self.tr("Apply")
        )
        if found.changes and self.focusWidget() in (None, self._cancel):
            self.apply.setFocus(Qt.FocusReason.OtherFocusReason)

    def _could_not_look(self, error: ExplainedError) -> None:
        self._tell_work("")
        self.table.hide()
        self.caption.hide()
        self.notice.tell(said(error), "bad")
        self.notice.show()

    # Doing

    def _apply(self) -> None:
        agreed, quiz_id = self.preview, self._quiz_id
        if agreed is None or not agreed.changes or self._job is not None:
            return
        label = self.tr("Regrading “{0}”").format(agreed.title)
        self._tell_work(self.tr("Writing the results…"))
        self.notice.hide()
        desk, done, failed = self._session.desk, self._done, self._refused
        if len(agreed.changes) < LARGE:
            self._job = desk.commit(
                lambda uow: regrading.regrade(uow, quiz_id, agreed),
                done=done, failed=failed, cancelled=self._cancelled, initiator=self, owner=self, label=label,
            )  # fmt: skip
        else:

            def operation(uow: UnitOfWork, progress: Progress) -> Outcome:
                return regrading.regrade(uow, quiz_id, agreed, progress)

            self._job = desk.run(
                operation,
                done=done, failed=failed, cancelled=self._cancelled, progress=self._written, initiator=self, owner=self,
                label=label,
            )  # fmt: skip
        if self._job.ended is not None:
            self._job = None
        elif len(agreed.changes) >= LARGE:
            self.progress.show()
            self.progress.setAccessibleName(label)

    def _written(self, fraction: float, text: str) -> None:
        self.progress.setValue(round(fraction * STEPS))
        if isinstance(text, Sentence):
            locale = self.locale()
            figures = {name: locale.toString(v) if isinstance(v, int) else v for name, v in text.values.items()}
            self.words.setText(told(Sentence(text.template, text.words, **figures)))
        else:
            self.words.setText(word(text))
        self.words.show()

    def _done(self, outcome: Outcome) -> None:
        self._job = None
        self.outcome = outcome
        self.accept()

    def _refused(self, error: ExplainedError) -> None:
        self._job = None
        if isinstance(error, Conflict):
            self._look(said(error))
            return
        self._tell_work("")
        self.notice.tell(said(error), "bad")
        self.notice.show()
        self.apply.setEnabled(True)

    def _cancelled(self) -> None:
        self._job = None
        self._tell_work("")
        self.notice.tell(self.tr("Cancelled. Nothing was changed."), "info")
        self.notice.show()
        self.apply.setEnabled(self.preview is not None and bool(self.preview.changes))

    def reject(self) -> None:
        """Override QDialog::reject: while it is being done, that is stopped; the dialog stays until it has stopped."""
        if self._job is not None:
            self._job.cancel()
            self._cancel.setEnabled(False)
            return
        self._portions.stop()
        super().reject()

    # What is said

    def _tell_work(self, text: str) -> None:
        """What is being done; "" for nothing."""
        if text:
            self.busy.start(text)
        else:
            self.busy.stop()
        self.progress.hide()
        self.progress.setValue(0)
        self.words.setText("")
        self.words.hide()
        self.apply.setEnabled(False)
        self._cancel.setEnabled(True)
        for box in (self.by_hand, self.places):
            box.setEnabled(not text)

    def _tell_sums(self, found: Preview) -> None:
        locale = self.locale()
        if not found.changes:
            looked = found.same + sum(found.left_out.values())
            nothing = self.tr("No result changes.") if looked else self.tr("Nobody has taken this quiz yet.")
            self.sums.setText(nothing)
        else:
            sums = self.tr(
                "%n result(s) change, of which {0} now pass and {1} no longer do. Unchanged: {2}.",
                "",
                len(found.changes),
            )
            self.sums.setText(sums.format(*map(locale.toString, (found.now_pass, found.no_longer_pass, found.same))))
        self.table.setVisible(bool(found.changes))
        self.caption.setVisible(bool(found.changes))

    def _tell_left_out(self, found: Preview) -> None:
        out = found.left_out
        reasons = {
            UNDER_WAY: self.tr("%n still under way", "", out.get(UNDER_WAY, 0)),
            UNREADABLE: self.tr("%n whose answers cannot be read", "", out.get(UNREADABLE, 0)),
            POINTLESS: self.tr("%n in which nothing gives points", "", out.get(POINTLESS, 0)),
            BY_HAND: self.tr("%n with what only a person can mark", "", out.get(BY_HAND, 0)),
            PLACES: self.tr("%n whose answers are kept by place", "", out.get(PLACES, 0)),
        }
        named = [reasons[reason] for reason in regrading.REASONS if out.get(reason)]
        self.left_out.setText(self.tr("Left as they are: {0}.").format(", ".join(named)) if named else "")
        self.left_out.setVisible(bool(named))
        for box, words, reason in (
            (self.by_hand, self.by_hand_help, BY_HAND),
            (self.places, self.places_help, PLACES),
        ):
            box.setVisible(bool(out.get(reason)) or box.isChecked())
            words.setVisible(box.isVisibleTo(self))
