"""An administrator at the page of migrations."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import URL

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton

from lms_desktop.database.migrating.events import Limits
from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.models.migrations.run import MigrationRun
from lms_desktop.views.feedback import ErrorBox
from lms_desktop.views.migrations import MIGRATIONS_PAGE
from lms_desktop.views.migrations.page import MigrationsPage
from tests.walks.driving import Sitting, click, said_by, type_into, wait_for
from tests.walks.seating import get_up, sit_down

HASTY = Limits(lock_timeout=0.2, tries=2, pauses=(0.05,), concurrent_wait=0.3)
"""As short as the tests want it."""


@dataclass
class Panel:
    """One administrator's window, the page of migrations in front.

    Attributes:
        sitting: the window.
    """

    sitting: Sitting

    @property
    def page(self) -> MigrationsPage:
        """The page, which must be the one shown."""
        page = self.sitting.window.page
        assert isinstance(page, MigrationsPage)
        return page

    @property
    def run(self) -> MigrationRun:
        """What runs, or ran last."""
        run = self.page.schema.run
        assert run is not None
        return run

    def settle(self) -> None:
        """Wait until nothing is under way and everything is read."""
        self.sitting.settle()

    def offered(self) -> list[str]:
        """What the buttons at the top say that belong to the page."""
        page = self.page
        actions = page.toolbar_actions() + ([page.primary()] if page.primary() is not None else [])
        shown = self.sitting.buttons()
        texts = [action.text() for action in actions if action is not None]
        assert all(text in shown for text in texts)
        return texts

    def states(self) -> dict[str, str]:
        """The revisions as the list says them, oldest last: id → state."""
        model = self.page.list.revisions
        return {entry.id: model.state_word(entry) for entry in model.entries}

    def choose(self, revision: str) -> None:
        """Click a revision in the list."""
        entries = self.page.list.revisions.entries
        row = next(row for row, entry in enumerate(entries) if entry.id == revision)
        view = self.page.list
        index = view.revisions.index(row)
        view.scrollTo(index)
        click(view.viewport(), view.visualRect(index))
        self.settle()

    def tab(self, text: str) -> None:
        """Click a tab of the revision."""
        tabs = self.page.detail.tabs
        place = next(n for n in range(tabs.count()) if tabs.tabText(n) == text)
        click(tabs, tabs.tabRect(place))
        self.settle()

    def without_backup(self) -> None:
        """Untick the backup, where it is ticked."""
        self.tab("Plan")
        check = self.page.detail.safety.backup.check
        if check.isVisible() and check.isChecked():
            check.setFocus()
            QTest.keyClick(check, Qt.Key.Key_Space)
            assert not check.isChecked()

    def ask(self, button: str, answer: Callable[[QDialog], None]) -> str:
        """Click what asks something and answer it; what the dialog said."""
        said: list[str] = []
        failed: list[BaseException] = []

        def look() -> None:
            dialog, keyboard = QApplication.activeModalWidget(), QApplication.focusWidget()
            if not isinstance(dialog, QDialog) or keyboard is None or not dialog.isAncestorOf(keyboard):
                timer.start(10)
                return
            said.append(said_by(dialog))
            try:
                answer(dialog)
            except BaseException as error:
                failed.append(error)
                dialog.reject()

        timer = QTimer(self.sitting.window, singleShot=True)
        timer.timeout.connect(look)
        timer.start(10)
        try:
            click(self._button(button))
            wait_for(lambda: said, f"the question behind {button}")
        finally:
            timer.stop()
        if failed:
            raise failed[0]
        return said[0]

    def refused(self, button: str) -> str:
        """Click what is refused; what the error says."""
        click(self._button(button))
        box: list[ErrorBox] = []

        def there() -> bool:
            box[:] = [each for each in self.sitting.window.findChildren(ErrorBox) if each.isVisible()]
            return bool(box)

        wait_for(there, "the refusal")
        words = said_by(box[0])
        press(box[0], "Close")
        self.settle()
        return words

    def ended(self) -> str:
        """Wait until what runs has ended; what is said of it."""
        wait_for(lambda: not self.run.running, "the end of the run", 60)
        view = self.page.detail.rehearsal if self.run.kind == "rehearsal" else self.page.detail.applying
        self.settle()
        assert view.result.isVisible()
        return view.result.text

    def _button(self, text: str) -> QPushButton:
        found = [b for b in self.sitting.window.findChildren(QPushButton) if b.isVisible() and b.text() == text]
        assert len(found) == 1, f"{text}: {len(found)} of {self.sitting.buttons()}"
        return found[0]


def press(dialog: QDialog, text: str) -> None:
    """Click a button of a dialog."""
    (found,) = [b for b in dialog.findChildren(QPushButton) if b.isVisible() and b.text() == text]
    assert found.isEnabled(), f"{text} cannot be pressed"
    click(found)


def pressing(text: str) -> Callable[[QDialog], None]:
    """An answer: that button."""
    return lambda dialog: press(dialog, text)


def typing(name: str, text: str) -> Callable[[QDialog], None]:
    """An answer: that name, and then that button, which cannot be pressed before."""

    def answer(dialog: QDialog) -> None:
        (line,) = dialog.findChildren(QLineEdit)
        (act,) = [b for b in dialog.findChildren(QPushButton) if b.text() == text]
        assert line.hasFocus()
        assert not act.isEnabled()
        type_into(line, name[:-1])
        assert not act.isEnabled(), "almost is not enough"
        type_into(line, name[-1])
        press(dialog, text)

    return answer


@contextmanager
def at_the_panel(
    url: URL, settings: Path, *, source: object = None, limits: Limits = HASTY, email: str = "admin@lms.com"
) -> Iterator[Panel]:
    """An administrator's window with the page of migrations in front; `source`: the document's revisions."""
    sitting = sit_down(url, email, settings, page=MIGRATIONS_PAGE)
    panel = Panel(sitting)
    schema = sitting.window.session.schema
    schema.limits = replace(limits)
    if source is not None:
        usual = schema.sources
        schema.sources = lambda lineage: source if lineage is Lineage.DOCUMENT else usual(lineage)  # type: ignore[assignment,return-value]
        panel.page.refresh()
    panel.settle()
    try:
        yield panel
    finally:
        run = schema.run
        if run is not None and run.running:
            run.cancel()
            wait_for(lambda: not run.running, "the end of what was left running")
        get_up(sitting)
