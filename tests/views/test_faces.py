"""Texts in a table's fonts: how wide they are, what of them fits, which of them are written letter by letter."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from PySide6.QtGui import QFontMetrics, QFontMetricsF
from PySide6.QtWidgets import QApplication

from lms_desktop.views import theme
from lms_desktop.views.faces import Face, Fitted, clean, plain_font
from lms_desktop.views.theme import FontRole

EUROPEAN = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=["Cc", "Cf", "Zs"]), min_size=1
)
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80).map(clean)


@pytest.fixture(params=[FontRole.BODY, FontRole.STRONG, FontRole.FIXED])
def role(request: pytest.FixtureRequest, qapp: QApplication) -> FontRole:
    found: FontRole = request.param
    return found


def test_a_plain_text_is_as_wide_as_its_letters(role: FontRole) -> None:
    font = theme.current().font(role)
    face, metrics = Face(font), QFontMetricsF(plain_font(font))

    @settings(max_examples=100, deadline=None)
    @given(EUROPEAN)
    def check(text: str) -> None:
        if face.is_plain(text):
            assert face.width(text) == pytest.approx(metrics.horizontalAdvance(text), abs=0.51)

    check()


def test_what_fits_is_no_wider_than_the_room_and_a_part_of_the_text(role: FontRole) -> None:
    font = theme.current().font(role)
    face = Face(font)
    measures = QFontMetrics(font), QFontMetrics(plain_font(font))

    @settings(max_examples=200, deadline=None)
    @given(ANYTHING, st.integers(20, 400))
    def check(text: str, room: int) -> None:
        shown, width, plain = face.fit(text, room)
        assert measures[plain].horizontalAdvance(shown) <= room + 1
        assert width <= room
        if not plain:
            return
        assert text == shown or (shown.endswith("…") and text.startswith(shown[:-1]))
        if shown != text:
            assert face.width(text) > room, "what fits is not cut"
            longer = text[: len(shown)] + "…"
            assert measures[1].horizontalAdvance(longer) >= room, "as much as fits is shown"

    check()


@pytest.mark.parametrize("text", ["Ines Silva", "josé.conceição@escola.test", "Łódź", "3fa85f64-5717-4562"])
def test_letters_of_europe_are_written_one_by_one(text: str, qapp: QApplication) -> None:
    assert Face(theme.current().font(FontRole.BODY)).is_plain(text)


@pytest.mark.parametrize("text", ["e\u0301", "سلام", "한국어", "हिन्दी", "👩‍🏫", "soft\u00adhyphen", "a\u00a0b", "…"])
def test_what_joins_or_turns_is_shaped(text: str, qapp: QApplication) -> None:
    face = Face(theme.current().font(FontRole.BODY))
    assert not face.is_plain(text)
    assert face.fit(text, 400) == Fitted(text, face.metrics.horizontalAdvance(text), 0)


@pytest.mark.parametrize("role", [FontRole.BODY, FontRole.STRONG, FontRole.FIXED])
def test_figures_keep_their_columns(role: FontRole, qapp: QApplication) -> None:
    """Where the font has figures of one width, also where it has to be asked for them."""
    face = Face(theme.current().font(role))
    if face.tabular:
        widths = {face.fit(text, 400).width for text in ("111.1 %", "000.0 %", "848.7 %")}
        assert len(widths) == 1


def test_a_badge_is_measured_as_it_is_drawn(qapp: QApplication) -> None:
    """Badges stand outside of tables too, where their letters are shaped."""
    assert not Face(theme.current().font(FontRole.SMALL), plain=False).is_plain("Issued")
