"""Databases at any point of either lineage."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine


@pytest.fixture
def engine(empty_database: sa.URL) -> Iterator[sa.Engine]:
    """An empty database on the usual server."""
    engine = make_engine(empty_database, Settings())
    yield engine
    engine.dispose()


@pytest.fixture
def each_engine(each_empty_database: sa.URL) -> Iterator[sa.Engine]:
    """An empty database on each version."""
    engine = make_engine(each_empty_database, Settings())
    yield engine
    engine.dispose()


@pytest.fixture
def school(seeded_url: sa.URL) -> Iterator[sa.Engine]:
    """A small school at the head, change log included."""
    engine = make_engine(seeded_url, Settings())
    yield engine
    engine.dispose()


@pytest.fixture
def bare(database_url: sa.URL) -> Iterator[sa.Engine]:
    """A database at the head, change log included, without a row."""
    engine = make_engine(database_url, Settings())
    yield engine
    engine.dispose()
