"""Moving lessons within their course and to another one, as it was meant, whatever others did to the list meanwhile."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import URL, event, text

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database, UnitOfWork
from lms_desktop.entities import Lesson, Quiz, QuizQuestion
from lms_desktop.errors import Denied
from lms_desktop.services import gate
from lms_desktop.services.ordering import LAST, place_behind
from lms_desktop.services.teaching import arranging
from lms_desktop.services.teaching.arranging import ListChanged, Spot
from lms_desktop.spec.kinds import INT4_MAX
from tests.services.school_states import changed, delete, save, state, undo
from tests.services.teaching.lists_of_lessons import (
    ALGEBRA,
    BOTANY,
    EMPTY,
    fill,
    lesson,
    move,
    numbered,
    other_program,
    titles,
)
from tests.small_school import act, actor, opened, row_id, statements

ADMIN, INES = actor("admin"), actor("ines")
SEEN = "Sums Products Powers"


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school: algebra is Sums, Products, Powers; botany is Leaves."""
    with opened(database_url) as database:
        yield database


def quizzes(school: Database) -> dict[str, str | None]:
    """Quiz → the course it names."""
    with school.engine.connect() as connection:
        return dict(map(tuple, connection.execute(text("SELECT title, course_id::text FROM quizzes"))))


class TestWithinACourse:
    @pytest.mark.parametrize(
        ("names", "after", "order", "sentence"),
        [
            ("Sums", "Products", "Products Sums Powers", "Moved Sums to place 2."),
            ("Powers", None, "Powers Sums Products", "Moved Powers to place 1."),
            ("Sums", LAST, "Products Powers Sums", "Moved Sums to place 3."),
            ("Powers Sums", "Products", "Products Sums Powers", "Moved 2 lessons to places 2 to 3."),
            ("Sums Products", "Sums", SEEN, "The order is as it was: they stand there already."),
            ("Products Powers", "Powers", SEEN, "The order is as it was: they stand there already."),
        ],
    )
    def test_lessons_go_right_behind_another(
        self, school: Database, names: str, after: str | None, order: str, sentence: str
    ) -> None:
        outcome = move(school, "ines", names, after, SEEN)
        assert (outcome.sentence, titles(school)) == (sentence, order.split())
        assert outcome.value.order == tuple(map(lesson, order.split()))
        assert not outcome.value.merged

    @pytest.mark.parametrize(
        "orders",
        [
            (0, 0, 0, 0),
            (5, 9, 9, 70),
            (-3, INT4_MAX, INT4_MAX, 2),
            (4, 3, 2, 1),
            (1, 2, 3, 4),
            (-INT4_MAX - 1, 1, 1, 0),
        ],
    )
    def test_numbers_run_from_one_whatever_they_were(self, school: Database, orders: tuple[int, ...]) -> None:
        names = fill(school, ALGEBRA, orders)
        seen = [name for name, _ in numbered(school)]
        assert seen == [name for _, name in sorted(zip(orders, names, strict=True))]
        move(school, "ines", "C", None, " ".join(seen))
        assert titles(school) == ["C", *(name for name in seen if name != "C")]

    def test_one_statement_writes_what_changes_and_nothing_else(self, school: Database) -> None:
        fill(school, ALGEBRA, (1, 2, 3, 4, 5))
        before = state(school)
        with statements(school) as ran:
            outcome = move(school, "ines", "B", "D", "A B C D E")
        assert len([statement for statement in ran if 'UPDATE "' in statement]) == 1
        wanted = {lesson(name) for name in "BCD"}
        assert {change.id for change in outcome.changes} == wanted
        assert changed(before, state(school)) == {"lessons": wanted}

    def test_nothing_is_written_where_nothing_moves(self, school: Database) -> None:
        before = state(school)
        assert move(school, "ines", "Sums", None, SEEN).changes == ()
        assert move(school, "ines", "", None, SEEN).changes == ()
        assert state(school) == before
        with school.engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM lms_desktop.operations")).scalar_one() == 0

    def test_questions_are_moved_likewise(self, school: Database) -> None:
        quiz, first = row_id(Quiz, "of sums"), row_id(QuizQuestion, "of sums")
        new = (
            'INSERT INTO quiz_questions (id, quiz_id, question_text, question_type, points, "order")'
            " VALUES (:id, :quiz, :text, 'essay', 1, 1)"
        )
        second = row_id(QuizQuestion, "second")
        other_program(school, new, id=second, quiz=quiz, text="What is\n the\tsum " + "of 1 and 1 " * 20)
        seen, spot = [first, second], Spot(quiz, None)
        outcome = act(school, INES, lambda uow: arranging.move(uow, CATALOG, QuizQuestion, [second], spot, seen))
        assert outcome.value.order == (second, first)
        assert outcome.sentence.startswith("Moved What is the sum of 1 and 1 of 1")
        assert outcome.sentence.endswith("… to place 1.")
        assert len(outcome.sentence) < 120


