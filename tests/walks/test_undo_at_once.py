"""Ctrl+Z pressed while something is being saved still: it is for that, and waits for it; where that fails, nothing that
was saved before is taken back in its stead."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lms_desktop.models.desk import performing
from lms_desktop.services import deleting
from lms_desktop.views.page import Destination
from tests.walks.acting import ADMIN, INSTRUCTOR, Person, Reply, Walk, keyboard, to_the_front, walking
from tests.walks.answering import Answer
from tests.walks.cells import said, type_over
from tests.walks.driving import CTRL, SHIFT, click, wait_for
from tests.walks.others import locked, rows, value, wait_for_save_in_the_middle, write
from tests.walks.undoing import hint
from tests.walks.wire import Wire
from tests.walks.writing import NEW_PASSWORD

WAITING = "Waiting for what is being saved…"
NOTHING = "Nothing was taken back."
ALT = Qt.KeyboardModifier.AltModifier
LOCK_COURSE = "SELECT 1 FROM courses WHERE id = %s FOR UPDATE"
LOCK_ENROLLMENT = "SELECT 1 FROM enrollments WHERE id = %s FOR UPDATE"
HELD_ENROLLMENTS = "SELECT count(*) FROM enrollments WHERE id = %s"


@pytest.fixture
def walk(seeded_url: URL, tmp_path: Path, _look: None) -> Iterator[Walk]:
    """The program on a school of one's own."""
    with walking(seeded_url, tmp_path) as walk:
        yield walk


@pytest.fixture
def admin(walk: Walk) -> Person:
    """An administrator before the courses who has saved a category in the first row."""
    person = walk.sign_in(ADMIN)
    person.open("courses")
    type_over(person, 0, "category", "Older")
    person.save()
    assert category(person, 0) == "Older"
    return person


def category(person: Person, row: int) -> str | None:
    """The category of the course in a row, as it stands in PostgreSQL."""
    found = value(person.url, "SELECT category FROM courses WHERE id = %s", person.page.model.row_id(row))
    assert found is None or isinstance(found, str)
    return found


def stands(person: Person) -> bool:
    """Whether what was saved first stands still."""
    return bool(value(person.url, "SELECT count(*) FROM courses WHERE category = 'Older'"))


def hit(modifiers: Qt.KeyboardModifier = CTRL, key: Qt.Key = Qt.Key.Key_Z) -> None:
    """Press a key, Ctrl+Z by itself, where the keyboard is, and wait for nothing."""
    QTest.keyClick(keyboard(), key, modifiers)


def undo_while_it_waits(person: Person, lock: str, row_id: str, begin: Callable[[], object], *, keep: str = "") -> str:
    """Begin a write of a row that somebody else holds, press Ctrl+Z while it waits, and let the row go, or `keep` what
    was done to it; what the status bar said meanwhile."""
    with locked(person.url, keep or lock, row_id, keep=bool(keep)):
        begin()
        wait_for_save_in_the_middle(person.url)
        hit()
        said_then = person.window.status_text()
        assert hint(person) == "", "what was saved before is not what the key would take back"
    end(person)
    return said_then


def end(person: Person) -> None:
    """Wait until nothing is under way and no press waits."""
    wait_for(lambda: not person.desk.jobs and not person.window.undoing.busy, "the end of it")
    person.settle()


def save(person: Person) -> None:
    """Ctrl+S, and wait for nothing."""
    person.hit(Qt.Key.Key_S, CTRL)


# A save


def test_a_save_that_takes_long_is_waited_for_and_taken_back(admin: Person) -> None:
    before = category(admin, 1)
    type_over(admin, 1, "category", "Newer")
    row_id = admin.ids()[1]
    assert undo_while_it_waits(admin, LOCK_COURSE, row_id, lambda: save(admin)) == WAITING
    assert (category(admin, 0), category(admin, 1)) == ("Older", before)
    assert admin.page.unsaved() == 0
    assert admin.toast.startswith("Undone: Saved ")
    assert admin.page.form.row_id() == row_id
    hit()
    end(admin)
    assert category(admin, 0) != "Older", "the next press is for what was saved before"
    for _ in range(2):
        hit(CTRL | SHIFT)
        end(admin)
    assert (category(admin, 0), category(admin, 1)) == ("Older", "Newer")


