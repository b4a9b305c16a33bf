"""Texts that pass through Qt's editors without losing a byte.

Qt's widgets and PySide change some texts on the way in or out: a byte-order mark in front is dropped, half characters
vanish when a text is read, a document keeps one kind of line break. What is not watched here would be stored changed.
"""

import re
import unicodedata
from collections import Counter
from difflib import SequenceMatcher

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAccessible, QTextCursor, QTextDocument
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from lms_desktop.errors import BadValue
from lms_desktop.errors.kinds import N_
from lms_desktop.models.wording import word

PARAGRAPH = "\u2029"
"""What stands between two lines in `QTextDocument.toRawText`."""

_BREAK = re.compile("\r\n|[\n\r\u2029\ufdd0\ufdd1]")
"""What begins a new paragraph in a QTextDocument."""
_ODD_BREAK = re.compile("[\r\u2029\ufdd0\ufdd1]")
_MARKS = ("\ufeff", "\ufffe")
_MANY = 4_000_000
"""Pairs of lines up to which a difference is worked out line by line."""

_PLAIN_INVISIBLES = "\n\t \u00a0\u3000\u202f\u200d\u200c"
_NAMES = {
    "\n": N_("line break"),
    "\r": N_("carriage return"),
    "\t": N_("tab"),
    "\u2028": N_("line separator"),
    "\u2029": N_("paragraph separator"),
    "\ufeff": N_("byte-order mark"),
    "\u00ad": N_("soft hyphen"),
    "\u200b": N_("zero-width space"),
    "\u200e": N_("left-to-right mark"),
    "\u200f": N_("right-to-left mark"),
}


def put_line(line: QLineEdit, text: str) -> bool:
    """Show a text in a line edit; whether it stands there exactly."""
    if text.startswith(_MARKS):  # PySide drops a mark in front, so it is not in front while it passes
        line.setText("x" + text)
        line.setSelection(0, 1)
        line.del_()
    else:
        line.setText(text)
    line.setCursorPosition(0)
    return line.text() == text and is_line_whole(line, text)


def line_text(line: QLineEdit) -> str:
    """What stands in a line edit; raises BadValue where that is not a whole text."""
    text = line.text()
    if not is_line_whole(line, text):
        raise half_a_character()
    return text


def put_document(edit: QPlainTextEdit, text: str) -> bool:
    """Show a text in a plain text edit, nothing to be undone; whether `ExactText` can give it back exactly."""
    if text.startswith(_MARKS):
        edit.setPlainText("x" + text)
        cursor = QTextCursor(edit.document())
        cursor.deleteChar()
        edit.document().clearUndoRedoStacks()
    else:
        edit.setPlainText(text)
    raw = edit.document().toRawText()
    return raw.split(PARAGRAPH) == _BREAK.split(text) and is_whole(edit.document(), raw)


def is_whole(document: QTextDocument, raw: str) -> bool:
    """Whether `raw`, read from the document, is all that stands there."""
    return document.characterCount() - 1 == _units(raw)


def half_a_character() -> BadValue:
    """The refusal of a lone surrogate."""
    return BadValue(
        QCoreApplication.translate(
            "ExactText", "There is half a character (a lone surrogate) in this text; it cannot be stored."
        )
    )


def has_odd_breaks(text: str) -> bool:
    """Whether a document would turn some of its line breaks into others."""
    return _ODD_BREAK.search(text) is not None


class ExactText:
    """A text as it was before a document showed it: the document's text is turned back, lines that were not edited with
    the line breaks that they had.

    Attributes:
        source: the text.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self._lines = _BREAK.split(source)
        self._breaks = _BREAK.findall(source)
        self._odd = has_odd_breaks(source)

    def text(self, raw: str) -> str:
        """The text that `QTextDocument.toRawText` stands for."""
        if not self._odd:
            return raw.replace(PARAGRAPH, "\n")
        lines = raw.split(PARAGRAPH)
        if lines == self._lines:
            return self.source
        return "".join(line + end for line, end in zip(lines, [*self._ends(lines), ""], strict=True))

    def index(self, raw: str, position: int) -> int:
        """Where in `text(raw)` the document's `position` (in UTF-16 units) is."""
        before = raw.encode("utf-16-le")[: 2 * position].decode("utf-16-le", "ignore")
        lines = raw.split(PARAGRAPH)
        number = before.count(PARAGRAPH)
        ends = self._ends(lines) if self._odd else ["\n"] * (len(lines) - 1)
        head = sum(len(lines[i]) + len(ends[i]) for i in range(number))
        return head + len(before) - (before.rfind(PARAGRAPH) + 1)

    def _ends(self, lines: list[str]) -> list[str]:
        """The breaks behind all lines but the last."""
        usual = Counter(self._breaks).most_common(1)[0][0]
        if usual in "\ufdd0\ufdd1":
            usual = "\n"
        ends = [usual] * (len(lines) - 1)
        old = self._lines
        head = 0
        while head < min(len(old), len(lines)) and old[head] == lines[head]:
            head += 1
        tail = 0
        while tail < min(len(old), len(lines)) - head and old[-1 - tail] == lines[-1 - tail]:
            tail += 1
        pairs = [(i, i) for i in range(head)]
        pairs += [(len(old) - 1 - i, len(lines) - 1 - i) for i in range(tail)]
        middle_old, middle_new = old[head : len(old) - tail], lines[head : len(lines) - tail]
        if len(middle_old) * len(middle_new) <= _MANY:
            matcher = SequenceMatcher(None, middle_old, middle_new, autojunk=False)
            for tag, i1, i2, j1, j2 in matcher.get_opcodes():
                if tag == "equal" or (tag == "replace" and i2 - i1 == j2 - j1):
                    pairs += [(head + i1 + n, head + j1 + n) for n in range(i2 - i1)]
        for there, here in pairs:
            if there < len(self._breaks) and here < len(ends):
                ends[here] = self._breaks[there]
        return ends


def invisible_note(text: str, *, one_line: bool) -> str:
    """A sentence about the characters of a text that nobody sees; "" where there are none."""
    found: Counter[str] = Counter()
    for character in text[:100_000] if not text.isprintable() else text.strip()[:0]:
        if not character.isprintable() and (character not in _PLAIN_INVISIBLES or (one_line and character in "\n\t")):
            found[character] += 1
    if text[:1].isspace() and one_line and text.strip():
        found[" "] += 0
    names = [_name(character, count) for character, count in found.most_common(4) if count]
    if not names:
        return ""
    more = "…" if len(found) > 4 else ""
    return QCoreApplication.translate("ExactText", "Holds what cannot be seen: {0}").format(", ".join(names)) + more


def _name(character: str, count: int) -> str:
    name = word(_NAMES[character]) if character in _NAMES else unicodedata.name(character, "").lower()
    code = f"U+{ord(character):04X}"
    text = f"{name} ({code})" if name else code
    return f"{count} × {text}" if count > 1 else text


def is_line_whole(line: QLineEdit, text: str) -> bool:
    """Whether `text`, read from the line, is all that stands there."""
    # PySide leaves half characters out of what it reads; the accessible interface counts what is really there.
    interface = QAccessible.queryAccessibleInterface(line)
    words = interface.textInterface() if interface is not None else None
    return words is None or words.characterCount() == _units(text)


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
