"""What may be typed into each kind of field, what is stored for it, and what is read again."""

import json
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_desktop.entities import User
from lms_desktop.errors import BadValue
from lms_desktop.spec import Choice, Flag, Json, Kind, Moment, Number, Option, Progress, Ref, Secret, Text
from lms_desktop.spec.kinds import INT4_MAX, INT4_MIN, python_moment, wire_moment
from lms_desktop.spec.storable import MAX_TEXT

ZONES = ("UTC", "Europe/Lisbon", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Kiritimati")
ODD_TEXTS = {
    "emoji": "well done 🎉",
    "right to left": "عمر الحسيني",
    "bidi override": "abc\u202edef",
    "joined emoji": "👩\u200d🏫",
    "decomposed": "e\u0301",
    "noncharacter": "a\ufffeb",
    "control characters": "a\x01\x1b\x7fb",
    "separators": "a\u2028b\u2029c",
    "quotes": 'O\'Hara "Bob" \\; DROP TABLE users; --',
    "wildcards": "100% a_b \\",
    "blanks around": "  x  ",
    "empty": "",
}


def refusal(kind: Kind, typed: str, zone: str = "UTC") -> str:
    """The reason why this cannot be typed."""
    with pytest.raises(BadValue) as caught:
        kind.parse(typed, zone)
    return caught.value.text


@pytest.mark.parametrize("kind", [Text(), Text("long"), Text("markdown"), Secret()], ids=repr)
@pytest.mark.parametrize("typed", ODD_TEXTS.values(), ids=ODD_TEXTS.keys())
def test_text_is_stored_exactly_as_typed(kind: Kind, typed: str) -> None:
    assert kind.parse(typed) == typed
    assert kind.edit_text(typed) == typed


@pytest.mark.parametrize(
    "kind",
    [
        Text(),
        Text("email"),
        Text("slug"),
        Choice(strict=False),
        Choice(strict=True),
        Json(),
        Moment(),
        Secret(),
        Flag(),
    ],
    ids=repr,
)
@pytest.mark.parametrize("typed", ["a\x00b", "a\ud800b"], ids=["NUL", "lone surrogate"])
def test_what_no_text_of_postgresql_can_hold_is_refused_everywhere(kind: Kind, typed: str) -> None:
    with pytest.raises(BadValue):
        kind.parse(typed)
    with pytest.raises(BadValue):
        kind.check(typed)


class TestText:
    def test_a_text_too_long_is_refused_with_both_figures(self) -> None:
        assert Text(length=255).parse("x" * 255) == "x" * 255
        assert refusal(Text(length=255), "x" * 256) == "At most 255 characters fit; this has 256."

    def test_blanks_behind_a_full_text_are_not_cut_in_silence(self) -> None:
        assert "256" in refusal(Text(length=255), "x" * 255 + " ")

    def test_an_endless_text_is_refused(self) -> None:
        assert "1,000,000" in refusal(Text("long"), "x" * (MAX_TEXT + 1))

    @pytest.mark.parametrize("typed", ["", "   ", "\u3000\n"])
    def test_a_name_may_not_be_blank(self, typed: str) -> None:
        assert refusal(Text(blank=False), typed) == "This may not be blank."

    def test_an_email_is_trimmed_and_composed(self) -> None:
        decomposed = unicodedata.normalize("NFD", "zoë@école.fr")
        assert Text("email").parse(f"  {decomposed}\n") == "zoë@école.fr"

    @pytest.mark.parametrize(
        "typed", ["", "ana", "ana@", "@school.edu", "ana@school", "a b@school.edu", "a@b@c.d", "a@b..c"]
    )
    def test_what_is_no_email_is_refused(self, typed: str) -> None:
        assert refusal(Text("email"), typed) == "An e-mail address looks like name@school.edu."

    @pytest.mark.parametrize("typed", ["", "a b", "a/b", "a?b", "a#b"])
    def test_a_short_name_must_fit_into_an_address(self, typed: str) -> None:
        assert "no blanks" in refusal(Text("slug"), typed)

    @pytest.mark.parametrize("typed", ["https://school.edu/a.png", "HTTP://x", "/files/a.png", ""])
    def test_web_addresses_and_files_of_the_school_are_taken(self, typed: str) -> None:
        assert Text("url").parse(f" {typed} ") == typed

    @pytest.mark.parametrize(
        "typed", ["javascript:alert(1)", "file:///etc/passwd", "school.edu", "https://", "http://a b"]
    )
    def test_other_addresses_are_refused(self, typed: str) -> None:
        assert "web address" in refusal(Text("url"), typed)


class TestNumber:
    @pytest.mark.parametrize(
        ("typed", "wire"),
        [("7", "7"), (" +7 ", "7"), ("-3", "-3"), ("007", "7"), ("-0", "0"), (str(INT4_MAX), str(INT4_MAX))],
    )
    def test_whole_numbers_are_taken(self, typed: str, wire: str) -> None:
        assert Number().parse(typed) == wire

    @pytest.mark.parametrize("typed", ["", "1.5", "1e3", "seven", "٣", "1 000", "0x10", "9" * 30])
    def test_anything_else_is_not_a_number(self, typed: str) -> None:
        assert refusal(Number(), typed) == "A whole number is wanted here, such as 12."

    @pytest.mark.parametrize("typed", [str(INT4_MAX + 1), str(INT4_MIN - 1)])
    def test_what_the_column_cannot_hold_is_refused(self, typed: str) -> None:
        assert "-2,147,483,648 to 2,147,483,647" in refusal(Number(), typed)

    def test_a_percentage_stays_between_its_ends(self) -> None:
        kind = Number(0, 100, "%")
        assert [kind.parse("0"), kind.parse("100")] == ["0", "100"]
        assert refusal(kind, "101") == refusal(kind, "-1") == "Only 0 to 100 is possible here."

    def test_the_unit_is_read_and_not_edited(self) -> None:
        assert (Number(unit="min").show("45"), Number(unit="min").edit_text("45")) == ("45 min", "45")
        assert Progress().show("58") == "58 %"


class TestFlag:
    KIND = Flag("Published", "Draft")

    @pytest.mark.parametrize("typed", ["yes", "TRUE", " t ", "1", "on", "published"])
    def test_yes_in_many_words(self, typed: str) -> None:
        assert self.KIND.parse(typed) == "true"

    @pytest.mark.parametrize("typed", ["no", "False", "f", "0", "off", "DRAFT"])
    def test_no_in_many_words(self, typed: str) -> None:
        assert self.KIND.parse(typed) == "false"

    @pytest.mark.parametrize("typed", ["", "maybe", "2"])
    def test_nothing_in_between(self, typed: str) -> None:
        assert refusal(self.KIND, typed) == "Only yes or no is possible here."

    def test_the_words_are_shown(self) -> None:
        assert [self.KIND.show("true"), self.KIND.show("false")] == ["Published", "Draft"]


class TestChoice:
    LEVELS = Choice((Option("beginner", "Beginner"), Option("true_false", "True or false")), length=20)

    @pytest.mark.parametrize("typed", ["beginner", "Beginner", " BEGINNER "])
    def test_value_and_label_are_understood_whatever_the_case(self, typed: str) -> None:
        assert self.LEVELS.parse(typed) == "beginner"

    def test_a_strict_choice_names_what_is_possible(self) -> None:
        assert refusal(self.LEVELS, "expert") == "Only these are possible: Beginner, True or false."

    def test_a_foreign_value_is_shown_as_it_is(self) -> None:
        assert self.LEVELS.show("expert") == "expert"

    def test_an_open_choice_takes_what_fits(self) -> None:
        kind = Choice(self.LEVELS.options, strict=False, length=6)
        assert kind.parse("matrix") == "matrix"
        assert "At most 6" in refusal(kind, "matrices")


class TestRef:
    def test_only_ids_are_taken(self) -> None:
        Ref(User).check("6f1c0a52-6c1e-4e0f-9d2b-1b7a4a0f33c1")
        assert refusal(Ref(User), "Ana Sousa") == "Choose one from the list."


class TestMoment:
    KIND = Moment()

    @pytest.mark.parametrize(
        ("typed", "zone", "wire"),
        [
            ("2026-11-20", "UTC", "2026-11-20 00:00:00+00"),
            ("2026-11-20 10:00", "Europe/Lisbon", "2026-11-20 10:00:00+00"),
            ("2026-07-20T10:00", "Europe/Lisbon", "2026-07-20 09:00:00+00"),
            ("2026-11-20 10:00:30.5", "UTC", "2026-11-20 10:00:30.5+00"),
            ("2026-11-20 10:00 Z", "America/New_York", "2026-11-20 10:00:00+00"),
            ("2026-11-20 10:00+02:00", "America/New_York", "2026-11-20 08:00:00+00"),
            ("2026-11-20 10:00 -0330", "UTC", "2026-11-20 13:30:00+00"),
            ("infinity", "UTC", "infinity"),
            ("-infinity", "UTC", "-infinity"),
        ],
    )
    def test_what_is_typed_is_meant_in_the_persons_zone(self, typed: str, zone: str, wire: str) -> None:
        assert self.KIND.parse(typed, zone) == wire
        self.KIND.check(wire)

    @pytest.mark.parametrize(
        "typed", ["", "tomorrow", "20.11.2026", "2026-13-01", "2026-02-30", "2026-11-20 24:00", "2026-11-20 10:61"]
    )
    def test_what_is_no_moment_is_refused(self, typed: str) -> None:
        assert refusal(self.KIND, typed)

    def test_an_offset_that_no_clock_has_is_refused(self) -> None:
        assert refusal(self.KIND, "2026-11-20 10:00+99:00") == "There is no such offset from UTC: +99:00."

    def test_a_time_that_the_clocks_skip_does_not_exist(self) -> None:
        reason = refusal(self.KIND, "2026-03-29 02:30", "Europe/Berlin")
        assert reason == "In Europe/Berlin the clocks go forward over 2026-03-29 02:30: this time does not exist."
        assert self.KIND.parse("2026-03-29 02:30+01:00", "Europe/Berlin") == "2026-03-29 01:30:00+00"

    def test_of_a_time_that_comes_twice_the_first_is_taken_unless_told(self) -> None:
        assert self.KIND.parse("2026-10-25 02:30", "Europe/Berlin") == "2026-10-25 00:30:00+00"
        assert self.KIND.parse("2026-10-25 02:30+01:00", "Europe/Berlin") == "2026-10-25 01:30:00+00"

    def test_the_second_of_two_times_survives_its_editor(self) -> None:
        second = "2026-10-25 01:30:00+00"
        text = self.KIND.edit_text(second, "Europe/Berlin")
        assert self.KIND.show(second, "Europe/Berlin") == "2026-10-25 02:30"
        assert self.KIND.parse(text, "Europe/Berlin") == second

    @pytest.mark.parametrize(
        "wire",
        ["infinity", "-infinity", "0044-03-15 12:00:00+00 BC", "10000-01-01 00:00:00+00", "294276-12-31 00:00:00+00"],
    )
    def test_what_pythons_calendar_does_not_hold_is_read_and_not_edited(self, wire: str) -> None:
        self.KIND.check(wire)
        assert self.KIND.show(wire, "Asia/Kathmandu") == wire
        assert not self.KIND.editable(wire)

    @pytest.mark.parametrize("wire", ["0001-01-01 00:00:00+00", "9999-12-31 23:59:59.999999+00"])
    @pytest.mark.parametrize("zone", ZONES)
    def test_the_ends_of_the_calendar_can_be_shown_in_every_zone(self, wire: str, zone: str) -> None:
        assert self.KIND.show(wire, zone)
        assert self.KIND.parse(self.KIND.edit_text(wire, zone), zone) == wire

    @given(
        moment=st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=st.just(UTC)),
        zone=st.sampled_from(ZONES),
    )
    def test_opening_and_closing_an_editor_changes_nothing(self, moment: datetime, zone: str) -> None:
        wire = wire_moment(moment)
        assert self.KIND.parse(self.KIND.edit_text(wire, zone), zone) == wire
        assert python_moment(wire) == moment

    @given(
        naive=st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(
            lambda m: m.replace(second=0, microsecond=0)
        ),
        zone=st.sampled_from(ZONES),
    )
    def test_what_was_typed_is_what_is_shown(self, naive: datetime, zone: str) -> None:
        typed = naive.strftime("%Y-%m-%d %H:%M")
        try:
            wire = self.KIND.parse(typed, zone)
        except BadValue:
            skipped = naive.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).astimezone(ZoneInfo(zone))
            assert skipped.replace(tzinfo=None) != naive
        else:
            assert wire is not None
            assert self.KIND.show(wire, zone) == typed

    @given(typed=st.text(max_size=40))
    def test_whatever_is_typed_is_a_moment_or_refused(self, typed: str) -> None:
        try:
            wire = self.KIND.parse(typed, "America/New_York")
        except BadValue:
            return
        assert wire is not None
        self.KIND.check(wire)

    def test_wire_moments_look_as_postgresql_prints_them(self) -> None:
        moment = datetime(2026, 11, 20, 10, 0, 0, 120_000, timezone(timedelta(hours=2)))
        assert wire_moment(moment) == "2026-11-20 08:00:00.12+00"


