"""What commits to a section without showing it, and what locks a person's section.

commitment = base64url(SHA-256(0x02 ‖ tag ‖ salt ‖ section)), without padding. The salt is 32 fresh random bytes:
without it a name or an amount is found by trying them all.
"""

import hashlib
from binascii import b2a_base64
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cadreledger.errors import VerificationError
from cadreledger.sealing.frame import HEAD_BYTES, LENGTH_BYTES, part_ends

__all__ = [
    "INTERNAL_TAG",
    "PERSONAL_TAG",
    "base64url",
    "commitment",
    "decrypt_personal",
    "encrypt_personal",
    "join_salt",
    "open_sections",
    "split_salt",
]

INTERNAL_TAG: Final = b"I"
PERSONAL_TAG: Final = b"P"
SALT_BYTES: Final = 32
NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")
_COMMITMENT_PREFIX: Final = b"\x02"  # apart from leaf (0x00) and node (0x01) hashes


def base64url(data: bytes) -> str:
    """``data`` in base64url without padding (RFC 4648 section 5). Requires bytes."""
    return b2a_base64(data, newline=False).translate(_URL_SAFE).rstrip(b"=").decode("ascii")


def commitment(tag: bytes, salted: bytes) -> str:
    """The commitment to ``salted`` (salt ‖ section JSON): 43 characters. Requires bytes.

    Raises VerificationError unless ``tag`` is INTERNAL_TAG or PERSONAL_TAG.
    """
    if tag not in (INTERNAL_TAG, PERSONAL_TAG):
        raise VerificationError("a commitment has an unknown tag", "I or P")
    return base64url(hashlib.sha256(_COMMITMENT_PREFIX + tag + salted).digest())


def join_salt(salt: bytes, section: bytes) -> bytes:
    """salt ‖ section. Requires bytes. Raises VerificationError unless the salt has 32."""
    if len(salt) != SALT_BYTES:
        raise VerificationError("a salt has a wrong length", f"{SALT_BYTES} bytes", str(len(salt)))
    return salt + section


def split_salt(salted: bytes) -> tuple[bytes, bytes]:
    """Salt and section JSON. Requires bytes. Raises VerificationError if there are none behind the salt."""
    if len(salted) <= SALT_BYTES:
        raise VerificationError("a section is cut short", f"more than {SALT_BYTES} bytes", str(len(salted)))
    return salted[:SALT_BYTES], salted[SALT_BYTES:]


def open_sections(state: bytes) -> tuple[bytes, bytes]:
    """Header and internal JSON of a stored event: `decode_frame` and `split_salt` in one, for whoever reads them all.

    Raises VerificationError as they do.
    """
    header, internal = part_ends(state)
    start = header + LENGTH_BYTES + SALT_BYTES
    if internal <= start:
        found = str(internal - header - LENGTH_BYTES)
        raise VerificationError("a section is cut short", f"more than {SALT_BYTES} bytes", found)
    return state[HEAD_BYTES:header], state[start:internal]


def encrypt_personal(key: bytes, nonce: bytes, salted: bytes, stream: str, version: int) -> bytes:
    """nonce ‖ AES-256-GCM(key, salted), bound to the place in the ledger: ``stream`` and ``version`` (from 1).

    Requires bytes, a str and an int. Raises VerificationError unless the key has 32 bytes and the nonce 12, and for a
    stream that has no UTF-8.
    """
    if len(nonce) != NONCE_BYTES:
        raise VerificationError("a nonce has a wrong length", f"{NONCE_BYTES} bytes", str(len(nonce)))
    return nonce + _cipher(key).encrypt(nonce, salted, _place(stream, version))


def decrypt_personal(key: bytes, part: bytes, stream: str, version: int) -> bytes:
    """salt ‖ section JSON of a personal part. Requires bytes, a str and an int, whatever their length.

    Raises VerificationError if key, bytes or place do not fit.
    """
    try:
        return _cipher(key).decrypt(part[:NONCE_BYTES], part[NONCE_BYTES:], _place(stream, version))
    except (InvalidTag, ValueError) as error:
        raise VerificationError("a personal section does not open", "the person's key, the bytes as written") from error


def _cipher(key: bytes) -> AESGCM:
    if len(key) != KEY_BYTES:
        raise VerificationError("a person's key has a wrong length", f"{KEY_BYTES} bytes", str(len(key)))
    return AESGCM(key)


def _place(stream: str, version: int) -> bytes:
    try:
        return stream.encode("utf-8") + b"\x00" + str(version).encode("ascii")
    except UnicodeEncodeError as error:
        raise VerificationError("a stream's name holds a lone surrogate", "well-formed Unicode") from error
