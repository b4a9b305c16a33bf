"""What the course page says at once of others' changes to rows that are edited on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from lms_desktop.models.course_rows import ENTITIES
from lms_desktop.models.live import Batch
from lms_desktop.models.wording import amid

if TYPE_CHECKING:
    from lms_desktop.views.course.course_page import CoursePage


class CourseTelling(QObject):
    """Tells who changed what is being edited here. What else colleagues do in the course the outline tells."""

    def __init__(self, page: CoursePage) -> None:
        super().__init__(page)
        self._page = page
        page.session.desk.named.connect(self._named)

    def _named(self, batch: Batch) -> None:
        page = self._page
        if not page.isVisible():
            return
        for entity in ENTITIES:
            others = batch.others(entity.__tablename__)
            edited = [draft for draft in page.held.all() if draft.entity is entity and draft.id in others]
            if not edited:
                continue
            draft = edited[-1]
            told = others[draft.id]
            doer = batch.doers.get(told.operation)
            name = doer.name if doer is not None and doer.name else self.tr("Somebody else")
            title = draft.title or amid(page.session.catalog[entity].noun)
            deleted = self.tr("{0} deleted {1}. You are editing it too: nothing is overwritten.")
            changed = self.tr("{0} changed {1}. You are editing it too: nothing is overwritten.")
            page.message.emit((deleted if told.action == "D" else changed).format(name, title))
