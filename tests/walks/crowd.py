"""A school with so many rows of everything, and as many of them as can be hanging on one parent."""

from sqlalchemy import URL

from tests.postgres import plain_connection

ADMIN = "admin@school.edu"

_FILL = """
CREATE FUNCTION pg_temp.made(what text, number int) RETURNS uuid LANGUAGE sql AS
    $$ SELECT md5(what || number)::uuid $$;
INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled)
    SELECT pg_temp.made('user', i), CASE i WHEN 1 THEN %(admin)s ELSE 'student' || i || '@school.edu' END, 'none',
           CASE i WHEN 1 THEN 'An Admin' ELSE 'Student ' || i END, CASE i WHEN 1 THEN 'admin' ELSE 'student' END, true,
           false
      FROM generate_series(1, %(rows)s) i;
INSERT INTO courses (id, title, slug, instructor_id, is_published)
    SELECT pg_temp.made('course', i), to_char(i, '0000'), 'course-' || i, pg_temp.made('user', 1), true
      FROM generate_series(1, %(rows)s) i;
INSERT INTO lessons (id, course_id, title, content_type, "order")
    SELECT pg_temp.made('lesson', i), pg_temp.made('course', 1), 'Lesson ' || i, 'text', i
      FROM generate_series(1, %(rows)s) i;
INSERT INTO enrollments (id, student_id, course_id)
    SELECT pg_temp.made('enrollment', i), pg_temp.made('user', i), pg_temp.made('course', 1)
      FROM generate_series(1, %(rows)s) i;
INSERT INTO lesson_progress (id, enrollment_id, lesson_id, completed)
    SELECT pg_temp.made('progress', i), pg_temp.made('enrollment', 1), pg_temp.made('lesson', i), true
      FROM generate_series(1, %(rows)s) i;
INSERT INTO certificates (id, enrollment_id, certificate_number)
    SELECT pg_temp.made('certificate', i), pg_temp.made('enrollment', i), 'C-' || i
      FROM generate_series(1, %(rows)s) i;
INSERT INTO quizzes (id, course_id, title, passing_score_percentage, shuffle_questions, is_published)
    SELECT pg_temp.made('quiz', i), pg_temp.made('course', 1), 'Quiz ' || i, 70, false, true
      FROM generate_series(1, %(rows)s) i;
INSERT INTO quiz_questions (id, quiz_id, question_text, question_type, points, "order")
    SELECT pg_temp.made('question', i), pg_temp.made('quiz', 1), 'Why ' || i, 'essay', 1, i
      FROM generate_series(1, %(rows)s) i;
INSERT INTO quiz_attempts (id, quiz_id, student_id)
    SELECT pg_temp.made('attempt', i), pg_temp.made('quiz', 1), pg_temp.made('user', i)
      FROM generate_series(1, %(rows)s) i;
INSERT INTO refresh_tokens (id, user_id, token, expires_at, revoked)
    SELECT pg_temp.made('session', i), pg_temp.made('user', 1), 'token ' || i, now() + interval '1 day', false
      FROM generate_series(1, %(rows)s) i;
"""


def fill(url: URL, rows: int) -> None:
    """Write `rows` rows into each table of an empty database at the head. The first course is the parent of all
    lessons, enrollments and quizzes, the first quiz of all questions and attempts."""
    with plain_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(_FILL, {"rows": rows, "admin": ADMIN})
        connection.commit()
