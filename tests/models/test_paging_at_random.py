"""Whatever others insert, delete and change: who reads on in a table is shown each row exactly once, in its order."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from lms_desktop.admin import CATALOG, PAGES
from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Database
from lms_desktop.models import fetched, following, paged, stretches, whereabouts
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.table import TableModel
from lms_desktop.services import guessing, plans, surveying
from lms_desktop.spec import EntityAdmin, Query, Secret, Sort
from tests.desks import ImmediateDesk
from tests.models.paging_reader import SEEN, Reader
from tests.models.paging_writer import LOOSEN, Disturbed, Writer
from tests.postgres import PostgresServer, plain_connection
from tests.small_school import SYSTEM
from tests.tangled import tangle

ROWS = 40
# To make an example shorter takes longer than a test may.
CALM = settings(deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])

School = tuple[Database, URL]


@pytest.fixture(scope="module")
def school(server: PostgresServer, migrated_template: URL) -> Iterator[School]:
    """The tangled school."""
    url = server.create(template=migrated_template.database)
    engine = make_engine(url, Settings())
    tangle(engine, ROWS)
    with plain_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(LOOSEN)
        connection.commit()
    yield Database(engine), url
    engine.dispose()
    server.drop(url)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of a few dozen rows is a long one."""
    for module, values in (
        (fetched, {"SCREEN": 8, "STEP": 3, "NEAR": 8, "AHEAD_MS": 0}),
        (paged, {"SCREEN": 8, "NEAR": 8}),
        (stretches, {"KEPT": 30}),
        (whereabouts, {"NEAR": 8, "PART": 0, "VAST": 10**6}),
        (following, {"PAUSE": 0.0, "COUNT_PAUSE": 0.0, "PART": 0}),
        (surveying, {"STEP": 7, "ANCHORS": 20, "MANY": 1, "PARTS": 5}),
        (guessing, {"STEP": 7, "SCATTER": 1.0}),
        (plans, {"CHUNK": 6, "NEAR_END": 4}),
    ):
        for name, value in values.items():
            monkeypatch.setattr(module, name, value)


@pytest.fixture
def desk(qtbot: QtBot, school: School) -> Iterator[ImmediateDesk]:
    """A desk that may read everything."""
    made = ImmediateDesk(school[0], SYSTEM)
    yield made
    made.close()


WRITES = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 4)), max_size=3)
MOVES = {"page down": SEEN, "page up": -SEEN, "wheel down": 3, "wheel up": -3, "drag down": 5, "drag up": -4}
ACTS = st.one_of(
    st.tuples(st.sampled_from(list(MOVES)), st.integers(1, 4), WRITES),
    st.tuples(st.just("jump"), st.floats(0, 1), WRITES),
    st.tuples(st.sampled_from(["refresh", "hear", "write"]), st.just(1), WRITES),
)
"""(what is done, how often or how far, what others do meanwhile)"""


def queries(admin: EntityAdmin) -> st.SearchStrategy[Query]:
    """All orders of an entity, by one column or two."""
    keys = ["id", *(field.key for field in admin.fields if not isinstance(field.kind, Secret))]
    sorts = st.lists(st.builds(Sort, st.sampled_from(keys), st.booleans()), min_size=1, max_size=2)
    return st.builds(lambda sorts: Query(admin.entity, sorts=tuple(sorts)), sorts)


def read_at_random(desk: ImmediateDesk, school: School, admin: EntityAdmin, data: st.DataObject) -> None:
    """Open a table, move about in it while others write, and in the end read all of it, down and up."""
    query = data.draw(queries(admin), "query")
    whereabouts.VAST = data.draw(st.sampled_from([1, 10**6]), "so many are vast")  # the fixture puts it back
    database, url = school
    with closing(Writer(database, url, query, data.draw(st.integers(0, 99), "seed"))) as writer:
        pages = Disturbed(CATALOG)
        between = data.draw(WRITES, "writes between two questions")
        pages.meanwhile = lambda: writer.write(*between.pop()) if between else None
        model = TableModel(desk, CATALOG, pages, query, Drafts(admin.entity))
        reader = Reader(model, desk, writer)
        for what, measure, writes in data.draw(st.lists(ACTS, max_size=12), "acts"):
            act(reader, writer, what, measure, list(writes))
        late = data.draw(WRITES, "writes while all is read")
        for way, end in ((1, 1), (-1, 0)):
            reader.jump(1 - end)
            while reader.is_not_at(end):
                reader.move(way * SEEN, lambda: writer.write(*late.pop()) if late else None)
        expect_truth(reader, writer)
        model.deleteLater()


def act(reader: Reader, writer: Writer, what: str, measure: Any, writes: list[tuple[int, int]]) -> None:
    """One thing more."""

    def meanwhile() -> None:
        for write in writes:
            writer.write(*write)

    if what in MOVES:
        for number in range(measure):
            reader.move(MOVES[what], meanwhile if number == 0 else None)
    elif what == "jump":
        reader.jump(measure, meanwhile)
    else:
        meanwhile()
        if what != "write":
            getattr(reader, what)()


def expect_truth(reader: Reader, writer: Writer) -> None:
    """When nobody writes any more and the table was read again, it is what a plain ORDER BY tells, by its numbers."""
    reader.refresh()
    truth, model = list(writer.rows()), reader.model
    assert (model.total, model.exact) == (len(truth), True)
    for place in (1.0, 0.5, 0.0):
        reader.jump(place)
        top, seen = reader.screen()
        assert seen == truth[top : top + SEEN]


@pytest.mark.parametrize("name", PAGES)
@settings(CALM, max_examples=6, derandomize=True)
@given(data=st.data())
def test_who_reads_on_is_shown_each_row_once_and_in_order(
    desk: ImmediateDesk, school: School, name: str, data: st.DataObject
) -> None:
    read_at_random(desk, school, PAGES[name], data)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", PAGES)
@settings(CALM, max_examples=100)
@given(data=st.data())
def test_for_long(desk: ImmediateDesk, school: School, name: str, data: st.DataObject) -> None:
    read_at_random(desk, school, PAGES[name], data)
