"""Which moments are meant by the beginning of one, as it is written here: `2025-11-20 14:05`."""

import calendar
import re
from datetime import MAXYEAR, MINYEAR, datetime, timedelta

_BEGINNING = re.compile(r"(\d{1,4})(?:-(\d{0,2})(?:-(\d{0,2})(?: (\d{0,2})(?::(\d{0,2}))?)?)?)?")


def span_of(typed: str) -> tuple[datetime, datetime] | None:
    """(from, up to) of the moments that begin so, without a zone: `2025` is a year, `2025-1` its months from October on
    (`10`, `11`, `12`), `2025-3` its March. None where no moment does."""
    found = _BEGINNING.fullmatch(typed.strip())
    if found is None:
        return None
    year, *parts = (part for part in found.groups() if part is not None)
    if parts and len(year) < 4:
        return None
    spread = 10 ** (4 - len(year))
    numbers, last = [max(int(year) * spread, MINYEAR)], int(year) * spread + spread - 1
    if last < MINYEAR:
        return None
    for place, digits in enumerate(parts):
        meant = _among(digits, *_bounds(numbers), whole=place + 1 < len(parts))
        if meant is None:
            return None
        numbers, last = [*numbers, meant[0]], meant[1]
    return _moment(numbers), _behind([*numbers[:-1], last])


def _bounds(numbers: list[int]) -> tuple[int, int]:
    """The lowest and the highest that may follow these: month, day, hour, minute."""
    days = calendar.monthrange(*numbers[:2])[1] if len(numbers) == 2 else 0
    return {1: (1, 12), 2: (1, days), 3: (0, 23), 4: (0, 59)}[len(numbers)]


def _among(digits: str, low: int, high: int, *, whole: bool) -> tuple[int, int] | None:
    """The numbers from low to high, written with two digits, that begin so; `whole`: nothing more of it follows."""
    if not digits:
        return None if whole else (low, high)
    number = int(digits)
    first, last = max(10 * number, low), min(10 * number + 9, high)
    if len(digits) == 2 or whole or first > last:
        first = last = number
    return (first, last) if low <= first and last <= high else None


def _moment(numbers: list[int]) -> datetime:
    year, month, day, hour, minute = (*numbers, *(1, 1, 0, 0)[len(numbers) - 1 :])
    return datetime(year, month, day, hour, minute)


def _behind(numbers: list[int]) -> datetime:
    """The first moment behind all that begin with these."""
    if len(numbers) <= 2:
        year, month = (numbers[0] + 1, 1) if len(numbers) == 1 or numbers[1] == 12 else (numbers[0], numbers[1] + 1)
        return datetime.max if year > MAXYEAR else datetime(year, month, 1)
    step = {3: timedelta(days=1), 4: timedelta(hours=1), 5: timedelta(minutes=1)}[len(numbers)]
    begin = _moment(numbers)
    return begin + step if begin <= datetime.max - step else datetime.max
