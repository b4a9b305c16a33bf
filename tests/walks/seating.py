"""How somebody comes to the window and leaves it."""

from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from PySide6.QtCore import QSettings
from PySide6.QtTest import QTest
from shiboken6 import isValid

from lms_desktop import policy
from lms_desktop.admin import CATALOG
from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.models.change_log import ChangeLog
from lms_desktop.models.desk import Desk
from lms_desktop.services.pages import Pages
from lms_desktop.views.connection_info import ConnectionInfo
from lms_desktop.views.entering import dismiss
from lms_desktop.views.main_window import MainWindow
from lms_desktop.views.session import Session
from lms_desktop.views.settings import Preferences
from tests.walks.driving import ZONE, Sitting, wait_for
from tests.walks.truth import Truth

SIZE = (1200, 640)
"""Of the window: no larger than needed, for what is painted takes time."""


def person(url: URL, email: str) -> Actor:
    """The actor of an address, as signing in would give it."""
    with closing(Truth(url, ZONE)) as truth:
        ((*columns,),) = truth.rows("SELECT id::text, email, full_name, role FROM users WHERE email = %s", (email,))
    return Actor(*columns)


def sit_down(url: URL, email: str, settings: Path, *, page: str = "") -> Sitting:
    """Open the main window of a person who has just signed in; `settings` is the file of their preferences."""
    database = Database(make_engine(url, Settings()))
    actor = person(url, email)
    preferences = Preferences(QSettings(str(settings), QSettings.Format.IniFormat))
    preferences.zone = ZONE
    preferences.for_person(email, url.database or "")
    if page:
        preferences.save_page_state("window", {"page": page})
    desk = Desk(database, actor)
    session = Session(desk, CATALOG, Pages(CATALOG), preferences, ChangeLog(desk))
    if actor.role == policy.ADMIN:
        session.schema.look()  # the window would a second later, in the midst of what a test counts or measures
    window = MainWindow(session, ConnectionInfo("Test school", "this computer"))
    window.resize(*SIZE)
    window.show()
    window.activateWindow()
    wait_for(window.isActiveWindow, "the window")
    sitting = Sitting(window, desk, url)
    sitting.settle()
    return sitting


def get_up(sitting: Sitting) -> None:
    """Close the window without a question and end its threads."""
    if isValid(sitting.window):
        for page in sitting.window.pages():
            page.discard()
        sitting.window.close()
        dismiss(sitting.window)
    assert sitting.desk.close()
    QTest.qWait(1)
