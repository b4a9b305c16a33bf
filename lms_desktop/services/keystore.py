"""Passwords of database connections in the system's key store (Keychain, Credential Manager, Secret Service).

There is nowhere else that they are kept. Where there is no key store the program asks each time: every function then
answers "no" instead of failing. The key store may show a dialog of its own and wait for it: never on the GUI thread.
"""

import logging
from typing import Any

from sqlalchemy.engine import URL

from lms_desktop.database.engine import display_url

SERVICE = "lms-desktop"
# Where nothing is kept (fail, null), or not by the system and not safely (keyrings.alt: plain files).
_NOT_A_STORE = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")

_log = logging.getLogger(__name__)


def available() -> bool:
    """Whether there is a key store of the system's."""
    return _store() is not None


def remember(address: str | URL, password: str) -> bool:
    """Keep the password of a connection (its address or any other name). False: it could not be kept."""
    store, account = _store(), _account(address)
    if store is None:
        return False
    try:
        store.set_password(SERVICE, account, password)
        # Some stores take everything and keep nothing.
        return bool(store.get_password(SERVICE, account) == password)
    except Exception as error:  # each backend has errors of its own, and so have the services behind them
        _unavailable(error)
        return False


def recall(address: str | URL) -> str | None:
    """The password kept for a connection; None: there is none, or no key store."""
    store = _store()
    if store is None:
        return None
    try:
        password = store.get_password(SERVICE, _account(address))
    except Exception as error:
        _unavailable(error)
        return None
    return None if password is None else str(password)


def forget(address: str | URL) -> bool:
    """Remove the password kept for a connection. False: none was kept."""
    store, account = _store(), _account(address)
    if store is None:
        return False
    try:
        if store.get_password(SERVICE, account) is None:
            return False
        store.delete_password(SERVICE, account)
        return True
    except Exception as error:
        _unavailable(error)
        return False


def _account(address: str | URL) -> str:
    return display_url(address) if isinstance(address, URL) or "://" in address else address


def _store() -> Any:
    try:
        import keyring

        backend = keyring.get_keyring()
        backends = (
            list(getattr(backend, "backends", ())) if type(backend).__module__.endswith(".chainer") else [backend]
        )
    except Exception as error:  # keyring tries every backend that is installed, and any of them may fail
        _unavailable(error)
        return None
    usable = [each for each in backends if not type(each).__module__.startswith(_NOT_A_STORE)]
    return usable[0] if usable else None


def _unavailable(error: Exception) -> None:
    # Only the kind: what a foreign error's text holds nobody knows.
    _log.info("The system's key store cannot be used: %s", type(error).__qualname__)
