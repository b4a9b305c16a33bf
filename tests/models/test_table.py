"""The table's model: pages as they are wanted, drafts laid over, the old picture until the new rows are there."""

from collections.abc import Iterator

import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, delete, insert, update

from PySide6.QtCore import Qt

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Change, Database, Outcome, UnitOfWork
from lms_desktop.entities import Course, Enrollment, User
from lms_desktop.models import fetched, stretches, whereabouts
from lms_desktop.models.cells import Look
from lms_desktop.models.desk import as_worker
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.live import Batch
from lms_desktop.models.lookup import LookupModel
from lms_desktop.models.new_rows import NewRowsModel
from lms_desktop.models.table import TableModel
from lms_desktop.services import surveying
from lms_desktop.services.edits import Edit, Versions
from lms_desktop.services.pages import Pages
from lms_desktop.services.records import Records
from lms_desktop.spec import Filter, Operator, Query, Ref, Sort
from tests.desks import ImmediateDesk
from tests.small_school import actor, opened, row_id, statements

CROWD = 1_000


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school with a thousand students more."""
    with opened(database_url) as database:
        with database.engine.begin() as connection:
            connection.execute(
                insert(User),
                [
                    {
                        "email": f"s{i:04}@school.edu",
                        "full_name": f"Student {i:04}",
                        "role": "student",
                        "password_hash": "no hash",
                    }
                    for i in range(CROWD)
                ],
            )
        yield database


@pytest.fixture
def desk(qtbot: QtBot, school: Database) -> Iterator[ImmediateDesk]:
    """The administrator's desk."""
    made = ImmediateDesk(school, actor("admin"))
    yield made
    made.close()


@pytest.fixture
def model(desk: ImmediateDesk) -> TableModel:
    """All people by name, shown."""
    made = TableModel(desk, CATALOG, Pages(CATALOG), Query(User, sorts=(Sort("full_name"),)), Drafts(User))
    made.show(made.query)
    return made


def name(model: TableModel, row: int) -> str:
    """The name in a row, as it is shown."""
    return str(model.data(model.index(row, 0)))


def test_as_many_rows_are_read_first_as_the_view_has_shown(model: TableModel) -> None:
    assert [model.row_id(row) is not None for row in (fetched.SCREEN - 1, fetched.SCREEN)] == [True, False]
    for seen, read in ((53, 53), (40, 53)):  # fewer in view by now: a narrow filter, or another row for each of them
        model.want(0, seen - 1)
        model.show(Query(User, sorts=(Sort("full_name"),), search="second"))
        model.want(0, model.rowCount() - 1)
        model.show(Query(User, sorts=(Sort("email", descending=seen == 40),)))
        assert [model.row_id(row) is not None for row in (read - 1, read)] == [True, False]


def test_a_low_view_reads_enough_first_for_the_record_that_is_shown(model: TableModel) -> None:
    model.want(0, 9)
    model.show(Query(User, sorts=(Sort("email"),)))
    assert [model.row_id(row) is not None for row in (fetched.LEAST - 1, fetched.LEAST)] == [True, False]


def test_the_model_keeps_the_rules_of_qt(qtmodeltester: ModelTester, model: TableModel) -> None:
    qtmodeltester.check(model)


@pytest.mark.parametrize("slow", [False, True])
def test_what_is_made_ready_is_there_when_it_is_shown(desk: ImmediateDesk, school: Database, slow: bool) -> None:
    pages, query = Pages(CATALOG), Query(User, sorts=(Sort("full_name"),))
    model = TableModel(desk, CATALOG, pages, query, Drafts(User))
    columns = tuple(field.key for field in model.fields)
    with statements(school) as prepared:
        model.prepare(query, columns, is_slow=lambda uow, asked: slow)
    assert (model.loaded, model.row_id(0) is None) == (not slow, slow)
    made = dict(pages._plans)
    with statements(school) as shown:
        model.show(query, columns)
    assert model.row_id(0) is not None
    wanted = [statement for statement in shown if "full_name" in statement]
    assert wanted[0].startswith("SET TRANSACTION READ ONLY; "), "only of what was asked before are the words known"
    assert any("full_name" in statement for statement in prepared)
    assert dict(pages._plans) == made


def test_all_rows_are_there_and_only_some_are_loaded(model: TableModel) -> None:
    assert (model.rowCount(), model.exact) == (CROWD + 10, True)
    assert name(model, 0) == "Admin"
    assert name(model, 700) == "…"
    model.want(690, 710)
    assert name(model, 700) != "…"


