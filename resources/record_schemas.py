"""Write down what each revision should give, into migrations/expected/*.json.

Usage: python resources/record_schemas.py   (or `make schemas`)

The files are what a live schema is compared with. They are committed, and made by running the revisions on an empty
database of an embedded server; a test says when they are out of date. A revision that is new needs this once.
"""

import shutil
import tempfile
from pathlib import Path

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.local_server import LocalServer
from lms_desktop.database.migrating.expected import record
from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.database.migrating.source import own

ROOT = Path(__file__).resolve().parent.parent
EXPECTED = ROOT / "migrations" / "expected"


def main() -> None:
    """Bring every file up to date and say which there are."""
    folder = Path(tempfile.mkdtemp(prefix="lms-schemas-"))
    folder.chmod(0o711)  # the server of root runs under another account
    try:
        with LocalServer(folder / "server", fast=True) as server:
            engine = make_engine(server.url(), Settings())
            written = [file for lineage in Lineage for file in record(own(lineage), engine, EXPECTED)]
            engine.dispose()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for orphan in set(EXPECTED.glob("*.json")) - set(written):
        orphan.unlink()
    for file in written:
        print(file.relative_to(ROOT))


if __name__ == "__main__":
    main()
