"""Questions in GIFT, the plain text form of Moodle and other learning systems (docs.moodle.org, *GIFT format*).

Read: multiple choice with one right option (`=`) or several (`~%50%`), true or false, short answers, essays, escapes,
titles, formats, comments, text behind the answers. Left out, and told: categories, feedback, matching, descriptions,
numbers with a tolerance, partial credit. Read as Moodle's own importer does where the description is not exact.

Written: the text of each question as `[plain]`, so that nothing in it is taken for HTML. GIFT has no points: they
stand in a comment that other programs skip and that is read again here. Blanks around a text are not kept.
"""

import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field

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
)

_CATEGORY = N_("Categories are left out: the questions come into one quiz.")
_BRACES = N_("A brace is missing in this question: it was left out.")
_SEVERAL_BLANKS = N_("There is more than one gap in this question: only the first is a question here.")
_ARROW = N_("A short answer with “->” in it cannot be written as GIFT.")

_ESCAPED = ":#={}~n\\"
_FORMATS = ("html", "moodle", "plain", "markdown")
_WEIGHT = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]{0,8})?)%")
_POINTS = re.compile(r"//\s*points:\s*(-?[0-9]{1,9})\s*")
_TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_GAP = "_____"


@dataclass
class _Block:
    """The lines of one question.

    Attributes:
        line: where it begins.
        points: what a comment of ours says.
        open: a brace is open at the end of the lines so far.
        parted: a blank line stands behind them.
    """

    line: int = 0
    lines: list[str] = field(default_factory=list)
    points: int = 1
    open: bool = False
    parted: bool = False

    def take(self, number: int, line: str) -> None:
        """Take a line."""
        marked = _marked(line)
        self.open = marked.rfind("{") > marked.rfind("}") or (self.open and "}" not in marked)
        self.line, self.parted = self.line or number, False
        self.lines.append(line)


def parse(text: str) -> Parsed:
    """The questions of a GIFT text, and what in it cannot be kept."""
    found = _Found()
    for block in _blocks(text, found):
        found.line = block.line
        reading = _question(block, found)
        if reading is not None:
            found.add(reading)
    return found.parsed()


class _Found:
    """What was found so far."""

    def __init__(self) -> None:
        self.line = 0
        self.questions: list[Reading] = []
        self.lines: list[int] = []
        self.problems: list[Problem] = []

    def add(self, reading: Reading) -> None:
        """Take a question."""
        self.questions.append(reading)
        self.lines.append(self.line)
        for sentence in lacks(reading):
            self.problems.append(Problem(self.line, sentence))

    def say(self, template: str, **values: object) -> None:
        """Note what is left out of the question at hand, once."""
        problem = Problem(self.line, foreign.sentence(template, values))
        if problem not in self.problems[-8:]:
            self.problems.append(problem)

    def parsed(self) -> Parsed:
        """All of it."""
        if not self.questions and not self.problems:
            self.say(NOTHING)
        return Parsed(tuple(self.questions), tuple(self.problems[:MAX_PROBLEMS]), tuple(self.lines))


# Reading


def _blocks(text: str, found: _Found) -> Iterator[_Block]:
    """The texts between blank lines, without comments and categories. A blank line in open braces parts nothing where
    answers go on behind it."""
    block, categories = _Block(), False
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    lines = [line for line in enumerate(text.split("\n"), 1) if not _is_remark(line[1])]
    for number, line in lines:
        stripped = line.strip()
        if match := _POINTS.fullmatch(stripped):
            block = yield from _ended(block)
            block.points = int(match[1])
        elif stripped.startswith("$CATEGORY:"):
            found.line = number
            if not categories:
                found.say(_CATEGORY)
            categories = True
        elif not stripped:
            block.parted = True
        else:
            if block.parted and not (block.open and stripped[0] in "=~#}"):
                block = yield from _ended(block)
            block.take(number, line)
    yield from _ended(block)


