"""Somebody before the outline of a course, in a real window; what they do, and what the database has then."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import Course, Lesson, Quiz
from lms_desktop.errors import ExplainedError
from lms_desktop.models.all_drafts import AllDrafts
from lms_desktop.models.cards import Card
from lms_desktop.views.course.card_list import CardList
from lms_desktop.views.course.outline_view import OutlineView
from lms_desktop.views.session import Session
from tests.postgres import plain_connection
from tests.small_school import actor, row_id
from tests.views.sittings import sitting

ALGEBRA, BOTANY = row_id(Course, "algebra"), row_id(Course, "botany")
SUMS, PRODUCTS, POWERS = (row_id(Lesson, name) for name in ("sums", "products", "powers"))
OF_SUMS, OF_ALGEBRA = row_id(Quiz, "of sums"), row_id(Quiz, "of algebra")
NONE, ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


def lessons_of(url: URL, course: str = ALGEBRA) -> list[str]:
    """The titles of a course's lessons as psycopg2 reads them; their numbers run from 1."""
    return _in_order(url, 'SELECT title, "order" FROM lessons WHERE course_id = %s', course)


def questions_of(url: URL, quiz: str) -> list[str]:
    """The texts of a quiz's questions as psycopg2 reads them; their numbers run from 1."""
    return _in_order(url, 'SELECT question_text, "order" FROM quiz_questions WHERE quiz_id = %s', quiz)


def _in_order(url: URL, question: str, parent: str) -> list[str]:
    with plain_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(f'{question} ORDER BY "order", created_at, id', (parent,))
        rows = cursor.fetchall()
    assert [row[1] for row in rows] == list(range(1, len(rows) + 1))
    return [row[0] for row in rows]


@dataclass
class OutlineDesk:
    """An outline with its drafts, and what it told."""

    session: Session
    view: OutlineView
    drafts: AllDrafts
    url: URL
    qtbot: QtBot
    chosen: list[tuple[type, str]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    trouble: list[ExplainedError] = field(default_factory=list)
    wanted: list[tuple[Any, ...]] = field(default_factory=list)

    @property
    def cards(self) -> CardList:
        """The list of cards."""
        return self.view.list

    def rest(self) -> None:
        """Wait until nothing is under way."""
        self.qtbot.waitUntil(lambda: not self.session.desk.jobs and not self.view.model.queue.busy, timeout=20_000)

    def shown(self) -> list[str]:
        """All rows as they are indented."""
        return ["  " * card.depth + card.title for card in self.view.model.cards]

    def lessons(self) -> list[str]:
        """The lessons as they are shown."""
        return [card.title for card in self.view.model.cards if card.entity is Lesson and not card.new]

    def row(self, title: str) -> int:
        """The row of a title."""
        return next(row for row, card in enumerate(self.view.model.cards) if card.title == title)

    def card(self, title: str) -> Card:
        """The card of a title."""
        return self.view.model.cards[self.row(title)]

    def at(self, title: str, part: float = 0.5) -> QPoint:
        """A point on a row, so far down in it."""
        rect = self.cards.visualRect(self.view.model.index(self.row(title)))
        return QPoint(rect.center().x(), round(rect.top() + part * (rect.height() - 1)))

    def click(self, *titles: str) -> None:
        """Click a row, and with Ctrl further ones."""
        for number, title in enumerate(titles):
            self.cards.scrollTo(self.view.model.index(self.row(title)))
            keys = CTRL if number else NONE
            QTest.mouseClick(self.cards.viewport(), Qt.MouseButton.LeftButton, keys, self.at(title))

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE, times: int = 1) -> None:
        """Press a key where the keyboard is."""
        self.come_back()
        for _ in range(times):
            QTest.keyClick(QApplication.focusWidget() or self.cards, key, modifiers)

    def pick(self, text: str) -> None:
        """Open the menu by its key, and pick the entry that says so with the keyboard."""
        picked: list[str] = []

        def choose() -> None:
            menu = QApplication.activePopupWidget()
            assert isinstance(menu, QMenu)
            action = next((a for a in menu.actions() if a.text() == text), None)
            if action is None:
                menu.close()
                return
            picked.append(text)
            menu.setActiveAction(action)
            QTest.keyClick(menu, Qt.Key.Key_Return)

        self.come_back()
        QTimer.singleShot(0, self.cards, choose)
        self.menu_key()
        assert picked == [text]

    def come_back(self) -> None:
        """After a dialog or a menu the window system activates the window again; offscreen there is none that would."""
        if QApplication.activeWindow() is not self.view:
            self.view.activateWindow()
            self.qtbot.waitUntil(self.view.isActiveWindow, timeout=5_000)
        self.qtbot.waitUntil(self.cards.hasFocus, timeout=5_000)

    def menu_key(self) -> None:
        """What the menu key does, as the window system hands it on."""
        place = self.cards.viewport().rect().center()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, self.cards.mapToGlobal(place))
        QApplication.sendEvent(self.cards, event)

    def offered(self) -> list[str]:
        """What the menu offers now."""
        menu = QMenu()
        self.view.verbs.fill(menu)
        return [action.text() for action in menu.actions() if action.text()]

    def drag(self, *titles: str) -> QMimeData:
        """What a drag of these rows carries."""
        self.click(*titles)
        return self.view.model.mimeData(self.cards.selectedIndexes())


def drop(onto: CardList, data: QMimeData, *way: QPoint, keys: Qt.KeyboardModifier = NONE) -> bool:
    """Drag over the points of a list's viewport and let fall at the last; whether it was taken."""
    actions = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction
    left = Qt.MouseButton.LeftButton
    viewport = onto.viewport()
    QApplication.sendEvent(viewport, QDragEnterEvent(way[0], actions, data, left, keys))
    moved = None
    for point in way:
        moved = QDragMoveEvent(point, actions, data, left, keys)
        QApplication.sendEvent(viewport, moved)
    if moved is None or not moved.isAccepted():
        QApplication.sendEvent(viewport, QDragLeaveEvent())
        return False
    dropped = QDropEvent(QPointF(way[-1]), actions, data, left, keys, QEvent.Type.Drop)
    QApplication.sendEvent(viewport, dropped)
    return dropped.isAccepted()


@contextmanager
def at_outline(
    qtbot: QtBot,
    school: Database,
    url: URL,
    folder: Path,
    who: str = "ines",
    course: str = ALGEBRA,
    *,
    threads: bool = False,
) -> Iterator[OutlineDesk]:
    """Somebody before the outline of a course."""
    with sitting(school, actor(who), folder, threads=threads) as session:
        drafts = AllDrafts()
        view = OutlineView(session, drafts)
        desk = OutlineDesk(session, view, drafts, url, qtbot)
        view.chosen.connect(lambda entity, row_id: desk.chosen.append((entity, row_id)))
        view.message.connect(desk.messages.append)
        view.trouble.connect(desk.trouble.append)
        view.new_wanted.connect(lambda *what: desk.wanted.append(what))
        view.resize(520, 560)
        view.show()
        view.activateWindow()
        qtbot.waitUntil(view.isActiveWindow, timeout=10_000)
        view.show_course(course)
        qtbot.waitUntil(lambda: view.model.loaded or view.model.missing, timeout=20_000)
        desk.rest()
        view.take_keyboard()
        yield desk
        view.close()
        view.deleteLater()
