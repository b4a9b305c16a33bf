"""The kinds of field. A kind knows what may be typed, how that is stored as text and how it is checked; no widget.

Values travel as *wire* text: what PostgreSQL prints for `column::text` in a session that runs in UTC, `None` for NULL.
"""

import json
import re
import unicodedata
import uuid
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from lms_desktop.errors import BadValue
from lms_desktop.errors.kinds import N_
from lms_desktop.errors.sentences import done
from lms_desktop.frozen import frozen
from lms_desktop.spec import web_address
from lms_desktop.spec.storable import check_size, check_storable, json_value

INT4_MIN, INT4_MAX = -(2**31), 2**31 - 1

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_SLUG = re.compile(r"[^\s/?#]+")
_MOMENT = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)(?:[T ](?P<time>\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?))?\s*(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?"
)


class Tone(StrEnum):
    """What a value says by colour, next to its word."""

    NEUTRAL = "neutral"
    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@frozen
class Option:
    """One value of a choice: what is stored, what a person reads, its tone."""

    value: str
    label: str
    tone: Tone = Tone.NEUTRAL


@frozen
class Kind:
    """What every kind offers. `parse` takes what a person typed, `check` what would be stored."""

    def parse(self, typed: str, zone: str = "UTC") -> str | None:
        """The wire text of what was typed in `zone`; raises BadValue with the reason."""
        self.check(typed)
        return typed

    def check(self, wire: str) -> None:
        """Raise BadValue when this text (not NULL) may not be stored."""
        check_storable(wire)

    def show(self, wire: str, zone: str = "UTC") -> str:
        """What a person reads for a value that is not NULL."""
        return wire

    def edit_text(self, wire: str, zone: str = "UTC") -> str:
        """What stands in a line editor for a value that is not NULL: `parse` of it gives the value back."""
        return self.show(wire, zone)


@frozen
class Text(Kind):
    """Text. `form` is "line", "long" (several lines), "markdown", "email", "slug" or "url"; `length` in characters."""

    form: str = "line"
    length: int | None = None
    blank: bool = True
    """Whether a text of blanks only may be stored."""

    def parse(self, typed: str, zone: str = "UTC") -> str | None:
        """E-mail is trimmed and normalised to NFC; everything else is stored exactly as typed."""
        if self.form in {"email", "slug", "url"}:
            typed = unicodedata.normalize("NFC", typed.strip()) if self.form == "email" else typed.strip()
        self.check(typed)
        return typed

    def check(self, wire: str) -> None:
        """Length, blanks and the form's own rule."""
        check_storable(wire)
        if self.length is not None and len(wire) > self.length:
            raise _too_long(self.length, wire)
        check_size(wire)
        if not self.blank and not wire.strip():
            raise BadValue(N_("This may not be blank."))
        if self.form == "email" and not _EMAIL.fullmatch(wire):
            raise BadValue(N_("An e-mail address looks like name@school.edu."))
        if self.form == "slug" and not _SLUG.fullmatch(wire):
            raise BadValue(N_("The short name is part of a web address: no blanks, no / ? #."))
        if self.form == "url" and wire and (reason := web_address.reason(wire)):
            raise BadValue(reason)


@frozen
class Number(Kind):
    """A whole number between `minimum` and `maximum`, shown with `unit`."""

    minimum: int = INT4_MIN
    maximum: int = INT4_MAX
    unit: str = ""

    def parse(self, typed: str, zone: str = "UTC") -> str | None:
        """A whole number, blanks around it and a leading + allowed."""
        typed = typed.strip()
        if not re.fullmatch(r"[+-]?[0-9]{1,19}", typed):
            raise BadValue(N_("A whole number is wanted here, such as 12."))
        wire = str(int(typed))
        self.check(wire)
        return wire

    def check(self, wire: str) -> None:
        """Within the range."""
        if not re.fullmatch(r"-?[0-9]{1,19}", wire):
            raise BadValue(N_("A whole number is wanted here, such as 12."))
        if not self.minimum <= int(wire) <= self.maximum:
            raise BadValue(
                N_("Only {least} to {most} is possible here."),
                values={"least": f"{self.minimum:,}", "most": f"{self.maximum:,}"},
            )

    def nearest(self, number: int) -> int:
        """The number within the range that is nearest to this one."""
        return min(max(number, self.minimum), self.maximum)

    def show(self, wire: str, zone: str = "UTC") -> str:
        """The number with its unit."""
        return f"{wire} {self.unit}" if self.unit else wire

    def edit_text(self, wire: str, zone: str = "UTC") -> str:
        """The bare number."""
        return wire


