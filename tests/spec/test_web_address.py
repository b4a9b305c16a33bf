"""Web addresses: which may be stored, and the videos that are recognised."""

import pytest

from lms_desktop.spec import web_address


@pytest.mark.parametrize(
    "address",
    [
        "https://school.edu",
        "HTTP://School.edu:8080/a?b=c#d",
        "https://user@host/x",
        "http://127.0.0.1/x",
        "http://[::1]/x",
        "https://schule.köln/ü",
        "/media/a.mp4",
        "/",
    ],
)
def test_what_may_be_stored(address: str) -> None:
    assert web_address.reason(address) == ""


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)//https://x",
        "java\nscript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,<script>",
        "blob:https://x/1",
        "ftp://school.edu/x",
        "//elsewhere.example/x",
        "/\\elsewhere.example",
        "https://",
        "https:///x",
        "https://?x",
        "https://:80/x",
        "https://a:port/",
        "https://[::1/x",
        "https://.",
        "https://a b/",
        "https://a/b c",
        "https://a/\x00",
        "school.edu",
        "",
    ],
)
def test_what_may_not(address: str) -> None:
    assert web_address.reason(address) != ""


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3", ("YouTube", "dQw4w9WgXcQ")),
        ("https://www.youtube.com/watch?t=3&v=dQw4w9WgXcQ", ("YouTube", "dQw4w9WgXcQ")),
        ("https://youtu.be/dQw4w9WgXcQ?si=x", ("YouTube", "dQw4w9WgXcQ")),
        ("https://m.youtube.com/shorts/dQw4w9WgXcQ", ("YouTube", "dQw4w9WgXcQ")),
        ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", ("YouTube", "dQw4w9WgXcQ")),
        ("https://vimeo.com/123456789", ("Vimeo", "123456789")),
        ("https://player.vimeo.com/video/123456789", ("Vimeo", "123456789")),
        ("https://vimeo.com/123456789/ab12cd34ef", ("Vimeo", "123456789")),
        ("https://www.youtube.com/@school", None),
        ("https://notyoutube.com/watch?v=dQw4w9WgXcQ", None),
        ("https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ", None),
        ("javascript://youtube.com/watch?v=dQw4w9WgXcQ", None),
        ("https://[::1", None),
    ],
)
def test_the_videos_that_everybody_knows(address: str, found: tuple[str, str] | None) -> None:
    assert web_address.video(address) == found


@pytest.mark.parametrize(
    ("address", "host"), [("https://Media.School.edu:8080/x", "media.school.edu"), ("/a.mp4", ""), ("http://[::1", "")]
)
def test_the_computer_that_is_named(address: str, host: str) -> None:
    assert web_address.host(address) == host
