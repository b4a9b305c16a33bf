"""A course opened, edited in several places at once, saved, taken back, kept and fought over, at the real window."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton

from lms_desktop.entities import Course, Lesson, Quiz, QuizQuestion
from lms_desktop.services.edits import Behind
from lms_desktop.views.course.markdown_editor import MarkdownEditor
from lms_desktop.views.course.quiz_editor import QuizEditor
from lms_desktop.views.kit.toast import Toast
from lms_desktop.views.page import Destination
from lms_desktop.views.places import Place
from lms_desktop.views.top_bar import TopBar
from tests.walks.acting import Reply, to_the_front
from tests.walks.answering import Answer
from tests.walks.driving import CTRL, SHIFT, Sitting, click, the, wait_for
from tests.walks.others import rows, value, write
from tests.walks.seating import get_up, sit_down

HERS, THEIRS = "academic-writing", "linear-algebra"
"""A course of the instructor, and one of a colleague."""
ALT = Qt.KeyboardModifier.AltModifier
COLLEAGUE = "Ines Duarte"
NAMED = (
    "SELECT set_config('lms.operation', gen_random_uuid()::text, true), set_config('lms.actor', '"
    + json.dumps({"name": COLLEAGUE, "email": "ines@school.edu", "role": "admin"})
    + "', true); "
)
"""What makes a transaction of any program one that is logged."""


@pytest.fixture
def url(seeded_url: URL) -> URL:
    """A school of one's own."""
    return seeded_url


@pytest.fixture
def sitting(url: URL, tmp_path: Path, _look: None) -> Iterator[Sitting]:
    """The instructor before the courses."""
    made = sit_down(url, "instructor@lms.com", tmp_path / "settings.ini", page="courses")
    yield made
    get_up(made)


def course_id(url: URL, slug: str) -> str:
    """The id of a course."""
    return str(value(url, "SELECT id::text FROM courses WHERE slug = %s", slug))


def lessons(url: URL) -> list[tuple[str, str]]:
    """Ids and titles of her lessons, in their order."""
    found = rows(
        url,
        'SELECT l.id::text, l.title FROM lessons l JOIN courses c ON c.id = course_id WHERE slug = %s ORDER BY "order"',
        HERS,
    )
    return [(str(row[0]), str(row[1])) for row in found]


def quiz(url: URL) -> str:
    """A quiz of hers."""
    return str(
        value(
            url,
            "SELECT q.id::text FROM quizzes q JOIN courses c ON c.id = q.course_id WHERE slug = %s"
            " ORDER BY q.created_at LIMIT 1",
            HERS,
        )
    )


def title(url: URL, table: str, row_id: str) -> str:
    """What a row is called by now."""
    return str(value(url, f"SELECT title FROM {table} WHERE id = %s", row_id))


def enter(sitting: Sitting) -> None:
    """Open her course by the keyboard, from its row among the courses."""
    sitting.click_record(course_id(sitting.url, HERS), "title")
    sitting.press(Qt.Key.Key_Return, CTRL)
    assert sitting.course.title() == "Academic Writing"


def type_title(sitting: Sitting, entity: type, row_id: str, text: str) -> None:
    """Choose a row and type another title in its editor."""
    page = sitting.course
    page.choose(entity, row_id)
    sitting.settle()
    editor = page.editor(entity)
    if entity is Quiz:
        editor.tabs.setCurrentIndex(0)
    field = editor.details.fields.rows["title"].editor
    assert field is not None
    field.setFocus()
    sitting.replace(text)
    sitting.press(Qt.Key.Key_Tab)


def both_edited(sitting: Sitting) -> tuple[str, str]:
    """A lesson and a quiz with other titles, not saved yet."""
    enter(sitting)
    lesson, check = lessons(sitting.url)[0][0], quiz(sitting.url)
    type_title(sitting, Lesson, lesson, "Another lesson")
    type_title(sitting, Quiz, check, "Another quiz")
    return lesson, check


def toasts(sitting: Sitting) -> str:
    """What was said at the bottom of the window."""
    return " ".join(toast.text for toast in sitting.window.findChildren(Toast) if toast.isVisible())


# The ways there


