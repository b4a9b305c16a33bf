"""What PostgreSQL writes into the change log, for whom, and who may touch it."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
import sqlalchemy as sa
from sqlalchemy import URL, text

from lms_desktop.config import Settings
from lms_desktop.database.change_log import log_state
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import ENTITIES, Course, Enrollment, Lesson, Quiz, User
from tests.postgres import PostgresServer, plain_connection
from tests.small_school import SYSTEM, actor, opened, row_id

ADMIN = actor("admin")
MARKERS = ("top secret hash", "top secret token")


REFUSALS = (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.FeatureNotSupported)
BY_HAND = (
    "INSERT INTO lms_desktop.operations (id) VALUES (gen_random_uuid())",
    "UPDATE lms_desktop.operations SET sentence = 'x'",
    "DELETE FROM lms_desktop.operations",
    "TRUNCATE lms_desktop.changes",
    "INSERT INTO lms_desktop.changes (operation, entity, row_id, action) VALUES (1, 'users', gen_random_uuid(), 'I')",
    "UPDATE lms_desktop.changes SET entity = 'x'",
    "DELETE FROM lms_desktop.changes",
    "DELETE FROM lms_desktop.sign_ins",
    "SELECT lms_desktop.operation_number()",
    "SELECT lms_desktop.attach()",
    "SELECT lms_desktop.log_changes()",
    "CREATE TABLE lms_desktop.mine (id int)",
    "ALTER TABLE users DISABLE TRIGGER lms_desktop_update",
    "DROP TRIGGER lms_desktop_update ON users",
)
"""What only the log's owner may do."""


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school."""
    with opened(database_url) as database:
        yield database


def run(school: Database, *statements: str, operation: str | None = None, logged: bool = True, **values: Any) -> str:
    """Run SQL as one operation of the administrator's; its id."""
    with school.unit_of_work(ADMIN, operation=operation, logged=logged) as uow:
        for statement in statements:
            uow.execute(text(statement), values)
        uow.outcome("Did it.")
    return uow.operation


def logged(school: Database) -> list[tuple[Any, ...]]:
    """(entity, id, action, before, after, hidden) of everything in the log, in order."""
    question = (
        "SELECT entity, row_id::text, action, before::text, after::text, hidden FROM lms_desktop.changes ORDER BY n"
    )
    with school.engine.connect() as connection:
        return [
            (table, row, action, json.loads(before or "null"), json.loads(after or "null"), hidden)
            for table, row, action, before, after, hidden in connection.execute(text(question))
        ]


def count(school: Database, table: str) -> int:
    """Rows of a table of the log."""
    with school.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM lms_desktop.{table}")).scalar_one())


