"""An error that C code raised leaves an override of Qt's as one: it does not end the process."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import os, signal
from lms_desktop.views import theme
from PySide6.QtGui import QUndoCommand, QUndoStack
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import delete

class Shown(QWidget):
    def showEvent(self, event):
        {mistake}

class Done(QUndoCommand):
    def redo(self):
        {mistake}

application = QApplication([])
gone = QWidget()
delete(gone)
for act in (lambda: Shown().show(), lambda: QUndoStack(application).push(Done())):
    try:
        act()
    except BaseException as error:
        print(type(error).__name__)
"""


@pytest.mark.parametrize(
    ("mistake", "kind"),
    [
        ("[][0]", "IndexError"),
        ("int('x')", "ValueError"),
        ("gone.width()", "RuntimeError"),
        ("len(3)", "TypeError"),
        ("os.kill(os.getpid(), signal.SIGINT); [0 for _ in range(99)]", "KeyboardInterrupt"),
        ("raise ValueError('made by Python')", "ValueError"),
    ],
)
def test_a_mistake_in_an_override_is_told(mistake: str, kind: str) -> None:
    command = [sys.executable, "-c", PROGRAM.format(mistake=mistake)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    assert (ran.returncode, ran.stdout.split()) == (0, [kind, kind]), ran.stderr[-500:]
