"""What decoding refuses: everything that encoding would not have written, by position."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import CLASSES, FEW, KEY, entries_for, events, streams_of, voids_of

from cadreledger.errors import DecodeError
from cadreledger.events import VOCABULARY, Codec, Encoded, Entry, Event, without_personal
from cadreledger.events.cadre import CadreKind, CadreRegistered, VisitMade, VisitMode, VisitReason
from cadreledger.events.dues import DuesReceived
from cadreledger.events.ledger import LedgerOpened
from cadreledger.events.void import Void, VoidReason
from cadreledger.sealing import (
    INTERNAL_TAG,
    PERSONAL_TAG,
    Frame,
    canonical,
    commitment,
    decode_frame,
    encode_frame,
    encrypt_personal,
    parse_canonical,
)
from cadreledger.values import Month, StreamId, StreamKind, actor, fen

CODEC: Final = Codec(VOCABULARY)
STREAM: Final = StreamId("cadre:" + "ab" * 16)
POSITION: Final = 17
VERSION: Final = 3
SALT: Final = bytes(range(32))
DAY: Final = date(2021, 7, 5)
ENTRY: Final = Entry(
    stream=STREAM,
    version=VERSION,
    recorded_at=datetime(2021, 7, 5, 1, 2, 3, 4, tzinfo=UTC),
    by=actor("staff:liaison"),
    tx="0f" * 16,
    tx_size=1,
    registered_on=DAY,
    source="visits 2021, row 17",
)
VISIT: Final = VisitMade(
    mode=VisitMode.DOOR, repeated=False, reason=VisitReason.CALL, content=None, note="问候", occurred_on=DAY
)
PAID: Final = DuesReceived(
    amount=fen(850),
    for_month=Month(2021, 7),
    held=False,
    branch=StreamId("branch:B1"),
    payer=None,
    note=None,
    occurred_on=DAY,
)
REGISTERED: Final = CadreRegistered(
    kind=CadreKind.RETIRED,
    smartphone=True,
    frail=False,
    code=None,
    name=None,
    sex=None,
    born=None,
    phone=None,
    address=None,
)
VOID: Final = Void(
    of_version=1,
    reason=VoidReason.MISTAKE,
    undoes_type="visit.made/1",
    target_leaf="A" * 43,
    undoes=VisitMade(
        mode=VisitMode.DOOR, repeated=False, reason=VisitReason.CALL, content=None, note=None, occurred_on=DAY
    ),
    words=None,
)
OPENED: Final = LedgerOpened(
    origin="office",
    suite="sha256-ed25519",
    keys=("office+0123abcd+" + "A" * 44,),
    catalogue="A" * 43,
    time_zone="Asia/Shanghai",
    name="永兴社区",
    key_store="0" * 32,
)

Json = dict[str, Any]
Change = Callable[[Json], object]


def home(event: Event) -> StreamId:
    """The stream that the event is written in."""
    return StreamId("ledger") if isinstance(event, LedgerOpened) else STREAM


def written(event: Event) -> Encoded:
    return CODEC.encode(event, attrs.evolve(ENTRY, stream=home(event)), KEY)


def read(state: bytes, topic: str, *, stream: str = STREAM, version: int = VERSION, key: bytes | None = KEY) -> Event:
    return CODEC.decode((POSITION, stream, version, topic, state), lambda _subject: key).event


def refused(state: bytes, topic: str, *, stream: str = STREAM, version: int = VERSION) -> str:
    """Why bytes are refused: the error's own words, and those of what is behind it."""
    with pytest.raises(DecodeError) as caught:
        read(state, topic, stream=stream, version=version)
    error = caught.value
    assert (error.position, error.stream, error.version) == (POSITION, stream, version)
    assert f"position {POSITION}" in error.what
    assert error.hint
    assert "问候" not in str(error)
    return f"{error.found} {error.__cause__}"


def sealed(internal: bytes, header: Json, personal: bytes = b"") -> bytes:
    """A frame whose commitment is right, so that only the contents can be wrong."""
    salted = SALT + internal
    return encode_frame(Frame(canonical(header | {"internal": commitment(INTERNAL_TAG, salted)}), salted, personal))


