"""A sentence for each rule of the schema.

A rule is recognised by its table and columns, never by one exact name: the web backend may have named the constraints
of a database that it made in its own way. Constraints that are not in the document get a sentence of the same words.
"""

import re
from dataclasses import dataclass

from lms_desktop.errors.kinds import N_, BadValue, UserError
from lms_desktop.errors.words import SECRET, columns_in, field_of, is_column, label, many, one


@dataclass(frozen=True)
class Violation:
    """What PostgreSQL tells about a refused row.

    Attributes:
        table: The table of the constraint; of a foreign key, the one that refers. Empty: unknown.
        columns: The columns that it names; of a foreign key that forbids a delete, those referred to.
        constraint: The constraint's name.
        value: The refused key as text, for the person who typed it.
        tables_named: The tables that the message speaks of besides, in its order.
    """

    table: str = ""
    columns: tuple[str, ...] = ()
    constraint: str = ""
    value: str = ""
    tables_named: tuple[str, ...] = ()


# ----------------------------------------------------------------------------------------------------------- not null


def explain_not_null(violation: Violation) -> UserError:
    """A value is missing where one has to be."""
    column = violation.columns[0] if violation.columns else ""
    if not is_column(column):
        return BadValue(N_("A value that has to be there is missing."), way_out=N_("Fill in what is still empty."))
    return BadValue(
        N_("“{column}” of this {thing} may not be left empty."),
        field=field_of(violation.table, column),
        way_out=N_("Fill it in and save again."),
        values={"thing": one(violation.table), "column": label(violation.table, column)},
    )


# ------------------------------------------------------------------------------------------------------------- unique


@dataclass(frozen=True)
class _Unique:
    table: str
    columns: tuple[str, ...]
    text: str
    way_out: str
    field: str


_UNIQUE = (
    _Unique(
        "users",
        ("email",),
        N_("Another person has the e-mail address{value} already."),
        N_("Look for that person, or use another address."),
        "email",
    ),
    _Unique(
        "courses",
        ("slug",),
        N_("Another course has the short name{value} already."),
        N_("Choose another short name."),
        "slug",
    ),
    _Unique(
        "enrollments",
        ("student_id", "course_id"),
        N_("This student is enrolled in this course already."),
        N_("Edit the enrollment that is there, or choose another course."),
        "course_id",
    ),
    _Unique(
        "lesson_progress",
        ("enrollment_id", "lesson_id"),
        N_("There is a progress record of this lesson for this enrollment already."),
        N_("Edit the one that is there, or choose another lesson."),
        "lesson_id",
    ),
    _Unique(
        "certificates",
        ("certificate_number",),
        N_("Another certificate has the number{value} already."),
        N_("Use another number."),
        "certificate_number",
    ),
    _Unique(
        "certificates",
        ("enrollment_id",),
        N_("A certificate has been issued for this enrollment already."),
        N_("Reprint the one that is there instead."),
        "enrollment_id",
    ),
    _Unique(
        "refresh_tokens",
        ("token",),
        N_("Another session has the same token already."),
        N_("Sign in again for a new one."),
        "token",
    ),
)


def explain_unique(violation: Violation) -> UserError:
    """Another row has the same key."""
    table, columns = violation.table, violation.columns or _columns_named(violation)
    for rule in _UNIQUE:
        # An index over lower(email) names its column too; the order of a pair is the other program's choice.
        if rule.table == table and {_bare(column) for column in columns} == set(rule.columns):
            return BadValue(rule.text, way_out=rule.way_out, field=rule.field, values={"value": _shown(violation)})
    if columns == ("id",):
        return BadValue(
            N_("This {thing} is in the database already."),
            way_out=N_("Refresh the list: it may have been saved before."),
            field="id",
            values={"thing": one(table)},
        )
    known = [column for column in columns if is_column(column)]
    if not known:
        return BadValue(
            N_("There is a {thing} with the same values already."),
            way_out=N_("Change what has to be unique, or edit the one that is there."),
            values={"thing": one(table)},
        )
    return BadValue(
        N_("Another {thing} has the same “{column}” already."),
        way_out=N_("Choose another value."),
        field=field_of(table, known[-1]),
        values={"thing": one(table), "column": label(table, known[-1])},
    )


