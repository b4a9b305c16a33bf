"""What stands in the way of taking back is found, told, and left alone; the rest can be taken back."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL, text

from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Certificate, Course, Enrollment, Lesson, LessonProgress, Quiz, User, new_id
from lms_desktop.services.reverting import CHANGED, GONE, PARENT, TAKEN, THERE, USED, CannotRevert, Obstacle
from tests.services.school_states import add, changed, delete, execute, plan, save, state, undo
from tests.small_school import actor, opened, row_id, statements

ADMIN, SECOND = actor("admin"), actor("second admin")
ALGEBRA, BOTANY, EMPTY = (row_id(Course, name) for name in ("algebra", "botany", "empty"))
NEW_ENROLLMENT = {"student_id": row_id(User, "idle"), "course_id": ALGEBRA}


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school."""
    with opened(database_url) as database:
        yield database


def refused(school: Database, operation: str | None) -> list[Obstacle]:
    """What is in the way: nothing was written, and the plan said so before."""
    before = state(school)
    with pytest.raises(CannotRevert) as caught:
        undo(school, ADMIN, operation)
    assert state(school) == before
    assert plan(school, ADMIN, operation) == caught.value.plan
    return list(caught.value.plan.obstacles)


def other_program(school: Database, statement: str, **values: str) -> None:
    """What a program does that the log knows nothing of."""
    with school.engine.begin() as connection:
        connection.execute(text(statement), values)


class TestWhoseChange:
    def test_a_colleague_who_changed_the_same_field(self, school: Database) -> None:
        done = save(school, ADMIN, Course, ALGEBRA, title="Mine")
        save(school, SECOND, Course, ALGEBRA, title="Theirs", category="maths")
        (obstacle,) = refused(school, done.operation)
        assert (obstacle.entity, obstacle.id, obstacle.title, obstacle.reason) == (Course, ALGEBRA, "Theirs", CHANGED)
        assert obstacle.fields == (("title", "Mine", "Theirs"),)
        assert obstacle.who == "Second Admin"
        assert obstacle.when is not None

    def test_another_program(self, school: Database) -> None:
        done = save(school, ADMIN, Course, ALGEBRA, title="Mine", course_metadata='{"a": 1}')
        save(school, SECOND, Course, ALGEBRA, title="Theirs")
        other_program(school, "UPDATE courses SET title = 'Its', metadata = '{\"a\" : 1}' WHERE slug = 'algebra'")
        (obstacle,) = refused(school, done.operation)
        assert obstacle.fields == (("title", "Mine", "Its"), ("course_metadata", '{"a": 1}', '{"a" : 1}'))
        assert (obstacle.who, obstacle.when) == ("", None)

    def test_a_row_deleted_since(self, school: Database) -> None:
        done = save(school, ADMIN, Course, EMPTY, title="Mine")
        delete(school, SECOND, Course, EMPTY)
        (obstacle,) = refused(school, done.operation)
        assert (obstacle.reason, obstacle.title, obstacle.who) == (GONE, "Empty", "Second Admin")

    def test_a_row_of_which_only_others_fields_were_changed_is_not_in_the_way(self, school: Database) -> None:
        done = save(school, ADMIN, Course, ALGEBRA, title="Mine")
        save(school, SECOND, Course, ALGEBRA, category="maths")
        undo(school, ADMIN, done.operation)
        with school.engine.connect() as connection:
            now = connection.execute(text("SELECT title, category FROM courses WHERE id = :id"), {"id": ALGEBRA}).one()
        assert tuple(now) == ("Algebra", "maths")


