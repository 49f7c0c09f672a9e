"""Stored bytes are for ever: one example of every event, byte for byte, as this and every later version must read it.

Each file shows the header, the internal section and the personal one for the reader, and then the frame in hexadecimal.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import Enum
from itertools import count
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
from tests.strategies import KEY

from cadreledger.events import VOCABULARY, Codec, Dated, Entry, Event, evolve, own_fields, without_personal
from cadreledger.events.cadre import VisitMade
from cadreledger.events.void import Void
from cadreledger.sealing import decode_frame, decrypt_personal
from cadreledger.values import Money, Month, StreamId, StreamKind, actor, stream_id

GOLDENS: Final = Path(__file__).parents[1] / "goldens" / "events"
PERSON: Final = "00112233445566778899aabbccddeeff"
VERSION: Final = 3
DAY: Final = date(2021, 7, 5)
HEX_CHARS_A_LINE: Final = 96
VERIFIER_KEY: Final = "office.example/log+0123abcd+" + "A" * 44
PATTERNED: Final = {
    "origin": "office.example/log",
    "suite": "sha256-ed25519",
    "keys": (VERIFIER_KEY,),
    "key": VERIFIER_KEY,
    "catalogue": "A" * 43,
    "key_store": "0f" * 16,
    "share": "0.5",
    "target_leaf": "B" * 43,
    "purpose": "public_praise",
    "number": "2021-1",
    "period": "2021-01..2021-06",
    "digest": "C" * 43,
    "windows": ("1-5 08:30-16:30", "6 09:00-24:00"),
    "start": "2021-07-06T14:00",
    "end": "2021-07-06T16:00",
}
"""Texts that have a form of their own, by field."""

each_class = pytest.mark.parametrize("cls", VOCABULARY.classes(), ids=lambda cls: cls.wire)


def example(cls: type[Event]) -> Event:
    """An event of ``cls`` in which every field says something."""
    values = {field.name: _value(field) for field in own_fields(cls)}
    made = cls(occurred_on=None if cls.dated is Dated.NEVER else DAY, **values)
    if isinstance(made, Void):
        return evolve(made, undoes=without_personal(example(VisitMade)), undoes_type="visit.made/1")
    return made


def _value(field: "attrs.Attribute[Any]") -> Any:  # noqa: ANN401 - of the field's type
    name, kind = field.name, field.metadata["kind"]
    if name in PATTERNED:
        return PATTERNED[name]
    if kind.holds_stream:
        return StreamId("branch:YXZ1")
    if issubclass(kind.exact, Enum):
        return list(kind.exact)[-1]
    by_type: dict[type, object] = {
        str: f"{name} 永兴 é",
        int: field.metadata["least"] or 1,
        bool: True,
        date: date(1949, 10, 1),
        Money: Money(850),
        Month: Month(2021, 6),
    }
    return by_type[kind.exact]


def stream_for(cls: type[Event]) -> StreamId:
    """The first stream that may hold an event of ``cls``; the example of a void takes back a visit."""
    kind = next(kind for kind in StreamKind if kind in (VisitMade if cls is Void else cls).streams)
    return stream_id(kind, PERSON if kind.is_random else "YXZ1")


def entry(cls: type[Event]) -> Entry:
    return Entry(
        stream=stream_for(cls),
        version=VERSION,
        recorded_at=datetime(2021, 7, 6, 1, 2, 3, 4, tzinfo=UTC),
        by=actor("staff:liaison"),
        tx="0123456789abcdef" * 2,
        tx_size=2,
        registered_on=date(2021, 7, 6),
        source="登记表 2021, row 17",
    )


def counted_out() -> Callable[[int], bytes]:
    """Chance that comes out the same each time."""
    numbers = count()
    return lambda length: hashlib.sha256(b"%d" % next(numbers)).digest()[:length]


def golden_name(cls: type[Event]) -> str:
    return f"events/{cls.wire.replace('/', '-')}.txt"


@each_class
def test_an_event_is_written_as_it_always_was(cls: type[Event], golden: Callable[[str, bytes], None]) -> None:
    state = Codec(VOCABULARY, counted_out()).encode(example(cls), entry(cls), KEY).state
    frame = decode_frame(state)
    personal = decrypt_personal(KEY, frame.personal, stream_for(cls), VERSION)[32:] if frame.personal else b""
    digits = state.hex().encode()
    lines = [digits[start : start + HEX_CHARS_A_LINE] for start in range(0, len(digits), HEX_CHARS_A_LINE)]
    golden(golden_name(cls), b"\n".join([frame.header, frame.internal[32:], personal, *lines, b""]))


@each_class
def test_an_event_is_read_as_it_always_was(cls: type[Event]) -> None:
    lines = (GOLDENS.parent / golden_name(cls)).read_bytes().split(b"\n")
    state = bytes.fromhex(b"".join(lines[3:]).decode())
    recorded = Codec(VOCABULARY).decode((1, stream_for(cls), VERSION, cls.wire, state), lambda _subject: KEY)
    assert (recorded.event, recorded.entry) == (example(cls), entry(cls))


@each_class
def test_an_example_says_something_in_every_field(cls: type[Event]) -> None:
    assert all(getattr(example(cls), field.name) is not None for field in own_fields(cls))


def test_every_class_has_its_golden() -> None:
    assert {path.name for path in GOLDENS.iterdir()} == {Path(golden_name(cls)).name for cls in VOCABULARY.classes()}
