"""The one style sheet, generated from the tokens and the measures. Text only; `theme.Theme` applies it.

Dynamic properties tell widgets apart (set them with `theme.set_kind`, `theme.set_state`):

- `kind` of a QPushButton: none (an ordinary button), `primary`, `quiet`, `danger`, `link`; a QToolButton is quiet
- `kind` of a QLabel: `title`, `heading`, `section`, `muted`, `small`, `strong`, `fixed`, `ok`, `warn`, `bad`
- `kind` of a QLineEdit: `search` (on the window's background)
- `kind` of a QPlainTextEdit: `inline` (in a frame that somebody else draws); of a QTextBrowser: `paper` (on the panel)
- `kind` of a QFrame or QWidget: `panel`, `background`, `sidebar`, `bar` (line below), `footer` (line above), `card`,
  `popup` (what drops from a button)
- `kind` of a list, tree or table: `boxed` (with a border), `popup` or `drop` (below a field), `offers` (of a completer)
- `kind` of a QSplitter: `airy` (no line between what has borders of its own)
- `state` of an input: `dirty` (unsaved), `invalid`
"""

from collections.abc import Mapping
from typing import NamedTuple

from lms_desktop.views.tokens import Measures, Token, Tokens, mix

INPUTS = ("QLineEdit", "QComboBox", "QAbstractSpinBox", "QPlainTextEdit", "QTextEdit")

Pictures = Mapping[str, str]
"""File of each small picture the sheet draws (`check`, `chevron-down` ...), by name; see `PICTURES`."""

PICTURES: tuple[tuple[str, str, Token], ...] = (
    ("check", "check", "on_accent"),
    ("minus", "minus", "on_accent"),
    ("down", "chevron-down", "muted"),
    ("up", "chevron-up", "muted"),
    ("left", "chevron-left", "muted"),
    ("right", "chevron-right", "muted"),
    ("down-off", "chevron-down", "disabled"),
    ("up-off", "chevron-up", "disabled"),
    ("menu-check", "check", "accent"),
    ("close", "close", "muted"),
)
"""What the sheet needs as files: its own name for it, the icon, the token."""


class Type(NamedTuple):
    """Sizes of text in points and the family of the fixed font."""

    body: float
    title: float
    heading: float
    small: float
    section: float
    fixed_family: str


def sheet(tokens: Tokens, measures: Measures, type_: Type, pictures: Pictures) -> str:
    """The whole style sheet for the application."""
    parts = (
        _surfaces(tokens, measures),
        _labels(tokens, type_),
        _notices(tokens, measures),
        _buttons(tokens, type_, measures),
        _tool_buttons(tokens, measures),
        _inputs(tokens, measures, pictures),
        _choices(tokens, measures, pictures),
        _spins(measures, pictures),
        _views(tokens, measures, type_),
        _tabs(tokens, measures, pictures),
        _bars(tokens, measures),
        _popups(tokens, measures, pictures),
    )
    return "\n".join(parts)


def _surfaces(t: Tokens, m: Measures) -> str:
    return f"""
QMainWindow {{ background: {t.background}; }}
QDialog, QWizard {{ background: {t.panel}; }}
*[kind="panel"] {{ background: {t.panel}; border: none; }}
*[kind="background"] {{ background: {t.background}; border: none; }}
*[kind="sidebar"] {{ background: {t.sidebar}; border: none; }}
*[kind="bar"] {{ background: {t.panel}; border: none; border-bottom: 1px solid {t.line}; }}
*[kind="footer"] {{ background: {t.panel}; border: none; border-top: 1px solid {t.line}; }}
*[kind="card"] {{ background: {t.panel}; border: 1px solid {t.line}; border-radius: {m.radius}px; }}
*[kind="card"]:focus {{ border-color: {t.accent}; }}
*[kind="unsaved"] {{ background: {t.warn_soft}; border: none; border-top: 1px solid {t.line}; }}
QScrollArea {{ background: transparent; border: none; }}
QScrollArea > QWidget > QWidget[kind="scrolled"] {{ background: transparent; }}
QSplitter::handle {{ background: {t.line}; }}
QSplitter::handle:hover, QSplitter::handle:pressed {{ background: {t.accent}; }}
QSplitter[kind="airy"]::handle {{ background: transparent; }}
QSplitter[kind="airy"]::handle:hover, QSplitter[kind="airy"]::handle:pressed {{ background: {t.accent_soft}; }}
QFrame[frameShape="4"], QFrame[frameShape="5"] {{ color: {t.line}; }}
QGroupBox {{ border: none; margin-top: {m.px(22)}px; font-weight: 600; color: {t.muted}; }}
QGroupBox::title {{ subcontrol-origin: margin; subcontrol-position: top left; padding: 0; }}
"""


