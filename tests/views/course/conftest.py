"""What tests of the course page's parts share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtWidgets import QApplication

from lms_desktop.database.unit_of_work import Database
from lms_desktop.views import theme
from tests.small_school import opened
from tests.views.course.quiz_desk import QUIZ, Sit, seats
from tests.views.sittings import change


@pytest.fixture
def quiz_school(database_url: URL) -> Iterator[Database]:
    """The small school, a quiz of which has no question yet."""
    with opened(database_url) as database:
        change(database_url, "DELETE FROM quiz_questions WHERE quiz_id = %s", QUIZ)
        yield database


@pytest.fixture
def at_quiz(
    qtbot: QtBot, qapp: QApplication, quiz_school: Database, database_url: URL, tmp_path: Path
) -> Iterator[Sit]:
    """Seats people before the editor of that quiz."""
    if theme.current().scheme != theme.Scheme.LIGHT or theme.current().text_size != 100:
        theme.install(qapp, theme.Scheme.LIGHT, 100)
    with seats(qtbot, quiz_school, database_url, tmp_path) as seat:
        yield seat
