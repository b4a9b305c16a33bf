"""The way on from a record: to the page of its course, or to what came of a quiz."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut

from lms_desktop.entities import Course, QuizAttempt
from lms_desktop.views.course.ways import way_to_course, way_to_results
from lms_desktop.views.page import Destination

if TYPE_CHECKING:
    from lms_desktop.views.entity_page import EntityPage

KEYS = ("Ctrl+Return", "Ctrl+Enter")
"""Go there; the second is the key of the number pad."""


class Onward(QObject):
    """Offers the way in the head of a page's form, and goes it."""

    def __init__(self, page: EntityPage) -> None:
        super().__init__(page)
        self._page = page
        self._wish: str | None = None
        page.beside.made.connect(self._join)
        for keys in KEYS:
            keyed = QShortcut(QKeySequence(keys), page, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            keyed.activated.connect(page.go_on)

    def go(self) -> None:
        """Open where the record shown leads, if it leads anywhere; as soon as it is there, where it is on its way."""
        form = self._page.form
        draft = self._page.drafts.get(form.row_id() or "")
        comes = form.record() is None and not (draft is not None and draft.new)
        self._wish = form.row_id() if comes else None
        _, destination = self._way()
        if destination is not None:
            self._page.open_requested.emit(destination)

    def _join(self) -> None:
        form = self._page.form
        form.told.connect(self._offer)
        form.header.way_taken.connect(self.go)

    def _offer(self) -> None:
        form = self._page.form
        form.header.offer_way(self._way()[0])
        wish = self._wish
        if wish is None:
            return
        if form.row_id() != wish:  # another record was chosen meanwhile
            self._wish = None
        elif form.record() is not None:
            self._wish = None
            self.go()

    def _way(self) -> tuple[str, Destination | None]:
        """What leads on from the record shown, and where to."""
        session, record = self._page.session, self._page.form.record()
        for text, way, entity in (
            (self.tr("Open course"), way_to_course(record), Course),
            (self.tr("Results"), way_to_results(record), QuizAttempt),
        ):
            if way is not None and session.may(session.catalog[entity], "view"):
                return text, way
        return "", None
