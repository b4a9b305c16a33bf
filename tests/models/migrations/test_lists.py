"""The lists of the page of migrations."""

from datetime import UTC, datetime

from pytestqt.modeltest import ModelTester

from PySide6.QtCore import Qt

from lms_desktop.database.migrating.events import Lock, Measure
from lms_desktop.database.migrating.lineages import Lineage
from lms_desktop.database.migrating.record import Applied
from lms_desktop.database.migrating.sessions import Session
from lms_desktop.database.migrating.source import Revision
from lms_desktop.database.migrating.standing import RevisionState, Standing, StandingKind
from lms_desktop.errors.sentences import Sentence
from lms_desktop.models.migrations.measures import LOCK, REWRITES, SECONDS, STATEMENT, TABLES, MeasuresModel
from lms_desktop.models.migrations.revisions import RevisionsModel, short
from lms_desktop.models.migrations.sessions import SessionsModel, clock
from lms_desktop.services.migrating import Overview

_ACCESSIBLE = Qt.ItemDataRole.AccessibleTextRole


def standing(lineage: Lineage, kind: StandingKind, *states: RevisionState, current: tuple[str, ...] = ()) -> Standing:
    return Standing(lineage, kind, states, current, ("head",), Sentence("So it stands."))


def state(revision: str, word: str, applied: Applied | None = None) -> RevisionState:
    return RevisionState(Revision(revision, "What it is."), word, applied)  # type: ignore[arg-type]


def overview(own_word: str = "pending") -> Overview:
    when = Applied(datetime(2026, 11, 26, tzinfo=UTC), "ada@lms.com", "lms_owner")
    document = standing(
        Lineage.DOCUMENT, "behind", state("0001_a", "applied", when), state("0002_b", "pending"), current=("0001_a",)
    )
    return Overview(document, standing(Lineage.OWN, "empty", state("d001_log", own_word)), may=True)


def test_revisions_stand_newest_first_ours_on_top(qtmodeltester: ModelTester) -> None:
    model = RevisionsModel()
    qtmodeltester.check(model)
    model.show(overview())
    qtmodeltester.check(model)
    assert [entry.id for entry in model.entries] == ["d001_log", "0002_b", "0001_a"]
    assert [entry.newest for entry in model.entries] == [False, False, True]
    assert model.index(0).data(_ACCESSIBLE) == "d001_log, What it is., pending"
    assert model.find(Lineage.DOCUMENT, "0001_a") == 2
    assert model.find(Lineage.OWN, "0001_a") is None


def test_a_new_state_of_the_same_revisions_moves_nobody() -> None:
    model, resets, changes = RevisionsModel(), [], []
    model.show(overview())
    model.modelReset.connect(lambda: resets.append(1))
    model.dataChanged.connect(lambda *_: changes.append(1))
    model.show(overview("applied"))
    assert (resets, changes) == ([], [1])
    assert model.index(0).data(_ACCESSIBLE).endswith("applied")


def measure(number: int, *locks: Lock, rewritten: tuple[str, ...] = (), revision: str = "0002") -> Measure:
    return Measure(revision, number, f"ALTER TABLE\n  t{number}", 0.25, locks, rewritten)


def test_a_statement_shows_its_strongest_lock(qtmodeltester: ModelTester) -> None:
    model = MeasuresModel()
    read, write = Lock("users", "AccessShareLock"), Lock("courses", "AccessExclusiveLock")
    model.show([measure(1, read, write, rewritten=("courses",)), measure(2)], measured=True)
    qtmodeltester.check(model)
    texts = [model.index(0, column).data() for column in (STATEMENT, TABLES, LOCK, REWRITES, SECONDS)]
    assert texts == ["ALTER TABLE t1", "users, courses", "AccessExclusive", "courses", "0.250"]
    assert [model.index(1, column).data() for column in (TABLES, LOCK, REWRITES)] == ["–", "none on data", "no"]


def test_locks_on_what_the_run_makes_itself_keep_nobody_away() -> None:
    model = MeasuresModel()
    model.made = frozenset({"lms_desktop.operations"})
    model.show([measure(1, Lock("lms_desktop.operations", "AccessExclusiveLock"))], measured=True)
    assert model.index(0, LOCK).data() == "none on data"


def test_what_was_not_measured_is_not_said() -> None:
    model = MeasuresModel()
    model.show([measure(1)], measured=False)
    assert [model.index(0, column).data() for column in (TABLES, LOCK, REWRITES)] == ["–", "–", "–"]


def test_a_try_in_vain_leaves_no_rows_twice(qtmodeltester: ModelTester) -> None:
    model = MeasuresModel()
    for number in (1, 2, 3):
        model.add(measure(number))
    model.add(measure(1))
    qtmodeltester.check(model)
    assert [row.number for row in model.rows] == [1]
    model.add(measure(1, revision="0003"))
    assert [(row.revision, row.number) for row in model.rows] == [("0002", 1), ("0003", 1)]


def test_sessions_say_who_since_when_and_what_they_hold(qtmodeltester: ModelTester) -> None:
    model = SessionsModel()
    held = (("users",), ("AccessShareLock",))
    who = Session(48213, "lms_backend", "10.0.4.7", "", "idle in transaction", None, 131.4, *held)
    model.show((who, Session(7, "someone")))
    qtmodeltester.check(model)
    texts = [model.index(0, column).data() for column in range(5)]
    assert texts == ["48213", "lms_backend @ 10.0.4.7", "00:02:11 idle in transaction", "users", "AccessShare"]
    assert [model.index(1, column).data() for column in range(5)] == ["7", "someone @ localhost", "00:00:00", "", ""]


def test_times_and_ids_as_people_say_them() -> None:
    assert [clock(0), clock(59.9), clock(3600 * 30 + 61), clock(-1)] == ["00:00:00", "00:00:59", "30:01:01", "00:00:00"]
    assert [short("0007_add_users_mfa_enabled"), short("feedbeef"), short(None)] == ["0007", "feedbeef", ""]
