"""The address of a database in the parts that a form has fields for."""

from collections.abc import Mapping
from dataclasses import field

from sqlalchemy.engine import URL

from lms_desktop.database.engine import is_local, normalise_url
from lms_desktop.errors.kinds import N_, BadValue
from lms_desktop.frozen import frozen

TLS_MODES = ("verify-full", "verify-ca", "require", "prefer", "allow", "disable")
"""libpq's `sslmode`, the safest first. Only the first proves that the server is the one that the address names."""

_SECRETS = ("password", "sslpassword")


@frozen
class AddressParts:
    """Everything as text, "" for what is not given.

    Attributes:
        host: A name, an address, or the folder of a socket; "": this computer.
        tls: One of TLS_MODES; "": the usual, which is `verify-full` unless the server is on this computer.
        options: What else the address says (`sslrootcert`, `application_name`, …), kept as it is.
    """

    host: str = ""
    port: str = ""
    database: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    tls: str = ""
    options: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, address: str | URL) -> "AddressParts":
        """Take an address apart. Raises UserError for what is none."""
        url = normalise_url(address)
        options = dict(url.query)
        host, port, tls = (_single(options, key) for key in ("host", "port", "sslmode"))
        return cls(
            host=url.host or host,
            port=str(url.port) if url.port is not None else port,
            database=url.database or "",
            user=url.username or "",
            password=url.password or "",
            tls=tls if tls in TLS_MODES else "",
            options=options,
        )

    @property
    def local(self) -> bool:
        """Whether the server is on this computer, as far as the host says it."""
        return is_local(self._url(port=None))

    def url(self) -> URL:
        """Put the address together. Raises BadValue with the part's name as its field."""
        port = self.port.strip()
        if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise BadValue(N_("A port is a number from 1 to 65535."), field="port")
        if not self.database.strip():
            raise BadValue(N_("Type the name of the database."), field="database")
        return self._url(int(port) if port else None)

    def _url(self, port: int | None) -> URL:
        host, query = self.host.strip(), dict(self.options)
        if self.tls:
            query["sslmode"] = self.tls
        if host.startswith(("/", "@")) or "," in host:  # a socket, or several hosts: only the options can say that
            query["host"] = host
            if port is not None:
                query["port"] = str(port)
            host, port = "", None
        return URL.create(
            "postgresql+psycopg2",
            username=self.user.strip() or None,
            password=self.password or None,
            host=host or None,
            port=port,
            database=self.database.strip() or None,
            query=query,
        )


def without_secrets(address: str | URL) -> str:
    """An address to be remembered: complete but for its passwords. Raises UserError for what is none."""
    url = normalise_url(address).difference_update_query(_SECRETS)
    return URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query).render_as_string(
        hide_password=False
    )


def _single(options: dict[str, str | tuple[str, ...]], key: str) -> str:
    """Take an option out; of several of a name the first."""
    value = options.pop(key, "")
    return value if isinstance(value, str) else ",".join(value)
