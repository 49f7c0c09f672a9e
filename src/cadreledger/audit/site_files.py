"""The files of a published log, as they lie in a folder: what is there, and whether each belongs there.

While a site is written, or after that was cut off, files lie there that a later checkpoint has announced.
"""

import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

import attrs

from cadreledger.audit.checkpoints import SignedNote, read_note
from cadreledger.disclosure.site import (
    CATALOGUES,
    CHECKPOINT,
    CHECKPOINTS,
    SIZES,
    TILES,
    checkpoint_path,
    full_tiles,
    partial_tiles,
    sizes_file,
)
from cadreledger.errors import VerificationError
from cadreledger.sealing import TILE_WIDTH, Tile, decode_entries
from cadreledger.sealing.tree import HASH_BYTES

__all__ = ["BUNDLE_BYTES_MAX", "Listing", "Site", "listed"]

FILE_BYTES_MAX: Final = 2**20  # of a note, a catalogue, a list of sizes
CATALOGUES_MAX: Final = 100
BUNDLE_BYTES_MAX: Final = TILE_WIDTH * (2 + 2**16 - 1)
LEVELS: Final = range(-1, 8)
_SIZE: Final = re.compile(r"[1-9][0-9]{0,19}", re.ASCII)
_CATALOGUE: Final = re.compile(r"([A-Za-z0-9_-]{43})\.json", re.ASCII)


