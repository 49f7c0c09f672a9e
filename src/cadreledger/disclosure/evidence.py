"""What a page carries so that whoever opens it can verify it alone: headers, checkpoints, the catalogue."""

import json
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Final

import attrs

from cadreledger.sealing import encode_entries, parse_canonical

__all__ = ["HEADERS_BYTES_MAX", "Evidence"]

HEADERS_BYTES_MAX: Final = 64 * 2**20  # unpacked: what a phone's browser can hold
OPENED: Final = b'"type":"ledger.opened/1"'
ROTATED: Final = b'"type":"key.rotated/1"'
NAMES_CATALOGUE: Final = b'"catalogue":"'
ENTRIES_AT_ONCE: Final = 256  # as many as one bundle holds


@attrs.frozen
class Evidence:
    """All headers up to the snapshot's size, signed checkpoints of that size and earlier, catalogue files by digest.

    ``key``: the verifier key that the last of them names for the log. ``headers`` are entry bundles (C2SP tlog-tiles)
    one by one, deflated (RFC 1950); inflated, ``length`` bytes.
    """

    headers: bytes = attrs.field(repr=False)
    length: int
    key: str
    notes: tuple[bytes, ...] = attrs.field(repr=False)
    catalogues: Mapping[str, bytes] = attrs.field(repr=False)

    @classmethod
    def of(
        cls, headers: Iterable[bytes], notes: Iterable[bytes], file_of: Callable[[str], bytes | None]
    ) -> "Evidence | None":
        """The evidence; None where the headers are more than a page can carry, or name a catalogue of no release.

        ``file_of`` gives the file of a catalogue by its digest.
        """
        packer = zlib.compressobj(9)
        packed, length, batch = bytearray(), 0, list[bytes]()
        catalogues: dict[str, bytes] = {}
        key = ""
        for header in headers:
            batch.append(header)
            key = _key_named(header) or key
            if NAMES_CATALOGUE in header:
                digest = str(parse_canonical(header)["catalogue"])
                file = file_of(digest)
                if file is None:
                    return None
                catalogues[digest] = file
            if len(batch) == ENTRIES_AT_ONCE:
                entries = encode_entries(batch)
                packed += packer.compress(entries)
                length += len(entries)
                batch.clear()
            if length > HEADERS_BYTES_MAX:
                return None
        entries = encode_entries(batch)
        packed += packer.compress(entries) + packer.flush()
        return cls(bytes(packed), length + len(entries), key, tuple(notes), MappingProxyType(catalogues))

    @property
    def fingerprint(self) -> str:
        """128 bits of SHA-256 of the verifier key, in groups of four hexadecimal digits, to be compared."""
        digits = sha256(self.key.encode("ascii")).hexdigest()[:32]
        return " ".join(digits[start : start + 4] for start in range(0, 32, 4))

    def to_json(self, snapshot: bytes, notice: bytes | None, names: bytes | None = None) -> str:
        """As it stands in the page: ASCII JSON in which nothing can end a script element."""
        shape = {
            "format": "page/1",
            "snapshot": snapshot.decode("utf-8"),
            "notes": [note.decode("utf-8") for note in self.notes],
            "catalogues": {digest: data.decode("utf-8") for digest, data in sorted(self.catalogues.items())},
            "headers": b64encode(self.headers).decode("ascii"),
            "bytes": self.length,
        }
        if notice is not None:
            shape["notice"] = notice.decode("utf-8")
        if names is not None:
            shape["names"] = names.decode("utf-8")
        return json.dumps(shape, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")


def _key_named(header: bytes) -> str:
    """The key that the log signs with from this header on; "" where it says nothing of that."""
    if ROTATED in header:
        return str(parse_canonical(header)["key"])
    if OPENED not in header:
        return ""
    keys = parse_canonical(header)["keys"]
    return str(keys[0]) if isinstance(keys, list) and keys else ""
