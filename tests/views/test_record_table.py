"""The table of records: what it asks for, and how it is worked by keyboard, mouse and screen reader."""

import time
from collections.abc import Sequence
from types import SimpleNamespace

import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QImage,
    QPainter,
    QPaintEvent,
    QRegion,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QLineEdit, QToolTip, QVBoxLayout, QWidget

from lms_desktop.models.cells import Cell, Look
from lms_desktop.views import theme
from lms_desktop.views.record_table import RecordTable
from lms_desktop.views.tokens import LIGHT
from tests.views.table_rows import COURSE, NOTE, NOWHERE, SCORE, STUDENT, Rows, inks, part, rows_of, shown


@pytest.fixture(autouse=True)
def _the_usual_look(qapp: QApplication) -> None:
    if theme.current().scheme != theme.Scheme.LIGHT or theme.current().text_size != 100:
        theme.install(qapp, theme.Scheme.LIGHT, 100)


@pytest.fixture
def table(qtbot: QtBot) -> RecordTable:
    """Thirty rows of four columns, 33 high, on the screen."""
    return shown(qtbot, Rows())


class Painted(QObject):
    """What is painted of a table, or of its titles, from now on."""

    def __init__(self, table: QAbstractItemView) -> None:
        super().__init__(table)
        self.rects: list[tuple[int, int, int, int]] = []
        table.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.rects.append(event.rect().getRect())  # type: ignore[arg-type]
        return False


# What it asks for


@pytest.mark.parametrize("percents", [(150, 100), (80, 125)])
def test_another_text_size_is_not_put_to_each_of_many_rows(
    qtbot: QtBot, qapp: QApplication, percents: tuple[int, ...]
) -> None:
    table = shown(qtbot, Rows(50_000, loaded=False))
    one_by_one: list[int] = []
    table.verticalHeader().sectionResized.connect(one_by_one.append)
    try:
        for percent in percents:
            theme.install(qapp, theme.Scheme.LIGHT, percent)
            height, bar = theme.current().measures.row, table.verticalScrollBar()
            assert {table.rowHeight(0), table.rowHeight(49_999)} == {height}
            assert bar.maximum() == 50_000 * height - table.viewport().height(), "the last row is reached"
            assert not one_by_one, "Qt looks at all rows before it for each"
    finally:
        theme.install(qapp, theme.Scheme.LIGHT, 100)


def test_another_text_size_leaves_the_rows_in_view(qtbot: QtBot, qapp: QApplication) -> None:
    table = shown(qtbot, Rows(50_000, loaded=False))
    table.setCurrentIndex(table.model().index(30_000, NOTE))
    first, last = table.seen_rows()
    assert last == 30_000
    try:
        for percent in (150, 80, 100):
            theme.install(qapp, theme.Scheme.LIGHT, percent)
            seen = table.seen_rows()
            assert seen[0] <= 30_000 <= seen[1], "the row that was read"
            assert abs(seen[0] - first) <= last - first
        table.setCurrentIndex(table.model().index(0, NOTE))
        table.verticalScrollBar().setValue(20_000 * theme.current().measures.row)
        theme.install(qapp, theme.Scheme.LIGHT, 150)
        assert table.seen_rows()[0] == 20_000, "the current row is elsewhere"
    finally:
        theme.install(qapp, theme.Scheme.LIGHT, 100)


@pytest.mark.parametrize("away", [99, 4_000])
def test_after_starting_over_it_scrolls_to_the_same_place_again(qtbot: QtBot, away: int) -> None:
    table = shown(qtbot, Rows(5_000))
    bar, heard = table.verticalScrollBar(), list[tuple[int, int]]()
    bar.setValue(away)
    table.rowsWanted.connect(lambda first, last: heard.append((first, last)))
    table.start_over()
    assert bar.value() == 0
    assert table.seen_rows()[0] == 0
    assert not heard, "nothing is scrolled past on the way"
    bar.setValue(away)
    assert table.seen_rows()[0] == away // table.rowHeight(0)
    assert table.verticalHeader().offset() == away


