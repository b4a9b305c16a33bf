"""`lms-desktop migrate` as whoever types it meets it, and as a script reads it."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lms_desktop import cli
from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.migrating.lineages import MIGRATION_LOCK
from lms_desktop.database.migrations import MigrationRunner
from tests.database.migrating.acting import migrate, run, standing
from tests.document import REVISIONS
from tests.postgres import plain_connection

pty = pytest.importorskip("pty")

Call = Callable[..., "Said"]


class Said:
    """What a verb has said, and its exit status."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def json(self) -> Any:
        """The document."""
        return json.loads(self.out)

    @property
    def refusal(self) -> str:
        """The one sentence of a verb that did nothing."""
        assert self.status == 1
        (line,) = self.err.splitlines()
        assert line.startswith("lms-desktop: ")
        assert "Traceback" not in self.out + self.err
        return line.removeprefix("lms-desktop: ")


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run the verb in this process."""

    def call(url: sa.URL, *arguments: str) -> Said:
        monkeypatch.setenv("DATABASE_URL", url.render_as_string(hide_password=False))
        try:
            status = cli.main(["migrate", *arguments])
        except SystemExit as end:
            status = int(str(end.code))
        captured = capsys.readouterr()
        return Said(status, captured.out, captured.err)

    return call


def engine_of(url: sa.URL) -> sa.Engine:
    return make_engine(url, Settings())


def lineage(document: Any, name: str = "document") -> Any:
    (found,) = [each for each in document["lineages"] if each["lineage"] == name]
    return found


# ------------------------------------------------------------------------------------------------------ the whole walk


def test_the_whole_walk_from_nothing(each_empty_database: sa.URL, call: Call, tmp_path: Path) -> None:
    url = each_empty_database
    assert [each["kind"] for each in call(url, "status", "--json").json["lineages"]] == ["empty", "empty"]
    plan = lineage(call(url, "plan", "--json").json)
    assert [step["revision"] for step in plan["steps"]] == list(REVISIONS)
    assert {finding["level"] for finding in plan["findings"]} == {"ok"}
    assert (plan["from"], plan["target"], plan["direction"]) == (None, REVISIONS[-1], "upgrade")
    rehearsal = lineage(call(url, "rehearse", "--json").json)
    assert (rehearsal["unchanged"], rehearsal["rolled_back"], rehearsal["failure"]) == (True, True, None)
    assert len(rehearsal["measures"]) == 44
    assert lineage(call(url, "status", "--json").json)["kind"] == "empty"
    for report in call(url, "apply", "--lineage", "both", "--json").json["lineages"]:
        assert (report["tries"], report["verified"]["good"]) == (1, True)
    verified = call(url, "verify", "--json")
    assert (verified.status, verified.json["good"], verified.json["database"]) == (0, True, url.database)
    back = lineage(call(url, "rollback", "--json").json)
    assert (back["done"], back["revision"]) == ([REVISIONS[6]], REVISIONS[5])
    again = lineage(call(url, "apply", "--json").json)
    assert (again["done"], again["revision"]) == ([REVISIONS[6]], REVISIONS[6])
    shown = lineage(call(url, "status", "--json").json)["revisions"][-1]
    assert shown["state"] == "applied"
    assert "@" in shown["applied_by"]
    assert shown["applied_at"].endswith("+00:00")


@pytest.mark.parametrize("number", [1, 4, 6])
def test_from_revisions_in_between(empty_database: sa.URL, call: Call, number: int) -> None:
    engine = engine_of(empty_database)
    migrate(engine, REVISIONS[number - 1])
    engine.dispose()
    assert lineage(call(empty_database, "rehearse", "--json").json)["unchanged"]
    assert lineage(call(empty_database, "apply", "--json").json)["verified"]["good"]
    assert call(empty_database, "rollback", "--json").status == 0
    assert call(empty_database, "apply", "--json").status == 0


def test_what_a_person_reads(empty_database: sa.URL, call: Call) -> None:
    assert "document: This database is empty: it has no tables yet." in call(empty_database, "status").out
    planned = call(empty_database, "plan", "--target", "0006").out
    assert "+ 0006_add_users_email_verified_at: Email verification field." in planned
    assert "    ALTER TABLE users ADD COLUMN email_verified_at TIMESTAMP WITH TIME ZONE;" in planned
    assert "  ok     One transaction: all of it is done, or nothing." in planned
    rehearsed = call(empty_database, "rehearse").out
    assert "AccessExclusiveLock on users" in rehearsed
    assert "Nothing was changed: the schema and all rows (0) are exactly what they were." in rehearsed
    assert call(empty_database, "apply").out == (
        "document: Revisions applied: 7. The database is at 0007_add_users_mfa_enabled.\n"
    )
    assert "  applied  0001_initial_schema" in call(empty_database, "status").out
    assert "desktop: The change log is not installed" in call(empty_database, "verify").out
    assert "There was nothing to do" in call(empty_database, "apply").out


def test_a_rehearsal_on_a_copy(database_url: sa.URL, call: Call) -> None:
    found = lineage(call(database_url, "rehearse", "--on-copy", "--target", "-1", "--json").json)
    assert (found["on_copy"], found["failure"], found["unchanged"]) == (True, None, True)


def test_the_database_is_saved_first(database_url: sa.URL, call: Call, tmp_path: Path) -> None:
    file = tmp_path / "before.dump"
    done = lineage(call(database_url, "rollback", "--dump", str(file), "--json").json)
    assert (done["dump"], file.stat().st_size > 1000) == (str(file), True)


def test_tables_without_a_record(database_url: sa.URL, call: Call) -> None:
    engine = engine_of(database_url)
    run(engine, "DROP TABLE alembic_version")
    assert "no record of which revision they are" in call(database_url, "apply").refusal
    assert lineage(call(database_url, "status", "--json").json)["may_stamp"] == REVISIONS[-1]
    assert call(database_url, "stamp").out == "document: 0007_add_users_mfa_enabled is on record now.\n"
    assert standing(engine).kind == "current"
    engine.dispose()


# ------------------------------------------------------------------------------------------------------------ refusals


def test_data_go_only_where_the_name_is_given(seeded_url: sa.URL, call: Call) -> None:
    plan = lineage(call(seeded_url, "plan", "--target", "-1", "--json").json)
    assert plan["demands_name"]
    assert plan["steps"][0]["losses"][0]["sentence"].endswith("switched-on two-step sign-ins")
    said = call(seeded_url, "rollback").refusal
    assert said == (
        f"Data would be lost for good, so the database's name has to be given first. It is {seeded_url.database}."
    )
    assert "not the database's name" in call(seeded_url, "rollback", "--confirm", "lms").refusal
    failed = call(seeded_url, "rollback", "--target", "base", "--json")
    assert failed.status == 1
    assert "name has to be given" in failed.json["error"]["text"]
    assert call(seeded_url, "rollback", "--confirm", str(seeded_url.database)).status == 0


def test_all_lineages_are_looked_at_before_one_is_touched(empty_database: sa.URL, call: Call) -> None:
    assert "There is no revision 0005" in call(empty_database, "apply", "--lineage", "both", "--target", "0005").refusal
    assert lineage(call(empty_database, "status", "--json").json)["kind"] == "empty"


def test_the_other_way_is_the_other_verb(database_url: sa.URL, call: Call) -> None:
    assert "Say apply to go up, rollback to go down." in call(database_url, "apply", "--target", "0003").refusal
    assert call(database_url, "rollback", "--target", "0003").status == 0
    assert "lies the other way" in call(database_url, "rollback", "--target", "0005").refusal


@pytest.mark.parametrize("verb", ["plan", "rehearse", "apply", "rollback", "verify", "stamp"])
def test_another_programs_database_is_left_alone(empty_database: sa.URL, call: Call, verb: str) -> None:
    engine = engine_of(empty_database)
    run(
        engine,
        "CREATE TABLE users (id serial, login text); CREATE TABLE alembic_version (version_num varchar(255));"
        "INSERT INTO alembic_version VALUES ('0007_add_users_mfa_enabled')",
    )
    if verb != "stamp":
        assert "calls itself 0007_add_users_mfa_enabled, but its tables are not" in call(empty_database, verb).refusal
    if verb in ("plan", "rehearse", "apply", "rollback", "stamp"):
        assert call(empty_database, verb, "--lineage", "desktop").status == 1
    assert call(empty_database, "status").status == 0
    with engine.connect() as connection:
        assert sa.inspect(connection).get_schema_names() == ["information_schema", "public"]
    engine.dispose()


def test_what_is_different_fails_the_check(database_url: sa.URL, call: Call) -> None:
    engine = engine_of(database_url)
    run(engine, "DROP INDEX ix_courses_category; ALTER TABLE users DISABLE TRIGGER lms_desktop_update")
    engine.dispose()
    found = call(database_url, "verify", "--json")
    assert (found.status, found.json["good"]) == (1, False)
    assert found.err == "lms-desktop: The database is at 0007_add_users_mfa_enabled; differences from that: 1.\n"
    assert lineage(found.json)["differences"][0]["kind"] == "missing index"
    assert lineage(found.json, "desktop")["differences"][0]["kind"] == "disabled trigger"


def test_who_migrates_already_is_said(empty_database: sa.URL, call: Call) -> None:
    with plain_connection(empty_database) as other, other.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_lock({MIGRATION_LOCK})")
        said = call(empty_database, "apply").refusal
    assert said.startswith(f"Somebody else is migrating this database: {empty_database.username} @ localhost, process ")


def test_who_holds_a_table_is_said(database_url: sa.URL, call: Call) -> None:
    with plain_connection(database_url) as reader, reader.cursor() as cursor:
        cursor.execute("SELECT FROM users")
        pid = reader.info.backend_pid
        failed = call(database_url, "rollback", "--json", "--lock-timeout", "0.1", "--tries", "1")
    assert failed.status == 1
    assert failed.json["error"]["blockers"][0]["pid"] == pid
    assert (
        failed.json["error"]["state"] == "Nothing was changed: the database is at 0007_add_users_mfa_enabled as before."
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["apply", "--target", "0009"], "There is no revision 0009 here"),
        (["rehearse", "--target", ""], "There is no revision"),
    ],
)
def test_a_target_that_there_is_not(empty_database: sa.URL, call: Call, arguments: list[str], said: str) -> None:
    assert said in call(empty_database, *arguments).refusal


@pytest.mark.parametrize(
    "arguments", [["apply", "--tries", "0"], ["rehearse", "--time-limit", "x"], ["rollback", "--lineage", "both"], []]
)
def test_what_cannot_be_meant_is_said_in_one_line(empty_database: sa.URL, call: Call, arguments: list[str]) -> None:
    said = call(empty_database, *arguments)
    assert said.status == 2
    assert len(said.err.splitlines()) == 1


def test_a_server_that_is_not_there(call: Call) -> None:
    failed = call(sa.make_url("postgresql://a:geheim@localhost:1/lms"), "status", "--json")
    assert failed.status == 1
    assert failed.json["error"]["text"]
    assert "geheim" not in failed.out + failed.err


def test_where_no_database_is_named_that_is_json_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert cli.main(["migrate", "status", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["text"] == "DATABASE_URL is not set."


def test_a_schema_of_an_odd_name_is_like_any_other(empty_database: sa.URL, call: Call) -> None:
    engine = engine_of(empty_database)
    run(engine, 'CREATE SCHEMA "My App"')
    run(engine, f'ALTER DATABASE {empty_database.database} SET search_path = "My App", public')
    engine.dispose()
    assert call(empty_database, "apply", "--lineage", "both").status == 0
    run(engine, 'ALTER TABLE "My App".alembic_version SET SCHEMA public')
    assert call(empty_database, "verify").status == 0
    assert MigrationRunner(engine).status().kind == "current"
    engine.dispose()


# ---------------------------------------------------------------------------------------------------- with a terminal


def in_a_terminal(url: sa.URL, *arguments: str) -> tuple["subprocess.Popen[bytes]", int]:
    """The verb with a terminal to ask questions on."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "lms_desktop", "migrate", *arguments],
        env=dict(os.environ) | {"DATABASE_URL": url.render_as_string(hide_password=False)},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
        # A job in the background of a script ignores Ctrl+C, and so would whatever it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    os.close(theirs)
    return process, ours


