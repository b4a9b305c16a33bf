"""What somebody else changed meanwhile, beside what this person wants: nothing is overwritten without being told to."""

from enum import Enum

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from lms_desktop.models.drafts import Drafts
from lms_desktop.models.render import render
from lms_desktop.services.records import Clash, Clashes
from lms_desktop.spec import EntityAdmin, Field, Ref
from lms_desktop.views.session import Session


class Decision(Enum):
    """What becomes of one row's edits."""

    MINE = "mine"
    THEIRS = "theirs"


class ConflictDialog(QDialog):
    """Base, theirs and mine of each row that was changed meanwhile, with a choice for each row.

    Attributes:
        save_again: the person wants to save at once what is left.
    """

    def __init__(
        self, session: Session, admin: EntityAdmin, drafts: Drafts, clashes: Clashes, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._admin, self._drafts = session, admin, drafts
        self._choices: dict[str, QRadioButton] = {}
        self.save_again = False
        self.setWindowTitle(self.tr("Changed by somebody else meanwhile"))
        self.setMinimumWidth(640)
        head = QLabel(self.tr("Nothing was saved yet, and nothing is overwritten."))
        head.setProperty("role", "title")
        text = QLabel(
            self.tr("While you were editing, these rows were changed. Choose for each one whose values should stand.")
        )
        text.setWordWrap(True)
        body = QWidget()
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(16)
        for clash in clashes.clashes:
            rows.addWidget(self._row(clash))
        rows.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(body)
        buttons = QDialogButtonBox()
        save = buttons.addButton(self.tr("Apply and save"), QDialogButtonBox.ButtonRole.AcceptRole)
        save.setProperty("kind", "primary")
        save.setDefault(True)
        apply = buttons.addButton(self.tr("Apply, save later"), QDialogButtonBox.ButtonRole.ActionRole)
        cancel = buttons.addButton(self.tr("Decide later"), QDialogButtonBox.ButtonRole.RejectRole)
        save.clicked.connect(self._save)
        apply.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 16)
        box.setSpacing(12)
        for widget in (head, text):
            box.addWidget(widget)
        box.addWidget(scroll, 1)
        box.addWidget(buttons)
        self.resize(720, min(260 + 150 * len(clashes.clashes), 640))

    def decision(self, row_id: str) -> Decision:
        """What the person chose for a row."""
        mine = self._choices.get(row_id)
        return Decision.MINE if mine is not None and mine.isChecked() else Decision.THEIRS

    def _save(self) -> None:
        self.save_again = True
        self.accept()

    def _row(self, clash: Clash) -> QWidget:
        frame = QWidget()
        grid = QGridLayout(frame)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        name = QLabel(clash.title or QCoreApplication.translate("", self._admin.label))
        name.setProperty("role", "strong")
        grid.addWidget(name, 0, 0, 1, 4)
        if clash.theirs is None:
            gone = QLabel(self.tr("It was deleted. Your edits to it cannot be saved any more."))
            gone.setWordWrap(True)
            grid.addWidget(gone, 1, 0, 1, 4)
            return frame
        for column, text in enumerate(
            (self.tr("Field"), self.tr("You began with"), self.tr("Now"), self.tr("You want"))
        ):
            label = QLabel(text)
            label.setProperty("role", "muted")
            grid.addWidget(label, 1, column)
        keys = list(dict.fromkeys([key for key, _, _ in clash.fields] + list(clash.edit.values)))
        for line, key in enumerate(keys, start=2):
            self._line(grid, line, clash, key)
        mine = QRadioButton(self.tr("Keep my edits, on top of theirs"))
        theirs = QRadioButton(self.tr("Take theirs, drop my edits"))
        overlapping = {key for key, _, _ in clash.fields} & set(clash.edit.values)
        (theirs if overlapping else mine).setChecked(True)
        group = QButtonGroup(frame)
        group.addButton(mine)
        group.addButton(theirs)
        grid.addWidget(mine, len(keys) + 2, 0, 1, 2)
        grid.addWidget(theirs, len(keys) + 2, 2, 1, 2)
        self._choices[clash.edit.id] = mine
        return frame

    def _line(self, grid: QGridLayout, line: int, clash: Clash, key: str) -> None:
        field = self._admin.field(key)
        theirs = clash.theirs.values.get(key) if clash.theirs else None
        base = clash.edit.base.get(key, theirs)
        mine = clash.edit.values.get(key, base)
        texts = (
            QCoreApplication.translate("", field.label),
            self._shown(field, key, base),
            self._theirs(clash, key, theirs),
            self._mine(clash, field, key, mine) if key in clash.edit.values else "",
        )
        for column, text in enumerate(texts):
            label = QLabel(text)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            if column == 2 and theirs != base:
                label.setProperty("role", "strong")
            grid.addWidget(label, line, column)

    def _theirs(self, clash: Clash, key: str, value: str | None) -> str:
        if clash.theirs is not None and key in clash.theirs.labels and value is not None:
            return clash.theirs.labels[key][0]
        return self._shown(self._admin.field(key), key, value)

    def _mine(self, clash: Clash, field: object, key: str, value: str | None) -> str:
        draft = self._drafts.get(clash.edit.id)
        if draft is not None and key in draft.labels and value is not None:
            return draft.labels[key][0]
        return self._shown(self._admin.field(key), key, value)

    def _shown(self, field: object, key: str, value: str | None) -> str:
        declared = self._admin.field(key)
        if isinstance(declared, Field) and isinstance(declared.kind, Ref) and value is not None:
            return self.tr("another one")
        return render(declared.kind, value, self._session.zone).text or self.tr("empty")
