"""Pages of every entity, in every order, by every way to a page, on a real server."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import URL, event, insert, text, update

from lms_desktop.admin import CATALOG, PAGES
from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.entities import Course, Enrollment, Lesson, Quiz, User
from lms_desktop.errors import BadValue, Denied
from lms_desktop.services import column_texts, gate
from lms_desktop.services import pages as services_pages
from lms_desktop.services.joins import Joins
from lms_desktop.services.lookup import lookup
from lms_desktop.services.pages import Page, Pages, Want
from lms_desktop.services.plans import Plan
from lms_desktop.spec import (
    Catalog,
    Choice,
    EntityAdmin,
    Filter,
    Flag,
    Moment,
    Number,
    Operator,
    Query,
    Ref,
    Secret,
    Sort,
    operators,
)
from tests.small_school import actor, opened, row_id, statements

pages = Pages(CATALOG)


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school."""
    with opened(database_url) as database:
        yield database


@pytest.fixture
def crowd(school: Database) -> Database:
    """The small school with 60 students more, several of each name, half of them never signed in."""
    rows = [
        {
            "email": f"student{i:02}@school.edu",
            "full_name": f"Student {i % 7}",
            "role": "student",
            "password_hash": "no hash",
            "last_login_at": datetime(2026, 1, 1 + i % 5, tzinfo=UTC) if i % 2 else None,
        }
        for i in range(60)
    ]
    with school.engine.begin() as connection:
        connection.execute(insert(User), rows)
    return school


def read(database: Database, who: Actor, query: Query, want: Want | None = None, columns: tuple[str, ...] = ()) -> Page:
    """One page."""
    with gate.reading(database, who) as uow:
        return pages.fetch(uow, query, columns, want or Want(0, 100))


def ids(page: Page) -> list[str | None]:
    """The ids of a page's rows."""
    return [row[0] for row in page.rows]


def sortable(admin: EntityAdmin) -> list[str]:
    """The keys of the fields that a table may show."""
    return [field.key for field in admin.fields if not isinstance(field.kind, Secret)]


class TestWaysToAPage:
    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("key", sortable(PAGES["users"]))
    def test_every_way_leads_to_the_same_rows(self, crowd: Database, key: str, descending: bool) -> None:
        query, admin = Query(User, sorts=(Sort(key, descending),)), actor("admin")
        whole = read(crowd, admin, query)
        layout, everything = whole.layout, ids(whole)
        assert len(everything) == len(set(everything)) == 70
        first, middle = read(crowd, admin, query, Want(0, 20)), read(crowd, admin, query, Want(20, 20))
        ways = {
            "after": Want(20, 20, after=layout.key(first.rows[-1])),
            "before": Want(20, 20, before=layout.key(whole.rows[40])),
            "from the end": Want(60, 20, total=70),
            "offset": Want(20, 20),
        }
        assert ids(first) + ids(middle) == everything[:40]
        for name, want in ways.items():
            expected = everything[want.first : want.first + want.count]
            assert ids(read(crowd, admin, query, want)) == expected, name

    def test_two_sorts_and_ties_are_broken_by_the_id(self, crowd: Database) -> None:
        query = Query(User, sorts=(Sort("full_name"), Sort("last_login_at", True)))
        whole = read(crowd, actor("admin"), query)
        key = whole.layout.key(whole.rows[24])
        assert ids(read(crowd, actor("admin"), query, Want(25, 30, after=key))) == ids(whole)[25:55]

    def test_the_place_of_a_row_is_known(self, crowd: Database) -> None:
        query = Query(User, sorts=(Sort("last_login_at", True),))
        whole = ids(read(crowd, actor("admin"), query))
        with gate.reading(crowd, actor("admin")) as uow:
            assert [pages.position(uow, query, str(row_id)) for row_id in whole[::9]] == list(range(0, 70, 9))
            assert pages.position(uow, query, row_id(Course, "algebra")) is None

    def test_the_server_reads_no_row_where_none_is_wanted(self, crowd: Database) -> None:
        sizes: list[int] = []

        def note(connection: object, cursor: object, statement: str, parameters: dict[str, int], *_: object) -> None:
            sizes.extend(value for key, value in parameters.items() if key == "size")

        event.listen(crowd.engine, "before_cursor_execute", note)
        page = read(crowd, actor("admin"), Query(User), Want(0, 0))
        event.remove(crowd.engine, "before_cursor_execute", note)
        assert sizes == [0]
        assert page.rows == ()

    def test_the_last_page_says_so(self, crowd: Database) -> None:
        assert read(crowd, actor("admin"), Query(User), Want(60, 20)).ended
        assert not read(crowd, actor("admin"), Query(User), Want(40, 20)).ended

    @pytest.mark.parametrize("name", PAGES)
    def test_every_entity_sorts_by_every_field(self, school: Database, name: str) -> None:
        admin = PAGES[name]
        columns = tuple(sortable(admin))
        for key in columns:
            for descending in (False, True):
                query = Query(admin.entity, sorts=(Sort(key, descending),))
                whole = read(school, actor("admin"), query, columns=columns)
                if len(whole.rows) > 1:
                    rest = Want(1, 100, after=whole.layout.key(whole.rows[0]))
                    assert ids(read(school, actor("admin"), query, rest)) == ids(whole)[1:], (key, descending)


