"""Ten million rows beside ten: every task of the table against the limit, in one run. `make bench` calls this.

    python -m tests.benchmarks.scale [--scale 1] [--out bench-scale.json] [--data FOLDER] [--peers raw rawqt app …]

The data set is filled once into a server of its own (kept in `--data` between runs). `yardstick/` holds the limit as it
was measured before anything was built: psycopg2 without a display (raw), with the smallest Qt model (rawqt), and Qt's
own SQL models. `raw` is measured again at the end: where it is another by then, the machine was not quiet.
"""

import argparse
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

import psycopg2
from alembic import command
from alembic.config import Config
from sqlalchemy import URL

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.local_server import LocalServer
from lms_desktop.database.migrations import Lineage, MigrationRunner
from tests.postgres import binaries_of

HERE = Path(__file__).parent
YARDSTICK = HERE / "yardstick"
VERSION = 18
CONF = {
    "shared_buffers": "2GB",
    "max_wal_size": "8GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "maintenance_work_mem": "512MB",
    "work_mem": "64MB",
    "effective_cache_size": "12GB",
    "random_page_cost": "1.1",
    "autovacuum_naptime": "10min",
}
"""The settings of the yardstick's own server."""


def prepare(data: Path, scale: float) -> tuple[LocalServer, URL]:
    """A server with the data set; filled where it is not there yet."""
    server = LocalServer(data, version=VERSION, binaries=binaries_of(VERSION), fast=True)
    server.start()
    name = f"bench_{scale:g}".replace(".", "_")
    admin = server.url("postgres")
    with closing(outside_transactions(admin)) as connection, connection.cursor() as cursor:
        for key, value in CONF.items():
            cursor.execute(f"ALTER SYSTEM SET {key} = '{value}'")
        cursor.execute("SHOW shared_buffers")
        ((buffers,),) = cursor.fetchall()
        cursor.execute("SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)", (name,))
        ((there,),) = cursor.fetchall()
    if buffers != CONF["shared_buffers"]:
        server.stop()
        server.start()
    url = server.url(name)
    if not there:
        fill(server.url("postgres"), url, scale)
    return server, url


def fill(admin: URL, url: URL, scale: float) -> None:
    """Fill the data set, and make it a database of this application's."""
    began = time.perf_counter()
    dsn = libpq(admin)
    code = (
        f"import sys, psycopg2; sys.path.insert(0, {str(YARDSTICK)!r}); import dataset\n"
        f"connect = psycopg2.connect; target = {libpq(url)!r}\n"
        "psycopg2.connect = dataset.psycopg2.connect = lambda dsn: connect(ADMIN if dsn == ADMIN else target)\n"
        f"ADMIN = {dsn!r}; sys.argv = ['dataset', '--dsn', ADMIN, '--db', {url.database!r}, '--scale', '{scale}']\n"
        "dataset.main()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    engine = make_engine(url, Settings())
    try:
        with engine.begin() as connection:
            config = Config(str(HERE.parent.parent / "alembic.ini"))
            config.attributes["connection"] = connection
            command.stamp(config, "head")
        MigrationRunner(engine, Lineage.OWN).upgrade()
    finally:
        engine.dispose()
    print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)


def outside_transactions(url: URL) -> "psycopg2.extensions.connection":
    """A connection outside any transaction."""
    connection = psycopg2.connect(libpq(url))
    connection.autocommit = True
    return connection


def libpq(url: URL) -> str:
    """The address as libpq takes it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def machine_speed() -> float:
    """Milliseconds of a fixed loop: what this machine can do just now."""
    began = time.perf_counter()
    total = 0
    for number in range(2_000_000):
        total += number * number % 7
    return (time.perf_counter() - began) * 1000


def environment(url: URL, scale: float) -> dict[str, str]:
    """For the peers' processes."""
    work = tempfile.gettempdir()
    return {
        **os.environ,
        "BENCH_DSN": libpq(url),
        "BENCH_SCALE": str(scale),
        "BENCH_WORK": work,
        "QT_QPA_PLATFORM": "offscreen",
    }


def run_peer(name: str, tasks: list[str], environ: dict[str, str], repetitions: int) -> list[dict[str, Any]]:
    """What a peer of the yardstick prints."""
    arguments = [
        sys.executable,
        str(YARDSTICK / "peers.py"),
        "--worker",
        name,
        "--reps",
        str(repetitions),
        "--tasks",
        *tasks,
    ]
    return _lines(arguments, environ, name)


def run_app(tasks: list[str], url: URL, environ: dict[str, str], repetitions: int) -> list[dict[str, Any]]:
    """What the application prints."""
    keys = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path.insert(0, {str(YARDSTICK)!r}); import common as c;"
            "print(c.COURSE0, c.EDIT_ID, c.SEARCH)",
        ],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    arguments = [
        sys.executable,
        "-m",
        "tests.benchmarks.scale_app",
        "--dsn",
        libpq(url),
        "--course",
        keys[0],
        "--edited",
        keys[1],
        "--search",
        keys[2],
        "--repetitions",
        str(repetitions),
        "--tasks",
        *tasks,
    ]
    found = _lines(arguments, environ, "app")
    for one in found:
        if isinstance(one.get("ms"), list):
            values = sorted(one["ms"])
            one["all"], one["ms"], one["p95"] = (
                values,
                median(values),
                values[min(int(len(values) * 0.95), len(values) - 1)],
            )
    return found


def _lines(arguments: list[str], environ: dict[str, str], name: str) -> list[dict[str, Any]]:
    done = subprocess.run(arguments, env=environ, capture_output=True, text=True, cwd=HERE.parent.parent)
    if done.returncode:
        print(done.stderr[-3000:], file=sys.stderr)
    found = []
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            found.append({**json.loads(line), "peer": name})
            print("  ", line[:160], flush=True)
    return found


TASKS = ["open", "end", "anywhere", "sort_date", "sort_email", "filter"]


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--out", type=Path, default=Path("bench-scale.json"))
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "lms-bench")
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--tasks", nargs="+", default=TASKS)
    options = parser.parse_args()
    server, url = prepare(options.data, options.scale)
    try:
        environ = environment(url, options.scale)
        limit = ["open", "end", "middle", "sort_date", "sort_email", "filter", "search", "edit", "count"]
        results = [{"peer": "machine", "task": "loop", "ms": machine_speed()}]
        results += run_peer("raw", limit, environ, options.repetitions)
        results += run_peer("rawqt", limit[:-1], environ, options.repetitions)
        results += run_app(options.tasks, url, environ, options.repetitions)
        results += [{**one, "peer": "raw again"} for one in run_peer("raw", limit, environ, options.repetitions)]
        options.out.write_text(json.dumps(results, indent=1))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
