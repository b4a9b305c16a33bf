"""The rows of a reference that a filter is about: found by typing, picked, and dropped again."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QListWidget, QListWidgetItem, QWidget

from lms_desktop.errors import ExplainedError
from lms_desktop.models.lookup import LookupModel
from lms_desktop.models.wording import said
from lms_desktop.services.lookup import Found
from lms_desktop.spec import Filter, Ref
from lms_desktop.views.filter_values import ValueEditor
from lms_desktop.views.found_list import FoundDelegate
from lms_desktop.views.kit.fields import SearchBox
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.paint import px
from lms_desktop.views.session import Session

FOUND_ROWS = 5
PICKED_ROWS = 3
"""So many rows are seen at a time."""

ID = Qt.ItemDataRole.UserRole + 7


class RefValues(ValueEditor):
    """Rows of the referenced entity.

    Enter in the line picks what the server finds for what stands there; where nothing stands there, or that is picked
    already, the filter is wanted. Up and Down choose among what was found without leaving the line.
    """

    def __init__(self, session: Session, reference: Ref, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picked: dict[str, str] = {}
        self._waiting = False
        self._asked: str | None = None
        self._answered: str | None = None
        self._model = LookupModel(session.desk, session.catalog, reference, self)
        self._line = SearchBox(self.tr("Type to find…"))
        self._line.setAccessibleName(name)
        self._found = QListView()
        self._found.setModel(self._model)
        self._found.setItemDelegate(FoundDelegate(self._found))
        self._found.setAccessibleName(self.tr("Found"))
        self._words = label("", "muted", wrap=True)
        self._list = QListWidget()
        self._list.setAccessibleName(self.tr("Picked"))
        self._list.hide()
        for view in (self._found, self._list):
            view.setProperty("kind", "boxed")
            view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            view.setTextElideMode(Qt.TextElideMode.ElideRight)
            view.setMouseTracking(True)
        self._found.setFixedHeight(FOUND_ROWS * px(30) + px(4))
        for widget in (self._list, self._line, self._words, self._found):
            self.box.addWidget(widget)
        self._connect()
        self.setFocusProxy(self._line)
        self._ask("")

    def put(self, condition: Filter) -> None:
        """Override ValueEditor.put."""
        for value, text in zip(condition.values, condition.labels or condition.values, strict=False):
            self._pick(Found(value, text, ""))

    def values(self) -> tuple[str, ...]:
        """Override ValueEditor.values."""
        return tuple(self._picked)

    def labels(self) -> tuple[str, ...]:
        """Override ValueEditor.labels."""
        return tuple(self._picked.values())

    def enter(self) -> None:
        """Override ValueEditor.enter."""
        if self._list.hasFocus():
            self._drop(self._list.currentItem())
        elif self._found.hasFocus():
            self._pick(self._model.found(self._found.currentIndex().row()))
        elif self._line.text().strip() or self._found.currentIndex().isValid():
            self._ask(self._line.text().strip())
            self._waiting = True
            if self._answered == self._line.text().strip():
                self._pick_waiting()
        else:
            super().enter()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter: Up and Down in the line go through what was found, Delete drops a pick."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if watched is self._line and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._step(1 if event.key() == Qt.Key.Key_Down else -1)
            return True
        if watched is self._list and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Space):
            self._drop(self._list.currentItem())
            return True
        if watched is self._found and event.key() == Qt.Key.Key_Space:
            self._pick(self._model.found(self._found.currentIndex().row()))
            return True
        return False

    def _connect(self) -> None:
        self._line.searched.connect(self._ask)
        self._line.textEdited.connect(self._typed_on)
        self._model.answered.connect(self._arrived)
        self._model.failed.connect(self._failed)
        self._found.clicked.connect(lambda index: self._pick(self._model.found(index.row())))
        self._list.itemClicked.connect(self._drop)
        for widget in (self._line, self._found, self._list):
            widget.installEventFilter(self)

    # Finding

    def _typed_on(self) -> None:
        """What Enter was pressed for was another text."""
        self._waiting = False

    def _ask(self, typed: str) -> None:
        if typed != self._asked:
            self._asked, self._answered = typed, None
            self._tell(self.tr("Looking…"))
            self._model.ask(typed)

    def _arrived(self, typed: str) -> None:
        self._answered = typed
        rows = self._model.rowCount()
        nothing, words = rows == 0, ""
        if nothing and typed:
            words = self.tr("Nothing found for “{0}”.").format(typed)
        elif self._model.has_more:
            words = self.tr("These are the first {0}. Type more to find others.").format(rows)
        self._tell(words)
        self._found.setVisible(not nothing)
        if self._waiting:
            self._pick_waiting()

    def _failed(self, error: ExplainedError) -> None:
        self._asked, self._answered, self._waiting = None, None, False
        self._tell(said(error))

    def _tell(self, words: str) -> None:
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self.changed.emit()

    def _step(self, by: int) -> None:
        rows = self._model.rowCount()
        if rows:
            here = self._found.currentIndex().row()
            there = here + by if here >= 0 else (0 if by > 0 else rows - 1)
            self._found.setCurrentIndex(self._model.index(there % rows, 0))

    # Picking

    def _pick_waiting(self) -> None:
        self._waiting = False
        found = self._model.found(max(self._found.currentIndex().row(), 0))
        if found is not None and found.id in self._picked:
            super().enter()
            return
        self._pick(found)
        self._line.selectAll()

    def _pick(self, found: Found | None) -> None:
        if found is None or found.id in self._picked:
            return
        self._picked[found.id] = found.label
        item = QListWidgetItem(f"✓ {found.label}")
        item.setData(ID, found.id)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, found.label)
        item.setToolTip(self.tr("Click to take it out"))
        self._list.addItem(item)
        self._list.scrollToItem(item, QAbstractItemView.ScrollHint.EnsureVisible)
        self._show_picked()

    def _drop(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        self._picked.pop(item.data(ID), None)
        self._list.takeItem(self._list.row(item))
        if not self._picked:
            self._line.setFocus()
        self._show_picked()

    def _show_picked(self) -> None:
        rows = min(self._list.count(), PICKED_ROWS)
        self._list.setVisible(rows > 0)
        self._list.setFixedHeight(rows * max(self._list.sizeHintForRow(0), px(28)) + px(4))
        self.changed.emit()
