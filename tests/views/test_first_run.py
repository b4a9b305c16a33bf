"""The first run in the window alone: set the database up, bring it up to date, create the first administrator."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from lms_desktop.database.migrations import MigrationRunner, State
from lms_desktop.options import WindowOptions
from lms_desktop.services.passwords import hash_password
from lms_desktop.views.connect import ConnectScreen
from lms_desktop.views.first_run import FirstRunScreen
from lms_desktop.views.sign_in import SignInScreen
from tests.postgres import plain_connection
from tests.views.conftest import PATIENCE_MS, MakeStart, Start

FIRST = "0001_initial_schema"
PASSWORD = "correct horse battery"


@contextmanager
def connected(url: URL) -> Iterator["psycopg2.extensions.connection"]:
    """A connection from outside that commits each statement."""
    with plain_connection(url) as connection:
        connection.autocommit = True
        yield connection


def ask(url: URL, question: str) -> list[tuple[object, ...]]:
    """The rows of an answer, seen from outside."""
    with connected(url) as connection, connection.cursor() as cursor:
        cursor.execute(question)
        return list(cursor.fetchall())


def migrate(url: URL, revision: str) -> None:
    """Bring a database to a revision."""
    engine = create_engine(url, poolclass=NullPool)
    MigrationRunner(engine).upgrade(revision)


def add_admin(url: URL, *, active: bool = True) -> None:
    """Somebody who can administer, with the columns that the first revision has."""
    engine = create_engine(url, poolclass=NullPool)
    values = {
        "email": "old@school.edu",
        "password_hash": hash_password(PASSWORD),
        "full_name": "Old Hand",
        "role": "admin",
        "is_active": active,
    }
    if any(column["name"] == "mfa_enabled" for column in inspect(engine).get_columns("users")):
        values["mfa_enabled"] = False
    with engine.begin() as connection:
        connection.execute(
            text(
                f"INSERT INTO users (id, created_at, updated_at, {', '.join(values)})"
                f" VALUES (gen_random_uuid(), now(), now(), :{', :'.join(values)})"
            ),
            values,
        )


def type_admin(start: Start, screen: FirstRunScreen, *, password: str = PASSWORD, again: str = PASSWORD) -> None:
    """Fill the form of the first administrator and press Enter."""
    for line, typed in (
        (screen.ui.full_name, "Rui Castro"),
        (screen.ui.email, "rui@school.edu"),
        (screen.ui.password, password),
        (screen.ui.again, again),
    ):
        line.setText(typed)
    start.qtbot.keyClick(screen.ui.again, Qt.Key.Key_Return)


def admin_form(start: Start) -> FirstRunScreen:
    """The form of the first administrator, as soon as it is asked for."""
    start.qtbot.waitUntil(lambda: start.screen(FirstRunScreen).ui.full_name.isVisible(), timeout=PATIENCE_MS)
    return start.screen(FirstRunScreen)


def test_from_an_empty_database_to_a_signed_in_administrator(make_start: MakeStart, empty_database: URL) -> None:
    start = make_start(WindowOptions(url=empty_database))
    screen = start.screen(FirstRunScreen)
    assert screen.ui.title.text() == "Set up the database"
    assert len(screen.rows) == 7
    assert {row.status for row in screen.rows} == {"pending"}
    assert ask(empty_database, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]
    screen.ui.submit.click()
    assert screen.busy.busy
    screen = admin_form(start)
    assert screen.ui.title.text() == "Create the first administrator"
    type_admin(start, screen)
    main = start.main()
    assert (main.session.actor.email, main.session.actor.role) == ("rui@school.edu", "admin")
    rows = ask(empty_database, "SELECT email, full_name, role, is_active, last_login_at IS NOT NULL FROM users")
    assert rows == [("rui@school.edu", "Rui Castro", "admin", True, True)]


def test_whoever_was_created_signs_in_with_that_password_later(make_start: MakeStart, database_url: URL) -> None:
    start = make_start(WindowOptions(url=database_url))
    type_admin(start, admin_form(start))
    start.main()._quit_for(start.main().sign_out_requested)
    screen = start.screen(SignInScreen)
    assert screen.ui.email.text() == "rui@school.edu"
    start.qtbot.keyClicks(screen.ui.password, PASSWORD)
    screen.ui.submit.click()
    start.main()


def test_a_database_that_is_behind_is_updated_and_leads_to_the_sign_in(
    make_start: MakeStart, empty_database: URL
) -> None:
    migrate(empty_database, FIRST)
    add_admin(empty_database)
    start = make_start(WindowOptions(url=empty_database))
    screen = start.screen(FirstRunScreen)
    assert screen.ui.title.text() == "Update the database"
    assert FIRST in screen.ui.explanation.text()
    assert screen.ui.submit.text() == "Update the database (6 revisions)"
    start.qtbot.keyClick(screen.ui.submit, Qt.Key.Key_Return)
    sign_in = start.screen(SignInScreen)
    sign_in.ui.email.setText("old@school.edu")
    sign_in.ui.password.setText(PASSWORD)
    sign_in.ui.submit.click()
    assert start.main().session.actor.name == "Old Hand"


def test_a_deactivated_administrator_counts_for_nothing(make_start: MakeStart, database_url: URL) -> None:
    add_admin(database_url, active=False)
    start = make_start(WindowOptions(url=database_url))
    assert admin_form(start).ui.submit.text() == "Create administrator"


def test_a_database_of_a_newer_application_is_left_alone(make_start: MakeStart, database_url: URL) -> None:
    with connected(database_url) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE alembic_version SET version_num = '0008_from_the_future'")
    start = make_start(WindowOptions(url=database_url))
    screen = start.screen(FirstRunScreen)
    assert "newer" in screen.ui.title.text()
    assert "0008_from_the_future" in screen.ui.explanation.text()
    assert not screen.ui.submit.isVisible()
    screen.switch_requested.emit()
    start.screen(ConnectScreen)


def test_somebody_elses_tables_are_left_alone(make_start: MakeStart, empty_database: URL) -> None:
    with connected(empty_database) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE invoices (number integer)")
    start = make_start(WindowOptions(url=empty_database))
    screen = start.screen(FirstRunScreen)
    assert screen.ui.title.text() == "These are not the LMS's tables"
    assert not screen.ui.submit.isVisible()


def test_a_migration_that_waits_for_somebody_can_be_cancelled(make_start: MakeStart, empty_database: URL) -> None:
    migrate(empty_database, FIRST)
    add_admin(empty_database)
    start = make_start(WindowOptions(url=empty_database))
    screen = start.screen(FirstRunScreen)
    with plain_connection(empty_database) as somebody, somebody.cursor() as cursor:
        cursor.execute("LOCK TABLE users, lessons, courses, enrollments")
        screen.ui.submit.click()
        start.qtbot.waitUntil(lambda: bool(_waiting(empty_database)), timeout=PATIENCE_MS)
        screen.ui.cancel.click()
        assert "Nothing was changed" in start.refusal(screen)
    assert ask(empty_database, "SELECT version_num FROM alembic_version") == [(FIRST,)]
    assert {row.status for row in screen.rows} == {"pending"}
    screen.ui.submit.click()
    start.screen(SignInScreen)


def _waiting(url: URL) -> list[tuple[object, ...]]:
    return ask(
        url,
        "SELECT pid FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname ="
        " current_database())",
    )


def test_of_two_who_create_the_first_administrator_the_second_is_told(make_start: MakeStart, database_url: URL) -> None:
    start = make_start(WindowOptions(url=database_url))
    screen = admin_form(start)
    add_admin(database_url)
    type_admin(start, screen)
    assert start.refusal(screen).startswith("There is an administrator already.")
    assert ask(database_url, "SELECT count(*) FROM users") == [(1,)]


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [
        ("short", "short", "A password has at least 8 characters."),
        (PASSWORD, PASSWORD + "!", "The two passwords are not the same."),
        ("ü" * 37, "ü" * 37, "A password may be at most 72 bytes long; this one has 74."),
        (" " * 9, " " * 9, "A password may not be blank."),
    ],
)
def test_a_password_that_will_not_do_is_refused_before_anything_is_sent(
    make_start: MakeStart, database_url: URL, password: str, again: str, sentence: str
) -> None:
    start = make_start(WindowOptions(url=database_url))
    screen = admin_form(start)
    type_admin(start, screen, password=password, again=again)
    assert start.refusal(screen).startswith(sentence)
    assert not screen.busy.busy
    assert screen.ui.full_name.text() == "Rui Castro", "what was typed stays"


def test_what_is_no_address_is_refused_at_its_field(make_start: MakeStart, database_url: URL) -> None:
    start = make_start(WindowOptions(url=database_url))
    screen = admin_form(start)
    screen.ui.full_name.setText("Rui Castro")
    screen.ui.email.setText("rui at school")
    screen.ui.password.setText(PASSWORD)
    screen.ui.again.setText(PASSWORD)
    screen.ui.submit.click()
    assert start.refusal(screen)
    assert screen.ui.email.property("state") == "invalid"
    assert ask(database_url, "SELECT count(*) FROM users") == [(0,)]


def test_every_control_has_a_name_for_screen_readers(qtbot: QtBot) -> None:
    screen = FirstRunScreen("school · this computer")
    qtbot.addWidget(screen)
    screen.show_state(State("current", "0007", "0007", ()))
    screen.show()
    for widget in screen.findChildren(QWidget):
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible():
            interface = QAccessible.queryAccessibleInterface(widget)
            assert interface.text(QAccessible.Text.Name), widget