def test_it_says_which_rows_are_seen_before_it_paints_them(qtbot: QtBot) -> None:
    model = Rows(2_000_000, loaded=False)
    table = RecordTable()
    qtbot.addWidget(table)
    heard: list[tuple[int, int]] = []

    def load(first: int, last: int) -> None:
        heard.append((first, last))
        model.load(first, last)
        model.dataChanged.emit(model.index(first, 0), model.index(last, NOTE))

    table.rowsWanted.connect(load)
    table.setModel(model)
    table.resize(700, 34 + 10 * 33)
    table.show()
    qtbot.waitUntil(lambda: bool(heard))
    assert heard[-1][0] == 0
    assert 9 <= heard[-1][1] <= 10
    table.scrollToBottom()
    assert heard[-1][1] == 1_999_999, "said while scrolling, not while painting"
    assert table.viewport().updatesEnabled(), "the rows are there: nothing is held"
    times = len(heard)
    table.viewport().grab()
    assert len(heard) == times


def test_after_a_jump_the_old_picture_stays_for_a_moment_only(qtbot: QtBot) -> None:
    model = Rows(100_000, loaded=False)
    model.load(0, 50)
    table = shown(qtbot, model)
    qtbot.waitUntil(lambda: table._watch._seen[0] == 0)
    table.verticalScrollBar().setValue(50_000 * 33)
    assert not table.viewport().updatesEnabled()
    qtbot.waitUntil(table.viewport().updatesEnabled, timeout=500)
    table.verticalScrollBar().setValue(70_000 * 33)
    assert not table.viewport().updatesEnabled()
    first, last = table.seen_rows()
    model.load(first, last)
    model.dataChanged.emit(model.index(first, 0), model.index(last, NOTE))
    assert table.viewport().updatesEnabled(), "painted as soon as the rows are there"


class Paintings(QObject):
    """Notes for each painting of a table whether the first and the last row in view were there."""

    def __init__(self, table: RecordTable) -> None:
        super().__init__(table)
        self.table, self.whole = table, list[bool]()
        table.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.whole.append(all(row in rows_of(self.table).cells for row in self.table.seen_rows()))
        return False


def test_a_jump_is_painted_once_with_all_its_rows(qtbot: QtBot) -> None:
    model = Rows(100_000, loaded=False)
    model.load(0, 50)
    table = shown(qtbot, model)
    qtbot.waitUntil(lambda: table._watch._seen[0] == 0)
    table._watch._hold.setInterval(60_000)
    paintings = Paintings(table)
    table.verticalScrollBar().setValue(50_000 * 33)
    QApplication.processEvents()
    first, last = table.seen_rows()
    for begin, end in ((first, first + 4), (first + 5, last)):
        assert not paintings.whole, "the old picture stays until all are there"
        model.load(begin, end)
        model.dataChanged.emit(model.index(begin, 0), model.index(end, NOTE))
        QApplication.processEvents()
    assert paintings.whole == [True]
    table.verticalScrollBar().setValue(table.verticalScrollBar().value() - 33)
    QApplication.processEvents()
    assert len(paintings.whole) > 1, "a step of one row holds nothing"


def test_it_asks_again_when_the_rows_are_others(qtbot: QtBot, table: RecordTable) -> None:
    model = rows_of(table)
    qtbot.waitUntil(lambda: table._watch._seen[0] == 0)
    with qtbot.waitSignal(table.rowsWanted, timeout=500) as wanted:
        model.beginResetModel()
        model.endResetModel()
    assert wanted.args is not None
    assert wanted.args[0] == 0


def test_rows_that_are_not_there_yet_show_a_sign(qtbot: QtBot) -> None:
    table = shown(qtbot, Rows(20, loaded=False))
    assert QColor(LIGHT.muted).rgb() in inks(part(table, 0, STUDENT)) or len(inks(part(table, 0, STUDENT))) > 1