def test_the_page_says_what_it_shows_and_the_navigation_stays_at_the_courses(sitting: Sitting) -> None:
    enter(sitting)
    page, bar = sitting.course, the(TopBar, sitting.window, lambda bar: True, "the bar at the top")
    assert page.subtitle().startswith("4 lesson")
    assert "100 min" in page.subtitle()
    assert page.tag() == ("published", "ok")
    assert sitting.window.navigation.entry("courses").isChecked()
    assert page.chosen == (Lesson, lessons(sitting.url)[0][0]), "there is something to be seen at once"
    assert page.editor(Lesson).row_id() == page.chosen[1]
    up = the(QAbstractButton, bar, lambda b: b.isVisible() and b.accessibleName() == "Up to Courses", "the breadcrumb")
    click(up)
    sitting.settle()
    assert sitting.page.name == "courses"


@pytest.mark.parametrize("way", ["button", "related list", "quick search", "lesson"])
def test_every_way_leads_to_the_course(sitting: Sitting, way: str) -> None:
    course, lesson = course_id(sitting.url, HERS), lessons(sitting.url)[1][0]
    chosen: tuple[type, str] | None = None
    if way == "quick search":
        sitting.press(Qt.Key.Key_K, CTRL)
        sitting.type("Academic Wri")
        found = sitting.window.quick_search.list
        wait_for(lambda: found.count() > 1, "what is found")
        sitting.press(Qt.Key.Key_Down)
        sitting.press(Qt.Key.Key_Return)
    elif way == "lesson":
        sitting.window.go_to(Destination("lessons", lesson))
        sitting.settle()
        sitting.click_button("Open course")
        chosen = (Lesson, lesson)
    else:
        sitting.click_record(course, "title")
        if way == "related list":
            sitting.page.form.tabs.setCurrentIndex(1)
            sitting.settle()
            click(the(QPushButton, sitting.page.form.lists[0], lambda b: b.text() == "Open course", "the button"))
            sitting.settle()
        else:
            sitting.click_button("Open course")
    assert sitting.course.course_id == course
    assert chosen is None or sitting.course.chosen == chosen


def test_back_and_forth_leads_to_what_was_chosen(sitting: Sitting) -> None:
    enter(sitting)
    second = lessons(sitting.url)[1][0]
    sitting.course.choose(Lesson, second)
    sitting.settle()
    sitting.window.open_page("lessons")
    sitting.settle()
    assert "Academic Writing" in sitting.window.top.back.accessibleName()
    sitting.press(Qt.Key.Key_Left, ALT)
    assert sitting.course.chosen == (Lesson, second)
    assert sitting.course.outline.current() == (Lesson, second)
    sitting.press(Qt.Key.Key_Left, ALT)
    assert sitting.page.name == "courses"


def test_anothers_course_is_opened_by_none_of_these_ways(sitting: Sitting) -> None:
    foreign, name = course_id(sitting.url, THEIRS), "Linear Algebra"
    lesson = str(value(sitting.url, "SELECT id::text FROM lessons WHERE course_id = %s LIMIT 1", foreign))
    window = sitting.window
    for go in (
        lambda: window.go_to(Destination("course", foreign)),
        lambda: window.go_to(Destination("course", foreign, within=(Lesson, lesson))),
        lambda: window._return_to(Place("course", foreign, within=(Lesson, lesson))),
    ):
        go()
        sitting.settle()
        page = sitting.course
        assert page.outline.outline is None
        assert name not in page.title()
        assert page.outline.empty.isVisible(), "a sentence says why"
        assert page.primary() is None
        page.begin.lesson()
        assert not page.held
        assert name not in " ".join(editor.header.title.text() for editor in page._editors.values())
        window.open_page("courses")


@pytest.mark.usefixtures("_look")
def test_whoever_comes_back_finds_the_course_as_it_was_left(url: URL, tmp_path: Path) -> None:
    for turn in range(2):
        made = sit_down(url, "instructor@lms.com", tmp_path / "settings.ini", page="" if turn else "courses")
        try:
            if turn:
                assert made.course.title() == "Academic Writing"
                assert made.course.outline.list.hasFocus(), "the keyboard is where the work begins"
            else:
                enter(made)
                assert made.window.close()
        finally:
            get_up(made)


# Editing


