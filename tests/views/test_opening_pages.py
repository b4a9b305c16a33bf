"""Opening a page: what stands on the screen until its rows are there, and what is ready before anybody opens it."""

from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import Engine, text

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from shiboken6 import isValid

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.models import whereabouts
from lms_desktop.models.desk import as_worker
from lms_desktop.services.paging import Page
from lms_desktop.services.positions import Positions
from lms_desktop.spec import Filter, Operator, Query
from lms_desktop.views import theme
from lms_desktop.views.connection_info import ConnectionInfo
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.held_picture import HOLD_MS
from lms_desktop.views.main_window import MainWindow
from lms_desktop.views.page import Destination
from lms_desktop.views.session import Session
from lms_desktop.views.side_bar import SideBar


@pytest.fixture
def large_text(qapp: QApplication) -> None:
    """Text of 150 %, in the house's look."""
    theme.install(qapp, theme.Scheme.LIGHT, 150)


@pytest.fixture
def window(qtbot: QtBot, session: Session) -> Iterator[MainWindow]:
    """The main window, shown on the page of users."""
    made = MainWindow(session, ConnectionInfo("school", "this computer"), first="users")
    qtbot.addWidget(made)
    made.resize(1400, 800)
    made.show()
    qtbot.waitUntil(lambda: _of(made, "users").model.loaded and not session.desk.jobs)
    yield made
    made.close()


class Paintings(QObject):
    """Notes of each painting of some widgets whether the rows of a page were there."""

    def __init__(self, page: EntityPage, side: SideBar) -> None:
        super().__init__(page)
        self._page = page
        self.with_rows: list[bool] = []
        for widget in (page.filters, page.table.viewport(), side):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter."""
        if event.type() is QEvent.Type.Paint:
            self.with_rows.append(self._page.model.loaded)
        return False


def _of(window: MainWindow, name: str) -> EntityPage:
    page = window.page_of(name)
    assert isinstance(page, EntityPage)
    return page


def _buttons(window: MainWindow) -> list[QPushButton]:
    """The buttons of the page shown, in the bar at the top."""
    return [made for made in window.top._actions.findChildren(QPushButton) if not made.isHidden()]


def test_nothing_is_painted_before_the_rows_of_another_page_are_there(
    qtbot: QtBot, window: MainWindow, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, wanted, fetch = _of(window, "courses"), Event(), session.pages.fetch

    def fetch_late(*asked: Any) -> Page:
        wanted.wait(10)
        return fetch(*asked)

    monkeypatch.setattr(session.pages, "fetch", fetch_late)
    seen = Paintings(page, window.side)
    window._stack._held._timer.setInterval(60_000)
    window.open_page("courses")
    QTimer.singleShot(2 * HOLD_MS, wanted.set)
    qtbot.waitUntil(lambda: len(seen.with_rows) > 1)
    assert all(seen.with_rows)


class Turns(QObject):
    """Which of some widgets were painted, each time that the window was asked to paint."""

    def __init__(self, window: MainWindow, parts: dict[str, QWidget]) -> None:
        super().__init__(window)
        self._names = {part: name for name, part in parts.items()}
        self.painted: list[list[str]] = []
        for widget in (window, *parts.values()):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter."""
        if event.type() is QEvent.Type.UpdateRequest:
            self.painted.append([])
        elif event.type() is QEvent.Type.Paint and watched in self._names and self.painted:
            self.painted[-1].append(self._names[watched])
        return False


def test_what_stands_around_a_page_is_painted_after_its_rows(qtbot: QtBot, window: MainWindow) -> None:
    page = _of(window, "courses")
    turns = Turns(window, {"bar": window.top, "rows": page.table.viewport()})
    window._stack._held._timer.setInterval(60_000)  # however slow the server is
    for again in (False, True):  # its rows are on their way, then they are there already
        turns.painted.clear()
        window.open_page("courses")
        qtbot.waitUntil(lambda: page.model.loaded and ["bar"] in turns.painted)
        told = [names for names in turns.painted if names]
        assert told[0] == ["rows"], again
        assert all(part.updatesEnabled() for part in (window.top, window.bottom, page))
        window.open_page("users")
        qtbot.wait(2 * HOLD_MS)


