"""Proofs about the Merkle tree: a leaf is in it; a tree begins with another one (RFC 6962 and RFC 9162, section 2.1).

Both kinds are the hashes of the siblings that a path meets on its way up to the root. On each level there is at most
one, and none where the tree ends right of the path. Ranges are half-open, sizes below 2**64 (C2SP tlog-checkpoint).
"""

from collections.abc import Callable, Sequence
from typing import Final

from cadreledger.errors import VerificationError
from cadreledger.sealing.tree import HASH_BYTES, node_hash, tree_root

__all__ = ["NodeReader", "consistency_proof", "inclusion_proof", "root_of", "verify_consistency", "verify_inclusion"]

SIZE_MAX: Final = 2**64 - 1

# (level, index) -> the hash of the complete subtree over the leaves [index << level, (index + 1) << level)
NodeReader = Callable[[int, int], bytes]


def verify_inclusion(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """``leaf_hash`` stands at ``index`` in the tree of ``size`` leaves with this root (RFC 9162 section 2.1.3.2).

    Requires 0 <= index < size < 2**64; ``proof`` is a list or a tuple. Raises VerificationError unless it is proved.
    A path can have one shape in trees of several sizes: take the size from the checkpoint that vouches for the root.
    """
    check_sizes(index, size, below=True)
    siblings = _siblings(index, size)
    _check_hashes((leaf_hash, root), proof, len(siblings))
    found = leaf_hash
    for (_, sibling), other in zip(siblings, proof, strict=True):
        found = node_hash(found, other) if sibling % 2 else node_hash(other, found)
    _check_root(found, root, "the leaf's path does not lead to the root")


def verify_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """The tree of ``new_size`` leaves begins with the tree of ``old_size`` leaves (RFC 9162 section 2.1.4.2).

    Requires 0 < old_size <= new_size < 2**64; ``proof`` is a list or a tuple, empty between equal sizes.
    Raises VerificationError unless it is proved.
    """
    check_sizes(old_size, new_size, least=1)
    level, whole = _old_end(old_size)
    siblings = _siblings(old_size - 1, new_size, level) if old_size < new_size else []
    _check_hashes((old_root, new_root), proof, len(siblings) + (not whole and old_size < new_size))
    # An old tree that is one complete subtree is not in the proof: whoever checks has its root.
    hashes = [old_root, *proof] if whole or not proof else list(proof)
    old = new = hashes[0]
    for (_, sibling), other in zip(siblings, hashes[1:], strict=True):
        if sibling % 2:
            new = node_hash(new, other)  # behind the end of the old tree
        else:
            old, new = node_hash(other, old), node_hash(other, new)
    _check_root(old, old_root, "the path does not lead to the old root")
    _check_root(new, new_root, "the path does not lead to the new root")


def inclusion_proof(index: int, size: int, node: NodeReader) -> tuple[bytes, ...]:
    """The proof that `verify_inclusion` wants, lowest hash first. Requires 0 <= index < size < 2**64."""
    check_sizes(index, size, below=True)
    return tuple(_subtree(*sibling, size, node) for sibling in _siblings(index, size))


def consistency_proof(old_size: int, new_size: int, node: NodeReader) -> tuple[bytes, ...]:
    """The proof that `verify_consistency` wants, lowest hash first. Requires 0 < old_size <= new_size < 2**64."""
    check_sizes(old_size, new_size, least=1)
    if old_size == new_size:
        return ()
    level, whole = _old_end(old_size)
    start = [] if whole else [(level, (old_size - 1) >> level)]
    return tuple(_subtree(*place, new_size, node) for place in start + _siblings(old_size - 1, new_size, level))


def root_of(size: int, node: NodeReader) -> bytes:
    """The root of the tree of ``size`` leaves: 32 bytes, as `tree_root` has it.

    Requires 0 <= size < 2**64 and a function ``node``. What that gives is checked, too. Raises VerificationError.
    """
    check_sizes(0, size)
    return _subtree(size.bit_length(), 0, size, node) if size else tree_root(())


def check_sizes(low: int, high: int, *, least: int = 0, below: bool = False) -> None:
    """Raises VerificationError unless least <= low <= high < 2**64 (low < high if ``below``), and both are integers."""
    # exact types: a bool is an int to isinstance
    if type(low) is not int or type(high) is not int or not least <= low <= high - below or high > SIZE_MAX:
        order = "<" if below else "<="
        raise VerificationError(
            "a size or an index is out of range", f"integers, {least} <= first {order} second < 2**64"
        )


def _siblings(index: int, size: int, level: int = 0) -> list[tuple[int, int]]:
    """(level, index) of each sibling on the way from leaf ``index``, seen from ``level``, to the root."""
    places = ((height, index >> height ^ 1) for height in range(level, (size - 1).bit_length()))
    return [(height, sibling) for height, sibling in places if sibling << height < size]


def _old_end(old_size: int) -> tuple[int, bool]:
    """The level of the last complete subtree of the old tree, and whether it is all of the old tree."""
    level = (old_size & -old_size).bit_length() - 1
    return level, old_size == 1 << level


def _subtree(level: int, index: int, size: int, node: NodeReader) -> bytes:
    """The hash over those leaves of [index << level, (index + 1) << level) that a tree of ``size`` leaves has."""
    start, end = index << level, min((index + 1) << level, size)
    # Its complete subtrees, the smallest and rightmost first: one for each 1 in the binary length.
    heights = [height for height in range((end - start).bit_length()) if (end - start) >> height & 1]
    hashes = [node(height, (end >> height) - 1) for height in heights]
    _check_hashes(hashes, (), 0)
    found = hashes[0]
    for left in hashes[1:]:
        found = node_hash(left, found)
    return found


def _check_hashes(hashes: Sequence[bytes], proof: Sequence[bytes], count: int) -> None:
    if type(proof) not in {list, tuple}:
        raise VerificationError("a proof is no sequence of hashes", "a list or a tuple", type(proof).__name__)
    if len(proof) != count:
        hint = "Was the proof made for a tree of another size?"
        raise VerificationError("a proof has a wrong number of hashes", str(count), str(len(proof)), hint)
    for found in (*hashes, *proof):
        if type(found) is not bytes or len(found) != HASH_BYTES:
            raise VerificationError("a tree hash has a wrong form", f"{HASH_BYTES} bytes", type(found).__name__)


def _check_root(found: bytes, root: bytes, what: str) -> None:
    if found != root:
        raise VerificationError(what, root.hex(), found.hex())
