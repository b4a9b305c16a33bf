"""Somebody looks up what was done: in the history, in the record's form, among the deleted; and installs the log."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from pytestqt.modeltest import ModelTester
from sqlalchemy import URL, create_engine
from sqlalchemy.pool import NullPool

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from lms_desktop.views.change_view import FieldChangeView
from lms_desktop.views.filter_editors import FilterEditor
from lms_desktop.views.history_page import HistoryPage
from lms_desktop.views.kit.chips import AddChip, Chip
from tests.conftest import ROOT
from tests.walks.acting import ADMIN, REGISTRAR, Person, Reply, keyboard
from tests.walks.driving import CTRL, click, the, type_into, wait_for
from tests.walks.others import value, write
from tests.walks.seating import get_up, sit_down

TITLE = "SELECT title FROM courses ORDER BY title, id LIMIT 1"
LESSONS = "SELECT count(*) FROM lessons WHERE course_id = (SELECT id FROM courses ORDER BY title, id LIMIT 1)"


@pytest.fixture
def seats(seeded_url: URL, tmp_path: Path, _look: None) -> Iterator["Seats"]:
    """Places for the people of one test, on a school of their own."""
    seats = Seats(seeded_url, tmp_path)
    yield seats
    for person in seats.taken:
        get_up(person)


class Seats:
    """Where people sit down."""

    def __init__(self, url: URL, folder: Path) -> None:
        self.url, self._folder = url, folder
        self.taken: list[Person] = []

    def take(self, email: str, page: str) -> "Historian":
        """The window of somebody who has just signed in."""
        settings = self._folder / f"{len(self.taken)}.ini"
        sitting = sit_down(self.url, email, settings, page=page)
        person = Historian(sitting.window, sitting.desk, sitting.url)
        self.taken.append(person)
        return person


class Historian(Person):
    """Somebody before the history."""

    @property
    def history(self) -> HistoryPage:
        """The page of the history, which is the one shown."""
        page = self.window.page
        assert isinstance(page, HistoryPage)
        return page

    def look_up(self) -> HistoryPage:
        """Click the history in the navigation, and wait for its rows."""
        click(self.window.navigation.entry("history"))
        self.settle()
        return self.history

    def said(self) -> list[str]:
        """What the rows of the list say was done."""
        model = self.history.shown.model
        column = [field.key for field in model.fields].index("said")
        return [str(model.index(row, column).data()) for row in range(model.total)]

    def told(self) -> list[str]:
        """The changed fields that are unfolded, as a screen reader says them."""
        views = self.window.page.findChildren(FieldChangeView) if self.window.page is not None else []
        return [view.accessibleName() for view in views if view.isVisible()]

    def filter(self, entry: str) -> FilterEditor:
        """Open the editor of a filter of the list."""
        self.pick(the(AddChip, self.history.shown.filters, QWidget.isVisible, "the chip that adds"), entry)
        wait_for(lambda: isinstance(QApplication.activePopupWidget(), FilterEditor), "the filter's editor")
        editor = QApplication.activePopupWidget()
        assert isinstance(editor, FilterEditor)
        return editor

    def drop_filters(self) -> None:
        """Drop each filter by Delete on its chip."""
        for _ in range(5):
            chips = [chip for chip in self.history.shown.filters.findChildren(Chip) if chip.isVisible()]
            if not chips:
                return
            chips[0].setFocus()
            self.press(Qt.Key.Key_Delete)

    def save_title(self, title: str) -> None:
        """Give the first course another title, in the table."""
        self.open("courses")
        self.edit_cell(0, "title", title)
        self.save()

    def show_tab(self, text: str) -> None:
        """Click a tab of the record's form, by what it says."""
        tabs = self.page.form.tabs
        (at,) = [i for i in range(tabs.count()) if tabs.tabText(i) == text]
        tabs.setCurrentIndex(at)
        self.settle()


