"""What the columns of a table show: the texts of its rows and of what they refer to."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, null

from lms_desktop import policy
from lms_desktop.services.joins import Joins, wire_text
from lms_desktop.services.paging import is_long
from lms_desktop.spec import Catalog, Computed, Field, Ref

EXCERPT = 300
"""Characters of a long text that a table shows; the form loads the whole."""
KEPT = 32
"""So many tables, each with one set of columns, are remembered."""

Texts = tuple[Joins, list[ColumnElement[Any]]]
"""The texts of some columns in their order, and the joins that they need."""


class ColumnTexts:
    """The texts that columns show, put together once for all queries.

    A table under another name is hundreds of objects in SQLAlchemy: two thirds of those that a statement is made of.
    What is thrown away with each query waits for the garbage collector, which holds the window up.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.of = lru_cache(maxsize=KEPT)(self._make)

    def _make(self, entity: Any, zone: str, columns: tuple[str, ...]) -> Texts:
        joins, admin = Joins(self._catalog, entity, zone), self._catalog[entity]
        return joins, [text for key in columns for text in _texts(joins, entity, admin.field(key))]


def _texts(joins: Joins, entity: Any, field: Field | Computed) -> list[ColumnElement[Any]]:
    if isinstance(field, Computed):
        return [cast(field.expression(entity), Text)]
    if (field.hops[-1].class_, field.attribute.key) in policy.SECRETS:
        return [cast(null(), Text)]
    value = wire_text(joins.at(field.hops))
    if isinstance(field.kind, Ref):
        return [value, joins.label(field.path), joins.detail(field.path)]
    return [func.left(value, EXCERPT) if is_long(field) else value]
