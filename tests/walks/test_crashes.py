"""The program, the server and the line between them die at any moment: what was typed is saved or offered, never both,
never neither."""

import contextlib
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import URL

from PySide6.QtCore import QTimer

from lms_desktop.database.local_server import LocalServer
from tests.postgres import plain_connection, public_folder, wait_until
from tests.walks.acting import ADMIN, Person, walking
from tests.walks.driving import wait_for
from tests.walks.test_faults import School
from tests.walks.typist import put_off
from tests.walks.wire import Wire

ROOT = Path(__file__).parents[2]
Cell = tuple[str, str, str]
"""Table, id, field."""

MOMENTS = [pytest.param(range(3), id="3 moments"), pytest.param(range(3, 23), id="20 more", marks=pytest.mark.slow)]

FEW = [
    pytest.param(range(100, 101), id="1 moment"),
    pytest.param(range(101, 111), id="10 more", marks=pytest.mark.slow),
]


@pytest.fixture(scope="module")
def school() -> Iterator[School]:
    """A server that may be killed, with a school on it."""
    folder = public_folder()
    with LocalServer(folder / "a server", fast=True) as server:
        yield School(server)
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_DESKTOP_DATA_DIR", str(tmp_path / "data"))


@dataclass
class Heard:
    """What a typist has told.

    Attributes:
        typed: cell → the value that became a draft there last; `typing` what may have become one since.
        lines: how many lines came.
        saved: how many saves came through.
    """

    typed: dict[Cell, str] = field(default_factory=dict)
    typing: dict[Cell, str] = field(default_factory=dict)
    lines: int = 0
    saved: int = 0

    def hear(self, line: str) -> str:
        """Take a line in; its first word."""
        word, *rest = line.rstrip("\n").split("\t")
        self.lines += 1
        if word in ("typing", "typed"):
            table, row_id, key, text = rest
            cell = (table, row_id, key)
            if word == "typing":
                self.typing[cell] = text
            else:
                self.typed[cell] = text
                self.typing.pop(cell, None)
        self.saved += word == "saved"
        return word


@contextlib.contextmanager
def typist(url: URL, folder: Path, seed: int) -> Iterator["subprocess.Popen[str]"]:
    """A process in which somebody types; killed in the end."""
    address = url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.walks.typist", address, str(folder / "typist.ini"), str(seed)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def listen(process: "subprocess.Popen[str]", heard: Heard, until: str, lines: int = 0) -> None:
    """Hear until a word has come and so many lines besides."""
    assert process.stdout is not None
    for line in process.stdout:
        if heard.hear(line) == until or not until:
            until = ""
            lines -= 1
            if lines < 0:
                return
    raise AssertionError("the typist has ended by herself")


def kill(process: "subprocess.Popen[str]", heard: Heard) -> None:
    """kill -9; what was told until then is heard."""
    process.kill()
    assert process.stdout is not None
    for line in process.stdout:
        if line.endswith("\n"):
            heard.hear(line)
    process.wait()


def at_work(url: URL) -> bool:
    """Whether a server process is still at something for the program."""
    question = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'lms-desktop'"
    )
    with plain_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(question)
        ((count,),) = cursor.fetchall()
        return bool(count)


def stored(url: URL, cells: list[Cell]) -> dict[Cell, str | None]:
    """What cells hold in the database, seen past the program."""
    found: dict[Cell, str | None] = {}
    with plain_connection(url) as connection, connection.cursor() as cursor:
        for table, row_id, key in cells:
            cursor.execute(f"SELECT {key} FROM {table} WHERE id = %s", (row_id,))  # names are this module's own
            row = cursor.fetchone()
            found[table, row_id, key] = None if row is None else row[0]
    return found


def offered(person: Person) -> dict[Cell, str]:
    """What is offered at the main window."""
    journal = person.window.session.journal
    wait_for(lambda: journal.looked, "the look at what was left", seconds=40)
    offer = journal.offer
    found = () if offer is None else offer.found
    return {(*one.key, key): value for one in found for key, value in one.parts["values"].items()}


