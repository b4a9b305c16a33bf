"""`lms-desktop migrate`: where a database stands, what would be done, a rehearsal, doing it, taking it back, checking.

Options are parsed by `cli`; here they are carried out. What is asked for goes to standard output, progress to standard
error where that is a terminal. Questions are asked only where there is one to answer them: the database's name before
data go, and whether to go on waiting for a table. Ctrl+C stops what runs, and says which state the database is in.
"""

import argparse
import json
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

import sqlalchemy as sa

from lms_desktop.database.migrating.drift import Difference
from lms_desktop.database.migrating.events import (
    Event,
    Limits,
    Said,
    Saving,
    StepBegan,
    StepDone,
    TriedInVain,
    Waiting,
)
from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.database.migrating.rehearsal import Rehearsal
from lms_desktop.database.migrating.running import Report
from lms_desktop.database.migrating.source import Source, own
from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.errors import ExplainedError, UserError, explain
from lms_desktop.errors.kinds import N_
from lms_desktop.services.migrating import Migrations, Overview, Prepared, Work, check_state
from lms_desktop.verbs import migrate_json

T = TypeVar("T")

BOTH = (Lineage.DOCUMENT, Lineage.OWN)


def run(options: argparse.Namespace, engine: sa.Engine, sources: Callable[[Lineage], Source] = own) -> int:
    """Carry a verb out and return the exit status. Raises ExplainedError for what `cli` is to say."""
    migrations = Migrations(Database(engine), Actor.command_line(), sources)
    lineages = [each for each in BOTH if options.lineage in (each.word, "both")]
    try:
        documents, status = _ACTIONS[options.action](_Session(options, engine, migrations), lineages)
    except (Exception, KeyboardInterrupt) as error:
        if options.json:
            told = error.__cause__ if isinstance(error, KeyboardInterrupt) and error.__cause__ else error
            say_error(told)
        raise
    if options.json:
        document = {"database": engine.url.database, **documents}
        print(json.dumps(document, indent=1, ensure_ascii=False))
    return status


def say_error(error: BaseException) -> None:
    """Print what went wrong as the JSON document."""
    print(json.dumps({"error": migrate_json.error(explain(error))}, indent=1, ensure_ascii=False), flush=True)


class _Session:
    """One run of the verb."""

    def __init__(self, options: argparse.Namespace, engine: sa.Engine, migrations: Migrations) -> None:
        self.options, self.engine, self.migrations = options, engine, migrations

    def say(self, *lines: str) -> None:
        if not self.options.json:
            print("\n".join(lines), flush=True)

    def limits(self) -> Limits:
        given = vars(self.options)
        return Limits(
            lock_timeout=given.get("lock_timeout", 3.0),
            tries=given.get("tries", 5),
            time_limit=given.get("time_limit"),
        )


_Outcome = tuple[migrate_json.Json, int]


def _status(session: _Session, lineages: list[Lineage]) -> _Outcome:
    overview = session.migrations.look()
    for lineage in lineages:
        session.say(*_standing_lines(overview, lineage), "")
    return {"lineages": [migrate_json.standing(overview.of(lineage)) for lineage in lineages]}, 0


def _standing_lines(overview: Overview, lineage: Lineage) -> Iterator[str]:
    found = overview.of(lineage)
    yield f"{lineage.word}: {found.sentence}" + (f" {found.way_out}" if found.way_out else "")
    for each in found.revisions:
        line = f"  {each.state:<8} {each.revision.id:<38} {each.revision.description}".rstrip()
        if each.applied is not None:
            line += f" ({each.applied.at:%Y-%m-%d %H:%M} UTC, {each.applied.actor})"
        yield line
    yield from _difference_lines(found.differences)


def _difference_lines(differences: tuple[Difference, ...]) -> Iterator[str]:
    for difference in differences:
        yield f"  {'differs' if difference.grave else 'note':<8} {difference.sentence}"


def _plan(session: _Session, lineages: list[Lineage]) -> _Outcome:
    prepared = [session.migrations.prepare(lineage, session.options.target) for lineage in lineages]
    for each in prepared:
        session.say(*_plan_lines(each), "")
    return {"lineages": [migrate_json.plan(each) for each in prepared]}, 0


