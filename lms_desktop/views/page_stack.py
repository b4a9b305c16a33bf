"""The pages of the main window: those opened so far, the one shown, and what it says."""

from collections.abc import Iterator, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from lms_desktop.models.live import Batch
from lms_desktop.models.lookout import Lookout
from lms_desktop.models.paged import PagedModel
from lms_desktop.views.held_picture import HeldPicture
from lms_desktop.views.page import Page
from lms_desktop.views.page_registry import PageEntry
from lms_desktop.views.preparing import Preparing
from lms_desktop.views.session import Session


class PageStack(QStackedWidget):
    """Opens pages by their names and shows one of them.

    Attributes:
        entries: the pages that this person has, by their names; empty before somebody has signed in.
        preparing: makes pages before they are opened.
        lookout: notices what programs write that do not say so.

    Signals:
        added(object): a Page was opened for the first time.
        said(str): what the page shown says in the status bar: its last sentence, also when it is shown again.
    """

    added = Signal(object)
    said = Signal(str)

    def __init__(self, session: Session, held: QWidget) -> None:
        """`held` is where this stands: its window is not painted while the first rows of another page are on their
        way."""
        super().__init__(held)
        self._place, self._held = held, HeldPicture(held)
        self.entries: dict[str, PageEntry] = {}
        self._pages: dict[str, Page] = {}
        self._sentences: dict[str, str] = {}
        self._only: tuple[str, ...] | None = None
        self.preparing = Preparing(self.entries, self._pages, session, self)
        self.lookout = Lookout(session.desk, [entity.__tablename__ for entity in session.catalog], self)  # type: ignore[attr-defined]
        self.lookout.seen = self._looked_at
        self.lookout.noticed.connect(self._hear)
        self.currentChanged.connect(self.lookout.wake)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusWindowChanged.connect(self.lookout.wake)

    @property
    def page(self) -> Page | None:
        """The page shown."""
        shown = self.currentWidget()
        return shown if isinstance(shown, Page) else None

    def admit(self, ways: Mapping[str, PageEntry]) -> None:
        """Somebody has signed in: these are the pages from now on."""
        self.entries.update(ways)

    def offered(self) -> Iterator[PageEntry]:
        """The pages that can be opened now."""
        return (entry for name, entry in self.entries.items() if self._is_open(name))

    def pages(self) -> tuple[Page, ...]:
        """The pages opened so far."""
        return tuple(self._pages.values())

    def page_of(self, name: str) -> Page | None:
        """The page of this name, which may not have been opened yet; None where there is none for this person."""
        if name not in self.entries or not self._is_open(name):
            return None
        if name not in self._pages:
            self._add(self.preparing.take(name))
        return self._pages[name]

    def open(self, name: str) -> bool:
        """Show a page by its name; False where there is none for this person."""
        after = self.page_of(name)
        if after is None:
            return False
        before = self.page
        if before is not None and before is not after:
            before.deactivate()
        after.activate()  # while the server looks for its rows it is laid out
        if before is not after:
            self._held.until_filled(after, self._around(after))
            self._let_go_of_keyboard()
        self.setCurrentWidget(after)
        self.said.emit(self._sentences.get(name, ""))
        return True

    def _around(self, page: Page) -> tuple[QWidget, ...]:
        """What is seen above and below the pages, and around what is seen first of one."""
        beside = self._place.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return *(part for part in beside if part is not self and part.isVisible()), *page.around()

    def hold(self) -> None:
        """The page shown was asked for something else: nothing is painted before it has that, for a moment at most."""
        if self.page is not None:
            self._held.until_filled(self.page, self._around(self.page))

    def setCurrentWidget(self, page: QWidget) -> None:
        """Override: Qt would switch the updates of all pages off and on again, and each widget of them is told."""
        former = self.currentWidget()
        if page is former:
            return
        silent = [self, *filter(None, [former])]
        for part in silent:
            part.setAttribute(Qt.WidgetAttribute.WA_UpdatesDisabled)
        super().setCurrentWidget(page)
        for part in silent:
            part.setAttribute(Qt.WidgetAttribute.WA_UpdatesDisabled, False)

    def _let_go_of_keyboard(self) -> None:
        """Qt would give it to whatever stands next, and that would be painted with it, before the page takes it."""
        has_it = QApplication.focusWidget()
        if has_it is not None and self.isAncestorOf(has_it):
            has_it.clearFocus()

    def place_of(self, name: str) -> str:
        """The name of the entry that is marked in the navigation while a page is shown."""
        return self.entries[name].under or name

    def limit(self, only: tuple[str, ...] | None) -> None:
        """From now on only these pages can be opened; None: all of them again."""
        self._only = only

    def drop_shut(self) -> None:
        """Take away the pages that cannot be opened any more."""
        for name in [name for name in self._pages if not self._is_open(name)]:
            page = self._pages.pop(name)
            self.removeWidget(page)
            page.deleteLater()

    def say(self, page: Page, text: str) -> None:
        """A page says something: at once where it is shown, else when it is shown again."""
        self._sentences[page.name] = text
        if page is self.page:
            self.said.emit(text)

    def _hear(self, batch: Batch) -> None:
        for page in self.pages():
            page.hear(batch)

    def _looked_at(self) -> PagedModel | None:
        """The rows of the page shown that are followed, while somebody looks at them."""
        page, window = self.page, self.window()
        is_seen = page is not None and page.isVisible() and window.isActiveWindow() and not window.isMinimized()
        return page.followed() if page is not None and is_seen else None

    def _is_open(self, name: str) -> bool:
        return self._only is None or name in self._only

    def _add(self, page: Page) -> None:
        self._pages[page.name] = page
        if self.indexOf(page) < 0:
            self.addWidget(page)
        page.filled.connect(self._held.let_go)
        page.status.connect(lambda text: self.say(page, text))
        self.added.emit(page)
