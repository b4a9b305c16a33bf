"""What opens no window runs where Qt is not installed."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Runs in a Python of its own, in which any import of Qt fails as it does where Qt is not installed.
WITHOUT_QT = """
import importlib.abc, sys

class NotInstalled(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"PySide6", "shiboken6"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, NotInstalled())
"""

IMPORT_EVERY_MODULE = """
import importlib, pkgutil, lms_desktop

with_qt = {"models", "views", "forms", "app", "__main__"}
names = [info.name for info in pkgutil.iter_modules(lms_desktop.__path__) if info.name not in with_qt]
for name in names:
    module = importlib.import_module(f"lms_desktop.{name}")
    for inner in pkgutil.walk_packages(getattr(module, "__path__", ()), f"lms_desktop.{name}."):
        importlib.import_module(inner.name)
print(*names)
"""


def run_without_qt(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python code where Qt cannot be imported."""
    command = [sys.executable, "-c", WITHOUT_QT + code, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_qt_cannot_be_imported_in_these_tests() -> None:
    result = run_without_qt("import PySide6.QtCore")
    assert result.returncode == 1
    assert "ModuleNotFoundError" in result.stderr


def test_every_module_below_the_qt_models_imports_without_qt() -> None:
    result = run_without_qt(IMPORT_EVERY_MODULE)
    assert result.returncode == 0, result.stderr
    assert {"admin", "cli", "database", "entities", "policy", "services", "spec"} <= set(result.stdout.split())


@pytest.mark.parametrize(
    "arguments", [["--version"], ["--help"], ["seed", "--help"], ["cleanup", "--help"]], ids=" ".join
)
def test_verbs_without_a_window_need_no_qt(arguments: list[str]) -> None:
    result = run_without_qt("from lms_desktop.cli import main; sys.exit(main())", *arguments)
    assert result.returncode == 0, result.stderr
    assert "lms-desktop" in result.stdout
