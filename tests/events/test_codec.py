"""Every event of the vocabulary, to bytes and back, and what each of its sections shows."""

import string
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.strategies import CLASSES, FEW, KEY, entries_for, entries_in, events, streams_of, voids_of

from cadreledger.errors import InputError
from cadreledger.events import (
    NOTED,
    VOCABULARY,
    Codec,
    Dated,
    Encoded,
    Entry,
    Event,
    Recorded,
    Section,
    evolve,
    leaf_text,
    own_fields,
    utc_text,
    without_personal,
)
from cadreledger.events.branch import FundSpent, FundUse
from cadreledger.events.cadre import VisitMade, VisitMode, VisitReason
from cadreledger.events.ledger import LedgerOpened
from cadreledger.events.void import Void, VoidReason
from cadreledger.figures import Catalogue
from cadreledger.figures.declaration import Dating
from cadreledger.sealing import Frame, canonical, commitment, decode_frame, leaf_hash, parse_canonical, split_salt
from cadreledger.sealing.canonical import JsonObject
from cadreledger.values import StreamId, StreamKind, actor, fen

CODEC: Final = Codec(VOCABULARY)
SCHEMA: Final = {header.name: header for header in Catalogue.load().schema}
DAY: Final = date(2021, 7, 5)
PERSON: Final = StreamId("cadre:" + "ab" * 16)
META_ALWAYS: Final = {"type", "stream", "version", "recorded_at", "by", "tx", "tx_size"}

each_class = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.wire)
counted_class = pytest.mark.parametrize("cls", [cls for cls in CLASSES if cls.counted], ids=lambda cls: cls.wire)
noted_class = pytest.mark.parametrize("cls", [cls for cls in CLASSES if not cls.counted], ids=lambda cls: cls.wire)


def encode(event: Event, entry: Entry) -> Encoded:
    return CODEC.encode(event, entry, KEY)


def decode(encoded: Encoded, entry: Entry, key: bytes | None = KEY) -> Recorded:
    return CODEC.decode((7, entry.stream, entry.version, encoded.topic, encoded.state), lambda _subject: key)


def sections(encoded: Encoded) -> tuple[JsonObject, JsonObject, Frame]:
    """Header, internal section, and the frame that they are in."""
    frame = decode_frame(encoded.state)
    return parse_canonical(frame.header), parse_canonical(split_salt(frame.internal)[1]), frame


def names(cls: type[Event], section: Section) -> set[str]:
    return {field.name for field in own_fields(cls) if field.metadata["section"] is section}


def follows_schema(header: JsonObject) -> None:
    """As a verifier reads a header: a known type, its fields and no others, each of its form."""
    known = SCHEMA[str(header["type"])]
    fields = {field.name: field for field in known.fields}
    assert isinstance(header["internal"], str)
    voided = {"sign", "voids"} & header.keys()
    month = {"month"} & header.keys()
    assert header.keys() == {"internal", "type", *fields} | month | voided
    assert voided in (set(), {"sign", "voids"})
    assert (header.get("sign", -1), len(str(header.get("voids", "." * 43)))) == (-1, 43)
    assert month or known.month is not Dating.REQUIRED
    assert not month or known.month is not Dating.ABSENT
    assert all(field.holds(header[name]) for name, field in fields.items())


# --- there and back ---------------------------------------------------------------------------------------------------


@each_class
@FEW
@given(data=st.data())
def test_an_event_comes_back(cls: type[Event], data: st.DataObject) -> None:
    event, entry = data.draw(events(cls)), data.draw(entries_for(cls))
    encoded = encode(event, entry)
    recorded = decode(encoded, entry)
    assert (recorded.event, recorded.entry, recorded.position) == (event, entry, 7)
    assert type(recorded.event) is cls
    assert (recorded.stream, recorded.version) == (entry.stream, entry.version)
    assert recorded.leaf == encoded.leaf == leaf_hash(decode_frame(encoded.state).header)
    assert (encoded.topic, recorded.as_stored) == (cls.wire, b"")


@each_class
@FEW
@given(data=st.data())
def test_without_the_key_it_comes_back_sealed(cls: type[Event], data: st.DataObject) -> None:
    event, entry = data.draw(events(cls)), data.draw(entries_for(cls))
    encoded = encode(event, entry)
    recorded = decode(encoded, entry, key=None)
    assert recorded.event == without_personal(event)
    assert recorded.sealed is CODEC.needs_key(event) is (event != without_personal(event))
    assert recorded.subject == (event.subject(entry.stream) if recorded.sealed else None)


@each_class
@FEW
@given(data=st.data())
def test_a_void_comes_back(cls: type[Event], data: st.DataObject) -> None:
    void, entry = data.draw(voids_of(cls)), data.draw(entries_for(cls))
    encoded = encode(void, entry)
    assert decode(encoded, entry).event == void
    assert decode(encoded, entry, key=None).event == without_personal(void)


