"""The first tab of the form: what is to be said first, the fields, when and by which id."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from lms_desktop.models.drafts import Drafts
from lms_desktop.models.following import ago
from lms_desktop.models.live import Told
from lms_desktop.models.meanwhile import Meanwhile
from lms_desktop.models.wording import amid
from lms_desktop.services.edits import BOOKKEEPING, State
from lms_desktop.services.live import Doer
from lms_desktop.services.records import Record
from lms_desktop.spec import EntityAdmin, Field, Flag, Moment, Tone
from lms_desktop.views.clash_words import what_happened
from lms_desktop.views.field_row import FieldRow
from lms_desktop.views.form_fields import STAMPS, FormFields
from lms_desktop.views.kit.buttons import tool_button
from lms_desktop.views.kit.labels import ElidedLabel, label
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.kit.paint import px
from lms_desktop.views.session import Session


class FormDetails(QScrollArea):
    """Scrolls up and down, never sideways.

    Attributes:
        banner: what is to be said about the record; `fields` are its fields.
        told: what is known of its last change by somebody else, and who did what.

    Signals:
        retry(): the person wants it read once more.
        merge(str): the person wants to see what others did to this row, and to choose.
    """

    retry = Signal()
    merge = Signal(str)

    def __init__(
        self,
        session: Session,
        admin: EntityAdmin,
        drafts: Drafts,
        parent: QWidget | None = None,
        *,
        kinds: Mapping[str, type[FieldRow]] | None = None,
        fields: type[FormFields] = FormFields,
    ) -> None:
        super().__init__(parent)
        self._session, self._admin, self._drafts = session, admin, drafts
        self.told: tuple[Told, Mapping[str, Doer]] | None = None
        self._told_of: str | None = None
        self._meanwhile = Meanwhile(session.desk, session.records, drafts, lambda: session.zone, self)
        self._meanwhile.learned.connect(self._learned)
        self._said: tuple[Record | None, str, bool] | None = None
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content = QWidget()
        content.setProperty("kind", "scrolled")
        self.setWidget(content)
        self.banner = Banner("", "info")
        self.banner.hide()
        self.fields = fields(session, admin, drafts, content, kinds=kinds)
        self._stamps = label("", "small", wrap=True)
        self._id = ElidedLabel("", "fixed")
        self._id.mode = Qt.TextElideMode.ElideMiddle
        self._id.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy_id = tool_button("copy", self.tr("Copy the id"), self._copy_id)
        self._id_row = QWidget()
        row = QHBoxLayout(self._id_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(px(4))
        row.addWidget(self._id)
        row.addWidget(self.copy_id)
        row.addStretch(1)
        self._box = QVBoxLayout(content)
        for widget in (self.banner, self.fields, self._stamps, self._id_row):
            self._box.addWidget(widget)
        self._box.addStretch(1)
        self._space()

    def tell(self, record: Record | None) -> None:
        """Say when the record was made and changed, and its id; nothing for a new row."""
        self._stamps.setText(self._stamp_words(record) if record is not None else "")
        self._stamps.setVisible(bool(self._stamps.text()))
        self._id.setText(record.id if record is not None else "")
        self._id_row.setVisible(record is not None)

    def say(self, record: Record | None, row_id: str, *, gone: bool) -> None:
        """Say what is to be said about the record, the weightiest alone."""
        draft, self._said = self._drafts.get(row_id), (record, row_id, gone)
        self.banner.clear_actions()
        if gone:
            self._say_gone(row_id)
        elif draft is not None and draft.errors.get(""):
            self._show("bad", QCoreApplication.translate("", draft.errors[""]))
        elif record is not None and draft is not None and not draft.new and draft.version != record.version:
            self._say_changed(record)
        elif record is not None and (words := self._warning_words(record)):
            self._show("warn", words)
        else:
            self.banner.hide()

    def forget_told(self, row_id: str) -> None:
        """Another record is shown: what was told is not of it, unless it was told of it while it was on its way."""
        if self._told_of is not None and self._told_of != row_id:
            self.told = None
        self._told_of = row_id

    def _doer(self) -> Doer | None:
        """Who changed the record last, where that is known."""
        doer = self.told[1].get(self.told[0].operation) if self.told is not None else None
        return doer if doer is not None and doer.name else None

    def say_problem(self, text: str) -> None:
        """Say that the record could not be read."""
        self.banner.clear_actions()
        self.banner.add_action(self.tr("Try again"), self.retry.emit)
        self._show("bad", text)

    def _show(self, tone: str, text: str, strong: str = "") -> None:
        self.banner.tell(text, "bad" if tone == "bad" else "warn", strong=strong)
        self.banner.show()

    def _say_gone(self, row_id: str) -> None:
        doer, draft = self._doer(), self._drafts.get(row_id)
        clash = self._meanwhile.clash(row_id, None)
        text = self.tr("Somebody deleted this meanwhile, or it is no longer yours to see.")
        if clash is not None and any(clash.who):
            text = what_happened(self._admin, clash, self._session.zone)[0]
        elif doer is not None and self.told is not None and self.told[0].action == "D":
            text = self.tr("{0} deleted this {1}.").format(doer.name, ago(doer.at))
        if draft is not None and draft.restore:
            text += " " + self.tr("Saving restores it with your edits.")
        elif draft is not None:
            text += " " + self.tr("Your changes cannot be saved as they are.")
            self.banner.add_action(self.tr("Decide…"), lambda: self.merge.emit(row_id))
            self.banner.add_action(self.tr("Give them up"), lambda: self._drafts.give_up(row_id))
        self._show("warn", text)

    def _say_changed(self, record: Record) -> None:
        """Somebody changed what is being edited: who, what and when, as far as it is known, and the way to merge."""
        clash, doer = self._meanwhile.clash(record.id, record.version), self._doer()
        text, strong = ("", "") if clash is None else what_happened(self._admin, clash, self._session.zone)
        if clash is not None and text and clash.state is State.MERGES:
            text += " " + self.tr("Saving keeps both.")
        elif not text:
            text, strong = self._at_first_sight(record, doer)
        self.banner.add_action(self.tr("Merge…"), lambda: self.merge.emit(record.id))
        self._show("bad", text, strong)

    def _at_first_sight(self, record: Record, doer: Doer | None) -> tuple[str, str]:
        """What can be said before it has been looked up: of the fields that were on the screen, those that are others
        now."""
        draft = self._drafts.get(record.id)
        before = {**draft.seen, **draft.base} if draft is not None else {}
        keys = [
            field.key
            for field in self._admin.own_fields
            if field.key not in BOOKKEEPING and field.key in before.keys() & record.values.keys()
            if record.values[field.key] != before[field.key]
        ]
        names = ", ".join(QCoreApplication.translate("", self._admin.field(key).label) for key in keys)
        if not names:
            return self.tr("Somebody else changed this since you began; what you changed is as it was."), ""
        if doer is None:
            return self.tr("Somebody else changed {0} since you began.").format(names), names
        return self.tr("{0} changed {1} {2}.").format(doer.name, names, ago(doer.at)), names

    def _learned(self, row_id: str) -> None:
        if self._said is not None and self._said[1] == row_id:
            record, _, gone = self._said
            self.say(record, row_id, gone=gone)

    def _warning_words(self, record: Record) -> str:
        """The field whose “no” is worth a warning and that says what it means."""
        for field in self._admin.own_fields:
            kind = field.kind
            warns = isinstance(kind, Flag) and kind.no_tone is Tone.WARN and bool(field.help)
            if warns and isinstance(kind, Flag) and record.values.get(field.key) == "false":
                state = QCoreApplication.translate("", kind.no)
                return f"{state}. {QCoreApplication.translate('', field.help)}"
        return ""

    def _stamp_words(self, record: Record) -> str:
        zone = self._session.zone
        said: list[str] = []
        for key in STAMPS:
            wire = record.values.get(key)
            field = next((f for f in self._admin.fields if f.key == key), None)
            if isinstance(field, Field) and isinstance(field.kind, Moment) and wire is not None:
                word = QCoreApplication.translate("", field.label)
                # A no-break space keeps a moment on one line.
                shown = field.kind.show(wire, zone).replace(" ", "\u00a0")
                said.append(f"{amid(field.label) if said else word}\u00a0{shown}")
        return " · ".join(said)

    def _copy_id(self) -> None:
        QGuiApplication.clipboard().setText(self._id.text())

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _space(self) -> None:
        self._box.setContentsMargins(px(16), px(14), px(16), px(16))
        self._box.setSpacing(px(14))
