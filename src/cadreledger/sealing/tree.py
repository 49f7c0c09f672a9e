"""Hashes of the Merkle tree over headers (RFC 6962 section 2.1, RFC 9162 section 2.1.1)."""

import hashlib
from collections.abc import Iterable
from typing import Final

from cadreledger.errors import VerificationError

__all__ = ["HASH_BYTES", "complete_root", "leaf_hash", "node_hash", "tree_root"]

HASH_BYTES: Final = 32


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data): 32 bytes. ``data`` is a header as stored. Requires bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right): 32 bytes. Requires bytes. Raises VerificationError unless both are 32."""
    if len(left) != HASH_BYTES or len(right) != HASH_BYTES:
        raise VerificationError("a tree hash has a wrong length", f"{HASH_BYTES} bytes", f"{len(left)}, {len(right)}")
    return hashlib.sha256(b"\x01" + left + right).digest()


def complete_root(hashes: bytes) -> bytes:
    """The root over 1, 2, 4 … hashes, concatenated: `node_hash` pair by pair, for a caller who knows the length."""
    sha256 = hashlib.sha256
    while len(hashes) > HASH_BYTES:
        pairs = range(0, len(hashes), 2 * HASH_BYTES)
        hashes = b"".join([sha256(b"\x01" + hashes[at : at + 2 * HASH_BYTES]).digest() for at in pairs])
    return hashes


def tree_root(leaf_hashes: Iterable[bytes]) -> bytes:
    """The tree's root over leaf hashes in order: 32 bytes; of no leaves, SHA-256 of nothing.

    Holds one hash a level, whatever the size. Requires an iterable. Raises VerificationError unless each leaf hash is
    32 bytes.
    """
    peaks: list[bytes] = []  # the roots of the complete subtrees so far, one for each 1 in the binary size, high first
    for size, leaf in enumerate(leaf_hashes, 1):
        if type(leaf) is not bytes or len(leaf) != HASH_BYTES:
            raise VerificationError("a leaf hash has a wrong form", f"{HASH_BYTES} bytes", f"leaf {size - 1}")
        peak, left = leaf, size
        while left % 2 == 0:
            peak, left = node_hash(peaks.pop(), peak), left // 2
        peaks.append(peak)
    if not peaks:
        return hashlib.sha256(b"").digest()
    root = peaks.pop()
    while peaks:
        root = node_hash(peaks.pop(), root)
    return root
