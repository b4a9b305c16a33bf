"""One course that very many take, made by plain SQL in a second or two."""

from psycopg2.extensions import connection as Connection

from lms_desktop.entities import Course, User
from tests.small_school import row_id

COURSE = row_id(Course, "big")
TEACHER = row_id(User, "teacher of the big course")
_PERSON = "id, email, password_hash, full_name, role, is_active, mfa_enabled, created_at, updated_at"


def fill(connection: Connection, enrollments: int, progress: int, course: str = COURSE) -> None:
    """A course with so many enrollments and so many progress rows, evenly on its lessons; students are made as needed.
    Nobody has a certificate."""
    lessons = progress // enrollments
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO users ({_PERSON})"
            " VALUES (%s, 'teacher@big.edu', 'no hash', 'Tess Big', 'instructor', true, false, now(), now())"
            " ON CONFLICT DO NOTHING",
            (TEACHER,),
        )
        cursor.execute(
            f"INSERT INTO users ({_PERSON})"
            " SELECT md5('student ' || n)::uuid, 'student' || n || '@big.edu', 'no hash', 'Student ' || n, 'student',"
            " true, false, now(), now() FROM generate_series(1, %s) n ON CONFLICT DO NOTHING",
            (enrollments,),
        )
        cursor.execute(
            "INSERT INTO courses (id, title, slug, instructor_id, is_published, created_at, updated_at)"
            " VALUES (%s, 'The big course', %s, %s, true, now(), now())",
            (course, course, TEACHER),
        )
        cursor.execute(
            'INSERT INTO lessons (id, course_id, title, content_type, "order", created_at, updated_at)'
            " SELECT md5(%s || n)::uuid, %s, 'Lesson ' || n, 'text', n, now(), now() FROM generate_series(1, %s) n",
            (course, course, lessons),
        )
        cursor.execute(
            "INSERT INTO enrollments (id, student_id, course_id, enrolled_at, created_at, updated_at)"
            " SELECT gen_random_uuid(), md5('student ' || n)::uuid, %s, now(), now(), now()"
            " FROM generate_series(1, %s) n",
            (course, enrollments),
        )
        cursor.execute(
            "INSERT INTO lesson_progress (id, enrollment_id, lesson_id, completed, created_at, updated_at)"
            " SELECT gen_random_uuid(), e.id, l.id, false, now(), now() FROM enrollments e"
            " JOIN lessons l ON l.course_id = e.course_id WHERE e.course_id = %s",
            (course,),
        )
    connection.commit()