def test_jumping_shows_the_rows_that_scrolling_would(model: TableModel) -> None:
    model.want(1000, 1009)
    jumped = [model.row_id(row) for row in range(1000, 1010)]
    for first in range(0, 1010, 100):
        model.want(first, first + 99)
    assert [model.row_id(row) for row in range(1000, 1010)] == jumped
    assert len({model.row_id(row) for row in range(1010)}) == 1010


def test_who_scrolls_on_before_rows_come_is_shown_rows(model: TableModel, desk: ImmediateDesk) -> None:
    model.want(900, 919)
    everything = [model.row_id(row) for row in range(900, 920)]
    model.want(0, 19)
    desk.hold()
    for first in range(500, 506):
        model.want(first, first + 19)
    desk.release(1)
    assert all(model.row_id(row) is not None for row in range(505, 520)), "what was asked for first is not given up"
    model.want(900, 919)
    desk.release()
    assert [model.row_id(row) for row in range(900, 920)] == everything
    model.want(505, 524)
    assert all(model.row_id(row) is not None for row in range(505, 525))


def test_memory_is_bounded(model: TableModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretches, "KEPT", 300)
    for first in range(0, 1000, 10):
        model.want(first, first + 10)
    assert model.row_id(910) is not None
    assert model.row_id(110) is None


def test_the_old_rows_stay_until_the_new_ones_are_there(desk: ImmediateDesk, model: TableModel) -> None:
    desk.hold()
    model.show(Query(User, search="Student 0500"))
    assert (name(model, 0), model.rowCount()) == ("Admin", CROWD + 10)
    desk.release()
    assert (name(model, 0), model.rowCount()) == ("Student 0500", 1)


def test_a_late_reply_of_an_older_query_is_dropped(desk: ImmediateDesk, model: TableModel) -> None:
    desk.hold()
    model.show(Query(User, search="Student 0500"))
    model.show(Query(User, search="Student 0600"))
    desk.release()
    assert [name(model, row) for row in range(model.rowCount())] == ["Student 0600"]


def test_a_refresh_meanwhile_does_not_lose_the_query_that_was_asked_for(desk: ImmediateDesk, model: TableModel) -> None:
    desk.hold()
    model.show(Query(User, search="Student 0500"))
    model.refresh()
    desk.release()
    assert [name(model, row) for row in range(model.rowCount())] == ["Student 0500"]


def test_rows_deleted_before_a_block_that_is_read_backwards_leave_no_hole(school: Database, model: TableModel) -> None:
    model.want(100, 105)
    with as_worker(), school.engine.begin() as connection:
        connection.execute(delete(User).where(User.full_name.like("Student 00%")))
    model.want(80, 99)
    assert all(model.row_id(row) is not None for row in range(80, 100))


def test_rows_come_though_what_is_seen_was_read_again_meanwhile(desk: ImmediateDesk, model: TableModel) -> None:
    model.want(0, 30)
    desk.hold()
    model.read_again(lambda came_about: None)
    model.want(31, 70)
    desk.release(1)
    desk.release()
    assert all(model.row_id(row) is not None for row in range(31, 71))


def test_a_place_behind_the_last_row_is_no_count(
    qtmodeltester: ModelTester, school: Database, model: TableModel
) -> None:
    with as_worker(), school.engine.begin() as connection:
        connection.execute(delete(User).where(User.full_name.like("Student %")))
    model.want(900, 950)
    assert (model.rowCount(), model.exact) == (10, True)
    qtmodeltester.check(model)


def test_a_page_that_was_asked_for_before_the_count_does_not_outdo_it(desk: ImmediateDesk, school: Database) -> None:
    people = TableModel(desk, CATALOG, Pages(CATALOG), Query(User, sorts=(Sort("full_name"),)), Drafts(User))
    people.show(people.query)
    desk.hold()
    people.want(300, 350)
    with as_worker(), school.engine.begin() as connection:
        connection.execute(delete(User).where(User.full_name.like("Student %")))
    people._set_total(10, exact=True)
    desk.release()
    assert (people.rowCount(), people.exact) == (10, True)


def test_a_row_that_the_count_cut_off_is_not_found(school: Database, model: TableModel) -> None:
    last = model.row_id(55)
    model._set_total(50, exact=True)
    assert last is not None
    assert model.find(last) is None