def test_someone_elses_section_is_locked_with_their_key() -> None:
    spent = FundSpent(amount=fen(5000), use=FundUse.HARDSHIP_AID, beneficiary=PERSON, note="病", occurred_on=DAY)
    entry = an_entry("branch:B1")
    encoded = encode(spent, entry)
    keys: dict[str, bytes] = {PERSON: KEY, entry.stream: bytes(32)}
    recorded = CODEC.decode((1, entry.stream, 1, encoded.topic, encoded.state), lambda subject: keys[subject])
    assert (recorded.event, recorded.subject) == (spent, PERSON)


# --- where it may stand -----------------------------------------------------------------------------------------------


@each_class
@FEW
@given(data=st.data())
def test_a_stream_of_another_kind_takes_no_such_event_and_no_void_of_one(cls: type[Event], data: st.DataObject) -> None:
    elsewhere = data.draw(entries_in(streams_of(set(StreamKind) - cls.streams)))
    kinds = " or ".join(sorted(kind.value for kind in cls.streams))
    for event in (data.draw(events(cls)), data.draw(voids_of(cls))):
        with pytest.raises(InputError, match="has no place in such a stream") as refused:
            encode(event, elsewhere)
        assert refused.value.expected == f"a stream of {kinds}"
        assert refused.value.what.startswith(event.wire)


# --- what each section shows ------------------------------------------------------------------------------------------


@counted_class
@FEW
@given(data=st.data())
def test_a_counted_header_is_what_the_catalogue_publishes(cls: type[Event], data: st.DataObject) -> None:
    event, entry = data.draw(events(cls)), data.draw(entries_for(cls))
    header, _, _ = sections(encode(event, entry))
    follows_schema(header)
    assert header["type"] == cls.wire
    assert header.keys() - {"internal", "type", "month"} == names(cls, Section.PUBLIC) - {"month"}
    if cls.dated is not Dated.NEVER:
        assert header.get("month") == (event.occurred_on and f"{event.occurred_on:%Y-%m}")


@noted_class
@FEW
@given(data=st.data())
def test_the_header_of_any_other_event_tells_nothing(cls: type[Event], data: st.DataObject) -> None:
    event, entry = data.draw(events(cls)), data.draw(entries_for(cls))
    header, _, frame = sections(encode(event, entry))
    assert header == {"internal": commitment(b"I", frame.internal), "type": NOTED}
    follows_schema(header)


@counted_class
@FEW
@given(data=st.data())
def test_the_header_of_a_void_is_its_targets(cls: type[Event], data: st.DataObject) -> None:
    void, entry = data.draw(voids_of(cls)), data.draw(entries_for(cls))
    assert void.undoes
    header, _, _ = sections(encode(void, entry))
    target, _, _ = sections(encode(void.undoes, entry))
    follows_schema(header)
    mine = {"sign": -1, "voids": void.target_leaf, "internal": header["internal"]}
    assert header == target | mine


@noted_class
@FEW
@given(data=st.data())
def test_the_void_of_a_noted_event_is_noted(cls: type[Event], data: st.DataObject) -> None:
    void, entry = data.draw(voids_of(cls)), data.draw(entries_for(cls))
    header, _, _ = sections(encode(void, entry))
    assert header.keys() == {"internal", "type"}
    assert header["type"] == NOTED


def test_every_class_of_the_vocabulary_is_one_or_the_other() -> None:
    assert {cls.wire for cls in CLASSES if cls.counted} == SCHEMA.keys() - {NOTED}
    assert len(CLASSES) == len(VOCABULARY.classes()) - 1


@each_class
@FEW
@given(data=st.data())
def test_the_internal_section_holds_all_but_what_is_personal(cls: type[Event], data: st.DataObject) -> None:
    event, entry = data.draw(events(cls)), data.draw(entries_for(cls))
    _, internal, _ = sections(encode(event, entry))
    may = {"occurred_on", "registered_on", "source", "replaces", "subject", "personal"}
    open_fields = names(cls, Section.PUBLIC) | names(cls, Section.INTERNAL)
    there = {name for name in open_fields if getattr(event, name) is not None}
    assert internal.keys() - may - META_ALWAYS == there
    assert internal.keys() >= META_ALWAYS
    assert internal["type"] == cls.wire
    assert (internal.get("occurred_on"), internal.get("registered_on")) == (
        event.occurred_on and str(event.occurred_on),
        entry.registered_on and str(entry.registered_on),
    )
    assert (internal.get("source"), internal.get("replaces")) == (entry.source, entry.replaces)
    assert {"subject", "personal"} & internal.keys() in (set(), {"subject", "personal"})


