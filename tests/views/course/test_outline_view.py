"""The outline of a course under the hand: keys, menu, drag and drop, and what colleagues do meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, insert, update

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Course, Lesson, Quiz, QuizQuestion, User
from lms_desktop.models.live import Batch, Told
from lms_desktop.services.edits import Behind
from lms_desktop.services.live import Doer
from lms_desktop.views import theme
from lms_desktop.views.course import move_guard
from lms_desktop.views.course.move_dialogs import ElsewhereDialog, PlaceDialog
from tests.dialogs import when_asked
from tests.small_school import opened, row_id
from tests.views.course.arranging import (
    ALGEBRA,
    ALT,
    BOTANY,
    CTRL,
    NONE,
    OF_ALGEBRA,
    OF_SUMS,
    POWERS,
    PRODUCTS,
    SHIFT,
    SUMS,
    OutlineDesk,
    at_outline,
    drop,
    lessons_of,
    questions_of,
)
from tests.views.sittings import ask, change
from tests.walks.answering import Answer

Open = Callable[..., OutlineDesk]
KEY = Qt.Key


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school, where the quiz of the sums has three questions and Ines has a second course."""
    with opened(database_url) as database:
        later = datetime.now(UTC) + timedelta(hours=1)
        with database.engine.begin() as connection:
            texts = [
                {"quiz_id": OF_SUMS, "question_text": t, "question_type": "essay", "order": n}
                for n, t in ((2, "How?"), (3, "When?"))
            ]
            connection.execute(insert(QuizQuestion), texts)
            connection.execute(update(Quiz).where(Quiz.title == "Of Algebra And Sums").values(created_at=later))
            connection.execute(update(Course).where(Course.slug == "empty").values(instructor_id=row_id(User, "ines")))
        yield database


@pytest.fixture
def sit(qtbot: QtBot, qapp: QApplication, school: Database, database_url: URL, tmp_path: Path) -> Iterator[Open]:
    """Seats people before outlines."""
    if theme.current().scheme != theme.Scheme.LIGHT or theme.current().text_size != 100:
        theme.install(qapp, theme.Scheme.LIGHT, 100)
    with ExitStack() as stack:

        def seat(who: str = "ines", course: str = ALGEBRA, *, threads: bool = False) -> OutlineDesk:
            return stack.enter_context(at_outline(qtbot, school, database_url, tmp_path, who, course, threads=threads))

        yield seat


@pytest.fixture
def ines(sit: Open) -> OutlineDesk:
    """Ines before the outline of algebra."""
    return sit()


# Keys


def test_alt_with_a_key_moves_and_the_database_has_what_is_seen(ines: OutlineDesk, database_url: URL) -> None:
    ines.click("Powers")
    for key, order in (
        (KEY.Key_Up, ["Sums", "Powers", "Products"]),
        (KEY.Key_Home, ["Powers", "Sums", "Products"]),
        (KEY.Key_Down, ["Sums", "Powers", "Products"]),
        (KEY.Key_End, ["Sums", "Products", "Powers"]),
    ):
        ines.press(key, ALT)
        assert ines.lessons() == lessons_of(database_url) == order
        assert ines.view.current() == (Lesson, POWERS)
    assert ines.view.announced == "“Powers” is now 3 of 3."
    ines.press(KEY.Key_Down, ALT)
    assert ines.view.announced == "“Powers” cannot go further."
    assert ines.trouble == []


def test_ctrl_end_and_ctrl_home_choose_where_they_lead(ines: OutlineDesk, database_url: URL) -> None:
    ines.click("Powers")
    ines.press(KEY.Key_Home, CTRL)
    assert ines.view.current() == (Lesson, SUMS)
    assert [card.title for card in ines.cards.chosen_cards()] == ["Sums"]
    ines.press(KEY.Key_Down, ALT)
    assert lessons_of(database_url) == ["Products", "Sums", "Powers"], "what is shown is moved, and nothing else"
    ines.press(KEY.Key_End, CTRL)
    assert [card.key for card in ines.cards.chosen_cards()] == [ines.view.current()]


