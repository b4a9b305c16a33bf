"""An entity's page: what a new row begins with."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, insert, text

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from lms_desktop.admin import CATALOG
from lms_desktop.entities import Course, Lesson, QuizAttempt, User
from lms_desktop.spec import Filter, Operator, Query, Sort
from lms_desktop.views import filter_bar, sorting, type_ahead
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.page import Destination
from lms_desktop.views.session import Session
from tests.desks import ImmediateDesk
from tests.small_school import actor, opened, row_id
from tests.views.sittings import change, sitting


@pytest.fixture
def ines(qtbot: QtBot, database_url: URL, tmp_path: Path) -> Iterator[Session]:
    """The sitting of an instructor."""
    with opened(database_url) as school, sitting(school, actor("ines"), tmp_path) as made:
        yield made


def begun(session: Session, qtbot: QtBot, entity: type, condition: Filter) -> EntityPage:
    """A page that shows what a filter lets through, with a new row."""
    page = EntityPage(session, CATALOG[entity])
    qtbot.addWidget(page)
    page.go_to(Destination(CATALOG[entity].name, filters=(condition,)))
    page.new_row()
    return page


def test_a_new_row_is_what_the_filter_says(ines: Session, qtbot: QtBot) -> None:
    algebra = row_id(Course, "algebra")
    page = begun(ines, qtbot, Lesson, Filter("course_id", Operator.ONE_OF, (algebra,), ("Algebra",)))
    (draft,) = page.drafts.new_rows()
    assert (draft.values["course_id"], draft.labels["course_id"]) == (algebra, ("Algebra", ""))


def test_a_filter_gives_a_new_row_nothing_that_the_person_may_not_write(ines: Session, qtbot: QtBot) -> None:
    mine = Filter("instructor_id", Operator.ONE_OF, (row_id(User, "ines"),), ("Ines",))
    page = begun(ines, qtbot, Course, mine)
    page.drafts.set(page.drafts.new_rows()[0].id, "title", "Chemistry")
    page.save()
    assert not page.drafts, "the draft could not be saved"


def lessons(session: Session, qtbot: QtBot) -> EntityPage:
    """The page of lessons, wide enough for its titles to be pressed."""
    page = EntityPage(session, CATALOG[Lesson])
    qtbot.addWidget(page)
    page.resize(1600, 600)
    page.show()
    page.activate()
    return page


def test_a_click_with_shift_sorts_by_one_column_more(ines: Session, qtbot: QtBot) -> None:
    page = lessons(ines, qtbot)
    told: list[str] = []
    page.status.connect(told.append)
    header, keys = page.table.header(), [field.key for field in page.model.fields]
    shift, plain = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
    for key, modifier in (("title", plain), ("order", shift), ("title", shift)):
        left = header.sectionViewportPosition(keys.index(key))
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, modifier, QPoint(left + 20, 10))
    assert page.model.query.sorts == (Sort("title", True), Sort("order"))
    page.row_words.tell()
    assert "then by Place (ascending)" in told[-1]


def test_places_in_a_list_stay_in_their_order_where_the_lists_are_turned_round(ines: Session, qtbot: QtBot) -> None:
    page = lessons(ines, qtbot)
    header, keys = page.table.header(), [field.key for field in page.model.fields]
    found = []
    for key in ("course_id", "course_id", "title"):
        left = header.sectionViewportPosition(keys.index(key))
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(left + 20, 10))
        found.append(page.model.query.sorts)
    turned, order = Sort("course_id", descending=True), Sort("order")
    assert found == [(turned, order), (Sort("course_id"), order), (Sort("title"),)]


def test_ctrl_enter_does_not_wait_for_the_record_to_be_there(qtbot: QtBot, database_url: URL, tmp_path: Path) -> None:
    with (
        opened(database_url) as school,
        sitting(school, actor("ines"), tmp_path, threads=True) as session,
    ):
        page = EntityPage(session, CATALOG[Course])
        qtbot.addWidget(page)
        wanted: list[Destination] = []
        page.open_requested.connect(wanted.append)
        page.resize(1200, 600)
        page.show()
        page.activate()
        qtbot.waitUntil(lambda: page.beside.row_id() is not None)
        page.go_on()
        assert wanted == [], "nobody knows yet where the record leads"
        qtbot.waitUntil(lambda: bool(wanted))
        assert [one.page for one in wanted] == ["course"]
        assert wanted[0].record_id == page.current_id()
        qtbot.waitUntil(lambda: not page.session.desk.jobs)


def test_ctrl_enter_in_a_new_row_leads_nowhere_once_that_is_saved(
    qtbot: QtBot, database_url: URL, tmp_path: Path
) -> None:
    with opened(database_url) as school, sitting(school, actor("admin"), tmp_path) as session:
        page = EntityPage(session, CATALOG[Course])
        qtbot.addWidget(page)
        wanted: list[Destination] = []
        page.open_requested.connect(wanted.append)
        page.resize(1200, 600)
        page.show()
        page.activate()
        page.new_row()
        (draft,) = page.drafts.new_rows()
        page.go_on()
        page.drafts.set(draft.id, "title", "Botany")
        page.drafts.set(draft.id, "instructor_id", row_id(User, "ines"))
        page.save()
        qtbot.waitUntil(lambda: page.form.record() is not None)
        record = page.form.record()
        assert record is not None
        assert record.id == draft.id
        assert wanted == []


def test_letters_do_not_lead_into_another_order(
    qtbot: QtBot, database_url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        opened(database_url) as school,
        sitting(school, actor("admin"), tmp_path, threads=True) as session,
    ):
        page = EntityPage(session, CATALOG[User])
        qtbot.addWidget(page)
        page.resize(1200, 600)
        page.show()
        page.activate()
        qtbot.waitUntil(lambda: page.model.loaded and not session.desk.jobs)
        typed, may_answer = session.pages.typed, threading.Event()

        def late(*asked: Any) -> int | None:
            found = typed(*asked)
            assert may_answer.wait(60)
            return found

        monkeypatch.setattr(session.pages, "typed", late)
        page.table.typed.emit("b")
        backwards = Query(User, zone=session.zone, sorts=(Sort("full_name", True),))
        page.model.show(backwards, page.columns)
        qtbot.waitUntil(lambda: page.model.query == backwards)
        before = page.table.currentIndex().row()
        may_answer.set()
        qtbot.waitUntil(lambda: not page.session.desk.jobs)
        assert page.table.currentIndex().row() == before


def test_letters_lead_to_a_value_as_it_is_called_on_the_screen(
    qtbot: QtBot, ines: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type_ahead, "word", lambda label: {"Student": "Lernende"}.get(label, label))
    page = EntityPage(ines, CATALOG[User])
    qtbot.addWidget(page)
    page.model.show(Query(User, zone=ines.zone, sorts=(Sort("role"),)), page.columns)
    roles = [page.model.wire(row, "role") for row in range(page.model.total)]
    page.table.typed.emit("l")
    assert page.table.currentIndex().row() == roles.index("student")


def test_a_page_made_ahead_has_the_zone_that_was_chosen_since(ines: Session, qtbot: QtBot) -> None:
    page = EntityPage(ines, CATALOG[Lesson])
    qtbot.addWidget(page)
    page.prepare()
    ines.preferences.zone = "Asia/Tokyo"
    page.activate()
    assert page.model.query.zone == "Asia/Tokyo"


ALONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
ONWARD = [
    (Qt.Key.Key_Down, ALONE, 3),
    (Qt.Key.Key_Up, ALONE, 1),
    (Qt.Key.Key_PageDown, ALONE, 3),
    (Qt.Key.Key_End, CTRL, -1),
    (Qt.Key.Key_Home, CTRL, 0),
]


@contextmanager
def people_of_the_school(qtbot: QtBot, database_url: URL, tmp_path: Path) -> Iterator[EntityPage]:
    """The page of people, of whom only those with an address of the school are shown."""
    with opened(database_url) as school, sitting(school, actor("admin"), tmp_path, threads=True) as session:
        page = EntityPage(session, CATALOG[User])
        qtbot.addWidget(page)
        page.resize(1600, 600)
        page.show()
        page.go_to(Destination(CATALOG[User].name, filters=(Filter("email", Operator.CONTAINS, ("school",)),)))
        page.activate()
        qtbot.waitUntil(lambda: page.model.exact and page.model.total > 4 and page.model.row_id(3) is not None)
        yield page


@pytest.mark.parametrize(("key", "modifier", "goes_to"), ONWARD)
def test_the_arrows_go_on_from_where_a_saved_row_has_left_the_list(
    qtbot: QtBot, database_url: URL, tmp_path: Path, key: Qt.Key, modifier: Qt.KeyboardModifier, goes_to: int
) -> None:
    with people_of_the_school(qtbot, database_url, tmp_path) as page:
        total, people = page.model.total, [page.model.row_id(row) for row in range(page.model.total)]
        column = [field.key for field in page.model.fields].index("email")
        page.table.setCurrentIndex(page.model.index(2, column))
        assert page.model.setData(page.model.index(2, column), "gone@elsewhere.example")
        page.save()
        qtbot.waitUntil(lambda: page.model.exact and page.model.total == total - 1)
        qtbot.waitUntil(lambda: not page.table.currentIndex().isValid())  # the record that is shown has no row here
        qtbot.keyClick(page.table, key, modifier)
        current = page.table.currentIndex()
        assert (page.model.row_id(current.row()), current.column()) == (people[goes_to], column)


def test_a_row_that_comes_back_is_current_in_the_column_where_one_was(
    qtbot: QtBot, database_url: URL, tmp_path: Path
) -> None:
    with people_of_the_school(qtbot, database_url, tmp_path) as page:
        total, row, gone = page.model.total, page.model.index(2, 0), page.model.row_id(2)
        assert gone is not None
        column = [field.key for field in page.model.fields].index("email")
        assert column
        address = page.model.wire(2, "email")
        page.table.setCurrentIndex(row.siblingAtColumn(column))
        assert page.model.setData(row.siblingAtColumn(column), "gone@elsewhere.example")
        page.save()
        qtbot.waitUntil(lambda: page.model.exact and page.model.total == total - 1)
        qtbot.waitUntil(lambda: not page.table.currentIndex().isValid())
        change(database_url, "UPDATE users SET email = %s WHERE id = %s", address, gone)
        page.refresh()
        page.show_record(gone)  # as undo does
        qtbot.waitUntil(lambda: page.model.row_id(page.table.currentIndex().row()) == gone)
        assert page.table.currentIndex().column() == column
        qtbot.waitUntil(lambda: not page.session.desk.jobs)


SEARCH, FILTER = "zzqx", Filter("email", Operator.CONTAINS, ("zzqx",))
NOTHING = [
    (SEARCH, (), "Nothing found for “zzqx”."),
    ("", (FILTER,), "Nothing matches these filters."),
    (SEARCH, (FILTER,), "Nothing matches this search and these filters."),
]


@pytest.mark.parametrize(("search", "filters", "words"), NOTHING)
def test_what_nothing_matches_is_called_what_it_is(
    qtbot: QtBot, ines: Session, search: str, filters: tuple[Filter, ...], words: str
) -> None:
    page = EntityPage(ines, CATALOG[User])
    qtbot.addWidget(page)
    page.model.show(Query(User, zone=ines.zone, search=search, filters=filters), page.columns)
    assert (page.model.total, page.model.exact) == (0, True)
    assert page.empty.accessibleName() == words


@pytest.mark.parametrize(
    ("entity", "words"),
    [
        (User, "There is nothing here yet that you may see."),
        (QuizAttempt, "Nobody has taken a quiz yet. Attempts appear here as students begin them on the web."),
    ],
)
def test_who_may_not_add_anything_is_not_told_to(
    qtbot: QtBot, database_url: URL, tmp_path: Path, entity: type, words: str
) -> None:
    with opened(database_url) as school:
        with school.engine.begin() as connection:
            connection.execute(text("DELETE FROM quiz_attempts"))
            connection.execute(text("UPDATE courses SET instructor_id = :id"), {"id": row_id(User, "ines")})
        with sitting(school, actor("ivan"), tmp_path) as session:
            page = EntityPage(session, CATALOG[entity])
            qtbot.addWidget(page)
            page.activate()
            assert (page.model.total, page.model.exact) == (0, True)
            assert page.empty.accessibleName() == words
            assert not page.empty.button.isVisibleTo(page.empty)


def test_nothing_is_said_of_how_few_there_are_while_it_is_looked_once_more(
    qtbot: QtBot, database_url: URL, tmp_path: Path
) -> None:
    with opened(database_url) as school, sitting(school, actor("admin"), tmp_path) as session:
        desk = session.desk
        assert isinstance(desk, ImmediateDesk)
        page = EntityPage(session, CATALOG[User])
        qtbot.addWidget(page)
        page.activate()
        desk.hold()
        page.model.show(Query(User, zone=session.zone, search="Zoé"), page.columns)
        while page.model.query.search != "Zoé":
            desk.release(1)
        assert page.model.total == 0
        assert page.subtitle() == "… match"
        assert not page.empty.isVisibleTo(page)
        desk.release()
        assert page.subtitle() == "0 match"
        assert page.empty.isVisibleTo(page)


CLOSER = [
    ("Zoë", ["Zoë de la Cruz"]),
    ("ZOË cruz", ["Zoë de la Cruz"]),
    ("Zoé", ["Zoe Abe", "Zoe Bell", "Zoe Cole", "Zoë de la Cruz"]),
    ("cole", ["Zoe Cole"]),
    ("de la", ["Zoë de la Cruz"]),
    ("zoe", ["Zoe Abe", "Zoe Bell", "Zoe Cole"]),
    ("zoe c", ["Zoe Cole", "Zoë de la Cruz"]),
    ("Großmann", ["Anna Großmann"]),
    ("grossmann", ["Anna Großmann", "Berta Grossmann"]),
]


@pytest.mark.parametrize(("typed", "names"), CLOSER)
def test_an_accent_that_is_typed_counts_unless_nothing_is_found(
    qtbot: QtBot, database_url: URL, tmp_path: Path, typed: str, names: list[str]
) -> None:
    people = ("Zoë de la Cruz", "Zoe Abe", "Zoe Bell", "Zoe Cole", "Anna Großmann", "Berta Grossmann")
    with opened(database_url) as school:
        with school.engine.begin() as connection:
            for number, name in enumerate(people):
                values = {"email": f"{number}@x.test", "full_name": name, "role": "student", "password_hash": "x"}
                connection.execute(insert(User).values(values))
        with sitting(school, actor("admin"), tmp_path) as session:
            page = EntityPage(session, CATALOG[User])
            qtbot.addWidget(page)
            page.model.show(Query(User, zone=session.zone, search=typed), page.columns)
            qtbot.waitUntil(lambda: page.model.loaded and page.model.exact and not page.is_looking_closer())
            assert sorted(str(page.model.wire(row, "full_name")) for row in range(page.model.total)) == sorted(names)


MANY = 400
"""People besides those of the small school: more than are read at once."""


@pytest.fixture
def crowd(qtbot: QtBot, database_url: URL, tmp_path: Path) -> Iterator[EntityPage]:
    """A narrow page of many people: rows and columns that do not fit."""
    with opened(database_url) as school:
        change(
            database_url,
            "INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled)"
            " SELECT gen_random_uuid(), 'p' || i || '@crowd.edu', '-', 'Person ' || to_char(i, 'FM0000'), 'student',"
            " true, false FROM generate_series(1, %s) i",
            MANY,
        )
        with sitting(school, actor("admin"), tmp_path, threads=True) as session:
            page = EntityPage(session, CATALOG[User])
            qtbot.addWidget(page)
            page.resize(760, 500)
            page.show()
            page.columns = page.filters.columns = (
                "full_name",
                "email",
                "role",
                "is_active",
                "created_at",
                "updated_at",
            )
            page.activate()
            qtbot.waitUntil(lambda: page.model.exact and not session.desk.jobs)
            yield page
            qtbot.waitUntil(lambda: not page.session.desk.jobs)


def test_other_columns_leave_the_rows_where_they_are(crowd: EntityPage, qtbot: QtBot) -> None:
    jobs, place = crowd.session.desk, crowd.model.index(300, 1)
    crowd.table.scrollTo(place)
    qtbot.waitUntil(lambda: crowd.model.row_id(300) is not None and not jobs.jobs)
    crowd.table.setCurrentIndex(place)
    qtbot.waitUntil(lambda: not jobs.jobs)
    shown, seen = crowd.current_id(), crowd.table.seen_rows()[0]
    crowd.filters.use_columns(("full_name", "last_login_at", "email"))
    qtbot.waitUntil(lambda: len(crowd.model.fields) == 3 and crowd.model.row_id(300) is not None and not jobs.jobs)
    assert (crowd.current_id(), crowd.table.seen_rows()[0]) == (shown, seen)
    assert (crowd.table.currentIndex().row(), crowd.table.currentIndex().column()) == (300, 2)
    assert crowd.model.row_id(300) == shown


def test_other_columns_do_not_lead_back_to_a_row_that_was_scrolled_away(crowd: EntityPage, qtbot: QtBot) -> None:
    shown, jobs = crowd.current_id(), crowd.session.desk
    crowd.table.scrollTo(crowd.model.index(300, 0))
    qtbot.waitUntil(lambda: crowd.model.row_id(300) is not None and not jobs.jobs)
    seen = crowd.table.seen_rows()[0]
    crowd.filters.use_columns(("full_name", "email"))
    qtbot.waitUntil(lambda: len(crowd.model.fields) == 2 and crowd.model.row_id(300) is not None and not jobs.jobs)
    assert crowd.table.seen_rows()[0] == seen
    assert crowd.current_id() == shown


def test_a_click_on_a_title_leaves_that_column_in_view(crowd: EntityPage, qtbot: QtBot) -> None:
    across, header = crowd.table.horizontalScrollBar(), crowd.table.header()
    across.setValue(across.maximum())
    left = across.value()
    assert left > 0
    last = header.sectionViewportPosition(len(crowd.model.fields) - 1)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(last + 20, 10))
    qtbot.waitUntil(lambda: crowd.model.query.sorts == (Sort("updated_at"),) and not crowd.session.desk.jobs)
    assert across.value() == left


def _choose_order(page: EntityPage, column: int, *, to_end: bool = False) -> None:
    """Sort by a column, and ask for the end before its rows are there."""
    page.table.sort_requested.emit(column, False)
    assert page.model.awaited is not None
    if to_end:
        QTest.keyClick(page.table, Qt.Key.Key_End, CTRL)
        assert page.model.awaited is not None


@pytest.mark.parametrize("gives_up", [True, False])
def test_an_end_that_never_came_is_not_gone_to_another_time(crowd: EntityPage, qtbot: QtBot, gives_up: bool) -> None:
    _choose_order(crowd, 1, to_end=True)
    if gives_up:
        crowd.model.give_up()
    else:
        _choose_order(crowd, 0)
    qtbot.waitUntil(lambda: crowd.model.awaited is None and not crowd.session.desk.jobs)
    crowd.table.verticalScrollBar().setValue(0)
    _choose_order(crowd, 1)
    qtbot.waitUntil(lambda: crowd.model.query.sorts == (Sort("email"),) and not crowd.session.desk.jobs)
    assert crowd.table.seen_rows()[0] == 0


def test_a_view_is_saved_with_the_order_that_is_shown(
    ines: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = EntityPage(ines, CATALOG[Lesson])
    qtbot.addWidget(page)
    page.activate()
    by_title = Query(Lesson, zone=ines.zone, sorts=(Sort("title", True),))
    page.filters.query = by_title
    page.model.show(by_title, page.columns)
    page.filters._open_query(page.filters._plain())
    monkeypatch.setattr(filter_bar, "ask_text", lambda *_, **__: "Mine")
    page.filters._save_view()
    assert page.filters._saved()["Mine"].query.sorts == (Sort("title", True),)


def test_escape_stops_the_search_for_typed_letters(
    crowd: EntityPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed, may_answer, jobs = crowd.session.pages.typed, threading.Event(), crowd.session.desk

    def late(*asked: Any) -> int | None:
        assert may_answer.wait(60)
        return typed(*asked)

    monkeypatch.setattr(crowd.session.pages, "typed", late)
    before = crowd.table.currentIndex().row()
    crowd.table.typed.emit("person 03")
    assert [job.state for job in jobs.jobs] != []
    qtbot.keyClick(crowd.table, Qt.Key.Key_Escape)
    may_answer.set()
    qtbot.waitUntil(lambda: not jobs.jobs)
    assert crowd.table.currentIndex().row() == before
    assert not crowd.ahead.stop(), "there is nothing left to stop"


def test_those_that_follow_the_row_that_letters_lead_to_are_seen(crowd: EntityPage, qtbot: QtBot) -> None:
    before = crowd.table.currentIndex().row()
    crowd.table.typed.emit("person 02")
    qtbot.waitUntil(lambda: crowd.table.currentIndex().row() != before and not crowd.session.desk.jobs)
    assert crowd.table.currentIndex().row() + 3 <= crowd.table.seen_rows()[1]


def test_all_columns_of_a_slow_order_are_named(
    crowd: EntityPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(sorting, "LONG", 1)
    monkeypatch.setattr(crowd.session.pages, "sorts_slowly", lambda *_: True)
    monkeypatch.setattr(crowd.slow, "explain", lambda _, reason: said.append(reason))
    shift, header = Qt.KeyboardModifier.ShiftModifier, crowd.table.header()
    left = header.sectionViewportPosition(1)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, shift, QPoint(left + 20, 10))
    qtbot.waitUntil(lambda: bool(said) and not crowd.session.desk.jobs)
    assert "by Name, E-mail takes" in said[0]


def test_the_title_says_how_many_rows_there_are_once_one_is_found_gone(crowd: EntityPage, qtbot: QtBot) -> None:
    total = crowd.model.total
    told: list[str] = []
    crowd.status.connect(told.append)
    with qtbot.waitSignal(crowd.title_changed), crowd.model._moving():
        here = crowd.model._rows.here
        assert here is not None
        crowd.model._take_out(here, 5)
    assert crowd.subtitle() == str(total - 1)
    qtbot.waitUntil(lambda: bool(told) and f"of {total - 1}" in told[-1])
