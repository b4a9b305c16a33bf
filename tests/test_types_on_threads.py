"""Types of PySide's that are made on a thread while the window works: what is imported behind the first window."""

import importlib
import pkgutil
import subprocess
import sys
import threading

import lms_desktop
from lms_desktop.views.warm_up import TYPES

STYLED = """
import sys
import threading
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QPushButton, QVBoxLayout, QWidget
from lms_desktop.views.warm_up import make_room

application = QApplication([])
make_room({room})
words, buttons = type("Words", (QLabel,), {{"a": Signal(int)}}), type("Button", (QPushButton,), {{"a": Signal(int)}})
window = QWidget()
column = QVBoxLayout(window)
for number in range(400):
    column.addWidget(words(str(number)))
    column.addWidget(buttons(str(number)))
window.show()
made = []

def make():
    while len(made) < {types}:
        made.append(type("Made", (QFrame,), {{"a": Signal(int)}}))

thread = threading.Thread(target=make)
thread.start()
while thread.is_alive():
    style = f"QLabel[kind='{{len(made)}}'] {{{{ color: red }}}} QPushButton:hover {{{{ color: blue }}}}"
    application.setStyleSheet(style)
    application.processEvents()
print(len(made))
"""
"""Without room this ends in a segmentation fault, nearly each time (PySide 6.11, Linux)."""


def types_made() -> int:
    """How many types there are of which PySide keeps a table."""
    from shiboken6 import Shiboken

    found, left = set[type](), [Shiboken.Object]
    while left:
        for one in type.__subclasses__(left.pop()):
            if one not in found:
                found.add(one)
                left.append(one)
    return len(found)


def test_a_window_is_styled_while_types_are_made_on_a_thread() -> None:
    program = STYLED.format(room=40_000, types=30_000)
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=200, check=False)
    assert (ran.returncode, ran.stdout.strip()) == (0, "30000"), ran.stderr[-2000:]


def test_there_is_room_for_all_types_of_this_program() -> None:
    program = (
        f"import sys; sys.path[:] = {sys.path!r}\n"
        "from tests.test_types_on_threads import import_everything, types_made\n"
        "import_everything(); print(types_made())"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=200, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert 300 < int(ran.stdout) < TYPES


def import_everything() -> None:
    """Each module of the program, and each name of Qt's modules that it uses."""
    assert threading.current_thread() is threading.main_thread()
    for module in pkgutil.walk_packages(lms_desktop.__path__, "lms_desktop."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in [name for name in sys.modules if name.startswith("PySide6.Qt")]:
        for word in dir(sys.modules[name]):
            getattr(sys.modules[name], word)
