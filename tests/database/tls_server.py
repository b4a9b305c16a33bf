"""A PostgreSQL that speaks TLS on this machine's own address, which for the program is a server far away."""

import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from sqlalchemy import URL

from lms_desktop.database.local_cluster import account_for_server, clean_environment
from tests.postgres import binaries_of, public_folder

VERSION = 15
"""The embedded ones are built without TLS, Debian's is with it."""

NAME = "lms.school.edu"
_HBA = "local all all scram-sha-256\nhost all all all scram-sha-256\n"


@dataclass(frozen=True)
class TlsServer:
    """`url` has neither sslmode nor a root certificate; `root` is the certificate that proves the server's identity."""

    url: URL
    root: Path


def own_address() -> str:
    """This machine's address on the network. Skips the test where it has none."""
    found = [
        str(info[4][0]) for info in _quietly(lambda: socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET))
    ]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        # Sends nothing: the system only chooses the address that it would send from.
        _quietly(lambda: probe.connect(("198.51.100.1", 9)))
        found.append(str(probe.getsockname()[0]))
    for address in found:
        if not address.startswith(("127.", "0.")):
            return address
    pytest.skip("this machine has no address but its own loopback")


def _quietly(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except OSError:
        return []


@contextmanager
def tls_server() -> Iterator[TlsServer]:
    """Start one, and stop it at the end. Skips the test where that is not possible."""
    try:
        binaries = binaries_of(VERSION)
    except LookupError as error:
        pytest.skip(str(error))
    if shutil.which("openssl") is None or os.name == "nt":
        pytest.skip("there is no openssl to make a certificate with")
    address, folder = own_address(), public_folder()
    try:
        password = _make_cluster(binaries, folder, address)
        with socket.socket() as free:
            free.bind((address, 0))
            port = free.getsockname()[1]
        settings = {
            "listen_addresses": f"{address},127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            "fsync": "off",
            "ssl": "on",
            "ssl_cert_file": folder / "server.crt",
            "ssl_key_file": folder / "server.key",
        }
        given = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        program = [str(binaries / "postgres"), "-D", str(folder / "cluster"), *given]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(program, stdout=log, stderr=log, **_surroundings(folder))
        try:
            url = URL.create("postgresql", "ann", password, address, port, "postgres")
            _await_answer(url, process)
            yield TlsServer(url, folder / "server.crt")
        finally:
            process.terminate()
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _surroundings(folder: Path) -> dict[str, Any]:
    """Where, in which environment and as whom PostgreSQL's programs run."""
    account = account_for_server(folder / "cluster")
    return {"cwd": folder, "env": clean_environment(), **({} if account is None else account.as_options())}


def _make_cluster(binaries: Path, folder: Path, address: str) -> str:
    """Make a cluster, its key and its certificate; returns the password of `ann`, who owns it."""
    password, surroundings = secrets.token_hex(8), _surroundings(folder)
    if "user" in surroundings:
        os.chown(folder, surroundings["user"], surroundings["group"])
    (folder / "password").write_text(password, "utf-8")
    (folder / "password").chmod(0o644)
    initdb = [str(binaries / "initdb"), "-D", "cluster", "-U", "ann", "--pwfile=password", "--auth=scram-sha-256", "-N"]
    certificate = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    certificate += ["-days", "2", "-subj", "/CN=lms", "-addext", f"subjectAltName=DNS:{NAME},IP:{address}"]
    certificate += ["-keyout", "server.key", "-out", "server.crt"]
    for command in (initdb, certificate):
        subprocess.run(command, check=True, capture_output=True, **surroundings)
    (folder / "cluster" / "pg_hba.conf").write_text(_HBA, "utf-8")
    return password


def _await_answer(url: URL, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            psycopg2.connect(url.render_as_string(hide_password=False), connect_timeout=10).close()
            return
        except psycopg2.OperationalError:
            continue
    raise AssertionError("the server ended as soon as it was started")
