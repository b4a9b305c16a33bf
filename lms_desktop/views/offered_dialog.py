"""What an earlier sitting has left unsaved, value by value."""

from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from lms_desktop.models.journal import Offer, draft_of
from lms_desktop.models.wording import word
from lms_desktop.services.offering import Found
from lms_desktop.views.kit.labels import SectionLabel, label
from lms_desktop.views.kit.paint import px
from lms_desktop.views.kit.sheet import Sheet
from lms_desktop.views.preview_dialog import SHARES, PreviewModel
from lms_desktop.views.session import Session
from lms_desktop.views.shared_table import SharedTable

MOST_LINES = 8
"""Rows of a table that are seen at once; further ones are scrolled to."""


class OfferedDialog(Sheet):
    """Each unsaved value with what stood there when it was typed, and what has become of its row since.

    Attributes:
        restore: the person wants them back; `discard`: wants to be asked whether they may go.
    """

    def __init__(self, session: Session, offer: Offer, parent: QWidget | None = None) -> None:
        super().__init__("", parent, width=760)
        self._session = session
        self.restore = self.discard = False
        self.setWindowTitle(self.tr("Left unsaved"))
        self.setAccessibleName(self.windowTitle())
        since = since_words(offer.since, session.zone)
        changes = self.tr("%n unsaved change(s)", "", offer.changes)
        self.heading.setText(self.tr("{0} from {1}").format(changes, since) if since else changes)
        for entity in dict.fromkeys(one.entity for one in offer.found if one.entity is not None):
            self._add(entity, [one for one in offer.found if one.entity is entity])
        if any(one.entity is None for one in offer.found):
            self.add(
                label(self.tr("Others belong to pages that you may not open now. They stay where they are."), wrap=True)
            )
        self.column.addStretch(1)
        self.add_button(self.tr("Decide later"), "", self.reject)
        self.add_button(self.tr("Discard…"), "danger", self._discard)
        self.add_button(self.tr("Restore"), "primary", self._restore, default=True).setFocus()

    def _add(self, entity: type, found: list[Found]) -> None:
        admin = self._session.catalog[entity]
        self.add(SectionLabel(word(admin.plural)))
        drafts = []
        for one in found:
            if one.changes:
                draft = draft_of(entity, one.key[1], one.parts)
                draft.title = one.title
                drafts.append(draft)
        if drafts:
            table = SharedTable(SHARES)
            model = PreviewModel(self._session, drafts, table, before=self.tr("Was"))
            table.setModel(model)
            table.setAccessibleName(self.tr("Unsaved changes: {0}").format(word(admin.plural)))
            table.setProperty("kind", "boxed")
            lines = min(model.rowCount(), MOST_LINES)
            table.setFixedHeight(table.horizontalHeader().sizeHint().height() + table.rowHeight(0) * lines + px(4))
            self.add(table)
        for text in filter(None, map(self._note, found)):
            self.add(label(text, "small", wrap=True))

    def _note(self, one: Found) -> str:
        title = one.title or word(self._session.catalog[one.entity].label) if one.entity is not None else ""
        if one.state == "changed":
            return self.tr("{0} was changed by somebody else since. Saving shows both.").format(title)
        if one.state == "gone":
            return self.tr("{0} was deleted by somebody else since.").format(title)
        return ""

    def _restore(self) -> None:
        self.restore = True
        self.accept()

    def _discard(self) -> None:
        self.discard = True
        self.accept()


def since_words(moment: datetime | None, zone: str) -> str:
    """A moment in the person's zone: the time alone where it is today's; "" for None."""
    if moment is None:
        return ""
    local, today = moment.astimezone(ZoneInfo(zone)), datetime.now(ZoneInfo(zone))
    return local.strftime("%H:%M" if local.date() == today.date() else "%Y-%m-%d %H:%M")
