"""What the database really holds, by plain SQL of the tests' own over a connection of their own.

Nothing of the program's queries is used: names of tables and columns come from its declarations, the SQL stands here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg2
from sqlalchemy import URL

from lms_desktop.admin import CATALOG, PAGES
from lms_desktop.services.joins import target_of
from lms_desktop.spec import Computed, Field, Filter, Json, Moment, Operator, Ref

LOOKING = "/* looking */"
"""Marks the statements of the tests' own look in the server's log."""

ME = "%(me)s"
_COURSES = f"(SELECT id FROM courses WHERE instructor_id = {ME})"
_ENROLLMENTS = f"(SELECT id FROM enrollments WHERE course_id IN {_COURSES})"
_LESSONS = f"(SELECT id FROM lessons WHERE course_id IN {_COURSES})"
_QUIZZES = (
    "(SELECT id FROM quizzes WHERE (course_id IS NOT NULL OR lesson_id IS NOT NULL)"
    f" AND (course_id IS NULL OR course_id IN {_COURSES}) AND (lesson_id IS NULL OR lesson_id IN {_LESSONS}))"
)

OWN = {
    "users": f"t.role = 'student' AND t.id IN (SELECT student_id FROM enrollments WHERE course_id IN {_COURSES})",
    "courses": f"t.instructor_id = {ME}",
    "lessons": f"t.course_id IN {_COURSES}",
    "quizzes": f"t.id IN {_QUIZZES}",
    "questions": f"t.quiz_id IN {_QUIZZES}",
    "attempts": f"t.quiz_id IN {_QUIZZES}",
    "enrollments": f"t.course_id IN {_COURSES}",
    "progress": f"t.enrollment_id IN {_ENROLLMENTS}",
    "certificates": f"t.enrollment_id IN {_ENROLLMENTS}",
    "sessions": "false",
}
"""The rows of a page that are an instructor's own."""

_STUDENT = "(SELECT u.{0} FROM users u WHERE u.id = x.student_id)"
_COURSE = "(SELECT c.{0} FROM courses c WHERE c.id = x.course_id)"

TITLES = {
    "users": ("x.full_name",),
    "courses": ("x.title",),
    "lessons": ("x.title",),
    "quizzes": ("x.title",),
    "enrollments": (_STUDENT.format("full_name"), _COURSE.format("title")),
}
"""What the rows of a table are called where others refer to them, in parts."""

DETAILS = {
    "users": "x.email",
    "courses": "x.slug",
    "lessons": _COURSE.format("title"),
    "quizzes": _COURSE.format("title"),
    "enrollments": _STUDENT.format("email"),
}

SEARCHED = {
    "users": ("full_name", "email"),
    "courses": ("title", "slug"),
    "lessons": ("title",),
    "quizzes": ("title",),
}
"""Where the search box looks in rows that others refer to."""

Parameters = Sequence[object] | Mapping[str, object] | None

COMPUTED = {
    ("courses", "lessons"): "(SELECT count(*) FROM lessons l WHERE l.course_id = t.id)",
    ("courses", "students"): "(SELECT count(*) FROM enrollments e WHERE e.course_id = t.id)",
    ("quizzes", "questions"): "(SELECT count(*) FROM quiz_questions q WHERE q.quiz_id = t.id)",
    ("attempts", "duration"): "round(extract(epoch FROM t.ended_at - t.started_at) / 60)::bigint",
    ("enrollments", "certificate"): "(SELECT 'issued'::text FROM certificates c WHERE c.enrollment_id = t.id)",
    ("enrollments", "progress"): (
        "(SELECT 100 * count(p.lesson_id) / nullif(count(*), 0) FROM lessons l LEFT JOIN lesson_progress p"
        " ON p.lesson_id = l.id AND p.enrollment_id = t.id AND p.completed WHERE l.course_id = t.course_id)"
    ),
    ("sessions", "state"): (
        "CASE WHEN t.revoked THEN 'revoked' WHEN t.expires_at <= now() THEN 'expired' ELSE 'live' END"
    ),
}


