"""HTML of other programs becomes plain text, malformed or not, and never takes long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_desktop.services.teaching.html_text import looks_like_html, plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("<p>a</p>", "a"),
        ("<p>a</p>\n<p>b<br>c<br/>d</p>", "a\n\nb\nc\nd"),
        ("a\n  b\tc", "a b c"),
        ("<ul><li>a</li>\n<li>b</li></ul>c", "- a\n- b\n\nc"),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td>d</td></tr></table>", "a | b\nc | d"),
        ("<pre>if x:\n    y</pre>z", "if x:\n    y\n\nz"),
        ("use <code>x &lt; y</code>", "use `x < y`"),
        ("H<sub>2</sub>O, x<sup>10</sup>, x<sub>max</sub>", "H₂O, x¹⁰, xmax"),
        ("&lt;b&gt; &amp;nbsp; &#233;&nbsp;&eacute;", "<b> &nbsp; é\u00a0é"),
        ("<B>a</B> <i>b</i>c", "a bc"),
        ("a<script>alert('</p>')</script>b<style>x {}</style>c", "abc"),
        ("a<!-- <b> -->b<![CDATA[c]]>d<?php e ?>f", "abdf"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<a href='x>y' title=\"it's\">link</a>", "link"),
        ("a <b", "a <b"),
        ("<p>a<p>b", "a\n\nb"),
        ("</p></ul>a</sub>", "a"),
    ],
)
def test_text_stays_and_tags_go(html: str, text: str) -> None:
    assert plain_text(html) == (text, False)


@pytest.mark.parametrize(
    "tag", ["<img alt='a &amp; b' src=x>", '<IMG src="y>z" alt="a &amp; b">', "<img ALT = 'a & b'/>"]
)
def test_a_picture_becomes_what_it_shows_in_words(tag: str) -> None:
    assert plain_text(f"<p>See {tag}!</p>") == ("See a & b!", True)
    assert plain_text("<video src=x></video>") == ("", True)


@pytest.mark.parametrize(
    ("text", "is_html"), [("1 < 2 & 3 > 1", False), ("a<br>b", True), ("&eacute;", True), ("R&D;", False)]
)
def test_html_is_told_from_plain_text(text: str, is_html: bool) -> None:
    assert looks_like_html(text) is is_html


@pytest.mark.parametrize(
    "piece", ["<!--", "<a ", "<a href='", "<![CDATA[", "</", "&#", "<p>", "<sub>", "<script>", "<pre>\n"]
)
def test_malformed_html_of_any_length_is_read_at_once(piece: str) -> None:
    plain_text(piece * (200_000 // len(piece)))


@given(
    st.text()
    | st.lists(st.sampled_from(("<", ">", "/", "p", "pre", "'", '"', "=", "!--", "-->", "&", ";", " "))).map("".join)
)
def test_nothing_is_too_odd(html: str) -> None:
    text, _ = plain_text(html)
    assert len(text) <= 3 * len(html)
