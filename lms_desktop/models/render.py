"""From wire texts to cells: what a table draws for a row. Pure Python, run where the page was read."""

from collections.abc import Iterable, Sequence
from math import floor

from lms_desktop.models.cells import Cell, Look
from lms_desktop.models.wording import told, word
from lms_desktop.services.pages import Layout, Row
from lms_desktop.spec import (
    Choice,
    Computed,
    Field,
    Flag,
    Json,
    Kind,
    Moment,
    Number,
    Progress,
    Ref,
    Said,
    Secret,
    Text,
    Tone,
)

NULL_CELL = Cell("—", "", int(Look.NULL))
EMPTY_CELL = Cell("", "", int(Look.EMPTY))
HIDDEN = "••••••••"

# Plain numbers: joined by `|` for each cell of each painting, the flags of an enum would be twenty times slower.
_TAGS = {
    Tone.OK: int(Look.TAG_OK),
    Tone.WARN: int(Look.TAG_WARN),
    Tone.BAD: int(Look.TAG_BAD),
    Tone.NEUTRAL: int(Look.TAG_NEUTRAL),
}


def half_up(number: float) -> int:
    """A number without its fraction, as the database rounds and as scores are: halves go up. Python's `round` takes
    them to the nearest even number."""
    return floor(number + 0.5)


def render_rows(
    fields: Sequence[Field | Computed], layout: Layout, rows: Iterable[Row], zone: str
) -> tuple[tuple[Cell, ...], ...]:
    """The cells of each row, in the order of `fields`. A value that is met again is the same cell."""
    known: dict[Kind, dict[str, Cell]] = {}
    columns = [
        (slot.value, slot.label, slot.detail, field.kind, known.setdefault(field.kind, {}))
        for field, slot in zip(fields, layout.slots, strict=True)
    ]
    rendered = []
    for row in rows:
        cells = []
        for at, label, detail, kind, cells_of in columns:
            value = row[at]
            if value is None:
                cells.append(NULL_CELL)
            elif label >= 0:
                cells.append(Cell(one_line(row[label] or ""), row[detail] or ""))
            else:
                cell = cells_of.get(value)
                if cell is None:
                    cell = cells_of[value] = render(kind, value, zone)
                cells.append(cell)
        rendered.append(tuple(cells))
    return tuple(rendered)


def render_row(fields: Sequence[Field | Computed], layout: Layout, row: Row, zone: str) -> tuple[Cell, ...]:
    """The cells of one row, in the order of `fields`."""
    return render_rows(fields, layout, (row,), zone)[0]


def render(kind: Kind, value: str | None, zone: str) -> Cell:
    """One value as a cell; a reference shows its id where its label is not known."""
    if value is None:
        return NULL_CELL
    if isinstance(kind, Moment):
        return Cell(kind.show(value, zone))
    if isinstance(kind, Secret):
        return Cell(HIDDEN, "", int(Look.MUTED))
    if value == "" and isinstance(kind, Text | Json):
        return EMPTY_CELL
    if isinstance(kind, Said):
        return Cell(one_line(told(kind.sentence(value))))
    if isinstance(kind, Progress):
        return Cell(kind.show(value), value, int(Look.PROGRESS))
    if isinstance(kind, Number):
        return Cell(f"{value} {word(kind.unit)}" if kind.unit else value, "", int(Look.NUMBER))
    if isinstance(kind, Flag):
        return _flag(kind, value)
    if isinstance(kind, Choice):
        option = kind.option(value)
        label = word(option.label) if option in kind.options else option.label
        return Cell(label or value, "", _TAGS[option.tone])
    if isinstance(kind, Json):
        return Cell(one_line(kind.show(value)), "", int(Look.FIXED | Look.MUTED))
    return Cell(one_line(value), "", int(Look.FIXED) if isinstance(kind, Ref) else 0)


def as_draft(cell: Cell, *, invalid: bool = False) -> Cell:
    """The cell in the colours of an unsaved, or refused, value."""
    return Cell(cell.text, cell.detail, cell.look | int(Look.INVALID if invalid else Look.DIRTY))


def one_line(text: str) -> str:
    """The first lines of a text on one, control and direction marks made visible."""
    if len(text) > 300:
        text = text[:300] + "…"
    if text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if character in "\n\r\u2028\u2029":
        return "⏎"
    if character == "\t":
        return " "
    if character.isprintable() or character in "\u200d\u200c\u00a0\u3000\u202f":
        return character
    if ord(character) < 32:
        return chr(0x2400 + ord(character))
    if "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069":
        return f"⟨U+{ord(character):04X}⟩"
    return character if ord(character) > 0x7F and character.strip() else "�" if ord(character) < 0xA0 else character


def _flag(kind: Flag, value: str) -> Cell:
    on = value == "true"
    if kind.tone is not Tone.NEUTRAL or kind.yes != "Yes":
        return Cell(word(kind.show(value)), "", _TAGS[kind.tone if on else Tone.NEUTRAL])
    return Cell(word(kind.show(value)), "", int(Look.CHECK_ON if on else Look.CHECK_OFF))
