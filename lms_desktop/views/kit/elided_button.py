"""A button whose words give way where room is short."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from lms_desktop.models.wording import plain_tip
from lms_desktop.views.kit.paint import own_way, px


class ElidedButton(QPushButton):
    """A button of one of the style sheet's kinds; what does not fit ends in "…", and its name has the whole."""

    def __init__(self, kind: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = self._shown = ""
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        if kind:
            self.setProperty("kind", kind)

    @property
    def words(self) -> str:
        """What it says, wholly."""
        return self._whole

    def tell(self, text: str) -> None:
        """Say something else."""
        if text == self._whole:
            return
        self._whole = text
        self.setAccessibleName(text)
        self._elide()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Override QPushButton::sizeHint: room for all of it."""
        hint, metrics = super().sizeHint(), self.fontMetrics()
        more = metrics.horizontalAdvance(self._whole) - metrics.horizontalAdvance(self._shown)
        return QSize(hint.width() + more, hint.height())

    def minimumSizeHint(self) -> QSize:
        """Override QPushButton::minimumSizeHint: the first word or two are enough."""
        hint = self.sizeHint()
        return QSize(min(hint.width(), px(72)), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent: as much of it as fits."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        shown = self._whole
        if self.width() < self.sizeHint().width():
            around = super().sizeHint().width() - self.fontMetrics().horizontalAdvance(self._shown)
            shown = self.fontMetrics().elidedText(shown, Qt.TextElideMode.ElideRight, self.width() - around)
        if shown != self._shown:
            self._shown = shown
            self.setText(own_way(shown.replace("&", "&&")))  # no shortcut is meant
        self.setToolTip("" if shown == self._whole else plain_tip(self._whole))
