"""What the merge of two people's changes knows, says and leaves alone, beside the conflict matrix."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import URL, insert, text, update

from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Course, Enrollment, Lesson, LessonProgress, QuizQuestion, User, new_id
from lms_desktop.errors import Conflict
from lms_desktop.services import gate
from lms_desktop.services.edits import Clash, Clashes, Edit, Sides, State
from tests.postgres import plain_connection
from tests.services.test_records import edit, load, records, save
from tests.small_school import actor, opened, row_id, statements

ALGEBRA, SUMS = row_id(Course, "algebra"), row_id(Lesson, "sums")


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school."""
    with opened(database_url) as database:
        yield database


def sql(url: URL, statement: str, *values: object) -> None:
    """What another program does."""
    with plain_connection(url) as connection:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
        connection.commit()


def value(url: URL, question: str, *values: object) -> object:
    """The one value that a connection of its own reads."""
    with plain_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(question, values)
        ((found,),) = cursor.fetchall()
        return found


def clash_of(school: Database, who: str, *edits: Edit) -> Clash:
    """The first clash for which a save is refused."""
    with pytest.raises(Clashes) as refusal:
        save(school, who, *edits)
    return refusal.value.clashes[0]


METADATA = "SELECT metadata::text FROM courses WHERE id = %s"


class TestJson:
    def test_other_keys_are_merged_and_nobodys_writing_is_touched(self, school: Database, database_url: URL) -> None:
        sql(database_url, "UPDATE courses SET metadata = %s WHERE id = %s", '{"a": 1.50,  "b": "é"}', ALGEBRA)
        mine = edit(load(school, "admin", Course, ALGEBRA), course_metadata='{"a": 2.50,  "b": "é"}')
        theirs = '{ "b":"\\u00e9",\n"big":12345678901234567890.10, "a":1.50 }'
        sql(database_url, "UPDATE courses SET metadata = %s WHERE id = %s", theirs, ALGEBRA)
        outcome = save(school, "admin", mine)
        assert value(database_url, METADATA, ALGEBRA) == theirs.replace("1.50", "2.50")
        assert outcome.sentence == "Saved Algebra. Another program's change of Further data was kept."

    def test_the_same_key_is_told_by_its_name(self, school: Database, database_url: URL) -> None:
        sql(database_url, "UPDATE courses SET metadata = %s WHERE id = %s", '{"a": {"x": 1}, "b": 2}', ALGEBRA)
        mine = edit(load(school, "admin", Course, ALGEBRA), course_metadata='{"a": {"x": 10}, "b": 20}')
        sql(database_url, "UPDATE courses SET metadata = %s WHERE id = %s", '{"a": {"x": 1e2}, "b": 2}', ALGEBRA)
        clash = clash_of(school, "admin", mine)
        (point,) = [point for point in clash.points if point.sides is Sides.BOTH]
        assert (point.way, point.base, point.mine, point.theirs) == (("a", "x"), "1", "10", "1e2")

    def test_options_are_a_list_and_chosen_as_a_whole(self, school: Database, database_url: URL) -> None:
        question = row_id(QuizQuestion, "of algebra")
        sql(database_url, "UPDATE quiz_questions SET options = '[\"a\"]' WHERE id = %s", question)
        mine = edit(load(school, "admin", QuizQuestion, question), options='["a", "b"]')
        sql(database_url, 'UPDATE quiz_questions SET options = \'["a", "c"]\' WHERE id = %s', question)
        assert clash_of(school, "admin", mine).points[0].way == ()


