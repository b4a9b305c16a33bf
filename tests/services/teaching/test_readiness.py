"""What courses and quizzes lack before they are published, on a real server."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import URL, delete, insert, text, update

from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Course, Lesson, Quiz, QuizQuestion, new_id
from lms_desktop.errors import Denied
from lms_desktop.services import gate
from lms_desktop.services.teaching import readiness
from lms_desktop.services.teaching.readiness import Lack, Problem
from tests.small_school import SYSTEM, actor, opened, row_id, statements

ALGEBRA, BOTANY, EMPTY = (row_id(Course, name) for name in ("algebra", "botany", "empty"))
SUMS, LEAVES = row_id(Lesson, "sums"), row_id(Lesson, "leaves")
OF_ALGEBRA, QUESTION = row_id(Quiz, "of algebra"), row_id(QuizQuestion, "of algebra")


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school, its lessons with a text."""
    with opened(database_url) as database:
        change(database, update(Lesson).values(content="Read this."))
        yield database


def change(database: Database, statement: Any) -> None:
    """Write as another program does."""
    with database.unit_of_work(SYSTEM, logged=False) as uow:
        uow.execute(statement)


def write_question(database: Database, **values: Any) -> None:
    """Give the question of the quiz of algebra these values as another program does: `options` as they are written."""
    options = values.pop("options", None)
    change(database, update(QuizQuestion).where(QuizQuestion.id == QUESTION).values(**values))
    with database.unit_of_work(SYSTEM, logged=False) as uow:
        uow.execute(
            text("UPDATE quiz_questions SET options = CAST(:options AS json) WHERE id = :id"),
            {"options": options, "id": QUESTION},
        )


def found(database: Database, who: str = "ines", course: str = ALGEBRA) -> tuple[Problem, ...]:
    """What the course lacks, as this person is told."""
    with gate.reading(database, actor(who)) as uow:
        return readiness.problems(uow, course)


def said(database: Database, who: str = "ines", course: str = ALGEBRA) -> list[str]:
    """The sentences."""
    return [problem.sentence for problem in found(database, who, course)]


class TestLessons:
    def test_a_course_that_lacks_nothing_has_no_problems(self, school: Database) -> None:
        change(school, delete(QuizQuestion))
        change(school, delete(Quiz))
        assert found(school) == ()

    def test_a_course_without_lessons(self, school: Database) -> None:
        assert found(school, "admin", EMPTY) == (Problem(Course, EMPTY, Lack.NO_LESSONS, "There are no lessons yet."),)

    @pytest.mark.parametrize(
        ("values", "sentence"),
        [
            ({"content": None}, "Lesson 1, “Sums”, has no content yet."),
            ({"content": " \n\t "}, "Lesson 1, “Sums”, has no content yet."),
            ({"content_type": "video"}, "Lesson 1, “Sums”, is a video without a web address."),
            ({"content_type": "video", "video_url": " "}, "Lesson 1, “Sums”, is a video without a web address."),
            (
                {"content_type": "video", "video_url": "javascript:alert(1)"},
                "Lesson 1, “Sums”, has a video at an address that cannot be opened.",
            ),
            (
                {"video_url": "file:///etc/passwd"},
                "Lesson 1, “Sums”, has a video at an address that cannot be opened.",
            ),
            ({"content_type": "assignment", "content": ""}, "Lesson 1, “Sums”, has no content yet."),
            ({"content_type": "video", "video_url": "https://vimeo.com/123456", "content": None}, None),
            ({"content_type": "video", "video_url": "/files/sums.mp4", "content": None}, None),
        ],
    )
    def test_a_lesson(self, school: Database, values: dict[str, Any], sentence: str | None) -> None:
        change(school, update(Lesson).where(Lesson.id == SUMS).values(**values))
        own = [problem.sentence for problem in found(school) if problem.entity is Lesson]
        assert own == ([sentence] if sentence else [])

    def test_a_lesson_that_is_to_be_a_quiz_wants_one(self, school: Database) -> None:
        change(school, update(Lesson).where(Lesson.course_id == ALGEBRA).values(content_type="quiz", content=None))
        wanting = [(p.id, p.kind) for p in found(school) if p.entity is Lesson]
        assert wanting == [(row_id(Lesson, name), Lack.NO_QUIZ) for name in ("products", "powers")]

    def test_a_title_of_many_lines_is_said_in_short(self, school: Database) -> None:
        change(school, update(Lesson).where(Lesson.id == SUMS).values(title="all\nof " + "a" * 99, content=None))
        assert said(school)[0].startswith("Lesson 1, “all of aaa")
        assert said(school)[0].endswith("aa…”, has no content yet.")


