"""A window and the revision its database is at: how many wait, and what is left to do where the tables do not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from lms_desktop import policy
from lms_desktop.errors import ConnectionLost, ExplainedError
from lms_desktop.views.feedback import ask
from lms_desktop.views.migrations import MIGRATIONS_PAGE

if TYPE_CHECKING:
    from lms_desktop.views.main_window import MainWindow

FIRST_LOOK_MS = 1200
"""So long after the window the first look comes: nobody waits for it."""


AGAIN_MS = 3000
"""So long after a look in vain the next one comes: somebody works on the tables."""
GONE = "42P01"
"""What the server says where a table is not there."""


class SchemaWatch(QObject):
    """Keeps the navigation's count, and shuts the pages that cannot work below the newest revision.

    Attributes:
        moved: the database may be another than the one that this sitting began with.
        shut: only the page of migrations can be opened.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._schema = window, window.session.schema
        self.moved = self.shut = self._left = False
        self._first = QTimer(self, singleShot=True, interval=FIRST_LOOK_MS)
        self._first.timeout.connect(self._look_first)
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self._look_again)
        self._schema.changed.connect(self._changed)
        self._schema.run_ended.connect(self._run_ended)
        window.session.log.changed.connect(self._log_changed)
        window.live.migrated.connect(self.look)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.applicationStateChanged.connect(self._came_back)

    def begin(self) -> None:
        """The window is there: look, for those who may do something about it."""
        if self._window.session.actor.role == policy.ADMIN:
            self._first.start()

    def end(self) -> None:
        """The window goes."""
        self._first.stop()
        self._again.stop()
        self._left = True

    def look(self) -> None:
        """Somebody has migrated the database: look at what it is now."""
        self.moved = True
        self._window.session.log.look()
        self._schema.look(failed=self._look_failed)

    def _look_again(self) -> None:
        if not self._left:
            self._schema.look(failed=self._look_failed)

    def _came_back(self, state: Qt.ApplicationState) -> None:
        """The person was in another program, perhaps to apply there what waits here; nobody else tells of it."""
        found = self._schema.overview
        waits = found is not None and (self._schema.pending > 0 or not self._window.session.log.on)
        if state == Qt.ApplicationState.ApplicationActive and waits and not (self._left or self._schema.running):
            self._window.session.log.look()
            self._schema.look()

    def _look_first(self) -> None:
        if self._schema.overview is None and not self._left:
            self._schema.look()

    def _look_failed(self, error: ExplainedError) -> None:
        if GONE in (error.details or ""):
            self._leave()
        elif not isinstance(error, ConnectionLost):
            self._again.start()

    def _run_ended(self) -> None:
        run = self._schema.run
        if run is None or run.kind != "migration":
            return
        self.moved = True
        value = run.end.value if run.end is not None else None
        verified = getattr(value, "verified", None)
        if verified is not None and verified.standing.lineage.word == "document" and verified.standing.revision is None:
            # Nothing is left to work with, this account neither.
            QTimer.singleShot(0, self, self._leave)

    def _log_changed(self) -> None:
        self.moved = True
        if self._schema.overview is not None and not self._left:
            self._schema.look(failed=self._look_failed)

    def _changed(self) -> None:
        window, fits = self._window, self._schema.fits
        window.tell_counts()
        if fits == (not self.shut) or self._left:
            return
        if window.session.actor.role == policy.ADMIN:
            self.shut = not fits
            window.shut_pages(None if fits else (MIGRATIONS_PAGE,))
        else:
            self._leave()

    def _leave(self) -> None:
        """The pages cannot work, and this person cannot help it: what was typed is kept, the start screen says more."""
        if self._left:
            return
        self._left = self.moved = True
        window, found = self._window, self._schema.overview
        if found is not None and not self._schema.fits and found.document.revision is not None:
            from lms_desktop.models.migrations.revisions import short  # few databases come to this

            at = short(found.document.revision)
            text = self.tr(
                "An administrator has taken the database back to {0}, with which this application cannot work."
            )
            sentence = text.format(at)
        else:
            sentence = self.tr("The tables that this application works with are gone.")
        words = "\n\n".join(filter(None, (sentence, window.keeping.sentence_for_later())))
        window.session.journal.close(keep=True)
        ask(window, self.tr("You cannot go on working here"), words, self.tr("Go to the start"))
        window.sign_out_requested.emit()
