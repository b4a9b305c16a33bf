"""Publishing courses, short names, and numbers of certificates, on a real server."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import URL, func, insert, select, text

from lms_desktop.database.unit_of_work import Change, Database, UnitOfWork
from lms_desktop.entities import Certificate, Course, Enrollment, User, new_id
from lms_desktop.errors import Denied
from lms_desktop.services import courses, gate
from lms_desktop.spec import Text
from tests.small_school import SYSTEM, act, actor, opened, row_id

ALGEBRA, BOTANY, EMPTY = (row_id(Course, name) for name in ("algebra", "botany", "empty"))
IDLE = row_id(Enrollment, "idle in empty")
THREADS, EACH = 8, 10


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school: algebra is published, botany and the empty course are drafts."""
    with opened(database_url) as database:
        yield database


def published(database: Database) -> set[str]:
    """The courses that students find."""
    with database.reading(SYSTEM) as uow:
        return set(uow.execute(select(Course.slug).where(Course.is_published)).scalars())


class TestPublishing:
    def test_one_course_is_named(self, school: Database) -> None:
        outcome = act(school, actor("ivan"), lambda uow: courses.publish(uow, (BOTANY,)))
        assert outcome.sentence == "Published Botany."
        assert outcome.changes == (Change(Course, BOTANY, "update"),)
        assert published(school) == {"algebra", "botany"}

    def test_several_are_counted_and_only_drafts_are_touched(self, school: Database) -> None:
        outcome = act(school, actor("admin"), lambda uow: courses.publish(uow, (ALGEBRA, BOTANY, EMPTY)))
        assert outcome.sentence == "Published 2 courses."
        assert {change.id for change in outcome.changes} == {BOTANY, EMPTY}

    def test_a_course_goes_back_to_draft(self, school: Database) -> None:
        outcome = act(school, actor("ines"), lambda uow: courses.unpublish(uow, (ALGEBRA,)))
        assert outcome.sentence == "Unpublished Algebra."
        assert published(school) == set()

    def test_what_is_so_already_is_left_alone(self, school: Database) -> None:
        outcome = act(school, actor("ines"), lambda uow: courses.publish(uow, (ALGEBRA,)))
        assert (outcome.sentence, outcome.changes) == ("This was published already.", ())
        outcome = act(school, actor("ivan"), lambda uow: courses.unpublish(uow, (BOTANY,)))
        assert (outcome.sentence, outcome.changes) == ("This was a draft already.", ())

    def test_the_moment_of_the_change_is_kept(self, school: Database) -> None:
        moment = select(Course.updated_at).where(Course.id == BOTANY)
        with school.reading(SYSTEM) as uow:
            before = uow.execute(moment).scalar_one()
        act(school, actor("ivan"), lambda uow: courses.publish(uow, (BOTANY,)))
        with school.reading(SYSTEM) as uow:
            assert uow.execute(moment).scalar_one() > before

    @pytest.mark.parametrize("do", [courses.publish, courses.unpublish])
    @pytest.mark.parametrize(
        ("who", "ids"),
        [("ines", (BOTANY,)), ("ines", (ALGEBRA, BOTANY)), ("registrar", (ALGEBRA,)), ("ivan", (EMPTY,))],
    )
    def test_foreign_courses_are_refused_and_nothing_is_done(
        self, school: Database, who: str, ids: tuple[str, ...], do: Any
    ) -> None:
        with pytest.raises(Denied):
            act(school, actor(who), lambda uow: do(uow, ids))
        assert published(school) == {"algebra"}


class TestShortNames:
    @pytest.mark.parametrize(
        ("title", "slug"),
        [
            ("Algebra I", "algebra-i"),
            ("  Álgebra -- für Anfänger!  ", "algebra-fur-anfanger"),
            ("C++ & C#: 1/2", "c-c-1-2"),
            ("Straße", "strasse"),
            ("İstanbul", "istanbul"),
            ("代数学 入門", "代数学-入門"),
            ("Алгебра й", "алгебра-й"),
            ("مقدمة في الجبر", "مقدمة-في-الجبر"),
            ("हिन्दी", "हिन्दी"),
            ("x\u0301\u0302", "x"),
            ("🎉", "course"),
            ("", "course"),
            ("???", "course"),
        ],
    )
    def test_are_made_of_titles_of_all_scripts(self, title: str, slug: str) -> None:
        assert courses.slug_of(title) == slug

    @given(title=st.text(max_size=300))
    def test_can_always_be_stored(self, title: str) -> None:
        slug = courses.slug_of(title)
        Text("slug", length=255, blank=False).check(slug)
        assert len(slug) <= courses.SLUG_LENGTH
        assert courses.slug_of(slug) == slug

    def test_that_are_taken_are_numbered(self, school: Database) -> None:
        with school.unit_of_work(SYSTEM) as uow:
            found = [courses.free_slug(uow, "Physics")]
            for _ in range(3):
                slug = courses.free_slug(uow, "Álgebra")
                values = {"id": new_id(), "title": "Álgebra", "slug": slug, "instructor_id": row_id(User, "ines")}
                uow.execute(insert(Course).values(values))
                found.append(slug)
        assert found == ["physics", "algebra-2", "algebra-3", "algebra-4"]


