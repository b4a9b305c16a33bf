"""The change log: every change made here, with before and after, so that it can be looked up and taken back.

PostgreSQL itself writes it, in the same transaction: statement-level triggers put the rows that a statement changed,
and those that its cascades changed, into lms_desktop.changes. Only transactions that have named themselves
(`lms.operation`) are logged, so that other programs pay nothing. An image of a row holds each column as PostgreSQL
prints it in UTC, exact for far dates and for json alike; a column that holds a password, a token or another secret is
left out, and only that it changed is noted. Columns are looked up when a change is logged: a revision that adds one
needs no new trigger.
"""

from alembic import op

revision = "d001_change_log"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (  # as they were named when this revision was written
    "users",
    "refresh_tokens",
    "courses",
    "lessons",
    "enrollments",
    "lesson_progress",
    "certificates",
    "quizzes",
    "quiz_questions",
    "quiz_attempts",
)

OPERATIONS = """
CREATE TABLE lms_desktop.operations (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    actor_id uuid,
    actor_name text NOT NULL DEFAULT '',
    actor_email text NOT NULL DEFAULT '',
    actor_role text NOT NULL DEFAULT '',
    db_role text NOT NULL DEFAULT session_user,
    machine text NOT NULL DEFAULT '',
    sentence text NOT NULL DEFAULT '',
    parts json,
    reverts uuid
)
"""

CHANGES = """
CREATE TABLE lms_desktop.changes (
    operation bigint NOT NULL,
    n bigint GENERATED ALWAYS AS IDENTITY,
    entity text NOT NULL,
    row_id uuid NOT NULL,
    action "char" NOT NULL CHECK (action IN ('I', 'U', 'D')),
    before json,
    after json,
    hidden text[],
    PRIMARY KEY (operation, n)
)
"""

SIGN_INS = """
CREATE TABLE lms_desktop.sign_ins (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    user_id uuid,
    email text,
    outcome text NOT NULL,
    db_role text NOT NULL DEFAULT session_user,
    machine text NOT NULL DEFAULT ''
)
"""

INDEXES = (
    "CREATE INDEX changes_row_id ON lms_desktop.changes (row_id)",
    "CREATE INDEX operations_actor_id ON lms_desktop.operations (actor_id, seq)",
    "CREATE INDEX operations_at ON lms_desktop.operations (at)",
    "CREATE INDEX operations_reverts ON lms_desktop.operations (reverts) WHERE reverts IS NOT NULL",
    "CREATE INDEX sign_ins_at ON lms_desktop.sign_ins (at)",
)

# The operation's row, made with its first change. An operation that was committed before cannot be committed again.
OPERATION_NUMBER = """
CREATE FUNCTION lms_desktop.operation_number() RETURNS bigint LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wanted uuid = current_setting('lms.operation');
    actor json = coalesce(nullif(current_setting('lms.actor', true), ''), '{}');
    known lms_desktop.operations;
BEGIN
    SELECT * INTO known FROM lms_desktop.operations WHERE id = wanted;
    IF known.seq IS NULL THEN
        INSERT INTO lms_desktop.operations (id, actor_id, actor_name, actor_email, actor_role, machine)
        VALUES (wanted, nullif(actor->>'id', '')::uuid, coalesce(actor->>'name', ''), coalesce(actor->>'email', ''),
                coalesce(actor->>'role', ''), coalesce(actor->>'machine', ''))
        RETURNING * INTO known;
    ELSIF known.xid <> pg_current_xact_id() THEN
        RAISE EXCEPTION 'operation % was committed before', wanted USING ERRCODE = 'unique_violation';
    END IF;
    RETURN known.seq;
END $$
"""

