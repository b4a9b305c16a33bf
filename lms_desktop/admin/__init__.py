"""The ten declarations: how each entity is shown, found, ordered and worked on."""

from collections.abc import Mapping
from types import MappingProxyType

from lms_desktop.admin.courses import COURSES, LESSONS
from lms_desktop.admin.enrollments import CERTIFICATES, ENROLLMENTS, PROGRESS
from lms_desktop.admin.people import SESSIONS, USERS
from lms_desktop.admin.quizzes import ATTEMPTS, QUESTIONS, QUIZZES
from lms_desktop.spec import Catalog, EntityAdmin

# In the order in which the navigation lists them, group by group.
_DECLARED = (
    USERS,
    ENROLLMENTS,
    PROGRESS,
    CERTIFICATES,
    COURSES,
    LESSONS,
    QUIZZES,
    QUESTIONS,
    ATTEMPTS,
    SESSIONS,
)

CATALOG: Catalog = MappingProxyType({admin.entity: admin for admin in _DECLARED})
"""All declarations by their entity, in the order of the navigation."""

PAGES: Mapping[str, EntityAdmin] = MappingProxyType({admin.name: admin for admin in _DECLARED})
"""The same by the name of their page."""

__all__ = ["CATALOG", "PAGES"]