class TestQuizzes:
    @pytest.mark.parametrize(
        ("values", "sentence"),
        [
            ({"passing_score_percentage": 101}, "The pass mark of “Of Algebra” is not between 0 and 100 %."),
            ({"passing_score_percentage": -1}, "The pass mark of “Of Algebra” is not between 0 and 100 %."),
            ({"time_limit_minutes": 0}, "The time limit of “Of Algebra” leaves no time to answer."),
            ({"time_limit_minutes": 1, "passing_score_percentage": 0}, None),
        ],
    )
    def test_its_settings(self, school: Database, values: dict[str, Any], sentence: str | None) -> None:
        change(school, update(Quiz).where(Quiz.id == OF_ALGEBRA).values(**values))
        assert said(school) == ([sentence] if sentence else [])

    def test_one_without_questions(self, school: Database) -> None:
        change(school, delete(QuizQuestion).where(QuizQuestion.quiz_id == OF_ALGEBRA))
        assert found(school) == (
            Problem(Quiz, OF_ALGEBRA, Lack.NO_QUESTIONS, "The quiz “Of Algebra” has no questions."),
        )

    def test_one_whose_questions_give_nothing(self, school: Database) -> None:
        change(school, update(QuizQuestion).where(QuizQuestion.quiz_id == OF_ALGEBRA).values(points=0))
        assert said(school) == ["No question of “Of Algebra” gives any points."]

    def test_that_of_a_lesson_comes_behind_its_lesson(self, school: Database) -> None:
        change(school, delete(QuizQuestion))
        change(school, update(Lesson).values(content=""))
        places = [problem.id for problem in found(school)]
        assert places[0] == SUMS
        assert set(places[1:3]) == {row_id(Quiz, "of sums"), row_id(Quiz, "of algebra and sums")}
        assert places[-1] == OF_ALGEBRA


class TestQuestions:
    @pytest.mark.parametrize(
        ("kind", "options", "right", "lacking"),
        [
            ("essay", None, None, None),
            ("multiple_choice", '["a", "b"]', "a", None),
            ("multiple_choice", '["a", "b"]', '["a", "b"]', None),
            ("multiple_choice", '[{"text": "a", "x": 1}, {"label": "b"}]', "b", None),
            ("multiple_choice", "[1, 2.50]", "2.50", None),
            ("multiple_choice", '["a", "b"]', None, Lack.NO_RIGHT_ANSWER),
            ("multiple_choice", '["a", "b"]', "", Lack.NO_RIGHT_ANSWER),
            ("multiple_choice", '["a", "b"]', "[]", Lack.NO_RIGHT_ANSWER),
            ("multiple_choice", '["a", "b"]', "c", Lack.STRAY_ANSWER),
            ("multiple_choice", '["a", "a"]', "a", Lack.STRAY_ANSWER),
            ("multiple_choice", '["a"]', "a", Lack.FEW_OPTIONS),
            ("multiple_choice", '{"a": 1}', "a", Lack.ODD_OPTIONS),
            ("multiple_choice", '[["a"], ["b"]]', "a", Lack.ODD_OPTIONS),
            ("multiple_choice", "7", "a", Lack.ODD_OPTIONS),
            ("true_false", None, "true", None),
            ("true_false", None, "No", None),
            ("true_false", None, None, Lack.NO_RIGHT_ANSWER),
            ("true_false", None, "perhaps", Lack.STRAY_ANSWER),
            ("short_answer", None, "six", None),
            ("short_answer", None, '["six", "6"]', None),
            ("short_answer", None, "[6]", None),
            ("short_answer", None, None, Lack.NO_RIGHT_ANSWER),
            ("short_answer", None, "[]", Lack.NO_RIGHT_ANSWER),
            ("matching", '{"a": "b"}', None, None),
        ],
    )
    def test_whether_it_can_be_marked(
        self, school: Database, kind: str, options: str | None, right: str | None, lacking: Lack | None
    ) -> None:
        write_question(school, question_type=kind, options=options, correct_answer=right)
        problems = found(school)
        assert [problem.kind for problem in problems] == ([lacking] if lacking else [])
        assert all((p.entity, p.id, p.within) == (QuizQuestion, QUESTION, OF_ALGEBRA) for p in problems)

    def test_it_is_named_by_its_place(self, school: Database) -> None:
        write_question(school, question_type="true_false", correct_answer=None)
        change(
            school, insert(QuizQuestion).values(quiz_id=OF_ALGEBRA, question_type="essay", question_text="x", order=0)
        )
        assert said(school) == ["Question 2 of “Of Algebra” has no right answer."]

    def test_one_that_asks_nothing(self, school: Database) -> None:
        write_question(school, question_type="essay", question_text=" \n")
        assert said(school) == ["Question 1 of “Of Algebra” asks nothing yet."]

    def test_nothing_that_another_program_stored_makes_it_fail(self, school: Database) -> None:
        odd = [
            "null",
            "{}",
            "[]",
            '""',
            "true",
            "1e400",
            "[null, null]",
            '["\\u0000", "b"]',
            '["\\ud800", "b"]',
            "[" * 900 + "]" * 900,
        ]
        for options in [*odd, '["' + "a" * 200_000 + '", "b"]']:
            for right in (None, "", "a", "[", '{"a": 1}', "\u202e", "x" * 200_000):
                write_question(school, question_type="multiple_choice", options=options, correct_answer=right)
                found(school)


