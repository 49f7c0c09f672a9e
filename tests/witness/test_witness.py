"""A witness cosigns what goes on from what it cosigned, and nothing else, whatever happens to it."""

import ast
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cadreledger import errors
from cadreledger import witness as witnessing
from cadreledger.cli import witnessing as commands
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
from cadreledger.witness import (
    STATE_BYTES_MAX,
    ForkError,
    Witness,
    parse_proof,
    proof_text,
    site_proof,
    text_proof,
)

LOG = NoteSigner("log.example/a", bytes(32))
OTHER = NoteSigner("log.example/a", bytes([7]) * 32)
SIGNER = NoteSigner("bureau.example/w1", bytes([1]) * 32, COSIGNATURE)
WITNESS = NoteVerifier.parse(SIGNER.vkey)
TIME = 1_700_000_000
WORKER = Path(__file__).with_name("worker.py")


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
        (forked(5, 2), "two histories"),
        (forked(9, 4), "not shown to go on"),
        (forked(9, 0), "not shown to go on"),
    ],
)
def test_a_fork_is_refused_and_both_notes_are_kept_as_evidence(tmp_path: Path, hashes: list[bytes], said: str) -> None:
    held = witness(tmp_path).cosign(note_of(leaves(5)), proof_over(leaves(5)), TIME, log_key=LOG.vkey)
    before = (tmp_path / "state.json").read_bytes()
    wrong = note_of(hashes)
    with pytest.raises(ForkError, match=said):
        witness(tmp_path).cosign(wrong, proof_over(hashes), TIME + 1)
    assert (tmp_path / "state.json").read_bytes() == before
    witness(tmp_path).cosign(note_of(leaves(8)), proof_over(leaves(8)), TIME + 2)  # the true history goes on
    kept = sorted(tmp_path.glob("state.json.fork-*"))
    assert [path.suffix for path in kept] == [".held", ".shown"]
    assert [path.read_bytes() for path in kept] == [held, wrong]
    assert all(open_note(path.read_bytes(), [NoteVerifier.parse(LOG.vkey)]) for path in kept)


def test_an_older_checkpoint_is_refused_with_both_sizes_and_is_no_fork(tmp_path: Path) -> None:
    witness(tmp_path).cosign(note_of(leaves(5)), proof_over(leaves(5)), TIME, log_key=LOG.vkey)
    for hashes in (leaves(4), forked(4, 1), []):
        with pytest.raises(VerificationError, match="behind the one of size 5") as refused:
            witness(tmp_path).cosign(note_of(hashes), proof_over(hashes), TIME + 1)
        assert not isinstance(refused.value, ForkError)
        assert "latest" in refused.value.hint
        assert (refused.value.expected, refused.value.found) == ("size 5 or more", f"size {len(hashes)}")
    assert not list(tmp_path.glob("state.json.fork-*"))


def test_a_new_key_of_the_log_is_trusted_once_the_old_one_signed_beside_it(tmp_path: Path) -> None:
    witness(tmp_path).cosign(note_of(leaves(5)), proof_over(leaves(5)), TIME, log_key=LOG.vkey)
    grown = proof_over(leaves(6))
    for signer in (OTHER, LOG):  # one of the two alone
        with pytest.raises(VerificationError, match="not signed by its log"):
            witness(tmp_path).cosign(note_of(leaves(6), signer), grown, TIME, log_key=OTHER.vkey)
    witness(tmp_path).cosign(note_of(leaves(6), LOG, OTHER), grown, TIME, log_key=OTHER.vkey)
    with pytest.raises(VerificationError, match="not signed by its log"):  # the old key alone is worth nothing now
        witness(tmp_path).cosign(note_of(leaves(7), LOG), proof_over(leaves(7)), TIME, log_key=LOG.vkey)
    assert cosigned(witness(tmp_path).cosign(note_of(leaves(7), OTHER), proof_over(leaves(7)), TIME))
    # whoever names the old key out of habit does no harm, and brings it back no more
    both = note_of(leaves(8), LOG, OTHER)
    assert cosigned(witness(tmp_path).cosign(both, proof_over(leaves(8)), TIME, log_key=LOG.vkey))
    assert json.loads((tmp_path / "state.json").read_bytes())["logs"]["log.example/a"]["keys"] == [
        LOG.vkey,
        OTHER.vkey,
    ]


