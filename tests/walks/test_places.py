"""There and back: from wherever a record, a list or the search led, to what one saw before, by any way of going."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.walks.answering import Answer
from tests.walks.cells import said, type_over
from tests.walks.driving import CTRL, Sitting, click, wait_for

ALT = Qt.KeyboardModifier.AltModifier


def back(sitting: Sitting) -> None:
    """Alt+Left."""
    sitting.press(Qt.Key.Key_Left, ALT)


def forth(sitting: Sitting) -> None:
    """Alt+Right."""
    sitting.press(Qt.Key.Key_Right, ALT)


def mouse(sitting: Sitting, button: Qt.MouseButton) -> None:
    """Press one of the further buttons of the mouse while the pointer is over the table."""
    table = sitting.page.table.viewport()
    place = table.mapTo(sitting.window, table.rect().center())
    QTest.mouseClick(sitting.window.windowHandle(), button, Qt.KeyboardModifier.NoModifier, QPoint(place))
    sitting.settle()


def seen(sitting: Sitting) -> tuple[str, str | None, str, tuple[object, ...], tuple[object, ...]]:
    """The page, the record in the form, and which rows in which order."""
    page = sitting.page
    query = page.model.query
    return page.name, page.form.row_id(), query.search, query.filters, query.sorts


def current_row_is_shown(sitting: Sitting) -> bool:
    """Whether the table's current row is that of the record in the form, and in view."""
    page = sitting.page
    row = page.table.currentIndex().row()
    first, last = page.table.seen_rows()
    return row >= first and row <= last and page.model.row_id(row) == page.form.row_id()


def open_list(sitting: Sitting, name: str) -> None:
    """Click the tab of a related list."""
    tabs = sitting.page.form.tabs
    place = [tabs.tabText(at).split(" ")[0] for at in range(tabs.count())].index(name)
    click(tabs, tabs.tabRect(place))
    sitting.settle()


def drafts_by_category(sitting: Sitting) -> None:
    """Courses that are drafts, ordered by category downwards, the last of them current."""
    sitting.pick(sitting.add_chip(), "Drafts")
    sitting.rows_come()
    for _ in range(2):
        sitting.click_title("category")
        sitting.settle()
    sitting.click_row(sitting.total() - 1)


def test_from_a_related_list_back_to_the_record_and_its_rows_and_forth_again(at_courses: Sitting) -> None:
    sitting = at_courses
    drafts_by_category(sitting)
    course = seen(sitting)
    open_list(sitting, "Lessons")
    lessons = sitting.page.form.lists[0].table
    click(lessons.viewport(), lessons.visualRect(lessons.model().index(0, 0)))
    QTest.keyClick(lessons, Qt.Key.Key_Return)
    sitting.settle()
    lesson = seen(sitting)
    assert lesson[0] == "lessons"
    back(sitting)
    assert seen(sitting) == course
    assert current_row_is_shown(sitting)
    assert len(sitting.chips()) == 1
    forth(sitting)
    assert seen(sitting) == lesson
    assert current_row_is_shown(sitting)


def test_filters_that_a_list_brought_along_go_when_one_goes_back(at_courses: Sitting) -> None:
    sitting = at_courses
    sitting.open("lessons")
    sitting.click_row(40)
    before = seen(sitting)
    sitting.open("courses")
    open_list(sitting, "Lessons")
    sitting.click_button("Show all")
    assert sitting.page.name == "lessons"
    assert len(sitting.chips()) == 1
    filtered = seen(sitting)
    back(sitting)
    assert sitting.page.name == "courses"
    back(sitting)
    assert seen(sitting) == before
    assert not sitting.chips()
    assert current_row_is_shown(sitting)
    forth(sitting)
    forth(sitting)
    assert seen(sitting)[:4] == filtered[:4]


def test_the_mouse_goes_back_and_forth_and_touches_nothing_else(at_courses: Sitting) -> None:
    sitting = at_courses
    sitting.click_row(3)
    course = seen(sitting)
    sitting.open("users")
    sitting.click_row(5)
    person = seen(sitting)
    mouse(sitting, Qt.MouseButton.BackButton)
    assert seen(sitting) == course
    mouse(sitting, Qt.MouseButton.ForwardButton)
    assert seen(sitting) == person


def test_the_buttons_say_where_they_lead_and_rest_where_there_is_nowhere_to_go(at_courses: Sitting) -> None:
    sitting, top = at_courses, at_courses.window.top
    while top.back.isEnabled():
        click(top.back)
        sitting.settle()
    assert top.back.toolTip() == "Back (Alt+Left)"
    sitting.open("courses")
    sitting.open("users")
    assert not top.forth.isEnabled()
    assert top.forth.toolTip() == "Forward (Alt+Right)"
    assert top.back.accessibleName() == "Back to Courses"
    assert top.back.toolTip() == "Back to Courses (Alt+Left)"
    click(top.back)
    sitting.settle()
    assert sitting.page.name == "courses"
    assert top.forth.accessibleName() == "Forward to People"
    click(top.forth)
    sitting.settle()
    assert sitting.page.name == "users"
    assert not top.forth.isEnabled()


def test_the_page_that_is_open_is_no_other_place(at_courses: Sitting) -> None:
    sitting, places = at_courses, at_courses.window.places
    sitting.open("users")
    behind = places.behind
    sitting.open("users")
    assert places.behind == behind


def test_a_new_way_ends_the_way_forth(at_courses: Sitting) -> None:
    sitting = at_courses
    sitting.open("users")
    back(sitting)
    assert sitting.page.name == "courses"
    sitting.open("lessons")
    assert sitting.window.places.ahead is None
    back(sitting)
    assert sitting.page.name == "courses"


def test_what_is_unsaved_is_there_when_one_comes_back(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    type_over(sitting, 0, "title", "Not saved yet")
    sitting.press(Qt.Key.Key_K, CTRL)
    sitting.type("registrar@lms.com")
    found = sitting.window.quick_search.list
    wait_for(lambda: found.count() and "Searching" not in found.item(0).text(), "the person in the list")
    sitting.press(Qt.Key.Key_Return)
    assert sitting.page.name == "users"
    back(sitting)
    assert sitting.page is page
    assert page.unsaved() == 1
    assert said(page, 0, "title") == "Not saved yet"


def test_a_new_row_is_gone_back_to(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    sitting.press(Qt.Key.Key_N, CTRL)
    new = page.form.row_id()
    sitting.open("users")
    back(sitting)
    assert page.form.row_id() == new
    assert page.unsaved()


def test_the_list_of_keys_has_the_way_back_and_none_that_does_nothing(at_courses: Sitting) -> None:
    answer = Answer("Close")
    at_courses.press(Qt.Key.Key_F1)
    answer.wait()
    assert "Alt Left" in answer.said
    assert "Alt Right" in answer.said
    assert answer.said.index("Alt Up") > answer.said.upper().index("IN A COURSE")
