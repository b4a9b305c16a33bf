"""Stopping a statement from another thread, while the rest of the program goes on.

psycopg2's own `connection.cancel()` holds the interpreter until the server has answered: one round trip and a half over
a network, without end where the server hangs, and every thread stands still meanwhile, the window's too. So libpq's
PQcancel, which is all that it calls, is called here by ctypes, which lets go of the interpreter.
"""

import ctypes
from functools import cache
from typing import Any

import psycopg2

_MESSAGE_SIZE = 256
"""What libpq's documentation recommends for PQcancel."""


class Canceller:
    """What is needed to stop the statement that a connection is at; taken before that, on the connection's own thread.

    Its methods may be called from any thread, but `close` not while `cancel` is under way.
    """

    def __init__(self, connection: Any) -> None:
        """`connection`: psycopg2's. Not kept, unless libpq cannot be reached past it."""
        self._connection: Any = None
        self._handle: int | None = None
        libpq = _libpq()
        if libpq is not None and connection.pgconn_ptr:
            self._handle = libpq.PQgetCancel(connection.pgconn_ptr)
        if self._handle is None:
            self._connection = connection

    def cancel(self) -> None:
        """Ask the server to stop the statement; returns when the server has taken note of it, if it is at one or not.

        Blocks for a round trip to the server, longer where it hangs. Raises psycopg2.Error when the server could not be
        asked.
        """
        libpq = _libpq()
        if self._handle is not None and libpq is not None:
            message = ctypes.create_string_buffer(_MESSAGE_SIZE)
            if not libpq.PQcancel(self._handle, message, _MESSAGE_SIZE):
                raise psycopg2.OperationalError(message.value.decode("utf-8", "replace"))
        elif self._connection is not None:
            self._connection.cancel()

    def close(self) -> None:
        """Give the memory back. `cancel` does nothing after that."""
        handle, self._handle, self._connection = self._handle, None, None
        libpq = _libpq()
        if handle is not None and libpq is not None:
            libpq.PQfreeCancel(handle)


@cache
def _libpq() -> ctypes.CDLL | None:
    """The very libpq that psycopg2 is linked with. None where it is inside psycopg2, as on Windows: the driver's own
    cancel has to do there."""
    try:
        libpq = ctypes.CDLL(psycopg2._psycopg.__file__)
        libpq.PQgetCancel.argtypes = [ctypes.c_void_p]
        libpq.PQgetCancel.restype = ctypes.c_void_p
        libpq.PQcancel.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
        libpq.PQcancel.restype = ctypes.c_int
        libpq.PQfreeCancel.argtypes = [ctypes.c_void_p]
        libpq.PQfreeCancel.restype = None
    except (OSError, AttributeError):
        return None
    return libpq
