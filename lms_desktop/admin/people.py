"""How people and their sessions are shown and worked on."""

from typing import Any

from sqlalchemy import ColumnElement, case, func, literal
from sqlalchemy import Text as SqlText

from lms_desktop import policy
from lms_desktop.entities import Course, Enrollment, QuizAttempt, RefreshToken, User
from lms_desktop.services import people
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
    Operator,
    Option,
    Ref,
    Related,
    Secret,
    Sort,
    Text,
    Tone,
)

ROLES = Choice(
    options=tuple(Option(role, label) for role, label in policy.ROLE_LABELS.items()),
    length=50,
)
STATES = Choice(
    options=(
        Option("live", N_("Live"), Tone.OK),
        Option("expired", N_("Expired")),
        Option("revoked", N_("Revoked"), Tone.BAD),
    ),
)


def session_state(session: Any) -> ColumnElement[str]:
    """What has become of a session: revoked goes before expired."""
    words = {word: literal(word, SqlText()) for word in ("live", "expired", "revoked")}
    return case(
        (session.revoked, words["revoked"]), (session.expires_at <= func.now(), words["expired"]), else_=words["live"]
    )


USERS = EntityAdmin(
    entity=User,
    name="users",
    label=N_("Person"),
    plural=N_("People"),
    noun=N_("person"),
    icon="users",
    group=Group.REGISTRY,
    title=(User.full_name,),
    detail=(User.email,),
    fields=(
        Field(
            User.full_name, N_("Name"), Text(length=255, blank=False), column=True, search=True, filter=True, width=190
        ),
        Field(
            User.email,
            N_("E-mail"),
            Text("email", length=255),
            column=True,
            search=True,
            filter=True,
            width=230,
            help=N_("What the person signs in with."),
        ),
        Field(User.role, N_("Role"), ROLES, column=True, filter=True, default=policy.STUDENT, width=120),
        Field(
            User.password_hash,
            N_("Password"),
            Secret(),
            made=True,
            help=N_("Stored as a hash and never shown. A new password cannot be taken back with Undo."),
        ),
        Field(
            User.is_active,
            N_("Account"),
            Flag(N_("Active"), N_("Deactivated"), no_tone=Tone.WARN),
            column=True,
            filter=True,
            default="true",
            width=110,
            help=N_("A deactivated person cannot sign in; everything they did is kept."),
        ),
        Field(
            User.mfa_enabled,
            N_("Two-step sign-in"),
            Flag(N_("On"), N_("Off"), Tone.OK),
            filter=True,
            default="false",
            help=N_("Asked for by the web application."),
        ),
        Field(User.email_verified_at, N_("E-mail verified"), Moment(), filter=True),
        Field(User.last_login_at, N_("Last sign-in"), Moment(), column=True, filter=True, readonly=True),
        Field(User.profile_metadata, N_("Profile data"), Json("object")),
        Field(User.created_at, N_("Created"), Moment(), filter=True, readonly=True),
        Field(User.updated_at, N_("Changed"), Moment(), filter=True, readonly=True),
        Field(User.id, N_("Id"), Text(), readonly=True, form=False),
    ),
    allow=policy.RULES[User],
    sorts=(Sort("full_name"),),
    related=(
        Related(Enrollment, Enrollment.student_id, N_("Enrollments")),
        Related(Course, Course.instructor_id, N_("Courses taught")),
        Related(QuizAttempt, QuizAttempt.student_id, N_("Attempts")),
        Related(RefreshToken, RefreshToken.user_id, N_("Sessions")),
    ),
    actions=(
        Action("activate", N_("Activate"), "unlock", people.activate, on=("is_active", "false")),
        Action(
            "deactivate",
            N_("Deactivate"),
            "lock",
            people.deactivate,
            confirm=N_("Deactivated people can no longer sign in; what they did is kept. Deactivate {n}?"),
            gentler=True,
            says=N_("no more signing in; all that they did stays, and they can be activated again."),
            on=("is_active", "true"),
        ),
    ),
    quick=(
        (N_("Students"), Filter("role", Operator.ONE_OF, (policy.STUDENT,))),
        (N_("Staff"), Filter("role", Operator.ONE_OF, policy.STAFF)),
        (N_("Deactivated"), Filter("is_active", Operator.IS, ("false",))),
    ),
    new=N_("Add person"),
    delete=N_("Delete person"),
    blank=N_("Everybody who learns, teaches or works here is listed on this page. Add the first person."),
)

SESSIONS = EntityAdmin(
    entity=RefreshToken,
    name="sessions",
    label=N_("Session"),
    plural=N_("Sessions"),
    noun=N_("session"),
    icon="sessions",
    group=Group.ADMINISTRATION,
    title=(RefreshToken.user_id, RefreshToken.created_at),
    fields=(
        Field(
            RefreshToken.user_id,
            N_("Person"),
            Ref(User),
            column=True,
            search=True,
            filter=True,
            readonly=True,
            width=260,
        ),
        Field(RefreshToken.created_at, N_("Signed in"), Moment(), column=True, filter=True, readonly=True),
        Field(RefreshToken.expires_at, N_("Expires"), Moment(), column=True, filter=True, readonly=True),
        Computed("state", N_("State"), STATES, session_state, filter=True, form=True, width=110),
        Field(
            RefreshToken.revoked,
            N_("Revoked"),
            Flag(N_("Revoked"), N_("Valid"), Tone.BAD),
            filter=True,
            readonly=True,
            form=False,
        ),
        Field(RefreshToken.revoked_at, N_("Revoked at"), Moment(), column=True, filter=True, readonly=True),
        Field(RefreshToken.id, N_("Id"), Text(), readonly=True, form=False),
    ),
    allow=policy.RULES[RefreshToken],
    sorts=(Sort("created_at", descending=True),),
    actions=(
        Action(
            "revoke",
            N_("Revoke"),
            "stop",
            people.revoke,
            confirm=N_("Whoever works in a revoked session must sign in again. This cannot be undone. Revoke {n}?"),
            gentler=True,
            on=("revoked", "false"),
        ),
    ),
    quick=(
        (N_("Live"), Filter("state", Operator.ONE_OF, ("live",))),
        (N_("Revoked"), Filter("state", Operator.ONE_OF, ("revoked",))),
    ),
    blank=N_("Nobody is signed in on the web. A session appears here as soon as somebody signs in there."),
)
