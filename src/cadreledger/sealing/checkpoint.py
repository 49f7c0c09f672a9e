"""Checkpoints (C2SP tlog-checkpoint): a signed note that says a log's name, its size and the root of its tree.

Who believes one has a policy: which log, by which keys, and how many witnesses must have seen it, and when.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cadreledger.sealing.note import (
    COSIGNATURE,
    ED25519,
    NoteSigner,
    NoteVerifier,
    Signature,
    decode_base64,
    decode_text,
    encode_base64,
    open_note,
    require,
)
from cadreledger.sealing.tree import HASH_BYTES, tree_root

__all__ = ["Checkpoint", "Policy", "SignedCheckpoint", "cosign", "parse_checkpoint", "verify_checkpoint"]

CLOCKS_APART_MAX: Final = timedelta(minutes=5)  # a witness's clock may be ahead of ours
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Checkpoint:
    """The root (32 bytes) of the tree over the first ``size`` leaves of the log ``origin``.

    Requires 0 <= size < 2**64, the root of nothing where size is 0, and lines that are not empty. Raises
    VerificationError otherwise.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require(type(self.extensions) is tuple, "a checkpoint's extensions have a wrong type", "a tuple")
        for line in (self.origin, *self.extensions):
            _check_line(line)
        require(type(self.size) is int and 0 <= self.size < 2**64, "a tree size is out of range", "0 to 2**64 - 1")
        require(is_hash(self.root), "a root has a wrong form", f"{HASH_BYTES} bytes")
        require(self.size or self.root == tree_root(()), "an empty tree has a wrong root", "SHA-256 of nothing")

    @property
    def text(self) -> str:
        """The text of its note."""
        lines = (self.origin, str(self.size), encode_base64(self.root), *self.extensions)
        return "".join(line + "\n" for line in lines)


