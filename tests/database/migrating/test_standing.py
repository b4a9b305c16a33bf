"""Where a database stands: each state there is, what is said of it, what is offered."""

import secrets

import pytest
import sqlalchemy as sa

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.migrating.standing import Offer, StandingKind, look
from tests.database.migrating.acting import DOCUMENT, OWN, migrate, run, standing
from tests.document import REVISIONS

# The tables that another program's revisions of the same ids have made.
A_SHOP = """
    CREATE TABLE users (id serial PRIMARY KEY, login text, full_name text);
    CREATE TABLE orders (id serial PRIMARY KEY, user_id integer REFERENCES users, total numeric);
    CREATE TABLE courses (id integer PRIMARY KEY, starters text, mains text);
    CREATE TABLE alembic_version (version_num varchar(255) PRIMARY KEY);
    INSERT INTO alembic_version VALUES ('0007_add_users_mfa_enabled');
    INSERT INTO users (login) SELECT 'u' || n FROM generate_series(1, 50) n;
"""
TABLES = ("users", "courses", "lessons", "enrollments", "lesson_progress", "certificates", "refresh_tokens")

# As a program of the same trade may call its tables, with keys of its own.
ANOTHER_SCHOOL = "; ".join(
    f"CREATE TABLE {table} (id bigserial PRIMARY KEY, title text, created_at timestamp, updated_at timestamp)"
    for table in TABLES
) + (
    "; CREATE TABLE alembic_version (version_num varchar(99) PRIMARY KEY);"
    " INSERT INTO alembic_version VALUES ('0003_phase1_infrastructure_indexes')"
)

UPGRADE: frozenset[Offer] = frozenset({"apply", "rehearse"})
BACK: frozenset[Offer] = frozenset({"rollback", "verify"})
STAMP: frozenset[Offer] = frozenset({"stamp"})
NOTHING: frozenset[Offer] = frozenset()


def prepare(engine: sa.Engine, at: str | None, script: str) -> None:
    if at is not None:
        migrate(engine, at)
    if script:
        run(engine, script)


@pytest.mark.parametrize(
    ("at", "script", "kind", "offers", "said"),
    [
        (None, "", "empty", UPGRADE, "This database is empty: it has no tables yet."),
        (
            None,
            "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
            "empty",
            UPGRADE,
            "This database is empty: it has no tables yet.",
        ),
        (REVISIONS[0], "", "behind", UPGRADE | BACK, "Pending revisions: 6."),
        (REVISIONS[5], "", "behind", UPGRADE | BACK, "Pending revisions: 1."),
        ("head", "", "current", BACK, "This database is up to date."),
        ("head", "DROP TABLE alembic_version", "unversioned", STAMP, "no record of which revision they are."),
        ("head", "DELETE FROM alembic_version", "unversioned", STAMP, "no record of which revision they are."),
        (
            "head",
            "DROP TABLE alembic_version; ALTER TABLE users DROP COLUMN last_login_at",
            "unversioned",
            NOTHING,
            "no record of which revision they are.",
        ),
        (
            "head",
            "UPDATE alembic_version SET version_num = '0008_x'; ALTER TABLE users ADD nickname text",
            "ahead",
            NOTHING,
            "This database is at revision 0008_x, made by a newer version of this program.",
        ),
        (
            REVISIONS[3],
            "UPDATE alembic_version SET version_num = 'feedbeef'",
            "unknown",
            NOTHING,
            "This database is at revision feedbeef, which this program does not know.",
        ),
        (
            "head",
            "INSERT INTO alembic_version VALUES ('0008_branch')",
            "heads",
            NOTHING,
            "This database is at several revisions at once: 0007_add_users_mfa_enabled, 0008_branch.",
        ),
        (
            None,
            A_SHOP,
            "foreign",
            NOTHING,
            "This database calls itself 0007_add_users_mfa_enabled, but its tables are not those of the LMS.",
        ),
        (
            None,
            ANOTHER_SCHOOL,
            "foreign",
            NOTHING,
            "calls itself 0003_phase1_infrastructure_indexes, but",
        ),
        (None, A_SHOP + "UPDATE alembic_version SET version_num = 'abc'", "foreign", NOTHING, "calls itself abc, but"),
        (
            None,
            A_SHOP + "DROP TABLE alembic_version",
            "foreign",
            NOTHING,
            "has tables, and they are not those of the LMS.",
        ),
        (None, "CREATE TABLE alembic_version (id integer)", "foreign", NOTHING, "they are not those of the LMS."),
        (
            "head",
            "DROP TABLE " + ", ".join(("certificates", "lesson_progress", "enrollments", "quiz_attempts")) + " CASCADE;"
            "DROP TABLE quiz_questions, quizzes, lessons CASCADE",
            "foreign",
            NOTHING,
            "but its tables are not those of the LMS.",
        ),
    ],
)
def test_each_state_is_told_and_offers_what_it_may(
    engine: sa.Engine, at: str | None, script: str, kind: StandingKind, offers: frozenset[Offer], said: str
) -> None:
    prepare(engine, at, script)
    found = standing(engine)
    assert (found.kind, found.offers) == (kind, offers)
    assert said in found.sentence
    assert (found.way_out is None) == (kind == "current")


