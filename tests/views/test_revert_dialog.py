"""The question before something is taken back, and what it says where it cannot be."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from lms_desktop.entities import Course, Enrollment, Lesson, User
from lms_desktop.services.reverting import MOST_OBSTACLES, NO_PASSWORD, Obstacle, Plan
from lms_desktop.views.revert_dialog import RevertDialog
from lms_desktop.views.session import Session
from tests.small_school import actor, opened
from tests.views.sittings import sitting
from tests.walks.driving import said_by


@pytest.fixture
def session(qtbot: QtBot, database_url: URL, tmp_path: Path) -> Iterator[Session]:
    """The administrator's sitting at the small school."""
    with opened(database_url) as school, sitting(school, actor("admin"), tmp_path) as made:
        yield made


def shown(qtbot: QtBot, session: Session, plan: Plan) -> RevertDialog:
    """The dialog, on the screen."""
    dialog = RevertDialog(session, plan)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def blocked(count: int, possible: int) -> Plan:
    """So many rows are in the way, and so many not."""
    fields = (("full_name", "Ana", "Anna"),)
    told = tuple(
        Obstacle(User, str(at), f"Ana {at}", "changed", fields, "Ines") for at in range(min(count, MOST_OBSTACLES))
    )
    return Plan("1", "Saved people.", {User: (0, count + possible, 0)}, told, count, possible)


def test_it_says_what_comes_back_and_what_does_not(qtbot: QtBot, session: Session) -> None:
    counts: dict[type, tuple[int, int, int]] = {Course: (1, 0, 0), Lesson: (12, 0, 0), Enrollment: (0, 3, 0)}
    dialog = shown(qtbot, session, Plan("1", "Deleted Algebra.", counts, possible=16, notes=(NO_PASSWORD,)))
    said = said_by(dialog)
    assert "Take back “Deleted Algebra”?" in said
    assert "Comes back\n1\ncourse\n12\nlessons" in said
    assert "Is changed back\n3\nenrollments" in said
    assert NO_PASSWORD in said
    pressed = dialog.focusWidget()
    assert isinstance(pressed, QPushButton)
    assert pressed.text() == "Take back"
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.result() == RevertDialog.DialogCode.Accepted


def test_enter_does_not_take_away_what_was_made(qtbot: QtBot, session: Session) -> None:
    dialog = shown(qtbot, session, Plan("1", "Saved Ana.", {User: (0, 0, 1)}, possible=1))
    assert "Goes again\n1\nperson" in said_by(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.result() == RevertDialog.DialogCode.Rejected


def test_two_hundred_rows_in_the_way_are_one_table(qtbot: QtBot, session: Session) -> None:
    few = len(shown(qtbot, session, blocked(1, 11)).findChildren(QWidget))
    dialog = shown(qtbot, session, blocked(1400, 11))
    assert dialog.table is not None
    assert dialog.table.model().rowCount() == MOST_OBSTACLES
    assert "1200 more row(s)" in said_by(dialog)
    assert len(dialog.findChildren(QWidget)) <= few + 1
    assert [button.text() for button in dialog.buttons()] == [
        "Leave everything as it is",
        "Take back the other 11 row(s)",
    ]


def test_where_nothing_else_is_possible_nothing_is_offered(qtbot: QtBot, session: Session) -> None:
    dialog = shown(qtbot, session, blocked(2, 0))
    assert "“Saved people” cannot be taken back" in said_by(dialog)
    assert [button.text() for button in dialog.buttons()] == ["Leave everything as it is"]
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
