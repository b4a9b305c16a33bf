"""Passwords of connections are kept by the system, or not at all."""

from collections.abc import Callable, Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.errors import KeyringLocked, PasswordDeleteError

from lms_desktop.services import keystore

ADDRESS = "postgresql+psycopg2://ann:hunter2@db.school.edu:5432/lms"


class Store(KeyringBackend):
    """A key store that works, in memory."""

    priority = 1

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.held.pop((service, username), None) is None:
            raise PasswordDeleteError


class LockedStore(Store):
    """A key store whose owner does not unlock it."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked


class ForgetfulStore(Store):
    """A key store that takes everything and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


@pytest.fixture(autouse=True)
def same_store_afterwards() -> Iterator[None]:
    """The tests that follow have the key store that was there before."""
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def test_a_password_is_kept_found_and_forgotten() -> None:
    store = Store()
    keyring.set_keyring(store)
    assert keystore.available()
    assert keystore.remember(ADDRESS, "hunter2")
    assert store.held == {("lms-desktop", "postgresql://ann@db.school.edu:5432/lms"): "hunter2"}
    assert keystore.recall("postgres://ann@db.school.edu:5432/lms") == "hunter2"
    assert keystore.recall("postgresql://bob@db.school.edu:5432/lms") is None
    assert keystore.forget(ADDRESS)
    assert keystore.recall(ADDRESS) is None
    assert not keystore.forget(ADDRESS)


def new(backend: Callable[[], KeyringBackend]) -> KeyringBackend:
    """A backend of keyring's own, whose constructors have no types."""
    return backend()


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring])
def test_a_system_without_a_key_store_is_asked_each_time(backend: Callable[[], KeyringBackend]) -> None:
    keyring.set_keyring(new(backend))
    assert not keystore.available()
    assert not keystore.remember(ADDRESS, "hunter2")
    assert keystore.recall(ADDRESS) is None
    assert not keystore.forget(ADDRESS)


def test_a_chain_of_no_key_stores_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [new(fail.Keyring), new(null.Keyring)])
    keyring.set_keyring(new(chainer.ChainerBackend))
    assert not keystore.available()


def test_a_plain_file_is_no_key_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "__module__", "keyrings.alt.file")
    keyring.set_keyring(Store())
    assert not keystore.available()


@pytest.mark.parametrize("store", [LockedStore(), ForgetfulStore()])
def test_a_key_store_that_does_not_keep_it_says_no(store: Store) -> None:
    keyring.set_keyring(store)
    assert not keystore.remember(ADDRESS, "hunter2")
    assert keystore.recall(ADDRESS) is None
    assert not keystore.forget(ADDRESS)
