"""The tasks of the table, done in the application's own main window by what a person does there."""

import random
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import make_url, text

from PySide6.QtCore import QEventLoop, QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from lms_desktop.admin import CATALOG, PAGES
from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.models.change_log import ChangeLog
from lms_desktop.models.desk import Desk
from lms_desktop.services.pages import Pages
from lms_desktop.spec import Filter, Operator, Query, Sort
from lms_desktop.views import theme
from lms_desktop.views.connection_info import ConnectionInfo
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.main_window import MainWindow
from lms_desktop.views.session import Session
from lms_desktop.views.settings import Preferences
from tests.benchmarks.scale_watch import LIMIT, Answered, Painted, rest

ROWS, COLUMNS = 50, 10
CHROME = 167
"""Pixels of the window's height above and below the rows."""
BY_ID, BY_DATE, BY_EMAIL = Sort("id"), Sort("enrolled_at", descending=True), "student_id.email"
UNINDEXED = Sort("completed_at", descending=True)
"""The last one has no index in either lineage."""
EDITED_ROW = 3

Facts = dict[str, object]
"""What a task tells beside its time: figures in milliseconds under names of their own, checks that came out."""


class Bench:
    """The tasks, by name: `task_NAME` does one repetition, `before_NAME` what is not timed.

    A task returns None where its own time counts, else facts; `ms` among them counts in its place.
    """

    def __init__(self, dsn: str, course: str, search: str) -> None:
        self.course, self.words = course, search
        self.url = make_url(dsn).set(drivername="postgresql+psycopg2")
        self.database = Database(make_engine(self.url, Settings()))
        self.truth = make_engine(self.url, Settings(statement_timeout=0))
        with self.truth.connect() as connection:
            row = connection.exec_driver_sql(
                "SELECT id::text, email, full_name, role FROM users WHERE role = 'admin' LIMIT 1"
            ).one()
        self.actor = Actor(*row)
        self.preferences = Preferences(
            QSettings(str(Path(tempfile.mkdtemp()) / "bench.ini"), QSettings.Format.IniFormat)
        )
        self.preferences.zone = "UTC"
        self.preferences.for_person(self.actor.email, self.url.database or "")
        self.edits = 0
        self.desk: Desk | None = None
        self.window: MainWindow | None = None
        self._painted: Painted | None = None
        self._middle: Facts = {}
        self._computing = threading.Event()
        self._shown: tuple[str | None, int, int] = (None, 0, 0)

    # The window

    def fresh(self, page: str = "sessions") -> MainWindow:
        """A new window, on a page that is none of those that are measured."""
        self.close()
        self.preferences.save_page_state("window", {"page": page})
        keys = self._columns()
        self.preferences.save_page_state("enrollments", {"columns": list(keys), "sorts": [["id", False]]})
        desk = self.desk = Desk(Database(make_engine(self.url, Settings())), self.actor)
        self.answered = Answered(desk)
        session = Session(desk, CATALOG, Pages(CATALOG), self.preferences, ChangeLog(desk))
        window = self.window = MainWindow(session, ConnectionInfo("Bench", "this computer"))
        window.resize(1920, ROWS * theme.current().measures.row + CHROME)
        window.show()
        window.activateWindow()
        self.settle()
        return window

    @staticmethod
    def _columns() -> tuple[str, ...]:
        """Ten, those of the declaration first."""
        admin = PAGES["enrollments"]
        shown = [field.key for field in admin.columns]
        return tuple([*shown, *(f.key for f in admin.fields if f.key not in shown)][:COLUMNS])

    @property
    def page(self) -> EntityPage:
        """The page shown."""
        assert self.window is not None
        page = self.window.page
        assert isinstance(page, EntityPage)
        return page

    def settle(self, ready: Callable[[], bool] = lambda: True) -> None:
        """Let everything under way come to its end."""
        deadline = time.monotonic() + LIMIT
        while (self.desk is not None and self.desk.jobs) or not ready():
            rest(2)
            assert time.monotonic() < deadline, "still under way"
        rest(5)

    def close(self) -> None:
        """Leave."""
        if self.window is not None and self.desk is not None:
            self.window.session.drafts.clear()
            self.window.close()
            self.window.deleteLater()
            self.desk.close()
            self.desk.deleteLater()
            self.window = self.desk = self._painted = None
            rest(5)

    # Opening

    def before_open(self) -> None:
        """A window in which the page was not opened yet; it has had its moment of rest."""
        window = self.fresh()
        window.preparing.start()
        while window.preparing.goes_on:
            rest(20)

    def task_open(self) -> Facts:
        """The page of enrollments, opened; ≈ and the exact count, from the painting of the first rows on."""
        assert self.window is not None
        began = time.perf_counter()
        self.window.open_page("enrollments")
        self._watch()
        self.painted.expect()
        counted = self._count_times()
        self.painted.wait()
        opened = (self.painted.at - began) * 1000
        first, last = self.page.table.seen_rows()
        assert last + 1 - first >= ROWS
        self.settle(lambda: self.page.model.exact)
        return {"ms": opened, **{name: max(at - self.painted.at, 0) * 1000 for name, at in counted.items()}}

    def before_written(self) -> None:
        """The same, and somebody else has written since: what was counted ahead is no proof."""
        self.before_open()
        with self.truth.begin() as connection:
            connection.exec_driver_sql("SELECT pg_current_xact_id()")

    task_written = task_open

    def _count_times(self) -> dict[str, float]:
        """When about how many there are was told, when exactly."""
        model, times = self.page.model, dict[str, float]()

        def note() -> None:
            now = time.perf_counter()
            if model.total > 1000:
                times.setdefault("about", now)
                if model.exact:
                    times.setdefault("exact", now)

        model.counted.connect(note)
        note()
        return times

    def before_middle(self) -> None:
        """A page just opened, before anything of it was counted."""
        self.fresh()
        assert self.window is not None
        self.window.open_page("enrollments")
        self._watch()
        self.painted.wait()
        deadline = time.monotonic() + LIMIT
        while self.page.model.total < 1000:
            QApplication.processEvents()
            assert time.monotonic() < deadline, "nobody said about how many rows there are"

    def task_middle(self) -> Facts:
        """Jump to the middle right after opening: how far off it was, and that the place is exact afterwards."""
        bar, model = self.page.table.verticalScrollBar(), self.page.model
        began = time.perf_counter()
        self._jump(bar.maximum() // 2)
        facts = self._middle = {"ms": (self.painted.at - began) * 1000}
        first = self.page.table.seen_rows()[0]
        self._shown = (model.row_id(first), first, model.total)
        self.settle(lambda: self.anywhere_is_ready)
        return facts

    def after_middle(self) -> None:
        """Ask where the row is that was seen: while the application is looked at the server has its work alone."""
        bar, model = self.page.table.verticalScrollBar(), self.page.model
        row_id, first, total = self._shown
        true = self._true_place(row_id)
        shown = self._row_of(row_id)
        self._middle["off_percent"] = abs(true - first) * 100 / max(total, 1)
        if shown is None:  # it went out of sight when the exact place came
            self._jump(bar.maximum() // 2)
            shown = self.page.table.seen_rows()[0]
            true = self._true_place(model.row_id(shown))
        self._middle["off_after"] = shown - true

    def _row_of(self, row_id: str | None) -> int | None:
        first, last = self.page.table.seen_rows()
        return next((row for row in range(first, last + 1) if self.page.model.row_id(row) == row_id), None)

    def _true_place(self, row_id: str | None) -> int:
        with self.truth.connect() as connection:
            found = connection.execute(
                text("SELECT count(*) FROM enrollments WHERE id < CAST(:id AS uuid)"), {"id": row_id}
            )
            return int(found.scalar_one())

    # Jumps

    def before_end(self) -> None:
        """At the beginning, ordered by id, any place ready, nothing of the end loaded."""
        self._order(BY_ID)

    def task_end(self) -> None:
        """Jump to the end."""
        self._jump(self.page.table.verticalScrollBar().maximum())

    def before_by_id(self) -> None:
        """Somewhere, ordered by id."""
        self._order_once(BY_ID)

    def before_by_date(self) -> None:
        """Somewhere, ordered by a date that has no index."""
        self._order_once(UNINDEXED)

    def before_by_email(self) -> None:
        """Somewhere, ordered by the student's e-mail."""
        self._order_once(self._email_sort())

    def task_by_id(self) -> Facts:
        """Jump to a place that was not seen before."""
        bar = self.page.table.verticalScrollBar()
        began = time.perf_counter()
        self._jump(random.randrange(bar.maximum()))
        return {"ms": (self.painted.at - began) * 1000}

    task_by_date = task_by_email = task_beside = task_by_id

    def before_beside(self) -> None:
        """Somewhere, ordered by id, and from now on a thread computes."""
        self._order_once(BY_ID)
        self._computing.set()
        threading.Thread(target=self._compute, daemon=True).start()

    def after_beside(self) -> None:
        """Nothing computes any more."""
        self._computing.clear()

    def _compute(self) -> None:
        number = 0
        while self._computing.is_set():
            number = number * number % 7 + 1

    def before_ready_by_id(self) -> None:
        """Ordered by something else, which does not lead to the places of any of these."""
        self._order(BY_DATE)

    before_ready_by_date = before_ready_by_email = before_ready_by_id

    def task_ready_by_id(self) -> None:
        """Until any place can be jumped to."""
        self._until_ready(BY_ID)

    def task_ready_by_date(self) -> None:
        """The same, ordered by a date that has no index."""
        self._until_ready(UNINDEXED)

    def task_ready_by_email(self) -> None:
        """The same, ordered by the student's e-mail."""
        self._until_ready(self._email_sort())

    def _until_ready(self, sort: Sort) -> None:
        self._show(Query(self.page.admin.entity, zone="UTC", sorts=(sort,)))
        wake = QTimer(interval=100)  # for the deadline: each event ends the waiting for more
        wake.start()
        deadline = time.monotonic() + LIMIT
        while not self.anywhere_is_ready:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            assert time.monotonic() < deadline, "the way to any place was never found"

    @property
    def anywhere_is_ready(self) -> bool:
        """Whether the model knows the way to any place."""
        model = self.page.model
        return bool(getattr(model, "anywhere", model.exact)) and model.exact

    def _jump(self, value: int) -> None:
        bar = self.page.table.verticalScrollBar()
        self.painted.expect()
        if bar.value() == value:
            self.page.table.viewport().update()
        bar.setValue(value)
        self.painted.wait()

    def _order(self, sort: Sort) -> None:
        self._show(Query(self.page.admin.entity, zone="UTC", sorts=(sort,)))
        self.settle(lambda: self.anywhere_is_ready)

    def _order_once(self, sort: Sort) -> None:
        if self.page.model.query.sorts != (sort,) or self.page.model.query.filters:
            self._order(sort)
        self.settle(lambda: self.anywhere_is_ready)

    def _email_sort(self) -> Sort:
        keys = [field.key for field in self.page.admin.fields]
        return Sort(next((key for key in (BY_EMAIL, "student_email", "email") if key in keys), "student_id"))

    # Sorting, filtering, searching

    def before_sort_date(self) -> None:
        """Ordered by id."""
        self._order_once(BY_ID)

    before_sort_email = before_filter = before_far = before_named = before_abandoned = before_sort_date

    def task_sort_date(self) -> None:
        """Sort by a column without an index: the first page."""
        self._show(Query(self.page.admin.entity, zone="UTC", sorts=(UNINDEXED,)))

    def task_sort_email(self) -> None:
        """Sort by the student's e-mail."""
        self._show(Query(self.page.admin.entity, zone="UTC", sorts=(self._email_sort(),)))

    def task_filter(self) -> None:
        """Filter by a course."""
        only = Filter("course_id", Operator.ONE_OF, (self.course,))
        self._show(Query(self.page.admin.entity, zone="UTC", sorts=(BY_ID,), filters=(only,)))

    def after_filter(self) -> None:
        """Back to everything."""
        self._show(Query(self.page.admin.entity, zone="UTC", sorts=(BY_ID,)))

    def task_far(self) -> None:
        """Filter by a column without an index: the rows lie together, far from where the order begins."""
        old = Filter("completed_at", Operator.BETWEEN, ("2022-03-01", "2022-03-31"))
        self._show(Query(self.page.admin.entity, zone="UTC", sorts=(BY_DATE,), filters=(old,)))

    def task_named(self) -> None:
        """Search for a name in the order of the names: what is found lies together, far from where the order begins."""
        self._show(Query(self.page.admin.entity, zone="UTC", search="Zoe", sorts=(Sort("student_id"),)))

    after_far = after_named = after_filter

    def task_abandoned(self) -> Facts:
        """Ten sorts clicked and abandoned, then one by id; beside it that one alone."""
        page, alone = self.page, list[float]()
        for _ in range(3):
            self._order_once(Sort("id", descending=True))
            began = time.perf_counter()
            self._show(Query(page.admin.entity, zone="UTC", sorts=(BY_ID,)))
            alone.append((self.painted.at - began) * 1000)
        self.settle(lambda: page.model.exact)
        for number in range(10):
            key = ("enrolled_at", "completed_at", "created_at", "updated_at", "student_id")[number % 5]
            query = Query(page.admin.entity, zone="UTC", sorts=(Sort(key, descending=bool(number % 2)),))
            page.filters.query_changed.emit(query)
            rest(5)  # nobody clicks faster
        began = time.perf_counter()
        self._show(Query(page.admin.entity, zone="UTC", sorts=(Sort("id", descending=True),)))
        taken = (self.painted.at - began) * 1000
        return {"ms": taken - sorted(alone)[1], "with_its_own": taken}

    def before_search(self) -> None:
        """Everybody shown."""
        assert self.window is not None
        if not isinstance(self.window.page, EntityPage) or self.page.name != "users":
            self.window.open_page("users")
            self._watch()
        self._show(Query(self.page.admin.entity, zone="UTC"))
        self.settle(lambda: self.page.model.exact)

    def task_search(self) -> None:
        """Search people by a part of the name."""
        self._show(Query(self.page.admin.entity, zone="UTC", search=self.words))

    def after_search(self) -> None:
        """Back."""
        assert self.window is not None
        self.window.open_page("enrollments")
        self._watch()
        self.settle(lambda: self.page.model.exact)

    def _show(self, query: Query) -> None:
        page = self.page
        self.painted.expect(lambda: page.model.query == query)
        page.filters.search.show_text(query.search)  # as it was typed
        if query != page.filters.query:
            page.filters.ask(query)
        else:
            page.filters.query_changed.emit(query)
        self.painted.wait()

    @property
    def painted(self) -> Painted:
        """Knows when the page was painted."""
        assert self._painted is not None
        return self._painted

    def _watch(self) -> None:
        if self._painted is None or self._painted.page is not self.page:
            self._painted = Painted(self.page)

    # Editing

    def before_edit(self) -> None:
        """At the beginning, a cell current."""
        page = self.page
        self._order_once(BY_ID)
        page.table.verticalScrollBar().setValue(0)
        self.settle(lambda: page.model.row_id(EDITED_ROW) is not None)
        column = [field.key for field in page.model.fields].index("completed_at")
        page.table.setFocus()
        page.table.setCurrentIndex(page.model.index(EDITED_ROW, column))
        self.settle()

    def task_edit(self) -> Facts:
        """Edit a cell by keys and save: from the last key to the draft painted, from the answer to the commit to the
        saved value painted."""
        page, column = self.page, self.page.table.currentIndex().column()
        self.edits += 1
        shown = f"2030-01-01 {self.edits // 60 % 24:02}:{self.edits % 60:02}"
        QTest.keyClick(page.table, Qt.Key.Key_F2)
        rest(1)  # as keys come: one in a turn of the event loop
        editor = QApplication.focusWidget()
        assert isinstance(editor, QWidget)
        QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        for letter in shown:
            rest(1)
            QTest.keyClicks(editor, letter)
        rest(1)
        row_id = page.model.row_id(EDITED_ROW) or ""
        self.painted.expect(lambda: page.drafts.get(row_id) is not None)
        began = time.perf_counter()
        QTest.keyClick(editor, Qt.Key.Key_Return)
        self.painted.wait()
        key = (self.painted.at - began) * 1000
        self.settle()

        def is_saved() -> bool:
            cells = page.model.row_cells(EDITED_ROW)
            return page.drafts.get(row_id) is None and cells is not None and shown in cells[column].text

        self.painted.expect(is_saved)
        saved = time.perf_counter()
        page.save()
        self.painted.wait()
        answer = (self.painted.at - self.answered.at) * 1000
        whole = (self.painted.at - saved) * 1000
        self.settle()
        return {"ms": key, "answer": answer, "save": whole}

    # Memory

    def page_through(self) -> None:
        """Four hundred jumps, as the yardstick does them."""
        self.fresh()
        assert self.window is not None
        self.window.open_page("enrollments")
        self._watch()
        self.painted.wait()
        self.settle(lambda: self.anywhere_is_ready)
        model, bar = self.page.model, self.page.table.verticalScrollBar()
        per_row = theme.current().measures.row
        for number in range(1, 401):  # the first row is shown already, and would not be painted again
            self._jump(min(number * 4999 % model.total * per_row, bar.maximum()))
