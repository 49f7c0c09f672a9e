"""Proofs are those of RFC 6962, word for word, and whatever else is given to the verifiers is refused."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.sealing.reference import Entries, proof_sides, sides

from cadreledger.errors import VerificationError
from cadreledger.sealing.proofs import (
    consistency_proof,
    inclusion_proof,
    root_of,
    verify_consistency,
    verify_inclusion,
)

SIZE_MAX = 2**64 - 1
DENSE = Entries({index: str(index).encode() for index in range(130)})

sizes = st.one_of(st.integers(1, 300), st.integers(1, SIZE_MAX), st.integers(0, 63).map(lambda power: 2**power))
anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([2**64, 2**64 - 1, -1, 10**5000, 1.0]),
    st.binary(max_size=40),
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=32, max_size=32).map(bytearray),
    st.text(max_size=40),
    st.lists(st.binary(min_size=32, max_size=32) | st.text() | st.none(), max_size=4),
    st.lists(st.binary(min_size=32, max_size=32), max_size=4).map(tuple),
    st.lists(st.binary(min_size=32, max_size=32), max_size=4).map(iter),
)


def accepts(verify: Callable[..., None], *arguments: object) -> bool:
    """Whether it succeeds. Anything but success and VerificationError fails the test."""
    try:
        verify(*arguments)
    except VerificationError:
        return False
    return True


def flipped(value: bytes, bit: int) -> bytes:
    return bytes(byte ^ (1 << bit % 8) * (at == bit // 8) for at, byte in enumerate(value))


def changed_proofs(proof: tuple[bytes, ...], bit: int) -> list[tuple[bytes, ...]]:
    """``proof`` with one hash flipped, gone, twice, cut, or another one between; and two hashes swapped."""
    changed = [(*proof, bytes(32)), (bytes(32), *proof)]
    for at, value in enumerate(proof):
        before, after = proof[:at], proof[at + 1 :]
        changed += [
            (*before, flipped(value, bit), *after),
            (*before, *after),
            (*before, value, value, *after),
            (*before, value[:-1], *after),
            (*before, value + b"\0", *after),
        ]
        if after and after[0] != value:
            changed.append((*before, after[0], value, *after[1:]))
    return changed


# --- vectors ---------------------------------------------------------------------------------------------------------


def test_inclusion_is_verified_as_the_vectors_say(vectors: Path) -> None:
    cases = json.loads((vectors / "merkle" / "inclusion.json").read_text())
    assert len(cases) == 98
    assert sum(not case["want_err"] for case in cases) == 6
    for case in cases:
        proof = [base64.b64decode(value) for value in case["proof"] or ()]
        leaf, root = base64.b64decode(case["leafHash"] or ""), base64.b64decode(case["root"] or "")
        accepted = accepts(verify_inclusion, leaf, case["leafIdx"], case["treeSize"], proof, root)
        assert accepted == (not case["want_err"]), case["name"]


def test_roots_and_subtrees_are_those_of_the_vectors(vectors: Path) -> None:
    table = json.loads((vectors / "merkle" / "rfc6962.json").read_text())
    asked: list[list[int]] = []

    def node(level: int, index: int) -> bytes:
        asked.append([level, index])
        return bytes.fromhex(table["nodes"][level][index])

    assert len(table["roots"]) == len(table["compact"]["by_size"]) == 9
    for size, (root, subtrees) in enumerate(zip(table["roots"], table["compact"]["by_size"], strict=True)):
        asked.clear()
        assert root_of(size, node).hex() == root
        assert asked[::-1] == subtrees


def test_proofs_between_the_vectors_trees_are_accepted(vectors: Path) -> None:
    table = json.loads((vectors / "merkle" / "rfc6962.json").read_text())
    nodes = [[bytes.fromhex(value) for value in level] for level in table["nodes"]]
    roots = [bytes.fromhex(root) for root in table["roots"]]
    for size in range(1, 9):
        for other in range(1, size + 1):
            proof = inclusion_proof(other - 1, size, lambda level, index: nodes[level][index])
            verify_inclusion(nodes[0][other - 1], other - 1, size, proof, roots[size])
            proof = consistency_proof(other, size, lambda level, index: nodes[level][index])
            verify_consistency(other, size, roots[other], roots[size], proof)


# --- the RFC's recursions --------------------------------------------------------------------------------------------


def test_inclusion_proofs_are_the_rfc_s_at_every_size_up_to_a_few_levels() -> None:
    for size in range(1, 131):
        root = DENSE.mth(0, size)
        assert root_of(size, DENSE.node) == root
        for index in range(size):
            proof = inclusion_proof(index, size, DENSE.node)
            assert proof == DENSE.path(index, 0, size), (index, size)
            verify_inclusion(DENSE.node(0, index), index, size, proof, root)


def test_consistency_proofs_are_the_rfc_s_at_every_pair_of_sizes_up_to_a_few_levels() -> None:
    for new in range(1, 71):
        for old in range(1, new + 1):
            proof = consistency_proof(old, new, DENSE.node)
            assert proof == DENSE.proof(old, new), (old, new)
            verify_consistency(old, new, DENSE.mth(0, old), DENSE.mth(0, new), proof)


@given(sizes, st.data())
def test_proofs_are_the_rfc_s_at_any_size(size: int, data: st.DataObject) -> None:
    index = data.draw(st.one_of(st.integers(0, size - 1), st.just(size - 1), st.just(0)))
    others = data.draw(st.lists(st.integers(0, size - 1), max_size=3))
    entries = Entries(dict.fromkeys(others, b"another") | {index: b"this"})
    root = entries.mth(0, size)
    assert root_of(size, entries.node) == root

    proof = inclusion_proof(index, size, entries.node)
    assert proof == entries.path(index, 0, size)
    verify_inclusion(entries.node(0, index), index, size, proof, root)

    proof = consistency_proof(index + 1, size, entries.node)
    assert proof == entries.proof(index + 1, size)
    verify_consistency(index + 1, size, entries.mth(0, index + 1), root, proof)


# --- what proves nothing ---------------------------------------------------------------------------------------------


@given(st.integers(1, 130) | st.integers(2**63, SIZE_MAX), st.integers(0, 255), st.data())
def test_every_change_to_an_inclusion_is_refused(size: int, bit: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    entries = Entries({index: b"this", size // 2: b"another", size // 3: b"a third"})
    leaf, root, proof = entries.node(0, index), entries.mth(0, size), entries.path(index, 0, size)
    for changed in changed_proofs(proof, bit):
        assert not accepts(verify_inclusion, leaf, index, size, changed, root)
    assert not accepts(verify_inclusion, flipped(leaf, bit), index, size, proof, root)
    assert not accepts(verify_inclusion, leaf, index, size, proof, flipped(root, bit))
    for other in {index ^ 1, index ^ 2, index - 1, index + 1, data.draw(st.integers(0, size - 1))} - {index}:
        assert not accepts(verify_inclusion, leaf, other, size, proof, root), other


@given(st.integers(1, 130) | st.integers(2**63, SIZE_MAX), st.integers(0, 255), st.data())
def test_every_change_to_a_consistency_is_refused(new: int, bit: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    entries = Entries({0: b"this", new // 2: b"another", new - 1: b"a third"})
    old_root, new_root, proof = entries.mth(0, old), entries.mth(0, new), entries.proof(old, new)
    for changed in changed_proofs(proof, bit):
        assert not accepts(verify_consistency, old, new, old_root, new_root, changed)
    assert not accepts(verify_consistency, old, new, flipped(old_root, bit), new_root, proof)
    assert not accepts(verify_consistency, old, new, old_root, flipped(new_root, bit), proof)
    if old < new:
        assert not accepts(verify_consistency, old, new, new_root, old_root, proof)
    for other in {old ^ 1, old - 1, old + 1, data.draw(st.integers(1, new))} - {old}:
        assert not accepts(verify_consistency, other, new, old_root, new_root, proof), other


def test_another_size_is_refused_unless_the_path_has_the_same_shape_there() -> None:
    """That it can have is in the nature of these proofs: a checkpoint signs size and root together."""
    for size in range(1, 34):
        for index in range(size):
            arguments = DENSE.node(0, index), index
            for other in range(index + 1, 70):
                accepted = accepts(verify_inclusion, *arguments, other, DENSE.path(index, 0, size), DENSE.mth(0, size))
                assert accepted == (sides(index, other) == sides(index, size)), (index, size, other)


def test_another_new_size_is_refused_unless_the_path_has_the_same_shape_there() -> None:
    for new in range(1, 20):
        for old in range(1, new + 1):
            roots, proof = (DENSE.mth(0, old), DENSE.mth(0, new)), DENSE.proof(old, new)
            for other in range(old, 40):
                same = (old == other) == (old == new) and proof_sides(old, other) == proof_sides(old, new)
                assert accepts(verify_consistency, old, other, *roots, proof) == same, (old, new, other)


def test_equal_sizes_want_equal_roots_and_an_empty_proof() -> None:
    root = DENSE.mth(0, 5)
    verify_consistency(5, 5, root, root, ())
    with pytest.raises(VerificationError, match="new root"):
        verify_consistency(5, 5, root, bytes(32), ())
    with pytest.raises(VerificationError, match="wrong number of hashes: expected 0, found 1"):
        verify_consistency(5, 5, root, root, (root,))


def test_a_rewritten_old_tree_is_refused() -> None:
    rewritten = Entries({index: str(index).encode() for index in range(130) if index != 2})
    for old in range(3, 20):
        for new in range(old + 1, 40):
            proof = consistency_proof(old, new, rewritten.node)
            with pytest.raises(VerificationError, match=r"does not lead to the (old|new) root"):
                verify_consistency(old, new, DENSE.mth(0, old), rewritten.mth(0, new), proof)


@pytest.mark.parametrize(
    ("index", "size"), [(0, 0), (1, 1), (-1, 1), (0, 2**64), (False, 1), (0, True), (0.0, 1), ("0", 1), (None, None)]
)
def test_an_index_is_below_the_size(index: Any, size: Any) -> None:  # noqa: ANN401 - not what they should be
    with pytest.raises(VerificationError, match="out of range"):
        verify_inclusion(bytes(32), index, size, (), bytes(32))
    with pytest.raises(VerificationError, match="out of range"):
        inclusion_proof(index, size, DENSE.node)


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 1), (2, 1), (-1, 1), (1, 2**64), (True, 1), (1, True), (None, 1)])
def test_an_old_size_is_not_above_the_new_one(old: Any, new: Any) -> None:  # noqa: ANN401 - not what they should be
    with pytest.raises(VerificationError, match="out of range"):
        verify_consistency(old, new, bytes(32), bytes(32), ())
    with pytest.raises(VerificationError, match="out of range"):
        consistency_proof(old, new, DENSE.node)


@pytest.mark.parametrize("proof", [None, b"", "", bytes(32), {}, iter(()), range(0), 0])
def test_a_proof_is_a_list_or_a_tuple(proof: Any) -> None:  # noqa: ANN401 - not what it should be
    with pytest.raises(VerificationError, match="a list or a tuple"):
        verify_inclusion(bytes(32), 0, 1, proof, bytes(32))
    with pytest.raises(VerificationError, match="a list or a tuple"):
        verify_consistency(1, 1, bytes(32), bytes(32), proof)


@pytest.mark.parametrize("wrong", [b"", bytes(31), bytes(33), "0" * 32, None, 0, bytearray(32), memoryview(bytes(32))])
def test_a_hash_is_32_bytes(wrong: Any) -> None:  # noqa: ANN401 - not what it should be
    whole = bytes(32)
    for arguments in ((wrong, 0, 1, (), whole), (whole, 0, 1, (), wrong), (whole, 0, 2, [wrong], whole)):
        with pytest.raises(VerificationError, match="wrong form"):
            verify_inclusion(*arguments)
    for consistency in ((1, 1, wrong, wrong, ()), (1, 2, whole, whole, [wrong]), (3, 4, whole, whole, [wrong] * 3)):
        with pytest.raises(VerificationError, match="wrong form"):
            verify_consistency(*consistency)
    for prove in (lambda node: root_of(1, node), lambda node: inclusion_proof(0, 4, node)):
        with pytest.raises(VerificationError, match="wrong form"):
            prove(lambda _level, _index: wrong)


@pytest.mark.parametrize("size", [-1, 2**64, True, None, "1"])
def test_a_root_is_of_a_size(size: Any) -> None:  # noqa: ANN401 - not what it should be
    with pytest.raises(VerificationError, match="out of range"):
        root_of(size, DENSE.node)


@given(st.lists(anything, min_size=5, max_size=5))
def test_the_verifiers_raise_one_error_for_whatever_they_are_given(arguments: list[object]) -> None:
    accepts(verify_inclusion, *arguments)
    accepts(verify_consistency, *arguments)


@given(sizes, st.integers(0, 4), anything)
def test_one_wrong_argument_among_right_ones_is_refused(size: int, place: int, wrong: object) -> None:
    entries = Entries({0: b"this", size - 1: b"another"})
    root = entries.mth(0, size)
    inclusion = [entries.node(0, size - 1), size - 1, size, entries.path(size - 1, 0, size), root]
    assume(not isinstance(wrong, (int, list, tuple)) or isinstance(wrong, bool))
    assume(wrong != inclusion[place])
    inclusion[place] = wrong
    assert not accepts(verify_inclusion, *inclusion)
    consistency = [size, size, root, root, ()]
    assert accepts(verify_consistency, *consistency)
    consistency[place] = wrong
    assert not accepts(verify_consistency, *consistency)
