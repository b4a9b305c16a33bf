"""`explain`: from any exception to one sentence."""

import traceback

from lms_desktop.errors.kinds import BugError, UserError
from lms_desktop.log import redact


def explain(error: BaseException, *, doing: str = "") -> UserError | BugError:
    """The sentence for `error`. What is explained already is returned as it is."""
    if isinstance(error, UserError | BugError):
        return error
    return BugError(details=redact("".join(traceback.format_exception(error))))
