"""Every page of the catalogue at the real window, for each role that sees it: rows, order, filters, form, changes, new
rows, deletes; and where the role may not, no button and a gate that says no."""

from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import URL

from PySide6.QtCore import Qt

from lms_desktop.admin import PAGES
from lms_desktop.errors import Denied
from lms_desktop.services.pages import Want
from lms_desktop.services.records import Edit
from lms_desktop.spec import Computed, Field, Operator, Query, Ref, Secret, operators
from tests.postgres import PostgresServer
from tests.walks.answering import Answer
from tests.walks.driving import CTRL, Sitting, wait_for
from tests.walks.looking import Looking
from tests.walks.seating import get_up, sit_down
from tests.walks.spy import Spy, spying
from tests.walks.truth import OWN, Truth, table_of
from tests.walks.writing import NEW_PASSWORD, Values, Writing, new_edit, refuses

PEOPLE = {"admin": "admin@lms.com", "registrar": "registrar@lms.com", "instructor": "instructor@lms.com"}
"""Role → who has it in the sample school."""

# The table of roles of the product, as it is written there: v view, a add, e edit, d delete.
ROLES = {
    "users": {"admin": "vaed", "registrar": "vae", "instructor": "v"},
    "enrollments": {"admin": "vaed", "registrar": "vaed", "instructor": "v"},
    "progress": {"admin": "vaed", "registrar": "vaed", "instructor": "v"},
    "certificates": {"admin": "vad", "registrar": "va", "instructor": "v"},
    "courses": {"admin": "vaed", "registrar": "v", "instructor": "vaed"},
    "lessons": {"admin": "vaed", "registrar": "v", "instructor": "vaed"},
    "quizzes": {"admin": "vaed", "registrar": "v", "instructor": "vaed"},
    "questions": {"admin": "vaed", "registrar": "v", "instructor": "vaed"},
    "attempts": {"admin": "vd", "registrar": "v", "instructor": "v"},
    "sessions": {"admin": "v"},
}
ACTS = {
    ("users", "admin"): {"activate", "deactivate"},
    ("courses", "admin"): {"publish", "unpublish"},
    ("courses", "instructor"): {"publish", "unpublish"},
    ("quizzes", "admin"): {"publish", "unpublish"},
    ("quizzes", "instructor"): {"publish", "unpublish"},
    ("attempts", "admin"): {"regrade"},
    ("attempts", "instructor"): {"regrade"},
    ("sessions", "admin"): {"revoke"},
}
NOT_THEIRS = {
    ("users", "registrar"): frozenset({"role", "is_active"}),
    ("courses", "instructor"): frozenset({"instructor_id"}),
}
"""Never anyone's role for a registrar, not the owner of a course for an instructor."""

ALL_THE_SAME = {"instructor": {"courses": ["instructor_id"]}}
"""What does not tell the rows of a role apart, and is not offered as a filter."""


def ways() -> dict[str, dict[str, Operator]]:
    """Page → field → how to filter by it: over the catalogue every operator of every kind has its turn."""
    turns: Counter[type] = Counter()
    found: dict[str, dict[str, Operator]] = {}
    for page, admin in PAGES.items():
        found[page] = {}
        for field in admin.fields:
            if field.filter and not isinstance(field.kind, Secret):
                offered, kind = operators(field.kind), type(field.kind)
                found[page][field.key] = offered[turns[kind] % len(offered)]
                turns[kind] += 1
    return found


WAYS = ways()


@pytest.fixture(scope="module")
def spy(school: URL, server: PostgresServer) -> Iterator[Spy]:
    """Somebody who listens to all SQL from the first window on."""
    with spying(school, server) as spy:
        yield spy


@pytest.fixture(scope="module")
def sitting(
    role: str, school: URL, spy: Spy, _look: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sitting]:
    """A person of this role at the window, for all pages."""
    sitting = sit_down(school, PEOPLE[role], tmp_path_factory.mktemp(role) / "settings.ini")
    yield sitting
    get_up(sitting)


