"""The ten declarations agree with the entities, with the table of roles and with themselves."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, DateTime, Integer, String, inspect
from sqlalchemy.orm import Mapper

from lms_desktop import policy
from lms_desktop.admin import CATALOG, PAGES
from lms_desktop.entities import ENTITIES, Certificate, RefreshToken, User
from lms_desktop.services.joins import hops_of, target_of
from lms_desktop.spec import (
    Choice,
    Computed,
    EntityAdmin,
    Field,
    Filter,
    Flag,
    Json,
    Kind,
    Moment,
    Number,
    Ref,
    Secret,
    Text,
    operators,
)
from lms_desktop.spec import (
    Path as AttributePath,
)

ICONS = Path(__file__).parents[2] / "resources" / "icons"
NEVER_SHOWN = {(RefreshToken, "token")}
LATER = {(Certificate, "reprint")}
"""Acts that are allowed already and cannot be done yet."""
ELSEWHERE = {(RefreshToken, "clean_up")}
"""Acts that are done to no chosen rows, by the command line."""
BY_FIELD = {(User, "set_password"): "password_hash"}
"""Acts that a field of the form stands for."""
KIND_OF_COLUMN: dict[type, type[Kind]] = {Boolean: Flag, Integer: Number, DateTime: Moment, JSON: Json}

every_admin = pytest.mark.parametrize("admin", CATALOG.values(), ids=PAGES)


def columns_of(admin: EntityAdmin) -> set[str]:
    """The attributes of the entity's columns; the row's version is no column of the document."""
    mapper: Mapper[Any] = inspect(admin.entity)
    return {attribute.key for attribute in mapper.column_attrs} - {"xmin"}


def column_of(field: Field) -> Any:
    """The SQL column at the end of a field's path."""
    return field.attribute.property.columns[0]


def own(admin: EntityAdmin, kind: type[Kind]) -> Iterable[Any]:
    """The own fields of a kind."""
    return (field for field in admin.own_fields if isinstance(field.kind, kind))


def check_filter(admin: EntityAdmin, condition: Filter) -> None:
    """The filter could be a chip of this page."""
    field = admin.field(condition.key)
    assert field.filter
    assert condition.operator in operators(field.kind)
    if not isinstance(field.kind, Moment):
        for value in condition.values:
            field.kind.check(value)


def test_each_entity_has_one_page() -> None:
    assert set(CATALOG) == set(ENTITIES)
    assert {admin.entity: admin for admin in PAGES.values()} == dict(CATALOG)
    assert all(CATALOG[entity].entity is entity for entity in CATALOG)


def test_the_pages_are_known_by_these_names() -> None:
    names = "users courses lessons enrollments progress certificates quizzes questions attempts sessions"
    assert set(PAGES) == set(names.split())


