"""Questions from a file and to a file: what comes, and what is left out, is shown before anything is written."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, Qt
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from lms_desktop.errors import ExplainedError
from lms_desktop.models.wording import said, word
from lms_desktop.services.files import write_whole
from lms_desktop.services.teaching import quiz_files
from lms_desktop.services.teaching.parsed import Parsed
from lms_desktop.services.teaching.questions import Reading
from lms_desktop.services.teaching.quiz_files import FORMS, Form, Loaded
from lms_desktop.views import theme
from lms_desktop.views.choice_editors import CalmComboBox
from lms_desktop.views.course.found_questions import Entry, FoundList, problems_of
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.kit.paint import px
from lms_desktop.views.kit.sheet import Sheet
from lms_desktop.views.session import Session
from lms_desktop.views.theme import FontRole

LONGEST_PREVIEW = 200_000
"""Characters of a file that are shown before it is written."""


class ImportDialog(Sheet):
    """Shows what is in a file, and asks whether it is to be added.

    Attributes:
        questions: what would be added; `form` is the box with the form that the file has.
    """

    def __init__(self, session: Session, file: Path, where: str, parent: QWidget | None = None) -> None:
        """`where`: a sentence that says where the questions go."""
        title = QCoreApplication.translate("ImportDialog", "Import questions")
        super().__init__(title, parent, width=640, height=560, heading=file.name)
        self._session, self._file = session, file
        self._data: bytes | None = None
        self.questions: tuple[Reading, ...] = ()
        self.form = CalmComboBox()
        self.form.setAccessibleName(self.tr("The form of the file"))
        for form in FORMS:
            self.form.addItem(word(form.label), form.key)
        self.form.setEnabled(False)
        self.banner = Banner("", "bad")
        self.banner.hide()
        self.found = FoundList()
        self._count = label(self.tr("Reading the file…"), "small")
        caption = label(self.tr("The form of the file"), "small")
        caption.setBuddy(self.form)
        self.add(label(where, "muted", wrap=True), caption, self.form, self.banner, self._count, self.found)
        self.column.setStretchFactor(self.found, 1)
        self.add_button(self.tr("Cancel"), "", self.reject)
        self.accept_button = self.add_button("", "primary", self.accept, default=True)
        self._show(Parsed())
        self._count.setText(self.tr("Reading the file…"))
        self.form.activated.connect(lambda: self._read(FORMS[self.form.currentIndex()]))
        self._read(None)

    def _read(self, form: Form | None) -> None:
        """Read the file, in the form given, else in the one that it seems to have."""
        file, data = self._file, self._data

        def work() -> tuple[bytes, Loaded]:
            content = data if data is not None else _content(file)
            return content, quiz_files.load(content, file.name, form)

        self._session.desk.plain(
            work, done=self._loaded, failed=self._failed, owner=self, label=self.tr("Reading the file")
        )

    def _loaded(self, found: tuple[bytes, Loaded]) -> None:
        self._data, loaded = found
        self.form.setEnabled(True)
        self.form.setCurrentIndex(FORMS.index(loaded.form))
        self.banner.hide()
        self._show(loaded.parsed)

    def _failed(self, error: ExplainedError) -> None:
        self._show(Parsed())
        self.banner.tell(said(error), "bad")
        self.banner.show()
        self._count.setText("")

    def _show(self, parsed: Parsed) -> None:
        self.questions = parsed.questions
        self.found.found.show(parsed)
        count, amiss = len(parsed.questions), len(parsed.problems)
        words = self.tr("%n question(s) understood", "", count)
        look = self.tr("%n thing(s) to look at", "", amiss)
        self._count.setText(f"{words} · {look}" if amiss else words)
        self.accept_button.setText(self.tr("Add %n question(s)", "", count) if count else self.tr("Add questions"))
        self.accept_button.setEnabled(bool(count))


class ExportDialog(Sheet):
    """Shows a quiz as the file that it would be, and what is left out, and asks where it is to be written.

    Attributes:
        form: the box with the forms; `preview` is the file's text, `left_out` what is not in it.
        written: the file, once it was written.
    """

    def __init__(
        self, session: Session, name: str, questions: Sequence[Reading], parent: QWidget | None = None
    ) -> None:
        """`name`: what the quiz is called."""
        title = QCoreApplication.translate("ExportDialog", "Export questions")
        super().__init__(title, parent, width=760, height=620, heading=name)
        self._session, self._name, self._questions = session, name, tuple(questions)
        self._text = ""
        self.written: Path | None = None
        self.form = CalmComboBox()
        self.form.setAccessibleName(self.tr("The form of the file"))
        for form in FORMS:
            self.form.addItem(word(form.label), form.key)
        self.banner = Banner("", "bad")
        self.banner.hide()
        self.preview, self.left_out = QPlainTextEdit(), FoundList()
        self.preview.setReadOnly(True)
        self.preview.setAccessibleName(self.tr("What the file will hold"))
        self.left_out.setAccessibleName(self.tr("What is left out"))
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._below = QWidget()
        box = QVBoxLayout(self._below)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(label(self.tr("What is left out"), "small"))
        box.addWidget(self.left_out, 1)
        self._splitter.addWidget(self.preview)
        self._splitter.addWidget(self._below)
        self._splitter.setChildrenCollapsible(False)
        self._count = label("", "small")
        caption = label(self.tr("The form of the file"), "small")
        caption.setBuddy(self.form)
        self.add(caption, self.form, self.banner, self._count, self._splitter)
        self.column.setStretchFactor(self._splitter, 1)
        self.add_button(self.tr("Cancel"), "", self.reject)
        self.save_button = self.add_button(self.tr("Save as…"), "primary", self._save, default=True)
        self.form.currentIndexChanged.connect(self._render)
        self._render()
        self._fixed()

    @property
    def chosen(self) -> Form:
        """The form that is chosen."""
        return FORMS[self.form.currentIndex()]

    def write(self, file: Path) -> None:
        """Write the file, and close when that has been done."""
        text = self._text

        def done(written: Path) -> None:
            self.written = written
            self.accept()

        self._session.desk.plain(
            lambda: write_whole(file, text),
            done=done,
            failed=self._failed,
            owner=self,
            label=self.tr("Writing the file"),
        )

    # Within

    def _render(self) -> None:
        questions, form = self._questions, self.chosen
        self._session.desk.plain(
            lambda: quiz_files.export(questions, form),
            done=lambda exported: self._rendered(form, exported),
            failed=self._failed,
            owner=self,
            label=self.tr("Writing the questions"),
        )

    def _rendered(self, form: Form, exported: quiz_files.Exported) -> None:
        if form is not self.chosen:
            return
        self.banner.hide()
        self._text = exported.text
        cut = len(exported.text) > LONGEST_PREVIEW
        self.preview.setPlainText(exported.text[:LONGEST_PREVIEW] + (" …" if cut else ""))
        out = problems_of(exported.problems)
        entries = [Entry(entry.line, sentence=f"{self._called(entry.line)}: {entry.sentence}") for entry in out]
        self.left_out.found.show_entries([Entry(0, sentence=entry.sentence) for entry in entries])
        self._below.setVisible(bool(out))
        kept = len(self._questions) - len({problem.line for problem in exported.problems})
        words = self.tr("%n question(s) will be written", "", kept)
        left = self.tr("%n left out", "", len(out))
        self._count.setText(f"{words} · {left}" if out else words)
        self.save_button.setEnabled(kept > 0)

    def _called(self, place: int) -> str:
        return self.tr("Question {0}").format(self.locale().toString(place))

    def _save(self) -> None:
        form = self.chosen
        kinds = f"{word(form.label)} (*{form.suffixes[0]})"
        chosen = pick_new_file(self, self.tr("Save as"), file_name(self._name) + form.suffixes[0], kinds)
        if chosen is not None:
            self.write(chosen)

    def _failed(self, error: ExplainedError) -> None:
        self.banner.tell(said(error), "bad")
        self.banner.show()

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: the fixed font grows with the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "preview"):
            self._fixed()

    def _fixed(self) -> None:
        self.preview.setFont(theme.current().font(FontRole.FIXED))
        self._splitter.setSizes([px(380), px(140)])


def pick_file(parent: QWidget, title: str) -> Path | None:
    """Ask for a file with questions."""
    ends = " ".join(dict.fromkeys(f"*{suffix}" for form in FORMS for suffix in form.suffixes))
    kinds = QCoreApplication.translate("ImportDialog", "Questions ({0})").format(ends)
    every = QCoreApplication.translate("ImportDialog", "All files (*)")
    name, _ = QFileDialog.getOpenFileName(parent, title, "", f"{kinds};;{every}")
    return Path(name) if name else None


def file_name(title: str) -> str:
    """What a file about a quiz of this title is called at first, without an end."""
    return "".join(c if c.isalnum() or c in " -_" else "_" for c in title).strip()[:80] or "quiz"


def pick_new_file(parent: QWidget, title: str, name: str, kinds: str) -> Path | None:
    """Ask where a file is to be written."""
    chosen, _ = QFileDialog.getSaveFileName(parent, title, name, kinds)
    return Path(chosen) if chosen else None


def dropped_file(data: QMimeData) -> Path | None:
    """The one file of the form of questions that is dropped, if it is one."""
    urls = data.urls() if data.hasUrls() else []
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    file = Path(urls[0].toLocalFile())
    suffixes = {suffix for form in FORMS for suffix in form.suffixes}
    return file if file.suffix.lower() in suffixes else None


def _content(file: Path) -> bytes:
    """What is in a file, and a byte more than may be where it is too large."""
    with file.open("rb") as opened:
        return opened.read(quiz_files.MAX_BYTES + 1)
