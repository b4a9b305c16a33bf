"""A person who types and saves without a pause, in a process of her own that may be killed at any moment.

Run with a database's address, a file of settings and a seed. What she does goes to the standard output, a line each:
`ready`; `typing` and, once it is a draft, `typed` with table, id, field and value; `saving`; `sending` just before
COMMIT is sent; `saved` or `refused`.
"""

import random
import sys
from pathlib import Path

from sqlalchemy import make_url

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lms_desktop.app import make_application
from lms_desktop.database.fates import Sent
from lms_desktop.views import theme
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.page import Destination
from tests.walks.acting import ADMIN, Person, Walk
from tests.walks.driving import CTRL

ROWS = 5
"""So many courses she goes to and fro between."""


def say(*words: str) -> None:
    """Tell whoever listens, at once."""
    print("\t".join(words), flush=True)


def put_off() -> None:
    """Close whatever asks: what it is about stays unsaved."""
    dialog = QApplication.activeModalWidget()
    if dialog is not None:
        dialog.close()


class Typist:
    """Somebody at the courses and the lessons."""

    def __init__(self, person: Person, seed: int) -> None:
        self._person = person
        self._random = random.Random(seed)
        self._number, self._seed = 0, seed
        file = person.window.session.journal.file
        assert file is not None
        send = file.sending

        def sending(sent: Sent) -> None:
            send(sent)
            say("sending")

        file.sending = sending  # type: ignore[method-assign]
        self._impatience = QTimer(person.window)
        self._impatience.timeout.connect(put_off)
        self._impatience.start(20)
        person.open("lessons")
        person.open("courses")
        self._course = person.page.model.row_id(0) or ""
        for page in person.window.pages():
            page.saving.ended.connect(lambda well: say("saved" if well else "refused"))  # type: ignore[attr-defined]

    def go_on(self) -> None:
        """Type, save, type."""
        while True:
            act = self._random.random()
            if act < 0.6:
                self._edit_course()
            elif act < 0.75:
                self._add_lesson()
            else:
                self._save()

    def _text(self) -> str:
        self._number += 1
        return f"s{self._seed} n{self._number}"

    def _edit_course(self) -> None:
        page, row, text = self._go("courses"), self._random.randrange(ROWS), self._text()
        row_id = page.model.row_id(row)
        if row_id is None:
            QTest.qWait(5)
            return
        say("typing", "courses", row_id, "category", text)
        self._person.edit_cell(row, "category", text)
        draft = page.drafts.get(row_id)
        if draft is not None and draft.values.get("category") == text:
            say("typed", "courses", row_id, "category", text)

    def _add_lesson(self) -> None:
        page, text = self._go("lessons"), self._text()
        page.go_to(Destination("lessons", new=True, values=(("course_id", self._course),)))
        (draft, *_) = reversed(page.drafts.new_rows())
        self._person.settle()
        say("typing", "lessons", draft.id, "title", text)
        self._person.type_into_form("title", text)
        page.take_editors()
        if draft.values.get("title") == text:
            say("typed", "lessons", draft.id, "title", text)

    def _save(self) -> None:
        say("saving")
        page = self._person.page
        self._person.hit(Qt.Key.Key_S, CTRL)
        if self._random.random() < 0.5:  # else she goes on before the answer is there
            while page.saving.busy:
                QTest.qWait(1)

    def _go(self, name: str) -> EntityPage:
        if self._person.page.name != name:
            self._person.go(name)
            self._person.settle()
        return self._person.page


def main() -> None:
    """Sit down and type until the end."""
    address, settings, seed = sys.argv[1:]
    application = make_application()
    theme.install(application, theme.Scheme.LIGHT, 100)
    walk = Walk(make_url(address), Path(settings))
    person = walk.sign_in(ADMIN)
    typist = Typist(person, int(seed))
    say("ready")
    typist.go_on()


if __name__ == "__main__":
    main()
