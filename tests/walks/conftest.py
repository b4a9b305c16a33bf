"""What the walks need around the window: its look, a school to walk through."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL

from PySide6.QtWidgets import QApplication

from lms_desktop.views import theme
from tests.postgres import PostgresServer


@pytest.fixture(scope="session")
def _look(qapp: QApplication) -> None:
    theme.install(qapp, theme.Scheme.LIGHT, 100)


@pytest.fixture(scope="module")
def role(request: pytest.FixtureRequest) -> str:
    """Whose turn it is."""
    return str(request.param)


@pytest.fixture(scope="module")
def school(server: PostgresServer, seeded_template: URL) -> Iterator[URL]:
    """A copy of the sample school for all tests of a module."""
    url = server.create(template=seeded_template.database)
    yield url
    server.drop(url)
