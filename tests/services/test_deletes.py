"""The figures of a delete are the rows that it changes, all of them and no others; and what stops it stops it whole."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import URL, text

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database, Outcome
from lms_desktop.entities import ENTITIES, Course, Enrollment, Lesson, User
from lms_desktop.errors import Cancelled, Conflict, Denied, UserError
from lms_desktop.services import gate
from lms_desktop.services.deleting import Question, Remedy, question, remedies
from lms_desktop.services.impact import DELETED, EMPTIED, FORBIDDING, RESET, impact
from lms_desktop.services.records import Records
from tests.postgres import plain_connection
from tests.sample_school import engine_of
from tests.services.deleted import Tables, all_rows, changed, foretold
from tests.small_school import SYSTEM, actor, opened, row_id

records = Records(CATALOG)

CASCADE_RULES = {
    "users": {"courses": "RESTRICT", "enrollments": "CASCADE", "refresh_tokens": "CASCADE", "quiz_attempts": "CASCADE"},
    "courses": {"lessons": "CASCADE", "enrollments": "CASCADE", "quizzes": "SET NULL", "certificates": "CASCADE"},
    "lessons": {"lesson_progress": "CASCADE", "quizzes": "SET NULL"},
    "enrollments": {"lesson_progress": "CASCADE", "certificates": "CASCADE"},
    "quizzes": {"quiz_questions": "CASCADE", "quiz_attempts": "CASCADE"},
}
"""The schema document's table of cascade rules, parent by parent."""

WAYS = pytest.mark.parametrize("progress", [None, lambda *_: None], ids=["at once", "in chunks"])
Progress = Callable[[float, str], None] | None


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school."""
    with opened(database_url) as database:
        yield database


@contextmanager
def opened_seeded(url: URL) -> Iterator[Database]:
    """The sample school, through the program's own engine."""
    with engine_of(url) as engine:
        yield Database(engine)


def ask(database: Database, who: str, entity: type, *ids: str) -> Question:
    """What is asked before these rows are deleted."""
    with gate.reading(database, actor(who) if who else SYSTEM) as uow:
        return question(uow, CATALOG, entity, ids)


def carry_out(
    database: Database, who: str, asked: Question, progress: Progress = None, ways: tuple[Remedy, ...] = ()
) -> Outcome:
    """Delete what was asked about."""
    entity: Any = asked.impact.entity
    with gate.transaction(database, actor(who) if who else SYSTEM) as uow:
        found = uow.connection.exec_driver_sql(
            f"SELECT id::text, xmin::text FROM {entity.__tablename__} WHERE id = ANY (%s::uuid[])",
            (list(asked.impact.ids),),
        )
        return records.delete(uow, entity, dict(map(tuple, found)), asked.impact, progress, ways)


def look(database: Database, *tables: str) -> Tables:
    """All rows, by a connection that owes nothing to the program."""
    with plain_connection(database.engine.url) as connection, connection.cursor() as cursor:
        return all_rows(cursor, tables) if tables else all_rows(cursor)


def write(database: Database, *statements: str, **values: str) -> None:
    """What another program does."""
    with database.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement), values)


def most_hang_on(database: Database, parent: str, count: int) -> list[str]:
    """The rows of a parent table on which most hangs, those first that nothing forbids to delete."""
    on = {
        "users": "(SELECT count(*) FROM enrollments c WHERE c.student_id = p.id)"
        " - 1000 * (SELECT count(*) FROM courses c WHERE c.instructor_id = p.id)"
        " - 1000000 * (p.role = 'admin')::int",
        "courses": "(SELECT count(*) FROM enrollments c WHERE c.course_id = p.id)"
        " * (1 + (SELECT count(*) FROM quizzes c WHERE c.course_id = p.id))",
        "lessons": "(SELECT count(*) FROM lesson_progress c WHERE c.lesson_id = p.id)"
        " + 1000 * (SELECT count(*) FROM quizzes c WHERE c.lesson_id = p.id)",
        "enrollments": "(SELECT count(*) FROM lesson_progress c WHERE c.enrollment_id = p.id)"
        " * (1 + (SELECT count(*) FROM certificates c WHERE c.enrollment_id = p.id))",
        "quizzes": "(SELECT count(*) FROM quiz_attempts c WHERE c.quiz_id = p.id)",
    }[parent]
    with plain_connection(database.engine.url) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT p.id::text FROM {parent} p ORDER BY {on} DESC, id LIMIT {count}")
        return [row_id for (row_id,) in cursor.fetchall()]


