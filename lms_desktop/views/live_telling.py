"""What a page says of others' changes: in the status bar, and at once where they touch what is not saved yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from lms_desktop.models.live import Batch, Told
from lms_desktop.models.rows import called
from lms_desktop.models.wording import amid
from lms_desktop.services.live import Doer

if TYPE_CHECKING:
    from lms_desktop.views.entity_page import EntityPage


class LiveTelling(QObject):
    """Tells what colleagues did to the rows of one page."""

    def __init__(self, page: EntityPage) -> None:
        super().__init__(page)
        self._page = page
        self._table: str = page.admin.entity.__tablename__  # type: ignore[attr-defined]
        self._titles: dict[str, str] = {}
        page.session.desk.noticed.connect(self._noticed)
        page.session.desk.named.connect(self._named)

    def _noticed(self, batch: Batch) -> None:
        """Keep what the rows are called: those that were deleted are gone by the time that it is known who did it."""
        others = batch.others(self._table)
        for row_id in others:
            title = self._title(row_id)
            if title:
                self._titles[row_id] = title

    def _named(self, batch: Batch) -> None:
        page, others = self._page, batch.others(self._table)
        titles, self._titles = self._titles, {}
        if not others:
            return
        edited = [row_id for row_id in others if page.drafts.get(row_id) is not None]
        if edited:
            page.tell_changed_meanwhile(edited, self._sentence(edited, others, batch, titles))
        elif page.isVisible():
            seen = [row_id for row_id in others if titles.get(row_id) or self._title(row_id)]
            if seen:
                page.status.emit(self._sentence(seen, others, batch, titles))

    def _sentence(self, ids: list[str], others: dict[str, Told], batch: Batch, titles: dict[str, str]) -> str:
        told = others[ids[-1]]
        doer: Doer | None = batch.doers.get(told.operation)
        name = doer.name if doer is not None and doer.name else self.tr("Somebody else")
        if len(ids) > 1:
            return self.tr("{0} changed {1} {2}").format(name, len(ids), amid(self._page.admin.plural))
        title = titles.get(ids[0]) or self._title(ids[0]) or amid(self._page.admin.label)
        template = {"I": self.tr("{0} added {1}"), "D": self.tr("{0} deleted {1}")}.get(
            told.action, self.tr("{0} changed {1}")
        )
        return template.format(name, title)

    def _title(self, row_id: str) -> str:
        model = self._page.model
        row = model.find(row_id)
        view = model.row(row) if row is not None else None
        draft = self._page.drafts.get(row_id)
        if view is None:
            return draft.title if draft is not None else ""
        return called(self._page.admin, view)
