"""Filters in words: what a chip says, what an operator is called."""

from PySide6.QtCore import QCoreApplication

from lms_desktop.models.render import one_line
from lms_desktop.models.wording import word
from lms_desktop.spec import N_, Choice, Computed, Field, Filter, Flag, Moment, Number, Operator

_NAMES = {
    Operator.IS: N_("is"),
    Operator.IS_NOT: N_("is not"),
    Operator.CONTAINS: N_("contains"),
    Operator.STARTS: N_("begins with"),
    Operator.ONE_OF: N_("is one of"),
    Operator.NONE_OF: N_("is none of"),
    Operator.AT_LEAST: N_("at least"),
    Operator.AT_MOST: N_("at most"),
    Operator.BETWEEN: N_("from … to"),
    Operator.BEFORE: N_("before"),
    Operator.AFTER: N_("from … on"),
    Operator.LAST_DAYS: N_("in the last"),
    Operator.EMPTY: N_("has no value"),
    Operator.NOT_EMPTY: N_("has a value"),
}
# {0} is the field, {1} the value. A chip is short: what is long is cut there, and its tool tip has the whole.
_CHIPS = {
    Operator.IS: N_("{0}: {1}"),
    Operator.IS_NOT: N_("{0}: not {1}"),
    Operator.CONTAINS: N_("{0} contains “{1}”"),
    Operator.STARTS: N_("{0} begins with “{1}”"),
    Operator.ONE_OF: N_("{0}: {1}"),
    Operator.NONE_OF: N_("{0}: not {1}"),
    Operator.AT_LEAST: N_("{0}: at least {1}"),
    Operator.AT_MOST: N_("{0}: at most {1}"),
    Operator.BETWEEN: N_("{0}: {1} – {2}"),
    Operator.BEFORE: N_("{0}: before {1}"),
    Operator.AFTER: N_("{0}: from {1} on"),
    Operator.EMPTY: N_("{0}: none"),
    Operator.NOT_EMPTY: N_("{0}: any"),
}
SHOWN_VALUES = 3
_BARE = ("Yes", "On")
"""What a flag is called that says nothing without its field."""


def operator_name(operator: Operator) -> str:
    """The operator as an editor offers it."""
    return word(_NAMES[operator])


def field_name(field: Field | Computed) -> str:
    """What the field is called."""
    return word(field.label)


def value_names(field: Field | Computed, values: tuple[str, ...]) -> tuple[str, ...]:
    """Wire values of a choice, a flag or a number as a person reads them; others as they are."""
    if isinstance(field.kind, Number) and field.kind.unit:
        return tuple(f"{value} {word(field.kind.unit)}" for value in values)
    if isinstance(field.kind, Flag | Choice):
        return tuple(word(field.kind.show(value)) for value in values)
    return values


def filter_text(field: Field | Computed, condition: Filter) -> str:
    """The filter as its chip says it: “Course: Algebra I, Statistics”."""
    label, operator, values = field_name(field), condition.operator, condition.values
    if operator is Operator.LAST_DAYS:
        days = QCoreApplication.translate("Filter", "last %n day(s)", "", int(values[0]))
        return _chip(Operator.IS, label, days)
    shown = condition.labels or value_names(field, values)
    if isinstance(field.kind, Flag) and values and field.kind.yes not in _BARE:
        return shown[0]  # "Active" says all
    if operator is Operator.BETWEEN:
        low, high = sorted(values, key=None if isinstance(field.kind, Moment) else int)
        return _chip(operator, label, *value_names(field, (low, high)))
    more = len(shown) - SHOWN_VALUES
    text = ", ".join(one_line(value) for value in shown[:SHOWN_VALUES]) + (f" +{more}" if more > 0 else "")
    return _chip(operator, label, text)


def _chip(operator: Operator, *words: str) -> str:
    return word(_CHIPS[operator]).format(*words)