class TestTheGate:
    def test_nobody_hears_of_anothers_course(self, school: Database) -> None:
        for who, course in (("ines", BOTANY), ("ivan", ALGEBRA), ("ines", new_id())):
            with pytest.raises(Denied):
                found(school, who, course)

    def test_nobody_hears_of_anothers_quiz(self, school: Database) -> None:
        with gate.reading(school, actor("ines")) as uow, pytest.raises(Denied):
            readiness.of_quiz(uow, row_id(Quiz, "of botany"))

    def test_a_quiz_that_hangs_on_anothers_lesson_too_is_left_out(self, school: Database) -> None:
        change(school, delete(QuizQuestion))
        shared = row_id(Quiz, "of algebra and leaves")
        assert shared not in {problem.id for problem in found(school, "ines")}
        assert shared in {problem.id for problem in found(school, "admin")}


class TestBeforePublishing:
    def test_of_one_course_its_problems(self, school: Database) -> None:
        with gate.reading(school, actor("admin")) as uow:
            assert readiness.doubts_of_courses(uow, (EMPTY,)) == ("There are no lessons yet.",)
            assert readiness.doubts_of_courses(uow, (ALGEBRA,)) == ()

    def test_of_several_each_names_its_course(self, school: Database) -> None:
        with gate.reading(school, actor("admin")) as uow:
            assert readiness.doubts_of_courses(uow, (ALGEBRA, EMPTY)) == ("Empty: There are no lessons yet.",)

    def test_of_many_only_the_first_are_looked_at(self, school: Database) -> None:
        with gate.reading(school, actor("admin")) as uow:
            assert readiness.doubts_of_quizzes(uow, (OF_ALGEBRA,) * 21) == ("Only the first 20 were looked at.",)

    def test_another_s_is_refused(self, school: Database) -> None:
        with gate.reading(school, actor("ines")) as uow:
            for look, row in (
                (readiness.doubts_of_courses, BOTANY),
                (readiness.doubts_of_quizzes, row_id(Quiz, "of botany")),
            ):
                with pytest.raises(Denied):
                    look(uow, (row,))


def test_three_statements_whatever_the_size(school: Database) -> None:
    rows = [
        {"id": new_id(), "course_id": ALGEBRA, "title": f"L{i}", "content_type": "text", "order": 9 + i}
        for i in range(50)
    ]
    change(school, insert(Lesson).values(rows))
    with gate.reading(school, actor("ines")) as uow, statements(school) as seen:
        assert len(readiness.problems(uow, ALGEBRA)) == 50
    assert len(seen) == 3
