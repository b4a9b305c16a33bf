"""The way to PostgreSQL: addresses, the pool, time limits, encryption, and values that Python's types cannot hold."""

import ipaddress
import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import psycopg2
from psycopg2 import extensions
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.util import LRUCache

from lms_desktop.config import Settings
from lms_desktop.database import asking, copying, server_version
from lms_desktop.errors.kinds import N_, UserError

DRIVER = "postgresql+psycopg2"
APPLICATION_NAME = "lms-desktop"
COMPILED = 100
"""Statements that SQLAlchemy keeps compiled: each is made of a thousand objects."""
AT_ONCE = 4
"""Of these, those that were not used for the longest time go so many at a time: SQLAlchemy would drop half of them at
once, and to collect that many objects holds the window up."""
LOCAL, VERIFIED, ENCRYPTED, UNENCRYPTED = (
    N_("local"),
    N_("verified TLS"),
    N_("encrypted, not verified"),
    N_("unencrypted"),
)
_EXAMPLE = N_(
    "It should look like postgresql://name:password@server:5432/database, "
    "with %40 for an @ and %2F for a / in the password."
)
# What asyncpg's addresses may carry and libpq does not know.
_ASYNCPG_ONLY = (
    "ssl",
    "timeout",
    "command_timeout",
    "statement_cache_size",
    "prepared_statement_cache_size",
    "prepared_statement_name_func",
    "async_fallback",
)
# Where systems keep the certificates that they trust: Debian, Red Hat, SUSE, Alpine and macOS.
_SYSTEM_ROOTS = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


class OddMoment(str):
    """A date or moment that Python's datetime cannot hold (infinity, BC, a year over 9999), as PostgreSQL prints it.

    Without it such a value either comes back as another one (infinity as the last day of 9999, which saving would then
    store) or its one row makes the whole page fail.
    """

    __slots__ = ()


class OddJson(str):
    """A JSON text that Python cannot take in (nested too deeply, a number of too many digits). Stored back as it is."""

    __slots__ = ()


# --------------------------------------------------------------------------------------------------------- addresses


def normalise_url(address: str | URL) -> URL:
    """The address as this program uses it: any spelling of PostgreSQL's, with the driver psycopg2.

    An `@` in the password need not be escaped. Raises UserError, which never repeats the address.
    """
    url = address if isinstance(address, URL) else _parse(address)
    dialect, _, driver = url.drivername.lower().partition("+")
    if dialect not in ("postgresql", "postgres"):
        raise UserError(
            N_("This program works with PostgreSQL alone; the address is one of {other}."),
            way_out=_EXAMPLE,
            values={"other": dialect},
        )
    if url.port is not None and not 0 < url.port < 65536:
        raise UserError(N_("The port in the database's address must be from 1 to 65535."), way_out=_EXAMPLE)
    query = dict(url.query)
    if driver == "asyncpg":
        ssl = query.get("ssl")
        if isinstance(ssl, str) and "sslmode" not in query:
            query["sslmode"] = {"true": "verify-full", "false": "disable"}.get(ssl.lower(), ssl)
        query = {key: value for key, value in query.items() if key not in _ASYNCPG_ONLY}
    # libpq reads these from the query as well, where no one would know to hide them.
    name, password = query.pop("user", None), query.pop("password", None)
    return URL.create(
        DRIVER,
        username=url.username or _first(name),
        password=url.password if url.password is not None else _first(password),
        host=url.host,
        port=url.port,
        database=url.database,
        query=query,
    )


def display_url(url: str | URL) -> str:
    """The address for the screen and the log: no driver, no password, no options but the host. Parses a text first."""
    shown = normalise_url(url).set(drivername="postgresql")
    hosts = {key: value for key, value in shown.query.items() if key in ("host", "service")}
    return URL.create(
        "postgresql", shown.username, None, shown.host, shown.port, shown.database, hosts
    ).render_as_string()


def is_local(url: URL) -> bool:
    """Whether the server is on this machine: a socket or the loopback address, by the address or libpq's environment.

    An address that several hosts stand in is local when all of them are; a service file's host is not known.
    """
    if "service" in url.query:
        return False
    hosts = [url.host] if url.host else []
    for key in ("host", "hostaddr"):
        hosts += [part for value in _all(url.query.get(key)) for part in value.split(",")]
    if not hosts:
        hosts = [part for name in ("PGHOST", "PGHOSTADDR") for part in os.environ.get(name, "").split(",")]
    return all(_is_local_host(host) for host in hosts)


