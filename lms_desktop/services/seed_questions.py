"""The quizzes of the sample school: questions of every type, in the formats of the schema. Data."""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """A question to be made, with an answer that is right and one that is wrong, as a student would give them.

    Attributes:
        kind: `multiple_choice`, `true_false`, `short_answer` or `essay`.
        options: the texts to choose from; None where there is nothing to choose.
        correct: `correct_answer` as it is stored; None for an essay, which only a person can judge.
    """

    text: str
    kind: str
    options: tuple[str, ...] | None
    correct: str | None
    points: int
    right: object
    wrong: object


@dataclass(frozen=True)
class SampleQuiz:
    """A quiz to be made. `course` is a slug, `lesson` a place in it; with neither it hangs on nothing.

    Attributes:
        both: name the course too where it hangs on a lesson.
        objects: write the options as objects with a text, as some programs do.
        by_position: attempts hold a plain list of answers, as some programs write them.
    """

    title: str
    questions: tuple[Question, ...]
    course: str | None = None
    lesson: int | None = None
    both: bool = True
    published: bool = True
    description: str | None = None
    minutes: int | None = None
    passing: int = 70
    shuffle: bool = False
    objects: bool = False
    by_position: bool = False


def one(text: str, right: str, *wrong: str, points: int = 1) -> Question:
    """Multiple choice with one right answer."""
    return Question(text, "multiple_choice", (right, *wrong), right, points, right, wrong[0])


def several(text: str, right: tuple[str, ...], wrong: tuple[str, ...], points: int = 2) -> Question:
    """Multiple choice with several right answers, all of them wanted."""
    correct = json.dumps(right, ensure_ascii=False)
    return Question(text, "multiple_choice", right + wrong, correct, points, list(right), [right[0], wrong[0]])


def truth(text: str, answer: bool, points: int = 1) -> Question:
    """True or false."""
    right, wrong = ("true", "false") if answer else ("false", "true")
    return Question(text, "true_false", None, right, points, right, wrong)


def short(text: str, *accepted: str, wrong: str = "?", points: int = 2) -> Question:
    """A short answer: one accepted text is stored as it is, several as a JSON list."""
    correct = accepted[0] if len(accepted) == 1 else json.dumps(accepted, ensure_ascii=False)
    return Question(text, "short_answer", None, correct, points, accepted[-1], wrong)


def essay(text: str, points: int = 5) -> Question:
    """An essay."""
    answer = "I would begin with the question itself.\n\nFirst … second … and therefore both views can be held."
    return Question(text, "essay", None, None, points, answer, "")


