"""A witness cosigns what goes on from what it cosigned, and nothing else, whatever happens to it."""

import json
import multiprocessing
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadreledger.errors import InputError, StoreError, VerificationError
from cadreledger.sealing import (
    COSIGNATURE,
    Checkpoint,
    GrowingTree,
    NoteSigner,
    NoteVerifier,
    Policy,
    consistency_proof,
    join_note,
    leaf_hash,
    open_note,
    tree_root,
    verify_checkpoint,
)
from cadreledger.witness import ForkError, Witness, parse_proof, proof_text, site_proof, text_proof

LOG = NoteSigner("log.example/a", bytes(32))
OTHER = NoteSigner("log.example/a", bytes([7]) * 32)
SIGNER = NoteSigner("bureau.example/w1", bytes([1]) * 32, COSIGNATURE)
WITNESS = NoteVerifier.parse(SIGNER.vkey)
TIME = 1_700_000_000


def leaves(count: int, history: str = "true") -> list[bytes]:
    return [leaf_hash(f"{history} {number}".encode()) for number in range(count)]


def forked(count: int, at: int) -> list[bytes]:
    return [*leaves(min(at, count)), *leaves(count, "false")[at:]]


def note_of(hashes: Sequence[bytes], *signers: NoteSigner) -> bytes:
    text = Checkpoint("log.example/a", len(hashes), tree_root(hashes)).text
    return join_note(text, [signer.sign(text) for signer in signers or (LOG,)])


def proof_over(hashes: Sequence[bytes]) -> Callable[[int, Checkpoint], Sequence[bytes]]:
    def node(level: int, index: int) -> bytes:
        return tree_root(hashes[index << level : (index + 1) << level])

    return lambda old, checkpoint: consistency_proof(old, checkpoint.size, node)


def witness(tmp_path: Path) -> Witness:
    return Witness(SIGNER, tmp_path / "state.json")


def cosigned(note: bytes) -> bool:
    return bool(open_note(note, [WITNESS]).signatures)


def test_the_first_time_it_is_told_the_logs_key(tmp_path: Path) -> None:
    note = note_of(leaves(5))
    with pytest.raises(InputError, match="does not know the log"):
        witness(tmp_path).cosign(note, proof_over(leaves(5)), TIME)
    done = witness(tmp_path).cosign(note, proof_over(leaves(5)), TIME, log_key=LOG.vkey)
    policy = Policy(origin="log.example/a", keys=(LOG.vkey,), witnesses=(SIGNER.vkey,), quorum=1)
    assert verify_checkpoint(done, policy).cosigned_at == TIME


def test_a_log_that_it_does_not_trust_is_not_cosigned(tmp_path: Path) -> None:
    with pytest.raises(VerificationError):
        witness(tmp_path).cosign(note_of(leaves(5), OTHER), proof_over(leaves(5)), TIME, log_key=LOG.vkey)
    assert not (tmp_path / "state.json").exists()


def test_an_empty_log_is_not_cosigned(tmp_path: Path) -> None:
    with pytest.raises(VerificationError, match="size 1"):
        witness(tmp_path).cosign(note_of([]), proof_over([]), TIME, log_key=LOG.vkey)


def test_what_goes_on_is_cosigned_and_again_with_a_later_time(tmp_path: Path) -> None:
    witness(tmp_path).cosign(note_of(leaves(5)), proof_over(leaves(5)), TIME, log_key=LOG.vkey)
    for size in (5, 6, 6, 20):
        done = witness(tmp_path).cosign(note_of(leaves(size)), proof_over(leaves(size)), TIME + size)
        assert [signature.time for signature in open_note(done, [WITNESS]).signatures] == [TIME + size]
        again = witness(tmp_path).cosign(done, proof_over(leaves(size)), TIME + size + 1)
        assert [signature.time for signature in open_note(again, [WITNESS]).signatures] == [TIME + size + 1]


@pytest.mark.parametrize(
    ("hashes", "said"),
    [
        (leaves(4), "goes back"),
        (forked(5, 2), "two histories"),
        (forked(9, 4), "not shown to go on"),
        (forked(9, 0), "not shown to go on"),
    ],
)
def test_a_rollback_or_a_fork_is_refused_and_kept_as_evidence(tmp_path: Path, hashes: list[bytes], said: str) -> None:
    witness(tmp_path).cosign(note_of(leaves(5)), proof_over(leaves(5)), TIME, log_key=LOG.vkey)
    before = (tmp_path / "state.json").read_bytes()
    wrong = note_of(hashes)
    with pytest.raises(ForkError, match=said):
        witness(tmp_path).cosign(wrong, proof_over(hashes), TIME + 1)
    assert (tmp_path / "state.json").read_bytes() == before
    assert [path.read_bytes() for path in tmp_path.glob("state.json.fork-*")] == [wrong]


