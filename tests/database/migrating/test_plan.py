"""What would be done, in which order, and what would be lost."""

import pytest
import sqlalchemy as sa

from lms_desktop.database.migrating.source import Source
from lms_desktop.database.migrating.statements import Dropped, read, split
from lms_desktop.errors import UserError
from tests.database.migrating.acting import DOCUMENT, OWN, made, migrate, run, with_revisions
from tests.document import REVISIONS


def test_an_empty_database_is_planned_from_the_first_to_the_last(engine: sa.Engine) -> None:
    plan = made(engine)
    assert [step.revision.id for step in plan.steps] == list(REVISIONS)
    assert (plan.direction, plan.target, plan.database) == ("upgrade", REVISIONS[-1], engine.url.database)
    assert plan.one_transaction
    assert len(plan.groups) == 1
    assert not plan.demands_name


def test_each_step_shows_its_own_sql_and_the_tables_that_it_touches(engine: sa.Engine) -> None:
    plan = made(engine)
    sixth, seventh = plan.steps[5:]
    assert sixth.sql == (
        "ALTER TABLE users ADD COLUMN email_verified_at TIMESTAMP WITH TIME ZONE;\n\n"
        "CREATE INDEX ix_users_email_verified_at ON users (email_verified_at);"
    )
    assert sixth.tables == seventh.tables == ("users",)
    assert plan.steps[3].tables == ("quizzes", "courses", "lessons", "quiz_questions", "quiz_attempts", "users")
    assert "alembic_version" not in "".join(step.sql for step in plan.steps)
    assert "BEGIN" not in "".join(step.sql for step in plan.steps)


def test_a_target_is_named_as_alembic_names_it(engine: sa.Engine) -> None:
    migrate(engine, REVISIONS[1])
    named = {
        "0005": REVISIONS[4],
        "+2": REVISIONS[3],
        "-1": REVISIONS[0],
        "base": None,
        "head": REVISIONS[6],
        "-2": None,
    }
    assert {target: made(engine, DOCUMENT, target).target for target in named} == named


def test_a_target_that_there_is_not_is_refused_with_those_that_there_are(engine: sa.Engine) -> None:
    migrate(engine, REVISIONS[1])
    for target in ("0009", "00", "+9", "-9", "", "heads"):
        with pytest.raises(UserError, match=REVISIONS[4]):
            made(engine, DOCUMENT, target)


def test_where_it_is_already_there_is_nothing_to_do(engine: sa.Engine) -> None:
    migrate(engine)
    assert made(engine).steps == ()


@pytest.mark.parametrize("version", ["0008_future", "0003_phase1_infrastructure_indexes"])
def test_nothing_is_planned_for_another_programs_database(engine: sa.Engine, version: str) -> None:
    run(
        engine,
        "CREATE TABLE users (id int); CREATE TABLE alembic_version (version_num text);"
        f" INSERT INTO alembic_version VALUES ('{version}')",
    )
    for target in ("head", "base", "0001"):
        with pytest.raises(UserError, match="are not those of the LMS"):
            made(engine, DOCUMENT, target)


def test_what_a_downgrade_loses_is_counted_on_the_rows_that_are_there(school: sa.Engine) -> None:
    with school.connect() as connection:
        verified, mfa, attempts = connection.execute(
            sa.text(
                "SELECT count(email_verified_at), count(*) FILTER (WHERE mfa_enabled),"
                " (SELECT count(*) FROM quiz_attempts) FROM users"
            )
        ).one()
    plan = made(school, DOCUMENT, "0003")
    said = [str(loss.sentence) for loss in plan.losses]
    assert f"{verified} verified e-mail dates" in said
    assert f"{mfa} switched-on two-step sign-ins" in said
    assert f"{attempts} quiz attempts" in said
    assert plan.demands_name
    assert {loss.revision for loss in plan.losses} == {REVISIONS[6], REVISIONS[5], REVISIONS[3]}


def test_one_is_said_as_one(bare: sa.Engine) -> None:
    run(
        bare,
        "INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled, email_verified_at)"
        " VALUES (gen_random_uuid(), 'a@b', 'x', 'A', 'student', true, false, now())",
    )
    assert [str(loss.sentence) for loss in made(bare, DOCUMENT, "0005").losses] == ["1 verified e-mail date"]


def test_a_downgrade_that_loses_nothing_asks_for_no_name(bare: sa.Engine) -> None:
    plan = made(bare, DOCUMENT, "0003")
    assert (plan.losses, plan.demands_name) == ((), False)


def test_the_base_asks_for_the_name_where_anything_is_stored(bare: sa.Engine, school: sa.Engine) -> None:
    assert not made(bare, DOCUMENT, "base").demands_name
    assert made(school, DOCUMENT, "base").demands_name
    assert made(school, OWN, "base").demands_name


def test_losses_that_nobody_has_words_for_are_named_by_their_place(engine: sa.Engine) -> None:
    migrate(engine)
    source = with_revisions("three")
    migrate(engine, "t1_notes", source)
    assert [str(loss.sentence) for loss in made(engine, source, "0007").losses] == ["100 rows of notes"]
    nick = with_revisions("column")
    run(engine, "UPDATE alembic_version SET version_num = '0007_add_users_mfa_enabled'")
    migrate(engine, "head", nick)
    run(
        engine,
        "INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled, nickname)"
        " SELECT gen_random_uuid(), n || '@b', 'x', 'A', 'student', true, false, 'n' FROM generate_series(1, 3) n",
    )
    assert [str(loss.sentence) for loss in made(engine, nick, "0007").losses] == ["3 values of users.nickname"]


