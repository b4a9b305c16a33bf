"""The question before a delete: the rows that go, that are emptied, that forbid it, and the gentler way beside it."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QPushButton, QWidget

from lms_desktop.database.change_log import LogState
from lms_desktop.entities import RefreshToken, User
from lms_desktop.errors import BadValue
from lms_desktop.models.wording import amid, word
from lms_desktop.services.deleting import Remedy, remedies
from lms_desktop.services.impact import DELETED, EMPTIED, FORBIDDING, MOVED, RESET, Effect, Impact
from lms_desktop.spec import Action, Catalog, EntityAdmin, Field
from lms_desktop.views.editors import FieldEditor, make_editor
from lms_desktop.views.effect_list import EffectList, column_name, what
from lms_desktop.views.kit.labels import SectionLabel, label
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.kit.sheet import Sheet
from lms_desktop.views.session import Session

LOGGED = LogState(installed=True, usable=True)


class DeleteDialog(Sheet):
    """Says what deleting takes with it before anything happens.

    Attributes:
        chosen: the gentler Action the person preferred, or None for the delete itself.
        delete_button: cannot be pressed where something forbids the delete and nothing was done about it.
        pickers: of each reference that forbids it, the editor of the row that others should refer to instead.
    """

    def __init__(
        self,
        catalog: Catalog,
        admin: EntityAdmin,
        impact: Impact,
        names: Sequence[str],
        gentler: Action | None,
        parent: QWidget | None = None,
        *,
        refused: str = "",
        answered: int = 0,
        log: LogState = LOGGED,
        session: Session | None = None,
    ) -> None:
        """`session` is needed for what can be done about rows that forbid the delete; `answered` is that of the
        `Question`."""
        self._catalog, self._admin, self._impact, self._log = catalog, admin, impact, log
        verb = word(admin.delete)
        super().__init__(verb, parent, width=500, icon="trash", tone="bad")
        self.chosen: Action | None = None
        self.pickers: list[tuple[Effect, Field, int, FieldEditor]] = []
        self._act = self._words_of_act(verb or self.tr("Delete"), len(impact.ids))
        self.heading.setText(self.tr("{0}?").format(self._act))
        self._add_names(names)
        if gentler is not None:
            self._add_gentler(gentler)
        ways = remedies(session.actor, catalog, impact) if session and impact.forbidden and not refused else ()
        forbidden = refused or ("" if ways else self._forbidden())
        self._add_effects(hint=not (forbidden or ways or answered))
        if answered:
            self.add(Banner(self._answered(answered), "warn"))
        if session is not None:
            self._add_pickers(session, ways)
        self._add_banners(forbidden)
        keep = self.add_button(self.tr("Keep"), "", self.reject, default=True)
        self.delete_button: QPushButton = self.add_button(self._act, "danger", self.accept)
        self.delete_button.setEnabled(not forbidden)
        self._picked()
        keep.setFocus()

    def remedies(self) -> tuple[Remedy, ...]:
        """What the person wants done first with the rows that forbid the delete."""
        found = []
        for effect, field, number, editor in self.pickers:
            picked = self._value(editor)
            assert effect.entity is not None
            if picked is not None:
                found.append(Remedy(effect.entity, field.key, picked, number))
        return tuple(found)

    def _prefer(self, action: Action) -> None:
        self.chosen = action
        self.accept()

    # What it says

    def _words_of_act(self, verb: str, count: int) -> str:
        text = verb
        if count > 1:
            number, things = self.locale().toString(count), amid(self._admin.plural)
            # "Delete course" speaks of one
            one = self._admin.delete.startswith("Delete ")
            text = (self.tr("Delete {0} {1}") if one else f"{verb} {{0}} {{1}}").format(number, things)
        return text if self._log.on else self.tr("{0} for good").format(text)

    def _add_names(self, names: Sequence[str]) -> None:
        names = [name for name in names if name]
        rest = len(self._impact.ids) - len(names)
        if len(self._impact.ids) == 1 and names:
            self.add(label(names[0], "strong", wrap=True))
        elif names:
            more = [self.tr("%n more", "", rest)] if rest > 0 else []
            self.add(label(", ".join([*names, *more]), wrap=True))

    def _add_gentler(self, action: Action) -> None:
        self.add_button(self.tr("{0} instead").format(word(action.label)), "primary", partial(self._prefer, action))
        if action.says:
            text = self.tr("{0} instead: {1}").format(word(action.label), word(action.says))
            self.add(label(text, wrap=True))

    def _add_effects(self, *, hint: bool) -> None:
        titles = {
            DELETED: self.tr("Deleted too"),
            EMPTIED: self.tr("Kept, but no longer attached to it"),
            RESET: self.tr("Kept, but set back to the default"),
            MOVED: self.tr("Kept, but in another place"),
        }
        for action, title in titles.items():
            # What is kept for ever comes first.
            found = sorted(self._impact.of(action), key=lambda effect: effect.table != "certificates")
            if found:
                self.add(EffectList(self._catalog, title, found))
        if hint and not any(map(self._impact.of, titles)) and not self._impact.unknown:
            self.add(label(self.tr("Nothing else goes with it."), wrap=True))

    def _answered(self, number: int) -> str:
        if len(self._impact.ids) == 1:
            return self.tr("%n attempt(s) answered it; their scores stay as they are.", "", number)
        return self.tr("At least %n attempt(s) answered them; their scores stay as they are.", "", number)

    def _add_banners(self, forbidden: str) -> None:
        impact = self._impact
        if impact.unknown:
            tables = ", ".join(table.replace("_", " ") for table in impact.unknown)
            text = self.tr("What hangs on it in {0} could not be counted: it may go too, or forbid the delete.")
            self.add(Banner(text.format(tables), "warn"))
        if forbidden:
            self.add(Banner(forbidden, "bad"))
            return
        if impact.certificates:
            text = self.tr(
                "%n certificate(s) would go too; they are meant to be kept for ever.", "", impact.certificates
            )
            self.add(Banner(text, "bad"))
        if not self._log.on:
            text = self.tr("This cannot be taken back: nothing is kept of what is deleted.")
            self.add(Banner(f"{text} {word(self._log.why_off)}", "warn"))
            return
        text = self.tr("It can be taken back with Ctrl+Z, and later from the history.")
        self.add(Banner(" ".join([text, *self._lost()]), "warn" if self._lost() else "info"))

    def _lost(self) -> list[str]:
        """What does not come back even so."""
        deleted = self._impact.of(DELETED)
        lost = []
        if self._admin.entity is User:
            lost.append(self.tr("Passwords and sessions do not come back."))
        elif self._admin.entity is RefreshToken or any(effect.entity is RefreshToken for effect in deleted):
            lost.append(self.tr("Sessions do not come back."))
        unlogged = [e.table for e in deleted if e.entity is None or e.table in self._log.uncovered]
        if unlogged:
            tables = ", ".join(table.replace("_", " ") for table in unlogged)
            lost.append(
                self.tr("What goes from {0} does not come back: the change log does not cover it.").format(tables)
            )
        return lost

    def _forbidden(self) -> str:
        if not self._impact.forbidden:
            return ""
        text = self.tr("It cannot be deleted: it is referred to by {0}. Give them to somebody else first.")
        return text.format(", ".join(map(self._counted, self._impact.of(FORBIDDING))))

    def _counted(self, effect: Effect) -> str:
        return f"{self.locale().toString(effect.count)} {what(self._catalog, effect)}"

    # What can be done about what forbids it

    def _add_pickers(self, session: Session, ways: Sequence[tuple[Effect, Field, int]]) -> None:
        for effect, field, number in ways:
            counted = f"{self.locale().toString(number)} {what(self._catalog, effect, number)}"
            self.add(SectionLabel(self.tr("Stands in the way")))
            text = self.tr("Referred to as “{1}” by {0}. Choose who or what stands there instead:")
            self.add(label(text.format(counted, column_name(self._catalog, effect, effect.columns[0])), wrap=True))
            editor = make_editor(session, field, self)
            editor.new = True  # nothing is picked yet
            editor.set_value(None)
            editor.set_name(self.tr("{0} for {1}").format(word(field.label), counted))
            editor.edited.connect(self._picked)
            editor.rejected.connect(self._picked)
            self.pickers.append((effect, field, number, editor))
            self.add(editor)

    def _picked(self, *_: object) -> None:
        if not self.pickers:
            return
        done = len(self.remedies()) == len(self.pickers)
        self.delete_button.setEnabled(done)
        number = sum(number for _, _, number, _ in self.pickers)
        things = what(self._catalog, self.pickers[0][0], number) if len(self.pickers) == 1 else self.tr("rows")
        text = self.tr("Reassign {0} {1} and delete").format(self.locale().toString(number), things)
        self.delete_button.setText(text if self._log.on else self.tr("{0} for good").format(text))

    def _value(self, editor: FieldEditor) -> str | None:
        try:
            wire, _ = editor.take()
        except BadValue:
            return None
        return wire if wire not in self._impact.ids else None
