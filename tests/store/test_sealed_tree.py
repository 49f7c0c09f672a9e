"""The stored tree: large ones, and two who change it at once."""

from hashlib import sha256
from pathlib import Path
from threading import Thread

import pytest

from cadreledger.sealing import leaf_hash, tree_root
from cadreledger.sealing.proofs import root_of
from cadreledger.sealing.tiles import GrowingTree, node_reader
from cadreledger.store import EventStore, StoredCheckpoint

LEAVES = 65_536 + 300  # two tiles on the second level


@pytest.fixture
def stores(tmp_path: Path) -> tuple[EventStore, EventStore]:
    path = tmp_path / "a.ledger"
    with EventStore.building(path):
        pass
    return EventStore.open(path), EventStore.open(path)


def test_a_tree_of_more_than_65536_leaves_is_read_back_at_any_size(stores: tuple[EventStore, EventStore]) -> None:
    leaves = [leaf_hash(sha256(str(number).encode()).digest()) for number in range(LEAVES)]
    growing = GrowingTree()
    one, other = stores
    for start in range(0, LEAVES, 10_000):
        one.tree.put(growing.extend(leaves[start : start + 10_000]))
    one.tree.put((level, growing.size >> 8 * (level + 1), hashes) for level, hashes in growing.edge().items())
    assert {level for level, _ in growing.edge().items()} >= {0, 1, 2}
    for size in (LEAVES, 65_537, 65_536, 65_535, 257, 256, 255, 1):
        assert root_of(size, node_reader(size, other.tree.read)) == tree_root(leaves[:size])


def test_what_one_changes_the_other_sees_before_it_changes_it_too(stores: tuple[EventStore, EventStore]) -> None:
    """Two who collect cosignatures for one checkpoint at once: none is lost."""
    one, other = stores
    one.tree.sign(lambda _latest: StoredCheckpoint(1, b"a", ""))
    second = Thread(target=lambda: other.tree.change(1, lambda note: (note or b"") + b"c"))

    def slowly(note: bytes | None) -> bytes:
        second.start()
        second.join(0.3)  # it waits for the lock; without one it would be over by now
        return (note or b"") + b"b"

    one.tree.change(1, slowly)
    second.join()
    assert [checkpoint.note for checkpoint in one.tree.checkpoints()] == [b"abc"]
