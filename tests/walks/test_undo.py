"""Ctrl+Z in the real window: in which order, what is refused and why, what else leads there, what is said where it
cannot be."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from lms_desktop.views.kit.toast import Toast
from tests.postgres import PostgresServer
from tests.walks.answering import Answer
from tests.walks.cells import form_editor, said, type_over
from tests.walks.driving import CTRL, ZONE, Sitting, click, the, wait_for
from tests.walks.others import write
from tests.walks.seating import get_up, sit_down
from tests.walks.truth import Truth
from tests.walks.undoing import hint, redo, sums, undo
from tests.walks.writing import NEW_PASSWORD, Writing

STUDENTS = "t.role = 'student' AND t.full_name <> '' ORDER BY t.email LIMIT 2"


@pytest.fixture
def admin(school: URL, _look: None, tmp_path: Path) -> Iterator[Sitting]:
    """An administrator before the courses, who has saved nothing yet."""
    yield from seated(school, "admin@lms.com", tmp_path / "admin.ini", "courses")


@pytest.fixture
def registrar(school: URL, _look: None, tmp_path: Path) -> Iterator[Sitting]:
    """The registrar at a window of her own, before the people."""
    yield from seated(school, "registrar@lms.com", tmp_path / "registrar.ini", "users")


def seated(url: URL, email: str, settings: Path, page: str) -> Iterator[Sitting]:
    """Somebody at a window, and gone in the end."""
    sitting = sit_down(url, email, settings, page=page)
    yield sitting
    get_up(sitting)


def to_the_front(sitting: Sitting) -> None:
    """This window's turn."""
    sitting.window.activateWindow()
    wait_for(sitting.window.isActiveWindow, "the window's turn")


def status(sitting: Sitting) -> str:
    """What the status bar says at the left."""
    return sitting.window.status_text()


def toast(sitting: Sitting) -> Toast:
    """The message at the bottom of the window."""
    return the(Toast, sitting.window, Toast.isVisible, "the message")


def category(truth: Truth, row_id: str) -> str | None:
    """A course's category as it stands."""
    return truth.row("courses", row_id)["category"]


# The order of things


def test_unsaved_edits_go_first_then_what_was_saved_and_back_again(admin: Sitting, truth: Truth) -> None:
    page, row_id = admin.page, admin.ids()[0]
    before, title = category(truth, row_id), said(admin.page, 0, "title")
    type_over(admin, 0, "category", "Saved and undone")
    assert hint(admin) == "Ctrl Z takes back the last unsaved edit"
    admin.save()
    assert category(truth, row_id) == "Saved and undone"
    assert hint(admin) == f"Ctrl Z undoes “Saved {title}”"
    type_over(admin, 0, "title", "Never saved")

    undo(admin)
    assert said(page, 0, "title") == title
    assert page.unsaved() == 0
    assert category(truth, row_id) == "Saved and undone", "the unsaved edit went first"
    undo(admin)
    assert category(truth, row_id) == before
    assert page.form.row_id() == row_id, "the row concerned is shown"
    assert toast(admin).text == f"Undone: Saved {title}"
    assert hint(admin) == ""
    undo(admin)
    assert status(admin) == "There is nothing to take back."

    redo(admin)
    assert category(truth, row_id) == "Saved and undone"
    assert page.unsaved() == 0, "what was taken back last is made again first"
    redo(admin)
    assert said(page, 0, "title") == "Never saved"
    redo(admin)
    assert status(admin) == "There is nothing to make again."
    undo(admin)
    undo(admin)
    assert category(truth, row_id) == before


def test_the_hint_says_what_the_key_does_where_the_keyboard_is(admin: Sitting, truth: Truth) -> None:
    page, row_id = admin.page, admin.ids()[0]
    before, typed = category(truth, row_id), "Ctrl Z takes back what you typed last"
    type_over(admin, 0, "category", "Saved and undone")
    admin.save()
    saved = hint(admin)
    assert saved.startswith("Ctrl Z undoes “")

    page.focus_search()
    assert hint(admin) == saved, "nothing was typed yet"
    admin.type("al")
    assert hint(admin) == typed
    admin.press(Qt.Key.Key_Z, CTRL)
    assert page.filters.search.text() == ""
    assert hint(admin) == saved, "there is nothing left to take back here"
    admin.type("al")
    click(admin.window.undoing.hint)
    assert page.filters.search.text() == "", "what it says is what it does"
    admin.rows_come()
    assert category(truth, row_id) == "Saved and undone"

    admin.type("al")
    admin.rows_come()
    admin.press(Qt.Key.Key_Down)
    assert hint(admin) == saved, "the keyboard has left the field"
    page.focus_search()
    assert hint(admin) == typed, "and is back"
    admin.press(Qt.Key.Key_Escape)
    admin.rows_come()
    page.table.setFocus()

    editor = form_editor(page, "category")
    stood = editor.typed()
    click(editor.focusProxy() or editor)
    admin.type("x")
    assert hint(admin) == typed
    click(admin.window.undoing.hint)
    assert editor.typed() == stood
    assert page.unsaved() == 0
    assert hint(admin) == saved
    undo(admin)
    assert category(truth, row_id) == before


