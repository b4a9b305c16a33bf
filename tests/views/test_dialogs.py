"""Questions, errors, preferences and help: what they say, what Enter and Esc do, and that nothing in them is cut."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import QEvent, QPoint, QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton, QRadioButton, QScrollArea, QWidget

from lms_desktop.admin import CATALOG
from lms_desktop.app import Sitting
from lms_desktop.database.change_log import LogState
from lms_desktop.entities import Course, Enrollment, User
from lms_desktop.errors import BugError, UserError
from lms_desktop.models.decisions import ClashesModel, Decisions
from lms_desktop.options import WindowOptions
from lms_desktop.services.deleting import Remedy
from lms_desktop.services.edits import Clash, State
from lms_desktop.services.impact import Effect, Impact
from lms_desktop.services.merging import compare
from lms_desktop.services.records import Clashes, Record
from lms_desktop.spec import Action
from lms_desktop.views import theme
from lms_desktop.views.conflict_dialog import ConflictDialog
from lms_desktop.views.connection_info import ConnectionInfo
from lms_desktop.views.delete_dialog import LOGGED, DeleteDialog
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.feedback import ask, ask_text, show_error
from lms_desktop.views.help_dialogs import AboutDialog, ShortcutsDialog
from lms_desktop.views.kit.labels import Tag
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.kit.sheet import Sheet
from lms_desktop.views.main_window import MainWindow
from lms_desktop.views.preferences_dialog import PreferencesDialog
from lms_desktop.views.preview_dialog import PreviewDialog
from lms_desktop.views.session import Session
from lms_desktop.views.settings import Preferences
from tests.dialogs import when_asked
from tests.small_school import actor, opened, row_id
from tests.views.sittings import ask as look
from tests.views.sittings import change, sitting

LONG = "Introduction to the Comparative History of Mathematical Notation from Diophantus to Leibniz, Volume II"


@pytest.fixture(autouse=True)
def _the_usual_look(qapp: QApplication) -> None:
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    theme.install(qapp, theme.Scheme.LIGHT, 100)


@pytest.fixture
def session(qtbot: QtBot, database_url: URL, tmp_path: Path) -> Iterator[Session]:
    """The administrator's sitting at the small school."""
    with opened(database_url) as school, sitting(school, actor("admin"), tmp_path) as made:
        yield made


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> EntityPage:
    """The page of people in its window, which does not ask in the end about what was left unsaved."""
    window = MainWindow(session, ConnectionInfo("school", "this computer"))
    window.open_page("users")
    page = window.page
    assert isinstance(page, EntityPage)
    qtbot.addWidget(window, before_close_func=lambda _: page.discard())
    window.show()
    return page


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    """Preferences in a file of their own."""
    return Preferences(QSettings(str(tmp_path / "preferences.ini"), QSettings.Format.IniFormat))


def said(dialog: QWidget) -> str:
    """All the words of a dialog but those on its buttons."""
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisibleTo(dialog))


def button(dialog: Sheet, text: str) -> QPushButton:
    """The button that says so."""
    return next(b for b in dialog.buttons() if b.text() == text)


def texts(dialog: Sheet) -> list[str]:
    """What the buttons say, in their order."""
    return [b.text() for b in dialog.buttons()]


def impact(*effects: Effect, entity: type = Course, count: int = 1) -> Impact:
    """What deleting so many rows would do."""
    return Impact(entity, tuple(map(str, range(count))), effects)


LESSONS = Effect("lessons", "delete", 12, ("course_id",))
PAYMENTS = Effect("payments", "empty", 2, ("course_id",))
TEACHES = Effect("courses", "forbid", 3, ("instructor_id",))
CERTIFICATES = Effect("certificates", "delete", 2, ("enrollment_id",))


def gentler() -> Action:
    """What can be done to a course in place of deleting it."""
    return next(action for action in CATALOG[Course].actions if action.gentler)


def delete_dialog(
    found: Impact,
    names: list[str],
    *,
    instead: Action | None = None,
    refused: str = "",
    entity: type = Course,
    log: LogState = LOGGED,
    session: Session | None = None,
) -> DeleteDialog:
    """The question before a delete."""
    return DeleteDialog(CATALOG, CATALOG[entity], found, names, instead, refused=refused, log=log, session=session)