@dataclass(frozen=True)
class SignedCheckpoint(Checkpoint):
    """A checkpoint that a policy believes, and all signatures by keys of the policy."""

    signatures: tuple[Signature, ...] = ()

    @property
    def cosigned_at(self) -> int | None:
        """The earliest time that a witness of the policy put to it, in POSIX seconds."""
        return min((signature.time for signature in self.signatures if signature.time is not None), default=None)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Which checkpoints to believe: of the log ``origin``, signed by one of ``keys``, cosigned by ``quorum`` witnesses.

    Keys are vkeys, the log's of type 1, witnesses' of type 4. With ``age_max``, cosignatures count if they are made
    within it before ``as_of``, or up to 5 minutes later.
    Requires a key; no vkey twice; no witness with a public key of the log; 0 <= quorum <= the number of witnesses; an
    ``as_of`` with a time zone; ``age_max`` > 0 only with ``as_of`` and a quorum. Raises VerificationError otherwise.
    """

    origin: str
    keys: tuple[str, ...]
    witnesses: tuple[str, ...] = ()
    quorum: int = 0
    age_max: timedelta | None = None
    as_of: datetime | None = None

    def __post_init__(self) -> None:
        _check_line(self.origin)
        logs, witnesses = _verifiers(self.keys, ED25519), _verifiers(self.witnesses, COSIGNATURE)
        shared = {log.public_key for log in logs} & {witness.public_key for witness in witnesses}
        require(logs and not shared, "a policy has a wrong key", "a key of the log, and no witness that has it too")
        is_met = type(self.quorum) is int and 0 <= self.quorum <= len(witnesses)
        require(is_met, "a quorum is out of range", f"0 to {len(witnesses)}, the number of witnesses")
        is_aware = isinstance(self.as_of, datetime) and self.as_of.utcoffset() is not None
        require(is_aware or self.as_of is None, "a policy's time has no time zone", "a datetime with a time zone")
        is_age = isinstance(self.age_max, timedelta) and self.age_max > timedelta() and is_aware and self.quorum
        require(is_age or self.age_max is None, "a policy's age is out of place", "more than 0, with as_of and quorum")


def parse_checkpoint(text: str | bytes) -> Checkpoint:
    """The checkpoint that ``text`` is the one spelling of. Raises VerificationError for anything else."""
    body = decode_text(text)
    lines = body.split("\n")
    has_size = re.match(r".+\n[0-9]{1,20}\n.+\n", body)
    require(has_size, "a checkpoint is malformed", "lines of origin, size in decimal, root in base64")
    checkpoint = Checkpoint(lines[0], int(lines[1]), decode_base64(lines[2]), tuple(lines[3:-1]))
    require(checkpoint.text == body, "a checkpoint is malformed", "a newline behind each line, no zero before a size")
    return checkpoint


def verify_checkpoint(note: bytes | str, policy: Policy) -> SignedCheckpoint:
    """What ``note`` says, if ``policy`` believes it. Raises VerificationError otherwise."""
    require(isinstance(policy, Policy), "a policy has a wrong type", "Policy")
    logs, witnesses = _verifiers(policy.keys, ED25519), _verifiers(policy.witnesses, COSIGNATURE)
    # (1) No word of the text is read before each signature by a key of the policy has been verified.
    opened = open_note(note, (*logs, *witnesses))
    times = {(signature.name, signature.key_id): signature.time for signature in opened.signatures}
    # (2) It is a checkpoint of this very log, signed by the log.
    checkpoint = parse_checkpoint(opened.text)
    require(checkpoint.origin == policy.origin, "a checkpoint is of another log", "the policy's origin")
    is_signed = any((log.name, log.key_id) in times for log in logs)
    require(is_signed, "a checkpoint is not signed by the log", "a signature by a key of the log")
    # (3) Enough witnesses cosigned, in time. Who has two names over one public key is one witness.
    cosigners = {key.public_key for key in witnesses if _is_in_time(times.get((key.name, key.key_id)), policy)}
    require(len(cosigners) >= policy.quorum, "a checkpoint has too few cosignatures", f"{policy.quorum} that count")
    return SignedCheckpoint(**vars(checkpoint), signatures=opened.signatures)


def cosign(text: str, signer: NoteSigner, time: int) -> str:
    """A witness's signature line for the checkpoint ``text``, at ``time`` (POSIX seconds).

    The witness has checked that it extends the last checkpoint it cosigned; here nothing is remembered. Requires a
    size of 1 or more and a signer for cosignatures. Raises VerificationError otherwise.
    """
    require(isinstance(signer, NoteSigner), "a signer has a wrong type", "NoteSigner")
    require(parse_checkpoint(text).size > 0, "a checkpoint of an empty tree is not cosigned", "a size of 1 or more")
    return signer.sign(text, time)


def is_hash(found: object) -> bool:
    """Whether it is 32 bytes."""
    return type(found) is bytes and len(found) == HASH_BYTES


def _check_line(line: str) -> None:
    is_line = type(line) is str and line != "" and "\n" not in line
    require(is_line, "a line of a checkpoint has a wrong form", "text on one line, not empty")
    decode_text(line)


def _verifiers(vkeys: tuple[str, ...], kind: bytes) -> tuple[NoteVerifier, ...]:
    require(type(vkeys) is tuple, "a policy's keys have a wrong type", "a tuple of vkeys")
    verifiers = tuple(NoteVerifier.parse(vkey) for vkey in vkeys)
    are_right = all(verifier.kind == kind for verifier in verifiers) and len(set(vkeys)) == len(vkeys)
    require(are_right, "a policy has a wrong key", f"each once, of type {kind[0]}")
    return verifiers


def _is_in_time(time: int | None, policy: Policy) -> bool:
    if time is None or policy.age_max is None or policy.as_of is None:
        return time is not None
    age = (policy.as_of - _EPOCH) // timedelta.resolution - time * 10**6  # in µs; no datetime holds every time
    return -CLOCKS_APART_MAX // timedelta.resolution <= age < policy.age_max // timedelta.resolution