def test_a_new_key_that_was_not_named_in_time_can_still_be_named(tmp_path: Path) -> None:
    witness(tmp_path).cosign(note_of(leaves(5)), proof_over(leaves(5)), TIME, log_key=LOG.vkey)
    both = note_of(leaves(6), LOG, OTHER)
    witness(tmp_path).cosign(both, proof_over(leaves(6)), TIME)
    with pytest.raises(VerificationError, match="not signed by its log") as refused:
        witness(tmp_path).cosign(note_of(leaves(7), OTHER), proof_over(leaves(7)), TIME)
    assert "--log-key" in refused.value.hint
    witness(tmp_path).cosign(both, proof_over(leaves(6)), TIME, log_key=OTHER.vkey)
    assert cosigned(witness(tmp_path).cosign(note_of(leaves(7), OTHER), proof_over(leaves(7)), TIME))


@pytest.mark.parametrize(
    "key",
    [
        "no key",
        NoteSigner("log.example/b", bytes(32)).vkey,  # another log's
        NoteSigner("log.example/a", bytes(32), COSIGNATURE).vkey,  # one that cosigns
    ],
)
def test_a_key_that_cannot_be_the_logs_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(InputError, match="verifier key"):
        witness(tmp_path).cosign(note_of(leaves(5)), proof_over(leaves(5)), TIME, log_key=key)
    assert not (tmp_path / "state.json").exists()


def test_two_logs_in_one_state_do_not_touch_each_other(tmp_path: Path) -> None:
    witness(tmp_path).cosign(note_of(leaves(5)), proof_over(leaves(5)), TIME, log_key=LOG.vkey)
    log = NoteSigner("log.example/b", bytes([9]) * 32)
    text = Checkpoint(log.name, 2, tree_root(leaves(2, "b"))).text
    note = join_note(text, [log.sign(text)])
    with pytest.raises(InputError, match="does not know the log"):
        witness(tmp_path).cosign(note, proof_over(leaves(2, "b")), TIME)
    assert cosigned(witness(tmp_path).cosign(note, proof_over(leaves(2, "b")), TIME, log_key=log.vkey))
    with pytest.raises(ForkError):
        witness(tmp_path).cosign(note_of(forked(6, 3)), proof_over(forked(6, 3)), TIME)


def test_signatures_of_others_stay_also_where_they_have_its_name(tmp_path: Path) -> None:
    namesake = NoteSigner(SIGNER.name, bytes([2]) * 32, COSIGNATURE)
    text = Checkpoint("log.example/a", 5, tree_root(leaves(5))).text
    note = join_note(text, [LOG.sign(text), namesake.sign(text, TIME - 9), SIGNER.sign(text, TIME - 8)])
    done = witness(tmp_path).cosign(note, proof_over(leaves(5)), TIME, log_key=LOG.vkey)
    keys = [NoteVerifier.parse(key.vkey) for key in (LOG, namesake, SIGNER)]
    assert [signature.time for signature in open_note(done, keys).signatures] == [None, TIME - 9, TIME]
    log_like = NoteSigner("log.example/a", bytes([1]) * 32, COSIGNATURE)  # a witness that is named as the log
    done = Witness(log_like, tmp_path / "other.json").cosign(note, proof_over(leaves(5)), TIME, log_key=LOG.vkey)
    assert len(open_note(done, [NoteVerifier.parse(key.vkey) for key in (LOG, log_like)]).signatures) == 2


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"format":"witness/1","logs":{}}', b"\xff", b'{"format":'])
def test_a_state_that_is_none_is_never_taken_for_an_empty_one(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "state.json").write_bytes(data)
    with pytest.raises(StoreError, match="no witness's state"):
        witness(tmp_path).cosign(note_of(leaves(5)), proof_over(leaves(5)), TIME, log_key=LOG.vkey)


def held_state(tmp_path: Path) -> dict[str, Any]:
    witness(tmp_path).cosign(note_of(leaves(5)), proof_over(leaves(5)), TIME, log_key=LOG.vkey)
    return cast("dict[str, Any]", json.loads((tmp_path / "state.json").read_bytes()))


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("size", 4),
        ("size", True),
        ("size", None),
        ("root", "A" * 43 + "="),
        ("root", "A"),
        ("keys", []),
        ("keys", ["no key"]),
        ("keys", [SIGNER.vkey]),
        ("note", ""),
        ("note", note_of(leaves(4)).decode()),
    ],
)
def test_a_state_that_contradicts_itself_is_refused(tmp_path: Path, member: str, value: object) -> None:
    state = held_state(tmp_path)
    state["logs"]["log.example/a"][member] = value
    (tmp_path / "state.json").write_text(json.dumps(state), "utf-8")
    with pytest.raises(StoreError, match="no witness's state"):
        witness(tmp_path).cosign(note_of(leaves(6)), proof_over(leaves(6)), TIME)


