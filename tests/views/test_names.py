"""Everything that can have the keyboard says what it is: for those who cannot see it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL, update
from sqlalchemy import delete as delete_rows

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QWidget

from lms_desktop.admin import CATALOG, PAGES
from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import Course, User
from lms_desktop.errors import BugError
from lms_desktop.services.edits import Clash, Point, Sides, State
from lms_desktop.services.impact import Effect, Impact
from lms_desktop.services.merging import compare
from lms_desktop.services.records import Clashes, Record
from lms_desktop.services.reverting import Obstacle, Plan
from lms_desktop.views import theme
from lms_desktop.views.conflict_dialog import ConflictDialog
from lms_desktop.views.connection_info import ConnectionInfo
from lms_desktop.views.delete_dialog import DeleteDialog
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.feedback import ErrorBox
from lms_desktop.views.help_dialogs import AboutDialog, ShortcutsDialog
from lms_desktop.views.history_page import HistoryPage
from lms_desktop.views.main_window import MainWindow
from lms_desktop.views.preferences_dialog import PreferencesDialog
from lms_desktop.views.preview_dialog import PreviewDialog
from lms_desktop.views.revert_dialog import RevertDialog
from lms_desktop.views.session import Session
from tests.small_school import actor, opened, row_id
from tests.views.sittings import sitting


@pytest.fixture(autouse=True)
def _the_usual_look(qapp: QApplication) -> None:
    # Windows of earlier tests wait for an event loop to go; none runs here, and a theme dresses all there are.
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    theme.install(qapp, theme.Scheme.LIGHT, 100)


@pytest.fixture
def session(qtbot: QtBot, database_url: URL, tmp_path: Path) -> Iterator[Session]:
    """The administrator's sitting at the small school."""
    with opened(database_url) as school, sitting(school, actor("admin"), tmp_path) as made:
        yield made


def give_up(window: MainWindow) -> None:
    """Leave nothing unsaved: nobody is there to be asked about it in the end."""
    for page in window.pages():
        page.discard()


@pytest.fixture
def window(qtbot: QtBot, session: Session) -> MainWindow:
    """The main window, shown."""
    made = MainWindow(session, ConnectionInfo("school", "this computer"))
    qtbot.addWidget(made, before_close_func=give_up)
    made.show()
    return made


def nameless(top: QWidget) -> list[str]:
    """What Tab or a click reaches below `top` and has no name."""
    return [
        f"{type(widget).__name__} {widget.objectName()} in {type(widget.parent()).__name__}"
        for widget in (top, *top.findChildren(QWidget))
        if widget.isVisibleTo(top)
        and widget.isEnabledTo(top)
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not spoken(widget)
    ]


