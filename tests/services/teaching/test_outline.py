"""A course as its outline reads it, on a real server; hanging quizzes elsewhere."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL, insert, select, update

from lms_desktop.database.unit_of_work import Change, Database
from lms_desktop.entities import Course, Lesson, Quiz, QuizQuestion
from lms_desktop.errors import Denied
from lms_desktop.services import gate
from lms_desktop.services.teaching import finding, outline, quiz_places
from lms_desktop.services.teaching.outline import CourseOutline
from tests.small_school import act, actor, opened, row_id, statements

ALGEBRA, BOTANY = row_id(Course, "algebra"), row_id(Course, "botany")


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school."""
    with opened(database_url) as database:
        yield database


def read(database: Database, who: str, course_id: str = ALGEBRA) -> CourseOutline | None:
    """The outline as somebody sees it."""
    with gate.reading(database, actor(who)) as uow:
        return outline.load(uow, course_id)


def test_lessons_stand_in_their_order_and_quizzes_with_their_counts(school: Database) -> None:
    found = read(school, "ines")
    assert found is not None
    assert (found.title, found.published, found.students, found.editable) == ("Algebra", True, 1, True)
    assert [lesson.title for lesson in found.lessons] == ["Sums", "Products", "Powers"]
    quizzes = {quiz.title: (quiz.lesson_id, quiz.questions, quiz.points) for quiz in found.quizzes}
    sums = row_id(Lesson, "sums")
    assert quizzes == {"Of Algebra": (None, 1, 1), "Of Sums": (sums, 1, 1), "Of Algebra And Sums": (sums, 1, 1)}


def test_gaps_and_duplicates_read_in_the_one_order_that_all_readers_have(school: Database) -> None:
    with school.engine.begin() as connection:
        connection.execute(update(Lesson).where(Lesson.id == row_id(Lesson, "sums")).values(order=7))
        connection.execute(update(Lesson).where(Lesson.id == row_id(Lesson, "powers")).values(order=2))
    found = read(school, "ines")
    assert found is not None
    order = select(Lesson.title).where(Lesson.course_id == ALGEBRA).order_by(Lesson.order, Lesson.created_at, Lesson.id)
    with school.engine.connect() as connection:
        assert [lesson.title for lesson in found.lessons] == list(connection.execute(order).scalars())
    assert found.lessons[-1].title == "Sums"


def test_the_course_of_another_is_not_to_be_seen_and_a_registrar_may_not_arrange(school: Database) -> None:
    assert read(school, "ines", BOTANY) is None
    assert read(school, "ines", row_id(Course, "no such course")) is None
    seen = read(school, "registrar")
    assert seen is not None
    assert not seen.editable
    with gate.reading(school, actor("ines")) as uow:
        assert outline.questions(uow, row_id(Quiz, "of botany")) == ()


def test_a_quiz_of_another_courses_lesson_stands_with_the_course(school: Database) -> None:
    found = read(school, "admin")
    assert found is not None
    odd = next(quiz for quiz in found.quizzes if quiz.title == "Of Algebra And Leaves")
    assert (odd.lesson_id, odd.elsewhere) == (None, True)


def test_any_size_takes_the_same_number_of_statements(school: Database) -> None:
    def number() -> int:
        with statements(school) as seen:
            read(school, "ines")
        return len(seen)

    few = number()
    with school.engine.begin() as connection:
        lessons = [
            {
                "title": f"L{n}",
                "content_type": "text",
                "course_id": ALGEBRA,
                "order": n + 4,
                "id": row_id(Lesson, f"L{n}"),
            }
            for n in range(50)
        ]
        connection.execute(insert(Lesson), lessons)
        connection.execute(insert(Quiz), [{"title": "Q", "lesson_id": lesson["id"]} for lesson in lessons])
    assert number() == few


