"""Statements that are asked again and again, put into words once.

To find the words of a statement where SQLAlchemy remembers them takes it a quarter of a millisecond, as long as a round
trip to the server.
"""

from itertools import count
from typing import Any

from sqlalchemy import Select

Parameters = dict[str, Any]

_keys = count()


class Spelled:
    """A statement and, from the first time on that it was asked, its words.

    Attributes:
        statement: the statement. What is bound anew each time must be texts, numbers or lists of them.
        words: what the driver was given for it; "" before.
        fixed: the parameters that are the same each time.
        steady: whether one plan is the best whatever is bound: the server may keep it, see `prepared`.
        key: what tells it from all others, also when it is gone.
    """

    def __init__(self, statement: Select[Any], *, steady: bool = False) -> None:
        self.statement, self.steady = statement, steady
        self.key = next(_keys)
        self.words = ""
        self.fixed: Parameters = {}

    def learn(self, context: Any, bound: Parameters) -> None:
        """Take the words from the execution's context of SQLAlchemy; `bound` was bound for this time alone."""
        self.fixed = {name: value for name, value in context.parameters[0].items() if name not in bound}
        self.words = context.statement
