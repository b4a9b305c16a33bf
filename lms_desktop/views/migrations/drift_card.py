"""Whether the live schema is what its revision gives, and where it is not."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from lms_desktop.database.migrating.standing import Standing
from lms_desktop.models.migrations.revisions import short
from lms_desktop.models.wording import told
from lms_desktop.services.migrating import Overview
from lms_desktop.views import theme
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.kit.paint import px
from lms_desktop.views.migrations.plan_view import Reading


class DriftCard(QFrame):
    """A sentence with the time of the look, and the differences below it.

    Signals:
        check_wanted(): the person wants it looked at again.
    """

    check_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "footer")
        self.banner = Banner("", "ok", parent=self)
        self.checked = label("", "small", parent=self)
        self.again = button(self.tr("Check again"), "link", self.check_wanted.emit, parent=self)
        below = QHBoxLayout()
        below.addWidget(self.checked)
        below.addStretch(1)
        below.addWidget(self.again)
        self.list = Reading(self.tr("Differences"), self)
        self.list.setProperty("kind", "boxed")
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.banner)
        self._column.addLayout(below)
        self._column.addWidget(self.list, 1)
        self._column.addStretch(0)
        self._space()
        theme.current().changed.connect(self._space)

    def _space(self) -> None:
        self._column.setContentsMargins(px(16), px(14), px(16), px(14))
        self._column.setSpacing(px(6))

    def show_overview(self, found: Overview, checked: str) -> None:
        """Show what was found, and when that was."""
        self.checked.setText(self.tr("checked {0}").format(checked))
        parts = [self._sentence(each) for each in (found.document, found.own)]
        differences = [*found.document.differences, *found.own.differences]
        grave = [difference for difference in differences if difference.grave]
        self.banner.tell(" ".join(filter(None, parts)), "bad" if grave else "ok")
        self.banner.setVisible(any(parts))
        self.list.clear()
        for difference in (*grave, *(each for each in differences if not each.grave)):
            mark, kind = ("▲", "bad") if difference.grave else ("•", "muted")
            self.list.add(label(f"{mark}  {told(difference.sentence)}", kind, wrap=True))
        self.list.setVisible(bool(differences))

    def _sentence(self, found: Standing) -> str:
        at = short(found.compared_with)
        if not found.compared_with:
            return ""
        number = sum(difference.grave for difference in found.differences)
        if number == 0:
            return self.tr("No drift: the live schema is what {0} gives.").format(at)
        return self.tr("The live schema differs from what {0} gives in %n place(s).", "", number).format(at)
