"""The table of records: what it paints, what it asks for, and how it is worked by keyboard."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QColor, QContextMenuEvent, QHelpEvent, QImage, QStandardItem, QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QToolTip

from lms_desktop.models.cells import SORTABLE_ROLE, Cell, Look
from lms_desktop.views import theme
from lms_desktop.views.cell_styles import LONGEST, StyleBook, clean
from lms_desktop.views.record_table import RecordTable
from lms_desktop.views.tokens import DARK, LIGHT

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
STUDENT, COURSE, SCORE, NOTE = range(4)


class Rows(QAbstractTableModel):
    """Rows as a paged model has them: some are loaded, the others come when they are wanted."""

    TITLES = ("Student", "Course", "Score", "Note")

    def __init__(self, count: int = 30, loaded: bool = True) -> None:
        super().__init__()
        self.count = count
        self.cells: dict[int, list[Cell]] = {}
        self.asked: list[int] = []
        self.data_calls = 0
        if loaded:
            self.load(0, count - 1)

    def load(self, first: int, last: int) -> None:
        for row in range(first, min(last, self.count - 1) + 1):
            self.cells[row] = [
                Cell("Ana Sousa", "ana.sousa@school.edu"),
                Cell("Algebra I"),
                Cell(str(row), "", Look.NUMBER),
                Cell("", "", Look.NULL),
            ]

    def put(self, row: int, column: int, cell: Cell) -> None:
        self.cells[row][column] = cell
        self.dataChanged.emit(self.index(row, column), self.index(row, column))

    def row_cells(self, row: int) -> Sequence[Cell] | None:
        self.asked.append(row)
        return self.cells.get(row)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else self.count

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.TITLES)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        self.data_calls += 1
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole) or index.row() not in self.cells:
            return None
        return self.cells[index.row()][index.column()].text

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        self.put(index.row(), index.column(), Cell(str(value), "", Look.DIRTY))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in (STUDENT, NOTE) else flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole and section == SCORE:
            return int(Qt.AlignmentFlag.AlignRight)
        if role == SORTABLE_ROLE:
            return section != NOTE
        return self.TITLES[section] if role == Qt.ItemDataRole.DisplayRole else None


@pytest.fixture(autouse=True)
def _the_usual_look(qapp: QApplication) -> Iterator[None]:
    theme.install(qapp, theme.Scheme.LIGHT, 100)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    theme.install(qapp, theme.Scheme.LIGHT, 100)


@pytest.fixture
def table(qtbot: QtBot) -> RecordTable:
    """Thirty rows of four columns, 33 high, on the screen."""
    return shown(qtbot, Rows())


def shown(qtbot: QtBot, model: Rows) -> RecordTable:
    made = RecordTable()
    qtbot.addWidget(made)
    made.setModel(model)
    model.setParent(made)
    made.resize(700, 34 + 10 * 33 + 12)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def rows_of(table: RecordTable) -> Rows:
    model = table.model()
    assert isinstance(model, Rows)
    return model


def part(table: RecordTable, row: int, column: int) -> QImage:
    """The picture of one cell."""
    return table.viewport().grab(table.visualRect(table.model().index(row, column))).toImage()


def inks(picture: QImage) -> Counter[int]:
    plain = picture.convertToFormat(QImage.Format.Format_ARGB32)
    return Counter(memoryview(plain.constBits()).cast("I"))


def ground(table: RecordTable, row: int, column: int) -> QColor:
    """The colour behind a cell."""
    return QColor.fromRgba(inks(part(table, row, column)).most_common(1)[0][0])


# What it paints


def test_a_row_is_33_high_and_grows_with_the_text(table: RecordTable, qapp: QApplication) -> None:
    assert table.rowHeight(0) == 33
    theme.install(qapp, theme.Scheme.LIGHT, 200)
    assert table.rowHeight(0) == 66
    assert table.header().height() >= 66


def test_the_selected_row_is_lit_across(table: RecordTable) -> None:
    table.selectRow(2)
    table.clearFocus()
    assert ground(table, 2, STUDENT) == QColor(LIGHT.accent_soft)
    beyond = table.viewport().grab(QRect(table.viewport().width() - 3, 2 * 33 + 5, 1, 1)).toImage()
    assert beyond.pixelColor(0, 0) == QColor(LIGHT.accent_soft), "also where no column is"
    assert ground(table, 3, STUDENT) == QColor(LIGHT.panel)


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        (Look.DIRTY, LIGHT.warn_soft),
        (Look.INVALID, LIGHT.bad_soft),
        (Look.DIRTY | Look.INVALID, LIGHT.bad_soft),
        (Look.DIRTY | Look.NULL, LIGHT.warn_soft),
    ],
)
def test_an_unsaved_or_refused_cell_has_its_ground_also_in_a_selected_row(
    look: Look, expected: str, table: RecordTable
) -> None:
    table.selectRow(1)
    rows_of(table).put(1, COURSE, Cell("Statistics", "", look))
    assert ground(table, 1, COURSE) == QColor(expected)


def test_an_unsaved_cell_has_a_bar_where_reading_starts(table: RecordTable) -> None:
    rows_of(table).put(1, COURSE, Cell("Statistics", "", Look.DIRTY))
    picture = part(table, 1, COURSE)
    assert picture.pixelColor(1, 10) == QColor(LIGHT.warn)
    table.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    picture = part(table, 1, COURSE)
    assert picture.pixelColor(1, 10) == QColor(LIGHT.warn_soft)
    assert picture.pixelColor(picture.width() - 2, 10) == QColor(LIGHT.warn)


def test_a_row_a_colleague_changed_is_lit_and_marked(table: RecordTable) -> None:
    rows_of(table).put(4, SCORE, Cell("77", "", Look.FRESH))
    assert ground(table, 4, STUDENT) == QColor(LIGHT.ok_soft)
    assert QColor(LIGHT.ok).rgb() in inks(part(table, 4, STUDENT))
    assert ground(table, 5, STUDENT) == QColor(LIGHT.panel)


def test_null_the_empty_text_and_the_dash_look_different(table: RecordTable) -> None:
    pictures = []
    for cell in (Cell("", "", Look.NULL), Cell("", "", Look.EMPTY), Cell("—"), Cell("empty"), Cell("")):
        rows_of(table).put(1, COURSE, cell)
        pictures.append(inks(part(table, 1, COURSE)))
    assert all(one != other for i, one in enumerate(pictures) for other in pictures[i + 1 :])


def test_the_detail_is_grey_and_gives_way_first(table: RecordTable) -> None:
    table.setColumnWidth(STUDENT, 300)
    wide = inks(part(table, 0, STUDENT))
    assert QColor(LIGHT.text).rgb() in wide
    assert QColor(LIGHT.muted).rgb() in wide
    table.setColumnWidth(STUDENT, 100)
    narrow = inks(part(table, 0, STUDENT))
    assert QColor(LIGHT.text).rgb() in narrow
    assert QColor(LIGHT.muted).rgb() not in narrow


def test_figures_and_their_dashes_stand_at_the_end(table: RecordTable) -> None:
    for cell in (Cell("7", "", Look.NUMBER), Cell("", "", Look.NULL)):
        rows_of(table).put(0, SCORE, cell)
        picture = part(table, 0, SCORE)
        half = picture.width() // 2
        assert set(inks(picture.copy(0, 0, half, 30))) == {QColor(LIGHT.panel).rgb()}
        assert len(inks(picture.copy(half, 0, half, 30))) > 1
    table.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    picture = part(table, 0, SCORE)
    assert len(inks(picture.copy(0, 0, picture.width() // 2, 30))) > 1


@pytest.mark.parametrize(
    ("text", "detail", "share"), [("50 %", "", 0.5), ("58", "", 0.58), ("99,5 %", "", 0.995), ("3 of 12", "25.0", 0.25)]
)
def test_a_bar_is_as_full_as_its_number(text: str, detail: str, share: float, table: RecordTable) -> None:
    rows_of(table).put(0, NOTE, Cell(text, detail, Look.PROGRESS))
    table.setColumnWidth(NOTE, 200)
    line = part(table, 0, NOTE).copy(0, 16, 200, 1)
    colours = inks(line)
    full = colours[QColor(LIGHT.accent).rgb()]
    empty = colours[QColor(LIGHT.line).rgb()]
    assert full / (full + empty) == pytest.approx(share, abs=0.05)


@pytest.mark.parametrize(
    ("look", "token"),
    [(Look.TAG_OK, "ok_soft"), (Look.TAG_WARN, "warn_soft"), (Look.TAG_BAD, "bad_soft"), (Look.TAG_NEUTRAL, "line")],
)
def test_a_tag_is_a_soft_badge(look: Look, token: theme.Token, table: RecordTable) -> None:
    rows_of(table).put(0, NOTE, Cell("Issued", "", look))
    assert inks(part(table, 0, NOTE))[QColor(LIGHT.color(token)).rgb()] > 150


def test_a_flag_is_told_by_a_box_and_a_word(table: RecordTable) -> None:
    pictures = []
    for look in (Look.CHECK_ON, Look.CHECK_OFF):
        rows_of(table).put(0, NOTE, Cell("", "", look))
        pictures.append(inks(part(table, 0, NOTE)))
    assert pictures[0] != pictures[1]
    blue = [sum(n for ink, n in one.items() if (ink & 255) - (ink >> 16 & 255) > 90) for one in pictures]
    assert blue[0] > 20, "the tick is drawn in the accent"
    assert blue[1] == 0


def test_only_the_cell_with_the_keyboard_has_a_ring(table: RecordTable) -> None:
    table.setCurrentIndex(table.model().index(1, COURSE))
    table.setFocus()
    accent = QColor(LIGHT.accent).rgb()
    assert inks(part(table, 1, COURSE))[accent] > 100
    assert inks(part(table, 1, NOTE))[accent] == 0
    table.clearFocus()
    assert inks(part(table, 1, COURSE))[accent] == 0


def test_the_row_under_the_pointer_is_lit_until_it_leaves(table: RecordTable) -> None:
    table.entered.emit(table.model().index(3, STUDENT))
    assert ground(table, 3, STUDENT) == QColor(LIGHT.hover)
    table.viewportEntered.emit()
    assert ground(table, 3, STUDENT) == QColor(LIGHT.panel)


def test_dark_is_painted_dark(table: RecordTable, qapp: QApplication) -> None:
    theme.install(qapp, theme.Scheme.DARK)
    assert ground(table, 3, STUDENT) == QColor(DARK.panel)
    assert QColor(DARK.text).rgb() in inks(part(table, 3, STUDENT))


def test_a_model_that_knows_only_data_is_shown_too(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    table = RecordTable()
    qtbot.addWidget(table)
    model = QStandardItemModel(2, 2, table)
    model.setItem(0, 0, QStandardItem("Ana"))
    table.setModel(model)
    table.show()
    assert QColor(LIGHT.text).rgb() in inks(table.viewport().grab(table.visualRect(model.index(0, 0))).toImage())
    assert caplog.records == []


def test_an_error_of_the_model_is_logged_once_and_stays_inside(
    table: RecordTable, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(row: int) -> Sequence[Cell] | None:
        raise ZeroDivisionError

    monkeypatch.setattr(table, "_cells", broken)
    table.viewport().grab()
    table.viewport().grab()
    assert caplog.text.count("Drawing the table failed") == 1


@pytest.mark.parametrize(
    "text",
    ["x" * 1_000_000, "line\nline", "\x00\x1b[31m", "\u202egnp.exe", "\ud800", "👩‍🏫", "عمر (2)", "\u2028", " ", "￾"],
)
@pytest.mark.parametrize("look", [Look(0), Look.TAG_OK, Look.PROGRESS, Look.CHECK_ON, Look.FIXED, Look.NUMBER])
def test_whatever_the_data_holds_it_is_painted_at_once(
    text: str, look: Look, table: RecordTable, caplog: pytest.LogCaptureFixture
) -> None:
    rows_of(table).put(0, NOTE, Cell(text, text, look))
    before = time.perf_counter()
    table.viewport().grab()
    assert time.perf_counter() - before < 0.5
    assert caplog.records == []


def test_what_would_hide_or_turn_a_line_is_shown() -> None:
    assert clean("a\nb\tc") == "a↵b⇥c"
    assert clean("\x00\x1b") == "␀␛"
    assert "\u202e" not in clean("\u202egnp.exe")
    assert clean("👩‍🏫 می‌خواهم") == "👩‍🏫 می‌خواهم", "joiners are part of the writing"
    assert len(clean("x" * 10_000)) == LONGEST + 1


@pytest.mark.parametrize("look", list(Look))
def test_every_look_has_a_width(look: Look, qapp: QApplication) -> None:
    assert StyleBook().cell_width(Cell("Issued", "since May", int(look))) > 24


# What it asks for


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


def test_selecting_two_million_rows_is_quick(qtbot: QtBot) -> None:
    table = shown(qtbot, Rows(2_000_000, loaded=False))
    before = time.perf_counter()
    table.selectAll()
    table.viewport().grab()
    assert table.selected_count() == 2_000_000
    assert time.perf_counter() - before < 1


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


def test_the_model_of_these_tests_is_a_model(qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(Rows(5))  # type: ignore[no-untyped-call]
