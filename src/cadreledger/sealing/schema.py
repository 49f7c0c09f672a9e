"""The published header schema: which headers a ledger may hold. What holds between them is for whoever reads them all.

Its source is the catalogue file, format ``catalogue/1``, whose digest stands in leaf 0: the tables *headers*, *fields*
and *checks*. What it says of figures is read elsewhere.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final, NamedTuple, cast

from cadreledger.errors import VerificationError
from cadreledger.sealing.canonical import INTEGER_MAX, JsonObject
from cadreledger.sealing.frame import HEADER_BYTES_MAX
from cadreledger.sealing.sections import base64url

__all__ = ["Check", "HeaderSchema", "HeaderType", "is_month"]

_MONTHS: Final = {"required": (True,), "optional": (True, False), "absent": (False,)}  # with a month, without one
_VOID: Final = {"sign", "voids"}
_WIRE: Final = re.compile(r"[a-z]{1,32}(\.[a-z]{1,32})?/[1-9][0-9]?", re.ASCII)
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)
_MONTH: Final = re.compile(r"(?!9999)(?:19|[2-9][0-9])[0-9]{2}-(?:0[1-9]|1[0-2])", re.ASCII)  # 1900-01 to 9998-12
_HASH: Final = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]", re.ASCII)  # 32 bytes: its last two bits are 0

# Patterns come from the file. Whoever wrote a hostile one, such as (a+)+b, could keep a verifier busy for ever with
# one short text. So a pattern is made of classes and literals, each once, a fixed number of times, or, once in each
# alternative, between two numbers of times: to match it takes no more than that number times the pattern's length.
_ATOMS: Final = r"(?:(?:\[[!-Z_-~]+\]|[A-Za-z0-9_/:,@-]|\\[!-/:-@\[-`{-~])(?:\{[0-9]{1,3}\})?)*"
_BRANCH: Final = rf"{_ATOMS}(?:\{{[0-9]{{1,3}},[0-9]{{1,3}}\}}{_ATOMS})?"
_PLAIN: Final = re.compile(rf"(?!.*(?:--|&&|~~|\|\|)){_BRANCH}(?:\|{_BRANCH})*", re.ASCII)  # not: sets of sets

_ENCODE: Final = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
_Forms = dict[str, Callable[[object], bool]]


class Check(NamedTuple):
    """Month by month, Σ ``field`` of the headers of ``type`` is the signed number of those of the type ``counts``."""

    type: str
    field: str
    counts: str


class HeaderType(NamedTuple):
    """The sets of names that a header of one type may have, and what tells whether the value of a name has its form."""

    shapes: tuple[frozenset[str], ...]
    forms: tuple[tuple[str, Callable[[object], bool]], ...]


@dataclass(frozen=True, slots=True)
class HeaderSchema:
    """A closed list of header types, by name. ``digest``: base64url of SHA-256 of the file's bytes."""

    digest: str
    types: Mapping[str, HeaderType]
    checks: tuple[Check, ...]

    @classmethod
    def parse(cls, data: bytes) -> "HeaderSchema":
        """The schema in a catalogue file's bytes. Raises VerificationError if there is none or no sense in it."""
        try:
            types, checks = _tables(json.loads(data.decode("utf-8"), object_pairs_hook=_once))
        except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError, re.error) as error:
            raise VerificationError("a header schema cannot be read", "catalogue/1", str(error)[:200]) from error
        return cls(base64url(sha256(data).digest()), MappingProxyType(types), checks)

    def read(self, header: bytes) -> JsonObject:
        """What ``header`` says. Raises VerificationError unless it is canonical, of a known type, and as declared.

        That includes all that `parse_canonical` asks, in less time: bytes that come out as they went in, with the
        names of a type and flat values of exact types.
        """
        try:
            document = json.loads(header[:HEADER_BYTES_MAX].decode("utf-8"))
            same = _ENCODE(document).encode("utf-8") == header
            kind = self.types[document["type"]]
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            raise VerificationError("a header is not canonical JSON of a known type", "a type of the schema") from error
        if not same:
            raise VerificationError("a header is not canonical JSON", f"at most {HEADER_BYTES_MAX} bytes, keys sorted")
        if document.keys() not in kind.shapes:
            raise VerificationError("a header has other fields than its type", document["type"])
        for name, holds in kind.forms:
            if name in document and not holds(document[name]):
                raise VerificationError(f"a header's {name} has a wrong form", f"that of {document['type']}")
        return cast("JsonObject", document)


