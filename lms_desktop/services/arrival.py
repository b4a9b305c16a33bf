"""The way from an address to a database that somebody can sign in to: connect, look, the first administrator.

Everything here blocks and belongs on a worker's thread.
"""

import threading
from dataclasses import replace

from sqlalchemy import URL, Text, cast, select

from lms_desktop import policy
from lms_desktop.config import Settings
from lms_desktop.database.address_parts import without_secrets
from lms_desktop.database.change_log import LogState, log_state
from lms_desktop.database.engine import LOCAL, display_url, identity, make_engine, tls_state
from lms_desktop.database.migrating.chain import at_head, chain
from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.database.migrating.state import RevisionInfo, State
from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.entities import User
from lms_desktop.errors import Cancelled
from lms_desktop.frozen import frozen
from lms_desktop.services import keystore, people, text_search
from lms_desktop.spec import N_


@frozen
class Arrival:
    """What stands behind an address.

    Attributes:
        database: The way there, with one connection in its pool.
        address: How it is shown: no password, no options. Its passwords and people are remembered under this name.
        whole: How it is remembered: no password.
        name: The database's name.
        host: The server, "" for this computer.
        tls: How the conversation is protected, one of the words of `database.engine`.
        state: How far its schema is.
        has_admin: Whether anybody can administer it; False where there are no tables yet.
        log: How it stands with the change log.
        identity: What tells it from another one at the same address.
    """

    database: Database
    address: str
    whole: str
    name: str
    host: str
    tls: str
    state: State
    has_admin: bool
    log: LogState
    identity: str = ""

    @property
    def ready(self) -> bool:
        """Whether somebody can sign in."""
        return self.state.kind == "current" and self.has_admin


class Attempt:
    """One attempt to connect, which can be given up from another thread. What came of it is then closed again."""

    def __init__(self, address: URL, settings: Settings) -> None:
        self._address, self._settings = address, settings
        self._given_up = threading.Event()

    def give_up(self) -> None:
        """Nobody waits for it any more."""
        self._given_up.set()

    def run(self) -> Arrival:
        """Connect and look. A password that the address lacks is looked for in the key store.

        Raises UserError for the address, Cancelled after `give_up`, and what the driver raises.
        """
        address = self._address
        if address.password is None and address.username:
            address = address.set(password=keystore.recall(address))
        database = Database(make_engine(address, self._settings))
        try:
            with database.engine.connect() as connection:
                tls = tls_state(connection)
            host = "" if tls == LOCAL else address.host or ""
            shown, whole = display_url(address), without_secrets(address)
            name = address.database or ""
            arrival = look(Arrival(database, shown, whole, name, host, tls, _UNKNOWN, False, LogState()))
            if self._given_up.is_set():
                raise Cancelled
        except BaseException:
            database.dispose()
            raise
        return arrival


def look(arrival: Arrival) -> Arrival:
    """How far it is now. Looked at closely only where it is not just as it should be."""
    with arrival.database.engine.connect() as connection:
        head = chain(Lineage.DOCUMENT)[-1].id if at_head(connection, Lineage.DOCUMENT) else None
    state = _look_closely(arrival.database) if head is None else State("current", head, head, ())
    has_admin = False
    if state.kind in ("behind", "current"):
        with arrival.database.reading(Actor.command_line()) as uow:
            has_admin = people.has_active_admin(uow)
    with arrival.database.engine.connect() as connection:
        log = log_state(connection)
        text_search.learn(connection)
        return replace(arrival, state=state, has_admin=has_admin, log=log, identity=identity(connection))


def _look_closely(database: Database) -> State:
    """Once connected: how far it is where it is not at the head, and what stands in the way of bringing it there."""
    from lms_desktop.services.migrating import Migrations  # a start with nothing to migrate does not wait for it

    migrations = Migrations(database, Actor.command_line())
    found = migrations.look().document
    pending = found.pending if "apply" in found.offers else ()
    infos = tuple(RevisionInfo(revision.id, revision.description) for revision in pending)
    findings = migrations.prepare(Lineage.DOCUMENT).findings if infos else ()
    graves = tuple(each for each in findings if each.level in ("warn", "block"))
    return State(found.kind, ", ".join(found.current) or None, found.heads[-1], infos, found, graves)


def found_school(arrival: Arrival, email: str, name: str, password: str) -> Actor:
    """Create the first administrator and sign that person in. Raises what `people.first_admin` raises."""
    with arrival.database.unit_of_work(Actor.command_line()) as uow:
        people.first_admin(uow, email, name, password)
    return people.sign_in(arrival.database, email, password).actor


def enter_demo(database: Database, email: str) -> Actor:
    """An account of the demo, without a password. For pictures; raises SignInRefused where nobody may come in by it."""
    columns = (cast(User.id, Text).label("id"), User.email, User.full_name, User.role)
    found = select(*columns).where(User.email == email, User.is_active, User.role.in_(policy.STAFF))
    with database.reading(Actor.command_line()) as uow:
        row = uow.execute(found).one_or_none()
    if row is None:
        raise people.SignInRefused(
            N_("The demo has no account {email} that may sign in."),
            way_out=N_("There are registrar@lms.com, instructor@lms.com and admin@lms.com."),
            values={"email": email},
        )
    return Actor(row.id, row.email, row.full_name, row.role)


_UNKNOWN = State("empty", None, "", ())
