"""What is typed, filtered and found is of what is shown: of no other record, no other text, no other view."""

import pytest

from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication

from lms_desktop.admin import PAGES
from lms_desktop.entities import Enrollment
from lms_desktop.services.lookup import LIMIT
from lms_desktop.services.pages import Pages
from lms_desktop.spec import Filter, Operator, Query, Sort
from lms_desktop.views.filter_picker import RefValues
from lms_desktop.views.related_list import RelatedList
from lms_desktop.views.view_states import SavedView, to_view
from tests.walks.driving import CTRL, NONE, SHIFT, Sitting, click, type_into, wait_for
from tests.walks.others import locked
from tests.walks.test_selected_rows import PEOPLE, many, pick, write  # noqa: F401 - the fixture is asked for by its name
from tests.walks.truth import Truth


def test_no_row_is_the_keyboards_while_that_of_the_record_that_is_shown_is_not_known(
    at_courses: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = at_courses.open("users")
    at_courses.press(Qt.Key.Key_F, CTRL)
    at_courses.replace("registrar")
    at_courses.press(Qt.Key.Key_Return)
    at_courses.rows_come()
    at_courses.click_row(0)
    shown = page.beside.row_id()
    monkeypatch.setattr(Pages, "place_soon", lambda *_: None)  # it would take too long to find
    monkeypatch.setattr(page.model, "find", lambda row_id: None)
    at_courses.press(Qt.Key.Key_F, CTRL)
    at_courses.press(Qt.Key.Key_Escape)
    at_courses.rows_come()
    at_courses.settle()
    assert page.beside.row_id() == shown
    page.table.setFocus()
    assert page.table.hasFocus()
    assert not page.table.currentIndex().isValid()
    at_courses.press(Qt.Key.Key_F2)
    assert page.table.state() != QAbstractItemView.State.EditingState
    at_courses.press(Qt.Key.Key_Down)
    current = page.table.currentIndex().row()
    assert page.table.selected_row() == current >= 0
    assert page.beside.row_id() == page.model.row_id(current)


def test_show_only_these_means_all_that_are_selected(at_courses: Sitting, truth: Truth) -> None:
    page = at_courses.open("users")
    at_courses.click_row(0, "role")
    at_courses.click_row(page.model.total - 1, "role", modifiers=SHIFT)
    page.table.setFocus()
    pick(at_courses, "Show only these")
    wait_for(lambda: bool(page.filters.query.filters), "the filter")
    (condition,) = page.filters.query.filters
    assert condition.operator is Operator.ONE_OF
    assert set(condition.values) == {role for (role,) in truth.rows("SELECT DISTINCT role::text FROM users")}
    at_courses.rows_come()
    assert at_courses.total() == truth.value("SELECT count(*) FROM users")
    page.filters._open_query(page.filters._plain())
    at_courses.settle()


def test_where_rows_come_again_the_keyboard_is_at_them_and_not_at_the_titles(many: Sitting) -> None:  # noqa: F811
    page = many.page
    many.click_row(0)
    page.table.setFocus()
    write(many, "UPDATE users SET email = replace(email, '@many.edu', '@none.edu')")
    page.refresh()
    wait_for(lambda: page.model.exact and page.model.total == 0, "nothing")
    many.settle()
    assert not page.table.isVisible()
    write(many, "UPDATE users SET email = replace(email, '@none.edu', '@many.edu')")
    page.refresh()
    wait_for(lambda: page.model.total > 0, "them again")
    many.settle()
    assert page.table.hasFocus(), QApplication.focusWidget()


def test_the_button_names_the_view_with_this_order_and_these_columns(at_courses: Sitting) -> None:
    page = at_courses.open("users")
    preferences = at_courses.window.session.preferences
    staff = (Filter("role", Operator.ONE_OF, ("admin",)),)
    first, second = (
        Query(page.admin.entity, filters=staff),
        Query(page.admin.entity, filters=staff, sorts=(Sort("email"),)),
    )
    for name, query in (("By name", first), ("By e-mail", second)):
        preferences.save_view("users", name, to_view(SavedView(query, page.columns)))
    for name in ("By name", "By e-mail"):
        page.filters._open_view(page.filters._saved()[name])
        at_courses.settle()
        assert page.filters._views.text() == name
    at_courses.click_title("email")
    at_courses.settle()
    assert page.filters._views.text() == "By name", "that order is no longer the one of the view"
    for name in ("By name", "By e-mail"):
        preferences.forget_view("users", name)
    page.filters._open_query(page.filters._plain())
    at_courses.settle()


def found(sitting: Sitting) -> list[str]:
    """What Ctrl+K offers."""
    offered = sitting.window.quick_search.list
    return [offered.item(row).text() for row in range(offered.count())]


def test_what_was_looked_for_before_is_looked_for_again(at_courses: Sitting) -> None:
    def look() -> None:
        at_courses.press(Qt.Key.Key_K, CTRL)
        at_courses.replace("registrar@lms.com")
        assert found(at_courses) == ["Searching…"]
        wait_for(lambda: found(at_courses) not in ([], ["Searching…"]), "them")

    look()
    at_courses.press(Qt.Key.Key_Escape)
    look()
    field = at_courses.window.quick_search.field
    type_into(field, "x")
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    wait_for(lambda: found(at_courses) not in ([], ["Searching…"]), "them again")
    at_courses.press(Qt.Key.Key_Escape)


def test_a_picker_shows_what_was_found_for_what_stands_there_and_says_that_there_is_more(many: Sitting) -> None:  # noqa: F811
    page = many.open("enrollments")
    field = PAGES["enrollments"].field("student_id")
    editor = page.filters.open_editor(field, None, page.filters)
    (values,) = editor.findChildren(RefValues)
    line, offered, words = values._line, values._model, values._words

    def is_there(text: str) -> None:
        wait_for(lambda: values._answered == text, f"what is found for {text!r}")

    line.setText("many")
    is_there("many")
    assert offered.rowCount() == LIMIT
    assert words.isVisible()
    assert str(LIMIT) in words.text()
    line.setText("manyxyz")
    wait_for(lambda: values._asked == "manyxyz", "the question")
    line.setText("many")
    is_there("many")
    assert offered.rowCount() == LIMIT
    line.setText("many420@")
    is_there("many420@")
    assert offered.rowCount() == 1
    assert not words.isVisible()
    editor.close()
    many.open("users")


def test_a_view_names_people_as_they_are_called_when_it_is_opened(at_courses: Sitting, truth: Truth) -> None:
    page = at_courses.open("courses")
    preferences = at_courses.window.session.preferences
    person = truth.value("SELECT id::text FROM users WHERE email = 'instructor@lms.com'")
    query = Query(page.admin.entity, filters=(Filter("instructor_id", Operator.ONE_OF, (person,), ("Former Name",)),))
    preferences.save_view("courses", "Hers", to_view(SavedView(query, page.columns)))
    page.filters._open_view(page.filters._saved()["Hers"])
    wait_for(lambda: bool(page.filters.query.filters), "the view")
    at_courses.settle()
    (condition,) = page.filters.query.filters
    assert condition.labels == (truth.value("SELECT full_name FROM users WHERE email = 'instructor@lms.com'"),)
    assert page.filters._views.text() == "Hers"
    page.filters._open_query(page.filters._plain())
    at_courses.settle()
    page.filters._open_view(page.filters._saved()["Hers"])
    page.filters.ask(Query(page.admin.entity, search="algebra", zone=page.filters.query.zone))
    at_courses.settle()
    assert page.filters.query.search == "algebra", "what was asked for after the view is what is meant"
    preferences.forget_view("courses", "Hers")
    page.filters._open_query(page.filters._plain())
    at_courses.settle()


def test_ctrl_k_leads_to_all_where_there_are_more(many: Sitting) -> None:  # noqa: F811
    many.press(Qt.Key.Key_K, CTRL)
    many.replace("@many.edu")
    wait_for(lambda: any("All on the page People" in text for text in found(many)), "the way to all")
    many.window.quick_search.list.setCurrentRow(
        next(row for row, text in enumerate(found(many)) if "All on the page People" in text)
    )
    many.press(Qt.Key.Key_Return)
    many.rows_come()
    assert many.page.name == "users"
    assert (many.page.filters.query.search, many.page.filters.search.text()) == ("@many.edu", "@many.edu")
    assert many.total() == PEOPLE


def everybody_in_a_course(sitting: Sitting, truth: Truth) -> tuple[str, RelatedList]:
    """The course with the most enrollments, and their list, shown and with the keyboard."""
    page = sitting.open("courses")
    course = truth.value("SELECT course_id::text FROM enrollments GROUP BY course_id ORDER BY count(*) DESC LIMIT 1")
    sitting.click_record(course)
    at, listed = next((at, one) for at, one in enumerate(page.form.lists, 1) if one.related.entity is Enrollment)
    page.form.tabs.setCurrentIndex(at)
    sitting.settle()
    listed.table.setFocus()
    return course, listed


def test_in_a_list_of_a_record_letters_lead_to_the_first_row_that_begins_so(at_courses: Sitting, truth: Truth) -> None:
    course, listed = everybody_in_a_course(at_courses, truth)
    listed.table.sort_requested.emit(0, False)
    at_courses.settle()
    wait_for(lambda: listed.model.exact, "the count")
    query = (
        "SELECT u.full_name FROM enrollments e JOIN users u ON u.id = e.student_id WHERE e.course_id = %s ORDER BY 1"
    )
    names = [name for (name,) in truth.rows(query, (course,))]
    name = next(name for name in names[len(names) // 2 :] if name.isascii())
    place = next(row for row, other in enumerate(names) if other.casefold().startswith(name.casefold()))
    at_courses.type(name)
    wait_for(lambda: listed.table.currentIndex().row() == place, "the row")
    assert place > 0
    assert f"Row {place + 1} of {len(names)}" in at_courses.window.bottom.said()
    listed.ahead.forget()
    at_courses.type("qqx")
    wait_for(lambda: "nothing begins with “qqx”" in at_courses.window.bottom.said(), "the sentence")
    assert listed.table.selected_ranges() == [(place, place)]
    at_courses.page.form.tabs.setCurrentIndex(0)
    at_courses.settle()


def test_in_a_list_of_a_record_an_order_chosen_before_its_rows_came_is_of_that_record(
    at_courses: Sitting, truth: Truth
) -> None:
    course, listed = everybody_in_a_course(at_courses, truth)
    other = truth.value(
        "SELECT course_id::text FROM enrollments WHERE course_id <> %s GROUP BY 1 HAVING count(*) > 2 LIMIT 1",
        (course,),
    )
    page = at_courses.page
    row = page.model.find(other)
    assert row is not None
    with locked(at_courses.url, "LOCK TABLE lesson_progress IN ACCESS EXCLUSIVE MODE"):
        page.table.setCurrentIndex(page.model.index(row, 0))
        wait_for(lambda: listed.model.pending is not None, "the list of the other course")
        pressed = list[bool]()
        for _ in range(2):
            listed.table.header().sort_by(0)
            assert listed.model.pending is not None
            pressed.append(listed.model.pending.sorts[0].descending)
    at_courses.settle()
    assert listed.model.query.filters[0].values == (other,)
    assert pressed[0] is not pressed[1], "the second press turns the order"
    assert listed.model.query.sorts[0].descending is pressed[1]
    assert listed.model.total == truth.value("SELECT count(*) FROM enrollments WHERE course_id = %s", (other,))
    page.form.tabs.setCurrentIndex(0)
    at_courses.settle()


def test_in_a_list_of_a_record_another_order_keeps_the_row(at_courses: Sitting, truth: Truth) -> None:
    _, listed = everybody_in_a_course(at_courses, truth)
    keys = [field.key for field in listed.model.fields]

    def click_title(key: str, modifiers: Qt.KeyboardModifier = NONE) -> None:
        header, column = listed.table.header(), keys.index(key)
        rect = QRect(header.sectionViewportPosition(column), 0, 20, header.height())
        click(header.viewport(), rect, modifiers)
        at_courses.settle()

    click_title("student_id")
    at_courses.press(Qt.Key.Key_End, CTRL)
    kept = listed.model.row_id(listed.table.currentIndex().row())
    assert kept is not None
    click_title("enrolled_at")
    row, (first, last) = listed.table.currentIndex().row(), listed.table.seen_rows()
    assert listed.model.row_id(row) == kept, "few enough that it is among the first"
    assert first <= row <= last
    before = listed.model.query.sorts
    click_title("completed_at", SHIFT)
    assert listed.model.query.sorts == (*before, Sort("completed_at"))
    at_courses.page.form.tabs.setCurrentIndex(0)
    at_courses.settle()


def test_in_a_list_of_a_record_all_rows_that_are_selected_are_copied(at_courses: Sitting, truth: Truth) -> None:
    course, _ = everybody_in_a_course(at_courses, truth)
    QApplication.clipboard().setText("as before")
    at_courses.press(Qt.Key.Key_A, CTRL)
    at_courses.press(Qt.Key.Key_C, CTRL)
    copied = [line.split("\t")[0] for line in QApplication.clipboard().text().split("\n")]
    names = "SELECT u.full_name FROM enrollments e JOIN users u ON u.id = e.student_id WHERE e.course_id = %s"
    assert len(copied) > 1
    assert sorted(copied) == sorted(name for (name,) in truth.rows(names, (course,)))
    at_courses.page.form.tabs.setCurrentIndex(0)
    at_courses.settle()
