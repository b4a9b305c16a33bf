"""Marking attempts again: what a preview finds, what is written, what is left alone, on a real server."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import URL, text

from lms_desktop.config import Settings
from lms_desktop.database.engine import make_engine
from lms_desktop.database.unit_of_work import Actor, Change, Database, Outcome
from lms_desktop.entities import Course, Quiz, QuizAttempt
from lms_desktop.errors import Conflict, Denied
from lms_desktop.services import gate
from lms_desktop.services.teaching import regrading
from lms_desktop.services.teaching.regrading import (
    BY_HAND,
    PLACES,
    POINTLESS,
    UNDER_WAY,
    UNREADABLE,
    Including,
    Preview,
)
from tests.services.school_states import state, undo
from tests.services.teaching import quiz_of_all
from tests.services.teaching.quiz_of_all import BEGAN, QUIZ, RIGHT, answers, attempt, question
from tests.small_school import SYSTEM, act, actor, opened, row_id, statements

INES, IVAN, ADMIN, REGISTRAR = (actor(name) for name in ("ines", "ivan", "admin", "registrar"))
ALL = row_id(Quiz, QUIZ)


@pytest.fixture
def school(database_url: URL) -> Iterator[Database]:
    """The small school with a quiz of every type but an essay; 8 points, 60 % pass."""
    with opened(database_url) as database:
        with database.engine.begin() as connection:
            quiz_of_all.fill(connection, essay=False)
        yield database


def put(school: Database, name: str, wire: str | None, score: int | None = None, **more: Any) -> str:
    """An attempt; its id."""
    with school.engine.begin() as connection:
        return attempt(connection, name, wire, score, None if score is None else score >= 60, **more)


def sql(school: Database, statement: str, **values: Any) -> None:
    """What another program does."""
    with school.engine.begin() as connection:
        connection.execute(text(statement), values)


def look(school: Database, who: Actor = INES, quiz: str = ALL, including: Including | None = None) -> Preview:
    """The preview."""
    with gate.reading(school, who) as uow:
        return regrading.preview(uow, quiz, including or Including())


def regrade(school: Database, agreed: Preview, who: Actor = INES, quiz: str = ALL) -> Outcome:
    """What was agreed to, written."""
    return act(school, who, lambda uow: regrading.regrade(uow, quiz, agreed))


def results(school: Database) -> dict[str, tuple[int | None, bool | None]]:
    """Score and passed of each attempt at the quiz, by its id."""
    with school.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT CAST(id AS text), score, passed FROM quiz_attempts WHERE quiz_id = :quiz"), {"quiz": ALL}
        )
        return {row[0]: (row[1], row[2]) for row in rows}


class TestPreview:
    def test_a_corrected_answer_changes_those_who_gave_it(self, school: Database) -> None:
        was_wrong = put(school, "was wrong", answers({**RIGHT, "one": "5"}), 75)
        was_right = put(school, "was right", answers({"one": "4", "short": "0,5"}), 50)
        put(school, "neither", answers({"truth": True}), 13)
        sql(school, "UPDATE quiz_questions SET correct_answer = '5' WHERE id = :id", id=question("one"))
        found = look(school)
        assert {(c.id, c.old_score, c.score, c.passed) for c in found.changes} == {
            (was_wrong, 75, 100, True),
            (was_right, 50, 25, False),
        }
        assert (found.same, found.now_pass, found.no_longer_pass, dict(found.left_out)) == (1, 0, 0, {})
        assert {(c.name, c.email) for c in found.changes} == {("Ana", "ana@school.edu")}

    def test_the_pass_mark_alone_changes_who_passes(self, school: Database) -> None:
        put(school, "middling", answers({"several": ["a", "c"], "one": "4"}), 63)
        sql(school, "UPDATE quizzes SET passing_score_percentage = 63 WHERE id = :id", id=ALL)
        assert look(school).changes == ()
        sql(school, "UPDATE quizzes SET passing_score_percentage = 64 WHERE id = :id", id=ALL)
        found = look(school)
        assert [(c.old_score, c.score, c.old_passed, c.passed) for c in found.changes] == [(63, 63, True, False)]
        assert (found.now_pass, found.no_longer_pass) == (0, 1)

    def test_who_loses_their_pass_comes_first_then_who_gains_one(self, school: Database) -> None:
        neither, gains, loses = (
            put(school, name, wire, score)
            for name, wire, score in (
                ("neither", answers(RIGHT), 90),
                ("gains", answers(RIGHT), 0),
                ("loses", answers({"truth": "false"}), 100),
            )
        )
        put(school, "waited for its score", answers(RIGHT))
        found = look(school)
        assert [change.id for change in found.changes if change.old_score is not None] == [loses, gains, neither]
        assert (found.now_pass, found.no_longer_pass) == (2, 1)

    def test_what_cannot_be_marked_again(self, school: Database) -> None:
        given: list[tuple[str | None, dict[str, Any], str]] = [
            (answers(RIGHT), {"ended": False}, UNDER_WAY),
            (answers(RIGHT), {"ended": False, "score": 40}, UNDER_WAY),
            (None, {}, UNREADABLE),
            ("null", {}, UNREADABLE),
            ('"4"', {}, UNREADABLE),
            ("17", {}, UNREADABLE),
            ('{"a": 1}', {}, UNREADABLE),
            ('[{"question_id": "nobody", "answer": "4"}]', {}, UNREADABLE),
            ('[{"question_id": 7, "answer": "4"}]', {}, UNREADABLE),
            (answers({"gone": "4"}), {"score": 80}, UNREADABLE),
            ("[]", {"score": 80}, UNREADABLE),
            ('{"' + question("one") + '": ' + "[" * 3000 + "]" * 3000 + "}", {}, UNREADABLE),
            ('["4", ["a", "c"], "true", "half"]', {}, PLACES),
            ('["4"]', {}, PLACES),
            ('["4", ["a", "c"], "true", "half", "one too many"]', {}, UNREADABLE),
        ]
        for number, (wire, more, _) in enumerate(given):
            put(school, f"odd {number}", wire, **more)
        found = look(school)
        assert (found.changes, found.same) == ((), 0)
        assert dict(found.left_out) == Counter(why for _, _, why in given)

    def test_odd_answers_that_can_be(self, school: Database) -> None:
        one = question("one")
        given = [
            ("[]", 0),
            (" { } ", 0),
            (answers({"one": None, "truth": {}, "short": [[]], "several": "x"}), 0),
            (answers({"one": ["4"], "several": '["c", "a"]', "truth": True, "short": ".50"}), 100),
            (f'{{"{one}": "4"}}', 25),
            (f'[{{"question_id": "{one.upper()}", "answer": {{"text": "4"}}, "seconds": 9}}]', 25),
            (answers({"one": "4", "gone": "x"}), 25),
            (f'[{{"question_id": "{one}", "answer": "4"}}, {{"question_id": null}}, 7, null]', 25),
            (f'[{{"question_id": "{one}", "answer": "\\u0000"}}]', 0),
            (f'[{{"question_id": "{one}", "answer": {"9" * 5000}}}]', 0),
        ]
        wanted = {put(school, f"odd {number}", wire): score for number, (wire, score) in enumerate(given)}
        assert {change.id: change.score for change in look(school).changes} == wanted

    def test_by_place_where_it_is_wanted(self, school: Database) -> None:
        put(school, "by place", '["4", ["a", "c"], "false"]')
        found = look(school, including=Including(places=True))
        assert [(change.score, change.passed) for change in found.changes] == [(63, True)]

    def test_a_question_that_came_later_does_not_count(self, school: Database) -> None:
        put(school, "early", answers({"one": "4", "several": ["a", "c"], "truth": "true"}))
        put(school, "early, by place", '["4", ["a", "c"], "true"]')
        late = "UPDATE quiz_questions SET created_at = :at WHERE id = :id"
        sql(school, late, at=BEGAN + timedelta(days=1), id=question("short"))
        found = look(school, including=Including(places=True))
        assert [change.score for change in found.changes] == [100, 100]
        sql(school, late, at=BEGAN - timedelta(days=1), id=question("short"))
        assert [change.score for change in look(school).changes] == [75]

    def test_no_points_no_score(self, school: Database) -> None:
        put(school, "pointless", answers(RIGHT), 90)
        sql(school, "UPDATE quiz_questions SET points = 0 WHERE quiz_id = :quiz", quiz=ALL)
        assert dict(look(school).left_out) == {POINTLESS: 1}

    def test_what_a_person_marked_is_left_out_unless_it_is_wanted(self, school: Database) -> None:
        with school.engine.begin() as connection:
            quiz_of_all.fill(connection)
        put(school, "essay", answers({**RIGHT, "one": "5", "essay": "Well …"}), 92)
        put(school, "no essay", answers({**RIGHT, "one": "5"}), 46)
        found = look(school)
        assert (found.changes, dict(found.left_out)) == ((), {BY_HAND: 2})
        wanted = look(school, including=Including(by_hand=True))
        assert [change.score for change in wanted.changes] == [75, 75]
        assert wanted.left_out == {}

    def test_nothing_is_written(self, school: Database) -> None:
        put(school, "one", answers(RIGHT), 0)
        before = state(school)
        with statements(school) as seen:
            look(school)
        assert state(school) == before
        assert not [s for s in seen if s.lstrip().upper().startswith(("UPDATE", "INSERT", "DELETE"))]


class TestWriting:
    def many(self, school: Database, count: int = 500) -> None:
        """Attempts that were marked before the answer was corrected."""
        wire = answers({**RIGHT, "one": "5"})
        sql(
            school,
            "INSERT INTO quiz_attempts (id, quiz_id, student_id, started_at, ended_at, answers, score, passed,"
            " created_at) SELECT gen_random_uuid(), :quiz, s.id, :began, :ended, CAST(:wire AS json), 75, true, now()"
            " FROM generate_series(1, :count), (SELECT id FROM users WHERE email = 'ana@school.edu') s",
            quiz=ALL, began=BEGAN, ended=BEGAN, wire=wire, count=count,
        )  # fmt: skip
        sql(school, "UPDATE quiz_questions SET correct_answer = '5' WHERE id = :id", id=question("one"))

    def test_five_hundred_as_one_operation_that_can_be_taken_back(self, school: Database) -> None:
        self.many(school)
        before = state(school)
        with statements(school) as seen:
            done = regrade(school, look(school))
        assert done.sentence == "Regraded “Of Algebra”: 500 results changed."
        assert set(results(school).values()) == {(100, True)}
        assert len([s for s in seen if s.startswith("UPDATE quiz_attempts")]) == 1
        assert len(done.changes) == 500
        assert done.undoable
        undo(school, INES, done.operation)
        assert state(school) == before

    def test_more_than_one_statement_writes(self, school: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(regrading, "AT_ONCE", 20)
        monkeypatch.setattr(regrading, "LARGE", 20)
        self.many(school, 50)
        told: list[float] = []
        agreed = look(school)
        done = act(school, INES, lambda uow: regrading.regrade(uow, ALL, agreed, lambda share, _: told.append(share)))
        assert (len(done.changes), *done.besides, done.value.written) == (0, QuizAttempt, 50)
        assert told == [0.0, 0.4, 0.8, 1.0]
        assert set(results(school).values()) == {(100, True)}

    def test_only_rows_that_change(self, school: Database) -> None:
        put(school, "same", answers(RIGHT), 100)
        other = put(school, "other", answers(RIGHT), 90)
        done = regrade(school, look(school))
        assert done.changes == (Change(QuizAttempt, other, "update"),)
        assert done.sentence == "Regraded “Of Algebra”: one result changed."

    def test_what_others_wrote_meanwhile_is_left_alone_and_said(self, school: Database) -> None:
        first, second, gone = (put(school, name, answers(RIGHT), 10) for name in ("first", "second", "gone"))
        agreed = look(school)
        sql(school, "UPDATE quiz_attempts SET score = 99 WHERE id = :id", id=first)
        sql(school, "DELETE FROM quiz_attempts WHERE id = :id", id=gone)
        done = regrade(school, agreed)
        assert results(school) == {first: (99, False), second: (100, True)}
        assert (done.value.written, done.value.changed_meanwhile) == (1, 2)
        assert done.sentence.endswith("Results changed: 1. Left alone, for others changed them meanwhile: 2.")

    def test_a_quiz_that_changed_meanwhile_is_looked_at_again(self, school: Database) -> None:
        put(school, "one", answers(RIGHT), 10)
        for change in (
            "UPDATE quiz_questions SET correct_answer = '5' WHERE points = 2 AND options IS NOT NULL",
            "UPDATE quiz_questions SET points = points + 1",
            "UPDATE quizzes SET passing_score_percentage = 61",
            'UPDATE quiz_questions SET "order" = 9 - "order"',
            "DELETE FROM quiz_questions WHERE points = 2",
        ):
            agreed = look(school)
            assert agreed.changes
            sql(school, change)
            before = state(school)
            with pytest.raises(Conflict, match="Nothing was written"):
                regrade(school, agreed)
            assert state(school) == before

    def test_another_title_is_no_matter(self, school: Database) -> None:
        put(school, "one", answers(RIGHT), 10)
        agreed = look(school)
        sql(school, "UPDATE quizzes SET title = 'x', description = 'y' WHERE id = :id", id=ALL)
        assert regrade(school, agreed).value.written == 1


class TestRights:
    @pytest.fixture
    def foreign(self, school: Database) -> str:
        """An attempt at the quiz of Ivan's botany, where everything would change."""
        return put(school, "foreign", "[]", quiz="of botany")

    def test_whose_quiz_it_is_not_may_neither_look_nor_write(self, school: Database, foreign: str) -> None:
        put(school, "one", answers(RIGHT), 10)
        before = state(school)
        for who, quiz in (
            (INES, "of botany"),
            (INES, "of algebra and leaves"),
            (INES, "of nothing"),
            (IVAN, QUIZ),
            (REGISTRAR, QUIZ),
        ):
            wanted = row_id(Quiz, quiz)
            with pytest.raises(Denied):
                look(school, who, wanted)
            with pytest.raises(Denied):
                regrade(school, replace(look(school, ADMIN, wanted), quiz_id=wanted), who, wanted)
        assert state(school) == before

    def test_a_foreign_attempt_slipped_in_is_refused(self, school: Database, foreign: str) -> None:
        put(school, "one", answers(RIGHT), 10)
        agreed = look(school)
        with school.engine.connect() as connection:
            version = connection.execute(
                text("SELECT CAST(xmin AS text) FROM quiz_attempts WHERE id = :id"), {"id": foreign}
            ).scalar_one()
        slipped = replace(agreed.changes[0], id=foreign, version=version)
        before = state(school)
        for who in (INES, ADMIN):
            with pytest.raises(Denied):
                regrade(school, replace(agreed, changes=(*agreed.changes, slipped)), who)
        assert state(school) == before

    def test_a_quiz_that_is_gone(self, school: Database) -> None:
        nowhere = row_id(Quiz, "nowhere")
        for who in (INES, ADMIN):
            with pytest.raises(Denied):
                look(school, who, nowhere)

    def test_a_course_that_changed_hands_meanwhile(self, school: Database) -> None:
        put(school, "one", answers(RIGHT), 10)
        agreed = look(school)
        sql(
            school,
            "UPDATE courses SET instructor_id = :ivan WHERE id = :id",
            ivan=IVAN.id,
            id=row_id(Course, "algebra"),
        )
        with pytest.raises(Denied):
            regrade(school, agreed)