def test_several_rows_move_together(ines: OutlineDesk, database_url: URL) -> None:
    ines.click("Sums", "Products")
    ines.press(KEY.Key_Down, ALT)
    assert ines.lessons() == lessons_of(database_url) == ["Powers", "Sums", "Products"]
    assert [card.title for card in ines.cards.chosen_cards()] == ["Sums", "Products"]


def test_quick_presses_with_real_threads_end_where_they_are_seen(
    sit: Open, school: Database, database_url: URL
) -> None:
    more = [{"title": f"L{n:02}", "content_type": "text", "course_id": ALGEBRA, "order": n + 4} for n in range(22)]
    with school.engine.begin() as connection:
        connection.execute(insert(Lesson), more)
    desk = sit(threads=True)
    desk.click("Products")
    desk.press(KEY.Key_Down, ALT, times=20)
    seen = desk.lessons()
    assert seen.index("Products") == 21
    desk.rest()
    assert desk.lessons() == lessons_of(database_url) == seen


def test_a_quiz_goes_to_the_lesson_behind_and_at_last_to_the_course(ines: OutlineDesk, database_url: URL) -> None:
    ines.click("Of Sums")
    hangs = []
    for _ in range(4):
        ines.press(KEY.Key_Down, ALT)
        hangs.append(ask(database_url, "SELECT lesson_id::text FROM quizzes WHERE id = %s", OF_SUMS))
    assert hangs == [PRODUCTS, POWERS, None, None]
    assert ines.view.current() == (Quiz, OF_SUMS)
    ines.press(KEY.Key_Home, ALT)
    assert ask(database_url, "SELECT lesson_id::text FROM quizzes WHERE id = %s", OF_SUMS) == SUMS


def test_left_and_right_fold_as_in_a_tree(ines: OutlineDesk) -> None:
    ines.click("Of Sums")
    ines.press(KEY.Key_Right)
    assert ines.shown()[1:5] == ["  Of Sums", "    Why?", "    How?", "    When?"]
    ines.press(KEY.Key_Right)
    assert ines.cards.current_card().title == "Why?"  # type: ignore[union-attr]
    ines.press(KEY.Key_Left)
    ines.press(KEY.Key_Left)
    assert "    Why?" not in ines.shown()
    ines.press(KEY.Key_Left)
    ines.press(KEY.Key_Left)
    assert ines.shown()[:2] == ["Sums", "Products"]
    assert ines.view.current() == (Lesson, SUMS)


def test_the_arrow_folds_and_chooses_nothing(ines: OutlineDesk) -> None:
    ines.click("Powers")
    rect = ines.cards.visualRect(ines.view.model.index(1))
    arrow = ines.cards._delegate.arrow(rect, ines.card("Of Sums"), False).center()
    QTest.mouseClick(ines.cards.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, arrow)
    assert "    Why?" in ines.shown()
    assert ines.view.current() == (Lesson, POWERS)


def test_a_click_below_the_cards_leaves_what_was_chosen(ines: OutlineDesk, database_url: URL) -> None:
    ines.click("Sums", "Products")
    last = ines.cards.visualRect(ines.view.model.index(ines.view.model.rowCount() - 1))
    below = QPoint(last.center().x(), last.bottom() + 20)
    assert ines.cards.viewport().rect().contains(below)
    ines.chosen.clear()
    for button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
        QTest.mouseClick(ines.cards.viewport(), button, NONE, below)
        assert [card.title for card in ines.cards.chosen_cards()] == ["Sums", "Products"]
    assert (ines.view.current(), ines.chosen) == ((Lesson, PRODUCTS), [])
    ines.press(KEY.Key_Down, ALT)
    assert lessons_of(database_url) == ["Powers", "Sums", "Products"], "they are moved that are seen to be chosen"


def test_going_to_a_row_is_told_and_being_led_to_one_is_not(ines: OutlineDesk) -> None:
    ines.chosen.clear()
    ines.view.choose(Lesson, PRODUCTS)
    assert (ines.view.current(), ines.chosen) == ((Lesson, PRODUCTS), [])
    ines.press(KEY.Key_Down)
    assert ines.chosen == [(Lesson, POWERS)]
    ines.press(KEY.Key_Down)
    assert ines.chosen[1:] == [(Quiz, OF_ALGEBRA)]  # past the heading