def test_a_lesson_and_a_quiz_are_saved_undone_and_redone_as_one(sitting: Sitting) -> None:
    lesson, check = both_edited(sitting)
    url, page = sitting.url, sitting.course
    before = title(url, "lessons", lesson), title(url, "quizzes", check)
    assert page.unsaved() == sitting.window.unsaved() == 2, "each once, whichever pages show it"
    assert [sitting.window.navigation.entry(name).badge for name in ("courses", "lessons", "quizzes")] == [0, 1, 1]
    assert "2 unsaved changes" in page.unsaved_bar.accessibleName()
    assert "in 1 lesson, in 1 quiz" in page.unsaved_bar.accessibleName()
    sitting.save()
    assert (title(url, "lessons", lesson), title(url, "quizzes", check)) == ("Another lesson", "Another quiz")
    assert "Saved 1 lesson and 1 quiz." in toasts(sitting)
    assert sitting.window.unsaved() == 0
    page.outline.take_keyboard()
    sitting.press(Qt.Key.Key_Z, CTRL)
    wait_for(lambda: (title(url, "lessons", lesson), title(url, "quizzes", check)) == before, "both taken back")
    sitting.settle()
    assert page.chosen in {(Lesson, lesson), (Quiz, check)}
    sitting.press(Qt.Key.Key_Z, CTRL | SHIFT)
    wait_for(lambda: title(url, "quizzes", check) == "Another quiz", "made again")


def test_unsaved_edits_are_taken_back_in_the_order_in_which_they_were_made(sitting: Sitting) -> None:
    lesson, check = both_edited(sitting)
    page = sitting.course
    type_title(sitting, Lesson, lesson, "And once more")
    page.outline.take_keyboard()
    sitting.press(Qt.Key.Key_Z, CTRL)
    assert [draft.values["title"] for draft in page.held.all()] == ["Another lesson", "Another quiz"]
    sitting.press(Qt.Key.Key_Z, CTRL)
    assert [draft.values["title"] for draft in page.held.all()] == ["Another lesson"]
    assert page.row_shown() == (Quiz, check)
    sitting.press(Qt.Key.Key_Z, CTRL)
    assert not page.held
    sitting.press(Qt.Key.Key_Z, CTRL | SHIFT)
    assert page.held.get(Lesson, lesson) is not None
    assert page.chosen == (Lesson, lesson)


def test_it_is_the_same_draft_on_the_page_of_lessons(sitting: Sitting) -> None:
    lesson, _ = both_edited(sitting)
    sitting.window.go_to(Destination("lessons", lesson))
    sitting.settle()
    page = sitting.page
    assert page.unsaved() == 1
    assert page.unsaved_bar.isVisible()
    field = page.form.details.fields.rows["title"].editor
    assert field is not None
    assert field.typed() == "Another lesson"
    sitting.save()
    assert title(sitting.url, "lessons", lesson) == "Another lesson"
    sitting.press(Qt.Key.Key_Left, ALT)
    assert sitting.course.unsaved() == 1, "the quiz's"


def test_drafts_of_another_course_stay_unsaved(sitting: Sitting) -> None:
    lesson, _ = both_edited(sitting)
    other = str(
        value(
            sitting.url,
            "SELECT l.id::text FROM lessons l JOIN courses c ON c.id = course_id WHERE slug = 'introduction-to-python'"
            " LIMIT 1",
        )
    )
    before = title(sitting.url, "lessons", other)
    sitting.window.go_to(Destination("lessons", other))
    sitting.settle()
    field = sitting.page.form.details.fields.rows["title"].editor
    assert field is not None
    field.setFocus()
    sitting.replace("Of another course")
    sitting.press(Qt.Key.Key_Left, ALT)
    assert (sitting.course.unsaved(), sitting.window.unsaved()) == (2, 3)
    sitting.save()
    assert title(sitting.url, "lessons", lesson) == "Another lesson"
    assert title(sitting.url, "lessons", other) == before
    assert (sitting.course.unsaved(), sitting.window.unsaved()) == (0, 1)


def test_a_new_lesson_goes_behind_the_one_that_was_chosen(sitting: Sitting) -> None:
    enter(sitting)
    sitting.press(Qt.Key.Key_N, CTRL)
    sitting.type("Between")
    draft = sitting.course.held.all()[0]
    assert (draft.entity, draft.spot) == (Lesson, Behind(lessons(sitting.url)[0][0]))
    sitting.save()
    assert [name for _, name in lessons(sitting.url)][:2] == ["A question worth asking", "Between"]
    wait_for(lambda: sitting.course.outline.current() == (Lesson, draft.id), "the row in the outline")
    assert sitting.course.chosen == (Lesson, draft.id)


