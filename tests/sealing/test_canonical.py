"""Canonical JSON: one document, one spelling; and no other spelling is read."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st
from tests.strategies import json_documents

from cadreledger.errors import VerificationError
from cadreledger.events.shape import JSON
from cadreledger.sealing import canonical, parse_canonical
from cadreledger.sealing.canonical import INTEGER_MAX, JsonObject, JsonValue

EVERY_CONTROL_CHARACTER = "".join(map(chr, range(0x20))) + '"\\/\x7f\x80\u2028\u2029\ufeff\uffff\U0010ffff'


@given(json_documents)
@example({"a": EVERY_CONTROL_CHARACTER})
@example({"a": {"b": {"c": {"d": 1}}}})
@example({"z": INTEGER_MAX, "a": -INTEGER_MAX})
@example({"ab": 1, "a_": 2, "a0": 3, "a": 4})
def test_three_encoders_agree_and_what_they_write_is_read_back(document: JsonObject) -> None:
    data = canonical(document)
    assert data == JSON.encode(document) == msgspec.json.encode(document, order="sorted")
    assert data == rfc8785.dumps(document)
    assert parse_canonical(data) == document


@given(st.binary() | json_documents.map(canonical).flatmap(lambda data: st.sampled_from(list(_spoilt(data)))))
def test_any_bytes_are_refused_or_the_one_spelling_of_what_they_say(data: bytes) -> None:
    try:
        document = parse_canonical(data)
    except VerificationError:
        return
    assert canonical(document) == data


def _spoilt(data: bytes) -> Iterator[bytes]:
    """Bytes that are nearly ``data``."""
    yield data[:-1]
    yield data.replace(b":", b": ", 1)
    yield data.replace(b"1", b"1.0")
    yield data.replace(b"1", b"-0")
    yield data.replace(b"a", b"\\u0061", 1)
    yield data.replace(b"/", b"\\/", 1)
    yield data.replace(b"true", b"null")
    yield data[:1] + b'"a":1,' + data[1:]


NOT_CANONICAL = "bytes are not canonical JSON"
REFUSED_BYTES = {
    "nothing": (b"", NOT_CANONICAL),
    "no JSON": (b"{", NOT_CANONICAL),
    "not UTF-8": (b'{"a":"\xff"}', NOT_CANONICAL),
    "an overlong form of UTF-8": (b'{"a":"\xc0\xaf"}', NOT_CANONICAL),
    "a surrogate in UTF-8": (b'{"a":"\xed\xa0\x80"}', NOT_CANONICAL),
    "UTF-16": ('{"a":1}'.encode("utf-16"), NOT_CANONICAL),
    "a byte order mark": (b'\xef\xbb\xbf{"a":1}', NOT_CANONICAL),
    "a space behind": (b'{"a":1} ', NOT_CANONICAL),
    "a line break behind": (b'{"a":1}\n', NOT_CANONICAL),
    "a space within": (b'{"a": 1}', NOT_CANONICAL),
    "unsorted keys": (b'{"b":1,"a":2}', NOT_CANONICAL),
    "unsorted keys further in": (b'{"a":[{"b":1,"a":2}]}', NOT_CANONICAL),
    "a key twice": (b'{"a":1,"a":1}', NOT_CANONICAL),
    "a key twice, once escaped": (b'{"a":1,"\\u0061":1}', NOT_CANONICAL),
    "a fraction": (b'{"a":1.5}', NOT_CANONICAL),
    "a whole number as a fraction": (b'{"a":1.0}', NOT_CANONICAL),
    "an exponent": (b'{"a":1e3}', NOT_CANONICAL),
    "minus zero": (b'{"a":-0}', NOT_CANONICAL),
    "a leading zero": (b'{"a":01}', NOT_CANONICAL),
    "NaN": (b'{"a":NaN}', NOT_CANONICAL),
    "infinity": (b'{"a":-Infinity}', NOT_CANONICAL),
    "a number of 5000 digits": (b'{"a":' + b"9" * 5000 + b"}", NOT_CANONICAL),
    "an escape that is not needed": (b'{"a":"\\u0062"}', NOT_CANONICAL),
    "an escape in capitals": (b'{"a":"\\u001F"}', NOT_CANONICAL),
    "an escaped slash": (b'{"a":"\\/"}', NOT_CANONICAL),
    "a long escape where there is a short one": (b'{"a":"\\u000a"}', NOT_CANONICAL),
    "an escaped pair of surrogates": (b'{"a":"\\ud83d\\ude00"}', NOT_CANONICAL),
    "a raw control character": (b'{"a":"\x01"}', NOT_CANONICAL),
    "brackets beyond any stack": (b"[" * 100_000, NOT_CANONICAL),
    "null": (b'{"a":null}', "forbidden value"),
    "a lone surrogate": (b'{"a":"\\ud800"}', "lone surrogate"),
    "a lone low surrogate": (b'{"a":"\\udc00x"}', "lone surrogate"),
    "an integer that no double holds": (b'{"a":9007199254740992}', "too large"),
    "a negative one": (b'{"a":-9007199254740992}', "too large"),
    "five levels": (b'{"a":{"a":{"a":{"a":{}}}}}', "nested too deeply"),
    "five levels of arrays": (b'{"a":[[[[]]]]}', "nested too deeply"),
    "an array": (b"[]", "is an object"),
    "a string": (b'"a"', "is an object"),
    "a number": (b"1", "is an object"),
    "null alone": (b"null", "is an object"),
    "a key of JavaScript's": (b'{"__proto__":1}', "a key .* wrong form"),
    "an empty key": (b'{"":1}', "a key .* wrong form"),
    "a key in capitals": (b'{"A":1}', "a key .* wrong form"),
    "a key that ends its line": (b'{"a\\n":1}', "a key .* wrong form"),
    "a key of 33 characters": (b'{"%s":1}' % (b"a" * 33), "a key .* wrong form"),
    "a key that is no ASCII": ('{"aé":1}'.encode(), "a key .* wrong form"),
}


@pytest.mark.parametrize("name", REFUSED_BYTES)
def test_another_spelling_is_refused_for_its_own_reason(name: str) -> None:
    data, reason = REFUSED_BYTES[name]
    with pytest.raises(VerificationError, match=reason):
        parse_canonical(data)


class Shouting(str):
    __slots__ = ()


REFUSED_VALUES: dict[str, tuple[object, str]] = {
    "an array": ([], "is an object"),
    "nothing": (None, "is an object"),
    "a fraction": ({"a": 1.5}, "forbidden value"),
    "a whole float": ({"a": 1.0}, "forbidden value"),
    "null": ({"a": [None]}, "forbidden value"),
    "bytes": ({"a": b""}, "forbidden value"),
    "a tuple": ({"a": ()}, "forbidden value"),
    "a subclass": ({"a": Shouting("a")}, "forbidden value"),
    "a key that is no string": ({1: 1}, "a key"),
    "a key of a subclass": ({Shouting("a"): 1}, "a key"),
    "a wrong key": ({"a-b": 1}, "a key"),
    "a lone surrogate": ({"a": "\ud800"}, "lone surrogate"),
    "a large integer": ({"a": 2**53}, "too large"),
    "a very negative integer": ({"a": -(2**53)}, "too large"),
    "five levels": ({"a": {"a": {"a": {"a": []}}}}, "nested too deeply"),
}


@pytest.mark.parametrize("name", REFUSED_VALUES)
def test_what_canonical_json_cannot_hold_is_not_written(name: str) -> None:
    value, reason = REFUSED_VALUES[name]
    with pytest.raises(VerificationError, match=reason):
        canonical(value)  # type: ignore[arg-type] # on purpose


def test_a_document_that_holds_itself_is_too_deep() -> None:
    document: JsonObject = {}
    document["a"] = document
    with pytest.raises(VerificationError, match="nested too deeply"):
        canonical(document)


# --- the vectors of RFC 8785's authors --------------------------------------------------------------------------------

JCS = ("arrays", "french", "structures", "unicode", "values", "weird")


def test_every_vector_is_looked_at(vectors: Path) -> None:
    assert sorted(path.stem for path in (vectors / "jcs" / "output").iterdir()) == sorted(JCS)


@pytest.mark.parametrize("name", JCS)
def test_our_profile_is_narrower_than_the_rfc(vectors: Path, name: str) -> None:
    data = (vectors / "jcs" / "output" / f"{name}.json").read_bytes()
    assert data == bytes.fromhex((vectors / "jcs" / "outhex" / f"{name}.txt").read_text())
    assert rfc8785.dumps(json.loads((vectors / "jcs" / "input" / f"{name}.json").read_bytes())) == data
    with pytest.raises(VerificationError):
        parse_canonical(data)


@pytest.mark.parametrize("name", JCS)
def test_strings_are_spelt_as_in_the_rfcs_vectors(vectors: Path, name: str) -> None:
    data = (vectors / "jcs" / "output" / f"{name}.json").read_bytes()
    for text in _strings(json.loads((vectors / "jcs" / "input" / f"{name}.json").read_bytes())):
        spelt = canonical({"a": text})
        assert spelt[:5] + spelt[-1:] == b'{"a":}'
        assert spelt[5:-1] in data


def _strings(value: JsonValue | None) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