def test_a_state_of_another_format_is_refused(tmp_path: Path) -> None:
    state = held_state(tmp_path)
    (tmp_path / "state.json").write_text(json.dumps({**state, "format": "witness/2"}), "utf-8")
    with pytest.raises(StoreError, match="no witness's state"):
        witness(tmp_path).cosign(note_of(leaves(6)), proof_over(leaves(6)), TIME)


@pytest.mark.parametrize(
    "other",
    [
        NoteSigner("bureau.example/w2", bytes([2]) * 32, COSIGNATURE),
        NoteSigner(SIGNER.name, bytes([2]) * 32, COSIGNATURE),  # a new key of that witness
        NoteSigner("bureau.example/w2", SIGNER.seed, COSIGNATURE),
    ],
)
def test_the_state_of_another_witness_is_refused_and_stays(tmp_path: Path, other: NoteSigner) -> None:
    held_state(tmp_path)
    before = (tmp_path / "state.json").read_bytes()
    with pytest.raises(StoreError, match="another witness's state") as refused:
        Witness(other, tmp_path / "state.json").cosign(note_of(leaves(6)), proof_over(leaves(6)), TIME)
    assert other.vkey in refused.value.expected
    assert "--state" in refused.value.hint
    assert (tmp_path / "state.json").read_bytes() == before


def test_a_note_that_this_witness_never_cosigned_is_not_its_memory(tmp_path: Path) -> None:
    state = held_state(tmp_path)
    state["logs"]["log.example/a"]["note"] = note_of(leaves(5)).decode()
    (tmp_path / "state.json").write_text(json.dumps(state), "utf-8")
    with pytest.raises(StoreError, match="another witness's state"):
        witness(tmp_path).cosign(note_of(leaves(6)), proof_over(leaves(6)), TIME)


def test_a_state_is_read_up_to_its_limit_and_no_further(tmp_path: Path) -> None:
    state = json.dumps(held_state(tmp_path)).encode()
    (tmp_path / "state.json").write_bytes(state.ljust(STATE_BYTES_MAX + 1))
    with pytest.raises(StoreError, match=f"at most {STATE_BYTES_MAX} bytes"):
        witness(tmp_path).cosign(note_of(leaves(6)), proof_over(leaves(6)), TIME)
    (tmp_path / "state.json").write_bytes(state.ljust(STATE_BYTES_MAX))
    assert cosigned(witness(tmp_path).cosign(note_of(leaves(6)), proof_over(leaves(6)), TIME))