class TestWhatWasAdded:
    def test_a_row_changed_since(self, school: Database) -> None:
        made = new_id()
        done = add(school, ADMIN, Enrollment, made, **NEW_ENROLLMENT)
        save(school, SECOND, Enrollment, made, completed_at="2026-01-01 00:00:00+00")
        (obstacle,) = refused(school, done.operation)
        assert (obstacle.reason, obstacle.title) == (CHANGED, "Idle · Algebra")
        assert obstacle.fields == (("completed_at", None, "2026-01-01 00:00:00+00"),)

    @pytest.mark.parametrize("entity", [LessonProgress, Certificate])
    def test_rows_that_hang_on_it_by_now(self, school: Database, entity: type) -> None:
        made = new_id()
        done = add(school, ADMIN, Enrollment, made, **NEW_ENROLLMENT)
        more = {"lesson_id": row_id(Lesson, "sums")} if entity is LessonProgress else {}
        add(school, SECOND, entity, new_id(), enrollment_id=made, **more)
        (obstacle,) = refused(school, done.operation)
        assert (obstacle.reason, obstacle.who) == (USED, "Second Admin")

    def test_rows_that_would_be_emptied(self, school: Database) -> None:
        made = new_id()
        done = add(school, ADMIN, Course, made, title="New", slug="new", instructor_id=row_id(User, "ines"))
        other_program(school, "UPDATE quizzes SET course_id = :id WHERE title = 'Of Nothing'", id=made)
        (obstacle,) = refused(school, done.operation)
        assert (obstacle.reason, obstacle.who) == (USED, "")

    def test_rows_that_would_forbid_it(self, school: Database) -> None:
        made = new_id()
        done = add(school, ADMIN, User, made, email="n@s.edu", full_name="N", role="instructor")
        save(school, SECOND, Course, EMPTY, instructor_id=made)
        (obstacle,) = refused(school, done.operation)
        assert (obstacle.reason, obstacle.title, obstacle.who) == (USED, "N", "Second Admin")

    def test_a_person_with_another_password_by_now(self, school: Database) -> None:
        made = new_id()
        done = add(school, ADMIN, User, made, email="n@s.edu", full_name="N", role="student")
        save(school, SECOND, User, made, password_hash="correct horse battery")
        (obstacle,) = refused(school, done.operation)
        assert (obstacle.reason, obstacle.fields, obstacle.who) == (CHANGED, (), "Second Admin")

    def test_it_is_gone(self, school: Database) -> None:
        made = new_id()
        done = add(school, ADMIN, Enrollment, made, **NEW_ENROLLMENT)
        delete(school, SECOND, Enrollment, made)
        (obstacle,) = refused(school, done.operation)
        assert (obstacle.reason, obstacle.title, obstacle.who) == (GONE, "Idle · Algebra", "Second Admin")


class TestWhatWasDeleted:
    def test_what_it_belongs_to_is_gone(self, school: Database) -> None:
        done = delete(school, ADMIN, Enrollment, row_id(Enrollment, "idle in empty"))
        delete(school, SECOND, Course, EMPTY)
        (obstacle,) = refused(school, done.operation)
        assert (obstacle.reason, obstacle.title, obstacle.who) == (PARENT, "Idle", "Second Admin")
        assert obstacle.fields == (("course_id", EMPTY, None),)

    def test_it_is_there_again(self, school: Database) -> None:
        enrollment = row_id(Enrollment, "idle in empty")
        done = delete(school, ADMIN, Enrollment, enrollment)
        add(school, SECOND, Enrollment, enrollment, student_id=row_id(User, "bo"), course_id=EMPTY)
        (obstacle,) = refused(school, done.operation)
        assert (obstacle.reason, obstacle.title, obstacle.who) == (THERE, "Bo · Empty", "Second Admin")

    def test_another_row_has_its_unique_value(self, school: Database) -> None:
        done = delete(school, ADMIN, Course, EMPTY)
        other = add(school, SECOND, Course, new_id(), title="X", slug="empty", instructor_id=row_id(User, "ines"))
        first, *rest = refused(school, done.operation)
        assert (first.entity, first.reason, first.title, first.who) == (Course, TAKEN, "Empty", "Second Admin")
        assert first.fields == (("slug", None, "empty"),)
        assert [(obstacle.entity, obstacle.reason) for obstacle in rest] == [(Enrollment, PARENT)]
        undo(school, ADMIN, other.operation)
        undo(school, ADMIN, done.operation)

    def test_the_student_was_enrolled_anew(self, school: Database) -> None:
        done = delete(school, ADMIN, Enrollment, row_id(Enrollment, "idle in empty"))
        other_program(
            school,
            "INSERT INTO enrollments (id, student_id, course_id) VALUES (gen_random_uuid(), :student, :course)",
            student=row_id(User, "idle"),
            course=EMPTY,
        )
        (obstacle,) = refused(school, done.operation)
        assert (obstacle.reason, obstacle.who) == (TAKEN, "")
        assert obstacle.fields == (("student_id", None, row_id(User, "idle")), ("course_id", None, EMPTY))


class TestWhatIsChangedBack:
    def test_the_former_value_is_taken(self, school: Database) -> None:
        done = save(school, ADMIN, Course, ALGEBRA, slug="algebra-2")
        save(school, SECOND, Course, BOTANY, slug="algebra")
        (obstacle,) = refused(school, done.operation)
        assert (obstacle.reason, obstacle.fields) == (TAKEN, (("slug", "algebra-2", "algebra"),))
        assert obstacle.who == "Second Admin"

    def test_what_it_referred_to_is_gone(self, school: Database) -> None:
        done = save(school, ADMIN, Quiz, row_id(Quiz, "of botany"), course_id=ALGEBRA)
        delete(school, SECOND, Course, BOTANY)
        (obstacle,) = refused(school, done.operation)
        assert (obstacle.reason, obstacle.fields) == (PARENT, (("course_id", BOTANY, None),))


