"""The kit: the small widgets every page is made of. All of them follow theme, text size and reading direction."""

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
from lms_desktop.views.kit.notices import Banner, BusyLine, EmptyState, Picture, UnsavedBar
from lms_desktop.views.kit.paint import Tone, px
from lms_desktop.views.kit.sheet import Sheet
from lms_desktop.views.kit.surfaces import Bar, Panel
from lms_desktop.views.kit.toast import Toast, show_toast

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