QUIZZES: tuple[SampleQuiz, ...] = (
    SampleQuiz(
        title="Values and text",
        course="introduction-to-python",
        lesson=5,
        description="Five quick questions. You may repeat it as often as you like.",
        passing=60,
        questions=(
            one('What does `len("naïve")` give?', "5", "4", "6", "an error"),
            one("What is the type of `3 / 2`?", "float", "int", "str", "Fraction"),
            several("Which of these are immutable?", ("str", "tuple", "int"), ("list", "dict")),
            truth('`"10" + 5` gives `15`.', False),
            short("Which function turns the text `'42'` into a whole number?", "int", "int()", wrong="str()"),
        ),
    ),
    SampleQuiz(
        title="Introduction to Python: final test",
        course="introduction-to-python",
        description="Counts for the certificate.",
        minutes=45,
        passing=75,
        shuffle=True,
        questions=(
            one("What does a function without `return` give back?", "None", "0", "False", "nothing at all"),
            one("Which keyword begins an exception handler?", "except", "catch", "rescue", "error"),
            several(
                "Which of these open a file for writing?", ('open(p, "w")', 'open(p, "a")'), ("open(p)", 'open(p, "r")')
            ),
            truth("A dictionary keeps the order in which its keys were added.", True),
            short("What is printed by `print([1, 2, 3][-1])`?", "3", wrong="1"),
            one("What does `list(range(1, 4))` hold?", "[1, 2, 3]", "[1, 2, 3, 4]", "[0, 1, 2, 3]", points=2),
            truth("`is` compares values.", False),
        ),
    ),
    SampleQuiz(
        title="Queries",
        course="databases-with-postgresql",
        lesson=5,
        both=False,
        passing=60,
        objects=True,
        questions=(
            one("Which clause filters groups?", "HAVING", "WHERE", "ORDER BY", "LIMIT"),
            one("What does `NULL = NULL` give?", "NULL", "true", "false", points=2),
            several(
                "Which joins keep rows without a partner?", ("LEFT JOIN", "FULL JOIN"), ("INNER JOIN", "CROSS JOIN")
            ),
            truth("Without ORDER BY the order of rows is not defined.", True),
            short("Which function counts rows?", "count", "COUNT(*)", "count(*)", wrong="sum"),
        ),
    ),
    SampleQuiz(
        title="Databases: final test",
        course="databases-with-postgresql",
        minutes=60,
        passing=70,
        questions=(
            one("Which isolation level is PostgreSQL's default?", "Read Committed", "Repeatable Read", "Serializable"),
            truth("A unique index allows several NULLs unless told otherwise.", True),
            short("Which statement shows the plan of a query?", "EXPLAIN", "explain", wrong="SHOW PLAN"),
            several(
                "What does ACID stand for?",
                ("Atomicity", "Consistency", "Isolation", "Durability"),
                ("Availability",),
                4,
            ),
            essay("Your query is slow. Describe, step by step, how you find out why."),
        ),
    ),
    SampleQuiz(
        title="Describing data",
        course="statistics-for-everyone",
        lesson=4,
        passing=50,
        questions=(
            one(
                "Incomes: 1, 1, 2, 2, 94. Which number describes a typical one best?",
                "the median",
                "the mean",
                "the maximum",
            ),
            short("What is the mean of 2, 4 and 9?", "5", "five", wrong="4"),
            truth("The standard deviation can be negative.", False),
            several("Which are measures of spread?", ("variance", "interquartile range"), ("median", "mode"), 3),
            one("P(six) with a fair die?", "1/6", "1/2", "1/36", "6"),
        ),
    ),
    SampleQuiz(
        title="Matrices",
        course="linear-algebra",
        lesson=4,
        minutes=30,
        questions=(
            one("When is A·B defined?", "columns of A = rows of B", "rows of A = rows of B", "always"),
            truth("Every square matrix has an inverse.", False),
            short("det(I₃) = ?", "1", wrong="3"),
            several(
                "Which hold for all matrices where they are defined?",
                ("(A·B)·C = A·(B·C)", "(A·B)ᵀ = Bᵀ·Aᵀ"),
                ("A·B = B·A",),
                3,
            ),
        ),
    ),
    SampleQuiz(
        title="Ερωτήσεις: θεοί και ήρωες",
        course="elliniki-mythologia",
        lesson=4,
        description="Πέντε ερωτήσεις.",
        shuffle=True,
        questions=(
            one("Ποια είναι η θεά της σοφίας;", "Αθηνά", "Ήρα", "Άρτεμις", "Δήμητρα"),
            one("Πόσοι ήταν οι άθλοι του Ηρακλή;", "12", "7", "10"),
            truth("Ο Ποσειδώνας είναι αδελφός του Δία.", True),
            short("Πώς λέγεται το νησί του Οδυσσέα;", "Ιθάκη", "η Ιθάκη", "Ithaca", wrong="Κρήτη"),
            several("Ποιοι είναι παιδιά του Δία;", ("Απόλλων", "Ερμής"), ("Ποσειδών", "Άδης")),
        ),
    ),
    SampleQuiz(
        title="Naming",
        course="organic-chemistry-1",
        lesson=5,
        passing=80,
        questions=(
            one("CH₃–CH₂–CH₃ is …", "propane", "butane", "propene", "ethane"),
            short("How many carbon atoms has hexane?", "6", "six", wrong="8"),
            truth("Alkenes contain a triple bond.", False),
            several("Which are isomers of C₄H₁₀?", ("n-butane", "isobutane"), ("butene", "cyclobutane")),
        ),
    ),
    SampleQuiz(
        title="Mechanisms",
        course="organic-chemistry-1",
        lesson=11,
        minutes=20,
        passing=80,
        by_position=True,
        questions=(
            one("Which mechanism goes through a carbocation?", "SN1", "SN2", "E2"),
            truth("SN2 turns the configuration round.", True),
            short("What does a curved arrow follow?", "electrons", "a pair of electrons", wrong="atoms"),
        ),
    ),
    SampleQuiz(
        title="Register",
        course="business-english",
        lesson=4,
        questions=(
            one(
                "Which is the most formal?", "I am writing to enquire about …", "Hey, quick question", "Just checking:"
            ),
            one("“Could you possibly …?” is …", "a polite request", "a doubt", "an order"),
            truth("“Yours faithfully” goes with “Dear Sir or Madam”.", True),
            short(
                "The opposite of “to accept an offer” is “to … an offer”.",
                "decline",
                "refuse",
                "turn down",
                wrong="deny",
            ),
        ),
    ),
    SampleQuiz(
        title="Kana",
        course="nihongo-nyumon",
        lesson=4,
        passing=60,
        shuffle=True,
        questions=(
            one("「さ」の読み方は？", "sa", "chi", "ki", "sha"),
            one("Which is katakana?", "ネコ", "ねこ", "猫"),
            truth("「は」 as a particle is read “wa”.", True),
            short("Write “sushi” in hiragana.", "すし", wrong="スシ"),
            several(
                "Which mean “hello” at some time of the day?",
                ("おはよう", "こんばんは"),
                ("さようなら", "いただきます"),
            ),
        ),
    ),
    SampleQuiz(
        title="Exposure",
        course="photography-light-and-composition",
        lesson=4,
        questions=(
            one("Which aperture lets in more light?", "f/2", "f/8", "f/16"),
            truth("Doubling the ISO doubles the light on the sensor.", False),
            several("What makes the picture brighter?", ("a longer time", "a wider aperture"), ("a longer lens",)),
        ),
    ),
    SampleQuiz(
        title="Planning",
        course="project-management-in-practice",
        lesson=5,
        questions=(
            one(
                "The critical path is …",
                "the longest chain of dependent tasks",
                "the riskiest task",
                "the shortest plan",
            ),
            truth("Adding people to a late project makes it faster.", False),
            short("What does the W in SWOT stand for?", "weaknesses", "Weaknesses", wrong="work"),
            essay("You have half the budget. What do you leave out first, and whom do you tell?", points=4),
        ),
    ),
    SampleQuiz(
        title="Citing",
        course="academic-writing",
        lesson=3,
        questions=(
            truth("What everybody knows needs no citation.", True),
            one("A citation of a citation is …", "a secondary citation", "plagiarism", "forbidden"),
            essay("Summarise the text in your own words (100 words).", points=10),
        ),
    ),
    SampleQuiz(
        title="Two blocs",
        course="world-history-since-1945",
        lesson=4,
        passing=65,
        questions=(
            short("In which year was the Berlin Wall built?", "1961", wrong="1949"),
            one(
                "Which country was not a founding member of the United Nations?",
                "Switzerland",
                "India",
                "Brazil",
                "Egypt",
            ),
            truth("The Bandung Conference took place in 1955.", True),
            several(
                "Who took part in the Yalta Conference?",
                ("Churchill", "Roosevelt", "Stalin"),
                ("de Gaulle", "Truman"),
                3,
            ),
        ),
    ),
    SampleQuiz(
        title="World History: final test",
        course="world-history-since-1945",
        published=False,
        description="Not ready: the questions are still to be written.",
        questions=(),
    ),
    SampleQuiz(
        title="Placement test",
        description="Which course fits? Taken before the first enrollment, so it belongs to no course.",
        minutes=15,
        passing=0,
        questions=(
            one("How do you like to learn?", "by trying", "by reading", "by listening"),
            truth("I have written a program before.", True),
            short("Which languages do you speak?", "English", wrong="–"),
        ),
    ),
    SampleQuiz(
        title="Library induction",
        published=False,
        passing=100,
        questions=(
            truth("Food is allowed in the reading room.", False),
            one("How long may a book be kept?", "four weeks", "four days", "for ever"),
        ),
    ),
)
