"""The entities say what the document says, and what of a row may be read when."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.entities import ENTITIES, Base, Course, Lesson, Quiz, QuizQuestion, RefreshToken, User
from tests.document import INDEX_NAMES, document_at, facts_of, names_of_indexes


@pytest.fixture
def engine(database_url: sa.URL) -> Iterator[sa.Engine]:
    engine = make_engine(database_url, Settings())
    yield engine
    engine.dispose()


def a_user(**values: Any) -> User:
    return User(**({"email": "ada@lms.com", "password_hash": "hash", "full_name": "Ada"} | values))


def test_the_entities_alone_make_the_schema_of_the_document(empty_database: sa.URL) -> None:
    engine = make_engine(empty_database, Settings())
    Base.metadata.create_all(engine)
    with engine.connect() as connection:
        assert facts_of(connection) == document_at(7)
        assert names_of_indexes(connection) >= INDEX_NAMES
    engine.dispose()


def test_ten_entities_stand_parents_first() -> None:
    tables = [entity.__table__ for entity in ENTITIES]
    assert len(set(tables)) == 10
    assert set(tables) == set(Base.metadata.tables.values())
    for place, table in enumerate(tables):
        assert isinstance(table, sa.Table)
        assert {key.column.table for key in table.foreign_keys} <= set(tables[:place])


@pytest.mark.parametrize(
    ("attribute", "column"),
    [
        (User.profile_metadata, "metadata"),
        (Course.course_metadata, "metadata"),
        (Lesson.lesson_metadata, "metadata"),
        (Lesson.order, "order"),
    ],
)
def test_an_attribute_with_another_name_is_the_documents_column(attribute: Any, column: str) -> None:
    assert attribute.property.columns[0].name == column


def test_a_new_row_has_the_documents_defaults(engine: sa.Engine) -> None:
    with Session(engine) as session:
        user = a_user()
        quiz = Quiz(title="Q")
        session.add_all([user, quiz])
        session.flush()
        question = QuizQuestion(quiz_id=quiz.id, question_text="?", question_type="essay", order=1)
        session.add(question)
        session.commit()
        assert (user.role, user.is_active, user.mfa_enabled, user.profile_metadata) == ("student", True, False, None)
        assert (quiz.passing_score_percentage, quiz.shuffle_questions, quiz.is_published) == (70, False, False)
        assert question.points == 1
        assert user.created_at == user.updated_at
        assert user.created_at.tzinfo is not None


def test_ids_are_text_on_both_sides_and_uuid_in_the_database(engine: sa.Engine) -> None:
    with Session(engine) as session:
        user = a_user()
        session.add(user)
        session.commit()
        assert isinstance(user.id, str)
        session.expire_all()
        assert session.scalars(sa.select(User.id).where(User.id == user.id.upper())).one() == user.id
        assert session.scalar(sa.select(sa.func.pg_typeof(User.id).cast(sa.Text))) == "uuid"


def test_none_in_a_json_column_is_null_and_not_json_null(engine: sa.Engine) -> None:
    with Session(engine) as session:
        session.add(a_user(profile_metadata=None))
        session.commit()
        assert session.scalar(sa.select(User.profile_metadata.is_(None))) is True


def test_updating_through_the_session_moves_updated_at(engine: sa.Engine) -> None:
    with Session(engine) as session:
        user = a_user()
        session.add(user)
        session.commit()
        before = user.updated_at
        session.rollback()
        user.full_name = "Ada L."
        session.commit()
        assert user.updated_at > before


@pytest.mark.parametrize(("entity", "secret"), [(User, "password_hash"), (RefreshToken, "token")])
def test_a_secret_is_not_selected_with_the_rest(entity: type[Base], secret: str) -> None:
    assert f".{secret}" not in str(sa.select(entity))


def test_a_secret_that_no_query_asked_for_cannot_be_read(engine: sa.Engine) -> None:
    with Session(engine) as session:
        session.add(a_user())
        session.commit()
        session.expunge_all()
        user = session.scalars(sa.select(User)).one()
        with pytest.raises(sa.exc.InvalidRequestError, match="raiseload"):
            _ = user.password_hash
        assert session.scalars(sa.select(User.password_hash)).one() == "hash"
