"""How quizzes, their questions and the students' attempts are shown and worked on."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, func, select
from sqlalchemy.orm import aliased

from lms_desktop import policy
from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import Course, Lesson, Quiz, QuizAttempt, QuizQuestion, User
from lms_desktop.services import quizzes
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

QUESTION_TYPES = Choice(
    options=(
        Option("multiple_choice", N_("Multiple choice")),
        Option("true_false", N_("True or false")),
        Option("short_answer", N_("Short answer")),
        Option("essay", N_("Essay")),
    ),
    strict=False,
    length=50,
)
PERCENT = Number(minimum=0, maximum=100, unit="%")


def question_count(quiz: Any) -> ColumnElement[int]:
    """How many questions a quiz has."""
    question = aliased(QuizQuestion)
    return select(func.count()).where(question.quiz_id == quiz.id).correlate(quiz).scalar_subquery()


def attempt_duration(attempt: Any) -> ColumnElement[int]:
    """How many whole minutes an attempt took."""
    from lms_desktop.services.teaching import results

    return cast(func.round(results.minutes(attempt)), BigInteger)


# What is done with quizzes and attempts is imported when it is done: no first row waits for it.


def _doubts(uow: UnitOfWork, ids: tuple[str, ...]) -> tuple[str, ...]:
    from lms_desktop.services.teaching import readiness

    return readiness.doubts_of_quizzes(uow, ids)


def _regrade(uow: UnitOfWork, ids: tuple[str, ...]) -> Outcome:
    from lms_desktop.services.teaching import regrading

    return regrading.regrade_selected(uow, ids)


QUIZZES = EntityAdmin(
    entity=Quiz,
    name="quizzes",
    label=N_("Quiz"),
    plural=N_("Quizzes"),
    noun=N_("quiz"),
    icon="quiz",
    group=Group.TEACHING,
    title=(Quiz.title,),
    detail=(Quiz.course_id,),
    fields=(
        Field(Quiz.title, N_("Title"), Text(length=255, blank=False), column=True, search=True, filter=True, width=240),
        Field(
            Quiz.course_id,
            N_("Course"),
            Ref(Course),
            column=True,
            search=True,
            filter=True,
            width=200,
            help=N_("A quiz of neither a course nor a lesson is the administrators'."),
        ),
        Field(Quiz.lesson_id, N_("Lesson"), Ref(Lesson), column=True, search=True, filter=True, width=220),
        Computed("questions", N_("Questions"), Number(minimum=0), question_count, width=100),
        Field(
            Quiz.passing_score_percentage,
            N_("Pass mark"),
            PERCENT,
            column=True,
            filter=True,
            default="70",
            width=100,
            help=N_("The percentage of all points that passes."),
        ),
        Field(
            Quiz.is_published,
            N_("State"),
            Flag(N_("Published"), N_("Draft"), Tone.OK),
            column=True,
            filter=True,
            default="false",
            width=110,
        ),
        Field(Quiz.description, N_("Description"), Text("markdown")),
        Field(
            Quiz.time_limit_minutes,
            N_("Time limit"),
            Number(minimum=0, unit=N_("min")),
            filter=True,
            width=100,
            help=N_("Without a value, students may take as long as they like."),
        ),
        Field(
            Quiz.shuffle_questions,
            N_("Order of questions"),
            Flag(N_("Shuffled"), N_("As given")),
            filter=True,
            default="false",
        ),
        Field(Quiz.created_at, N_("Created"), Moment(), filter=True, readonly=True),
        Field(Quiz.updated_at, N_("Changed"), Moment(), filter=True, readonly=True),
        Field(Quiz.id, N_("Id"), Text(), readonly=True, form=False),
    ),
    allow=policy.RULES[Quiz],
    sorts=(Sort("title"),),
    related=(
        Related(QuizQuestion, QuizQuestion.quiz_id, N_("Questions")),
        Related(QuizAttempt, QuizAttempt.quiz_id, N_("Attempts")),
    ),
    actions=(
        Action(
            "publish",
            N_("Publish"),
            "eye",
            quizzes.publish,
            on=("is_published", "false"),
            doubts=_doubts,
        ),
        Action(
            "unpublish",
            N_("Unpublish"),
            "eye-off",
            quizzes.unpublish,
            gentler=True,
            says=N_("students no longer see it; everything in it stays, and it can be published again."),
            on=("is_published", "true"),
        ),
    ),
    quick=(
        (N_("Published"), Filter("is_published", Operator.IS, ("true",))),
        (N_("Drafts"), Filter("is_published", Operator.IS, ("false",))),
    ),
    new=N_("New quiz"),
    delete=N_("Delete quiz"),
    blank=N_("There are no quizzes yet. Begin with a title, then add its questions."),
)

QUESTIONS = EntityAdmin(
    entity=QuizQuestion,
    name="questions",
    label=N_("Question"),
    plural=N_("Questions"),
    noun=N_("question"),
    icon="question",
    group=Group.TEACHING,
    title=(QuizQuestion.question_text,),
    detail=(QuizQuestion.quiz_id,),
    fields=(
        Field(QuizQuestion.quiz_id, N_("Quiz"), Ref(Quiz), column=True, search=True, filter=True, width=220),
        Field(
            QuizQuestion.order,
            N_("Place"),
            Number(),
            column=True,
            filter=True,
            readonly=True,
            width=70,
            help=N_("A new question comes last in its quiz."),
        ),
        Field(
            QuizQuestion.question_text,
            N_("Question"),
            Text("long", blank=False),
            column=True,
            search=True,
            filter=True,
            width=360,
        ),
        Field(
            QuizQuestion.question_type,
            N_("Type"),
            QUESTION_TYPES,
            column=True,
            filter=True,
            in_form=True,
            default="multiple_choice",
            width=140,
        ),
        Field(
            QuizQuestion.options,
            N_("Options"),
            Json("list"),
            help=N_('What a multiple choice offers: a JSON list of texts, such as ["red", "blue"].'),
        ),
        Field(
            QuizQuestion.correct_answer,
            N_("Correct answer"),
            Text("long"),
            help=N_("The option's text, true or false, or the accepted short answers; several as a JSON list."),
        ),
        Field(QuizQuestion.points, N_("Points"), Number(minimum=0), column=True, filter=True, default="1", width=90),
        Field(QuizQuestion.created_at, N_("Created"), Moment(), filter=True, readonly=True),
        Field(QuizQuestion.id, N_("Id"), Text(), readonly=True, form=False),
    ),
    allow=policy.RULES[QuizQuestion],
    sorts=(Sort("quiz_id"), Sort("order")),
    quick=(
        (N_("Multiple choice"), Filter("question_type", Operator.ONE_OF, ("multiple_choice",))),
        (N_("Essays"), Filter("question_type", Operator.ONE_OF, ("essay",))),
    ),
    place=Place(QuizQuestion.quiz_id, QuizQuestion.order),
    new=N_("Add question"),
    delete=N_("Delete question"),
    blank=N_("There are no questions yet. Choose a quiz and add its first one."),
)

ATTEMPTS = EntityAdmin(
    entity=QuizAttempt,
    name="attempts",
    label=N_("Attempt"),
    plural=N_("Attempts"),
    noun=N_("attempt"),
    icon="attempts",
    group=Group.TEACHING,
    title=(QuizAttempt.student_id, QuizAttempt.quiz_id),
    detail=(QuizAttempt.started_at,),
    fields=(
        Field(
            QuizAttempt.student_id,
            N_("Student"),
            Ref(User),
            column=True,
            search=True,
            filter=True,
            readonly=True,
            width=260,
        ),
        Field(
            QuizAttempt.quiz_id, N_("Quiz"), Ref(Quiz), column=True, search=True, filter=True, readonly=True, width=240
        ),
        Field(QuizAttempt.started_at, N_("Started"), Moment(), column=True, filter=True, readonly=True),
        Field(QuizAttempt.ended_at, N_("Ended"), Moment(), column=True, filter=True, readonly=True),
        Field(
            QuizAttempt.score,
            N_("Score"),
            PERCENT,
            column=True,
            filter=True,
            readonly=True,
            width=90,
            help=N_("The percentage of points: those reached, of all that the quiz's questions give."),
        ),
        Field(
            QuizAttempt.passed,
            N_("Result"),
            Flag(N_("Passed"), N_("Not passed"), Tone.OK, no_tone=Tone.WARN),
            column=True,
            filter=True,
            readonly=True,
            width=120,
            help=N_("Passed where the score is not below the quiz's pass mark."),
        ),
        Computed(
            "duration", N_("Duration"), Number(minimum=0, unit=N_("min")), attempt_duration, column=False, width=100
        ),
        Field(QuizAttempt.answers, N_("Answers"), Json("list"), readonly=True),
        Field(QuizAttempt.created_at, N_("Created"), Moment(), filter=True, readonly=True),
        Field(QuizAttempt.id, N_("Id"), Text(), readonly=True, form=False),
    ),
    allow=policy.RULES[QuizAttempt],
    sorts=(Sort("started_at", descending=True),),
    quick=(
        (N_("Passed"), Filter("passed", Operator.IS, ("true",))),
        (N_("Not passed"), Filter("passed", Operator.IS, ("false",))),
        (N_("Under way"), Filter("ended_at", Operator.EMPTY)),
    ),
    actions=(
        Action(
            "regrade",
            N_("Regrade"),
            "refresh",
            _regrade,
            confirm=N_(
                "The answers of the {n} selected are marked again, by the questions and pass marks as they are now."
                " Attempts under way, with an essay or with answers by place stay as they are."
            ),
        ),
    ),
    delete=N_("Delete attempt"),
    blank=N_("Nobody has taken a quiz yet. Attempts appear here as students begin them on the web."),
)
