"""What the table of records paints, for every look a cell can have and whatever the data holds."""

import time
from collections.abc import Sequence

import pytest
from pytestqt.qtbot import QtBot

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QApplication

from lms_desktop.models.cells import Cell, Look
from lms_desktop.views import theme
from lms_desktop.views.cell_painter import PaintColumn, PaintJob, paint_cells
from lms_desktop.views.cell_pictures import Pictures
from lms_desktop.views.cell_styles import StyleBook
from lms_desktop.views.faces import LONGEST, clean
from lms_desktop.views.record_table import RecordTable
from lms_desktop.views.tokens import DARK, LIGHT
from tests.views.table_rows import COURSE, NOTE, SCORE, STUDENT, Rows, ground, inks, part, rows_of, shown


@pytest.fixture(autouse=True)
def _the_usual_look(qapp: QApplication) -> None:
    if theme.current().scheme != theme.Scheme.LIGHT or theme.current().text_size != 100:
        theme.install(qapp, theme.Scheme.LIGHT, 100)


@pytest.fixture
def table(qtbot: QtBot) -> RecordTable:
    """Thirty rows of four columns, 33 high, on the screen."""
    return shown(qtbot, Rows())


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
    before = time.thread_time()
    table.viewport().grab()
    assert time.thread_time() - before < 0.5
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


def test_few_texts_are_remembered_however_much_room_they_have(qapp: QApplication) -> None:
    book = StyleBook()
    style = book.style(0)
    for number in range(30_000):
        assert book.fit(style, f"student{number}", 40 + number % 300).text.startswith("s")
    assert sum(map(len, style.face.fits.values())) < 5_000


@pytest.mark.parametrize("right_to_left", [False, True])
@pytest.mark.parametrize("scale", [1, 2])
def test_what_is_kept_as_a_picture_looks_as_if_drawn(
    scale: int, right_to_left: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = _painted(scale, right_to_left)
    monkeypatch.setattr(Pictures, "_picture", lambda *_, **__: None)
    drawn = _painted(scale, right_to_left)
    assert len(set(drawn)) > 20, "something is drawn at all"
    assert max(abs(one - other) for one, other in zip(kept, drawn, strict=True)) <= 1


def _painted(scale: int, right_to_left: bool) -> bytes:
    """The bytes of a painting of cells of every kind, each of them painted twice."""
    kinds = [Look.NULL, Look.EMPTY, Look.TAG_OK, Look.TAG_BAD, Look.CHECK_ON, Look.PROGRESS, Look.NUMBER]
    texts = ["—", "", "Issued", "Refused", "Yes", "58 %", "12"]
    kinds += [Look(0), Look.MUTED, Look.STRONG]
    texts += ["2023-10-05 17:48"] * 3
    row = [Cell(text, "", int(look)) for text, look in zip(texts, kinds, strict=True)]
    picture = QImage(150 * len(row) * scale, 4 * 33 * scale, QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(scale)
    columns = [PaintColumn(n, 150 * n, 150, at_end=n == 6) for n in range(len(row))]
    job = PaintJob(
        exposed=QRect(0, 0, 150 * len(row), 4 * 33),
        columns=columns,
        first=0,
        last=3,
        top=0,
        height=33,
        width=150 * len(row),
        cells=lambda _: row,
        selected={3},
        hover=2,
        current=None,
        editing=None,
        right_to_left=right_to_left,
        scale=float(scale),
    )
    painter = QPainter(picture)
    paint_cells(painter, job, StyleBook())
    painter.end()
    return bytes(picture.constBits())
