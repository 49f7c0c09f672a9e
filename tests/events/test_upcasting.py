"""Stored bytes are for ever: a vocabulary that has moved on reads what an older one wrote, and takes it back."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from itertools import combinations_with_replacement
from typing import Final

import pytest

from cadreledger.errors import DecodeError, InputError
from cadreledger.events import (
    VOCABULARY,
    Codec,
    Encoded,
    Entry,
    Event,
    Recorded,
    Registry,
    Upcaster,
    event,
    evolve,
    internal,
    leaf_text,
    personal,
    public,
    without_personal,
)
from cadreledger.events.cadre import VisitMade, VisitMode, VisitReason
from cadreledger.events.void import Void, VoidReason
from cadreledger.sealing import canonical, decode_frame, parse_canonical
from cadreledger.values import StreamId, actor

KEY: Final = bytes(range(32))
STREAM: Final = StreamId("cadre:" + "ab" * 16)
VISIT: Final = VisitMade(
    mode=VisitMode.DOOR,
    repeated=False,
    reason=VisitReason.CALL,
    group="G1",
    content=None,
    note="问候",
    occurred_on=date(2021, 7, 5),
)
Fields = Mapping[str, object]


@event("visit.made/2", counted=True)
class VisitWithTeam(Event):
    """A group is called a team now."""

    mode: VisitMode = public()
    repeated: bool = public()
    reason: VisitReason = internal()
    team: str | None = internal(default=None)
    content: str | None = personal(default=None)
    note: str | None = personal(default=None)


@event("visit.made/3", counted=True)
class VisitWithLength(Event):
    """How long it took is told too, and what it was about no more."""

    mode: VisitMode = public()
    repeated: bool = public()
    minutes: int = internal(unit="minutes", least=0)
    team: str | None = internal(default=None)
    content: str | None = personal(default=None)
    note: str | None = personal(default=None)


def to_team(fields: Fields) -> Fields:
    renamed = {"group": "team"}
    return {renamed.get(name, name): value for name, value in fields.items()}


def to_length(fields: Fields) -> Fields:
    minutes = {"study": 60, "comfort": 30, "call": 15}[str(fields["reason"])]
    return {name: value for name, value in fields.items() if name != "reason"} | {"minutes": minutes}


SECOND: Final = Upcaster("visit.made/1", "visit.made/2", to_team)
THIRD: Final = Upcaster("visit.made/2", "visit.made/3", to_length)
IN_TIME: Final = (
    Codec(VOCABULARY),
    Codec(Registry.of([VisitWithTeam, Void], [SECOND])),
    Codec(Registry.of([VisitWithLength, Void], [THIRD, SECOND])),
)
"""The same ledger's code, as it was and as it became."""


def entry(version: int) -> Entry:
    moment = datetime(2021, 7, 5, 1, 2, 3, 4, tzinfo=UTC)
    return Entry(stream=STREAM, version=version, recorded_at=moment, by=actor("staff:liaison"), tx="0f" * 16, tx_size=1)


def read(codec: Codec, encoded: Encoded, version: int = 1) -> Recorded:
    return codec.decode((version, STREAM, version, encoded.topic, encoded.state), lambda _subject: KEY)


def void_of(recorded: Recorded, topic: str) -> Void:
    """As the ledger takes back a stored event."""
    return Void(
        of_version=recorded.version,
        reason=VoidReason.MISTAKE,
        undoes=without_personal(recorded.event),
        undoes_type=topic,
        undoes_as_stored=recorded.as_stored,
        target_leaf=leaf_text(recorded.leaf),
        words=None,
    )


WRITTEN: Final = IN_TIME[0].encode(VISIT, entry(1), KEY)
WITH_TEAM: Final = VisitWithTeam(
    mode=VisitMode.DOOR, repeated=False, reason=VisitReason.CALL, team="G1", note="问候", occurred_on=date(2021, 7, 5)
)
WITH_LENGTH: Final = VisitWithLength(
    mode=VisitMode.DOOR, repeated=False, minutes=15, team="G1", note="问候", occurred_on=date(2021, 7, 5)
)


@pytest.mark.parametrize(("codec", "expected"), [*zip(IN_TIME, (VISIT, WITH_TEAM, WITH_LENGTH), strict=True)])
def test_old_bytes_are_read_as_the_newest_class(codec: Codec, expected: Event) -> None:
    recorded = read(codec, WRITTEN)
    assert recorded.event == expected
    assert (recorded.entry, recorded.leaf, recorded.sealed) == (entry(1), WRITTEN.leaf, False)


@pytest.mark.parametrize("codec", IN_TIME[1:])
def test_their_header_keeps_its_type(codec: Codec) -> None:
    # decoding compares the whole header, so it would not get this far with another type or another public field
    assert read(codec, WRITTEN).leaf == WRITTEN.leaf
    assert parse_canonical(decode_frame(WRITTEN.state).header)["type"] == "visit.made/1"
    tampered = WRITTEN.state.replace(b'"type":"visit.made/1"}', b'"type":"visit.made/2"}', 1)
    with pytest.raises(DecodeError, match="header does not fit"):
        read(codec, evolved(WRITTEN, tampered))


def evolved(encoded: Encoded, state: bytes) -> Encoded:
    return Encoded(encoded.topic, state, encoded.leaf)


def test_new_events_are_written_under_the_new_name() -> None:
    encoded = IN_TIME[1].encode(WITH_TEAM, entry(1), KEY)
    assert encoded.topic == "visit.made/2"
    assert parse_canonical(decode_frame(encoded.state).header)["type"] == "visit.made/2"
    assert read(IN_TIME[1], encoded).event == WITH_TEAM
    assert read(IN_TIME[2], encoded).event == WITH_LENGTH
    with pytest.raises(DecodeError, match="unknown type"):
        read(IN_TIME[0], encoded)


