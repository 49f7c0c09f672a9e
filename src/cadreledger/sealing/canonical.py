"""Canonical JSON: RFC 8785, narrowed until no two parsers can read two meanings.

A document is an object. Keys match ``[a-z][a-z0-9_]{0,31}``; values are well-formed strings, integers within
±(2**53 - 1), booleans, arrays and objects, nested at most four deep. No floats, no null.
A reader never trusts a parser: it parses, re-encodes, and compares bytes.
"""

import json
import re
from typing import Final, NoReturn

from cadreledger.errors import VerificationError

__all__ = ["DEPTH_MAX", "INTEGER_MAX", "JsonObject", "JsonValue", "canonical", "parse_canonical"]

DEPTH_MAX: Final = 4
INTEGER_MAX: Final = 2**53 - 1
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)

JsonValue = str | int | bool | list["JsonValue"] | dict[str, "JsonValue"]
JsonObject = dict[str, JsonValue]


def canonical(document: JsonObject) -> bytes:
    """``document`` as canonical JSON bytes. Raises VerificationError if it is outside the profile."""
    if not isinstance(document, dict):
        raise VerificationError("canonical JSON is an object", "an object", type(document).__name__)
    _check(document, 1)
    return _encode(document)


def parse_canonical(data: bytes) -> JsonObject:
    """The object that ``data`` is the canonical form of.

    Raises VerificationError for anything else: another order or spacing, duplicate keys, a byte order mark,
    ``1.5``, ``1e3``, null, a lone surrogate, an integer that a double cannot hold, deeper nesting.
    """
    try:
        text = data.decode("utf-8", "strict")
        document = json.loads(text, parse_float=_refuse, parse_constant=_refuse, object_pairs_hook=_pairs)
    except (ValueError, RecursionError, AttributeError, TypeError) as error:  # UnicodeError is a ValueError
        raise VerificationError("bytes are not canonical JSON", "UTF-8 JSON of the profile") from error
    if not isinstance(document, dict):
        raise VerificationError("canonical JSON is an object", "an object", type(document).__name__)
    _check(document, 1)
    if _encode(document) != data:
        raise VerificationError("bytes are not canonical JSON", "keys sorted, no space, one form of each value")
    return document


def _encode(document: JsonObject) -> bytes:
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _check(value: object, depth: int) -> None:
    # exact types, not isinstance: a bool is an int to isinstance, and a subclass may print as anything
    if depth > DEPTH_MAX and type(value) in (dict, list):
        raise VerificationError("canonical JSON is nested too deeply", f"at most {DEPTH_MAX} levels")
    if type(value) is dict:
        for key, item in value.items():
            if type(key) is not str or not _KEY.fullmatch(key):
                raise VerificationError("a key of canonical JSON has a wrong form", _KEY.pattern)
            _check(item, depth + 1)
    elif type(value) is list:
        for item in value:
            _check(item, depth + 1)
    elif type(value) is str:
        _check_text(value)
    elif type(value) is int:
        if abs(value) > INTEGER_MAX:
            raise VerificationError("an integer of canonical JSON is too large", f"at most {INTEGER_MAX}")
    elif type(value) is not bool:
        raise VerificationError("canonical JSON holds a forbidden value", "no float, no null", type(value).__name__)


def _check_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise VerificationError("a string of canonical JSON holds a lone surrogate", "well-formed Unicode") from error


def _refuse(_text: str) -> NoReturn:
    raise ValueError("a number that is no integer")


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found