class TestWhatIsKnown:
    def test_what_was_not_on_the_screen_is_known_from_the_log(self, school: Database) -> None:
        record = load(school, "admin", Course, ALGEBRA)
        seen = {"title": "Algebra"}
        mine = Edit(Course, ALGEBRA, record.version, {"title": "Algebra I"}, {"title": "Algebra"}, "Algebra", seen)
        save(school, "second admin", edit(record, description="All about x."))
        assert save(school, "admin", mine).sentence == (
            "Saved Algebra I. Second Admin's change of Description was kept."
        )

    def test_what_was_not_on_the_screen_is_not_claimed_to_be_known(self, school: Database, database_url: URL) -> None:
        record = load(school, "admin", Course, ALGEBRA)
        mine = Edit(Course, ALGEBRA, record.version, {"title": "Algebra I"}, {"title": "Algebra"}, "Algebra", {})
        sql(database_url, "UPDATE courses SET description = 'All about x.' WHERE id = %s", ALGEBRA)
        assert save(school, "admin", mine).sentence == "Saved Algebra I."
        assert value(database_url, "SELECT description FROM courses WHERE id = %s", ALGEBRA) == "All about x."

    def test_a_field_changed_twice_is_whose_it_was_last(self, school: Database, database_url: URL) -> None:
        first = load(school, "admin", Course, ALGEBRA)
        mine = edit(first, title="Mine")
        save(school, "second admin", edit(first, title="Theirs"))
        sql(database_url, "UPDATE courses SET title = 'Of a program', category = 'x' WHERE id = %s", ALGEBRA)
        clash = clash_of(school, "admin", mine)
        assert clash.points[0].who == "", "the log knows what it was, and it is that no longer"
        save(school, "ines", edit(load(school, "ines", Course, ALGEBRA), title="Of Ines"))
        clash = clash_of(school, "admin", mine)
        assert [(point.key, point.who) for point in clash.points] == [("title", "Ines"), ("category", "")]
        assert clash.who == ("Ines", "")

    def test_what_somebody_did_before_is_not_taken_for_a_change_since(
        self, school: Database, database_url: URL
    ) -> None:
        save(school, "second admin", edit(load(school, "admin", Course, ALGEBRA), title="Old title"))
        mine = edit(load(school, "admin", Course, ALGEBRA), title="Mine")
        sql(database_url, "UPDATE courses SET title = 'Of a program' WHERE id = %s", ALGEBRA)
        assert clash_of(school, "admin", mine).who == ("",)

    def test_references_are_called_by_their_names(self, school: Database) -> None:
        mine = edit(load(school, "admin", Lesson, SUMS), course_id=row_id(Course, "botany"))
        save(school, "second admin", edit(load(school, "admin", Lesson, SUMS), course_id=row_id(Course, "empty")))
        clash = clash_of(school, "admin", mine)
        point = clash.points[0]
        assert (point.key, point.sides) == ("course_id", Sides.BOTH)
        names = [clash.names[wire or ""][0] for wire in (point.base, point.mine, point.theirs)]
        assert names == ["Algebra", "Botany", "Empty"]

    def test_without_a_log_everything_merges_and_nobody_is_named(self, school: Database, database_url: URL) -> None:
        sql(database_url, "DROP SCHEMA lms_desktop CASCADE")
        mine = edit(load(school, "admin", Course, ALGEBRA), title="Algebra I")
        save(school, "second admin", edit(load(school, "admin", Course, ALGEBRA), category="Maths"))
        assert save(school, "admin", mine).sentence == (
            "Saved Algebra I. Another program's change of Category was kept."
        )
        clash = clash_of(school, "admin", replace(mine, values={"title": "Algebra II"}))
        assert clash.who == ("",)


class TestPasswords:
    def test_two_who_set_a_password_are_asked_which(self, school: Database) -> None:
        ana = load(school, "admin", User, row_id(User, "ana"))
        mine = edit(ana, password_hash="my new password")
        save(school, "second admin", edit(ana, password_hash="their new password"))
        clash = clash_of(school, "admin", mine)
        (point,) = clash.points
        assert (point.key, point.sides, point.base, point.theirs) == ("password_hash", Sides.BOTH, None, None)
        assert point.who == "Second Admin"

    def test_a_password_beside_another_change_is_set(self, school: Database, database_url: URL) -> None:
        ana = load(school, "admin", User, row_id(User, "ana"))
        save(school, "second admin", edit(ana, mfa_enabled="true"))
        save(school, "admin", edit(ana, password_hash="my new password"))
        hashed = value(database_url, "SELECT password_hash FROM users WHERE id = %s", ana.id)
        assert str(hashed).startswith("$2b$")
        assert value(database_url, "SELECT mfa_enabled FROM users WHERE id = %s", ana.id) is True


