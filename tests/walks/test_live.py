"""What others save appears here at once: the row that is read stays, what changed is marked, an edit is told."""

import json
import os
import signal
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from sqlalchemy import URL, Engine, text

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView

from lms_desktop.config import Settings
from lms_desktop.database.changes import CannotListen, Listener, listen
from lms_desktop.database.engine import make_engine
from lms_desktop.database.local_server import LocalServer
from lms_desktop.database.migrations import Lineage, MigrationRunner
from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import User
from lms_desktop.models.cells import Look
from lms_desktop.models.live import Batch, Live
from lms_desktop.views import main_window, theme
from tests.walks.acting import Person
from tests.walks.crowd import ADMIN, fill
from tests.walks.driving import column_of, wait_for
from tests.walks.others import aside, value, write
from tests.walks.pulse import Pulse
from tests.walks.seating import get_up, sit_down

ROWS = 400
COLLEAGUE = "Ines Duarte"
NAMED = (
    "SELECT set_config('lms.operation', gen_random_uuid()::text, true), set_config('lms.actor', '"
    + json.dumps({"name": COLLEAGUE, "email": "ines@school.edu", "role": "admin"})
    + "', true); "
)
"""What makes a transaction of any program one that is logged."""
LISTENING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'lms-desktop live'"
)

pytestmark = pytest.mark.usefixtures("_look")


@contextmanager
def sitting(url: URL, folder: Path, page: str = "users", *, kind: str = "live") -> Iterator[Person]:
    """An administrator at the main window, who hears of what others save."""
    at = sit_down(url, ADMIN, folder / "settings.ini", page=page)
    try:
        wait_for(lambda: at.window.live.kind == kind, f"being {kind}")
        yield Person(at.window, at.desk, url)
    finally:
        get_up(at)


@pytest.fixture
def school(database_url: URL) -> URL:
    """Four hundred rows of everything."""
    fill(database_url, ROWS)
    return database_url


@pytest.fixture
def person(school: URL, tmp_path: Path) -> Iterator[Person]:
    """An administrator before the people."""
    with sitting(school, tmp_path) as person:
        yield person


def work(url: URL, statement: str, *values: object) -> None:
    """What a colleague does: another program that names its operation."""
    write(url, NAMED + statement, *values)


def rename(url: URL, row_id: str, name: str) -> None:
    work(url, "UPDATE users SET full_name = %s WHERE id = %s", name, row_id)


def scrolled_to(person: Person, row: int) -> tuple[str, int]:
    """Click a row in the middle of the table; its id, and its height on the screen."""
    table = person.page.table
    table.scrollTo(person.page.model.index(row, 0), QAbstractItemView.ScrollHint.PositionAtCenter)
    person.settle()
    person.click_row(row)
    assert table.currentIndex().row() == row
    row_id = person.page.model.row_id(row)
    assert row_id is not None
    return row_id, table.rowViewportPosition(row)


def place(person: Person, row_id: str) -> int:
    """The height on the screen at which a row stands."""
    row = person.page.model.find(row_id)
    assert row is not None
    return person.page.table.rowViewportPosition(row)


def is_marked(person: Person, row_id: str, look: Look = Look.FRESH) -> bool:
    row = person.page.model.find(row_id)
    cells = person.page.model.row_cells(row) if row is not None else None
    return cells is not None and any(cell.look & look for cell in cells)


def name_of(person: Person, row_id: str) -> str:
    row = person.page.model.find(row_id)
    return "" if row is None else person.shown("full_name", row)


def test_what_a_colleague_saves_appears_within_a_second(person: Person) -> None:
    row_id = person.ids()[3]
    took = []
    for number in range(7):
        name = f"Student 1 again {number}"
        rename(person.url, row_id, name)
        began = time.monotonic()
        wait_for(lambda name=name: name_of(person, row_id) == name, "the colleague's change", 5)  # type: ignore[misc]
        took.append(time.monotonic() - began)
    print(f"from COMMIT to the screen: median {statistics.median(took) * 1000:.0f} ms, longest {max(took) * 1000:.0f}")
    assert statistics.median(took) < 1.0


