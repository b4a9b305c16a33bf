"""The courses of the sample school: sixteen, in every state that a course can be in. Data."""

from dataclasses import dataclass, field
from typing import Any

TEXT, VIDEO, QUIZ, ASSIGNMENT = "text", "video", "quiz", "assignment"
_MARKS = {"t": TEXT, "v": VIDEO, "q": QUIZ, "a": ASSIGNMENT}


@dataclass(frozen=True)
class SampleCourse:
    """A course to be made.

    Attributes:
        lessons: (content type, title) in their order.
        age: days since it was written, counted from the day of seeding.
        teacher: the address of its instructor.
        closed: unpublished again after people had taken it.
    """

    slug: str
    title: str
    teacher: str
    lessons: tuple[tuple[str, str], ...]
    age: int
    category: str | None = None
    difficulty: str | None = None
    published: bool = True
    closed: bool = False
    description: str | None = None
    thumbnail: str | None = None
    minutes: int | None = None
    metadata: dict[str, Any] | None = field(default=None, hash=False)


def _lessons(text: str) -> tuple[tuple[str, str], ...]:
    """`t`, `v`, `q` or `a`, a blank, the title; one a line."""
    lines = (line.strip() for line in text.strip().splitlines())
    return tuple((_MARKS[line[0]], line[2:]) for line in lines)


_INSTRUCTOR = "instructor@lms.com"
_INGRID = "ingrid.solheim@lms.com"
_DIMITRIS = "dimitris.papadopoulos@lms.com"
_AICHA = "aicha.benkirane@lms.com"
_KENJI = "kenji.watanabe@lms.com"
_FORMER = "harriet.oconnell@lms.com"