class TestOutOfReach:
    def test_a_lesson_moved_to_anothers_course_is_told_in_words(self, school: Database, database_url: URL) -> None:
        mine = edit(load(school, "ines", Lesson, SUMS), title="Sums and more")
        save(school, "admin", edit(load(school, "admin", Lesson, SUMS), course_id=row_id(Course, "botany")))
        clash = clash_of(school, "ines", mine)
        assert (clash.state, clash.theirs, clash.edit) == (State.AWAY, None, mine)
        assert clash_of(school, "ines", replace(mine, restore=True)).state is State.AWAY
        assert value(database_url, "SELECT title FROM lessons WHERE id = %s", SUMS) == "Sums"

    def test_a_course_handed_over_is_no_longer_hers_and_nothing_of_it_is_shown(self, school: Database) -> None:
        mine = edit(load(school, "ines", Course, ALGEBRA), title="My Algebra")
        save(school, "admin", edit(load(school, "admin", Course, ALGEBRA), instructor_id=row_id(User, "ivan")))
        clash = clash_of(school, "ines", mine)
        assert clash.state is State.AWAY
        assert all(point.theirs is None for point in clash.points)

    def test_who_became_one_of_the_staff_is_no_longer_a_registrars(self, school: Database) -> None:
        mine = edit(load(school, "registrar", User, row_id(User, "ana")), full_name="Ana S.")
        save(school, "admin", edit(load(school, "admin", User, row_id(User, "ana")), role="instructor"))
        clash = clash_of(school, "registrar", mine)
        assert (clash.state, clash.theirs) == (State.AWAY, None)


