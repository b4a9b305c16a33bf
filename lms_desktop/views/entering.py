"""From somebody who has signed in to the main window. What that needs is imported with this module."""

from lms_desktop.admin import CATALOG
from lms_desktop.models.change_log import ChangeLog
from lms_desktop.models.desk import Desk
from lms_desktop.models.journal import Journal
from lms_desktop.services.arrival import Arrival
from lms_desktop.services.journal import Owner
from lms_desktop.services.pages import Pages
from lms_desktop.services.records import Records
from lms_desktop.views.connection_info import ConnectionInfo
from lms_desktop.views.main_window import MainWindow
from lms_desktop.views.page_registry import PAGE_NAMES
from lms_desktop.views.session import Session
from lms_desktop.views.settings import Preferences


def main_window(
    desk: Desk, arrival: Arrival, preferences: Preferences, info: ConnectionInfo, *, first: str, keeps: bool
) -> MainWindow:
    """The window of whoever is the desk's actor, not shown yet, on the page `first` where there is one of that name.

    `keeps`: what is not saved yet is kept on disk.
    """
    actor = desk.actor
    assert actor is not None
    preferences.for_person(actor.email, arrival.address)
    preferences.remember_email(arrival.address, actor.email)
    owner = Owner(arrival.address, arrival.identity, actor.id) if keeps else None
    session = Session(
        desk,
        CATALOG,
        Pages(CATALOG),
        Records(CATALOG),
        preferences,
        ChangeLog(desk, arrival.log),
        Journal(desk, CATALOG, owner, desk),
    )
    return MainWindow(session, info, first=first if first in PAGE_NAMES else "")
