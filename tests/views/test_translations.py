"""The languages of the screen: files read, numbers inflected, sources complete, a window in German."""

import ast
import logging
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import create_engine

from PySide6.QtCore import QCoreApplication, QLocale, Qt
from PySide6.QtWidgets import QApplication, QDialogButtonBox

from lms_desktop import app
from lms_desktop.admin import CATALOG
from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.database.migrating.source import own
from lms_desktop.database.migrations import MigrationRunner
from lms_desktop.models import wording
from lms_desktop.spec import Choice, Flag, Group, Kind, Number, operators
from lms_desktop.views import translations
from lms_desktop.views.filter_words import operator_name
from lms_desktop.views.translations import TsTranslator, choose, places, plural_rule, read
from resources import translate

COMPLETE = sorted(set(translate.LANGUAGES) - {"en"})
OUT_OF_DATE = "run `make translations`, translate what it says is unfinished, and commit the result"


@pytest.fixture(autouse=True)
def _as_it_was(qapp: QApplication) -> Iterator[None]:
    locale, direction = QLocale(), qapp.layoutDirection()
    yield
    translations.remove(qapp)
    QLocale.setDefault(locale)
    qapp.setLayoutDirection(direction)


def ts(folder: Path, body: str, language: str = "de_DE") -> Path:
    """A .ts file of its own."""
    path = folder / "lms_de.ts"
    path.write_text(
        f'<?xml version="1.0" encoding="utf-8"?><!DOCTYPE TS><TS version="2.1" language="{language}">{body}</TS>',
        "utf-8",
    )
    return path


def message(source: str, translation: str, *, context: str = "Page", more: str = "", kind: str = "") -> str:
    """A context with one message."""
    return (
        f"<context><name>{context}</name><message{more}><source>{source}</source>"
        f"<translation{kind}>{translation}</translation></message></context>"
    )


def keys(path: Path) -> set[tuple[str, str, str, bool]]:
    """The messages of a .ts file: (context, source, comment, whether a number is given)."""
    return {
        (
            context.findtext("name") or "",
            each.findtext("source") or "",
            each.findtext("comment") or "",
            each.get("numerus") == "yes",
        )
        for context in ElementTree.parse(path).getroot().iter("context")
        for each in context.iter("message")
    }


