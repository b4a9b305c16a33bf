"""Nobody is overwritten: the ORM notices by `xmin` who else has written a row since it was read."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.entities import Course, User


@pytest.fixture
def engine(database_url: sa.URL) -> Iterator[sa.Engine]:
    engine = make_engine(database_url, Settings())
    with Session(engine) as session:
        session.add_all(
            User(email=f"{name}@lms.com", password_hash="hash", full_name=name.title()) for name in ("ada", "ben")
        )
        session.commit()
    yield engine
    engine.dispose()


def read(session: Session, email: str = "ada@lms.com") -> User:
    return session.scalars(sa.select(User).where(User.email == email)).one()


def somebody_else(engine: sa.Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)


def names(engine: sa.Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(sa.select(User.full_name).order_by(User.email)))


CHANGED = "UPDATE users SET full_name = 'Theirs' WHERE email = 'ada@lms.com'"
DELETED = "DELETE FROM users WHERE email = 'ada@lms.com'"


@pytest.mark.parametrize("theirs", [CHANGED, DELETED])
def test_a_change_of_a_row_that_somebody_else_has_written_is_refused(engine: sa.Engine, theirs: str) -> None:
    with Session(engine) as session:
        user = read(session)
        somebody_else(engine, theirs)
        user.full_name = "Mine"
        with pytest.raises(StaleDataError):
            session.flush()
    assert "Mine" not in names(engine)


@pytest.mark.parametrize("theirs", [CHANGED, DELETED])
def test_a_delete_of_a_row_that_somebody_else_has_written_is_refused(engine: sa.Engine, theirs: str) -> None:
    with Session(engine) as session:
        user = read(session)
        somebody_else(engine, theirs)
        session.delete(user)
        with pytest.raises(StaleDataError):
            session.flush()


def test_one_stale_row_keeps_the_others_from_being_saved(engine: sa.Engine) -> None:
    with Session(engine) as session:
        both = [read(session), read(session, "ben@lms.com")]
        somebody_else(engine, CHANGED)
        for user in both:
            user.full_name = "Mine"
        with pytest.raises(StaleDataError):
            session.commit()
    assert names(engine) == ["Theirs", "Ben"]


@pytest.mark.parametrize(
    "harmless",
    [
        "SELECT FROM users FOR UPDATE",
        "INSERT INTO courses (id, title, slug, instructor_id, is_published)"
        " SELECT gen_random_uuid(), 'A', 'a', id, false FROM users WHERE email = 'ada@lms.com'",
        "UPDATE users SET full_name = 'Theirs' WHERE email = 'ben@lms.com'",
    ],
    ids=["locked", "referred to", "another row"],
)
def test_what_does_not_write_the_row_is_no_conflict(engine: sa.Engine, harmless: str) -> None:
    with Session(engine) as session:
        user = read(session)
        somebody_else(engine, harmless)
        user.full_name = "Mine"
        session.commit()
    assert names(engine)[0] == "Mine"


def test_freezing_the_table_is_no_conflict(engine: sa.Engine) -> None:
    with Session(engine) as session:
        user = read(session)
        version = user.xmin
        session.rollback()
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM (FREEZE, FULL) users")
        assert read(session).xmin == version


def test_the_version_is_text_and_moves_with_each_transaction(engine: sa.Engine) -> None:
    with Session(engine) as session:
        user = read(session)
        first = user.xmin
        user.full_name = "Once"
        session.flush()
        second = user.xmin
        user.full_name = "Twice"
        session.commit()
        assert isinstance(first, str)
        assert first.isdigit()
        assert first != second
        assert user.xmin == second  # one transaction, one version


def test_a_statement_of_ones_own_can_be_guarded_by_the_version(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        key, version = connection.execute(sa.select(User.id, User.xmin).where(User.email == "ada@lms.com")).one()
        guarded = sa.update(User).where(User.id == key, User.xmin == version).values(full_name="Mine")
    somebody_else(engine, CHANGED)
    with engine.begin() as connection:
        assert connection.execute(guarded).rowcount == 0


def test_every_entity_has_the_version(engine: sa.Engine) -> None:
    with Session(engine) as session:
        teacher = read(session)
        session.add(Course(title="A", slug="a", instructor_id=teacher.id))
        session.commit()
        assert session.scalars(sa.select(Course.xmin)).one().isdigit()