def test_the_row_that_is_read_stays_where_it_is_when_others_come_and_go_above_it(person: Person) -> None:
    row_id, height = scrolled_to(person, 150)
    top = person.page.model.row_id(person.page.table.seen_rows()[0])
    assert top is not None
    top_height = place(person, top)
    work(
        person.url,
        "INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled)"
        " SELECT gen_random_uuid(), 'aa' || i || '@school.edu', 'none', 'Aaron ' || i, 'student', true, false"
        " FROM generate_series(1, 130) i",
    )
    wait_for(lambda: person.page.model.total == ROWS + 130, "the new people")
    wait_for(lambda: person.page.model.find(row_id) == 280, "the row, in its new place")
    assert place(person, row_id) == height
    assert place(person, top) == top_height
    assert person.page.model.row_id(person.page.table.currentIndex().row()) == row_id
    assert person.page.table.selected_ranges() == [(280, 280)]
    assert person.page.form.row_id() == row_id

    work(person.url, "DELETE FROM users WHERE full_name LIKE 'Aaron %%'")
    wait_for(lambda: person.page.model.total == ROWS, "the end of the new people")
    wait_for(lambda: person.page.model.find(row_id) == 150, "the row, where it was")
    assert place(person, row_id) == height
    assert person.page.table.selected_ranges() == [(150, 150)]


def test_a_row_that_comes_between_moves_those_behind_it_alone(person: Person) -> None:
    row_id, height = scrolled_to(person, 10)
    behind = person.page.model.row_id(11)
    assert behind is not None
    name = name_of(person, row_id)
    work(
        person.url,
        "INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled) VALUES"
        " (gen_random_uuid(), 'between@school.edu', 'none', %s, 'student', true, false)",
        name + " b",
    )
    wait_for(lambda: person.page.model.find(behind) == 12, "the row that came between")
    assert place(person, row_id) == height
    assert person.page.table.currentIndex().row() == 10


@pytest.mark.parametrize("way", [1, -1])
def test_who_reads_on_keeps_the_rows_that_were_read_last(person: Person, way: int) -> None:
    """What comes between the rows pushes those out of sight that are still to be read: downwards the lowest, upwards
    the highest."""
    table, model = person.page.table, person.page.model
    bar = table.verticalScrollBar()
    bar.setValue(150 * theme.current().measures.row)
    person.settle()
    bar.setValue(bar.value() + way * 2 * theme.current().measures.row)
    person.settle()
    first, last = table.seen_rows()
    read, between = model.row_id(first if way > 0 else last - 1), (first + last) // 2
    assert read is not None
    height = place(person, read)
    work(
        person.url,
        "INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled)"
        " SELECT gen_random_uuid(), 'between' || i || '@school.edu', 'none', %s, 'student', true, false"
        " FROM generate_series(1, 3) i",
        person.shown("full_name", between) + " b",
    )
    wait_for(lambda: model.total == ROWS + 3, "the new people")
    person.settle()
    assert place(person, read) == height
    assert (model.find(read) == first) == (way > 0)


def test_what_a_colleague_changed_is_marked_for_a_moment_and_said(person: Person) -> None:
    row_id = person.ids()[5]
    rename(person.url, row_id, "Student 1 renamed")
    wait_for(lambda: is_marked(person, row_id), "the mark")

    def told(role: Qt.ItemDataRole) -> str:
        row = person.page.model.find(row_id)
        return "" if row is None else str(person.page.model.index(row, column_of(person.page, "full_name")).data(role))

    wait_for(lambda: COLLEAGUE in told(Qt.ItemDataRole.ToolTipRole), "whose doing it was")
    assert f"changed by {COLLEAGUE}" in told(Qt.ItemDataRole.AccessibleTextRole)
    assert person.window.status_text().startswith(f"{COLLEAGUE} changed ")
    assert not is_marked(person, person.ids()[6])
    wait_for(lambda: not is_marked(person, row_id), "the end of the mark", 8)
    assert COLLEAGUE not in told(Qt.ItemDataRole.ToolTipRole)


def test_who_edits_a_row_is_told_at_once_that_a_colleague_changed_it(person: Person) -> None:
    row_id, _ = scrolled_to(person, 4)
    person.edit_cell(4, "full_name", "Mine")
    rename(person.url, row_id, "Student 1 theirs")
    banner = person.page.form.details.banner
    wait_for(lambda: banner.isVisible() and COLLEAGUE in banner.text, "the form's word")
    assert "Name" in banner.text
    wait_for(lambda: is_marked(person, row_id, Look.CLASH), "the mark of the clash in the list")
    wait_for(lambda: "editing" in person.toast, "the message")
    draft = person.page.drafts.get(row_id)
    assert draft is not None
    assert draft.values == {"full_name": "Mine"}
    person.page.discard()