class TestSelected:
    def run(self, school: Database, who: Actor, *ids: str) -> Outcome:
        """The action of the page."""
        return act(school, who, lambda uow: regrading.regrade_selected(uow, ids))

    def test_of_several_quizzes(self, school: Database) -> None:
        one = put(school, "one", answers(RIGHT), 10)
        other = put(school, "other", answers({"one": "4"}), 10)
        waits = put(school, "waits", answers(RIGHT), ended=False)
        elsewhere = put(school, "elsewhere", "[]", quiz="of sums")
        before = state(school)
        done = self.run(school, INES, one, waits, elsewhere)
        assert (
            done.sentence
            == "Regraded. Results changed: 1. Left as they are, for they cannot be marked by themselves: 2."
        )
        assert results(school)[one] == (100, True)
        assert results(school)[other] == (10, False)
        undo(school, INES, done.operation)
        assert state(school) == before

    def test_where_nothing_is_another(self, school: Database) -> None:
        done = self.run(school, ADMIN, put(school, "one", answers(RIGHT), 100))
        assert (done.sentence, done.changes) == ("Regraded. All results stay as they are.", ())

    def test_foreign_ones_are_refused_with_all(self, school: Database) -> None:
        one, foreign = put(school, "one", answers(RIGHT), 10), put(school, "foreign", "[]", quiz="of botany")
        before = state(school)
        for who in (INES, REGISTRAR):
            with pytest.raises(Denied):
                self.run(school, who, one, foreign)
        assert state(school) == before


def test_a_question_of_an_unknown_type_is_a_persons_to_mark(school: Database) -> None:
    put(school, "one", answers(RIGHT), 10)
    sql(
        school,
        "UPDATE quiz_questions SET question_type = 'matching' WHERE id = :id",
        id=question("one"),
    )
    assert dict(look(school).left_out) == {BY_HAND: 1}


def test_the_scores_of_the_sample_school_are_those_that_marking_gives(seeded_url: URL) -> None:
    engine = make_engine(seeded_url, Settings())
    database, looked = Database(engine), 0
    with database.reading(SYSTEM) as uow:
        for quiz_id in uow.execute(text("SELECT CAST(id AS text) FROM quizzes")).scalars().all():
            found = regrading.preview(uow, quiz_id, Including(places=True))
            assert found.changes == (), found.title
            looked += found.same
    engine.dispose()
    assert looked > 400