def test_the_row_concerned_is_chosen_alone_though_ctrl_is_held_still(admin: Sitting) -> None:
    for row in (0, 1, 2):
        type_over(admin, row, "category", "Saved and undone")
        admin.save()
    admin.click_row(4)
    window = admin.window.windowHandle()
    try:
        for row in (2, 1, 0):
            QTest.keyPress(window, Qt.Key.Key_Z, CTRL)
            admin.settle()
            assert admin.page.table.selected_ranges() == [(row, row)]
            assert admin.page.form.row_id() == admin.page.model.row_id(row)
    finally:
        QTest.keyRelease(window, Qt.Key.Key_Z, CTRL)


def test_the_open_editor_takes_back_its_typing_then_the_rest_follows(admin: Sitting, truth: Truth) -> None:
    page, row_id = admin.page, admin.ids()[1]
    before = category(truth, row_id)
    type_over(admin, 1, "category", "From the table")
    admin.save()
    editor = form_editor(page, "slug")
    stood = editor.typed()
    click(editor.focusProxy() or editor)
    admin.type("xyz")
    admin.settle()
    assert editor.typed() != stood
    undo(admin)
    assert editor.typed() == stood, "the editor's own undo"
    assert page.unsaved() == 0
    assert category(truth, row_id) == "From the table"
    undo(admin)
    assert editor.has_keyboard()
    assert category(truth, row_id) == before, "the keyboard is in a field that has nothing to take back"


def test_after_a_save_the_field_leads_back_to_nothing_of_its_own(admin: Sitting, truth: Truth) -> None:
    page, row_id = admin.page, admin.ids()[0]
    before = category(truth, row_id)
    admin.click_row(0)
    editor = form_editor(page, "category")
    click(editor.focusProxy() or editor)
    admin.replace("Typed in the form")
    admin.save()
    assert category(truth, row_id) == "Typed in the form"
    assert editor.has_keyboard()
    undo(admin)
    assert category(truth, row_id) == before
    assert editor.typed() == (before or "")
    assert page.unsaved() == 0
    admin.press(Qt.Key.Key_Escape)
    assert page.unsaved() == 0, "Esc does not lead back to what was undone"
    redo(admin)
    assert editor.typed() == "Typed in the form"
    undo(admin)


def test_a_search_box_with_nothing_typed_lets_the_keys_go(admin: Sitting, truth: Truth) -> None:
    row_id = admin.ids()[0]
    before = category(truth, row_id)
    type_over(admin, 0, "category", "While searching")
    admin.save()
    admin.press(Qt.Key.Key_F, CTRL)
    undo(admin)
    assert category(truth, row_id) == before


def test_a_new_row_that_was_given_up_by_ctrl_z_is_made_again(admin: Sitting) -> None:
    page = admin.page
    admin.press(Qt.Key.Key_N, CTRL)
    page.band.setFocus()
    undo(admin)
    assert not page.band.isVisible()
    redo(admin)
    assert page.band.isVisible()
    assert page.unsaved() > 0
    page.band.setFocus()
    undo(admin)


# Other ways there


def test_the_message_after_a_save_and_the_status_bar_undo_it_too(admin: Sitting, truth: Truth) -> None:
    row_id = admin.ids()[0]
    before = category(truth, row_id)
    for way in ("message", "status bar"):
        type_over(admin, 0, "category", f"By the {way}")
        admin.save()
        assert category(truth, row_id) == f"By the {way}"
        if way == "message":
            click(the(QPushButton, toast(admin), lambda b: b.text() == "Undo", "the button"))
        else:
            click(admin.window.undoing.hint)
        wait_for(lambda: not admin.window.undoing.busy, "the undo")
        admin.settle()
        assert category(truth, row_id) == before, way


