"""The tree as static files (C2SP tlog-tiles), and a tree that grows while it holds only its right edge.

A tile holds up to 256 hashes: on level 0 leaf hashes, on each level above the roots of full tiles of the level below.
An entry bundle holds the headers behind a tile of level 0; here it is a tile of level -1.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cadreledger.errors import VerificationError
from cadreledger.sealing.proofs import SIZE_MAX, NodeReader, check_sizes, root_of
from cadreledger.sealing.tree import HASH_BYTES, complete_root

__all__ = [
    "TILE_WIDTH",
    "GrowingTree",
    "Tile",
    "decode_entries",
    "encode_entries",
    "new_tiles",
    "node_reader",
    "tiles_of",
]

TILE_WIDTH: Final = 256
LEVEL_MAX: Final = 63
ENTRY_BYTES_MAX: Final = 2**16 - 1
_ENTRIES: Final = -1  # the level of entry bundles
_TILE_BYTES: Final = TILE_WIDTH * HASH_BYTES
_PATH: Final = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([0-9]{1,3}))?")


@dataclass(frozen=True, order=True, slots=True)
class Tile:
    """One tile of a log, or with level -1 an entry bundle. Raises VerificationError for what no log can have.

    ``level`` is -1 to 63; ``index`` starts at a leaf below 2**64; ``width`` is 1 to 256 hashes, less if it is partial.
    """

    level: int
    index: int
    width: int

    def __post_init__(self) -> None:
        check_sizes(self.level, LEVEL_MAX, least=_ENTRIES)
        check_sizes(self.index, SIZE_MAX >> 8 * (max(self.level, 0) + 1))
        check_sizes(self.width, TILE_WIDTH, least=1)

    @property
    def path(self) -> str:
        """Where the tile is below the log's prefix: ``tile/0/x001/x234/067``, ``tile/entries/000.p/17``."""
        *high, low = (group.zfill(3) for group in f"{self.index:,}".split(","))
        level = "entries" if self.level == _ENTRIES else str(self.level)
        suffix = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return "/".join(["tile", level, *(f"x{group}" for group in high), low + suffix])

    @classmethod
    def parse(cls, path: str) -> "Tile":
        """The tile at ``path``. Raises VerificationError unless this is exactly how its path is written."""
        if type(path) is str and (match := _PATH.fullmatch(path)):
            level, index, width = match.groups(default=str(TILE_WIDTH))
            tile = cls(_ENTRIES if level == "entries" else int(level), int(re.sub("[x/]", "", index)), int(width))
            if tile.path == path:
                return tile
        raise VerificationError("a tile's path has a wrong form", "tile/<level>/<index>[.p/<width>], C2SP tlog-tiles")


def tiles_of(size: int) -> Iterator[Tile]:
    """Every tile and bundle that a checkpoint of ``size`` leaves requires: bundles, then tiles, the lowest level first.

    Requires 0 <= size < 2**64.
    """
    return new_tiles(0, size)


