"""What a person sees: windows, pages and the kit they are made of. The only layer, with `models`, that knows Qt."""

import builtins

import PySide6.QtCore  # noqa: F401  (puts its own import in the place of Python's)

from lms_desktop.views import overrides


def _import_plainly() -> None:
    """Take back the import that PySide has put in place of Python's.

    For features of its own that are not used here (`from __feature__ import snake_case`) it reads the whole source of
    every module that is imported after it, SQLAlchemy's a hundred and fifty among them, and keeps it: 25 MB, and a
    fourth of the time that the imports take.
    """
    ours = getattr(builtins, "__feature_import__", None)
    before = getattr(builtins, "__orig_import__", None)
    if ours is not None and before is not None and builtins.__import__ is ours:
        builtins.__import__ = before


_import_plainly()
overrides.install()
