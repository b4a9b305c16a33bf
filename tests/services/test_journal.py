"""The journal's file: cut off anywhere, taken by another window, on a full disk, with what must never stand in it."""

import json
import os
import stat
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_desktop.database.fates import Sent
from lms_desktop.services.journal import (
    MAPS,
    Contents,
    Key,
    Owner,
    Parts,
    Unreadable,
    header,
    left_behind,
    line,
    parts_without_secrets,
    read,
)
from lms_desktop.services.journal_file import LEAST_REWRITE, JournalFile
from tests.postgres import wait_until

SOMEBODY = Owner("postgresql://lms@school/lms", "1.2", "8d9b")
ROW: Key = ("courses", "11111111-1111-4111-8111-111111111111")

wire = st.none() | st.text(max_size=6)
keys = st.sampled_from(["title", "category", "content"])
rows = st.tuples(st.sampled_from(["courses", "lessons"]), st.sampled_from(["a", "b", "c"]))
maps = st.dictionaries(keys, wire, max_size=3)
drafts: st.SearchStrategy[Parts] = st.fixed_dictionaries(
    {
        "version": st.none() | st.just("771"),
        "title": st.text(max_size=4),
        "at": st.just("2026-11-25T08:12:00+00:00"),
        "secrets": st.just([]),
        "values": maps,
        "base": maps,
        "labels": st.just({}),
        "seen": maps,
        "first": maps,
    }
)
Act = Callable[[JournalFile], None]
acts: st.SearchStrategy[Act] = st.one_of(
    st.builds(lambda key, parts: lambda file: file.draft(key, parts), rows, st.none() | drafts),
    st.builds(lambda op, some: lambda file: file.carry(op, some), st.sampled_from("xy"), st.lists(rows, max_size=2)),
    st.builds(lambda op: lambda file: file.sending(Sent(op, "4711", True, "then")), st.sampled_from("xy")),
    st.builds(lambda op, well: lambda file: file.settled(op, well), st.sampled_from("xy"), st.booleans()),
)


def a_draft(**values: str | None) -> Parts:
    """A draft of a row with these values."""
    return {
        **{part: {} for part in MAPS},
        "version": "771",
        "title": "Algebra I",
        "at": "2026-11-25T08:12:00+00:00",
        "secrets": [],
        "values": dict(values),
    }


def said(contents: Contents) -> str:
    """All that contents say, to be compared."""
    return json.dumps([*contents.entries()], sort_keys=True)


