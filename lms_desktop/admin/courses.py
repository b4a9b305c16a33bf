"""How courses and lessons are shown and worked on."""

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from lms_desktop import policy
from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import Course, Enrollment, Lesson, LessonProgress, Quiz, User
from lms_desktop.services import courses
from lms_desktop.spec import (
    N_,
    Action,
    Choice,
    Computed,
    EntityAdmin,
    Field,
    Filter,
    Flag,
    Group,
    Json,
    Moment,
    Number,
    Operator,
    Option,
    Place,
    Ref,
    Related,
    Sort,
    Text,
    Tone,
)

LEVELS = Choice(
    options=(
        Option("beginner", N_("Beginner")),
        Option("intermediate", N_("Intermediate")),
        Option("advanced", N_("Advanced")),
    ),
    length=50,
)
CONTENT_TYPES = Choice(
    options=(
        Option("text", N_("Text")),
        Option("video", N_("Video")),
        Option("quiz", N_("Quiz")),
        Option("assignment", N_("Assignment")),
    ),
    strict=False,
    length=50,
)
PUBLISHED = Flag(N_("Published"), N_("Draft"), Tone.OK)
TITLE = Text(length=255, blank=False)
MINUTES = Number(minimum=0, unit=N_("min"))
TEACHER = Ref(User, only=(("role", (policy.INSTRUCTOR, policy.ADMIN)),))


def lesson_count(course: Any) -> ColumnElement[int]:
    """How many lessons a course has."""
    lesson = aliased(Lesson)
    return select(func.count()).where(lesson.course_id == course.id).correlate(course).scalar_subquery()


def student_count(course: Any) -> ColumnElement[int]:
    """How many students are enrolled in a course."""
    enrollment = aliased(Enrollment)
    return select(func.count()).where(enrollment.course_id == course.id).correlate(course).scalar_subquery()


def _doubts(uow: UnitOfWork, ids: tuple[str, ...]) -> tuple[str, ...]:
    from lms_desktop.services.teaching import readiness  # no first row waits for it

    return readiness.doubts_of_courses(uow, ids)


COURSES = EntityAdmin(
    entity=Course,
    name="courses",
    label=N_("Course"),
    plural=N_("Courses"),
    noun=N_("course"),
    icon="courses",
    group=Group.TEACHING,
    title=(Course.title,),
    detail=(Course.slug,),
    fields=(
        Field(Course.title, N_("Title"), TITLE, column=True, search=True, filter=True, width=240),
        Field(
            Course.slug,
            N_("Short name"),
            Text("slug", length=255),
            made=True,
            search=True,
            filter=True,
            help=N_("Part of the course's web address. Made from the title when left empty."),
        ),
        Field(Course.instructor_id, N_("Instructor"), TEACHER, column=True, search=True, filter=True, width=230),
        Field(Course.category, N_("Category"), Text(length=100), column=True, filter=True, width=130),
        Field(Course.difficulty_level, N_("Difficulty"), LEVELS, column=True, filter=True, width=120),
        Computed("lessons", N_("Lessons"), Number(minimum=0), lesson_count, width=90),
        Computed("students", N_("Students"), Number(minimum=0), student_count, column=False, width=90),
        Field(Course.is_published, N_("State"), PUBLISHED, column=True, filter=True, default="false", width=110),
        Field(Course.description, N_("Description"), Text("markdown")),
        Field(Course.thumbnail_url, N_("Picture"), Text("url", length=500)),
        Field(Course.estimated_duration_minutes, N_("Duration"), MINUTES, filter=True, width=100),
        Field(Course.course_metadata, N_("Further data"), Json("object")),
        Field(Course.created_at, N_("Created"), Moment(), filter=True, readonly=True),
        Field(Course.updated_at, N_("Changed"), Moment(), filter=True, readonly=True),
        Field(Course.id, N_("Id"), Text(), readonly=True, form=False),
    ),
    allow=policy.RULES[Course],
    sorts=(Sort("title"),),
    related=(
        Related(Lesson, Lesson.course_id, N_("Lessons")),
        Related(Enrollment, Enrollment.course_id, N_("Enrollments")),
        Related(Quiz, Quiz.course_id, N_("Quizzes")),
    ),
    actions=(
        Action(
            "publish",
            N_("Publish"),
            "eye",
            courses.publish,
            on=("is_published", "false"),
            doubts=_doubts,
        ),
        Action(
            "unpublish",
            N_("Unpublish"),
            "eye-off",
            courses.unpublish,
            gentler=True,
            says=N_("students no longer see it; everything in it stays, and it can be published again."),
            on=("is_published", "true"),
        ),
    ),
    quick=(
        (N_("Published"), Filter("is_published", Operator.IS, ("true",))),
        (N_("Drafts"), Filter("is_published", Operator.IS, ("false",))),
    ),
    new=N_("New course"),
    delete=N_("Delete course"),
    blank=N_("There are no courses yet. Begin with a title and somebody who teaches it."),
)

LESSONS = EntityAdmin(
    entity=Lesson,
    name="lessons",
    label=N_("Lesson"),
    plural=N_("Lessons"),
    noun=N_("lesson"),
    icon="lessons",
    group=Group.TEACHING,
    title=(Lesson.title,),
    detail=(Lesson.course_id,),
    fields=(
        Field(Lesson.course_id, N_("Course"), Ref(Course), column=True, search=True, filter=True, width=220),
        Field(
            Lesson.order,
            N_("Place"),
            Number(),
            column=True,
            filter=True,
            readonly=True,
            width=70,
            help=N_("A new lesson comes last in its course."),
        ),
        Field(Lesson.title, N_("Title"), TITLE, column=True, search=True, filter=True, width=260),
        Field(Lesson.content_type, N_("Type"), CONTENT_TYPES, column=True, filter=True, default="text", width=120),
        Field(Lesson.content, N_("Content"), Text("markdown")),
        Field(Lesson.video_url, N_("Video"), Text("url", length=500)),
        Field(Lesson.duration_minutes, N_("Duration"), MINUTES, column=True, filter=True, width=100),
        Field(Lesson.lesson_metadata, N_("Further data"), Json("object")),
        Field(Lesson.created_at, N_("Created"), Moment(), filter=True, readonly=True),
        Field(Lesson.updated_at, N_("Changed"), Moment(), filter=True, readonly=True),
        Field(Lesson.id, N_("Id"), Text(), readonly=True, form=False),
    ),
    allow=policy.RULES[Lesson],
    sorts=(Sort("course_id"), Sort("order")),
    related=(
        Related(LessonProgress, LessonProgress.lesson_id, N_("Progress")),
        Related(Quiz, Quiz.lesson_id, N_("Quizzes")),
    ),
    quick=tuple(
        (label, Filter("content_type", Operator.ONE_OF, (value,)))
        for label, value in ((N_("Videos"), "video"), (N_("Assignments"), "assignment"))
    ),
    place=Place(Lesson.course_id, Lesson.order),
    new=N_("Add lesson"),
    delete=N_("Delete lesson"),
    blank=N_("There are no lessons yet. A course is made of them: add its first one."),
)
