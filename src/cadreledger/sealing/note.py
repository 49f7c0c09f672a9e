"""Signed notes (C2SP signed-note), and the Ed25519 keys that sign and cosign them (C2SP tlog-cosignature).

A note is a text, an empty line and signature lines. Name and id together say which key made a signature. Lines by
keys that are not known are well formed, and otherwise ignored.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cadreledger.errors import VerificationError

__all__ = [
    "COSIGNATURE",
    "ED25519",
    "Note",
    "NoteSigner",
    "NoteVerifier",
    "Signature",
    "join_note",
    "open_note",
    "split_note",
    "verifier_key",
]

ED25519: Final = b"\x01"  # signature types of C2SP signed-note
COSIGNATURE: Final = b"\x04"
SIGNATURES_MAX: Final = 100  # as in Go's sumdb/note; the specification asks for 16 or more
TEXT_BYTES_MAX: Final = 2**20  # 100 signatures by post-quantum keys, nearly 5 kB each, are 670 kB in base64
TIME_MAX: Final = 2**63 - 1
TIME_BYTES: Final = 8
SIGNATURE_BYTES: Final = 64
KEY_BYTES: Final = 32
KEY_ID_BYTES: Final = 4
_OWN_NAME: Final = re.compile(r"[!-*,-~]{1,255}", re.ASCII)  # printable ASCII, no space, no plus
_NAME: Final = re.compile(r"[^\s+\x00-\x1f]+")  # the specification's
_LINE: Final = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})\n")
_P: Final = 2**255 - 19  # edwards25519 (RFC 8032 section 5.1): -x² + y² = 1 + d·x²·y² modulo p
_D: Final = -121665 * pow(121666, -1, _P) % _P
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that verified: by whom (name, 4 bytes of key id); ``time`` in POSIX seconds, of a cosignature."""

    name: str
    key_id: bytes
    time: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A text, its last newline included, and the signatures on it that verified, in the note's order."""

    text: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class NoteVerifier:
    """A name and a public key of type ED25519 or COSIGNATURE. Raises VerificationError where `parse` would."""

    name: str
    public_key: bytes
    kind: bytes = ED25519

    def __post_init__(self) -> None:
        is_name = type(self.name) is str and _NAME.fullmatch(decode_text(self.name))
        require(is_name, "a key name has a wrong form", "text, no space, no +")
        _check_key(self.public_key, self.kind)
        _check_point(self.public_key)

    @property
    def key_id(self) -> bytes:
        """4 bytes that, together with the name, stand for the key in a signature."""
        return _key_id(self.name, self.public_key, self.kind)

    @property
    def vkey(self) -> str:
        """``name+id+key``, as `parse` reads it."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(self.kind + self.public_key)}"

    @classmethod
    def parse(cls, vkey: str) -> "NoteVerifier":
        """The key that ``vkey`` is the one spelling of (C2SP signed-note, verifier keys).

        Raises VerificationError for anything else: a type but 1 and 4, a key id that does not fit, loose base64, a
        point that is off the curve, of small order, or not in its canonical encoding. One of mixed order is taken: it
        binds its owner no less (see `verify`).
        """
        name, key = _split_key(vkey, 3)
        verifier = cls(name, key[1:], key[:1])
        require(verifier.vkey == vkey, "a verifier key has a wrong key id", "that of its name, type and key")
        return verifier

    def verify(self, message: str | bytes, signature: bytes) -> Signature:
        """Who signed ``message``, and when. ``signature`` has no key id: 64 bytes; 72 of a cosignature, time first.

        Raises VerificationError unless it is one by this key. A ``message`` in str is the text of a note. The equation
        is the one without the cofactor (RFC 8032 section 5.1.7), as OpenSSL and Go have it: what it takes is also taken
        with the cofactor, but not the other way round. Only whoever signs can make the two differ, by a part of small
        order in the key or in the signature (https://eprint.iacr.org/2020/1244).
        """
        size = SIGNATURE_BYTES + (TIME_BYTES if self.kind == COSIGNATURE else 0)
        require(type(signature) is bytes and len(signature) == size, "a signature has a wrong length", f"{size} bytes")
        time = int.from_bytes(signature[:-SIGNATURE_BYTES], "big") if self.kind == COSIGNATURE else None
        signed = _timed(message if type(message) is bytes else decode_text(message).encode(), time)
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature[-SIGNATURE_BYTES:], signed)
        except InvalidSignature:
            raise VerificationError("a signature does not verify", f"one by key {self.key_id.hex()}") from None
        return Signature(self.name, self.key_id, time)


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """A name and a private key of type ED25519 or COSIGNATURE: 32 bytes of seed (RFC 8032 section 5.1.5).

    Requires a name as `verifier_key` does, and raises VerificationError as it does. Nothing but `text` shows the seed.
    """

    name: str
    seed: bytes = field(repr=False)
    kind: bytes = ED25519

    def __post_init__(self) -> None:
        verifier_key(self.name, self.seed, self.kind)  # a seed looks like a public key, so its checks are ours

    @property
    def vkey(self) -> str:
        """The verifier key that goes with it."""
        public_key = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return verifier_key(self.name, public_key, self.kind)

    def text(self) -> str:
        """``PRIVATE+KEY+name+id+seed``, as Go's sumdb/note writes it. Whoever has it can sign."""
        seed = encode_base64(self.kind + self.seed)
        return f"PRIVATE+KEY+{self.vkey[: -len(seed)]}{seed}"

    @classmethod
    def parse(cls, text: str) -> "NoteSigner":
        """The key that ``text`` is the one spelling of. Raises VerificationError for anything else."""
        name, key = _split_key(text, 5)
        signer = cls(name, key[1:], key[:1])
        require(signer.text() == text, "a private key has a wrong form", "PRIVATE+KEY+name+id+seed")
        return signer

    def sign(self, text: str, time: int | None = None) -> str:
        """The signature line of a note's ``text``, its newline included.

        Requires a ``time`` (POSIX seconds, 0 to 2**63 - 1) of a cosignature, none of another signature. Raises
        VerificationError otherwise, and for a text that no note can have.
        """
        kind = int if self.kind == COSIGNATURE else type(None)
        require(type(time) is kind, "a time is missing or too much", "POSIX seconds if the key cosigns, none otherwise")
        signed = _timed(decode_text(text).encode(), time)
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(signed)
        head = NoteVerifier.parse(self.vkey).key_id + (b"" if time is None else time.to_bytes(TIME_BYTES, "big"))
        line = f"— {self.name} {encode_base64(head + signature)}\n"
        join_note(text, (line,))
        return line


def verifier_key(name: str, public_key: bytes, kind: bytes = ED25519) -> str:
    """``name+id+key`` of an Ed25519 public key (32 bytes). Raises VerificationError for a wrong name or key.

    Names that we give are narrower than those we read: anybody can type them.
    """
    is_own = type(name) is str and _OWN_NAME.fullmatch(name)
    require(is_own, "a key name has a wrong form", "1 to 255 printable ASCII characters, no space, no +")
    _check_key(public_key, kind)
    return f"{name}+{_key_id(name, public_key, kind).hex()}+{encode_base64(kind + public_key)}"


def open_note(note: bytes | str, verifiers: Iterable[NoteVerifier]) -> Note:
    """The text of ``note`` and the signatures by ``verifiers``, the first of each key.

    Raises VerificationError if the note is malformed, none of them signed, one of their signatures fails (a repeated
    one too), or one that signed was given twice.
    """
    text, lines = split_note(note)
    known = _all(NoteVerifier, verifiers)
    verified: dict[tuple[str, bytes], Signature] = {}
    for name, key_id, signature in map(_parse_line, lines):
        signers = [verifier for verifier in known if (verifier.name, verifier.key_id) == (name, key_id)]
        require(len(signers) <= 1, "a verifier is ambiguous", "each name and key id once")
        for signer in signers:
            verified.setdefault((name, key_id), signer.verify(text, signature))
    require(verified, "a note has no signature by a known key", "1 or more")
    return Note(text, tuple(verified.values()))


def split_note(note: bytes | str) -> tuple[str, tuple[str, ...]]:
    """The text of ``note`` and its signature lines, each with its newline. No signature is verified.

    Raises VerificationError if the note is malformed (C2SP signed-note, format) or has more than 100 signatures.
    """
    text, blank, signed = decode_text(note).rpartition("\n\n")
    require(blank and signed.endswith("\n"), "a note is malformed", "a text, an empty line, signature lines")
    lines = tuple(line + "\n" for line in signed[:-1].split("\n"))
    require(len(lines) <= SIGNATURES_MAX, "a note has too many signatures", f"at most {SIGNATURES_MAX}")
    for line in lines:
        _parse_line(line)
    return text + "\n", lines


def join_note(text: str, lines: Iterable[str]) -> bytes:
    """The note of a text and signature lines, each once, in order.

    Requires text and lines as `split_note` gives them. Raises VerificationError otherwise.
    """
    once = tuple(dict.fromkeys(_all(str, lines)))
    note = f"{text}\n{''.join(once)}"
    require(split_note(note) == (text, once), "a note is malformed", "a text, signature lines with a newline each")
    return note.encode()


def decode_text(data: bytes | str) -> str:
    """``data`` as text: UTF-8 of at most 1 MiB without control characters but newline. Raises VerificationError."""
    require(type(data) in (bytes, str), "a text has a wrong type", "bytes or str")
    try:
        raw = data.encode() if isinstance(data, str) else data
        text = raw.decode()
    except UnicodeError:
        raise VerificationError("a text is not UTF-8") from None
    require(len(raw) <= TEXT_BYTES_MAX, "a text is too large", f"at most {TEXT_BYTES_MAX} bytes")
    require(not re.search(r"[\x00-\x09\x0b-\x1f]", text), "a text has a control character", "newlines alone")
    return text


def encode_base64(data: bytes) -> str:
    """``data`` in base64 with padding (RFC 4648 section 4)."""
    return base64.b64encode(data).decode()


def decode_base64(text: str) -> bytes:
    """What ``text`` is the one base64 form of. Raises VerificationError for any other form."""
    try:
        data = base64.b64decode(text)
    except ValueError:  # binascii.Error is one
        data = b""
    require(encode_base64(data) == text, "base64 has a wrong form", "RFC 4648 section 4, no bit to spare")
    return data


def require(met: object, what: str, expected: str) -> None:
    """Raises VerificationError unless ``met``."""
    if not met:
        raise VerificationError(what, expected)


def _all(kind: type[_T], items: Iterable[_T]) -> tuple[_T, ...]:
    found = tuple(items) if isinstance(items, Iterable) else (items,)
    require(all(type(item) is kind for item in found), "an argument has a wrong type", f"each {kind.__name__}")
    return found


def _split_key(text: str, parts: int) -> tuple[str, bytes]:
    fields = text.split("+", parts - 1) if type(text) is str else []
    require(len(fields) == parts, "a key has a wrong form", f"{parts} parts, a + between them")
    return fields[-3], decode_base64(fields[-1])


def _key_id(name: str, public_key: bytes, kind: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + kind + public_key).digest()[:KEY_ID_BYTES]


def _parse_line(line: str) -> tuple[str, bytes, bytes]:
    match = _LINE.fullmatch(line) or ("", "", "")
    data = decode_base64(match[2])
    require(len(data) > KEY_ID_BYTES, "a signature line has a wrong form", "— name base64, of a key id and a signature")
    return match[1], data[:KEY_ID_BYTES], data[KEY_ID_BYTES:]


def _timed(message: bytes, time: int | None) -> bytes:
    """What is signed: the message, or for a cosignature two lines before it (C2SP tlog-cosignature)."""
    if time is None:
        return message
    require(0 <= time <= TIME_MAX, "a cosignature has a wrong time", f"0 to {TIME_MAX}")
    return b"cosignature/v1\ntime %d\n%b" % (time, message)


def _check_key(key: bytes, kind: bytes) -> None:
    right = type(key) is type(kind) is bytes and len(key) == KEY_BYTES and kind in (ED25519, COSIGNATURE)
    require(right, "a public key or a seed has a wrong form", "type 1 or 4, 32 bytes")


def _check_point(key: bytes) -> None:
    # Points with x = 0 are of small order, so the sign of 0 (RFC 8032 section 5.1.3) needs no rule of its own.
    y = int.from_bytes(key, "little") & (2**255 - 1)
    is_point = y < _P and pow(_x_squared(y), _P // 2, _P) != _P - 1
    require(is_point, "a public key is no point", "the canonical encoding of a point of edwards25519")
    for _ in range(3):
        y = (_x_squared(y) + y * y) * pow(2 + _x_squared(y) - y * y, -1, _P) % _P  # y of the point doubled
    require(y != 1, "a public key is of small order", "a point whose order does not divide 8")


def _x_squared(y: int) -> int:
    return (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P  # the divisor is never 0: -1/d is no square