class TestFigures:
    @WAYS
    @pytest.mark.parametrize("count", [1, 3])
    @pytest.mark.parametrize("parent", CASCADE_RULES)
    def test_the_figures_are_the_rows_that_the_delete_changes(
        self, seeded_url: URL, parent: str, count: int, progress: Progress
    ) -> None:
        with opened_seeded(seeded_url) as school:
            entity = next(e for e in ENTITIES if e.__tablename__ == parent)
            ids = most_hang_on(school, parent, count)
            before = look(school)
            asked = ask(school, "", entity, *ids)
            carry_out(school, "", asked, progress)
            really = changed(before, look(school))
            assert really == foretold(asked.impact)
            for child, rule in CASCADE_RULES[parent].items():
                if rule == "CASCADE" and child != "refresh_tokens":
                    assert really.deleted[child] > 0, f"nothing of {child} hung on it: this proves nothing"
                elif rule == "SET NULL":
                    assert really.emptied[child] > 0

    @WAYS
    def test_what_restricts_a_delete_is_counted_and_nothing_changes(self, seeded_url: URL, progress: Progress) -> None:
        with opened_seeded(seeded_url) as school:
            before = look(school)
            courses = [row["instructor_id"] for row in before["courses"].values()]
            teacher = max(set(courses), key=courses.count)
            assert teacher is not None
            asked = ask(school, "", User, teacher)
            ((effect,)) = asked.impact.of(FORBIDDING)
            assert (effect.table, effect.count, effect.columns) == (
                "courses",
                courses.count(teacher),
                ("instructor_id",),
            )
            with pytest.raises(UserError, match="referred to by"):
                carry_out(school, "", asked, progress)
            assert look(school) == before

    def test_a_quiz_that_loses_course_and_lesson_counts_once_and_names_both(self, school: Database) -> None:
        asked = ask(school, "admin", Course, row_id(Course, "algebra"))
        (quizzes,) = asked.impact.of(EMPTIED)
        assert (quizzes.count, quizzes.columns, quizzes.each) == (4, ("course_id", "lesson_id"), (3, 2))

    def test_a_row_that_hangs_on_two_rows_that_go_counts_once(self, school: Database) -> None:
        asked = ask(school, "admin", Course, row_id(Course, "algebra"))
        assert {e.table: e.count for e in asked.impact.of(DELETED)} == {
            "lessons": 3,
            "enrollments": 1,
            "lesson_progress": 3,
            "certificates": 1,
        }

    def test_a_few_rows_are_named_as_people_say_them_as_far_as_one_may_see_them(self, school: Database) -> None:
        asked = ask(school, "ines", Lesson, row_id(Lesson, "sums"))
        names = {e.table: e.names for e in asked.impact.effects}
        assert names["lesson_progress"] == ("Ana · Sums",)
        assert set(names["quizzes"]) == {"Of Sums", "Of Algebra And Sums"}
        with gate.reading(school, actor("ines")) as uow:
            others = question(uow, CATALOG, Lesson, [row_id(Lesson, "sums")])
        assert asked == others

    def test_counting_stops_at_a_bound_and_says_so(self, school: Database) -> None:
        with gate.reading(school, actor("admin")) as uow:
            found = impact(uow, Course, [row_id(Course, "algebra")], most=2)
        figures = {e.table: (e.count, e.more) for e in found.effects}
        assert figures["lessons"] == (2, True)
        assert figures["enrollments"] == (1, False)
        assert figures["quizzes"] == (2, True)
        assert found.differs(ask(school, "admin", Course, row_id(Course, "algebra")).impact) is False


