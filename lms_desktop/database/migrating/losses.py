"""What a migration takes away for good, counted on the rows that are there."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from lms_desktop.database.migrating.sessions import quoted
from lms_desktop.database.migrating.statements import Dropped
from lms_desktop.errors.kinds import N_
from lms_desktop.errors.sentences import Sentence

SECONDS_TO_COUNT = 20
"""After so many seconds of counting one thing the server's estimate has to do."""

# Of a column: what its values are, one and many, and which of them count where not all that are there do.
_WORDS: dict[tuple[str, str | None], tuple[str, str, str | None]] = {
    ("users", "email_verified_at"): (N_("verified e-mail date"), N_("verified e-mail dates"), None),
    ("users", "mfa_enabled"): (N_("switched-on two-step sign-in"), N_("switched-on two-step sign-ins"), "mfa_enabled"),
    ("users", None): (N_("person"), N_("people"), None),
    ("refresh_tokens", None): (N_("session"), N_("sessions"), None),
    ("courses", None): (N_("course"), N_("courses"), None),
    ("lessons", None): (N_("lesson"), N_("lessons"), None),
    ("enrollments", None): (N_("enrollment"), N_("enrollments"), None),
    ("lesson_progress", None): (N_("lesson's progress"), N_("lessons' progress"), None),
    ("certificates", None): (N_("certificate"), N_("certificates"), None),
    ("quizzes", None): (N_("quiz"), N_("quizzes"), None),
    ("quiz_questions", None): (N_("quiz question"), N_("quiz questions"), None),
    ("quiz_attempts", None): (N_("quiz attempt"), N_("quiz attempts"), None),
    ("lms_desktop.operations", None): (N_("operation in the change log"), N_("operations in the change log"), None),
    ("lms_desktop.changes", None): (N_("change in the change log"), N_("changes in the change log"), None),
    ("lms_desktop.sign_ins", None): (N_("sign-in on record"), N_("sign-ins on record"), None),
    ("lms_desktop.migrations", None): (N_("migration on record"), N_("migrations on record"), None),
}


@dataclass(frozen=True)
class Loss:
    """Something that a migration takes away.

    Attributes:
        revision: The revision that does, or whose undoing does.
        table: From which table; "" where nobody knows.
        column: The column; None where the table goes or all its rows do.
        count: How many values or rows there are; None where it could not be found out.
        exact: Whether they were counted, or estimated by the server.
        sentence: That, in words: "417 verified e-mail dates".
    """

    revision: str
    table: str
    column: str | None
    count: int | None
    exact: bool
    sentence: Sentence


def count(connection: sa.Connection, revision: str, dropped: Iterable[Dropped]) -> tuple[Loss, ...]:
    """What these take away; nothing for what is empty or not there. Counts each, which may take a while."""
    found = []
    for each in dict.fromkeys(dropped):
        if not connection.scalar(sa.text("SELECT to_regclass(:name) IS NOT NULL"), {"name": quoted(each.table)}):
            continue
        number, exact = _number(connection, each)
        if number != 0:
            found.append(Loss(revision, each.table, each.column, number, exact, _said(each, number, exact)))
    return tuple(found)


def unknown(revision: str) -> Loss:
    """What a revision takes away whose SQL is not known before it is run."""
    sentence = Sentence(N_("whatever {revision} takes away: its SQL depends on the database"), revision=revision)
    return Loss(revision, "", None, None, False, sentence)


def _number(connection: sa.Connection, each: Dropped) -> tuple[int | None, bool]:
    words = _WORDS.get((each.table, each.column))
    condition = words[2] if words else None
    if condition is None:
        condition = "true" if each.column is None else f"{quoted(each.column)} IS NOT NULL"
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{SECONDS_TO_COUNT}s'")
            number = connection.exec_driver_sql(f"SELECT count(*) FROM {quoted(each.table)} WHERE {condition}").scalar()
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            return (None, False) if number and each.some else (int(number or 0), True)
    except sa.exc.DBAPIError as error:
        if error.connection_invalidated:
            raise
    estimate = connection.scalar(
        sa.text("SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(:name)"), {"name": quoted(each.table)}
    )
    return (int(estimate) if estimate is not None and estimate > 0 else None), False


def _said(each: Dropped, number: int | None, exact: bool) -> Sentence:
    words = _WORDS.get((each.table, each.column))
    place = each.table if each.column is None else f"{each.table}.{each.column}"
    if number is None and each.some:
        return Sentence(N_("some of the rows of {place}"), place=place)
    if number is None:
        return Sentence(N_("what stands in {place}; how much that is could not be counted"), place=place)
    if not exact:
        return Sentence(N_("about {number} entries of {place}"), number=number, place=place)
    if words:
        return Sentence(N_("{what}"), ("what",), what=(f"{number} {words[0] if number == 1 else words[1]}",))
    if each.column is None:
        text = N_("1 row of {place}") if number == 1 else N_("{number} rows of {place}")
    else:
        text = N_("1 value of {place}") if number == 1 else N_("{number} values of {place}")
    return Sentence(text, number=number, place=place)
