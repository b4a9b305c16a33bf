"""What a save would write, value by value."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from lms_desktop.models.cell_roles import draft_cell
from lms_desktop.models.drafts import Draft, Drafts
from lms_desktop.models.render import render
from lms_desktop.spec import EntityAdmin, Ref
from lms_desktop.views.session import Session


class PreviewDialog(QDialog):
    """All unsaved values: row, field, as it is, as it would be."""

    def __init__(self, session: Session, admin: EntityAdmin, drafts: Drafts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._admin = session, admin
        self.setWindowTitle(self.tr("What will be saved"))
        head = QLabel(self.tr("%n unsaved change(s), saved together or not at all", "", drafts.changes()))
        head.setProperty("role", "title")
        lines = [line for draft in drafts.all() for line in self._lines(draft)]
        self.table = QTableWidget(len(lines), 4)
        self.table.setHorizontalHeaderLabels(
            [QCoreApplication.translate("", admin.label), self.tr("Field"), self.tr("Now"), self.tr("Will be")]
        )
        self.table.setAccessibleName(self.tr("Unsaved changes"))
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for row, line in enumerate(lines):
            for column, text in enumerate(line):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(row, column, item)
        buttons = QDialogButtonBox()
        close = buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setDefault(True)
        buttons.rejected.connect(self.reject)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 16)
        box.setSpacing(12)
        box.addWidget(head)
        box.addWidget(self.table, 1)
        box.addWidget(buttons)
        self.resize(760, 420)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def _lines(self, draft: Draft) -> list[tuple[str, str, str, str]]:
        name = draft.title or (self.tr("new") if draft.new else draft.id[:8])
        lines = []
        for key in draft.values:
            field = self._admin.field(key)
            before = draft.base.get(key)
            if draft.new:
                shown = ""
            elif isinstance(field.kind, Ref) and before is not None:
                shown = self.tr("another one")
            else:
                shown = render(field.kind, before, self._session.zone).text
            cell = draft_cell(field, draft, self._session.zone)
            lines.append(
                (name, QCoreApplication.translate("", field.label), shown, f"{cell.text} {cell.detail}".strip())
            )
        return lines