def banners(dialog: DeleteDialog) -> list[tuple[str, str]]:
    """What its notices say, and how loud."""
    return [(banner.tone, banner.text) for banner in dialog.findChildren(Banner)]


# Deleting


def test_the_question_before_a_delete_counts_what_goes_and_what_stays(qtbot: QtBot) -> None:
    dialog = delete_dialog(impact(LESSONS, PAYMENTS), [LONG])
    qtbot.addWidget(dialog)
    words = said(dialog)
    assert "Delete course?" in words
    assert LONG in words
    assert words.index("Deleted too") < words.index("lessons") < words.index("no longer attached")
    assert words.index("no longer attached") < words.index("payments")
    assert "12" in words.split("\n")
    assert dialog.delete_button.isEnabled()


def test_several_rows_are_counted_in_the_question_and_on_the_button(qtbot: QtBot) -> None:
    dialog = delete_dialog(impact(entity=Enrollment, count=3), [], entity=Enrollment)
    qtbot.addWidget(dialog)
    assert dialog.heading.text() == "Withdraw 3 enrollments?"
    other = delete_dialog(impact(count=2), [])
    qtbot.addWidget(other)
    assert texts(other) == ["Keep", "Delete 2 courses"]


def test_enter_keeps_unless_the_delete_has_the_keyboard(qtbot: QtBot) -> None:
    dialog = delete_dialog(impact(LESSONS), ["Algebra"])
    qtbot.addWidget(dialog)
    dialog.open()
    assert not dialog.delete_button.isDefault()
    QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Return)
    assert dialog.result() == Sheet.DialogCode.Rejected
    dialog.open()
    dialog.delete_button.setFocus()
    QTest.keyClick(dialog.delete_button, Qt.Key.Key_Return)
    assert dialog.result() == Sheet.DialogCode.Accepted
    assert dialog.chosen is None


def test_what_forbids_a_delete_is_named_and_the_gentler_way_is_open(qtbot: QtBot) -> None:
    action = next(a for a in CATALOG[User].actions if a.gentler)
    dialog = delete_dialog(impact(TEACHES, entity=User), ["Ines"], instead=action, entity=User)
    qtbot.addWidget(dialog)
    dialog.open()
    banner = dialog.findChild(Banner)
    assert isinstance(banner, Banner)
    assert banner.tone == "bad"
    assert "3 courses" in banner.text
    assert "Nothing else goes" not in said(dialog)
    assert not dialog.delete_button.isEnabled()
    QTest.mouseClick(button(dialog, f"{action.label} instead"), Qt.MouseButton.LeftButton)
    assert dialog.chosen is action
    assert dialog.result() == Sheet.DialogCode.Accepted


def test_certificates_are_named_before_they_go(qtbot: QtBot) -> None:
    dialog = delete_dialog(impact(CERTIFICATES), ["Algebra"])
    qtbot.addWidget(dialog)
    banner = dialog.findChildren(Banner)[0]
    assert "certificate" in banner.text
    assert banner.tone == "bad"
    assert dialog.delete_button.isEnabled(), "an administrator may"


def test_what_can_be_taken_back_and_what_not_is_said_beforehand(qtbot: QtBot) -> None:
    sessions = Effect("refresh_tokens", "delete", 2, ("user_id",))
    payments = Effect("payments", "delete", 2, ("course_id",))
    person = delete_dialog(impact(sessions, entity=User), ["Ana"], entity=User)
    course = delete_dialog(impact(LESSONS), ["Algebra"])
    foreign = delete_dialog(impact(payments), ["Algebra"])
    for dialog in (person, course, foreign):
        qtbot.addWidget(dialog)
    back = "It can be taken back with Ctrl+Z, and later from the history."
    assert banners(person) == [("warn", f"{back} Passwords and sessions do not come back.")]
    assert banners(course) == [("info", back)]
    assert "payments does not come back" in banners(foreign)[0][1]
    uncovered = LogState(installed=True, usable=True, uncovered=("lessons",))
    partly = delete_dialog(impact(LESSONS), ["Algebra"], log=uncovered)
    qtbot.addWidget(partly)
    assert "lessons does not come back" in banners(partly)[0][1]


