"""One record in full, and the general save: new rows, changed rows, one transaction, nobody overwritten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Text, and_, cast, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from lms_desktop import policy
from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import User
from lms_desktop.errors import (
    BadValue,
    BugError,
    Busy,
    Cancelled,
    Conflict,
    ConnectionLost,
    Denied,
    UserError,
    explain,
)
from lms_desktop.errors.sentences import Sentence
from lms_desktop.services import deleting, gate, house_rules, ordering
from lms_desktop.services.deleting import Agreed, Remedy
from lms_desktop.services.impact import version_text
from lms_desktop.services.joins import Joins, wire_text
from lms_desktop.services.large_deletes import Progress
from lms_desktop.services.titles import title, titles
from lms_desktop.spec import N_, Catalog, Computed, EntityAdmin, Field, Ref, Secret

Values = Mapping[str, str | None]

# What happened to the first of the rows that clash: alone, and with others.
_DELETED = (
    N_("{name} was deleted by somebody else meanwhile. Nothing was saved; your edits are still here."),
    N_("{name} was deleted by somebody else meanwhile, and {more} more. Nothing was saved; your edits are still here."),
)
_CHANGED = (
    N_("{name} was changed by somebody else meanwhile. Nothing was saved; your edits are still here."),
    N_("{name} was changed by somebody else meanwhile, and {more} more. Nothing was saved; your edits are still here."),
)
_CHANGED_IN = (
    N_("{name} was changed by somebody else meanwhile ({fields}). Nothing was saved; your edits are still here."),
    N_(
        "{name} was changed by somebody else meanwhile ({fields}), and {more} more. "
        "Nothing was saved; your edits are still here."
    ),
)

BOOKKEEPING = frozenset({"updated_at", "last_login_at"})
"""Columns that programs write by themselves: another value there is nobody's change."""


@dataclass(frozen=True)
class Record:
    """A row in full. `values` are wire texts by field key, `labels` what references are called (label, detail),
    `may` the verbs that the actor has on this very row."""

    entity: type
    id: str
    version: str
    title: str
    detail: str
    values: Values
    labels: Mapping[str, tuple[str, str]]
    may: frozenset[str]


@dataclass(frozen=True)
class Edit:
    """What a person wants of one row: `values` by field key; `base` are the values they started from, `seen` all that
    was on the screen then, `version` the row's version, None for a new row whose `id` was made here."""

    entity: type
    id: str
    version: str | None
    values: Values
    base: Values = field(default_factory=dict)
    title: str = ""
    seen: Values = field(default_factory=dict)


class Refused(UserError):
    """A save was refused because of one row; `row_id` and `field` say which, nothing was written."""

    def __init__(self, error: UserError, row_id: str) -> None:
        super().__init__(**error.again())
        self.row_id = row_id


@dataclass(frozen=True)
class Clash:
    """One row that somebody else changed meanwhile. `fields` are (key, base, theirs) of what they changed; `theirs` the
    row as it is now, None when it is gone; `when` the wire moment of their change where the row tells it."""

    edit: Edit
    title: str
    fields: tuple[tuple[str, str | None, str | None], ...]
    theirs: Record | None
    when: str | None = None


class Clashes(Conflict):
    """Nothing was saved: these rows are no longer as the person saw them."""

    def __init__(self, text: str, clashes: tuple[Clash, ...], values: Mapping[str, object] | None = None) -> None:
        super().__init__(text, way_out=N_("Look at what changed, then keep your edits or take theirs."), values=values)
        self.clashes = clashes


