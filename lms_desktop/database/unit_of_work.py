"""One transaction, its actor, what it changed. The only place that commits."""

import getpass
import json
import socket
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Executable, Result, text
from sqlalchemy.exc import DBAPIError

from lms_desktop.database.asking import without_asking
from lms_desktop.database.ending import end_reading, is_open, roll_back
from lms_desktop.database.fates import Sent
from lms_desktop.database.prepared import THERE, UNKNOWN, Prepared
from lms_desktop.database.spelled import Parameters, Spelled
from lms_desktop.entities.logs import SCHEMA
from lms_desktop.errors.kinds import UserError
from lms_desktop.errors.sentences import parts_of
from lms_desktop.frozen import frozen


@frozen
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


class Person(NamedTuple):
    """What the `users` row of an actor says by now."""

    email: str
    full_name: str
    role: str
    is_active: bool


class Change(NamedTuple):
    """One row that a transaction changed: `action` is "insert", "update" or "delete"."""

    entity: type
    id: str
    action: str


@frozen
class Outcome:
    """What an operation did: a sentence for the person, the rows it changed, a value for the caller; `operation` is its
    id in the change log, by which it can be taken back, None where nothing is logged. `undoable`: not a password or a
    session alone, of which the log keeps nothing. `besides` are entities of which rows were changed that are not listed
    one by one: cascades may reach hundreds of thousands."""

    sentence: str
    changes: tuple[Change, ...] = ()
    value: Any = None
    operation: str | None = None
    undoable: bool = True
    besides: frozenset[type] = frozenset()

    @property
    def entities(self) -> frozenset[type]:
        """The entities that have changed rows."""
        return self.besides.union(change.entity for change in self.changes)


@dataclass
class UnitOfWork:
    """A transaction in progress.

    Attributes:
        connection: the SQLAlchemy connection that runs it.
        actor: who acts, as the gate last read them.
        operation: the id of this operation, made here before COMMIT.
        touched: the rows changed so far, in order; `besides`, entities of which others were changed as well.
        logged: whether the change log takes down what is changed here.
        xid: the transaction's id, by which PostgreSQL itself can say what became of it; None while reading.
        people: the actor's row as it was read when the transaction began, none where it is gone; None where it was
            not read.
        sentence: what the log says of the operation: that of the last outcome.
        reverts: the id of the operation that this one takes back.
        server: since when the server has been running.
        before_commit: is called with what is known of the transaction just before COMMIT is sent.
        sent: that, from then on: whether it was committed is then the server's to say.
        round_trip: seconds that the server took to answer when the transaction ended; None before, and of one that
            may write.
    """

    connection: Connection
    actor: Actor
    operation: str = field(default_factory=lambda: str(uuid.uuid4()))
    touched: list[Change] = field(default_factory=list)
    besides: set[type] = field(default_factory=set)
    logged: bool = False
    xid: str | None = None
    people: tuple[Person, ...] | None = None
    sentence: str = ""
    reverts: str | None = None
    server: str = ""
    before_commit: Callable[[Sent], object] | None = None
    sent: Sent | None = None
    round_trip: float | None = None

    def execute(
        self, statement: Executable, parameters: Parameters | list[Parameters] | None = None
    ) -> Result[*tuple[Any, ...]]:
        """Run a statement in this transaction."""
        return self.connection.execute(statement, parameters)

    def rows(self, asked: Spelled, parameters: Parameters) -> list[tuple[Any, ...]]:
        """The rows of a statement that is asked again and again."""
        if asked.words:
            return [tuple(row) for row in self.connection.exec_driver_sql(asked.words, asked.fixed | parameters)]
        found: Any = self.execute(asked.statement, parameters)
        asked.learn(found.context, parameters)
        return [tuple(row) for row in found]

    def touch(self, entity: type, ids: Iterable[str], action: str) -> None:
        """Note rows as changed."""
        self.touched.extend(Change(entity, row_id, action) for row_id in ids)

    def touch_some(self, entity: type) -> None:
        """Note that rows of an entity were changed, without saying which."""
        self.besides.add(entity)

    def outcome(self, sentence: str, value: Any = None, *, undoable: bool = True) -> Outcome:
        """The outcome with what was touched so far; its sentence is what the log says of this operation."""
        self.sentence = sentence
        operation = self.operation if self.logged else None
        return Outcome(sentence, tuple(self.touched), value, operation, undoable, frozenset(self.besides))

    def begin_to_read(self) -> None:
        """Begin a transaction that may only read, and read the actor's row. For `Database` alone to call."""
        if self.actor.system:
            self.connection.exec_driver_sql(_BEGIN_TO_READ)
        else:
            found = self.connection.exec_driver_sql(_BEGIN_TO_READ + _PERSON, {"person": self.actor.id})
            self.people = tuple(Person(*row) for row in found)

    def name(self) -> None:
        """Tell PostgreSQL which operation this is and whose, so that its changes are logged, where there is a log. The
        actor's row, which the gate asks for, comes in the same round trip."""
        actor = {"id": self.actor.id, "name": self.actor.name, "email": self.actor.email, "role": self.actor.role}
        named = {"operation": self.operation, "actor": json.dumps({**actor, "machine": socket.gethostname()})}
        if self.actor.system:
            row = self.connection.execute(_NAME, named).one()
        else:
            row = self.connection.execute(_NAME_OF_PERSON, {**named, "person": self.actor.id}).one()
            self.people = (Person(row.email, row.full_name, row.role, row.is_active),) if row.known else ()
        self.xid, self.logged, self.server = row.xid, bool(row.logged), row.server

    def describe(self) -> bool:
        """Complete the operation's line in the log, if it changed anything; whether it has one."""
        if not self.logged:
            return False
        parts = parts_of(self.sentence)
        described = {
            "operation": self.operation,
            "sentence": str(self.sentence),
            "parts": json.dumps(parts, default=str) if parts else None,
            "reverts": self.reverts,
        }
        return self.connection.execute(_DESCRIBE, described).scalar() is not None

    def commit(self) -> None:
        """Complete the log and commit. For `Database` alone to call."""
        recorded = self.describe()
        if self.xid is not None:
            sent = Sent(self.operation, self.xid, recorded, self.server)
            if self.before_commit is not None:
                self.before_commit(sent)
            self.sent = sent
        self.connection.commit()


