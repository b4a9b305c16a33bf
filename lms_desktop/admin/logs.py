"""How the lists of the log are shown: what was done, what was deleted, who signed in. They are only read."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, null

from lms_desktop import policy
from lms_desktop.admin.courses import COURSES, LESSONS
from lms_desktop.admin.enrollments import CERTIFICATES, ENROLLMENTS, PROGRESS
from lms_desktop.admin.people import SESSIONS, USERS
from lms_desktop.admin.quizzes import ATTEMPTS, QUESTIONS, QUIZZES
from lms_desktop.database.unit_of_work import Actor
from lms_desktop.entities import User
from lms_desktop.entities.logs import changes, operations, sign_ins
from lms_desktop.services.log_conditions import (
    ENTITY,
    RECORD,
    REVERTED,
    REVERTING,
    DeletedList,
    OperationList,
    SignInList,
)
from lms_desktop.spec import (
    N_,
    Allow,
    Among,
    Catalog,
    Choice,
    Computed,
    EntityAdmin,
    Filter,
    Group,
    Moment,
    Number,
    Operator,
    Option,
    Ref,
    Said,
    Text,
    Tone,
    everything,
)

PERSON = Ref(User, only=(("role", policy.STAFF),))
ENTITIES = tuple(
    Option(str(admin.entity.__tablename__), admin.plural)  # type: ignore[attr-defined]
    for admin in (
        USERS,
        ENROLLMENTS,
        PROGRESS,
        CERTIFICATES,
        COURSES,
        LESSONS,
        QUIZZES,
        QUESTIONS,
        ATTEMPTS,
        SESSIONS,
    )
)
FATES = Choice(
    options=(Option(REVERTED, N_("Taken back"), Tone.WARN), Option(REVERTING, N_("Takes back"), Tone.NEUTRAL)),
)
OUTCOMES = Choice(
    options=(
        Option("signed in", N_("Signed in"), Tone.OK),
        Option("wrong password", N_("Wrong password"), Tone.BAD),
        Option("not admitted", N_("Not admitted"), Tone.WARN),
    ),
    strict=False,
)
PERIODS = (
    (N_("Last 24 hours"), Filter("at", Operator.LAST_DAYS, ("1",))),
    (N_("Last 7 days"), Filter("at", Operator.LAST_DAYS, ("7",))),
    (N_("Last 30 days"), Filter("at", Operator.LAST_DAYS, ("30",))),
)


def _column(table: Any, name: str) -> Any:
    def expression(_root: Any) -> ColumnElement[Any]:
        column: ColumnElement[Any] = table.c[name]
        return column

    return expression


def _nothing(_root: Any) -> ColumnElement[Any]:
    """For what `services.log_conditions` filters by itself."""
    return null()


OPERATIONS = EntityAdmin(
    entity=OperationList,
    name="history",
    label=N_("Operation"),
    plural=N_("History"),
    noun=N_("operation"),
    icon="history",
    group=Group.ADMINISTRATION,
    title=(),
    fields=(
        Computed("at", N_("When"), Moment(), _column(operations, "at"), filter=True, width=152),
        Computed("person", N_("Who"), PERSON, _column(operations, "actor_id"), filter=True, width=180),
        Computed("said", N_("What"), Said(), _nothing, width=380),
        Computed("rows", N_("Rows"), Number(), _nothing, width=70),
        Computed("state", N_("State"), FATES, _nothing, width=110),
        Computed("machine", N_("Machine"), Text(), _column(operations, "machine"), column=False, filter=True),
        Computed("db_role", N_("Database role"), Text(), _column(operations, "db_role"), column=False, filter=True),
        Computed(ENTITY, N_("About"), Among(ENTITIES), _nothing, column=False, filter=True),
        Computed(RECORD, N_("Record"), Text(), _nothing, column=False),
    ),
    allow=Allow(view=dict.fromkeys(policy.STAFF, everything)),
    quick=PERIODS,
    blank=N_(
        "Nothing has been changed here yet. Every change that is made here will be listed, with before and after."
    ),
)

DELETED = EntityAdmin(
    entity=DeletedList,
    name="history.deleted",
    label=N_("Deleted record"),
    plural=N_("Deleted"),
    noun=N_("deleted record"),
    icon="trash",
    group=Group.ADMINISTRATION,
    title=(),
    fields=(
        Computed("title", N_("Record"), Ref(User), _nothing, width=300),
        Computed(ENTITY, N_("Kind"), Among(ENTITIES), _column(changes, "entity"), filter=True, width=130),
        Computed("at", N_("When"), Moment(), _column(operations, "at"), filter=True, width=152),
        Computed("person", N_("Who"), PERSON, _column(operations, "actor_id"), filter=True, width=180),
        Computed(
            "along",
            N_("Together with"),
            Number(),
            _nothing,
            width=128,
            help=N_("How many other rows were deleted in the same act."),
        ),
        Computed("said", N_("What was done"), Said(), _nothing, column=False, width=260),
    ),
    allow=Allow(view=dict.fromkeys(policy.STAFF, everything)),
    quick=PERIODS,
    blank=N_("Nothing that was deleted here is missing. What you delete is listed here and can be restored."),
)

SIGN_INS = EntityAdmin(
    entity=SignInList,
    name="history.sign_ins",
    label=N_("Sign-in"),
    plural=N_("Sign-ins"),
    noun=N_("sign-in"),
    icon="unlock",
    group=Group.ADMINISTRATION,
    title=(),
    fields=(
        Computed("at", N_("When"), Moment(), _column(sign_ins, "at"), filter=True, width=152),
        Computed("person", N_("Who"), PERSON, _column(sign_ins, "user_id"), filter=True, width=260),
        Computed("outcome", N_("Outcome"), OUTCOMES, _column(sign_ins, "outcome"), filter=True, width=152),
        Computed("machine", N_("Machine"), Text(), _column(sign_ins, "machine"), filter=True, width=180),
        Computed("db_role", N_("Database role"), Text(), _column(sign_ins, "db_role"), column=False, filter=True),
    ),
    allow=Allow(view={policy.ADMIN: everything}),
    quick=PERIODS,
    blank=N_("Nobody has signed in since the change log was installed."),
)

LOGS: Catalog = MappingProxyType({admin.entity: admin for admin in (OPERATIONS, DELETED, SIGN_INS)})
"""The declarations of the log's lists by what stands for them in a query."""


def logs_for(actor: Actor) -> Catalog:
    """The lists that the actor may see, as they are shown to them: one's own history has but one person in it."""
    mine: Mapping[type, EntityAdmin] = {
        entity: admin if policy.sees_whole_history(actor) else _own(admin)
        for entity, admin in LOGS.items()
        if actor.system or admin.allow.may(actor.role, "view")
    }
    return MappingProxyType(dict(mine))


def _own(admin: EntityAdmin) -> EntityAdmin:
    fields = tuple(field for field in admin.fields if field.key != "person")
    return replace(admin, fields=fields, plural=N_("My history") if admin is OPERATIONS else admin.plural)