def test_a_save_and_ctrl_z_in_one_go_leave_everything_as_it_was(admin: Person) -> None:
    before = category(admin, 1)
    type_over(admin, 1, "category", "Newer")
    save(admin)
    hit()
    end(admin)
    assert (category(admin, 0), category(admin, 1)) == ("Older", before)
    assert admin.page.unsaved() == 0


def test_two_presses_take_two_back_and_redo_makes_them_again(admin: Person) -> None:
    before, title = category(admin, 1), said(admin.page, 0, "title")
    type_over(admin, 1, "category", "Newer")
    for modifiers, key in ((CTRL, Qt.Key.Key_S), (CTRL, Qt.Key.Key_Z), (CTRL, Qt.Key.Key_Z)):
        hit(modifiers, key)
    end(admin)
    assert category(admin, 0) != "Older"
    assert category(admin, 1) == before
    type_over(admin, 0, "title", "Another title")
    save(admin)
    hit()
    hit(CTRL | SHIFT)
    end(admin)
    assert value(admin.url, "SELECT title FROM courses WHERE id = %s", admin.ids()[0]) == "Another title"
    hit()
    end(admin)
    assert said(admin.page, 0, "title") == title


def test_redo_pressed_during_a_save_makes_nothing_older_again(admin: Person) -> None:
    hit()
    end(admin)
    undone = category(admin, 0)
    type_over(admin, 1, "category", "Newer")
    with locked(admin.url, LOCK_COURSE, admin.ids()[1]):
        save(admin)
        wait_for_save_in_the_middle(admin.url)
        hit(CTRL | SHIFT)
        assert admin.window.status_text() == WAITING
    end(admin)
    assert (category(admin, 0), category(admin, 1)) == (undone, "Newer")


def test_what_is_typed_during_a_save_is_taken_back_before_it(admin: Person) -> None:
    before, title = category(admin, 1), said(admin.page, 1, "title")
    type_over(admin, 1, "category", "Newer")
    with locked(admin.url, LOCK_COURSE, admin.ids()[1]):
        save(admin)
        wait_for_save_in_the_middle(admin.url)
        person_types(admin, 1, "title", "Typed meanwhile")
        hit()
        assert said(admin.page, 1, "title") == title, "nothing has to wait for what is not saved"
        hit(CTRL | SHIFT)
        assert said(admin.page, 1, "title") == "Typed meanwhile"
        hit()
        hit()
        assert admin.window.status_text() == WAITING
    end(admin)
    assert (category(admin, 0), category(admin, 1)) == ("Older", before)
    assert admin.page.unsaved() == 0


def person_types(person: Person, row: int, key: str, text: str) -> None:
    """Edit a cell while something is under way, for which nobody waits."""
    column = [field.key for field in person.page.model.fields].index(key)
    index = person.page.model.index(row, column)
    click(person.page.table.viewport(), person.page.table.visualRect(index))
    person.hit(Qt.Key.Key_F2)
    wait_for(lambda: person.page.delegate.editor is not None, "the editor")
    person.replace(text)
    person.hit(Qt.Key.Key_Return)
    assert said(person.page, row, key) == text


def test_a_new_row_that_is_being_saved_is_taken_back(admin: Person) -> None:
    count = value(admin.url, "SELECT count(*) FROM users")
    admin.open("users")
    admin.press(Qt.Key.Key_N, CTRL)
    admin.type_into_form("full_name", "Nobody Yet")
    admin.type_into_form("email", "nobody@yet.edu")
    admin.page.table.setFocus()
    save(admin)
    hit()
    end(admin)
    assert value(admin.url, "SELECT count(*) FROM users") == count
    assert stands(admin)
    assert admin.page.unsaved() == 0


def test_a_save_that_meets_a_conflict_takes_nothing_back(admin: Person) -> None:
    row_id = admin.ids()[1]
    type_over(admin, 1, "category", "Newer")
    question = Reply("Decide later")
    theirs = "UPDATE courses SET category = 'Theirs' WHERE id = %s"
    assert undo_while_it_waits(admin, LOCK_COURSE, row_id, lambda: save(admin), keep=theirs) == WAITING
    assert "Theirs" in question.wait()
    end(admin)
    assert (category(admin, 0), category(admin, 1)) == ("Older", "Theirs")
    assert admin.toast == NOTHING
    assert admin.page.unsaved() == 1
    assert hint(admin) == "Ctrl Z takes back the last unsaved edit"
    hit()
    assert admin.page.unsaved() == 0, "it is an unsaved edit as before"