def test_the_menu_of_the_account_says_what_would_be_undone(admin: Sitting, truth: Truth) -> None:
    row_id, title = admin.ids()[0], said(admin.page, 0, "title")
    before = category(truth, row_id)
    type_over(admin, 0, "category", "By the menu")
    admin.save()
    admin.pick(admin.window.person_card, f"Undo: Saved {title}\tCtrl+Z")
    wait_for(lambda: not admin.window.undoing.busy, "the undo")
    admin.settle()
    assert category(truth, row_id) == before
    admin.pick(admin.window.person_card, f"Redo: Saved {title}\tCtrl+Shift+Z")
    wait_for(lambda: not admin.window.undoing.busy, "the redo")
    admin.settle()
    assert category(truth, row_id) == "By the menu"
    undo(admin)


def test_what_is_on_another_page_is_a_click_away(admin: Sitting, truth: Truth) -> None:
    row_id = admin.ids()[0]
    before = category(truth, row_id)
    type_over(admin, 0, "category", "Over there")
    admin.save()
    admin.open("users")
    undo(admin)
    assert category(truth, row_id) == before
    assert admin.page.name == "users"
    click(the(QPushButton, toast(admin), lambda b: b.text() == "Show", "the button"))
    admin.settle()
    assert admin.page.name == "courses"
    assert admin.page.form.row_id() == row_id


def test_an_operation_is_taken_back_after_a_question_that_says_what_is_written(admin: Sitting, truth: Truth) -> None:
    row_id, title = admin.ids()[0], said(admin.page, 0, "title")
    before = category(truth, row_id)
    type_over(admin, 0, "category", "Asked about")
    admin.save()
    operation = latest(truth)
    for button, left in (("Leave it", "Asked about"), ("Take back", before)):
        answer = Answer(button)
        admin.page.take_back_requested.emit(operation, None)
        answer.wait()
        admin.settle()
        assert f"Take back “Saved {title}”?" in answer.said
        assert "1\ncourse" in answer.said
        assert category(truth, row_id) == left
    undo(admin)
    assert category(truth, row_id) == "Asked about", "taking back is an operation like any other"
    redo(admin)
    assert category(truth, row_id) == before


def test_the_history_of_a_record_takes_back_what_it_tells_of(admin: Sitting, truth: Truth) -> None:
    page, row_id = admin.page, admin.ids()[0]
    before = category(truth, row_id)
    type_over(admin, 0, "category", "In the history")
    admin.save()
    tabs = page.form.tabs
    history = next(at for at in range(tabs.count()) if tabs.tabText(at).startswith("History"))
    click(tabs, tabs.tabRect(history))
    admin.settle()
    buttons = page.form.findChildren(QPushButton)
    click(next(b for b in buttons if b.isVisible() and b.text() == "Take back…"))
    answer = Answer("Take back").wait()
    wait_for(lambda: not admin.window.undoing.busy, "what is being taken back")
    admin.settle()
    assert answer.title == "Take back"
    assert category(truth, row_id) == before
    assert toast(admin).text.startswith("Took back: Saved")
    to_the_front(admin)
    page.table.setFocus()
    undo(admin)
    assert category(truth, row_id) == "In the history"
    redo(admin)
    assert category(truth, row_id) == before


# What others did meanwhile


def students(truth: Truth) -> list[tuple[str, str]]:
    """(id, name) of two students."""
    rows = truth.rows(f"SELECT t.id::text, t.full_name FROM users t WHERE {STUDENTS}")
    return [(row[0], row[1]) for row in rows]


def latest(truth: Truth) -> str:
    """The id of the last operation in the log."""
    return str(truth.value("SELECT id::text FROM lms_desktop.operations ORDER BY seq DESC LIMIT 1"))


def rename(sitting: Sitting, truth: Truth, names: dict[str, str]) -> None:
    """Give students other names, all in one save."""
    to_the_front(sitting)
    sitting.open("users")
    writing = Writing(sitting, truth, "users", "", own=False)
    for row_id, name in names.items():
        writing.finds(row_id)
        type_over(sitting, 0, "full_name", name)
    sitting.save()
    writing.finds("")
    sitting.press(Qt.Key.Key_Down)  # out of the search box, which has an undo of its own
    assert sitting.page.table.hasFocus()


def named(truth: Truth, row_id: str) -> str | None:
    """A person's name as it stands."""
    return truth.row("users", row_id)["full_name"]