def spoken(widget: QWidget) -> str:
    """What a screen reader calls it."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


def test_what_has_no_name_is_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    QLineEdit(window)
    assert len(nameless(window)) == 1


@pytest.mark.parametrize("name", PAGES)
def test_everything_in_the_window_has_a_name(window: MainWindow, name: str) -> None:
    assert window.open_page(name)
    page = window.page
    assert isinstance(page, EntityPage)
    page.select_first()
    assert page.form.record() is not None, "there is a record to look at"
    assert nameless(window) == []


@pytest.mark.parametrize("tab", range(3), ids=["operations", "deleted", "sign-ins"])
def test_everything_in_the_history_has_a_name(window: MainWindow, session: Session, tab: int) -> None:
    def work(uow: UnitOfWork) -> Outcome:
        uow.execute(delete_rows(Course).where(Course.id == row_id(Course, "botany")))
        return uow.outcome("Deleted Botany.")

    session.desk.commit(work)
    assert window.open_page("history")
    page = window.page
    assert isinstance(page, HistoryPage)
    page.tabs.setCurrentIndex(tab)
    assert tab == 2 or page.panel.cards(), "there is something to look at"
    assert nameless(window) == []


def test_everything_in_the_history_of_a_record_has_a_name(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    def work(uow: UnitOfWork) -> Outcome:
        uow.execute(update(Course).where(Course.id == row_id(Course, "botany")).values(title="Plants"))
        return uow.outcome("Saved Plants.")

    session.desk.commit(work)
    window.open_page("courses")
    page = window.page
    assert isinstance(page, EntityPage)
    page.show_record(row_id(Course, "botany"))
    page.form.tabs.setCurrentIndex(page.form.tabs.count() - 1)
    qtbot.waitUntil(lambda: bool(page.form.history.cards()))
    assert nameless(window) == []


@pytest.mark.parametrize("name", PAGES)
def test_everything_in_the_editor_of_a_filter_has_a_name(window: MainWindow, name: str) -> None:
    window.open_page(name)
    page = window.page
    assert isinstance(page, EntityPage)
    for field in page.filters.filterable():
        editor = page.filters.open_editor(field, None, page.filters)
        assert nameless(editor) == [], field.key
        editor.close()


def preview(page: EntityPage) -> QDialog:
    return PreviewDialog(page.session, page.held, page)


def conflict(page: EntityPage) -> QDialog:
    (draft,) = page.drafts.all()
    values = {**draft.seen, "full_name": "Anna"}
    theirs = Record(User, draft.id, "2", "Anna", "", values, {}, frozenset())
    clash = compare(page.admin, draft.edit(), theirs)
    return ConflictDialog(page.session, page.admin, page.drafts, Clashes("changed", (clash,)), page)


def conflicts(page: EntityPage) -> QDialog:
    """Of several rows, one of which is gone and shown."""
    (draft,) = page.drafts.all()
    theirs = Record(User, draft.id, "2", "Anna", "", {**draft.seen, "full_name": "Anna"}, {}, frozenset())
    gone = Clash(draft.edit(), "Bo", State.DELETED, (Point("full_name", Sides.MINE, "Bo", "Boris", None),))
    clashes = Clashes("changed", (compare(page.admin, draft.edit(), theirs), gone))
    dialog = ConflictDialog(page.session, page.admin, page.drafts, clashes, page)
    assert dialog.table is not None
    dialog.table.selectRow(1)
    return dialog


def delete(page: EntityPage) -> QDialog:
    impact = Impact(Course, ("1",), (Effect("lessons", "delete", 3, ("course_id",)),))
    gentler = next(action for action in CATALOG[Course].actions if action.gentler)
    return DeleteDialog(CATALOG, CATALOG[Course], impact, ["Algebra"], gentler, page)


def blocked(page: EntityPage) -> QDialog:
    fields = (("full_name", "Ana", "Anna"),)
    obstacle = Obstacle(User, row_id(User, "ana"), "Ana", "changed", fields, "Ines", "2026-11-22 09:00:00+00")
    return RevertDialog(page.session, Plan("1", "Saved Ana.", {User: (0, 2, 0)}, (obstacle,), 1, 1), page)


DIALOGS: dict[str, Callable[[EntityPage], QDialog]] = {
    "preview": preview,
    "conflict": conflict,
    "conflicts": conflicts,
    "delete": delete,
    "take back": lambda page: RevertDialog(page.session, Plan("1", "Saved Ana.", {User: (1, 0, 0)}, possible=1), page),
    "cannot be taken back": blocked,
    "preferences": lambda page: PreferencesDialog(page.session.preferences, page),
    "shortcuts": lambda page: ShortcutsDialog(page),
    "about": lambda page: AboutDialog("school", "this computer", page),
    "error": lambda page: ErrorBox(BugError("It broke.", details="where"), page),
}


@pytest.mark.parametrize("name", DIALOGS)
def test_a_dialog_and_everything_in_it_has_a_name(window: MainWindow, qtbot: QtBot, name: str) -> None:
    window.open_page("users")
    page = window.page
    assert isinstance(page, EntityPage)
    page.drafts.set(row_id(User, "ana"), "full_name", "Ann", version="1", base="Ana", title="Ana")
    dialog = DIALOGS[name](page)
    dialog.show()
    assert dialog.windowTitle()
    assert spoken(dialog)
    assert nameless(dialog) == []
    dialog.close()
