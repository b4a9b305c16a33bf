"""What a delete does, line by line: the figure, what it counts, and a few of the rows by name when asked for."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from lms_desktop.models.wording import amid, word
from lms_desktop.services.impact import DELETED, EMPTIED, FORBIDDING, MOVED, Effect
from lms_desktop.spec import Catalog
from lms_desktop.views.kit.buttons import button
from lms_desktop.views.kit.labels import SectionLabel, label
from lms_desktop.views.kit.paint import px


class EffectList(QWidget):
    """Figures below one another, each before what it counts; "Show" opens the names of a few of the rows."""

    def __init__(self, catalog: Catalog, title: str, effects: Sequence[Effect], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._catalog = catalog
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, px(4), 0, 0)
        self._grid.setHorizontalSpacing(px(8))
        self._grid.setVerticalSpacing(px(2))
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(SectionLabel(title), 0, 0, 1, 3)
        self.setAccessibleName(title)
        self._line = 1
        for effect in effects:
            self._add(effect)

    def _add(self, effect: Effect) -> None:
        number = self.locale().toString(effect.count)
        figure = label(self.tr("over {0}").format(number) if effect.more else number, "strong")
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        trailing = Qt.AlignmentFlag.AlignLeft if rtl else Qt.AlignmentFlag.AlignRight
        figure.setAlignment(trailing | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(figure, self._line, 0)
        what = label(self._what(effect), wrap=True)
        what.setAccessibleName(f"{figure.text()} {what.text()}")
        self._grid.addWidget(what, self._line, 1)
        if effect.names:
            self._add_names(effect)
        self._line += 1
        if names := self._columns(effect):
            self._grid.addWidget(label(names, "small", wrap=True), self._line, 1, 1, 2)
            self._line += 1

    def _add_names(self, effect: Effect) -> None:
        shown = self._names(effect)
        shown.hide()
        opens = button(self.tr("Show"), "link")
        opens.setAccessibleName(self.tr("Show some of the {0}").format(self._what(effect)))
        opens.setCheckable(True)

        def turn(on: bool) -> None:
            shown.setVisible(on)
            opens.setText(self.tr("Hide") if on else self.tr("Show"))
            window = self.window()
            if hasattr(window, "fit"):
                window.fit()

        opens.toggled.connect(turn)
        self._grid.addWidget(opens, self._line, 2)
        self._line += 1
        self._grid.addWidget(shown, self._line, 1, 1, 2)

    def _names(self, effect: Effect) -> QLabel:
        lines = list(effect.names)
        rest = effect.count - len(lines)
        if rest > 0 or effect.more:
            lines.append(self.tr("and %n more", "", rest))
        made = label("\n".join(lines), "small", wrap=True)
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return made

    def _what(self, effect: Effect) -> str:
        return what(self._catalog, effect)

    def _columns(self, effect: Effect) -> str:
        """Which of its fields a row loses."""
        if effect.action in (DELETED, FORBIDDING, MOVED) or effect.entity is None:
            return ""
        named = ", ".join(column_name(self._catalog, effect, column) for column in effect.columns)
        empty = self.tr("{0} will be empty") if effect.action == EMPTIED else self.tr("{0} will be the default")
        return empty.format(named)


def what(catalog: Catalog, effect: Effect, number: int | None = None) -> str:
    """The word for what is counted: all of it, or a `number` of it."""
    if effect.entity is None:
        return effect.table.replace("_", " ")
    admin = catalog[effect.entity]
    return amid(admin.noun if (effect.count if number is None else number) == 1 else admin.plural)


def column_name(catalog: Catalog, effect: Effect, column: str) -> str:
    """What the field of a column is called."""
    if effect.entity is not None:
        for field in catalog[effect.entity].own_fields:
            if field.attribute.property.columns[0].name == column:
                return word(field.label)
    return column.replace("_", " ")
