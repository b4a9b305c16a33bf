"""The models of what is arranged by hand: moves shown at once, done in their order, corrected by the database."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import psycopg2
import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, delete, insert, update

from PySide6.QtCore import QItemSelectionModel, QMimeData, QModelIndex, Qt

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Course, Lesson, Quiz, QuizQuestion
from lms_desktop.models import wording
from lms_desktop.models.all_drafts import AllDrafts
from lms_desktop.models.cards import Target
from lms_desktop.models.desk import as_worker
from lms_desktop.models.ordered import MIME
from lms_desktop.models.outline import OutlineModel, QuestionListModel
from tests.desks import ImmediateDesk
from tests.models.conftest import MakeDesk
from tests.small_school import actor, opened, row_id

ALGEBRA, BOTANY = row_id(Course, "algebra"), row_id(Course, "botany")
SUMS, PRODUCTS, POWERS = (row_id(Lesson, name) for name in ("sums", "products", "powers"))
OF_SUMS, OF_ALGEBRA = row_id(Quiz, "of sums"), row_id(Quiz, "of algebra")
MOVE, COPY = Qt.DropAction.MoveAction, Qt.DropAction.CopyAction
NOWHERE = QModelIndex()


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school, where the quiz of the sums has three questions and the lessons' numbers have gaps."""
    with opened(database_url) as database:
        with database.engine.begin() as connection:
            connection.execute(
                insert(QuizQuestion),
                [
                    {
                        "id": row_id(QuizQuestion, t),
                        "quiz_id": OF_SUMS,
                        "question_text": t,
                        "question_type": "essay",
                        "order": n,
                    }
                    for n, t in ((5, "How?"), (9, "When?"))
                ],
            )
            connection.execute(update(Lesson).where(Lesson.id == POWERS).values(order=30))
            later = datetime.now(UTC) + timedelta(hours=1)
            connection.execute(update(Quiz).where(Quiz.title == "Of Algebra And Sums").values(created_at=later))
        yield database


@pytest.fixture
def desk(qtbot: QtBot, school: Database) -> Iterator[ImmediateDesk]:
    """The desk of Ines."""
    made = ImmediateDesk(school, actor("ines"))
    yield made
    made.close()


@pytest.fixture
def drafts(qtbot: QtBot) -> AllDrafts:
    """Nothing unsaved yet."""
    return AllDrafts()


@pytest.fixture
def model(desk: ImmediateDesk, drafts: AllDrafts) -> OutlineModel:
    """The outline of algebra."""
    made = OutlineModel(desk, CATALOG, drafts)
    made.show(ALGEBRA)
    return made


@pytest.fixture
def questions(desk: ImmediateDesk, drafts: AllDrafts) -> QuestionListModel:
    """The questions of the quiz of the sums."""
    made = QuestionListModel(desk, CATALOG, drafts)
    made.show(OF_SUMS)
    return made


def shown(model: OutlineModel | QuestionListModel) -> list[str]:
    """All rows as they are indented."""
    return ["  " * card.depth + card.title for card in model.cards]


def titles(model: OutlineModel | QuestionListModel, entity: type = Lesson) -> list[str]:
    """The rows of one entity as the model shows them."""
    return [card.title for card in model.cards if card.entity is entity and not card.new]


def test_the_kind_of_a_question_is_written_as_the_language_writes_nouns(desk: ImmediateDesk, drafts: AllDrafts) -> None:
    german = {"Essay": "Aufsatz", "Are nouns written small in the middle of a sentence? yes or no": "no"}
    for words, kind in (({}, "essay"), (german, "Aufsatz")):
        wording.use(words)
        try:
            made = QuestionListModel(desk, CATALOG, drafts)
            made.show(OF_SUMS)
        finally:
            wording.use({})
        assert kind in {card.tag for card in made.cards}


