"""Make .venv ready for `make demo` (group "demo") or for everything else (group "dev").

Usage: python3 .ci/bootstrap.py demo|dev

Run by the Makefile with the system's Python and the standard library alone. On Debian and its kin, what has to come
from the system (the venv module, Qt's native libraries) is installed when run as root; anyone else is shown the one
line to run and gets status 1. Where the environment is already in order this takes some hundredths of a second.
"""

import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - this file meets whatever `python3` is
    sys.exit(f"Python 3.11 or newer is needed; `make PYTHON=/path/to/python3` chooses another than {sys.executable}.")

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

# The shared library that is looked for, and Debian's package that brings it (and what that needs in turn).
QT_LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
}
WINDOW_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
QT_PROBE = "from PySide6 import QtGui, QtPrintSupport, QtSvg, QtWidgets"


def main() -> None:
    """Bring the system's part, then the environment's, up to what the group needs."""
    if sys.argv[1:] not in (["demo"], ["dev"]):
        sys.exit("usage: bootstrap.py demo|dev")
    group = sys.argv[1]
    ensure_system(window=group == "demo" and has_display())
    ensure_environment(group)


def has_display() -> bool:
    """Whether a window could be opened from here."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def ensure_system(window: bool) -> None:
    """Install the system's packages as root, or say which line does it and end with status 1."""
    if not sys.platform.startswith("linux"):
        return
    missing = missing_from_system(window)
    if not missing:
        return
    # The whole list, whatever is missing of it: one line to run, once, also for the window later on.
    packages = [*venv_package(), *QT_LIBRARIES.values(), *WINDOW_LIBRARIES.values()]
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if shutil.which("apt-get") is None:
        sys.exit(f"Please install with the system's package manager what brings: {', '.join(missing)}.")
    if os.geteuid() != 0:
        print(
            "Packages of the system are missing. Run this line once, then the same again:", file=sys.stderr, flush=True
        )
        print("sudo", *command)
        sys.exit(1)
    print(f"Installing from the system's packages: {' '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "-qq"], [*command, "-qq"]):
        if subprocess.run(step, env=environment, stdout=subprocess.DEVNULL).returncode != 0:
            sys.exit(f"`{' '.join(step)}` failed; see its message above.")
    still = missing_from_system(window)
    if still:
        sys.exit(f"Still missing after the installation: {', '.join(still)}.")


def missing_from_system(window: bool) -> list[str]:
    """Names of the shared libraries, or "venv", that this system lacks."""
    missing = ["venv"] if venv_package() else []
    return missing + [name for name in QT_LIBRARIES | (WINDOW_LIBRARIES if window else {}) if not loads(name)]


def venv_package() -> list[str]:
    """Debian's package of the venv module where it is missing, which shows by ensurepip: `venv` itself is there."""
    if importlib.util.find_spec("ensurepip") or pip_works():
        return []
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    system = Path("/usr/bin/python3")
    return ["python3-venv" if system.exists() and system.resolve().name == version else f"{version}-venv"]


def loads(name: str) -> bool:
    """Whether the system's loader finds this shared library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def ensure_environment(group: str) -> None:
    """Create .venv and install the application into it, editable, unless that was done for this pyproject.toml."""
    stamp = VENV / f".{group}"
    state = f"{hashlib.sha256((ROOT / 'pyproject.toml').read_bytes()).hexdigest()} {ROOT}\n"
    works = pip_works()
    if works and stamp.exists() and stamp.read_text() == state:
        return
    print(f"Installing into {VENV.name} ...", flush=True)
    if not works:
        # Missing, half made, or made by a Python that has gone since.
        run(sys.executable, "-m", "venv", "--clear", str(VENV))
    pip = (str(VENV_PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "install", "--editable", f"{ROOT}[{group}]")
    run(str(VENV_PYTHON), "-c", QT_PROBE)
    # The development environment holds all that the demo needs.
    for done in {stamp, VENV / ".demo"}:
        done.write_text(state)


def pip_works() -> bool:
    """Whether .venv has a Python, and that Python a pip, at the place where they were made."""
    try:
        child = subprocess.run(
            [str(VENV_PYTHON), "-c", "import sys, importlib.util as u; sys.exit(u.find_spec('pip') is None)"],
            capture_output=True,
        )
    except OSError:
        return False
    return child.returncode == 0


def run(*command: str) -> None:
    """Run a command whose messages the person sees; end with its status where it fails."""
    status = subprocess.run(command).returncode
    if status != 0:
        sys.exit(status)


if __name__ == "__main__":
    main()
