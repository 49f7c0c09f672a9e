"""Proof files (C2SP tlog-proof): a leaf's place in the log, its inclusion proof, and the checkpoint it leads to."""

import re
from dataclasses import dataclass
from typing import Final

from cadreledger.sealing.checkpoint import Policy, SignedCheckpoint, is_hash, parse_checkpoint, verify_checkpoint
from cadreledger.sealing.note import decode_base64, decode_text, encode_base64, require, split_note
from cadreledger.sealing.proofs import verify_inclusion
from cadreledger.sealing.tree import HASH_BYTES

__all__ = ["ProofFile", "verify_proof_file"]

HASHES_MAX: Final = 64  # no path is longer in a tree of less than 2**64 leaves


@dataclass(frozen=True)
class ProofFile:
    """An unverified claim: the leaf at ``index`` is in the tree of ``checkpoint`` (a signed note), by ``proof``.

    Requires 0 <= index < 2**64, at most 64 hashes of 32 bytes, a well-formed checkpoint, and ``extra`` None or not
    empty. Raises VerificationError otherwise. Nobody vouches for ``extra``.
    """

    index: int
    proof: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def __post_init__(self) -> None:
        require(type(self.index) is int and 0 <= self.index < 2**64, "an index is out of range", "0 to 2**64 - 1")
        is_proof = type(self.proof) is tuple and all(map(is_hash, self.proof))
        require(is_proof, "an inclusion proof has a wrong form", f"a tuple of hashes of {HASH_BYTES} bytes")
        require(len(self.proof) <= HASHES_MAX, "an inclusion proof is too long", f"at most {HASHES_MAX} hashes")
        require(type(self.checkpoint) is bytes, "a checkpoint has a wrong type", "bytes of a signed note")
        parse_checkpoint(split_note(self.checkpoint)[0])
        is_extra = self.extra is None or (type(self.extra) is bytes and self.extra)
        require(is_extra, "extra data has a wrong form", "bytes, 1 or more, or None")
        decode_text(self.encode())  # not too large

    def encode(self) -> bytes:
        """The file, as `parse` reads it."""
        extra = () if self.extra is None else (f"extra {encode_base64(self.extra)}",)
        lines = ("c2sp.org/tlog-proof@v1", *extra, f"index {self.index}", *map(encode_base64, self.proof))
        return "\n".join((*lines, "", "")).encode() + self.checkpoint

    @classmethod
    def parse(cls, data: bytes) -> "ProofFile":
        """The claim that ``data`` is the one spelling of. Raises VerificationError for anything else."""
        head, _blank, checkpoint = decode_text(data).partition("\n\n")
        magic_and_extra, _index, place = head.partition("\nindex ")
        index, *hashes = place.split("\n")
        require(re.fullmatch(r"[0-9]{1,20}", index), "a proof file is malformed", "an index in decimal")
        _magic, has_extra, encoded = magic_and_extra.partition("\nextra ")
        extra = decode_base64(encoded) if has_extra else None
        file = cls(int(index), tuple(map(decode_base64, hashes)), checkpoint.encode(), extra)
        require(file.encode() == data, "a proof file is malformed", "lines of C2SP tlog-proof, each in its one form")
        return file


def verify_proof_file(data: bytes, leaf_hash: bytes, policy: Policy) -> SignedCheckpoint:
    """The checkpoint of the proof file ``data``, if ``policy`` believes it and the leaf is in its tree, where it says.

    Raises VerificationError otherwise.
    """
    file = ProofFile.parse(data)
    checkpoint = verify_checkpoint(file.checkpoint, policy)
    verify_inclusion(leaf_hash, file.index, checkpoint.size, file.proof, checkpoint.root)
    return checkpoint
