"""The bar at the top of the main window: the way back and forth, what the page is called, the search, its actions."""

from enum import IntEnum
from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget
from shiboken6 import isValid

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

TITLE_WIDTH, NARROW_TITLE = 200, 60
"""So much of the title is seen while anything else can give way, and in any case, in pixels at 100 %."""
SEARCH_WIDTH = 180
"""Where the search would have less it takes the place of all else while it is used, in pixels at 100 %."""
_TABBED = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
SUBTITLE_WIDTH = 60
"""A muted text of which less would be seen is left out, in pixels at 100 %."""


class Given(IntEnum):
    """What has given way where the bar is narrow: each with all that stand before it."""

    NOTHING = 0
    SUBTITLE = 1
    TAG = 2
    CRUMB = 3
    SEARCH = 4
    ACTIONS = 5
    TITLE = 6
    REFRESH = 7
    PRIMARY = 8


class TopBar(Bar):
    """What the page shown is called and offers, beside what every page has; where it is narrow, the rest is behind "…".

    Attributes:
        back: the button that leads to the place before; `forth` the one that leads to the place after it.
        refresh: the button that reads the page again.
        search_button: opens the search where its field has no room; `more` what else has none.
        given: what has given way.

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
        self._told: object = None
        self._actions = QWidget()
        self._actions_row = QHBoxLayout(self._actions)
        self._actions_row.setContentsMargins(0, 0, 0, 0)
        self.back = tool_button("arrow-left", self.tr("Back"), places.back)
        self.forth = tool_button("arrow-right", self.tr("Forward"), places.forth)
        self.refresh = tool_button("refresh", self.tr("Refresh"), refresh.trigger, keys="F5")
        refresh.setText(self.tr("Refresh"))
        self._refresh_act, self._search, self._searching = refresh, search, False
        self._up = tool_button("arrow-up", "", self._open_crumb)
        self.search_button = tool_button("search", search.field.placeholderText(), search.begin, keys=search.keys)
        self.more = tool_button("more", QCoreApplication.translate("FormHeader", "More actions"), self._open_more)
        self.given, self._more_menu = Given.NOTHING, QMenu(self)
        self._main: list[QWidget] = []
        self._others: list[QWidget] = []
        self._made: dict[tuple[QAction, str], list[QPushButton]] = {}
        self.add(self.back, self.forth)
        self.add(self._crumb, self._up)
        self.row.addWidget(self._title)
        self.add(self._tag)
        self.row.addWidget(self._subtitle)
        self.stretch()
        self.row.addWidget(search.field, 100)  # takes what the title leaves, up to its own width
        self.add(self.search_button, self.refresh, self._actions, self.more)
        search.begun.connect(self._open_search)
        search.field.installEventFilter(self)
        places.changed.connect(self._show_ways)
        self._point()
        self._show_ways()
        self.rescale()

    def tell(self, page: Page) -> None:
        """Show what a page is called and what can be done on it. A page tells more often than it has something new."""
        actions = _offered(page)
        told = (page.title(), page.subtitle(), page.crumb(), page.tag(), actions)
        if told == self._told:
            return
        self._told = told
        title, subtitle, self._above, tag, _ = told
        self._title.setText(title)
        self._subtitle.setText(subtitle)
        if self._above is not None:
            self._crumb.setText(f"{self._above.text} ›")
            for way in (self._crumb, self._up):
                way.setAccessibleName(self.tr("Up to {0}").format(self._above.text))
            self._up.setToolTip(self._up.accessibleName())
        self._tag.tell(*(tag or ("", "neutral")))
        self._show_actions(actions)
        self._fit()

    def prepare(self, page: Page) -> None:
        """Have the buttons of a page ready that is not shown yet."""
        for action, kind in _offered(page):
            for made in self._buttons_of(action, kind):
                made.ensurePolished()

    def rescale(self) -> None:
        """Let distances grow with the text."""
        self._actions_row.setSpacing(px(8))
        self._fit()

    # Room

    def _parts(self, given: Given) -> dict[QWidget, int]:
        """What is seen when so much has given way, with the width that each part needs at least."""
        title = self._title.sizeHint().width()
        seen: dict[QWidget, int] = {self.back: 0, self.forth: 0}
        if self._above is not None:
            seen[self._up if given >= Given.CRUMB else self._crumb] = 0
        seen[self._title] = min(title, px(NARROW_TITLE if given >= Given.TITLE else TITLE_WIDTH))
        if self._tag.text and given < Given.TAG:
            seen[self._tag] = 0
        if self._subtitle.text() and given < Given.SUBTITLE:
            seen[self._subtitle] = min(self._subtitle.sizeHint().width(), px(SUBTITLE_WIDTH))
        seen[self.search_button if given >= Given.SEARCH else self._search.field] = 0
        if given < Given.REFRESH:
            seen[self.refresh] = 0
        if given < Given.ACTIONS:
            seen.update(dict.fromkeys(self._others, 0))
        if given < Given.PRIMARY:
            seen.update(dict.fromkeys(self._main, 0))
        if self._hidden_acts(given):
            seen[self.more] = 0
        return seen

    def _hidden_acts(self, given: Given) -> list[QAction]:
        """What is behind "…" then."""
        gone = [Given.PRIMARY if kind == "primary" else Given.ACTIONS for _action, kind in self._offered]
        acts = [action for (action, _kind), step in zip(self._offered, gone, strict=True) if given >= step]
        return [*acts, *([self._refresh_act] if given >= Given.REFRESH else [])]

    def _needed(self, given: Given, least: dict[QWidget, int]) -> int:
        """The width that is needed then, in pixels; `least` is what the parts need at least, as far as it is known."""
        margins, seen = self.row.contentsMargins(), self._parts(given)
        for part in seen:
            if part not in least:
                part.ensurePolished()
                least[part] = max(part.minimumSizeHint().width(), part.minimumWidth())
        asked = sum(wide or least[part] for part, wide in seen.items())
        return asked + (len(seen) - 1) * px(8) + margins.left() + margins.right()

    def _search_room(self, seen: dict[QWidget, int]) -> int:
        """How wide the field of the search is beside all else that is seen, which takes what it likes, in pixels."""
        if self._search.field not in seen:
            return 0
        margins, others = self.row.contentsMargins(), [part for part in seen if part is not self._search.field]
        taken = sum(part.sizeHint().width() + px(8) for part in others)
        return self.width() - taken - margins.left() - margins.right()

    def _fit(self) -> None:
        """Show what there is room for. The keyboard goes along where what had it gives way."""
        least: dict[QWidget, int] = {}
        ways = (given for given in Given if self._needed(given, least) <= self.width())
        self.given = next(ways, Given.PRIMARY)
        seen = self._parts(self.given)
        if self._searching and self._search_room(seen) < px(SEARCH_WIDTH):
            seen = {self.back: 0, self.forth: 0, self._search.field: 0}
        here = QApplication.focusWidget()
        had = here if here is not None and self.isAncestorOf(here) and here.isVisible() else None
        self._title.keep(seen.get(self._title, 0))
        buttons = [*self._others, *self._main]
        head: list[QWidget] = [self._up, self._crumb, self._title, self._tag, self._subtitle]
        tail: list[QWidget] = [self._search.field, self.search_button, self.more, self.refresh]
        for part in (*head, *tail, *buttons):
            part.setVisible(part in seen)
        self._actions.setVisible(any(made in seen for made in buttons))
        if had is not None and had.isHidden():
            self._heir(had).setFocus(Qt.FocusReason.OtherFocusReason)

    def _heir(self, gone: QWidget) -> QWidget:
        """Where the keyboard goes when a control is not seen any more."""
        partners: dict[QWidget, QWidget] = {
            self._up: self._crumb,
            self._crumb: self._up,
            self.search_button: self._search.field,
        }
        partner = self.search_button if gone is self._search.field else partners.get(gone, self.more)
        return self.back if partner.isHidden() else partner

    def _open_more(self) -> None:
        menu = self._more_menu  # one for ever: one that dies takes the menus within it along
        for action in menu.actions():
            menu.removeAction(action)
        for action in self._hidden_acts(self.given):
            menu.addAction(action)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = 0 if rtl else self.more.width() - menu.sizeHint().width()
        menu.popup(self.more.mapToGlobal(QPoint(left, self.more.height())))

    def _open_search(self) -> None:
        """The search is wanted: where it is narrow its field takes the place of all else as long as it is used."""
        self._searching = True
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Override QWidget::minimumSizeHint: all that can gives way."""
        return QSize(self._needed(Given.PRIMARY, {}), super().minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Override QObject::event: a button may say something else now."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent."""
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter: the search was come to, by Tab or by a click, or it was left."""
        if watched is self._search.field and isinstance(event, QFocusEvent):
            if self._searching and event.lostFocus():
                stays = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
                if event.reason() not in stays:
                    self._searching = False
                    self._fit()
            elif event.gotFocus() and event.reason() in _TABBED:
                self._open_search()
        elif (
            (watched is self._search.field and event.type() == QEvent.Type.MouseButtonRelease)
            and not self._searching
            and self._search.field.hasFocus()
        ):
            self._open_search()  # not while the button is down: what moves below the pointer is marked
        return super().eventFilter(watched, event)

    def _show_actions(self, actions: list[tuple[QAction, str]]) -> None:
        """The page's buttons; they stay while they are the same, the keyboard may be there."""
        if actions == self._offered:
            return
        self._offered = actions
        for former in (*self._others, *self._main):
            self._actions_row.removeWidget(former)
            former.hide()
        before: QWidget = self.refresh
        self._main, self._others = [], []
        for action, kind in actions:
            for made in self._buttons_of(action, kind):
                self._actions_row.addWidget(made)
                (self._main if kind == "primary" else self._others).append(made)
                QWidget.setTabOrder(before, made)
                before = made
        QWidget.setTabOrder(before, self.more)

    def _buttons_of(self, action: QAction, kind: str) -> list[QPushButton]:
        """The buttons of an action, which last as long as it does."""
        key = (action, kind)
        if key not in self._made:
            self._made[key] = _buttons(action, kind, self._actions)
            for made in self._made[key]:
                made.hide()  # else it comes to light with the others when these are shown again
            action.destroyed.connect(partial(self._forget, key))
        return self._made[key]

    def _forget(self, key: tuple[QAction, str]) -> None:
        for made in self._made.pop(key):
            if isValid(made):
                made.deleteLater()

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


def _offered(page: Page) -> list[tuple[QAction, str]]:
    """The actions of a page with the kinds of their buttons, the main one last."""
    primary, actions = page.primary(), [(action, "") for action in page.toolbar_actions()]
    return actions if primary is None else [*actions, (primary, "primary")]


def _buttons(action: QAction, kind: str, parent: QWidget) -> list[QPushButton]:
    """The button of an action. The menu of a main one stands behind an arrow of its own, that of another one is all
    that it does."""
    menu = action.menu()
    if isinstance(menu, QMenu) and kind != "primary":
        made = [_shared_menu(action.text(), "", menu, action.text(), parent)]
    else:
        made = [button(action.text(), kind, action.trigger, parent=parent)]
        if isinstance(menu, QMenu):
            made.append(_shared_menu("", kind, menu, menu.title(), parent))
    for one in made:
        _Follower(one, action)
    return made


def _shared_menu(text: str, kind: str, menu: QMenu, name: str, parent: QWidget) -> QPushButton:
    made = button(text, kind, parent=parent)
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
