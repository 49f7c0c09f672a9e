"""Writing the published log: static files (C2SP tlog-tiles) that grow with each checkpoint, read while they do.

Every step can be cut off anywhere; the next run goes on:

1. Everything is made of the ledger's events anew and held against its checkpoints, and against what is there already:
   a file that never changes must be as it would be written. Up to here nothing is touched.
2. New checkpoints go to ``checkpoints/``: they announce what follows.
3. Tiles and bundles that are not there yet.
4. Catalogues, cosignatures that came to older checkpoints, ``checkpoints/sizes``.
5. ``checkpoint``, in one step. Until then, readers see the log as it was.
6. Partial tiles that full ones have replaced go.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs

from cadreledger.disclosure.site import (
    CHECKPOINT,
    CHECKPOINTS,
    SIZES,
    LogTiles,
    catalogue_path,
    checkpoint_path,
    full_tiles,
    partial_tiles,
    sizes_file,
)
from cadreledger.errors import StoreError, VerificationError
from cadreledger.export.catalogues import catalogue_files
from cadreledger.export.folder import PublicFolder, writing
from cadreledger.ledger import Ledger
from cadreledger.ledger.seals import Seal
from cadreledger.sealing import TILE_WIDTH, Tile, parse_checkpoint, split_note

__all__ = ["SiteReport", "write_site"]

ELSEWHERE: Final = "Nothing was written. Choose another folder, or remove what is there."
AUDIT: Final = "Nothing was published. Audit the ledger: `cadreledger audit`."


@attrs.frozen
class SiteReport:
    """A site as it stands: its folder, the checkpoint (size, root of 32 bytes), and how many files have changed."""

    path: Path
    size: int
    root: bytes
    written: int
    removed: int


def write_site(ledger: Ledger, out: str | Path) -> SiteReport:
    """Publish ``ledger`` at its last checkpoint in the folder ``out``: headers, and nothing else of any event.

    A site of the same ledger that is there grows; where nothing is new, nothing is written. Files beside those of the
    log, such as notices, are left alone. Raises StoreError where the ledger was never sealed, is not as it was sealed
    or followed a catalogue that this release does not know, where the folder holds another log, a later checkpoint, or
    another tile than it should, and where it cannot be written.
    """
    ledger.sealed.latest()
    folder = PublicFolder(Path(out))
    hint = "Name a folder that you may write, on a disk with room."
    with writing(f"a site cannot be written to {out}", hint), folder.alone():
        site = _Site(ledger, folder)
        site.check()
        site.write()
    return SiteReport(Path(out), site.latest.size, site.latest.root, folder.written, folder.removed)


class _Site:
    """One run, alone in the folder."""

    def __init__(self, ledger: Ledger, folder: PublicFolder) -> None:
        self._log = ledger.sealed
        self._folder = folder
        self._seals = self._log.published()
        self._catalogues = catalogue_files(self._log.catalogues())
        self.latest: Seal = self._seals[-1]
        self._complete = True  # whether every tile is there

    def check(self) -> None:
        """Hold the events against the checkpoints, and what is there against what is to be written."""
        for name in (CHECKPOINT, *map(checkpoint_path, self._sizes_there())):
            held = self._folder.read(name)
            if held is not None:
                self._check_note(name, held)
        for tile, data in self._tiles():
            found = self._folder.read(tile.path)
            if found is None:
                self._complete = self._complete and not self._needs(tile)
            elif found != data:
                what = "another tile lies where one of this log belongs, which never changes"
                raise StoreError(what, "what the ledger's events give", tile.path, ELSEWHERE)

    def write(self) -> None:
        """Write what is missing, in the order that the module tells."""
        put, sync = self._folder.put, self._folder.sync
        self._folder.tidy()
        for seal in self._seals:
            if not self._folder.has(checkpoint_path(seal.size)):
                put(checkpoint_path(seal.size), seal.note)
        sync()
        for tile, data in () if self._complete else self._tiles():
            if self._needs(tile) and not self._folder.has(tile.path):
                put(tile.path, data)
        for digest, data in self._catalogues.items():
            put(catalogue_path(digest), data)
        for seal in self._seals:
            put(checkpoint_path(seal.size), seal.note)
        put(SIZES, sizes_file(seal.size for seal in self._seals))
        sync()
        put(CHECKPOINT, self.latest.note)
        sync()
        for seal in self._seals:
            for tile in partial_tiles(seal.size):
                if not self._needs(tile):
                    self._folder.remove(tile.path)

    def _tiles(self) -> Iterator[tuple[Tile, bytes]]:
        """Every tile of every checkpoint. Raises StoreError where the events do not lead to the checkpoints."""
        tiles = LogTiles(seal.size for seal in self._seals)
        yield from tiles.make(self._log.entries(0, self.latest.size))
        for seal in self._seals:
            if tiles.roots[seal.size] != seal.root:
                what, found = "the ledger is not the one that was sealed", f"another one over {seal.size} events"
                raise StoreError(what, "the root that was signed", found, AUDIT)

    def _needs(self, tile: Tile) -> bool:
        """A full tile, or a partial one that has no full one in its place."""
        return tile.width == TILE_WIDTH or tile.index >= full_tiles(tile.level, self.latest.size)

    def _sizes_there(self) -> Iterator[int]:
        """The sizes of the checkpoints that are published already."""
        for name in self._folder.names(CHECKPOINTS):
            if name.isascii() and name.isdigit():
                yield int(name)

    def _check_note(self, name: str, note: bytes) -> None:
        """Raises StoreError unless it is a checkpoint of this very ledger."""
        try:
            text, _ = split_note(note)
            found = parse_checkpoint(text)
        except VerificationError as error:
            what = f"{name} is there and is no checkpoint"
            raise StoreError(what, found=error.what, hint=ELSEWHERE) from error
        own = {seal.size: seal.checkpoint for seal in self._seals}
        if found.origin != self.latest.checkpoint.origin:
            raise StoreError("the folder holds another log", self.latest.checkpoint.origin, found.origin, ELSEWHERE)
        if found.size > self.latest.size:
            what = "the folder holds a later checkpoint than the ledger: it was restored from an older backup, or cut"
            raise StoreError(what, f"at most {self.latest.size} events", f"{found.size}", ELSEWHERE)
        if own.get(found.size) != found:
            what = "the folder holds a checkpoint that this ledger does not have"
            raise StoreError(what, "one of its own", f"{name}, over {found.size} events", ELSEWHERE)
