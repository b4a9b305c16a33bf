"""Loading, saving and deleting records through the gate, with a second writer about, on a real server."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from passlib.hash import bcrypt
from sqlalchemy import URL, delete, func, select, text, update

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Actor, Database, Outcome
from lms_desktop.entities import Certificate, Course, Enrollment, Lesson, LessonProgress, Quiz, User, new_id
from lms_desktop.errors import Conflict, Denied, UserError
from lms_desktop.services import gate
from lms_desktop.services.impact import DELETED, EMPTIED, FORBIDDING, impact
from lms_desktop.services.records import Clashes, Edit, Record, Records, Refused
from tests.small_school import SYSTEM, actor, opened, row_id

records = Records(CATALOG)
ANA_IN_ALGEBRA = row_id(Enrollment, "ana in algebra")
IDLE_IN_EMPTY = row_id(Enrollment, "idle in empty")


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school."""
    with opened(database_url) as database:
        yield database


def load(database: Database, who: str, entity: type, identity: str) -> Record:
    """A record that is there."""
    with gate.reading(database, actor(who)) as uow:
        record = records.load(uow, entity, identity)
    assert record is not None
    return record


def save(database: Database, who: str | Actor, *edits: Edit) -> Outcome:
    """Save as somebody."""
    with gate.transaction(database, actor(who) if isinstance(who, str) else who) as uow:
        return records.save(uow, edits)


def edit(record: Record, **values: str | None) -> Edit:
    """An edit of a record as it was loaded."""
    base = {key: record.values.get(key) for key in values}
    return Edit(record.entity, record.id, record.version, values, base, record.title, record.values)


def new(entity: type, **values: str | None) -> Edit:
    """A new row."""
    return Edit(entity, new_id(), None, values)


def stored(database: Database, entity: Any, identity: str, column: str) -> Any:
    """What stands in the database."""
    with database.reading(SYSTEM) as uow:
        return uow.execute(select(getattr(entity, column)).where(entity.id == identity)).scalar_one()


def remove(database: Database, who: str, entity: type, *identities: str) -> Outcome:
    """Delete rows after having been asked, as the page does."""
    with gate.reading(database, actor(who)) as uow:
        found = impact(uow, entity, identities)
        versions = {i: record.version for i in identities if (record := records.load(uow, entity, i))}
    with gate.transaction(database, actor(who)) as uow:
        return records.delete(uow, entity, versions, {e.table: e.count for e in found.of(DELETED)})


