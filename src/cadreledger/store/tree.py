"""The Merkle tree over a ledger's headers, as tiles, and the checkpoints that were signed over it.

A tile only ever grows: what is written must begin with what is there. So two sealers at once write the same tree, in
whatever order, and a cut-off one is gone on with by the next. Nothing here is trusted: a sealer computes all of it anew
from the events.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

import attrs
from eventsourcing.sqlite import SQLiteCursor, SQLiteDatastore

from cadreledger.errors import StoreError
from cadreledger.sealing.tiles import TILE_WIDTH, Tile
from cadreledger.sealing.tree import HASH_BYTES
from cadreledger.store.place import FileKind

__all__ = ["SealedTree", "StoredCheckpoint", "StoredTile"]

StoredTile = tuple[int, int, bytes]
"""Level, index within the level, and the hashes so far, one after the other."""

_LOCK: Final = "UPDATE checkpoints SET size=size WHERE 0"  # writes nothing, and takes the write lock at once


@attrs.frozen
class StoredCheckpoint:
    """A signed checkpoint over the first ``size`` events; ``note`` may have got cosignatures since."""

    size: int
    note: bytes = attrs.field(repr=False)
    sealed_at: str


class SealedTree:
    """Tiles and checkpoints in a ledger's file. Every method raises StoreError if the file cannot be used."""

    def __init__(self, datastore: SQLiteDatastore, kind: FileKind) -> None:
        """Use `EventStore.tree`."""
        self._datastore = datastore
        self._kind = kind

    def read(self, tile: Tile) -> bytes:
        """The hashes of ``tile``, which may have grown since. Raises StoreError where they are missing."""
        found = self.tile(tile.level, tile.index)
        if len(found) < tile.width * HASH_BYTES:
            raise StoreError("the stored tree lacks a part", tile.path, f"{len(found)} bytes", "Seal the ledger again.")
        return found[: tile.width * HASH_BYTES]

    def tile(self, level: int, number: int) -> bytes:
        """What is stored of a tile: up to 256 hashes; none where there is nothing."""
        with self._transaction(commit=False) as cursor:
            cursor.execute("SELECT hashes FROM tiles WHERE level=? AND number=?", (level, number))
            return next((_blob(row[0]) for row in cursor.fetchall()), b"")

    def put(self, tiles: Iterable[StoredTile]) -> None:
        """Store ``tiles``, all or none. What is there must be a beginning of what comes, or the other way round.

        Raises StoreError where they differ, naming the first event of which they do.
        """
        with self._transaction(commit=True) as cursor:
            cursor.execute(_LOCK)
            for level, number, hashes in tiles:
                cursor.execute("SELECT hashes FROM tiles WHERE level=? AND number=?", (level, number))
                stored = next((_blob(row[0]) for row in cursor.fetchall()), b"")
                shared = min(len(stored), len(hashes))
                if stored[:shared] != hashes[:shared]:
                    raise _differs(level, number, stored, hashes)
                if len(hashes) > shared:
                    cursor.execute("INSERT OR REPLACE INTO tiles VALUES (?,?,?)", (level, number, hashes))

    def checkpoints(self) -> Iterator[StoredCheckpoint]:
        """Every checkpoint, the smallest first."""
        with self._transaction(commit=False) as cursor:
            cursor.execute("SELECT size, note, sealed_at FROM checkpoints ORDER BY size")
            rows = cursor.fetchall()
        return (StoredCheckpoint(*row) for row in rows)

    def latest(self) -> StoredCheckpoint | None:
        """The checkpoint over the most events, if there is any."""
        with self._transaction(commit=False) as cursor:
            return _latest(cursor)

    def sign(self, make: Callable[[StoredCheckpoint | None], StoredCheckpoint | None]) -> StoredCheckpoint | None:
        """Let ``make`` make a checkpoint, told the latest one, while nobody else can; what it returns is stored.

        It returns None to store nothing, and may raise. Returns the latest checkpoint then.
        """
        with self._transaction(commit=True) as cursor:
            cursor.execute(_LOCK)
            made = make(_latest(cursor))
            if made is not None:
                row = (made.size, made.note, made.sealed_at)
                cursor.execute("INSERT OR REPLACE INTO checkpoints VALUES (?,?,?)", row)
            return _latest(cursor)

    def change(self, size: int, make: Callable[[bytes | None], bytes]) -> StoredCheckpoint:
        """Put what ``make`` makes of the note of that size in its place, while nobody else can.

        ``make`` is told None where there is no such checkpoint (when it was sealed is not known then), and may raise.
        """
        with self._transaction(commit=True) as cursor:
            cursor.execute(_LOCK)
            cursor.execute("SELECT note, sealed_at FROM checkpoints WHERE size=?", (size,))
            note, sealed_at = next(iter(cursor.fetchall()), (None, ""))
            changed = StoredCheckpoint(size, make(note if isinstance(note, bytes) else None), sealed_at)
            row = (size, changed.note, changed.sealed_at)
            cursor.execute("INSERT OR REPLACE INTO checkpoints VALUES (?,?,?)", row)
            return changed

    @contextmanager
    def _transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        with self._kind.translated(), self._datastore.transaction(commit=commit) as cursor:
            yield cursor


def _latest(cursor: SQLiteCursor) -> StoredCheckpoint | None:
    cursor.execute("SELECT size, note, sealed_at FROM checkpoints ORDER BY size DESC LIMIT 1")
    for row in cursor.fetchall():
        return StoredCheckpoint(*row)
    return None


def _blob(found: object) -> bytes:
    """What stands in a column of bytes; whatever else was put there is nothing."""
    return found if isinstance(found, bytes) else b""


def _differs(level: int, number: int, stored: bytes, hashes: bytes) -> StoreError:
    """What it means that a stored tile is not the beginning of the one that was computed."""
    pairs = zip(stored, hashes, strict=False)
    place = next(at for at, (one, other) in enumerate(pairs) if one != other) // HASH_BYTES
    width = 1 << (8 * level)
    first = (number * TILE_WIDTH + place) * width + 1
    return StoreError(
        "the ledger is not the one that was sealed",
        "the events that the tree was built over",
        f"another one at position {first}"
        if level == 0
        else f"another tree over positions {first} to {first + width - 1}",
        "Nothing was sealed. Restore the ledger from a backup; keep this one for whoever examines it.",
    )
