"""What the students of a large school do, made by the server: millions of rows that never travel.

Chance is `hashint8extended(key, seed)`: the same on every server, for every order of execution.
"""

from datetime import datetime
from zlib import crc32

from lms_desktop.entities import Enrollment, LessonProgress, QuizAttempt, RefreshToken
from lms_desktop.services.seed_bulk import YEARS, BulkSchool
from lms_desktop.services.seed_staging import Staging, Tell

_STUDENTS_AT_ONCE = 5_000
_MINUTES = YEARS * 365 * 1440


def fill(staging: Staging, school: BulkSchool, tell: Tell) -> None:
    """Let the students that were added enrol, learn, take quizzes and sign in, five thousand students at a time.

    Expects users, courses, lessons, quizzes and questions of the school to be inserted. What has earned a certificate
    is put into the temporary table `seed_earned`.
    """
    for statement in (_STUDENTS, _PLACES, _STEPS, _ANSWERS, _BATCH):
        staging.run(statement)
    for table in ("seed_students", "seed_places", "seed_steps", "seed_answers"):
        staging.run(f"ANALYZE {table}")
    values: dict[str, int | datetime] = {
        "seed": crc32(str(school.random_seed).encode()),
        "midnight": school.midnight,
        "courses": school.courses,
    }
    for low in range(1, school.students + 1, _STUDENTS_AT_ONCE):
        values |= {"low": low, "high": low + _STUDENTS_AT_ONCE}
        if staging.run(_FILL_BATCH, **values):
            staging.run("ANALYZE seed_batch")
            staging.count(Enrollment, staging.run(_ENROLLMENTS, **values))
            staging.count(LessonProgress, staging.run(_PROGRESS, **values))
            staging.count(QuizAttempt, staging.run(_ATTEMPTS, **values))
            staging.count(RefreshToken, staging.run(_TOKENS, **values))
            staging.run(_EARNED, **values)
            staging.run("TRUNCATE seed_batch")
            tell(f"{min(low + _STUDENTS_AT_ONCE - 1, school.students):,} of {school.students:,} students are enrolled.")


def _dice(key: str, salt: int, faces: int) -> str:
    """SQL for a number from 0 to `faces` - 1 that hangs on the key, the salt and the seed alone."""
    return f"abs(hashint8extended({key}, :seed + {salt}) % {faces})"


def _share(key: str, salt: int) -> str:
    """SQL for a number from 0 to below 1 that hangs on the same. Not of type numeric, whose power() takes long."""
    return f"(CAST({_dice(key, salt, 1_000_000)} AS float8) / 1000000)"


def _id(kind: str, key: str) -> str:
    """SQL for the id of the row of this kind and key, in the form of a random UUID."""
    digest = f"md5('{kind}/' || CAST(:seed AS text) || '/' || {key})"
    return f"CAST(overlay(overlay({digest} PLACING '4' FROM 13) PLACING 'a' FROM 17) AS uuid)"


def _moment(share: str) -> str:
    """SQL for the second at which a share of an enrollment's time has passed."""
    return f"date_trunc('second', b.enrolled_at + (b.finish - b.enrolled_at) * ({share}))"


_STUDENTS = """
CREATE TEMP TABLE seed_students ON COMMIT DROP AS
SELECT CAST(s.place AS bigint) AS place, s.id
FROM seed_users s JOIN seed_added USING (id)
WHERE s.place IS NOT NULL
"""

_PLACES = """
CREATE TEMP TABLE seed_places ON COMMIT DROP AS
SELECT s.place AS course, s.id AS course_id, CAST(count(*) AS integer) AS lessons
FROM seed_courses s JOIN courses USING (id) JOIN lessons l ON l.course_id = s.id
WHERE s.place IS NOT NULL AND s.is_published
GROUP BY s.place, s.id
"""

_STEPS = """
CREATE TEMP TABLE seed_steps ON COMMIT DROP AS
SELECT p.course, l.id AS lesson_id,
    row_number() OVER (PARTITION BY p.course ORDER BY l."order", l.created_at, l.id) AS step
FROM seed_places p JOIN lessons l USING (course_id)
"""

_ANSWERS = """
CREATE TEMP TABLE seed_answers ON COMMIT DROP AS
SELECT p.course, q.id AS quiz_id, q.passing_score_percentage AS passing, k."order" AS place, k.points,
    CAST(json_build_object('question_id', k.id, 'answer', k.correct_answer) AS text) AS good,
    CAST(json_build_object('question_id', k.id, 'answer', CASE
        WHEN k.question_type = 'true_false' THEN 'false'
        WHEN k.options ->> 0 = k.correct_answer THEN k.options ->> 1
        ELSE k.options ->> 0 END) AS text) AS bad
FROM seed_places p JOIN seed_quizzes s ON s.course_id = p.course_id JOIN quizzes q ON q.id = s.id
JOIN quiz_questions k ON k.quiz_id = q.id JOIN seed_quiz_questions t ON t.id = k.id
"""

_BATCH = """
CREATE TEMP TABLE seed_batch (
    key bigint, enrollment_id uuid, student_id uuid, course integer, course_id uuid, lessons integer,
    enrolled_at timestamptz, completed_at timestamptz, finish timestamptz, done integer, begun boolean
) ON COMMIT DROP
"""

