"""What a page shows, as a value: operators by kind, filters put on and taken off."""

import pytest

from lms_desktop.entities import Course
from lms_desktop.spec import (
    Choice,
    Filter,
    Flag,
    Json,
    Kind,
    Moment,
    Number,
    Operator,
    Progress,
    Query,
    Ref,
    Secret,
    Sort,
    Text,
    operators,
)


@pytest.mark.parametrize(
    "kind",
    [Text(), Number(), Progress(), Flag(), Choice(), Moment(), Ref(Course), Json()],
    ids=lambda k: type(k).__name__,
)
def test_every_kind_that_can_be_read_offers_operators(kind: Kind) -> None:
    assert operators(kind)
    assert {Operator.EMPTY, Operator.NOT_EMPTY} <= set(operators(kind))


def test_a_secret_cannot_be_filtered() -> None:
    assert operators(Secret()) == ()


def test_a_computed_percentage_is_filtered_like_a_number() -> None:
    assert operators(Progress()) == operators(Number())


def test_a_second_filter_of_the_same_field_and_operator_takes_the_place_of_the_first() -> None:
    query = Query(Course, sorts=(Sort("title"),))
    first, second = Filter("title", Operator.STARTS, ("a",)), Filter("title", Operator.STARTS, ("b",))
    other = Filter("title", Operator.IS, ("c",))
    assert query.with_filter(first).with_filter(other).with_filter(second).filters == (other, second)


@pytest.mark.parametrize("operator", [Operator.CONTAINS, Operator.IS_NOT])
def test_a_second_filter_stands_beside_the_first_where_both_may_be_meant(operator: Operator) -> None:
    first, second = Filter("title", operator, ("a",)), Filter("title", operator, ("b",))
    query = Query(Course).with_filter(first).with_filter(second)
    assert query.filters == (first, second)
    assert query.with_filter(first).filters == (second, first), "the same is not there twice"


def test_a_filter_is_taken_off() -> None:
    condition = Filter("is_published", Operator.IS, ("true",))
    query = Query(Course).with_filter(condition)
    assert query.without_filter(condition) == Query(Course)


def test_labels_of_a_chip_make_no_other_filter() -> None:
    named = Filter("course_id", Operator.ONE_OF, ("1",), labels=("Algebra",))
    assert named == Filter("course_id", Operator.ONE_OF, ("1",))
    assert hash(named) == hash(Filter("course_id", Operator.ONE_OF, ("1",)))
