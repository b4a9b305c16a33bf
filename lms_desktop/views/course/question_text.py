"""The text of a question as students read it: Markdown that is drawn, never fetched, followed or run."""

from math import ceil

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QPalette,
    QTextDocument,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from lms_desktop.views import theme
from lms_desktop.views.course.markdown_document import document, part
from lms_desktop.views.kit.paint import log, px

LEAST = 120
"""Its width at least, in pixels at 100 %."""


class QuestionText(QWidget):
    """Markdown as high as it is at its width; a screen reader says it as plain text."""

    def __init__(self, markdown: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._markdown = markdown
        self._page: QTextDocument | None = None
        self.setAccessibleName(self.plain())

    def plain(self) -> str:
        """The text without its marks, on one line."""
        return " ".join(self._document().toPlainText().split())

    def _document(self) -> QTextDocument:
        if self._page is None:
            self._page = document(part(self._markdown, 0).text)
            self._page.setParent(self)
            self._page.setDocumentMargin(0)
            option = QTextOption(self._page.defaultTextOption())
            option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
            option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
            if QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft:
                option.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute)
            self._page.setDefaultTextOption(option)
        return self._page

    def heightForWidth(self, width: int) -> int:
        """Override QWidget::heightForWidth."""
        page = self._document()
        page.setTextWidth(max(width, px(LEAST)))
        return ceil(page.size().height())

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint."""
        width = self.width() if self.testAttribute(Qt.WidgetAttribute.WA_Resized) else px(400)
        return QSize(px(400), self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Override QWidget::minimumSizeHint."""
        return QSize(px(LEAST), self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent. No exception leaves it: that would end the process."""
        painter = QPainter(self)
        try:
            page = self._document()
            page.setTextWidth(max(self.width(), px(LEAST)))
            look = QAbstractTextDocumentLayout.PaintContext()
            palette = QPalette(self.palette())
            palette.setColor(QPalette.ColorRole.Text, theme.color("text"))
            look.palette = palette
            page.documentLayout().draw(painter, look)
        except Exception:
            log.exception("Drawing a question failed")
        finally:
            painter.end()

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: colours and sizes are in the document."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._page is not None:
            self._page.deleteLater()
            self._page = None
            self.updateGeometry()
            self.update()
