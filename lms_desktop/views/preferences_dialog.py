"""Zone, language, text size, theme. What is chosen is seen at once; Cancel puts it back."""

from zoneinfo import available_timezones

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from lms_desktop.views import translations
from lms_desktop.views.settings import TEXT_SIZES, Preferences, system_zone


class PreferencesDialog(QDialog):
    """The person's preferences."""

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._before = (preferences.chosen_zone, preferences.language, preferences.text_size, preferences.theme)
        self.setWindowTitle(self.tr("Preferences"))
        self.setMinimumWidth(440)
        self.zone = self._zones()
        self.language = self._languages()
        self.text_size = QComboBox()
        for size in TEXT_SIZES:
            self.text_size.addItem(f"{size} %", size)
        self.theme = QComboBox()
        for name, text in (
            ("system", self.tr("As the system")),
            ("light", self.tr("Light")),
            ("dark", self.tr("Dark")),
        ):
            self.theme.addItem(text, name)
        self._show()
        form = QFormLayout()
        form.setSpacing(12)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for text, widget in (
            (self.tr("Time &zone"), self.zone),
            (self.tr("&Language"), self.language),
            (self.tr("Te&xt size"), self.text_size),
            (self.tr("&Theme"), self.theme),
        ):
            widget.setAccessibleName(text.replace("&", ""))
            form.addRow(text, widget)
        note = QLabel(self.tr("Another language is used from the next start on."))
        note.setProperty("role", "muted")
        note.setWordWrap(True)
        buttons = QDialogButtonBox()
        done = buttons.addButton(self.tr("Done"), QDialogButtonBox.ButtonRole.AcceptRole)
        done.setProperty("kind", "primary")
        done.setDefault(True)
        buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 16)
        box.setSpacing(16)
        box.addLayout(form)
        box.addWidget(note)
        box.addWidget(buttons)
        self.zone.activated.connect(self._zone_chosen)
        self.language.activated.connect(lambda: self._set("language", self.language.currentData()))
        self.text_size.activated.connect(lambda: self._set("text_size", self.text_size.currentData()))
        self.theme.activated.connect(lambda: self._set("theme", self.theme.currentData()))

    def reject(self) -> None:
        """Override QDialog::reject: as it was before."""
        zone, language, text_size, theme = self._before
        self._preferences.zone = zone
        self._preferences.language = language
        self._preferences.text_size = text_size
        self._preferences.theme = theme
        super().reject()

    def _zones(self) -> QComboBox:
        combo = QComboBox()
        combo.setEditable(True)
        combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        combo.addItem(self.tr("As the system ({0})").format(system_zone()), "")
        for name in sorted(available_timezones()):
            combo.addItem(name, name)
        completer = combo.completer()
        if completer is not None:
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        return combo

    def _languages(self) -> QComboBox:
        combo = QComboBox()
        combo.addItem(self.tr("As the system"), "")
        for name in translations.languages():
            combo.addItem(translations.language_name(name), name)
        return combo

    def _show(self) -> None:
        zone, language, text_size, theme = self._before
        for combo, value in (
            (self.zone, zone),
            (self.language, language),
            (self.text_size, text_size),
            (self.theme, theme),
        ):
            combo.setCurrentIndex(max(combo.findData(value), 0))

    def _zone_chosen(self) -> None:
        self._set("zone", self.zone.currentData() or "")

    def _set(self, name: str, value: object) -> None:
        setattr(self._preferences, name, value)
