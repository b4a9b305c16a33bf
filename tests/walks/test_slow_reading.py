"""Reading that takes long, since somebody else holds the table: it says so, and can be given up."""

import pytest

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from tests.walks.driving import CTRL, Sitting, click, the, wait_for
from tests.walks.others import locked

HELD = "LOCK TABLE courses IN ACCESS EXCLUSIVE MODE"


def waits(sitting: Sitting) -> bool:
    """Whether the page says that it waits."""
    return sitting.page.banner.isVisible() and "Reading for" in sitting.page.banner.text


def stop_button(sitting: Sitting) -> QPushButton:
    """The button that gives the wait up."""
    return the(QPushButton, sitting.page.banner, lambda button: button.text() == "Stop", "the button")


@pytest.mark.parametrize("way", ["button", "key"])
def test_a_sort_that_waits_can_be_given_up_and_what_was_shown_stays(way: str, at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    before, ids, query = page.model.total, sitting.ids(), page.model.query
    with locked(sitting.url, HELD):
        sitting.click_title("category")
        wait_for(lambda: waits(sitting), "that it says it waits")
        seconds = page.banner.text
        wait_for(lambda: page.banner.text != seconds, "that it says how long")
        if way == "button":
            click(stop_button(sitting))
        else:
            QTest.keyClick(page.table, Qt.Key.Key_Escape)
        wait_for(lambda: not page.banner.isVisible(), "its end")
        wait_for(lambda: not page.busy.busy, "the end of the reading")
        assert page.model.query == query
        assert page.filters.query == query
        assert page.model.total == before
    sitting.settle()
    assert sitting.ids() == ids
    sitting.click_title("category")
    sitting.settle()
    assert page.model.query.sorts[0].key == "category", "the same again, when nobody is in the way"
    assert not page.banner.isVisible()


def test_what_comes_after_a_while_puts_the_notice_away(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    with locked(sitting.url, HELD):
        sitting.click_title("is_published")
        wait_for(lambda: waits(sitting), "that it says it waits")
    wait_for(lambda: page.model.query.sorts[0].key == "is_published", "the rows in their order")
    sitting.settle()
    assert not page.banner.isVisible()


def test_a_search_that_waits_is_given_up_with_its_words(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    total = page.model.total
    with locked(sitting.url, HELD):
        QTest.keyClick(page.table, Qt.Key.Key_F, CTRL)
        sitting.type("intro")
        wait_for(lambda: waits(sitting), "that it says it waits")
        click(stop_button(sitting))
        wait_for(lambda: not page.banner.isVisible(), "its end")
    sitting.settle()
    assert page.filters.query.search == page.model.query.search == ""
    assert page.filters.search.text() == ""
    assert page.model.total == total


def test_what_is_in_the_way_of_a_save_stays_in_sight(at_courses: Sitting) -> None:
    sitting, page = at_courses, at_courses.page
    sitting.click_row(0, "title")
    sitting.press(Qt.Key.Key_F2)
    sitting.replace("")
    sitting.press(Qt.Key.Key_Return)
    sitting.save()
    told = page.banner.text
    assert told
    with locked(sitting.url, HELD):
        sitting.click_title("category")
        wait_for(lambda: "Reading for" in sitting.window.status_text(), "that it says it waits")
        assert page.banner.text == told
        assert page.slow.stop(), "no button stands for it"
        wait_for(lambda: page.model.pending is None, "its end")
        assert page.banner.isVisible()
    page.discard()
    sitting.settle()