class TestToAnotherCourse:
    def test_both_lists_are_whole_afterwards(self, school: Database) -> None:
        outcome = move(school, "admin", "Powers Sums", None, "Leaves", BOTANY)
        assert outcome.sentence == "Moved 2 lessons to Botany, places 1 to 2."
        assert titles(school, BOTANY) == ["Sums", "Powers", "Leaves"]
        assert titles(school) == ["Products"]
        assert move(school, "admin", "Leaves", LAST, None, EMPTY).sentence == "Moved Leaves to Empty, place 1."

    def test_rows_of_several_courses_keep_their_order(self, school: Database) -> None:
        move(school, "admin", "Leaves Powers Sums", LAST, None, EMPTY)
        assert titles(school, EMPTY) == ["Leaves", "Sums", "Powers"]
        assert (titles(school), titles(school, BOTANY)) == (["Products"], [])

    def test_quizzes_go_along(self, school: Database) -> None:
        before = quizzes(school)
        outcome = move(school, "admin", "Sums Leaves", None, None, EMPTY)
        # One that names the lesson alone needs nothing; one that names yet another course is left as it is.
        assert quizzes(school) == before | {"Of Algebra And Sums": EMPTY}
        quiz = row_id(Quiz, "of algebra and sums")
        assert [change.id for change in outcome.changes if change.entity is Quiz] == [quiz]

    def test_within_one_list_no_parent_is_written(self, school: Database) -> None:
        with statements(school) as ran:
            move(school, "ines", "Powers", None, SEEN)
        assert not any('course_id" = v' in statement for statement in ran)

    def test_their_former_course_is_known_beforehand(self, school: Database) -> None:
        with gate.reading(school, ADMIN) as uow:
            found = arranging.move_effect(uow, Lesson, [lesson("Sums"), lesson("Products")], BOTANY)
            same = arranging.move_effect(uow, Lesson, [lesson("Sums")], ALGEBRA)
        assert found == arranging.MoveEffect(progress=2, students=1, quizzes=2, attempts=2)
        assert (found.nothing, same.nothing) == (False, True)


