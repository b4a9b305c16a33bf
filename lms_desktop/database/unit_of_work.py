"""One transaction, its actor, what it changed. The only place that commits."""

import getpass
import socket
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Result, text

Parameters = dict[str, Any]


@dataclass(frozen=True)
class Actor:
    """Who acts. A person has the id and the role of the `users` row; a `system` actor (the command line, the first run)
    acts with the rights of the database connection alone."""

    id: str
    email: str
    name: str
    role: str
    system: bool = False

    @classmethod
    def command_line(cls) -> "Actor":
        """The actor of a verb of the command line: `OS-user@host`."""
        try:
            person = getpass.getuser()
        except (KeyError, OSError):
            person = "unknown"
        return cls(id="", email=f"{person}@{socket.gethostname()}", name=person, role="admin", system=True)


@dataclass(frozen=True)
class Change:
    """One row that a transaction changed: `action` is "insert", "update" or "delete"."""

    entity: type
    id: str
    action: str


@dataclass(frozen=True)
class Outcome:
    """What an operation did: a sentence for the person, the rows it changed, a value for the caller."""

    sentence: str
    changes: tuple[Change, ...] = ()
    value: Any = None

    @property
    def entities(self) -> frozenset[type]:
        """The entities that have changed rows."""
        return frozenset(change.entity for change in self.changes)


@dataclass
class UnitOfWork:
    """A transaction in progress.

    Attributes:
        connection: the SQLAlchemy connection that runs it.
        actor: who acts, as the gate last read them.
        operation: the id of this operation, made here before COMMIT.
        touched: the rows changed so far, in order.
    """

    connection: Connection
    actor: Actor
    operation: str = field(default_factory=lambda: str(uuid.uuid4()))
    touched: list[Change] = field(default_factory=list)

    def execute(
        self, statement: Executable, parameters: Parameters | list[Parameters] | None = None
    ) -> Result[*tuple[Any, ...]]:
        """Run a statement in this transaction."""
        return self.connection.execute(statement, parameters)

    def touch(self, entity: type, ids: Iterable[str], action: str) -> None:
        """Note rows as changed."""
        self.touched.extend(Change(entity, row_id, action) for row_id in ids)

    def outcome(self, sentence: str, value: Any = None) -> Outcome:
        """The outcome with what was touched so far."""
        return Outcome(sentence, tuple(self.touched), value)


Operation = Callable[[UnitOfWork], Outcome]
"""A service call waiting to run."""


class Database:
    """An engine and the two ways to talk through it: reading and a unit of work.

    Attributes:
        engine: SQLAlchemy's engine; its pool opens connections only as they are needed.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def reading(self, actor: Actor, on_connect: Callable[[Any], None] | None = None) -> Iterator[UnitOfWork]:
        """A transaction that may only read; `on_connect` gets the driver's connection (to cancel it), then None."""
        with self.engine.connect() as plain:
            connection = plain.execution_options(postgresql_readonly=True)
            yield from self._within(connection, actor, on_connect, commit=False)

    @contextmanager
    def unit_of_work(self, actor: Actor, on_connect: Callable[[Any], None] | None = None) -> Iterator[UnitOfWork]:
        """A transaction: committed when the block ends, rolled back when it raises."""
        with self.engine.connect() as connection:
            yield from self._within(connection, actor, on_connect, commit=True)

    @staticmethod
    def _within(
        connection: Connection, actor: Actor, on_connect: Callable[[Any], None] | None, *, commit: bool
    ) -> Iterator[UnitOfWork]:
        if on_connect:
            on_connect(connection.connection.dbapi_connection)
        try:
            yield UnitOfWork(connection, actor)
            if commit:
                connection.commit()
            else:
                connection.rollback()
        finally:
            if on_connect:
                on_connect(None)

    def ping(self) -> None:
        """Raise unless the server answers."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def dispose(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()