@pytest.mark.parametrize("page", ROLES)
@pytest.mark.parametrize("role", PEOPLE, indirect=True)
def test_every_page(role: str, page: str, sitting: Sitting, truth: Truth, spy: Spy) -> None:
    me = truth.value("SELECT id::text FROM users WHERE email = %s", (PEOPLE[role],))
    may, own = ROLES[page].get(role, ""), role == "instructor"
    sitting.tidy()
    if "v" not in may:
        page_is_refused(sitting, page)
        return
    sitting.open(page)
    looking = Looking(sitting, truth, page, OWN[page] if own else "true", me)
    writing = Writing(sitting, truth, page, me, own, NOT_THEIRS.get((page, role), frozenset()))

    looking.shows_all()
    if role == "admin":
        sort_by_every_column(looking)
        filter_by_every_chip(looking)
    else:
        look_within_reach(looking, role)
    looking.searches()
    row_id = a_full_row(looking, students_only=page == "users")
    writing.opens_form(row_id, editable="e" in may)
    writing.counts_related(row_id)
    writing.acts(ACTS.get((page, role), set()))
    if sitting.page.model.find(row_id) is None:
        writing.finds(row_id)
    sitting.click_record(row_id)
    if "e" in may:
        writing.changes_everything(row_id)
        not_theirs_is_refused(writing, row_id)
    else:
        change_is_refused(writing, row_id)
    new_id = writing.adds() if "a" in may else None
    if new_id is None:
        new_row_is_refused(writing, row_id)
    if "d" in may:
        writing.deletes(new_id or row_id)
    else:
        delete_is_refused(writing, new_id or row_id)
    if (page, role) == ("users", "registrar"):
        staff_is_read_only(writing)
    sitting.tidy()
    spy.check()


def page_is_refused(sitting: Sitting, page: str) -> None:
    """No entry leads to the page, and the gate says no to reading it by hand."""
    admin, heard = PAGES[page], list[object]()
    assert page not in sitting.window.navigation.keys()  # noqa: SIM118
    assert not sitting.window.open_page(page)
    pages, keys = sitting.window.session.pages, tuple(field.key for field in admin.columns)
    query, want = Query(admin.entity), Want(0, 10)
    sitting.desk.read(lambda uow: pages.fetch(uow, query, keys, want), done=heard.append, failed=heard.append)
    wait_for(lambda: heard, "the gate")
    assert isinstance(heard[0], Denied)


def staff_is_read_only(writing: Writing) -> None:
    """A registrar reads members of staff and changes none."""
    sitting, truth = writing.sitting, writing.truth
    ((admin_id, version),) = truth.rows("SELECT id::text, xmin::text FROM users WHERE email = %s", (PEOPLE["admin"],))
    writing.finds(admin_id)
    writing.opens_form(admin_id, editable=False)
    sitting.click_record(admin_id, "full_name")
    sitting.press(Qt.Key.Key_F2)
    assert sitting.page.delegate.editor is None
    for key, value in (("full_name", "Somebody Else"), ("password_hash", NEW_PASSWORD)):
        refuses(sitting, "users", Edit(writing.admin.entity, admin_id, version, {key: value}, {}))


def sort_by_every_column(looking: Looking) -> None:
    """Sort by every column shown, by the first one both ways, and by all that can be shown besides."""
    fields = [field for field in PAGES[looking.name].fields if not isinstance(field.kind, Secret)]
    for at, field in enumerate(field for field in fields if field.column):
        looking.sorts_by(field.key, both_ways=at == 0)
    others = [field.key for field in fields if not field.column]
    looking.shows_columns(others)
    for key in others:
        looking.sorts_by(key, both_ways=False)
    looking.shows_usual_columns()


def filter_by_every_chip(looking: Looking) -> None:
    """Filter by every field, each time in another way, and by all that is ready to be picked."""
    for key, operator in WAYS[looking.name].items():
        looking.filters_by(PAGES[looking.name].field(key), operator)
    for text, condition in PAGES[looking.name].quick:
        looking.filters_quickly(text, condition)


