"""How courses, lessons, enrollments, progress and certificates are shown and worked on."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, func, literal, select
from sqlalchemy import Text as SqlText
from sqlalchemy.orm import aliased

from lms_desktop import policy
from lms_desktop.entities import Certificate, Course, Enrollment, Lesson, LessonProgress, Quiz, User
from lms_desktop.services import courses
from lms_desktop.services.teaching import readiness
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
    Progress,
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
ISSUED = Choice(options=(Option("issued", N_("Issued"), Tone.OK),))
PUBLISHED = Flag(N_("Published"), N_("Draft"), Tone.OK)
TITLE = Text(length=255, blank=False)
MINUTES = Number(minimum=0, unit=N_("min"))
STUDENT = Ref(User, only=(("role", (policy.STUDENT,)),))
TEACHER = Ref(User, only=(("role", (policy.INSTRUCTOR, policy.ADMIN)),))
# An enrollment is its student and its course: with others in their place its progress would be somebody else's.
_FIXED = N_("Cannot be changed later: withdraw, then enrol again.")


def lesson_count(course: Any) -> ColumnElement[int]:
    """How many lessons a course has."""
    lesson = aliased(Lesson)
    return select(func.count()).where(lesson.course_id == course.id).correlate(course).scalar_subquery()


def student_count(course: Any) -> ColumnElement[int]:
    """How many students are enrolled in a course."""
    enrollment = aliased(Enrollment)
    return select(func.count()).where(enrollment.course_id == course.id).correlate(course).scalar_subquery()


def percentage(enrollment: Any) -> ColumnElement[int]:
    """How much of its course's lessons an enrollment has completed, in whole percents.

    Rounded down, so that 100 means all; NULL for a course without lessons.
    """
    lesson, progress = aliased(Lesson), aliased(LessonProgress)
    completed = and_(progress.lesson_id == lesson.id, progress.enrollment_id == enrollment.id, progress.completed)
    lessons = func.nullif(func.count(lesson.id), 0, type_=Integer())
    return (
        select(100 * func.count(progress.id) // lessons)
        .select_from(lesson)
        .outerjoin(progress, completed)
        .where(lesson.course_id == enrollment.course_id)
        .correlate(enrollment)
        .scalar_subquery()
    )


def certificate_state(enrollment: Any) -> ColumnElement[str]:
    """`issued`, or NULL where the enrollment has no certificate."""
    certificate = aliased(Certificate)
    issued = select(literal("issued", SqlText())).where(certificate.enrollment_id == enrollment.id)
    return issued.correlate(enrollment).scalar_subquery()


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
            doubts=readiness.doubts_of_courses,
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

ENROLLMENTS = EntityAdmin(
    entity=Enrollment,
    name="enrollments",
    label=N_("Enrollment"),
    plural=N_("Enrollments"),
    noun=N_("enrollment"),
    icon="enrollments",
    group=Group.REGISTRY,
    title=(Enrollment.student_id, Enrollment.course_id),
    detail=((Enrollment.student_id, User.email),),
    fields=(
        Field(
            Enrollment.student_id,
            N_("Student"),
            STUDENT,
            column=True,
            search=True,
            filter=True,
            fixed=True,
            width=230,
            help=_FIXED,
        ),
        Field(
            Enrollment.course_id,
            N_("Course"),
            Ref(Course),
            column=True,
            search=True,
            filter=True,
            fixed=True,
            width=150,
            help=_FIXED,
        ),
        Field(
            (Enrollment.student_id, User.email),
            N_("Student's e-mail"),
            Text("email"),
            filter=True,
            readonly=True,
            form=False,
            width=230,
        ),
        Field(Enrollment.enrolled_at, N_("Enrolled"), Moment(), column=True, filter=True),
        Field(Enrollment.completed_at, N_("Completed"), Moment(), column=True, filter=True),
        Computed("progress", N_("Progress"), Progress(), percentage, form=True, width=130),
        Computed("certificate", N_("Certificate"), ISSUED, certificate_state, filter=True, form=True, width=96),
        Field(Enrollment.created_at, N_("Created"), Moment(), filter=True, readonly=True),
        Field(Enrollment.updated_at, N_("Changed"), Moment(), filter=True, readonly=True),
        Field(Enrollment.id, N_("Id"), Text(), readonly=True, form=False),
    ),
    allow=policy.RULES[Enrollment],
    sorts=(Sort("enrolled_at", descending=True),),
    related=(
        Related(LessonProgress, LessonProgress.enrollment_id, N_("Progress")),
        Related(Certificate, Certificate.enrollment_id, N_("Certificate")),
    ),
    quick=(
        (N_("Not completed"), Filter("completed_at", Operator.EMPTY)),
        (N_("Completed"), Filter("completed_at", Operator.NOT_EMPTY)),
        (N_("Last 30 days"), Filter("enrolled_at", Operator.LAST_DAYS, ("30",))),
    ),
    new=N_("Enrol student"),
    delete=N_("Withdraw"),
    blank=N_("Nobody is enrolled yet. Enrol the first student in a course."),
)

PROGRESS = EntityAdmin(
    entity=LessonProgress,
    name="progress",
    label=N_("Lesson progress"),
    plural=N_("Progress"),
    noun=N_("lesson progress"),
    icon="progress",
    group=Group.REGISTRY,
    title=((LessonProgress.enrollment_id, Enrollment.student_id), LessonProgress.lesson_id),
    detail=((LessonProgress.enrollment_id, Enrollment.course_id),),
    fields=(
        Field(LessonProgress.enrollment_id, N_("Enrollment"), Ref(Enrollment), filter=True, fixed=True, width=300),
        Field(
            (LessonProgress.enrollment_id, Enrollment.student_id),
            N_("Student"),
            STUDENT,
            column=True,
            search=True,
            filter=True,
            readonly=True,
            form=False,
            width=260,
        ),
        Field(
            (LessonProgress.enrollment_id, Enrollment.course_id),
            N_("Course"),
            Ref(Course),
            column=True,
            search=True,
            filter=True,
            readonly=True,
            form=False,
            width=180,
        ),
        Field(
            LessonProgress.lesson_id,
            N_("Lesson"),
            Ref(Lesson),
            column=True,
            search=True,
            filter=True,
            fixed=True,
            width=240,
        ),
        Field(
            LessonProgress.completed,
            N_("State"),
            Flag(N_("Completed"), N_("Open"), Tone.OK),
            column=True,
            filter=True,
            default="false",
            width=110,
        ),
        Field(LessonProgress.completed_at, N_("Completed at"), Moment(), column=True, filter=True),
        Field(LessonProgress.created_at, N_("Created"), Moment(), filter=True, readonly=True),
        Field(LessonProgress.updated_at, N_("Changed"), Moment(), filter=True, readonly=True),
        Field(LessonProgress.id, N_("Id"), Text(), readonly=True, form=False),
    ),
    allow=policy.RULES[LessonProgress],
    sorts=(Sort("updated_at", descending=True),),
    quick=(
        (N_("Completed"), Filter("completed", Operator.IS, ("true",))),
        (N_("Open"), Filter("completed", Operator.IS, ("false",))),
    ),
    new=N_("Record progress"),
    delete=N_("Delete progress"),
    blank=N_("No lesson has been begun yet. Students make progress on the web; you can record it here too."),
)

CERTIFICATES = EntityAdmin(
    entity=Certificate,
    name="certificates",
    label=N_("Certificate"),
    plural=N_("Certificates"),
    noun=N_("certificate"),
    icon="certificate",
    group=Group.REGISTRY,
    title=(Certificate.certificate_number, (Certificate.enrollment_id, Enrollment.student_id)),
    detail=((Certificate.enrollment_id, Enrollment.course_id),),
    fields=(
        Field(
            Certificate.certificate_number,
            N_("Number"),
            Text(length=50, blank=False),
            column=True,
            search=True,
            filter=True,
            fixed=True,
            made=True,
            help=N_("The next free number of the year is taken when left empty."),
        ),
        Field(Certificate.enrollment_id, N_("Enrollment"), Ref(Enrollment), filter=True, fixed=True, width=300),
        Field(
            (Certificate.enrollment_id, Enrollment.student_id),
            N_("Student"),
            STUDENT,
            column=True,
            search=True,
            filter=True,
            readonly=True,
            form=False,
            width=260,
        ),
        Field(
            (Certificate.enrollment_id, Enrollment.course_id),
            N_("Course"),
            Ref(Course),
            column=True,
            search=True,
            filter=True,
            readonly=True,
            form=False,
            width=200,
        ),
        Field(Certificate.issued_at, N_("Issued"), Moment(), column=True, filter=True, fixed=True),
        Field(Certificate.pdf_path, N_("PDF file"), Text(length=500), readonly=True, width=220),
        Field(Certificate.created_at, N_("Created"), Moment(), filter=True, readonly=True),
        Field(Certificate.id, N_("Id"), Text(), readonly=True, form=False),
    ),
    allow=policy.RULES[Certificate],
    sorts=(Sort("issued_at", descending=True),),
    quick=((N_("Last 30 days"), Filter("issued_at", Operator.LAST_DAYS, ("30",))),),
    new=N_("Issue certificate"),
    delete=N_("Delete certificate"),
    blank=N_("No certificate has been issued yet. Issue one for an enrollment that is completed."),
)
