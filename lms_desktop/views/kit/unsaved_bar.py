"""The bar below the rows that says what is not saved."""

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QWidget

from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.flow import FlowLayout
from lms_desktop.views.kit.labels import ElidedLabel, key_text
from lms_desktop.views.kit.notices import Picture
from lms_desktop.views.kit.paint import px
from lms_desktop.views.kit.to_be_read import to_be_read


class UnsavedBar(QFrame):
    """The bar that counts what is not saved yet, hidden while there is nothing.

    Signals:
        preview, discard, save: the buttons. The bar does nothing by itself.
    """

    preview = Signal()
    discard = Signal()
    save = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        to_be_read(self)
        self.setProperty("kind", "unsaved")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._saving = False
        self._picture = Picture("edit", "warn")
        self._count, self._where, self._problem = (ElidedLabel("", kind) for kind in ("strong", "muted", "bad"))
        self.preview_button = button(self.tr("Preview"), "", self.preview.emit)
        self.discard_button = button(self.tr("Discard"), "", self.discard.emit)
        self.save_button = button("", "primary", self.save.emit)
        self._said, self._buttons = QWidget(), QWidget()
        self._words = QHBoxLayout(self._said)
        self._words.setContentsMargins(0, 0, 0, 0)
        for widget in (self._picture, self._count):
            self._words.addWidget(widget)
        self._words.addWidget(self._where, 1)
        self._words.addWidget(self._problem)
        flow = FlowLayout(self._buttons, at_end=True)
        for press in (self.preview_button, self.discard_button, self.save_button):
            flow.addWidget(press)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.addWidget(self._said, 1)
        self._row.addWidget(self._buttons)
        self._space()
        self.set_saving(False)
        self.hide()

    def tell(self, changes: int, where: str = "", problem: str = "") -> None:
        """Show `changes` and `where` they are ("in 2 enrollments"); 0 hides the bar. A `problem` forbids saving."""
        one = changes == 1
        self._count.setText(self.tr("1 unsaved change") if one else self.tr("%n unsaved changes", "", changes))
        self._where.setText(where)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._enable()
        self.setAccessibleName(" ".join(filter(None, (self._count.text(), where, problem))))
        self.setVisible(changes > 0)

    def set_saving(self, saving: bool) -> None:
        """While the save runs nothing can be pressed twice."""
        self._saving = saving
        self._enable()
        word = self.tr("Saving…") if saving else self.tr("Save")
        self.save_button.setText(word if saving else f"{word}  {key_text('Ctrl+S')}")
        self.save_button.setAccessibleName(word)

    def changeEvent(self, event: QEvent) -> None:
        """Override: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def minimumSizeHint(self) -> QSize:
        """Override QWidget::minimumSizeHint: the buttons may stand below the words, and below each other."""
        margins = self._row.contentsMargins()
        parts = max(self._said.minimumSizeHint().width(), self._buttons.minimumSizeHint().width())
        return QSize(parts + margins.left() + margins.right(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent: on two lines where one is too short for the number and the buttons."""
        super().resizeEvent(event)
        margins = self._row.contentsMargins()
        words = self._picture.sizeHint().width() + self._count.sizeHint().width() + 2 * self._row.spacing()
        needed = words + self._buttons.sizeHint().width() + 2 * self._row.spacing() + margins.left() + margins.right()
        ways = QBoxLayout.Direction
        self._row.setDirection(ways.LeftToRight if self.width() >= needed else ways.TopToBottom)

    def _enable(self) -> None:
        self.preview_button.setEnabled(not self._saving)
        self.discard_button.setEnabled(not self._saving)
        self.save_button.setEnabled(not self._saving and not self._problem.text())

    def _space(self) -> None:
        self._row.setContentsMargins(px(16), px(9), px(16), px(9))
        for row in (self._row, self._words):
            row.setSpacing(px(8))