def test_who_edits_a_row_is_told_at_once_that_a_colleague_deleted_it(school: URL, tmp_path: Path) -> None:
    with sitting(school, tmp_path, "lessons") as person:
        row_id, _ = scrolled_to(person, 4)
        person.edit_cell(4, "title", "Mine")
        work(school, "DELETE FROM lessons WHERE id = %s", row_id)
        banner = person.page.form.details.banner
        wait_for(lambda: banner.isVisible() and f"{COLLEAGUE} deleted this" in banner.text, "the form's word")
        wait_for(lambda: person.page.model.find(row_id) is None, "the end of the row")
        assert person.page.form.row_id() == row_id
        assert person.page.drafts.get(row_id) is not None
        person.page.discard()


def test_rows_that_go_with_a_deleted_parent_go_from_the_other_pages(school: URL, tmp_path: Path) -> None:
    with sitting(school, tmp_path, "enrollments") as person:
        assert person.total() == ROWS
        work(school, "DELETE FROM courses WHERE title LIKE '%%0001'")
        wait_for(lambda: person.page.model.exact and person.page.model.total == 0, "the end of the enrollments")


def test_what_a_program_does_without_a_name_is_not_announced(person: Person) -> None:
    heard: list[Batch] = []
    person.desk.noticed.connect(heard.append)
    silent, told = person.ids()[2:4]
    write(person.url, "UPDATE users SET full_name = 'Silent' WHERE id = %s", silent)
    rename(person.url, told, "Student 1 told")
    wait_for(lambda: heard, "the news")
    assert set(heard[0].others("users")) == {told}


def test_what_was_missed_while_the_ear_was_deaf_is_shown(person: Person) -> None:
    live, row_id = person.window.live, person.ids()[3]
    assert live.listener is not None
    backend = live.listener.backend
    kinds: list[str] = []
    live.state_changed.connect(lambda: kinds.append(live.kind))
    write(person.url, f"{NAMED} UPDATE users SET full_name = 'Student 1 missed' WHERE id = %s", row_id)
    write(person.url, "SELECT pg_terminate_backend(%s)", backend)
    wait_for(lambda: kinds == ["polling", "live"], "another ear")
    wait_for(lambda: name_of(person, row_id) == "Student 1 missed", "what was missed")
    assert live.listener.backend != backend
    assert value(person.url, LISTENING) == 1
    rename(person.url, row_id, "Student 1 heard again")
    wait_for(lambda: name_of(person, row_id) == "Student 1 heard again", "what is heard again")


def _refuse(engine: Engine) -> Listener:
    listen(engine).close()  # the way to the server is there
    raise CannotListen


def test_where_nobody_may_listen_the_server_is_asked(
    school: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main_window, "Live", partial(Live, open_listener=_refuse))
    with sitting(school, tmp_path, kind="polling") as person:
        assert person.connection.startswith("Checking every 2 s")
        live, (late, early) = person.window.live, person.ids()[3:5]
        wait_for(lambda: live._since, "the first answer")

        def begin() -> Any:
            connection = psycopg2.connect(school.set(drivername="postgresql").render_as_string(hide_password=False))
            with connection.cursor() as cursor:
                cursor.execute(NAMED + "UPDATE users SET full_name = 'Student 1 late' WHERE id = %s", (late,))
            return connection

        slow = aside(begin)  # its number is the smaller one, its COMMIT comes later
        rename(school, early, "Student 1 early")
        wait_for(lambda: name_of(person, early) == "Student 1 early", "the first COMMIT", 8)
        aside(slow.commit)
        aside(slow.close)
        wait_for(lambda: name_of(person, late) == "Student 1 late", "the second COMMIT", 8)


def _deafened(engine: Engine) -> Listener:
    listener = listen(engine)
    with listener._connection.cursor() as cursor:  # as a go-between does that takes LISTEN and forgets it
        cursor.execute("UNLISTEN *")
    return listener


