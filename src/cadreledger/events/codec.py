"""Events to bytes and back. Decoding is strict: what is not exactly what we would have written is an error."""

import re
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, TypeVar

import attrs
import msgspec

from cadreledger.errors import CadreLedgerError, DecodeError, InputError, VerificationError
from cadreledger.events.registry import NOTED, Registry
from cadreledger.events.sections import META, Event, evolve
from cadreledger.events.shape import JSON, Inside, Shape, VoidInside
from cadreledger.events.void import Void
from cadreledger.sealing import (
    INTERNAL_TAG,
    PERSONAL_TAG,
    Frame,
    base64url,
    canonical,
    commitment,
    decode_frame,
    decrypt_personal,
    encode_frame,
    encrypt_personal,
    join_salt,
    leaf_hash,
    parse_canonical,
    split_salt,
)
from cadreledger.sealing.canonical import INTEGER_MAX
from cadreledger.values import Actor, StreamId, StreamKind, actor, stream_kind, well_formed

__all__ = ["Codec", "Encoded", "Entry", "Recorded", "leaf_text", "utc_text"]

SALT_BYTES: Final = 32
NONCE_BYTES: Final = 12
_TOLD: Final = frozenset({"type", "occurred_on"})  # by a void, of what the frame says of its target
_TX: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_LEAF: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_UTC: Final = timedelta(0)
T = TypeVar("T")

_check_stream: Final = lru_cache(maxsize=4096)(stream_kind)  # the same few come again and again
_check_actor: Final = lru_cache(maxsize=1024)(actor)


@attrs.frozen(kw_only=True, slots=False)
class Entry:
    """What the frame says of an event beside the event itself.

    ``registered_on`` is the day the office wrote it down, ``recorded_at`` the ledger's own clock (UTC), ``source`` the
    document behind it, ``tx`` the transaction (32 hexadecimal digits) and ``tx_size`` how many events it holds.
    ``replaces`` is the leaf hash (base64url) of the entry that was taken back and whose place this one takes. Raises
    InputError for anything of another form.
    """

    stream: StreamId
    version: int
    recorded_at: datetime
    by: Actor
    tx: str
    tx_size: int
    registered_on: date | None = None
    source: str | None = None
    replaces: str | None = None

    def __attrs_post_init__(self) -> None:
        _check_stream(self.stream)
        _check_actor(self.by)
        if not _TX.fullmatch(self.tx):
            raise InputError("a transaction's id has a wrong form", "32 hexadecimal digits")
        if not (_is_count(self.version) and _is_count(self.tx_size)):
            raise InputError("an entry has a wrong number", "a version and a size of 1 or more")
        if self.source is not None and not well_formed(self.source):
            raise InputError("an entry's source cannot be kept", "well-formed Unicode")
        if self.replaces is not None and not _LEAF.fullmatch(self.replaces):
            raise InputError("an entry replaces what is none", "a leaf hash in base64url")


@attrs.frozen(kw_only=True, slots=False)  # as is Entry: both are made for each event that is read, and so sooner
class Recorded:
    """An event as the ledger holds it. ``sealed``: it has a personal section whose key is not at hand.

    ``as_stored`` holds its fields as canonical JSON where its class had another shape then: a void repeats those.
    """

    position: int
    event: Event
    entry: Entry
    leaf: bytes
    subject: str | None = None
    sealed: bool = False
    as_stored: bytes = attrs.field(default=b"", repr=False)

    @property
    def stream(self) -> StreamId:
        """The stream that the event is in."""
        return self.entry.stream

    @property
    def version(self) -> int:
        """The event's number in its stream, from 1."""
        return self.entry.version


@attrs.frozen
class Encoded:
    """An event ready to be stored: its true wire name, the bytes, and the header's leaf hash (32 bytes)."""

    topic: str
    state: bytes
    leaf: bytes


def _is_count(number: int) -> bool:
    return type(number) is int and 1 <= number <= INTEGER_MAX


def utc_text(moment: datetime) -> str:
    """``2021-07-05T01:02:03.000004Z``: fixed width, so that text order is time order.

    Raises InputError for a time without a zone.
    """
    if moment.tzinfo is None:
        raise InputError("a time has no time zone", "an aware datetime", "a naive one")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


