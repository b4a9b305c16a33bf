"""An outline in a window of its own, in a process of its own, for hands on a real pointer: run by `test_real_drags`.

Each line that it reads is answered by a line of JSON: the rows in view with their places on the screen, and whether a
drop would be taken now.
"""

import json
import sys
import tempfile
from pathlib import Path

from sqlalchemy import make_url

from PySide6.QtCore import QPoint, QSocketNotifier, QTimer
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Database
from lms_desktop.models.all_drafts import AllDrafts
from lms_desktop.views import theme
from lms_desktop.views.course.edge_drops import EdgeDrops
from lms_desktop.views.course.outline_view import OutlineView
from tests.small_school import actor
from tests.views.sittings import sitting


def look(view: OutlineView) -> str:
    """What there is to see."""
    viewport, rows = view.list.viewport(), {}
    for row, card in enumerate(view.model.cards):
        rect = view.list.visualRect(view.model.index(row))
        if viewport.rect().contains(rect.center()):
            place = viewport.mapToGlobal(rect.topLeft())
            rows[card.title] = [place.x(), place.y(), rect.width(), rect.height()]
    ready = view.model.loaded and not view.model.desk.jobs and view.isActiveWindow()
    corner = viewport.mapToGlobal(QPoint(0, viewport.height()))
    seen = [card.title for card in view.model.cards]
    return json.dumps(
        {"rows": rows, "ready": ready, "target": view.list._target is not None, "seen": seen, "bottom": corner.y()}
    )


def main(url: str, who: str, course: str, left: str) -> None:
    """Show the outline of a course to somebody, so far from the left of the screen, until the input ends."""
    app = QApplication([])
    theme.install(app, theme.Scheme.LIGHT, 100)
    database = Database(make_engine(make_url(url), Settings()))
    with tempfile.TemporaryDirectory() as folder, sitting(database, actor(who), Path(folder), threads=True) as session:
        window = QWidget()
        view, below = OutlineView(session, AllDrafts(), window), QPushButton("Below it", window)
        EdgeDrops(view.list, window)
        column = QVBoxLayout(window)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(view, 1)
        column.addWidget(below)
        window.setGeometry(int(left), 40, 560, 460)
        window.show()
        view.show_course(course)

        def answer() -> None:
            line = sys.stdin.readline()
            if not line:
                QTimer.singleShot(0, app, app.quit)
                notifier.setEnabled(False)
                return
            if line.startswith("activate"):
                window.raise_()
                window.activateWindow()
            print(look(view), flush=True)

        notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
        notifier.activated.connect(answer)
        app.exec()
        window.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