class TestThePossiblePart:
    def test_of_several_rows_the_others(self, school: Database) -> None:
        before = state(school)
        done = execute(school, ADMIN, "UPDATE courses SET title = 'x'")
        save(school, SECOND, Course, BOTANY, title="Theirs")
        (obstacle,) = refused(school, done.operation)
        assert plan(school, ADMIN, done.operation).possible == 2
        back = undo(school, ADMIN, done.operation, possible_part=True)
        assert back.sentence == "Took back in part: Ran SQL."
        assert changed(before, state(school)) == {"courses": {obstacle.id}}

    def test_what_depends_on_what_cannot_come_back_stays_away(self, school: Database) -> None:
        before = state(school)
        done = delete(school, ADMIN, Course, ALGEBRA, BOTANY)
        add(school, SECOND, Course, new_id(), title="X", slug="botany", instructor_id=row_id(User, "ines"))
        found = refused(school, done.operation)
        assert found[0].id == BOTANY
        undo(school, ADMIN, done.operation, possible_part=True)
        left = changed(before, state(school))
        assert left["lessons"] == {row_id(Lesson, "leaves")}
        assert left["enrollments"] == {row_id(Enrollment, "bo in botany")}
        assert left["lesson_progress"] == {row_id(LessonProgress, "bo at leaves")}
        assert left["certificates"] == {row_id(Certificate, "of bo")}
        assert left["quizzes"] == {row_id(Quiz, "of botany"), row_id(Quiz, "of algebra and leaves")}
        assert {(type_, row.id) for row in found for type_ in [row.entity.__tablename__]} == {  # type: ignore[attr-defined]
            (table, row) for table, ids in left.items() for row in ids if before[table].get(row)
        }

    def test_what_a_row_hangs_on_that_cannot_be_taken_away_stays_too(self, school: Database) -> None:
        course, kept, other = new_id(), new_id(), new_id()
        new = "INSERT INTO enrollments (id, student_id, course_id) SELECT '{}', id, '{}' FROM users WHERE email = '{}'"
        done = execute(
            school,
            ADMIN,
            "INSERT INTO courses (id, title, slug, is_published, instructor_id)"
            f" SELECT '{course}', 'New', 'new', true, id FROM users WHERE role = 'instructor' ORDER BY id LIMIT 1",
            new.format(kept, course, "ana@school.edu"),
            new.format(other, course, "bo@school.edu"),
        )
        other_program(school, "UPDATE enrollments SET completed_at = now() WHERE id = :id", id=kept)
        found = refused(school, done.operation)
        assert {(row.id, row.reason) for row in found} == {(kept, CHANGED), (course, USED)}
        undo(school, ADMIN, done.operation, possible_part=True)
        after = state(school)
        assert kept in after["enrollments"]
        assert other not in after["enrollments"]
        assert course in after["courses"]

    def test_nothing_is_possible(self, school: Database) -> None:
        done = save(school, ADMIN, Course, ALGEBRA, title="Mine")
        save(school, SECOND, Course, ALGEBRA, title="Theirs")
        with pytest.raises(CannotRevert):
            undo(school, ADMIN, done.operation, possible_part=True)


def test_many_rows_in_the_way_are_counted_and_some_told(school: Database) -> None:
    other_program(
        school,
        'INSERT INTO lessons (id, course_id, title, content_type, "order")'
        " SELECT gen_random_uuid(), :course, 'L', 'text', n FROM generate_series(1, 3000) n",
        course=EMPTY,
    )
    done = execute(school, ADMIN, "UPDATE lessons SET title = 'M', updated_at = now()")
    other_program(school, "UPDATE lessons SET title = 'N' WHERE \"order\" > 100 AND course_id = :course", course=EMPTY)
    with pytest.raises(CannotRevert, match="2900 of its rows"):
        undo(school, ADMIN, done.operation)
    found = plan(school, ADMIN, done.operation)
    assert (found.obstacle_count, found.possible, len(found.obstacles)) == (2900, 104, 200)
    undo(school, ADMIN, done.operation, possible_part=True)
    with school.engine.connect() as connection:
        counted = connection.execute(text("SELECT title, count(*) FROM lessons GROUP BY title HAVING count(*) > 1"))
        assert set(map(tuple, counted)) == {("L", 100), ("N", 2900)}


def test_as_many_statements_for_many_rows_in_the_way_as_for_one(school: Database) -> None:
    done = execute(school, ADMIN, "DELETE FROM enrollments", "UPDATE lessons SET title = 'x'")
    other_program(school, "UPDATE lessons SET title = 'y' WHERE title = 'x' AND \"order\" = 2")
    counted = []
    for change in ("SELECT 1", "UPDATE lessons SET title = 'z'"):
        other_program(school, change)
        with statements(school) as seen:
            found = plan(school, ADMIN, done.operation)
        counted.append((found.obstacle_count, len(seen)))
    (one, first), (several, second) = counted
    assert (one, several) == (1, 4)
    assert first == second