def test_the_revisions_are_listed_with_what_became_of_them(engine: sa.Engine) -> None:
    migrate(engine, REVISIONS[2])
    found = standing(engine)
    assert [each.revision.id for each in found.revisions] == list(REVISIONS)
    assert [each.state for each in found.revisions] == ["applied"] * 3 + ["pending"] * 4
    assert tuple(revision.id for revision in found.pending) == REVISIONS[3:]
    assert found.revisions[5].revision.description == "Email verification field."
    assert found.revisions[5].revision.down == (REVISIONS[4],)
    assert found.revisions[5].revision.words == (
        "Email verification field.\n\n"
        "users.email_verified_at and its index; nobody's address counts as verified at first."
    )
    assert "certificates. The tables are bare" in found.revisions[0].revision.words
    assert (found.revision, found.heads) == (REVISIONS[2], (REVISIONS[-1],))


def test_measured_times_stand_in_lines_of_their_own() -> None:
    revision = OWN.get("d005_more_orders")
    assert revision is not None
    assert "\n\n  first page of progress, newest first  242 ms  ->  1 ms\n  progress 100,000" in revision.words
    assert "once a row is there: the web application" in revision.words


def test_an_unknown_revision_stands_behind_the_known_ones(engine: sa.Engine) -> None:
    migrate(engine)
    run(engine, "UPDATE alembic_version SET version_num = '0008_x'")
    found = standing(engine)
    assert (found.revisions[-1].revision.id, found.revisions[-1].state) == ("0008_x", "unknown")
    assert {each.state for each in found.revisions[:-1]} == {"applied"}


@pytest.mark.parametrize("number", [0, 4, 6])
def test_tables_without_a_record_are_recognised_by_their_shape(engine: sa.Engine, number: int) -> None:
    migrate(engine, REVISIONS[number])
    run(engine, "DROP TABLE alembic_version")
    found = standing(engine)
    assert (found.kind, found.may_stamp, found.compared_with) == ("unversioned", REVISIONS[number], REVISIONS[number])
    assert found.way_out == f"They are those of {REVISIONS[number]}, which can be put on record."


def test_tables_that_are_almost_a_revisions_are_not_stamped(engine: sa.Engine) -> None:
    migrate(engine, REVISIONS[4])
    run(engine, "DROP TABLE alembic_version; ALTER TABLE users ALTER role DROP NOT NULL")
    found = standing(engine)
    assert (found.may_stamp, found.compared_with) == (None, REVISIONS[4])
    assert [d.sentence for d in found.differences] == ["Column users.role may be empty here, and should not."]


def test_a_small_drift_makes_nobody_a_stranger(engine: sa.Engine) -> None:
    migrate(engine)
    run(engine, "DROP TABLE certificates; ALTER TABLE users ALTER full_name TYPE text")
    found = standing(engine)
    assert found.kind == "current"
    assert found.drifted


def test_our_own_lineage_stands_beside_it(engine: sa.Engine) -> None:
    migrate(engine)
    assert (standing(engine, OWN).kind, standing(engine, OWN).offers) == ("empty", UPGRADE)
    migrate(engine, "d001_change_log", OWN)
    assert [each.state for each in standing(engine, OWN).revisions][:2] == ["applied", "pending"]
    migrate(engine, "head", OWN)
    assert (standing(engine, OWN).kind, standing(engine, OWN).differences) == ("current", ())
    assert (standing(engine).kind, standing(engine).differences) == ("current", ())


def test_who_applied_what_and_when_is_on_record_from_the_record_on(engine: sa.Engine) -> None:
    migrate(engine, REVISIONS[0])
    migrate(engine, "head", OWN)
    migrate(engine)
    migrate(engine, "-1", down=True)
    by_id = {each.revision.id: each for each in standing(engine).revisions}
    assert by_id[REVISIONS[0]].applied is None
    applied = by_id[REVISIONS[1]].applied
    assert applied is not None
    assert "@" in applied.actor
    assert applied.db_role == engine.url.username
    assert by_id[REVISIONS[6]].applied is None
    ours = [each.applied is not None for each in standing(engine, OWN).revisions]
    assert ours == [False] + [True] * (len(ours) - 1)


def test_what_a_role_may_not_see_is_said(engine: sa.Engine) -> None:
    migrate(engine)
    migrate(engine, "head", OWN)
    name = f"stranger_{secrets.token_hex(4)}"
    run(engine, f"CREATE ROLE {name} LOGIN PASSWORD 'stranger'")
    theirs = make_engine(engine.url.set(username=name, password="stranger"), Settings())
    for source in (DOCUMENT, OWN):
        found = standing(theirs, source)
        assert (found.kind, found.offers, found.current) == ("unknown", frozenset(), ())
        assert found.sentence == "Your connection may not see at which revision this database is."
    theirs.dispose()
    run(engine, f"DROP ROLE {name}")


def test_looking_writes_nothing(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("SET default_transaction_read_only = on")
        connection.commit()
        assert look(connection, DOCUMENT).kind == "empty"
        assert look(connection, OWN).kind == "empty"
