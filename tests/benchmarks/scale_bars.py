"""The bars that the application is held to, and the table that says whether it clears them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Result = dict[str, Any]


class Figures:
    """The results of one run, by peer and task."""

    def __init__(self, results: Iterable[Result]) -> None:
        self._found = {(one["peer"], one["task"]): one for one in results}

    def of(self, peer: str, task: str, name: str = "ms") -> float | None:
        """A figure; None where it was not measured."""
        one = self._found.get((peer, task), {})
        found = one.get(name, one.get("facts", {}).get(name))
        return None if found is None else float(found)

    def app(self, task: str, name: str = "ms") -> float | None:
        """What the application took."""
        return self.of("app", task, name)

    def raw(self, task: str) -> float | None:
        """The limit: the mean of what raw took at the beginning and at the end of the run."""
        both = [value for peer in ("raw", "raw again") if (value := self.of(peer, task)) is not None]
        return sum(both) / len(both) if both else None

    def error(self, task: str) -> str:
        """Why the application has no figure for a task."""
        return str(self._found.get(("app", task), {}).get("error", ""))


@dataclass(frozen=True)
class Bar:
    """One line of the table: what was taken, and what it may be, both of the run's figures; None where it cannot be
    told. `note` says in words how the bar comes about. `like`: the task of raw with which a fixed one may grow on a
    larger data set."""

    label: str
    note: str
    taken: Callable[[Figures], float | None]
    most: Callable[[Figures], float | None]
    unit: str = "ms"
    like: str = ""


def above_raw(raw: str, plus: float, times: float = 1.0) -> Callable[[Figures], float | None]:
    """A bar: raw's own time, so many times, and so many milliseconds more."""

    def most(figures: Figures) -> float | None:
        limit = figures.raw(raw)
        return None if limit is None else limit * times + plus

    return most


def fixed(most: float) -> Callable[[Figures], float | None]:
    """A bar that does not depend on the machine."""
    return lambda figures: most


def times_start(peer: str, times: float) -> Callable[[Figures], float | None]:
    """A bar of a cold start: so many times another one."""

    def most(figures: Figures) -> float | None:
        other = figures.of("start", peer)
        return None if other is None else other * times

    return most


def app(task: str, name: str = "ms") -> Callable[[Figures], float | None]:
    """What the application took for a task."""
    return lambda figures: figures.app(task, name)


def start(name: str) -> Callable[[Figures], float | None]:
    """What a cold start took."""
    return lambda figures: figures.of("start", name)


def _jumps() -> list[Bar]:
    found = [Bar("jump to the end", "raw + 14", app("end"), above_raw("end", 14))]
    for task, words in (("by_id", "by id"), ("by_date", "by a date"), ("by_email", "by student e-mail")):
        found += [
            Bar(f"anywhere, {words}", "raw + 14", app(task), above_raw("middle", 14)),
            Bar(f"anywhere, {words}, 95th percentile", "raw + 20", app(task, "p95"), above_raw("middle", 20)),
        ]
    return found


