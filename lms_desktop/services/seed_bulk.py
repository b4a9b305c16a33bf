"""A school of any size around the sample school: its people and courses as rows. `seed_life` makes what they do."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from lms_desktop.services.courses import slug_of
from lms_desktop.services.seed_names import Person, people
from lms_desktop.services.seed_school import STUDENT_DOMAIN, json_text, row_id
from lms_desktop.services.seed_staging import Row

LEAST_COURSES = 20
STUDENTS_PER_COURSE = 100
YEARS = 3
"""How far back enrollments go; whoever and whatever takes part in them is older."""

_LEVELS = ("beginner", "intermediate", "advanced", None)
_STYLES = (
    *("Introduction to", "Advanced", "Practical", "Foundations of", "Applied"),
    *("Essentials of", "Modern", "Hands-on", "Topics in", "Seminar:"),
)
_TOPICS = {
    "programming": "Data Structures|Web Security|Cloud Computing|Operating Systems|Compilers|Game Design",
    "mathematics": "Analysis|Number Theory|Graph Theory|Probability|Topology|Numerical Methods",
    "science": "Quantum Physics|Genetics|Astronomy|Ecology|Geology|Biochemistry",
    "arts": "Graphic Design|Film|Ceramics|Dance|Architecture|Illustration",
    "business": "Microeconomics|Accounting|Marketing|Negotiation|Logistics|Entrepreneurship",
    "humanities": "Philosophy|Archaeology|Linguistics|Art History|Sociology|Anthropology",
    "languages": "Español|Français|العربية|中文|한국어|Русский|हिन्दी|Türkçe",
    "health": "Nutrition|First Aid|Anatomy|Public Health|Sports Medicine|Nursing",
}
_SUBJECTS = tuple((category, topic) for category, topics in _TOPICS.items() for topic in topics.split("|"))
_PARTS = (
    *("What this is about", "A first example", "The words we need", "Why it works", "Where it fails"),
    *("Practice", "A second look", "Looking back", "Going further", "The final task"),
)
_KINDS = ("text", "video", "text", "quiz", "assignment")


@dataclass(frozen=True)
class BulkSchool:
    """Students beyond the sample school's, and the courses that they take.

    Attributes:
        random_seed: Decides who the students are and what they do; the courses depend on their number alone.
        people: Whom the students are taken from, in turn: for one random seed always the same.
        students: How many students, numbered from 1.
        courses: How many courses, numbered from 0.
        midnight: The morning of the day that it is made on.
        password_hash: For everybody here.
    """

    random_seed: int
    people: Iterator[Person]
    students: int
    courses: int
    midnight: datetime
    password_hash: str

    def users(self) -> Iterator[Row]:
        """Instructors, then students; `place` numbers the students."""
        instructors = people(random.Random("instructors"))
        for number, person in enumerate(islice(instructors, self._instructors)):
            yield self._user(
                _instructor_id(number), f"{person.address}.{number + 1}@lms.com", person, "instructor", None
            )
        for place, person in enumerate(islice(self.people, self.students), 1):
            key = row_id(self.random_seed, "bulk student", place)
            yield self._user(key, f"{person.address}@{STUDENT_DOMAIN}", person, "student", place)

    def _user(self, key: str, email: str, person: Person, role: str, place: int | None) -> Row:
        # The bits of an id are as good as dice, and quicker.
        dice = int(key[:8], 16)
        created = self.midnight - timedelta(days=YEARS * 365 + 20 + dice % 900, minutes=dice % 1000)
        verified = dice % 10 > 0
        return {
            "id": key,
            "email": email,
            "password_hash": self.password_hash,
            "full_name": person.full_name,
            "role": role,
            "is_active": dice % 53 > 0,
            "mfa_enabled": dice % 19 == 0,
            "metadata": json_text({"locale": ("en", "es", "ar", "zh")[dice % 4]}) if dice % 7 == 0 else None,
            "created_at": created,
            "updated_at": created,
            "last_login_at": self.midnight - timedelta(minutes=1 + dice % 500_000) if verified and dice % 9 else None,
            "email_verified_at": created + timedelta(minutes=dice % 30) if verified else None,
            "place": place,
        }

    @property
    def _instructors(self) -> int:
        return max(5, self.courses // 10)

    def course_rows(self) -> Iterator[Row]:
        """The courses, numbered from 0 by `place`; every twelfth is a draft, every twentieth the demo instructor's."""
        for place in range(self.courses):
            category, topic = _SUBJECTS[place % len(_SUBJECTS)]
            title = f"{_STYLES[place // len(_SUBJECTS) % len(_STYLES)]} {topic}"
            created = self._course_created(place)
            term = f"{('Spring', 'Autumn')[place % 2]} {created.year}"
            teacher = (
                row_id("user", "instructor@lms.com") if place % 20 == 0 else _instructor_id(place % self._instructors)
            )
            yield {
                "id": _course_id(place),
                "title": f"{title} ({term})",
                "slug": f"{slug_of(title)}-{place + 1}",
                "description": f"{topic}: theory and practice, in {_lesson_count(place)} lessons."
                if place % 6
                else None,
                "instructor_id": teacher,
                "category": category if place % 9 else None,
                "difficulty_level": _LEVELS[place * 7 % 11 % 4],
                "is_published": place % 12 != 11,
                "thumbnail_url": f"https://cdn.lms.com/thumbnails/{place + 1}.jpg" if place % 3 else None,
                "estimated_duration_minutes": 45 * _lesson_count(place) if place % 5 else None,
                "metadata": json_text({"term": term, "seats": 20 + place % 300}) if place % 4 else None,
                "created_at": created,
                "updated_at": created,
                "place": place,
            }

    def lessons(self) -> Iterator[Row]:
        """Four to ten lessons for each course."""
        for course in range(self.courses):
            topic, created = _SUBJECTS[course % len(_SUBJECTS)][1], self._course_created(course)
            for order in range(1, _lesson_count(course) + 1):
                kind, title = _KINDS[(course + order) % len(_KINDS)], f"{_PARTS[order - 1]}: {topic}"
                yield {
                    "id": row_id("bulk lesson", course, order),
                    "course_id": _course_id(course),
                    "title": title,
                    "content_type": kind,
                    "content": f"# {title}\n\nRead, try, compare.\n" if kind in ("text", "assignment") else None,
                    "video_url": f"https://video.lms.com/{course + 1}/{order:02}.mp4" if kind == "video" else None,
                    "duration_minutes": 5 + (course + 7 * order) % 50,
                    "order": order,
                    "created_at": created,
                    "updated_at": created,
                }

    def quizzes(self) -> Iterator[Row]:
        """A quiz for every second course."""
        for course in range(0, self.courses, 2):
            created = self._course_created(course)
            yield {
                "id": row_id("bulk quiz", course),
                "course_id": _course_id(course),
                "lesson_id": row_id("bulk lesson", course, 2) if course % 4 else None,
                "title": f"Test: {_SUBJECTS[course % len(_SUBJECTS)][1]}",
                "passing_score_percentage": 50 + course % 5 * 10,
                "shuffle_questions": course % 8 == 0,
                "is_published": True,
                "time_limit_minutes": 30 if course % 3 else None,
                "created_at": created,
                "updated_at": created,
            }

    def questions(self) -> Iterator[Row]:
        """Five questions for each quiz: four to choose from, one true or false."""
        for course in range(0, self.courses, 2):
            topic = _SUBJECTS[course % len(_SUBJECTS)][1]
            for order in range(1, 6):
                options = [f"{topic}, {letter}" for letter in "ABCD"]
                choice = order < 5
                yield {
                    "id": row_id("bulk question", course, order),
                    "quiz_id": row_id("bulk quiz", course),
                    "question_text": f"{topic}, question {order}: which one fits?" if choice else f"{topic} is useful.",
                    "question_type": "multiple_choice" if choice else "true_false",
                    "options": json_text(options) if choice else None,
                    "correct_answer": options[(course // 2 + order) % 4] if choice else "true",
                    "points": 1 + order % 3,
                    "order": order,
                    "created_at": self._course_created(course),
                }

    def _course_created(self, place: int) -> datetime:
        return self.midnight - timedelta(days=YEARS * 365 + 30 + place % 400, minutes=place % 700)


def _instructor_id(number: int) -> str:
    return row_id("bulk instructor", number)


def _course_id(place: int) -> str:
    return row_id("bulk course", place)


def _lesson_count(course: int) -> int:
    return 4 + course * 5 % 7
