"""Passwords, accounts, the first administrator and sessions, on a real server."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import URL, select, update

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Actor, Change, Database, Outcome, UnitOfWork
from lms_desktop.entities import RefreshToken, User
from lms_desktop.errors import BadValue, Denied, UserError
from lms_desktop.services import gate, people
from tests.hashing import full_cost
from tests.small_school import HASHED, PASSWORD, SYSTEM, act, actor, email, let_in, opened, row_id, statements


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school; everybody has the same password."""
    with opened(database_url) as database:
        with database.engine.begin() as connection:
            let_in(connection)
        yield database


@pytest.fixture
def nobody(database_url: URL) -> Iterator[Database]:
    """A database at the head without a row."""
    engine = make_engine(database_url, Settings())
    yield Database(engine)
    engine.dispose()


def user(database: Database, name: str) -> Any:
    """What is stored of a person."""
    with database.reading(SYSTEM) as uow:
        found = select(User.role, User.is_active, User.last_login_at, User.updated_at, User.password_hash, User.xmin)
        return uow.execute(found.where(User.id == row_id(User, name))).one()


class TestPasswords:
    def test_a_new_password_lets_in_and_the_old_one_no_longer(self, school: Database) -> None:
        with full_cost():
            outcome = act(
                school, actor("admin"), lambda uow: people.set_password(uow, row_id(User, "ines"), "brand new 1")
            )
        assert outcome.sentence.startswith("Ines has a new password.")
        assert outcome.changes == (Change(User, row_id(User, "ines"), "update"),)
        assert people.sign_in(school, email("ines"), "brand new 1")
        with pytest.raises(people.SignInRefused):
            people.sign_in(school, email("ines"), PASSWORD)
        assert user(school, "ines").password_hash.startswith("$2b$12$")

    def test_a_registrar_sets_a_students_password(self, school: Database) -> None:
        act(school, actor("registrar"), lambda uow: people.set_password(uow, row_id(User, "ana"), "brand new 1"))
        assert user(school, "ana").password_hash != HASHED

    @pytest.mark.parametrize("whose", ["admin", "ines", "registrar", "librarian"])
    def test_a_registrar_sets_nobody_elses(self, school: Database, whose: str) -> None:
        with pytest.raises(Denied):
            act(school, actor("registrar"), lambda uow: people.set_password(uow, row_id(User, whose), "brand new 1"))

    def test_an_instructor_sets_nobodys(self, school: Database) -> None:
        with pytest.raises(Denied):
            act(school, actor("ines"), lambda uow: people.set_password(uow, row_id(User, "ana"), "brand new 1"))

    @pytest.mark.parametrize("password", ["", "short", " " * 20, "x" * 73, "with\x00nul and more"])
    def test_a_password_that_is_no_good_is_refused(self, school: Database, password: str) -> None:
        with pytest.raises(BadValue):
            act(school, actor("admin"), lambda uow: people.set_password(uow, row_id(User, "ana"), password))
        assert user(school, "ana").password_hash == HASHED


