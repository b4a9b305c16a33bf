"""Sentences that become errors."""

from lms_desktop.errors import UserError
from lms_desktop.errors.sentences import Sentence


def refusal(sentence: Sentence, way_out: Sentence | None = None, kind: type[UserError] = UserError) -> UserError:
    """The error that says a sentence, in any language. Its values are no sentences themselves, nor lists."""
    values = dict(sentence.values) | dict(way_out.values if way_out else {})
    return kind(sentence.template, way_out=way_out.template if way_out else None, values=values)
