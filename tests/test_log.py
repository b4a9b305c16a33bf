"""No secret survives in the log, and the log stays small and private."""

import json
import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from psycopg2.extensions import make_dsn
from sqlalchemy import URL

from lms_desktop import log
from lms_desktop.log import HIDDEN, redact

HASH = "$2b$12$aa.7xn.9XS7NbBc.xVOLdeZ7/1cyUeR3nWJPcdvDQS0FUdZ0B1xWm"

# Whatever people choose, and with care what is a piece of the syntax around it.
characters = st.characters(exclude_categories=("Cs", "Cc"))
awkward = st.text(st.sampled_from("@:/?#%&='\"\\ ,;{}[]()$ab1é密"), min_size=6, max_size=20)
passwords = st.one_of(st.text(characters, min_size=6, max_size=72), awkward)
bare = passwords.filter(lambda password: not any(character.isspace() for character in password))
keys = st.sampled_from(
    ["password", "PASSWORD", "passwd", "pwd", "PGPASSWORD", "refresh_token", "client_secret", "passphrase"]
)


def check_hidden(text: str, *spellings: str) -> None:
    """`text` loses the secret in each spelling. What stands elsewhere in the text, too, says nothing."""
    after = redact(text)
    for secret in spellings:
        assume(secret.strip() and text.count(secret) == 1 and secret not in HIDDEN)
        assert secret not in after
    assert HIDDEN in after


@given(passwords)
def test_an_address_loses_its_password(password: str) -> None:
    url = URL.create("postgresql+psycopg2", "ann", password, "db.school.edu", 5432, "lms")
    rendered = url.render_as_string(hide_password=False)
    check_hidden(f"cannot connect to {rendered} just now", rendered.partition("ann:")[2].partition("@")[0])
    assert "db.school.edu:5432/lms just now" in redact(f"cannot connect to {rendered} just now")


@given(passwords, st.sampled_from(["postgresql", "postgres", "postgresql+psycopg2", "POSTGRESQL"]))
@example("p@ss/w:rd@x", "postgresql")
def test_an_address_loses_a_password_that_nobody_has_escaped(password: str, scheme: str) -> None:
    check_hidden(f"DATABASE_URL={scheme}://ann:{password}@db.school.edu:5432/lms", password)
    check_hidden(f"{scheme}://:{password}@/lms", password)


@given(bare)
def test_an_address_of_anything_else_loses_its_password(password: str) -> None:
    check_hidden(f"proxy http://ann:{password}@proxy.school.edu:3128/ is down", password)


@given(passwords)
def test_a_connection_string_of_libpq_loses_its_password(password: str) -> None:
    dsn = make_dsn(host="db.school.edu", password=password, user="ann")
    check_hidden(f'connecting with "{dsn}"', dsn.partition("password=")[2].rpartition(" user=")[0])


@given(keys, bare)
def test_a_key_and_its_value_lose_the_value(key: str, password: str) -> None:
    for text in (f"{key}={password} host=x", f"{key} = {password}", f"{key}: {password}", f"x.{key}={password}\nnext"):
        check_hidden(text, password)


@given(keys, passwords)
def test_a_quoted_value_is_lost_whatever_stands_in_it(key: str, password: str) -> None:
    check_hidden(f"{key}={password!r}", repr(password)[1:-1])
    quoted = password.replace("'", "''")
    check_hidden(f"ALTER ROLE ann PASSWORD '{quoted}' VALID UNTIL 'infinity'", quoted)


@given(keys, passwords)
def test_json_and_python_literals_lose_the_value_and_keep_the_rest(key: str, password: str) -> None:
    held = {"user": "ann", key: password, "host": "db.school.edu"}
    for text in (json.dumps(held), json.dumps(held, ensure_ascii=False), json.dumps(held, indent=2)):
        check_hidden(text, json.dumps(password, ensure_ascii="\\u" in text)[1:-1])
        assert "db.school.edu" in redact(text)
    check_hidden(repr(held), repr(password)[1:-1])
    check_hidden(repr(tuple(held.items())), repr(password)[1:-1])
    check_hidden(json.dumps(json.dumps(held)), json.dumps(json.dumps(password)[1:-1])[1:-1])
    check_hidden(repr(json.dumps(held)), repr(json.dumps(password)[1:-1])[1:-1])


def test_a_hash_is_hidden_wherever_it_stands() -> None:
    assert redact(f"compared {HASH}, {HASH.replace('2b', '2y')}.") == f"compared {HIDDEN}, {HIDDEN}."


def test_what_a_constraint_refused_is_hidden() -> None:
    row = (
        f'null value in column "x"\nDETAIL:  Failing row contains (3, ann@school.edu, {HASH}, a\nb).\n\nnext paragraph'
    )
    assert redact(row) == f'null value in column "x"\nDETAIL:  Failing row contains ({HIDDEN})\n\nnext paragraph'
    key = "DETAIL:  Key (lower(email::text), role)=(ann@school.edu, (x)) already exists."
    assert "ann@school.edu" not in redact(key)
    german = "DETAIL:  Schlüssel »(email)=(ann@school.edu)« existiert bereits."
    assert redact(german) == f"DETAIL:  Schlüssel »(email)=({HIDDEN})« existiert bereits."


