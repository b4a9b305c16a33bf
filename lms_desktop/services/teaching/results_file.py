"""The results of a quiz as a CSV file: a line for each attempt, with the answer to each question."""

import csv
import io
from collections.abc import Sequence

from sqlalchemy import text

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.services.files import harmless
from lms_desktop.services.teaching import paper
from lms_desktop.services.teaching.attempts import Attempt, Walk
from lms_desktop.services.teaching.marking import Marked, Marker, said, texts_of

_WHO_AND_WHEN = text(
    "SELECT CAST(a.id AS text), u.full_name, u.email, CAST(a.started_at AS text), CAST(a.ended_at AS text)"
    " FROM quiz_attempts a LEFT JOIN users u ON u.id = a.student_id WHERE a.id = ANY(CAST(:ids AS uuid[]))"
)


class ResultsFile(Walk):
    """Gathers the lines step by step; of 100,000 attempts at ten questions they take some 30 MB.

    Moments are written in UTC (ISO 8601), what somebody has answered as a text: several options with commas between
    them. What a spreadsheet would take for a formula stands behind an apostrophe. Questions that the quiz no longer has
    are not in it.
    """

    def __init__(self, uow: UnitOfWork, quiz_id: str, heads: Sequence[str], size: int = 0) -> None:
        """`heads`: what stands above student, e-mail, start, end, score and passed. Raises Denied."""
        quiz = paper.load(uow, quiz_id)
        super().__init__(uow, quiz_id, "view", *([size] if size else []))
        asked = [f"{place}. {' '.join(one.reading.text.split())}" for place, one in enumerate(quiz.questions, 1)]
        self._head = _line([*heads, *asked])
        self._order, self._marker = quiz.order, Marker(quiz)
        self._lines: list[tuple[float, str]] = []

    def take(self, uow: UnitOfWork, rows: list[Attempt]) -> None:
        """Override Walk.take."""
        asked = uow.execute(_WHO_AND_WHEN, {"ids": [row.id for row in rows]}) if rows else ()
        known = {row_id: more for row_id, *more in asked}
        self._lines += [
            (row.started, self._line(row, self._marker.mark(row), known[row.id])) for row in rows if row.id in known
        ]

    def text(self) -> str:
        """The file, in the order in which the attempts were begun; a byte order mark says that it is UTF-8."""
        return "".join(("\ufeff", self._head, *(line for _, line in sorted(self._lines))))

    def _line(self, row: Attempt, marked: Marked, known: Sequence[str | None]) -> str:
        name, email, started, ended = known
        score = "" if row.score is None else row.score
        passed = "" if row.passed is None else str(row.passed).lower()
        answers = [said(texts_of(marked.given[key])) if key in marked.given else "" for key in self._order]
        return _line([name or "", email or "", _iso(started), _iso(ended), score, passed, *answers])


def _line(cells: Sequence[str | int]) -> str:
    """One line; numbers are left alone."""
    written = io.StringIO()
    csv.writer(written).writerow([harmless(cell) if isinstance(cell, str) else cell for cell in cells])
    return written.getvalue()


def _iso(moment: str | None) -> str:
    """A moment as PostgreSQL prints it in UTC, as ISO 8601 wants it; one beyond the calendar as it is."""
    if moment is None or not moment.endswith("+00"):
        return moment or ""
    return moment.removesuffix("+00").replace(" ", "T", 1) + "Z"
