"""What speaks against an action, said before it is done; it may be done all the same."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QWidget

from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import Job
from lms_desktop.models.wording import told
from lms_desktop.spec import Action
from lms_desktop.views.feedback import readable
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.sheet import Sheet
from lms_desktop.views.session import Session

MOST = 40
"""Sentences that are shown; the rest is counted."""


class DoubtsDialog(Sheet):
    """Lists what was found. Cancel has the keyboard."""

    def __init__(self, action: Action, doubts: tuple[str, ...], parent: QWidget | None = None) -> None:
        word = QCoreApplication.translate("", action.label)
        super().__init__(word, parent, width=480, icon="warning", tone="warn")
        self.heading.setText(self.tr("Not everything is ready"))
        lines = [told(doubt) for doubt in doubts[:MOST]]
        if len(doubts) > MOST:
            lines.append(self.tr("… and %n more", "", len(doubts) - MOST))
        self.setAccessibleDescription(" ".join(lines))
        for line in lines:
            self.add(readable(line))
        self.add(label(self.tr("It can be done all the same, and be mended afterwards."), "small", wrap=True))
        kept = self.add_button(self.tr("Cancel"), "", self.reject, default=True)
        self.add_button(word, "danger", self.accept)
        kept.setFocus()


class Doubts(QObject):
    """Asks before an action where something speaks against it.

    Signals:
        trouble(object): it could not be found out; the action was not done.
    """

    trouble = Signal(object)

    def __init__(self, session: Session, view: QWidget) -> None:
        super().__init__(view)
        self._session, self._view = session, view
        self._job: Job | None = None

    def unless(self, action: Action, ids: tuple[str, ...], act: Callable[[], object]) -> None:
        """Do it, at once where nothing can speak against it, else after that was looked up and the person asked."""
        if self._job is not None and self._job.ended is None:
            return
        doubts = action.doubts
        if doubts is None:
            act()
            return
        self._job = self._session.desk.read(
            lambda uow: doubts(uow, ids),
            done=partial(self._found, action, act),
            failed=self._failed,
            owner=self,
            label=QCoreApplication.translate("", action.label),
        )
        self._job.leads_on = True

    def _found(self, action: Action, act: Callable[[], object], doubts: tuple[str, ...]) -> None:
        if not doubts:
            act()
            return
        dialog = DoubtsDialog(action, doubts, self._view.window())
        dialog.accepted.connect(act)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _failed(self, error: ExplainedError) -> None:
        self.trouble.emit(error)
