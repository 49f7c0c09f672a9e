"""Verifier keys of signed notes (C2SP signed-note): what leaf 0 names, so that later signatures can be checked."""

import base64
import hashlib
import re
from typing import Final

from cadreledger.errors import VerificationError

__all__ = ["ED25519", "verifier_key"]

ED25519: Final = b"\x01"  # signature type of C2SP signed-note
_NAME: Final = re.compile(r"[!-*,-~]{1,255}", re.ASCII)  # printable ASCII, no space, no plus
_PUBLIC_KEY_BYTES: Final = 32


def verifier_key(name: str, public_key: bytes) -> str:
    """``name+hash+key`` of an Ed25519 public key (32 bytes). Raises VerificationError for a wrong name or key."""
    if not _NAME.fullmatch(name):
        raise VerificationError("a key name has a wrong form", "1 to 255 printable ASCII characters, no space, no +")
    if len(public_key) != _PUBLIC_KEY_BYTES:
        raise VerificationError("a public key has a wrong length", "32 bytes", str(len(public_key)))
    key_hash = hashlib.sha256(name.encode("ascii") + b"\n" + ED25519 + public_key).digest()[:4]
    return f"{name}+{key_hash.hex()}+{base64.b64encode(ED25519 + public_key).decode('ascii')}"
