"""What a window says of its database."""

from PySide6.QtCore import QCoreApplication

from lms_desktop.database.engine import LOCAL, VERIFIED
from lms_desktop.frozen import frozen
from lms_desktop.services.arrival import Arrival


@frozen
class ConnectionInfo:
    """A name, where it is and how safe the way there is, `safe` or not."""

    name: str
    detail: str
    safe: bool = True


def info_of(arrival: Arrival, *, demo: bool) -> ConnectionInfo:
    """What is said of a database that was reached; the `demo` is called by what it is."""
    translate = QCoreApplication.translate
    if demo:
        return ConnectionInfo(translate("StartFlow", "Demo school"), translate("StartFlow", "this computer · embedded"))
    if arrival.tls == LOCAL:
        detail = translate("StartFlow", "this computer")
    else:
        detail = f"{arrival.host} · {translate('', arrival.tls)}"
    return ConnectionInfo(arrival.name, detail, arrival.tls in (LOCAL, VERIFIED))
