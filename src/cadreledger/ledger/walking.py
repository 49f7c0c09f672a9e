"""Walking through a ledger's events for a seal: each is checked, and the stored tree grows over it."""

from typing import Final

from cadreledger.errors import StoreError, VerificationError
from cadreledger.figures import PAID
from cadreledger.ledger.owed import Owed
from cadreledger.sealing import INTERNAL_TAG, commitment, leaf_hash
from cadreledger.sealing.frame import HEAD_BYTES, LENGTH_BYTES, part_ends
from cadreledger.sealing.tiles import TILE_WIDTH, GrowingTree
from cadreledger.store import EventStore
from cadreledger.values import StreamKind, stream_id

__all__ = ["Walk"]

BATCH_LEAVES: Final = 64 * TILE_WIDTH  # between two writes to the tree: half a megabyte of hashes
LOG: Final = stream_id(StreamKind.LEDGER)
CONTROL: Final = f'"stream":"{LOG}"'.encode()  # no text in a section holds a bare quotation mark
COMMITTED: Final = b'"internal":"'
COMMITMENT_CHARS: Final = 43
RESTORE: Final = "Nothing was sealed. Restore the ledger from a backup; keep this one for whoever examines it."


class Walk:
    """From the first event on, in order, in one go or several; holds one open tile a level of the tree, and one batch.

    Everything is computed anew from the events, also what was sealed long ago: a stored tree is no witness.
    """

    def __init__(self, store: EventStore, owed: Owed) -> None:
        """``owed`` is told of the payments that are walked over."""
        self._store = store
        self._owed = owed
        self._tree = GrowingTree()
        self._control: list[int] = []

    @property
    def size(self) -> int:
        """How many events were walked through."""
        return self._tree.size

    def root(self) -> bytes:
        """The root over them."""
        return self._tree.root()

    def to(self, upto: int) -> None:
        """Walk on to that position, and let the stored tree grow over what is new.

        Raises StoreError, naming the position, where an event is missing, damaged, or not the one that is in the tree.
        """
        leaves: list[bytes] = []
        paid: list[bytes] = []
        last, since = self.size, self._owed.since
        for position, state in self._store.numbered(after=last, upto=upto):
            if position != last + 1:
                break
            leaves.append(_leaf(position, state))
            last = position
            if CONTROL in state:
                self._control.append(position)
            if position > since and PAID in state:
                paid.append(state)
            if len(leaves) == BATCH_LEAVES:
                self._take(leaves, paid)
        self._take(leaves, paid)
        self._store_tiles([(level, last >> 8 * (level + 1), hashes) for level, hashes in self._tree.edge().items()])
        if last != upto:
            raise StoreError("an event of the ledger is missing", f"position {last + 1}", "none", RESTORE)
        self._check_control(upto)

    def _check_control(self, upto: int) -> None:
        """What the ledger says of itself (keys, tallies) is found by its column; the sections must agree with that."""
        found = [record.position for record in self._store.stream(LOG, upto=upto)]
        if found != self._control:
            differing = min(set(found) ^ set(self._control), default=upto)
            what = "an event of the ledger stands in another stream than it says"
            raise StoreError(what, "columns as written", f"position {differing}", RESTORE)

    def _take(self, leaves: list[bytes], paid: list[bytes]) -> None:
        """A batch, which is empty then."""
        self._store_tiles(self._tree.extend(leaves))
        self._owed.take(paid)
        leaves.clear()
        paid.clear()

    def _store_tiles(self, tiles: list[tuple[int, int, bytes]]) -> None:
        """Store those that are not there yet; mostly they are, and then nobody is kept from writing."""
        tree = self._store.tree
        missing = [tile for tile in tiles if tree.tile(tile[0], tile[1]) != tile[2]]
        if missing:
            tree.put(missing)


def _leaf(position: int, state: bytes) -> bytes:
    """The leaf hash of a stored event, whose header must commit to its internal section."""
    try:
        header_end, internal_end = part_ends(state)
    except VerificationError as error:
        found = f"position {position}: {error.what}"
        raise StoreError("an event of the ledger is damaged", "bytes as written", found, RESTORE) from error
    header = state[HEAD_BYTES:header_end]
    at = header.find(COMMITTED) + len(COMMITTED)
    internal = state[header_end + LENGTH_BYTES : internal_end]
    if header[at : at + COMMITMENT_CHARS] != commitment(INTERNAL_TAG, internal).encode("ascii"):
        found = f"position {position}: its internal section is another one"
        raise StoreError("an event of the ledger was changed", "what its header commits to", found, RESTORE)
    return leaf_hash(header)
