"""The results of a quiz as a CSV file, on a real server."""

import csv
import io
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from lms_desktop.database.unit_of_work import Actor, Database
from lms_desktop.errors import Denied
from lms_desktop.services import gate
from lms_desktop.services.files import harmless
from lms_desktop.services.teaching.results_file import ResultsFile
from tests.services.teaching.quiz_of_all import BEGAN, RIGHT, answers, attempt
from tests.services.teaching.test_results import ALL, INES, IVAN, school

__all__ = ["school"]

HARMLESS = '\'=HYPERLINK("x")'
HEADS = ("Student", "E-mail", "Started", "Ended", "Score", "Passed")


def written(school: Database, who: Actor = INES, size: int = 0) -> str:
    """The file, each portion of attempts read in a transaction of its own."""
    with gate.reading(school, who) as uow:
        found = ResultsFile(uow, ALL, HEADS, size)
    while not found.ended:
        with gate.reading(school, who) as uow:
            found.step(uow)
    return found.text()


def rows(content: str) -> list[list[str]]:
    """As a spreadsheet reads it."""
    assert content.startswith("\ufeff")
    return list(csv.reader(io.StringIO(content[1:], newline="")))


@pytest.mark.parametrize("size", [0, 1])
def test_a_line_for_each_attempt_in_the_order_in_which_they_began(school: Database, size: int) -> None:
    with school.engine.begin() as connection:
        attempt(connection, "second", answers(RIGHT), 100, True, began=BEGAN + timedelta(hours=1))
        attempt(connection, "first", answers({"one": '=HYPERLINK("x")', "essay": "Two,\nlines"}), 0, False)
        attempt(connection, "third", None, ended=False, began=BEGAN + timedelta(hours=2))
        connection.execute(text("UPDATE users SET full_name = ' @ana' WHERE email = 'ana@school.edu'"))
    head, *lines = rows(written(school, size=size))
    assert head == [*HEADS, *(f"{n}. The *{of}* one?" for n, of in enumerate((*RIGHT, "essay"), 1))]
    who = ["' @ana", "ana@school.edu"]
    assert lines == [
        [
            *who,
            "2026-03-01T09:00:00Z",
            "2026-03-01T09:10:00Z",
            "0",
            "false",
            '\'=HYPERLINK("x")',
            "",
            "",
            "",
            "Two,\nlines",
        ],
        [*who, "2026-03-01T10:00:00Z", "2026-03-01T10:10:00Z", "100", "true", "4", "c, a", "true", "Half", ""],
        [*who, "2026-03-01T11:00:00Z", "", "", "", "", "", "", "", ""],
    ]


def test_a_quiz_that_nobody_took_is_a_head_alone(school: Database) -> None:
    assert len(rows(written(school))) == 1


def test_nobody_gets_the_results_of_anothers_quiz(school: Database) -> None:
    with pytest.raises(Denied):
        written(school, IVAN)


@given(st.text(st.characters(codec="utf-8"), max_size=6) | st.from_regex(r"[ \t\r\n]*[-=+@].*", fullmatch=True))
def test_no_cell_begins_a_formula(cell: str) -> None:
    made = harmless(cell)
    assert made in (cell, f"'{cell}")
    assert made.lstrip()[:1] not in set("=+-@")
    assert made[:1] not in set("\t\r\n")