def _shown(violation: Violation) -> str:
    if not violation.value or any(column in SECRET for column in violation.columns):
        return ""
    value = violation.value if len(violation.value) <= 80 else violation.value[:79] + "…"
    return f" “{value}”"


def _bare(column: str) -> str:
    inner = re.search(r"\((?:\(?\"?)(\w+)", column)
    return inner[1] if inner else column


def _columns_named(violation: Violation) -> tuple[str, ...]:
    """The columns by the constraint's name, where the server tells none because the account may not read them."""
    name = violation.constraint.lower()
    if name.endswith("_pkey") or name.startswith("pk_"):
        return ("id",)
    name = name.removeprefix("uq_").removeprefix("ix_").removeprefix("ck_").removeprefix("fk_")
    name = name.replace(violation.table, "")
    for rule in _UNIQUE:
        if rule.table == violation.table and all(column.removesuffix("_id") in name for column in rule.columns):
            return rule.columns
    return columns_in(name)


# -------------------------------------------------------------------------------------------------------------- check


def explain_check(violation: Violation) -> UserError:
    """A check refuses a value."""
    columns = _columns_named(violation)
    # The document has one check in all; the other program may have named it as it liked.
    if "difficulty_level" in columns or (violation.table == "courses" and not columns):
        return BadValue(
            N_("The difficulty can only be beginner, intermediate, advanced or empty."),
            field="difficulty_level",
            way_out=N_("Choose one of these."),
        )
    column = columns[0] if columns else ""
    return BadValue(
        N_("The database has a rule that does not allow this “{column}” of a {thing}."),
        field=field_of(violation.table, column),
        way_out=N_("Change the value and save again."),
        values={"thing": one(violation.table), "column": label(violation.table, column)},
    )


# -------------------------------------------------------------------------------------------------------- foreign key

_PARENTS = {
    ("courses", "instructor_id"): "users",
    ("lessons", "course_id"): "courses",
    ("enrollments", "student_id"): "users",
    ("enrollments", "course_id"): "courses",
    ("lesson_progress", "enrollment_id"): "enrollments",
    ("lesson_progress", "lesson_id"): "lessons",
    ("quizzes", "course_id"): "courses",
    ("quizzes", "lesson_id"): "lessons",
    ("quiz_questions", "quiz_id"): "quizzes",
    ("quiz_attempts", "quiz_id"): "quizzes",
    ("quiz_attempts", "student_id"): "users",
    ("refresh_tokens", "user_id"): "users",
    ("certificates", "enrollment_id"): "enrollments",
}


def explain_foreign_key(violation: Violation) -> UserError:
    """A row refers to one that is not there, or is referred to by one that would be left alone."""
    named = [table for table in violation.tables_named if table != violation.table]
    referred_to = violation.columns == ("id",) or (not violation.columns and bool(named))
    if referred_to:
        return _still_needed(named[0] if named else "", violation.table)
    columns = violation.columns or tuple(
        column
        for (child, column) in _PARENTS
        if child == violation.table and column.removesuffix("_id") in violation.constraint
    )
    column = columns[0] if columns else ""
    return BadValue(
        N_("What was chosen as “{column}” of this {thing} is not in the database any more."),
        field=field_of(violation.table, column),
        way_out=N_("Choose another and save again."),
        values={"thing": one(violation.table), "column": label(violation.table, column)},
    )


def _still_needed(parent: str, child: str) -> UserError:
    if (parent, child) in (("users", "courses"), ("", "courses")):
        return UserError(
            N_("This person still has courses as their instructor and cannot be deleted."),
            way_out=N_("Hand the courses over to somebody else first, or deactivate the person instead."),
        )
    return UserError(
        N_("This {thing} cannot be deleted: there are {things} that belong to it."),
        way_out=N_("Delete or move these first."),
        values={"thing": one(parent), "things": many(child)},
    )