def test_a_refused_undo_shows_whose_change_is_in_the_way_and_changes_nothing(
    admin: Sitting, registrar: Sitting, truth: Truth
) -> None:
    (row_id, name), _ = students(truth)
    me = truth.value("SELECT full_name FROM users WHERE email = 'registrar@lms.com'")
    rename(admin, truth, {row_id: "Mine"})
    rename(registrar, truth, {row_id: "Hers"})
    to_the_front(admin)
    before = sums(admin.url)
    answer = undo(admin, answer="Leave everything as it is").wait()
    assert "“Saved Mine” cannot be taken back" in answer.said or "“Saved " in answer.said
    assert answer.cells[0][:5] == ["Hers person", "Name", "Mine", "Hers", me]
    assert answer.cells[0][5], "and when"
    assert not any("Take back the other" in button for button in answer.offered)
    assert sums(admin.url) == before
    assert hint(admin).startswith("Ctrl Z undoes “"), "it stays where it was"
    assert status(admin) == "Nothing was changed."

    to_the_front(registrar)
    undo(registrar)
    to_the_front(admin)
    undo(admin)
    assert named(truth, row_id) == name, "once she has taken hers back, mine goes too"


def test_what_is_still_possible_is_offered(admin: Sitting, registrar: Sitting, truth: Truth) -> None:
    (first, was_first), (second, was_second) = students(truth)
    rename(admin, truth, {first: "First", second: "Second"})
    rename(registrar, truth, {second: "Hers now"})
    to_the_front(admin)
    after = sums(admin.url)
    answer = undo(admin, answer="Take back the other 1 row(s)").wait()
    assert answer.enabled
    assert (named(truth, first), named(truth, second)) == (was_first, "Hers now")
    redo(admin)
    assert sums(admin.url) == after
    undo(admin, answer="Take back the other 1 row(s)")
    assert (named(truth, first), named(truth, second)) == (was_first, "Hers now")
    write(admin.url, "UPDATE users SET full_name = %s WHERE id = %s", was_second, second)


def test_another_programs_change_is_in_the_way_too(admin: Sitting, truth: Truth) -> None:
    (row_id, name), _ = students(truth)
    rename(admin, truth, {row_id: "Mine"})
    write(admin.url, "UPDATE users SET full_name = 'By SQL' WHERE id = %s", row_id)
    answer = undo(admin, answer="Leave everything as it is").wait()
    assert answer.cells[0] == ["By SQL person", "Name", "Mine", "By SQL", "another program", ""]
    assert named(truth, row_id) == "By SQL"
    write(admin.url, "UPDATE users SET full_name = %s WHERE id = %s", name, row_id)


def test_presses_that_wait_are_forgotten_where_one_before_them_is_refused(admin: Sitting, truth: Truth) -> None:
    other, row_id = admin.ids()[:2]
    for row, words in ((0, "Below it"), (1, "On top")):
        type_over(admin, row, "category", words)
        admin.save()
    write(admin.url, "UPDATE courses SET category = 'Another program' WHERE id = %s", row_id)
    answer = Answer("Leave everything as it is")
    for _ in range(3):
        QTest.keyClick(admin.page.table, Qt.Key.Key_Z, CTRL)
    answer.wait()
    wait_for(lambda: not admin.window.undoing.busy, "the end of it")
    admin.settle()
    assert (category(truth, other), category(truth, row_id)) == ("Below it", "Another program")
    assert status(admin) == "Nothing was changed."


def test_what_somebody_else_took_back_already_is_passed_over(admin: Sitting, tmp_path: Path, truth: Truth) -> None:
    row_id, title = admin.ids()[0], said(admin.page, 0, "title")
    before = category(truth, row_id)
    type_over(admin, 0, "category", "Once")
    admin.save()
    type_over(admin, 0, "category", "Twice")
    admin.save()
    operation = latest(truth)
    for other in seated(admin.url, "admin@lms.com", tmp_path / "other.ini", "courses"):
        answer = Answer("Take back")
        other.page.take_back_requested.emit(operation, None)
        answer.wait()
        other.settle()
    assert category(truth, row_id) == "Once"
    to_the_front(admin)
    undo(admin)
    assert toast(admin).text == f"“Saved {title}” was taken back already."
    undo(admin)
    assert category(truth, row_id) == before


# What cannot be taken back, and whose it is


