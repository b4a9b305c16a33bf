"""Queries and columns as plain data, to be remembered and read back after any update of the application."""

from typing import Any

from lms_desktop.frozen import frozen
from lms_desktop.spec import EntityAdmin, Filter, Operator, Query, Secret, Sort, operators


@frozen
class SavedView:
    """What a page shows: its query and the keys of its columns."""

    query: Query
    columns: tuple[str, ...]


def to_view(view: SavedView) -> dict[str, Any]:
    """The view as lists, texts and numbers."""
    query = view.query
    return {
        "search": query.search,
        "sorts": [[sort.key, sort.descending] for sort in query.sorts],
        "filters": [[f.key, f.operator.value, list(f.values), list(f.labels)] for f in query.filters],
        "columns": list(view.columns),
    }


def from_view(admin: EntityAdmin, data: Any, zone: str) -> SavedView | None:
    """The view of such data; what no longer exists is left out. None where nothing can be made of it."""
    if not isinstance(data, dict):
        return None
    known = {field.key: field for field in admin.fields if not isinstance(field.kind, Secret)}
    try:
        sorts = tuple(Sort(key, bool(descending)) for key, descending in data.get("sorts", []) if key in known)
        filters = tuple(
            Filter(key, Operator(operator), tuple(values), tuple(labels))
            for key, operator, values, labels in data.get("filters", [])
            if key in known and Operator(operator) in operators(known[key].kind)
        )
        columns = tuple(key for key in data.get("columns", []) if key in known)
        query = Query(admin.entity, str(data.get("search", "")), filters, sorts, zone)
    except (TypeError, ValueError):
        return None
    return SavedView(query, columns or tuple(f.key for f in admin.columns))