# Each student draws once from each of some equal parts of the courses' popularity (the first are taken most), so that
# the courses differ but where neighbouring parts share one. Of a hundred enrollments 15 are completed, 50 begun.
_FILL_BATCH = f"""
INSERT INTO seed_batch
SELECT key, {_id("enrollment", "key")}, student_id, course, course_id, lessons, enrolled_at,
    CASE WHEN state < 15 THEN finish END, finish,
    CASE WHEN state < 15 THEN lessons WHEN state < 65 THEN least(1 + {_dice("key", 3, 3)}, lessons) ELSE 0 END,
    state BETWEEN 15 AND 64 AND {_dice("key", 4, 2)} = 0
FROM (
    SELECT *, {_dice("key", 2, 100)} AS state,
        date_trunc('second', enrolled_at + (CAST(:midnight AS timestamptz) - interval '1 day' - enrolled_at)
            * (0.1 + 0.85 * {_share("key", 6)})) AS finish
    FROM (
        SELECT *, CAST(:midnight AS timestamptz) - interval '1 minute' * (2880 + {_dice("key", 5, _MINUTES - 2880)})
            AS enrolled_at
        FROM (
            SELECT DISTINCT place * 100003 + course AS key, student_id, course
            FROM (
                SELECT s.place, s.id AS student_id, CAST(floor(:courses * power(
                    (part + {_share("s.place * 32 + part", 1)}) / parts, 1.3)) AS integer) AS course
                FROM (
                    SELECT place, id, CAST(5 + {_dice("place", 0, 13)} AS integer) AS parts FROM seed_students
                    WHERE place >= :low AND place < :high
                ) s, generate_series(0, s.parts - 1) AS part
            ) drawn
        ) pairs JOIN seed_places USING (course)
    ) timed
) enrolled
"""

_ENROLLMENTS = """
INSERT INTO enrollments (id, student_id, course_id, enrolled_at, completed_at, created_at, updated_at)
SELECT enrollment_id, student_id, course_id, enrolled_at, completed_at, enrolled_at, coalesce(completed_at, enrolled_at)
FROM seed_batch
"""

_PROGRESS = f"""
INSERT INTO lesson_progress (id, enrollment_id, lesson_id, completed, completed_at, created_at, updated_at)
SELECT {_id("progress", "key || '/' || step")}, enrollment_id, lesson_id, done,
    CASE WHEN done THEN moment END, opened, CASE WHEN done THEN moment ELSE opened END
FROM (
    SELECT b.key, b.enrollment_id, t.lesson_id, t.step, NOT (b.begun AND t.step = b.done) AS done,
        {_moment("CAST(t.step AS float8) / b.done")} AS moment,
        {_moment("(t.step - 0.7) / b.done")} AS opened
    FROM seed_batch b JOIN seed_steps t ON t.course = b.course AND t.step <= b.done
) steps
"""

_ATTEMPTS = f"""
INSERT INTO quiz_attempts (id, quiz_id, student_id, started_at, ended_at, answers, score, passed, created_at)
SELECT {_id("attempt", "key")}, quiz_id, student_id, started_at,
    started_at + interval '1 minute' * (4 + {_dice("key", 11, 25)}),
    CAST('[' || answers || ']' AS json), score, score >= passing, started_at
FROM (
    SELECT key, student_id, quiz_id, passing, started_at,
        string_agg(CASE WHEN fine THEN good ELSE bad END, ', ' ORDER BY place) AS answers,
        CAST(floor(sum(points * CAST(fine AS integer)) * 100.0 / nullif(sum(points), 0) + 0.5) AS integer) AS score
    FROM (
        SELECT b.key, b.student_id, a.*, {_moment("0.9")} AS started_at,
            {_dice("b.key * 8 + a.place", 8, 100)} < 40 + {_dice("b.key", 9, 60)} AS fine
        FROM seed_batch b JOIN seed_answers a USING (course)
        WHERE b.done >= 2 AND {_dice("b.key", 7, 100)} < 70
    ) answered
    GROUP BY key, student_id, quiz_id, passing, started_at
) graded
"""

# The token itself is left to real chance: a session that could be guessed would be a back door.
_TOKENS = f"""
INSERT INTO refresh_tokens (id, user_id, token, expires_at, revoked, revoked_at, created_at)
SELECT {_id("token", "place")}, id,
    replace(CAST(gen_random_uuid() AS text) || CAST(gen_random_uuid() AS text), '-', ''),
    created_at + interval '30 days', revoked, CASE WHEN revoked THEN created_at + interval '2 days' END, created_at
FROM (
    SELECT place, id, place / 5 % 4 = 0 AS revoked,
        CAST(:midnight AS timestamptz) - interval '1 minute' * (4000 + {_dice("place", 10, 140_000)}) AS created_at
    FROM seed_students WHERE place >= :low AND place < :high AND place % 5 = 0
) sessions
"""

_EARNED = f"""
INSERT INTO seed_earned
SELECT enrollment_id, completed_at FROM seed_batch WHERE completed_at IS NOT NULL AND {_dice("key", 12, 100)} < 85
"""
