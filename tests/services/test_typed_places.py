"""Where typed letters lead to: the first row that begins with them, in any order, whatever they are."""

from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import URL, text

from lms_desktop.admin import CATALOG
from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.entities import Course, Enrollment, User
from lms_desktop.services import gate
from lms_desktop.services.pages import Pages, Want
from lms_desktop.spec import Filter, Operator, Query, Sort
from tests.small_school import SYSTEM

NAMES = [
    *("Anna", "anna b", "ANNA C", "Änne", "Bob", "O'Brien", "50 % off", "a_b", "axb"),
    *("Zoë", "zorro", "Éva", "Eva", "Mary", "McDonald"),
]


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """People with names that are written in all ways."""
    engine = make_engine(database_url, Settings())
    with engine.begin() as connection:
        for number, name in enumerate(NAMES):
            connection.execute(
                text(
                    "INSERT INTO users (id, email, full_name, role, password_hash, is_active, mfa_enabled)"
                    " VALUES (gen_random_uuid(), :email, :name, 'student', '!', true, false)"
                ),
                {"email": f"typed{number}@example.com", "name": name},
            )
    yield Database(engine)
    engine.dispose()


def typed(
    school: Database,
    query: Query,
    letters: str,
    who: Actor = SYSTEM,
    labels: Mapping[str, str] | None = None,
) -> int | None:
    """The place that the letters lead to."""
    with gate.reading(school, who) as uow:
        return Pages(CATALOG).typed(uow, query, letters, labels)


def column(school: Database, query: Query, key: str) -> list[str]:
    """What stands in a column, in the query's order."""
    with gate.reading(school, SYSTEM) as uow:
        page = Pages(CATALOG).fetch(uow, query, (key,), Want(0, 10_000))
        return [row[page.layout.slots[0].value] or "" for row in page.rows]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    "letters", ["a", "an", "AN", "b", "o'", "50 %", "a_", "z", "zo", "É", "é", "anna b", "mcd", "MCD"]
)
def test_letters_lead_to_the_first_row_that_begins_so(letters: str, descending: bool, school: Database) -> None:
    query = Query(User, sorts=(Sort("full_name", descending),))
    names = column(school, query, "full_name")
    begins = [place for place, name in enumerate(names) if name.casefold().startswith(letters.casefold())]
    assert typed(school, query, letters) == begins[0], names


@pytest.mark.parametrize("letters", ["q", "a%b", "anna bb", "\\", "'"])
def test_what_nothing_begins_with_leads_nowhere(letters: str, school: Database) -> None:
    assert typed(school, Query(User, sorts=(Sort("full_name"),)), letters) is None


LEVELS = {"beginner": "Anfang", "intermediate": "Mittel"}
"""What is shown in place of what is stored; others are shown as they are."""


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    ("letters", "level"),
    [("an", "beginner"), ("ANF", "beginner"), ("m", "intermediate"), ("AD", "advanced"), ("b", None)],
)
def test_letters_lead_to_what_is_shown_in_place_of_a_value(
    letters: str, level: str | None, descending: bool, school: Database
) -> None:
    with school.engine.begin() as connection:
        for number, stored in enumerate(["beginner", "advanced", "intermediate", None, "beginner"]):
            connection.execute(
                text(
                    "INSERT INTO courses (id, title, slug, instructor_id, difficulty_level, is_published) SELECT"
                    " gen_random_uuid(), :title, :title, id, :level, false FROM users ORDER BY id LIMIT 1"
                ),
                {"title": f"course-{number}", "level": stored},
            )
    query = Query(Course, sorts=(Sort("difficulty_level", descending),))
    stored_levels = column(school, query, "difficulty_level")
    assert typed(school, query, letters, labels=LEVELS) == (None if level is None else stored_levels.index(level))


def test_letters_lead_nowhere_in_an_order_without_letters(school: Database) -> None:
    assert typed(school, Query(User, sorts=(Sort("is_active"),)), "a") is None
    assert typed(school, Query(Enrollment, sorts=(Sort("progress"),)), "a") is None
    assert typed(school, Query(User, sorts=(Sort("id"),)), "a") is None


def test_filters_and_reach_are_kept(school: Database) -> None:
    only = Filter("email", Operator.CONTAINS, ("typed1",))
    query = Query(User, sorts=(Sort("full_name"),), filters=(only,))
    assert typed(school, query, "z") == column(school, query, "full_name").index("zorro")
    teacher = Query(Course, sorts=(Sort("instructor_id"),))
    assert typed(school, teacher, "nobody is called so") is None


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("letters", ["2024", "2024-", "2024-02", "2024-02-29", "2024-12"])
def test_a_year_a_month_a_day_lead_to_their_first_moment(letters: str, descending: bool, school: Database) -> None:
    moments = ["2023-12-31 23:30", "2024-01-01 00:30", "2024-02-28 10:00", "2024-02-29 12:00", "2024-12-31 23:59"]
    with school.engine.begin() as connection:
        connection.execute(text("UPDATE users SET last_login_at = NULL"))
        for number, moment in enumerate([*moments, "2025-06-01 00:00"]):
            connection.execute(
                text("UPDATE users SET last_login_at = timezone('Europe/Lisbon', :at) WHERE email = :email"),
                {"at": moment, "email": f"typed{number}@example.com"},
            )
    query = Query(User, zone="Europe/Lisbon", sorts=(Sort("last_login_at", descending),))
    local = "to_char(timezone('Europe/Lisbon', last_login_at), 'YYYY-MM-DD')"
    with school.engine.connect() as connection:
        order = "DESC" if descending else "ASC"
        statement = f"SELECT coalesce({local}, '') FROM users ORDER BY last_login_at {order}"
        shown = list(connection.execute(text(statement)).scalars())
    begins = [place for place, at in enumerate(shown) if at.startswith(letters.rstrip("-"))]
    assert typed(school, query, letters) == begins[0]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("letters", ["1999", "9998", "1999-12-31"])
def test_a_time_of_which_no_row_is_leads_nowhere(letters: str, descending: bool, school: Database) -> None:
    assert typed(school, Query(User, sorts=(Sort("created_at", descending),)), letters) is None


@pytest.mark.parametrize("letters", ["20", "2024-13", "2024-02-30", "24", "2024/02"])
def test_half_a_date_and_none_at_all_lead_nowhere(letters: str, school: Database) -> None:
    assert typed(school, Query(User, sorts=(Sort("last_login_at"),)), letters) is None