class TestSaving:
    def test_a_changed_value_stands_in_the_database_with_a_new_version(self, school: Database) -> None:
        before = load(school, "registrar", Enrollment, IDLE_IN_EMPTY)
        outcome = save(school, "registrar", edit(before, completed_at="2026-11-22 09:00:00+00"))
        assert str(stored(school, Enrollment, IDLE_IN_EMPTY, "completed_at")) == "2026-11-22 09:00:00+00:00"
        after = load(school, "registrar", Enrollment, IDLE_IN_EMPTY)
        assert outcome.value == {IDLE_IN_EMPTY: after.version} != {IDLE_IN_EMPTY: before.version}
        assert outcome.sentence == "Saved Idle · Empty."

    def test_a_new_enrollment_is_made_and_the_same_again_is_refused_in_words(self, school: Database) -> None:
        values = {"student_id": row_id(User, "bo"), "course_id": row_id(Course, "algebra")}
        assert save(school, "registrar", new(Enrollment, **values)).sentence == "Saved Bo · Algebra."
        with pytest.raises(Refused) as refusal:
            save(school, "registrar", new(Enrollment, **values))
        assert "already" in refusal.value.text
        assert "uq_" not in str(refusal.value)

    def test_a_new_row_whose_save_came_through_unheard_is_not_made_twice(self, school: Database) -> None:
        first = new(Course, title="Chemistry")
        save(school, "ines", first)
        save(school, "ines", first)
        assert stored(school, Course, first.id, "slug") == "chemistry"
        save(school, "ines", replace(first, values={"title": "Chemistry II"}))
        assert stored(school, Course, first.id, "title") == "Chemistry II"
        with pytest.raises(Clashes) as clashes:
            save(school, "ivan", first)
        assert clashes.value.clashes[0].theirs is None, "a row of somebody else is nobody's business"

    def test_a_password_is_given_again_to_a_row_that_came_through_unheard(self, school: Database) -> None:
        first = new(User, email="new@school.edu", full_name="New", password_hash="the first one")
        save(school, "registrar", first)
        save(school, "registrar", replace(first, values={**first.values, "password_hash": "the second one"}))
        assert bcrypt.verify("the second one", stored(school, User, first.id, "password_hash"))
        hers = Edit(User, row_id(User, "ines"), None, {"full_name": "Ines", "email": "ines@school.edu"})
        with pytest.raises((Denied, Refused)):
            save(school, "registrar", replace(hers, values={**hers.values, "password_hash": "mine from now on"}))

    def test_a_change_whose_save_came_through_unheard_is_no_conflict(self, school: Database) -> None:
        change = edit(load(school, "registrar", Enrollment, IDLE_IN_EMPTY), completed_at="2026-11-22 09:00:00+00")
        save(school, "registrar", change)
        save(school, "registrar", change)
        assert str(stored(school, Enrollment, IDLE_IN_EMPTY, "completed_at")) == "2026-11-22 09:00:00+00:00"

    def test_all_or_nothing(self, school: Database) -> None:
        good = edit(load(school, "admin", User, row_id(User, "ana")), full_name="Ana Sousa")
        bad = edit(load(school, "admin", User, row_id(User, "bo")), email="ana@school.edu")
        with pytest.raises(Refused) as refusal:
            save(school, "admin", good, bad)
        assert (refusal.value.row_id, refusal.value.field) == (row_id(User, "bo"), "email")
        assert stored(school, User, row_id(User, "ana"), "full_name") == "Ana"

    def test_json_and_odd_texts_are_stored_exactly(self, school: Database) -> None:
        odd = "‮abc\u200d😀\u0301 e\u0301"
        ana = load(school, "admin", User, row_id(User, "ana"))
        document = '{"b": 1,  "a": [1e400000, "\\u00e9"]}'.replace("1e400000", "10000000000000000000000")
        save(school, "admin", edit(ana, full_name=odd, profile_metadata=document))
        with school.reading(SYSTEM) as uow:
            statement = text("SELECT full_name, metadata::text FROM users WHERE id = :id")
            assert tuple(uow.execute(statement, {"id": ana.id}).one()) == (odd, document)

    def test_null_and_the_empty_text_are_two_things(self, school: Database) -> None:
        course = load(school, "admin", Course, row_id(Course, "algebra"))
        save(school, "admin", edit(course, description=""))
        assert stored(school, Course, course.id, "description") == ""
        save(school, "admin", edit(load(school, "admin", Course, course.id), description=None))
        assert stored(school, Course, course.id, "description") is None

    def test_a_password_cannot_be_taken_away(self, school: Database) -> None:
        with pytest.raises(Refused, match="needed"):
            save(school, "admin", edit(load(school, "admin", User, row_id(User, "ana")), password_hash=None))

    def test_a_needed_value_may_not_be_missing(self, school: Database) -> None:
        with pytest.raises(Refused, match="Student") as refusal:
            save(school, "registrar", new(Enrollment, course_id=row_id(Course, "algebra")))
        assert refusal.value.field == "student_id"

    def test_a_new_lesson_gets_the_last_place(self, school: Database) -> None:
        lesson = new(Lesson, course_id=row_id(Course, "algebra"), title="Roots", content_type="text")
        save(school, "ines", lesson)
        assert stored(school, Lesson, lesson.id, "order") == 4

    def test_a_password_is_stored_as_a_hash_that_the_backend_reads(self, school: Database) -> None:
        save(
            school, "registrar", edit(load(school, "registrar", User, row_id(User, "ana")), password_hash="long enough")
        )
        hashed = stored(school, User, row_id(User, "ana"), "password_hash")
        assert hashed.startswith("$2b$")
        assert bcrypt.verify("long enough", hashed)

    def test_an_instructors_new_course_is_hers(self, school: Database) -> None:
        course = new(Course, title="Geometry, the first part", is_published="false")
        save(school, "ines", course)
        assert stored(school, Course, course.id, "instructor_id") == row_id(User, "ines")
        assert stored(school, Course, course.id, "slug").startswith("geometry")

    def test_a_lesson_moved_to_another_course_leaves_no_gap_behind(self, school: Database) -> None:
        moved = edit(load(school, "admin", Lesson, row_id(Lesson, "sums")), course_id=row_id(Course, "botany"))
        sibling = edit(load(school, "admin", Lesson, row_id(Lesson, "powers")), title="Powers and roots")
        save(school, "admin", moved, sibling)
        orders = {n: stored(school, Lesson, row_id(Lesson, n), "order") for n in ("sums", "products", "powers")}
        assert orders == {"sums": 2, "products": 1, "powers": 2}

    def test_a_lesson_moved_to_another_course_takes_its_quizzes_along(self, school: Database) -> None:
        sums = load(school, "admin", Lesson, row_id(Lesson, "sums"))
        outcome = save(school, "admin", edit(sums, course_id=row_id(Course, "botany")))
        quiz = row_id(Quiz, "of algebra and sums")
        assert stored(school, Quiz, quiz, "course_id") == row_id(Course, "botany")
        assert quiz in {change.id for change in outcome.changes if change.entity is Quiz}
        powers = load(school, "ines", Lesson, row_id(Lesson, "powers"))
        with pytest.raises((Denied, Refused)):
            save(school, "ines", edit(powers, course_id=row_id(Course, "botany")))

    def test_a_moved_lesson_whose_save_came_through_unheard_keeps_its_new_place(self, school: Database) -> None:
        move = edit(load(school, "admin", Lesson, row_id(Lesson, "sums")), course_id=row_id(Course, "botany"))
        save(school, "admin", replace(move, seen={}))
        save(school, "admin", replace(move, seen={}))
        assert stored(school, Lesson, move.id, "order") == 2

    def test_a_lesson_comes_behind_one_at_the_largest_number(self, school: Database) -> None:
        with school.engine.begin() as connection:
            connection.execute(update(Lesson).where(Lesson.id == row_id(Lesson, "powers")).values(order=2**31 - 1))
        roots = new(Lesson, course_id=row_id(Course, "algebra"), title="Roots", content_type="text")
        save(school, "ines", roots)
        assert stored(school, Lesson, roots.id, "order") == 4

    def test_neighbours_at_the_largest_number_may_be_saved_along_with_what_comes_behind_them(
        self, school: Database
    ) -> None:
        """Giving them other numbers in the middle of a save is no change of somebody else's."""
        with school.engine.begin() as connection:
            algebra = Lesson.course_id == row_id(Course, "algebra")
            connection.execute(update(Lesson).where(algebra).values(order=2**31 - 1))
        moved = edit(load(school, "admin", Lesson, row_id(Lesson, "leaves")), course_id=row_id(Course, "algebra"))
        titles = {n: load(school, "admin", Lesson, row_id(Lesson, n)) for n in ("sums", "products", "powers")}
        outcome = save(school, "admin", moved, *(edit(record, title=f"New {n}") for n, record in titles.items()))
        assert sorted(stored(school, Lesson, row_id(Lesson, n), "order") for n in titles) == [1, 2, 3]
        assert stored(school, Lesson, moved.id, "order") == 4
        assert outcome.value[moved.id] == load(school, "admin", Lesson, moved.id).version
        with pytest.raises(Clashes):  # what somebody else made of it is still seen
            save(school, "ines", edit(titles["sums"], title="Newer"))

    def test_a_list_with_gaps_runs_from_one_once_a_lesson_comes_or_goes(self, school: Database) -> None:
        with school.engine.begin() as connection:
            connection.execute(update(Lesson).values(order=7 * Lesson.order))
        save(school, "ines", new(Lesson, course_id=row_id(Course, "algebra"), title="Roots", content_type="text"))
        orders = [stored(school, Lesson, row_id(Lesson, n), "order") for n in ("sums", "products", "powers")]
        assert orders == [1, 2, 3]
        sums = load(school, "admin", Lesson, row_id(Lesson, "sums"))
        save(school, "admin", edit(sums, course_id=row_id(Course, "botany")))
        assert [stored(school, Lesson, row_id(Lesson, n), "order") for n in ("leaves", "sums")] == [1, 2]

    def test_a_new_certificate_gets_a_number(self, school: Database) -> None:
        certificate = new(Certificate, enrollment_id=IDLE_IN_EMPTY)
        save(school, "registrar", certificate)
        assert stored(school, Certificate, certificate.id, "certificate_number").startswith("LMS-")


