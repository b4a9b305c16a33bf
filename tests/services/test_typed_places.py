"""Where typed letters lead to: the first row that begins with them, in any order, whatever they are."""

from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import URL, text

from lms_desktop.admin import CATALOG
from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.entities import Course, Enrollment, Quiz, QuizAttempt, User
from lms_desktop.errors import BadValue
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


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(("letters", "name"), [("anne", "Änne"), ("zoe", "Zoë"), ("ZOE", "Zoë"), ("eva", "Eva")])
def test_where_nothing_begins_so_accents_do_not_count(
    letters: str, name: str, descending: bool, school: Database
) -> None:
    query = Query(User, sorts=(Sort("full_name", descending=descending),))
    place = typed(school, query, letters)
    assert place is not None
    assert column(school, query, "full_name")[place] == name


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


def test_letters_lead_nowhere_in_an_order_of_numbers(school: Database) -> None:
    for letters in ("a", "-a", "1-2", "7x", "."):
        assert typed(school, Query(Enrollment, sorts=(Sort("progress"),)), letters) is None


def test_an_order_in_which_nothing_is_looked_for_is_no_order_in_which_nothing_is(school: Database) -> None:
    with pytest.raises(BadValue, match="Id: rows are not looked for"):
        typed(school, Query(QuizAttempt, sorts=(Sort("id"),)), "a")
    with pytest.raises(BadValue, match="Account: rows are not looked for"):
        typed(school, Query(User, sorts=(Sort("is_active"),)), "a")


SCORES = [None, 0, 5, 8, 8, 70, 75, 75, 75, 76, 90, None, 100, 12, -3]


@pytest.fixture
def attempts(school: Database) -> Database:
    """Attempts with these scores; those from 75 on are passed, and those without a score are not judged."""
    with school.engine.begin() as connection:
        quiz = (
            "INSERT INTO quizzes (id, title, passing_score_percentage, shuffle_questions, is_published)"
            " VALUES (gen_random_uuid(), 'Quiz', 75, false, true) RETURNING id"
        )
        attempt = (
            "INSERT INTO quiz_attempts (id, quiz_id, student_id, score, passed) SELECT gen_random_uuid(), :quiz, id,"
            " :score, CAST(:score AS int) >= 75 FROM users ORDER BY id LIMIT 1"
        )
        quiz_id = connection.execute(text(quiz)).scalar_one()
        for score in SCORES:
            connection.execute(text(attempt), {"quiz": quiz_id, "score": score})
    return school


def rows_where(school: Database, table: str, condition: str) -> int:
    """How many rows meet a condition."""
    with school.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table} WHERE {condition}")).scalar_one())


@pytest.mark.parametrize(
    ("letters", "first_up", "first_down"),
    [
        *(("75", 75, 75), ("8", 8, 8), ("0", 0, 0), ("100", 100, 100), ("+75", 75, 75), ("75 ", 75, 75)),
        *(("75,0", 75, 75), ("75.", 75, 75), ("075", 75, 75), ("-3", -3, -3)),
        *(("7", 70, 76), ("9", 90, 90), ("1", 12, 100), ("-", -3, -3)),  # none equals it: what begins so
        *(("77", 90, 76), ("75,5", 76, 75), ("74.5", 75, 70), ("-1", 0, -3), ("2", 5, 0)),  # where it would stand
        *(("101", 100, 100), ("99999999999999999999", 100, 100), ("-50", -3, -3)),  # beyond all of them: the nearest
    ],
)
def test_a_number_leads_to_its_rows_or_to_those_next_to_it(
    letters: str, first_up: int, first_down: int, attempts: Database
) -> None:
    up, down = (Query(QuizAttempt, sorts=(Sort("score", descending),)) for descending in (False, True))
    assert typed(attempts, up, letters) == rows_where(attempts, "quiz_attempts", f"score < {first_up}")
    assert typed(attempts, down, letters) == rows_where(
        attempts, "quiz_attempts", f"score IS NULL OR score > {first_down}"
    )


@pytest.mark.parametrize("descending", [False, True])
def test_beyond_all_numbers_is_the_last_that_there_is(descending: bool, attempts: Database) -> None:
    query = Query(QuizAttempt, sorts=(Sort("score", descending),))
    scores = column(attempts, query, "score")
    last = max(place for place, score in enumerate(scores) if score)
    with attempts.engine.begin() as connection:
        connection.execute(text("UPDATE quiz_attempts SET score = 100 WHERE score = 90"))
        connection.execute(text("UPDATE quiz_attempts SET score = -3 WHERE score = 0"))
    assert typed(attempts, query, "-50" if descending else "200") == last, "behind others that are equal to it"
    with attempts.engine.begin() as connection:
        connection.execute(text("UPDATE quiz_attempts SET score = NULL"))
    assert typed(attempts, query, "75") is None, "there is no number at all"


RESULTS = {"true": "Bestanden", "false": "Nicht bestanden"}


@pytest.mark.parametrize(
    ("letters", "up", "down"),
    [
        ("best", "NOT passed", "passed IS NULL"),
        ("NICHT", "false", "passed OR passed IS NULL"),
        ("pas", None, None),
    ],
)
def test_the_word_shown_for_yes_or_no_leads_to_its_first_row(
    letters: str, up: str | None, down: str | None, attempts: Database
) -> None:
    for descending, before in ((False, up), (True, down)):
        query = Query(QuizAttempt, sorts=(Sort("passed", descending),))
        expected = None if before is None else rows_where(attempts, "quiz_attempts", before)
        assert typed(attempts, query, letters, labels=RESULTS) == expected


def test_a_word_of_which_no_row_is_leads_nowhere(school: Database) -> None:
    query = Query(User, sorts=(Sort("mfa_enabled"),))
    assert typed(school, query, "o", labels={"true": "On", "false": "Off"}) == 0, "all are off"
    assert typed(school, query, "on", labels={"true": "On", "false": "Off"}) is None


