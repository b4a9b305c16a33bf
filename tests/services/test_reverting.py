"""Taking operations back: what was before is there again, to the byte, and what was done can be done again."""

from collections.abc import Callable, Iterator

import pytest
from passlib.context import CryptContext
from sqlalchemy import URL, text

from lms_desktop.database.unit_of_work import Actor, Database, Outcome
from lms_desktop.entities import (
    ENTITIES,
    Certificate,
    Course,
    Enrollment,
    Lesson,
    LessonProgress,
    Quiz,
    QuizAttempt,
    QuizQuestion,
    RefreshToken,
    User,
    new_id,
)
from lms_desktop.errors import UserError
from lms_desktop.services import courses, people, quizzes
from lms_desktop.services.reverting import NO_PASSWORD, NO_SESSIONS, PASSWORD_STAYS
from tests.services.school_states import add, changed, delete, execute, plan, save, state, undo
from tests.small_school import SYSTEM, act, actor, opened, row_id

ADMIN = actor("admin")
INFINITE = "infinity", "4713-01-01 00:00:00+00 BC"


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school."""
    with opened(database_url) as database:
        yield database


def to_and_fro(school: Database, who: Actor, do: Callable[[], Outcome]) -> None:
    """Do something, take it back, do it again, take that back, and compare everything each time."""
    before = state(school)
    done = do()
    after = state(school)
    assert changed(before, after)
    back = undo(school, who, done.operation)
    assert changed(before, state(school)) == {}
    again = undo(school, who, back.operation)
    assert changed(after, state(school)) == {}
    undo(school, who, again.operation)
    assert changed(before, state(school)) == {}


ADDED: dict[type, dict[str, str | None]] = {
    User: {"email": "new@school.edu", "full_name": "New", "role": "student", "profile_metadata": '{"a":  "b"}'},
    Course: {"title": "New", "slug": "new", "instructor_id": row_id(User, "ines")},
    Lesson: {"title": "New", "content_type": "text", "course_id": row_id(Course, "algebra")},
    Enrollment: {"student_id": row_id(User, "idle"), "course_id": row_id(Course, "algebra")},
    LessonProgress: {
        "enrollment_id": row_id(Enrollment, "bo in botany"),
        "lesson_id": row_id(Lesson, "sums"),
        "completed": "true",
    },
    Certificate: {"enrollment_id": row_id(Enrollment, "idle in empty")},
    Quiz: {"title": "New", "course_id": row_id(Course, "algebra")},
    QuizQuestion: {"question_text": "New?", "question_type": "essay", "quiz_id": row_id(Quiz, "of algebra")},
}
EDITED: dict[type, tuple[str, dict[str, str | None]]] = {
    User: ("ana", {"full_name": "Ana María", "email": "ana2@school.edu"}),
    Course: ("algebra", {"title": "Álgebra", "slug": "algebra-2", "course_metadata": '{"b":  [1, 2.50]}'}),
    Lesson: ("sums", {"title": "Sums and more", "course_id": row_id(Course, "botany")}),
    Enrollment: ("ana in algebra", {"completed_at": INFINITE[0]}),
    LessonProgress: ("ana at powers", {"completed": "true", "completed_at": INFINITE[1]}),
    Quiz: ("of algebra", {"title": "Other", "course_id": None, "lesson_id": row_id(Lesson, "sums")}),
    QuizQuestion: ("of algebra", {"question_text": "How?", "quiz_id": row_id(Quiz, "of nothing")}),
}
DELETED: dict[type, str] = {
    User: "ana",
    Course: "algebra",
    Lesson: "sums",
    Enrollment: "ana in algebra",
    LessonProgress: "ana at sums",
    Certificate: "of ana",
    Quiz: "of algebra and sums",
    QuizQuestion: "of algebra",
    QuizAttempt: "of sums",
}


class TestEveryEntity:
    """Each verb that an administrator has, except for sessions, which do not come back."""

    @pytest.mark.parametrize("entity", [pytest.param(entity, id=entity.__name__) for entity in ADDED])
    def test_adding(self, school: Database, entity: type) -> None:
        to_and_fro(school, ADMIN, lambda: add(school, ADMIN, entity, new_id(), **ADDED[entity]))

    @pytest.mark.parametrize("entity", [pytest.param(entity, id=entity.__name__) for entity in EDITED])
    def test_editing(self, school: Database, entity: type) -> None:
        name, values = EDITED[entity]
        to_and_fro(school, ADMIN, lambda: save(school, ADMIN, entity, row_id(entity, name), **values))

    @pytest.mark.parametrize("entity", [pytest.param(entity, id=entity.__name__) for entity in DELETED])
    def test_deleting(self, school: Database, entity: type) -> None:
        to_and_fro(school, ADMIN, lambda: delete(school, ADMIN, entity, row_id(entity, DELETED[entity])))

    def test_deleting_several(self, school: Database) -> None:
        ids = [row_id(Course, name) for name in ("algebra", "botany", "empty")]
        to_and_fro(school, ADMIN, lambda: delete(school, ADMIN, Course, *ids))

    @pytest.mark.parametrize(
        ("do", "entity", "name"),
        [
            (courses.publish, Course, "botany"),
            (courses.unpublish, Course, "algebra"),
            (quizzes.publish, Quiz, "of botany"),
            (people.deactivate, User, "ana"),
            (people.activate, User, "former admin"),
        ],
    )
    def test_switching(self, school: Database, do: Callable[..., Outcome], entity: type, name: str) -> None:
        to_and_fro(school, ADMIN, lambda: act(school, ADMIN, lambda uow: do(uow, (row_id(entity, name),))))

    def test_all_are_looked_at(self) -> None:
        assert {*ADDED, *EDITED, *DELETED} == set(ENTITIES) - {RefreshToken}


def test_one_operation_that_changes_a_row_many_times(school: Database) -> None:
    sums, made, passing = row_id(Lesson, "sums"), new_id(), new_id()
    new = (
        "INSERT INTO courses (id, title, slug, is_published, instructor_id)"
        " SELECT '{}', 'x', '{}', true, id FROM users ORDER BY id LIMIT 1"
    )
    to_and_fro(
        school,
        ADMIN,
        lambda: execute(
            school,
            ADMIN,
            f"UPDATE lessons SET title = 'a', updated_at = now() WHERE id = '{sums}'",
            f"UPDATE lessons SET title = 'b', content = 'text' WHERE id = '{sums}'",
            f"UPDATE lessons SET content = NULL WHERE id = '{sums}'",
            new.format(made, "made"),
            f"UPDATE courses SET title = 'y' WHERE id = '{made}'",
            new.format(passing, "passing"),
            f"UPDATE lessons SET course_id = '{made}' WHERE id = '{sums}'",
            "UPDATE lessons SET \"order\" = \"order\" - 1 WHERE title IN ('Products', 'Powers')",
            f"DELETE FROM courses WHERE id = '{passing}'",
            "DELETE FROM courses WHERE slug = 'botany'",
        ),
    )


def test_a_unique_value_that_changed_hands(school: Database) -> None:
    to_and_fro(
        school,
        ADMIN,
        lambda: execute(
            school,
            ADMIN,
            "DELETE FROM courses WHERE slug = 'botany'",
            "UPDATE courses SET slug = 'botany' WHERE slug = 'algebra'",
            "UPDATE courses SET slug = 'algebra' WHERE slug = 'empty'",
            "UPDATE users SET email = 'for a moment' WHERE email = 'ana@school.edu'",
            "UPDATE users SET email = 'ana@school.edu' WHERE email = 'bo@school.edu'",
            "UPDATE users SET email = 'bo@school.edu' WHERE email = 'for a moment'",
        ),
    )


def test_a_course_moved_to_a_person_made_for_it(school: Database) -> None:
    person = new_id()
    to_and_fro(
        school,
        ADMIN,
        lambda: execute(
            school,
            ADMIN,
            "INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled)"
            f" VALUES ('{person}', 'n@s.edu', 'none', 'N', 'instructor', true, false)",
            f"UPDATE courses SET instructor_id = '{person}' WHERE slug = 'botany'",
        ),
    )


def test_values_that_no_other_form_holds_come_back(school: Database) -> None:
    odd = r'{"\u0000": "\ud83d\ude00", "a": null, "a":   1.0e400 , "é": "\u00e9"}'
    values = {"odd": odd, "far": INFINITE[0], "bc": INFINITE[1]}
    with school.engine.begin() as other:
        other.execute(
            text(
                "UPDATE courses SET metadata = CAST(:odd AS json), created_at = CAST(:far AS timestamptz),"
                " updated_at = CAST(:bc AS timestamptz), description = 'x' || chr(7) || '\\ \" '' %s {b}'"
            ),
            values,
        )
        other.execute(text("UPDATE enrollments SET completed_at = '-infinity'"))
    to_and_fro(school, ADMIN, lambda: delete(school, ADMIN, Course, row_id(Course, "algebra")))
    with school.engine.connect() as connection:
        stored = connection.execute(text("SELECT metadata::text FROM courses WHERE slug = 'algebra'")).scalar_one()
    assert stored == odd


class TestSecrets:
    def test_a_person_comes_back_without_a_password(self, school: Database) -> None:
        done = delete(school, ADMIN, User, row_id(User, "ana"))
        back = undo(school, ADMIN, done.operation)
        assert NO_PASSWORD in back.sentence
        assert set(back.value) == {NO_PASSWORD, NO_SESSIONS}
        with school.engine.connect() as connection:
            asked = {"id": row_id(User, "ana")}
            hashed = connection.execute(text("SELECT password_hash FROM users WHERE id = :id"), asked).scalar_one()
            sessions = connection.execute(text("SELECT count(*) FROM refresh_tokens WHERE user_id = :id"), asked)
            assert sessions.scalar_one() == 0
        backend = CryptContext(["bcrypt"])
        assert backend.verify("correct horse", hashed) is False
        assert backend.verify("", hashed) is False

    def test_a_password_that_was_set_stays(self, school: Database) -> None:
        ana = row_id(User, "ana")
        done = act(school, ADMIN, lambda uow: people.set_password(uow, ana, "correct horse battery"))
        with pytest.raises(UserError, match="written down nowhere"):
            undo(school, ADMIN, done.operation)

    def test_what_else_was_changed_along_with_a_password_goes_back(self, school: Database) -> None:
        ana = row_id(User, "ana")
        done = save(school, ADMIN, User, ana, full_name="Other", password_hash="correct horse battery")
        with school.engine.connect() as connection:
            question = text("SELECT full_name, password_hash FROM users WHERE id = :id")
            _, hashed = connection.execute(question, {"id": ana}).one()
            back = undo(school, ADMIN, done.operation)
            connection.rollback()
            assert connection.execute(question, {"id": ana}).one() == ("Ana", hashed)
        assert back.value == (PASSWORD_STAYS,)

    def test_sessions_that_were_revoked_stay_so(self, school: Database) -> None:
        done = act(school, ADMIN, lambda uow: people.revoke(uow, (row_id(RefreshToken, "live"),)))
        with pytest.raises(UserError, match="do not come back"):
            undo(school, ADMIN, done.operation)


class TestTwice:
    def test_what_was_taken_back_is_not_taken_back_again(self, school: Database) -> None:
        done = save(school, ADMIN, Course, row_id(Course, "algebra"), title="Other")
        back = undo(school, ADMIN, done.operation)
        with pytest.raises(UserError, match="already"):
            undo(school, ADMIN, done.operation)
        assert plan(school, ADMIN, done.operation).reverted_by == back.operation

    def test_what_was_done_again_is_taken_back_again(self, school: Database) -> None:
        before = state(school)
        done = save(school, ADMIN, Course, row_id(Course, "algebra"), title="Other")
        for _ in range(3):
            back = undo(school, ADMIN, done.operation)
            assert state(school) == before
            assert undo(school, ADMIN, back.operation).sentence == "Did again: Saved Other."

    def test_one_record_out_of_many_then_the_rest(self, school: Database) -> None:
        before = state(school)
        ids = {name: row_id(Course, name) for name in ("algebra", "botany", "empty")}
        done = delete(school, ADMIN, Course, *ids.values())
        undo(school, ADMIN, done.operation, only=(Course, [ids["botany"]]))
        left = changed(before, state(school))
        assert left["courses"] == {ids["algebra"], ids["empty"]}
        assert left["enrollments"] == {row_id(Enrollment, name) for name in ("ana in algebra", "idle in empty")}
        assert row_id(Quiz, "of botany") not in left["quizzes"]
        with pytest.raises(UserError, match="already"):
            undo(school, ADMIN, done.operation, only=(Course, [ids["botany"]]))
        undo(school, ADMIN, done.operation)
        assert changed(before, state(school)) == {}
        assert plan(school, ADMIN, done.operation).reverted_by


class TestWhatIsNotThere:
    def test_an_unknown_operation(self, school: Database) -> None:
        with pytest.raises(UserError, match="knows nothing"):
            undo(school, ADMIN, new_id())

    def test_no_log(self, school: Database) -> None:
        with school.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA lms_desktop CASCADE"))
        with pytest.raises(UserError, match="not installed"):
            undo(school, ADMIN, new_id())

    def test_nothing_was_changed(self, school: Database) -> None:
        done = execute(school, ADMIN, "UPDATE users SET last_login_at = now()")
        with pytest.raises(UserError, match="nothing in it"):
            undo(school, ADMIN, done.operation)


def test_the_command_line_takes_back_what_anybody_did(school: Database) -> None:
    before = state(school)
    done = delete(school, actor("ines"), Quiz, row_id(Quiz, "of algebra"))
    undo(school, SYSTEM, done.operation)
    assert state(school) == before


def test_columns_that_came_since_get_their_default_and_those_that_went_are_left_out(school: Database) -> None:
    done = delete(school, ADMIN, Course, row_id(Course, "botany"))
    with school.engine.begin() as connection:
        connection.execute(text("ALTER TABLE courses ADD COLUMN colour text NOT NULL DEFAULT 'blue'"))
        connection.execute(text("ALTER TABLE courses DROP COLUMN thumbnail_url"))
    back = undo(school, ADMIN, done.operation)
    assert len(back.value) == 1
    with school.engine.connect() as connection:
        row = connection.execute(text("SELECT title, colour FROM courses WHERE slug = 'botany'")).one()
    assert row == ("Botany", "blue")


def test_what_somebody_else_changed_of_the_row_meanwhile_stays(school: Database) -> None:
    algebra = row_id(Course, "algebra")
    done = save(school, ADMIN, Course, algebra, title="Other")
    with school.engine.begin() as other:
        other.execute(text("UPDATE courses SET category = 'maths', updated_at = '2020-01-01'"))
    undo(school, ADMIN, done.operation)
    with school.engine.connect() as connection:
        question = text("SELECT title, category, updated_at > '2021-01-01' FROM courses WHERE id = :id")
        assert connection.execute(question, {"id": algebra}).one() == ("Algebra", "maths", True)
