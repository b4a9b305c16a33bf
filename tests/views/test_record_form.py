"""The form beside the table: what is shown, what goes to the drafts, what is kept, what is offered."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from lms_desktop.admin import CATALOG
from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Database, Outcome
from lms_desktop.entities import (
    Certificate,
    Course,
    Enrollment,
    Lesson,
    LessonProgress,
    Quiz,
    QuizQuestion,
    RefreshToken,
    User,
)
from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import entries
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.live import Batch
from lms_desktop.services.records import Edit, Refused
from lms_desktop.spec import Filter, Operator
from lms_desktop.views import theme
from lms_desktop.views.field_editor import FieldEditor
from lms_desktop.views.field_row import FieldRow
from lms_desktop.views.page import Destination
from lms_desktop.views.record_form import RecordForm
from lms_desktop.views.session import Session
from tests.hashing import full_cost
from tests.postgres import PostgresServer
from tests.small_school import actor, opened, row_id, statements
from tests.views.sittings import ask, change, immediate, sitting
from tests.views.test_editors import ODD_TEXTS, box_of, nameless, paste, type_over

ANA, BO, IDLE = (row_id(User, name) for name in ("ana", "bo", "idle"))
ALGEBRA, BOTANY = (row_id(Course, name) for name in ("algebra", "botany"))
IDLE_IN_EMPTY = row_id(Enrollment, "idle in empty")
ANA_IN_ALGEBRA = row_id(Enrollment, "ana in algebra")

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture(autouse=True)
def _the_usual_look(qapp: QApplication) -> None:
    if theme.current().scheme != theme.Scheme.LIGHT or theme.current().text_size != 100:
        theme.install(qapp, theme.Scheme.LIGHT, 100)


@dataclass
class Desk:
    """A form with its drafts, and what it told."""

    session: Session
    form: RecordForm
    drafts: Drafts
    opened: list[Destination]
    done: list[Outcome]
    trouble: list[ExplainedError]
    qtbot: QtBot

    def show(self, row: str) -> None:
        """Select a row, and look at what comes."""
        self.form.show_record(row)
        self.qtbot.waitUntil(lambda: self.form.record() is not None)

    def row(self, key: str) -> FieldRow:
        """A field's row."""
        return self.form.details.fields.rows[key]

    def editor(self, key: str) -> FieldEditor:
        """A field's editor."""
        row = self.row(key)
        assert row.editable, f"{key} cannot be edited"
        assert row.editor is not None
        return row.editor

    def type(self, key: str, text: str) -> None:
        """Type over a field and let it be told."""
        type_over(self.editor(key), text)
        self.editor(key).flush()

    def said(self, key: str) -> str:
        """What a field that is only read says."""
        row = self.row(key)
        assert not row.editable, f"{key} can be edited"
        return row._text.accessibleName().split(": ", 1)[1]

    def values(self, row: str) -> dict[str, str | None]:
        """The unsaved values of a row."""
        draft = self.drafts.get(row)
        return {} if draft is None else draft.values

    def save(self) -> None:
        """Save all drafts, as the page does."""
        edits = self.drafts.edits()
        records = self.session.records

        def failed(error: ExplainedError) -> None:
            self.trouble.append(error)
            if isinstance(error, Refused):
                self.drafts.refuse(error.row_id, error.field, error.text)

        self.session.desk.commit(
            lambda uow: records.save(uow, edits),
            done=lambda outcome: self.drafts.saved(edits, outcome.value),
            failed=failed,
        )


Sit = Callable[..., Desk]


@pytest.fixture
def database(database_url: URL) -> Iterator[Database]:
    """The small school."""
    with opened(database_url) as found:
        yield found


@pytest.fixture(scope="module")
def school_to_look_at(server: PostgresServer, migrated_template: URL) -> Iterator[URL]:
    """The small school, for tests that change nothing in it."""
    url = server.create(template=migrated_template.database)
    with opened(url):
        yield url
    server.drop(url)


@contextmanager
def seats(qtbot: QtBot, database: Database, folder: Path) -> Iterator[Sit]:
    """Seats people before the form of an entity."""
    with ExitStack() as open_sittings:
        kept: list[QWidget] = []

        def seat(who: str, entity: type, *, threads: bool = False) -> Desk:
            session = open_sittings.enter_context(sitting(database, actor(who), folder, threads=threads))
            drafts = Drafts(entity)
            form = RecordForm(session, CATALOG[entity], drafts)
            qtbot.addWidget(form)
            kept.append(form)
            found = Desk(session, form, drafts, [], [], [], qtbot)
            form.open_requested.connect(found.opened.append)
            form.action_done.connect(found.done.append)
            form.trouble.connect(found.trouble.append)
            form.resize(theme.current().measures.form, 900)
            form.show()
            form.activateWindow()
            qtbot.waitUntil(form.isActiveWindow)
            return found

        yield seat


@pytest.fixture
def sit(qtbot: QtBot, database: Database, tmp_path: Path) -> Iterator[Sit]:
    """Seats people in a school of one's own."""
    with seats(qtbot, database, tmp_path) as seat:
        yield seat


@pytest.fixture
def look(qtbot: QtBot, school_to_look_at: URL, tmp_path: Path) -> Iterator[Sit]:
    """Seats people in the school that all look at."""
    engine = make_engine(school_to_look_at, Settings())
    with seats(qtbot, Database(engine), tmp_path) as seat:
        yield seat
    engine.dispose()