def test_a_draft_is_called_what_its_row_is_called(desk: ImmediateDesk) -> None:
    courses = TableModel(desk, CATALOG, Pages(CATALOG), Query(Course), Drafts(Course))
    courses.show(Query(Course))
    courses.setData(courses.index(0, 0), "Algebra I")
    enrollments = TableModel(desk, CATALOG, Pages(CATALOG), Query(Enrollment), Drafts(Enrollment))
    enrollments.show(Query(Enrollment, search="bo"))
    column = [field.key for field in enrollments.fields].index("completed_at")
    enrollments.setData(enrollments.index(0, column), "2026-11-22 09:00:00+00")
    titles = [draft.title for model in (courses, enrollments) for draft in model.drafts.all()]
    assert titles == ["Algebra", "Bo · Botany"]


def test_a_click_on_a_header_sorts(model: TableModel) -> None:
    model.sort(1, Qt.SortOrder.DescendingOrder)
    assert model.data(model.index(0, 1)) == "second.admin@school.edu"


def test_another_order_of_many_rows_is_not_counted_again(
    desk: ImmediateDesk, school: Database, model: TableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (whereabouts, fetched):
        monkeypatch.setattr(module, "NEAR", 100)
    model.show(model.query)
    desk.hold()
    model.show(Query(User, sorts=(Sort("email", descending=True),)))
    desk.release(1)
    assert (model.rowCount(), model.exact, model.anywhere) == (CROWD + 10, True, False)
    with as_worker(), school.engine.begin() as connection:
        connection.execute(delete(User).where(User.email.in_(["s0500@school.edu", "s0501@school.edu"])))
    assert desk.held == 1, "what leads to the places, and no count beside it"
    desk.release()
    assert (model.rowCount(), model.exact, model.anywhere) == (CROWD + 8, True, True)
    desk.hold()
    model.show(Query(User, sorts=(Sort("email"),), search="s0"))
    desk.release(1)
    assert not model.exact, "these are other rows"


def test_rows_are_counted_where_what_leads_to_their_places_is_not_found(
    desk: ImmediateDesk, model: TableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (whereabouts, fetched):
        monkeypatch.setattr(module, "NEAR", 100)
    model.show(model.query)
    desk.hold()
    monkeypatch.setattr(surveying, "LIMIT", "no time")
    model.show(Query(User, sorts=(Sort("email", descending=True),)))
    desk.release(2)
    assert desk.held == 1
    desk.release(1)
    assert (model.rowCount(), model.exact, model.where.is_counting()) == (CROWD + 10, True, False)


def test_rows_are_counted_where_the_way_along_their_index_takes_too_long(
    desk: ImmediateDesk, model: TableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (whereabouts, fetched):
        monkeypatch.setattr(module, "NEAR", 100)
    monkeypatch.setattr(surveying, "LIMIT", "no time")
    model.show(Query(User, sorts=(Sort("email"),), loose=True))
    assert (model.rowCount(), model.exact, model.anywhere) == (CROWD + 10, True, False)
    assert not desk.jobs, "what takes too long is not tried over and over"


def test_a_draft_is_laid_over_the_row_and_taken_back(qtmodeltester: ModelTester, model: TableModel) -> None:
    model.setData(model.index(0, 0), "The Admin")
    cells = model.row_cells(0)
    assert cells is not None
    assert cells[0].text == "The Admin"
    assert cells[0].look & Look.DIRTY
    assert model.data(model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole) == "The Admin, not saved"
    assert model.drafts.changes() == 1
    model.drafts.undo()
    assert name(model, 0) == "Admin"
    assert not model.drafts
    qtmodeltester.check(model)


def test_drafts_outlive_sorting_filtering_and_scrolling(model: TableModel) -> None:
    model.setData(model.index(0, 0), "The Admin")
    model.show(Query(User, search="student 05"))
    model.show(Query(User, search="admin"))
    found = [name(model, row) for row in range(model.rowCount())]
    assert "The Admin" in found


def test_a_saved_change_elsewhere_is_shown_without_moving(desk: ImmediateDesk, model: TableModel) -> None:
    model.want(0, 30)

    def rename(uow: UnitOfWork) -> Outcome:
        uow.execute(update(User).where(User.id == row_id(User, "ana")).values(full_name="Ana Sousa"))
        uow.touch(User, [row_id(User, "ana")], "update")
        return uow.outcome("Renamed.")

    desk.commit(rename)
    assert name(model, model.find(row_id(User, "ana")) or 0) == "Ana Sousa"


def test_rows_deleted_by_others_leave_at_the_next_refresh(
    qtmodeltester: ModelTester, school: Database, model: TableModel
) -> None:
    with as_worker(), school.engine.begin() as connection:
        connection.execute(delete(User).where(User.full_name.like("Student 0%")))
    model.refresh()
    assert model.rowCount() == 10
    qtmodeltester.check(model)


def test_what_the_role_may_not_edit_is_not_editable(desk: ImmediateDesk, school: Database) -> None:
    desk.actor = actor("registrar")
    people = TableModel(desk, CATALOG, Pages(CATALOG), Query(User), Drafts(User))
    people.show(Query(User, sorts=(Sort("full_name"),)))
    editable = {
        (name(people, row), field.key)
        for row in (0, 2)
        for column, field in enumerate(people.fields)
        if people.flags(people.index(row, column)) & Qt.ItemFlag.ItemIsEditable
    }
    assert {who for who, _ in editable} == {"Bo"} or {who for who, _ in editable} == {"Ana"}
    assert "role" not in {key for _, key in editable}


def test_a_read_that_fails_is_told_and_can_be_tried_again(qtbot: QtBot, desk: ImmediateDesk, model: TableModel) -> None:
    with qtbot.waitSignal(model.failed) as told:
        model.show(Query(User, filters=(Filter("last_login_at", Operator.BEFORE, ("soon",)),)))
    assert "day" in str(told.args[0])
    assert not model.is_reading()
    model.show(Query(User, search="Ana"))
    assert model.rowCount() >= 1


def test_the_old_rows_live_on_where_another_query_was_refused(
    qtbot: QtBot, desk: ImmediateDesk, model: TableModel, school: Database
) -> None:
    model.show(Query(User, filters=(Filter("last_login_at", Operator.BEFORE, ("soon",)),)))
    first, second = model.row(0), model.row(1)
    assert first is not None
    assert second is not None
    model.set_value(first, "full_name", "The Admin")
    model.drafts.saved(model.drafts.edits(), {first.id: "99"})
    assert name(model, 0) == "The Admin"
    with as_worker(), school.engine.begin() as connection:
        connection.execute(update(User).where(User.id == second.id).values(email="other@school.edu"))
    desk.noticed.emit(Batch(frozenset({"users"})))
    qtbot.waitUntil(lambda: (row := model.row(1)) is not None and row.values["email"] == "other@school.edu")


class TestNewRows:
    def test_new_rows_stand_in_the_band(self, qtmodeltester: ModelTester, model: TableModel) -> None:
        band = NewRowsModel(model)
        draft = model.drafts.begin_new({"role": "student"})
        band.setData(band.index(0, 0), "New Student")
        assert (band.rowCount(), band.columnCount()) == (1, model.columnCount())
        assert band.data(band.index(0, 0)) == "New Student"
        assert draft.values["full_name"] == "New Student"
        qtmodeltester.check(band)
        model.drafts.discard(draft.id)
        assert band.rowCount() == 0


class TestDrafts:
    def test_a_value_that_is_the_base_again_is_no_change(self, qtbot: QtBot) -> None:
        drafts = Drafts(Enrollment)
        drafts.set("1", "completed_at", "x", version="7", base=None)
        drafts.set("1", "completed_at", None, version="7", base=None)
        assert len(drafts) == 0

    def test_undo_takes_back_one_change_after_the_other(self, qtbot: QtBot) -> None:
        drafts = Drafts(User)
        drafts.set("1", "full_name", "A", version="7", base="Z")
        drafts.set("1", "full_name", "B")
        drafts.set("2", "email", "c", version="8", base="d")
        values = []
        while (undone := drafts.undo()) is not None:
            draft = drafts.get(undone)
            values.append((undone, dict(draft.values) if draft else None))
        assert values == [("2", None), ("1", {"full_name": "A"}), ("1", None)]

    def test_undo_brings_back_what_was_given_up(self, qtbot: QtBot) -> None:
        drafts = Drafts(User)
        drafts.set("1", "full_name", "A", version="7", base="Z", title="Z", seen={"full_name": "Z"})
        drafts.revert("1", "full_name")
        assert not drafts
        assert drafts.undo() == "1"
        draft = drafts.get("1")
        assert draft is not None
        assert (draft.version, draft.base, draft.values) == ("7", {"full_name": "Z"}, {"full_name": "A"})
        assert (draft.title, draft.seen) == ("Z", {"full_name": "Z"})
        drafts.set("1", "full_name", "Z")
        assert not drafts, "the base again"
        assert drafts.undo() == "1"
        assert drafts.get("1") is draft
        drafts.undo()
        assert not drafts
        assert drafts.undo() is None

    def test_undo_of_what_was_given_up_leaves_new_rows_alone(self, qtbot: QtBot) -> None:
        drafts = Drafts(User)
        new = drafts.begin_new({"full_name": "New"})
        drafts.set("1", "full_name", "A", version="7", base="Z")
        drafts.revert("1", "full_name")
        drafts.undo()
        assert drafts.get(new.id) is new

    def test_redo_makes_again_what_was_taken_back_in_the_same_order(self, qtbot: QtBot) -> None:
        drafts = Drafts(User)
        drafts.set("1", "full_name", "A", version="7", base="Z")
        drafts.set("1", "full_name", "B")
        new = drafts.begin_new({"full_name": "New"})
        drafts.set("2", "email", "c", version="8", base="d")
        wanted = {draft.id: (draft.version, dict(draft.base), dict(draft.values)) for draft in drafts.all()}
        while drafts.can_undo:
            drafts.undo()
        assert not drafts
        while drafts.can_redo:
            drafts.redo()
        assert {draft.id: (draft.version, dict(draft.base), dict(draft.values)) for draft in drafts.all()} == wanted
        assert drafts.get(new.id) is new
        assert drafts.redo() is None

    def test_nothing_is_made_again_after_another_change(self, qtbot: QtBot) -> None:
        drafts = Drafts(User)
        drafts.set("1", "full_name", "A", version="7", base="Z")
        drafts.undo()
        drafts.set("1", "email", "c", version="7", base="d")
        assert not drafts.can_redo

    def test_what_is_saved_is_neither_taken_back_nor_made_again(self, qtbot: QtBot) -> None:
        drafts = Drafts(User)
        drafts.set("1", "full_name", "A", version="7", base="Z")
        drafts.set("1", "email", "c", version="7", base="d")
        drafts.undo()
        drafts.saved(drafts.edits(), {"1": "8"})
        assert (drafts.can_undo, drafts.can_redo) == (False, False)

    def test_what_an_editor_took_back_itself_is_not_taken_back_once_more(self, qtbot: QtBot) -> None:
        drafts = Drafts(User)
        drafts.set("1", "email", "c", version="7", base="d")
        for typed in ("A", "Al", "Ali"):
            drafts.set("1", "full_name", typed, version="7", base="Z")
        drafts.set("1", "full_name", "Z", base="Z", back=True)
        draft = drafts.get("1")
        assert draft is not None
        assert draft.values == {"email": "c"}
        assert drafts.undo() == "1"
        assert not drafts
        assert not drafts.can_undo

    def test_edits_whose_history_was_forgotten_are_taken_back_one_by_one(self, qtbot: QtBot) -> None:
        drafts = Drafts(User)
        drafts.set("1", "full_name", "A", version="7", base="Z")
        drafts.set("1", "email", "c", version="7", base="d")
        drafts.rebase("1", "8", {"full_name": "Y", "email": "d"})
        drafts.undo()
        draft = drafts.get("1")
        assert draft is not None
        assert draft.values == {"full_name": "A"}
        drafts.undo()
        assert not drafts
        drafts.redo()
        draft = drafts.get("1")
        assert draft is not None
        assert (draft.version, draft.base, draft.values) == ("8", {"full_name": "Y"}, {"full_name": "A"})

    def test_what_was_changed_again_while_it_was_saved_stays_unsaved(self, qtbot: QtBot) -> None:
        drafts = Drafts(User)
        drafts.set("1", "full_name", "A", version="7", base="Z")
        sent = drafts.edits()
        drafts.set("1", "full_name", "B")
        drafts.saved(sent, {"1": "8"})
        draft = drafts.get("1")
        assert draft is not None
        assert (draft.version, draft.base, draft.values) == ("8", {"full_name": "A"}, {"full_name": "B"})

    def test_edits_are_put_on_top_of_the_row_as_it_is_now(self, qtbot: QtBot) -> None:
        drafts = Drafts(User)
        drafts.set("1", "full_name", "A", version="7", base="Z")
        drafts.set("1", "email", "a@x.org", version="7", base="z@x.org")
        drafts.rebase("1", "9", {"full_name": "Y", "email": "a@x.org"})
        draft = drafts.get("1")
        assert draft is not None
        assert (draft.version, draft.base, draft.values) == ("9", {"full_name": "Y"}, {"full_name": "A"})


def test_the_picker_asks_the_server_and_forgets_older_questions(
    qtmodeltester: ModelTester, desk: ImmediateDesk
) -> None:
    picker = LookupModel(desk, CATALOG, Ref(User, only=(("role", ("student",)),)))
    desk.hold()
    picker.ask("Student 05")
    picker.ask("bo")
    desk.release()
    assert [picker.data(picker.index(row)) for row in range(picker.rowCount())] == ["Bo"]
    qtmodeltester.check(picker)


def test_rows_that_are_read_again_are_told_where_they_are_others(desk: ImmediateDesk, model: TableModel) -> None:
    told: list[tuple[int, int]] = []
    model.want(0, 29)
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    model.refresh()
    assert told == []
    with desk.database.engine.begin() as connection, as_worker():  # type: ignore[union-attr]
        for row in (4, 5, 22):
            connection.execute(update(User).where(User.id == model.row_id(row)).values(email=f"other{row}@school.edu"))
    model.refresh()
    assert told == [(4, 5), (22, 22)]


def test_what_was_saved_is_shown_before_the_others_hear_that_its_draft_has_ended(model: TableModel) -> None:
    view = model.row(0)
    assert view is not None
    model.set_value(view, "full_name", "The Admin")
    seen: list[tuple[str, str]] = []
    model.dataChanged.connect(lambda first, last: seen.append(("painted", name(model, first.row()))))
    model.drafts.changed.connect(lambda row_id: seen.append(("told", row_id)))
    model.drafts.saved(model.drafts.edits(), {view.id: "99"})
    assert seen == [("painted", "The Admin"), ("told", view.id)]
    row = model.row(0)
    assert row is not None
    assert (row.values["full_name"], row.version) == ("The Admin", "99")


def test_saving_through_the_desk_gives_the_rows_new_versions(desk: ImmediateDesk, model: TableModel) -> None:
    model.setData(model.index(0, 0), "The Admin")
    edits, records = model.drafts.edits(), Records(CATALOG)
    outcomes: list[Outcome] = []
    desk.commit(lambda uow: records.save(uow, edits), done=outcomes.append)
    model.drafts.saved(edits, outcomes[0].value)
    assert not model.drafts
    model.want(1000, 1009)
    row = model.find(row_id(User, "admin"))
    assert row is not None
    view = model.row(row)
    assert view is not None
    assert (view.values["full_name"], view.version) == ("The Admin", outcomes[0].value[view.id])


class TestWhatWasJustSaved:
    """It is shown as soon as the server has said so, without another look at the database."""

    def test_the_row_shows_it_before_it_is_read_again(
        self, qtbot: QtBot, desk: ImmediateDesk, model: TableModel, school: Database
    ) -> None:
        row = 3
        view = model.row(row)
        assert view is not None
        model.set_value(view, "full_name", "Bo Brand-new")
        edits, told = model.drafts.edits(), list[tuple[int, int]]()
        with as_worker(), school.unit_of_work(actor("admin")) as uow:
            versions = Records(CATALOG).save(uow, edits).value
        model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
        desk.hold()
        model.drafts.saved(edits, versions)
        assert name(model, row) == "Bo Brand-new"
        assert model.row(row) != view
        saved = model.row(row)
        assert saved is not None
        assert saved.version == versions[view.id]
        assert any(first <= row <= last for first, last in told)

    def test_nothing_is_counted_where_no_row_came_or_went(self, desk: ImmediateDesk, model: TableModel) -> None:
        counted: list[bool] = []
        model.counted.connect(lambda: counted.append(model.exact))
        desk.committed.emit(Outcome("", (Change(User, row_id(User, "ana"), "update"),)), None)
        assert counted == []
        desk.committed.emit(Outcome("", (Change(User, row_id(User, "ana"), "delete"),)), None)
        assert counted


def test_a_reference_without_its_label_waits_until_it_is_read(desk: ImmediateDesk, school: Database) -> None:
    model = TableModel(desk, CATALOG, Pages(CATALOG), Query(Course), Drafts(Course))
    model.show(model.query, ("title", "instructor_id"))
    view = model.row(0)
    assert view is not None
    desk.hold()
    edit = Edit(Course, view.id, view.version, {"title": "Newer", "instructor_id": row_id(User, "ivan")})
    before = model.data(model.index(0, 1))
    model.drafts.saved((edit,), Versions([(view.id, "99")]))
    assert (model.data(model.index(0, 0)), model.data(model.index(0, 1))) == ("Newer", before)
