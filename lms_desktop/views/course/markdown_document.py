"""Markdown as a document that is only looked at: no HTML, no picture is fetched, and no text makes the window wait.

A picture is shown as its words. Where its format stayed in the document, Qt would read any file or address it names.
"""

import re
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtGui import (
    QFont,
    QImage,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFragment,
    QTextFrameFormat,
    QTextTable,
    QTextTableFormat,
)

from lms_desktop.models.wording import plain_tip
from lms_desktop.views import theme
from lms_desktop.views.kit.paint import px
from lms_desktop.views.theme import FontRole

LONG = 40_000
"""Characters from which on a part is shown: laying out this much takes a few hundredths of a second."""

HEAVIEST = 2_000
"""Bars (`|`) in what is shown: the time for a table grows with the square of its cells. A picture counts as ten."""

_FEATURES = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
_FENCE = re.compile(r"^ {0,3}(```|~~~)", re.MULTILINE)
_NAMELESS = re.compile(r"!\[\s*\](?=[(\[])")
_OPENING = re.compile(r"\A---(?=\s*$)", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """What is shown of a text: characters `start` to `end`; `text` is as it is to be rendered."""

    text: str
    start: int
    end: int

    def holds(self, at: int) -> bool:
        """Whether the character is in it."""
        return self.start <= at <= self.end


def part(text: str, at: int) -> Part:
    """All of a text, or of a long one the paragraphs around character `at`."""
    reach = LONG // 2
    if len(text) <= LONG and _weight(text) <= HEAVIEST:
        return Part(text, 0, len(text))
    at = min(max(at, 0), len(text))
    start, end = _around(text, at, reach)
    while end - start > 500 and _weight(text[start:end]) > HEAVIEST:
        reach //= 2
        start, end = _around(text, at, reach)
    fences = _FENCE.findall(text, 0, start)
    shown = text[start:end]
    if len(fences) % 2:  # it begins within code
        shown = f"{fences[-1]}\n{shown}"
    return Part(shown, start, end)


class SafeDocument(QTextDocument):
    """A document that fetches nothing.

    Attributes:
        refused: the addresses that Qt asked for, none of which was looked at.
    """

    def __init__(self) -> None:
        super().__init__()
        self.refused: list[str] = []

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Override QTextDocument::loadResource: a blank, which keeps Qt from looking for the file itself."""
        self.refused.append(name.toString() if isinstance(name, QUrl) else str(name))
        return blank()


def blank() -> QImage:
    """What stands in the place of whatever would have to be fetched."""
    made = QImage(1, 1, QImage.Format.Format_ARGB32)
    made.fill(Qt.GlobalColor.transparent)
    return made


def document(markdown: str) -> SafeDocument:
    """The document of a Markdown text, in the colours of the day. Whoever shows it has to keep it."""
    made = SafeDocument()
    made.setDefaultFont(theme.current().font())
    made.setDocumentMargin(px(4))
    # Qt takes what stands between two such lines at the very beginning for data about the text, and hides it.
    made.setMarkdown(_name_pictures(_OPENING.sub("***", markdown)), _FEATURES)
    _take_pictures_out(made)
    _dress(made)
    return made


def _weight(text: str) -> int:
    return text.count("|") + 10 * text.count("![")


def _around(text: str, at: int, reach: int) -> tuple[int, int]:
    start, end = max(0, at - reach), min(len(text), at + reach)
    if start > 0:
        gap = text.find("\n\n", start, at)
        start = gap + 2 if gap >= 0 else start
    if end < len(text):
        gap = text.rfind("\n\n", at, end)
        end = gap if gap >= 0 else end
    return start, end


def _name_pictures(markdown: str) -> str:
    """Give pictures without words an ellipsis: Qt leaves them out otherwise."""
    if _NAMELESS.search(markdown) is None:
        return markdown
    lines, fence = markdown.split("\n"), ""
    for at, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark is not None and fence in ("", mark[1]):
            fence = "" if fence else mark[1]
        elif not fence and not line.startswith(("    ", "\t")) and "`" not in line:
            lines[at] = _NAMELESS.sub("![…]", line)
    return "\n".join(lines)


def _take_pictures_out(made: QTextDocument) -> None:
    """Put words in the place of pictures. Qt makes several of one whose words are marked up."""
    found: list[tuple[int, int, str, str]] = []
    block = made.begin()
    while block.isValid():
        for piece in _pieces(block):
            form = piece.charFormat()
            if form.isImageFormat():
                picture = form.toImageFormat()
                alt = str(picture.property(QTextFormat.Property.ImageAltText) or "")
                position, length = piece.position(), piece.length()
                if found and sum(found[-1][:2]) == position and found[-1][3] == picture.name():
                    before = found.pop()
                    position, length, alt = before[0], before[1] + length, before[2] + alt
                found.append((position, length, alt, picture.name()))
        block = block.next()
    words = QTextCharFormat()
    words.setForeground(theme.color("muted"))
    words.setFontItalic(True)
    cursor = QTextCursor(made)
    for position, length, alt, name in reversed(found):
        cursor.setPosition(position)
        cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
        told = QCoreApplication.translate("MarkdownPreview", "[picture: {0}]").format(" ".join((alt or name).split()))
        words.setToolTip(plain_tip(name))
        cursor.insertText(told, words)


def _pieces(block: QTextBlock) -> list[QTextFragment]:
    pieces, it = [], block.begin()
    while not it.atEnd():
        pieces.append(it.fragment())
        it += 1
    return pieces


def _dress(made: QTextDocument) -> None:
    """Code on a ground of its own, quotes muted, tables with fine lines."""
    block = made.begin()
    while block.isValid():
        form = QTextBlockFormat(block.blockFormat())
        words = QTextCharFormat()
        if form.hasProperty(QTextFormat.Property.BlockCodeLanguage):
            form.setBackground(theme.color("background"))
            words.setFont(theme.current().font(FontRole.FIXED))
        elif form.hasProperty(QTextFormat.Property.BlockQuoteLevel):
            words.setForeground(theme.color("muted"))
        elif form.headingLevel():
            words.setProperty(QTextFormat.Property.FontSizeAdjustment, max(0, 3 - form.headingLevel()))
            form.setTopMargin(px(8))
            form.setBottomMargin(px(4))
        if words.propertyCount():
            cursor = QTextCursor(block)
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(words)
            cursor.setBlockFormat(form)
        block = block.next()
    for frame in made.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            look = QTextTableFormat(frame.format())
            look.setBorder(1)
            look.setBorderBrush(theme.color("line"))
            look.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
            look.setCellPadding(px(4))
            look.setBorderCollapse(True)
            look.setTopMargin(px(8))
            look.setBottomMargin(px(8))
            frame.setFormat(look)
            _mend_first_cell(frame)


def _mend_first_cell(table: QTextTable) -> None:
    """Behind lines of code Qt begins the first cell with an empty line and gives it the look of a paragraph."""
    cell, strong = table.cellAt(0, 0), QTextCharFormat()
    cursor = cell.firstCursorPosition()
    while not cursor.block().text() and cursor.position() < cell.lastPosition():
        cursor.deleteChar()
    strong.setFontWeight(QFont.Weight.Bold)
    cursor.setBlockFormat(QTextBlockFormat())
    cursor.setPosition(cell.lastPosition(), QTextCursor.MoveMode.KeepAnchor)
    cursor.mergeCharFormat(strong)
