"""What an installed package carries, built offline from the checkout and from the source archive."""

import os
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import lms_desktop

pytest.importorskip("hatchling")

ROOT = Path(__file__).parent.parent


def build(target: str, source: Path, folder: Path) -> Path:
    """Build "wheel" or "sdist" of the tree in `source`, without isolation, and return the one file that came of it."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)],
        cwd=source,
        # Alike wherever it is built.
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"},
        check=True,
        capture_output=True,
    )
    (built,) = folder.iterdir()
    return built


def names(wheel: Path) -> set[str]:
    """The files of a wheel, without its own records."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def unpacked(archive: Path, folder: Path) -> Path:
    """The tree in a source archive."""
    with tarfile.open(archive) as tar:
        # By hand: the filter that extractall() wants from 3.12 on is unknown to the first releases of 3.11.
        for member in tar:
            content = tar.extractfile(member)
            if content is not None:
                path = folder / member.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.read())
    (top,) = folder.iterdir()
    return top


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.mark.parametrize("folder", ["migrations", "resources/icons", "resources/translations"])
def test_a_wheel_carries_the_folder_inside_the_package(wheel: Path, folder: str) -> None:
    here = {
        f"lms_desktop/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix not in {".pyc", ".qm"} and path.name != ".gitkeep"
    }
    assert {name for name in names(wheel) if name.startswith(f"lms_desktop/{folder}/")} >= here
    if folder != "resources/translations":
        assert here


def test_a_wheel_carries_alembics_configuration_and_revisions(wheel: Path) -> None:
    inside = names(wheel)
    assert {"lms_desktop/alembic.ini", "lms_desktop/migrations/env.py", "lms_desktop/py.typed"} <= inside
    assert any(name.startswith("lms_desktop/migrations/versions/0001") for name in inside)


def test_a_wheel_holds_the_package_and_nothing_beside_it(wheel: Path) -> None:
    assert {name.split("/")[0] for name in names(wheel)} == {"lms_desktop"}
    assert not [name for name in names(wheel) if "__pycache__" in name or name.endswith("compile.py")]


def test_the_source_archive_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    source = unpacked(build("sdist", ROOT, tmp_path / "sdist"), tmp_path / "source")
    again = build("wheel", source, tmp_path / "wheel")
    assert again.name == wheel.name
    assert names(again) == names(wheel)


def test_the_wheel_says_its_version_command_and_parts(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (folder,) = {name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name}
        metadata = Parser().parsestr(archive.read(f"{folder}/METADATA").decode())
        commands = archive.read(f"{folder}/entry_points.txt").decode()
    assert metadata["Version"] == lms_desktop.__version__
    assert {"demo", "dev"} <= set(metadata.get_all("Provides-Extra", []))
    assert "lms-desktop = lms_desktop.cli:main" in commands