class Site:
    """The files of a published log, nothing of which is verified. Names are paths in its folder, with ``/``.

    No symbolic link is followed. OSError passes through.
    """

    def __init__(self, path: Path) -> None:
        self._root = path

    def checkpoint(self) -> bytes:
        """The signed note that the log stands for. Raises VerificationError where there is none."""
        return self.read(CHECKPOINT)

    def headers(self, size: int) -> Iterator[bytes]:
        """The first ``size`` headers, where a checkpoint of that size is published.

        Raises VerificationError where a bundle is missing or cannot be read.
        """
        for start in range(0, size, TILE_WIDTH):
            yield from self._bundle(Tile(-1, start // TILE_WIDTH, min(TILE_WIDTH, size - start)))

    def _bundle(self, tile: Tile) -> tuple[bytes, ...]:
        data = self.find(tile.path, BUNDLE_BYTES_MAX)
        try:
            if data is not None:
                return decode_entries(data, tile.width)
            whole = Tile(tile.level, tile.index, TILE_WIDTH)
            return decode_entries(self.read(whole.path, BUNDLE_BYTES_MAX), TILE_WIDTH)[: tile.width]
        except VerificationError as error:
            raise VerificationError(error.what, error.expected, error.found or tile.path) from error

    def walk(self, folder: str) -> Iterator[tuple[str, int]]:
        """Every file in a folder, however deep, with its length. Raises VerificationError for what is no file."""
        waiting = [folder]
        while waiting:
            name = waiting.pop()
            with os.scandir(self._root / name) as entries:
                for entry in entries:
                    inner = f"{name}/{entry.name}"
                    mode = entry.stat(follow_symlinks=False)
                    if stat.S_ISDIR(mode.st_mode):
                        waiting.append(inner)
                    elif stat.S_ISREG(mode.st_mode):
                        yield inner, mode.st_size
                    else:
                        raise VerificationError("a site holds what is neither file nor folder", found=ascii(inner)[:99])

    def is_folder(self, name: str) -> bool:
        """Whether there is a folder of that name, itself and no link to it."""
        try:
            return stat.S_ISDIR(os.lstat(self._root / name).st_mode)
        except FileNotFoundError:
            return False

    def find(self, name: str, bytes_max: int = FILE_BYTES_MAX) -> bytes | None:
        """What stands in a file; None where there is none. Raises VerificationError where there is too much."""
        path = self._root / name
        try:
            if not stat.S_ISREG(os.lstat(path).st_mode):
                return None
            with path.open("rb") as file:
                data = file.read(bytes_max + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        if len(data) > bytes_max:
            raise VerificationError("a file of the site is too large", f"at most {bytes_max} bytes", name)
        return data

    def read(self, name: str, bytes_max: int = FILE_BYTES_MAX) -> bytes:
        """What stands in a file. Raises VerificationError where there is none, or too much."""
        data = self.find(name, bytes_max)
        if data is None:
            raise VerificationError("a file of the site is missing", name)
        return data


@attrs.frozen
class Listing:
    """What lies in a site: the checkpoints up to the one to be verified, over ``size`` events, and those ahead of it.

    ``said`` is the size of the one in ``checkpoint``; ``catalogues`` are digests, as files are named.
    """

    notes: tuple[SignedNote, ...]
    ahead: tuple[SignedNote, ...]
    said: int
    size: int
    catalogues: frozenset[str]
    count: int


def listed(files: Site) -> Listing:
    """Every file that is there, and each that ought to be. Raises VerificationError where the two differ."""
    for name in (TILES, CHECKPOINTS, CATALOGUES):
        if not files.is_folder(name):
            raise VerificationError("a site lacks a folder", name)
    current = read_note(files.read(CHECKPOINT))
    notes = _notes(files, current)
    catalogues = _catalogues(files)
    tiles = _Tiles()
    for name, length in files.walk(TILES):
        tiles.take(name, length)
    said, newest = current.checkpoint.size, notes[-1].checkpoint.size
    size = newest if tiles.lacking([newest], newest) is None else said
    tiles.check([note.checkpoint.size for note in notes], size)
    upto = tuple(note for note in notes if note.checkpoint.size <= size)
    return Listing(upto, notes[len(upto) :], said, size, catalogues, 2 + len(notes) + len(catalogues) + tiles.count)


def _notes(files: Site, current: SignedNote) -> tuple[SignedNote, ...]:
    """Every checkpoint, the smallest first; at its size, ``current`` comes last."""
    notes: list[SignedNote] = []
    for name, _ in files.walk(CHECKPOINTS):
        number = name.removeprefix(f"{CHECKPOINTS}/")
        if name == SIZES:
            continue
        if not _SIZE.fullmatch(number):
            raise _unknown(name)
        note = read_note(files.read(name))
        if note.checkpoint.size != int(number):
            raise VerificationError("a checkpoint is of another size than its file's name", number)
        notes.append(note)
    notes.sort(key=lambda note: note.checkpoint.size)
    sizes = [note.checkpoint.size for note in notes]
    said = current.checkpoint.size
    if said not in sizes or notes[sizes.index(said)].checkpoint != current.checkpoint:
        raise VerificationError("`checkpoint` is not among the checkpoints", checkpoint_path(said))
    # while a site is written, its newest checkpoints are not listed yet
    listed = files.read(SIZES)
    if all(listed != sizes_file(sizes[:end]) for end in range(sizes.index(said) + 1, len(sizes) + 1)):
        raise VerificationError("the list of checkpoints is not of those that are there", SIZES)
    if notes[sizes.index(said)].note != current.note:
        notes.insert(sizes.index(said) + 1, current)
    return tuple(notes)


def _catalogues(files: Site) -> frozenset[str]:
    """The digests that catalogues are named by."""
    digests: set[str] = set()
    for name, _ in files.walk(CATALOGUES):
        match = _CATALOGUE.fullmatch(name.removeprefix(f"{CATALOGUES}/"))
        if not match or len(digests) == CATALOGUES_MAX:
            raise _unknown(name)
        digests.add(match[1])
    return frozenset(digests)


class _Tiles:
    """The tiles that are there: of full ones how many a level, of partial ones each."""

    def __init__(self) -> None:
        self._full: Counter[int] = Counter()
        self._last: dict[int, int] = {}  # by level: the highest index of a full tile
        self._partial: set[Tile] = set()

    @property
    def count(self) -> int:
        """How many files they are."""
        return self._full.total() + len(self._partial)

    def take(self, name: str, length: int) -> None:
        """Take in a file. Raises VerificationError for one that is no tile, or has a wrong length."""
        try:
            tile = Tile.parse(name)
        except VerificationError:
            raise _unknown(name) from None
        if tile.level >= 0 and length != tile.width * HASH_BYTES:
            raise VerificationError("a tile has a wrong length", f"{tile.width * HASH_BYTES} bytes", name)
        if tile.width == TILE_WIDTH:
            self._full[tile.level] += 1
            self._last[tile.level] = max(self._last.get(tile.level, 0), tile.index)
        else:
            self._partial.add(tile)

    def lacking(self, sizes: Iterable[int], size: int) -> str | None:
        """The path of a tile that checkpoints of those ``sizes`` need in a tree of ``size``, and that is not there."""
        for level in LEVELS:
            if self._full[level] < full_tiles(level, size):
                return Tile(level, self._full[level], TILE_WIDTH).path
        for tile in chain.from_iterable(map(partial_tiles, sizes)):
            if tile.index >= full_tiles(tile.level, size) and tile not in self._partial:
                return tile.path
        return None

    def check(self, sizes: Sequence[int], size: int) -> None:
        """Raises VerificationError unless the tiles are those of the checkpoints of ``sizes``, complete up to ``size``.

        Those of larger sizes may be there, or not yet.
        """
        for level, last in self._last.items():
            if self._full[level] != last + 1:
                where = "among the entries" if level < 0 else f"on level {level}"
                raise VerificationError("a tile is missing", "one before another", f"a gap {where}")
        missing = self.lacking([held for held in sizes if held <= size], size)
        if missing is not None:
            raise VerificationError("a tile is missing", missing)
        for level, count in self._full.items():
            if count > full_tiles(level, sizes[-1]):
                raise _unknown(Tile(level, count - 1, TILE_WIDTH).path)
        for tile in self._partial.difference(chain.from_iterable(map(partial_tiles, sizes))):
            raise _unknown(tile.path)


def _unknown(name: str) -> VerificationError:
    return VerificationError("a site holds a file that does not belong to it", found=ascii(name)[:99])
