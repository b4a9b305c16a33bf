"""What was done here, as it is looked up later: by whom, when, and what each row was before and after."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import URL, insert, text, update

from lms_desktop.admin import CATALOG
from lms_desktop.admin.logs import LOGS
from lms_desktop.database.unit_of_work import Actor, Database, Outcome, UnitOfWork
from lms_desktop.entities import Course, Enrollment, Lesson, User
from lms_desktop.errors import Denied
from lms_desktop.errors.sentences import Sentence
from lms_desktop.services import gate, people
from lms_desktop.services.deleted import DeletedRow
from lms_desktop.services.history import ChangedRow, History
from lms_desktop.services.log_conditions import DeletedList, OperationList, SignInList, record_filter
from lms_desktop.services.log_pages import LogPages
from lms_desktop.services.pages import Page, Want
from lms_desktop.services.records import Edit, Records
from lms_desktop.spec import Filter, Operator, Query
from tests.small_school import PASSWORD, SYSTEM, act, actor, let_in, opened, row_id, statements

COLUMNS = ("at", "person", "said", "rows", "state")
ALGEBRA, BOTANY = row_id(Course, "algebra"), row_id(Course, "botany")
ANA = row_id(User, "ana")
HISTORY, PAGES, RECORDS = History(CATALOG), LogPages(CATALOG, LOGS), Records(CATALOG)


@pytest.fixture
def database(database_url: URL) -> Iterator[Database]:
    """The small school, in which nobody has done anything yet."""
    with opened(database_url) as database:
        yield database


def look(database: Database, who: Actor, do: Callable[[UnitOfWork], Any]) -> Any:
    """What this actor reads."""
    with gate.reading(database, who) as uow:
        return do(uow)


def edit(database: Database, who: Actor, entity: Any, identity: str, **values: str | None) -> Outcome:
    """Save these values over the row as it is."""

    def save(uow: UnitOfWork) -> Outcome:
        now = RECORDS.load(uow, entity, identity)
        assert now is not None
        base = {key: now.values[key] for key in values}
        return RECORDS.save(uow, [Edit(entity, identity, now.version, values, base, now.title)])

    return act(database, who, save)


def delete(database: Database, who: Actor, entity: Any, identity: str) -> Outcome:
    """Delete a row with all that hangs on it."""

    def remove(uow: UnitOfWork) -> Outcome:
        uow.execute(entity.__table__.delete().where(entity.id == identity))
        uow.touch(entity, [identity], "delete")
        return uow.outcome(Sentence("Deleted {name}.", name=identity[:4]))

    return act(database, who, remove)


def listed(
    database: Database,
    who: Actor,
    *filters: Filter,
    of: type = OperationList,
    columns: tuple[str, ...] = COLUMNS,
    search: str = "",
    want: Want | None = None,
) -> Page:
    """A page of a list."""
    query = Query(of, search=search, filters=filters, zone="Europe/Lisbon")
    return look(database, who, lambda uow: PAGES.fetch(uow, query, columns, want or Want(0, 100)))  # type: ignore[no-any-return]


def ids(page: Page) -> list[str | None]:
    """The ids of its rows."""
    return [row[0] for row in page.rows]


def told(database: Database, who: Actor, outcome: Outcome, **how: Any) -> tuple[ChangedRow, ...]:
    """The rows that an operation changed."""
    assert outcome.operation is not None
    return look(database, who, lambda uow: HISTORY.changes(uow, outcome.operation or "", **how))  # type: ignore[no-any-return]


def test_an_edit_is_told_field_by_field_with_what_references_are_called(database: Database) -> None:
    done = edit(database, actor("admin"), Course, ALGEBRA, title="Algebra I", instructor_id=row_id(User, "ivan"))
    (row,) = told(database, actor("admin"), done)
    assert (row.entity, row.action, row.title, row.there) == (Course, "U", "Algebra I", True)
    by_key = {field.key: field for field in row.fields}
    assert set(by_key) == {"title", "instructor_id"}
    assert (by_key["title"].before, by_key["title"].after) == ("Algebra", "Algebra I")
    was, now = by_key["instructor_id"].before_label, by_key["instructor_id"].after_label
    assert was is not None
    assert now is not None
    assert (was[0], now[0]) == ("Ines", "Ivan")


def test_the_line_says_who_when_where_and_what(database: Database) -> None:
    done = edit(database, actor("registrar"), User, ANA, full_name="Ana Maria")
    full = look(database, actor("admin"), lambda uow: HISTORY.operation(uow, done.operation or ""))
    assert (full.line.name, full.line.email) == ("Registrar", "registrar@school.edu")
    assert full.line.said == done.sentence
    assert full.line.said.template == done.sentence.template  # type: ignore[attr-defined]
    assert full.line.machine
    assert full.line.db_role
    assert full.line.at.endswith("+00")
    assert full.counts == (("users", "U", 1),)
    assert full.line.state is None
    assert not full.line.own


def test_references_to_what_is_gone_are_called_what_they_were_called_last(database: Database) -> None:
    enrolled = row_id(Enrollment, "ana in algebra")
    moved = edit(database, actor("admin"), Enrollment, enrolled, completed_at="2026-01-01 00:00:00+00")
    gone = delete(database, actor("admin"), Course, ALGEBRA)
    delete(database, actor("admin"), User, ANA)
    (row,) = told(database, actor("admin"), moved)
    assert (row.title, row.there) == ("Ana · Algebra", False)
    rows = told(database, actor("admin"), gone, table="enrollments")
    fields = {field.key: field for field in rows[0].fields}
    assert fields["student_id"].before_label == ("Ana", "ana@school.edu")
    assert (fields["course_id"].before_label or ("",))[0] == "Algebra"
    progress = told(database, actor("admin"), gone, table="lesson_progress")
    assert {row.title for row in progress} == {"Ana · Sums", "Ana · Products", "Ana · Powers"}


def test_a_delete_is_counted_by_table_and_read_in_pages(database: Database) -> None:
    done = delete(database, actor("admin"), Course, ALGEBRA)
    full = look(database, actor("admin"), lambda uow: HISTORY.operation(uow, done.operation or ""))
    counts = {(table, action): count for table, action, count in full.counts}
    assert counts["courses", "D"] == 1
    assert counts["lessons", "D"] == 3
    assert counts["lesson_progress", "D"] == 3
    assert full.counts[0] == ("courses", "D", 1), "what others hang on comes first"
    seen: list[int] = []
    while page := told(database, actor("admin"), done, after=seen[-1] if seen else 0, count=3):
        seen += [row.n for row in page]
    assert len(seen) == len(set(seen)) == sum(counts.values())


def test_a_password_was_changed_and_that_is_all_that_is_said(database: Database) -> None:
    done = act(database, actor("admin"), lambda uow: people.set_password(uow, ANA, "a new secret 99"))
    (row,) = told(database, actor("admin"), done)
    secret = next(field for field in row.fields if field.hidden)
    assert (secret.before, secret.after) == (None, None)
    assert secret.label == "Password"
    whole = repr((row, listed(database, actor("admin"))))
    assert "a new secret" not in whole
    assert "$2" not in whole


def test_everybody_sees_their_own_and_administrators_see_all(database: Database) -> None:
    by_ines = edit(database, actor("ines"), Course, ALGEBRA, title="Mine")
    by_admin = edit(database, actor("admin"), Course, ALGEBRA, title="Theirs")
    assert ids(listed(database, actor("admin"))) == [by_admin.operation, by_ines.operation]
    assert ids(listed(database, actor("ines"))) == [by_ines.operation]
    assert ids(listed(database, actor("registrar"))) == []
    for read in (
        lambda uow: HISTORY.operation(uow, by_admin.operation or ""),
        lambda uow: HISTORY.changes(uow, by_admin.operation or ""),
    ):
        with pytest.raises(Denied):
            look(database, actor("ines"), read)
    entries = look(database, actor("ines"), lambda uow: HISTORY.record(uow, Course, ALGEBRA))
    assert [entry.line.id for entry in entries] == [by_ines.operation]
    with pytest.raises(Denied):
        look(database, actor("ines"), lambda uow: HISTORY.record(uow, Course, BOTANY))
    with pytest.raises(Denied):
        listed(database, actor("ines"), record_filter(Course, BOTANY))
    with pytest.raises(Denied):
        listed(database, actor("registrar"), of=SignInList, columns=("at",))


def test_the_history_of_a_record_is_its_operations_newest_first(database: Database) -> None:
    first = edit(database, actor("ines"), Course, ALGEBRA, title="One")
    edit(database, actor("ivan"), Course, BOTANY, title="Other")
    second = edit(database, actor("admin"), Course, ALGEBRA, title="Two", category="Maths")
    entries = look(database, actor("admin"), lambda uow: HISTORY.record(uow, Course, ALGEBRA))
    assert [entry.line.id for entry in entries] == [second.operation, first.operation]
    assert {field.key for field in entries[0].changes[0].fields} == {"title", "category"}
    (older,) = look(
        database, actor("admin"), lambda uow: HISTORY.record(uow, Course, ALGEBRA, before=entries[0].line.seq)
    )
    assert older.line.id == first.operation
    assert ids(listed(database, actor("admin"), record_filter(Course, ALGEBRA))) == [
        second.operation,
        first.operation,
    ]


def test_filters_by_person_entity_period_and_words(database: Database) -> None:
    course = edit(database, actor("ines"), Course, ALGEBRA, title="Calculus")
    user = edit(database, actor("registrar"), User, ANA, full_name="Ana Maria")
    admin = actor("admin")
    assert ids(listed(database, admin, Filter("person", Operator.ONE_OF, (row_id(User, "ines"),)))) == [
        course.operation
    ]
    assert ids(listed(database, admin, Filter("entity", Operator.ONE_OF, ("users", "lessons")))) == [user.operation]
    assert ids(listed(database, admin, Filter("entity", Operator.NONE_OF, ("users",)))) == [course.operation]
    assert ids(listed(database, admin, search="ana registrar")) == [user.operation]
    assert ids(listed(database, admin, Filter("at", Operator.LAST_DAYS, ("1",)))) == [user.operation, course.operation]
    with database.engine.begin() as connection:
        connection.execute(
            text("UPDATE lms_desktop.operations SET at = '2026-01-02 23:30+00' WHERE id = :id"),
            {"id": course.operation},
        )
    day = Filter("at", Operator.BETWEEN, ("2026-01-02", "2026-01-02"))
    assert ids(listed(database, admin, day)) == [course.operation]
    query = Query(OperationList, filters=(day,))
    assert look(database, admin, lambda uow: PAGES.count(uow, query)) == 1


def test_what_was_taken_back_says_so_until_that_is_taken_back_too(database: Database) -> None:
    admin = actor("admin")
    first = edit(database, admin, Course, ALGEBRA, title="Calculus")

    def undo(which: Outcome, title: str) -> Outcome:
        def work(uow: UnitOfWork) -> Outcome:
            uow.reverts = which.operation
            uow.execute(update(Course).where(Course.id == ALGEBRA).values(title=title))
            return uow.outcome("Took it back.")

        return act(database, admin, work)

    back = undo(first, "Algebra")
    states = {row[0]: row[-2] for row in listed(database, admin).rows}
    assert states == {first.operation: "reverted", back.operation: "reverting"}
    full = look(database, admin, lambda uow: HISTORY.operation(uow, first.operation or ""))
    assert full.reverted_by is not None
    assert full.reverted_by.id == back.operation
    assert full.reverts is None
    again = undo(back, "Calculus")
    states = {row[0]: row[-2] for row in listed(database, admin).rows}
    assert states == {first.operation: None, back.operation: "reverted", again.operation: "reverting"}
    full = look(database, admin, lambda uow: HISTORY.operation(uow, back.operation or ""))
    assert full.reverts is not None
    assert full.reverts.id == first.operation


def test_deleted_rows_are_listed_once_until_they_are_there_again(database: Database) -> None:
    admin = actor("admin")
    columns = ("title", "entity", "at", "person", "along")
    done = delete(database, admin, Course, ALGEBRA)
    page = listed(database, admin, of=DeletedList, columns=columns)
    (row,) = page.rows
    assert row[3:7] == (ALGEBRA, "Algebra", "algebra", "courses")
    assert DeletedRow.of(row[0] or "") == DeletedRow("courses", ALGEBRA, done.operation or "")
    along = int(row[11] or 0)
    assert along > 6
    lessons = listed(database, admin, Filter("entity", Operator.ONE_OF, ("lessons",)), of=DeletedList, columns=columns)
    assert {row[4] for row in lessons.rows} == {"Sums", "Products", "Powers"}
    assert listed(database, admin, of=DeletedList, columns=columns, search="ALGEB").rows
    assert not listed(database, admin, of=DeletedList, columns=columns, search="botany").rows
    assert not listed(database, actor("ines"), of=DeletedList, columns=columns).rows

    def put_back(uow: UnitOfWork) -> Outcome:
        values = {"id": ALGEBRA, "title": "Algebra", "slug": "algebra", "instructor_id": row_id(User, "ines")}
        uow.execute(insert(Course), values)
        return uow.outcome("Put it back.")

    act(database, admin, put_back)
    assert not listed(database, admin, of=DeletedList, columns=columns).rows
    delete(database, admin, Course, ALGEBRA)
    assert len(listed(database, admin, of=DeletedList, columns=columns).rows) == 1


def test_sign_ins_and_refusals_are_listed_for_administrators(database: Database) -> None:
    with database.engine.begin() as connection:
        let_in(connection)
    people.sign_in(database, "ines@school.edu", PASSWORD)
    with pytest.raises(people.SignInRefused):
        people.sign_in(database, "ines@school.edu", "wrong")
    with pytest.raises(people.SignInRefused):
        people.sign_in(database, "typed my password", "wrong")
    page = listed(database, actor("admin"), of=SignInList, columns=("person", "outcome"))
    assert [row[4:7] for row in page.rows] == [
        (None, "", "wrong password"),
        ("Ines", "ines@school.edu", "wrong password"),
        ("Ines", "ines@school.edu", "signed in"),
    ]


def test_twenty_thousand_operations_are_each_seen_once_while_others_come(database: Database) -> None:
    fill(database, 20_000)
    admin, size = actor("admin"), 500
    seen: list[str | None] = []
    page = listed(database, admin, want=Want(0, size))
    while page.rows:
        seen += ids(page)
        fill(database, 3)
        key = page.layout.key(page.rows[-1])
        page = listed(database, admin, want=Want(len(seen), size, after=key))
    assert len(seen) == len(set(seen)) == 20_000
    query = Query(OperationList)
    total = look(database, admin, lambda uow: PAGES.count(uow, query))
    assert total == 20_000 + 3 * 40
    # From behind, by place from the end, and by a key in the other direction: the same rows in the same order.
    assert ids(listed(database, admin, want=Want(total - 100, 100, total=total))) == seen[-100:]
    middle = listed(database, admin, want=Want(total - 200, 100, before=(*page_key(database, admin, seen[-100]),)))
    assert ids(middle) == seen[-200:-100]
    assert look(database, admin, lambda uow: PAGES.position(uow, query, seen[-1] or "")) == total - 1


def page_key(database: Database, who: Actor, operation: str | None) -> tuple[str | None, ...]:
    """The key of an operation's row."""
    query = Query(OperationList)
    place = look(database, who, lambda uow: PAGES.position(uow, query, operation or ""))
    page = listed(database, who, want=Want(place, 1))
    assert ids(page) == [operation]
    return page.layout.key(page.rows[0])


