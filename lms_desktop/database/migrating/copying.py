"""A rehearsal on a copy of the database, where also what commits itself can be run, and nobody waits for anything.

The copy is a database of its own on the same server: a template's, where nobody is connected to the original (ourselves
neither), else what pg_dump writes and pg_restore reads. It is dropped again, whatever happens.
"""

import os
import re
import secrets
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal

import psycopg2
import sqlalchemy as sa
from psycopg2 import sql

from lms_desktop.database.cancelling import Canceller
from lms_desktop.database.migrating import failures, fingerprint
from lms_desktop.database.migrating.crew import Crew, open_beside
from lms_desktop.database.migrating.dumping import address_of, find
from lms_desktop.database.migrating.events import Limits, Said, Saving, StepBegan, StepDone, Tell, silent
from lms_desktop.database.migrating.plan import Plan
from lms_desktop.database.migrating.rehearsal import Rehearsal
from lms_desktop.database.migrating.source import Source
from lms_desktop.database.migrating.stopping import TooLong
from lms_desktop.errors import Cancelled, UserError
from lms_desktop.errors.kinds import N_
from lms_desktop.errors.sentences import Sentence

Way = Literal["template", "dump"]

PREFIX = "lms_rehearsal_"
"""What the copies' names begin with; the time of their making follows, in hexadecimal seconds."""

OLD = 86400
"""Seconds after which a copy that nobody is connected to is one that a killed rehearsal has left."""

_BYTES_A_SECOND: dict[Way, float] = {"template": 200e6, "dump": 15e6}
"""What a server of this kind copies; a first guess, told as one."""

_LOOKS_EVERY = 0.2


@dataclass(frozen=True)
class CopyOffer:
    """Whether a copy can be made, and what it takes.

    Attributes:
        way: How; None where it cannot be made.
        sentence: That, for a person.
        size: What the database takes on the server's disk, in bytes; the copy takes as much again.
        seconds: How long copying takes, as a guess.
        others: How many other sessions are connected, which rule out a template.
    """

    way: Way | None
    sentence: Sentence
    size: int
    seconds: float
    others: int


def offer(engine: sa.Engine) -> CopyOffer:
    """Look what is possible."""
    with engine.connect() as connection:
        row = connection.execute(_LOOK).one()
    size, others, version = int(row.size), int(row.others), int(row.version) // 10000
    held = engine.pool.checkedout() if isinstance(engine.pool, sa.QueuePool) else 0  # other threads of this program
    way: Way | None = None
    if row.may:
        if row.owner and not others and not held:
            way = "template"
        elif find("pg_dump", version) is not None and find("pg_restore", version) is not None:
            way = "dump"
    seconds = 0.0 if way is None else 1 + size / _BYTES_A_SECOND[way]
    return CopyOffer(way, _said(bool(row.may), way, size, seconds), size, seconds, others)


_LOOK = sa.text(
    "SELECT pg_database_size(current_database()) AS size, current_setting('server_version_num') AS version,"
    " coalesce((SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user), false) AS may,"
    " pg_has_role((SELECT datdba FROM pg_database WHERE datname = current_database()), 'USAGE') AS owner,"
    " (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend') AS others"
)


def _said(may: bool, way: Way | None, size: int, seconds: float) -> Sentence:
    if not may:
        return Sentence(N_("No copy can be made: this role may not create databases."))
    if way is None:
        return Sentence(N_("No copy can be made: pg_dump and pg_restore were not found, or are older than the server."))
    megabytes = max(1, round(size / 1e6))
    if way == "template":
        text = N_(
            "A copy takes about {seconds} s and {megabytes} MB on the server; nobody can connect to the database"
            " meanwhile."
        )
    else:
        text = N_("A copy takes about {seconds} s and {megabytes} MB on the server; it is dumped and restored.")
    return Sentence(text, seconds=max(1, round(seconds)), megabytes=megabytes)


