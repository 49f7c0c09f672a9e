"""Hashes of the Merkle tree, against the vectors of RFC 6962's own implementation."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sealing.reference import Entries

from cadreledger.errors import VerificationError
from cadreledger.sealing import leaf_hash, node_hash, tree_root
from cadreledger.sealing.tree import complete_root

datas = st.lists(st.binary(max_size=3), max_size=70)


def _vectors(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "merkle" / "rfc6962.json").read_text())  # type: ignore[no-any-return] # from JSON


def test_leaves_and_nodes_are_those_of_the_rfc(vectors: Path) -> None:
    table = _vectors(vectors)
    level = [leaf_hash(bytes.fromhex(data)) for data in table["leaves"]]
    assert len(level) == 8
    for expected in table["nodes"]:
        assert [found.hex() for found in level] == expected
        level = [node_hash(*pair) for pair in zip(level[::2], level[1::2], strict=False)]
    assert level == []


def test_single_hashes_are_those_of_the_rfc(vectors: Path) -> None:
    cases = [case for case in _vectors(vectors)["hashes"] if case["kind"] == "leaf"]
    assert len(cases) == 2
    for case in cases:
        assert leaf_hash(bytes.fromhex(case["data"])).hex() == case["want"]


def test_a_node_has_two_whole_children() -> None:
    whole = bytes(32)
    assert len(node_hash(whole, whole)) == 32
    for left, right in ((b"", whole), (whole, b""), (whole + b"\0", whole), (whole, whole[:-1])):
        with pytest.raises(VerificationError, match="wrong length"):
            node_hash(left, right)


def test_a_leaf_is_no_node() -> None:
    left, right = leaf_hash(b"left"), leaf_hash(b"right")
    assert leaf_hash(b"\x01" + left + right) != node_hash(left, right) != leaf_hash(left + right)


# --- the root --------------------------------------------------------------------------------------------------------


def tree_hash(datas: list[bytes]) -> bytes:
    return Entries(dict(enumerate(datas))).mth(0, len(datas))


@given(datas)
def test_the_root_is_the_rfc_s_recursion(entries: list[bytes]) -> None:
    assert tree_root(leaf_hash(entry) for entry in entries) == tree_hash(entries)


def test_the_root_is_the_rfc_s_recursion_at_every_size_up_to_a_few_levels() -> None:
    entries = [str(number).encode() for number in range(130)]
    for size in range(len(entries) + 1):
        assert tree_root(map(leaf_hash, entries[:size])) == tree_hash(entries[:size]), size


def test_roots_are_those_of_the_rfc_s_own_implementation(vectors: Path) -> None:
    table = _vectors(vectors)
    leaves = [leaf_hash(bytes.fromhex(data)) for data in table["leaves"]]
    assert len(table["roots"]) == 9
    for size, expected in enumerate(table["roots"]):
        assert tree_root(leaves[:size]).hex() == expected


@given(st.lists(st.binary(max_size=3), min_size=2, max_size=40, unique=True), st.data())
def test_order_counts_and_so_does_each_leaf(entries: list[bytes], data: st.DataObject) -> None:
    leaves = [leaf_hash(entry) for entry in entries]
    root = tree_root(leaves)
    first, second = data.draw(st.lists(st.integers(0, len(leaves) - 1), min_size=2, max_size=2, unique=True))
    swapped = list(leaves)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    assert tree_root(swapped) != root
    assert tree_root(leaves[:first] + leaves[first + 1 :]) != root
    assert tree_root([*leaves, leaf_hash(b"one more")]) != root


@pytest.mark.parametrize("wrong", [b"", bytes(31), bytes(33), "0" * 32, None, bytearray(32)])
@pytest.mark.parametrize("before", [0, 1, 2, 3])
def test_a_leaf_hash_has_32_bytes(wrong: Any, before: int) -> None:  # noqa: ANN401 - not what it should be
    with pytest.raises(VerificationError, match=f"leaf {before}"):
        tree_root([bytes(32)] * before + [wrong])


@given(st.integers(0, 8), st.data())
def test_a_complete_root_is_the_root(level: int, data: st.DataObject) -> None:
    leaves = data.draw(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=4))
    leaves = (leaves * 2**level)[: 2**level]
    assert complete_root(b"".join(leaves)) == tree_root(leaves)