class TestCertificateNumbers:
    @pytest.fixture
    def year(self, school: Database) -> int:
        """The server's year."""
        with school.reading(SYSTEM) as uow:
            return int(uow.execute(text("SELECT extract(year FROM now() AT TIME ZONE 'UTC')")).scalar_one())

    @staticmethod
    def issue(database: Database, enrollment: str, number: str) -> None:
        """A certificate that somebody else numbered."""
        with database.unit_of_work(SYSTEM) as uow:
            uow.execute(insert(Certificate).values(enrollment_id=enrollment, certificate_number=number))

    @staticmethod
    def next_of(database: Database) -> str:
        """The next number; nothing is stored."""
        with database.unit_of_work(SYSTEM) as uow:
            return courses.next_certificate_number(uow)

    def test_begin_with_one_each_year(self, school: Database, year: int) -> None:
        assert self.next_of(school) == f"LMS-{year}-000001"
        self.issue(school, IDLE, f"LMS-{year - 1}-000041")
        assert self.next_of(school) == f"LMS-{year}-000001"

    @pytest.mark.parametrize(("last", "following"), [("000041", "000042"), ("000999", "001000"), ("999999", "1000000")])
    def test_go_on_from_the_last(self, school: Database, year: int, last: str, following: str) -> None:
        self.issue(school, IDLE, f"LMS-{year}-{last}")
        assert self.next_of(school) == f"LMS-{year}-{following}"

    def test_go_on_beyond_a_million(self, school: Database, year: int) -> None:
        enrollments = self.enrol_many(school)
        for enrollment, number in zip(enrollments, ("999998", "999999", "1000000", "1000009"), strict=False):
            self.issue(school, enrollment, f"LMS-{year}-{number}")
        assert self.next_of(school) == f"LMS-{year}-1000010"

    @pytest.mark.parametrize("form", ["CERT-7", "LMS-{}-7", "LMS-{}-00A123", "LMS-{}-000123-b", "LMS-{}-1234567890123"])
    def test_leave_numbers_of_another_form_out_of_account(self, school: Database, year: int, form: str) -> None:
        self.issue(school, IDLE, form.format(year))
        assert self.next_of(school) == f"LMS-{year}-000001"

    def test_are_given_once_however_many_ask_at_once(self, school: Database, year: int) -> None:
        enrollments = self.enrol_many(school)

        def issue(turn: int) -> list[str]:
            given = []
            for enrollment in enrollments[turn::THREADS]:
                with gate.transaction(school, actor("registrar")) as uow:
                    number = courses.next_certificate_number(uow)
                    uow.execute(insert(Certificate).values(enrollment_id=enrollment, certificate_number=number))
                    given.append(number)
            return given

        with ThreadPoolExecutor(THREADS) as pool:
            numbers = [number for given in pool.map(issue, range(THREADS)) for number in given]
        assert sorted(numbers) == [f"LMS-{year}-{n:06d}" for n in range(1, THREADS * EACH + 1)]
        with school.reading(SYSTEM) as uow:
            stored = select(func.count()).where(Certificate.certificate_number.startswith(f"LMS-{year}-"))
            assert uow.execute(stored).scalar_one() == THREADS * EACH

    def test_that_were_rolled_back_are_given_again(self, school: Database, year: int) -> None:
        with school.engine.connect() as connection:
            uow = UnitOfWork(connection, SYSTEM)
            number = courses.next_certificate_number(uow)
            uow.execute(insert(Certificate).values(enrollment_id=IDLE, certificate_number=number))
            connection.rollback()
        assert self.next_of(school) == f"LMS-{year}-000001"

    @staticmethod
    def enrol_many(database: Database) -> list[str]:
        """As many enrollments as certificates are to be issued."""
        students = [new_id() for _ in range(THREADS * EACH)]
        with database.unit_of_work(SYSTEM) as uow:
            people = [
                {"id": student, "email": f"{n}@x.edu", "full_name": f"Student {n}", "password_hash": "none"}
                for n, student in enumerate(students)
            ]
            uow.execute(insert(User), people)
            rows = [{"id": new_id(), "student_id": student, "course_id": EMPTY} for student in students]
            uow.execute(insert(Enrollment), rows)
        return [row["id"] for row in rows]
