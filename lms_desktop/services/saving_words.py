"""What a save says: what came of it, and why it was not done."""

from collections.abc import Mapping, Sequence

from lms_desktop.errors.sentences import Sentence
from lms_desktop.errors.words import many, one
from lms_desktop.services.edits import Clash, Clashes, State
from lms_desktop.spec import N_, EntityAdmin

# What happened to the first of the rows that clash: alone, and with others.
_DELETED = (
    N_("{name} was deleted by somebody else meanwhile. Nothing was saved; your edits are still here."),
    N_("{name} was deleted by somebody else meanwhile, and {more} more. Nothing was saved; your edits are still here."),
)
_AWAY = (
    N_("{name} is no longer yours to change: it was moved or handed over. Nothing was saved; your edits are here."),
    N_(
        "{name} is no longer yours to change: it was moved or handed over, and {more} more. "
        "Nothing was saved; your edits are still here."
    ),
)
_CHANGED = (
    N_("{name} was changed by somebody else meanwhile. Nothing was saved; your edits are still here."),
    N_("{name} was changed by somebody else meanwhile, and {more} more. Nothing was saved; your edits are still here."),
)
_CHANGED_IN = (
    N_("{name} was changed by somebody else meanwhile ({fields}). Nothing was saved; your edits are still here."),
    N_(
        "{name} was changed by somebody else meanwhile ({fields}), and {more} more. "
        "Nothing was saved; your edits are still here."
    ),
)
# What is said of the one row that was saved where somebody else had changed it: by whom, as far as the log tells.
_KEPT_OF = N_("Saved {name}. {who}'s change of {fields} was kept.")
_KEPT = N_("Saved {name}. Another program's change of {fields} was kept.")
_KEPT_IN = N_("Saved {n} {things}. What others had changed in {kept} of them was kept.")
_RESTORED = N_("Saved {name}, which had been deleted meanwhile: it was restored.")
_RESTORED_ALONE = N_(
    "Saved {name}, which had been deleted meanwhile: it was restored, but not the {lost} that went with it."
)
_RESTORED_AS_SEEN = N_(
    "Saved {name}, which had been deleted meanwhile: it was restored, but for {fields}, which nobody took down."
)
_RESTORED_IN = N_("Saved {n} {things}. {restored} of them had been deleted meanwhile and were restored.")
_RESTORED_IN_ALONE = N_(
    "Saved {n} {things}. {restored} of them had been deleted meanwhile and were restored, but not the {lost} rows that "
    "went with them."
)
_RESTORED_IN_BUT_ONE = N_(
    "Saved {n} {things}. {restored} of them had been deleted meanwhile and were restored, but not the row that went "
    "with them."
)
# Of several entities at once: "2 lessons, 1 quiz" and "3 questions".
_TOGETHER = N_("Saved {most} and {last}.")
_KEPT_TOGETHER = N_("Saved {most} and {last}. What others had changed in {kept} of these rows was kept.")
_RESTORED_TOGETHER = N_("Saved {most} and {last}. {restored} of these had been deleted meanwhile and were restored.")
_RESTORED_TOGETHER_ALONE = N_(
    "Saved {most} and {last}. {restored} of these had been deleted meanwhile and were restored, but not the {lost} "
    "rows that went with them."
)
_RESTORED_TOGETHER_BUT_ONE = N_(
    "Saved {most} and {last}. {restored} of these had been deleted meanwhile and were restored, but not the row that "
    "went with them."
)


def refusal(admin: EntityAdmin, hard: Sequence[Clash], clashes: Sequence[Clash]) -> Clashes:
    """Why nothing was saved: `hard` are the rows in the way, `clashes` all that somebody else changed."""
    first = hard[0]
    fields = tuple(admin.field(key).label for key in first.fields[:4])
    words = {State.DELETED: _DELETED, State.AWAY: _AWAY}.get(first.state, _CHANGED_IN if fields else _CHANGED)
    values = {"name": first.title or admin.noun, "fields": fields, "more": len(hard) - 1}
    return Clashes(words[len(hard) > 1], tuple(clashes), values)


def saved(
    counts: Sequence[tuple[EntityAdmin, int]], clashes: Sequence[Clash], name: str, lost: Mapping[str, int]
) -> str:
    """What was saved, and what of others' changes was kept. `counts` says how many rows of which entities; `name` is
    what a single row is called; `lost` are rows by table that went with what was restored and did not come back."""
    back = [clash for clash in clashes if clash.state is State.DELETED]
    kept = [clash for clash in clashes if clash.fields and clash not in back]
    if len(counts) > 1:
        return _together(counts, len(back), len(kept), sum(lost.values()))
    ((admin, n),) = counts
    if n > 1:
        return _several(admin, n, len(back), len(kept), sum(lost.values()))
    if not name:
        return Sentence(N_("Saved the {thing}."), ("thing",), thing=admin.noun)
    if back:
        things = tuple(f"{count} {one(table) if count == 1 else many(table)}" for table, count in lost.items())
        if back[0].unknown:
            unknown = tuple(admin.field(key).label for key in back[0].unknown)
            return Sentence(_RESTORED_AS_SEEN, ("fields",), name=name, fields=unknown)
        return Sentence(_RESTORED_ALONE, ("lost",), name=name, lost=things) if lost else Sentence(_RESTORED, name=name)
    if kept:
        fields, people = tuple(admin.field(key).label for key in kept[0].fields), [who for who in kept[0].who if who]
        if people:
            return Sentence(_KEPT_OF, ("fields",), name=name, who=", ".join(people), fields=fields)
        return Sentence(_KEPT, ("fields",), name=name, fields=fields)
    return Sentence(N_("Saved {name}."), name=name)


def _several(admin: EntityAdmin, n: int, restored: int, kept: int, lost: int) -> str:
    things = admin.plural.lower()
    if restored:
        template = _RESTORED_IN_BUT_ONE if lost == 1 else _RESTORED_IN_ALONE if lost else _RESTORED_IN
        return Sentence(template, ("things",), n=n, things=things, restored=restored, lost=lost)
    if kept:
        return Sentence(_KEPT_IN, ("things",), n=n, things=things, kept=kept)
    return Sentence(N_("Saved {n} {things}."), ("things",), n=n, things=things)


def _together(counts: Sequence[tuple[EntityAdmin, int]], restored: int, kept: int, lost: int) -> str:
    *most, last = (f"{n} {admin.noun if n == 1 else admin.plural.lower()}" for admin, n in counts)
    values = {"most": tuple(most), "last": (last,), "restored": restored, "kept": kept, "lost": lost}
    template = _TOGETHER
    if restored:
        template = _RESTORED_TOGETHER_ALONE if lost else _RESTORED_TOGETHER
        template = _RESTORED_TOGETHER_BUT_ONE if lost == 1 else template
    elif kept:
        template = _KEPT_TOGETHER
    return Sentence(template, ("most", "last"), **{name: value for name, value in values.items() if name in template})