def test_what_was_stored_is_kept_for_a_void() -> None:
    recorded = read(IN_TIME[2], WRITTEN)
    assert recorded.as_stored == canonical(
        {
            "type": "visit.made/1",
            "occurred_on": "2021-07-05",
            "mode": "door",
            "repeated": False,
            "reason": "call",
            "group": "G1",
        }
    )
    assert read(IN_TIME[0], WRITTEN).as_stored == b""


@pytest.mark.parametrize(("then", "later"), [*combinations_with_replacement(IN_TIME, 2)])
def test_a_void_takes_back_what_was_stored_whenever_it_is_written_and_read(then: Codec, later: Codec) -> None:
    void = void_of(read(then, WRITTEN), WRITTEN.topic)
    encoded = then.encode(void, entry(2), None)
    frame = decode_frame(encoded.state)
    undoes = parse_canonical(frame.internal[32:])["undoes"]
    assert undoes == parse_canonical(read(IN_TIME[2], WRITTEN).as_stored)
    header, target = parse_canonical(frame.header), parse_canonical(decode_frame(WRITTEN.state).header)
    assert header == target | {"sign": -1, "voids": leaf_text(WRITTEN.leaf), "internal": header["internal"]}
    found = read(later, encoded, 2).event
    assert isinstance(found, Void)
    assert found.undoes == without_personal(read(later, WRITTEN).event)
    assert later is not then or found == void
    assert void_of(read(later, WRITTEN), WRITTEN.topic) == found


def test_a_void_of_an_old_event_must_say_what_was_stored() -> None:
    void = void_of(read(IN_TIME[1], WRITTEN), WRITTEN.topic)
    with pytest.raises(InputError, match="does not know what it undoes"):
        IN_TIME[1].encode(evolve(void, undoes_as_stored=b""), entry(2), None)


def test_a_void_of_an_old_event_names_it_once() -> None:
    void = void_of(read(IN_TIME[1], WRITTEN), WRITTEN.topic)
    other = parse_canonical(void.undoes_as_stored) | {"type": "visit.made/2"}
    encoded = IN_TIME[1].encode(evolve(void, undoes_as_stored=canonical(other)), entry(2), None)
    with pytest.raises(DecodeError, match="undoes something else than it says"):
        read(IN_TIME[1], encoded, 2)


def failing(error: Exception) -> Callable[[Fields], Fields]:
    def change(_fields: Fields) -> Fields:
        raise error

    return change


@pytest.mark.parametrize(
    "error", [KeyError("reason"), TypeError(), ValueError(), AttributeError(), ZeroDivisionError()]
)
def test_fields_that_an_upcaster_cannot_take_are_an_error_with_a_position(error: Exception) -> None:
    codec = Codec(Registry.of([VisitWithTeam], [Upcaster("visit.made/1", "visit.made/2", failing(error))]))
    with pytest.raises(DecodeError, match="position 1 cannot be read") as caught:
        read(codec, WRITTEN)
    assert caught.value.position == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda fields: dict(fields) | {"mode": "online"},
        lambda fields: dict(fields) | {"type": "visit.made/2"},
        lambda fields: dict(fields) | {"occurred_on": "2021-08-05"},
        lambda fields: dict(fields) | {"colour": "red"},
    ],
    ids=["a public field", "the name", "the month", "an unknown field"],
)
def test_an_upcaster_leaves_alone_what_is_public(change: Callable[[Fields], Fields]) -> None:
    registry = Registry.of([VisitWithTeam], [Upcaster("visit.made/1", "visit.made/2", lambda f: change(to_team(f)))])
    with pytest.raises(DecodeError):
        read(Codec(registry), WRITTEN)


# --- registries -------------------------------------------------------------------------------------------------------


def same(fields: Fields) -> Fields:
    return fields


@pytest.mark.parametrize(
    ("upcasters", "reason"),
    [
        ([Upcaster("visit.made/1", "visit.made/9", same)], "visit.made/9, which nobody knows"),
        ([SECOND, Upcaster("visit.made/0", "tea/1", same)], "tea/1, which nobody knows"),
        ([Upcaster("tea/1", "tea/1", same)], "tea/1, which nobody knows"),
        ([Upcaster("tea/1", "tea/2", same), Upcaster("tea/2", "tea/1", same)], "which nobody knows"),
        ([SECOND, SECOND], "visit.made/1 stands twice"),
        ([Upcaster("visit.made/2", "visit.made/2", same)], "visit.made/2 stands twice"),
    ],
    ids=["nowhere", "nowhere else", "to itself", "in a circle", "twice", "from a living class"],
)
def test_an_upcaster_leads_somewhere(upcasters: list[Upcaster], reason: str) -> None:
    with pytest.raises(TypeError, match=reason):
        Registry.of([VisitWithTeam], upcasters)


def test_a_name_is_given_once() -> None:
    with pytest.raises(TypeError, match=r"visit.made/2 stands twice"):
        Registry.of([VisitWithTeam, VisitWithTeam])


def test_a_registry_is_closed() -> None:
    registry = IN_TIME[2].registry
    assert registry.classes() == (VisitWithLength, Void)
    assert registry.shape_of("visit.made/1") is registry.shape_of("visit.made/3") is registry.shapes["visit.made/3"]
    assert registry.shape_of("tea.drunk/1") is None
    assert registry.public_fields("visit.made/3") == ("mode", "repeated")
    for mapping in (registry.shapes, registry.upcasters):
        with pytest.raises(TypeError):
            mapping["tea.drunk/1"] = None  # type: ignore[index] # on purpose
