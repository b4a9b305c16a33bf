"""What a program writes that does not say so appears by itself: the row that is read stays, an edit is told of."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from sqlalchemy import URL

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QWidget

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.models import lookout
from lms_desktop.models.cells import Look
from lms_desktop.models.live import Batch
from lms_desktop.services import writes
from lms_desktop.services.writes import Writes
from lms_desktop.views.main_window import MainWindow
from tests.walks.acting import Person
from tests.walks.crowd import ADMIN, fill
from tests.walks.driving import said_by, wait_for
from tests.walks.others import aside, locked, write
from tests.walks.seating import get_up, sit_down

ROWS = 400
PAUSE = 0.25
"""Seconds between two questions here."""

DOUBT = lookout.Lookout._doubt

pytestmark = pytest.mark.usefixtures("_look")


class Asked:
    """What the server is asked in the background.

    Attributes:
        times: how often it was asked whether something was written.
        read: how often rows were read of which tables.
        noticed: what was told.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        self.noticed: list[Batch] = []
        ask = writes.writes

        def count(uow: UnitOfWork, tables: tuple[str, ...]) -> Writes | None:
            self.times += 1
            return ask(uow, tables)

        monkeypatch.setattr(writes, "writes", count)

    def once_more(self) -> None:
        """Wait until it was asked twice more: whatever was written before has been seen."""
        before = self.times
        wait_for(lambda: self.times >= before + 2, "another question")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Questions in quick succession, and nothing read but what they lead to."""
    monkeypatch.setattr(lookout, "PAUSE", PAUSE)
    monkeypatch.setattr(lookout, "BUSY", PAUSE / 4)
    monkeypatch.setattr(lookout, "PART", 1)
    monkeypatch.setattr(lookout, "ALL", 3600.0)
    monkeypatch.setattr(lookout.Lookout, "_doubt", lambda _: None)  # the server cleans up when it likes
    return Asked(monkeypatch)


@pytest.fixture
def person(database_url: URL, tmp_path: Path, asked: Asked) -> Iterator[Person]:
    """An administrator before the people, who was asked for the first time what there is."""
    fill(database_url, ROWS)
    at = sit_down(database_url, ADMIN, tmp_path / "settings.ini", page="users")
    try:
        wait_for(lambda: at.window.live.kind == "live", "being live")
        asked.once_more()
        lookout_of(at.window).noticed.connect(asked.noticed.append)
        yield Person(at.window, at.desk, database_url)
    finally:
        get_up(at)


def lookout_of(window: MainWindow) -> lookout.Lookout:
    found = window.findChild(lookout.Lookout)
    assert found is not None
    return found


def readings(person: Person) -> list[object]:
    """What is read for the page of people from now on, one entry a reading."""
    found: list[object] = []
    model = person.window.page_of("users").model  # type: ignore[union-attr]
    fetch = model.pages.fetch

    def note(uow: UnitOfWork, query: Any, *rest: Any) -> Any:
        if query.entity is model.admin.entity:
            found.append(query)
        return fetch(uow, query, *rest)

    model.pages.fetch = note
    return found


def name_of(person: Person, row_id: str) -> str:
    row = person.page.model.find(row_id)
    return "" if row is None else person.shown("full_name", row)


def rename(person: Person, row_id: str, name: str) -> None:
    write(person.url, "UPDATE users SET full_name = %s WHERE id = %s", name, row_id)


def scrolled_to(person: Person, row: int) -> tuple[str, int]:
    """Click a row in the middle of the table; its id, and its height on the screen."""
    table = person.page.table
    table.scrollTo(person.page.model.index(row, 0), QAbstractItemView.ScrollHint.PositionAtCenter)
    person.settle()
    person.click_row(row)
    row_id = person.page.model.row_id(row)
    assert row_id is not None
    return row_id, table.rowViewportPosition(row)


def test_what_a_program_changes_appears_by_itself(person: Person) -> None:
    read, height = scrolled_to(person, 150)
    other = person.page.model.row_id(152)
    assert other is not None
    busy: list[bool] = []
    person.page.model.working.connect(busy.append)
    rename(person, other, name_of(person, other) + " again")
    wait_for(lambda: name_of(person, other).endswith(" again"), "the change", 10)
    assert person.page.table.selected_ranges() == [(150, 150)]
    assert person.page.table.rowViewportPosition(150) == height
    assert person.page.form.row_id() == read
    assert not any(busy), "nobody waits for it"


def test_what_a_program_inserts_and_deletes_moves_no_row_that_is_read(person: Person) -> None:
    read, height = scrolled_to(person, 150)
    person.window.raise_()
    write(
        person.url,
        "INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled)"
        " SELECT gen_random_uuid(), 'aa' || i || '@school.edu', 'none', 'Aaron ' || i, 'student', true, false"
        " FROM generate_series(1, 30) i",
    )
    model, table = person.page.model, person.page.table
    wait_for(lambda: model.find(read) == 180 and model.total == ROWS + 30, "the new people", 10)
    assert (table.currentIndex().row(), table.rowViewportPosition(180)) == (180, height)
    gone = model.row_id(182)
    write(person.url, "DELETE FROM users WHERE full_name LIKE 'Aaron %%' OR id = %s", gone)
    wait_for(lambda: model.find(read) == 150 and model.total == ROWS - 1, "the end of them", 15)
    assert (table.currentIndex().row(), table.rowViewportPosition(150)) == (150, height)
    assert model.exact


def test_a_draft_of_a_row_that_a_program_changed_is_marked(person: Person) -> None:
    row_id, _ = scrolled_to(person, 4)
    person.edit_cell(4, "full_name", "Mine")
    rename(person, row_id, "Theirs")

    def is_marked() -> bool:
        row = person.page.model.find(row_id)
        cells = person.page.model.row_cells(row) if row is not None else None
        return cells is not None and bool(cells[0].look & Look.CLASH)

    wait_for(is_marked, "the mark of the clash", 10)
    banner = person.page.form.details.banner
    wait_for(lambda: banner.isVisible() and "Name" in banner.text, "the form's word", 10)
    draft = person.page.drafts.get(row_id)
    assert draft is not None
    assert draft.values == {"full_name": "Mine"}
    person.page.discard()


def test_what_a_program_changed_is_marked_for_a_moment_and_nobody_is_named(person: Person) -> None:
    row_id, other = person.ids()[4:6]
    rename(person, row_id, name_of(person, row_id) + " again")

    def is_marked(row_id: str) -> bool:
        row = person.page.model.find(row_id)
        cells = person.page.model.row_cells(row) if row is not None else None
        return cells is not None and bool(cells[0].look & Look.FRESH)

    wait_for(lambda: is_marked(row_id), "the mark", 10)
    assert name_of(person, row_id).endswith(" again")
    assert not is_marked(other)
    assert person.page.model.follower.words(row_id) == "just changed by somebody else"
    assert not person.toast
    wait_for(lambda: not is_marked(row_id), "the end of the mark", 10)


def test_what_is_done_here_is_nobody_elses(person: Person, asked: Asked) -> None:
    marks: list[str] = []
    follower = person.page.model.follower
    follower.marked.connect(lambda: marks.extend(i for i in person.ids() if follower.is_marked(i)))
    write(person.url, "DROP SCHEMA lms_desktop CASCADE")  # nobody tells of anything from now on
    for number in range(3):
        person.edit_cell(3, "full_name", f"Student 1 mine {number}")
        person.save()
        asked.once_more()
    assert not marks


def test_a_form_in_which_somebody_types_is_left_alone(person: Person, asked: Asked) -> None:
    row_id, other = person.ids()[4], person.ids()[9]
    person.click_row(4)
    person.settle()
    person.type_into_form("full_name", "Student 1 typed")
    read: list[bool] = []
    person.page.form.following.stale.connect(read.append)
    rename(person, other, name_of(person, other) + " again")
    wait_for(lambda: name_of(person, other).endswith(" again"), "the change", 10)
    asked.once_more()
    assert not read
    assert person.page.take_editors()
    draft = person.page.drafts.get(row_id)
    assert draft is not None
    assert draft.values == {"full_name": "Student 1 typed"}
    person.page.discard()


def test_an_open_editor_keeps_what_is_typed(person: Person) -> None:
    row_id, _ = scrolled_to(person, 4)
    other = person.ids()[6]
    QTest.keyClick(person.page.table, Qt.Key.Key_F2)
    editor = person.page.table.viewport().findChild(QWidget) or person.page.table.focusWidget()
    assert editor is not None
    person.type("typed")
    rename(person, other, name_of(person, other) + " again")
    wait_for(lambda: name_of(person, other).endswith(" again"), "the change", 10)
    assert person.page.table.state() == QAbstractItemView.State.EditingState
    QTest.keyClick(person.page.table.focusWidget() or editor, Qt.Key.Key_Return)
    person.settle()
    draft = person.page.drafts.get(row_id)
    assert draft is not None
    assert "typed" in "".join(filter(None, draft.values.values()))
    person.page.discard()


def test_a_table_that_was_not_written_to_is_not_read_again(person: Person, asked: Asked) -> None:
    found = readings(person)
    write(person.url, "UPDATE lessons SET title = 'Another' WHERE title = 'Lesson 3'")
    wait_for(lambda: asked.noticed, "what was written elsewhere")
    asked.once_more()
    assert [batch.tables for batch in asked.noticed] == [frozenset({"lessons"})]
    assert not found


def test_where_nobody_writes_nothing_is_read(person: Person, asked: Asked) -> None:
    found = readings(person)
    for _ in range(3):
        asked.once_more()
    assert not found
    assert not asked.noticed


def test_nothing_is_asked_while_nobody_looks(person: Person, asked: Asked) -> None:
    row_id = person.ids()[3]
    person.window.showMinimized()
    person.settle()
    before = asked.times
    rename(person, row_id, "Student 1 missed")
    QTest.qWait(round(4000 * PAUSE))
    assert asked.times <= before + 1, "the question that was on its way"
    person.window.showNormal()
    person.window.activateWindow()
    wait_for(lambda: name_of(person, row_id) == "Student 1 missed", "what was missed", 10)


def test_nothing_is_asked_while_a_page_without_records_is_shown(person: Person, asked: Asked) -> None:
    row_id, found = person.ids()[3], readings(person)
    person.window.open_page("operations")
    person.settle()
    before = asked.times
    rename(person, row_id, "Student 1 missed")
    QTest.qWait(round(4000 * PAUSE))
    assert asked.times <= before + 1, "the question that was on its way"
    assert not found
    person.open("users")
    wait_for(lambda: name_of(person, row_id) == "Student 1 missed", "what was missed", 10)


def test_a_page_that_is_not_shown_is_not_read_again(person: Person, asked: Asked) -> None:
    row_id = person.page.form.row_id()
    assert row_id is not None
    person.open("courses")
    asked.once_more()
    found = readings(person)
    rename(person, row_id, "Another Name")
    wait_for(lambda: asked.noticed, "the change")
    asked.once_more()
    assert not found
    person.open("users")
    wait_for(lambda: "Another Name" in said_by(person.page.form), "the record, which is shown once more", 10)


def test_what_is_counted_late_is_read_all_the_same(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that commits twice within a second and stays connected has its second commit counted much later."""
    monkeypatch.setattr(lookout.Lookout, "_doubt", DOUBT)
    rows = person.ids()[3:6]

    def connect() -> Any:
        return psycopg2.connect(person.url.set(drivername="postgresql").render_as_string(hide_password=False))

    def is_renamed(row_id: str) -> bool:
        return name_of(person, row_id).startswith("Student 1 no. ")

    connection = aside(connect)
    for number, row_id in enumerate(rows):

        def go_on(name: str = f"Student 1 no. {number}", row_id: str = row_id) -> None:
            with connection, connection.cursor() as cursor:
                cursor.execute("UPDATE users SET full_name = %s WHERE id = %s", (name, row_id))

        aside(go_on)
        wait_for(partial(is_renamed, row_id), "the commit", 5)
    connection.close()