def test_what_stands_around_a_page_is_painted_though_another_is_opened_at_once(
    qtbot: QtBot, window: MainWindow
) -> None:
    for name in ("courses", "lessons", "courses", "users"):
        window.open_page(name)
    turns = Turns(window, {"bar": window.top})
    qtbot.waitUntil(lambda: any(turns.painted))
    assert all(part.updatesEnabled() for part in (window.top, window.bottom, _of(window, "users")))


def test_what_stands_around_a_page_that_is_led_to_is_painted_after_its_rows(qtbot: QtBot, window: MainWindow) -> None:
    page = _of(window, "courses")
    turns = Turns(window, {"bar": window.top, "rows": page.table.viewport()})
    window._stack._held._timer.setInterval(60_000)
    window.go_to(Destination("courses"))
    qtbot.waitUntil(lambda: page.model.loaded and ["bar"] in turns.painted)
    assert next(names for names in turns.painted if names) == ["rows"]
    assert all(part.updatesEnabled() for part in (window.top, window.bottom, page))


def test_a_page_opened_again_while_it_is_awaited_is_painted_whole(qtbot: QtBot, window: MainWindow) -> None:
    page = _of(window, "courses")
    window._stack._held._timer.setInterval(60_000)
    window.open_page("courses")
    window.open_page("courses")
    qtbot.waitUntil(lambda: page.model.loaded)
    assert all(part.updatesEnabled() for part in (page, page.filters, page.filters.search, page.table.viewport()))


