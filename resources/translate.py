"""Bring resources/translations/*.ts up to date with the texts in the sources.

Usage: python resources/translate.py   (or `make translations`)

Texts come from `self.tr("...")` and `QCoreApplication.translate("Context", "...")` under their context, from
`N_("...")` under the empty one, and from ui/*.ui. What is translated stays, new texts are added as unfinished, and what
is no longer in the sources is dropped. English is its own source but for its plurals: lms_en.ts holds these alone.

The .ts files are shipped as they are and read at the start; nothing is compiled. Places in the sources are not
recorded: a file changes only where a text does.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "resources" / "translations"
LANGUAGES = {"en": "en_US", "de": "de_DE", "pt": "pt_PT"}
"""The languages there are, by the end of their file's name: the locale that the file is written for."""

# By module of the running Python: the script pyside6-lupdate may be another environment's, or not on the path.
_LUPDATE = [sys.executable, "-c", "from PySide6.scripts.pyside_tool import lupdate; lupdate()"]
_OPTIONS = [
    *("-silent", "-no-obsolete", "-sort-messages", "-warnings-are-errors"),
    *("-locations", "none"),
    *("-tr-function-alias", "tr+=N_"),
    # A similar text's translation says something else: an unfinished text is better than a wrong one.
    *("-disable-heuristic", "similartext"),
    *("-source-language", "en_US"),
]


def main() -> None:
    """Bring every language up to date and say what is left to be translated."""
    for language in LANGUAGES:
        path = file_of(language)
        update(path, language)
        left = len(re.findall(r"<translation[^>]*type=\"unfinished\"", path.read_text("utf-8")))
        print(path.relative_to(ROOT), f"{left} unfinished" if left else "complete")


def file_of(language: str, folder: Path = TRANSLATIONS) -> Path:
    """Where the texts of a language stand: `lms_LANGUAGE.ts`."""
    return folder / f"lms_{language}.ts"


def sources() -> list[Path]:
    """The files that hold texts. Compiled forms do not count: their texts come from ui/*.ui."""
    forms = ROOT / "lms_desktop" / "forms"
    modules = sorted(path for path in (ROOT / "lms_desktop").rglob("*.py") if forms not in path.parents)
    return [*modules, *sorted((ROOT / "ui").glob("*.ui"))]


def update(path: Path, language: str) -> None:
    """Bring one .ts file up to date, or make it; ends the program with lupdate's own message where that fails."""
    options = [*_OPTIONS, "-target-language", LANGUAGES[language], *(["-pluralonly"] if language == "en" else [])]
    with TemporaryDirectory() as folder:
        # First, for what a text was found to be first it stays.
        counted = Path(folder) / "counted.py"
        counted.write_text(_counted_texts(), "utf-8")
        names = [str(counted), *(str(source.relative_to(ROOT)) for source in sources())]
        command = [*_LUPDATE, *options, *names, "-ts", str(path)]
        child = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    if child.returncode != 0 or not path.exists():
        sys.exit(f"{path.name}: {child.stderr.strip() or child.stdout.strip() or 'lupdate gave nothing'}")


def _counted_texts() -> str:
    """A module with the calls of `translate` that give a number.

    lupdate knows a number only in `tr`: of `translate` it takes the fourth argument for an encoding that Qt no longer
    has, or loses the call.
    """
    lines = []
    for path in sources():
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("translate"):
                texts = [a.value for a in node.args[:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                if len(texts) == 2 and (len(node.args) > 3 or any(word.arg == "n" for word in node.keywords)):
                    lines.append(f'class {texts[0]}:\n    def count(self, n):\n        self.tr({texts[1]!r}, "", n)\n')
    return "".join(lines)


if __name__ == "__main__":
    main()
