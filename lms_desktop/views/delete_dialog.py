"""The question before a delete: the rows that go, that are emptied, that forbid it, and the gentler way first."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from lms_desktop.models.wording import amid
from lms_desktop.services.impact import DELETED, EMPTIED, FORBIDDING, Effect, Impact
from lms_desktop.spec import Action, Catalog, EntityAdmin
from lms_desktop.views.kit.notices import Banner


class DeleteDialog(QDialog):
    """Says what deleting takes with it before anything happens.

    Attributes:
        chosen: the gentler Action the person preferred, or None for the delete itself.
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
        super().__init__(parent)
        self._catalog = catalog
        self.chosen: Action | None = None
        verb = QCoreApplication.translate("", admin.delete) or self.tr("Delete")
        self.setWindowTitle(verb)
        self.setMinimumWidth(480)
        count = len(impact.ids)
        word = QCoreApplication.translate("", admin.noun if count == 1 else admin.plural).lower()
        what = names[0] if count == 1 and names and names[0] else f"{self.locale().toString(count)} {word}"
        head = QLabel(self.tr("{0} {1}?").format(verb, what))
        head.setProperty("role", "title")
        head.setWordWrap(True)
        head.setTextFormat(Qt.TextFormat.PlainText)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 16)
        box.setSpacing(12)
        box.addWidget(head)
        for text in self._sentences(impact):
            label = QLabel(text)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            box.addWidget(label)
        forbidden = refused or self._forbidden(impact)
        if forbidden:
            box.addWidget(Banner(forbidden, "bad"))
        elif impact.certificates:
            text = self.tr(
                "%n certificate(s) would go too; they are meant to be kept for ever.", "", impact.certificates
            )
            box.addWidget(Banner(text, "bad"))
        else:
            text = self.tr("This cannot be taken back yet: the change log is not installed here.")
            box.addWidget(Banner(text, "warn"))
        buttons = QDialogButtonBox()
        self.delete_button = QPushButton(verb)
        self.delete_button.setProperty("kind", "danger")
        self.delete_button.setAutoDefault(False)
        self.delete_button.setEnabled(not forbidden)
        if gentler is not None:
            instead = QPushButton(self.tr("{0} instead").format(QCoreApplication.translate("", gentler.label)))
            instead.setProperty("kind", "primary")
            instead.clicked.connect(lambda: self._prefer(gentler))
            buttons.addButton(instead, QDialogButtonBox.ButtonRole.ActionRole)
        cancel = buttons.addButton(self.tr("Keep"), QDialogButtonBox.ButtonRole.RejectRole)
        cancel.setDefault(True)
        buttons.addButton(self.delete_button, QDialogButtonBox.ButtonRole.DestructiveRole)
        buttons.rejected.connect(self.reject)
        self.delete_button.clicked.connect(self.accept)
        box.addWidget(buttons)
        cancel.setFocus()

    def _prefer(self, action: Action) -> None:
        self.chosen = action
        self.accept()

    def _sentences(self, impact: Impact) -> list[str]:
        sentences = []
        deleted, emptied = impact.of(DELETED), impact.of(EMPTIED)
        if deleted:
            sentences.append(self.tr("Deleted with it: {0}.").format(", ".join(map(self._counted, deleted))))
        if emptied:
            sentences.append(
                self.tr("Kept, but no longer attached to it: {0}.").format(", ".join(map(self._counted, emptied)))
            )
        if not deleted and not emptied:
            sentences.append(self.tr("Nothing else goes with it."))
        return sentences

    def _forbidden(self, impact: Impact) -> str:
        found = impact.of(FORBIDDING)
        if not found:
            return ""
        return self.tr("It cannot be deleted: it is referred to by {0}. Give them to somebody else first.").format(
            ", ".join(map(self._counted, found))
        )

    def _counted(self, effect: Effect) -> str:
        number = self.locale().toString(effect.count)
        entity = effect.entity
        if entity is None:
            return f"{number} {effect.table.replace('_', ' ')}"
        admin = self._catalog[entity]
        return f"{number} {amid(admin.noun if effect.count == 1 else admin.plural)}"
