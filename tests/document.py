"""The schema document's facts, copied from it by hand, and the facts of a live database in the same words.

A fact is one line: `users.email character varying(255) not null`, `unique index users (email)`. The expectation knows
nothing of the entities and of the revisions.
"""

from collections.abc import Iterator

import sqlalchemy as sa

REVISIONS = (
    "0001_initial_schema",
    "0002_phase1_security_and_performance",
    "0003_phase1_infrastructure_indexes",
    "0004_phase1_quiz_indexes",
    "0005_phase1_remaining_indexes",
    "0006_add_users_email_verified_at",
    "0007_add_users_mfa_enabled",
)

# table, then: column, type, and, where the document says so, "null", "now" (server default now()) or a foreign key. A
# number in front is the revision that brings it, where that is not 0001.
TABLES = """
users
    id                              uuid
    email                           character varying(255)
    password_hash                   character varying(255)
    full_name                       character varying(255)
    role                            character varying(50)
    is_active                       boolean
    7 mfa_enabled                   boolean
    metadata                        json                        null
    created_at                      timestamp with time zone    now
    updated_at                      timestamp with time zone    now
    last_login_at                   timestamp with time zone    null
    6 email_verified_at             timestamp with time zone    null
courses
    id                              uuid
    title                           character varying(255)
    slug                            character varying(255)
    description                     text                        null
    instructor_id                   uuid                        > users RESTRICT
    category                        character varying(100)      null
    difficulty_level                character varying(50)       null
    is_published                    boolean
    thumbnail_url                   character varying(500)      null
    estimated_duration_minutes      integer                     null
    metadata                        json                        null
    created_at                      timestamp with time zone    now
    updated_at                      timestamp with time zone    now
lessons
    id                              uuid
    course_id                       uuid                        > courses CASCADE
    title                           character varying(255)
    content_type                    character varying(50)
    content                         text                        null
    video_url                       character varying(500)      null
    duration_minutes                integer                     null
    order                           integer
    metadata                        json                        null
    created_at                      timestamp with time zone    now
    updated_at                      timestamp with time zone    now
enrollments
    id                              uuid
    student_id                      uuid                        > users CASCADE
    course_id                       uuid                        > courses CASCADE
    enrolled_at                     timestamp with time zone    now
    completed_at                    timestamp with time zone    null
    created_at                      timestamp with time zone    now
    updated_at                      timestamp with time zone    now
lesson_progress
    id                              uuid
    enrollment_id                   uuid                        > enrollments CASCADE
    lesson_id                       uuid                        > lessons CASCADE
    completed                       boolean
    completed_at                    timestamp with time zone    null
    created_at                      timestamp with time zone    now
    updated_at                      timestamp with time zone    now
4 quizzes
    id                              uuid
    course_id                       uuid                        null > courses SET NULL
    lesson_id                       uuid                        null > lessons SET NULL
    title                           character varying(255)
    description                     text                        null
    time_limit_minutes              integer                     null
    passing_score_percentage        integer
    shuffle_questions               boolean
    is_published                    boolean
    created_at                      timestamp with time zone    now
    updated_at                      timestamp with time zone    now
4 quiz_questions
    id                              uuid
    quiz_id                         uuid                        > quizzes CASCADE
    question_text                   text
    question_type                   character varying(50)
    options                         json                        null
    correct_answer                  text                        null
    points                          integer
    order                           integer
    created_at                      timestamp with time zone    now
4 quiz_attempts
    id                              uuid
    quiz_id                         uuid                        > quizzes CASCADE
    student_id                      uuid                        > users CASCADE
    started_at                      timestamp with time zone    now
    ended_at                        timestamp with time zone    null
    answers                         json                        null
    score                           integer                     null
    passed                          boolean                     null
    created_at                      timestamp with time zone    now
refresh_tokens
    id                              uuid
    user_id                         uuid                        > users CASCADE
    token                           character varying(500)
    expires_at                      timestamp with time zone
    revoked                         boolean
    revoked_at                      timestamp with time zone    null
    created_at                      timestamp with time zone    now
certificates
    id                              uuid
    enrollment_id                   uuid                        > enrollments CASCADE
    certificate_number              character varying(50)
    issued_at                       timestamp with time zone    now
    pdf_path                        character varying(500)      null
    created_at                      timestamp with time zone    now
"""

