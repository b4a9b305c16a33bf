"""Migrations in the window: looked at, planned, rehearsed, applied, verified, rolled back, disturbed and given up."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest
import sqlalchemy as sa
from sqlalchemy import URL

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog

from lms_desktop.config import Settings
from lms_desktop.database.change_log import log_state
from lms_desktop.database.engine import make_engine
from lms_desktop.database.migrating.lineages import MIGRATION_LOCK
from lms_desktop.database.migrations import Lineage, MigrationRunner
from lms_desktop.models.migrations.revisions import short
from lms_desktop.models.migrations.run import MigrationRun
from lms_desktop.views.first_run import FirstRunScreen
from lms_desktop.views.main_window import MainWindow
from lms_desktop.views.migrations.dialogs import LeaveRunDialog, RehearseDialog
from lms_desktop.views.migrations.run_view import RunView
from tests.database.migrating.acting import OWN, catalogue, migrate, with_revisions
from tests.document import REVISIONS, document_at, facts_of
from tests.postgres import PostgresServer, Servers, plain_connection
from tests.walks.acting import ADMIN, to_the_front, walking
from tests.walks.driving import click, said_by, wait_for
from tests.walks.migrating import Panel, at_the_panel, press, pressing, typing
from tests.walks.pulse import Pulse
from tests.walks.seating import get_up, sit_down

pytestmark = pytest.mark.usefixtures("_look")

NAMES = dict(zip(("0001", "0002", "0003", "0004", "0005", "0006", "0007"), REVISIONS, strict=True))


ONLY_ONE = ["migrations"]
OWN_HEAD = short(OWN.head)


def pages_of(window: MainWindow) -> list[str]:
    """The pages that the navigation offers."""
    return window.navigation.keys()


@contextmanager
def engine_of(url: URL) -> Iterator[sa.Engine]:
    engine = make_engine(url, Settings())
    try:
        yield engine
    finally:
        engine.dispose()


def run_sql(url: URL, script: str) -> list[tuple[object, ...]]:
    """Run SQL from outside and commit."""
    with plain_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(script)
        rows = cursor.fetchall() if cursor.description else []
        connection.commit()
        return list(rows)


def school_at(url: URL, revision: str) -> None:
    """A database at a revision, with an administrator and a few students."""
    with engine_of(url) as engine:
        migrate(engine, revision)
    mfa = ", mfa_enabled" if revision in ("head", REVISIONS[6]) else ""
    value = ", false" if mfa else ""
    people = [("admin@lms.com", "admin"), *((f"s{number}@lms.com", "student") for number in range(5))]
    for email, role in people:
        run_sql(
            url,
            f"INSERT INTO users (id, email, password_hash, full_name, role, is_active, created_at, updated_at{mfa})"
            f" VALUES (gen_random_uuid(), '{email}', 'x', 'Ada {role}', '{role}', true, now(), now(){value})",
        )


def revision_of(url: URL) -> object:
    return run_sql(url, "SELECT version_num FROM alembic_version")


@contextmanager
def reading(url: URL, table: str) -> Iterator["psycopg2.extensions.connection"]:
    """Somebody who sits in a transaction in which a table was read."""
    with plain_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        yield connection


# The whole walk


@pytest.fixture(params=(16, 18), ids=lambda version: f"postgresql-{version}")
def newer_database(servers: Servers, request: pytest.FixtureRequest) -> Iterator[URL]:
    """An empty database on each of the versions that schools have today; skipped where it is not installed."""
    try:
        server = servers.of_version(request.param)
    except LookupError as error:
        pytest.skip(str(error))
    url = server.create()
    yield url
    server.drop(url)


def test_from_the_first_revision_to_the_newest_back_and_up_again(newer_database: URL, tmp_path: Path) -> None:
    url = newer_database
    school_at(url, REVISIONS[0])
    with at_the_panel(url, tmp_path / "settings.ini") as panel:
        _status_and_plan(panel)
        _rehearse(panel, url)
        _apply(panel, url)
        run_sql(url, "UPDATE users SET mfa_enabled = true WHERE email = 's1@lms.com'")
        _roll_back_one(panel, url)
        panel.without_backup()
        panel.ask("Apply 0007…", pressing("Apply 0007"))
        assert "1 revision(s) applied." in panel.ended()
    with engine_of(url) as engine, engine.connect() as connection:
        assert facts_of(connection) == document_at(7)


@pytest.mark.usefixtures("_look")
def test_what_somebody_else_applies_is_no_longer_counted(
    server: PostgresServer, seeded_template: URL, tmp_path: Path, qapp: QApplication
) -> None:
    def refresh() -> None:
        assert sitting.window.page is not None
        sitting.window.page.refresh()

    def apply_elsewhere() -> None:
        with engine_of(url) as engine:
            MigrationRunner(engine, Lineage.OWN).upgrade()

    url = server.create(template=seeded_template.database)
    run_sql(url, "DROP SCHEMA lms_desktop CASCADE")
    sitting = sit_down(url, ADMIN, tmp_path / "settings.ini", page="courses")
    try:
        session, entry = sitting.window.session, sitting.window.navigation.entry("migrations")
        waiting = len(OWN.revisions)

        def uninstalled() -> None:
            sitting.settle()  # what still reads of the schema would wait for it, and be waited for
            run_sql(url, "DROP SCHEMA lms_desktop CASCADE")
            refresh()
            wait_for(lambda: entry.badge == waiting and not session.log.on, "what waits again")

        wait_for(lambda: entry.badge == waiting, "the count")
        apply_elsewhere()
        sitting.window.open_page("migrations")
        wait_for(lambda: entry.badge == 0 and session.log.on, "the page to have looked as it was opened")
        uninstalled()
        apply_elsewhere()
        refresh()
        wait_for(lambda: entry.badge == 0 and session.log.on, "the page to have looked again")
        uninstalled()
        apply_elsewhere()
        sitting.window.open_page("courses")
        wait_for(lambda: entry.badge == 0 and session.log.on, "the page to have looked as it was left")
        sitting.window.open_page("migrations")
        sitting.settle()
        uninstalled()
        sitting.window.open_page("courses")
        sitting.settle()
        apply_elsewhere()
        qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
        wait_for(lambda: entry.badge == 0 and session.log.on, "the window to have looked as its person came back")
    finally:
        get_up(sitting)
        server.drop(url)


def _status_and_plan(panel: Panel) -> None:
    window, page = panel.sitting.window, panel.page
    assert page.subtitle() == "LMS schema: 6 revision(s) pending · desktop extension not installed"
    assert window.navigation.keys() == ONLY_ONE, "nothing else works at 0001"
    assert window.navigation.entry("migrations").badge == 6 + len(OWN.revisions)
    assert "The database is at 0001" in page.notices[next(iter(page.notices))].text
    states = panel.states()
    assert [states[revision] for revision in REVISIONS] == ["applied"] + ["pending"] * 6
    assert panel.offered() == ["Roll back one…", "Rehearse…", "Apply 0002 to 0007…"]
    assert page.drift.banner.text == "No drift: the live schema is what 0001 gives."
    plan = page.detail.plan.words()
    assert all(revision in plan for revision in REVISIONS[1:])
    assert "Nobody else is migrating this database." in plan
    panel.tab("SQL")
    assert "mfa_enabled" in page.detail.sql.text.toPlainText()
    panel.choose(NAMES["0003"])
    assert panel.offered() == ["Roll back one…", "Rehearse…", "Apply 0002 to 0003…"]
    panel.choose(NAMES["0001"])
    panel.tab("What a rollback loses")
    assert "6 people" in page.detail.losses.words()
    panel.choose(NAMES["0007"])


def _rehearse(panel: Panel, url: URL) -> None:
    with engine_of(url) as engine:
        before = catalogue(engine)

        def live(dialog: QDialog) -> None:
            assert isinstance(dialog, RehearseDialog)
            assert not dialog.warning.isVisible()
            click(dialog.live)
            assert "others wait for the tables" in dialog.warning.text
            press(dialog, "Rehearse")

        panel.ask("Rehearse…", live)
        said = panel.ended()
        assert said.startswith("0002 to 0007 rehearsed in")
        assert "Nothing was changed" in said
        assert panel.page.detail.rehearsal.result.tone == "ok"
        assert catalogue(engine) == before
    rows = panel.page.detail.rehearsal.measures
    texts = [rows.index(row, 2).data() for row in range(rows.rowCount())]
    assert "AccessExclusive" in texts
    assert rows.rowCount() == len(panel.run.end.value.measures) > 6  # type: ignore[union-attr]
    assert revision_of(url) == [(REVISIONS[0],)]


def _apply(panel: Panel, url: URL) -> None:
    panel.without_backup()
    said = panel.ask("Apply 0002 to 0007…", pressing("Apply 0002 to 0007"))
    assert all(revision in said for revision in REVISIONS[1:])
    assert "The database is not saved first." in said
    done = panel.ended()
    assert "6 revision(s) applied. The database is at 0007_add_users_mfa_enabled, and the schema is as that" in done
    page = panel.page
    assert page.subtitle() == "LMS schema up to date · desktop extension not installed"
    assert page.drift.banner.text == "No drift: the live schema is what 0007 gives."
    assert "users" in pages_of(panel.sitting.window), "everything works again"
    assert "0004_phase1_quiz_indexes begins, 3 of 6." in page.detail.applying.log.toPlainText()
    assert revision_of(url) == [(REVISIONS[6],)]


def _roll_back_one(panel: Panel, url: URL) -> None:
    window = panel.sitting.window
    panel.sitting.open("users")
    click(window.navigation.entry("migrations"))
    panel.settle()
    panel.choose(NAMES["0006"])
    said = panel.ask("Roll back one…", typing(url.database or "", "Roll back 0007"))
    assert "1 switched-on two-step sign-in" in said
    assert "This application needs the newest revision." in said
    assert "1 revision(s) rolled back." in panel.ended()
    assert window.navigation.keys() == ONLY_ONE
    assert [page.name for page in window.pages()] == ["migrations"]
    assert "The database is at 0006, below what this application works with." in said_by(panel.page)
    assert revision_of(url) == [(REVISIONS[5],)]


@pytest.mark.parametrize("number", [*(pytest.param(number, marks=pytest.mark.slow) for number in (2, 3, 4, 5)), 6])
def test_whatever_revision_it_is_at_the_rest_is_applied(empty_database: URL, tmp_path: Path, number: int) -> None:
    school_at(empty_database, REVISIONS[number - 1])
    with at_the_panel(empty_database, tmp_path / "settings.ini") as panel:
        panel.without_backup()
        first = f"000{number + 1}"
        span = first if first == "0007" else f"{first} to 0007"
        panel.ask(f"Apply {span}…", pressing(f"Apply {span}"))
        assert panel.page.detail.applying.isVisible()
        assert "The database is at 0007" in panel.ended()
        assert panel.page.drift.banner.tone == "ok"


def test_the_change_log_is_installed_and_taken_away_with_what_hangs_on_it(seeded_url: URL, tmp_path: Path) -> None:
    with at_the_panel(seeded_url, tmp_path / "settings.ini") as panel:
        window, page = panel.sitting.window, panel.page
        wait_for(lambda: window.live.kind == "live", "the ear on the database")
        assert panel.offered() == ["Roll back one…"]
        panel.choose("d001_change_log")
        panel.tab("What a rollback loses")
        assert "nothing that is done here can be taken back" in page.detail.losses.words()
        said = panel.ask("Roll back to below d001…", typing(seeded_url.database or "", f"Roll back {OWN_HEAD} to d001"))
        assert "can be taken back any more" in said
        assert f"{len(OWN.revisions)} revision(s) rolled back." in panel.ended()
        wait_for(lambda: not window.session.log.on, "the window to know that nothing is logged")
        assert window.live.kind == "off"
        assert page.subtitle() == "LMS schema up to date · desktop extension not installed"
        panel.choose(OWN.head)
        panel.without_backup()
        panel.ask(f"Apply d001 to {OWN_HEAD}…", pressing(f"Apply d001 to {OWN_HEAD}"))
        panel.ended()
        wait_for(lambda: window.session.log.on, "the window to know that changes are logged")
        assert page.subtitle() == "LMS schema up to date · desktop extension up to date"
        entry = page.list.revisions.entries[0]
        assert entry.state.applied is not None
        assert entry.state.applied.actor == "admin@lms.com"


def test_the_database_is_saved_first_where_that_is_wanted(empty_database: URL, tmp_path: Path) -> None:
    school_at(empty_database, REVISIONS[5])
    with at_the_panel(empty_database, tmp_path / "settings.ini") as panel:
        backup = panel.page.detail.safety.backup
        if not backup.check.isEnabled():
            pytest.skip("pg_dump is not installed")
        assert backup.check.isChecked()
        first = backup.file
        assert first is not None
        said = panel.ask("Apply 0007…", pressing("Apply 0007"))
        assert str(first) in said.replace("\n", "")
        assert str(first) in panel.ended()
        assert first.read_bytes()[:5] == b"PGDMP"
        panel.choose(NAMES["0006"])
        assert backup.file != first, "a backup is never written over by the next one"
        first.unlink()


def test_everything_is_taken_back_and_set_up_anew(seeded_url: URL, tmp_path: Path) -> None:
    with walking(seeded_url, tmp_path) as walk:
        person = walk.sign_in(ADMIN)
        window = person.window
        click(window.navigation.entry("migrations"))
        panel = Panel(person)
        panel.settle()
        panel.choose(NAMES["0001"])
        panel.tab("What a rollback loses")
        told = _told(window)
        panel.settle()
        panel.page.detail.safety.backup.check.setChecked(False)
        said = panel.ask("Roll back to below 0001…", typing(seeded_url.database or "", "Roll back 0007 to 0001"))
        assert "people" in said
        assert "Nobody can sign in to it before it is set up anew." in said
        wait_for(lambda: isinstance(walk.window.screen_shown, FirstRunScreen), "the first run", 60)
        assert told
        assert "are gone" in told[0]
        assert run_sql(seeded_url, "SELECT count(*) FROM alembic_version") == [(0,)]
        screen = walk.window.screen_shown
        assert isinstance(screen, FirstRunScreen)
        to_the_front(walk.window)
        wait_for(lambda: screen.ui.submit.isVisible(), "the offer to set it up")
        assert screen.ui.submit.text() == "Set up the database"
        click(screen.ui.submit)
        wait_for(lambda: walk.window.findChildren(FirstRunScreen)[-1].ui.full_name.isVisible(), "the first person", 60)
    with engine_of(seeded_url) as engine, engine.connect() as connection:
        assert facts_of(connection) == document_at(7)
        assert log_state(connection).uncovered == ()


# Disturbed


def test_who_sits_in_a_transaction_is_named_and_given_up_for(empty_database: URL, tmp_path: Path) -> None:
    school_at(empty_database, REVISIONS[5])
    with at_the_panel(empty_database, tmp_path / "settings.ini") as panel, reading(empty_database, "users") as reader:
        pid = str(reader.info.backend_pid)
        panel.page.refresh()
        panel.settle()
        wait_for(lambda: panel.page.detail.safety.in_the_way.sessions.rowCount(), "who is in the way")
        sessions = panel.page.detail.safety.in_the_way.sessions
        assert sessions.index(0, 0).data() == pid
        assert "idle in transaction" in sessions.index(0, 2).data()
        assert (sessions.index(0, 3).data(), sessions.index(0, 4).data()) == ("users", "AccessShare")
        panel.without_backup()
        panel.ask("Apply 0007…", pressing("Apply 0007"))
        view = panel.page.detail.applying
        _answer(panel, view, pid, "Wait")
        _answer(panel, view, pid, "Give up")
        said = panel.ended()
        assert pid in said
        assert "Nothing was changed: the database is at 0006_add_users_email_verified_at as before." in said
        assert view.result.tone == "bad"
        assert revision_of(empty_database) == [(REVISIONS[5],)]
        assert panel.offered() == ["Roll back one…", "Rehearse…", "Apply 0007…"]


def _answer(panel: Panel, view: RunView, pid: str, text: str) -> None:
    wait_for(lambda: panel.run.question is not None, "the question whether to wait")
    wait_for(lambda: view.waiting.isVisible() and "Wait" in panel.sitting.buttons(), "the banner")
    assert pid in view.waiting.text
    panel.sitting.window.activateWindow()
    click(panel._button(text))


def test_of_two_who_migrate_the_second_is_told_who_it_is(empty_database: URL, tmp_path: Path) -> None:
    school_at(empty_database, REVISIONS[5])
    with at_the_panel(empty_database, tmp_path / "settings.ini") as panel, plain_connection(empty_database) as other:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", (MIGRATION_LOCK,))
        said = panel.refused("Apply 0007…")
        assert "Somebody else is migrating this database" in said
        assert f"process {other.info.backend_pid}" in said
        assert "Somebody else is migrating" in panel.page.detail.plan.words()
        assert revision_of(empty_database) == [(REVISIONS[5],)]


@pytest.mark.parametrize("kind", ["Apply", pytest.param("Rehearse", marks=pytest.mark.slow)])
def test_what_runs_is_cancelled_and_nothing_is_changed(seeded_url: URL, tmp_path: Path, kind: str) -> None:
    source = with_revisions("slowly")
    with at_the_panel(seeded_url, tmp_path / "settings.ini", source=source) as panel, engine_of(seeded_url) as engine:
        before = catalogue(engine)
        if kind == "Apply":
            panel.without_backup()
            view = panel.page.detail.applying
            panel.ask("Apply t1 to t5…", pressing("Apply t1 to t5"))
        else:
            view = panel.page.detail.rehearsal
            panel.ask("Rehearse…", _live)
        wait_for(lambda: "t1_slow begins" in view.log.toPlainText(), "the beginning")
        click(view.cancel_button)
        said = panel.ended()
        assert ("stopped" in said, view.result.tone) == (True, "warn")
        assert catalogue(engine) == before


def _live(dialog: QDialog) -> None:
    assert isinstance(dialog, RehearseDialog)
    dialog.live.click()
    press(dialog, "Rehearse")


def test_a_revision_that_fails_is_told_with_its_state(seeded_url: URL, tmp_path: Path) -> None:
    source = with_revisions("three")
    with at_the_panel(seeded_url, tmp_path / "settings.ini", source=source) as panel, engine_of(seeded_url) as engine:
        before = catalogue(engine)
        panel.without_backup()
        panel.ask("Apply t1 to t3…", pressing("Apply t1 to t3"))
        said = panel.ended()
        assert "Revision t2_fails failed." in said
        assert "Nothing was changed: the database is at 0007_add_users_mfa_enabled as before." in said
        failed = [row for row in panel.page.detail.applying.measures.rows if row.failed]
        assert ["CREATE UNIQUE INDEX" in row.sql for row in failed] == [True]
        assert catalogue(engine) == before


def test_the_window_is_not_closed_over_what_runs(seeded_url: URL, tmp_path: Path) -> None:
    source = with_revisions("slowly")
    with at_the_panel(seeded_url, tmp_path / "settings.ini", source=source) as panel, engine_of(seeded_url) as engine:
        before, window = catalogue(engine), panel.sitting.window
        panel.without_backup()
        panel.ask("Apply t1 to t5…", pressing("Apply t1 to t5"))
        assert "Applying t1 to t5" in window.work.words.text(), "it is seen from every page"
        _close(panel, "Stay here")
        assert window.isVisible()
        assert panel_run(window).running
        _close(panel, "Stop it and close")
        wait_for(lambda: not window.isVisible(), "the window to close")
        assert not panel_run(window).running
        assert catalogue(engine) == before


def panel_run(window: MainWindow) -> MigrationRun:
    run = window.session.schema.run
    assert run is not None
    return run


def _close(panel: Panel, text: str) -> None:
    answered: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, LeaveRunDialog):
            answered.append(text)
            press(dialog, text)
        else:
            QTimer.singleShot(10, panel.sitting.window, look)

    QTimer.singleShot(10, panel.sitting.window, look)
    panel.sitting.window.close()
    assert answered == [text]


# Others


def test_other_windows_hear_of_it(seeded_url: URL, tmp_path: Path) -> None:
    registrar = sit_down(seeded_url, "registrar@lms.com", tmp_path / "registrar.ini", page="enrollments")
    colleague = sit_down(seeded_url, "admin@lms.com", tmp_path / "colleague.ini", page="courses")
    asked: list[str] = []
    registrar.window.sign_out_requested.connect(lambda: asked.append("signed out"))
    with at_the_panel(seeded_url, tmp_path / "settings.ini") as panel:
        for sitting in (registrar, colleague):
            wait_for(lambda sitting=sitting: sitting.window.live.kind == "live", "the ear")  # type: ignore[misc]
        panel.choose(NAMES["0007"])
        panel.ask("Roll back one…", typing(seeded_url.database or "", "Roll back 0007"))
        told = _told(registrar.window)
        panel.ended()
        wait_for(lambda: asked, "the registrar to be told")
        assert "An administrator has taken the database back to 0006" in told[0]
        wait_for(lambda: colleague.window.navigation.keys() == ONLY_ONE, "the colleague's pages to shut")
        panel.without_backup()
        panel.ask("Apply 0007…", pressing("Apply 0007"))
        panel.ended()
        wait_for(lambda: "courses" in pages_of(colleague.window), "the colleague's pages to open")
    get_up(registrar)
    get_up(colleague)


def _told(window: MainWindow) -> list[str]:
    """What the next question says, answered by its one way on."""
    said: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog) and dialog.windowTitle() == "You cannot go on working here":
            said.append(said_by(dialog))
            press(dialog, "Go to the start")
        else:
            QTimer.singleShot(10, window, look)

    QTimer.singleShot(10, window, look)
    return said


def test_a_registrar_reads_where_it_stands_and_has_no_such_page(seeded_url: URL, tmp_path: Path) -> None:
    sitting = sit_down(seeded_url, "registrar@lms.com", tmp_path / "settings.ini")
    assert "migrations" not in pages_of(sitting.window)
    assert not sitting.window.open_page("migrations")
    said: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog) and "up to date" in said_by(dialog):
            said.append(said_by(dialog))
            press(dialog, "Close")
        else:
            QTimer.singleShot(10, sitting.window, look)

    QTimer.singleShot(10, sitting.window, look)
    sitting.window.acts.about()
    assert f"0007 · {OWN_HEAD}: LMS schema up to date · desktop extension up to date" in said[0]
    get_up(sitting)


# The event loop


def test_the_window_lives_while_it_is_rehearsed_and_applied(seeded_url: URL, tmp_path: Path) -> None:
    source = with_revisions("slowly")
    with at_the_panel(seeded_url, tmp_path / "settings.ini", source=source) as panel:
        panel.without_backup()
        pulse = Pulse()
        panel.ask("Rehearse…", _live)
        assert "t5" in panel.ended()
        panel.without_backup()
        panel.ask("Apply t1 to t5…", pressing("Apply t1 to t5"))
        panel.ended()
        pulse.stop()
        assert pulse.steady, f"deaf for {pulse.longest:.3f} s"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["Rehearse", "Apply"])
def test_the_window_lives_for_a_minute_of_it(seeded_url: URL, tmp_path: Path, kind: str) -> None:
    source = with_revisions("minute")
    with at_the_panel(seeded_url, tmp_path / "settings.ini", source=source) as panel:
        panel.without_backup()
        if kind == "Rehearse":
            panel.ask("Rehearse…", _for_long)
        else:
            panel.ask("Apply t1…", pressing("Apply t1"))
        pulse, began = Pulse(), time.monotonic()
        wait_for(lambda: not panel.run.running, "the end", 200)
        pulse.stop()
        took = time.monotonic() - began
        panel.ended()
        print(
            f"{kind}: {took:.0f} s, 99 %: {pulse.percentile(99) * 1000:.0f} ms, longest {pulse.longest * 1000:.0f} ms"
        )
        assert took > 45
        assert pulse.percentile(99) <= 0.033
        assert pulse.longest <= 0.1


def _for_long(dialog: QDialog) -> None:
    assert isinstance(dialog, RehearseDialog)
    dialog.limit.setValue(300)
    _live(dialog)
