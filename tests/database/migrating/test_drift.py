"""What is different from what the revision should have given, said so that a person understands it."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from lms_desktop.database.migrating import expected
from lms_desktop.database.migrating.catalogue import read
from lms_desktop.database.migrating.drift import Difference
from lms_desktop.database.migrating.source import Source
from lms_desktop.database.migrating.standing import look
from lms_desktop.paths import migrations_folder
from tests.database.migrating.acting import DOCUMENT, OWN, migrate, run, standing
from tests.document import REVISIONS


def after(engine: sa.Engine, change: str, source: Source = DOCUMENT) -> tuple[Difference, ...]:
    """The differences after a change, which is taken back."""
    with engine.connect() as connection:
        connection.exec_driver_sql(change)
        return look(connection, source).differences


@pytest.mark.parametrize("source", [DOCUMENT, OWN], ids=["document", "desktop"])
def test_what_each_revision_should_give_is_recorded_as_it_is(
    each_engine: sa.Engine, source: Source, tmp_path: Path
) -> None:
    """Where this fails after a new revision, `record` writes the file anew: see `make schemas`."""
    if source is OWN:
        migrate(each_engine)
    for file in expected.record(source, each_engine, tmp_path):
        assert file.read_text() == (migrations_folder() / "expected" / file.name).read_text(), file.name


def test_no_file_is_left_over() -> None:
    known = {revision.id for source in (DOCUMENT, OWN) for revision in source.revisions}
    assert {file.stem for file in (migrations_folder() / "expected").iterdir()} == known


def test_a_schema_comes_back_from_its_file_as_it_was(school: sa.Engine) -> None:
    for source in (DOCUMENT, OWN):
        with school.connect() as connection:
            schema = read(connection, source.lineage)
        assert type(schema).from_json(json.loads(expected.as_text(schema))) == schema


def test_every_revision_is_compared_with_itself(each_engine: sa.Engine) -> None:
    for revision in REVISIONS:
        migrate(each_engine, revision)
        found = standing(each_engine)
        assert (found.compared_with, found.differences) == (revision, ())


DOCUMENT_CHANGES: list[tuple[str, str, bool, str]] = [
    ("DROP TABLE certificates", "missing table", True, "Table certificates is missing."),
    ("CREATE TABLE notes (id int)", "extra table", False, "Table notes is more than the revision makes."),
    ("ALTER TABLE users DROP last_login_at", "missing column", True, "Column users.last_login_at is missing."),
    ("ALTER TABLE users ADD x text", "extra column", False, "Column users.x is more than the revision makes."),
    (
        "ALTER TABLE users ADD x text NOT NULL",
        "extra column",
        True,
        "Column users.x is more than the revision makes.",
    ),
    (
        "ALTER TABLE users ALTER full_name TYPE varchar(50)",
        "type",
        True,
        "Column users.full_name is character varying(50) here and should be character varying(255).",
    ),
    (
        "ALTER TABLE users ALTER role DROP NOT NULL",
        "null",
        True,
        "Column users.role may be empty here, and should not.",
    ),
    (
        "ALTER TABLE courses ALTER category SET NOT NULL",
        "null",
        True,
        "Column courses.category may not be empty here, and should.",
    ),
    (
        "ALTER TABLE users ALTER created_at DROP DEFAULT",
        "default",
        True,
        "The default of users.created_at is – here and should be now().",
    ),
    (
        "ALTER TABLE courses DROP CONSTRAINT ck_courses_difficulty_level",
        "missing constraint",
        True,
        "Constraint ck_courses_difficulty_level of courses is missing",
    ),
    (
        "ALTER TABLE enrollments DROP CONSTRAINT uq_enrollments_student_id_course_id",
        "missing constraint",
        True,
        "uq_enrollments_student_id_course_id of enrollments is missing: UNIQUE (student_id, course_id).",
    ),
    (
        "ALTER TABLE lessons DROP CONSTRAINT fk_lessons_course_id_courses, ADD CONSTRAINT"
        " fk_lessons_course_id_courses FOREIGN KEY (course_id) REFERENCES courses ON DELETE RESTRICT",
        "changed constraint",
        True,
        "ON DELETE RESTRICT here and should be FOREIGN KEY (course_id) REFERENCES courses(id) ON DELETE CASCADE.",
    ),
    (
        "ALTER TABLE courses DROP CONSTRAINT ck_courses_difficulty_level, ADD CONSTRAINT"
        " ck_courses_difficulty_level CHECK (difficulty_level <> 'easy')",
        "changed constraint",
        True,
        "Constraint ck_courses_difficulty_level of courses is CHECK",
    ),
    (
        "ALTER TABLE lessons DROP CONSTRAINT fk_lessons_course_id_courses, ADD CONSTRAINT"
        " fk_lessons_course_id_courses FOREIGN KEY (course_id) REFERENCES courses ON DELETE CASCADE NOT VALID",
        "not validated",
        True,
        "fk_lessons_course_id_courses of lessons was never checked against the rows that are there.",
    ),
    (
        "ALTER TABLE users ADD CONSTRAINT no_x CHECK (role <> 'x')",
        "extra constraint",
        False,
        "Constraint no_x of users is more than the revision makes: CHECK",
    ),
    ("DROP INDEX ix_courses_category", "missing index", True, "of courses is missing: btree (category)."),
    (
        "DROP INDEX ix_users_email; CREATE INDEX ix_users_email ON users (email)",
        "changed index",
        True,
        "Index ix_users_email of users is btree (email) here and should be UNIQUE btree (email).",
    ),
    ("CREATE INDEX ix_x ON users (full_name)", "extra index", False, "Index ix_x of users is more than"),
    (
        "ALTER INDEX ix_users_role RENAME TO users_role_idx",
        "name",
        False,
        "What should be called ix_users_role on users is called users_role_idx here.",
    ),
    (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_users_role'::regclass",
        "invalid index",
        True,
        "Index ix_users_role of users is invalid: building it failed, and it is of no use.",
    ),
    (
        "CREATE FUNCTION t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
        "CREATE TRIGGER theirs AFTER INSERT ON users EXECUTE FUNCTION t()",
        "extra trigger",
        False,
        "Trigger theirs of users is more than the revision makes.",
    ),
]


def test_each_difference_of_the_document_is_one_sentence(bare: sa.Engine) -> None:
    for change, kind, grave, sentence in DOCUMENT_CHANGES:
        (difference,) = after(bare, change)
        assert (difference.kind, difference.grave) == (kind, grave), change
        assert sentence in difference.sentence


OUR_CHANGES = [
    (
        "DROP TRIGGER lms_desktop_update ON courses",
        "missing trigger",
        "Trigger lms_desktop_update of courses is missing: changes there are not all logged.",
    ),
    (
        "ALTER TABLE courses DISABLE TRIGGER lms_desktop_update",
        "disabled trigger",
        "Trigger lms_desktop_update of courses is switched off: changes there are not all logged.",
    ),
    (
        "DROP TRIGGER lms_desktop_insert ON users; CREATE TRIGGER lms_desktop_insert AFTER INSERT ON users"
        " REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION lms_desktop.log_changes()",
        "stale trigger",
        "Trigger lms_desktop_insert of users is not the one that the revision makes.",
    ),
    (
        "CREATE OR REPLACE FUNCTION lms_desktop.attach() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "stale function",
        "Function lms_desktop.attach() is not the one that the revision makes.",
    ),
    (
        "DROP FUNCTION lms_desktop.note_sign_in",
        "missing function",
        "Function lms_desktop.note_sign_in(uuid,text,text,text) is missing.",
    ),
    ("DROP TABLE lms_desktop.sign_ins", "missing table", "Table sign_ins is missing."),
    ("DROP INDEX lms_desktop.changes_row_id", "missing index", "Index changes_row_id of changes is missing"),
]


def test_what_is_ours_is_compared_too(bare: sa.Engine) -> None:
    for change, kind, sentence in OUR_CHANGES:
        assert after(bare, change) == (), change
        (difference,) = after(bare, change, OWN)
        assert (difference.kind, difference.grave) == (kind, True), change
        assert sentence in difference.sentence


def test_triggers_are_wanted_only_where_there_are_tables(engine: sa.Engine) -> None:
    migrate(engine, REVISIONS[1])
    migrate(engine, "head", OWN)
    assert standing(engine, OWN).differences == ()


def test_a_behind_database_is_compared_with_its_own_revision(engine: sa.Engine) -> None:
    migrate(engine, REVISIONS[2])
    run(engine, "DROP INDEX ix_lessons_course_id")
    assert [d.name for d in standing(engine).differences] == ["ix_lessons_course_id"]


def test_a_sentence_can_be_said_in_another_language(engine: sa.Engine) -> None:
    migrate(engine)
    run(engine, "DROP TABLE certificates")
    (difference,) = standing(engine).differences
    assert (
        difference.sentence.translated(lambda text: text.replace("is missing", "fehlt")) == "Table certificates fehlt."
    )
