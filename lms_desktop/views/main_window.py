"""The one main window: navigation at the left, the page in the centre, search above, the state of things below."""

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal, SignalInstance
from PySide6.QtGui import QAction, QCloseEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QVBoxLayout, QWidget

from lms_desktop.errors import ExplainedError
from lms_desktop.models.beginning import Beginning
from lms_desktop.models.desk import ConnectionState
from lms_desktop.models.live import Live
from lms_desktop.views import theme
from lms_desktop.views.connection_info import ConnectionInfo
from lms_desktop.views.feedback import ask, show_error
from lms_desktop.views.keeping import Keeping
from lms_desktop.views.migrations import MIGRATIONS_PAGE
from lms_desktop.views.page import Destination, Page
from lms_desktop.views.page_parts import ask_ahead
from lms_desktop.views.page_registry import entries
from lms_desktop.views.page_stack import PageStack
from lms_desktop.views.passing_words import PassingWords
from lms_desktop.views.places import Place, Places
from lms_desktop.views.quick_search import QuickSearch
from lms_desktop.views.schema_watch import SchemaWatch
from lms_desktop.views.session import Session
from lms_desktop.views.side_bar import SideBar, SideSplitter
from lms_desktop.views.status_bar import StatusBar
from lms_desktop.views.top_bar import TopBar
from lms_desktop.views.undoing import Undoing
from lms_desktop.views.window_acts import WindowActs, on_page
from lms_desktop.views.work_bar import WorkBar

COUNT_MS = 20
"""Milliseconds after which the navigation counts what is unsaved: the row, and the page's bar, are painted before."""


