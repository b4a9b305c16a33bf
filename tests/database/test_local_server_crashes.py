"""Windows, servers and supervisors that end before their time: when the embedded server goes on, and when it goes."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lms_desktop.database import local_cluster
from lms_desktop.database.local_server import LocalServer
from lms_desktop.database.server_home import Home
from tests.database.embedded import Window, alive, ask, program_of, running, state_of, write
from tests.postgres import wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="counts processes and sends signals")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the supervisor's death is noticed on Linux alone")


# -------------------------------------------------------------------------------------------------- several windows


def test_a_killed_window_leaves_no_server(open_window: Callable[..., Window], used_folder: Path) -> None:
    window = open_window(used_folder)
    assert ask(window.url(), "SELECT 1") == "1"
    state = state_of(used_folder)
    window.kill()
    wait_until(lambda: not running(used_folder), 2)
    wait_until(lambda: not alive(state.supervisor), 2)
    assert not Path(state.socket_folder).exists()
    assert list((used_folder / "leases").iterdir()) == []


def test_a_window_killed_while_it_starts_leaves_no_server_and_no_half_one(
    open_window: Callable[..., Window], server_folder: Path
) -> None:
    window = open_window(server_folder)
    wait_until(lambda: any(server_folder.glob("new-*/cluster/base")))
    window.kill()
    later = open_window(server_folder)
    assert ask(later.url(), "SELECT 1") == "1"
    later.close()
    assert not running(server_folder)
    open_window(server_folder).url()
    assert not list(server_folder.glob("new-*"))


@pytest.mark.parametrize("ending", ["close", "kill"])
def test_the_server_stays_for_the_second_window_and_goes_with_it(
    open_window: Callable[..., Window], used_folder: Path, ending: str
) -> None:
    first, second = open_window(used_folder), open_window(used_folder)
    url = first.url()
    assert second.url() == url
    postmaster = state_of(used_folder).postmaster
    getattr(first, ending)()
    assert ask(url, "SELECT 1") == "1"
    assert state_of(used_folder).postmaster == postmaster
    getattr(second, ending)()
    wait_until(lambda: not running(used_folder), 2)


def test_a_window_that_comes_while_the_last_one_goes_gets_a_server(
    open_window: Callable[..., Window], used_folder: Path
) -> None:
    for _ in range(3):
        first = open_window(used_folder)
        first.url()
        first.kill()
        second = open_window(used_folder)
        assert ask(second.url(), "SELECT 1") == "1"
        second.kill()


def test_windows_that_open_at_once_share_one_server(open_window: Callable[..., Window], server_folder: Path) -> None:
    windows = [open_window(server_folder) for _ in range(4)]
    urls = {window.url() for window in windows}
    assert len(urls) == 1
    assert {ask(url, "SELECT 1") for url in urls} == {"1"}
    assert Home(server_folder).log.read_text("utf-8").count("starting PostgreSQL") == 1
    for window in windows:
        window.kill()
    wait_until(lambda: not running(server_folder), 2)


def test_two_servers_in_one_process_share_as_two_windows_do(local: LocalServer) -> None:
    other = LocalServer(local.data, fast=True)
    assert local.start() == other.start()
    local.stop()
    assert other.is_running()
    other.stop()
    assert not running(local.data)


def test_the_end_of_the_session_stops_the_server_cleanly(local: LocalServer) -> None:
    local.start()
    os.kill(state_of(local.data).supervisor, signal.SIGTERM)
    wait_until(lambda: not running(local.data), 2)
    assert "database system is shut down" in local.log.read_text("utf-8")


# ----------------------------------------------------------------------------------------------------- after a crash


def test_a_killed_server_comes_up_again_at_the_same_address_with_all_that_was_committed(local: LocalServer) -> None:
    url = local.start()
    write(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    assert local.postmaster is not None
    os.kill(local.postmaster, signal.SIGKILL)
    wait_until(lambda: not local.is_running())
    assert local.ensure_running() == url
    assert ask(url, "SELECT answer FROM kept") == "42"


def test_either_window_brings_a_killed_server_up_for_both(
    open_window: Callable[..., Window], used_folder: Path
) -> None:
    first, second = open_window(used_folder), open_window(used_folder)
    url = first.url()
    second.url()
    for window in (second, first):
        os.kill(state_of(used_folder).postmaster, signal.SIGKILL)
        window.say("start")
        assert window.url() == url
        assert ask(url, "SELECT 1") == "1"
    first.kill()
    second.kill()
    wait_until(lambda: not running(used_folder), 2)


def test_a_server_that_fell_and_was_not_missed_leaves_nothing(
    open_window: Callable[..., Window], used_folder: Path
) -> None:
    window = open_window(used_folder)
    window.url()
    state = state_of(used_folder)
    os.kill(state.postmaster, signal.SIGKILL)
    wait_until(lambda: not state_of(used_folder).running)
    window.kill()
    wait_until(lambda: not alive(state.supervisor), 2)
    assert not Path(state.socket_folder).exists()


@on_linux
def test_the_server_ends_with_a_killed_supervisor_and_comes_up_again(local: LocalServer) -> None:
    url = local.start()
    os.kill(state_of(local.data).supervisor, signal.SIGKILL)
    wait_until(lambda: not running(local.data), 2)
    assert not local.is_running()
    assert local.start() == url
    assert ask(url, "SELECT 1") == "1"


def test_a_server_that_nobody_looks_after_is_replaced(local: LocalServer) -> None:
    local.start()
    assert local.postmaster is not None
    command = program_of(local.postmaster)
    local.stop()
    account = local_cluster.account_for_server(local.data / "cluster")
    orphan = subprocess.Popen(
        [command, "-D", local.data / "cluster", "-c", "listen_addresses=", "-k", local.data / "cluster"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        **(account.as_options() if account is not None else {}),
    )
    try:
        pid_file = local.data / "cluster" / "postmaster.pid"
        wait_until(lambda: pid_file.exists() and "ready" in pid_file.read_text("utf-8"))
        assert ask(local.start(), "SELECT 1") == "1"
        assert orphan.wait(5) == 0
    finally:
        orphan.kill()
        orphan.wait()


@pytest.mark.skipif(shutil.which("ps") is None, reason="there is no ps here")
def test_where_processes_have_no_folder_to_be_found_by_the_pid_file_names_the_server(
    local: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    local.start()
    assert running(local.data)[0] == local.postmaster
    monkeypatch.setattr(sys, "platform", "darwin")
    assert running(local.data) == [local.postmaster]
    local.stop()
    (local.data / "cluster" / "postmaster.pid").write_text(f"{os.getpid()}\n", "utf-8")
    assert running(local.data) == []


@pytest.mark.parametrize("content", ["", "12", "not a number\n", "{living}\n", "{living}\n/data\n0\n5432\n", "1\n\n\n"])
def test_a_pid_file_of_the_past_is_no_hindrance(prepared_data: Path, content: str) -> None:
    living = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        (prepared_data / "cluster" / "postmaster.pid").write_text(content.format(living=living.pid), "utf-8")
        with LocalServer(prepared_data, fast=True) as server:
            assert ask(server.url(), "SELECT 1") == "1"
        assert living.poll() is None
    finally:
        living.communicate(b"\n")


def test_a_torn_state_file_is_no_hindrance(local: LocalServer) -> None:
    url = local.start()
    os.kill(state_of(local.data).supervisor, signal.SIGKILL)
    wait_until(lambda: not local.is_running())
    Home(local.data).state.write_text('{"running": tr', "utf-8")
    assert local.start() == url
