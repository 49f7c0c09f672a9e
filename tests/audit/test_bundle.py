"""An auditor's bundle: its form, what the audit makes of it, and that no bit of it can be changed unnoticed."""

import io
import random
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from tests.audit.ledgers import HeldRecords
from tests.export.ledgers import AS_OF, CODES, PERSONAL, trust

from cadreledger.audit import Verification, audit
from cadreledger.audit.bundle import BundleRecords, is_bundle, verify_bundle
from cadreledger.disclosure.bundle import MAGIC, BundleWriter, Chunk, ChunkKind, read_bundle, read_event
from cadreledger.errors import StoreError, VerificationError
from cadreledger.ledger import LedgerRecords
from cadreledger.sealing import Checkpoint, Frame, NoteSigner, base64url, decode_frame, encode_frame, join_note

MUTATIONS = 2_000
SIGNER = NoteSigner("example.org/log", bytes(32))
STEPS = [
    "format",
    "entries",
    "signature",
    "witnesses",
    "root",
    "checkpoints",
    "commitments",
    "catalogue",
    "schema",
    "keys",
    "tallies",
    "voids",
]


@pytest.fixture(scope="module")
def bundle(copies: Path) -> Path:
    return copies / "office.bundle"


def note(size: int, root: bytes = bytes(32)) -> bytes:
    text = Checkpoint(SIGNER.name, size, root).text
    return join_note(text, [SIGNER.sign(text)])


def event(number: int = 0) -> bytes:
    return encode_frame(Frame(b"header %d" % number, b"internal"))


def end(count: int) -> bytes:
    return count.to_bytes(8, "big")


def chunks(data: bytes) -> list[Chunk]:
    return list(read_bundle(io.BytesIO(data)))


# --- the form --------------------------------------------------------------------------------------------------------


@given(st.lists(st.binary(min_size=1), max_size=3, unique=True), st.sets(st.integers(1, 30), min_size=1, max_size=4))
def test_what_is_written_is_read(catalogues: list[bytes], sizes: set[int]) -> None:
    stream = io.BytesIO()
    writer = BundleWriter(stream)
    put = [(ChunkKind.CATALOGUE, data) for data in catalogues]
    put += [(ChunkKind.CHECKPOINT, note(size)) for size in sorted(sizes)]
    put += [(ChunkKind.EVENT, event(number)) for number in range(max(sizes))]
    put += [(ChunkKind.END, end(max(sizes)))]
    for kind, payload in put:
        writer.put(kind, payload)
    found = chunks(stream.getvalue())
    assert [(chunk.kind, chunk.payload) for chunk in found] == put
    for chunk in found:
        stream.seek(chunk.at)
        if chunk.kind is ChunkKind.EVENT:
            assert read_event(stream) == chunk.payload
        else:
            with pytest.raises(VerificationError):
                read_event(stream)


def test_the_form_is_as_it_is_described() -> None:
    """By the description alone."""
    parts = [(b"C", note(2)), (b"E", event(0)), (b"E", event(1)), (b"Z", bytes(7) + b"\x02")]
    data = b"cadreledger bundle/1\n" + b"".join(kind + len(part).to_bytes(4, "big") + part for kind, part in parts)
    assert [(chunk.kind.value, chunk.payload) for chunk in chunks(data)] == parts


