"""Where the form of the record stands beside a table, before there is a form and once there is one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from lms_desktop.models.desk.entries import BEHIND_PAINTING, WaitingRoom
from lms_desktop.models.live import Batch
from lms_desktop.views.kit.paint import px
from lms_desktop.views.warm_up import WarmUp

if TYPE_CHECKING:  # no first row waits for a form
    from lms_desktop.views.record_form import RecordForm


FORM = "lms_desktop.views.record_form"
NARROWEST_FORM = 200
"""Pixels at 100 % that the form has at least: where letters are large it gives way to the rows."""


class FormPlace(QFrame):
    """Holds the form of a page, which takes longer to make than all that stands around it.

    The first rows do not wait for it: it is made once they are painted and nobody hurries on to others, or as soon as
    somebody asks for `form`. Until then the place keeps in mind which record is to be shown.

    Signals:
        made(): there is a form from now on.
    """

    made = Signal()

    def __init__(self, make: Callable[[QWidget], RecordForm], waiting: WaitingRoom, parent: QWidget) -> None:
        super().__init__(parent)
        self._make, self._waiting = make, waiting
        self._form: RecordForm | None = None
        self._raw: RecordForm | None = None
        self._wanted: str | None = None
        self._wished = self._painted = self._coming = self._ready = False
        self._import: WarmUp | None = None
        self.setProperty("kind", "panel")
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._space()

    @property
    def form(self) -> RecordForm:
        """The form; made now where there is none yet."""
        if self._form is None:
            form = self._raw or self._make(self)
            form.complete()
            self._form = form
            self._box.addWidget(self._form)
            self._box.activate()
            self._form.show()
            self.made.emit()
        if self._wished:
            self._wished = False
            self._form.show_record(self._wanted)
        return self._form

    @property
    def is_coming(self) -> bool:
        """Whether a record is to be shown in a moment."""
        return self._wished and self.isVisible()

    def row_id(self) -> str | None:
        """The id of the row that is shown, or will be."""
        return self._wanted if self._form is None or self._wished else self._form.row_id()

    def show_record(self, row_id: str | None) -> None:
        """Show the record of a row, or that none is selected: as soon as there is a form, and its place was painted."""
        if self._form is not None and (self._painted or row_id is None):
            self._wished = False
            self._form.show_record(row_id)
            return
        self._wanted, self._wished = row_id, True
        self._make_soon()

    def refresh(self) -> None:
        """Read the record again; what was never read needs no second time."""
        if self._form is not None and not self._wished:
            self._form.refresh()

    def hear(self, batch: Batch) -> None:
        """Rows were changed, perhaps the record or what hangs on it."""
        if self._form is not None and not self._wished:
            self._form.following.hear(batch)
            for part in self._form.lists:
                part.hear(batch)

    def unfinished(self) -> int:
        """How many editors hold what is no value yet."""
        return 0 if self._form is None else self._form.unfinished()

    def forget_unfinished(self) -> None:
        """Give up what was typed and is no value yet."""
        if self._form is not None:
            self._form.forget_unfinished()

    def commit_open_editor(self) -> bool:
        """Take along what stands in the editors; False where one holds no value."""
        return self._form is None or self._form.commit_open_editor()

    def prepare(self) -> bool:
        """Take the next step towards a form in which a record can be shown at once; False where none is left."""
        if self._form is not None:
            return False
        self._come_nearer()
        return True

    def _come_nearer(self) -> None:
        """To begin it is one step, its parts and editors are others, to dress it one, and to give it its place: none is
        long. What it is made of is imported on a thread before, where nobody has asked for it yet."""
        if self._raw is None and FORM not in sys.modules and self._import is None:
            self._import = WarmUp((FORM,), self)
            for ended in (self._import.done, self._import.failed):  # what fails here fails once more, and is told then
                ended.connect(self._post)
            self._import.start()
        elif self._import is not None and self._import.goes_on:
            return
        elif self._raw is None:
            self._raw = self._make(self)
            self._raw.hide()  # whoever opens the page meanwhile is not shown half a form
            self._raw.resize(self.size())
        elif not self._ready:
            self._ready = not self._raw.prepare()
        else:
            self.form  # noqa: B018 (asking for it is enough)

    def _make_soon(self) -> None:
        if self._wished and self._painted and not self._coming:
            self._coming = True
            self._waiting.pause(self)

    def _go_on(self) -> None:
        """Whatever else came meanwhile has its turn between two steps, timers too: after no time at all it would be an
        event that is posted, and those come first."""
        QTimer.singleShot(1, self, self._post)

    def _post(self) -> None:
        QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), BEHIND_PAINTING)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent: once the place is painted nobody waits for anything, and the form is made."""
        super().paintEvent(event)
        self._painted = True
        self._make_soon()

    def customEvent(self, event: QEvent) -> None:
        """Override QObject::customEvent: rows are painted by now. Whoever asks for others meanwhile has them first."""
        if not self.isVisible():  # whoever left the page, or signed out, comes back by a painting
            self._coming = False
        elif self._waiting.is_busy():
            self._waiting.pause(self)
        elif self._form is not None:
            self._coming = False
            self.form  # noqa: B018 (asking for it is enough)
        else:
            self._come_nearer()
            if self._import is None or not self._import.goes_on:
                self._go_on()

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _space(self) -> None:
        self.setMinimumWidth(px(NARROWEST_FORM))
