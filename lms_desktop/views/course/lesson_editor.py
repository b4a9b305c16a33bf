"""A lesson at the right of the course page: what students read and watch first, the rest on a tab behind it."""

from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from lms_desktop.entities import Lesson
from lms_desktop.models.drafts import Drafts
from lms_desktop.services.records import Record
from lms_desktop.views.course.markdown_editor import MarkdownRow
from lms_desktop.views.course.video_row import VideoRow
from lms_desktop.views.field_row import FieldRow
from lms_desktop.views.kit.paint import px
from lms_desktop.views.record_form import RecordForm
from lms_desktop.views.session import Session

VIDEO = "video"
TITLE_ALONE_BELOW = 440
"""Pixels at 100 %."""


class LessonEditor(RecordForm):
    """Edits one lesson through the drafts, as `RecordForm` does.

    Attributes:
        content: the first tab: title, type, duration, video and text.
    """

    ROWS: ClassVar[Mapping[str, type[FieldRow]]] = {"content": MarkdownRow, "video_url": VideoRow}

    def __init__(self, session: Session, drafts: Drafts, parent: QWidget | None = None) -> None:
        super().__init__(session, session.catalog[Lesson], drafts, parent)

    def _first_parts(self) -> tuple[tuple[str, QWidget], ...]:
        """Override RecordForm._first_parts: the content, then the settings."""
        self.content = QWidget(self._parts)
        keys = ("title", "content_type", "duration_minutes", "video_url", "content")
        title, kind, minutes, self._video, text = self.details.fields.hand_out(*keys)
        self._head, self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight), QHBoxLayout()
        self._head.addWidget(title, 0, Qt.AlignmentFlag.AlignTop)  # what is said below one moves no other
        self._head.addLayout(self._beside)
        for row, share in ((kind, 3), (minutes, 2)):
            self._beside.addWidget(row, share, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout(self.content)
        self._column.addWidget(self.details.banner)
        self._column.addLayout(self._head)
        self._column.addWidget(self._video)
        self._column.addWidget(text, 1)
        return (self.tr("Content"), self.content), (self.tr("Settings"), self.details)

    def _show_picture(self, row_id: str, record: Record | None) -> None:
        super()._show_picture(row_id, record)
        self._fit_type()

    def _draft_changed(self, row_id: str) -> None:
        super()._draft_changed(row_id)
        self._fit_type()

    def _fit_type(self) -> None:
        """A video's address is asked for where the lesson is one, and shown wherever there is one."""
        rows = self.details.fields.rows
        editor = self._video.editor
        at_work = editor is not None and (editor.has_keyboard() or bool(editor.reason))
        draft = self._drafts.get(self._shown) if self._shown is not None else None
        at_work = at_work or (draft is not None and not draft.new and "video_url" in draft.values)
        self._video.setVisible(rows["content_type"].known == VIDEO or bool(self._video.known) or at_work)

    def _fit_head(self) -> None:
        """The title stands on a line of its own where type and duration would leave it a few letters."""
        narrow, directions = self.width() < px(TITLE_ALONE_BELOW), QBoxLayout.Direction
        self._head.setDirection(directions.TopToBottom if narrow else directions.LeftToRight)
        for at, share in enumerate((6, 5)):
            self._head.setStretch(at, 0 if narrow else share)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent."""
        super().resizeEvent(event)
        if hasattr(self, "_head"):  # it may be no more than begun
            self._fit_head()

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: distances grow with the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space()

    def _space(self) -> None:
        super()._space()
        self._column.setContentsMargins(px(16), px(14), px(16), px(16))
        self._column.setSpacing(px(12))
        for box in (self._head, self._beside):
            box.setSpacing(px(12))
        self._fit_head()
        self.setMinimumWidth(px(360))
