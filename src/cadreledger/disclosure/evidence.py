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

__all__ = ["HEADERS_BYTES_MAX", "HEADERS_COUNT_MAX", "Evidence"]

HEADERS_BYTES_MAX: Final = 64 * 2**20  # unpacked: what a phone's browser can hold
HEADERS_COUNT_MAX: Final = 2_000_000  # what the page's program remembers of each fills a browser's memory
SITE: Final = "../../"  # from a notice's folder in a site, such as notice/2021-6
OPENED: Final = b'"type":"ledger.opened/1"'
ROTATED: Final = b'"type":"key.rotated/1"'
NAMES_CATALOGUE: Final = b'"catalogue":"'
ENTRIES_AT_ONCE: Final = 256  # as many as one bundle holds


@attrs.frozen
class Evidence:
    """All headers up to the snapshot's size, signed checkpoints of that size and earlier, catalogue files by digest.

    ``key``: the verifier key that the last of them names for the log. ``headers`` are entry bundles (C2SP tlog-tiles)
    one by one, deflated (RFC 1950); inflated, ``length`` bytes. Where they are too many to be carried there are none,
    and ``tiles`` says from where the page fetches them: the site's root, as seen from the page.
    """

    headers: bytes = attrs.field(repr=False)
    length: int
    key: str
    notes: tuple[bytes, ...] = attrs.field(repr=False)
    catalogues: Mapping[str, bytes] = attrs.field(repr=False)
    tiles: str = ""

    @classmethod
    def of(
        cls,
        headers: Iterable[bytes],
        notes: Iterable[bytes],
        file_of: Callable[[str], bytes | None],
        *,
        carried_bytes_max: int = HEADERS_BYTES_MAX,
    ) -> "Evidence | None":
        """The evidence; None where the headers are more than a browser can check, or name a catalogue of no release.

        ``file_of`` gives the file of a catalogue by its digest. Headers of more than ``carried_bytes_max`` bytes are
        fetched from the site.
        """
        packer = _Packer(carried_bytes_max)
        catalogues: dict[str, bytes] = {}
        key = ""
        count = 0
        for count, header in enumerate(headers, 1):
            packer.add(header)
            key = _key_named(header) or key
            if NAMES_CATALOGUE in header:
                digest = str(parse_canonical(header)["catalogue"])
                file = file_of(digest)
                if file is None:
                    return None
                catalogues[digest] = file
            if count > HEADERS_COUNT_MAX:
                return None
        packed = packer.packed()
        held, length, tiles = (b"", 0, SITE) if packed is None else (*packed, "")
        return cls(held, length, key, tuple(notes), MappingProxyType(catalogues), tiles)

    @property
    def fingerprint(self) -> str:
        """128 bits of SHA-256 of the verifier key, in groups of four hexadecimal digits, to be compared."""
        digits = sha256(self.key.encode("ascii")).hexdigest()[:32]
        return " ".join(digits[start : start + 4] for start in range(0, 32, 4))

    def to_json(self, snapshot: bytes, notice: bytes | None, names: bytes | None = None) -> str:
        """As it stands in the page: ASCII JSON in which nothing can end a script element."""
        shape: dict[str, object] = {
            "format": "page/1",
            "snapshot": snapshot.decode("utf-8"),
            "notes": [note.decode("utf-8") for note in self.notes],
            "catalogues": {digest: data.decode("utf-8") for digest, data in sorted(self.catalogues.items())},
        }
        if self.tiles:
            shape["tiles"] = self.tiles
        else:
            shape |= {"headers": b64encode(self.headers).decode("ascii"), "bytes": self.length}
        if notice is not None:
            shape["notice"] = notice.decode("utf-8")
        if names is not None:
            shape["names"] = names.decode("utf-8")
        return json.dumps(shape, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")


class _Packer:
    """Deflates headers, bundle by bundle, as long as there is room for them."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._deflate = zlib.compressobj(9)
        self._packed = bytearray()
        self._length = 0
        self._batch: list[bytes] = []

    def add(self, header: bytes) -> None:
        self._batch.append(header)
        if len(self._batch) == ENTRIES_AT_ONCE:
            self._pack()

    def packed(self) -> tuple[bytes, int] | None:
        """All of them, and how long they are inflated; None where that is too long."""
        self._pack()
        return None if self._length > self._bytes_max else (bytes(self._packed) + self._deflate.flush(), self._length)

    def _pack(self) -> None:
        entries = encode_entries(self._batch)
        self._batch.clear()
        self._length += len(entries)
        if self._length <= self._bytes_max:
            self._packed += self._deflate.compress(entries)
        else:
            self._packed.clear()


def _key_named(header: bytes) -> str:
    """The key that the log signs with from this header on; "" where it says nothing of that."""
    if ROTATED in header:
        return str(parse_canonical(header)["key"])
    if OPENED not in header:
        return ""
    keys = parse_canonical(header)["keys"]
    return str(keys[0]) if isinstance(keys, list) and keys else ""