def _is_remark(line: str) -> bool:
    stripped = line.strip()
    return stripped.startswith("//") and _POINTS.fullmatch(stripped) is None


def _ended(block: _Block) -> Generator[_Block, None, _Block]:
    """Hand a block over, if there is anything in it, and begin the next."""
    if not block.lines:
        return block
    yield block
    return _Block()


def _marked(text: str) -> str:
    """The text with its escapes as signs that mean nothing: NUL and a letter."""
    return re.sub(r"\\([:#={}~n\\])", lambda match: f"\0{chr(ord('A') + _ESCAPED.index(match[1]))}", text)


def _unmarked(text: str) -> str:
    """What a marked text stands for."""
    signs = _ESCAPED.replace("n", "\n")
    return re.sub(r"\0([A-H])", lambda match: signs[ord(match[1]) - ord("A")], text)


def _question(block: _Block, found: _Found) -> Reading | None:
    marked, title = _marked("\n".join(block.lines).strip()), ""
    if marked.startswith("::") and (end := marked.find("::", 2)) >= 0:
        title, marked = _unmarked(marked[2:end]).strip(), marked[end + 2 :].strip()
    start = marked.find("{")
    end = marked.find("}", max(start, 0))
    if start < 0 and end < 0:
        found.say(foreign.DESCRIPTION)
        return None
    if start < 0 or end < 0:
        found.say(_BRACES)
        return None
    before, inside, behind = marked[:start], marked[start + 1 : end].strip(), marked[end + 1 :]
    if "{" in behind:
        found.say(_SEVERAL_BLANKS)
    kind, text = _formatted(f"{before}{_GAP}{behind}" if behind.strip() else before, "moodle")
    question = foreign.text_of(text, kind, found.say) or title
    inside, general, _ = inside.partition("####")
    if general:
        found.say(foreign.FEEDBACK)
    return _answered(Reading(ESSAY, question, points=block.points), kind, inside.strip(), found)


def _answered(question: Reading, kind: str, inside: str, found: _Found) -> Reading | None:
    """The question with what stands in its braces."""
    if not inside:
        return question
    if inside.startswith("#"):
        return _numerical(question, inside[1:], found)
    if "~" in inside:
        return _choices(question, kind, inside, found)
    if "=" in inside and "->" in inside:
        found.say(foreign.LEFT_OUT, kind=foreign.MATCHING)
        return None
    word, hash_sign, _ = inside.partition("#")
    if word.strip().upper() in _TRUTH:
        if hash_sign:
            found.say(foreign.FEEDBACK)
        return _as(question, TRUE_FALSE, truth=_TRUTH[word.strip().upper()])
    answers = [_answer(part, kind, found) for part in _parts(inside, "=")]
    return foreign.short_answers(question, [(weight, text) for weight, text in answers], found.say)


def _choices(question: Reading, kind: str, inside: str, found: _Found) -> Reading:
    answers = list[tuple[float, str]]()
    for part in _parts(inside.replace("=", "~="), "~"):
        if part.startswith("="):
            answers.append((100.0, _answer(part[1:], kind, found, weighed=False)[1]))
        else:
            weighed = _WEIGHT.match(part) is not None
            weight, text = _answer(part, kind, found)
            answers.append((weight if weighed else 0.0, text))
    return foreign.choices(question, answers, found.say, single="=" in inside)


def _numerical(question: Reading, inside: str, found: _Found) -> Reading | None:
    numbers = list[tuple[float, str]]()
    for part in _parts(inside.partition("~")[0], "="):
        weight, text = _answer(part, "plain", found)
        number, _, tolerance = text.partition(":")
        if ".." in number or tolerance.strip().strip("0.") or not number.strip():
            found.say(foreign.LEFT_OUT, kind=foreign.NUMERICAL)
            return None
        numbers.append((weight, number.strip()))
    found.say(foreign.NUMBER_AS_TEXT)
    return foreign.short_answers(question, numbers, found.say)


