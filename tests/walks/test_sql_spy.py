"""How much a page asks of the server: no more where there are more rows. And whether the spy would notice."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lms_desktop.admin import PAGES
from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.views.reference_picker import ReferenceEditor
from tests.postgres import PostgresServer, plain_connection
from tests.walks.answering import Answer
from tests.walks.crowd import ADMIN, fill
from tests.walks.driving import CTRL, Sitting, click, wait_for
from tests.walks.seating import get_up, sit_down
from tests.walks.spy import Spy, reads_secret, spying

FEW, MANY = 10, 1000

# Which plans the server keeps, a connection knows by what was read on it before.
_KEPT = re.compile(r"(DEALLOCATE \w+; )?(PREPARE \w+ AS .*; )?EXECUTE lms_\w+", re.DOTALL)

_TOGETHER = "SET TRANSACTION READ ONLY; SELECT 1 / count(*) FROM users WHERE id = "

Asked = Counter[str]
"""Statement → how many times it was sent."""


def asked(spy: Spy) -> Asked:
    """What was asked since the last time, after everything else that the spy looks for."""
    found = Counter(_KEPT.sub("EXECUTE", said.text) for said in spy.said)
    spy.check()
    return found


class Walks:
    """What each thing that a person does asks of the server, in one school.

    Attributes:
        opening: page → what its first opening asks; `refreshing`, what F5 asks.
        looking: what a record with lists asks when each list is looked at; `deleting`, what the question before it is
            deleted asks.
    """

    def __init__(self, sitting: Sitting, spy: Spy) -> None:
        self.opening: dict[str, Asked] = {}
        self.refreshing: dict[str, Asked] = {}
        for page in PAGES:  # the first one is open already
            sitting.open(page)
            self.opening[page] = asked(spy)
            sitting.press(Qt.Key.Key_F5)
            self.refreshing[page] = asked(spy)
        sitting.open("courses")
        sitting.click_row(0)
        asked(spy)
        self.looking = [asked(spy) for _ in self._lists(sitting)]
        answer = Answer("Keep")
        QTest.keyClick(sitting.page.table, Qt.Key.Key_Delete)
        answer.wait()
        sitting.settle()
        self.deleting = asked(spy)

    @staticmethod
    def _lists(sitting: Sitting) -> Iterator[None]:
        tabs = sitting.page.form.tabs
        for tab in range(1, tabs.count()):
            click(tabs, tabs.tabRect(tab))
            sitting.settle()
            yield
        click(tabs, tabs.tabRect(0))


@contextmanager
def at_the_window(server: PostgresServer, template: URL, rows: int, settings: Path) -> Iterator[tuple[Sitting, Spy]]:
    """An administrator before a school of so many rows, and somebody who listens."""
    url = server.create(template=template.database)
    fill(url, rows)
    with spying(url, server) as spy:
        sitting = sit_down(url, ADMIN, settings / f"{rows}.ini", page=next(iter(PAGES)))
        yield sitting, spy
        get_up(sitting)
    server.drop(url)


@pytest.fixture(scope="module")
def crowded(
    server: PostgresServer, migrated_template: URL, _look: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Sitting, Spy, Walks]]:
    """The window of a school with a thousand rows of everything, walked through."""
    with at_the_window(server, migrated_template, MANY, tmp_path_factory.mktemp("many")) as (sitting, spy):
        yield sitting, spy, Walks(sitting, spy)


@pytest.fixture(scope="module")
def quiet(
    server: PostgresServer, migrated_template: URL, _look: None, tmp_path_factory: pytest.TempPathFactory
) -> Walks:
    """What was asked in a school with ten rows of everything."""
    with at_the_window(server, migrated_template, FEW, tmp_path_factory.mktemp("few")) as (sitting, spy):
        return Walks(sitting, spy)


def only_counts(more: Asked) -> bool:
    """Whether this is what a table that does not end on the screen asks besides: about how many rows there are, with
    the first of them, and then, after the gate has looked at the person again, how many exactly."""
    kinds: Counter[str] = Counter()
    for statement, times in more.items():
        gate = statement.startswith("BEGIN READ ONLY; SELECT email, full_name, role, is_active FROM users")
        about, exact = "reltuples" in statement, statement.startswith("SELECT count(*)")
        kinds["gate" if gate else "about" if about else "exact" if exact else statement] += times
    # A page that was read before is asked for together with the gate's question, and what follows asks again.
    gates = kinds["gate"] - kinds["exact"]
    return 0 <= gates <= kinds["about"] and set(kinds) <= {"gate", "about", "exact"}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_a_thousand_rows_asks_no_more_than_one_of_ten_but_how_many(
    page: str, quiet: Walks, crowded: tuple[Sitting, Spy, Walks]
) -> None:
    _, _, busy = crowded
    assert quiet.opening[page], "nothing was asked: nothing was proved"
    assert not quiet.opening[page] - busy.opening[page]
    assert only_counts(busy.opening[page] - quiet.opening[page])
    assert sum((busy.opening[page] - quiet.opening[page]).values()) <= 4
    assert quiet.refreshing[page] == busy.refreshing[page]


def test_what_hangs_on_a_record_is_asked_for_in_one_go(quiet: Walks, crowded: tuple[Sitting, Spy, Walks]) -> None:
    _, _, busy = crowded
    for few, many in zip(quiet.looking, busy.looking, strict=True):
        assert few
        assert only_counts(many - few)
    assert quiet.deleting == busy.deleting, "counted in sets, not row by row"


@pytest.mark.parametrize("page", ["users", "enrollments", "lessons"])
def test_scrolling_asks_for_screens_not_for_rows(page: str, crowded: tuple[Sitting, Spy, Walks]) -> None:
    sitting, spy, _ = crowded
    sitting.open(page)
    asked(spy)
    table, model = sitting.page.table, sitting.page.model
    bar = table.verticalScrollBar()
    first, last = table.seen_rows()
    places = [*range(0, MANY, last - first), model.total]
    seen: set[str] = set()
    for place in places:
        bar.setValue(place * table.rowHeight(0))
        sitting.settle()
        seen |= {row_id for row in range(MANY) if (row_id := model.row_id(row)) is not None}
    assert len(seen) == MANY, "every row, none twice"
    pages, gates = _split(asked(spy))
    assert pages == gates
    assert len(places) / 2 <= pages <= 2 * len(places), "what is seen, and ahead of it what will be"
    for place in places:
        bar.setValue(place * table.rowHeight(0))
        QTest.qWait(1)
    sitting.settle()
    assert not asked(spy), "what was read is kept"


def _split(found: Asked) -> tuple[int, int]:
    """How often a page was asked for, and how often the gate; the two may be one message."""
    together = sum(times for statement, times in found.items() if statement.startswith(_TOGETHER))
    pages = sum(times for statement, times in found.items() if statement.startswith("WITH page AS"))
    return pages + together, sum(found.values()) - pages


def test_a_picker_reads_twenty_rows_of_a_thousand(crowded: tuple[Sitting, Spy, Walks]) -> None:
    sitting, spy, _ = crowded
    sitting.open("enrollments")
    sitting.press(Qt.Key.Key_N, CTRL)
    editor = sitting.page.form.details.fields.rows["student_id"].editor
    assert isinstance(editor, ReferenceEditor)
    asked(spy)
    sitting.type("student")
    sitting.settle()
    wait_for(lambda: editor.list_open, "the list")
    found = asked(spy)
    assert sum(found.values()) == 2, "the gate and one question, however many keys were pressed"
    assert any("LIMIT" in statement for statement in found)
    sitting.tidy()


# The spy itself


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT users.id, users.password_hash FROM users",
        "SELECT u.id, refresh_tokens_1.token FROM users u",
        "SELECT * FROM users",
        "SELECT u.id, u.* FROM users u",
        "UPDATE users SET full_name = 'x' RETURNING password_hash",
    ],
)
def test_the_spy_knows_a_secret_that_is_read(statement: str) -> None:
    assert reads_secret(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) AS n FROM refresh_tokens",
        "SELECT 100 * count(progress.id) / 3 FROM progress",
        "SELECT users.id FROM users WHERE users.full_name = 'password_hash, token'",
        "UPDATE users SET password_hash = 'x' WHERE users.id = '1' RETURNING users.id",
        "INSERT INTO users (id, password_hash) VALUES ('1', 'x')",
    ],
)
def test_the_spy_lets_pass_what_reads_none(statement: str) -> None:
    assert not reads_secret(statement)


@pytest.mark.parametrize(
    "statement", ["SELECT 1", "SELECT password_hash FROM users"], ids=["on the GUI thread", "a secret"]
)
def test_the_spy_notices_a_statement_that_should_not_be(
    statement: str, qapp: object, server: PostgresServer, database_url: URL
) -> None:
    with spying(database_url, server) as spy:
        engine = make_engine(database_url, Settings())
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()
        with pytest.raises(AssertionError, match="GUI thread"):
            spy.check()
        spy.check()


def test_the_spy_notices_what_goes_past_the_engines(server: PostgresServer, database_url: URL) -> None:
    if server.local is None:
        pytest.skip("the log of a server that was given is out of reach")
    with spying(database_url, server) as spy:
        with plain_connection(database_url) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM users")
        with pytest.raises(AssertionError, match="past the engines"):
            spy.check()
