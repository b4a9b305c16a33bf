"""What Markdown looks like, to be read: nothing is fetched, nothing is run, no link is followed without asking."""

from typing import Any

from PySide6.QtCore import QEvent, Qt, QUrl, Signal
from PySide6.QtWidgets import QTextBrowser, QWidget

from lms_desktop.views.course.addresses import open_address
from lms_desktop.views.course.markdown_document import Part, SafeDocument, blank, document, part


class MarkdownPreview(QTextBrowser):
    """Shows a Markdown text, of a long one the part around a place.

    Attributes:
        shown: what of the text is shown.

    Signals:
        shortened(bool): whether only a part is shown.
    """

    shortened = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "paper")
        self.shown = Part("", 0, 0)
        self._text = ""
        self._page = SafeDocument()
        self.setDocument(self._page)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setUndoRedoEnabled(False)
        self.setAccessibleName(self.tr("Preview"))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.anchorClicked.connect(self._clicked)

    def tell(self, text: str, at: int = 0) -> None:
        """Show a text; of a long one the part around character `at`."""
        shown = part(text, at)
        if shown == self.shown and text == self._text:
            return
        self._text, self.shown = text, shown
        self._render()
        self.shortened.emit(len(shown.text) < len(text))

    def forget(self) -> None:
        """Show nothing."""
        self.tell("")

    def share(self) -> float:
        """How far down it is scrolled, 0 to 1."""
        bar = self.verticalScrollBar()
        return bar.value() / bar.maximum() if bar.maximum() > 0 else 0.0

    def scroll_to(self, share: float) -> None:
        """Scroll to a place, 0 for the beginning, 1 for the end."""
        bar = self.verticalScrollBar()
        bar.setValue(round(min(max(share, 0.0), 1.0) * bar.maximum()))

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Override QTextBrowser::loadResource: nothing is fetched."""
        return blank()

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: colours and sizes are in the document."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._text:
            self._render()

    def _render(self) -> None:
        share, before = self.share(), self._page
        self._page = document(self.shown.text)
        self.setDocument(self._page)
        self.scroll_to(share)
        before.deleteLater()

    def _clicked(self, link: QUrl) -> None:
        address = link.toString(QUrl.ComponentFormattingOption.FullyEncoded)
        if address.startswith("#"):
            self.scrollToAnchor(address[1:])
        else:
            open_address(self.window(), address)
