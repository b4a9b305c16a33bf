"""Compile Qt Designer's ui/*.ui into lms_desktop/forms/ui_*.py.

Usage: python resources/compile.py   (or `make forms`)

The forms are committed: an installed application needs no compiler, and mypy reads them. Two runs give the same bytes,
and a compiler of another version that gives the same form leaves the file alone: its version stands in one comment
only, which does not count (`significant`).
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UI = ROOT / "ui"
FORMS = ROOT / "lms_desktop" / "forms"

_VERSION_LINE = "## Created by: Qt User Interface Compiler version "


def main() -> None:
    """Bring every form up to date and say what was done."""
    for path in write_forms(FORMS):
        print(path.relative_to(ROOT))


def write_forms(folder: Path) -> list[Path]:
    """Write the compiled forms to `folder`, remove those whose source is gone, and return the paths that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for source in sorted(UI.glob("*.ui")):
        target = form_path(source, folder)
        text = compile_form(source)
        if not target.exists() or significant(target.read_text("utf-8")) != significant(text):
            # Whole or not at all: a form torn by Ctrl+C would stop the application from starting.
            draft = target.with_suffix(".new")
            draft.write_text(text, "utf-8", newline="\n")
            draft.replace(target)
            changed.append(target)
    for orphan in orphans(folder):
        orphan.unlink()
        changed.append(orphan)
    return changed


def compile_form(source: Path) -> str:
    """The Python text of one form; ends the program with uic's own message where it cannot be compiled."""
    # By module of the running Python: the script pyside6-uic may be another environment's, or not on the path.
    command = [sys.executable, "-c", "from PySide6.scripts.pyside_tool import uic; uic()"]
    # In the source's folder and by its bare name, which uic writes into the header.
    child = subprocess.run([*command, source.name], cwd=source.parent, capture_output=True, text=True, encoding="utf-8")
    if child.returncode != 0 or not child.stdout:
        sys.exit(f"{source.name}: {child.stderr.strip() or 'uic gave nothing'}")
    return child.stdout


def form_path(source: Path, folder: Path = FORMS) -> Path:
    """Where the compiled form of `ui/NAME.ui` stands: `ui_NAME.py`."""
    return folder / f"ui_{source.stem}.py"


def orphans(folder: Path = FORMS) -> list[Path]:
    """Compiled forms whose source is gone."""
    wanted = {form_path(source, folder) for source in UI.glob("*.ui")}
    return sorted(set(folder.glob("ui_*.py")) - wanted)


def significant(text: str) -> str:
    """A form's text without the line that names the compiler's version."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(_VERSION_LINE))


if __name__ == "__main__":
    main()
