"""Files that are written for people."""

import os
import secrets
from pathlib import Path


def write_whole(file: Path, text: str) -> Path:
    """Write a file whole or not at all, in UTF-8; raises OSError."""
    beside = file.with_name(f".{file.name[:40]}.{secrets.token_hex(6)}")
    try:
        with beside.open("x", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
        os.replace(beside, file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return file


def harmless(cell: str) -> str:
    """A cell of a CSV file that no spreadsheet takes for a formula: what one would begin with stands behind an
    apostrophe (the list is OWASP's, "CSV Injection")."""
    return f"'{cell}" if cell.lstrip()[:1] in tuple("=+-@") or cell[:1] in tuple("\t\r\n") else cell
