"""Where most of the rows are gone of which somebody read, Qt is told of none that are not there."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, insert, text

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import User
from lms_desktop.models.desk import as_worker
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.table import TableModel
from lms_desktop.services.pages import Pages
from lms_desktop.spec import Query, Sort
from tests.desks import ImmediateDesk
from tests.small_school import actor, opened

CROWD = 1000
QUERY = Query(User, search="@far.edu", sorts=(Sort("full_name"),))


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school with a thousand people more."""
    people = ({"email": f"f{i:04}@far.edu", "full_name": f"Far {i:04}", "role": "student"} for i in range(CROWD))
    with opened(database_url) as database:
        with database.engine.begin() as connection:
            connection.execute(insert(User), [{**one, "password_hash": "no hash"} for one in people])
        yield database


@pytest.fixture
def desk(qtbot: QtBot, school: Database) -> Iterator[ImmediateDesk]:
    """The administrator's desk."""
    made = ImmediateDesk(school, actor("admin"))
    yield made
    made.close()


@pytest.fixture
def model(desk: ImmediateDesk) -> TableModel:
    """They are shown, and one has read far down."""
    made = TableModel(desk, CATALOG, Pages(CATALOG), QUERY, Drafts(User))
    made.rowsAboutToBeRemoved.connect(lambda _, first, last: _check(0 <= first <= last < made.total))
    made.rowsAboutToBeInserted.connect(lambda _, first, last: _check(0 <= first <= min(last, made.total)))
    made.show(QUERY)
    return made


_wrong: list[bool] = []


def _check(right: bool) -> None:
    if not right:
        _wrong.append(right)


@pytest.fixture(autouse=True)
def never_wrong() -> Iterator[None]:
    """All rows that came or went were there, or could be."""
    _wrong.clear()
    yield
    assert not _wrong


def keep(school: Database, number: int) -> None:
    """Somebody else deletes all but the first, and nobody is told."""
    with as_worker(), school.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM users WHERE email >= :first AND email < 'g'"), {"first": f"f{number:04}"})


@pytest.mark.parametrize("left", [0, 50, 310])
def test_a_jump_to_where_nothing_stands_any_more(left: int, school: Database, model: TableModel) -> None:
    model.want(900, 919)
    keep(school, left)
    model.want(300, 319)
    assert model.total == left
    model.want(max(left - 20, 0), max(left - 1, 0))
    assert all(model.row_id(row) is not None for row in range(max(left - 20, 0), left))


def test_the_count_comes_before_the_rows(school: Database, desk: ImmediateDesk, model: TableModel) -> None:
    keep(school, 90)
    desk.hold()
    model.count()
    model.want(900, 919)
    desk.release()
    assert model.total == 90
    model.want(70, 89)
    assert all(model.row_id(row) is not None for row in range(70, 90))
