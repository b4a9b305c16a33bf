"""The editor of a lesson: text with its preview, video, what is kept as it was, keys and buttons."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Course, Lesson
from lms_desktop.views import theme
from lms_desktop.views.course.lesson_editor import LessonEditor
from lms_desktop.views.course.markdown_editor import MarkdownEditor, MarkdownRow
from lms_desktop.views.course.video_row import VideoRow
from tests.postgres import PostgresServer
from tests.small_school import opened, row_id
from tests.views.course.editing import Desk, Sit, seats
from tests.views.sittings import ask, change
from tests.views.test_editors import ODD_TEXTS, nameless

SUMS, PRODUCTS, LEAVES = (row_id(Lesson, name) for name in ("sums", "products", "leaves"))

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture(autouse=True)
def _the_usual_look(qapp: QApplication) -> None:
    if theme.current().scheme != theme.Scheme.LIGHT or theme.current().text_size != 100:
        theme.install(qapp, theme.Scheme.LIGHT, 100)


@pytest.fixture(scope="module")
def school(server: PostgresServer, migrated_template: URL) -> Iterator[Database]:
    """The small school, which the tests of this file have in common."""
    url = server.create(template=migrated_template.database)
    with opened(url) as found:
        yield found
    server.drop(url)


@pytest.fixture
def url(school: Database) -> URL:
    """Its address; its lessons are as they were at first."""
    url = school.engine.url
    change(url, "UPDATE lessons SET title = initcap(title), content_type = 'text', content = NULL, video_url = NULL")
    change(url, "UPDATE lessons SET title = 'Sums', duration_minutes = NULL, metadata = NULL WHERE id = %s", SUMS)
    return url


@pytest.fixture
def sit(qtbot: QtBot, school: Database, url: URL, tmp_path: Path) -> Iterator[Sit[LessonEditor]]:
    """Seats people before a lesson."""
    with seats(qtbot, school, tmp_path, Lesson, LessonEditor) as seat:
        yield seat


@pytest.fixture
def editor(qtbot: QtBot) -> MarkdownEditor:
    """An editor of Markdown that stands by itself."""
    made = MarkdownEditor(next(f for f in CATALOG[Lesson].own_fields if f.key == "content"))
    qtbot.addWidget(made)
    made.set_value("")
    made.show()
    return made


def markdown(desk: Desk[LessonEditor]) -> MarkdownEditor:
    """The editor of the text."""
    editor = desk.editor("content")
    assert isinstance(editor, MarkdownEditor)
    return editor


def previewed(desk: Desk[LessonEditor]) -> str:
    """What the preview says."""
    return markdown(desk).preview.toPlainText()


def stored(url: URL, column: str, lesson: str = SUMS) -> str | None:
    """What the database has."""
    found: str | None = ask(url, f"SELECT {column}::text FROM lessons WHERE id = %s", lesson)
    return found


class TestTheLesson:
    def test_what_it_is_called_its_tabs_and_its_fields(self, sit: Sit[LessonEditor]) -> None:
        desk = sit("ines")
        desk.show(SUMS)
        assert desk.form.header.title.text() == "Sums"
        assert [desk.form.tabs.tabText(i) for i in range(desk.form.tabs.count())] == [
            "Content",
            "Settings",
            "Progress 1",
            "Quizzes 2",
            "History",
        ]
        assert desk.form.content.isAncestorOf(desk.row("title"))
        assert desk.form.details.isAncestorOf(desk.row("lesson_metadata"))

    def test_the_title_has_room_where_it_is_narrow(self, sit: Sit[LessonEditor]) -> None:
        desk = sit("ines")
        desk.show(SUMS)
        title, kind = desk.row("title"), desk.row("content_type")
        desk.form.resize(480, 700)
        desk.qtbot.waitUntil(lambda: title.y() == kind.y())
        assert title.width() > 200
        desk.form.resize(370, 700)
        desk.qtbot.waitUntil(lambda: title.geometry().bottom() < kind.y())
        assert title.width() > 300

    def test_all_of_it_is_saved_and_shown_again(self, sit: Sit[LessonEditor], url: URL) -> None:
        desk = sit("ines")
        desk.show(SUMS)
        desk.type("title", "Adding up")
        desk.type("content", "# Adding\n\nup")
        desk.type("duration_minutes", "12")
        desk.type("lesson_metadata", '{"level": 1}')
        assert set(desk.values(SUMS)) == {"title", "content", "duration_minutes", "lesson_metadata"}
        desk.save()
        assert not desk.drafts
        assert stored(url, "content") == "# Adding\n\nup"
        assert stored(url, "duration_minutes") == "12"
        assert stored(url, "metadata") == '{"level": 1}'
        assert previewed(desk) == "Adding\nup"

    def test_a_type_that_nobody_knows_is_shown_and_kept(self, sit: Sit[LessonEditor], url: URL) -> None:
        change(url, "UPDATE lessons SET content_type = 'h5p' WHERE id = %s", SUMS)
        desk = sit("ines")
        desk.show(SUMS)
        assert desk.editor("content_type").take() == ("h5p", None)
        desk.type("title", "Adding up")
        desk.save()
        assert stored(url, "content_type") == "h5p"

    def test_metadata_that_is_no_json_is_refused_on_its_tab(self, sit: Sit[LessonEditor]) -> None:
        desk = sit("ines")
        desk.show(SUMS)
        desk.type("lesson_metadata", '{"level"')
        desk.form.tabs.setCurrentIndex(0)
        assert not desk.form.commit_open_editor()
        assert desk.form.tabs.currentIndex() == 1, "where it is to be mended"
        assert desk.form.unfinished() == 1

    def test_a_new_one_begins_with_its_title(self, sit: Sit[LessonEditor]) -> None:
        desk = sit("ines")
        course = row_id(Course, "algebra")
        draft = desk.drafts.begin_new({"course_id": course, "content_type": "text"})
        desk.form.show_record(draft.id)
        desk.form.focus_field(None)
        keyboard = QApplication.focusWidget()
        assert keyboard is not None
        assert desk.row("title").isAncestorOf(keyboard)
        QTest.keyClicks(keyboard, "Roots")
        desk.editor("title").flush()
        assert desk.values(draft.id)["title"] == "Roots"

    def test_tab_goes_through_it_as_it_is_read(self, sit: Sit[LessonEditor]) -> None:
        desk = sit("ines")
        desk.show(SUMS)
        desk.form.focus_field("title")
        seen = []
        for _ in range(12):
            keyboard = QApplication.focusWidget()
            assert keyboard is not None
            key = next((key for key, row in desk.form.details.fields.rows.items() if row.isAncestorOf(keyboard)), "")
            if key not in seen:
                seen.append(key)
            QTest.keyClick(keyboard, Qt.Key.Key_Tab)
        assert seen[:4] == ["title", "content_type", "duration_minutes", "content"]

    def test_every_part_has_a_name(self, sit: Sit[LessonEditor]) -> None:
        desk = sit("ines")
        desk.show(SUMS)
        for at in range(2):
            desk.form.tabs.setCurrentIndex(at)
            assert nameless(desk.form) == []

    def test_another_s_lesson_is_not_found(self, sit: Sit[LessonEditor]) -> None:
        desk = sit("ines")
        desk.form.show_record(LEAVES)
        assert desk.form.record() is None
        assert "cannot be found" in desk.form.empty.accessibleName()

    def test_who_may_not_edit_reads_what_it_looks_like(self, sit: Sit[LessonEditor], url: URL) -> None:
        change(url, "UPDATE lessons SET content = '# Adding' WHERE id = %s", SUMS)
        desk = sit("registrar")
        desk.show(SUMS)
        row = desk.row("content")
        assert isinstance(row, MarkdownRow)
        assert not row.editable
        assert row._paper is not None
        assert row._paper.isVisible()
        assert row._paper.toPlainText() == "Adding"
        desk.show(PRODUCTS)
        assert not row._paper.isVisible()
        assert row._text.isVisible(), "there is none"


class TestTheText:
    def test_the_preview_follows_what_is_typed(self, sit: Sit[LessonEditor]) -> None:
        desk = sit("ines")
        desk.show(SUMS)
        desk.form.focus_field("content")
        QTest.keyClicks(markdown(desk).edit, "**two** and _two_")
        desk.qtbot.waitUntil(lambda: previewed(desk) == "two and two")

    def test_what_was_not_touched_is_saved_as_it_was(self, sit: Sit[LessonEditor], url: URL) -> None:
        desk = sit("ines")
        for text in (text for text in ODD_TEXTS if "\x00" not in text):
            change(url, "UPDATE lessons SET content = %s WHERE id = %s", text, SUMS)
            desk.form.show_record(None)
            desk.show(SUMS)
            assert markdown(desk).take()[0] == text
            assert not desk.drafts

    def test_undo_is_the_editor_s_own(self, sit: Sit[LessonEditor]) -> None:
        desk = sit("ines")
        desk.show(SUMS)
        desk.form.focus_field("content")
        edit = markdown(desk).edit
        QTest.keyClicks(edit, "word")
        QTest.keyClick(edit, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
        assert edit.toPlainText() == "**word**"
        QTest.keyClick(edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert edit.toPlainText() == "word"
        QTest.keyClick(edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert desk.values(SUMS) == {}
        assert markdown(desk).take() == (None, None), "there was none"

    def test_it_is_coloured_while_it_is_not_saved(self, sit: Sit[LessonEditor]) -> None:
        desk = sit("ines")
        desk.show(SUMS)
        desk.type("content", "x")
        assert markdown(desk).edit.property("state") == "dirty"
        desk.save()
        assert markdown(desk).edit.property("state") == ""

    def test_what_chooses_what_is_seen_is_whole_where_it_is_narrow(self, editor: MarkdownEditor, qtbot: QtBot) -> None:
        theme.current().set_text_size(150)
        editor.setMinimumWidth(350)  # as the form that it stands in has it
        editor.resize(350, 500)
        qtbot.wait(1)
        for switch in editor.modes.values():
            assert switch.width() >= switch.sizeHint().width()
            assert editor.rect().contains(QRect(switch.mapTo(editor, QPoint()), switch.size()))

    def test_what_is_seen_is_chosen_and_remembered(self, sit: Sit[LessonEditor]) -> None:
        desk = sit("ines")
        desk.show(SUMS)
        editor = markdown(desk)
        QTest.mouseClick(editor.modes["source"], Qt.MouseButton.LeftButton)
        assert editor.edit.isVisible()
        assert not editor.preview.isVisible()
        QTest.mouseClick(editor.modes["preview"], Qt.MouseButton.LeftButton)
        assert not editor.edit.isVisible()
        assert editor.preview.isVisible()
        other = sit("ines")
        other.show(SUMS)
        assert markdown(other).mode == "preview"
        other.form.focus_field("content")
        assert markdown(other).edit.isVisible(), "whoever wants to type is let"

    def test_what_is_typed_unseen_is_in_the_preview_at_once(self, sit: Sit[LessonEditor]) -> None:
        desk = sit("ines")
        desk.show(SUMS)
        markdown(desk).show_mode("source")
        desk.type("content", "*one*")
        assert not markdown(desk).preview.isVisible()
        markdown(desk).show_mode("preview")
        assert previewed(desk) == "one"

    def test_another_lesson_has_its_own_preview(self, sit: Sit[LessonEditor], url: URL) -> None:
        change(url, "UPDATE lessons SET content = title")
        desk = sit("ines")
        desk.show(SUMS)
        assert previewed(desk) == "Sums"
        desk.show(PRODUCTS)
        assert previewed(desk) == "Products"

    def test_the_preview_scrolls_along(self, sit: Sit[LessonEditor], url: URL) -> None:
        change(url, "UPDATE lessons SET content = %s WHERE id = %s", "Paragraph.\n\n" * 300, SUMS)
        desk = sit("ines")
        desk.show(SUMS)
        editor = markdown(desk)
        bar = editor.edit.verticalScrollBar()
        bar.setValue(bar.maximum())
        assert editor.preview.share() == 1
        bar.setValue(bar.maximum() // 2)
        assert 0.4 < editor.preview.share() < 0.6

    def test_a_text_as_long_as_can_be_does_not_stop_the_window(self, sit: Sit[LessonEditor], url: URL) -> None:
        change(url, "UPDATE lessons SET content = repeat(E'Some **text** here.\\n\\n', 40000) WHERE id = %s", SUMS)
        desk = sit("ines")
        began = time.thread_time()
        desk.show(SUMS)
        assert time.thread_time() - began < 2
        editor = markdown(desk)
        assert editor.is_cut()
        assert previewed(desk).startswith("Some text here.")
        QTest.mouseClick(desk.row("content")._whole, Qt.MouseButton.LeftButton)
        assert not editor.is_cut()
        assert editor._cut.isVisible(), "it is said that a part is previewed"
        editor.edit.moveCursor(editor.edit.textCursor().MoveOperation.End)
        began = time.thread_time()
        QTest.keyClicks(editor.edit, "The end.")
        desk.qtbot.waitUntil(lambda: previewed(desk).endswith("The end."), timeout=10_000)
        assert time.thread_time() - began < 4, "0.9 s"
        assert editor.flush(), editor.reason
        assert (desk.values(SUMS)["content"] or "").endswith("here.\n\nThe end.")


class TestButtons:
    @pytest.mark.parametrize(
        ("name", "before", "marked", "after"),
        [
            ("bold", "one two", (0, 3), "**one** two"),
            ("bold", "**one** two", (2, 5), "one two"),
            ("bold", "**one** two", (0, 7), "one two"),
            ("bold", "*one* two", (1, 4), "***one*** two"),
            ("bold", "***one***", (3, 6), "*one*"),
            ("italic", "one two", (5, 5), "one *two*"),
            ("italic", "*one*", (1, 4), "one"),
            ("italic", "**one**", (2, 5), "***one***"),
            ("italic", "", (0, 0), "**"),
            ("code", "one two", (0, 3), "`one` two"),
            ("code", "one\ntwo", (0, 7), "```\none\ntwo\n```\n"),
            ("code", "a one\ntwo", (2, 9), "a \n```\none\ntwo\n```\n"),
            ("heading", "one", (1, 1), "## one"),
            ("heading", "## one", (4, 4), "### one"),
            ("heading", "### one", (4, 4), "one"),
            ("list", "one\n\ntwo\nthree", (0, 8), "- one\n\n- two\nthree"),
            ("list", "- one\n* two\n3. three", (0, 20), "one\ntwo\nthree"),
            ("list", "- [x] one", (0, 0), "one"),
            ("list", "", (0, 0), "- "),
            ("link", "see here", (4, 8), "see [here](https://)"),
            ("link", "https://x.example", (0, 17), "[](https://x.example)"),
            ("link", "", (0, 0), "[](https://)"),
        ],
    )
    def test_what_each_makes(
        self, editor: MarkdownEditor, name: str, before: str, marked: tuple[int, int], after: str
    ) -> None:
        editor.edit.setPlainText(before)
        cursor = editor.edit.textCursor()
        cursor.setPosition(marked[0])
        cursor.setPosition(marked[1], cursor.MoveMode.KeepAnchor)
        editor.edit.setTextCursor(cursor)
        QTest.mouseClick(editor.tools[name], Qt.MouseButton.LeftButton)
        assert editor.edit.toPlainText() == after
        editor.edit.undo()
        assert editor.edit.toPlainText() == before, "one step"

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("- one", "- one\n- "),
            ("  3) one", "  3) one\n  4) "),
            ("- [x] one", "- [x] one\n- [ ] "),
            ("- ", ""),
            ("one", "one\n"),
        ],
    )
    def test_enter_goes_on_with_a_list(self, editor: MarkdownEditor, before: str, after: str) -> None:
        edit = editor.edit
        edit.setPlainText(before)
        edit.moveCursor(edit.textCursor().MoveOperation.End)
        QTest.keyClick(edit, Qt.Key.Key_Return)
        assert edit.toPlainText() == after

    def test_after_the_key_one_types_within(self, sit: Sit[LessonEditor]) -> None:
        desk = sit("ines")
        desk.show(SUMS)
        desk.form.focus_field("content")
        edit = markdown(desk).edit
        QTest.keyClick(edit, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(edit, "so")
        assert edit.toPlainText() == "*so*"


class TestTheVideo:
    def test_its_address_is_asked_for_where_it_is_one(self, sit: Sit[LessonEditor]) -> None:
        desk = sit("ines")
        desk.show(SUMS)
        assert not desk.row("video_url").isVisible()
        desk.drafts.set(SUMS, "content_type", "video", version="0", base="text")
        assert desk.row("video_url").isVisible()

    @pytest.mark.parametrize(
        "address", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "https://", "x"]
    )
    def test_what_is_no_address_is_refused(self, sit: Sit[LessonEditor], url: URL, address: str) -> None:
        change(url, "UPDATE lessons SET content_type = 'video' WHERE id = %s", SUMS)
        desk = sit("ines")
        desk.show(SUMS)
        desk.type("video_url", address)
        assert "web address" in desk.row("video_url")._reason.text()
        assert desk.values(SUMS) == {}

    def test_an_odd_one_that_was_there_is_kept(self, sit: Sit[LessonEditor], url: URL) -> None:
        odd = "javascript:alert('moodle')"
        change(url, "UPDATE lessons SET video_url = %s WHERE id = %s", odd, SUMS)
        desk = sit("ines")
        desk.show(SUMS)
        row = desk.row("video_url")
        assert isinstance(row, VideoRow)
        assert row.isVisible(), "whatever the type"
        assert row.watch.isHidden()
        desk.type("title", "Adding up")
        desk.save()
        assert not desk.trouble
        assert stored(url, "video_url") == odd

    def test_one_that_is_taken_away_is_seen_until_that_is_saved(self, sit: Sit[LessonEditor], url: URL) -> None:
        change(url, "UPDATE lessons SET video_url = 'https://a.example/x' WHERE id = %s", SUMS)
        desk = sit("ines")
        desk.show(SUMS)
        desk.type("video_url", "")
        desk.form.focus_field("title")
        assert desk.values(SUMS) == {"video_url": None}
        assert desk.row("video_url").isVisible()
        desk.save()
        assert not desk.row("video_url").isVisible()

    def test_where_it_leads_is_said(self, sit: Sit[LessonEditor], url: URL) -> None:
        change(url, "UPDATE lessons SET content_type = 'video' WHERE id = %s", SUMS)
        desk = sit("ines")
        desk.show(SUMS)
        row = desk.row("video_url")
        assert isinstance(row, VideoRow)
        for address, said in (
            ("https://youtu.be/dQw4w9WgXcQ", "Watch on YouTube…"),
            ("https://media.school.edu/a.mp4", "Watch on media.school.edu…"),
        ):
            desk.type("video_url", address)
            assert row.watch.isVisible()
            assert row.watch.text() == said
        desk.type("video_url", "/files/a.mp4")
        assert row.watch.isHidden(), "it is not known where that is"
        desk.type("video_url", "https://youtu.be/dQw4w9WgXcQ")
        desk.type("video_url", "javascript:alert(1)")
        assert row.watch.isHidden(), "what stands here leads nowhere"