def test_being_led_to_a_question_unfolds_its_quiz(ines: OutlineDesk, database_url: URL) -> None:
    question = ask(database_url, "SELECT id::text FROM quiz_questions WHERE question_text = 'When?'")
    ines.view.choose(QuizQuestion, question)
    assert ines.view.current() == (QuizQuestion, question)


# The menu


def test_the_menu_moves_to_a_position(ines: OutlineDesk, database_url: URL) -> None:
    ines.click("Powers")

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, PlaceDialog)
        assert (dialog.box.value(), dialog.box.maximum()) == (3, 3)
        QTest.keyClicks(dialog.box, "1")
        QTest.keyClick(dialog.box, KEY.Key_Return)

    when_asked(ines.view, answer)
    ines.pick("Move to position…")
    assert ines.lessons() == lessons_of(database_url) == ["Powers", "Sums", "Products"]


def test_the_menu_sorts_by_title(ines: OutlineDesk, database_url: URL) -> None:
    ines.click("Sums")
    ines.pick("Sort lessons by title")
    assert ines.lessons() == lessons_of(database_url) == ["Powers", "Products", "Sums"]
    assert ines.view.current() == (Lesson, SUMS)


def test_the_menu_begins_new_rows_at_their_place(ines: OutlineDesk) -> None:
    ines.click("Products")
    ines.pick("Insert lesson before")
    ines.pick("Insert lesson after")
    ines.pick("Add quiz")
    ines.click("Sums")
    ines.pick("Insert lesson before")
    ines.click("Of Algebra")
    ines.pick("Add question")
    ines.pick("Add quiz")
    assert ines.wanted == [
        (Lesson, {"course_id": ALGEBRA}, Behind(SUMS)),
        (Lesson, {"course_id": ALGEBRA}, Behind(PRODUCTS)),
        (Quiz, {"course_id": ALGEBRA, "lesson_id": PRODUCTS}, None),
        (Lesson, {"course_id": ALGEBRA}, Behind(None)),
        (QuizQuestion, {"quiz_id": OF_ALGEBRA}, None),
        (Quiz, {"course_id": ALGEBRA}, None),
    ]


def test_the_menu_duplicates_and_selects_the_copy(ines: OutlineDesk, database_url: URL) -> None:
    ines.click("Sums")
    ines.pick("Duplicate")
    assert lessons_of(database_url)[1].startswith("Sums")
    assert ines.lessons() == lessons_of(database_url)
    assert ines.cards.current_card().title == lessons_of(database_url)[1]  # type: ignore[union-attr]
    ines.click("Of Algebra")
    ines.pick("Duplicate")
    copies = ask(database_url, "SELECT count(*) FROM quizzes WHERE course_id = %s AND lesson_id IS NULL", ALGEBRA)
    assert copies == 2


def choose_elsewhere(desk: OutlineDesk, typed: str, then: str = "") -> list[Answer]:
    """Type into the picker, take the first that is found, and answer what is asked `then`."""
    answers: list[Answer] = []

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ElsewhereDialog)
        line = dialog.picker.line  # type: ignore[attr-defined]
        QTest.keyClicks(line, typed)
        QTest.keyClick(line, KEY.Key_Return)
        desk.qtbot.waitUntil(lambda: isinstance(dialog.focusWidget(), QPushButton))
        dialog.accepted.connect(lambda: answers.append(Answer(then)) if then else None)
        QTest.keyClick(dialog.focusWidget(), KEY.Key_Return)

    when_asked(desk.view, answer)
    return answers


