"""Quizzes as files: which form a file has, its bytes as text, and questions as the text of a file."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePath

from lms_desktop.errors import BadValue
from lms_desktop.errors.kinds import N_
from lms_desktop.services.teaching import foreign, gift, moodle_xml, question_text
from lms_desktop.services.teaching.parsed import Parsed, Problem
from lms_desktop.services.teaching.question_lines import Kind, lines_of
from lms_desktop.services.teaching.questions import Reading

_GIFT_MARK = re.compile(r"^\s*::|^\$CATEGORY:|(?<!\\)\{\s*(?:\}\s*$|[=~#]|(?:T|F|TRUE|FALSE)\s*[#}])", re.MULTILINE)
_OWN_LINES = (Kind.OPTION, Kind.ANSWER, Kind.TRUTH, Kind.ESSAY)

MAX_BYTES = 20_000_000
"""The largest file that is read: pictures in Moodle's XML make it large, questions do not."""


@dataclass(frozen=True)
class Form:
    """A form that questions are written in.

    Attributes:
        key: its name in the program.
        label: what a person calls it, marked for translation.
        suffixes: the ends of files' names, the usual one first.
        unwritable: why a question cannot be written so, "" where it can.
    """

    key: str
    label: str
    suffixes: tuple[str, ...]
    parse: Callable[[str], Parsed]
    render: Callable[[Iterable[Reading]], str]
    unwritable: Callable[[Reading], str]


@dataclass(frozen=True)
class Loaded:
    """A file that was read: the form that it has, and what is in it."""

    form: Form
    parsed: Parsed


@dataclass(frozen=True)
class Exported:
    """The text of a file, to be written as UTF-8, and which questions (counted from 1) are not in it."""

    text: str
    problems: tuple[Problem, ...] = ()


MOODLE_XML = Form("moodle_xml", N_("Moodle XML"), (".xml",), moodle_xml.parse, moodle_xml.render, moodle_xml.unwritable)
GIFT = Form("gift", N_("GIFT"), (".gift", ".txt"), gift.parse, gift.render, gift.unwritable)
TEXT = Form("text", N_("Plain text"), (".txt", ".md"), question_text.parse, question_text.render, foreign.unwritable)
FORMS = (MOODLE_XML, GIFT, TEXT)
"""All forms, as a dialog offers them."""


def load(data: bytes, name: str = "", form: Form | None = None) -> Loaded:
    """What is in a file, in the form given, else in the one that it seems to have. Raises BadValue for a file that is
    too large or no text."""
    if len(data) > MAX_BYTES:
        raise BadValue(
            N_("This file is too large: at most {size} MB are read."), values={"size": MAX_BYTES // 1_000_000}
        )
    if form is MOODLE_XML or (form is None and _begins_like_xml(data)):
        return Loaded(MOODLE_XML, moodle_xml.parse(data))
    text = decoded(data)
    form = form or detect(text, name)
    return Loaded(form, form.parse(text))


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8, with a byte order mark or without, or in UTF-16 with one. Raises BadValue."""
    try:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16")
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadValue(
            N_("Line {line} of this file is not UTF-8."),
            way_out=N_("Save the file as UTF-8 in the program that wrote it, and open it again."),
            values={"line": data[: error.start].count(b"\n") + 1},
        ) from None
    if "\x00" in text:
        raise BadValue(N_("This is not a text file."))
    return text


def detect(text: str, name: str = "") -> Form:
    """The form that a text seems to have: what its name says, else what it looks like."""
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        return MOODLE_XML
    suffix = PurePath(name).suffix.lower()
    if suffix == ".gift":
        return GIFT
    # Braces occur in questions about programs too, hyphens in those that are written as GIFT.
    own = sum(line.kind in _OWN_LINES for line in lines_of(text))
    return GIFT if len(_GIFT_MARK.findall(text)) > own else TEXT


def export(questions: Iterable[Reading], form: Form) -> Exported:
    """Questions as the text of a file."""
    questions = tuple(questions)
    reasons = [form.unwritable(question) for question in questions]
    problems = tuple(Problem(place, reason) for place, reason in enumerate(reasons, 1) if reason)
    kept = [question for question, reason in zip(questions, reasons, strict=True) if not reason]
    return Exported(form.render(kept), problems)


def _begins_like_xml(data: bytes) -> bool:
    start = data[:400].removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return start.replace(b"\x00", b"").lstrip().startswith(b"<")
