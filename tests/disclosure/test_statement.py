"""The form of a statement: one spelling of each, and nothing but VerificationError for anything else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadreledger.disclosure.statement import Statement, StatementEvent
from cadreledger.errors import VerificationError

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
HASHES = st.binary(min_size=32, max_size=32)
EVENTS = st.builds(
    StatementEvent,
    index=st.integers(0, 2**53 - 1),
    header=TEXTS.map(str.encode),
    internal=st.binary(max_size=60),
    personal=st.none() | st.binary(max_size=60),
    proof=st.lists(HASHES, max_size=4).map(tuple),
)
STATEMENTS = st.builds(
    Statement, origin=TEXTS, stream=TEXTS, note=TEXTS.map(str.encode), events=st.lists(EVENTS, max_size=3).map(tuple)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
EXAMPLE = Statement(
    "log.example/a", "cadre:0", b"a note\n", (StatementEvent(2, b"{}", bytes(40), bytes(33), (bytes(32),)),)
)


def spelled(document: object) -> bytes:
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


@given(statement=STATEMENTS)
def test_what_is_written_is_read_again(statement: Statement) -> None:
    data = statement.to_json()
    assert Statement.parse(data) == statement
    assert Statement.parse(data).to_json() == data


@given(
    data=st.binary(max_size=200)
    | JSON.map(spelled)
    | st.tuples(st.integers(0, 400), st.integers(0, 9), st.binary(max_size=9)).map(
        lambda drawn: EXAMPLE.to_json()[: drawn[0]] + drawn[2] + EXAMPLE.to_json()[drawn[0] + drawn[1] :]
    )
)
def test_any_other_bytes_are_read_in_one_form_or_refused(data: bytes) -> None:
    try:
        statement = Statement.parse(data)
    except VerificationError:
        return
    assert statement.to_json() == data


@given(
    where=st.sampled_from(["format", "origin", "stream", "checkpoint", "events", "more"]) | st.none(),
    inside=st.sampled_from(["index", "header", "internal", "personal", "proof", "more"]),
    value=JSON,
)
def test_any_member_of_any_type_is_read_in_one_form_or_refused(where: str | None, inside: str, value: object) -> None:
    document: dict[str, Any] = json.loads(EXAMPLE.to_json())
    if where is None:
        document["events"][0][inside] = value
    else:
        document[where] = value
    try:
        statement = Statement.parse(spelled(document))
    except VerificationError:
        return
    assert json.loads(statement.to_json()) == document


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("index", -1),
        ("index", True),
        ("index", "2"),
        ("proof", ["AAAA"]),
        ("proof", ["A" * 43 + "="] * 65),
        ("proof", "A" * 43 + "="),
        ("internal", "AB"),  # a bit to spare
        ("internal", "AA=="),
        ("internal", "+/+/"),
        ("personal", None),
        ("header", {}),
    ],
)
def test_each_part_has_one_form(member: str, value: object) -> None:
    document = json.loads(EXAMPLE.to_json())
    document["events"][0][member] = value
    with pytest.raises(VerificationError):
        Statement.parse(spelled(document))


@pytest.mark.parametrize("wrong", [None, 7, "{}", [], bytearray(b"{}")])
def test_what_is_no_bytes_is_refused(wrong: Any) -> None:  # noqa: ANN401 - whatever a caller may hand over
    with pytest.raises(VerificationError):
        Statement.parse(wrong)


def test_nothing_personal_is_in_its_repr() -> None:
    words = "赵某一".encode()
    event = StatementEvent(2, b"{}", words, words, ())
    assert repr(words)[2:-1] not in repr(Statement("o", "s", b"n", (event,)))
    assert "赵" not in repr(event)
