"""Questions in Moodle's XML (docs.moodle.org, *Moodle XML format*).

Read: multiple choice, true or false, short answers, essays; HTML becomes plain text. Left out, and told: categories,
descriptions, other types, feedback, pictures, partial credit. Nothing outside the file is ever fetched: a document type
declaration, without which XML knows no entities, is refused.

Written: everything as `plain_text`, so that nothing in it is taken for HTML. Characters that XML cannot hold are left
out.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat
from xml.sax.saxutils import escape

from lms_desktop.errors.kinds import N_
from lms_desktop.errors.sentences import Sentence
from lms_desktop.services.teaching import foreign
from lms_desktop.services.teaching.parsed import MAX_PROBLEMS, NOTHING, Parsed, Problem, lacks
from lms_desktop.services.teaching.questions import (
    ESSAY,
    MULTIPLE_CHOICE,
    SHORT_ANSWER,
    TRUE_FALSE,
    Reading,
    truth_of,
)

_NOT_XML = N_("This is not well-formed XML: {reason}.")
_DOCTYPE = N_("This file has a document type declaration, which no export of Moodle has: it was not read.")
_NO_QUIZ = N_("This is XML, but not the XML of a Moodle quiz.")
_TOO_DEEP = N_("This XML is nested too deeply.")
_CATEGORY = N_("Categories are left out: the questions come into one quiz.")
_CASE = N_("Capitals do not count in short answers here.")

_FORMATS = {"html": "html", "moodle_auto_format": "moodle", "plain_text": "plain", "markdown": "markdown"}
_TYPES = {MULTIPLE_CHOICE: "multichoice", TRUE_FALSE: "truefalse", SHORT_ANSWER: "shortanswer", ESSAY: "essay"}
_MAX_DEPTH = 50
_NAME_LENGTH = 80
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Refused(Exception):
    """The document is not read; the text of it says why."""


@dataclass
class _Node:
    """An element. What `file` elements hold, pictures and sounds, is not kept."""

    tag: str
    line: int
    attributes: dict[str, str]
    pieces: list[str] = field(default_factory=list)
    children: list["_Node"] = field(default_factory=list)

    def child(self, tag: str) -> "_Node | None":
        """The first child with that tag."""
        return next((node for node in self.children if node.tag == tag), None)

    def all(self, tag: str) -> Iterator["_Node"]:
        """The children with that tag."""
        return (node for node in self.children if node.tag == tag)

    @property
    def text(self) -> str:
        """The text of its `text` child, else its own."""
        node = self.child("text") or self
        return "".join(node.pieces)


# Reading


def parse(source: str | bytes) -> Parsed:
    """The questions of a Moodle quiz, and what in it cannot be kept. Bytes may be in any encoding that they name."""
    try:
        root = _tree(source)
    except _Refused as error:
        return Parsed(problems=(Problem(0, error.args[0]),))
    except expat.ExpatError as error:
        reason = Sentence(_NOT_XML, reason=expat.ErrorString(error.code))
        return Parsed(problems=(Problem(error.lineno, reason),))
    except (UnicodeError, LookupError, ValueError) as error:
        return Parsed(problems=(Problem(0, Sentence(_NOT_XML, reason=str(error))),))
    if root is None or root.tag != "quiz":
        return Parsed(problems=(Problem(0, Sentence(_NO_QUIZ)),))
    return _quiz(root)


def _tree(source: str | bytes) -> _Node | None:
    # What is a text already is UTF-8, whatever it says of itself.
    parser = expat.ParserCreate("UTF-8" if isinstance(source, str) else None)
    top, open_nodes = list[_Node](), list[_Node]()

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(open_nodes) >= _MAX_DEPTH:
            raise _Refused(Sentence(_TOO_DEEP))
        node = _Node(tag, parser.CurrentLineNumber, attributes)
        (open_nodes[-1].children if open_nodes else top).append(node)
        open_nodes.append(node)

    def end(tag: str) -> None:
        open_nodes.pop()

    def text(data: str) -> None:
        if open_nodes and open_nodes[-1].tag != "file":
            open_nodes[-1].pieces.append(data)

    def refuse(*_: object) -> NoReturn:
        raise _Refused(Sentence(_DOCTYPE))

    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    if isinstance(source, str):
        source = source.removeprefix("\ufeff").encode("utf-8", "replace")
    parser.Parse(source, True)
    return top[0] if top else None


def _quiz(root: _Node) -> Parsed:
    questions, lines, problems = list[Reading](), list[int](), list[Problem]()
    categories = False
    for node in root.all("question"):
        kind = node.attributes.get("type", "")
        if kind == "category":
            if not categories:
                problems.append(Problem(node.line, Sentence(_CATEGORY)))
            categories = True
            continue
        said = dict[str, None]()

        def say(template: str, said: dict[str, None] = said, **values: object) -> None:
            said[foreign.sentence(template, values)] = None

        reading = _question(node, kind, say)
        if reading is not None:
            questions.append(reading)
            lines.append(node.line)
            said.update(dict.fromkeys(lacks(reading)))
        problems += [Problem(node.line, sentence) for sentence in said]
    if not questions and not problems:
        problems.append(Problem(0, Sentence(NOTHING)))
    return Parsed(tuple(questions), tuple(problems[:MAX_PROBLEMS]), tuple(lines))


def _question(node: _Node, kind: str, say: foreign.Say) -> Reading | None:
    if kind == "description":
        say(foreign.DESCRIPTION)
        return None
    if kind not in (*_TYPES.values(), "numerical"):
        say(foreign.LEFT_OUT, kind=foreign.MATCHING if kind == "matching" else kind)
        return None
    asked, title = node.child("questiontext"), node.child("name")
    text = title.text.strip() if asked is None and title else _text(asked, "html", say)
    question = Reading(ESSAY, text, points=_points(node, say))
    answers = list(node.all("answer"))
    feedback = [node.child("generalfeedback"), *(answer.child("feedback") for answer in answers)]
    if any(one is not None and one.text.strip() for one in feedback):
        say(foreign.FEEDBACK)
    if kind == "essay":
        return question
    if kind == "multichoice":
        single = node.child("single")
        weighed = [(_fraction(answer), _text(answer, "html", say)) for answer in answers]
        alone = single is None or single.text.strip() not in ("false", "0")
        return foreign.choices(question, weighed, say, single=alone)
    if kind == "truefalse":
        right = [truth_of(answer.text) for answer in answers if _fraction(answer) > 0]
        return Reading(TRUE_FALSE, text, truth=right[0] if len(right) == 1 else None, points=question.points)
    return _short_answer(question, node, answers, kind, say)


def _short_answer(question: Reading, node: _Node, answers: list[_Node], kind: str, say: foreign.Say) -> Reading | None:
    if kind == "numerical":
        if any(_has_tolerance(answer) for answer in answers if _fraction(answer) > 0):
            say(foreign.LEFT_OUT, kind=foreign.NUMERICAL)
            return None
        say(foreign.NUMBER_AS_TEXT)
    case = node.child("usecase")
    if case is not None and case.text.strip() == "1":
        say(_CASE)
    # Moodle calls them auto-formatted, but shows and compares them as they are.
    texts = (a.text if a.attributes.get("format") == "plain_text" else a.text.strip() for a in answers)
    return foreign.short_answers(question, [(_fraction(a), t) for a, t in zip(answers, texts, strict=True)], say)


def _has_tolerance(answer: _Node) -> bool:
    tolerance = answer.child("tolerance")
    return tolerance is not None and _number(tolerance.text) != 0


def _text(node: _Node | None, usual: str, say: foreign.Say) -> str:
    if node is None:
        return ""
    kind = _FORMATS.get(node.attributes.get("format", ""), usual)
    return node.text if kind == "plain" else foreign.text_of(node.text.strip(), kind, say)


def _fraction(answer: _Node) -> float:
    return _number(answer.attributes.get("fraction", "0"))


def _number(text: str) -> float:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return 0.0


def _points(node: _Node, say: foreign.Say) -> int:
    grade = node.child("defaultgrade")
    value = 1.0 if grade is None else _number(grade.text)
    if not abs(value) < 1_000_000_000:
        value = 1.0
    rounded = int((value + 0.5) // 1)
    if rounded != value and grade is not None:
        say(foreign.FRACTION, points=grade.text.strip(), rounded=rounded)
    return rounded


# Writing


def render(questions: Iterable[Reading]) -> str:
    """Questions as the XML of a Moodle quiz, those that cannot be written so left out: see `unwritable`."""
    inner = "".join(_rendered(question) for question in questions if not unwritable(question))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{inner}</quiz>\n'


def unwritable(reading: Reading) -> str:
    """Why a question cannot be written so, a sentence; "" where it can."""
    return foreign.unwritable(reading)


def _rendered(reading: Reading) -> str:
    name = " ".join(reading.text.split())[:_NAME_LENGTH] or "?"
    parts = [
        f'  <question type="{_TYPES[reading.type]}">\n',
        f"    <name><text>{_escaped(name)}</text></name>\n",
        f'    <questiontext format="plain_text"><text>{_escaped(reading.text)}</text></questiontext>\n',
        f"    <defaultgrade>{reading.points}</defaultgrade>\n",
        *_answers(reading),
        "  </question>\n",
    ]
    return "".join(parts)


def _answers(reading: Reading) -> Iterator[str]:
    if reading.type == MULTIPLE_CHOICE:
        right, single = set(reading.right), len(reading.right) < 2
        share, wrong = foreign.share_of(len(right)), "0" if single else "-100"
        yield f"    <single>{'true' if single else 'false'}</single>\n"
        for i, option in enumerate(reading.options):
            yield _answer(share if i in right else wrong, option.text)
    elif reading.type == TRUE_FALSE:
        yield _answer("100" if reading.truth is True else "0", "true")
        yield _answer("100" if reading.truth is False else "0", "false")
    elif reading.type == SHORT_ANSWER:
        yield "    <usecase>0</usecase>\n"
        for text in reading.accepted:
            yield _answer("100", foreign.without_wildcards(text))


def _answer(fraction: str, text: str) -> str:
    return f'    <answer fraction="{fraction}" format="plain_text"><text>{_escaped(text)}</text></answer>\n'


def _escaped(text: str) -> str:
    return escape(_FORBIDDEN.sub("", text), {"\r": "&#13;"})
