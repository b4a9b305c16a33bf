"""From somebody who has signed in to the main window. What that needs is imported with this module."""

from lms_desktop.admin import CATALOG
from lms_desktop.models.change_log import ChangeLog
from lms_desktop.models.desk import Desk
from lms_desktop.models.journal import Journal
from lms_desktop.services.arrival import Arrival
from lms_desktop.services.journal import Owner
from lms_desktop.services.pages import Pages
from lms_desktop.views.connection_info import ConnectionInfo
from lms_desktop.views.main_window import MainWindow
from lms_desktop.views.page_registry import PAGE_NAMES
from lms_desktop.views.session import Session
from lms_desktop.views.settings import Preferences


def begin(desk: Desk, arrival: Arrival, preferences: Preferences, info: ConnectionInfo) -> MainWindow:
    """A window for whoever will sign in, of which nothing is built yet."""
    session = Session(
        desk,
        CATALOG,
        Pages(CATALOG),
        preferences,
        ChangeLog(desk, arrival.log),
        Journal(desk, CATALOG, None, desk),
    )
    return MainWindow(session, info, ahead=True)


def dismiss(window: MainWindow) -> None:
    """Take down a window that `begin` began, with what was made for it alone: nobody sits at it any more."""
    session = window.session
    for kept in (session.drafts, session.log, session.journal, session.schema):
        kept.setParent(window)
    window.deleteLater()


def admit(window: MainWindow, arrival: Arrival, *, first: str, keeps: bool) -> None:
    """Complete a window, which is not shown yet, for the desk's actor, on the page `first` where there is one of that
    name.

    `keeps`: what is not saved yet is kept on disk.
    """
    session = window.session
    actor, preferences = session.actor, session.preferences
    preferences.for_person(actor.email, arrival.address)
    preferences.remember_email(arrival.address, actor.email)
    if keeps:
        session.journal.belong_to(Owner(arrival.address, arrival.identity, actor.id))
    window.admit(first if first in PAGE_NAMES else "")