def look_within_reach(looking: Looking, role: str) -> None:
    """What hangs on the person: an order, and which rows a reference can be picked from."""
    fields = looking.sitting.page.filters.filterable()
    same = [field for field in PAGES[looking.name].fields if field.filter and field not in fields]
    assert [field.key for field in same if not isinstance(field.kind, Secret)] == ALL_THE_SAME.get(role, {}).get(
        looking.name, []
    )
    looking.sorts_by(next(field.key for field in fields if field.column), both_ways=False)
    for field in fields:
        if isinstance(field.kind, Ref):
            looking.filters_by(field, Operator.NONE_OF)


def a_full_row(looking: Looking, *, students_only: bool) -> str:
    """A row among those shown with as few missing values as there are."""
    condition = "t.id = ANY(%(ids)s::uuid[])" + (" AND t.role = 'student'" if students_only else "")
    missing = "(SELECT count(*) FROM jsonb_each(to_jsonb(t)) each WHERE each.value = 'null')"
    values = {"ids": looking.sitting.ids()}
    return looking.truth.ids(looking.name, condition, values, order=f"ORDER BY {missing}, t.id LIMIT 1")[0]


def change_is_refused(writing: Writing, row_id: str) -> None:
    """No editor opens in form or table, and the gate says no to a change made by hand."""
    sitting, page = writing.sitting, writing.sitting.page
    for field in page.model.fields:
        sitting.click_record(row_id, field.key)
        sitting.press(Qt.Key.Key_F2)
        assert page.delegate.editor is None, field.key
    stored = writing.truth.row(writing.name, row_id)
    key, value = a_change(writing, stored)
    view = page.model.row(page.model.find(row_id) or 0)
    assert view is not None
    refuses(sitting, writing.name, Edit(writing.admin.entity, row_id, view.version, {key: value}, {key: stored[key]}))
    assert writing.truth.row(writing.name, row_id) == stored


def not_theirs_is_refused(writing: Writing, row_id: str) -> None:
    """The gate says no to fields that are for somebody else to write in a row of theirs."""
    stored = writing.truth.row(writing.name, row_id)
    version = writing.truth.value(f"SELECT xmin::text FROM {table_of(writing.name)} WHERE id = %s", (row_id,))
    others = "SELECT id::text FROM users WHERE role = 'instructor' AND id <> %s LIMIT 1"
    other_id = writing.truth.value(others, (writing.me,))
    for key in writing.not_theirs:
        value = {"role": "admin", "is_active": "false", "instructor_id": other_id}[key]
        refuses(writing.sitting, writing.name, Edit(writing.admin.entity, row_id, version, {key: value}, {}))
    assert writing.truth.row(writing.name, row_id) == stored


def new_row_is_refused(writing: Writing, row_id: str) -> None:
    """No button, no Ctrl+N, and the gate says no to a new row made by hand."""
    sitting, page = writing.sitting, writing.sitting.page
    assert not writing.admin.new or writing.admin.new not in sitting.buttons()
    sitting.press(Qt.Key.Key_N, CTRL)
    assert page.unsaved() == 0
    assert not page.band.isVisible()
    stored = writing.truth.row(writing.name, row_id)
    values: Values = {field.key: stored[field.key] for field in writing.admin.own_fields if not field.readonly}
    values.pop("password_hash", None)
    refuses(sitting, writing.name, new_edit(writing.name, values))


def delete_is_refused(writing: Writing, row_id: str) -> None:
    """Del asks nothing, and the gate says no to a delete made by hand."""
    sitting, page = writing.sitting, writing.sitting.page
    if page.model.find(row_id) is None:
        writing.finds(row_id)
    sitting.click_record(row_id)
    answer = Answer("Delete")
    sitting.press(Qt.Key.Key_Delete)
    answer.expect_none()
    view = page.model.row(page.model.find(row_id) or 0)
    assert view is not None
    refuses(sitting, writing.name, delete={row_id: view.version})
    assert writing.truth.exists(writing.name, row_id)


def a_change(writing: Writing, stored: Values) -> tuple[str, str | None]:
    """Some value that somebody with more rights could write into the row."""
    for field in writing.admin.own_fields:
        if not (field.readonly or isinstance(field, Computed) or isinstance(field.kind, Ref | Secret)):
            return field.key, stored[field.key] if field.fixed else None
    field = next(field for field in writing.admin.own_fields if isinstance(field, Field))
    return field.key, stored[field.key]
