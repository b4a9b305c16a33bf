"""Each state that a database can be in: what the page says of it, and which buttons it has."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QPushButton

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.models.migrations.revisions import short
from lms_desktop.views import theme
from lms_desktop.views.migrations.page import MigrationsPage
from tests.database.migrating.acting import OWN, migrate, run
from tests.dialogs import when_asked
from tests.document import REVISIONS
from tests.postgres import PostgresServer
from tests.views.sittings import ask, change, sitting


@pytest.fixture(scope="module")
def _one_database(server: PostgresServer) -> Iterator[URL]:
    url = server.create()
    yield url
    server.drop(url)


@pytest.fixture
def blank(_one_database: URL) -> URL:
    """The same database for all, without any table again: making one takes longer than most of these tests."""
    change(_one_database, "DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS lms_desktop CASCADE")
    return _one_database


@pytest.fixture(autouse=True)
def _the_usual_look(qapp: QApplication) -> None:
    # Windows of earlier tests wait for an event loop to go; none runs here, and a theme dresses all there are.
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    theme.install(qapp, theme.Scheme.LIGHT, 100)


# The tables of another program, whose revisions have the same ids.
A_SHOP = """
    CREATE TABLE users (id serial PRIMARY KEY, login text, full_name text);
    CREATE TABLE orders (id serial PRIMARY KEY, user_id integer REFERENCES users, total numeric);
    CREATE TABLE alembic_version (version_num varchar(255) PRIMARY KEY);
    INSERT INTO alembic_version VALUES ('0007_add_users_mfa_enabled');
