"""The preview of Markdown: what it shows, what it never does, and how long it takes."""

import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from PySide6.QtCore import QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QImage, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from lms_desktop.views import theme
from lms_desktop.views.course import markdown_document
from lms_desktop.views.course.markdown_document import HEAVIEST, LONG, SafeDocument, part
from lms_desktop.views.course.markdown_preview import MarkdownPreview
from tests.dialogs import when_asked
from tests.views.course.opened_files import OpenedFiles

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def preview(qtbot: QtBot, qapp: QApplication) -> MarkdownPreview:
    """A preview on the screen."""
    if theme.current().scheme != theme.Scheme.LIGHT or theme.current().text_size != 100:
        theme.install(qapp, theme.Scheme.LIGHT, 100)
    made = MarkdownPreview()
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


@pytest.fixture
def browser() -> Iterator[list[str]]:
    """The addresses that were handed to the person's browser."""
    opened: list[str] = []

    class Catcher(QWidget):
        """Takes what would go to the browser."""

        @Slot(QUrl)
        def take(self, url: QUrl) -> None:
            """Note an address."""
            opened.append(url.toString())

    catcher = Catcher()
    for scheme in ("http", "https", "file", "javascript", "mailto"):
        QDesktopServices.setUrlHandler(scheme, catcher, "take")  # type: ignore[arg-type]
    yield opened
    for scheme in ("http", "https", "file", "javascript", "mailto"):
        QDesktopServices.unsetUrlHandler(scheme)


class TestWhatIsShown:
    def test_headings_lists_tables_and_code(self, preview: MarkdownPreview) -> None:
        preview.tell("# Title\n\n- one\n- [x] two\n\n```\ncode\n```\n\n|a|b|\n|-|-|\n|1|2|\n")
        assert preview.toPlainText().split() == ["Title", "one", "two", "code", "a", "b", "1", "2"]

    def test_raw_html_is_text(self, preview: MarkdownPreview) -> None:
        text = 'x <b>bold</b> <script>alert(1)</script> <img src="a.png"> <iframe src="http://x"></iframe>'
        preview.tell(text)
        assert preview.toPlainText() == text

    def test_a_picture_is_its_words(self, preview: MarkdownPreview) -> None:
        preview.tell("![A pie](https://x.example/pie.png) ![](pie.png)")
        assert preview.toPlainText() == "[picture: A pie] [picture: …]"
        preview.tell("![all *the* `words`](x.png)")
        assert preview.toPlainText() == "[picture: all the words]"

    def test_what_looks_like_data_about_the_text_is_shown(self, preview: MarkdownPreview) -> None:
        preview.tell("---\ntitle: hidden\n---\n\nrest")
        assert "title: hidden" in preview.toPlainText()

    def test_the_colours_follow_the_theme(self, preview: MarkdownPreview, qapp: QApplication) -> None:
        def ink() -> str:
            return preview.document().begin().begin().fragment().charFormat().foreground().color().name()

        preview.tell("> quote")
        assert ink() == theme.LIGHT.muted
        theme.install(qapp, theme.Scheme.DARK, 100)
        assert ink() == theme.DARK.muted
        theme.install(qapp, theme.Scheme.LIGHT, 100)

    @pytest.mark.parametrize(
        "text",
        ["", " ", "\x00", "\ufeff# x", "\ud800", "[", "|", "```", "# " * 500, ">" * 5000, "\r\n\r\n", "&#0;&#x110000;"],
    )
    def test_odd_texts_are_shown_without_a_word(self, preview: MarkdownPreview, text: str) -> None:
        preview.tell(text)
        preview.grab()


class TestNothingIsFetched:
    @pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells it on Linux alone")
    @pytest.mark.parametrize("scale", [1, 2])
    def test_no_file_is_opened(self, preview: MarkdownPreview, tmp_path: Path, scale: int) -> None:
        picture, text = tmp_path / "pie.png", tmp_path / "secret.txt"
        QImage(40, 40, QImage.Format.Format_RGB32).save(str(picture))
        text.write_text("secret")
        opened = OpenedFiles(tmp_path)
        picture.read_bytes()
        assert opened.names() == ["pie.png"], "the watch works"
        for address in (picture, f"file://{picture}", f"file:{picture}", text.as_uri(), f"//localhost{picture}"):
            preview.tell(
                f"![x]({address}) [![y]({address})](z) <img src='{address}'>\n\n![z][1]\n\n[1]: {address}\n\n"
                f"<style>@import url('{address}')</style>\n\n<object data='{address}'></object> #{scale}"
            )
            QApplication.processEvents()
            preview.grab()
        assert opened.names() == []
        opened.close()

    def test_no_connection_is_made(self, preview: MarkdownPreview) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.setblocking(False)
            address = f"http://127.0.0.1:{server.getsockname()[1]}/a.png"
            preview.tell(f"![x]({address}) <img src='{address}'> <link rel=stylesheet href='{address}'> {address}")
            QApplication.processEvents()
            preview.grab()
            with pytest.raises(BlockingIOError):
                server.accept()

    def test_a_picture_that_got_in_all_the_same_is_not_fetched(self, preview: MarkdownPreview, tmp_path: Path) -> None:
        picture = tmp_path / "pie.png"
        QImage(40, 40, QImage.Format.Format_RGB32).save(str(picture))
        raw = SafeDocument()
        raw.setMarkdown(f"![x]({picture})")
        preview.setDocument(raw)
        preview.grab()
        (address,) = set(raw.refused)
        assert address.endswith("pie.png")
        resource = raw.resource(QTextDocument.ResourceType.ImageResource.value, QUrl(address))
        assert resource.width() == 1, "a blank in its place"
        preview.setDocument(preview._page)


