"""The questions before a move: to which place, to which course or quiz, and whether what hangs on it may stay."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QSpinBox, QWidget

from lms_desktop.errors import BadValue
from lms_desktop.models.wording import said, word
from lms_desktop.services.teaching.arranging import MoveEffect
from lms_desktop.spec import Field
from lms_desktop.views.editors import make_editor
from lms_desktop.views.kit.labels import label
from lms_desktop.views.kit.sheet import Sheet
from lms_desktop.views.session import Session


class PlaceDialog(Sheet):
    """Asks for a place in a list.

    Attributes:
        box: the number, from 1 on.
    """

    def __init__(self, title: str, place: int, of: int, parent: QWidget | None = None) -> None:
        """`place` is where it stands now, `of` how many places there are."""
        super().__init__(self.tr("Move to position"), parent, width=380, heading=title)
        self.box = QSpinBox()
        self.box.setRange(1, max(of, 1))
        self.box.setValue(place)
        self.box.setAccessibleName(self.tr("Position, 1 to {0}").format(of))
        caption = label(self.tr("Position, 1 to {0}").format(of), "small")
        caption.setBuddy(self.box)
        self.add(caption, self.box)
        self.add_button(self.tr("Cancel"), "", self.reject)
        self.add_button(self.tr("Move"), "primary", self.accept, default=True)
        self.box.selectAll()
        self.box.setFocus()


class ElsewhereDialog(Sheet):
    """Asks for the course or the quiz that rows are to be moved or copied to: those within reach, found by typing.

    Attributes:
        picker: the editor of the reference.
    """

    def __init__(self, session: Session, field: Field, title: str, act: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent, width=440)
        self.picker = make_editor(session, field, self)
        self.picker.set_value(None, None)
        caption = label(word(field.label), "small")
        caption.setBuddy(self.picker)
        self._why = label("", "bad", wrap=True)
        self._why.hide()
        self.add(caption, self.picker, self._why)
        self.add_button(self.tr("Cancel"), "", self.reject)
        self._do = self.add_button(act, "primary", self._take, default=True)
        self.found = ""
        self.picker.committed.connect(self._picked)
        self.picker.setFocus()

    def _picked(self) -> None:
        """One was picked: Enter does it now."""
        self._why.hide()
        if self.picker.has_keyboard() and not self.picker.reason:
            self._do.setFocus()

    def _take(self) -> None:
        try:
            wire, _ = self.picker.take()
        except BadValue as error:
            wire, reason = None, said(error)
        else:
            reason = self.tr("Choose one from the list.")
        if wire is None:
            self._why.setText(reason)
            self._why.show()
            self.fit()
            self.picker.setFocus()
            return
        self.found = wire
        self.accept()


def effects_of_lessons(effect: MoveEffect) -> str:
    """What moving lessons to another course does beside it; "" for nothing."""
    lines = []
    if effect.progress:
        lines.append(
            QCoreApplication.translate(
                "MoveEffects",
                "What %n student(s) have done with it stays with their enrollment in the course that it leaves: they "
                "no longer see it, and the students of the other course begin anew.",
                "",
                effect.students,
            )
        )
    if effect.attempts:
        lines.append(
            QCoreApplication.translate("MoveEffects", "%n attempt(s) at its quizzes go along.", "", effect.attempts)
        )
    return "\n\n".join(lines)


def effects_of_questions(effect: MoveEffect) -> str:
    """What moving questions to another quiz does beside it; "" for nothing."""
    lines = []
    if effect.attempts:
        lines.append(
            QCoreApplication.translate(
                "MoveEffects",
                "%n attempt(s) answered it. Those answers then belong to no question of their quiz any more.",
                "",
                effect.attempts,
            )
        )
    if effect.positional:
        lines.append(by_place(effect.positional))
    return "\n\n".join(lines)


def by_place(attempts: int) -> str:
    """What another order does to answers that another program wrote as a plain list."""
    return QCoreApplication.translate(
        "MoveEffects",
        "%n attempt(s) hold their answers by place alone, as another program wrote them: after this they are read as "
        "answers to other questions.",
        "",
        attempts,
    )
