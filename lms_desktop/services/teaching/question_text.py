"""Many questions as plain text, to be typed or pasted. `HELP` is the form in a person's words.

A question is its text, then its answers, then a blank line:

    What is the capital of France? (2 points)
    - Rome
    * Paris

`-` begins an option and `*` a right one; `[ ]` and `[x]`, with or without a hyphen, and `a)`, `b)` … with `Answer: B`
or `*b)` do as well. `Answer: text` or `= text`, once for each, are accepted short answers; `True` or `False` on a line
of its own makes a statement; `Essay`, or nothing at all, an essay. Points are in brackets at the end of the question,
or on a line of their own: `Points: 2`. Numbers before questions are left out. An indented line goes on with the option
above it.

A backslash before what would mean something else here makes it text: `\\- this is no option`, and a line of nothing
but a backslash is an empty one within the question. Blanks at the end of a line count where a backslash follows them.
What `render` writes, `parse` reads as the same questions, but for the kind of line ends.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from lms_desktop.errors.kinds import N_
from lms_desktop.errors.sentences import Sentence
from lms_desktop.services.teaching.parsed import MAX_PROBLEMS, NOTHING, Parsed, Problem, lacks
from lms_desktop.services.teaching.question_lines import (
    NUMBER,
    TRUTH,
    Kind,
    Line,
    Special,
    escaped,
    follows,
    is_special,
    is_special_answer,
    is_special_first,
    is_special_option,
    lines_of,
    points_behind,
    truth_said,
    without_escape,
)
from lms_desktop.services.teaching.questions import (
    ESSAY,
    MULTIPLE_CHOICE,
    SHORT_ANSWER,
    TRUE_FALSE,
    Option,
    Reading,
)

HELP = N_(
    "Write the questions one below the other, with a blank line between them. Below a question come its options: a "
    "star begins a right one, a hyphen any other; several may be right. [x] and [ ] do as well, and so do a), b), c) "
    "with a line such as “Answer: B”. Accepted short answers are lines that begin with “Answer:”. “True” or “False” "
    "on a line of its own makes a statement. A question with nothing below it is an essay.\n\n"
    "Points stand in brackets behind the question. Numbers before the questions are left out. An indented line goes on "
    "with the option above it. A backslash at the beginning of a line makes it plain text, and a line of nothing but a "
    "backslash is an empty line within a question."
)
"""How questions are written, for the person who does; `EXAMPLE` shows it."""

EXAMPLE = """\
What is the capital of France? (2 points)
- Rome
* Paris
- Madrid

The Earth goes round the Sun.
True

What is 2 + 2?
Answer: 4
Answer: four