class TestAnotherWriter:
    def test_nothing_is_overwritten_and_the_person_is_told_what_changed(self, school: Database) -> None:
        mine = edit(load(school, "admin", User, row_id(User, "ana")), full_name="Ana S.", email="a@school.edu")
        with school.engine.begin() as connection:  # another program
            connection.execute(update(User).where(User.id == mine.id).values(full_name="Ana Sousa"))
        with pytest.raises(Clashes) as clashes:
            save(school, "admin", mine)
        (clash,) = clashes.value.clashes
        assert clash.fields == ("full_name",)
        assert (clash.points[0].base, clash.points[0].mine, clash.points[0].theirs) == ("Ana", "Ana S.", "Ana Sousa")
        assert clash.theirs is not None
        assert stored(school, User, mine.id, "email") == "ana@school.edu"
        assert "Ana Sousa was changed by somebody else meanwhile (Name)" in clashes.value.text

    def test_a_change_of_another_field_is_kept_and_told(self, school: Database) -> None:
        mine = edit(load(school, "admin", User, row_id(User, "ana")), email="a@school.edu")
        with school.engine.begin() as connection:
            connection.execute(update(User).where(User.id == mine.id).values(full_name="Ana Sousa"))
        outcome = save(school, "admin", mine)
        assert outcome.sentence == "Saved Ana Sousa. Another program's change of Name was kept."
        assert stored(school, User, mine.id, "email") == "a@school.edu"

    def test_who_only_signed_in_is_in_nobodys_way(self, school: Database) -> None:
        mine = edit(load(school, "admin", User, row_id(User, "ines")), full_name="Ines Duarte")
        with school.engine.begin() as connection:
            connection.execute(update(User).where(User.id == mine.id).values(last_login_at=func.now()))
        save(school, "admin", mine)
        assert stored(school, User, mine.id, "full_name") == "Ines Duarte"

    def test_a_row_deleted_meanwhile_is_told_as_such(self, school: Database) -> None:
        mine = edit(load(school, "admin", Enrollment, IDLE_IN_EMPTY), completed_at="2026-11-22 09:00:00+00")
        with school.engine.begin() as connection:
            connection.execute(delete(Enrollment).where(Enrollment.id == IDLE_IN_EMPTY))
        with pytest.raises(Clashes, match="deleted by somebody else"):
            save(school, "admin", mine)

    def test_all_rows_that_clash_are_told_at_once_and_none_is_written(self, school: Database) -> None:
        mine = [edit(load(school, "admin", User, row_id(User, n)), full_name="X") for n in ("ana", "bo", "idle")]
        with school.engine.begin() as connection:
            connection.execute(update(User).where(User.id == mine[0].id).values(full_name="Y"))
            connection.execute(update(User).where(User.id == mine[1].id).values(mfa_enabled=True))
        with pytest.raises(Clashes) as clashes:
            save(school, "admin", *mine)
        assert [c.edit.id for c in clashes.value.clashes] == [m.id for m in mine[:2]]
        assert [c.state for c in clashes.value.clashes] == ["choose", "merges"]
        assert [stored(school, User, m.id, "full_name") for m in mine[:2]] == ["Y", "Bo"]
        assert stored(school, User, mine[2].id, "full_name") == "Idle"

    def test_a_row_changed_meanwhile_is_not_deleted(self, school: Database) -> None:
        version = load(school, "admin", Enrollment, IDLE_IN_EMPTY).version
        with school.engine.begin() as connection:
            connection.execute(update(Enrollment).where(Enrollment.id == IDLE_IN_EMPTY).values(completed_at=func.now()))
        with pytest.raises(Conflict), gate.transaction(school, actor("admin")) as uow:
            records.delete(uow, Enrollment, {IDLE_IN_EMPTY: version}, {})

    def test_rows_that_came_since_the_question_stop_the_delete(self, school: Database) -> None:
        course = load(school, "admin", Course, row_id(Course, "empty"))
        with pytest.raises(Conflict, match="other rows hang on this"), gate.transaction(school, actor("admin")) as uow:
            records.delete(uow, Course, {course.id: course.version}, {})


