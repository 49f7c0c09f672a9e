"""Names of streams, codes and actors: one spelling each, and nobody's name in an actor."""

import re
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from tests.strategies import actors, hexadecimal, streams, streams_of

from cadreledger.errors import InputError
from cadreledger.events.community import NUMBER
from cadreledger.values import (
    StreamKind,
    actor,
    ascii_code,
    code,
    names_stream,
    readable_code,
    stream_id,
    stream_kind,
    well_formed,
)
from cadreledger.values.identity import CODE_CHARS_MAX

SINGLE = [kind for kind in StreamKind if kind.is_single]
RANDOM = [kind for kind in StreamKind if kind.is_random]
CODED = [kind for kind in StreamKind if not kind.is_single and not kind.is_random]


@given(st.text())
def test_a_code_has_one_spelling(text: str) -> None:
    try:
        found = code(text)
    except InputError:
        return
    assert code(found) == found == unicodedata.normalize("NFKC", found)
    assert code(f" {found}\u3000") == found
    assert 1 <= len(found) <= CODE_CHARS_MAX
    assert not any(char.isspace() for char in found)
    assert found.isprintable()


@pytest.mark.parametrize(("text", "expected"), [("ＹＸＺ１", "YXZ1"), (" C-1 ", "C-1"), ("永兴①", "永兴1"), ("é", "é")])
def test_codes_in_examples(text: str, expected: str) -> None:
    assert code(text) == expected


@pytest.mark.parametrize(
    "text", ["", " ", "a b", "a\nb", "a\u200bb", "a\u2028b", "\ud800", "\ue000", "x" * 65, None, 7, b"C1"]
)
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        code(text)


def test_the_longest_code() -> None:
    assert code("x" * CODE_CHARS_MAX)
    with pytest.raises(InputError):
        code("㍿" * 17)  # each becomes four characters


# --- codes in headers -------------------------------------------------------------------------------------------------

numbers = st.text("0123456789-._/()ABxnz永兴公示社区〔〕第号甲é", min_size=1, max_size=24)
"""Such as offices give to notices, and more."""


def in_a_header(text: str) -> str | None:
    """`ascii_code`, or None where it refuses; it never raises anything else."""
    try:
        return ascii_code(text)
    except InputError:
        return None


@given(numbers | st.text())
@example("2021-1")
@example("公示2021-1")
@example("xn--2021")
@example("永" * CODE_CHARS_MAX)
def test_a_code_in_a_header_is_ascii_and_can_be_read_back(text: str) -> None:
    found = in_a_header(text)
    if found is not None:
        assert re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z._/()-]{0,99}", found, re.ASCII)
        assert re.fullmatch(NUMBER, found, re.ASCII), "a notice's header could not hold it"
        assert readable_code(found) == code(text)
        assert (found == code(text)) is code(text).isascii()


@given(numbers, numbers)
def test_two_codes_are_two_in_a_header(one: str, other: str) -> None:
    found = in_a_header(one), in_a_header(other)
    assume(None not in found)
    assert (found[0] == found[1]) is (code(one) == code(other))


@given(numbers)
def test_spellings_of_one_code_are_one_in_a_header(text: str) -> None:
    wide = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)
    assert in_a_header(f" {wide}\u3000") == in_a_header(text)


@given(st.text("0123456789", min_size=1, max_size=6), st.sampled_from(["公示", "公示第", "永兴"]))
def test_an_offices_numbers_fit_into_a_header(number: str, before: str) -> None:
    assert readable_code(ascii_code(f"{before}{number}")) == f"{before}{number}"
    assert ascii_code(f"2021-{number}") == f"2021-{number}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-1", "2021-1"),
        ("２０２１－１", "2021-1"),
        # the samples of RFC 3492 section 7.1
        ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"),
        ("他們爲什麽不說中文", "xn--ihqwctvzc91f659drss3x8bo0yb"),
        ("3年B組金八先生", "xn--3B-ww4c5e180e575a65lsy2b"),
        ("安室奈美恵-with-SUPER-MONKEYS", "xn---with-SUPER-MONKEYS-pc58ag80a8qai00g7n9n"),
    ],
)
def test_codes_in_headers_in_examples(text: str, expected: str) -> None:
    assert ascii_code(text) == expected
    assert readable_code(expected) == code(text)


@pytest.mark.parametrize(
    "text",
    ["", " ", "a b", "-1", ".x", "a+b", "a:b", "2021#1", "xn--1", "XN--1 x", "\ud800", "x" * 65, None, 7, b"2021"],
)
def test_what_cannot_stand_in_a_header_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        ascii_code(text)


