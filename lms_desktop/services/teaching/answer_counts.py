"""Who answered what: how many attempts an edit of a question would touch, and how students answered."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Text, cast, select, text

from lms_desktop.database.unit_of_work import UnitOfWork
from lms_desktop.entities import QuizAttempt, QuizQuestion
from lms_desktop.services import gate
from lms_desktop.services.teaching import paper
from lms_desktop.services.teaching.attempts import Attempt, Walk
from lms_desktop.services.teaching.marking import Marker, texts_of
from lms_desktop.services.teaching.questions import SHORT_ANSWER

MOST_WORDS = 200
"""Different answers to one question that are counted; a longer list would only hold what was written once."""

# The text of the answers is searched and not the JSON inside: whatever another program wrote must not stop this. By
# place, an answer belongs to a question that was there when the attempt began.
_ANSWERED = text(
    """
    WITH asked AS (
        SELECT id, quiz_id, created_at,
               row_number() OVER (PARTITION BY quiz_id ORDER BY "order", created_at, id) AS place
          FROM quiz_questions
         WHERE quiz_id IN (SELECT quiz_id FROM quiz_questions WHERE id = ANY(CAST(:ids AS uuid[])))),
    said AS MATERIALIZED (
        SELECT quiz_id, started_at, answers::text AS words,
               CASE WHEN json_typeof(answers) = 'array' AND strpos(answers::text, '"question_id"') = 0
                    THEN json_array_length(answers) ELSE 0 END AS number
          FROM quiz_attempts
         WHERE ended_at IS NOT NULL AND answers IS NOT NULL AND quiz_id IN (SELECT quiz_id FROM asked))
    SELECT CAST(a.id AS text) AS id,
           count(s.quiz_id) FILTER (WHERE strpos(s.words, a.id::text) > 0 OR strpos(s.words, upper(a.id::text)) > 0
                                       OR (s.number >= a.place AND a.created_at <= s.started_at)) AS number
      FROM asked a LEFT JOIN said s ON s.quiz_id = a.quiz_id
     WHERE a.id = ANY(CAST(:ids AS uuid[]))
     GROUP BY a.id
    """
)


def answered(uow: UnitOfWork, question_ids: Sequence[str]) -> dict[str, int]:
    """By question how many attempts that have ended answered it, in whichever form the answers are written.

    Questions that do not exist (yet), or are out of the actor's reach, have no answers.
    """
    gate.check_entity(uow, QuizAttempt, "view")
    reach = gate.condition(uow, QuizQuestion, "view")
    own = select(cast(QuizQuestion.id, Text)).where(QuizQuestion.id.in_(list(question_ids)), reach)
    ids = list(uow.execute(own).scalars())
    found = {row.id: int(row.number) for row in uow.execute(_ANSWERED, {"ids": ids})} if ids else {}
    return {question_id: found.get(question_id, 0) for question_id in question_ids}


class Spread(Walk):
    """Counts how students answered, step by step, in the attempts that have ended.

    Attributes:
        paper: the quiz as it is saved.
        questions: question id → answer → how many gave it; of several ticked options each counts. Short answers are
            counted together where they differ in blanks alone.
    """

    def __init__(self, uow: UnitOfWork, quiz_id: str, size: int = 0) -> None:
        self.paper = paper.load(uow, quiz_id)
        super().__init__(uow, quiz_id, "view", *([size] if size else []))
        self._marker = Marker(self.paper)
        self._short = {asked.id for asked in self.paper.questions if asked.reading.type == SHORT_ANSWER}
        self.questions: dict[str, Counter[str]] = {asked.id: Counter() for asked in self.paper.questions}

    def take(self, uow: UnitOfWork, rows: list[Attempt]) -> None:
        """Override Walk.take."""
        for marked in [self._marker.mark(row) for row in rows if row.ended is not None]:
            for key, answer in marked.given.items():
                counted = self.questions[key]
                for said in dict.fromkeys(texts_of(answer)):
                    words = " ".join(said.split()) if key in self._short else said
                    if words and (words in counted or len(counted) < MOST_WORDS):
                        counted[words] += 1


def answer_spread(uow: UnitOfWork, quiz_id: str) -> dict[str, Counter[str]]:
    """By question how often each answer was given, in this transaction; raises Denied."""
    spread = Spread(uow, quiz_id)
    for _ in spread.through(uow):
        pass
    return spread.questions
