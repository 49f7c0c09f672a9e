"""A bundle: all that an auditor replays of a ledger, in one file that is written and read as a stream.

Format ``bundle/1``. The first 21 bytes are ``cadreledger bundle/1`` in ASCII and a newline (0x0a). Chunks follow, up to
the end of the file; all numbers are unsigned and big endian:

======= ================================
bytes   what
======= ================================
1       kind: one ASCII letter
4       n: the length of what follows
n       payload
======= ================================

Kinds stand in this order, each payload having at least one byte:

==== ======== ========= ==================================================================================
kind how many n at most payload
==== ======== ========= ==================================================================================
K    0 to 100 1,048,576 a published catalogue of headers and figures, as its file is, each once
C    1 to     1,048,576 a checkpoint: a C2SP signed note, the smallest size first, no size twice; the last
     100,000            one covers all events of the bundle
E    1 or     20,493    an event, in ledger order: the frame that is stored (`cadreledger.sealing.frame`), with a
     more               header and an internal part, and without its personal part (that length is 0)
Z    1        8         exactly 8 bytes: the number of events. Nothing stands behind it
==== ======== ========= ==================================================================================

Internal parts are for the office and its auditors: a bundle is not for the public. Nobody vouches for a bundle's bytes
but the checkpoints in it; this module reads the form alone.
"""

from collections.abc import Iterator
from enum import Enum
from hashlib import sha256
from typing import BinaryIO, Final

import attrs

from cadreledger.errors import VerificationError
from cadreledger.sealing import decode_frame, parse_checkpoint, split_note
from cadreledger.sealing.frame import HEAD_BYTES, HEADER_BYTES_MAX, INTERNAL_BYTES_MAX, LENGTH_BYTES

__all__ = ["MAGIC", "BundleWriter", "Chunk", "ChunkKind", "read_bundle", "read_event"]

MAGIC: Final = b"cadreledger bundle/1\n"
CHUNK_HEAD_BYTES: Final = 5
FILE_BYTES_MAX: Final = 2**20  # of a catalogue and of a note
EVENT_BYTES_MAX: Final = HEAD_BYTES + HEADER_BYTES_MAX + LENGTH_BYTES + INTERNAL_BYTES_MAX + LENGTH_BYTES
COUNT_BYTES: Final = 8
CATALOGUES_MAX: Final = 100  # a release may bring one
CHECKPOINTS_MAX: Final = 100_000  # one a day for 270 years


class ChunkKind(Enum):
    """What a chunk holds, in the order in which kinds stand."""

    CATALOGUE = b"K"
    CHECKPOINT = b"C"
    EVENT = b"E"
    END = b"Z"


_ORDER: Final = tuple(ChunkKind)
_KINDS: Final = {kind.value: kind for kind in ChunkKind}
_BYTES_MAX: Final = {
    ChunkKind.CATALOGUE: FILE_BYTES_MAX,
    ChunkKind.CHECKPOINT: FILE_BYTES_MAX,
    ChunkKind.EVENT: EVENT_BYTES_MAX,
    ChunkKind.END: COUNT_BYTES,
}


@attrs.frozen
class Chunk:
    """A chunk, and the offset in the file at which it starts."""

    kind: ChunkKind
    payload: bytes = attrs.field(repr=False)
    at: int


