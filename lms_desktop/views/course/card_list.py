"""The list of cards: dragged, moved by keys, folded. What others change moves nothing under the hand."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QWidget

from lms_desktop.models.cards import Card, block
from lms_desktop.models.ordered import OrderedListModel, Step
from lms_desktop.views import theme
from lms_desktop.views.course.dragged_cards import DraggedCards
from lms_desktop.views.kit.paint import px
from lms_desktop.views.row_keeper import is_beside_rows, let_go_of_current

STEPS: dict[Qt.Key, Step] = {
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
    Qt.Key.Key_Home: "top",
    Qt.Key.Key_End: "end",
}
"""What moves rows, with Alt."""

_FLAGS = QItemSelectionModel.SelectionFlag


class CardList(DraggedCards):
    """Shows an OrderedListModel, and arranges it by drag and drop and by keys.

    Attributes:
        was_saved: whether a new card goes because it was saved, and will be back; its owner puts something in here.

    Signals:
        chosen(object): the Card that the person went to; not told where `choose` led to it.
        opened(object): the Card on which Enter or a double click fell.
        shifted(object): the step that a key asked for: "up", "down", "top", "end".
        menu_wanted(QPoint): the menu of the selected rows, at this place of the screen.
        delete_wanted(): the selected rows are to be deleted.
    """

    chosen = Signal(object)
    opened = Signal(object)
    shifted = Signal(str)
    menu_wanted = Signal(QPoint)
    delete_wanted = Signal()

    def __init__(self, model: OrderedListModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self.was_saved: Callable[[Card], bool] = lambda card: False
        self._told: object = None
        self._keeping = False
        self._anchor: tuple[QPersistentModelIndex, int] | None = None
        self._current: tuple[type, str] | None = None
        self._arrange()
        self.setModel(model)
        model.seen = self.isVisible
        model.about_to_change.connect(self._remember)
        model.changed.connect(self._put_back)
        for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            signal.connect(self._measure)
        model.dataChanged.connect(self._measure_again)
        self.selectionModel().currentChanged.connect(self._went)
        self.doubleClicked.connect(self._open)

    # What is chosen

    def chosen_rows(self) -> list[int]:
        """The selected rows, in order."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def chosen_cards(self) -> list[Card]:
        """The selected cards of the level of the current one, in order: what can be done with them is done at once."""
        cards = [card for row in self.chosen_rows() if (card := self.cards.card(row)) is not None]
        current = self.current_card() or (cards[0] if cards else None)
        return [card for card in cards if current is not None and card.entity is current.entity]

    def current_card(self) -> Card | None:
        """The card that has the keyboard."""
        index = self.currentIndex()
        return self.cards.card(index.row()) if index.isValid() else None

    def choose(self, entity: type, row_id: str) -> bool:
        """Go to a card without telling of it; whether it is there."""
        row = self.cards.find(entity, row_id)
        if row < 0:
            return False
        self._told = (entity, row_id)
        index = self.cards.index(row)
        if self.currentIndex() != index or not self.selectionModel().isSelected(index):
            self.selectionModel().setCurrentIndex(index, _FLAGS.ClearAndSelect)
        self.scrollTo(index)
        return True

    def select(self, keys: Sequence[tuple[type, str]]) -> None:
        """Select these cards, the first of them current."""
        rows = [row for key in keys if (row := self.cards.find(*key)) >= 0]
        if rows:
            self.selectionModel().setCurrentIndex(self.cards.index(rows[0]), _FLAGS.ClearAndSelect)
            for row in rows[1:]:
                self.selectionModel().select(self.cards.index(row), _FLAGS.Select)
            self.scrollTo(self.cards.index(rows[0]))

    def select_too(self, keys: Sequence[tuple[type, str]]) -> None:
        """Select these cards besides what is selected, as far as they are there."""
        for row in (row for key in keys if (row := self.cards.find(*key)) >= 0):
            self.selectionModel().select(self.cards.index(row), _FLAGS.Select)

    def follow(self) -> None:
        """See to it that the current card is in view after a move, and as much of the others as can be."""
        self.executeDelayedItemsLayout()
        self.scrollTo(self.currentIndex())

    # Within

    def _arrange(self) -> None:
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self._space()

    def _space(self) -> None:
        self.verticalScrollBar().setSingleStep(theme.current().measures.row // 2)

    def _measure(self) -> None:
        self._delegate.measure(self.cards)
        self.viewport().update()

    def _measure_again(self) -> None:
        """Cards say something else: the others are painted as well where they stand otherwise by that."""
        if self._delegate.measure(self.cards):
            self.viewport().update()

    def _went(self, current: QModelIndex) -> None:
        card = self.cards.card(current.row()) if current.isValid() else None
        if card is not None and not self._keeping and card.key != self._told:
            self._told = card.key
            self.chosen.emit(card)

    def _open(self, index: QModelIndex) -> None:
        card = self.cards.card(index.row())
        if card is not None and not card.heading:
            self.opened.emit(card)

    def _fold(self, row: int, folded: bool) -> bool:
        """Fold a card; the keyboard does not stay on what is folded away."""
        if folded and self.currentIndex().row() in block(self.cards.cards, row):
            self.selectionModel().setCurrentIndex(self.cards.index(row), _FLAGS.ClearAndSelect)
        return self.cards.fold(row, folded)

    # Others' changes

    def _remember(self) -> None:
        """Before rows come and go: which one is read, and where it stands on the screen."""
        self._keeping = True
        current = self.currentIndex()
        card = self.current_card()
        self._current = None if card is None else card.key
        seen = self.viewport().rect()
        index = current if current.isValid() and self.visualRect(current).intersects(seen) else QModelIndex()
        index = index if index.isValid() else self.indexAt(QPoint(px(4), 1))
        self._anchor = (QPersistentModelIndex(index), self.visualRect(index).top()) if index.isValid() else None

    def _put_back(self) -> None:
        self._keeping = False
        self.executeDelayedItemsLayout()
        if self._anchor is not None and self._anchor[0].isValid():
            off = self.visualRect(QModelIndex(self._anchor[0])).top() - self._anchor[1]  # type: ignore[call-overload]
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + off)
        self._anchor = None
        self._measure()

    def dataChanged(
        self,
        first: QModelIndex | QPersistentModelIndex,
        last: QModelIndex | QPersistentModelIndex,
        roles: Sequence[int] = (),
    ) -> None:
        """Override: the cards that changed are painted. A QListView lays all of them out anew, though each is as high
        as the others whatever it says."""
        QAbstractItemView.dataChanged(self, first, last, list(roles))

    def rowsAboutToBeRemoved(self, parent: QModelIndex | QPersistentModelIndex, start: int, end: int) -> None:
        """Override: where somebody else deleted the current row, Qt would make its neighbour current; so it would
        where a new one was saved, which is there again as soon as it has been read."""
        card = self.current_card()
        if self._keeping or (card is not None and card.new and self.was_saved(card)):
            let_go_of_current(self, start, end)  # type: ignore[arg-type]
        super().rowsAboutToBeRemoved(parent, start, end)

    # Overrides of Qt

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override QListView::mousePressEvent: the arrow folds and chooses nothing."""
        index = self.indexAt(event.position().toPoint())
        card = self.cards.card(index.row()) if index.isValid() else None
        if card is not None and card.folded is not None and event.button() == Qt.MouseButton.LeftButton:
            arrow = self._delegate.arrow(self.visualRect(index), card, self.isRightToLeft())
            if arrow.adjusted(-px(4), -px(6), px(4), px(6)).contains(event.position().toPoint()):
                self._fold(index.row(), not card.folded)
                event.accept()
                return
        super().mousePressEvent(event)

    def selectionCommand(
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """Override QAbstractItemView::selectionCommand: Ctrl+Home and Ctrl+End choose the first and the last card, with
        Shift all up to it. Qt would move the keyboard alone: one would be shown, and another one deleted or moved. A
        click below the cards means none of them."""
        if is_beside_rows(index, event):
            return _FLAGS.NoUpdate
        if isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            held = event.modifiers()
            if held & Qt.KeyboardModifier.ControlModifier:
                return _FLAGS.SelectCurrent if held & Qt.KeyboardModifier.ShiftModifier else _FLAGS.ClearAndSelect
        return super().selectionCommand(index, event)

    def event(self, event: QEvent) -> bool:
        """Override QWidget::event: the keys that move rows are this list's while it has the keyboard."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._step(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QListView::keyPressEvent: Alt moves, left and right fold, Enter opens, Del deletes."""
        step, key = self._step(event), Qt.Key(event.key())
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if step is not None:
            self.shifted.emit(step)
        elif plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
        elif plain and key == Qt.Key.Key_Delete and self.chosen_rows():
            self.delete_wanted.emit()
        elif plain and key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self.currentIndex().isValid():
            self._in_or_out(inwards=(key == Qt.Key.Key_Right) is not self.isRightToLeft())
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    @staticmethod
    def _step(event: QKeyEvent) -> Step | None:
        alt = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.AltModifier
        return STEPS.get(Qt.Key(event.key())) if alt else None

    def _in_or_out(self, *, inwards: bool) -> None:
        """Unfold, and then into what was unfolded; fold, and then to what it belongs to: as in a tree."""
        row = self.currentIndex().row()
        card = self.cards.cards[row]
        if card.folded is not None and self._fold(row, not inwards):
            return
        if inwards:
            to = row + 1 if len(block(self.cards.cards, row)) > 1 else row
        else:
            to = next((r for r in range(row - 1, -1, -1) if self.cards.cards[r].depth < card.depth), row)
        if not self.cards.cards[to].heading:
            self.selectionModel().setCurrentIndex(self.cards.index(to), _FLAGS.ClearAndSelect)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Override: ask for the menu, by mouse or by key."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            rect: QRect = self.visualRect(self.currentIndex())
            place = self.viewport().mapToGlobal(rect.center() if rect.isValid() else QPoint(px(12), px(12)))
        else:
            place = event.globalPos()
        self.menu_wanted.emit(place)
        event.accept()

    def showEvent(self, event: QShowEvent) -> None:
        """Override QWidget::showEvent: what was missed is read now."""
        super().showEvent(event)
        self.cards.catch_up()

    def hideEvent(self, event: QHideEvent) -> None:
        """Override QWidget::hideEvent: nothing is dragged over what is not seen."""
        super().hideEvent(event)
        self.cards.hold(False)

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: another theme or text size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._space()
            self._measure()
            self.scheduleDelayedItemsLayout()