class TestTheGate:
    def test_a_foreign_lessons_id_given_by_hand_is_refused(self, school: Database) -> None:
        leaves = row_id(Lesson, "leaves")
        version = load(school, "admin", Lesson, leaves).version
        with pytest.raises((Denied, Refused, Clashes)):
            save(school, "ines", Edit(Lesson, leaves, version, {"title": "Mine now"}, {"title": "Leaves"}))
        assert stored(school, Lesson, leaves, "title") == "Leaves"
        with gate.reading(school, actor("ines")) as uow:
            assert records.load(uow, Lesson, leaves) is None

    def test_a_row_cannot_be_written_out_of_ones_own_reach(self, school: Database) -> None:
        quiz = load(school, "ines", Quiz, row_id(Quiz, "of algebra"))
        with pytest.raises((Denied, Refused)):
            save(school, "ines", edit(quiz, course_id=row_id(Course, "botany")))
        stems = new(Lesson, course_id=row_id(Course, "botany"), title="Stems", content_type="text")
        with pytest.raises((Denied, Refused)):
            save(school, "ines", stems)

    def test_a_forged_former_course_does_not_renumber_somebody_elses_lessons(self, school: Database) -> None:
        with school.engine.begin() as connection:
            connection.execute(update(Lesson).where(Lesson.id == row_id(Lesson, "leaves")).values(order=7))
        sums = edit(load(school, "ines", Lesson, row_id(Lesson, "sums")), course_id=row_id(Course, "algebra"))
        save(school, "ines", replace(sums, base={"course_id": row_id(Course, "botany")}))
        assert stored(school, Lesson, row_id(Lesson, "leaves"), "order") == 7
        assert stored(school, Lesson, sums.id, "order") == 1

    @pytest.mark.parametrize(
        ("who", "name", "values"),
        [
            ("registrar", "ana", {"role": "admin"}),
            ("registrar", "ines", {"password_hash": "long enough"}),
            ("registrar", "ines", {"full_name": "Somebody"}),
            ("registrar", "ana", {"is_active": "false"}),
            ("ines", "ana", {"full_name": "Somebody"}),
            ("admin", "ana", {"created_at": "2020-01-01 00:00:00+00"}),
        ],
    )
    def test_what_a_role_may_not_write_is_refused(
        self, school: Database, who: str, name: str, values: dict[str, str]
    ) -> None:
        person = load(school, "admin", User, row_id(User, name))
        with pytest.raises((Denied, Refused, Clashes)):
            save(school, who, edit(person, **values))
        assert load(school, "admin", User, person.id).version == person.version

    def test_a_registrars_new_person_is_a_student(self, school: Database) -> None:
        person = new(User, email="new@school.edu", full_name="New Student")
        save(school, "registrar", person)
        assert stored(school, User, person.id, "role") == "student"
        with pytest.raises((Denied, Refused)):
            save(school, "registrar", new(User, email="x@school.edu", full_name="X", role="admin"))

    def test_one_who_was_deactivated_is_stopped_at_the_next_transaction(self, school: Database) -> None:
        record = load(school, "registrar", Enrollment, IDLE_IN_EMPTY)
        with school.engine.begin() as connection:
            connection.execute(update(User).where(User.id == row_id(User, "registrar")).values(is_active=False))
        with pytest.raises(gate.ActorLost):
            save(school, "registrar", edit(record, completed_at="2026-11-22 09:00:00+00"))

    def test_the_last_administrator_stays_one(self, school: Database) -> None:
        with school.engine.begin() as connection:
            connection.execute(update(User).where(User.id == row_id(User, "second admin")).values(is_active=False))
        with pytest.raises(UserError):
            save(school, "admin", edit(load(school, "admin", User, row_id(User, "admin")), role="registrar"))
        assert stored(school, User, row_id(User, "admin"), "role") == "admin"

    def test_nobody_deactivates_their_own_account_by_the_form_either(self, school: Database) -> None:
        with pytest.raises(Refused, match="own account"):
            save(school, "admin", edit(load(school, "admin", User, row_id(User, "admin")), is_active="false"))

    def test_nobody_deletes_their_own_account(self, school: Database) -> None:
        with pytest.raises(Denied, match="own account"):
            remove(school, "admin", User, row_id(User, "admin"))


