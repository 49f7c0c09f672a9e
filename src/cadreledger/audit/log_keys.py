"""Which keys may sign a log's checkpoints, and how trust in one of them leads to the others.

A log names its keys in its own headers: the first in leaf 0, the next in ``key.rotated/1``. What a header says counts
only once a checkpoint over it is signed by a key that is believed already, and has the root of these very headers. The
first checkpoint over a rotation is signed by the old key and by the new one, so that whoever trusts only an older key
comes, checkpoint by checkpoint, to the latest.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Final

from cadreledger.audit.signed_note import SignedNote
from cadreledger.errors import VerificationError
from cadreledger.sealing import COSIGNATURE, ED25519, NoteVerifier, open_note
from cadreledger.sealing.canonical import JsonObject, parse_canonical

__all__ = ["LogKeys", "fingerprint", "follow", "key_of", "named_keys"]

ROTATED: Final = b'"type":"key.rotated/'

FINGERPRINT_DIGITS: Final = 32  # of 64: 128 bits
GROUP_DIGITS: Final = 4


def fingerprint(vkey: str) -> str:
    """What people compare of a verifier key: 32 hexadecimal digits of the SHA-256 of its text, in groups of 4."""
    digits = sha256(vkey.encode("utf-8")).hexdigest()[:FINGERPRINT_DIGITS]
    return " ".join(digits[at : at + GROUP_DIGITS] for at in range(0, FINGERPRINT_DIGITS, GROUP_DIGITS))


@lru_cache(maxsize=1_024)
def key_of(vkey: str) -> NoteVerifier:
    """`NoteVerifier.parse`, once a key: whether it is a point of the curve takes a while to find out."""
    return NoteVerifier.parse(vkey)


class LogKeys:
    """What the headers of a log say of its keys and witnesses, each with the leaf that says so. Nothing is believed."""

    def __init__(self) -> None:
        self._signing: list[tuple[int, NoteVerifier]] = []
        self._witnesses: list[tuple[int, NoteVerifier]] = []

    def take(self, leaf: int, document: JsonObject) -> None:
        """Take in a header, in order; those of other types say nothing of keys.

        Raises VerificationError for a key that is none, or is of the wrong type.
        """
        match document.get("type"):
            case "ledger.opened/1":
                keys = _keys(leaf, document.get("keys"))
                self._signing += [(leaf, key) for key in keys if key.kind == ED25519]
                self._witnesses += [(leaf, key) for key in keys if key.kind == COSIGNATURE]
            case "key.rotated/1":
                self._signing += [(leaf, key) for key in _keys(leaf, [document.get("key")], ED25519)]
            case "witnesses.named/1":
                self._witnesses += [(leaf, key) for key in _keys(leaf, document.get("keys"), COSIGNATURE)]

    def signing(self, size: int) -> tuple[NoteVerifier, ...]:
        """The keys that the first ``size`` headers name, in the order they came into force."""
        return tuple(key for leaf, key in self._signing if leaf < size)

    def witnesses(self, size: int) -> tuple[NoteVerifier, ...]:
        """Every witness that the first ``size`` headers name, also those that were replaced since."""
        return tuple(dict.fromkeys(key for leaf, key in self._witnesses if leaf < size))

    def due(self, size: int, before: int) -> tuple[NoteVerifier, ...]:
        """Who must have signed the checkpoint over ``size`` events, the one before it being over ``before`` (0: none).

        The key that was in force at the one before, and each that came into force since.
        """
        return self.signing(size)[max(0, len(self.signing(before)) - 1) :]


def named_keys(headers: Iterable[bytes]) -> tuple[str, ...]:
    """The verifier keys that a log's own headers name for itself, in the order they came into force."""
    named = LogKeys()
    size = 0
    for size, header in enumerate(headers, 1):
        if size == 1 or ROTATED in header:
            named.take(size - 1, parse_canonical(header))
    return tuple(key.vkey for key in named.signing(size))


def follow(
    notes: Sequence[SignedNote], roots: Mapping[int, bytes], named: LogKeys, trusted: Iterable[NoteVerifier]
) -> tuple[NoteVerifier, ...]:
    """The keys that follow from those that are trusted.

    ``roots`` are over the headers that ``named`` was read from, at the size of each note. A note that a believed key
    has signed, over these very headers, makes the keys believed that they name.
    """
    believed = list(dict.fromkeys(trusted))
    left = list(notes)
    while True:
        signed = [note for note in left if _is_signed(note, believed)]
        left = [note for note in left if note not in signed]
        new: dict[NoteVerifier, None] = {}
        for note in signed:
            if roots.get(note.checkpoint.size) == note.checkpoint.root:
                new.update(dict.fromkeys(named.signing(note.checkpoint.size)))
        found = [key for key in new if key not in believed]
        if not found:
            return tuple(believed)
        believed += found


def _is_signed(note: SignedNote, keys: Sequence[NoteVerifier]) -> bool:
    """Whether one of them has signed it; a signature that fails is found where each checkpoint is looked at."""
    try:
        open_note(note.note, keys)
    except VerificationError:
        return False
    return True


def _keys(leaf: int, vkeys: object, kind: bytes | None = None) -> list[NoteVerifier]:
    try:
        keys = [key_of(vkey) for vkey in vkeys] if isinstance(vkeys, list) else []
    except (VerificationError, TypeError):  # TypeError: not even text
        keys = []
    if not isinstance(vkeys, list) or len(keys) < len(vkeys) or (kind and any(key.kind != kind for key in keys)):
        raise VerificationError(f"leaf {leaf} names a key that is none", "verifier keys of types 1 and 4")
    return keys
