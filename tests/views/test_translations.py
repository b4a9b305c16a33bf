"""The languages of the screen: files read, numbers inflected, sources complete, a window in German."""

import ast
import logging
import pickle
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, create_engine

from PySide6.QtCore import QCoreApplication, QLocale, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialogButtonBox, QLabel, QWidget

from lms_desktop import app
from lms_desktop.admin import CATALOG
from lms_desktop.database.migrations import MigrationRunner
from lms_desktop.entities import Course
from lms_desktop.errors import BadValue, Denied, ExplainedError, UserError
from lms_desktop.errors.sentences import Sentence
from lms_desktop.models import wording
from lms_desktop.models.render import render
from lms_desktop.services import gate
from lms_desktop.services.records import Refused
from lms_desktop.spec import Choice, Computed, Field, Filter, Flag, Group, Json, Kind, Number, Operator, Text, operators
from lms_desktop.views import theme, translations
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.feedback import show_error
from lms_desktop.views.filter_words import filter_text, operator_name
from lms_desktop.views.main_window import ConnectionInfo, MainWindow
from lms_desktop.views.translations import TsTranslator, choose, places, plural_rule, read
from resources import translate
from tests.small_school import actor, opened, row_id
from tests.views.sittings import sitting

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


class TestReasons:
    @pytest.mark.parametrize(
        ("kind", "typed", "english", "german"),
        [
            (
                Text(length=3),
                "four",
                "At most 3 characters fit; this has 4.",
                "Höchstens 3 Zeichen passen hinein; dies sind 4.",
            ),
            (
                Json(),
                "[1,",
                "This is not JSON yet: line 1, column 4: Expecting value.",
                "Das ist noch kein JSON: Zeile 1, Spalte 4: ein Wert fehlt.",
            ),
            (
                Number(minimum=0, maximum=100),
                "101",
                "Only 0 to 100 is possible here.",
                "Hier ist nur 0 bis 100 möglich.",
            ),
        ],
    )
    def test_why_a_value_is_refused_is_said_in_both(
        self, qapp: QApplication, kind: Kind, typed: str, english: str, german: str
    ) -> None:
        with pytest.raises(BadValue) as caught:
            kind.parse(typed)
        assert str(caught.value) == english
        app.speak(qapp, "de")
        assert wording.said(caught.value) == german

    def test_what_is_possible_is_listed_in_the_persons_words(self, qapp: QApplication) -> None:
        field = CATALOG[Course].field("difficulty_level")
        with pytest.raises(BadValue) as caught:
            field.kind.check("impossible")
        assert str(caught.value) == "Only these are possible: Beginner, Intermediate, Advanced."
        app.speak(qapp, "de")
        assert wording.reason(caught.value) == "Nur dies ist möglich: Einsteiger, Mittelstufe, Fortgeschritten."

    def test_a_list_of_numbered_things_keeps_its_numbers(self, qapp: QApplication) -> None:
        error = UserError(
            "This cannot be deleted: it is referred to by {things}.", values={"things": ("1 course", "2 lessons")}
        )
        assert str(error) == "This cannot be deleted: it is referred to by 1 course, 2 lessons."
        app.speak(qapp, "de")
        assert wording.said(error) == "Dies kann nicht gelöscht werden: Darauf verweisen 1 Kurs, 2 Lektionen."

    def test_a_refusal_of_one_row_can_still_be_translated(self, qapp: QApplication) -> None:
        refused = Refused(BadValue("{field} is needed.", values={"field": "Course"}, way_out="Correct it."), "1")
        again = pickle.loads(pickle.dumps(BadValue("{field} is needed.", values={"field": ("Course",)})))
        app.speak(qapp, "de")
        assert wording.said(refused) == "Kurs wird gebraucht. Berichtigen Sie es."
        assert wording.reason(again) == "Kurs wird gebraucht."

    def test_what_was_done_is_told_in_the_persons_language(self, qapp: QApplication) -> None:
        one = Sentence("Saved {name}.", name="Course {1}")
        several = pickle.loads(pickle.dumps(Sentence("Saved {n} {things}.", ("things",), n=3, things="courses")))
        assert (one, several) == ("Saved Course {1}.", "Saved 3 courses.")
        app.speak(qapp, "de")
        assert wording.told(one) == "Course {1} gespeichert."
        assert wording.told(several) == "3 Kurse gespeichert."
        assert wording.told("Said by somebody else.") == "Said by somebody else."

    def test_words_amid_a_sentence_are_as_the_language_writes_them(self, qapp: QApplication) -> None:
        app.speak(qapp, "en")
        assert (wording.amid("Courses"), wording.amid("Last sign-in")) == ("courses", "last sign-in")
        app.speak(qapp, "de")
        assert (wording.amid("Courses"), wording.amid("Last sign-in")) == ("Kurse", "Letzte Anmeldung")

    def test_a_value_of_another_program_is_never_translated(self, qapp: QApplication) -> None:
        app.speak(qapp, "de")
        kind = CATALOG[Course].field("difficulty_level").kind
        assert render(kind, "beginner", "UTC").text == "Einsteiger"
        assert render(kind, "Person", "UTC").text == "Person"
        assert render(kind, "Course", "UTC").text == "Course"

    def test_an_error_is_shown_in_the_persons_language(self, qapp: QApplication, qtbot: QtBot) -> None:
        app.speak(qapp, "de")
        error: ExplainedError = Denied("You cannot delete your own account.", way_out="Another administrator can.")
        box = show_error(None, error)
        texts = shown(box)
        box.close()
        assert {"Sie können Ihr eigenes Konto nicht löschen.", "Ein anderer Administrator kann es."} <= texts


