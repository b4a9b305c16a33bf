"""Two people at one row, and what becomes of it: two writers × what the other did × each entity, on a real server.

The other writer is once this application, whose log tells who it was, and once another program with SQL of its own.
What stands there in the end is read by a connection that knows nothing of the application.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import URL, bindparam, text
from sqlalchemy.dialects.postgresql import dialect

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import (
    ENTITIES,
    Certificate,
    Course,
    Enrollment,
    Lesson,
    LessonProgress,
    Quiz,
    QuizAttempt,
    QuizQuestion,
    RefreshToken,
    User,
)
from lms_desktop.errors import Conflict, Denied
from lms_desktop.services import gate, people
from lms_desktop.services.edits import Clash, Clashes, Edit, Sides, State
from lms_desktop.services.json_merge import MINE, THEIRS
from lms_desktop.services.merging import column_of, settled
from tests.postgres import plain_connection
from tests.services.test_records import edit, load, records, save
from tests.small_school import actor, opened, row_id

OTHER = "Second Admin"
"""What the log calls the other writer, where that is this application."""
UNSEEN = {"password_hash", "token", "xmin", "updated_at"}
"""Columns that are not compared: secrets, the version, the moment of the last change."""
STAMP = "updated_at"


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school."""
    with opened(database_url) as database:
        yield database


@dataclass(frozen=True)
class Case:
    """A row of an entity and what two people want of it, as column → text. `mine` is mine; the others' are those of the
    other writer: of another field, of the same, of where it belongs."""

    entity: Any
    name: str
    mine: dict[str, str]
    disjoint: dict[str, str]
    overlapping: dict[str, str]
    moved: dict[str, str]
    label: str
    moved_label: str
    with_it: dict[str, int] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return row_id(self.entity, self.name)

    @property
    def table(self) -> str:
        return str(self.entity.__tablename__)


JUNE, JULY = "2026-06-01 10:00:00+00", "2026-07-01 10:00:00+00"
CASES = (
    Case(
        Course,
        "algebra",
        {"title": "Algebra I"},
        {"category": "Mathematics"},
        {"title": "Higher Algebra"},
        {"instructor_id": row_id(User, "ivan")},
        "Category",
        "Instructor",
        {"lessons": 3, "enrollments": 1},
    ),
    Case(
        Lesson,
        "sums",
        {"title": "Sums and more"},
        {"duration_minutes": "45"},
        {"title": "Adding up"},
        {"course_id": row_id(Course, "botany")},
        "Duration",
        "Course",
        {"lesson_progress": 1},
    ),
    Case(
        Enrollment,
        "idle in empty",
        {"completed_at": JUNE},
        {"enrolled_at": JULY},
        {"completed_at": JULY},
        {"course_id": row_id(Course, "botany")},
        "Enrolled",
        "Course",
    ),
    Case(
        LessonProgress,
        "ana at powers",
        {"completed_at": JUNE},
        {"completed": "true"},
        {"completed_at": JULY},
        {"lesson_id": row_id(Lesson, "leaves")},
        "State",
        "Lesson",
    ),
    Case(
        Quiz,
        "of algebra",
        {"title": "Quiz I"},
        {"time_limit_minutes": "20"},
        {"title": "The quiz"},
        {"course_id": row_id(Course, "botany")},
        "Time limit",
        "Course",
        {"quiz_questions": 1, "quiz_attempts": 1},
    ),
    Case(
        QuizQuestion,
        "of algebra",
        {"question_text": "Why not?"},
        {"points": "3"},
        {"question_text": "How?"},
        {"quiz_id": row_id(Quiz, "of botany")},
        "Points",
        "Quiz",
    ),
    Case(
        User,
        "idle",
        {"full_name": "Ida Idle"},
        {"mfa_enabled": "true"},
        {"full_name": "Idle II"},
        {"role": "instructor"},
        "Two-step sign-in",
        "Role",
        {"enrollments": 1},
    ),
)
"""The entities that can be edited. A person belongs nowhere; what moves them is another role."""