def test_a_password_that_is_being_saved_takes_nothing_older_back(admin: Person) -> None:
    admin.open("users")
    admin.search("student")
    admin.click_row(0)
    admin.type_into_form("password_hash", NEW_PASSWORD)
    admin.page.table.setFocus()
    save(admin)
    hit()
    end(admin)
    assert stands(admin)
    assert admin.toast == NOTHING
    assert admin.page.unsaved() == 0


# Deletes and actions


def at_the_enrollments(person: Person) -> str:
    """Go to the enrollments and select one that may be withdrawn; its id."""
    person.open("enrollments")
    free = value(
        person.url,
        "SELECT e.id::text FROM enrollments e LEFT JOIN certificates c ON c.enrollment_id = e.id"
        " WHERE c.id IS NULL ORDER BY e.enrolled_at DESC LIMIT 1",
    )
    assert isinstance(free, str)
    person.click_record(free)
    return free


def confirm(person: Person, button: str) -> None:
    """Press Del and the button of the question."""
    reply = Reply(button)
    person.hit(Qt.Key.Key_Delete)
    reply.wait()
    person.page.table.setFocus()


def test_a_delete_that_was_just_confirmed_is_waited_for_and_taken_back(admin: Person) -> None:
    row_id = at_the_enrollments(admin)
    assert undo_while_it_waits(admin, LOCK_ENROLLMENT, row_id, lambda: confirm(admin, "Withdraw")) == WAITING
    assert value(admin.url, HELD_ENROLLMENTS, row_id) == 1
    assert value(admin.url, "SELECT count(*) FROM lms_desktop.operations WHERE sentence LIKE 'With%%'") == 1
    assert stands(admin)
    hit(CTRL | SHIFT)
    end(admin)
    assert value(admin.url, HELD_ENROLLMENTS, row_id) == 0


def test_a_delete_that_fails_takes_nothing_back(admin: Person) -> None:
    row_id = at_the_enrollments(admin)
    theirs = "UPDATE enrollments SET completed_at = now(), updated_at = now() WHERE id = %s"
    undo_while_it_waits(admin, LOCK_ENROLLMENT, row_id, lambda: confirm(admin, "Withdraw"), keep=theirs)
    trouble = Reply("Close").wait()
    end(admin)
    assert trouble
    assert value(admin.url, HELD_ENROLLMENTS, row_id) == 1
    assert stands(admin)
    assert admin.toast == NOTHING
    assert hint(admin).startswith("Ctrl Z undoes “Saved ")


def test_a_large_delete_is_waited_for_but_what_was_saved_after_it_goes_first(
    admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deleting, "LARGE", 1)
    row_id = admin.ids()[2]
    hanging = "SELECT count(*) FROM enrollments WHERE course_id = %s"
    write(
        admin.url,
        "DELETE FROM certificates WHERE enrollment_id IN (SELECT id FROM enrollments WHERE course_id = %s)",
        row_id,
    )
    admin.press(Qt.Key.Key_F5)
    before = value(admin.url, hanging, row_id)
    admin.click_record(row_id)
    with locked(admin.url, LOCK_COURSE, row_id):
        confirm(admin, "Delete course")
        wait_for_save_in_the_middle(admin.url)
        assert "run" in [job.kind for job in admin.desk.jobs]
        person_types(admin, 1, "category", "Saved meanwhile")
        admin.page.table.setFocus()
        save(admin)
        wait_for(lambda: not admin.page.unsaved(), "the save")
        hit()
        wait_for(lambda: not admin.window.undoing.busy, "the undo of what was done last")
        assert category(admin, 1) != "Saved meanwhile"
        hit(CTRL | SHIFT)
        wait_for(lambda: category(admin, 1) == "Saved meanwhile", "that it is made again, at once")
        wait_for(lambda: not admin.window.undoing.busy, "the end of it")
        hit()
        wait_for(lambda: category(admin, 1) != "Saved meanwhile", "that it is taken back again")
        wait_for(lambda: not admin.window.undoing.busy, "the end of it")
        hit()
        assert admin.window.status_text() == WAITING
    Answer("Take back").wait()
    end(admin)
    assert value(admin.url, "SELECT count(*) FROM courses WHERE id = %s", row_id) == 1
    assert value(admin.url, hanging, row_id) == before
    assert stands(admin)