def _plan_lines(prepared: Prepared) -> Iterator[str]:
    made = prepared.plan
    yield f"{made.standing.lineage.word}: from {made.standing.revision or 'base'} to {made.target or 'base'}"
    for step in made.steps:
        yield ""
        yield f"{'+' if step.direction == 'upgrade' else '-'} {step.revision.id}: {step.revision.description}"
        yield f"  tables: {', '.join(step.tables) or '–'}"
        for table, rewrite in step.rewrites:
            yield f"  {'writes' if rewrite == 'yes' else 'may write'} {table} anew, row by row"
        for loss in step.losses:
            yield f"  lost for good: {loss.sentence}"
        if not step.written.complete:
            yield "  its SQL depends on the database; a rehearsal shows it"
        for line in step.sql.splitlines():
            yield f"    {line}".rstrip()
    yield ""
    for finding in prepared.findings:
        yield f"  {finding.level:<6} {finding.sentence}" + (f" {finding.way_out}" if finding.way_out else "")


def _rehearse(session: _Session, lineages: list[Lineage]) -> _Outcome:
    done: list[Rehearsal] = []
    for lineage in lineages:
        prepared = session.migrations.prepare(lineage, session.options.target)
        _refuse_blocked(prepared)
        work = session.migrations.rehearsal(
            prepared.plan, tell=_tell, on_copy=session.options.on_copy, limits=session.limits()
        )
        found = _in_background(work)
        session.say(*_rehearsal_lines(found), "")
        done.append(found)
    failure = next((found.failure for found in done if found.failure is not None), None)
    if failure is not None and not session.options.json:
        raise failure
    return {"lineages": [migrate_json.rehearsal(found) for found in done]}, 0 if failure is None else _said(failure)


def _rehearsal_lines(found: Rehearsal) -> Iterator[str]:
    yield f"{found.plan.standing.lineage.word}: rehearsed in {found.seconds:.2f} s"
    for measure in found.measures:
        yield f"  {measure.seconds:8.3f} s  {' '.join(measure.sql.split())[:100]}"
        for lock in measure.locks:
            yield f"              {lock.mode} on {lock.table}"
        for table in measure.rewritten:
            yield f"              wrote {table} anew, row by row"
    for revision in found.skipped:
        yield f"  not rehearsed: {revision.id}"
    yield f"  {found.sentence}"


def _migrate(session: _Session, lineages: list[Lineage]) -> _Outcome:
    done: list[Report] = []
    dump = session.options.dump
    for prepared in [_ready(session, lineage) for lineage in lineages]:
        work = session.migrations.migration(
            prepared.plan,
            tell=_tell,
            decide=_go_on if _can_ask(session) else None,
            confirmed_name=session.options.confirm or _asked_name(session, prepared),
            dump_to=dump,
            limits=session.limits(),
        )
        report = _in_background(work)
        dump = None  # as it was before all of it
        word = prepared.plan.standing.lineage.word
        session.say(f"{word}: {report.sentence}", *_difference_lines(report.verified.differences))
        done.append(report)
    status = 0
    for report in done:
        if not report.verified.good:
            status = 1
            print(f"lms-desktop: {report.verified.sentence}", file=sys.stderr, flush=True)
    return {"lineages": [migrate_json.report(report) for report in done]}, status


def _ready(session: _Session, lineage: Lineage) -> Prepared:
    """What is to be done, where it can be; all lineages are looked at before one is touched."""
    prepared = session.migrations.prepare(lineage, session.options.target)
    direction = "upgrade" if session.options.action == "apply" else "downgrade"
    if prepared.plan.steps and prepared.plan.direction != direction:
        raise UserError(
            N_("The revision {target} lies the other way."),
            way_out=N_("Say apply to go up, rollback to go down."),
            values={"target": session.options.target},
        )
    _refuse_blocked(prepared)
    return prepared


