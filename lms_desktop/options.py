"""What the command line tells the window. No Qt, and nothing that takes long to import."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sqlalchemy import URL

PAGE_NAMES = (
    *("users", "enrollments", "progress", "certificates", "courses", "lessons", "quizzes", "questions", "attempts"),
    *("sessions", "course", "results", "history", "migrations"),
)
"""The pages of the main window, as `views.page_registry` has them, which no window waits for."""
START_SCREENS = ("connect", "first-run", "sign-in")
DIALOGS = ("preferences", "shortcuts")
"""What else `--page` may say."""

Tell = Callable[[str], None]
"""Takes an English sentence about what is being done just now."""

Prepare = Callable[[Tell], "URL"]
"""Makes a database ready and returns its address. It blocks, for seconds at times: never on the GUI thread. May be
called again after it has raised."""


class WindowOptions(NamedTuple):
    """How to open the window.

    Attributes:
        url: The database, as it was given; None: `prepare` makes one ready, or else the person is asked. Left out of
            `repr`, for it may hold a password.
        demo: It is the demo: its accounts are offered to pick from.
        screenshot: Draw the window, save this PNG, and end.
        page: The page to show, by its name.
        size: Width and height of the window in device-independent pixels.
        theme: `light` or `dark`; None: the system's.
        sign_in: Sign in as the person of this e-mail address, without a password. Of the demo alone.
        prepare: To be called first where there is no `url`.
    """

    url: "URL | str | None" = None
    demo: bool = False
    screenshot: Path | None = None
    page: str | None = None
    size: tuple[int, int] | None = None
    theme: str | None = None
    sign_in: str | None = None
    prepare: Prepare | None = None

    def __repr__(self) -> str:
        """Without `url`."""
        told = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items() if name != "url")
        return f"{type(self).__name__}({told})"
