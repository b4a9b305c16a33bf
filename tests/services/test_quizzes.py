"""Publishing quizzes, on a real server."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import URL, select

from lms_desktop.database.unit_of_work import Change, Database
from lms_desktop.entities import Quiz
from lms_desktop.errors import Denied
from lms_desktop.services import quizzes
from tests.small_school import SYSTEM, act, actor, opened, row_id


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school, where all quizzes are drafts."""
    with opened(database_url) as database:
        yield database


def published(database: Database) -> set[str]:
    """The quizzes that students may take."""
    with database.reading(SYSTEM) as uow:
        return set(uow.execute(select(Quiz.title).where(Quiz.is_published)).scalars())


def ids(*names: str) -> tuple[str, ...]:
    """The ids of these quizzes."""
    return tuple(row_id(Quiz, name) for name in names)


def test_one_quiz_is_named(school: Database) -> None:
    outcome = act(school, actor("ines"), lambda uow: quizzes.publish(uow, ids("of sums")))
    assert outcome.sentence == "Published Of Sums."
    assert outcome.changes == (Change(Quiz, row_id(Quiz, "of sums"), "update"),)
    assert published(school) == {"Of Sums"}


def test_several_are_counted_and_go_back_to_draft(school: Database) -> None:
    wanted = ids("of algebra", "of sums", "of algebra and sums")
    assert act(school, actor("ines"), lambda uow: quizzes.publish(uow, wanted)).sentence == "Published 3 quizzes."
    outcome = act(school, actor("ines"), lambda uow: quizzes.unpublish(uow, wanted[:2]))
    assert outcome.sentence == "Unpublished 2 quizzes."
    assert published(school) == {"Of Algebra And Sums"}


def test_what_is_so_already_is_left_alone(school: Database) -> None:
    outcome = act(school, actor("ines"), lambda uow: quizzes.unpublish(uow, ids("of sums")))
    assert (outcome.sentence, outcome.changes) == ("This was a draft already.", ())


@pytest.mark.parametrize("do", [quizzes.publish, quizzes.unpublish])
@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("ines", ("of botany",)),
        ("ines", ("of sums", "of botany")),
        ("ines", ("of algebra and leaves",)),
        ("ivan", ("of algebra and leaves",)),
        ("ines", ("of nothing",)),
        ("registrar", ("of sums",)),
    ],
)
def test_foreign_quizzes_are_refused_and_nothing_is_done(
    school: Database, who: str, names: tuple[str, ...], do: Any
) -> None:
    with pytest.raises(Denied):
        act(school, actor(who), lambda uow: do(uow, ids(*names)))
    assert published(school) == set()


def test_a_quiz_of_nothing_is_the_administrators(school: Database) -> None:
    act(school, actor("admin"), lambda uow: quizzes.publish(uow, ids("of nothing", "of algebra and leaves")))
    assert published(school) == {"Of Nothing", "Of Algebra And Leaves"}