class Records:
    """Loads and saves the records of a catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def load(self, uow: UnitOfWork, entity: Any, row_id: str, zone: str = "UTC") -> Record | None:
        """The record, or None where there is none within the actor's reach."""
        reach = gate.condition(uow, entity, "view")
        admin = self.catalog[entity]
        joins = Joins(self.catalog, entity, zone)
        fields = [f for f in admin.fields if not isinstance(f.kind, Secret)]
        refs = [f for f in fields if isinstance(f, Field) and isinstance(f.kind, Ref)]
        verbs = ["edit", "delete", *policy.rules(entity).acts]
        shown: list[Any] = [
            cast(entity.id, Text),
            version_text(entity),
            title(joins, admin.title),
            title(joins, admin.detail),
        ]
        shown += [_value(joins, entity, f) for f in fields]
        shown += [text for f in refs for text in (joins.label(f.path), joins.detail(f.path))]
        shown += [policy.scope(uow.actor, entity, verb) for verb in verbs]
        statement = joins.apply(select(*[s.label(f"c{i}") for i, s in enumerate(shown)]).select_from(entity))
        row: Any = uow.execute(statement.where(reach, entity.id == row_id)).one_or_none()
        if row is None:
            return None
        values: dict[str, str | None] = dict(zip((f.key for f in fields), row[4:], strict=False))
        texts = row[4 + len(fields) :]
        labels = {f.key: (texts[2 * i] or "", texts[2 * i + 1] or "") for i, f in enumerate(refs)}
        may = frozenset(verb for verb, allowed in zip(verbs, texts[2 * len(refs) :], strict=True) if allowed)
        return Record(entity, row[0], row[1], row[2] or "", row[3] or "", values, labels, may)

    def save(self, uow: UnitOfWork, edits: Sequence[Edit]) -> Outcome:
        """Write all edits (of one entity) or none; the outcome's value is the rows' new versions by id.

        Raises Clashes when rows were changed meanwhile, Refused when a value or the database forbids one row, Denied.
        """
        clashes, left, place = [], set[str](), self.catalog[edits[0].entity].place
        if place:
            parents = (values.get(place.parent.key) for edit in edits for values in (edit.values, edit.base))
            ordering.lock_parents(uow, place, filter(None, parents))
        # Rows are written in one order by everybody, lest two people who save the same ones block each other.
        for edit in sorted(edits, key=lambda edit: (edit.version is None, edit.id if edit.version else "")):
            try:
                clash = self._write(uow, edit, left)
            except (DBAPIError, ValueError, UserError) as error:
                raise self._refused(error, edit) from error
            if clash:
                clashes.append(clash)
        if clashes:
            raise self._clashes(clashes)
        if place and left:
            ordering.renumber(uow, place, left)
        house_rules.after(uow, {edit.entity for edit in edits})
        undoable = any(edit.version is None or set(edit.values) != {"password_hash"} for edit in edits)
        return uow.outcome(self._saved_sentence(uow, edits), self._versions(uow, edits), undoable=undoable)

    def delete(
        self,
        uow: UnitOfWork,
        entity: Any,
        versions: Mapping[str, str],
        agreed: Agreed,
        progress: Progress | None = None,
        remedies: Sequence[Remedy] = (),
    ) -> Outcome:
        """Delete rows (id → version). `agreed` is what the person agreed to lose, `remedies` what is done first with
        rows that refer to them; with `progress` a large tree goes in chunks.

        Raises UserError when something forbids it or the counts are others now, Conflict when a row was changed.
        """
        return deleting.delete(uow, self.catalog, entity, versions, agreed, progress, remedies)

    # One row

    def _write(self, uow: UnitOfWork, edit: Edit, left: set[str]) -> Clash | None:
        """Write one row. Parents whose lists it leaves are added to `left`: they are renumbered once all rows are
        written, since that gives their other rows new versions."""
        admin = self.catalog[edit.entity]
        verb = "add" if edit.version is None else "edit"
        gate.check_entity(uow, edit.entity, verb)
        values = house_rules.before(uow, edit.entity, edit.id, dict(edit.values), new=edit.version is None)
        self._check(uow, admin, edit, values)
        if edit.version is None:
            if not self._insert(uow, admin, edit, values):
                return self._insert_again(uow, edit, left)
        elif not self._update(uow, admin, edit, values, left):
            clash = self._clash(uow, edit)
            if clash.theirs is None or any(edit.values.get(key, "\0") != now for key, _, now in clash.fields):
                return clash
            # Nothing that was seen is other than wanted: somebody signed in, a program wrote the same values again, or
            # this very save came through before and its answer was lost.
            if not self._update(uow, admin, replace(edit, version=clash.theirs.version), values, left):
                return self._clash(uow, edit)
        self._still_within_reach(uow, edit, verb)
        return None

    def _check(self, uow: UnitOfWork, admin: EntityAdmin, edit: Edit, values: Values) -> None:
        gate.check_fields(uow, edit.entity, set(edit.values) & set(values))
        own = {f.key: f for f in admin.own_fields}
        for key in edit.values:
            if key not in own or own[key].readonly or (own[key].fixed and edit.version is not None):
                raise Denied(N_("This field cannot be changed here."), field=key)
        for key, value in values.items():
            check_value(own[key], value)
        if edit.version is None:
            for missing in (f for f in own.values() if not f.may_be_null and not _given(f, values)):
                raise BadValue(N_("{field} is needed."), field=missing.key, values={"field": missing.label})

    def _insert(self, uow: UnitOfWork, admin: EntityAdmin, edit: Edit, values: Values) -> bool:
        """Whether the row is new. Its id was made for this edit alone: where it is known, an earlier attempt to save
        the edit came through though its answer was lost."""
        entity: Any = edit.entity
        given = _columns(admin, values)
        if admin.place:
            parent_id = values[admin.place.parent.key]
            if parent_id is None:
                raise BadValue(N_("Say first where it belongs."), field=admin.place.parent.key)
            ordering.lock_parents(uow, admin.place, [parent_id])
            given[admin.place.order.property.columns[0]] = ordering.last_place(uow, admin.place, parent_id)
        uow.touch(edit.entity, [edit.id], "insert")
        statement: Any = insert(entity.__table__).values({entity.__table__.c.id: edit.id, **given})
        statement = statement.on_conflict_do_nothing(index_elements=["id"]).returning(entity.__table__.c.id)
        return uow.execute(statement).one_or_none() is not None

    def _insert_again(self, uow: UnitOfWork, edit: Edit, left: set[str]) -> Clash | None:
        """Write to a row that is there already what the edit wants otherwise by now."""
        now = self.load(uow, edit.entity, edit.id)
        if now is None:
            return Clash(edit, edit.title, (), None)
        stored = {key: now.values.get(key) for key in edit.values}  # a secret is never loaded: it is written once more
        wanted = {key: value for key, value in edit.values.items() if stored[key] != value}
        if not wanted:
            return None
        return self._write(uow, replace(edit, version=now.version, values=wanted, base=stored), left)

    def _update(self, uow: UnitOfWork, admin: EntityAdmin, edit: Edit, values: Values, left: set[str]) -> bool:
        """Whether the row was still as it was read, and is now changed."""
        entity: Any = edit.entity
        place, given, former, reach = admin.place, _columns(admin, values), None, _reach_of_edit(uow, edit)
        if place and (parent_id := values.get(place.parent.key)):
            # The list that it leaves is read here: what the edit says of it is not to be trusted with others' lists.
            former = uow.execute(select(place.parent).where(entity.id == edit.id, reach)).scalar_one_or_none()
            if former and former != parent_id:
                ordering.lock_parents(uow, place, [former, parent_id])
                given[place.order.property.columns[0]] = ordering.last_place(uow, place, parent_id)
        row = uow.execute(
            update(entity.__table__)
            .where(and_(entity.id == edit.id, version_text(entity) == edit.version, reach))
            .values(given)
            .returning(entity.__table__.c.id)
        ).one_or_none()
        if row is None:
            return False
        uow.touch(edit.entity, [edit.id], "update")
        if former:
            left.add(former)
        return True

    def _still_within_reach(self, uow: UnitOfWork, edit: Edit, verb: str) -> None:
        """A row may not be written out of the actor's reach: an instructor cannot hand a lesson to another's course."""
        if edit.version is not None and set(edit.values) == {"password_hash"}:
            verb = "set_password"
        gate.require(uow, edit.entity, verb, [edit.id])

    def _clash(self, uow: UnitOfWork, edit: Edit) -> Clash:
        """Why an update found no row: gone, changed, or out of reach (then Denied is raised)."""
        now = self.load(uow, edit.entity, edit.id)
        if now is None:
            return Clash(edit, edit.title, (), None)
        if now.version == edit.version:
            gate.require(uow, edit.entity, "edit", [edit.id])
            raise BugError("an update found no row though its version is unchanged")
        own = {f.key for f in self.catalog[edit.entity].own_fields} - BOOKKEEPING
        fields = tuple(
            (key, was, now.values[key])
            for key, was in {**edit.seen, **edit.base}.items()
            if key in own and key in now.values and now.values[key] != was
        )
        return Clash(edit, now.title, fields, now, now.values.get("updated_at"))

    @staticmethod
    def _versions(uow: UnitOfWork, edits: Sequence[Edit]) -> dict[str, str]:
        entity: Any = edits[0].entity
        statement = select(cast(entity.id, Text), version_text(entity)).where(entity.id.in_([e.id for e in edits]))
        return dict(map(tuple, uow.execute(statement)))

    # Words

    def _clashes(self, clashes: list[Clash]) -> Clashes:
        first = clashes[0]
        admin = self.catalog[first.edit.entity]
        fields = tuple(admin.field(key).label for key, _, _ in first.fields[:4])
        one, several = _DELETED if first.theirs is None else _CHANGED_IN if fields else _CHANGED
        values = {"name": first.title or admin.noun, "fields": fields, "more": len(clashes) - 1}
        return Clashes(several if len(clashes) > 1 else one, tuple(clashes), values)

    def _saved_sentence(self, uow: UnitOfWork, edits: Sequence[Edit]) -> str:
        admin = self.catalog[edits[0].entity]
        if len(edits) > 1:
            return Sentence(N_("Saved {n} {things}."), ("things",), n=len(edits), things=admin.plural.lower())
        names = self.titles(uow, edits[0].entity, [edits[0].id])
        if names:
            return Sentence(N_("Saved {name}."), name=names[0])
        return Sentence(N_("Saved the {thing}."), ("thing",), thing=admin.noun)

    def titles(self, uow: UnitOfWork, entity: Any, ids: Sequence[str]) -> list[str]:
        """What these rows are called, in no order; "" for one without a name."""
        return list(titles(uow, self.catalog, entity, ids).values())

    def _refused(self, error: Exception, edit: Edit) -> Exception:
        if isinstance(error, Conflict):
            return error
        explained = error if isinstance(error, UserError) else explain(error)
        no_fault_of_the_row = BugError | gate.ActorLost | Busy | Cancelled | ConnectionLost
        return explained if isinstance(explained, no_fault_of_the_row) else Refused(explained, edit.id)


