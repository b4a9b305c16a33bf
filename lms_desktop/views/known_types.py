"""Qt's widgets of which this program makes none, made known to Python all the same.

The first time that a widget comes from Qt which Python has not made itself, such as the viewport of a table, PySide
looks through every kind of widget for the one it is, and makes them all known. That takes as long as a frame. Nothing
up to the first rows asks for such a widget (`kit.surfaces.give_viewport`); it is imported at rest after them.
"""

from PySide6.QtWidgets import (
    QCalendarWidget,
    QColorDialog,
    QColumnView,
    QCommonStyle,
    QDateTimeEdit,
    QDial,
    QDialogButtonBox,
    QDockWidget,
    QErrorMessage,
    QFileDialog,
    QFocusFrame,
    QFontComboBox,
    QFontDialog,
    QGraphicsView,
    QHeaderView,
    QInputDialog,
    QKeySequenceEdit,
    QLCDNumber,
    QMdiArea,
    QMdiSubWindow,
    QMessageBox,
    QProgressDialog,
    QProxyStyle,
    QRubberBand,
    QSizeGrip,
    QSlider,
    QSplashScreen,
    QStatusBar,
    QStyle,
    QStyleOptionViewItem,
    QTabBar,
    QTableView,
    QTabWidget,
    QToolBar,
    QToolBox,
    QTreeWidget,
    QUndoView,
    QWizard,
    QWizardPage,
)

WIDGETS = (
    *(QCalendarWidget, QColorDialog, QColumnView, QDateTimeEdit, QDial, QDialogButtonBox, QDockWidget, QErrorMessage),
    *(QFileDialog, QFocusFrame, QFontComboBox, QFontDialog, QGraphicsView, QHeaderView, QInputDialog, QKeySequenceEdit),
    *(QLCDNumber, QMdiArea, QMdiSubWindow, QMessageBox, QProgressDialog, QRubberBand, QSizeGrip, QSlider),
    *(QSplashScreen, QStatusBar, QTabBar, QTableView, QTabWidget, QToolBar, QToolBox, QTreeWidget, QUndoView),
    *(QWizard, QWizardPage),
)
STYLES = (QStyle, QCommonStyle, QProxyStyle, QStyleOptionViewItem)
