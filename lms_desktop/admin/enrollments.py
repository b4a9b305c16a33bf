"""How enrollments, progress and certificates are shown and worked on."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, case, func, literal, select
from sqlalchemy import Text as SqlText
from sqlalchemy.orm import aliased

from lms_desktop import policy
from lms_desktop.entities import Certificate, Course, Enrollment, Lesson, LessonProgress, User
from lms_desktop.spec import (
    N_,
    Choice,
    Computed,
    EntityAdmin,
    Field,
    Filter,
    Flag,
    Group,
    InBulk,
    Moment,
    Operator,
    Option,
    Progress,
    Ref,
    Related,
    Sort,
    Text,
    Tone,
)

ISSUED = Choice(options=(Option("issued", N_("Issued"), Tone.OK),))
STUDENT = Ref(User, only=(("role", (policy.STUDENT,)),))
# An enrollment is its student and its course: with others in their place its progress would be somebody else's.
_FIXED = N_("Cannot be changed later: withdraw, then enrol again.")


def percentage(enrollment: Any) -> ColumnElement[int]:
    """How much of its course's lessons an enrollment has completed, in whole percents.

    Rounded down, so that 100 means all; NULL for a course without lessons.
    """
    lesson, listed, progress = aliased(Lesson), aliased(Lesson), aliased(LessonProgress)
    # What was done is looked up by itself: an outer join would read each lesson of the course for each enrollment.
    completed = (
        select(func.count())
        .select_from(progress)
        .join(lesson, lesson.id == progress.lesson_id)
        .where(progress.enrollment_id == enrollment.id, progress.completed, lesson.course_id == enrollment.course_id)
        .correlate(enrollment)
        .scalar_subquery()
    )
    lessons = select(func.count()).select_from(listed).where(listed.course_id == enrollment.course_id)
    return 100 * completed // func.nullif(lessons.correlate(enrollment).scalar_subquery(), 0, type_=Integer())


def percentages(enrollment: Any) -> InBulk:
    """The same for all enrollments: what was done is counted once for the whole table."""
    lesson, listed, progress, place = aliased(Lesson), aliased(Lesson), aliased(LessonProgress), aliased(Enrollment)
    completed = (
        select(progress.enrollment_id, func.count().label("n"))
        .join(lesson, lesson.id == progress.lesson_id)
        .join(place, (place.id == progress.enrollment_id) & (place.course_id == lesson.course_id))
        .where(progress.completed)
        .group_by(progress.enrollment_id)
        .subquery()
    )
    lessons = select(listed.course_id, func.count().label("n")).group_by(listed.course_id).subquery()
    return InBulk(
        100 * func.coalesce(completed.c.n, 0) // func.nullif(lessons.c.n, 0, type_=Integer()),
        (
            (completed, completed.c.enrollment_id == enrollment.id),
            (lessons, lessons.c.course_id == enrollment.course_id),
        ),
    )


def certificate_state(enrollment: Any) -> ColumnElement[str]:
    """`issued`, or NULL where the enrollment has no certificate."""
    certificate = aliased(Certificate)
    issued = select(literal("issued", SqlText())).where(certificate.enrollment_id == enrollment.id)
    return issued.correlate(enrollment).scalar_subquery()


def certificate_states(enrollment: Any) -> InBulk:
    """The same for all enrollments."""
    certificate = aliased(Certificate)
    issued = case((certificate.id.is_not(None), literal("issued", SqlText())))
    return InBulk(issued, ((certificate, certificate.enrollment_id == enrollment.id),))


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
        Computed("progress", N_("Progress"), Progress(), percentage, form=True, width=130, in_bulk=percentages),
        Computed(
            "certificate",
            N_("Certificate"),
            ISSUED,
            certificate_state,
            filter=True,
            form=True,
            width=96,
            in_bulk=certificate_states,
        ),
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
    sorts=(Sort("created_at", descending=True),),
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
            width=170,
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