def test_whoever_saves_a_new_lesson_while_writing_goes_on_where_she_was(sitting: Sitting) -> None:
    enter(sitting)
    sitting.press(Qt.Key.Key_N, CTRL)
    sitting.type("Between")
    text = sitting.course.editor(Lesson).details.fields.rows["content"].editor
    assert isinstance(text, MarkdownEditor)
    text.edit.setFocus()
    sitting.type("One, three")
    for _ in "three":
        sitting.press(Qt.Key.Key_Left)
    sitting.save()
    wait_for(lambda: not sitting.course.held.changes(), "the save")
    sitting.type("two, ")
    assert text.edit.toPlainText() == "One, two, three"
    sitting.save()
    wait_for(lambda: not sitting.course.held.changes(), "the second save")
    assert value(sitting.url, "SELECT content FROM lessons WHERE title = 'Between'") == "One, two, three"


def test_whoever_saves_a_new_question_stays_in_the_answer_being_written(sitting: Sitting) -> None:
    enter(sitting)
    page = sitting.course
    for _ in range(3):
        sitting.press(Qt.Key.Key_Down)
    sitting.press(Qt.Key.Key_Right)
    sitting.press(Qt.Key.Key_Down)
    sitting.press(Qt.Key.Key_N, CTRL)
    (draft,) = page.held.all()
    sitting.type("What is new?")
    sitting.press(Qt.Key.Key_Return, CTRL)
    sitting.type("This")
    editor = page.editor(Quiz)
    assert isinstance(editor, QuizEditor)
    shown = []
    page.title_changed.connect(lambda: shown.append((page.chosen, editor.questions.question_id())))
    sitting.save()
    wait_for(lambda: page.outline.current() == (QuizQuestion, draft.id), "the row in the outline")
    assert set(shown) == {((QuizQuestion, draft.id), draft.id)}, "no other question was shown meanwhile"
    (option,) = editor.questions.editor.fields.answers.options.rows
    assert option.edit.hasFocus()
    sitting.press(Qt.Key.Key_Z, CTRL)
    wait_for(lambda: draft.id not in editor.questions.ids(), "the save taken back, not the typing")


def test_ctrl_n_in_a_quiz_begins_a_question(sitting: Sitting) -> None:
    enter(sitting)
    page = sitting.course
    for _ in range(3):  # two more lessons, then the quiz of the last one
        sitting.press(Qt.Key.Key_Down)
    here = page.chosen
    assert here == (Quiz, quiz(sitting.url)), "the editor shows its first question, the outline stays where it was"
    assert page.outline.current() == here
    sitting.press(Qt.Key.Key_N, CTRL)
    (draft,) = page.held.all()
    assert (draft.entity, draft.values["quiz_id"]) == (QuizQuestion, quiz(sitting.url))
    assert page.chosen == (QuizQuestion, draft.id)


def test_a_new_lesson_that_is_deleted_comes_back_by_ctrl_z(sitting: Sitting) -> None:
    enter(sitting)
    page = sitting.course
    sitting.press(Qt.Key.Key_N, CTRL)
    sitting.type("Typed for an hour")
    (draft,) = page.held.all()
    wait_for(lambda: page.outline.list.choose(Lesson, draft.id), "the row in the outline")
    page.outline.take_keyboard()
    sitting.press(Qt.Key.Key_Delete)
    assert not page.held
    assert page.chosen != (Lesson, draft.id)
    sitting.press(Qt.Key.Key_Z, CTRL)
    assert [one.values["title"] for one in page.held.all()] == ["Typed for an hour"]
    assert page.chosen == (Lesson, draft.id)


def test_what_is_given_up_leaves_the_page_where_something_is(sitting: Sitting) -> None:
    enter(sitting)
    sitting.press(Qt.Key.Key_N, CTRL)
    sitting.type("Not wanted")
    asked = Answer("Discard")
    sitting.click_button("Discard")
    asked.wait()
    page = sitting.course
    assert not page.held
    assert page.chosen is not None
    assert page.chosen[1] in {row_id for row_id, _ in lessons(sitting.url)}


