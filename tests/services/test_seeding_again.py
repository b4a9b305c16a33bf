"""Seeding twice, seeding beside what others have written, and seeding a large school."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from passlib.hash import bcrypt
from sqlalchemy import URL, Engine

from lms_desktop.database.migrations import MigrationRunner
from lms_desktop.services.demo_accounts import DEMO_PASSWORD
from lms_desktop.services.seeding import DEFAULT_STUDENTS, seed
from tests.postgres import PostgresServer
from tests.sample_school import (
    change,
    check_addresses,
    check_attempts,
    check_certificates,
    check_progress,
    check_scores,
    check_time,
    counts,
    engine_of,
    fingerprints,
    rows,
)

DAY = date(2026, 11, 20)
BULK = 450
"""Students of a school that is made in bulk: 299 beyond the sample school's."""
IDA = (
    "INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled)"
    " VALUES (gen_random_uuid(), '{}', 'theirs', 'Ida', 'instructor', true, false)"
)


@pytest.fixture
def school(seeded_url: URL) -> Iterator[Engine]:
    """The sample school."""
    with engine_of(seeded_url) as engine:
        yield engine


@pytest.fixture
def empty(database_url: URL) -> Iterator[Engine]:
    """A database at the head, without a row."""
    with engine_of(database_url) as engine:
        yield engine


@pytest.fixture
def twin(server: PostgresServer, migrated_template: URL) -> Iterator[Engine]:
    """Another one."""
    url = server.create(template=migrated_template.database)
    with engine_of(url) as engine:
        yield engine
    server.drop(url)


@pytest.fixture
def each_empty(each_empty_database: URL) -> Iterator[Engine]:
    """One on each version of PostgreSQL."""
    with engine_of(each_empty_database) as engine:
        MigrationRunner(engine).upgrade()
        yield engine


class TestRepeating:
    def test_two_databases_get_the_same_school(self, empty: Engine, twin: Engine) -> None:
        seed(empty, students=BULK, today=DAY)
        seed(twin, students=BULK, today=DAY)
        assert fingerprints(empty) == fingerprints(twin)

    def test_every_version_of_postgresql_gets_the_same_school(self, each_empty: Engine, empty: Engine) -> None:
        seed(each_empty, students=BULK, today=DAY)
        seed(empty, students=BULK, today=DAY)
        assert fingerprints(each_empty) == fingerprints(empty)

    def test_another_day_adds_nothing_and_leaves_what_people_did(self, empty: Engine) -> None:
        first = seed(empty, students=BULK, today=DAY)
        assert dict(first.added) == counts(empty)
        change(empty, "UPDATE users SET full_name = 'Marta Lopes-Weber' WHERE email = 'registrar@lms.com'")
        some = "SELECT id FROM enrollments WHERE completed_at IS NULL ORDER BY id LIMIT 9"
        assert change(empty, f"DELETE FROM enrollments WHERE id IN ({some})")
        assert change(empty, "DELETE FROM lessons WHERE title = 'Decisions'")
        assert change(empty, "DELETE FROM certificates WHERE certificate_number LIKE '%-000001'")
        before = fingerprints(empty)
        again = seed(empty, students=BULK, today=DAY + timedelta(days=40))
        assert again.total == 0
        assert fingerprints(empty) == before

    def test_a_larger_number_adds_the_students_that_are_missing(self, empty: Engine) -> None:
        seed(empty, students=300, today=DAY)
        seed(empty, students=DEFAULT_STUDENTS, today=DAY)
        assert rows(empty, "SELECT count(*) FROM users WHERE role = 'student'") == [300]
        seed(empty, students=BULK, today=DAY)
        assert rows(empty, "SELECT count(*) FROM users WHERE role = 'student'") == [BULK]
        assert rows(empty, "SELECT count(DISTINCT student_id) > 430 FROM enrollments") == [True]

    def test_a_small_number_makes_a_small_school(self, empty: Engine) -> None:
        seed(empty, students=1, today=DAY)
        assert rows(empty, "SELECT email FROM users WHERE role = 'student'") == ["student@lms.com"]

    def test_another_random_seed_brings_other_students_to_the_same_courses(self, school: Engine) -> None:
        before = counts(school)
        added = seed(school, random_seed=2).added
        assert added["users"] > 100
        assert added["enrollments"] > 500
        assert added["certificates"] > 100
        assert {table for table, number in added.items() if not number} == {
            *("courses", "lessons", "quizzes", "quiz_questions")
        }
        assert counts(school) == {table: before[table] + added[table] for table in before}

    def test_a_course_that_was_deleted_comes_back_whole(self, school: Engine) -> None:
        slug = "databases-with-postgresql"
        lessons = f"SELECT count(*) FROM lessons WHERE course_id IN (SELECT id FROM courses WHERE slug = '{slug}')"
        before = rows(school, lessons)
        assert change(school, f"DELETE FROM courses WHERE slug = '{slug}'")
        assert seed(school).added["courses"] == 1
        assert rows(school, lessons) == before

    def test_a_mistake_leaves_nothing_behind(self, empty: Engine) -> None:
        def stumble(sentence: str) -> None:
            if "certificates" in sentence:
                raise RuntimeError(sentence)

        with pytest.raises(RuntimeError):
            seed(empty, progress=stumble)
        assert set(counts(empty).values()) == {0}


