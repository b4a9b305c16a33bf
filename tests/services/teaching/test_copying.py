"""Copies of lessons, questions, quizzes and courses: whole, byte for byte, drafts, and nothing of what students did."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import URL, text

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database, Outcome
from lms_desktop.entities import Course, Lesson, Quiz, QuizQuestion, User
from lms_desktop.errors import Denied
from lms_desktop.services.teaching import copying
from lms_desktop.services.teaching.arranging import LAST, ListChanged, Spot
from tests.services.school_states import changed, execute, state, undo
from tests.small_school import act, actor, opened, row_id, statements

ALGEBRA, BOTANY, EMPTY = (row_id(Course, name) for name in ("algebra", "botany", "empty"))
SUMS, PRODUCTS, POWERS, LEAVES = (row_id(Lesson, name) for name in ("sums", "products", "powers", "leaves"))
OF_ALGEBRA, OF_SUMS, OF_BOTANY = (row_id(Quiz, name) for name in ("of algebra", "of sums", "of botany"))
ADMIN, INES = actor("admin"), actor("ines")

ODD_JSON = '[ "a" ,{"b":1, "b" : 2, "\\u0000":"\\ud800"},1e400,  12345678901234567890123, null , [[ ]] ]'
"""What Python would not write again as it stands."""


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school, odd JSON in it; of the three lessons of algebra two bear the same number."""
    with opened(database_url) as database:
        with database.engine.begin() as connection:
            for statement in (
                "UPDATE quiz_questions SET options = :odd",
                "UPDATE courses SET metadata = :odd, created_at = '2020-01-01', is_published = true",
                "UPDATE lessons SET metadata = :odd, content = E'a\\r\\nb', created_at = '2020-01-01'",
                "UPDATE quizzes SET is_published = true, created_at = '2020-01-01'",
                "UPDATE lessons SET \"order\" = 7 WHERE title IN ('Products', 'Powers')",
                'INSERT INTO quiz_questions (id, quiz_id, question_text, question_type, options, points, "order")'
                " SELECT gen_random_uuid(), id, 'First', 'custom', '{ }', 3, -4 FROM quizzes",
            ):
                connection.exec_driver_sql(statement.replace(":odd", "%(odd)s"), {"odd": ODD_JSON})
        yield database


def rows(school: Database, question: str, **values: Any) -> list[tuple[Any, ...]]:
    """What a question finds."""
    with school.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(question), values)]


def lessons(school: Database, course: str) -> list[tuple[str, int]]:
    """Titles and numbers, as readers see them."""
    question = 'SELECT title, "order" FROM lessons WHERE course_id = :id ORDER BY "order", created_at, id'
    return [(title, place) for title, place in rows(school, question, id=course)]


def content(school: Database, course: str) -> list[tuple[Any, ...]]:
    """All that a course holds, quizzes with the lesson they hang on; ids and moments aside, JSON as it is written."""
    of_course = "(q.course_id = :id OR l.course_id = :id)"
    return [
        *rows(
            school,
            "SELECT title, content_type, content, video_url, duration_minutes, metadata::text FROM lessons"
            ' WHERE course_id = :id ORDER BY "order", created_at, id',
            id=course,
        ),
        *rows(
            school,
            "SELECT q.title, q.course_id = :id, l.title, q.passing_score_percentage, t.question_text, t.question_type,"
            " t.options::text, t.correct_answer, t.points"
            " FROM quizzes q LEFT JOIN lessons l ON l.id = q.lesson_id JOIN quiz_questions t ON t.quiz_id = q.id"
            f" WHERE {of_course} AND q.title <> 'Of Algebra And Leaves' ORDER BY q.created_at, q.id, t.\"order\"",
            id=course,
        ),
    ]


def copy(school: Database, who: str, entity: Any, ids: Sequence[str], parent: str, after: str | None) -> Outcome:
    """Copy rows."""
    return act(school, actor(who), lambda uow: copying.copy(uow, CATALOG, entity, ids, Spot(parent, after)))


def duplicate(school: Database, who: str, course: str = ALGEBRA) -> Outcome:
    """Copy a course."""
    return act(school, actor(who), lambda uow: copying.duplicate_course(uow, CATALOG, course))


