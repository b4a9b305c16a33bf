"""Cards that become others: what is told of it, and where each stands in its list afterwards."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy

from lms_desktop.entities import Lesson
from lms_desktop.models.card_rows import CardRows
from lms_desktop.models.cards import Card

LESSONS = [Card(Lesson, name, "course", title=name) for name in "abcd"]


@pytest.fixture
def model(qtbot: QtBot) -> CardRows:
    """A proper model of four lessons."""
    made = CardRows()
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    made._become(list(LESSONS))
    return made


def places(model: CardRows) -> list[tuple[int, int]]:
    """Where each card stands in its list."""
    return [model.place(row) for row in range(model.rowCount())]


def test_another_title_is_told_of_its_row_alone(model: CardRows) -> None:
    changed = QSignalSpy(model.dataChanged)
    model._become([*LESSONS[:2], replace(LESSONS[2], title="C"), LESSONS[3]])
    assert [(changed.at(i)[0].row(), changed.at(i)[1].row()) for i in range(changed.count())] == [(2, 2)]
    assert model.index(2).data() == "C"
    assert places(model) == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_what_is_saved_or_goes_elsewhere_is_counted_anew_in_its_row(model: CardRows) -> None:
    model._become([LESSONS[0], replace(LESSONS[1], new=True), *LESSONS[2:]])
    assert places(model) == [(1, 3), (0, 0), (2, 3), (3, 3)]
    model._become(list(LESSONS))
    assert places(model) == [(1, 4), (2, 4), (3, 4), (4, 4)]
    model._become([*LESSONS[:3], replace(LESSONS[3], parent="other")])
    assert places(model) == [(1, 3), (2, 3), (3, 3), (1, 1)]


def test_nothing_is_told_where_nothing_is_other(model: CardRows) -> None:
    changed = QSignalSpy(model.dataChanged)
    model._become(list(LESSONS))
    assert changed.count() == 0
