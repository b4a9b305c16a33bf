"""Installing the change log, and who hears of it."""

from sqlalchemy import URL

from PySide6.QtCore import QObject
from shiboken6 import delete

from lms_desktop.database.change_log import LogState
from lms_desktop.models.change_log import ChangeLog
from tests.desks import ImmediateDesk
from tests.small_school import actor, opened


class Asker(QObject):
    """Somebody who wants to hear of it, as a widget of a window does."""

    heard: list[str]

    def __init__(self) -> None:
        super().__init__()
        self.heard = []

    def done(self) -> None:
        """It is installed."""
        self.heard.append(self.objectName())


def test_who_is_gone_when_it_is_installed_is_not_told(qapp: object, database_url: URL) -> None:
    with opened(database_url) as school:
        desk = ImmediateDesk(school, actor("admin"))
        log, stays, goes = ChangeLog(desk, LogState()), Asker(), Asker()
        desk.hold()
        log.install(done=goes.done)
        log.install(done=stays.done)
        delete(goes)
        desk.release()
        assert log.on
        assert (stays.heard, goes.heard) == ([""], [])
        assert desk.close()
