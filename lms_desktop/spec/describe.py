"""An entity's face, declared once: labels, fields, what may be filtered, related lists, actions. Frozen data."""

from collections.abc import Callable, Mapping
from dataclasses import field
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute

from lms_desktop.database.unit_of_work import Actor, Outcome, UnitOfWork
from lms_desktop.frozen import frozen
from lms_desktop.spec.kinds import Kind, Ref
from lms_desktop.spec.query import Filter, Sort

Attribute = InstrumentedAttribute[Any]
Path = Attribute | tuple[Attribute, ...]
"""An attribute of the entity, or a way over references: `(Certificate.enrollment_id, Enrollment.course_id)`."""

Scope = Callable[[Actor], ColumnElement[bool]]
"""Which rows an actor may reach with a verb, as an SQL condition on the entity's own table."""


def N_(text: str) -> str:
    """Mark a text for translation where it is declared; it is translated where it is shown."""
    return text


def everything(actor: Actor) -> ColumnElement[bool]:
    """The scope of all rows."""
    return true()


class Group(StrEnum):
    """The groups of the navigation, by job."""

    REGISTRY = N_("Registry")
    TEACHING = N_("Teaching")
    ADMINISTRATION = N_("Administration")


@frozen
class Allow:
    """Who may do what with an entity: verb → role → scope. A role that is not named may not. `policy` fills it in.

    `fields` narrows writing further: field key → the roles that may write it, whatever `add` and `edit` say.
    `acts` are the verbs beyond the four, by the action's name.
    """

    view: Mapping[str, Scope] = field(default_factory=dict)
    add: Mapping[str, Scope] = field(default_factory=dict)
    edit: Mapping[str, Scope] = field(default_factory=dict)
    delete: Mapping[str, Scope] = field(default_factory=dict)
    acts: Mapping[str, Mapping[str, Scope]] = field(default_factory=dict)
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def scopes(self, verb: str) -> Mapping[str, Scope]:
        """Role → scope of a verb: "view", "add", "edit", "delete" or the name of an act."""
        if verb in {"view", "add", "edit", "delete"}:
            scopes: Mapping[str, Scope] = getattr(self, verb)
            return scopes
        return self.acts.get(verb, {})

    def may(self, role: str, verb: str) -> bool:
        """Whether the role has the verb on some row at least."""
        return role in self.scopes(verb)

    def may_write(self, role: str, key: str) -> bool:
        """Whether the role may write this field where it may add or edit at all."""
        return key not in self.fields or role in self.fields[key]


@frozen
class Field:
    """One attribute of an entity on the screen.

    `path` is the attribute, or the way to it over references (then it is only read). `column` shows it in the table,
    `search` lets the search box look into it (for a reference: into what the target searches), `filter` offers a chip.
    `readonly` is never written here; `fixed` only while the row is new. `required` asks for a value though the column
    takes NULL; `made` says that a new row gets one where none is given; one `in_form` is written in the form alone,
    where other fields change with it. `default` is the wire text that a new row starts with, `help` one sentence below
    the editor.
    `width` is the table column's first width in pixels at 100 %.
    """

    path: Path
    label: str
    kind: Kind
    column: bool = False
    search: bool = False
    filter: bool = False
    readonly: bool = False
    fixed: bool = False
    required: bool = False
    made: bool = False
    form: bool = True
    in_form: bool = False
    default: str | None = None
    help: str = ""
    width: int = 152

    @cached_property
    def hops(self) -> tuple[Attribute, ...]:
        """The path as a tuple."""
        return self.path if isinstance(self.path, tuple) else (self.path,)

    @property
    def attribute(self) -> Attribute:
        """The attribute at the end of the path."""
        return self.hops[-1]

    @cached_property
    def key(self) -> str:
        """The field's name within its entity: the attribute's, or the path's joined by dots."""
        return ".".join(hop.key for hop in self.hops)

    @property
    def own(self) -> bool:
        """Whether it is a column of the entity's own table."""
        return len(self.hops) == 1

    @property
    def nullable(self) -> bool:
        """Whether the column takes NULL."""
        return bool(self.attribute.property.columns[0].nullable)

    @property
    def may_be_null(self) -> bool:
        """Whether a person may leave it without a value."""
        return self.nullable and not self.required

    @property
    def needed(self) -> bool:
        """Whether a new row must be given a value: nothing else makes one."""
        column = self.attribute.property.columns[0]
        made = self.made or self.readonly or column.default is not None or column.server_default is not None
        return not (self.may_be_null or made)