@frozen
class Progress(Number):
    """A percentage that is computed, drawn as a bar."""

    minimum: int = 0
    maximum: int = 100
    unit: str = "%"


@frozen
class Flag(Kind):
    """Yes or no."""

    yes: str = N_("Yes")
    no: str = N_("No")
    tone: Tone = Tone.NEUTRAL
    """The tone of yes, where it is worth a colour."""
    no_tone: Tone = Tone.NEUTRAL

    def parse(self, typed: str, zone: str = "UTC") -> str | None:
        """Yes/no in words, true/false, 1/0."""
        word = typed.strip().casefold()
        if word in {"true", "t", "yes", "y", "1", "on", self.yes.casefold()}:
            return "true"
        if word in {"false", "f", "no", "n", "0", "off", self.no.casefold()}:
            return "false"
        raise BadValue(N_("Only yes or no is possible here."))

    def check(self, wire: str) -> None:
        """`true` or `false`."""
        if wire not in {"true", "false"}:
            raise BadValue(N_("Only yes or no is possible here."))

    def show(self, wire: str, zone: str = "UTC") -> str:
        """The word."""
        return self.yes if wire == "true" else self.no


@frozen
class Choice(Kind):
    """One of several texts. A value that is not among them is shown and kept; `strict` refuses to store a new one."""

    options: tuple[Option, ...] = ()
    strict: bool = True
    length: int | None = None

    def option(self, wire: str) -> Option:
        """The option of a value; one of its own where another program wrote something else."""
        return next((o for o in self.options if o.value == wire), Option(wire, wire))

    def parse(self, typed: str, zone: str = "UTC") -> str | None:
        """By value or by label, whatever the case."""
        word = typed.strip().casefold()
        for option in self.options:
            if word in {option.value.casefold(), option.label.casefold()}:
                return option.value
        self.check(typed)
        return typed

    def check(self, wire: str) -> None:
        """Among the options, where strict."""
        check_storable(wire)
        if self.strict and wire not in {o.value for o in self.options}:
            raise BadValue(
                N_("Only these are possible: {options}."), values={"options": tuple(o.label for o in self.options)}
            )
        if self.length is not None and len(wire) > self.length:
            raise _too_long(self.length, wire)

    def show(self, wire: str, zone: str = "UTC") -> str:
        """The label."""
        return self.option(wire).label


@frozen
class Among(Choice):
    """Values of which a row has any number: it is asked for those that have one, and never without a value."""


@frozen
class Said(Kind):
    """A sentence about what was done, which can still be said in another language. Its wire text is JSON: what was
    `said` in English, and the `parts` it was made of where these are known."""

    def sentence(self, wire: str) -> str:
        """The sentence, a `Sentence` where its parts are known."""
        told = json.loads(wire)
        return done(told["said"], told["parts"])

    def show(self, wire: str, zone: str = "UTC") -> str:
        """In English."""
        return str(self.sentence(wire))


