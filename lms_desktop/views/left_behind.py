"""What was typed into a row that somebody deleted before it was a value: it is said, and can be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from lms_desktop.models.render import one_line
from lms_desktop.views.unfinished import Kept

if TYPE_CHECKING:
    from lms_desktop.views.drafts_page import DraftsPage
    from lms_desktop.views.record_form import RecordForm

SHOWN = 60
"""So many characters of a text are said; all of it is copied."""


class LeftBehind(QObject):
    """Says in the page's banner what a form keeps of a row that is gone, until it is given up or the row is there
    again. Until then it counts as unsaved, and a save leads to it."""

    def __init__(self, page: DraftsPage, form: RecordForm) -> None:
        super().__init__(form)
        self._page, self._form = page, form
        self._gone: str | None = None
        self._said: tuple[str, str] | None = None
        form.bereft.connect(self._tell)
        form.told.connect(self._look)
        for part in page.held.parts:
            part.unfinished_changed.connect(self._look)

    def _tell(self, row_id: str) -> None:
        self._gone = row_id
        kept = self._form.details.fields.kept.of(row_id)
        if not kept:
            return  # perhaps the table is about to give up the row, and what is typed in its cell
        page = self._page
        page.tell_news(self._words(kept), self.tr("Copy"), lambda: self._copy(row_id))
        page.banner.add_action(self.tr("Give it up"), lambda: self._give_up(row_id))
        self._said = row_id, page.banner.text

    def _words(self, kept: dict[str, Kept]) -> str:
        title = next((one.begun.title for one in kept.values() if one.begun is not None), "")
        text = self.tr("{0} was deleted meanwhile, or is no longer yours to see. What you were typing is kept: {1}.")
        parts = [self.tr("{0} “{1}”").format(self._name(key), _brief(one.typed)) for key, one in kept.items()]
        return text.format(one_line(title) or self.tr("The row"), self._form.locale().createSeparatedList(parts))

    def _name(self, key: str) -> str:
        return self._form.details.fields.rows[key].name

    def _copy(self, row_id: str) -> None:
        kept = self._form.details.fields.kept.of(row_id)
        texts = [one.typed for one in kept.values()]
        if len(kept) > 1:
            texts = [f"{self._name(key)}: {one.typed}" for key, one in kept.items()]
        QGuiApplication.clipboard().setText("\n".join(texts))

    def _give_up(self, row_id: str) -> None:
        self._form.details.fields.forget_rows(lambda gone: gone == row_id)
        self._leave()

    def _look(self) -> None:
        kept, record = self._form.details.fields.kept, self._form.record()
        if record is not None and record.id == self._gone:
            self._gone = None
        if self._said is not None and not kept.of(self._said[0]):
            self._leave()
        elif self._said is None and self._gone is not None:
            self._tell(self._gone)

    def _leave(self) -> None:
        if self._said is not None and self._page.banner.text == self._said[1]:
            self._page.banner_off()
        self._said = None


def _brief(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"
