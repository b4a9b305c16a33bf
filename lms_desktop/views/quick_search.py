"""Search everywhere (Ctrl+K): people, courses, lessons, quizzes and pages, from any page."""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from lms_desktop.admin import PAGES
from lms_desktop.entities import Course, Lesson, Quiz, User
from lms_desktop.errors import ExplainedError
from lms_desktop.models.desk import Job
from lms_desktop.models.wording import reason
from lms_desktop.services.everywhere import Hit, search
from lms_desktop.views import icons
from lms_desktop.views.kit.fields import SearchBox
from lms_desktop.views.kit.paint import px
from lms_desktop.views.page import Destination
from lms_desktop.views.session import Session

ENTITIES = (User, Course, Lesson, Quiz)
DESTINATION = Qt.ItemDataRole.UserRole


class QuickSearch(QObject):
    """A search field for the top bar and the list that drops from it.

    Attributes:
        field: the field; its owner places it.

    Signals:
        chosen(object): the Destination picked.
    """

    chosen = Signal(object)

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._job: Job | None = None
        self.field = SearchBox(self.tr("Search people, courses, pages…"), "Ctrl+K", quiet=True)
        self.field.setMinimumWidth(px(280))
        self.list = QListWidget(window)
        self.list.setProperty("kind", "drop")
        self.list.setAccessibleName(self.tr("Found everywhere"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.hide()
        self.field.installEventFilter(self)
        self.field.textEdited.connect(self._pages_first)
        self.field.searched.connect(self._ask)
        self.list.itemClicked.connect(self._choose)

    def begin(self) -> None:
        """Put the keyboard into the field."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def close(self) -> None:
        """Put the list away."""
        if self._job is not None:
            self._job.cancel()
        self.list.hide()

    def _pages_first(self, text: str) -> None:
        self.list.clear()
        if not text.strip():
            self.close()
            return
        word = text.strip().casefold()
        for name, admin in PAGES.items():
            plural = QCoreApplication.translate("", admin.plural)
            if self._session.may(admin, "view") and word in plural.casefold():
                self._add(plural, self.tr("page"), admin.icon, Destination(name))
        self._show()

    def _ask(self, text: str) -> None:
        if self._job is not None:
            self._job.cancel()
        if not text.strip() or not self.field.hasFocus():
            return
        catalog = self._session.catalog
        self._job = self._session.desk.read(
            lambda uow: search(uow, catalog, text, ENTITIES),
            done=lambda hits: self._found(text, hits),
            failed=self._refused,
            owner=self,
        )

    def _found(self, text: str, hits: tuple[Hit, ...]) -> None:
        if text != self.field.text().strip():
            return
        self._pages_first(text)
        for hit in hits:
            admin = self._session.catalog[hit.entity]
            kind = QCoreApplication.translate("", admin.label)
            detail = f"{hit.found.detail} · {kind}" if hit.found.detail else kind
            self._add(hit.found.label, detail, admin.icon, Destination(admin.name, hit.found.id))
        if not self.list.count():
            self._add(self.tr("Nothing found for “{0}”").format(text), "", "search", None)
        self._show()

    def _refused(self, error: ExplainedError) -> None:
        self.list.clear()
        self._add(reason(error), "", "warning", None)
        self._show()

    def _add(self, text: str, detail: str, icon: str, destination: Destination | None) -> None:
        item = QListWidgetItem(icons.icon(icon), f"{text}   {detail}" if detail else text)
        item.setData(DESTINATION, destination)
        self.list.addItem(item)

    def _show(self) -> None:
        if not self.list.count():
            self.list.hide()
            return
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        width = max(self.field.width(), px(420))
        height = min(self.list.sizeHintForRow(0) * self.list.count() + px(12), px(420))
        at = self.field.mapTo(self._window, QPoint(0, self.field.height() + px(4)))
        left = min(at.x(), self._window.width() - width - px(16))
        self.list.setGeometry(left, at.y(), width, height)
        self.list.show()
        self.list.raise_()

    def _choose(self, item: QListWidgetItem) -> None:
        destination = item.data(DESTINATION)
        if destination is None:
            return
        self.close()
        self.field.show_text("")
        self.chosen.emit(destination)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter: the keys of the list while the field keeps the keyboard."""
        if event.type() == QEvent.Type.FocusOut:
            QTimer.singleShot(150, self.list, self.list.hide)
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.list.isVisible():
            step = 1 if key == Qt.Key.Key_Down else -1
            self.list.setCurrentRow((self.list.currentRow() + step) % self.list.count())
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.list.isVisible() and self.list.currentItem():
            self._choose(self.list.currentItem())
            return True
        if key == Qt.Key.Key_Escape and self.list.isVisible():
            self.close()
            return True
        return False