class MainWindow(QMainWindow):
    """The window of one sitting.

    Attributes:
        session: what the pages work with.
        page: the page shown.
        places: where the person has been, the way back and forth.
        live: hears of what others save, as long as the window is open.

    Signals:
        sign_out_requested(): another person wants to sign in; nothing unsaved is left.
        switch_requested(): another database is wanted; nothing unsaved is left.
        closed(): the window was closed.
    """

    sign_out_requested = Signal()
    switch_requested = Signal()
    closed = Signal()

    def __init__(
        self,
        session: Session,
        connection: ConnectionInfo,
        parent: QWidget | None = None,
        *,
        first: str = "",
        ahead: bool = False,
    ) -> None:
        """`first`: the page to show at first, in place of the one that was shown last.

        `ahead`: nobody has signed in yet, and the window is only begun: `build` goes on with it, `admit` completes it.
        """
        super().__init__(parent)
        self.session, self._connection = session, connection
        self.live = Live(session.desk, session.log, self)
        self._beginning = Beginning(session.desk, self.live)
        self._unlocked = self._fitted = False
        self._to_build = [
            *(self._make_helpers, self._make_bottom, self._make_side, self._make_top),
            *(self._make_centre, self._put_together),
        ]
        if not ahead:
            self.admit(first)

    # Building

    def build(self) -> bool:
        """Take the next step towards a window for whoever signs in; False where none is left."""
        if self._to_build:
            self._to_build.pop(0)()
        return bool(self._to_build)

    def admit(self, first: str = "") -> None:
        """Let in whoever has signed in, and show the page `first`, else the one that was shown last."""
        ways = {entry.name: entry for entry in entries(self.session)}
        last = str(self.session.preferences.page_state("window").get("page", ""))
        page = next(name for name in (first, last, *ways) if name in ways)
        general = ways[page].general
        if general is not None:
            # While the window is built its rows come; what is saved before it listens is heard of afterwards.
            ask_ahead(self.session, general, before=self._beginning.note if self.session.log.on else None)
        while self.build():
            pass
        self.side.tell_person(self.session.actor)
        self.bottom.tell_zone()
        self._stack.admit(ways)
        self.side.fill(self._stack.offered())
        self._connect()
        self.live.start()  # before the window is seen: what others do from when its rows are read on is heard
        self.open_page(page)
        self.restoreGeometry(self.session.preferences.window_state("main"))

    def _make_helpers(self) -> None:
        self.setWindowTitle(f"LMS Desktop — {self._connection.name}[*]")
        self.passing = PassingWords(self)
        self.acts, self.undoing = WindowActs(self, self._connection), Undoing(self)
        self.places = Places(self._here, self._return_to, self)
        self.keeping = Keeping(self)
        self.standing = SchemaWatch(self)

    def _make_bottom(self) -> None:
        self.bottom = StatusBar(self.session, self.live, self.undoing.hint)
        self.work = WorkBar()

    def _make_side(self) -> None:
        self.side = SideBar(self._connection, self._person_menu())
        self.navigation, self.person_card, self.connection_card = (
            self.side.navigation,
            self.side.person,
            self.side.connection,
        )

    def _make_top(self) -> None:
        self.quick_search = QuickSearch(self.session, self)
        refresh = QAction(self)
        refresh.triggered.connect(on_page(self, "refresh"))
        self.top = TopBar(self.places, self.quick_search, refresh)

    def _make_centre(self) -> None:
        centre = self._centre = QWidget()
        self._stack = PageStack(self.session, centre)
        self.preparing = self._stack.preparing
        whole = QVBoxLayout(centre)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        for part in (self.top, self.keeping.bar):
            whole.addWidget(part)
        whole.addWidget(self._stack, 1)
        for part in (self.undoing.bar, self.work, self.bottom):
            whole.addWidget(part)

    def _put_together(self) -> None:
        self.splitter = SideSplitter(self.side, self._centre)
        self.setCentralWidget(self.splitter)
        theme.current().changed.connect(self._rescale)
        self.acts.give_keys()

    def _rescale(self) -> None:
        """Let distances and the navigation's width grow with the text."""
        self.side.rescale()
        self.top.rescale()
        if self._fitted:
            self.splitter.fit()

    def _person_menu(self) -> QMenu:
        menu = QMenu(self)
        self.undoing.add_to(menu)
        menu.addSeparator()
        menu.addAction(self.tr("Preferences…")).triggered.connect(self.acts.preferences)
        menu.addAction(self.tr("Keyboard shortcuts")).triggered.connect(self.acts.shortcuts)
        menu.addAction(self.tr("About")).triggered.connect(self.acts.about)
        menu.addSeparator()
        menu.addAction(self.tr("Connect to another database…")).triggered.connect(
            lambda: self._quit_for(self.switch_requested)
        )
        menu.addAction(self.tr("Sign out")).triggered.connect(lambda: self._quit_for(self.sign_out_requested))
        return menu

    def _connect(self) -> None:
        desk = self.session.desk
        self.navigation.chosen.connect(self.open_page)
        self.connection_card.clicked.connect(self.acts.about)
        self.quick_search.chosen.connect(self.go_to)
        self.quick_search.acts = [
            (self.tr("Preferences…"), "settings", self.acts.preferences),
            (self.tr("Keyboard shortcuts"), "info", self.acts.shortcuts),
            (self.tr("Sign out"), "sign-out", lambda: self._quit_for(self.sign_out_requested)),
        ]
        self.top.opened.connect(self.go_to)
        desk.state_changed.connect(self._state_changed)
        desk.work_changed.connect(self.bottom.tell_work)
        desk.failed.connect(self.show_trouble)
        desk.actor_lost.connect(self._actor_lost)
        desk.reconnected.connect(self._reconnected)
        self.session.preferences.changed.connect(self._preference_changed)
        self._stack.added.connect(self._page_added)
        self.preparing.prepared.connect(self.top.prepare)
        self._stack.said.connect(self.bottom.say)
        self._count_soon = QTimer(self, singleShot=True, interval=COUNT_MS)
        self._count_soon.timeout.connect(self._unsaved_changed)
        self.session.drafts.counted.connect(self._count_soon.start)
        self.live.state_changed.connect(lambda: self._state_changed(desk.state))
        self._state_changed(desk.state)
        self.undoing.tell()

    # Pages

    @property
    def page(self) -> Page | None:
        """The page shown."""
        return self._stack.page

    def open_page(self, name: str) -> bool:
        """Show a page by its name; False where there is none for this person. Drafts on other pages stay."""
        return self._move(lambda: self._show_page(name))

    def go_to(self, destination: Destination) -> None:
        """Show what a destination names."""

        def show() -> bool:
            shown = self._show_page(destination.page)
            if shown and self.page is not None:
                self.page.go_to(destination)
                self._stack.hold()
            return shown

        self._move(show)

    def _move(self, show: Callable[[], bool]) -> bool:
        """Show something else, and remember the way back from there."""
        self.places.leave()
        shown = show()
        self.places.arrive()
        return shown

    def _show_page(self, name: str) -> bool:
        if not self._stack.open(name) or self.page is None:
            return False
        self._mark_place()
        self.page.take_keyboard()
        self._show_titles()
        self._count_soon.start()  # on the page that is left there may be what is no value yet
        self.undoing.tell()
        return True

    def _mark_place(self) -> None:
        if self.page is not None:
            self.navigation.select(self._stack.place_of(self.page.name))

    def page_of(self, name: str) -> Page | None:
        """The page of this name, which may not have been opened yet; None where there is none for this person."""
        return self._stack.page_of(name)

    def shut_pages(self, only: tuple[str, ...] | None) -> None:
        """From now on only these pages can be opened, the first of which is shown; None: all of them again."""
        self._stack.limit(only)
        self.side.fill(self._stack.offered())
        self.quick_search.field.setEnabled(only is None)
        if only is not None:
            self._show_page(only[0])
            self._stack.drop_shut()
            self.session.drafts.clear()
        else:
            self._mark_place()
        self.tell_counts()

    def tell_counts(self) -> None:
        """Show in the navigation what waits on each page."""
        self._unsaved_changed()

    def _here(self) -> Place | None:
        return self.page.place() if self.page is not None else None

    def _return_to(self, place: Place) -> bool:
        shown = self._show_page(place.page)
        if shown and self.page is not None:
            self.page.return_to(place)
        return shown

    def pages(self) -> tuple[Page, ...]:
        """The pages opened so far."""
        return self._stack.pages()

    def unsaved(self) -> int:
        """The unsaved changes of all pages."""
        unfinished = sum(page.unfinished() for page in self.pages())
        return self.session.drafts.changes() + unfinished

    def _page_added(self, page: Page) -> None:
        page.title_changed.connect(self._show_titles)
        page.message.connect(self._message)
        page.trouble.connect(self.show_trouble)
        page.open_requested.connect(self.go_to)
        page.take_back_requested.connect(self.undoing.take_back)
        page.work_began.connect(self.work.begin)
        page.work_told.connect(self.work.tell)
        page.work_ended.connect(self.work.end)

    def status_text(self) -> str:
        """What the status bar says."""
        return self.bottom.said()

    def say(self, text: str) -> None:
        """Say something in the status bar, as the page shown would."""
        if self.page is not None:
            self._stack.say(self.page, text)

    def _show_titles(self) -> None:
        if self.page is not None:
            self.top.tell(self.page)

    def _unsaved_changed(self, _count: int = 0) -> None:
        numbers = {page.name: page.unfinished() for page in self.pages()}
        for drafts in self.session.drafts:
            name = self.session.catalog[drafts.entity].name
            numbers[name] = numbers.get(name, 0) + drafts.changes()
        for name in self.navigation.keys():  # noqa: SIM118
            self.navigation.entry(name).set_badge(numbers.get(name, 0))
        if MIGRATIONS_PAGE in self.navigation.keys():  # noqa: SIM118
            self.navigation.entry(MIGRATIONS_PAGE).set_badge(self.session.schema.pending)
        self.setWindowModified(any(numbers.values()))
        self.undoing.tell()

    def show_trouble(self, error: ExplainedError) -> None:
        """Show an error with its way out and details to copy."""
        show_error(self, error)

    # What the desk tells

    def _state_changed(self, state: ConnectionState) -> None:
        self.bottom.tell_state(state)
        self.side.tell_connection(state)

    def _reconnected(self) -> None:
        self._message(self.tr("The connection is back. Nothing typed was lost."))
        if self.page is not None:
            self.page.refresh()

    def _actor_lost(self, sentence: str) -> None:
        if not self._unlocked:
            self._unlocked = True
            if self.session.schema.run is not None:
                self.session.schema.run.cancel()
            words = "\n\n".join(filter(None, (sentence, self.keeping.sentence_for_later())))
            self.session.journal.close(keep=True)
            ask(self, self.tr("You cannot go on working here"), words, self.tr("Sign in again"))
            self.sign_out_requested.emit()

    def _message(self, text: str) -> None:
        self.passing.say(text)
        self.bottom.say(text)

    def _preference_changed(self, key: str) -> None:
        if key == "zone":
            self.bottom.tell_zone()
            for page in self.pages():
                page.refresh()

    # Leaving

    def _may_go(self, then: Callable[[], object]) -> bool:
        """Whether nothing runs that the window has to stay for, and nothing unsaved is left."""
        return all(page.may_go(then) for page in self.pages()) and self.keeping.may_leave(then)

    def _quit_for(self, wish: SignalInstance) -> None:
        if self._may_go(lambda: self._quit_for(wish)):
            self._leave()
            wish.emit()

    def _leave(self) -> None:
        preferences = self.session.preferences
        if self.page is not None:
            self.page.deactivate()
            preferences.save_page_state("window", {"page": self.page.name})
        preferences.save_window_state("main", self.saveGeometry())
        self.keeping.end()
        for page in self.pages():
            page.discard()
        self.session.drafts.clear()
        self.standing.end()
        self.live.close()
        self.preparing.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """Override QWidget::showEvent: the keyboard is on the page."""
        super().showEvent(event)
        if not self._fitted:
            self._fitted = True
            self.splitter.fit()
            self.places.listen(self.windowHandle())
            self.keeping.begin()
            self.standing.begin()
        if self.page is not None:
            self.page.take_keyboard()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Override QWidget::closeEvent: unsaved changes are asked about."""
        if not self._may_go(self.close):
            event.ignore()
            return
        self._leave()
        event.accept()
        self.closed.emit()
