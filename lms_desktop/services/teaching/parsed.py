"""What reading many questions at once gives, whatever they are written in."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lms_desktop.errors.kinds import N_
from lms_desktop.errors.sentences import Sentence
from lms_desktop.services.teaching.questions import ESSAY, MULTIPLE_CHOICE, SHORT_ANSWER, TRUE_FALSE, Reading

MAX_PROBLEMS = 200
"""Problems that are told; whoever has more has another kind of file."""

NOTHING = N_("There are no questions in this.")
NO_OPTIONS = N_("This question has no options.")
ONE_OPTION = N_("This question has one option only.")
NONE_RIGHT = N_("None of the options is marked as right.")
ALL_RIGHT = N_("All of the options are marked as right.")
SAME = N_("Two options are the same: {option}.")
NO_ANSWER = N_("There is no accepted answer.")
NO_TRUTH = N_("It is not said whether this is true or false.")
NO_TEXT = N_("This question has no text.")


@dataclass(frozen=True)
class Problem:
    """What was not as it should be; `line` counts from 1, 0 stands for the whole. The sentence may be translated."""

    line: int
    sentence: str


@dataclass(frozen=True)
class Parsed:
    """The questions that were found, in their order, and what was not as it should be.

    Attributes:
        lines: where each question begins, as `Problem.line` counts.
    """

    questions: tuple[Reading, ...] = ()
    problems: tuple[Problem, ...] = ()
    lines: tuple[int, ...] = ()


def lacks(reading: Reading) -> Iterator[str]:
    """What a question still lacks, as sentences; it can be stored nevertheless."""
    if not reading.text.strip():
        yield Sentence(NO_TEXT)
    if reading.type == MULTIPLE_CHOICE:
        yield from _lacks_of_choices(reading)
    elif reading.type == TRUE_FALSE and reading.truth is None:
        yield Sentence(NO_TRUTH)
    elif reading.type == SHORT_ANSWER and not reading.accepted:
        yield Sentence(NO_ANSWER)


def _lacks_of_choices(reading: Reading) -> Iterator[str]:
    number, right = len(reading.options), len(reading.right)
    if number < 2:
        yield Sentence(ONE_OPTION if number else NO_OPTIONS)
    if number and not reading.has_right_answer:
        yield Sentence(NONE_RIGHT)
    if number > 1 and right == number:
        yield Sentence(ALL_RIGHT)
    for text, times in Counter(option.text for option in reading.options).items():
        if times > 1:
            yield Sentence(SAME, option=text if len(text) <= 60 else f"{text[:60]}…")


def is_portable(reading: Reading) -> bool:
    """Whether a question can be written down in the forms that this program knows."""
    return reading.type in (MULTIPLE_CHOICE, TRUE_FALSE, SHORT_ANSWER, ESSAY) and not reading.odd