class TestMeanwhile:
    def test_what_others_added_is_kept_and_said(self, school: Database) -> None:
        move(school, "admin", "Leaves", "Sums", None)
        outcome = move(school, "ines", "Powers", "Sums", SEEN)
        assert titles(school) == ["Sums", "Powers", "Leaves", "Products"]
        assert outcome.value.merged
        assert outcome.sentence == "Moved Powers to place 2. Meanwhile somebody else had added Leaves to the list."

    def test_what_others_deleted_is_said_by_name(self, school: Database) -> None:
        delete(school, ADMIN, Lesson, lesson("Products"))
        outcome = move(school, "ines", "Powers", None, SEEN)
        assert titles(school) == ["Powers", "Sums"]
        assert outcome.sentence == "Moved Powers to place 1. Meanwhile somebody else had taken Products off the list."

    def test_what_another_program_deleted_is_counted(self, school: Database) -> None:
        other_program(school, "DELETE FROM lessons WHERE title = 'Products'")
        outcome = move(school, "ines", "Powers", None, SEEN)
        assert outcome.sentence.endswith("Meanwhile somebody else had taken 1 lesson off the list.")

    def test_what_another_program_puts_into_an_empty_list_counts(self, school: Database) -> None:
        added: list[str] = []

        def add(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if 'UPDATE "lessons"' in statement and not added:  # the list has been read
                added.append(EMPTY)
                fill(school, EMPTY, [1])

        event.listen(school.engine, "before_cursor_execute", add)
        move(school, "admin", "Leaves", LAST, None, EMPTY)
        assert titles(school, EMPTY) == ["A", "Leaves"]

    def test_another_order_is_kept(self, school: Database) -> None:
        fill(school, ALGEBRA, (1, 2, 3, 4))
        move(school, "admin", "D", None, "A B C D")
        outcome = move(school, "ines", "A", "B", "A B C D")
        assert titles(school) == ["D", "B", "A", "C"]
        assert outcome.sentence == (
            "Moved A to place 3. Meanwhile somebody else had put the list in another order; that order was kept for the"
            " rest."
        )

    def test_many_are_counted(self, school: Database) -> None:
        fill(school, ALGEBRA, range(1, 9))
        outcome = move(school, "ines", "B", None, "A B")
        assert outcome.sentence.endswith("Meanwhile somebody else had added C, D, E and 3 more to the list.")

    def test_moved_rows_that_are_gone_are_left_out(self, school: Database) -> None:
        delete(school, ADMIN, Lesson, lesson("Sums"))
        outcome = move(school, "ines", "Sums Powers", "Products", SEEN)
        assert titles(school) == ["Products", "Powers"]
        assert outcome.value.left == (lesson("Sums"),)
        assert outcome.sentence.endswith("Left out Sums: no longer there, or no longer yours.")

    def test_a_row_that_was_moved_away_is_not_fetched_back(self, school: Database) -> None:
        move(school, "admin", "Sums", None, None, EMPTY)
        outcome = move(school, "admin", "Sums Powers", None, SEEN)
        assert (titles(school), titles(school, EMPTY)) == (["Powers", "Products"], ["Sums"])
        assert outcome.value.left == (lesson("Sums"),)
        with pytest.raises(ListChanged) as refused:
            move(school, "admin", "Sums", "Powers", SEEN)
        assert refused.value.order == (lesson("Powers"), lesson("Products"))

    def test_a_gap_that_is_still_there_is_still_meant(self, school: Database) -> None:
        """Behind C, before D: C went, B and D stand next to each other."""
        fill(school, ALGEBRA, (1, 2, 3, 4, 5))
        delete(school, ADMIN, Lesson, lesson("C"))
        move(school, "ines", "A", "C", "A B C D E")
        assert titles(school) == ["B", "A", "D", "E"]
        move(school, "ines", "D", "C", "C B A D E")
        assert titles(school) == ["D", "B", "A", "E"]

    def test_a_gap_that_is_no_longer_there_is_refused(self, school: Database) -> None:
        fill(school, ALGEBRA, (1, 2, 3, 4, 5))
        delete(school, ADMIN, Lesson, lesson("C"))
        move(school, "admin", "D", LAST, "A B D E")
        before = state(school)
        with pytest.raises(ListChanged, match="no longer in the list") as refused:
            move(school, "ines", "A", "C", "A B C D E")
        assert refused.value.order == tuple(map(lesson, "ABED"))
        assert refused.value.parent == ALGEBRA
        with pytest.raises(ListChanged):
            move(school, "ines", "A", "C", None)
        with pytest.raises(ListChanged):
            move(school, "ines", "A", "Leaves", "A B D E")
        assert state(school) == before

    def test_a_deleted_course_takes_nothing(self, school: Database) -> None:
        other_program(school, "DELETE FROM courses WHERE slug = 'empty'")
        with pytest.raises(Denied):
            move(school, "admin", "Sums", None, "", EMPTY)


class TestSorting:
    def test_is_as_people_sort(self, school: Database) -> None:
        called = ["Lesson 10", "lesson 2", "Äpfel", "Lesson 2", "Zebra", "apfel 1", "Lesson 02", "", "3", "Lesson  1"]
        names = fill(school, ALGEBRA, range(len(called)))
        for name, title in zip(names, called, strict=True):
            other_program(school, "UPDATE lessons SET title = :title WHERE id = :id", title=title, id=lesson(name))
        seen = [lesson(name) for name in names]
        sort = lambda uow: arranging.sort_by_title(uow, CATALOG, Lesson, ALGEBRA, seen)  # noqa: E731
        outcome = act(school, INES, sort)
        wanted = ["", "3", "Äpfel", "apfel 1", "Lesson  1", "lesson 2", "Lesson 2", "Lesson 02", "Lesson 10", "Zebra"]
        assert titles(school) == wanted
        assert outcome.sentence == "Sorted the lessons of Algebra by title."
        again = act(school, INES, sort)
        assert again.sentence.startswith("The lessons of Algebra are sorted by title already. Meanwhile somebody else")

    @given(st.lists(st.text()))
    def test_never_stumbles(self, names: list[str]) -> None:
        for name in names:
            assert arranging.natural(name) == arranging.natural(f" {name.upper().lower()} ") or name != name.lower()
        assert len(sorted(names, key=arranging.natural)) == len(names)

    def test_the_digits_of_every_script_count(self) -> None:
        assert sorted(["a١٠", "a٢", "a²", "a9" * 3000], key=arranging.natural)[0] == "a٢"


class TestReach:
    """Whatever is somebody else's is as if it were not there."""

    @pytest.mark.parametrize(
        ("who", "names", "after", "seen", "course"),
        [
            ("ines", "Sums", None, None, BOTANY),
            ("ines", "Leaves", None, "Leaves", BOTANY),
            ("ines", "Sums", None, None, EMPTY),
            ("ivan", "Sums", None, SEEN, ALGEBRA),
            ("registrar", "Sums", LAST, SEEN, ALGEBRA),
            ("former admin", "Sums", LAST, SEEN, ALGEBRA),
            ("ana", "Sums", LAST, SEEN, ALGEBRA),
            ("librarian", "Sums", LAST, SEEN, ALGEBRA),
        ],
    )
    def test_a_foreign_list_is_refused(
        self, school: Database, who: str, names: str, after: str | None, seen: str | None, course: str
    ) -> None:
        before = state(school)
        with pytest.raises(Denied):
            move(school, who, names, after, seen, course)
        with pytest.raises(Denied):
            act(school, actor(who), lambda uow: arranging.sort_by_title(uow, CATALOG, Lesson, course))
        assert state(school) == before

    def test_a_foreign_row_is_told_from_a_missing_one_by_nobody(self, school: Database) -> None:
        """As what is moved, alone and among others, as what it is put behind, and as what was seen."""
        told = []
        for stranger in ("Leaves", "Nowhere"):
            for names, after, seen in (
                (stranger, None, None),
                (stranger, None, SEEN),
                (stranger, None, f"{SEEN} {stranger}"),
                (f"{stranger} Sums", None, SEEN),
                (f"{stranger} Sums", None, f"{SEEN} {stranger}"),
                ("Sums", stranger, SEEN),
                ("Sums", stranger, f"{SEEN} {stranger}"),
                ("Sums", "Products", f"{SEEN} {stranger}"),
                ("Products", "Powers", f"{stranger} {SEEN}"),
            ):
                try:
                    outcome = move(school, "ines", names, after, seen)
                    told.append(outcome.sentence)
                    move(school, "ines", SEEN, None, None)
                    move(school, "ines", "Sums", None, None)
                    move(school, "ines", "Products", "Sums", None)
                except ListChanged as error:
                    told.append(str(error))
        assert len(told) == 18
        assert told[:9] == told[9:]
        assert titles(school, BOTANY) == ["Leaves"]

    def test_a_deleted_row_of_somebody_else_is_not_named(self, school: Database) -> None:
        delete(school, actor("ivan"), Lesson, lesson("Leaves"))
        outcome = move(school, "ines", "Sums", LAST, f"{SEEN} Leaves")
        assert "Leaves" not in outcome.sentence

    def test_foreign_questions_and_quizzes(self, school: Database) -> None:
        before = state(school)
        own, foreign = row_id(QuizQuestion, "of sums"), row_id(QuizQuestion, "of botany")
        mine = row_id(Quiz, "of sums")
        doing: list[tuple[type[Exception], Callable[[UnitOfWork], object]]] = [
            (ListChanged, lambda uow: arranging.move(uow, CATALOG, QuizQuestion, [foreign], Spot(mine), None)),
            (Denied, lambda uow: arranging.move_effect(uow, QuizQuestion, [foreign], mine)),
            (Denied, lambda uow: arranging.move_effect(uow, Lesson, [lesson("Leaves")], ALGEBRA)),
            (Denied, lambda uow: arranging.move_effect(uow, Lesson, [lesson("Sums")], BOTANY)),
        ]
        for quiz in (row_id(Quiz, name) for name in ("of botany", "of algebra and leaves", "of nothing")):
            doing += [
                (
                    Denied,
                    partial(
                        arranging.move, catalog=CATALOG, entity=QuizQuestion, ids=[own], spot=Spot(quiz), seen=None
                    ),
                ),
                (Denied, partial(arranging.sort_by_title, catalog=CATALOG, entity=QuizQuestion, parent=quiz)),
                (Denied, partial(arranging.move_effect, entity=QuizQuestion, ids=[own], parent=quiz)),
                (Denied, partial(arranging.reorder_warnings, quiz_id=quiz)),
            ]
        for error, do in doing:
            with pytest.raises(error), gate.transaction(school, INES) as uow:
                do(uow)
        assert state(school) == before


class TestUndo:
    def test_a_move_between_courses_with_its_quizzes(self, school: Database) -> None:
        before = state(school)
        done = move(school, "admin", "Sums Powers", None, None, BOTANY)
        after = state(school)
        back = undo(school, ADMIN, done.operation)
        assert changed(before, state(school)) == {}
        again = undo(school, ADMIN, back.operation)
        assert changed(after, state(school)) == {}
        undo(school, ADMIN, again.operation)
        assert changed(before, state(school)) == {}

    def test_the_order_before_doubles_were_mended(self, school: Database) -> None:
        """Of the same number were A, B and C: they stood in the order in which they were made."""
        fill(school, ALGEBRA, (7, 7, 7, 7, 20))
        done = move(school, "ines", "C D", None, "A B C D E")
        assert titles(school) == ["C", "D", "A", "B", "E"]
        later = move(school, "admin", "Leaves", LAST, None)
        undo(school, INES, done.operation)
        assert titles(school) == ["A", "B", "C", "D", "E", "Leaves"]
        undo(school, ADMIN, later.operation)
        assert titles(school) == ["A", "B", "C", "D", "E"]

    def test_what_still_exists_of_both_lists(self, school: Database) -> None:
        names = fill(school, ALGEBRA, (1, 2, 3, 4, 5))
        done = move(school, "admin", "B D", None, None, BOTANY)
        delete(school, actor("ines"), Lesson, lesson("C"))
        move(school, "ines", "E", None, "A E")
        save(school, ADMIN, Lesson, lesson("D"), title="D")
        undo(school, ADMIN, done.operation)
        assert titles(school, BOTANY) == ["Leaves"]
        assert sorted(titles(school)) == [name for name in names if name != "C"]
        assert [name for name in titles(school) if name in "AE"] == ["E", "A"]
        assert [name for name in titles(school) if name in "AB"] == ["A", "B"]
        assert [name for name in titles(school) if name in "DE"] == ["D", "E"]

    def test_a_row_that_others_moved_since_goes_back_among_the_others(self, school: Database) -> None:
        fill(school, ALGEBRA, (1, 2, 3, 4))
        done = move(school, "ines", "A", LAST, "A B C D")
        move(school, "admin", "A", "B", "B C D A")
        undo(school, INES, done.operation)
        assert titles(school) == ["A", "B", "C", "D"]


class TestPlacesOfNewRows:
    @pytest.mark.parametrize(
        ("after", "place", "order"),
        [
            (None, 1, [("A", 2), ("B", 3), ("C", 4)]),
            ("A", 2, [("A", 1), ("B", 3), ("C", 4)]),
            ("C", 4, [("A", 1), ("B", 2), ("C", 3)]),
            (LAST, 4, [("A", 1), ("B", 2), ("C", 3)]),
            ("Leaves", 4, [("A", 1), ("B", 2), ("C", 3)]),
        ],
    )
    @pytest.mark.parametrize("orders", [(1, 2, 3), (9, 9, INT4_MAX)])
    def test_are_kept_free_for_them(
        self, school: Database, orders: tuple[int, ...], after: Any, place: int, order: list[tuple[str, int]]
    ) -> None:
        fill(school, ALGEBRA, orders)
        what = CATALOG[Lesson].place
        assert what is not None
        behind = after if after in (None, LAST) else lesson(after)
        with gate.transaction(school, ADMIN) as uow:
            assert place_behind(uow, what, ALGEBRA, behind) == place
        assert numbered(school) == order


def test_answers_by_place_are_counted(school: Database) -> None:
    quiz, question = row_id(Quiz, "of sums"), row_id(QuizQuestion, "of sums")
    answers = [
        '["a", "b"]',
        "[1, null]",
        f'[{{"question_id": "{question}", "answer": "\\u0000"}}]',
        '[{"answer": "no question"}]',
        '[{"question_id": "another"}]',
        "[]",
        "{}",
        "null",
        '"text"',
    ]
    new = (
        "INSERT INTO quiz_attempts (id, quiz_id, student_id, answers)"
        " SELECT gen_random_uuid(), :quiz, student_id, CAST(:answers AS json) FROM quiz_attempts LIMIT 1"
    )
    for wire in answers:
        other_program(school, new, quiz=quiz, answers=wire)
    with gate.reading(school, INES) as uow:
        assert arranging.reorder_warnings(uow, quiz) == arranging.ReorderWarnings(attempts=10, positional=3)
        other = row_id(Quiz, "of algebra")
        found = arranging.move_effect(uow, QuizQuestion, [question], other)
        assert found == arranging.MoveEffect(attempts=1, positional=3)
        assert arranging.move_effect(uow, QuizQuestion, [question], quiz).nothing
