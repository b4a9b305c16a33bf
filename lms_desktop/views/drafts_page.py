"""A page on which rows are edited: its drafts, the bar that counts them, the banner that says what is in their way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from lms_desktop import policy
from lms_desktop.errors import ExplainedError
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.page_drafts import Owns, PageDrafts, Row
from lms_desktop.models.wording import amid, said, told
from lms_desktop.spec import EntityAdmin
from lms_desktop.views.feedback import may_change
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.kit.paint import px
from lms_desktop.views.kit.unsaved_bar import UnsavedBar
from lms_desktop.views.left_behind import LeftBehind
from lms_desktop.views.page import Page
from lms_desktop.views.saving import Saving
from lms_desktop.views.session import Session

if TYPE_CHECKING:  # no first row waits for a form
    from lms_desktop.views.record_form import RecordForm


class DraftsPage(Page):
    """What pages have in common that save drafts, of one entity or of several.

    Attributes:
        held: the drafts of the rows that the page shows.
        saving: sends them and deals with the answer.
        unsaved_bar, banner: say how many there are, and what is in the way; `banner_row` holds the banner. The page
            puts bar and row where they belong.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._could_not_read = self._waiting = False
        self._count_soon = QTimer(self, singleShot=True, interval=0)
        self._count_soon.timeout.connect(self._tell_bar)

    def hold(self, parts: Sequence[Drafts], owns: Owns | None = None) -> None:
        """Begin to show the drafts of these entities, of the rows that are the page's own."""
        self.held = PageDrafts(parts) if owns is None else PageDrafts(parts, owns)
        self.saving = Saving(self)
        self.saving.ended.connect(self.save_ended)
        for part in parts:
            part.counted.connect(self._counted_anew)
            part.unfinished_changed.connect(self._count_soon.start)
        if self.held.changes():  # begun on another page, or restored
            self._count_soon.start()

    def make_notices(self, parent: QWidget) -> None:
        """Make bar and banner."""
        self.unsaved_bar = UnsavedBar(parent)
        self.banner, self.banner_row = Banner("", "bad"), QWidget()
        self.banner.hide()
        box = QHBoxLayout(self.banner_row)
        box.setContentsMargins(px(16), px(8), px(16), px(8))
        box.addWidget(self.banner)
        self.banner_row.hide()
        self.unsaved_bar.save.connect(self.save)
        self.unsaved_bar.discard.connect(self._ask_discard)
        self.unsaved_bar.preview.connect(lambda: self.saving.preview())

    def follow_form(self, form: RecordForm) -> None:
        """Pass on what a form of the page's tells."""
        form.trouble.connect(self.trouble)
        form.status.connect(self.status)
        form.keyboard_left.connect(self.take_keyboard)
        form.take_back_requested.connect(self.take_back_requested)
        LeftBehind(self, form)
        form.action_done.connect(lambda outcome: self.message.emit(told(outcome.sentence)))

    # What a page tells of itself

    def row_shown(self) -> Row | None:
        """The row whose record is shown."""
        return None

    def show_row(self, entity: type, row_id: str) -> None:
        """Show the record of a row."""

    def focus_field(self, key: str | None) -> None:
        """Put the keyboard into a field of the record shown; None: into the first one that wants a value."""

    def may_save(self, without: frozenset[Row] = frozenset()) -> bool:
        """Whether the drafts, but for those `without`, may be saved as they are, as far as the person is to be asked
        about them."""
        return True

    # Page

    def save(self) -> None:
        """Override Page.save: takes the open editor's value along."""
        if not self.take_editors():
            return
        many = self.tr("Save")
        if self.saving.busy or (self.may_save() and may_change(self, self.session.log, len(self.held), many)):
            self.saving.save()

    def is_saving(self) -> bool:
        """Override Page.is_saving."""
        return self.saving.busy

    def unsaved(self) -> int:
        """Override Page.unsaved; what is a value in an open editor becomes a draft first."""
        unfinished = self.unfinished()
        return self.held.changes() + unfinished

    def at_risk(self) -> int:
        """Override Page.at_risk."""
        unfinished = self.unfinished()
        return self.held.at_risk() + unfinished

    def can_undo(self) -> bool:
        """Override Page.can_undo."""
        return self.held.can_undo

    def can_redo(self) -> bool:
        """Override Page.can_redo."""
        return self.held.can_redo

    def _counted_anew(self) -> None:
        """Another number of unsaved changes: what was typed is painted before the bar makes room for itself. The banner
        goes at once: what is said of a save that has ended comes next."""
        if not self.held:
            self.banner_off()
        self._count_soon.start()

    # Words

    def tell_unsaved(self) -> None:
        """Say how many unsaved changes there are, and where; where there is nothing unsaved, the banner goes."""
        self._tell_bar()
        if not self.held and not self.unfinished():
            self.banner_off()

    def _tell_bar(self) -> None:
        self.unsaved_bar.tell(self.unsaved(), self.where_words())

    def where_words(self) -> str:
        """Where the unsaved changes are, such as “in 2 lessons, in 1 quiz”."""
        counts: dict[type, int] = {}
        for draft in self.held.all():
            counts[draft.entity] = counts.get(draft.entity, 0) + 1
        parts = []
        for entity, rows in counts.items():
            admin = self.session.catalog[entity]
            noun = amid(admin.noun if rows == 1 else admin.plural)
            parts.append(self.tr("in {0} {1}").format(self.locale().toString(rows), noun))
        return ", ".join(parts)

    def tell_problem(
        self, error: ExplainedError, action: str = "", act: object = None, *, reading: bool = False
    ) -> None:
        """Show an error in the page's banner, with one way on; one of `reading` goes when rows come."""
        self.banner.tell(said(error), "bad")
        self.banner.clear_actions()
        if action and callable(act):
            self.banner.add_action(action, act)
        self._show_banner(reading=reading)

    def tell_news(self, text: str, action: str, act: Callable[[], object], *, reading: bool = False) -> None:
        """Say something in the page's banner that is no error, with one way on; what is about `reading` goes when rows
        come."""
        self.banner.tell(text, "warn")
        self.banner.clear_actions()
        self.banner.add_action(action, act)
        self._show_banner(reading=reading)

    def tell_wait(self, text: str, action: str, act: Callable[[], object]) -> None:
        """Say in the page's banner what is waited for, with a way to give it up; said again, the words alone change.
        What is in the way of a save stays there, and the status bar says it."""
        if self.banner.isVisible() and not (self._waiting or self._could_not_read):
            self.status.emit(text)
            return
        if not (self._waiting and self.banner.isVisible()):
            self.banner.clear_actions()
            self.banner.add_action(action, act)
            self._show_banner()
            self._waiting = True
        self.banner.tell(text, "info")

    def reading_over(self) -> None:
        """What was waited for is there, or given up: what the banner says of reading goes, nothing else."""
        if self._waiting or self._could_not_read:
            self.banner_off()

    def banner_off(self) -> None:
        """Take the banner away."""
        self._could_not_read = self._waiting = False
        self.banner.hide()
        self.banner_row.hide()

    def _show_banner(self, *, reading: bool = False) -> None:
        self._could_not_read, self._waiting = reading, False
        self.banner_row.show()
        self.banner.show()

    def _ask_discard(self) -> None:
        if self.saving.may_discard():
            self.discard()


def first_values(session: Session, admin: EntityAdmin) -> dict[str, str | None]:
    """What a new row begins with: the defaults of those fields that the person may write."""
    return {
        field.key: field.default
        for field in admin.own_fields
        if field.default is not None and not field.readonly and policy.may_write(session.actor, admin.entity, field.key)
    }
