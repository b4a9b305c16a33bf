"""What is kept of the cells where students and lessons meet: tiles, in bands of students."""

from collections import OrderedDict
from dataclasses import dataclass, field
from enum import Enum, auto

from lms_desktop.services.teaching.progress import Mark, Student

ROWS, COLUMNS = 60, 20
"""Of one tile."""


class State(Enum):
    """How far a student has come with a lesson."""

    LOADING = auto()
    NOTHING = auto()
    BEGUN = auto()
    DONE = auto()


@dataclass
class Band:
    """What is known of `ROWS` students: themselves, and by band of lessons what stands where they meet (row and column
    within the tile → the mark)."""

    students: list[Student | None]
    tiles: OrderedDict[int, dict[tuple[int, int], Mark]] = field(default_factory=OrderedDict)
    stale: bool = False
