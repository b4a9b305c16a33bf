"""What was typed into fields and is no value yet, of records that are not on the screen or cannot be edited now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lms_desktop.frozen import frozen


@frozen
class Begun:
    """The row as it was when somebody began to type: its version, its values by field key, what it is called."""

    version: str
    values: Mapping[str, str | None]
    title: str


@dataclass
class Kept:
    """A text that is no value yet; `begun` is None for a new row."""

    typed: str
    begun: Begun | None


class Unfinished:
    """Texts by row and field, and what those stood on that are being typed on by now."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Kept] = {}
        self._begun: dict[tuple[str, str], Begun] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def put(self, row_id: str, key: str, kept: Kept) -> None:
        """Put a text aside. What it was begun on stays what it was begun on."""
        begun = self._begun.pop((row_id, key), kept.begun)
        self._kept[row_id, key] = Kept(kept.typed, begun)

    def take(self, row_id: str, resume: Callable[[str, str], bool]) -> bool:
        """Go on with what was put aside of a row, as far as `resume` (field key, text) can; whether it did."""
        before = len(self._kept)
        for (there, key), kept in list(self._kept.items()):
            if there == row_id and resume(key, kept.typed):
                del self._kept[there, key]
                if kept.begun is not None:
                    self._begun[there, key] = kept.begun
        return len(self._kept) < before

    def begin(self, row_id: str, key: str, begun: Begun) -> None:
        """The row was read again while somebody types: it is another now than the one that was begun on."""
        self._begun.setdefault((row_id, key), begun)

    def end(self, row_id: str, key: str) -> Begun | None:
        """What is typed is a value now, or what was shown again: what it was begun on, where that is not what is
        shown."""
        return self._begun.pop((row_id, key), None)

    def of(self, row_id: str) -> dict[str, Kept]:
        """What was put aside of a row, by field key."""
        return {key: kept for (there, key), kept in self._kept.items() if there == row_id}

    def a_row(self) -> str | None:
        """A row of which something was put aside."""
        return next((row_id for row_id, _ in self._kept), None)

    def forget(self, gone: Callable[[str], bool] = lambda _: True) -> bool:
        """Give up what is kept of these rows; whether that was anything."""
        found = [place for place in self._kept if gone(place[0])]
        for place in found:
            del self._kept[place]
        self._begun = {place: begun for place, begun in self._begun.items() if not gone(place[0])}
        return bool(found)