def test_a_new_key_of_the_log_is_trusted_once_the_old_one_signed_beside_it(tmp_path: Path) -> None:
    witness(tmp_path).cosign(note_of(leaves(5)), proof_over(leaves(5)), TIME, log_key=LOG.vkey)
    grown = proof_over(leaves(6))
    with pytest.raises(VerificationError):
        witness(tmp_path).cosign(note_of(leaves(6), OTHER), grown, TIME, log_key=OTHER.vkey)
    witness(tmp_path).cosign(note_of(leaves(6), LOG, OTHER), grown, TIME, log_key=OTHER.vkey)
    assert cosigned(witness(tmp_path).cosign(note_of(leaves(7), OTHER), proof_over(leaves(7)), TIME))


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"format":"witness/2","logs":{}}', b"\xff", b'{"format":'])
def test_a_state_that_is_none_is_never_taken_for_an_empty_one(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "state.json").write_bytes(data)
    with pytest.raises(StoreError, match="no witness's state"):
        witness(tmp_path).cosign(note_of(leaves(5)), proof_over(leaves(5)), TIME, log_key=LOG.vkey)


def test_the_state_is_on_the_disk_before_the_cosignature_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness(tmp_path).cosign(note_of(leaves(5)), proof_over(leaves(5)), TIME, log_key=LOG.vkey)

    def no_room(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(StoreError):
        witness(tmp_path).cosign(note_of(leaves(6)), proof_over(leaves(6)), TIME)
    monkeypatch.undo()
    assert json.loads((tmp_path / "state.json").read_bytes())["logs"]["log.example/a"]["size"] == 5


def test_a_key_that_logs_sign_with_is_no_witnesss(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="key of its own kind"):
        Witness(LOG, tmp_path / "state.json")


def one_of_many(folder: str, size: int, at: int) -> bool:
    try:
        hashes = forked(size, at)
        return cosigned(Witness(SIGNER, Path(folder) / "state.json").cosign(note_of(hashes), proof_over(hashes), TIME))
    except VerificationError:
        return False


def test_of_many_at_once_no_two_that_contradict_are_cosigned(tmp_path: Path) -> None:
    witness(tmp_path).cosign(note_of(leaves(5)), proof_over(leaves(5)), TIME, log_key=LOG.vkey)
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        done = pool.starmap(one_of_many, [(str(tmp_path), 9, at) for at in (5, 6, 7, 8, 9)])
    assert done.count(True) == 1


@settings(max_examples=60)
@given(steps=st.lists(st.tuples(st.integers(1, 12), st.integers(0, 12), st.booleans()), max_size=12))
def test_it_cosigns_exactly_what_a_naive_model_would(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, bool]]
) -> None:
    """The model keeps every leaf of what was cosigned last, and looks whether it is a beginning."""
    folder = tmp_path_factory.mktemp("model")
    held: list[bytes] = []
    for size, at, honest in steps:
        hashes = leaves(size) if honest else forked(size, at)
        expected = not held or (len(held) <= size and hashes[: len(held)] == held)
        try:
            witness(folder).cosign(note_of(hashes), proof_over(hashes), TIME, log_key=LOG.vkey)
            done = True
        except ForkError:
            done = False
        assert done is expected
        held = hashes if done else held


def test_proofs_come_from_a_published_log_or_as_a_file(tmp_path: Path) -> None:
    hashes = leaves(300)
    tree = GrowingTree()
    for level, number, data in tree.extend(hashes):
        path = tmp_path / "site" / f"tile/{level}/{number:03}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for level, data in tree.edge().items():
        path = tmp_path / "site" / f"tile/{level}/{300 >> 8 * (level + 1):03}.p/{len(data) // 32}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    witness(tmp_path).cosign(note_of(leaves(5)), site_proof(tmp_path / "site"), TIME, log_key=LOG.vkey)
    note = note_of(hashes)
    text = proof_text(5, proof_over(hashes)(5, Checkpoint("log.example/a", 300, tree_root(hashes))), note)
    assert parse_proof(text)[0] == 5
    assert cosigned(witness(tmp_path).cosign(note, text_proof(text), TIME))
    assert cosigned(witness(tmp_path).cosign(note, site_proof(tmp_path / "site"), TIME))
    with pytest.raises(InputError, match="another size"):
        text_proof(text)(6, Checkpoint("log.example/a", 300, tree_root(hashes)))
    with pytest.raises(InputError, match="another checkpoint"):
        text_proof(text)(5, Checkpoint("log.example/a", 301, tree_root(hashes)))
    (tmp_path / "site" / "tile/0/000").write_bytes(bytes(8192))
    with pytest.raises(VerificationError, match="not those of the checkpoint"):
        site_proof(tmp_path / "site")(5, Checkpoint("log.example/a", 300, tree_root(hashes)))
    (tmp_path / "site" / "tile/0/000").unlink()
    with pytest.raises(InputError, match="lacks a tile"):
        site_proof(tmp_path / "site")(5, Checkpoint("log.example/a", 300, tree_root(hashes)))


@given(data=st.binary(max_size=300))
def test_a_proof_file_is_read_in_one_form_or_not_at_all(data: bytes) -> None:
    try:
        old, hashes, note = parse_proof(data)
    except VerificationError:
        return
    assert proof_text(old, hashes, note) == data


def test_the_state_file_stays_as_it_is(tmp_path: Path, golden: Callable[[str, bytes], None]) -> None:
    witness(tmp_path).cosign(note_of(leaves(5)), proof_over(leaves(5)), TIME, log_key=LOG.vkey)
    golden("witness/state.json", (tmp_path / "state.json").read_bytes())
    golden("witness/proof.txt", proof_text(5, leaves(2), note_of(leaves(6))))
