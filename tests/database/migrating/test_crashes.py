"""Processes that migrate at once, and processes that are killed in the midst of it."""

import random
import subprocess
import sys

import pytest
import sqlalchemy as sa

from lms_desktop.database.migrating.running import Migrate
from lms_desktop.database.migrating.verifying import verify
from lms_desktop.errors import Busy
from tests.database.migrating.acting import catalogue, made, migrate, standing, with_revisions
from tests.database.migrating.test_running import dumped
from tests.document import REVISIONS
from tests.postgres import wait_until

SLOWLY = with_revisions("slowly")
BEFORE_THE_INDEX = 4 * 0.2
"""Seconds that the four revisions take that are committed together, at the least."""


def applying(engine: sa.Engine) -> "subprocess.Popen[str]":
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.database.migrating.applying", url, "slowly"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def nobody_migrates(engine: sa.Engine) -> bool:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with engine.connect() as connection:
        return connection.exec_driver_sql(f"{query} AND application_name = 'lms-desktop migrate'").scalar() == 0


def without_the_index(lines: str) -> list[str]:
    """What an index that is built outside a transaction may leave behind is told by the next run."""
    told = [line for line in lines.splitlines() if line and not line.startswith("--")]  # but for pg_dump's remarks
    return [line for line in told if "ix_slow" not in line]


def test_of_two_who_apply_at_once_one_wins_and_the_other_says_who(bare: sa.Engine) -> None:
    with bare.connect() as reader:  # keeps the first one at it until the second has come
        reader.exec_driver_sql("SELECT FROM users")
        first = applying(bare)
        assert first.stdout is not None
        assert first.stdout.readline() == "begun\n"
        with pytest.raises(Busy) as second:
            Migrate(bare, SLOWLY).run(made(bare, SLOWLY))
    assert str(second.value).startswith(
        f"This database is being migrated by somebody else just now: {bare.url.username} @ localhost"
        " (lms-desktop migrate), process "
    )
    said, complaint = first.communicate(timeout=60)
    assert (first.returncode, complaint) == (0, "")
    assert "Revisions applied: 5. The database is at t5_slow_index." in said
    assert verify(bare, SLOWLY).invalid == ()


def killed_at(engine: sa.Engine, seconds: float) -> str:
    """Kill -9 that many seconds after the first revision has begun, go on afterwards; the revision that it was at."""
    before = catalogue(engine), dumped(engine)
    process = applying(engine)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    wait_until(lambda: nobody_migrates(engine))
    at = standing(engine, SLOWLY).revision
    assert at in (REVISIONS[-1], "t4_slow", "t5_slow_index")
    found = catalogue(engine), dumped(engine)
    if at == REVISIONS[-1]:
        assert found == before
    report = Migrate(engine, SLOWLY).run(made(engine, SLOWLY))
    assert (report.verified.standing.revision, report.verified.invalid) == ("t5_slow_index", ())
    if at != REVISIONS[-1]:  # a whole revision: the four, with or without the index
        for killed, whole in zip(found, (catalogue(engine), dumped(engine)), strict=True):
            assert without_the_index(killed) == without_the_index(whole)
    return str(at)


@pytest.mark.parametrize("seconds", [0.5, BEFORE_THE_INDEX + 0.4])
def test_killed_in_its_midst_it_leaves_a_whole_revision_and_the_next_goes_on(bare: sa.Engine, seconds: float) -> None:
    killed_at(bare, seconds)


@pytest.mark.slow
def test_killed_at_ten_random_moments(engine: sa.Engine) -> None:
    found = []
    for _ in range(10):
        migrate(engine)
        moment = random.uniform(0.0, 2.5)
        found.append((round(moment, 2), killed_at(engine, moment)))
        Migrate(engine, SLOWLY).run(made(engine, SLOWLY, "0007"))
    print(found)