def read_until(terminal: int, wanted: str, seconds: float = 30) -> str:
    """What came up to a text."""
    said, deadline = "", time.monotonic() + seconds
    while wanted not in said:
        assert time.monotonic() < deadline, said
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                said += os.read(terminal, 4096).decode()
            except OSError:  # the other end is gone, and all that it said was read
                assert wanted in said, said
    return said


def test_at_a_terminal_the_name_is_asked_for(seeded_url: sa.URL) -> None:
    process, terminal = in_a_terminal(seeded_url, "rollback")
    said = read_until(terminal, "to go on:")
    assert "switched-on two-step sign-ins" in said
    os.write(terminal, f"{seeded_url.database}\n".encode())
    output, _ = process.communicate(timeout=30)
    assert (process.returncode, b"Revisions rolled back: 1." in output) == (0, True)
    os.close(terminal)


def test_ctrl_c_stops_it_and_says_what_state_it_is_in(database_url: sa.URL) -> None:
    with plain_connection(database_url) as reader, reader.cursor() as cursor:
        cursor.execute("SELECT FROM users")
        process, terminal = in_a_terminal(database_url, "rollback", "--lock-timeout", "60", "--json")
        read_until(terminal, "waiting for ")
        process.send_signal(signal.SIGINT)
        said = read_until(terminal, "Stopped.")
    output, _ = process.communicate(timeout=30)
    state = "Nothing was changed: the database is at 0007_add_users_mfa_enabled as before."
    assert state in said
    assert json.loads(output)["error"]["state"] == state
    assert process.returncode == 130
    os.close(terminal)