def shown(widget: QWidget) -> set[str]:
    """The texts that can be read on a widget."""
    texts = {each.text() for each in widget.findChildren(QLabel) if each.isVisibleTo(widget)}
    texts |= {each.text() for each in widget.findChildren(QAbstractButton) if each.isVisibleTo(widget)}
    return {text for text in texts if text}


class TestWindowInGerman:
    @pytest.fixture
    def window(self, qapp: QApplication, qtbot: QtBot, database_url: URL, tmp_path: Path) -> Iterator[MainWindow]:
        """The main window of an administrator who speaks German."""
        app.speak(qapp, "de")
        theme.install(qapp, theme.Scheme.LIGHT, 100)
        with opened(database_url) as school, sitting(school, actor("admin"), tmp_path) as session:
            window = MainWindow(session, ConnectionInfo("Testschule", ""))
            window.resize(1440, 900)
            window.show()
            yield window
            window._leave()
            window.deleteLater()

    @pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
    def test_navigation_titles_labels_and_filters_are_german(self, window: MainWindow, qtbot: QtBot) -> None:
        assert window.open_page("courses")
        texts = shown(window)
        navigation = {"Personen", "Kurse", "Lektionen", "Einschreibungen", "Quizze", "Versuche", "Zertifikate"}
        assert navigation <= {text.strip() for text in texts}
        qtbot.waitUntil(lambda: "Neuer Kurs" in shown(window))
        page = window.page
        assert isinstance(page, EntityPage)
        assert page.title() == "Kurse"
        page.show_record(row_id(Course, "algebra"))
        qtbot.waitUntil(lambda: "Kurzname" in shown(window))
        assert {"Titel", "Kurzname", "Lehrkraft", "Kategorie", "Schwierigkeit"} <= shown(window)
        model = page.table.model()
        assert model.headerData(0, Qt.Orientation.Horizontal) == "Titel"
        cells = {
            model.index(row, column).data() for row in range(model.rowCount()) for column in range(model.columnCount())
        }
        assert {"Veröffentlicht", "Entwurf"} & cells
        assert not {"Published", "Draft"} & cells

    def test_the_words_of_every_filter_are_german(self, qapp: QApplication) -> None:
        app.speak(qapp, "de")
        names = {operator: operator_name(operator) for operator in Operator}
        assert names[Operator.CONTAINS] == "enthält"
        title = CATALOG[Course].field("title")
        assert isinstance(title, Field | Computed)
        assert filter_text(title, Filter("title", Operator.CONTAINS, ("Algebra",))) == "Titel enthält „Algebra“"
        created = CATALOG[Course].field("created_at")
        assert filter_text(created, Filter("created_at", Operator.LAST_DAYS, ("30",))) == "Angelegt: letzte 30 Tage"

    def test_what_the_gate_says_is_german(self, qapp: QApplication, database_url: URL) -> None:
        app.speak(qapp, "de")
        with (
            opened(database_url) as school,
            gate.reading(school, actor("registrar")) as uow,
            pytest.raises(Denied) as caught,
        ):
            gate.check_entity(uow, Course, "delete")
        assert wording.reason(caught.value) == "Als Sekretariat dürfen Sie hier Folgendes nicht: löschen."
