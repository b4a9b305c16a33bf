# -*- coding: utf-8 -*-

################################################################################
## Form generated from reading UI file 'connect.ui'
##
## Created by: Qt User Interface Compiler version 6.11.3
##
## WARNING! All changes made in this file will be lost when recompiling UI file!
################################################################################

from PySide6.QtCore import (QCoreApplication, QDate, QDateTime, QLocale,
    QMetaObject, QObject, QPoint, QRect,
    QSize, QTime, QUrl, Qt)
from PySide6.QtGui import (QBrush, QColor, QConicalGradient, QCursor,
    QFont, QFontDatabase, QGradient, QIcon,
    QImage, QKeySequence, QLinearGradient, QPainter,
    QPalette, QPixmap, QRadialGradient, QTransform)
from PySide6.QtWidgets import (QApplication, QCheckBox, QComboBox, QFrame,
    QHBoxLayout, QLabel, QLineEdit, QPushButton,
    QSizePolicy, QSpacerItem, QVBoxLayout, QWidget)

from lms_desktop.views.password_edit import PasswordEdit

class Ui_Connect(object):
    def setupUi(self, Connect):
        if not Connect.objectName():
            Connect.setObjectName(u"Connect")
        self.sides = QHBoxLayout(Connect)
        self.sides.setSpacing(28)
        self.sides.setObjectName(u"sides")
        self.sides.setContentsMargins(0, 0, 0, 0)
        self.recent_side = QVBoxLayout()
        self.recent_side.setSpacing(8)
        self.recent_side.setObjectName(u"recent_side")
        self.recent_side.setContentsMargins(0, 0, 0, 0)
        self.recent_title = QLabel(Connect)
        self.recent_title.setObjectName(u"recent_title")
        self.recent_title.setProperty(u"kind", u"section")
        self.recent_title.setTextFormat(Qt.TextFormat.PlainText)

        self.recent_side.addWidget(self.recent_title)

        self.recent = QVBoxLayout()
        self.recent.setSpacing(4)
        self.recent.setObjectName(u"recent")
        self.recent.setContentsMargins(0, 0, 0, 0)

        self.recent_side.addLayout(self.recent)

        self.recent_below = QSpacerItem(1, 1, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)

        self.recent_side.addItem(self.recent_below)


        self.sides.addLayout(self.recent_side)

        self.divider = QFrame(Connect)
        self.divider.setObjectName(u"divider")
        self.divider.setFrameShape(QFrame.Shape.VLine)
        self.divider.setFrameShadow(QFrame.Shadow.Sunken)
        self.divider.setFrameShadow(QFrame.Shadow.Plain)

        self.sides.addWidget(self.divider)

        self.side = QVBoxLayout()
        self.side.setSpacing(14)
        self.side.setObjectName(u"side")
        self.side.setContentsMargins(0, 0, 0, 0)
        self.heading = QVBoxLayout()
        self.heading.setSpacing(4)
        self.heading.setObjectName(u"heading")
        self.heading.setContentsMargins(0, 0, 0, 0)
        self.title = QLabel(Connect)
        self.title.setObjectName(u"title")
        self.title.setProperty(u"kind", u"title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)

        self.heading.addWidget(self.title)

        self.explanation = QLabel(Connect)
        self.explanation.setObjectName(u"explanation")
        self.explanation.setProperty(u"kind", u"muted")
        self.explanation.setWordWrap(True)
        self.explanation.setTextFormat(Qt.TextFormat.PlainText)

        self.heading.addWidget(self.explanation)


        self.side.addLayout(self.heading)

        self.notices = QVBoxLayout()
        self.notices.setSpacing(8)
        self.notices.setObjectName(u"notices")
        self.notices.setContentsMargins(0, 0, 0, 0)

        self.side.addLayout(self.notices)

        self.address_box = QVBoxLayout()
        self.address_box.setSpacing(5)
        self.address_box.setObjectName(u"address_box")
        self.address_box.setContentsMargins(0, 0, 0, 0)
        self.address_label = QLabel(Connect)
        self.address_label.setObjectName(u"address_label")
        self.address_label.setTextFormat(Qt.TextFormat.PlainText)

        self.address_box.addWidget(self.address_label)

        self.address = QLineEdit(Connect)
        self.address.setObjectName(u"address")

        self.address_box.addWidget(self.address)


        self.side.addLayout(self.address_box)

        self.server_row = QHBoxLayout()
        self.server_row.setSpacing(12)
        self.server_row.setObjectName(u"server_row")
        self.server_row.setContentsMargins(0, 0, 0, 0)
        self.host_box = QVBoxLayout()
        self.host_box.setSpacing(5)
        self.host_box.setObjectName(u"host_box")
        self.host_box.setContentsMargins(0, 0, 0, 0)
        self.host_label = QLabel(Connect)
        self.host_label.setObjectName(u"host_label")
        self.host_label.setTextFormat(Qt.TextFormat.PlainText)

        self.host_box.addWidget(self.host_label)

        self.host = QLineEdit(Connect)
        self.host.setObjectName(u"host")
        self.host.setMaxLength(1000)

        self.host_box.addWidget(self.host)


        self.server_row.addLayout(self.host_box)

        self.port_box = QVBoxLayout()
        self.port_box.setSpacing(5)
        self.port_box.setObjectName(u"port_box")
        self.port_box.setContentsMargins(0, 0, 0, 0)
        self.port_label = QLabel(Connect)
        self.port_label.setObjectName(u"port_label")
        self.port_label.setTextFormat(Qt.TextFormat.PlainText)

        self.port_box.addWidget(self.port_label)

        self.port = QLineEdit(Connect)
        self.port.setObjectName(u"port")
        self.port.setPlaceholderText(u"5432")
        self.port.setMaxLength(5)

        self.port_box.addWidget(self.port)


        self.server_row.addLayout(self.port_box)

        self.server_row.setStretch(0, 3)
        self.server_row.setStretch(1, 1)

        self.side.addLayout(self.server_row)

        self.login_row = QHBoxLayout()
        self.login_row.setSpacing(12)
        self.login_row.setObjectName(u"login_row")
        self.login_row.setContentsMargins(0, 0, 0, 0)
        self.database_box = QVBoxLayout()
        self.database_box.setSpacing(5)
        self.database_box.setObjectName(u"database_box")
        self.database_box.setContentsMargins(0, 0, 0, 0)
        self.database_label = QLabel(Connect)
        self.database_label.setObjectName(u"database_label")
        self.database_label.setTextFormat(Qt.TextFormat.PlainText)

        self.database_box.addWidget(self.database_label)

        self.database = QLineEdit(Connect)
        self.database.setObjectName(u"database")
        self.database.setPlaceholderText(u"lms")
        self.database.setMaxLength(63)

        self.database_box.addWidget(self.database)


        self.login_row.addLayout(self.database_box)

        self.user_box = QVBoxLayout()
        self.user_box.setSpacing(5)
        self.user_box.setObjectName(u"user_box")
        self.user_box.setContentsMargins(0, 0, 0, 0)
        self.user_label = QLabel(Connect)
        self.user_label.setObjectName(u"user_label")
        self.user_label.setTextFormat(Qt.TextFormat.PlainText)

        self.user_box.addWidget(self.user_label)

        self.user = QLineEdit(Connect)
        self.user.setObjectName(u"user")
        self.user.setMaxLength(63)

        self.user_box.addWidget(self.user)


        self.login_row.addLayout(self.user_box)

        self.login_row.setStretch(0, 1)
        self.login_row.setStretch(1, 1)

        self.side.addLayout(self.login_row)

        self.password_box = QVBoxLayout()
        self.password_box.setSpacing(5)
        self.password_box.setObjectName(u"password_box")
        self.password_box.setContentsMargins(0, 0, 0, 0)
        self.password_label = QLabel(Connect)
        self.password_label.setObjectName(u"password_label")
        self.password_label.setTextFormat(Qt.TextFormat.PlainText)

        self.password_box.addWidget(self.password_label)

        self.password = PasswordEdit(Connect)
        self.password.setObjectName(u"password")
        self.password.setMaxLength(1000)

        self.password_box.addWidget(self.password)


        self.side.addLayout(self.password_box)

        self.tls_box = QVBoxLayout()
        self.tls_box.setSpacing(5)
        self.tls_box.setObjectName(u"tls_box")
        self.tls_box.setContentsMargins(0, 0, 0, 0)
        self.tls_label = QLabel(Connect)
        self.tls_label.setObjectName(u"tls_label")
        self.tls_label.setTextFormat(Qt.TextFormat.PlainText)

        self.tls_box.addWidget(self.tls_label)

        self.tls = QComboBox(Connect)
        self.tls.setObjectName(u"tls")

        self.tls_box.addWidget(self.tls)

        self.advice = QVBoxLayout()
        self.advice.setSpacing(0)
        self.advice.setObjectName(u"advice")
        self.advice.setContentsMargins(0, 0, 0, 0)

        self.tls_box.addLayout(self.advice)


        self.side.addLayout(self.tls_box)

        self.remember = QCheckBox(Connect)
        self.remember.setObjectName(u"remember")

        self.side.addWidget(self.remember)

        self.no_store = QLabel(Connect)
        self.no_store.setObjectName(u"no_store")
        self.no_store.setProperty(u"kind", u"small")
        self.no_store.setWordWrap(True)
        self.no_store.setTextFormat(Qt.TextFormat.PlainText)

        self.side.addWidget(self.no_store)

        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.setObjectName(u"buttons")
        self.buttons.setContentsMargins(0, 0, 0, 0)
        self.before = QSpacerItem(1, 1, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

        self.buttons.addItem(self.before)

        self.cancel = QPushButton(Connect)
        self.cancel.setObjectName(u"cancel")

        self.buttons.addWidget(self.cancel)

        self.submit = QPushButton(Connect)
        self.submit.setObjectName(u"submit")
        self.submit.setProperty(u"kind", u"primary")

        self.buttons.addWidget(self.submit)


        self.side.addLayout(self.buttons)


        self.sides.addLayout(self.side)

        self.sides.setStretch(0, 2)
        self.sides.setStretch(2, 3)
#if QT_CONFIG(shortcut)
        self.address_label.setBuddy(self.address)
        self.host_label.setBuddy(self.host)
        self.port_label.setBuddy(self.port)
        self.database_label.setBuddy(self.database)
        self.user_label.setBuddy(self.user)
        self.password_label.setBuddy(self.password)
        self.tls_label.setBuddy(self.tls)
#endif // QT_CONFIG(shortcut)

        self.retranslateUi(Connect)

        QMetaObject.connectSlotsByName(Connect)
    # setupUi

    def retranslateUi(self, Connect):
        self.recent_title.setText(QCoreApplication.translate("Connect", u"Recent", None))
        self.title.setText(QCoreApplication.translate("Connect", u"Connect to a database", None))
        self.explanation.setText(QCoreApplication.translate("Connect", u"The school's PostgreSQL, as its administrator told you.", None))
        self.address_label.setText(QCoreApplication.translate("Connect", u"&Address, if you have one to paste", None))
        self.address.setPlaceholderText(QCoreApplication.translate("Connect", u"postgresql://name@server:5432/database", None))
        self.host_label.setText(QCoreApplication.translate("Connect", u"&Server", None))
        self.host.setPlaceholderText(QCoreApplication.translate("Connect", u"this computer", None))
        self.port_label.setText(QCoreApplication.translate("Connect", u"P&ort", None))
        self.database_label.setText(QCoreApplication.translate("Connect", u"&Database", None))
        self.user_label.setText(QCoreApplication.translate("Connect", u"&User", None))
        self.password_label.setText(QCoreApplication.translate("Connect", u"&Password", None))
        self.tls_label.setText(QCoreApplication.translate("Connect", u"&Encryption", None))
        self.remember.setText(QCoreApplication.translate("Connect", u"&Remember the password in the system's key store", None))
        self.no_store.setText(QCoreApplication.translate("Connect", u"This system has no key store: the password is asked for each time.", None))
        self.cancel.setText(QCoreApplication.translate("Connect", u"Cancel", None))
        self.submit.setText(QCoreApplication.translate("Connect", u"Connect", None))
        pass
    # retranslateUi