class _Order:
    """What a chunk must be, by those before it."""

    def __init__(self) -> None:
        self._rank = 0
        self._catalogues: set[bytes] = set()
        self._notes = 0
        self._size = 0
        self._events = 0

    def take(self, kind: ChunkKind, payload: bytes) -> None:
        """Raises VerificationError for a chunk that must not stand here."""
        rank = _ORDER.index(kind)
        missing = (kind is ChunkKind.EVENT and not self._size) or (kind is ChunkKind.END and not self._events)
        if rank < self._rank or missing or self._rank == len(_ORDER) - 1:
            raise VerificationError(
                "a chunk of a bundle stands in a wrong place", "catalogues, checkpoints, events, end"
            )
        if not 0 < len(payload) <= _BYTES_MAX[kind]:
            raise VerificationError("a chunk of a bundle has a wrong length", f"1 to {_BYTES_MAX[kind]} bytes")
        self._rank = rank
        match kind:
            case ChunkKind.CATALOGUE:
                digest = sha256(payload).digest()
                if digest in self._catalogues or len(self._catalogues) == CATALOGUES_MAX:
                    raise VerificationError("a bundle has too many catalogues", f"at most {CATALOGUES_MAX}, each once")
                self._catalogues.add(digest)
            case ChunkKind.CHECKPOINT:
                self._take_note(payload)
            case ChunkKind.EVENT:
                self._take_event(payload)
            case ChunkKind.END:
                if payload != self._events.to_bytes(COUNT_BYTES, "big") or self._events != self._size:
                    what = "a bundle has another number of events than it says"
                    raise VerificationError(what, "that of its end and of its last checkpoint", str(self._events))

    def _take_note(self, payload: bytes) -> None:
        size = parse_checkpoint(split_note(payload)[0]).size
        if size <= self._size:
            raise VerificationError("a bundle's checkpoints are out of order", "the smallest size first")
        if self._notes == CHECKPOINTS_MAX:
            raise VerificationError("a bundle has too many checkpoints", f"at most {CHECKPOINTS_MAX}")
        self._size = size
        self._notes += 1

    def _take_event(self, payload: bytes) -> None:
        if decode_frame(payload).personal:
            raise VerificationError("an event of a bundle has a personal part", "none")
        self._events += 1


class BundleWriter:
    """Writes chunks to ``stream``, the magic line first. Raises VerificationError for one that must not stand there."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._order = _Order()
        stream.write(MAGIC)

    def put(self, kind: ChunkKind, payload: bytes) -> None:
        """Write a chunk."""
        self._order.take(kind, payload)
        self._stream.write(kind.value + len(payload).to_bytes(CHUNK_HEAD_BYTES - 1, "big"))
        self._stream.write(payload)


def read_bundle(stream: BinaryIO) -> Iterator[Chunk]:
    """Every chunk of the bundle that ``stream`` holds from here to its end, in constant memory.

    Raises VerificationError, after the chunks before it, where the bytes are not in the form above.
    """
    if stream.read(len(MAGIC)) != MAGIC:
        raise VerificationError("this is no bundle", "a file that begins with cadreledger bundle/1")
    order = _Order()
    at = len(MAGIC)
    kind = None
    while head := _read(stream, CHUNK_HEAD_BYTES):
        kind, payload = _chunk(stream, head)
        order.take(kind, payload)
        yield Chunk(kind, payload, at)
        at += CHUNK_HEAD_BYTES + len(payload)
    if kind is not ChunkKind.END:
        raise VerificationError("a bundle is cut short", "its end")


def read_event(stream: BinaryIO) -> bytes:
    """The frame of the event whose chunk starts where ``stream`` stands. Raises VerificationError if it is none."""
    kind, payload = _chunk(stream, _read(stream, CHUNK_HEAD_BYTES))
    if kind is not ChunkKind.EVENT:
        raise VerificationError("there is no event in a bundle where one was")
    return payload


def _chunk(stream: BinaryIO, head: bytes) -> tuple[ChunkKind, bytes]:
    kind = _KINDS.get(head[:1])
    if kind is None:
        raise VerificationError("a chunk of a bundle has an unknown kind", "K, C, E or Z")
    length = int.from_bytes(head[1:], "big")
    if len(head) < CHUNK_HEAD_BYTES or length > _BYTES_MAX[kind]:  # before so much is read
        raise VerificationError("a chunk of a bundle has a wrong length", f"at most {_BYTES_MAX[kind]} bytes")
    payload = _read(stream, length)
    if len(payload) < length:
        raise VerificationError("a bundle is cut short", f"{length} bytes", f"{len(payload)}")
    return kind, payload


def _read(stream: BinaryIO, length: int) -> bytes:
    """That many bytes, or all that are left."""
    data = stream.read(length)
    while len(data) < length and (more := stream.read(length - len(data))):  # a raw stream may give less at once
        data += more
    return data
