"""Light and dark, text size, fonts: one `Theme` for the whole application.

`install()` once after the QApplication; then everything drawn asks `current()`. Qt's own `setColorScheme` changes
nothing on a bare X11 or offscreen platform, so the palette is set explicitly, on Fusion, with one style sheet above.
"""

import atexit
import logging
import shutil
import sys
import tempfile
from enum import StrEnum
from functools import cache
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget
from shiboken6 import isValid

from lms_desktop.views import icons, style_sheet
from lms_desktop.views.tokens import DARK, LIGHT, Measures, Token, Tokens

__all__ = [
    "DARK",
    "LIGHT",
    "TEXT_SIZES",
    "FontRole",
    "Measures",
    "Scheme",
    "Theme",
    "Token",
    "Tokens",
    "color",
    "current",
    "install",
    "repolish",
    "set_kind",
    "set_state",
]

log = logging.getLogger(__name__)

TEXT_SIZES = (100, 125, 150, 200)
"""What the person may choose, in per cent."""

STYLED = "lms-fusion"
"""The property of an application that was begun with the style Fusion: to ask for its style takes as long as to make a
window, for Python is then told all of the styles' words."""

_PREFERRED = ("Inter", "Cantarell", "Ubuntu", "Noto Sans", "Open Sans", "DejaVu Sans")
_GENERIC = {"sans serif", "sans-serif", "sans", "helvetica", ""}


