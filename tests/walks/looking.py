"""What a person does to find something: sorts, filters, searches. What is shown is compared with plain SQL."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QDate, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLineEdit,
    QListWidget,
    QWidget,
)

from lms_desktop.admin import PAGES
from lms_desktop.services.pages import is_long
from lms_desktop.spec import (
    Choice,
    Computed,
    Field,
    Filter,
    Flag,
    Moment,
    Number,
    Operator,
    Progress,
    Ref,
    Text,
)
from lms_desktop.views.day_edit import DayEdit
from lms_desktop.views.filter_editors import FilterEditor
from lms_desktop.views.typed_edit import WholeEdit
from tests.walks.driving import ZONE, Sitting, click, column_of, the, type_into, wait_for
from tests.walks.truth import Truth, expression, found_by, matching, order

AT_MOST = 100
"""Rows that a table loads at first."""


@dataclass
class Looking:
    """One person looking through one page.

    Attributes:
        reach: the rows that this person may see, as a condition on `t`; `me` is their id.
    """

    sitting: Sitting
    truth: Truth
    name: str
    reach: str
    me: str

    # Rows

    def shows_all(self) -> None:
        """All rows within reach and no other, each cell saying what stands in the database."""
        page = self.sitting.page
        assert self.sitting.total() == len(self.ids()), "the count"
        fields = page.model.fields
        expected = self.truth.shown(self.name, self.sitting.ids()[:25])
        assert expected or not self.ids()
        for row, values in enumerate(expected):
            for column, field in enumerate(fields):
                if not is_long(field):
                    read = _as_read(field, values[field.key])
                    assert page.model.index(row, column).data() == read.rstrip(), field.key

    def ids(self, condition: str = "true", values: Mapping[str, object] | None = None) -> list[str]:
        """The ids of the rows within reach for which a condition holds."""
        return self.truth.ids(self.name, f"({self.reach}) AND ({condition})", {"me": self.me, **(values or {})})

    # Order

    def sorts_by(self, key: str, *, both_ways: bool) -> None:
        """A click on the title sorts by it, another one the other way round."""
        sitting = self.sitting
        header, column = sitting.page.table.header(), column_of(sitting.page, key)
        for descending in (False, True) if both_ways else (False,):
            if header.sorted_by == (column, descending):  # as it was at first
                sitting.click_title(key)
                wait_for(lambda: header.sorted_by == (column, True), "the other order")
            sitting.click_title(key)
            wait_for(lambda wanted=(column, descending): header.sorted_by == wanted, f"{key} in order")  # type: ignore[misc]
            ordered = f"{order(self.name, key, descending=descending)} LIMIT {AT_MOST}"
            expected = self.truth.ids(self.name, self.reach, {"me": self.me}, order=ordered)
            assert sitting.ids() == expected, f"sorted by {key}, {descending=}"

    def shows_columns(self, keys: list[str]) -> None:
        """Tick columns in the menu of columns: they appear at the end."""
        before = [field.key for field in self.sitting.page.model.fields]
        self.sitting.tick(self._columns(), [PAGES[self.name].field(key).label for key in keys])
        self._columns_become([*before, *keys])

    def shows_usual_columns(self) -> None:
        """Go back to the columns that there were at first."""
        self.sitting.pick(self._columns(), "As it was at first")
        self._columns_become([field.key for field in PAGES[self.name].columns])

    def _columns_become(self, keys: list[str]) -> None:
        wait_for(lambda: [field.key for field in self.sitting.page.model.fields] == keys, f"the columns {keys}")

    def _columns(self) -> QAbstractButton:
        filters = self.sitting.page.filters
        return the(QAbstractButton, filters, lambda button: button.text() == "Columns", "the menu of columns")

    # Filters

    def filters_by(self, field: Field | Computed, operator: Operator) -> None:
        """Make a filter in its editor, see its chip and its rows, take it away."""
        sitting = self.sitting
        sitting.pick(sitting.add_chip(), f"{field.label}…")
        wait_for(lambda: isinstance(QApplication.activePopupWidget(), FilterEditor), "the filter's editor")
        editor = QApplication.activePopupWidget()
        assert isinstance(editor, FilterEditor)
        _choose(the(QComboBox, editor, lambda box: box.accessibleName() == "How to compare", "operators"), operator)
        values = self._give(editor, field, operator)
        click(the(QAbstractButton, editor, lambda button: button.text() == "Filter", "the button that applies"))
        sitting.rows_come()
        self._sees(Filter(field.key, operator, values))
        (chip,) = sitting.chips()
        sitting.drop_chip(chip)
        assert sitting.chips() == []
        assert self.sitting.page.model.query.filters == ()

    def filters_quickly(self, text: str, condition: Filter) -> None:
        """Pick one of the ready filters."""
        self.sitting.pick(self.sitting.add_chip(), text)
        self.sitting.rows_come()
        self._sees(condition)
        (chip,) = self.sitting.chips()
        chip.setFocus()
        self.sitting.press(Qt.Key.Key_Delete)
        assert self.sitting.chips() == []

    def searches(self) -> None:
        """Ctrl+F, part of a word of the first row's name, Enter; Esc shows everything again."""
        word = self._a_word()
        self.sitting.press(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        self.sitting.type(word)
        self.sitting.press(Qt.Key.Key_Return)
        condition, values = found_by(self.name, word)
        self._sees_rows(condition, values)
        assert self.sitting.ids(), f"{word} finds nothing"
        self.sitting.press(Qt.Key.Key_Escape)
        assert self.sitting.page.model.query.search == ""

    def _sees(self, condition: Filter) -> None:
        chips = [chip.text() for chip in self.sitting.chips()]
        assert len(chips) == 1, f"{condition}: the chips are {chips}"
        assert chips[0].strip(": "), condition
        self._sees_rows(*matching(self.name, condition, ZONE), what=f"{chips[0]} ({condition})")

    def _sees_rows(self, condition: str, values: dict[str, object], what: str = "") -> None:
        expected = self.ids(condition, values)
        assert self.sitting.total() == len(expected), what
        shown = self.sitting.ids()
        assert len(shown) == min(len(expected), AT_MOST), what
        assert set(shown) <= set(expected), what

    # Values

    def _sample(self, field: Field | Computed) -> str | None:
        """A value of the field from the middle of the rows within reach."""
        value = expression(self.name, field)
        table = PAGES[self.name].entity.__tablename__  # type: ignore[attr-defined]
        text = f"({value})::text"
        if isinstance(field.kind, Moment):
            text = f"({value} AT TIME ZONE %(zone)s)::date::text"
        statement = f"SELECT {text} FROM {table} t WHERE ({self.reach}) AND {value} IS NOT NULL ORDER BY 1, t.id"
        found = [row for (row,) in self.truth.rows(statement, {"me": self.me, "zone": ZONE})]
        return found[len(found) // 2] if found else None

    def _a_word(self) -> str:
        fields = [f for f in PAGES[self.name].fields if isinstance(f, Field) and f.search]
        sample = self._sample(fields[-1]) or ""
        if isinstance(fields[-1].kind, Ref):
            sample = self.truth.names(fields[-1], sample)[0]
        word = max(sample.replace("@", " ").replace(".", " ").split(), key=len)
        return word[: max(len(word) - 1, 1)].upper()

    def _give(self, editor: FilterEditor, field: Field | Computed, operator: Operator) -> tuple[str, ...]:
        """Fill in what the operator compares with; the wire values that this means."""
        if operator in (Operator.EMPTY, Operator.NOT_EMPTY):
            return ()
        kind, sample = field.kind, self._sample(field)
        if isinstance(kind, Ref):
            assert isinstance(field, Field)
            return self._give_reference(editor, field, sample)
        if isinstance(kind, Flag):
            return _give_ticks(editor, {kind.no: "false"})
        if isinstance(kind, Choice):
            return _give_ticks(editor, {option.label: option.value for option in kind.options[:2]})
        if isinstance(kind, Moment):
            return _give_days(editor, operator, sample)
        if isinstance(kind, Number):
            return _give_numbers(editor, operator, int(sample or 0))
        assert isinstance(kind, Text)
        return _give_text(editor, operator, sample or "nothing like this")

    def _give_reference(self, editor: FilterEditor, field: Field, sample: str | None) -> tuple[str, ...]:
        if sample is None:
            assert isinstance(field.kind, Ref)
            table = field.kind.target.__tablename__  # type: ignore[attr-defined]
            sample = str(self.truth.rows(f"SELECT id::text FROM {table} ORDER BY id LIMIT 1")[0][0])
        title, _ = self.truth.names(field, sample)
        line = the(QLineEdit, editor, QWidget.isVisible, "the line to type in")
        click(line)
        type_into(line, title.replace(" · ", " "))
        QTest.keyClick(line, Qt.Key.Key_Return)
        picked = the(QListWidget, editor, lambda box: box.accessibleName() == "Picked", "the list of those picked")
        wait_for(picked.count, f"{title} to be picked")
        assert picked.count() == 1
        assert title in picked.item(0).text()
        (wire,) = editor.values.values()
        assert self.truth.names(field, wire)[0] == title
        return (wire,)


def _choose(box: QComboBox, operator: Operator) -> None:
    """Go down the list of operators to this one."""
    box.setFocus()
    for _ in range(box.count()):
        if box.currentData() == operator:
            return
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentData() == operator


def _give_ticks(editor: FilterEditor, wanted: dict[str, str]) -> tuple[str, ...]:
    for label in wanted:
        box = the(QAbstractButton, editor, lambda box, label=label: box.text() == label, label)  # type: ignore[misc]
        click(box, QRect(0, 0, 16, box.height()))
        assert box.isChecked()
    return tuple(wanted.values())


def _give_numbers(editor: FilterEditor, operator: Operator, sample: int) -> tuple[str, ...]:
    numbers = (sample, sample + 3) if operator is Operator.BETWEEN else (sample,)
    edits = [edit for edit in editor.findChildren(WholeEdit) if edit.isVisible()]
    for edit, number in zip(edits, numbers, strict=True):
        edit.setFocus()
        edit.selectAll()
        QTest.keyClicks(edit, str(number))
    return tuple(map(str, numbers))


def _give_days(editor: FilterEditor, operator: Operator, sample: str | None) -> tuple[str, ...]:
    if operator is Operator.LAST_DAYS:
        return _give_numbers(editor, operator, 400)
    first = QDate.fromString(sample or "2026-01-15", Qt.DateFormat.ISODate)
    days = [first, first.addDays(40)] if operator is Operator.BETWEEN else [first]
    edits = [edit for edit in editor.findChildren(DayEdit) if edit.isVisible()]
    for edit, day in zip(edits, days, strict=True):
        edit.setFocus()
        edit.selectAll()
        QTest.keyClicks(edit, day.toString("yyyy-MM-dd"))
        assert edit.day() == day, "typed as it is written"
    return tuple(str(day.toString(Qt.DateFormat.ISODate)) for day in days)


def _give_text(editor: FilterEditor, operator: Operator, sample: str) -> tuple[str, ...]:
    words = {
        Operator.CONTAINS: sample[1:5].swapcase(),
        Operator.STARTS: sample[:3].swapcase(),
    }.get(operator, sample)
    line = the(QLineEdit, editor, QWidget.isVisible, "the line to type in")
    click(line)
    type_into(line, words)
    return (words,)


def _as_read(field: Field | Computed, text: str | None) -> str:
    """How a cell writes a value."""
    if text is None:
        return "—"
    kind = field.kind
    if isinstance(kind, Flag):
        return kind.yes if text == "true" else kind.no
    if isinstance(kind, Choice):
        return next((option.label for option in kind.options if option.value == text), text)
    if isinstance(kind, Progress):
        return f"{text} %"
    if isinstance(kind, Number):
        return f"{text} {kind.unit}".rstrip()
    return text
