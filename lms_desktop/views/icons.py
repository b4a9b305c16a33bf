"""Our own line icons, tinted with the tokens of the day at any size and scale.

An icon asks the theme for its colour each time it is drawn: a change of the theme needs a repaint and nothing else.
The files are `resources/icons/*.svg`, 24 x 24, drawn with `currentColor`.
"""

import logging
from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from lms_desktop.paths import resources_folder
from lms_desktop.views.tokens import Token, Tokens

log = logging.getLogger(__name__)

SAME_AS = {"download": "export", "upload": "import", "people": "users", "book": "courses", "key": "sessions"}
"""Second names, for callers that mean the picture and not the room."""


@cache
def _folder() -> Path:
    return resources_folder() / "icons"


@cache
def source(name: str) -> bytes:
    """The SVG of the icon called `name`, with `currentColor` in it; raises KeyError where there is none."""
    try:
        return (_folder() / f"{SAME_AS.get(name, name)}.svg").read_bytes()
    except OSError:
        raise KeyError(f"There is no icon called {name!r}") from None


def tinted(name: str, color: str) -> bytes:
    """The SVG of the icon called `name`, drawn in `color` ('#rrggbb')."""
    return source(name).replace(b"currentColor", color.encode("ascii"))


def names() -> list[str]:
    """Every icon there is, sorted."""
    return sorted(file.stem for file in _folder().glob("*.svg"))


@cache
def _renderer(name: str, color: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(tinted(name, color)))


@cache
def _drawn(name: str, color: str, width: int, height: int, scale: float) -> QPixmap:
    """The icon in `width` x `height` device-independent pixels; pictures are small and few, so they are kept."""
    picture = QPixmap(QSize(round(width * scale), round(height * scale)))
    if picture.isNull():  # of something that has no room at all
        return picture
    picture.fill(Qt.GlobalColor.transparent)
    picture.setDevicePixelRatio(scale)
    side = min(width, height)
    painter = QPainter(picture)
    _renderer(name, color).render(painter, QRectF((width - side) / 2, (height - side) / 2, side, side))
    painter.end()
    return picture


def pixmap(name: str, token: Token = "muted", size: int = 16, scale: float = 1.0) -> QPixmap:
    """The icon in the colour of `token`, `size` device-independent pixels square, for a screen of `scale`."""
    return _drawn(name, _tokens().color(token), size, size, scale)


def draw(painter: QPainter, rect: QRect | QRectF, name: str, token: Token = "muted") -> None:
    """Draw the icon into `rect` (its middle square) in the colour of `token`."""
    box = QRectF(rect)
    side = min(box.width(), box.height())
    square = QRectF(box.center().x() - side / 2, box.center().y() - side / 2, side, side)
    _renderer(name, _tokens().color(token)).render(painter, square)


def _tokens() -> Tokens:
    from lms_desktop.views import theme  # the theme draws icons too

    return theme.current().tokens


class _Engine(QIconEngine):
    """Draws one icon; Qt asks it whenever a button, menu or tab paints. Overrides Qt's names throughout."""

    def __init__(self, name: str, token: Token, on: Token | None, disabled: Token) -> None:
        super().__init__()
        self._name, self._token, self._on, self._disabled = name, token, on or token, disabled

    def _color(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        if mode == QIcon.Mode.Disabled:
            return _tokens().color(self._disabled)
        lit = mode == QIcon.Mode.Selected or state == QIcon.State.On
        return _tokens().color(self._on if lit else self._token)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Override: draw at the painter's own scale."""
        try:  # an exception may not travel through Qt's painting
            side = min(rect.width(), rect.height())
            left, top = rect.x() + (rect.width() - side) / 2, rect.y() + (rect.height() - side) / 2
            _renderer(self._name, self._color(mode, state)).render(painter, QRectF(left, top, side, side))
        except Exception:
            log.exception("Drawing the icon %s failed", self._name)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Override: for a screen of scale 1."""
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        """Override: `size` in device-independent pixels."""
        try:
            return _drawn(self._name, self._color(mode, state), size.width(), size.height(), scale)
        except Exception:
            log.exception("Drawing the icon %s failed", self._name)
            return QPixmap()

    def actualSize(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QSize:
        """Override: a drawing has every size."""
        return size

    def clone(self) -> QIconEngine:
        """Override: Qt owns the copy."""
        copy = _Engine(self._name, self._token, self._on, self._disabled)
        _clones.append(copy)  # Qt deletes it; the Python half must outlive that
        return copy

    def iconName(self) -> str:
        """Override: for tests and screen readers."""
        return self._name

    def isNull(self) -> bool:
        """Override: there is always a picture."""
        return False


_clones: list[_Engine] = []


def icon(name: str, token: Token = "muted", *, on: Token | None = None, disabled: Token = "disabled") -> QIcon:
    """The icon called `name` in the colour of `token`, in that of `on` while checked or selected.

    Follows the theme by itself. Raises KeyError where there is no such icon. One QIcon each is made and shared.
    """
    return _icon(name, token, on, disabled)


@cache
def _icon(name: str, token: Token, on: Token | None, disabled: Token) -> QIcon:
    source(name)
    return QIcon(_Engine(name, token, on, disabled))
