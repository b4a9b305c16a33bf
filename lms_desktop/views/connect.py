"""Which database: recent connections, the parts of an address, and how safe the way there is."""

from sqlalchemy import URL

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lms_desktop.errors import ExplainedError
from lms_desktop.forms.ui_connect import Ui_Connect
from lms_desktop.models.desk import Desk
from lms_desktop.views.settings import Preferences
from lms_desktop.views.start_screen import StartScreen


class ConnectScreen(StartScreen):
    """Asks for a database.

    Signals:
        submitted(object): the URL to connect to.
        cancelled(): the attempt is to be given up.
    """

    name = "connect"
    submitted = Signal(object)
    cancelled = Signal()

    def __init__(
        self, preferences: Preferences, desk: Desk, address: URL | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.ui = Ui_Connect()
        self.ui.setupUi(self.content)
        self.ready()

    def working(self) -> None: ...
    def refuse(self, error: ExplainedError) -> None: ...
    def keep_password(self, address: str) -> None: ...
