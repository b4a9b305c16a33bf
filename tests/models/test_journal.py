"""What an earlier sitting has left is let go when it stands in this window's journal, and not before."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lms_desktop.admin import CATALOG
from lms_desktop.entities import Course, Lesson
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.journal import Journal, Offer, draft_of, folder
from lms_desktop.services.edits import Behind
from lms_desktop.services.journal import Key, left_behind
from lms_desktop.services.journal_file import JournalFile
from lms_desktop.services.offering import Found
from tests.desks import ImmediateDesk
from tests.services.test_journal import SOMEBODY, a_draft

ROW: Key = ("courses", "11111111-1111-4111-8111-111111111111")
PARTS = a_draft(title="Sums and more")


@pytest.fixture
def journal(qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Journal]:
    """A window's journal, to which a draft of an earlier sitting is offered."""
    monkeypatch.setenv("LMS_DESKTOP_DATA_DIR", str(tmp_path))
    earlier = JournalFile(folder(), SOMEBODY)
    earlier.draft(ROW, PARTS)
    earlier.close(keep=True)
    desk = ImmediateDesk(None)
    made = Journal(desk, CATALOG, SOMEBODY, desk)
    made.offer = Offer((Found(ROW, Course, PARTS, "same", "Algebra"),), 0, tuple(left_behind(folder(), SOMEBODY)))
    yield made
    made.close(keep=False)
    desk.close()


@pytest.mark.parametrize("here", [True, False])
def test_what_a_full_disk_does_not_take_anew_stays_where_it_was(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, here: bool
) -> None:
    drafts = Drafts(Course)
    journal.watch(drafts, CATALOG[Course])

    def full(_file: int, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk:
        disk.setattr(os, "write", full)
        journal.restore(_of(drafts if here else None))
    assert bool(drafts) is here
    (left,) = left_behind(folder(), SOMEBODY)
    assert left.contents.drafts[ROW]["values"] == {"title": "Sums and more"}
    left.drop()


def test_what_is_restored_is_let_go(journal: Journal) -> None:
    drafts = Drafts(Course)
    journal.watch(drafts, CATALOG[Course])
    assert journal.restore(_of(drafts))
    assert left_behind(folder(), SOMEBODY) == []
    assert journal.file is not None
    assert journal.file.contents.drafts[ROW]["values"] == {"title": "Sums and more"}


def test_new_rows_that_changed_places_are_kept_where_they_stand(journal: Journal) -> None:
    drafts = Drafts(Lesson)
    journal.watch(drafts, CATALOG[Lesson])
    first = drafts.begin_new({"title": "First"}, spot=Behind(None))
    second = drafts.begin_new({"title": "Second"}, spot=Behind(first.id))

    def kept() -> dict[str, Behind | None]:
        assert journal.file is not None
        entries = journal.file.contents.drafts.items()
        return {row_id: draft_of(Lesson, row_id, parts).spot for (_, row_id), parts in entries}

    drafts.put_new(first.id, [second.id, first.id])
    assert kept() == {second.id: Behind(None), first.id: Behind(second.id)}
    drafts.undo()
    assert kept() == {first.id: Behind(None), second.id: Behind(first.id)}


def _of(drafts: Drafts | None) -> Callable[[type], Drafts | None]:
    return lambda entity: drafts
