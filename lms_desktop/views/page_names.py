"""What --page may say."""

from lms_desktop.errors import UserError
from lms_desktop.errors.kinds import N_
from lms_desktop.options import WindowOptions
from lms_desktop.views.page_registry import PAGE_NAMES

START_SCREENS = ("connect", "first-run", "sign-in")
DIALOGS = ("preferences", "shortcuts")


def page_names() -> tuple[str, ...]:
    """What --page may say."""
    return (*PAGE_NAMES, *START_SCREENS, *DIALOGS)


def check(options: WindowOptions) -> None:
    """Raise UserError where no picture can come of the options."""
    page = options.page
    if page is not None and page not in page_names():
        raise UserError(
            N_("There is no page “{page}”."),
            way_out=N_("There are {pages}."),
            values={"page": page, "pages": ", ".join(page_names())},
        )
    if page in PAGE_NAMES and options.screenshot is not None and not (options.demo and options.sign_in):
        raise UserError(
            N_("The page “{page}” can be drawn only of the demo, with --sign-in EMAIL."), values={"page": page}
        )