class TestACourse:
    def test_is_copied_with_all_that_it_holds(self, school: Database) -> None:
        before = state(school)
        outcome = duplicate(school, "ines")
        assert (
            outcome.sentence == "Duplicated Algebra as Algebra (copy), a draft, with 3 lessons, 3 quizzes, 6 questions."
        )
        assert content(school, outcome.value) == content(school, ALGEBRA)
        assert [place for _, place in lessons(school, outcome.value)] == [1, 2, 3]
        after = state(school)
        assert set(changed(before, after)) == {"courses", "lessons", "quizzes", "quiz_questions"}
        assert all(after[table][row_id] == row for table in before for row_id, row in before[table].items())

    def test_becomes_a_draft_with_names_of_its_own(self, school: Database) -> None:
        made = [duplicate(school, "ines").value for _ in range(3)]
        made.append(duplicate(school, "ines", made[1]).value)
        found = rows(school, "SELECT id::text, title, slug, is_published, metadata::text FROM courses")
        by_id = {row[0]: row[1:] for row in found}
        names = [("Algebra (copy)", "algebra-copy"), *((f"Algebra (copy {n})", f"algebra-copy-{n}") for n in (2, 3, 4))]
        assert [by_id[row] for row in made] == [(*pair, False, ODD_JSON) for pair in names]
        assert rows(school, "SELECT count(*) FROM quizzes WHERE is_published AND created_at > '2021-01-01'") == [(0,)]

    def test_belongs_to_the_instructor_or_stays_the_owners(self, school: Database) -> None:
        owners = "SELECT instructor_id::text FROM courses WHERE id = :id"
        for who, owner in (("ines", "ines"), ("admin", "ines")):
            assert rows(school, owners, id=duplicate(school, who).value) == [(row_id(User, owner),)]

    def test_leaves_quizzes_of_others_alone(self, school: Database) -> None:
        """A quiz on a lesson of another course: not within the instructor's reach; an administrator gets a copy of it
        that does not hang on the other course's lesson."""
        hanging = "SELECT title, lesson_id FROM quizzes WHERE course_id = :id AND title = 'Of Algebra And Leaves'"
        assert rows(school, hanging, id=duplicate(school, "ines").value) == []
        assert rows(school, hanging, id=duplicate(school, "admin").value) == [("Of Algebra And Leaves", None)]
        assert rows(school, "SELECT count(*) FROM quizzes WHERE lesson_id = :id", id=LEAVES) == [(1,)]

    def test_that_is_empty(self, school: Database) -> None:
        assert duplicate(school, "admin", EMPTY).sentence == "Duplicated Empty as Empty (copy), a draft."

    def test_goes_and_comes_back_as_one_operation(self, school: Database) -> None:
        before = state(school)
        done = duplicate(school, "ines")
        after = state(school)
        back = undo(school, INES, done.operation)
        assert changed(before, state(school)) == {}
        undo(school, INES, back.operation)
        assert changed(after, state(school)) == {}

    def test_of_any_size_takes_the_same_number_of_statements(self, school: Database) -> None:
        with statements(school) as few:
            duplicate(school, "admin")
        more = (
            'INSERT INTO lessons (id, course_id, title, content_type, "order")'
            " SELECT gen_random_uuid(), CAST(:id AS uuid), 'L', 'text', n FROM generate_series(1, 1200) n"
        )
        execute(school, ADMIN, more, id=ALGEBRA)
        with statements(school) as many:
            outcome = duplicate(school, "admin")
        assert len(many) == len(few)
        assert Lesson in outcome.entities
        assert len(lessons(school, outcome.value)) == 1203

    def test_of_somebody_else_is_refused(self, school: Database) -> None:
        before = state(school)
        for who, course in (("ines", BOTANY), ("registrar", ALGEBRA), ("former admin", ALGEBRA)):
            with pytest.raises(Denied) as foreign:
                duplicate(school, who, course)
            with pytest.raises(Denied) as missing:
                duplicate(school, who, row_id(Course, "none such"))
            assert str(foreign.value) == str(missing.value)
        assert state(school) == before


class TestAQuiz:
    @staticmethod
    def duplicate(school: Database, who: str, quiz: str) -> Outcome:
        return act(school, actor(who), lambda uow: copying.duplicate_quiz(uow, CATALOG, quiz))

    def test_is_copied_to_where_it_hangs(self, school: Database) -> None:
        outcome = self.duplicate(school, "ines", OF_SUMS)
        assert outcome.sentence == "Duplicated Of Sums as Of Sums (copy), a draft, with 2 questions."
        shown = "SELECT title, course_id::text, lesson_id::text, is_published FROM quizzes WHERE id = :id"
        assert rows(school, shown, id=outcome.value) == [("Of Sums (copy)", None, SUMS, False)]
        shown = (
            'SELECT question_text, options::text, points, "order" FROM quiz_questions WHERE quiz_id = :id ORDER BY 4'
        )
        assert rows(school, shown, id=outcome.value) == [("First", "{ }", 3, 1), ("Why?", ODD_JSON, 1, 2)]
        assert self.duplicate(school, "ines", OF_SUMS).sentence.startswith("Duplicated Of Sums as Of Sums (copy 2)")

    def test_of_somebody_else_is_refused(self, school: Database) -> None:
        before = state(school)
        for who in ("ines", "registrar", "former admin"):
            for quiz in ("of botany", "of nothing", "of algebra and leaves", "none such"):
                with pytest.raises(Denied):
                    self.duplicate(school, who, row_id(Quiz, quiz))
        assert state(school) == before