class TestImpact:
    def test_the_figures_are_those_of_the_delete(self, school: Database) -> None:
        algebra = row_id(Course, "algebra")
        with gate.reading(school, actor("admin")) as uow:
            found = impact(uow, Course, [algebra])
        before = {e: count(school, e) for e in (Lesson, Enrollment, LessonProgress, Certificate)}
        emptied = {e.table: e.count for e in found.of(EMPTIED)}
        assert remove(school, "admin", Course, algebra).sentence == "Deleted Algebra."
        gone = {e.__tablename__: before[e] - count(school, e) for e in before}
        assert {e.table: e.count for e in found.of(DELETED)} == gone
        assert emptied == {"quizzes": 4}

    def test_what_forbids_a_delete_is_named(self, school: Database) -> None:
        with gate.reading(school, actor("admin")) as uow:
            found = impact(uow, User, [row_id(User, "ines")])
        assert [(e.table, e.count) for e in found.of(FORBIDDING)] == [("courses", 1)]
        with pytest.raises(UserError, match="referred to by 1 course"):
            remove(school, "admin", User, row_id(User, "ines"))

    def test_withdrawing_where_a_certificate_hangs_is_an_administrators(self, school: Database) -> None:
        with pytest.raises(Denied, match="certificates are kept for ever"):
            remove(school, "registrar", Enrollment, ANA_IN_ALGEBRA)
        with pytest.raises(Denied, match=r"^A certificate hangs on this"):
            remove(school, "ines", Course, row_id(Course, "algebra"))
        assert remove(school, "admin", Enrollment, ANA_IN_ALGEBRA).sentence == "Withdrew Ana · Algebra."

    def test_a_registrar_withdraws_where_none_hangs(self, school: Database) -> None:
        assert remove(school, "registrar", Enrollment, IDLE_IN_EMPTY).sentence == "Withdrew Idle · Empty."

    def test_the_places_behind_a_deleted_lesson_close_up(self, school: Database) -> None:
        remove(school, "ines", Lesson, row_id(Lesson, "sums"))
        assert stored(school, Lesson, row_id(Lesson, "products"), "order") == 1
        assert stored(school, Lesson, row_id(Lesson, "powers"), "order") == 2

    def test_a_table_of_another_program_is_counted_too(self, school: Database) -> None:
        with school.engine.begin() as connection:
            connection.execute(text("CREATE TABLE forum_posts (author uuid REFERENCES users (id) ON DELETE CASCADE)"))
            connection.execute(text("INSERT INTO forum_posts VALUES (:id), (:id)"), {"id": row_id(User, "bo")})
        with gate.reading(school, actor("admin")) as uow:
            found = impact(uow, User, [row_id(User, "bo")])
        assert {e.table: e.count for e in found.of(DELETED)}["forum_posts"] == 2


def count(database: Database, entity: Any) -> int:
    """The rows of a table."""
    with database.reading(SYSTEM) as uow:
        return int(uow.execute(select(func.count()).select_from(entity)).scalar_one())