NEVER_EDITED = (Certificate, QuizAttempt, RefreshToken)
"""Those that the table of roles lets nobody edit: one is deleted, one is revoked."""

assert {case.entity for case in CASES} | set(NEVER_EDITED) == set(ENTITIES)

each = pytest.mark.parametrize("case", CASES, ids=lambda case: case.table)


class Writer:
    """Somebody else, by way of this application (`logged`) or of another program."""

    def __init__(self, school: Database, url: URL, *, logged: bool) -> None:
        self._school, self._url, self.logged = school, url, logged

    def change(self, entity: Any, identity: str, values: dict[str, str]) -> None:
        """Write columns of a row."""
        columns = ", ".join(f'"{name}" = CAST(:{name} AS {_type(entity, name)})' for name in values)
        stamp = f", {STAMP} = now()" if STAMP in entity.__table__.c else ""
        self._do(f"UPDATE {entity.__tablename__} SET {columns}{stamp} WHERE id = :row_id", row_id=identity, **values)

    def delete(self, entity: Any, identity: str) -> None:
        """Delete a row, and what hangs on it."""
        self._do(f"DELETE FROM {entity.__tablename__} WHERE id = :row_id", row_id=identity)

    def _do(self, statement: str, **values: str) -> None:
        sql = text(statement)
        if self.logged:
            with gate.transaction(self._school, actor("second admin")) as uow:
                uow.execute(sql, values)
                uow.outcome("Did something.")
        else:
            plain = sql.bindparams(*(bindparam(name, value) for name, value in values.items())).compile(
                self._school.engine, compile_kwargs={"literal_binds": True}
            )
            with plain_connection(self._url) as connection:
                with connection.cursor() as cursor:
                    cursor.execute(str(plain))
                connection.commit()

    @property
    def name(self) -> str:
        """What is known of who it was."""
        return OTHER if self.logged else ""

    @property
    def possessive(self) -> str:
        """How an outcome names them."""
        return f"{OTHER}'s" if self.logged else "Another program's"


@pytest.fixture(params=["the application", "plain SQL"])
def writer(school: Database, database_url: URL, request: pytest.FixtureRequest) -> Writer:
    """The second writer."""
    return Writer(school, database_url, logged=request.param == "the application")


def _type(entity: Any, name: str) -> str:
    return str(entity.__table__.c[name].type.compile(dialect=_DIALECT))


_DIALECT = dialect()  # type: ignore[no-untyped-call]

Row = dict[str, str | None]


def row(url: URL, entity: Any, identity: str) -> Row | None:
    """The whole row as PostgreSQL prints it, but for secrets and the moment of the last change."""
    names = [c.name for c in entity.__table__.c if c.name not in UNSEEN]
    columns = ", ".join(f'"{name}"::text' for name in names)
    with plain_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute("SET timezone = 'UTC'")
        cursor.execute(f"SELECT {columns} FROM {entity.__tablename__} WHERE id = %s", (identity,))
        found = cursor.fetchone()
        return None if found is None else dict(zip(names, found, strict=True))


def there(url: URL, case: Case) -> Row:
    """The row of a case, which is there."""
    found = row(url, case.entity, case.id)
    assert found is not None
    return found


def hanging(url: URL, table: str, case: Case) -> int:
    """How many rows of a table hang on the row of a case."""
    column = {"users": "student_id", "lessons": "lesson_id", "courses": "course_id", "quizzes": "quiz_id"}[case.table]
    with plain_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} = %s", (case.id,))
        ((count,),) = cursor.fetchall()
        return int(count)


def begun(school: Database, case: Case, who: str = "admin") -> Edit:
    """My edit, begun before anything else happens."""
    record = load(school, who, case.entity, case.id)
    keys = {column_of(f): f.key for f in CATALOG[case.entity].own_fields}
    return edit(record, **{keys[name]: value for name, value in case.mine.items()})