class Scheme(StrEnum):
    """What the person chose; SYSTEM follows the desktop."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class FontRole(StrEnum):
    """What a text is, for widgets that draw themselves. Labels say the same by their `kind`."""

    BODY = "body"
    STRONG = "strong"
    TITLE = "title"
    HEADING = "heading"
    SMALL = "small"
    SMALL_STRONG = "small_strong"
    SECTION = "section"
    FIXED = "fixed"


_POINTS = {FontRole.TITLE: 13.0, FontRole.HEADING: 11.5, FontRole.SMALL: 9.0, FontRole.SMALL_STRONG: 9.0}
_POINTS |= {FontRole.SECTION: 8.5, FontRole.FIXED: 9.5}
_STRONG = {FontRole.STRONG, FontRole.TITLE, FontRole.HEADING, FontRole.SMALL_STRONG, FontRole.SECTION}


class Theme(QObject):
    """The look in force.

    Attributes:
        tokens: the palette in force, `LIGHT` or `DARK`.
        measures: lengths at the text size in force.
    Signals:
        changed: after the look was applied to every window; nothing needs to be asked again but sizes kept by hand.
    """

    changed = Signal()

    def __init__(self, app: QApplication, scheme: Scheme = Scheme.SYSTEM, text_size: int = 100) -> None:
        super().__init__(app)
        self._app = app
        self._scheme = scheme
        self._text_size = text_size
        self._applying = False
        self._fonts: dict[FontRole, QFont] = {}
        self._family = _family()
        self._fixed_family = _fixed_family()
        self._styled = bool(app.property(STYLED))
        self.tokens: Tokens = LIGHT
        self.measures = Measures()
        self._settle()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_scheme)

    @property
    def scheme(self) -> Scheme:
        """What the person chose, not what came of it."""
        return self._scheme

    @property
    def text_size(self) -> int:
        """Per cent of the normal size."""
        return self._text_size

    def choose(self, scheme: Scheme) -> None:
        """Take light, dark, or whatever the system has, at once and in every window."""
        self._scheme = scheme
        self.apply()

    def set_text_size(self, percent: int) -> None:
        """Make all text, and every measure with it, `percent` of the normal size (50 to 400)."""
        self._text_size = min(400, max(50, percent))
        self.apply()

    def font(self, role: FontRole = FontRole.BODY) -> QFont:
        """The font of `role`; figures are tabular. A shared object: copy it before changing it."""
        found = self._fonts.get(role)
        if found is None:
            found = self._fonts[role] = self._make_font(role)
        return found

    def apply(self) -> None:
        """Put the look on the application again. Emits `changed`."""
        self._settle()
        self._applying = True
        try:
            if not self._styled:
                self._app.setStyle(QStyleFactory.create("Fusion"))
                self._styled = True
            self._app.setPalette(_palette(self.tokens))
            self._app.setFont(self.font())
            self._put_on(self.sheet())
            self._tell_system()
        finally:
            self._applying = False
        self.changed.emit()

    def sheet(self) -> str:
        """The style sheet in force."""
        sizes = style_sheet.Type(
            body=self._points(10.0),
            title=self._points(13.0),
            heading=self._points(11.5),
            small=self._points(9.0),
            section=self._points(8.5),
            fixed_family=self._fixed_family,
        )
        return style_sheet.sheet(self.tokens, self.measures, sizes, _pictures(self.tokens))

    def _settle(self) -> None:
        dark = self._scheme == Scheme.DARK
        if self._scheme == Scheme.SYSTEM:
            dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        self.tokens = DARK if dark else LIGHT
        self.measures = Measures(self._text_size / 100 * _dpi_scale())
        self._fonts.clear()

    def _put_on(self, sheet: str) -> None:
        """Put the style sheet on every widget, once.

        Qt goes through all widgets whose rules it knows, and below each through all that stand in it: one that stands
        ten deep is polished ten times. Where Qt knows no rules it goes through none, and we do: polish parents first,
        as when they are shown; then tell the innermost first, for what holds others measures them.
        """
        if not self._app.styleSheet():  # nothing is polished yet, and to ask for the style takes long, see `STYLED`
            self._app.setStyleSheet(sheet)
            return
        style = self._app.style()
        style.unpolish(self._app)  # forgets the rules of all widgets
        style.polish(self._app)
        self._app.setStyleSheet(sheet)
        roots = [one for one in self._app.topLevelWidgets() if one.parent() is None]
        widgets = [one for root in roots for one in (root, *root.findChildren(QWidget))]
        for widget in filter(isValid, widgets):
            style.polish(widget)
        told = QEvent(QEvent.Type.StyleChange)
        for widget in filter(isValid, reversed(widgets)):  # one that is told may throw away what stood in it
            self._app.sendEvent(widget, told)

    def _tell_system(self) -> None:
        """Have title bars and native dialogs follow, where the platform can."""
        hints = QGuiApplication.styleHints()
        wanted = {Scheme.LIGHT: Qt.ColorScheme.Light, Scheme.DARK: Qt.ColorScheme.Dark}
        hints.setColorScheme(wanted.get(self._scheme, Qt.ColorScheme.Unknown))

    def _on_system_scheme(self) -> None:
        if self._scheme == Scheme.SYSTEM and not self._applying:
            self.apply()

    def _points(self, points: float) -> float:
        if sys.platform == "darwin":  # 72 dpi: 13 points there look like 10 elsewhere
            points *= 1.3
        return round(points * self._text_size / 100, 2)

    def _make_font(self, role: FontRole) -> QFont:
        font = QFont(self._fixed_family if role == FontRole.FIXED else self._family)
        font.setPointSizeF(self._points(_POINTS.get(role, 10.0)))
        if role == FontRole.FIXED:
            font.setStyleHint(QFont.StyleHint.Monospace)
        else:
            font.setFeature(QFont.Tag("tnum"), 1)
        # Said in full: what a font leaves open, a painter takes from the widget, which the sheet may have made bold.
        font.setWeight(QFont.Weight.DemiBold if role in _STRONG else QFont.Weight.Normal)
        if role == FontRole.SECTION:
            font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 103)
        return font


_current: Theme | None = None


def install(app: QApplication, scheme: Scheme = Scheme.SYSTEM, text_size: int = 100) -> Theme:
    """Make the theme of `app` and apply it; a second call changes the one there is."""
    theme = current()
    theme._scheme, theme._text_size = scheme, text_size
    theme.apply()
    return theme


def current() -> Theme:
    """The theme; raises RuntimeError where there is no QApplication. Not applied until `install()`."""
    global _current
    if _current is None:
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise RuntimeError("The look needs a QApplication first")
        _current = Theme(app)
    return _current


def color(token: Token) -> QColor:
    """The colour of `token` in the theme in force, for painters. A shared object: copy it before changing it."""
    return _qcolor(current().tokens.color(token))


def set_kind(widget: QWidget, kind: str) -> None:
    """Give `widget` one of the kinds listed in `style_sheet` and let it show."""
    _set(widget, "kind", kind)


def set_state(widget: QWidget, state: str) -> None:
    """Mark an input as 'dirty' or 'invalid', '' for neither, and let it show."""
    _set(widget, "state", state)


def _set(widget: QWidget, name: str, value: str) -> None:
    if (widget.property(name) or "") == value:
        return
    widget.setProperty(name, value)
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):  # else it is looked at when it is polished
        repolish(widget)
        widget.update()


def repolish(widget: QWidget) -> None:
    """Have the style sheet look at the widget again."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)


