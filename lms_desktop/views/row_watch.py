"""Which rows a table shows, told before they are painted, and the moment of patience after a jump."""

from collections.abc import Callable

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QTableView

HOLD_MS = 25
"""So long the old picture may stay after a jump while the rows are on their way."""


class RowWatch(QObject):
    """Watches the place of a table over its rows.

    Attributes:
        upwards: whether the person scrolled upwards last.

    Signals:
        wanted: (first, last) row in view, each time it changes, and again after the rows themselves changed.
    """

    wanted = Signal(int, int)

    def __init__(self, table: QTableView, loaded: Callable[[int, int], bool]) -> None:
        """`loaded` says whether the rows from one to another can be painted already."""
        super().__init__(table)
        self._table, self._loaded = table, loaded
        self._model: QAbstractItemModel | None = None
        self._seen = (-1, -1)
        self._moved = self._changed = self._keeps = self.upwards = False
        self._hold = self._timer(HOLD_MS, self.let_go)
        self._soon = self._timer(0, self.ask)

    def watch(self, model: QAbstractItemModel | None) -> None:
        """Hear of the rows of this model from now on; whoever watches it too has been told to by now."""
        if self._model is not None:
            for signal, act in self._heard(self._model):
                signal.disconnect(act)
        self._model = model
        if model is not None:
            for signal, act in self._heard(model):
                signal.connect(act)
        self.forget()

    def seen(self) -> tuple[int, int]:
        """(first, last) row in view, (-1, -1) for none."""
        table = self._table
        rows = table.verticalHeader().count()
        if rows == 0:
            return -1, -1
        last = table.rowAt(table.viewport().height() - 1)
        return max(table.rowAt(0), 0), last if last >= 0 else rows - 1

    def ask(self) -> None:
        """Say which rows are in view, if they are others than those said last."""
        seen = self.seen()
        if seen != self._seen:
            self._seen = seen
            if seen[0] >= 0:
                self.wanted.emit(*seen)

    def ask_soon(self) -> None:
        """The same, once Qt has laid out what changed."""
        self._soon.start()

    def about_to_scroll(self, pixels: int) -> None:
        """The table scrolls next by so many pixels. After a jump the old picture stays for now; said afterwards, it
        would come too late: what Qt has put down to be painted is painted."""
        viewport = self._table.viewport()
        if not self._keeps and abs(pixels) >= viewport.height() and self._seen[0] >= 0 and self._table.isVisible():
            viewport.setUpdatesEnabled(False)

    def scrolled(self) -> None:
        """It has scrolled: say what is in view, and let the old picture go unless the rows are on their way."""
        self.ask()
        if self._seen[0] < 0 or self._loaded(*self._seen):
            self.let_go()
        elif not self._table.viewport().updatesEnabled() and not self._hold.isActive():
            self._hold.start()

    def forget(self) -> None:
        """The same places hold other rows now: say them again."""
        self._changed = True
        self._seen = (-1, -1)
        self.let_go()
        self._soon.start()

    def keep(self) -> bool:
        """Rows come or go next, and those in view may stay where they are: whether what is painted can be kept till
        `kept` says so."""
        viewport = self._table.viewport()
        is_settled = viewport.updatesEnabled() and not (self._changed or self._moved)
        is_bare = not viewport.children()  # an open editor would scroll the picture all the same
        if self._table.isVisible() and is_settled and is_bare:
            self._keeps = True
            viewport.setAttribute(Qt.WidgetAttribute.WA_UpdatesDisabled, True)
        return self._keeps

    def kept(self, same: bool) -> None:
        """Whether the rows in view look the `same` where they are."""
        if self._keeps:
            self._keeps = False
            self._table.viewport().setAttribute(Qt.WidgetAttribute.WA_UpdatesDisabled, False)
        if same:
            self._changed = False
        else:
            self._table.viewport().update()

    def keeps_picture(self) -> bool:
        """Whether all that happened since this was asked last are rows that came or went behind those in view."""
        kept = self._moved and not self._changed
        self._moved = self._changed = False
        return kept

    def let_go(self) -> None:
        """Paint again, whatever is there."""
        self._hold.stop()
        if not self._keeps and not self._table.viewport().updatesEnabled():
            self._table.viewport().setUpdatesEnabled(True)

    def _rows_moved(self, parent: QModelIndex, start: int) -> None:
        """Rows came or went, from `start` on."""
        changed = self._changed or start <= self.seen()[1] or not self._is_full()
        self.forget()
        self._moved, self._changed = True, changed

    def _arrived(self) -> None:
        """Rows were loaded or changed."""
        if self._hold.isActive() and self._loaded(*self._seen):
            self.let_go()

    def _heard(self, model: QAbstractItemModel) -> tuple[tuple[SignalInstance, Callable[..., None]], ...]:
        return (
            (model.modelReset, self.forget),
            (model.layoutChanged, self.forget),
            (model.rowsInserted, self._rows_moved),
            (model.rowsRemoved, self._rows_moved),
            (model.dataChanged, self._arrived),
        )

    def _is_full(self) -> bool:
        table, last = self._table, self.seen()[1]
        return last >= 0 and table.rowViewportPosition(last) + table.rowHeight(last) >= table.viewport().height()

    def _timer(self, milliseconds: int, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(act)
        return timer
