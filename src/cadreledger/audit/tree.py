"""The tree over the events as they are found, held against the tree that is stored beside them."""

from typing import Final

from cadreledger.audit.finding import Findings
from cadreledger.audit.records import Records
from cadreledger.errors import StoreError
from cadreledger.sealing.tiles import TILE_WIDTH, GrowingTree, new_tiles
from cadreledger.sealing.tree import HASH_BYTES, tree_root

__all__ = ["CheckedTree"]

SEALED: Final = "The event is not the one that was sealed."


class CheckedTree:
    """Grows leaf by leaf. ``broken``: a gap too wide to fill in; no root is given from there on."""

    def __init__(self, records: Records, findings: Findings) -> None:
        self._records = records
        self._findings = findings
        self._tree = GrowingTree()
        self._number, self._stored = -1, b""  # the stored tile of level 0 that was read last
        self.roots: dict[int, bytes] = {0: tree_root(())}
        self.broken = False

    def root(self) -> bytes:
        """The root over them; nothing where a gap leaves none."""
        return b"" if self.broken else self._tree.root()

    def mark(self, size: int) -> None:
        """Keep the root of this size, where there is one."""
        if not self.broken and self._tree.size == size:
            self.roots[size] = self._tree.root()

    def extend(self, leaves: list[bytes]) -> None:
        """Take in the next leaves, each held against the stored one, and the tiles that they fill."""
        if self.broken:
            return
        first = self._tree.size
        start = 0
        while start < len(leaves):  # a piece within one stored tile at a time
            number, offset = divmod(first + start, TILE_WIDTH)
            piece = leaves[start : start + TILE_WIDTH - offset]
            self._compare(number, offset, piece)
            start += len(piece)
        for level, number, hashes in self._tree.extend(leaves):
            if level:
                self._compare_tile(level, number, hashes)

    def finish(self, last: int) -> None:
        """Hold the right edge against the stored one. ``last`` is the position of the last event."""
        if self.broken:
            return
        for level, hashes in self._tree.edge().items():
            if level:
                self._compare_tile(level, self._tree.size >> 8 * (level + 1), hashes)
        number, offset = divmod(last, TILE_WIDTH)
        stored = self._tile(0, number)
        if len(stored) > offset * HASH_BYTES or (offset and self._tile(0, number + 1)):
            what = "events that are in the stored tree are missing at the end"
            self._findings.error("events_missing", what, last + 1, hint="The ledger was cut, or is an older copy.")

    def check_kept(self, sealed: int) -> None:
        """Whether all that proofs over the first ``sealed`` events need is there."""
        if not self._records.keeps_tree or self._findings.has_errors():
            return
        for tile in new_tiles(0, sealed):
            if tile.level >= 0 and len(self._tile(tile.level, tile.index)) < tile.width * HASH_BYTES:
                what = f"the stored tree lacks a part: {tile.path}"
                hint = "Seal the ledger again: that makes it anew from the events."
                self._findings.error("tree_incomplete", what, hint=hint)
                return

    def _compare(self, number: int, offset: int, leaves: list[bytes]) -> None:
        if number != self._number:
            self._number, self._stored = number, self._tile(0, number)
        stored = self._stored[offset * HASH_BYTES : (offset + len(leaves)) * HASH_BYTES]
        if b"".join(leaves)[: len(stored)] == stored:
            return
        for at, leaf in enumerate(leaves[: -(-len(stored) // HASH_BYTES)]):
            if leaf != stored[at * HASH_BYTES : (at + 1) * HASH_BYTES]:
                position = number * TILE_WIDTH + offset + at + 1
                what = "an event's header is not the one in the stored tree"
                self._findings.error("leaf_mismatch", what, position, hint=SEALED)

    def _compare_tile(self, level: int, number: int, hashes: bytes) -> None:
        stored = self._tile(level, number)
        if hashes[: len(stored)] != stored[: len(hashes)] and not self._findings.has("leaf_mismatch"):
            first = (number * TILE_WIDTH << 8 * level) + 1
            what = f"the stored tree is another one, on level {level} above position {first}"
            self._findings.error("tree_mismatch", what, hint="The tree was changed; the events are held against it.")

    def _tile(self, level: int, number: int) -> bytes:
        try:
            return self._records.tile(level, number)
        except StoreError as error:
            self._findings.error("store_unreadable", str(error), hint=error.hint)
            return b""