def stored(
    url: URL, table: str = "lessons", column: str = "title", parent: tuple[str, str] = ("course_id", ALGEBRA)
) -> list[str]:
    """A list as psycopg2 reads it; its numbers run from 1."""
    with closing(
        psycopg2.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
    ) as connection:
        cursor = connection.cursor()
        cursor.execute(
            f'SELECT {column}, "order" FROM {table} WHERE {parent[0]} = %s ORDER BY "order", created_at, id',
            (parent[1],),
        )
        rows = cursor.fetchall()
    assert [row[1] for row in rows] == list(range(1, len(rows) + 1))
    return [row[0] for row in rows]


def other_program(school: Database, *statements: object) -> None:
    """Another program writes."""
    with as_worker(), school.engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]


def test_lessons_stand_with_their_quizzes_and_those_of_the_course_at_the_end(model: OutlineModel) -> None:
    assert shown(model) == [
        "Sums",
        "  Of Sums",
        "  Of Algebra And Sums",
        "Products",
        "Powers",
        "Quizzes of the course",
        "  Of Algebra",
    ]


def test_the_models_keep_the_rules_of_qt(
    qtmodeltester: ModelTester, model: OutlineModel, questions: QuestionListModel
) -> None:
    qtmodeltester.check(model)
    qtmodeltester.check(questions)
    model.fold(1, False)
    model.shift([0], "down")
    questions.shift([2], "top")
    qtmodeltester.check(model)
    qtmodeltester.check(questions)


def test_a_screen_reader_hears_place_title_and_what_is_to_know(model: OutlineModel, school: Database) -> None:
    other_program(school, update(Lesson).where(Lesson.id == PRODUCTS).values(content_type="video", duration_minutes=18))
    model.reload()
    heard = model.data(model.index(3), Qt.ItemDataRole.AccessibleTextRole)
    assert heard.replace("(s)", "s").startswith("Lesson 2 of 3, Products, video, 18 minutes, not ready, Lesson 2")
    assert model.data(model.index(6), Qt.ItemDataRole.AccessibleTextRole).startswith(
        "Quiz, Of Algebra, draft, 1 question"
    )


def test_a_lesson_takes_its_quizzes_along(model: OutlineModel, database_url: URL) -> None:
    assert model.shift([0], "down") is not None
    assert shown(model)[:4] == ["Products", "Sums", "  Of Sums", "  Of Algebra And Sums"]
    assert titles(model) == stored(database_url) == ["Products", "Sums", "Powers"]


def test_who_points_at_a_row_goes_on_doing_so(model: OutlineModel) -> None:
    selection = QItemSelectionModel(model)
    selection.select(model.index(1), QItemSelectionModel.SelectionFlag.Select)
    model.shift([0], "end")
    assert [model.card(i.row()).title for i in selection.selectedIndexes()] == ["Of Sums"]  # type: ignore[union-attr]


def test_rows_go_to_a_place_by_number(model: OutlineModel, database_url: URL) -> None:
    model.put([4], 1)
    assert titles(model) == stored(database_url) == ["Powers", "Sums", "Products"]
    model.put([model.find(Lesson, POWERS)], 99)
    assert titles(model) == stored(database_url) == ["Sums", "Products", "Powers"]


def test_moving_rows_is_qts_own_way_too(model: OutlineModel, database_url: URL) -> None:
    assert model.moveRows(NOWHERE, 4, 1, NOWHERE, 0)
    assert titles(model) == stored(database_url) == ["Powers", "Sums", "Products"]
    assert not model.moveRows(NOWHERE, 0, 1, NOWHERE, 0)
    assert not model.moveRows(NOWHERE, 0, 99, NOWHERE, 0)


def test_quick_moves_are_one_after_another_and_none_is_lost(
    desk: ImmediateDesk, model: OutlineModel, database_url: URL
) -> None:
    desk.hold()
    for _ in range(20):
        model.shift([model.find(Lesson, SUMS)], "down")
        model.shift([model.find(Lesson, POWERS)], "top")
        model.shift([model.find(Lesson, SUMS)], "up")
        assert titles(model)[0] == "Powers"
    expected = titles(model)
    desk.release()
    assert titles(model) == stored(database_url) == expected