def refused(school: Database, who: str, mine: Edit) -> Clash:
    """The one clash for which a save is refused."""
    with pytest.raises(Clashes) as refusal:
        save(school, who, mine)
    assert "Traceback" not in str(refusal.value)
    (clash,) = refusal.value.clashes
    assert clash.edit == mine, "the edits are still there"
    return clash


def again(clash: Clash, choice: str) -> Edit | None:
    """The edit that is made of a choice, as the draft would be; None where nothing is left of it."""
    assert clash.theirs is not None
    choices = {point.place: choice for point in clash.points}
    values = settled(CATALOG[clash.edit.entity], clash, choices)
    base = {key: clash.theirs.values.get(key) for key in values}
    return replace(clash.edit, version=clash.theirs.version, values=values, base=base) if values else None


@each
def test_changes_of_other_fields_both_stand_after_one_save(
    school: Database, database_url: URL, writer: Writer, case: Case
) -> None:
    mine = begun(school, case)
    before = there(database_url, case)
    writer.change(case.entity, case.id, case.disjoint)
    outcome = save(school, "admin", mine)
    assert there(database_url, case) == {**before, **case.disjoint, **case.mine}
    assert outcome.sentence.endswith(f" {writer.possessive} change of {case.label} was kept.")
    assert outcome.sentence.startswith("Saved ")


@each
def test_changes_of_the_same_field_are_chosen(school: Database, database_url: URL, writer: Writer, case: Case) -> None:
    mine = begun(school, case)
    before = there(database_url, case)
    writer.change(case.entity, case.id, {**case.overlapping, **case.disjoint})
    theirs = {**before, **case.overlapping, **case.disjoint}
    clash = refused(school, "admin", mine)
    assert there(database_url, case) == theirs, "nothing is overwritten unasked"
    assert clash.state is State.CHOOSE
    assert clash.who == (writer.name,)
    assert (clash.when is not None) == (writer.logged or STAMP in case.entity.__table__.c)
    both, other = clash.points
    assert (both.sides, both.base, both.theirs) == (
        Sides.BOTH,
        *(side[name] for name in case.mine for side in (before, theirs)),
    )
    assert other.sides is Sides.THEIRS
    assert again(clash, THEIRS) is None
    assert there(database_url, case) == theirs
    insisted = again(clash, MINE)
    assert insisted is not None
    save(school, "admin", insisted)
    assert there(database_url, case) == {**theirs, **case.mine}


@each
def test_the_same_change_by_both_is_no_conflict(
    school: Database, database_url: URL, writer: Writer, case: Case
) -> None:
    mine = begun(school, case)
    before = there(database_url, case)
    writer.change(case.entity, case.id, case.mine)
    outcome = save(school, "admin", mine)
    assert there(database_url, case) == {**before, **case.mine}
    assert "kept" not in outcome.sentence


@each
def test_a_deleted_row_is_restored_with_my_edits_or_given_up(
    school: Database, database_url: URL, writer: Writer, case: Case
) -> None:
    mine = begun(school, case)
    before = there(database_url, case)
    writer.delete(case.entity, case.id)
    clash = refused(school, "admin", mine)
    assert row(database_url, case.entity, case.id) is None
    assert (clash.state, clash.theirs, clash.who) == (State.DELETED, None, (writer.name,))
    assert (clash.when is not None) == writer.logged
    assert clash.with_it == (case.with_it if writer.logged else {})
    outcome = save(school, "admin", replace(mine, restore=True))
    assert there(database_url, case) == {**before, **case.mine}
    assert "it was restored" in outcome.sentence
    assert "but not" not in outcome.sentence, "what went with it came back, as far as it is known"
    for table, count in clash.with_it.items():
        assert hanging(database_url, table, case) == count
    assert set(outcome.value) == {case.id}


