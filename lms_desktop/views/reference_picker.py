"""The editor of references: a person types part of a name, the server finds, Enter picks. Never a whole table."""

from PySide6.QtCore import QEvent, QRectF, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionFrame, QWidget

from lms_desktop.errors import BadValue, ExplainedError
from lms_desktop.models.lookup import LookupModel
from lms_desktop.models.wording import said
from lms_desktop.services.lookup import Found
from lms_desktop.spec import Field, Ref
from lms_desktop.views import theme
from lms_desktop.views.field_editor import Label, Value
from lms_desktop.views.found_list import SEEN_ROWS, FoundList, draw_named, right_to_left
from lms_desktop.views.kit.paint import log, px
from lms_desktop.views.session import Session
from lms_desktop.views.text_editors import LineField
from lms_desktop.views.trailing import InlineButton

TYPING_PAUSE_MS = 150
"""So long after the last key the server is asked."""


class ReferenceLine(QLineEdit):
    """A line edit that shows a name with its muted detail while nothing is typed.

    Attributes:
        named: label and detail, None while the person types or there is no value.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.named: Label | None = None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QLineEdit::paintEvent."""
        writing = self.hasFocus() and not self.isReadOnly()
        if self.named is None or writing:
            super().paintEvent(event)
        if self.named is None:
            return
        painter = QPainter(self)
        try:
            margins = self.textMargins()
            rect = QRectF(self.rect()).adjusted(px(10) + 3 + margins.left(), 0, -px(10) - 3 - margins.right(), 0)
            if writing:
                self._draw_detail(painter, rect, self.named[1])
            else:
                panel = QStyleOptionFrame()
                self.initStyleOption(panel)
                self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, panel, painter, self)
                draw_named(painter, rect, *self.named, self)
        except Exception:
            log.exception("Drawing a reference failed")
        finally:
            painter.end()

    def _draw_detail(self, painter: QPainter, rect: QRectF, detail: str) -> None:
        """Behind the name that Qt has drawn, where there is room."""
        from_left = not right_to_left(self.text())  # a line edit follows its text, whatever the window does
        rest = rect.adjusted(self.fontMetrics().horizontalAdvance(self.text()) + px(6), 0, 0, 0)
        if from_left and rest.width() > px(24):
            painter.setPen(theme.color("muted"))
            shown = painter.fontMetrics().elidedText(detail, Qt.TextElideMode.ElideRight, int(rest.width()))
            painter.drawText(rest, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)


