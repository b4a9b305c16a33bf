"""A wire to PostgreSQL that can be told to lose a COMMIT or its answer."""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self

from sqlalchemy import URL

_CHUNK = 65536
_COMMIT = b"COMMIT\0"


class Wire:
    """Carries bytes between programs and a server, on a port of its own, for as long as it is entered.

    Attributes:
        url: how to reach the database through the wire; `server` past it.
        lose_commits: from now on the server gets each COMMIT and carries it out, and instead of its answer the program
            finds its connection broken.
        lost: how many answers were lost so.
        cut_commits: "before": from now on each connection breaks instead of carrying a COMMIT; "after": it breaks as
            soon as the COMMIT is on its way, and the server is left alone with it.
        open: whether new connections get through; `open_after_loss`, whether they do from the first loss on.
        delay: seconds that everything is under way, there and back each.
        asked: what the server was asked, one text each time that somebody waited for an answer.
    """

    def __init__(self, url: URL) -> None:
        self.server = url
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = url.set(host="127.0.0.1", port=self._listener.getsockname()[1], query={})
        self.lose_commits = False
        self.lost = 0
        self.cut_commits = ""
        self.open = self.open_after_loss = True
        self.delay = 0.0
        self.asked: list[str] = []
        self._ends: list[socket.socket] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for end in (self._listener, *self._ends):
            _close(end)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed: it is over
            while True:
                near, _ = self._listener.accept()
                if not self.open:
                    _close(near)
                    continue
                far = self._reach()
                self._ends += [near, far]
                answered = threading.Event()
                answered.set()
                threading.Thread(target=self._ask, args=(near, far, answered), daemon=True).start()
                threading.Thread(target=self._answer, args=(near, far, answered), daemon=True).start()

    def _lose(self) -> None:
        self.lost += 1
        self.open = self.open and self.open_after_loss

    def _reach(self) -> socket.socket:
        folder = self.server.query.get("host")
        if isinstance(folder, str):
            far = socket.socket(socket.AF_UNIX)
            far.connect(f"{folder}/.s.PGSQL.{self.server.query['port']}")
            return far
        return socket.create_connection((self.server.host, self.server.port))

    def _ask(self, near: socket.socket, far: socket.socket, heard: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := near.recv(_CHUNK):
                if self.lose_commits and data.endswith(_COMMIT):
                    heard.clear()
                if self.cut_commits and data.endswith(_COMMIT):
                    self._lose()
                    if self.cut_commits == "after":
                        far.sendall(data)
                        _close(near)
                        threading.Event().wait(0.2)  # the server reads it before it learns that nobody listens any more
                    break
                if data.startswith(b"Q"):  # one question: its length in four bytes, its text and a zero
                    self.asked.append(data[5:-1].decode())
                threading.Event().wait(self.delay)
                far.sendall(data)
        for end in (near, far):
            _close(end)

    def _answer(self, near: socket.socket, far: socket.socket, heard: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := far.recv(_CHUNK):
                if not heard.is_set():
                    self._lose()
                    break
                threading.Event().wait(self.delay)
                near.sendall(data)
        for end in (near, far):
            _close(end)


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
