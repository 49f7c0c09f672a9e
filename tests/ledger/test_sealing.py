"""Sealing: each event once, in order, whatever cuts it off; and never two histories under one key."""

import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import copy, copytree
from threading import Barrier, Thread
from time import sleep

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.dying import die_at, lines_reached

from cadreledger import (
    InputError,
    KeyStoreError,
    Ledger,
    Month,
    RuleError,
    Seal,
    StoreError,
    VerificationError,
    View,
    yuan,
)
from cadreledger.audit import Severity, audit
from cadreledger.events import dues
from cadreledger.events.ledger import DuesTallied
from cadreledger.ledger import LedgerRecords, owed, sealer, walking
from cadreledger.sealing import (
    COSIGNATURE,
    NoteSigner,
    NoteVerifier,
    Policy,
    cosign,
    join_note,
    leaf_hash,
    open_note,
    split_note,
    tree_root,
    verify_checkpoint,
    verify_consistency,
    verify_inclusion,
)
from cadreledger.sealing.frame import decode_frame
from cadreledger.store import KeyStore, LastSigned, outside, tree

WORKER = Path(__file__).with_name("sealing_worker.py")
AS_OF = datetime(2030, 1, 1, tzinfo=UTC)


def pay(ledger: Ledger, month: int, for_year: int = 2021) -> None:
    with ledger.transaction(by="staff:liaison") as tx:
        tx.cadres["C1"].pay_dues(yuan("8.50"), for_month=Month(for_year, month), on=date(2021, month, 5))


def headers(ledger: Ledger, size: int) -> list[bytes]:
    return [decode_frame(state).header for state in ledger._reader.store.states(upto=size)]


def tallies(ledger: Ledger) -> Counter[str]:
    found: Counter[str] = Counter()
    for recorded in ledger.events():
        if isinstance(recorded.event, DuesTallied):
            found[str(recorded.event.month)] += recorded.event.amount.fen
    return found


def payments(ledger: Ledger) -> Counter[str]:
    found: Counter[str] = Counter()
    for recorded in ledger.events():
        if isinstance(recorded.event, dues.DuesReceived):
            found[str(recorded.event.occurred_on)[:7]] += recorded.event.amount.fen
    return found


def errors(place: Path) -> list[str]:
    with LedgerRecords.open(
        place, kek_dir=place.parent / "kek" if (place.parent / "kek").exists() else None
    ) as records:
        found = audit(records, as_of=AS_OF).findings
    return [f"{each.code} {each.position} {each.message}" for each in found if each.severity is Severity.ERROR]


def test_a_checkpoint_is_signed_over_every_header_in_order(office: Ledger) -> None:
    pay(office, 7)
    sealed = office.seal()
    assert sealed.size == office.position
    assert sealed.root == tree_root(map(leaf_hash, headers(office, sealed.size)))
    verified = verify_checkpoint(sealed.note, Policy(origin=office.origin, keys=office.sealed.keys))
    assert (verified.size, verified.root) == (sealed.size, sealed.root)


def test_a_ledger_in_which_nothing_happened_can_be_sealed(ledger: Ledger) -> None:
    assert ledger.seal().size == 1


def test_where_nothing_was_recorded_since_the_last_checkpoint_it_is_given_again(office: Ledger) -> None:
    assert office.seal() == office.seal()
    assert len(office.sealed.checkpoints()) == 1


def test_what_is_shown_to_the_public_counts_the_dues_as_soon_as_they_are_sealed(office: Ledger) -> None:
    pay(office, 7)
    assert office.figures("2021-07", view=View.PUBLIC)["dues.collected"].value == 0
    office.seal()
    assert office.figures("2021-07", view=View.PUBLIC)["dues.collected"].value == 850
    assert all(row.from_headers for row in office.snapshot("2021-07").figures if row.visibility.value == "public")


