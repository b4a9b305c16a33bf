"""A course with thousands of people in it, made by plain SQL."""

from tests.walks.truth import Truth

_MADE = "md5('large ' || {0})::uuid"


def make_large_course(truth: Truth, students: int, lessons: int) -> str:
    """A course with so many enrollments and so many lessons, and the progress of everybody in each; its id."""
    course = str(truth.value(f"SELECT {_MADE.format(repr('course'))}::text"))
    number = "g.n::text"
    truth.rows(
        f"""
        INSERT INTO users (id, email, password_hash, full_name, role, is_active, mfa_enabled)
        SELECT {_MADE.format("'user ' || " + number)}, 'large.' || {number} || '@school.edu', 'x',
               'Student ' || {number}, 'student', true, false FROM generate_series(1, %(students)s) AS g(n)
        """,
        {"students": students},
    )
    truth.rows(
        """
        INSERT INTO courses (id, title, slug, instructor_id, is_published)
        SELECT %(course)s::uuid, 'The large course', 'the-large-course', id, true FROM users WHERE role = 'instructor'
         ORDER BY email LIMIT 1
        """,
        {"course": course},
    )
    truth.rows(
        f"""
        INSERT INTO lessons (id, course_id, title, content_type, "order")
        SELECT {_MADE.format("'lesson ' || " + number)}, %(course)s::uuid, 'Large lesson ' || {number}, 'text', g.n
          FROM generate_series(1, %(lessons)s) AS g(n)
        """,
        {"course": course, "lessons": lessons},
    )
    truth.rows(
        f"""
        INSERT INTO enrollments (id, student_id, course_id)
        SELECT {_MADE.format("'enrollment ' || " + number)}, {_MADE.format("'user ' || " + number)}, %(course)s::uuid
          FROM generate_series(1, %(students)s) AS g(n)
        """,
        {"course": course, "students": students},
    )
    truth.rows(
        """
        INSERT INTO lesson_progress (id, enrollment_id, lesson_id, completed)
        SELECT md5('large progress ' || e.id || l.id)::uuid, e.id, l.id, true FROM enrollments e, lessons l
         WHERE e.course_id = %(course)s::uuid AND l.course_id = %(course)s::uuid
        """,
        {"course": course},
    )
    truth.rows("ANALYZE users, courses, lessons, enrollments, lesson_progress")
    return course
