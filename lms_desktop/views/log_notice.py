"""Why there is no history here, and the way to have one: said where the change log is off."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lms_desktop import policy
from lms_desktop.errors import ExplainedError
from lms_desktop.models.wording import word
from lms_desktop.spec import N_
from lms_desktop.views.feedback import ask
from lms_desktop.views.kit.notices import BusyLine, EmptyState
from lms_desktop.views.session import Session

_WAY_OUT = N_("An administrator can install it here.")


class LogNotice(QWidget):
    """In place of the history where the change log is off: it says why, and an administrator can install it.

    Signals:
        trouble(object): it could not be installed; an error of `lms_desktop.errors`.
        installed(): it is on now.
    """

    trouble = Signal(object)
    installed = Signal()

    def __init__(self, session: Session, *, brief: bool = False, parent: QWidget | None = None) -> None:
        """`brief` where there is little room."""
        super().__init__(parent)
        self._session, self._brief = session, brief
        self._busy = BusyLine(parent=self)
        self.empty = EmptyState("history", "", parent=self)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self._busy)
        box.addWidget(self.empty, 1)
        self.empty.acted.connect(self.install)
        session.log.changed.connect(self.tell)
        self.tell()

    def tell(self) -> None:
        """Say how it stands."""
        state = self._session.log.state
        may = may_install(self._session) and not state.installed
        detail = "" if self._brief else self.tr("With it, every change made here is kept with before and after.")
        if not state.installed and not may:
            detail = " ".join(filter(None, (detail, word(_WAY_OUT))))
        self.empty.tell(word(state.why_off), self.tr("Install the change log…") if may else "", detail)

    def install(self) -> None:
        """Install it, after a question."""
        if self._busy.busy or not may_install(self._session) or not ask_to_install(self):
            return
        self.empty.button.setEnabled(False)
        self._busy.start(self.tr("Installing the change log…"))
        self._session.log.install(done=self._done, failed=self._failed)

    def _done(self) -> None:
        self._ended()
        self.installed.emit()

    def _failed(self, error: ExplainedError) -> None:
        self._ended()
        self.trouble.emit(error)

    def _ended(self) -> None:
        self._busy.stop()
        self.empty.button.setEnabled(True)


def may_install(session: Session) -> bool:
    """Whether the person may put the change log in."""
    return policy.sees_whole_history(session.actor)


def ask_to_install(parent: QWidget) -> bool:
    """Ask before the change log is put in, saying what that means."""

    translate = QCoreApplication.translate
    return ask(
        parent,
        translate("LogNotice", "Install the change log?"),
        translate(
            "LogNotice",
            "From then on everything that is changed here is kept, with who did it and what was there before, and can "
            "be taken back. It stands in a schema of its own in this database, “lms_desktop”, and sets triggers on the "
            "ten tables. The web application notices nothing of it, and what other programs write is not logged. "
            "It can be taken out again.",
        ),
        translate("LogNotice", "Install the change log"),
    )