def test_questions_come_in_order_for_many_quizzes_at_once(school: Database) -> None:
    quiz = row_id(Quiz, "of sums")
    with school.engine.begin() as connection:
        connection.execute(
            insert(QuizQuestion),
            [
                {"quiz_id": quiz, "question_text": t, "question_type": "essay", "order": o}
                for t, o in (("B", 9), ("A", 2))
            ],
        )
    with gate.reading(school, actor("ines")) as uow, statements(school) as seen:
        found = outline.questions_of(uow, [quiz, row_id(Quiz, "of algebra"), row_id(Quiz, "of botany")])
    assert [question.text for question in found[quiz]] == ["Why?", "A", "B"]
    assert {len(rows) for rows in found.values()} == {3, 1, 0}
    assert len(seen) == 1


@pytest.mark.parametrize(("lesson", "said"), [("powers", "Moved “Of Algebra” to the lesson “Powers”."), (None, "")])
def test_a_quiz_hangs_where_it_is_put(school: Database, lesson: str | None, said: str) -> None:
    quiz, target = row_id(Quiz, "of algebra"), row_id(Lesson, lesson) if lesson else None
    outcome = act(school, actor("ines"), lambda uow: quiz_places.hang(uow, [quiz], ALGEBRA, target))
    assert (outcome.sentence == said) or not lesson
    assert outcome.changes == ((Change(Quiz, quiz, "update"),) if lesson else ())
    found = read(school, "ines")
    assert found is not None
    assert next(q.lesson_id for q in found.quizzes if q.id == quiz) == target


@pytest.mark.parametrize(
    ("quizzes", "course", "lesson"),
    [
        (("of botany",), "algebra", None),
        (("of algebra",), "botany", None),
        (("of algebra",), "algebra", "leaves"),
        (("of algebra",), "botany", "sums"),
        (("of sums", "of botany"), "algebra", "powers"),
        (("of nothing",), "algebra", None),
    ],
)
def test_no_quiz_is_hung_where_it_is_not_ones_own(
    school: Database, quizzes: tuple[str, ...], course: str, lesson: str | None
) -> None:
    def hang(uow: object) -> object:
        ids = [row_id(Quiz, name) for name in quizzes]
        return quiz_places.hang(uow, ids, row_id(Course, course), row_id(Lesson, lesson) if lesson else None)  # type: ignore[arg-type]

    with pytest.raises(Denied):
        act(school, actor("ines"), hang)  # type: ignore[arg-type]


def test_the_course_of_each_of_its_parts_is_told_to_whoever_may_see_it(school: Database) -> None:
    def course(who: str, entity: type, name: str) -> str | None:
        with gate.reading(school, actor(who)) as uow:
            return finding.course_of(uow, entity, row_id(entity, name))

    with school.engine.connect() as connection:
        question, quiz = connection.execute(
            select(QuizQuestion.id, Quiz.title).join(Quiz).join(Lesson, Lesson.id == Quiz.lesson_id).limit(1)
        ).one()
    assert course("ines", Course, "algebra") == ALGEBRA
    assert course("ines", Lesson, "sums") == ALGEBRA
    assert course("ines", Quiz, "of sums") == ALGEBRA, "through its lesson"
    assert course("ines", Quiz, "of algebra") == ALGEBRA
    with gate.reading(school, actor("ines")) as uow:
        assert finding.course_of(uow, QuizQuestion, str(question)) == ALGEBRA, quiz
    assert course("ines", Course, "botany") is None, "another's"
    assert course("ines", Lesson, "no such lesson") is None
    assert course("admin", Course, "botany") == BOTANY


def test_questions_are_found_in_a_course_of_ones_own_alone(school: Database) -> None:
    with school.engine.connect() as connection:
        words = connection.execute(select(QuizQuestion.question_text).limit(1)).scalar_one()
    with gate.reading(school, actor("ines")) as uow:
        mine = finding.questions_with(uow, ALGEBRA, words.upper())
        assert finding.questions_with(uow, BOTANY, words) == {}
        assert finding.questions_with(uow, ALGEBRA, "%") == {}, "no wildcard"
    assert set(mine) <= {row_id(Quiz, name) for name in ("of algebra", "of sums", "of algebra and sums")}
    assert mine