class TestTablesOfOthers:
    @WAYS
    def test_keys_of_several_columns_and_other_schemas_are_walked(self, school: Database, progress: Progress) -> None:
        algebra = row_id(Course, "algebra")
        write(
            school,
            "CREATE SCHEMA forum",
            "CREATE TABLE forum.threads (n int, course uuid REFERENCES courses ON DELETE CASCADE,"
            " PRIMARY KEY (n, course))",
            'CREATE TABLE forum."odd:posts" (k int PRIMARY KEY, n int, course uuid,'
            " FOREIGN KEY (n, course) REFERENCES forum.threads ON DELETE CASCADE)",
            'CREATE TABLE forum.likes (k int PRIMARY KEY, post int REFERENCES forum."odd\\:posts" ON DELETE SET NULL)',
            f"INSERT INTO forum.threads SELECT n, '{algebra}' FROM generate_series(1, 3) n",
            f"INSERT INTO forum.\"odd\\:posts\" SELECT n, n, '{algebra}' FROM generate_series(1, 3) n",
            "INSERT INTO forum.likes SELECT n, 1 + n % 2 FROM generate_series(1, 5) n",
        )
        tables = (*look(school), "forum.threads", 'forum."odd:posts"', "forum.likes")
        before = look(school, *tables)
        asked = ask(school, "admin", Course, row_id(Course, "algebra"))
        carry_out(school, "admin", asked, progress)
        really, said = changed(before, look(school, *tables)), foretold(asked.impact)
        really.deleted["forum.odd:posts"] = really.deleted.pop('forum."odd:posts"')
        assert really == said
        assert said.deleted["forum.threads"] == 3
        assert said.emptied["forum.likes"] == 5

    def test_a_table_that_refers_to_itself_is_followed(self, school: Database) -> None:
        write(
            school,
            "CREATE TABLE posts (id int PRIMARY KEY, author uuid REFERENCES users ON DELETE CASCADE,"
            " answers int REFERENCES posts ON DELETE CASCADE)",
            f"INSERT INTO posts SELECT n, CASE n WHEN 1 THEN '{row_id(User, 'bo')}'::uuid END, nullif(n - 1, 0)"
            " FROM generate_series(1, 40) n",
        )
        asked = ask(school, "admin", User, row_id(User, "bo"))
        assert {e.table: e.count for e in asked.impact.of(DELETED)}["posts"] == 40
        carry_out(school, "admin", asked, lambda *_: None)
        assert not look(school, "posts")["posts"]

    @WAYS
    def test_a_default_in_place_of_what_goes_is_told_apart(self, school: Database, progress: Progress) -> None:
        empty, algebra = row_id(Course, "empty"), row_id(Course, "algebra")
        write(
            school,
            f"CREATE TABLE ads (n int PRIMARY KEY, course uuid DEFAULT '{empty}' REFERENCES courses"
            " ON DELETE SET DEFAULT)",
            f"INSERT INTO ads VALUES (1, '{algebra}'), (2, '{algebra}'), (3, '{empty}')",
        )
        tables = (*look(school), "ads")
        before = look(school, *tables)
        asked = ask(school, "admin", Course, algebra)
        assert [(e.table, e.count) for e in asked.impact.of(RESET)] == [("ads", 2)]
        carry_out(school, "admin", asked, progress)
        assert changed(before, look(school, *tables)) == foretold(asked.impact)

    @WAYS
    def test_a_column_that_cannot_be_emptied_forbids(self, school: Database, progress: Progress) -> None:
        write(
            school,
            "CREATE TABLE fees (n int PRIMARY KEY, course uuid NOT NULL REFERENCES courses ON DELETE SET NULL)",
            f"INSERT INTO fees VALUES (1, '{row_id(Course, 'algebra')}')",
        )
        asked = ask(school, "admin", Course, row_id(Course, "algebra"))
        assert [(e.table, e.count) for e in asked.impact.of(FORBIDDING)] == [("fees", 1)]
        with pytest.raises(UserError, match="1 fees"):
            carry_out(school, "admin", asked, progress)

    @pytest.mark.parametrize(("rule", "forbids"), [("NO ACTION", False), ("RESTRICT", True)])
    def test_what_goes_along_forbids_only_where_the_rule_asks_at_once(
        self, school: Database, rule: str, forbids: bool
    ) -> None:
        write(
            school,
            "CREATE TABLE notes (n int PRIMARY KEY, course uuid REFERENCES courses ON DELETE CASCADE,"
            f" lesson uuid REFERENCES lessons ON DELETE {rule})",
            f"INSERT INTO notes VALUES (1, '{row_id(Course, 'algebra')}', '{row_id(Lesson, 'sums')}')",
        )
        asked = ask(school, "admin", Course, row_id(Course, "algebra"))
        assert asked.impact.forbidden is forbids
        if not forbids:
            carry_out(school, "admin", asked)
            assert not look(school, "notes")["notes"]

    def test_a_circle_of_tables_is_said_to_be_unknown(self, school: Database) -> None:
        write(
            school,
            "CREATE TABLE pages (n int PRIMARY KEY, book int, course uuid REFERENCES courses ON DELETE CASCADE)",
            "CREATE TABLE books (n int PRIMARY KEY, page int REFERENCES pages ON DELETE CASCADE)",
            "ALTER TABLE pages ADD FOREIGN KEY (book) REFERENCES books ON DELETE CASCADE",
        )
        asked = ask(school, "admin", Course, row_id(Course, "algebra"))
        assert asked.impact.unknown == ("books", "pages")
        carry_out(school, "admin", asked, lambda *_: None)
        assert row_id(Course, "algebra") not in look(school)["courses"]

    def test_where_certificates_may_be_in_such_a_circle_it_is_an_administrators(self, school: Database) -> None:
        write(
            school,
            "CREATE TABLE tutors (n int PRIMARY KEY, seat uuid REFERENCES enrollments ON DELETE CASCADE)",
            "ALTER TABLE enrollments ADD COLUMN tutor int REFERENCES tutors ON DELETE CASCADE",
        )
        empty = row_id(Course, "empty")
        write(school, f"UPDATE courses SET instructor_id = '{row_id(User, 'ines')}' WHERE id = '{empty}'")
        asked = ask(school, "ines", Course, empty)
        assert {"enrollments", "certificates"} <= set(asked.impact.unknown)
        with pytest.raises(Denied, match="cannot be told"):
            carry_out(school, "ines", asked)
        carry_out(school, "admin", ask(school, "admin", Course, empty))

    def test_what_this_connection_may_not_read_is_said_to_be_unknown(self, school: Database) -> None:
        write(
            school,
            "CREATE TABLE wages (n int PRIMARY KEY, person uuid REFERENCES users ON DELETE CASCADE)",
            "CREATE ROLE clerk_of_the_test",
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO clerk_of_the_test",
            "REVOKE ALL ON wages FROM clerk_of_the_test",
        )
        try:
            with gate.reading(school, SYSTEM) as uow:
                uow.connection.exec_driver_sql("SET LOCAL ROLE clerk_of_the_test")
                asked = question(uow, CATALOG, User, [row_id(User, "bo")])
        finally:
            write(school, "DROP OWNED BY clerk_of_the_test", "DROP ROLE clerk_of_the_test")
        assert asked.impact.unknown == ("wages",)