@each_class
@FEW
@given(data=st.data())
def test_a_void_says_all_that_its_target_said(cls: type[Event], data: st.DataObject) -> None:
    void, entry = data.draw(voids_of(cls)), data.draw(entries_for(cls))
    assert void.undoes
    _, internal, _ = sections(encode(void, entry))
    _, target, _ = sections(encode(void.undoes, entry))
    of_the_frame = META_ALWAYS | {"registered_on", "source", "replaces"}
    assert internal["undoes"] == {name: target[name] for name in target.keys() - of_the_frame} | {"type": cls.wire}


# marked by a script that nothing else here is written in
secrets_of_people = st.text("ሀሁሂሃሄህሆለሉሊላሌልሎ", min_size=3, max_size=8)


@pytest.mark.parametrize(
    "cls", [cls for cls in (*CLASSES, Void) if names(cls, Section.PERSONAL)], ids=lambda cls: cls.wire
)
@FEW
@given(data=st.data(), words=secrets_of_people)
def test_nothing_personal_is_readable(cls: type[Event], data: st.DataObject, words: str) -> None:
    target = VisitMade if cls is Void else cls
    drawn, entry = data.draw(voids_of(target) if cls is Void else events(cls)), data.draw(entries_for(target))
    assume(words not in f"{without_personal(drawn)!r}{entry!r}")
    event = evolve(drawn, **dict.fromkeys(names(cls, Section.PERSONAL), words))
    _, internal, frame = sections(encode(event, entry))
    assert words.encode() not in frame.header + frame.internal + frame.personal
    assert words not in repr(event) + str(event)
    assert not names(cls, Section.PERSONAL) & internal.keys()
    assert decode(encode(event, entry), entry).event == event


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if cls.wire.startswith(("dues.", "arrears."))])
@FEW
@given(data=st.data())
def test_no_header_tells_what_one_person_paid(cls: type[Event], data: st.DataObject) -> None:
    entry = data.draw(entries_for(cls))
    for event in (data.draw(events(cls)), data.draw(voids_of(cls))):
        header, _, _ = sections(encode(event, entry))
        if cls.wire != "dues.tallied/1":
            assert header.keys() <= {"internal", "type", "month", "sign", "voids"}


# --- chance, limits, what is missing ----------------------------------------------------------------------------------


def an_entry(stream: str = PERSON) -> Entry:
    moment = datetime(2021, 7, 5, 1, 2, 3, 4, tzinfo=UTC)
    return Entry(
        stream=StreamId(stream), version=1, recorded_at=moment, by=actor("staff:liaison"), tx="0f" * 16, tx_size=1
    )


def a_visit(**more: str) -> VisitMade:
    base = VisitMade(
        mode=VisitMode.DOOR, repeated=False, reason=VisitReason.CALL, content=None, note=None, occurred_on=DAY
    )
    return evolve(base, **more)


def test_every_section_has_a_salt_of_its_own() -> None:
    drawn: list[bytes] = []

    def random(length: int) -> bytes:
        drawn.append(bytes([len(drawn)]) * length)
        return drawn[-1]

    encoded = Codec(VOCABULARY, random).encode(a_visit(note="好"), an_entry(), KEY)
    assert sorted(map(len, drawn)) == [12, 32, 32]
    frame = decode_frame(encoded.state)
    assert frame.internal[:32] in drawn
    assert frame.personal[:12] in drawn


def test_the_same_event_never_looks_the_same() -> None:
    encoded = {encode(a_visit(note="好"), an_entry()) for _ in range(20)}
    parts = [decode_frame(item.state) for item in encoded]
    assert len({part.header for part in parts}) == len({part.personal for part in parts}) == 20
    assert len({part.personal[:12] for part in parts}) == 20


def test_bytes_do_not_depend_on_the_order_of_fields() -> None:
    encoded = Codec(VOCABULARY, bytes).encode(a_visit(), an_entry(), None)
    frame = decode_frame(encoded.state)
    assert frame.header == canonical(parse_canonical(frame.header))
    assert frame.internal[32:] == (
        b'{"by":"staff:liaison","mode":"door","occurred_on":"2021-07-05","reason":"call",'
        b'"recorded_at":"2021-07-05T01:02:03.000004Z","repeated":false,"stream":"cadre:abababababababababababababababab",'
        b'"tx":"0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f","tx_size":1,"type":"visit.made/1","version":1}'
    )


def test_something_personal_needs_a_key() -> None:
    assert not CODEC.needs_key(a_visit())
    assert CODEC.needs_key(a_visit(note="甲"))
    with pytest.raises(InputError, match="no key") as caught:
        CODEC.encode(a_visit(note="甲"), an_entry(), None)
    assert "甲" not in str(caught.value)


