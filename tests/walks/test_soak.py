"""Scrolling, sorting and filtering while another program never stops writing: no error, no row twice, no freeze."""

import gc
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from lms_desktop.models import lookout
from lms_desktop.views.warm_up import Collector, share_memory, take_turns
from tests.walks.driving import Sitting
from tests.walks.pulse import Pulse
from tests.walks.seating import get_up, sit_down
from tests.walks.soaking import PER_SECOND, Reader, SecondProgram, fill, memory

WARM_UP = 3000
"""Things to do until all is filled that only grows to a limit: statements compiled, texts fitted into cells, glyphs of
the fonts. That is three minutes, or four on a busy machine; from then on the memory is judged."""
CREEP = 12.0
"""MB that the process may have grown by from then to the end."""

pytestmark = pytest.mark.usefixtures("_look")


@pytest.fixture
def sitting(seeded_url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sitting]:
    """An administrator before some twenty thousand enrollments, shown what other programs write as she is everywhere
    but in other tests."""
    monkeypatch.setattr(lookout, "PAUSE", 3.0)
    share_memory()
    take_turns()
    fill(seeded_url, students=2500, courses=8)
    at = sit_down(seeded_url, "admin@lms.com", tmp_path / "settings.ini", page="enrollments")
    at.settle()
    yield at
    get_up(at)


def soak(sitting: Sitting, seconds: float, warm_up: int = 0) -> tuple[Reader, SecondProgram, list[float]]:
    """So long, after so many things have been done; the memory then, and after each quarter."""
    reader, used = Reader(sitting, seed=round(seconds)), list[float]()
    gc.collect()
    gc.freeze()
    collector = Collector()  # as the application has one; nothing else collects
    with SecondProgram(sitting.url) as program:
        while reader.acts < warm_up:
            reader.act()
        used.append(memory())
        for _ in range(4):
            until = time.monotonic() + seconds / 4
            while time.monotonic() < until:
                reader.act()
            used.append(memory())
    collector.stop()
    assert program.error == ""
    return reader, program, used


def test_some_seconds(sitting: Sitting) -> None:
    reader, program, _ = soak(sitting, 5)
    assert reader.acts > 5
    assert program.written > PER_SECOND


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the memory used")
@pytest.mark.parametrize("seconds", [60, 600])
def test_a_long_time(sitting: Sitting, seconds: int) -> None:
    pulse = Pulse()
    reader, program, used = soak(sitting, seconds, WARM_UP)
    pulse.stop()
    waits = f"slowest {reader.slowest:.2f} s, doubled {reader.doubled:.2f} s, deaf {pulse.longest:.2f} s"
    print(f"{reader.acts} acts, {program.written} rows, {waits}, {[round(mb) for mb in used]} MB")
    assert pulse.steady, f"the window was deaf for {pulse.longest * 1000:.0f} ms"
    assert program.written > PER_SECOND * seconds / 2
    assert used[-1] - used[0] < CREEP, f"memory creeps: {used}"