def test_only_what_is_seen_is_asked_of_the_model(qtbot: QtBot) -> None:
    model = Rows(2_000_000, loaded=False)
    table = shown(qtbot, model)
    model.asked.clear()
    table.viewport().grab()
    assert len(model.asked) <= 12
    assert model.data_calls < 100
    QTest.keyClicks(table, "ana")
    assert model.data_calls < 100, "typing does not search through two million rows"


def test_rows_that_come_behind_those_that_are_seen_paint_nothing(qtbot: QtBot) -> None:
    model = Rows(100)
    table = shown(qtbot, model)
    bar = table.verticalScrollBar()
    model.asked.clear()
    end = bar.maximum()
    _insert(model, 100, 100)
    qtbot.waitUntil(lambda: bar.maximum() > end)
    QApplication.processEvents()
    assert not model.asked
    _insert(model, 0, 1)
    qtbot.waitUntil(lambda: 0 in model.asked)


def test_rows_that_come_where_there_was_room_are_painted(qtbot: QtBot) -> None:
    model = Rows(3)
    shown(qtbot, model)
    model.asked.clear()
    _insert(model, 3, 2)
    qtbot.waitUntil(lambda: {3, 4} <= set(model.asked))


class _Followed(Rows):
    """Rows that others take out above those that are seen."""

    about_to_move, moved = Signal(bool), Signal()

    def __init__(self) -> None:
        super().__init__(200)
        self.follower = SimpleNamespace(anchor=lambda: -1)

    def row_id(self, row: int) -> str | None:
        return self.cells[row][SCORE].text

    def find(self, row_id: str) -> int | None:
        return next((row for row, cells in self.cells.items() if cells[SCORE].text == row_id), None)

    def take_out(self, number: int, *others: int) -> None:
        """The first rows; `others` look otherwise afterwards."""
        self.about_to_move.emit(True)
        self.beginRemoveRows(NOWHERE, 0, number - 1)
        self.count -= number
        self.cells = {row - number: cells for row, cells in self.cells.items() if row >= number}
        for row in others:
            self.cells[row] = [*self.cells[row][:COURSE], Cell("Chemistry"), *self.cells[row][SCORE:]]
        self.endRemoveRows()
        self.moved.emit()


def test_rows_that_go_above_those_that_are_seen_paint_nothing(qtbot: QtBot) -> None:
    model = _Followed()
    table = shown(qtbot, model)
    table.verticalScrollBar().setValue(100 * 33)
    table.setCurrentIndex(model.index(102, COURSE))
    QTest.qWait(50)
    painted, before = Painted(table), table.viewport().grab().toImage()
    painted.rects.clear()
    model.take_out(60)
    QTest.qWait(50)
    assert table.seen_rows()[0] == 40
    assert painted.rects == []
    assert table.viewport().grab().toImage() == before
    painted.rects.clear()
    model.take_out(10, 33)
    qtbot.waitUntil(lambda: bool(painted.rects))
    table.verticalScrollBar().setValue(31 * 33)
    assert table.seen_rows()[0] == 31
    qtbot.waitUntil(lambda: len(painted.rects) > 1)


@pytest.mark.parametrize("above", [0, 1, 7])
def test_rows_that_go_while_the_last_are_seen_leave_these_where_they_are(qtbot: QtBot, above: int) -> None:
    model = _Followed()
    table = shown(qtbot, model)
    bar = table.verticalScrollBar()
    bar.setValue(bar.maximum() - above * 33)
    QTest.qWait(50)
    first, last = table.seen_rows()
    for number in (60, 5):
        model.take_out(number)
        first, last = first - number, last - number
        assert table.seen_rows() == (first, last)
        assert bar.value() == bar.maximum() - above * 33
        QTest.qWait(50)
        assert table.seen_rows() == (first, last)


