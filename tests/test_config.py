"""The environment's contract, and the places of files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lms_desktop import paths
from lms_desktop.config import IDLE_CONNECTIONS, PoolSize, Settings
from lms_desktop.errors import UserError


def test_an_empty_environment_means_the_documented_values() -> None:
    settings = Settings.from_environment({})
    assert settings == Settings()
    assert (settings.pool_size, settings.max_overflow, settings.pool_recycle) == (20, 40, 3600)
    assert settings.database_url is None


def test_the_environment_is_read() -> None:
    settings = Settings.from_environment(
        {
            "DATABASE_URL": " postgresql://ann@db/lms ",
            "DB_POOL_SIZE": "3",
            "DB_MAX_OVERFLOW": "0",
            "DB_POOL_RECYCLE": "60",
            "DB_POOL_TIMEOUT": "1.5",
            "DB_CONNECT_TIMEOUT": "9",
            "DB_STATEMENT_TIMEOUT": "0",
            "DB_LOCK_TIMEOUT": "0.5",
            "DB_IDLE_TIMEOUT": "",
        }
    )
    assert settings == Settings("postgresql://ann@db/lms", 3, 0, 60, 1.5, 9, 0, 0.5, 30)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_POOL_SIZE", "many"),
        ("DB_POOL_SIZE", "-1"),
        ("DB_POOL_SIZE", "2.5"),
        ("DB_MAX_OVERFLOW", "-2"),
        ("DB_POOL_RECYCLE", "0"),
        ("DB_POOL_TIMEOUT", "nan"),
        ("DB_CONNECT_TIMEOUT", "1"),
        ("DB_STATEMENT_TIMEOUT", "1e9"),
        ("DB_LOCK_TIMEOUT", "-1"),
        ("DB_IDLE_TIMEOUT", "30s"),
    ],
)
def test_a_bad_number_is_refused_by_the_name_of_its_variable(name: str, value: str) -> None:
    with pytest.raises(UserError, match=name) as caught:
        Settings.from_environment({name: value})
    assert f"“{value}”" in str(caught.value)
    assert caught.value.way_out


def test_a_password_in_the_address_is_not_shown_with_the_settings() -> None:
    assert "hunter2" not in repr(Settings.from_environment({"DATABASE_URL": "postgresql://ann:hunter2@db/lms"}))


@pytest.mark.parametrize(
    ("size", "overflow", "expected"),
    [
        (20, 40, PoolSize(IDLE_CONNECTIONS, 60 - IDLE_CONNECTIONS)),
        (2, 1, PoolSize(2, 1)),
        (2, -1, PoolSize(2, -1)),
        (0, 40, PoolSize(IDLE_CONNECTIONS, -1)),
    ],
)
def test_a_desk_keeps_few_connections_and_may_have_as_many_as_configured(
    size: int, overflow: int, expected: PoolSize
) -> None:
    assert Settings(pool_size=size, max_overflow=overflow).effective_pool() == expected


# -------------------------------------------------------------------------------------------------------------- paths


def test_what_is_shipped_is_found_in_the_checkout() -> None:
    assert (paths.migrations_folder() / "env.py").is_file()
    assert paths.alembic_ini().is_file()
    assert (paths.resources_folder() / "icons").is_dir()


def test_what_is_shipped_is_found_inside_the_package_and_not_taken_from_strangers(tmp_path: Path) -> None:
    site = tmp_path / "site packages"
    package = site / "lms_desktop"
    (package / "resources").mkdir(parents=True)
    (site / "migrations").mkdir()
    (package / "paths.py").write_bytes(Path(paths.__file__).read_bytes())
    (package / "__init__.py").touch()
    ask = (
        "from lms_desktop import paths; print(paths.resources_folder());\n"
        "try: paths.migrations_folder()\nexcept FileNotFoundError as error: print(error)"
    )
    result = subprocess.run([sys.executable, "-c", ask], cwd=site, capture_output=True, text=True, check=True)
    assert result.stdout.splitlines() == [
        str(package / "resources"),
        "This installation of LMS Desktop is incomplete: migrations is missing.",
    ]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the conventions of Linux")
def test_personal_files_follow_the_conventions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    places = (paths.data_folder, paths.config_folder, paths.log_folder)
    assert [str(place()) for place in places] == [
        "/home/ann/.local/share/lms-desktop",
        "/home/ann/.config/lms-desktop",
        "/home/ann/.local/state/lms-desktop/log",
    ]
    monkeypatch.setenv("XDG_CONFIG_HOME", "/etc/ann")
    assert str(paths.config_folder()) == "/etc/ann/lms-desktop"
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    assert str(paths.config_folder()) == "/home/ann/.config/lms-desktop"
    monkeypatch.setenv("LMS_DESKTOP_CONFIG_DIR", "/mnt/settings")
    assert str(paths.config_folder()) == "/mnt/settings"


def test_other_systems_have_conventions_of_their_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "darwin")
    assert paths.data_folder() == tmp_path / "Library" / "Application Support" / "LMS Desktop"
    assert paths.log_folder() == tmp_path / "Library" / "Logs" / "LMS Desktop"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("APPDATA", str(tmp_path / "roaming"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert paths.config_folder() == tmp_path / "roaming" / "LMS Desktop"
    assert paths.data_folder() == tmp_path / "local" / "LMS Desktop"
    assert paths.log_folder() == tmp_path / "local" / "LMS Desktop" / "log"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_a_private_folder_is_nobody_elses(tmp_path: Path) -> None:
    folder = paths.make_private(tmp_path / "a" / "b")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert paths.make_private(folder) == folder


@pytest.mark.skipif(os.name == "nt", reason="Windows has no password database")
def test_who_has_no_home_has_a_place_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for variable in ("XDG_DATA_HOME", "LMS_DESKTOP_DATA_DIR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(Path, "home", nobody)
    assert str(os.getuid()) in str(paths.data_folder())
