"""Embedded servers, and windows on them, that belong to one test."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lms_desktop.database.local_server import LocalServer
from lms_desktop.database.server_home import Home, is_locked
from tests.database.embedded import Window
from tests.postgres import public_folder, wait_until


@pytest.fixture(scope="session")
def prepared_data() -> Iterator[Path]:
    """The folder of a server that was started once. To be copied: that is cheaper than making data anew."""
    top = public_folder()
    with LocalServer(top / "prepared", fast=True):
        pass
    (top / "prepared" / "server.log").unlink()
    yield top / "prepared"
    shutil.rmtree(top)


@pytest.fixture
def used_folder(prepared_data: Path, server_folder: Path) -> Path:
    """A folder of one's own in which a server has been before."""
    subprocess.run(["cp", "-a", prepared_data, server_folder], check=True)
    return server_folder


@pytest.fixture
def open_window(server_folder: Path) -> Iterator[Callable[..., Window]]:
    """Opens windows; they end with the test, before their folder does."""
    opened: list[Window] = []

    def opening(folder: Path, environment: dict[str, str] | None = None) -> Window:
        opened.append(Window(folder, environment))
        return opened[-1]

    yield opening
    for window in opened:
        window.forget()
    wait_until(lambda: not is_locked(Home(server_folder).supervisor))


@pytest.fixture
def local(used_folder: Path) -> Iterator[LocalServer]:
    """A server of one's own, not started."""
    server = LocalServer(used_folder, fast=True)
    yield server
    server.stop()
