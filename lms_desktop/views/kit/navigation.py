"""The left side: connection, navigation by job, the person."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from lms_desktop.views import icons, theme
from lms_desktop.views.kit.labels import SectionLabel, initials
from lms_desktop.views.kit.paint import (
    INK,
    SOFT,
    PaintedButton,
    Tone,
    draw_box,
    draw_dot,
    draw_ring,
    leading,
    own_way,
    px,
    without_leading,
)
from lms_desktop.views.theme import FontRole
from lms_desktop.views.tokens import Token

_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class NavButton(PaintedButton):
    """One entry of the navigation: icon, words, a count where something waits."""

    def __init__(self, key: str, text: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.key = key
        self._icon = icon
        self._badge = 0
        self._badge_tone: Tone = "warn"
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.set_badge(0)

    @property
    def badge(self) -> int:
        """How many wait; 0 for none."""
        return self._badge

    def set_badge(self, count: int, tone: Tone = "warn") -> None:
        """Show a count; 0 takes it away."""
        if (count, tone) == (self._badge, self._badge_tone) and self.accessibleName():
            return
        self._badge, self._badge_tone = count, tone
        self.setAccessibleName(f"{self.text()}, {count}" if count else self.text())
        self.update()

    def ask(self) -> QSize:
        """Override."""
        width = QFontMetrics(theme.current().font(FontRole.STRONG)).horizontalAdvance(self.text())
        return QSize(px(34) + width + px(40), px(30))

    def nextCheckState(self) -> None:
        """Override: the list says which one is chosen, not the click."""

    def draw(self, painter: QPainter) -> None:
        """Override."""
        rect = QRectF(self.rect())
        chosen, rtl = self.isChecked(), self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        if chosen:
            draw_box(painter, rect, px(6), "accent_soft")
        elif self.underMouse():
            draw_box(painter, rect, px(6), "pressed")
        inside = rect.adjusted(px(9), 0, -px(9), 0)
        icons.draw(painter, leading(inside, px(17), rtl), self._icon, "accent" if chosen else "muted")
        room = without_leading(inside, px(27), rtl)
        if self._badge:
            room = self._draw_badge(painter, room, rtl)
        painter.setFont(theme.current().font(FontRole.STRONG if chosen else FontRole.BODY))
        painter.setPen(theme.color("accent" if chosen else "text"))
        metrics = painter.fontMetrics()
        if not self._badge:  # rather closer to the edge than cut
            room = room.adjusted(-px(6) if rtl else 0, 0, 0 if rtl else px(6), 0)
        text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, _LEFT, own_way(text))
        if self.hasFocus():
            draw_ring(painter, rect, px(6))

    def _draw_badge(self, painter: QPainter, room: QRectF, rtl: bool) -> QRectF:
        """Draw the count at the end of `room`; returns what is left."""
        painter.setFont(theme.current().font(FontRole.SMALL_STRONG))
        words = str(self._badge) if self._badge < 1000 else "999+"
        height = px(18)
        width = max(height, painter.fontMetrics().horizontalAdvance(words) + px(10))
        pill = leading(room, width, not rtl)
        pill = QRectF(pill.x(), (self.height() - height) / 2, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(SOFT[self._badge_tone]))
        painter.drawRoundedRect(pill, height / 2, height / 2)
        painter.setPen(theme.color(INK[self._badge_tone]))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, words)
        return without_leading(room, width + px(6), not rtl)


class NavList(QScrollArea):
    """The navigation: sections of entries. One stop for Tab; arrows move, Enter or Space opens.

    Signals:
        chosen: key of the entry the person opened. The list marks nothing until `select` is called.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Navigation"))
        self._inner = QWidget()
        self._inner.setProperty("kind", "scrolled")
        self._inner.setMinimumWidth(1)  # no wider than is seen: entries give way, and nothing slips sideways
        self._column = QVBoxLayout(self._inner)
        self._column.addStretch(1)
        self.setWidget(self._inner)
        self._buttons: dict[str, NavButton] = {}
        self._space()

    def add_section(self, title: str) -> SectionLabel:
        """Begin a group; what is added next belongs to it."""
        made = SectionLabel(title)
        self._column.insertWidget(self._column.count() - 1, made)
        self._space()
        return made

    def add(self, key: str, text: str, icon: str) -> NavButton:
        """Add an entry at the end; `key` is what `chosen` says. Raises ValueError where the key is taken."""
        if key in self._buttons:
            raise ValueError(f"There is an entry {key!r} already")
        made = NavButton(key, text, icon)
        made.clicked.connect(lambda: self._on_click(made))
        made.installEventFilter(self)
        self._buttons[key] = made
        self._column.insertWidget(self._column.count() - 1, made)
        self._tab_stop()
        return made

    def clear(self) -> None:
        """Take every entry and section away."""
        self._buttons.clear()
        while self._column.count() > 1:
            item = self._column.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def select(self, key: str) -> None:
        """Mark the entry of the page that is open; an unknown key marks none."""
        for name, entry in self._buttons.items():
            entry.setChecked(name == key)
        self._tab_stop()
        if key in self._buttons:
            self.ensureWidgetVisible(self._buttons[key], 0, 0)

    @property
    def selected(self) -> str:
        """Key of the marked entry, '' for none."""
        return next((name for name, entry in self._buttons.items() if entry.isChecked()), "")

    def entry(self, key: str) -> NavButton:
        """The entry of `key`; raises KeyError."""
        return self._buttons[key]

    def keys(self) -> list[str]:
        """Every key in order."""
        return list(self._buttons)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Override: arrows move between entries, Enter opens."""
        if isinstance(watched, NavButton) and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._on_key(watched, event.key())
        return False

    def changeEvent(self, event: QEvent) -> None:
        """Override: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _on_click(self, entry: NavButton) -> None:
        self._tab_stop(entry)
        self.chosen.emit(entry.key)

    def _on_key(self, entry: NavButton, key: int) -> bool:
        entries = [one for one in self._buttons.values() if one.isEnabled() and not one.isHidden()]
        at = entries.index(entry)
        steps = {Qt.Key.Key_Down: at + 1, Qt.Key.Key_Up: at - 1, Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(entries) - 1}
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            entry.click()
            return True
        target = steps.get(Qt.Key(key))
        if target is None:
            return False
        goal = entries[min(max(target, 0), len(entries) - 1)]
        self._tab_stop(goal)
        goal.setFocus(Qt.FocusReason.TabFocusReason)
        self.ensureWidgetVisible(goal, 0, px(8))
        return True

    def _tab_stop(self, wanted: NavButton | None = None) -> None:
        """Only one entry is reached by Tab: `wanted`, else the marked one, else the first."""
        entries = list(self._buttons.values())
        stop = wanted or next((one for one in entries if one.isChecked()), entries[0] if entries else None)
        for one in entries:
            one.setFocusPolicy(Qt.FocusPolicy.StrongFocus if one is stop else Qt.FocusPolicy.ClickFocus)

    def _space(self) -> None:
        self._column.setContentsMargins(0, px(4), 0, px(8))
        self._column.setSpacing(px(1))
        for title in self._inner.findChildren(SectionLabel):
            title.setContentsMargins(px(9), px(12), px(9), px(4))


