"""The editor of a course: its figures, what is not ready and the way there, its own fields."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Course, Lesson, Quiz, QuizQuestion
from lms_desktop.services.edits import Edit
from lms_desktop.services.teaching import overview
from lms_desktop.views import theme
from lms_desktop.views.course.course_editor import CourseEditor
from tests.small_school import actor, opened, row_id
from tests.views.course.editing import Desk, Sit, seats
from tests.views.sittings import ask, change
from tests.views.test_editors import nameless

ALGEBRA, BOTANY = (row_id(Course, name) for name in ("algebra", "botany"))
SUMS = row_id(Lesson, "sums")

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def database(database_url: URL, qapp: QApplication) -> Iterator[Database]:
    """The small school; each lesson takes ten minutes and has a text, but that on sums."""
    if theme.current().scheme != theme.Scheme.LIGHT or theme.current().text_size != 100:
        theme.install(qapp, theme.Scheme.LIGHT, 100)
    with opened(database_url) as found:
        change(database_url, "UPDATE lessons SET duration_minutes = 35, content = 'x'")
        change(database_url, "UPDATE lessons SET content = NULL WHERE id = %s", SUMS)
        yield found


@pytest.fixture
def sit(qtbot: QtBot, database: Database, tmp_path: Path) -> Iterator[Sit[CourseEditor]]:
    """Seats people before a course."""
    with seats(qtbot, database, tmp_path, Course, CourseEditor) as seat:
        yield seat


def figures(desk: Desk[CourseEditor]) -> list[str]:
    """What the figures say."""
    return [figure.accessibleName() for figure in desk.form.overview.figures.values()]


def lacking(desk: Desk[CourseEditor]) -> list[str]:
    """What is said not to be ready."""
    listed = desk.form.overview.list
    return [listed.item(row).text() for row in range(listed.count())]


def test_how_much_there_is_of_what(sit: Sit[CourseEditor]) -> None:
    desk = sit("ines")
    desk.show(ALGEBRA)
    assert figures(desk) == [
        "3 Lessons",
        "1 h 45 min Duration",
        "3 Quizzes, 3 of them draft(s)",
        "3 Questions",
        "1 Student",
    ]
    assert [desk.form.tabs.tabText(i) for i in range(desk.form.tabs.count())] == [
        "Overview",
        "Details",
        "Progress",
        "Enrollments 1",
        "History",
    ]


def test_what_is_not_ready_leads_there(sit: Sit[CourseEditor], database_url: URL) -> None:
    change(database_url, "UPDATE quiz_questions SET question_type = 'true_false'")
    desk = sit("ines")
    chosen: list[tuple[object, str]] = []
    desk.form.problem_chosen.connect(lambda entity, row: chosen.append((entity, row)))
    desk.show(ALGEBRA)
    assert lacking(desk)[0] == "Lesson 1, “Sums”, has no content yet."
    assert lacking(desk)[-1] == "Question 1 of “Of Algebra” has no right answer."
    assert "already" in desk.form.overview.banner.text
    listed = desk.form.overview.list
    listed.setFocus()
    QTest.keyClick(listed, Qt.Key.Key_Return)
    QTest.keyClick(listed, Qt.Key.Key_End)
    QTest.keyClick(listed, Qt.Key.Key_Return)
    assert chosen == [(Lesson, SUMS), (QuizQuestion, row_id(QuizQuestion, "of algebra"))]
    QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=listed.visualItemRect(listed.item(1)).center())
    assert chosen[-1][0] is QuizQuestion


def test_what_is_mended_is_no_longer_listed(sit: Sit[CourseEditor], database_url: URL) -> None:
    desk = sit("ines")
    desk.show(ALGEBRA)
    assert len(lacking(desk)) == 1
    change(database_url, "UPDATE lessons SET content = 'x'")
    edits = desk.session.records
    lesson = ask(database_url, "SELECT xmin::text FROM lessons WHERE id = %s", SUMS)
    desk.session.desk.commit(
        lambda uow: edits.save(uow, [Edit(Lesson, SUMS, lesson, {"title": "S"}, {"title": "Sums"}, "Sums", {})]),
        done=lambda outcome: None,
        failed=desk.trouble.append,
    )
    desk.qtbot.waitUntil(lambda: lacking(desk) == [])
    assert "Everything that can be checked is ready." in desk.form.overview.banner.text


def test_another_course_has_its_own(sit: Sit[CourseEditor], database_url: URL) -> None:
    change(
        database_url, "DELETE FROM quizzes WHERE id IN (SELECT id FROM quizzes WHERE course_id = %s LIMIT 1)", BOTANY
    )
    desk = sit("admin")
    desk.show(ALGEBRA)
    desk.show(BOTANY)
    assert figures(desk)[0] == "1 Lesson"
    assert figures(desk)[2:4] == ["1 Quiz, draft", "1 Question"]
    assert lacking(desk) == []


def test_a_new_one_begins_with_its_fields(sit: Sit[CourseEditor]) -> None:
    desk = sit("ines")
    desk.show(ALGEBRA)
    draft = desk.drafts.begin_new({"instructor_id": actor("ines").id})
    desk.form.show_record(draft.id)
    desk.form.focus_field(None)
    assert not desk.form.tabs.isTabVisible(0)
    keyboard = QApplication.focusWidget()
    assert keyboard is not None
    assert desk.row("title").isAncestorOf(keyboard)
    desk.show(ALGEBRA)
    assert desk.form.tabs.isTabVisible(0)


def test_its_fields_are_edited_behind_it(sit: Sit[CourseEditor], database_url: URL) -> None:
    desk = sit("ines")
    desk.show(ALGEBRA)
    desk.type("title", "Algebra I")
    assert desk.form.tabs.currentIndex() == 1
    desk.save()
    assert ask(database_url, "SELECT title FROM courses WHERE id = %s", ALGEBRA) == "Algebra I"


def test_every_part_has_a_name(sit: Sit[CourseEditor]) -> None:
    desk = sit("ines")
    desk.show(ALGEBRA)
    assert nameless(desk.form) == []


def test_nobody_sees_anothers_figures(database: Database) -> None:
    with database.reading(actor("ines")) as uow:
        assert overview.load(uow, BOTANY) is None
        assert overview.load(uow, row_id(Quiz, "of algebra")) is None
