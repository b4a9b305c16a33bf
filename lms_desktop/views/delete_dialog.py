"""The question before a delete: the rows that go, that are emptied, that forbid it, and the gentler way beside it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from lms_desktop.models.wording import amid, word
from lms_desktop.services.impact import DELETED, EMPTIED, FORBIDDING, Effect, Impact
from lms_desktop.spec import Action, Catalog, EntityAdmin
from lms_desktop.views.kit.labels import SectionLabel, label
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.kit.paint import px
from lms_desktop.views.kit.sheet import Sheet


class DeleteDialog(Sheet):
    """Says what deleting takes with it before anything happens.

    Attributes:
        chosen: the gentler Action the person preferred, or None for the delete itself.
        delete_button: cannot be pressed where something forbids the delete.
    """

    def __init__(
        self,
        catalog: Catalog,
        admin: EntityAdmin,
        impact: Impact,
        names: list[str],
        gentler: Action | None,
        parent: QWidget | None = None,
        *,
        refused: str = "",
    ) -> None:
        self._catalog = catalog
        verb = word(admin.delete)
        super().__init__(verb, parent, width=500, icon="trash", tone="bad")
        self.chosen: Action | None = None
        verb = verb or self.tr("Delete")
        act = self._act(admin, verb, len(impact.ids))
        self.heading.setText(self.tr("{0}?").format(act))
        if len(impact.ids) == 1 and names and names[0]:
            self.add(label(names[0], "strong", wrap=True))
        forbidden = refused or self._forbidden(impact)
        self._add_effects(impact, hint=not forbidden)
        self.add(self._banner(impact, forbidden))
        keep = self.add_button(self.tr("Keep"), "", self.reject, default=True)
        self.delete_button = self.add_button(act, "danger", self.accept)
        self.delete_button.setEnabled(not forbidden)
        if gentler is not None:
            text = self.tr("{0} instead").format(word(gentler.label))
            self.add_button(text, "primary", lambda: self._prefer(gentler))
        keep.setFocus()

    def _prefer(self, action: Action) -> None:
        self.chosen = action
        self.accept()

    def _act(self, admin: EntityAdmin, verb: str, count: int) -> str:
        if count == 1:
            return verb
        number, what = self.locale().toString(count), amid(admin.plural)
        if admin.delete.startswith("Delete "):  # "Delete course" speaks of one
            return self.tr("Delete {0} {1}").format(number, what)
        return self.tr("{0} {1} {2}").format(verb, number, what)

    def _banner(self, impact: Impact, forbidden: str) -> Banner:
        if forbidden:
            return Banner(forbidden, "bad")
        if impact.certificates:
            text = self.tr(
                "%n certificate(s) would go too; they are meant to be kept for ever.", "", impact.certificates
            )
            return Banner(text, "bad")
        return Banner(self.tr("This cannot be taken back."), "warn")

    def _add_effects(self, impact: Impact, *, hint: bool) -> None:
        deleted, emptied = impact.of(DELETED), impact.of(EMPTIED)
        if deleted:
            self._add_list(self.tr("Deleted with it"), deleted)
        if emptied:
            self._add_list(self.tr("Kept, but no longer attached to it"), emptied)
        if hint and not deleted and not emptied:
            self.add(label(self.tr("Nothing else goes with it."), wrap=True))

    def _add_list(self, title: str, effects: Sequence[Effect]) -> None:
        """Figures below one another, each before what it counts."""
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, px(4), 0, 0)
        grid.setHorizontalSpacing(px(8))
        grid.setVerticalSpacing(px(2))
        grid.setColumnStretch(1, 1)
        grid.addWidget(SectionLabel(title), 0, 0, 1, 2)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        trailing = Qt.AlignmentFlag.AlignLeft if rtl else Qt.AlignmentFlag.AlignRight
        for line, effect in enumerate(effects, start=1):
            figure = label(self.locale().toString(effect.count), "strong")
            figure.setAlignment(trailing | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(figure, line, 0)
            grid.addWidget(label(self._what(effect), wrap=True), line, 1)
        self.add(holder)

    def _forbidden(self, impact: Impact) -> str:
        found = impact.of(FORBIDDING)
        if not found:
            return ""
        counted = (f"{self.locale().toString(effect.count)} {self._what(effect)}" for effect in found)
        text = self.tr("It cannot be deleted: it is referred to by {0}. Give them to somebody else first.")
        return text.format(", ".join(counted))

    def _what(self, effect: Effect) -> str:
        if effect.entity is None:
            return effect.table.replace("_", " ")
        admin = self._catalog[effect.entity]
        return amid(admin.noun if effect.count == 1 else admin.plural)
