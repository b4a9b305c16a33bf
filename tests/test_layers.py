"""The walls of the house: what may import what, and that a breach is noticed.

The contracts stand in pyproject.toml for import-linter. What it cannot see, because it knows modules and not names, is
looked for here in the syntax trees: who takes hold of a Session.
"""

import ast
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import lms_desktop

PACKAGE = Path(lms_desktop.__file__).parent
ROOT = PACKAGE.parent

SESSION_NAMES = {"Session", "sessionmaker", "scoped_session", "object_session", "AsyncSession", "async_sessionmaker"}
MAY_HOLD_SESSIONS = {"database", "services"}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of the checkout in `folder`."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def session_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of each way to a Session that this module takes from SQLAlchemy."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name in SESSION_NAMES)
        elif isinstance(node, ast.Attribute) and node.attr in SESSION_NAMES:
            yield node.lineno, node.attr


def sessions_out_of_place(package: Path) -> list[str]:
    """Places outside `database` and `services` that take hold of a Session."""
    found = []
    for path in sorted(package.rglob("*.py")):
        inside = path.relative_to(package)
        if inside.parts[0] not in MAY_HOLD_SESSIONS:
            names = session_names(ast.parse(path.read_text("utf-8")))
            found += [f"{inside.as_posix()}:{line} {name}" for line, name in names]
    return found


def test_imports_keep_to_the_layers_and_qt_to_its_rooms() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_no_session_outside_database_and_services() -> None:
    assert sessions_out_of_place(PACKAGE) == []


@pytest.fixture
def empty_house(tmp_path: Path) -> Path:
    """A checkout with our contracts and our rooms, all of them empty, in which a wall may be breached."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    rooms = {"lms_desktop", *(f"lms_desktop/{name}" for layer in layers() for name in layer.split(" : "))}
    for room in rooms:
        (tmp_path / room).mkdir(exist_ok=True, parents=True)
        (tmp_path / room / "__init__.py").touch()
    return tmp_path


def layers() -> list[str]:
    """The layers as the contract names them, the highest first."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (found,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [str(layer) for layer in found]


def plant(house: Path, module: str, code: str) -> None:
    """Put a module into a room."""
    (house / "lms_desktop" / f"{module}.py").write_text(f"{code}\n", "utf-8")


def test_an_empty_house_has_no_breach(empty_house: Path) -> None:
    result = lint_imports(empty_house)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "code", "reported"),
    [
        ("entities/planted", "import lms_desktop.services", "lms_desktop.entities.planted -> lms_desktop.services"),
        ("errors/planted", "import lms_desktop.entities", "lms_desktop.errors.planted -> lms_desktop.entities"),
        ("models/planted", "from lms_desktop import forms", "lms_desktop.models.planted -> lms_desktop.forms"),
        ("services/planted", "import PySide6.QtCore", "lms_desktop.services.planted -> PySide6"),
        ("cli/planted", "def window():\n    from PySide6 import QtGui", "lms_desktop.cli.planted -> PySide6"),
        ("helpers", "", "lms_desktop.helpers"),
    ],
    ids=[
        "upwards",
        "out of a leaf",
        "forms below views",
        "Qt in services",
        "Qt in a function",
        "no place in the house",
    ],
)
def test_a_planted_bad_import_is_reported(empty_house: Path, module: str, code: str, reported: str) -> None:
    plant(empty_house, module, code)
    result = lint_imports(empty_house)
    assert result.returncode == 1
    assert reported in result.stdout


@pytest.mark.parametrize(
    "code", ["from sqlalchemy.orm import Session", "import sqlalchemy.orm\nsqlalchemy.orm.Session"]
)
def test_a_planted_session_is_reported(empty_house: Path, code: str) -> None:
    plant(empty_house, "models/planted", code)
    plant(empty_house, "services/fine", code)
    found = sessions_out_of_place(empty_house / "lms_desktop")
    assert [place.split(":")[0] for place in found] == ["models/planted.py"]
