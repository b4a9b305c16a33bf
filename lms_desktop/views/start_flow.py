"""The way from the first window to somebody's main window, and back: prepare, connect, first run, sign in."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import URL

from PySide6.QtCore import QObject, Signal

from lms_desktop.database.engine import normalise_url
from lms_desktop.database.unit_of_work import Actor
from lms_desktop.errors import Cancelled, ExplainedError
from lms_desktop.errors.kinds import N_
from lms_desktop.models.desk import Desk
from lms_desktop.options import WindowOptions
from lms_desktop.services import arrival as arriving
from lms_desktop.services import people
from lms_desktop.services.arrival import Arrival
from lms_desktop.services.demo_accounts import DEMO_ACCOUNTS
from lms_desktop.views.connection_info import ConnectionInfo, info_of
from lms_desktop.views.main_keeper import MainKeeper
from lms_desktop.views.reaching import Reaching
from lms_desktop.views.settings import Preferences
from lms_desktop.views.start_screen import StartScreen
from lms_desktop.views.start_window import StartWindow
from lms_desktop.views.warm_up import WarmUp

if TYPE_CHECKING:  # what comes after the connection is imported while that is made
    from lms_desktop.views.connect import ConnectScreen
    from lms_desktop.views.first_run import FirstRunScreen
    from lms_desktop.views.first_run_flow import FirstRunFlow
    from lms_desktop.views.main_window import MainWindow
    from lms_desktop.views.sign_in import SignInScreen


class StartFlow(QObject):
    """Leads through the screens of the start window, opens main windows, and takes both down again.

    Attributes:
        window: the start window; hidden while a main window is open.
        arrival: the database, once it is reached.
        desk: the way to it.
        outside: does what needs no connection.

    Signals:
        arrived(str): a screen is shown ("connect", "first-run", "sign-in") or the main window ("main").
        failed(object): the way ended with an ExplainedError, which the screen shows.
        finished(): the last window was closed, and everything is taken down.
    """

    arrived = Signal(str)
    failed = Signal(object)
    finished = Signal()

    def __init__(
        self,
        window: StartWindow,
        options: WindowOptions,
        preferences: Preferences,
        parent: QObject | None = None,
        *,
        screens: WarmUp | None = None,
    ) -> None:
        """`screens` imports what comes after the connection; the flow waits for it where that is not done by then."""
        super().__init__(parent)
        self._screens = screens
        if screens is not None:
            screens.done.connect(self._take_next)
        self.window, self._options, self._preferences = window, options, preferences
        # a picture is nobody's work, and keeps nothing
        self._keeper = MainKeeper(preferences, keeps=options.screenshot is None, parent=self)
        self._keeper.shown.connect(self._main_shown)
        self._keeper.signed_out.connect(self._signed_out)
        self._keeper.switch_requested.connect(self.switch)
        self._keeper.closed.connect(self.finish)
        self.arrival: Arrival | None = None
        self.desk: Desk | None = None
        self.outside = Desk(None, parent=self)  # for what is done before there is a connection
        self._delay = people.SignInDelay()
        self._reaching = Reaching(self.outside, self)
        self._address: URL | None = None
        self._first_run: FirstRunFlow | None = None
        self._asking: ConnectScreen | None = None
        self._next: Callable[[], object] | None = None
        self._is_over = False
        self._is_demo = False
        drawn = options.screenshot is not None  # then whoever draws opens pages and signs in
        self._first_person, self._first_page = (None, None) if drawn else (options.sign_in, options.page)
        self._reaching.said.connect(window.opening.say)
        window.opening.cancelled.connect(self._cancel_opening)
        window.opening.retried.connect(self.begin)
        window.closed.connect(self.finish)

    @property
    def main(self) -> "MainWindow | None":
        """The main window, once it is shown, while somebody is signed in."""
        return self._keeper.window

    def begin(self) -> None:
        """Go to the database that the options name, else ask for one."""
        self._is_demo = self._options.demo
        if self._options.url is not None:
            self._connect_as_given(self._options.url)
        elif self._options.prepare is not None:
            self._prepare()
        else:
            self._once_imported(self.show_connect)

    def finish(self) -> None:
        """Take everything down. Windows go first: what then still takes time is not waited for by anybody."""
        if self._is_over:
            return
        self._is_over = True
        self._reaching.stop()
        self.window.hide()
        self._close_main()
        self._drop_arrival()
        self.outside.close()
        self.finished.emit()

    def _once_imported(self, act: Callable[[], object]) -> None:
        """Do what shows another screen, as soon as that is imported: nobody types into a window that stands still."""
        if self._screens is None or self._screens.is_over:
            act()
        else:
            self._next = act

    def _take_next(self) -> None:
        act, self._next = self._next, None
        if act is not None and not self._is_over:
            act()

    # Preparing and connecting

    def _prepare(self) -> None:
        assert self._options.prepare is not None
        self._open(self.tr("Preparing the demo"), self.tr("A school of its own, on this computer alone."))
        self._reaching.prepare(self._options.prepare, self.connect_to, self._opening_failed)

    def _connect_as_given(self, given: URL | str) -> None:
        try:
            address = self._address = normalise_url(given)
        except ExplainedError as error:
            self._opening_failed(error)
        else:
            self.connect_to(address)

    def connect_to(self, address: URL) -> None:
        """Connect; then whatever the database needs comes next."""
        if self._is_demo:
            self.window.opening.say(N_("Connecting."))
        else:
            self._open(self.tr("Connecting"), _place(address))
        self._reaching.connect_to(address, self._reached, self._opening_failed)

    def _open(self, title: str, detail: str) -> None:
        self.window.opening.start(title, detail)
        self.window.show_screen(self.window.opening)

    def _opening_failed(self, error: ExplainedError) -> None:
        if isinstance(error, Cancelled):
            self._leave_opening()
            return
        if self._is_demo or self._options.screenshot is not None:
            self.window.opening.fail(error)
        else:
            self._once_imported(lambda: self.show_connect(self._address).refuse(error))
        self.failed.emit(error)

    def _leave_opening(self) -> None:
        """The person has cancelled: the demo is nothing without its server, else another database may do."""
        self._drop_arrival()
        if self._is_demo:
            self.finish()
        else:
            self._once_imported(lambda: self.show_connect(self._address))

    def _cancel_opening(self) -> None:
        if self._reaching.stop():
            self._leave_opening()

    def show_connect(self, address: URL | None = None) -> "ConnectScreen":
        """Ask which database it shall be."""
        from lms_desktop.views.connect import ConnectScreen

        if self._options.demo:
            back = self.tr("Back to the demo")
        else:
            back = "" if self._address is None or address is not None else self.tr("Back")
        screen = ConnectScreen(self._preferences, self.outside, address, back=back)
        screen.submitted.connect(partial(self._connect_as_asked, screen))
        screen.cancelled.connect(self._give_up)
        screen.back_requested.connect(self.begin)
        self._asking = screen
        self.show(screen)
        return screen

    def _connect_as_asked(self, screen: "ConnectScreen", address: URL) -> None:
        screen.working()
        self._is_demo = False
        self._reaching.connect_to(address, self._reached, screen.refuse)

    def _give_up(self) -> None:
        """Nobody waits any more for the connection under way."""
        self._reaching.give_up()
        if self._asking is not None and self.window.screen_shown is self._asking:
            self._asking.idle()

    def _reached(self, arrival: Arrival) -> None:
        if self._asking is not None and self.window.screen_shown is self._asking:
            self._asking.keep_password(arrival.address)
        if not self._is_demo:
            self._preferences.remember_connection(arrival.whole)
        self.arrival = arrival
        prepare = self._options.prepare if self._is_demo else None
        revive = None if prepare is None else partial(prepare, _nothing)
        self.desk = Desk(arrival.database, None, revive=revive, parent=self)
        self._go_on()

    def _go_on(self) -> None:
        if self.arrival is None or not self.arrival.ready:
            self._once_imported(self.show_first_run)
            return
        email, self._first_person = self._first_person, None
        if email is not None and self._is_demo:
            self.sign_in_without_password(email, self._refuse_first)
        else:
            self._once_imported(self.show_sign_in)

    def _refuse_first(self, error: ExplainedError) -> None:
        self._once_imported(lambda: self.show_sign_in().refuse(error))

    # First run

    def show_first_run(self) -> "FirstRunScreen":
        """What the database lacks."""
        return self._first_run_flow().show()

    def show_example_of_first_run(self) -> None:
        """The first run as an empty database would show it; for pictures."""
        self._first_run_flow().show_example()

    def _first_run_flow(self) -> "FirstRunFlow":
        from lms_desktop.views.first_run_flow import FirstRunFlow  # few starts are a first run

        if self._first_run is None:
            self._first_run = FirstRunFlow(self)
        return self._first_run

    def look_again(self) -> None:
        """The database may be at another revision than when it was reached."""
        desk, arrival = self.reached()
        self._open(self.tr("Looking at the database"), self.where())
        desk.plain(partial(arriving.look, arrival), done=self.arrive, failed=self._look_failed, owner=self)

    def _look_failed(self, error: ExplainedError) -> None:
        self._drop_arrival()
        self.window.opening.fail(error)
        self.failed.emit(error)

    def reached(self) -> tuple[Desk, Arrival]:
        """The database and the way to it, where it is reached."""
        assert self.desk is not None
        assert self.arrival is not None
        return self.desk, self.arrival

    def arrive(self, arrival: Arrival) -> None:
        """The database has been looked at: whatever comes next."""
        self._keeper.drop_ahead()
        self.arrival = arrival
        self._go_on()

    # Signing in and out

    def show_sign_in(self) -> "SignInScreen":
        """Ask who it is."""
        assert self.arrival is not None
        from lms_desktop.views.sign_in import SignInScreen

        accounts = DEMO_ACCOUNTS if self._is_demo else ()
        screen = SignInScreen(
            self.where(),
            self._delay,
            safe=self.info().safe,
            email=self._preferences.last_email(self.arrival.address),
            accounts=accounts,
        )
        screen.submitted.connect(partial(self._sign_in, screen))
        screen.switch_requested.connect(self.switch)
        self.show(screen)
        return screen

    def _sign_in(self, screen: "SignInScreen", email: str, password: str) -> None:
        desk, arrival = self.reached()
        screen.working()
        work = partial(people.sign_in, arrival.database, email, password, self._delay)
        desk.plain(work, done=lambda found: self.enter(found.actor), failed=screen.refuse, owner=self)

    def sign_in_without_password(self, email: str, refused: Callable[[ExplainedError], object] | None = None) -> None:
        """On the demo alone. What goes wrong comes as `failed`, unless `refused` takes it."""
        assert self._is_demo
        desk, arrival = self.reached()

        def enter(actor: Actor) -> None:
            self._once_imported(partial(self.enter, actor))

        work = partial(arriving.enter_demo, arrival.database, email)
        desk.plain(work, done=enter, failed=refused or self.failed.emit, owner=self)

    def makes_ahead(self) -> bool:
        """Nobody waits for anything just now: begin the main window, where somebody is about to sign in. Whether that
        goes on."""
        desk, arrival = self.desk, self.arrival
        if desk is None or arrival is None or not arrival.ready:
            return False
        return self._keeper.goes_ahead(desk, arrival, self.info(), self.window.size(), self._first_page or "")

    def enter(self, actor: Actor) -> None:
        """Open the main window for somebody who has signed in."""
        desk, arrival = self.reached()
        desk.actor = actor
        page, self._first_page = self._first_page, None
        self._keeper.open(desk, arrival, self.info(), self.window, page or "")

    def _main_shown(self) -> None:
        self.window.hide()
        self.arrived.emit("main")

    def _signed_out(self, moved: bool) -> None:
        self._close_main()
        if moved:
            self.look_again()
        else:
            self.show_sign_in()

    def switch(self) -> None:
        """Leave this database and ask for another."""
        self._close_main()
        self._drop_arrival()
        self.show_connect()

    def _close_main(self) -> None:
        self._keeper.close()
        if self.desk is not None:
            self.desk.actor = None

    def _drop_arrival(self) -> None:
        self._keeper.drop_ahead()
        if self.desk is not None:
            self.desk.close()
            self.desk.deleteLater()
        self.desk = self.arrival = self._next = None

    def show(self, screen: StartScreen) -> None:
        """Show a screen, and tell that it is there."""
        self.window.opening.busy.stop()
        self.window.show_screen(screen)
        if self.window.isHidden():  # the main window was left: this one comes in its place
            self.window.restoreGeometry(self._preferences.window_state("main"))
            self.window.show()
        self.arrived.emit(screen.name)

    # Words

    def info(self) -> ConnectionInfo:
        """What the windows say of the connection."""
        assert self.arrival is not None
        return info_of(self.arrival, demo=self._is_demo)

    def where(self) -> str:
        """The same in one line."""
        info = self.info()
        return f"{info.name} · {info.detail}"

    def say(self, error: ExplainedError) -> None:
        """Show an error above whatever window there is."""
        from lms_desktop.views.feedback import show_error

        show_error(self.main or self.window, error)


def _place(address: URL) -> str:
    return f"{address.database or ''} · {address.host}" if address.host else address.database or ""


def _nothing(_: object) -> None:
    return
