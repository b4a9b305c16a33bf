"""Rows that somebody else changes, deletes or holds: what the person at the window is told, and that nobody is
overwritten."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from PySide6.QtCore import Qt

from tests.walks.acting import ADMIN, INSTRUCTOR, REGISTRAR, Person, Reply, Walk, to_the_front, walking
from tests.walks.driving import CTRL, click, column_of, wait_for
from tests.walks.enrollments import LOCK, NOVEMBER, STORED, at_the_enrollments, complete, completed, first
from tests.walks.others import locked, rows, value, wait_for_save_in_the_middle, write


@pytest.fixture
def walk(seeded_url: URL, tmp_path: Path, _look: None) -> Iterator[Walk]:
    """The program on a school that everybody may write to, and nobody kills."""
    with walking(seeded_url, tmp_path) as walk:
        yield walk


@pytest.fixture
def edited(walk: Walk) -> tuple[Person, str]:
    """The registrar with an edit of the first row that is not saved; since she began, somebody else has changed it."""
    person = at_the_enrollments(walk)
    row_id = first(person)
    person.edit_cell(0, "completed_at", NOVEMBER)
    complete(walk.url, row_id, "2026-01-05 12:00+00")
    return person, row_id


def test_what_somebody_else_saved_is_shown_beside_and_taken(walk: Walk, edited: tuple[Person, str]) -> None:
    person, row_id = edited
    question = Reply("Take theirs", "Apply and save")
    person.hit(Qt.Key.Key_S, CTRL)
    question.wait()
    person.settle()
    assert "Nothing was saved yet, and nothing is overwritten." in question.said
    assert "Another program changed Completed" in question.said
    assert "2026-01-05 07:00" in question.said, "theirs"
    assert "2026-11-20 10:00" in question.said, "mine"
    assert "You began with" in question.said
    assert person.page.unsaved() == 0
    assert completed(walk.url, row_id) == "2026-01-05 12:00:00"
    assert person.shown("completed_at").startswith("2026-01-05 07:00")


def test_what_somebody_else_saved_is_shown_beside_and_overruled(walk: Walk, edited: tuple[Person, str]) -> None:
    person, row_id = edited
    question = Reply("Keep mine", "Apply and save")
    person.hit(Qt.Key.Key_S, CTRL)
    question.wait()
    person.settle()
    assert person.page.unsaved() == 0
    assert completed(walk.url, row_id) == STORED


def test_what_somebody_else_saved_can_wait_for_a_decision(walk: Walk, edited: tuple[Person, str]) -> None:
    person, row_id = edited
    question = Reply("Decide later")
    person.hit(Qt.Key.Key_S, CTRL)
    question.wait()
    person.settle()
    assert person.page.unsaved() == 1
    assert completed(walk.url, row_id) == "2026-01-05 12:00:00"
    assert "changed by somebody else meanwhile (Completed)" in person.banner
    question = Reply("Keep mine", "Apply, save later")
    person.click_button("Show what changed")
    question.wait()
    person.settle()
    assert person.page.unsaved() == 1
    assert completed(walk.url, row_id) == "2026-01-05 12:00:00"
    person.save()
    assert completed(walk.url, row_id) == STORED


def test_edits_of_other_fields_of_the_same_row_both_stand_after_one_save(walk: Walk) -> None:
    person = at_the_enrollments(walk)
    row_id = first(person)
    person.edit_cell(0, "completed_at", NOVEMBER)
    write(walk.url, "UPDATE enrollments SET enrolled_at = '2020-02-02 20:20+00' WHERE id = %s", row_id)
    person.save()
    assert person.toast.endswith(". Another program's change of Enrolled was kept.")
    assert person.page.unsaved() == 0
    assert completed(walk.url, row_id) == STORED
    assert value(walk.url, "SELECT enrolled_at::text FROM enrollments WHERE id = %s", row_id).startswith("2020-02-02")


def test_the_form_says_who_changed_what_is_edited_and_merges_before_it_is_saved(walk: Walk, tmp_path: Path) -> None:
    here = at_the_enrollments(walk)
    row_id = first(here)
    here.edit_cell(0, "completed_at", NOVEMBER)
    with walking(walk.url, tmp_path / "other") as other:
        there = other.sign_in(ADMIN)
        there.open("enrollments")
        assert first(there) == row_id
        there.edit_cell(0, "completed_at", "2026-01-05 07:00")
        there.save()
        name = there.desk.actor.name if there.desk.actor is not None else ""
    to_the_front(here.window)
    here.press(Qt.Key.Key_F5)
    banner = here.page.form.details.banner
    wait_for(lambda: banner.text.startswith(f"{name} changed Completed"), "who changed what")
    question = Reply("Keep mine", "Apply, save later")
    here.click_button("Merge…")
    question.wait()
    here.settle()
    assert f"{name} changed Completed" in question.said
    assert here.page.unsaved() == 1
    assert not banner.isVisible()
    assert completed(walk.url, row_id) == "2026-01-05 12:00:00"
    here.save()
    assert completed(walk.url, row_id) == STORED


def test_a_row_that_somebody_else_deleted_is_told_and_given_up(walk: Walk) -> None:
    person = at_the_enrollments(walk)
    row_id = first(person)
    person.edit_cell(0, "completed_at", NOVEMBER)
    write(walk.url, "DELETE FROM enrollments WHERE id = %s", row_id)
    question = Reply("Drop my edits", "Apply and save")
    person.hit(Qt.Key.Key_S, CTRL)
    assert "It was deleted: Another program." in question.wait()
    person.settle()
    assert person.page.unsaved() == 0
    assert person.page.model.find(row_id) is None
    assert value(walk.url, "SELECT count(*) FROM enrollments WHERE id = %s", row_id) == 0


def test_a_row_that_somebody_else_deleted_is_restored_with_ones_edits(walk: Walk) -> None:
    person = at_the_enrollments(walk)
    row_id = first(person)
    columns = "SELECT (student_id, course_id, enrolled_at)::text FROM enrollments WHERE id = %s"
    before = value(walk.url, columns, row_id)
    person.edit_cell(0, "completed_at", NOVEMBER)
    write(walk.url, "DELETE FROM enrollments WHERE id = %s", row_id)
    question = Reply("Restore it with my edits", "Apply and save")
    person.hit(Qt.Key.Key_S, CTRL)
    question.wait()
    person.settle()
    assert "What stood in Created is known to nobody here" in question.said
    assert "it was restored, but for Created, which nobody took down." in person.toast
    assert person.page.unsaved() == 0
    assert value(walk.url, columns, row_id) == before
    assert completed(walk.url, row_id) == STORED


def test_a_lesson_that_was_moved_out_of_ones_courses_is_told_and_the_edits_wait(walk: Walk) -> None:
    person = walk.sign_in(INSTRUCTOR)
    person.open("lessons")
    lesson = first(person)
    title = value(walk.url, "SELECT title FROM lessons WHERE id = %s", lesson)
    person.edit_cell(0, "title", "A title of mine")
    other = "SELECT c.id FROM courses c JOIN users u ON u.id = instructor_id WHERE u.email <> %s LIMIT 1"
    write(walk.url, f"UPDATE lessons SET course_id = ({other}) WHERE id = %s", INSTRUCTOR, lesson)
    question = Reply("Keep my edits, unsaved", "Apply and save")
    person.hit(Qt.Key.Key_S, CTRL)
    assert "It was moved or handed over meanwhile and is no longer yours to change." in question.wait()
    person.settle()
    assert person.page.unsaved() == 1
    assert value(walk.url, "SELECT title FROM lessons WHERE id = %s", lesson) == title
    person.page.discard()


def test_of_many_rows_there_is_one_list_and_one_answer_for_all(walk: Walk) -> None:
    person = at_the_enrollments(walk)
    ids = person.ids()[:3]
    for row in range(3):
        person.edit_cell(row, "completed_at", NOVEMBER)
    complete(walk.url, ids[0], "2026-01-05 12:00+00")
    write(walk.url, "UPDATE enrollments SET enrolled_at = enrolled_at - interval '1 min' WHERE id = %s", ids[1])
    write(walk.url, "DELETE FROM enrollments WHERE id = %s", ids[2])
    question = Reply("Mine for all", "Apply and save")
    person.hit(Qt.Key.Key_S, CTRL)
    question.wait()
    person.settle()
    assert "While you were editing, 3 enrollments were changed. For 2 of them you have to choose." in question.said
    assert person.page.unsaved() == 0
    assert [completed(walk.url, row_id) for row_id in ids] == [STORED] * 3


def test_two_hundred_rows_that_clash_are_settled_by_one_answer(walk: Walk) -> None:
    person = at_the_enrollments(walk)
    asked = "SELECT id::text, xmin::text, completed_at::text FROM enrollments ORDER BY id LIMIT 200"
    found = rows(walk.url, asked)
    assert len(found) == 200
    for row_id, version, base in found:
        person.page.drafts.set(
            row_id, "completed_at", f"{STORED}+00", version=version, base=base, seen={"completed_at": base}
        )
    ids = [row[0] for row in found]
    write(walk.url, "UPDATE enrollments SET completed_at = '2026-01-05 12:00+00' WHERE id = ANY(%s::uuid[])", ids)
    question = Reply("Mine for all", "Apply and save")
    person.hit(Qt.Key.Key_S, CTRL)
    question.wait()
    wait_for(lambda: not person.page.unsaved(), "the save", 60)
    person.settle()
    assert "200 enrollments were changed. For 200 of them you have to choose." in question.said
    assert person.page.unsaved() == 0
    stored = "SELECT count(*) FROM enrollments WHERE id = ANY(%s::uuid[]) AND completed_at = %s::timestamptz"
    assert value(walk.url, stored, ids, f"{STORED}+00") == 200


def test_a_row_that_somebody_else_holds_is_told_in_time_while_the_window_lives(walk: Walk) -> None:
    person = at_the_enrollments(walk)
    row_id = first(person)
    person.edit_cell(0, "completed_at", NOVEMBER)
    with locked(walk.url, LOCK, row_id):
        began = time.monotonic()
        person.hit(Qt.Key.Key_S, CTRL)
        wait_for(lambda: person.page.unsaved_bar.save_button.text() == "Saving…", "word that it is being saved")
        wait_for(lambda: "Saving" in person.work, "word of what goes on")
        person.go("users")
        wait_for(lambda: person.page.model.loaded, "another page, meanwhile")
        person.go("enrollments")
        wait_for(lambda: person.banner, "the news")
        assert time.monotonic() - began < 15, "the lock is waited for 3 s at the most"
        assert "Somebody else is changing the same rows just now" in person.banner
        assert person.page.unsaved() == 1
        assert person.connection.startswith("Live")
    person.save()
    assert completed(walk.url, row_id) == STORED


def test_what_is_typed_while_a_save_runs_is_neither_saved_unasked_nor_lost(walk: Walk) -> None:
    person = at_the_enrollments(walk)
    row_id, other = first(person), person.ids()[1]
    person.edit_cell(0, "completed_at", NOVEMBER)
    with locked(walk.url, LOCK, row_id):
        person.hit(Qt.Key.Key_S, CTRL)
        wait_for_save_in_the_middle(walk.url)
        edit_meanwhile(person, 0, "2026-11-21 10:00")
        edit_meanwhile(person, 1, "2026-11-22 10:00")
        person.hit(Qt.Key.Key_S, CTRL)
    person.settle()
    assert completed(walk.url, row_id) == STORED, "what was there when Ctrl+S was pressed"
    assert person.page.unsaved() == 2
    assert [person.shown("completed_at", row)[:10] for row in (0, 1)] == ["2026-11-21", "2026-11-22"]
    person.save()
    assert person.page.unsaved() == 0
    assert completed(walk.url, row_id) == "2026-11-21 15:00:00"
    assert completed(walk.url, other) == "2026-11-22 15:00:00"


def edit_meanwhile(person: Person, row: int, text: str) -> None:
    """Type into a cell while something is under way that is not waited for."""
    index = person.page.model.index(row, column_of(person.page, "completed_at"))
    click(person.page.table.viewport(), person.page.table.visualRect(index))
    person.hit(Qt.Key.Key_F2)
    person.replace(text)
    person.hit(Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("is_active = false", "Your account has been deactivated."),
        ("role = 'instructor'", "Your role has changed meanwhile."),
    ],
    ids=["deactivated", "of another role"],
)
def test_somebody_who_may_not_work_here_any_more_is_told_and_asked_who_they_are(
    walk: Walk, change: str, sentence: str
) -> None:
    person = at_the_enrollments(walk)
    row_id = first(person)
    person.edit_cell(0, "completed_at", NOVEMBER)
    before = completed(walk.url, row_id)
    write(walk.url, f"UPDATE users SET {change} WHERE email = %s", REGISTRAR)
    news = Reply("Sign in again")
    person.hit(Qt.Key.Key_S, CTRL)
    assert sentence in news.wait()
    screen = walk.asked_to_sign_in()
    assert walk.flow.main is None
    assert screen.ui.email.text() == REGISTRAR
    assert completed(walk.url, row_id) == before


def test_what_is_saved_in_one_window_is_seen_in_another(walk: Walk, tmp_path: Path) -> None:
    here = at_the_enrollments(walk)
    with walking(walk.url, tmp_path / "other") as other:
        there = at_the_enrollments(other)
        row_id = first(there)
        to_the_front(here.window)
        here.edit_cell(0, "completed_at", NOVEMBER)
        here.save()
        wait_for(lambda: there.shown("completed_at").startswith(NOVEMBER), "what was saved elsewhere", 5)
        wait_for(lambda: there.in_form("completed_at").startswith(NOVEMBER), "the same in the form", 5)
        assert there.page.form.row_id() == row_id