def is_month(text: object) -> bool:
    """Whether ``text`` is a month that a header may name: ``1900-01`` to ``9998-12``."""
    return type(text) is str and _MONTH.fullmatch(text) is not None


# --- the file: whatever it holds, these raise what Python does where it cannot be read -------------------------------


def _demand(sense: bool, what: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not sense:
        raise VerificationError("a header schema contradicts itself", found=what[:200])


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    row = dict(pairs)
    _demand(len(row) == len(pairs), "a key stands twice")
    return row


def _cells(row: dict[str, Any], *needed: str, **optional: object) -> list[Any]:
    """The members of a row, which may have no others: one not understood might change what the rest means."""
    _demand(set(needed) <= row.keys() <= {*needed, *optional}, f"a row has other members than {needed}")
    return [row.get(name, optional.get(name)) for name in (*needed, *optional)]


def _tables(file: dict[str, Any]) -> tuple[dict[str, HeaderType], tuple[Check, ...]]:
    version, headers, fields, checks, *_ = _cells(file, "format", "headers", "fields", "checks", "figures", "terms")
    _demand(version == "catalogue/1" and type(headers) is type(fields) is type(checks) is list, "another format")
    forms: dict[str, _Forms] = {}
    for row in fields:
        wire, name, *form = _cells(row, "type", "field", "form", values=[], pattern="")
        mine = forms.setdefault(wire, {})
        _demand(bool(_NAME.fullmatch(name)) and name not in {"type", *mine, *_OF_ALL}, f"{wire} has a wrong field")
        mine[name] = _form(*form)
    types: dict[str, HeaderType] = {}
    for row in headers:
        wire, role, month = _cells(row, "type", "role", "month")
        sense = _WIRE.fullmatch(wire) and wire not in types and role in {"counted", "control", "noted"}
        _demand(bool(sense), "a type is listed twice, or has a wrong name or role")
        mine = forms.pop(wire, {})
        bare = {"internal", "type", *mine}
        shapes = tuple(frozenset(bare | {"month"} if dated else bare) for dated in _MONTHS[month])
        voids = tuple(shape | _VOID for shape in shapes if role == "counted")
        types[wire] = HeaderType(shapes + voids, tuple({**_OF_ALL, **mine}.items()))
    _demand("noted/1" in types and not forms, "noted/1 is not listed, or a field is for no type")
    found = tuple(Check(*_cells(row, "type", "field", "counts")) for row in checks)
    for check in found:
        number = dict(types[check.type].forms)[check.field](1)  # of all forms, those of numbers hold 1
        dated = all("month" in shape for name in (check.type, check.counts) for shape in types[name].shapes)
        _demand(number and dated and check.type != check.counts, "a check has nothing to check")
    return types, found


def _form(form: str, values: list[str], pattern: str) -> Callable[[object], bool]:
    """Whether a value has a form. Exact types: to isinstance, a bool is an int."""
    given = [bool(values), bool(pattern)]
    wanted = [form == "word", form in {"text", "texts"}]
    _demand(type(values) is list and given == wanted, "values are for words, a pattern is for text")
    plain = pattern or "|".join(map(re.escape, values))
    _demand(bool(_PLAIN.fullmatch(plain)), "a pattern is not plain")
    text, least = _is(re.compile(plain, re.ASCII)), -INTEGER_MAX if form == "delta" else 0
    number = lambda value: type(value) is int and least <= value <= INTEGER_MAX  # noqa: E731 - beside its like
    forms: _Forms = {"word": text, "text": text, "count": number, "amount": number, "delta": number}
    forms["texts"] = lambda value: type(value) is list and all(map(text, value))
    forms["boolean"] = lambda value: type(value) is bool
    return forms[form]


def _is(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: type(value) is str and pattern.fullmatch(value) is not None


_OF_ALL: Final[_Forms] = {"internal": _is(_HASH), "month": _is(_MONTH), "voids": _is(_HASH)}
_OF_ALL["sign"] = lambda value: type(value) is int and value == -1
