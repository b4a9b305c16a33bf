"""Base, mine and theirs of one row, field by field, and what they are together."""

from collections.abc import Mapping, Sequence
from typing import Any

from lms_desktop.services.edits import BOOKKEEPING, Clash, Edit, Point, Record, Sides, State, Values
from lms_desktop.services.json_merge import MINE, Way, merge_json
from lms_desktop.services.since import Logged, author
from lms_desktop.spec import EntityAdmin, Field, Json, Secret

Choices = Mapping[tuple[str, Way], str]
"""Point.place → whose value stands, `json_merge.MINE` or `THEIRS`; theirs where nothing was chosen."""

_ORDER = (Sides.BOTH, Sides.MERGED, Sides.THEIRS, Sides.MINE, Sides.SAME)


def compare(admin: EntityAdmin, edit: Edit, now: Record, history: Sequence[Logged] = ()) -> Clash:
    """How an edit stands to the row as it is now. `history` is what the log tells since the edit's version."""
    points: list[Point] = []
    for key, mine in edit.values.items():
        points += _of_edit(admin, edit, key, mine, now, history)
    points += _of_others(admin, edit, now, history)
    points.sort(key=lambda point: _ORDER.index(point.sides))
    state = State.CHOOSE if any(point.sides is Sides.BOTH for point in points) else State.MERGES
    theirs = [point for point in points if point.sides not in {Sides.MINE, Sides.SAME}]
    named = sorted(((point.when or "", point.who) for point in theirs), reverse=True)
    who = tuple(dict.fromkeys(name for _, name in named))
    when = next((moment for moment, _ in named if moment), None)
    stamp = now.values.get("updated_at")
    if "" in who and edit.seen.get("updated_at", stamp) != stamp:
        when = stamp
    return Clash(edit, now.title, state, tuple(points), now, who, when)


def settled(admin: EntityAdmin, clash: Clash, choices: Choices, written: Values | None = None) -> dict[str, str | None]:
    """What is left to be written onto the row as it is now, by field key. `written` are results typed by hand."""
    now, edit = clash.theirs, clash.edit
    if now is None:
        return dict(edit.values)
    wanted: dict[str, str | None] = {}
    for key, mine in edit.values.items():
        result = written[key] if written and key in written else _result(admin, clash, key, mine, choices)
        if isinstance(admin.field(key).kind, Secret):
            if result is not None:
                wanted[key] = result
        elif result != now.values.get(key):
            wanted[key] = result
    return wanted


def _result(admin: EntityAdmin, clash: Clash, key: str, mine: str | None, choices: Choices) -> str | None:
    assert clash.theirs is not None
    base, theirs = clash.edit.base.get(key), clash.theirs.values.get(key)
    if isinstance(admin.field(key).kind, Json):
        ways = {way: side for (name, way), side in choices.items() if name == key}
        return merge_json(base, mine, theirs, ways).text
    both = any(point.key == key and point.sides is Sides.BOTH for point in clash.points)
    return theirs if both and choices.get((key, ())) != MINE else mine


def _of_edit(
    admin: EntityAdmin, edit: Edit, key: str, mine: str | None, now: Record, history: Sequence[Logged]
) -> list[Point]:
    field = admin.field(key)
    name = column_of(field)
    if isinstance(field.kind, Secret):
        # Its values are nobody's to read; that somebody set another one since is all the log tells.
        other = next(((change.who, change.when) for change in history if name in change.hidden), None)
        return [Point(key, Sides.MINE if other is None else Sides.BOTH, None, mine, None, (), *(other or ("", None)))]
    known, base, theirs = key in edit.base, edit.base.get(key), now.values.get(key)
    if mine == theirs:
        return [Point(key, Sides.SAME, base, mine, theirs)]
    if known and theirs == base:
        return [Point(key, Sides.MINE, base, mine, theirs)]
    who = author(history, name, theirs)
    if isinstance(field.kind, Json) and known:
        clashes = merge_json(base, mine, theirs).clashes
        if not clashes:
            return [Point(key, Sides.MERGED, base, mine, theirs, (), *who)]
        return [Point(key, Sides.BOTH, c.base, c.mine, c.theirs, c.way, *who) for c in clashes]
    return [Point(key, Sides.BOTH, base, mine, theirs, (), *who)]


def _of_others(admin: EntityAdmin, edit: Edit, now: Record, history: Sequence[Logged]) -> list[Point]:
    """What only they changed: seen by what was on the screen, and told by the log of what was not."""
    points = []
    for field in admin.own_fields:
        key, name = field.key, column_of(field)
        if key in edit.values or key in BOOKKEEPING or key not in now.values:
            continue
        theirs = now.values[key]
        before = {**edit.seen, **edit.base}
        if key not in before:
            told = [change for change in history if name in change.before]
            if not told:
                continue
            before = {key: told[-1].before[name]}
        if before[key] != theirs:
            points.append(Point(key, Sides.THEIRS, before[key], None, theirs, (), *author(history, name, theirs)))
    return points


def column_of(field: Any) -> str:
    """The name of a field's column in its table."""
    return str(field.attribute.property.columns[0].name) if isinstance(field, Field) else ""
