"""The guard against a Qt binding that ends the process: tests/conftest.py has it run before every other test.

PySide6 6.12.0 on Python 3.10 and 3.11 takes one reference too many from True at every emitted signal, and from None at
every call into Qt that returns None. True has about 600 to lose; then the process dies. From Python 3.12 on these
objects are immortal and their count stands still.
"""

import sys

import pytest

import PySide6
from PySide6.QtCore import QCoreApplication, QObject, Signal

CALLS = 200
"""Enough to be seen beyond doubt, and too few to end the process."""

NOISE = 50
"""References that come and go by themselves meanwhile."""


class Sender(QObject):
    happened = Signal(bool)


def lost_references(thing: object, before: int) -> int:
    """How many references to `thing` went missing since it had `before`."""
    return before - sys.getrefcount(thing)


def refuse_to_go_on(what: str) -> None:
    """End the whole run: any later test could die of it, and its name would mislead."""
    versions = f"PySide6 {PySide6.__version__} on Python {sys.version_info.major}.{sys.version_info.minor}"
    way_out = "Install PySide6-Essentials below 6.12, as pyproject.toml asks for."
    pytest.exit(f"{versions} {what} and would end this process soon. {way_out}", returncode=1)


def test_emitting_a_signal_costs_true_no_reference() -> None:
    sender = Sender()
    heard: list[int] = []
    sender.happened.connect(lambda _: heard.append(1))
    before = sys.getrefcount(True)
    for _ in range(CALLS):
        sender.happened.emit(True)
    if lost_references(True, before) > NOISE:
        refuse_to_go_on("loses a reference to True at every signal")
    assert len(heard) == CALLS


def test_calls_that_return_nothing_cost_none_no_reference() -> None:
    sender = Sender()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        sender.setObjectName("sender")
        QCoreApplication.processEvents()
        sender.parent()
    if lost_references(None, before) > NOISE:
        refuse_to_go_on("loses a reference to None at every call")
    assert sender.parent() is None
