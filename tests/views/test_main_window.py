"""The main window: whose words the status bar shows, and what it asks before it goes."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, Engine

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit

from lms_desktop.database.changes import Listener, listen
from lms_desktop.entities import Course, User
from lms_desktop.models.live import Live
from lms_desktop.views import main_window
from lms_desktop.views.connection_info import ConnectionInfo
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.main_window import MainWindow
from lms_desktop.views.page import Destination, Page
from lms_desktop.views.session import Session
from tests.small_school import actor, opened, row_id
from tests.views.sittings import change, sitting

LOGGED = (
    "SELECT set_config('lms.operation', gen_random_uuid()::text, true),"
    """ set_config('lms.actor', '{"name": "Ines", "email": "ines@school.edu", "role": "admin"}', true); """
)
"""What makes a transaction of any program one that is logged."""


@pytest.fixture
def session(qtbot: QtBot, database_url: URL, tmp_path: Path) -> Iterator[Session]:
    """The administrator's sitting at the small school."""
    with opened(database_url) as school, sitting(school, actor("admin"), tmp_path) as made:
        yield made


@pytest.fixture
def window(qtbot: QtBot, session: Session) -> MainWindow:
    """The main window, shown."""
    made = MainWindow(session, ConnectionInfo("school", "this computer"))
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: not session.desk.jobs)
    return made


def test_a_page_in_the_background_keeps_its_words_to_itself(qtbot: QtBot, window: MainWindow) -> None:
    window.open_page("users")
    people = window.page
    assert people is not None
    window.open_page("courses")
    shown = window.status_text()
    people.status.emit("Row 1 of 10")
    assert window.status_text() == shown
    window.open_page("users")
    assert window.status_text().startswith("Row 1 of 10")


