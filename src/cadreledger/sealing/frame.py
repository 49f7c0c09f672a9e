"""One event on disk: a version byte, then header, internal and personal part, each after its length.

====== ============ ======================================================
bytes  what         who may see it
====== ============ ======================================================
1      ``0x01``     the frame's version
4 + n  header       everyone: canonical JSON
4 + n  internal     the office and its auditors: salt and canonical JSON
4 + n  personal     holders of the person's key: AES-256-GCM (0: absent)
====== ============ ======================================================

Lengths are big endian. An absent part has length 0. The header is never absent.
"""

import struct
from typing import Final, NamedTuple

from cadreledger.errors import VerificationError

__all__ = [
    "HEADER_BYTES_MAX",
    "HEAD_BYTES",
    "INTERNAL_BYTES_MAX",
    "LENGTH_BYTES",
    "PERSONAL_BYTES_MAX",
    "Frame",
    "decode_frame",
    "encode_frame",
    "part_ends",
]

FRAME_VERSION: Final = b"\x01"
HEADER_BYTES_MAX: Final = 4_096
INTERNAL_BYTES_MAX: Final = 16_384
PERSONAL_BYTES_MAX: Final = 65_536
LENGTH_BYTES: Final = 4
HEAD_BYTES: Final = 1 + LENGTH_BYTES  # before the header: the version and the header's length
_length_at: Final = struct.Struct(">I").unpack_from
_PARTS: Final = (("header", HEADER_BYTES_MAX), ("internal", INTERNAL_BYTES_MAX), ("personal", PERSONAL_BYTES_MAX))


class Frame(NamedTuple):
    """The three parts of an event as bytes; ``b""`` where one is absent."""

    header: bytes
    internal: bytes = b""
    personal: bytes = b""


def encode_frame(frame: Frame) -> bytes:
    """``frame`` as it is stored. Requires a Frame of bytes.

    Raises VerificationError if a part is over its limit or the header is absent.
    """
    out = [FRAME_VERSION]
    for (name, bytes_max), part in zip(_PARTS, (frame.header, frame.internal, frame.personal), strict=True):
        _check_size(name, len(part), bytes_max)
        out += (len(part).to_bytes(LENGTH_BYTES, "big"), part)
    return b"".join(out)


def decode_frame(state: bytes) -> Frame:
    """The frame that ``state`` holds, all of it and nothing behind it. Raises VerificationError otherwise."""
    header, internal = part_ends(state)
    return Frame(state[HEAD_BYTES:header], state[header + LENGTH_BYTES : internal], state[internal + LENGTH_BYTES :])


def part_ends(state: bytes) -> tuple[int, int]:
    """Where the header and the internal part of ``state`` end. Raises VerificationError as `decode_frame` does."""
    if not isinstance(state, bytes):
        raise VerificationError("a stored event is no bytes", "bytes", type(state).__name__)
    if state[:1] != FRAME_VERSION:
        raise VerificationError("a stored event has an unknown frame version", "0x01", state[:1].hex() or "nothing")
    try:
        header = HEAD_BYTES + _length_at(state, 1)[0]
        internal = header + LENGTH_BYTES + _length_at(state, header)[0]
        end = internal + LENGTH_BYTES + _length_at(state, internal)[0]
    except struct.error:
        raise VerificationError("a stored event is cut short", "three parts", f"{len(state)} bytes") from None
    if end > len(state):
        raise VerificationError("a stored event is cut short", f"{end} bytes", f"{len(state)}")
    if end != len(state):
        raise VerificationError("a stored event has bytes behind its end", f"{end} bytes", f"{len(state)}")
    if not (
        HEAD_BYTES < header <= HEAD_BYTES + HEADER_BYTES_MAX
        and internal - header - LENGTH_BYTES <= INTERNAL_BYTES_MAX
        and end - internal - LENGTH_BYTES <= PERSONAL_BYTES_MAX
    ):
        sizes = (header - HEAD_BYTES, internal - header - LENGTH_BYTES, end - internal - LENGTH_BYTES)
        for (name, bytes_max), size in zip(_PARTS, sizes, strict=True):
            _check_size(name, size, bytes_max)
    return header, internal


def _check_size(name: str, length: int, bytes_max: int) -> None:
    if length > bytes_max:
        raise VerificationError(f"the {name} section is too large", f"at most {bytes_max} bytes", str(length))
    if name == "header" and length == 0:
        raise VerificationError("an event has no header", "1 byte or more", "0")
