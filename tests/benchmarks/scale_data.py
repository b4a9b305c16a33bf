"""The server and the data set of the benchmarks at scale: filled once, kept between runs."""

import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

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
ROOT = HERE.parent.parent
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
    """A server with the data set; filled where it is not there yet, and at the head of our own lineage."""
    server = LocalServer(data, version=VERSION, binaries=binaries_of(VERSION), fast=True)
    server.start()
    name = f"bench_{scale:g}".replace(".", "_")
    with closing(outside_transactions(server.url("postgres"))) as connection, connection.cursor() as cursor:
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
    bring_up_to_date(url)
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
            config = Config(str(ROOT / "alembic.ini"))
            config.attributes["connection"] = connection
            command.stamp(config, "head")
    finally:
        engine.dispose()
    print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)


def bring_up_to_date(url: URL) -> None:
    """Apply what our own lineage has gained since the data set was filled, indexes among it."""
    engine = make_engine(url, Settings(statement_timeout=0))
    try:
        runner = MigrationRunner(engine, Lineage.OWN)
        if runner.status().kind != "current":
            runner.upgrade()
            with closing(outside_transactions(url)) as connection, connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
    finally:
        engine.dispose()


def outside_transactions(url: URL) -> "psycopg2.extensions.connection":
    """A connection outside any transaction."""
    connection = psycopg2.connect(libpq(url))
    connection.autocommit = True
    return connection


def libpq(url: URL) -> str:
    """The address as libpq takes it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
