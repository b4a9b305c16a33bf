"""The bar of filters and its editors, used by hand and by keyboard on a real school."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import QDate, QEvent, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCalendarWidget,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QPushButton,
    QRadioButton,
    QWidget,
)

from lms_desktop.admin import CATALOG
from lms_desktop.entities import Course, Enrollment, QuizAttempt, User
from lms_desktop.spec import EntityAdmin, Filter, Operator, Query
from lms_desktop.views import theme
from lms_desktop.views.day_edit import DayEdit, day_of
from lms_desktop.views.filter_bar import FilterBar
from lms_desktop.views.filter_editors import FilterEditor
from lms_desktop.views.filter_words import filter_text, operator_name
from lms_desktop.views.kit.chips import AddChip, Chip
from lms_desktop.views.kit.sheet import Sheet
from lms_desktop.views.session import Session
from lms_desktop.views.typed_edit import WholeEdit
from tests.dialogs import when_asked
from tests.small_school import actor, opened, row_id
from tests.views.sittings import immediate, sitting

PEOPLE, ENROLLMENTS, COURSES = CATALOG[User], CATALOG[Enrollment], CATALOG[Course]


@pytest.fixture(autouse=True)
def _the_usual_look(qapp: QApplication) -> None:
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    theme.install(qapp, theme.Scheme.LIGHT, 100)


@pytest.fixture
def session(qtbot: QtBot, database_url: URL, tmp_path: Path) -> Iterator[Session]:
    """The administrator's sitting at the small school."""
    with opened(database_url) as school, sitting(school, actor("admin"), tmp_path) as made:
        yield made


class Bar:
    """A bar on the screen, and what it asked for.

    Attributes:
        asked: the queries; columns: the columns.
    """

    def __init__(self, qtbot: QtBot, session: Session, admin: EntityAdmin, width: int = 900) -> None:
        self.qtbot, self.session, self.admin = qtbot, session, admin
        self.bar = FilterBar(session, admin, Query(admin.entity, zone="UTC"))
        self.asked: list[Query] = []
        self.columns: list[tuple[str, ...]] = []
        self.bar.query_changed.connect(self.asked.append)
        self.bar.columns_changed.connect(self.columns.append)
        qtbot.addWidget(self.bar)
        self.bar.resize(width, self.bar.heightForWidth(width))
        self.bar.show()
        self.bar.activateWindow()

    def edit(self, key: str, condition: Filter | None = None) -> FilterEditor:
        """Open the editor of a field."""
        editor = self.bar.open_editor(self.admin.field(key), condition, self.add)
        self.qtbot.waitUntil(editor.isVisible)
        return editor

    def pick(self, opener: QWidget, *texts: str) -> None:
        """Press what opens a menu and pick entries of it, one after another while it stays open."""
        picked: list[str] = []

        def choose() -> None:
            menu = QApplication.activePopupWidget()
            assert isinstance(menu, QMenu)
            for text in texts:
                action = next(a for a in menu.actions() if a.text() == text)
                QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
                picked.append(text)
            menu.close()

        QTimer.singleShot(0, self.bar, choose)
        QTest.mouseClick(opener, Qt.MouseButton.LeftButton)
        self.qtbot.waitUntil(lambda: picked == list(texts))

    def button(self, text: str) -> QPushButton:
        """A button of the bar that says so."""
        return next(b for b in self.bar.findChildren(QPushButton) if b.text() == text)

    @property
    def add(self) -> AddChip:
        """The chip that adds a filter."""
        found = self.bar.findChild(AddChip)
        assert isinstance(found, AddChip)
        return found

    def chips(self) -> list[Chip]:
        """The filters that are set."""
        return [chip for chip in self.bar.findChildren(Chip) if chip.isVisible()]

    def filters(self) -> tuple[Filter, ...]:
        """The filters that were asked for last."""
        return self.asked[-1].filters


@pytest.fixture
def people(qtbot: QtBot, session: Session) -> Bar:
    """The bar above the people."""
    return Bar(qtbot, session, PEOPLE)


@pytest.fixture
def enrollments(qtbot: QtBot, session: Session) -> Bar:
    """The bar above the enrollments."""
    return Bar(qtbot, session, ENROLLMENTS)


