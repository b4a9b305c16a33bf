"""What the main window asks of the page in its centre, and how pages ask for one another."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from lms_desktop.database.unit_of_work import Change
from lms_desktop.frozen import frozen
from lms_desktop.spec import Filter
from lms_desktop.views.kit.paint import Tone
from lms_desktop.views.places import Place

if TYPE_CHECKING:
    from lms_desktop.models.live import Batch
    from lms_desktop.models.paged import PagedModel


@frozen
class Destination:
    """Where to go: a page by its name, there a record, rows filtered or found, or a new row with first values (wire
    texts). `within` is the entity and the id of what is meant of the record: a lesson of a course."""

    page: str
    record_id: str | None = None
    filters: tuple[Filter, ...] = ()
    new: bool = False
    values: tuple[tuple[str, str | None], ...] = ()
    within: tuple[type, str] | None = None
    search: str = ""


@frozen
class Crumb:
    """The page that stands above another one, as the breadcrumb before its title names it."""

    text: str
    destination: Destination


class Page(QWidget):
    """A page. Everything here does nothing unless a page has something to do.

    Attributes:
        name: the page's name in addresses and settings.

    Signals:
        title_changed(): title, subtitle or actions are others now.
        status(str): a sentence for the left of the status bar.
        message(str): what was just done.
        trouble(object): an error of `lms_desktop.errors` to show.
        open_requested(object): a Destination.
        save_ended(bool): a save has ended; whether all is saved.
        take_back_requested(str, object): the id of an operation of the change log, and of it the entity and the ids of
            the rows that are meant alone; None for all of it.
        filled(): what is read at first is there, or will not come.
        work_began(str, object), work_told(float, str), work_ended(): long work goes on, and what to call to stop it;
            it has come so far (0 to 1) and does this now; it is over.
    """

    title_changed = Signal()
    status = Signal(str)
    message = Signal(str)
    trouble = Signal(object)
    open_requested = Signal(object)
    save_ended = Signal(bool)
    take_back_requested = Signal(str, object)
    filled = Signal()
    work_began = Signal(str, object)
    work_told = Signal(float, str)
    work_ended = Signal()

    name = ""

    def title(self) -> str:
        """The page's title."""
        return ""

    def subtitle(self) -> str:
        """The muted text beside the title."""
        return ""

    def crumb(self) -> Crumb | None:
        """What stands above the page, where anything does."""
        return None

    def tag(self) -> tuple[str, Tone] | None:
        """A word about the state of what is shown, beside the title."""
        return None

    def primary(self) -> QAction | None:
        """The action of the page's main button. One with a menu has that behind an arrow beside it."""
        return None

    def toolbar_actions(self) -> list[QAction]:
        """Further actions at the top, left of the main button; one with a menu opens that."""
        return []

    def prepare(self) -> bool:
        """Take the next step in making what the first showing would have to make; False where none is left.

        The page has its size and is not shown yet.
        """
        return False

    def count_ahead(self) -> None:
        """Have counted what is ready to be shown, before anybody sees it."""

    def activate(self) -> None:
        """The page is about to be shown: what it shows is asked for."""

    def followed(self) -> "PagedModel | None":
        """The rows that are read again when a program writes to them, though it does not say so."""
        return None

    def hear(self, batch: "Batch") -> None:
        """Programs that do not say so have written this: read again what may be concerned, once it is seen."""

    def is_filled(self) -> bool:
        """Whether there is something to be seen; where not, `filled` tells when."""
        return True

    def around(self) -> tuple[QWidget, ...]:
        """What stands around what is seen first: it is painted right after it."""
        return ()

    def take_keyboard(self) -> None:
        """Put the keyboard where the work begins."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def deactivate(self) -> None:
        """Another page is shown."""

    def refresh(self) -> None:
        """Read again what is shown, keeping the row."""

    def new_row(self) -> None:
        """Begin a new row."""

    def save(self) -> None:
        """Save the drafts in one transaction."""

    def delete(self) -> None:
        """Delete the selected rows, after a question."""

    def can_undo(self) -> bool:
        """Whether an unsaved change is left to take back."""
        return False

    def can_redo(self) -> bool:
        """Whether an unsaved change was taken back and can be made again."""
        return False

    def undo(self) -> None:
        """Take back the last unsaved change."""

    def redo(self) -> None:
        """Make again what was taken back."""

    def focus_search(self) -> None:
        """Put the keyboard into the page's search box."""

    def take_editors(self) -> bool:
        """Take along what stands in open editors; False where it is no value, and the person was told."""
        return True

    def is_saving(self) -> bool:
        """Whether a save is under way."""
        return False

    def unfinished(self) -> int:
        """How many editors hold what is no value yet, and so is in no draft."""
        return 0

    def unsaved(self) -> int:
        """How many unsaved changes there are. Those of a draft that two pages show are told by both."""
        return self.unfinished()

    def at_risk(self) -> int:
        """How many unsaved changes would be missed: what nobody has typed does not count."""
        return self.unsaved()

    def discard(self) -> None:
        """Give all unsaved changes up."""

    def may_go(self, then: Callable[[], object]) -> bool:
        """Whether the window may go as far as what runs here is concerned; where not, `then` is called if it may
        later."""
        return True

    def go_to(self, destination: Destination) -> None:
        """Show what the destination names."""

    def select_first(self) -> None:
        """Select something where nothing is, so that there is something to be seen."""

    def show_changes(self, changes: tuple[Change, ...]) -> bool:
        """Show what was taken back, or made again; False where this page does not show such rows."""
        return False

    def place(self) -> Place:
        """What is shown, so that one can come back to it."""
        return Place(self.name)

    def return_to(self, place: Place) -> None:
        """Show again what was shown."""