@pytest.mark.parametrize(
    "text",
    [
        "Saved 3 enrollments in 12 ms.",
        "connecting to db.school.edu:5432 as ann (ann@school.edu)",
        "https://lms.school.edu/courses?page=2 answered",
        "The password was changed.",
        "SELECT users.email FROM users WHERE id = (1)",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


PIECES = (
    *(HASH, "Failing row contains (a, b)", "(email)=(a)", "POSTGRES://:b@", "ftp://a:b@c", "PASSWORD 'b'"),
    *("Pa\u017f\u017fword=a", "'passwd': 'b'", "PWD: a", "passphrase=b", "to\u212aen=a", r"{\"Secret\": b", "secret=a"),
)
"""A text for each rule, and for each word that begins one, in odd letters too that count as those of the word."""


@pytest.mark.parametrize("text", PIECES)
def test_no_text_passes_unread_of_which_something_is_hidden(text: str) -> None:
    whole = text
    for pattern, hidden in log._rules():
        whole = pattern.sub(hidden, whole)
    assert redact(text) == whole != text


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece",
    ["x", "password", "password=", "aa://", "'", '\\"', "(", "(a", "(a)=(", "postgres://a:", "$2b$12$", "aa://x:y"],
)
def test_time_grows_no_faster_than_the_text(piece: str) -> None:
    redact(piece * (1_000_000 // len(piece)))


# ---------------------------------------------------------------------------------------------------------- the file


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The log folder; the root logger is put back as it was."""
    monkeypatch.setenv("LMS_DESKTOP_LOG_DIR", str(tmp_path / "logs"))
    root = logging.getLogger()
    level = root.level
    yield tmp_path / "logs"
    for handler in [handler for handler in root.handlers if hasattr(handler, "lms_desktop")]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def written(folder: Path) -> str:
    """All that stands in the log and its older parts."""
    return "".join(file.read_text("utf-8") for file in sorted(folder.iterdir()))


def test_a_record_is_written_without_its_secrets(folder: Path) -> None:
    assert log.setup("DEBUG") == folder / "lms-desktop.log"
    logger = logging.getLogger("lms_desktop.test")
    logger.info("connecting with password=%s", "hunter2-hunter2")
    logger.info({"password": "hunter2-hunter2"})
    logger.debug("where", stack_info=True)
    try:
        raise ValueError("token=hunter2-hunter2") from KeyError("postgresql://ann:hunter2-hunter2@h/db")
    except ValueError:
        logger.exception("failed")
    text = written(folder)
    assert "hunter2" not in text
    assert "ValueError" in text
    assert "KeyError" in text
    assert "MainThread" in text


def test_a_message_with_too_few_values_is_not_lost() -> None:
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "two places %s %s", ("password=hunter2-hunter2",), None)
    assert log.RedactionFilter().filter(record)
    assert "two places" in record.getMessage()
    assert "hunter2" not in record.getMessage()


def test_an_error_of_postgresql_is_written_without_the_row(folder: Path, database_url: URL) -> None:
    log.setup()
    connection = psycopg2.connect(database_url.set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO users (id, email, password_hash) VALUES (%s, %s, %s)", ("7", "ann@s.edu", "tok")
            )
    except psycopg2.Error:
        logging.getLogger().exception("refused")
    connection.rollback()
    try:
        with connection.cursor() as cursor:
            statement = (
                "INSERT INTO users (id, email, password_hash) VALUES (gen_random_uuid(), 'ann@s.edu', 'my-secret')"
            )
            cursor.execute(statement)
    except psycopg2.Error:
        logging.getLogger().exception("refused")
    finally:
        connection.close()
    text = written(folder)
    assert "[22P02]" in text
    assert "[23502, users, full_name]" in text
    assert "ann@s.edu" not in text
    assert "'tok'" not in text
    assert "Failing row" not in text


def test_groups_of_errors_are_written_whole() -> None:
    text = log.format_exception(ExceptionGroup("two", [ValueError("password=hunter2"), KeyError("b")]))
    assert "ValueError: password=***" in text
    assert "KeyError: 'b'" in text


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_only_its_owner_can_read_the_log_old_parts_included(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MAX_BYTES", 1000)
    before = os.umask(0)
    try:
        log.setup()
        for number in range(200):
            logging.getLogger("lms_desktop.test").info("line %d %s", number, "x" * 40)
    finally:
        os.umask(before)
    assert len(list(folder.iterdir())) == 1 + log.OLDER_FILES
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_another_window_that_rotates_the_file_is_followed(folder: Path) -> None:
    file = log.setup()
    assert file is not None
    logging.getLogger("lms_desktop.test").info("before")
    file.rename(folder / "lms-desktop.log.1")
    logging.getLogger("lms_desktop.test").info("after")
    assert "after" in file.read_text("utf-8")
    assert "before" not in file.read_text("utf-8")


def test_a_folder_that_cannot_be_written_keeps_nobody_from_working(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setenv("LMS_DESKTOP_LOG_DIR", str(tmp_path / "file" / "logs"))
    root, level = logging.getLogger(), logging.getLogger().level
    assert log.setup() is None
    logging.getLogger("lms_desktop.test").info("nobody hears this")
    root.setLevel(level)
    for handler in [handler for handler in root.handlers if hasattr(handler, "lms_desktop")]:
        root.removeHandler(handler)


def test_setting_up_again_writes_nothing_twice(folder: Path) -> None:
    log.setup()
    log.setup()
    logging.getLogger("lms_desktop.test").info("once")
    assert written(folder).count("once") == 1


def test_half_a_character_can_be_logged(folder: Path) -> None:
    log.setup()
    logging.getLogger("lms_desktop.test").info("a \ud800 b")
    assert "a \\ud800 b" in written(folder)