def test_a_number_is_looked_for_among_the_rows_of_the_query(attempts: Database) -> None:
    passed = Filter("passed", Operator.IS, ("true",))
    query = Query(QuizAttempt, sorts=(Sort("score"),), filters=(passed,))
    assert typed(attempts, query, "76") == rows_where(attempts, "quiz_attempts", "passed AND score < 76")
    assert typed(attempts, query, "8") == 0, "what is failed is not shown"


PERCENT = (
    "(SELECT 100 * count(p.lesson_id) / nullif(count(*), 0) FROM lessons l LEFT JOIN lesson_progress p"
    " ON p.lesson_id = l.id AND p.enrollment_id = e.id AND p.completed WHERE l.course_id = e.course_id)"
)
QUESTIONS = "(SELECT count(*) FROM quiz_questions q WHERE q.quiz_id = e.id)"


@pytest.mark.parametrize(
    ("entity", "key", "table", "value"),
    [(Enrollment, "progress", "enrollments", PERCENT), (Quiz, "questions", "quizzes", QUESTIONS)],
)
def test_a_number_that_is_worked_out_is_found(entity: type, key: str, table: str, value: str, seeded_url: URL) -> None:
    engine = make_engine(seeded_url, Settings())
    school = Database(engine)
    with engine.connect() as connection:
        there = connection.execute(text(f"SELECT DISTINCT {value} FROM {table} e")).scalars()
        numbers = sorted(int(number) for number in there if number is not None)
    for number in {numbers[0], numbers[len(numbers) // 2], numbers[-1]}:
        up, down = (Query(entity, sorts=(Sort(key, descending),)) for descending in (False, True))
        assert typed(school, up, str(number)) == rows_where(school, f"{table} e", f"{value} < {number}")
        beyond = f"{value} > {number} OR {value} IS NULL"
        assert typed(school, down, str(number)) == rows_where(school, f"{table} e", beyond)
    engine.dispose()


def test_filters_and_reach_are_kept(school: Database) -> None:
    only = Filter("email", Operator.CONTAINS, ("typed1",))
    query = Query(User, sorts=(Sort("full_name"),), filters=(only,))
    assert typed(school, query, "z") == column(school, query, "full_name").index("zorro")
    teacher = Query(Course, sorts=(Sort("instructor_id"),))
    assert typed(school, teacher, "nobody is called so") is None


MOMENTS = [
    *("2023-12-31 23:30", "2024-01-01 00:30", "2024-02-28 10:00", "2024-02-29 12:00", "2024-02-29 12:31"),
    *("2024-10-05 08:15", "2024-12-31 23:59", "2025-06-01 00:00"),
]
SHOWN = "coalesce(to_char(timezone('Europe/Lisbon', last_login_at), 'YYYY-MM-DD HH24:MI'), '')"


def signed_in(school: Database, *, descending: bool) -> tuple[Query, list[str]]:
    """People by when they signed in last, and what stands there of each."""
    with school.engine.begin() as connection:
        connection.execute(text("UPDATE users SET last_login_at = NULL"))
        for number, moment in enumerate(MOMENTS):
            connection.execute(
                text("UPDATE users SET last_login_at = timezone('Europe/Lisbon', :at) WHERE email = :email"),
                {"at": moment, "email": f"typed{number}@example.com"},
            )
        order = "DESC" if descending else "ASC"
        shown = list(connection.execute(text(f"SELECT {SHOWN} FROM users ORDER BY last_login_at {order}")).scalars())
    return Query(User, zone="Europe/Lisbon", sorts=(Sort("last_login_at", descending),)), shown


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    "letters",
    [
        *("2", "20", "202", "2024", "2024-", "2024-0", "2024-02", "2024-1", "2024-02-", "2024-02-2", "2024-02-29"),
        *("2024-02-29 ", "2024-02-29 1", "2024-02-29 12", "2024-02-29 12:", "2024-02-29 12:3", "2024-02-29 12:31"),
    ],
)
def test_the_beginning_of_a_moment_leads_to_the_first_that_begins_so(
    letters: str, descending: bool, school: Database
) -> None:
    query, shown = signed_in(school, descending=descending)
    begins = [place for place, at in enumerate(shown) if at.startswith(letters.strip())]
    assert typed(school, query, letters) == begins[0]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    "letters", ["1999", "0", "9998", "1999-12-31", "2024-03", "2024-3", "2024-12-31 23:5", "9999-12-31"]
)
def test_a_moment_at_which_nothing_was_leads_to_the_next_one_in_the_order_or_the_last(
    letters: str, descending: bool, school: Database
) -> None:
    query, shown = signed_in(school, descending=descending)
    whole = "2024-03" if letters == "2024-3" else letters
    there = [at for at in shown if at]
    way = [at for at in there if (at < whole if descending else at > whole) or at.startswith(whole)]
    expected = way[0] if way else there[-1]
    assert typed(school, query, letters) == shown.index(expected)


def test_where_nobody_has_signed_in_no_moment_leads_anywhere(school: Database) -> None:
    with school.engine.begin() as connection:
        connection.execute(text("UPDATE users SET last_login_at = NULL"))
    assert typed(school, Query(User, sorts=(Sort("last_login_at"),)), "2024") is None


@pytest.mark.parametrize(
    "letters", ["2024-13", "2024-00", "2024-02-30", "2024-02-00", "24-", "2024/02", "2024-02-01 24", "0000", "year"]
)
def test_what_begins_no_moment_leads_nowhere(letters: str, school: Database) -> None:
    query, _ = signed_in(school, descending=False)
    assert typed(school, query, letters) is None
