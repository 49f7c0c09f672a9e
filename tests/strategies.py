"""What tests draw: events of every class, built from the kinds of their fields, and what frames say of them."""

import string
from datetime import UTC, date, datetime
from enum import Enum
from typing import Final

import attrs
from hypothesis import settings
from hypothesis import strategies as st

from cadreledger.events import VOCABULARY, Dated, Entry, Event, evolve, own_fields, without_personal
from cadreledger.events.kinds import INTEGER_MAX, Kind
from cadreledger.events.void import Void
from cadreledger.sealing import base64url
from cadreledger.sealing.canonical import JsonObject, JsonValue
from cadreledger.values import Actor, Money, Month, Quantity, StreamId, StreamKind, stream_id
from cadreledger.values.money import AMOUNT_FEN_MAX
from cadreledger.values.time import YEAR_MAX, YEAR_MIN

__all__ = [
    "CLASSES",
    "FEW",
    "KEY",
    "actors",
    "days",
    "entries",
    "events",
    "hexadecimal",
    "json_documents",
    "money",
    "months",
    "quantities",
    "streams",
    "texts",
    "voids_of",
]

KEY: Final = bytes(range(32))
FEW: Final = settings(max_examples=max(10, settings().max_examples // 5))
"""For tests that are run once for every class."""

CLASSES: Final = tuple(cls for cls in VOCABULARY.classes() if cls is not Void)
"""Every class of the vocabulary but the void, which needs something to take back."""

hexadecimal = st.binary(min_size=16, max_size=16).map(bytes.hex)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
days = st.dates(date(YEAR_MIN, 1, 1), date(YEAR_MAX, 12, 31))
months = st.builds(Month, st.integers(YEAR_MIN, YEAR_MAX), st.integers(1, 12))
money = st.builds(Money, st.integers(-AMOUNT_FEN_MAX, AMOUNT_FEN_MAX))
quantities = st.builds(Quantity, st.integers(), st.integers(-9, 9), st.integers(-9, 9))
actors = st.builds(Actor, st.sampled_from(["staff:liaison", "system:import", "a:Z._@/-", "a" * 16 + ":" + "0" * 64]))
streams: st.SearchStrategy[StreamId] = st.one_of(
    st.just(stream_id(StreamKind.LEDGER)),
    st.builds(stream_id, st.just(StreamKind.BRANCH), st.text(string.ascii_letters + "永兴", min_size=1, max_size=8)),
    st.builds(stream_id, st.just(StreamKind.CADRE), hexadecimal),
)
entries = st.builds(
    Entry,
    stream=streams,
    version=st.integers(1, INTEGER_MAX),
    recorded_at=st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
    by=actors,
    tx=hexadecimal,
    tx_size=st.integers(1, INTEGER_MAX),
    registered_on=st.none() | days,
    source=st.none() | texts,
)


def _json(depth: int) -> st.SearchStrategy[JsonValue]:
    leaf = st.booleans() | st.integers(-INTEGER_MAX, INTEGER_MAX) | texts
    if depth == 0:
        return leaf
    return leaf | st.lists(_json(depth - 1), max_size=3) | _objects(_json(depth - 1))


def _objects(values: st.SearchStrategy[JsonValue]) -> st.SearchStrategy[JsonObject]:
    return st.dictionaries(st.from_regex(r"\A[a-z][a-z0-9_]{0,31}\Z"), values, max_size=4)


json_documents = _objects(_json(3))
"""Every document of the canonical JSON profile: objects at most four deep."""


def events(cls: type[Event]) -> st.SearchStrategy[Event]:
    """Events of ``cls``, with and without what it may leave out."""
    day = {Dated.ALWAYS: days, Dated.MAYBE: st.none() | days, Dated.NEVER: st.none()}[cls.dated]
    return st.builds(cls, occurred_on=day, **{field.name: _values(field) for field in own_fields(cls)})


def voids_of(cls: type[Event]) -> st.SearchStrategy[Void]:
    """Voids of events of ``cls``, filled in as they are when written."""
    plain = events(cls).map(without_personal)
    leaf = st.binary(min_size=32, max_size=32).map(base64url)
    return st.builds(
        lambda void, undoes, leaf: evolve(void, undoes=undoes, undoes_type=cls.wire, target_leaf=leaf),
        events(Void),
        plain,
        leaf,
    )


def _values(field: "attrs.Attribute[object]") -> st.SearchStrategy[object]:
    kind: Kind = field.metadata["kind"]
    least, pattern = field.metadata["least"], field.metadata["pattern"]
    found = _plain(kind, -INTEGER_MAX if least is None else least, pattern)
    return st.none() | found if kind.optional else found


def _plain(kind: Kind, least: int, pattern: str) -> st.SearchStrategy[object]:
    if kind.holds_stream:
        return streams
    if issubclass(kind.exact, Enum):
        return st.sampled_from(kind.exact)
    text = st.from_regex(pattern, fullmatch=True) if pattern else texts
    by_type: dict[type, st.SearchStrategy[object]] = {
        str: text,
        tuple: st.lists(text, max_size=3).map(tuple),
        int: st.integers(least, INTEGER_MAX),
        bool: st.booleans(),
        date: days,
        Money: st.builds(Money, st.integers(least, INTEGER_MAX)),
        Month: months,
    }
    return by_type[kind.exact]
