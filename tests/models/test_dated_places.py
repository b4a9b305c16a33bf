"""Where rows were written since it was found what leads to any place: the last rows are the last all the same."""

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, text

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import User
from lms_desktop.models import fetched, following, paged, stretches, whereabouts
from lms_desktop.models.desk import as_worker
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.live import Batch
from lms_desktop.models.table import TableModel
from lms_desktop.services import plans
from lms_desktop.services.pages import Pages
from lms_desktop.services.positions import IdBlock
from lms_desktop.spec import Query, Sort
from tests.desks import ImmediateDesk
from tests.small_school import actor, opened

CROWD = 600
SEEN = 10
QUERY = Query(User, search="@far.edu", sorts=(Sort("full_name"),))
_ADD = """
INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled)
    SELECT gen_random_uuid(), 'f' || n || '@far.edu', 'none', 'Far ' || n, 'student', true, false
      FROM unnest(CAST(:names AS text[])) n
"""
_TAKE = "DELETE FROM users WHERE email = ANY (SELECT 'f' || n || '@far.edu' FROM unnest(CAST(:names AS text[])) n)"
_ALL = "SELECT id::text FROM users WHERE email LIKE '%@far.edu' ORDER BY full_name, id"

Writes = list[tuple[str, list[str]]]
WRITES: dict[str, Writes] = {
    "rows far above are deleted": [(_TAKE, ["0280", "0290", "0291"])],
    "rows far above are added": [(_ADD, ["0280a", "0290a"])],
    "the last rows are deleted": [(_TAKE, ["0280", "0597", "0600"])],
    "rows are added at the end": [(_ADD, ["0601", "0602"])],
    "as many are added at the end as are deleted far above": [(_TAKE, ["0280", "0290"]), (_ADD, ["0601", "0602"])],
    "many are deleted": [(_TAKE, [f"{number:04}" for number in range(100, 250)])],
    "what was deleted comes back": [(_TAKE, ["0280", "0600"]), (_ADD, ["0280", "0600"])],
}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of a few hundred rows is a long one, and what leads to its places is not found again while a test goes
    on."""
    for module, values in (
        (fetched, {"NEAR": 8}),
        (paged, {"NEAR": 8}),
        (stretches, {"KEPT": 60}),
        (whereabouts, {"NEAR": 8, "PART": 10_000}),
        (following, {"PAUSE": 0.0, "COUNT_PAUSE": 0.0, "PART": 0}),
        (plans, {"NEAR_END": 40}),
    ):
        for name, value in values.items():
            monkeypatch.setattr(module, name, value)


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school with some hundred people more."""
    with opened(database_url) as database:
        write(database, _ADD, [f"{number:04}" for number in range(1, CROWD + 1)])
        yield database


@pytest.fixture
def desk(qtbot: QtBot, school: Database) -> Iterator[ImmediateDesk]:
    """The administrator's desk."""
    made = ImmediateDesk(school, actor("admin"))
    yield made
    made.close()


@pytest.fixture
def model(desk: ImmediateDesk) -> TableModel:
    """They are shown from the middle, and it is known where all of them are."""
    made = TableModel(desk, CATALOG, Pages(CATALOG), QUERY, Drafts(User))
    made.show(QUERY)
    assert isinstance(made.where.positions, IdBlock)
    made.want(300, 300 + SEEN - 1)
    return made


def write(school: Database, statement: str, names: list[str]) -> None:
    """Write to the people of these names, and tell nobody."""
    with as_worker(), school.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement), {"names": names})


def truth(school: Database) -> list[str]:
    """The ids of all of them, in their order."""
    with as_worker(), school.engine.begin() as connection:
        return list(connection.execute(text(_ALL)).scalars())


def settle(qtbot: QtBot, model: TableModel) -> None:
    """Until what is to be read again is read again."""
    follower = model.follower
    qtbot.waitUntil(lambda: not (follower._soon.isActive() or follower._count_soon.isActive()) and model.exact)