class Reading(UnitOfWork):
    """A transaction that may only read, and begins with the first thing that is read in it.

    A statement of which the words are known is a transaction by itself, in one message, where nothing was read before.
    The question whether the actor is active and in the role that is known goes ahead of it there: where they are not,
    the server stops, and the read begins as any other does. `admit` sees the actor's row then, and raises for whoever
    may not. An actor whose role alone forbids everything is not to be given.
    """

    def __init__(self, connection: Connection, actor: Actor, admit: Callable[[UnitOfWork], object]) -> None:
        self._begun = self._looked = False
        self._admit = admit
        super().__init__(connection, actor)

    @property
    def connection(self) -> Connection:
        """The SQLAlchemy connection, in a transaction that the actor was let into."""
        if not self._begun:
            driver: Any = self._connection.connection.dbapi_connection
            if is_open(driver):  # the actor was not let in, or a statement has failed
                roll_back(driver)
            self._begun = True
            try:
                self.begin_to_read()
                self._admit(self)
            except BaseException:
                self._begun = False
                raise
        return self._connection

    @connection.setter
    def connection(self, connection: Connection) -> None:
        self._connection = connection

    def rows(self, asked: Spelled, parameters: Parameters) -> list[tuple[Any, ...]]:
        """Override UnitOfWork.rows."""
        if self._begun or not asked.words:
            return super().rows(asked, parameters)
        known = {} if self.actor.system else {"acting": self.actor.id, "acting_role": self.actor.role}
        ahead = _ONLY_TO_READ + _STILL_KNOWN if known else _ONLY_TO_READ
        prepared = Prepared.of(self._connection)
        steady = asked.steady and prepared.usable
        driver = self._connection.connection.dbapi_connection
        words = prepared.words(asked, parameters, driver) if steady else asked.words
        try:
            found = self._connection.exec_driver_sql(ahead + words, asked.fixed | parameters | known)
        except DBAPIError as error:
            code = getattr(error.orig, "pgcode", None)
            if not (steady and code in UNKNOWN | THERE) and code != _DIVISION_BY_ZERO:
                raise
        else:
            code = None
            self._looked = True
        if steady and code in {None, *THERE}:
            prepared.done()
        if code is None:
            return [tuple(row) for row in found]
        prepared.usable = prepared.usable and code not in UNKNOWN
        return self.rows(asked, parameters) if code in THERE else super().rows(asked, parameters)

    def look(self) -> None:
        """Raise what `admit` raises, unless the actor was looked at."""
        self._looked = self._looked or bool(self.connection)


