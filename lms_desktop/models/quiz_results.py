"""A quiz's results as tables: how many scores are how high, and how hard each question was."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QLocale, QModelIndex, QObject, QPersistentModelIndex, Qt

from lms_desktop.models.cell_roles import cell_data
from lms_desktop.models.cells import SORTABLE_ROLE, Cell, Look
from lms_desktop.models.render import NULL_CELL, half_up, one_line
from lms_desktop.services.teaching.questions import TRUE_FALSE, Reading
from lms_desktop.services.teaching.results import STEP, Difficulty, Figures, Hardness

Index = QModelIndex | QPersistentModelIndex

_NOWHERE = QModelIndex()
_NUMBERS = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class FiguresTable(QAbstractTableModel):
    """Rows of cells that were made beforehand, which nobody sorts."""

    def __init__(self, titles: Sequence[str], numbers: Sequence[int], parent: QObject | None = None) -> None:
        """`numbers` are the columns whose cells stand at the end."""
        super().__init__(parent)
        self._titles, self._numbers = tuple(titles), frozenset(numbers)
        self._helps: dict[int, str] = {}
        self._rows: list[tuple[Cell, ...]] = []

    def fill(self, rows: Sequence[tuple[Cell, ...]]) -> None:
        """Show these rows."""
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def explain(self, column: int, text: str) -> None:
        """What a column's title means, for its tool tip."""
        self._helps[column] = text

    def row_cells(self, row: int) -> Sequence[Cell] | None:
        """The cells of a row, as `RecordTable` wants them."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractItemModel::rowCount."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Override QAbstractItemModel::columnCount."""
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::data."""
        return cell_data(self._rows[index.row()][index.column()], role, None) if index.isValid() else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::headerData."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == SORTABLE_ROLE:
            return False
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._helps.get(section, self._titles[section])
        if role == Qt.ItemDataRole.TextAlignmentRole and section in self._numbers:
            return _NUMBERS
        return self._titles[section] if role == Qt.ItemDataRole.DisplayRole else None


class SpreadModel(FiguresTable):
    """How many scores are from 0 to 9 %, from 10 to 19 % and so on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__((), (1, 2), parent)
        self._titles = (self.tr("Score"), self.tr("Attempts"), self.tr("Share"))
        self.explain(0, self.tr("The percentage of points"))

    def show(self, found: Figures) -> None:
        """Show these figures."""
        locale = QLocale()
        rows = []
        for bar, number in enumerate(found.bars):
            share = 100 * number / found.scored if found.scored else 0.0
            rows.append(
                (
                    Cell(span(found, bar)),
                    Cell(locale.toString(number), "", Look.NUMBER),
                    Cell(f"{locale.toString(share, 'f', 1)} %", "", Look.NUMBER),
                )
            )
        self.fill(rows)


def span(found: Figures, bar: int) -> str:
    """The scores that a bar counts: "90–100 %"."""
    last = 100 if bar == len(found.bars) - 1 else (bar + 1) * STEP - 1
    return f"{bar * STEP}–{last} %"


class HardnessModel(FiguresTable):
    """Question by question: how many got it right, how many answered, how well it tells apart, the usual mistake."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__((), (0, 3, 4), parent)
        self._titles = (
            self.tr("No."),
            self.tr("Question"),
            self.tr("Right"),
            self.tr("Answered"),
            self.tr("Tells apart"),
            self.tr("Usual mistake"),
        )
        self.explain(5, self.tr("The wrong answer that was given most often, and how often"))
        self.explain(2, self.tr("The share of those who were asked that got all its points"))
        self.explain(
            4,
            self.tr(
                "How well it tells those who know from those who do not: 1 perfectly, 0 not at all, below 0 the wrong"
                " way round. It compares being right here with the points in the other questions."
            ),
        )

    def show(self, found: Hardness) -> None:
        """Show what was worked out."""
        self.fill(
            [
                self._row(place, asked.reading, found.questions[asked.id])
                for place, asked in enumerate(found.paper.questions, 1)
            ]
        )

    def _row(self, place: int, reading: Reading, found: Difficulty) -> tuple[Cell, ...]:
        locale = QLocale()
        wrong = found.wrong.most_common(1)
        apart = found.tells_apart
        return (
            Cell(locale.toString(place), "", Look.NUMBER),
            Cell(one_line(reading.text)),
            self._share(found),
            Cell(locale.toString(found.answered), "", Look.NUMBER),
            NULL_CELL if apart is None else Cell(locale.toString(apart, "f", 2), "", Look.NUMBER),
            Cell(self._said(reading, wrong[0][0]), f"× {locale.toString(wrong[0][1])}") if wrong else NULL_CELL,
        )

    def _said(self, reading: Reading, answer: str) -> str:
        truths = {"true": self.tr("True"), "false": self.tr("False")} if reading.type == TRUE_FALSE else {}
        return truths.get(answer.lower()) or one_line(answer)

    def _share(self, found: Difficulty) -> Cell:
        if found.share is None:
            return NULL_CELL if not found.asked else Cell(self.tr("not marked by itself"), "", Look.MUTED)
        percent = half_up(100 * found.share)
        return Cell(f"{QLocale().toString(percent)} %", str(percent), Look.PROGRESS)
