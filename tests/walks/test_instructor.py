"""An instructor at the window: her own courses and what hangs on them, nothing else, wherever she looks."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from lms_desktop.admin import PAGES
from lms_desktop.database.unit_of_work import Database, Outcome, UnitOfWork
from lms_desktop.entities import Course, Enrollment, User
from lms_desktop.errors import Denied
from lms_desktop.services import courses, gate
from lms_desktop.services.impact import impact
from lms_desktop.services.records import Clashes, Edit, Refused
from lms_desktop.spec import Filter, Operator
from lms_desktop.views.found_list import FoundList
from lms_desktop.views.page import Destination
from tests.walks.acting import INSTRUCTOR, Person, Walk, keyboard, walking
from tests.walks.answering import Answer
from tests.walks.driving import CTRL, click, wait_for
from tests.walks.others import aside, rows, value
from tests.walks.truth import OWN, table_of

HERS, THEIRS = "introduction-to-python", "linear-algebra"
"""A course of hers, and one of a colleague."""


@pytest.fixture
def walk(seeded_url: URL, tmp_path: Path, _look: None) -> Iterator[Walk]:
    """The program on a school of one's own."""
    with walking(seeded_url, tmp_path) as walk:
        yield walk


@pytest.fixture
def instructor(walk: Walk) -> Person:
    """Who has just signed in."""
    return walk.sign_in(INSTRUCTOR)


def course(walk: Walk, slug: str) -> str:
    """The id of a course."""
    return str(value(walk.url, "SELECT id::text FROM courses WHERE slug = %s", slug))


def own(walk: Walk, page: str) -> set[str]:
    """The ids of the rows that are hers on a page, as the database tells without the program."""
    me = value(walk.url, "SELECT id::text FROM users WHERE email = %s", INSTRUCTOR)
    condition = OWN[page].replace("%(me)s", f"'{me}'")
    return {row_id for (row_id,) in rows(walk.url, f"SELECT t.id::text FROM {table_of(page)} t WHERE {condition}")}


def offered() -> list[str]:
    """What the list below a picker offers, or says."""
    (found,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, FoundList) and w.isVisible()]
    model = found.list.model()
    names = [str(model.index(row, 0).data()) for row in range(model.rowCount())] if model is not None else []
    return names or [found.words.text()]


def test_every_page_shows_her_own_alone(walk: Walk, instructor: Person) -> None:
    person = instructor
    hers_to_open = set(PAGES) - {"sessions"}
    assert set(person.window.navigation.keys()) == hers_to_open | {"history"}, "nothing of the administration"
    for name in sorted(hers_to_open):
        person.open(name)
        hers = own(walk, name)
        assert person.total() == len(hers) < value(walk.url, f"SELECT count(*) FROM {table_of(name)}")
        assert set(person.ids()) <= hers
        assert bool(person.page.primary()) == (name in {"courses", "lessons", "quizzes", "questions"})


def test_there_is_no_way_to_enrol(walk: Walk, instructor: Person) -> None:
    person = instructor
    person.open("enrollments")
    assert "Enrol student" not in " ".join(person.buttons())
    person.press(Qt.Key.Key_N, CTRL)
    assert person.page.unsaved() == 0
    assert not person.page.band.isVisible()
    person.click_row(0, "completed_at")
    person.press(Qt.Key.Key_F2)
    assert keyboard() is person.page.table, "no editor opens"
    person.press(Qt.Key.Key_Delete)
    assert QApplication.activeModalWidget() is None


def test_pickers_and_the_search_everywhere_find_her_own_alone(walk: Walk, instructor: Person) -> None:
    person = instructor
    person.open("lessons")
    person.press(Qt.Key.Key_N, CTRL)
    assert keyboard().accessibleName() == "Course"
    person.press(Qt.Key.Key_Down)
    hers = {
        title
        for (title,) in rows(
            walk.url, "SELECT title FROM courses c JOIN users u ON u.id = instructor_id WHERE email = %s", INSTRUCTOR
        )
    }
    assert set(offered()) == hers
    person.type("Linear")
    person.settle()
    assert offered() == ["Nothing is found for “Linear”."]
    person.press(Qt.Key.Key_Escape)

    person.press(Qt.Key.Key_K, CTRL)
    for foreign in ("Linear Algebra", "Ingrid Solheim"):
        person.replace(foreign)
        wait_for(lambda: found(person) and found(person) != ["Searching…"], "an answer")
        assert found(person) == [f"Nothing found for “{foreign}”"]
    person.replace("Python")
    wait_for(lambda: any("introduction-to-python" in line for line in found(person)), "her course")


def found(person: Person) -> list[str]:
    """What the search everywhere offers."""
    drop = person.window.quick_search.list
    items = [drop.item(row) for row in range(drop.count())] if drop.isVisible() else []
    return [item.data(Qt.ItemDataRole.AccessibleTextRole) or item.text() for item in items]


