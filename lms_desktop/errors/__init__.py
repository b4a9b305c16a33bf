"""What goes wrong, and how it is said. See `kinds` for the classes and `explain` for the one function."""

from lms_desktop.errors.kinds import (
    N_,
    BadValue,
    BugError,
    Busy,
    Cancelled,
    Conflict,
    ConnectionLost,
    Denied,
    ExplainedError,
    InDoubt,
    UserError,
)

__all__ = [
    "N_",
    "BadValue",
    "BugError",
    "Busy",
    "Cancelled",
    "Conflict",
    "ConnectionLost",
    "Denied",
    "ExplainedError",
    "InDoubt",
    "UserError",
    "explain",
]


def explain(error: BaseException, *, doing: str = "") -> UserError | BugError:
    """What went wrong, in the user's words; see `errors.explaining`, which is imported when something has."""
    from lms_desktop.errors.explaining import explain as explained

    return explained(error, doing=doing)
