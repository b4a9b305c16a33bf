"""The first run: set the database up or bring it up to date, then create the first administrator."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from lms_desktop.database.migrating.events import Waiting
from lms_desktop.database.migrating.standing import Standing
from lms_desktop.database.migrations import RevisionInfo, State, Step
from lms_desktop.errors import BadValue, ExplainedError
from lms_desktop.forms.ui_first_run import Ui_FirstRun
from lms_desktop.models.migrations.revisions import short
from lms_desktop.models.wording import told
from lms_desktop.services import passwords
from lms_desktop.views import theme
from lms_desktop.views.kit.labels import StatusText, Tag, label
from lms_desktop.views.kit.notices import Picture
from lms_desktop.views.kit.paint import px
from lms_desktop.views.migrations.words import waiting
from lms_desktop.views.start_screen import StartScreen, in_capitals

MOST_DIFFERENCES = 8
"""So many places in which the tables are no revision's are named."""


class FirstRunScreen(StartScreen):
    """What has to be done before anybody can sign in. It does nothing itself: whoever shows it does.

    Signals:
        migrate_requested(): the pending revisions are to be applied.
        cancel_requested(): what runs is to stop.
        admin_given(str, str, str): e-mail, name and password of the first administrator.
        stamp_requested(): it is to be put on record which revision the tables are.
        look_requested(): the database is to be looked at again.
        switch_requested(): another database is wanted.
    """

    name = "first-run"
    width_at_100 = 480
    migrate_requested = Signal()
    cancel_requested = Signal()
    admin_given = Signal(str, str, str)
    stamp_requested = Signal()
    look_requested = Signal()
    switch_requested = Signal()

    def __init__(self, where: str, *, safe: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ui = Ui_FirstRun()
        self.ui.setupUi(self.content)
        in_capitals(self.ui.revisions_title)
        self.ui.where.addWidget(StatusText(where, "ok" if safe else "warn"))
        self.ui.notices.addWidget(self.banner)
        self.ui.rules.setText(
            self.tr("At least {least} characters, at most {most} bytes.").format(
                least=passwords.LEAST_CHARACTERS, most=passwords.MOST_BYTES
            )
        )
        self.rows: list[RevisionRow] = []
        self._state: State | None = None
        self._is_working = False
        self.ui.submit.setDefault(True)
        self.ui.submit.clicked.connect(self.submit)
        self.ui.cancel.clicked.connect(self._cancel)
        for line in (self.ui.full_name, self.ui.email, self.ui.password, self.ui.again):
            line.returnPressed.connect(self.submit)
            line.textEdited.connect(lambda _text, edited=line: theme.set_state(edited, ""))
        self._look_link = self.add_link(self.tr("Look again"), self.look_requested.emit)
        self.add_link(self.tr("Connect to another database…"), self.switch_requested.emit)
        self.ready()
        self._settle()

    # What whoever shows it tells

    def show_state(self, state: State) -> None:
        """What the database lacks: revisions, or (at the head) an administrator."""
        self._state, self._is_working = state, False
        self.busy.stop()
        self.banner.hide()
        at_head = state.kind == "current"
        self.ui.revisions_stage.setVisible(bool(state.pending))
        self.ui.admin_stage.setVisible(at_head)
        title, explanation = self._words(state)
        self.ui.title.setText(title)
        self.ui.explanation.setText(explanation)
        self.ui.revisions_title.setText(self.tr("What will be applied"))
        self._list(state.pending)
        self._show_findings(state)
        self._settle()
        self.begin()

    def working(self) -> None:
        """What was asked for is being done."""
        self._is_working = True
        self.banner.hide()
        at_head = self._state is not None and self._state.kind == "current"
        if at_head:
            self.busy.start(self.tr("Creating the administrator…"))
        elif self._stampable:
            self.busy.start(self.tr("Putting the revision on record…"))
        else:
            self.busy.start(self.tr("Applying the revisions…"))
        if self.rows:
            self.rows[0].tell("running")
        self._settle()
        if self.rows:
            self.ui.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_findings(self, state: State) -> None:
        """What stands in the way of the steps, known before they are begun."""
        texts = [" ".join(filter(None, (told(each.sentence), told(each.way_out or "")))) for each in state.findings]
        if texts:
            blocked = any(each.level == "block" for each in state.findings)
            self.banner.tell("\n".join(texts), "bad" if blocked else "warn")
            self.banner.show()

    def wait_for(self, event: Waiting) -> None:
        """Somebody is in the way, or is not any more."""
        if not self._is_working:
            return
        text = waiting(event)
        if text:
            self.banner.tell(text, "warn")
        self.banner.setVisible(bool(text))

    def stepped(self, step: Step) -> None:
        """A revision has been applied."""
        self.busy.advance(step.number, step.total)
        self.rows[step.number - 1].tell("applied")
        if step.number < len(self.rows):
            self.rows[step.number].tell("running")

    def refuse(self, error: ExplainedError) -> None:
        """It did not work, and nothing was changed."""
        self._is_working = False
        self.busy.stop()
        for row in self.rows:
            row.tell("pending")
        self.complain(error)
        self._settle()
        field = {
            "email": self.ui.email,
            "full_name": self.ui.full_name,
            "password_hash": self.ui.password,
            "password": self.ui.password,
        }.get(error.field or "")
        if field is not None:
            theme.set_state(field, "invalid")
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    # What the person does

    def submit(self) -> None:
        """The main button: apply, or create the administrator where all that was typed is right."""
        if self._is_working or self._state is None:
            return
        if self._state.can_upgrade:
            self.migrate_requested.emit()
        elif self._stampable:
            self.stamp_requested.emit()
        elif self._state.kind == "current":
            try:
                self._check()
            except BadValue as error:
                self.refuse(error)
                return
            self.admin_given.emit(self.ui.email.text(), self.ui.full_name.text(), self.ui.password.text())

    def begin(self) -> None:
        """Override StartScreen.begin."""
        at_head = self._state is not None and self._state.kind == "current"
        target = self.ui.full_name if at_head else self.ui.submit
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def _stampable(self) -> str:
        """The revision that may be put on record; "" where there is none."""
        standing = self._state.standing if self._state is not None else None
        return (standing.may_stamp or "") if standing is not None else ""

    def _check(self) -> None:
        """Raise BadValue for what can be seen without the server."""
        for line, name, key in (
            (self.ui.full_name, self.tr("Type the name."), "full_name"),
            (self.ui.email, self.tr("Type the e-mail address."), "email"),
        ):
            if not line.text().strip():
                raise BadValue(name, field=key)
        passwords.check_new_password(self.ui.password.text())
        if self.ui.password.text() != self.ui.again.text():
            self.ui.again.setFocus()
            theme.set_state(self.ui.again, "invalid")
            raise BadValue(self.tr("The two passwords are not the same."))

    def _cancel(self) -> None:
        self.ui.cancel.setEnabled(False)
        self.cancel_requested.emit()

    def _words(self, state: State) -> tuple[str, str]:
        match state.kind:
            case "empty":
                return (
                    self.tr("Set up the database"),
                    self.tr(
                        "It is empty. These steps make the LMS's tables in it; all of them or none. Then the change "
                        "log is installed."
                    ),
                )
            case "behind":
                return (
                    self.tr("Update the database"),
                    self.tr(
                        "It is at {revision}, an older state than this application works with. All of these steps are"
                        " applied, or none; what is stored stays."
                    ).format(revision=state.current),
                )
            case "ahead":
                return (
                    self.tr("This database is newer than this application"),
                    self.tr(
                        "It is at revision {revision}, made by a newer application. Use that one here, or connect to"
                        " another database."
                    ).format(revision=state.current),
                )
            case "unversioned" if state.standing is not None:
                text = self.tr("This database has no record of its revision")
                return text, self._standing_words(state.standing)
            case "heads" | "unknown" if state.standing is not None:
                return self.tr("This database cannot be worked with"), self._standing_words(state.standing)
            case "foreign" if state.standing is not None:
                return self.tr("These are not the LMS's tables"), self._standing_words(state.standing)
            case "foreign":
                return (
                    self.tr("These are not the LMS's tables"),
                    self.tr(
                        "The database calls itself {revision}, but its tables are another program's. Choose the LMS's"
                        " database or an empty one."
                    ).format(revision=state.current),
                )
            case "unversioned":
                return (
                    self.tr("These are not the LMS's tables"),
                    self.tr(
                        "The database has tables, but no record of which revision they are. Choose the LMS's database"
                        " or an empty one, or let an administrator stamp it with Alembic."
                    ),
                )
        return (
            self.tr("Create the first administrator"),
            self.tr("Nobody can administer this school yet. This person will be able to do everything in it."),
        )

    def _standing_words(self, standing: Standing) -> str:
        grave = [told(difference.sentence) for difference in standing.differences if difference.grave]
        sentences = [told(standing.sentence), told(standing.way_out or ""), *grave[:MOST_DIFFERENCES]]
        if len(grave) > MOST_DIFFERENCES:
            sentences.append(self.tr("and %n more", "", len(grave) - MOST_DIFFERENCES))
        return "\n".join(filter(None, sentences))

    def _list(self, revisions: tuple[RevisionInfo, ...]) -> None:
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = [RevisionRow(revision) for revision in revisions]
        for row in self.rows:
            self.ui.revisions.addWidget(row)

    def _settle(self) -> None:
        state = self._state
        pending = len(state.pending) if state is not None else 0
        if state is not None and state.kind == "current":
            text = self.tr("Create administrator")
        elif state is not None and state.kind == "behind":
            one, many = pending == 1, self.tr("Update the database (%n revisions)", "", pending)
            text = self.tr("Update the database (1 revision)") if one else many
        elif self._stampable:
            text = self.tr("Put {0} on record").format(short(self._stampable))
        else:
            text = self.tr("Set up the database")
        self.ui.submit.setText(text)
        possible = state is not None and (state.can_upgrade or state.kind == "current" or bool(self._stampable))
        self._look_link.setVisible(state is not None and state.kind != "current" and not self._is_working)
        self.ui.submit.setVisible(possible)
        self.ui.submit.setEnabled(not self._is_working)
        self.ui.cancel.setVisible(self._is_working and pending > 0)
        self.ui.cancel.setEnabled(self._is_working)
        for line in (self.ui.full_name, self.ui.email, self.ui.password, self.ui.again):
            line.setReadOnly(self._is_working)


class RevisionRow(QWidget):
    """One revision and how far it is: "pending", "running" or "applied"."""

    def __init__(self, revision: RevisionInfo) -> None:
        super().__init__()
        self.revision = revision
        self.status = ""
        self._picture = Picture("clock", "neutral", 16)
        self._tag = Tag("", "neutral")
        words = QHBoxLayout(self)
        words.setContentsMargins(0, px(2), 0, px(2))
        words.setSpacing(px(10))
        words.addWidget(self._picture)
        words.addWidget(label(QCoreApplication.translate("", revision.description), "", wrap=True), 1)
        words.addWidget(self._tag)
        self.setToolTip(revision.id)
        self.tell("pending")

    def tell(self, status: str) -> None:
        """Show another status."""
        self.status = status
        match status:
            case "applied":
                self._picture.tell("success", "ok")
                self._tag.tell(self.tr("applied"), "ok")
            case "running":
                self._picture.tell("play", "info")
                self._tag.tell(self.tr("running"), "info")
            case _:
                self._picture.tell("clock", "warn")
                self._tag.tell(self.tr("pending"), "warn")
