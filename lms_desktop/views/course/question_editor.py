"""One question: its text, its type, its points, its answers; what attempts have to do with it."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from lms_desktop.entities import QuizQuestion
from lms_desktop.models.drafts import Drafts
from lms_desktop.services.teaching.questions import Reading
from lms_desktop.spec import EntityAdmin, Related
from lms_desktop.views.course.answer_bars import AnswerBars, Share
from lms_desktop.views.course.question_fields import CORRECT, OPTIONS, POINTS, TEXT, TYPE, QuestionFields
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.kit.paint import px
from lms_desktop.views.record_form import RecordForm
from lms_desktop.views.session import Session


class QuestionForm(RecordForm):
    """As `RecordForm`, for a question: its options and what is right are edited as answers, together."""

    FIELDS = QuestionFields

    def __init__(self, session: Session, drafts: Drafts, parent: QWidget | None = None) -> None:
        super().__init__(session, session.catalog[QuizQuestion], drafts, parent)

    @property
    def fields(self) -> QuestionFields:
        """The fields of the question."""
        fields = self.details.fields
        assert isinstance(fields, QuestionFields)
        return fields

    def reading(self) -> Reading:
        """The question as it is wanted now."""
        return self.fields.reading()

    def add_option(self) -> None:
        """Another option, or another accepted answer."""
        self.fields.answers.add_option()

    def _put_together(self) -> None:
        """Override RecordForm: the fields as a question is written, below those that every row has."""
        super()._put_together()
        fields, content = self.fields, self.details.widget()
        assert content is not None
        self._column, self._row = QVBoxLayout(), QHBoxLayout()
        self._row.addWidget(fields.rows[TYPE], 3)
        self._row.addWidget(fields.rows[POINTS], 1)
        self._column.addWidget(fields.rows[TEXT])
        self._column.addLayout(self._row)
        self._column.addWidget(fields.answers)
        box = content.layout()
        assert isinstance(box, QVBoxLayout)
        box.insertLayout(box.indexOf(fields) + 1, self._column)
        self._space_lines()

    def _take_focus(self) -> None:
        """Override RecordForm: what is wrong with the answers is mended where they are edited."""
        wanted = self._focus[-1] if self._focus else None
        if wanted in (OPTIONS, CORRECT) and not self.fields.answers.raw_only:
            self._focus.clear()
            self.fields.answers.take_keyboard()
            self.details.ensureWidgetVisible(self.fields.answers, 0, px(16))
        else:
            super()._take_focus()

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_row"):
            self._space_lines()

    def _space_lines(self) -> None:
        self._column.setSpacing(px(12))
        self._row.setSpacing(px(12))


class QuestionEditor(QuestionForm):
    """As `QuestionForm`, within the question's quiz, which has header and tabs already.

    Signals:
        shown(): something of the question is shown otherwise.
        count_wanted(): how students answered is to be counted.
    """

    shown = Signal()
    count_wanted = Signal()

    def tell_answered(self, number: int) -> None:
        """Say how many attempts answered this question; 0 says nothing."""
        if number:
            words = self.tr(
                "%n attempt(s) already answered this question: a change of the right answer will ask whether to regrade"
                " them.",
                "",
                number,
            )
            if words != self.warning.text:
                self.warning.tell(words, "bad")
        self.warning.setVisible(bool(number))

    def tell_spread(self, shares: Sequence[Share], of: int) -> None:
        """Show how students answered; nothing where there are no answers."""
        self.bars.show_shares(shares, of)
        self._count_button.hide()
        self._spread.setVisible(bool(shares))

    def offer_count(self) -> None:
        """Offer to count how students answered, where that takes a while."""
        self.bars.show_shares((), 0)
        self._count_button.show()
        self._spread.show()

    # RecordForm

    def _wanted_lists(self, admin: EntityAdmin) -> tuple[Related, ...]:
        """Override RecordForm: none."""
        return ()

    def _put_together(self) -> None:
        """Override QuestionForm: without what its quiz says already, and with how it was answered."""
        super()._put_together()
        self.header.hide()
        bar = self.tabs.parentWidget()
        assert bar is not None
        bar.hide()
        self.fields.hide()
        self.warning = Banner("", "bad")
        self.warning.hide()
        self._column.addWidget(self.warning)
        self._column.addWidget(self._make_spread())
        self.fields.shown.connect(self.shown)

    def _make_spread(self) -> QWidget:
        """Where it stands how students answered."""
        self._spread = QWidget()
        self.bars = AnswerBars()
        self._count_button = button(self.tr("Count the answers"), "link", self.count_wanted.emit)
        self._count_button.hide()
        box = QVBoxLayout(self._spread)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(px(4))
        box.addWidget(label(self.tr("How students answered"), "small"))
        box.addWidget(self._count_button, 0, Qt.AlignmentFlag.AlignLeft)
        box.addWidget(self.bars)
        self._spread.hide()
        return self._spread
