"""What stands at the left of the main window: the connection, the pages by group, the person."""

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMenu, QSplitter, QVBoxLayout, QWidget

from lms_desktop import policy
from lms_desktop.database.unit_of_work import Actor
from lms_desktop.models.desk import ConnectionState
from lms_desktop.spec import Group
from lms_desktop.views import theme
from lms_desktop.views.connection_info import ConnectionInfo
from lms_desktop.views.kit.navigation import ConnectionCard, NavList, PersonCard
from lms_desktop.views.kit.paint import px
from lms_desktop.views.page_registry import PageEntry, entries_of

SIDEBAR_WIDTH = 216
"""The navigation's width at first, in pixels at 100 %."""


class SideBar(QWidget):
    """The navigation, between the card of the connection and that of the person.

    Attributes:
        connection, navigation, person: the three.
    """

    def __init__(self, info: ConnectionInfo, menu: QMenu, parent: QWidget | None = None) -> None:
        """`menu` is that of the person. Until it is known who that is, an administrator's pages stand there."""
        super().__init__(parent)
        self._info = info
        self.connection, self.navigation, self.person = ConnectionCard(), NavList(), PersonCard()
        self.person.give_menu(menu)
        self.setObjectName("sidebar")
        self.setProperty("kind", "sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.connection)
        self._column.addWidget(self.navigation, 1)
        self._column.addWidget(self.person)
        self._offered: list[tuple[Group, str, str, str]] = []
        self.fill(entries_of(Actor("", "", "", policy.ADMIN)))
        self.tell_connection()
        self.rescale()

    def rescale(self) -> None:
        """Let distances grow with the text."""
        self._column.setContentsMargins(px(8), px(12), px(8), px(12))
        self._column.setSpacing(px(8))

    def tell_person(self, actor: Actor) -> None:
        """Say who works here."""
        role = policy.ROLE_LABELS.get(actor.role, actor.role)
        self.person.tell(actor.name, QCoreApplication.translate("", role))

    def tell_connection(self, state: ConnectionState | None = None) -> None:
        """Say how the connection is; None: well."""
        alive = state is None or state.kind == "ok"
        translate = QCoreApplication.translate
        word = translate("MainWindow", "connected") if alive else translate("MainWindow", "not connected")
        tone = ("ok" if self._info.safe else "warn") if alive else "bad"
        if state is not None and state.kind == "silent":
            word, tone = translate("MainWindow", "not answering"), "warn"
        self.connection.tell(self._info.name, self._info.detail, tone, word)  # type: ignore[arg-type]

    def fill(self, entries: Iterable[PageEntry]) -> None:
        """Offer these pages, in their groups; those under others are not offered by themselves."""
        offered = [(page.group, page.name, page.label, page.icon) for page in entries if not page.under]
        if offered == self._offered:
            return
        self._offered = offered
        self.navigation.clear()
        before = None
        last: QWidget = self.connection
        for group, name, label, icon in offered:
            if group is not before:
                before = group
                self.navigation.add_section(QCoreApplication.translate("", group.value))
            entry = self.navigation.add(name, QCoreApplication.translate("", label), icon)
            QWidget.setTabOrder(last, entry)
            last = entry


class SideSplitter(QSplitter):
    """The side bar and what stands beside it. The bar is as wide as the person has it, in every size of the text."""

    def __init__(self, side: SideBar, centre: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._side_width = SIDEBAR_WIDTH
        self.addWidget(side)
        self.addWidget(centre)
        self.setHandleWidth(1)
        self.setStretchFactor(1, 1)
        self.setCollapsible(1, False)
        self.splitterMoved.connect(self._side_moved)

    def fit(self) -> None:
        """Give the bar its width, in the size of the text."""
        side = px(self._side_width)
        self.setSizes([side, self.window().width() - side])

    def _side_moved(self) -> None:
        self._side_width = round(self.sizes()[0] / theme.current().measures.scale)
