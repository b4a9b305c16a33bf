"""The whole application as a peer of the yardstick: the main window of an administrator, offscreen, 50 × 10 cells.

Run by `scale`, in a process of its own. It prints one JSON object a line: task, milliseconds of each repetition, the
gaps between the ticks of a 1 ms timer in the GUI thread meanwhile, and what else the task told.
"""

import argparse
import gc
import json
import time

from PySide6.QtWidgets import QApplication

from lms_desktop.app import make_application
from lms_desktop.views import theme
from lms_desktop.views.warm_up import share_memory, take_turns
from tests.benchmarks.scale_tasks import Bench
from tests.benchmarks.scale_watch import Pulse, peak_memory


def measure(bench: Bench, pulse: Pulse, task: str, repetitions: int) -> dict[str, object]:
    """Milliseconds of each repetition, the gaps of all of them, and each fact of all of them.

    The gaps reach from the beginning of a repetition until all that it led to has come to its end. The first
    repetition warms up, as the yardstick's does.
    """
    taken, gaps, facts = list[float](), list[float](), dict[str, list[object]]()
    for number in range(repetitions + 1):
        getattr(bench, f"before_{task}", lambda: None)()
        pulse.begin()
        began = time.perf_counter()
        try:
            found = getattr(bench, f"task_{task}")() or {}
            milliseconds = (time.perf_counter() - began) * 1000
            bench.settle()
        finally:
            pulse.end()
            getattr(bench, f"after_{task}", lambda: None)()
        if number or repetitions == 1:
            taken.append(found.pop("ms", milliseconds))
            gaps += pulse.gaps
            for name, value in found.items():
                facts.setdefault(name, []).append(value)
        else:
            first = max(pulse.gaps)
    gaps.sort()
    return {
        "all": taken,
        "gap_p99": gaps[int(len(gaps) * 0.99)],
        "gap_max": gaps[-1],
        "gap_first": first,
        "facts": facts,
    }


JUMPS = {"by_id": 40, "by_date": 40, "by_email": 40}
"""More repetitions where a percentile is wanted."""
FEW = {"ready_by_date": 3, "ready_by_email": 3, "middle": 4, "abandoned": 4}


def main() -> None:
    """Do the tasks asked for; with `--paging` page through everything and tell the memory that took."""
    parser = argparse.ArgumentParser()
    for name in ("dsn", "course", "search"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--tasks", nargs="*", default=[])
    parser.add_argument("--paging", action="store_true")
    parser.add_argument("--repetitions", type=int, default=7)
    options = parser.parse_args()
    gc.disable()
    share_memory()
    take_turns()
    application = make_application()
    theme.install(application, theme.Scheme.LIGHT)
    bench, pulse = Bench(options.dsn, options.course, options.search), Pulse()
    bench.fresh()
    gc.collect()
    gc.freeze()
    if options.paging:
        before = peak_memory()
        bench.page_through()
        print(json.dumps({"task": "memory", "mb": peak_memory(), "before_mb": before}), flush=True)
    elif "open" not in options.tasks and "middle" not in options.tasks:
        bench.before_open()
        bench.task_open()
    for task in options.tasks:
        repetitions = JUMPS.get(task) or min(FEW.get(task, options.repetitions), options.repetitions)
        try:
            found = measure(bench, pulse, task, repetitions)
        except Exception as error:  # the other tasks are measured all the same
            found = {"error": f"{type(error).__name__}: {error}"[:300]}
        print(json.dumps({"task": task, **found}), flush=True)
    bench.close()
    QApplication.processEvents()


if __name__ == "__main__":
    main()