def _parts(inside: str, mark: str) -> list[str]:
    """What stands between the marks; in front of the first one is nothing."""
    first, *rest = inside.split(mark)
    return [part.strip() for part in ([first] if first.strip() else []) + rest]


def _answer(part: str, kind: str, found: _Found, *, weighed: bool = True) -> tuple[float, str]:
    """The weight of an answer in percent, 100 where none is given, and its text without feedback."""
    match = _WEIGHT.match(part) if weighed else None
    weight, part = (float(match[1]), part[match.end() :]) if match else (100.0, part)
    text, hash_sign, feedback = part.partition("#")
    if hash_sign and feedback.strip():
        found.say(foreign.FEEDBACK)
    own, plain = _formatted(text.strip(), kind)
    return weight, foreign.text_of(plain, own, found.say)


def _formatted(marked: str, usual: str) -> tuple[str, str]:
    """The format that a marked text names, else the usual one, and the text."""
    marked = marked.strip()
    for name in _FORMATS:
        if marked.startswith(f"[{name}]"):
            return name, _unmarked(marked[len(name) + 2 :].strip())
    return usual, _unmarked(marked)


def _as(question: Reading, kind: str, *, truth: bool | None = None) -> Reading:
    return Reading(kind, question.text, truth=truth, points=question.points)


# Writing


def render(questions: Iterable[Reading]) -> str:
    """Questions as GIFT, those that cannot be written so left out: see `unwritable`."""
    return "\n".join(_rendered(question) for question in questions if not unwritable(question))


def unwritable(reading: Reading) -> str:
    """Why a question cannot be written as GIFT, a sentence; "" where it can."""
    if reason := foreign.unwritable(reading):
        return reason
    if reading.type == MULTIPLE_CHOICE and not reading.options:
        return Sentence(foreign.NEEDS_OPTIONS)
    if reading.type == TRUE_FALSE and reading.truth is None:
        return Sentence(foreign.NEEDS_TRUTH)
    if reading.type == SHORT_ANSWER and not reading.accepted:
        return Sentence(foreign.NEEDS_ANSWER)
    return Sentence(_ARROW) if any("->" in text for text in reading.accepted) else ""


def _rendered(reading: Reading) -> str:
    points = "" if reading.points == 1 else f"// points: {reading.points}\n"
    return f"{points}[plain]{_escaped(reading.text)}{{{_inside(reading)}}}\n"


def _inside(reading: Reading) -> str:
    if reading.type == TRUE_FALSE:
        return "TRUE" if reading.truth else "FALSE"
    if reading.type == SHORT_ANSWER:
        marks = (_mark("=", text, 100) for text in reading.accepted)
        texts = (foreign.without_wildcards(text) for text in reading.accepted)
        return _listed(marks, texts)
    if reading.type == MULTIPLE_CHOICE:
        return _listed(_choice_marks(reading), (option.text for option in reading.options))
    return ""


def _choice_marks(reading: Reading) -> Iterator[str]:
    right, alone = set(reading.right), len(reading.right) == 1 and len(reading.options) > 1
    share = foreign.share_of(len(right))
    for i, option in enumerate(reading.options):
        if alone:
            yield "=" if i in right else _mark("~", option.text, 0)
        elif right:
            yield f"~%{share if i in right else -100}%"
        else:
            yield _mark("~", option.text, 0)


def _mark(sign: str, text: str, weight: int) -> str:
    """A sign, with its weight where the text begins like one."""
    return f"{sign}%{weight}%" if _WEIGHT.match(text.strip()) else sign


def _listed(marks: Iterable[str], texts: Iterable[str]) -> str:
    return "\n" + "".join(f"\t{mark}{_formatless(text)}\n" for mark, text in zip(marks, texts, strict=True))


def _formatless(text: str) -> str:
    named = text.strip().startswith(tuple(f"[{name}]" for name in _FORMATS))
    return f"[plain]{_escaped(text)}" if named else _escaped(text)


def _escaped(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return re.sub(r"[:#={}~\\]", r"\\\g<0>", text).replace("\n", "\\n")
