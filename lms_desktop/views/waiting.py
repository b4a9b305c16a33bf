"""A small dialog while something is awaited that the person asked for and may give up: Esc or Cancel does."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from lms_desktop.models.desk import Job
from lms_desktop.views.kit.notices import BusyLine
from lms_desktop.views.kit.sheet import Sheet

AFTER_MS = 1000
"""It comes only where the wait is longer than this."""


class WaitSheet(Sheet):
    """Stands before the window until the job has ended."""

    def __init__(self, text: str, job: Job, parent: QWidget) -> None:
        super().__init__(text, parent, width=380)
        self._job = job
        self._line = BusyLine()
        self._line.start(text)
        self.add(self._line)
        self.add_button(self.tr("Cancel"), "", self.reject, default=True).setFocus()
        self.rejected.connect(job.cancel)
        self._watch = QTimer(self)
        self._watch.setInterval(50)
        self._watch.timeout.connect(self._look)
        self._watch.start()

    def end(self) -> None:
        """It is there."""
        self._watch.stop()
        self._line.stop()
        self.rejected.disconnect()
        self.close()
        self.deleteLater()

    def _look(self) -> None:
        if self._job.ended is not None or self._job.control.wished:
            self._watch.stop()
            self.end()


def wait_for(job: Job, text: str, parent: QWidget) -> None:
    """Show that dialog as soon as the job takes long."""

    def show() -> None:
        if job.ended is None and not job.control.wished:
            WaitSheet(text, job, parent).open()

    QTimer.singleShot(AFTER_MS, parent, show)
