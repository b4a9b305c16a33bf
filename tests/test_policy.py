"""Who may do what: the product's table of roles, written down a second time and asked of a real server, row by row."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import URL, delete, select, update

from lms_desktop import policy
from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.entities import (
    ENTITIES,
    Base,
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
from lms_desktop.errors import Denied
from lms_desktop.services import gate
from lms_desktop.spec import Allow
from tests.small_school import PEOPLE, ROWS, SYSTEM, actor, name_of, opened, row_id

STUDENTS = {"ana", "bo", "idle"}

OWN: dict[type, set[str]] = {
    User: {"ana"},
    Course: {"algebra"},
    Lesson: {"sums", "products", "powers"},
    Enrollment: {"ana in algebra"},
    LessonProgress: {"ana at sums", "ana at products", "ana at powers"},
    Certificate: {"of ana"},
    # Not the one that hangs on a lesson of somebody else's as well, not the one that hangs on nothing.
    Quiz: {"of algebra", "of sums", "of algebra and sums"},
    QuizQuestion: {"of algebra", "of sums", "of algebra and sums"},
    QuizAttempt: {"of algebra", "of sums", "of algebra and sums"},
}
"""What is Ines's own."""

# The product's table: v view, a add, e edit, d delete and the acts by name, for registrar, instructor and admin. Plain
# words are all rows, `own` the instructor's own, `students` the people of that role.
TABLE: dict[type, dict[str, dict[str, str]]] = {
    User: {
        "registrar": {"v": "all", "a": "students", "e": "students", "set_password": "students"},
        "instructor": {"v": "own"},
        "admin": dict.fromkeys(("v", "a", "e", "d", "set_password", "activate", "deactivate"), "all"),
    },
    Course: {
        "registrar": {"v": "all"},
        "instructor": dict.fromkeys(("v", "a", "e", "d", "publish", "unpublish"), "own"),
        "admin": dict.fromkeys(("v", "a", "e", "d", "publish", "unpublish"), "all"),
    },
    Lesson: {
        "registrar": {"v": "all"},
        "instructor": dict.fromkeys("vaed", "own"),
        "admin": dict.fromkeys("vaed", "all"),
    },
    Quiz: {
        "registrar": {"v": "all"},
        "instructor": dict.fromkeys(("v", "a", "e", "d", "publish", "unpublish"), "own"),
        "admin": dict.fromkeys(("v", "a", "e", "d", "publish", "unpublish"), "all"),
    },
    QuizQuestion: {
        "registrar": {"v": "all"},
        "instructor": dict.fromkeys("vaed", "own"),
        "admin": dict.fromkeys("vaed", "all"),
    },
    Enrollment: {
        "registrar": dict.fromkeys("vaed", "all"),
        "instructor": {"v": "own"},
        "admin": dict.fromkeys("vaed", "all"),
    },
    LessonProgress: {
        "registrar": dict.fromkeys("vaed", "all"),
        "instructor": {"v": "own"},
        "admin": dict.fromkeys("vaed", "all"),
    },
    QuizAttempt: {
        "registrar": {"v": "all"},
        "instructor": {"v": "own", "regrade": "own"},
        "admin": {"v": "all", "d": "all", "regrade": "all"},
    },
    Certificate: {
        "registrar": {"v": "all", "a": "all", "reprint": "all"},
        "instructor": {"v": "own"},
        "admin": {"v": "all", "a": "all", "reprint": "all", "d": "all"},
    },
    RefreshToken: {
        "registrar": {},
        "instructor": {},
        "admin": {"v": "all", "revoke": "all", "clean_up": "all"},
    },
}
VERBS = {"v": "view", "a": "add", "e": "edit", "d": "delete"}
ACTS = {act for entity in TABLE.values() for role in entity.values() for act in role} - set(VERBS)
WHO = {"registrar": "registrar", "instructor": "ines", "admin": "admin"}

every_cell = pytest.mark.parametrize(
    ("entity", "verb"),
    [(entity, verb) for entity in ENTITIES for verb in (*VERBS, *sorted(ACTS))],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)