def _notices(t: Tokens, m: Measures) -> str:
    tones = (
        ("neutral", t.background, t.text),
        ("info", t.accent_soft, t.accent),
        ("ok", t.ok_soft, t.ok),
        ("warn", t.warn_soft, t.warn),
        ("bad", t.bad_soft, t.bad),
    )
    banners = "".join(
        f"""
*[kind="banner-{tone}"] {{ background: {soft}; border: none; border-radius: {m.radius}px; }}
*[kind="banner-{tone}"] QLabel {{ color: {ink}; }}
*[kind="banner-{tone}"] QPushButton {{ color: {ink}; }}
*[kind="banner-{tone}"] QPushButton[kind="primary"] {{ color: {t.on_accent}; }}
"""
        for tone, soft, ink in tones
    )
    return f"""{banners}
QLabel[kind="toast"] {{ color: {t.panel}; }}
QPushButton[kind="toast"] {{
    background: transparent; color: {t.panel}; border: 1px solid {t.muted}; padding: {m.px(2)}px {m.px(10)}px;
}}
QPushButton[kind="toast"]:hover {{ background: {t.muted}; color: {t.panel}; }}
QPushButton[kind="toast"]:focus {{ border: 2px solid {t.panel}; padding: {m.px(2) - 1}px {m.px(10) - 1}px; }}
"""


def _labels(t: Tokens, f: Type) -> str:
    return f"""
QLabel {{ background: transparent; }}
QLabel[kind="title"] {{ font-size: {f.title}pt; font-weight: 600; }}
QLabel[kind="heading"] {{ font-size: {f.heading}pt; font-weight: 600; }}
QLabel[kind="section"] {{ font-size: {f.section}pt; font-weight: 600; color: {t.muted}; }}
QLabel[kind="strong"] {{ font-weight: 600; }}
QLabel[kind="muted"] {{ color: {t.muted}; }}
QLabel[kind="small"] {{ color: {t.muted}; font-size: {f.small}pt; }}
QLabel[kind="fixed"] {{ font-family: "{f.fixed_family}"; }}
QLabel[kind="ok"] {{ color: {t.ok}; }}
QLabel[kind="warn"] {{ color: {t.warn}; }}
QLabel[kind="bad"] {{ color: {t.bad}; }}
QLabel:disabled {{ color: {t.disabled}; }}
"""


