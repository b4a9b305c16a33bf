"""The first window stands before what it does not need is imported: told by the modules there are, not by a clock."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Runs the command line in a Python of its own, and tells which modules there are once the first window was painted.
UNTIL_PAINTED = """
import os, sys
from lms_desktop import cli
from lms_desktop.views.start_window import StartWindow

paint = StartWindow.paintEvent

def painted(self, event):
    paint(self, event)
    print(*sys.modules, sep="\\n", flush=True)
    os._exit(0)

StartWindow.paintEvent = painted
sys.exit(cli.main(sys.argv[1:]))
"""

TALKING = ("sqlalchemy", "psycopg2", "alembic", "passlib", "bcrypt")
"""What talks to the server, moves its schema, or tells passwords."""
PARSING = ("xml", "html", "json", "socket", "logging.handlers", "dataclasses", "lms_desktop.config")
"""What is cheaper, and needless all the same where nothing but the window is asked for."""
OURS = ("entities", "spec", "admin", "services", "database.engine", "models.desk", "models.table", "forms")
SCREENS = ("start_flow", "main_window", "page", "feedback", "connect", "sign_in", "first_run", "kit.sheet")


def modules_there(*arguments: str, folder: Path) -> set[str]:
    """The modules that are imported when the first window has been painted."""
    given = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "DATABASE_URL": "postgresql://ana:secret@127.0.0.1:1/lms",
        "LMS_DESKTOP_LOG_DIR": str(folder / "log"),
        "LMS_DESKTOP_CONFIG_DIR": str(folder / "config"),
        "XDG_CONFIG_HOME": str(folder / "config"),
    }
    command = [sys.executable, "-c", UNTIL_PAINTED, *arguments]
    result = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=110)
    assert result.returncode == 0, result.stderr
    return set(result.stdout.split())


@pytest.mark.parametrize("verb", ["", "demo"])
def test_the_first_window_waits_for_nothing_that_comes_after_it(tmp_path: Path, verb: str) -> None:
    arguments = ["demo", "--data", str(tmp_path / "data")] if verb else []
    there = modules_there(*arguments, folder=tmp_path)
    assert "lms_desktop.views.opening" in there
    needless = {*TALKING, *(f"lms_desktop.{name}" for name in OURS), *(f"lms_desktop.views.{n}" for n in SCREENS)}
    if not verb:
        needless |= set(PARSING)
    assert needless & there == set()


def test_no_source_is_read_for_the_sake_of_an_import() -> None:
    """PySide's own import reads that of every module after it, and keeps it."""
    code = "import linecache, lms_desktop.app, lms_desktop.views.entering; print(*linecache.cache, sep='\\n')"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=110)
    assert result.returncode == 0, result.stderr
    kept = {Path(name).name for name in result.stdout.splitlines()}
    assert kept & {"main_window.py", "entity_page.py", "selectable.py", "mapper.py"} == set()


def test_what_edits_finds_and_leaves_is_not_needed_for_the_first_rows() -> None:
    code = "import sys; from importlib import import_module as get; from lms_desktop import app\n"
    code += "for name in (*app.HEAVY, *app.SCREENS): get(name)\nprint(*sys.modules, sep='\\n')"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=110)
    assert result.returncode == 0, result.stderr
    there = set(result.stdout.split())
    assert "lms_desktop.views.entity_page" in there
    services = (
        "records",
        "meanwhile",
        "merging",
        "impact",
        "deleting",
        "json_merge",
        "everywhere",
        "lookup",
        "reverting",
    )
    views = ("record_form", "editors", "exact_text", "entry_list", "leave_dialog", "filter_editors", "history_page")
    needless = {f"lms_desktop.services.{name}" for name in services} | {f"lms_desktop.views.{name}" for name in views}
    assert needless & there == set()


def test_tables_and_labels_do_not_make_every_kind_of_widget_or_style_known() -> None:
    code = """
from PySide6 import QtWidgets
from lms_desktop.app import make_application
from lms_desktop.views import theme
application = make_application()
theme.install(application, theme.Scheme.LIGHT)
from lms_desktop.views.kit.labels import ElidedLabel
from lms_desktop.views.painted_table import PaintedTable
before = "QWizard" in vars(QtWidgets)
table = PaintedTable()
print(before, [each.viewport() is not None for each in (table, table.horizontalHeader())])
ElidedLabel("A text that is longer than there is room").grab()
print("QWizard" in vars(QtWidgets), "QStyle" in vars(QtWidgets))
"""
    command, given = [sys.executable, "-c", code], {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    result = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=110)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split("\n")[:2] == ["False [True, True]", "False False"]