def test_a_page_whose_rows_do_not_come_is_painted_without_them(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _of(window, "courses")
    monkeypatch.setattr(page.model, "show", lambda *_: None)
    seen = Paintings(page, window.side)
    window.open_page("courses")
    qtbot.waitUntil(lambda: len(seen.with_rows) > 1)
    assert not any(seen.with_rows)


def test_a_page_made_ahead_has_its_buttons_and_the_widths_of_its_columns(qtbot: QtBot, window: MainWindow) -> None:
    window.preparing._timer.setInterval(1)
    with qtbot.waitSignal(window.preparing.prepared, check_params_cb=lambda page: page.name == "courses") as ended:
        window.preparing.start()
    page = ended.args[0]
    assert isinstance(page, EntityPage)
    ready = window.top._made[page._primary, "primary"]
    widths = [page.table.columnWidth(column) for column in range(len(page.model.fields))]
    form = page.splitter.sizes()
    window.open_page("courses")
    qtbot.waitUntil(lambda: page.model.loaded)
    assert _buttons(window)[-1] is ready[-1]
    assert [page.table.columnWidth(column) for column in range(len(page.model.fields))] == widths
    assert page.splitter.sizes() == form


def test_nothing_in_the_head_of_a_form_is_cut(qtbot: QtBot, large_text: None, window: MainWindow) -> None:
    window.resize(1200, 800)
    window.open_page("courses")
    form = _of(window, "courses").form
    qtbot.waitUntil(lambda: form.record() is not None and form.header.way.isVisible())
    qtbot.wait(1)
    for part in (form.header.way, form.header.action_button):
        assert part.isVisible()
        assert part.height() >= part.sizeHint().height()
        assert part.width() >= part.sizeHint().width()


def test_the_buttons_of_a_page_last_as_long_as_it_does(qtbot: QtBot, window: MainWindow) -> None:
    before = _buttons(window)
    window.open_page("courses")
    assert not set(before) & set(_buttons(window))
    window.open_page("users")
    assert _buttons(window) == before
    window.shut_pages(("courses",))
    qtbot.waitUntil(lambda: not any(isValid(made) for made in before))


def test_the_buttons_of_a_page_made_ahead_stay_unseen_when_those_of_another_come_back(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.open_page("attempts")  # whose buttons can all give way
    own = _buttons(window)
    assert own
    theme.current().set_text_size(200)
    window.resize(window.minimumSizeHint())
    qtbot.waitUntil(lambda: not window.top._actions.isVisible())
    window.preparing._timer.setInterval(1)
    with qtbot.waitSignal(window.preparing.prepared, check_params_cb=lambda page: page.name == "courses"):
        window.preparing.start()
    theme.current().set_text_size(100)
    window.resize(1400, 800)
    qtbot.waitUntil(lambda: all(made.isVisible() for made in own))
    assert [made for made in window.top._actions.findChildren(QPushButton) if made.isVisible()] == own


def test_the_room_that_is_kept_for_rows_grows_with_the_text(window: MainWindow) -> None:
    page = _of(window, "users")
    before = page.splitter.minimumHeight()
    try:
        theme.current().set_text_size(150)
        assert page.splitter.minimumHeight() == round(before * 1.5)
    finally:
        theme.current().set_text_size(100)
    assert page.splitter.minimumHeight() == before


def test_a_page_opened_while_its_form_is_only_begun_shows_it_whole(qtbot: QtBot, window: MainWindow) -> None:
    def begun() -> EntityPage | None:
        page = window.preparing._made.get("courses")
        raw = page.beside._raw if isinstance(page, EntityPage) else None
        return page if isinstance(page, EntityPage) and raw is not None and raw._to_build else None

    window.preparing.start()
    qtbot.waitUntil(lambda: begun() is not None)
    page = begun()
    assert page is not None
    window.preparing.stop()
    raw = page.beside._raw
    assert raw is not None
    window.open_page("courses")
    assert page.isVisible()
    assert not raw.isVisible()
    qtbot.waitUntil(lambda: page.beside._form is raw and raw.record() is not None)
    assert raw.isVisible()


@pytest.fixture
def straight(session: Session) -> Engine:
    """The server, for whoever writes without the application."""
    database = session.desk.database
    assert database is not None
    return database.engine


@pytest.fixture
def made_ahead(qtbot: QtBot, window: MainWindow, straight: Engine) -> EntityPage:
    """The page of courses, of which the server knows how few they are, made ready and not opened."""
    with as_worker(), straight.begin() as connection:
        connection.execute(text("ANALYZE courses"))
    window.preparing._timer.setInterval(1)
    with qtbot.waitSignal(window.preparing.prepared, check_params_cb=lambda page: page.name == "courses") as ended:
        window.preparing.start()
    page = ended.args[0]
    assert isinstance(page, EntityPage)
    qtbot.waitUntil(lambda: page.model.loaded)
    window.preparing.stop()
    qtbot.waitUntil(lambda: not window.session.desk.jobs)
    return page


def _titles(page: EntityPage) -> list[str]:
    column = [field.key for field in page.model.fields].index("title")
    return [page.model.index(row, column).data() for row in range(page.model.total)]


def test_a_page_made_ahead_is_painted_with_its_rows_at_once_and_read_again(
    qtbot: QtBot, window: MainWindow, made_ahead: EntityPage, session: Session, straight: Engine
) -> None:
    page = made_ahead
    assert _titles(page) == ["Algebra", "Botany", "Empty"]
    with as_worker(), straight.begin() as connection:  # nobody hears of it before it is opened
        connection.execute(text("UPDATE courses SET title = 'Algebra, renamed' WHERE title = 'Algebra'"))
    seen = Paintings(page, window.side)
    window.open_page("courses")
    assert not session.desk.jobs, "the painting waits for nothing"
    qtbot.waitUntil(lambda: len(seen.with_rows) > 1)
    assert all(seen.with_rows)
    qtbot.waitUntil(lambda: _titles(page) == ["Algebra, renamed", "Botany", "Empty"])
    qtbot.waitUntil(lambda: page.form.record() is not None)
    assert page.form.row_id() == page.model.row_id(0)
    qtbot.waitUntil(lambda: window.status_text().startswith("Row 1 of 3"))


def test_a_page_made_ahead_asks_for_no_record_before_it_is_opened(made_ahead: EntityPage, session: Session) -> None:
    assert made_ahead.current_id() == made_ahead.model.row_id(0)
    assert made_ahead.beside._form is not None
    assert made_ahead.beside._form.row_id() is None
    assert not session.desk.jobs


@pytest.mark.parametrize("left", [["Botany", "Empty"], []])
def test_a_page_made_ahead_whose_first_row_is_gone_by_then_shows_another(
    qtbot: QtBot, window: MainWindow, made_ahead: EntityPage, session: Session, straight: Engine, left: list[str]
) -> None:
    page = made_ahead
    with as_worker(), straight.begin() as connection:  # nobody hears of it before it is opened
        connection.execute(text("DELETE FROM courses WHERE title <> ALL (:left)"), {"left": left})
    window.open_page("courses")
    qtbot.waitUntil(lambda: _titles(page) == left)
    qtbot.waitUntil(lambda: page.beside.row_id() == page.model.row_id(0) and not session.desk.jobs)
    record = page.form.record()
    assert (record is not None and record.title) == (bool(left) and left[0])
    assert page.table.currentIndex().row() == (0 if left else -1)


@pytest.mark.parametrize("more", [1, 60])
def test_a_page_made_ahead_begins_with_the_row_that_is_the_first_when_it_is_opened(
    qtbot: QtBot, window: MainWindow, made_ahead: EntityPage, straight: Engine, more: int
) -> None:
    page = made_ahead
    write = (
        "INSERT INTO courses (id, title, slug, is_published, instructor_id) SELECT gen_random_uuid(), 'Aa ' || n,"
        " 'aa' || n, true, (SELECT instructor_id FROM courses LIMIT 1) FROM generate_series(1, :more) n"
    )
    with as_worker(), straight.begin() as connection:  # nobody hears of it before it is opened
        connection.execute(text(write), {"more": more})
    window.open_page("courses")
    qtbot.waitUntil(lambda: page.model.total == 3 + more)
    qtbot.waitUntil(lambda: (record := page.form.record()) is not None and record.title == "Aa 1")
    assert (page.table.seen_rows()[0], page.table.currentIndex().row()) == (0, 0)
    qtbot.waitUntil(lambda: window.status_text().startswith(f"Row 1 of {3 + more}"))


@pytest.mark.parametrize("more", [0, 7])
def test_a_page_made_ahead_is_counted_and_tells_it_when_it_is_opened(
    qtbot: QtBot,
    window: MainWindow,
    session: Session,
    straight: Engine,
    monkeypatch: pytest.MonkeyPatch,
    more: int,
) -> None:
    write = (
        "INSERT INTO courses (id, title, slug, is_published, instructor_id) SELECT gen_random_uuid(), 'Zz ' || n,"
        " 'zz' || n, true, (SELECT instructor_id FROM courses LIMIT 1) FROM generate_series(:first, :last) n"
    )
    with as_worker(), straight.begin() as connection:
        connection.execute(text(write), {"first": 1, "last": 97})
        connection.execute(text("ANALYZE courses"))
    counts, tally = list[str](), session.pages.tally

    def note(uow: UnitOfWork, query: Query) -> Positions | int:
        counts.append(query.entity.__tablename__)  # type: ignore[attr-defined]
        return tally(uow, query)

    monkeypatch.setattr(session.pages, "tally", note)
    monkeypatch.setattr(whereabouts, "NEAR", 60)
    window.preparing._timer.setInterval(1)
    window.preparing.start()
    qtbot.waitUntil(lambda: not window.preparing.goes_on)
    page = window.preparing._made["courses"]
    assert isinstance(page, EntityPage)
    assert counts == ["courses"], "few rows are counted in no time"
    assert (page.model.loaded, page.model.exact) == (True, False)
    with as_worker(), straight.begin() as connection:
        connection.execute(text(write), {"first": 98, "last": 97 + more})
    window.open_page("courses")
    qtbot.waitUntil(lambda: page.model.exact)
    assert page.model.total == 100 + more
    qtbot.waitUntil(lambda: window.status_text().startswith(f"Row 1 of {100 + more}"))


def test_a_page_made_ahead_reads_anew_where_the_zone_is_another_by_then(
    qtbot: QtBot, window: MainWindow, made_ahead: EntityPage, session: Session
) -> None:
    session.preferences.zone = "Asia/Tokyo"
    window.open_page("courses")
    qtbot.waitUntil(lambda: made_ahead.model.query.zone == session.zone and not session.desk.jobs)
    assert session.zone == "Asia/Tokyo"


def test_a_page_made_ahead_that_is_led_to_by_a_filter_is_not_painted_without_it(
    qtbot: QtBot, window: MainWindow, made_ahead: EntityPage
) -> None:
    window._stack._held._timer.setInterval(60_000)
    painted = list[list[str]]()

    class Looking(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.Paint:
                painted.append(_titles(made_ahead))
            return False

    looking = Looking(made_ahead)
    made_ahead.table.viewport().installEventFilter(looking)
    asked = list[bool]()
    made_ahead.model.working.connect(asked.append)
    only = Filter("title", Operator.CONTAINS, ("Bot",))
    window.go_to(Destination("courses", filters=(only,)))
    qtbot.waitUntil(lambda: bool(painted))
    assert painted[0] == ["Botany"]
    assert asked.count(True) == 1, "they are asked for once"