class _Card(PaintedButton):
    """A button of two lines with a mark at its start."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._name, self._detail = "", ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def ask(self) -> QSize:
        """Override."""
        strong = QFontMetrics(theme.current().font(FontRole.STRONG)).height()
        small = QFontMetrics(theme.current().font(FontRole.SMALL)).height()
        return QSize(px(140), strong + small + px(18))

    def draw_texts(self, painter: QPainter, room: QRectF) -> None:
        """Name above detail, both cut where they are too long."""
        for role, text, token in self._lines():
            painter.setFont(theme.current().font(role))
            painter.setPen(theme.color(token))
            height = painter.fontMetrics().height()
            line = QRectF(room.x(), room.y(), room.width(), height)
            cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(line, _LEFT, own_way(cut))
            room = room.adjusted(0, height, 0, 0)

    def _lines(self) -> tuple[tuple[FontRole, str, Token], ...]:
        return (FontRole.STRONG, self._name, "text"), (FontRole.SMALL, self._detail, "muted")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override: Enter works as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class ConnectionCard(_Card):
    """Which database this is and how it is: at the top of the navigation. A click asks for the details."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone: Tone = "neutral"

    def tell(self, name: str, detail: str, tone: Tone, state: str) -> None:
        """`name` of the database, `detail` ("db.school.edu · verified TLS"), `state` in a word for the tool tip."""
        self._name, self._detail, self._tone = name, detail, tone
        self.setAccessibleName(", ".join(filter(None, (name, detail, state))))
        self.setToolTip("\n".join(filter(None, (f"{name}: {state}", detail))))
        self.update()

    def draw(self, painter: QPainter) -> None:
        """Override."""
        rect = QRectF(self.rect())
        border: Token = "edge" if self.underMouse() else "line"
        draw_box(painter, rect, px(6), "panel", border)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        x = rect.right() - px(13) if rtl else rect.left() + px(13)
        draw_dot(painter, QPointF(x, rect.center().y()), px(8), self._tone)
        self.draw_texts(painter, without_leading(rect, px(24), rtl).adjusted(0, px(8), 0, 0).adjusted(0, 0, -px(8), 0))
        if self.hasFocus():
            draw_ring(painter, rect, px(6))


class PersonCard(_Card):
    """Who is signed in: at the bottom of the navigation. A click opens the menu that was given."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._menu: QMenu | None = None
        self.clicked.connect(self._open)

    def tell(self, name: str, role: str) -> None:
        """Show somebody; `role` in words."""
        self._name, self._detail = name, role
        self.setAccessibleName(f"{name}, {role}")
        self.setAccessibleDescription(self.tr("Opens the menu of your account"))
        self.update()

    def give_menu(self, menu: QMenu) -> None:
        """What a click opens, above the card."""
        self._menu = menu

    def draw(self, painter: QPainter) -> None:
        """Override."""
        rect = QRectF(self.rect())
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        if self.underMouse() or self.isDown():
            draw_box(painter, rect, px(6), "pressed")
        side = px(28)
        disc = leading(rect.adjusted(px(8), 0, -px(8), 0), side, rtl)
        disc = QRectF(disc.x(), (self.height() - side) / 2, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        painter.drawEllipse(disc)
        painter.setFont(theme.current().font(FontRole.SMALL_STRONG))
        painter.setPen(theme.color("on_accent"))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, initials(self._name))
        room = without_leading(rect, px(45), rtl)
        if self._menu is not None:
            icons.draw(painter, leading(room.adjusted(px(8), 0, -px(8), 0), px(13), not rtl), "chevron-up")
            room = without_leading(room, px(26), not rtl)
        self.draw_texts(painter, room.adjusted(0, px(8), 0, 0))
        if self.hasFocus():
            draw_ring(painter, rect, px(6))

    def _open(self) -> None:
        if self._menu is None:
            return
        self._menu.setMinimumWidth(self.width())
        height = self._menu.sizeHint().height()
        self._menu.popup(self.mapToGlobal(self.rect().topLeft()) - QPointF(0, height + px(4)).toPoint())
