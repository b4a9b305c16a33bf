"""The first window: it shows one screen after the other until somebody has signed in."""

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from lms_desktop.views.kit.buttons import tool_button
from lms_desktop.views.kit.paint import px
from lms_desktop.views.opening import OpeningScreen
from lms_desktop.views.settings import Preferences
from lms_desktop.views.start_screen import StartScreen

FIRST_SIZE = QSize(1200, 800)
FRAME = QSize(16, 48)
"""So much a window manager puts around a window, or a little less."""


class StartWindow(QMainWindow):
    """The window before the main window, at the same place on the screen.

    Attributes:
        opening: the screen that it starts with.

    Signals:
        closed(): the person wants to leave.
        shown(): it was painted for the first time.
    """

    closed = Signal()
    shown = Signal()

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preferences, self._painted = preferences, False
        self.setWindowTitle("LMS Desktop")
        self._stack = QStackedWidget()
        self._stack.setProperty("kind", "background")
        self.setCentralWidget(self._stack)
        self.settings_button = tool_button("settings", self.tr("Preferences"), self.show_preferences)
        self.settings_button.setParent(self)
        self.settings_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.shown.connect(self._give_keys)
        self.opening = OpeningScreen()
        self._stack.addWidget(self.opening)
        self.setMinimumSize(320, 240)
        self.resize(FIRST_SIZE.boundedTo(self.screen().availableSize() - FRAME))
        self.restoreGeometry(QByteArray(preferences.window_state("main")))
        self.opening.begin()

    @property
    def screen_shown(self) -> StartScreen:
        """The screen shown."""
        shown = self._stack.currentWidget()
        assert isinstance(shown, StartScreen)
        return shown

    def show_screen(self, screen: StartScreen) -> None:
        """Show a screen; the one before goes, unless it is the opening one."""
        before = self.screen_shown
        if screen is not before:
            self._stack.addWidget(screen)
            self._stack.setCurrentWidget(screen)
            if before is not self.opening:
                self._stack.removeWidget(before)
                before.deleteLater()
        self.settings_button.raise_()
        screen.begin()

    def _give_keys(self) -> None:
        from PySide6.QtGui import QKeySequence, QShortcut  # and all keys that Qt has names for

        QShortcut(QKeySequence("Ctrl+,"), self).activated.connect(self.show_preferences)

    def show_preferences(self) -> None:
        """Text size and theme matter before anybody has signed in."""
        from lms_desktop.views.preferences_dialog import PreferencesDialog

        PreferencesDialog(self._preferences, self).exec()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent: the first one is told once it is over."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self.shown.emit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent: the button stays in the far upper corner."""
        super().resizeEvent(event)
        self.settings_button.adjustSize()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        x = px(12) if rtl else self.width() - self.settings_button.width() - px(12)
        self.settings_button.move(x, px(12))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Override QWidget::closeEvent."""
        event.accept()
        self.closed.emit()
