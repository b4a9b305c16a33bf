"""Many questions at once into a quiz: pasted or imported. One operation, which can be taken back as one."""

from collections.abc import Sequence

from sqlalchemy import text

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import QuizQuestion, new_id
from lms_desktop.errors import BadValue
from lms_desktop.errors.sentences import Sentence
from lms_desktop.services import gate, records
from lms_desktop.services.ordering import LAST, undisturbed
from lms_desktop.services.teaching import lists
from lms_desktop.services.teaching.lists import Arranged, Spot
from lms_desktop.services.teaching.questions import Reading, write
from lms_desktop.spec import N_, Catalog, EntityAdmin

_NOTHING = N_("There were no questions to add.")
_ONE = N_("Added {name} to {parent}, place {place}.")
_SEVERAL = N_("Added {n} questions to {parent}, places {place} to {last}.")

_INSERT = text(
    'INSERT INTO quiz_questions (id, quiz_id, question_text, question_type, options, correct_answer, points, "order")'
    " SELECT v.id, CAST(:quiz AS uuid), v.asked, v.kind, CAST(v.options AS json), v.correct, v.points, v.place"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:asked AS text[]), CAST(:kinds AS text[]), CAST(:options AS text[]),"
    " CAST(:correct AS text[]), CAST(:points AS integer[]), CAST(:places AS integer[]))"
    " AS v(id, asked, kind, options, correct, points, place)"
)


class NotAdded(BadValue):
    """A question that cannot be stored as it is: nothing was added. `place` counts from 1 among those given; `field` is
    what is wrong with it."""

    def __init__(self, error: BadValue, place: int) -> None:
        super().__init__(**error.again())
        self.place = place


@undisturbed
def add_questions(
    uow: UnitOfWork, catalog: Catalog, quiz_id: str, readings: Sequence[Reading], after: str | None = LAST
) -> Outcome:
    """Add questions to a quiz, right behind one of its own, first where `after` is None, at the end where it is LAST or
    no longer there. The outcome's value is Arranged; its `new` are the questions that were added.

    Raises NotAdded where one cannot be stored, Denied.
    """
    gate.check_entity(uow, QuizQuestion, "add")
    rows = [_row(catalog[QuizQuestion], reading, place) for place, reading in enumerate(readings, 1)]
    found = lists.lock(uow, catalog, QuizQuestion, quiz_id)
    order = found.order(quiz_id)
    if not rows:
        return uow.outcome(Sentence(_NOTHING), Arranged(tuple(order)))
    spot = Spot(quiz_id, after if after is None or after in order else LAST)
    before, behind = lists.place_of(found, spot, (), None)
    new = [new_id() for _ in rows]
    order = [*before, *new, *behind]
    lists.write(uow, found, {quiz_id: order})
    asked, kinds, options, correct, points = (list(column) for column in zip(*rows, strict=True))
    places = list(range(len(before) + 1, len(before) + len(new) + 1))
    given = {"quiz": quiz_id, "ids": new, "asked": asked, "kinds": kinds, "options": options, "correct": correct}
    uow.execute(_INSERT, {**given, "points": points, "places": places})
    uow.touch(QuizQuestion, new, "insert")
    gate.require(uow, QuizQuestion, "add", new)
    return uow.outcome(_said(readings, found.names[quiz_id], places), Arranged(tuple(order), new=tuple(new)))


def _row(admin: EntityAdmin, reading: Reading, place: int) -> tuple[str, str, str | None, str | None, int]:
    """The columns of a new question, each checked as the form checks it."""
    options, correct = write(reading, None, None)
    values = {
        "question_text": reading.text,
        "question_type": reading.type,
        "options": options,
        "correct_answer": correct,
        "points": str(reading.points),
    }
    own = {field.key: field for field in admin.own_fields}
    for key, value in values.items():
        try:
            records.check_value(own[key], value)
        except BadValue as error:
            raise NotAdded(error, place) from error
    return reading.text, reading.type, options, correct, reading.points


def _said(readings: Sequence[Reading], parent: str, places: Sequence[int]) -> str:
    if len(readings) == 1:
        return Sentence(_ONE, name=lists.shortened(readings[0].text), parent=parent, place=places[0])
    return Sentence(_SEVERAL, n=len(readings), parent=parent, place=places[0], last=places[-1])
