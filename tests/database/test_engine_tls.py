"""Who is on the other side: proved, or said to be unproved."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from lms_desktop.config import Settings
from lms_desktop.database import engine as engine_module
from lms_desktop.database.engine import ENCRYPTED, LOCAL, UNENCRYPTED, VERIFIED, make_engine, system_roots, tls_state
from lms_desktop.errors import ConnectionLost, UserError, explain
from tests.database.tls_server import NAME, TlsServer, tls_server


@pytest.fixture(scope="module")
def far() -> Iterator[TlsServer]:
    """A server that is, for the program, not on this machine."""
    with tls_server() as server:
        yield server


@pytest.fixture(autouse=True)
def no_roots_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has told libpq or OpenSSL whom to trust."""
    for variable in ("PGSSLROOTCERT", "SSL_CERT_FILE"):
        monkeypatch.delenv(variable, raising=False)


def state_of(url: URL) -> str:
    """How a connection to `url` is protected."""
    engine = make_engine(url, Settings())
    try:
        with engine.connect() as connection:
            return tls_state(connection)
    finally:
        engine.dispose()


def refusal(url: URL) -> UserError:
    """Why there is no connection to `url`."""
    try:
        state_of(url)
    except Exception as error:
        explained = explain(error)
        assert isinstance(explained, UserError)
        return explained
    raise AssertionError("the server was let through")


def test_a_server_that_proves_its_identity_is_verified(far: TlsServer) -> None:
    assert state_of(far.url.update_query_dict({"sslrootcert": str(far.root)})) == VERIFIED


def test_a_server_that_proves_nothing_is_not_talked_to_unless_the_address_says_so(far: TlsServer) -> None:
    error = refusal(far.url)
    assert isinstance(error, ConnectionLost)
    assert "could not prove that it is the right one" in error.text
    assert "sslrootcert" in (error.way_out or "")
    assert state_of(far.url.update_query_dict({"sslmode": "require"})) == ENCRYPTED
    assert state_of(far.url.update_query_dict({"sslmode": "disable"})) == UNENCRYPTED


def test_a_certificate_for_another_name_proves_nothing(far: TlsServer) -> None:
    trusted = far.url.update_query_dict({"sslrootcert": str(far.root), "hostaddr": str(far.url.host)})
    assert state_of(trusted.set(host=NAME)) == VERIFIED
    assert "could not prove" in refusal(trusted.set(host="other.school.edu")).text


def test_the_certificates_that_the_system_or_the_person_trusts_count(
    far: TlsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("SSL_CERT_FILE", "PGSSLROOTCERT"):
        with monkeypatch.context() as context:
            context.setenv(variable, str(far.root))
            assert state_of(far.url) == VERIFIED
    own = Path("~/.postgresql/root.crt").expanduser()
    own.parent.mkdir(exist_ok=True)
    try:
        own.write_bytes(far.root.read_bytes())
        assert state_of(far.url) == VERIFIED
        assert state_of(far.url.update_query_dict({"sslmode": "verify-full"})) == VERIFIED
    finally:
        own.unlink()


def test_the_systems_certificates_are_a_file_that_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    found = system_roots()
    assert found == "system" or Path(found).is_file()
    monkeypatch.setattr(engine_module, "_SYSTEM_ROOTS", ("/no/such/file",))
    assert system_roots() == "system"


def test_this_machine_needs_to_prove_nothing(far: TlsServer, database_url: URL) -> None:
    assert state_of(far.url.set(host="127.0.0.1")) == LOCAL
    assert state_of(far.url.set(host="localhost")) == LOCAL
    assert state_of(database_url) == LOCAL
