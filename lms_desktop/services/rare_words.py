"""Words that few rows of what is referred to hold: the rows found by them are read by their ids.

Whether the one or the other of a row's references leads to a word is nothing that an index knows. PostgreSQL takes most
rows to be found so, reads them in their order and leaves out what does not fit, which is the best way where many do.
Where few do it goes through the whole table. Then it is told to begin with the people and courses that hold the words,
and to go from these to the rows by the indexes of the references; what holds them itself is looked for beside. Both
ways mean the same: which of them is taken is a matter of time alone, and so about how many rows there are may be judged
by a sample.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, any_, case, func, literal, or_, select, tablesample, true, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.services import conditions, text_search
from lms_desktop.services.joins import Joins, is_nullable, target_of
from lms_desktop.spec import Attribute, Catalog, Field, Query

FEW_ROWS = 5000
"""So many rows at most are read by their ids: of as many the other way finds a screenful as soon, along an index."""
FEW_OF_ALL = 0.01
"""Such a part of a table is read by ids sooner than all of it is sorted, where no index has the order."""
MANY = 1_000_000_000
"""Stands for a number of rows of which it is known only that they are too many."""
SAMPLE = 10_000
"""About so many rows of what is referred to are looked at."""
WORDS = 4
"""So many words at most, the longest, are looked at one by one."""

Hops = tuple[Attribute, ...]
"""The references that lead to what is searched, and its column last where that is a text."""


class Start(NamedTuple):
    """Where to begin: with whatever holds the word of this number, or else at the end of this path."""

    word: int | None
    path: Hops = ()


def paths(catalog: Catalog, query: Query) -> list[Hops]:
    """What leads to what is searched, where a row is found by references, by one of several or beside texts of its own;
    none otherwise."""
    searched = _searched(catalog, query) if query.search.strip() else []
    refers = any(target_of(path[-1]) is not None for path in searched)
    return searched if refers and len(searched) > 1 else []


def has_texts(catalog: Catalog, query: Query) -> bool:
    """Whether a row is found by a text as well."""
    return any(target_of(path[-1]) is None for path in _searched(catalog, query))


def _searched(catalog: Catalog, query: Query) -> list[Hops]:
    return [field.hops for field in catalog[query.entity].fields if isinstance(field, Field) and field.search]


def starts(catalog: Catalog, query: Query) -> list[Start]:
    """Where to begin so that all rows are met that a search finds."""
    words = query.search.split()
    longest = sorted(range(len(words)), key=lambda i: -len(words[i]))[:WORDS]
    # Where nothing need be referred to, a row may be found though this path leads nowhere.
    certain = [path for path in paths(catalog, query) if not any(is_nullable(hop) for hop in path)]
    return [*(Start(word) for word in longest), *(Start(None, path) for path in certain if len(words) > 1)]


def fewest(
    uow: UnitOfWork, catalog: Catalog, query: Query, about: Callable[[type], int], *, sorted_slowly: bool = False
) -> Start | None:
    """Where to begin so that the fewest rows are met, by a sample; None where these are many. `about` says about how
    many rows a table has; `sorted_slowly`: no index has the order."""
    if not paths(catalog, query):
        return None
    found_by = starts(catalog, query)
    sampled = _Sampled(catalog, query, about)
    row = uow.execute(select(*(sampled.number(start) for start in found_by))).one()
    number, start = min(zip(row, found_by, strict=True), key=lambda pair: int(pair[0]))
    few = max(FEW_ROWS, FEW_OF_ALL * about(query.entity)) if sorted_slowly else FEW_ROWS
    return start if number <= few else None


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


def on_order(joins: Joins, catalog: Catalog, query: Query, path: Hops) -> list[ColumnElement[bool]]:
    """What a search says of the rows at the end of the references that an order is by, where it looks there too: that
    they hold each word that nothing else holds.

    It follows from the search. PostgreSQL takes what is found to lie anywhere in the order, and would go from all of
    these to whatever refers to them until a page is full: past half of a table, for everybody called Omar has their
    place in the middle. So they are left out themselves, of which there are fewer."""
    references = path[:-1]
    if not references or any(is_nullable(hop) for hop in references) or not query.search.strip():
        return []
    whole, searched = _Whole(catalog, query), _searched(catalog, query)
    if references not in searched:
        return []
    others = [one for one in searched if one != references]
    there = joins.row(references)
    return [
        or_(whole.holds(there, references, word), *(whole.held(other, word).exists() for other in others))
        for word in range(len(whole.words))
        if not whole.as_id(word)
    ]


class _Whole:
    """The search in SQL: in what each path leads to."""

    def __init__(self, catalog: Catalog, query: Query) -> None:
        self.query, self.catalog = query, catalog
        self.paths = paths(catalog, query)
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
        return self.levels(path, ends)[-1]

    def levels(self, path: Hops, ends: Select[Any]) -> list[Select[Any]]:
        """The ids of the ends, and of the rows that lead to them hop by hop."""
        found = [self.cut(ends)]
        for hop in reversed(_references(path)):
            near: Any = aliased(hop.parent.class_)
            found.append(self.cut(select(near.id).where(getattr(near, hop.key) == _one_of(found[-1]))))
        return found

    def held(self, path: Hops, word: int) -> Select[Any]:
        """The ids of the rows at the end of a path that hold a word."""
        there = self.end(path)
        return select(there.id).where(self.holds(there, path, word))

    def all_words(self, path: Hops) -> Select[Any]:
        """The ids of the rows at the end of a path that hold every word, those apart that are found elsewhere too:
        wherever all words are found, the path leads to one of these."""
        there = self.end(path)
        each = []
        for word in range(len(self.words)):
            elsewhere = [self.held(other, word).exists() for other in self.paths if other != path]
            each.append(true() if self.as_id(word) else or_(self.holds(there, path, word), *elsewhere))
        return select(there.id).where(and_(*each))

    def holds(self, there: Any, path: Hops, word: int) -> ColumnElement[bool]:
        """Whether the row at the end of a path holds a word, in a text or in what it is called."""
        if target_of(path[-1]) is None:
            return text_search.contains(getattr(there, path[-1].key), self.words[word], loose=self.query.loose)
        return conditions.named(self.catalog, _end(path), there, self.words[word], self.query.loose)

    def found(self, root: Any, word: int) -> ColumnElement[bool]:
        """Whether a row is found by a word: looked up for each row, as they are few."""
        ids = [root.id == one for one in self.as_id(word)]
        return or_(*(self._leads(root, _references(path), path, word) for path in self.paths), *ids)

    def _leads(self, near: Any, rest: Hops, path: Hops, word: int) -> ColumnElement[bool]:
        if not rest:
            return self.holds(near, path, word)
        there: Any = aliased(target_of(rest[0]))  # type: ignore[arg-type]
        inner = self._leads(there, rest[1:], path, word)
        return select(there.id).where(there.id == getattr(near, rest[0].key), inner).exists()

    def as_id(self, word: int) -> list[str]:
        """The word as an id, if it is one."""
        with suppress(ValueError):
            return [str(UUID(self.words[word]))]
        return []

    def end(self, path: Hops) -> Any:
        """What stands for the rows at the end of a path."""
        return aliased(_end(path))

    def cut(self, ids: Select[Any]) -> Select[Any]:
        """As many of these ids as are of interest: all."""
        return ids


class _Sampled(_Whole):
    """The search in SQL: in a sample of what each path leads to, no further than it takes to see that rows are many."""

    def __init__(self, catalog: Catalog, query: Query, about: Callable[[type], int]) -> None:
        super().__init__(catalog, query)
        self._about = about

    def number(self, start: Start) -> ColumnElement[Any]:
        """About how many rows are read from there."""
        number: ColumnElement[Any] = literal(0)
        for path in self.paths if start.word is not None else [start.path]:
            ends = self.all_words(path) if start.word is None else self.held(path, start.word)
            for ids in self.levels(path, ends):
                read = select(func.count()).select_from(ids.subquery()).scalar_subquery()
                number = number + case((read > FEW_ROWS, MANY), else_=read) * self._parts(path)
        return number

    def end(self, path: Hops) -> Any:
        """Override _Whole.end."""
        target, parts = _end(path), self._parts(path)
        table: Any = target.__table__
        return aliased(target, tablesample(table, func.system(100 / parts))) if parts > 1 else aliased(target)

    def cut(self, ids: Select[Any]) -> Select[Any]:
        """Override _Whole.cut: enough to see that they are many."""
        return select(ids.limit(FEW_ROWS + 1).cte().c.id)

    def _parts(self, path: Hops) -> int:
        """The sample is one of so many parts."""
        return max(self._about(_end(path)) // SAMPLE, 1)


def _references(path: Hops) -> Hops:
    """Those of a path, without the text that it may end with."""
    return path if target_of(path[-1]) is not None else path[:-1]


def _end(path: Hops) -> Any:
    """The entity of the rows at the end of a path."""
    return target_of(path[-1]) or path[-1].parent.class_


def _one_of(ids: Select[Any]) -> Any:
    """One of these ids. As an array, of which PostgreSQL always takes it that it is short: it looks up each of them."""
    return any_(func.array(ids.scalar_subquery(), type_=ARRAY(ids.selected_columns[0].type)))