_NAMING = (
    "SELECT set_config('lms.operation', :operation, true), set_config('lms.actor', :actor, true),"
    " CAST(pg_current_xact_id() AS text) AS xid, CAST(pg_postmaster_start_time() AS text) AS server,"
    # Where the schema is closed to the connection, its functions must not even be looked up.
    f" coalesce(CASE WHEN has_schema_privilege(to_regnamespace('{SCHEMA}'), 'USAGE') THEN has_function_privilege("
    f"to_regprocedure('{SCHEMA}.describe_operation(uuid,text,json,uuid)'), 'EXECUTE') END, false) AS logged"
)
_NAME = text(_NAMING)
_NAME_OF_PERSON = text(
    "SELECT n.xid, n.server, n.logged, u.id IS NOT NULL AS known, u.email, u.full_name, u.role, u.is_active"
    f" FROM ({_NAMING}) n LEFT JOIN users u ON u.id = CAST(nullif(:person, '') AS uuid)"
)

_BEGIN_TO_READ = "BEGIN READ ONLY;"
_PERSON = " SELECT email, full_name, role, is_active FROM users WHERE id = CAST(nullif(%(person)s, '') AS uuid)"
# All statements of a message are one transaction. Nobody who is as known is an error, and ends it.
_ONLY_TO_READ = "SET TRANSACTION READ ONLY; "
_STILL_KNOWN = (
    "SELECT 1 / count(*) FROM users WHERE id = CAST(nullif(%(acting)s, '') AS uuid) AND role = %(acting_role)s"
    " AND is_active; "
)
_DIVISION_BY_ZERO = "22012"

_DESCRIBE = text(
    f"SELECT {SCHEMA}.describe_operation("
    "CAST(:operation AS uuid), :sentence, CAST(:parts AS json), CAST(:reverts AS uuid))"
)

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
    def reading(
        self,
        actor: Actor,
        on_connect: Callable[[Any], None] | None = None,
        *,
        again: bool = False,
        admit: Callable[[UnitOfWork], object] | None = None,
    ) -> Iterator[UnitOfWork]:
        """A transaction that may only read; `on_connect` gets the driver's connection (to cancel it), then None.

        BEGIN and the actor's row, which the gate asks for, are one round trip to the server; with `admit` it begins as
        `Reading` says, at its end at the latest. `again`: whoever reads does so once more where the connection turns
        out to be lost; one that was in use a moment ago is not asked beforehand whether it is still there.
        """
        with without_asking() if again else nullcontext():
            connection = self.engine.connect()
        with connection:
            driver: Any = connection.connection.dbapi_connection
            if on_connect:
                on_connect(driver)
            uow = UnitOfWork(connection, actor) if admit is None else Reading(connection, actor, admit)
            try:
                driver.autocommit = True  # the driver would send a BEGIN of its own
                if isinstance(uow, Reading):
                    yield from _read(uow)
                else:
                    uow.begin_to_read()
                    yield uow
            finally:
                uow.round_trip = end_reading(connection, driver)
                if on_connect:
                    on_connect(None)

    @contextmanager
    def unit_of_work(
        self,
        actor: Actor,
        on_connect: Callable[[Any], None] | None = None,
        *,
        operation: str | None = None,
        logged: bool = True,
    ) -> Iterator[UnitOfWork]:
        """A transaction: committed when the block ends, rolled back when it raises.

        `operation`: the id that it gets, where the caller wants to look up later what became of it. `logged`: whether
        the change log takes it down; filling a school is no work of a person's and is not.
        """
        with self.engine.connect() as connection:
            yield from self._within(connection, actor, on_connect, operation=operation, logged=logged)

    @staticmethod
    def _within(
        connection: Connection,
        actor: Actor,
        on_connect: Callable[[Any], None] | None,
        *,
        operation: str | None,
        logged: bool,
    ) -> Iterator[UnitOfWork]:
        if on_connect:
            on_connect(connection.connection.dbapi_connection)
        try:
            uow = UnitOfWork(connection, actor)
            if operation is not None:
                uow.operation = operation
            if logged:
                uow.name()
            yield uow
            uow.commit()
        finally:
            if on_connect:
                on_connect(None)

    def ping(self) -> None:
        """Raise unless the server answers."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def knock(self) -> None:
        """Raise unless the server answers, asked on a connection of its own: those of the pool may wait for it."""
        pool = self.engine.pool.recreate()
        pool.connect().close()
        pool.dispose()

    def dispose(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def _read(uow: Reading) -> Iterator[Reading]:
    """Who reads nothing, or gives up before, is looked at all the same."""
    try:
        yield uow
    except UserError:
        uow.look()
        raise
    uow.look()