def test_a_lesson_goes_to_another_course_after_what_hangs_on_it_was_asked_about(
    ines: OutlineDesk, database_url: URL
) -> None:
    ines.click("Sums")
    answers = choose_elsewhere(ines, "Empt", "Cancel")
    ines.pick("Move to another course…")
    assert "1 student" in answers[0].wait().said
    assert ines.lessons() == lessons_of(database_url) == ["Sums", "Products", "Powers"]
    answers = choose_elsewhere(ines, "Empt", "Move")
    ines.pick("Move to another course…")
    answers[0].wait()
    assert ines.lessons() == lessons_of(database_url) == ["Products", "Powers"]
    assert lessons_of(database_url, row_id(Course, "empty")) == ["Sums"]


def test_questions_are_copied_to_another_quiz(ines: OutlineDesk, database_url: URL) -> None:
    ines.click("Of Sums")
    ines.press(KEY.Key_Right)
    ines.click("Why?", "When?")
    choose_elsewhere(ines, "Of Algebra And")
    ines.pick("Copy to another quiz…")
    ines.rest()
    assert questions_of(database_url, row_id(Quiz, "of algebra and sums")) == ["Why?", "Why?", "When?"]
    assert questions_of(database_url, OF_SUMS) == ["Why?", "How?", "When?"]


def test_delete_asks_with_what_goes_along(ines: OutlineDesk, database_url: URL) -> None:
    ines.click("Powers")
    answer = Answer("Delete lesson")
    ines.press(KEY.Key_Delete)
    answer.wait()
    ines.rest()
    assert ines.lessons() == lessons_of(database_url) == ["Sums", "Products"]
    assert ines.messages[-1] == "Deleted Powers."


def test_a_new_row_is_given_up_without_a_question(ines: OutlineDesk) -> None:
    ines.drafts[Lesson].begin_new({"course_id": ALGEBRA, "title": "Roots"})
    ines.click("Roots")
    ines.press(KEY.Key_Delete)
    assert "Roots" not in ines.shown()


def test_new_rows_stand_where_they_will(ines: OutlineDesk) -> None:
    ines.drafts[Lesson].begin_new({"course_id": ALGEBRA, "title": "Roots"}, spot=Behind(SUMS))
    ines.drafts[Lesson].begin_new({"course_id": ALGEBRA, "title": "First"}, spot=Behind(None))
    rows = [title for title in ines.shown() if not title.startswith(" ")]
    assert rows == ["First", "Sums", "Roots", "Products", "Powers", "Quizzes of the course"]


# Drag and drop


@pytest.mark.parametrize(
    ("dragged", "onto", "part", "order"),
    [
        (("Powers",), "Sums", 0.2, ["Powers", "Sums", "Products"]),
        (("Sums",), "Products", 0.8, ["Products", "Sums", "Powers"]),
        (("Powers", "Sums"), "Products", 0.8, ["Products", "Sums", "Powers"]),
        (("Products", "Powers"), "Of Sums", 0.2, ["Products", "Powers", "Sums"]),
    ],
)
def test_lessons_fall_where_the_line_is(
    ines: OutlineDesk, database_url: URL, dragged: tuple[str, ...], onto: str, part: float, order: list[str]
) -> None:
    data = ines.drag(*dragged)
    assert drop(ines.cards, data, ines.at("Products"), ines.at(onto, part))
    assert ines.lessons() == lessons_of(database_url) == order


def test_a_quiz_falls_on_a_lesson_and_below_everything_on_the_course(ines: OutlineDesk, database_url: URL) -> None:
    assert drop(ines.cards, ines.drag("Of Sums"), ines.at("Powers"))
    assert ask(database_url, "SELECT lesson_id::text FROM quizzes WHERE id = %s", OF_SUMS) == POWERS
    below = QPoint(40, ines.cards.viewport().height() - 4)
    assert drop(ines.cards, ines.drag("Of Sums"), below)
    assert ask(database_url, "SELECT lesson_id FROM quizzes WHERE id = %s", OF_SUMS) is None
    assert "  Of Sums" in ines.shown()[-2:]


