"""What was understood of questions that are pasted or come from a file: each of them, and what is amiss, by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from lms_desktop.admin.quizzes import QUESTION_TYPES
from lms_desktop.models.wording import amid, told
from lms_desktop.services.teaching.parsed import Parsed, Problem
from lms_desktop.services.teaching.questions import MULTIPLE_CHOICE, SHORT_ANSWER, TRUE_FALSE, Reading
from lms_desktop.views import icons, theme
from lms_desktop.views.kit.paint import draw_ring, draw_tag, leading, log, own_way, px, tag_size, without_leading
from lms_desktop.views.theme import FontRole

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
ENTRY_ROLE = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True)
class Entry:
    """A line of the list: a question with its number, or something that is amiss; `line` counts from 1, 0 is none."""

    line: int
    number: int = 0
    reading: Reading | None = None
    sentence: str = ""


class FoundModel(QAbstractListModel):
    """Questions and problems in the order of their lines."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()

    def show(self, parsed: Parsed) -> None:
        """Show what was found."""
        lines = [*parsed.lines, *[0] * (len(parsed.questions) - len(parsed.lines))]
        questions = [
            Entry(line, number, reading)
            for number, (line, reading) in enumerate(zip(lines, parsed.questions, strict=True), 1)
        ]
        self.show_entries([*questions, *problems_of(parsed.problems)])

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show these, in the order of their lines; of one line the question first."""
        self.beginResetModel()
        self._entries = tuple(sorted(entries, key=lambda entry: (entry.line, entry.reading is None)))
        self.endResetModel()

    def entry(self, row: int) -> Entry | None:
        """What stands in a row."""
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractItemModel::rowCount."""
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::data."""
        entry = self.entry(index.row()) if index.isValid() else None
        if entry is None:
            return None
        match int(role):
            case int(Qt.ItemDataRole.DisplayRole) | int(Qt.ItemDataRole.AccessibleTextRole):
                return self.spoken(entry)
            case _ if int(role) == ENTRY_ROLE:
                return entry
        return None

    def spoken(self, entry: Entry) -> str:
        """What a screen reader says of an entry, and a tool tip."""
        if entry.reading is None:
            return f"{self.where(entry)}: {entry.sentence}" if entry.line else entry.sentence
        parts = [
            f"{entry.number}. {one_line(entry.reading.text)}",
            kind_word(entry.reading),
            self.answers(entry.reading),
        ]
        return ", ".join(part for part in parts if part)

    def where(self, entry: Entry) -> str:
        """The line that it is about."""
        return self.tr("Line {0}").format(entry.line)

    def points(self, reading: Reading) -> str:
        """What a question is worth."""
        return self.tr("%n point(s)", "", reading.points)

    def answers(self, reading: Reading) -> str:
        """The answers in a line, right ones ticked."""
        if reading.type == MULTIPLE_CHOICE:
            return " · ".join(
                f"✓ {one_line(option.text)}" if at in reading.right else one_line(option.text)
                for at, option in enumerate(reading.options)
            )
        if reading.type == TRUE_FALSE:
            return "" if reading.truth is None else "✓ " + (self.tr("True") if reading.truth else self.tr("False"))
        if reading.type == SHORT_ANSWER:
            return " · ".join(f"✓ {one_line(text)}" for text in reading.accepted)
        return self.tr("marked by hand")


class FoundDelegate(QStyledItemDelegate):
    """Draws a question in two lines, a problem in one."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Override QStyledItemDelegate::sizeHint."""
        entry = index.data(ENTRY_ROLE)
        metrics = QFontMetrics(theme.current().font(FontRole.BODY))
        if isinstance(entry, Entry) and entry.reading is None:
            room = max(option.rect.width() - px(44), px(120))
            words = index.data(Qt.ItemDataRole.DisplayRole)
            wrapped = metrics.boundingRect(0, 0, room, 10_000, int(Qt.TextFlag.TextWordWrap), words)
            return QSize(px(120), wrapped.height() + px(10))
        return QSize(px(120), 2 * metrics.height() + px(14))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Override QStyledItemDelegate::paint."""
        entry = index.data(ENTRY_ROLE)
        if not isinstance(entry, Entry):
            return
        painter.save()
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._draw(painter, option, index, entry)
        except Exception:
            log.exception("Drawing what was found failed")
        finally:
            painter.restore()

    def _draw(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, entry: Entry) -> None:
        rect = QRectF(option.rect)
        rtl = option.direction == Qt.LayoutDirection.RightToLeft
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, theme.color("accent_soft"))
        painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), theme.color("line"))
        inside = rect.adjusted(px(10), px(5), -px(10), -px(6))
        words = str(index.data(Qt.ItemDataRole.DisplayRole))
        start = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
        start |= Qt.AlignmentFlag.AlignAbsolute
        if entry.reading is None:
            icons.draw(painter, leading(inside, px(14), rtl).adjusted(0, 0, 0, 0), "warning", "warn")
            painter.setFont(theme.current().font(FontRole.BODY))
            painter.setPen(theme.color("text" if selected else "warn"))
            room = without_leading(inside, px(24), rtl)
            painter.drawText(room, int(start | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextWordWrap), words)
        else:
            self._draw_question(painter, inside, entry, entry.reading, index, rtl=rtl)
        if option.state & QStyle.StateFlag.State_HasFocus:
            draw_ring(painter, rect, px(4))

    def _draw_question(
        self, painter: QPainter, inside: QRectF, entry: Entry, reading: Reading, index: Index, *, rtl: bool
    ) -> None:
        model = index.model()
        assert isinstance(model, FoundModel)
        tag = kind_word(reading)
        size = tag_size(tag)
        start = (Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignAbsolute
        body, small = theme.current().font(FontRole.BODY), theme.current().font(FontRole.SMALL)
        top = QRectF(inside.x(), inside.y(), inside.width(), QFontMetrics(body).height() + px(2))
        badge = leading(top, size.width(), not rtl)
        painter.setFont(small)
        draw_tag(painter, QRectF(badge.x(), badge.y(), badge.width(), size.height()), tag, "neutral")
        room = without_leading(top, size.width() + px(8), not rtl)
        painter.setFont(body)
        painter.setPen(theme.color("text"))
        text = f"{entry.number}.  {one_line(reading.text)}"
        shown = QFontMetrics(body).elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, int(start | Qt.AlignmentFlag.AlignVCenter), own_way(shown))
        painter.setFont(small)
        painter.setPen(theme.color("muted"))
        below = QRectF(inside.x(), top.bottom(), inside.width(), inside.bottom() - top.bottom())
        words = " · ".join(part for part in (model.points(reading), model.answers(reading)) if part)
        shown = QFontMetrics(small).elidedText(words, Qt.TextElideMode.ElideRight, int(below.width()))
        painter.drawText(below, int(start | Qt.AlignmentFlag.AlignVCenter), own_way(shown))


class FoundList(QListView):
    """The list of what was found.

    Attributes:
        found: the model.

    Signals:
        line_wanted(int): the person wants to see this line.
    """

    line_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.found = FoundModel(self)
        self.setModel(self.found)
        self.setItemDelegate(FoundDelegate(self))
        self.setProperty("kind", "boxed")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setAccessibleName(self.tr("What was understood"))
        self.clicked.connect(self._went)
        self.activated.connect(self._went)

    def _went(self, index: QModelIndex) -> None:
        entry = self.found.entry(index.row())
        if entry is not None and entry.line:
            self.line_wanted.emit(entry.line)

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: rows grow with the text."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self.scheduleDelayedItemsLayout()


def problems_of(problems: Sequence[Problem]) -> list[Entry]:
    """Problems as entries."""
    return [Entry(problem.line, sentence=told(problem.sentence)) for problem in problems]


def kind_word(reading: Reading) -> str:
    """The type of a question in the middle of a sentence."""
    label = QUESTION_TYPES.option(reading.type).label
    return amid(label) if label else QCoreApplication.translate("FoundModel", "no type")


def one_line(text: str) -> str:
    """A text on one line, not longer than anybody reads there."""
    return " ".join(text[:400].split())