def test_no_state_is_written_that_could_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held_state(tmp_path)
    before = (tmp_path / "state.json").read_bytes()
    log = NoteSigner("log.example/b", bytes([9]) * 32)
    text = Checkpoint(log.name, 2, tree_root(leaves(2, "b"))).text
    monkeypatch.setattr(witnessing, "STATE_BYTES_MAX", len(before))
    with pytest.raises(StoreError, match="is full"):
        witness(tmp_path).cosign(join_note(text, [log.sign(text)]), proof_over([]), TIME, log_key=log.vkey)
    assert (tmp_path / "state.json").read_bytes() == before
    assert cosigned(witness(tmp_path).cosign(note_of(leaves(5)), proof_over(leaves(5)), TIME))  # none too long


def test_a_link_leads_to_the_state_and_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "link.json"
    link.symlink_to(Path("real") / "state.json")  # which is not there yet
    Witness(SIGNER, link).cosign(note_of(leaves(5)), proof_over(leaves(5)), TIME, log_key=LOG.vkey)
    assert link.is_symlink()
    with pytest.raises(ForkError):
        Witness(SIGNER, link).cosign(note_of(forked(5, 2)), proof_over([]), TIME)
    names = sorted(path.name for path in (tmp_path / "real").iterdir())
    assert names[0] == "state.json"
    assert [name.rpartition(".")[2] for name in names[1:]] == ["held", "shown", "lock"]
    (tmp_path / "real" / "state.json").unlink()
    with pytest.raises(StoreError, match="is gone"):
        Witness(SIGNER, link).cosign(note_of(leaves(5)), proof_over([]), TIME, log_key=LOG.vkey)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.json", "real"]


@pytest.mark.parametrize("name", ["", ".", "..", "folder", "zero\0byte"])
def test_a_state_is_a_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.parent.iterdir())
    with pytest.raises(InputError, match="is no file"):
        Witness(SIGNER, tmp_path / name)
    assert sorted(tmp_path.parent.iterdir()) == before


def test_a_state_that_cannot_be_looked_at_is_told_as_such(tmp_path: Path) -> None:
    for name in ("x" * 300, "nowhere/state.json"):
        with pytest.raises(StoreError, match="cannot be used"):
            Witness(SIGNER, tmp_path / name).cosign(note_of(leaves(5)), proof_over([]), TIME, log_key=LOG.vkey)
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(StoreError, match="cannot be used"):
        Witness(SIGNER, tmp_path / "loop").cosign(note_of(leaves(5)), proof_over([]), TIME, log_key=LOG.vkey)