"""

STATES: dict[str, tuple[str | None, str, str, str, list[str]]] = {
    # at which revision, what was done to it, the words beside the title, the sentence, the buttons
    "empty": (
        None,
        "",
        "No tables yet · desktop extension not installed",
        "",
        ["Rehearse…", "Apply 0001 to 0007…"],
    ),
    "at the first": (
        REVISIONS[0],
        "",
        "LMS schema: 6 revision(s) pending · desktop extension not installed",
        "The database is at 0001, below what this application works with.",
        ["Roll back one…", "Rehearse…", "Apply 0002 to 0007…"],
    ),
    "at the last but one": (
        REVISIONS[5],
        "",
        "LMS schema: 1 revision(s) pending · desktop extension not installed",
        "The database is at 0006, below what this application works with.",
        ["Roll back one…", "Rehearse…", "Apply 0007…"],
    ),
    "at the newest": (
        "head",
        "",
        "LMS schema up to date · desktop extension not installed",
        "",
        ["Rehearse…", f"Apply d001 to {short(OWN.head)}…"],
    ),
    "without a record": (
        "head",
        "DROP TABLE alembic_version",
        "LMS schema without a record of its revision · desktop extension not installed",
        "They are those of 0007_add_users_mfa_enabled, which can be put on record.",
        ["Put 0007 on record…"],
    ),
    "without a record, and not quite": (
        "head",
        "DROP TABLE alembic_version; ALTER TABLE users DROP COLUMN last_login_at",
        "LMS schema without a record of its revision · desktop extension not installed",
        "They are most like those of 0007_add_users_mfa_enabled; what is different has to be mended first.",
        [],
    ),
    "of a newer program": (
        "head",
        "UPDATE alembic_version SET version_num = '0008_x'",
        "LMS schema made by a newer application · desktop extension not installed",
        "This database is at revision 0008_x, made by a newer version of this program.",
        [],
    ),
    "at an unknown revision": (
        REVISIONS[3],
        "UPDATE alembic_version SET version_num = 'feedbeef'",
        "LMS schema at an unknown revision",
        "This database is at revision feedbeef, which this program does not know.",
        [],
    ),
    "at several at once": (
        "head",
        "INSERT INTO alembic_version VALUES ('0008_branch')",
        "LMS schema at several revisions at once",
        "This database is at several revisions at once: 0007_add_users_mfa_enabled, 0008_branch.",
        [],
    ),
    "another program's, of the same id": (
        None,
        A_SHOP,
        "Another program's database",
        "This database calls itself 0007_add_users_mfa_enabled, but its tables are not those of the LMS.",
        [],
    ),
    "another program's, without a record": (
        None,
        A_SHOP + "DROP TABLE alembic_version",
        "Another program's database",
        "This database has tables, and they are not those of the LMS.",
        [],
    ),
    "drifted": (
        "head",
        "ALTER TABLE users DROP COLUMN last_login_at; DROP INDEX ix_users_email",
        "LMS schema up to date · desktop extension not installed",
        "",
        ["Rehearse…", f"Apply d001 to {short(OWN.head)}…"],
    ),
}


@pytest.mark.parametrize("name", STATES)
def test_each_state_has_its_sentence_and_its_buttons(qtbot: QtBot, blank: URL, tmp_path: Path, name: str) -> None:
    at, script, words, sentence, offered = STATES[name]
    with page_of(qtbot, blank, tmp_path, at, script) as page:
        assert page.subtitle() == words
        said = page.notices[Lineage.DOCUMENT]
        assert said.isVisible() == bool(sentence)
        assert sentence in said.text or not sentence
        assert buttons_of(page) == offered
        if not offered:
            assert not page.detail.safety.isVisible()
            assert page.detail.losses.findChildren(QPushButton) == []


def test_what_is_different_is_listed_and_what_matters_stands_first(qtbot: QtBot, blank: URL, tmp_path: Path) -> None:
    script = "ALTER TABLE users DROP COLUMN last_login_at; CREATE TABLE notes (id integer)"
    with page_of(qtbot, blank, tmp_path, "head", script) as page:
        assert page.drift.banner.text == "The live schema differs from what 0007 gives in 1 place(s)."
        assert page.drift.banner.tone == "bad"
        lines = page.drift.list.words().splitlines()
        assert "users.last_login_at" in lines[0]
        assert lines[0].startswith("▲")
        assert "notes" in lines[-1]
        assert lines[-1].startswith("•")


def test_the_tables_are_put_on_record(qtbot: QtBot, blank: URL, tmp_path: Path) -> None:
    with page_of(qtbot, blank, tmp_path, REVISIONS[4], "DROP TABLE alembic_version") as page:
        when_asked(page, lambda: answer("Put on record"))
        click_button(page, "Put 0005 on record…")
        assert buttons_of(page) == ["Roll back one…", "Rehearse…", "Apply 0006 to 0007…"]
    assert ask(blank, "SELECT version_num FROM alembic_version") == REVISIONS[4]


def test_whoever_is_no_administrator_is_offered_nothing(qtbot: QtBot, blank: URL, tmp_path: Path) -> None:
    with page_of(qtbot, blank, tmp_path, REVISIONS[4], "", role="registrar") as page:
        assert page.subtitle().startswith("LMS schema: 2 revision(s) pending")
        assert buttons_of(page) == []
        page.list.choose(len(page.list.revisions.entries) - 1)
        assert page.detail.losses.findChildren(QPushButton) == []


@contextmanager
def page_of(
    qtbot: QtBot, url: URL, folder: Path, at: str | None, script: str, *, role: str = "admin"
) -> Iterator[MigrationsPage]:
    """The page on a database at a revision, to which something was done. Whoever looks is no row of its tables."""
    engine = make_engine(url, Settings())
    if at is not None:
        migrate(engine, at)
    if script:
        run(engine, script)
    who = replace(Actor.command_line(), role=role)
    with sitting(Database(engine), who, folder) as session:
        page = MigrationsPage(session)
        qtbot.addWidget(page)
        page.resize(1200, 800)
        page.show()
        page.activate()
        yield page
        page.deactivate()
    engine.dispose()


def buttons_of(page: MigrationsPage) -> list[str]:
    """What may be done: at the top, and in the notices."""
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    primary = page.primary()
    actions = [action.text() for action in (*page.toolbar_actions(), *([primary] if primary is not None else []))]
    return [
        b.text() for banner in page.notices.values() for b in banner.findChildren(QPushButton) if b.text()
    ] + actions


def click_button(page: MigrationsPage, text: str) -> None:
    (found,) = [b for b in page.findChildren(QPushButton) if b.isVisible() and b.text() == text]
    found.click()


def answer(text: str) -> None:
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    (found,) = [b for b in dialog.findChildren(QPushButton) if b.text() == text]
    found.click()