def test_a_students_record_lists_what_is_hers_alone(walk: Walk, instructor: Person) -> None:
    person = instructor
    both = (
        "SELECT student_id::text FROM enrollments e JOIN courses c ON c.id = course_id GROUP BY 1"
        f" HAVING bool_or(slug = '{HERS}') AND bool_or(slug = '{THEIRS}') LIMIT 1"
    )
    student = value(walk.url, both)
    all_of_them = {i for (i,) in rows(walk.url, "SELECT id::text FROM enrollments WHERE student_id = %s", student)}
    person.open("users")
    person.window.go_to(Destination("users", student))
    person.settle()
    form = person.page.form
    tab = [form.tabs.tabText(at).split(" ")[0] for at in range(form.tabs.count())].index("Enrollments")
    hers = own(walk, "enrollments") & all_of_them
    assert len(hers) < len(all_of_them)
    assert form.tabs.tabText(tab) == f"Enrollments {len(hers)}"
    click(form.tabs, form.tabs.tabRect(tab))
    person.settle()
    model = form.lists[tab - 1].model
    assert {model.row_id(row) for row in range(model.total)} == hers


def test_a_foreign_rows_id_given_by_hand_is_refused(walk: Walk, instructor: Person) -> None:
    person = instructor
    theirs, hers = course(walk, THEIRS), course(walk, HERS)
    enrollment = value(walk.url, "SELECT id::text FROM enrollments WHERE course_id = %s LIMIT 1", theirs)
    session, actor = person.window.session, person.window.session.actor
    database = person.desk.database
    assert isinstance(database, Database)

    def refused(do: Callable[[UnitOfWork], object]) -> bool:
        def attempt() -> bool:
            try:
                with gate.transaction(database, actor) as uow:
                    do(uow)
            except (Denied, Refused, Clashes):
                return True
            return False

        return aside(attempt)

    def save(entity: type, row_id: str, **values: str | None) -> Callable[[UnitOfWork], Outcome]:
        version = value(walk.url, f"SELECT xmin::text FROM {entity.__tablename__} WHERE id = %s", row_id)  # type: ignore[attr-defined]
        edit = Edit(entity, row_id, version, values, dict.fromkeys(values))
        return lambda uow: session.records.save(uow, [edit])

    assert aside(lambda: not refused_load(database, person, theirs)), "she cannot even read it"
    assert refused(save(Course, theirs, title="Mine now"))
    assert refused(save(Course, hers, instructor_id=value(walk.url, "SELECT id::text FROM users LIMIT 1")))
    assert refused(save(Enrollment, enrollment, completed_at="2026-11-20 10:00:00+00"))
    assert refused(lambda uow: courses.publish(uow, (theirs,)))
    assert refused(lambda uow: impact(uow, Course, (theirs,)))
    assert refused(lambda uow: session.records.save(uow, [Edit(User, actor.id, None, {"full_name": "Nobody"})]))
    assert not refused(save(Course, hers, category="Programming")), "her own she may change"
    assert value(walk.url, "SELECT title FROM courses WHERE id = %s", theirs) == "Linear Algebra"

    # The same by the window's own addresses.
    person.window.go_to(Destination("courses", theirs))
    person.settle()
    assert person.page.form.record() is None
    assert "not yours to see" in person.page.form.empty.accessibleName()
    person.window.go_to(Destination("enrollments", filters=(Filter("course_id", Operator.ONE_OF, (theirs,)),)))
    person.settle()
    assert person.total() == 0
    assert not person.window.open_page("sessions")


def refused_load(database: Database, person: Person, row_id: str) -> object:
    """What loading a course gives her."""
    with gate.reading(database, person.window.session.actor) as uow:
        return person.window.session.records.load(uow, Course, row_id)


def test_she_makes_a_course_gives_it_lessons_and_publishes_it(walk: Walk, instructor: Person) -> None:
    person = instructor
    person.open("courses")
    person.press(Qt.Key.Key_N, CTRL)
    assert keyboard().accessibleName() == "Title"
    person.type("Compilers by Hand")
    person.save()
    made = "FROM courses c JOIN users u ON u.id = instructor_id WHERE slug = 'compilers-by-hand'"
    assert rows(walk.url, f"SELECT email, is_published {made}") == [(INSTRUCTOR, False)]
    assert person.toast == "Saved Compilers by Hand."

    person.open("lessons")
    for title in ("Scanning", "Parsing"):
        person.press(Qt.Key.Key_N, CTRL)
        person.choose("compil", "Compilers by Hand")
        person.tab_to("Title")
        person.type(title)
        person.save()
        assert person.toast == f"Saved {title}."
    lessons = 'SELECT l.title, "order" FROM lessons l JOIN courses c ON c.id = course_id WHERE slug = %s ORDER BY 2'
    assert rows(walk.url, lessons, "compilers-by-hand") == [("Scanning", 1), ("Parsing", 2)]

    person.open("courses")
    person.search("compilers")
    person.click_row(0, "title")
    asked = Answer("Publish")
    person.click_button("Publish")
    assert "Lesson 1, “Scanning”, has no content yet." in asked.wait().said
    person.settle()
    assert rows(walk.url, f"SELECT is_published {made}") == [(True,)]
    assert person.shown("is_published") == "Published"
    assert "Unpublish" in person.buttons()