def fill(database: Database, count: int) -> None:
    """So many operations, each of which changed one row."""
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "WITH made AS (INSERT INTO lms_desktop.operations (id, actor_name, sentence)"
                " SELECT gen_random_uuid(), 'Admin', 'Changed it.' FROM generate_series(1, :n) RETURNING seq)"
                " INSERT INTO lms_desktop.changes (operation, entity, row_id, action, before, after)"
                """ SELECT seq, 'courses', :id, 'U', '{"title": "a"}', '{"title": "b"}' FROM made"""
            ),
            {"n": count, "id": ALGEBRA},
        )


def test_a_page_takes_few_statements_whatever_it_shows(database: Database) -> None:
    for number in range(30):
        edit(database, actor("admin"), Lesson, row_id(Lesson, "sums"), title=f"Sums {number}")
    delete(database, actor("admin"), Course, ALGEBRA)
    done = delete(database, actor("admin"), Course, BOTANY)
    for read in (
        lambda: listed(database, actor("admin")),
        lambda: listed(database, actor("admin"), of=DeletedList, columns=("title", "along")),
        lambda: told(database, actor("admin"), done),
        lambda: look(database, actor("admin"), lambda uow: HISTORY.record(uow, Lesson, row_id(Lesson, "sums"))),
    ):
        with statements(database) as seen:
            read()
        assert len(seen) < 60, seen
    with statements(database) as seen:
        listed(database, actor("admin"))
    assert len(seen) <= 4, seen


def test_what_the_command_line_did_bears_its_name(database: Database) -> None:
    done = delete(database, SYSTEM, Course, BOTANY)
    (row,) = listed(database, actor("admin")).rows
    assert row[0] == done.operation
    assert row[5] == "root"
    assert listed(database, actor("admin"), Filter("person", Operator.EMPTY)).rows
