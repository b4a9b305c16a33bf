"""Who may do what with migrations."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.errors import Denied, UserError
from lms_desktop.services.gate import ActorLost
from lms_desktop.services.migrating import Migrations
from tests.database.migrating.acting import migrate, run
from tests.document import REVISIONS


@pytest.fixture
def database(seeded_url: sa.URL) -> Iterator[Database]:
    """A small school."""
    database = Database(make_engine(seeded_url, Settings()))
    yield database
    database.dispose()


def person(database: Database, role: str) -> Actor:
    """Somebody of that role who works there."""
    query = "SELECT id::text, email, full_name, role FROM users WHERE role = :role AND is_active ORDER BY email"
    with database.engine.connect() as connection:
        row = connection.execute(sa.text(query), {"role": role}).first()
    assert row is not None
    return Actor(*row)


@pytest.mark.parametrize("role", ["registrar", "instructor"])
def test_who_is_no_administrator_may_look_and_nothing_else(database: Database, role: str) -> None:
    admin = Migrations(database, person(database, "admin"))
    plan = admin.prepare(Lineage.DOCUMENT, "-1").plan
    theirs = Migrations(database, person(database, role))
    assert (theirs.look().document.kind, theirs.look().may) == ("current", False)
    assert theirs.verify(Lineage.DOCUMENT).good
    for work in (
        lambda: theirs.prepare(Lineage.DOCUMENT),
        theirs.rehearsal(plan).run,
        theirs.rehearsal(plan, on_copy=True).run,
        theirs.migration(plan, confirmed_name=plan.database).run,
        lambda: theirs.stamp(Lineage.OWN),
    ):
        with pytest.raises(Denied, match="Migrations are for administrators"):
            work()
    assert admin.look().document.kind == "current"


def test_an_administrator_does_it_and_is_on_record(database: Database) -> None:
    admin = person(database, "admin")
    migrations = Migrations(database, admin)
    assert migrations.look().may
    down = migrations.prepare(Lineage.DOCUMENT, "-1")
    assert down.blocked is None
    assert down.dump.program is not None
    assert down.copy.way is not None
    assert migrations.rehearsal(down.plan).run().unchanged
    migrations.migration(down.plan, confirmed_name=down.plan.database).run()
    migrations.migration(migrations.prepare(Lineage.DOCUMENT).plan).run()
    applied = migrations.look().document.revisions[-1].applied
    assert applied is not None
    assert applied.actor == admin.email


def test_whoever_lost_the_role_in_mid_sitting_is_stopped(database: Database) -> None:
    admin = person(database, "admin")
    migrations = Migrations(database, admin)
    plan = migrations.prepare(Lineage.DOCUMENT, "-1").plan
    work = migrations.migration(plan, confirmed_name=plan.database)
    run(database.engine, f"UPDATE users SET role = 'registrar' WHERE id = '{admin.id}'")
    with pytest.raises(ActorLost):
        work.run()
    with pytest.raises(ActorLost):
        migrations.look()


def test_what_is_ours_is_not_offered_beside_tables_that_are_not_the_lmss(empty_database: sa.URL) -> None:
    database = Database(make_engine(empty_database, Settings()))
    run(database.engine, "CREATE TABLE users (id int)")
    migrations = Migrations(database, Actor.command_line())
    overview = migrations.look()
    assert (overview.document.kind, overview.own.kind) == ("foreign", "empty")
    assert overview.own.offers == frozenset()
    with pytest.raises(UserError, match="are not those of the LMS"):
        migrations.prepare(Lineage.OWN)
    database.dispose()


def test_the_first_run_needs_no_people(empty_database: sa.URL) -> None:
    database = Database(make_engine(empty_database, Settings()))
    migrations = Migrations(database, Actor.command_line())
    prepared = migrations.prepare(Lineage.DOCUMENT)
    assert migrations.migration(prepared.plan).run().verified.standing.revision == REVISIONS[-1]
    assert migrations.migration(migrations.prepare(Lineage.OWN).plan).run().verified.good
    database.dispose()


def test_a_behind_database_can_be_looked_at_by_its_people(empty_database: sa.URL) -> None:
    database = Database(make_engine(empty_database, Settings()))
    migrate(database.engine, REVISIONS[0])
    run(
        database.engine,
        "INSERT INTO users (id, email, password_hash, full_name, role, is_active)"
        " VALUES (gen_random_uuid(), 'a@b', 'x', 'A', 'admin', true)",
    )
    overview = Migrations(database, person(database, "admin")).look()
    assert (overview.document.kind, overview.may) == ("behind", True)
    database.dispose()