class Truth:
    """A look at the database from outside.

    Attributes:
        zone: where the person sits.
    """

    def __init__(self, url: URL, zone: str) -> None:
        self.zone = zone
        self._connection = psycopg2.connect(
            url.set(drivername="postgresql").render_as_string(hide_password=False), application_name="truth"
        )
        self._connection.autocommit = True
        self.rows("SET timezone TO 'UTC'")

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def rows(self, statement: str, parameters: Parameters = None) -> list[tuple[Any, ...]]:
        """The rows of a statement; none where it gives none."""
        with self._connection.cursor() as cursor:
            cursor.execute(f"{statement} {LOOKING}", parameters)
            return cursor.fetchall() if cursor.description else []

    def value(self, statement: str, parameters: Parameters = None) -> Any:
        """The one value of a statement."""
        ((value,),) = self.rows(statement, parameters)
        return value

    # Pages

    def ids(self, page: str, condition: str = "true", values: Parameters = None, *, order: str = "") -> list[str]:
        """The ids of the rows of a page for which a condition on `t` holds."""
        statement = f"SELECT t.id::text FROM {table_of(page)} t WHERE {condition}"
        return [row_id for (row_id,) in self.rows(f"{statement} {order}", values)]

    def row(self, page: str, row_id: str) -> dict[str, str | None]:
        """All columns of a row, as PostgreSQL prints them, by the keys of the fields."""
        own = PAGES[page].own_fields
        columns = ", ".join(f"t.{_name(field)}::text" for field in own)
        found = self.rows(f"SELECT {columns} FROM {table_of(page)} t WHERE t.id = %s", (row_id,))
        return dict(zip((field.key for field in own), found[0], strict=True)) if found else {}

    def exists(self, page: str, row_id: str) -> bool:
        """Whether there is such a row."""
        return bool(self.ids(page, "t.id = %s", (row_id,)))

    def names(self, field: Field, wire: str) -> tuple[str, str]:
        """What a reference to this id is called: its title and the muted text beside it."""
        table = referred(field)
        title, detail = " || ' · ' || ".join(TITLES[table]), DETAILS[table]
        found = self.rows(f"SELECT {title}, {detail} FROM {table} x WHERE x.id = %s", (wire,))
        return found[0][0], found[0][1] or ""

    def shown(self, page: str, ids: list[str]) -> list[dict[str, str | None]]:
        """What the cells of these rows should say, by the keys of the fields."""
        fields = [f for f in PAGES[page].fields if (table_of(page), _last(f)) != ("users", "password_hash")]
        texts = ", ".join(self._text(page, field) for field in fields)
        statement = f"SELECT t.id::text, {texts} FROM {table_of(page)} t WHERE t.id = ANY(%(ids)s::uuid[])"
        found = {row[0]: row[1:] for row in self.rows(statement, {"ids": ids, "zone": self.zone})}
        return [dict(zip((f.key for f in fields), found[row_id], strict=True)) for row_id in ids]

    def _text(self, page: str, field: Field | Computed) -> str:
        value = expression(page, field)
        if isinstance(field.kind, Moment):
            return f"to_char({value} AT TIME ZONE %(zone)s, 'YYYY-MM-DD HH24:MI')"
        if isinstance(field, Field) and isinstance(field.kind, Ref):
            table = referred(field)
            parts = [*TITLES[table][:-1], f"concat_ws(' ', {TITLES[table][-1]}, {DETAILS[table]})"]
            title = " || ' · ' || ".join(parts)
            return f"(SELECT {title} FROM {table} x WHERE x.id = {value})"
        return f"{value}::text"


def table_of(page: str) -> str:
    """The table behind a page."""
    return str(PAGES[page].entity.__tablename__)  # type: ignore[attr-defined]


def referred(field: Field) -> str:
    """The table that a field refers to."""
    target = target_of(field.attribute)
    assert target is not None
    return str(target.__tablename__)  # type: ignore[attr-defined]


def expression(page: str, field: Field | Computed) -> str:
    """A field's value as SQL on the row `t`."""
    if isinstance(field, Computed):
        return COMPUTED[page, field.key]
    value = f"t.{_name(field.hops[0])}"
    for at, hop in enumerate(field.hops[1:]):
        table = hop.class_.__tablename__
        value = f"(SELECT h{at}.{_name(hop)} FROM {table} h{at} WHERE h{at}.id = {value})"
    return value


