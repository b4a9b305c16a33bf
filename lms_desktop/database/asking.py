"""Whether a connection of the pool is still there: asked each time that it is taken, unless that can be spared.

The question is a round trip to the server, as long as many a read itself. Who reads may do without: where
the connection was in use a moment ago it will be there, and where it is not the read is done once more, on another one.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event

RECENT = 5.0
"""Seconds for which a connection that was in use is taken to be there still."""

_trust = threading.local()


@contextmanager
def without_asking() -> Iterator[None]:
    """On this thread, take connections that were in use a moment ago without asking them. For whoever tries again."""
    _trust.given = True
    try:
        yield
    finally:
        _trust.given = False


def ask_seldom(engine: Engine) -> None:
    """Let the pool of an engine know `without_asking`."""
    ask, rested = engine.dialect.do_ping, WeakKeyDictionary[Any, float]()

    def do_ping(dbapi_connection: Any) -> bool:
        since = rested.get(dbapi_connection)
        trusted = since is not None and monotonic() - since < RECENT and getattr(_trust, "given", False)
        return trusted or ask(dbapi_connection)

    def note(dbapi_connection: Any, record: object) -> None:
        if dbapi_connection is not None:
            rested[dbapi_connection] = monotonic()

    engine.dialect.do_ping = do_ping  # type: ignore[method-assign]
    event.listen(engine, "checkin", note)
