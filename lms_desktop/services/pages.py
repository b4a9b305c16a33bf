"""Pages of a table: Core SELECTs of text tuples, never ORM entities, never the whole table.

A page is found by the cheapest way that its surroundings allow: from the beginning, from the end, from the row before
or after it (keyset), from the nearest place of which the key is known, else by OFFSET in a subselect that carries ids
and sort keys alone. References are joined for the rows of the page only.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from threading import Lock
from time import monotonic
from typing import Any, Generic, TypeVar

from sqlalchemy import text, true
from sqlalchemy.exc import DBAPIError

from lms_desktop import policy
from lms_desktop.database.unit_of_work import Actor, UnitOfWork
from lms_desktop.services import gate, rare_words, sampling, sparse, surveying, typed_places
from lms_desktop.services.column_texts import ColumnTexts
from lms_desktop.services.joins import target_of
from lms_desktop.services.paging import Layout as Layout
from lms_desktop.services.paging import Page as Page
from lms_desktop.services.paging import Row as Row
from lms_desktop.services.paging import Want as Want
from lms_desktop.services.paging import is_long as is_long
from lms_desktop.services.plans import Plan
from lms_desktop.services.positions import Anchors, IdBlock, Positions
from lms_desktop.services.positions import Key as Key
from lms_desktop.services.rare_words import Start
from lms_desktop.services.writes import moment
from lms_desktop.spec import Catalog, Field, Query

KEPT = 16
"""Plans kept, of so many queries: those of pages made ready, and those that a person has in use. Each takes a quarter
of a megabyte and its statements as much."""
FEW, FEW_WORKED_OUT = 300_000, 10_000
"""So many rows are looked through quickly in an order without an index, and in one that is worked out for each."""
FEW_SEARCHED = 50_000
"""So many rows are looked through for a word in texts of their own, before it is asked where to begin."""
CROWD = 100
"""So many rows that refer to one are many."""
FAR = 20_000
"""Where so many rows found are passed on the way to a page, it is sooner there with whoever holds the word gathered."""
ROOM, LEAST_ROOM = 64, 16
"""Megabytes in which whoever holds a word is gathered, for all words together, and at least for each."""
STATISTICS_LAST = 60.0
"""Seconds for which the server's statistics are taken to say what they said: it does not gather them more often."""
ASIDE = 0.8
"""Seconds after which it is given up to tell about where a place is."""

T = TypeVar("T")