def test_without_the_log_it_asks_in_so_many_words(qtbot: QtBot) -> None:
    dialog = delete_dialog(impact(LESSONS), ["Algebra"], log=LogState())
    qtbot.addWidget(dialog)
    assert dialog.heading.text() == "Delete course for good?"
    assert texts(dialog) == ["Keep", "Delete course for good"]
    ((tone, text),) = banners(dialog)
    assert tone == "warn"
    assert text.startswith("This cannot be taken back")
    assert "change log is not installed" in text


def test_a_few_of_the_rows_are_named_when_asked_for(qtbot: QtBot) -> None:
    many = Effect("enrollments", "delete", 50_000, ("course_id",), names=("Ana · Algebra", "Bo · Algebra"))
    dialog = delete_dialog(impact(many), ["Algebra"])
    qtbot.addWidget(dialog)
    dialog.open()
    assert "Ana · Algebra" not in said(dialog)
    opens = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Show")
    assert opens.accessibleName() == "Show some of the enrollments"
    low = dialog.height()
    opens.setFocus()
    QTest.keyClick(opens, Qt.Key.Key_Space)
    assert "Ana · Algebra\nBo · Algebra\nand 49998 more" in said(dialog)
    assert dialog.height() > low, "nothing is cut"
    QTest.keyClick(opens, Qt.Key.Key_Space)
    assert "Ana · Algebra" not in said(dialog)
    dialog.reject()


def test_what_was_not_counted_to_its_end_or_not_at_all_is_said(qtbot: QtBot) -> None:
    very_many = Effect("enrollments", "delete", 1_000_000, ("course_id",), more=True)
    moved = Effect("lessons", "move", 4, ("order",))
    both = Effect("quizzes", "empty", 3, ("course_id", "lesson_id"), (3, 1))
    found = Impact(Course, ("1",), (very_many, moved, both), ("wages",))
    dialog = delete_dialog(found, ["Algebra"])
    qtbot.addWidget(dialog)
    words = said(dialog)
    assert "over 1000000\nenrollments" in words
    assert "Course, Lesson will be empty" in words
    assert words.index("in another place") < words.index("4\nlessons")
    assert any("wages could not be counted" in text for _, text in banners(dialog))


def test_the_gentler_way_comes_first_and_says_what_it_does(qtbot: QtBot) -> None:
    dialog = delete_dialog(impact(LESSONS), ["Algebra"], instead=gentler())
    qtbot.addWidget(dialog)
    assert texts(dialog) == ["Unpublish instead", "Keep", "Delete course"]
    assert dialog.buttons()[0].property("kind") == "primary"
    words = said(dialog)
    assert words.index("students no longer see it") < words.index("Deleted too")


def test_what_forbids_a_delete_can_be_given_to_another(qtbot: QtBot, session: Session) -> None:
    teaches = Effect("courses", "forbid", 12, ("instructor_id",), (12,))
    found = Impact(User, (row_id(User, "ines"),), (teaches,))
    dialog = delete_dialog(found, ["Ines"], entity=User, session=session)
    qtbot.addWidget(dialog)
    dialog.open()
    assert not dialog.delete_button.isEnabled()
    assert dialog.delete_button.text() == "Reassign 12 courses and delete"
    ((_, _, _, editor),) = dialog.pickers
    for name, may in (("ines", False), ("ivan", True)):
        editor.set_value(None)
        editor.set_value(row_id(User, name), (name.title(), ""))
        editor.edited.emit(row_id(User, name), (name.title(), ""))
        assert dialog.delete_button.isEnabled() is may, name
    assert dialog.remedies() == (Remedy(Course, "instructor_id", row_id(User, "ivan"), 12),)
    dialog.reject()


# Conflicts


def conflicts(page: EntityPage, *names: str, gone: tuple[str, ...] = (), merging: tuple[str, ...] = ()) -> Clashes:
    """These people were changed by somebody else while their names were edited here."""
    clashes = []
    for name in (*names, *merging, *gone):
        identity = row_id(User, name)
        seen = {"full_name": name.title(), "email": "old@school.edu"}
        page.drafts.set(
            identity, "full_name", f"My {name}", version="1", base=name.title(), title=name.title(), seen=seen
        )
        draft = page.drafts.get(identity)
        assert draft is not None
        if name in gone:
            clashes.append(Clash(draft.edit(), name.title(), State.DELETED, who=("Second Admin",)))
            continue
        values = {"full_name": name.title() if name in merging else f"Their {name}", "email": "new@school.edu"}
        theirs = Record(User, identity, "2", name.title(), "", values, {}, frozenset())
        clashes.append(compare(page.admin, draft.edit(), theirs))
    return Clashes("They were changed.", tuple(clashes))


