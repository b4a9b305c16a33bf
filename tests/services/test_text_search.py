"""Searching: any part, either case, accents on the second look, likeliest first, wildcards as letters."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL, collate, insert, literal, literal_column, select

from lms_desktop.admin import CATALOG
from lms_desktop.database.unit_of_work import Database
from lms_desktop.entities import User
from lms_desktop.services import text_search
from lms_desktop.services.everywhere import search
from lms_desktop.services.lookup import lookup
from lms_desktop.services.pages import Pages, Want
from lms_desktop.services.text_search import (
    contains,
    has_word,
    learn,
    looks_closer,
    plain,
    starts,
    starts_a_word,
    starts_whole,
)
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


RANKED = [
    (
        "anna muller",
        ["Anna Muller", "Anna Muller-Lee", "Anna Mullerova", "Muller Anna", "Mullers, Annabel", "Hannah Muller"],
    ),
    ("o'neil (b) a_1", ["O'Neil (B) A_1", "O'Neil (B) A_10", "A_1 O'Neil (B)", "A_10 O'Neil (B)"]),
    ("100% c++", ["100% C++", "100% of C++", "C++ at 100%", "Ax100% C++"]),
    ("o_c [a.c]", ["[A.C] O_C", "No_C x[a.c]"]),
    ("renée ß", ["RENÉE ß", "ß Renée", "Irenée ß"]),
    ("a b c d e f g h i", ["A B C D E F G H I", "A B C D E F G H AA I"]),  # more words than are looked at one by one
    ("αννα β", ["ΑΝΝΑ Β", "Β Αννα", "Αβ Γιαννα"]),
    (
        "lesson 1",
        ["Lesson 1", "Lesson 1: Limits", "Lesson 10: Proofs", "1 more lesson", "21 lessons"],
    ),
]


@pytest.mark.parametrize(("typed", "names"), RANKED)
def test_whole_words_come_before_beginnings_and_those_before_parts(
    people: Database, typed: str, names: list[str]
) -> None:
    with people.engine.begin() as connection:
        for number, name in enumerate(names):
            address = f"{len(names) - number}@ranked.example"
            connection.execute(insert(User).values(email=address, full_name=name, role="student", password_hash="x"))
    offered = [name for name in found(people, typed) if name in names]
    assert offered == names
    with people.reading(actor("admin")) as uow:
        likeliest = lookup(uow, CATALOG, Ref(User), typed, 2)
        assert [one.label for one in likeliest] == names[:2], "put in order before the rest is left out"
        assert search(uow, CATALOG, typed, (User,), 1)[0].found.label == names[0]


def test_what_is_whole_without_its_accents_comes_before_parts_too(people: Database) -> None:
    with people.engine.begin() as connection:
        for number, name in enumerate(("Bänna Bär", "Bär, Ânna", "Ännä Bare")):
            address = f"{number}@ranked.example"
            connection.execute(insert(User).values(email=address, full_name=name, role="student", password_hash="x"))
    assert found(people, "anna bar") == ["Ännä Bare", "Bär, Ânna", "Bänna Bär"]


def test_what_is_in_the_label_comes_before_what_is_beside_it(people: Database) -> None:
    with people.engine.begin() as connection:
        for address, name in (("algebra.1@x.example", "A. Linear"), ("z@x.example", "Algebra 10, Pure Linear")):
            connection.execute(insert(User).values(email=address, full_name=name, role="student", password_hash="x"))
    assert found(people, "linear algebra 1") == ["Algebra 10, Pure Linear", "A. Linear"]


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


@pytest.mark.parametrize(
    ("typed", "found_once", "is_enough"),
    [
        *(("zoe", 2, False), ("zoe", 3, True), ("zoë", 1, True), ("Zoë Abe", 0, False), ("ZOE\u0308", 1, True)),
        *(("Groß", 1, True), ("αννας", 1, False), ("άννα", 1, True), ("100%", 0, True), ("", 0, True)),
    ],
)
def test_a_table_looks_closer_for_an_accent_only_where_nothing_has_it(
    typed: str, found_once: int, *, is_enough: bool
) -> None:
    assert looks_closer(typed, found_once) is not is_enough


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


WHOLE = [
    ("Anna", "anna", True),
    ("Hannah", "anna", False),
    ("Annabel", "anna", False),
    ("Quiz (Anna)", "anna", True),
    ("x-anna.y", "anna", True),
    ("“Anna”…", "anna", True),
    ("éanna", "anna", False),
    ("annaé", "anna", False),
    ("a.c", "a.c", True),
    ("abc", "a.c", False),
    ("C++ first", "c++", True),
    ("xÉmile Émile", "émile", True),
]


@pytest.mark.parametrize(("value", "word", "is_one"), WHOLE)
def test_a_whole_word_ends_where_no_letter_follows(people: Database, value: str, word: str, *, is_one: bool) -> None:
    with people.engine.connect() as connection:
        for collation in ("C", "default"):
            written = collate(literal(value), collation)
            assert connection.scalar(select(has_word(written, word))) is is_one
            assert connection.scalar(select(starts_whole(written, value.split()[0])))


@pytest.mark.parametrize("sign", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
def test_signs_in_words_are_found_as_they_are(people: Database, sign: str) -> None:
    with people.engine.connect() as connection:
        for word in (f"b{sign}c", f"{sign}c", f"b{sign}"):
            assert connection.scalar(select(has_word(literal(f"a {word} d"), word)))
            assert not connection.scalar(select(has_word(literal("a bxc b c d"), word)))


def test_to_begin_with_a_wildcard_is_to_begin_with_the_letter(people: Database) -> None:
    with people.engine.connect() as connection:
        assert connection.scalar(select(starts(literal_column("'a%b'"), "a%")))
        assert not connection.scalar(select(starts(literal_column("'axb'"), "a%")))
