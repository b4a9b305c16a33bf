"""Zone, language, text size, theme. What is chosen is seen at once; Cancel puts it back."""

from zoneinfo import available_timezones

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QVBoxLayout, QWidget

from lms_desktop.views import theme
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.paint import px
from lms_desktop.views.kit.sheet import Sheet
from lms_desktop.views.settings import TEXT_SIZES, Preferences, system_zone
from lms_desktop.views.translations import language_name, languages


class PreferencesDialog(Sheet):
    """The person's preferences.

    Attributes:
        zone, language, text_size, theme: the lists to choose from.
    """

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__("", parent, width=400)
        self.setWindowTitle(self.tr("Preferences"))
        self.setAccessibleName(self.windowTitle())
        self.heading.setText(self.windowTitle())
        self._preferences, self._fields = preferences, list[QVBoxLayout]()
        self._before = (preferences.chosen_zone, preferences.language, preferences.text_size, preferences.theme)
        self.zone, self.language = self._zones(), self._languages()
        self.text_size, self.theme = self._text_sizes(), self._themes()
        self._show()
        self._zone_trouble = label("", "bad", wrap=True)
        self._zone_trouble.hide()
        self._add(self.tr("Time &zone"), self.zone, self.tr("Moments are shown and typed in it."), self._zone_trouble)
        self._add(self.tr("&Language"), self.language, self.tr("Another language is used from the next start on."))
        self._add(self.tr("Te&xt size"), self.text_size)
        self._add(self.tr("&Theme"), self.theme)
        self.add_button(self.tr("Cancel"), "", self.reject)
        self.add_button(self.tr("Done"), "primary", self.accept, default=True)
        self.zone.activated.connect(lambda: self._set("zone", self.zone.currentData() or ""))
        self.zone.editTextChanged.connect(lambda: self._zone_trouble.hide())
        self.language.activated.connect(lambda: self._set("language", self.language.currentData()))
        self.text_size.activated.connect(lambda: self._set("text_size", self.text_size.currentData()))
        self.theme.activated.connect(lambda: self._set("theme", self.theme.currentData()))
        self.zone.setFocus()
        self._space_fields()

    def changeEvent(self, event: QEvent) -> None:
        """Override Sheet.changeEvent: what belongs to a field stays at its distance in another text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._space_fields()

    def accept(self) -> None:
        """Override QDialog::accept: only with a zone that there is."""
        typed = self.zone.currentText().strip()
        found = self.zone.findText(typed, Qt.MatchFlag.MatchFixedString)
        if found < 0:
            self._zone_trouble.setText(
                self.tr("There is no time zone called “{0}”. Choose one from the list.").format(typed)
            )
            self._zone_trouble.show()
            self.fit()
            self.zone.setFocus()
            return
        self._set("zone", self.zone.itemData(found) or "")
        super().accept()

    def reject(self) -> None:
        """Override QDialog::reject: as it was before."""
        for name, value in zip(("zone", "language", "text_size", "theme"), self._before, strict=True):
            self._set(name, value)
        super().reject()

    def _add(self, text: str, combo: QComboBox, note: str = "", trouble: QWidget | None = None) -> None:
        """A field below its name; Alt and the marked letter lead to it."""
        combo.setAccessibleName(text.replace("&", ""))
        combo.setMinimumContentsLength(12)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        name = label(text, "small")
        name.setBuddy(combo)
        column = QVBoxLayout()
        self._fields.append(column)
        column.addWidget(name)
        column.addWidget(combo)
        if note:
            combo.setAccessibleDescription(note)
            column.addWidget(label(note, "small", wrap=True))
        if trouble is not None:
            column.addWidget(trouble)
        self.column.addLayout(column)

    def _space_fields(self) -> None:
        for column in self._fields:
            column.setSpacing(px(4))

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
            popup = completer.popup()
            if popup is not None:
                popup.setProperty("kind", "offers")
        return combo

    def _languages(self) -> QComboBox:
        combo = QComboBox()
        combo.addItem(self.tr("As the system"), "")
        for name in languages():
            combo.addItem(language_name(name), name)
        return combo

    def _text_sizes(self) -> QComboBox:
        combo = QComboBox()
        for size in sorted({*TEXT_SIZES, self._before[2]}):
            combo.addItem(self.tr("{0} %").format(self.locale().toString(size)), size)
        return combo

    def _themes(self) -> QComboBox:
        combo = QComboBox()
        combo.addItem(self.tr("As the system"), theme.Scheme.SYSTEM.value)
        combo.addItem(self.tr("Light"), theme.Scheme.LIGHT.value)
        combo.addItem(self.tr("Dark"), theme.Scheme.DARK.value)
        return combo

    def _show(self) -> None:
        combos = (self.zone, self.language, self.text_size, self.theme)
        for combo, value in zip(combos, self._before, strict=True):
            combo.setCurrentIndex(max(combo.findData(value), 0))

    def _set(self, name: str, value: object) -> None:
        setattr(self._preferences, name, value)