def test_a_password_alone_says_beforehand_that_it_stays_and_is_passed_over(admin: Sitting, truth: Truth) -> None:
    (row_id, name), _ = students(truth)
    rename(admin, truth, {row_id: "Before the password"})
    page, words = admin.page, hint(admin)
    Writing(admin, truth, "users", "", own=False).finds(row_id)
    admin.click_row(0)
    row = page.form.details.fields.rows["password_hash"]
    page.form.details.ensureWidgetVisible(row)
    assert row.editor is not None
    click(row.editor.focusProxy() or row.editor)
    admin.type(NEW_PASSWORD)
    labels = [label.text() for label in row.findChildren(QLabel) if label.isVisible()]
    assert "Once it is saved, a new password cannot be taken back." in labels
    stored = truth.value("SELECT password_hash FROM users WHERE id = %s", (row_id,))
    admin.save()
    changed = truth.value("SELECT password_hash FROM users WHERE id = %s", (row_id,))
    assert changed != stored
    assert hint(admin) == words, "what was saved before is still the last that can be undone"
    assert [b for b in toast(admin).findChildren(QPushButton) if b.isVisible()] == []
    undo(admin)
    assert named(truth, row_id) == name
    assert truth.value("SELECT password_hash FROM users WHERE id = %s", (row_id,)) == changed


@pytest.mark.usefixtures("_look")
def test_an_instructor_takes_back_their_own_work(school: URL, tmp_path: Path, truth: Truth) -> None:
    for sitting in seated(school, "instructor@lms.com", tmp_path / "instructor.ini", "lessons"):
        row_id = sitting.ids()[0]
        before = sums(sitting.url)
        title = truth.row("lessons", row_id)["title"]
        type_over(sitting, 0, "title", "Their own")
        sitting.save()
        assert truth.row("lessons", row_id)["title"] == "Their own"
        undo(sitting)
        assert truth.row("lessons", row_id)["title"] == title
        assert sums(sitting.url) == before


def test_each_sitting_has_a_stack_of_its_own(admin: Sitting, tmp_path: Path) -> None:
    type_over(admin, 0, "category", "The first sitting's")
    admin.save()
    for other in seated(admin.url, "admin@lms.com", tmp_path / "other.ini", "courses"):
        assert hint(other) == ""
        undo(other)
        assert status(other) == "There is nothing to take back."
    to_the_front(admin)
    undo(admin)


# Where there is no log


@pytest.fixture
def unlogged(server: PostgresServer, seeded_template: URL, _look: None, tmp_path: Path) -> Iterator[Sitting]:
    """An administrator before the courses of a school without a change log."""
    url = server.create(template=seeded_template.database)
    write(url, "DROP SCHEMA lms_desktop CASCADE")
    yield from seated(url, "admin@lms.com", tmp_path / "unlogged.ini", "courses")
    server.drop(url)


def test_without_a_log_ctrl_z_says_why_and_everything_else_works(unlogged: Sitting) -> None:
    with closing(Truth(unlogged.url, ZONE)) as truth:
        row_id = unlogged.ids()[0]
        type_over(unlogged, 0, "category", "For good")
        undo(unlogged)
        assert unlogged.page.unsaved() == 0, "unsaved edits need no log"
        redo(unlogged)
        unlogged.save()
        assert category(truth, row_id) == "For good"
        assert hint(unlogged) == ""
        assert [b for b in toast(unlogged).findChildren(QPushButton) if b.isVisible()] == []
        undo(unlogged)
        assert status(unlogged) == "The change log is not installed in this database."
        redo(unlogged)
        assert status(unlogged) == "The change log is not installed in this database."
        assert category(truth, row_id) == "For good"


def test_without_a_log_large_changes_ask_first_and_say_that_they_cannot_be_undone(unlogged: Sitting) -> None:
    unlogged.open("users")
    before = sums(unlogged.url)
    unlogged.click_row(0)
    QTest.keyClick(unlogged.page.table, Qt.Key.Key_A, CTRL)
    rows = [one.view for one in unlogged.page.row_actions.rows.loaded()]
    assert len(rows) > 20
    action = next(action for action in unlogged.page.admin.actions if action.name == "activate")
    answer = Answer("Cancel")
    QTimer.singleShot(0, unlogged.page, lambda: unlogged.page.row_actions.run(action, rows))
    answer.wait()
    unlogged.settle()
    assert "This cannot be undone. The change log is not installed in this database." in answer.said
    assert sums(unlogged.url) == before


def test_the_log_is_looked_for_again_once_it_is_installed(unlogged: Sitting) -> None:
    type_over(unlogged, 0, "category", "Before it")
    unlogged.save()
    done: list[bool] = []
    unlogged.window.session.log.install(lambda: done.append(True))
    wait_for(lambda: done, "the installation")
    unlogged.settle()
    with closing(Truth(unlogged.url, ZONE)) as truth:
        row_id = unlogged.ids()[0]
        type_over(unlogged, 0, "category", "With it")
        unlogged.save()
        assert hint(unlogged).startswith("Ctrl Z undoes")
        undo(unlogged)
        assert category(truth, row_id) == "Before it"