def test_unsaved_changes_are_asked_about_before_the_window_closes(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.go_to(Destination("users", record_id=row_id(User, "ana")))
    page = window.page
    assert page is not None
    page.new_row()
    assert isinstance(page, EntityPage)
    assert window.close(), "nobody has typed anything into the new row"
    window.show()
    page.new_row()
    (draft,) = page.drafts.new_rows()
    page.drafts.set(draft.id, "full_name", "Somebody")
    asked: list[str] = []
    monkeypatch.setattr(QDialog, "exec", lambda box: asked.append(box.windowTitle()))
    assert not window.close()
    assert asked
    assert window.isVisible()
    assert window.unsaved()
    page.discard()
    assert window.close()


def test_what_is_no_value_yet_is_counted_on_the_page_that_was_left(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    window.open_page("users")
    window.open_page("enrollments")
    page, entry = window.page, window.navigation.entry("enrollments")
    assert isinstance(page, EntityPage)
    qtbot.waitUntil(lambda: page.form.record() is not None)
    qtbot.waitUntil(lambda: session.schema.overview is not None)  # which has all counted, once
    window.activateWindow()
    page.form.focus_field("completed_at")
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    qtbot.keyClicks(QApplication.focusWidget(), "2026-1")
    qtbot.waitUntil(lambda: not window._count_soon.isActive())
    window.open_page("users")
    try:
        qtbot.waitUntil(lambda: entry.badge == 1)
        assert window.isWindowModified()
    finally:
        page.discard()


def test_the_bar_of_unsaved_changes_is_painted_before_the_navigation_counts_them(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main_window, "COUNT_MS", 500)  # however long the rest takes here
    window = MainWindow(session, ConnectionInfo("school", "this computer"))
    qtbot.addWidget(window)
    window.show()
    window.open_page("users")
    qtbot.waitUntil(lambda: not session.desk.jobs)
    page, entry, painted = window.page, window.navigation.entry("users"), list[int]()
    assert isinstance(page, EntityPage)

    class Eyes(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                painted.append(entry.badge)
            return False

    eyes = Eyes(window)
    page.unsaved_bar.installEventFilter(eyes)
    assert page.model.setData(page.model.index(0, 0), "Somebody else")
    qtbot.waitUntil(lambda: entry.badge == 1)
    assert painted[0] == 0
    page.discard()


def test_a_record_of_another_page_is_opened_there(qtbot: QtBot, window: MainWindow) -> None:
    window.open_page("courses")
    window.go_to(Destination("users", record_id=row_id(User, "bo")))
    assert window.page is not None
    assert window.page.name == "users"
    form = window.page.form if isinstance(window.page, EntityPage) else None
    assert form is not None
    qtbot.waitUntil(lambda: form.record() is not None)
    record = form.record()
    assert record is not None
    assert record.title == "Bo"


def test_what_a_role_may_not_open_is_not_opened(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    assert window.open_page("sessions")
    session.desk.actor = actor("registrar")
    other = MainWindow(session, ConnectionInfo("school", "this computer"))
    qtbot.addWidget(other)
    assert not other.open_page("sessions")
    assert "sessions" not in other.navigation.keys()  # noqa: SIM118


@pytest.mark.parametrize(("role", "stays"), [("admin", True), ("registrar", False)])
def test_the_navigation_is_there_before_anybody_signs_in(
    qtbot: QtBot, session: Session, role: str, stays: bool
) -> None:
    session.desk.actor = None
    begun = MainWindow(session, ConnectionInfo("school", "this computer"), ahead=True)
    qtbot.addWidget(begun)
    while begun.build():
        pass
    before = begun.navigation.entry("users")
    session.desk.actor = actor(role)
    begun.admit()
    assert (begun.navigation.entry("users") is before) == stays
    assert ("sessions" in begun.navigation.keys()) == stays  # noqa: SIM118


def test_the_first_rows_are_asked_for_before_the_window_is_built(
    qtbot: QtBot, database_url: URL, tmp_path: Path
) -> None:
    with (
        opened(database_url) as school,
        sitting(school, actor("admin"), tmp_path, threads=True) as session,
    ):
        window = MainWindow(session, ConnectionInfo("school", "this computer"), ahead=True)
        qtbot.addWidget(window)
        under_way: list[bool] = []
        window._to_build.insert(0, lambda: under_way.append(session.asked[Course].is_reading()))
        window.admit("courses")
        assert under_way == [True]
        assert not session.asked, "the page has taken them"
        page = window.page
        assert isinstance(page, EntityPage)
        assert page.name == "courses"
        window.show()
        qtbot.waitUntil(lambda: page.model.loaded)
        assert page.model.rowCount() > 1
        assert page.busy.busy is False
        qtbot.waitUntil(lambda: not session.desk.jobs)
        window.close()


def test_the_top_bar_is_arranged_anew_only_where_it_says_something_else(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted: list[str] = []
    monkeypatch.setattr(window.top, "_fit", lambda: fitted.append(window.top._title.text()))
    assert window.page is not None
    window.page.title_changed.emit()
    assert not fitted
    assert window.open_page("courses")
    assert "Courses" in fitted


def test_the_number_stands_right_behind_the_title_whatever_page_was_shown_before(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1400, 800)
    window.show()
    title = window.top._title
    widths = []
    for name in ("users", "enrollments", "users"):
        assert window.open_page(name)
        qtbot.waitUntil(lambda: not window.session.desk.jobs)
        QApplication.processEvents()
        assert title.shown() == title.text()
        widths.append(title.width())
    assert widths[0] == widths[2] < widths[1]


def test_what_others_do_before_the_window_is_seen_is_heard(qtbot: QtBot, database_url: URL, tmp_path: Path) -> None:
    with (
        opened(database_url) as school,
        sitting(school, actor("admin"), tmp_path, threads=True) as session,
    ):
        session.log.look()
        qtbot.waitUntil(lambda: session.log.on)
        window = MainWindow(session, ConnectionInfo("school", "this computer"), first="users")
        qtbot.addWidget(window)
        page = window.page
        assert isinstance(page, EntityPage)
        qtbot.waitUntil(lambda: page.model.loaded and window.live.kind == "live" and not session.desk.jobs)
        with qtbot.waitSignal(session.desk.noticed):
            change(database_url, LOGGED + "UPDATE users SET full_name = 'Adele' WHERE id = %s", page.model.row_id(0))
        window.show()
        qtbot.waitUntil(lambda: "Adele" in [cells[0].text for cells in map(page.model.row_cells, range(3)) if cells])
        qtbot.waitUntil(lambda: not session.desk.jobs)
        window.close()


def test_a_page_that_cannot_be_made_ahead_is_tried_once(qtbot: QtBot, window: MainWindow) -> None:
    def fail(*_: object) -> Page:
        tried.append(1)
        raise ValueError

    tried: list[int] = []
    entries = window._stack.entries
    entries.update({name: replace(entry, make=fail) for name, entry in entries.items()})
    left = sum(entry.general is not None for entry in entries.values()) - len(window.pages())
    window.preparing._timer.setInterval(1)
    with qtbot.captureExceptions():
        window.preparing.start()
        qtbot.waitUntil(lambda: not window.preparing.goes_on)
    assert len(tried) == left


def test_what_is_saved_between_the_first_rows_and_listening_is_shown(
    qtbot: QtBot, session: Session, database_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    algebra = row_id(Course, "algebra")

    def way(engine: Engine) -> Listener:
        change(database_url, f"{LOGGED} UPDATE courses SET title = 'Theirs' WHERE id = '{algebra}'")
        return listen(engine)

    monkeypatch.setattr(main_window, "Live", partial(Live, open_listener=way))
    session.preferences.save_page_state("window", {"page": "courses"})
    window = MainWindow(session, ConnectionInfo("school", "this computer"))
    qtbot.addWidget(window)
    window.show()
    page = window.page
    assert isinstance(page, EntityPage)
    qtbot.waitUntil(lambda: window.live.kind == "live", timeout=10_000)

    def shown() -> str:
        row = page.model.find(algebra)
        cells = None if row is None else page.model.row_cells(row)
        return "" if cells is None else " ".join(cell.text for cell in cells)

    qtbot.waitUntil(lambda: "Theirs" in shown(), timeout=5_000)


def test_what_is_under_way_ends_in_one_ellipsis(window: MainWindow) -> None:
    window.bottom.tell_work(("Loading …", "Enrollments"))
    assert window.bottom.work.text() == "Loading… · Enrollments…"