class TestWhatIsShown:
    def test_nothing_is_selected_at_first(self, look: Sit) -> None:
        desk = look("registrar", Enrollment)
        assert desk.form.record() is None
        assert desk.form.empty.accessibleName() == "Nothing is selected"

    def test_the_record_with_its_names_its_values_and_its_lists(self, look: Sit) -> None:
        desk = look("registrar", Enrollment)
        desk.form.show_record(ANA_IN_ALGEBRA)
        assert desk.form.header.title.text() == "Ana · Algebra"
        assert desk.form.header.detail.text() == "ana@school.edu"
        assert desk.said("student_id") == "Ana ana@school.edu", "an enrollment keeps its student"
        assert desk.said("progress") == "66 %"
        assert desk.said("certificate") == "Issued"
        assert desk.editor("completed_at").take() == (None, None)
        tabs = [desk.form.tabs.tabText(i) for i in range(desk.form.tabs.count())]
        assert tabs == ["Details", "Progress 3", "Certificate 1", "History"]

    def test_the_lists_are_counted_in_one_statement(self, sit: Sit, database: Database) -> None:
        desk = sit("admin", User)
        with statements(database) as seen:
            desk.form.show_record(ANA)
        assert len([s for s in seen if "count(*)" in s and "full_name" not in s]) == 1

    def test_when_it_was_made_and_its_id_to_be_copied(self, sit: Sit, database_url: URL) -> None:
        change(database_url, "UPDATE users SET created_at = '2026-07-01 10:00Z' WHERE id = %s", ANA)
        desk = sit("registrar", User)
        desk.form.show_record(ANA)
        assert "Created\u00a02026-07-01\u00a011:00" in desk.form.details._stamps.text(), "summer in Lisbon"
        desk.form.details.copy_id.click()
        assert QGuiApplication.clipboard().text() == ANA

    def test_who_may_not_edit_reads(self, look: Sit) -> None:
        desk = look("registrar", Course)
        desk.form.show_record(ALGEBRA)
        assert desk.said("title") == "Algebra"
        assert desk.said("is_published") == "Published"
        assert desk.said("category") == "no value"

    def test_what_only_administrators_write_is_read_by_others(self, look: Sit) -> None:
        desk = look("registrar", User)
        desk.form.show_record(ANA)
        assert desk.said("role") == "Student"
        assert desk.editor("full_name").take()[0] == "Ana"

    def test_the_password_is_offered_where_it_may_be_set_and_never_read(self, sit: Sit, database: Database) -> None:
        desk = sit("registrar", User)
        with statements(database) as seen:
            desk.form.show_record(ANA)
            assert desk.editor("password_hash").take() == (None, None)
            desk.show(row_id(User, "ines"))
        assert desk.row("password_hash").isHidden(), "staff are not the registrar's"
        assert not any("password_hash" in statement for statement in seen)

    def test_a_record_that_is_not_within_reach_is_not_found(self, look: Sit) -> None:
        desk = look("ines", Course)
        desk.form.show_record(BOTANY)
        assert desk.form.record() is None
        assert "cannot be found" in desk.form.empty.accessibleName()

    def test_a_name_with_marks_that_nobody_sees_shows_them(self, sit: Sit, database_url: URL) -> None:
        change(database_url, "UPDATE users SET full_name = %s WHERE id = %s", "Ana\u202eosuoS", ANA)
        desk = sit("registrar", User)
        desk.show(ANA)
        assert desk.form.header.title.text() == "Ana⟨U+202E⟩osuoS"
        assert desk.row("full_name")._note.isVisible()

    def test_a_deactivated_person_is_said_at_the_top(self, look: Sit) -> None:
        desk = look("admin", User)
        desk.form.show_record(row_id(User, "former admin"))
        assert desk.form.details.banner.isVisible()
        assert desk.form.details.banner.text.startswith("Deactivated. A deactivated person cannot sign in")

    @pytest.mark.parametrize("entity", list(CATALOG), ids=lambda entity: CATALOG[entity].name)
    def test_every_entity_has_a_form_whose_every_part_has_a_name(self, look: Sit, entity: type) -> None:
        first: dict[type, str] = {
            User: ANA,
            RefreshToken: row_id(RefreshToken, "live"),
            Course: ALGEBRA,
            Lesson: row_id(Lesson, "sums"),
            Enrollment: ANA_IN_ALGEBRA,
            LessonProgress: row_id(LessonProgress, "ana at sums"),
            Certificate: row_id(Certificate, "of ana"),
            Quiz: row_id(Quiz, "of algebra"),
        }
        desk = look("admin", entity)
        desk.form.show_record(first.get(entity) or row_id(entity, "of algebra"))
        assert desk.form.record() is not None
        for index in range(desk.form.tabs.count()):
            desk.form.tabs.setCurrentIndex(index)
            assert nameless(desk.form) == []
        assert desk.form.commit_open_editor()
        assert not desk.drafts, "looking changes nothing"


