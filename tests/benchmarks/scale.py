"""Ten million rows beside ten: every task of the table against the limit, in one run. `make bench` calls this.

    python -m tests.benchmarks.scale [--scale 1] [--out bench-scale.json] [--data FOLDER] [--tasks open end …]

The data set is filled once into a server of its own (kept in `--data` between runs). `yardstick/` holds the limit as it
was measured before anything was built: psycopg2 without a display (raw), with the smallest Qt model (rawqt), and Qt's
own SQL models. `raw` is measured again at the end: where it is another by then, the machine was not quiet. `--scale 5`
makes ten million enrollments; `--against` a run at scale 1 by which it is judged then.
"""

import argparse
import json
import tempfile
from pathlib import Path
from statistics import median

from tests.benchmarks.scale_bars import Figures, judged, table
from tests.benchmarks.scale_data import prepare
from tests.benchmarks.scale_peers import (
    LIMIT,
    SQL_MODELS,
    Result,
    environment,
    raw_unindexed,
    run_app,
    run_peer,
    run_starts,
)
from tests.benchmarks.scale_watch import machine_speed

TASKS = [
    *("open", "written", "middle", "end"),
    *("ready_by_id", "by_id", "beside", "ready_by_date", "by_date", "ready_by_email", "by_email"),
    *("sort_date", "sort_email", "filter", "far", "named", "search", "edit", "abandoned", "memory", "start"),
]
PEERS = ("rawqt", *SQL_MODELS)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--out", type=Path, default=Path("bench-scale.json"))
    parser.add_argument("--against", type=Path, help="the figures of scale 1, where this is another")
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "lms-bench")
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--tasks", nargs="+", default=TASKS, choices=TASKS)
    parser.add_argument("--peers", nargs="*", default=list(PEERS), choices=PEERS)
    options = parser.parse_args()
    results: list[Result] = []

    def note(found: list[Result]) -> None:
        for one in found:
            results.append(one)
            print("  ", _short(one), flush=True)

    server, url = prepare(options.data, options.scale)
    try:
        environ, times = environment(url, options.scale), options.repetitions
        note([_machine("loop")])
        note(run_peer("raw", LIMIT, environ, times))
        note([raw_unindexed(url, times)])
        if "rawqt" in options.peers:
            note(run_peer("rawqt", LIMIT[:-1], environ, times))
        note(run_app(options.tasks, url, environ, times))
        if "start" in options.tasks:
            demo = options.data.with_name(f"{options.data.name}-demo")
            note(run_starts(url, environ, min(times, 5), demo))
        for name, tasks in SQL_MODELS.items():
            if name in options.peers:
                note(run_peer(name, tasks, environ, 1))
        note([{**one, "peer": "raw again"} for one in run_peer("raw", LIMIT, environ, times)])
        note([{**raw_unindexed(url, times), "peer": "raw again"}, _machine("loop again")])
    finally:
        server.stop()
    smaller = Figures(json.loads(options.against.read_text())["results"]) if options.against else None
    bars = judged(Figures(results), smaller)
    options.out.write_text(json.dumps({"scale": options.scale, "bars": bars, "results": results}, indent=1))
    print(table(bars))
    missed = sum(one["met"] is False for one in bars)
    print(f"{missed} of {sum(one['met'] is not None for one in bars)} bars missed. All figures: {options.out}")


def _machine(task: str) -> Result:
    return {"peer": "machine", "task": task, "ms": median(machine_speed() for _ in range(3))}


def _short(one: Result) -> str:
    figures = {key: value for key, value in one.items() if isinstance(value, int | float)}
    words = [f"{key} {value:.4g}" for key, value in {**figures, **one.get("facts", {})}.items()]
    return f"{one['peer']} {one['task']}: {', '.join(words) or one.get('skip') or one.get('error', '')}"


if __name__ == "__main__":
    main()
