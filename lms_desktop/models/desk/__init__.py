"""The desk: the one place that crosses threads.

`desk` has the verbs, `jobs` what goes to and fro, `performing` the worker's side, `workers` and `crew` the threads,
`connection` what is known of the server.
"""

from lms_desktop.models.desk.desk import Desk
from lms_desktop.models.desk.jobs import ConnectionState, Job, Progress
from lms_desktop.models.desk.threads import (
    WrongThread,
    as_worker,
    assert_gui_thread,
    assert_not_gui_thread,
    is_gui_thread,
)

__all__ = [
    "ConnectionState",
    "Desk",
    "Job",
    "Progress",
    "WrongThread",
    "as_worker",
    "assert_gui_thread",
    "assert_not_gui_thread",
    "is_gui_thread",
]
