"""Words that few rows of what is referred to hold: the rows found by them are read by their ids.

Whether the one or the other of a row's references leads to a word is nothing that an index knows. PostgreSQL takes most
rows to be found so, reads them in their order and leaves out what does not fit, which is the best way where many do.
Where few do it goes through the whole table. Then it is told to begin with the people and courses that hold the words,
and to go from these to the rows by the indexes of the references. Both ways mean the same: which of them is taken is a
matter of time alone, and so about how many rows there are may be judged by a sample.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, any_, func, literal, or_, select, tablesample, true, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.services import conditions
from lms_desktop.services.joins import Joins, is_nullable, target_of
from lms_desktop.spec import Attribute, Catalog, Field, Query

FEW_ROWS = 5000
"""So many rows at most are read by their ids: of as many the other way finds a screenful as soon."""
FEW_TARGETS = 250
"""Where so many rows of what is referred to hold a word in a sample, no more are looked at."""
SAMPLE = 10_000
"""About so many rows of what is referred to are looked at."""
WORDS = 4
"""So many words at most, the longest, are looked at one by one."""

Hops = tuple[Attribute, ...]


class Start(NamedTuple):
    """Where to begin: with whatever holds the word of this number, or else at the end of this path."""

    word: int | None
    path: Hops = ()


def references(catalog: Catalog, query: Query) -> list[Hops]:
    """The paths that lead to what is searched, where a row is found by one of several references and by nothing else;
    none otherwise."""
    searched = [field for field in catalog[query.entity].fields if isinstance(field, Field) and field.search]
    paths = [field.hops for field in searched if target_of(field.attribute) is not None]
    return paths if query.search.strip() and len(paths) == len(searched) > 1 else []


def starts(catalog: Catalog, query: Query) -> list[Start]:
    """Where to begin so that all rows are met that a search finds."""
    words = query.search.split()
    longest = sorted(range(len(words)), key=lambda i: -len(words[i]))[:WORDS]
    # Where nothing need be referred to, a row may be found though this path leads nowhere.
    paths = [path for path in references(catalog, query) if not any(is_nullable(hop) for hop in path)]
    return [*(Start(word) for word in longest), *(Start(None, path) for path in paths if len(words) > 1)]


def fewest(uow: UnitOfWork, catalog: Catalog, query: Query, about: Callable[[type], int]) -> Start | None:
    """Where to begin so that the fewest rows are met, by a sample; None where these are many. `about` says about how
    many rows a table has."""
    if not references(catalog, query):
        return None
    found_by = starts(catalog, query)
    sampled = _Sampled(catalog, query, about)
    row = uow.execute(select(*(sampled.number(start) for start in found_by))).one()
    number, start = min(zip(row, found_by, strict=True), key=lambda pair: int(pair[0]))
    return start if number <= FEW_ROWS else None


def where(joins: Joins, catalog: Catalog, query: Query, start: Start | None) -> list[ColumnElement[bool]]:
    """The conditions of a query's search, beginning there if that is said, and of its filters; raises what
    `conditions.where` does."""
    if start is None:
        return conditions.where(joins, catalog, query)
    whole = _Whole(catalog, query)
    met = union_all(*whole.met(start)).subquery()
    others = [word for word in range(len(whole.words)) if word != start.word]
    filtered = conditions.where(joins, catalog, replace(query, search=""))
    return [*filtered, joins.root.id == _one_of(select(met.c.id)), *(whole.found(joins.root, word) for word in others)]


class _Whole:
    """The search in SQL: in what each path leads to."""

    def __init__(self, catalog: Catalog, query: Query) -> None:
        self.query, self.catalog = query, catalog
        self.paths = references(catalog, query)
        self.words = query.search.split()

    def met(self, start: Start) -> list[Select[Any]]:
        """The ids of the rows that are met from there."""
        if start.word is None:
            return [self.leading(start.path, self.all_words(start.path))]
        found = [self.leading(path, self.held(path, start.word)) for path in self.paths]
        row: Any = aliased(self.query.entity)
        return found + [select(row.id).where(row.id == one) for one in self.as_id(start.word)]

    def leading(self, path: Hops, ends: Select[Any]) -> Select[Any]:
        """The ids of the rows from which the path leads to one of the ends."""
        for hop in reversed(path):
            near: Any = aliased(hop.parent.class_)
            ends = self.cut(select(near.id).where(getattr(near, hop.key) == _one_of(ends)))
        return ends

    def held(self, path: Hops, word: int) -> Select[Any]:
        """The ids of the rows at the end of a path that hold a word."""
        there = self.end(path)
        return self.ends(select(there.id).where(self.holds(there, path, word)))

    def all_words(self, path: Hops) -> Select[Any]:
        """The ids of the rows at the end of a path that hold every word, those apart that are found elsewhere too:
        wherever all words are found, the path leads to one of these."""
        there = self.end(path)
        each = []
        for word in range(len(self.words)):
            elsewhere = [self.held(other, word).exists() for other in self.paths if other != path]
            each.append(true() if self.as_id(word) else or_(self.holds(there, path, word), *elsewhere))
        return self.ends(select(there.id).where(and_(*each)))

    def holds(self, there: Any, path: Hops, word: int) -> ColumnElement[bool]:
        """Whether the row at the end of a path holds a word, in what it is called."""
        return conditions.named(self.catalog, _target(path[-1]), there, self.words[word], self.query.loose)

    def found(self, root: Any, word: int) -> ColumnElement[bool]:
        """Whether a row is found by a word: looked up for each row, as they are few."""
        ids = [root.id == one for one in self.as_id(word)]
        return or_(*(self._leads(root, path, path, word) for path in self.paths), *ids)

    def _leads(self, near: Any, rest: Hops, path: Hops, word: int) -> ColumnElement[bool]:
        there: Any = aliased(_target(rest[0]))
        inner = self._leads(there, rest[1:], path, word) if len(rest) > 1 else self.holds(there, path, word)
        return select(there.id).where(there.id == getattr(near, rest[0].key), inner).exists()

    def as_id(self, word: int) -> list[str]:
        """The word as an id, if it is one."""
        with suppress(ValueError):
            return [str(UUID(self.words[word]))]
        return []

    def end(self, path: Hops) -> Any:
        """What stands for the rows at the end of a path."""
        return aliased(_target(path[-1]))

    def ends(self, ids: Select[Any]) -> Select[Any]:
        """As many of these ids of ends as are of interest: all."""
        return ids

    def cut(self, ids: Select[Any]) -> Select[Any]:
        """As many of these ids on the way as are of interest: all."""
        return ids


class _Sampled(_Whole):
    """The search in SQL: in a sample of what each path leads to, no further than it takes to see that rows are many."""

    def __init__(self, catalog: Catalog, query: Query, about: Callable[[type], int]) -> None:
        super().__init__(catalog, query)
        self._about = about

    def number(self, start: Start) -> ColumnElement[Any]:
        """About how many rows are met from there."""
        paths = [start.path] if start.word is None else self.paths
        number: ColumnElement[Any] = literal(0)
        for path, ids in zip(paths, self.met(start), strict=False):  # the row of which the word is the id is one more
            met = select(func.count()).select_from(ids.subquery()).scalar_subquery()
            number = number + met * self._parts(path)
        return number

    def end(self, path: Hops) -> Any:
        """Override _Whole.end."""
        target, parts = _target(path[-1]), self._parts(path)
        table: Any = target.__table__
        return aliased(target, tablesample(table, func.system(100 / parts))) if parts > 1 else aliased(target)

    def ends(self, ids: Select[Any]) -> Select[Any]:
        """Override _Whole.ends."""
        return ids.limit(FEW_TARGETS)

    def cut(self, ids: Select[Any]) -> Select[Any]:
        """Override _Whole.cut."""
        return ids.limit(FEW_ROWS + 1)

    def _parts(self, path: Hops) -> int:
        """The sample is one of so many parts."""
        return max(self._about(_target(path[-1])) // SAMPLE, 1)


def _target(hop: Attribute) -> Any:
    target = target_of(hop)
    assert target is not None
    return target


def _one_of(ids: Select[Any]) -> Any:
    """One of these ids. As an array, of which PostgreSQL always takes it that it is short: it looks up each of them."""
    return any_(func.array(ids.scalar_subquery(), type_=ARRAY(ids.selected_columns[0].type)))
