"""What goes wrong, and how it is said. See `kinds` for the classes and `explain` for the one function."""

from lms_desktop.errors.explaining import explain
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
