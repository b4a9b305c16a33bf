"""Who may do what, once. The table of roles of the product, as scopes in SQL. `services.gate` enforces it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, union_all

from lms_desktop.database.unit_of_work import Actor
from lms_desktop.entities import (
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
from lms_desktop.spec import N_, Allow, Scope, everything

ADMIN, REGISTRAR, INSTRUCTOR, STUDENT = "admin", "registrar", "instructor", "student"
STAFF = (ADMIN, REGISTRAR, INSTRUCTOR)
"""The roles that may sign in. A student or a role unknown here gets nothing."""

ROLE_LABELS = {
    ADMIN: N_("Administrator"),
    REGISTRAR: N_("Registrar"),
    INSTRUCTOR: N_("Instructor"),
    STUDENT: N_("Student"),
}

SECRETS = frozenset({(User, "password_hash"), (RefreshToken, "token")})
"""Columns that are never selected into a list, form, export, log or history."""


def _own_course_ids(actor: Actor) -> Any:
    return select(Course.id).where(Course.instructor_id == actor.id).scalar_subquery()


def _own_quiz_ids(actor: Actor) -> Any:
    """Of the rows of `own_quizzes`, in two parts that indexes lead to: PostgreSQL takes the whole for a third of all
    quizzes, and goes through all attempts for those of a few."""
    lessons = Quiz.lesson_id.in_(select(Lesson.id).where(own_lessons(actor)).scalar_subquery())
    of_courses = Quiz.course_id.in_(_own_course_ids(actor)), or_(Quiz.lesson_id.is_(None), lessons)
    of_lessons = Quiz.course_id.is_(None), lessons
    return union_all(select(Quiz.id).where(*of_courses), select(Quiz.id).where(*of_lessons)).scalar_subquery()


def own_courses(actor: Actor) -> ColumnElement[bool]:
    """The courses that the actor teaches."""
    return Course.instructor_id == actor.id


def own_lessons(actor: Actor) -> ColumnElement[bool]:
    """The lessons of own courses."""
    return Lesson.course_id.in_(_own_course_ids(actor))


def own_quizzes(actor: Actor) -> ColumnElement[bool]:
    """The quizzes that hang on an own course or lesson and on nobody else's; with neither it is the administrators'."""
    lessons = select(Lesson.id).where(own_lessons(actor)).scalar_subquery()
    return and_(
        or_(Quiz.course_id.is_not(None), Quiz.lesson_id.is_not(None)),
        or_(Quiz.course_id.is_(None), Quiz.course_id.in_(_own_course_ids(actor))),
        or_(Quiz.lesson_id.is_(None), Quiz.lesson_id.in_(lessons)),
    )


def own_questions(actor: Actor) -> ColumnElement[bool]:
    """The questions of own quizzes."""
    return QuizQuestion.quiz_id.in_(_own_quiz_ids(actor))


def own_attempts(actor: Actor) -> ColumnElement[bool]:
    """The attempts at own quizzes."""
    return QuizAttempt.quiz_id.in_(_own_quiz_ids(actor))


def own_enrollments(actor: Actor) -> ColumnElement[bool]:
    """The enrollments in own courses."""
    return Enrollment.course_id.in_(_own_course_ids(actor))


def own_progress(actor: Actor) -> ColumnElement[bool]:
    """The lesson progress of enrollments in own courses."""
    return LessonProgress.enrollment_id.in_(select(Enrollment.id).where(own_enrollments(actor)).scalar_subquery())


def own_certificates(actor: Actor) -> ColumnElement[bool]:
    """The certificates of enrollments in own courses."""
    return Certificate.enrollment_id.in_(select(Enrollment.id).where(own_enrollments(actor)).scalar_subquery())


def own_students(actor: Actor) -> ColumnElement[bool]:
    """The students enrolled in own courses."""
    enrolled = select(Enrollment.student_id).where(own_enrollments(actor)).scalar_subquery()
    return and_(User.role == STUDENT, User.id.in_(enrolled))


def students(actor: Actor) -> ColumnElement[bool]:
    """All students."""
    return User.role == STUDENT


def _all(*roles: str) -> dict[str, Scope]:
    return dict.fromkeys(roles, everything)


_ADMIN_ONLY = frozenset({ADMIN})

RULES: Mapping[type, Allow] = {
    User: Allow(
        view={**_all(ADMIN, REGISTRAR), INSTRUCTOR: own_students},
        add={**_all(ADMIN), REGISTRAR: students},
        edit={**_all(ADMIN), REGISTRAR: students},
        delete=_all(ADMIN),
        acts={
            "set_password": {**_all(ADMIN), REGISTRAR: students},
            "activate": _all(ADMIN),
            "deactivate": _all(ADMIN),
        },
        fields={"role": _ADMIN_ONLY, "is_active": _ADMIN_ONLY},
    ),
    RefreshToken: Allow(view=_all(ADMIN), acts={"revoke": _all(ADMIN), "clean_up": _all(ADMIN)}),
    Course: Allow(
        view={**_all(ADMIN, REGISTRAR), INSTRUCTOR: own_courses},
        add={**_all(ADMIN), INSTRUCTOR: own_courses},
        edit={**_all(ADMIN), INSTRUCTOR: own_courses},
        delete={**_all(ADMIN), INSTRUCTOR: own_courses},
        acts={
            "publish": {**_all(ADMIN), INSTRUCTOR: own_courses},
            "unpublish": {**_all(ADMIN), INSTRUCTOR: own_courses},
        },
        fields={"instructor_id": _ADMIN_ONLY},
    ),
    Lesson: Allow(
        view={**_all(ADMIN, REGISTRAR), INSTRUCTOR: own_lessons},
        add={**_all(ADMIN), INSTRUCTOR: own_lessons},
        edit={**_all(ADMIN), INSTRUCTOR: own_lessons},
        delete={**_all(ADMIN), INSTRUCTOR: own_lessons},
    ),
    Quiz: Allow(
        view={**_all(ADMIN, REGISTRAR), INSTRUCTOR: own_quizzes},
        add={**_all(ADMIN), INSTRUCTOR: own_quizzes},
        edit={**_all(ADMIN), INSTRUCTOR: own_quizzes},
        delete={**_all(ADMIN), INSTRUCTOR: own_quizzes},
        acts={
            "publish": {**_all(ADMIN), INSTRUCTOR: own_quizzes},
            "unpublish": {**_all(ADMIN), INSTRUCTOR: own_quizzes},
        },
    ),
    QuizQuestion: Allow(
        view={**_all(ADMIN, REGISTRAR), INSTRUCTOR: own_questions},
        add={**_all(ADMIN), INSTRUCTOR: own_questions},
        edit={**_all(ADMIN), INSTRUCTOR: own_questions},
        delete={**_all(ADMIN), INSTRUCTOR: own_questions},
    ),
    Enrollment: Allow(
        view={**_all(ADMIN, REGISTRAR), INSTRUCTOR: own_enrollments},
        add=_all(ADMIN, REGISTRAR),
        edit=_all(ADMIN, REGISTRAR),
        delete=_all(ADMIN, REGISTRAR),
    ),
    LessonProgress: Allow(
        view={**_all(ADMIN, REGISTRAR), INSTRUCTOR: own_progress},
        add=_all(ADMIN, REGISTRAR),
        edit=_all(ADMIN, REGISTRAR),
        delete=_all(ADMIN, REGISTRAR),
    ),
    QuizAttempt: Allow(
        view={**_all(ADMIN, REGISTRAR), INSTRUCTOR: own_attempts},
        delete=_all(ADMIN),
        acts={"regrade": {**_all(ADMIN), INSTRUCTOR: own_attempts}},
    ),
    Certificate: Allow(
        view={**_all(ADMIN, REGISTRAR), INSTRUCTOR: own_certificates},
        add=_all(ADMIN, REGISTRAR),
        delete=_all(ADMIN),
        acts={"reprint": _all(ADMIN, REGISTRAR)},
    ),
}
"""The table of roles. An entity that is not named here is nobody's."""

