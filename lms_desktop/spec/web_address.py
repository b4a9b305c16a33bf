"""Web addresses that may be stored and that a person may be sent to: nothing that runs, and nothing of one's own
machine."""

import re
from urllib.parse import SplitResult, urlsplit

from lms_desktop.errors.kinds import N_

_BLANKS = re.compile(r"[\s\x00-\x1f\x7f]")
_VIDEO_ID = re.compile(r"[\w-]{6,20}")
_BACKSLASH = "\\"

NOT_AN_ADDRESS = N_("A web address begins with https:// or http://, or with / for a file of the school's own.")
NO_HOST = N_("This web address names no computer: it looks like https://school.edu/page.")
BLANK_WITHIN = N_("There is a blank in this web address; there it is written %20.")


def reason(address: str) -> str:
    """Why this is no web address that may be stored, to be translated; "" where it is one."""
    address = address.strip()
    if address.startswith("/") and not address.startswith(("//", "/" + _BACKSLASH)):
        return BLANK_WITHIN if _BLANKS.search(address) else ""
    if not re.match(r"https?://", address, re.IGNORECASE):
        return NOT_AN_ADDRESS
    parts = _split(address)
    if parts is None or not _is_host(parts.hostname or ""):
        return NO_HOST
    return BLANK_WITHIN if _BLANKS.search(address) else ""


def host(address: str) -> str:
    """The computer that an address names; "" where it names none."""
    parts = _split(address.strip())
    return (parts.hostname or "") if parts is not None else ""


def video(address: str) -> tuple[str, str] | None:
    """Where a video stands and by which id, for the two that everybody knows: `("YouTube", "dQw4w9WgXcQ")`."""
    parts = _split(address.strip())
    if parts is None or parts.scheme.lower() not in {"http", "https"}:
        return None
    where = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    found, place = "", ""
    if where in {"youtube.com", "youtube-nocookie.com", "music.youtube.com"}:
        query = re.search(r"(?:^|&)v=([^&]+)", parts.query)
        path = re.match(r"/(?:embed|shorts|live|v)/([^/]+)", parts.path)
        place, found = "YouTube", query[1] if query and parts.path == "/watch" else path[1] if path else ""
    elif where == "youtu.be":
        place, found = "YouTube", parts.path.strip("/").partition("/")[0]
    elif where in {"vimeo.com", "player.vimeo.com"}:
        number = re.fullmatch(r"/(?:video/|channels/[^/]+/)?([0-9]+)(?:/\w+)?/?", parts.path)
        place, found = "Vimeo", number[1] if number else ""
    return (place, found) if place and _VIDEO_ID.fullmatch(found) else None


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises where it is none
    except ValueError:
        return None
    return parts


def _is_host(name: str) -> bool:
    return bool(re.fullmatch(r"[^\s/?#@%<>\"{}|\\^`]+", name)) and name.strip(".") != ""