def test_a_payment_taken_back_after_its_seal_is_taken_off_by_the_next_tally(office: Ledger) -> None:
    pay(office, 7)
    office.seal()
    with office.transaction(by="staff:liaison") as tx:
        tx.cadres["C1"].void(tx.cadres["C1"].version)
    office.seal()
    assert tallies(office)["2021-07"] == 0
    assert office.figures("2021-07", view=View.PUBLIC)["dues.collected"].value == 0


def test_no_tally_is_posted_where_nobody_paid(office: Ledger) -> None:
    before = office.position
    office.seal()
    assert office.position == before


@settings(max_examples=20)
@given(steps=st.lists(st.sampled_from(["pay", "visit", "seal"]), max_size=14))
def test_whenever_it_is_sealed_each_payment_is_tallied_once(
    tmp_path_factory: pytest.TempPathFactory, steps: Iterable[str]
) -> None:
    place = tmp_path_factory.mktemp("steps") / "a.ledger"
    with Ledger.create(place, name="永兴社区") as made:
        with made.transaction(by="staff:liaison") as tx:
            branch = tx.branches.establish("B1", name="党支部", kind="formal", on=date(2012, 6, 28))
            tx.cadres.register("C1", kind="retired", name="赵某", formal=branch)
        kept: list[Seal] = []
        for number, step in enumerate(steps):
            if step == "pay":
                pay(made, 1 + number % 7, 2021 - number // 7)
            elif step == "visit":
                day = date(2021, 1 + number % 7, 1 + number)
                made.run(lambda tx, day=day: tx.cadres["C1"].visit(reason="study", on=day), by="staff:a")  # type: ignore[misc]
            else:
                kept.append(made.seal())
        last = made.seal()
        assert tallies(made) == payments(made)
        for old in kept:
            proof = made.sealed.consistency(old.size)
            verify_consistency(old.size, last.size, old.root, last.root, proof)
        for position, header in enumerate(headers(made, last.size), 1):
            proved = made.sealed.inclusion(position)
            verify_inclusion(leaf_hash(header), position - 1, last.size, proved.proof, last.root)
    assert errors(place) == []


def test_cut_off_at_any_line_a_seal_is_gone_on_with_by_the_next(place: Path, tmp_path: Path) -> None:
    kek = tmp_path / "kek"
    kek.mkdir(mode=0o700)
    with Ledger.create(place, name="永兴社区", kek_dir=kek) as made:
        with made.transaction(by="staff:liaison") as tx:
            branch = tx.branches.establish("B1", name="党支部", kind="formal", on=date(2012, 6, 28))
            tx.cadres.register("C1", kind="retired", name="赵某", formal=branch)
        pay(made, 6)
        made.seal()
        pay(made, 7)
        made.rotate_key(by="office:keys")
    modules = (sealer, walking, owed, outside, tree)

    def copied(number: int) -> Path:
        folder = tmp_path / f"run{number}"
        folder.mkdir()
        copy(place, folder)
        copy(place.with_suffix(".keys"), folder)
        copytree(kek, folder / "kek")
        return folder / place.name

    def seal(path: Path) -> Seal:
        with Ledger.open(path, kek_dir=path.parent / "kek") as opened:
            return opened.seal()

    first = copied(0)
    lines = lines_reached(lambda: seal(first), modules, 2)
    for number, line in enumerate(lines[:: max(1, len(lines) // 60)], 1):
        path = copied(number)
        die_at(line, lambda path=path: seal(path), modules)  # type: ignore[misc]
        sealed = seal(path)
        with Ledger.open(path, kek_dir=path.parent / "kek") as opened:
            assert tallies(opened) == payments(opened)
            assert sealed.size == opened.position
            assert len(opened.sealed.checkpoints()) == 2
        assert errors(path) == []


def test_sealers_and_writers_at_once_make_one_history(office: Ledger, place: Path) -> None:
    with office.transaction(by="staff:liaison") as tx:
        for code in ("D1", "D2"):
            tx.cadres.register(code, kind="retired", name="钱某", formal=tx.branches["B1"])

    def start(*arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen([sys.executable, str(WORKER), *arguments], stdout=subprocess.PIPE, text=True)

    processes = [
        start("record", str(place), "D1", "40"),
        start("record", str(place), "D2", "40"),
        start("seal", str(place), "8"),
        start("seal", str(place), "8"),
    ]
    sizes = [[int(size) for size in process.communicate(timeout=300)[0].split()] for process in processes]
    assert all(process.returncode == 0 for process in processes)
    last = office.seal()
    assert last.size == office.position
    assert all(some == sorted(some) for some in sizes)
    assert {size for some in sizes for size in some} <= {seal.size for seal in office.sealed.checkpoints()}
    assert tallies(office) == payments(office)
    assert errors(place) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE stored_events SET state=substr(state, 1, length(state) - 1) WHERE rowid=3", "position 3"),
        ("DELETE FROM stored_events WHERE rowid=3", "position 3"),
        (
            "UPDATE stored_events SET state=(SELECT state FROM stored_events WHERE rowid=4) WHERE rowid=3",
            "position 3",
        ),
        ("UPDATE stored_events SET state=replace(state, x'2232303231', x'2232303230') WHERE rowid=5", "position 5"),
    ],
)
def test_a_ledger_whose_bytes_were_changed_is_not_sealed_and_it_says_where(
    office: Ledger, place: Path, change: str, said: str
) -> None:
    pay(office, 7)
    office.seal()
    pay(office, 6)
    before = office.position
    with closing(sqlite3.connect(place)) as file, file:
        file.execute(change)
    with pytest.raises(StoreError) as caught:
        office.seal()
    assert said in str(caught.value)
    assert office.position == before


def test_neither_is_one_whose_tree_was_changed_along_with_it(office: Ledger, place: Path) -> None:
    pay(office, 7)
    office.seal()
    with closing(sqlite3.connect(place)) as file, file:
        file.execute("UPDATE stored_events SET state=(SELECT state FROM stored_events WHERE rowid=4) WHERE rowid=3")
        file.execute("DELETE FROM tiles")
    with pytest.raises(StoreError, match="not the one that was sealed"):
        office.seal()


def test_a_ledger_restored_from_a_backup_older_than_what_was_signed_is_not_sealed(
    office: Ledger, place: Path, tmp_path: Path
) -> None:
    pay(office, 5)
    office.seal()
    backup = tmp_path / "backup.ledger"
    with closing(sqlite3.connect(place)) as file, closing(sqlite3.connect(backup)) as other:
        file.backup(other)
    pay(office, 6)
    office.seal()
    office.close()
    for end in ("", "-wal", "-shm"):
        Path(f"{place}{end}").unlink(missing_ok=True)
    copy(backup, place)
    with Ledger.open(place) as restored:
        with pytest.raises(StoreError, match="older backup"):
            restored.seal()
        pay(restored, 1)
        pay(restored, 2)
        pay(restored, 3)
        with pytest.raises(StoreError, match="not the one that was sealed"):
            restored.seal()


def test_without_the_file_of_what_was_signed_last_nothing_is_sealed_and_the_published_one_serves(
    office: Ledger, place: Path
) -> None:
    sealed = office.seal()
    kept = office._reader.keys.kek_file.with_suffix(".checkpoint")
    kept.unlink()
    pay(office, 7)
    with pytest.raises(KeyStoreError) as caught:
        office.seal()
    assert str(kept) in str(caught.value)
    kept.write_bytes(sealed.note)
    assert office.seal().size > sealed.size
    kept.write_bytes(b"nothing of the kind")
    with pytest.raises(StoreError, match="damaged, or another ledger's"):
        office.seal()
    assert place.exists()


def test_before_the_first_seal_too_the_file_must_be_there_or_the_office_says_that_it_begins(office: Ledger) -> None:
    kept = office._reader.keys.kek_file.with_suffix(".checkpoint")
    with pytest.raises(InputError, match="sealed before"):
        office.seal(first=True)  # the file is there, and says that nothing was signed
    kept.unlink()
    with pytest.raises(KeyStoreError, match="--first"):
        office.seal()
    assert not kept.exists()
    office.seal(first=True)
    kept.unlink()
    with pytest.raises(InputError, match="sealed before"):
        office.seal(first=True)


def test_two_copies_of_one_ledger_do_not_sign_two_histories_even_at_once(office: Ledger, place: Path) -> None:
    """Each copy has a write lock of its own; between reading what was signed last and signing, the other one waits."""
    office.seal()
    office.close()
    twin = place.with_name("twin.ledger")
    copy(place, twin)
    copy(place.with_suffix(".keys"), twin.with_suffix(".keys"))
    sealed, refused = [], []
    barrier = Barrier(2)

    def seal(path: Path, day: int) -> None:
        with Ledger.open(path) as ledger:
            pay(ledger, day)
            barrier.wait()
            try:
                sealed.append(ledger.seal())
            except StoreError as error:
                refused.append(error)

    with pytest.MonkeyPatch.context() as patch:
        read = LastSigned.read

        def slowly(self: LastSigned) -> bytes | None:
            found = read(self)
            sleep(0.2)  # so that without a lock both have read before either writes
            return found

        patch.setattr(LastSigned, "read", slowly)
        threads = [Thread(target=seal, args=(path, day)) for path, day in ((place, 3), (twin, 4))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (len(sealed), len(refused)) == (1, 1)


def test_a_seal_cut_off_before_its_key_was_promoted_does_not_keep_the_next_rotation_from_being_made(
    office: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.seal()
    second = office.rotate_key(by="office:keys")
    with monkeypatch.context() as patch:
        patch.setattr(KeyStore, "promote_signing_seed", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            office.seal()
    assert office.sealed.latest().size == office.position
    third = office.rotate_key(by="office:keys")
    assert third != second
    office.seal()
    assert office.sealed.keys[1:] == (second, third)


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_checkpoint_that_is_damaged_or_gone_is_put_back_from_the_published_one(office: Ledger, place: Path) -> None:
    one = office.seal()
    pay(office, 7)
    two = office.seal()
    for damage in ("UPDATE checkpoints SET note=x'00'", "UPDATE checkpoints SET note=5", "DELETE FROM checkpoints"):
        with closing(sqlite3.connect(place)) as file, file:
            file.execute(damage)
        for published in (one, two):
            assert office.sealed.collect(published.note).note == published.note
        assert [seal.note for seal in office.sealed.checkpoints()] == [one.note, two.note]
        assert office.seal().note == two.note
    with pytest.raises(VerificationError, match="brings no cosignature"):
        office.sealed.collect(one.note)


def test_a_cosignature_by_a_witness_named_later_is_collected_and_said_to_wait_for_the_next_seal(office: Ledger) -> None:
    sealed = office.seal()
    witness = NoteSigner("w1.example", bytes([1]) * 32, COSIGNATURE)
    text, lines = split_note(sealed.note)
    cosigned = join_note(text, [*lines, cosign(text, witness, 1_700_000_000)])
    with pytest.raises(VerificationError, match="brings no cosignature"):
        office.sealed.collect(cosigned)
    office.name_witnesses([witness.vkey], by="office:keys")
    assert "once the next one is sealed" in " ".join(office.sealed.collect(cosigned).advice)
    office.seal()
    assert office.sealed.collect(cosigned).advice == ()


@pytest.mark.parametrize("hidden", ["dues.tallied/1", "witnesses.named/1"])
def test_an_event_of_the_ledger_that_was_moved_to_another_stream_stops_the_seal(
    office: Ledger, place: Path, hidden: str
) -> None:
    """Else a tally that is not found would be posted twice, or a key that was named not be known."""
    office.name_witnesses([NoteSigner("w1.example", bytes([1]) * 32, COSIGNATURE).vkey], by="office:keys")
    pay(office, 8)
    office.seal()
    with closing(sqlite3.connect(place)) as file, file:
        moved = file.execute("UPDATE stored_events SET originator_id='ledger:x' WHERE topic=?", [hidden])
        assert moved.rowcount == 1
    pay(office, 9)
    before = office.position
    with pytest.raises(StoreError, match="in another stream than it says"):
        office.seal()
    assert office.position == before


def test_another_ledgers_checkpoint_is_refused_wherever_one_is_named(office: Ledger, tmp_path: Path) -> None:
    office.seal()
    with Ledger.create(tmp_path / "other.ledger", name="安广社区") as other:
        foreign = other.seal()
    for ask in (
        lambda: office.snapshot("2021", at=foreign),
        lambda: office.sealed.inclusion(1, at=foreign),
        lambda: office.sealed.consistency(1, at=foreign),
    ):
        with pytest.raises(InputError, match="another ledger's"):
            ask()


def test_without_the_key_store_nothing_is_sealed(office: Ledger, place: Path) -> None:
    office.close()
    place.with_suffix(".keys").rename(place.with_suffix(".away"))
    with Ledger.open(place) as opened, pytest.raises(KeyStoreError):
        opened.seal()


def test_the_checkpoint_after_a_rotation_carries_both_signatures_and_the_next_the_new_one(office: Ledger) -> None:
    (old,) = office.sealed.keys
    office.seal()
    new = office.rotate_key(by="office:keys")
    assert office.sealed.keys == (old, new)
    with pytest.raises(RuleError, match="waits for the checkpoint"):
        office.rotate_key(by="office:keys")
    both = office.seal()
    for key in (old, new):
        assert open_note(both.note, [NoteVerifier.parse(key)]).signatures
    pay(office, 7)
    last = office.seal()
    assert open_note(last.note, [NoteVerifier.parse(new)]).signatures
    with pytest.raises(VerificationError):
        open_note(last.note, [NoteVerifier.parse(old)])


def test_cosignatures_of_named_witnesses_are_collected_each_once(office: Ledger) -> None:
    one, other, stranger = (NoteSigner(f"w{n}.example", bytes([n]) * 32, COSIGNATURE) for n in (1, 2, 3))
    office.name_witnesses([one.vkey, other.vkey], by="office:keys")
    text, lines = split_note(office.seal().note)
    for signer in (one, other, one):
        office.sealed.collect(join_note(text, [*lines, cosign(text, signer, 1_700_000_000)]))
    policy = Policy(origin=office.origin, keys=office.sealed.keys, witnesses=(one.vkey, other.vkey), quorum=2)
    verify_checkpoint(office.sealed.latest().note, policy)
    assert len(split_note(office.sealed.latest().note)[1]) == 3
    with pytest.raises(VerificationError):
        office.sealed.collect(join_note(text, [*lines, cosign(text, stranger, 1_700_000_000)]))
    pay(office, 7)
    assert office.seal().size > 0


def test_few_entries_between_two_checkpoints_of_a_month_are_advised_against(office: Ledger) -> None:
    office.seal()
    pay(office, 7)
    assert "Publish by the month" in office.seal().advice[0]


@pytest.mark.parametrize("when", ["yesterday", "0001-01-01T00:00:00", b"\x00", 10**18])
def test_what_the_file_says_of_when_it_was_sealed_keeps_nothing_from_being_sealed(
    office: Ledger, place: Path, when: object
) -> None:
    """Only advice rests on it."""
    office.seal()
    with closing(sqlite3.connect(place)) as file, file:
        file.execute("UPDATE checkpoints SET sealed_at=?", (when,))
    pay(office, 7)
    assert office.seal().advice == ()


def test_proofs_are_refused_where_there_are_none(office: Ledger) -> None:
    with pytest.raises(StoreError, match="never sealed"):
        office.sealed.inclusion(1)
    sealed = office.seal()
    for position in (0, sealed.size + 1, True, "1"):
        with pytest.raises(InputError):
            office.sealed.inclusion(position)  # type: ignore[arg-type]
        with pytest.raises(InputError):
            office.sealed.consistency(position)  # type: ignore[arg-type]


def test_a_stored_checkpoint_that_stands_for_another_size_is_none(office: Ledger, place: Path) -> None:
    office.seal()
    pay(office, 7)
    office.seal()
    with closing(sqlite3.connect(place)) as file, file:
        file.execute("UPDATE checkpoints SET note=(SELECT note FROM checkpoints ORDER BY size LIMIT 1)")
    with pytest.raises(StoreError, match="a stored checkpoint is damaged"):
        office.sealed.latest()


def test_a_snapshot_at_a_checkpoint_travels_with_it(office: Ledger, tmp_path: Path) -> None:
    pay(office, 7)
    sealed = office.seal()
    pay(office, 6)
    taken = office.snapshot("2021-06..2021-07", at=sealed)
    taken.write(tmp_path / "notice")
    assert (tmp_path / "notice" / "snapshot.checkpoint").read_bytes() == sealed.note
    assert taken.checkpoint == sealed.checkpoint.text
    assert office.snapshot("2021-07").note == b""


def test_tallies_posted_by_a_sealer_that_has_not_signed_yet_are_walked_over(
    office: Ledger, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay(office, 7)
    walk, calls = walking.Walk.to, Counter[str]()

    def cut_off(*_arguments: object) -> bytes:
        raise RuntimeError("cut off")

    def to(self: walking.Walk, upto: int) -> None:
        walk(self, upto)
        calls["to"] += 1
        if calls["to"] == 2:  # between the end that was looked at and the tallies that are read
            with monkeypatch.context() as dying, Ledger.open(place) as other:
                dying.setattr(sealer.Sealer, "_sign", cut_off)
                with pytest.raises(RuntimeError, match="cut off"):
                    other.seal()

    monkeypatch.setattr(walking.Walk, "to", to)
    sealed = office.seal()
    monkeypatch.undo()
    assert calls["to"] > 2
    assert sealed.checkpoint.size == office.position  # with the other one's tallies in it
    with LedgerRecords.open(place) as records:
        report = audit(records, as_of=datetime.now(UTC))
    assert [found for found in report.findings if found.severity is Severity.ERROR] == []


def test_a_tally_posted_behind_where_a_seal_looks_settles_nothing_before(
    office: Ledger, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay(office, 7)
    walk, calls = walking.Walk.to, Counter[str]()

    def to(self: walking.Walk, upto: int) -> None:
        walk(self, upto)
        calls["to"] += 1
        if calls["to"] == 2:  # between the end that was looked at and the tallies that are read
            with Ledger.open(place) as other:
                other.seal()

    monkeypatch.setattr(walking.Walk, "to", to)
    office.seal()
    monkeypatch.undo()
    with LedgerRecords.open(place) as records:
        report = audit(records, as_of=datetime.now(UTC))
    assert [found for found in report.findings if found.severity is Severity.ERROR] == []


def test_a_checkpoint_that_was_signed_and_not_kept_is_kept_by_the_next_seal(office: Ledger, place: Path) -> None:
    pay(office, 6)
    first = office.seal()
    with closing(sqlite3.connect(place)) as file, file:
        file.execute("DELETE FROM checkpoints")  # as if the power had gone right after the signature
    pay(office, 7)
    second = office.seal()
    assert [seal.note for seal in office.sealed.checkpoints()] == [first.note, second.note]


def test_without_the_key_that_the_ledger_names_nothing_is_signed(office: Ledger, place: Path) -> None:
    pay(office, 7)
    copy(place.with_suffix(".keys"), place.with_suffix(".before"))
    office.rotate_key(by="office:keys")
    office.close()
    copy(place.with_suffix(".before"), place.with_suffix(".keys"))
    with Ledger.open(place) as restored, pytest.raises(KeyStoreError, match="not in the key store"):
        restored.seal()
