"""SQL to read and to copy."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from lms_desktop.views import theme
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.paint import px


class SqlView(QPlainTextEdit):
    """SQL in the fixed font, from left to right in every language."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._font()
        theme.current().changed.connect(self._font)

    def show_sql(self, sql: str) -> None:
        """Show a script."""
        self.setPlainText(sql)

    def minimumSizeHint(self) -> QSize:
        """Override QWidget::minimumSizeHint: some lines."""
        return QSize(px(120), px(140))

    def _font(self) -> None:
        self.setFont(theme.current().font(theme.FontRole.FIXED))


class SqlTab(QWidget):
    """The SQL of what is chosen, with a way to take it along.

    Attributes:
        text: where it stands.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note = label("", "muted", wrap=True)
        self.text = SqlView(self.tr("SQL"), self)
        self.copy_button = button(self.tr("Copy"), "", self._copy, icon="copy")
        column = QVBoxLayout(self)
        column.setContentsMargins(px(16), px(12), px(16), px(12))
        column.setSpacing(px(8))
        column.addWidget(self.note)
        column.addWidget(self.text, 1)
        column.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignLeading)

    def show_sql(self, sql: str, note: str = "") -> None:
        """Show a script, and a sentence above it."""
        self.text.show_sql(sql)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.copy_button.setEnabled(bool(sql))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