# Old and new rows of an UPDATE stand in two tables in one order. A row that one cascade changes twice (a quiz loses its
# course and its lesson together) stands there twice: its place tells which belongs to which, its id would not.
# Many rows are written in the order of their ids: the index on these would otherwise cost as much as all the rest.
LOG_CHANGES = """
CREATE FUNCTION lms_desktop.log_changes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO' SET intervalstyle = 'postgres'
SET extra_float_digits = 1 SET bytea_output = 'hex' AS $$
DECLARE
    names text[];
    secrets text[];
    image text;
    hidden text;
    target text = 'INSERT INTO lms_desktop.changes (operation, entity, row_id, action, before, after, hidden) ';
    source text = CASE TG_OP WHEN 'DELETE' THEN 'old_rows' ELSE 'new_rows' END;
    ids uuid[];
    rows bigint;
BEGIN
    EXECUTE format('SELECT array_agg(DISTINCT id) FROM (SELECT id FROM %I LIMIT 101) r', source) INTO ids;
    IF ids IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT array_agg(attname::text ORDER BY attnum) FILTER (WHERE NOT secret),
           coalesce(array_agg(attname::text ORDER BY attnum) FILTER (WHERE secret), '{}'),
           string_agg(format('r.%I::text', attname), ', ' ORDER BY attnum) FILTER (WHERE NOT secret)
      INTO names, secrets, image
      FROM (SELECT attname, attnum, attname ~* '(password|passwd|secret|token|otp)' AS secret FROM pg_attribute
             WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped) c;
    IF TG_OP = 'INSERT' THEN
        EXECUTE target || format(
            'SELECT $1, $2, r.id, ''I'', NULL, json_object($3, ARRAY[%s]), NULL'
            ' FROM (TABLE new_rows ORDER BY id) r', image)
            USING lms_desktop.operation_number(), TG_TABLE_NAME, names;
    ELSIF TG_OP = 'DELETE' THEN
        EXECUTE target || format(
            'SELECT $1, $2, r.id, ''D'', json_object($3, ARRAY[%s]), NULL, NULL'
            ' FROM (TABLE old_rows ORDER BY id) r', image)
            USING lms_desktop.operation_number(), TG_TABLE_NAME, names;
    ELSE
        SELECT coalesce(
                string_agg(format('CASE WHEN o.%1$I IS DISTINCT FROM n.%1$I THEN %1$L END', name), ', '), 'NULL')
          INTO hidden FROM unnest(secrets) AS s(name);
        EXECUTE target || format(
            'SELECT $1, $2, n.id, ''U'', json_object(d.k, d.o), json_object(d.k, d.n),'
            ' nullif(array_remove(ARRAY[%2$s]::text[], NULL), ''{}'')'
            ' FROM (SELECT r.*, row_number() OVER () AS "lms place", ARRAY[%1$s] AS "lms image" FROM old_rows r) o'
            ' JOIN (SELECT r.*, row_number() OVER () AS "lms place", ARRAY[%1$s] AS "lms image" FROM new_rows r) n'
            ' USING ("lms place"),'
            ' LATERAL (SELECT coalesce(array_agg(k), ''{}'') AS k, coalesce(array_agg(a), ''{}'') AS o,'
            ' coalesce(array_agg(b), ''{}'') AS n FROM unnest($3, o."lms image", n."lms image") AS t(k, a, b)'
            ' WHERE a IS DISTINCT FROM b) d'
            ' WHERE d.k <> ''{}'' OR array_remove(ARRAY[%2$s]::text[], NULL) <> ''{}'' ORDER BY n.id, "lms place"',
            image, hidden)
            USING lms_desktop.operation_number(), TG_TABLE_NAME, names;
    END IF;
    GET DIAGNOSTICS rows = ROW_COUNT;
    IF rows > 0 THEN
        PERFORM pg_notify('lms_desktop', json_build_object(
            'operation', current_setting('lms.operation'), 'entity', TG_TABLE_NAME, 'action', left(TG_OP, 1),
            'rows', rows, 'ids', CASE WHEN cardinality(ids) <= 100 THEN ids END)::text);
    END IF;
    RETURN NULL;
END $$
"""