class TestReading:
    def test_a_text_is_found_in_its_context_alone(self, tmp_path: Path) -> None:
        german = TsTranslator(ts(tmp_path, message("Open", "Öffnen")))
        assert german.translate("Page", "Open") == "Öffnen"
        assert german.translate("Other", "Open") is None
        assert german.language() == "de_DE"

    def test_what_is_not_translated_is_left_to_the_next(self, qapp: QApplication, tmp_path: Path) -> None:
        german = TsTranslator(ts(tmp_path, message("Open", "", kind=' type="unfinished"')), qapp)
        assert german.isEmpty()
        qapp.installTranslator(german)
        assert QCoreApplication.translate("Page", "Open") == "Open"
        qapp.removeTranslator(german)

    def test_a_comment_is_looked_for_first_and_done_without_else(self, tmp_path: Path) -> None:
        body = message("Open", "Offen") + message("Open", "Öffnen</translation><comment>verb</comment><translation>x")
        german = TsTranslator(ts(tmp_path, body))
        assert german.translate("Page", "Open", "verb") == "Öffnen"
        assert german.translate("Page", "Open", "state") == "Offen"

    def test_a_number_chooses_the_form(self, tmp_path: Path) -> None:
        forms = "<numerusform>%n Kurs</numerusform><numerusform>%n Kurse</numerusform>"
        german = TsTranslator(ts(tmp_path, message("%n course(s)", forms, more=' numerus="yes"')))
        found = [german.translate("Page", "%n course(s)", None, n) for n in (0, 1, 2, -1)]
        assert found == ["%n Kurse", "%n Kurs", "%n Kurse", "%n Kurs"]

    def test_characters_that_xml_cannot_hold_are_read_as_qt_writes_them(self, tmp_path: Path) -> None:
        german = TsTranslator(ts(tmp_path, message("a<byte value='x1b'/>b", "c<byte value='7'/>d<byte value='q'/>")))
        assert german.translate("Page", "a\x1bb") == "c\x07d"

    def test_a_translation_that_could_not_be_filled_in_is_not_used(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        german = TsTranslator(ts(tmp_path, message("{count} rows", "{anzahl} Zeilen")))
        assert german.translate("Page", "{count} rows") is None
        assert "another place" in caplog.text

    @pytest.mark.parametrize(
        "content",
        [
            "",
            "no XML",
            "<html/>",
            "<TS><context>",
            '<!DOCTYPE TS [<!ENTITY a "b">]><TS>&a;</TS>',
            "<TS><context><message/><message><source/></message></context></TS>",
            "\ufeff<TS/>",
            "<TS>" + "<context>" * 5000,
        ],
    )
    def test_a_file_that_is_something_else_translates_nothing(self, tmp_path: Path, content: str) -> None:
        path = tmp_path / "lms_de.ts"
        path.write_text(content, "utf-8")
        assert TsTranslator(path).isEmpty()

    def test_a_file_that_cannot_be_read_is_logged(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        (tmp_path / "binary.ts").write_bytes(b"\xff\xfe\x00")
        with caplog.at_level(logging.WARNING):
            assert TsTranslator(tmp_path / "binary.ts").isEmpty()
            assert TsTranslator(tmp_path / "none.ts").isEmpty()
        assert "binary.ts is not used" in caplog.text
        assert "none.ts is not used" in caplog.text

    def test_a_huge_file_is_not_even_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(translations, "MAX_BYTES", 10)
        with pytest.raises(ValueError, match="too large"):
            read(ts(tmp_path, message("Open", "Öffnen")))


@pytest.mark.parametrize(
    ("locale", "forms"),
    [
        ("en_US", (1, 0, 1, 1)),
        ("de", (1, 0, 1, 1)),
        ("pt_PT", (1, 0, 1, 1)),
        ("pt_BR", (0, 0, 1, 1)),
        ("fr", (0, 0, 1, 1)),
        ("ja", (0, 0, 0, 0)),
        ("ru", (2, 0, 1, 2)),
        ("pl", (2, 0, 1, 2)),
        ("cs", (2, 0, 1, 2)),
        ("ar", (0, 1, 2, 3)),
    ],
)
def test_each_language_has_its_plural_rule(locale: str, forms: tuple[int, ...]) -> None:
    assert tuple(plural_rule(locale)(n) for n in (0, 1, 2, 5)) == forms


class TestChoosing:
    def test_a_chosen_language_counts_before_the_systems(self) -> None:
        assert choose("de", QLocale("pt_PT"))[0] == "de"

    def test_the_systems_language_is_taken_with_its_country(self) -> None:
        language, locale = choose("", QLocale("de_CH"))
        assert (language, locale.name()) == ("de", "de_CH")

    def test_a_language_that_is_not_there_is_english_in_the_persons_country(self) -> None:
        language, locale = choose("", QLocale("fi_FI"))
        assert (language, locale.name()) == ("en", "en_FI")

    def test_english_comes_first_where_the_system_says_so(self) -> None:
        assert choose("", QLocale("en_GB"))[0] == "en"

    def test_a_bare_language_is_the_one_of_its_file(self) -> None:
        assert choose("pt", QLocale("en_US"))[1].name() == "pt_PT"

    def test_every_language_is_listed_as_it_calls_itself(self) -> None:
        names = {language: translations.language_name(language) for language in translations.languages()}
        assert names["en"] == "English"
        assert names["de"] == "Deutsch"


class TestSpeaking:
    def test_english_counts_properly(self, qapp: QApplication) -> None:
        assert app.speak(qapp, "en") == "en"
        found = [QCoreApplication.translate("Saving", "Discard %n unsaved change(s)?", "", n) for n in (0, 1, 3)]
        assert found == ["Discard 0 unsaved changes?", "Discard 1 unsaved change?", "Discard 3 unsaved changes?"]

    def test_german_counts_properly(self, qapp: QApplication) -> None:
        assert app.speak(qapp, "de") == "de"
        found = [QCoreApplication.translate("Saving", "Discard %n unsaved change(s)?", "", n) for n in (1, 3)]
        assert found == ["1 ungespeicherte Änderung verwerfen?", "3 ungespeicherte Änderungen verwerfen?"]

    @pytest.mark.parametrize(("language", "word"), [("de", "Abbrechen"), ("pt", "Cancelar"), ("en", "Cancel")])
    def test_qts_own_texts_follow(self, qapp: QApplication, qtbot: QtBot, language: str, word: str) -> None:
        app.speak(qapp, language)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        qtbot.addWidget(box)
        assert box.button(QDialogButtonBox.StandardButton.Cancel).text().replace("&", "") == word

    def test_speaking_another_language_forgets_the_one_before(self, qapp: QApplication) -> None:
        app.speak(qapp, "de")
        app.speak(qapp, "en")
        assert QCoreApplication.translate("", "Course") == "Course"
        assert wording.word("Course") == "Course"

    def test_a_language_written_from_the_right_turns_the_window_round(
        self, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ts(tmp_path, message("Course", "دورة", context="")).rename(tmp_path / "lms_ar.ts")
        monkeypatch.setattr(translations, "_folder", lambda folder: tmp_path)
        assert app.speak(qapp, "ar") == "ar"
        assert qapp.layoutDirection() is Qt.LayoutDirection.RightToLeft
        assert wording.word("Course") == "دورة"
        app.speak(qapp, "en")
        assert qapp.layoutDirection() is Qt.LayoutDirection.LeftToRight


class TestSources:
    @pytest.mark.parametrize("language", sorted(translate.LANGUAGES))
    def test_the_file_has_the_texts_of_the_sources(self, tmp_path: Path, language: str) -> None:
        fresh = translate.file_of(language, tmp_path)
        translate.update(fresh, language)
        assert keys(translate.file_of(language)) == keys(fresh), OUT_OF_DATE

    @pytest.mark.parametrize("language", sorted(translate.LANGUAGES))
    def test_nothing_is_left_to_be_translated(self, language: str) -> None:
        path = translate.file_of(language)
        assert {key[:3] for key in keys(path)} == set(read(path)[1]), OUT_OF_DATE

    @pytest.mark.parametrize("language", COMPLETE)
    def test_every_place_of_a_source_is_filled_or_left_out_on_purpose(self, language: str) -> None:
        # Where the noun or the number is in the sentence already.
        left_out = {"Select a row to see the {0} here."}
        for (context, source, _), forms in read(translate.file_of(language))[1].items():
            assert source in left_out or all(places(form) == places(source) for form in forms), (context, source, forms)

    def test_what_counts_in_english_has_both_forms(self) -> None:
        counted = {key for key in keys(translate.file_of("de")) if key[3]}
        assert counted == keys(translate.file_of("en"))
        for forms in read(translate.file_of("en"))[1].values():
            assert len(forms) == 2
            assert not any("(s)" in form for form in forms)

    def test_no_text_in_the_sources_escapes_the_extraction(self) -> None:
        known = {(context, source) for context, source, _, _ in keys(translate.file_of("de"))}
        lost = [text for path in translate.sources() if path.suffix == ".py" for text in texts_of(path) - known]
        assert lost == [], OUT_OF_DATE

    def test_every_word_of_the_declarations_is_marked(self) -> None:
        known = {source for context, source, _, _ in keys(translate.file_of("de")) if not context}
        assert sorted(declared() - known) == []

    def test_the_revisions_are_known_by_what_they_say_of_themselves(self) -> None:
        nowhere = create_engine("postgresql+psycopg2://nowhere/none")
        known = {source for context, source, _, _ in keys(translate.file_of("de")) if not context}
        assert {revision.description for revision in MigrationRunner(nowhere).revisions} <= known
        assert {revision.description for revision in own(Lineage.OWN).revisions} <= known


def texts_of(path: Path) -> set[tuple[str, str]]:
    """The literal texts that a module marks: (context, source)."""
    found: set[tuple[str, str]] = set()

    def visit(node: ast.AST, inside: str) -> None:
        if isinstance(node, ast.ClassDef):
            inside = node.name
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            literals = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args[:2]]
            match name, literals:
                case "N_", [str(source)]:
                    found.add(("", source))
                case "tr", [str(source), *_]:
                    found.add((inside, source))
                case "translate", [str(context), str(source)]:
                    found.add((context, source))
        for child in ast.iter_child_nodes(node):
            visit(child, inside)

    visit(ast.parse(path.read_text("utf-8")), "")
    return found


def declared() -> set[str]:
    """All texts of the declarations that a person reads."""
    texts: set[str] = {group.value for group in Group}
    for admin in CATALOG.values():
        texts |= {admin.label, admin.plural, admin.noun, admin.new, admin.delete, admin.blank}
        texts |= {text for related in admin.related for text in [related.label]}
        texts |= {text for action in admin.actions for text in (action.label, action.confirm)}
        texts |= {text for text, _ in admin.quick}
        for field in admin.fields:
            texts |= {field.label, field.help, *words_of(field.kind)}
            texts |= {operator_name(operator) for operator in operators(field.kind)}
    return texts - {"", "%"}


def words_of(kind: Kind) -> set[str]:
    if isinstance(kind, Flag):
        return {kind.yes, kind.no}
    if isinstance(kind, Choice):
        return {option.label for option in kind.options}
    return {kind.unit} if isinstance(kind, Number) else set()


def test_no_class_with_subclasses_counts_by_tr() -> None:
    """With a number, `tr` of PySide looks in the context of the instance's own class alone."""
    parents: set[str] = set()
    counting: set[str] = set()
    for file in Path(app.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                parents |= {base.id for base in node.bases if isinstance(base, ast.Name)}
                calls = [call for call in ast.walk(node) if isinstance(call, ast.Call) and call.args]
                if any(ast.unparse(call.func) == "self.tr" and "%n" in ast.unparse(call.args[0]) for call in calls):
                    counting.add(node.name)
    assert not parents & counting
