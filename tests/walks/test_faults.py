"""Servers that die, stop or lose their answers: what the person at the window sees of it, and that nothing is lost."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import URL

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.local_server import LocalServer
from lms_desktop.database.migrations import Lineage, MigrationRunner
from lms_desktop.models.desk import performing
from lms_desktop.services.demo_accounts import DEMO_PASSWORD
from lms_desktop.services.seeding import seed
from tests.postgres import PostgresServer, public_folder
from tests.walks.acting import REGISTRAR, Reply, Walk, type_here, walking
from tests.walks.driving import CTRL, click, the, wait_for
from tests.walks.enrollments import COURSE, HERS, LOCK, NOVEMBER, STORED, STUDENT, at_the_enrollments, completed, first
from tests.walks.others import aside, locked, rows, value, wait_for_save_in_the_middle
from tests.walks.wire import Wire


class School:
    """A school on a server of its own, which may be killed.

    Attributes:
        server: the server.
    """

    def __init__(self, server: LocalServer) -> None:
        self.server = server
        self.postgres = PostgresServer(server.start().set(database="postgres"), server)
        self.template = self.postgres.create()
        engine = make_engine(self.template, Settings())
        MigrationRunner(engine).upgrade()
        MigrationRunner(engine, Lineage.OWN).upgrade()
        seed(engine, random_seed=1)
        engine.dispose()

    def copy(self) -> URL:
        """A database of one's own."""
        return self.postgres.create(template=self.template.database)

    def kill(self) -> None:
        """kill -9."""
        assert self.server.postmaster is not None
        os.kill(self.server.postmaster, signal.SIGKILL)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The server with all that works for it stands still: whoever asks hears nothing, not even a refusal."""
        assert self.server.postmaster is not None
        processes = [self.server.postmaster, *_children(self.server.postmaster)]
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

    def restart(self) -> None:
        """Bring it up again, at the same place."""
        aside(self.server.ensure_running)


def _children(process: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True, check=True)
    return [int(number) for number in found.stdout.split()]


@pytest.fixture(scope="module")
def school() -> Iterator[School]:
    """The server that the tests of this module kill, and start again for one another."""
    folder = public_folder()
    with LocalServer(folder / "a server", fast=True) as server:
        yield School(server)
    shutil.rmtree(folder)


@pytest.fixture
def own(school: School, tmp_path: Path, _look: None) -> Iterator[Walk]:
    """The program on a database of the server that may be killed."""
    with walking(school.copy(), tmp_path) as walk:
        yield walk


@pytest.fixture
def walk(seeded_url: URL, tmp_path: Path, _look: None) -> Iterator[Walk]:
    """The program on a school that everybody may write to, and nobody kills."""
    with walking(seeded_url, tmp_path) as walk:
        yield walk


def test_a_server_killed_in_the_middle_of_a_save_costs_nothing(own: Walk, school: School) -> None:
    person = at_the_enrollments(own)
    row_id = first(person)
    person.enrol("kj", STUDENT, "photo", COURSE)
    person.edit_cell(0, "completed_at", NOVEMBER)
    unsaved = person.page.unsaved()
    with locked(own.url, LOCK, row_id):
        person.hit(Qt.Key.Key_S, CTRL)
        wait_for_save_in_the_middle(own.url)
        assert person.page.saving.busy
        school.kill()
        wait_for(lambda: person.banner, "the news that the save did not work")

    assert "connection to the database was lost" in person.banner
    assert "unsaved changes are kept" in person.banner
    wait_for(lambda: "Looking for the server" in person.connection, "the search for the server")
    assert "not connected" in person.window.connection_card.accessibleName()
    assert person.page.unsaved() == unsaved
    assert person.page.unsaved_bar.isVisible()
    assert person.shown("completed_at").startswith(NOVEMBER)

    school.restart()
    wait_for(lambda: person.connection.startswith("Live"), "the server")
    person.settle()
    assert person.page.unsaved() == unsaved, "what was not saved is still there, in the same window"
    assert "The connection is back" in person.banner
    assert completed(own.url, row_id) != STORED, "nothing was saved behind the person's back"
    person.save()
    assert person.page.unsaved() == 0
    assert not person.banner
    assert completed(own.url, row_id) == STORED
    assert value(own.url, f"SELECT count(*) {HERS}") == 1


def test_a_save_whose_connection_is_cut_waits_to_be_done_again(walk: Walk) -> None:
    person = at_the_enrollments(walk)
    row_id = first(person)
    person.edit_cell(0, "completed_at", NOVEMBER)
    with locked(walk.url, LOCK, row_id):
        person.hit(Qt.Key.Key_S, CTRL)
        wait_for_save_in_the_middle(walk.url)
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        rows(walk.url, f"{cut} AND application_name = 'lms-desktop'")
        wait_for(lambda: person.banner, "the news that the save did not work")
    assert "connection to the database was lost" in person.banner
    assert person.page.unsaved() == 1
    wait_for(lambda: person.connection.startswith("Live"), "the server")
    person.settle()
    person.click_button("Save again")
    assert person.page.unsaved() == 0
    assert completed(walk.url, row_id) == STORED


def test_rows_stay_while_the_server_is_away_and_come_anew_when_it_is_back(own: Walk, school: School) -> None:
    person = at_the_enrollments(own)
    before = [person.shown("student_id", row) for row in range(10)]
    aside(school.server.stop)
    person.press(Qt.Key.Key_F5)
    assert "connection" in person.banner.lower() or "cannot be reached" in person.banner
    assert [person.shown("student_id", row) for row in range(10)] == before
    person.click_row(3)
    wait_for(lambda: person.page.form.details.banner.isVisible(), "the form's word that the record cannot be read")
    person.search("kjær")
    assert [person.shown("student_id", row) for row in range(10)] == before, "the old rows until there are others"

    school.restart()
    wait_for(lambda: person.connection.startswith("Live"), "the server")
    person.settle()
    assert {person.shown("student_id", row) for row in range(person.total())} == {STUDENT}
    assert not person.banner
    assert not person.page.form.details.banner.isVisible()
    record = person.page.form.record()
    assert record is not None
    assert record.title.startswith(STUDENT)


def test_a_jump_says_that_it_waits_and_that_the_server_does_not_answer(own: Walk, school: School) -> None:
    person = at_the_enrollments(own)
    person.total()
    person.click_row(2)
    here = [person.shown("student_id", row) for row in range(10)]
    shown = person.page.current_id()
    with school.frozen():
        person.hit(Qt.Key.Key_End, CTRL)
        began = monotonic()
        wait_for(lambda: "does not answer" in person.connection, "the news in the status bar")
        wait_for(lambda: "does not answer" in person.banner, "the news above the rows")
        assert monotonic() - began < 5, "long before anything fails"
        assert "Reading for" in person.banner
        click(the(QPushButton, person.page.banner, lambda button: button.text() == "Stop", "the button"))
        assert not person.banner
        assert person.page.table.seen_rows()[0] == 0, "back among the rows that are there"
        assert [person.shown("student_id", row) for row in range(10)] == here
        assert person.page.current_id() == shown
        assert person.page.table.currentIndex().row() == 2

        person.hit(Qt.Key.Key_End, CTRL)
        wait_for(lambda: "does not answer" in person.banner, "the news above the rows")
    wait_for(lambda: person.connection.startswith("Live"), "the server")
    person.settle()
    assert not person.banner
    assert person.shown("student_id", person.total() - 1), "what was waited for is there"
    assert "connection is back" not in person.toast, "nothing was lost, and nothing is made of it"


def test_work_that_takes_long_at_a_server_that_answers_is_not_taken_for_its_silence(walk: Walk) -> None:
    person = at_the_enrollments(walk)
    with locked(walk.url, "LOCK TABLE enrollments IN ACCESS EXCLUSIVE MODE"):
        person.hit(Qt.Key.Key_F5)
        wait_for(lambda: "Reading for 2 s" in person.banner, "that it says how long it waits")
        assert person.connection.startswith("Live")
        assert "answer" not in person.banner
    person.settle()
    assert not person.banner


def test_a_delete_that_the_server_does_not_survive_is_told_and_the_row_stays(own: Walk, school: School) -> None:
    person = at_the_enrollments(own)
    without = (
        "SELECT id::text FROM enrollments e WHERE NOT EXISTS (SELECT 1 FROM certificates WHERE enrollment_id = e.id)"
    )
    ((row_id,),) = rows(own.url, f"{without} ORDER BY enrolled_at DESC LIMIT 1")
    person.click_record(row_id)
    question = Reply("Withdraw")
    with locked(own.url, LOCK, row_id):
        person.hit(Qt.Key.Key_Delete)
        question.wait()
        wait_for_save_in_the_middle(own.url)
        school.kill()
        news = Reply("Close")
        assert "connection to the database was lost" in news.wait()
    assert person.page.model.find(row_id) is not None
    school.restart()
    wait_for(lambda: person.connection.startswith("Live"), "the server")
    person.settle()
    assert value(own.url, "SELECT count(*) FROM enrollments WHERE id = %s", row_id) == 1
    assert person.page.form.row_id() == row_id


@pytest.mark.usefixtures("_look")
def test_a_save_that_came_through_though_its_answer_was_lost_is_not_made_twice(school: School, tmp_path: Path) -> None:
    with Wire(school.copy()) as wire, walking(wire.url, tmp_path) as walk:
        person = at_the_enrollments(walk)
        row_id = first(person)
        person.enrol("kj", STUDENT, "photo", COURSE)
        person.edit_cell(0, "completed_at", NOVEMBER)
        wire.lose_commits = True
        person.hit(Qt.Key.Key_S, CTRL)
        wait_for(lambda: wire.lost, "the loss")
        wire.lose_commits = False
        wait_for(lambda: not person.page.saving.busy, "the answer")
        person.settle()
        assert not person.banner
        assert person.page.unsaved() == 0
        assert value(wire.url, f"SELECT count(*) {HERS}") == 1
        assert completed(wire.url, row_id) == STORED


@pytest.mark.usefixtures("_look")
@pytest.mark.parametrize("came_through", [True, False])
def test_a_save_in_doubt_is_told_as_such_until_the_server_can_be_asked(
    school: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, came_through: bool
) -> None:
    monkeypatch.setattr(performing, "SETTLE_WITHIN", 0.1)
    with Wire(school.copy()) as wire, walking(wire.url, tmp_path) as walk:
        person = at_the_enrollments(walk)
        row_id = first(person)
        before = completed(wire.url, row_id)
        person.edit_cell(0, "completed_at", NOVEMBER)
        wire.lose_commits, wire.cut_commits = came_through, "" if came_through else "before"
        wire.open_after_loss = False
        person.hit(Qt.Key.Key_S, CTRL)
        wait_for(lambda: person.banner, "the news that nobody knows")
        assert "at the very moment of saving" in person.banner
        assert person.page.unsaved() == 1
        assert person.page.saving.in_doubt
        person.hit(Qt.Key.Key_S, CTRL)
        assert not person.page.saving.busy, "nothing is sent a second time while the first is in doubt"
        wire.lose_commits, wire.cut_commits, wire.open = False, "", True
        wait_for(lambda: not person.page.saving.in_doubt, "the answer")
        person.settle()
        assert completed(wire.server, row_id) == (STORED if came_through else before)
        assert person.page.unsaved() == (not came_through)
        if came_through:
            assert not person.banner
            return
        person.click_button("Save again")
        assert completed(wire.server, row_id) == STORED
        assert not person.banner


def test_signing_in_waits_for_a_server_that_is_away(own: Walk, school: School) -> None:
    screen = own.begin()
    aside(school.server.stop)
    screen.ui.email.setText(REGISTRAR)
    click(screen.ui.password)
    type_here(DEMO_PASSWORD + "\r")
    wait_for(screen.banner.isVisible, "the news")
    assert "cannot be reached" in screen.banner.text or "connection" in screen.banner.text
    assert screen.ui.password.text() == DEMO_PASSWORD, "what was typed is kept"
    school.restart()
    type_here("\r")
    wait_for(lambda: own.flow.main is not None, "the main window")