def press(key: Qt.Key, times: int = 1) -> None:
    """Press a key where the keyboard is."""
    for _ in range(times):
        keyboard = QApplication.focusWidget()
        assert keyboard is not None
        QTest.keyClick(keyboard, key)


def compare(editor: FilterEditor, operator: Operator) -> None:
    """Choose how to compare, as a person does in the list."""
    combo = editor.findChild(QComboBox)
    assert isinstance(combo, QComboBox)
    combo.setFocus()
    for _ in range(combo.count()):
        if combo.currentText() == operator_name(operator):
            break
        QTest.keyClick(combo, Qt.Key.Key_Down)
    assert combo.currentText() == operator_name(operator)


def line_of(editor: QWidget) -> QLineEdit:
    """The line to type in."""
    found = editor.findChild(QLineEdit)
    assert isinstance(found, QLineEdit)
    return found


def click(editor: QWidget, text: str) -> None:
    """Click a button or a box that says so."""
    button = next(b for b in editor.findChildren(QAbstractButton) if b.text() == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(12, button.height() // 2))


def complaint(editor: QWidget) -> str:
    """The words that stand below what is no value; "" for none."""
    ways = ("There is no such day", "A whole number", "Only ")
    shown = [one.text() for one in editor.findChildren(QLabel) if one.isVisible()]
    return next((words for words in shown if words.startswith(ways)), "")


# Values


def test_a_text_is_typed_and_taken_by_enter(people: Bar) -> None:
    editor = people.edit("full_name")
    QTest.keyClicks(line_of(editor), "bo")
    press(Qt.Key.Key_Return)
    assert not QApplication.activePopupWidget()
    assert people.filters() == (Filter("full_name", Operator.CONTAINS, ("bo",)),)
    assert [chip.text() for chip in people.chips()] == ["Name contains “bo”"]


def test_there_is_nothing_to_filter_by_until_something_is_given(people: Bar) -> None:
    editor = people.edit("full_name")
    apply = next(b for b in editor.findChildren(QPushButton) if b.text() == "Filter")
    assert not apply.isEnabled()
    press(Qt.Key.Key_Return)
    assert editor.isVisible()
    compare(editor, Operator.EMPTY)
    assert apply.isEnabled()
    press(Qt.Key.Key_Return)
    assert people.filters() == (Filter("full_name", Operator.EMPTY),)


def test_escape_and_a_click_elsewhere_give_the_editor_up(people: Bar, qtbot: QtBot) -> None:
    editor = people.edit("full_name")
    closed: list[bool] = []
    editor.destroyed.connect(lambda: closed.append(True))
    QTest.keyClicks(line_of(editor), "bo")
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: closed == [True])
    other = people.edit("role")
    other.destroyed.connect(lambda: closed.append(True))
    QTest.mouseClick(other, Qt.MouseButton.LeftButton, pos=QPoint(-30, -30))
    qtbot.waitUntil(lambda: closed == [True, True])
    assert people.asked == []


def test_several_of_a_choice_are_ticked_with_the_keyboard_alone(people: Bar) -> None:
    editor = people.edit("role")
    boxes = editor.findChildren(QCheckBox)
    assert boxes[0].hasFocus()
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Tab, 2)
    press(Qt.Key.Key_Space)
    assert [box.text() for box in boxes if box.isChecked()] == [boxes[0].text(), boxes[2].text()]
    press(Qt.Key.Key_Return)
    assert people.filters() == (Filter("role", Operator.ONE_OF, ("admin", "instructor")),)


def test_a_choice_that_is_not_offered_is_kept(people: Bar) -> None:
    condition = Filter("role", Operator.NONE_OF, ("student", "librarian"))
    editor = people.edit("role", condition)
    assert {box.text() for box in editor.findChildren(QCheckBox) if box.isChecked()} == {"Student", "librarian"}
    click(editor, "librarian")
    click(editor, "Filter")
    assert people.filters() == (Filter("role", Operator.NONE_OF, ("student",)),)