class TestLinks:
    def click(self, preview: MarkdownPreview) -> None:
        """Click on the first word."""
        QTest.mouseClick(preview.viewport(), Qt.MouseButton.LeftButton, pos=self.place(preview))

    @staticmethod
    def place(preview: MarkdownPreview) -> QPoint:
        """Where the first word stands."""
        cursor = preview.textCursor()
        cursor.setPosition(1)
        return preview.cursorRect(cursor).center()

    def answer(self, preview: MarkdownPreview, key: Qt.Key) -> list[str]:
        """Answer the question that comes with a key; the names of its labels are kept."""
        said: list[str] = []

        def act() -> None:
            dialog, keyboard = QApplication.activeModalWidget(), QApplication.focusWidget()
            assert dialog is not None
            assert keyboard is not None
            said.extend([dialog.accessibleDescription(), dialog.windowTitle()])
            QTest.keyClick(keyboard, key)

        when_asked(preview, act)
        return said

    def test_one_is_followed_after_a_question(self, preview: MarkdownPreview, browser: list[str]) -> None:
        preview.tell("[table](https://school.edu/t)")
        said = self.answer(preview, Qt.Key.Key_Return)
        self.click(preview)
        assert "https://school.edu/t" in said[0], "where it really leads is said"
        assert browser == ["https://school.edu/t"]

    def test_and_is_not_where_the_answer_is_no(self, preview: MarkdownPreview, browser: list[str]) -> None:
        preview.tell("[table](https://school.edu/t)")
        self.answer(preview, Qt.Key.Key_Escape)
        self.click(preview)
        assert browser == []
        assert preview.toPlainText() == "table", "it did not go there itself"

    @pytest.mark.parametrize(
        "address", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "/etc/passwd", "other.md"]
    )
    def test_no_other_kind_leads_anywhere(self, preview: MarkdownPreview, browser: list[str], address: str) -> None:
        preview.tell(f"[table]({address})")
        self.answer(preview, Qt.Key.Key_Return)
        self.click(preview)
        assert browser == []
        assert preview.toPlainText() == "table"

    def test_with_the_keyboard(self, preview: MarkdownPreview, browser: list[str]) -> None:
        preview.tell("[table](https://school.edu/t)")
        preview.setFocus()
        QTest.keyClick(preview, Qt.Key.Key_Tab)
        self.answer(preview, Qt.Key.Key_Return)
        QTest.keyClick(preview, Qt.Key.Key_Return)
        assert browser == ["https://school.edu/t"]


HOSTILE: dict[str, Callable[[int], str]] = {
    "one line": lambda n: "word " * (n // 5),
    "no blank": lambda n: "x" * n,
    "paragraphs": lambda n: "# Head\n\nSome *text* with `code`.\n\n- one\n- two\n\n" * (n // 50),
    "a table": lambda n: "|a|b|\n|-|-|\n" + "|1|2|\n" * (n // 6),
    "a wide table": lambda n: "|" + "a|" * (n // 8) + "\n|" + "-|" * (n // 8) + "\n|" + "b|" * (n // 8),
    "brackets": lambda n: "[" * n,
    "quotes": lambda n: ">" * n,
    "stars": lambda n: "*" * n + "a" + "*" * n,
    "pictures": lambda n: "![x](/tmp/a.png) " * (n // 17),
    "one fence": lambda n: "```\n" + "code\n" * (n // 5),
    "empty items": lambda n: "- \n" * (n // 3),
}


class TestLongTexts:
    @pytest.mark.parametrize("make", HOSTILE.values(), ids=list(HOSTILE))
    def test_a_million_characters_keep_nobody_waiting(
        self, preview: MarkdownPreview, make: Callable[[int], str]
    ) -> None:
        text = make(1_000_000)
        began = time.thread_time()  # of the processor alone: others may be at work
        preview.tell(text, 500_000)
        preview.grab()
        assert time.thread_time() - began < 2.5, "0.1 to 0.4 s"
        assert len(preview.shown.text) <= LONG + 10

    def test_a_short_text_is_shown_whole(self) -> None:
        text = "# x\n\n" * 1000
        assert part(text, 77) == markdown_document.Part(text, 0, len(text))

    @pytest.mark.parametrize("at", [-5, 0, 50_000, 99_999, 200_000])
    def test_a_part_holds_its_place_and_begins_with_a_paragraph(self, at: int) -> None:
        text = "".join(f"Paragraph {n}.\n\n" for n in range(8000))
        found = part(text, at)
        assert found.start <= min(max(at, 0), len(text)) <= found.end
        assert found.text.startswith("Paragraph")
        assert found.text == text[found.start : found.end]

    def test_a_part_that_begins_within_code_is_code(self) -> None:
        text = "~~~py\n" + "line\n\n" * 30_000 + "~~~\n"
        assert part(text, 90_000).text.startswith("~~~\nline")

    def test_many_cells_make_the_part_smaller(self) -> None:
        text = "|a|b|\n|-|-|\n" + "|1|2|\n" * 5000
        found = part(text, 15_000)
        assert found.text.count("|") <= HEAVIEST
        assert found.start <= 15_000 <= found.end