@pytest.fixture(scope="module")
def school(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The small school, only read here."""
    server, template = request.getfixturevalue("server"), request.getfixturevalue("migrated_template")
    url: URL = server.create(template=template.database)
    with opened(url) as database:
        yield database
    server.drop(url)


def expected(entity: type, verb: str, role: str) -> set[str]:
    """The rows that the table gives to a role."""
    word = TABLE[entity].get(role, {}).get(verb)
    return {None: set(), "all": set(ROWS[entity]), "own": OWN.get(entity, set()), "students": STUDENTS}[word]


def reached(school: Database, who: Actor, entity: Any, verb: str) -> set[str]:
    """The rows that the policy lets through."""
    condition = policy.scope(who, entity, VERBS.get(verb, verb))
    with school.reading(SYSTEM) as uow:
        return {name_of(entity, row[0]) for row in uow.execute(select(entity.id).where(condition))}


def refused(school: Database, who: Actor, entity: type, verb: str, name: str) -> bool:
    """Whether the gate refuses this row, asked for by its id."""
    with gate.reading(school, who) as uow:
        try:
            gate.require(uow, entity, VERBS.get(verb, verb), [row_id(entity, name)])
        except Denied:
            return True
    return False


@every_cell
def test_each_role_reaches_the_rows_of_the_table_and_no_other(school: Database, entity: type[Base], verb: str) -> None:
    for role, who in WHO.items():
        rows = expected(entity, verb, role)
        assert reached(school, actor(who), entity, verb) == rows, role
        if rows:
            assert policy.may(actor(who), entity, VERBS.get(verb, verb))


@every_cell
def test_a_verb_that_the_table_does_not_give_is_not_offered(school: Database, entity: type[Base], verb: str) -> None:
    for role, who in WHO.items():
        given = verb in TABLE[entity][role]
        assert policy.may(actor(who), entity, VERBS.get(verb, verb)) == given, role


@every_cell
@pytest.mark.parametrize("who", ["ana", "librarian"])
def test_students_and_unknown_roles_get_nothing(school: Database, entity: type[Base], verb: str, who: str) -> None:
    assert reached(school, actor(who), entity, verb) == set()
    assert not policy.may(actor(who), entity, VERBS.get(verb, verb))


@pytest.mark.parametrize("entity", ENTITIES)
@pytest.mark.parametrize("verb", ["v", "e", "d"])
def test_the_gate_lets_each_instructor_through_to_their_own_alone(
    school: Database, entity: type[Base], verb: str
) -> None:
    mine = expected(entity, verb, "instructor")
    for name in ROWS[entity]:
        assert refused(school, actor("ines"), entity, verb, name) == (name not in mine)


def test_one_foreign_row_among_many_is_refused(school: Database) -> None:
    ids = [row_id(Lesson, name) for name in ("sums", "products", "leaves")]
    with gate.reading(school, actor("ines")) as uow, pytest.raises(Denied, match="some of these"):
        gate.require(uow, Lesson, "edit", ids)


def test_a_row_that_does_not_exist_is_refused_like_a_foreign_one(school: Database) -> None:
    sentences = []
    for identity in (row_id(Course, "botany"), row_id(Course, "no such course")):
        with gate.reading(school, actor("ines")) as uow, pytest.raises(Denied) as caught:
            gate.require(uow, Course, "edit", [identity])
        sentences.append(str(caught.value))
    assert sentences[0] == sentences[1]


@pytest.mark.parametrize(("entity", "key"), [(User, "role"), (User, "is_active"), (Course, "instructor_id")], ids=str)
def test_fields_that_are_the_administrators_to_write(entity: type, key: str) -> None:
    assert policy.may_write(actor("admin"), entity, key)
    assert not policy.may_write(actor("registrar"), entity, key)
    assert not policy.may_write(actor("ines"), entity, key)


@pytest.mark.parametrize("entity", ENTITIES)
@pytest.mark.parametrize("verb", [*VERBS.values(), *sorted(ACTS)])
def test_whoever_holds_the_connection_may_everything(school: Database, entity: type[Base], verb: str) -> None:
    assert policy.may(SYSTEM, entity, verb)
    assert reached(school, SYSTEM, entity, verb) == set(ROWS[entity])


def test_an_entity_without_rules_is_nobodys(school: Database) -> None:
    class Unheard:
        pass

    assert policy.rules(Unheard) == Allow()
    assert not policy.may(actor("admin"), Unheard, "view")
    with school.reading(SYSTEM) as uow:
        assert uow.execute(select(User.id).where(policy.scope(actor("admin"), Unheard, "view"))).all() == []


def test_every_verb_of_the_policy_stands_in_the_table() -> None:
    for entity, allow in policy.RULES.items():
        verbs = {short for short, verb in VERBS.items() if allow.scopes(verb)} | set(allow.acts)
        assert verbs == {verb for role in TABLE[entity].values() for verb in role}


@pytest.mark.parametrize("role", sorted(set(PEOPLE.values())))
def test_only_staff_may_sign_in(role: str) -> None:
    assert (role in policy.STAFF) == (role in {"admin", "registrar", "instructor"})


class TestInMidSitting:
    """What somebody may do is asked in every transaction, not once when they sign in."""

    @pytest.fixture
    def own_school(self, database_url: URL) -> Iterator[Database]:
        """A school to change."""
        with opened(database_url) as database:
            yield database

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"is_active": False}, "deactivated"),
            ({"role": "registrar"}, "role has changed"),
            ({"role": "student"}, "role has changed"),
            (None, "no longer exists"),
        ],
        ids=str,
    )
    def test_an_actor_who_lost_their_place_is_stopped_at_the_next_transaction(
        self, own_school: Database, change: dict[str, Any] | None, sentence: str
    ) -> None:
        person = User.id == row_id(User, "second admin")
        with gate.reading(own_school, actor("second admin")):
            pass
        with own_school.unit_of_work(SYSTEM) as uow:
            if change is None:
                uow.execute(delete(User).where(person))
            else:
                uow.execute(update(User).where(person).values(change))
        for way in (gate.reading, gate.transaction):
            with pytest.raises(gate.ActorLost, match=sentence), way(own_school, actor("second admin")):
                pytest.fail("the gate let through who may not")