def test_a_flag_is_one_of_two(people: Bar) -> None:
    editor = people.edit("is_active")
    yes, no = editor.findChildren(QRadioButton)
    assert yes.isChecked()
    click(editor, no.text())
    assert not yes.isChecked()
    click(editor, "Filter")
    assert people.filters() == (Filter("is_active", Operator.IS, ("false",)),)
    assert [chip.text() for chip in people.chips()] == ["Deactivated"]


def test_numbers_from_and_to_are_put_in_order(qtbot: QtBot, session: Session) -> None:
    attempts = Bar(qtbot, session, CATALOG[QuizAttempt])
    editor = attempts.edit("score")
    compare(editor, Operator.BETWEEN)
    first, second = [spin for spin in editor.findChildren(WholeEdit) if spin.isVisible()]
    first.setFocus()
    first.selectAll()
    QTest.keyClicks(first, "80")
    second.setFocus()
    second.selectAll()
    QTest.keyClicks(second, "40")
    press(Qt.Key.Key_Return)
    assert attempts.filters() == (Filter("score", Operator.BETWEEN, ("40", "80")),)
    assert [chip.text() for chip in attempts.chips()] == ["Score: 40 % – 80 %"]


def test_a_number_alone_has_one_field(qtbot: QtBot, session: Session) -> None:
    editor = Bar(qtbot, session, CATALOG[QuizAttempt]).edit("score")
    assert len([spin for spin in editor.findChildren(WholeEdit) if spin.isVisible()]) == 1
    editor.close()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("7.5", "A whole number is wanted here, such as 12."),
        ("7,5", "A whole number is wanted here, such as 12."),
        ("", "A whole number is wanted here, such as 12."),
        ("-5", "Only 0 to 100 is possible here."),
        ("101", "Only 0 to 100 is possible here."),
    ],
)
def test_what_is_no_number_is_not_taken_for_another(qtbot: QtBot, session: Session, typed: str, words: str) -> None:
    bar = Bar(qtbot, session, CATALOG[QuizAttempt])
    editor = bar.edit("score")
    edit = next(edit for edit in editor.findChildren(WholeEdit) if edit.isVisible())
    edit.selectAll()
    QTest.keyClick(edit, Qt.Key.Key_Delete)
    QTest.keyClicks(edit, typed)
    press(Qt.Key.Key_Return)
    assert editor.isVisible()
    assert bar.asked == []
    assert edit.property("state") == "invalid"
    assert any(one.isVisible() and one.text() == words for one in editor.findChildren(QLabel))
    edit.selectAll()
    QTest.keyClicks(edit, "75")
    assert not any(one.isVisible() and one.text() == words for one in editor.findChildren(QLabel))
    press(Qt.Key.Key_Return)
    assert bar.filters() == (Filter("score", Operator.IS, ("75",)),)


def test_a_number_is_stepped_within_its_range(qtbot: QtBot, session: Session) -> None:
    editor = Bar(qtbot, session, CATALOG[QuizAttempt]).edit("score")
    edit = next(edit for edit in editor.findChildren(WholeEdit) if edit.isVisible())
    seen = []
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageUp, *[Qt.Key.Key_PageUp] * 10, Qt.Key.Key_PageDown):
        QTest.keyClick(edit, key)
        seen.append(edit.text())
    assert (seen[:3], seen[-2:]) == (["0", "1", "11"], ["100", "90"])
    editor.close()