@pytest.mark.parametrize("part", range(0, 100, 7))
def test_a_half_written_state_is_refused(tmp_path: Path, part: int) -> None:
    held_state(tmp_path)
    data = (tmp_path / "state.json").read_bytes()
    (tmp_path / "state.json").write_bytes(data[: len(data) * part // 100])
    with pytest.raises(StoreError, match="no witness's state"):
        witness(tmp_path).cosign(note_of(leaves(6)), proof_over(leaves(6)), TIME, log_key=LOG.vkey)


def test_a_state_that_is_gone_is_begun_anew_only_where_that_is_asked_for(tmp_path: Path) -> None:
    held_state(tmp_path)
    (tmp_path / "state.json").unlink()
    fork, proof = note_of(forked(5, 2)), proof_over(forked(5, 2))
    with pytest.raises(StoreError, match="is gone") as refused:
        witness(tmp_path).cosign(fork, proof, TIME, log_key=LOG.vkey)
    assert "--anew" in refused.value.hint
    assert not (tmp_path / "state.json").exists()
    assert cosigned(witness(tmp_path).cosign(fork, proof, TIME, log_key=LOG.vkey, anew=True))


def test_a_first_time_that_failed_leaves_a_first_time(tmp_path: Path) -> None:
    with pytest.raises(VerificationError):
        witness(tmp_path).cosign(note_of(leaves(5), OTHER), proof_over(leaves(5)), TIME, log_key=LOG.vkey)
    assert cosigned(witness(tmp_path).cosign(note_of(leaves(5)), proof_over(leaves(5)), TIME, log_key=LOG.vkey))


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


def started(
    tmp_path: Path, name: str, hashes: Sequence[bytes], *die: str, state: str = "state.json"
) -> "subprocess.Popen[bytes]":
    """A process that will cosign ``hashes``, with the proof from the first five of them, once it is told to."""
    checkpoint = Checkpoint("log.example/a", len(hashes), tree_root(hashes))
    (tmp_path / name).write_bytes(proof_text(5, proof_over(hashes)(5, checkpoint), note_of(hashes)))
    files = (str(tmp_path / state), str(tmp_path / name))
    command = [sys.executable, str(WORKER), SIGNER.text(), *files, *die]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def told(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None
    process.stdin.write(b"go\n")
    process.stdin.flush()


def test_of_many_at_once_no_two_that_contradict_are_cosigned(tmp_path: Path) -> None:
    held_state(tmp_path)
    (tmp_path / "other.json").symlink_to("state.json")  # one state, whatever it is called by
    names = {5: "state.json", 6: "other.json", 7: "state.json", 8: "other.json"}
    running = [started(tmp_path, f"proof{at}", forked(9, at), state=name) for at, name in names.items()]
    for process in running:
        told(process)
    said = [process.communicate(timeout=120)[0] for process in running]
    assert sorted(process.returncode for process in running) == [0, 1, 1, 1]
    assert [cosigned(each) for each in said if each] == [True]


def test_killed_before_the_release_it_has_given_nothing_and_goes_on_from_its_state(tmp_path: Path) -> None:
    held_state(tmp_path)
    killed = started(tmp_path, "true", leaves(9), "die")
    told(killed)
    assert killed.communicate(timeout=120)[0] == b""
    assert killed.returncode == 9
    with pytest.raises(ForkError):
        witness(tmp_path).cosign(note_of(forked(9, 6)), proof_over(forked(9, 6)), TIME)
    assert cosigned(witness(tmp_path).cosign(note_of(leaves(9)), proof_over(leaves(9)), TIME))


class CutOffError(Exception):
    """The power went."""


class Failing(Witness):
    """Is cut off ``before`` or ``after`` the state is on the disk; "" is never."""

    when = ""

    def _write(self, logs: dict[str, Any]) -> None:
        if self.when == "before":
            raise CutOffError
        super()._write(logs)
        if self.when == "after":
            raise CutOffError


class Office(RuleBasedStateMachine):
    """An office that may lie, and a witness that may be cut off; the model holds every leaf of what was persisted.

    Two cosignatures that got out must be of one history, whatever happened between them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.state = Path(self.folder.name) / "state.json"
        self.held: list[bytes] = []
        self.keys = [LOG]
        self.released: list[list[bytes]] = []

    def teardown(self) -> None:
        self.folder.cleanup()

    def ask(self, hashes: list[bytes], signers: Sequence[NoteSigner], *, when: str = "", key: str = LOG.vkey) -> None:
        asked = Failing(SIGNER, self.state)
        asked.when = when
        goes_on = bool(hashes) and (not self.held or hashes[: len(self.held)] == self.held)
        is_signed = self.keys[-1] in signers and any(key == each.vkey for each in (*self.keys, *signers))
        expected = goes_on and is_signed
        try:
            done = asked.cosign(note_of(hashes, *signers), proof_over(hashes), TIME, log_key=key)
        except CutOffError:
            assert expected
            assert when
            done = b""
        except VerificationError:
            assert not expected
            return
        assert expected
        if when != "before":
            self.held = hashes
            known = [each.vkey for each in self.keys]
            self.keys += [each for each in signers if each.vkey == key and key not in known]
        if done:
            assert cosigned(done)
            self.released.append(hashes)

    @rule(more=st.integers(0, 4), when=st.sampled_from(["", "", "", "before", "after"]))
    def goes_on(self, more: int, when: str) -> None:
        self.ask([*self.held, *leaves(more, f"honest {len(self.held)}")], self.keys[-1:], when=when)

    @rule(size=st.integers(0, 14), at=st.integers(0, 14), name=st.sampled_from("abc"))
    def shows_another_history(self, size: int, at: int, name: str) -> None:
        self.ask([*self.held[:at], *leaves(max(0, size - at), name)][:size], self.keys[-1:])

    @rule(back=st.integers(1, 5), when=st.sampled_from(["", "after"]))
    def was_put_back(self, back: int, when: str) -> None:
        self.ask(self.held[:-back], self.keys[-1:], when=when)

    @rule(more=st.integers(0, 2), is_signed_twice=st.booleans(), when=st.sampled_from(["", "before", "after"]))
    def has_a_new_key(self, more: int, is_signed_twice: bool, when: str) -> None:  # noqa: FBT001 - drawn by name
        if self.held:
            new = NoteSigner(LOG.name, bytes([50 + len(self.keys)]) * 32)
            signers = (self.keys[-1], new) if is_signed_twice else (new,)
            self.ask([*self.held, *leaves(more, "new key")], signers, when=when, key=new.vkey)

    @rule(more=st.integers(0, 2))
    def uses_an_old_key(self, more: int) -> None:
        self.ask([*self.held, *leaves(more, "old key")], self.keys[:1])

    @invariant()
    def all_that_got_out_is_of_one_history(self) -> None:
        whole = max(self.released, key=len, default=[])
        assert all(whole[: len(each)] == each for each in self.released)


TestOffice = Office.TestCase
TestOffice.settings = settings(max_examples=60, stateful_step_count=25)


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
    for damaged in (bytes(8192), bytes(8191)):
        (tmp_path / "site" / "tile/0/000").write_bytes(damaged)
        with pytest.raises(VerificationError, match="not those of the checkpoint"):
            site_proof(tmp_path / "site")(5, Checkpoint("log.example/a", 300, tree_root(hashes)))
    (tmp_path / "site" / "tile/0/000").unlink()
    with pytest.raises(InputError, match="lacks a tile"):
        site_proof(tmp_path / "site")(5, Checkpoint("log.example/a", 300, tree_root(hashes)))


PROOF = proof_text(5, leaves(3), note_of(leaves(9)))
OLD = st.sampled_from([b"05", b"+5", b"-5", b" 5", b"5 ", b"x", b"", b"5.0", b"\xd9\xa5", b"1_0", b"9" * 5000])


@given(
    data=st.binary(max_size=300)
    | st.tuples(st.integers(0, len(PROOF)), st.integers(0, 9), st.binary(max_size=9)).map(
        lambda drawn: PROOF[: drawn[0]] + drawn[2] + PROOF[drawn[0] + drawn[1] :]
    )
    | OLD.map(lambda old: PROOF.replace(b"old 5", b"old " + old))
)
def test_a_proof_file_is_read_in_one_form_or_not_at_all(data: bytes) -> None:
    try:
        old, hashes, note = parse_proof(data)
    except VerificationError:
        return
    assert proof_text(old, hashes, note) == data


def test_a_proof_of_more_hashes_than_any_tree_needs_is_refused() -> None:
    note = note_of(leaves(9))
    assert len(parse_proof(proof_text(5, leaves(63), note))[1]) == 63
    with pytest.raises(VerificationError, match="cannot be read"):
        parse_proof(proof_text(5, leaves(64), note))


def test_the_state_file_stays_as_it_is(tmp_path: Path, golden: Callable[[str, bytes], None]) -> None:
    witness(tmp_path).cosign(note_of(leaves(5)), proof_over(leaves(5)), TIME, log_key=LOG.vkey)
    golden("witness/state.json", (tmp_path / "state.json").read_bytes())
    golden("witness/proof.txt", proof_text(5, leaves(2), note_of(leaves(6))))


@pytest.mark.parametrize("module", [witnessing, commands])
def test_every_error_says_what_to_do(module: ModuleType) -> None:
    raised = [
        node
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {*errors.__all__, "ForkError"}
    ]
    assert raised
    for node in raised:
        has_hint = len(node.args) > 3 or "hint" in {keyword.arg for keyword in node.keywords}
        assert has_hint, f"{module.__name__}:{node.lineno}: give a hint, or let whoever catches it give one"
