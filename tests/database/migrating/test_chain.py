"""What revisions there are, read without Alembic, is what Alembic reads."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from lms_desktop.database.migrating import chain as module
from lms_desktop.database.migrating.chain import chain
from lms_desktop.database.migrating.lineages import Lineage, config_of


@pytest.mark.parametrize("lineage", list(Lineage))
def test_it_is_the_line_that_alembic_walks(lineage: Lineage) -> None:
    scripts = ScriptDirectory.from_config(config_of(lineage)).walk_revisions()
    theirs = [(script.revision, script.doc.split("\n")[0]) for script in scripts]
    assert [tuple(link) for link in chain(lineage)] == theirs[::-1]


@pytest.mark.parametrize(
    "second", ['down_revision = None\nrevision = "b"', 'down_revision = "gone"\nrevision = "b"'], ids=["fork", "gap"]
)
def test_what_is_no_single_line_is_refused(second: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text('"""A."""\nrevision = "a"\ndown_revision = None\n')
    (tmp_path / "b.py").write_text(second)
    monkeypatch.setattr(module, "folder_of", lambda lineage: tmp_path)
    with pytest.raises(ValueError, match=r"two revisions follow|nothing leads to"):
        chain.__wrapped__(Lineage.OWN)


@pytest.mark.parametrize(
    "second",
    [
        '"""B.\n\ndef of what it does.\n"""\nrevision = "b"\ndown_revision = "a"\ndef upgrade(): pass\n',
        '"""B."""\ndef upgrade(): pass\nrevision = "b"\ndown_revision = "a"\n',
        '"""B."""\ndown_revision = "a"\nclass Old: pass\nrevision: str = "b"\n',
    ],
    ids=["words that begin as a definition does", "names at the end", "a definition between"],
)
def test_names_are_found_wherever_they_stand(second: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text('"""A."""\nrevision = "a"\ndown_revision = None\ndef upgrade(): pass\n')
    (tmp_path / "b.py").write_text(second)
    monkeypatch.setattr(module, "folder_of", lambda lineage: tmp_path)
    assert chain.__wrapped__(Lineage.OWN) == (("a", "A."), ("b", "B."))
