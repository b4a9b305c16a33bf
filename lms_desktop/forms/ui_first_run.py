# -*- coding: utf-8 -*-

################################################################################
## Form generated from reading UI file 'first_run.ui'
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
from PySide6.QtWidgets import (QApplication, QHBoxLayout, QLabel, QLineEdit,
    QPushButton, QSizePolicy, QSpacerItem, QVBoxLayout,
    QWidget)

from lms_desktop.views.password_edit import PasswordEdit

class Ui_FirstRun(object):
    def setupUi(self, FirstRun):
        if not FirstRun.objectName():
            FirstRun.setObjectName(u"FirstRun")
        self.column = QVBoxLayout(FirstRun)
        self.column.setSpacing(16)
        self.column.setObjectName(u"column")
        self.column.setContentsMargins(0, 0, 0, 0)
        self.heading = QVBoxLayout()
        self.heading.setSpacing(6)
        self.heading.setObjectName(u"heading")
        self.heading.setContentsMargins(0, 0, 0, 0)
        self.title = QLabel(FirstRun)
        self.title.setObjectName(u"title")
        self.title.setProperty(u"kind", u"title")
        self.title.setWordWrap(True)
        self.title.setTextFormat(Qt.TextFormat.PlainText)

        self.heading.addWidget(self.title)

        self.where = QVBoxLayout()
        self.where.setSpacing(0)
        self.where.setObjectName(u"where")
        self.where.setContentsMargins(0, 0, 0, 0)

        self.heading.addLayout(self.where)

        self.explanation = QLabel(FirstRun)
        self.explanation.setObjectName(u"explanation")
        self.explanation.setProperty(u"kind", u"muted")
        self.explanation.setWordWrap(True)
        self.explanation.setTextFormat(Qt.TextFormat.PlainText)

        self.heading.addWidget(self.explanation)


        self.column.addLayout(self.heading)

        self.notices = QVBoxLayout()
        self.notices.setSpacing(8)
        self.notices.setObjectName(u"notices")
        self.notices.setContentsMargins(0, 0, 0, 0)

        self.column.addLayout(self.notices)

        self.revisions_stage = QWidget(FirstRun)
        self.revisions_stage.setObjectName(u"revisions_stage")
        self.revisions_column = QVBoxLayout(self.revisions_stage)
        self.revisions_column.setSpacing(10)
        self.revisions_column.setObjectName(u"revisions_column")
        self.revisions_column.setContentsMargins(0, 0, 0, 0)
        self.revisions_title = QLabel(self.revisions_stage)
        self.revisions_title.setObjectName(u"revisions_title")
        self.revisions_title.setProperty(u"kind", u"section")
        self.revisions_title.setTextFormat(Qt.TextFormat.PlainText)

        self.revisions_column.addWidget(self.revisions_title)

        self.revisions = QVBoxLayout()
        self.revisions.setSpacing(6)
        self.revisions.setObjectName(u"revisions")
        self.revisions.setContentsMargins(0, 0, 0, 0)

        self.revisions_column.addLayout(self.revisions)


        self.column.addWidget(self.revisions_stage)

        self.admin_stage = QWidget(FirstRun)
        self.admin_stage.setObjectName(u"admin_stage")
        self.admin_column = QVBoxLayout(self.admin_stage)
        self.admin_column.setSpacing(16)
        self.admin_column.setObjectName(u"admin_column")
        self.admin_column.setContentsMargins(0, 0, 0, 0)
        self.full_name_box = QVBoxLayout()
        self.full_name_box.setSpacing(5)
        self.full_name_box.setObjectName(u"full_name_box")
        self.full_name_box.setContentsMargins(0, 0, 0, 0)
        self.full_name_label = QLabel(self.admin_stage)
        self.full_name_label.setObjectName(u"full_name_label")
        self.full_name_label.setTextFormat(Qt.TextFormat.PlainText)

        self.full_name_box.addWidget(self.full_name_label)

        self.full_name = QLineEdit(self.admin_stage)
        self.full_name.setObjectName(u"full_name")
        self.full_name.setMaxLength(255)

        self.full_name_box.addWidget(self.full_name)


        self.admin_column.addLayout(self.full_name_box)

        self.email_box = QVBoxLayout()
        self.email_box.setSpacing(5)
        self.email_box.setObjectName(u"email_box")
        self.email_box.setContentsMargins(0, 0, 0, 0)
        self.email_label = QLabel(self.admin_stage)
        self.email_label.setObjectName(u"email_label")
        self.email_label.setTextFormat(Qt.TextFormat.PlainText)

        self.email_box.addWidget(self.email_label)

        self.email = QLineEdit(self.admin_stage)
        self.email.setObjectName(u"email")
        self.email.setMaxLength(255)

        self.email_box.addWidget(self.email)


        self.admin_column.addLayout(self.email_box)

        self.password_box = QVBoxLayout()
        self.password_box.setSpacing(5)
        self.password_box.setObjectName(u"password_box")
        self.password_box.setContentsMargins(0, 0, 0, 0)
        self.password_label = QLabel(self.admin_stage)
        self.password_label.setObjectName(u"password_label")
        self.password_label.setTextFormat(Qt.TextFormat.PlainText)

        self.password_box.addWidget(self.password_label)

        self.password = PasswordEdit(self.admin_stage)
        self.password.setObjectName(u"password")
        self.password.setMaxLength(1000)

        self.password_box.addWidget(self.password)

        self.rules = QLabel(self.admin_stage)
        self.rules.setObjectName(u"rules")
        self.rules.setProperty(u"kind", u"small")
        self.rules.setWordWrap(True)
        self.rules.setTextFormat(Qt.TextFormat.PlainText)

        self.password_box.addWidget(self.rules)


        self.admin_column.addLayout(self.password_box)

        self.again_box = QVBoxLayout()
        self.again_box.setSpacing(5)
        self.again_box.setObjectName(u"again_box")
        self.again_box.setContentsMargins(0, 0, 0, 0)
        self.again_label = QLabel(self.admin_stage)
        self.again_label.setObjectName(u"again_label")
        self.again_label.setTextFormat(Qt.TextFormat.PlainText)

        self.again_box.addWidget(self.again_label)

        self.again = PasswordEdit(self.admin_stage)
        self.again.setObjectName(u"again")
        self.again.setMaxLength(1000)

        self.again_box.addWidget(self.again)


        self.admin_column.addLayout(self.again_box)


        self.column.addWidget(self.admin_stage)

        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.setObjectName(u"buttons")
        self.buttons.setContentsMargins(0, 0, 0, 0)
        self.before = QSpacerItem(1, 1, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

        self.buttons.addItem(self.before)

        self.cancel = QPushButton(FirstRun)
        self.cancel.setObjectName(u"cancel")

        self.buttons.addWidget(self.cancel)

        self.submit = QPushButton(FirstRun)
        self.submit.setObjectName(u"submit")
        self.submit.setProperty(u"kind", u"primary")

        self.buttons.addWidget(self.submit)


        self.column.addLayout(self.buttons)

#if QT_CONFIG(shortcut)
        self.full_name_label.setBuddy(self.full_name)
        self.email_label.setBuddy(self.email)
        self.password_label.setBuddy(self.password)
        self.again_label.setBuddy(self.again)
#endif // QT_CONFIG(shortcut)

        self.retranslateUi(FirstRun)

        QMetaObject.connectSlotsByName(FirstRun)
    # setupUi

    def retranslateUi(self, FirstRun):
        self.full_name_label.setText(QCoreApplication.translate("FirstRun", u"Full &name", None))
        self.full_name.setPlaceholderText(QCoreApplication.translate("FirstRun", u"Marta Lopes", None))
        self.email_label.setText(QCoreApplication.translate("FirstRun", u"&E-mail", None))
        self.email.setPlaceholderText(QCoreApplication.translate("FirstRun", u"you@school.edu", None))
        self.password_label.setText(QCoreApplication.translate("FirstRun", u"&Password", None))
        self.again_label.setText(QCoreApplication.translate("FirstRun", u"Password, &again", None))
        self.cancel.setText(QCoreApplication.translate("FirstRun", u"Cancel", None))
        self.submit.setText("")
        pass
    # retranslateUi

