"""Tiles are those of C2SP tlog-tiles; a tree that grows is the same tree however it grew."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.sealing.reference import Entries

from cadreledger.errors import VerificationError
from cadreledger.sealing.proofs import (
    NodeReader,
    consistency_proof,
    inclusion_proof,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from cadreledger.sealing.tiles import (
    TILE_WIDTH,
    GrowingTree,
    Tile,
    decode_entries,
    encode_entries,
    new_tiles,
    node_reader,
    tiles_of,
)
from cadreledger.sealing.tree import leaf_hash, tree_root

SIZE_MAX = 2**64 - 1

indexes = st.integers(0, 2000) | st.integers(0, 2**56 - 1)
tiles = st.builds(Tile, st.integers(-1, 0), indexes, st.integers(1, 256)) | st.builds(
    Tile, st.integers(1, 63), st.just(0), st.integers(1, 256)
)
around_tiles = st.integers(0, 600) | st.sampled_from([255, 256, 257, 65535, 65536, 65537, 65792, 66000])


def hashes(entries: Entries, tile: Tile) -> bytes:
    """What a tile holds, as C2SP tlog-tiles has it: MTH(D[(n * 256 + i) * 256**l : (n * 256 + i + 1) * 256**l])."""
    level, n = tile.level, tile.index
    return b"".join(entries.mth((n * 256 + i) * 256**level, (n * 256 + i + 1) * 256**level) for i in range(tile.width))


def leaves(count: int, first: int = 0) -> list[bytes]:
    return [hashlib.sha256(str(number).encode()).digest() for number in range(first, first + count)]


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1234067, 256), "tile/0/x001/x234/067"),
        (Tile(0, 0, 256), "tile/0/000"),
        (Tile(0, 273, 112), "tile/0/273.p/112"),
        (Tile(2, 1000, 1), "tile/2/x001/000.p/1"),
        (Tile(63, 0, 255), "tile/63/000.p/255"),
        (Tile(-1, 999, 256), "tile/entries/999"),
        (Tile(-1, 1000, 17), "tile/entries/x001/000.p/17"),
        (Tile(0, 2**56 - 1, 256), "tile/0/x072/x057/x594/x037/x927/935"),
    ],
)
def test_a_path_is_as_the_specification_writes_it(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert Tile.parse(path) == tile


@given(tiles)
def test_a_path_is_read_back(tile: Tile) -> None:
    assert Tile.parse(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/x001/x234",
        "tile/0/001/234",
        "tile/0/X001/234",
        "tile/00/000",
        "tile/01/000",
        "tile/-1/000",
        "tile/+1/000",
        "tile/data/000",
        "tile/8/0/000",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/000\n",
        " tile/0/000",
        "tile/0/٠٠٠",
        "tile/٠/000",
        "tile//000",
        "Tile/0/000",
        "tile/entries",
        "tile/entries/",
        "tile/0/../000",
        None,
        b"tile/0/000",
        0,
    ],
)
def test_any_other_path_is_refused(path: Any) -> None:  # noqa: ANN401 - not what it should be
    with pytest.raises(VerificationError, match="wrong form"):
        Tile.parse(path)


@pytest.mark.parametrize(
    "path",
    ["tile/64/000", "tile/99/000", "tile/1/x281/x474/x976/x710/656", "tile/63/001", "tile/8/001.p/1", "tile/0/000.p/0"],
)
def test_a_tile_that_no_log_can_have_is_refused(path: str) -> None:
    with pytest.raises(VerificationError, match="out of range"):
        Tile.parse(path)


@given(
    st.text()
    | st.binary()
    | st.from_regex(r"tile/(entries|[0-9]{1,3})/(x[0-9]{1,4}/){0,8}[0-9]{1,4}(\.p/[0-9]{1,4})?", fullmatch=True)
)
def test_what_is_parsed_is_written_the_same(path: Any) -> None:  # noqa: ANN401 - not what it should be
    try:
        tile = Tile.parse(path)
    except VerificationError:
        return
    assert tile.path == path


@pytest.mark.parametrize(
    "fields",
    [
        *((-2, 0, 1), (64, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257), (0, 2**56, 1), (-1, 2**56, 1), (7, 1, 1)),
        *((True, 0, 1), (0, False, 1), (0, 0, True), ("0", 0, 1), (0, None, 1), (0, 0, 1.0), (10**5000, 0, 1)),
    ],
)
def test_a_tile_s_fields_are_checked(fields: Any) -> None:  # noqa: ANN401 - not what they should be
    with pytest.raises(VerificationError, match="out of range"):
        Tile(*fields)


# --- which there are -------------------------------------------------------------------------------------------------


def test_the_tiles_of_the_specification_s_example() -> None:
    expected = [
        *(Tile(level, index, 256) for level in (-1,) for index in range(273)),
        Tile(-1, 273, 112),
        *(Tile(0, index, 256) for index in range(273)),
        Tile(0, 273, 112),
        Tile(1, 0, 256),
        Tile(1, 1, 17),
        Tile(2, 0, 1),
    ]
    assert list(tiles_of(70_000)) == expected == sorted(expected)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, []),
        (1, ["tile/entries/000.p/1", "tile/0/000.p/1"]),
        (255, ["tile/entries/000.p/255", "tile/0/000.p/255"]),
        (256, ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]),
        (257, ["tile/entries/000", "tile/entries/001.p/1", "tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]),
    ],
)
def test_the_tiles_of_small_trees(size: int, expected: list[str]) -> None:
    assert [tile.path for tile in tiles_of(size)] == expected


@given(st.integers(0, 200_000), st.integers(0, 200_000))
@example(0, 65536)
@example(65535, 65536)
@example(65536, 65536)
def test_new_tiles_are_those_that_the_old_tree_does_not_have(one: int, other: int) -> None:
    old, new = sorted((one, other))
    known = set(tiles_of(old))
    assert list(new_tiles(old, new)) == [tile for tile in tiles_of(new) if tile not in known]


@given(st.integers(0, SIZE_MAX - 300), st.integers(0, 300))
def test_a_large_tree_gets_few_new_tiles(old: int, more: int) -> None:
    found = list(new_tiles(old, old + more))
    assert len(found) <= 2 * 3 + 7 * 2
    assert len(set(found)) == len(found)
    assert bool(found) == bool(more)


@pytest.mark.parametrize(("old", "new"), [(1, 0), (-1, 0), (0, 2**64), (None, 1), (0, True)])
def test_sizes_are_in_order(old: Any, new: Any) -> None:  # noqa: ANN401 - not what they should be
    with pytest.raises(VerificationError, match="out of range"):
        list(new_tiles(old, new))


# --- nodes out of tiles ----------------------------------------------------------------------------------------------


@given(st.integers(1, 2000) | st.integers(1, SIZE_MAX), st.data())
def test_proofs_come_out_of_few_tiles_at_any_size(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    entries = Entries({index: b"this", size - 1: b"another"})
    required = {Tile(level, (size >> 8 * level) // 256, (size >> 8 * level) % 256 or 256) for level in range(8)}
    read: list[Tile] = []

    def read_tile(tile: Tile) -> bytes:
        assert tile.width == TILE_WIDTH or tile in required
        read.append(tile)
        return hashes(entries, tile)

    provers: list[tuple[Callable[[NodeReader], tuple[bytes, ...]], tuple[bytes, ...]]] = [
        (lambda node: (root_of(size, node),), (entries.mth(0, size),)),
        (lambda node: inclusion_proof(index, size, node), entries.path(index, 0, size)),
        (lambda node: consistency_proof(index + 1, size, node), entries.proof(index + 1, size)),
    ]
    for prove, expected in provers:
        read.clear()
        assert prove(node_reader(size, read_tile)) == expected
        levels = -(-size.bit_length() // 8)
        assert len(read) == len(set(read)) <= 2 * levels


def test_a_reader_keeps_what_it_read() -> None:
    entries = Entries({index: str(index).encode() for index in range(600)})
    read: list[Tile] = []
    node = node_reader(600, lambda tile: read.append(tile) or hashes(entries, tile))  # type: ignore[func-returns-value]
    for index in range(600):
        assert inclusion_proof(index, 600, node) == entries.path(index, 0, 600)
    assert sorted(read) == [Tile(0, 0, 256), Tile(0, 1, 256), Tile(0, 2, 88), Tile(1, 0, 2)]


@pytest.mark.parametrize(
    "wrong", [b"", bytes(31), bytes(33), bytes(32 * 256), None, "0" * 32, bytearray(32), [bytes(32)]]
)
def test_a_tile_of_another_length_is_refused(wrong: Any) -> None:  # noqa: ANN401 - not what it should be
    with pytest.raises(VerificationError, match="a tile has a wrong length: expected 32 bytes"):
        root_of(1, node_reader(1, lambda _tile: wrong))


@pytest.mark.parametrize(
    ("level", "index"),
    [(0, 3), (1, 1), (2, 0), (0, -1), (-1, 0), (64, 0), (10**9, 0), (0, 2**64), (None, 0), (True, 0)],
)
def test_a_subtree_that_is_not_whole_is_refused(level: Any, index: int) -> None:  # noqa: ANN401 - not what it should be
    node = node_reader(3, lambda tile: bytes(32 * tile.width))
    with pytest.raises(VerificationError, match="out of range"):
        node(level, index)


def test_a_reader_is_of_a_size() -> None:
    with pytest.raises(VerificationError, match="out of range"):
        node_reader(-1, lambda _tile: b"")


# --- bundles ---------------------------------------------------------------------------------------------------------


def test_a_bundle_is_as_the_specification_writes_it() -> None:
    assert encode_entries([b"{}", b"", b"x" * 258]) == b"\x00\x02{}" + b"\x00\x00" + b"\x01\x02" + b"x" * 258
    assert encode_entries([]) == b""


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_entries_come_back(entries: list[bytes]) -> None:
    data = encode_entries(entries)
    assert decode_entries(data, len(entries)) == tuple(entries)
    for count in {len(entries) - 1, len(entries) + 1, 0, 2**64 - 1} - {len(entries)}:
        with pytest.raises(VerificationError, match=r"just what it should|out of range"):
            decode_entries(data, count)
    for changed in (data + b"\0", data + b"\0\0", b"\0" + data, data[:-1] if data else b"\0"):
        with pytest.raises(VerificationError, match="just what it should"):
            decode_entries(changed, len(entries))


def test_the_largest_entry_fits_and_a_larger_one_does_not() -> None:
    largest = bytes(65_535)
    assert decode_entries(encode_entries([largest]), 1) == (largest,)
    with pytest.raises(VerificationError, match="at most 65535 bytes"):
        encode_entries([largest + b"\0"])


@pytest.mark.parametrize("wrong", [None, "{}", 0, bytearray(b"{}")])
def test_entries_and_bundles_are_bytes(wrong: Any) -> None:  # noqa: ANN401 - not what it should be
    with pytest.raises(VerificationError, match="does not fit"):
        encode_entries([wrong])
    with pytest.raises(VerificationError, match="just what it should"):
        decode_entries(wrong, 0)


@given(
    st.binary(max_size=2000) | st.text() | st.none() | st.integers(), st.integers(-2, 300) | st.integers() | st.none()
)
def test_what_is_decoded_is_encoded_the_same(data: Any, count: Any) -> None:  # noqa: ANN401 - not what they should be
    try:
        entries = decode_entries(data, count)
    except VerificationError:
        return
    assert len(entries) == count
    assert encode_entries(entries) == data


# --- growth ----------------------------------------------------------------------------------------------------------


@given(around_tiles, st.lists(st.integers(0, 600), max_size=6))
def test_a_tree_is_the_same_however_it_grew(size: int, steps: list[int]) -> None:
    all_leaves = leaves(size + sum(steps))
    grown, full, start = GrowingTree(), [], 0
    for step in (size, *steps):
        full += grown.extend(all_leaves[start : start + step])
        start += step
    at_once = GrowingTree()
    assert sorted(full) == at_once.extend(all_leaves)
    assert (grown.size, grown.edge(), grown.root()) == (start, at_once.edge(), tree_root(all_leaves))


def test_a_third_level_begins_with_65536_leaves() -> None:
    tree, all_leaves = GrowingTree(), leaves(65_536)
    full = tree.extend(all_leaves)
    assert [(level, index) for level, index, _ in full] == [*((0, index) for index in range(256)), (1, 0)]
    assert b"".join(tile for level, _, tile in full if level == 0) == b"".join(all_leaves)
    assert tree.edge() == {2: tree.root()}
    assert tree.root() == tree_root(all_leaves)


@pytest.mark.parametrize(
    "wrong",
    [
        *(None, b"", bytes(32), "", iter([bytes(32)]), {bytes(32): 0}, [b""], [bytes(32), bytes(31)], [bytes(33)]),
        *([None], ["0" * 32], [bytes(32), bytearray(32)], [[bytes(32)]], [0]),
    ],
)
def test_leaf_hashes_are_checked_before_anything_is_added(wrong: Any) -> None:  # noqa: ANN401 - not what they should be
    tree = GrowingTree()
    tree.extend(leaves(300))
    before = tree.size, tree.edge(), tree.root()
    with pytest.raises(VerificationError, match="leaf hashes have a wrong form"):
        tree.extend(wrong)
    assert (tree.size, tree.edge(), tree.root()) == before


def test_an_edge_that_is_taken_is_a_copy() -> None:
    tree = GrowingTree()
    tree.extend([bytes(32)])
    tree.edge()[0] = b""
    assert tree.edge() == {0: bytes(32)}


class Growing(RuleBasedStateMachine):
    """A log that publishes its tiles as it grows, beside the plain list of its entries."""

    @initialize()
    def begin(self) -> None:
        self.tree = GrowingTree()
        self.entries: list[bytes] = []
        self.published: dict[str, bytes] = {}
        self.sizes: list[int] = []
        self.reference = Entries({})

    @rule(count=st.integers(0, 3) | st.integers(0, 400))
    def grow(self, count: int) -> None:
        added = [f"entry {len(self.entries) + number}".encode() for number in range(count)]
        old = len(self.entries)
        self.entries += added
        self.reference = Entries(dict(enumerate(self.entries)))
        full = {
            Tile(level, index, TILE_WIDTH): hashes
            for level, index, hashes in self.tree.extend([*map(leaf_hash, added)])
        }
        edge = self.tree.edge()
        for tile in new_tiles(old, len(self.entries)):
            if tile.level < 0:
                start = tile.index * TILE_WIDTH
                self.published[tile.path] = encode_entries(self.entries[start : start + tile.width])
            elif tile.width == TILE_WIDTH:
                self.published[tile.path] = full.pop(tile)
            else:
                self.published[tile.path] = edge[tile.level]
        assert not full
        if self.entries:
            self.sizes.append(len(self.entries))

    @invariant()
    def the_root_is_the_rfc_s(self) -> None:
        assert self.tree.size == len(self.entries)
        assert self.tree.root() == self.reference.mth(0, len(self.entries))

    @invariant()
    def every_tile_is_the_specification_s(self) -> None:
        for tile in tiles_of(len(self.entries)):
            if tile.level < 0:
                start = tile.index * TILE_WIDTH
                entries = decode_entries(self.published[tile.path], tile.width)
                assert list(entries) == self.entries[start : start + tile.width]
            else:
                assert self.published[tile.path] == hashes(self.reference, tile)

    @precondition(lambda self: self.entries)
    @rule(data=st.data())
    def prove(self, data: st.DataObject) -> None:
        size = data.draw(st.sampled_from(self.sizes))  # only a size that was published has its partial tiles
        node = node_reader(size, lambda tile: self.published[tile.path])
        root = root_of(size, node)
        assert root == self.reference.mth(0, size)
        index = data.draw(st.integers(0, size - 1))
        verify_inclusion(leaf_hash(self.entries[index]), index, size, inclusion_proof(index, size, node), root)
        for old in {old for old in self.sizes if old <= size} | {index + 1}:
            proof = consistency_proof(old, size, node)
            verify_consistency(old, size, self.reference.mth(0, old), root, proof)


TestGrowing = Growing.TestCase
TestGrowing.settings = settings(stateful_step_count=12)
