"""What the kinds let through, PostgreSQL stores exactly: asked of a real server, as wire text there and back."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import JSON, DateTime, Integer, Uuid, cast, literal, select
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.entities import User
from lms_desktop.errors import BadValue
from lms_desktop.spec import Json, Kind, Moment, Number, Ref, Text
from tests.postgres import PostgresServer
from tests.spec.test_kinds import ODD_TEXTS, ZONES

Store = Callable[[str, TypeEngine[Any]], str | None]

# The fixture holds a connection and no state: it may serve all examples of one test.
examples = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture(scope="module")
def stored(server: PostgresServer) -> Iterator[Store]:
    """What PostgreSQL prints for a wire text that was cast to a type."""
    engine = make_engine(server.admin, Settings())
    with engine.connect() as connection:

        def there_and_back(wire: str, type_: TypeEngine[Any]) -> str | None:
            value = cast(literal(wire, SqlText()), type_)
            found: str | None = connection.execute(select(cast(value, SqlText))).scalar_one()
            return found

        yield there_and_back
    engine.dispose()


def let_through(kind: Kind, typed: str, zone: str = "UTC") -> str | None:
    """The wire text, None where the kind refuses it."""
    try:
        return kind.parse(typed, zone)
    except BadValue:
        return None


@pytest.mark.parametrize("typed", ODD_TEXTS.values(), ids=ODD_TEXTS.keys())
def test_odd_texts_come_back_as_they_went(stored: Store, typed: str) -> None:
    assert stored(typed, SqlText()) == typed


@examples
@given(typed=st.text())
def test_every_text_comes_back_as_it_went(stored: Store, typed: str) -> None:
    wire = let_through(Text(), typed)
    if wire is not None:
        assert stored(wire, SqlText()) == wire


@examples
@given(
    typed=st.text(alphabet='{}[]",:\\0123456789eE+-. tfnaulrse\n\x1f"é')
    | st.from_regex(r'\A"(\\u[0-9a-fA-F]{4}|\\.|a)*"\Z')
)
def test_every_json_comes_back_as_it_went_and_can_be_taken_apart(stored: Store, typed: str) -> None:
    wire = let_through(Json(), typed)
    if wire is not None:
        assert stored(wire, JSON()) == wire
        # ->> and jsonb are where NUL and lone surrogates come to light.
        assert stored(wire, JSONB()) is not None


@examples
@given(moment=st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)), zone=st.sampled_from(ZONES))
def test_every_moment_that_is_typed_is_printed_the_same_by_postgresql(
    stored: Store, moment: datetime, zone: str
) -> None:
    wire = let_through(Moment(), moment.isoformat(" ", "minutes"), zone)
    if wire is not None:
        assert stored(wire, DateTime(timezone=True)) == wire


@pytest.mark.parametrize(
    "wire",
    ["infinity", "-infinity", "0044-03-15 12:00:00+00 BC", "10000-01-01 00:00:00+00", "2026-11-20 10:00:00.5+00"],
)
def test_moments_beyond_pythons_calendar_come_back_as_they_went(stored: Store, wire: str) -> None:
    Moment().check(wire)
    assert stored(wire, DateTime(timezone=True)) == wire


@examples
@given(number=st.integers())
def test_every_number_that_is_taken_fits_the_column(stored: Store, number: int) -> None:
    wire = let_through(Number(), str(number))
    if wire is not None:
        assert stored(wire, Integer()) == str(number)


@examples
@given(identity=st.uuids())
def test_every_id_comes_back_as_it_went(stored: Store, identity: object) -> None:
    wire = let_through(Ref(User), str(identity))
    assert wire is not None
    assert stored(wire, Uuid(as_uuid=False)) == wire
