"""The bar at the top of the main window: the way back and forth, what the page is called, the search, its actions."""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from lms_desktop.admin import PAGES
from lms_desktop.admin.logs import OPERATIONS
from lms_desktop.models.wording import word
from lms_desktop.views import icons
from lms_desktop.views.kit.buttons import button, tool_button
from lms_desktop.views.kit.labels import ElidedLabel, Tag
from lms_desktop.views.kit.paint import px
from lms_desktop.views.kit.surfaces import Bar
from lms_desktop.views.migrations import MIGRATIONS_LABEL, MIGRATIONS_PAGE
from lms_desktop.views.page import Crumb, Page
from lms_desktop.views.places import Place, Places
from lms_desktop.views.quick_search import QuickSearch

BACK_KEYS, FORTH_KEYS = "Alt+Left", "Alt+Right"

TITLE_WIDTH = 200
"""So much of the title is seen in any case, in pixels at 100 %: what is muted beside it gives way first."""


class TopBar(Bar):
    """What the page shown is called and offers, beside what every page has.

    Attributes:
        back: the button that leads to the place before; `forth` the one that leads to the place after it.
        refresh: the button that reads the page again.

    Signals:
        opened(object): a Destination, that of the page above the one shown.
    """

    opened = Signal(object)

    def __init__(self, places: Places, search: QuickSearch, refresh: QAction, parent: QWidget | None = None) -> None:
        super().__init__("bar", parent=parent)
        self._places = places
        self._offered: list[tuple[QAction, str]] = []
        self._title, self._subtitle = ElidedLabel("", "title"), ElidedLabel("", "muted")
        self._crumb, self._tag = button("", "quiet", self._open_crumb), Tag("")
        self._above: Crumb | None = None
        self._actions = QWidget()
        self._actions_row = QHBoxLayout(self._actions)
        self._actions_row.setContentsMargins(0, 0, 0, 0)
        self.back = tool_button("arrow-left", self.tr("Back"), places.back)
        self.forth = tool_button("arrow-right", self.tr("Forward"), places.forth)
        self.refresh = tool_button("refresh", self.tr("Refresh"), refresh.trigger, keys="F5")
        self.add(self.back, self.forth)
        self.add(self._crumb)
        self.row.addWidget(self._title)
        self.add(self._tag)
        self.row.addWidget(self._subtitle)
        self.stretch()
        self.row.addWidget(search.field, 100)  # takes what the title leaves, up to its own width
        self.add(self.refresh, self._actions)
        places.changed.connect(self._show_ways)
        self._point()
        self._show_ways()
        self.rescale()

    def tell(self, page: Page) -> None:
        """Show what a page is called and what can be done on it."""
        self._title.setText(page.title())
        self._title.setMinimumWidth(min(self._title.sizeHint().width(), px(TITLE_WIDTH)))
        self._subtitle.setText(page.subtitle())
        self._above, tag = page.crumb(), page.tag()
        self._crumb.setVisible(self._above is not None)
        if self._above is not None:
            self._crumb.setText(f"{self._above.text} ›")
            self._crumb.setAccessibleName(self.tr("Up to {0}").format(self._above.text))
        self._tag.setVisible(tag is not None)
        if tag is not None:
            self._tag.tell(*tag)
        actions = [(action, "") for action in page.toolbar_actions()]
        primary = page.primary()
        self._show_actions(actions if primary is None else [*actions, (primary, "primary")])

    def rescale(self) -> None:
        """Let distances grow with the text."""
        self._actions_row.setSpacing(px(8))

    def _show_actions(self, actions: list[tuple[QAction, str]]) -> None:
        """The page's buttons; they stay while they are the same, the keyboard may be there."""
        if actions == self._offered:
            return
        self._offered = actions
        while self._actions_row.count():
            item = self._actions_row.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        before: QWidget = self.refresh
        for action, kind in actions:
            for made in _buttons(action, kind):
                self._actions_row.addWidget(made)
                QWidget.setTabOrder(before, made)
                before = made

    def _open_crumb(self) -> None:
        if self._above is not None:
            self.opened.emit(self._above.destination)

    # Back and forth

    def _show_ways(self) -> None:
        behind, ahead = self._places.behind, self._places.ahead
        back = self.tr("Back to {0}").format(_called(behind)) if behind else self.tr("Back")
        forth = self.tr("Forward to {0}").format(_called(ahead)) if ahead else self.tr("Forward")
        for way, place, words, keys in (
            (self.back, behind, back, BACK_KEYS),
            (self.forth, ahead, forth, FORTH_KEYS),
        ):
            _tell_way(way, place, words, keys)

    def _point(self) -> None:
        """Back points to where lines begin."""
        here, there = "arrow-left", "arrow-right"
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            here, there = there, here
        self.back.setIcon(icons.icon(here))
        self.forth.setIcon(icons.icon(there))

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: the arrows turn with the direction of the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._point()


def _called(place: Place) -> str:
    """What a place calls itself, else its page as the entry in the navigation calls it."""
    if place.called:
        return place.called
    if place.page == MIGRATIONS_PAGE:
        return word(MIGRATIONS_LABEL)
    admin = OPERATIONS if place.page == OPERATIONS.name else PAGES[place.page]
    return QCoreApplication.translate("", admin.plural)


def _buttons(action: QAction, kind: str) -> list[QPushButton]:
    """The button of an action. The menu of a main one stands behind an arrow of its own, that of another one is all
    that it does."""
    menu = action.menu()
    if isinstance(menu, QMenu) and kind != "primary":
        made = [_shared_menu(action.text(), "", menu, action.text())]
    else:
        made = [button(action.text(), kind, action.trigger)]
        if isinstance(menu, QMenu):
            made.append(_shared_menu("", kind, menu, menu.title()))
    for one in made:
        _Follower(one, action)
    return made


def _shared_menu(text: str, kind: str, menu: QMenu, name: str) -> QPushButton:
    made = button(text, kind)
    made.setAccessibleName(name)
    made.setToolTip("" if text else name)
    made.setIcon(icons.icon("chevron-down", "on_accent" if kind == "primary" else "text"))
    trailing, leading = Qt.LayoutDirection.RightToLeft, Qt.LayoutDirection.LeftToRight
    made.setLayoutDirection(leading if QGuiApplication.layoutDirection() == trailing else trailing)
    menu.setLayoutDirection(QGuiApplication.layoutDirection())
    made.setMenu(menu)
    return made


class _Follower(QObject):
    """Lets a button say what its action says, and be enabled as that is."""

    def __init__(self, made: QPushButton, action: QAction) -> None:
        super().__init__(made)
        self._made, self._action = made, action
        action.changed.connect(self._tell)
        self._tell()

    def _tell(self) -> None:
        made, action = self._made, self._action
        made.setEnabled(action.isEnabled())
        if made.text():
            made.setText(action.text())
            made.setToolTip(action.toolTip() if action.toolTip() != action.text() else "")


def _tell_way(way: QToolButton, place: Place | None, words: str, keys: str) -> None:
    way.setEnabled(place is not None)
    way.setAccessibleName(words)
    way.setToolTip(f"{words} ({keys})")