class TestAccounts:
    def test_deactivating_and_activating_names_the_person(self, school: Database) -> None:
        ids = (row_id(User, "ines"),)
        outcome = act(school, actor("admin"), lambda uow: people.deactivate(uow, ids))
        assert outcome.sentence == "Deactivated Ines."
        assert outcome.changes == (Change(User, ids[0], "update"),)
        assert not user(school, "ines").is_active
        assert act(school, actor("admin"), lambda uow: people.activate(uow, ids)).sentence == "Activated Ines."
        assert user(school, "ines").is_active

    def test_only_those_who_were_active_are_touched(self, school: Database) -> None:
        ids = tuple(row_id(User, name) for name in ("ines", "ivan", "former admin"))
        outcome = act(school, actor("admin"), lambda uow: people.deactivate(uow, ids))
        assert outcome.sentence == "Deactivated 2 people."
        assert set(outcome.value) == {row_id(User, "ines"), row_id(User, "ivan")}
        again = act(school, actor("admin"), lambda uow: people.deactivate(uow, ids))
        assert again.sentence == "This account was deactivated already."
        assert again.changes == ()

    @pytest.mark.parametrize("who", ["registrar", "ines"])
    @pytest.mark.parametrize("do", [people.activate, people.deactivate])
    def test_nobody_but_an_administrator_may(self, school: Database, who: str, do: Any) -> None:
        with pytest.raises(Denied):
            act(school, actor(who), lambda uow: do(uow, (row_id(User, "ana"),)))

    def test_nobody_deactivates_themselves(self, school: Database) -> None:
        ids = (row_id(User, "ana"), row_id(User, "admin"))
        with pytest.raises(Denied, match="your own account"):
            act(school, actor("admin"), lambda uow: people.deactivate(uow, ids))
        assert user(school, "ana").is_active

    def test_the_command_line_cannot_deactivate_the_last_administrator(self, school: Database) -> None:
        ids = (row_id(User, "admin"), row_id(User, "second admin"))
        with pytest.raises(UserError, match="last active administrator"), school.unit_of_work(SYSTEM) as uow:
            people.deactivate(uow, ids)
        assert user(school, "admin").is_active

    @pytest.mark.parametrize("change", [{"role": "registrar"}, {"is_active": False}], ids=str)
    def test_the_last_administrator_cannot_be_lost_by_an_edit(self, school: Database, change: dict[str, Any]) -> None:
        def lose(uow: UnitOfWork) -> Outcome:
            uow.execute(update(User).where(User.role == "admin").values(change))
            people.guard_last_admin(uow)
            return uow.outcome("")

        with pytest.raises(UserError, match="last active administrator") as caught:
            act(school, actor("admin"), lose)
        assert caught.value.way_out == "Make somebody else an administrator first."
        assert user(school, "admin").role == "admin"

    def test_a_school_that_has_no_administrator_can_still_be_worked_on(self, school: Database) -> None:
        with school.unit_of_work(SYSTEM) as uow:
            uow.execute(update(User).where(User.role == "admin").values(is_active=False))
            people.guard_last_admin(uow)
        with gate.transaction(school, actor("registrar")) as uow:
            people.guard_last_admin(uow)

    def test_two_administrators_cannot_deactivate_each_other_at_once(self, school: Database) -> None:
        both_have_begun = threading.Barrier(2)

        def deactivate(mine: str, other: str) -> str:
            try:
                with gate.transaction(school, actor(mine)) as uow:
                    both_have_begun.wait(10)
                    return people.deactivate(uow, (row_id(User, other),)).sentence
            except UserError as error:
                return error.text

        with ThreadPoolExecutor(2) as pool:
            sentences = list(pool.map(deactivate, ["admin", "second admin"], ["second admin", "admin"]))
        assert sum("last active administrator" in sentence for sentence in sentences) == 1
        assert [user(school, "admin").is_active, user(school, "second admin").is_active].count(True) == 1

    def test_two_edits_at_once_cannot_lose_the_last_administrator(self, school: Database) -> None:
        both_have_begun = threading.Barrier(2)

        def give_up(name: str) -> str:
            try:
                with gate.transaction(school, actor(name)) as uow:
                    both_have_begun.wait(10)
                    uow.execute(update(User).where(User.id == row_id(User, name)).values(role="registrar"))
                    people.guard_last_admin(uow)
            except UserError as error:
                return error.text
            return "done"

        with ThreadPoolExecutor(2) as pool:
            sentences = sorted(pool.map(give_up, ["admin", "second admin"]))
        assert sentences[1] == "done"
        assert "last active administrator" in sentences[0]


