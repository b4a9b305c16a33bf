"""Statements that the server keeps planned, on each connection for itself.

To understand and plan the statement of a page takes the server a millisecond, half as long as to carry it out. That is
spared where the plan is the same whatever is bound: where rows are looked up by their ids, or read in the order of an
index.
"""

import re
from collections import OrderedDict
from hashlib import md5
from typing import Any

from sqlalchemy import Connection

from lms_desktop.database.spelled import Parameters, Spelled

MOST = 8
"""So many statements at most are kept planned on a connection."""
SIZES = ("size", "reach")
"""The parameters that a plan depends on: with other numbers of rows it is another statement."""
UNKNOWN = frozenset({"26000", "0A000", "42704"})
"""What the server says where it does not know the statement any more, as behind a proxy that gives each transaction
another connection, may not use it after a change of the schema, or keeps no plans."""
THERE = frozenset({"42P05"})
"""What it says where it has the statement already: it was prepared, and then it was stopped."""

# What a message prepared that failed or was stopped is kept, or is not: nobody was told.
_LET_GO = (
    "DO $$DECLARE one text; BEGIN FOR one IN SELECT name FROM pg_prepared_statements WHERE name = ANY('{%s}')"
    " LOOP EXECUTE 'DEALLOCATE ' || one; END LOOP; END$$; "
)
_PLANNED_ONCE = "SET LOCAL plan_cache_mode = force_generic_plan; "

_Key = tuple[object, ...]


class Prepared:
    """What one connection has prepared.

    Attributes:
        usable: whether the server keeps what is prepared.
    """

    def __init__(self) -> None:
        self.usable = True
        self._names: OrderedDict[_Key, str] = OrderedDict()
        self._doubtful = set[str]()
        self._latest: tuple[_Key, str] | None = None

    @classmethod
    def of(cls, connection: Connection) -> "Prepared":
        """What the connection has prepared."""
        found: Prepared = connection.info.setdefault(cls, cls())
        return found

    def words(self, asked: Spelled, parameters: Parameters, driver: Any) -> str:
        """What is said to the server in place of the statement's own words; `done` is to be called when it was."""
        key = asked.key, *(parameters.get(size) for size in SIZES)
        bound = [name for name in parameters if name not in SIZES]
        name, before = self._names.get(key), ""
        if name is None:
            words = _numbered(asked, bound, parameters, driver)
            # A proxy may give others the connection in turn: of one name there is one statement only, whosesoever.
            name = f"lms_{md5(words.encode(), usedforsecurity=False).hexdigest()}"
            before = f"{self._make_room()}PREPARE {name} AS {words}; ".replace("%", "%%")
            self._doubtful.add(name)
        self._latest = key, name
        values = ", ".join(f"%({each})s" for each in bound)
        return f"{_PLANNED_ONCE}{before}EXECUTE {name}" + (f"({values})" if bound else "")

    def done(self) -> None:
        """What was said last was carried out."""
        assert self._latest is not None
        key, name = self._latest
        if key not in self._names:
            self._names[key] = name
            self._doubtful.clear()
        self._names.move_to_end(key)

    def _make_room(self) -> str:
        """What is said so that the server keeps one statement fewer than MOST, and none of a message that failed."""
        left = self._doubtful.difference(self._names.values())
        said = _LET_GO % ",".join(left) if left else ""
        if len(self._names) >= MOST:
            _, oldest = self._names.popitem(last=False)
            if oldest not in self._names.values():  # else another one of the same words is in use
                self._doubtful.add(oldest)
                said += f"DEALLOCATE {oldest}; "
        return said


def _numbered(asked: Spelled, bound: list[str], parameters: Parameters, driver: Any) -> str:
    """The words with numbers for what is bound anew each time, and all else in its place."""
    numbers = {name: f"${number}" for number, name in enumerate(bound, 1)}
    words = re.sub(r"%\((\w+)\)s", lambda found: numbers.get(found[1], found[0]), asked.words)
    fixed = asked.fixed | {size: parameters[size] for size in SIZES if size in parameters}
    with driver.cursor() as cursor:
        said: bytes = cursor.mogrify(words, fixed)
    return said.decode()