COURSES: tuple[SampleCourse, ...] = (
    SampleCourse(
        slug="introduction-to-python",
        title="Introduction to Python",
        teacher=_INSTRUCTOR,
        age=940,
        category="programming",
        difficulty="beginner",
        minutes=620,
        thumbnail="https://cdn.lms.com/thumbnails/introduction-to-python.jpg",
        description="From the first line to a small program of one's own. No previous knowledge is needed.\n\n"
        "You will read and write files, fetch data from the web and draw what you found.",
        metadata={
            "language": "en",
            "tags": ["python", "programming", "first steps"],
            "certificate": True,
            "credits": 5,
        },
        lessons=_lessons("""
            v Welcome, and how this course works
            t Installing Python and an editor
            t Values, names and types
            t Numbers and text
            q Check yourself: values and text
            t Lists, tuples and dictionaries
            v Loops, step by step
            t Decisions
            t Functions
            a Exercise: a vocabulary trainer
            t Reading and writing files
            t When things go wrong: exceptions
            v Modules and packages
            a Final project
        """),
    ),
    SampleCourse(
        slug="databases-with-postgresql",
        title="Databases with PostgreSQL",
        teacher=_INSTRUCTOR,
        age=610,
        category="programming",
        difficulty="intermediate",
        minutes=540,
        thumbnail="https://cdn.lms.com/thumbnails/databases-with-postgresql.jpg",
        description="Tables, keys, queries and transactions, on the database that this school itself runs on.",
        metadata={
            "language": "en",
            "tags": ["sql", "postgresql"],
            "prerequisites": ["introduction-to-python"],
            "credits": 5,
        },
        lessons=_lessons("""
            v Why not a spreadsheet?
            t Tables, rows and types
            t SELECT and WHERE
            t Joining tables
            q Check yourself: queries
            t Grouping and windows
            a Exercise: the library's loans
            t Keys, constraints and NULL
            t Indexes and the planner
            v Reading EXPLAIN
            t Transactions: what two people may do at once
            a Final project: a schema of your own
        """),
    ),
    SampleCourse(
        slug="statistics-for-everyone",
        title="Statistics for Everyone",
        teacher=_INGRID,
        age=800,
        category="mathematics",
        difficulty="beginner",
        minutes=410,
        thumbnail="/media/courses/statistics.png",
        description="Means, spreads, chance and proof, with examples from the news.",
        metadata={"language": "en", "tags": ["statistics"], "certificate": True},
        lessons=_lessons("""
            v What a number can and cannot say
            t Mean, median and mode
            t Spread: variance and standard deviation
            q Check yourself: describing data
            t Chance and the law of large numbers
            t The normal distribution
            v Correlation is not causation
            t Testing a hypothesis
            a Exercise: a survey in your town
        """),
    ),
    SampleCourse(
        slug="linear-algebra",
        title="Linear Algebra",
        teacher=_INGRID,
        age=420,
        category="mathematics",
        difficulty="advanced",
        minutes=900,
        description="Vectors, matrices, eigenvalues — ℝⁿ and beyond. Proofs included: ∀x ∈ V ∃! −x with x + (−x) = 0.",
        lessons=_lessons("""
            t Vectors and vector spaces
            t Matrices as maps
            v Gaussian elimination by hand
            q Check yourself: matrices
            t Determinants
            t Eigenvalues and eigenvectors
            t Inner products: ⟨u, v⟩
            a Problem sheet I
            t The singular value decomposition
            a Problem sheet II
        """),
    ),
    SampleCourse(
        slug="elliniki-mythologia",
        title="Ελληνική μυθολογία",
        teacher=_DIMITRIS,
        age=700,
        category="humanities",
        minutes=300,
        thumbnail="/media/courses/μυθολογία.jpg",
        description="Θεοί, ήρωες και τέρατα. Gods, heroes and monsters, read in translation with the Greek beside it.",
        metadata={"language": "el", "subtitles": ["el", "en"]},
        lessons=_lessons("""
            v Η αρχή του κόσμου
            t Οι δώδεκα θεοί του Ολύμπου
            t Ηρακλής: δώδεκα άθλοι
            q Ερωτήσεις: θεοί και ήρωες
            t Οδύσσεια: ο δρόμος για την Ιθάκη
            a Εργασία: ένας μύθος σήμερα
        """),
    ),
    SampleCourse(
        slug="organic-chemistry-1",
        title="Organic Chemistry I",
        teacher=_AICHA,
        age=530,
        category="science",
        difficulty="advanced",
        minutes=840,
        thumbnail="https://cdn.lms.com/thumbnails/organic-chemistry.jpg",
        description="Structure, bonding and reactivity of carbon compounds; laboratory safety comes first.",
        metadata={"language": "en", "lab": {"room": "C-204", "goggles": True}, "tags": ["chemistry"]},
        lessons=_lessons("""
            t Laboratory safety
            v Carbon and its bonds
            t Alkanes and their names
            t Alkenes and alkynes
            q Check yourself: naming
            t Stereochemistry
            v Mechanisms: following the electrons
            t Substitution and elimination
            a Laboratory report: recrystallisation
            t Alcohols and ethers
            q Check yourself: mechanisms
        """),
    ),
    SampleCourse(
        slug="business-english",
        title="Business English",
        teacher=_AICHA,
        age=365,
        category="languages",
        difficulty="intermediate",
        minutes=260,
        thumbnail="https://cdn.lms.com/thumbnails/business-english.jpg",
        description="E-mail, telephone, meetings and negotiations for people who already get along in English.",
        lessons=_lessons("""
            v First impressions
            t E-mail that gets an answer
            t On the telephone
            q Check yourself: register
            t Meetings and minutes
            a Exercise: write the minutes
            t Negotiating
        """),
    ),
    SampleCourse(
        slug="nihongo-nyumon",
        title="日本語入門 — Japanese for Beginners",
        teacher=_KENJI,
        age=480,
        category="languages",
        difficulty="beginner",
        minutes=450,
        thumbnail="https://cdn.lms.com/thumbnails/nihongo.jpg",
        description="ひらがな・カタカナから始める日本語。 Kana first, then short conversations. 😀",
        metadata={
            "language": "ja",
            "subtitles": ["en", "de", "ar"],
            "textbook": {"title": "はじめの一歩", "chapters": 12},
        },
        lessons=_lessons("""
            v はじめまして — Nice to meet you
            t ひらがな
            t カタカナ
            q Check yourself: kana
            t 数字 — Numbers
            t 買い物 — Shopping
            v 道を聞く — Asking the way
            a 自己紹介 — Introduce yourself
        """),
    ),
    SampleCourse(
        slug="photography-light-and-composition",
        title="Photography: Light & Composition",
        teacher=_KENJI,
        age=250,
        category="arts",
        difficulty="beginner",
        minutes=200,
        thumbnail="https://cdn.lms.com/thumbnails/photography.jpg",
        description="See first, press the button afterwards.",
        metadata={"language": "en", "camera": "any", "tags": []},
        lessons=_lessons("""
            v Learning to see
            t Aperture, shutter, ISO
            t Light through the day
            q Check yourself: exposure
            a One object, twelve pictures
        """),
    ),
    SampleCourse(
        slug="project-management-in-practice",
        title="Project Management in Practice",
        teacher=_DIMITRIS,
        age=310,
        category="business",
        difficulty="intermediate",
        minutes=330,
        description="Scope, time, people, risk: four things that never stay where you put them.",
        lessons=_lessons("""
            v A project that failed
            t Stakeholders and scope
            t Estimating without lying
            t The plan on one page
            q Check yourself: planning
            t Risk
            a Case study: moving a school
            t Closing a project
        """),
    ),
    SampleCourse(
        slug="academic-writing",
        title="Academic Writing",
        teacher=_INSTRUCTOR,
        age=190,
        description="",
        minutes=None,
        lessons=_lessons("""
            t A question worth asking
            t Sources, and how to cite them
            q Check yourself: citing
            a An abstract of 150 words
        """),
    ),
    SampleCourse(
        slug="world-history-since-1945",
        title="World History since 1945",
        teacher=_DIMITRIS,
        age=560,
        category="humanities",
        difficulty="intermediate",
        minutes=480,
        thumbnail="/media/courses/history.png",
        metadata={"language": "en", "era": {"from": 1945, "to": None}},
        lessons=_lessons("""
            v 1945: the end and the beginning
            t Decolonisation
            t The Cold War
            q Check yourself: two blocs
            t Walls, and how they fall
            t A connected world
            a Source criticism: one photograph
        """),
    ),
    SampleCourse(
        slug="machine-learning",
        title="Machine Learning",
        teacher=_INSTRUCTOR,
        age=40,
        category="programming",
        difficulty="advanced",
        published=False,
        minutes=720,
        description="DRAFT. From linear regression to small neural networks.",
        metadata={"language": "en", "status": "waiting for the notebooks of lessons 3–5"},
        lessons=_lessons("""
            t What learning means here
            t Linear regression
            t Overfitting
            v Gradient descent
            a Exercise: house prices
        """),
    ),
    SampleCourse(
        slug="music-theory",
        title="Music Theory: from C to B♭",
        teacher=_KENJI,
        age=25,
        category="arts",
        published=False,
        lessons=_lessons("""
            v Hearing intervals
            t Scales and keys
            t Chords
            a Harmonise a melody
        """),
    ),
    SampleCourse(
        slug="ethics-of-technology",
        title="Ethics of Technology",
        teacher=_AICHA,
        age=12,
        published=False,
        metadata={},
        lessons=_lessons("""
            t Who decides?
            t Three cases
            a A position paper
        """),
    ),
    SampleCourse(
        slug="web-design-2019",
        title="Web Design (2019 edition)",
        teacher=_FORMER,
        age=1900,
        category="programming",
        difficulty="beginner",
        published=False,
        closed=True,
        minutes=240,
        thumbnail="http://old.lms.com/img/webdesign.gif",
        description="No longer offered; kept for the certificates that were earned in it.",
        metadata={"legacy": True, "import": {"source": "moodle", "id": 4711}},
        lessons=_lessons("""
            t HTML
            t CSS
            v Colours
            t Forms
            a Your own page
        """),
    ),
)