BARS = [
    Bar("open the page", "raw + 15", app("open"), above_raw("open", 15)),
    *_jumps(),
    Bar("anywhere, by id, while a thread of Python's computes", "no bar", app("beside"), lambda figures: None),
    Bar("middle right after opening", "40", app("middle"), fixed(40), like="middle"),
    Bar("… off the true place by", "0.5 %", app("middle", "off_percent"), fixed(0.5), "%"),
    Bar("… off the true place afterwards", "0 rows", app("middle", "off_after"), fixed(0), "rows"),
    Bar("until anywhere is ready, by id", "3 × raw's count", app("ready_by_id"), above_raw("count", 0, 3)),
    Bar("until anywhere is ready, by a date", "2,500", app("ready_by_date"), fixed(2500), like="count"),
    Bar("until anywhere is ready, by student e-mail", "1,200", app("ready_by_email"), fixed(1200), like="count"),
    Bar("sort by a column without index", "1.4 × raw", app("sort_date"), above_raw("sort_unindexed", 0, 1.4)),
    Bar("sort by student e-mail", "raw + 15", app("sort_email"), above_raw("sort_email", 15)),
    Bar("filter by course", "raw + 18", app("filter"), above_raw("filter", 18)),
    Bar("filter by a month long past, newest first", "no bar", app("far"), lambda figures: None),
    Bar("search for a name in the order of names", "no bar", app("named"), lambda figures: None),
    Bar("search people by a part of the name", "1.3 × raw + 5", app("search"), above_raw("search", 5, 1.3)),
    Bar("edit: answer to painted", "3", app("edit", "answer"), fixed(3)),
    Bar("edit: key press to painted", "10", app("edit"), fixed(10)),
    Bar("count: about", "3", app("open", "about"), fixed(3)),
    Bar("count: exactly", "1.2 × raw", app("open", "exact"), above_raw("count", 0, 1.2)),
    Bar("count: exactly, where others wrote since", "no bar", app("written", "exact"), lambda figures: None),
    Bar("ten sorts abandoned, then a page", "50 above its own", app("abandoned"), fixed(50)),
    Bar("start: process to window", "1.3 × a bare Qt window", start("window"), times_start("bare", 1.3)),
    Bar("start: sign-in to first rows", "raw + 60", start("sign_in"), above_raw("open", 60)),
    Bar("start: demo that signs in by itself", "2.4 × rawqt's", start("demo"), times_start("rawqt", 2.4)),
    Bar("peak memory", "180 MB", app("memory", "mb"), fixed(180), "MB"),
]
GAP_TASKS = (
    *("open", "middle", "end", "by_id", "by_date", "by_email", "ready_by_id", "ready_by_date", "ready_by_email"),
    *("sort_date", "sort_email", "filter", "search", "edit", "abandoned"),
)
GAP_P99, GAP_MAX, GAP_FIRST = 12.0, 33.0, 50.0
"""Milliseconds between two ticks of the GUI thread's timer: the 99th percentile, the longest, that of a first paint."""

ANOTHER_SCALE = (1.5, 5.0)
"""On a larger data set a task may take so many times its time of scale 1 and so many milliseconds more."""
MEMORY_OF_ANOTHER = 200.0


def judged(figures: Figures, smaller: Figures | None = None) -> list[Result]:
    """Each bar with what was taken, what it may be and whether it is met. `smaller`: the figures of the smaller data
    set, against which a larger one is held."""
    found = []
    for bar in BARS:
        taken, most = bar.taken(figures), bar.most(figures)
        note = bar.note
        if smaller is not None and taken is not None:
            most, note = _grown(bar, figures, smaller, most)
        met = None if taken is None or most is None else abs(taken) <= most
        found.append({"label": bar.label, "bar": note, "taken": taken, "most": most, "unit": bar.unit, "met": met})
    for task in GAP_TASKS:
        for name, most, words in (("gap_p99", GAP_P99, "gaps, 99th percentile"), ("gap_max", GAP_MAX, "longest gap")):
            taken = figures.app(task, name)
            most = GAP_FIRST if task == "open" and name == "gap_max" else most
            met = None if taken is None else taken <= most
            found.append(
                {
                    "label": f"{words}: {task}",
                    "bar": f"{most:g}",
                    "taken": taken,
                    "most": most,
                    "unit": "ms",
                    "met": met,
                }
            )
    return found


def _grown(bar: Bar, figures: Figures, smaller: Figures, most: float | None) -> tuple[float | None, str]:
    """On a larger data set: 1.5 times its own figure and 5 ms, or grown no more than the bar itself has, or raw."""
    own, before = bar.taken(smaller), bar.most(smaller)
    if bar.unit == "MB":
        return MEMORY_OF_ANOTHER, f"{MEMORY_OF_ANOTHER:g} MB"
    if own is None or most is None:
        return most, bar.note
    ways = [own * ANOTHER_SCALE[0] + ANOTHER_SCALE[1]]
    if before:
        ways.append(own * most / before)
    raw, raw_before = figures.raw(bar.like), smaller.raw(bar.like)
    if raw and raw_before:
        ways.append(own * raw / raw_before)
    return max(ways), "1.5 × its own + 5, or grown as raw"


def table(lines: list[Result]) -> str:
    """The table, as it is printed."""
    rows = [("task", "taken", "may be", "bar", "")]
    for one in lines:
        word = {True: "met", False: "MISSED", None: "—"}[one["met"]]
        rows.append((one["label"], _number(one["taken"], one["unit"]), _number(one["most"], ""), one["bar"], word))
    widths = [max(len(row[at]) for row in rows) for at in range(5)]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in rows)


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return "not measured" if unit else ""
    return f"{value:,.2f} {unit}".rstrip() if abs(value) < 10 else f"{value:,.0f} {unit}".rstrip()
