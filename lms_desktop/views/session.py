"""What every view of a sitting works with: the desk, the catalogue, the readers and the person's preferences."""

from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING

from lms_desktop import policy
from lms_desktop.database.unit_of_work import Actor
from lms_desktop.frozen import frozen
from lms_desktop.models.all_drafts import AllDrafts
from lms_desktop.models.change_log import ChangeLog
from lms_desktop.models.desk import Desk
from lms_desktop.models.journal import Journal
from lms_desktop.models.migrations.state import SchemaState
from lms_desktop.services.pages import Pages
from lms_desktop.spec import Catalog, EntityAdmin
from lms_desktop.views.settings import Preferences

if TYPE_CHECKING:
    from lms_desktop.models.table import TableModel
    from lms_desktop.services.records import Records


@frozen
class Session:
    """One person's sitting on one database.

    Attributes:
        desk: the way to the database; its actor is the person signed in.
        catalog: the declarations of all entities; `pages` reads their lists.
        preferences: what the person chose and the window remembers.
        log: whether what is done here is taken down and can be taken back.
        journal: keeps what is not saved yet on disk; without an owner, nothing.
        drafts: what is not saved yet: the one `Drafts` of each entity, shared by all pages that show its rows.
        asked: rows by their entity that were asked for before there is the page that will show them.
        schema: which revision the database is at, and the migration that runs on it.
    """

    desk: Desk
    catalog: Catalog
    pages: Pages
    preferences: Preferences
    log: ChangeLog
    journal: Journal = field(default_factory=lambda: Journal(None, None, None))
    drafts: AllDrafts = field(init=False)
    asked: "dict[type, TableModel]" = field(init=False, default_factory=dict)
    schema: SchemaState = field(init=False)

    def __post_init__(self) -> None:
        """Let the journal keep what the drafts say, from the first one on."""
        journal, catalog = self.journal, self.catalog
        drafts = AllDrafts(lambda made: journal.watch(made, catalog[made.entity]))
        object.__setattr__(self, "drafts", drafts)
        object.__setattr__(self, "schema", SchemaState(self.desk))

    @property
    def actor(self) -> Actor:
        """The person signed in; raises RuntimeError before that."""
        if self.desk.actor is None:
            raise RuntimeError("nobody is signed in")
        return self.desk.actor

    @cached_property
    def records(self) -> "Records":
        """Reads and writes records in full."""
        from lms_desktop.services.records import Records  # and all that is looked at before one is saved

        return Records(self.catalog)

    @property
    def zone(self) -> str:
        """The IANA name of the zone in which moments are shown and typed."""
        return self.preferences.zone

    def may(self, admin: EntityAdmin, verb: str) -> bool:
        """Whether the person has the verb on some rows of the entity; who is signed out by now has none."""
        actor = self.desk.actor
        return actor is not None and policy.may(actor, admin.entity, verb)
