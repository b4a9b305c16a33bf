"""Runs the processes of the benchmarks at scale, and collects what they print."""

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import URL, make_url

from lms_desktop.database.local_server import LocalServer
from tests.benchmarks.scale_data import ROOT, VERSION, YARDSTICK, libpq, outside_transactions
from tests.postgres import binaries_of

Result = dict[str, Any]

LIMIT = ["open", "end", "middle", "sort_date", "sort_email", "filter", "search", "edit", "count"]
SQL_MODELS = {"qsqlquery": ["open", "end", "middle"], "qsqltable": ["open", "end", "middle"]}
"""Qt's own, and the tasks that they are asked to do: each of them takes seconds and hundreds of megabytes."""


def environment(url: URL, scale: float) -> dict[str, str]:
    """For all processes: the yardstick's words, no display, nobody's preferences."""
    home = tempfile.mkdtemp(prefix="lms-bench-home-")
    # What is compiled once and kept, as in any installation, is not compiled at each start.
    own = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {
        **own,
        "BENCH_DSN": libpq(url),
        "BENCH_SCALE": str(scale),
        "BENCH_WORK": tempfile.gettempdir(),
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": home,
        "XDG_STATE_HOME": home,
        "XDG_DATA_HOME": home,
    }


def run_peer(name: str, tasks: list[str], environ: dict[str, str], repetitions: int) -> list[Result]:
    """What a peer of the yardstick prints. One that cannot work here is one line that says so.

    The yardstick knows a server by host and port; ours is found by the folder of its socket.
    """
    url = make_url(environ["BENCH_DSN"])
    where = {"host": url.query.get("host") or url.host, "port": int(str(url.query.get("port") or url.port or 5432))}
    place = {**where, "user": url.username, "dbname": url.database, "password": url.password}
    code = (
        f"import sys; sys.path.insert(0, {str(YARDSTICK)!r})\n"
        f"sys.argv = ['peers.py', '--worker', {name!r}, '--reps', '{repetitions}', '--tasks', *{tasks!r}]\n"
        f"import peers\npeers.parts = lambda: {place!r}\npeers.main()"
    )
    # Qt's driver opens without a password, and looks for libpq where the system keeps it.
    given = {"PGPASSWORD": url.password or "", "LD_LIBRARY_PATH": str(binaries_of(VERSION).parent / "lib")}
    found = lines([sys.executable, "-c", code], {**environ, **given}, name)
    return found or [{"peer": name, "task": tasks[0], "error": "does not run here"}]


def raw_unindexed(url: URL, repetitions: int) -> Result:
    """The first page in the order of a column that no index serves, as `raw` reads it in the order of another: that one
    has an index in our own lineage, which serves the yardstick as well."""
    columns = (
        "e.id, u.email, u.full_name, c.title, e.enrolled_at, e.completed_at, e.created_at, e.updated_at, e.student_id,"
        " e.course_id"
    )
    order = "completed_at DESC, {0}id DESC"
    sql = (
        f"WITH p AS MATERIALIZED (SELECT * FROM enrollments ORDER BY {order.format('')} LIMIT 50) SELECT {columns}"
        " FROM p e JOIN users u ON u.id = e.student_id JOIN courses c ON c.id = e.course_id"
        f" ORDER BY e.{order.format('e.')}"
    )
    taken = []
    with closing(outside_transactions(url)) as connection, connection.cursor() as cursor:
        for _ in range(repetitions + 1):
            began = time.perf_counter()
            cursor.execute(sql)
            cursor.fetchall()
            taken.append((time.perf_counter() - began) * 1000)
    return {"peer": "raw", "task": "sort_unindexed", "ms": median(taken[1:]), "n": repetitions}


