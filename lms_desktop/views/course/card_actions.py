"""What can be done with the cards that are chosen, by menu and by key, beside dragging them."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import Course, Lesson, Quiz, QuizQuestion
from lms_desktop.models.cards import Card, Move, Target, order_of
from lms_desktop.models.ordered import OrderedListModel, Step
from lms_desktop.models.outline import AllDrafts
from lms_desktop.models.wording import told
from lms_desktop.services.edits import Behind
from lms_desktop.services.teaching import arranging, copying, quiz_places
from lms_desktop.spec import Catalog, Field
from lms_desktop.views import icons
from lms_desktop.views.course.card_deleting import CardDeleting
from lms_desktop.views.course.card_list import CardList
from lms_desktop.views.course.move_dialogs import ElsewhereDialog, PlaceDialog
from lms_desktop.views.course.move_guard import MoveGuard
from lms_desktop.views.session import Session

_PARENT: dict[type, str] = {Lesson: "course_id", Quiz: "course_id", QuizQuestion: "quiz_id"}


class CardActions(QObject):
    """The verbs of a CardList. Where the person may not arrange, there are none.

    Signals:
        trouble(object): something could not be done.
        message(str): what was done.
        announced(str): what a screen reader is to say of a move, as soon as it is seen.
        new_wanted(object, object, object): a new row of this entity is to be begun, with these first values; a Behind
            where its place matters, None for the end.
    """

    trouble = Signal(object)
    message = Signal(str)
    announced = Signal(str)
    new_wanted = Signal(object, object, object)

    def __init__(self, session: Session, drafts: AllDrafts, cards: CardList) -> None:
        super().__init__(cards)
        self._session, self._drafts, self._list = session, drafts, cards
        self._model: OrderedListModel = cards.cards
        self._awaited: tuple[tuple[type, str], ...] = ()
        self._deleting = CardDeleting(session, cards)
        self._guard = MoveGuard(session.desk, cards)
        self._model.queue.guard = self._guard
        self._model.queue.label = self.tr("Putting in order")
        for part in (self._deleting, self._guard):
            part.trouble.connect(self.trouble)
        self._deleting.message.connect(self.message)
        self._model.copy_wanted.connect(self.copy)
        self._model.new_moved.connect(self._new_moved)
        self._model.arrived.connect(self._arrived)
        self._model.refused.connect(self._put_back)
        self._model.arranged.connect(self._came)
        cards.shifted.connect(self.shift)
        cards.delete_wanted.connect(self.delete)
        cards.menu_wanted.connect(self._menu)

    # The menu

    def fill(self, menu: QMenu) -> None:
        """Put in what can be done now."""
        cards = self._list.chosen_cards()
        saved = [card for card in cards if not card.new]
        if self._model.editable and saved and len(saved) == len(cards):
            self._fill_moves(menu, saved)
            self._fill_elsewhere(menu, saved)
        self._fill_new(menu, cards[0] if cards else None)
        if self._model.editable and cards:
            menu.addSeparator()
            self._add(menu, self.tr("Delete…") if saved else self.tr("Discard"), self.delete, "trash", "Del")
        if menu.isEmpty():
            self._add(menu, self.tr("Nothing can be arranged here with your role"), self._nothing).setEnabled(False)

    def _fill_moves(self, menu: QMenu, cards: Sequence[Card]) -> None:
        one_list = len({card.parent for card in cards}) == 1
        ordered = cards[0].placed and one_list
        if not ordered and cards[0].entity is not Quiz:
            return
        up, down = self.tr("Move up"), self.tr("Move down")
        self._add(menu, up, partial(self.shift, "up"), "arrow-up", "Alt+Up")
        self._add(menu, down, partial(self.shift, "down"), "arrow-down", "Alt+Down")
        if not ordered:
            return
        self._add(menu, self.tr("Move to the beginning"), partial(self.shift, "top"), "", "Alt+Home")
        self._add(menu, self.tr("Move to the end"), partial(self.shift, "end"), "", "Alt+End")
        self._add(menu, self.tr("Move to position…"), self.move_to_position)
        lessons = cards[0].entity is Lesson
        text = self.tr("Sort lessons by title") if lessons else self.tr("Sort questions by text")
        self._add(menu, text, self.sort_by_title)

    def _fill_elsewhere(self, menu: QMenu, cards: Sequence[Card]) -> None:
        menu.addSeparator()
        self._add(menu, self.tr("Duplicate"), self.duplicate, "copy")
        if cards[0].entity is QuizQuestion:
            move, copy = self.tr("Move to another quiz…"), self.tr("Copy to another quiz…")
        else:
            move, copy = self.tr("Move to another course…"), self.tr("Copy to another course…")
        self._add(menu, move, partial(self.elsewhere, copies=False))
        self._add(menu, copy, partial(self.elsewhere, copies=True))

    def _fill_new(self, menu: QMenu, card: Card | None) -> None:
        if not self._model.editable:
            return
        menu.addSeparator()
        if card is not None and card.entity is Lesson and not card.new:
            self._add(menu, self.tr("Insert lesson before"), partial(self.insert, before=True), "plus")
            self._add(menu, self.tr("Insert lesson after"), partial(self.insert, before=False))
        elif card is not None and card.entity is QuizQuestion and not card.new:
            self._add(menu, self.tr("Insert question before"), partial(self.insert, before=True), "plus")
            self._add(menu, self.tr("Insert question after"), partial(self.insert, before=False))
        elif self._model.levels[0] is Lesson:
            self._add(menu, self.tr("Add lesson"), self.add_lesson, "plus")
        if card is not None and card.entity is Quiz:
            self._add(menu, self.tr("Add question"), self.add_question)
        if self._model.levels[0] is Lesson:
            self._add(menu, self.tr("Add quiz"), self.add_quiz)

    def _add(self, menu: QMenu, text: str, act: Callable[[], object], icon: str = "", keys: str = "") -> QAction:
        action = menu.addAction(text)
        if icon:
            action.setIcon(icons.icon(icon))
        if keys:
            action.setShortcut(keys)  # told here, heard by the list: the menu is gone by then
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda: act())
        return action

    def _menu(self, place: QPoint) -> None:
        menu = QMenu(self._list)
        self.fill(menu)
        menu.exec(place)
        menu.deleteLater()

    def _nothing(self) -> None:
        """What a disabled entry does."""

    # Moving

    def shift(self, step: Step) -> None:
        """Take what is chosen one place on or to an end; a quiz to the lesson before or behind."""
        cards = self._list.chosen_cards()
        if not self._model.editable or not cards:
            return
        if len(cards) == 1 and cards[0].new and cards[0].movable:
            self._shift_new(cards[0], step)
        elif any(card.new for card in cards):
            return
        elif cards[0].entity is Quiz:
            self._shift_quizzes(cards, step)
        elif len({card.parent for card in cards}) == 1:
            move = self._model.shift([self._model.find(*card.key) for card in cards], step)
            self._tell(cards[0] if move is None else None, move)
        self._list.follow()

    def _shift_new(self, card: Card, step: Step) -> None:
        """What is not saved yet stands elsewhere at once, and is saved where it stands."""
        order = order_of(self._model.cards, card.entity, card.parent, new=True)
        at, last = order.index(card.id), len(order) - 1
        self._put_new(card, order, {"up": max(at - 1, 0), "down": min(at + 1, last), "top": 0, "end": last}[step])

    def _new_moved(self, entity: type, row_id: str, target: Target) -> None:
        """What is not saved yet was dragged."""
        card = self._model.cards[self._model.find(entity, row_id)]
        if target.parent != card.parent:
            self.message.emit(self.tr("Save it first: what is not saved yet stays in its list."))
            return
        order = order_of(self._model.cards, entity, card.parent, new=True)
        rest = [each for each in order if each != row_id]
        behind = rest.index(target.after) + 1 if target.after in rest else 0
        self._put_new(card, order, len(rest) if target.last else behind)

    def _put_new(self, card: Card, order: Sequence[str], to: int) -> None:
        rest = [row_id for row_id in order if row_id != card.id]
        wanted = [*rest[:to], card.id, *rest[to:]]
        if wanted == list(order):
            self.announced.emit(self.tr("“{0}” cannot go further.").format(card.title))
            return
        self._drafts[card.entity].put_new(card.id, wanted)
        self.announced.emit(self.tr("“{0}” is now {1} of {2}.").format(card.title, to + 1, len(wanted)))

    def _shift_quizzes(self, cards: Sequence[Card], step: Step) -> None:
        """Their order is that of their making; what can be changed is the lesson that they hang on."""
        homes = [*order_of(self._model.cards, Lesson, self._model.home), self._model.home]
        at = homes.index(cards[0].parent) if cards[0].parent in homes else len(homes) - 1
        to = {"up": at - 1, "down": at + 1, "top": 0, "end": len(homes) - 1}[step]
        if not 0 <= to < len(homes) or to == at:
            self._tell(cards[0], None)
            return
        if self._model.move(Quiz, [card.id for card in cards], Target(homes[to], last=True)):
            row = self._model.find(Lesson, homes[to])
            where = self._model.cards[row].title if row >= 0 else self.tr("the course itself")
            self.announced.emit(self.tr("“{0}” now belongs to {1}.").format(cards[0].title, where))

    def move_to_position(self) -> None:
        """Ask for a place, and put there what is chosen."""
        cards = self._list.chosen_cards()
        if not self._may_place(cards):
            return
        rows = [self._model.find(*card.key) for card in cards]
        place, of = self._model.place(rows[0])
        title = (
            cards[0].title
            if len(cards) == 1
            else self.tr("%n lesson(s)", "", len(cards))
            if cards[0].entity is Lesson
            else self.tr("%n question(s)", "", len(cards))
        )
        dialog = PlaceDialog(title, place, of - len(cards) + 1, self._list)
        if dialog.exec():
            rows = [row for card in cards if (row := self._model.find(*card.key)) >= 0]
            self._tell(None, self._model.put(rows, dialog.box.value()) if rows else None)
            self._list.follow()

    def _may_place(self, cards: Sequence[Card]) -> bool:
        fits = bool(cards) and all(card.placed and not card.new for card in cards)
        return fits and self._model.editable and len({card.parent for card in cards}) == 1

    def sort_by_title(self) -> None:
        """Sort the list of what is chosen by what its rows are called."""
        cards = self._list.chosen_cards()
        if not self._may_place(cards):
            return
        entity, parent, catalog = cards[0].entity, cards[0].parent, self._session.catalog
        seen = order_of(self._model.cards, entity, parent)
        self._commit(lambda uow: arranging.sort_by_title(uow, catalog, entity, parent, seen), self.tr("Sorting"))

    # Elsewhere

    def elsewhere(self, *, copies: bool) -> None:
        """Ask for another course or quiz, and move or copy there what is chosen."""
        cards = self._list.chosen_cards()
        if not cards or not self._model.editable:
            return
        entity, ids = cards[0].entity, [card.id for card in cards]
        field = self._session.catalog[entity].field(_PARENT[entity])
        assert isinstance(field, Field)
        quiz = entity is QuizQuestion
        if copies:
            title = self.tr("Copy to another quiz") if quiz else self.tr("Copy to another course")
        else:
            title = self.tr("Move to another quiz") if quiz else self.tr("Move to another course")
        dialog = ElsewhereDialog(
            self._session, field, title, self.tr("Copy") if copies else self.tr("Move"), self._list
        )
        if not dialog.exec() or not dialog.found:
            return
        target = Target(dialog.found, last=True)
        if copies:
            self.copy(entity, tuple(ids), target, home=dialog.found)
        elif entity is Quiz and dialog.found != self._model.home:
            self._commit(
                lambda uow: quiz_places.hang(uow, ids, target.parent, None), self.tr("Moving")
            )  # the model's moves stay within its course
        else:
            self._model.move(entity, ids, target)

    def duplicate(self) -> None:
        """Copy what is chosen right behind it."""
        cards = self._list.chosen_cards()
        if cards and self._model.editable and not any(card.new for card in cards):
            last = cards[-1]
            target = Target(last.parent, last.id) if last.placed else Target(last.parent, last=True)
            self.copy(last.entity, tuple(card.id for card in cards if card.parent == last.parent), target)

    def copy(self, entity: type, ids: Sequence[str], target: Target, *, home: str = "") -> None:
        """Make copies at a target; those that are shown here are selected once they are there."""
        if self._model.is_new(entity, ids):
            self.message.emit(self.tr("Save it first: what is not saved yet cannot be copied."))
            return
        catalog, course, wanted = self._session.catalog, home or self._model.home, tuple(ids)

        def operation(uow: UnitOfWork) -> Outcome:
            if entity is Quiz:
                return _copy_quizzes(uow, catalog, wanted, course, target)
            spot = arranging.Spot(target.parent, arranging.LAST if target.last else target.after)
            return copying.copy(uow, catalog, entity, wanted, spot)

        self._commit(operation, self.tr("Copying"), partial(self._copied, entity))

    def _copied(self, entity: type, outcome: Outcome) -> None:
        new = outcome.value if isinstance(outcome.value, tuple) else getattr(outcome.value, "new", ())
        self._awaited = tuple((entity, row_id) for row_id in new)
        self._arrived()

    def _arrived(self) -> None:
        if self._awaited and self._model.find(*self._awaited[0]) >= 0:
            awaited, self._awaited = self._awaited, ()
            self._list.select(awaited)

    def _came(self, move: Move, _outcome: object) -> None:
        """What came from elsewhere, or to where nothing was shown yet, is chosen as soon as it is there."""
        here = move.parent == self._model.home or any(card.id == move.parent for card in self._model.cards)
        if here and move.home == self._model.home and self._model.find(move.entity, move.ids[0]) < 0:
            self._awaited = tuple((move.entity, row_id) for row_id in move.ids)

    def _put_back(self, move: Move, _error: object) -> None:
        """What had gone out of sight is there again, and chosen as before."""
        if move.crosses:
            self._list.select([(move.entity, row_id) for row_id in move.ids])

    # New rows

    def insert(self, *, before: bool) -> None:
        """Begin a lesson, or a question, right before or behind the one that is chosen."""
        cards = self._list.chosen_cards()
        if not cards or cards[0].new or not self._model.editable:
            return
        card = cards[0] if before else cards[-1]
        order = order_of(self._model.cards, card.entity, card.parent)
        at = order.index(card.id)
        after = card.id if not before else order[at - 1] if at else None
        self.new_wanted.emit(card.entity, {_PARENT[card.entity]: card.parent}, Behind(after))

    def add_lesson(self) -> None:
        """Begin a lesson at the end."""
        self.new_wanted.emit(Lesson, {"course_id": self._model.home}, None)

    def add_question(self) -> None:
        """Begin a question at the end of the quiz that is chosen."""
        card = self._list.current_card()
        if card is not None and card.entity is Quiz:
            self.new_wanted.emit(QuizQuestion, {"quiz_id": card.id}, None)

    def add_quiz(self) -> None:
        """Begin a quiz: of the lesson that is chosen, else of the course."""
        values: dict[str, str | None] = {"course_id": self._model.home}
        lesson = self._lesson_of(self._list.current_card())
        if lesson is not None:
            values["lesson_id"] = lesson
        self.new_wanted.emit(Quiz, values, None)

    def _lesson_of(self, card: Card | None) -> str | None:
        if card is None or card.entity is Course:
            return None
        if card.entity is QuizQuestion:
            row = self._model.find(Quiz, card.parent)
            card = self._model.card(row)
        if card is None:
            return None
        lesson = card.id if card.entity is Lesson else card.parent
        row = self._model.find(Lesson, lesson)
        return lesson if row >= 0 and not self._model.cards[row].new else None

    def delete(self) -> None:
        """Give up what is new, or ask about deleting what is chosen."""
        cards = self._list.chosen_cards()
        new = [card for card in cards if card.new]
        for card in new:
            self._drafts.give_up(card.entity, card.id)
        saved = [card for card in cards if not card.new]
        if saved and not new and self._session.may(self._session.catalog[saved[0].entity], "delete"):
            self._deleting.delete(saved[0].entity, [card.id for card in saved])

    # Within

    def _commit(
        self, operation: Callable[[UnitOfWork], Outcome], label: str, done: Callable[[Outcome], object] | None = None
    ) -> None:
        def ended(outcome: Outcome) -> None:
            self.message.emit(told(outcome.sentence))
            if done is not None:
                done(outcome)

        self._session.desk.commit(
            operation, done=ended, failed=self.trouble.emit, initiator=self, owner=self, label=label
        )

    def _tell(self, still: Card | None, move: Move | None) -> None:
        """Say where the rows are now, or that they were there already."""
        card = still
        if move is not None:
            card = self._model.card(self._model.find(move.entity, move.ids[0]))
        if card is None:
            return
        row = self._model.find(*card.key)
        n, of = self._model.place(row)
        if move is None:
            self.announced.emit(self.tr("“{0}” cannot go further.").format(card.title))
        else:
            self.announced.emit(self.tr("“{0}” is now {1} of {2}.").format(card.title, n, of))


def _copy_quizzes(uow: UnitOfWork, catalog: Catalog, ids: Sequence[str], course: str, target: Target) -> Outcome:
    """Duplicate quizzes, and hang the copies where the target says; the outcome's value are their ids."""
    lesson = None if target.parent == course else target.parent
    quiz_places.hang(uow, (), course, lesson)  # locks the lesson: lessons are locked before quizzes by everybody
    made = [copying.duplicate_quiz(uow, catalog, row_id) for row_id in ids]
    new = tuple(str(outcome.value) for outcome in made)
    hung = quiz_places.hang(uow, new, course, lesson)
    return uow.outcome(made[0].sentence if len(made) == 1 else hung.sentence, new)
