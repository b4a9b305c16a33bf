"""One row that somebody else changed meanwhile: what was, what is, what is wanted, and the choice for each field."""

from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from lms_desktop import policy
from lms_desktop.errors import BadValue
from lms_desktop.errors.words import many, one
from lms_desktop.models.decisions import Decisions, Fate
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.wording import reason, word
from lms_desktop.services.edits import Clash, Point, Sides, State
from lms_desktop.services.json_merge import MINE, THEIRS
from lms_desktop.services.records import check_value
from lms_desktop.spec import EntityAdmin, Field, Json, Moment, Ref, Text
from lms_desktop.views import theme
from lms_desktop.views.clash_words import by_whom, people
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.flow import FlowLayout
from lms_desktop.views.kit.labels import Tag, label
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.kit.paint import px
from lms_desktop.views.session import Session
from lms_desktop.views.theme import FontRole
from lms_desktop.views.value_text import brief

SHOWN = 280
"""Characters of a long value that are shown beside the others."""


class ClashDetail(QWidget):
    """Shows one row at a time; `show_clash` shows another.

    Signals:
        decided(): something was chosen.
    """

    decided = Signal()

    def __init__(
        self,
        session: Session,
        admin: EntityAdmin,
        drafts: Drafts,
        decisions: Decisions,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "scrolled")
        self._session, self._admin, self._drafts, self._decisions = session, admin, drafts, decisions
        self._editors: dict[str, QPlainTextEdit] = {}
        self._faults: dict[str, QLabel] = {}
        self._firsts: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._body: QWidget | None = None
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addStretch(1)  # an alignment of the layout would cut what is higher than it asks for at first

    def show_clash(self, clash: Clash) -> None:
        """Show this row."""
        if self._body is not None:
            self._box.removeWidget(self._body)
            self._body.hide()
            self._body.deleteLater()
        self._editors.clear()
        self._faults.clear()
        self._firsts = {point.key: point.place for point in reversed(clash.points) if point.sides is Sides.BOTH}
        self._body = QWidget(self)
        self._body.setProperty("kind", "scrolled")
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        column.addWidget(label(clash.title or word(self._admin.label), "heading", wrap=True))
        if clash.state not in {State.DELETED, State.AWAY}:
            if len(self._decisions.clashes) > 1:  # of a single row the dialog itself says it
                column.addWidget(label(by_whom(clash, self._session.zone), "muted", wrap=True))
        else:
            self._say_gone(clash, column)
        column.addWidget(self._comparison(clash))
        self._box.insertWidget(0, self._body)
        self._body.show()

    def faulty(self) -> QWidget | None:
        """An editor that is open and holds no value, if there is one."""
        return next((self._editors[key] for key, fault in self._faults.items() if fault.text()), None)

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._box.setSpacing(px(8))

    # A row that is gone

    def _say_gone(self, clash: Clash, column: QVBoxLayout) -> None:
        who = by_whom(clash, self._session.zone)
        if clash.state is State.AWAY:
            text = self.tr("It was moved or handed over meanwhile and is no longer yours to change.")
            column.addWidget(Banner(text + " " + self.tr("Nothing of yours is lost: your edits are below."), "warn"))
            fates = {Fate.KEEP: self.tr("Keep my edits, unsaved"), Fate.DROP: self.tr("Drop my edits")}
        else:
            text = self.tr("It was deleted: {0}.").format(who)
            column.addWidget(Banner(text + " " + self._what_comes_back(clash), "bad"))
            fates = {Fate.RESTORE: self.tr("Restore it with my edits"), Fate.DROP: self.tr("Drop my edits")}
            if not policy.may(self._session.actor, self._admin.entity, "add"):
                del fates[Fate.RESTORE]
        holder = QWidget()
        flow = FlowLayout(holder, gap=16, line_gap=4)
        group = QButtonGroup(holder)
        for fate, text in fates.items():
            choice = self._radio(group, text, f"{clash.title}: {text}" if clash.title else text)
            choice.setChecked(self._decisions.fate(clash) is fate)
            choice.clicked.connect(partial(self._decide, clash, fate))
            flow.addWidget(choice)
        column.addWidget(holder)

    def _what_comes_back(self, clash: Clash) -> str:
        if clash.unknown:
            fields = ", ".join(word(self._admin.field(key).label) for key in clash.unknown)
            return self.tr("What stood in {0} is known to nobody here: that would not come back.").format(fields)
        if not clash.with_it:
            return ""
        counted = ", ".join(f"{n} {word(one(t) if n == 1 else many(t))}" for t, n in clash.with_it.items())
        if clash.whole:
            return self.tr("With it went {0}; restoring brings back what can come back.").format(counted)
        return self.tr("With it went {0}, which an administrator can bring back from the history.").format(counted)

    def _decide(self, clash: Clash, fate: Fate) -> None:
        self._decisions.decide(clash, fate)
        self.decided.emit()

    # The comparison

    def _comparison(self, clash: Clash) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, px(4), 0, 0)
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(px(8))
        titles = [self.tr("Field"), self.tr("You began with"), self.tr("Now"), self.tr("You want")]
        if clash.theirs is None:
            del titles[2]
        for column, text in enumerate(titles):
            grid.setColumnStretch(column, 4 if column else 3)
            grid.addWidget(label(text, "small", wrap=True), 0, column)
        line = 1
        for point in clash.points:
            if clash.theirs is None:
                self._add_edit(grid, line, clash, point)
            else:
                line = self._add_point(grid, line, clash, point)
            line += 1
        return holder

    def _add_edit(self, grid: QGridLayout, line: int, clash: Clash, point: Point) -> None:
        """A field of a row that is gone: what was, and what is wanted."""
        grid.addWidget(self._field(point, None), line, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._value(clash, point, point.base), line, 1)
        grid.addWidget(self._value(clash, point, point.mine, "warn"), line, 2)

    def _add_point(self, grid: QGridLayout, line: int, clash: Clash, point: Point) -> int:
        """One field, in one line, or two where it is being edited; the last line taken."""
        tags = {
            Sides.BOTH: Tag(self.tr("both changed"), "bad"),
            Sides.MERGED: Tag(self.tr("merged by key"), "ok"),
            Sides.THEIRS: Tag(self.tr("merges itself"), "ok"),
            Sides.MINE: Tag(self.tr("merges itself"), "ok"),
            Sides.SAME: Tag(self.tr("both the same"), "neutral"),
        }
        grid.addWidget(self._field(point, tags[point.sides]), line, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._value(clash, point, point.base), line, 1)
        changed = point.sides in {Sides.THEIRS, Sides.BOTH, Sides.MERGED}
        now = self._value(clash, point, point.theirs, "strong" if changed else "")
        if point.sides is Sides.THEIRS:
            mine = _at_the_top(label(self.tr("as it is now"), "muted", wrap=True))
        else:
            mine = self._value(clash, point, point.mine, "warn" if point.sides is not Sides.SAME else "")
        if point.sides is not Sides.BOTH:
            grid.addWidget(now, line, 2)
            grid.addWidget(mine, line, 3)
            return line
        holder = QWidget()  # only to own the group
        group = QButtonGroup(holder)
        theirs_choice = self._choice(clash, point, THEIRS, group)
        mine_choice = self._choice(clash, point, MINE, group)
        holder.setParent(grid.parentWidget())
        holder.hide()
        grid.addWidget(_above(now, theirs_choice), line, 2)
        below: list[QWidget] = [mine, mine_choice]
        if self._can_write(point):
            below.append(self._edit_button(clash, point, grid, line + 1, (theirs_choice, mine_choice)))
        grid.addWidget(_above(*below), line, 3)
        return line + 1

    def _choice(self, clash: Clash, point: Point, side: str, group: QButtonGroup) -> QRadioButton:
        text = self.tr("Keep mine") if side == MINE else self.tr("Take theirs")
        value = point.mine if side == MINE else point.theirs
        name = f"{self._name(point)}: {text}, {self._shown(clash, point, value)}"
        choice = self._radio(group, text, name)
        choice.setChecked(self._decisions.side(clash, point) == side)
        choice.clicked.connect(partial(self._choose, clash, point, side))
        return choice

    def _radio(self, group: QButtonGroup, text: str, name: str) -> QRadioButton:
        made = QRadioButton(text)
        made.setAccessibleName(name)
        group.addButton(made)
        return made

    def _choose(self, clash: Clash, point: Point, side: str) -> None:
        self._decisions.choose(clash, point, side)
        if point.key in self._editors:
            self._editors[point.key].blockSignals(True)
            self._editors[point.key].setPlainText(self._decisions.result(clash, point.key) or "")
            self._editors[point.key].blockSignals(False)
            self._faults[point.key].setText("")
            self._faults[point.key].hide()
        self.decided.emit()

    # Writing something else in place of both

    def _can_write(self, point: Point) -> bool:
        """A text or a JSON value is written as a whole, from the first of its keys."""
        kind = self._admin.field(point.key).kind
        return isinstance(kind, Text | Json) and self._firsts.get(point.key) == point.place

    def _edit_button(
        self, clash: Clash, point: Point, grid: QGridLayout, line: int, choices: tuple[QRadioButton, ...]
    ) -> QWidget:
        made = button(self.tr("Edit the result…"), "link")
        made.setAccessibleName(self.tr("Edit the result of {0}").format(word(self._admin.field(point.key).label)))

        def open_editor() -> None:
            made.setEnabled(False)
            self._open_editor(clash, point, grid, line, choices)

        made.clicked.connect(open_editor)
        return made

    def _open_editor(
        self, clash: Clash, point: Point, grid: QGridLayout, line: int, choices: tuple[QRadioButton, ...]
    ) -> None:
        field = self._admin.field(point.key)
        editor = QPlainTextEdit(self._decisions.result(clash, point.key) or "")
        editor.setAccessibleName(self.tr("{0}, the result").format(word(field.label)))
        editor.setTabChangesFocus(True)
        editor.setFixedHeight(px(96))
        if isinstance(field.kind, Json):
            editor.setFont(theme.current().font(FontRole.FIXED))
        fault = label("", "bad", wrap=True)
        fault.hide()

        def typed() -> None:
            text = editor.toPlainText()
            try:
                if isinstance(field, Field):
                    check_value(field, text)
            except BadValue as error:
                fault.setText(reason(error))
                fault.show()
                return
            fault.setText("")
            fault.hide()
            self._decisions.write(clash, point.key, text)
            for choice in choices:
                _uncheck(choice)
            self.decided.emit()

        editor.textChanged.connect(typed)
        self._editors[point.key], self._faults[point.key] = editor, fault
        grid.addWidget(_above(editor, fault), line, 1, 1, 3)
        editor.setFocus()

    # Words

    def _field(self, point: Point, tag: Tag | None) -> QWidget:
        holder = QWidget()
        flow = FlowLayout(holder, gap=6, line_gap=2)
        flow.addWidget(label(self._name(point), "muted", wrap=False))
        if tag is not None:
            flow.addWidget(tag)
        if point.sides in {Sides.BOTH, Sides.THEIRS, Sides.MERGED} and tag is not None:
            tag.setToolTip(people((point.who,)))
        return holder

    def _name(self, point: Point) -> str:
        return " › ".join((word(self._admin.field(point.key).label), *point.way))

    def _value(self, clash: Clash, point: Point, wire: str | None, kind: str = "") -> QLabel:
        made = label(self._shown(clash, point, wire), kind, wrap=True)
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        _at_the_top(made)
        if isinstance(self._admin.field(point.key).kind, Moment):
            made.setMinimumWidth(made.fontMetrics().horizontalAdvance("2026-11-20") + px(4))
        return made

    def _shown(self, clash: Clash, point: Point, wire: str | None) -> str:
        field = self._admin.field(point.key)
        if point.way:
            return self.tr("not there") if wire is None else _cut(wire)
        if not (isinstance(field, Field) and isinstance(field.kind, Ref) and wire is not None):
            return _cut(brief(field.kind, wire, None, self._session.zone))
        if wire in clash.names:
            return clash.names[wire][0]
        draft = self._drafts.get(clash.edit.id)
        if clash.theirs is not None and clash.theirs.values.get(point.key) == wire and point.key in clash.theirs.labels:
            return clash.theirs.labels[point.key][0]
        if draft is not None and draft.values.get(point.key) == wire and point.key in draft.labels:
            return draft.labels[point.key][0]
        return self.tr("another one")


def _at_the_top(made: QLabel) -> QLabel:
    made.setAlignment(made.alignment() & ~Qt.AlignmentFlag.AlignVertical_Mask | Qt.AlignmentFlag.AlignTop)
    return made


def _above(*widgets: QWidget) -> QWidget:
    """Widgets below each other, at the top of their room."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(px(4))
    for widget in widgets:
        if isinstance(widget, QPushButton):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            column.addWidget(widget)
    column.addStretch(1)
    return holder


def _uncheck(choice: QRadioButton) -> None:
    group = choice.group()
    group.setExclusive(False)
    choice.setChecked(False)
    group.setExclusive(True)


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
