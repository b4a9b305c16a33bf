"""The verbs that open a window, and what is looked at before there is one. Nothing here takes long to import."""

import argparse
import gc
import os
import sys
import threading
from typing import TYPE_CHECKING

from lms_desktop.errors import UserError
from lms_desktop.errors.kinds import N_
from lms_desktop.options import DIALOGS, PAGE_NAMES, START_SCREENS, Prepare, Tell, WindowOptions

if TYPE_CHECKING:
    from sqlalchemy import URL

    from lms_desktop.database.local_server import LocalServer

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
_QT_LIBRARIES = (
    "libglib2.0-0 libgl1 libegl1 libdbus-1-3 libfontconfig1 libxkbcommon0 libxkbcommon-x11-0"
    " libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0"
)


def window(options: argparse.Namespace) -> int:
    """Open the window on `DATABASE_URL`; without it the window asks."""
    return open_window(window_options(options, url=given_url()))


def demo(options: argparse.Namespace) -> int:
    """Open the window on the embedded server, which comes up meanwhile."""
    from lms_desktop.database.local_server import LocalServer, default_data_folder

    server = LocalServer(options.data or default_data_folder())
    early = EarlyServer(server)
    asked = window_options(options, demo=True, prepare=early.make_ready)
    check(asked)
    try:
        early.begin()
        return open_window(asked)
    finally:
        server.stop()


class EarlyServer:
    """The embedded server, begun before the window is: it comes up on a thread while Qt is imported."""

    def __init__(self, server: "LocalServer") -> None:
        self._server = server
        self._thread: threading.Thread | None = None
        self._error: BaseException | None = None

    def begin(self) -> None:
        """Begin; returns at once. What goes wrong is said to whoever needs the server."""
        self._thread = threading.Thread(target=self._bring_up, name="lms-server", daemon=True)
        self._thread.start()

    def make_ready(self, tell: Tell) -> "URL":
        """`services.demo.make_ready`, as `options.Prepare` wants it."""
        from lms_desktop.services.demo import make_ready  # imported behind the window, which stands by then

        return make_ready(self._server, tell, self._wait)

    def _wait(self) -> None:
        """Until it is up; once that was told, it is brought up anew each time."""
        thread, self._thread = self._thread, None
        if thread is None:
            self._server.bring_up()
            return
        thread.join()
        if self._error is not None:
            raise self._error

    def _bring_up(self) -> None:
        try:
            self._server.bring_up()
        except BaseException as error:
            self._error = error


def given_url() -> str | None:
    """`DATABASE_URL` as it stands there. It is understood behind the window: that takes SQLAlchemy, whose import takes
    longer than the window itself."""
    return os.environ.get("DATABASE_URL", "").strip() or None


def window_options(
    options: argparse.Namespace, *, url: str | None = None, demo: bool = False, prepare: Prepare | None = None
) -> WindowOptions:
    """What the window is told of what was asked for."""
    return WindowOptions(
        url=url,
        demo=demo,
        screenshot=options.screenshot,
        page=options.page,
        size=options.size,
        theme=options.theme,
        sign_in=options.sign_in,
        prepare=prepare,
    )


def check(options: WindowOptions) -> None:
    """Raise UserError where no window, or no picture, can come of the options: before anything is started."""
    page, picture = options.page, options.screenshot
    names = (*PAGE_NAMES, *START_SCREENS, *DIALOGS)
    if page is not None and page not in names:
        raise UserError(
            N_("There is no page “{page}”."),
            way_out=N_("There are {pages}."),
            values={"page": page, "pages": ", ".join(names)},
        )
    if page in PAGE_NAMES and picture is not None and not (options.demo and options.sign_in):
        raise UserError(
            N_("The page “{page}” can be drawn only of the demo, with --sign-in EMAIL."), values={"page": page}
        )
    if picture is not None and (not picture.absolute().parent.is_dir() or picture.is_dir()):
        raise UserError(N_("The picture cannot be saved as {file}."), values={"file": picture})
    if picture is None and not _has_display():
        raise UserError(
            N_("There is no display here to open a window on."),
            way_out=N_("Start it on a desktop, or draw the window into a file with --screenshot FILE."),
        )


def open_window(options: WindowOptions) -> int:
    """Import Qt, run the window, return its status. Raises UserError where no window can be."""
    check(options)
    if not _has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    gc.disable()  # what is imported stays; once there is a window, its Collector sees to what does not
    try:
        return _run(options)
    finally:
        gc.enable()


def _run(options: WindowOptions) -> int:
    try:
        from lms_desktop.app import run
    except ImportError as error:
        if not (error.name or "").startswith(("PySide6", "shiboken6")) and ".so" not in str(error):
            raise
        raise UserError(
            N_("Qt cannot be loaded: {reason}."),
            way_out=N_("On Debian and Ubuntu this brings what it needs: apt-get install {packages}"),
            values={"reason": error, "packages": _QT_LIBRARIES},
        ) from error
    return run(options)


def _has_display() -> bool:
    return sys.platform != "linux" or any(os.environ.get(name) for name in _DISPLAYS)