def _buttons(t: Tokens, f: Type, m: Measures) -> str:
    return f"""
QPushButton {{
    background: {t.panel}; color: {t.text}; border: 1px solid {t.line}; border-radius: {m.radius}px;
    padding: {m.px(6)}px {m.px(12)}px; min-height: {m.px(18)}px; icon-size: {m.icon}px; font-weight: 600; outline: none;
}}
QPushButton:hover {{ background: {t.hover}; border-color: {t.edge}; }}
QPushButton:pressed, QPushButton:checked {{ background: {t.pressed}; }}
QPushButton:focus {{ border: 2px solid {t.accent}; padding: {m.px(6) - 1}px {m.px(12) - 1}px; }}
QPushButton:disabled {{ color: {t.disabled}; background: {t.panel}; border-color: {t.line}; }}
QPushButton::menu-indicator {{ image: none; width: 0; }}

QPushButton[kind="primary"] {{ background: {t.accent}; color: {t.on_accent}; border-color: {t.accent}; }}
QPushButton[kind="primary"]:hover {{ background: {t.accent_hover}; border-color: {t.accent_hover}; }}
QPushButton[kind="primary"]:pressed {{ background: {t.accent_pressed}; border-color: {t.accent_pressed}; }}
QPushButton[kind="primary"]:disabled {{
    background: {mix(t.accent, t.panel, 0.72)}; color: {t.muted}; border-color: transparent;
}}

QPushButton[kind="danger"] {{ color: {t.bad}; border-color: {mix(t.line, t.bad, 0.35)}; }}
QPushButton[kind="danger"]:focus {{ border-color: {t.accent}; }}
QPushButton[kind="danger"]:hover {{ background: {t.bad_soft}; border-color: {t.bad}; }}
QPushButton[kind="danger"]:default {{ background: {t.bad}; color: {t.on_accent}; border-color: {t.bad}; }}
QPushButton[kind="danger"]:default:hover {{ background: {t.bad_hover}; }}
QPushButton[kind="primary"]:focus, QPushButton[kind="danger"]:default:focus {{ border: 2px solid {t.text}; }}
QPushButton[kind="danger"]:disabled {{ background: {t.panel}; color: {t.disabled}; border-color: {t.line}; }}

QPushButton[kind="quiet"], QPushButton[kind="link"] {{ background: transparent; border-color: transparent; }}
QPushButton[kind="quiet"]:hover {{ background: {t.hover}; }}
QPushButton[kind="quiet"]:pressed {{ background: {t.pressed}; }}
QPushButton[kind="link"] {{ color: {t.accent}; padding: 2px {m.px(3)}px; min-height: 0; }}
QPushButton[kind="link"]:hover {{ text-decoration: underline; }}
QPushButton[kind="quiet"]:focus {{ border: 2px solid {t.accent}; }}
QPushButton[kind="link"]:focus {{ border: 2px solid {t.accent}; padding: 1px {m.px(3) - 1}px; }}
QPushButton[kind="status"] {{
    background: transparent; border: none; color: {t.muted}; font-size: {f.small}pt; font-weight: 400;
    padding: 1px {m.px(3)}px; min-height: 0;
}}
QPushButton[kind="status"]:hover {{ color: {t.text}; text-decoration: underline; }}
QPushButton[kind="status"]:focus {{ border: 2px solid {t.accent}; padding: 0 {m.px(3) - 1}px; }}
QPushButton[kind="quiet"]:disabled, QPushButton[kind="link"]:disabled {{ color: {t.disabled}; }}

QPushButton[kind="segment"] {{ padding: {m.px(2)}px {m.px(8)}px; font-weight: 400; }}
QPushButton[kind="segment"]:checked {{ background: {t.accent_soft}; color: {t.accent}; border-color: {t.accent}; }}
QPushButton[kind="segment"]:focus {{ border: 2px solid {t.accent}; padding: {m.px(2) - 1}px {m.px(8) - 1}px; }}
QPushButton[kind="fold"] {{ background: transparent; border: none; padding: 0; min-height: 0; }}
QPushButton[kind="fold"]:hover {{ background: {t.hover}; }}
QPushButton[kind="fold"]:focus {{ border: 2px solid {t.accent}; }}
*[kind="past"] QLabel {{ color: {t.muted}; }}

QPushButton[kind="drawn"] {{ background: transparent; border: none; padding: 0; min-height: 0; }}
"""


def _tool_buttons(t: Tokens, m: Measures) -> str:
    return f"""
QToolButton {{
    background: transparent; color: {t.text}; border: 1px solid transparent; border-radius: {m.radius}px;
    padding: {m.px(5)}px; icon-size: {m.px(18)}px; outline: none;
}}
QToolButton:hover {{ background: {t.hover}; }}
QToolButton:pressed, QToolButton:open {{ background: {t.pressed}; }}
QToolButton:checked {{ background: {t.accent_soft}; color: {t.accent}; }}
QToolButton:focus {{ border: 2px solid {t.accent}; padding: {m.px(5) - 1}px; }}
QToolButton:disabled {{ color: {t.disabled}; }}
QToolButton::menu-indicator {{ image: none; width: 0; }}
"""