class TestWhatIsRead:
    def test_references_come_as_people_say_them(self, school: Database) -> None:
        query = Query(Enrollment, search="ana")
        page = read(school, actor("registrar"), query, columns=("student_id", "course_id", "completed_at"))
        assert len(page.rows) == 1
        row, (student, course, completed) = page.rows[0], page.layout.slots
        assert (row[student.label], row[student.detail]) == ("Ana", "ana@school.edu")
        assert row[course.label] == "Algebra"
        assert row[completed.value] is None

    def test_a_page_is_one_statement_beside_the_gate_whatever_its_size(self, crowd: Database) -> None:
        seen: list[str] = []
        event.listen(crowd.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
        for size in (2, 50):
            seen.clear()
            read(crowd, actor("admin"), Query(User), Want(0, size), columns=tuple(sortable(PAGES["users"])))
            assert len(seen) == 2
        assert not any("password_hash" in statement for statement in seen)

    def test_far_and_odd_moments_do_not_empty_the_page(self, school: Database) -> None:
        with school.engine.begin() as connection:
            for name, moment in (("ana", "infinity"), ("bo", "0044-03-15 12:00 BC"), ("idle", "12026-11-20 10:00")):
                statement = text("UPDATE users SET last_login_at = CAST(:moment AS timestamptz) WHERE id = :id")
                connection.execute(statement, {"moment": moment, "id": row_id(User, name)})
        query = Query(User, sorts=(Sort("last_login_at"),))
        page = read(school, actor("admin"), query, columns=("last_login_at",))
        moments = [row[page.layout.slots[0].value] for row in page.rows if row[page.layout.slots[0].value]]
        assert moments == ["0044-03-15 12:00:00+00 BC", "12026-11-20 10:00:00+00", "infinity"]
        assert (
            ids(read(school, actor("admin"), query, Want(1, 9, after=page.layout.key(page.rows[0])))) == ids(page)[1:]
        )

    def test_a_long_text_is_shown_by_its_beginning(self, school: Database) -> None:
        with school.engine.begin() as connection:
            connection.execute(update(Lesson).values(content="x" * 5000))
        page = read(school, actor("admin"), Query(Lesson), columns=("content",))
        assert len(page.rows[0][page.layout.slots[0].value] or "") == 300


class TestSearchAndFilters:
    @pytest.mark.parametrize("typed", ["%", "_", "\\", "100%", "a_a", "'; drop table users; --"])
    def test_signs_of_patterns_are_plain_characters(self, school: Database, typed: str) -> None:
        query = Query(User, search=typed)
        assert read(school, actor("admin"), query).rows == ()

    def test_each_word_must_be_found_somewhere(self, school: Database) -> None:
        assert len(read(school, actor("admin"), Query(Enrollment, search="ANA alg")).rows) == 1
        assert read(school, actor("admin"), Query(Enrollment, search="ana botany")).rows == ()

    def test_an_id_is_found(self, school: Database) -> None:
        assert ids(read(school, actor("admin"), Query(Course, search=row_id(Course, "empty")))) == [
            row_id(Course, "empty")
        ]

    @pytest.mark.parametrize("name", PAGES)
    def test_every_filter_of_every_entity_runs(self, school: Database, name: str) -> None:
        admin = PAGES[name]
        for field in admin.fields:
            if not field.filter:
                continue
            for condition in samples(field.key, admin):
                with gate.reading(school, actor("admin")) as uow:
                    query = Query(admin.entity, filters=(condition,), zone="Europe/Lisbon")
                    found = pages.fetch(uow, query, (), Want(0, 100))
                    assert pages.count(uow, query) == len(found.rows), condition

    def test_empty_and_its_opposite_divide_the_rows(self, school: Database) -> None:
        with_course = Query(Quiz, filters=(Filter("course_id", Operator.NOT_EMPTY),))
        without = Query(Quiz, filters=(Filter("course_id", Operator.EMPTY),))
        both = [len(read(school, actor("admin"), query).rows) for query in (with_course, without)]
        assert both == [4, 2]

    def test_days_are_days_of_the_persons_zone(self, school: Database) -> None:
        moment = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # already 2 July in Lisbon
        with school.engine.begin() as connection:
            connection.execute(update(Enrollment).values(enrolled_at=moment))
        on = Filter("enrolled_at", Operator.BETWEEN, ("2026-07-02", "2026-07-02"))
        found = {
            zone: len(read(school, actor("admin"), Query(Enrollment, filters=(on,), zone=zone)).rows)
            for zone in ("Europe/Lisbon", "UTC")
        }
        assert found == {"Europe/Lisbon": 3, "UTC": 0}

    def test_the_last_days_do_not_reach_into_the_future(self, school: Database) -> None:
        now = datetime.now(UTC)
        with school.engine.begin() as connection:
            for name, days in (("ana in algebra", -3), ("bo in botany", -40), ("idle in empty", 3)):
                statement = update(Enrollment).where(Enrollment.id == row_id(Enrollment, name))
                connection.execute(statement.values(enrolled_at=now + timedelta(days=days)))
        recent = Query(Enrollment, filters=(Filter("enrolled_at", Operator.LAST_DAYS, ("30",)),))
        assert ids(read(school, actor("admin"), recent)) == [row_id(Enrollment, "ana in algebra")]

    @pytest.mark.parametrize(
        "condition",
        [
            Filter("full_name", Operator.LAST_DAYS, ("3",)),
            Filter("no_such_field", Operator.IS, ("x",)),
            Filter("last_login_at", Operator.BEFORE, ("yesterday",)),
            Filter("last_login_at", Operator.LAST_DAYS, ("many",)),
            Filter("is_active", Operator.IS, ("perhaps",)),
            Filter("password_hash", Operator.CONTAINS, ("$2b$",)),
        ],
    )
    def test_a_filter_that_cannot_be_is_refused_in_words(self, school: Database, condition: Filter) -> None:
        with pytest.raises(BadValue):
            read(school, actor("admin"), Query(User, filters=(condition,)))

    @pytest.mark.parametrize("value", ["1_0", "١٢", "ten", "99999999999"])
    def test_a_number_that_cannot_be_is_refused_in_words(self, school: Database, value: str) -> None:
        with pytest.raises(BadValue, match="cannot be compared"):
            read(school, actor("admin"), Query(Lesson, filters=(Filter("order", Operator.AT_LEAST, (value,)),)))

    def test_a_choice_is_found_that_another_program_wrote(self, school: Database) -> None:
        librarians = Query(User, filters=(Filter("role", Operator.ONE_OF, ("librarian",)),))
        assert ids(read(school, actor("admin"), librarians)) == [row_id(User, "librarian")]

    @pytest.mark.parametrize(
        "condition",
        [
            Filter("created_at", Operator.BETWEEN, ("2020-01-01", "9999-12-31")),
            Filter("created_at", Operator.BETWEEN, ("0001-01-01", "9999-12-31")),
            Filter("created_at", Operator.LAST_DAYS, ("9" * 30,)),
        ],
    )
    def test_the_ends_of_the_calendar_are_days_too(self, school: Database, condition: Filter) -> None:
        assert len(read(school, actor("admin"), Query(User, filters=(condition,))).rows) == 10

    def test_no_days_at_all_find_nothing(self, school: Database) -> None:
        condition = Filter("created_at", Operator.LAST_DAYS, ("-" + "9" * 30,))
        assert read(school, actor("admin"), Query(User, filters=(condition,))).rows == ()


class TestSecrets:
    def test_a_hash_is_not_read_by_sorting(self, school: Database) -> None:
        with statements(school) as seen, pytest.raises(BadValue, match="sorted"):
            read(school, actor("admin"), Query(User, sorts=(Sort("password_hash"),)))
        assert not [statement for statement in seen if "password_hash" in statement]


class TestReach:
    def test_an_instructor_sees_what_hangs_below_her_own_courses(self, school: Database) -> None:
        seen = {
            entity.__name__: len(read(school, actor("ines"), Query(entity)).rows)
            for entity in (User, Course, Lesson, Enrollment, Quiz)
        }
        assert seen == {"User": 1, "Course": 1, "Lesson": 3, "Enrollment": 1, "Quiz": 3}

    def test_the_count_and_the_estimate_keep_to_it(self, school: Database) -> None:
        with gate.reading(school, actor("ines")) as uow:
            assert pages.count(uow, Query(Course)) == 1
            assert pages.estimate(uow, Query(Course)) is None

    def test_a_student_and_an_unknown_role_get_nothing(self, school: Database) -> None:
        for name in ("ana", "librarian"):
            with pytest.raises(Denied):
                read(school, actor(name), Query(Course))

    def test_a_picker_offers_only_what_may_be_seen(self, school: Database) -> None:
        with gate.reading(school, actor("ivan")) as uow:
            assert [found.label for found in lookup(uow, CATALOG, Ref(Course), "")] == ["Botany"]

    def test_a_picker_puts_beginnings_first_and_keeps_to_its_limit(self, crowd: Database) -> None:
        only_students = Ref(User, only=(("role", ("student",)),))
        with gate.reading(crowd, actor("registrar")) as uow:
            found = lookup(uow, CATALOG, only_students, "a")
            assert found[0].label == "Ana"
            assert len(lookup(uow, CATALOG, only_students, "student", limit=5)) == 5
            assert lookup(uow, CATALOG, only_students, "admin") == ()


def samples(key: str, admin: EntityAdmin) -> list[Filter]:
    """One filter of each operator that a field offers."""
    kind = admin.field(key).kind
    if isinstance(kind, Moment):
        value = "2026-05-01"
    elif isinstance(kind, Number):
        value = "1"
    elif isinstance(kind, Flag):
        value = "true"
    elif isinstance(kind, Choice):
        value = kind.options[0].value
    elif isinstance(kind, Ref):
        value = row_id(User, "ana")
    else:
        value = "a"
    made = []
    for operator in operators(kind):
        values = {Operator.EMPTY: (), Operator.NOT_EMPTY: (), Operator.LAST_DAYS: ("30",)}.get(operator, (value, value))
        made.append(Filter(key, operator, values))
    return made


@pytest.mark.parametrize(
    ("query", "few", "cost"),
    [
        (Query(User, search="stud"), -2, "4"),
        (Query(User, search="  "), -2, "1.1"),
        (Query(User), -2, "1.1"),
        (Query(User, search="stud"), 10**6, "1.1"),
        (Query(Enrollment, search="stud"), -2, "1.1"),
    ],
)
def test_many_rows_are_searched_as_they_lie(
    crowd: Database, monkeypatch: pytest.MonkeyPatch, query: Query, few: int, cost: str
) -> None:
    monkeypatch.setattr(services_pages, "FEW", few)
    with gate.reading(crowd, actor("admin")) as uow:
        uow.execute(text("SET LOCAL random_page_cost = 1.1"))  # as is usual where a disk has no parts that move
        pages.fetch(uow, query, (), Want(0, 5))
        assert uow.execute(text("SHOW random_page_cost")).scalar_one() == cost


def test_the_rows_of_a_query_and_their_number_are_planned_once(
    school: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[str, ...]] = []

    def make(catalog: Catalog, who: Actor, query: Query, columns: tuple[str, ...], *others: Any) -> Plan:
        made.append(columns)
        return Plan(catalog, who, query, columns, *others)

    monkeypatch.setattr(services_pages, "Plan", make)
    fresh, query = Pages(CATALOG), Query(User, sorts=(Sort("email"),))
    with gate.reading(school, actor("admin")) as uow:
        page = fresh.fetch(uow, query, ("email", "role"), Want(0, 3))
        assert fresh.count(uow, query) == 10
        assert fresh.before(uow, query, page.layout.key(page.rows[2])) == 2
        assert made == [("email", "role")]
        assert [len(row) for row in fresh.fetch(uow, query, ("email",), Want(0, 3)).rows] == [5, 5, 5]


def test_what_columns_show_is_put_together_once_for_all_queries(
    school: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def make(catalog: Catalog, root: type, zone: str) -> Joins:
        made.append(zone)
        return Joins(catalog, root, zone)

    monkeypatch.setattr(column_texts, "Joins", make)
    fresh, columns = Pages(CATALOG), ("student_id", "course_id")
    with gate.reading(school, actor("admin")) as uow:
        for key in ("student_id", "course_id", "id"):
            page = fresh.fetch(uow, Query(Enrollment, sorts=(Sort(key),)), columns, Want(0, 2))
            fresh.fetch(
                uow, Query(Enrollment, sorts=(Sort(key),)), columns, Want(2, 2, after=page.layout.key(page.rows[-1]))
            )
        assert made == ["UTC"]
        fresh.fetch(uow, Query(Enrollment, zone="Europe/Berlin"), columns, Want(0, 2))
        fresh.fetch(uow, Query(Enrollment), ("student_id",), Want(0, 2))
    assert made == ["UTC", "Europe/Berlin", "UTC"]


def test_statements_are_those_of_all_who_may_see_and_edit_everything_and_of_nobody_else(
    school: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, own = list[Actor](), Pages(CATALOG)

    def make(catalog: Catalog, who: Actor, *more: Any) -> Plan:
        made.append(who)
        return Plan(catalog, who, *more)

    def read_by(who: Actor) -> Page:
        with gate.reading(school, who) as uow:
            return own.fetch(uow, Query(Enrollment), ("student_id", "progress"), Want(0, 100))

    monkeypatch.setattr(services_pages, "Plan", make)
    system, admin, ines, ivan = Actor.command_line(), actor("admin"), actor("ines"), actor("ivan")
    everything = read_by(system)
    assert read_by(admin).rows == everything.rows
    assert made == [system]
    for teacher in (ines, ivan):
        theirs = read_by(teacher)
        assert set(ids(theirs)) < set(ids(everything))
        assert {row[2] for row in theirs.rows} <= {"false"}
    assert set(ids(read_by(ines))).isdisjoint(ids(read_by(ivan)))
    assert read_by(admin).rows == everything.rows
    assert made == [system, ines, ivan]
