"""The pages that a person has, in the order and the groups of the navigation.

Those that no first screen shows are imported when they are opened, or behind the first rows (`views.warm_up`).
"""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from lms_desktop import policy
from lms_desktop.admin import PAGES
from lms_desktop.admin.courses import COURSES
from lms_desktop.admin.logs import OPERATIONS, logs_for
from lms_desktop.admin.quizzes import ATTEMPTS, QUESTIONS, QUIZZES
from lms_desktop.database.unit_of_work import Actor
from lms_desktop.frozen import frozen
from lms_desktop.services.log_conditions import OperationList
from lms_desktop.spec import N_, EntityAdmin, Group, Query
from lms_desktop.views.course.ways import COURSE_PAGE, RESULTS_PAGE
from lms_desktop.views.entity_page import EntityPage
from lms_desktop.views.migrations import MIGRATIONS_LABEL, MIGRATIONS_PAGE
from lms_desktop.views.page import Page
from lms_desktop.views.session import Session

PAGE_NAMES = (*PAGES, COURSE_PAGE, RESULTS_PAGE, OPERATIONS.name, MIGRATIONS_PAGE)
"""All pages of the main window, whoever may open them."""


@frozen
class PageEntry:
    """One page: its name in addresses and settings, its declared label, its icon, its group, and what makes it. One
    that stands `under` another has no entry in the navigation: that one's is marked while it is open. A `general` one
    shows the rows of this entity whatever they are, and may be made ahead."""

    name: str
    label: str
    icon: str
    group: Group
    make: Callable[[Session, QWidget], Page]
    under: str = ""
    general: EntityAdmin | None = None


def entries(session: Session) -> tuple[PageEntry, ...]:
    """All pages that this person may open."""
    return entries_of(session.actor)


def entries_of(actor: Actor) -> tuple[PageEntry, ...]:
    """All pages that somebody of the actor's role may open."""
    seen = [admin for admin in PAGES.values() if policy.may(actor, admin.entity, "view")]
    found = [_questions() if admin is QUESTIONS else _of_entity(admin) for admin in seen]
    course = [_course()] if PAGES[COURSES.name] in seen else []
    results = [_results()] if PAGES[ATTEMPTS.name] in seen else []
    return (*found, *course, *results, _history(actor, found), *_migrations(actor))


def first_query(session: Session, name: str) -> tuple[Query, tuple[str, ...]] | None:
    """What a page of rows asks for when it is opened by somebody who has not changed it, and its columns; "" stands for
    the first of all pages. None of a page of another kind."""
    admin = PAGES.get(name or next(iter(PAGES)))
    if admin is None:
        return None
    return Query(admin.entity, zone=session.zone), tuple(field.key for field in admin.columns)


def _course() -> PageEntry:
    def make(session: Session, parent: QWidget) -> Page:
        from lms_desktop.views.course.course_page import CoursePage

        return CoursePage(session, parent)

    return PageEntry(COURSE_PAGE, COURSES.label, COURSES.icon, COURSES.group, make, under=COURSES.name)


def _results() -> PageEntry:
    def make(session: Session, parent: QWidget) -> Page:
        from lms_desktop.views.course.results_page import ResultsPage

        return ResultsPage(session, parent)

    return PageEntry(RESULTS_PAGE, N_("Results"), ATTEMPTS.icon, QUIZZES.group, make, under=QUIZZES.name)


def _of_entity(admin: EntityAdmin) -> PageEntry:
    def make(session: Session, parent: QWidget) -> Page:
        return EntityPage(session, admin, parent)

    return PageEntry(admin.name, admin.plural, admin.icon, admin.group, make, general=admin)


def _questions() -> PageEntry:
    def make(session: Session, parent: QWidget) -> Page:
        from lms_desktop.views.course.questions_page import QuestionsPage

        return QuestionsPage(session, parent)

    return PageEntry(QUESTIONS.name, QUESTIONS.plural, QUESTIONS.icon, QUESTIONS.group, make, general=QUESTIONS)


def _history(actor: Actor, others: list[PageEntry]) -> PageEntry:
    """The whole history is the administrators'; one's own stands at the end of one's last group."""

    def make(session: Session, parent: QWidget) -> Page:
        from lms_desktop.views.history_page import HistoryPage

        return HistoryPage(session, parent)

    admin = logs_for(actor)[OperationList]
    group = Group.ADMINISTRATION if policy.sees_whole_history(actor) or not others else others[-1].group
    return PageEntry(admin.name, admin.plural, admin.icon, group, make)


def _migrations(actor: Actor) -> tuple[PageEntry, ...]:
    """For administrators; the others read in About where the database stands."""
    if actor.role != policy.ADMIN:
        return ()

    def make(session: Session, parent: QWidget) -> Page:
        from lms_desktop.views.migrations.page import MigrationsPage

        return MigrationsPage(session, parent)

    return (PageEntry(MIGRATIONS_PAGE, MIGRATIONS_LABEL, "migrations", Group.ADMINISTRATION, make),)