def _inputs(t: Tokens, m: Measures, pictures: Pictures) -> str:
    def each(state: str) -> str:
        return ", ".join(name + state for name in INPUTS)

    high, wide = m.px(6), m.px(10)
    return f"""
{each("")} {{
    background: {t.panel}; color: {t.text}; border: 1px solid {t.line}; border-radius: {m.radius}px;
    padding: {high}px {wide}px; selection-background-color: {t.accent}; selection-color: {t.on_accent};
}}
QLineEdit, QComboBox, QAbstractSpinBox {{ min-height: {m.px(18)}px; }}
{each(":hover")} {{ border-color: {t.edge}; }}
QLineEdit:read-only, QPlainTextEdit:read-only, QTextEdit:read-only {{ background: {t.background}; }}
QLineEdit[kind="search"] {{ background: {t.background}; }}
QTextBrowser[kind="paper"] {{ background: {t.panel}; }}
{each('[state="dirty"]')} {{ background: {t.warn_soft}; border-color: {t.warn}; }}
{each('[state="invalid"]')} {{ background: {t.bad_soft}; border-color: {t.bad}; }}
{each(":focus")} {{ border: 2px solid {t.accent}; padding: {high - 1}px {wide - 1}px; }}
{each(":disabled")} {{ color: {t.disabled}; background: {t.background}; border-color: {t.line}; }}
QPlainTextEdit[kind="inline"], QPlainTextEdit[kind="inline"]:focus {{
    background: transparent; border: none; padding: {m.px(3)}px 0;
}}
QComboBox {{ combobox-popup: 0; padding-left: {wide + 2}px; }}
QComboBox:focus {{ padding-left: {wide + 1}px; }}
QComboBox:on {{ border-color: {t.accent}; }}
QComboBox::drop-down {{ border: none; width: {m.px(26)}px; }}
QComboBox::down-arrow {{ image: url("{pictures["down"]}"); width: {m.px(14)}px; height: {m.px(14)}px; }}
QComboBox::down-arrow:disabled {{ image: url("{pictures["down-off"]}"); }}
QComboBox QLineEdit {{ border: none; background: transparent; padding: 0; min-height: 0; }}
"""


def _choices(t: Tokens, m: Measures, pictures: Pictures) -> str:
    side = m.px(16)
    return f"""
QCheckBox, QRadioButton {{
    spacing: {m.gap}px; padding: {m.px(3)}px; border: 2px solid transparent; border-radius: {m.px(5)}px; outline: none;
}}
QCheckBox:focus, QRadioButton:focus {{ border-color: {t.accent}; }}
QCheckBox:disabled, QRadioButton:disabled {{ color: {t.disabled}; }}
QCheckBox::indicator, QRadioButton::indicator, QListView::indicator, QTreeView::indicator, QGroupBox::indicator {{
    width: {side - 2}px; height: {side - 2}px; border: 1px solid {t.edge}; background: {t.panel};
}}
QCheckBox::indicator, QListView::indicator, QTreeView::indicator, QGroupBox::indicator {{ border-radius: {m.px(4)}px; }}
QRadioButton::indicator {{ border-radius: {side // 2}px; }}
QCheckBox::indicator:hover, QRadioButton::indicator:hover {{ border-color: {t.accent}; }}
QCheckBox::indicator:checked, QListView::indicator:checked, QTreeView::indicator:checked,
QGroupBox::indicator:checked {{
    background: {t.accent}; border-color: {t.accent}; image: url("{pictures["check"]}");
}}
QCheckBox::indicator:indeterminate, QTreeView::indicator:indeterminate {{
    background: {t.accent}; border-color: {t.accent}; image: url("{pictures["minus"]}");
}}
QRadioButton::indicator:checked {{
    width: {side - 10}px; height: {side - 10}px; border: 5px solid {t.accent}; background: {t.on_accent};
}}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{
    background: {t.background}; border-color: {t.line};
}}
QCheckBox::indicator:checked:disabled {{ background: {t.disabled}; border-color: {t.disabled}; }}
"""