def by_oneself(desk: ImmediateDesk, model: TableModel) -> None:
    """It was done here, or F5 is pressed."""
    desk.hold()  # nothing is answered before all is asked, as on a desk with threads
    model.refresh()
    desk.release()


def by_others(desk: ImmediateDesk, _model: TableModel) -> None:
    """It is heard of."""
    desk.noticed.emit(Batch(everything=True))


Tell = Callable[[ImmediateDesk, TableModel], None]


@pytest.fixture(params=[by_oneself, by_others])
def tell(request: pytest.FixtureRequest) -> Tell:
    """How it becomes known."""
    told: Tell = request.param
    return told


def change(school: Database, desk: ImmediateDesk, model: TableModel, writes: Writes, tell: Tell, qtbot: QtBot) -> None:
    """Write, one after the other, and be told of each."""
    known = model.where.positions
    for statement, names in writes:
        write(school, statement, names)
        tell(desk, model)
        settle(qtbot, model)
    assert model.where.positions is known, "it was found again: nothing is tried here"


@pytest.mark.parametrize("writes", WRITES.values(), ids=list(WRITES))
def test_a_jump_to_the_end_leads_to_the_last_rows(
    writes: Writes, tell: Tell, school: Database, desk: ImmediateDesk, model: TableModel, qtbot: QtBot
) -> None:
    change(school, desk, model, writes, tell, qtbot)
    there = truth(school)
    assert model.total == len(there)
    model.want(model.total - SEEN, model.total - 1)
    assert [model.row_id(row) for row in range(model.total - SEEN, model.total)] == there[-SEEN:]
    settle(qtbot, model)
    assert model.total == len(there)
    assert [model.row_id(row) for row in range(model.total - SEEN, model.total)] == there[-SEEN:]


@pytest.mark.parametrize("writes", WRITES.values(), ids=list(WRITES))
def test_who_reads_on_to_the_end_is_shown_the_last_rows(
    writes: Writes, tell: Tell, school: Database, desk: ImmediateDesk, model: TableModel, qtbot: QtBot
) -> None:
    change(school, desk, model, writes, tell, qtbot)
    model.want(model.total - 70, model.total - 70 + SEEN - 1)
    settle(qtbot, model)
    there, read = truth(school), list[str | None]()
    while (first := model._visible[0]) < model.total:
        read += [model.row_id(row) for row in range(first, min(first + SEEN, model.total))]
        model.want(first + SEEN, first + 2 * SEEN - 1)
    assert read == there[-len(read) :]
    settle(qtbot, model)
    assert model.total == len(there)


@pytest.mark.parametrize("writes", WRITES.values(), ids=list(WRITES))
def test_what_is_jumped_to_comes_to_its_number(
    writes: Writes, tell: Tell, school: Database, desk: ImmediateDesk, model: TableModel, qtbot: QtBot
) -> None:
    change(school, desk, model, writes, tell, qtbot)
    model.want(400, 400 + SEEN - 1)
    settle(qtbot, model)
    there, first = truth(school), model._visible[0]
    assert [model.row_id(row) for row in range(first, first + SEEN)] == there[first : first + SEEN]
    assert not model.is_rough(first)
    assert model.total == len(there)


@pytest.mark.parametrize("writes", WRITES.values(), ids=list(WRITES))
@pytest.mark.parametrize("first", [300, 590])
def test_f5_puts_the_numbers_right_where_nobody_has_told(
    first: int, writes: Writes, school: Database, desk: ImmediateDesk, model: TableModel, qtbot: QtBot
) -> None:
    model.want(first, first + SEEN - 1)
    known, was_read = model.where.positions, truth(school)[first - SEEN : first]
    for statement, names in writes:
        write(school, statement, names)
    model.want(first - SEEN, first - 1)
    by_oneself(desk, model)
    settle(qtbot, model)
    assert model.where.positions is known, "it was found again: nothing is tried here"
    there, begin = truth(school), model._visible[0]
    assert model.total == len(there)
    assert [model.row_id(row) for row in range(begin, begin + SEEN)] == there[begin : begin + SEEN]
    assert set(there[begin : begin + SEEN]) >= set(was_read) & set(there)