@attrs.frozen
class Codec:
    """Encodes and decodes the events of ``registry``. ``random`` gives salts and nonces (bytes by count)."""

    registry: Registry
    random: Callable[[int], bytes] = secrets.token_bytes

    def encode(self, event: Event, entry: Entry, key: bytes | None) -> Encoded:
        """``event`` as bytes; ``key`` (32 bytes) locks its personal section.

        Raises InputError if a section is over its limit, or if there is something personal and no key.
        """
        shape = self.registry.shapes[event.wire]
        if not _has_its_place(event, entry.stream):
            raise InputError(f"{event.wire} has no place in such a stream", _places(event), entry.stream)
        inside = self._internal(event, entry, shape)
        personal = self._personal(event, entry, shape, key)
        if personal:
            inside["subject"] = event.subject(entry.stream)
            inside["personal"] = personal[0]
        salted = join_salt(self.random(SALT_BYTES), JSON.encode(inside))
        header = self._header(event, commitment(INTERNAL_TAG, salted))
        try:
            state = encode_frame(Frame(header, salted, personal[1] if personal else b""))
        except VerificationError as error:
            raise InputError(error.what, error.expected, error.found, "Shorten the texts of this entry.") from None
        return Encoded(event.wire, state, leaf_hash(header))

    def needs_key(self, event: Event) -> bool:
        """Whether there is something personal in ``event``."""
        return bool(self.registry.shapes[event.wire].lower_personal(event))

    def decode(
        self,
        stored: tuple[int, str, int, str, bytes],
        key_of: Callable[[str], bytes | None] = lambda _subject: None,
    ) -> Recorded:
        """The event in ``stored``: position, stream, version, topic, state. ``key_of`` gives a subject's key or None.

        Raises DecodeError, naming the position, for bytes that this vocabulary would not have written.
        """
        position, stream, version, topic, state = stored
        try:
            return self._decode(position, stream, version, topic, state, key_of)
        except (CadreLedgerError, msgspec.MsgspecError, ValueError, RecursionError) as error:
            what = f"the event at position {position} cannot be read"
            found = str(error) if isinstance(error, CadreLedgerError) else "bytes of another form"
            hint = "The ledger was changed from outside, or written by a newer version of this library."
            raise DecodeError(what, "", found, hint, position, stream, version) from error

    def _decode(
        self, position: int, stream: str, version: int, topic: str, state: bytes, key_of: Callable[[str], bytes | None]
    ) -> Recorded:
        # (1) Cut the frame and the salt.
        frame = decode_frame(state)
        _salt, section = split_salt(frame.internal)
        # (2) Read the internal section with the decoder of its type, upcast where it is an old one.
        shape, read = self._read(topic, section)
        if (read.type, read.stream, read.version) != (topic, stream, version):
            raise VerificationError("an event is not where it says", f"{topic} {version}", "another type or place")
        # (3) Open the personal section, where there is one and its key is at hand.
        opened = self._open(frame.personal, read, shape, key_of)
        # (4) Build the event: every validator runs.
        event = self._lift(shape, read, opened or {})
        if not _has_its_place(event, read.stream):
            raise VerificationError(f"{topic} has no place in such a stream", _places(event), stream)
        if read.subject is not None and read.subject != event.subject(read.stream):
            raise VerificationError("a personal section is locked with another's key")
        # (5) The header must be the one that this event gives, byte for byte.
        if self._header(event, commitment(INTERNAL_TAG, frame.internal), topic) != frame.header:
            raise VerificationError("a header does not fit its internal section")
        return Recorded(
            position=position,
            event=event,
            entry=_entry(read),
            leaf=leaf_hash(frame.header),
            subject=read.subject,
            sealed=opened is None,
            as_stored=b"" if topic == event.wire else _as_stored(section),
        )

    def _internal(self, event: Event, entry: Entry, shape: Shape) -> dict[str, object]:
        inside = shape.lower(event)
        if isinstance(event, Void):
            inside["undoes"] = self._undone(event)
        inside |= {
            "type": event.wire,
            "stream": entry.stream,
            "version": entry.version,
            "recorded_at": utc_text(entry.recorded_at),
            "by": entry.by,
            "tx": entry.tx,
            "tx_size": entry.tx_size,
        }
        dates = (("occurred_on", event.occurred_on), ("registered_on", entry.registered_on))
        inside |= {name: str(day) for name, day in dates if day is not None}
        texts = (("source", entry.source), ("replaces", entry.replaces))
        inside |= {name: text for name, text in texts if text is not None}
        return inside

    def _undone(self, void: Void) -> Mapping[str, object]:
        """What ``void`` undoes, in the fields that were stored, so that a sum of either is the other's opposite."""
        target, wire = void.undoes, void.undoes_type
        if target is None or not void.target_leaf or not (wire == target.wire or void.undoes_as_stored):
            raise InputError("a void does not know what it undoes", "its target, as stored", "nothing, or a part")
        if isinstance(target, Void):
            raise InputError("a void cannot be taken back", "another event", target.wire, "Record the event again.")
        if wire != target.wire:
            return parse_canonical(void.undoes_as_stored)
        undone = self.registry.shapes[wire].lower(target)
        undone["type"] = wire
        if target.occurred_on is not None:
            undone["occurred_on"] = str(target.occurred_on)
        return undone

    def _header(self, event: Event, internal: str, wire: str | None = None) -> bytes:
        """The header of ``event`` as canonical JSON; ``internal`` commits to its internal section."""
        if isinstance(event, Void):
            shown, name = event.undoes, event.undoes_type
        else:
            shown, name = event, wire or event.wire
        if shown is None or not shown.counted:
            return b'{"internal":"%b","type":"%b"}' % (internal.encode("ascii"), NOTED.encode("ascii"))
        header = self.registry.shapes[shown.wire].lower_public(shown)
        header["internal"], header["type"] = internal, name
        if shown.occurred_on is not None:
            header["month"] = str(shown.occurred_on)[:7]
        if isinstance(event, Void):
            header["sign"], header["voids"] = -1, event.target_leaf
        return JSON.encode(header)

    def _personal(self, event: Event, entry: Entry, shape: Shape, key: bytes | None) -> tuple[str, bytes] | None:
        locked = shape.lower_personal(event)
        if not locked:
            return None
        if key is None:
            raise InputError("there is no key for the personal section", "a person's key", "None")
        salted = join_salt(self.random(SALT_BYTES), JSON.encode(locked))
        part = encrypt_personal(key, self.random(NONCE_BYTES), salted, entry.stream, entry.version)
        return commitment(PERSONAL_TAG, salted), part

    def _read(self, topic: str, section: bytes) -> tuple[Shape, Inside]:
        shape = self.registry.shape_of(topic)
        if shape is None:
            raise VerificationError("an event has an unknown type", "a type of this vocabulary", repr(topic)[:64])
        if topic != shape.event_class.wire:
            return shape, msgspec.convert(self._upcast(topic, parse_canonical(section)), shape.internal.type)
        read = shape.internal.decode(section)
        _check_canonical(read, section)
        return shape, read

    def _upcast(self, wire: str, body: Mapping[str, object]) -> Mapping[str, object]:
        try:
            return self.registry.upcast(wire, body)
        except (LookupError, TypeError, AttributeError, ArithmeticError) as error:
            raise VerificationError("an event of an old form cannot be read", f"the fields of {wire}") from error

    def _open(
        self, part: bytes, read: Inside, shape: Shape, key_of: Callable[[str], bytes | None]
    ) -> dict[str, object] | None:
        committed, subject = read.personal, read.subject
        if committed is None or subject is None:
            if part or committed or subject:
                raise VerificationError("a personal section is not committed to")
            return {}
        key = key_of(subject)
        if key is None:
            return None
        if not part:
            raise VerificationError("a personal section is missing", "the bytes that are committed to", "none")
        salted = decrypt_personal(key, part, read.stream, read.version)
        if commitment(PERSONAL_TAG, salted) != committed:
            raise VerificationError("a personal section does not fit its commitment")
        _salt, section = split_salt(salted)
        opened = shape.personal.decode(section)
        _check_canonical(opened, section)
        fields = {name: getattr(opened, name) for name in shape.personal_fields}
        said = {name: value for name, value in fields.items() if value is not None}
        if not said:
            raise VerificationError("a personal section says nothing", "at least one field", "none")
        return said

    def _lift(self, shape: Shape, read: Inside, more: Mapping[str, object]) -> Event:
        event = shape.lift(read, {**more, "occurred_on": read.occurred_on})
        if not isinstance(event, Void) or not isinstance(read, VoidInside):
            return event
        wire = event.undoes_type
        target_shape = self.registry.shape_of(wire)
        if target_shape is None or target_shape.event_class is Void:
            raise VerificationError("a void undoes an unknown type")
        old = wire != target_shape.event_class.wire
        undone = msgspec.convert(self._upcast(wire, read.undoes) if old else read.undoes, target_shape.body)
        target = target_shape.lift(undone, {"occurred_on": getattr(undone, "occurred_on", None)})
        whole = evolve(event, undoes=target, undoes_as_stored=JSON.encode(read.undoes) if old else b"")
        if read.undoes.get("type") != wire or JSON.encode(self._undone(whole)) != JSON.encode(read.undoes):
            raise VerificationError("a void undoes something else than it says")
        return whole


