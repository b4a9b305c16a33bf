"""The sample school as rows: its people, courses, quizzes, and a year of school life, always the same for one seed."""

import json
import random
import secrets
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, cycle, islice

from lms_desktop.services.demo_accounts import ACCOUNTS
from lms_desktop.services.seed_courses import ASSIGNMENT, COURSES, VIDEO, SampleCourse
from lms_desktop.services.seed_names import Person
from lms_desktop.services.seed_questions import QUIZZES, Question, SampleQuiz
from lms_desktop.services.seed_staging import Row
from lms_desktop.services.seed_texts import lesson_content

STUDENT_DOMAIN = "student.lms.com"
_NAMESPACE = uuid.UUID("6c6d7364-6573-5b74-8f70-73656564696e")


def row_id(*parts: object) -> str:
    """The id of a sample row: the same words give the same id."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(map(str, parts))))


def json_text(value: object) -> str:
    """JSON as it is stored, every script readable."""
    return json.dumps(value, ensure_ascii=False)


def percentage(points: int, total: int) -> int:
    """`points` of `total` in per cent, rounded half up."""
    return (200 * points + total) // (2 * total)


@dataclass(frozen=True)
class _Enrollment:
    """One student in one course: how many lessons are done, and when."""

    id: str
    student: str
    course: SampleCourse
    enrolled: datetime
    completed: datetime | None
    done: int
    last: datetime
    begun: bool = False
    """Whether the lesson after those done has been opened."""

    def moment(self, lesson: int) -> datetime:
        """When the lesson of this place was done."""
        share = lesson / max(self.done + self.begun, 1)
        return self.enrolled + timedelta(seconds=int((self.last - self.enrolled).total_seconds() * share))


class SampleSchool:
    """A school of `students` students (the document's one included) as it is on the morning of `midnight`'s day.

    The rows of courses, lessons, quizzes and questions are the same whatever the random seed is. Secrets are not: each
    token is really random, for a session that anybody could guess would be a back door.

    Attributes:
        users: everybody, with `hashes` (address → hash, "" for all others) as password hashes.
    """

    def __init__(
        self, random_seed: int, people: Iterator[Person], students: int, midnight: datetime, hashes: Mapping[str, str]
    ) -> None:
        self._seed = random_seed
        self._midnight = midnight
        self._hashes = hashes
        invited = [account for account in ACCOUNTS if account.role != "student" or students > 0]
        self._accounts = invited
        self._people = list(islice(people, max(students - 1, 0)))
        self._student_ids = [row_id("user", account.email) for account in invited if account.role == "student"]
        self._student_ids += [row_id(random_seed, "student", number) for number in range(1, len(self._people) + 1)]
        self._enrollments = list(chain.from_iterable(map(self._enrol, range(len(self._student_ids)))))
        self.users = [*self._staff_rows(), *self._student_rows()]

    # ---- people

    def _staff_rows(self) -> Iterator[Row]:
        for number, account in enumerate(self._accounts):
            created = self._ago(1000 - 60 * number, 9 * 60 + number)
            if not account.active:
                created = self._ago(2200, 500)
            metadata = (
                {"title": "Dr.", "office": f"B-{101 + number}", "languages": ["en", "el"]} if number == 4 else None
            )
            yield {
                "id": row_id("user", account.email),
                "email": account.email,
                "password_hash": self._hashes[account.email],
                "full_name": account.name,
                "role": account.role,
                "is_active": account.active,
                "mfa_enabled": account.role == "admin",
                "metadata": None if metadata is None else json_text(metadata),
                "created_at": created,
                "updated_at": created + timedelta(days=2),
                "last_login_at": self._ago(1 if account.active else 700, 600 + 7 * number),
                "email_verified_at": created + timedelta(hours=1),
            }

    def _student_rows(self) -> Iterator[Row]:
        first: dict[str, datetime] = {}
        for enrollment in self._enrollments:
            first[enrollment.student] = min(enrollment.enrolled, first.get(enrollment.student, self._midnight))
        for number, person in enumerate(self._people, 1):
            student = row_id(self._seed, "student", number)
            rng = random.Random(f"{self._seed}/person/{number}")
            created = first.get(student, self._ago(rng.randint(3, 300), 700)) - timedelta(
                minutes=rng.randint(20, 20_000)
            )
            verified = rng.random() < 0.85
            login = self._ago(rng.randint(1, 60), rng.randint(0, 1439)) if verified and number % 8 else None
            yield {
                "id": student,
                "email": f"{person.address}@{STUDENT_DOMAIN}",
                "password_hash": self._hashes[""],
                "full_name": person.full_name,
                "role": "student",
                "is_active": number != 42,
                "mfa_enabled": rng.random() < 0.08,
                "metadata": _profile(rng),
                "created_at": created,
                "updated_at": max(created, login or created),
                "last_login_at": None if login is None else max(created + timedelta(minutes=12), login),
                "email_verified_at": created + timedelta(minutes=rng.randint(1, 15)) if verified else None,
            }

    def refresh_tokens(self) -> Iterator[Row]:
        """Sessions: live, logged out, just expired, expired long ago, revoked and expired."""
        ages = cycle(((4, False, 0), (9, True, 2), (36, False, 0), (75, False, 0), (50, True, 11)))
        holders = [row_id("user", account.email) for account in self._accounts if account.active]
        holders += [student for place, student in enumerate(self._student_ids) if place % 2]
        for number, (holder, (age, revoked, after)) in enumerate(zip(holders * 2, ages, strict=False)):
            created = self._ago(age + number % 5, 480 + number)
            yield {
                "id": row_id(self._seed, "token", number),
                "user_id": holder,
                "token": secrets.token_urlsafe(48),
                "expires_at": created + timedelta(days=30),
                "revoked": revoked,
                "revoked_at": created + timedelta(days=after) if revoked else None,
                "created_at": created,
            }

    # ---- courses

    def courses(self) -> Iterator[Row]:
        """The sixteen courses."""
        for course in COURSES:
            created = self._ago(course.age, 600)
            yield {
                "id": row_id("course", course.slug),
                "title": course.title,
                "slug": course.slug,
                "description": course.description,
                "instructor_id": row_id("user", course.teacher),
                "category": course.category,
                "difficulty_level": course.difficulty,
                "is_published": course.published,
                "thumbnail_url": course.thumbnail,
                "estimated_duration_minutes": course.minutes,
                "metadata": None if course.metadata is None else json_text(course.metadata),
                "created_at": created,
                "updated_at": created + timedelta(days=min(course.age - 1, 9), minutes=5),
            }

    def lessons(self) -> Iterator[Row]:
        """Their lessons, in order."""
        for course in COURSES:
            for place, (kind, title) in enumerate(course.lessons, 1):
                created = self._ago(course.age, 600 + 11 * place)
                yield {
                    "id": row_id("lesson", course.slug, place),
                    "course_id": row_id("course", course.slug),
                    "title": title,
                    "content_type": kind,
                    "content": lesson_content(course, place),
                    "video_url": f"https://video.lms.com/{course.slug}/{place:02}.mp4" if kind == VIDEO else None,
                    "duration_minutes": None if kind == ASSIGNMENT else 5 + 5 * ((place * 7 + len(title)) % 9),
                    "order": place,
                    "metadata": json_text({"due_days": 7, "max_points": 20}) if kind == ASSIGNMENT else None,
                    "created_at": created,
                    "updated_at": created + timedelta(hours=place % 4),
                }

    def quizzes(self) -> Iterator[Row]:
        """Quizzes of lessons, of courses, and of neither."""
        for number, quiz in enumerate(QUIZZES, 1):
            hangs_on_lesson = quiz.course is not None and quiz.lesson is not None
            created = self._ago(_age(quiz), 720 + number)
            yield {
                "id": row_id("quiz", quiz.title),
                "course_id": row_id("course", quiz.course) if quiz.course and (quiz.both or not quiz.lesson) else None,
                "lesson_id": row_id("lesson", quiz.course, quiz.lesson) if hangs_on_lesson else None,
                "title": quiz.title,
                "description": quiz.description,
                "time_limit_minutes": quiz.minutes,
                "passing_score_percentage": quiz.passing,
                "shuffle_questions": quiz.shuffle,
                "is_published": quiz.published,
                "created_at": created,
                "updated_at": created + timedelta(minutes=30),
            }

    def questions(self) -> Iterator[Row]:
        """Their questions, in order."""
        for quiz in QUIZZES:
            for place, question in enumerate(quiz.questions, 1):
                yield {
                    "id": row_id("question", quiz.title, place),
                    "quiz_id": row_id("quiz", quiz.title),
                    "question_text": question.text,
                    "question_type": question.kind,
                    "options": _options(quiz, question),
                    "correct_answer": question.correct,
                    "points": question.points,
                    "order": place,
                    "created_at": self._ago(_age(quiz), 730 + place),
                }

    # ---- school life

    def enrollments(self) -> Iterator[Row]:
        """Who takes what."""
        for each in self._enrollments:
            yield {
                "id": each.id,
                "student_id": each.student,
                "course_id": row_id("course", each.course.slug),
                "enrolled_at": each.enrolled,
                "completed_at": each.completed,
                "created_at": each.enrolled,
                "updated_at": each.completed or each.enrolled,
            }

    def lesson_progress(self) -> Iterator[Row]:
        """How far each enrollment has come: a completed one has every lesson done."""
        for each in self._enrollments:
            for place in range(1, each.done + each.begun + 1):
                done = each.moment(place) if place <= each.done else None
                opened = each.moment(place - 1) + timedelta(minutes=3)
                yield {
                    "id": row_id(each.id, "progress", place),
                    "enrollment_id": each.id,
                    "lesson_id": row_id("lesson", each.course.slug, place),
                    "completed": done is not None,
                    "completed_at": done,
                    "created_at": min(opened, done or opened),
                    "updated_at": done or opened,
                }

    def quiz_attempts(self) -> Iterator[Row]:
        """Attempts at what the students have come to; some passed at once, some the second time, some under way."""
        for each in self._enrollments:
            rng = random.Random(f"{each.id}/attempts")
            skill = rng.uniform(0.35, 1.0)
            for quiz in QUIZZES:
                reached = each.completed is not None if quiz.lesson is None else each.done >= quiz.lesson
                if quiz.course != each.course.slug or not reached or not quiz.questions or rng.random() < 0.15:
                    continue
                start = each.moment(quiz.lesson or each.done) - timedelta(hours=2)
                for turn in range(1 + (skill < 0.6)):
                    unfinished = each.completed is None and rng.random() < 0.06
                    yield _attempt(rng, each, quiz, turn, start, min(skill + 0.25 * turn, 1.0), unfinished)

    def _enrol(self, number: int) -> Iterator[_Enrollment]:
        """The enrollments of the student of this number (0: the document's)."""
        rng = random.Random(f"{self._seed}/enrollments/{number}")
        offered = [course for course in COURSES if course.published]
        wanted = 4 if number == 0 else min(round(rng.triangular(0.5, 11.5, 6)), len(offered))
        # Those named first are taken most.
        liking = {course.slug: rng.random() ** (1 + place / 6) for place, course in enumerate(offered)}
        for course in sorted(offered, key=lambda course: -liking[course.slug])[:wanted]:
            days = rng.randint(2, min(360, course.age - 10))
            yield self._enrollment(rng, self._student_ids[number], course, days)
        if number % 6 == 5:
            old = next(course for course in COURSES if course.closed)
            yield self._enrollment(rng, self._student_ids[number], old, rng.randint(400, 1100))

    def _enrollment(self, rng: random.Random, student: str, course: SampleCourse, days: int) -> _Enrollment:
        enrolled = self._ago(days, rng.randint(6 * 60, 23 * 60))
        until = self._midnight - timedelta(hours=12)
        last = enrolled + (until - enrolled) * rng.uniform(0.2, 0.95)
        last = last.replace(microsecond=0)
        key = row_id(student, "enrollment", course.slug)
        state = rng.random()
        # The longer ago, the more are done with it; who has only just begun has done a lesson a day at most.
        if state < 0.45 * min(1, (days + 4) / 45) or days > 400:
            return _Enrollment(key, student, course, enrolled, last, len(course.lessons), last)
        if state < 0.85:
            done = rng.randint(0, min(len(course.lessons) - 1, days))
            return _Enrollment(key, student, course, enrolled, None, done, last, begun=rng.random() < 0.6 or not done)
        return _Enrollment(key, student, course, enrolled, None, 0, last)

    def _ago(self, days: int, minutes: int) -> datetime:
        """A moment of the day that was so many days ago."""
        return self._midnight - timedelta(days=days) + timedelta(minutes=minutes % 1440)


def _age(quiz: SampleQuiz) -> int:
    return next((course.age - 1 for course in COURSES if course.slug == quiz.course), 200)


def _profile(rng: random.Random) -> str | None:
    """What stands in a student's metadata: mostly nothing."""
    chance = rng.random()
    if chance < 0.6:
        return None
    if chance < 0.65:
        return "{}"
    profile: dict[str, object] = {"locale": rng.choice(("en", "de", "fr", "pt-BR", "ar", "ja", "zh-Hant", "hi"))}
    if chance < 0.8:
        profile["phone"] = f"+00 {rng.randint(100, 999)} {rng.randint(1000, 9999)}"
    if chance > 0.95:
        profile["accessibility"] = {"captions": True, "extra_time_percent": 25, "notes": ["large print", "דף מודפס"]}
    return json_text(profile)


def _options(quiz: SampleQuiz, question: Question) -> str | None:
    if question.options is None:
        return None
    texts = sorted(question.options, key=lambda option: uuid.uuid5(_NAMESPACE, option))
    if quiz.objects:
        return json_text([{"text": option, "feedback": None} for option in texts])
    return json_text(texts)


def _attempt(
    rng: random.Random, each: _Enrollment, quiz: SampleQuiz, turn: int, start: datetime, skill: float, unfinished: bool
) -> Row:
    """An attempt; its score is the percentage of points, unless an essay still waits for a person's judgement."""
    started = start + timedelta(minutes=45 * turn)
    right = [rng.random() < skill for _ in quiz.questions]
    score = None if unfinished else _score(quiz.questions, right)
    return {
        "id": row_id(each.id, "attempt", quiz.title, turn),
        "quiz_id": row_id("quiz", quiz.title),
        "student_id": each.student,
        "started_at": started,
        "ended_at": None if unfinished else started + timedelta(minutes=rng.randint(3, quiz.minutes or 25)),
        "answers": None if unfinished and turn else _answers(quiz, right[:2] if unfinished else right),
        "score": score,
        "passed": None if score is None else score >= quiz.passing,
        "created_at": started,
    }


def _score(questions: Sequence[Question], right: Sequence[bool]) -> int | None:
    if any(question.kind == "essay" for question in questions):
        return None
    earned = sum(question.points for question, is_right in zip(questions, right, strict=True) if is_right)
    return percentage(earned, sum(question.points for question in questions))


def _answers(quiz: SampleQuiz, right: Sequence[bool]) -> str:
    given = [q.right if is_right else q.wrong for q, is_right in zip(quiz.questions, right, strict=False)]
    if quiz.by_position:
        return json_text(given)
    ids = (row_id("question", quiz.title, place) for place in range(1, len(given) + 1))
    return json_text([{"question_id": key, "answer": answer} for key, answer in zip(ids, given, strict=True)])