class TestJson:
    @pytest.mark.parametrize(
        "typed",
        [
            '{"b":1,  "a":2, "b":3}',
            " [1,\n2] ",
            "null",
            '"text"',
            "123456789012345678901234567890.10",
            "9" * 5000,
            r'"\ud83c\udf89 \u00e9"',
            "[" * 150 + "]" * 150,
        ],
    )
    def test_json_is_kept_byte_for_byte(self, typed: str) -> None:
        assert Json().parse(typed) == typed
        assert Json().edit_text(typed) == typed

    @pytest.mark.parametrize(
        "typed",
        [
            "",
            "{",
            "{'a': 1}",
            "[1,]",
            "NaN",
            "[Infinity]",
            "-Infinity",
            "1e400",
            r'"\u0000"',
            r'{"\u0000": 1}',
            r'["\ud800"]',
            "[" * 900 + "]" * 900,
            "[" * 100_000,
            '"a\nb"',
        ],
    )
    def test_what_could_not_be_read_back_is_refused(self, typed: str) -> None:
        assert refusal(Json(), typed)

    def test_the_place_of_a_mistake_is_told(self) -> None:
        assert "line 2, column 6" in refusal(Json(), '{"a": 1,\n "b" 2}')

    def test_the_shape_is_checked(self) -> None:
        assert "object" in refusal(Json("object"), "[]")
        assert "list" in refusal(Json("list"), "{}")
        assert Json("object").parse("{}") == "{}"

    def test_a_cell_shows_it_on_one_line(self) -> None:
        assert Json().show('{"a":\n   1}') == '{"a": 1}'

    @given(
        value=st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
            lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
            max_leaves=20,
        )
    )
    def test_whatever_json_can_say_is_taken_but_nul(self, value: object) -> None:
        wire = json.dumps(value)
        if "\\u0000" in wire.replace("\\\\", ""):
            refusal(Json(), wire)
        else:
            assert Json().parse(wire) == wire
