"""What is done to courses beyond adding, editing and deleting, and the names and numbers that are made here."""

import re
import unicodedata

from sqlalchemy import BigInteger, Integer, cast, func, select

from lms_desktop.database.unit_of_work import Outcome, UnitOfWork
from lms_desktop.entities import Certificate, Course
from lms_desktop.services import locks
from lms_desktop.services.switching import Switch, Wording
from lms_desktop.spec import N_

SLUG_LENGTH = 120
"""Characters of a short name made from a title; the column takes 255."""

LONGEST_NUMBER = 9
"""Digits of a certificate's number within its year at most, six at least."""

_PUBLISH = Switch(
    entity=Course,
    verb="publish",
    name=Course.title,
    done=Course.is_published,
    values={Course.is_published: True},
    wording=Wording(N_("Published {name}."), N_("Published {n} courses."), N_("This was published already.")),
)
_UNPUBLISH = Switch(
    entity=Course,
    verb="unpublish",
    name=Course.title,
    done=~Course.is_published,
    values={Course.is_published: False},
    wording=Wording(N_("Unpublished {name}."), N_("Unpublished {n} courses."), N_("This was a draft already.")),
)


def publish(uow: UnitOfWork, ids: tuple[str, ...]) -> Outcome:
    """Let students find these courses; raises Denied where the actor may not."""
    return _PUBLISH.run(uow, ids)


def unpublish(uow: UnitOfWork, ids: tuple[str, ...]) -> Outcome:
    """Take these courses back to draft; enrollments are kept. Raises Denied where the actor may not."""
    return _UNPUBLISH.run(uow, ids)


def next_certificate_number(uow: UnitOfWork) -> str:
    """The next free number of this year (in UTC), such as `LMS-2026-000123`.

    Whoever else asks waits until this transaction ends: store the number in it. Numbers of any other form, which
    another program may have given, are left out of account.
    """
    locks.take(uow, locks.Lock.CERTIFICATE_NUMBERS)
    year = uow.execute(select(cast(func.extract("year", func.timezone("UTC", func.now())), Integer))).scalar_one()
    number, stem = Certificate.certificate_number, f"LMS-{year}-"
    # The numbers between these differ in digits alone: an index finds them, whatever the collation.
    of_this_year = number.between(f"{stem}0", f"{stem}{'9' * LONGEST_NUMBER}")
    usual = select(number).where(of_this_year, number.regexp_match(f"^{stem}[0-9]{{6}}$"))
    last: str | None = uow.execute(usual.order_by(number.desc()).limit(1)).scalar_one_or_none()
    count = int(last.removeprefix(stem)) if last else 0
    if count == 999_999:
        # From here on the order of texts is no longer the order of numbers.
        digits = cast(func.substring(number, len(stem) + 1), BigInteger)
        longer = number.regexp_match(f"^{stem}[0-9]{{6,{LONGEST_NUMBER}}}$")
        count = uow.execute(select(func.max(digits)).where(of_this_year, longer)).scalar_one()
    return f"{stem}{count + 1:06d}"


def slug_of(title: str) -> str:
    """The short name made of a title: `Álgebra I` becomes `algebra-i`.

    Lower case, words joined by hyphens, accents taken off Latin letters, other scripts kept; `course` where nothing of
    the title can stand in an address.
    """
    folded = unicodedata.normalize("NFKC", title).casefold()
    kept = "".join(_plain(letter) for letter in folded)
    # An accent that stood by itself behind a plain letter: there is no letter that holds both.
    kept = re.sub(r"(?<=[a-z0-9])[\u0300-\u036f]+", "", kept)
    slug = re.sub(r"-+", "-", kept).strip("-")[:SLUG_LENGTH].strip("-")
    return slug or "course"


def free_slug(uow: UnitOfWork, title: str) -> str:
    """`slug_of` the title, with -2, -3 … behind it where another course has it already."""
    stem = slug_of(title)
    near = select(Course.slug).where(Course.slug.startswith(stem, autoescape=True))
    taken = set(uow.execute(near).scalars())
    wanted, turn = stem, 1
    while wanted in taken:
        turn += 1
        wanted = f"{stem}-{turn}"
    return wanted


def _plain(letter: str) -> str:
    """A letter as it stands in a short name; a hyphen for what cannot."""
    base = unicodedata.normalize("NFKD", letter)[0]
    if base.isascii() and base.isalnum():
        return base
    return letter if letter.isalnum() or unicodedata.category(letter).startswith("M") else "-"