def check(url: URL, heard: Heard, folder: Path) -> None:
    """Start the program again: every typed value is in the database or offered, and saved once it is restored."""
    wait_until(lambda: not at_work(url))
    with walking(url, folder) as walk:
        person = walk.sign_in(ADMIN)
        there, waiting = stored(url, list(heard.typed)), offered(person)
        for cell, value in heard.typed.items():
            wanted = {value, heard.typing.get(cell, value)}
            places = (there[cell] in wanted, waiting.get(cell) in wanted)
            assert places in {(True, False), (False, True)}, (
                f"{cell}: {value!r} is {there[cell]!r}, {waiting.get(cell)!r}"
            )
        if waiting:
            impatience = QTimer(person.window)
            impatience.timeout.connect(put_off)
            impatience.start(20)
            person.window.keeping.restore()
            session = person.window.session
            for drafts in session.drafts:
                if drafts.at_risk():
                    person.window.open_page(session.catalog[drafts.entity].name)
                    person.settle()
                    person.save()
        unsaved = {draft.id: draft.values for drafts in person.window.session.drafts for draft in drafts.all()}
        for cell, now in stored(url, list(heard.typed)).items():
            accepted: set[str | None] = {heard.typed[cell], heard.typing.get(cell, heard.typed[cell])}
            # What was typed on a row that the screen had not read again yet after a save is for the person to decide.
            waits = unsaved.get(cell[1], {}).get(cell[2], "") in accepted
            assert now in accepted or waits, f"{cell} was lost: {now!r}"
        titles = [cell for cell in heard.typed if cell[0] == "lessons"]
        with plain_connection(url) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM lessons WHERE title ~ '^s[0-9]+ n[0-9]+$'")
            ((count,),) = cursor.fetchall()
        assert count <= len(titles) + 1, "a new row stands there once"
    if not unsaved:
        assert not [*(folder / "data" / "drafts").glob("*.journal")]
    shutil.rmtree(folder / "data", ignore_errors=True)


def without_log(url: URL) -> URL:
    """The same database without the change log."""
    with plain_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA lms_desktop CASCADE")
        connection.commit()
    return url


@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("_look")
@pytest.mark.parametrize("log", ["log", pytest.param("no log", marks=pytest.mark.slow)])
@pytest.mark.parametrize("moments", MOMENTS)
def test_the_program_killed_at_any_moment_loses_nothing_and_saves_nothing_twice(
    school: School, tmp_path: Path, moments: range, log: str
) -> None:
    typed = saved = 0
    for seed in moments:
        folder, luck, heard = tmp_path / str(seed), random.Random(seed), Heard()
        folder.mkdir()
        url = school.copy() if log == "log" else without_log(school.copy())
        with typist(url, folder, seed) as process:
            listen(process, heard, "ready")
            listen(process, heard, luck.choice(["typed", "saving", "sending", "sending"]), luck.randrange(25))
            threading.Event().wait(luck.choice([0, 0.001, 0.003, 0.01, 0.03]))
            kill(process, heard)
        typed, saved = typed + len(heard.typed), saved + heard.saved
        check(url, heard, tmp_path)
    assert typed > saved > 0


@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("_look")
@pytest.mark.parametrize("moments", FEW)
def test_the_server_killed_at_any_moment_costs_nothing(school: School, tmp_path: Path, moments: range) -> None:
    for seed in moments:
        folder, luck, heard = tmp_path / str(seed), random.Random(seed), Heard()
        folder.mkdir()
        url = school.copy()
        with typist(url, folder, seed) as process:
            listen(process, heard, "ready")
            listen(process, heard, luck.choice(["saving", "sending"]), luck.randrange(8))
            threading.Event().wait(luck.choice([0, 0.001, 0.003]))
            school.kill()
            listen(process, heard, "typed", luck.randrange(6))
            school.restart()
            listen(process, heard, "typed", luck.randrange(20))
            kill(process, heard)
        check(url, heard, tmp_path)


@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("_look")
@pytest.mark.parametrize(
    ("cut", "log"),
    [
        ("after", "log"),
        pytest.param("before", "log", marks=pytest.mark.slow),
        pytest.param("after", "no log", marks=pytest.mark.slow),
        ("before", "no log"),
    ],
)
@pytest.mark.parametrize("moments", FEW)
def test_a_line_cut_at_the_commit_costs_nothing_whatever_dies_after_that(
    school: School, tmp_path: Path, moments: range, cut: str, log: str
) -> None:
    for seed in moments:
        folder, luck, heard = tmp_path / str(seed), random.Random(seed), Heard()
        folder.mkdir()
        url = school.copy() if log == "log" else without_log(school.copy())
        with Wire(url) as wire, typist(wire.url, folder, seed) as process:
            listen(process, heard, "ready")
            listen(process, heard, "typed", luck.randrange(8))
            wire.cut_commits = cut
            listen(process, heard, "sending", luck.randrange(12))
            while not wire.lost:  # what is heard may be a while ago
                listen(process, heard, "sending")
                threading.Event().wait(0.05)
            wire.cut_commits = ""
            listen(process, heard, "typed", luck.choice([0, 10]))
            kill(process, heard)
            check(wire.url, heard, tmp_path)
