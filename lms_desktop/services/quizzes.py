"""What is done to quizzes beyond adding, editing and deleting."""

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import Quiz
from lms_desktop.services.switching import Switch, Wording
from lms_desktop.spec import N_

_PUBLISH = Switch(
    entity=Quiz,
    verb="publish",
    name=Quiz.title,
    done=Quiz.is_published,
    values={Quiz.is_published: True},
    wording=Wording(N_("Published {name}."), N_("Published {n} quizzes."), N_("This was published already.")),
)
_UNPUBLISH = Switch(
    entity=Quiz,
    verb="unpublish",
    name=Quiz.title,
    done=~Quiz.is_published,
    values={Quiz.is_published: False},
    wording=Wording(N_("Unpublished {name}."), N_("Unpublished {n} quizzes."), N_("This was a draft already.")),
)


def publish(uow: UnitOfWork, ids: tuple[str, ...]) -> Outcome:
    """Let students take these quizzes; raises Denied where the actor may not."""
    return _PUBLISH.run(uow, ids)


def unpublish(uow: UnitOfWork, ids: tuple[str, ...]) -> Outcome:
    """Take these quizzes back to draft; attempts are kept. Raises Denied where the actor may not."""
    return _UNPUBLISH.run(uow, ids)