def forged(event: Event, change: Change, change_header: Change = lambda _header: None) -> tuple[bytes, str]:
    """The event as somebody would store it who has changed its internal section, and its header to fit."""
    encoded = written(event)
    frame = decode_frame(encoded.state)
    inside, header = json.loads(frame.internal[32:]), json.loads(frame.header)
    change(inside)
    change_header(header)
    # not canonical(): some of what is tried here could not be written with it
    data = json.dumps(inside, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    return sealed(data, header, frame.personal), encoded.topic


def test_a_forgery_without_a_change_is_no_forgery() -> None:
    for event in (VISIT, PAID, REGISTERED, VOID, OPENED):
        assert read(*forged(event, lambda _inside: None), stream=home(event)) == event


# --- the internal section ---------------------------------------------------------------------------------------------

# the event, what is changed in its internal section, and the reason given
TAMPERED: Final[dict[str, tuple[Event, Change, str]]] = {
    "an unknown field": (VISIT, lambda i: i.update(colour="red"), "unknown field `colour`"),
    "a field of another type": (VISIT, lambda i: i.update(amount=1), "unknown field `amount`"),
    "a personal field in the open": (VISIT, lambda i: i.update(note="x"), "unknown field `note`"),
    "a missing field": (VISIT, lambda i: i.pop("reason"), "missing required field `reason`"),
    "a missing public field": (VISIT, lambda i: i.pop("mode"), "missing required field `mode`"),
    "a missing time": (VISIT, lambda i: i.pop("recorded_at"), "missing required field `recorded_at`"),
    "a missing date": (VISIT, lambda i: i.pop("occurred_on"), "needs a date"),
    "an unknown word": (VISIT, lambda i: i.update(reason="tea"), "Invalid enum value"),
    "a number for a boolean": (VISIT, lambda i: i.update(repeated=0), "Expected `bool`"),
    "text for a boolean": (VISIT, lambda i: i.update(repeated="false"), "Expected `bool`"),
    "null for a boolean": (VISIT, lambda i: i.update(repeated=None), "Expected `bool`"),
    "null for what may be absent": (VISIT, lambda i: i.update(group=None), "not canonical JSON"),
    "null for a source": (VISIT, lambda i: i.update(source=None), "not canonical JSON"),
    "null for what it replaces": (VISIT, lambda i: i.update(replaces=None), "not canonical JSON"),
    "a place that is no entry's": (VISIT, lambda i: i.update(replaces="A" * 42), "replaces what is none"),
    "a boolean for a number": (PAID, lambda i: i.update(amount=True), "Expected `int`"),
    "a fraction": (PAID, lambda i: i.update(amount=8.5), "Expected `int`"),
    "a whole number as a fraction": (PAID, lambda i: i.update(amount=850.0), "Expected `int`"),
    "text for a number": (PAID, lambda i: i.update(amount="850"), "Expected `int`"),
    "an amount too large": (PAID, lambda i: i.update(amount=2**53), "amount is too large"),
    "an amount below nothing": (PAID, lambda i: i.update(amount=-1), "at least 0 fen"),
    "a month that is none": (PAID, lambda i: i.update(for_month="2021-13"), "month has a wrong number"),
    "a month spelt otherwise": (PAID, lambda i: i.update(for_month="2021-7"), "month cannot be read"),
    "a month of another year": (PAID, lambda i: i.update(for_month="1899-12"), "month has a wrong year"),
    "no stream": (PAID, lambda i: i.update(branch="B1"), "no stream has such a name"),
    "a date that is none": (VISIT, lambda i: i.update(occurred_on="2021-02-29"), "Invalid RFC3339 encoded date"),
    "a date spelt otherwise": (VISIT, lambda i: i.update(occurred_on="20210705"), "Invalid RFC3339 encoded date"),
    "a date with a time": (VISIT, lambda i: i.update(occurred_on="2021-07-05T00:00:00"), "Invalid RFC3339"),
    "a date out of range": (VISIT, lambda i: i.update(occurred_on="1899-12-31"), "wrong date"),
    "a date where there is none": (OPENED, lambda i: i.update(occurred_on="2021-07-05"), "expected no date"),
    "a wrong origin": (OPENED, lambda i: i.update(origin="永兴"), "origin has a wrong form"),
    "an array of something else": (OPENED, lambda i: i.update(keys=[1]), "Expected `str`"),
    "another stream": (VISIT, lambda i: i.update(stream="ledger"), "not where it says"),
    "another version": (VISIT, lambda i: i.update(version=4), "not where it says"),
    "another type": (VISIT, lambda i: i.update(type="visit.confirmed/1"), "not where it says"),
    "an actor with a name": (VISIT, lambda i: i.update(by="王某"), "an actor cannot be read"),
    "another transaction id": (VISIT, lambda i: i.update(tx="0F" * 16), "transaction's id has a wrong form"),
    "an empty transaction": (VISIT, lambda i: i.update(tx_size=0), "entry has a wrong number"),
    "a time in another zone": (
        VISIT,
        lambda i: i.update(recorded_at="2021-07-05T09:02:03.000004+08:00"),
        "recorded time has a wrong form",
    ),
    "a time without a zone": (
        VISIT,
        lambda i: i.update(recorded_at="2021-07-05T01:02:03.000004"),
        "recorded time has a wrong form",
    ),
    "a time without its zeros": (
        VISIT,
        lambda i: i.update(recorded_at="2021-07-05T01:02:03Z"),
        "recorded time has a wrong form",
    ),
    "a time with a blank": (
        VISIT,
        lambda i: i.update(recorded_at="2021-07-05 01:02:03.000004Z"),
        "recorded time has a wrong form",
    ),
    "a time that no calendar has in UTC": (
        VISIT,
        lambda i: i.update(recorded_at="0001-01-01T00:00:00.000000+23:59"),
        "recorded time has a wrong form",
    ),
    "no time": (VISIT, lambda i: i.update(recorded_at="yesterday"), "Invalid isoformat string"),
    "somebody else's section": (VISIT, lambda i: i.update(subject="cadre:" + "cd" * 16), "locked with another's key"),
    "a section of nobody": (VISIT, lambda i: i.pop("subject"), "not committed to"),
    "a section without a commitment": (VISIT, lambda i: i.pop("personal"), "not committed to"),
    "a section that nothing says is there": (
        VISIT,
        lambda i: (i.pop("personal"), i.pop("subject")),
        "not committed to",
    ),
    "another commitment": (VISIT, lambda i: i.update(personal="A" * 43), "does not fit its commitment"),
    "a commitment to nothing": (PAID, lambda i: i.update(personal="A" * 43), "not committed to"),
    "a subject of nothing": (PAID, lambda i: i.update(subject=STREAM), "not committed to"),
    "a void of nothing": (VOID, lambda i: i.pop("undoes"), "missing required field `undoes`"),
    "a void of an unknown type": (VOID, lambda i: i.update(undoes_type="tea.drunk/1"), "undoes an unknown type"),
    "a void of a void": (VOID, lambda i: i.update(undoes_type="void/1"), "undoes an unknown type"),
    "a void of another type": (VOID, lambda i: i.update(undoes_type="visit.confirmed/1"), "unknown field"),
    "a void whose target is named otherwise": (
        VOID,
        lambda i: i["undoes"].update(type="visit.confirmed/1"),
        "undoes something else than it says",
    ),
    "a void with one field more": (VOID, lambda i: i["undoes"].update(colour="red"), "unknown field `colour`"),
    "a void with one field less": (VOID, lambda i: i["undoes"].pop("reason"), "missing required field `reason`"),
    "a void with a number as a fraction": (VOID, lambda i: i.update(of_version=1.0), "Expected `int`"),
    "a void of what never was": (VOID, lambda i: i.update(of_version=0), "at least 1"),
    "a void of no leaf": (VOID, lambda i: i.update(target_leaf=""), "does not know what it undoes"),
    "a void of a leaf of another form": (VOID, lambda i: i.update(target_leaf="A" * 42), "wrong form"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_changed_internal_section_is_refused(name: str) -> None:
    event, change, reason = TAMPERED[name]
    assert reason in refused(*forged(event, change), stream=home(event))


RESPELT: Final[dict[str, Callable[[bytes], bytes]]] = {
    "a space": lambda data: data.replace(b",", b", ", 1),
    "a line break at the end": lambda data: data + b"\n",
    "another order": lambda data: json.dumps(dict(reversed(json.loads(data).items())), separators=(",", ":")).encode(),
    "a key twice": lambda data: data.replace(b'"mode":"door"', b'"mode":"online","mode":"door"'),
    "an escape": lambda data: data.replace(b"door", b"do\\u006fr"),
}


@pytest.mark.parametrize("name", RESPELT)
def test_an_internal_section_has_one_spelling(name: str) -> None:
    frame = decode_frame(written(VISIT).state)
    data = RESPELT[name](frame.internal[32:])
    assert data != frame.internal[32:]
    state = sealed(data, json.loads(frame.header), frame.personal)
    assert "not canonical JSON" in refused(state, "visit.made/1")


def test_brackets_beyond_any_stack_are_refused() -> None:
    deep = b"[" * 8000 + b"]" * 8000
    data = b'{"undoes":{"a":' + deep + b"}}"
    assert "another form" in refused(sealed(data, {"type": "visit.made/1"}), "void/1")


@pytest.mark.parametrize("topic", ["", "tea.drunk/1", "visit.made/2", "visit.made", "noted/1", "VISIT.MADE/1"])
def test_an_unknown_type_is_refused(topic: str) -> None:
    assert "unknown type" in refused(written(VISIT).state, topic)


def test_an_event_is_read_nowhere_but_in_its_place() -> None:
    state = written(VISIT).state
    assert read(state, "visit.made/1") == VISIT
    assert "not where it says" in refused(state, "visit.made/1", stream="cadre:" + "cd" * 16)
    assert "not where it says" in refused(state, "visit.made/1", version=VERSION + 1)
    assert refused(state, "visit.confirmed/1")


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.wire)
@FEW
@given(data=st.data())
def test_an_event_is_read_in_no_stream_that_may_not_hold_it(cls: type[Event], data: st.DataObject) -> None:
    entry, elsewhere = data.draw(entries_for(cls)), data.draw(streams_of(set(StreamKind) - cls.streams))
    for event in (data.draw(events(cls)), data.draw(voids_of(cls))):
        encoded = CODEC.encode(without_personal(event), entry, None)
        frame = decode_frame(encoded.state)
        moved = parse_canonical(frame.internal[32:]) | {"stream": elsewhere}
        state = sealed(canonical(moved), parse_canonical(frame.header))
        reason = refused(state, encoded.topic, stream=elsewhere, version=entry.version)
        assert f"{event.wire} has no place in such a stream" in reason


# --- the header -------------------------------------------------------------------------------------------------------

HEADERS: Final[dict[str, tuple[Event, Change]]] = {
    "another month": (VISIT, lambda h: h.update(month="2021-08")),
    "no month": (VISIT, lambda h: h.pop("month")),
    "another mode": (VISIT, lambda h: h.update(mode="online")),
    "a field less": (VISIT, lambda h: h.pop("repeated")),
    "a number for a boolean": (VISIT, lambda h: h.update(repeated=0)),
    "a field more": (VISIT, lambda h: h.update(reason="call")),
    "an amount": (PAID, lambda h: h.update(amount=850)),
    "another type": (VISIT, lambda h: h.update(type="visit.confirmed/1")),
    "hidden": (VISIT, lambda h: (h.update(type="noted/1"), h.pop("month"), h.pop("mode"), h.pop("repeated"))),
    "a month where there is no date": (REGISTERED, lambda h: h.update(month="2021-07")),
    "taken back": (VISIT, lambda h: h.update(sign=-1, voids="A" * 43)),
    "a void that counts": (VOID, lambda h: h.pop("sign")),
    "a void that counts twice": (VOID, lambda h: h.update(sign=-2)),
    "a void of another leaf": (VOID, lambda h: h.update(voids="B" * 43)),
    "a void of another month": (VOID, lambda h: h.update(month="2021-06")),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_says_what_its_internal_section_says(name: str) -> None:
    event, change = HEADERS[name]
    assert "header does not fit" in refused(*forged(event, lambda _inside: None, change), stream=home(event))


@given(st.sampled_from([VISIT, PAID, VOID, OPENED]), st.data())
def test_a_header_changed_in_one_byte_is_refused(event: Event, data: st.DataObject) -> None:
    encoded = written(event)
    frame = decode_frame(encoded.state)
    header = bytearray(frame.header)
    header[data.draw(st.integers(0, len(header) - 1))] ^= data.draw(st.integers(1, 255))
    state = encode_frame(Frame(bytes(header), frame.internal, frame.personal))
    assert "header does not fit" in refused(state, encoded.topic, stream=home(event))


@pytest.mark.parametrize("separators", [(", ", ":"), (",", ": ")])
def test_a_header_spelt_otherwise_is_refused(separators: tuple[str, str]) -> None:
    frame = decode_frame(written(VISIT).state)
    header = json.dumps(json.loads(frame.header), separators=separators).encode()
    assert "header does not fit" in refused(encode_frame(Frame(header, frame.internal, frame.personal)), "visit.made/1")


# --- the personal section ---------------------------------------------------------------------------------------------


def locked(section: bytes, version: int = VERSION) -> tuple[bytes, str]:
    """A visit whose personal section holds ``section``, with a commitment that is right."""
    salted = SALT + section
    part = encrypt_personal(KEY, bytes(12), salted, STREAM, version)
    frame = decode_frame(written(VISIT).state)
    inside = json.loads(frame.internal[32:]) | {"personal": commitment(PERSONAL_TAG, salted)}
    return sealed(canonical(inside), json.loads(frame.header), part), "visit.made/1"


def test_a_locked_section_without_a_change_is_no_forgery() -> None:
    assert read(*locked('{"note":"问候"}'.encode())) == VISIT


@pytest.mark.parametrize(
    ("section", "reason"),
    [
        (b'{"colour":"red"}', "unknown field `colour`"),
        (b'{"mode":"online"}', "unknown field `mode`"),
        (b'{"note":1}', "Expected `str | null`"),
        (b'{"note":null}', "not canonical JSON"),
        (b'{"note": "x"}', "not canonical JSON"),
        (b'{"note":"x","content":"y"}', "not canonical JSON"),
        (b'{"note":"x","note":"y"}', "not canonical JSON"),
        (b'["x"]', "Expected `object`"),
        (b"{", "Input data was truncated"),
        (b"\xff", "malformed"),
        (b"", "cut short"),
    ],
)
def test_a_personal_section_is_read_as_strictly(section: bytes, reason: str) -> None:
    assert reason in refused(*locked(section))


def test_a_personal_section_is_moved_nowhere() -> None:
    assert "does not open" in refused(*locked(b'{"note":"x"}', version=VERSION + 1))


def test_personal_sections_are_not_swapped() -> None:
    frame, other = decode_frame(written(VISIT).state), decode_frame(written(VISIT).state)
    state = encode_frame(Frame(frame.header, frame.internal, other.personal))
    assert "does not fit its commitment" in refused(state, "visit.made/1")


@given(st.data())
def test_a_personal_section_changed_in_one_byte_is_refused(data: st.DataObject) -> None:
    frame = decode_frame(written(VISIT).state)
    part = bytearray(frame.personal)
    part[data.draw(st.integers(0, len(part) - 1))] ^= data.draw(st.integers(1, 255))
    state = encode_frame(Frame(frame.header, frame.internal, bytes(part)))
    assert "does not open" in refused(state, "visit.made/1")


def test_another_persons_key_opens_nothing() -> None:
    with pytest.raises(DecodeError, match="does not open"):
        read(written(VISIT).state, "visit.made/1", key=bytes(32))


def test_a_copy_without_personal_sections_is_read_as_sealed_by_who_has_no_key() -> None:
    frame = decode_frame(written(VISIT).state)
    stored = (POSITION, STREAM, VERSION, "visit.made/1", encode_frame(Frame(frame.header, frame.internal)))
    with pytest.raises(DecodeError, match="a personal section is missing"):
        CODEC.decode(stored, lambda _subject: KEY)
    recorded = CODEC.decode(stored)
    assert recorded.sealed
    assert isinstance(recorded.event, VisitMade)
    assert recorded.event.note is None


# --- any bytes --------------------------------------------------------------------------------------------------------


@given(st.sampled_from([VISIT, PAID, VOID, OPENED]), st.data())
def test_any_byte_changed_is_refused(event: Event, data: st.DataObject) -> None:
    encoded = written(event)
    state = bytearray(encoded.state)
    state[data.draw(st.integers(0, len(state) - 1))] ^= data.draw(st.integers(1, 255))
    assert refused(bytes(state), encoded.topic, stream=home(event))


@given(st.binary(), st.sampled_from(sorted(VOCABULARY.shapes)))
def test_any_bytes_are_refused(state: bytes, topic: str) -> None:
    assert refused(state, topic)


@given(st.binary(min_size=1), st.sampled_from(sorted(VOCABULARY.shapes)))
def test_any_internal_section_is_refused(data: bytes, topic: str) -> None:
    assert refused(sealed(data, {"type": topic}), topic)