def conflict_dialog(qtbot: QtBot, page: EntityPage, clashes: Clashes) -> ConflictDialog:
    """The dialog about them, open."""
    dialog = ConflictDialog(page.session, page.admin, page.drafts, clashes, page)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def choice(dialog: ConflictDialog, text: str) -> QRadioButton:
    """The choice that a screen reader says so of the row that is shown."""
    return next(b for b in dialog.detail.findChildren(QRadioButton) if text in b.accessibleName() and b.isVisible())


def pick(dialog: ConflictDialog, text: str) -> None:
    """Click a choice."""
    made = choice(dialog, text)
    QTest.mouseClick(made, Qt.MouseButton.LeftButton, pos=QPoint(10, made.height() // 2))


def will_stand(dialog: ConflictDialog) -> list[str]:
    """What the list says will stand, row by row."""
    assert dialog.table is not None
    model = dialog.table.model()
    return [str(model.index(line, 2).data()) for line in range(model.rowCount())]


def test_a_conflict_shows_what_was_what_is_and_what_is_wanted(qtbot: QtBot, page: EntityPage) -> None:
    dialog = conflict_dialog(qtbot, page, conflicts(page, "ana"))
    words = said(dialog).split("\n")
    for text in ("Ana", "Their ana", "My ana", "old@school.edu", "new@school.edu", "as it is now"):
        assert text in words, text
    assert "Another program changed Name, E-mail. Choose what should stand." in words
    assert [tag.text for tag in dialog.detail.findChildren(Tag)] == ["both changed", "merges itself"]
    dialog.reject()


def test_where_both_changed_a_field_theirs_is_taken_unless_told_otherwise(qtbot: QtBot, page: EntityPage) -> None:
    dialog = conflict_dialog(qtbot, page, conflicts(page, "ana", "bo"))
    assert will_stand(dialog) == ["theirs", "theirs"]
    assert dialog.table is not None
    assert dialog.focusWidget() is dialog.table
    QTest.keyClick(dialog.table, Qt.Key.Key_Down)
    pick(dialog, "Name: Keep mine, My bo")
    assert will_stand(dialog) == ["theirs", "mine"]
    QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Return)
    assert dialog.result() == Sheet.DialogCode.Accepted
    assert dialog.save_again
    assert dialog.decisions.carry_out(page.drafts) == frozenset()
    assert [(draft.title, draft.values) for draft in page.drafts.all()] == [("Bo", {"full_name": "My bo"})]


def test_a_choice_is_made_by_keys_alone(qtbot: QtBot, page: EntityPage) -> None:
    dialog = conflict_dialog(qtbot, page, conflicts(page, "ana"))
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    assert dialog.focusWidget() is choice(dialog, "Take theirs")
    QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Right)
    assert choice(dialog, "Keep mine").isChecked()
    QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Return)
    dialog.decisions.carry_out(page.drafts)
    (draft,) = page.drafts.all()
    assert (draft.version, draft.base, draft.values) == ("2", {"full_name": "Their ana"}, {"full_name": "My ana"})


def test_something_else_is_written_in_place_of_both(qtbot: QtBot, page: EntityPage) -> None:
    dialog = conflict_dialog(qtbot, page, conflicts(page, "ana"))
    QTest.mouseClick(
        next(b for b in dialog.detail.findChildren(QPushButton) if b.text() == "Edit the result…"),
        Qt.MouseButton.LeftButton,
    )
    (editor,) = dialog.detail.findChildren(QPlainTextEdit)
    assert dialog.focusWidget() is editor
    assert editor.toPlainText() == "Their ana"
    editor.selectAll()
    QTest.keyClicks(editor, " ")
    qtbot.waitUntil(lambda: "This may not be blank." in said(dialog))
    button(dialog, "Apply, save later").click()
    assert dialog.isVisible(), "what is no value is not taken"
    QTest.keyClicks(editor, "Our ana")
    assert not choice(dialog, "Take theirs").isChecked()
    button(dialog, "Apply, save later").click()
    dialog.decisions.carry_out(page.drafts)
    (draft,) = page.drafts.all()
    assert draft.values == {"full_name": " Our ana"}


