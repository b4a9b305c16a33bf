"""Who changed or deleted a row, and when, as a colleague would say it."""

from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication

from lms_desktop.models.following import ago, another_program
from lms_desktop.models.wording import word
from lms_desktop.services.edits import Clash, State
from lms_desktop.spec import EntityAdmin, Moment
from lms_desktop.spec.kinds import python_moment


def people(who: tuple[str, ...]) -> str:
    """The names, another program among them where it was one."""
    translate = QCoreApplication.translate
    names = [name for name in who if name]
    if not names:
        return another_program()
    joined = ", ".join(names)
    return translate("Clash", "{0} and another program").format(joined) if "" in who else joined


def when(moment: str | None, zone: str) -> str:
    """ "2 min ago", of what is longer ago the moment itself; "" where it is not known."""
    at = python_moment(moment) if moment is not None else None
    if moment is None or at is None:
        return ""
    seconds = (datetime.now(UTC) - at).total_seconds()
    return ago(at) if seconds < 3600 else Moment().show(moment, zone)


def by_whom(clash: Clash, zone: str) -> str:
    """ "Ines Duarte, 2 min ago"."""
    moment = when(clash.when, zone)
    return f"{people(clash.who)}, {moment}" if moment else people(clash.who)


def what_happened(admin: EntityAdmin, clash: Clash, zone: str) -> tuple[str, str]:
    """A sentence, and the words in it that matter most: "Ines Duarte changed Enrolled 2 min ago."."""
    translate = QCoreApplication.translate
    who, moment = people(clash.who), when(clash.when, zone)
    if clash.state is State.DELETED:
        said = translate("Clash", "{0} deleted this {1}.") if moment else translate("Clash", "{0} deleted this.")
        return said.format(who, moment), ""
    if clash.state is State.AWAY:
        return translate("Clash", "This was moved or handed over: it is no longer yours to change."), ""
    fields = ", ".join(word(admin.field(key).label) for key in clash.fields)
    if not fields:
        return "", ""
    said = translate("Clash", "{0} changed {1} {2}.") if moment else translate("Clash", "{0} changed {1}.")
    return said.format(who, fields, moment), fields
