"""Declared texts, those marked by `N_`, in the language of the screen.

Plain Python, no Qt: every cell of a table asks, on whatever thread its page was read. `views.translations` says which
words there are.
"""

from collections.abc import Mapping

from lms_desktop.errors import ExplainedError
from lms_desktop.errors.kinds import N_
from lms_desktop.errors.sentences import Sentence

_SMALL = N_("Are nouns written small in the middle of a sentence? yes or no")
_AMID = (N_("changed"), N_("progress"), N_("e-mail"), N_("student"), N_("title"), N_("name"), N_("number"))
"""Labels as they stand in the middle of a sentence, beside those that `errors.words` has."""
_REVISIONS = (
    N_("Initial tables: users, courses, lessons, enrollments."),
    N_("Indexes for performance, security constraints."),
    N_("Additional indexes for queries."),
    N_("Quiz, question, attempt tables."),
    N_("Final indexes for Phase 1."),
    N_("Email verification field."),
    N_("MFA support field."),
    N_("The change log: every change made here, with before and after, so that it can be looked up and taken back."),
    N_("The record of migrations: which revision was applied or taken back, when and by whom."),
    N_("Indexes for the orders in which the pages of people, of enrollments and of quiz attempts open."),
    N_(
        "Indexes for the orders in which the pages of progress, of certificates and of sign-in sessions open:"
        " newest first."
    ),
    N_("Indexes for the orders by the title of a course and of a quiz."),
    N_("A faster change log: what changed in a statement is found out first, and no other column is written out."),
)
"""What the revisions say of themselves in their files, which hold no marks."""

_words: Mapping[str, str] = {}


def use(words: Mapping[str, str]) -> None:
    """From now on these are the words: source → text."""
    global _words
    _words = words


def plain_tip(text: str) -> str:
    """A text for a tool tip, which Qt would take for markup where it looks like that: what somebody has typed, or a
    student has answered, is shown as it is, and fetches nothing."""
    if "<" not in text:
        return text
    return f"<qt>{text.replace('&', '&amp;').replace('<', '&lt;').replace(chr(10), '<br>')}</qt>"


def word(source: str) -> str:
    """A declared text in the language of the screen; itself where there is no translation."""
    return _words.get(source, source)


def amid(source: str) -> str:
    """A label as it stands in the middle of a sentence: small in English, as it is in German."""
    small = source.lower()
    if small in _words or source not in _words:
        return _words.get(small, small)
    return _words[source] if _words.get(_SMALL) == "no" else _words[source].lower()


def told(sentence: str) -> str:
    """What was done, in the language of the screen where the sentence can still be translated."""
    return sentence.translated(word) if isinstance(sentence, Sentence) else sentence


def reason(error: ExplainedError) -> str:
    """What happened, without the way out."""
    return error.translated(word)[0]


def said(error: ExplainedError) -> str:
    """What happened and what to do next."""
    return " ".join(part for part in error.translated(word) if part)
