"""What was typed and not saved outlives the window: kept, offered, restored, and nothing of it twice."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import URL

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton

from lms_desktop.entities import Lesson, Quiz
from lms_desktop.services.edits import Behind
from lms_desktop.views.page import Destination
from tests.walks.acting import ADMIN, Person, Reply, Walk, walking
from tests.walks.driving import CTRL, click, wait_for
from tests.walks.enrollments import NOVEMBER, STORED, at_the_enrollments, complete, completed, first
from tests.walks.others import locked, rows, value, wait_for_save_in_the_middle, write


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own for the journals."""
    monkeypatch.setenv("LMS_DESKTOP_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data" / "drafts"


@pytest.fixture
def sitting(seeded_url: URL, tmp_path: Path, _look: None) -> "Sit":
    """One sitting after the other at the same database. Each ends as if nobody could ask any more."""
    return lambda: walking(seeded_url, tmp_path)


def journals(data: Path) -> list[str]:
    """The journals on disk."""
    return sorted(path.name for path in data.glob("*.journal")) if data.is_dir() else []


def offered(person: Person) -> str:
    """What the notice of an earlier sitting says; "" where there is none."""
    banner = person.window.keeping.offered
    return banner.text if banner.isVisible() else ""


def press_in_notice(person: Person, text: str) -> None:
    """Press a button of that notice."""
    found = [b for b in person.window.keeping.bar.findChildren(QAbstractButton) if b.text() == text and b.isVisible()]
    click(found[0])


Sit = Callable[[], AbstractContextManager[Walk]]


def test_what_was_typed_is_offered_and_restored_at_the_next_start(sitting: Sit, data: Path, seeded_url: URL) -> None:
    with sitting() as walk:
        person = at_the_enrollments(walk)
        row_id = first(person)
        person.edit_cell(0, "completed_at", NOVEMBER)
        assert len(journals(data)) == 1
    before = completed(seeded_url, row_id)
    with sitting() as walk:
        person = at_the_enrollments(walk)
        wait_for(lambda: offered(person), "the offer")
        assert offered(person).startswith("1 unsaved change")
        assert " in Enrollments from " in offered(person)
        assert person.page.unsaved() == 0
        looked = Reply("Decide later")
        press_in_notice(person, "Look…")
        assert "Completed" in looked.wait() or looked.said
        press_in_notice(person, "Restore")
        assert not offered(person)
        assert person.page.unsaved() == 1
        assert person.shown("completed_at").startswith(NOVEMBER)
        assert len(journals(data)) == 1, "this window's own"
        assert completed(seeded_url, row_id) == before
        person.save()
        assert completed(seeded_url, row_id) == STORED
    assert journals(data) == []


def test_a_row_that_was_changed_since_is_merged_at_the_save(sitting: Sit, seeded_url: URL) -> None:
    with sitting() as walk:
        person = at_the_enrollments(walk)
        row_id = first(person)
        person.edit_cell(0, "completed_at", NOVEMBER)
    complete(seeded_url, row_id, "2026-05-05 05:05+00")
    with sitting() as walk:
        person = at_the_enrollments(walk)
        wait_for(lambda: offered(person), "the offer")
        assert "changed since" in offered(person)
        press_in_notice(person, "Restore")
        later = Reply("Decide later")
        person.hit(Qt.Key.Key_S, CTRL)
        later.wait()
        assert completed(seeded_url, row_id) == "2026-05-05 05:05:00", "nobody is overwritten"
        assert person.page.unsaved() == 1


def test_what_the_database_has_already_is_not_offered(sitting: Sit, data: Path, seeded_url: URL) -> None:
    with sitting() as walk:
        person = at_the_enrollments(walk)
        row_id = first(person)
        person.edit_cell(0, "completed_at", NOVEMBER)
    complete(seeded_url, row_id, f"{STORED}+00")
    with sitting() as walk:
        person = at_the_enrollments(walk)
        wait_for(lambda: "in the database" in person.toast, "the line that says so")
        assert not offered(person)
        assert journals(data) == []


def test_discarding_asks_and_leaves_nothing(sitting: Sit, data: Path) -> None:
    with sitting() as walk:
        person = at_the_enrollments(walk)
        person.edit_cell(0, "completed_at", NOVEMBER)
    with sitting() as walk:
        person = at_the_enrollments(walk)
        wait_for(lambda: offered(person), "the offer")
        kept = Reply("Cancel")
        press_in_notice(person, "Discard")
        kept.wait()
        assert offered(person)
        given_up = Reply("Discard")
        press_in_notice(person, "Discard")
        given_up.wait()
        wait_for(lambda: not offered(person), "the end of the offer")
        assert journals(data) == []


def test_leaving_offers_to_save_to_keep_to_discard_and_to_stay(sitting: Sit, data: Path, seeded_url: URL) -> None:
    with sitting() as walk:
        person = at_the_enrollments(walk)
        row_id = first(person)
        before = completed(seeded_url, row_id)
        person.edit_cell(0, "completed_at", NOVEMBER)
        stay = Reply("Stay here")
        assert not person.window.close()
        stay.wait()
        assert {"Save and leave", "Keep for next time", "Discard and leave"} <= set(stay.offered)
        keep = Reply("Keep for next time")
        assert person.window.close()
        keep.wait()
    assert completed(seeded_url, row_id) == before
    assert len(journals(data)) == 1
    with sitting() as walk:
        person = at_the_enrollments(walk)
        wait_for(lambda: offered(person), "the offer")
        press_in_notice(person, "Restore")
        save = Reply("Save and leave")
        assert not person.window.close()
        save.wait()
        wait_for(lambda: not walk.flow.main, "the end")
    assert completed(seeded_url, row_id) == STORED
    assert journals(data) == []


def test_a_new_row_nobody_typed_into_is_not_missed(sitting: Sit, data: Path) -> None:
    with sitting() as walk:
        person = at_the_enrollments(walk)
        person.press(Qt.Key.Key_N, CTRL)
        assert person.window.close()
    assert journals(data) == []


def test_a_password_is_kept_nowhere_and_that_is_said(sitting: Sit, data: Path, seeded_url: URL) -> None:
    marker = "Purple-elephant-42"
    with sitting() as walk:
        person = walk.sign_in(ADMIN)
        person.open("users")
        person.press(Qt.Key.Key_N, CTRL)
        person.type_into_form("email", "new@lms.com")
        person.type_into_form("password_hash", marker)
        person.press(Qt.Key.Key_Tab)
        (draft,) = person.page.drafts.new_rows()
        assert draft.values["password_hash"] == marker
    (name,) = journals(data)
    text = (data / name).read_text()
    assert "new@lms.com" in text
    assert marker not in text
    with sitting() as walk:
        person = walk.sign_in(ADMIN)
        wait_for(lambda: offered(person), "the offer")
        assert "has to be typed again" in offered(person)
        press_in_notice(person, "Restore")
        (draft,) = person.page.drafts.new_rows()
        assert draft.values["email"] == "new@lms.com"
        assert "password_hash" not in draft.values


def test_whoever_is_shut_out_finds_his_edits_when_he_is_back(sitting: Sit, seeded_url: URL) -> None:
    shut = "UPDATE users SET is_active = %s WHERE email = 'registrar@lms.com'"
    with sitting() as walk:
        person = at_the_enrollments(walk)
        person.edit_cell(0, "completed_at", NOVEMBER)
        write(seeded_url, shut, False)
        news = Reply("Sign in again")
        person.hit(Qt.Key.Key_F5)
        assert "kept on this computer" in news.wait()
        walk.asked_to_sign_in()
        write(seeded_url, shut, True)
        person = at_the_enrollments(walk)
        wait_for(lambda: offered(person), "the offer")
        press_in_notice(person, "Restore")
        assert person.shown("completed_at").startswith(NOVEMBER)


def test_a_disk_that_takes_nothing_is_told(sitting: Sit, data: Path) -> None:
    data.parent.mkdir()
    data.write_text("in the way")
    with sitting() as walk:
        person = at_the_enrollments(walk)
        person.edit_cell(0, "completed_at", NOVEMBER)
        trouble = person.window.keeping.trouble
        wait_for(trouble.isVisible, "the trouble")
        assert "cannot be kept on disk" in trouble.text
        data.unlink()
        person.edit_cell(1, "completed_at", NOVEMBER)
        wait_for(lambda: not trouble.isVisible(), "the end of the trouble")
        assert len(journals(data)) == 1


def test_a_save_that_comes_through_late_takes_nobody_away_from_the_next_row(sitting: Sit, seeded_url: URL) -> None:
    with sitting() as walk:
        person = walk.sign_in(ADMIN)
        page = person.open("lessons")
        course = value(seeded_url, "SELECT course_id::text FROM lessons LIMIT 1")
        page.go_to(Destination("lessons", new=True, values=(("course_id", course),)))
        person.settle()
        person.type_into_form("title", "The first")
        with locked(seeded_url, "SELECT 1 FROM courses WHERE id = %s FOR UPDATE", course):
            person.hit(Qt.Key.Key_S, CTRL)
            wait_for_save_in_the_middle(seeded_url)
            page.go_to(Destination("lessons", new=True, values=(("course_id", course),)))
            begun = page.form.row_id()
        wait_for(lambda: not page.saving.busy, "the save")
        person.settle()
        assert page.form.row_id() == begun
        person.type_into_form("title", "The second")
        person.save()
        titles = "SELECT count(*) FROM lessons WHERE title IN ('The first', 'The second')"
        assert value(seeded_url, titles) == 2


def test_what_was_begun_on_a_course_page_comes_back_of_all_entities_at_its_place(
    sitting: Sit, data: Path, seeded_url: URL
) -> None:
    find = "SELECT {} FROM courses c JOIN lessons l ON l.course_id = c.id WHERE slug = 'academic-writing'"
    course = str(value(seeded_url, find.format("c.id::text") + " LIMIT 1"))
    titles = find.format("l.title") + ' ORDER BY l."order"'
    check = str(value(seeded_url, "SELECT id::text FROM quizzes WHERE course_id = %s", course))
    first, *others = [str(title) for (title,) in rows(seeded_url, titles)]
    with sitting() as walk:
        person = walk.sign_in(ADMIN)
        person.window.go_to(Destination("course", course))
        person.settle()
        person.press(Qt.Key.Key_N, CTRL)
        person.type("Between")
        person.course.choose(Quiz, check)
        person.settle()
        person.course.editor(Quiz).tabs.setCurrentIndex(0)
        field = person.course.editor(Quiz).details.fields.rows["title"].editor
        assert field is not None
        field.setFocus()
        person.replace("Another quiz")
        person.press(Qt.Key.Key_Tab)
        assert len(journals(data)) == 1
    with sitting() as walk:
        person = walk.sign_in(ADMIN)
        wait_for(lambda: offered(person), "the offer")
        assert "on several pages" in offered(person)
        press_in_notice(person, "Restore")
        person.settle()
        page = person.course
        assert page.course_id == course, "where it was typed, and not on a page of lessons"
        assert page.chosen is not None
        assert page.chosen[0] in (Lesson, Quiz)
        assert {draft.entity for draft in page.held.all()} == {Lesson, Quiz}
        spot = next(draft.spot for draft in page.held.all() if draft.entity is Lesson)
        assert spot == Behind(str(value(seeded_url, find.format("l.id::text") + " AND l.title = %s", first)))
        person.save()
        assert [title for (title,) in rows(seeded_url, titles)] == [first, "Between", *others]
        assert value(seeded_url, "SELECT title FROM quizzes WHERE id = %s", check) == "Another quiz"
    assert journals(data) == []


def test_a_new_quiz_comes_back_with_the_questions_begun_for_it(sitting: Sit, seeded_url: URL) -> None:
    course = str(value(seeded_url, "SELECT id::text FROM courses WHERE slug = 'academic-writing'"))
    with sitting() as walk:
        person = walk.sign_in(ADMIN)
        person.window.go_to(Destination("course", course))
        person.settle()
        page = person.course
        page.begin.quiz_of_course()
        person.settle()
        person.type("Begun before the crash")
        page.begin.question()
        person.settle()
        person.type("Is it there?")
        person.press(Qt.Key.Key_Tab)
    with sitting() as walk:
        person = walk.sign_in(ADMIN)
        wait_for(lambda: offered(person), "the offer")
        press_in_notice(person, "Restore")
        person.settle()
        page = person.course
        assert page.course_id == course
        new = [card.title for card in page.outline.model.cards if card.new]
        assert new[:1] == ["Begun before the crash"]
        person.save()
        found = (
            "SELECT q.title, question_text FROM quiz_questions k JOIN quizzes q ON q.id = quiz_id WHERE q.title = %s"
        )
        assert rows(seeded_url, found, "Begun before the crash") == [("Begun before the crash", "Is it there?")]


def test_what_is_no_value_yet_is_not_promised_to_be_kept(sitting: Sit) -> None:
    with sitting() as walk:
        person = at_the_enrollments(walk)
        person.edit_cell(0, "completed_at", NOVEMBER)
        person.click_row(1)
        person.type_into_form("completed_at", "2030-01-")
        person.open("users")
        stay = Reply("Stay here")
        person.window.close()
        stay.wait()
        assert "1 of them is not complete: it cannot be kept." in stay.said
        person.window.page_of("enrollments").discard()  # type: ignore[union-attr]