class TestFirstAdministrator:
    def test_an_empty_school_gets_one_who_can_sign_in(self, nobody: Database) -> None:
        with nobody.unit_of_work(SYSTEM) as uow:
            assert not people.has_active_admin(uow)
            outcome = people.first_admin(uow, " head@school.edu ", "  Zoë Head ", PASSWORD)
            assert people.has_active_admin(uow)
        assert outcome.sentence == "Zoë Head is the first administrator."
        signed_in = people.sign_in(nobody, "head@school.edu", PASSWORD)
        assert signed_in.actor == Actor(outcome.value, "head@school.edu", "Zoë Head", "admin")

    def test_a_school_that_has_one_gets_no_other(self, school: Database) -> None:
        with pytest.raises(UserError, match="an administrator already"), school.unit_of_work(SYSTEM) as uow:
            people.first_admin(uow, "head@school.edu", "Head", PASSWORD)

    def test_one_who_is_deactivated_does_not_count(self, school: Database) -> None:
        with school.unit_of_work(SYSTEM) as uow:
            uow.execute(update(User).where(User.role == "admin").values(is_active=False))
        with school.unit_of_work(SYSTEM) as uow:
            assert people.first_admin(uow, "head@school.edu", "Head", PASSWORD).value

    def test_nobody_who_has_signed_in_may(self, nobody: Database) -> None:
        with pytest.raises(Denied), nobody.unit_of_work(actor("registrar")) as uow:
            people.first_admin(uow, "head@school.edu", "Head", PASSWORD)

    @pytest.mark.parametrize(
        ("address", "name", "password", "field"),
        [
            ("head", "Head", PASSWORD, "email"),
            ("head@school.edu", "  ", PASSWORD, "full_name"),
            ("head@school.edu", "Head", "short", "password_hash"),
            ("head@school.edu", "Head\x00", PASSWORD, "full_name"),
            (f"{'x' * 250}@school.edu", "Head", PASSWORD, "email"),
        ],
    )
    def test_what_cannot_be_stored_is_refused_with_its_field(
        self, nobody: Database, address: str, name: str, password: str, field: str
    ) -> None:
        with pytest.raises(BadValue) as caught, nobody.unit_of_work(SYSTEM) as uow:
            people.first_admin(uow, address, name, password)
        assert caught.value.field == field

    def test_of_two_at_once_one_becomes_it(self, nobody: Database) -> None:
        both_have_begun = threading.Barrier(2)

        def create(name: str) -> str:
            try:
                with nobody.unit_of_work(SYSTEM) as uow:
                    both_have_begun.wait(10)
                    return people.first_admin(uow, f"{name}@school.edu", name, PASSWORD).sentence
            except UserError as error:
                return error.text

        with ThreadPoolExecutor(2) as pool:
            sentences = sorted(pool.map(create, ["Ann", "Ben"]))
        assert sentences[0].endswith("is the first administrator.")
        assert sentences[1] == "There is an administrator already."


class TestSessions:
    def revoked(self, database: Database) -> set[str]:
        """The sessions that are revoked, and say since when."""
        names = ("live", "expired", "revoked", "long gone")
        with database.reading(SYSTEM) as uow:
            found = uow.execute(
                select(RefreshToken.id).where(RefreshToken.revoked, RefreshToken.revoked_at.is_not(None))
            )
            ids = set(found.scalars())
        return {name for name in names if row_id(RefreshToken, name) in ids}

    def test_revoking_notes_the_moment(self, school: Database) -> None:
        ids = (row_id(RefreshToken, "live"),)
        outcome = act(school, actor("admin"), lambda uow: people.revoke(uow, ids))
        assert outcome.sentence == "Revoked a session of Ana."
        assert outcome.changes == (Change(RefreshToken, ids[0], "update"),)
        assert self.revoked(school) == {"live"}

    def test_those_revoked_already_keep_their_moment(self, school: Database) -> None:
        ids = tuple(row_id(RefreshToken, name) for name in ("live", "expired", "revoked"))
        assert act(school, actor("admin"), lambda uow: people.revoke(uow, ids)).sentence == "Revoked 2 sessions."
        assert self.revoked(school) == {"live", "expired"}
        again = act(school, actor("admin"), lambda uow: people.revoke(uow, ids))
        assert (again.sentence, again.changes) == ("This was revoked already.", ())

    @pytest.mark.parametrize("who", ["registrar", "ines"])
    def test_nobody_but_an_administrator_may(self, school: Database, who: str) -> None:
        with pytest.raises(Denied):
            act(school, actor(who), lambda uow: people.revoke(uow, (row_id(RefreshToken, "live"),)))
        assert self.revoked(school) == set()

    def test_no_statement_reads_a_token_or_a_hash(self, school: Database) -> None:
        with statements(school) as seen:
            act(school, actor("admin"), lambda uow: people.revoke(uow, (row_id(RefreshToken, "live"),)))
            act(school, actor("admin"), lambda uow: people.deactivate(uow, (row_id(User, "ines"),)))
            act(school, actor("admin"), lambda uow: people.set_password(uow, row_id(User, "ines"), "brand new 1"))
        read = [statement for statement in seen if statement.lstrip().upper().startswith("SELECT")]
        assert read
        assert not [statement for statement in read if "password_hash" in statement or ".token" in statement]
