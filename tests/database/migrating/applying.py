"""A process that applies the tests' revisions of a folder: python -m tests.database.migrating.applying URL FOLDER."""

import sys

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.migrating.events import StepBegan
from lms_desktop.database.migrating.running import Migrate
from lms_desktop.errors import UserError
from tests.database.migrating.acting import made, with_revisions


def main(url: str, folder: str) -> int:
    """Apply; say "begun" as soon as the first revision has."""
    engine = make_engine(url, Settings())
    source = with_revisions(folder)

    def tell(event: object) -> None:
        if isinstance(event, StepBegan):
            print("begun", flush=True)

    try:
        print(Migrate(engine, source, tell=tell).run(made(engine, source)).sentence)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
