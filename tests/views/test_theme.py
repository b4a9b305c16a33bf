"""The look: palettes that can be read, one place that names colours, icons at any scale."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPushButton, QWidget

from lms_desktop.views import icons, style_sheet, theme
from lms_desktop.views.tokens import DARK, LIGHT, READ_ON, Token, Tokens, contrast, mix

VIEWS = Path(theme.__file__).parent
PALETTES = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])


@pytest.fixture(autouse=True)
def _the_usual_look_afterwards(qapp: QApplication) -> Iterator[None]:
    yield
    theme.install(qapp, theme.Scheme.LIGHT, 100)


@PALETTES
@pytest.mark.parametrize(("text", "below"), READ_ON, ids=lambda token: str(token))
def test_every_text_can_be_read_on_its_background(tokens: Tokens, text: Token, below: Token) -> None:
    assert contrast(tokens.color(text), tokens.color(below)) >= 4.5


@PALETTES
def test_the_focus_ring_stands_out_from_whatever_is_around_it(tokens: Tokens) -> None:
    around: list[Token] = ["background", "panel", "sidebar", "accent_soft", "warn_soft", "bad_soft", "ok_soft"]
    assert min(contrast(tokens.accent, tokens.color(token)) for token in around) >= 3
    assert contrast(tokens.text, tokens.panel) >= 3, "the ring of a filled button"


def test_mixing_goes_from_the_one_colour_to_the_other() -> None:
    assert mix("#000000", "#ffffff", 0) == "#000000"
    assert mix("#000000", "#ff8040", 1) == "#ff8040"
    assert mix("#000000", "#ffffff", 0.5) == "#808080"


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_nothing_but_the_tokens_names_a_colour() -> None:
    named = re.compile(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b|GlobalColor\.(?!transparent)|QColor\(\d|\brgba?\(")
    for file in VIEWS.rglob("*.py"):
        if file.name != "tokens.py":
            text = file.read_text(encoding="utf-8").replace("'#rrggbb'", "")
            assert not named.search(text), f"{file.name} names a colour: {named.search(text)}"


@PALETTES
def test_the_style_sheet_is_understood_by_qt_word_for_word(tokens: Tokens, qapp: QApplication, qtbot: QtBot) -> None:
    scheme = theme.Scheme.DARK if tokens.dark else theme.Scheme.LIGHT
    theme.install(qapp, scheme)  # Qt warns of what it cannot parse, and a warning fails the test
    sheet = theme.current().sheet()
    assert tokens.panel in sheet
    assert "{" not in re.sub(r"\{[^{}]*\}", "", sheet), "braces pair up"


def test_choosing_dark_reaches_windows_that_are_open(qapp: QApplication, qtbot: QtBot) -> None:
    theme.install(qapp, theme.Scheme.LIGHT)
    window = QWidget()
    qtbot.addWidget(window)
    theme.set_kind(window, "panel")
    window.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    window.show()
    assert _middle(window) == QColor(LIGHT.panel)
    with qtbot.waitSignal(theme.current().changed):
        theme.current().choose(theme.Scheme.DARK)
    assert _middle(window) == QColor(DARK.panel)
    assert qapp.palette().text().color() == QColor(DARK.text)


def test_a_change_of_the_look_reaches_each_widget_once_however_deep_it_stands(qapp: QApplication, qtbot: QtBot) -> None:
    class Leaf(QWidget):
        told = 0

        def changeEvent(self, event: QEvent) -> None:
            self.told += event.type() == QEvent.Type.StyleChange

    theme.install(qapp, theme.Scheme.LIGHT)
    window = room = QWidget()
    qtbot.addWidget(window)
    for _ in range(8):
        room = QWidget(room)
    leaf = Leaf(room)
    theme.set_kind(leaf, "panel")
    leaf.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    window.show()
    leaf.told = 0
    theme.current().choose(theme.Scheme.DARK)
    assert leaf.told == 1
    assert _middle(leaf) == QColor(DARK.panel)


def test_a_change_of_the_look_reaches_what_is_hidden_and_dialogs(qapp: QApplication, qtbot: QtBot) -> None:
    theme.install(qapp, theme.Scheme.LIGHT)
    window = QWidget()
    qtbot.addWidget(window)
    hidden, dialog = QLabel("Hidden", window), QDialog(window)
    label = QLabel("In a dialog", dialog)
    window.show()
    dialog.show()
    hidden.hide()
    dialog.hide()
    theme.current().set_text_size(200)
    theme.current().choose(theme.Scheme.DARK)
    for one in (hidden, label):
        assert one.font().pointSizeF() == pytest.approx(theme.current().font().pointSizeF())
        assert one.palette().windowText().color() == QColor(DARK.text)
    assert _corner(dialog) == QColor(DARK.panel)


def test_what_is_typed_its_selection_and_its_undo_outlast_a_change_of_the_look(
    qapp: QApplication, qtbot: QtBot
) -> None:
    theme.install(qapp, theme.Scheme.LIGHT)
    field = QLineEdit()
    qtbot.addWidget(field)
    field.show()
    qtbot.keyClicks(field, "Ana")
    field.setSelection(0, 2)
    theme.current().choose(theme.Scheme.DARK)
    theme.current().set_text_size(150)
    assert (field.text(), field.selectedText(), field.isUndoAvailable()) == ("Ana", "An", True)


def test_what_holds_others_hears_of_a_change_of_the_look_after_them(qapp: QApplication, qtbot: QtBot) -> None:
    class Told(QWidget):
        def changeEvent(self, event: QEvent) -> None:
            if event.type() == QEvent.Type.StyleChange:
                told.append(self.objectName())

    told: list[str] = []
    theme.install(qapp, theme.Scheme.LIGHT)
    window = Told()
    room = Told(window)
    leaf = Told(room)
    qtbot.addWidget(window)
    for name, widget in (("window", window), ("room", room), ("leaf", leaf)):
        widget.setObjectName(name)
    window.show()
    told.clear()
    theme.current().set_text_size(200)
    assert told == ["leaf", "room", "window"]


def test_following_the_system_takes_light_where_the_system_says_nothing(qapp: QApplication, qtbot: QtBot) -> None:
    theme.install(qapp, theme.Scheme.DARK)
    theme.current().choose(theme.Scheme.SYSTEM)
    assert theme.current().tokens == LIGHT


def test_the_systems_scheme_is_followed_unless_the_person_chose(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hints:
        def colorScheme(self) -> Qt.ColorScheme:
            return Qt.ColorScheme.Dark

        def setColorScheme(self, scheme: Qt.ColorScheme) -> None:
            pass

    look = theme.install(qapp, theme.Scheme.SYSTEM)
    with monkeypatch.context() as patched:
        patched.setattr(QGuiApplication, "styleHints", Hints)
        look._on_system_scheme()
        assert look.tokens == DARK
        look.choose(theme.Scheme.LIGHT)
        look._on_system_scheme()
        assert look.tokens == LIGHT


@pytest.mark.parametrize("percent", theme.TEXT_SIZES)
def test_text_and_measures_grow_together(percent: int, qapp: QApplication, qtbot: QtBot) -> None:
    theme.install(qapp, theme.Scheme.LIGHT, 100)
    points, row = theme.current().font().pointSizeF(), theme.current().measures.row
    theme.current().set_text_size(percent)
    assert theme.current().font().pointSizeF() == pytest.approx(points * percent / 100)
    assert theme.current().measures.row == pytest.approx(row * percent / 100, abs=1)
    label = QLabel("Enrollments")
    qtbot.addWidget(label)
    theme.set_kind(label, "title")
    label.ensurePolished()
    assert label.font().pointSizeF() == pytest.approx(theme.current().font(theme.FontRole.TITLE).pointSizeF(), abs=0.1)


def test_a_primary_button_is_drawn_in_the_accent(qapp: QApplication, qtbot: QtBot) -> None:
    theme.install(qapp, theme.Scheme.LIGHT)
    button = QPushButton("")
    qtbot.addWidget(button)
    button.resize(80, 32)
    theme.set_kind(button, "primary")
    button.clearFocus()
    assert _middle(button) == QColor(LIGHT.accent)
    button.setEnabled(False)
    assert _middle(button) != QColor(LIGHT.accent)


@PALETTES
def test_a_field_shows_that_it_is_unsaved_or_wrong(tokens: Tokens, qapp: QApplication, qtbot: QtBot) -> None:
    theme.install(qapp, theme.Scheme.DARK if tokens.dark else theme.Scheme.LIGHT)
    field = QLineEdit()
    qtbot.addWidget(field)
    field.resize(120, 32)
    for state, expected in (("dirty", tokens.warn_soft), ("invalid", tokens.bad_soft), ("", tokens.panel)):
        theme.set_state(field, state)
        assert _middle(field) == QColor(expected)


def test_every_icon_is_a_line_drawing_that_can_be_tinted() -> None:
    assert len(icons.names()) > 60
    for name in icons.names():
        source = icons.source(name).decode("ascii")
        assert 'viewBox="0 0 24 24"' in source
        assert "currentColor" in source
        assert not re.search(r"#[0-9a-fA-F]{3,6}", source), f"{name} brings its own colour"


def test_every_picture_the_style_sheet_needs_is_an_icon_we_have() -> None:
    have = set(icons.names())
    assert {icon for _, icon, _ in style_sheet.PICTURES} <= have
    assert set(icons.SAME_AS.values()) <= have


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 2.0, 3.0])
def test_an_icon_is_sharp_at_any_scale(scale: float, qapp: QApplication, qtbot: QtBot) -> None:
    picture = icons.icon("search", "text").pixmap(QSize(16, 16), scale)
    assert picture.size() == QSize(round(16 * scale), round(16 * scale))
    assert picture.devicePixelRatio() == pytest.approx(scale)
    assert _inks(picture.toImage()), "something was drawn"


def test_an_icon_follows_the_theme_and_its_own_state(qapp: QApplication, qtbot: QtBot) -> None:
    picture = icons.icon("stop", "muted", on="accent")
    theme.install(qapp, theme.Scheme.LIGHT)
    assert QColor(LIGHT.muted).rgb() in _inks(picture.pixmap(96, 96).toImage())
    assert QColor(LIGHT.disabled).rgb() in _inks(picture.pixmap(96, 96, QIcon.Mode.Disabled).toImage())
    on = picture.pixmap(QSize(96, 96), QIcon.Mode.Normal, QIcon.State.On)
    assert QColor(LIGHT.accent).rgb() in _inks(on.toImage())
    theme.install(qapp, theme.Scheme.DARK)
    assert QColor(DARK.muted).rgb() in _inks(picture.pixmap(96, 96).toImage())


def test_asking_for_an_icon_that_does_not_exist_says_so() -> None:
    with pytest.raises(KeyError, match="flying-pig"):
        icons.icon("flying-pig")


def _middle(widget: QWidget) -> QColor:
    picture = widget.grab().toImage()
    return picture.pixelColor(picture.width() // 2, picture.height() // 2)


def _corner(widget: QWidget) -> QColor:
    picture = widget.grab().toImage()
    return picture.pixelColor(picture.width() - 2, picture.height() - 2)


def _inks(picture: QImage) -> set[int]:
    """Every fully opaque colour of a picture."""
    picture = picture.convertToFormat(QImage.Format.Format_ARGB32)
    pixels = {picture.pixel(x, y) for x in range(picture.width()) for y in range(picture.height())}
    return {pixel for pixel in pixels if pixel >> 24 == 255}