DESCRIBE = """
CREATE FUNCTION lms_desktop.describe_operation(wanted uuid, said text, made_of json, taking_back uuid)
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE lms_desktop.operations SET sentence = said, parts = made_of, reverts = taking_back
     WHERE id = wanted AND xid = pg_current_xact_id() RETURNING seq
$$
"""

NOTE_SIGN_IN = """
CREATE FUNCTION lms_desktop.note_sign_in(person uuid, address text, how text, place text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO lms_desktop.sign_ins (user_id, email, outcome, machine) VALUES (person, address, how, place)
$$
"""

# Run again after every revision of the document, for tables that came since, and after roles were granted their rights.
# Whoever may read the people may read the log, which never holds more; nobody but its owner may write to it by hand.
ATTACH = """
CREATE FUNCTION lms_desktop.attach() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    name text;
    relation regclass;
    event text;
    attached integer = 0;
    grantee text;
BEGIN
    FOREACH name IN ARRAY '{TABLES}'::text[] LOOP
        relation = to_regclass(quote_ident(name));
        CONTINUE WHEN relation IS NULL;
        FOREACH event IN ARRAY '{insert,update,delete}'::text[] LOOP
            CONTINUE WHEN EXISTS (
                SELECT FROM pg_trigger WHERE tgrelid = relation AND tgname = 'lms_desktop_' || event);
            EXECUTE format(
                'CREATE TRIGGER lms_desktop_%1$s AFTER %1$s ON %2$s REFERENCING %3$s FOR EACH STATEMENT'
                ' WHEN (current_setting(''lms.operation'', true) <> '''') EXECUTE FUNCTION lms_desktop.log_changes()',
                event, relation, CASE event WHEN 'insert' THEN 'NEW TABLE AS new_rows'
                    WHEN 'delete' THEN 'OLD TABLE AS old_rows'
                    ELSE 'OLD TABLE AS old_rows NEW TABLE AS new_rows' END);
            attached = attached + 1;
        END LOOP;
    END LOOP;
    FOR grantee IN
        SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
          FROM pg_class c, aclexplode(c.relacl) a
         WHERE c.oid = to_regclass('users') AND a.privilege_type = 'SELECT' AND a.grantee <> c.relowner
    LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA lms_desktop TO %s', grantee);
        EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA lms_desktop TO %s', grantee);
        EXECUTE format('GRANT EXECUTE ON FUNCTION lms_desktop.describe_operation(uuid, text, json, uuid),'
            ' lms_desktop.note_sign_in(uuid, text, text, text) TO %s', grantee);
    END LOOP;
    RETURN attached;
END $$
""".replace("{TABLES}", "{" + ",".join(TABLES) + "}")

FUNCTIONS = (
    "lms_desktop.attach()",
    "lms_desktop.note_sign_in(uuid, text, text, text)",
    "lms_desktop.describe_operation(uuid, text, json, uuid)",
    "lms_desktop.log_changes()",
    "lms_desktop.operation_number()",
)


def upgrade() -> None:
    for statement in (OPERATIONS, CHANGES, SIGN_INS, *INDEXES):
        op.execute(statement)
    for statement in (OPERATION_NUMBER, LOG_CHANGES, DESCRIBE, NOTE_SIGN_IN, ATTACH):
        op.execute(statement)
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    op.execute("SELECT lms_desktop.attach()")


def downgrade() -> None:
    for table in TABLES:
        for event in ("insert", "update", "delete"):
            op.execute(
                f"DO $$ BEGIN IF to_regclass('{table}') IS NOT NULL THEN"
                f" DROP TRIGGER IF EXISTS lms_desktop_{event} ON {table}; END IF; END $$"
            )
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    for table in ("sign_ins", "changes", "operations"):
        op.execute(f"DROP TABLE lms_desktop.{table}")
