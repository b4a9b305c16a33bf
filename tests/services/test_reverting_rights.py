"""Taking back is no way round the table of roles."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import URL, text

from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.entities import Certificate, Course, Enrollment, Lesson, Quiz, QuizQuestion, User, new_id
from lms_desktop.errors import Denied, UserError
from lms_desktop.services import courses, people
from tests.services.school_states import add, changed, delete, execute, plan, save, state, undo
from tests.small_school import SYSTEM, act, actor, opened, row_id

ADMIN, REGISTRAR, INES, IVAN = (actor(name) for name in ("admin", "registrar", "ines", "ivan"))
ALGEBRA, BOTANY = row_id(Course, "algebra"), row_id(Course, "botany")


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school."""
    with opened(database_url) as database:
        yield database


def become(school: Database, name: str, role: str) -> None:
    """Give a person another role, unnoticed."""
    with school.engine.begin() as connection:
        connection.execute(text("UPDATE users SET role = :role WHERE full_name = :name"), {"role": role, "name": name})


def demoted(name: str, role: str) -> Actor:
    """The person, signed in with the new role."""
    return replace(actor(name), role=role)


class TestWhoseOperation:
    def test_ones_own(self, school: Database) -> None:
        before = state(school)
        done = save(school, INES, Course, ALGEBRA, title="Mine")
        undo(school, INES, done.operation)
        assert state(school) == before

    @pytest.mark.parametrize("who", [REGISTRAR, IVAN], ids=["registrar", "instructor"])
    def test_somebody_elses_is_for_administrators(self, school: Database, who: Actor) -> None:
        done = save(school, INES, Course, ALGEBRA, title="Mine")
        with pytest.raises(Denied, match="somebody else"):
            undo(school, who, done.operation)
        with pytest.raises(Denied, match="somebody else"):
            plan(school, who, done.operation)
        undo(school, ADMIN, done.operation)

    def test_what_the_command_line_did(self, school: Database) -> None:
        done = execute(school, SYSTEM, "UPDATE courses SET title = 'x'")
        with pytest.raises(Denied):
            undo(school, INES, done.operation)
        undo(school, ADMIN, done.operation)


class TestRegistrar:
    def test_takes_back_what_registrars_do(self, school: Database) -> None:
        before = state(school)
        student, enrollment = new_id(), new_id()
        made = add(school, REGISTRAR, User, student, email="n@s.edu", full_name="N")
        enrolled = add(school, REGISTRAR, Enrollment, enrollment, student_id=student, course_id=ALGEBRA)
        undo(school, REGISTRAR, enrolled.operation)
        undo(school, REGISTRAR, made.operation)
        assert changed(before, state(school)) == {}

    def test_a_withdrawal_comes_back_with_its_progress(self, school: Database) -> None:
        with school.engine.begin() as connection:
            connection.execute(text("DELETE FROM certificates"))
        before = state(school)
        done = delete(school, REGISTRAR, Enrollment, row_id(Enrollment, "ana in algebra"))
        back = undo(school, REGISTRAR, done.operation)
        assert state(school) == before
        undo(school, REGISTRAR, back.operation)

    def test_a_certificate_stays_issued(self, school: Database) -> None:
        done = add(school, REGISTRAR, Certificate, new_id(), enrollment_id=row_id(Enrollment, "idle in empty"))
        before = state(school)
        with pytest.raises(Denied, match="kept for ever"):
            undo(school, REGISTRAR, done.operation)
        assert state(school) == before
        undo(school, ADMIN, done.operation)

    def test_what_was_done_as_an_administrator_is_no_longer_theirs(self, school: Database) -> None:
        second = actor("second admin")
        published = act(school, second, lambda uow: courses.publish(uow, (BOTANY,)))
        activated = act(school, second, lambda uow: people.activate(uow, (row_id(User, "former admin"),)))
        named = save(school, second, User, row_id(User, "ines"), full_name="Other")
        deleted = delete(school, second, User, row_id(User, "librarian"))
        become(school, "Second Admin", "registrar")
        now = demoted("second admin", "registrar")
        for done in (published, activated, named, deleted):
            before = state(school)
            with pytest.raises(Denied):
                undo(school, now, done.operation)
            assert state(school) == before


class TestInstructor:
    def test_a_course_of_ones_own_comes_back_with_its_quizzes(self, school: Database) -> None:
        with school.engine.begin() as connection:
            connection.execute(text("DELETE FROM certificates"))
        before = state(school)
        done = delete(school, INES, Course, ALGEBRA)
        back = undo(school, INES, done.operation)
        assert changed(before, state(school)) == {}
        again = undo(school, INES, back.operation)
        undo(school, INES, again.operation)
        assert changed(before, state(school)) == {}

    def test_a_quiz_with_its_attempts(self, school: Database) -> None:
        before = state(school)
        done = delete(school, INES, Quiz, row_id(Quiz, "of sums"))
        undo(school, INES, done.operation)
        assert state(school) == before

    def test_what_has_become_a_colleagues_meanwhile(self, school: Database) -> None:
        done = save(school, INES, Course, ALGEBRA, title="Mine")
        save(school, ADMIN, Course, ALGEBRA, instructor_id=row_id(User, "ivan"))
        with pytest.raises(Denied):
            undo(school, INES, done.operation)

    def test_a_row_that_would_come_back_into_a_colleagues_course(self, school: Database) -> None:
        done = delete(school, INES, Lesson, row_id(Lesson, "powers"))
        save(school, ADMIN, Course, ALGEBRA, instructor_id=row_id(User, "ivan"))
        before = state(school)
        with pytest.raises(Denied):
            undo(school, INES, done.operation)
        assert state(school) == before

    def test_a_question_that_would_go_back_to_a_colleagues_quiz(self, school: Database) -> None:
        question = row_id(QuizQuestion, "of algebra")
        done = save(school, INES, QuizQuestion, question, quiz_id=row_id(Quiz, "of sums"))
        save(school, ADMIN, Quiz, row_id(Quiz, "of algebra"), course_id=BOTANY)
        with pytest.raises(Denied):
            undo(school, INES, done.operation)


class TestTheHousesRules:
    def test_the_last_administrator_stays(self, school: Database) -> None:
        made = save(school, ADMIN, User, row_id(User, "ines"), role="admin")
        rest = ", ".join(f"'{row_id(User, name)}'" for name in ("admin", "second admin"))
        with school.engine.begin() as connection:
            connection.execute(text(f"UPDATE users SET is_active = false WHERE id IN ({rest})"))
        with pytest.raises(UserError, match="last active administrator"):
            undo(school, replace(INES, role="admin"), made.operation)

    def test_nobody_takes_away_their_own_account(self, school: Database) -> None:
        second = row_id(User, "second admin")
        done = act(school, ADMIN, lambda uow: people.deactivate(uow, (second,)))
        back = undo(school, ADMIN, done.operation)
        with pytest.raises(Denied, match="own account"):
            undo(school, actor("second admin"), back.operation)
        made = new_id()
        added = add(school, ADMIN, User, made, email="n@s.edu", full_name="N", role="admin")
        with pytest.raises(Denied, match="own account"):
            undo(school, replace(ADMIN, id=made, name="N"), added.operation)
