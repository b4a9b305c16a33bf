"""Rows that are arranged like cards on a table, and what a move makes of them. Plain values, no Qt.

Cards stand in one flat list, those of a deeper level behind the one that they belong to. A card with all that stands
deeper behind it is a block, and moves as one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Tone = Literal["neutral", "info", "ok", "warn", "bad"]
Key = tuple[type, str]
"""What tells a card from all others: its entity and its id."""


@dataclass(frozen=True)
class Card:
    """One row as it is shown.

    Attributes:
        parent: the id of what it is listed in; cards of one entity and parent are one list.
        depth: how far it stands in.
        title, detail, figure: what it is called, what is said of it in grey, what stands at the end of the row.
        tag, tone: a word about its state.
        kind: how a screen reader begins, with {0} for its place and {1} for how many there are.
        facts: what a screen reader says after its title.
        tip: what a tool tip says, one line each.
        placed: it has a place in its list, which is numbered.
        movable: the person may take it elsewhere.
        unsaved, new: what it shows is not saved yet; it is in no database yet.
        folded: whether what belongs to it is folded away; None where it has nothing to fold.
        heading: a line between others, which cannot be chosen.
    """

    entity: type
    id: str
    parent: str
    depth: int = 0
    title: str = ""
    detail: str = ""
    figure: str = ""
    tag: str = ""
    tone: Tone = "neutral"
    kind: str = "{0}"
    facts: tuple[str, ...] = ()
    tip: str = ""
    placed: bool = True
    movable: bool = True
    unsaved: bool = False
    new: bool = False
    folded: bool | None = None
    heading: bool = False

    @property
    def key(self) -> Key:
        """What tells it from all others."""
        return self.entity, self.id


@dataclass(frozen=True)
class Move:
    """These rows go right behind `after` in the list of `parent`, to its beginning where that is None.

    Attributes:
        last: they go to the end of a list, whatever stands there.
        crosses: some of them come from another list.
        home: what all that is shown belongs to: the course, or the quiz of a list of questions.
        seen: the list of `parent` as the person saw it.
        order: what the database says the list is now; None as long as it was not asked.
    """

    entity: type
    ids: tuple[str, ...]
    parent: str
    after: str | None = None
    last: bool = False
    crosses: bool = False
    home: str = ""
    seen: tuple[str, ...] = ()
    order: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Target:
    """Where something that is dragged would land.

    Attributes:
        parent, after, last: as a `Move` has them.
        line: the row above which it comes; -1 where it has no place between rows.
        lit: (first, last) row of what it comes to belong to, where that is the thing to show.
    """

    parent: str
    after: str | None = None
    last: bool = False
    line: int = -1
    lit: tuple[int, int] | None = None


def block(cards: Sequence[Card], row: int) -> range:
    """The rows that move with this one."""
    end = row + 1
    while end < len(cards) and cards[end].depth > cards[row].depth:
        end += 1
    return range(row, end)


def find(cards: Sequence[Card], entity: type, row_id: str) -> int:
    """The row of a card, -1 for none."""
    return next((row for row, card in enumerate(cards) if card.id == row_id and card.entity is entity), -1)


def members(cards: Sequence[Card], entity: type, parent: str, *, new: bool = False) -> list[int]:
    """The rows of one list, with those that are in no database yet where `new` is asked for."""
    found = (r for r, c in enumerate(cards) if c.entity is entity and c.parent == parent and not c.heading)
    return [row for row in found if new or not cards[row].new]


def order_of(cards: Sequence[Card], entity: type, parent: str, *, new: bool = False) -> tuple[str, ...]:
    """The ids of one list in their order, as `members` has them."""
    return tuple(cards[row].id for row in members(cards, entity, parent, new=new))


def applied(cards: Sequence[Card], move: Move) -> list[Card]:
    """The cards after a move. What goes to a list that is not shown goes out of sight."""
    wanted, blocks, taken = set(move.ids), dict[str, list[Card]](), set[int]()
    for row, card in enumerate(cards):
        if card.entity is move.entity and card.id in wanted and not card.new:
            rows = block(cards, row)
            blocks[card.id] = [replace(card, parent=move.parent), *(cards[r] for r in rows[1:])]
            taken.update(rows)
    left = [card for row, card in enumerate(cards) if row not in taken]
    moving = [card for row_id in move.ids for card in blocks.get(row_id, ())]
    at = _gap(left, move, moving[0].depth if moving else 0)
    if at is not None and moving:
        left[at:at] = moving
    return left if move.order is None else _ordered(left, move)


def _gap(cards: Sequence[Card], move: Move, depth: int) -> int | None:
    """The row before which the moved cards come; None where their list is not shown."""
    there = members(cards, move.entity, move.parent)
    after = there[-1] if move.last and there else -1
    if not move.last and move.after is not None:
        after = find(cards, move.entity, move.after)
        if after < 0 and not there:
            return None
        after = there[-1] if after < 0 else after
    if after >= 0:
        return block(cards, after).stop
    if there:
        return there[0]
    head = next((row for row, card in enumerate(cards) if card.id == move.parent and card.depth < depth), -1)
    if head >= 0:
        return None if cards[head].folded else head + 1
    return 0 if depth == 0 and move.parent == move.home else None


def _ordered(cards: list[Card], move: Move) -> list[Card]:
    """The list of the move in the order that the database told; cards that it did not name stay behind theirs."""
    rows = members(cards, move.entity, move.parent)
    place = {row_id: n for n, row_id in enumerate(move.order or ())}
    if [cards[r].id for r in rows] == sorted((cards[r].id for r in rows), key=lambda i: place.get(i, len(place))):
        return cards
    blocks = [[cards[r] for r in block(cards, row)] for row in rows]
    blocks.sort(key=lambda b: place.get(b[0].id, len(place)))
    taken = {r for row in rows for r in block(cards, row)}
    left = [card for row, card in enumerate(cards) if row not in taken]
    at = rows[0]
    left[at:at] = [card for b in blocks for card in b]
    return left


def shifted(cards: Sequence[Card], rows: Iterable[int], step: Literal["up", "down", "top", "end"]) -> Move | None:
    """The move that takes these rows of one list one place on, or to one of its ends; None where they are there."""
    chosen = sorted(rows)
    if not chosen:
        return None
    entity, parent = cards[chosen[0]].entity, cards[chosen[0]].parent
    ids = tuple(cards[row].id for row in chosen)
    order = order_of(cards, entity, parent)
    rest = [row_id for row_id in order if row_id not in ids]
    first, last = order.index(ids[0]), order.index(ids[-1])
    before = sum(1 for row_id in order[:last] if row_id not in ids)  # of the rest
    at = {"up": max(first - 1, 0), "down": min(before + 1, len(rest)), "top": 0, "end": len(rest)}[step]
    return between(order, entity, ids, parent, at)


def between(order: Sequence[str], entity: type, ids: Sequence[str], parent: str, at: int) -> Move | None:
    """The move that puts `ids` behind the first `at` others of their list; None where they stand there."""
    rest = [row_id for row_id in order if row_id not in ids]
    at = min(max(at, 0), len(rest))
    if (*rest[:at], *ids, *rest[at:]) == tuple(order):
        return None
    return Move(entity, tuple(ids), parent, rest[at - 1] if at else None)


def target(
    cards: Sequence[Card], levels: Sequence[type], home: str, entity: type, gap: int, on: int = -1
) -> Target | None:
    """Where rows of an entity would land that are let fall before the row `gap`, the pointer being on the row `on` (-1
    behind all of them); None where they have no place there.

    `levels` are the entities shown, each belonging to one of that before it, the first to `home`.
    """
    if entity not in levels:
        return None
    if entity is levels[0]:
        return _between_blocks(cards, entity, home, gap)
    owner = levels[levels.index(entity) - 1]
    if owner is levels[0]:
        return _onto(cards, owner, home, on)
    return _between_rows(cards, entity, owner, gap, on)


def _between_blocks(cards: Sequence[Card], entity: type, home: str, gap: int) -> Target:
    """Nearest to the gap, for a block is not taken apart."""
    rows = members(cards, entity, home)
    ends = [(rows[0] if rows else 0, None), *((block(cards, row).stop, cards[row].id) for row in rows)]
    line, after = min(ends, key=lambda end: abs(end[0] - gap))
    return Target(home, after, line=line)


def _between_rows(cards: Sequence[Card], entity: type, owner: type, gap: int, on: int) -> Target | None:
    under = cards[on] if 0 <= on < len(cards) else None
    if under is not None and under.entity is owner and not under.new:
        if under.folded is False:
            return Target(under.id, None, line=on + 1)
        return Target(under.id, last=True, lit=(on, on))
    above = cards[gap - 1] if 0 < gap <= len(cards) else None
    if above is not None and above.entity is owner and not above.new and above.folded is False:
        return Target(above.id, None, line=gap)
    if above is not None and above.entity is entity and not above.new:
        return Target(above.parent, above.id, line=gap)
    return None


def _onto(cards: Sequence[Card], owner: type, home: str, on: int) -> Target | None:
    """What has no order of its own is let fall on what it is to belong to."""
    row = on if 0 <= on < len(cards) else len(cards)
    while 0 <= row < len(cards) and cards[row].depth > 0:
        row -= 1
    if 0 <= row < len(cards) and cards[row].entity is owner:
        rows = block(cards, row)
        return None if cards[row].new else Target(cards[row].id, last=True, lit=(rows[0], rows[-1]))
    heading = next((r for r, card in enumerate(cards) if card.heading), -1)
    rows = block(cards, heading) if heading >= 0 else range(0)
    return Target(home, last=True, line=-1 if rows else len(cards), lit=(rows[0], rows[-1]) if rows else None)