def test_twenty_quick_presses_end_where_the_person_sees_it(
    make_desk: MakeDesk, school: Database, database_url: URL, drafts: AllDrafts, qtbot: QtBot
) -> None:
    lessons = [{"title": f"L{n:02}", "content_type": "text", "course_id": ALGEBRA, "order": n + 40} for n in range(30)]
    other_program(school, insert(Lesson).values(lessons))
    desk = make_desk(database_url, actor("ines"))
    model = OutlineModel(desk, CATALOG, drafts)
    model.show(ALGEBRA)
    qtbot.waitUntil(lambda: model.loaded, timeout=15_000)
    for _ in range(20):
        model.shift([model.find(Lesson, PRODUCTS)], "down")
    expected = titles(model)
    assert expected.index("Products") == 21
    qtbot.waitUntil(lambda: not desk.jobs, timeout=15_000)
    assert titles(model) == stored(database_url) == expected


def test_a_list_that_changed_meanwhile_is_shown_as_it_is(
    model: OutlineModel, school: Database, database_url: URL
) -> None:
    said: list[str] = []
    model.arranged.connect(lambda move, outcome: said.append(outcome.sentence))
    other_program(
        school,
        insert(Lesson).values(
            title="Roots", content_type="text", course_id=ALGEBRA, order=2, id=row_id(Lesson, "roots")
        ),
    )
    model.shift([model.find(Lesson, POWERS)], "top")
    assert titles(model) == stored(database_url)
    assert titles(model)[0] == "Powers"
    assert "Roots" in titles(model)
    assert "Roots" in said[0]


def test_what_makes_no_sense_any_more_is_put_back_and_the_list_as_it_is_shown(
    model: OutlineModel, school: Database
) -> None:
    reasons: list[object] = []
    model.refused.connect(lambda move, error: reasons.append(error))
    other_program(school, delete(Lesson).where(Lesson.id == POWERS))
    model.shift([model.find(Lesson, POWERS)], "top")
    assert len(reasons) == 1
    assert titles(model) == ["Sums", "Products"]


def test_what_is_on_its_way_is_not_undone_by_what_was_read_before(desk: ImmediateDesk, model: OutlineModel) -> None:
    desk.hold()
    model.reload()
    model.shift([model.find(Lesson, SUMS)], "end")
    desk.release()
    assert titles(model) == ["Products", "Powers", "Sums"]


def test_what_others_change_is_shown_and_the_rows_chosen_stay_chosen(model: OutlineModel, school: Database) -> None:
    selection = QItemSelectionModel(model)
    selection.select(model.index(model.find(Lesson, POWERS)), QItemSelectionModel.SelectionFlag.Select)
    other_program(
        school,
        update(Lesson).where(Lesson.id == POWERS).values(order=0, title="Power"),
        delete(Lesson).where(Lesson.id == PRODUCTS),
        insert(Lesson).values(title="Roots", content_type="text", course_id=ALGEBRA, order=1),
    )
    model.reload()
    assert set(titles(model)) == {"Power", "Sums", "Roots"}
    assert [model.card(i.row()).title for i in selection.selectedIndexes()] == ["Power"]  # type: ignore[union-attr]


def test_while_something_is_dragged_the_rows_stay(model: OutlineModel, school: Database) -> None:
    model.hold(True)
    other_program(school, delete(Lesson).where(Lesson.id == PRODUCTS))
    model.reload()
    assert "Products" in titles(model)
    model.hold(False)
    assert "Products" not in titles(model)


def test_many_rows_at_once_change_places_at_once(model: OutlineModel, school: Database) -> None:
    lessons = [{"title": f"L{n:02}", "content_type": "text", "course_id": ALGEBRA, "order": n + 40} for n in range(40)]
    other_program(school, insert(Lesson).values(lessons))
    model.reload()
    selection = QItemSelectionModel(model)
    selection.select(model.index(20), QItemSelectionModel.SelectionFlag.Select)
    chosen = model.card(20)
    other_program(school, update(Lesson).where(Lesson.title.like("L%")).values(order=(Lesson.order * 7919) % 41))
    model.reload()
    assert [model.card(i.row()) for i in selection.selectedIndexes()] == [chosen]