def test_one_click_decides_for_all_rows(qtbot: QtBot, page: EntityPage) -> None:
    dialog = conflict_dialog(qtbot, page, conflicts(page, "ana", gone=("idle",), merging=("bo",)))
    assert will_stand(dialog) == ["theirs", "mine dropped", "mine and theirs"]
    QTest.mouseClick(dialog.mine_for_all, Qt.MouseButton.LeftButton)
    assert will_stand(dialog) == ["mine", "restored, with mine", "mine and theirs"]
    assert choice(dialog, "Keep mine").isChecked()
    QTest.mouseClick(dialog.theirs_for_all, Qt.MouseButton.LeftButton)
    assert will_stand(dialog) == ["theirs", "mine dropped", "mine and theirs"]
    QTest.mouseClick(dialog.mine_for_all, Qt.MouseButton.LeftButton)
    dialog.reject()
    dialog.decisions.carry_out(page.drafts)
    wanted = {draft.title: (draft.version, draft.restore, draft.values) for draft in page.drafts.all()}
    assert wanted == {
        "Ana": ("2", False, {"full_name": "My ana"}),
        "Bo": ("2", False, {"full_name": "My bo"}),
        "Idle": ("1", True, {"full_name": "My idle"}),
    }


def test_what_was_typed_since_the_edit_was_sent_is_not_lost_by_a_choice(qtbot: QtBot, page: EntityPage) -> None:
    clashes = conflicts(page, "ana")
    page.drafts.set(row_id(User, "ana"), "full_name", "Later ana")
    dialog = conflict_dialog(qtbot, page, clashes)
    dialog.reject()
    dialog.decisions.carry_out(page.drafts)
    (draft,) = page.drafts.all()
    assert (draft.version, draft.values) == ("1", {"full_name": "Later ana"}), "it is compared again"


def test_a_conflict_can_wait(qtbot: QtBot, page: EntityPage) -> None:
    dialog = conflict_dialog(qtbot, page, conflicts(page, "ana"))
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.result() == Sheet.DialogCode.Rejected
    dialog.open()
    QTest.mouseClick(button(dialog, "Apply, save later"), Qt.MouseButton.LeftButton)
    assert dialog.result() == Sheet.DialogCode.Accepted
    assert not dialog.save_again


def test_a_row_that_is_gone_is_restored_or_given_up(qtbot: QtBot, page: EntityPage) -> None:
    dialog = conflict_dialog(qtbot, page, conflicts(page, gone=("idle",)))
    banner = dialog.findChild(Banner)
    assert isinstance(banner, Banner)
    assert banner.text.strip() == "It was deleted: Second Admin."
    assert choice(dialog, "Idle: Drop my edits").isChecked()
    pick(dialog, "Idle: Restore it with my edits")
    dialog.reject()
    dialog.decisions.carry_out(page.drafts)
    (draft,) = page.drafts.all()
    assert draft.restore
    assert draft.edit().restore


def test_the_list_of_rows_that_clash(qtbot: QtBot, qtmodeltester: ModelTester, page: EntityPage) -> None:
    clashes = conflicts(page, "ana", gone=("idle",), merging=("bo",))
    model = ClashesModel(page.admin, Decisions(page.admin, clashes.clashes))
    qtmodeltester.check(model)
    rows = [[str(model.index(row, column).data()) for column in range(2)] for row in range(model.rowCount())]
    assert rows == [["Ana", "both changed"], ["Idle", "deleted"], ["Bo", "merges itself"]]


def test_five_hundred_rows_that_clash_are_listed_at_once(qtbot: QtBot, page: EntityPage) -> None:
    (one,) = conflicts(page, "ana").clashes
    many = [replace(one, edit=replace(one.edit, id=str(number)), title=f"Row {number}") for number in range(500)]
    began = time.thread_time()
    dialog = conflict_dialog(qtbot, page, Clashes("They were changed.", tuple(many)))
    QTest.mouseClick(dialog.mine_for_all, Qt.MouseButton.LeftButton)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    took = time.thread_time() - began
    assert set(will_stand(dialog)) == {"mine"}
    assert len(dialog.findChildren(QWidget)) < 120, "one row is shown in full, not five hundred"
    assert took < 2, f"{took:.2f} s"


