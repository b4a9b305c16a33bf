"""Copies of lessons and questions, of a whole quiz, of a whole course.

What students did (attempts, progress, enrollments) is never copied, and no copy is published. Contents are copied by
SQL alone, row sets at a time: JSON stays byte for byte what it was.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Text, cast, or_, select, text

from lms_desktop import policy
from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import Course, Lesson, Quiz, QuizQuestion, new_id
from lms_desktop.errors import Conflict
from lms_desktop.services import gate
from lms_desktop.services.courses import free_slug
from lms_desktop.services.ordering import undisturbed
from lms_desktop.services.teaching import arranging_words as words
from lms_desktop.services.teaching import lists
from lms_desktop.services.teaching.lists import Arranged, ListChanged, Spot
from lms_desktop.spec import N_, Catalog

TITLE_LENGTH = 255
"""Characters that the columns of titles take."""

MOST_TOUCHED = 1_000
"""Rows of an entity that an outcome names one by one at most."""

_MADE_ANEW = {"id", "xmin", "created_at", "updated_at"}
_COPY = re.compile(r" \(copy(?: \d+)?\)$")


@undisturbed
def copy(uow: UnitOfWork, catalog: Catalog, entity: Any, ids: Sequence[str], spot: Spot) -> Outcome:
    """Copy lessons, with their quizzes and questions, or questions, to right behind another row of this or another
    list. The outcome's value is Arranged; its `new` are the copies, in the order in which their originals stand.

    A lesson copied within its course is called `… (copy)`. Rows that are gone or out of reach are left out, and the
    sentence says so. Raises ListChanged where none is left, or `after` is no longer in the list; Denied.
    """
    for made in (Lesson, Quiz, QuizQuestion) if entity is Lesson else (entity,):
        gate.check_entity(uow, made, "add")
    wanted = tuple(dict.fromkeys(ids))
    found = lists.lock(uow, catalog, entity, spot.parent, wanted, verb="view")
    rows = found.in_order(wanted)
    if wanted and not rows:
        gone = N_("What you were about to copy is no longer there. Nothing was changed.")
        raise ListChanged(gone, spot.parent, found.order(spot.parent), entity=entity, ids=wanted)
    before, behind = lists.place_of(found, spot, (), None)
    new = {row.id: new_id() for row in rows}
    order = [*before, *new.values(), *behind]
    lists.write(uow, found, {spot.parent: order})
    places = {row_id: place for place, row_id in enumerate(new, len(before) + 1)}
    _insert_rows(uow, found, spot.parent, new, places)
    if entity is Lesson:
        quizzes = _quizzes_of(uow, list(new))
        _copy_quizzes(uow, quizzes, lambda course: None if course is None else spot.parent, new)
    left = tuple(row_id for row_id in wanted if row_id not in new)
    sentence = words.copied(found, spot.parent, rows, len(before) + 1)
    if left:
        sentence = words.with_what_changed(uow, catalog, found, spot.parent, sentence, None, left)
    return uow.outcome(sentence, Arranged(tuple(order), new=tuple(new.values()), left=left))


def duplicate_course(uow: UnitOfWork, catalog: Catalog, course_id: str) -> Outcome:
    """Copy a course with its lessons, quizzes and questions; the outcome's value is the new course's id.

    The copy is called `… (copy)`, has a short name of its own and is a draft. It belongs to the instructor who makes
    it; made by an administrator, to whom the original belongs. A quiz that names a lesson of some other course as well
    hangs on the new course alone. Raises Denied.
    """
    for made in (Course, Lesson, Quiz, QuizQuestion):
        gate.check_entity(uow, made, "add")
    source = _locked(uow, Course, course_id, Course.title, Course.instructor_id)
    near = select(Course.title).where(
        Course.title.startswith(stem_of(source.title), autoescape=True), policy.scope(uow.actor, Course, "view")
    )
    title = copy_of(source.title, uow.execute(near).scalars())
    own = uow.actor.role == policy.INSTRUCTOR and not uow.actor.system
    new = new_id()
    given = {
        "title": title,
        "slug": free_slug(uow, title),
        "instructor_id": uow.actor.id if own else source.instructor_id,
        "is_published": False,
    }
    _insert_one(uow, Course, course_id, new, given)
    lessons = _copy_lessons(uow, course_id, new)
    condition = or_(Quiz.course_id == course_id, Quiz.lesson_id.in_(list(lessons)))
    quizzes = _quizzes(uow, condition)
    questions = _copy_quizzes(uow, quizzes, lambda course: None if course is None else new, lessons)
    gate.require(uow, Course, "add", [new])
    counts = {Lesson: len(lessons), Quiz: len(quizzes), QuizQuestion: questions}
    return uow.outcome(words.duplicated(source.title, title, counts), new)


def duplicate_quiz(uow: UnitOfWork, catalog: Catalog, quiz_id: str) -> Outcome:
    """Copy a quiz with its questions, to where the original hangs, as a draft called `… (copy)`; the outcome's value is
    the new quiz's id. Raises Denied."""
    for made in (Quiz, QuizQuestion):
        gate.check_entity(uow, made, "add")
    source = _locked(uow, Quiz, quiz_id, Quiz.title, Quiz.course_id, Quiz.lesson_id)
    beside = select(Quiz.title).where(
        Quiz.course_id.is_not_distinct_from(source.course_id),
        Quiz.lesson_id.is_not_distinct_from(source.lesson_id),
        Quiz.title.startswith(stem_of(source.title), autoescape=True),
        policy.scope(uow.actor, Quiz, "view"),
    )
    title = copy_of(source.title, uow.execute(beside).scalars())
    new = new_id()
    _insert_one(uow, Quiz, quiz_id, new, {"title": title, "is_published": False})
    questions = _copy_questions(uow, {quiz_id: new})
    gate.require(uow, Quiz, "add", [new])
    return uow.outcome(words.duplicated(source.title, title, {QuizQuestion: questions}), new)


