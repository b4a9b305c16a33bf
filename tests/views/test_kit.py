"""The kit: what the small widgets do for a hand, a keyboard and a screen reader."""

from collections import Counter
from itertools import accumulate, pairwise

import pytest
from pytestqt.qtbot import QtBot

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QColor, QImage, QKeySequence, QPainter, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from lms_desktop.views import kit, theme
from lms_desktop.views.kit.buttons import GAP
from lms_desktop.views.kit.elided_button import ElidedButton
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.notices import Picture
from lms_desktop.views.kit.paint import Painted, px
from lms_desktop.views.kit.sheet import Sheet
from lms_desktop.views.tokens import DARK, LIGHT


@pytest.fixture(autouse=True)
def _the_usual_look(qapp: QApplication) -> None:
    if theme.current().scheme != theme.Scheme.LIGHT or theme.current().text_size != 100:
        theme.install(qapp, theme.Scheme.LIGHT, 100)


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    """An empty window with a column."""
    window = QWidget()
    qtbot.addWidget(window)
    QVBoxLayout(window)
    window.resize(600, 400)
    return window


def put(page: QWidget, *widgets: QWidget) -> None:
    """Put widgets on the page and show it."""
    layout = page.layout()
    assert layout is not None
    for widget in widgets:
        layout.addWidget(widget)
    page.show()
    page.activateWindow()