# The document gives no index to a revision by name; 0002 has what it calls security or performance, 0004 the quizzes'.
INDEXES = {
    2: """
        unique index users (email)
        unique index courses (slug)
        unique index certificates (enrollment_id)
        unique refresh_tokens (token)
        unique certificates (certificate_number)
        unique enrollments (student_id, course_id)
        unique lesson_progress (enrollment_id, lesson_id)
        check courses (difficulty_level)
        index users (role)
        index courses (is_published, created_at)
        index courses (instructor_id, created_at)
        index courses (category)
        index enrollments (student_id)
        index enrollments (course_id)
    """,
    3: """
        index refresh_tokens (user_id)
        index courses (instructor_id)
        index lessons (course_id)
        index lesson_progress (enrollment_id)
        index lesson_progress (lesson_id)
    """,
    4: """
        index quizzes (course_id)
        index quizzes (lesson_id)
        index quizzes (is_published)
        index quiz_questions (quiz_id)
        index quiz_attempts (quiz_id)
        index quiz_attempts (student_id)
        index quiz_attempts (student_id, quiz_id)
    """,
    5: """
        index users (created_at)
        index courses (created_at)
        index courses (difficulty_level)
        index courses (is_published)
    """,
    6: "index users (email_verified_at)",
}

INDEX_NAMES = {"ix_courses_is_published_created_at", "ix_courses_instructor_created_at"}
"""The names that the document gives."""


def document_at(number: int) -> set[str]:
    """The facts that hold at the revision of that number, 1 to 7; 0 is the base."""
    facts = {fact for since, fact in _table_facts() if since <= number}
    for since, lines in INDEXES.items():
        if since <= number:
            facts |= {line.strip() for line in lines.strip().splitlines()}
    return facts


def _table_facts() -> Iterator[tuple[int, str]]:
    table, table_since = "", 1
    for line in TABLES.strip().splitlines():
        words = line.split()
        since = int(words.pop(0)) if words[0].isdigit() else 1
        if not line.startswith(" "):
            table, table_since = words[0], since
            yield since, f"primary key {table} (id)"
            continue
        since = max(since, table_since)
        column, rest = words[0], " ".join(words[1:])
        rest, _, reference = rest.partition(" > ")
        if reference:
            parent, _, action = reference.partition(" ")
            yield since, f"{table} ({column}) references {parent} (id) on delete {action}"
        null = "" if rest.endswith(" null") else " not null"
        default = " default now()" if rest.endswith(" now") else ""
        yield since, f"{table}.{column} {rest.removesuffix(' null').removesuffix(' now')}{null}{default}"


def facts_of(connection: sa.Connection) -> set[str]:
    """The facts of the default schema, Alembic's own table left out."""
    return {fact for query in (_COLUMNS, _KEYS, _INDEXES) for fact in connection.scalars(sa.text(query))}


def names_of_indexes(connection: sa.Connection) -> set[str]:
    """All names of indexes in the default schema."""
    return set(connection.scalars(sa.text("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()")))


_OURS = "c.relnamespace = current_schema()::regnamespace AND c.relname <> 'alembic_version'"

_COLUMNS = f"""
SELECT format('%s.%s %s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
              CASE WHEN a.attnotnull THEN ' not null' END, ' default ' || pg_get_expr(d.adbin, d.adrelid))
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {_OURS}"""

# What the document never asks for (ON UPDATE, DEFERRABLE, NOT VALID) shows as something that is too much.
_KEYS = f"""
SELECT CASE k.contype
         WHEN 'f' THEN format('%s (%s) references %s (%s) on delete %s', c.relname, o.columns, k.confrelid::regclass,
              (SELECT string_agg(attname, ', ') FROM pg_attribute
                WHERE attrelid = k.confrelid AND attnum = ANY (k.confkey)),
              CASE k.confdeltype WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE '?' END)
         ELSE format('%s %s (%s)', CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique'
              WHEN 'c' THEN 'check' ELSE k.contype::text END, c.relname, o.columns)
       END
       || CASE WHEN k.confupdtype NOT IN ('a', ' ') THEN ' on update ' || k.confupdtype::text ELSE '' END
       || CASE WHEN k.condeferrable THEN ' deferrable' ELSE '' END
       || CASE WHEN k.convalidated THEN '' ELSE ' not valid' END
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
 CROSS JOIN LATERAL (SELECT string_agg(a.attname, ', ' ORDER BY u.place) AS columns
                       FROM unnest(k.conkey) WITH ORDINALITY u (attnum, place)
                       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.attnum) o
 WHERE k.contype <> 'n' AND {_OURS}"""

_INDEXES = f"""
SELECT format('%sindex %s (%s)%s%s', CASE WHEN i.indisunique THEN 'unique ' END, c.relname,
              (SELECT string_agg(pg_get_indexdef(i.indexrelid, place, true), ', ' ORDER BY place)
                 FROM generate_series(1, i.indnatts) place),
              ' where ' || pg_get_expr(i.indpred, i.indrelid), CASE WHEN NOT i.indisvalid THEN ' invalid' END)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
 WHERE {_OURS}
   AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))"""