class TestTwoPeople:
    @WAYS
    @pytest.mark.parametrize(
        "meanwhile",
        [
            f'INSERT INTO lessons (id, course_id, title, content_type, "order", created_at, updated_at)'
            f" VALUES (gen_random_uuid(), '{row_id(Course, 'algebra')}', 'New', 'text', 4, now(), now())",
            f"DELETE FROM lesson_progress WHERE lesson_id = '{row_id(Lesson, 'sums')}'",
            f"UPDATE quizzes SET course_id = NULL, lesson_id = NULL WHERE lesson_id = '{row_id(Lesson, 'sums')}'",
        ],
        ids=["a row more", "a row less", "another to be emptied"],
    )
    def test_other_figures_than_were_agreed_stop_it(self, school: Database, meanwhile: str, progress: Progress) -> None:
        asked = ask(school, "admin", Course, row_id(Course, "algebra"))
        write(school, meanwhile)
        before = look(school)
        with pytest.raises(Conflict, match="other rows hang on this"):
            carry_out(school, "admin", asked, progress)
        assert look(school) == before

    def test_a_cancel_in_the_middle_leaves_every_row_as_it_was(self, school: Database) -> None:
        before = look(school)
        told: list[str] = []

        def stop(fraction: float, sentence: str) -> None:
            told.append(sentence)
            if sentence == "courses…":  # all but the course itself is gone
                raise Cancelled

        asked = ask(school, "admin", Course, row_id(Course, "algebra"))
        with pytest.raises(Cancelled):
            carry_out(school, "admin", asked, stop)
        assert "enrollments…" in told
        assert look(school) == before
        with school.reading(SYSTEM) as uow:
            assert uow.execute(text("SELECT count(*) FROM lms_desktop.changes")).scalar_one() == 0