def uninstall(url: URL) -> None:
    """Take the change log out, as `alembic -n desktop downgrade base` does."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        config = Config(ROOT / "alembic.ini", ini_section="desktop")
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    engine.dispose()


def test_an_edit_is_read_before_and_after_filtered_and_gone_to(seats: Seats, qtmodeltester: ModelTester) -> None:
    before = value(seats.url, TITLE)
    person = seats.take(ADMIN, "courses")
    person.save_title("Academic Writing II")
    person.open("enrollments")
    person.edit_cell(0, "completed_at", "2026-11-20 10:00")
    person.save()

    # Both are there, newest first; the first of them is told in full.
    page = person.look_up()
    assert page.title() == "History"
    assert page.subtitle() == "2"
    assert person.said()[1] == "Saved Academic Writing II."
    assert [told for told in person.told() if told.startswith("Completed")] == [
        "Completed: before no value, after 2026-11-20 10:00"
    ]
    qtmodeltester.check(page.shown.model)

    # With the keyboard down to the older one: who, when, before and after.
    page.shown.table.setFocus()
    person.press(Qt.Key.Key_Down)
    assert page.panel.sentence.text() == "Saved Academic Writing II."
    assert (page.panel.who.text(), page.panel.address.text()) == ("Admin User", ADMIN)
    assert page.panel.when.text().endswith("America/New_York")
    assert person.told() == [f"Title: before {before}, after Academic Writing II"]

    # By entity, from the page of that entity.
    person.open("courses")
    person.click_button("History of courses")
    assert person.said() == ["Saved Academic Writing II."]
    (chip,) = [chip for chip in page.shown.filters.findChildren(Chip) if chip.isVisible()]
    assert chip.text() == "About: Courses"
    person.drop_filters()
    assert len(person.said()) == 2

    # By person: somebody who has done nothing. By words, and by time.
    editor = person.filter("Who…")
    line = the(QLineEdit, editor, QWidget.isVisible, "the line to type in")
    click(line)
    type_into(line, "marta")
    QTest.keyClick(line, Qt.Key.Key_Return)
    wait_for(editor.values.values, "Marta to be picked")
    click(the(QAbstractButton, editor, lambda button: button.text() == "Filter", "the button that applies"))
    person.settle()
    assert person.said() == []
    person.drop_filters()
    person.press(Qt.Key.Key_F, CTRL)
    person.replace("writing admin")
    person.settle()
    assert person.said() == ["Saved Academic Writing II."]
    person.pick(the(AddChip, page.shown.filters, QWidget.isVisible, "the chip that adds"), "Last 7 days")
    person.settle()
    assert person.said() == ["Saved Academic Writing II."]

    # And from there to the record.
    person.click_button("Go to the record")
    assert person.page.name == "courses"
    assert person.page.form.header.title.text() == "Academic Writing II"


def test_the_form_tells_the_history_of_its_record_and_keeps_up(seats: Seats) -> None:
    person = seats.take(ADMIN, "courses")
    person.open("courses")
    person.click_row(0)
    person.show_tab("History")
    assert "Nothing was done to it here yet." in shown_words(person)
    person.edit_cell(0, "category", "letters")
    person.save()
    person.show_tab("History")
    wait_for(lambda: any(told.endswith("after letters") for told in person.told()), "the edit in the history")
    cards = person.page.form.history.cards()
    assert len(cards) == 1
    operation = cards[0].entry.line.id
    person.click_button("Show the whole operation")
    assert person.history.panel.operation() == operation
    person.open("courses")
    person.show_tab("History")
    person.click_button("Show in the history")
    assert len(person.said()) == 1


def shown_words(person: Person) -> str:
    """All labels that are seen."""
    return "\n".join(label.text() for label in person.window.findChildren(QLabel) if label.isVisible())


def test_a_registrar_sees_what_she_did_herself(seats: Seats) -> None:
    admin = seats.take(ADMIN, "courses")
    admin.save_title("Academic Writing II")
    registrar = seats.take(REGISTRAR, "enrollments")
    registrar.open("enrollments")
    registrar.edit_cell(0, "completed_at", "2026-11-20 10:00")
    registrar.save()
    page = registrar.look_up()
    assert page.title() == "My history"
    assert len(registrar.said()) == 1
    assert [page.tabs.tabText(i) for i in range(page.tabs.count())] == ["What was done", "Deleted"]
    assert "person" not in [field.key for field in page.shown.filters.filterable()]
    registrar.open("courses")
    registrar.click_row(0)
    registrar.show_tab("History")
    assert "You have not changed it yet." in shown_words(registrar)


def test_what_was_deleted_is_found_and_restored(seats: Seats) -> None:
    person = seats.take(ADMIN, "courses")
    person.open("courses")
    title = value(seats.url, TITLE)
    lessons = value(seats.url, LESSONS)
    person.click_row(0)
    write(seats.url, "DELETE FROM certificates")  # they are kept for ever, and would forbid it
    asked = Reply("Delete course")
    person.press(Qt.Key.Key_Delete)
    asked.wait()
    person.settle()
    page = person.look_up()
    page.tabs.setCurrentIndex(1)
    person.settle()
    model = page.shown.model
    assert [model.index(row, 0).data() for row in range(model.total)] == [f"{title} academic-writing"]
    restored = Reply("Take back")
    click(page.panel.restore)
    restored.wait()
    person.settle()
    wait_for(lambda: model.total == 0, "the list without it")
    assert value(seats.url, TITLE) == title
    assert (
        value(seats.url, "SELECT count(*) FROM lessons l JOIN courses c ON c.id = course_id WHERE c.title = %s", title)
        == lessons
    )


def test_where_the_log_is_off_it_says_why_and_begins_when_it_is_installed(seats: Seats) -> None:
    uninstall(seats.url)
    person = seats.take(ADMIN, "courses")
    person.open("courses")
    person.click_row(0)
    person.show_tab("History")
    assert "The change log is not installed in this database." in shown_words(person)
    click(person.window.navigation.entry("history"))
    person.settle()
    assert "The change log is not installed in this database." in shown_words(person)
    asked = Reply("Install the change log")
    person.click_button("Install the change log…")
    assert "lms_desktop" in asked.wait()
    wait_for(lambda: person.history.session.log.on, "the log")
    person.settle()
    assert person.said() == []
    person.save_title("Academic Writing II")
    person.look_up()
    wait_for(lambda: person.said() == ["Saved Academic Writing II."], "the first row of the log")


def test_where_the_log_is_off_a_registrar_is_told_who_can_help(seats: Seats) -> None:
    uninstall(seats.url)
    person = seats.take(REGISTRAR, "enrollments")
    click(person.window.navigation.entry("history"))
    person.settle()
    words = shown_words(person)
    assert "The change log is not installed in this database." in words
    assert "An administrator can install it here." in words
    assert "Install the change log…" not in person.buttons()


def test_sign_ins_are_listed_for_an_administrator(seats: Seats) -> None:
    write(
        seats.url,
        "INSERT INTO lms_desktop.sign_ins (user_id, email, outcome, machine)"
        " SELECT id, email, 'wrong password', 'desk 7' FROM users WHERE email = %s",
        REGISTRAR,
    )
    person = seats.take(ADMIN, "courses")
    page = person.look_up()
    page.tabs.setCurrentIndex(2)
    person.settle()
    model = page.shown.model
    (cells,) = [model.row_cells(row) for row in range(model.total)]
    assert cells is not None
    assert [cell.text for cell in cells[1:]] == ["Marta Lopes", "Wrong password", "desk 7"]
    assert not page.panel.isVisible()


def test_the_row_that_is_read_stays_while_others_come(seats: Seats) -> None:
    person = seats.take(ADMIN, "courses")
    person.save_title("Academic Writing II")
    page = person.look_up()
    shown = page.panel.operation()
    colleague = seats.take(ADMIN, "courses")
    colleague.save_title("Academic Writing III")
    wait_for(lambda: page.shown.model.total == 2, "the colleague's row")
    assert page.panel.operation() == shown
    assert page.shown.table.currentIndex().row() == 1


def test_an_operation_is_taken_back_from_the_history_by_keys_alone(seats: Seats) -> None:
    before = value(seats.url, TITLE)
    person = seats.take(ADMIN, "courses")
    person.save_title("Academic Writing II")
    page = person.look_up()
    page.shown.table.setFocus()

    # Enter leads into the operation, Tab on to what it changed, which Space folds in.
    person.press(Qt.Key.Key_Return)
    assert keyboard() is page.panel.back
    (card,) = page.panel.cards()
    for _ in range(3):
        if keyboard() is card.head:
            break
        person.press(Qt.Key.Key_Tab)
    assert keyboard() is card.head
    person.press(Qt.Key.Key_Space)
    assert person.told() == []

    # It is taken back, and both lines say so.
    page.panel.back.setFocus()
    answered = Reply("Take back")
    person.press(Qt.Key.Key_Space)
    answered.wait()
    person.settle()
    wait_for(lambda: page.shown.model.total == 2, "the taking back")
    assert value(seats.url, TITLE) == before
    states = [field.key for field in page.shown.model.fields].index("state")
    model = page.shown.model
    wait_for(lambda: model.index(1, states).data() == "Taken back", "what became of it")
    assert model.index(0, states).data() == "Takes back"
    assert page.panel.related.text.startswith("Taken back by Admin User")
    assert not page.panel.back.isEnabled()


def test_what_a_program_names_and_does_not_describe_is_told_and_taken_back_all_the_same(seats: Seats) -> None:
    before = value(seats.url, TITLE)
    row_id = value(seats.url, "SELECT id FROM courses ORDER BY title, id LIMIT 1")
    person = seats.take(ADMIN, "courses")
    named = "WITH named AS MATERIALIZED (SELECT set_config('lms.operation', gen_random_uuid()::text, true))"
    write(seats.url, f"{named} UPDATE courses SET title = 'By a script' FROM named WHERE id = %s", row_id)
    person.click_record(row_id)
    person.show_tab("History")
    assert any("Another program" in words for words in seen_in(person.page.form)), "in the record"

    page = person.look_up()
    assert person.said() == ["Changed something."]
    column = [field.key for field in page.shown.model.fields].index("person")
    assert page.shown.model.index(0, column).data() == "Another program"
    assert page.panel.who.text() == "Another program"
    question = Reply("Take back")
    click(page.panel.back)
    assert "Take back “Changed something”?" in question.wait()
    person.settle()
    assert value(seats.url, "SELECT title FROM courses WHERE id = %s", row_id) == before
    assert person.said() == ["Took back: Changed something.", "Changed something."]


def seen_in(widget: QWidget) -> list[str]:
    """What the labels in view say."""
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]
