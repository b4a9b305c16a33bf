"""Where other columns of the same rows are shown, the rows that are seen stay what and where they are."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, text

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import User
from lms_desktop.models import fetched, following, paged, whereabouts
from lms_desktop.models.desk import as_worker
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.table import TableModel
from lms_desktop.services.pages import Pages
from lms_desktop.services.positions import Anchors, IdBlock
from lms_desktop.spec import Query, Sort
from tests.desks import ImmediateDesk
from tests.models.test_dated_places import _ADD, _TAKE, write
from tests.small_school import actor, opened

CROWD = 600
SEEN = 10
COLUMNS = ("full_name", "role")
WRITTEN = Query(User, search="@far.edu", sorts=(Sort("full_name"),))
INDEXED = Query(User, sorts=(Sort("email"),))
_TRUTH = {
    WRITTEN: "SELECT id::text FROM users WHERE email LIKE '%@far.edu' ORDER BY full_name, id",
    INDEXED: "SELECT id::text FROM users ORDER BY email, id",
}


@pytest.fixture(params=[8, 10_000], ids=["a long table", "a short table"])
def near(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """So many rows are few."""
    number: int = request.param
    for module in (fetched, paged, whereabouts):
        monkeypatch.setattr(module, "NEAR", number)
    monkeypatch.setattr(following, "PAUSE", 0.0)
    monkeypatch.setattr(following, "COUNT_PAUSE", 0.0)
    monkeypatch.setattr(following, "PART", 0)
    return number


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


@pytest.fixture(params=[WRITTEN, INDEXED], ids=["in an order that is written down", "in an order with an index"])
def model(request: pytest.FixtureRequest, near: int, desk: ImmediateDesk) -> TableModel:
    """They are shown, counted, from the middle."""
    made = TableModel(desk, CATALOG, Pages(CATALOG), request.param, Drafts(User))
    made.show(request.param)
    if near < CROWD:
        assert isinstance(made.where.positions, IdBlock if made.query == WRITTEN else Anchors)
    go_to(made, 300)
    return made


def go_to(model: TableModel, first: int) -> None:
    """A view shows the rows from there on."""
    model.want(first, first + SEEN - 1)


def seen(model: TableModel) -> list[str | None]:
    """The ids of the rows that are seen."""
    first, last = model._seen()
    return [model.row_id(row) for row in range(first, last + 1)]


def truth(model: TableModel, school: Database) -> list[str]:
    """The ids of all of them, in their order."""
    with as_worker(), school.engine.begin() as connection:
        return list(connection.execute(text(_TRUTH[model.query])).scalars())


def show_columns(model: TableModel) -> list[str | None]:
    """Show others; the ids of the rows that are seen before anything else is read."""
    at_once = list[str | None]()
    model.modelReset.connect(lambda: at_once.extend(seen(model)))
    model.show(model.query, COLUMNS)
    assert [field.key for field in model.fields] == list(COLUMNS)
    return at_once


def has_numbers(model: TableModel, school: Database) -> bool:
    """Whether the rows that are seen stand where they do in truth."""
    there, (first, last) = truth(model, school), model._seen()
    return model.exact and model.total == len(there) and seen(model) == there[first : last + 1]


@pytest.mark.parametrize("first", [3, 45, 300, 590])
def test_the_rows_that_are_seen_are_there_at_once(first: int, model: TableModel, school: Database) -> None:
    go_to(model, first)
    before, numbers = seen(model), model._seen()
    assert None not in before
    at_once = show_columns(model)
    assert at_once == before
    assert (seen(model), model._seen()) == (before, numbers)
    assert has_numbers(model, school)


def test_what_leads_to_any_place_is_known_still(model: TableModel, near: int) -> None:
    known, total, then = model.where.positions, model.total, list[object]()
    model.modelReset.connect(lambda: then.append((model.where.positions, model.total, model.exact)))
    model.show(model.query, COLUMNS)
    assert then == [(known, total, near < CROWD)]


def test_what_is_shown_in_another_order_begins_with_its_first_rows(model: TableModel) -> None:
    model.show(Query(User, search="@far.edu", sorts=(Sort("role"),)), COLUMNS)
    assert model._rows.here is not None
    assert model._rows.find(model.row_id(0) or "") == 0


@pytest.mark.parametrize(
    ("statement", "names"),
    [(_TAKE, ["0100", "0200", "0280"]), (_ADD, ["0100a", "0200a"]), (_TAKE, [f"{n:04}" for n in range(1, 290)])],
    ids=["some above are gone", "some have come above", "most above are gone"],
)
def test_they_stay_where_others_have_written_and_their_numbers_are_put_right(
    statement: str, names: list[str], model: TableModel, school: Database, qtbot: QtBot
) -> None:
    before = seen(model)
    write(school, statement, names)
    show_columns(model)
    assert seen(model) == before
    qtbot.waitUntil(lambda: has_numbers(model, school))
    assert seen(model) == before


def test_where_the_first_of_them_are_gone_the_others_are_there(
    model: TableModel, school: Database, qtbot: QtBot
) -> None:
    before, first = seen(model), [model.row(row) for row in (300, 301)]
    write(school, _TAKE, [(one.values["email"] or "")[1:5] for one in first if one is not None])
    show_columns(model)
    assert seen(model)[: SEEN - 2] == before[2:]
    qtbot.waitUntil(lambda: has_numbers(model, school))


@pytest.mark.parametrize("left", [0, 20, 305])
def test_where_all_behind_are_gone_what_is_left_is_shown(
    left: int, model: TableModel, school: Database, qtbot: QtBot
) -> None:
    write(school, _TAKE, [f"{number:04}" for number in range(left + 1, CROWD + 1)])
    show_columns(model)
    qtbot.waitUntil(lambda: has_numbers(model, school))
