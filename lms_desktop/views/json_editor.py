"""The editor of JSON: checked as it is typed, kept byte for byte, laid out in lines only when asked to."""

import re

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QWidget

from lms_desktop.errors import BadValue
from lms_desktop.spec import Field
from lms_desktop.views.long_editor import LongEditor

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_INDENT = "  "


class JsonEditor(LongEditor):
    """JSON in the fixed font. What was stored stays as it was written unless the person edits or formats it."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent, fixed=True)

    def can_format(self) -> bool:
        """Whether there is JSON that would look different."""
        if self._null or self.is_cut():
            return False
        try:
            text = self.edit.text()
            self.field.kind.check(text)
        except BadValue:
            return False
        return laid_out(text) != text

    def format(self) -> None:
        """Lay the JSON out in lines; can be undone."""
        if not self.can_format():
            return
        cursor = self.edit.textCursor()
        text = laid_out(self.edit.text())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        self.flush()

    def _read(self) -> tuple[str | None, None]:
        if self._null:
            return None, None
        text = self.edit.text()
        if not text.strip() and (self.field.may_be_null or self.new):
            return None, None
        return self.field.kind.parse(text), None


def laid_out(text: str) -> str:
    """Valid JSON in lines. Only blanks between its parts change: no number, text or key is written otherwise."""
    out: list[str] = []
    depth = 0
    tokens = _TOKEN.findall(text)
    for at, token in enumerate(tokens):
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        if token in "{[":
            depth += 1
            out.append(token if following in "}]" else f"{token}\n{_INDENT * depth}")
        elif token in "}]":
            depth -= 1
            empty = at > 0 and tokens[at - 1] in "{["
            out.append(token if empty else f"\n{_INDENT * depth}{token}")
        elif token == ",":
            out.append(f",\n{_INDENT * depth}")
        elif token == ":":
            out.append(": ")
        else:
            out.append(token)
    return "".join(out)
