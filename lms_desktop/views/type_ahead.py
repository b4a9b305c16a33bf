"""Letters typed over a table lead to the first row that begins with them, however far it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView

from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import Job
from lms_desktop.models.wording import said, word
from lms_desktop.spec import Choice, Flag, Kind, Number, Query

if TYPE_CHECKING:
    from lms_desktop.views.entity_page import EntityPage
    from lms_desktop.views.related_list import RelatedList

PAUSE = 1.5
"""Seconds after which a letter begins another word."""

_KEYS = frozenset(
    getattr(Qt.Key, f"Key_{name}")
    for name in ("Up", "Down", "Left", "Right", "PageUp", "PageDown", "Home", "End", "F2", "Return", "Enter", "Delete")
)
"""Whoever presses one of these goes on to something else; so does who presses a button of the mouse or turns its wheel
over the table, or takes the keyboard elsewhere."""
_ELSEWHERE = frozenset((QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick, QEvent.Type.Wheel))


class TypeAhead(QObject):
    """Finds rows of a page, or of a list of a record, by how they begin, in the order in which they stand.

    Attributes:
        typed: the letters so far.
    """

    def __init__(self, page: EntityPage | RelatedList, tell: Callable[[], object]) -> None:
        """`tell` says where one stands, once nothing is looked for any more."""
        super().__init__(page)
        self._page, self._tell = page, tell
        self._watching = False
        self._last = 0.0
        self._job: Job | None = None
        self._found: tuple[Query, str, int] | None = None
        self.typed = ""
        page.table.typed.connect(self._take)
        page.model.counted.connect(self._counted)

    def forget(self) -> None:
        """The next letter begins another word."""
        self.typed = ""

    def stop(self) -> bool:
        """Look no longer for what was typed; False for nothing."""
        job, self._job = self._job, None
        looking = job is not None or self._found is not None
        if job is not None:
            job.cancel()
        self._found = None
        if looking:
            self.forget()
            self._tell()
        return looking

    def _take(self, letters: str) -> None:
        now = monotonic()
        self.typed = (self.typed if now - self._last < PAUSE else "") + letters
        self._last = now
        self.typed = self.typed.lstrip()
        if not self.typed or not letters.isprintable():
            return
        if self._job is not None:
            self._job.cancel()
        self._found = None
        page, typed, model = self._page, self.typed, self._page.model
        query = model.awaited or model.query
        page.status.emit(self.tr("Find “{0}”…").format(typed))
        pages, kind = page.session.pages, self._kind(query)
        labels, sought = _labels(kind), _without_unit(kind, typed)
        job = page.session.desk.read(
            lambda uow: pages.typed(uow, query, sought, labels),
            done=lambda place: self._go(query, typed, place),
            failed=self._failed,
            owner=self,
            label=self.tr("Finding “{0}”").format(typed),
        )
        self._job = job if job.ended is None else None
        if not self._watching:  # from then on: one taken away in the midst of an event would hide it from the next one
            self._watching, table = True, page.table
            for widget in (table, table.viewport(), table.verticalScrollBar()):
                widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter: what is done meanwhile counts, not what comes of letters typed before."""
        if self._job is None and self._found is None:
            return False
        if isinstance(event, QKeyEvent):
            ends = event.type() == QEvent.Type.KeyPress and event.key() in _KEYS
        elif isinstance(event, QFocusEvent):
            reasons = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
            ends = event.type() == QEvent.Type.FocusOut and event.reason() not in reasons
        else:
            ends = event.type() in _ELSEWHERE
        if ends:
            self.stop()
        return False

    def _kind(self, query: Query) -> Kind | None:
        """The kind of what the order is by first."""
        sorts = query.sorts or self._page.admin.sorts
        return self._page.admin.field(sorts[0].key).kind if sorts else None

    def _failed(self, error: ExplainedError) -> None:
        self._job = None
        self._page.status.emit(said(error))

    def _go(self, query: Query, typed: str, place: int | None) -> None:
        page, model = self._page, self._page.model
        self._job = None
        if query != model.query:  # other rows are shown by now, or the same in another order; or these come yet
            self._found = (query, typed, place) if place is not None and query == model.awaited else None
            return
        if place is not None and place >= model.total and not model.exact:
            self._found = query, typed, place
            return
        if place is None or not 0 <= place < model.total:
            sorts = model.query.sorts or page.admin.sorts
            label = QCoreApplication.translate("", page.admin.field(sorts[0].key).label) if sorts else ""
            page.status.emit(self.tr("{0}: nothing begins with “{1}”.").format(label, typed))
            return
        index = model.index(place, page.table.current_column())
        first, last = page.table.seen_rows()
        if not first <= place <= (first + last) // 2:  # those that follow, which may begin so too, are to be seen
            page.table.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
        page.table.setCurrentIndex(index)
        self._tell()  # the row may have been the current one before

    def _counted(self) -> None:
        """The table is as long as it is: a row that was found behind its supposed end has a place now."""
        found, self._found = self._found, None
        if found is not None:
            self._go(*found)


def _labels(kind: Kind | None) -> dict[str, str] | None:
    """What is shown in place of the values of a kind."""
    if isinstance(kind, Flag):
        return {value: word(kind.show(value)) for value in ("true", "false")}
    if isinstance(kind, Choice):
        return {option.value: word(option.label) or option.value for option in kind.options}
    return None


def _without_unit(kind: Kind | None, typed: str) -> str:
    """What was typed, of a number without the unit that is shown behind it, or the beginning of that."""
    number = re.match(r"[+-]?[\d.,]+", typed) if isinstance(kind, Number) and kind.unit else None
    if number is None or not isinstance(kind, Number):
        return typed
    unit = typed[number.end() :].strip()
    return number[0] if word(kind.unit).casefold().startswith(unit.casefold()) else typed
