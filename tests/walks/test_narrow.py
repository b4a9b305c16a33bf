"""Large text on a small screen: every page fits, and what has no room at the top is still there for the keyboard."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from sqlalchemy import URL

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QScrollArea, QWidget

from lms_desktop.entities import Course, Enrollment, Lesson, Quiz, QuizQuestion
from lms_desktop.spec import Filter, Operator, Query
from lms_desktop.views import theme
from lms_desktop.views.course.course_page import CoursePage
from lms_desktop.views.course.results_page import ResultsPage
from lms_desktop.views.kit.labels import ElidedLabel
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.migrations.page import MigrationsPage
from lms_desktop.views.page import Destination
from lms_desktop.views.page_registry import PAGE_NAMES
from lms_desktop.views.top_bar import Given
from tests.walks.answering import Answer
from tests.walks.driving import CTRL, Sitting, click, column_of, the, wait_for
from tests.walks.others import write
from tests.walks.seating import get_up, sit_down
from tests.walks.truth import Truth

SCREEN = (1280, 720)
SMALL = (1024, 640)
"""Smaller still: for tests that come before the history was opened, which asks for more once letters are large."""
PARTS = {"course": Course, "lesson": Lesson, "quiz": Quiz, "question": QuizQuestion}


@pytest.fixture(scope="module", params=[100, 150, 200], ids="{} %".format)
def size(request: pytest.FixtureRequest) -> int:
    """Of the text, in percent."""
    return int(request.param)


@pytest.fixture(scope="module")
def sitting(school: URL, _look: None, size: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sitting]:
    """An administrator before a small screen with text of that size."""
    theme.current().set_text_size(size)
    made = sit_down(school, "admin@lms.com", tmp_path_factory.mktemp("narrow") / "settings.ini", page="courses")
    made.window.resize(*SCREEN)
    made.settle()
    yield made
    get_up(made)
    theme.current().set_text_size(100)


@pytest.fixture(scope="module")
def parts(truth: Truth) -> dict[str, str]:
    """A course with a lesson, its quiz and a question: what it is → its id."""
    row = truth.rows(
        "SELECT c.id::text, l.id::text, q.id::text, t.id::text FROM courses c JOIN lessons l ON l.course_id = c.id"
        " JOIN quizzes q ON q.lesson_id = l.id JOIN quiz_questions t ON t.quiz_id = q.id ORDER BY 4 LIMIT 1"
    )[0]
    return dict(zip(PARTS, map(str, row), strict=True))


def fits(sitting: Sitting) -> None:
    """The window is no larger than the screen, nor has it to be."""
    sitting.settle()
    QApplication.processEvents()
    hint, window = sitting.window.minimumSizeHint(), sitting.window
    assert hint.width() <= SCREEN[0], hint
    assert hint.height() <= SCREEN[1], (hint, [b.text for b in window.findChildren(Banner) if not b.isHidden()])
    assert (window.width(), window.height()) == SCREEN
    seen = [part for part in window.top.findChildren(QWidget) if part.isVisible() and part.parent() is window.top]
    seen.sort(key=QWidget.x)
    for part, then in pairwise(seen):
        assert part.geometry().right() < then.geometry().left(), "one control on another"
    assert seen[-1].geometry().right() < window.top.width()


def at_part(sitting: Sitting, parts: dict[str, str], part: str) -> CoursePage:
    """The course page, at a part of the course."""
    sitting.window.go_to(Destination("course", parts["course"], within=(PARTS[part], parts[part])))
    sitting.settle()
    page = sitting.window.page
    assert isinstance(page, CoursePage)
    return page


@pytest.mark.parametrize("screen", [SCREEN, SMALL], ids=lambda screen: "x".join(map(str, screen)))
def test_all_filters_are_reached_and_leave_room_for_rows_and_record(
    sitting: Sitting, parts: dict[str, str], size: int, screen: tuple[int, int]
) -> None:
    page, filters = sitting.open("enrollments"), sitting.page.filters
    sitting.window.resize(*screen)
    query = Query(
        Enrollment,
        filters=(
            Filter("course_id", Operator.ONE_OF, (parts["course"],), ("A course whose title takes all its chip",)),
            Filter("completed_at", Operator.EMPTY),
            Filter("enrolled_at", Operator.BETWEEN, ("2000-01-01", "2099-12-31")),
        ),
        sorts=page.model.query.sorts,
        zone=filters.query.zone,
    )
    try:
        filters.show_query(query)
        filters.ask(query.without_filter(query.filters[0]))
        filters.ask(query)
        sitting.settle()
        assert page.model.total, "there are such rows"
        assert (sitting.window.width(), sitting.window.height()) == screen
        controls = [filters.search, *filters._chips, filters._add, filters._views, filters._columns]
        assert len(controls) == 7
        area = the(QScrollArea, filters, lambda _: True, "what is scrolled")
        bar = area.verticalScrollBar()
        assert bar.isVisible() == (size == 200), "only where there is no room"
        assert area.horizontalScrollBar().maximum() == 0
        for control in controls:  # by mouse
            bar.setValue(min(control.y(), bar.maximum()))
            assert control.visibleRegion().boundingRect() == control.rect(), f"{control.accessibleName()} is cut"
        bar.setValue(0)
        page.table.setFocus()
        click(filters.search)
        for control in controls[1:]:  # by keyboard
            sitting.press(Qt.Key.Key_Tab)
            assert control.hasFocus()
            assert control.visibleRegion().boundingRect() == control.rect(), f"{control.accessibleName()} is cut"
        page.table.setFocus()
        bar.setValue(0)
        filters._columns.setFocus(Qt.FocusReason.BacktabFocusReason)
        sitting.settle()
        assert filters._columns.visibleRegion().boundingRect() == filters._columns.rect()
        table, title = page.table, page.form.header.title
        assert table.viewport().width() >= page.width() * 0.3, "a part of the width that is of use"
        assert table.viewport().height() >= 3 * table.rowHeight(0)
        assert title.height() >= title.sizeHint().height(), "not cut through"
        assert page.form.width() <= page.beside.width()
    finally:
        filters.ask(Query(Enrollment, sorts=query.sorts, zone=query.zone))
        sitting.window.resize(*SCREEN)
        sitting.settle()


def test_the_navigation_stays_where_it_is_on_a_small_screen(sitting: Sitting) -> None:
    entries = sitting.window.navigation
    sitting.window.resize(*SMALL)
    try:
        for name in ("enrollments", "courses", "users"):
            sitting.open(name)
            assert entries.horizontalScrollBar().value() == 0, f"{name}: letters and icons are cut"
            entry = entries.entry(name)
            assert entry.visibleRegion().boundingRect() == entry.rect()
    finally:
        sitting.window.resize(*SCREEN)
        sitting.settle()


def test_what_is_unsaved_leaves_a_small_window_its_size(sitting: Sitting) -> None:
    page = sitting.open("courses")
    sitting.window.resize(*SMALL)
    try:
        sitting.click_row(2, "title")
        sitting.press(Qt.Key.Key_F2)
        sitting.replace("A title")
        sitting.press(Qt.Key.Key_Return)
        wait_for(page.unsaved_bar.isVisible, "the bar")
        sitting.settle()
        assert (sitting.window.width(), sitting.window.height()) == SMALL
        assert page.filters.search.visibleRegion().boundingRect() == page.filters.search.rect()
    finally:
        page.discard()
        sitting.window.resize(*SCREEN)
        sitting.settle()


@pytest.mark.parametrize("name", PAGE_NAMES)
def test_every_page_fits_the_screen(sitting: Sitting, name: str) -> None:
    assert sitting.window.open_page(name)
    fits(sitting)


def test_the_attempts_at_a_quiz_fit_the_screen_whatever_goes_wrong(sitting: Sitting) -> None:
    assert sitting.window.open_page("results")
    page = sitting.window.page
    assert isinstance(page, ResultsPage)
    view = page.view
    wait_for(lambda: view.figures is not None, "the results")
    click(view.show_attempts)
    wait_for(lambda: view.attempts.model.loaded, "the attempts")
    fits(sitting)
    write(sitting.url, "ALTER TABLE quiz_attempts RENAME TO attempts_elsewhere")
    try:
        sitting.press(Qt.Key.Key_F5)
        wait_for(lambda: view.banner.isVisible() and view.attempts.banner.isVisible(), "what went wrong")
        fits(sitting)
        click(view.show_overview)
        fits(sitting)
    finally:
        write(sitting.url, "ALTER TABLE attempts_elsewhere RENAME TO quiz_attempts")
    sitting.press(Qt.Key.Key_F5)
    wait_for(lambda: not (view.banner.isVisible() or view.attempts.banner.isVisible()), "its end")


@pytest.mark.parametrize("part", PARTS)
def test_the_editor_of_a_part_of_a_course_is_on_the_screen(sitting: Sitting, parts: dict[str, str], part: str) -> None:
    page = at_part(sitting, parts, part)
    wait_for(page.stack.isVisible, "the editor")
    fits(sitting)
    left = page.room.mapTo(sitting.window, page.room.rect().topLeft()).x()
    assert left >= 0
    assert left + page.room.width() <= sitting.window.width()
    assert page.room.width() >= page.width() // 3


def test_one_half_at_a_time_where_text_is_large(sitting: Sitting, parts: dict[str, str], size: int) -> None:
    page = at_part(sitting, parts, "lesson")
    if size == 100:
        assert page.outline.isVisible()
        assert page.stack.isVisible()
        assert not page.outline_button.isVisible()
        return
    assert not page.outline.isVisible()
    page.outline_button.setFocus()
    sitting.press(Qt.Key.Key_Space)
    assert page.outline.list.hasFocus()
    assert not page.stack.isVisible()
    fits(sitting)
    sitting.press(Qt.Key.Key_Return)
    assert page.stack.isVisible()
    assert not page.outline.isVisible()
    keyboard = QApplication.focusWidget()
    assert keyboard is not None
    assert page.stack.isAncestorOf(keyboard)
    click(page.outline_button)
    index = page.outline.list.currentIndex()
    click(page.outline.list.viewport(), page.outline.list.visualRect(index))
    sitting.settle()
    assert page.stack.isVisible()
    assert page.outline_button.hasFocus()


def test_what_is_searched_for_is_seen_while_it_is_typed(sitting: Sitting, parts: dict[str, str], size: int) -> None:
    at_part(sitting, parts, "quiz")
    sitting.window.resize(1200, SCREEN[1])
    QApplication.processEvents()
    try:
        sitting.press(Qt.Key.Key_K, CTRL)
        QApplication.processEvents()
        field = sitting.window.quick_search.field
        assert field.hasFocus()
        assert field.width() >= 180 * size // 100
        sitting.press(Qt.Key.Key_Escape)
        sitting.window.navigation.entry("courses").setFocus()
        QApplication.processEvents()
        assert sitting.window.top._title.isVisible(), "all else is back"
    finally:
        sitting.window.resize(*SCREEN)
        sitting.settle()


def test_what_has_no_room_at_the_top_is_in_a_menu(sitting: Sitting, parts: dict[str, str], size: int) -> None:
    page, top = at_part(sitting, parts, "quiz"), sitting.window.top
    wait_for(lambda: page.outline.outline is not None, "the outline")
    QApplication.processEvents()
    if size == 100:
        assert top.given < Given.ACTIONS
        assert not top.more.isVisible()
        return
    assert top.given >= Given.SEARCH
    assert top.search_button.isVisible()
    assert top.search_button.accessibleName()
    if size == 200:
        assert top.more.accessibleName()
        top.more.setFocus()
        QTest.keyClick(top.more, Qt.Key.Key_Space)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert [entry.text() for entry in menu.actions()][:2] == ["Course", "Preview as student"]
        QTest.keyClick(menu, Qt.Key.Key_Down)
        assert menu.activeAction() is menu.actions()[0]
        menu.close()
        at_part(sitting, parts, "lesson")  # what was in the menu lives on
        sitting.window.activateWindow()
        sitting.settle()


def test_the_search_takes_the_bar_as_long_as_it_is_used(sitting: Sitting, parts: dict[str, str], size: int) -> None:
    at_part(sitting, parts, "quiz")
    top, field = sitting.window.top, sitting.window.quick_search.field
    sitting.press(Qt.Key.Key_K, CTRL)
    assert field.hasFocus()
    assert field.isVisible()
    assert size < 200 or field.width() >= 400
    fits(sitting)
    sitting.press(Qt.Key.Key_Tab)
    assert field.isVisible() == (top.given < Given.SEARCH)


def test_a_click_into_the_search_gives_it_the_room_that_its_keys_do(
    sitting: Sitting, parts: dict[str, str], size: int
) -> None:
    at_part(sitting, parts, "quiz")
    field = sitting.window.quick_search.field
    wide = size * 180 // 100
    try:
        for width in range(1500, SCREEN[0] - 400, -10):  # until the field is there, and narrow
            sitting.window.resize(width, SCREEN[1])
            QApplication.processEvents()
            if field.isVisible() and field.width() < wide:
                break
        else:
            return  # with this text it goes at once
        narrow = field.width()
        click(field)
        QApplication.processEvents()
        assert field.hasFocus()
        assert field.width() >= wide > narrow
        click(sitting.course.outline.list.viewport())
        QApplication.processEvents()
        assert field.width() == narrow, "all else is back"
        field.setFocus(Qt.FocusReason.TabFocusReason)
        QApplication.processEvents()
        assert field.width() >= wide
        sitting.window.navigation.entry("courses").setFocus()
    finally:
        sitting.window.resize(*SCREEN)
        sitting.settle()


def test_what_is_unsaved_can_be_saved_without_a_larger_screen(sitting: Sitting) -> None:
    page = sitting.open("courses")
    sitting.click_row(2, "title")
    sitting.press(Qt.Key.Key_F2)
    sitting.replace("A title")
    sitting.press(Qt.Key.Key_Return)
    wait_for(page.unsaved_bar.isVisible, "the bar")
    fits(sitting)
    bar = page.unsaved_bar
    places = []
    for button in (bar.preview_button, bar.discard_button, bar.save_button):
        assert button.width() >= button.sizeHint().width(), f"{button.text()} is cut"
        places.append(button.rect().translated(button.mapTo(bar, QPoint())))
    assert all(bar.rect().contains(place) for place in places)
    assert not any(one.intersects(other) for one, other in pairwise(places))
    assert page.table.viewport().height() >= page.table.rowHeight(0), "a row is still to be seen"
    answer = Answer("Discard")
    click(bar.discard_button)
    answer.wait()
    wait_for(lambda: not bar.isVisible(), "its end")


def test_the_bar_of_what_is_unsaved_goes_across_the_page_while_text_is_large(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    before = theme.current().text_size
    bar, size = page.unsaved_bar, sitting.window.size()
    theme.current().set_text_size(100)
    sitting.window.resize(*SCREEN)
    sitting.click_row(2, "title")
    sitting.press(Qt.Key.Key_F2)
    sitting.replace("A title")
    sitting.press(Qt.Key.Key_Return)
    try:
        wait_for(lambda: bar.isVisible() and bar.width() < page.width(), "the bar below the table")
        theme.current().set_text_size(175)
        wait_for(lambda: bar.isVisible() and bar.width() == page.width(), "the bar across the page")
        fits(sitting)
        theme.current().set_text_size(100)
        wait_for(lambda: bar.isVisible() and bar.width() < page.width(), "the bar below the table")
    finally:
        theme.current().set_text_size(before)
        sitting.window.resize(size)
        page.discard()


def test_the_number_of_the_row_is_seen_beside_what_can_be_taken_back(sitting: Sitting) -> None:
    page, hint = sitting.open("courses"), sitting.window.undoing.hint
    sitting.click_row(3, "title")
    sitting.press(Qt.Key.Key_F2)
    sitting.replace("A course whose title is longer than there is any need for")
    sitting.press(Qt.Key.Key_Return)
    sitting.save()
    sitting.click_row(5)
    fits(sitting)
    said = the(ElidedLabel, sitting.window.bottom, lambda label: "Row" in label.text(), "what is said at the left")
    assert said.shown().startswith(f"Row 6 of {sitting.total()}")
    assert hint.isVisible()
    assert hint.text().startswith("Ctrl")
    sitting.press(Qt.Key.Key_Z, CTRL)
    assert page.unsaved() == 0


def test_the_revisions_take_all_the_room_that_there_is_for_them(sitting: Sitting, size: int) -> None:
    assert sitting.window.open_page("migrations")
    page = sitting.window.page
    assert isinstance(page, MigrationsPage)
    wait_for(lambda: page.drift.isVisible() and "Reading" not in page.detail.plan.words(), "what is found")
    sitting.settle()
    QApplication.processEvents()
    hidden, view = page.list.verticalScrollBar().maximum(), page.list
    needed = sum(view.sizeHintForRow(row) for row in range(view.model().rowCount()))
    room = page.height() - page.drift.height() - view.mapTo(page, view.viewport().pos()).y()
    assert bool(hidden) == (needed > room), "where they do not fit they are scrolled, and nowhere else"
    assert hidden or size == 100, "not all fit where letters are large"
    below = page.list.mapTo(page, page.list.rect().bottomLeft()).y() + 1
    assert below == page.drift.mapTo(page, QPoint()).y()
    if hidden:
        assert below + page.drift.height() == page.height(), "nothing stays empty"
    assert page.drift.height() <= page.drift.heightForWidth(page.drift.width())
    for text in page.detail.plan.findChildren(QLabel):
        assert text.height() >= text.heightForWidth(text.width()), f"cut: {text.text()}"


def test_what_tells_a_row_from_others_is_read_where_not_all_columns_fit(at_courses: Sitting) -> None:
    page, window = at_courses.page, at_courses.window
    before = window.size()
    theme.current().set_text_size(100)
    try:
        window.resize(1200, 800)
        at_courses.settle()
        assert page.table.header().length() > page.table.viewport().width(), "they do not fit"
        title, teacher = (page.table.columnWidth(column_of(page, key)) for key in ("title", "instructor_id"))
        assert title > 200, "“Introduction to …” four times says nothing"
        assert teacher < 150
        page = at_courses.open("certificates")
        number = column_of(page, "certificate_number")
        assert page.table.columnWidth(number) >= page.table.sizeHintForColumn(number), "the numbers begin alike"
    finally:
        window.resize(before)
        at_courses.settle()


def test_columns_take_the_room_there_is_and_keep_what_was_chosen(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    table, window = page.table, sitting.window
    before = window.size()
    theme.current().set_text_size(100)

    def end() -> int:
        return table.header().length()

    def room() -> int:
        return table.viewport().width()

    try:
        window.resize(1300, before.height())
        sitting.settle()
        narrow = [table.columnWidth(i) for i in range(page.model.columnCount())]
        window.resize(1700, before.height())
        sitting.settle()
        wide = [table.columnWidth(i) for i in range(page.model.columnCount())]
        title, state = column_of(page, "title"), column_of(page, "is_published")
        assert wide[title] > narrow[title]
        assert wide[state] == narrow[state], "a mark needs no more"
        assert end() <= room()
        table.setColumnWidth(title, 333)
        window.resize(1300, before.height())
        sitting.settle()
        assert table.columnWidth(title) == 333, "chosen by hand"
    finally:
        page.chosen_widths.clear()
        window.resize(before)
        sitting.settle()
    assert table.columnWidth(column_of(page, "title")) != 333