@each
def test_a_row_that_was_moved_keeps_its_new_place_and_gets_my_edits(
    school: Database, database_url: URL, writer: Writer, case: Case
) -> None:
    mine = begun(school, case)
    writer.change(case.entity, case.id, case.moved)
    moved = there(database_url, case)
    outcome = save(school, "admin", mine)
    assert there(database_url, case) == {**moved, **case.mine}
    assert outcome.sentence.endswith(f" {writer.possessive} change of {case.moved_label} was kept.")


# Those that nobody edits


@pytest.mark.parametrize("entity", NEVER_EDITED)
def test_what_nobody_may_edit_is_not_edited_by_way_of_a_merge(school: Database, entity: Any) -> None:
    name = {Certificate: "of ana", QuizAttempt: "of algebra", RefreshToken: "live"}[entity]
    record = load(school, "admin", entity, row_id(entity, name))
    with pytest.raises(Denied):
        save(school, "admin", Edit(entity, record.id, "1", {"created_at": JUNE}, {}, restore=True))


CERTIFICATE, ATTEMPT = row_id(Certificate, "of ana"), row_id(QuizAttempt, "of algebra")


@pytest.mark.parametrize(
    ("entity", "identity", "values"),
    [
        (Certificate, CERTIFICATE, {"pdf_path": "/c.pdf"}),
        (Certificate, CERTIFICATE, {"certificate_number": "1"}),
        (Certificate, CERTIFICATE, {"enrollment_id": row_id(Enrollment, "idle in empty")}),
        (Certificate, CERTIFICATE, None),
        (QuizAttempt, ATTEMPT, {"ended_at": JUNE}),
        (QuizAttempt, ATTEMPT, {"score": "50"}),
        (QuizAttempt, ATTEMPT, {"quiz_id": row_id(Quiz, "of botany")}),
        (QuizAttempt, ATTEMPT, None),
    ],
)
def test_what_can_only_be_deleted_is_not_deleted_where_somebody_changed_it(
    school: Database, database_url: URL, writer: Writer, entity: Any, identity: str, values: dict[str, str] | None
) -> None:
    version = load(school, "admin", entity, identity).version
    if values is None:
        writer.delete(entity, identity)
    else:
        writer.change(entity, identity, values)
    theirs = row(database_url, entity, identity)
    with pytest.raises((Conflict, Denied)), gate.transaction(school, actor("admin")) as uow:
        records.delete(uow, entity, {identity: version}, {})
    assert row(database_url, entity, identity) == theirs


@pytest.mark.parametrize(
    "values",
    [{"expires_at": JUNE}, {"revoked": "true", "revoked_at": JUNE}, {"user_id": row_id(User, "bo")}],
    ids=["disjoint", "overlapping", "moved"],
)
def test_a_session_is_revoked_whatever_else_was_changed(
    school: Database, database_url: URL, writer: Writer, values: dict[str, str]
) -> None:
    live = row_id(RefreshToken, "live")
    before = row(database_url, RefreshToken, live)
    assert before is not None
    writer.change(RefreshToken, live, values)
    with gate.transaction(school, actor("admin")) as uow:
        people.revoke(uow, (live,))
    after = row(database_url, RefreshToken, live)
    assert after is not None
    expected = {**before, **values, "revoked": "true"}
    if "revoked_at" not in values:
        assert after["revoked_at"] is not None
        expected["revoked_at"] = after["revoked_at"]
    assert after == expected


def test_a_session_that_is_gone_cannot_be_revoked(school: Database, database_url: URL, writer: Writer) -> None:
    live = row_id(RefreshToken, "live")
    writer.delete(RefreshToken, live)
    with pytest.raises(Denied), gate.transaction(school, actor("admin")) as uow:
        people.revoke(uow, (live,))
    assert row(database_url, RefreshToken, live) is None
