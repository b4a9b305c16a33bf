"""The address of a video: what stands behind it is said, and it is one click away, after a question."""

from PySide6.QtWidgets import QWidget

from lms_desktop.models.wording import plain_tip
from lms_desktop.spec import Computed, Field, web_address
from lms_desktop.views.course.addresses import open_address, why_not
from lms_desktop.views.field_editor import Label
from lms_desktop.views.field_row import FieldRow
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.session import Session


class VideoRow(FieldRow):
    """A field with the address of a video.

    Attributes:
        watch: goes to the video.
    """

    def __init__(self, session: Session, field: Field | Computed, parent: QWidget | None = None) -> None:
        self.watch = button("", "link", self._watch)
        super().__init__(session, field, parent)
        self.rejected.connect(self._tell_where)

    def mark(self, *, unsaved: bool, was: str = "", refusal: str = "") -> None:
        """Override FieldRow.mark, which is called whenever another value stands here."""
        super().mark(unsaved=unsaved, was=was, refusal=refusal)
        self._tell_where()

    def show_text(self, wire: str | None, name: Label | None) -> None:
        """Override FieldRow.show_text."""
        super().show_text(wire, name)
        self._tell_where()

    def tab_stops(self) -> list[QWidget]:
        """Override FieldRow.tab_stops."""
        return [*super().tab_stops(), self.watch]

    def _arrange(self) -> None:
        super()._arrange()
        self._head.addWidget(self.watch)
        self.watch.hide()

    def _tell_where(self) -> None:
        wrong = self.editor is not None and self.editable and bool(self.editor.reason)
        address = "" if wrong else (self.known or "").strip()
        known = web_address.video(address)
        where = known[0] if known else web_address.host(address)
        self.watch.setVisible(bool(address) and not why_not(address))
        self.watch.setText(self.tr("Watch on {0}…").format(where))
        self.watch.setToolTip(plain_tip(address))

    def _watch(self) -> None:
        open_address(self.window(), self.known or "")
