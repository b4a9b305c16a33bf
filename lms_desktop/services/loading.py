"""Records in full: what is asked for them, put into words once for each entity, person and zone."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Text, Uuid, any_, bindparam, cast, select
from sqlalchemy.dialects.postgresql import ARRAY

from lms_desktop import policy
from lms_desktop.database.spelled import Spelled
from lms_desktop.database.unit_of_work import Actor, UnitOfWork
from lms_desktop.services import gate
from lms_desktop.services.edits import Record, Values
from lms_desktop.services.impact import version_text
from lms_desktop.services.joins import Joins, wire_text
from lms_desktop.services.titles import title
from lms_desktop.spec import Catalog, Computed, Field, Ref, Secret

KEPT = 64
"""So many statements are kept: a person has one for each entity in a sitting."""


class Loading:
    """Reads records of the entities of a catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._asked: dict[tuple[Actor, type, str], _Asked] = {}

    def load(self, uow: UnitOfWork, entity: Any, ids: Sequence[str], zone: str) -> dict[str, Record]:
        """By id those records that there are within the actor's reach, in one statement."""
        gate.check_entity(uow, entity, "view")
        key = uow.actor, entity, zone
        asked = self._asked.get(key)
        if asked is None:  # where two threads make it at once, one of them is kept
            if len(self._asked) >= KEPT:
                self._asked.clear()
            asked = self._asked[key] = _Asked(self._catalog, *key)
        return {row[0]: asked.record(row) for row in uow.rows(asked.statement, {"ids": list(ids)})}


class _Asked:
    """The statement for records of one entity, and what its columns are."""

    def __init__(self, catalog: Catalog, actor: Actor, entity: Any, zone: str) -> None:
        admin, joins = catalog[entity], Joins(catalog, entity, zone)
        fields = [f for f in admin.fields if not isinstance(f.kind, Secret)]
        refs = [f for f in fields if isinstance(f, Field) and isinstance(f.kind, Ref)]
        self._entity = entity
        self._keys, self._refs = [f.key for f in fields], [f.key for f in refs]
        self._verbs = ["edit", "delete", *policy.rules(entity).acts]
        shown: list[Any] = [
            cast(entity.id, Text),
            version_text(entity),
            title(joins, admin.title),
            title(joins, admin.detail),
        ]
        shown += [_value(joins, entity, f) for f in fields]
        shown += [text for f in refs for text in (joins.label(f.path), joins.detail(f.path))]
        shown += [policy.scope(actor, entity, verb) for verb in self._verbs]
        statement = joins.apply(select(*[s.label(f"c{i}") for i, s in enumerate(shown)]).select_from(entity))
        wanted = cast(bindparam("ids", type_=ARRAY(Text)), ARRAY(Uuid(as_uuid=False)))
        self.statement = Spelled(statement.where(policy.scope(actor, entity, "view"), entity.id == any_(wanted)))

    def record(self, row: Sequence[Any]) -> Record:
        """The record of a row of the statement."""
        values: Values = dict(zip(self._keys, row[4:], strict=False))
        texts = row[4 + len(self._keys) :]
        labels = {key: (texts[2 * i] or "", texts[2 * i + 1] or "") for i, key in enumerate(self._refs)}
        allowed = zip(self._verbs, texts[2 * len(self._refs) :], strict=True)
        may = frozenset(verb for verb, is_allowed in allowed if is_allowed)
        return Record(self._entity, row[0], row[1], row[2] or "", row[3] or "", values, labels, may)


def _value(joins: Joins, entity: Any, field: Field | Computed) -> Any:
    if isinstance(field, Computed):
        return cast(field.expression(entity), Text)
    return wire_text(joins.at(field.hops))