class TestWhatIsLogged:
    def test_a_row_that_came_changed_and_went(self, school: Database) -> None:
        made = str(uuid.uuid4())
        new = "INSERT INTO quizzes (id, title, passing_score_percentage, shuffle_questions, is_published)"
        run(school, f"{new} VALUES (:id, 'A', 70, false, true)", id=made)
        run(school, "UPDATE quizzes SET title = 'B', description = NULL WHERE id = :id", id=made)
        run(school, "DELETE FROM quizzes WHERE id = :id", id=made)
        came, changed, went = logged(school)
        assert came[:4] == ("quizzes", made, "I", None)
        assert (came[4]["title"], came[4]["is_published"], came[4]["lesson_id"]) == ("A", "true", None)
        assert set(came[4]) == {c.name for c in Quiz.__table__.columns if c.name != "xmin"}
        assert changed == ("quizzes", made, "U", {"title": "A"}, {"title": "B"}, None)
        assert went == ("quizzes", made, "D", {**came[4], "title": "B"}, None, None)

    def test_who_and_what(self, school: Database) -> None:
        operation = run(school, "UPDATE courses SET title = title || '!'")
        with school.engine.connect() as connection:
            row = connection.execute(text("SELECT * FROM lms_desktop.operations")).mappings().one()
        assert (row["id"], row["actor_id"], row["actor_name"]) == (operation, ADMIN.id, ADMIN.name)
        assert (row["actor_email"], row["actor_role"], row["sentence"]) == (ADMIN.email, "admin", "Did it.")
        assert row["db_role"]
        assert row["machine"]

    def test_nothing_of_whoever_does_not_say_who_they_are(self, school: Database) -> None:
        run(school, "UPDATE courses SET title = 'x'", logged=False)
        with school.engine.begin() as other:
            other.execute(text("DELETE FROM courses"))
        assert (count(school, "changes"), count(school, "operations")) == (0, 0)

    def test_nothing_of_an_operation_that_changed_nothing(self, school: Database) -> None:
        run(school, "UPDATE courses SET title = title", "UPDATE courses SET title = 'x' WHERE false")
        assert count(school, "changes") == 0

    def test_nothing_of_what_was_rolled_back(self, school: Database) -> None:
        with pytest.raises(sa.exc.DBAPIError):
            run(school, "UPDATE courses SET title = 'x'", "SELECT 1 / 0")
        assert (count(school, "changes"), count(school, "operations")) == (0, 0)

    def test_an_operation_is_committed_once(self, school: Database) -> None:
        operation = run(school, "UPDATE courses SET title = 'x'")
        with pytest.raises(sa.exc.IntegrityError, match="committed before"):
            run(school, "UPDATE courses SET title = 'y'", operation=operation)
        assert count(school, "operations") == 1

    def test_cascades(self, school: Database) -> None:
        run(school, "DELETE FROM courses WHERE slug = 'algebra'")
        found = {(table, action) for table, _, action, *_ in logged(school)}
        gone = ("courses", "lessons", "enrollments", "lesson_progress", "certificates")
        assert found == {*((table, "D") for table in gone), ("quizzes", "U")}

    def test_a_quiz_that_loses_its_course_and_its_lesson_at_once(self, school: Database) -> None:
        run(school, "DELETE FROM courses WHERE slug = 'algebra'")
        quiz = row_id(Quiz, "of algebra and sums")
        course, lesson = row_id(Course, "algebra"), row_id(Lesson, "sums")
        changes = [(before, after) for _, row, _, before, after, _ in logged(school) if row == quiz]
        assert len(changes) == 2
        assert ({"course_id": course}, {"course_id": None}) in changes
        assert ({"lesson_id": lesson}, {"lesson_id": None}) in changes
        emptied = {row for table, row, *_ in logged(school) if table == "quizzes"}
        names = ("of algebra", "of sums", "of algebra and sums", "of algebra and leaves")
        assert emptied == {row_id(Quiz, name) for name in names}

    @pytest.mark.parametrize(
        "odd",
        [r'{"\u0000": "\u0000"}', "null", '"a"', "[1,  2.50, 1e400]", r'{"a": 1, "a": "\ud83d\ude00"}', '{"é":"\\""}'],
    )
    def test_json_as_it_was_written(self, school: Database, odd: str) -> None:
        run(school, "UPDATE courses SET metadata = CAST(:odd AS json) WHERE slug = 'algebra'", odd=odd)
        assert logged(school)[0][3:5] == ({"metadata": None}, {"metadata": odd})

    @pytest.mark.parametrize("far", ["infinity", "-infinity", "4713-01-01 00:00:00+00 BC", "294276-12-31 23:59:59+00"])
    def test_far_moments_whatever_the_session_prints(self, school: Database, far: str) -> None:
        with school.unit_of_work(ADMIN) as uow:
            uow.execute(text("SET LOCAL timezone = 'Asia/Kathmandu'"))
            uow.execute(text("SET LOCAL datestyle = 'SQL, DMY'"))
            change = "UPDATE enrollments SET completed_at = CAST(:far AS timestamptz)"
            uow.execute(text(f"{change} WHERE id = '{row_id(Enrollment, 'ana in algebra')}'"), {"far": far})
        assert logged(school)[0][4] == {"completed_at": far}


class TestSecrets:
    def test_are_nowhere(self, school: Database) -> None:
        hashed, token = MARKERS
        run(
            school,
            "INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled)"
            " VALUES (gen_random_uuid(), 'n@s.edu', :hashed, 'N', 'student', true, false)",
            "INSERT INTO refresh_tokens (id, user_id, token, expires_at, revoked)"
            " SELECT gen_random_uuid(), id, :token, now(), false FROM users WHERE email = 'n@s.edu'",
            "UPDATE users SET password_hash = :hashed || '2', full_name = 'M' WHERE email = 'n@s.edu'",
            "UPDATE users SET password_hash = :hashed || '3' WHERE email = 'n@s.edu'",
            "UPDATE refresh_tokens SET token = :token || '2' WHERE token = :token",
            "DELETE FROM users WHERE email = 'n@s.edu'",
            hashed=hashed,
            token=token,
        )
        assert [(action, after, hidden) for _, _, action, _, after, hidden in logged(school) if hidden] == [
            ("U", {"full_name": "M"}, ["password_hash"]),
            ("U", {}, ["password_hash"]),
            ("U", {}, ["token"]),
        ]
        with school.engine.connect() as connection:
            for table in ("operations", "changes", "sign_ins"):
                rows = connection.execute(text(f"SELECT t::text FROM lms_desktop.{table} t")).scalars().all()
                assert not [row for row in rows for marker in MARKERS if marker in row]
                if table == "changes":
                    assert len(rows) == 7


