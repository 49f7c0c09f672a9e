"""Hashes of the Merkle tree over headers (RFC 6962 section 2.1, RFC 9162 section 2.1.1)."""

import hashlib
from typing import Final

from cadreledger.errors import VerificationError

__all__ = ["HASH_BYTES", "leaf_hash", "node_hash"]

HASH_BYTES: Final = 32


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data): 32 bytes. ``data`` is a header as stored."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right): 32 bytes. Raises VerificationError unless both have 32 bytes."""
    if len(left) != HASH_BYTES or len(right) != HASH_BYTES:
        raise VerificationError("a tree hash has a wrong length", f"{HASH_BYTES} bytes", f"{len(left)}, {len(right)}")
    return hashlib.sha256(b"\x01" + left + right).digest()
