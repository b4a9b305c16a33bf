"""What is known of others' changes to rows that are being edited, before anything is saved."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal

from lms_desktop.models.desk import Desk
from lms_desktop.models.drafts import Drafts
from lms_desktop.services.edits import Clash
from lms_desktop.services.records import Records


class Meanwhile(QObject):
    """Compares drafts with their rows as they are now, each once for each version of the row.

    Signals:
        learned(str): what somebody did to the row of this draft is known now.
    """

    learned = Signal(str)

    def __init__(
        self, desk: Desk, records: Records, drafts: Drafts, zone: Callable[[], str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._records, self._drafts, self._zone = desk, records, drafts, zone
        self._asked: dict[str, tuple[str | None, str | None]] = {}
        self._clashes: dict[str, Clash] = {}
        drafts.changed.connect(self._forget)

    def clash(self, row_id: str, now: str | None) -> Clash | None:
        """How the draft of a row stands to the row in its version `now`, None for one that is gone. Where that is not
        known, it is asked, and `learned` says when it is."""
        draft = self._drafts.get(row_id)
        if draft is None or draft.new:
            return None
        versions = draft.version, now
        if self._asked.get(row_id) != versions:
            self._asked[row_id] = versions
            self._clashes.pop(row_id, None)
            self._ask([row_id])
        return self._clashes.get(row_id)

    def _ask(self, row_ids: Iterable[str]) -> None:
        edits = [draft.edit() for row_id in row_ids if (draft := self._drafts.get(row_id)) is not None]
        records, zone = self._records, self._zone()
        self._desk.read(
            lambda uow: records.compare(uow, edits, zone),
            done=self._learn,
            failed=lambda error: None,  # the banner says less then, and saving shows all
            owner=self,
            background=True,
        )

    def _learn(self, clashes: tuple[Clash, ...]) -> None:
        for clash in clashes:
            row_id, draft = clash.edit.id, self._drafts.get(clash.edit.id)
            if draft is not None and draft.version == clash.edit.version:
                self._clashes[row_id] = clash
                self.learned.emit(row_id)

    def _forget(self, row_id: str) -> None:
        for gone in [known for known in self._asked if self._drafts.get(known) is None]:
            del self._asked[gone]
            self._clashes.pop(gone, None)
