"""Filters in words: what a chip says, what an operator is called."""

from PySide6.QtCore import QCoreApplication

from lms_desktop.spec import Choice, Computed, Field, Filter, Flag, Moment, Operator

_NAMES = {
    Operator.IS: "is",
    Operator.IS_NOT: "is not",
    Operator.CONTAINS: "contains",
    Operator.STARTS: "begins with",
    Operator.ONE_OF: "is one of",
    Operator.NONE_OF: "is none of",
    Operator.AT_LEAST: "at least",
    Operator.AT_MOST: "at most",
    Operator.BETWEEN: "from … to",
    Operator.BEFORE: "before",
    Operator.AFTER: "from … on",
    Operator.LAST_DAYS: "in the last days",
    Operator.EMPTY: "has no value",
    Operator.NOT_EMPTY: "has a value",
}
SHOWN_VALUES = 3


def operator_name(operator: Operator) -> str:
    """The operator as an editor offers it."""
    return QCoreApplication.translate("Filter", _NAMES[operator])


def filter_text(field: Field | Computed, condition: Filter) -> str:
    """The filter as its chip says it: “Course: Algebra I, Statistics”."""
    label = QCoreApplication.translate("", field.label)
    if condition.operator in {Operator.EMPTY, Operator.NOT_EMPTY}:
        words = {
            Operator.EMPTY: QCoreApplication.translate("Filter", "{0}: none"),
            Operator.NOT_EMPTY: QCoreApplication.translate("Filter", "{0}: any"),
        }
        return words[condition.operator].format(label)
    if isinstance(field.kind, Flag):
        word = QCoreApplication.translate("", field.kind.show(condition.values[0]))
        return word if field.kind.yes != "Yes" else f"{label}: {word}"
    if isinstance(field.kind, Moment):
        return f"{label}: {_days(condition)}"
    values = condition.labels or condition.values
    if isinstance(field.kind, Choice):
        values = tuple(QCoreApplication.translate("", field.kind.show(value)) for value in condition.values)
    text = ", ".join(values[:SHOWN_VALUES]) + (f" +{len(values) - SHOWN_VALUES}" if len(values) > SHOWN_VALUES else "")
    if condition.operator is Operator.NONE_OF:
        return QCoreApplication.translate("Filter", "{0}: not {1}").format(label, text)
    if condition.operator is Operator.BETWEEN:
        return f"{label}: {values[0]}–{values[-1]}"
    signs = {Operator.AT_LEAST: "≥ ", Operator.AT_MOST: "≤ ", Operator.IS_NOT: "≠ "}
    if condition.operator in {Operator.CONTAINS, Operator.STARTS}:
        return f"{label} {operator_name(condition.operator)} “{text}”"
    return f"{label}: {signs.get(condition.operator, '')}{text}"


def _days(condition: Filter) -> str:
    values = condition.values
    if condition.operator is Operator.LAST_DAYS:
        return QCoreApplication.translate("Filter", "last %n day(s)", "", int(values[0]))
    if condition.operator is Operator.BETWEEN:
        return f"{min(values)} – {max(values)}"
    return f"{operator_name(condition.operator).replace('…', values[0])}" + (
        f" {values[0]}" if "…" not in operator_name(condition.operator) else ""
    )
