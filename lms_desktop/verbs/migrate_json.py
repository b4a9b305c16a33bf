"""What `lms-desktop migrate … --json` prints, as `migrate_options.SHAPES` describes it.

New keys may come; none changes its meaning or goes.
"""

from typing import Any

from lms_desktop.database.migrating.drift import Difference
from lms_desktop.database.migrating.events import Lock, Measure
from lms_desktop.database.migrating.failures import GaveUp, Told
from lms_desktop.database.migrating.fingerprint import Fingerprint
from lms_desktop.database.migrating.plan import PlanStep
from lms_desktop.database.migrating.rehearsal import Rehearsal
from lms_desktop.database.migrating.running import Report
from lms_desktop.database.migrating.sessions import Session
from lms_desktop.database.migrating.standing import RevisionState, Standing
from lms_desktop.database.migrating.verifying import Verification
from lms_desktop.errors import ExplainedError
from lms_desktop.services.migrating import Prepared

Json = dict[str, Any]


def standing(found: Standing) -> Json:
    """A `standing`."""
    return {
        "lineage": found.lineage.word,
        "kind": found.kind,
        "current": list(found.current),
        "heads": list(found.heads),
        "sentence": str(found.sentence),
        "way_out": _text(found.way_out),
        "revisions": [_revision(each) for each in found.revisions],
        "compared_with": found.compared_with,
        "differences": [_difference(each) for each in found.differences],
        "may_stamp": found.may_stamp,
        "offers": sorted(found.offers),
    }


def plan(prepared: Prepared) -> Json:
    """A `plan`."""
    made = prepared.plan
    return {
        "lineage": made.standing.lineage.word,
        "direction": made.direction,
        "from": made.standing.revision,
        "target": made.target,
        "one_transaction": made.one_transaction,
        "demands_name": made.demands_name,
        "steps": [_step(step) for step in made.steps],
        "findings": [
            {
                "kind": finding.kind,
                "level": finding.level,
                "sentence": str(finding.sentence),
                "way_out": _text(finding.way_out),
                "sessions": [session(each) for each in finding.sessions],
            }
            for finding in prepared.findings
        ],
        "copy": {
            "way": prepared.copy.way,
            "size": prepared.copy.size,
            "seconds": round(prepared.copy.seconds, 1),
            "sentence": str(prepared.copy.sentence),
        },
        "dump": {"program": _text(prepared.dump.program), "size": prepared.dump.whole},
    }


def rehearsal(found: Rehearsal) -> Json:
    """A `rehearsal`."""
    return {
        "lineage": found.plan.standing.lineage.word,
        "sentence": str(found.sentence),
        "on_copy": found.on_copy,
        "seconds": found.seconds,
        "measures": [_measure(each) for each in found.measures],
        "rewritten": list(found.rewritten),
        "locks": _locks(found.locks),
        "unchanged": found.unchanged,
        "rolled_back": found.rolled_back,
        "written_by_others": list(found.written_by_others),
        "skipped": [revision.id for revision in found.skipped],
        "before": _fingerprint(found.before),
        "after": _fingerprint(found.after),
        "failure": None if found.failure is None else error(found.failure),
    }


def report(done: Report) -> Json:
    """A `report`."""
    return {
        "lineage": done.plan.standing.lineage.word,
        "sentence": str(done.sentence),
        "direction": done.plan.direction,
        "done": [step.revision.id for step in done.plan.steps],
        "revision": done.verified.standing.revision,
        "seconds": done.seconds,
        "tries": done.tries,
        "dump": _text(done.dump),
        "rows": {table: {"before": before, "after": after} for table, (before, after) in done.rows.items()},
        "measures": [_measure(each) for each in done.measures],
        "verified": verification(done.verified),
    }


def verification(found: Verification) -> Json:
    """A `verification`."""
    return {
        "lineage": found.standing.lineage.word,
        "good": found.good,
        "revision": found.standing.revision,
        "sentence": str(found.sentence),
        "differences": [_difference(each) for each in found.differences],
        "invalid_indexes": [{"table": table, "name": name} for table, name in found.invalid],
    }


def error(what: ExplainedError) -> Json:
    """An `error`."""
    told = what if isinstance(what, Told) else None
    last = what.blocked if isinstance(what, GaveUp) else None
    return {
        "text": what.text,
        "way_out": what.way_out,
        "state": _text(getattr(told, "state", None)),
        "todo": _text(getattr(told, "todo", None)),
        "revision": told.revision if told else "",
        "statement": told.statement if told else "",
        "server_says": told.server_says if told else "",
        "blockers": [session(each) for each in last.blockers] if last else [],
    }


def session(each: Session) -> Json:
    """A `session`."""
    return {
        "pid": each.pid,
        "user": each.user,
        "host": each.host,
        "application": each.application,
        "state": each.state,
        "since": None if each.since is None else each.since.isoformat(),
        "seconds": each.seconds,
        "tables": list(each.tables),
        "modes": list(each.modes),
    }


def _revision(each: RevisionState) -> Json:
    applied = each.applied
    return {
        "id": each.revision.id,
        "description": each.revision.description,
        "down": list(each.revision.down),
        "state": each.state,
        "applied_at": None if applied is None else applied.at.isoformat(),
        "applied_by": None if applied is None else applied.actor,
        "applied_as": None if applied is None else applied.db_role,
        "stamped": None if applied is None else applied.stamped,
    }


def _step(step: PlanStep) -> Json:
    return {
        "revision": step.revision.id,
        "description": step.revision.description,
        "words": step.revision.words,
        "sql": step.sql,
        "complete": step.written.complete,
        "in_transaction": step.written.in_transaction,
        "tables": list(step.tables),
        "rewrites": dict(step.rewrites),
        "losses": [
            {
                "table": loss.table,
                "column": loss.column,
                "count": loss.count,
                "exact": loss.exact,
                "sentence": str(loss.sentence),
            }
            for loss in step.losses
        ],
    }


def _difference(each: Difference) -> Json:
    return {
        "kind": each.kind,
        "table": each.table,
        "name": each.name,
        "grave": each.grave,
        "sentence": str(each.sentence),
    }


def _measure(each: Measure) -> Json:
    return {
        "revision": each.revision,
        "number": each.number,
        "sql": each.sql,
        "seconds": each.seconds,
        "locks": _locks(each.locks),
        "rewritten": list(each.rewritten),
        "failed": each.failed,
    }


def _locks(locks: tuple[Lock, ...]) -> list[Json]:
    return [{"table": lock.table, "mode": lock.mode} for lock in locks]


def _fingerprint(taken: Fingerprint) -> Json:
    return {
        "schema": taken.schema,
        "tables": {name: {"rows": mark.rows, "versions": mark.versions} for name, mark in taken.tables.items()},
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