def _parse(address: str) -> URL:
    text = address.strip().strip("\"'")
    scheme, separator, body = text.partition("://")
    if not text:
        raise UserError(N_("No database is named."), way_out=_EXAMPLE)
    person, rest = _split(body)
    try:
        url = make_url(f"{scheme.lower()}://{rest.replace('@', '%40')}")
        if not separator or re.search(r"[\0\s]", url.host or "") or "\0" in text:
            raise ValueError
    except (ArgumentError, ValueError):
        # The original error repeats parts of the address.
        raise UserError(N_("The database's address cannot be understood."), way_out=_EXAMPLE) from None
    if person is None:
        return url
    name, colon, password = person.partition(":")
    return url.set(username=unquote(name), password=unquote(password) if colon else None)


def _split(body: str) -> tuple[str | None, str]:
    """Name and password on one side, the rest on the other; the last @ before the options parts them."""
    head, question, options = body.partition("?")
    if "@" not in head:
        # Either "server:5432/school?application_name=a@b", or a password with a question mark in it.
        if "@" not in options or re.match(r"[^/:]*(:\d+)?/", head):
            return None, body
        head, question, options = body, "", ""
    server = head.partition("/")[0]
    if ":" not in server:  # no password: an @ after the slash belongs to the database's name
        name, at, _ = server.rpartition("@")
        return (name if at else None), body.removeprefix(name + at)
    person, at, rest = head.rpartition("@")
    return (person if at else None), rest + question + options


def _first(value: str | tuple[str, ...] | None) -> str | None:
    return next(iter(_all(value)), None)


def _all(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value or ()


def _is_local_host(host: str) -> bool:
    name = re.sub(r"^\[(.*)\]$", r"\1", host.strip())
    if not name or name.startswith(("/", "@")) or name.lower() == "localhost":
        return True
    for candidate in (name, name.rpartition(":")[0]):  # the query's form is host:port
        try:
            return ipaddress.ip_address(candidate.strip("[]")).is_loopback
        except ValueError:
            continue
    return name.rpartition(":")[0].lower() == "localhost"


# ------------------------------------------------------------------------------------------------------------ engine


def make_engine(address: str | URL, settings: Settings, *, application_name: str = APPLICATION_NAME) -> Engine:
    """An engine that opens connections only as they are needed, and has opened none yet.

    Every connection runs in UTC and UTF-8 under the time limits of `settings`; what the address itself says wins over
    both. A server that is not on this machine must prove its identity (`sslmode=verify-full`) unless the address says
    otherwise. Raises UserError for an address that cannot be used.
    """
    url = normalise_url(address)
    arguments = _connect_arguments(url, settings, application_name)
    pool = settings.effective_pool()
    engine = create_engine(
        url.difference_update_query(["options", "sslpassword"]),
        connect_args=arguments,
        pool_size=pool.kept,
        max_overflow=pool.overflow,
        pool_timeout=settings.pool_timeout,
        pool_recycle=settings.pool_recycle,
        pool_pre_ping=True,
        pool_use_lifo=True,  # those least used grow old and are replaced, instead of all being kept warm in turn
        hide_parameters=True,
        use_native_hstore=False,  # spares a query on each new connection
        execution_options={"compiled_cache": LRUCache(COMPILED, threshold=AT_ONCE / COMPILED)},
        query_cache_size=0,
        json_serializer=_dump_json,
        json_deserializer=_load_json,
    )
    event.listen(engine, "connect", _prepare)
    asking.ask_seldom(engine)
    copying.let_copy(engine)
    return engine


def tls_state(connection: Connection) -> str:
    """How the conversation is protected: LOCAL, VERIFIED, ENCRYPTED or UNENCRYPTED, an English word for the screen.

    VERIFIED means that the server has proved to be the one that the address names; only `verify-full` does.
    """
    driver_connection: Any = connection.connection.dbapi_connection
    info = driver_connection.info
    if _is_local_host(info.host or "") or info.dsn_parameters.get("hostaddr", "").startswith("127."):
        return LOCAL
    if not info.ssl_in_use:
        return UNENCRYPTED
    return VERIFIED if info.dsn_parameters.get("sslmode") == "verify-full" else ENCRYPTED


def identity(connection: Connection) -> str:
    """What tells this database from another one at the same address, before or after it; "" where that is not told."""
    try:
        with connection.begin_nested():
            system = connection.execute(text("SELECT system_identifier FROM pg_control_system()")).scalar_one()
        oid = connection.execute(text("SELECT oid FROM pg_database WHERE datname = current_database()")).scalar_one()
    except DBAPIError:
        return ""
    return f"{system}.{oid}"


def _connect_arguments(url: URL, settings: Settings, application_name: str) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "application_name": application_name,
        "client_encoding": "utf8",
        "connect_timeout": settings.connect_timeout,
        # A dead network is noticed after a minute at rest and after 15 seconds in mid-sentence.
        "keepalives": 1,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,
    }
    if not is_local(url):
        arguments |= _tls_arguments(url)
    arguments = {key: value for key, value in arguments.items() if key not in url.query}
    if "sslpassword" in url.query:
        arguments["sslpassword"] = _first(url.query["sslpassword"])
    options = {
        "statement_timeout": round(settings.statement_timeout * 1000),
        "lock_timeout": round(settings.lock_timeout * 1000),
        "idle_in_transaction_session_timeout": round(settings.idle_timeout * 1000),
        "timezone": "UTC",
        "datestyle": "ISO",
        "intervalstyle": "postgres",
    }
    own = " ".join(f"-c {name}={value}" for name, value in options.items())
    # Of two settings of one name the server takes the later: the address has the last word.
    arguments["options"] = " ".join([own, *_all(url.query.get("options"))])
    return arguments