# Dragging


def dragged(model: OutlineModel | QuestionListModel, *rows: int) -> QMimeData:
    """What a drag of these rows carries."""
    return model.mimeData([model.index(row) for row in rows])


def test_a_drag_carries_the_outermost_rows_and_their_titles(model: OutlineModel) -> None:
    data = dragged(model, 3, 0, 1)
    assert model.dragged(data) == (Lesson, (SUMS, PRODUCTS))
    assert data.text() == "Sums\nProducts"


def test_several_rows_fall_together_in_their_order(model: OutlineModel, database_url: URL) -> None:
    assert model.canDropMimeData(dragged(model, 4, 0), MOVE, 4, 0, NOWHERE)
    assert model.dropMimeData(dragged(model, 4, 0), MOVE, 4, 0, NOWHERE)
    assert titles(model) == stored(database_url) == ["Products", "Sums", "Powers"]


def test_a_quiz_falls_on_a_lesson_or_on_the_course(model: OutlineModel, school: Database) -> None:
    assert model.dropMimeData(dragged(model, 1), MOVE, -1, -1, model.index(model.find(Lesson, POWERS)))
    assert shown(model) == [
        "Sums",
        "  Of Algebra And Sums",
        "Products",
        "Powers",
        "  Of Sums",
        "Quizzes of the course",
        "  Of Algebra",
    ]
    assert model.dropMimeData(dragged(model, 1), MOVE, -1, -1, NOWHERE)
    assert shown(model)[-1].strip() in {"Of Algebra", "Of Algebra And Sums"}
    assert not model.dropMimeData(dragged(model, 5), MOVE, -1, -1, model.index(4))


def test_questions_fall_between_questions_and_onto_quizzes(model: OutlineModel, database_url: URL) -> None:
    model.fold(1, False)
    assert shown(model)[1:5] == ["  Of Sums", "    Why?", "    How?", "    When?"]
    assert model.dropMimeData(dragged(model, 4), MOVE, 2, 0, NOWHERE)
    of_sums = ("quiz_questions", "question_text", ("quiz_id", OF_SUMS))
    assert titles(model, QuizQuestion) == stored(database_url, *of_sums) == ["When?", "Why?", "How?"]
    of_algebra = model.index(model.find(Quiz, OF_ALGEBRA))
    assert not model.canDropMimeData(dragged(model, 4), MOVE, -1, -1, model.index(0))
    assert model.dropMimeData(dragged(model, 2, 3), MOVE, -1, -1, of_algebra)
    assert titles(model, QuizQuestion) == stored(database_url, *of_sums) == ["How?"]
    assert stored(database_url, "quiz_questions", "question_text", ("quiz_id", OF_ALGEBRA)) == ["Why?", "When?", "Why?"]


def test_questions_go_from_one_view_to_another(
    model: OutlineModel, questions: QuestionListModel, database_url: URL
) -> None:
    model.fold(model.find(Quiz, OF_ALGEBRA), False)
    data = dragged(model, model.find(Quiz, OF_ALGEBRA) + 1)
    assert questions.dropMimeData(data, MOVE, 1, 0, NOWHERE)
    of_sums = ("quiz_questions", "question_text", ("quiz_id", OF_SUMS))
    assert titles(questions, QuizQuestion) == stored(database_url, *of_sums) == ["Why?", "Why?", "How?", "When?"]
    assert not questions.canDropMimeData(dragged(model, 0), MOVE, 1, 0, NOWHERE)


def test_a_drop_with_ctrl_asks_for_copies(model: OutlineModel) -> None:
    asked: list[object] = []
    model.copy_wanted.connect(lambda *what: asked.append(what))
    assert model.dropMimeData(dragged(model, 4), COPY, 0, 0, NOWHERE)
    assert asked == [(Lesson, (POWERS,), Target(ALGEBRA, None, line=0))]
    assert titles(model) == ["Sums", "Products", "Powers"]


