"""Moodle's XML: what is written is read again; what Moodle writes is understood, or it is said that it is not."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_desktop.services.teaching.moodle_xml import parse, render, unwritable
from lms_desktop.services.teaching.questions import ESSAY, MULTIPLE_CHOICE, SHORT_ANSWER, TRUE_FALSE, Option, Reading
from tests.services.teaching.made_questions import readings

MOODLE = """\
<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<!-- question: 0  -->
  <question type="category">
    <category><text>$course$/top/Default for Algebra</text></category>
    <info format="moodle_auto_format"><text>The default category.</text></info>
  </question>
<!-- question: 11  -->
  <question type="multichoice">
    <name><text>Colours</text></name>
    <questiontext format="html">
      <text><![CDATA[<p>What is between <b>orange</b> &amp; green?</p><ul><li>think</li><li>look</li></ul>]]></text>
    </questiontext>
    <generalfeedback format="html"><text></text></generalfeedback>
    <defaultgrade>2.0000000</defaultgrade>
    <penalty>0.3333333</penalty>
    <hidden>0</hidden>
    <idnumber></idnumber>
    <single>true</single>
    <shuffleanswers>true</shuffleanswers>
    <answernumbering>abc</answernumbering>
    <correctfeedback format="html"><text>Your answer is correct.</text></correctfeedback>
    <answer fraction="100" format="html">
      <text><![CDATA[<p>yellow<br></p>]]></text>
      <feedback format="html"><text></text></feedback>
    </answer>
    <answer fraction="0" format="html"><text>&lt;p&gt;red&lt;/p&gt;</text></answer>
  </question>
  <question type="multichoice">
    <name><text>Primes</text></name>
    <questiontext format="markdown"><text>Which are *prime*?</text></questiontext>
    <defaultgrade>0.5000000</defaultgrade>
    <single>false</single>
    <answer fraction="50"><text>2</text><feedback><text>Even so.</text></feedback></answer>
    <answer fraction="50"><text>3</text></answer>
    <answer fraction="-100"><text>4</text></answer>
  </question>
  <question type="truefalse">
    <name><text>Moodle</text></name>
    <questiontext format="html">
      <text><![CDATA[<p>See <img src="@@PLUGINFILE@@/logo.png" alt="the logo">.</p>]]></text>
      <file name="logo.png" path="/" encoding="base64">iVBORw0KGgo=</file>
    </questiontext>
    <defaultgrade>1</defaultgrade>
    <answer fraction="0" format="moodle_auto_format"><text>true</text></answer>
    <answer fraction="100" format="moodle_auto_format"><text>false</text></answer>
  </question>
  <question type="shortanswer">
    <name><text>Tomb</text></name>
    <questiontext format="moodle_auto_format"><text>Who is buried
in Grant's tomb?</text></questiontext>
    <usecase>1</usecase>
    <answer fraction="100" format="moodle_auto_format"><text> no one </text></answer>
    <answer fraction="100" format="moodle_auto_format"><text>a \\* star</text></answer>
    <answer fraction="25" format="moodle_auto_format"><text>Grant</text></answer>
    <answer fraction="0" format="moodle_auto_format"><text>*</text></answer>
  </question>
  <question type="numerical">
    <name><text>Four</text></name>
    <questiontext format="html"><text>2 + 2</text></questiontext>
    <answer fraction="100" format="moodle_auto_format"><text>4</text><tolerance>0</tolerance></answer>
  </question>
  <question type="numerical">
    <name><text>Pi</text></name>
    <questiontext format="html"><text>π</text></questiontext>
    <answer fraction="100" format="moodle_auto_format"><text>3.14</text><tolerance>0.01</tolerance></answer>
  </question>
  <question type="matching"><name><text>M</text></name></question>
  <question type="multianswer"><name><text>Cloze</text></name></question>
  <question type="description"><name><text>Note</text></name></question>
  <question type="essay">
    <name><text>Say</text></name>
    <questiontext format="html"><text><![CDATA[<p>Why?</p><pre>  if x &lt; 1:
    pass</pre><p>Use <code>pass</code>, 2<sup>10</sup>.</p>]]></text></questiontext>
    <responseformat>editor</responseformat>
  </question>
