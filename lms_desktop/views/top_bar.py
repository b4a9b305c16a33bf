"""The bar at the top of the main window: the way back and forth, what the page is called, the search, its actions."""

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from lms_desktop.admin import PAGES
from lms_desktop.admin.logs import OPERATIONS
from lms_desktop.views import icons
from lms_desktop.views.kit.buttons import button, tool_button
from lms_desktop.views.kit.labels import ElidedLabel, label
from lms_desktop.views.kit.paint import px
from lms_desktop.views.kit.surfaces import Bar
from lms_desktop.views.page import Page
from lms_desktop.views.places import Place, Places
from lms_desktop.views.quick_search import QuickSearch

BACK_KEYS, FORTH_KEYS = "Alt+Left", "Alt+Right"


class TopBar(Bar):
    """What the page shown is called and offers, beside what every page has.

    Attributes:
        back: the button that leads to the place before; `forth` the one that leads to the place after it.
        refresh: the button that reads the page again.
    """

    def __init__(self, places: Places, search: QuickSearch, refresh: QAction, parent: QWidget | None = None) -> None:
        super().__init__("bar", parent=parent)
        self._places = places
        self._offered: list[tuple[QAction, str]] = []
        self._title, self._subtitle = ElidedLabel("", "title"), label("", "muted")
        self._actions = QWidget()
        self._actions_row = QHBoxLayout(self._actions)
        self._actions_row.setContentsMargins(0, 0, 0, 0)
        self.back = tool_button("arrow-left", self.tr("Back"), places.back)
        self.forth = tool_button("arrow-right", self.tr("Forward"), places.forth)
        self.refresh = tool_button("refresh", self.tr("Refresh"), refresh.trigger, keys="F5")
        self.add(self.back, self.forth)
        self.row.addWidget(self._title)
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
        self._subtitle.setText(page.subtitle())
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
            made = button(action.text(), kind, action.trigger)
            self._actions_row.addWidget(made)
            QWidget.setTabOrder(before, made)
            before = made

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
    """The page of a place as its entry in the navigation calls it."""
    admin = OPERATIONS if place.page == OPERATIONS.name else PAGES[place.page]
    return QCoreApplication.translate("", admin.plural)


def _tell_way(way: QToolButton, place: Place | None, words: str, keys: str) -> None:
    way.setEnabled(place is not None)
    way.setAccessibleName(words)
    way.setToolTip(f"{words} ({keys})")
