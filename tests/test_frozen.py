"""What `@frozen` makes behaves as the dataclasses of the standard library do."""

import copy
import pickle
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, is_dataclass, replace
from typing import Any

import pytest

from lms_desktop.frozen import frozen


@frozen
class Ours:
    """Two kinds of field, and one that is not looked at when two are compared."""

    name: str
    places: tuple[int, ...] = ()
    seen: dict[str, int] = field(default_factory=dict, compare=False, repr=False)


@frozen
class OursWithMore(Ours):
    more: int = 0


@frozen
class OursWithNothing:
    pass


@frozen
class OursWithWords:
    name: str

    def __repr__(self) -> str:
        return "words"


@dataclass(frozen=True)
class Theirs:
    name: str
    places: tuple[int, ...] = ()
    seen: dict[str, int] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class TheirsWithMore(Theirs):
    more: int = 0


BOTH = pytest.mark.parametrize(
    ("plain", "more"), [(Ours, OursWithMore), (Theirs, TheirsWithMore)], ids=["ours", "theirs"]
)


@BOTH
def test_two_that_hold_the_same_are_equal_and_have_one_hash(plain: Any, more: Any) -> None:
    first, second = plain("a", (1,), {"x": 1}), plain(name="a", places=(1,))
    assert first == second
    assert hash(first) == hash(second)
    assert len({first, second, plain("b", (1,))}) == 2
    assert first != plain("a")
    assert first != more("a", (1,))
    assert first != ("a", (1,))
    assert more("a", more=1) != more("a", more=2)


@BOTH
def test_nothing_of_it_is_changed(plain: Any, more: Any) -> None:
    for one in (plain("a"), more("a")):
        for name in ("name", "places", "other"):
            with pytest.raises(FrozenInstanceError):
                setattr(one, name, "b")
        with pytest.raises(FrozenInstanceError):
            del one.name
        assert one.name == "a"
        assert one.places == ()


@BOTH
def test_it_says_what_it_is(plain: Any, more: Any) -> None:
    assert repr(plain("a")).replace("Theirs", "Ours") == "Ours(name='a', places=())"
    assert repr(more("a", more=3)).replace("Theirs", "Ours") == "OursWithMore(name='a', places=(), more=3)"


@BOTH
def test_it_can_be_taken_as_a_dataclass(plain: Any, more: Any) -> None:
    one: Any = more("a", (1,), {"x": 1}, 2)
    assert is_dataclass(type(one))
    assert [each.name for each in fields(one)] == ["name", "places", "seen", "more"]
    assert asdict(one) == {"name": "a", "places": (1,), "seen": {"x": 1}, "more": 2}
    assert replace(one, name="b") == more("b", (1,), {}, 2)
    assert plain("a").seen is not plain("a").seen
    assert copy.copy(one) == copy.deepcopy(one) == pickle.loads(pickle.dumps(one)) == one
    anything: Any = one
    match anything:
        case Ours(name, places) | Theirs(name, places):
            assert (name, places) == ("a", (1,))
        case _:
            pytest.fail("it matches no pattern")


def test_what_a_class_says_itself_stands() -> None:
    assert repr(OursWithWords("a")) == "words"
    assert OursWithWords("a") == OursWithWords("a")


def test_those_without_fields_are_equal() -> None:
    assert OursWithNothing() == OursWithNothing()
    assert hash(OursWithNothing()) == hash(OursWithNothing())
    assert repr(OursWithNothing()) == "OursWithNothing()"