</quiz>
"""


def test_an_export_of_moodle_is_read() -> None:
    parsed = parse(MOODLE.encode())
    assert parsed.questions == (
        Reading(
            MULTIPLE_CHOICE,
            "What is between orange & green?\n\n- think\n- look",
            (Option("yellow"), Option("red")),
            (0,),
            points=2,
        ),
        Reading(MULTIPLE_CHOICE, "Which are *prime*?", (Option("2"), Option("3"), Option("4")), (0, 1)),
        Reading(TRUE_FALSE, "See the logo.", truth=False),
        Reading(SHORT_ANSWER, "Who is buried\nin Grant's tomb?", accepted=("no one", "a * star")),
        Reading(SHORT_ANSWER, "2 + 2", accepted=("4",)),
        Reading(ESSAY, "Why?\n\n  if x < 1:\n    pass\n\nUse `pass`, 2¹⁰."),
    )
    assert [(problem.line, str(problem.sentence)) for problem in parsed.problems] == [
        (4, "Categories are left out: the questions come into one quiz."),
        (29, "Points are whole numbers here: 0.5000000 became 1."),
        (29, "Feedback is left out: there is no place for it here."),
        (38, "Pictures and sounds are left out."),
        (48, "Capitals do not count in short answers here."),
        (48, "Answers that give a part of the points are left out or wrong here: Grant."),
        (58, "This numerical question was taken as one with a short answer."),
        (63, "Numerical questions are not known here: this one was left out."),
        (68, "Matching questions are not known here: this one was left out."),
        (69, "multianswer questions are not known here: this one was left out."),
        (70, "This is a text without a question: it was left out."),
    ]


BOMB = """<?xml version="1.0"?>
<!DOCTYPE quiz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>
<quiz><question type="essay"><questiontext><text>&c;</text></questiontext></question></quiz>"""
THIEF = """<?xml version="1.0"?>
<!DOCTYPE quiz [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<quiz><question type="essay"><questiontext><text>&a;</text></questiontext></question></quiz>"""
CALLER = """<!DOCTYPE quiz SYSTEM "http://127.0.0.1:9/quiz.dtd"><quiz/>"""


@pytest.mark.parametrize("source", [BOMB, THIEF, CALLER])
def test_no_entity_is_expanded_and_nothing_is_fetched(source: str) -> None:
    parsed = parse(source)
    assert parsed.questions == ()
    assert [str(problem.sentence) for problem in parsed.problems] == [
        "This file has a document type declaration, which no export of Moodle has: it was not read."
    ]


@pytest.mark.parametrize(
    ("source", "line", "sentence"),
    [
        ("", 1, "This is not well-formed XML: no element found."),
        ("<quiz>\n<question>\n</quiz>", 3, "This is not well-formed XML: mismatched tag."),
        ("<quiz>&nbsp;</quiz>", 1, "This is not well-formed XML: undefined entity."),
        ("<html><body/></html>", 0, "This is XML, but not the XML of a Moodle quiz."),
        ("<quiz/>", 0, "There are no questions in this."),
        ("<quiz>" + "<a>" * 100 + "</a>" * 100 + "</quiz>", 0, "This XML is nested too deeply."),
    ],
)
def test_what_is_no_quiz_is_refused_with_a_reason(source: str, line: int, sentence: str) -> None:
    parsed = parse(source)
    assert [(problem.line, str(problem.sentence)) for problem in parsed.problems] == [(line, sentence)]
    assert parsed.questions == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_bytes_are_read_in_the_encoding_that_they_name(encoding: str) -> None:
    source = render([Reading(ESSAY, "Où est l’été ?".replace("’", "'"))]).replace("UTF-8", encoding)
    assert [question.text for question in parse(source.encode(encoding)).questions] == ["Où est l'été ?"]
    assert [question.text for question in parse(source).questions] == ["Où est l'été ?"]


def test_it_is_written_as_moodle_reads_it() -> None:
    questions = [
        Reading(MULTIPLE_CHOICE, "a < b?\n", (Option("<b>"), Option("]]>"), Option("c")), (0, 2), points=3),
        Reading(SHORT_ANSWER, "s", accepted=("a*b",)),
        Reading("matching", "left out"),
    ]
    root = ElementTree.fromstring(render(questions))
    assert [question.get("type") for question in root] == ["multichoice", "shortanswer"]
    choice, short = root
    assert choice.findtext("questiontext/text") == "a < b?\n"
    assert choice.findtext("name/text") == "a < b?"
    assert (choice.findtext("defaultgrade"), choice.findtext("single")) == ("3", "false")
    assert [(a.get("fraction"), a.findtext("text")) for a in choice.iter("answer")] == [
        ("50", "<b>"),
        ("-100", "]]>"),
        ("50", "c"),
    ]
    assert [(a.get("fraction"), a.findtext("text")) for a in short.iter("answer")] == [("100", "a\\*b")]


def test_characters_that_xml_cannot_hold_are_left_out() -> None:
    assert parse(render([Reading(ESSAY, "a\x00b\x0bc\ufffed\ud800e\rf")])).questions == (Reading(ESSAY, "abcde\rf"),)


@given(st.lists(readings(), max_size=4))
def test_what_is_written_is_read_again(questions: list[Reading]) -> None:
    kept = tuple(question for question in questions if not unwritable(question))
    assert parse(render(questions)).questions == kept


@given(st.one_of(st.text(), st.binary()))
def test_nothing_is_too_odd(source: str | bytes) -> None:
    parse(source)
