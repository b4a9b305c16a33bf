"""Lessons and questions that are not saved yet are moved within their list, and saved where they stand."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import URL

from PySide6.QtCore import Qt

from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Lesson, QuizQuestion
from lms_desktop.models.cards import Card
from lms_desktop.models.desk import as_worker
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.outline import put_in
from lms_desktop.services import gate
from lms_desktop.services.edits import Behind
from tests.small_school import actor
from tests.views.course.arranging import ALGEBRA, ALT, CTRL, OF_SUMS, SUMS, OutlineDesk, drop, lessons_of
from tests.views.course.test_outline_view import ines, school, sit

__all__ = ["ines", "school", "sit"]

KEY = Qt.Key


def begin(desk: OutlineDesk, title: str, spot: Behind | None = None) -> str:
    """A lesson that is not saved yet; its id."""
    values = {"course_id": ALGEBRA, "title": title, "content_type": "text"}
    return desk.drafts[Lesson].begin_new(values, spot=spot).id


def lessons(desk: OutlineDesk) -> list[str]:
    """All lessons as they are shown."""
    return [card.title for card in desk.view.model.cards if card.entity is Lesson]


def test_a_key_moves_what_is_not_saved_and_it_is_saved_where_it_stands(
    ines: OutlineDesk, school: Database, database_url: URL
) -> None:
    begin(ines, "Roots", Behind(SUMS))
    begin(ines, "Limits")
    ines.click("Roots")
    for key, order in (
        (KEY.Key_Up, ["Roots", "Sums", "Products", "Powers", "Limits"]),
        (KEY.Key_End, ["Sums", "Products", "Powers", "Limits", "Roots"]),
        (KEY.Key_Up, ["Sums", "Products", "Powers", "Roots", "Limits"]),
        (KEY.Key_Up, ["Sums", "Products", "Roots", "Powers", "Limits"]),
        (KEY.Key_Down, ["Sums", "Products", "Powers", "Roots", "Limits"]),
        (KEY.Key_Home, ["Roots", "Sums", "Products", "Powers", "Limits"]),
    ):
        ines.press(key, ALT)
        assert lessons(ines) == order
        assert [card.title for card in ines.cards.chosen_cards()] == ["Roots"]
    assert ines.view.announced == "“Roots” is now 1 of 5."
    ines.press(KEY.Key_Up, ALT)
    assert ines.view.announced == "“Roots” cannot go further."
    ines.press(KEY.Key_Down, ALT)
    assert lessons_of(database_url) == ["Sums", "Products", "Powers"]
    with as_worker(), gate.transaction(school, actor("ines")) as uow:
        ines.session.records.save(uow, ines.drafts[Lesson].edits())
    assert lessons_of(database_url) == ["Sums", "Roots", "Products", "Powers", "Limits"]


def test_a_move_is_taken_back_and_made_again(ines: OutlineDesk) -> None:
    begin(ines, "Roots", Behind(SUMS))
    begin(ines, "Limits", Behind(SUMS))
    before = lessons(ines)
    ines.click("Limits")
    ines.press(KEY.Key_End, ALT)
    after = lessons(ines)
    assert after[-1] == "Limits"
    ines.drafts[Lesson].undo()
    assert lessons(ines) == before
    ines.drafts[Lesson].redo()
    assert lessons(ines) == after


@pytest.mark.parametrize(
    ("onto", "part", "order"),
    [
        ("Sums", 0.2, ["Roots", "Sums", "Products", "Powers"]),
        ("Products", 0.8, ["Sums", "Products", "Roots", "Powers"]),
        ("Powers", 0.9, ["Sums", "Products", "Powers", "Roots"]),
    ],
)
def test_what_is_not_saved_is_dragged(
    ines: OutlineDesk, database_url: URL, onto: str, part: float, order: list[str]
) -> None:
    begin(ines, "Roots", Behind(SUMS))
    data = ines.drag("Roots")
    assert drop(ines.cards, data, ines.at("Sums"), ines.at(onto, part))
    assert lessons(ines) == order
    assert lessons_of(database_url) == ["Sums", "Products", "Powers"]


def test_what_is_not_saved_cannot_be_copied_and_stays_in_its_list(ines: OutlineDesk, database_url: URL) -> None:
    begin(ines, "Roots", Behind(SUMS))
    data = ines.drag("Roots")
    drop(ines.cards, data, ines.at("Sums"), ines.at("Powers", 0.9), keys=CTRL)
    assert ines.messages[-1] == "Save it first: what is not saved yet cannot be copied."
    assert lessons_of(database_url) == ["Sums", "Products", "Powers"]
    ines.drafts[QuizQuestion].begin_new({"quiz_id": OF_SUMS, "question_text": "Whose?"})
    ines.click("Of Sums")
    ines.press(KEY.Key_Right)
    shown = ines.shown()
    data = ines.drag("Whose?")
    drop(ines.cards, data, ines.at("Whose?"), ines.at("Of Algebra"))
    assert ines.messages[-1] == "Save it first: what is not saved yet stays in its list."
    assert ines.shown() == shown


def laid_out(drafts: Drafts, saved: str) -> str:
    """The list as it is shown; each draft is called by its title."""
    blocks = [[Card(Lesson, row_id, "", title=row_id)] for row_id in saved]
    for draft in drafts.new_rows():
        put_in(blocks, [Card(Lesson, draft.id, "", title=str(draft.values["title"]))], draft)
    return "".join(card.title for block in blocks for card in block)


@example(begun=["", "", ""], moves=[(0, 5)])
@given(
    st.lists(st.sampled_from(["", None, *"abc"]), min_size=1, max_size=5), st.lists(st.tuples(*[st.integers(0, 9)] * 2))
)
def test_any_moves_end_as_in_a_plain_list(begun: list[str | None], moves: list[tuple[int, int]]) -> None:
    """`begun`: what each new one was begun behind; "" for the end."""
    drafts, names = Drafts(Lesson), dict[str, str]()
    for number, after in enumerate(begun):
        draft = drafts.begin_new({"title": str(number)}, spot=None if after == "" else Behind(after))
        names[str(number)] = draft.id
    for which, to in moves:
        name, shown = str(which % len(begun)), list(laid_out(drafts, "abc"))
        shown.remove(name)
        shown.insert(to % (len(shown) + 1), name)
        drafts.put_new(names[name], [names.get(title, title) for title in shown])
        assert laid_out(drafts, "abc") == "".join(shown)
    while drafts.undo():
        pass
    assert laid_out(drafts, "abc") == "abc"
