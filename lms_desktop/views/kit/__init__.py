"""The kit: the small widgets every page is made of. All of them follow theme, text size and reading direction.

Inside the program each module is imported by its own name: the first window needs a few, and waits for no others.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lms_desktop.views.kit.buttons import button, tool_button
    from lms_desktop.views.kit.chips import AddChip, Chip
    from lms_desktop.views.kit.fields import SearchBox, roomy
    from lms_desktop.views.kit.flow import FlowLayout
    from lms_desktop.views.kit.labels import (
        Avatar,
        Dot,
        ElidedLabel,
        KeyHint,
        SectionLabel,
        StatusText,
        Tag,
        initials,
        key_text,
        label,
        leading_side,
    )
    from lms_desktop.views.kit.navigation import ConnectionCard, NavButton, NavList, PersonCard
    from lms_desktop.views.kit.notices import Banner, BusyLine, EmptyState, Picture
    from lms_desktop.views.kit.paint import Tone, px
    from lms_desktop.views.kit.sheet import Sheet
    from lms_desktop.views.kit.surfaces import Bar, Panel
    from lms_desktop.views.kit.toast import Toast, show_toast
    from lms_desktop.views.kit.unsaved_bar import UnsavedBar

__all__ = [
    "AddChip",
    "Avatar",
    "Banner",
    "Bar",
    "BusyLine",
    "Chip",
    "ConnectionCard",
    "Dot",
    "ElidedLabel",
    "EmptyState",
    "FlowLayout",
    "KeyHint",
    "NavButton",
    "NavList",
    "Panel",
    "PersonCard",
    "Picture",
    "SearchBox",
    "SectionLabel",
    "Sheet",
    "StatusText",
    "Tag",
    "Toast",
    "Tone",
    "UnsavedBar",
    "button",
    "initials",
    "key_text",
    "label",
    "leading_side",
    "px",
    "roomy",
    "show_toast",
    "tool_button",
]

_MODULES = (
    "buttons",
    "chips",
    "fields",
    "flow",
    "labels",
    "navigation",
    "notices",
    "paint",
    "sheet",
    "surfaces",
    "toast",
    "unsaved_bar",
)


def __getattr__(name: str) -> Any:
    """A part of the kit by its name alone."""
    if name in __all__:
        for module in _MODULES:
            found = import_module(f"{__name__}.{module}")
            if hasattr(found, name):
                return getattr(found, name)
    raise AttributeError(f"the kit has no {name}")
