"""What is heard of others' changes where asking for them and listening to them meet."""

from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, Engine, text

from lms_desktop.database.change_log import LogState
from lms_desktop.database.changes import Listener, listen
from lms_desktop.entities import Course
from lms_desktop.models.change_log import ChangeLog
from lms_desktop.models.desk import Job
from lms_desktop.models.live import Batch, Live
from tests.desks import ImmediateDesk
from tests.postgres import plain_connection
from tests.small_school import actor, opened, row_id

ALGEBRA = row_id(Course, "algebra")


class LateDesk(ImmediateDesk):
    """Reads at once; what was read arrives later, while it is `late`."""

    late = False

    def read(self, work: Callable[..., Any], *, done: Callable[[Any], object], **more: Any) -> Job:
        """Override Desk.read."""
        return super().read(work, done=lambda found: self._arrived(done, found), **more)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.under_way: list[Callable[[], object]] = []

    def _arrived(self, done: Callable[[Any], object], found: object) -> None:
        if self.late:
            self.under_way.append(lambda: done(found))
        else:
            done(found)


def test_what_is_saved_between_the_last_question_and_listening_is_heard_of(qtbot: QtBot, database_url: URL) -> None:
    heard: list[Batch] = []
    allowed: list[bool] = []

    def way(engine: Engine) -> Listener:
        if not allowed:
            raise OSError("the server is away")
        return listen(engine)

    with opened(database_url) as school:
        desk = LateDesk(school, actor("admin"))
        live = Live(desk, ChangeLog(desk, LogState(installed=True, usable=True)), desk, open_listener=way)
        desk.noticed.connect(heard.append)
        live.start()
        qtbot.waitUntil(lambda: live.kind == "polling", timeout=10_000)
        desk.late = True
        qtbot.waitUntil(lambda: bool(desk.under_way), timeout=10_000)
        with plain_connection(database_url) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lms.operation', gen_random_uuid()::text, true)")
            cursor.execute("UPDATE courses SET title = 'Theirs' WHERE id = %s", (ALGEBRA,))
            connection.commit()
        allowed.append(True)
        qtbot.waitUntil(lambda: live.kind == "live", timeout=30_000)
        desk.late = False
        for arrive in desk.under_way:
            arrive()
        qtbot.waitUntil(lambda: any(ALGEBRA in batch.others("courses") for batch in heard), timeout=10_000)
        live.close()
        assert desk.close()


def test_what_was_missed_is_asked_for_again_when_the_question_fails(
    qtbot: QtBot, database_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Batch] = []
    asked: list[bool] = []

    def way(engine: Engine) -> Listener:
        if not asked:
            raise OSError("the server is away")
        with plain_connection(database_url) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lms.operation', gen_random_uuid()::text, true)")
            cursor.execute("UPDATE courses SET title = 'Missed' WHERE id = %s", (ALGEBRA,))
            connection.commit()
        return listen(engine)

    with opened(database_url) as school:
        desk = ImmediateDesk(school, actor("admin"))
        live = Live(desk, ChangeLog(desk, LogState(installed=True, usable=True)), desk, open_listener=way)
        desk.noticed.connect(heard.append)
        read, cut = desk.read, list[bool]()

        def cut_once(work: Callable[..., Any], **more: Any) -> Job:
            asked.append(True)
            if live.kind == "live" and not cut:
                cut.append(True)
                return read(lambda uow: uow.execute(text("SELECT pg_terminate_backend(pg_backend_pid())")), **more)
            return read(work, **more)

        monkeypatch.setattr(desk, "read", cut_once)
        live.start()
        qtbot.waitUntil(lambda: bool(cut), timeout=30_000)
        qtbot.waitUntil(lambda: any(ALGEBRA in batch.others("courses") for batch in heard), timeout=10_000)
        live.close()
        assert desk.close()