@every_admin
class TestEachEntity:
    def test_every_column_is_declared_but_the_token(self, admin: EntityAdmin) -> None:
        declared = {field.key for field in admin.own_fields}
        assert columns_of(admin) - declared == {key for entity, key in NEVER_SHOWN if entity is admin.entity}
        assert declared <= columns_of(admin)

    def test_fields_and_their_labels_are_told_apart(self, admin: EntityAdmin) -> None:
        keys, labels = [f.key for f in admin.fields], [f.label for f in admin.fields]
        assert len(set(keys)) == len(keys)
        assert len(set(labels)) == len(labels)

    def test_secrets_are_written_in_the_form_and_read_nowhere(self, admin: EntityAdmin) -> None:
        for field in admin.own_fields:
            secret = (admin.entity, field.key) in policy.SECRETS
            assert secret == isinstance(field.kind, Secret)
            if secret:
                assert field.form
                assert [field.column, field.search, field.filter] == [False] * 3

    def test_every_path_leads_from_entity_to_entity(self, admin: EntityAdmin) -> None:
        paths: list[AttributePath] = [f.path for f in admin.fields if isinstance(f, Field)]
        for path in (*paths, *admin.title, *admin.detail):
            at: type | None = admin.entity
            for hop in hops_of(path):
                assert hop.class_ is at
                at = target_of(hop)

    def test_what_stands_in_another_table_is_only_read(self, admin: EntityAdmin) -> None:
        assert all(f.readonly and not f.form for f in admin.fields if isinstance(f, Field) and not f.own)

    def test_references_are_references(self, admin: EntityAdmin) -> None:
        for field in admin.fields:
            if isinstance(field, Field):
                target = target_of(field.attribute)
                assert (field.kind.target if isinstance(field.kind, Ref) else None) is target
                if isinstance(field.kind, Ref):
                    assert field.kind.target in CATALOG
                    for key, values in field.kind.only:
                        kind = CATALOG[field.kind.target].field(key).kind
                        assert values
                        for value in values:
                            kind.check(value)

    def test_kinds_fit_their_columns(self, admin: EntityAdmin) -> None:
        for field in admin.own_fields:
            expected = KIND_OF_COLUMN.get(type(column_of(field).type))
            assert expected is None or isinstance(field.kind, expected)

    def test_no_text_may_be_longer_than_its_column(self, admin: EntityAdmin) -> None:
        for field in admin.own_fields:
            if isinstance(column_of(field).type, String) and isinstance(field.kind, Text | Choice):
                assert field.kind.length == column_of(field).type.length

    def test_amounts_are_not_negative(self, admin: EntityAdmin) -> None:
        for field in own(admin, Number):
            assert field.kind.minimum == 0 or field.readonly

    def test_a_new_row_starts_with_values_that_may_be_stored(self, admin: EntityAdmin) -> None:
        for field in admin.own_fields:
            if field.default is not None:
                field.kind.check(field.default)
                assert not field.readonly

    def test_what_the_database_keeps_is_not_written(self, admin: EntityAdmin) -> None:
        kept = {"id", "created_at", "updated_at", "last_login_at", "order"}
        assert all(field.readonly for field in admin.own_fields if field.key in kept)

    def test_what_every_page_shows_is_there(self, admin: EntityAdmin) -> None:
        assert len(admin.columns) >= 4
        assert admin.blank.endswith(".")
        assert any(field.search for field in admin.fields)
        assert admin.sorts

    def test_sorts_and_quick_filters_name_fields_of_the_page(self, admin: EntityAdmin) -> None:
        assert all(admin.field(sort.key) for sort in admin.sorts)
        for _, condition in admin.quick:
            check_filter(admin, condition)

    def test_what_can_be_filtered_has_an_operator(self, admin: EntityAdmin) -> None:
        assert all(operators(field.kind) for field in admin.fields if field.filter)

    def test_related_rows_point_back(self, admin: EntityAdmin) -> None:
        for related in admin.related:
            assert related.attribute.class_ is related.entity
            assert target_of(related.attribute) is admin.entity
            assert CATALOG[related.entity].field(related.attribute.key)

    def test_the_place_is_a_place_in_a_parent(self, admin: EntityAdmin) -> None:
        assert (admin.place is not None) == ("order" in columns_of(admin))
        if admin.place:
            assert target_of(admin.place.parent) in CATALOG
            assert admin.place.order.class_ is admin.place.parent.class_ is admin.entity

    def test_rules_are_those_of_the_table_of_roles(self, admin: EntityAdmin) -> None:
        assert admin.allow is policy.RULES[admin.entity]
        assert set(admin.allow.fields) <= {field.key for field in admin.own_fields}

    def test_every_act_that_is_allowed_can_be_done_and_no_other(self, admin: EntityAdmin) -> None:
        named = [action.name for action in admin.actions]
        expected = {act for act in admin.allow.acts if (admin.entity, act) not in LATER | ELSEWHERE | set(BY_FIELD)}
        assert set(named) == expected
        assert len(named) == len(expected)
        for (entity, _), key in BY_FIELD.items():
            assert entity is not admin.entity or admin.field(key).form

    def test_an_action_is_offered_on_rows_that_exist(self, admin: EntityAdmin) -> None:
        for action in admin.actions:
            if action.on:
                admin.field(action.on[0]).kind.check(action.on[1])
            assert "{" not in action.confirm.replace("{n}", "")

    def test_buttons_are_named_where_somebody_may_press_them(self, admin: EntityAdmin) -> None:
        assert bool(admin.new) == bool(admin.allow.add)
        assert bool(admin.delete) == bool(admin.allow.delete)

    def test_every_icon_is_drawn(self, admin: EntityAdmin) -> None:
        for icon in (admin.icon, *(action.icon for action in admin.actions)):
            assert (ICONS / f"{icon}.svg").is_file()


def test_every_title_ends_in_words() -> None:
    def words(path: AttributePath) -> int:
        target = target_of(hops_of(path)[-1])
        return sum(words(part) for part in CATALOG[target].title) if target else 1

    assert all(1 <= words(part) <= 3 for admin in CATALOG.values() for part in (*admin.title, *admin.detail))


def test_what_is_searched_by_reference_has_a_name_of_its_own() -> None:
    for admin in CATALOG.values():
        for field in admin.fields:
            if field.search and isinstance(field.kind, Ref):
                target = CATALOG[field.kind.target]
                assert any(other.search and isinstance(other.kind, Text) for other in target.fields)


def test_computed_columns_are_no_columns() -> None:
    for admin in CATALOG.values():
        computed = {field.key for field in admin.fields if isinstance(field, Computed)}
        assert not computed & columns_of(admin)
