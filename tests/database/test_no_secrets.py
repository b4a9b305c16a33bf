"""The suite's own look for secrets finds them where they are."""

import uuid
from pathlib import Path

import pytest
from sqlalchemy import URL

from lms_desktop.services import passwords
from tests import no_secrets
from tests.postgres import plain_connection

PASSWORD = "correct horse battery"
HASHED = "$2b$12$aa.7xn.9XS7NbBc.xVOLdeZ7/1cyUeR3nWJPcdvDQS0FUdZ0B1xWm"


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        (f'{{"full_name" : "{HASHED}"}}', "a hash"),
        (f'{{"full_name" : "my {PASSWORD}!"}}', "a password"),
        ('{"id" : "1", "token" : "x"}', "a secret column"),
        ('{"password_hash": null}', "a secret column"),
    ],
)
def test_a_secret_in_the_log_is_found(database_url: URL, image: str, kind: str) -> None:
    assert not passwords.verify(PASSWORD, HASHED)  # from here on it is known as a password
    with plain_connection(database_url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO lms_desktop.changes (operation, entity, row_id, action, after)"
            " VALUES (1, 'users', %s, 'I', %s)",
            (str(uuid.uuid4()), image),
        )
        assert no_secrets.found_in_log(connection) == [f"changes: {kind}"]


def test_what_a_person_wrote_about_tokens_is_no_secret(database_url: URL) -> None:
    with plain_connection(database_url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lms.operation', %s, true)", (str(uuid.uuid4()),))
        cursor.execute(
            "INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled, metadata)"
            " VALUES (gen_random_uuid(), 'a@school.edu', %s, 'A', 'student', true, false, %s)",
            (HASHED, '{"token": 1, "password_hash": "none"}'),
        )
        cursor.execute("SELECT count(*) FROM lms_desktop.changes")
        assert cursor.fetchone() == (1,)
        assert no_secrets.found_in_log(connection) == []


def test_a_secret_in_a_file_is_found(tmp_path: Path) -> None:
    assert not passwords.verify(PASSWORD, HASHED)
    (tmp_path / "drafts.jsonl").write_text(f'{{"value": "{PASSWORD}"}}\n')
    (tmp_path / "a.log").write_text(HASHED)
    assert no_secrets.found_in_files(tmp_path) == ["a.log: a hash", "drafts.jsonl: the password co…"]