def run_app(tasks: list[str], url: URL, environ: dict[str, str], repetitions: int) -> list[Result]:
    """What the application prints, its memory after paging through everything too."""
    code = f"import sys; sys.path.insert(0, {str(YARDSTICK)!r}); import common as c; print(c.COURSE0, c.SEARCH)"
    asked = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    course, search = asked.stdout.split()
    arguments = [sys.executable, "-m", "tests.benchmarks.scale_app", "--dsn", libpq(url)]
    arguments += ["--course", course, "--search", search, "--repetitions", str(repetitions)]
    measured = [task for task in tasks if task not in {"memory", "start"}]
    found = lines([*arguments, "--tasks", *measured], environ, "app") if measured else []
    if "memory" in tasks:
        found += lines([*arguments, "--paging"], environ, "app")
    return [_summed(one) for one in found]


def _summed(one: Result) -> Result:
    """The median and the 95th percentile beside what was measured; of the facts the medians."""
    values = sorted(one.get("all", ()))
    if values:
        one["ms"], one["p95"] = median(values), values[min(int(len(values) * 0.95), len(values) - 1)]
    one["facts"] = {name: _middle(name, found) for name, found in one.get("facts", {}).items()}
    return one


def _middle(name: str, found: list[float]) -> float:
    """The median; of what must never be off, the worst."""
    return max(map(abs, found)) if name.startswith("off") else median(found)


def lines(arguments: list[str], environ: dict[str, str], name: str) -> list[Result]:
    """What a process prints as JSON, one object a line; each is shown as it comes."""
    found = []
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(arguments, env=environ, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=ROOT) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("{"):
                found.append({**json.loads(line), "peer": name})
        if process.wait():
            errors.seek(0)
            print(f"   {name} ended with {process.returncode}: {errors.read()[-1500:]}", file=sys.stderr)
    return found


# ------------------------------------------------------------------------------------------------------- cold starts


def run_starts(url: URL, environ: dict[str, str], repetitions: int, demo: Path) -> list[Result]:
    """Cold starts, in turns, so that a busy moment hits all of them."""
    home = LocalServer(demo)
    module = [sys.executable, "-m", "tests.benchmarks.scale_start"]
    address = {**environ, "DATABASE_URL": libpq(url)}
    runs: dict[str, tuple[list[str], dict[str, str]]] = {
        "bare": ([*module, "bare"], environ),
        "window": ([*module, "window"], address),
        "sign_in": ([*module, "sign_in", "--page", "enrollments"], address),
        "demo": (
            [*module, "demo", "demo", "--data", str(demo), "--sign-in", "admin@lms.com", "--page", "enrollments"],
            environ,
        ),
        "rawqt": ([sys.executable, str(YARDSTICK / "peers.py"), "--cold", "rawqt"], environ),
    }
    found: dict[str, list[float]] = {name: [] for name in runs}
    home.start()
    try:
        for number in range(repetitions + 1):
            for name, (arguments, environ_) in runs.items():
                times = _times(arguments, environ_)
                taken = _taken(name, times)
                if number and taken is not None:
                    found[name].append(taken)
    finally:
        home.stop()
    return [
        {"peer": "start", "task": name, "ms": median(taken), "all": taken}
        if taken
        else {"peer": "start", "task": name, "error": "nothing was told"}
        for name, taken in found.items()
    ]


def _taken(name: str, times: dict[str, float]) -> float | None:
    began = times["accepted"] if name == "sign_in" and "accepted" in times else times["began"]
    end = times.get({"bare": "window", "window": "window"}.get(name, "rows"))
    return None if end is None else (end - began) * 1000


def _times(arguments: list[str], environ: dict[str, str]) -> dict[str, float]:
    times = {"began": time.time()}
    done = subprocess.run(arguments, env=environ, capture_output=True, text=True, cwd=ROOT, timeout=180, check=False)
    for line in done.stdout.splitlines():
        words = line.split()
        if words[:1] == ["AT"]:
            times.setdefault(words[1], float(words[2]))
        elif words[:1] == ["COLD"]:
            times["rows"] = float(words[1])
    if len(times) == 1:
        print("   ", done.stderr[-800:], file=sys.stderr)
    return times
