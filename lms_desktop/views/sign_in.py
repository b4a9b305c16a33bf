"""Signing in: e-mail and password, and on the demo a list of people to be."""

from math import ceil

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from lms_desktop import policy
from lms_desktop.errors import ExplainedError
from lms_desktop.forms.ui_sign_in import Ui_SignIn
from lms_desktop.services.people import SignInDelay
from lms_desktop.views import theme
from lms_desktop.views.kit.labels import StatusText
from lms_desktop.views.pick_card import PickCard
from lms_desktop.views.start_screen import StartScreen

Account = tuple[str, str, str, str]
"""(e-mail, password, role, name) of somebody of the demo."""


class SignInScreen(StartScreen):
    """Asks who it is. It checks nothing itself: whoever shows it does, and calls `working` and `refuse`.

    Signals:
        submitted(str, str): e-mail and password.
        switch_requested(): another database is wanted.
    """

    name = "sign-in"
    submitted = Signal(str, str)
    switch_requested = Signal()

    def __init__(
        self,
        where: str,
        delay: SignInDelay,
        *,
        safe: bool = True,
        email: str = "",
        accounts: tuple[Account, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        """`where` says which database it is and how safe the way there is; `email` is who signed in last."""
        super().__init__(parent)
        self._delay = delay
        self._is_working = False
        self.ui = Ui_SignIn()
        self.ui.setupUi(self.content)
        self.ui.where.addWidget(StatusText(where, "ok" if safe else "warn"))
        self.ui.notices.addWidget(self.banner)
        self.ui.wait.hide()
        self.ui.email.setText(email)
        self.cards = [self._card(account) for account in accounts]
        if accounts:
            self.two_sided(self.ui.sides, self.ui.divider, 860)
        else:
            for widget in (self.ui.divider, self.ui.demo_title, self.ui.demo_hint):
                widget.hide()
            self.ui.sides.setSpacing(0)
            self.ui.sides.setStretch(2, 0)
        self._clock = QTimer(self)
        self._clock.setInterval(200)
        self._clock.timeout.connect(self._settle)
        self.ui.submit.setDefault(True)
        self.ui.submit.clicked.connect(self.submit)
        self.ui.email.returnPressed.connect(self.submit)
        self.ui.password.returnPressed.connect(self.submit)
        self.ui.email.textEdited.connect(self._edited)
        self.ui.password.textEdited.connect(self._edited)
        self.add_link(self.tr("Connect to another database…"), self.switch_requested.emit)
        self.ready()

    @property
    def seconds_left(self) -> int:
        """How long this address has to wait before the next attempt."""
        return ceil(self._delay.remaining(self.ui.email.text()))

    def submit(self) -> None:
        """Hand e-mail and password in, where both are there and nothing is under way."""
        email, password = self.ui.email.text().strip(), self.ui.password.text()
        if not email:
            self.ui.email.setFocus()
        elif not password:
            self.ui.password.setFocus()
        elif not self._is_working and not self.seconds_left:
            self.submitted.emit(email, password)

    def working(self) -> None:
        """The attempt is under way."""
        self._is_working = True
        self.banner.hide()
        self.busy.start(self.tr("Signing in…"))
        self._settle()

    def refuse(self, error: ExplainedError) -> None:
        """The attempt has failed: say why, and keep what was typed."""
        self._is_working = False
        self.complain(error)
        self.ui.password.hide_password()
        self._settle()
        target = self.ui.password if error.field == "password" else self.ui.email
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        target.selectAll()
        if error.field == "password":
            theme.set_state(self.ui.password, "invalid")

    def begin(self) -> None:
        """Override StartScreen.begin."""
        target = self.ui.password if self.ui.email.text() else self.ui.email
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _card(self, account: Account) -> PickCard:
        email, password, role, name = account
        role_name = QCoreApplication.translate("", policy.ROLE_LABELS.get(role, role))
        card = PickCard(name, f"{role_name} · {email}")
        card.clicked.connect(lambda: self._pick(email, password))
        self.ui.accounts.addWidget(card)
        return card

    def _pick(self, email: str, password: str) -> None:
        self.ui.email.setText(email)
        self._edited()
        if not self._is_working and not self.seconds_left:
            self.submitted.emit(email, password)

    def _edited(self) -> None:
        theme.set_state(self.ui.password, "")
        self._settle()

    def _settle(self) -> None:
        """Say how long to wait, and let the button be pressed when there is a point."""
        seconds = self.seconds_left
        self.ui.wait.setText(self.tr("Too many attempts have failed. Try again in %n s.", "", seconds))
        self.ui.wait.setVisible(bool(seconds))
        can = not self._is_working and not seconds
        self.ui.submit.setEnabled(can)
        self.ui.submit.setText(self.tr("Signing in…") if self._is_working else self.tr("Sign in"))
        for card in self.cards:
            card.setEnabled(can)
        if seconds and not self._clock.isActive():
            self._clock.start()
        elif not seconds:
            self._clock.stop()
