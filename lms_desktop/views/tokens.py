"""The colours and measures of the product: plain data, the only place that names a colour.

`LIGHT` and `DARK` are the two palettes. Everything drawn asks `theme.current().tokens`; tints that are needed for
hover, pressed and disabled states are mixed from the tokens here, so that a new palette brings its own.
No dataclasses: the first window waits for these, and a NamedTuple is made in a fifth of the time.
"""

from typing import Literal, NamedTuple

Token = Literal[
    "background",
    "panel",
    "sidebar",
    "line",
    "text",
    "muted",
    "accent",
    "accent_soft",
    "on_accent",
    "ok",
    "ok_soft",
    "warn",
    "warn_soft",
    "bad",
    "bad_soft",
    "hover",
    "pressed",
    "accent_hover",
    "accent_pressed",
    "bad_hover",
    "disabled",
    "edge",
]


def mix(base: str, other: str, share: float) -> str:
    """`base` with `share` (0 to 1) of `other`, both and the result as '#rrggbb'."""
    pairs = ((int(base[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def luminance(color: str) -> float:
    """Relative luminance of '#rrggbb', 0 to 1 (WCAG 2.1)."""
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.1)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


class Tokens(NamedTuple):
    """One palette. Every value is '#rrggbb'; the names say what a colour is for, not what it looks like."""

    dark: bool
    background: str  # window
    panel: str  # tables, forms, bars
    sidebar: str  # navigation
    line: str  # every border, 1 px
    text: str
    muted: str
    accent: str  # primary button, focus ring
    accent_soft: str  # selection
    on_accent: str  # text on the accent
    ok: str  # done, applied, just changed by a colleague
    ok_soft: str
    warn: str  # unsaved, pending
    warn_soft: str
    bad: str  # conflict, refusal, destructive
    bad_soft: str

    @property
    def hover(self) -> str:
        """A button or a row on the panel under the pointer."""
        return mix(self.panel, self.text, 0.045)

    @property
    def pressed(self) -> str:
        """A button on the panel while it is held down."""
        return mix(self.panel, self.text, 0.10)

    @property
    def accent_hover(self) -> str:
        """The primary button under the pointer."""
        return mix(self.accent, self.text, 0.14)

    @property
    def accent_pressed(self) -> str:
        """The primary button while it is held down."""
        return mix(self.accent, self.text, 0.28)

    @property
    def bad_hover(self) -> str:
        """The filled destructive button under the pointer."""
        return mix(self.bad, self.text, 0.14)

    @property
    def disabled(self) -> str:
        """Text and icons of what cannot be used now (exempt from the contrast rule, as in WCAG)."""
        return mix(self.muted, self.panel, 0.45)

    @property
    def edge(self) -> str:
        """A border under the pointer, the thumb of a scroll bar."""
        return mix(self.line, self.muted, 0.45)

    def color(self, token: Token) -> str:
        """The colour called `token`; raises AttributeError where there is none."""
        value: str = getattr(self, token)
        return value


LIGHT = Tokens(
    dark=False,
    background="#f6f7f9",
    panel="#ffffff",
    sidebar="#eef0f4",
    line="#dfe3ea",
    text="#1b2330",
    muted="#566072",
    accent="#2f5fd0",
    accent_soft="#e6edfb",
    on_accent="#ffffff",
    ok="#177245",
    ok_soft="#e2f4ec",
    warn="#8f5600",
    warn_soft="#fff3dc",
    bad="#b3261e",
    bad_soft="#fdeae8",
)

DARK = Tokens(
    dark=True,
    background="#14171c",
    panel="#1b1f26",
    sidebar="#171a20",
    line="#2c323c",
    text="#e7eaf0",
    muted="#98a2b3",
    accent="#7aa2ff",
    accent_soft="#22304f",
    on_accent="#14171c",
    ok="#58c793",
    ok_soft="#17352a",
    warn="#f0b34c",
    warn_soft="#3a2d12",
    bad="#ff8a80",
    bad_soft="#3f1f1d",
)

READ_ON: tuple[tuple[Token, Token], ...] = (
    ("text", "background"),
    ("text", "panel"),
    ("text", "sidebar"),
    ("text", "accent_soft"),
    ("text", "ok_soft"),
    ("text", "warn_soft"),
    ("text", "bad_soft"),
    ("text", "hover"),
    ("text", "pressed"),
    ("muted", "background"),
    ("muted", "panel"),
    ("muted", "sidebar"),
    ("muted", "line"),
    ("muted", "accent_soft"),
    ("muted", "ok_soft"),
    ("muted", "warn_soft"),
    ("muted", "bad_soft"),
    ("muted", "hover"),
    ("accent", "background"),
    ("accent", "panel"),
    ("accent", "sidebar"),
    ("accent", "accent_soft"),
    ("accent", "hover"),
    ("ok", "panel"),
    ("ok", "ok_soft"),
    ("ok", "accent_soft"),
    ("warn", "panel"),
    ("warn", "warn_soft"),
    ("bad", "panel"),
    ("bad", "bad_soft"),
    ("bad", "hover"),
    ("panel", "text"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("on_accent", "accent_pressed"),
    ("on_accent", "bad"),
    ("on_accent", "bad_hover"),
)
"""Every pair of text and background that is drawn anywhere; a test keeps each at 4.5 : 1 or better."""


class Measures(NamedTuple):
    """Lengths in device-independent pixels at `scale` (1.0 = 100 % text at 96 dpi)."""

    scale: float = 1.0

    def px(self, length: float) -> int:
        """`length` at 100 % in pixels at this scale; never 0 for a length over 0."""
        return max(1, round(length * self.scale)) if length > 0 else round(length * self.scale)

    @property
    def step(self) -> int:
        """The smallest distance, 4."""
        return self.px(4)

    @property
    def gap(self) -> int:
        """Between controls, 8."""
        return self.px(8)

    @property
    def margin(self) -> int:
        """Around panels, 16."""
        return self.px(16)

    @property
    def radius(self) -> int:
        """Of buttons, fields, banners, cards, 6."""
        return self.px(6)

    @property
    def row(self) -> int:
        """Height of a table's row, 33."""
        return self.px(33)

    @property
    def header(self) -> int:
        """Height of a table's header, 34."""
        return self.px(34)

    @property
    def control(self) -> int:
        """Height of a button or a field, 32."""
        return self.px(32)

    @property
    def bar(self) -> int:
        """Height of a page's bars, 52."""
        return self.px(52)

    @property
    def icon(self) -> int:
        """Side of an icon beside text, 16."""
        return self.px(16)

    @property
    def sidebar(self) -> int:
        """Width of the navigation, 216."""
        return self.px(216)

    @property
    def form(self) -> int:
        """Width of the record's form, 372."""
        return self.px(372)
