"""The page of all questions, on which one is written and guarded as on the page of its course."""

from collections.abc import Mapping

from PySide6.QtWidgets import QApplication, QWidget

from lms_desktop.database.unit_of_work import Outcome
from lms_desktop.entities import QuizQuestion
from lms_desktop.models.drafts import Drafts
from lms_desktop.models.page_drafts import Row
from lms_desktop.models.wording import told
from lms_desktop.spec import EntityAdmin
from lms_desktop.views.course.answered_guard import AnsweredGuard
from lms_desktop.views.course.question_editor import QuestionForm
from lms_desktop.views.course.question_fields import CORRECT, OPTIONS, POINTS, TEXT, TYPE, QuestionFields
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.field_row import FieldRow
from lms_desktop.views.session import Session


class PlacedFields(QuestionFields):
    """As `QuestionFields`, where the question's quiz is asked for as well: it stands first. Here, where a question is
    looked at as a row, its answers can be edited as they are written too: what other programs have put beside them."""

    def __init__(
        self,
        session: Session,
        admin: EntityAdmin,
        drafts: Drafts,
        parent: QWidget | None = None,
        *,
        kinds: Mapping[str, type[FieldRow]] | None = None,
    ) -> None:
        super().__init__(session, admin, drafts, parent, kinds=kinds)
        first = {key: row for key, row in self.rows.items() if key not in {TEXT, TYPE, POINTS, OPTIONS, CORRECT}}
        self.rows = {**first, **self.rows}
        self.answers.offers_raw = True


class PlacedQuestionForm(QuestionForm):
    """As `QuestionForm`, of a question that says to which quiz it belongs."""

    FIELDS = PlacedFields


class QuestionsPage(EntityPage):
    """As `EntityPage`, for questions.

    Attributes:
        guard: asks before what students have answered is altered.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, session.catalog[QuizQuestion], parent)
        self.guard = AnsweredGuard(session, self)
        self.guard.altered.connect(self._offer_regrade)
        self.guard.regraded.connect(self._regraded)
        self.guard.trouble.connect(self.trouble)

    @property
    def form(self) -> QuestionForm:
        """Override PageParts.form: the one of `make_form`."""
        form = super().form
        assert isinstance(form, QuestionForm)
        return form

    def make_form(self, parent: QWidget) -> QuestionForm:
        """Override PageParts.make_form: options and what is right have one editor, wherever a question is shown."""
        return PlacedQuestionForm(self.session, self.drafts, parent)

    def go_on(self) -> None:
        """Override EntityPage.go_on: nowhere from a question; in its form the keys add an option, as in a course."""
        keyboard = QApplication.focusWidget()
        if keyboard is not None and self.form.isAncestorOf(keyboard):
            self.form.add_option()

    def may_save(self, without: frozenset[Row] = frozenset()) -> bool:
        """Override DraftsPage.may_save: what students have answered is not altered without a question."""
        return self.guard.may_save([d for d in self.held.all() if (d.entity, d.id) not in without])

    def _offer_regrade(self, number: int) -> None:
        self.tell_news(self.guard.words(number), self.tr("Regrade…"), self.guard.regrade)

    def _regraded(self, outcome: Outcome) -> None:
        self.banner_off()
        self.message.emit(told(outcome.sentence))
