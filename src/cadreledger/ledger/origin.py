"""A log's name for the world: ASCII, and unique by the key it is signed with."""

import re
from hashlib import sha256
from typing import Final

__all__ = ["default_origin"]

NAME_CHARS_MAX: Final = 60
KEY_HASH_HEX: Final = 16


def default_origin(name: str, public_key: bytes) -> str:
    """``xn--…/0123456789abcdef``: the ledger's name, in punycode (RFC 3492) if need be, and a hash of its key."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") if name.isascii() else ""
    coded = re.sub(r"[^A-Za-z0-9-]", "", name.encode("punycode", "ignore").decode("ascii"))
    slug = plain or f"xn--{coded}"
    return f"{slug[:NAME_CHARS_MAX]}/{sha256(public_key).hexdigest()[:KEY_HASH_HEX]}"