class TestRoles:
    def test_an_instructor_deletes_own_lessons_and_no_others(self, school: Database) -> None:
        asked = ask(school, "ines", Lesson, row_id(Lesson, "powers"))
        assert carry_out(school, "ines", asked).sentence == "Deleted Powers."
        with pytest.raises(Denied):
            ask(school, "ines", Lesson, row_id(Lesson, "leaves"))

    @WAYS
    @pytest.mark.parametrize(
        ("who", "entity", "name"), [("ines", Course, "algebra"), ("registrar", Enrollment, "ana in algebra")]
    )
    def test_a_certificate_makes_it_an_administrators(
        self, school: Database, who: str, entity: type, name: str, progress: Progress
    ) -> None:
        asked = ask(school, who, entity, row_id(entity, name))
        assert asked.refused is not None
        before = look(school)
        with pytest.raises(Denied, match="kept for ever"):
            carry_out(school, who, asked, progress)
        assert look(school) == before
        again = ask(school, "admin", entity, row_id(entity, name))
        assert again.refused is None
        assert again.impact.certificates == 1

    def test_nobody_is_asked_about_what_the_role_may_not_delete(self, school: Database) -> None:
        for who, entity, name in (("registrar", User, "ana"), ("registrar", Course, "algebra"), ("ines", User, "ana")):
            with pytest.raises(Denied):
                ask(school, who, entity, row_id(entity, name))


class TestRemedies:
    @WAYS
    def test_an_instructors_courses_go_to_another_and_the_instructor_goes_in_one_operation(
        self, school: Database, progress: Progress
    ) -> None:
        ines, ivan = row_id(User, "ines"), row_id(User, "ivan")
        asked = ask(school, "admin", User, ines)
        ((effect, field, number),) = remedies(actor("admin"), CATALOG, asked.impact)
        assert (effect.table, field.key, number) == ("courses", "instructor_id", 1)
        outcome = carry_out(school, "admin", asked, progress, (Remedy(Course, "instructor_id", ivan, 1),))
        assert outcome.sentence == "Deleted Ines; 1 course went to Ivan."
        now = look(school)
        assert ines not in now["users"]
        assert now["courses"][row_id(Course, "algebra")]["instructor_id"] == ivan
        with school.reading(SYSTEM) as uow:
            log = uow.execute(text("SELECT entity, action FROM lms_desktop.changes ORDER BY entity")).all()
            operations = uow.execute(text("SELECT id::text FROM lms_desktop.operations")).scalars().all()
        assert [tuple(line) for line in log] == [("courses", "U"), ("users", "D")]
        assert operations == [outcome.operation]

    @pytest.mark.parametrize(
        ("heir", "number", "why"),
        [("ines", 1, "being deleted as well"), ("bo", 1, "not there any more"), ("ivan", 2, "Meanwhile other rows")],
        ids=["to the same", "to somebody who may not teach", "another number"],
    )
    def test_what_cannot_be_handed_over_so_changes_nothing(
        self, school: Database, heir: str, number: int, why: str
    ) -> None:
        before = look(school)
        asked = ask(school, "admin", User, row_id(User, "ines"))
        way = Remedy(Course, "instructor_id", row_id(User, heir), number)
        with pytest.raises(UserError, match=why):
            carry_out(school, "admin", asked, None, (way,))
        assert look(school) == before

    def test_only_whoever_may_hand_a_course_over_is_offered_to(self, school: Database) -> None:
        asked = ask(school, "admin", User, row_id(User, "ines"))
        assert remedies(actor("ines"), CATALOG, asked.impact) == ()

    def test_rows_of_another_program_have_no_remedy_here(self, school: Database) -> None:
        write(
            school,
            "CREATE TABLE loans (n int PRIMARY KEY, person uuid REFERENCES users)",
            f"INSERT INTO loans VALUES (1, '{row_id(User, 'ines')}')",
        )
        asked = ask(school, "admin", User, row_id(User, "ines"))
        assert {e.table for e in asked.impact.of(FORBIDDING)} == {"courses", "loans"}
        assert remedies(actor("admin"), CATALOG, asked.impact) == ()
