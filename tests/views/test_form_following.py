"""What happens elsewhere to the record in a form: it is read again, and what hangs on it is counted again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import URL

from lms_desktop.admin import CATALOG
from lms_desktop.entities import Course, Enrollment, User
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.live import Batch
from lms_desktop.views.record_form import RecordForm
from tests.small_school import actor, opened, row_id
from tests.views.sittings import change, sitting

ANA, BOTANY = row_id(User, "ana"), row_id(Course, "botany")

ENROLLED = Batch(frozenset({"enrollments"}), {"enrollments": None}, frozenset({"enrollments"}))
"""Somebody was enrolled: rows that hang on the record."""
DOUBTED = Batch(frozenset({"users"}), {"users": None}, unsure=True)
"""Something of people was written, perhaps this record."""
BOTH = Batch(frozenset({"users", "enrollments"}), {"users": None, "enrollments": None}, frozenset({"enrollments"}))
"""People were written to, and somebody was enrolled."""


@pytest.fixture
def form(qtbot: QtBot, database_url: URL, tmp_path: Path) -> Iterator[RecordForm]:
    """A registrar before the record of Ana, who is enrolled once."""
    with opened(database_url) as database, sitting(database, actor("registrar"), tmp_path) as session:
        made = RecordForm(session, CATALOG[User], Drafts(User))
        qtbot.addWidget(made)
        made.show()
        made.show_record(ANA)
        qtbot.waitUntil(lambda: "Enrollments 1" in tabs(made))
        yield made


def tabs(form: RecordForm) -> list[str]:
    """What the tabs say."""
    return [form.tabs.tabText(at) for at in range(form.tabs.count())]


def enroll(url: URL) -> None:
    """Somebody else enrolls Ana in another course."""
    statement = "INSERT INTO enrollments (id, student_id, course_id, enrolled_at) VALUES (%s, %s, %s, now())"
    change(url, statement, row_id(Enrollment, "ana in botany"), ANA, BOTANY)


def hear(qtbot: QtBot, form: RecordForm, *batches: Batch) -> None:
    """These come one after the other, before anything was done about the first."""
    for batch in batches:
        form._session.desk.noticed.emit(batch)
    qtbot.waitUntil(lambda: not form.following.waits)


def test_what_hangs_on_a_record_is_counted_again(qtbot: QtBot, form: RecordForm, database_url: URL) -> None:
    enroll(database_url)
    hear(qtbot, form, ENROLLED)
    assert "Enrollments 2" in tabs(form)


@pytest.mark.parametrize("batches", [(DOUBTED, ENROLLED), (ENROLLED, DOUBTED)])
def test_what_hangs_on_a_record_is_counted_again_while_the_record_is_in_doubt(
    qtbot: QtBot, form: RecordForm, database_url: URL, batches: tuple[Batch, ...]
) -> None:
    enroll(database_url)
    hear(qtbot, form, *batches)
    assert "Enrollments 2" in tabs(form)


def test_what_hangs_on_a_record_is_counted_when_somebody_sees_it_again(
    qtbot: QtBot, form: RecordForm, database_url: URL
) -> None:
    form.hide()
    enroll(database_url)
    hear(qtbot, form, ENROLLED)
    assert "Enrollments 1" in tabs(form), "nobody sees it"
    form.show()
    assert "Enrollments 2" in tabs(form)


def test_what_was_counted_with_the_record_is_not_counted_once_more(qtbot: QtBot, form: RecordForm) -> None:
    hear(qtbot, form, BOTH)
    counted = list[bool]()
    form.following.outnumbered.connect(lambda: counted.append(True))
    hear(qtbot, form, DOUBTED)
    assert counted == []
