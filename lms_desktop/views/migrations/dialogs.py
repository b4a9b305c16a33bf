"""The questions before something is done: applying, rehearsing, rolling back, leaving while it runs."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QRadioButton, QSpinBox, QWidget

from lms_desktop.database.migrating.events import Limits
from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.database.migrating.rehearsal import WARNING
from lms_desktop.models.wording import told, word
from lms_desktop.services.migrating import Prepared
from lms_desktop.views.feedback import readable
from lms_desktop.views.kit.fields import roomy
from lms_desktop.views.kit.labels import SectionLabel, label
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.kit.sheet import Sheet
from lms_desktop.views.migrations import words

REHEARSAL_SECONDS = 60
"""The time limit that a rehearsal has unless another one is wanted."""


def _steps(box: Sheet, prepared: Prepared) -> None:
    """The revisions, one below the other."""
    for step in prepared.plan.steps:
        box.add(label(step.revision.id, "fixed", wrap=True))


def _warnings(box: Sheet, prepared: Prepared) -> None:
    for finding in prepared.findings:
        if finding.level == "warn":
            banner = Banner("", "warn")
            banner.tell(" ".join(filter(None, (told(finding.sentence), told(finding.way_out or "")))), "warn")
            box.add(banner)


class ApplyDialog(Sheet):
    """Asks before revisions are applied."""

    def __init__(self, prepared: Prepared, dump_to: Path | None, limits: Limits, parent: QWidget | None = None) -> None:
        plan = prepared.plan
        super().__init__(
            self.tr("Apply revisions"),
            parent,
            width=500,
            heading=self.tr("Apply %n revision(s) to {0}?", "", len(plan.steps)).format(plan.database),
        )
        _steps(self, prepared)
        _warnings(self, prepared)
        text = self.tr("It waits at most {0} s for a table and tries {1} times. You can cancel at any time.")
        parts = [text.format(f"{limits.lock_timeout:g}", limits.tries)]
        if plan.one_transaction:
            parts.append(self.tr("All of it is done in one transaction, or nothing."))
        else:
            parts.append(self.tr("A revision commits in its midst: what is done before a failure stays."))
        self.add(readable(" ".join(parts)))
        if dump_to is None:
            self.add(label(self.tr("The database is not saved first."), "muted", wrap=True))
        else:
            self.add(label(self.tr("First the database is saved to {0}.").format(dump_to), "muted", wrap=True))
        self.add_button(self.tr("Cancel"), "", self.reject)
        act = self.tr("Apply {0}").format(words.steps(plan))
        self.add_button(act, "primary", self.accept, default=True).setFocus()


@dataclass(frozen=True)
class RehearsalWish:
    """How it is to be rehearsed."""

    on_copy: bool
    seconds: int


class RehearseDialog(Sheet):
    """Asks how revisions are to be rehearsed: on a copy where one can be made, or live, after a plain warning."""

    def __init__(self, prepared: Prepared, parent: QWidget | None = None) -> None:
        plan = prepared.plan
        super().__init__(
            self.tr("Rehearse"), parent, width=500, heading=self.tr("Rehearse {0}").format(words.steps(plan))
        )
        self.add(readable(self.tr("Everything is run for real and measured, and then all of it is taken back.")))
        self.copy = QRadioButton(self.tr("On a copy of the database"))
        self.live = QRadioButton(self.tr("On this database"))
        self._group = QButtonGroup(self)
        self._group.addButton(self.copy)
        self._group.addButton(self.live)
        possible = prepared.copy.way is not None
        self.copy.setEnabled(possible)
        (self.copy if possible else self.live).setChecked(True)
        self.add(self.copy, label(told(prepared.copy.sentence), "small", wrap=True))
        self.add(self.live)
        self.warning = Banner("", "warn")
        self.warning.tell(word(WARNING), "warn")
        self.add(self.warning)
        if not plan.one_transaction:
            self.add(label(self.tr("What commits in its midst can be rehearsed only on a copy."), "warn", wrap=True))
        caption = label(self.tr("Time limit in seconds"), "small")
        self.limit = roomy(QSpinBox())
        self.limit.setRange(1, 3600)
        self.limit.setValue(REHEARSAL_SECONDS)
        self.limit.setAccessibleName(caption.text())
        caption.setBuddy(self.limit)
        self.add(caption, self.limit)
        self.live.toggled.connect(self._tell)
        self.add_button(self.tr("Cancel"), "", self.reject)
        self._do = self.add_button(self.tr("Rehearse"), "primary", self.accept, default=True)
        self._do.setFocus()
        self._tell()

    def wish(self) -> RehearsalWish:
        """What was chosen."""
        return RehearsalWish(self.copy.isChecked(), self.limit.value())

    def _tell(self) -> None:
        self.warning.setVisible(self.live.isChecked())
        if self.isVisible():
            self.fit()


class RollbackDialog(Sheet):
    """Names what goes, and asks for the database's name where data would.

    Attributes:
        name: where the database's name is typed; not shown where no data would go.
    """

    def __init__(self, prepared: Prepared, dump_to: Path | None, parent: QWidget | None = None) -> None:
        plan = prepared.plan
        self._prepared = prepared
        super().__init__(
            self.tr("Roll back"),
            parent,
            width=500,
            icon="warning",
            tone="warn",
            heading=self.tr("Roll back %n revision(s) of {0}?", "", len(plan.steps)).format(plan.database),
        )
        _steps(self, prepared)
        self._losses()
        for text in self._consequences():
            self.add(readable(text))
        _warnings(self, prepared)
        if dump_to is not None:
            self.add(label(self.tr("First the database is saved to {0}.").format(dump_to), "muted", wrap=True))
        elif plan.losses:
            self.add(label(self.tr("The database is not saved first."), "bad", wrap=True))
        self.name = QLineEdit()
        caption = label(self.tr("Type the database's name, {0}, to go on").format(plan.database), "small", wrap=True)
        caption.setBuddy(self.name)
        self.name.setAccessibleName(caption.text())
        self.name.setVisible(plan.demands_name)
        caption.setVisible(plan.demands_name)
        self.add(caption, self.name)
        kept = self.add_button(self.tr("Cancel"), "", self.reject, default=not plan.demands_name)
        self.do = self.add_button(self.tr("Roll back {0}").format(words.steps(plan)), "danger", self.accept)
        self.do.setEnabled(not plan.demands_name)
        self.name.textChanged.connect(lambda text: self.do.setEnabled(text == plan.database))
        self.name.returnPressed.connect(lambda: self.do.click() if self.do.isEnabled() else None)
        (self.name if plan.demands_name else kept).setFocus(Qt.FocusReason.OtherFocusReason)

    def _losses(self) -> None:
        plan = self._prepared.plan
        if not plan.losses:
            self.add(readable(self.tr("No data goes: what is undone holds none.")))
            return
        self.add(SectionLabel(self.tr("Lost for good")))
        for loss in plan.losses:
            self.add(label(f"•  {told(loss.sentence)}", "bad", wrap=True))

    def _consequences(self) -> list[str]:
        plan = self._prepared.plan
        if plan.standing.lineage is Lineage.OWN:
            if plan.target is None:
                return [self.tr("Without the change log nothing that is done here can be taken back any more.")]
            return []
        if plan.target is None:
            return [
                self.tr("Nothing is left but an empty database. Nobody can sign in to it before it is set up anew.")
            ]
        return [
            self.tr(
                "This application needs the newest revision. Until it is applied again, only this page works here, and "
                "nobody else can work with this application; the web application may fail as well."
            )
        ]


class Leaving(Enum):
    """What is to become of a run when its window is to go."""

    STAY = "stay"
    WAIT = "wait"
    STOP = "stop"


class LeaveRunDialog(Sheet):
    """Asks what is to become of what runs."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Something is running"), parent, width=480, icon="warning", tone="warn", heading=title)
        self.choice = Leaving.STAY
        text = self.tr("Until it is done the window stays open. Stopped, it rolls back what is not committed.")
        self.add(readable(text))
        self.add_button(self.tr("Stay here"), "", lambda: self._choose(Leaving.STAY), default=True).setFocus()
        self.add_button(self.tr("Close when it is done"), "", lambda: self._choose(Leaving.WAIT))
        self.add_button(self.tr("Stop it and close"), "danger", lambda: self._choose(Leaving.STOP))

    def _choose(self, choice: Leaving) -> None:
        self.choice = choice
        self.accept()
