"""What leaves an override of Qt's is an exception, never the mere text of one.

Shiboken puts the name of the override before the words of what left it, and takes what it finds for an exception. Up to
Python 3.11 an error that was raised by C code (`[][0]`, `int("x")`, a call of an object that Qt has deleted, Ctrl+C) is
its type and a text, or nothing, until somebody has caught it: the process ends with a segmentation fault, where it had
to be told what went wrong. So each is caught once, on its way out.
"""

import sys
from collections.abc import Callable
from functools import cache
from types import FunctionType, MethodDescriptorType
from typing import Any

from shiboken6 import Shiboken

NEEDED = sys.version_info < (3, 12)
_ANY_NUMBER = 0x04 | 0x08
"""As CO_VARARGS and CO_VARKEYWORDS of `inspect` have it, which is slow to import."""


def install() -> None:
    """Guard the overrides of all classes of this program: those that there are, and those that come."""
    if not NEEDED or "__init_subclass__" in vars(Shiboken.Object):
        return
    Shiboken.Object.__init_subclass__ = classmethod(_made)  # type: ignore[assignment]
    left: list[Any] = [Shiboken.Object]
    while left:
        for one in type.__subclasses__(left.pop()):
            left.append(one)
            if not one.__module__.startswith("PySide6"):
                _guard(one)


def _made(cls: Any, /, **options: Any) -> None:
    super(Shiboken.Object, cls).__init_subclass__(**options)
    _guard(cls)


def _guard(cls: type) -> None:
    for name, found in list(vars(cls).items()):
        if isinstance(found, FunctionType) and not hasattr(found, "guarded") and _is_qts(cls, name):
            setattr(cls, name, _guarded(found))


def _is_qts(cls: type, name: str) -> bool:
    return any(isinstance(vars(base).get(name), MethodDescriptorType) for base in cls.__mro__[1:])


def _guarded(function: FunctionType) -> Callable[..., Any]:
    """The same, with the very same parameters: of what a signal is connected to, PySide looks how many there are."""
    code = function.__code__
    if code.co_flags & _ANY_NUMBER or code.co_kwonlyargcount:
        return function
    guard = _maker(code.co_varnames[: code.co_argcount])(function)
    for kept in ("__name__", "__qualname__", "__doc__", "__module__", "__defaults__"):
        setattr(guard, kept, getattr(function, kept))
    guard.__dict__.update(function.__dict__)
    guard.guarded = function  # type: ignore[attr-defined]
    return guard


@cache
def _maker(names: tuple[str, ...]) -> Callable[[FunctionType], Callable[..., Any]]:
    """Makes a guard with parameters of these names."""
    given, made = ", ".join(names), dict[str, Any]()
    words = (
        f"def make(function):\n def guard({given}):\n  try:\n   return function({given})\n"
        "  except BaseException:\n   raise\n return guard\n"
    )
    exec(compile(words, "<the guard of an override>", "exec"), made)  # the names of our own parameters
    maker: Callable[[FunctionType], Callable[..., Any]] = made["make"]
    return maker