def test_a_row_that_cannot_be_told_does_not_stop_the_table(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    model = _Followed()
    table = shown(qtbot, model)
    table.verticalScrollBar().setValue(100 * 33)
    QTest.qWait(50)
    cells = table._cells

    def fail(row: int) -> Sequence[Cell] | None:
        assert model.count == 200
        return cells(row)

    monkeypatch.setattr(table, "_cells", fail)
    with qtbot.captureExceptions() as raised:
        model.take_out(60)
    assert raised
    monkeypatch.undo()
    painted = Painted(table)
    table.viewport().update()
    qtbot.waitUntil(lambda: bool(painted.rects))


def test_choosing_another_row_paints_the_two_rows_alone(qtbot: QtBot, table: RecordTable) -> None:
    table.selectRow(2)
    QApplication.processEvents()
    model = rows_of(table)
    model.asked.clear()
    table.selectRow(3)
    qtbot.waitUntil(lambda: 3 in model.asked)
    assert set(model.asked) == {2, 3}


def _insert(model: Rows, at: int, number: int) -> None:
    model.beginInsertRows(NOWHERE, at, at + number - 1)
    model.count += number
    model.load(model.count - number, model.count - 1)
    model.endInsertRows()


def test_selecting_two_million_rows_is_quick(qtbot: QtBot) -> None:
    table = shown(qtbot, Rows(2_000_000, loaded=False))
    before = time.thread_time()
    table.selectAll()
    table.viewport().grab()
    assert table.selected_count() == 2_000_000
    assert time.thread_time() - before < 1


def test_the_selection_is_told_in_blocks(table: RecordTable) -> None:
    select = table.selectionModel().select
    flags = table.selectionModel().SelectionFlag
    for row in (7, 2, 3, 4, 9):
        select(table.model().index(row, 0), flags.Select | flags.Rows)
    assert table.selected_ranges() == [(2, 4), (7, 7), (9, 9)]
    assert table.selected_count() == 5


# Keyboard and mouse


def test_f2_enter_and_a_double_click_edit_what_can_be_edited(table: RecordTable, qtbot: QtBot) -> None:
    index = table.model().index(2, NOTE)
    for begin in ("F2", "Enter", "double click"):
        table.setCurrentIndex(index)
        if begin == "double click":
            place = table.visualRect(index).center()
            QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
            QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        else:
            QTest.keyClick(table, Qt.Key.Key_F2 if begin == "F2" else Qt.Key.Key_Return)
        editor = table.indexWidget(index)
        assert isinstance(editor, QLineEdit), begin
        QTest.keyClick(editor, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: table.indexWidget(index) is None)


def test_enter_opens_a_row_where_nothing_can_be_edited(table: RecordTable, qtbot: QtBot) -> None:
    table.setCurrentIndex(table.model().index(4, COURSE))
    with qtbot.waitSignal(table.opened, timeout=200) as opened:
        QTest.keyClick(table, Qt.Key.Key_Return)
    assert opened.args == [4]


def test_the_editor_covers_its_cell_and_nothing_is_painted_below(table: RecordTable) -> None:
    index = table.model().index(2, STUDENT)
    table.setCurrentIndex(index)
    table.edit(index)
    editor = table.indexWidget(index)
    assert editor is not None
    rect = table.visualRect(index)
    assert editor.geometry() == rect
    table.grab()  # Qt lays out now, and not after the editor was put aside
    editor.move(-900, 0)
    below = table.viewport().grab(rect.adjusted(2, 2, -2, -2)).toImage()
    assert set(inks(below)) == {QColor(LIGHT.accent_soft).rgb()}


def test_tab_goes_on_to_the_next_cell_that_can_be_edited(table: RecordTable, qtbot: QtBot) -> None:
    index = table.model().index(2, STUDENT)
    table.setCurrentIndex(index)
    table.edit(index)
    editor = table.indexWidget(index)
    assert editor is not None
    QTest.keyClicks(editor, "Rui")
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert table.currentIndex() == table.model().index(2, NOTE), "past the two that cannot"
    qtbot.waitUntil(lambda: isinstance(table.indexWidget(table.currentIndex()), QLineEdit))
    assert rows_of(table).cells[2][STUDENT].text == "Rui"


def test_tab_leaves_the_table_for_its_titles(table: RecordTable) -> None:
    table.setCurrentIndex(table.model().index(0, 0))
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Tab)
    assert table.header().hasFocus()


