"""A server that is too old is refused when it is reached, in a sentence, by whatever way it is reached."""

import pytest
from sqlalchemy import URL

from lms_desktop import cli
from lms_desktop.config import Settings
from lms_desktop.database import server_version
from lms_desktop.database.engine import make_engine
from lms_desktop.errors import UserError
from lms_desktop.services.arrival import Attempt
from tests.postgres import VERSIONS, PostgresServer


@pytest.fixture
def _all_are_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_version, "OLDEST", 99)


@pytest.mark.parametrize("number", [140_000, 140_020, 150_018, 160_002, 180_006, 190_000])
def test_what_has_all_that_is_needed_is_taken(number: int) -> None:
    server_version.check(number)


@pytest.mark.parametrize(("number", "said"), [(130_022, "13.22"), (90_624, "9.6.24"), (100_001, "10.1")])
def test_what_is_too_old_is_named_with_what_is_needed(number: int, said: str) -> None:
    with pytest.raises(UserError, match=rf"PostgreSQL {said}, .* needs 14 or a newer one\. Ask"):
        server_version.check(number)


def test_what_the_suite_runs_on_is_taken(each_server: PostgresServer) -> None:
    engine = make_engine(each_server.admin, Settings())
    with engine.connect():
        pass
    engine.dispose()
    assert min(VERSIONS) >= server_version.OLDEST


@pytest.mark.usefixtures("_all_are_too_old")
def test_a_window_says_so_where_it_is_asked_to_connect(database_url: URL) -> None:
    with pytest.raises(UserError, match="needs 99 or a newer one"):
        Attempt(database_url, Settings()).run()


@pytest.mark.usefixtures("_all_are_too_old")
def test_a_verb_says_so_in_one_line(
    database_url: URL, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url.render_as_string(hide_password=False))
    for verb in (["migrate", "status"], ["cleanup", "--dry-run"]):
        assert cli.main(verb) == 1
        said = capsys.readouterr().err
        assert said.startswith("lms-desktop: The server is PostgreSQL ")
        assert said.count("\n") == 1
