"""What tests draw: events of every class, built from the kinds of their fields, and what frames say of them."""

import string
from collections.abc import Iterable
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
    "entries_for",
    "entries_in",
    "events",
    "events_of_a_small_world",
    "hexadecimal",
    "json_documents",
    "money",
    "months",
    "quantities",
    "streams",
    "streams_of",
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
leaves = st.binary(min_size=32, max_size=32).map(base64url)
codes = st.text(string.ascii_letters + "永兴", min_size=1, max_size=8)


def streams_of(kinds: Iterable[StreamKind]) -> st.SearchStrategy[StreamId]:
    """Names of streams of these ``kinds``, as many of the one as of the other."""
    wanted = frozenset(kinds)
    return st.one_of([_streams(kind) for kind in StreamKind if kind in wanted])


def _streams(kind: StreamKind) -> st.SearchStrategy[StreamId]:
    if kind.is_single:
        return st.just(stream_id(kind))
    return st.builds(stream_id, st.just(kind), hexadecimal if kind.is_random else codes)


def entries_in(streams: st.SearchStrategy[StreamId]) -> st.SearchStrategy[Entry]:
    """What frames say of events in ``streams``."""
    return st.builds(
        Entry,
        stream=streams,
        version=st.integers(1, INTEGER_MAX),
        recorded_at=st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
        by=actors,
        tx=hexadecimal,
        tx_size=st.integers(1, INTEGER_MAX),
        registered_on=st.none() | days,
        source=st.none() | texts,
        replaces=st.none() | leaves,
    )


def entries_for(cls: type[Event]) -> st.SearchStrategy[Entry]:
    """What frames say of events of ``cls``: their stream is one that may hold them."""
    return entries_in(streams_of(cls.streams)) if cls.streams else entries


streams = streams_of(StreamKind)
entries = entries_in(streams)


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


def events_of_a_small_world(cls: type[Event]) -> st.SearchStrategy[Event]:
    """Events of ``cls`` about few days, codes and versions, so that they meet: twice the same, before what they follow,
    resting on what is there, or on nonsense.
    """
    day = {Dated.ALWAYS: FEW_DAYS, Dated.MAYBE: st.none() | FEW_DAYS, Dated.NEVER: st.none()}[cls.dated]
    return st.builds(cls, occurred_on=day, **{field.name: _few_values(field) for field in own_fields(cls)})


def voids_of(cls: type[Event]) -> st.SearchStrategy[Void]:
    """Voids of events of ``cls``, filled in as they are when written."""
    plain = events(cls).map(without_personal)
    return st.builds(
        lambda void, undoes, leaf: evolve(void, undoes=undoes, undoes_type=cls.wire, target_leaf=leaf),
        events(Void),
        plain,
        leaves,
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


FEW_DAYS: Final = st.dates(date(2021, 7, 1), date(2021, 7, 9))
FEW_TEXTS: Final[dict[str, st.SearchStrategy[object]]] = {
    "number": st.sampled_from(["2021-1", "2021-2"]),
    "period": st.sampled_from(["2021-01..2021-03", "2021-04..2021-06"]),
    "start": st.sampled_from(["2021-07-05T08:00", "2021-07-05T09:00", "2021-02-30T09:00"]),
    "end": st.sampled_from(["2021-07-05T09:00", "2021-07-05T10:00", "2021-07-06T00:00"]),
    "windows": st.lists(st.sampled_from(["1-5 08:30-16:30", "1 00:00-24:00", "5-1 09:00-08:00"]), max_size=2).map(
        tuple
    ),
    "purpose": st.sampled_from(["public_praise", "photos"]),
}
"""Texts that have a form of their own, by field."""


def _few_values(field: "attrs.Attribute[object]") -> st.SearchStrategy[object]:
    kind: Kind = field.metadata["kind"]
    found = _few_plain(field)
    return st.none() | found if kind.optional else found


def _few_plain(field: "attrs.Attribute[object]") -> st.SearchStrategy[object]:
    kind: Kind = field.metadata["kind"]
    lowest = -2 if field.metadata["least"] is None else field.metadata["least"]
    by_type: dict[type, st.SearchStrategy[object]] = {
        str: st.sampled_from(["A1", "A2"]),
        int: st.integers(lowest, lowest + (14 if field.metadata.get("rests") else 3)),
        date: FEW_DAYS,
        Money: st.builds(Money, st.integers(lowest, lowest + 3)),
        Month: st.builds(Month, st.just(2021), st.integers(5, 9)),
    }
    if field.name in FEW_TEXTS:
        return FEW_TEXTS[field.name]
    if kind.holds_stream:
        return st.sampled_from([StreamId("branch:B1"), StreamId("branch:B2")])
    if field.metadata["pattern"] or kind.exact not in by_type:
        return _plain(kind, lowest, field.metadata["pattern"])
    return by_type[kind.exact]
