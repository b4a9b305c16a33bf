"""The committed forms are those of ui/, the line that names the compiler's version aside."""

from pathlib import Path

import pytest

from resources import compile as forms

SOURCES = sorted(forms.UI.glob("*.ui"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_the_committed_form_is_what_its_source_compiles_to(source: Path) -> None:
    committed = forms.form_path(source)
    assert committed.exists(), "run `make forms` and commit the result"
    assert forms.significant(committed.read_text("utf-8")) == forms.significant(forms.compile_form(source)), (
        "run `make forms` and commit the result"
    )


def test_no_compiled_form_is_without_its_source() -> None:
    assert forms.orphans() == []


@pytest.fixture
def one_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ui folder with one form, in the place of ours."""
    source = tmp_path / "ui" / "greeting.ui"
    source.parent.mkdir()
    source.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><ui version="4.0"><class>Greeting</class>'
        '<widget class="QWidget" name="Greeting"><property name="windowTitle"><string>Grüß Gott</string></property>'
        "</widget><resources/><connections/></ui>",
        "utf-8",
    )
    monkeypatch.setattr(forms, "UI", source.parent)
    return source


def test_compiling_twice_changes_nothing_the_second_time(one_form: Path, tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    assert [path.name for path in forms.write_forms(folder)] == ["ui_greeting.py"]
    text = (folder / "ui_greeting.py").read_text("utf-8")
    assert "class Ui_Greeting" in text
    assert str(tmp_path) not in text
    assert forms.write_forms(folder) == []


def test_a_form_follows_its_source_and_goes_with_it(one_form: Path, tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    forms.write_forms(folder)
    one_form.write_text(one_form.read_text("utf-8").replace("Grüß Gott", "Servus"), "utf-8")
    assert [path.name for path in forms.write_forms(folder)] == ["ui_greeting.py"]
    assert "Servus" in (folder / "ui_greeting.py").read_text("utf-8")
    one_form.unlink()
    forms.write_forms(folder)
    assert list(folder.iterdir()) == []


def test_another_version_of_the_compiler_leaves_an_equal_form_alone(one_form: Path, tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    forms.write_forms(folder)
    form = folder / "ui_greeting.py"
    lines = form.read_text("utf-8").splitlines(keepends=True)
    older = "".join(
        "## Created by: Qt User Interface Compiler version 6.0.0\n" if "Created by" in x else x for x in lines
    )
    assert older != "".join(lines)
    form.write_text(older, "utf-8")
    assert forms.write_forms(folder) == []


def test_a_source_that_does_not_compile_is_named(one_form: Path) -> None:
    one_form.write_text("<ui", "utf-8")
    with pytest.raises(SystemExit, match=r"greeting\.ui"):
        forms.compile_form(one_form)
