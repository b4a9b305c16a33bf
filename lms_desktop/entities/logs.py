"""The change log's tables, which are this application's own.

No entities of the document: Alembic's autogenerate and the web backend know nothing of them. Revision `d001_change_log`
makes them and says how they are filled.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    Identity,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import CHAR, JSON

SCHEMA = "lms_desktop"
"""The PostgreSQL schema of everything that is ours."""

CHANNEL = "lms_desktop"
"""The channel on which the log tells, at COMMIT and as JSON, each statement's `operation`, `entity` (table), `action`
(I, U, D), number of `rows`, and their `ids`: null where there are more than 100."""

_metadata = MetaData(schema=SCHEMA)

operations = Table(
    "operations",
    _metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("id", Uuid(as_uuid=False), nullable=False, unique=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("xid", Text, nullable=False),
    Column("actor_id", Uuid(as_uuid=False)),
    Column("actor_name", Text, nullable=False),
    Column("actor_email", Text, nullable=False),
    Column("actor_role", Text, nullable=False),
    Column("db_role", Text, nullable=False),
    Column("machine", Text, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("parts", JSON),
    Column("reverts", Uuid(as_uuid=False)),
)
"""One row an operation. `sentence` is English; `parts` (template, words, values) make it again in other languages;
`reverts` is the operation that it took back. `seq` orders them as they began to write, not as they were committed."""

changes = Table(
    "changes",
    _metadata,
    Column("operation", BigInteger, primary_key=True),
    Column("n", BigInteger, Identity(always=True), primary_key=True),
    Column("entity", Text, nullable=False),
    Column("row_id", Uuid(as_uuid=False), nullable=False),
    Column("action", CHAR(1), nullable=False),
    Column("before", JSON),
    Column("after", JSON),
    Column("hidden", ARRAY(Text)),
)
"""One row a changed row, in the order of `n`; the same row may come several times. `operation` is the operation's
`seq`, `entity` the table's name, `action` I, U or D. `before` and `after` are JSON objects of column → text as
PostgreSQL prints it (UTC), or null: whole rows for D and I, for U only the columns that changed. `hidden` are secret
columns that an U changed; their values are nowhere."""

sign_ins = Table(
    "sign_ins",
    _metadata,
    Column("n", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("user_id", Uuid(as_uuid=False)),
    Column("email", Text),
    Column("outcome", Text, nullable=False),
    Column("db_role", Text, nullable=False),
    Column("machine", Text, nullable=False),
)
"""One row an attempt to sign in. Of an address that nobody has nothing is kept: it may be a password typed in the wrong
place."""
