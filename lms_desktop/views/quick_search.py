"""Search everywhere (Ctrl+K): people, courses, lessons, quizzes, pages and what can be done, from any page."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from lms_desktop.admin import PAGES
from lms_desktop.entities import Course, Lesson, Quiz, User
from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import Job
from lms_desktop.models.wording import reason, word
from lms_desktop.views import theme
from lms_desktop.views.course.ways import COURSE_PAGE
from lms_desktop.views.kit.fields import SearchBox
from lms_desktop.views.kit.paint import px
from lms_desktop.views.page import Destination
from lms_desktop.views.page_registry import entries
from lms_desktop.views.session import Session

if TYPE_CHECKING:  # what comes when something is searched for
    from PySide6.QtWidgets import QListWidgetItem

    from lms_desktop.services.everywhere import Hit
    from lms_desktop.views.entry_list import EntryList

ENTITIES = (User, Course, Lesson, Quiz)
SEEN_ROWS = 12


class QuickSearch(QObject):
    """A search field for the top bar and the list that drops from it.

    Attributes:
        field: the field; its owner places it. It gives way where the bar is narrow.
        acts: what the window can do, each with its word and its icon; making a new row of anything is offered anyway.

        keys: those that begin it.

    Signals:
        chosen(object): the Destination picked.
        begun(): the field is about to get the keyboard.
    """

    keys = "Ctrl+K"
    chosen = Signal(object)
    begun = Signal()

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._job: Job | None = None
        self._entered = False
        self.acts: list[tuple[str, str, Callable[[], object]]] = []
        self.field = SearchBox(self.tr("Search people, courses, pages…"), self.keys, quiet=True)
        self.field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._list: EntryList | None = None
        self._measure()
        self.field.installEventFilter(self)
        self.field.textEdited.connect(self._typed)
        self.field.searched.connect(self._ask)
        theme.current().changed.connect(self._measure)

    @property
    def list(self) -> "EntryList":
        """What was found, below the field while that has the keyboard; made when something is searched for."""
        if self._list is None:
            from lms_desktop.views.entry_list import EntryList

            self._list = EntryList(self._window)
            self._list.setAccessibleName(self.tr("Found everywhere"))
            self._list.itemClicked.connect(self._choose)
        return self._list

    def begin(self) -> None:
        """Put the keyboard into the field."""
        if self.field.isEnabled():
            self.begun.emit()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def close(self) -> None:
        """Put the list away."""
        self._entered = False
        if self._job is not None:
            self._job.cancel()
            self._job = None
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        if self._list is not None:
            self._list.hide()

    # Finding

    def _typed(self, text: str) -> None:
        """Offer pages and acts at once; the rest comes from the server."""
        self._entered = False
        self._offer_pages(text)
        self._offer_acts(text)
        if text.strip():
            self.field.tell_again()  # the list is empty now, whatever it held
            self._say(self.tr("Searching…"))
            self._show()
        else:
            self.close()

    def _offer_pages(self, text: str) -> None:
        self.list.clear()
        wanted = text.strip().casefold()
        for entry in entries(self._session):
            label = word(entry.label)
            if wanted and not entry.under and wanted in label.casefold():
                self._add(label, "", self.tr("page"), entry.icon, Destination(entry.name))

    def _offer_acts(self, text: str) -> None:
        """What can be done, where a word of it begins so."""
        wanted, session = text.strip().casefold(), self._session
        new: list[tuple[str, str, Destination | Callable[[], object]]] = [
            (word(admin.new), "plus", Destination(admin.name, new=True))
            for admin in PAGES.values()
            if admin.new and session.may(admin, "view") and session.may(admin, "add")
        ]
        for label, icon, act in (*new, *self.acts):
            if wanted and f" {wanted}" in f" {label.casefold()}":
                self._add(label, "", self.tr("action"), icon, act)

    def _ask(self, text: str) -> None:
        if self._job is not None:
            self._job.cancel()
        if not text.strip() or not self.field.hasFocus():
            return
        from lms_desktop.services.everywhere import search

        catalog = self._session.catalog
        self._job = self._session.desk.read(
            lambda uow: search(uow, catalog, text, ENTITIES),
            done=lambda hits: self._found(text, hits),
            failed=self._refused,
            owner=self,
        )

    def _found(self, text: str, hits: "tuple[Hit, ...]") -> None:
        if text != self.field.text().strip() or not self.field.hasFocus():
            return
        row = max(self.list.currentRow(), 0)
        self._offer_pages(text)
        for hit in hits:
            admin = self._session.catalog[hit.entity]
            destination = Destination(admin.name, hit.found.id)
            self._add(hit.found.label, hit.found.detail, word(admin.label), admin.icon, destination)
            if hit.entity is Course:
                opened = Destination(COURSE_PAGE, hit.found.id)
                self._add(hit.found.label, hit.found.detail, self.tr("open course"), "lessons", opened)
            if hit.more:
                everything = Destination(admin.name, search=text)
                words = self.tr("All on the page {0}…").format(word(admin.plural))
                self._add(words, "", self.tr("page"), admin.icon, everything)
        self._offer_acts(text)
        if not self.list.count():
            self._say(self.tr("Nothing found for “{0}”").format(text), "search")
        self.list.setCurrentRow(min(row, self.list.count() - 1))
        self._show()
        if self._entered:
            self._choose(self.list.currentItem())
            self._entered = False

    def _refused(self, error: ExplainedError) -> None:
        self.list.clear()
        self.field.tell_again()
        self._say(reason(error), "warning")
        self._show()

    # The list

    def _add(
        self, text: str, detail: str, kind: str, icon: str, destination: Destination | Callable[[], object] | None
    ) -> None:
        self.list.add(text, detail, kind, icon, destination)

    def _say(self, text: str, icon: str = "search") -> None:
        """An entry that leads nowhere."""
        self._add(text, "", "", icon, None)

    def _show(self) -> None:
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        rows = min(self.list.count(), SEEN_ROWS)
        width = min(max(self.field.width(), px(460)), self._window.width() - 2 * px(8))
        field = QRect(self.field.mapTo(self._window, QPoint(0, 0)), self.field.size())
        rtl = self.field.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = field.right() + 1 - width if rtl else field.left()
        left = max(px(8), min(left, self._window.width() - width - px(8)))
        height = rows * self.list.sizeHintForRow(0) + 2 * (px(4) + 1)  # the sheet's padding and border
        top = field.bottom() + px(4)
        self.list.setGeometry(left, top, width, min(height, self._window.height() - top - px(8)))
        if not self.list.isVisible():
            application = QApplication.instance()
            if application is not None:
                application.installEventFilter(self)
        self.list.show()
        self.list.raise_()

    def _choose(self, item: "QListWidgetItem") -> None:
        destination = self.list.leads_to(item)
        if destination is None:
            return
        self.close()
        self.field.show_text("")
        if isinstance(destination, Destination):
            self.chosen.emit(destination)
        else:
            destination()

    def _step(self, by: int) -> None:
        count = self.list.count()
        rows = [row for row in range(count) if self.list.leads_to(self.list.item(row)) is not None]
        if rows:
            here = self.list.currentRow()
            there = rows.index(here) + by if here in rows else (0 if by > 0 else -1)
            self.list.setCurrentRow(rows[there % len(rows)])

    def _measure(self) -> None:
        self.field.setMinimumWidth(px(120))
        self.field.setMaximumWidth(px(320))
        if self._is_open():
            self._show()

    def _is_open(self) -> bool:
        return self._list is not None and self._list.isVisible()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter: the keys of the list while the field keeps the keyboard. A press elsewhere and
        the keyboard's going elsewhere put the list away."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            inside = isinstance(watched, QWidget) and (
                watched in (self.field, self.list)
                or self.list.isAncestorOf(watched)
                or self.field.isAncestorOf(watched)
            )
            if isinstance(watched, QWidget) and not inside:
                self.close()
        elif watched is self.field and event.type() == QEvent.Type.FocusOut:
            self.close()
        elif watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._pressed(event)
        return False

    def _pressed(self, event: QKeyEvent) -> bool:
        if not self._is_open():
            return False
        key, item = event.key(), self.list.currentItem()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._step(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None and self.list.leads_to(item) is not None:
            self._choose(item)
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            # Before the server has answered, it means the first that is found; the field has it looked for at once.
            self._entered = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            return False
        return True