@pytest.mark.parametrize("size", [100, 150, 200])
@pytest.mark.parametrize("count", [1, 3])
def test_long_values_of_a_conflict_are_not_cut(qtbot: QtBot, page: EntityPage, size: int, count: int) -> None:
    theme.current().set_text_size(size)
    (one,) = conflicts(page, "ana").clashes
    points = tuple(replace(point, base=LONG * 2, mine=LONG, theirs=LONG[:40]) for point in one.points)
    edits = [replace(one.edit, id=str(number)) for number in range(count)]
    clashes = tuple(replace(one, edit=edit, title=LONG, points=points) for edit in edits)
    dialog = conflict_dialog(qtbot, page, Clashes("They were changed.", clashes))
    qtbot.wait(1)
    for words in dialog.findChildren(QLabel):
        if words.isVisibleTo(dialog) and words.wordWrap():
            assert words.height() >= words.heightForWidth(words.width()), words.text()
    for tag in dialog.detail.findChildren(Tag):
        assert tag.width() >= tag.sizeHint().width(), tag.text
    dialog.reject()


def test_a_real_conflict_is_settled_and_saved(qtbot: QtBot, page: EntityPage, database_url: URL) -> None:
    page.show_record(row_id(User, "idle"))
    row = page.model.row(page.model.find(row_id(User, "idle")) or 0)
    assert row is not None
    page.drafts.set(
        row.id, "full_name", "Mine", version=row.version, base="Idle", title="Idle", seen={"full_name": "Idle"}
    )
    change(database_url, "UPDATE users SET full_name = 'Theirs' WHERE id = %s", row.id)

    def keep_mine() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ConflictDialog)
        pick(dialog, "Keep mine")
        QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Return)

    when_asked(page, keep_mine)
    page.save()
    assert look(database_url, "SELECT full_name FROM users WHERE id = %s", row.id) == "Mine"
    assert not page.drafts


# What will be saved


def test_the_preview_lists_every_change_and_saves_them(qtbot: QtBot, page: EntityPage, database_url: URL) -> None:
    row = page.model.row(page.model.find(row_id(User, "idle")) or 0)
    assert row is not None
    page.drafts.set(row.id, "full_name", "Ida", version=row.version, base="Idle", title="Idle")
    shown: list[list[str]] = []

    def read_and_save() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, PreviewDialog)
        model = dialog.table.model()
        shown.extend(
            [str(model.index(line, column).data()) for column in range(model.columnCount())]
            for line in range(model.rowCount())
        )
        QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Return)

    when_asked(page, read_and_save)
    page.unsaved_bar.preview.emit()
    assert shown == [["Idle", "Name", "Idle", "Ida"]]
    assert look(database_url, "SELECT full_name FROM users WHERE id = %s", row.id) == "Ida"


def test_twelve_changes_are_counted_and_none_is_out_of_reach(qtbot: QtBot, page: EntityPage) -> None:
    for name in ("ana", "bo", "idle", "ines", "ivan", "librarian"):
        for key in ("full_name", "email"):
            page.drafts.set(row_id(User, name), key, f"x@{name}.edu", version="1", base=name, title=name.title())
    dialog = PreviewDialog(page.session, page.held, page)
    qtbot.addWidget(dialog)
    dialog.open()
    assert dialog.table.model().rowCount() == 12
    assert "12" in dialog.heading.text()
    assert "6 people" in dialog.heading.text()
    dialog.table.scrollToBottom()
    assert dialog.table.visualRect(dialog.table.model().index(11, 0)).isValid()
    assert not dialog.table.horizontalScrollBar().isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)


# Errors and questions


