"""From an entity to the texts of what it refers to: outer joins over paths, labels as people say them."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, DateTime, String, Text, Uuid, case, cast, func, null
from sqlalchemy.orm import aliased

from lms_desktop.entities import ENTITIES
from lms_desktop.spec import Attribute, Catalog, Path

BY_TABLE: dict[str, type] = {entity.__tablename__: entity for entity in ENTITIES}
SEPARATOR = " · "


def hops_of(path: Path) -> tuple[Attribute, ...]:
    """A path as a tuple of attributes."""
    return path if isinstance(path, tuple) else (path,)


def target_of(attribute: Attribute) -> type | None:
    """The entity that a foreign key refers to; None for any other column."""
    for key in attribute.property.columns[0].foreign_keys:
        return BY_TABLE[key.column.table.name]
    return None


def is_nullable(attribute: Attribute) -> bool:
    """Whether the attribute's column takes NULL."""
    return bool(attribute.property.columns[0].nullable)


class Joins:
    """The joins that one SELECT needs, each made once.

    Attributes:
        root: the entity (or alias) from whose table all paths start.
        zone: the IANA name of the zone in which moments inside labels are written.
        conditions: (alias, condition, outer) of each join so far. Where a row must have what it refers to, the join is
            an inner one: only then may PostgreSQL begin with the table that is joined, in the order of its index.
    """

    def __init__(self, catalog: Catalog, root: Any, zone: str) -> None:
        self.root = root
        self.zone = zone
        self._catalog = catalog
        self._aliases: dict[tuple[str, ...], Any] = {}
        self._certain: set[tuple[str, ...]] = {()}
        self.conditions: list[tuple[Any, ColumnElement[bool], bool]] = []

    def at(self, hops: tuple[Attribute, ...]) -> Any:
        """The column at the end of a path, joining what lies between."""
        return getattr(self.row(hops[:-1]), hops[-1].key)

    def label(self, path: Path) -> ColumnElement[str]:
        """The text of a path's end: of a reference, what its target is called."""
        hops = hops_of(path)
        target = target_of(hops[-1])
        if target is None:
            return self.text(self.at(hops))
        return self._joined([hops + hops_of(part) for part in self._catalog[target].title])

    def detail(self, path: Path) -> ColumnElement[str]:
        """The muted text beside the label of a reference; NULL where its target has none."""
        hops = hops_of(path)
        target = target_of(hops[-1])
        if target is None or not self._catalog[target].detail:
            return cast(null(), Text)
        return self._joined([hops + hops_of(part) for part in self._catalog[target].detail])

    def sorted_by(self, path: Path) -> tuple[Attribute, ...]:
        """The column by which a path is sorted: its end, of a reference the first part of its target's title."""
        hops = hops_of(path)
        target = target_of(hops[-1])
        return hops if target is None else self.sorted_by(hops + hops_of(self._catalog[target].title[0]))

    def text(self, column: Any) -> ColumnElement[str]:
        """A column as text for a label: moments to the minute in the person's zone."""
        if isinstance(column.type, DateTime):
            local = cast(func.timezone(self.zone, column), Text)
            return case((func.isfinite(column), func.substring(local, r"^(.*\d\d:\d\d):")), else_=local)
        return cast(column, Text) if not isinstance(column.type, String) else column

    def apply(self, statement: Any) -> Any:
        """The statement with all joins asked for so far."""
        for alias, condition, outer in self.conditions:
            statement = statement.join(alias, condition, isouter=outer)
        return statement

    def joined(self, texts: Sequence[ColumnElement[str]]) -> ColumnElement[str]:
        """Several texts as one, without those that are NULL."""
        return texts[0] if len(texts) == 1 else func.concat_ws(SEPARATOR, *texts)

    def _joined(self, paths: list[tuple[Attribute, ...]]) -> ColumnElement[str]:
        return self.joined([self.label(path) for path in paths])

    def row(self, hops: tuple[Attribute, ...]) -> Any:
        """What stands for the row that a path of references leads to, joining what lies between."""
        if not hops:
            return self.root
        name = tuple(hop.key for hop in hops)
        if name not in self._aliases:
            target = target_of(hops[-1])
            if target is None:
                raise TypeError(f"{hops[-1]} is no reference")
            near = getattr(self.row(hops[:-1]), hops[-1].key)
            alias: Any = aliased(target)
            if name[:-1] in self._certain and not is_nullable(hops[-1]):
                self._certain.add(name)
            self.conditions.append((alias, alias.id == near, name not in self._certain))
            self._aliases[name] = alias
        return self._aliases[name]


def wire_text(column: Any) -> ColumnElement[Any]:
    """A column as wire text; texts stay as they are, everything else as PostgreSQL prints it."""
    if isinstance(column.type, String) and not isinstance(column.type, Uuid):
        return column  # type: ignore[no-any-return]
    return cast(column, Text)


def any_of(conditions: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    """The conditions joined by OR."""
    return reduce(lambda left, right: left | right, conditions)