class ReferenceEditor(LineField):
    """Finds a row of another entity. Typing asks the server after a pause, Down opens the list, Enter picks, Esc puts
    the name back that stood here."""

    def __init__(self, session: Session, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        assert isinstance(field.kind, Ref)
        self._session, self._kind = session, field.kind
        self._picked: tuple[str, Label] | None = None
        self._typing = False
        self._pick_first = False
        self._answer: str | None = None
        self._model: LookupModel | None = None
        self._list: FoundList | None = None
        self._ask_soon = QTimer(self)
        self._ask_soon.setSingleShot(True)
        self._ask_soon.setInterval(TYPING_PAUSE_MS)
        self._ask_soon.timeout.connect(self._ask)
        self.arrow = InlineButton("chevron-down", self.tr("Show the list (Down)"), self._turn_list)
        self.trailing.add(self.arrow)
        self.line.textEdited.connect(self._typed_on)

    # Values

    def is_untouched(self) -> bool:
        """Override FieldEditor.is_untouched."""
        return not self._typing and (self._picked[0] if self._picked else None) == self._original[0]

    def take(self) -> Value:
        """Override FieldEditor.take: with the name, where it was found meanwhile."""
        wire, label = super().take()
        return (wire, self._picked[1]) if self._picked and self._picked[0] == wire else (wire, label)

    def typed(self) -> str:
        """Override FieldEditor.typed."""
        return self.line.text()

    def resume(self, typed: str) -> None:
        """Override FieldEditor.resume."""
        self.line.selectAll()
        self.line.insert(typed)
        self._typing = True
        self._show_named()
        self._touched()

    def _make_line(self) -> QLineEdit:
        return ReferenceLine(self)

    def _put(self, wire: str | None, label: Label | None) -> None:
        self._close_list()
        self._ask_soon.stop()
        self._picked = None if wire is None else (wire, label or (wire, ""))
        self._typing = False
        self._showing = True
        self._null = wire is None
        self.line.setText(self._picked[1][0] if self._picked else "")
        self.line.setCursorPosition(0)
        self._showing = False
        self._look_empty()
        self._show_named()
        if wire is not None and label is None:
            self._name_it(wire)

    def _read(self) -> Value:
        if not self._typing:
            return self._picked or (None, None)
        if not self.line.text().strip():
            return None, None
        raise BadValue(self.tr("Choose one from the list."), field=self.field.key)

    def _clear(self) -> None:
        self._close_list()
        self._typing, self._picked = False, None
        self._showing = True
        self.line.clear()
        self._showing = False
        self._null = True
        self._look_empty()
        self._show_named()
        self._touched()

    def _empty_words(self) -> str:
        return self.tr("Type to find…")

    def _look_empty(self) -> None:
        self.line.setPlaceholderText("—" if self._null and not self.line.hasFocus() else self.tr("Type to find…"))
        self._offer_null()

    def _show_named(self) -> None:
        assert isinstance(self.line, ReferenceLine)
        self.line.named = self._picked[1] if self._picked and not self._typing else None
        self.line.update()

    def _name_it(self, wire: str) -> None:
        """Ask the server what a row is called that came without a name."""
        target, records, zone = self._kind.target, self._session.records, self._session.zone

        def named(record: object) -> None:
            title, detail = getattr(record, "title", ""), getattr(record, "detail", "")
            if record is not None and self._picked is not None and self._picked[0] == wire and not self._typing:
                self._picked = (wire, (title, detail))
                if self._original[0] == wire:
                    self._original = self._picked
                self._showing = True
                self.line.setText(title)
                self._showing = False
                self._show_named()
                self.labelled.emit(wire, (title, detail))

        self._session.desk.read(
            lambda uow: records.load(uow, target, wire, zone), done=named, failed=lambda error: None, owner=self
        )

    def _goes_back(self, event: QKeyEvent) -> bool:
        return False  # typing alone is no value yet

    # Finding

    def _typed_on(self, text: str) -> None:
        self._typing = True
        self._pick_first = False
        self._show_named()
        self._open_list(self.tr("Searching…"))
        self._ask_soon.start()

    def _ask(self) -> None:
        self._ask_soon.stop()
        if self._model is None:
            self._model = LookupModel(self._session.desk, self._session.catalog, self._kind, self)
            self._model.answered.connect(self._answered)
            self._model.failed.connect(self._failed)
            if self._list is not None:
                self._list.list.setModel(self._model)
        self._model.ask(self._question())

    def _question(self) -> str:
        return self.line.text() if self._typing else ""

    def _answered(self, typed: str) -> None:
        if self._model is None or self._list is None or typed != self._question():
            return
        self._answer = typed
        rows = self._model.rowCount()
        if rows:
            self._list.tell("")
            self._list.list.setCurrentIndex(self._model.index(0, 0))
        elif typed.strip():
            self._list.tell(self.tr("Nothing is found for “{0}”.").format(typed.strip()))
        else:
            self._list.tell(self.tr("There is nothing to choose from yet."))
        self._list.place(self.line, rows)
        self._speak()
        if self._pick_first:
            self._pick_first = False
            self._pick_current()

    def _failed(self, error: ExplainedError) -> None:
        self._pick_first = False
        if self._list is not None:
            self._list.tell(said(error))
            self._list.place(self.line, 0)

    def _open_list(self, words: str) -> None:
        if self._list is None:
            self._list = FoundList(self)
            self._list.picked.connect(self._pick)
            if self._model is not None:
                self._list.list.setModel(self._model)
        if not self._list.isVisible():
            self._list.tell(words)
            self._list.place(self.line, self._model.rowCount() if self._model is not None and self._typing else 0)
            self._list.show()
        elif self._model is None or not self._model.rowCount():
            self._list.tell(words)
            self._list.place(self.line, 0)

    def _close_list(self) -> None:
        self._pick_first = False  # whoever opens it again has not pressed Enter
        if self._list is not None:
            self._list.hide()
            self._list.list.setModel(None)  # one that is gone leaves the list a choice of nothing, which Qt warns of
        if self._model is not None:  # what it found may be others next time
            self._model.deleteLater()
            self._model = None
        self._answer = None
        self._ask_soon.stop()

    def _turn_list(self) -> None:
        if self._list is not None and self._list.isVisible():
            self._close_list()
            return
        self.line.setFocus()
        self.line.selectAll()
        self._open_list(self.tr("Searching…"))
        self._ask()

    @property
    def list_open(self) -> bool:
        """Whether what was found is shown."""
        return self._list is not None and self._list.isVisible()

    # Picking

    def _pick(self, found: Found | None) -> None:
        if found is None:
            return
        self._close_list()
        self._picked = (found.id, (found.label, found.detail))
        self._typing, self._null = False, False
        self._showing = True
        self.line.setText(found.label)
        self.line.selectAll()
        self._showing = False
        self._show_named()
        self._look_empty()
        self._commit()

    def _pick_current(self) -> bool:
        if self._list is None or self._model is None or not self.list_open:
            return False
        found = self._model.found(self._list.list.currentIndex().row())
        self._pick(found)
        return found is not None

    def _move(self, by: int) -> None:
        if self._list is None or self._model is None or not self._model.rowCount():
            return
        row = min(max(self._list.list.currentIndex().row() + by, 0), self._model.rowCount() - 1)
        self._list.list.setCurrentIndex(self._model.index(row, 0))
        self._speak()

    def _speak(self) -> None:
        """The keyboard stays in the line: a screen reader hears there what is chosen in the list."""
        text = ""
        if self._list is not None and self._model is not None:
            index = self._list.list.currentIndex()
            text = str(index.data(Qt.ItemDataRole.AccessibleTextRole) or "") if index.isValid() else ""
        self.line.setAccessibleDescription(text)

    # Keys

    def _pressed(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: SEEN_ROWS, Qt.Key.Key_PageUp: -SEEN_ROWS}
        if key in steps and self.list_open:
            self._move(steps[key])
            return True
        if key in (Qt.Key.Key_Down, Qt.Key.Key_F4):
            self._turn_list()
            return True
        if key == Qt.Key.Key_Escape and (self.list_open or self._typing):
            self._put(*(self._picked or (None, None)))
            self._check()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (self.list_open or self._typing):
            return self._enter()
        if key == Qt.Key.Key_Tab and self.list_open and self._typing and self._found_for_this():
            self._pick_current()
        return False

    def _enter(self) -> bool:
        if not self.line.text().strip() and self._typing:
            return False
        if self._found_for_this():
            self._pick_current()
        else:
            self._pick_first = True
            self._open_list(self.tr("Searching…"))
            self._ask()
        return True

    def _found_for_this(self) -> bool:
        """Whether the list shows what belongs to the present text."""
        return (
            self._model is not None
            and not self._ask_soon.isActive()
            and self._answer == self._question()
            and self._model.rowCount() > 0
        )

    def _entered(self) -> None:
        super()._entered()
        self._look_empty()
        if not self._typing:
            QTimer.singleShot(0, self.line, self.line.selectAll)

    def _left(self) -> None:
        self._close_list()
        self._look_empty()
        super()._left()

    def hideEvent(self, event: QHideEvent) -> None:
        """Override FieldEditor.hideEvent: the list goes along."""
        self._close_list()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Override LineField.changeEvent."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._list is not None:
            self._close_list()