def _spins(m: Measures, pictures: Pictures) -> str:
    """Qt keeps no padding left of the text here, whatever is written: `kit.roomy` gives it."""
    arrow = m.px(10)
    return f"""
QAbstractSpinBox, QAbstractSpinBox:focus {{ padding: 0 {m.px(4)}px 0 0; }}
QAbstractSpinBox {{ min-height: {m.px(27)}px; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: none; background: transparent; }}
QDateTimeEdit::drop-down {{ border: none; background: transparent; width: {m.px(26)}px; }}
QDateTimeEdit::down-arrow {{ image: url("{pictures["down"]}"); width: {m.px(14)}px; height: {m.px(14)}px; }}
QAbstractSpinBox::up-arrow {{ image: url("{pictures["up"]}"); width: {arrow}px; height: {arrow}px; }}
QAbstractSpinBox::down-arrow {{ image: url("{pictures["down"]}"); width: {arrow}px; height: {arrow}px; }}
QAbstractSpinBox::up-arrow:off, QAbstractSpinBox::up-arrow:disabled {{ image: url("{pictures["up-off"]}"); }}
QAbstractSpinBox::down-arrow:off, QAbstractSpinBox::down-arrow:disabled {{ image: url("{pictures["down-off"]}"); }}
"""


def _views(t: Tokens, m: Measures, f: Type) -> str:
    return f"""
QAbstractItemView {{
    background: {t.panel}; color: {t.text}; border: none; gridline-color: {t.line}; outline: none;
    selection-background-color: {t.accent_soft}; selection-color: {t.text};
}}
QListView::item, QTreeView::item {{ padding: {m.px(5)}px {m.gap}px; border: 2px solid transparent; }}
QListView::item:hover, QTreeView::item:hover {{ background: {t.hover}; }}
QListView::item:selected, QTreeView::item:selected, QTableView::item:selected {{
    background: {t.accent_soft}; color: {t.text};
}}
QListView::item:focus, QTreeView::item:focus {{ border: 2px solid {t.accent}; border-radius: {m.px(4)}px; }}
QListView[kind="boxed"], QTreeView[kind="boxed"], QTableView[kind="boxed"] {{
    border: 1px solid {t.line}; border-radius: {m.radius}px;
}}
QListView[kind="boxed"]:focus, QTreeView[kind="boxed"]:focus, QTableView[kind="boxed"]:focus {{
    border: 2px solid {t.accent};
}}
QHeaderView {{ background: {t.panel}; border: none; }}
QHeaderView::section {{
    text-align: left; background: {t.panel}; color: {t.muted}; border: none; border-bottom: 1px solid {t.line};
    padding: {m.px(6)}px {m.px(12)}px; font-size: {f.small}pt; font-weight: 600;
}}
QTableCornerButton::section {{ background: {t.panel}; border: none; }}
"""


def _tabs(t: Tokens, m: Measures, pictures: Pictures) -> str:
    return f"""
QTabWidget::pane {{ border: none; border-top: 1px solid {t.line}; }}
QTabWidget::tab-bar {{ left: {m.margin}px; }}
QTabBar {{ background: transparent; qproperty-drawBase: 0; }}
QTabBar::tab {{
    color: {t.muted}; background: transparent; border: 2px solid transparent; border-bottom: 2px solid transparent;
    padding: {m.px(6)}px {m.px(2)}px; margin-right: {m.px(8)}px; font-weight: 600;
}}
QTabBar::tab:hover {{ color: {t.text}; }}
QTabBar::tab:selected {{ color: {t.accent}; border-bottom-color: {t.accent}; }}
QTabBar::tab:focus {{ border: 2px solid {t.accent}; border-radius: {m.px(4)}px; }}
QTabBar::tab:disabled {{ color: {t.disabled}; }}
QTabBar::tear {{ width: 0; border: none; }}
QTabBar::close-button {{ image: url("{pictures["close"]}"); }}
QTabBar QToolButton {{ background: {t.panel}; border: none; padding: 0; }}
QTabBar QToolButton::left-arrow {{ image: url("{pictures["left"]}"); }}
QTabBar QToolButton::right-arrow {{ image: url("{pictures["right"]}"); }}
"""