PLACE, COUNT = "a chunk of a bundle stands in a wrong place", "a bundle has another number of events than it says"
WRONG: dict[str, tuple[list[tuple[bytes, bytes]], str]] = {
    "no end": ([(b"C", note(1)), (b"E", event())], "a bundle is cut short"),
    "nothing": ([], "a bundle is cut short"),
    "an unknown kind": ([(b"X", b"x")], "a chunk of a bundle has an unknown kind"),
    "an event first": ([(b"E", event())], PLACE),
    "no event": ([(b"C", note(1)), (b"Z", end(0))], PLACE),
    "a late catalogue": ([(b"C", note(1)), (b"K", b"x")], PLACE),
    "a late note": ([(b"C", note(1)), (b"E", event()), (b"C", note(2))], PLACE),
    "two ends": (
        [(b"C", note(1)), (b"E", event()), *[(b"Z", end(1))] * 2],
        "a chunk of a bundle stands in a wrong place",
    ),
    "a catalogue twice": ([(b"K", b"x"), (b"K", b"x")], "a bundle has too many catalogues"),
    "101 catalogues": ([(b"K", b"%d" % number) for number in range(101)], "a bundle has too many catalogues"),
    "an empty chunk": ([(b"K", b"")], "a chunk of a bundle has a wrong length"),
    "a large chunk": ([(b"K", bytes(2**20 + 1))], "a chunk of a bundle has a wrong length"),
    "a large event": ([(b"C", note(1)), (b"E", bytes(24_590))], "a chunk of a bundle has a wrong length"),
    "a size twice": ([(b"C", note(1)), (b"C", note(1))], "a bundle's checkpoints are out of order"),
    "a smaller size": ([(b"C", note(2)), (b"C", note(1))], "a bundle's checkpoints are out of order"),
    "no note": ([(b"C", b"x")], "a note is malformed"),
    "no frame": ([(b"C", note(1)), (b"E", b"x")], "a stored event has an unknown frame version"),
    "another count": (
        [(b"C", note(1)), (b"E", event()), (b"Z", end(2))],
        "a bundle has another number of events than it says",
    ),
    "another size": (
        [(b"C", note(2)), (b"E", event()), (b"Z", end(1))],
        "a bundle has another number of events than it says",
    ),
    "a short end": (
        [(b"C", note(1)), (b"E", event()), (b"Z", b"\x01")],
        "a bundle has another number of events than it says",
    ),
    "a personal part": (
        [(b"C", note(1)), (b"E", encode_frame(Frame(b"header", b"internal", b"personal")))],
        "an event of a bundle has a personal part",
    ),
}


@pytest.mark.parametrize(("parts", "what"), WRONG.values(), ids=WRONG.keys())
def test_another_form_is_refused(parts: list[tuple[bytes, bytes]], what: str) -> None:
    data = MAGIC + b"".join(kind + len(part).to_bytes(4, "big") + part for kind, part in parts)
    with pytest.raises(VerificationError) as caught:
        chunks(data)
    assert caught.value.what == what


@given(st.binary())
@example(b"")
@example(MAGIC[:-1])
@example(MAGIC + b"K\xff\xff\xff\xff")
@example(MAGIC + b"K\0\0\0\5abc")
def test_any_bytes_are_a_bundle_or_an_error(data: bytes) -> None:
    for content in (data, MAGIC + data):
        with pytest.raises(VerificationError):
            chunks(content)


# --- what is in it ---------------------------------------------------------------------------------------------------


def test_it_holds_the_events_of_the_ledger_without_what_is_personal(copies: Path, bundle: Path) -> None:
    with LedgerRecords.open(copies / "office.ledger", kek_dir=copies / "kek") as records:
        frames = [(*row[:4], decode_frame(row[4])) for row in records.in_order()]
        kept = [(*row, encode_frame(Frame(frame.header, frame.internal))) for *row, frame in frames]
        checkpoints = list(records.checkpoints())
    assert list(BundleRecords(bundle).in_order()) == kept
    assert list(BundleRecords(bundle).checkpoints()) == checkpoints
    data = bundle.read_bytes()
    assert any(frame.personal for *_, frame in frames)
    for *_, frame in frames:
        assert not frame.personal or frame.personal[:28] not in data
    for word in (*PERSONAL, *CODES):
        assert word.encode() not in data


def test_by_stream_is_the_same_in_another_order(bundle: Path) -> None:
    records = BundleRecords(bundle)
    by_stream = sorted(records.in_order(), key=lambda row: (row[1], row[2]))
    assert list(records.by_stream()) == by_stream


def test_the_audit_finds_nothing_wrong_with_it(copies: Path, bundle: Path) -> None:
    with BundleRecords.open(bundle) as records, LedgerRecords.open(copies / "office.ledger") as ledger:
        found, whole = audit(records, as_of=AS_OF), audit(ledger, as_of=AS_OF)
    assert found.ok, found.findings
    assert (found.root, found.events, found.sealed) == (whole.root, whole.events, whole.events)


def test_its_catalogue_is_the_one_that_the_ledger_names(bundle: Path) -> None:
    with bundle.open("rb") as stream:
        (data,) = (chunk.payload for chunk in read_bundle(stream) if chunk.kind is ChunkKind.CATALOGUE)
    (opening, *_) = BundleRecords(bundle).in_order()
    assert base64url(sha256(data).digest()).encode() in decode_frame(opening[4]).header


