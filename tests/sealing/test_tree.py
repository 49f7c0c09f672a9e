"""Hashes of the Merkle tree, against the vectors of RFC 6962's own implementation."""

import json
from pathlib import Path
from typing import Any

import pytest

from cadreledger.errors import VerificationError
from cadreledger.sealing import leaf_hash, node_hash


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
