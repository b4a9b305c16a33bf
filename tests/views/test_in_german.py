"""The program as a person sees it who speaks German: the window, its words, and why something is refused."""

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from lms_desktop import app
from lms_desktop.admin import CATALOG
from lms_desktop.entities import Course
from lms_desktop.errors import BadValue, Denied, ExplainedError, UserError
from lms_desktop.errors.sentences import Sentence
from lms_desktop.models import wording
from lms_desktop.models.render import render
from lms_desktop.services import gate
from lms_desktop.services.records import Refused
from lms_desktop.spec import Computed, Field, Filter, Json, Kind, Number, Operator, Text
from lms_desktop.views import theme, translations
from lms_desktop.views.connection_info import ConnectionInfo
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.feedback import show_error
from lms_desktop.views.filter_words import filter_text, operator_name
from lms_desktop.views.main_window import MainWindow
from tests.small_school import actor, opened, row_id
from tests.views.sittings import sitting


@pytest.fixture(autouse=True)
def _as_it_was(qapp: QApplication) -> Iterator[None]:
    locale, direction = QLocale(), qapp.layoutDirection()
    yield
    translations.remove(qapp)
    QLocale.setDefault(locale)
    qapp.setLayoutDirection(direction)


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

    @pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
    def test_an_action_is_not_cut_where_text_is_large(self, window: MainWindow, qtbot: QtBot) -> None:
        theme.current().set_text_size(150)
        try:
            window.resize(1024, 700)
            assert window.open_page("courses")
            page = window.page
            assert isinstance(page, EntityPage)
            page.show_record(row_id(Course, "algebra"))
            action = page.form.header.action_button
            assert isinstance(action, QAbstractButton)
            qtbot.waitUntil(lambda: action.isVisible() and action.text() == "Zurückziehen")
            qtbot.waitUntil(lambda: action.width() >= action.sizeHint().width())
            assert page.form.header.rect().contains(action.geometry())
            assert page.form.header.title.shown() == page.form.header.title.text()
            window.resize(1440, 900)
            qtbot.waitUntil(lambda: action.geometry().top() < page.form.header.title.geometry().bottom())
        finally:
            theme.current().set_text_size(100)

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
