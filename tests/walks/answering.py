"""What a person answers to a dialog that waits for it."""

import time
from dataclasses import dataclass, field

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QTableView

from lms_desktop.views.waiting import WaitSheet
from tests.walks.driving import PATIENCE, click, said_by, wait_for


@dataclass
class Answer:
    """What a person answers to the next dialog, from now on.

    Attributes:
        said: what the dialog said.
        offered: what its buttons say.
        enabled: whether the button could be pressed.
        cells: what the cells of its table say, where it has one.
    """

    button: str
    said: str = ""
    title: str = ""
    offered: list[str] = field(default_factory=list)
    enabled: bool = False
    cells: list[list[str]] = field(default_factory=list)
    _asked: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._deadline = time.monotonic() + PATIENCE
        self._timer = QTimer()
        self._timer.setInterval(2)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    @property
    def given(self) -> bool:
        """Whether the dialog came and was answered."""
        return self._asked

    def wait(self) -> "Answer":
        """Wait for the dialog and its end."""
        wait_for(lambda: self._asked, f"a dialog with the button {self.button}")
        assert self.button in self.offered, f"{self.title!r} offers {self.offered}, not {self.button!r}"
        return self

    def stop(self) -> None:
        """Do not wait for a dialog any longer."""
        self._timer.stop()

    def expect_none(self) -> None:
        """There was no dialog; do not wait for one any longer."""
        self._timer.stop()
        assert not self._asked, f"a dialog asked: {self.title} {self.said}"

    def _look(self) -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None or not dialog.isVisible() or isinstance(dialog, WaitSheet):
            if time.monotonic() > self._deadline:
                self._timer.stop()
            return
        self._timer.stop()
        self.title = dialog.windowTitle()
        self.said = said_by(dialog)
        offered = {b.text().replace("&", ""): b for b in dialog.findChildren(QAbstractButton) if b.text()}
        chosen = offered.get(self.button)
        for table in dialog.findChildren(QTableView):
            model = table.model()
            for row in range(model.rowCount()):
                self.cells.append([str(model.index(row, at).data()) for at in range(model.columnCount())])
        self._asked = True
        self.offered = sorted(offered)
        self.enabled = chosen is not None and chosen.isEnabled()
        if chosen is not None and self.enabled:
            click(chosen)
        else:
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