def test_questions_fall_among_others_and_on_another_quiz(ines: OutlineDesk, database_url: URL) -> None:
    ines.click("Of Sums")
    ines.press(KEY.Key_Right)
    assert drop(ines.cards, ines.drag("When?"), ines.at("Why?", 0.2))
    assert questions_of(database_url, OF_SUMS) == ["When?", "Why?", "How?"]
    assert drop(ines.cards, ines.drag("When?", "How?"), ines.at("Of Algebra"))
    assert questions_of(database_url, OF_SUMS) == ["Why?"]
    assert questions_of(database_url, OF_ALGEBRA) == ["Why?", "When?", "How?"]
    assert not drop(ines.cards, ines.drag("Why?"), ines.at("Powers"))


def test_ctrl_copies(ines: OutlineDesk, database_url: URL) -> None:
    assert drop(ines.cards, ines.drag("Sums"), ines.at("Powers", 0.8), keys=CTRL)
    assert lessons_of(database_url)[:3] == ["Sums", "Products", "Powers"]
    assert len(lessons_of(database_url)) == 4
    assert ines.cards.current_card().title == lessons_of(database_url)[3]  # type: ignore[union-attr]


def test_lessons_go_from_one_window_to_another(sit: Open, database_url: URL) -> None:
    algebra, empty = sit(), sit(course=row_id(Course, "empty"))
    assert empty.view.empty.isVisible()
    other = sit("admin", BOTANY)
    data = algebra.drag("Powers", "Products")
    answer = Answer("Move")
    assert drop(other.cards, data, other.at("Leaves", 0.2))
    answer.wait()
    for desk in (algebra, other):
        desk.view.refresh()
    assert lessons_of(database_url, BOTANY) == other.lessons() == ["Products", "Powers", "Leaves"]
    assert algebra.lessons() == lessons_of(database_url) == ["Sums"]


def test_a_registrar_sees_all_and_moves_nothing(sit: Open, database_url: URL) -> None:
    desk = sit("registrar")
    desk.click("Powers")
    desk.press(KEY.Key_Up, ALT)
    data = desk.view.model.mimeData([desk.view.model.index(0)])
    assert not data.hasFormat("application/x-lms-desktop-rows")
    assert desk.offered() == ["Nothing can be arranged here with your role"]
    assert lessons_of(database_url) == ["Sums", "Products", "Powers"]


# Others


def add_above(url: URL, title: str = "Roots") -> str:
    """Another program puts a lesson first; its id."""
    change(
        url,
        'INSERT INTO lessons (id, course_id, title, content_type, "order", created_at, updated_at)'
        " VALUES (gen_random_uuid(), %s, %s, 'text', 0, now(), now())",
        *(ALGEBRA, title),
    )
    return str(ask(url, "SELECT id::text FROM lessons WHERE title = %s", title))


def test_what_a_colleague_did_is_told_below_with_what_was_kept(ines: OutlineDesk, database_url: URL) -> None:
    ines.click("Powers")
    ines.press(KEY.Key_Up, ALT)
    new = add_above(database_url)
    told = Told("operation", "I", own=False)
    doer = Doer("Marc Duarte", datetime.now(UTC))
    batch = Batch(frozenset({"lessons"}), {"lessons": {new: told}}, frozenset({"lessons"}), {"operation": doer})
    ines.session.desk.noticed.emit(batch)
    ines.session.desk.named.emit(batch)
    ines.qtbot.waitUntil(lambda: ines.view.banner.isVisible())
    assert ines.view.banner.text == "Marc Duarte added “Roots” just now. Your move of “Powers” was kept."
    assert ines.lessons() == ["Roots", "Sums", "Powers", "Products"]
    assert ines.view.current() == (Lesson, POWERS)


def test_a_move_on_a_list_that_changed_says_so(ines: OutlineDesk, database_url: URL) -> None:
    add_above(database_url)
    ines.click("Powers")
    ines.press(KEY.Key_Home, ALT)
    assert ines.lessons() == lessons_of(database_url)
    assert "Roots" in ines.view.banner.text


def test_what_was_deleted_meanwhile_is_not_moved_and_the_reason_is_told(ines: OutlineDesk, database_url: URL) -> None:
    ines.click("Powers")
    change(database_url, "DELETE FROM lessons WHERE id = %s", POWERS)
    ines.press(KEY.Key_Home, ALT)
    assert ines.view.banner.tone == "bad"
    assert "no longer there" in ines.view.banner.text
    assert ines.lessons() == ["Sums", "Products"]


