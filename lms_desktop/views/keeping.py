"""What is not saved yet and the end of a sitting: asked about before, kept on disk, offered again at the next start."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lms_desktop.entities import Course
from lms_desktop.models.course_rows import ENTITIES, saved_above
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.journal import Journal, Offer
from lms_desktop.models.wording import word
from lms_desktop.views.course.ways import COURSE_PAGE
from lms_desktop.views.feedback import ask
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.kit.paint import px
from lms_desktop.views.page import Destination, Page

if TYPE_CHECKING:
    from lms_desktop.services.offering import Found
    from lms_desktop.views.main_window import MainWindow


class Keeping(QObject):
    """Sees to it that nothing unsaved is lost with the window.

    Attributes:
        bar: the notices above the page, to be put in by the window.
        offered: says what was found of an earlier sitting; `trouble` that the disk takes no edits.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._keep = False
        self._then: Callable[[], object] | None = None
        self.bar = QWidget()
        self.offered, self.trouble = Banner("", "warn"), Banner("", "bad")
        column = self._column = QVBoxLayout(self.bar)
        for banner in (self.trouble, self.offered):
            banner.hide()
            column.addWidget(banner)
        self.bar.hide()
        self._space()
        self.journal.offered.connect(self._offered)
        self.journal.troubled.connect(self._troubled)

    @property
    def journal(self) -> Journal:
        """The journal of this window."""
        return self._window.session.journal

    def begin(self) -> None:
        """Look for what an earlier sitting has left, once the window is there."""
        QTimer.singleShot(0, self.journal.look)

    # Leaving

    def may_leave(self, then: Callable[[], object]) -> bool:
        """Whether nothing unsaved is left, or the person has said what becomes of it. `then` is called where it is to
        be saved first, after that. What stands in an open editor counts, what nobody has typed does not."""
        window = self._window
        if window.page is not None and not window.page.take_editors():
            return False
        count = self._at_risk()
        if not count:
            return True
        page = self._next_at_risk()
        if page is not None and page is not window.page:
            window.open_page(page.name)
        from lms_desktop.views.leave_dialog import Choice, LeaveDialog  # not before somebody leaves

        dialog = LeaveDialog(count, keeps=self.journal.keeps, unfinished=self._unfinished(), parent=window)
        dialog.exec()
        if dialog.choice is Choice.SAVE:
            self._then = then
            self._save_next()
        self._keep = dialog.choice is Choice.KEEP
        return dialog.choice in {Choice.KEEP, Choice.DISCARD}

    def end(self) -> None:
        """The window goes: what is to be kept stays on disk."""
        self.journal.close(keep=self._keep)

    def sentence_for_later(self) -> str:
        """What is said of unsaved changes to a person who has to go at once; "" where there are none."""
        count = self._at_risk()
        if not count or not self.journal.keeps:
            return ""
        return self.tr("%n unsaved change(s) are kept on this computer until you are back.", "", count)

    def _save_next(self) -> None:
        """Save one page after the other; where one is refused, everything stays as it is."""
        then, page = self._then, self._next_at_risk()
        if page is None:
            self._then = None
            if then is not None:
                then()
        elif self._window.open_page(page.name):
            page.save_ended.connect(self._page_saved, Qt.ConnectionType.SingleShotConnection)
            page.save()
            if not page.is_saving():  # an editor holds what is no value, or the person thought better of it
                self._then = None
                page.save_ended.disconnect(self._page_saved)

    def _at_risk(self) -> int:
        """How much would be missed. What stands in editors becomes drafts first, as far as it is a value."""
        unfinished = self._unfinished()
        return self._window.session.drafts.at_risk() + unfinished

    def _unfinished(self) -> int:
        """How much of it is no value yet."""
        return sum(page.unfinished() for page in self._window.pages())

    def _next_at_risk(self) -> Page | None:
        """A page with something that would be missed: the one shown, else one that was opened, else an entity's."""
        window = self._window
        shown = [window.page] if window.page is not None else []
        for page in (*shown, *window.pages()):
            if page.at_risk():
                return page
        session = window.session
        entity = next((drafts.entity for drafts in session.drafts if drafts.at_risk()), None)
        return None if entity is None else window.page_of(session.catalog[entity].name)

    def _page_saved(self, well: bool) -> None:
        if not well:
            self._then = None
        elif self._then is not None:
            QTimer.singleShot(0, self, self._save_next)

    # What an earlier sitting has left

    def _offered(self, offer: Offer) -> None:
        if not offer.found:
            self._window.passing.say(_saved_words(offer.saved))
            return
        self.offered.tell(self._words(offer), "warn", strong=self._strong(offer))
        self.offered.clear_actions()
        if offer.changes:
            self.offered.add_action(self.tr("Restore"), self.restore, "primary")
            self.offered.add_action(self.tr("Look…"), self.look)
            self.offered.add_action(self.tr("Discard"), self.discard)
        else:
            self.offered.add_action(self.tr("All right"), self._put_away)
        self.offered.show()
        self.bar.show()

    def restore(self) -> None:
        """Make drafts of what was left, and show the first of them."""
        done = self.journal.restore(self._drafts_of)
        self._put_away()
        if not done:
            return
        restored = sum(one.changes for one in done)
        first = next((one for one in done if one.changes), done[0])
        if first.entity is not None:
            self._show(first.entity, first.key[1])
        self._window.say(self.tr("%n unsaved change(s) are back. They are not saved yet.", "", restored))

    def _show(self, entity: type, row_id: str) -> None:
        """Show a row that was restored: in its course where it is a part of one that the person may open."""
        window, session = self._window, self._window.session
        plain = Destination(session.catalog[entity].name, row_id)
        if entity not in ENTITIES[1:] or not session.may(session.catalog[Course], "view"):
            window.go_to(plain)
            return
        from lms_desktop.services.teaching import finding

        above = saved_above(session.drafts, (entity, row_id))

        def found(course: str | None) -> None:
            window.go_to(plain if course is None else Destination(COURSE_PAGE, course, within=(entity, row_id)))

        session.desk.read(
            lambda uow: finding.course_of(uow, *above),
            done=found,
            failed=lambda error: window.go_to(plain),
            owner=self,
        )

    def look(self) -> None:
        """Show what was left, value by value."""
        offer = self.journal.offer
        if offer is None:
            return
        from lms_desktop.views.offered_dialog import OfferedDialog  # few sittings begin with an offer

        dialog = OfferedDialog(self._window.session, offer, self._window)
        dialog.exec()
        if dialog.restore:
            self.restore()
        elif dialog.discard:
            self.discard()

    def discard(self) -> None:
        """Give up what was left, after a question."""
        offer = self.journal.offer
        if offer is not None and ask(
            self._window,
            self.tr("Discard %n unsaved change(s)?", "", offer.changes),
            self.tr("What was typed and not saved is gone then."),
            self.tr("Discard"),
            destructive=True,
        ):
            self.journal.discard()
            self._put_away()

    def _put_away(self) -> None:
        if self.journal.offer is not None and not self.journal.offer.changes:
            self.journal.discard()
        self.offered.hide()
        self.bar.setVisible(self.trouble.isVisibleTo(self.bar))

    def _drafts_of(self, entity: type) -> Drafts | None:
        session = self._window.session
        return session.drafts[entity] if session.may(session.catalog[entity], "view") else None

    # Words

    def _strong(self, offer: Offer) -> str:
        entities = {one.entity for one in offer.found if one.entity is not None}
        number = self.tr("%n unsaved change(s)", "", offer.changes)
        if not offer.changes:
            return ""
        if len(entities) == 1:
            admin = self._window.session.catalog[entities.pop()]
            return self.tr("{0} in {1}").format(number, word(admin.plural))
        return self.tr("{0} on several pages").format(number)

    def _words(self, offer: Offer) -> str:
        strong = self._strong(offer)
        parts = []
        if strong:
            from lms_desktop.views.offered_dialog import since_words

            since = since_words(offer.since, self._window.session.zone)
            ended = self.tr("{0} from {1} were not saved when the program ended.")
            parts.append(ended.format(strong, since) if since else self.tr("{0} were kept.").format(strong))
        states = [one.state for one in offer.found]
        if changed := states.count("changed"):
            parts.append(self.tr("%n row(s) were changed since: saving shows both.", "", changed))
        if gone := states.count("gone"):
            parts.append(self.tr("%n row(s) were deleted since.", "", gone))
        parts += [password_words(one) for one in offer.found if one.passwords]
        if offer.saved:
            parts.append(_saved_words(offer.saved))
        return " ".join(parts)

    def _troubled(self, trouble: str) -> None:
        if trouble:
            self.trouble.tell(self.tr("Unsaved edits cannot be kept on disk: {0}.").format(trouble.rstrip(".")), "bad")
        self.trouble.setVisible(bool(trouble))
        self.bar.setVisible(bool(trouble) or self.offered.isVisibleTo(self.bar))

    def _space(self) -> None:
        self._column.setContentsMargins(px(16), px(8), px(16), px(8))
        self._column.setSpacing(px(8))


def password_words(one: Found) -> str:
    """What is said of something secret that was typed and is kept nowhere."""
    text = QCoreApplication.translate("Keeping", "{0} of {1} is kept nowhere and has to be typed again.")
    return text.format(
        ", ".join(word(label) for label in one.passwords),
        one.title or QCoreApplication.translate("Keeping", "a new row"),
    )


def _saved_words(saved: int) -> str:
    return QCoreApplication.translate(
        "Keeping", "%n value(s) that were being saved when the program ended are in the database.", "", saved
    )
