"""What questions of other programs become here, whatever file they come in: weights, wildcards, formats."""

from collections.abc import Callable, Mapping, Sequence

from lms_desktop.errors.kinds import N_
from lms_desktop.errors.sentences import Sentence
from lms_desktop.services.teaching.html_text import looks_like_html, plain_text
from lms_desktop.services.teaching.parsed import is_portable
from lms_desktop.services.teaching.questions import MULTIPLE_CHOICE, SHORT_ANSWER, Option, Reading

FEEDBACK = N_("Feedback is left out: there is no place for it here.")
DESCRIPTION = N_("This is a text without a question: it was left out.")
LEFT_OUT = N_("{kind} questions are not known here: this one was left out.")
NUMBER_AS_TEXT = N_("This numerical question was taken as one with a short answer.")
MEDIA = N_("Pictures and sounds are left out.")
PARTIAL = N_("Answers that give a part of the points are left out or wrong here: {answer}.")
ANY_OF = N_("One of several right options was enough; here all of them have to be ticked.")
WILDCARD = N_("A star stands for any text in the answer {answer}; here it is a star.")
FRACTION = N_("Points are whole numbers here: {points} became {rounded}.")
NEEDS_OPTIONS = N_("A multiple choice without options cannot be written there.")
NEEDS_TRUTH = N_("A statement that is not said to be true or false cannot be written there.")
NEEDS_ANSWER = N_("A short answer without an accepted one cannot be written there.")
_NOT_PORTABLE = N_("A question of the type {type} cannot be written there.")
_ODD = N_("A question whose options are not understood cannot be written there.")

MATCHING, NUMERICAL = N_("Matching"), N_("Numerical")

Say = Callable[..., None]
"""Is told what is left out: a template marked for translation and its values."""

_LONGEST = 60


def sentence(template: str, values: Mapping[str, object]) -> Sentence:
    """What is said; the kind of a question is a word that is translated too."""
    return Sentence(template, tuple({"kind"} & set(values)), **values)


def choices(question: Reading, answers: Sequence[tuple[float, str]], say: Say, *, single: bool) -> Reading:
    """A multiple choice of answers with their weights in percent; `single`: one right answer was enough."""
    whole = [i for i, (weight, _) in enumerate(answers) if weight > 99.9]
    part = [i for i, (weight, _) in enumerate(answers) if 0 < weight <= 99.9]
    right = whole if whole or single else part
    if whole or single:
        for i in part:
            say(PARTIAL, answer=answers[i][1][:_LONGEST])
    if single and len(whole) > 1:
        say(ANY_OF)
    options = tuple(Option(text) for _, text in answers)
    return Reading(MULTIPLE_CHOICE, question.text, options, tuple(right), points=question.points)


def short_answers(question: Reading, answers: Sequence[tuple[float, str]], say: Say) -> Reading:
    """A short answer of patterns with their weights in percent."""
    accepted = list[str]()
    for weight, pattern in answers:
        plain = pattern.replace("\\*", "*")
        if 0 < weight < 99.9:
            say(PARTIAL, answer=plain[:_LONGEST])
        elif weight > 0:
            if "*" in pattern.replace("\\*", ""):
                say(WILDCARD, answer=plain[:_LONGEST])
            accepted.append(plain)
    return Reading(SHORT_ANSWER, question.text, accepted=tuple(accepted), points=question.points)


def without_wildcards(text: str) -> str:
    """A short answer as a pattern that only itself fits."""
    return text.replace("*", "\\*")


def share_of(right: int) -> str:
    """The percentage of each of so many right options, as Moodle writes it: 100, 50, 33.33333."""
    return f"{100 / right:.5f}".rstrip("0").rstrip(".") if right else "0"


def text_of(text: str, kind: str, say: Say) -> str:
    """A text of one of Moodle's formats as plain text."""
    if kind == "html" or (kind == "moodle" and looks_like_html(text)):
        if kind == "moodle":  # line ends count there, tags as well
            text = text.replace("\n", "<br>")
        text, media = plain_text(text)
        if media:
            say(MEDIA)
    return text


def unwritable(reading: Reading) -> str:
    """Why a question cannot be written for any other program, a sentence; "" where it can."""
    if is_portable(reading):
        return ""
    return Sentence(_ODD) if reading.type == MULTIPLE_CHOICE else Sentence(_NOT_PORTABLE, type=reading.type)
