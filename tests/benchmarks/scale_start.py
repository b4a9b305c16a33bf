"""Cold starts, each in a process of its own: how long until a window, or until rows are painted.

    python -m tests.benchmarks.scale_start bare
    python -m tests.benchmarks.scale_start window|sign_in|demo ARGUMENTS OF lms-desktop …

It prints `AT name seconds` lines, the seconds those of `time.time`; whoever started it knows when that was.
"""

import sys
import time
from typing import Any


def say(name: str) -> None:
    """Tell that something has come about just now."""
    print("AT", name, time.time(), time.process_time(), flush=True)


def bare() -> None:
    """A window of Qt's with a word in it."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

    class Window(QMainWindow):
        def paintEvent(self, event: QPaintEvent) -> None:
            """Override: the first one ends it."""
            super().paintEvent(event)
            say("window")
            application.quit()

    application = QApplication([])
    window = Window()
    window.setCentralWidget(QLabel("Window", alignment=Qt.AlignmentFlag.AlignCenter))
    window.resize(1200, 800)
    window.show()
    application.exec()


def main() -> None:
    """Run the application with eyes in it: they look when something is painted and cost next to nothing."""
    what = sys.argv[1]
    if what == "bare":
        bare()
        return
    from lms_desktop import cli
    from lms_desktop.verbs import windows

    run = windows._run

    def watched(options: Any) -> int:
        _watch(what)
        return run(options)

    windows._run = watched  # only then is Qt imported: with nothing collected, and behind the start of a server
    sys.exit(cli.main(sys.argv[2:]))


def _watch(what: str) -> None:
    """Tell when the first window is painted, and have the rows watched."""
    from lms_desktop import app
    from lms_desktop.views.start_window import StartWindow

    seen = list[Any]()

    def first_window(self: Any, event: Any) -> None:
        paint(self, event)
        if seen:
            return
        seen.append(self)
        say("window")
        if what == "window":
            self.close()

    paint = StartWindow.paintEvent
    StartWindow.paintEvent = first_window  # type: ignore[method-assign]
    go_on = app.Sitting._go_on

    def watch_rows(self: Any) -> None:
        say("imported")
        go_on(self)
        enter = self.flow.enter

        def watched(actor: Any) -> None:
            _watch_rows(self)
            enter(actor)

        self.flow.enter = watched
        if what == "sign_in":
            self.flow.arrived.connect(lambda name: _enter(self.flow) if name == "sign-in" else None)

    app.Sitting._go_on = watch_rows  # type: ignore[method-assign]


def _watch_rows(sitting: Any) -> None:
    from lms_desktop.views.record_table import RecordTable

    paint = RecordTable.paintEvent

    def painted(self: Any, event: Any) -> None:
        paint(self, event)
        first, _ = self.seen_rows()
        cells = getattr(self.model(), "row_cells", None)
        if cells is not None and first >= 0 and cells(first) is not None and self.model().rowCount() > 1:
            say("rows")
            RecordTable.paintEvent = paint  # type: ignore[method-assign]
            sitting._leave()

    RecordTable.paintEvent = painted  # type: ignore[method-assign]


def _enter(flow: Any) -> None:
    """Somebody's password was right."""
    from sqlalchemy import text

    from PySide6.QtCore import QTimer

    from lms_desktop.database.unit_of_work import Actor

    def ask() -> Actor:
        with flow.arrival.database.engine.connect() as connection:
            found = connection.execute(
                text("SELECT id::text, email, full_name, role FROM users WHERE role = 'admin' LIMIT 1")
            )
            return Actor(*found.one())

    def enter(actor: Actor) -> None:
        say("accepted")
        flow.enter(actor)

    # A person takes a moment to type the password: what is imported and made ready behind the screen is so by then.
    QTimer.singleShot(1500, flow, lambda: flow.desk.plain(ask, done=enter))


if __name__ == "__main__":
    main()
