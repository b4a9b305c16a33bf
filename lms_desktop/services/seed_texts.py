"""The contents of the sample school's lessons, in Markdown."""

from lms_desktop.services.seed_courses import ASSIGNMENT, TEXT, VIDEO, SampleCourse

_OPENINGS = (
    "This lesson is about **{title}**. Take your time; everything here comes back later in the course.",
    "By the end of *{title}* you can explain it to somebody else in three sentences. That is the best test there is.",
    "**{title}** looks harder than it is. Read it once without a pencil and once with one.",
    "We meet the idea behind *{title}* first in an example and only afterwards in general.",
)
_STEPS = (
    "- read the example and say aloud what you expect\n- try it yourself\n- compare, and note what surprised you",
    "1. what we already know\n2. what does not fit\n3. the idea that makes it fit\n4. practice",
    "- the words that are used\n- one picture\n- two common mistakes\n- where to read on",
)
_EXAMPLE = """\
Think of an example from your own life, and write it down: two sentences are enough.

---

Questions go to the forum."""
_EXAMPLES = {
    "programming": """\
```python
for name in ["Łukasz", "さくら", "محمد"]:
    print(f"Hello, {name}!")
```

Run it, then change one thing.""",
    "mathematics": """\
> Let *a* ≤ *b*. Then for every *c* ≥ 0: *a·c* ≤ *b·c*.

Where does the proof use *c* ≥ 0?""",
    "science": """\
| substance | formula | melting point |
|---|---|---|
| benzene | C₆H₆ | 5.5 °C |
| water | H₂O | 0.0 °C |""",
    "languages": """\
| you read | you say | it means |
|---|---|---|
| こんにちは | konnichiwa | hello |
| à bientôt | a byen-toh | see you soon |""",
    "arts": """\
Look at the picture for a full minute before you read on.

> “The eye should learn to listen before it looks.”""",
}
_ASSIGNMENT = """\
# {title}

## Task

Work alone or in pairs. Hand in **one file**, two pages at most.

## How it is marked

| what | points |
|---|---|
| content | 10 |
| form | 5 |
| courage | 5 |
"""


def lesson_content(course: SampleCourse, place: int) -> str | None:
    """What stands in the lesson of this place (from 1): text and tasks; under some videos a note, in a quiz nothing."""
    kind, title = course.lessons[place - 1]
    if kind == ASSIGNMENT:
        return _ASSIGNMENT.format(title=title)
    if kind == VIDEO and place % 2 == 0:
        return f"Transcript and notes for *{title}* follow."
    if kind != TEXT:
        return None
    opening = _OPENINGS[(place + len(title)) % len(_OPENINGS)].format(title=title)
    steps = _STEPS[(place + len(course.slug)) % len(_STEPS)]
    example = _EXAMPLES.get(course.category or "", _EXAMPLE)
    return f"# {title}\n\n{opening}\n\n## The way through\n\n{steps}\n\n## Example\n\n{example}\n"