def test_an_action_with_a_look_before_it_is_waited_for_and_taken_back(admin: Person) -> None:
    row_id = str(
        value(
            admin.url,
            "SELECT c.id::text FROM courses c WHERE NOT c.is_published AND category IS DISTINCT FROM 'Older'"
            " ORDER BY title LIMIT 1",
        )
    )
    admin.click_record(row_id)
    action = next(action for action in admin.page.admin.actions if action.name == "publish")
    doubts = Reply(*(["Publish"] if looks_doubtful(admin, row_id) else []))
    admin.page.row_actions.run(action, [one.view for one in admin.page.row_actions.rows.loaded()])
    hit()
    if not doubts.done:
        doubts.wait()
    end(admin)
    assert value(admin.url, "SELECT is_published FROM courses WHERE id = %s", row_id) is False
    assert stands(admin)


def looks_doubtful(person: Person, row_id: str) -> bool:
    """Whether something speaks against publishing a course."""
    return not rows(person.url, "SELECT 1 FROM lessons WHERE course_id = %s", row_id)


def test_a_move_that_is_on_its_way_is_taken_back(walk: Walk) -> None:
    person = walk.sign_in(INSTRUCTOR)
    course = str(
        value(
            walk.url,
            "SELECT course_id::text FROM lessons l JOIN courses c ON c.id = course_id"
            " JOIN users u ON u.id = instructor_id WHERE u.email = %s GROUP BY course_id"
            " ORDER BY count(*) DESC, course_id LIMIT 1",
            INSTRUCTOR,
        )
    )
    order = 'SELECT title FROM lessons WHERE course_id = %s ORDER BY "order"'
    person.page.open_requested.emit(Destination("course", course))
    person.settle()
    outline = person.course.outline
    wait_for(lambda: outline.model.loaded, "the outline")
    before = rows(walk.url, order, course)
    row = next(row for row, card in enumerate(outline.model.cards) if card.title == before[0][0])
    click(outline.list.viewport(), outline.list.visualRect(outline.model.index(row)))
    outline.list.setFocus()
    person.press(Qt.Key.Key_Down, ALT)
    older = rows(walk.url, order, course)
    assert older != before
    with locked(walk.url, LOCK_COURSE, course):
        hit(ALT, Qt.Key.Key_Down)
        wait_for_save_in_the_middle(walk.url)
        hit()
        assert person.window.status_text() == WAITING
    end(person)
    assert rows(walk.url, order, course) == older
    hit()
    end(person)
    assert rows(walk.url, order, course) == before


def test_what_is_being_taken_back_from_the_history_is_made_again_by_ctrl_z(admin: Person) -> None:
    """Taking something back after a question is an operation like any other, also for a press during it."""
    row_id = admin.ids()[0]
    operation = str(value(admin.url, "SELECT id::text FROM lms_desktop.operations ORDER BY seq DESC LIMIT 1"))

    def take_back() -> None:
        admin.page.take_back_requested.emit(operation, None)
        Answer("Take back").wait()
        to_the_front(admin.window)

    with locked(admin.url, LOCK_COURSE, row_id):
        take_back()
        wait_for_save_in_the_middle(admin.url)
        hit()
    end(admin)
    assert category(admin, 0) == "Older"
    assert value(admin.url, "SELECT count(*) FROM lms_desktop.operations") == 3


# A save of which nobody knows what became of it


@pytest.mark.usefixtures("_look")
def test_while_a_save_is_in_doubt_ctrl_z_takes_nothing_back(
    seeded_url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(performing, "SETTLE_WITHIN", 0.1)
    with Wire(seeded_url) as wire, walking(wire.url, tmp_path) as walk:
        person = walk.sign_in(ADMIN)
        person.open("courses")
        for row, text in ((0, "Older"), (1, "In doubt")):
            type_over(person, row, "category", text)
            if not row:
                person.save()
        wire.lose_commits, wire.open_after_loss = True, False
        save(person)
        wait_for(lambda: person.banner, "the news that nobody knows")
        hit()
        assert "looked up" in person.window.status_text()
        assert person.page.unsaved() == 1, "it may be saved by now"
        wire.lose_commits, wire.open = False, True
        wait_for(lambda: not person.page.saving.in_doubt, "the answer")
        end(person)
        ids = person.ids()[:2]
        stored = rows(wire.server, "SELECT category FROM courses WHERE id::text = ANY(%s)", ids)
        assert sorted(stored) == [("In doubt",), ("Older",)]
