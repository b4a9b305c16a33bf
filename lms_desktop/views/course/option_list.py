"""The options of a question, or its accepted answers: added, removed, reordered and ticked in place."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QVBoxLayout, QWidget

from lms_desktop.services.teaching.questions import Option
from lms_desktop.views.course.option_parts import AddRow, DropLine
from lms_desktop.views.course.option_row import OptionRow
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.paint import px

Ticked = tuple[Option, bool]
"""An option and whether it is right."""


class OptionList(QWidget):
    """Options one below the other.

    What somebody has added and left empty stands on the screen alone, until something is typed into it.

    Attributes:
        rows: from the first to the last.

    Signals:
        edited(bool): the person changed something; whether a text's own undo led to it.
        arranged(): other rows stand here now, or in another order.
        unfinished_changed(): another number of rows hold what is no option.
    """

    edited = Signal(bool)
    arranged = Signal()
    unfinished_changed = Signal()

    def __init__(self, *, ticks: bool, parent: QWidget | None = None) -> None:
        """With `ticks` they are options that are right or wrong, else accepted answers."""
        super().__init__(parent)
        self.rows: list[OptionRow] = []
        self._ticks, self._editable = ticks, True
        self._dragged: OptionRow | None = None
        self._target = self._faults = 0
        self._base: tuple[Ticked, ...] = ()
        self._line = DropLine(self)
        self.problem = label("", "bad", wrap=True)
        self.problem.hide()
        self.add_row = AddRow(self.tr("Add an option") if ticks else self.tr("Add an accepted answer"), self)
        self.add_row.clicked.connect(lambda: self.add())
        self.add_row.begun.connect(self._begin)
        self._column = QVBoxLayout()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addLayout(self._column)
        self._box.addWidget(self.problem)
        self._box.addWidget(self.add_row)
        self.setAccessibleName(self.tr("Options") if ticks else self.tr("Accepted answers"))
        self._space()

    # What the editor of the question uses

    def show_options(self, options: Sequence[Ticked], base: Sequence[Ticked], *, editable: bool) -> None:
        """Show these options; `base` are those that are saved. What stands here already is left alone."""
        self._base, self._editable = tuple(base), editable
        if [row.option for row in self._stored()] != [option for option, _ in options]:
            self._arrange([option for option, _ in options])
        for row, (option, right) in zip(self._stored(), options, strict=True):
            row.put(option)
            row.set_right(right)
        for row in self.rows:
            row.set_editable(editable)
        self.add_row.setVisible(editable)
        self._tell_rows()

    def values(self) -> list[Ticked]:
        """The options as they stand, those that are empty and new left out."""
        return [(row.option, row.right) for row in self._stored()]

    def flush(self) -> OptionRow | None:
        """Tell what has not been told yet; the first row that holds no option."""
        faulty = None
        for row in list(self.rows):
            if not row.flush():
                faulty = faulty or row
        return faulty

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in order."""
        return [*(stop for row in self.rows for stop in (row.tick, row.edit, row.cross)), self.add_row]

    def settle(self) -> None:
        """What stands here is saved."""
        for row in self.rows:
            row.settle()

    def unfinished(self) -> int:
        """How many rows hold what is no option."""
        return sum(bool(row.reason) for row in self.rows)

    def restore(self) -> None:
        """Put back what was told last wherever something else stands."""
        for row in self.rows:
            if row.reason:
                row.put(row.option)
        self._tell_rows()

    def add(self, texts: Sequence[str] = ("",), behind: OptionRow | None = None) -> None:
        """Add options, last or behind another one, and put the keyboard into the last of them."""
        if not self._editable:
            return
        at = self.rows.index(behind) + 1 if behind is not None else len(self.rows)
        empty = (
            self.rows[at - 1]
            if at and not self.rows[at - 1].stored and self.rows[at - 1].edit.document().isEmpty()
            else None
        )
        if empty is not None:  # there is one that waits to be filled in
            at -= 1
            self._take(empty)
        for offset, text in enumerate(texts):
            self._insert(at + offset, Option(text), stored=bool(text))
        self._settle()
        self.rows[at + len(texts) - 1].edit.setFocus()
        if any(texts):
            self.edited.emit(False)

    def remove(self, row: OptionRow) -> None:
        """Take a row away; the keyboard goes to the one before it."""
        if not self._editable or row not in self.rows:
            return
        at, stored, focused = self.rows.index(row), row.stored, row.isAncestorOf(QApplication.focusWidget() or self)
        self._take(row)
        self._settle()
        if focused:
            if self.rows:
                self.rows[max(at - 1, 0)].take_keyboard()
            else:
                self.add_row.setFocus()
        if stored:
            self.edited.emit(False)

    def move_row(self, row: OptionRow, to: int) -> None:
        """Move a row to a place, counted without it."""
        if not self._editable or row not in self.rows:
            return
        row.flush()
        before = [each.option for each in self._stored()]
        self.rows.remove(row)
        self.rows.insert(max(0, min(to, len(self.rows))), row)
        self._settle()
        if row.edit.hasFocus():
            self._reveal(row)
        if [each.option for each in self._stored()] != before or row.stored:
            self.edited.emit(False)

    # Rows

    def _stored(self) -> list[OptionRow]:
        return [row for row in self.rows if row.stored]

    def _arrange(self, options: list[Option]) -> None:
        """Have one row for each option: those whose option is there still keep their row, caret and all."""
        waiting = [(i, row) for i, row in enumerate(self.rows) if not row.stored and row.edit.hasFocus()]
        for row in [row for row in self.rows if not row.stored and not row.edit.hasFocus()]:
            self._take(row)
        old = self._stored()
        matcher = SequenceMatcher(None, [r.option.text for r in old], [o.text for o in options], autojunk=False)
        arranged: list[OptionRow] = []
        spare: list[OptionRow] = []
        for tag, i1, i2, j1, j2 in matcher.get_opcodes():
            if tag == "equal":
                arranged += old[i1:i2]
                continue
            here = old[i1:i2]
            for option in options[j1:j2]:
                arranged.append(here.pop(0) if here else self._make(option, stored=True))
            spare += here
        for row in spare:
            self._take(row)
        for place, row in waiting:
            arranged.insert(min(place, len(arranged)), row)
        self.rows = arranged
        self._settle()

    def _insert(self, at: int, option: Option, *, stored: bool) -> None:
        self.rows.insert(at, self._make(option, stored=stored))

    def _make(self, option: Option, *, stored: bool) -> OptionRow:
        row = OptionRow(option, ticks=self._ticks, stored=stored, parent=self)
        row.edited.connect(lambda _, back: self._row_edited(back))
        row.ticked.connect(lambda _: self._row_edited(back=False))
        row.cross.clicked.connect(lambda: self.remove(row))
        edit = row.edit
        edit.textChanged.connect(self._tell_problem)
        edit.refused.connect(self._say_problem)
        edit.entered.connect(lambda: self._entered(row))
        edit.added.connect(lambda: self.add())
        edit.emptied.connect(lambda: self.remove(row))
        edit.moved.connect(lambda by: self.move_row(row, self.rows.index(row) + by))
        edit.stepped.connect(lambda by: self._step(row, by))
        edit.lines_pasted.connect(lambda lines: self._paste(row, lines))
        row.grip.taken.connect(lambda: self._take_up(row))
        row.grip.dragged.connect(self._drag)
        row.grip.dropped.connect(self._drop)
        row.show()
        return row

    def _take(self, row: OptionRow) -> None:
        if row is self._dragged:
            self._let_go()
        if row in self.rows:
            self.rows.remove(row)
        row.hide()
        row.setParent(None)
        row.deleteLater()

    def _settle(self) -> None:
        """Lay the rows out in their order, which Tab follows too."""
        for at, row in enumerate(self.rows):
            item = self._column.itemAt(at)
            if item is None or item.widget() is not row:
                self._column.removeWidget(row)
                self._column.insertWidget(at, row)
        self._tell_rows()
        self.arranged.emit()

    def _row_edited(self, back: bool) -> None:
        self._tell_rows()
        self.edited.emit(back)

    def _tell_rows(self) -> None:
        """Say of each row what it is, and mark those that are not saved."""
        count, saved = len(self.rows), {option.text: right for option, right in self._base}
        for at, row in enumerate(self.rows, 1):
            text, place = row.option.text or self.tr("empty"), self.locale().toString(at)
            if self._ticks:
                name = (
                    self.tr("Option {0} of {1}, {2}, right") if row.right else self.tr("Option {0} of {1}, {2}, wrong")
                )
            else:
                name = self.tr("Accepted answer {0} of {1}, {2}")
            row.setAccessibleName(name.format(place, self.locale().toString(count), text))
            row.edit.setAccessibleName(row.accessibleName())
            row.edit.setPlaceholderText(self.tr("Option {0}").format(place) if self._ticks else self.tr("An answer"))
            row.tick.setAccessibleName(self.tr("Option {0} is right").format(place))
            row.tick.setToolTip(self.tr("Right answer"))
            remove = self.tr("Remove option {0}") if self._ticks else self.tr("Remove answer {0}")
            row.cross.setAccessibleName(remove.format(place))
            row.cross.setToolTip(remove.format(place))
            known = saved.get(row.option.text)
            row.mark(unsaved=row.stored and (known is None or (self._ticks and known != row.right)))
        self._tell_problem()

    def _tell_problem(self) -> None:
        reasons = [row.reason for row in self.rows if row.reason]
        self._say_problem(next(iter(reasons), ""))
        if len(reasons) != self._faults:
            self._faults = len(reasons)
            self.unfinished_changed.emit()

    def _say_problem(self, reason: str) -> None:
        self.problem.setText(reason)
        self.problem.setVisible(bool(reason))

    # Keys

    def _entered(self, row: OptionRow) -> None:
        """Enter: on to the next one; behind the last one another is added, unless this one waits to be filled in."""
        at = self.rows.index(row)
        row.flush()
        if at + 1 < len(self.rows):
            self._focus(at + 1)
        elif row.stored:
            self.add()

    def _begin(self, text: str) -> None:
        """Something was typed into the row that adds one."""
        self.add()
        if self._editable:
            self.rows[-1].edit.insertPlainText(text)

    def _step(self, row: OptionRow, by: int) -> None:
        at = self.rows.index(row) + by
        if 0 <= at < len(self.rows):
            self._focus(at)

    def _focus(self, at: int) -> None:
        self.rows[at].edit.setFocus()
        self._reveal(self.rows[at])

    def _paste(self, row: OptionRow, lines: list[str]) -> None:
        """Several lines: the first into the row where the caret stands, the others behind it."""
        row.edit.insertPlainText(lines[0])
        row.flush()
        self.add(lines[1:], behind=row)

    # Dragging

    def _take_up(self, row: OptionRow) -> None:
        self._dragged = row
        row.lift(True)
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    def _drag(self, where: QPoint) -> None:
        if self._dragged is None:
            return
        y = self.mapFromGlobal(where).y()
        middles = [row.geometry().center().y() for row in self.rows]
        self._target = sum(y > middle for middle in middles)
        gap = self._column.spacing()
        rows = self.rows
        if self._target < len(rows):
            top = rows[self._target].y() - (gap + self._line.height()) // 2
        else:
            top = rows[-1].geometry().bottom() + (gap - self._line.height()) // 2
        self._line.setGeometry(0, max(top, 0), self.width(), px(3))
        self._line.raise_()
        self._line.show()
        scroll = self._scroll()
        inside = None if scroll is None else scroll.widget()
        if scroll is not None and inside is not None:
            scroll.ensureVisible(0, self.mapTo(inside, QPoint(0, y)).y(), 0, px(32))

    def _drop(self) -> None:
        row = self._dragged
        self._let_go()
        if row is not None:
            at = self.rows.index(row)
            to = self._target - (1 if self._target > at else 0)
            if to != at:
                self.move_row(row, to)
            row.edit.setFocus()

    def _let_go(self) -> None:
        row, self._dragged = self._dragged, None
        self._line.hide()
        if row is not None:
            row.lift(False)
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter: Esc gives a drag up."""
        pressed = event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
        if self._dragged is not None and pressed and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self._let_go()
            event.accept()
            return True
        return False

    # Within

    def _scroll(self) -> QScrollArea | None:
        parent = self.parentWidget()
        while parent is not None and not isinstance(parent, QScrollArea):
            parent = parent.parentWidget()
        return parent

    def _reveal(self, row: OptionRow) -> None:
        scroll = self._scroll()
        if scroll is not None:
            self._column.activate()
            scroll.ensureWidgetVisible(row, 0, px(16))

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _space(self) -> None:
        self._column.setSpacing(px(6))
        self._box.setSpacing(px(6))
