"""What the walks need around the window: its look, a school to walk through."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL

from PySide6.QtWidgets import QApplication

from lms_desktop.models import lookout
from lms_desktop.views import theme
from tests.postgres import PostgresServer
from tests.walks.driving import ZONE, Sitting
from tests.walks.seating import get_up, sit_down
from tests.walks.truth import Truth


@pytest.fixture(scope="session", autouse=True)
def nobody_looks_out() -> Iterator[None]:
    """What is asked is asked because of what a test does, unless it says otherwise."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lookout, "PAUSE", 3600.0)
        yield


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


@pytest.fixture(scope="module")
def truth(school: URL) -> Iterator[Truth]:
    """That school as it is seen from outside."""
    truth = Truth(school, ZONE)
    yield truth
    truth.close()


@pytest.fixture(scope="module")
def courses_window(school: URL, _look: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sitting]:
    """An administrator's window for all tests of a module."""
    sitting = sit_down(school, "admin@lms.com", tmp_path_factory.mktemp("courses") / "settings.ini", page="courses")
    yield sitting
    get_up(sitting)


@pytest.fixture
def at_courses(courses_window: Sitting) -> Iterator[Sitting]:
    """An administrator before the courses, in the order of their titles, with nothing unsaved."""
    courses_window.open("courses")
    courses_window.tidy()
    yield courses_window
    courses_window.tidy()
