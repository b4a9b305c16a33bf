"""What the ten entities share: names of keys and indexes, types of columns, and the row's version."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import JSON, DateTime, Dialect, FetchedValue, MetaData, Uuid, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

NAMING_CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> str:
    """A random (version 4) UUID as text, the form in which ids travel through the whole application."""
    return str(uuid.uuid4())


class XID(UserDefinedType[str]):
    """PostgreSQL's transaction id, as text: `xid` has an equality with text literals and no cast from integer."""

    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        """Overrides UserDefinedType: the type's name in DDL."""
        return "xid"

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:
        """Overrides TypeEngine: what is sent is text."""
        return lambda value: None if value is None else str(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], str | None]:
        """Overrides TypeEngine: what comes back is text, whatever the driver makes of the type."""
        return lambda value: None if value is None else str(value)


# JSON is stored as the `json` type, which keeps the text as it was written; a Python None is SQL NULL, never JSON null.
Json = JSON(none_as_null=True)

PrimaryKey = Annotated[str, mapped_column(Uuid(as_uuid=False), primary_key=True, default=new_id)]
Reference = Annotated[str, mapped_column(Uuid(as_uuid=False))]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
CreatedAt = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
UpdatedAt = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now(), onupdate=func.now())]


class Base(DeclarativeBase):
    """A table of the document.

    Attributes:
        xmin: The id of the transaction that wrote the row as it stands, a system column of every PostgreSQL table. It
            is the row's version: an ORM UPDATE or DELETE of a row that somebody, by whatever program, has written since
            it was read raises StaleDataError. DDL never creates it, autogenerate never reports it.
    """

    metadata = MetaData(naming_convention=NAMING_CONVENTION)

    xmin: Mapped[str] = mapped_column(
        XID(), system=True, server_default=FetchedValue(), server_onupdate=FetchedValue(), sort_order=1000
    )
    __mapper_args__ = {"version_id_col": xmin, "version_id_generator": False}  # noqa: RUF012 (ClassVar: mypy objects)
