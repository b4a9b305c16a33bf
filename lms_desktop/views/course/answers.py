"""What a question can be answered with, by its type: options, true or false, accepted answers, nothing."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from lms_desktop.models.wording import told
from lms_desktop.services.teaching.question_edits import set_accepted, set_truth
from lms_desktop.services.teaching.questions import ESSAY, MULTIPLE_CHOICE, SHORT_ANSWER, TRUE_FALSE, Option, Reading
from lms_desktop.views import theme
from lms_desktop.views.course.option_list import OptionList, Ticked
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.labels import Tag, label
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.kit.paint import px

MOST = 50
"""Options that are shown one by one at most: each takes some milliseconds to make, and nobody chooses from more."""


class TruthChoice(QWidget):
    """True or false; neither until somebody says so.

    Signals:
        chosen(bool): the person has chosen.
    """

    chosen = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.yes, self.no = QRadioButton(self.tr("True"), self), QRadioButton(self.tr("False"), self)
        self._group = QButtonGroup(self)
        self._tags: list[Tag] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        for choice, truth in ((self.yes, True), (self.no, False)):
            self._group.addButton(choice, int(truth))
            tag = Tag(self.tr("right answer"), "ok", self)
            line = QHBoxLayout()
            line.addWidget(choice, 1)
            line.addWidget(tag)
            self._box.addLayout(line)
            self._tags.append(tag)
        self._group.idClicked.connect(lambda which: self._clicked(bool(which)))
        self.setAccessibleName(self.tr("Right answer"))

    def show_truth(self, truth: bool | None, *, unsaved: bool, editable: bool) -> None:
        """Show what is right."""
        self._group.setExclusive(False)
        for choice, says, tag in zip((self.yes, self.no), (True, False), self._tags, strict=True):
            choice.setChecked(truth is says)
            choice.setEnabled(editable)
            theme.set_state(choice, "dirty" if unsaved and truth is says else "")
            tag.setVisible(truth is says)
            tag.tell(self.tr("right answer"), "warn" if unsaved else "ok")
        self._group.setExclusive(True)

    def _clicked(self, truth: bool) -> None:
        self.chosen.emit(truth)


class Answers(QWidget):
    """The answers of a question, to be read or edited. What cannot be edited as such is edited as it is written.

    Attributes:
        options: of a multiple choice; `accepted` of a short answer; `truth` of true or false.
        raw: where the plain rows of what is written go; `raw_only`: they alone are shown.
        offers_raw: the person may turn to what is written; `as_written`: has turned to it.

    Signals:
        edited(object, bool): the Reading as the person wants it; whether a text's own undo led to it.
        turn_asked(): turn to what is written, or back to the answers.
        unfinished_changed(): another number of things stand here that are no answers.
    """

    edited = Signal(object, bool)
    turn_asked = Signal()
    unfinished_changed = Signal()

    def __init__(self, raw: Sequence[QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reading, self.raw_only = Reading(""), False
        self.offers_raw = self.as_written = False
        self.caption, self._unsaved = label("", "small"), Tag(self.tr("not saved"), "warn", self)
        self.turn_button = button("", "link", self.turn_asked.emit, parent=self)
        self._note = Banner("", "warn")
        self.options = OptionList(ticks=True, parent=self)
        self.accepted = OptionList(ticks=False, parent=self)
        self.truth = TruthChoice(self)
        self._essay = label(
            self.tr("Students write freely. It is marked by hand: no answer is right or wrong by itself."),
            "muted",
            wrap=True,
        )
        self.raw = QWidget(self)
        self._raw_box = QVBoxLayout(self.raw)
        self._raw_box.setContentsMargins(0, 0, 0, 0)
        for row in raw:
            self._raw_box.addWidget(row)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._head = QHBoxLayout()
        self._head.addWidget(self.caption)
        self._head.addWidget(self._unsaved)
        self._head.addStretch(1)
        self._head.addWidget(self.turn_button)
        self._box.addLayout(self._head)
        for part in (self._note, self.options, self.truth, self.accepted, self._essay, self.raw):
            self._box.addWidget(part)
        self.options.edited.connect(self._options_edited)
        self.accepted.edited.connect(self._accepted_edited)
        for part in (self.options, self.accepted):
            part.unfinished_changed.connect(self.unfinished_changed)
        self.truth.chosen.connect(lambda truth: self._tell(set_truth(self._reading, truth), back=False))
        self._space()

    def show_reading(self, reading: Reading, saved: Reading, *, editable: bool, refusal: str = "") -> None:
        """Show the answers of a question, what of them is not `saved`, and why the last save refused them."""
        odd = told(reading.odd)
        if not odd and max(len(reading.options), len(reading.accepted)) > MOST:
            odd = self.tr("These are too many to be shown one by one; they can be edited as they are written.")
        self._reading, kind, raw = reading, reading.type, bool(odd) or self.as_written
        self.raw_only = raw
        self.turn_button.setText(self.tr("Show as answers") if self.as_written else self.tr("Show as written"))
        self.turn_button.setVisible(self.offers_raw and not odd)
        captions = {
            MULTIPLE_CHOICE: self.tr("Options: tick those that are right"),
            TRUE_FALSE: self.tr("Right answer"),
            SHORT_ANSWER: self.tr("Accepted answers: any of them is right, capitals and blanks apart"),
            ESSAY: self.tr("Answer"),
        }
        self.caption.setText("" if raw else captions.get(kind, ""))
        self.caption.setVisible(bool(self.caption.text()))
        self._unsaved.setVisible(not raw and editable and _content(reading) != _content(saved))
        note = refusal or odd or told(reading.problem)
        if note != self._note.text:
            self._note.tell(note, "bad" if refusal else "warn")
        self._note.setVisible(bool(note))
        if kind == MULTIPLE_CHOICE and not raw:
            self.options.show_options(_ticked(reading), _ticked(saved), editable=editable)
        if kind == SHORT_ANSWER and not raw:
            self.accepted.show_options(_accepted(reading), _accepted(saved), editable=editable)
        if kind == TRUE_FALSE and not raw:
            unsaved = (reading.type, reading.truth) != (saved.type, saved.truth)
            self.truth.show_truth(reading.truth, unsaved=unsaved, editable=editable)
        for part, of in (
            (self.options, MULTIPLE_CHOICE),
            (self.accepted, SHORT_ANSWER),
            (self.truth, TRUE_FALSE),
            (self._essay, ESSAY),
        ):
            part.setVisible(kind == of and not raw)
        self.raw.setVisible(raw)

    def flush(self) -> bool:
        """Tell what has not been told yet; False where something that stands here is no answer."""
        shown = self._shown_list()
        return shown is None or shown.flush() is None

    def unfinished(self) -> int:
        """How many things stand here that are no answers."""
        shown = self._shown_list()
        return 0 if shown is None else shown.unfinished()

    def restore(self) -> None:
        """Put back what was told last wherever something stands that is no answer."""
        shown = self._shown_list()
        if shown is not None:
            shown.restore()

    def settle(self) -> None:
        """What stands here is saved: nothing typed before is left to undo."""
        for part in (self.options, self.accepted):
            part.settle()

    def stops(self) -> list[QWidget]:
        """Where Tab stops, in order."""
        return [*self.options.stops(), self.truth.yes, self.truth.no, *self.accepted.stops(), self.turn_button]

    def take_keyboard(self) -> None:
        """Put the keyboard where the answers begin."""
        shown = self._shown_list()
        if shown is not None:
            faulty = next((row for row in shown.rows if row.reason), None)
            target: QWidget = faulty.edit if faulty else shown.rows[0].edit if shown.rows else shown.add_row
        else:
            target = self.truth.yes
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def add_option(self) -> None:
        """Another option, or another accepted answer, where the type has any."""
        shown = self._shown_list()
        if shown is not None:
            shown.add()

    # Within

    def _shown_list(self) -> OptionList | None:
        if self.raw_only:
            return None
        return {MULTIPLE_CHOICE: self.options, SHORT_ANSWER: self.accepted}.get(self._reading.type)

    def _options_edited(self, back: bool) -> None:
        values = self.options.values()
        right = tuple(at for at, (_, ticked) in enumerate(values) if ticked)
        texts = tuple(option.text for option, ticked in values if ticked)
        after = replace(self._reading, options=tuple(option for option, _ in values), right=right)
        if texts != self._reading.right_texts:  # what was not understood of the right answer is given up by that
            after = replace(after, accepted=(), problem="")
        self._tell(after, back=back)

    def _accepted_edited(self, back: bool) -> None:
        self._tell(set_accepted(self._reading, [option.text for option, _ in self.accepted.values()]), back=back)

    def _tell(self, reading: Reading, *, back: bool) -> None:
        self._reading = reading
        self.edited.emit(reading, back)

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _space(self) -> None:
        self._box.setSpacing(px(6))
        self._head.setSpacing(px(8))
        self._raw_box.setSpacing(px(12))


def _content(reading: Reading) -> tuple[object, ...]:
    """What is seen of the answers of a question."""
    return reading.type, [o.text for o in reading.options], reading.right, reading.accepted, reading.truth


def _ticked(reading: Reading) -> list[Ticked]:
    return [(option, at in reading.right) for at, option in enumerate(reading.options)]


def _accepted(reading: Reading) -> list[Ticked]:
    return [(Option(text), True) for text in reading.accepted]