_SAME_IN_ALL: Mapping[tuple[type, str], frozenset[str]] = {(Course, "instructor_id"): frozenset({INSTRUCTOR})}
"""Fields by which the scope of a role is drawn: own courses have one instructor."""


def rules(entity: type) -> Allow:
    """The rules of an entity; of an unknown one: nobody may anything."""
    return RULES.get(entity, Allow())


def scope(actor: Actor, entity: type, verb: str) -> ColumnElement[bool]:
    """The rows that the actor may reach with the verb, as a condition; FALSE where there are none."""
    if actor.system:
        return everything(actor)
    found = rules(entity).scopes(verb).get(actor.role)
    return found(actor) if found else false()


def may(actor: Actor, entity: type, verb: str) -> bool:
    """Whether the actor has the verb on some row at least: what decides about a menu, not about a row."""
    return actor.system or rules(entity).may(actor.role, verb)


def tells_apart(actor: Actor, entity: type, key: str) -> bool:
    """Whether this field tells rows within the actor's reach apart: what is the same in all of them filters nothing."""
    return actor.system or actor.role not in _SAME_IN_ALL.get((entity, key), ())


def may_write(actor: Actor, entity: type, key: str) -> bool:
    """Whether the actor may write this field of the entity where they may add or edit at all."""
    return actor.system or rules(entity).may_write(actor.role, key)


def sees_whole_history(actor: Actor) -> bool:
    """Whether the actor may see what everybody did, and who signed in; the others see what they did themselves."""
    return actor.system or actor.role == ADMIN
