"""The list that drops from the search field: what was found everywhere, and what can be done."""

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from lms_desktop.models.wording import plain_tip
from lms_desktop.views import icons, theme
from lms_desktop.views.found_list import draw_named
from lms_desktop.views.kit.paint import leading, log, px, without_leading
from lms_desktop.views.theme import FontRole

_ROLE = int(Qt.ItemDataRole.UserRole)
DESTINATION, DETAIL, KIND, ICON = _ROLE, _ROLE + 1, _ROLE + 2, _ROLE + 3
"""Roles of an entry: where it leads or what it does (None where it only says something), muted text, word at the end,
icon's name."""

Index = QModelIndex | QPersistentModelIndex


class EntryList(QListWidget):
    """Entries, one below the other, of which those that lead nowhere only say something."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setProperty("kind", "drop")
        self.setItemDelegate(_EntryDelegate(self))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.hide()

    def add(self, text: str, detail: str, kind: str, icon: str, destination: object) -> None:
        """One more entry; `destination` is None where it only says something."""
        item = QListWidgetItem(text)
        for role, value in ((DESTINATION, destination), (DETAIL, detail), (KIND, kind), (ICON, icon)):
            item.setData(role, value)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(filter(None, (text, detail, kind))))
        item.setToolTip(plain_tip(" · ".join(filter(None, (text, detail)))))
        if destination is None:
            item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.addItem(item)

    def leads_to(self, item: QListWidgetItem) -> Any:
        """Where an entry leads, or what it does."""
        return item.data(DESTINATION)


class _EntryDelegate(QStyledItemDelegate):
    """Paints an entry: its icon, its name, muted what tells it apart, and at the end what it is."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Override QStyledItemDelegate::sizeHint."""
        return QSize(px(200), px(32))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Override QStyledItemDelegate::paint."""
        try:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw(painter, option, index)
            painter.restore()
        except Exception:
            log.exception("Drawing an entry of the search failed")

    def _draw(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        leads = index.data(DESTINATION) is not None
        chosen = leads and bool(state & QStyle.StateFlag.State_Selected)
        if chosen or (leads and state & QStyle.StateFlag.State_MouseOver):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_soft" if chosen else "hover"))
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), px(4), px(4))
        list_ = self.parent()
        rtl = isinstance(list_, QWidget) and list_.layoutDirection() == Qt.LayoutDirection.RightToLeft
        room = QRectF(rect).adjusted(px(10), 0, -px(10), 0)
        icons.draw(painter, leading(room, px(16), rtl), index.data(ICON), "accent" if chosen else "muted")
        room = without_leading(room, px(26), rtl)
        if kind := index.data(KIND):
            painter.setFont(theme.current().font(FontRole.SMALL))
            painter.setPen(theme.color("muted"))
            width = painter.fontMetrics().horizontalAdvance(kind) + px(4)
            painter.drawText(leading(room, width, not rtl), Qt.AlignmentFlag.AlignCenter, kind)
            room = without_leading(room, width + px(10), not rtl)
        text = index.data(Qt.ItemDataRole.DisplayRole)
        if leads:
            draw_named(painter, room, text, index.data(DETAIL), list_)
        else:
            draw_named(painter, room, "", text, list_)