def test_a_click_on_a_title_asks_for_its_order_and_the_next_for_the_other(table: RecordTable, qtbot: QtBot) -> None:
    header = table.header()
    for expected in (False, True, False):
        with qtbot.waitSignal(table.sort_requested, timeout=200) as wanted:
            QTest.mouseClick(
                header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(header.sectionPosition(1) + 40, 12)
            )
        assert wanted.args == [COURSE, expected]
        table.show_sort(COURSE, descending=expected)
    assert header.sorted_by == (COURSE, False)


def test_a_column_that_cannot_be_sorted_asks_for_nothing(table: RecordTable, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(table.sort_requested):
        table.header().sort_by(NOTE)
    assert not table.header().sortable(NOTE)
    assert not table.header().sortable(99)


@pytest.mark.parametrize(("key", "row"), [(Qt.Key.Key_End, 29), (Qt.Key.Key_Home, 0)])
def test_the_keys_to_the_ends_stay_in_their_column(table: RecordTable, key: Qt.Key, row: int) -> None:
    table.setCurrentIndex(table.model().index(10, COURSE))
    QTest.keyClick(table, key, Qt.KeyboardModifier.ControlModifier)
    assert (table.currentIndex().row(), table.currentIndex().column()) == (row, COURSE)
    assert table.selected_ranges() == [(row, row)]


@pytest.mark.parametrize("button", [Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton])
def test_a_click_below_the_rows_leaves_what_was_chosen(qtbot: QtBot, button: Qt.MouseButton) -> None:
    table = shown(qtbot, Rows(3))
    table.selectRow(1)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, QPoint(40, 82))
    assert table.selected_ranges() == [(1, 2)]
    below = QPoint(40, table.rowViewportPosition(2) + 2 * table.rowHeight(2))
    assert table.viewport().rect().contains(below)
    QTest.mouseClick(table.viewport(), button, pos=below)
    assert table.selected_ranges() == [(1, 2)]
    assert table.currentIndex().row() == 2