@given(st.text() | numbers.map(lambda text: f"xn--{text}") | st.from_regex(r"xn--[0-9a-zA-Z-]{0,12}", fullmatch=True))
@example("xn--")
@example("xn--99999999")
@example("xn--é")
@example("xn--2021-1-")  # would read as 2021-1, which is another
@example("xn--ib9b")  # would read as half a character
def test_any_text_can_be_shown_and_as_it_is_where_no_code_was_written_so(text: str) -> None:
    shown = readable_code(text)
    assert shown == text or ascii_code(shown) == text
    assert well_formed(shown) or not well_formed(text)


# --- names of streams -------------------------------------------------------------------------------------------------


def test_a_kind_is_named_in_one_of_three_ways() -> None:
    assert SINGLE == [StreamKind.LEDGER, StreamKind.COMMUNITY, StreamKind.PROGRAMME]
    assert RANDOM == [StreamKind.CADRE, StreamKind.PERSON]
    assert CODED == [StreamKind.BRANCH, StreamKind.TEAM, StreamKind.FACILITY]


@given(streams)
def test_a_streams_name_tells_its_kind(stream: str) -> None:
    kind = stream_kind(stream)
    name = stream.partition(":")[2]
    assert stream_id(kind, name) == stream
    assert names_stream(stream)
    assert [item for item in StreamKind if names_stream(stream, item)] == [kind]


@given(st.text())
def test_any_text_names_a_stream_or_not(text: str) -> None:
    for candidate in (text, *(f"{kind.value}:{text}" for kind in StreamKind)):
        if names_stream(candidate):
            assert stream_id(stream_kind(candidate), candidate.partition(":")[2]) == candidate
        else:
            with pytest.raises(InputError):
                stream_kind(candidate)


@pytest.mark.parametrize(
    "stream",
    [
        "",
        "ledger:",
        "LEDGER",
        "branch",
        "branch:",
        "branch: B1",
        "branch:Ｂ1",
        "cadre:",
        "cadre:王某",
        "cadre:C1",
        "cadre:" + "AB" * 16,
        "cadre:" + "ab" * 16 + "\n",
        "person:",
        "person:P1",
        "person:" + "AB" * 16,
        "person",
        "team",
        "team:",
        "team: T1",
        "facility:Ｆ1",
        "Team:T1",
        "community:",
        "community:永兴",
        "programme:2021",
        "activity:A1",
    ],
)
def test_what_is_no_streams_name_is_refused(stream: str) -> None:
    with pytest.raises(InputError):
        stream_kind(stream)
    assert not names_stream(stream)


@pytest.mark.parametrize("kind", RANDOM)
@given(name=hexadecimal)
def test_a_person_is_a_random_id(kind: StreamKind, name: str) -> None:
    assert stream_id(kind, name) == f"{kind.value}:{name}"
    for other in ("", name[:-1], name + "0", name.upper() + "A", "王某"):
        with pytest.raises(InputError, match="random id") as refused:
            stream_id(kind, other)
        assert "王某" not in str(refused.value)


@pytest.mark.parametrize("kind", CODED)
@given(text=st.text())
def test_a_thing_is_named_by_its_code(kind: StreamKind, text: str) -> None:
    try:
        known = code(text)
    except InputError:
        with pytest.raises(InputError):
            stream_id(kind, text)
    else:
        assert stream_id(kind, text) == stream_id(kind, known) == f"{kind.value}:{known}"


@pytest.mark.parametrize("kind", SINGLE)
def test_a_ledger_has_one_of_some(kind: StreamKind) -> None:
    assert stream_id(kind) == stream_id(kind, "anything") == kind.value
    assert not names_stream(f"{kind.value}:anything")


@given(st.lists(streams_of(CODED), min_size=2, max_size=6))
def test_two_things_of_one_code_have_two_streams(names: list[str]) -> None:
    told = {(stream_kind(name), name.partition(":")[2]) for name in names}
    assert len(told) == len(set(names))


@given(actors)
def test_an_actor_stays_as_it_is(name: str) -> None:
    assert actor(name) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "staff",
        "staff:",
        ":liaison",
        "Staff:x",
        "staff:王某",
        "王某:x",
        "staff:a b",
        "staff:x\n",
        "staff:-x",
        "staff:" + "x" * 65,
        "s" * 17 + ":x",
        None,
        7,
    ],
)
def test_what_is_no_actor_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(InputError, match="an actor cannot be read") as caught:
        actor(text)
    assert caught.value.hint
    assert "王某" not in str(caught.value)
