"""What does not come from PostgreSQL: Python's errors, the operating system's, and those of the libraries."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.util.exc import CommandError
from passlib.hash import bcrypt
from sqlalchemy import Engine, String, TypeDecorator, bindparam, text
from sqlalchemy.orm import Session

from lms_desktop.entities import User
from lms_desktop.errors import BadValue, BugError, Busy, Cancelled, Conflict, ConnectionLost, UserError, explain
from tests.errors.conftest import SECRET, copy_of, shown


def explained(work: Callable[[], object]) -> UserError | BugError:
    """What `explain` makes of what `work` raises."""
    try:
        work()
    except BaseException as error:
        return explain(error)
    raise AssertionError("nothing was raised")


def test_what_is_explained_already_stays_as_it_is() -> None:
    error = BadValue("At most 255 characters fit.", field="title")
    assert explain(error) is error
    assert explain(error, doing="Saving") is error
    assert str(explain(error, doing="Saving again")) == "Saving: At most 255 characters fit."


def test_a_mistake_of_ours_is_one_sentence_and_its_traceback_is_in_the_details() -> None:
    password = "hunter2-hunter2"

    def mistake() -> None:
        raise KeyError(f"password={password}")

    error = explained(mistake)
    assert isinstance(error, BugError)
    assert "KeyError" not in str(error)
    assert "in mistake" in (error.details or "")
    assert password not in (error.details or "")


def test_an_explanation_holds_on_to_no_frame_of_where_it_happened() -> None:
    error = explained(lambda: int("x"))
    assert error.__traceback__ is None
    assert error.__cause__ is None
    assert error.__context__ is None


@pytest.mark.parametrize("number", sorted({*errno.errorcode} - {errno.EINTR}))
def test_whatever_the_system_refuses_is_a_sentence(number: int) -> None:
    error = shown(explain(OSError(number, os.strerror(number), "roster.csv")))
    assert os.strerror(number) not in error.text


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    missing, folder = tmp_path / "roster.csv", tmp_path / "exports"
    folder.mkdir()
    assert explained(missing.open).text == f"“{missing}” is not there."
    assert explained(folder.open).text == f"“{folder}” is a folder."
    full = explained(lambda: Path("/dev/full").write_text("x", "utf-8")) if Path("/dev/full").exists() else None
    assert full is None or "disk is full" in full.text


def test_a_file_in_another_encoding_is_explained() -> None:
    error = explained(lambda: b"caf\xe9".decode())
    assert isinstance(error, BadValue)
    assert error.text == "The text is not written as UTF-8."


def test_half_a_character_and_a_nul_are_explained() -> None:
    assert "Character 3" in explained("ab\udc00".encode).text
    nul = explained(lambda: bcrypt.hash("a\0b"))
    assert isinstance(nul, BadValue)
    assert nul.field == "password_hash"


def test_waiting_in_vain_giving_up_and_running_out_of_memory_are_explained() -> None:
    assert isinstance(explain(TimeoutError()), Busy)
    assert isinstance(explain(KeyboardInterrupt()), Cancelled)
    assert isinstance(explain(ConnectionResetError()), ConnectionLost)
    assert "memory" in explain(MemoryError()).text


@pytest.mark.parametrize("meanwhile", ["UPDATE users SET role = role WHERE {guest}", "DELETE FROM users WHERE {guest}"])
def test_a_row_that_somebody_else_changed_or_deleted_is_a_conflict(school: Engine, meanwhile: str) -> None:
    guest = "email = 'guest@school.edu'"
    with school.begin() as connection:
        connection.execute(text(copy_of("users", email="guest@school.edu")))
    with Session(school) as session:
        user = session.query(User).filter_by(email="guest@school.edu").one()
        with school.begin() as connection:
            connection.execute(text(meanwhile.format(guest=guest)))
        user.full_name = "Somebody"
        error = explained(session.flush)
    with school.begin() as connection:
        connection.execute(text(f"DELETE FROM users WHERE {guest}"))
    assert isinstance(error, Conflict)
    assert "nothing was overwritten" in error.text


def test_a_value_that_sqlalchemy_refuses_is_explained_by_its_reason(school: Engine) -> None:
    class Latin(TypeDecorator[str]):
        impl = String
        cache_ok = True

        def process_bind_param(self, value: str | None, dialect: object) -> str | None:
            return value if value is None else value.encode("utf-8").decode()

    with school.connect() as connection:
        statement = text("SELECT :name").bindparams(bindparam("name", type_=Latin))
        error = explained(lambda: connection.execute(statement, {"name": "\ud800"}))
    assert isinstance(error, BadValue)
    assert "half a character" in error.text


def test_a_revision_that_this_program_does_not_know_is_explained() -> None:
    error = shown(explain(CommandError("Can't locate revision identified by '9999_future'")))
    assert "migrations" in error.text


def test_details_of_a_refused_row_hold_the_state_and_the_constraint_but_no_value(school: Engine) -> None:
    with school.connect() as connection:
        statement = text(f"UPDATE users SET email = 'ines@school.edu', password_hash = '{SECRET}'")
        error = shown(explained(lambda: connection.execute(statement)))
    assert error.details
    assert error.details.startswith("SQLSTATE: 23505\nTable: users\nConstraint: ix_users_email\n")
    assert "Traceback" not in str(error)


def test_importing_the_errors_imports_neither_a_driver_nor_qt() -> None:
    check = (
        "import sys, lms_desktop.errors, lms_desktop.log, lms_desktop.paths, lms_desktop.config; "
        "sys.exit(', '.join({'sqlalchemy', 'psycopg2', 'PySide6', 'passlib', 'alembic'} & set(sys.modules)) or 0)"
    )
    result = subprocess.run([sys.executable, "-W", "error", "-c", check], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")
