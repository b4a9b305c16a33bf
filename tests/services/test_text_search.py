"""Searching: any part, either case, accents on the second look, likeliest first, wildcards as letters."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL, collate, insert, literal, literal_column, select

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import User
from lms_desktop.services import text_search
from lms_desktop.services.lookup import lookup
from lms_desktop.services.pages import Pages, Want
from lms_desktop.services.text_search import contains, learn, plain, starts, starts_a_word
from lms_desktop.spec import Query, Ref
from tests.small_school import actor, opened

PEOPLE = (
    ("a1@x.example", "Renée Dupont"),
    ("b2@x.example", "Irene Adler"),
    ("rene@x.example", "Zoe Zimmer"),
    ("c3@x.example", "Maria Rene"),
    ("d4@x.example", "Rene"),
    ("e5@x.example", "Renee Lot"),
    ("f6@x.example", "Łukasz Żak"),
    ("g7@x.example", "ÉMILE 100% O_K"),
    ("h8@x.example", "Jose\u0301 Nuno"),
    ("i9@x.example", "İpek Iğdır"),
    ("k1@x.example", "Klaus Großmann"),
    ("k2@x.example", "Klara Grossmann"),
)


@pytest.fixture
def people(database_url: URL) -> Iterator[Database]:
    """The small school with a few people of odd names."""
    with opened(database_url) as database:
        with database.engine.begin() as connection:
            for email, name in PEOPLE:
                connection.execute(insert(User).values(email=email, full_name=name, role="student", password_hash="x"))
        yield database


def found(people: Database, typed: str) -> list[str]:
    """The names that a picker offers."""
    with people.reading(actor("admin")) as uow:
        return [one.label for one in lookup(uow, CATALOG, Ref(User), typed)]


def listed(people: Database, typed: str, *, loose: bool = False) -> set[str | None]:
    """The names that a table shows."""
    with people.reading(actor("admin")) as uow:
        query = Query(User, search=typed, loose=loose)
        return {row[3] for row in Pages(CATALOG).fetch(uow, query, ("full_name",), Want(0, 50)).rows}


def test_the_likeliest_comes_first(people: Database) -> None:
    assert found(people, "rene") == ["Rene", "Renee Lot", "Maria Rene", "Zoe Zimmer", "Irene Adler"]


ACCENTS = [
    ("lukasz zak", "Łukasz Żak"),
    ("emile", "ÉMILE 100% O_K"),
    ("émile", "ÉMILE 100% O_K"),
    ("josé", "Jose\u0301 Nuno"),
    ("ipek igdir", "İpek Iğdır"),
    ("İPEK", "İpek Iğdır"),
    ("grossmann", "Klaus Großmann"),
    ("GROẞMANN", "Klara Grossmann"),
]


@pytest.mark.parametrize(("typed", "name"), ACCENTS)
def test_where_few_are_found_accents_do_not_count(people: Database, typed: str, name: str) -> None:
    assert name in found(people, typed)
    assert name in listed(people, typed, loose=True)


WILDCARDS = [("100%", {"ÉMILE 100% O_K"}), ("o_k", {"ÉMILE 100% O_K"}), ("1%0", set()), ("\\", set())]


@pytest.mark.parametrize(("typed", "names"), WILDCARDS)
def test_wildcards_are_letters(people: Database, typed: str, names: set[str]) -> None:
    assert listed(people, typed) == names
    assert listed(people, typed, loose=True) == names


def test_a_letter_with_an_accent_is_found_in_either_case(people: Database) -> None:
    assert listed(people, "ÉMILE") == listed(people, "émile") == {"ÉMILE 100% O_K"}


def test_what_is_plain_here_is_plain_on_the_server(people: Database) -> None:
    words = "Łódź ÀÇÉÎÕÜ Δημήτρης Ёлка Việt ß"
    with people.engine.connect() as connection:
        assert connection.scalar(select(contains(literal_column(f"'{words}'"), words, loose=True)))
    assert plain("Łódź") == "lodz"


ODD = [
    ("élise", "ELISE"),
    ("elise", "ÉLISE"),
    ("στιγμης", "ΣΤΙΓΜΉΣ"),
    ("ёлка", "ЕЛКА"),
    ("हिन्दी", "हिन्दी"),
    ("ไทย ศัพท์", "ไทย ศัพท์"),
]


@pytest.mark.parametrize(("typed", "text"), ODD)
def test_case_and_accents_do_not_count_where_the_server_knows_no_capitals(
    people: Database, typed: str, text: str
) -> None:
    in_c = collate(literal(text), "C")
    with people.engine.connect() as connection:
        assert connection.scalar(select(contains(in_c, typed, loose=True)))
        assert connection.scalar(select(starts(in_c, typed, loose=True)))
        assert not connection.scalar(select(starts(in_c, typed[1:], loose=True)))


@pytest.mark.parametrize("sign", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
def test_signs_are_found_as_they_are_where_accents_do_not_count(people: Database, sign: str) -> None:
    with people.engine.connect() as connection:
        assert connection.scalar(select(contains(literal(f"b{sign}{sign}c"), f"{sign}{sign}ç", loose=True)))
        assert not connection.scalar(select(contains(literal("bac"), sign, loose=True)))


@pytest.fixture
def trigrams(people: Database) -> Iterator[Database]:
    """A database in which an index of trigrams was found on the addresses."""
    before = text_search._trigrams
    text_search._trigrams = frozenset({("users", "email")})
    yield people
    text_search._trigrams = before


def test_an_index_of_trigrams_gets_its_own_collation(trigrams: Database) -> None:
    assert "COLLATE" not in str(contains(User.email, "x")), "the index serves no other"
    assert "COLLATE" in str(contains(User.full_name, "x"))
    assert listed(trigrams, "rene@")


def test_without_such_an_index_none_is_used(people: Database) -> None:
    with people.engine.connect() as connection:
        learn(connection)
    assert text_search._trigrams == frozenset()


@pytest.mark.parametrize(
    ("value", "word", "is_one"), [("a.maria@x", "maria", True), ("A Maria", "mar", True), ("Amaria", "mar", False)]
)
def test_a_word_begins_after_a_space_and_within_an_address(
    people: Database, value: str, word: str, *, is_one: bool
) -> None:
    with people.engine.connect() as connection:
        assert connection.scalar(select(starts_a_word(literal_column(f"'{value}'"), word))) is is_one


def test_to_begin_with_a_wildcard_is_to_begin_with_the_letter(people: Database) -> None:
    with people.engine.connect() as connection:
        assert connection.scalar(select(starts(literal_column("'a%b'"), "a%")))
        assert not connection.scalar(select(starts(literal_column("'axb'"), "a%")))
