"""The errors that reach a person, by whose move it is.

A `UserError` is shown as it stands: the person, the network or another program caused it and the sentence says what to
do. A `BugError` is ours: its traceback goes to the log and the person reads one sentence. `explain` makes either out of
anything else. All of them are plain values that can be pickled and handed across threads.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable


def N_(text: str) -> str:
    """Mark a text for translation where it is written; it is translated where it is shown."""
    return text


@runtime_checkable
class Translatable(Protocol):
    """A sentence that knows what it was made of."""

    def translated(self, translate: Callable[[str], str], /) -> str:
        """The sentence in another language; `translate` is given its parts as they are in the source."""
        ...


class ExplainedError(Exception):
    """What both kinds have in common.

    Attributes:
        text: What happened, as one English sentence, `values` already in their places.
        field: The attribute of the entity (`email`, `course_id`) that the sentence is about.
        way_out: What the person can do next, a sentence of its own.
        doing: What was being done, translated; `str` and `translated` begin with it.
        details: What "copy details" copies: error code, constraint, redacted traceback. Never shown by itself.
    """

    def __init__(
        self,
        text: str,
        *,
        field: str | None = None,
        way_out: str | None = None,
        details: str | None = None,
        values: Mapping[str, object] | None = None,
    ) -> None:
        """`text` and `way_out` may hold `{name}` places, which are filled only when `values` is given.

        A value that is a tuple is a list of words, each of which may have a number before it (`2 courses`): the words
        are translated one by one and joined by commas. A Sentence among the values is translated as one.
        """
        super().__init__(text)
        self._template = text
        self._way_out_template = way_out
        self._given = None if values is None else dict(values)
        self.values = None if values is None else {name: spelled(value) for name, value in values.items()}
        self.field = field
        self.doing = ""
        self.details = details

    @property
    def text(self) -> str:
        """What happened, in English, without `doing`."""
        return self._fill(self._template)

    @property
    def way_out(self) -> str | None:
        """What to do next, in English; None where nothing can be done or the text says it already."""
        return None if self._way_out_template is None else self._fill(self._way_out_template)

    def __str__(self) -> str:
        text = f"{self.doing}: {self.text}" if self.doing else self.text
        return text if self.way_out is None else f"{text} {self.way_out}"

    def translated(self, translate: Callable[[str], str]) -> tuple[str, str | None]:
        """`text` and `way_out` in another language; `translate` is given each as it is in the source, places unfilled.

        A value that names a thing of the schema (`email address`) is itself looked up.
        """
        given = self._given
        values = None if given is None else {name: spelled(value, translate) for name, value in given.items()}
        way_out = self._way_out_template
        text = _filled(translate(self._template), values)
        return (f"{self.doing}: {text}" if self.doing else text), None if way_out is None else _filled(
            translate(way_out), values
        )

    def again(self) -> dict[str, Any]:
        """What another error that says the same is made of: the arguments of `ExplainedError`."""
        return {
            "text": self._template,
            "way_out": self._way_out_template,
            "field": self.field,
            "details": self.details,
            "values": self._given,
        }

    def _fill(self, template: str) -> str:
        return _filled(template, self.values)


def spelled(value: object, translate: Callable[[str], str] = str) -> str:
    """A value as it stands in a sentence: a list of words as `ExplainedError` describes it, what can be said in another
    language of its own, anything else in one piece."""
    if isinstance(value, Translatable):
        return value.translated(translate)
    if not isinstance(value, tuple | list):
        return translate(str(value))
    return ", ".join(_counted(str(word), translate) for word in value)


def _counted(words: str, translate: Callable[[str], str]) -> str:
    number, space, word = words.partition(" ")
    return f"{number}{space}{translate(word)}" if number.isdigit() and word else translate(words)


def _filled(template: str, values: Mapping[str, str] | None) -> str:
    return template if values is None else template.format_map(values)


class UserError(ExplainedError):
    """Shown as it stands: `str(error)` is the sentence, followed by the way out if there is one."""


class BadValue(UserError):
    """A value that cannot be stored, or that is not what is meant to stand there."""


class Denied(UserError):
    """The role, the scope or the database's own rights do not allow it."""


class Busy(UserError):
    """Others are in the way just now (a lock, a deadlock, no free connection, too slow): the same may succeed later."""


class ConnectionLost(UserError):
    """PostgreSQL cannot be reached, or the conversation with it broke off. Whether a COMMIT under way was done is not
    known."""


class InDoubt(ConnectionLost):
    """The connection was lost while a COMMIT was under way, and what became of it is not known.

    Attributes:
        open: it will be looked up and told; otherwise the server cannot say any more.
    """

    def __init__(self, text: str = "", *, open: bool = True, **more: Any) -> None:
        if not text and open:
            text = N_("The connection to the database was lost at the very moment of saving.")
            more.setdefault("way_out", N_("Whether it was saved is looked up as soon as the connection is back."))
        elif not text:
            text = N_("The server cannot say any more whether this was saved before the connection was lost.")
            more.setdefault("way_out", N_("Look at the rows before you do it again."))
        super().__init__(text, **more)
        self.open = open


class Cancelled(UserError):
    """The person asked for it to stop."""

    def __init__(self, text: str = N_("Cancelled. Nothing was changed."), **more: Any) -> None:
        super().__init__(text, **more)


class Conflict(UserError):
    """Somebody else has changed or removed what this was about.

    Attributes:
        entity: The entity's class, where it is known.
        ids: The rows.
        who: Who changed them, as a person would say it, where it is known.
        fields: The attributes that both sides have changed, where they are known.
    """

    def __init__(
        self,
        text: str,
        *,
        entity: type | None = None,
        ids: tuple[str, ...] = (),
        who: str | None = None,
        fields: tuple[str, ...] = (),
        **more: Any,
    ) -> None:
        super().__init__(text, **more)
        self.entity = entity
        self.ids = ids
        self.who = who
        self.fields = fields


class BugError(ExplainedError):
    """A mistake of this program. `details` holds the redacted traceback, which the log has too."""

    def __init__(
        self,
        text: str = N_("Something went wrong inside the program."),
        *,
        way_out: str | None = N_("Your unsaved changes are kept. Please send the details to whoever looks after it."),
        **more: Any,
    ) -> None:
        super().__init__(text, way_out=way_out, **more)