class TestOtherRoles:
    @pytest.fixture
    def role(self, server: PostgresServer, school: Database) -> Iterator[str]:
        """A role of the server that may not connect as anybody else."""
        name = f"lms_role_{uuid.uuid4().hex[:8]}"
        with school.engine.begin() as connection:
            connection.execute(text(f"CREATE ROLE {name} LOGIN PASSWORD 'pw'"))
            connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {name}"))
        yield name
        with school.engine.begin() as connection:
            connection.execute(text(f"DROP OWNED BY {name}"))
            connection.execute(text(f"DROP ROLE {name}"))

    def as_role(self, school: Database, role: str) -> sa.Engine:
        """An engine that connects as the role."""
        return make_engine(school.engine.url.set(username=role, password="pw"), Settings())

    def grant(self, school: Database, role: str) -> None:
        """The rights that staff have on the document's tables; the log is told."""
        tables = ", ".join(str(entity.__tablename__) for entity in ENTITIES)
        with school.engine.begin() as connection:
            connection.execute(text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO {role}"))
            connection.execute(text("SELECT lms_desktop.attach()"))

    def test_nobody_else_writes_by_hand(self, school: Database, role: str) -> None:
        self.grant(school, role)
        run(school, "UPDATE courses SET title = 'x'")
        engine = self.as_role(school, role)
        with engine.connect() as connection:
            connection.execute(text("SELECT set_config('lms.operation', gen_random_uuid()::text, true)"))
            for statement in BY_HAND:
                with pytest.raises(sa.exc.DBAPIError) as caught, connection.begin_nested():
                    connection.execute(text(statement))
                assert isinstance(caught.value.orig, REFUSALS), statement
        engine.dispose()

    def test_a_description_cannot_be_given_to_what_is_committed(self, school: Database, role: str) -> None:
        self.grant(school, role)
        operation = run(school, "UPDATE courses SET title = 'x'")
        engine = self.as_role(school, role)
        with engine.begin() as connection:
            said = "SELECT lms_desktop.describe_operation(CAST(:id AS uuid), 'forged', NULL, NULL)"
            connection.execute(text(said), {"id": operation})
        with school.engine.connect() as connection:
            assert connection.execute(text("SELECT sentence FROM lms_desktop.operations")).scalar_one() == "Did it."
        engine.dispose()

    def test_what_it_changes_through_the_program_is_logged(self, school: Database, role: str) -> None:
        self.grant(school, role)
        engine = self.as_role(school, role)
        with engine.connect() as connection:
            assert log_state(connection).on
        operation = run(Database(engine), "UPDATE courses SET title = 'x' WHERE slug = 'algebra'")
        with school.engine.connect() as connection:
            row = connection.execute(text("SELECT id, db_role, sentence FROM lms_desktop.operations")).one()
        assert tuple(row) == (operation, role, "Did it.")
        engine.dispose()

    def test_without_rights_on_the_log_everything_else_works(self, school: Database, role: str) -> None:
        with school.engine.begin() as connection:
            connection.execute(text(f"GRANT SELECT, UPDATE ON courses TO {role}"))
        engine = self.as_role(school, role)
        with engine.connect() as connection:
            state = log_state(connection)
            assert (state.on, state.installed) == (False, True)
            assert "not open" in state.why_off
        with Database(engine).unit_of_work(SYSTEM) as uow:
            assert not uow.logged
            uow.execute(text("UPDATE courses SET title = 'x' WHERE slug = 'algebra'"))
            assert uow.outcome("Done.").operation is None
        engine.dispose()


def test_each_statement_is_told_to_who_listens(school: Database, database_url: URL) -> None:
    with plain_connection(database_url) as listener:
        listener.autocommit = True
        with listener.cursor() as cursor:
            cursor.execute("LISTEN lms_desktop")
            operation = run(school, "UPDATE users SET full_name = 'x' WHERE email = 'ana@school.edu'")
            cursor.execute("SELECT 1")
        (note,) = [json.loads(notify.payload) for notify in listener.notifies]
    assert note == {
        "operation": operation,
        "entity": "users",
        "action": "U",
        "rows": 1,
        "ids": [row_id(User, "ana")],
    }