def test_who_listens_in_vain_finds_out_and_asks(school: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main_window, "Live", partial(Live, open_listener=_deafened))
    with sitting(school, tmp_path) as person:
        person.edit_cell(3, "full_name", "Student 1 mine")
        row_id = person.page.form.row_id()
        assert row_id is not None
        person.save()
        wait_for(lambda: person.window.live.kind == "polling", "the doubt")
        wait_for(lambda: person.window.live._since, "the first answer")
        rename(school, row_id, "Student 1 theirs")
        wait_for(lambda: name_of(person, row_id) == "Student 1 theirs", "the colleague's change", 8)


def test_rows_that_go_with_what_one_deletes_oneself_go_from_the_other_pages(school: URL, tmp_path: Path) -> None:
    with sitting(school, tmp_path, "enrollments") as person:
        before = person.total()
        gone = person.ids()[0]
        user = value(school, "SELECT student_id::text FROM enrollments WHERE id = %s", gone)
        write(school, "DELETE FROM certificates WHERE enrollment_id = %s", gone)

        def delete(uow: UnitOfWork) -> Outcome:
            uow.execute(text("DELETE FROM users WHERE id = CAST(:id AS uuid)"), {"id": user})
            uow.touch(User, [user], "delete")
            return uow.outcome("Deleted a person.")

        person.desk.commit(delete)
        wait_for(lambda: person.page.model.find(gone) is None, "the end of the enrollment")
        wait_for(lambda: person.page.model.total == before - 1, "one enrollment less")
        assert not any(is_marked(person, row_id, Look.FRESH) for row_id in person.ids()), "no colleague did it"


def test_a_storm_of_changes_costs_few_readings(person: Person) -> None:
    row_id, height = scrolled_to(person, 30)
    name = name_of(person, row_id)
    readings: list[float] = []
    fetch = person.page.model.pages.fetch

    def count(*arguments: Any) -> Any:
        readings.append(time.monotonic())
        return fetch(*arguments)

    person.page.model.pages.fetch = count  # type: ignore[method-assign, assignment]
    pulse, began = Pulse(), time.monotonic()

    def storm() -> None:
        connection = psycopg2.connect(person.url.set(drivername="postgresql").render_as_string(hide_password=False))
        with connection, connection.cursor() as cursor:
            for number in range(400):
                cursor.execute(NAMED + "UPDATE users SET full_name = %s WHERE id = %s", (f"{name} {number:03}", row_id))
                connection.commit()
        connection.close()

    aside(storm)
    wait_for(lambda: name_of(person, row_id) == f"{name} 399", "the last of the storm")
    seconds = time.monotonic() - began
    pulse.stop()
    print(f"400 changes in {seconds:.1f} s: {len(readings)} readings, deaf for {pulse.longest * 1000:.0f} ms at most")
    assert len(readings) <= 4 * seconds + 4
    assert pulse.steady
    assert person.page.form.row_id() == row_id
    assert height == place(person, row_id) or person.page.model.find(row_id) != 30


def test_without_the_log_nobody_listens_and_it_is_said(school: URL, tmp_path: Path) -> None:
    write(school, "DROP SCHEMA lms_desktop CASCADE")
    with sitting(school, tmp_path, kind="off") as person:
        assert person.connection.startswith("Connected")
        assert value(school, LISTENING) == 0


def test_a_window_that_is_closed_leaves_no_connection(school: URL, tmp_path: Path) -> None:
    with sitting(school, tmp_path):
        assert value(school, LISTENING) == 1
    wait_for(lambda: value(school, LISTENING) == 0, "the end of the connection")


def test_a_server_that_hangs_does_not_hold_the_window_up(server_folder: Path, tmp_path: Path) -> None:
    with LocalServer(server_folder, fast=True) as server:
        url = server.url()
        engine = make_engine(url, Settings())
        MigrationRunner(engine).upgrade()
        MigrationRunner(engine, Lineage.OWN).upgrade()
        engine.dispose()
        fill(url, 20)
        at = sit_down(url, ADMIN, tmp_path / "settings.ini", page="users")
        wait_for(lambda: at.window.live.kind == "live", "listening")
        assert at.window.live.listener is not None
        assert server.postmaster is not None
        frozen = [at.window.live.listener.backend, server.postmaster]
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)
        pulse = Pulse()
        try:
            began = time.monotonic()
            wait_for(lambda: time.monotonic() - began > 0.5, "half a second")
            at.window.live._readable()
            at.window.live.close()
            assert pulse.steady
        finally:
            pulse.stop()
            for pid in frozen:
                os.kill(pid, signal.SIGCONT)
            get_up(at)
