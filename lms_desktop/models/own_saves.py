"""What was saved here of rows that the screen still shows as they were before.

Between a save and the moment at which table and form have read its row again, what is typed is based on the version
before. Known to be one's own doing, that is no conflict; what others did meanwhile must stay one.
"""

from collections import OrderedDict
from collections.abc import Mapping

from lms_desktop.frozen import frozen

Values = Mapping[str, str | None]

NEW = ""
"""Stands for the version of a row that was not in the database yet."""

KEPT = 500
"""So many rows are remembered, those saved last."""


@frozen
class Own:
    """What leads from a version that the screen shows to a later one.

    Attributes:
        version: the version that counts in its stead. Where others had a part in what stands there now it is the one
            shown: the next save must compare.
        written: field key → the value that was written here and stands there since.
        merged: others had a part in what came after.
    """

    version: str
    written: Values
    merged: bool


@frozen
class _Link:
    """One save: the version that it made, the values that it wrote, and whether others had changed the row."""

    version: str
    written: dict[str, str | None]
    merged: bool


class OwnSaves:
    """Remembers of each row by which versions and values one's own saves led on."""

    def __init__(self) -> None:
        self._rows: OrderedDict[str, dict[str, _Link]] = OrderedDict()

    def note(self, row_id: str, before: str, after: str, written: Values, stored: Values | None) -> None:
        """A save that was based on version `before` wrote these values and made version `after`. `stored` is what
        stands there now where somebody else had changed the row; None where nobody had."""
        links = self._rows.setdefault(row_id, {})
        self._rows.move_to_end(row_id)
        while len(self._rows) > KEPT:
            self._rows.popitem(last=False)
        mine = dict(written)
        if stored is not None:
            earlier = links[before].written if before in links else {}
            # What was merged with others' values, or replaced by them since, is not one's own alone.
            mine = {key: value for key, value in {**earlier, **mine}.items() if stored.get(key) == value}
        links[before] = _Link(after, mine, stored is not None)

    def since(self, row_id: str, version: str) -> Own | None:
        """What was saved here since this version of a row; None where nothing is known of it."""
        links = self._rows.get(row_id)
        if links is None or version not in links:
            return None
        written: dict[str, str | None] = {}
        passed: set[str] = set()
        while version in links and version not in passed:
            passed.add(version)
            link = links[version]
            written.update(link.written)
            if link.merged:
                return Own(version, written, merged=True)
            version = link.version
        return Own(version, written, merged=False)