def sorting(page: str, field: Field | Computed) -> str:
    """What rows are put in order by: of a reference the first part of its name."""
    value = expression(page, field)
    if isinstance(field, Field) and isinstance(field.kind, Ref):
        table = referred(field)
        return f"(SELECT {TITLES[table][0]} FROM {table} x WHERE x.id = {value})"
    return f"{value}::text" if isinstance(field.kind, Json) else value


def order(page: str, key: str, *, descending: bool) -> str:
    """ORDER BY of a page sorted by one column; by that of its usual order, the rest of this stands behind."""
    way, (usual, *rest) = "DESC" if descending else "ASC", PAGES[page].sorts
    then = [f"{sorting(page, PAGES[page].field(s.key))} {'DESC' if s.descending else 'ASC'}" for s in rest]
    within = then if key == usual.key else []
    return "ORDER BY " + ", ".join([f"{sorting(page, PAGES[page].field(key))} {way}", *within, f"t.id {way}"])


def matching(page: str, condition: Filter, zone: str) -> tuple[str, dict[str, object]]:
    """A filter as a condition on `t`, and its values; days are those of the zone."""
    field = PAGES[page].field(condition.key)
    value, given = expression(page, field), condition.values
    ready: dict[str, object] = {"a": given[0] if given else None, "b": given[-1] if given else None}
    ready |= {"zone": zone, "all": list(given)}
    day, text = f"({value} AT TIME ZONE %(zone)s)::date", f"({value})::text"
    conditions = {
        Operator.IS: f"{text} = %(a)s",
        Operator.IS_NOT: f"{text} IS DISTINCT FROM %(a)s",
        Operator.CONTAINS: f"strpos(lower({text}), lower(%(a)s)) > 0",
        Operator.STARTS: f"strpos(lower({text}), lower(%(a)s)) = 1",
        Operator.ONE_OF: f"{text} = ANY(%(all)s)",
        Operator.NONE_OF: f"({value} IS NULL OR {text} <> ALL(%(all)s))",
        Operator.AT_LEAST: f"{value} >= %(a)s::int",
        Operator.AT_MOST: f"{value} <= %(a)s::int",
        Operator.BEFORE: f"{day} < %(a)s::date",
        Operator.AFTER: f"{day} >= %(a)s::date",
        Operator.LAST_DAYS: f"{value} BETWEEN now() - %(a)s::int * interval '1 day' AND now()",
        Operator.EMPTY: f"{value} IS NULL",
        Operator.NOT_EMPTY: f"{value} IS NOT NULL",
    }
    if condition.operator is Operator.BETWEEN:
        between = f"{day} BETWEEN %(a)s::date AND %(b)s::date"
        return (between if isinstance(field.kind, Moment) else f"{value} BETWEEN %(a)s::int AND %(b)s::int"), ready
    return conditions[condition.operator], ready


def found_by(page: str, word: str) -> tuple[str, dict[str, object]]:
    """The rows that the search box should find for one word."""
    ways = []
    for field in PAGES[page].fields:
        if not (isinstance(field, Field) and field.search):
            continue
        value = expression(page, field)
        if isinstance(field.kind, Ref):
            table = referred(field)
            inner = " OR ".join(f"strpos(lower(x.{name}), lower(%(word)s)) > 0" for name in SEARCHED[table])
            ways.append(f"{value} IN (SELECT x.id FROM {table} x WHERE {inner})")
        else:
            ways.append(f"strpos(lower({value}), lower(%(word)s)) > 0")
    return "(" + " OR ".join(ways) + ")", {"word": word}


def catalogue_pages() -> list[str]:
    """The names of all pages."""
    return [admin.name for admin in CATALOG.values()]


def _name(field: Any) -> str:
    column = (field.attribute if isinstance(field, Field) else field).property.columns[0]
    return f'"{column.name}"'


def _last(field: Field | Computed) -> str:
    return field.attribute.key if isinstance(field, Field) else field.key
