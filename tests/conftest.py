"""What holds for every test, and the databases that tests ask for.

With DATABASE_URL set the tests create their databases on that server, otherwise on embedded ones. The variable itself
is taken away, as are the person's home and settings: no test can write where somebody works.
"""

import gc
import importlib
import os
import shutil
import sys
import tempfile
from collections.abc import Generator, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from sqlalchemy import URL, create_engine
from sqlalchemy.pool import NullPool

from tests.postgres import VERSIONS, PostgresServer, Servers, public_folder

if TYPE_CHECKING:  # it imports Qt, which tests that need none do without
    from pytestqt.qtbot import QtBot

ROOT = Path(__file__).parents[1]
HOME = Path(tempfile.mkdtemp(prefix="lms-home-"))
GIVEN_SERVER = os.environ.pop("DATABASE_URL", None)

# A machine that is busy with other things makes no test fail: pytest-timeout has the last word.
settings.register_profile("calm", deadline=None)
settings.load_profile("calm")
PATIENCE_MS = 30_000
"""Milliseconds after which what a test waits for is given up, where it says nothing else."""


def move_home() -> None:
    """Give the tests a home of their own. Caches stay: they hold no settings, and fonts take long to look through."""
    os.environ.setdefault("XDG_CACHE_HOME", str(Path.home() / ".cache"))
    places = {
        "HOME": "",
        "XDG_CONFIG_HOME": ".config",
        "XDG_DATA_HOME": ".local/share",
        "XDG_STATE_HOME": ".local/state",
        "APPDATA": "roaming",
        "LOCALAPPDATA": "local",
    }
    for variable, place in places.items():
        (HOME / place).mkdir(parents=True, exist_ok=True)
        os.environ[variable] = str(HOME / place)
    for variable in [name for name in os.environ if name.startswith(("LMS_DESKTOP_", "DB_"))]:
        del os.environ[variable]
    if GIVEN_SERVER is None:
        for variable in [name for name in os.environ if name.startswith("PG")]:
            del os.environ[variable]


move_home()
# Before Qt is imported by anybody: the suite opens no window, also when plain `pytest` runs it on a desk.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are processors: tests wait for timers and for other programs, too."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return processors + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the guard against the crashing Qt binding first: whatever ran before it could die without saying why. Then
    the walks, whose files take longest: no process is left alone with one at the end."""
    items.sort(key=lambda item: (item.path.name != "test_0_binding.py", item.path.parent.name != "walks"))


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, object, object]:
    """Let reports travel between processes whatever was logged: half a pair of surrogates ends the run otherwise."""
    return sendable((yield))


def sendable(data: object) -> object:
    """The same, with what UTF-8 cannot write as an escape."""
    if isinstance(data, str):
        return data.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(data, dict):
        return {sendable(key): sendable(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return type(data)(sendable(part) for part in data)
    return data


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the thousands of tests out of the garbage collector's way: they live to the end, and each pass over them
    takes long."""
    gc.disable()
    collected = yield
    gc.freeze()
    gc.enable()
    return collected


def pytest_unconfigure() -> None:
    """Remove the home of this run."""
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def nothing_secret_is_left() -> Iterator[None]:
    """Fail at the end when a file that the suite left, log and journals included, holds a password or a hash."""
    no_secrets = importlib.import_module("tests.no_secrets")
    with no_secrets.passwords_remembered(), no_secrets.log_written(HOME / "log of the suite"):
        yield
    assert no_secrets.found_in_files(HOME) == []


@pytest.fixture(scope="session", autouse=True)
def hashes_cost_little() -> None:
    """Hash passwords at the least cost."""
    importlib.import_module("tests.hashing").hash_cheaply()