class InBulk(NamedTuple):
    """What SQL works out for all rows of a table in one go: an expression, and the (selectable, condition) that are
    joined for it, by outer joins that find one row at most."""

    expression: ColumnElement[Any]
    joins: tuple[tuple[Any, ColumnElement[bool]], ...]


@frozen
class Computed:
    """A column that SQL works out for each row: `expression` takes the entity's (aliased) class. Only read.

    `in_bulk`: the same for a statement that works it out for all rows of the table, where that is much faster; value
    and type must be the same.
    """

    key: str
    label: str
    kind: Kind
    expression: Callable[[Any], ColumnElement[Any]]
    column: bool = True
    filter: bool = False
    form: bool = False
    help: str = ""
    width: int = 130
    search: bool = False
    readonly: bool = True
    in_bulk: Callable[[Any], InBulk] | None = None

    @property
    def own(self) -> bool:
        """It is not a column of the table."""
        return False


@frozen
class Related:
    """A list of other rows that hang on a record: `entity` rows whose `attribute` is the record's id."""

    entity: type
    attribute: Attribute
    label: str


@frozen
class Place:
    """The row's place (1..n) in the list of its parent."""

    parent: Attribute
    order: Attribute


@frozen
class Action:
    """A verb beyond add, edit and delete. `run` works on the ids in one transaction, after the gate let them through.

    `name` is the verb in `Allow.acts`; `confirm` asks first (with {n} for the number of rows); `gentler` offers it
    in place of a delete, and `says` then what it does; `on` limits it to rows whose field has this wire value.
    `doubts` reads, before anybody is asked, the sentences that speak against it; it may be done all the same.
    """

    name: str
    label: str
    icon: str
    run: Callable[[UnitOfWork, tuple[str, ...]], Outcome]
    confirm: str = ""
    gentler: bool = False
    says: str = ""
    on: tuple[str, str] | None = None
    doubts: Callable[[UnitOfWork, tuple[str, ...]], tuple[str, ...]] | None = None


@frozen
class EntityAdmin:
    """An entity's face.

    `name` is the page's name in addresses and settings. `title` and `detail` are what a person calls a row: paths whose
    texts are joined by " · ". `noun` is one row in the middle of a sentence. `blank` is what an empty page says.
    """

    entity: type
    name: str
    label: str
    plural: str
    noun: str
    icon: str
    group: Group
    title: tuple[Path, ...]
    fields: tuple[Field | Computed, ...]
    allow: Allow
    detail: tuple[Path, ...] = ()
    sorts: tuple[Sort, ...] = ()
    related: tuple[Related, ...] = ()
    actions: tuple[Action, ...] = ()
    quick: tuple[tuple[str, Filter], ...] = ()
    place: Place | None = None
    new: str = ""
    delete: str = ""
    blank: str = ""

    def field(self, key: str) -> Field | Computed:
        """The field of this key; raises KeyError."""
        for candidate in self.fields:
            if candidate.key == key:
                return candidate
        raise KeyError(key)

    @property
    def columns(self) -> tuple[Field | Computed, ...]:
        """The fields that the table shows unless the person chose others."""
        return tuple(f for f in self.fields if f.column)

    @property
    def own_fields(self) -> tuple[Field, ...]:
        """The fields that stand in the entity's own table."""
        return tuple(f for f in self.fields if isinstance(f, Field) and f.own)

    def refs(self) -> tuple[Field, ...]:
        """The own fields that refer to another entity."""
        return tuple(f for f in self.own_fields if isinstance(f.kind, Ref))


Catalog = Mapping[type, EntityAdmin]
"""All declarations by their entity."""
