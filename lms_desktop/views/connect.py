"""Which database: recent connections, the parts of an address, and how safe the way there is."""

from dataclasses import replace
from functools import partial
from itertools import pairwise

from sqlalchemy import URL

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLineEdit, QWidget

from lms_desktop.database.address_parts import TLS_MODES, AddressParts, without_secrets
from lms_desktop.errors import ExplainedError, UserError
from lms_desktop.forms.ui_connect import Ui_Connect
from lms_desktop.models.desk import Desk
from lms_desktop.services import keystore
from lms_desktop.views import theme
from lms_desktop.views.kit.buttons import tool_button
from lms_desktop.views.kit.notices import Banner
from lms_desktop.views.pick_card import PickCard
from lms_desktop.views.settings import Preferences
from lms_desktop.views.start_screen import StartScreen, in_capitals
from lms_desktop.views.tls_advice import advice, mode_name


class ConnectScreen(StartScreen):
    """Asks for a database. It connects nowhere itself: whoever shows it does.

    Signals:
        submitted(object): the URL to connect to.
        cancelled(): the attempt is to be given up.
        back_requested(): the demo, or the database that the program was started on, is wanted again.
    """

    name = "connect"
    width_at_100 = 500
    submitted = Signal(object)
    cancelled = Signal()
    back_requested = Signal()

    def __init__(
        self,
        preferences: Preferences,
        desk: Desk,
        address: URL | None = None,
        *,
        back: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`desk` is where the key store is asked; `back`, if given, is the link to where the program began."""
        super().__init__(parent)
        self._preferences, self._desk = preferences, desk
        self._is_working = False
        self._options = AddressParts().options
        self._picked = ""
        self.ui = Ui_Connect()
        self.ui.setupUi(self.content)
        in_capitals(self.ui.recent_title)
        self.advice = Banner("", "ok")
        self.ui.notices.addWidget(self.banner)
        self.ui.advice.addWidget(self.advice)
        self.cards: list[PickCard] = []
        self._rows: list[QWidget] = []
        self._connect()
        self._list_recent()
        if back:
            self.add_link(back, self.back_requested.emit)
        self.fill(AddressParts() if address is None else AddressParts.of(address))
        self._settle()
        self.ready()
        desk.plain(keystore.available, done=self._key_store_known, failed=_nothing, owner=self)

    # What stands in the fields

    def parts(self) -> AddressParts:
        """What was typed."""
        return AddressParts(
            host=self.ui.host.text(),
            port=self.ui.port.text(),
            database=self.ui.database.text(),
            user=self.ui.user.text(),
            password=self.ui.password.text(),
            tls=self.ui.tls.currentData() or "",
            options=self._options,
        )

    def fill(self, parts: AddressParts) -> None:
        """Put an address into the fields."""
        self._options = parts.options
        for line, text in (
            (self.ui.host, parts.host),
            (self.ui.port, parts.port),
            (self.ui.database, parts.database),
            (self.ui.user, parts.user),
            (self.ui.password, parts.password),
        ):
            line.setText(text)
            theme.set_state(line, "")
        self._offer_modes(parts.tls)

    # What whoever shows it tells

    def working(self) -> None:
        """The attempt is under way."""
        self._is_working = True
        self.banner.hide()
        self.busy.start(self.tr("Connecting…"))
        self._settle()
        self.ui.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def refuse(self, error: ExplainedError) -> None:
        """The attempt has failed: say why, and keep what was typed."""
        self.idle()
        self.complain(error)
        fields = {"port": self.ui.port, "database": self.ui.database}
        line = fields.get(error.field or "")
        if line is not None:
            theme.set_state(line, "invalid")
            line.setFocus(Qt.FocusReason.OtherFocusReason)

    def idle(self) -> None:
        """Nothing is under way any more."""
        self._is_working = False
        self.busy.stop()
        self._settle()

    def keep_password(self, address: str) -> None:
        """The address was right: keep its password where the person wants it kept, and else nowhere."""
        password = self.ui.password.text()
        if not self.ui.remember.isVisibleTo(self):
            return
        if self.ui.remember.isChecked() and password:
            self._desk.plain(partial(keystore.remember, address, password), done=_nothing, failed=_nothing)
        elif not self.ui.remember.isChecked():
            self._desk.plain(partial(keystore.forget, address), done=_nothing, failed=_nothing)

    # What the person does

    def submit(self) -> None:
        """Hand the address in, where it is one and nothing is under way."""
        if self._is_working:
            return
        try:
            address = self.parts().url()
        except UserError as error:
            self.refuse(error)
            return
        self.submitted.emit(address)

    def begin(self) -> None:
        """Override StartScreen.begin."""
        first: QWidget = self.ui.host
        if self.ui.database.text():
            first = self.ui.password
        elif self.cards:
            first = self.cards[0]
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _connect(self) -> None:
        self.ui.submit.setDefault(True)
        self.ui.submit.clicked.connect(self.submit)
        self.ui.cancel.clicked.connect(self.cancelled)
        self.ui.address.textEdited.connect(self._pasted)
        self.ui.address.returnPressed.connect(self.submit)
        self.ui.host.textChanged.connect(lambda: self._offer_modes(self.ui.tls.currentData() or ""))
        self.ui.tls.currentIndexChanged.connect(self._advise)
        self.ui.remember.hide()
        self.ui.no_store.hide()
        for line in (self.ui.host, self.ui.port, self.ui.database, self.ui.user, self.ui.password):
            line.returnPressed.connect(self.submit)
            line.textEdited.connect(lambda _text, edited=line: self._edited(edited))

    def _edited(self, line: QLineEdit) -> None:
        self._picked = ""
        theme.set_state(line, "")

    def _pasted(self, text: str) -> None:
        """Spread a whole address over the fields; the password in it does not stay readable."""
        if "://" not in text:
            return
        try:
            parts = AddressParts.of(text)
        except UserError:
            return
        if parts.password:
            self.ui.address.setText(without_secrets(text))
        elif parts.user == self.ui.user.text():  # its password was taken out when it had been typed so far
            parts = replace(parts, password=self.ui.password.text())
        self.fill(parts)
        self.banner.hide()

    def _offer_modes(self, wanted: str) -> None:
        """The modes there are for this host; "" is offered for this computer alone, and is the usual there."""
        local = AddressParts(host=self.ui.host.text(), options=self._options).local
        modes = [mode for mode in TLS_MODES if mode != "allow" or wanted == "allow"]
        if local:
            modes.insert(0, "")
        # Not chosen by anybody, only the usual one for the host that stood here before.
        if wanted not in modes or (local and wanted == "verify-full"):
            wanted = modes[0]
        if modes != [self.ui.tls.itemData(i) for i in range(self.ui.tls.count())]:
            self.ui.tls.blockSignals(True)
            self.ui.tls.clear()
            for mode in modes:
                self.ui.tls.addItem(mode_name(mode), mode)
            self.ui.tls.blockSignals(False)
        self.ui.tls.setCurrentIndex(modes.index(wanted))
        self._advise()

    def _advise(self) -> None:
        local = AddressParts(host=self.ui.host.text(), options=self._options).local
        said = advice(self.ui.tls.currentData() or "", local=local)
        self.advice.tell(said.text, said.tone, strong=said.strong)

    # Recent connections

    def _list_recent(self) -> None:
        for address in self._preferences.recent_connections():
            try:
                parts = AddressParts.of(address)
            except UserError:
                continue
            self._add_recent(address, parts)
        self._order()
        if self.cards:
            self.two_sided(self.ui.sides, self.ui.divider, 860)
        else:
            self.ui.recent_title.hide()
            self.ui.divider.hide()
            self.ui.sides.setSpacing(0)
            self.ui.sides.setStretch(0, 0)

    def _order(self) -> None:
        """Tab goes through the recent connections first, which were made last."""
        ui = self.ui
        form: list[QWidget] = [ui.address, ui.host, ui.port, ui.database, ui.user, ui.password, ui.password.eye]
        recent = [child for row in self._rows for child in row.findChildren(QAbstractButton)]
        chain = [*recent, *form, ui.tls, ui.remember, ui.cancel, ui.submit]
        for one, following in pairwise(chain):
            QWidget.setTabOrder(one, following)

    def _add_recent(self, address: str, parts: AddressParts) -> None:
        host = self.tr("this computer") if parts.local else parts.host
        where = f"{host}:{parts.port}" if parts.port and not parts.local else host
        detail = self.tr("{user} on {server}").format(user=parts.user, server=where) if parts.user else where
        card = PickCard(parts.database, detail, icon="database")
        card.clicked.connect(lambda: self._pick(address))
        forget = tool_button("close", self.tr("Forget {0}").format(f"{parts.database}, {detail}"))
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(card, 1)
        line.addWidget(forget)
        forget.clicked.connect(lambda: self._forget(address, card, row))
        self.ui.recent.addWidget(row)
        self._rows.append(row)
        self.cards.append(card)

    def _pick(self, address: str) -> None:
        """Fill the fields, and connect where nothing more needs to be typed."""
        if self._is_working:
            return
        self._picked = address
        self.fill(AddressParts.of(address))
        self._desk.plain(
            partial(keystore.recall, address), done=partial(self._recalled, address), failed=_nothing, owner=self
        )

    def _recalled(self, address: str, password: str | None) -> None:
        if self._is_working or address != self._picked:
            return
        if password is not None:
            self.ui.password.setText(password)
            self.ui.remember.setChecked(True)
        if password is not None or self.parts().local:
            self.submit()
        else:
            self.ui.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def _forget(self, address: str, card: PickCard, row: QWidget) -> None:
        self._preferences.forget_connection(address)
        self._desk.plain(partial(keystore.forget, address), done=_nothing, failed=_nothing)
        self.cards.remove(card)
        self._rows.remove(row)
        row.hide()
        row.deleteLater()
        self.ui.recent_title.setVisible(bool(self.cards))

    def _key_store_known(self, there: bool) -> None:
        self.ui.remember.setVisible(there)
        self.ui.no_store.setVisible(not there)

    def _settle(self) -> None:
        self.ui.submit.setEnabled(not self._is_working)
        self.ui.submit.setText(self.tr("Connecting…") if self._is_working else self.tr("Connect"))
        self.ui.cancel.setVisible(self._is_working)
        fields: tuple[QLineEdit, ...] = (self.ui.host, self.ui.port, self.ui.database, self.ui.user, self.ui.password)
        for line in (*fields, self.ui.address):
            line.setReadOnly(self._is_working)
        for card in self.cards:
            card.setEnabled(not self._is_working)


def _nothing(_: object) -> None:
    return