def stem_of(title: str) -> str:
    """The title of which this may be a copy, without what says so."""
    return _COPY.sub("", title)


def copy_of(title: str, taken: Iterable[str], length: int = TITLE_LENGTH) -> str:
    """What a copy is called: `Algebra (copy)`, then `Algebra (copy 2)` … where that is `taken`; never longer than the
    column."""
    there, number = set(taken), 1
    while True:
        suffix = " (copy)" if number == 1 else f" (copy {number})"
        found = stem_of(title)[: length - len(suffix)].rstrip() + suffix
        if found not in there:
            return found
        number += 1


# Rows


def _locked(uow: UnitOfWork, entity: Any, row_id: str, *columns: Any) -> Any:
    """Columns of the row that is copied; nobody changes the order of its lists, or copies it, meanwhile."""
    reach = gate.condition(uow, entity, "view")
    row = uow.execute(select(*columns).where(entity.id == row_id, reach).with_for_update(key_share=True)).one_or_none()
    if row is None:
        gate.require(uow, entity, "view", [row_id])
        raise Conflict(N_("What you were about to copy is no longer there. Nothing was changed."), entity=entity)
    return row


def _content(entity: Any, *aside: str) -> list[str]:
    """The columns that are copied as they are, quoted."""
    return [f'"{c.name}"' for c in entity.__table__.columns if c.name not in _MADE_ANEW and c.name not in aside]


def _insert_one(uow: UnitOfWork, entity: Any, old: str, new: str, given: Mapping[str, object]) -> None:
    columns, table = _content(entity, *given), f'"{entity.__tablename__}"'
    values = [f"CAST(:{name} AS {_type(entity, name)})" for name in given]
    statement = (
        f"INSERT INTO {table} (id, {', '.join([*given, *columns])})"
        f" SELECT CAST(:new AS uuid), {', '.join([*values, *(f's.{c}' for c in columns)])}"
        f" FROM {table} s WHERE s.id = CAST(:old AS uuid)"
    )
    uow.execute(text(statement), {"old": old, "new": new, **given})
    uow.touch(entity, [new], "insert")


def _type(entity: Any, name: str) -> str:
    return {"instructor_id": "uuid", "is_published": "boolean"}.get(name, "text")


def _insert_rows(
    uow: UnitOfWork, found: lists.Lists, parent: str, new: Mapping[str, str], places: Mapping[str, int]
) -> None:
    """Copy rows (old → new id) to these places (by old id) of a list in which there is room for them."""
    entity: Any = found.admin.entity
    own = [row.id for row in found.rows[parent]]
    titles: dict[str, str] = {}
    if entity is Lesson and any(row_id in new for row_id in own):
        there = dict(map(tuple, uow.execute(select(cast(Lesson.id, Text), Lesson.title).where(Lesson.id.in_(own)))))
        taken = set(there.values())
        for row_id in (row_id for row_id in new if row_id in there):
            titles[row_id] = copy_of(there[row_id], taken)
            taken.add(titles[row_id])
    order, key = (a.property.columns[0].name for a in (found.place.order, found.place.parent))
    columns = _content(entity, order, key)
    shown = ["coalesce(v.title, s.title)" if c == '"title"' else f"s.{c}" for c in columns]
    table = f'"{entity.__tablename__}"'
    statement = (
        f'INSERT INTO {table} (id, "{key}", "{order}", {", ".join(columns)})'
        f" SELECT v.new, CAST(:parent AS uuid), v.place, {', '.join(shown)}"
        " FROM unnest(CAST(:old AS uuid[]), CAST(:new AS uuid[]), CAST(:places AS integer[]), CAST(:titles AS text[]))"
        f" AS v(old, new, place, title) JOIN {table} s ON s.id = v.old ORDER BY v.place"
    )
    values = {
        "old": list(new),
        "new": list(new.values()),
        "places": [places[row_id] for row_id in new],
        "titles": [titles.get(row_id) for row_id in new],
    }
    uow.execute(text(statement), {"parent": parent, **values})
    uow.touch(entity, new.values(), "insert")