def test_an_error_says_what_happened_and_the_way_out_and_gives_its_details_away(qtbot: QtBot) -> None:
    error = UserError("Ana is enrolled already.", way_out="Open that enrollment.", details="postgresql://u:secret@h/d")
    box = show_error(None, error)
    qtbot.waitUntil(box.isVisible)
    assert "Ana is enrolled already." in said(box)
    assert "Open that enrollment." in said(box)
    assert "secret" not in said(box)
    copy = button(box, "Copy details")
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert "Ana is enrolled already." in QGuiApplication.clipboard().text()
    assert "secret" not in QGuiApplication.clipboard().text()
    assert copy.text() == "Copied"
    with qtbot.waitSignal(box.destroyed):
        QTest.keyClick(box, Qt.Key.Key_Escape)


def test_an_error_without_details_offers_none(qtbot: QtBot) -> None:
    box = show_error(None, BugError("It broke."))
    qtbot.waitUntil(box.isVisible)
    assert texts(box) == ["Close"]
    with qtbot.waitSignal(box.destroyed):
        QTest.keyClick(box.focusWidget() or box, Qt.Key.Key_Return)


def answer(do: Callable[[Sheet], None]) -> None:
    """What a person does in the next dialog."""

    def act() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, Sheet)
        do(box)

    when_asked(QApplication.instance() or QApplication([]), act)


@pytest.mark.parametrize(("destructive", "done"), [(False, True), (True, False)])
def test_enter_does_what_was_asked_unless_it_destroys(qtbot: QtBot, destructive: bool, done: bool) -> None:
    answer(lambda box: QTest.keyClick(box.focusWidget() or box, Qt.Key.Key_Return))
    assert ask(None, "Publish Algebra?", "Students see it then.", "Publish", destructive=destructive) is done


def test_a_question_is_answered_by_its_named_buttons(qtbot: QtBot) -> None:
    seen: list[list[str]] = []

    def discard(box: Sheet) -> None:
        seen.append(texts(box))
        assert not button(box, "Discard").isDefault()
        QTest.mouseClick(button(box, "Discard"), Qt.MouseButton.LeftButton)

    answer(discard)
    assert ask(None, "Leave?", "It would be lost.", "Discard", keep="Stay here", destructive=True)
    assert seen == [["Stay here", "Discard"]]


def test_a_name_is_asked_for_and_stripped(qtbot: QtBot) -> None:
    answer(lambda box: QTest.keyClicks(box.focusWidget() or box, "  late ones "))
    answer(lambda box: QTest.keyClick(box.focusWidget() or box, Qt.Key.Key_Return))
    assert ask_text(None, "Save this view", "Name", "Save") == "late ones"
    answer(lambda box: QTest.keyClick(box, Qt.Key.Key_Escape))
    assert ask_text(None, "Save this view", "Name", "Save") == ""


# Preferences and help


def test_preferences_take_effect_at_once_and_cancel_puts_them_back(qtbot: QtBot, preferences: Preferences) -> None:
    sitting = Sitting(WindowOptions(), preferences)
    qtbot.addWidget(sitting.window)
    dialog = PreferencesDialog(preferences)
    qtbot.addWidget(dialog)
    dialog.open()
    width, height = dialog.width(), dialog.heading.height()
    dialog.text_size.setFocus()
    dialog.text_size.setCurrentIndex(dialog.text_size.findData(150))
    dialog.text_size.activated.emit(dialog.text_size.currentIndex())
    assert theme.current().text_size == 150
    qtbot.waitUntil(lambda: dialog.width() > width and dialog.heading.height() > height)
    dialog.theme.setCurrentIndex(dialog.theme.findData("dark"))
    dialog.theme.activated.emit(dialog.theme.currentIndex())
    assert theme.current().tokens.dark
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert (theme.current().text_size, theme.current().scheme) == (100, theme.Scheme.SYSTEM)
    sitting.end()


@pytest.mark.parametrize("size", [110, 125, 150, 175])
def test_preferences_grow_while_they_are_open_as_if_opened_at_that_size(
    qtbot: QtBot, preferences: Preferences, size: int
) -> None:
    sitting = Sitting(WindowOptions(), preferences)
    qtbot.addWidget(sitting.window)
    dialog = PreferencesDialog(preferences)
    qtbot.addWidget(dialog)
    dialog.open()
    before = dialog.size()
    dialog.text_size.setFocus()
    while preferences.text_size < size:
        QTest.keyClick(dialog.text_size, Qt.Key.Key_Down)
    assert theme.current().text_size == size
    qtbot.waitUntil(lambda: dialog.width() > before.width() and dialog.height() > before.height())
    afresh = PreferencesDialog(preferences)
    qtbot.addWidget(afresh)
    afresh.open()
    qtbot.waitUntil(lambda: dialog.size() == afresh.size())
    for text in dialog.findChildren(QLabel):
        assert text.height() >= text.heightForWidth(text.width()) or not text.isVisible(), text.text()
    assert dialog.findChildren(QScrollArea)[0].verticalScrollBar().maximum() == 0
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    sitting.end()


