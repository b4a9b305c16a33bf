"""What somebody else changed meanwhile, beside what this person wants: nothing is overwritten without being told to."""

from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLabel, QRadioButton, QWidget

from lms_desktop.models.drafts import Drafts
from lms_desktop.models.wording import word
from lms_desktop.services.records import Clash, Clashes
from lms_desktop.spec import EntityAdmin, Field, Moment, Ref
from lms_desktop.views.kit.flow import FlowLayout
from lms_desktop.views.kit.labels import Tag, label
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.kit.paint import px
from lms_desktop.views.kit.sheet import Sheet
from lms_desktop.views.kit.surfaces import Panel
from lms_desktop.views.session import Session
from lms_desktop.views.value_text import brief


class Decision(Enum):
    """What becomes of one row's edits."""

    MINE = "mine"
    THEIRS = "theirs"


class ConflictDialog(Sheet):
    """Base, theirs and mine of each row that was changed meanwhile, with a choice for each row.

    Attributes:
        save_again: the person wants to save at once what is left.
    """

    def __init__(
        self, session: Session, admin: EntityAdmin, drafts: Drafts, clashes: Clashes, parent: QWidget | None = None
    ) -> None:
        super().__init__("", parent, width=760, icon="merge", tone="bad")
        self._session, self._admin, self._drafts = session, admin, drafts
        self._choices: dict[str, QRadioButton] = {}
        self.save_again = False
        self.setWindowTitle(self.tr("Changed by somebody else meanwhile"))
        self.setAccessibleName(self.windowTitle())
        self.heading.setText(self.tr("Nothing was saved yet, and nothing is overwritten."))
        text = self.tr(
            "While you were editing, these rows were changed. Choose for each one whose values should stand."
        )
        self.add(label(text, wrap=True))
        for clash in clashes.clashes:
            self.add(self._card(clash))
        self.column.addStretch(1)
        self.add_button(self.tr("Decide later"), "", self.reject)
        self.add_button(self.tr("Apply, save later"), "", self.accept)
        save = self.add_button(self.tr("Apply and save"), "primary", self._save, default=True)
        (next(self._checked(), None) or save).setFocus()

    def decision(self, row_id: str) -> Decision:
        """What the person chose for a row."""
        mine = self._choices.get(row_id)
        return Decision.MINE if mine is not None and mine.isChecked() else Decision.THEIRS

    def _save(self) -> None:
        self.save_again = True
        self.accept()

    def _checked(self) -> "filter[QRadioButton]":
        return filter(QRadioButton.isChecked, self.findChildren(QRadioButton))

    # One row

    def _card(self, clash: Clash) -> QWidget:
        card = Panel("card", margin=12, spacing=8)
        card.add(label(clash.title or word(self._admin.label), "strong", wrap=True))
        if clash.theirs is None:
            card.add(Banner(self.tr("It was deleted. Your edits to it cannot be saved any more."), "bad"))
            return card
        theirs = {key for key, _, _ in clash.fields}
        both = theirs & set(clash.edit.values)
        keys = sorted(theirs | set(clash.edit.values), key=lambda key: (key not in both, key not in theirs))
        card.add(self._comparison(clash, keys, theirs, both))
        card.add(self._choice(clash, prefer_theirs=bool(both)))
        return card

    def _comparison(self, clash: Clash, keys: list[str], theirs: set[str], both: set[str]) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(px(6))
        titles = (self.tr("Field"), self.tr("You began with"), self.tr("Now"), self.tr("You want"))
        for column, text in enumerate(titles):
            grid.setColumnStretch(column, 4 if column else 5)
            grid.addWidget(label(text, "small", wrap=True), 0, column)
        for line, key in enumerate(keys, start=1):
            values = (clash.edit.base.get(key, _base(clash, key)), _theirs(clash, key), clash.edit.values.get(key))
            grid.addWidget(self._field(key, both=key in both), line, 0)
            grid.addWidget(self._value(clash, key, values[0]), line, 1)
            grid.addWidget(self._value(clash, key, values[1], "strong" if key in theirs else ""), line, 2)
            if key in clash.edit.values:
                grid.addWidget(self._value(clash, key, values[2], "warn"), line, 3)
            else:
                grid.addWidget(label(self.tr("as it is now"), "muted", wrap=True), line, 3)
        return holder

    def _field(self, key: str, *, both: bool) -> QWidget:
        holder = QWidget()
        flow = FlowLayout(holder, gap=6, line_gap=2)
        flow.addWidget(label(word(self._admin.field(key).label), "muted"))
        if both:
            flow.addWidget(Tag(self.tr("both changed"), "bad"))
        return holder

    def _value(self, clash: Clash, key: str, wire: str | None, kind: str = "") -> QLabel:
        made = label(self._shown(clash, key, wire), kind, wrap=True)
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        made.setAlignment(made.alignment() & ~Qt.AlignmentFlag.AlignVertical_Mask | Qt.AlignmentFlag.AlignTop)
        if isinstance(self._admin.field(key).kind, Moment):
            made.setMinimumWidth(made.fontMetrics().horizontalAdvance("2026-11-20") + px(4))
        return made

    def _choice(self, clash: Clash, *, prefer_theirs: bool) -> QWidget:
        holder = QWidget()
        flow = FlowLayout(holder, gap=16, line_gap=4)
        mine = QRadioButton(self.tr("Keep my edits, on top of theirs"))
        theirs = QRadioButton(self.tr("Take theirs, drop my edits"))
        group = QButtonGroup(holder)
        for button in (mine, theirs):
            button.setAccessibleName(f"{clash.title}: {button.text()}" if clash.title else button.text())
            group.addButton(button)
            flow.addWidget(button)
        (theirs if prefer_theirs else mine).setChecked(True)
        self._choices[clash.edit.id] = mine
        return holder

    # Words

    def _shown(self, clash: Clash, key: str, wire: str | None) -> str:
        field = self._admin.field(key)
        if not (isinstance(field, Field) and isinstance(field.kind, Ref) and wire is not None):
            return brief(field.kind, wire, None, self._session.zone)
        draft = self._drafts.get(clash.edit.id)
        if clash.theirs is not None and clash.theirs.values.get(key) == wire and key in clash.theirs.labels:
            return clash.theirs.labels[key][0]
        if draft is not None and draft.values.get(key) == wire and key in draft.labels:
            return draft.labels[key][0]
        return self.tr("another one")


def _base(clash: Clash, key: str) -> str | None:
    """What stood there when the person began, of a field that only the others changed."""
    return next((base for field, base, _ in clash.fields if field == key), _theirs(clash, key))


def _theirs(clash: Clash, key: str) -> str | None:
    return clash.theirs.values.get(key) if clash.theirs is not None else None
