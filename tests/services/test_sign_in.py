"""Signing in: who comes in, who does not and in which words, and how long somebody waits who guesses."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import URL, select, text, update

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.migrations import MigrationRunner
from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import User
from lms_desktop.errors import Busy
from lms_desktop.services import passwords, people
from tests.small_school import HASHED, PASSWORD, SYSTEM, actor, email, let_in, opened, row_id, statements

WRONG = "The e-mail address or the password is not right."


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school, everybody with the same password."""
    with opened(database_url) as database:
        with database.engine.begin() as connection:
            let_in(connection)
        yield database


@pytest.fixture(scope="module")
def standing_school(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The same for tests that change nothing."""
    server, template = request.getfixturevalue("server"), request.getfixturevalue("migrated_template")
    url: URL = server.create(template=template.database)
    with opened(url) as database:
        with database.engine.begin() as connection:
            let_in(connection)
        yield database
    server.drop(url)


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def user(database: Database, name: str) -> Any:
    """What is stored of a person."""
    with database.reading(SYSTEM) as uow:
        found = select(User.role, User.is_active, User.last_login_at, User.updated_at, User.password_hash, User.xmin)
        return uow.execute(found.where(User.id == row_id(User, name))).one()


def refusal(database: Database, address: str, password: str) -> str:
    """Why this person may not come in."""
    with pytest.raises(people.SignInRefused) as caught:
        people.sign_in(database, address, password)
    return caught.value.text


def rename(database: Database, name: str, address: str) -> None:
    """Give a person another address."""
    with database.unit_of_work(SYSTEM) as uow:
        uow.execute(update(User).where(User.id == row_id(User, name)).values(email=address))


@contextmanager
def checks_of_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every check of bcrypt that is really made meanwhile."""
    made: list[str] = []
    original = passwords._context().verify

    def counted(password: str, hashed: str) -> bool:
        result = bool(original(password, hashed))
        made.append(hashed)
        return result

    with monkeypatch.context() as patch:
        patch.setattr(passwords._context(), "verify", counted)
        yield made


class TestSigningIn:
    @pytest.mark.parametrize("name", ["admin", "registrar", "ines"])
    def test_staff_come_in_with_their_password(self, school: Database, name: str) -> None:
        signed_in = people.sign_in(school, email(name), PASSWORD)
        assert signed_in.actor == actor(name)

    @pytest.mark.parametrize("typed", ["  registrar@school.edu\n", "Registrar@School.EDU"])
    def test_blanks_and_capitals_of_the_address_do_not_matter(self, school: Database, typed: str) -> None:
        assert people.sign_in(school, typed, PASSWORD).actor == actor("registrar")

    def test_the_exact_address_goes_before_another_spelling(self, school: Database) -> None:
        rename(school, "ines", "Registrar@school.edu")
        assert people.sign_in(school, "Registrar@school.edu", PASSWORD).actor.id == row_id(User, "ines")
        assert people.sign_in(school, "registrar@school.edu", PASSWORD).actor.id == row_id(User, "registrar")

    def test_a_spelling_that_two_accounts_share_is_nobodys(self, school: Database) -> None:
        rename(school, "ines", "Registrar@school.edu")
        assert refusal(school, "REGISTRAR@school.edu", PASSWORD) == WRONG

    def test_a_composed_address_finds_a_composed_one(self, school: Database) -> None:
        rename(school, "ines", "zo\u00eb@school.edu")
        assert people.sign_in(school, "zoe\u0308@school.edu", PASSWORD).actor.id == row_id(User, "ines")

    @pytest.mark.parametrize(
        ("address", "password"),
        [
            ("registrar@school.edu", "wrong"),
            ("registrar@school.edu", ""),
            ("registrar@school.edu", PASSWORD.upper()),
            ("registrar@school.edu", f"{PASSWORD}\x00"),
            ("registrar@school.edu", "\ud800"),
            ("nobody@school.edu", PASSWORD),
            ("registrar%", PASSWORD),
            ("", PASSWORD),
            ("registrar@school.edu\x00", PASSWORD),
            ("\ud800@school.edu", PASSWORD),
            ("' OR true --", PASSWORD),
            ("former.admin@school.edu", "wrong"),
            ("ana@school.edu", "wrong"),
            ("librarian@school.edu", "wrong"),
        ],
    )
    def test_everything_that_is_wrong_is_refused_in_the_same_words(
        self, standing_school: Database, address: str, password: str
    ) -> None:
        assert refusal(standing_school, address, password) == WRONG

    @pytest.mark.parametrize(
        ("name", "sentence"),
        [
            ("former admin", "This account has been deactivated."),
            ("ana", "Students cannot sign in here."),
            ("librarian", "Your role, “librarian”, has no work here."),
        ],
    )
    def test_who_knows_the_password_is_told_why_not(self, standing_school: Database, name: str, sentence: str) -> None:
        assert refusal(standing_school, email(name), PASSWORD) == sentence

    @pytest.mark.parametrize("hashed", ["", "no hash", "$argon2id$v=19$m=65536$x", "$2b$12$torn"])
    def test_an_account_whose_hash_is_none_of_ours_is_refused_like_a_wrong_password(
        self, school: Database, hashed: str
    ) -> None:
        with school.unit_of_work(SYSTEM) as uow:
            uow.execute(update(User).values(password_hash=hashed))
        assert refusal(school, email("admin"), PASSWORD) == WRONG

    def test_the_moment_is_written_and_nothing_else(self, school: Database) -> None:
        before = user(school, "registrar")
        people.sign_in(school, email("registrar"), PASSWORD)
        after = user(school, "registrar")
        assert before.last_login_at is None
        assert after.last_login_at is not None
        assert after.updated_at == before.updated_at

    def test_a_refusal_writes_nothing(self, school: Database) -> None:
        before = [user(school, name).xmin for name in ("registrar", "ana", "former admin")]
        refusal(school, email("registrar"), "wrong")
        refusal(school, email("ana"), PASSWORD)
        refusal(school, email("former admin"), PASSWORD)
        assert [user(school, name).xmin for name in ("registrar", "ana", "former admin")] == before

    def test_nobody_hears_from_the_work_done_which_addresses_exist(
        self, standing_school: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        work: list[list[str]] = []
        for address in (email("registrar"), email("former admin"), "nobody@school.edu", "\ud800"):
            with statements(standing_school) as seen, checks_of_hashes(monkeypatch) as checks:
                refusal(standing_school, address, "wrong")
            work.append([*seen, f"{len(checks)} hashes checked"])
        assert len(work[0]) == 5  # BEGIN, the account, whether there is a sign-in log, a line in it, one check
        assert all(done == work[0] for done in work)

    def test_no_connection_is_held_while_the_hash_is_checked(
        self, school: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        held: list[int] = []
        original = passwords.verify

        def watched(password: str, hashed: str | None) -> bool:
            held.append(school.engine.pool.checkedout())  # type: ignore[attr-defined]
            return original(password, hashed)

        monkeypatch.setattr(passwords, "verify", watched)
        people.sign_in(school, email("registrar"), PASSWORD)
        assert held == [0]

    def test_it_works_on_a_database_at_the_first_revision(self, empty_database: URL) -> None:
        engine = make_engine(empty_database, Settings())
        MigrationRunner(engine).upgrade("0001_initial_schema")
        person = {"id": row_id(User, "admin"), "email": "admin@school.edu", "name": "Admin", "hash": HASHED}
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO users (id, email, full_name, role, is_active, password_hash)"
                    " VALUES (:id, :email, :name, 'admin', true, :hash)"
                ),
                person,
            )
        assert people.sign_in(Database(engine), "admin@school.edu", PASSWORD).actor == actor("admin")
        engine.dispose()


class TestDelay:
    def test_the_first_two_failures_cost_nothing_then_the_wait_doubles_up_to_a_minute(self) -> None:
        clock = Clock()
        delay = people.SignInDelay(clock)
        waits = []
        for _ in range(12):
            delay.failed("ana@school.edu")
            waits.append(delay.remaining("ana@school.edu"))
            clock.now += waits[-1]
        assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]

    def test_the_wait_runs_off(self) -> None:
        clock = Clock()
        delay = people.SignInDelay(clock)
        for _ in range(5):
            delay.failed("ana@school.edu")
        clock.now += 2.5
        assert delay.remaining("ana@school.edu") == 1.5
        clock.now += 100
        assert delay.remaining("ana@school.edu") == 0

    def test_many_addresses_by_turns_wait_as_well(self) -> None:
        delay = people.SignInDelay(Clock())
        for number in range(4):
            delay.failed(f"{number}@school.edu")
        assert delay.remaining("another@school.edu") == 2

    def test_a_success_in_between_does_not_free_the_other_address(self) -> None:
        delay = people.SignInDelay(Clock())
        for _ in range(4):
            delay.failed("admin@school.edu")
        delay.succeeded("registrar@school.edu")
        assert delay.remaining("registrar@school.edu") == 0
        assert delay.remaining("admin@school.edu") == 2

    def test_spelling_does_not_get_round_it(self) -> None:
        delay = people.SignInDelay(Clock())
        for _ in range(3):
            delay.failed("Admin@School.edu ")
        delay.succeeded("registrar@school.edu")
        assert delay.remaining("admin@school.edu") == 1

    def test_it_never_overflows(self) -> None:
        delay = people.SignInDelay(Clock())
        for _ in range(3000):
            delay.failed("ana@school.edu")
        assert delay.remaining("ana@school.edu") == 60

    def test_signing_in_keeps_the_count(self, school: Database) -> None:
        clock = Clock()
        delay = people.SignInDelay(clock)
        for _ in range(3):
            with pytest.raises(people.SignInRefused):
                people.sign_in(school, email("registrar"), "wrong", delay)
        with pytest.raises(Busy, match="Try again in 1 s"), statements(school) as seen:
            people.sign_in(school, email("registrar"), PASSWORD, delay)
        assert seen == []
        clock.now += 1
        people.sign_in(school, email("registrar"), PASSWORD, delay)
        assert delay.remaining(email("registrar")) == 0

    def test_who_knows_the_password_and_may_not_come_in_is_no_failure_and_no_success(self, school: Database) -> None:
        clock = Clock()
        delay = people.SignInDelay(clock)
        for _ in range(3):
            delay.failed(email("admin"))
        clock.now += 1
        with pytest.raises(people.SignInRefused):
            people.sign_in(school, email("ana"), PASSWORD, delay)
        delay.failed(email("admin"))
        assert delay.remaining(email("admin")) == 2
