"""Sample data: a school to look at, to test with and to measure on.

Repeating it adds nothing and overwrites nothing: ids hang on the random seed alone, and what is there already wins.
Only the dates hang on the day of the first time, so that the school looks alive.
"""

import random
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from types import MappingProxyType

from sqlalchemy import Connection, Engine, select, text

from lms_desktop.database.unit_of_work import Actor, UnitOfWork
from lms_desktop.entities import (
    ENTITIES,
    Certificate,
    Course,
    Enrollment,
    Lesson,
    LessonProgress,
    Quiz,
    QuizAttempt,
    QuizQuestion,
    RefreshToken,
    User,
)
from lms_desktop.services import locks, seed_life
from lms_desktop.services.demo_accounts import ACCOUNTS, DEMO_PASSWORD
from lms_desktop.services.passwords import generate_password, hash_password
from lms_desktop.services.seed_bulk import LEAST_COURSES, STUDENTS_PER_COURSE, BulkSchool
from lms_desktop.services.seed_names import people
from lms_desktop.services.seed_school import SampleSchool
from lms_desktop.services.seed_staging import Staging, Tell

DEFAULT_STUDENTS = 151
"""Students of the sample school, the one of the schema document among them."""


@dataclass(frozen=True)
class SeedReport:
    """What a seeding did.

    Attributes:
        added: table → rows added, for all ten tables.
        passwords: (e-mail, password) of the accounts added outside the demo. They are stored nowhere else.
    """

    added: Mapping[str, int]
    passwords: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def total(self) -> int:
        """All rows added."""
        return sum(self.added.values())


def seed(
    engine: Engine,
    *,
    random_seed: int = 1,
    students: int | None = None,
    demo: bool = True,
    progress: Callable[[str], None] | None = None,
    today: date | None = None,
) -> SeedReport:
    """Fill a database that is at the head revision, in one transaction.

    `students` is the number of students of the whole school: without it the sample school (151 students, 16 courses),
    beyond that as many as wanted in courses of their own. Another `random_seed` adds other students to the same
    courses. In the demo every account has `DEMO_PASSWORD`; elsewhere each account that is added gets a password of its
    own, which the report tells. `today` (in UTC) is the day that all dates are counted from. `progress` is told what is
    being done, in sentences. Takes 1 s for the sample school, about 20 s for 20,000 students. Raises what the driver
    raises.
    """
    tell = progress or (lambda sentence: None)
    midnight = datetime.combine(today or datetime.now(UTC).date(), time(), UTC)
    wanted = DEFAULT_STUDENTS if students is None else students
    # Not through a unit of work, which names itself to the change log: sample data is nothing to be undone row by row.
    with engine.begin() as connection:
        uow = UnitOfWork(connection, Actor.command_line())
        _lift_limits(connection)
        locks.take(uow, locks.Lock.SEEDING)
        tell("Preparing passwords.")
        passwords = _passwords(connection, demo=demo)
        staging = Staging(connection)
        crowd = people(random.Random(f"{random_seed}/people"))
        school = SampleSchool(random_seed, crowd, min(wanted, DEFAULT_STUDENTS), midnight, passwords.hashes)
        bulk = BulkSchool(
            random_seed=random_seed,
            people=crowd,
            students=max(wanted - DEFAULT_STUDENTS, 0),
            courses=max(LEAST_COURSES, wanted // STUDENTS_PER_COURSE),
            midnight=midnight,
            password_hash=passwords.hashes[""],
        )
        _stage(staging, school, bulk if bulk.students else None, tell)
        tell("Adding people and courses.")
        for entity in _STAGED:
            if entity is Course:
                staging.use_existing_people()
            staging.insert(entity)
        staging.run("CREATE TEMP TABLE seed_earned (enrollment_id uuid, completed_at timestamptz) ON COMMIT DROP")
        staging.run(_EARNED)
        if bulk.students:
            seed_life.fill(staging, bulk, tell)
        tell("Issuing certificates.")
        locks.take(uow, locks.Lock.CERTIFICATE_NUMBERS)
        staging.count(Certificate, staging.run(_CERTIFICATES))
        added = MappingProxyType(dict(staging.added))
    tell("Tidying up.")
    _tidy(engine)
    return SeedReport(added, () if demo else passwords.told)


@dataclass(frozen=True)
class _Passwords:
    """Address → hash, "" for everybody who is not named; and what is to be told."""

    hashes: Mapping[str, str]
    told: tuple[tuple[str, str], ...]


def _passwords(connection: Connection, *, demo: bool) -> _Passwords:
    addresses = [account.email for account in ACCOUNTS]
    if demo:
        return _Passwords(dict.fromkeys(["", *addresses], hash_password(DEMO_PASSWORD)), ())
    here = set(connection.execute(select(User.email).where(User.email.in_(addresses))).scalars())
    chosen = [(address, generate_password()) for address in addresses if address not in here]
    # bcrypt lets go of the GIL: on two processors this takes half the time.
    with ThreadPoolExecutor() as pool:
        nobody, *hashed = pool.map(hash_password, [generate_password(), *(password for _, password in chosen)])
    hashes = dict.fromkeys(["", *addresses], nobody)
    hashes |= {address: each for (address, _), each in zip(chosen, hashed, strict=True)}
    return _Passwords(hashes, tuple(chosen))


_STAGED = (User, Course, Lesson, Enrollment, LessonProgress, Quiz, QuizQuestion, QuizAttempt, RefreshToken)


def _stage(staging: Staging, school: SampleSchool, bulk: BulkSchool | None, tell: Tell) -> None:
    tell("Making up people and courses.")
    staging.copy(User, school.users)
    staging.copy(Course, school.courses())
    staging.copy(Lesson, school.lessons())
    staging.copy(Quiz, school.quizzes())
    staging.copy(QuizQuestion, school.questions())
    staging.copy(Enrollment, school.enrollments())
    staging.copy(LessonProgress, school.lesson_progress())
    staging.copy(QuizAttempt, school.quiz_attempts())
    staging.copy(RefreshToken, school.refresh_tokens())
    if bulk is not None:
        staging.copy(User, bulk.users())
        staging.copy(Course, bulk.course_rows())
        staging.copy(Lesson, bulk.lessons())
        staging.copy(Quiz, bulk.quizzes())
        staging.copy(QuizQuestion, bulk.questions())


def _lift_limits(connection: Connection) -> None:
    for name in ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout"):
        connection.execute(text(f"SET LOCAL {name} = 0"))
    connection.execute(text("SET LOCAL work_mem = '64MB'"))


def _tidy(engine: Engine) -> None:
    """Tell the planner what there is now, and let index-only scans trust it. The server skips what is not ours."""
    tables = (entity.__tablename__ for entity in ENTITIES)
    with engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.detach()  # what is set here dies with the session
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text(f"VACUUM (ANALYZE, SKIP_LOCKED) {', '.join(tables)}"))


