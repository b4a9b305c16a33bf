"""The question before an operation is taken back: what would be written; or what stands in the way, and whose it is."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from lms_desktop.models.obstacles import Names, ObstaclesModel
from lms_desktop.models.undo import in_quotes
from lms_desktop.models.wording import amid, told, word
from lms_desktop.services.reverting import Plan
from lms_desktop.views.kit.labels import SectionLabel, label
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.kit.paint import px
from lms_desktop.views.kit.sheet import Sheet
from lms_desktop.views.session import Session
from lms_desktop.views.shared_table import SharedTable

SHARES = (22, 12, 17, 17, 15, 17)
"""Of the width, in per cent: row, field, as it was left, as it is now, whose change, when."""

WIDTH, LINE, AROUND = 940, 33, 250
"""Of the dialog with its table, in pixels at 100 %: its width, the height of a line, and of all that is no line."""
MOST_LINES = 10
"""Lines that are seen without scrolling."""


class RevertDialog(Sheet):
    """Accepted, the operation is wanted taken back; where something stands in the way, what else of it is possible.

    Attributes:
        table: what stands in the way; None where nothing does.
    """

    def __init__(
        self, session: Session, plan: Plan, parent: QWidget | None = None, *, names: Names | None = None
    ) -> None:
        blocked = bool(plan.obstacle_count)
        lines = sum(max(len(obstacle.fields), 1) for obstacle in plan.obstacles)
        super().__init__(
            "",
            parent,
            width=WIDTH if blocked else 480,
            height=AROUND + LINE * min(max(lines, 2), MOST_LINES) if blocked else 0,
            icon="undo" if not blocked else "warning",
            tone="warn" if blocked else "info",
        )
        self._session, self._plan = session, plan
        self.table: SharedTable | None = None
        self.setWindowTitle(self.tr("Take back"))
        self.setAccessibleName(self.windowTitle())
        words = in_quotes(told(plan.sentence))
        if blocked:
            self._say_blocked(words, names or {})
        else:
            self._say_what(words)

    # Nothing in the way

    def _say_what(self, words: str) -> None:
        self.heading.setText(self.tr("Take back “{0}”?").format(words))
        counts = self._plan.counts
        sections = (self.tr("Comes back"), self.tr("Is changed back"), self.tr("Goes again"))
        for at, title in enumerate(sections):
            found = [(entity, numbers[at]) for entity, numbers in counts.items() if numbers[at]]
            if found:
                self._add_list(title, found)
        if not any(map(sum, counts.values())):
            self.add(label(self.tr("Nothing is left of it to take back."), wrap=True))
        self._add_notes()
        self.add(label(self.tr("This is saved as a change of its own, and can be taken back too."), "muted", wrap=True))
        goes = any(numbers[2] for numbers in counts.values())
        keep = self.add_button(self.tr("Leave it"), "", self.reject, default=goes)
        do = self.add_button(self.tr("Take back"), "danger" if goes else "primary", self.accept, default=not goes)
        do.setEnabled(any(map(sum, counts.values())))
        (keep if goes or not do.isEnabled() else do).setFocus()

    def _add_list(self, title: str, found: Sequence[tuple[type, int]]) -> None:
        """Figures below one another, each before what it counts."""
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, px(4), 0, 0)
        grid.setHorizontalSpacing(px(8))
        grid.setVerticalSpacing(px(2))
        grid.setColumnStretch(1, 1)
        grid.addWidget(SectionLabel(title), 0, 0, 1, 2)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        trailing = Qt.AlignmentFlag.AlignLeft if rtl else Qt.AlignmentFlag.AlignRight
        for line, (entity, count) in enumerate(found, start=1):
            admin = self._session.catalog[entity]
            figure = label(self.locale().toString(count), "strong")
            figure.setAlignment(trailing | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(figure, line, 0)
            grid.addWidget(label(amid(admin.noun if count == 1 else admin.plural), wrap=True), line, 1)
        self.add(holder)

    def _add_notes(self) -> None:
        for note in self._plan.notes:
            self.add(Banner(word(note), "warn"))

    # Something in the way

    def _say_blocked(self, words: str, names: Names) -> None:
        plan = self._plan
        wholly = self.tr("“{0}” cannot be taken back") if not plan.possible else ""
        self.heading.setText((wholly or self.tr("“{0}” cannot be taken back as a whole")).format(words))
        count = self.tr("%n row(s) are no longer as it left them.", "", plan.obstacle_count)
        self.add(label(count + " " + self.tr("Nothing was changed."), wrap=True))
        self.table = SharedTable(SHARES)
        self.table.setModel(ObstaclesModel(self._session.catalog, plan, self._session.zone, names, parent=self.table))
        self.table.setAccessibleName(self.tr("What stands in the way"))
        self.table.setProperty("kind", "boxed")
        self.add(self.table)
        more = plan.obstacle_count - len(plan.obstacles)
        if more > 0:
            self.add(label(self.tr("and %n more row(s)", "", more), "muted"))
        self._add_notes()
        close = self.add_button(self.tr("Leave everything as it is"), "", self.reject, default=True)
        if plan.possible:
            self.add_button(self.tr("Take back the other %n row(s)", "", plan.possible), "primary", self.accept)
        close.setFocus()
