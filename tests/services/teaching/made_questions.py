"""Questions of every kind, made at random for tests that write and read them again."""

from hypothesis import strategies as st

from lms_desktop.services.teaching.questions import (
    ESSAY,
    MULTIPLE_CHOICE,
    SHORT_ANSWER,
    TRUE_FALSE,
    Option,
    Reading,
)

WORDS = (
    "a", "B", "Paris", "two words", "true", "False", "essay", "- a", "* b", "a)", "a) x", "B. y", "(c) z", "1. one",
    "Q2: two", "[x] yes", "[ ]", "[]", "= 4", "=", "Answer: 5", "answer:", "Points: 3", "(2 points)", "why (3 pts)",
    "\\", "\\\\", "\\- a", "x \\", "{", "}", "{=a ~b}", "~", "#", "//", "// no", "::t::", ":", "$CATEGORY: x", "->",
    "%50%", "%", "<b>bold</b>", "&amp;", "&", "<", "]]>", "<![CDATA[", "1 < 2", "*bold*", "_", "$x^2$", "[markdown]",
    "[html]", "\u2028", "\u00a0", "é", "e\u0301", "日本", "שלום", "👩‍🏫", "\t", "|", "`code`", "_____", "####",
)  # fmt: skip
"""What means something in one of the forms that questions are written in."""

characters = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t")
pieces = st.one_of(st.sampled_from(WORDS), st.text(characters, max_size=8), st.just("\n"), st.just(" "))
texts = st.lists(pieces, max_size=6).map("".join)
"""Texts of several lines, blank ones included."""


@st.composite
def readings(draw: st.DrawFn, texts: st.SearchStrategy[str] = texts, lowest: int = -3) -> Reading:
    """A question of a known type as it is when it is new."""
    kind = draw(st.sampled_from((MULTIPLE_CHOICE, TRUE_FALSE, SHORT_ANSWER, ESSAY)))
    text, points = draw(texts), draw(st.integers(lowest, 100))
    if kind == MULTIPLE_CHOICE:
        options = tuple(Option(option) for option in draw(st.lists(texts, max_size=5)))
        right = tuple(i for i in range(len(options)) if draw(st.booleans()))
        return Reading(kind, text, options, right, points=points)
    if kind == TRUE_FALSE:
        return Reading(kind, text, truth=draw(st.sampled_from((True, False, None))), points=points)
    accepted = tuple(draw(st.lists(texts, max_size=4))) if kind == SHORT_ANSWER else ()
    return Reading(kind, text, accepted=accepted, points=points)