_EARNED = """
INSERT INTO seed_earned
SELECT e.id, e.completed_at FROM enrollments e JOIN seed_added USING (id)
WHERE e.completed_at IS NOT NULL AND hashtextextended(CAST(e.id AS text), 0) % 100 BETWEEN -84 AND 84
"""

# Numbered by year in the order of issue, after the last number that was given.
_CERTIFICATES = r"""
INSERT INTO certificates (id, enrollment_id, certificate_number, issued_at, pdf_path, created_at)
SELECT CAST(overlay(overlay(md5('certificate/' || enrollment_id) PLACING '4' FROM 13) PLACING 'a' FROM 17) AS uuid),
    enrollment_id, number, issued_at,
    CASE WHEN serial % 6 > 0 THEN '/certificates/' || year || '/' || number || '.pdf' END, issued_at
FROM (
    SELECT *, 'LMS-' || year || '-'
            || to_char(serial, CASE WHEN serial < 1000000 THEN 'FM000000' ELSE 'FM999999999' END) AS number
    FROM (
        SELECT enrollment_id, year, issued_at,
            coalesce(last, 0) + row_number() OVER (PARTITION BY year ORDER BY issued_at, enrollment_id) AS serial
        FROM (
            SELECT enrollment_id, completed_at + interval '7 hours' AS issued_at,
                CAST(extract(year FROM (completed_at + interval '7 hours') AT TIME ZONE 'UTC') AS integer) AS year
            FROM seed_earned
        ) earned LEFT JOIN (
            SELECT CAST(substr(certificate_number, 5, 4) AS integer) AS year,
                max(CAST(substr(certificate_number, 10) AS bigint)) AS last
            FROM certificates WHERE certificate_number ~ '^LMS-[0-9]{4}-[0-9]{6,9}$' GROUP BY 1
        ) given USING (year)
    ) counted
) numbered
ON CONFLICT DO NOTHING
"""
