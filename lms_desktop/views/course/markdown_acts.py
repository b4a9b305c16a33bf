"""What the buttons above a Markdown source do: each is one step that can be undone in the editor."""

import re
from collections.abc import Callable

from PySide6.QtGui import QTextBlock, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

PARAGRAPH = "\u2029"
Act = Callable[[QPlainTextEdit], None]

_TO = QTextCursor.MoveMode.KeepAnchor
_BULLET = re.compile(r"( *)(?:[-*+]|\d{1,9}[.)]) +(\[[ xX]\] +)?")


def bold(edit: QPlainTextEdit) -> None:
    """Make the selection, or the word at the cursor, bold, or no longer so."""
    _wrap(edit, "**")


def italic(edit: QPlainTextEdit) -> None:
    """Make the selection, or the word at the cursor, italic, or no longer so."""
    _wrap(edit, "*")


def code(edit: QPlainTextEdit) -> None:
    """Make the selection code: within its line, or as lines of their own."""
    cursor = edit.textCursor()
    if PARAGRAPH not in cursor.selectedText():
        _wrap(edit, "`")
        return
    cursor.beginEditBlock()
    text = cursor.selectedText()
    before = "" if _at_line_start(cursor, cursor.selectionStart()) else PARAGRAPH
    cursor.insertText(f"{before}```{PARAGRAPH}{text}{PARAGRAPH}```{PARAGRAPH}")
    cursor.endEditBlock()
    edit.setTextCursor(cursor)


def heading(edit: QPlainTextEdit) -> None:
    """Make the line a heading, a smaller one, and an ordinary line again."""
    cursor = edit.textCursor()
    block = cursor.block()
    found = re.match(r"(#{1,6}) +", block.text())
    level = len(found[1]) if found else 0
    wanted = {0: "## ", 2: "### "}.get(level, "")
    _replace(cursor, block.position(), len(found[0]) if found else 0, wanted)


def bullets(edit: QPlainTextEdit) -> None:
    """Make the lines a list, or ordinary lines again."""
    cursor = edit.textCursor()
    blocks = _blocks(cursor)
    full = [block for block in blocks if block.text().strip()] or blocks
    off = all(_BULLET.match(block.text()) for block in full)
    cursor.beginEditBlock()
    for block in full:
        found = _BULLET.match(block.text())
        if off and found:
            _replace(cursor, block.position(), len(found[0]), found[1])
        elif not found:
            _replace(cursor, block.position(), 0, "- ")
    cursor.endEditBlock()


def link(edit: QPlainTextEdit) -> None:
    """Make the selection a link; what is to be typed next is selected."""
    cursor = edit.textCursor()
    text = cursor.selectedText().replace(PARAGRAPH, " ")
    is_address = bool(re.fullmatch(r"https?://\S+", text))
    start = cursor.selectionStart()
    cursor.insertText(f"[]({text})" if is_address else f"[{text}](https://)")
    if is_address or not text:
        cursor.setPosition(start + 1)
    else:
        end = cursor.position() - 1
        cursor.setPosition(end - len("https://"))
        cursor.setPosition(end, _TO)
    edit.setTextCursor(cursor)


def new_line(edit: QPlainTextEdit) -> bool:
    """Go on with the list that the cursor is in, or end it where its item is empty; False where there is none."""
    cursor = edit.textCursor()
    text = cursor.block().text()
    found = _BULLET.match(text)
    if found is None or cursor.hasSelection() or cursor.positionInBlock() < len(found[0]):
        return False
    if text.strip() == found[0].strip():
        _replace(cursor, cursor.block().position(), len(text), "")
        return True
    number = re.match(r"( *)(\d{1,9})([.)])( +)", text)
    following = f"{number[1]}{int(number[2]) + 1}{number[3]}{number[4]}" if number else found[0]
    cursor.insertText(PARAGRAPH + re.sub(r"\[[xX]\]", "[ ]", following))
    edit.setTextCursor(cursor)
    edit.ensureCursorVisible()
    return True


def _wrap(edit: QPlainTextEdit, mark: str) -> None:
    cursor = edit.textCursor()
    if not cursor.hasSelection():
        cursor.select(QTextCursor.SelectionType.WordUnderCursor)
    start, end = cursor.selectionStart(), cursor.selectionEnd()
    inner = cursor.selectedText()
    cursor.beginEditBlock()
    if _is_marked(edit, start, end, mark):
        _replace(cursor, end, len(mark), "")
        _replace(cursor, start - len(mark), len(mark), "")
        start, end = start - len(mark), end - len(mark)
    elif len(inner) > 2 * len(mark) and inner.startswith(mark) and inner.endswith(mark) and _is_only(inner, mark):
        _replace(cursor, end - len(mark), len(mark), "")
        _replace(cursor, start, len(mark), "")
        end -= 2 * len(mark)
    else:
        _replace(cursor, end, 0, mark)
        _replace(cursor, start, 0, mark)
        start, end = start + len(mark), end + len(mark)
    cursor.endEditBlock()
    cursor.setPosition(start)
    cursor.setPosition(end, _TO)
    edit.setTextCursor(cursor)


def _is_marked(edit: QPlainTextEdit, start: int, end: int, mark: str) -> bool:
    """Whether the mark, and not a longer one of the same sign, stands on both sides."""
    before, behind = _run(edit, start - 1, -1, mark[0]), _run(edit, end, 1, mark[0])
    wanted = {len(mark), 3} if mark[0] == "*" else {len(mark)}
    return start != end and before == behind and before in wanted


def _is_only(text: str, mark: str) -> bool:
    sign = mark[0]
    return len(text) - len(text.lstrip(sign)) in ({len(mark), 3} if sign == "*" else {len(mark)})


def _run(edit: QPlainTextEdit, at: int, step: int, sign: str) -> int:
    count, document = 0, edit.document()
    while 0 <= at < document.characterCount() and document.characterAt(at) == sign and count < 4:
        count, at = count + 1, at + step
    return count


def _replace(cursor: QTextCursor, at: int, length: int, text: str) -> None:
    other = QTextCursor(cursor)
    other.setPosition(at)
    other.setPosition(at + length, _TO)
    other.insertText(text)


def _blocks(cursor: QTextCursor) -> list[QTextBlock]:
    document = cursor.document()
    block, last = document.findBlock(cursor.selectionStart()), document.findBlock(cursor.selectionEnd())
    blocks = [block]
    while block != last and block.isValid():
        block = block.next()
        blocks.append(block)
    if len(blocks) > 1 and cursor.selectionEnd() == last.position():
        blocks.pop()
    return blocks


def _at_line_start(cursor: QTextCursor, at: int) -> bool:
    return cursor.document().findBlock(at).position() == at