@pytest.fixture(scope="session", autouse=True)
def tidy_end() -> Iterator[None]:
    """Let Qt's objects die while the interpreter is whole: what is left to its end can crash it."""
    yield
    if (core := sys.modules.get("PySide6.QtCore")) is not None and core.QCoreApplication.instance() is not None:
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)
    gc.unfreeze()
    gc.collect()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Collect no cycles from before the first fixture of a test of Qt on: a thread of its might do it, and Qt objects
    must not die there. A window that serves a whole module is made, with its threads, before any fixture of the test's
    own. Of a timer that dies on another thread Qt keeps the address, and the process ends when it is due."""
    if "qapp" in getattr(item, "fixturenames", ()):
        gc.disable()
    else:
        gc.enable()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> Generator[None, object, object]:
    """Collect them here, once all fixtures that end have ended; those that go on keep their threads."""
    ended = yield
    if not gc.isenabled():
        gc.collect(1 if gc.get_count()[2] <= gc.get_threshold()[2] else 2)
    return ended


@pytest.fixture(autouse=True)
def no_dialog_waits_for_ever(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test whose dialog or menu nobody answered, in place of waiting with it."""
    if "qapp" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("qapp")
    impatience = importlib.import_module("tests.dialogs").Impatience()
    yield
    impatience.stop()
    assert impatience.closed == []


@pytest.fixture
def qtbot(qtbot: "QtBot") -> "QtBot":
    """Qt's bot, which waits for what is to come as long as a busy machine may take."""
    for name in ("waitUntil", "waitSignal", "waitSignals", "waitCallback"):
        setattr(qtbot, name, partial(getattr(qtbot, name), timeout=PATIENCE_MS))
    return qtbot


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """All servers of this run, started as they are needed."""
    found = Servers(GIVEN_SERVER)
    yield found
    found.stop()


@pytest.fixture(scope="session")
def server(servers: Servers) -> PostgresServer:
    """The server that most tests use."""
    return servers.default


@pytest.fixture(scope="session", params=VERSIONS, ids=lambda version: f"postgresql-{version}")
def each_server(servers: Servers, request: pytest.FixtureRequest) -> PostgresServer:
    """One after the other a server of each version that the schema must work on; skipped where it is not installed."""
    try:
        return servers.of_version(request.param)
    except LookupError as error:
        pytest.skip(str(error))


@pytest.fixture
def empty_database(server: PostgresServer) -> Iterator[URL]:
    """A new database without any table."""
    url = server.create()
    yield url
    server.drop(url)


@pytest.fixture
def each_empty_database(each_server: PostgresServer) -> Iterator[URL]:
    """A new database without any table, on each version."""
    url = each_server.create()
    yield url
    each_server.drop(url)


@pytest.fixture(scope="session")
def migrated_template(server: PostgresServer) -> Iterator[URL]:
    """The database that `database_url` copies: at the head, change log included, without a row. Nobody may connect to
    it."""
    from alembic import command
    from alembic.config import Config

    url = server.create()
    config = Config(ROOT / "alembic.ini")
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        config = Config(ROOT / "alembic.ini", ini_section="desktop")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    yield url
    server.drop(url)


@pytest.fixture(scope="session")
def seeded_template(server: PostgresServer, migrated_template: URL) -> Iterator[URL]:
    """The database that `seeded_url` copies: a small school, the same each time. Nobody may connect to it."""
    seeding = importlib.import_module("lms_desktop.services.seeding")
    url = server.create(template=migrated_template.database)
    engine = create_engine(url, poolclass=NullPool)
    seeding.seed(engine, random_seed=1)
    engine.dispose()
    yield url
    server.drop(url)


@pytest.fixture
def database_url(server: PostgresServer, migrated_template: URL) -> Iterator[URL]:
    """A database of one's own at the head, without a row."""
    url = server.create(template=migrated_template.database)
    yield url
    server.drop(url)


@pytest.fixture
def seeded_url(server: PostgresServer, seeded_template: URL) -> Iterator[URL]:
    """A database of one's own with a small school in it."""
    url = server.create(template=seeded_template.database)
    yield url
    server.drop(url)


@pytest.fixture
def server_folder() -> Iterator[Path]:
    """A folder, with a space in its path, for a server of one's own."""
    top = public_folder()
    yield top / "a server"
    shutil.rmtree(top)
