"""Many questions at once: typed or pasted as plain text, and shown as they were understood while that is done."""

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from lms_desktop.models.desk import Job
from lms_desktop.models.wording import said, word
from lms_desktop.services.teaching import question_text
from lms_desktop.services.teaching.parsed import Parsed
from lms_desktop.services.teaching.questions import Reading
from lms_desktop.views import theme
from lms_desktop.views.course.found_questions import Entry, FoundList
from lms_desktop.views.exact_text import PARAGRAPH
from lms_desktop.views.feedback import ask
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.paint import px
from lms_desktop.views.kit.sheet import Sheet
from lms_desktop.views.session import Session
from lms_desktop.views.theme import FontRole

PAUSE_MS = 150
"""So long after the last key it is read again."""


MUCH = 80
"""Characters that are not given up without a question, understood or not."""


class PasteDialog(Sheet):
    """Asks for questions as text.

    Attributes:
        edit: where they are typed; `found` shows what was understood of it.
        questions: what would be added.
    """

    def __init__(self, session: Session, where: str, parent: QWidget | None = None) -> None:
        """`where`: a sentence that says where the questions go."""
        title = QCoreApplication.translate("PasteDialog", "Paste many questions")
        super().__init__(title, parent, width=920, height=620)
        self._session = session
        self._job: Job | None = None
        self._read_text = ""
        self.questions: tuple[Reading, ...] = ()
        self.edit, self.found = QPlainTextEdit(), FoundList()
        self.edit.setAccessibleName(self.tr("Questions as text"))
        self.edit.setPlaceholderText(question_text.EXAMPLE)
        self.edit.setTabChangesFocus(True)
        self._count = label("", "small")
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        for head, body in ((self.tr("Questions as text"), self.edit), (None, self.found)):
            side = QWidget()
            box = QVBoxLayout(side)
            box.setContentsMargins(px(6) if head is None else 0, 0, 0 if head is None else px(6), 0)
            caption = label(head, "small") if head is not None else self._count
            caption.setBuddy(body)
            box.addWidget(caption)
            box.addWidget(body, 1)
            self._splitter.addWidget(side)
        self._splitter.setChildrenCollapsible(False)
        self._help = label(word(question_text.HELP), "small", wrap=True)
        self._help.hide()
        self._how = button(self.tr("How they are written"), "link", self._turn_help)
        self._where = label(where, "muted", wrap=True)
        self.add(self._where, self._splitter, self._how, self._help)
        self.column.setStretchFactor(self._splitter, 1)
        self.column.setAlignment(self._how, Qt.AlignmentFlag.AlignLeft)
        self.add_button(self.tr("Cancel"), "", self.reject)
        self.accept_button = self.add_button("", "primary", self.accept)
        self._soon = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._soon.timeout.connect(self._read)
        self.edit.textChanged.connect(self._soon.start)
        self.found.line_wanted.connect(self._go_to_line)
        self._fixed()
        self._show(Parsed())
        self.edit.setFocus()

    def accept(self) -> None:
        """Override QDialog::accept: what was typed last is in it."""
        if self.text() != self._read_text:
            self.read_now()
        if self.questions:
            super().accept()

    def reject(self) -> None:
        """Override QDialog::reject: much that was typed is not lost by a key."""
        much = len(self.questions) > 1 or len(self.edit.toPlainText().strip()) > MUCH
        if much and not ask(
            self,
            self.tr("Leave without adding %n question(s)?", "", len(self.questions)),
            self.tr("What was typed here is gone then."),
            self.tr("Leave"),
            keep=self.tr("Go on"),
            destructive=True,
        ):
            return
        super().reject()

    def read_now(self) -> None:
        """Understand what stands here, at once."""
        self._soon.stop()
        text = self.text()
        self._read_text = text
        self._show(question_text.parse(text) if text.strip() else Parsed())

    def text(self) -> str:
        """What stands here; Qt's own plain text has other blanks."""
        return self.edit.document().toRawText().replace(PARAGRAPH, "\n")

    # Within

    def _read(self) -> None:
        text = self.text()
        if self._job is not None:
            self._job.cancel()
        job = self._session.desk.plain(
            lambda: question_text.parse(text) if text.strip() else Parsed(),
            done=lambda parsed: self._parsed(text, parsed),
            failed=lambda error: self.found.found.show_entries([Entry(0, sentence=said(error))]),
            owner=self,
            label=self.tr("Reading the questions"),
        )
        self._job = job if job.ended is None else None

    def _parsed(self, text: str, parsed: Parsed) -> None:
        self._job = None
        if text == self.text():
            self._read_text = text
            self._show(parsed)

    def _show(self, parsed: Parsed) -> None:
        self.questions = parsed.questions
        self.found.found.show(parsed)
        count, amiss = len(parsed.questions), len(parsed.problems)
        words = self.tr("%n question(s) understood", "", count)
        look = self.tr("%n thing(s) to look at", "", amiss)
        self._count.setText(f"{words} · {look}" if amiss else words)
        self.accept_button.setText(self.tr("Add %n question(s)", "", count) if count else self.tr("Add questions"))
        self.accept_button.setEnabled(bool(count))

    def _go_to_line(self, line: int) -> None:
        block = self.edit.document().findBlockByNumber(line - 1)
        if block.isValid():
            self.edit.setTextCursor(QTextCursor(block))
            self.edit.centerCursor()
            self.edit.setFocus()

    def _turn_help(self) -> None:
        self._help.setVisible(not self._help.isVisible())

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: the fixed font grows with the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "edit"):
            self._fixed()

    def _fixed(self) -> None:
        self.edit.setFont(theme.current().font(FontRole.FIXED))
        self._splitter.setSizes([px(440), px(440)])
