"""The head of the form: what the record is called, and what can be done with it."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from lms_desktop.services.records import Record
from lms_desktop.spec import Action, EntityAdmin
from lms_desktop.views import icons
from lms_desktop.views.kit.buttons import button, tool_button
from lms_desktop.views.kit.labels import ElidedLabel, Tag
from lms_desktop.views.kit.paint import px


class FormHeader(QWidget):
    """Title, muted detail, the record's actions: the first as a button, the rest in a menu; below the words where there
    is no room for them beside these.

    Attributes:
        title, detail: the two lines.
        way: a button that leads elsewhere, such as to the course of a lesson; hidden where there is nowhere to go.

    Signals:
        way_taken(): the button was pressed.
    """

    way_taken = Signal()

    def __init__(self, run: Callable[[Action], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = run
        self._actions: tuple[Action, ...] = ()
        self.title, self.detail = ElidedLabel("", "title"), ElidedLabel("", "muted")
        self.detail.setMinimumWidth(1)  # where even "…" would take the room of the way beside it
        self._tag = Tag(self.tr("not saved yet"), "warn")
        self._tag.hide()
        self.way = button("", "link", self.way_taken.emit)
        self.way.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.way.hide()
        self._button = button("", "", self._run_first)
        self._button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._more = tool_button("more", self.tr("More actions"), self._open_menu)
        words = self._words = QVBoxLayout()
        words.setSpacing(px(2))
        first = QHBoxLayout()
        first.setSpacing(px(8))
        first.addWidget(self.title, 1)
        first.addWidget(self._tag)
        words.addLayout(first)
        second = QHBoxLayout()
        second.setSpacing(px(8))
        # What is not aligned lets nothing beside it be higher than it is itself.
        second.addWidget(self.detail, 1, Qt.AlignmentFlag.AlignVCenter)
        second.addWidget(self.way)
        words.addLayout(second)
        acts = self._acts = QHBoxLayout()
        for act in (self._button, self._more):
            acts.addWidget(act, 0, Qt.AlignmentFlag.AlignVCenter)
        acts.addStretch(1)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.addLayout(words, 1)
        self._row.addLayout(acts)
        self._space()
        self.offer(())

    def tell(self, title: str, detail: str, *, new: bool = False) -> None:
        """Say what the record is called."""
        self.title.setText(title)
        self.title.setAccessibleName(title)
        self.detail.setText(detail or "\u00a0")  # an empty line keeps the tabs where they are
        self._tag.setVisible(new)

    def offer_way(self, text: str) -> None:
        """Offer to go elsewhere; "" offers nothing."""
        self.way.setText(text)
        self.way.setVisible(bool(text))

    def offer(self, actions: tuple[Action, ...]) -> None:
        """Offer these actions."""
        self._actions = actions
        self._button.setVisible(bool(actions))
        self._more.setVisible(len(actions) > 1)
        if actions:
            self._button.setText(_label(actions[0]))
            self._button.setIcon(icons.icon(actions[0].icon, "text"))

    @property
    def actions_offered(self) -> tuple[Action, ...]:
        """What is offered now."""
        return self._actions

    @property
    def action_button(self) -> QWidget:
        """The button of the first action."""
        return self._button

    def _run_first(self) -> None:
        if self._actions:
            self._run(self._actions[0])

    def _open_menu(self) -> None:
        menu = QMenu(self)
        for action in self._actions[1:]:
            entry = menu.addAction(icons.icon(action.icon, "text"), _label(action))
            entry.triggered.connect(lambda _=False, a=action: self._run(a))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height() + 4)))

    def event(self, event: QEvent) -> bool:
        """Override QWidget::event: before the room is given out, another title, action or way has its place."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._turn()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent: the actions beside the words where there is room for both."""
        super().resizeEvent(event)
        self._turn()

    def minimumSizeHint(self) -> QSize:
        """Override QWidget::minimumSizeHint: the actions may stand below the words."""
        margins = self._row.contentsMargins()
        wide = max(self._words.minimumSize().width(), self._acts.minimumSize().width())
        return QSize(wide + margins.left() + margins.right(), super().minimumSizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _turn(self) -> None:
        margins = self._row.contentsMargins()
        parts = self._words.minimumSize().width() + self._acts.minimumSize().width() + self._row.spacing()
        beside = self.width() >= parts + margins.left() + margins.right()
        ways = QBoxLayout.Direction
        self._row.setDirection(ways.LeftToRight if beside else ways.TopToBottom)

    def _space(self) -> None:
        self._row.setContentsMargins(px(16), px(12), px(16), px(6))
        for row in (self._row, self._acts):
            row.setSpacing(px(8))


def fitting_actions(admin: EntityAdmin, record: Record | None) -> tuple[Action, ...]:
    """The entity's actions that the person may do on this very record and that make sense there."""
    if record is None:
        return ()
    values = record.values
    return tuple(
        action
        for action in admin.actions
        if action.name in record.may and (action.on is None or values.get(action.on[0]) == action.on[1])
    )


def _label(action: Action) -> str:
    text = QCoreApplication.translate("", action.label)
    return f"{text}…" if action.confirm else text