def _tls_arguments(url: URL) -> dict[str, str]:
    mode = _first(url.query.get("sslmode")) or "verify-full"
    given = "sslrootcert" in url.query or os.environ.get("PGSSLROOTCERT")
    if mode != "verify-full" or given or _own_root_file().is_file():
        return {"sslmode": mode}
    return {"sslmode": mode, "sslrootcert": system_roots()}


def system_roots() -> str:
    """The file of certificates that this system trusts, or libpq's word `system` where no such file is known.

    The file comes first because the OpenSSL inside psycopg2-binary looks for the system's certificates in a folder of
    the machine that it was built on, and would trust nobody.
    """
    for file in (os.environ.get("SSL_CERT_FILE", ""), *_SYSTEM_ROOTS):
        if file and Path(file).is_file():
            return file
    return "system"


def _own_root_file() -> Path:
    if os.name == "nt":
        return Path(os.environ.get("APPDATA", "")) / "postgresql" / "root.crt"
    return Path("~/.postgresql/root.crt").expanduser()


def _prepare(dbapi_connection: Any, record: object) -> None:
    """What each new connection needs. SQLAlchemy's own preparations, which register UUID objects, ran before. Raises
    UserError where the server is too old."""
    try:
        server_version.check(dbapi_connection.server_version)
    except UserError:
        dbapi_connection.close()
        raise
    for typecaster in _TYPECASTERS:
        extensions.register_type(typecaster, dbapi_connection)
    before, dbapi_connection.autocommit = dbapi_connection.autocommit, True
    try:
        with dbapi_connection.cursor() as cursor:
            # The server notices within two seconds that we are gone, and frees our locks. PostgreSQL 14 and newer, and
            # not on every operating system.
            cursor.execute("SET client_connection_check_interval = 2000")
    except psycopg2.Error:
        if dbapi_connection.closed:
            raise
    finally:
        if not dbapi_connection.closed:
            dbapi_connection.autocommit = before


# ------------------------------------------------------------------------------------------------------------ values


def _moments(driver_cast: Any) -> Any:
    def cast(text: str | None, cursor: Any) -> Any:
        if text is None:
            return None
        if text.endswith(("infinity", "BC")):
            return OddMoment(text)
        try:
            return driver_cast(text, cursor)
        except (ValueError, OverflowError, psycopg2.DataError):
            return OddMoment(text)

    return cast


def _text(text: Any, cursor: Any) -> Any:
    return text


def _make_typecasters() -> tuple[Any, ...]:
    made = []
    for name, oid, array_oid, cast in (
        ("LMS_TIMESTAMPTZ", 1184, 1185, _moments(extensions.PYDATETIMETZ)),
        ("LMS_TIMESTAMP", 1114, 1115, _moments(extensions.PYDATETIME)),
        ("LMS_DATE", 1082, 1182, _moments(extensions.PYDATE)),
        ("LMS_UUID", 2950, 2951, _text),
    ):
        one = extensions.new_type((oid,), name, cast)
        made += [one, extensions.new_array_type((array_oid,), f"{name}_ARRAY", one)]
    return tuple(made)


_TYPECASTERS = _make_typecasters()


def _load_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return OddJson(text)


def _dump_json(value: Any) -> str:
    return value if isinstance(value, OddJson) else json.dumps(value, ensure_ascii=False, allow_nan=False)