class TestEditing:
    def test_what_is_typed_is_a_draft_marked_with_what_it_was(self, sit: Sit) -> None:
        desk = sit("registrar", User)
        desk.form.show_record(ANA)
        desk.type("full_name", "Ana Sousa")
        assert desk.values(ANA) == {"full_name": "Ana Sousa"}
        draft = desk.drafts.get(ANA)
        assert draft is not None
        assert (draft.base, draft.title) == ({"full_name": "Ana"}, "Ana")
        box = box_of(desk.editor("full_name"))
        assert box.property("state") == "dirty"
        assert "was Ana" in box.accessibleDescription()
        assert desk.editor("full_name").trailing._was.text() == "was Ana"  # type: ignore[attr-defined]

    def test_what_it_was_takes_no_room_from_what_is_written(self, sit: Sit) -> None:
        desk = sit("registrar", User)
        desk.show(ANA)
        was = desk.editor("full_name").trailing._was  # type: ignore[attr-defined]
        desk.type("full_name", "Ana Sousa")
        assert was.isVisible()
        desk.type("full_name", "Ana Maria dos Santos de Sousa e Melo")
        assert not was.isVisible()

    def test_no_value_before_is_said_as_a_dash(self, sit: Sit) -> None:
        desk = sit("registrar", Enrollment)
        desk.form.show_record(IDLE_IN_EMPTY)
        desk.type("completed_at", "2026-11-22 09:00")
        assert desk.values(IDLE_IN_EMPTY) == {"completed_at": "2026-11-22 09:00:00+00"}
        assert desk.editor("completed_at").trailing._was.text() == "was —"  # type: ignore[attr-defined]

    def test_what_was_there_before_is_no_change_any_more(self, sit: Sit) -> None:
        desk = sit("registrar", User)
        desk.form.show_record(ANA)
        desk.type("full_name", "Bo")
        desk.type("full_name", "Ana")
        assert not desk.drafts
        assert box_of(desk.editor("full_name")).property("state") in ("", None)

    def test_escape_gives_a_change_up(self, sit: Sit) -> None:
        desk = sit("registrar", User)
        desk.form.show_record(ANA)
        desk.type("full_name", "Bo")
        desk.show(BO)
        desk.show(ANA)
        assert desk.editor("full_name").take()[0] == "Bo"
        QTest.keyClick(box_of(desk.editor("full_name")), Qt.Key.Key_Escape)
        assert not desk.drafts
        assert desk.editor("full_name").take()[0] == "Ana"

    def test_a_change_in_the_table_shows_at_once(self, sit: Sit) -> None:
        desk = sit("registrar", User)
        desk.form.show_record(ANA)
        record = desk.form.record()
        assert record is not None
        desk.drafts.set(ANA, "full_name", "From the table", version=record.version, base="Ana")
        assert desk.editor("full_name").take()[0] == "From the table"
        desk.drafts.undo()
        assert desk.editor("full_name").take()[0] == "Ana"

    def test_a_reference_is_picked_by_its_name(self, sit: Sit, qtbot: QtBot) -> None:
        desk = sit("admin", Course)
        desk.form.show_record(ALGEBRA)
        editor: Any = desk.editor("instructor_id")
        type_over(editor, "ivan")
        QTest.keyClick(box_of(editor), Qt.Key.Key_Return)
        assert desk.values(ALGEBRA) == {"instructor_id": row_id(User, "ivan")}
        draft = desk.drafts.get(ALGEBRA)
        assert draft is not None
        assert draft.labels == {"instructor_id": ("Ivan", "ivan@school.edu")}
        assert editor.trailing._was.text() == "was Ines"

    def test_a_password_is_a_change_that_is_not_said(self, sit: Sit, database_url: URL) -> None:
        desk = sit("registrar", User)
        desk.form.show_record(ANA)
        desk.type("password_hash", "a new password")
        assert box_of(desk.editor("password_hash")).property("state") == "dirty"
        with full_cost():
            desk.save()
        assert not desk.drafts
        assert ask(database_url, "SELECT password_hash FROM users WHERE id = %s", ANA).startswith("$2b$12$")
        assert desk.editor("password_hash").line.text() == ""  # type: ignore[attr-defined]

    def test_saving_shows_what_the_database_has(self, sit: Sit, database_url: URL) -> None:
        desk = sit("registrar", User)
        desk.form.show_record(ANA)
        desk.type("full_name", "Ana Sousa")
        desk.save()
        assert ask(database_url, "SELECT full_name FROM users WHERE id = %s", ANA) == "Ana Sousa"
        assert desk.form.header.title.text() == "Ana Sousa"
        assert desk.editor("full_name").take()[0] == "Ana Sousa"
        assert box_of(desk.editor("full_name")).property("state") in ("", None)

    def test_until_the_saved_record_is_there_the_saved_value_stays_on_the_screen(self, sit: Sit) -> None:
        desk = sit("registrar", User)
        desk.form.show_record(ANA)
        desk.type("full_name", "Ana Sousa")
        edits = desk.drafts.edits()
        immediate(desk.session).hold()
        desk.drafts.saved(edits, {ANA: "1"})
        assert desk.editor("full_name").line.text() == "Ana Sousa"  # type: ignore[attr-defined]
        immediate(desk.session).release()

    def test_what_was_saved_is_marked_no_more_at_once_and_leaves_the_caret_where_it_is(self, sit: Sit) -> None:
        desk = sit("registrar", User)
        desk.form.show_record(ANA)
        desk.type("full_name", "Ana Sousa")
        line = box_of(desk.editor("full_name"))
        assert isinstance(line, QLineEdit)
        line.setFocus()
        line.setCursorPosition(3)
        immediate(desk.session).hold()
        desk.drafts.saved(desk.drafts.edits(), {ANA: "99"})
        assert (line.text(), line.cursorPosition(), line.property("state") or "") == ("Ana Sousa", 3, "")
        record = desk.form.record()
        assert record is not None
        assert (record.values["full_name"], record.version) == ("Ana Sousa", "99")
        assert not desk.form.details.banner.isVisible(), "nobody else has changed it"
        desk.drafts.set(ANA, "full_name", "Ana S.", version="99", base="Ana Sousa")
        desk.drafts.revert(ANA, "full_name")
        assert line.text() == "Ana Sousa", "and not what it was before the save"
        immediate(desk.session).release()

    def test_a_change_in_one_field_touches_no_other(self, sit: Sit) -> None:
        desk = sit("registrar", User)
        desk.show(ANA)
        line, record = box_of(desk.editor("email")), desk.form.record()
        assert isinstance(line, QLineEdit)
        assert record is not None
        line.setCursorPosition(2)
        desk.drafts.set(ANA, "full_name", "Ana Sousa", version=record.version, base=record.values["full_name"])
        assert box_of(desk.editor("full_name")).text() == "Ana Sousa"  # type: ignore[attr-defined]
        assert line.cursorPosition() == 2
        desk.form.refresh()
        assert line.cursorPosition() == 2, "it was not written anew"

    def test_what_a_save_refused_is_said_at_its_field(self, sit: Sit) -> None:
        desk = sit("registrar", User)
        desk.form.show_record(ANA)
        desk.type("email", "bo@school.edu")
        desk.save()
        assert desk.values(ANA) == {"email": "bo@school.edu"}
        assert box_of(desk.editor("email")).property("state") == "invalid"
        assert desk.row("email")._reason.isVisible()
        desk.type("email", "ana@school.org")
        assert box_of(desk.editor("email")).property("state") == "dirty"
        assert not desk.row("email")._reason.isVisible()