Why does it rain? (5 points)
Essay
"""

_NO_QUESTION = N_("There is no question above this line.")
_NO_SUCH_OPTION = N_("The answer “{answer}” is none of the options.")
_MIXED = N_("This question has answers of several kinds: only its options were taken.")
_EXTRA = N_("This question has options already: this line was left out.")
_FRACTION = N_("Points are whole numbers: {points} was left out.")

_LETTERS = re.compile(r"[a-z](?:\s*(?:,|;|&|and|\s)\s*[a-z])*|(?P<one>[a-z])[).]\s.*", re.IGNORECASE | re.DOTALL)


@dataclass
class _Draft:
    """A question in the making. The lists hold the lines of each text; `numbered` is the number before the question."""

    line: int
    numbered: int | None
    texts: list[str]
    options: list[tuple[list[str], bool]] = field(default_factory=list)
    accepted: list[list[str]] = field(default_factory=list)
    said: list[tuple[int, list[str]]] = field(default_factory=list)
    kind: str | None = None
    truth: bool | None = None
    points: int | None = None
    mixed: bool = False
    last: list[str] | None = None


# Reading


def parse(text: str) -> Parsed:
    """The questions of a text, and what in it is not as it should be."""
    return _Parser(lines_of(text)).run()


_LONGEST_LETTERS = 200


class _Parser:
    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.questions: list[Reading] = []
        self.begins: list[int] = []
        self.problems: list[Problem] = []
        self.draft: _Draft | None = None

    def run(self) -> Parsed:
        """Read all lines."""
        before: Line | None = None
        for line, behind in zip(self.lines, _letters_behind(self.lines), strict=True):
            if line.kind is Kind.LETTER:
                if _is_option(line, before, behind):
                    before = line
                else:
                    line.kind = Kind.TEXT
            if line.kind is Kind.TEXT:
                self._text(line)
            elif self.draft is None:
                self._problem(line.number, _NO_QUESTION)
            else:
                self._answer(self.draft, line)
        self._finish()
        if not self.questions and not self.problems:
            self._problem(0, NOTHING)
        problems = sorted(self.problems, key=lambda problem: problem.line)
        return Parsed(tuple(self.questions), tuple(problems[:MAX_PROBLEMS]), tuple(self.begins))

    def _text(self, line: Line) -> None:
        draft = self.draft
        number = NUMBER.match(line.raw.strip())
        count = int(number[1] or number[2] or 0) if number else None
        if draft is not None and not line.after_blank:
            if draft.last is not None and line.raw[0].isspace():
                draft.last.append(without_escape(line.raw.strip(), is_special_first))
                return
            following = count is not None and draft.numbered is not None and count == draft.numbered + 1
            if draft.kind is None and not following:
                draft.texts.append(line.raw.rstrip())
                return
        self._finish()
        self.draft = _Draft(line.number, count, [line.raw.strip()])

    def _answer(self, draft: _Draft, line: Line) -> None:
        texts = [line.text]
        draft.last = texts
        if line.kind is Kind.POINTS:
            draft.points, draft.last = self._points(line.number, line.text), None
            draft.kind = draft.kind or ""
        elif line.kind in (Kind.OPTION, Kind.LETTER):
            draft.mixed = draft.mixed or draft.kind in (TRUE_FALSE, SHORT_ANSWER, ESSAY)
            draft.kind = MULTIPLE_CHOICE
            if line.text:
                draft.options.append(([without_escape(line.text, is_special_option)], bool(line.right)))
                draft.last = draft.options[-1][0]
        elif line.kind is Kind.ANSWER:
            draft.said.append((line.number, texts))
            draft.kind = draft.kind or ""
        elif draft.kind == MULTIPLE_CHOICE:
            self._problem(line.number, _EXTRA)
        elif line.kind is Kind.ACCEPTED:
            draft.kind = SHORT_ANSWER
            draft.accepted.append([without_escape(line.text, is_special_answer)])
            draft.last = draft.accepted[-1]
        elif line.kind is Kind.TRUTH:
            # "True" and "False" below each other are what could be answered, not what is right.
            again = draft.kind == TRUE_FALSE and draft.truth is not line.right
            draft.kind, draft.truth = TRUE_FALSE, None if again else line.right
        else:
            draft.kind = draft.kind or ESSAY

    def _finish(self) -> None:
        if self.draft is None:
            return
        draft, self.draft = self.draft, None
        text, points = self._question(draft)
        right = [i for i, (_, right) in enumerate(draft.options) if right]
        options = tuple(Option("\n".join(lines)) for lines, _ in draft.options)
        if draft.kind == MULTIPLE_CHOICE:
            if draft.mixed:
                self._problem(draft.line, _MIXED)
            right = sorted({*right, *self._said(draft, [option.text for option in options])})
            reading = Reading(MULTIPLE_CHOICE, text, options, tuple(right), points=points)
        else:
            reading = self._without_options(draft, text, points)
        self.questions.append(reading)
        self.begins.append(draft.line)
        for sentence in lacks(reading):
            self.problems.append(Problem(draft.line, sentence))

    def _question(self, draft: _Draft) -> tuple[str, int]:
        """The text of a question without its number, and its points."""
        lines, points = draft.texts, draft.points
        for place in (len(lines) - 1, 0):
            if points is None and (behind := points_behind(lines[place])):
                lines[place], points = behind[0], self._points(draft.line, behind[1])
        number = NUMBER.match(lines[0])
        first, rest = lines[0][number.end() :] if number else lines[0], lines[1:]
        texts = [without_escape(first, is_special_first), *(without_escape(line, is_special) for line in rest)]
        return "\n".join(texts), 1 if points is None else points

    def _without_options(self, draft: _Draft, text: str, points: int) -> Reading:
        said = [lines for _, lines in draft.said if lines[0]]
        word = TRUTH.fullmatch(said[0][0]) if len(said) == 1 and not draft.accepted else None
        if draft.kind == TRUE_FALSE or word is not None:
            return Reading(TRUE_FALSE, text, truth=draft.truth if word is None else truth_said(word), points=points)
        if draft.said or draft.kind == SHORT_ANSWER:
            answers = [[without_escape(first, is_special_answer), *rest] for first, *rest in said]
            accepted = tuple("\n".join(lines) for lines in [*answers, *draft.accepted])
            return Reading(SHORT_ANSWER, text, accepted=accepted, points=points)
        return Reading(ESSAY, text, points=points)

    def _said(self, draft: _Draft, options: list[str]) -> Iterable[int]:
        """The places of the options that lines such as `Answer: B` name."""
        for number, lines in draft.said:
            answer = "\n".join(lines)
            found = [i for i, option in enumerate(options) if option == answer]
            if not found and (match := _LETTERS.fullmatch(answer[:_LONGEST_LETTERS])):
                letters = match["one"] or re.sub("and", "", answer, flags=re.IGNORECASE)
                found = [ord(letter.lower()) - ord("a") for letter in letters if letter.isalpha()]
            if not found or max(found) >= len(options):
                self._problem(number, _NO_SUCH_OPTION, answer=answer[:60])
            else:
                yield from found

    def _points(self, line: int, amount: str) -> int | None:
        whole, _, fraction = amount.replace(",", ".").partition(".")
        if not fraction.strip("0"):
            return int(whole)
        self._problem(line, _FRACTION, points=amount)
        return None

    def _problem(self, line: int, template: str, **values: object) -> None:
        self.problems.append(Problem(line, Sentence(template, **values)))


def _letters_behind(lines: list[Line]) -> list[Line | None]:
    """For each line the next one behind it that begins with a letter."""
    found: list[Line | None] = []
    behind: Line | None = None
    for line in reversed(lines):
        found.append(behind)
        behind = line if line.kind is Kind.LETTER else behind
    return found[::-1]


def _is_option(line: Line, before: Line | None, behind: Line | None) -> bool:
    """Whether a line that begins with a letter is one of a row: a) … b) …; the nearest ones with a letter are that of
    an option before it, and whichever there is behind it."""
    if line.place == 0:
        return behind is not None and follows(line, behind)
    return before is not None and follows(before, line)


# Writing


def render(questions: Iterable[Reading]) -> str:
    """Questions of the known types in this form, with "\\n" as line end."""
    return "\n\n".join(_rendered(question) for question in questions) + "\n"


def _rendered(reading: Reading) -> str:
    first, *rest = _split(reading.text)
    lines = [escaped(first, is_special_first), *(escaped(line, is_special) for line in rest)]
    if reading.points != 1 or any(points_behind(line) for line in (lines[0], lines[-1])):
        lines[-1] += f" ({reading.points} {'point' if reading.points == 1 else 'points'})"
    return "\n".join([*lines, *_answers(reading)])


def _answers(reading: Reading) -> list[str]:
    if reading.type == MULTIPLE_CHOICE:
        right = set(reading.right)
        marks = ("* " if i in right else "- " for i in range(len(reading.options)))
        texts = (option.text for option in reading.options)
        return [_item(mark, text, is_special_option) for mark, text in zip(marks, texts, strict=True)] or ["-"]
    if reading.type == TRUE_FALSE:
        return ["True/False" if reading.truth is None else str(reading.truth)]
    if reading.type == SHORT_ANSWER:
        mark = "= " if any(TRUTH.fullmatch(text.strip()) for text in reading.accepted) else "Answer: "
        return [_item(mark, text, is_special_answer) for text in reading.accepted] or ["Answer:"]
    return ["Essay"]


def _item(mark: str, text: str, special: "Special") -> str:
    first, *rest = _split(text)
    return "\n  ".join([mark + escaped(first, special), *(escaped(line, is_special_first) for line in rest)])


def _split(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
