"""Names of streams, codes and actors: one spelling each, and nobody's name in an actor."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import actors, hexadecimal, streams

from cadreledger.errors import InputError
from cadreledger.values import StreamKind, actor, code, names_stream, stream_id, stream_kind
from cadreledger.values.identity import CODE_CHARS_MAX


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


@given(streams)
def test_a_streams_name_tells_its_kind(stream: str) -> None:
    kind = stream_kind(stream)
    name = stream.partition(":")[2]
    assert stream_id(kind, name) == stream
    assert names_stream(stream)
    assert [item for item in StreamKind if names_stream(stream, item)] == [kind]


@given(st.text())
def test_any_text_names_a_stream_or_not(text: str) -> None:
    for candidate in (text, f"branch:{text}", f"cadre:{text}", f"ledger:{text}"):
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
        "team:T1",
    ],
)
def test_what_is_no_streams_name_is_refused(stream: str) -> None:
    with pytest.raises(InputError):
        stream_kind(stream)
    assert not names_stream(stream)


@given(hexadecimal)
def test_a_person_is_a_random_id(name: str) -> None:
    assert stream_id(StreamKind.CADRE, name) == f"cadre:{name}"
    for other in ("", name[:-1], name + "0", "王某"):
        with pytest.raises(InputError):
            stream_id(StreamKind.CADRE, other)


def test_there_is_one_stream_of_the_ledger() -> None:
    assert stream_id(StreamKind.LEDGER) == stream_id(StreamKind.LEDGER, "anything") == "ledger"


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
