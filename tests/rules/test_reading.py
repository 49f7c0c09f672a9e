"""Policy files: each mistake named, with what was expected and found; and any text gives a policy or an error."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.rules.places import file_of, place, provision, toml

from cadreledger.errors import InputError
from cadreledger.rules import (
    NATIONAL_VERSION,
    RULES,
    Band,
    Binding,
    Cadence,
    Certainty,
    Every,
    Policy,
    Range,
    Rounding,
    Share,
    declared,
    national,
    read_policy,
)
from cadreledger.rules.reading import TEXT_BYTES_MAX
from cadreledger.values import Month, yuan

JULY = Month(2021, 7)
HEAD = 'version = "place/1"\nbased_on = "cn-2008/1"\n'
FIXED = provision("dues.fixed", '"0.20"')
BANDS = "dues.retired"


def with_(old: str, new: str) -> str:
    """A whole file with one part of it replaced."""
    text = HEAD + FIXED
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("rule", "written", "value"),
    [
        ("dues.fixed", '"0.20"', yuan("0.20")),
        ("dues.farmers", '{ least = "0.20", most = "1.00" }', Range(yuan("0.20"), yuan(1))),
        ("dues.farmers", '{ most = "1.00", least = "1.00" }', Range(yuan(1), yuan(1))),
        (BANDS, '[{ rate = "0.75 %" }]', (Band(None, 75),)),
        (BANDS, '[{ up_to = "1.00", rate = "0 %" }, { rate = "100%" }]', (Band(yuan(1), 0), Band(None, 10_000))),
        (BANDS, '[{ up_to = "1.00", rate = "0.5 %" }, { rate = "1.25 %" }]', (Band(yuan(1), 50), Band(None, 125))),
        ("dues.prepaid_months_max", "0", 0),
        ("dues.prepaid_months_max", "9999", 9_999),
        ("branch.committee_size", "{ least = 3, most = 5 }", Range(3, 5)),
        ("dues.topped_up", "false", False),
        ("dues.rounding", '"jiao_up"', Rounding.JIAO_UP),
        ("meeting.party_day", '{ times = 2, every = "month" }', Cadence(2, Every.MONTH)),
        ("meeting.quorum", '"1"', Share("1")),
        ("meeting.quorum", '"0.666667"', Share("0.666667")),
        ("cadre.veteran_before", "1949-10-01", None),
        ("fund.uses", '["training"]', ("training",)),
    ],
)
def test_every_kind_of_answer_is_read(rule: str, written: str, value: object) -> None:
    found = read_policy(place(rule, written)).at(RULES[rule], JULY)
    assert found.value == (national().at(RULES[rule], JULY).value if value is None else value)
    assert RULES[rule].kind.said(found.value)


def test_what_a_place_may_leave_out_and_what_it_may_say() -> None:
    plain = read_policy(place("dues.fixed", '"0.20"')).at(declared.FIXED, JULY)
    assert (plain.certainty, plain.binding, plain.en, plain.zh) == (Certainty.CONFIRMED, Binding.COMPUTE, "", "")
    words = {"certainty": "proposed", "binding": "note", "en": "As before.", "zh": "照旧。"}
    whole = read_policy(HEAD + 'name = "永兴社区"\n' + provision("dues.fixed", '"0.20"', "2021-07", **words))
    found = whole.at(declared.FIXED, JULY)
    assert (found.certainty, found.binding, found.en, found.zh) == (
        Certainty.PROPOSED,
        Binding.NOTE,
        "As before.",
        "照旧。",
    )


def test_the_version_of_a_national_policy_alone_stands_for_it() -> None:
    assert read_policy(f'version = "{NATIONAL_VERSION}"\n') == national()


def test_windows_line_ends_make_no_difference() -> None:
    text = HEAD + FIXED
    assert read_policy(text.replace("\n", "\r\n")) == read_policy(text)


# --- what is refused: the file, what is wrong, what was expected, what was found --------------------------------------

WHOLE_FILE = {
    "nothing": ("", "a policy file needs its version", "a name, a slash and a number, such as daan/1", "none"),
    "no TOML": ("version: place/1", "a policy file is not TOML", "TOML 1.0", None),
    "NUL": (with_("an order", "an\0order"), "a policy file is not TOML", "TOML 1.0", None),
    "a day that is none": (with_('"2008-04"', "2008-04-31"), "a policy file is not TOML", "TOML 1.0", None),
    "a key twice": (HEAD + HEAD, "a policy file is not TOML", "TOML 1.0", None),
    "lists in lists": (HEAD + "x = " + "[" * 7_000, "a policy file is not TOML", "TOML 1.0", None),
    "tables in tables": (HEAD + "x = " + "{a=" * 4_000, "a policy file is not TOML", "TOML 1.0", None),
    "a number without end": (with_('"0.20"', "9" * 9_000), "a policy file is not TOML", "TOML 1.0", None),
    "a lone surrogate": (
        with_("an order", "an \ud800 order"),
        "a policy file is not text that can be stored",
        "UTF-8, without lone surrogates",
        "",
    ),
    "a million characters": (
        "#" * 10**6,
        "a policy file is too long to stand in an event",
        f"at most {TEXT_BYTES_MAX} bytes",
        "1000000",
    ),
    "an unknown key": (
        HEAD + "provisions = []",
        "a policy file has an unknown key",
        "version, based_on, name, provision",
        "provisions",
    ),
    "a version without number": (
        with_('"place/1"', '"place"'),
        "a policy file needs its version",
        "a name, a slash and a number, such as daan/1",
        "place",
    ),
    "a version in Chinese": (
        with_('"place/1"', '"大安/1"'),
        "a policy file needs its version",
        "a name, a slash and a number, such as daan/1",
        "大安/1",
    ),
    "a version that is a number": (
        with_('"place/1"', "1.0"),
        "a policy file needs its version",
        "a name, a slash and a number, such as daan/1",
        "float",
    ),
    "a version with a path": (
        with_('"place/1"', '"../place/1"'),
        "a policy file needs its version",
        "a name, a slash and a number, such as daan/1",
        "../place/1",
    ),
    "based on nothing": (
        with_('based_on = "cn-2008/1"\n', ""),
        "a policy file needs its based_on",
        "a name, a slash and a number, such as daan/1",
        "none",
    ),
    "based on a place": (
        with_('"cn-2008/1"', '"daan/1"'),
        "this release has no such national policy",
        "cn-2008/1",
        "daan/1",
    ),
    "based on a later one": (
        with_('"cn-2008/1"', '"cn-2030/1"'),
        "this release has no such national policy",
        "cn-2008/1",
        "cn-2030/1",
    ),
    "a national name": (
        with_('"place/1"', '"cn-daan/1"'),
        "a place's policy has the name of a national one",
        "a version of its own",
        "cn-daan/1",
    ),
    "the nation's own name": (
        with_('"place/1"', '"cn-2008/1"'),
        "a place's policy has the name of a national one",
        "a version of its own",
        "cn-2008/1",
    ),
    "an unknown national version alone": (
        'version = "cn-2030/1"',
        "this release has no such national policy",
        "cn-2008/1",
        "cn-2030/1",
    ),
    "no provision": (HEAD, "a policy file says nothing", "at least one [[provision]]", ""),
    "a name that is none": (
        HEAD + "name = 7",
        "name is missing, or has a wrong form",
        "text of 1 to 400 characters",
        "int",
    ),
    "provisions that are no tables": (
        HEAD + "provision = 7",
        "provisions have a wrong form",
        "at most 1000 tables [[provision]]",
        "",
    ),
    "one table for many": (
        HEAD + FIXED.replace("[[provision]]", "[provision]"),
        "provisions have a wrong form",
        "at most 1000 tables [[provision]]",
        "",
    ),
    "a provision that is no table": (
        HEAD + "provision = [7]",
        "provision 1 is no table",
        "a table [[provision]]",
        "int",
    ),
    "an unknown rule": (
        with_('"dues.fixed"', '"dues.fixd"'),
        "provision 1 is of no known rule",
        "a rule of the reference",
        "dues.fixd",
    ),
    "no rule": (
        with_('rule = "dues.fixed"\n', ""),
        "provision 1 is of no known rule",
        "a rule of the reference",
        "none",
    ),
    "a rule that is no name": (
        with_('rule = "dues.fixed"', "rule" + ".a" * 3_000 + " = 1"),
        "provision 1 is of no known rule",
        "a rule of the reference",
        "dict",
    ),
    "the second of two": (
        HEAD + FIXED + FIXED.replace("dues.fixed", "dues.fixd"),
        "provision 2 is of no known rule",
        "a rule of the reference",
        "dues.fixd",
    ),
}


@pytest.mark.parametrize(("text", "what", "expected", "found"), WHOLE_FILE.values(), ids=WHOLE_FILE)
def test_a_file_that_is_wrong_is_refused_with_what_is_wrong(text: str, what: str, expected: str, found: str) -> None:
    with pytest.raises(InputError) as caught:
        read_policy(text)
    error = caught.value
    assert (error.what, error.expected) == (what, expected)
    assert error.found == found if found is not None else error.found
    assert error.hint


MONEY = 'an amount as text, "1000.00"'
RATE = 'a rate as text, "0.5 %", with at most two decimals'
BANDS_RISE = "rising up_to, and a last band without one"
SHARES = "a decimal from 0 to 1 such as '0.70'"
WRONG = "a provision has a wrong value"
COUNTS = "a whole number from 0 to 9999"
VALUES = [
    ("dues.fixed", "0.20", WRONG, MONEY, "float"),
    ("dues.fixed", "nan", WRONG, MONEY, "float"),
    ("dues.fixed", "20", WRONG, MONEY, "20"),
    ("dues.fixed", "[]", WRONG, MONEY, "list"),
    ("dues.fixed", "true", WRONG, MONEY, "bool"),
    ("dues.fixed", "2021-07-05", WRONG, MONEY, "date"),
    ("dues.fixed", '"-0.20"', "an amount of a policy is negative", "0.00 or more", "-0.20"),
    ("dues.fixed", '"0.201"', "an amount of yuan cannot be read", "digits and at most two decimals", "'0.201'"),
    ("dues.fixed", '"２０"', "an amount of yuan cannot be read", "digits and at most two decimals", "'２０'"),
    ("dues.fixed", '""', "an amount of yuan cannot be read", "digits and at most two decimals", "''"),
    ("dues.fixed", '"99999999999999"', "an amount is too large", "at most 9007199254740991 fen", "9999999999999900"),
    ("dues.farmers", '{ least = "0.20" }', WRONG, "a table of least, most", "dict"),
    ("dues.farmers", '{ least = "0.20", most = "1.00", or = 1 }', WRONG, "a table of least, most", "dict"),
    ("dues.farmers", '{ least = 0.2, most = "1.00" }', WRONG, MONEY, "float"),
    ("dues.farmers", '{ least = "1.01", most = "1.00" }', "a range ends before it begins", "most from 1.01 on", "1.00"),
    ("dues.farmers", '"0.20"', WRONG, "a table of least, most", "0.20"),
    ("branch.committee_size", "{ least = 5, most = 3 }", "a range ends before it begins", "most from 5 on", "3"),
    (BANDS, '[{ rate = "101 %" }]', "a rate is more than the whole", "at most 100 %", "101 %"),
    (BANDS, '[{ rate = "100.01 %" }]', "a rate is more than the whole", "at most 100 %", "100.01 %"),
    (BANDS, '[{ rate = "0.125 %" }]', WRONG, RATE, "0.125 %"),
    (BANDS, '[{ rate = "-1 %" }]', WRONG, RATE, "-1 %"),
    (BANDS, '[{ rate = "1" }]', WRONG, RATE, "1"),
    (BANDS, "[{ rate = 0.5 }]", WRONG, RATE, "float"),
    (BANDS, "[]", WRONG, "a list of bands", "list"),
    (BANDS, "{}", WRONG, "a list of bands", "dict"),
    (BANDS, "[7]", WRONG, "a table of rate, up_to", "7"),
    (BANDS, '[{ up_to = "5.00" }]', WRONG, "a table of rate, up_to", "dict"),
    (BANDS, '[{ up_to = "5.00", rate = "1 %" }]', "bands do not cover every base", BANDS_RISE, ""),
    (BANDS, '[{ rate = "1 %" }, { rate = "2 %" }]', "bands do not cover every base", BANDS_RISE, ""),
    (
        BANDS,
        '[{ up_to = "5.00", rate = "1 %" }, { up_to = "5.00", rate = "2 %" }, { rate = "3 %" }]',
        "bands do not cover every base",
        BANDS_RISE,
        "",
    ),
    (
        BANDS,
        '[{ up_to = "6.00", rate = "1 %" }, { up_to = "5.00", rate = "2 %" }, { rate = "3 %" }]',
        "bands do not cover every base",
        BANDS_RISE,
        "",
    ),
    (BANDS, "[" + '{ rate = "1 %" },' * 33 + "]", WRONG, "a list of bands", "list"),
    ("dues.prepaid_months_max", "6.0", WRONG, COUNTS, "float"),
    ("dues.prepaid_months_max", '"6"', WRONG, COUNTS, "6"),
    ("dues.prepaid_months_max", "-1", WRONG, COUNTS, "-1"),
    ("dues.prepaid_months_max", "10000", WRONG, COUNTS, "10000"),
    ("dues.prepaid_months_max", "true", WRONG, COUNTS, "bool"),
    ("dues.prepaid_months_max", "0x" + "f" * 9_000, WRONG, COUNTS, "int"),
    ("dues.topped_up", "1", WRONG, "true or false", "1"),
    ("dues.topped_up", '"true"', WRONG, "true or false", "true"),
    ("dues.rounding", '"bankers"', WRONG, "one of fen_half_up, jiao_up", "bankers"),
    ("dues.rounding", "[[]]", WRONG, "one of fen_half_up, jiao_up", "list"),
    ("dues.changed", '"never"', WRONG, "one of from_the_month, next_year", "never"),
    ("meeting.party_day", '{ times = 0, every = "month" }', "a cadence asks for nothing", "at least 1 time", "0"),
    ("meeting.party_day", '{ times = 1, every = "week" }', WRONG, "one of month, quarter, year", "week"),
    ("meeting.party_day", '{ every = "month" }', WRONG, "a table of times, every", "dict"),
    ("meeting.quorum", '"1.01"', "a share cannot be read", SHARES, "1.01"),
    ("meeting.quorum", '"-0.5"', "a share cannot be read", SHARES, "-0.5"),
    ("meeting.quorum", '"50 %"', "a share cannot be read", SHARES, "50 %"),
    ("meeting.quorum", "0.5", WRONG, 'a share as text, "0.70"', "float"),
    ("meeting.quorum", "1", WRONG, 'a share as text, "0.70"', "1"),
    ("cadre.veteran_before", '"1949-10-01"', WRONG, "a date such as 1949-10-01", "1949-10-01"),
    ("cadre.veteran_before", "1949-10-01T00:00:00", WRONG, "a date such as 1949-10-01", "datetime"),
    ("fund.uses", "[]", WRONG, "a list of words", "list"),
    ("fund.uses", '"training"', WRONG, "a list of words", "training"),
    ("fund.uses", '["training", 7]', WRONG, "words of small letters and underscores", "7"),
    ("fund.uses", '["Training"]', WRONG, "words of small letters and underscores", "Training"),
    ("fund.uses", '["visits", "visits"]', "a word stands twice in a list", "each word once", ""),
    ("masking.name", '"whole"', WRONG, "one of surname_mou, surname_only, hidden", "whole"),
]


@pytest.mark.parametrize(("rule", "value", "what", "expected", "found"), VALUES)
def test_a_wrong_value_is_refused_with_its_rule(rule: str, value: str, what: str, expected: str, found: str) -> None:
    with pytest.raises(InputError) as caught:
        read_policy(place(rule, value))
    error = caught.value
    assert (error.what, error.expected, error.found) == (f"provision 1 ({rule}): {what}", expected, found)
    assert error.hint


TEXT = "text of 1 to 400 characters"
PARTS = [
    ('citation = "an order of this place"\n', "", "citation is missing, or has a wrong form", TEXT, "none"),
    ('"an order of this place"', '"  "', "citation is missing, or has a wrong form", TEXT, "2 characters"),
    ('"an order of this place"', "7", "citation is missing, or has a wrong form", TEXT, "int"),
    (
        '"an order of this place"',
        f'"{"x" * 401}"',
        "citation is missing, or has a wrong form",
        TEXT,
        "401 characters",
    ),
    ('from = "2008-04"\n', "", "from is missing, or has a wrong form", TEXT, "none"),
    ('"2008-04"', "2008-04-01", "from is missing, or has a wrong form", TEXT, "date"),
    ('"2008-04"', '"2008-4"', "a month cannot be read", "YYYY-MM", "'2008-4'"),
    ('"2008-04"', '"2008-13"', "a month has a wrong number", "an int in 1..12", "13"),
    ('"2008-04"', '"1899-12"', "a month has a wrong year", "an int in 1900..9998", "1899"),
    ('value = "0.20"\n', "", "a value is missing", '"1000.00"', ""),
]


@pytest.mark.parametrize(("old", "new", "what", "expected", "found"), PARTS)
def test_a_provision_without_its_parts_is_refused(old: str, new: str, what: str, expected: str, found: str) -> None:
    with pytest.raises(InputError) as caught:
        read_policy(with_(old, new))
    error = caught.value
    assert (error.what, error.expected, error.found) == (f"provision 1 (dues.fixed): {what}", expected, found)


@pytest.mark.parametrize(
    ("line", "what", "found"),
    [
        ('certainty = "sure"', "certainty is missing, or no such word", "sure"),
        ("certainty = 7", "certainty is missing, or no such word", "7"),
        ('binding = "forbid"', "binding is missing, or no such word", "forbid"),
        ("en = 7", "en is missing, or has a wrong form", "int"),
        ("zh = []", "zh is missing, or has a wrong form", "list"),
        ('source = "us"', "has an unknown key", "source"),
        ('version = "us/1"', "has an unknown key", "version"),
    ],
)
def test_a_wrong_word_of_a_provision_is_refused(line: str, what: str, found: str) -> None:
    with pytest.raises(InputError, match=rf"provision 1 \(dues\.fixed\):? {what}") as caught:
        read_policy(HEAD + FIXED + line)
    assert caught.value.found == found


def test_a_rule_that_no_national_policy_settles_needs_its_binding_said() -> None:
    with pytest.raises(InputError, match="binding is missing") as caught:
        read_policy(place("fund.returned_share", '"0.60"'))
    assert caught.value.expected == "one of refuse, warn, compute, note"
    assert read_policy(place("fund.returned_share", '"0.60"', binding="refuse")).version == "place/1"


@pytest.mark.parametrize("junk", [None, 7, b"version", Path("place.toml"), ["version"], str])
def test_what_is_no_text_is_refused(junk: str) -> None:
    with pytest.raises(InputError, match="a policy is not text") as caught:
        read_policy(junk)
    assert caught.value.found == type(junk).__name__


# --- what fits an event -----------------------------------------------------------------------------------------------


def filled(filler: str, size: int) -> str:
    """A policy whose text takes ``size`` bytes as JSON, most of them a comment of ``filler``."""
    text = HEAD + FIXED + "# "
    room, width = size - as_json(text), as_json(filler) - 2
    return text + filler * (room // width) + "x" * (room % width)


def as_json(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode())


@pytest.mark.parametrize("filler", ["x", '"', "\\", "党", "𠮷", "\t", "é"])
def test_the_longest_file_is_measured_as_an_event_holds_it(filler: str) -> None:
    longest = filled(filler, TEXT_BYTES_MAX)
    assert as_json(longest) == TEXT_BYTES_MAX
    assert read_policy(longest).version == "place/1"
    with pytest.raises(InputError, match="too long to stand in an event"):
        read_policy(longest + "x")


# --- anything at all --------------------------------------------------------------------------------------------------

JUNK = st.recursive(
    st.integers(-(10**20), 10**20) | st.booleans() | st.text(max_size=8) | st.dates() | st.sampled_from(["0.5", "1 %"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["rate", "up_to", "least", "most", "times", "every"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def policy_or_error(text: str) -> Policy | InputError:
    try:
        return read_policy(text)
    except InputError as error:
        refused = error
    assert refused.what
    assert all(len(part) < 500 for part in (refused.what, refused.expected, refused.found, refused.hint))
    return refused


@given(st.text() | st.text(st.characters(codec=None)))
@example("\ufeff" + HEAD + FIXED)
@example("rule" + ".a" * 7_000 + "=1")
def test_any_text_gives_a_policy_or_an_error(text: str) -> None:
    for wrapped in (text, HEAD + text, HEAD + FIXED + text, with_("an order", text)):
        policy_or_error(wrapped)


@given(st.sampled_from(sorted(RULES)), JUNK)
def test_any_value_gives_a_policy_or_an_error(rule: str, value: object) -> None:
    found = policy_or_error(place(rule, toml(value), binding="note"))
    if isinstance(found, Policy):
        provision = found.at(RULES[rule], JULY)
        assert RULES[rule].kind.said(provision.value)


@given(st.dictionaries(st.sampled_from(["rule", "from", "value", "citation", "certainty", "binding", "en"]), JUNK))
def test_any_provision_gives_a_policy_or_an_error(table: dict[str, object]) -> None:
    lines = "".join(f"{key} = {toml(value)}\n" for key, value in table.items())
    policy_or_error(file_of(["[[provision]]\n" + lines]))


@given(st.integers(0, len(HEAD + FIXED)), st.sampled_from("\"'[]{}=.#\n \\0x"), st.booleans())
def test_a_file_with_a_slip_of_the_pen_gives_a_policy_or_an_error(place: int, slip: str, put_in: bool) -> None:  # noqa: FBT001
    text = HEAD + FIXED
    policy_or_error(text[:place] + slip + text[place + (not put_in) :])


READERS: list[Callable[[object], object]] = [rule.kind.read for rule in RULES.values()]


@given(st.sampled_from(READERS), JUNK | st.floats() | st.none() | st.binary())
def test_a_kind_reads_a_value_or_refuses_it(read: Callable[[object], object], value: object) -> None:
    with suppress(InputError):
        read(value)
        assert not isinstance(value, float)