def test_a_chip_opens_by_enter_space_and_click_and_goes_by_delete_and_its_cross(page: QWidget, qtbot: QtBot) -> None:
    chip = kit.Chip("Not completed")
    opened: list[str] = []
    gone: list[str] = []
    chip.clicked.connect(lambda: opened.append("opened"))
    chip.removed.connect(lambda: gone.append("gone"))
    put(page, chip)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        QTest.keyClick(chip, key)
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(20, chip.height() // 2))
    assert (len(opened), len(gone)) == (3, 0)
    QTest.keyClick(chip, Qt.Key.Key_Delete)
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(chip.width() - 12, chip.height() // 2))
    assert (len(opened), len(gone)) == (3, 2)


def test_the_cross_of_a_chip_is_on_the_left_where_the_text_runs_right_to_left(page: QWidget, qtbot: QtBot) -> None:
    chip = kit.Chip("غير مكتمل")
    chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    put(page, chip)
    with qtbot.waitSignal(chip.removed, timeout=100):
        QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(12, chip.height() // 2))


def test_a_press_that_leaves_the_cross_removes_nothing(page: QWidget, qtbot: QtBot) -> None:
    chip = kit.Chip("Not completed")
    put(page, chip)
    with qtbot.assertNotEmitted(chip.removed):
        QTest.mousePress(chip, Qt.MouseButton.LeftButton, pos=QPoint(chip.width() - 12, chip.height() // 2))
        QTest.mouseRelease(chip, Qt.MouseButton.LeftButton, pos=QPoint(10, chip.height() // 2))


def test_a_long_chip_is_cut_and_says_all_of_it_in_its_tool_tip(page: QWidget) -> None:
    text = "Course: " + ", ".join(f"Algebra {n}" for n in range(40))
    chip = kit.Chip(text)
    assert chip.sizeHint().width() < 320
    assert chip.toolTip() == text


def test_a_search_speaks_once_after_typing_and_at_once_on_enter(page: QWidget, qtbot: QtBot) -> None:
    box = kit.SearchBox("Name or e-mail", "Ctrl+F")
    heard: list[str] = []
    box.searched.connect(heard.append)
    put(page, box)
    QTest.keyClicks(box, "ana")
    assert heard == []
    qtbot.waitUntil(lambda: heard == ["ana"])
    QTest.keyClicks(box, " s")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert heard == ["ana", "ana s"]
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert heard == ["ana", "ana s"], "the same is not looked for twice"
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert heard[-1] == ""
    assert box.text() == ""


def test_a_search_that_is_shown_is_not_begun(page: QWidget, qtbot: QtBot) -> None:
    box = kit.SearchBox("Name or e-mail")
    put(page, box)
    with qtbot.assertNotEmitted(box.searched, wait=300):
        box.show_text("ana")


def test_down_leaves_the_search_for_the_list_below(page: QWidget, qtbot: QtBot) -> None:
    box = kit.SearchBox("Name or e-mail")
    put(page, box)
    with qtbot.waitSignal(box.stepped_out, timeout=100):
        QTest.keyClick(box, Qt.Key.Key_Down)


@pytest.mark.parametrize("tone", ["info", "ok", "warn", "bad", "neutral"])
def test_a_banner_says_a_sentence_and_offers_an_act(tone: kit.Tone, page: QWidget, qtbot: QtBot) -> None:
    banner = kit.Banner("", tone)
    banner.tell("Ines Duarte changed <Enrolled> 2 min ago.", strong="<Enrolled>")
    pressed: list[bool] = []
    act = banner.add_action("Merge…", lambda: pressed.append(True))
    put(page, banner)
    act.click()
    assert pressed == [True]
    assert banner.text == "Ines Duarte changed <Enrolled> 2 min ago.", "markup in data stays text"
    banner.clear_actions()
    qtbot.waitUntil(lambda: not banner.findChildren(QPushButton))


def test_a_banner_takes_the_colour_of_another_tone(page: QWidget) -> None:
    banner = kit.Banner("No drift.", "ok")
    put(page, banner)
    banner.tell("Drift: one index is missing.", "bad")
    picture = banner.grab().toImage()
    assert picture.pixelColor(picture.width() // 2, 3) == QColor(LIGHT.bad_soft)


def test_a_banner_is_no_window_while_it_is_made(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    before = set(QApplication.topLevelWidgets())
    shown: list[QWidget] = []

    class Shown(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                shown.append(watched)
            return False

    app = QApplication.instance()
    assert app is not None
    looking = Shown()
    app.installEventFilter(looking)
    kit.Banner("Two people are here.", closable=True, parent=parent)
    app.removeEventFilter(looking)
    assert not shown
    assert set(QApplication.topLevelWidgets()) == before


def test_a_banner_can_be_put_away(page: QWidget, qtbot: QtBot) -> None:
    banner = kit.Banner("Two people are here.", closable=True)
    put(page, banner)
    with qtbot.waitSignal(banner.closed, timeout=100):
        banner._close.click()
    assert not banner.isVisible()


def test_an_empty_page_offers_the_first_step(page: QWidget, qtbot: QtBot) -> None:
    empty = kit.EmptyState("enrollments", "Nobody is enrolled yet", "Enrol student", "Or load a roster.")
    put(page, empty)
    with qtbot.waitSignal(empty.acted, timeout=100):
        empty.button.click()
    empty.tell("Nothing matches")
    assert not empty.button.isVisible()


@pytest.mark.parametrize("height", [400, 190, 130])
def test_the_words_of_an_empty_page_are_whole_where_there_is_hardly_room(height: int, qtbot: QtBot) -> None:
    empty = kit.EmptyState("history", "Nothing was changed here yet, or not by you", "Show all", "Choose another day.")
    qtbot.addWidget(empty)
    empty.resize(260, height)
    empty.show()
    qtbot.waitExposed(empty)
    picture = empty.findChild(Picture)
    assert picture is not None
    assert picture.isVisible() is (height == 400)
    for words in empty.findChildren(QLabel):
        assert words.height() >= words.heightForWidth(words.width())
        assert empty.rect().contains(QRect(words.mapTo(empty, QPoint()), words.size()))
    empty.resize(260, 400)
    assert picture.isVisible()


def test_the_busy_line_says_what_it_does_only_after_a_second(page: QWidget, qtbot: QtBot) -> None:
    words = label()
    line = kit.BusyLine(words)
    put(page, line, words)
    line.start("Loading enrollments…")
    assert words.text() == ""
    qtbot.waitUntil(lambda: words.text() == "Loading enrollments…", timeout=3000)
    line.advance(3, 4)
    right_part = line.grab().toImage()
    assert right_part.pixelColor(right_part.width() // 2, 0) == QColor(LIGHT.accent)
    line.stop()
    assert words.text() == ""
    assert not line.busy


def test_quick_work_shows_no_line(page: QWidget) -> None:
    line = kit.BusyLine()
    put(page, line)
    line.start("Loading…")
    before = _colours(line.grab().toImage())
    line.stop()
    assert before == _colours(line.grab().toImage())


def test_a_line_that_is_not_seen_yet_does_not_move(page: QWidget, qtbot: QtBot) -> None:
    line = kit.BusyLine()
    put(page, line)
    for _ in range(2):
        line.start("Loading…")
        assert line._timer.interval() == kit.BusyLine.SHOW_AFTER_MS
        qtbot.waitUntil(lambda: line._timer.interval() == kit.BusyLine.FRAME_MS)
        line.stop()


def test_the_unsaved_bar_counts_in_words_and_hides_at_nothing(page: QWidget, qtbot: QtBot) -> None:
    bar = kit.UnsavedBar()
    put(page, bar)
    bar.tell(1, "in 1 enrollment")
    assert bar.accessibleName() == "1 unsaved change in 1 enrollment"
    bar.tell(3, "in 2 enrollments")
    assert bar.accessibleName() == "3 unsaved changes in 2 enrollments"
    assert bar.isVisible()
    for signal, press in (
        (bar.preview, bar.preview_button),
        (bar.discard, bar.discard_button),
        (bar.save, bar.save_button),
    ):
        with qtbot.waitSignal(signal, timeout=100):
            press.click()
    bar.tell(0)
    assert not bar.isVisible()


def test_nothing_is_saved_while_a_field_is_wrong_or_a_save_runs(page: QWidget) -> None:
    bar = kit.UnsavedBar()
    put(page, bar)
    bar.tell(2, "in 1 user", problem="1 cannot be saved yet")
    assert not bar.save_button.isEnabled()
    bar.tell(2, "in 1 user")
    assert bar.save_button.isEnabled()
    bar.set_saving(True)
    assert not bar.save_button.isEnabled()
    bar.set_saving(False)
    assert bar.save_button.isEnabled()


def test_a_bar_that_still_has_a_problem_after_saving_stays_closed(page: QWidget) -> None:
    bar = kit.UnsavedBar()
    put(page, bar)
    bar.tell(2, "in 1 user", problem="1 cannot be saved yet")
    bar.set_saving(True)
    bar.set_saving(False)
    assert not bar.save_button.isEnabled()


def test_a_message_offers_its_act_and_goes_by_itself(page: QWidget, qtbot: QtBot) -> None:
    put(page)
    undone: list[bool] = []
    first = kit.show_toast(page, "Saved", seconds=60)
    second = kit.show_toast(page, "Saved again", action="Undo", act=lambda: undone.append(True), seconds=60)
    assert not first.isVisible(), "one at a time"
    with qtbot.waitSignal(second.gone, timeout=2000):
        second.findChildren(QPushButton)[0].click()
    assert undone == [True]
    with qtbot.waitSignal(kit.show_toast(page, "Saved", seconds=0.01).gone, timeout=2000):
        pass


def test_a_message_comes_and_goes_without_the_window_being_painted(page: QWidget, qtbot: QtBot) -> None:
    put(page)
    QTest.qWait(50)
    seen: list[QRect] = []

    class Eye(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if isinstance(event, QPaintEvent):
                seen.append(event.rect())
            return False

    page.installEventFilter(Eye(page))
    toast = kit.show_toast(page, "Saved", seconds=0.01)
    place = toast.geometry()
    with qtbot.waitSignal(toast.gone, timeout=2000):
        pass
    assert seen, "what stands behind it is seen through it"
    assert all(place.contains(rect) for rect in seen)


def test_a_message_covers_no_notice(page: QWidget, qtbot: QtBot) -> None:
    notice, other = kit.Banner("Three rows were left out", "warn"), kit.Banner("And one more", "bad")
    put(page, QWidget(), notice, other)
    page.resize(700, 500)
    other.hide()
    notice.hide()

    def place(of: QWidget) -> QRect:
        return QRect(of.mapTo(page, QPoint()), of.size())

    def covers(toast: kit.Toast) -> bool:
        return any(each.isVisible() and place(each).intersects(toast.geometry()) for each in (notice, other))

    toast = kit.show_toast(page, "Saved 3 rows", seconds=60)
    home = toast.geometry()
    notice.setFixedHeight(page.height() - home.top())
    for shown in (notice, other):
        shown.show()
        qtbot.waitUntil(lambda: place(notice).top() < home.bottom())
        qtbot.waitUntil(lambda: not covers(toast))
        assert page.rect().contains(toast.geometry())
    again = kit.show_toast(page, "Saved 4 rows", seconds=60)
    assert not covers(again), "from the first moment"
    other.hide()
    notice.hide()
    qtbot.waitUntil(lambda: again.geometry().top() == home.top())


def test_a_message_covers_no_notice_that_was_made_after_it(page: QWidget, qtbot: QtBot) -> None:
    page.resize(700, 500)
    page.show()
    toast = kit.show_toast(page, "Saved 3 rows", seconds=60)
    notice = kit.Banner("Three rows were left out", "warn", parent=page)
    notice.setGeometry(0, toast.y(), page.width(), page.height() - toast.y())
    notice.show()
    qtbot.waitUntil(lambda: not notice.geometry().intersects(toast.geometry()))


def ink(widget: QWidget) -> list[int]:
    """How much is drawn in each column of pixels."""
    widget.ensurePolished()
    widget.resize(widget.sizeHint())
    image = widget.grab().toImage()
    rows = range(image.height())
    return [sum(255 - image.pixelColor(x, y).lightness() for y in rows) for x in range(image.width())]


@pytest.mark.parametrize("words", ["Delete the course?", "Delete “محمد”?", "حذف Algebra؟", "Lessons…"])
def test_a_text_keeps_its_direction_where_lines_run_the_other_way(qapp: QApplication, words: str) -> None:
    drawn: list[list[list[int]]] = []
    for reading in (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft):
        qapp.setLayoutDirection(reading)
        try:
            press = kit.button("", "")
            press.setText(words)
            assert press.text() == words
            drawn.append([ink(press), ink(kit.Tag(words, "ok")), ink(kit.ElidedLabel(words))])
        finally:
            qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    # Text at one side of a line ends within a pixel there: at the other side it begins within one.
    for from_left, from_right, least in zip(*drawn, (0.5, 0.5, 1.4), strict=True):
        shares = [_shares([column - min(columns) for column in columns]) for columns in (from_left, from_right)]
        moved = sum(abs(here - there) for here, there in zip(*shares, strict=True))
        assert moved < least, "a sign stands elsewhere, and so do all others, by its width"


def _shares(columns: list[int]) -> list[float]:
    """Which share of all that is drawn is drawn up to each column of pixels."""
    return [up_to_here / sum(columns) for up_to_here in accumulate(columns)]


@pytest.mark.parametrize("percent", [100, 200])
@pytest.mark.parametrize("way", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_an_icon_stands_apart_from_the_words_and_cuts_none_of_them(
    page: QWidget, qapp: QApplication, way: Qt.LayoutDirection, percent: int
) -> None:
    theme.install(qapp, theme.Scheme.LIGHT, percent)
    page.setLayoutDirection(way)
    with_icon, without = (kit.button("MHM", "quiet", icon=icon) for icon in ("stop", ""))
    for made in (with_icon, without):
        made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    put(page, with_icon, without)
    with_icon.clearFocus()

    def inked(made: QPushButton) -> list[int]:
        image = page.grab(made.geometry()).toImage()
        dark = [x for x in range(image.width()) if any(image.pixelColor(x, y).lightness() < 160 for y in rows(image))]
        return dark if way is Qt.LayoutDirection.LeftToRight else [image.width() - 1 - x for x in reversed(dark)]

    def rows(image: QImage) -> range:
        return range(image.height())

    both, words = inked(with_icon), inked(without)
    gap, end = max((then - one - 1, then) for one, then in pairwise(both))
    assert px(GAP) <= gap <= px(GAP + 5), "icons and letters have some room of their own"
    assert both[-1] - end == words[-1] - words[0], "all of the words"
    assert abs(both[-1] - with_icon.width() - words[-1] + without.width()) <= 2, "as far from the edge as without"


def test_a_label_that_gives_way_keeps_its_whole_text(page: QWidget) -> None:
    words = kit.ElidedLabel("d.kowalska@school.edu, registrar of the whole school")
    page.resize(120, 100)
    put(page, words)
    assert words.shown().endswith("…")
    assert words.text() == "d.kowalska@school.edu, registrar of the whole school"
    assert words.toolTip() == words.text()
    page.resize(900, 100)
    assert words.shown() == words.text()
    assert words.toolTip() == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Marta Lopes", "ML"),
        ("Ana Maria de Sousa", "AS"),
        ("omar.h@school.edu", "O"),
        ("عمر الحسيني", "عا"),
        ("李霞", "李"),
        ("", ""),
        ("  (a) b", "B"),
    ],
)
def test_initials(name: str, expected: str) -> None:
    assert kit.initials(name) == expected


def test_a_key_cap_reads_as_on_the_keyboard() -> None:
    assert kit.KeyHint("Ctrl+K").text == "Ctrl K"
    assert kit.KeyHint(QKeySequence("Alt+Up")).text == "Alt Up"
    assert kit.KeyHint("letters").text == "letters", "no key, and still something to press"


def test_a_number_field_keeps_its_text_off_the_border(page: QWidget) -> None:
    spin = kit.roomy(QSpinBox())
    put(page, spin)
    assert spin.findChildren(QWidget, "qt_spinbox_lineedit")[0].textMargins().left() == kit.px(11)  # type: ignore[attr-defined]


def all_of_them() -> list[QWidget]:
    """One of each, with something in it."""
    navigation = kit.NavList()
    navigation.add("users", "People", "users")
    banner = kit.Banner("Careful", "warn", closable=True)
    banner.add_action("Do", lambda: None)
    connection, person, unsaved = kit.ConnectionCard(), kit.PersonCard(), kit.UnsavedBar()
    connection.tell("School", "localhost", "bad", "not connected")
    person.tell("Marta Lopes", "Registrar")
    unsaved.tell(2, "in 1 user", "1 cannot be saved yet")
    return [
        kit.Chip("Not completed"),
        kit.AddChip("Filter"),
        kit.Tag("Issued", "ok"),
        kit.KeyHint("Ctrl+K"),
        kit.Avatar("Marta Lopes"),
        kit.Dot("warn"),
        kit.StatusText("Live", "ok"),
        kit.SearchBox("Search", "Ctrl+K", quiet=True),
        kit.SectionLabel("Registry"),
        kit.ElidedLabel("A long line"),
        kit.EmptyState("users", "Nobody here", "Add somebody"),
        kit.BusyLine(),
        kit.tool_button("more", "More"),
        kit.button("Save", "primary", icon="save"),
        navigation,
        banner,
        connection,
        person,
        unsaved,
    ]


def test_whatever_takes_the_keyboard_has_a_name_and_shows_a_ring(page: QWidget, qtbot: QtBot) -> None:
    put(page, *all_of_them())
    qtbot.waitUntil(page.isActiveWindow)
    seen = [w for w in page.findChildren(QWidget) if w.isVisible() and w.isEnabled()]
    taking = [w for w in seen if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert len(taking) >= 10
    for widget in taking:
        reading = QAccessible.queryAccessibleInterface(widget)
        assert reading is not None
        assert reading.text(QAccessible.Text.Name), f"{widget} has no name"
        page.setFocus()
        widget.clearFocus()
        before = _colours(widget.grab().toImage())
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        assert _colours(widget.grab().toImage()) != before, f"{widget} shows no ring"


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_everything_can_be_drawn_in_every_theme_size_and_direction(
    direction: Qt.LayoutDirection, page: QWidget, qapp: QApplication, caplog: pytest.LogCaptureFixture
) -> None:
    page.setLayoutDirection(direction)
    put(page, *all_of_them())
    heights = []
    for scheme, size in ((theme.Scheme.LIGHT, 100), (theme.Scheme.DARK, 200)):
        theme.install(qapp, scheme, size)
        for widget in page.findChildren(QWidget):
            widget.grab()
        heights.append(page.sizeHint().height())
    assert caplog.records == []
    assert heights[1] > heights[0] * 1.6


def test_an_error_while_drawing_is_logged_and_stays_inside(
    page: QWidget, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(kit.Tag):
        def draw(self, painter: QPainter) -> None:
            raise ZeroDivisionError

    broken: Painted = Broken("x")
    put(page, broken)
    broken.grab()
    assert "Drawing a Broken failed" in caplog.text


def test_a_mark_is_told_apart_by_its_shape_too(page: QWidget) -> None:
    shapes = set()
    for tone in ("ok", "warn", "bad"):
        dot = kit.Dot(tone)
        dot.resize(dot.sizeHint())
        picture = dot.grab().toImage().convertToFormat(QImage.Format.Format_ARGB32)
        empty = picture.pixel(0, 0)
        shapes.add(tuple(picture.pixel(x, y) == empty for y in range(picture.height()) for x in range(picture.width())))
    assert len(shapes) == 3


def test_dark_reaches_what_draws_itself(page: QWidget, qapp: QApplication) -> None:
    tag = kit.Tag("Issued", "ok")
    put(page, tag)
    theme.install(qapp, theme.Scheme.DARK)
    assert QColor(DARK.ok_soft).rgb() in _colours(tag.grab().toImage())


def _colours(picture: QImage) -> Counter[int]:
    """How often each colour is in a picture."""
    plain = picture.convertToFormat(QImage.Format.Format_ARGB32)
    return Counter(memoryview(plain.constBits()).cast("I"))


def test_the_words_of_a_button_give_way_where_room_is_short(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    row = QHBoxLayout(holder)
    made = ElidedButton("status")
    row.addWidget(made)
    made.tell("Ctrl Z undoes “Saved a course with quite a long name indeed”")
    holder.show()
    assert made.text() == made.words
    wanted = holder.width()
    holder.resize(wanted // 2, holder.height())
    assert made.text().endswith("…")
    assert made.toolTip() == made.accessibleName() == made.words
    holder.resize(wanted, holder.height())
    assert made.text() == made.words
    assert made.toolTip() == ""


@pytest.mark.parametrize("width", [300, 480])
def test_a_dialog_cuts_no_text_however_long_it_is(qtbot: QtBot, width: int) -> None:
    dialog = Sheet("Before you go on", width=width)
    qtbot.addWidget(dialog)
    text = label("Somebody else has changed the same rows meanwhile. " * 12, wrap=True)
    dialog.add(text)
    dialog.add_button("Go on", "primary", default=True)
    dialog.show()
    QApplication.processEvents()
    assert text.height() >= text.heightForWidth(text.width()) > text.sizeHint().height(), "more lines than the hint has"
    assert text.mapTo(dialog, text.rect().bottomLeft()).y() < dialog.buttons()[0].mapTo(dialog, QPoint()).y()


def test_lines_of_a_long_dialog_end_before_its_bar(qtbot: QtBot) -> None:
    dialog = Sheet("Before you go on", width=480)
    qtbot.addWidget(dialog)
    lines = [label(f"Lesson {number}: " + "words that wrap " * 6, wrap=True) for number in range(60)]
    dialog.add(*lines)
    dialog.open()
    qtbot.waitExposed(dialog)
    area = dialog.findChild(QScrollArea)
    assert area is not None
    assert area.verticalScrollBar().maximum() > 0, "it does not scroll"
    assert {line.width() for line in lines} == {area.viewport().width()}
    assert all(line.height() >= line.heightForWidth(line.width()) for line in lines)


def test_a_dialog_that_grows_with_the_text_stays_on_the_screen(qtbot: QtBot) -> None:
    dialog = Sheet("Before you go on", width=380)
    qtbot.addWidget(dialog)
    dialog.add(label("Somebody else has changed the same rows meanwhile. " * 12, wrap=True))
    dialog.add_button("Go on", "primary", default=True)
    dialog.show()
    room = dialog.room()
    dialog.move(room.right() - dialog.width(), room.bottom() - dialog.height())
    theme.current().set_text_size(175)
    qtbot.waitUntil(lambda: dialog.width() > px(370))
    assert room.contains(dialog.geometry())
    theme.current().set_text_size(100)


@pytest.mark.parametrize(("width", "beside"), [(346, False), (900, True)])
def test_what_a_notice_offers_stands_below_it_where_it_is_narrow(qtbot: QtBot, width: int, beside: bool) -> None:
    banner = kit.Banner(
        "Somebody deleted this meanwhile, or it is no longer within your reach. Your edits are kept.", "warn"
    )
    acts = [banner.add_action(text, lambda: None) for text in ("Decide…", "Give them up")]
    place = QWidget()
    qtbot.addWidget(place)
    column = QVBoxLayout(place)
    column.addWidget(banner)
    column.addStretch(1)
    place.resize(width, 400)
    place.show()
    qtbot.waitExposed(place)
    QApplication.processEvents()
    text = banner.findChild(QLabel)
    assert text is not None
    assert text.width() > 240
    assert text.height() >= text.heightForWidth(text.width())
    for act in acts:
        assert banner.rect().contains(act.geometry())
        assert not act.geometry().intersects(text.geometry())
        assert (act.x() > text.geometry().right()) == beside


def test_a_long_notice_is_read_whole_where_the_page_becomes_narrow(qtbot: QtBot) -> None:
    banner = kit.Banner(
        "Ana Duarte · Databases with PostgreSQL was deleted meanwhile, or is no longer yours to see."
        " What you were typing is kept: Completed “2030-01-”.",
        "warn",
    )
    for text in ("Copy", "Give it up"):
        banner.add_action(text, lambda: None)
    place, line, below = QWidget(), QWidget(), QWidget()
    qtbot.addWidget(place)
    row, column = QHBoxLayout(line), QVBoxLayout(place)
    row.addWidget(banner)
    column.addWidget(line)
    column.addWidget(below, 1)
    place.resize(900, 460)
    place.show()
    qtbot.waitExposed(place)
    words = banner.findChild(QLabel)
    assert words is not None
    for width in (430, 900):
        place.resize(width, 460)
        QApplication.processEvents()
        assert words.height() >= words.heightForWidth(words.width())
        assert line.height() - banner.height() < 40, "no room that nothing stands in"