def test_a_field_edited_right_after_the_save_asks_nothing(sitting: Sitting) -> None:
    lesson, _ = both_edited(sitting)
    page = sitting.course
    page.choose(Lesson, lesson)
    sitting.settle()
    field = page.editor(Lesson).details.fields.rows["title"].editor
    assert field is not None
    record = page.editor(Lesson).record()
    assert record is not None
    sitting.save()
    drafts = sitting.window.session.drafts[Lesson]
    # As a person does who types on before the row has come back: the screen shows the version before the save.
    drafts.set(lesson, "title", "Typed on", version=record.version, base=record.values["title"], seen=record.values)
    asked = Answer("Decide later")
    sitting.save()
    asked.expect_none()
    assert title(sitting.url, "lessons", lesson) == "Typed on"


# What can be done at the top and in the outline


def test_a_duplicate_is_opened_and_is_a_draft_that_can_be_published(sitting: Sitting) -> None:
    enter(sitting)
    sitting.pick(top_button(sitting, "Course"), "Duplicate course")
    wait_for(lambda: sitting.course.outline.outline and sitting.course.title() != "Academic Writing", "the copy")
    sitting.settle()
    page = sitting.course
    assert page.title() == "Academic Writing (copy)"
    assert page.tag() == ("draft", "neutral")
    assert "4 lesson" in page.subtitle()
    sure = Answer("Publish")
    sitting.pick(top_button(sitting, "Course"), "Publish")
    wait_for(lambda: page.tag() == ("published", "ok") or sure.given, "the state, or a doubt about it")
    wait_for(lambda: page.tag() == ("published", "ok"), "the state")
    sure.stop()
    to_the_front(sitting.window)  # as every window system does once a menu is closed
    sitting.settle()
    assert value(sitting.url, "SELECT is_published FROM courses WHERE id = %s", page.course_id)
    sitting.press(Qt.Key.Key_Left, ALT)
    assert sitting.course.title() == "Academic Writing"


def test_the_undo_of_a_duplicate_leads_back_to_the_course_it_was_made_from(sitting: Sitting) -> None:
    enter(sitting)
    sitting.pick(top_button(sitting, "Course"), "Duplicate course")
    wait_for(lambda: sitting.course.outline.outline and sitting.course.title() != "Academic Writing", "the copy")
    sitting.settle()
    to_the_front(sitting.window)
    copy = sitting.course.course_id
    sitting.press(Qt.Key.Key_Z, CTRL)
    wait_for(lambda: not sitting.window.undoing.busy, "the undo")
    sitting.settle()
    wait_for(lambda: sitting.course.title() == "Academic Writing", "the course it was made from")
    assert sitting.course.chosen is not None
    assert sitting.course.outline.list.isVisible()
    assert value(sitting.url, "SELECT count(*) FROM courses WHERE id = %s", copy) == 0


def test_the_undo_of_a_course_that_is_shown_leads_to_the_courses(sitting: Sitting) -> None:
    enter(sitting)
    sitting.pick(top_button(sitting, "Course"), "Duplicate course")
    wait_for(lambda: sitting.course.outline.outline and sitting.course.title() != "Academic Writing", "the copy")
    sitting.settle()
    to_the_front(sitting.window)
    sitting.course._copied_from.clear()  # as if it had been made on the page of courses
    sitting.press(Qt.Key.Key_Z, CTRL)
    wait_for(lambda: not sitting.window.undoing.busy, "the undo")
    sitting.settle()
    assert sitting.window.page is not None
    assert sitting.window.page.name == "courses"


def top_button(sitting: Sitting, text: str) -> QPushButton:
    """A button of the bar at the top."""
    bar = the(TopBar, sitting.window, lambda bar: True, "the bar at the top")
    return the(QPushButton, bar, lambda b: b.isVisible() and b.text() == text, f"the button {text}")