def too_long(event: Event, section: str, stream: str = PERSON) -> None:
    with pytest.raises(InputError, match=f"the {section} section is too large") as caught:
        encode(event, an_entry(stream))
    assert caught.value.hint
    assert "甲" not in str(caught.value)


def fill(make: Callable[[int], Event], section: Callable[[Frame], bytes], bytes_max: int) -> int:
    """How much text fits into a section."""
    used = len(section(decode_frame(encode(make(0), an_entry()).state)))
    return bytes_max - used


def test_a_personal_section_has_a_limit() -> None:
    fits = fill(lambda length: a_visit(note="a" * length), lambda frame: frame.personal, 65_536)
    full = a_visit(note="a" * fits)
    assert len(decode_frame(encode(full, an_entry()).state).personal) == 65_536
    too_long(a_visit(note="a" * (fits + 1)), "personal")
    too_long(a_visit(note="甲" * (fits // 3 + 1)), "personal")


def test_an_internal_section_has_a_limit() -> None:
    fits = fill(lambda length: a_visit(group="a" * length), lambda frame: frame.internal, 16_384)
    assert len(decode_frame(encode(a_visit(group="a" * fits), an_entry()).state).internal) == 16_384
    too_long(a_visit(group="a" * (fits + 1)), "internal")
    too_long(a_visit(group="甲" * (fits // 3 + 1)), "internal")


def test_a_header_has_a_limit() -> None:
    key = "k" * 255 + "+0123abcd+" + "A" * 44

    def opened(count: int) -> LedgerOpened:
        return LedgerOpened(
            origin="office",
            suite="sha256-ed25519",
            keys=(key,) * count,
            catalogue="A" * 43,
            time_zone="Asia/Shanghai",
            name="甲",
            key_store="0" * 32,
        )

    entry = an_entry("ledger")
    assert decode(encode(opened(12), entry), entry).event == opened(12)
    too_long(opened(13), "header", "ledger")


def test_a_void_must_know_what_it_undoes() -> None:
    void = Void(of_version=1, reason=VoidReason.MISTAKE, words=None)
    for incomplete in (
        void,
        evolve(void, undoes=a_visit()),
        evolve(void, undoes=a_visit(), target_leaf="A" * 43),
        evolve(void, undoes_type="visit.made/1", target_leaf="A" * 43),
        evolve(void, undoes=a_visit(), undoes_type="visit.made/1"),
        evolve(void, undoes=a_visit(), undoes_type="visit.made/0", target_leaf="A" * 43),
    ):
        with pytest.raises(InputError, match="does not know what it undoes"):
            encode(incomplete, an_entry())


def test_a_void_is_not_taken_back() -> None:
    void = Void(of_version=1, reason=VoidReason.MISTAKE, words=None)
    with pytest.raises(InputError, match="cannot be taken back") as caught:
        encode(evolve(void, undoes=void, undoes_type="void/1", target_leaf="A" * 43), an_entry())
    assert caught.value.hint


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stream", "nowhere"),
        ("stream", "branch:"),
        ("version", 0),
        ("version", True),
        ("version", 2**53),
        ("by", "王某"),
        ("tx", "0F" * 16),
        ("tx", "0f" * 16 + "\n"),
        ("tx_size", 0),
        ("source", "\ud800"),
        ("replaces", ""),
        ("replaces", "A" * 42),
        ("replaces", "A" * 43 + "\n"),
        ("replaces", "=" + "A" * 42),
    ],
)
def test_an_entry_of_another_form_is_refused(field: str, value: object) -> None:
    said = {"stream": "ledger", "version": 1, "by": "staff:liaison", "tx": "0f" * 16, "tx_size": 1} | {field: value}
    with pytest.raises(InputError):
        Entry(recorded_at=datetime(2021, 7, 5, tzinfo=UTC), **said)  # type: ignore[arg-type] # on purpose


@given(*[st.datetimes(timezones=st.timezones()).filter(lambda moment: 1 < moment.year < 9999)] * 2)
def test_times_sort_as_their_texts_do(one: datetime, other: datetime) -> None:
    one, other = one.astimezone(UTC), other.astimezone(UTC)  # local times of one zone compare by the wall clock
    assert (utc_text(one) < utc_text(other)) is (one < other)
    assert datetime.fromisoformat(utc_text(one)) == one
    assert len(utc_text(one)) == 27


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(InputError, match="no time zone"):
        utc_text(datetime(2021, 7, 5))  # noqa: DTZ001 - on purpose


@given(st.binary(min_size=32, max_size=32))
def test_a_leaf_is_named_in_43_characters(leaf: bytes) -> None:
    assert len(leaf_text(leaf)) == 43
    assert set(leaf_text(leaf)) <= {*string.ascii_letters, *string.digits, "-", "_"}
