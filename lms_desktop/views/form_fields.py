"""The fields of a record in the form, and the one way from their editors to the drafts."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from time import monotonic

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lms_desktop import policy
from lms_desktop.models.drafts import Draft, Drafts
from lms_desktop.services.records import Record
from lms_desktop.spec import Computed, EntityAdmin, Field, Ref, Secret
from lms_desktop.views.field_editor import Label
from lms_desktop.views.field_row import FieldRow
from lms_desktop.views.kit.paint import px
from lms_desktop.views.page import Destination
from lms_desktop.views.session import Session
from lms_desktop.views.unfinished import Begun, Kept, Unfinished
from lms_desktop.views.value_text import brief

STAMPS = ("created_at", "updated_at")
"""Fields that the form says in its last line."""
MOMENT = 0.004
"""Seconds within which another row or editor is begun while nobody waits for it."""


class FormFields(QWidget):
    """The rows of the form, in the order in which they are declared; `kinds` are those that are not plain ones.

    A value goes to the draft of the record on the screen as soon as it is one. What is no value yet is kept when
    another record is shown, or its own cannot be edited any more, and comes back with it.

    Attributes:
        kept: what is no value yet, of those records.

    Signals:
        open_requested(object): a Destination.
    """

    open_requested = Signal(object)

    def __init__(
        self,
        session: Session,
        admin: EntityAdmin,
        drafts: Drafts,
        parent: QWidget | None = None,
        *,
        kinds: Mapping[str, type[FieldRow]] | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._admin, self._drafts = session, admin, drafts
        self._kinds = kinds or {}
        self._row_id: str | None = None
        self._record: Record | None = None
        self.kept = Unfinished()
        self._ordered = 0
        self._marks: dict[str, tuple[object, ...]] = {}
        self.rows: dict[str, FieldRow] = {}
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._to_add = [field for field in admin.fields if field.form and field.key not in STAMPS]
        self._space()

    def add_rows(self) -> bool:
        """Add the rows, as many as a moment allows, before anything else is done with them; False where none is
        left."""
        end = monotonic() + MOMENT
        while self._to_add and monotonic() < end:
            self._add(self._to_add.pop(0))
        return bool(self._to_add)

    def show_record(self, row_id: str, record: Record | None) -> None:
        """Show a record, or a new row's draft where `record` is None. What stands in the editors was taken along."""
        self.leave()
        self._row_id, self._record = row_id, record
        self.setUpdatesEnabled(False)
        try:
            for row in self.rows.values():
                self._fill(row)
            self._order_tabs()
            self.kept.take(row_id, self._resume)
        finally:
            self.setUpdatesEnabled(True)

    def make_editors(self) -> bool:
        """Make the editors that most records will have, as many as a moment allows; False where none was left."""
        end, made = monotonic() + MOMENT, False
        for row in self.rows.values():
            field = row.field
            edited = isinstance(field, Field) and field.own and not (field.readonly or field.fixed)
            if row.editor is None and edited and policy.may_write(self._session.actor, self._admin.entity, field.key):
                if monotonic() > end:
                    return True
                row.prepare()
                made = True
        if not made:
            self._order_tabs()
        return made

    def renew(self, record: Record | None) -> None:
        """Show the same record as it is now. Editors that hold what would be shown, or no value yet, are left alone;
        what is no value yet and cannot be typed on is put aside."""
        self.flush()
        before, self._record = self._record, record
        for row in self.rows.values():
            writable, wire, name = self._writable(row.field), self._value(row.key), self._name(row.key)
            editor = row.editor if writable and row.editable and row.known == wire else None
            if editor is not None and (editor.reason or editor.has_keyboard() or editor.shows(wire, name)):
                if self._draft() is None:
                    editor.settle(wire, name)
                self._mark_anew(row)
            elif not writable and row.shows(wire, name):
                self._mark_anew(row)
            elif row.editable and row.editor is not None and row.editor.reason:
                self._stand_on(row, before, wire, name, writable=writable)
            else:
                self._fill(row)
        if self._row_id is not None:
            self.kept.take(self._row_id, self._resume)

    def take_in(self, record: Record) -> None:
        """The same record, with what was just saved of it: `follow` shows that its drafts have ended."""
        self._record = record

    def follow(self) -> None:
        """Show what the drafts say now."""
        for row in self.rows.values():
            wire = self._value(row.key)
            if (row.editable and row.known == wire) or row.shows(wire, self._name(row.key)):
                self._mark_anew(row)
            else:
                self._fill(row)

    def leave(self) -> None:
        """Take along what stands in the editors: values to the draft, the rest aside."""
        if self._row_id is None:
            return
        for key, row in self.rows.items():
            if row.editable and row.editor is not None and not row.editor.flush():
                self.kept.put(self._row_id, key, Kept(row.editor.typed(), _begun(self._record)))
        self._row_id = None

    def flush(self) -> FieldRow | None:
        """Take the values in all editors along; the first row whose editor holds none."""
        first = None
        for row in self.rows.values():
            if row.editable and row.editor is not None and not row.editor.flush():
                first = first or row
        return first

    def keep(self, row_id: str, key: str, typed: str, begun: Begun | None) -> None:
        """Take over what was typed elsewhere and is no value yet."""
        if key in self.rows:
            self.kept.put(row_id, key, Kept(typed, begun))
            if row_id == self._row_id:
                self.kept.take(row_id, self._resume)
            self._drafts.unfinished_changed.emit()

    def unfinished(self) -> int:
        """How many editors, of this record and of others, hold what is no value yet. Values are taken along first."""
        self.flush()
        here = sum(bool(row.editable and row.editor and row.editor.reason) for row in self.rows.values())
        return here + len(self.kept)

    def forget_unfinished(self) -> None:
        """Give up what is no value yet."""
        self.kept.forget()
        for row in self.rows.values():
            if row.editable and row.editor is not None and row.editor.reason:
                self._fill(row)

    def forget_rows(self, gone: Callable[[str], bool]) -> None:
        """Give up what was typed for rows that do not exist any more."""
        if self.kept.forget(gone):
            self._drafts.unfinished_changed.emit()

    def first_row(self) -> FieldRow | None:
        """Where the keyboard goes first: what a new row still needs, else the first editor."""
        editable = [row for row in self.rows.values() if row.editable]
        if self._record is None:
            for row in editable:
                if isinstance(row.field, Field) and row.field.needed and self._value(row.key) is None:
                    return row
        return editable[0] if editable else None

    def hand_out(self, *keys: str) -> tuple[FieldRow, ...]:
        """Rows to be put elsewhere; they are worked on from here as before, and Tab reaches them first."""
        handed = {key: self.rows[key] for key in keys}
        for row in handed.values():
            self._box.removeWidget(row)
        self.rows = {**handed, **{key: row for key, row in self.rows.items() if key not in handed}}
        return tuple(handed.values())

    # Within

    def _add(self, field: Field | Computed) -> None:
        row = self._kinds.get(field.key, FieldRow)(self._session, field, self)
        row.edited.connect(self._edited)
        row.escaped.connect(self._escaped)
        row.open_asked.connect(self._open)
        row.labelled.connect(self._labelled)
        row.rejected.connect(self._rejected)
        self.rows[field.key] = row
        self._box.addWidget(row)

    def _fill(self, row: FieldRow) -> None:
        field, wire = row.field, self._value(row.key)
        writable = self._writable(field)
        if self._row_id is not None:
            self.kept.end(self._row_id, row.key)
        row.setVisible(writable or not isinstance(field.kind, Secret))
        place = self._admin.place
        if self._record is None and place is not None and field.key == place.order.key:
            row.show_words(self.tr("last"))
        elif writable:
            row.show_editor(wire, self._name(row.key), new=self._record is None)
        elif self._record is None and isinstance(field, Computed):
            row.hide()
        else:
            row.show_text(wire, self._name(row.key))
        self._marks.pop(row.key, None)
        self._mark_anew(row)

    def _stand_on(
        self, row: FieldRow, before: Record | None, wire: str | None, name: Label | None, *, writable: bool
    ) -> None:
        """Something else stands in the database now than what somebody is just typing over: that is typed on, or kept
        where it may not be."""
        assert self._row_id is not None
        assert row.editor is not None
        typed, begun = row.editor.typed(), _begun(before)
        if writable:
            row.stand_on(wire, name)
            if begun is not None:
                self.kept.begin(self._row_id, row.key, begun)
            self._mark_anew(row)
        else:
            self.kept.put(self._row_id, row.key, Kept(typed, begun))
            self._fill(row)

    def _mark_anew(self, row: FieldRow) -> None:
        """Say about a field what is to be said of it now, where that is something else than before."""
        draft, field = self._draft(), row.field
        unsaved = draft is not None and not draft.new and field.key in draft.values
        was = ""
        if unsaved and draft is not None and not isinstance(field.kind, Secret):
            was = brief(field.kind, draft.base.get(field.key), self._base_name(draft, field.key), self._session.zone)
        refusal = draft.errors.get(field.key, "") if draft is not None else ""
        reason = row.editor.reason if row.editor is not None else ""
        way = self._way(row)
        mark = unsaved, was, refusal, reason, self._value(field.key), way
        if self._marks.get(field.key) != mark:
            self._marks[field.key] = mark
            row.mark(unsaved=unsaved, was=was, refusal=QCoreApplication.translate("", refusal) if refusal else "")
            row.can_open(way)

    def _way(self, row: FieldRow) -> str:
        """What the row is called to which a field leads; "" where it leads nowhere."""
        kind, wire = row.field.kind, self._value(row.key)
        name = self._name(row.key)
        target = self._session.catalog.get(kind.target) if isinstance(kind, Ref) else None
        reachable = target is not None and wire is not None and self._session.may(target, "view")
        return (name[0] if name else row.name) if reachable else ""

    def _draft(self) -> Draft | None:
        return self._drafts.get(self._row_id) if self._row_id is not None else None

    def _value(self, key: str) -> str | None:
        draft = self._draft()
        if draft is not None and key in draft.values:
            return draft.values[key]
        return self._record.values.get(key) if self._record is not None else None

    def _name(self, key: str) -> Label | None:
        """What the reference of a field is called, as far as it is known."""
        draft, wire = self._draft(), self._value(key)
        if draft is not None and key in draft.values and key in draft.labels:
            return draft.labels[key]
        return self._stored_name(key, wire)

    def _base_name(self, draft: Draft, key: str) -> Label | None:
        return self._stored_name(key, draft.base.get(key))

    def _stored_name(self, key: str, wire: str | None) -> Label | None:
        if self._record is None or wire is None or self._record.values.get(key) != wire:
            return None
        return self._record.labels.get(key)

    def _writable(self, field: Field | Computed) -> bool:
        """Whether this person may write the field of this very record."""
        actor, entity, record = self._session.desk.actor, self._admin.entity, self._record
        if actor is None:  # signed out while the answer was on its way
            return False
        if not isinstance(field, Field) or not field.own or field.readonly:
            return False
        if not policy.may_write(actor, entity, field.key):
            return False
        if record is None:
            return self._session.may(self._admin, "add")
        if isinstance(field.kind, Secret) and "set_password" in policy.rules(entity).acts:
            return "set_password" in record.may
        return "edit" in record.may and not field.fixed

    def _order_tabs(self) -> None:
        """Tab goes through the fields as they stand, whenever their editors were made."""
        made = sum(row.editor is not None for row in self.rows.values())
        if made == self._ordered:
            return
        self._ordered = made
        # What was made late stands at the end of the window's order: it follows these fields, wherever they stand.
        stops: list[QWidget] = [self, *(stop for row in self.rows.values() for stop in row.tab_stops())]
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # Qt orders nothing that takes no focus, and moves a proxy's owner with all that stands between the two.
        proxies = {stop: proxy for stop in stops if (proxy := stop.focusProxy()) is not None}
        for stop in proxies:
            stop.setFocusProxy(None)  # type: ignore[arg-type]
            stop.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for first, second in pairwise(stops):
            QWidget.setTabOrder(first, second)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for stop, proxy in proxies.items():
            stop.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            stop.setFocusProxy(proxy)

    def _resume(self, key: str, typed: str) -> bool:
        row = self.rows.get(key)
        if row is None or not row.editable or row.editor is None:
            return False
        row.editor.resume(typed)
        row.editor.flush()
        return True

    # What the rows tell

    def _edited(self, key: str, wire: str | None, name: Label | None) -> None:
        row_id, record, editor = self._row_id, self._record, self.rows[key].editor
        if row_id is None:
            return
        back = editor is not None and editor.going_back
        if record is None:
            field = self.rows[key].field
            if wire is None and isinstance(field, Field) and not field.may_be_null:
                self._drafts.revert(row_id, key)
            elif self._drafts.takes(row_id):
                self._drafts.set(row_id, key, wire, label=name, back=back)
            return
        begun = self.kept.end(row_id, key)
        seen, version = (record.values, record.version) if begun is None else (begun.values, begun.version)
        self._drafts.set(
            row_id,
            key,
            wire,
            version=version,
            base=seen.get(key),
            label=name,
            title=record.title,
            seen=seen,
            back=back,
        )
        draft = self._draft()
        if begun is not None and draft is not None and key in draft.values:
            draft.version = version  # begun before others wrote: the next save compares
            self._drafts.changed.emit(row_id)

    def _rejected(self, key: str, reason: str) -> None:
        editor = self.rows[key].editor
        if not reason and self._row_id is not None and editor is not None and editor.is_untouched():
            self.kept.end(self._row_id, key)  # given up
        self._drafts.unfinished_changed.emit()

    def _escaped(self, key: str) -> None:
        if self._row_id is not None and self._record is not None:
            self._drafts.revert(self._row_id, key)

    def _labelled(self, key: str, name: Label) -> None:
        draft = self._draft()
        if draft is not None and key in draft.values:
            draft.labels[key] = name
            self._drafts.changed.emit(draft.id)

    def _open(self, key: str) -> None:
        kind, wire = self.rows[key].field.kind, self._value(key)
        if isinstance(kind, Ref) and wire is not None:
            self.open_requested.emit(Destination(self._session.catalog[kind.target].name, wire))

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _space(self) -> None:
        self._box.setSpacing(px(12))


def _begun(record: Record | None) -> Begun | None:
    return None if record is None else Begun(record.version, record.values, record.title)