def test_moments_are_days_counted_back_or_named(people: Bar) -> None:
    editor = people.edit("created_at")
    days = editor.findChild(WholeEdit)
    assert isinstance(days, WholeEdit)
    days.selectAll()
    QTest.keyClicks(days, "7")
    press(Qt.Key.Key_Return)
    assert people.filters() == (Filter("created_at", Operator.LAST_DAYS, ("7",)),)
    editor = people.edit("created_at", people.filters()[0])
    compare(editor, Operator.BETWEEN)
    for edit, day in zip(editor.findChildren(DayEdit), ("20260301", "2026-01-15"), strict=True):
        edit.setFocus()
        edit.selectAll()
        QTest.keyClicks(edit, day)
        assert edit.day() == QDate.fromString(day.replace("-", ""), "yyyyMMdd")
    press(Qt.Key.Key_Return)
    assert people.filters() == (Filter("created_at", Operator.BETWEEN, ("2026-01-15", "2026-03-01")),)
    assert [chip.text() for chip in people.chips()] == ["Created: 2026-01-15 – 2026-03-01"]


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        *(("2025-02-03", "2025-02-03"), ("20250203", "2025-02-03"), ("2025-2-3", "2025-02-03")),
        *(("2024-02-29", "2024-02-29"), ("31.12.2024", "2024-12-31"), ("2025/11/30", "2025-11-30")),
    ],
)
@pytest.mark.parametrize("way", ["tab", "select all", "double click", "paste"])
def test_a_day_is_the_one_that_is_typed_however_one_comes_to_it(people: Bar, typed: str, day: str, way: str) -> None:
    editor = people.edit("created_at")
    compare(editor, Operator.AFTER)
    edit = next(edit for edit in editor.findChildren(DayEdit) if edit.isVisible())
    edit.setFocus(Qt.FocusReason.TabFocusReason if way == "tab" else Qt.FocusReason.MouseFocusReason)
    if way == "select all":
        QTest.keyClick(edit, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    elif way == "double click":
        QTest.mouseDClick(edit, Qt.MouseButton.LeftButton, pos=QPoint(20, edit.height() // 2))
        QTest.mouseRelease(edit, Qt.MouseButton.LeftButton, pos=QPoint(20, edit.height() // 2))
    if way == "paste":
        edit.selectAll()
        QApplication.clipboard().setText(typed)
        edit.paste()
    else:
        QTest.keyClicks(edit, typed)
    press(Qt.Key.Key_Return)
    assert people.filters() == (Filter("created_at", Operator.AFTER, (day,)),)


@pytest.mark.parametrize("typed", ["2025-02-31", "2025-13-01", "02/03/2025", "soon", "2025-02", "", "0000-01-01"])
def test_what_is_no_day_is_not_taken_for_another(people: Bar, typed: str) -> None:
    assert day_of(typed) is None
    editor = people.edit("created_at")
    compare(editor, Operator.AFTER)
    edit = next(edit for edit in editor.findChildren(DayEdit) if edit.isVisible())
    edit.setFocus(Qt.FocusReason.TabFocusReason)
    edit.selectAll()
    QTest.keyClick(edit, Qt.Key.Key_Delete)
    QTest.keyClicks(edit, typed)
    assert not next(b for b in editor.findChildren(QPushButton) if b.text() == "Filter").isEnabled()
    press(Qt.Key.Key_Return)
    assert editor.isVisible()
    assert people.asked == []
    assert edit.property("state") == "invalid"
    assert any(one.isVisible() and one.text().startswith("There is no such day") for one in editor.findChildren(QLabel))
    edit.selectAll()
    QTest.keyClicks(edit, "2025-02-28")
    assert edit.property("state") == ""
    press(Qt.Key.Key_Return)
    assert people.filters() == (Filter("created_at", Operator.AFTER, ("2025-02-28",)),)


def test_the_words_about_one_of_two_values_stay_while_the_other_is_written(people: Bar) -> None:
    editor = people.edit("created_at")
    compare(editor, Operator.BETWEEN)
    first, second = (edit for edit in editor.findChildren(DayEdit) if edit.isVisible())
    second.setText("2025-02-31")
    first.setFocus()
    first.selectAll()
    QTest.keyClicks(first, "1.2.2025")
    QTest.keyClick(first, Qt.Key.Key_Tab)
    assert first.text() == "2025-02-01"
    assert second.property("state") == "invalid"
    assert complaint(editor).startswith("There is no such day")
    assert second.accessibleDescription() == complaint(editor)
    editor._operator.setCurrentIndex(editor._operator.findData(Operator.AFTER))
    first.setFocus()
    assert complaint(editor) == ""
    press(Qt.Key.Key_Return)
    assert people.filters() == (Filter("created_at", Operator.AFTER, ("2025-02-01",)),)


def test_a_number_that_is_not_shown_any_more_is_not_complained_of(qtbot: QtBot, session: Session) -> None:
    editor = Bar(qtbot, session, CATALOG[QuizAttempt]).edit("score")
    compare(editor, Operator.BETWEEN)
    _, second = (edit for edit in editor.findChildren(WholeEdit) if edit.isVisible())
    second.setFocus()
    second.selectAll()
    QTest.keyClicks(second, "x")
    QTest.keyClick(second, Qt.Key.Key_Tab)
    assert complaint(editor) == "A whole number is wanted here, such as 12."
    editor._operator.setCurrentIndex(editor._operator.findData(Operator.IS))
    assert complaint(editor) == ""
    editor.close()


def test_a_filter_that_cannot_be_typed_here_says_so_when_it_is_opened(people: Bar) -> None:
    editor = people.edit("created_at", Filter("created_at", Operator.LAST_DAYS, ("40000",)))
    assert complaint(editor) == "Only 1 to 36,500 is possible here."
    editor.close()


def test_no_button_moves_away_from_under_the_hand(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    removed = list[bool]()
    editor = Bar(qtbot, session, CATALOG[QuizAttempt]).edit("score", Filter("score", Operator.IS, ("7",)))
    editor.removed.connect(lambda: removed.append(True))
    edit = next(edit for edit in editor.findChildren(WholeEdit) if edit.isVisible())
    edit.setFocus()
    edit.clear()
    button = next(b for b in editor.findChildren(QAbstractButton) if b.text() == "Remove")
    place = button.mapTo(editor, button.rect().center())
    monkeypatch.setattr(QApplication, "mouseButtons", lambda: Qt.MouseButton.LeftButton)  # as Qt tells of a real one
    button.setFocus(Qt.FocusReason.MouseFocusReason)
    qtbot.wait(50)
    assert button.mapTo(editor, button.rect().center()) == place
    monkeypatch.undo()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert removed == [True]


def test_a_day_is_stepped_and_picked(people: Bar) -> None:
    editor = people.edit("created_at")
    compare(editor, Operator.AFTER)
    edit = next(edit for edit in editor.findChildren(DayEdit) if edit.isVisible())
    edit.setFocus()
    edit.show_day(QDate(2024, 1, 31))
    keys = (Qt.Key.Key_PageUp, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_PageDown)
    seen = []
    for key in keys:
        QTest.keyClick(edit, key)
        seen.append(edit.text())
    assert seen == ["2024-02-29", "2024-03-01", "2024-02-29", "2024-02-28", "2024-01-28"]
    QTest.keyClick(edit, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    calendar = edit.findChild(QCalendarWidget)
    assert isinstance(calendar, QCalendarWidget)
    assert calendar.selectedDate() == QDate(2024, 1, 28)
    calendar.activated.emit(QDate(2024, 1, 9))
    assert edit.text() == "2024-01-09"
    editor.close()


# References


def picked(editor: FilterEditor) -> QListWidget:
    """The list of what is picked."""
    found = editor.findChild(QListWidget)
    assert isinstance(found, QListWidget)
    return found


def test_a_reference_is_found_by_typing_and_picked_by_enter(enrollments: Bar) -> None:
    editor = enrollments.edit("student_id")
    QTest.keyClicks(line_of(editor), "an")
    press(Qt.Key.Key_Return)
    assert [picked(editor).item(row).text() for row in range(picked(editor).count())] == ["✓ Ana"]
    press(Qt.Key.Key_Return)
    assert enrollments.filters() == (Filter("student_id", Operator.ONE_OF, (row_id(User, "ana"),)),)
    assert enrollments.filters()[0].labels == ("Ana",)
    assert [chip.text() for chip in enrollments.chips()] == ["Student: Ana"]


def test_enter_before_the_answer_picks_what_was_typed_and_nothing_else(enrollments: Bar, session: Session) -> None:
    editor = enrollments.edit("course_id")
    desk = immediate(session)
    desk.hold()
    QTest.keyClicks(line_of(editor), "botany")
    press(Qt.Key.Key_Return)
    assert picked(editor).count() == 0
    desk.release()
    assert [picked(editor).item(0).text(), picked(editor).count()] == ["✓ Botany", 1]
    editor.close()


def test_who_types_on_after_enter_has_nothing_picked(enrollments: Bar, session: Session) -> None:
    editor = enrollments.edit("course_id")
    desk = immediate(session)
    desk.hold()
    QTest.keyClicks(line_of(editor), "bot")
    press(Qt.Key.Key_Return)
    QTest.keyClicks(line_of(editor), "any")
    desk.release()
    QTest.qWait(400)
    assert picked(editor).count() == 0
    editor.close()


def test_arrows_choose_among_what_was_found_without_leaving_the_line(enrollments: Bar) -> None:
    editor = enrollments.edit("course_id")
    press(Qt.Key.Key_Down, 2)
    press(Qt.Key.Key_Return)
    assert line_of(editor).hasFocus()
    assert picked(editor).item(0).text() == "✓ Botany"
    editor.close()


def test_a_pick_is_dropped_by_delete(enrollments: Bar) -> None:
    names = ("Algebra", "Botany")
    condition = Filter("course_id", Operator.ONE_OF, tuple(row_id(Course, name.lower()) for name in names), names)
    editor = enrollments.edit("course_id", condition)
    picked(editor).setFocus()
    picked(editor).setCurrentRow(0)
    press(Qt.Key.Key_Delete)
    assert [picked(editor).item(0).text(), picked(editor).count()] == ["✓ Botany", 1]
    click(editor, "Filter")
    assert enrollments.filters() == (Filter("course_id", Operator.ONE_OF, (row_id(Course, "botany"),)),)


def test_where_nothing_is_found_it_is_said(enrollments: Bar) -> None:
    editor = enrollments.edit("course_id")
    QTest.keyClicks(line_of(editor), "zzz")
    press(Qt.Key.Key_Return)
    said = [words for child in editor.values.children() if (words := getattr(child, "text", str)())]
    assert "Nothing found for “zzz”." in said
    assert picked(editor).count() == 0
    editor.close()


# The bar


def test_a_chip_is_opened_changed_and_taken_away(people: Bar) -> None:
    people.bar.show_query(replace(people.bar.query, filters=(Filter("full_name", Operator.CONTAINS, ("bo",)),)))
    people.chips()[0].setFocus()
    press(Qt.Key.Key_Return)
    editor = QApplication.activePopupWidget()
    assert isinstance(editor, FilterEditor)
    line = line_of(editor)
    assert line.text() == "bo"
    line.selectAll()
    QTest.keyClicks(line, "ana")
    press(Qt.Key.Key_Return)
    assert people.filters() == (Filter("full_name", Operator.CONTAINS, ("ana",)),)
    people.bar.open_editor(PEOPLE.field("full_name"), people.filters()[0], people.chips()[0])
    editor = QApplication.activePopupWidget()
    assert editor is not None
    click(editor, "Remove")
    assert people.filters() == ()
    assert people.chips() == []


def test_the_keyboard_stays_among_the_filters(people: Bar) -> None:
    editor = people.edit("is_active")
    click(editor, "Filter")
    assert people.chips()[0].hasFocus()
    press(Qt.Key.Key_Delete)
    assert people.add.hasFocus()


def test_the_menu_offers_ready_filters_and_every_field(people: Bar) -> None:
    people.pick(people.add, "Students")
    assert people.filters() == (Filter("role", Operator.ONE_OF, ("student",)),)
    people.pick(people.add, "Name…")
    editor = QApplication.activePopupWidget()
    assert isinstance(editor, FilterEditor)
    assert editor.accessibleName() == "Name"
    editor.close()


def test_chips_take_further_lines_where_one_is_too_short(qtbot: QtBot, session: Session) -> None:
    people = Bar(qtbot, session, PEOPLE, width=640)
    low = people.bar.heightForWidth(640)
    filters = (
        Filter("full_name", Operator.CONTAINS, ("a rather long text",)),
        Filter("email", Operator.CONTAINS, ("another rather long text",)),
        Filter("created_at", Operator.BETWEEN, ("2026-01-01", "2026-12-31")),
    )
    people.bar.show_query(replace(people.bar.query, filters=filters))
    qtbot.waitUntil(lambda: people.bar.heightForWidth(640) > low)
    people.bar.resize(640, people.bar.heightForWidth(640))
    qtbot.waitUntil(lambda: people.chips()[-1].y() > people.chips()[0].y())
    parts = [*people.chips(), people.add, people.bar.search, people.button("Views"), people.button("Columns")]
    inside = people.bar.rect()
    for one in parts:
        place = one.rect().translated(one.mapTo(people.bar, QPoint(0, 0)))
        assert inside.contains(place), f"{one} is cut"
        assert not any(
            other is not one and place.intersects(other.rect().translated(other.mapTo(people.bar, QPoint(0, 0))))
            for other in parts
        )


def test_columns_are_ticked_one_after_another_and_the_last_one_stays(people: Bar) -> None:
    people.pick(people.button("Columns"), "Changed", "E-mail")
    assert "updated_at" in people.columns[0]
    assert "email" not in people.columns[-1]
    people.bar.columns = ("full_name",)
    menu = people.button("Columns").menu()
    menu.aboutToShow.emit()
    assert [a.text() for a in menu.actions() if a.isCheckable() and not a.isEnabled()] == ["Name"]
    people.pick(people.button("Columns"), "As it was at first")
    assert people.columns[-1] == tuple(f.key for f in PEOPLE.columns)


def test_a_view_is_saved_under_a_name_found_again_and_forgotten(people: Bar, qtbot: QtBot) -> None:
    students = Filter("role", Operator.ONE_OF, ("student",))
    people.bar.show_query(replace(people.bar.query, filters=(students,)))

    def name_it() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, Sheet)
        save = next(b for b in box.buttons() if b.text() == "Save")
        assert not save.isEnabled(), "a view has a name"
        QTest.keyClicks(line_of(box), "My students & co")
        press(Qt.Key.Key_Return)

    when_asked(people.bar, name_it)
    people.pick(people.button("Students"), "Save this view as…")
    assert list(people.session.preferences.saved_views("users")) == ["My students & co"]
    named = people.button("My students && co")
    people.pick(named, "Everything")
    assert people.filters() == ()
    people.pick(people.button("Views"), "My students && co")
    assert people.filters() == (students,)

    def answer(word: str) -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, Sheet)
        QTest.mouseClick(next(b for b in box.buttons() if b.text() == word), Qt.MouseButton.LeftButton)

    when_asked(people.bar, lambda: answer("Cancel"))
    people.bar._forget_view("My students & co")
    assert list(people.session.preferences.saved_views("users")) == ["My students & co"]
    when_asked(people.bar, lambda: answer("Forget"))
    people.bar._forget_view("My students & co")
    assert people.button("Students").isVisible(), "what was there before there were views of one's own"


def test_the_button_of_views_says_which_of_those_that_are_always_there_it_is(people: Bar) -> None:
    people.pick(people.button("Views"), "Staff")
    assert people.button("Staff").accessibleName() == "Views, now Staff"
    people.pick(people.button("Staff"), "Students")
    assert people.button("Students").isVisible()
    QTest.keyClicks(people.bar.search, "Ines")
    QTest.keyClick(people.bar.search, Qt.Key.Key_Return)
    assert people.button("Views").accessibleName() == "Views", "that is not all that is shown"
    people.bar.search.empty()
    assert people.button("Students").isVisible()
    QTest.keyClick(people.chips()[0], Qt.Key.Key_Delete)
    assert people.button("Views").isVisible(), "everything has no name"


def test_a_filter_of_another_program_s_making_is_said_in_words() -> None:
    assert (
        filter_text(PEOPLE.field("role"), Filter("role", Operator.ONE_OF, ("student", "x{0}"))) == "Role: Student, x{0}"
    )
    many = Filter("student_id", Operator.ONE_OF, ("a", "b", "c", "d"), ("A", "B", "C", "D"))
    assert filter_text(ENROLLMENTS.field("student_id"), many) == "Student: A, B, C +1"
    assert filter_text(PEOPLE.field("last_login_at"), Filter("last_login_at", Operator.EMPTY)) == "Last sign-in: none"
    assert filter_text(PEOPLE.field("is_active"), Filter("is_active", Operator.IS, ("false",))) == "Deactivated"
    mfa = PEOPLE.field("mfa_enabled")
    assert filter_text(mfa, Filter("mfa_enabled", Operator.IS, ("false",))) == f"{mfa.label}: Off", "of what?"
    before = Filter("created_at", Operator.BEFORE, ("2026-11-20",))
    assert filter_text(PEOPLE.field("created_at"), before) == "Created: before 2026-11-20"
