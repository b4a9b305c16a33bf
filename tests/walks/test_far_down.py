"""Far down in a long list, where rows come and go: its end is the end, and each row has its number."""

import pytest

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lms_desktop.models import fetched, following, paged, whereabouts
from lms_desktop.services import plans
from lms_desktop.services.positions import IdBlock
from tests.walks.answering import Answer
from tests.walks.driving import CTRL, Sitting, wait_for
from tests.walks.test_selected_rows import PEOPLE, many, write  # noqa: F401 - the fixture is asked for by its name
from tests.walks.truth import Truth
from tests.walks.undoing import undo

_THERE = "SELECT id::text FROM users WHERE email LIKE '%%@many.edu' ORDER BY full_name, id"


@pytest.fixture(autouse=True)
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some hundred people are a long list, and after what was written it is not found again soon what leads to its
    places."""
    for module in (fetched, paged, whereabouts):
        monkeypatch.setattr(module, "NEAR", 8)
    monkeypatch.setattr(whereabouts, "PART", 10_000)
    monkeypatch.setattr(following, "COUNT_PAUSE", 0.0)
    monkeypatch.setattr(plans, "NEAR_END", 40)


def delete(sitting: Sitting, row: int) -> None:
    """Click a row, press Del and say yes."""
    sitting.click_row(row)
    answer = Answer("Delete person")
    QTest.keyClick(sitting.page.table, Qt.Key.Key_Delete)
    answer.wait()
    sitting.settle()


def go_to_the_middle(sitting: Sitting) -> int:
    """Drag the bar there; the first row that is seen."""
    bar = sitting.page.table.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    sitting.settle()
    return sitting.page.table.seen_rows()[0]


def expect_the_end(sitting: Sitting, truth: Truth) -> None:
    """The last row is the current one, all that is seen is loaded and has its number, and Down leads nowhere."""
    there, page = [row[0] for row in truth.rows(_THERE)], sitting.page
    for _ in range(2):
        first, last = page.table.seen_rows()
        assert page.model.total == len(there)
        assert last == page.table.currentIndex().row() == len(there) - 1
        assert [page.model.row_id(row) for row in range(first, last + 1)] == there[first:]
        assert f"Row {len(there)} of {len(there)}" in sitting.window.bottom.said()
        sitting.press(Qt.Key.Key_Down)
        sitting.settle()


def test_ctrl_end_leads_to_the_last_row_after_rows_were_deleted_far_above(
    many: Sitting,  # noqa: F811
    truth: Truth,
) -> None:
    known = many.page.model.where.positions
    assert isinstance(known, IdBlock)
    for down in (4, 6):
        delete(many, go_to_the_middle(many) + down)
    many.press(Qt.Key.Key_End, CTRL)
    many.settle()
    assert many.page.model.where.positions is known, "it was found again: nothing is tried here"
    expect_the_end(many, truth)
    delete(many, PEOPLE - 3)
    many.press(Qt.Key.Key_Home, CTRL)
    many.settle()
    many.press(Qt.Key.Key_End, CTRL)
    many.settle()
    expect_the_end(many, truth)
    for _ in range(3):
        undo(many)
    wait_for(lambda: many.page.model.exact and many.page.model.total == PEOPLE, "those who were deleted")
    many.press(Qt.Key.Key_Home, CTRL)
    many.settle()
    many.press(Qt.Key.Key_End, CTRL)
    many.settle()
    expect_the_end(many, truth)


def test_ctrl_end_leads_to_the_last_row_after_others_have_written(many: Sitting, truth: Truth) -> None:  # noqa: F811
    many.click_row(go_to_the_middle(many) + 3)
    write(many, "DELETE FROM users WHERE email IN ('many200@many.edu', 'many214@many.edu', 'many215@many.edu')")
    write(many, "UPDATE users SET full_name = 'Many 9999' WHERE email = 'many2@many.edu'")
    many.press(Qt.Key.Key_F5)
    many.settle()
    many.press(Qt.Key.Key_End, CTRL)
    many.settle()
    expect_the_end(many, truth)
    assert many.page.model.find(str(truth.value("SELECT id FROM users WHERE full_name = 'Many 9999'"))) == PEOPLE - 4


def picture(sitting: Sitting) -> list[tuple[str | None, int]]:
    """The rows that are seen, and how far down on the screen each of them begins."""
    model, table = sitting.page.model, sitting.page.table
    first, last = table.seen_rows()
    return [(model.row_id(row), table.rowViewportPosition(row)) for row in range(first, last + 1)]


@pytest.mark.parametrize("is_current_seen", [False, True])
@pytest.mark.parametrize("others_write", [False, True])
def test_with_another_column_the_rows_that_are_seen_stay_where_they_are(
    many: Sitting,  # noqa: F811
    truth: Truth,
    others_write: bool,
    is_current_seen: bool,
) -> None:
    page, before = many.page, many.page.columns
    first = go_to_the_middle(many)
    if is_current_seen:
        many.click_row(first + 2)
    seen, shown = picture(many), page.beside.row_id()
    if others_write:
        write(many, "DELETE FROM users WHERE email IN ('many2@many.edu', 'many100@many.edu', 'many101@many.edu')")
    for columns in (before[:-1], before):
        page.filters.columns_changed.emit(columns)
        many.settle()
        assert tuple(field.key for field in page.model.fields) == columns
        assert picture(many)[: len(seen)] == seen  # a bar at the bottom may go with the column
        assert page.beside.row_id() == shown
    there = [row[0] for row in truth.rows(_THERE)]
    wait_for(
        lambda: page.model.total == len(there) and page.table.seen_rows()[0] == there.index(str(seen[0][0])),
        "their numbers",
    )
    assert picture(many) == seen
    assert page.beside.row_id() == shown
    if is_current_seen:
        assert page.model.row_id(page.table.currentIndex().row()) == shown