def test_a_second_writer_during_a_drag_does_not_disturb_it(ines: OutlineDesk, database_url: URL) -> None:
    data = ines.drag("Powers")
    point = ines.at("Sums", 0.2)
    ines.view.model.hold(True)
    change(database_url, "DELETE FROM lessons WHERE id = %s", PRODUCTS)
    add_above(database_url)
    ines.view.model.reload()
    assert ines.lessons() == ["Sums", "Products", "Powers"]
    assert drop(ines.cards, data, point)
    assert ines.lessons() == lessons_of(database_url)
    assert set(ines.lessons()) == {"Roots", "Sums", "Powers"}
    assert ines.lessons().index("Powers") < ines.lessons().index("Sums")


def test_a_course_that_is_gone_says_so(ines: OutlineDesk, database_url: URL) -> None:
    change(database_url, "UPDATE courses SET instructor_id = %s WHERE id = %s", row_id(User, "ivan"), ALGEBRA)
    ines.view.refresh()
    assert ines.view.empty.isVisible()
    assert ines.view.empty.accessibleName() == "This course is not to be seen any more."
    assert ines.shown() == []


def test_an_empty_course_offers_its_first_lesson(sit: Open) -> None:
    desk = sit(course=row_id(Course, "empty"))
    QTest.mouseClick(desk.view.empty.button, Qt.MouseButton.LeftButton)
    assert desk.wanted == [(Lesson, {"course_id": row_id(Course, "empty")}, None)]


def test_answers_by_place_are_asked_about_once(ines: OutlineDesk, database_url: URL) -> None:
    change(database_url, "UPDATE quiz_attempts SET answers = %s WHERE quiz_id = %s", '["a", "b", "c"]', OF_SUMS)
    ines.click("Of Sums")
    ines.press(KEY.Key_Right)
    ines.click("When?")
    answer = Answer("Cancel")
    ines.press(KEY.Key_Up, ALT)
    answer.wait()
    assert "1 attempt" in answer.said
    assert questions_of(database_url, OF_SUMS) == ["Why?", "How?", "When?"]
    answer = Answer("Put in order")
    ines.press(KEY.Key_Up, ALT)
    answer.wait()
    ines.press(KEY.Key_Up, ALT)
    assert questions_of(database_url, OF_SUMS) == ["When?", "Why?", "How?"]