class RehearseOnCopy:
    """One rehearsal on a copy. `run` blocks; `cancel` may be called from any thread."""

    def __init__(self, engine: sa.Engine, source: Source, *, tell: Tell = silent, limits: Limits | None = None) -> None:
        self._engine, self._source, self._tell, self._limits = engine, source, tell, limits or Limits()
        self._cancelled = threading.Event()
        self._crew: Crew | None = None
        self._copying: Canceller | None = None
        self._lock = threading.Lock()

    def cancel(self) -> None:
        """Stop; the copy is dropped."""
        self._cancelled.set()
        with self._lock, suppress(psycopg2.Error):
            if self._copying is not None:
                self._copying.cancel()
        if (crew := self._crew) is not None:
            crew.cancel()

    def run(self, plan: Plan) -> Rehearsal:
        """Copy, run all of the plan on the copy, drop it. Raises UserError where no copy can be made, Cancelled after
        `cancel`. A revision that fails is a result: `failure`."""
        made = offer(self._engine)
        if made.way is None:
            raise UserError(made.sentence.template, way_out=N_("Rehearse on the database itself instead."))
        with self._engine.connect() as connection:
            before = fingerprint.take(connection, self._check)
        with self._copy(made) as copy:
            measures, seconds, failure = self._on(copy, plan)
        with self._engine.connect() as connection:
            after = fingerprint.take(connection, self._check)
        return Rehearsal(plan, True, measures, seconds, before, after, True, (), failure)

    def _check(self) -> None:
        if self._cancelled.is_set():
            raise Cancelled(N_("The rehearsal was stopped, and the copy dropped."))

    def _on(self, copy: sa.Engine, plan: Plan) -> tuple[Any, float, UserError | None]:
        crew = self._crew = Crew(copy, self._source, self._limits, self._tell, deep=True)
        failure, step = None, None
        with crew.at_work():
            began = time.monotonic()
            try:
                for number, step in enumerate(plan.steps, 1):
                    if self._cancelled.is_set():
                        raise Cancelled
                    self._tell(StepBegan(step, number, len(plan.steps)))
                    step_began = time.monotonic()
                    transaction = crew.connection.begin() if step.written.in_transaction else None
                    crew.run(step)
                    if transaction is not None:
                        transaction.commit()
                    self._tell(StepDone(step, number, len(plan.steps), time.monotonic() - step_began))
            except Exception as error:
                crew.connection.rollback()
                if self._cancelled.is_set():
                    raise Cancelled(N_("The rehearsal was stopped, and the copy dropped.")) from error
                last = crew.meter.measures[-1] if crew.meter.measures else None
                state = Sentence(N_("That was the copy; the database itself is as it was."))
                late = crew.stops.late.is_set()
                failure = TooLong() if late else failures.failed(error, step.revision.id if step else "", last, state)
            return tuple(crew.meter.measures), time.monotonic() - began, failure

    @contextmanager
    def _copy(self, made: CopyOffer) -> Iterator[sa.Engine]:
        name = f"{PREFIX}{int(time.time()):08x}_{secrets.token_hex(4)}"
        with _elsewhere(self._engine) as server:
            _drop_old(server)
            engine = sa.create_engine(
                self._engine.url.set(query={}),
                creator=lambda: _connect(self._engine, name),
                poolclass=sa.pool.NullPool,
                hide_parameters=True,
                use_native_hstore=False,
            )
            try:
                self._tell(Said(Sentence(N_("Copying the database."))))
                self._stoppably(server, name, made)
                self._tell(Said(Sentence(N_("The copy is ready."))))
                yield engine
            finally:
                engine.dispose()
                with server.cursor() as cursor:
                    cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _stoppably(self, server: Any, name: str, made: CopyOffer) -> None:
        self._copying = Canceller(server)
        try:
            self._check()
            self._make(server, name, made)
        except psycopg2.errors.QueryCanceled:
            self._check()
            raise
        finally:
            with self._lock:
                canceller, self._copying = self._copying, None
                canceller.close()
        self._check()

    def _make(self, server: Any, name: str, made: CopyOffer) -> None:
        original = str(self._engine.url.database)
        with server.cursor() as cursor:
            if made.way == "template":
                self._engine.dispose()
                statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
                try:
                    cursor.execute(statement.format(sql.Identifier(name), sql.Identifier(original)))
                    return
                except psycopg2.errors.ObjectInUse:  # somebody has come meanwhile
                    pass
            cursor.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
            )
            version = server.server_version // 10000
        self._pour(name, made, version)

    def _pour(self, name: str, made: CopyOffer, version: int) -> None:
        dump, restore = find("pg_dump", version), find("pg_restore", version)
        if dump is None or restore is None:
            raise UserError(N_("No copy can be made: others are connected, and pg_dump was not found."))
        address = address_of(self._engine)
        environment = address.environment()
        with (
            subprocess.Popen(
                [os.fspath(dump), "--format=custom", f"--dbname={address.conninfo()}"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            ) as writer,
            subprocess.Popen(
                [os.fspath(restore), "--no-owner", "--exit-on-error", f"--dbname={address.conninfo(name)}"],
                env=environment,
                stdin=writer.stdout,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            ) as reader,
        ):
            if writer.stdout is not None:
                writer.stdout.close()  # the reader's alone
            errors = ""
            while True:
                with suppress(subprocess.TimeoutExpired):
                    _, errors = reader.communicate(timeout=_LOOKS_EVERY)
                    break
                self._tell(Saving(_size(self._engine, name), made.size))
                if self._cancelled.is_set():
                    writer.terminate()
                    reader.terminate()
        if self._cancelled.is_set():
            return
        if reader.returncode or writer.returncode:
            reason = errors.strip().splitlines()[-1] if errors.strip() else "pg_dump"
            raise UserError(N_("The copy could not be made: {reason}"), values={"reason": reason})


def _size(engine: sa.Engine, name: str) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(sa.text("SELECT pg_database_size(:name)"), {"name": name}) or 0)


def _connect(engine: sa.Engine, database: str) -> Any:
    """A connection as the engine opens its own, to another database of the server."""
    here = open_beside(engine)
    try:
        parameters, password = dict(here.info.dsn_parameters), here.info.password or ""
    finally:
        here.close()
    return psycopg2.connect(**(parameters | {"dbname": database, "password": password}))


@contextmanager
def _elsewhere(engine: sa.Engine) -> Iterator[Any]:
    """A connection to a database that every server has, committing by itself; the original is left."""
    connection = None
    for name in ("postgres", "template1"):
        try:
            connection = _connect(engine, name)
            break
        except psycopg2.Error:
            continue
    if connection is None:
        raise UserError(N_("No copy can be made: the server's own database cannot be reached."))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
        yield connection
    finally:
        connection.close()


def _drop_old(server: Any) -> None:
    """Copies that a killed rehearsal has left: ours, and nobody is in them."""
    with server.cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database d WHERE datname ~ %s AND pg_has_role(datdba, 'USAGE') AND NOT EXISTS"
            " (SELECT FROM pg_stat_activity a WHERE a.datname = d.datname)",
            (f"^{re.escape(PREFIX)}[0-9a-f]{{8}}_[0-9a-f]{{8}}$",),
        )
        for (name,) in cursor.fetchall():
            if time.time() - int(name[len(PREFIX) :][:8], 16) < OLD:
                continue
            with suppress(psycopg2.Error):
                cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