@frozen
class Moment(Kind):
    """A moment: stored in UTC, shown and typed in the person's zone."""

    def parse(self, typed: str, zone: str = "UTC") -> str | None:
        """`2026-11-20`, `2026-11-20 10:00[:30[.5]]`, with `Z` or `+02:00` where another zone is meant.

        Raises BadValue for a time that the zone skips when the clocks go forward; of a time that comes twice the first
        is taken, unless an offset says otherwise.
        """
        match = _MOMENT.fullmatch(typed.strip())
        if not match:
            if typed.strip() in {"infinity", "-infinity"}:
                return typed.strip()
            raise BadValue(N_("A moment is written like 2026-11-20 10:00."))
        try:
            naive = datetime.fromisoformat(f"{match['date']} {match['time'] or '00:00'}")
        except ValueError:
            raise BadValue(N_("There is no such day or time: {typed}."), values={"typed": typed.strip()}) from None
        if match["zone"]:
            try:
                moment = datetime.fromisoformat(naive.isoformat() + match["zone"].replace("Z", "+00:00"))
            except ValueError:
                raise BadValue(
                    N_("There is no such offset from UTC: {offset}."), values={"offset": match["zone"]}
                ) from None
        else:
            moment = naive.replace(tzinfo=ZoneInfo(zone))
            try:
                there = moment.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
            except OverflowError:
                raise BadValue(N_("This is out of the range of dates that can be typed here.")) from None
            if there != naive:
                raise BadValue(
                    N_("In {zone} the clocks go forward over {moment}: this time does not exist."),
                    values={"zone": zone, "moment": f"{naive:%Y-%m-%d %H:%M}"},
                )
        try:
            return wire_moment(moment)
        except OverflowError:
            raise BadValue(N_("This is out of the range of dates that can be typed here.")) from None

    def check(self, wire: str) -> None:
        """Whatever PostgreSQL printed; the server has the last word."""
        check_storable(wire)
        if not re.fullmatch(r"-?infinity|\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d(:\d\d){0,2}( BC)?", wire):
            raise BadValue(N_("A moment is written like 2026-11-20 10:00."))

    def show(self, wire: str, zone: str = "UTC") -> str:
        """To the minute, in `zone`; what Python's calendar does not hold stays as PostgreSQL prints it."""
        moment = python_moment(wire)
        if moment is None:
            return wire
        try:
            return moment.astimezone(ZoneInfo(zone)).isoformat(" ", "minutes")[:16]
        except OverflowError:
            return wire

    def edit_text(self, wire: str, zone: str = "UTC") -> str:
        """As exact as stored, so that opening and closing an editor changes nothing."""
        moment = python_moment(wire)
        if moment is None:
            return wire
        try:
            local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        except OverflowError:
            return wire
        if not local.microsecond:
            text = local.isoformat(sep=" ", timespec="seconds" if local.second else "minutes")
        else:
            text = local.isoformat(sep=" ").rstrip("0")
        try:
            if self.parse(text, zone) == wire:
                return text
        except BadValue:
            pass
        return moment.isoformat(sep=" ")

    def editable(self, wire: str | None) -> bool:
        """Whether a calendar editor can hold it: infinity, BC and far years are read, not edited."""
        return wire is None or python_moment(wire) is not None


@frozen
class Ref(Kind):
    """A reference to a row of `target`; `only` names values that the picker offers (column key → values)."""

    target: type
    only: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def check(self, wire: str) -> None:
        """An id, whoever it belongs to: the server knows whether there is such a row."""
        try:
            uuid.UUID(wire)
        except ValueError:
            raise BadValue(N_("Choose one from the list.")) from None


@frozen
class Json(Kind):
    """JSON, kept byte for byte as typed. `shape` is "object", "list" or "any"."""

    shape: str = "any"

    def check(self, wire: str) -> None:
        """Valid JSON that PostgreSQL can also read later: no NaN, no `\\u0000`, no lone surrogate, not too deep."""
        value = json_value(wire)
        if self.shape == "object" and not isinstance(value, dict):
            raise BadValue(N_('A JSON object is wanted here, such as {"colour": "blue"}.'))
        if self.shape == "list" and not isinstance(value, list):
            raise BadValue(N_('A JSON list is wanted here, such as ["red", "blue"].'))

    def show(self, wire: str, zone: str = "UTC") -> str:
        """On one line."""
        return " ".join(wire.split())

    def edit_text(self, wire: str, zone: str = "UTC") -> str:
        """Byte for byte."""
        return wire


@frozen
class Secret(Kind):
    """Written, never read: a password. What is typed is hashed in the service that stores it."""


def wire_moment(moment: datetime) -> str:
    """How PostgreSQL prints an aware moment in UTC; raises OverflowError outside the years 1–9999."""
    utc = moment.astimezone(UTC)
    fraction = f".{utc.microsecond:06d}".rstrip("0") if utc.microsecond else ""
    return f"{utc.year:04d}-{utc.month:02d}-{utc.day:02d} {utc:%H:%M:%S}{fraction}+00"


def python_moment(wire: str) -> datetime | None:
    """The moment as Python holds it; None for infinity, BC and years beyond 9999."""
    if wire.endswith(("infinity", "BC")):
        return None
    try:
        return datetime.fromisoformat(wire)
    except ValueError:
        return None


def _too_long(length: int, wire: str) -> BadValue:
    return BadValue(
        N_("At most {length} characters fit; this has {count}."), values={"length": length, "count": len(wire)}
    )