class TestNothingIsLost:
    def test_a_value_not_told_yet_goes_to_the_row_it_was_typed_for(self, sit: Sit) -> None:
        desk = sit("registrar", User)
        desk.form.show_record(ANA)
        type_over(desk.editor("full_name"), "Ana Sousa")
        desk.show(BO)
        assert desk.values(ANA) == {"full_name": "Ana Sousa"}
        assert desk.values(BO) == {}

    def test_while_another_record_is_on_its_way_edits_go_to_the_one_on_the_screen(self, sit: Sit) -> None:
        desk = sit("registrar", User)
        desk.form.show_record(ANA)
        immediate(desk.session).hold()
        desk.form.show_record(BO)
        assert desk.form.row_id() == BO
        assert desk.form.record() is None
        type_over(desk.editor("full_name"), "Ana Sousa")
        immediate(desk.session).release()
        desk.qtbot.waitUntil(lambda: desk.form.record() is not None)
        assert desk.values(ANA) == {"full_name": "Ana Sousa"}
        assert desk.editor("full_name").take()[0] == "Bo"

    def test_what_is_no_value_comes_back_with_its_record(self, sit: Sit) -> None:
        desk = sit("registrar", User)
        desk.form.show_record(ANA)
        type_over(desk.editor("email"), "ana at school")
        desk.show(BO)
        assert desk.form.unfinished() == 1
        assert desk.editor("email").take()[0] == "bo@school.edu"
        assert not desk.form.commit_open_editor()
        assert desk.opened == [Destination("users", ANA)]
        desk.show(ANA)
        assert desk.editor("email").typed() == "ana at school"
        assert not desk.form.commit_open_editor()
        assert desk.editor("email").has_keyboard()
        assert desk.row("email")._reason.text() == "An e-mail address looks like name@school.edu."
        desk.type("email", "ana@school.org")
        assert desk.form.commit_open_editor()
        assert desk.form.unfinished() == 0

    def test_what_is_no_value_can_be_given_up(self, sit: Sit) -> None:
        desk = sit("registrar", User)
        desk.form.show_record(ANA)
        desk.type("email", "ana at school")
        desk.form.forget_unfinished()
        assert desk.form.commit_open_editor()
        assert desk.editor("email").take()[0] == "ana@school.edu"

    def test_a_refresh_leaves_what_is_being_typed_alone(self, sit: Sit) -> None:
        desk = sit("registrar", User)
        desk.form.show_record(ANA)
        desk.form.focus_field("full_name")
        type_over(desk.editor("full_name"), "Ana S")
        desk.form.refresh()
        QTest.keyClicks(box_of(desk.editor("full_name")), "ousa")
        assert desk.editor("full_name").take()[0] == "Ana Sousa"

    def test_the_page_is_told_when_the_field_with_the_keyboard_goes(self, sit: Sit) -> None:
        desk, left = sit("registrar", Enrollment), list[bool]()
        desk.form.keyboard_left.connect(lambda: left.append(True))
        desk.show(IDLE_IN_EMPTY)
        desk.form.focus_field("enrolled_at")
        desk.form.refresh()
        assert not left
        desk.form.show_record(None)
        assert left

    def test_a_record_that_could_not_be_read_is_asked_for_again(self, sit: Sit) -> None:
        desk = sit("registrar", User)
        desk.session.desk.actor = actor("former admin")
        desk.form.show_record(ANA)
        assert "deactivated" in desk.form.empty.accessibleName()
        desk.session.desk.actor = actor("registrar")
        QTest.keyClick(desk.form.empty.button, Qt.Key.Key_Space)
        assert desk.form.header.title.text() == "Ana"

    def test_whoever_is_shut_out_while_a_record_is_read_again_is_led_nowhere(self, sit: Sit, database_url: URL) -> None:
        desk = sit("registrar", Enrollment)

        def shut_out() -> None:
            desk.session.desk.actor = None

        desk.session.desk.actor_lost.connect(shut_out)
        desk.form.show_record(ANA_IN_ALGEBRA)
        assert desk.row("course_id")._open.isVisible()
        change(database_url, "UPDATE users SET is_active = false WHERE email = 'registrar@school.edu'")
        desk.form.refresh()
        assert "deactivated" in desk.form.details.banner.text
        assert not desk.row("course_id")._open.isVisible()

    def test_running_through_the_rows_reads_only_the_last(self, sit: Sit, database: Database, qtbot: QtBot) -> None:
        desk = sit("registrar", User, threads=True)
        with statements(database) as seen:
            for _ in range(5):
                for name in ("ana", "bo", "idle"):
                    desk.form.show_record(row_id(User, name))
            qtbot.waitUntil(lambda: desk.form.record() is not None and desk.form.header.title.text() == "Idle")
        assert len([statement for statement in seen if "users.full_name" in statement and "c4" in statement]) == 1

    def test_whoever_goes_to_a_field_waits_for_no_pause(
        self, sit: Sit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(entries, "PAUSE_MS", 3_600_000)
        desk = sit("registrar", User, threads=True)
        desk.form.show_record(ANA)
        desk.form.focus_field("full_name")
        qtbot.waitUntil(lambda: desk.form.record() is not None)
        assert desk.form.header.title.text() == "Ana"

    def test_on_real_threads_too(self, sit: Sit, qtbot: QtBot) -> None:
        desk = sit("registrar", User, threads=True)
        desk.show(ANA)
        type_over(desk.editor("full_name"), "Ana Sousa")
        for name in ("bo", "idle", "bo"):
            desk.form.show_record(row_id(User, name))
        qtbot.waitUntil(lambda: desk.form.record() is not None)
        assert desk.form.header.title.text() == "Bo"
        assert desk.values(ANA) == {"full_name": "Ana Sousa"}
        assert desk.values(BO) == {}

    def test_a_lost_answer_leaves_the_picture_and_says_so(self, sit: Sit) -> None:
        desk = sit("registrar", User)
        desk.form.show_record(ANA)
        desk.session.desk.actor = actor("former admin")
        desk.form.refresh()
        assert desk.form.header.title.text() == "Ana"
        assert "deactivated" in desk.form.details.banner.text
        desk.session.desk.actor = actor("registrar")
        desk.form.details.retry.emit()
        assert not desk.form.details.banner.isVisible()

    def test_what_was_left_unfinished_in_the_table_goes_on_here(self, sit: Sit) -> None:
        desk = sit("registrar", User)
        desk.show(ANA)
        desk.form.details.fields.keep(BO, "email", "bo at school", None)
        desk.form.details.fields.keep(ANA, "email", "ana at school", None)
        assert desk.editor("email").typed() == "ana at school"
        desk.form.forget_unfinished()
        desk.form.details.fields.keep(BO, "email", "bo at school", None)
        desk.show(BO)
        assert desk.editor("email").typed() == "bo at school"
        assert not desk.form.commit_open_editor()

    def test_another_zone_shows_other_times_and_keeps_what_was_typed(self, sit: Sit) -> None:
        desk = sit("registrar", Enrollment)
        desk.show(IDLE_IN_EMPTY)
        type_over(desk.editor("completed_at"), "2026-07-01 10:00")
        desk.session.preferences.zone = "Asia/Tokyo"
        assert desk.values(IDLE_IN_EMPTY) == {"completed_at": "2026-07-01 09:00:00+00"}
        assert box_of(desk.editor("completed_at")).text() == "2026-07-01 18:00"  # type: ignore[attr-defined]


class TestOthersWriteToo:
    def test_their_change_is_said_where_a_draft_stands_on_the_old_row(self, sit: Sit, database_url: URL) -> None:
        desk = sit("registrar", User)
        desk.form.show_record(ANA)
        desk.type("full_name", "Ana Sousa")
        change(database_url, "UPDATE users SET full_name = 'Anna' WHERE id = %s", ANA)
        desk.form.refresh()
        assert "Another program changed Name" in desk.form.details.banner.text
        assert desk.values(ANA) == {"full_name": "Ana Sousa"}
        assert desk.editor("full_name").take()[0] == "Ana Sousa"

    def test_a_record_that_somebody_deleted_can_be_read_and_not_edited(self, sit: Sit, database_url: URL) -> None:
        desk = sit("registrar", User)
        desk.form.show_record(IDLE)
        desk.type("full_name", "Idle no more")
        change(database_url, "DELETE FROM enrollments WHERE student_id = %s", IDLE)
        change(database_url, "DELETE FROM users WHERE id = %s", IDLE)
        desk.form.refresh()
        assert desk.form.record() is None
        assert "Somebody deleted this meanwhile" in desk.form.details.banner.text
        assert desk.said("full_name") == "Idle no more"
        assert desk.values(IDLE) == {"full_name": "Idle no more"}
        desk.drafts.discard(IDLE)
        assert desk.said("full_name") == "Idle"

    def test_a_commit_elsewhere_in_the_window_is_seen(self, sit: Sit) -> None:
        desk = sit("admin", User)
        desk.form.show_record(ANA)
        assert "Enrollments 1" in [desk.form.tabs.tabText(i) for i in range(desk.form.tabs.count())]
        records = desk.session.records
        edit = {"student_id": ANA, "course_id": BOTANY}
        desk.session.desk.commit(
            lambda uow: records.save(uow, [Edit(Enrollment, "11111111-1111-4111-8111-111111111111", None, edit)])
        )
        assert "Enrollments 2" in [desk.form.tabs.tabText(i) for i in range(desk.form.tabs.count())]


class TestNewRows:
    def test_a_new_row_has_the_same_form_without_a_past(self, sit: Sit) -> None:
        desk = sit("admin", Lesson)
        draft = desk.drafts.begin_new({"content_type": "text"})
        desk.form.show_record(draft.id)
        assert desk.form.record() is None
        assert desk.form.row_id() == draft.id
        assert desk.form.header.title.text() == "Add lesson"
        assert desk.said("order") == "last"
        assert desk.editor("content_type").take()[0] == "text"
        assert not desk.form.tabs.isTabVisible(1)
        assert desk.row("title")._needed.isVisible()
        assert not desk.row("content")._needed.isVisible()

    def test_the_keyboard_goes_to_what_is_needed_first(self, sit: Sit) -> None:
        desk = sit("admin", Lesson)
        draft = desk.drafts.begin_new({"course_id": ALGEBRA})
        desk.form.show_record(draft.id)
        desk.form.focus_field(None)
        assert desk.editor("title").has_keyboard()
        assert desk.editor("course_id").take() == (ALGEBRA, ("Algebra", "algebra")), "its name was looked up"
        assert desk.drafts.new_rows()[0].labels == {"course_id": ("Algebra", "algebra")}

    def test_an_enrollment_by_keyboard_alone(self, sit: Sit, database_url: URL, qtbot: QtBot) -> None:
        desk = sit("registrar", Enrollment)
        draft = desk.drafts.begin_new({})
        desk.form.show_record(draft.id)
        desk.form.focus_field(None)
        for typed in ("idle", "alg"):
            box = keyboard()
            QTest.keyClicks(box, typed)
            QTest.keyClick(box, Qt.Key.Key_Return)
            QTest.keyClick(box, Qt.Key.Key_Tab)
        assert desk.form.commit_open_editor()
        assert desk.values(draft.id) == {"student_id": IDLE, "course_id": ALGEBRA}
        desk.save()
        assert desk.trouble == []
        question = "SELECT count(*) FROM enrollments WHERE student_id = %s AND course_id = %s"
        assert ask(database_url, question, IDLE, ALGEBRA) == 1
        assert desk.form.header.title.text() == "Idle · Algebra", "the saved row is shown"

    def test_what_was_typed_and_taken_away_is_not_sent(self, sit: Sit, database_url: URL) -> None:
        desk = sit("admin", Course)
        draft = desk.drafts.begin_new({"instructor_id": row_id(User, "ines")})
        desk.form.show_record(draft.id)
        desk.type("title", "Álgebra II")
        desk.type("slug", "typed")
        desk.type("slug", "")
        assert desk.values(draft.id) == {"instructor_id": row_id(User, "ines"), "title": "Álgebra II"}
        desk.save()
        assert desk.trouble == []
        assert ask(database_url, "SELECT slug FROM courses WHERE id = %s", draft.id) == "algebra-ii"

    def test_a_new_row_that_is_given_up_leaves_nothing(self, sit: Sit) -> None:
        desk = sit("admin", Course)
        draft = desk.drafts.begin_new({})
        desk.form.show_record(draft.id)
        desk.type("thumbnail_url", "no address")
        desk.drafts.clear()
        assert desk.form.unfinished() == 0 or desk.form.record() is None
        assert desk.form.empty.isVisible()


def keyboard() -> QWidget:
    """The widget that has the keyboard."""
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def test_what_nobody_sees_of_a_form_is_not_made(sit: Sit, qtbot: QtBot) -> None:
    desk = sit("admin", User)
    desk.show(ANA)
    history = desk.form.history
    assert not history.findChildren(QWidget), "it is seen on a tab of its own"
    parts = [part for part in desk.row("full_name").children() if isinstance(part, QWidget)]
    assert all(part.isVisible() for part in parts), "nothing is wrong with it, and nothing was changed"
    desk.form.tabs.setCurrentIndex(desk.form.tabs.count() - 1)
    assert history.isVisible()
    assert history.findChildren(QWidget)


def test_tab_goes_through_the_fields_in_their_order(sit: Sit) -> None:
    desk = sit("admin", Enrollment)
    desk.show(IDLE_IN_EMPTY)  # two of the fields are only read here, and edited in a new row
    draft = desk.drafts.begin_new({"student_id": IDLE})
    desk.form.show_record(draft.id)
    desk.form.focus_field("student_id")
    names = []
    for _ in range(4):
        names.append(keyboard().accessibleName())
        QTest.keyClick(keyboard(), Qt.Key.Key_Tab)
    assert names == ["Student", "Course", "Enrolled", "Completed"]
    desk.form.focus_field("student_id")
    QTest.keyClick(keyboard(), Qt.Key.Key_Backtab)
    assert keyboard().accessibleName() == "Open Idle", "the way to the record comes before its name, as it stands"


class TestActions:
    def test_what_may_be_done_is_offered_and_done(self, sit: Sit, database_url: URL) -> None:
        desk = sit("ivan", Course)
        desk.form.show_record(BOTANY)
        assert [action.name for action in desk.form.header.actions_offered] == ["publish"]
        change(database_url, "UPDATE lessons SET content = 'Read this.'")
        change(database_url, "UPDATE quiz_questions SET question_type = 'essay'")
        QTest.keyClick(desk.form.header.action_button, Qt.Key.Key_Space)
        assert [outcome.sentence for outcome in desk.done] == ["Published Botany."]
        assert ask(database_url, "SELECT is_published FROM courses WHERE id = %s", BOTANY)
        assert [action.name for action in desk.form.header.actions_offered] == ["unpublish"], "it was read again"

    def test_what_speaks_against_it_is_said_before(self, sit: Sit, database_url: URL) -> None:
        desk = sit("ivan", Course)
        desk.form.show_record(BOTANY)
        for key, done in ((Qt.Key.Key_Escape, []), (Qt.Key.Key_Tab, ["Published Botany."])):
            QTest.keyClick(desk.form.header.action_button, Qt.Key.Key_Space)
            dialog = QApplication.activeModalWidget()
            assert dialog is not None
            assert dialog.accessibleDescription() == "Lesson 1, “Leaves”, has no content yet."
            desk.qtbot.waitUntil(dialog.isActiveWindow)
            assert keyboard().property("text") == "Cancel", "nothing is done by an Enter too many"
            QTest.keyClick(keyboard(), key)
            if key == Qt.Key.Key_Tab:
                QTest.keyClick(keyboard(), Qt.Key.Key_Space)
            assert [outcome.sentence for outcome in desk.done] == done

    def test_nothing_is_offered_to_who_may_not(self, sit: Sit) -> None:
        desk = sit("registrar", Course)
        desk.form.show_record(BOTANY)
        assert desk.form.header.actions_offered == ()

    def test_a_refusal_is_passed_on(self, sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
        desk = sit("admin", User)
        asked: list[str] = []

        def agree(parent: object, title: str, question: str, *_: str) -> bool:
            asked.append(question)
            return True

        monkeypatch.setattr("lms_desktop.views.feedback.ask", agree)
        desk.form.show_record(row_id(User, "admin"))
        name = desk.form.header.title.text()
        desk.form.run_action(desk.form.header.actions_offered[0])
        assert asked[0].endswith(f"Deactivate {name}?"), "the question names whom it is about"
        assert "You cannot deactivate your own account." in str(desk.trouble[0])


class TestGoingElsewhere:
    def test_a_reference_leads_to_its_row(self, sit: Sit) -> None:
        desk = sit("registrar", Enrollment)
        desk.form.show_record(ANA_IN_ALGEBRA)
        desk.row("student_id")._open.click()
        assert desk.opened == [Destination("users", ANA)]
        assert desk.row("student_id")._open.accessibleName() == "Open Ana"

    def test_a_related_list_shows_its_rows_and_leads_to_them(self, sit: Sit) -> None:
        desk = sit("admin", Course)
        desk.form.show_record(ALGEBRA)
        lessons = desk.form.lists[0]
        assert not lessons.model.loaded, "nothing is read before it is seen"
        desk.form.tabs.setCurrentIndex(1)
        assert [lessons.model.row_cells(row)[1].text for row in range(3)] == ["Sums", "Products", "Powers"]  # type: ignore[index]
        assert "course_id" not in [field.key for field in lessons.model.fields]
        lessons.table.setCurrentIndex(lessons.model.index(1, 0))
        QTest.keyClick(lessons.table, Qt.Key.Key_Return)
        assert desk.opened == [Destination("lessons", row_id(Lesson, "products"))]
        lessons.all_button.click()
        assert desk.opened[1] == Destination(
            "lessons", filters=(Filter("course_id", Operator.ONE_OF, (ALGEBRA,), ("Algebra",)),)
        )
        lessons.new_button.click()
        assert desk.opened[2] == Destination("lessons", new=True, values=(("course_id", ALGEBRA),))

    def test_no_button_below_a_related_list_is_cut_where_there_is_little_room(self, sit: Sit, qtbot: QtBot) -> None:
        desk = sit("admin", Course)
        desk.form.show_record(ALGEBRA)
        desk.form.tabs.setCurrentIndex(1)
        lessons = desk.form.lists[0]
        buttons = [lessons.all_button, lessons.course_button, lessons.new_button]
        needed = [button.sizeHint().width() for button in buttons]
        desk.form.resize(sum(needed) - 40, 700)
        qtbot.waitUntil(lambda: lessons.width() < sum(needed))
        assert [button.width() for button in buttons] == needed
        assert all(lessons.rect().contains(button.geometry()) for button in buttons)
        pairs = ((0, 1), (0, 2), (1, 2))
        assert not any(buttons[i].geometry().intersects(buttons[j].geometry()) for i, j in pairs)

    def test_a_list_follows_the_record(self, sit: Sit, qtbot: QtBot) -> None:
        desk = sit("admin", Course)
        desk.form.show_record(ALGEBRA)
        desk.form.tabs.setCurrentIndex(1)
        desk.form.show_record(BOTANY)
        qtbot.waitUntil(lambda: desk.form.record() is not None)
        assert desk.form.lists[0].model.total == 1

    def test_an_empty_list_says_so_and_offers_the_first(self, sit: Sit) -> None:
        desk = sit("registrar", Course)
        desk.form.show_record(row_id(Course, "empty"))
        desk.form.tabs.setCurrentIndex(1)
        assert desk.form.lists[0].empty.isVisible()
        assert not desk.form.lists[0].new_button.isVisible(), "lessons are the instructors'"

    def test_what_may_not_be_seen_has_no_tab(self, sit: Sit) -> None:
        desk = sit("registrar", User)
        desk.form.show_record(ANA)
        assert "Sessions" not in " ".join(desk.form.tabs.tabText(i) for i in range(desk.form.tabs.count()))


class TestBadInputReachesTheDatabaseExactlyOrNotAtAll:
    @pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
    def test_odd_texts(self, sit: Sit, database_url: URL, text: str) -> None:
        pasted = text.lstrip("\ufeff\ufffe")
        desk = sit("admin", Course)
        desk.form.show_record(ALGEBRA)
        for key in ("title", "category", "description"):
            paste(desk.editor(key), pasted)
        assert desk.form.commit_open_editor()
        desk.save()
        assert desk.trouble == []
        for column in ("title", "category", "description"):
            assert ask(database_url, f"SELECT {column} FROM courses WHERE id = %s", ALGEBRA) == pasted
        desk.form.refresh()
        assert desk.editor("description").take()[0] == pasted
        desk.form.commit_open_editor()
        assert not desk.drafts

    @pytest.mark.parametrize(
        ("key", "text"),
        [
            ("title", "a\x00b"),
            ("title", "x" * 256),
            ("title", "x" * 255 + " "),
            ("title", "\ud800x"),
            ("title", "  "),
            ("slug", "two words"),
            ("category", "x" * 101),
            ("description", "a\x00b"),
            ("thumbnail_url", "javascript:alert(1)"),
            ("estimated_duration_minutes", "2147483648"),
            ("estimated_duration_minutes", "-1"),
            ("estimated_duration_minutes", "1.5"),
            ("course_metadata", "{"),
            ("course_metadata", '{"a": NaN}'),
            ("course_metadata", '{"a": "\\u0000"}'),
            ("course_metadata", "[]"),
        ],
    )
    def test_what_cannot_be_is_refused_with_the_reason_before_it_is_sent(
        self, look: Sit, school_to_look_at: URL, key: str, text: str
    ) -> None:
        desk = look("admin", Course)
        desk.form.show_record(ALGEBRA)
        paste(desk.editor(key), text)
        assert not desk.form.commit_open_editor()
        assert desk.row(key)._reason.text()
        assert box_of(desk.editor(key)).property("state") == "invalid"
        assert not desk.drafts
        assert ask(school_to_look_at, "SELECT title FROM courses WHERE id = %s", ALGEBRA) == "Algebra"

    @pytest.mark.parametrize("stored", ["infinity", "0044-03-15 12:00:00+00 BC", "12026-01-01 00:00:00+00"])
    def test_moments_beyond_the_calendar_survive_the_saving_of_others(
        self, sit: Sit, database_url: URL, stored: str
    ) -> None:
        change(database_url, "UPDATE enrollments SET enrolled_at = %s WHERE id = %s", stored, IDLE_IN_EMPTY)
        desk = sit("registrar", Enrollment)
        desk.form.show_record(IDLE_IN_EMPTY)
        desk.type("completed_at", "2026-11-22 09:00")
        desk.save()
        assert desk.trouble == []
        question = "SELECT enrolled_at = %s FROM enrollments WHERE id = %s AND completed_at IS NOT NULL"
        assert ask(database_url, question, stored, IDLE_IN_EMPTY)

    def test_null_and_the_empty_text_are_two_things(self, sit: Sit, database_url: URL) -> None:
        desk = sit("admin", Course)
        desk.form.show_record(ALGEBRA)
        QTest.keyClicks(box_of(desk.editor("category")), "a")
        QTest.keyClick(box_of(desk.editor("category")), Qt.Key.Key_Backspace)
        assert desk.form.commit_open_editor()
        desk.save()
        assert ask(database_url, "SELECT category FROM courses WHERE id = %s", ALGEBRA) == ""
        QTest.keyClick(box_of(desk.editor("category")), Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
        desk.save()
        assert ask(database_url, "SELECT category IS NULL FROM courses WHERE id = %s", ALGEBRA)

    def test_json_is_stored_as_it_was_typed(self, sit: Sit, database_url: URL) -> None:
        text = '{"b":1.50,  "a":12345678901234567890,\n "b":"\\u00e9"}'
        desk = sit("admin", Course)
        desk.form.show_record(ALGEBRA)
        paste(desk.editor("course_metadata"), text)
        assert desk.form.commit_open_editor()
        desk.save()
        assert ask(database_url, "SELECT metadata::text FROM courses WHERE id = %s", ALGEBRA) == text


def test_nothing_is_wider_than_the_form(look: Sit, qapp: QApplication) -> None:
    for percent in (100, 150, 200):
        theme.install(qapp, theme.Scheme.LIGHT, percent)
        desk = look("admin", QuizQuestion)
        desk.show(row_id(QuizQuestion, "of algebra"))
        content = desk.form.details.widget()
        assert content is not None
        assert content.minimumSizeHint().width() <= desk.form.details.viewport().width()
    theme.install(qapp, theme.Scheme.LIGHT, 100)


def test_a_record_that_is_gone_is_looked_for_once_when_others_change_something(sit: Sit, database_url: URL) -> None:
    desk = sit("admin", Course)
    form, new = desk.form, row_id(Course, "made later")
    form.show_record(new)
    assert form.record() is None
    assert form.empty.isVisible()
    heard = Batch(frozenset({"courses"}))
    desk.session.desk.noticed.emit(heard)
    desk.qtbot.waitUntil(lambda: not form.following.waits)
    assert form.empty.isVisible()
    change(
        database_url,
        "INSERT INTO courses (id, title, slug, instructor_id, is_published, created_at)"
        " SELECT %s, 'Made later', 'made-later', instructor_id, false, now() FROM courses LIMIT 1",
        new,
    )
    desk.session.desk.noticed.emit(heard)
    desk.qtbot.waitUntil(lambda: form.record() is not None)
    assert form.header.title.text() == "Made later"
