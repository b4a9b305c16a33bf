"""What rows are called, those that are gone too: of these the change log has the last image.

Everything is looked up in sets: the number of statements hangs on the depth of the titles, never on the number of rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Text, cast, func, select

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities.logs import changes
from lms_desktop.services.joins import SEPARATOR, Joins, hops_of, target_of
from lms_desktop.spec import Attribute, Catalog, Moment, Path

Label = tuple[str, str]
"""What a row is called and the muted text beside it."""
Image = Mapping[str, str | None]
"""Column → PostgreSQL's text, as the log has it."""

Texts = tuple[str | None, ...]


class Names:
    """The names of rows within one transaction.

    Attributes:
        zone: the IANA name of the zone in which moments inside names are written.
    """

    def __init__(self, uow: UnitOfWork, catalog: Catalog, zone: str = "UTC") -> None:
        self._uow, self._catalog, self.zone = uow, catalog, zone
        self._images: dict[tuple[type, str], Image] = {}

    def learn(self, entity: type, row_id: str, image: Image) -> None:
        """What a row looked like, from a change at hand: it need not be looked up."""
        self._images.setdefault((entity, row_id), image)

    def of(self, wanted: Mapping[type, Iterable[str]]) -> dict[tuple[type, str], Label]:
        """What these rows are called now, or were called last; rows of which nothing is known are left out."""
        labels: dict[tuple[type, str], Label] = {}
        for entity, ids in wanted.items():
            admin = self._catalog[entity]
            for row_id, texts in self._texts(entity, frozenset(ids), (*admin.title, *admin.detail)).items():
                parts = len(admin.title)
                labels[entity, row_id] = (_joined(texts[:parts]), _joined(texts[parts:]))
        return labels

    # Within

    def _texts(self, entity: Any, ids: frozenset[str], paths: Sequence[Path]) -> dict[str, Texts]:
        """Row id → the texts of `paths`, each as `Joins.label` has it."""
        if not ids:
            return {}
        joins = Joins(self._catalog, entity, self.zone)
        shown = [joins.label(path) for path in paths]
        statement = joins.apply(select(cast(entity.id, Text), *shown).select_from(entity)).where(
            entity.id.in_(sorted(ids))
        )
        found: dict[str, Texts] = {row[0]: tuple(row[1:]) for row in self._uow.execute(statement)}
        gone = ids - found.keys()
        if gone:
            found |= self._last_texts(entity, gone, paths)
        return found

    def _last_texts(self, entity: type, ids: frozenset[str], paths: Sequence[Path]) -> dict[str, Texts]:
        images = self._last_images(entity, ids)
        columns = [self._column(images, hops_of(path)) for path in paths]
        return {row_id: tuple(column.get(row_id) for column in columns) for row_id in images}

    def _column(self, images: Mapping[str, Image], hops: tuple[Attribute, ...]) -> Mapping[str, str | None]:
        """Row id → the text of one path, begun from the images of rows that are gone."""
        name = hops[0].property.columns[0].name
        target = target_of(hops[0])
        if target is None:
            moment = hasattr(hops[0].type, "timezone")
            shown = {row_id: image.get(name) for row_id, image in images.items()}
            return {
                row_id: Moment().show(text, self.zone) if moment and text is not None else text
                for row_id, text in shown.items()
            }
        near = {row_id: there for row_id, image in images.items() if (there := image.get(name)) is not None}
        rest: tuple[Path, ...] = (hops[1:],) if len(hops) > 1 else self._catalog[target].title
        names = self._texts(target, frozenset(near.values()), rest)
        return {row_id: _joined(names[there]) for row_id, there in near.items() if there in names}

    def _last_images(self, entity: type, ids: frozenset[str]) -> dict[str, Image]:
        """The images of rows that are no longer there: those at hand, else the last that the log has."""
        known = {row_id: self._images[entity, row_id] for row_id in ids if (entity, row_id) in self._images}
        missing = ids - known.keys()
        if missing:
            latest = (
                select(func.max(changes.c.n))
                .where(changes.c.row_id.in_(sorted(missing)), changes.c.entity == _table(entity))
                .where(changes.c.action.in_(("D", "I")))
                .group_by(changes.c.row_id)
            )
            last = select(cast(changes.c.row_id, Text), func.coalesce(changes.c.before, changes.c.after))
            last = last.where(changes.c.row_id.in_(sorted(missing)), changes.c.n.in_(latest))
            for row_id, image in self._uow.execute(last):
                known[row_id] = self._images[entity, row_id] = image
        return known


def _table(entity: Any) -> str:
    return str(entity.__tablename__)


def _joined(texts: Iterable[str | None]) -> str:
    return SEPARATOR.join(text for text in texts if text)