class Pages:
    """Reads pages of the entities of a catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._plans: OrderedDict[tuple[Actor | None, Query, Start | None], Plan] = OrderedDict()
        self._starts = _Lately[Start | None]()
        self._guesses = _Lately[Anchors | None]()
        self._samples = _Lately[list[Key]]()
        self._lock = Lock()
        self._column_texts = ColumnTexts(catalog)
        self._statistics: dict[Hashable, tuple[float, Any]] = {}

    def fetch(self, uow: UnitOfWork, query: Query, columns: tuple[str, ...], want: Want) -> Page:
        """The rows wanted, within the actor's reach. Raises Denied, BadValue for a filter or an order that cannot
        be."""
        gate.check_entity(uow, query.entity, "view")
        guess = self.guess(uow, query, want.total) if want.roughly and want.positions is None else None
        want = want if guess is None else replace(want, positions=guess)
        plan = self._plan(uow, query, columns)
        if plan.works_out_its_order:
            surveying.take_time(uow)
        if self._searches_many(uow, query):
            uow.execute(_SCATTERED)
        elif self._gathers_many(uow, query):
            if plan.goes_through_all(want) or self._known_slow(uow, query) or want.passed > FAR:
                _make_room(uow, query)
            else:
                uow.execute(_LOOKED_UP)
        page = plan.fetch(uow, want, self._tries(uow, plan) if guess is None else ())
        return replace(page, guessed=(guess is not None or want.dated) and plan.skips_to(want))

    def count(self, uow: UnitOfWork, query: Query) -> int:
        """The exact number of rows of a query within the actor's reach."""
        gate.check_entity(uow, query.entity, "view")
        self._gather(uow, query)
        return int(uow.execute(self._plan(uow, query).count()).scalar_one())

    def estimate(self, uow: UnitOfWork, query: Query) -> int | None:
        """About how many rows the whole table has; None where a filter or the actor's reach makes that meaningless."""
        reach = gate.condition(uow, query.entity, "view")
        if query.search or query.filters or not isinstance(reach, type(true())):
            return None
        found = self._about(uow, query.entity)
        return found if found >= 0 else None

    def position(self, uow: UnitOfWork, query: Query, row_id: str) -> int | None:
        """The place (from 0) of a row in the order of a query; None where it is not among its rows."""
        key = self.key(uow, query, row_id)
        return None if key is None else self.before(uow, query, key)

    def key(self, uow: UnitOfWork, query: Query, row_id: str) -> Key | None:
        """The key of a row in the order of a query; None where it is not among its rows."""
        gate.check_entity(uow, query.entity, "view")
        found = uow.execute(self._plan(uow, query).keys_of(row_id)).one_or_none()
        return None if found is None else tuple(found)

    def before(self, uow: UnitOfWork, query: Query, key: Key) -> int:
        """How many rows stand before a key in the order of a query."""
        gate.check_entity(uow, query.entity, "view")
        self._gather(uow, query)
        return int(uow.execute(self._plan(uow, query).count(before=key)).scalar_one())

    def place_soon(
        self, uow: UnitOfWork, query: Query, row_id: str, positions: Positions | None = None
    ) -> tuple[int, Key] | None:
        """The place and the key of a row where they are found quickly: along an index, among few rows, or where the
        `positions` of all of them are written down; None where they are not, or where it is not among the rows of the
        query. Nothing more can be asked then. Positions of another moment than this may tell another place."""
        plan, block = self._plan(uow, query), None
        few = FEW_WORKED_OUT if plan.works_out_its_order else FEW
        if self._about(uow, query.entity) > few and self.sorts_slowly(uow, query):
            block = positions if isinstance(positions, IdBlock) else None
            if block is None:
                return None
        uow.execute(_SOON)
        try:
            key = self.key(uow, query, row_id)
            if key is None:
                return None
            place = self.before(uow, query, key) if block is None else plan.place_in(uow, block, key)
            return None if place is None else (place, key)
        except DBAPIError as error:
            if getattr(error.orig, "pgcode", None) != _QUERY_CANCELED:
                raise
            return None

    def typed(self, uow: UnitOfWork, query: Query, letters: str, labels: Mapping[str, str] | None = None) -> int | None:
        """The place (from 0) of the first row that begins with these letters in the order of a query; None for none.
        `labels`: what is shown in place of some values of what the order is by first. See `typed_places`."""
        gate.check_entity(uow, query.entity, "view")
        plan = self._plan(uow, query)
        if plan.works_out_its_order:
            surveying.take_time(uow)
        return typed_places.place_of(uow, plan, letters, labels)

    def guess(self, uow: UnitOfWork, query: Query, total: int | None = None) -> Anchors | None:
        """What leads to about any place: as the server's statistics have it, known at once and off by a hundredth of
        the rows or less, as a rule; where not all rows of the table are those of the query, which has `total`, by a
        sample of them. None where neither tells."""
        gate.check_entity(uow, query.entity, "view")
        plan = self._plan(uow, query)
        if plan.unfiltered:
            key = query.entity, query.sorts
            return self._guesses.get(key, lambda: _if_told(uow, partial(surveying.guess, uow, plan)))
        if total is None or plan.works_out_its_order or plan.sorts_by_long_texts or plan.start is not None:
            return None  # who holds a rare word is looked for in each row of a sample
        ask = partial(sampling.sample, uow, plan, total)
        keys = self._samples.get((uow.actor, query), lambda: _if_told(uow, ask) or [])
        places = [i * total // len(keys) for i in range(1, len(keys))]
        return Anchors(places, keys[1:], total, furthest=0) if keys else None

    def positions(self, uow: UnitOfWork, query: Query, *, alone: bool = False) -> Positions:
        """What leads to any place exactly. It reads the whole table, or its index: for a background read. What tells
        about where they are is learned first, for whoever jumps meanwhile. `alone`: by one of the server's processors.
        """
        guessed = self.guess(uow, query)
        return surveying.survey(uow, self._plan(uow, query), self._about(uow, query.entity), guessed, alone=alone)

    def tally(self, uow: UnitOfWork, query: Query) -> Positions | int:
        """How many rows there are exactly, or, where that is found on the same way, what leads to them."""
        self.guess(uow, query)  # for whoever jumps meanwhile
        plan = self._plan(uow, query)
        if surveying.has_steps(uow, plan):
            return surveying.steps(uow, plan, self._about(uow, query.entity))
        return self.count(uow, query)

    def moment(self, uow: UnitOfWork, query: Query) -> str | None:
        """A word for what the database holds: while it is the same one, the query finds the same rows. None where that
        does not follow: on a standby, and where the query may depend on the time of day."""
        gate.check_entity(uow, query.entity, "view")
        if query.filters or self._plan(uow, query).works_out_its_order:
            return None
        return moment(uow)

    def sorts_slowly(self, uow: UnitOfWork, query: Query) -> bool:
        """Whether no index helps with the order of a query: all its rows are read before the first is shown."""
        gate.check_entity(uow, query.entity, "view")
        return not surveying.is_indexed(uow, self._plan(uow, query))

    def _searches_many(self, uow: UnitOfWork, query: Query) -> bool:
        """Whether words are looked for in many rows, and in nothing that these refer to."""
        if not query.search.strip() or self._about(uow, query.entity) <= FEW:
            return False
        searched = [field for field in self.catalog[query.entity].fields if isinstance(field, Field) and field.search]
        return all(target_of(field.attribute) is None for field in searched)

    def _gathers_many(self, uow: UnitOfWork, query: Query) -> bool:
        """Whether words that many may hold are looked for in what many rows refer to."""
        if not rare_words.paths(self.catalog, query) or self._about(uow, query.entity) <= FEW:
            return False
        return self._start(uow, query) is None

    def _tries(self, uow: UnitOfWork, plan: Plan) -> tuple[int, ...]:
        """How far the rows that filters let through are looked for in their order, of many."""
        about = self._about(uow, plan.query.entity) if plan.query.filters else 0
        if about <= FEW:
            return ()
        there = self._known(("indexes", plan.table), lambda: surveying.indexes(uow, plan.table))
        return sparse.tries(plan, there, about)

    def _gather(self, uow: UnitOfWork, query: Query) -> None:
        """Have whoever holds the words gathered, if need be, for what goes through all rows next."""
        if self._gathers_many(uow, query):
            _make_room(uow, query)

    def _known_slow(self, uow: UnitOfWork, query: Query) -> bool:
        """As `sorts_slowly`, asked for once in a while; for a search also where many rows refer to each of those that
        the order is by: on the way from one to the next all of them are looked through."""
        alone = replace(query, search="", filters=())

        def ask() -> bool:
            orderings = self._plan(uow, alone).orderings
            path = orderings[0].path if orderings else ()
            if len(path) > 1:
                parents = self._about_table(uow, path[-1].property.columns[0].table.name)
                if self._about(uow, query.entity) > CROWD * max(parents, 1):
                    return True
            return self.sorts_slowly(uow, alone)

        return bool(self._known(("slow", query.entity, query.sorts), ask))

    def _about(self, uow: UnitOfWork, entity: Any) -> int:
        """About how many rows a table has; below 0 where the server has not looked yet."""
        return self._about_table(uow, entity.__tablename__)

    def _about_table(self, uow: UnitOfWork, table: str) -> int:
        return int(self._known(table, lambda: uow.execute(_ABOUT, {"name": table}).scalar_one()))

    def _known(self, key: Hashable, ask: Callable[[], Any]) -> Any:
        """What the statistics say, asked for once in a while."""
        known = self._statistics.get(key)
        if known is None or monotonic() - known[0] > STATISTICS_LAST:
            known = self._statistics[key] = monotonic(), ask()
        return known[1]

    def _plan(self, uow: UnitOfWork, query: Query, columns: tuple[str, ...] | None = None) -> Plan:
        """The plan of a query, with these columns or, where none are said, with any."""
        start = self._start(uow, query)
        key = _whose(uow.actor, query.entity), query, start
        with self._lock:
            plan = self._plans.get(key)
            if plan is None or columns not in (None, tuple(field.key for field in plan.columns)):
                plan = Plan(self.catalog, uow.actor, query, columns or (), self._column_texts, start)
                self._plans[key] = plan
            self._plans.move_to_end(key)
            while len(self._plans) > KEPT:
                self._plans.popitem(last=False)
        return plan

    def _start(self, uow: UnitOfWork, query: Query) -> Start | None:
        """Where a search begins if that is judged to be worth while, and not more than once in a while."""
        if not rare_words.paths(self.catalog, query):
            return None
        if rare_words.has_texts(self.catalog, query) and self._about(uow, query.entity) <= FEW_SEARCHED:
            return None
        slow = self._known_slow(uow, query)
        about = partial(self._about, uow)
        return self._starts.get(
            (query.entity, query.search, query.loose, slow),
            lambda: rare_words.fewest(uow, self.catalog, query, about, sorted_slowly=slow),
        )


class _Lately(Generic[T]):
    """What was found lately, of so many questions asked last."""

    def __init__(self) -> None:
        self._found: OrderedDict[Hashable, tuple[float, T]] = OrderedDict()
        self._lock = Lock()

    def get(self, question: Hashable, ask: Callable[[], T]) -> T:
        """The answer to it, asked for once in a while."""
        with self._lock:
            known = self._found.get(question)
        if known is None or monotonic() - known[0] > STATISTICS_LAST:
            known = monotonic(), ask()
        with self._lock:
            self._found[question] = known
            self._found.move_to_end(question)
            while len(self._found) > KEPT:
                self._found.popitem(last=False)
        return known[1]


@lru_cache(maxsize=256)
def _whose(actor: Actor, entity: type) -> Actor | None:
    """Whose the statements are: None where they are those of everybody who may see and edit all rows, so that what was
    put into words before somebody signed in need not be once more."""
    scopes = (policy.scope(actor, entity, verb) for verb in ("view", "edit"))
    return None if all(isinstance(scope, type(true())) for scope in scopes) else actor


def _if_told(uow: UnitOfWork, ask: Callable[[], T]) -> T | None:
    """What nobody needs to know, and the server may take long to tell or refuse: None then, and the transaction goes
    on."""
    began = monotonic()
    uow.execute(_ASIDE)
    try:
        told = ask()
    except DBAPIError as error:
        code = getattr(error.orig, "pgcode", None)
        if code is None or (code == _QUERY_CANCELED and monotonic() - began < ASIDE):  # nobody wants the page any more
            raise
        told = None
    uow.execute(_BACK)
    return told


def _make_room(uow: UnitOfWork, query: Query) -> None:
    """Room to gather whoever holds a word: each word takes it for itself, in each of the server's processes."""
    words = max(len(query.search.split()), 1)
    uow.execute(_GATHERED, {"memory": f"{max(ROOM // words, LEAST_ROOM)}MB"})


_ABOUT = text("SELECT reltuples::bigint FROM pg_class WHERE oid = CAST(:name AS regclass)")
# Along the index of its order, whose rows lie scattered, a search of few hits reads most of a table twice as slowly as
# it lies. A server that was told that all of its disk is equally near takes that way all the same.
_SCATTERED = text(
    "SELECT set_config('random_page_cost', CAST(greatest(CAST(now AS float8), 4) AS text), true)"
    " FROM current_setting('random_page_cost') AS s(now)"
)
# Whoever holds a word is gathered once, where the server has room for so many, and looked up for each row where it has
# not. The first is the way through all rows; along an index, until a screen is full, the second takes a tenth of it.
_GATHERED = text(
    "SELECT set_config('work_mem', CASE WHEN pg_size_bytes(now) < pg_size_bytes(:memory) THEN :memory ELSE now END,"
    " true) FROM current_setting('work_mem') AS s(now)"
)
_LOOKED_UP = text("SELECT set_config('work_mem', '64kB', true)")
_ASIDE = text(f"SAVEPOINT lms_aside; SET LOCAL statement_timeout = {round(1000 * ASIDE)}")
_BACK = text("ROLLBACK TO SAVEPOINT lms_aside")
_SOON = text("SELECT set_config('statement_timeout', '800', true)")
_QUERY_CANCELED = "57014"
