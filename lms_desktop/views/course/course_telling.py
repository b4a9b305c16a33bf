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
            edited = [row_id for row_id in others if (draft := page.held.get(entity, row_id)) and not draft.new]
            if not edited or not any(page.rows.owns(entity, row_id) for row_id in edited):
                continue
            doer = batch.doers.get(others[edited[-1]].operation)
            name = doer.name if doer is not None and doer.name else self.tr("Somebody else")
            draft = page.held.get(entity, edited[-1])
            title = (draft.title if draft is not None else "") or amid(page.session.catalog[entity].noun)
            template = self.tr("{0} deleted {1}") if others[edited[-1]].action == "D" else self.tr("{0} changed {1}")
            sentence = template.format(name, title)
            page.message.emit(sentence + ". " + self.tr("You are editing it too: nothing is overwritten."))