@pytest.mark.parametrize("told", [b"", b"[]", b"{", b'{"database": "x", "entity": "lessons", "ids": ["a"]}', b"7"])
def test_what_comes_from_elsewhere_is_not_taken(model: OutlineModel, told: bytes) -> None:
    data = QMimeData()
    data.setData(MIME, told)
    assert not model.canDropMimeData(data, MOVE, 0, 0, NOWHERE)
    assert not model.dropMimeData(data, MOVE, 0, 0, NOWHERE)
    assert not model.canDropMimeData(QMimeData(), MOVE, 0, 0, NOWHERE)


def test_a_forged_drag_of_anothers_lesson_is_refused(model: OutlineModel, database_url: URL) -> None:
    reasons: list[object] = []
    model.refused.connect(lambda move, error: reasons.append(error))
    data = dragged(model, 0)
    data.setData(MIME, bytes(data.data(MIME).data()).replace(SUMS.encode(), row_id(Lesson, "leaves").encode()))
    assert model.dropMimeData(data, MOVE, 0, 0, NOWHERE)
    assert len(reasons) == 1
    assert stored(database_url, parent=("course_id", BOTANY)) == ["Leaves"]


def test_whoever_may_not_arrange_cannot(school: Database, drafts: AllDrafts, qtbot: QtBot) -> None:
    desk = ImmediateDesk(school, actor("registrar"))
    model = OutlineModel(desk, CATALOG, drafts)
    model.show(ALGEBRA)
    assert model.loaded
    assert not any(model.flags(model.index(row)) & Qt.ItemFlag.ItemIsDragEnabled for row in range(model.rowCount()))
    assert model.supportedDropActions() == Qt.DropAction.IgnoreAction
    assert model.shift([0], "down") is None
    assert not model.dropMimeData(dragged(model, 0), MOVE, 4, 0, NOWHERE)
    desk.close()


# Unsaved


def test_what_is_not_saved_yet_is_shown_where_it_will_stand(model: OutlineModel, drafts: AllDrafts) -> None:
    draft = drafts[Lesson].begin_new({"course_id": ALGEBRA, "title": "Roots"})
    assert titles(model) == ["Sums", "Products", "Powers"]
    row = model.find(Lesson, draft.id)
    assert (row, model.card(row).new) == (5, True)  # type: ignore[union-attr]
    assert model.data(model.index(row), Qt.ItemDataRole.AccessibleTextRole) == "New lesson, Roots, not saved yet"
    drafts[Lesson].set(SUMS, "title", "Adding", version="1", base="Sums")
    assert (model.card(0).title, model.card(0).unsaved) == ("Adding", True)  # type: ignore[union-attr]
    drafts[Lesson].clear()
    assert "Roots" not in "".join(shown(model))
    assert titles(model)[0] == "Sums"


def test_a_guard_that_says_no_puts_it_back(model: OutlineModel, database_url: URL) -> None:
    answers: list[object] = []

    def guard(move: object, answer: object) -> bool:
        answers.append(answer)
        return True

    model.queue.guard = guard
    model.shift([0], "down")
    model.shift([model.find(Lesson, POWERS)], "top")
    assert titles(model) == ["Powers", "Products", "Sums"]
    answers.pop(0)(False)  # type: ignore[operator]
    assert titles(model) == ["Powers", "Sums", "Products"]
    answers.pop(0)(True)  # type: ignore[operator]
    assert titles(model) == stored(database_url) == ["Powers", "Sums", "Products"]


def test_what_is_being_asked_about_is_done_though_another_course_is_opened(
    desk: ImmediateDesk, model: OutlineModel, database_url: URL
) -> None:
    answers: list[object] = []

    def guard(move: object, answer: object) -> bool:
        answers.append(answer)
        return True

    model.queue.guard = guard
    model.shift([0], "end")
    model.shift([model.find(Lesson, POWERS)], "top")
    model.show(row_id(Course, "no such course"))
    while answers:
        answers.pop(0)(True)  # type: ignore[operator]
    assert stored(database_url) == ["Powers", "Products", "Sums"]
    assert shown(model) == []