def _copy_lessons(uow: UnitOfWork, course: str, new_course: str) -> dict[str, str]:
    """Copy all lessons of a course, numbered 1..n; old id → new."""
    ordered = select(cast(Lesson.id, Text)).where(Lesson.course_id == course, policy.scope(uow.actor, Lesson, "view"))
    rows = uow.execute(ordered.order_by(Lesson.order, Lesson.created_at, Lesson.id)).scalars()
    new = {row_id: new_id() for row_id in rows}
    columns = _content(Lesson, "course_id", "order")
    statement = (
        f'INSERT INTO lessons (id, course_id, "order", {", ".join(columns)})'
        f" SELECT v.new, CAST(:course AS uuid), v.place, {', '.join(f's.{c}' for c in columns)}"
        " FROM unnest(CAST(:old AS uuid[]), CAST(:new AS uuid[])) WITH ORDINALITY AS v(old, new, place)"
        " JOIN lessons s ON s.id = v.old"
    )
    uow.execute(text(statement), {"course": new_course, "old": list(new), "new": list(new.values())})
    _touch(uow, Lesson, new.values())
    return new


def _quizzes_of(uow: UnitOfWork, lessons: Sequence[str]) -> list[Any]:
    return _quizzes(uow, Quiz.lesson_id.in_(lessons))


def _quizzes(uow: UnitOfWork, condition: Any) -> list[Any]:
    """Id, course and lesson of the quizzes within the actor's reach."""
    shown = select(cast(Quiz.id, Text), cast(Quiz.course_id, Text), cast(Quiz.lesson_id, Text))
    rows = uow.execute(shown.where(condition, policy.scope(uow.actor, Quiz, "view")).order_by(Quiz.created_at, Quiz.id))
    return list(rows.all())


def _copy_quizzes(uow: UnitOfWork, quizzes: Sequence[Any], course_of: Any, lessons: Mapping[str, str]) -> int:
    """Copy quizzes to the new course that `course_of` says for the old, and to the new lessons (old id → new), with
    their questions, of which it tells the number. They follow one another as the originals do."""
    new = {row[0]: new_id() for row in quizzes}
    columns = _content(Quiz, "course_id", "lesson_id", "is_published")
    statement = (
        f"INSERT INTO quizzes (id, course_id, lesson_id, is_published, created_at, {', '.join(columns)})"
        " SELECT v.new, v.course, v.lesson, false, now() + v.n * interval '1 microsecond',"
        f" {', '.join(f's.{c}' for c in columns)}"
        " FROM unnest(CAST(:old AS uuid[]), CAST(:new AS uuid[]), CAST(:courses AS uuid[]), CAST(:lessons AS uuid[]))"
        " WITH ORDINALITY AS v(old, new, course, lesson, n) JOIN quizzes s ON s.id = v.old"
    )
    if new:
        values = {
            "old": list(new),
            "new": list(new.values()),
            "courses": [course_of(row[1]) for row in quizzes],
            "lessons": [lessons.get(row[2]) for row in quizzes],
        }
        uow.execute(text(statement), values)
        _touch(uow, Quiz, new.values())
    return _copy_questions(uow, new)


def _copy_questions(uow: UnitOfWork, quizzes: Mapping[str, str]) -> int:
    """Copy the questions of quizzes (old id → new), numbered 1..n; how many."""
    if not quizzes:
        return 0
    columns = _content(QuizQuestion, "quiz_id", "order")
    statement = (
        f'INSERT INTO quiz_questions (id, quiz_id, "order", {", ".join(columns)})'
        ' SELECT gen_random_uuid(), v.new, row_number() OVER (PARTITION BY s.quiz_id ORDER BY s."order", s.created_at,'
        f" s.id), {', '.join(f's.{c}' for c in columns)}"
        " FROM unnest(CAST(:old AS uuid[]), CAST(:new AS uuid[])) AS v(old, new)"
        " JOIN quiz_questions s ON s.quiz_id = v.old RETURNING id::text"
    )
    made = uow.execute(text(statement), {"old": list(quizzes), "new": list(quizzes.values())}).scalars().all()
    _touch(uow, QuizQuestion, made)
    return len(made)


def _touch(uow: UnitOfWork, entity: type, ids: Iterable[str]) -> None:
    made = list(ids)
    if len(made) <= MOST_TOUCHED:
        uow.touch(entity, made, "insert")
    else:
        uow.touch_some(entity)
