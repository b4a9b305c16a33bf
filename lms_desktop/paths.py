"""Where things stand: what is shipped with the program, and what it keeps for a person. No Qt.

Shipped files lie at the top of a checkout and inside the package in a wheel and in a bundle. A person's files follow
the conventions of the operating system; `LMS_DESKTOP_DATA_DIR`, `LMS_DESKTOP_CONFIG_DIR` and `LMS_DESKTOP_LOG_DIR`
override them. No function here creates anything but `make_private`.
"""

import os
import sys
import tempfile
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_UNIX_NAME = "lms-desktop"
_TITLE_NAME = "LMS Desktop"


def migrations_folder() -> Path:
    """The folder of Alembic's `env.py` and `versions/`."""
    return _shipped("migrations")


def alembic_ini() -> Path:
    """The file `alembic.ini`."""
    return _shipped("alembic.ini")


def resources_folder() -> Path:
    """The folder of `icons/` and `translations/`."""
    return _shipped("resources")


def data_folder() -> Path:
    """What must outlive the program: the embedded server's data, drafts not saved yet."""
    return _personal("LMS_DESKTOP_DATA_DIR", xdg="XDG_DATA_HOME", unix=".local/share")


def config_folder() -> Path:
    """Preferences and recent connections; never a password."""
    return _personal("LMS_DESKTOP_CONFIG_DIR", xdg="XDG_CONFIG_HOME", unix=".config")


def log_folder() -> Path:
    """The log and its older parts."""
    if _override("LMS_DESKTOP_LOG_DIR") is None and sys.platform == "darwin":
        return _home() / "Library" / "Logs" / _TITLE_NAME
    return _personal("LMS_DESKTOP_LOG_DIR", xdg="XDG_STATE_HOME", unix=".local/state", below="log")


def make_private(folder: Path) -> Path:
    """Create `folder` for this person's eyes only (mode 0700 where modes exist) and return it.

    A folder that exists keeps its mode. Raises OSError where it cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _shipped(name: str) -> Path:
    inside = _PACKAGE / name
    beside = _PACKAGE.parent / name
    # Beside the package counts only where that is ours: site-packages may hold somebody else's "migrations".
    if not inside.exists() and (getattr(sys, "frozen", False) or (_PACKAGE.parent / "pyproject.toml").is_file()):
        inside = beside
    if not inside.exists():
        raise FileNotFoundError(f"This installation of LMS Desktop is incomplete: {name} is missing.")
    return inside


def _personal(override: str, *, xdg: str, unix: str, below: str = "") -> Path:
    chosen = _override(override)
    if chosen is not None:
        return chosen
    if sys.platform == "win32":
        roaming = "APPDATA" if xdg == "XDG_CONFIG_HOME" else "LOCALAPPDATA"
        return (_absolute(roaming) or _absolute("APPDATA") or _home() / "AppData" / "Roaming") / _TITLE_NAME / below
    if sys.platform == "darwin":
        return _home() / "Library" / "Application Support" / _TITLE_NAME / below
    return (_absolute(xdg) or _home() / unix) / _UNIX_NAME / below


def _override(variable: str) -> Path | None:
    value = os.environ.get(variable, "")
    return Path(value).expanduser().absolute() if value else None


def _absolute(variable: str) -> Path | None:
    # The XDG specification: a relative path in these variables is invalid and to be ignored.
    value = os.environ.get(variable, "")
    return Path(value) if value and Path(value).is_absolute() else None


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:  # no HOME and no entry in the password database, as in some containers
        return Path(tempfile.gettempdir()) / f"{_UNIX_NAME}-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
