"""A changed row as it is told: what it is called and, field by field, what it was before and is after."""

import difflib
import html
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from lms_desktop.models.cell_roles import spoken
from lms_desktop.models.render import one_line
from lms_desktop.models.wording import word
from lms_desktop.services.history import ChangedRow, FieldChange
from lms_desktop.spec import Catalog, Json, Text
from lms_desktop.views import icons, theme
from lms_desktop.views.json_editor import laid_out
from lms_desktop.views.kit.buttons import button, tool_button
from lms_desktop.views.kit.labels import ElidedLabel, Tag, label, leading_side
from lms_desktop.views.kit.notices import Picture
from lms_desktop.views.kit.paint import px
from lms_desktop.views.value_text import ValueText, cell_of

LONG = 28
"""Characters from which before and after stand one below the other."""
LINES = 14
"""Lines of a long text's changes that are shown at once."""
LARGEST = 200_000
"""Characters of a text beyond which its lines are not compared."""


def action_word(action: str) -> str:
    """What was done to a row, in a word."""
    translate = QCoreApplication.translate
    return {
        "I": translate("Change", "Added"),
        "U": translate("Change", "Changed"),
        "D": translate("Change", "Deleted"),
    }[action]


class FieldChangeView(QWidget):
    """One field: its label, and below it before → after."""

    def __init__(self, change: FieldChange, action: str, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._change, self._zone = change, zone
        name = word(change.label)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(px(2))
        if change.hidden:
            self._box.addWidget(label(self.tr("{0} was changed.").format(name), "muted", wrap=True))
            self.setAccessibleName(self.tr("{0} was changed.").format(name))
            return
        self._box.addWidget(label(name, "small"))
        before, after = self._words(change.before, change.before_label), self._words(change.after, change.after_label)
        if action == "U":
            self._both(name, before, after)
            self.setAccessibleName(self.tr("{0}: before {1}, after {2}").format(name, before, after))
        else:
            gone = action == "D"
            value = self._value(name, change.before if gone else change.after, gone)
            self._box.addWidget(value)
            self.setAccessibleName(f"{name}: {before if gone else after}")

    def _both(self, name: str, before: str, after: str) -> None:
        change = self._change
        if _is_long(change) and change.before and change.after:
            self._box.addWidget(DiffText(change, name))
            return
        first, second = self._value(name, change.before, True), self._value(name, change.after, False)
        if max(len(before), len(after)) > LONG:
            for sign, value in (("minus", first), ("plus", second)):
                row = QHBoxLayout()
                row.setSpacing(px(6))
                row.addWidget(Picture(sign, "bad" if sign == "minus" else "ok", 12), 0, Qt.AlignmentFlag.AlignTop)
                row.addWidget(value, 1)
                self._box.addLayout(row)
            return
        # What was before takes no more room than it needs; what is after has the rest.
        first.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        for inner in first.findChildren(QLabel):
            inner.setWordWrap(False)
            inner.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(first)
        row.addWidget(Picture("arrow-right", "neutral", 14))
        row.addWidget(second, 1)
        self._box.addLayout(row)

    def _value(self, name: str, wire: str | None, before: bool) -> QWidget:
        change = self._change
        shown = ValueText()
        named = change.before_label if before else change.after_label
        field_name = self.tr("{0}, before").format(name) if before else name
        shown.setAccessibleName(field_name)
        shown.say(change.kind, cell_of(change.kind, wire, named, self._zone), wire)
        if before:
            shown.setProperty("kind", "past")
        return shown

    def _words(self, wire: str | None, named: tuple[str, str] | None) -> str:
        return spoken(cell_of(self._change.kind, wire, named, self._zone))


class DiffText(QWidget):
    """A long text or JSON: the lines that went and that came, with a line around them."""

    def __init__(self, change: FieldChange, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = changed_lines(_laid(change, change.before), _laid(change, change.after))
        self._fixed = isinstance(change.kind, Json)
        self._all = False
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.RichText)
        self._text.setWordWrap(True)
        self._text.setAlignment(leading_side() | Qt.AlignmentFlag.AlignTop)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(px(4))
        box.addWidget(self._text)
        self._more = button(self.tr("Show all changes"), "link", self._show_all)
        self._more.setAccessibleName(self.tr("Show all changes of {0}").format(name))
        self._more.setVisible(len(self._lines) > LINES)
        box.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self._draw()

    def lines(self) -> list[tuple[str, str]]:
        """(sign, line): "-" went, "+" came, " " stayed, "…" leaves some out."""
        return self._lines

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: its colours are those of the theme."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.PaletteChange):
            self._draw()

    def _show_all(self) -> None:
        self._all = True
        self._more.hide()
        self._draw()

    def _draw(self) -> None:
        shown = self._lines if self._all else self._lines[:LINES]
        colours = {
            "-": (theme.color("bad").name(), theme.color("bad_soft").name()),
            "+": (theme.color("ok").name(), theme.color("ok_soft").name()),
        }
        rows = []
        for sign, text in shown:
            ink, ground = colours.get(sign, (theme.color("muted").name(), ""))
            style = f"white-space:pre-wrap; color:{ink};" + (f"background-color:{ground};" if ground else "")
            mark = {"-": "−", "+": "+"}.get(sign, "&nbsp;")
            words = "…" if sign == "…" else html.escape(one_line(text)) or "&nbsp;"
            rows.append(f'<div style="{style}">{mark} {words}</div>')
        family = theme.current().font(theme.FontRole.FIXED).family() if self._fixed else ""
        face = f" style=\"font-family:'{family}'\"" if family else ""
        self._text.setText(f"<div{face}>{''.join(rows)}</div>")


def changed_lines(before: str, after: str) -> list[tuple[str, str]]:
    """The lines that went and came between two texts, with one line around; "…" for what lies between."""
    old, new = before.split("\n"), after.split("\n")
    if len(before) + len(after) > LARGEST:
        return [*(("-", line) for line in old), *(("+", line) for line in new)]
    found: list[tuple[str, str]] = []
    groups = difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(1)
    for number, group in enumerate(groups):
        if number:
            found.append(("…", ""))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                found += [(" ", line) for line in old[i1:i2]]
                continue
            found += [("-", line) for line in old[i1:i2]]
            found += [("+", line) for line in new[j1:j2]]
    return found


class ChangedRowCard(QFrame):
    """One changed row: a line that folds what was changed of it in and out.

    Signals:
        open_requested(str, str): go to this row of a table.
    """

    open_requested = Signal(str, str)

    def __init__(
        self, catalog: Catalog, row: ChangedRow, zone: str, *, unfolded: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.row = row
        self._zone, self._fields = zone, QWidget()
        admin = catalog.get(row.entity) if row.entity is not None else None
        kind = QCoreApplication.translate("", admin.label) if admin is not None else row.table
        title = one_line(row.title) or row.row_id
        self.head = FoldButton(f"{kind}: {title}, {action_word(row.action)}", self._fold)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(ElidedLabel(title, "strong"))
        words.addWidget(ElidedLabel(" · ".join(filter(None, (kind, one_line(row.detail)))), "small"))
        line = QHBoxLayout()
        line.setSpacing(px(8))
        line.addWidget(self.head)
        line.addLayout(words, 1)
        if row.action != "U":  # that a row was changed is what most do
            line.addWidget(Tag(action_word(row.action), "ok" if row.action == "I" else "bad"))
        if row.there and admin is not None:
            go = tool_button("arrow-right", self.tr("Go to {0}").format(title), self._open)
            line.addWidget(go)
        self._column = QVBoxLayout(self._fields)
        self._column.setContentsMargins(px(28), px(8), 0, px(2))
        self._column.setSpacing(px(8))
        box = QVBoxLayout(self)
        box.setContentsMargins(px(8), px(8), px(8), px(8))
        box.setSpacing(0)
        box.addLayout(line)
        box.addWidget(self._fields)
        self._fields.hide()
        if unfolded:
            self.head.setChecked(True)

    def _fold(self, unfolded: bool) -> None:
        if unfolded and not self._column.count():
            add_fields(self._column, self.row, self._zone)
        self._fields.setVisible(unfolded)

    def _open(self) -> None:
        self.open_requested.emit(self.row.table, self.row.row_id)


class FoldButton(QPushButton):
    """A small arrow that points right while folded, down while unfolded. Space and Enter turn it."""

    def __init__(self, name: str, fold: Callable[[bool], object], parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setProperty("kind", "fold")
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setAccessibleName(name)
        self.setFixedSize(px(20), px(20))
        self.toggled.connect(self._show)
        self.toggled.connect(fold)
        self._show(False)

    def _show(self, unfolded: bool) -> None:
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        folded = "chevron-left" if rtl else "chevron-right"
        self.setIcon(icons.icon("chevron-down" if unfolded else folded, "muted"))
        self.setAccessibleDescription(self.tr("Unfolded") if unfolded else self.tr("Folded"))


def add_fields(column: QVBoxLayout, row: ChangedRow, zone: str) -> None:
    """Put what was changed of a row into a column, field by field."""
    for change in row.fields:
        column.addWidget(FieldChangeView(change, row.action, zone))
    if not row.fields:
        column.addWidget(label(QCoreApplication.translate("Change", "No field is told of."), "muted"))


def _is_long(change: FieldChange) -> bool:
    kind = change.kind
    return isinstance(kind, Json) or (isinstance(kind, Text) and kind.form in {"long", "markdown"})


def _laid(change: FieldChange, wire: str | None) -> str:
    text = wire or ""
    return laid_out(text) if isinstance(change.kind, Json) and len(text) < LARGEST else text
