# -*- coding: utf-8 -*-

################################################################################
## Form generated from reading UI file 'sign_in.ui'
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
from PySide6.QtWidgets import (QApplication, QFrame, QHBoxLayout, QLabel,
    QLineEdit, QPushButton, QSizePolicy, QSpacerItem,
    QVBoxLayout, QWidget)

from lms_desktop.views.password_edit import PasswordEdit

class Ui_SignIn(object):
    def setupUi(self, SignIn):
        if not SignIn.objectName():
            SignIn.setObjectName(u"SignIn")
        self.sides = QHBoxLayout(SignIn)
        self.sides.setSpacing(28)
        self.sides.setObjectName(u"sides")
        self.sides.setContentsMargins(0, 0, 0, 0)
        self.side = QVBoxLayout()
        self.side.setSpacing(16)
        self.side.setObjectName(u"side")
        self.side.setContentsMargins(0, 0, 0, 0)
        self.heading = QVBoxLayout()
        self.heading.setSpacing(6)
        self.heading.setObjectName(u"heading")
        self.heading.setContentsMargins(0, 0, 0, 0)
        self.title = QLabel(SignIn)
        self.title.setObjectName(u"title")
        self.title.setProperty(u"kind", u"title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)

        self.heading.addWidget(self.title)

        self.where = QVBoxLayout()
        self.where.setSpacing(0)
        self.where.setObjectName(u"where")
        self.where.setContentsMargins(0, 0, 0, 0)

        self.heading.addLayout(self.where)


        self.side.addLayout(self.heading)

        self.notices = QVBoxLayout()
        self.notices.setSpacing(8)
        self.notices.setObjectName(u"notices")
        self.notices.setContentsMargins(0, 0, 0, 0)

        self.side.addLayout(self.notices)

        self.email_box = QVBoxLayout()
        self.email_box.setSpacing(5)
        self.email_box.setObjectName(u"email_box")
        self.email_box.setContentsMargins(0, 0, 0, 0)
        self.email_label = QLabel(SignIn)
        self.email_label.setObjectName(u"email_label")
        self.email_label.setTextFormat(Qt.TextFormat.PlainText)

        self.email_box.addWidget(self.email_label)

        self.email = QLineEdit(SignIn)
        self.email.setObjectName(u"email")
        self.email.setMaxLength(255)

        self.email_box.addWidget(self.email)


        self.side.addLayout(self.email_box)

        self.password_box = QVBoxLayout()
        self.password_box.setSpacing(5)
        self.password_box.setObjectName(u"password_box")
        self.password_box.setContentsMargins(0, 0, 0, 0)
        self.password_label = QLabel(SignIn)
        self.password_label.setObjectName(u"password_label")
        self.password_label.setTextFormat(Qt.TextFormat.PlainText)

        self.password_box.addWidget(self.password_label)

        self.password = PasswordEdit(SignIn)
        self.password.setObjectName(u"password")
        self.password.setMaxLength(1000)

        self.password_box.addWidget(self.password)


        self.side.addLayout(self.password_box)

        self.submit = QPushButton(SignIn)
        self.submit.setObjectName(u"submit")
        self.submit.setProperty(u"kind", u"primary")

        self.side.addWidget(self.submit)

        self.wait = QLabel(SignIn)
        self.wait.setObjectName(u"wait")
        self.wait.setProperty(u"kind", u"muted")
        self.wait.setWordWrap(True)
        self.wait.setTextFormat(Qt.TextFormat.PlainText)

        self.side.addWidget(self.wait)

        self.below = QSpacerItem(1, 1, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)

        self.side.addItem(self.below)


        self.sides.addLayout(self.side)

        self.divider = QFrame(SignIn)
        self.divider.setObjectName(u"divider")
        self.divider.setFrameShape(QFrame.Shape.VLine)
        self.divider.setFrameShadow(QFrame.Shadow.Sunken)
        self.divider.setFrameShadow(QFrame.Shadow.Plain)

        self.sides.addWidget(self.divider)

        self.demo = QVBoxLayout()
        self.demo.setSpacing(12)
        self.demo.setObjectName(u"demo")
        self.demo.setContentsMargins(0, 0, 0, 0)
        self.demo_heading = QVBoxLayout()
        self.demo_heading.setSpacing(6)
        self.demo_heading.setObjectName(u"demo_heading")
        self.demo_heading.setContentsMargins(0, 0, 0, 0)
        self.demo_title = QLabel(SignIn)
        self.demo_title.setObjectName(u"demo_title")
        self.demo_title.setProperty(u"kind", u"heading")
        self.demo_title.setWordWrap(True)
        self.demo_title.setTextFormat(Qt.TextFormat.PlainText)

        self.demo_heading.addWidget(self.demo_title)

        self.demo_hint = QLabel(SignIn)
        self.demo_hint.setObjectName(u"demo_hint")
        self.demo_hint.setProperty(u"kind", u"muted")
        self.demo_hint.setWordWrap(True)
        self.demo_hint.setTextFormat(Qt.TextFormat.PlainText)

        self.demo_heading.addWidget(self.demo_hint)


        self.demo.addLayout(self.demo_heading)

        self.accounts = QVBoxLayout()
        self.accounts.setSpacing(4)
        self.accounts.setObjectName(u"accounts")
        self.accounts.setContentsMargins(0, 0, 0, 0)

        self.demo.addLayout(self.accounts)

        self.under = QSpacerItem(1, 1, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)

        self.demo.addItem(self.under)


        self.sides.addLayout(self.demo)

        self.sides.setStretch(0, 1)
        self.sides.setStretch(2, 1)
#if QT_CONFIG(shortcut)
        self.email_label.setBuddy(self.email)
        self.password_label.setBuddy(self.password)
#endif // QT_CONFIG(shortcut)

        self.retranslateUi(SignIn)

        QMetaObject.connectSlotsByName(SignIn)
    # setupUi

    def retranslateUi(self, SignIn):
        self.title.setText(QCoreApplication.translate("SignIn", u"Sign in", None))
        self.email_label.setText(QCoreApplication.translate("SignIn", u"&E-mail", None))
        self.email.setPlaceholderText(QCoreApplication.translate("SignIn", u"you@school.edu", None))
        self.password_label.setText(QCoreApplication.translate("SignIn", u"&Password", None))
        self.submit.setText(QCoreApplication.translate("SignIn", u"Sign in", None))
        self.demo_title.setText(QCoreApplication.translate("SignIn", u"People of the demo", None))
        self.demo_hint.setText(QCoreApplication.translate("SignIn", u"One click signs you in. Each role sees its own part of the school.", None))
        pass
    # retranslateUi