@given(history=st.lists(acts, max_size=12), part=st.floats(0, 1))
def test_a_file_cut_off_at_any_byte_says_what_stood_there_at_some_moment(history: list[Act], part: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file, moments = JournalFile(Path(folder) / "drafts", SOMEBODY), {said(Contents())}
        for act in history:
            act(file)
            moments.add(said(file.contents))
        whole = b"" if file.path is None else file.path.read_bytes()
        if whole:
            assert said(read(whole)[1]) == said(file.contents)
        file.close(keep=False)
        assert [*Path(folder, "drafts").glob("*")] == []
    first = len(line(header(SOMEBODY)))
    cut = whole[: round(part * len(whole))]
    if len(cut) < first:
        with pytest.raises(Unreadable):
            read(cut)
    else:
        owner, contents = read(cut)
        assert owner == SOMEBODY
        assert said(contents) in moments


@given(noise=st.binary(max_size=200))
def test_whatever_stands_in_a_file_is_read_or_refused(noise: bytes) -> None:
    start = line(header(SOMEBODY)) + line({"draft": list(ROW), "put": a_draft(title="Kept")})
    _, contents = read(start + noise)
    assert ROW in contents.drafts or contents.drafts == {}
    with pytest.raises(Unreadable):
        read(b"#" + noise)


def test_a_window_that_is_gone_leaves_its_edits_and_one_that_runs_does_not(tmp_path: Path) -> None:
    folder = tmp_path / "drafts"
    gone, here = JournalFile(folder, SOMEBODY), JournalFile(folder, SOMEBODY)
    gone.draft(ROW, a_draft(title="Left"))
    here.draft(ROW, a_draft(title="Being typed"))
    gone.close(keep=True)
    assert here.path is not None
    (found,) = left_behind(folder, SOMEBODY)
    assert found.contents.drafts[ROW]["values"] == {"title": "Left"}
    assert left_behind(folder, SOMEBODY) == [], "it is another window's to offer while one holds it"
    found.leave()
    (found,) = left_behind(folder, SOMEBODY)
    found.drop()
    assert left_behind(folder, SOMEBODY) == []
    assert here.path.exists()
    here.close(keep=False)
    assert [*folder.iterdir()] == []


@pytest.mark.parametrize(
    "other",
    [
        Owner("postgresql://lms@elsewhere/lms", "1.2", "8d9b"),
        Owner(SOMEBODY.address, "1.3", "8d9b"),
        Owner(SOMEBODY.address, "1.2", "somebody else"),
    ],
)
def test_what_others_left_is_not_offered_and_stays(tmp_path: Path, other: Owner) -> None:
    file = JournalFile(tmp_path, other)
    file.draft(ROW, a_draft(title="Not mine"))
    file.close(keep=True)
    assert left_behind(tmp_path, SOMEBODY) == []
    (found,) = left_behind(tmp_path, other)
    found.leave()


def test_files_that_are_none_of_ours_or_newer_are_left_alone(tmp_path: Path) -> None:
    for name, data in {
        "a.journal": b"\x00\xff",
        "b.journal": b"",
        "c.journal": line({**header(SOMEBODY), "journal": 99}) + line({"something": "new"}),
        "d.journal": b"[1, 2]\n",
    }.items():
        (tmp_path / name).write_bytes(data)
    assert left_behind(tmp_path, SOMEBODY) == []
    assert len([*tmp_path.glob("*.journal")]) == 4


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    file = JournalFile(tmp_path / "drafts", SOMEBODY)
    file.draft(ROW, a_draft(title="Private"))
    assert file.path is not None
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    file.close(keep=False)


def test_what_is_secret_never_stands_in_it(tmp_path: Path) -> None:
    marker = "correct horse"
    parts = a_draft(password_hash=marker, full_name="Ann", api_token=marker, chosen=marker)
    parts["base"] = parts["seen"] = {"password_hash": marker, "full_name": "Anne"}
    file = JournalFile(tmp_path, SOMEBODY)
    file.draft(ROW, parts_without_secrets(parts, frozenset({"chosen"})))
    file.close(keep=True)
    (found,) = left_behind(tmp_path, SOMEBODY)
    assert marker not in found.path.read_text()
    assert found.contents.drafts[ROW]["secrets"] == ["api_token", "chosen", "password_hash"]
    assert found.contents.drafts[ROW]["values"] == {"full_name": "Ann"}
    found.drop()


def test_a_file_of_a_long_sitting_stays_small(tmp_path: Path) -> None:
    file = JournalFile(tmp_path, SOMEBODY)
    for number in range(200):
        file.draft(ROW, a_draft(content=str(number) * 5000))
    file.draft(ROW, a_draft(content="end"))
    assert file.path is not None
    path = file.path
    wait_until(lambda: path.stat().st_size <= LEAST_REWRITE)  # of ten times as much
    file.draft(ROW, a_draft(content="the very end"))
    file.close(keep=True)
    (found,) = left_behind(tmp_path, SOMEBODY)
    assert found.contents.drafts[ROW]["values"] == {"content": "the very end"}
    found.drop()


def test_a_full_disk_is_told_and_written_again_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    news: list[str] = []
    file = JournalFile(tmp_path, SOMEBODY, news.append)
    file.draft(ROW, a_draft(title="One"))
    real, full = os.write, True

    def write(target: int, data: bytes) -> int:
        """As a disk that has room for ten bytes."""
        if not full:
            return real(target, data)
        real(target, data[:10])
        return 10

    monkeypatch.setattr(os, "write", write)
    file.draft(ROW, a_draft(title="Two"))
    file.draft(ROW, a_draft(title="Three"))
    assert len(news) == 1
    assert news[0]
    full = False
    file.draft(ROW, a_draft(title="Four"))
    assert news[1:] == [""]
    file.close(keep=True)
    (found,) = left_behind(tmp_path, SOMEBODY)
    assert found.contents.drafts[ROW]["values"] == {"title": "Four"}
    found.drop()


def test_a_folder_that_cannot_be_made_is_told_and_nothing_breaks(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    news: list[str] = []
    file = JournalFile(tmp_path / "file" / "drafts", SOMEBODY, news.append)
    file.draft(ROW, a_draft(title="One"))
    assert news
    assert news[0]
    file.close(keep=True)


def test_what_a_save_carried_is_no_draft_any_more_once_it_came_through(tmp_path: Path) -> None:
    contents = Contents()
    contents.apply({"draft": list(ROW), "put": a_draft(title="Saved", category="Saved")})
    contents.apply({"carry": "x", "rows": [list(ROW)]})
    contents.apply({"sent": {"operation": "x", "xid": str(2**32 + 5), "recorded": True, "server": ""}})
    contents.apply({"draft": list(ROW), "put": {"values": {"category": "Typed after that"}}})
    assert contents.settle("x", committed=True) == 1
    assert contents.drafts[ROW]["values"] == {"category": "Typed after that"}
    assert contents.drafts[ROW]["base"] == {"category": "Saved"}
    assert contents.drafts[ROW]["version"] == "5"
    contents.apply({"carry": "y", "rows": [list(ROW)]})
    assert contents.settle("y", committed=False) == 0
    assert ROW in contents.drafts
    contents.apply({"carry": "z", "rows": [list(ROW)]})
    assert contents.settle("z", committed=True) == 1
    assert not contents


def test_who_types_does_not_wait_while_a_save_is_forced_onto_a_slow_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, go_on, typed = threading.Event(), threading.Event(), threading.Event()
    file = JournalFile(tmp_path / "drafts", SOMEBODY)
    file.draft(ROW, a_draft(title="Sums"))
    forced = os.fsync

    def slow(number: int) -> None:
        if threading.current_thread() is saving:
            reached.set()
            go_on.wait(20)
        forced(number)

    def type_on() -> None:
        file.draft(ROW, a_draft(title="Sums and more"))
        typed.set()

    saving = threading.Thread(target=file.sending, args=(Sent("x", "4711", True, "then"),))
    typing = threading.Thread(target=type_on)
    monkeypatch.setattr(os, "fsync", slow)
    try:
        saving.start()
        assert reached.wait(20)
        typing.start()
        assert typed.wait(5)
        assert saving.is_alive()  # COMMIT is not sent before it is on the disk
    finally:
        go_on.set()
        saving.join()
        if typing.ident is not None:
            typing.join()
        file.close(keep=False)
