"""The command line as a person meets it: a process, its output, its exit status."""

import os
import re
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest
from passlib.hash import bcrypt
from sqlalchemy import URL, Engine

import lms_desktop
from lms_desktop import __version__, cli
from lms_desktop.database import server_process
from lms_desktop.database.local_server import LocalServer, default_data_folder
from lms_desktop.database.migrations import MigrationRunner
from lms_desktop.errors import UserError
from lms_desktop.options import PAGE_NAMES, WindowOptions
from lms_desktop.services.demo_accounts import DEMO_PASSWORD
from lms_desktop.services.seeding import DEFAULT_STUDENTS
from lms_desktop.views import page_registry
from tests.postgres import wait_until
from tests.sample_school import change, engine_of, rows

assert server_process.SUPERVISE == cli.SUPERVISE, "what is started by this word is what the other one starts"
assert page_registry.PAGE_NAMES == PAGE_NAMES, "what may be asked for by --page is what there is"

ROOT = Path(__file__).parent.parent
FULL = Path("/dev/full")
NEEDS_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="about Linux")


def lms(
    *arguments: str, url: URL | str | None = None, stdout: IO[str] | int = subprocess.PIPE, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `lms-desktop` where nobody can answer a question."""
    given = dict(os.environ) | environment
    if url is not None:
        given["DATABASE_URL"] = url if isinstance(url, str) else url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "lms_desktop", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=given,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=100,
    )


def refusal(result: subprocess.CompletedProcess[str]) -> str:
    """What a verb that did nothing has to say: one line, and no traceback."""
    assert result.returncode in (1, 2), result.stderr
    assert not result.stdout
    (line,) = result.stderr.splitlines()
    assert line.startswith("lms-desktop: ")
    return line.removeprefix("lms-desktop: ")


def secret(url: URL) -> str:
    """The password of the server, which no output may hold."""
    return str(url.password or "no password, nothing to hide")


@pytest.fixture
def empty(database_url: URL) -> Iterator[Engine]:
    """A database at the head, without a row."""
    with engine_of(database_url) as engine:
        yield engine


class TestSaying:
    def test_the_version(self) -> None:
        result = lms("--version")
        assert (result.returncode, result.stdout, result.stderr) == (0, f"lms-desktop {__version__}\n", "")

    def test_what_it_can_do(self) -> None:
        result = lms("--help")
        assert (result.returncode, result.stderr) == (0, "")
        for word in ("demo", "seed", "cleanup", "--screenshot", "--page", "--size", "--theme"):
            assert word in result.stdout

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            (["sow"], "invalid choice: 'sow'"),
            (["seed", "--students", "many"], "a whole number from 1 to 5000000 is wanted, not “many”"),
            (["seed", "--students", "0"], "a whole number"),
            (["seed", "--students", "99999999999"], "a whole number"),
            (["seed", "--random-seed", "x"], "invalid int value"),
            (["--size", "wide"], "a size is written like 1440x900, not “wide”"),
            (["demo", "--size", "10x10"], "sizes from 320x240"),
            (["--theme", "pink"], "invalid choice: 'pink'"),
            (["--sign-in", "registrar@lms.com"], "--sign-in works with the demo alone"),
            (["--sign-in", "registrar@lms.com", "seed"], "--sign-in works with the demo alone"),
            (["--theme", "dark", "cleanup"], "this verb opens no window"),
        ],
        ids=" ".join,
    )
    def test_what_it_does_not_understand(self, arguments: list[str], reason: str) -> None:
        result = lms(*arguments)
        assert result.returncode == 2
        assert reason.lower() in refusal(result).lower()

    @pytest.mark.parametrize("verb", ["seed", "cleanup"])
    def test_that_no_database_is_named(self, verb: str) -> None:
        assert refusal(lms(verb)).startswith("DATABASE_URL is not set.")

    @pytest.mark.parametrize("arguments", [["seed", "--yes"], ["cleanup"]], ids=" ".join)
    def test_that_nobody_answers_without_telling_the_password(self, arguments: list[str]) -> None:
        said = refusal(lms(*arguments, url="postgresql://ana:s3cr3t-w0rd@127.0.0.1:1/lms"))
        assert "s3cr3t" not in said
        assert "127.0.0.1" in said or "reach" in said

    @pytest.mark.parametrize("arguments", [["seed", "--yes"], ["cleanup"]], ids=" ".join)
    def test_that_an_address_makes_no_sense(self, arguments: list[str]) -> None:
        assert "mysql" in refusal(lms(*arguments, url="mysql://ana:s3cr3t-w0rd@server/lms"))

    def test_which_variable_is_wrong(self) -> None:
        assert "DB_POOL_SIZE" in refusal(lms("seed", url="postgresql:///lms", DB_POOL_SIZE="lots"))

    @pytest.mark.parametrize("arguments", [["seed", "--yes"], ["cleanup", "--dry-run"]], ids=" ".join)
    def test_what_to_run_first_on_a_database_without_tables(self, empty_database: URL, arguments: list[str]) -> None:
        assert "lms-desktop migrate apply" in refusal(lms(*arguments, url=empty_database))

    def test_what_to_run_first_on_a_database_that_is_behind(self, empty_database: URL) -> None:
        with engine_of(empty_database) as engine:
            MigrationRunner(engine).upgrade("0004_phase1_quiz_indexes")
        said = refusal(lms("seed", "--yes", url=empty_database))
        assert "0004_phase1_quiz_indexes" in said
        assert "lms-desktop migrate apply" in said
        # The clean-up needs no more than the first revision has.
        assert lms("cleanup", url=empty_database).returncode == 0

    @pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
    @pytest.mark.parametrize("unbuffered", ["", "1"], ids=["at the end", "at once"])
    def test_that_the_output_could_not_be_written(self, database_url: URL, unbuffered: str) -> None:
        with FULL.open("w") as full:
            result = lms("cleanup", url=database_url, stdout=full, PYTHONUNBUFFERED=unbuffered)
        assert result.returncode == 1
        assert "disk is full" in refusal(result)


class TestSeeding:
    def test_a_database_that_is_not_the_demo_is_left_alone(self, database_url: URL, empty: Engine) -> None:
        said = refusal(lms("seed", url=database_url))
        assert "--yes" in said
        assert str(database_url.database) in said
        assert secret(database_url) not in said
        assert rows(empty, "SELECT count(*) FROM users") == [0]

    def test_passwords_are_shown_once(self, database_url: URL, empty: Engine) -> None:
        first = lms("seed", "--yes", url=database_url)
        assert (first.returncode, first.stderr) == (0, "")
        assert f"{8 + DEFAULT_STUDENTS} users" in first.stdout
        told = dict(re.findall(r"^  (\S+@\S+) +(\S+)$", first.stdout, re.MULTILINE))
        hashes = dict(rows(empty, "SELECT email, password_hash FROM users"))
        assert bcrypt.verify(told["admin@lms.com"], hashes["admin@lms.com"])
        second = lms("seed", "--yes", url=database_url)
        assert second.returncode == 0
        assert second.stdout.endswith("Nothing was missing, nothing was added.\n")
        assert "@" not in second.stdout.replace(f"{database_url.username}@", "")

    @pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
    def test_passwords_that_cannot_be_shown_are_not_made(self, database_url: URL, empty: Engine) -> None:
        with FULL.open("w") as full:
            assert "disk is full" in refusal(lms("seed", "--yes", url=database_url, stdout=full))
        assert rows(empty, "SELECT count(*) FROM users") == [0]

    def test_no_password_reaches_the_log(self, database_url: URL, tmp_path: Path) -> None:
        result = lms("seed", "--yes", "--students", "1", url=database_url, LMS_DESKTOP_LOG_DIR=str(tmp_path))
        written = "".join(file.read_text("utf-8") for file in tmp_path.iterdir())
        assert "Seeding added" in written
        for password in re.findall(r"^  \S+@\S+ +(\S+)$", result.stdout, re.MULTILINE):
            assert password not in written

    def test_size_and_random_seed_are_taken(self, database_url: URL, empty: Engine) -> None:
        lms("seed", "--yes", "--students", "200", "--random-seed", "7", url=database_url)
        assert rows(empty, "SELECT count(*) FROM users WHERE role = 'student'") == [200]

    def test_the_demo_needs_no_word_of_consent(
        self, server_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("LMS_DESKTOP_DATA_DIR", str(server_folder))
        with LocalServer(default_data_folder(), fast=True) as server, engine_of(server.url()) as engine:
            MigrationRunner(engine).upgrade()
            monkeypatch.setenv("DATABASE_URL", server.url().render_as_string(hide_password=False))
            assert cli.main(["seed"]) == 0
            (hashed,) = rows(engine, "SELECT password_hash FROM users WHERE role = 'registrar'")
        assert bcrypt.verify(DEMO_PASSWORD, hashed)
        assert "password" not in capsys.readouterr().out


class TestCleaningUp:
    def test_a_dry_run_says_what_the_run_then_does(self, seeded_url: URL) -> None:
        with engine_of(seeded_url) as engine:
            before = rows(engine, "SELECT count(*) FROM refresh_tokens")[0]
            dry = lms("cleanup", "--dry-run", url=seeded_url)
            assert rows(engine, "SELECT count(*) FROM refresh_tokens") == [before]
            real = lms("cleanup", url=seeded_url)
            after = rows(engine, "SELECT count(*) FROM refresh_tokens")[0]
        assert (dry.returncode, dry.stderr, real.returncode, real.stderr) == (0, "", 0, "")
        numbers = re.findall(r"Deleted (\d+) refresh tokens", real.stdout)
        assert re.findall(r"Would delete (\d+) refresh tokens", dry.stdout) == numbers
        assert len(numbers) == len(real.stdout.splitlines()) == 2
        assert sum(map(int, numbers)) == before - after > 0

    def test_it_is_logged_who_did_it(self, database_url: URL, tmp_path: Path) -> None:
        lms("cleanup", url=database_url, LMS_DESKTOP_LOG_DIR=str(tmp_path))
        written = "".join(file.read_text("utf-8") for file in tmp_path.iterdir())
        assert re.search(r"Clean-up by \S+@\S+: Deleted 0 refresh tokens", written)

    @pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
    def test_a_reader_that_has_gone_is_no_mistake(self, database_url: URL) -> None:
        read, write = os.pipe()
        os.close(read)
        result = lms("cleanup", url=database_url, stdout=write)
        os.close(write)
        assert (result.returncode, result.stderr) == (cli.READER_GONE, "")


Draw = Callable[[WindowOptions], int]


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> Callable[[Draw], list[WindowOptions]]:
    """Puts `draw` in the place of the real window; the list holds what it is opened with."""

    def replace(draw: Draw = lambda options: 0) -> list[WindowOptions]:
        opened: list[WindowOptions] = []
        stand_in = types.ModuleType("lms_desktop.app")

        def run(options: WindowOptions) -> int:
            opened.append(options)
            return draw(options)

        stand_in.run = run  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "lms_desktop.app", stand_in)
        return opened

    return replace


class TestOpeningTheWindow:
    def test_on_the_database_that_is_named(
        self, window: Callable[..., list[WindowOptions]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        opened = window()
        monkeypatch.setenv("DATABASE_URL", "postgres://ana:p@ss@localhost/lms")
        assert cli.main(["--page", "courses", "--size", "1440x900", "--theme", "dark"]) == 0
        (options,) = opened
        assert options.url == "postgres://ana:p@ss@localhost/lms"
        assert (options.page, options.size, options.theme) == ("courses", (1440, 900), "dark")
        assert (options.demo, options.prepare, options.screenshot) == (False, None, None)
        assert "p@ss" not in repr(options)

    def test_that_asks_where_none_is_named(
        self, window: Callable[..., list[WindowOptions]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        opened = window()
        monkeypatch.delenv("DATABASE_URL", raising=False)
        assert cli.main([]) == 0
        assert opened == [WindowOptions()]

    def test_its_status_is_the_status(self, window: Callable[..., list[WindowOptions]]) -> None:
        window(lambda options: 3)
        assert cli.main([]) == 3

    def test_options_count_before_the_verb_and_behind_it(
        self, window: Callable[..., list[WindowOptions]], server_folder: Path
    ) -> None:
        opened = window()
        data = ["--data", str(server_folder)]
        assert cli.main(["--theme", "dark", "demo", "--page", "users", "--sign-in", "admin@lms.com", *data]) == 0
        assert cli.main(["--sign-in", "admin@lms.com", "demo", *data]) == 0
        assert [(each.theme, each.page, each.sign_in, each.demo) for each in opened] == [
            ("dark", "users", "admin@lms.com", True),
            (None, None, "admin@lms.com", True),
        ]

    def test_a_page_that_is_not_there_is_told_before_anything_is_started(
        self, window: Callable[..., list[WindowOptions]], server_folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        opened = window()
        assert cli.main(["demo", "--page", "cafeteria", "--data", str(server_folder)]) == 1
        assert "There is no page “cafeteria”." in capsys.readouterr().err
        assert opened == []
        assert not server_folder.exists()

    def test_the_server_comes_up_while_the_window_does(
        self, window: Callable[..., list[WindowOptions]], server_folder: Path
    ) -> None:
        ups: list[bool] = []

        def draw(options: WindowOptions) -> int:
            wait_until(LocalServer(server_folder).is_running)
            ups.append(True)
            return 0

        window(draw)
        assert cli.main(["demo", "--data", str(server_folder)]) == 0
        assert ups, "nobody had to ask for it"
        assert not LocalServer(server_folder).is_running()

    def test_what_keeps_the_server_down_is_said_to_whoever_needs_it(
        self, window: Callable[..., list[WindowOptions]], server_folder: Path
    ) -> None:
        (server_folder / "cluster").mkdir(parents=True)

        def draw(options: WindowOptions) -> int:
            assert options.prepare is not None
            for _ in range(2):  # the second time it is tried anew
                with pytest.raises(UserError, match="does not hold the data"):
                    options.prepare(lambda sentence: None)
            return 0

        window(draw)
        assert cli.main(["demo", "--data", str(server_folder)]) == 0

    def test_the_demo_is_made_ready_behind_it_and_ends_with_it(
        self, window: Callable[..., list[WindowOptions]], server_folder: Path
    ) -> None:
        said: list[str] = []
        found: list[list[int]] = []

        def draw(options: WindowOptions) -> int:
            assert options.prepare is not None
            with engine_of(options.prepare(said.append)) as engine:
                found.append(rows(engine, "SELECT count(*) FROM users"))
                change(engine, "DELETE FROM users WHERE email = 'student@lms.com'")
            options.prepare(said.append)  # as after a lost server
            return 0

        window(draw)
        assert cli.main(["demo", "--data", str(server_folder)]) == 0
        assert not LocalServer(server_folder).is_running()
        assert said[:2] == ["Starting the embedded PostgreSQL.", "Bringing the schema up to date."]
        # The second time what was deleted stays deleted.
        assert cli.main(["demo", "--data", str(server_folder)]) == 0
        assert found == [[8 + DEFAULT_STUDENTS], [7 + DEFAULT_STUDENTS]]

    def test_a_picture_needs_a_folder_to_lie_in(
        self, window: Callable[..., list[WindowOptions]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        opened = window()
        assert cli.main(["--screenshot", str(tmp_path / "nowhere" / "a.png")]) == 1
        assert cli.main(["--screenshot", str(tmp_path)]) == 1
        assert opened == []
        assert "cannot be saved" in capsys.readouterr().err

    @NEEDS_LINUX
    def test_a_picture_needs_no_display(
        self, window: Callable[..., list[WindowOptions]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        platforms: list[str | None] = []

        def draw(options: WindowOptions) -> int:
            platforms.append(os.environ.get("QT_QPA_PLATFORM"))
            return 0

        window(draw)
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
            # Set first, so that what the command line sets is taken back as well.
            monkeypatch.setenv(name, "")
        assert cli.main(["--screenshot", str(tmp_path / "a.png")]) == 0
        monkeypatch.setenv("QT_QPA_PLATFORM", "")
        monkeypatch.setenv("DISPLAY", ":0")
        assert cli.main(["--screenshot", str(tmp_path / "a.png")]) == 0
        assert platforms == ["offscreen", ""]

    @NEEDS_LINUX
    def test_a_window_needs_one(self) -> None:
        result = lms(DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
        assert refusal(result).startswith("There is no display here")

    def test_what_is_missing_for_qt_is_said(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        (tmp_path / "app.py").write_text("from PySide6 import QtWidgets\n", "utf-8")
        monkeypatch.setattr(lms_desktop, "__path__", [str(tmp_path)])
        monkeypatch.delitem(sys.modules, "lms_desktop.app", raising=False)
        monkeypatch.setitem(sys.modules, "PySide6", None)
        assert cli.main([]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert "Qt cannot be loaded" in line
        assert "apt-get install" in line


class TestEndingBadly:
    def test_a_person_who_stops_it_is_told_so(
        self, window: Callable[..., list[WindowOptions]], capsys: pytest.CaptureFixture[str]
    ) -> None:
        def interrupt(options: WindowOptions) -> int:
            raise KeyboardInterrupt

        window(interrupt)
        assert cli.main([]) == cli.INTERRUPTED == 130
        assert capsys.readouterr().err == "lms-desktop: Stopped.\n"

    def test_a_mistake_of_the_program_goes_to_the_log(
        self,
        window: Callable[..., list[WindowOptions]],
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> None:
        def stumble(options: WindowOptions) -> int:
            raise LookupError("the password=hunter2 was looked up")

        monkeypatch.setenv("LMS_DESKTOP_LOG_DIR", str(tmp_path))
        window(stumble)
        assert cli.main([]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert "hunter2" not in line
        assert str(tmp_path) in line
        (file,) = tmp_path.iterdir()
        written = file.read_text("utf-8")
        assert "stumble" in written
        assert "hunter2" not in written