def _has_its_place(event: Event, stream: str) -> bool:
    """Whether a stream of that kind may hold the event."""
    kinds = _kinds(event)
    return not kinds or _check_stream(stream) in kinds


def _places(event: Event) -> str:
    return "a stream of " + " or ".join(sorted(kind.value for kind in _kinds(event)))


def _kinds(event: Event) -> frozenset[StreamKind]:
    """The kinds of streams that may hold the event (none: all); a void stands where what it undoes stands."""
    target = event.undoes if isinstance(event, Void) else event
    return event.streams if target is None else target.streams


def leaf_text(leaf: bytes) -> str:
    """A leaf hash as a header names it: base64url, 43 characters."""
    return base64url(leaf)


def _check_canonical(read: msgspec.Struct, section: bytes) -> None:
    # a decoder takes spaces, any order, and the last of two equal keys: readings that another parser need not share
    if JSON.encode(read) != section:
        raise VerificationError("a section is not canonical JSON", "keys sorted, no space, one form of each value")


def _as_stored(section: bytes) -> bytes:
    fields = parse_canonical(section)
    return canonical({name: fields[name] for name in fields if name in _TOLD or name not in META})


def _entry(read: Inside) -> Entry:
    return Entry(
        stream=StreamId(read.stream),
        version=read.version,
        recorded_at=_moment(read.recorded_at),
        by=Actor(read.by),
        tx=read.tx,
        tx_size=read.tx_size,
        registered_on=read.registered_on,
        source=read.source,
        replaces=read.replaces,
    )


@lru_cache(maxsize=1024)  # the events of a transaction have one time
def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.utcoffset() != _UTC or utc_text(moment) != text:
        raise VerificationError("a recorded time has a wrong form", "UTC with microseconds")
    return moment
