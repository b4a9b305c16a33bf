"""Whatever an administrator saves in the window is undone and done again by keys, to the last byte of all tables."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import URL

from lms_desktop.admin import PAGES
from tests.walks.driving import Sitting
from tests.walks.seating import get_up, sit_down
from tests.walks.test_every_page import ACTS, PEOPLE, ROLES
from tests.walks.truth import Truth
from tests.walks.undoing import hint, redo, sums, undo
from tests.walks.writing import Writing


@pytest.fixture(scope="module")
def sitting(school: URL, _look: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sitting]:
    """An administrator's window for all pages."""
    sitting = sit_down(school, PEOPLE["admin"], tmp_path_factory.mktemp("undo") / "settings.ini")
    yield sitting
    get_up(sitting)


@pytest.mark.parametrize("page", ROLES)
def test_every_verb_is_undone_and_done_again(page: str, sitting: Sitting, truth: Truth) -> None:
    may = ROLES[page]["admin"]
    me = truth.value("SELECT id::text FROM users WHERE email = %s", (PEOPLE["admin"],))
    sitting.tidy()
    sitting.open(page)
    writing = Writing(sitting, truth, page, me, own=False)
    for name in sorted(ACTS.get((page, "admin"), set())):
        act_there_and_back(writing, name)
    row_id = None
    if "a" in may:
        made: list[str] = []
        there_and_back(writing, "create", lambda: made.append(writing.adds()))
        row_id = made[0]
    if "e" in may:
        assert row_id is not None
        row_shown(writing, row_id)
        there_and_back(writing, "edit", lambda: writing.changes_everything(row_id))
    if "d" in may:
        some = row_id or truth.ids(page, order="ORDER BY md5(id::text) LIMIT 1")[0]
        there_and_back(writing, "delete", lambda: writing.deletes(some))
    sitting.tidy()


def act_there_and_back(writing: Writing, name: str) -> None:
    """One of the entity's own actions."""
    if writing.name == "sessions":
        cannot_be_taken_back(writing)
        return
    if next(action for action in writing.admin.actions if action.name == name).on is None:
        return  # it changes nothing of a row as it is: `test_regrading` does it where it does, and takes it back
    there_and_back(writing, name, lambda: writing.act(name))


def there_and_back(writing: Writing, what: str, do: Callable[[], object]) -> None:
    """Do it, undo it, do it again, all by hand; the tables are each time what they were."""
    sitting = writing.sitting
    before = sums(sitting.url)
    do()
    after = sums(sitting.url)
    assert after != before, f"{what} changed nothing"
    assert hint(sitting).startswith("Ctrl Z undoes “"), hint(sitting)
    undo(sitting)
    changed(sums(sitting.url), before, f"undo of {what}")
    redo(sitting)
    changed(sums(sitting.url), after, f"redo of {what}")


def changed(now: dict[str, str], wanted: dict[str, str], what: str) -> None:
    """The tables are what they should be; else the ones that are not are named."""
    assert [table for table in wanted if now[table] != wanted[table]] == [], what


def cannot_be_taken_back(writing: Writing) -> None:
    """Revoking a session says beforehand that it cannot be undone, and Ctrl+Z does not pretend to."""
    sitting, before = writing.sitting, hint(writing.sitting)
    action = next(action for action in PAGES["sessions"].actions if action.name == "revoke")
    assert "cannot be undone" in action.confirm
    row_id = writing.act("revoke")
    assert hint(sitting) == before, "the operation before it is still the last that can be undone"
    assert writing.truth.row("sessions", row_id)["revoked"] == "true"


def row_shown(writing: Writing, row_id: str) -> None:
    """The row is shown in the form."""
    if writing.sitting.page.model.find(row_id) is None:
        writing.finds(row_id)
    writing.sitting.click_record(row_id)