def test_titles_are_worked_by_the_keyboard(table: RecordTable, qtbot: QtBot) -> None:
    header = table.header()
    header.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(header, Qt.Key.Key_Right)
    with qtbot.waitSignal(table.sort_requested, timeout=200) as wanted:
        QTest.keyClick(header, Qt.Key.Key_Space)
    assert wanted.args == [COURSE, False]
    width = header.sectionSize(COURSE)
    QTest.keyClick(header, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert header.sectionSize(COURSE) == width + 12
    QTest.keyClick(header, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert header.visualIndex(COURSE) == 2
    QTest.keyClick(header, Qt.Key.Key_Home)
    with qtbot.waitSignal(table.sort_requested, timeout=200) as wanted:
        QTest.keyClick(header, Qt.Key.Key_Return)
    assert wanted.args == [STUDENT, False]


def test_the_titles_show_a_ring_and_the_mark_of_the_order(table: RecordTable) -> None:
    header = table.header()
    plain = inks(header.grab().toImage())
    table.show_sort(COURSE)
    marked = inks(header.grab().toImage())
    assert marked != plain
    header.setFocus(Qt.FocusReason.TabFocusReason)
    assert inks(header.grab().toImage())[QColor(LIGHT.accent).rgb()] > 100


def test_menus_are_asked_for_by_mouse_and_key(table: RecordTable, qtbot: QtBot) -> None:
    table.setCurrentIndex(table.model().index(3, COURSE))
    reason = QContextMenuEvent.Reason
    with qtbot.waitSignal(table.row_menu_wanted, timeout=200) as row:
        QApplication.sendEvent(table.viewport(), QContextMenuEvent(reason.Keyboard, QPoint(0, 0), QPoint(0, 0)))
    assert row.args is not None
    assert row.args[0] == 3
    with qtbot.waitSignal(table.row_menu_wanted, timeout=200) as row:
        place = QPoint(5, 5 * 33 + 5)
        QApplication.sendEvent(table.viewport(), QContextMenuEvent(reason.Mouse, place, QPoint(50, 60)))
    assert row.args == [5, QPoint(50, 60)]
    with qtbot.waitSignal(table.header_menu_wanted, timeout=200) as column:
        place = QPoint(table.header().sectionPosition(SCORE) + 5, 5)
        QApplication.sendEvent(table.header().viewport(), QContextMenuEvent(reason.Mouse, place, QPoint(7, 8)))
    assert column.args == [SCORE, QPoint(7, 8)]


def test_a_column_is_fitted_to_its_contents_within_reason(table: RecordTable) -> None:
    rows_of(table).put(1, NOTE, Cell("x" * 390))
    table.fit_columns()
    assert table.columnWidth(NOTE) == 420
    assert 80 < table.columnWidth(COURSE) < 140
    assert table.columnWidth(STUDENT) > 200


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_tool_tip_shows_what_is_cut_and_only_that(table: RecordTable, qtbot: QtBot) -> None:
    def point_at(column: int) -> str:
        QToolTip.hideText()
        place = table.visualRect(table.model().index(0, column)).center()
        event = QHelpEvent(QEvent.Type.ToolTip, place, table.viewport().mapToGlobal(place))
        QApplication.sendEvent(table.viewport(), event)
        return QToolTip.text()

    assert point_at(COURSE) == ""
    rows_of(table).put(0, COURSE, Cell("An introduction to <algebra> for everybody who never liked it"))
    assert "&lt;algebra>" in point_at(COURSE)


# For everybody


def test_a_screen_reader_reads_the_cells(table: RecordTable) -> None:
    table.setAccessibleName("Enrollments")
    reading = QAccessible.queryAccessibleInterface(table)
    assert reading is not None
    first = [reading.child(i) for i in range(12)]  # titles first, then cells
    assert "Algebra I" in [child.text(QAccessible.Text.Name) for child in first if child is not None]


def test_right_to_left_starts_at_the_right(table: RecordTable) -> None:
    table.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert table.columnViewportPosition(STUDENT) > table.columnViewportPosition(COURSE)
    table.setColumnWidth(COURSE, 300)
    picture = part(table, 0, COURSE)
    assert set(inks(picture.copy(0, 0, 100, 30))) == {QColor(LIGHT.panel).rgb()}
    assert len(inks(picture.copy(200, 0, 100, 30))) > 1


def test_changing_the_model_forgets_the_old_one(table: RecordTable, qtbot: QtBot) -> None:
    old, new = rows_of(table), Rows(3)
    new.setParent(table)
    table.setModel(new)
    assert table.seen_rows() == (0, 2)
    qtbot.waitUntil(lambda: table._watch._seen == (0, 2))
    with qtbot.assertNotEmitted(table.rowsWanted, wait=50):
        old.beginResetModel()
        old.endResetModel()


def test_what_changes_in_one_row_is_painted_at_once_and_alone(table: RecordTable) -> None:
    QApplication.processEvents()
    painted = Painted(table)
    rows_of(table).put(3, SCORE, Cell("99", "", Look.DIRTY))
    assert painted.rects == [(0, 3 * 33, table.viewport().width(), 33)]
    rows_of(table).put(25, SCORE, Cell("99", "", Look.DIRTY))
    QApplication.processEvents()
    assert len(painted.rects) == 1, "what is not seen is not painted"


def test_of_many_rows_that_changed_those_in_view_alone_are_painted(qtbot: QtBot) -> None:
    model = Rows(200)
    table = shown(qtbot, model)
    QApplication.processEvents()
    painted, last = Painted(table), table.seen_rows()[1]
    for first in (last + 1, last - 1):
        model.dataChanged.emit(model.index(first, 0), model.index(199, SCORE))
        QApplication.processEvents()
    assert [rect[1] // 33 for rect in painted.rects] == [last - 1]


def test_the_keyboard_comes_and_goes_by_one_cell(table: RecordTable) -> None:
    table.setCurrentIndex(table.model().index(2, COURSE))
    table.setFocus()
    QApplication.processEvents()
    painted = Painted(table)
    table.clearFocus()
    QTest.qWait(20)
    table.setFocus()
    QTest.qWait(20)
    assert painted.rects
    assert {rect[1] // 33 for rect in painted.rects} == {2}
    assert max(rect[3] for rect in painted.rects) <= 33


def test_another_height_paints_what_is_newly_seen_alone(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    theme.set_kind(around, "panel")
    table, bar = RecordTable(around), QLabel("1 unsaved change", around)
    model = Rows()
    model.setParent(table)
    table.setModel(model)
    bar.setFixedHeight(50)
    bar.hide()
    column = QVBoxLayout(around)
    column.addWidget(table, 1)
    column.addWidget(bar)
    around.resize(700, 500)
    around.show()
    qtbot.waitExposed(around)
    QTest.qWait(50)
    painted, titles = Painted(table), Painted(table.header())
    bar.show()
    QTest.qWait(50)
    assert painted.rects == []
    bar.hide()
    QTest.qWait(50)
    assert painted.rects
    assert max(rect[3] for rect in painted.rects) <= 60
    assert titles.rects == []


def test_titles_from_right_to_left_go_along_with_the_right_edge(qtbot: QtBot) -> None:
    table = shown(qtbot, Rows())
    table.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    QTest.qWait(50)
    titles = Painted(table.header())
    table.resize(table.width() + 40, table.height())
    QTest.qWait(50)
    assert max(rect[2] for rect in titles.rects) == table.header().viewport().width()


def test_of_two_cells_far_apart_no_row_between_is_painted(table: RecordTable) -> None:
    model, view = rows_of(table), table.viewport()
    table.setCurrentIndex(model.index(4, STUDENT))
    cells = QRegion()
    for row, column in ((1, COURSE), (8, SCORE)):
        cells += table.visualRect(model.index(row, column)).adjusted(5, 5, -5, 5)
    QApplication.processEvents()
    model.asked.clear()
    view.update(cells)
    QApplication.processEvents()
    assert set(model.asked) == {1, 2, 8, 9}
    whole, alone = QImage(view.size(), QImage.Format.Format_ARGB32), QImage(view.size(), QImage.Format.Format_ARGB32)
    view.render(whole)
    alone.fill(QColor("red"))
    view.render(alone, QPoint(), cells)
    red = QPainter(whole)
    red.setClipRegion(QRegion(view.rect()) - cells)
    red.fillRect(view.rect(), QColor("red"))
    red.end()
    place = cells.boundingRect()
    assert alone.copy(QRect(QPoint(), place.size())) == whole.copy(place)


def test_the_model_of_these_tests_is_a_model(qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(Rows(5))


def test_the_columns_behind_the_first_of_an_order_have_paler_marks(table: RecordTable) -> None:
    header = table.header()

    def marks() -> list[int]:
        """How much is drawn in the title of each column."""
        picture, panel = header.grab().toImage(), QColor(LIGHT.panel).rgb()
        spans = [(header.sectionViewportPosition(i), header.sectionSize(i)) for i in (STUDENT, COURSE)]
        drawn = [inks(picture.copy(left, 0, width, 30)) for left, width in spans]
        return [sum(pixels for colour, pixels in part.items() if colour != panel) for part in drawn]

    plain = marks()
    table.show_sort(STUDENT, then={COURSE: True})
    both = marks()
    assert header.sorted_by == (STUDENT, False), "the first of them"
    assert both[0] > plain[0]
    assert both[1] > plain[1], "the second has a mark as well"
    table.show_sort(STUDENT)
    assert marks()[1] == plain[1]
