"""One record in full, and the general save: new rows, changed rows, one transaction, nobody overwritten."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Text, and_, cast, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from lms_desktop import policy
from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import Lesson, User
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
from lms_desktop.services import gate, house_rules, meanwhile, ordering, quizzes, saving_words
from lms_desktop.services.edits import BOOKKEEPING as BOOKKEEPING
from lms_desktop.services.edits import Clash as Clash
from lms_desktop.services.edits import Clashes as Clashes
from lms_desktop.services.edits import Edit as Edit
from lms_desktop.services.edits import Record as Record
from lms_desktop.services.edits import Refused as Refused
from lms_desktop.services.edits import State, Values, Versions, anchors_first
from lms_desktop.services.impact import version_text
from lms_desktop.services.json_merge import MINE
from lms_desktop.services.loading import Loading
from lms_desktop.services.merging import compare, settled
from lms_desktop.services.titles import titles
from lms_desktop.spec import N_, Catalog, EntityAdmin, Field, Place

if TYPE_CHECKING:
    from lms_desktop.services.deleting import Agreed, Remedy
    from lms_desktop.services.large_deletes import Progress

Key = tuple[type, str]
"""A row: its entity and its id."""

_OWN_VERSION = cast(func.mod(cast(cast(func.pg_current_xact_id(), Text), BigInteger), 2**32), Text)
"""The version of the rows that this transaction writes."""


class Records:
    """Loads and saves the records of a catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._loading = Loading(catalog)

    def load(self, uow: UnitOfWork, entity: Any, row_id: str, zone: str = "UTC") -> Record | None:
        """The record, or None where there is none within the actor's reach."""
        return self.load_all(uow, entity, [row_id], zone).get(row_id)

    def load_all(self, uow: UnitOfWork, entity: Any, ids: Sequence[str], zone: str = "UTC") -> dict[str, Record]:
        """By id those records that there are within the actor's reach, in one statement."""
        return self._loading.load(uow, entity, ids, zone)

    def save(self, uow: UnitOfWork, edits: Sequence[Edit]) -> Outcome:
        """Write all edits or none; the outcome's value is the rows' new versions by id. Edits of several entities are
        written parents first: a new quiz and its new questions can come together. What others changed meanwhile stays
        where the edits are of other fields, and the outcome says so.

        Raises Clashes where somebody has to choose, Refused when a value or the database forbids one row, Denied.
        """
        groups = meanwhile.grouped(edits)
        merged = {_key(clash.edit): clash for clash in self._compared(uow, groups)}
        for entity, mine in groups.items():
            self._write_all(uow, entity, mine, merged)
        house_rules.after(uow, set(groups))
        clashes = list(merged.values())
        names = self.titles(uow, edits[0].entity, [edits[0].id]) if len(edits) == 1 else []
        lost = [
            meanwhile.lost(uow, [c for c in clashes if c.state is State.DELETED and c.edit.entity is entity])
            for entity in groups
        ]
        counts = [(self.catalog[entity], len(mine)) for entity, mine in groups.items()]
        sentence = saving_words.saved(counts, clashes, names[0] if names else "", _summed(lost))
        undoable = any(edit.version is None or set(edit.values) != {"password_hash"} for edit in edits)
        return uow.outcome(sentence, self._versions(uow, groups, merged), undoable=undoable)

    def compare(self, uow: UnitOfWork, edits: Sequence[Edit], zone: str = "UTC") -> tuple[Clash, ...]:
        """The edits whose rows somebody changed, deleted or took away since they were begun; writes nothing."""
        return meanwhile.compared(self, uow, edits, zone)

    def delete(
        self,
        uow: UnitOfWork,
        entity: Any,
        versions: Mapping[str, str],
        agreed: "Agreed",
        progress: "Progress | None" = None,
        remedies: "Sequence[Remedy]" = (),
    ) -> Outcome:
        """Delete rows (id → version). `agreed` is what the person agreed to lose, `remedies` what is done first with
        rows that refer to them; with `progress` a large tree goes in chunks.

        Raises UserError when something forbids it or the counts are others now, Conflict when a row was changed.
        """
        from lms_desktop.services import deleting  # and all that looks for what goes along

        return deleting.delete(uow, self.catalog, entity, versions, agreed, progress, remedies)

    # One row

    def _compared(self, uow: UnitOfWork, groups: meanwhile.Groups) -> tuple[Clash, ...]:
        """Lock the rows, and say which somebody changed since. Raises Clashes where both cannot stand."""
        clashes: list[Clash] = []
        for entity, edits in groups.items():
            for verb in {"edit" if edit.version is not None else "add" for edit in edits}:
                gate.check_entity(uow, entity, verb)
        try:
            locked = meanwhile.lock_rows(uow, self.catalog, groups)
            for entity, edits in groups.items():
                known = [edit for edit in edits if edit.version is not None]
                clashes += meanwhile.compared(self, uow, known, known=locked[entity])
        except DBAPIError as error:
            raise explain(error) from error
        hard = [c for c in clashes if c.state is not State.MERGES and not (c.state is State.DELETED and c.edit.restore)]
        if hard:
            raise saving_words.refusal(self.catalog[hard[0].edit.entity], hard, clashes)
        return tuple(clashes)

    def _write_all(self, uow: UnitOfWork, entity: Any, edits: Sequence[Edit], merged: Mapping[Key, Clash]) -> None:
        """Write the edits of one entity."""
        left = set[str]()
        gone = {row_id for (of, row_id), clash in merged.items() if of is entity and clash.state is State.DELETED}
        # Rows are written in one order by everybody, lest two people who save the same ones block each other. Those
        # that come back are the last: others of their list make room for them, which gives these new versions.
        for edit in sorted(
            anchors_first(edits), key=lambda e: (e.id in gone, e.version is None, e.id if e.version else "")
        ):
            try:
                self._save_one(uow, edit, merged.get(_key(edit)), left)
            except (DBAPIError, ValueError, UserError) as error:
                raise self._refused(error, edit) from error
        place = self.catalog[entity].place
        if place and left:
            ordering.renumber(uow, place, left)

    def _save_one(self, uow: UnitOfWork, edit: Edit, clash: Clash | None, left: set[str]) -> None:
        if clash is None:
            self._write(uow, edit, left)
        elif clash.theirs is not None:
            values = settled(self.catalog[edit.entity], clash, {})
            self._write(uow, replace(edit, version=clash.theirs.version, values=values), left)
        else:
            self._restore(uow, edit, clash, left)

    def _write(self, uow: UnitOfWork, edit: Edit, left: set[str]) -> None:
        """Write one row. Parents whose lists it leaves or comes to are added to `left`: they are numbered 1..n once all
        rows are written, since that gives their other rows new versions."""
        admin = self.catalog[edit.entity]
        verb = "add" if edit.version is None else "edit"
        values = house_rules.before(uow, edit.entity, edit.id, dict(edit.values), new=edit.version is None)
        self._check(uow, admin, edit, values)
        if edit.version is None:
            new = self._insert(uow, admin, edit, values)
            if admin.place and (parent_id := values[admin.place.parent.key]):
                left.add(parent_id)  # also where it was there already: room was made for it once more
            if not new:
                self._insert_again(uow, edit, left)
                return
        elif values and not self._update(uow, admin, edit, values, left):
            for asked in ("edit", "set_password") if "password_hash" in edit.values else ("edit",):
                gate.require(uow, edit.entity, asked, [edit.id])
            raise BugError("an update found no row though it is locked")
        self._still_within_reach(uow, edit, verb)

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
            given[admin.place.order.property.columns[0]] = _place(uow, admin.place, parent_id, edit)
        uow.touch(edit.entity, [edit.id], "insert")
        statement: Any = insert(entity.__table__).values({entity.__table__.c.id: edit.id, **given})
        statement = statement.on_conflict_do_nothing(index_elements=["id"]).returning(entity.__table__.c.id)
        return uow.execute(statement).one_or_none() is not None

    def _insert_again(self, uow: UnitOfWork, edit: Edit, left: set[str]) -> None:
        """Write to a row that is there already what the edit wants otherwise by now."""
        gate.check_entity(uow, edit.entity, "edit")
        now = self.load(uow, edit.entity, edit.id)
        if now is None:
            away = Clash(edit, edit.title, State.AWAY)
            raise saving_words.refusal(self.catalog[edit.entity], [away], [away])
        stored = {key: now.values.get(key) for key in edit.values}  # a secret is never loaded: it is written once more
        wanted = {key: value for key, value in edit.values.items() if stored[key] != value}
        if wanted:
            self._write(uow, replace(edit, version=now.version, values=wanted, base=stored), left)

    def _restore(self, uow: UnitOfWork, edit: Edit, clash: Clash, left: set[str]) -> None:
        """Bring a row back that somebody deleted, with what the edit wants of it on top."""
        from lms_desktop.services import deleted_rows  # and all that takes back

        admin = self.catalog[edit.entity]
        gate.check_entity(uow, edit.entity, "add")
        self._check(uow, admin, edit, edit.values)
        deleted_rows.bring_back(uow, self.catalog, edit, clash, _columns(admin, edit.values), left)
        now = self.load(uow, edit.entity, edit.id)
        if now is None:
            raise Denied(N_("What was deleted is not yours to restore."), way_out=N_("An administrator can do it."))
        restored = compare(admin, edit, now)
        values = settled(admin, restored, {point.place: MINE for point in restored.points})
        self._write(uow, replace(edit, version=now.version, values=values), left)

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
                left.add(parent_id)
        # The row is locked: what this transaction has made of it since is no more than another place.
        as_read = or_(version_text(entity) == edit.version, version_text(entity) == _OWN_VERSION)
        row = uow.execute(
            update(entity.__table__)
            .where(and_(entity.id == edit.id, as_read, reach))
            .values(given)
            .returning(entity.__table__.c.id)
        ).one_or_none()
        if row is None:
            return False
        uow.touch(edit.entity, [edit.id], "update")
        if former:
            left.add(former)
            if entity is Lesson and parent_id and former != parent_id:
                quizzes.follow_lessons(uow, {edit.id: former}, parent_id)
        return True

    def _still_within_reach(self, uow: UnitOfWork, edit: Edit, verb: str) -> None:
        """A row may not be written out of the actor's reach: an instructor cannot hand a lesson to another's course."""
        if edit.version is not None and set(edit.values) == {"password_hash"}:
            verb = "set_password"
        gate.require(uow, edit.entity, verb, [edit.id])

    def _versions(self, uow: UnitOfWork, groups: meanwhile.Groups, merged: Mapping[Key, Clash]) -> Versions:
        found: list[tuple[str, str]] = []
        for entity, edits in groups.items():
            any_entity: Any = entity
            shown = cast(any_entity.id, Text), version_text(entity)
            found += map(tuple, uow.execute(select(*shown).where(any_entity.id.in_([edit.id for edit in edits]))))
        versions = Versions(found)
        for (entity, row_id), clash in merged.items():
            if clash.theirs is not None:
                written = settled(self.catalog[entity], clash, {})
                versions.now[row_id] = {**clash.theirs.values, **written}
        return versions

    # Words

    def titles(self, uow: UnitOfWork, entity: Any, ids: Sequence[str]) -> list[str]:
        """What these rows are called, in no order; "" for one without a name."""
        return list(titles(uow, self.catalog, entity, ids).values())

    def _refused(self, error: Exception, edit: Edit) -> Exception:
        if isinstance(error, Conflict):
            return error
        explained = error if isinstance(error, UserError) else explain(error)
        no_fault_of_the_row = BugError | gate.ActorLost | Busy | Cancelled | ConnectionLost
        return explained if isinstance(explained, no_fault_of_the_row) else Refused(explained, edit.id, edit.entity)


def _key(edit: Edit) -> Key:
    return edit.entity, edit.id


def _summed(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Table → how many, of all."""
    total = Counter[str]()
    for each in counts:
        total.update(each)
    return dict(total)


def _place(uow: UnitOfWork, place: Place, parent_id: str, edit: Edit) -> int:
    """Where a new row goes in the list of its parent, which is locked by it."""
    if edit.spot is not None:
        return ordering.place_behind(uow, place, parent_id, edit.spot.after)
    ordering.lock_parents(uow, place, [parent_id])
    return ordering.last_place(uow, place, parent_id)


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