class TestLessons:
    def test_go_to_another_course_with_their_quizzes(self, school: Database) -> None:
        outcome = copy(school, "admin", Lesson, [POWERS, SUMS], BOTANY, None)
        assert outcome.sentence == "Copied 2 lessons to Botany, places 1 to 2."
        assert lessons(school, BOTANY) == [("Sums", 1), ("Powers", 2), ("Leaves", 3)]
        hanging = "SELECT title, course_id::text, is_published FROM quizzes WHERE lesson_id = :id ORDER BY 1"
        found = rows(school, hanging, id=outcome.value.new[0])
        assert found == [("Of Algebra And Sums", BOTANY, False), ("Of Sums", None, False)]
        assert outcome.value.order == (*outcome.value.new, LEAVES)

    def test_copied_within_their_course_are_called_so(self, school: Database) -> None:
        outcome = copy(school, "ines", Lesson, [SUMS], ALGEBRA, SUMS)
        assert outcome.sentence == "Copied Sums to Algebra, place 2."
        assert [title for title, _ in lessons(school, ALGEBRA)][:2] == ["Sums", "Sums (copy)"]
        copy(school, "ines", Lesson, [SUMS, outcome.value.new[0]], ALGEBRA, LAST)
        assert [title for title, _ in lessons(school, ALGEBRA)][4:] == ["Sums (copy 2)", "Sums (copy 3)"]
        assert [place for _, place in lessons(school, ALGEBRA)] == [1, 2, 3, 4, 5, 6]

    def test_that_are_gone_are_left_out(self, school: Database) -> None:
        gone = row_id(Lesson, "none such")
        outcome = copy(school, "ines", Lesson, [gone, LEAVES, SUMS], ALGEBRA, LAST)
        assert outcome.sentence == (
            "Copied Sums to Algebra, place 4. Left out 2 lessons: no longer there, or no longer yours."
        )
        assert set(outcome.value.left) == {gone, LEAVES}
        with pytest.raises(ListChanged):
            copy(school, "ines", Lesson, [gone, LEAVES], ALGEBRA, LAST)
        with pytest.raises(ListChanged):
            copy(school, "ines", Lesson, [SUMS], ALGEBRA, LEAVES)

    def test_can_be_taken_back(self, school: Database) -> None:
        before = state(school)
        done = copy(school, "admin", Lesson, [SUMS], BOTANY, None)
        undo(school, ADMIN, done.operation)
        assert changed(before, state(school)) == {}

    def test_reach_no_course_of_somebody_else(self, school: Database) -> None:
        before = state(school)
        for who, parent in (("ines", BOTANY), ("ivan", ALGEBRA), ("registrar", ALGEBRA), ("former admin", BOTANY)):
            with pytest.raises(Denied):
                copy(school, who, Lesson, [SUMS, LEAVES], parent, None)
        assert state(school) == before


class TestQuestions:
    def test_go_to_another_quiz(self, school: Database) -> None:
        why = row_id(QuizQuestion, "of sums")
        outcome = copy(school, "ines", QuizQuestion, [why], OF_ALGEBRA, None)
        assert outcome.sentence == "Copied Why? to Of Algebra, place 1."
        shown = 'SELECT question_text, options::text, "order" FROM quiz_questions WHERE quiz_id = :id ORDER BY 3'
        found = rows(school, shown, id=OF_ALGEBRA)
        assert found == [("Why?", ODD_JSON, 1), ("First", "{ }", 2), ("Why?", ODD_JSON, 3)]

    def test_reach_no_quiz_of_somebody_else(self, school: Database) -> None:
        before = state(school)
        own, foreign = row_id(QuizQuestion, "of sums"), row_id(QuizQuestion, "of botany")
        with pytest.raises(Denied):
            copy(school, "ines", QuizQuestion, [own], OF_BOTANY, None)
        with pytest.raises(ListChanged):
            copy(school, "ines", QuizQuestion, [foreign], OF_SUMS, None)
        assert state(school) == before


@given(st.text(max_size=300), st.lists(st.text(max_size=260), max_size=5))
def test_the_name_of_a_copy_fits_and_is_free(title: str, others: list[str]) -> None:
    taken = {*others, title}
    for _ in range(12):
        name = copying.copy_of(title, taken)
        assert name not in taken
        assert len(name) <= copying.TITLE_LENGTH
        assert copying.stem_of(name) == copying.stem_of(title)[: len(copying.stem_of(name))]
        taken.add(name)