def _bars(t: Tokens, m: Measures) -> str:
    thick, inset = m.px(10), m.px(2)
    radius = max(1, (thick - 2 * inset) // 2)
    return f"""
QScrollBar {{ background: transparent; border: none; margin: 0; }}
QScrollBar:vertical {{ width: {thick}px; }}
QScrollBar:horizontal {{ height: {thick}px; }}
QScrollBar::handle {{ background: {t.edge}; border: none; border-radius: {radius}px; margin: {inset}px; }}
QScrollBar::handle:vertical {{ min-height: {m.px(36)}px; }}
QScrollBar::handle:horizontal {{ min-width: {m.px(36)}px; }}
QScrollBar::handle:hover, QScrollBar::handle:pressed {{ background: {t.muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; border: none; background: none; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: none; }}
QAbstractScrollArea::corner {{ background: {t.panel}; border: none; }}
QProgressBar {{
    background: {t.line}; border: none; border-radius: {m.px(3)}px; max-height: {m.px(6)}px; min-height: {m.px(6)}px;
    color: transparent;
}}
QProgressBar::chunk {{ background: {t.accent}; border-radius: {m.px(3)}px; }}
QStatusBar {{ background: {t.panel}; border-top: 1px solid {t.line}; color: {t.muted}; }}
QStatusBar::item {{ border: none; }}
QToolBar {{ background: {t.panel}; border: none; spacing: {m.gap}px; }}
"""


def _popups(t: Tokens, m: Measures, pictures: Pictures) -> str:
    return f"""
QMenu {{
    background: {t.panel}; color: {t.text}; border: 1px solid {t.line}; padding: {m.step}px; icon-size: {m.icon}px;
}}
QMenu::item {{
    padding: {m.px(6)}px {m.px(24)}px {m.px(6)}px {m.px(10)}px; border-radius: {m.px(4)}px; background: transparent;
}}
QMenu::item:selected {{ background: {t.accent_soft}; color: {t.text}; }}
QMenu::item:disabled {{ color: {t.disabled}; background: transparent; }}
QMenu::icon {{ padding-left: {m.gap}px; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: {m.step}px {m.gap}px; }}
QMenu::indicator {{ width: {m.icon}px; height: {m.icon}px; padding-left: {m.px(6)}px; }}
QMenu::indicator:checked {{ image: url("{pictures["menu-check"]}"); }}
QMenu::right-arrow {{ image: url("{pictures["right"]}"); width: {m.px(12)}px; height: {m.px(12)}px; }}
QListView[kind="offers"] {{ border: 1px solid {t.line}; }}
QFrame[kind="popup"] {{ background: {t.panel}; border: 1px solid {t.line}; }}
QMenuBar {{ background: {t.panel}; border-bottom: 1px solid {t.line}; }}
QMenuBar::item {{ padding: {m.px(5)}px {m.px(10)}px; background: transparent; border-radius: {m.px(4)}px; }}
QMenuBar::item:selected {{ background: {t.accent_soft}; }}
QComboBox QAbstractItemView, QCompleter QAbstractItemView, QListView[kind="popup"], QListView[kind="drop"] {{
    border: 1px solid {t.line}; padding: {m.step}px;
}}
QComboBox QAbstractItemView::item {{ min-height: {m.px(22)}px; }}
QToolTip {{
    background: {t.panel}; color: {t.text}; border: 1px solid {t.line}; padding: {m.px(5)}px {m.gap}px;
}}
QCalendarWidget QWidget#qt_calendar_navigationbar {{ background: {t.panel}; }}
QCalendarWidget QAbstractItemView {{ selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
"""