def test_another_file_is_no_bundle(copies: Path, tmp_path: Path) -> None:
    assert is_bundle(copies / "office.bundle")
    for path in (copies / "office.ledger", copies, tmp_path / "nothing", Path("zero\0byte")):
        assert not is_bundle(path)
        with pytest.raises(StoreError):
            BundleRecords.open(path)
    with pytest.raises(StoreError) as caught:
        verify_bundle(tmp_path / "nothing", trust())
    assert caught.value.what.startswith("the bundle")
    step, said = failed(verify_bundle(copies / "office.ledger", trust()))
    assert (step, said.startswith("this is no bundle")) == ("format", True)


# --- verified by itself ----------------------------------------------------------------------------------------------


def failed(found: Verification) -> tuple[str, str]:
    assert [check.name for check in found.checks] == STEPS[: len(found.checks)]
    *held, last = found.checks
    assert all(check.ok for check in held)
    assert not last.ok
    assert not found.ok
    return last.name, last.detail


def test_it_verifies_by_any_key_of_the_log(bundle: Path, log_keys: tuple[str, ...]) -> None:
    for keys in ((), log_keys, log_keys[:1], log_keys[1:]):
        found = verify_bundle(bundle, trust(*keys, quorum=2))
        assert found.ok, found.checks
        assert [check.name for check in found.checks] == STEPS
        assert found.kind == "bundle"
        assert any("replays" in said for said in found.unchecked)
    assert failed(verify_bundle(bundle, trust(SIGNER.vkey)))[0] == "signature"


def test_two_thousand_flipped_bits_are_all_found(bundle: Path, log_keys: tuple[str, ...], tmp_path: Path) -> None:
    rng = random.Random(20210705)
    data = bundle.read_bytes()
    place = tmp_path / "changed.bundle"
    place.write_bytes(data)
    places = [at for chunk in chunks(data) for at in (chunk.at, chunk.at + 4, chunk.at + 5 + len(chunk.payload) // 2)]
    found: Counter[str] = Counter()
    with place.open("r+b", buffering=0) as file:
        for number in range(MUTATIONS):
            at = rng.choice(places) if number % 2 else rng.randrange(len(data))
            file.seek(at)
            file.write(bytes([data[at] ^ 1 << rng.randrange(8)]))
            found[failed(verify_bundle(place, trust(*log_keys[:1])))[0]] += 1
            file.seek(at)
            file.write(data[at : at + 1])
    assert place.read_bytes() == data
    assert found.total() == MUTATIONS
    assert {"format", "signature", "root", "checkpoints", "catalogue", "commitments"} <= found.keys()


def moved(data: bytes, one: int, other: int) -> bytes:
    """With two chunks in each other's place."""
    found = chunks(data)
    found[one], found[other] = found[other], found[one]
    return MAGIC + b"".join(chunk.kind.value + len(chunk.payload).to_bytes(4, "big") + chunk.payload for chunk in found)


@given(st.data())
def test_cut_grown_or_in_another_order_it_fails(
    bundle: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = bundle.read_bytes()
    count = len(chunks(whole))
    places = st.integers(0, count - 1)
    changed = data.draw(
        st.one_of(
            st.integers(0, len(whole) - 1).map(lambda at: whole[:at]),
            st.binary(min_size=1, max_size=40).map(lambda more: whole + more),
            st.tuples(places, places).map(lambda pair: moved(whole, *pair)),
        )
    )
    assume(changed != whole)
    place = tmp_path_factory.mktemp("changed") / "changed.bundle"
    place.write_bytes(changed)
    failed(verify_bundle(place, trust()))


@given(st.data())
def test_the_audit_survives_any_change_and_finds_it(
    bundle: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    changed = bytearray(bundle.read_bytes())
    found = chunks(bytes(changed))
    at = data.draw(
        st.sampled_from(found).flatmap(lambda chunk: st.integers(chunk.at, chunk.at + 4 + len(chunk.payload)))
    )
    inside = next(chunk for chunk in reversed(found) if chunk.at <= at)
    assume(inside.kind is not ChunkKind.CATALOGUE)  # the audit has its own
    changed[at] ^= 1 << data.draw(st.integers(0, 7))
    place = tmp_path_factory.mktemp("changed") / "changed.bundle"
    place.write_bytes(changed)
    report = audit(BundleRecords(place), as_of=AS_OF)
    cosignature = inside.kind is ChunkKind.CHECKPOINT and b"bureau" in inside.payload
    assert not report.ok or cosignature  # whose key id is another one is a stranger, whom a note may have


def test_records_in_memory_are_those_of_the_file(copies: Path, bundle: Path) -> None:
    held = HeldRecords.of(copies / "office.ledger")
    assert [row[:4] for row in held.in_order()] == [row[:4] for row in BundleRecords(bundle).in_order()]
