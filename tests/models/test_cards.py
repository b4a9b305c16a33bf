"""What moves make of cards, without Qt and without a database."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_desktop.entities import Course, Lesson, Quiz, QuizQuestion
from lms_desktop.models.cards import Card, Move, Target, applied, between, order_of, shifted, target

COURSE = "course"
LEVELS = (Lesson, Quiz, QuizQuestion)


def outline(text: str) -> list[Card]:
    """Cards of words: `a` a lesson, `.q` a quiz of the one before it, `+q` an unfolded one, `:x` a question of that,
    `=` the heading."""
    cards: list[Card] = []
    lesson = quiz = ""
    for word in text.split():
        name = word.lstrip(".+:")
        if word == "=":
            lesson = COURSE
            cards.append(Card(Course, COURSE, "", title="=", heading=True, placed=False, movable=False))
        elif word[0] in ".+":
            quiz = name
            cards.append(Card(Quiz, name, lesson, 1, name, placed=False, folded=word[0] == "."))
        elif word[0] == ":":
            cards.append(Card(QuizQuestion, name, quiz, 2, name))
        else:
            lesson = name
            cards.append(Card(Lesson, name, COURSE, 0, name))
    return cards


def words(cards: Sequence[Card]) -> str:
    """The cards as words."""
    return " ".join(
        (("." if card.folded else "+") if card.entity is Quiz else ":" * (card.depth // 2)) + card.title
        for card in cards
    )


ABC = outline("a .q .r b c = .s")


@pytest.mark.parametrize(
    ("rows", "step", "order"),
    [
        ((4,), "up", "acb"),
        ((4,), "top", "cab"),
        ((0,), "end", "bca"),
        ((0, 4), "up", "acb"),
        ((0, 4), "down", "bac"),
        ((0, 3), "down", "cab"),
        ((3, 4), "top", "bca"),
    ],
)
def test_rows_go_one_place_on_or_to_an_end(rows: tuple[int, ...], step: str, order: str) -> None:
    move = shifted(ABC, rows, step)  # type: ignore[arg-type]
    assert move is not None
    assert "".join(order_of(applied(ABC, move), Lesson, COURSE)) == order


@pytest.mark.parametrize(("rows", "step"), [((0,), "up"), ((4,), "end"), ((0, 3, 4), "down"), ((), "up")])
def test_what_stands_there_already_is_no_move(rows: tuple[int, ...], step: str) -> None:
    assert shifted(ABC, rows, step) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("gap", "after", "line"),
    [(0, None, 0), (1, None, 0), (2, "a", 3), (3, "a", 3), (4, "b", 4), (5, "c", 5), (7, "c", 5)],
)
def test_a_lesson_falls_between_lessons_never_among_the_quizzes_of_one(gap: int, after: str | None, line: int) -> None:
    assert target(ABC, LEVELS, COURSE, Lesson, gap) == Target(COURSE, after, line=line)


@pytest.mark.parametrize(
    ("on", "parent", "lit"),
    [
        (0, "a", (0, 2)),
        (2, "a", (0, 2)),
        (4, "c", (4, 4)),
        (5, COURSE, (5, 6)),
        (6, COURSE, (5, 6)),
        (-1, COURSE, (5, 6)),
    ],
)
def test_a_quiz_falls_on_a_lesson_or_on_the_course(on: int, parent: str, lit: tuple[int, int]) -> None:
    assert target(ABC, LEVELS, COURSE, Quiz, 0, on) == Target(parent, last=True, lit=lit)


def test_a_quiz_falls_on_a_course_that_has_none_of_its_own() -> None:
    assert target(outline("a b"), LEVELS, COURSE, Quiz, 2, -1) == Target(COURSE, last=True, line=2)


@pytest.mark.parametrize(
    ("gap", "on", "expected"),
    [
        (1, 1, Target("q", None, line=2)),
        (2, 1, Target("q", None, line=2)),
        (3, 2, Target("q", "x", line=3)),
        (4, 3, Target("q", "y", line=4)),
        (5, 4, Target("r", last=True, lit=(4, 4))),
        (6, 5, None),
        (0, 0, None),
    ],
)
def test_questions_fall_among_questions_or_on_a_folded_quiz(gap: int, on: int, expected: Target | None) -> None:
    assert target(outline("a +q :x :y .r b"), LEVELS, COURSE, QuizQuestion, gap, on) == expected


def test_a_plain_list_takes_rows_anywhere_and_an_empty_one_too() -> None:
    assert target([], (QuizQuestion,), "q", QuizQuestion, 0) == Target("q", None, line=0)
    assert target([], (QuizQuestion,), "q", Lesson, 0) is None


@pytest.mark.parametrize(
    ("move", "after"),
    [
        (Move(Lesson, ("c",), COURSE, None, home=COURSE), "c a +q :x .r b = .s"),
        (Move(Lesson, ("a",), COURSE, "b", home=COURSE), "b a +q :x .r c = .s"),
        (Move(Lesson, ("b",), "another course", last=True, home=COURSE), "a +q :x .r c = .s"),
        (Move(Quiz, ("q",), "c", last=True, home=COURSE), "a .r b c +q :x = .s"),
        (Move(Quiz, ("q",), COURSE, last=True, home=COURSE), "a .r b c = .s +q :x"),
        (Move(QuizQuestion, ("x",), "r", last=True, home=COURSE), "a +q .r b c = .s"),
        (Move(Lesson, ("c", "gone"), COURSE, "gone too", home=COURSE), "a +q :x .r b c = .s"),
        (Move(Lesson, ("nobody",), COURSE, None, home=COURSE), "a +q :x .r b c = .s"),
        (Move(Lesson, ("c",), COURSE, None, home=COURSE, order=("b", "a", "c")), "b a +q :x .r c = .s"),
    ],
)
def test_blocks_move_as_one_and_go_out_of_sight_where_their_list_is_not_shown(move: Move, after: str) -> None:
    assert words(applied(outline("a +q :x .r b c = .s"), move)) == after


@given(st.permutations("abcdef"), st.sets(st.sampled_from("abcdef"), min_size=1), st.integers(-1, 7))
def test_between_gives_the_order_of_a_plain_list(order: list[str], chosen: set[str], at: int) -> None:
    cards = outline(" ".join(order))
    ids = [row_id for row_id in order if row_id in chosen]
    rest = [row_id for row_id in order if row_id not in chosen]
    place = min(max(at, 0), len(rest))
    wanted = (*rest[:place], *ids, *rest[place:])
    move = between(order, Lesson, ids, COURSE, at)
    assert (order_of(cards if move is None else applied(cards, move), Lesson, COURSE)) == wanted
    assert (move is None) == (wanted == tuple(order))