class TestRestoring:
    def test_what_somebody_else_deleted_comes_back_alone_and_that_is_said(
        self, school: Database, database_url: URL
    ) -> None:
        mine = edit(load(school, "ines", Lesson, SUMS), title="Sums and more")
        with gate.transaction(school, actor("admin")) as uow:
            uow.execute(text("DELETE FROM lessons WHERE id = :id"), {"id": SUMS})
            uow.outcome("Deleted it.")
        clash = clash_of(school, "ines", mine)
        assert (clash.whole, clash.with_it) == (False, {"lesson_progress": 1})
        outcome = save(school, "ines", replace(mine, restore=True))
        assert outcome.sentence.endswith("it was restored, but not the 1 lesson progress that went with it.")
        places = 'SELECT array_agg(title ORDER BY "order") FROM lessons WHERE course_id = %s'
        assert value(database_url, places, ALGEBRA) == ["Sums and more", "Products", "Powers"]
        progress = row_id(LessonProgress, "ana at sums")
        assert value(database_url, "SELECT count(*) FROM lesson_progress WHERE id = %s", progress) == 0

    @pytest.mark.parametrize("gone", ["sums", "products", "powers"])
    @pytest.mark.parametrize("whole", [False, True])
    def test_what_makes_room_for_itself_is_saved_with_its_neighbours(
        self, school: Database, database_url: URL, gone: str, whole: bool
    ) -> None:
        names = ["sums", "products", "powers"]
        mine = [edit(load(school, "ines", Lesson, row_id(Lesson, n)), title=f"My {n}") for n in names]
        with gate.transaction(school, actor("ines" if whole else "admin")) as uow:
            uow.execute(text("DELETE FROM lessons WHERE id = :id"), {"id": row_id(Lesson, gone)})
            uow.outcome("Deleted it.")
        save(school, "ines", *[replace(one, restore=one.id == row_id(Lesson, gone)) for one in mine])
        places = 'SELECT array_agg(title ORDER BY "order") FROM lessons WHERE course_id = %s'
        assert value(database_url, places, ALGEBRA) == ["My sums", "My products", "My powers"]

    def test_a_person_comes_back_with_a_password_that_nobody_knows(self, school: Database, database_url: URL) -> None:
        idle = row_id(User, "idle")
        mine = edit(load(school, "admin", User, idle), full_name="Ida")
        sql(database_url, "DELETE FROM users WHERE id = %s", idle)
        save(school, "admin", replace(mine, restore=True))
        assert value(database_url, "SELECT full_name FROM users WHERE id = %s", idle) == "Ida"
        hashed = value(database_url, "SELECT password_hash FROM users WHERE id = %s", idle)
        assert hashed != "no hash"

    def test_what_is_there_again_is_no_longer_restored_but_merged(self, school: Database, database_url: URL) -> None:
        record = load(school, "admin", Enrollment, row_id(Enrollment, "idle in empty"))
        mine = replace(edit(record, completed_at="2026-06-01 10:00:00+00"), restore=True)
        sql(database_url, "DELETE FROM enrollments WHERE id = %s", record.id)
        back = "INSERT INTO enrollments (id, student_id, course_id, enrolled_at) VALUES (%s, %s, %s, %s)"
        values = (record.id, row_id(User, "idle"), row_id(Course, "empty"), "2026-01-01 00:00:00+00")
        sql(database_url, back, *values)
        save(school, "admin", mine)
        row = "SELECT (enrolled_at, completed_at)::text FROM enrollments WHERE id = %s"
        assert "2026-01-01" in str(value(database_url, row, record.id))
        assert "2026-06-01" in str(value(database_url, row, record.id))

    def test_what_cannot_be_put_together_is_refused_in_words(self, school: Database, database_url: URL) -> None:
        record = load(school, "admin", Course, ALGEBRA)
        mine = Edit(Course, ALGEBRA, record.version, {"title": "X"}, {"title": "Algebra"}, "Algebra", {}, True)
        sql(database_url, "DELETE FROM courses WHERE id = %s", ALGEBRA)
        with pytest.raises(Conflict, match="Too little is known"):
            save(school, "admin", mine)


class TestMany:
    def test_five_hundred_rows_are_compared_in_a_few_statements(self, school: Database) -> None:
        ids = [new_id() for _ in range(500)]
        made = [
            {"id": i, "title": f"L {i}", "content_type": "text", "course_id": ALGEBRA, "order": 10 + n}
            for n, i in enumerate(ids)
        ]
        with school.engine.begin() as connection:
            connection.execute(insert(Lesson), made)
        with gate.reading(school, actor("admin")) as uow:
            loaded = records.load_all(uow, Lesson, ids)
        edits = [edit(loaded[i], title=f"Mine {i}") for i in ids]
        with school.engine.begin() as connection:
            connection.execute(update(Lesson).where(Lesson.id.in_(ids)).values(title="Theirs"))
        with statements(school) as seen, pytest.raises(Clashes) as refusal:
            save(school, "admin", *edits)
        assert len(refusal.value.clashes) == 500
        assert len(seen) < 15, seen

    def test_rows_that_merge_are_saved_together_and_counted(self, school: Database, database_url: URL) -> None:
        edits = [edit(load(school, "admin", User, row_id(User, name)), full_name=name) for name in ("ana", "bo")]
        sql(database_url, "UPDATE users SET mfa_enabled = true WHERE id = %s", edits[0].id)
        outcome = save(school, "admin", *edits)
        assert outcome.sentence == "Saved 2 people. What others had changed in 1 of them was kept."
        assert outcome.value.now[edits[0].id]["full_name"] == "ana"
        assert outcome.value.now[edits[0].id]["mfa_enabled"] == "true"
