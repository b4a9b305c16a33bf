"""What stands in the ten tables, as a sum; and a person who takes something back by keys."""

import hashlib

import psycopg2
from sqlalchemy import URL

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lms_desktop.database.change_log import LOGGED_TABLES
from tests.walks.answering import Answer
from tests.walks.driving import CTRL, SHIFT, Sitting, wait_for

_COLUMNS = """
    SELECT string_agg(format('%%I::text', column_name), ', ' ORDER BY ordinal_position) FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = %s AND column_name <> 'password_hash'
"""


def sums(url: URL) -> dict[str, str]:
    """Table → a checksum of all that stands in it, as PostgreSQL prints it. Hashes of passwords and the sessions of the
    web, which no log may hold, are left out."""
    found = {}
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg2.connect(address, application_name="sums")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET timezone TO 'UTC'")
            for table in LOGGED_TABLES:
                if table == "refresh_tokens":
                    continue
                cursor.execute(_COLUMNS, (table,))
                ((columns,),) = cursor.fetchall()
                cursor.execute(f"SELECT {columns} FROM {table} ORDER BY id")
                digest = hashlib.sha256()
                for row in cursor:
                    digest.update(repr(row).encode())
                found[table] = digest.hexdigest()
    finally:
        connection.close()
    return found


def undo(sitting: Sitting, *, answer: str = "Take back") -> Answer:
    """Ctrl+Z where the keyboard is; the question is answered where there is one."""
    return _press(sitting, CTRL, answer)


def redo(sitting: Sitting, *, answer: str = "Take back") -> Answer:
    """Ctrl+Shift+Z where the keyboard is; the question is answered where there is one."""
    return _press(sitting, CTRL | SHIFT, answer)


def _press(sitting: Sitting, modifiers: Qt.KeyboardModifier, button: str) -> Answer:
    answer = Answer(button)
    QTest.keyClick(QApplication.focusWidget() or sitting.window, Qt.Key.Key_Z, modifiers)
    wait_for(lambda: not sitting.window.undoing.busy, "what is being taken back")
    sitting.settle()
    answer.stop()
    if answer.given:
        sitting.window.activateWindow()  # what every window system does and the offscreen one does not
        wait_for(sitting.window.isActiveWindow, "the window")
    return answer


def hint(sitting: Sitting) -> str:
    """What the status bar says of Ctrl+Z; "" where it says nothing."""
    shown = sitting.window.undoing.hint
    return shown.words if shown.isVisible() else ""