def new_tiles(old_size: int, new_size: int) -> Iterator[Tile]:
    """Those of `tiles_of` the new size that the old size does not have. Requires 0 <= old_size <= new_size < 2**64."""
    check_sizes(old_size, new_size)
    for level in range(_ENTRIES, 8):
        old, new = (size >> 8 * max(level, 0) for size in (old_size, new_size))  # hashes on that level
        for index in range(old // TILE_WIDTH, -(-new // TILE_WIDTH) if old < new else 0):
            yield Tile(level, index, min(TILE_WIDTH, new - index * TILE_WIDTH))


def node_reader(size: int, read: Callable[[Tile], bytes]) -> NodeReader:
    """``node(level, index)`` for `cadreledger.sealing.proofs`, out of the tiles of a tree of ``size`` leaves.

    ``read`` gives a tile's hashes: width * 32 bytes. A proof reads at most two tiles a level. Nothing that is read is
    trusted: check what comes of it against a root. Requires 0 <= size < 2**64. Raises VerificationError, as the node
    does for a tile of another length, and for a subtree that is not complete in that tree.
    """
    check_sizes(0, size)

    @lru_cache(maxsize=64)  # half a megabyte
    def hashes_of(tile: Tile) -> bytes:
        return _checked(read(tile), tile.width)

    def node(level: int, index: int) -> bytes:
        check_sizes(level, LEVEL_MAX)
        check_sizes((index + 1) << level, size, least=1)
        tile_level, height = divmod(level, 8)
        number, offset = divmod(index << height, TILE_WIDTH)
        width = min(TILE_WIDTH, (size >> 8 * tile_level) - number * TILE_WIDTH)
        hashes = hashes_of(Tile(tile_level, number, width))
        return complete_root(hashes[offset * HASH_BYTES : (offset + (1 << height)) * HASH_BYTES])

    return node


def encode_entries(entries: Iterable[bytes]) -> bytes:
    """An entry bundle: each entry behind its length (2 bytes, big endian). Requires an iterable.

    Raises VerificationError for an entry that is not bytes, or has more than 65,535.
    """
    listed = tuple(entries)
    if any(type(entry) is not bytes or len(entry) > ENTRY_BYTES_MAX for entry in listed):
        raise VerificationError("an entry does not fit a bundle", f"at most {ENTRY_BYTES_MAX} bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in listed)


def decode_entries(data: bytes, count: int) -> tuple[bytes, ...]:
    """The ``count`` entries of a bundle. Raises VerificationError unless it holds exactly those."""
    check_sizes(0, count)
    entries: list[bytes] = []
    end = 0
    while type(data) is bytes and end < len(data) and len(entries) < count:
        start = end + 2
        end = start + int.from_bytes(data[end:start], "big")  # behind all data where that is cut short
        entries.append(data[start:end])
    if type(data) is not bytes or end != len(data) or len(entries) != count:
        raise VerificationError("an entry bundle does not hold just what it should", f"{count} whole entries")
    return tuple(entries)


class GrowingTree:
    """A tree that grows from nothing, and holds of itself only the partial last tile of each level."""

    __slots__ = ("_edge", "_size")

    def __init__(self) -> None:
        self._size = 0
        self._edge: dict[int, bytes] = {}

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self._size

    def edge(self) -> dict[int, bytes]:
        """The hashes of each level's partial last tile; a level without one is absent."""
        return dict(sorted(self._edge.items()))

    def root(self) -> bytes:
        """The root of the tree as it stands: 32 bytes."""
        return root_of(self._size, node_reader(self._size, lambda tile: self._edge[tile.level]))

    def extend(self, leaf_hashes: Sequence[bytes]) -> list[tuple[int, int, bytes]]:
        """Add leaves at the end. (level, index, hashes) of each tile that became full, the lowest level first.

        ``leaf_hashes`` is a list or a tuple. Raises VerificationError, and adds nothing, unless each has 32 bytes.
        """
        listed = type(leaf_hashes) in {list, tuple} and {bytes}.issuperset(map(type, leaf_hashes))
        if not listed or not {HASH_BYTES}.issuperset(map(len, leaf_hashes)):
            raise VerificationError("leaf hashes have a wrong form", f"a list or a tuple of {HASH_BYTES} bytes each")
        check_sizes(0, self._size + len(leaf_hashes))
        full: list[tuple[int, int, bytes]] = []
        level, hashes = 0, b"".join(leaf_hashes)
        while hashes:
            hashes = self._edge.pop(level, b"") + hashes
            end = len(hashes) - len(hashes) % _TILE_BYTES
            if end < len(hashes):
                self._edge[level] = hashes[end:]
            tiles = [hashes[at : at + _TILE_BYTES] for at in range(0, end, _TILE_BYTES)]
            full += ((level, index, tile) for index, tile in enumerate(tiles, self._size >> 8 * (level + 1)))
            level, hashes = level + 1, b"".join(map(complete_root, tiles))
        self._size += len(leaf_hashes)
        return full


def _checked(hashes: bytes, width: int) -> bytes:
    if type(hashes) is not bytes or len(hashes) != width * HASH_BYTES:
        raise VerificationError("a tile has a wrong length", f"{width * HASH_BYTES} bytes")
    return hashes
