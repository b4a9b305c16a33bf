"""The sample school: what is in it, and that it makes sense."""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator

import pytest
from passlib.hash import bcrypt
from sqlalchemy import URL, Engine, inspect

from lms_desktop.admin import CATALOG
from lms_desktop.entities import ENTITIES, Base
from lms_desktop.services.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from lms_desktop.services.seeding import DEFAULT_STUDENTS, seed
from tests.hashing import full_cost
from tests.postgres import PostgresServer
from tests.sample_school import (
    SECRETS,
    check_addresses,
    check_attempts,
    check_certificates,
    check_progress,
    check_scores,
    check_time,
    engine_of,
    rows,
)


@pytest.fixture(scope="module")
def school(server: PostgresServer, migrated_template: URL) -> Iterator[Engine]:
    """The sample school, the same for all tests of this module: look at it and leave it as it is."""
    url = server.create(template=migrated_template.database)
    with engine_of(url) as engine, full_cost():
        seed(engine, random_seed=1)
        yield engine
    server.drop(url)


class TestPeople:
    def test_everybody_of_the_schema_document_is_there(self, school: Engine) -> None:
        found = rows(school, "SELECT email, role, full_name FROM users WHERE full_name LIKE '% User' ORDER BY email")
        assert found == [
            ("admin@lms.com", "admin", "Admin User"),
            ("instructor@lms.com", "instructor", "Instructor User"),
            ("student@lms.com", "student", "Student User"),
        ]

    def test_there_is_staff_of_every_role_and_somebody_has_left(self, school: Engine) -> None:
        found = dict(rows(school, "SELECT role || ' ' || is_active, count(*) FROM users GROUP BY 1"))
        assert found == {
            "admin true": 1,
            "registrar true": 1,
            "instructor true": 5,
            "instructor false": 1,
            "student true": DEFAULT_STUDENTS - 1,
            "student false": 1,
        }

    def test_the_accounts_of_the_demo_sign_in_with_its_password(self, school: Engine) -> None:
        hashes = dict(rows(school, "SELECT email, password_hash FROM users"))
        assert {role for _, _, role, _ in DEMO_ACCOUNTS} == {"admin", "registrar", "instructor"}
        assert {password for _, password, _, _ in DEMO_ACCOUNTS} == {DEMO_PASSWORD}
        (shared,) = {hashes[email] for email, _, _, _ in DEMO_ACCOUNTS}
        assert shared.startswith("$2b$12$")
        assert bcrypt.verify(DEMO_PASSWORD, shared)

    def test_names_are_written_in_many_scripts_and_survive_the_way(self, school: Engine) -> None:
        names = rows(school, "SELECT full_name FROM users")
        scripts = Counter(unicodedata.name(letter).split()[0] for name in names for letter in name if letter.isalpha())
        wanted = {"LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "CJK", "HANGUL", "DEVANAGARI", "THAI"}
        assert wanted <= set(scripts)
        assert len(set(names)) > 140
        assert not any("\ufffd" in name or name != name.strip() for name in names)

    def test_addresses_are_ascii_and_no_two_the_same(self, school: Engine) -> None:
        check_addresses(school)

    def test_sessions_are_live_expired_and_revoked(self, school: Engine) -> None:
        states = (
            "SELECT DISTINCT revoked, expires_at < now(), expires_at < now() - interval '30 days' FROM refresh_tokens"
        )
        assert set(rows(school, states)) == {
            (False, False, False),
            (False, True, False),
            (False, True, True),
            (True, False, False),
            (True, True, False),
        }
        assert rows(school, "SELECT DISTINCT revoked = (revoked_at IS NOT NULL) FROM refresh_tokens") == [True]


class TestCourses:
    def test_courses_are_in_every_state(self, school: Engine) -> None:
        for column in ("category", "difficulty_level", "description", "thumbnail_url", "metadata"):
            assert set(rows(school, f"SELECT {column} IS NULL FROM courses")) == {True, False}, column
        assert set(rows(school, "SELECT difficulty_level FROM courses WHERE difficulty_level IS NOT NULL")) == {
            "beginner",
            "intermediate",
            "advanced",
        }
        assert set(rows(school, "SELECT is_published FROM courses")) == {True, False}
        # A draft that nobody could take yet, and a course that is no longer offered.
        taken = "SELECT EXISTS (SELECT FROM enrollments WHERE course_id = c.id) FROM courses c WHERE NOT is_published"
        assert set(rows(school, taken)) == {True, False}

    def test_lessons_of_every_type_stand_in_order(self, school: Engine) -> None:
        shape = "max(left(content, 1)) <> '', max(left(video_url, 8)) = 'https://'"
        assert set(rows(school, f"SELECT content_type, {shape} FROM lessons GROUP BY 1")) == {
            ("text", True, None),
            ("video", True, True),
            ("quiz", None, None),
            ("assignment", True, None),
        }
        places = rows(school, 'SELECT array_agg("order" ORDER BY "order") FROM lessons GROUP BY course_id')
        assert all(order == list(range(1, len(order) + 1)) and 3 <= len(order) <= 14 for order in places)

    def test_a_completed_enrollment_has_every_lesson_done_and_no_other_has(self, school: Engine) -> None:
        check_progress(school)

    def test_time_runs_forward(self, school: Engine) -> None:
        check_time(school)

    def test_certificates_are_of_completed_enrollments_and_numbered_by_year(self, school: Engine) -> None:
        check_certificates(school)


class TestQuizzes:
    def test_quizzes_hang_on_courses_on_lessons_on_both_and_on_nothing(self, school: Engine) -> None:
        places = set(rows(school, "SELECT course_id IS NULL, lesson_id IS NULL FROM quizzes"))
        assert len(places) == 4
        astray = (
            "SELECT q.id FROM quizzes q JOIN lessons l ON l.id = lesson_id"
            " WHERE l.content_type <> 'quiz' OR q.course_id <> l.course_id"
        )
        assert rows(school, astray) == []

    def test_questions_of_every_type_are_in_the_formats_of_the_schema(self, school: Engine) -> None:
        met = set()
        question = "SELECT question_type, CAST(options AS text), correct_answer, points FROM quiz_questions"
        for kind, options, correct, points in rows(school, question):
            assert points >= 1
            met.add((kind, (correct or "").startswith("[")))
            if kind != "multiple_choice":
                assert options is None
            if kind == "true_false":
                assert correct in {"true", "false"}
            elif kind == "essay":
                assert correct is None
            elif kind == "short_answer":
                assert correct
            else:
                listed = [each["text"] if isinstance(each, dict) else each for each in json.loads(options)]
                right = json.loads(correct) if correct.startswith("[") and correct not in listed else [correct]
                assert set(right) <= set(listed)
                assert len(set(listed)) == len(listed) > len(right)
        assert met == {
            *(("multiple_choice", several) for several in (False, True)),
            *(("short_answer", several) for several in (False, True)),
            ("true_false", False),
            ("essay", False),
        }

    def test_questions_stand_in_order(self, school: Engine) -> None:
        places = rows(school, 'SELECT array_agg("order" ORDER BY "order") FROM quiz_questions GROUP BY quiz_id')
        assert all(order == list(range(1, len(order) + 1)) for order in places)

    def test_scores_are_the_percentage_of_points_of_the_answers_that_are_stored(self, school: Engine) -> None:
        check_scores(school)

    def test_what_only_a_person_can_judge_has_no_score_yet(self, school: Engine) -> None:
        with_essay = "SELECT quiz_id FROM quiz_questions WHERE question_type = 'essay'"
        attempts = "SELECT DISTINCT quiz_id IN ({}), ended_at IS NULL, score IS NULL FROM quiz_attempts"
        assert set(rows(school, attempts.format(with_essay))) == {
            (True, True, True),
            (True, False, True),
            (False, True, True),
            (False, False, False),
        }

    def test_students_take_the_quizzes_of_their_courses_alone(self, school: Engine) -> None:
        check_attempts(school)


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.__tablename__)
def test_every_value_could_have_been_typed(school: Engine, entity: type[Base]) -> None:
    fields = [field for field in CATALOG[entity].fields if field.own and SECRETS.get(entity) != field.key]
    assert fields
    for field in fields:
        column = f'"{inspect(entity).columns[field.key].name}"'
        stored = f"SELECT DISTINCT CAST({column} AS text) FROM {entity.__tablename__} WHERE {column} IS NOT NULL"
        for value in rows(school, stored):
            field.kind.check(value)
