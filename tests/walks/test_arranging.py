"""A course arranged at the real window: what is seen is what the database has, colleagues at work meanwhile."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lms_desktop.entities import Lesson, Quiz, QuizQuestion
from lms_desktop.models.cards import Target
from lms_desktop.views.page import Destination
from tests.walks.driving import CTRL, Sitting, wait_for
from tests.walks.others import rows, value, write
from tests.walks.pulse import Pulse
from tests.walks.seating import get_up, sit_down
from tests.walks.test_live import NAMED

HERS = "academic-writing"
ALT = Qt.KeyboardModifier.AltModifier
MANY = 500


@pytest.fixture
def sitting(seeded_url: URL, tmp_path: Path, _look: None) -> Iterator[Sitting]:
    """The instructor before her course, hearing of what others save."""
    made = sit_down(seeded_url, "instructor@lms.com", tmp_path / "settings.ini", page="courses")
    wait_for(lambda: made.window.live.kind == "live", "being live")
    yield made
    get_up(made)


def enter(sitting: Sitting) -> str:
    """Open her course; its id."""
    course = str(value(sitting.url, "SELECT id::text FROM courses WHERE slug = %s", HERS))
    sitting.page.open_requested.emit(Destination("course", course))
    sitting.settle()
    wait_for(lambda: sitting.course.outline.model.loaded, "the outline")
    sitting.course.outline.take_keyboard()
    return course


def stored(sitting: Sitting, course: str) -> list[str]:
    """The lessons as another connection reads them; their numbers run from 1."""
    found = rows(
        sitting.url, 'SELECT title, "order" FROM lessons WHERE course_id = %s ORDER BY "order", created_at, id', course
    )
    assert [row[1] for row in found] == list(range(1, len(found) + 1))
    return [row[0] for row in found]


def seen(sitting: Sitting) -> list[str]:
    """The lessons as they are shown."""
    return [card.title for card in sitting.course.outline.model.cards if card.entity is Lesson]


def move_down(sitting: Sitting, title: str, times: int = 1) -> None:
    """Go to a lesson and press Alt with Down quickly."""
    outline = sitting.course.outline
    row = next(row for row, card in enumerate(outline.model.cards) if card.title == title)
    outline.list.scrollTo(outline.model.index(row))
    place = outline.list.visualRect(outline.model.index(row)).center()
    QTest.mouseClick(outline.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    for _ in range(times):
        QApplication.processEvents()  # a keyboard lets the window have a turn between two keys
        QTest.keyClick(outline.list, Qt.Key.Key_Down, ALT)


def test_a_move_is_undone_and_made_again_by_the_window(sitting: Sitting) -> None:
    course = enter(sitting)
    before = stored(sitting, course)
    move_down(sitting, before[0])
    sitting.settle()
    after = [before[1], before[0], *before[2:]]
    assert seen(sitting) == stored(sitting, course) == after
    sitting.press(Qt.Key.Key_Z, CTRL)
    wait_for(lambda: seen(sitting) == before, "the order before")
    assert stored(sitting, course) == before
    sitting.press(Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)
    wait_for(lambda: seen(sitting) == after, "the order after")
    assert stored(sitting, course) == after


def test_four_quick_presses_take_four_moves_back_and_make_them_again(sitting: Sitting) -> None:
    course = enter(sitting)
    before = stored(sitting, course)
    for title in (before[0], before[1], before[0], before[2]):
        move_down(sitting, title)
        sitting.settle()
    after = stored(sitting, course)
    outline, undoing = sitting.course.outline, sitting.window.undoing
    assert undoing.stack.count() == 4
    for modifiers, order in ((CTRL, before), (CTRL | Qt.KeyboardModifier.ShiftModifier, after)):
        for _ in range(4):
            QTest.keyClick(outline.list, Qt.Key.Key_Z, modifiers)
        wait_for(lambda: not undoing.busy, "all four")
        sitting.settle()
        assert stored(sitting, course) == order
        wait_for(lambda order=order: seen(sitting) == order, "the order in the outline")  # type: ignore[misc]


def test_what_a_colleague_adds_appears_and_is_told_below_while_what_is_chosen_stays(sitting: Sitting) -> None:
    course = enter(sitting)
    title = stored(sitting, course)[2]
    move_down(sitting, title)
    sitting.settle()
    chosen = sitting.course.outline.current()
    write(
        sitting.url,
        NAMED + 'INSERT INTO lessons (id, course_id, title, content_type, "order", created_at, updated_at)'
        " VALUES (gen_random_uuid(), %s, 'Commas', 'text', 0, now(), now())",
        course,
    )
    outline = sitting.course.outline
    wait_for(outline.banner.isVisible, "the word of it")
    assert outline.banner.text.startswith("Ines Duarte added “Commas” ")
    assert outline.banner.text.endswith(f"Your move of “{title}” was kept.")
    assert seen(sitting)[0] == "Commas"
    assert outline.current() == chosen


def test_a_colleague_who_arranges_the_same_course_loses_nothing(sitting: Sitting) -> None:
    course = enter(sitting)
    first = stored(sitting, course)[0]
    turn = 'UPDATE lessons SET "order" = 5 - "order" WHERE course_id = %s'
    for _ in range(4):
        move_down(sitting, first)
        write(sitting.url, NAMED + turn, course)
    sitting.settle()
    wait_for(lambda: seen(sitting) == stored(sitting, course), "the same on both sides")


def test_five_hundred_lessons_move_at_once_and_the_window_lives(sitting: Sitting) -> None:
    course = str(value(sitting.url, "SELECT id::text FROM courses WHERE slug = %s", HERS))
    write(
        sitting.url,
        'INSERT INTO lessons (id, course_id, title, content_type, "order", created_at, updated_at)'
        " SELECT gen_random_uuid(), %s, 'L' || to_char(n, 'FM000'), 'text', n + 4, now(), now()"
        f" FROM generate_series(1, {MANY}) n",
        course,
    )
    enter(sitting)
    pulse, outline = Pulse(), sitting.course.outline
    move_down(sitting, "L001", times=20)
    QTest.keyClick(outline.list, Qt.Key.Key_End, ALT)
    QTest.keyClick(outline.list, Qt.Key.Key_Home, ALT)
    bar = outline.list.verticalScrollBar()
    for part in range(20):
        bar.setValue(bar.maximum() * part // 19)
        QTest.qWait(1)
    pulse.stop()
    sitting.settle()
    assert seen(sitting)[0] == "L001"
    assert seen(sitting) == stored(sitting, course)
    assert pulse.steady, f"the window was deaf for {pulse.longest:.2f} s"


def test_the_undo_of_a_move_stays_at_what_is_chosen(sitting: Sitting) -> None:
    course = enter(sitting)
    before = stored(sitting, course)
    move_down(sitting, before[2])
    sitting.settle()
    chosen = sitting.course.outline.current()
    sitting.press(Qt.Key.Key_Z, CTRL)
    wait_for(lambda: stored(sitting, course) == before, "the order before")
    sitting.settle()
    assert sitting.course.outline.current() == sitting.course.chosen == chosen


def test_the_undo_of_a_move_of_several_keeps_all_of_them_selected(sitting: Sitting) -> None:
    course = enter(sitting)
    before = stored(sitting, course)
    outline = sitting.course.outline
    lessons = [card for card in outline.model.cards if card.entity is Lesson][:2]
    outline.list.select([card.key for card in lessons])
    QTest.keyClick(outline.list, Qt.Key.Key_Down, ALT)
    sitting.settle()
    assert stored(sitting, course) == [before[2], *before[:2], *before[3:]]
    for modifiers in (CTRL, CTRL | Qt.KeyboardModifier.ShiftModifier, CTRL):
        sitting.press(Qt.Key.Key_Z, modifiers)
        wait_for(lambda: not sitting.window.undoing.busy, "the undo")
        sitting.settle()
        assert [card.key for card in outline.list.chosen_cards()] == [card.key for card in lessons]
    assert stored(sitting, course) == before


def test_questions_that_come_back_out_of_a_folded_quiz_are_all_selected_again(sitting: Sitting) -> None:
    enter(sitting)
    outline, model = sitting.course.outline, sitting.course.outline.model
    quiz = next(card.id for card in model.cards if card.entity is Quiz)
    other = str(uuid.uuid4())
    write(
        sitting.url,
        "INSERT INTO quizzes (id, course_id, title, passing_score_percentage, shuffle_questions, is_published,"
        " created_at, updated_at) SELECT %s, course_id, 'Another', 50, false, false, now(), now()"
        " FROM quizzes WHERE id = %s",
        other,
        quiz,
    )
    sitting.course.refresh()
    wait_for(lambda: model.find(Quiz, other) >= 0, "the other quiz")
    model.unfold(quiz)
    wait_for(lambda: any(card.entity is QuizQuestion for card in model.cards), "the questions")
    keys = [card.key for card in model.cards if card.entity is QuizQuestion][:2]
    outline.list.select(keys)
    sitting.settle()
    model.queue.guard = None
    model.move(QuizQuestion, [key[1] for key in keys], Target(other, None, last=True))
    sitting.settle()
    model.fold(model.find(Quiz, other), folded=True)
    sitting.settle()
    assert all(model.find(*key) < 0 for key in keys)
    sitting.press(Qt.Key.Key_Z, CTRL)
    wait_for(lambda: not sitting.window.undoing.busy, "the undo")
    sitting.settle()
    wait_for(lambda: [card.key for card in outline.list.chosen_cards()] == keys, "both selected")


def test_a_drag_below_the_outline_goes_on_scrolling_and_falls_at_its_edge(sitting: Sitting) -> None:
    course = str(value(sitting.url, "SELECT id::text FROM courses WHERE slug = %s", HERS))
    write(
        sitting.url,
        'INSERT INTO lessons (id, course_id, title, content_type, "order", created_at, updated_at)'
        " SELECT gen_random_uuid(), %s, 'L' || to_char(n, 'FM000'), 'text', n + 4, now(), now()"
        " FROM generate_series(1, 60) n",
        course,
    )
    enter(sitting)
    page, cards = sitting.course, sitting.course.outline.list
    first = next(card for card in page.outline.model.cards if card.entity is Lesson)
    cards.select([first.key])
    data = page.outline.model.mimeData(cards.selectedIndexes())
    frame = page.outline.parentWidget()
    assert frame is not None
    place = page.course_button.mapTo(frame, page.course_button.rect().center())
    actions, left, none = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(frame, QDragEnterEvent(place, actions, data, left, none))
    moved = QDragMoveEvent(place, actions, data, left, none)
    QApplication.sendEvent(frame, moved)
    assert moved.isAccepted()
    bar = cards.verticalScrollBar()
    wait_for(lambda: bar.value() == bar.maximum() > 0, "the end of the list")
    dropped = QDropEvent(QPointF(place), actions, data, left, none)
    QApplication.sendEvent(frame, dropped)
    assert dropped.isAccepted()
    sitting.settle()
    assert stored(sitting, course).index(first.title) > 50


def test_the_editor_goes_along_with_a_question_to_another_quiz_and_back(sitting: Sitting) -> None:
    enter(sitting)
    page, model = sitting.course, sitting.course.outline.model
    quiz = next(card.id for card in model.cards if card.entity is Quiz)
    other = str(uuid.uuid4())
    write(
        sitting.url,
        "INSERT INTO quizzes (id, course_id, title, passing_score_percentage, shuffle_questions, is_published,"
        " created_at, updated_at) SELECT %s, course_id, 'Another', 50, false, false, now(), now()"
        " FROM quizzes WHERE id = %s",
        other,
        quiz,
    )
    page.refresh()
    question = str(value(sitting.url, 'SELECT id::text FROM quiz_questions WHERE quiz_id = %s AND "order" = 2', quiz))
    page.choose(QuizQuestion, question)
    wait_for(lambda: model.find(Quiz, other) >= 0, "the other quiz")
    wait_for(lambda: page.outline.current() == (QuizQuestion, question), "the question in the outline")
    model.queue.guard = None
    model.move(QuizQuestion, [question], Target(other, None, last=True))
    editor = page.editor(Quiz)
    wait_for(lambda: editor.row_id() == other, "the editor of the other quiz")
    wait_for(lambda: page.outline.current() == page.chosen == (QuizQuestion, question), "the question at its new place")
    sitting.settle()
    assert page.chosen == (QuizQuestion, question)
    sitting.press(Qt.Key.Key_Z, CTRL)
    wait_for(lambda: editor.row_id() == quiz, "the editor of the former quiz")
    wait_for(lambda: page.outline.current() == page.chosen == (QuizQuestion, question), "the question at its old place")
    sitting.settle()
    assert page.chosen == (QuizQuestion, question)