def _verify(session: _Session, lineages: list[Lineage]) -> _Outcome:
    overview = session.migrations.look()
    found = []
    for lineage in lineages:
        if overview.of(lineage).kind == "empty":
            session.say(f"{lineage.word}: {overview.of(lineage).sentence}")
            continue
        check_state(overview.of(lineage))
        verification = session.migrations.verify(lineage)
        found.append(verification)
        session.say(f"{lineage.word}: {verification.sentence}", *_difference_lines(verification.differences))
    bad = next((each for each in found if not each.good), None)
    if bad is not None:
        print(f"lms-desktop: {bad.sentence}", file=sys.stderr, flush=True)
    good = bad is None
    return {"good": good, "lineages": [migrate_json.verification(each) for each in found]}, 0 if good else 1


def _stamp(session: _Session, lineages: list[Lineage]) -> _Outcome:
    found = [session.migrations.stamp(lineage) for lineage in lineages]
    for each in found:
        session.say(f"{each.lineage.word}: {each.revision} is on record now.")
    return {"lineages": [migrate_json.standing(each) for each in found]}, 0


_ACTIONS: dict[str, Callable[[_Session, list[Lineage]], _Outcome]] = {
    "status": _status,
    "plan": _plan,
    "rehearse": _rehearse,
    "apply": _migrate,
    "rollback": _migrate,
    "verify": _verify,
    "stamp": _stamp,
}


def _refuse_blocked(prepared: Prepared) -> None:
    finding = prepared.blocked
    if finding is not None and prepared.plan.steps:
        way_out = finding.way_out
        raise UserError(str(finding.sentence), way_out=None if way_out is None else str(way_out))


def _said(error: ExplainedError) -> int:
    print(f"lms-desktop: {' '.join(str(error).split())}", file=sys.stderr, flush=True)
    return 1


# -------------------------------------------------------------------------------------------- running and being stopped


def _in_background(work: Work[T]) -> T:
    """Run on a thread, so that Ctrl+C is heard while the server is at it."""
    done: list[T] = []
    failed: list[BaseException] = []
    over = threading.Event()

    def go() -> None:
        try:
            done.append(work.run())
        except BaseException as error:
            failed.append(error)
        finally:
            over.set()

    threading.Thread(target=go, name="migration").start()
    stopped = False
    while not over.is_set():  # join would take an interrupted wait for the thread's end
        try:
            over.wait(0.2)
        except KeyboardInterrupt:
            stopped = True
            work.cancel()
    if failed:
        if stopped:
            print(f"lms-desktop: {' '.join(str(explain(_of(failed[0]))).split())}", file=sys.stderr, flush=True)
            raise KeyboardInterrupt from failed[0]
        raise failed[0]
    return done[0]


def _of(error: BaseException) -> Exception:
    return error if isinstance(error, Exception) else RuntimeError(str(error))


def _tell(event: Event) -> None:
    """Progress, for whoever watches."""
    if not sys.stderr.isatty():
        return
    line = _line(event)
    if line:
        print(line, file=sys.stderr, flush=True)


def _line(event: Event) -> str:
    match event:
        case StepBegan(step, number, total):
            return f"{number}/{total} {step.revision.id} …"
        case StepDone(step, number, total, seconds):
            return f"{number}/{total} {step.revision.id} {seconds:.2f} s"
        case Waiting(blockers, _, seconds) if blockers and round(seconds * 10) % 10 == 0:
            return "waiting for " + "; ".join(str(session.sentence) for session in blockers)
        case TriedInVain(attempt, tries, _, pause):
            again = "" if pause is None else f", again in {pause:g} s"
            return f"try {attempt} of {tries} was in vain{again}"
        case Saving(written, whole):
            return f"saved {written / 1e6:.1f} MB (the database takes {whole / 1e6:.0f} MB on the server)"
        case Said(sentence):
            return str(sentence)
    return ""


def _can_ask(session: _Session) -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty() and not session.options.json


def _ask(question: str) -> str:
    print(question, end=" ", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def _asked_name(session: _Session, prepared: Prepared) -> str:
    if not prepared.plan.demands_name or not _can_ask(session):
        return ""
    for loss in prepared.plan.losses:
        print(f"lost for good: {loss.sentence}", file=sys.stderr)
    return _ask(f"Type the name of the database, {prepared.plan.database}, to go on:")


def _go_on(last: TriedInVain) -> bool:
    for session in last.blockers:
        print(f"still there: {session.sentence}", file=sys.stderr)
    return _ask("Go on waiting? [y/N]").lower() in ("y", "yes")
