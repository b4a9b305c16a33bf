"""The whole application as a peer of the yardstick: the main window of an administrator, offscreen, 50 × 10 cells.

Run by `scale`, in a process of its own. It prints one JSON object a line: task, milliseconds of each repetition, the
gaps between the ticks of a 1 ms timer in the GUI thread meanwhile.
"""

import argparse
import gc
import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import make_url

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QEvent, QEventLoop, QObject, QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lms_desktop.admin import CATALOG
from lms_desktop.app import make_application
from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.models.change_log import ChangeLog
from lms_desktop.models.desk import Desk
from lms_desktop.services.pages import Pages
from lms_desktop.services.records import Records
from lms_desktop.spec import Filter, Operator, Query, Sort
from lms_desktop.views import theme
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.main_window import ConnectionInfo, MainWindow
from lms_desktop.views.session import Session
from lms_desktop.views.settings import Preferences

ROWS, COLUMNS = 50, 10
LIMIT = 60.0
"""Seconds after which what should have been painted is given up."""


class Pulse(QObject):
    """The gaps between ticks of a 1 ms timer, in milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, interval=1, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def begin(self) -> None:
        """Start with an empty list."""
        self.gaps = []
        self._clock.start()
        self._timer.start()

    def end(self) -> None:
        """The time since the last tick counts as well."""
        self._tick()
        self._timer.stop()

    def _tick(self) -> None:
        self.gaps.append(self._clock.nsecsElapsed() / 1e6)
        self._clock.restart()


class Painted(QObject):
    """Knows when the table was painted with all rows in view loaded."""

    def __init__(self, page: EntityPage) -> None:
        super().__init__(page)
        self._page, self.done = page, False
        page.table.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter: looks after the paint event, which stands next in the queue."""
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self, self._look)
        return False

    def _look(self) -> None:
        page = self._page
        if page.model.is_reading() or not page.table.viewport().updatesEnabled():
            return
        first, last = page.table.seen_rows()
        self.done = first >= 0 and all(page.model.row_id(row) is not None for row in (first, (first + last) // 2, last))

    def wait(self, ready: Callable[[], bool] = lambda: True) -> None:
        """Run the event loop until that is so, and `ready` too."""
        wake = QTimer(interval=1)
        wake.start()
        deadline = time.monotonic() + LIMIT
        while not (self.done and ready()):
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if self.done and not ready():
                self.done = False
                self._page.table.viewport().update()
            assert time.monotonic() < deadline, "never painted"


class Bench:
    """The tasks, by name: `task_NAME` does one repetition, `before_NAME` what is not timed."""

    def __init__(self, dsn: str, course: str, edited: str, search: str) -> None:
        self.course, self.edited, self.search = course, edited, search
        url = make_url(dsn).set(drivername="postgresql+psycopg2")
        database = Database(make_engine(url, Settings()))
        with database.engine.connect() as connection:
            row = connection.exec_driver_sql(
                "SELECT id::text, email, full_name, role FROM users WHERE role = 'admin' LIMIT 1"
            ).one()
        preferences = Preferences(QSettings(str(Path(tempfile.mkdtemp()) / "bench.ini"), QSettings.Format.IniFormat))
        preferences.zone = "UTC"
        preferences.for_person(row.email, url.database or "")
        preferences.save_page_state("window", {"page": "sessions"})
        self.desk = Desk(database, Actor(*row))
        session = Session(self.desk, CATALOG, Pages(CATALOG), Records(CATALOG), preferences, ChangeLog(self.desk))
        self.window = MainWindow(session, ConnectionInfo("Bench", "this computer"))
        self.window.resize(1920, ROWS * theme.current().measures.row + 330)
        self.window.show()
        self.window.activateWindow()
        self.pulse = Pulse()
        self._settle()

    # What is measured

    def task_open(self) -> None:
        """The page of enrollments, opened for the first time."""
        self.window.open_page("enrollments")
        self.painted = Painted(self.page)
        self.painted.wait()

    def task_end(self) -> None:
        """Jump to the end."""
        bar = self.page.table.verticalScrollBar()
        self._jump(bar.maximum())

    def task_anywhere(self) -> None:
        """Jump to a place that was not seen before."""
        self._jump(random.randrange(self.page.table.verticalScrollBar().maximum()))

    def task_sort_date(self) -> None:
        """Sort by a column without an index."""
        self._sort("enrolled_at", descending=not self.page.model.query.sorts[0].descending)

    def task_sort_email(self) -> None:
        """Sort by the student's e-mail."""
        self._sort("student_id", descending=False)

    def task_filter(self) -> None:
        """Filter by a course."""
        self._query(filters=(Filter("course_id", Operator.ONE_OF, (self.course,)),))

    # Before and between

    def before_end(self) -> None:
        """At the beginning, with nothing of the end loaded, and counted."""
        self._query(sorts=(Sort("id"),))
        self._settle(lambda: self.page.model.exact)

    before_anywhere = before_end

    def before_sort_date(self) -> None:
        """Sorted by something else."""
        self._query(sorts=(Sort("id"),))
        self._settle()

    before_sort_email = before_sort_date
    before_filter = before_sort_date

    @property
    def page(self) -> EntityPage:
        """The page shown."""
        page = self.window.page
        assert isinstance(page, EntityPage)
        return page

    def _jump(self, value: int) -> None:
        self.painted.done = False
        self.page.table.verticalScrollBar().setValue(value)
        self.painted.wait()

    def _sort(self, key: str, *, descending: bool) -> None:
        self._query(sorts=(Sort(key, descending),))

    def _query(self, **parts: object) -> None:
        query = Query(self.page.admin.entity, zone="UTC", **parts)  # type: ignore[arg-type]
        self.painted.done = False
        self.page.filters.query = query
        self.page.model.show(query, self.page.columns)
        self.painted.wait(lambda: self.page.model.query == query)

    def _settle(self, ready: Callable[[], bool] = lambda: True) -> None:
        deadline = time.monotonic() + LIMIT
        while self.desk.jobs or not ready():
            QTest.qWait(2)
            assert time.monotonic() < deadline, f"still under way: {self.desk.jobs}"
        QTest.qWait(5)

    def close(self) -> None:
        """Leave."""
        self.window.close()
        self.desk.close()


def measure(bench: Bench, task: str, repetitions: int) -> dict[str, object]:
    """Milliseconds of each repetition, and the gaps of all of them."""
    taken, gaps = [], list[float]()
    for _ in range(repetitions):
        getattr(bench, f"before_{task}", lambda: None)()
        bench.pulse.begin()
        began = time.perf_counter()
        getattr(bench, f"task_{task}")()
        taken.append((time.perf_counter() - began) * 1000)
        bench.pulse.end()
        gaps += bench.pulse.gaps
    gaps.sort()
    return {"ms": taken, "gap_p99": gaps[int(len(gaps) * 0.99)], "gap_max": gaps[-1]}


def peak_memory() -> float:
    """The most memory that this process ever had, in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def main() -> None:
    """Do the tasks asked for."""
    parser = argparse.ArgumentParser()
    for name in ("dsn", "course", "edited", "search"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--tasks", nargs="+", required=True)
    parser.add_argument("--repetitions", type=int, default=7)
    options = parser.parse_args()
    gc.disable()
    application = make_application()
    theme.install(application, theme.Scheme.LIGHT)
    bench = Bench(options.dsn, options.course, options.edited, options.search)
    gc.collect()
    gc.freeze()
    for task in options.tasks:
        found = measure(bench, task, 1 if task == "open" else options.repetitions)
        print(json.dumps({"task": task, **found}), flush=True)
    print(json.dumps({"task": "memory", "mb": peak_memory()}), flush=True)
    bench.close()
    QApplication.processEvents()


if __name__ == "__main__":
    main()
