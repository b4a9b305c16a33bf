"""What would be done, step by step, and what stands in the way."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from lms_desktop.database.migrating.plan import Plan, PlanStep
from lms_desktop.database.migrating.preflight import Finding
from lms_desktop.models.wording import told, word
from lms_desktop.services.migrating import Prepared
from lms_desktop.views import theme
from lms_desktop.views.kit.labels import SectionLabel, label
from lms_desktop.views.kit.notices import Banner, Picture
from lms_desktop.views.kit.paint import TONE_ICON, Tone, px
from lms_desktop.views.kit.surfaces import TopColumn

_TONES: dict[str, Tone] = {"ok": "ok", "note": "info", "warn": "warn", "block": "bad"}


class Reading(QScrollArea):
    """A column of things to read, which scrolls.

    Attributes:
        column: where they go.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._inner = QWidget()
        self._inner.setProperty("kind", "scrolled")
        self.column = TopColumn(self._inner)
        self.setWidget(self._inner)
        self._space()
        theme.current().changed.connect(self._space)

    def clear(self) -> None:
        """Take everything away."""
        while (item := self.column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def add(self, *widgets: QWidget) -> None:
        """Put widgets at the end."""
        for widget in widgets:
            self.column.addWidget(widget)

    def words(self) -> str:
        """All that is written, for whoever looks for something in it."""
        texts = []
        for place in range(self.column.count()):
            item = self.column.itemAt(place)
            widget = item.widget() if item is not None else None
            if widget is not None:
                texts.append(widget.accessibleName() or getattr(widget, "text", str)())
        return "\n".join(text for text in texts if text)

    def _space(self) -> None:
        self.column.setContentsMargins(px(16), px(12), px(16), px(12))
        self.column.setSpacing(px(8))


class PlanView(Reading):
    """The steps to the target with the tables that each touches; below them what was checked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Plan"), parent)
        self.setAccessibleName(self.tr("Plan"))

    def show_plan(self, prepared: Prepared) -> None:
        """Show a plan upwards."""
        self.clear()
        self.add(label(self._whole(prepared.plan), wrap=True))
        for step in prepared.plan.steps:
            self.add(StepCard(step))
        blocked = prepared.blocked
        if blocked is not None:
            banner = Banner("", "bad")
            banner.tell(" ".join(filter(None, (told(blocked.sentence), told(blocked.way_out or "")))), "bad")
            self.column.insertWidget(0, banner)
        self.add(SectionLabel(self.tr("Checked beforehand")))
        for finding in prepared.findings:
            self.add(FindingRow(finding))

    def show_sentence(self, *sentences: str) -> None:
        """Say why there is no plan."""
        self.clear()
        self.add(*(label(text, wrap=True) for text in sentences if text))

    def _whole(self, plan: Plan) -> str:
        if plan.one_transaction:
            return self.tr("%n revision(s) in one transaction: all of it is done, or nothing.", "", len(plan.steps))
        return self.tr(
            "%n revision(s). One of them commits in its midst, so what is done before a failure stays.",
            "",
            len(plan.steps),
        )


class StepCard(QFrame):
    """One revision of a plan."""

    def __init__(self, step: PlanStep) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        box = QVBoxLayout(self)
        box.setContentsMargins(px(12), px(8), px(12), px(10))
        box.setSpacing(px(3))
        box.addWidget(label(step.revision.id, "fixed", wrap=True))
        lines = [word(step.revision.description), *self._lines(step)]
        for number, text in enumerate(lines):
            if text:
                box.addWidget(label(text, "muted" if number == 0 else "small", wrap=True))
        self.setAccessibleName(" ".join([step.revision.id, *lines]))

    def _lines(self, step: PlanStep) -> list[str]:
        lines = []
        if step.tables:
            lines.append(self.tr("Tables: {0}.").format(", ".join(step.tables)))
        for table, sure in step.rewrites:
            text = (
                self.tr("Writes {0} anew, row by row.")
                if sure == "yes"
                else self.tr("May write {0} anew, row by row; a rehearsal shows it.")
            )
            lines.append(text.format(table))
        if not step.rewrites:
            lines.append(self.tr("Writes no table anew."))
        if not step.written.in_transaction:
            lines.append(self.tr("Commits in its midst: it cannot be rehearsed on this database, only on a copy."))
        if not step.written.complete:
            lines.append(self.tr("Its SQL depends on the database; a rehearsal shows it."))
        return lines


class FindingRow(QWidget):
    """What a check found."""

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        tone = _TONES[finding.level]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(px(8))
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        grid.addWidget(Picture(TONE_ICON[tone], tone, 14), 0, 0, Qt.AlignmentFlag.AlignTop)
        text = " ".join(filter(None, (told(finding.sentence), told(finding.way_out or ""))))
        grid.addWidget(label(text, "" if finding.level in ("warn", "block") else "muted", wrap=True), 0, 1)
        self.setAccessibleName(text)
