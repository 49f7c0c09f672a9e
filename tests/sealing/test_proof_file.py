"""Proof files: one file that convinces whoever has the leaf and a policy, of nothing but the truth."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadreledger.errors import VerificationError
from cadreledger.sealing.checkpoint import Checkpoint, Policy, cosign, verify_checkpoint
from cadreledger.sealing.note import COSIGNATURE, TEXT_BYTES_MAX, NoteSigner, join_note
from cadreledger.sealing.proof_file import ProofFile, verify_proof_file
from cadreledger.sealing.tree import leaf_hash, node_hash, tree_root

ORIGIN = "office.example/log"
OFFICE = NoteSigner(ORIGIN, bytes(range(32)))
BUREAU = NoteSigner("bureau.example", bytes(range(32, 64)), COSIGNATURE)
POLICY = Policy(origin=ORIGIN, keys=(OFFICE.vkey,), witnesses=(BUREAU.vkey,), quorum=1)
LEAVES = tuple(leaf_hash(b'{"leaf":%d}' % index) for index in range(7))
TIME = 1_625_500_000


def signed(checkpoint: Checkpoint) -> bytes:
    return join_note(checkpoint.text, (OFFICE.sign(checkpoint.text), cosign(checkpoint.text, BUREAU, TIME)))


def path(index: int, leaves: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """RFC 6962 section 2.1.1, word by word."""
    if len(leaves) == 1:
        return ()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if index < k:
        return (*path(index, leaves[:k]), tree_root(leaves[k:]))
    return (*path(index - k, leaves[k:]), tree_root(leaves[:k]))


NOTE = signed(Checkpoint(ORIGIN, len(LEAVES), tree_root(LEAVES)))
FILE = ProofFile(4, path(4, LEAVES), NOTE)
DATA = FILE.encode()
hashes = st.binary(min_size=32, max_size=32)
files = st.builds(
    ProofFile,
    st.integers(0, 2**64 - 1),
    st.lists(hashes, max_size=64).map(tuple),
    st.just(NOTE),
    st.none() | st.binary(min_size=1),
)


@given(files)
def test_a_proof_file_comes_back(file: ProofFile) -> None:
    assert ProofFile.parse(file.encode()) == file


def test_the_layout_is_the_documented_one() -> None:
    file = ProofFile(73_894, (bytes(32), b"\xff" * 32), NOTE, b"extra data")
    head = ["c2sp.org/tlog-proof@v1", "extra ZXh0cmEgZGF0YQ==", "index 73894", "A" * 43 + "=", "/" * 42 + "8=", "", ""]
    assert file.encode() == "\n".join(head).encode() + NOTE
    assert ProofFile(0, (), NOTE).encode() == b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + NOTE


@given(st.integers(1, 40), st.data())
def test_every_leaf_of_a_tree_is_proved_and_no_other(size: int, data: st.DataObject) -> None:
    leaves = tuple(leaf_hash(b"%d" % index) for index in range(size))
    note = signed(Checkpoint(ORIGIN, size, tree_root(leaves)))
    index = data.draw(st.integers(0, size - 1))
    extra = data.draw(st.none() | st.binary(min_size=1))
    file = ProofFile(index, path(index, leaves), note, extra).encode()
    assert verify_proof_file(file, leaves[index], POLICY) == verify_checkpoint(note, POLICY)
    with pytest.raises(VerificationError, match="root"):
        verify_proof_file(file, leaf_hash(b"another"), POLICY)
    other = data.draw(st.integers(0, size + 3))
    if other != index:
        with pytest.raises(VerificationError):
            verify_proof_file(ProofFile(other, path(index, leaves), note).encode(), leaves[index], POLICY)


def test_a_node_is_no_leaf() -> None:
    left = node_hash(LEAVES[4], LEAVES[5])
    with pytest.raises(VerificationError):
        verify_proof_file(ProofFile(4, FILE.proof[1:], NOTE).encode(), left, POLICY)


def test_a_checkpoint_that_is_not_believed_proves_nothing() -> None:
    for policy in (
        replace(POLICY, origin="another.example/log"),
        replace(POLICY, witnesses=(NoteSigner("w", bytes(32), COSIGNATURE).vkey,)),
        replace(POLICY, keys=(NoteSigner(ORIGIN, bytes(32)).vkey,)),
    ):
        with pytest.raises(VerificationError):
            verify_proof_file(DATA, LEAVES[4], policy)


def test_a_file_with_any_byte_changed_proves_the_same_or_nothing() -> None:
    for place in range(len(DATA)):
        for flip in (0x01, 0x04, 0x20, 0x80):
            changed = DATA[:place] + bytes([DATA[place] ^ flip]) + DATA[place + 1 :]
            with pytest.raises(VerificationError):
                verify_proof_file(changed, LEAVES[4], POLICY)


@given(
    st.binary()
    | st.tuples(st.integers(0, len(DATA)), st.integers(0, len(DATA)), st.binary(max_size=4)).map(
        lambda cut: DATA[: cut[0]] + cut[2] + DATA[cut[1] :]
    )
)
def test_any_bytes_are_refused_or_the_one_spelling_of_a_proof_file(data: bytes) -> None:
    try:
        file = ProofFile.parse(data)
    except VerificationError:
        return
    assert file.encode() == data


@given(st.text())
def test_a_text_is_refused(text: str) -> None:
    for data in (text, DATA.decode()):
        with pytest.raises(VerificationError):
            ProofFile.parse(data)  # type: ignore[arg-type] # on purpose


HASH = base64.b64encode(FILE.proof[0])
REFUSED = {
    "nothing": (b"", "malformed"),
    "a note": (NOTE, "malformed"),
    "another version": (DATA.replace(b"@v1", b"@v2"), "malformed"),
    "no version": (DATA.replace(b"c2sp.org/tlog-proof@v1\n", b""), "malformed"),
    "no index": (DATA.replace(b"index 4\n", b""), "malformed"),
    "a leading zero": (DATA.replace(b"index 4", b"index 04"), "malformed"),
    "a negative index": (DATA.replace(b"index 4", b"index -4"), "malformed"),
    "other digits": (DATA.replace(b"index 4", "index ٤".encode()), "malformed"),
    "an index of 2 ** 64": (DATA.replace(b"index 4", b"index %d" % 2**64), "out of range"),
    "two spaces": (DATA.replace(b"index 4", b"index  4"), "malformed"),
    "an index twice": (DATA.replace(b"index 4", b"index 4\nindex 4"), "base64"),
    "an empty extra line": (DATA.replace(b"index 4", b"extra \nindex 4"), "extra data"),
    "extra in no base64": (DATA.replace(b"index 4", b"extra a\nindex 4"), "base64"),
    "extra twice": (DATA.replace(b"index 4", b"extra YQ==\nextra YQ==\nindex 4"), "base64"),
    "extra behind the index": (DATA.replace(b"index 4", b"index 4\nextra YQ=="), "base64"),
    "a line between": (DATA.replace(b"index 4", b"more\nindex 4"), "malformed"),
    "a short hash": (DATA.replace(HASH, base64.b64encode(FILE.proof[0][1:])), "hashes of 32 bytes"),
    "a hash without padding": (DATA.replace(HASH, HASH.rstrip(b"=")), "base64"),
    "65 hashes": (DATA.replace(HASH, b"\n".join([HASH] * 63)), "at most 64"),
    "no empty line": (DATA.replace(b"\n\n" + ORIGIN.encode(), b"\n" + ORIGIN.encode()), "base64"),
    "two empty lines": (DATA.replace(b"\n\n" + ORIGIN.encode(), b"\n\n\n" + ORIGIN.encode()), "malformed"),
    "no checkpoint": (DATA[: DATA.index(NOTE)], "malformed"),
    "an unsigned checkpoint": (DATA.replace(NOTE, NOTE[: NOTE.index(b"\n\n") + 1]), "malformed"),
    "another note": (DATA.replace(NOTE, join_note("hello\n", (OFFICE.sign("hello\n"),))), "a checkpoint is malformed"),
    "a line behind": (DATA + b"\n", "malformed"),
    "carriage returns": (DATA.replace(b"\n", b"\r\n"), "control character"),
    "no UTF-8": (DATA + b"\xff", "not UTF-8"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_another_spelling_is_refused_for_its_own_reason(name: str) -> None:
    data, reason = REFUSED[name]
    assert data != DATA
    with pytest.raises(VerificationError, match=reason):
        verify_proof_file(data, LEAVES[4], POLICY)


REFUSED_FIELDS: dict[str, tuple[tuple[object, ...], str]] = {
    "a negative index": ((-1, (), NOTE), "an index"),
    "2 ** 64": ((2**64, (), NOTE), "an index"),
    "true": ((True, (), NOTE), "an index"),
    "a list": ((0, [], NOTE), "an inclusion proof"),
    "a short hash": ((0, (bytes(31),), NOTE), "an inclusion proof"),
    "a hash that can change": ((0, (bytearray(32),), NOTE), "an inclusion proof"),
    "65 hashes": ((0, (bytes(32),) * 65, NOTE), "at most 64"),
    "a note in text": ((0, (), NOTE.decode()), "bytes of a signed note"),
    "no note": ((0, (), b"hello"), "malformed"),
    "no checkpoint": ((0, (), join_note("hello\n", (OFFICE.sign("hello\n"),))), "malformed"),
    "nothing extra": ((0, (), NOTE, b""), "extra data"),
    "a text extra": ((0, (), NOTE, "a"), "extra data"),
    "too much extra": ((0, (), NOTE, bytes(TEXT_BYTES_MAX * 3 // 4)), "too large"),
}


@pytest.mark.parametrize("name", REFUSED_FIELDS)
def test_no_proof_file_is_made_that_cannot_be_read(name: str) -> None:
    fields, reason = REFUSED_FIELDS[name]
    with pytest.raises(VerificationError, match=reason):
        ProofFile(*fields)  # type: ignore[arg-type] # on purpose


def test_what_has_another_type_is_refused() -> None:
    values: tuple[object, ...] = (None, 1, [], DATA.decode(), bytearray(DATA), memoryview(DATA), object)
    for value in values:
        with pytest.raises(VerificationError):
            ProofFile.parse(value)  # type: ignore[arg-type] # on purpose
        with pytest.raises(VerificationError):
            verify_proof_file(DATA, value, POLICY)  # type: ignore[arg-type] # on purpose
        with pytest.raises(VerificationError):
            verify_proof_file(DATA, LEAVES[4], value)  # type: ignore[arg-type] # on purpose


def test_a_proof_file_is_written_as_it_always_was(golden: Callable[[str, bytes], None]) -> None:
    file = replace(FILE, extra=hashlib.sha256(b"statement").digest())
    assert verify_proof_file(file.encode(), LEAVES[4], POLICY).cosigned_at == TIME
    golden("sealing/proof.tlog-proof", file.encode())
