"""How a log lies in a folder: the names of its files, which of them a checkpoint needs, and what stands in each.

Tiles and entry bundles are those of C2SP tlog-tiles. Beside them lie every checkpoint that was signed, their sizes (a
folder cannot be listed over http), and the catalogues that headers and figures follow. Writer and verifier both read
this.
"""

from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from typing import Final

from cadreledger.errors import VerificationError
from cadreledger.sealing import TILE_WIDTH, GrowingTree, Tile, encode_entries, leaf_hash

__all__ = [
    "CATALOGUES",
    "CHECKPOINT",
    "CHECKPOINTS",
    "SIZES",
    "TILES",
    "LogTiles",
    "catalogue_path",
    "checkpoint_path",
    "full_tiles",
    "partial_tiles",
    "sizes_file",
]

CHECKPOINT: Final = "checkpoint"
TILES: Final = "tile"
CHECKPOINTS: Final = "checkpoints"
CATALOGUES: Final = "catalogue"
SIZES: Final = f"{CHECKPOINTS}/sizes"
LEVELS: Final = range(-1, 8)  # -1: entry bundles


def checkpoint_path(size: int) -> str:
    """Where the checkpoint over ``size`` events stays when a later one has come."""
    return f"{CHECKPOINTS}/{size}"


def catalogue_path(digest: str) -> str:
    """Where the catalogue with that digest lies."""
    return f"{CATALOGUES}/{digest}.json"


def sizes_file(sizes: Iterable[int]) -> bytes:
    """What stands in ``checkpoints/sizes``: a size a line, in decimal, the smallest first."""
    return "".join(f"{size}\n" for size in sizes).encode("ascii")


def full_tiles(level: int, size: int) -> int:
    """How many full tiles a tree of that size has on a level."""
    return size >> 8 * (max(level, 0) + 1)


def partial_tiles(size: int) -> Iterator[Tile]:
    """The partial tiles of a tree of that size, its partial bundle first."""
    for level in LEVELS:
        if width := (size >> 8 * max(level, 0)) % TILE_WIDTH:
            yield Tile(level, full_tiles(level, size), width)


class LogTiles:
    """Every tile and bundle of a log, made of its headers in one go. Holds the tree's edge and one bundle.

    ``sizes`` are those of its checkpoints, the last one being the log's own. ``roots`` has the root at each of them, as
    soon as the headers have been taken so far.
    """

    def __init__(self, sizes: Iterable[int]) -> None:
        self._sizes = sorted(set(sizes))
        self._cuts = frozenset(self._sizes)
        self.roots: dict[int, bytes] = {}

    def make(self, headers: Iterable[bytes]) -> Iterator[tuple[Tile, bytes]]:
        """Each tile, and what stands in it; at every size the partial ones too, last of all those of the log's own.

        Raises VerificationError where there are fewer headers.
        """
        tree = GrowingTree()
        reading = iter(headers)
        bundle: list[bytes] = []
        for start, stop in self._spans():
            batch = list(islice(reading, stop - start))
            if len(batch) < stop - start:
                raise VerificationError("a log has fewer entries than its checkpoint says", f"{self._sizes[-1]}")
            bundle = batch if start % TILE_WIDTH == 0 else bundle + batch
            full = tree.extend([leaf_hash(header) for header in batch])
            if stop % TILE_WIDTH == 0:
                yield Tile(-1, stop // TILE_WIDTH - 1, TILE_WIDTH), encode_entries(bundle)
            for level, index, hashes in full:
                yield Tile(level, index, TILE_WIDTH), hashes
            if stop in self._cuts:
                self.roots[stop] = tree.root()
                edge = tree.edge()
                for tile in partial_tiles(stop):
                    yield tile, edge[tile.level] if tile.level >= 0 else encode_entries(bundle)

    def _spans(self) -> Iterator[tuple[int, int]]:
        """The leaves from 0 on, cut at each bundle's end and at each size."""
        last = 0
        for size in self._sizes:
            yield from pairwise([last, *range((last // TILE_WIDTH + 1) * TILE_WIDTH, size, TILE_WIDTH), size])
            last = size