def test_what_is_deleted_in_the_outline_comes_back_and_is_chosen(sitting: Sitting) -> None:
    enter(sitting)
    page, before = sitting.course, lessons(sitting.url)
    lesson = before[1][0]
    page.choose(Lesson, lesson)
    sitting.settle()
    page.outline.take_keyboard()
    sure = Answer("Delete lesson")
    QTest.keyClick(page.outline.list, Qt.Key.Key_Delete)
    sure.wait()
    wait_for(lambda: lesson not in {row_id for row_id, _ in lessons(sitting.url)}, "the delete")
    sitting.settle()
    assert page.chosen in {(Lesson, before[0][0]), (Lesson, before[2][0])}, "its neighbour"
    page.outline.take_keyboard()
    asked = Answer("Take back")
    QTest.keyClick(page.outline.list, Qt.Key.Key_Z, CTRL)
    assert "Comes back" in asked.wait().said, "so much that it is asked about"
    wait_for(lambda: lessons(sitting.url) == before, "what was deleted, at its place")
    sitting.settle()
    wait_for(lambda: page.outline.current() == (Lesson, lesson), "the row in the outline")
    assert page.chosen == (Lesson, lesson)


# Others


def test_what_somebody_else_changed_is_asked_about_entity_by_entity(sitting: Sitting) -> None:
    lesson, check = both_edited(sitting)
    write(sitting.url, "UPDATE lessons SET title = 'Their lesson' WHERE id = %s", lesson)
    write(sitting.url, "UPDATE quizzes SET title = 'Their quiz' WHERE id = %s", check)
    sitting.settle()
    replies: list[Reply] = []

    def answer() -> None:
        """The second dialog comes while the first one's answer is dealt with."""
        if not replies:
            replies.append(Reply("Keep mine", "Apply and save"))
        elif len(replies) == 1 and replies[0].done:
            replies.append(Reply("Take theirs", "Apply and save"))

    after_first = QTimer(interval=5)
    after_first.timeout.connect(answer)
    after_first.start()
    QTest.keyClick(QApplication.focusWidget() or sitting.window, Qt.Key.Key_S, CTRL)
    wait_for(lambda: len(replies) == 2 and replies[1].done, "both questions")
    after_first.stop()
    sitting.settle()
    assert "Their lesson" in replies[0].said
    assert "Their quiz" in replies[1].said
    wait_for(lambda: sitting.course.unsaved() == 0, "the save")
    sitting.settle()
    assert title(sitting.url, "lessons", lesson) == "Another lesson"
    assert title(sitting.url, "quizzes", check) == "Their quiz"


def test_what_colleagues_do_is_shown_while_ones_own_edits_stay(sitting: Sitting) -> None:
    lesson, _ = both_edited(sitting)
    page = sitting.course
    write(
        sitting.url,
        'INSERT INTO lessons (id, course_id, title, content_type, "order")'
        " VALUES (gen_random_uuid(), %s, 'Theirs', 'text', 9)",
        page.course_id,
    )
    page.refresh()
    wait_for(lambda: "5 lesson" in page.subtitle(), "the other lesson")
    assert page.unsaved() == 2
    draft = page.held.get(Lesson, lesson)
    assert draft is not None
    assert draft.values == {"title": "Another lesson"}


def test_what_is_chosen_and_deleted_elsewhere_gives_way(sitting: Sitting) -> None:
    enter(sitting)
    page, (first, second, *_) = sitting.course, lessons(sitting.url)
    page.choose(Lesson, second[0])
    page.focus_field("title")
    sitting.settle()
    write(sitting.url, "DELETE FROM lessons WHERE id = %s", second[0])
    page.editor(Lesson).refresh()
    wait_for(page.outline.list.hasFocus, "the keyboard, out of what can be edited no more")
    sitting.press(Qt.Key.Key_F5)
    wait_for(lambda: page.chosen != (Lesson, second[0]), "another one")
    assert page.chosen is not None
    assert page.chosen[1] in {row_id for row_id, _ in lessons(sitting.url)}
    assert first[0] in {row_id for row_id, _ in lessons(sitting.url)}


def test_who_edits_a_row_is_told_who_else_changed_it(sitting: Sitting) -> None:
    lesson, _ = both_edited(sitting)
    wait_for(lambda: sitting.window.live.kind == "live", "listening")
    write(sitting.url, NAMED + "UPDATE lessons SET duration_minutes = 7 WHERE id = %s", lesson)
    wait_for(lambda: f"{COLLEAGUE} changed " in toasts(sitting), "the word")
    assert "You are editing it too: nothing is overwritten." in toasts(sitting)
    sitting.save()
    assert title(sitting.url, "lessons", lesson) == "Another lesson"
    assert value(sitting.url, "SELECT duration_minutes FROM lessons WHERE id = %s", lesson) == 7, "theirs is kept"