class TestBesideOthers:
    """On a database that has a life of its own."""

    def test_whoever_has_an_instructors_address_teaches_the_instructors_courses(self, empty: Engine) -> None:
        change(empty, IDA.format("instructor@lms.com"))
        report = seed(empty, demo=False)
        assert "instructor@lms.com" not in dict(report.passwords)
        taught = "SELECT full_name, password_hash, count(*) FROM users u JOIN courses c ON c.instructor_id = u.id"
        assert ("Ida", "theirs", 4) in rows(empty, f"{taught} GROUP BY u.id")

    def test_a_course_of_the_same_name_is_left_alone(self, empty: Engine) -> None:
        change(empty, IDA.format("ida@school.edu"))
        mine = "gen_random_uuid(), 'Mine', 'linear-algebra', id, true"
        change(empty, f"INSERT INTO courses (id, title, slug, instructor_id, is_published) SELECT {mine} FROM users")
        seed(empty)
        assert rows(empty, "SELECT title FROM courses WHERE slug = 'linear-algebra'") == ["Mine"]
        children = "SELECT (SELECT count(*) FROM {} x WHERE x.course_id = c.id) FROM courses c WHERE title = 'Mine'"
        assert [rows(empty, children.format(table)) for table in ("lessons", "enrollments", "quizzes")] == [[0]] * 3

    def test_passwords_are_made_up_for_each_new_account_and_told_once(self, empty: Engine) -> None:
        report = seed(empty, demo=False)
        told = dict(report.passwords)
        hashes = dict(rows(empty, "SELECT email, password_hash FROM users"))
        assert {"admin@lms.com", "registrar@lms.com", "instructor@lms.com", "student@lms.com"} <= set(told)
        assert len(set(told.values())) == len(told) == len({hashes[email] for email in told})
        assert DEMO_PASSWORD not in told.values()
        assert bcrypt.verify(told["registrar@lms.com"], hashes["registrar@lms.com"])
        assert told["registrar@lms.com"] not in repr(report)
        # Nobody knows the students' password, and it is not the demo's.
        (students,) = {hash_ for email, hash_ in hashes.items() if email not in told}
        assert not bcrypt.verify(DEMO_PASSWORD, students)
        assert seed(empty, demo=False).passwords == ()

    def test_numbers_of_certificates_go_on_after_the_last(self, school: Engine) -> None:
        year = max(rows(school, "SELECT certificate_number FROM certificates"))[:9]
        change(
            school,
            f"UPDATE certificates SET certificate_number = '{year}700000' WHERE certificate_number = '{year}000001'",
        )
        before = set(rows(school, "SELECT certificate_number FROM certificates"))
        seed(school, random_seed=3)
        added = {
            number for number in rows(school, "SELECT certificate_number FROM certificates") if number not in before
        }
        assert min(number for number in added if number.startswith(year)) == f"{year}700001"


class TestInBulk:
    def test_two_thousand_students_fill_every_table_quickly_and_sensibly(self, empty: Engine) -> None:
        said: list[str] = []
        report = seed(empty, students=2000, progress=said.append)
        found = counts(empty)
        assert dict(report.added) == found
        assert rows(empty, "SELECT count(*) FROM users WHERE role = 'student'") == [2000]
        assert 16_000 < found["enrollments"] < 24_000
        assert 1.5 < found["lesson_progress"] / found["enrollments"] < 3
        assert min(found["quiz_attempts"], found["certificates"]) > 1000
        assert any("1,849 of 1,849 students" in sentence for sentence in said)
        for check in (check_addresses, check_progress, check_time, check_certificates, check_attempts, check_scores):
            check(empty)
        assert rows(empty, "SELECT count(DISTINCT full_name) > 1000 FROM users") == [True]

    def test_popular_courses_have_many_more_students_than_others(self, empty: Engine) -> None:
        seed(empty, students=600)
        sizes = sorted(rows(empty, "SELECT count(*) FROM enrollments GROUP BY course_id"))
        assert sizes[-1] > 3 * sizes[0]

    def test_the_planner_knows_what_there_is(self, empty: Engine) -> None:
        seed(empty, students=600)
        question = "SELECT reltuples > 3000 AND relallvisible > 0 FROM pg_class WHERE relname = 'enrollments'"
        assert rows(empty, question) == [True]