def test_our_own_revisions_touch_the_tables_that_get_triggers(engine: sa.Engine) -> None:
    assert "users" not in made(engine, OWN).tables
    migrate(engine, REVISIONS[0])
    assert {"users", "courses", "lms_desktop.changes"} <= set(made(engine, OWN).tables)
    assert "quizzes" not in made(engine, OWN).tables
    migrate(engine, "d002_migrations", OWN)
    migrate(engine)
    assert {"users", "enrollments", "quiz_attempts"} <= set(made(engine, OWN, "d003_orders").tables)
    migrate(engine, "head", OWN)
    assert "users" in made(engine, OWN, "base").tables


def test_what_commits_in_its_midst_is_a_group_of_its_own(engine: sa.Engine) -> None:
    migrate(engine)
    for name, groups in (("concurrently", [1, 1]), ("slowly", [4, 1]), ("three", [3])):
        plan = made(engine, with_revisions(name))
        assert [len(group) for group in plan.groups] == groups
        assert plan.one_transaction == (len(groups) == 1)
    assert [step.written.in_transaction for step in made(engine, with_revisions("concurrently")).steps] == [True, False]


@pytest.mark.parametrize("source", [DOCUMENT, OWN], ids=["document", "desktop"])
def test_every_revision_has_sql_both_ways(source: Source) -> None:
    for revision in source.revisions:
        up, down = source.written(revision, "upgrade"), source.written(revision, "downgrade")
        assert up.complete
        assert down.complete
        assert up.statements
        assert down.statements
        assert up.in_transaction


def test_a_table_that_is_written_anew_is_named(engine: sa.Engine) -> None:
    migrate(engine)
    run(engine, "CREATE TABLE marks (id bigint PRIMARY KEY, mark integer)")
    (step,) = made(engine, with_revisions("rewriting")).steps
    assert step.rewrites == (("marks", "yes"),)


@pytest.mark.parametrize(
    ("sql", "rewrites"),
    [
        ("ALTER TABLE t ADD COLUMN a text", "no"),
        ("ALTER TABLE t ADD COLUMN a boolean DEFAULT false NOT NULL", "no"),
        ("ALTER TABLE t ADD COLUMN a uuid DEFAULT gen_random_uuid()", "yes"),
        ("ALTER TABLE t ADD COLUMN a timestamptz DEFAULT clock_timestamp()", "yes"),
        ("ALTER TABLE t ADD COLUMN a bigint GENERATED ALWAYS AS IDENTITY", "yes"),
        ("ALTER TABLE t ADD COLUMN a int GENERATED ALWAYS AS (b * 2) STORED", "yes"),
        ("ALTER TABLE t ALTER COLUMN a TYPE bigint", "yes"),
        ("ALTER TABLE t ALTER COLUMN a TYPE VARCHAR(500)", "maybe"),
        ("ALTER TABLE t ALTER COLUMN a TYPE text USING upper(a)", "yes"),
        ("ALTER TABLE t ALTER COLUMN a SET NOT NULL", "no"),
        ("ALTER TABLE t SET UNLOGGED", "yes"),
        ("CREATE INDEX i ON t (a)", "no"),
        ("UPDATE t SET a = 'ALTER TABLE x ALTER COLUMN y TYPE bigint'", "no"),
    ],
)
def test_the_text_of_a_statement_tells_whether_a_table_is_written_anew(sql: str, rewrites: str) -> None:
    assert read(sql).rewrites == rewrites


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ('CREATE TABLE IF NOT EXISTS "Odd ""name""" (id int REFERENCES other (id))', ('Odd "name"', "other")),
        ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON s.t (a)", ("s.t",)),
        ("INSERT INTO a SELECT * FROM b", ("a",)),
        ("DELETE FROM ONLY a WHERE x = 'DROP TABLE b'", ("a",)),
        ("ALTER TABLE IF EXISTS a ADD CONSTRAINT c FOREIGN KEY (x) REFERENCES b (id)", ("a", "b")),
        ("CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f()", ("a",)),
    ],
)
def test_the_text_of_a_statement_tells_which_tables_it_touches(sql: str, tables: tuple[str, ...]) -> None:
    assert read(sql).tables == tables


def test_the_text_of_a_statement_tells_what_it_drops() -> None:
    assert read("ALTER TABLE a DROP COLUMN b, DROP CONSTRAINT c, ALTER d DROP NOT NULL").drops == (Dropped("a", "b"),)
    assert read("DROP TABLE IF EXISTS a").drops == (Dropped("a"),)
    both = read('DROP TABLE s.a, "B c" CASCADE')
    assert both.drops == (Dropped("s.a"), Dropped("B c"))
    assert both.tables == ("s.a", "B c")
    assert read("TRUNCATE a").drops == read("DELETE FROM a").drops == (Dropped("a", rows=True),)
    assert read("DROP INDEX CONCURRENTLY i").concurrently


def test_a_script_falls_apart_at_semicolons_outside_of_texts_and_bodies() -> None:
    script = """
        -- a comment; with a semicolon
        SELECT ';', "a;b"; DO $x$ BEGIN; END; $x$;
        /* ; */ SELECT 2
    """
    first, second, third = split(script)
    assert first == "SELECT ';', \"a;b\""
    assert second == "DO $x$ BEGIN; END; $x$"
    assert third.endswith("SELECT 2")