@cache
def _qcolor(value: str) -> QColor:
    return QColor(value)


def _family() -> str:
    """The desktop's font; where no desktop names one, the best of those that are usual."""
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    if system.family().lower() not in _GENERIC:
        return system.family()
    installed = set(QFontDatabase.families())
    return next((name for name in _PREFERRED if name in installed), QFontInfo(system).family())


def _fixed_family() -> str:
    """The desktop's fixed font; where that is only a wish ("monospace") that nothing answers, one that is fixed."""
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    if QFontInfo(system).fixedPitch():
        return system.family()
    return next((name for name in QFontDatabase.families() if QFontDatabase.isFixedPitch(name)), system.family())


def _dpi_scale() -> float:
    screen = QGuiApplication.primaryScreen()
    if screen is None or sys.platform == "darwin":
        return 1.0
    return max(0.5, screen.logicalDotsPerInchY() / 96)


def _palette(t: Tokens) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    colors = {
        role.Window: t.background,
        role.WindowText: t.text,
        role.Base: t.panel,
        role.AlternateBase: t.background,
        role.Text: t.text,
        role.PlaceholderText: t.muted,
        role.Button: t.panel,
        role.ButtonText: t.text,
        role.BrightText: t.bad,
        role.Highlight: t.accent,
        role.HighlightedText: t.on_accent,
        role.Accent: t.accent,
        role.Link: t.accent,
        role.LinkVisited: t.accent,
        role.ToolTipBase: t.panel,
        role.ToolTipText: t.text,
        role.Light: t.panel,
        role.Midlight: t.hover,
        role.Mid: t.line,
        role.Dark: t.edge,
        role.Shadow: t.edge,
    }
    for which, value in colors.items():
        palette.setColor(which, QColor(value))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(t.disabled))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(t.line))
    return palette


@cache
def _picture_folder() -> Path:
    """A folder of this process for the pictures that a style sheet can only take from files."""
    folder = Path(tempfile.mkdtemp(prefix="lms-desktop-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def _pictures(tokens: Tokens) -> dict[str, str]:
    """The small pictures of the style sheet in the colours of `tokens`, as files by name; '' where the disk refuses."""
    try:
        folder = _picture_folder() / ("dark" if tokens.dark else "light")
        folder.mkdir(exist_ok=True)
        for name, icon, token in style_sheet.PICTURES:
            (folder / f"{name}.svg").write_bytes(icons.tinted(icon, tokens.color(token)))
    except OSError:
        log.warning("The small pictures of the style sheet could not be written; arrows and ticks will be plain")
        return dict.fromkeys((name for name, _, _ in style_sheet.PICTURES), "")
    return {name: (folder / f"{name}.svg").as_posix() for name, _, _ in style_sheet.PICTURES}
