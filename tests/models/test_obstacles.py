"""What stands in the way of taking something back, as rows of a table."""

from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from PySide6.QtCore import Qt

from lms_desktop.admin import CATALOG
from lms_desktop.entities import Course, Enrollment, User
from lms_desktop.models.obstacles import ObstaclesModel
from lms_desktop.services.reverting import CHANGED, GONE, TAKEN, Obstacle, Plan

WHEN = "2026-11-22 09:00:00+00"


def texts(model: ObstaclesModel) -> list[list[str]]:
    """What the cells say."""
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def plan(*obstacles: Obstacle) -> Plan:
    """A plan that these stand in the way of."""
    return Plan("1", "Saved it.", {User: (0, len(obstacles), 0)}, obstacles, len(obstacles))


def test_each_field_has_a_row_with_what_was_left_and_what_is_there_and_whose_it_is(
    qtbot: QtBot, qtmodeltester: ModelTester
) -> None:
    enrollment = Obstacle(
        Enrollment, "e", "Ana · Algebra", CHANGED, (("completed_at", None, WHEN), ("course_id", "a", "b")), "Ines", WHEN
    )
    model = ObstaclesModel(CATALOG, plan(enrollment), "Europe/Lisbon", {(Course, "a"): ("Algebra I", "algebra-1")})
    qtmodeltester.check(model)
    moment = "2026-11-22 09:00"
    assert texts(model) == [
        ["Ana · Algebra enrollment", "Completed", "—", moment, "Ines", moment],
        ["Ana · Algebra enrollment", "Course", "Algebra I algebra-1", "another one", "Ines", moment],
    ]
    titles = [model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount())]
    assert titles == ["Row", "Field", "As it was left", "Now", "Changed by", "When"]


def test_what_is_no_difference_of_fields_is_said_in_words(qtbot: QtBot) -> None:
    gone = Obstacle(User, "u", "", GONE, (), "Marta", WHEN)
    taken = Obstacle(User, "v", "Li Xia", TAKEN, (("email", "li@school.edu", "li@school.edu"),), "", None)
    odd = Obstacle(User, "w", "Bo", CHANGED, (("a_column_of_others", "1", None),))
    assert texts(ObstaclesModel(CATALOG, plan(gone, taken, odd), "UTC")) == [
        ["Person", "", "", "deleted since", "Marta", "2026-11-22 09:00"],
        ["Li Xia person", "E-mail", "li@school.edu", "taken by another row", "another program", ""],
        ["Bo person", "a_column_of_others", "1", "—", "another program", ""],
    ]