def test_what_grew_with_the_text_shrinks_with_it(qtbot: QtBot, page: EntityPage) -> None:
    window = page.window()
    assert isinstance(window, MainWindow)
    window.resize(1600, 900)
    page.table.setColumnWidth(0, 280)  # chosen by hand: it does not give way where the room is short
    column, form, side = page.table.columnWidth(0), page.form.width(), window.splitter.sizes()[0]
    theme.current().set_text_size(150)
    qtbot.waitUntil(lambda: window.splitter.sizes()[0] > side)
    assert page.table.columnWidth(0) == pytest.approx(1.5 * column, abs=2)
    assert page.form.width() > form
    theme.current().set_text_size(100)
    qtbot.waitUntil(lambda: window.splitter.sizes()[0] == pytest.approx(side, abs=2))
    assert page.table.columnWidth(0) == pytest.approx(column, abs=2)


def test_a_zone_is_found_by_a_part_of_its_name_and_nonsense_is_refused(qtbot: QtBot, preferences: Preferences) -> None:
    dialog = PreferencesDialog(preferences)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.zone.setFocus()
    dialog.zone.lineEdit().selectAll()  # type: ignore[union-attr]
    QTest.keyClicks(dialog.zone, "Mars/Base")
    button(dialog, "Done").click()
    assert dialog.isVisible()
    assert "There is no time zone called “Mars/Base”" in said(dialog)
    dialog.zone.lineEdit().selectAll()  # type: ignore[union-attr]
    QTest.keyClicks(dialog.zone, "europe/lisbon")
    button(dialog, "Done").click()
    assert not dialog.isVisible()
    assert preferences.zone == "Europe/Lisbon"
    assert ZoneInfo(preferences.zone)


def test_the_about_box_gives_its_facts_away(qtbot: QtBot) -> None:
    dialog = AboutDialog("school", "this computer")
    qtbot.addWidget(dialog)
    dialog.open()
    QTest.mouseClick(button(dialog, "Copy"), Qt.MouseButton.LeftButton)
    for word in ("Version", "school (this computer)", "SQLAlchemy", str(dialog.folder)):
        assert word in QGuiApplication.clipboard().text()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


# Nothing is cut


def shortcuts() -> Sheet:
    return ShortcutsDialog()


def about() -> Sheet:
    return AboutDialog("The school of " + LONG, "verified TLS")


def deletion() -> Sheet:
    return delete_dialog(impact(LESSONS, PAYMENTS, CERTIFICATES), [LONG], instead=gentler())


def refusal() -> Sheet:
    return delete_dialog(impact(TEACHES, entity=User), [LONG], refused=f"{LONG}. " * 2)


@pytest.mark.parametrize("make", [shortcuts, about, deletion, refusal])
@pytest.mark.parametrize("size", [100, 150, 200])
@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_nothing_in_a_dialog_is_cut(
    qapp: QApplication, qtbot: QtBot, make: Callable[[], Sheet], size: int, direction: Qt.LayoutDirection
) -> None:
    qapp.setLayoutDirection(direction)
    try:
        theme.current().set_text_size(size)
        dialog = make()
        qtbot.addWidget(dialog)
        dialog.open()
        assert dialog.screen().availableGeometry().contains(dialog.rect().translated(dialog.pos()))
        for words in dialog.findChildren(QLabel):
            if words.isVisibleTo(dialog) and words.wordWrap():
                assert words.height() >= words.heightForWidth(words.width()), words.text()
        for one in dialog.buttons():
            assert one.width() >= one.sizeHint().width(), one.text()
            assert dialog.rect().contains(one.rect().translated(one.mapTo(dialog, QPoint(0, 0)))), one.text()
        dialog.close()
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
