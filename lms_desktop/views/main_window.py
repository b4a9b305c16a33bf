"""The one main window: navigation at the left, the page in the centre, search above, the state of things below."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from lms_desktop import policy
from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import ConnectionState
from lms_desktop.models.live import Live
from lms_desktop.views import theme
from lms_desktop.views.connection_info import ConnectionInfo
from lms_desktop.views.feedback import ask, show_error
from lms_desktop.views.held_picture import HeldPicture
from lms_desktop.views.keeping import Keeping
from lms_desktop.views.kit.navigation import ConnectionCard, NavList, PersonCard
from lms_desktop.views.kit.paint import px
from lms_desktop.views.kit.toast import show_toast
from lms_desktop.views.migrations import MIGRATIONS_PAGE
from lms_desktop.views.page import Destination, Page
from lms_desktop.views.page_registry import entries
from lms_desktop.views.places import Place, Places
from lms_desktop.views.preferences_dialog import PreferencesDialog
from lms_desktop.views.preparing import Preparing
from lms_desktop.views.quick_search import QuickSearch
from lms_desktop.views.schema_watch import SchemaWatch
from lms_desktop.views.session import Session
from lms_desktop.views.status_bar import StatusBar
from lms_desktop.views.top_bar import BACK_KEYS, FORTH_KEYS, TopBar
from lms_desktop.views.undoing import REDO_KEYS, UNDO_KEYS, Undoing
from lms_desktop.views.work_bar import WorkBar

SIDEBAR_WIDTH = 216
"""The navigation's width at first, in pixels at 100 %."""


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
        self, session: Session, connection: ConnectionInfo, parent: QWidget | None = None, *, first: str = ""
    ) -> None:
        """`first`: the page to show at first, in place of the one that was shown last."""
        super().__init__(parent)
        self.session, self._connection = session, connection
        self.live = Live(session.desk, session.log, self)
        self._entries = {entry.name: entry for entry in entries(session)}
        self._pages: dict[str, Page] = {}
        self._said: dict[str, str] = {}
        self._unlocked = self._fitted = False
        self._only: tuple[str, ...] | None = None
        self._side_width = SIDEBAR_WIDTH
        self.undoing = Undoing(self)
        self.bottom = StatusBar(session, self.live, self.undoing.hint)
        self.work = WorkBar()
        self.places = Places(self._here, self._return_to, self)
        self.keeping = Keeping(self)
        self.standing = SchemaWatch(self)
        self._build()
        self.preparing = Preparing(self._entries, self._pages, session, self._stack)
        self._shortcuts()
        self._connect()
        last = str(session.preferences.page_state("window").get("page", ""))
        for name in (first, last, next(iter(self.navigation.keys()), "")):
            if self.open_page(name):
                break
        self.restoreGeometry(session.preferences.window_state("main"))

    # Building

    def _build(self) -> None:
        self.setWindowTitle(f"LMS Desktop — {self._connection.name}[*]")
        self.connection_card = ConnectionCard()
        self.navigation = NavList()
        self.person_card = PersonCard()
        actor = self.session.actor
        self.person_card.tell(
            actor.name, QCoreApplication.translate("", policy.ROLE_LABELS.get(actor.role, actor.role))
        )
        self.person_card.give_menu(self._person_menu())
        side = QWidget()
        side.setObjectName("sidebar")
        side.setProperty("kind", "sidebar")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = self._side_column = QVBoxLayout(side)
        column.addWidget(self.connection_card)
        column.addWidget(self.navigation, 1)
        column.addWidget(self.person_card)
        self._fill_navigation()
        centre = QWidget()
        self._held = HeldPicture(centre)
        whole = QVBoxLayout(centre)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self._stack = QStackedWidget()
        whole.addWidget(self._top())
        whole.addWidget(self.keeping.bar)
        whole.addWidget(self._stack, 1)
        whole.addWidget(self.undoing.bar)
        whole.addWidget(self.work)
        whole.addWidget(self.bottom)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(side)
        self.splitter.addWidget(centre)
        self.splitter.setHandleWidth(1)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setCollapsible(1, False)
        self.setCentralWidget(self.splitter)
        self._tell_connection()
        self._space()

    def _space(self) -> None:
        self._side_column.setContentsMargins(px(8), px(12), px(8), px(12))
        self._side_column.setSpacing(px(8))

    def _rescale(self) -> None:
        """Let distances and the navigation's width grow with the text."""
        self._space()
        self.top.rescale()
        if self._fitted:
            self._fit_side()

    def _fit_side(self) -> None:
        self.splitter.setSizes([px(self._side_width), self.width() - px(self._side_width)])

    def _side_moved(self) -> None:
        self._side_width = round(self.splitter.sizes()[0] / theme.current().measures.scale)

    def _top(self) -> QWidget:
        self.quick_search = QuickSearch(self.session, self)
        refresh = QAction(self)
        refresh.triggered.connect(self._on_page("refresh"))
        self.top = TopBar(self.places, self.quick_search, refresh)
        return self.top

    def _fill_navigation(self) -> None:
        self.navigation.clear()
        group = None
        for name, page in self._entries.items():
            if page.under or not self._is_open(name):
                continue
            if page.group is not group:
                group = page.group
                self.navigation.add_section(QCoreApplication.translate("", group.value))
            entry = self.navigation.add(name, QCoreApplication.translate("", page.label), page.icon)
            QWidget.setTabOrder(entry, self.person_card)

    def _person_menu(self) -> QMenu:
        menu = QMenu(self)
        self.undoing.add_to(menu)
        menu.addSeparator()
        menu.addAction(self.tr("Preferences…")).triggered.connect(self.show_preferences)
        menu.addAction(self.tr("Keyboard shortcuts")).triggered.connect(self.show_shortcuts)
        menu.addAction(self.tr("About")).triggered.connect(self.show_about)
        menu.addSeparator()
        menu.addAction(self.tr("Connect to another database…")).triggered.connect(
            lambda: self._quit_for(self.switch_requested)
        )
        menu.addAction(self.tr("Sign out")).triggered.connect(lambda: self._quit_for(self.sign_out_requested))
        return menu

    def _shortcuts(self) -> None:
        for keys, act in (
            (QKeySequence.StandardKey.Save, self._on_page("save")),
            (QKeySequence.StandardKey.New, self._on_page("new_row")),
            (QKeySequence.StandardKey.Find, self._on_page("focus_search")),
            (QKeySequence(Qt.Key.Key_F5), self._on_page("refresh")),
            (QKeySequence(Qt.Key.Key_F1), self.show_shortcuts),
            (QKeySequence("Ctrl+K"), self.quick_search.begin),
            (QKeySequence(UNDO_KEYS), self.undoing.undo),
            (QKeySequence(REDO_KEYS), self.undoing.redo),
            (QKeySequence("Ctrl+,"), self.show_preferences),
            (QKeySequence(BACK_KEYS), self.places.back),
            (QKeySequence(FORTH_KEYS), self.places.forth),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(act)

    def _connect(self) -> None:
        desk = self.session.desk
        self.navigation.chosen.connect(self.open_page)
        self.connection_card.clicked.connect(self.show_about)
        self.quick_search.chosen.connect(self.go_to)
        self.quick_search.acts = [
            (self.tr("Preferences…"), "settings", self.show_preferences),
            (self.tr("Keyboard shortcuts"), "info", self.show_shortcuts),
            (self.tr("Sign out"), "sign-out", lambda: self._quit_for(self.sign_out_requested)),
        ]
        self.top.opened.connect(self.go_to)
        desk.state_changed.connect(self._state_changed)
        desk.work_changed.connect(self.bottom.tell_work)
        desk.failed.connect(self.show_trouble)
        desk.actor_lost.connect(self._actor_lost)
        desk.reconnected.connect(self._reconnected)
        self.session.preferences.changed.connect(self._preference_changed)
        theme.current().changed.connect(self._rescale)
        self.splitter.splitterMoved.connect(self._side_moved)
        self._count_soon = QTimer(self, singleShot=True, interval=0)  # what was typed is painted before
        self._count_soon.timeout.connect(self._unsaved_changed)
        self.session.drafts.counted.connect(self._count_soon.start)
        self.live.state_changed.connect(lambda: self._state_changed(desk.state))
        self._state_changed(desk.state)
        self.undoing.tell()

    # Pages

    @property
    def page(self) -> Page | None:
        """The page shown."""
        shown = self._stack.currentWidget()
        return shown if isinstance(shown, Page) else None

    def open_page(self, name: str) -> bool:
        """Show a page by its name; False where there is none for this person. Drafts on other pages stay."""
        return self._move(lambda: self._show_page(name))

    def go_to(self, destination: Destination) -> None:
        """Show what a destination names."""

        def show() -> bool:
            shown = self._show_page(destination.page)
            if shown and self.page is not None:
                self.page.go_to(destination)
            return shown

        self._move(show)

    def _move(self, show: Callable[[], bool]) -> bool:
        """Show something else, and remember the way back from there."""
        self.places.leave()
        shown = show()
        self.places.arrive()
        return shown

    def _show_page(self, name: str) -> bool:
        after = self.page_of(name)
        if after is None:
            return False
        before = self.page
        if before is not None and before is not after:
            before.deactivate()
        after.activate()  # while the server looks for its rows it is laid out
        if before is not after:
            self._held.until_filled(after)
        self._stack.setCurrentWidget(after)
        self.bottom.say(self._said.get(name, ""))
        self.navigation.select(self._entries[name].under or name)
        after.take_keyboard()
        self._show_titles()
        self._unsaved_changed()
        return True

    def page_of(self, name: str) -> Page | None:
        """The page of this name, which may not have been opened yet; None where there is none for this person."""
        if name not in self._entries or not self._is_open(name):
            return None
        if name not in self._pages:
            self._add_page(self.preparing.take(name))
        return self._pages[name]

    def _is_open(self, name: str) -> bool:
        return self._only is None or name in self._only

    def shut_pages(self, only: tuple[str, ...] | None) -> None:
        """From now on only these pages can be opened, the first of which is shown; None: all of them again."""
        self._only = only
        self._fill_navigation()
        self.quick_search.field.setEnabled(only is None)
        if only is not None:
            self._show_page(only[0])
            for name in [name for name in self._pages if name not in only]:
                page = self._pages.pop(name)
                self._stack.removeWidget(page)
                page.deleteLater()
            self.session.drafts.clear()
        elif self.page is not None:
            self.navigation.select(self._entries[self.page.name].under or self.page.name)
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
        return tuple(self._pages.values())

    def unsaved(self) -> int:
        """The unsaved changes of all pages."""
        unfinished = sum(page.unfinished() for page in self._pages.values())
        return self.session.drafts.changes() + unfinished

    def _add_page(self, page: Page) -> None:
        self._pages[page.name] = page
        self._stack.addWidget(page)
        page.filled.connect(self._held.let_go)
        page.title_changed.connect(self._show_titles)
        page.status.connect(lambda text: self._say(page, text))
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
            self._say(self.page, text)

    def _say(self, page: Page, text: str) -> None:
        """The status bar is the shown page's; each page's last sentence is kept until it is shown again."""
        self._said[page.name] = text
        if page is self.page:
            self.bottom.say(text)

    def _on_page(self, verb: str) -> Callable[[], None]:
        def act() -> None:
            if self.page is not None:
                getattr(self.page, verb)()

        return act

    def _show_titles(self) -> None:
        if self.page is not None:
            self.top.tell(self.page)

    def _unsaved_changed(self, _count: int = 0) -> None:
        numbers = {name: page.unfinished() for name, page in self._pages.items()}
        for drafts in self.session.drafts:
            name = self.session.catalog[drafts.entity].name
            numbers[name] = numbers.get(name, 0) + drafts.changes()
        for name in self.navigation.keys():  # noqa: SIM118
            self.navigation.entry(name).set_badge(numbers.get(name, 0))
        if MIGRATIONS_PAGE in self.navigation.keys():  # noqa: SIM118
            self.navigation.entry(MIGRATIONS_PAGE).set_badge(self.session.schema.pending)
        self.setWindowModified(bool(self.unsaved()))
        self.undoing.tell()

    # Dialogs

    def show_preferences(self) -> None:
        """Zone, language, text size, theme."""
        PreferencesDialog(self.session.preferences, self).exec()

    def show_shortcuts(self) -> None:
        """The list of keys."""
        from lms_desktop.views.help_dialogs import ShortcutsDialog

        ShortcutsDialog(self).exec()

    def show_about(self) -> None:
        """Versions, the place of the log, the connection."""
        from lms_desktop.views.help_dialogs import AboutDialog

        AboutDialog(self._connection.name, self._connection.detail, self, schema=self.session.schema).exec()

    def show_trouble(self, error: ExplainedError) -> None:
        """Show an error with its way out and details to copy."""
        show_error(self, error)

    # What the desk tells

    def _state_changed(self, state: ConnectionState) -> None:
        self.bottom.tell_state(state)
        self._tell_connection(state)

    def _tell_connection(self, state: ConnectionState | None = None) -> None:
        alive = state is None or state.kind == "ok"
        word = self.tr("connected") if alive else self.tr("not connected")
        tone = ("ok" if self._connection.safe else "warn") if alive else "bad"
        self.connection_card.tell(self._connection.name, self._connection.detail, tone, word)  # type: ignore[arg-type]

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
        show_toast(self, text)
        self.bottom.say(text)

    def _preference_changed(self, key: str) -> None:
        if key == "zone":
            self.bottom.tell_zone()
            for page in self._pages.values():
                page.refresh()

    # Leaving

    def _may_go(self, then: Callable[[], object]) -> bool:
        """Whether nothing runs that the window has to stay for, and nothing unsaved is left."""
        return all(page.may_go(then) for page in self._pages.values()) and self.keeping.may_leave(then)

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
        for page in self._pages.values():
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
            self._fit_side()
            self.live.start()
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
