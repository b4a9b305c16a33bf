"""What the page of migrations says: of states, of what happens, of sizes."""

from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication, QLocale

from lms_desktop.database.migrating.events import (
    Committed,
    Event,
    Said,
    Saving,
    StepBegan,
    StepDone,
    TriedInVain,
    Waiting,
)
from lms_desktop.database.migrating.plan import Plan
from lms_desktop.database.migrating.sessions import Session
from lms_desktop.database.migrating.standing import Standing
from lms_desktop.errors.sentences import Sentence
from lms_desktop.models.migrations.revisions import short
from lms_desktop.models.wording import told
from lms_desktop.services.migrating import Overview


def document_words(found: Standing) -> str:
    """How it stands with the LMS's own tables, in a few words."""
    match found.kind:
        case "current":
            return QCoreApplication.translate("Migrations", "LMS schema up to date")
        case "behind":
            pending = len(found.pending)
            return QCoreApplication.translate("Migrations", "LMS schema: %n revision(s) pending", "", pending)
        case "empty":
            return QCoreApplication.translate("Migrations", "No tables yet")
        case "ahead":
            return QCoreApplication.translate("Migrations", "LMS schema made by a newer application")
        case "unversioned":
            return QCoreApplication.translate("Migrations", "LMS schema without a record of its revision")
        case "heads":
            return QCoreApplication.translate("Migrations", "LMS schema at several revisions at once")
        case "unknown":
            return QCoreApplication.translate("Migrations", "LMS schema at an unknown revision")
        case "foreign":
            return QCoreApplication.translate("Migrations", "Another program's database")


def own_words(found: Standing) -> str:
    """How it stands with what this application adds."""
    match found.kind:
        case "current":
            return QCoreApplication.translate("Migrations", "desktop extension up to date")
        case "behind":
            pending = len(found.pending)
            return QCoreApplication.translate("Migrations", "desktop extension: %n revision(s) pending", "", pending)
        case "empty":
            return QCoreApplication.translate("Migrations", "desktop extension not installed")
        case "ahead":
            return QCoreApplication.translate("Migrations", "desktop extension made by a newer application")
    return QCoreApplication.translate("Migrations", "desktop extension in an unclear state")


def subtitle(found: Overview) -> str:
    """How it stands with both lineages, in one line."""
    if found.document.kind in ("foreign", "heads", "unknown"):
        return document_words(found.document)
    return f"{document_words(found.document)} · {own_words(found.own)}"


def sentence(found: Sentence | str | None) -> str:
    """A sentence in the language of the screen; "" for none."""
    return "" if found is None else told(found)


def who(sessions: tuple[Session, ...]) -> str:
    """Somebody's connections, with their processes and since when."""
    return "; ".join(told(session.sentence) for session in sessions)


def megabytes(size: int) -> str:
    """A size as people read it: "412 MB"."""
    return QLocale().formattedDataSize(size, 0 if size < 1_000_000_000 else 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def time_of_day(zone: str, moment: datetime | None = None) -> str:
    """A time of today, now unless said otherwise: "09:14"."""
    return (moment or datetime.now(ZoneInfo(zone))).astimezone(ZoneInfo(zone)).strftime("%H:%M")


def seconds(length: float) -> str:
    """A length of time: "0.41 s"."""
    return QCoreApplication.translate("Migrations", "{0} s").format(QLocale().toString(length, "f", 2))


def steps(plan: Plan) -> str:
    """The revisions of a plan as people say them: "0005 to 0007"."""
    ids = [short(step.revision.id) for step in plan.steps]
    if len(ids) < 2:
        return "".join(ids)
    return QCoreApplication.translate("Migrations", "{0} to {1}").format(ids[0], ids[-1])


def line(event: Event) -> str:
    """A line for the log of a run; "" for what is no news."""
    translate = QCoreApplication.translate
    match event:
        case StepBegan(step, number, total):
            text = translate("Migrations", "{0} begins, {1} of {2}.")
            return text.format(step.revision.id, number, total)
        case StepDone(step, _, _, took):
            return translate("Migrations", "{0} has been run in {1}.").format(step.revision.id, seconds(took))
        case Committed(revision):
            place = revision or translate("Migrations", "base")
            return translate("Migrations", "Committed: the database is at {0}.").format(place)
        case TriedInVain(attempt, tries, blockers, pause):
            text = translate("Migrations", "Try {0} of {1}: the table is held by {2}.")
            held = text.format(attempt, tries, who(blockers) or "?")
            if pause is None:
                return held
            return held + " " + translate("Migrations", "Next try in {0}.").format(seconds(pause))
        case Said(said):
            return told(said)
    return ""


def waiting(event: Waiting) -> str:
    """Who is in our way, and in whose way we are; "" where nobody is."""
    translate = QCoreApplication.translate
    parts = []
    if event.blockers:
        text = translate("Migrations", "Waiting for {0}, for {1} so far.")
        parts.append(text.format(who(event.blockers), seconds(event.seconds)))
    if event.blocked:
        parts.append(translate("Migrations", "These wait for us: {0}.").format(who(event.blocked)))
    return " ".join(parts)


def saving(event: Saving) -> str:
    """How far the dump is."""
    text = QCoreApplication.translate("Migrations", "Saving the database first: {0} written.")
    return text.format(megabytes(event.written))
