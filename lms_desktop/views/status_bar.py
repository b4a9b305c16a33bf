"""The bar at the bottom of the main window: what was said last, what goes on, the zone, the state of the connection."""

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QWidget

from lms_desktop.models.desk import ConnectionState
from lms_desktop.models.live import Live
from lms_desktop.views.kit.labels import ElidedLabel, StatusText, label
from lms_desktop.views.kit.paint import px
from lms_desktop.views.kit.surfaces import Bar
from lms_desktop.views.session import Session


class StatusBar(Bar):
    """What the window says of itself and of the page shown.

    Attributes:
        work: what is under way.
    """

    def __init__(self, session: Session, live: Live, hint: QWidget, parent: QWidget | None = None) -> None:
        """`hint` says what Ctrl+Z would do."""
        super().__init__("footer", height=28, parent=parent)
        self._session, self._live, self._hint = session, live, hint
        self._status, self.work = ElidedLabel("", "small"), label("", "small")
        self._zone = label(session.zone, "small")
        self._zone.setToolTip(self.tr("Moments are shown in this time zone"))
        self._state = StatusText()
        self.row.addWidget(self._status, 1)
        self.add(self.work, hint, self._zone, self._state)

    def event(self, event: QEvent) -> bool:
        """Override QWidget::event: before the room is given out, the hint learns how much of it is left."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._limit_hint()
        return super().event(event)

    def _limit_hint(self) -> None:
        """Where room is short the hint gives way first; the layout would take as much from what is said at the left,
        and nothing be left of the row's number."""
        status, beside = self._status, [w for w in (self.work, self._zone, self._state) if not w.isHidden()]
        said = min(status.fontMetrics().horizontalAdvance(_first_part(status.text())) + px(6), self.width() // 2)
        margins = self.row.contentsMargins()
        taken = sum(widget.sizeHint().width() + self.row.spacing() for widget in beside) + self.row.spacing()
        left = self.width() - margins.left() - margins.right() - taken - said
        limit = max(left, self._hint.minimumSizeHint().width())
        if limit != self._hint.maximumWidth():
            self._hint.setMaximumWidth(limit)

    def say(self, text: str) -> None:
        """Say something at the left."""
        self._status.setText(text)

    def said(self) -> str:
        """What is said there."""
        return self._status.text()

    def tell_zone(self) -> None:
        """Moments are shown in another zone now."""
        self._zone.setText(self._session.zone)

    def tell_work(self, labels: tuple[str, ...]) -> None:
        """Say what is under way."""
        self.work.setText(" · ".join(text.rstrip(" …") + "…" for text in labels[:2]))

    def tell_state(self, state: ConnectionState) -> None:
        """Say how the connection is, and how others' changes come here."""
        if state.kind == "ok":
            latency = "" if state.latency_ms is None else self.tr(" · {0} ms").format(max(round(state.latency_ms), 1))
            word, why = self._live_words()
            self._state.tell(word + latency, "ok")
            self._state.setToolTip(why)
        else:
            self._state.tell(state.text, "warn" if state.kind == "silent" else "bad")
            self._state.setToolTip("")

    def _live_words(self) -> tuple[str, str]:
        """What the status bar says of how others' changes come here, and the reason in a tool tip."""
        match self._live.kind:
            case "live":
                return self.tr("Live"), self.tr("What others save appears here at once.")
            case "polling":
                return self.tr("Checking every 2 s"), self.tr("The server does not call: it is asked every 2 seconds.")
            case "opening":
                return self.tr("Connected"), ""
        why = QCoreApplication.translate("", self._session.log.state.why_off)
        return self.tr("Connected"), " ".join(
            part for part in (why, self.tr("What others save is shown when you refresh.")) if part
        )


def _first_part(text: str) -> str:
    """Where one is among the rows, or all of another sentence; with the mark of what is cut behind it."""
    first, _, rest = text.partition("    ")
    return f"{first}…" if rest else first