def test_answers_by_place_that_come_later_are_asked_about(
    ines: OutlineDesk, database_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(move_guard, "KNOWN_FOR", 0.0)
    ines.click("Of Sums")
    ines.press(KEY.Key_Right)
    ines.click("When?")
    ines.press(KEY.Key_Up, ALT)
    assert questions_of(database_url, OF_SUMS) == ["Why?", "When?", "How?"]
    change(database_url, "UPDATE quiz_attempts SET answers = %s WHERE quiz_id = %s", '["a", "b", "c"]', OF_SUMS)
    answer = Answer("Cancel")
    ines.press(KEY.Key_Up, ALT)
    answer.wait()
    assert questions_of(database_url, OF_SUMS) == ["Why?", "When?", "How?"]


def test_rows_keep_their_place_on_the_screen_while_others_come_and_go(
    sit: Open, school: Database, database_url: URL
) -> None:
    more = [{"title": f"L{n:03}", "content_type": "text", "course_id": ALGEBRA, "order": n + 4} for n in range(200)]
    with school.engine.begin() as connection:
        connection.execute(insert(Lesson), more)
    desk = sit()
    desk.click("L100")
    top = desk.at("L100").y()
    change(database_url, "DELETE FROM lessons WHERE title IN ('L003', 'L004', 'L101')")
    add_above(database_url)
    desk.view.refresh()
    assert desk.at("L100").y() == top
    assert desk.cards.current_card().title == "L100"  # type: ignore[union-attr]
    desk.chosen.clear()
    change(database_url, "DELETE FROM lessons WHERE title = 'L100'")
    desk.view.refresh()
    assert (desk.view.current(), desk.chosen) == (None, [])


def test_what_is_not_ready_is_said_at_its_card_until_it_is(ines: OutlineDesk, database_url: URL) -> None:
    def tags(title: str) -> tuple[str, str]:
        card = ines.card(title)
        return card.tag, card.tip

    assert tags("Sums") == ("not ready", "Lesson 1, “Sums”, has no content yet.")
    assert "Lesson 2, “Products”, has no content yet." in ines.view.lacking()
    change(database_url, "UPDATE lessons SET content = 'Two and two.' WHERE title = 'Sums'")
    ines.view.refresh()
    ines.rest()
    assert tags("Sums") == ("text", "")
    assert "Lesson 2, “Products”, has no content yet." in ines.view.lacking()


# Looking for something


@pytest.fixture
def searching(ines: OutlineDesk) -> OutlineDesk:
    """Ines with the search open above the outline."""
    ines.view.search.open()
    return ines


def look_for(desk: OutlineDesk, words: str) -> None:
    """Type words and press Enter."""
    box = desk.view.search.box
    assert box.hasFocus()
    box.selectAll()
    QTest.keyClicks(box, words)
    QTest.keyClick(box, KEY.Key_Return)
    desk.rest()


def test_enter_leads_from_one_that_is_called_so_to_the_next_and_round(searching: OutlineDesk) -> None:
    led: list[tuple[type, str]] = []
    searching.view.found.connect(lambda entity, row_id: led.append((entity, row_id)))
    look_for(searching, "sUMS")
    assert searching.view.search.count.text() == "1 of 3"
    for _ in range(3):
        QTest.keyClick(searching.view.search.box, KEY.Key_Return)
    both = row_id(Quiz, "of algebra and sums")
    assert led == [(Lesson, SUMS), (Quiz, OF_SUMS), (Quiz, both), (Lesson, SUMS)]
    QTest.keyClick(searching.view.search.box, KEY.Key_Return, SHIFT)
    assert led[-1] == (Quiz, both)
    assert searching.view.current() == led[-1]


def test_what_is_folded_away_is_found_and_unfolded(searching: OutlineDesk) -> None:
    model = searching.view.model
    model.fold(model.find(Lesson, SUMS), folded=True)
    assert model.find(Quiz, OF_SUMS) < 0
    look_for(searching, "how?")
    question = searching.view.model.cards[searching.row("How?")]
    assert searching.view.current() == question.key
    assert searching.view.search.count.text() == "1 of 1"


def test_esc_goes_back_to_the_outline_where_something_was_found(searching: OutlineDesk) -> None:
    look_for(searching, "powers")
    QTest.keyClick(searching.view.search.box, KEY.Key_Escape)
    assert not searching.view.search.isVisible()
    assert searching.cards.hasFocus()
    assert searching.view.current() == (Lesson, POWERS)


def test_nothing_of_another_course_is_found(searching: OutlineDesk) -> None:
    look_for(searching, "leaves")
    assert searching.view.search.count.text() == "Nothing found"


def test_what_is_called_so_without_being_saved_is_found(searching: OutlineDesk) -> None:
    drafts = searching.drafts[Lesson]
    drafts.set(POWERS, "title", "Roots", version="1", base="Powers")
    new = drafts.begin_new({"course_id": ALGEBRA, "title": "More roots"})
    look_for(searching, "roots")
    assert searching.view.search.found == [(Lesson, POWERS), (Lesson, new.id)]


def test_an_outline_without_lessons_hears_of_the_first(sit: Open, database_url: URL) -> None:
    desk = sit(course=row_id(Course, "empty"))
    assert desk.view.empty.isVisible()
    change(
        database_url,
        'INSERT INTO lessons (id, course_id, title, content_type, "order", created_at)'
        " VALUES (gen_random_uuid(), %s, 'The first', 'text', 1, now())",
        row_id(Course, "empty"),
    )
    desk.session.desk.noticed.emit(Batch(frozenset({"lessons"})))
    desk.qtbot.waitUntil(lambda: desk.lessons() == ["The first"])