def check_value(field: Field, value: str | None) -> None:
    """Raise BadValue, naming the field, when this value may not stand in it."""
    try:
        if value is None:
            if not field.may_be_null:
                raise BadValue(N_("{field} is needed."), values={"field": field.label})
        else:
            field.kind.check(value)
    except BadValue as error:
        error.field = field.key
        raise


def _reach_of_edit(uow: UnitOfWork, edit: Edit) -> Any:
    reach = policy.scope(uow.actor, edit.entity, "edit")
    if edit.entity is User and "password_hash" in edit.values:
        reach = and_(reach, policy.scope(uow.actor, User, "set_password"))
    return reach


def _given(field: Field, values: Values) -> bool:
    column = field.attribute.property.columns[0]
    return field.key in values or field.readonly or column.default is not None or column.server_default is not None


def _columns(admin: EntityAdmin, values: Values) -> dict[Any, Any]:
    """Columns with their values as `CAST(text AS type)`: exact for far dates and JSON alike."""
    given = {}
    for key, value in values.items():
        column = admin.field(key).attribute.property.columns[0]  # type: ignore[union-attr]
        given[column] = cast(literal(value, Text()), column.type)
    return given


def _value(joins: Joins, entity: Any, field: Field | Computed) -> Any:
    if isinstance(field, Computed):
        return cast(field.expression(entity), Text)
    return wire_text(joins.at(field.hops))
