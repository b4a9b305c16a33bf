"""Values of bytes as the server keeps them. As text each byte is two characters, which the server writes and the driver
reads back while no other thread gets at the interpreter; COPY in its binary format sends them as they are."""

from collections.abc import Callable
from struct import Struct
from typing import Any

from sqlalchemy import Connection, Engine, Select, event

_HEAD, _FIELDS, _LENGTH = Struct(">11sii"), Struct(">h"), Struct(">i")
_COPIED = "lms_copied_to"

Take = Callable[[bytes], object]


def copy_values(connection: Connection, statement: Select[Any], take: Take) -> None:
    """Hand on each value of the one column that a statement reads, which is of bytes; NULL is left out.

    Raises what `take` raises; the connection can be used on then. It is one of an engine that knows how (`let_copy`).
    """
    values = Values(take)
    connection.execute(statement, execution_options={_COPIED: values})
    if not values.ended:
        raise RuntimeError("The engine has not been let copy.")


def let_copy(engine: Engine) -> None:
    """Let the connections of an engine know `copy_values`."""
    event.listen(engine, "do_execute", _copy)


def _copy(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
    """Whether a statement was to be copied, and has been."""
    values = None if context is None else context.execution_options.get(_COPIED)
    if values is None:
        return False
    cursor.copy_expert(b"COPY (" + cursor.mogrify(statement, parameters) + b") TO STDOUT (FORMAT binary)", values)
    return True


class Values:
    """Takes what COPY sends of one column in its binary format, in portions of any length.

    Attributes:
        ended: whether all of it has come.
    """

    def __init__(self, take: Take) -> None:
        self._take, self._held, self._begun, self.ended = take, bytearray(), False, False

    def write(self, portion: bytes) -> int:
        """Take a portion and hand on the values that are complete by now."""
        data: bytes | bytearray = portion  # a row each, as a rule: to gather them would copy each of them twice more
        if self._held:
            self._held += portion
            data = self._held
        at = 0 if self._begun else self._begin(data)
        while self._begun and len(data) - at >= _FIELDS.size:
            (fields,) = _FIELDS.unpack_from(data, at)
            if fields < 0:
                self.ended = True
                break
            begin = at + _FIELDS.size + _LENGTH.size
            if len(data) < begin:
                break
            (length,) = _LENGTH.unpack_from(data, begin - _LENGTH.size)
            end = begin + max(length, 0)
            if len(data) < end:
                break
            if length >= 0:
                self._take(bytes(data[begin:end]))
            at = end
        if data is self._held:
            del data[:at]
        else:
            self._held += data[at:]
        return len(portion)

    def _begin(self, data: bytes | bytearray) -> int:
        """Where the first row begins, once that is known."""
        if len(data) < _HEAD.size:
            return 0
        *_, more = _HEAD.unpack_from(data)
        self._begun = len(data) >= _HEAD.size + more
        return _HEAD.size + int(more) if self._begun else 0