def test_much_that_is_written_elsewhere_leads_to_few_readings(
    person: Person, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookout.Lookout, "_doubt", DOUBT)
    found, before = readings(person), asked.times
    write(person.url, "CREATE TABLE elsewhere (id int)")
    while asked.times < before + 20:
        write(person.url, "INSERT INTO elsewhere VALUES (1)")
    assert 1 <= len(found) <= 6
    assert not any(batch.moved for batch in asked.noticed), "it is not counted for that"


def test_in_the_end_whatever_was_written_is_looked_at(
    person: Person, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = readings(person)
    write(person.url, "UPDATE lessons SET title = 'Another' WHERE title = 'Lesson 3'")
    wait_for(lambda: asked.noticed, "what was written elsewhere")
    asked.once_more()
    assert not found
    monkeypatch.setattr(lookout, "ALL", 0.0)
    lookout_of(person.window)._patience = 0.0
    wait_for(lambda: found, "another reading")
    asked.once_more()
    seen = len(found)
    asked.once_more()
    assert len(found) == seen


def test_where_no_rows_are_counted_the_moment_tells(
    person: Person, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = writes.writes

    def uncounted(uow: UnitOfWork, tables: tuple[str, ...]) -> Writes:
        found = ask(uow, tables)
        assert found is not None
        return Writes(found.moment, None)

    monkeypatch.setattr(writes, "writes", uncounted)
    asked.once_more()
    row_id = person.ids()[3]
    rename(person, row_id, "Student 1 uncounted")
    wait_for(lambda: name_of(person, row_id) == "Student 1 uncounted", "the change", 10)


def test_what_was_told_is_not_told_again(person: Person, asked: Asked) -> None:
    person.edit_cell(3, "full_name", "Student 1 mine")
    person.save()
    person.settle()
    asked.once_more()
    asked.once_more()
    assert not asked.noticed


VIEW = "SET allow_system_table_mods = on; ALTER VIEW pg_catalog.{} RENAME TO {}"
"""What the question is answered from is called otherwise."""


def test_a_server_that_refuses_to_tell_is_not_asked_again_before_it_was_away(person: Person, asked: Asked) -> None:
    lookout_there = lookout_of(person.window)
    write(person.url, VIEW.format("pg_stat_bgwriter", "pg_stat_of_another_kind"))
    wait_for(lambda: not (lookout_there._asking or lookout_there._next.isActive()), "an end of the questions", 10)
    before = asked.times
    person.open("courses")  # which looks out anew
    assert not lookout_there._next.isActive()
    assert asked.times == before
    write(person.url, VIEW.format("pg_stat_of_another_kind", "pg_stat_bgwriter"))
    person.desk.reconnected.emit()
    asked.once_more()


def test_a_server_that_is_held_up_is_asked_again(person: Person, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookout, "ALL", PAUSE)
    with locked(person.url, VIEW.format("pg_stat_bgwriter", "pg_stat_of_another_kind")):
        before = asked.times
        wait_for(lambda: asked.times >= before + 2, "the end of a question, and another one")
    asked.once_more()