def test_the_preview_shows_what_will_be_saved_of_each_entity(sitting: Sitting) -> None:
    lesson, _ = both_edited(sitting)
    looked = Answer("Save")
    sitting.click_button("Preview")
    looked.wait()
    assert "in 2 row" in looked.said
    assert [cells[0] for cells in looked.cells] == ["A question worth asking", "Citing"]
    assert [cells[3] for cells in looked.cells] == ["Another lesson", "Another quiz"]
    sitting.settle()
    assert title(sitting.url, "lessons", lesson) == "Another lesson"


def test_what_is_refused_is_shown_wherever_it_is(sitting: Sitting) -> None:
    lesson, check = both_edited(sitting)
    page = sitting.course
    page.begin.quiz_of_course()
    sitting.settle()
    new = page.chosen
    assert new is not None
    page.choose(Lesson, lesson)
    sitting.settle()
    sitting.save()
    assert "Title is needed" in page.banner.text
    assert page.banner.isVisible()
    assert title(sitting.url, "quizzes", check) != "Another quiz", "nothing of it is saved"
    sitting.click_button("Show it")
    assert page.chosen == new
    sitting.type("A title")
    sitting.save()
    assert page.unsaved() == 0
    assert title(sitting.url, "quizzes", new[1]) == "A title"


@pytest.mark.usefixtures("_look")
def test_the_outline_is_as_wide_as_it_was_left(url: URL, tmp_path: Path) -> None:
    widths = []
    for _ in range(2):
        made = sit_down(url, "instructor@lms.com", tmp_path / "settings.ini", page="courses")
        try:
            enter(made)
            splitter = made.course.splitter
            widths.append(splitter.sizes()[0])
            if len(widths) == 1:
                handle = splitter.handle(1)
                QTest.mousePress(handle, Qt.MouseButton.LeftButton)
                QTest.mouseMove(handle, handle.rect().center() - QPoint(60, 0))
                QTest.mouseRelease(handle, Qt.MouseButton.LeftButton)
                left = splitter.sizes()[0]
                assert left < widths[0]
            assert made.window.close()
        finally:
            get_up(made)
    assert abs(widths[1] - left) <= 1


# Leaving


@pytest.mark.parametrize("answer", ["Stay here", "Save and leave"])
def test_leaving_asks_and_saves_all_of_it(sitting: Sitting, answer: str) -> None:
    lesson, check = both_edited(sitting)
    sitting.window.open_page("users")
    sitting.settle()
    asked = Answer(answer)
    sitting.window.close()
    assert "Leave 2 unsaved" in asked.wait().said
    if answer == "Stay here":
        assert sitting.window.isVisible()
        assert sitting.window.page is not None
        assert sitting.window.page.name == "course", "where the changes are"
        assert title(sitting.url, "quizzes", check) != "Another quiz"
    else:
        wait_for(lambda: not sitting.window.isVisible(), "the end")
        assert (title(sitting.url, "lessons", lesson), title(sitting.url, "quizzes", check)) == (
            "Another lesson",
            "Another quiz",
        )


# Roles


@pytest.mark.usefixtures("_look")
def test_a_registrar_sees_it_and_changes_nothing(url: URL, tmp_path: Path) -> None:
    made = sit_down(url, "registrar@lms.com", tmp_path / "settings.ini", page="courses")
    try:
        made.window.go_to(Destination("course", course_id(url, HERS)))
        made.settle()
        page = made.course
        assert page.title() == "Academic Writing"
        assert page.primary() is None
        assert not page.acts.publish.isVisible()
        made.press(Qt.Key.Key_N, CTRL)
        assert not page.held
        assert page.chosen is not None
        page.choose(Course, page.course_id)
        made.settle()
        assert not any(row.editable for row in page.editor(Course).details.fields.rows.values())
    finally:
        get_up(made)


@pytest.mark.usefixtures("_look")
def test_without_a_course_to_go_to_the_first_one_is_shown(url: URL, tmp_path: Path) -> None:
    made = sit_down(url, "admin@lms.com", tmp_path / "settings.ini", page="course")
    try:
        wait_for(lambda: made.course.outline.outline is not None, "a course")
        first = str(value(url, "SELECT title FROM courses ORDER BY lower(title), id LIMIT 1"))
        assert made.course.title() == first
    finally:
        get_up(made)
