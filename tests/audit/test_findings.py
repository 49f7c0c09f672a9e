"""What an audit says, finding by finding: its code, its weight, its place; and its shape for programs."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType

import attrs
import pytest
from tests.audit.ledgers import AS_OF, WITNESS, Clock, HeldRecords, make

from cadreledger import InputError, Ledger, Month, yuan
from cadreledger.audit import Finding, Report, Row, Severity, audit
from cadreledger.audit.finding import Findings
from cadreledger.events import VOCABULARY, Codec, Entry, Event, ledger
from cadreledger.ledger import LedgerRecords
from cadreledger.queries.remark import CODES
from cadreledger.sealing import (
    Checkpoint,
    Frame,
    NoteSigner,
    cosign,
    decode_frame,
    encode_frame,
    join_note,
    split_note,
    tree_root,
)
from cadreledger.values import StreamId, actor, fen


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> HeldRecords:
    return HeldRecords.of(make(tmp_path_factory.mktemp("sealed")))


def unsealed(held: HeldRecords) -> HeldRecords:
    """Without tree and checkpoints: what the events alone tell."""
    return attrs.evolve(held, notes=(), tiles=MappingProxyType({}))


def codes(report: Report, severity: Severity = Severity.ERROR) -> set[str]:
    found = {finding.code for finding in report.findings if finding.severity is severity}
    return found - CODES.keys()  # what is worth a look in the ledger itself


def found(report: Report, code: str) -> Finding:
    return next(finding for finding in report.findings if finding.code == code)


def appended(held: HeldRecords, event: Event, stream: str, **entry: object) -> HeldRecords:
    """With one more event, well-formed, recorded by whoever holds the file."""
    version = 1 + max(row[2] for row in held.rows if row[1] == stream)
    said = {
        "recorded_at": datetime(2021, 8, 20, tzinfo=UTC),
        "by": actor("staff:a"),
        "tx": "f" * 32,
        "tx_size": 1,
        **entry,
    }
    encoded = Codec(VOCABULARY).encode(event, Entry(stream=StreamId(stream), version=version, **said), None)  # type: ignore[arg-type]
    row = (len(held.rows) + 1, stream, version, encoded.topic, encoded.state)
    return attrs.evolve(held, rows=(*held.rows, row))


def somebody(held: HeldRecords) -> str:
    return next(row[1] for row in held.rows if row[3] == "visit.made/1")


def test_a_ledger_that_nobody_sealed_is_said_not_to_be(held: HeldRecords) -> None:
    report = audit(unsealed(held), as_of=AS_OF)
    assert report.ok
    assert codes(report, Severity.WARNING) == {"never_sealed"}


def test_what_came_after_the_last_checkpoint_is_noted(held: HeldRecords) -> None:
    report = audit(attrs.evolve(held, notes=held.notes[:-1]), as_of=AS_OF)
    assert report.ok
    assert found(report, "unsealed").severity is Severity.NOTE


def test_without_keys_personal_sections_are_said_not_to_be_checked(held: HeldRecords) -> None:
    report = audit(attrs.evolve(held, keys=MappingProxyType({}), has_keys=False), as_of=AS_OF)
    assert report.ok
    assert codes(report, Severity.NOTE) == {"personal_unchecked"}


def test_a_key_that_is_gone_though_nobody_erased_the_person_is_an_error(held: HeldRecords) -> None:
    lost = somebody(held)
    keys = {stream: key for stream, key in held.keys.items() if stream != lost}
    report = audit(attrs.evolve(held, keys=MappingProxyType(keys)), as_of=AS_OF)
    assert codes(report) == {"key_missing"}
    assert found(report, "key_missing").stream == lost


def test_a_key_that_is_there_though_the_person_was_erased_is_a_warning(held: HeldRecords) -> None:
    erased = next(row[1] for row in held.rows if row[3] == "subject.erased/1")
    keys = MappingProxyType({**held.keys, erased: bytes(32)})
    report = audit(attrs.evolve(held, keys=keys), as_of=AS_OF)
    assert "key_not_destroyed" in codes(report, Severity.WARNING)


def test_a_personal_section_that_is_missing_is_an_error_unless_the_person_was_erased(held: HeldRecords) -> None:
    erased = next(row[1] for row in held.rows if row[3] == "subject.erased/1")
    for wanted, stream in ((set(), erased), ({"personal_missing"}, somebody(held))):
        rows = list(held.rows)
        at = next(at for at, row in enumerate(rows) if row[1] == stream and decode_frame(row[4]).personal)
        frame = decode_frame(rows[at][4])
        rows[at] = (*rows[at][:4], encode_frame(Frame(frame.header, frame.internal)))
        report = audit(attrs.evolve(held, rows=tuple(rows)), as_of=AS_OF)
        assert codes(report) == wanted


def test_a_clock_that_was_set_back_is_a_warning(held: HeldRecords) -> None:
    event = ledger.WitnessesNamed(occurred_on=None, keys=(WITNESS.vkey,))
    later = appended(unsealed(held), event, "ledger", recorded_at=datetime(2020, 1, 1, tzinfo=UTC))
    report = audit(later, as_of=AS_OF)
    assert report.ok
    assert found(report, "clock_went_back").position == len(later.rows)


def test_a_transaction_of_which_a_part_is_missing_is_an_error(held: HeldRecords) -> None:
    event = ledger.WitnessesNamed(occurred_on=None, keys=(WITNESS.vkey,))
    report = audit(appended(unsealed(held), event, "ledger", tx_size=2), as_of=AS_OF)
    assert codes(report) == {"transaction_incomplete"}


def test_a_tally_that_is_not_what_its_payments_add_up_to_is_an_error(held: HeldRecords) -> None:
    last = next(row[0] for row in reversed(held.rows) if row[3] == "dues.tallied/1")
    event = ledger.DuesTallied(
        occurred_on=None, month=Month(2021, 7), amount=fen(1), payments=1, refunds=0, first=last, last=len(held.rows)
    )
    report = audit(appended(unsealed(held), event, "ledger"), as_of=AS_OF)
    assert "tally_mismatch" in codes(report)


def test_an_event_of_a_month_that_has_not_come_is_an_error(held: HeldRecords) -> None:
    assert codes(audit(held, as_of=datetime(2021, 6, 30, tzinfo=UTC))) == {"month_in_the_future"}


def test_a_checkpoint_cosigned_before_the_month_of_a_header_is_an_error(held: HeldRecords) -> None:
    text, lines = split_note(held.notes[0])
    early = join_note(text, [*lines, cosign(text, WITNESS, int(datetime(2021, 3, 1, tzinfo=UTC).timestamp()))])
    report = audit(attrs.evolve(held, notes=(early, *held.notes[1:])), as_of=AS_OF)
    assert codes(report) == {"month_in_the_future"}


def test_a_checkpoint_by_a_stranger_is_none(held: HeldRecords) -> None:
    text, _ = split_note(held.notes[-1])
    stranger = NoteSigner(text.split("\n")[0], bytes(32))
    report = audit(attrs.evolve(held, notes=(*held.notes[:-1], join_note(text, [stranger.sign(text)]))), as_of=AS_OF)
    assert codes(report) == {"checkpoint_unsigned"}


def test_the_checkpoint_after_a_rotation_needs_the_old_keys_signature(held: HeldRecords) -> None:
    text, lines = split_note(held.notes[1])
    alone = join_note(text, [lines[1]])
    report = audit(attrs.evolve(held, notes=(held.notes[0], alone, held.notes[2])), as_of=AS_OF)
    assert codes(report) == {"checkpoint_unsigned"}


def test_a_signature_that_fails_is_an_error_even_beside_a_good_one(held: HeldRecords) -> None:
    text, lines = split_note(held.notes[1])
    cosigned = next(line for line in lines if WITNESS.name in line)
    spoilt = cosigned[:-8] + ("AAAA" if cosigned[-8:-4] != "AAAA" else "BBBB") + cosigned[-4:]
    notes = (held.notes[0], join_note(text, [*(line for line in lines if line != cosigned), spoilt]), held.notes[2])
    assert codes(audit(attrs.evolve(held, notes=notes), as_of=AS_OF)) == {"checkpoint_unsigned"}


def test_a_tree_that_was_changed_alone_is_told_from_events_that_were(held: HeldRecords) -> None:
    tiles = {**held.tiles, (0, 0): bytes(32) + held.tiles[0, 0][32:]}
    report = audit(attrs.evolve(held, tiles=MappingProxyType(tiles)), as_of=AS_OF)
    assert codes(report) == {"leaf_mismatch"}  # and no checkpoint fails: the events are those that were signed


def test_a_rule_that_recorded_history_breaks_is_a_warning_with_its_code(tmp_path: Path) -> None:
    (tmp_path / "kek").mkdir(mode=0o700)
    path = tmp_path / "a.ledger"
    with Ledger.create(path, name="永兴社区", kek_dir=tmp_path / "kek", clock=Clock()) as made:
        with made.transaction(by="staff:a") as tx:
            branch = tx.branches.establish("B1", name="党支部", kind="formal", on=date(2012, 6, 28))
            tx.cadres.register("C1", kind="retired", name="赵某", formal=branch)
        with made.transaction(by="office:import", lenient=True) as tx:
            for _ in range(2):
                tx.cadres["C1"].pay_dues(yuan(1), for_month=Month(2021, 7), on=date(2021, 7, 5))
        made.seal()
    report = audit(HeldRecords.of(path), as_of=AS_OF)
    assert report.ok
    assert codes(report, Severity.WARNING) == {"month_already_paid"}


def test_published_snapshots_are_taken_again_byte_for_byte(tmp_path: Path) -> None:
    path = make(tmp_path)
    with Ledger.open(path, kek_dir=tmp_path / "kek") as opened:
        early, late = opened.sealed.checkpoints()[0], opened.sealed.latest()
        snapshots = [opened.snapshot("2021-07", at=seal).to_json() for seal in (early, late)]
    with LedgerRecords.open(path, kek_dir=tmp_path / "kek") as records:
        assert audit(records, as_of=AS_OF, snapshots=snapshots).ok
        start = b'"key":"visits.made","kind":"flow","months":['
        changed = snapshots[1].replace(start, start + b"1")
        assert changed != snapshots[1]
        report = audit(records, as_of=AS_OF, snapshots=[changed])
        assert codes(report) == {"snapshot_mismatch"}
        assert "visits.made" in found(report, "snapshot_mismatch").message
        size, name = f'"size":{late.checkpoint.size},'.encode(), "永兴社区".encode()
        origin = json.dumps(early.checkpoint.origin).encode()
        for now, then, code, words in (
            (size, b'"size":0,', "snapshot_mismatch", "over no events"),
            (size, b'"size":99999,', "events_missing", "over 99999 events"),
            (origin, b'"another.example/log"', "snapshot_mismatch", "another ledger's"),
            (name, "别的社区".encode(), "snapshot_mismatch", ": name"),
        ):
            assert snapshots[1].count(now) == 1
            report = audit(records, as_of=AS_OF, snapshots=[snapshots[1].replace(now, then)])
            assert codes(report) == {code}
            assert words in found(report, code).message
        for wrong in (b"", b"{}", b'{"format":"snapshot/2"}', b"\xff"):
            with pytest.raises(InputError):
                audit(records, as_of=AS_OF, snapshots=[wrong])
        with pytest.raises(InputError):
            audit(records, as_of=AS_OF, held=[b"no checkpoint"])


def test_of_one_code_a_thousand_are_kept_and_the_rest_counted() -> None:
    rows: list[Row] = [(at, "ledger", at, "x/1", b"") for at in range(1, 2_502)]
    report = audit(HeldRecords(tuple(rows), ()), as_of=AS_OF)
    assert report.omitted["frame_damaged"] == 1_501
    assert not report.ok


def test_of_nothing_there_is_nothing_to_say_but_that() -> None:
    report = audit(HeldRecords((), ()), as_of=AS_OF)
    assert report.events == 0
    assert codes(report, Severity.WARNING) == {"never_sealed"}


def test_a_report_has_its_shape_for_programs(golden: Callable[[str, bytes], None]) -> None:
    report = Report(
        source="office.ledger",
        origin="yongxing.example/log",
        events=3,
        root=bytes(32),
        sealed=2,
        findings=(Finding(Severity.ERROR, "leaf_mismatch", "what", 2, "cadre:0", "hint"),),
        omitted=MappingProxyType({"leaf_mismatch": 5}),
    )
    golden("audit/report.json", json.dumps(report.json(), indent=1).encode())


def test_a_held_checkpoint_over_nothing_does_not_blind_the_audit(held: HeldRecords) -> None:
    empty = Checkpoint(held.notes[0].split(b"\n")[0].decode(), 0, tree_root(())).text
    note = join_note(empty, [NoteSigner(empty.split("\n")[0], bytes(32)).sign(empty)])
    report = audit(held, as_of=AS_OF, held=[note])
    assert report.sealed == len(held.rows)
    assert codes(report) == {"checkpoint_unsigned"}


def test_a_thousand_warnings_hide_no_error_of_their_code() -> None:
    findings = Findings()
    for position in range(1, 1_101):
        findings.warning("before_what_it_follows", "this lies before what it follows", position)
    findings.error("before_what_it_follows", "this lies before what it follows", 2_000)
    assert findings.has_errors()
    assert findings.omitted() == {"before_what_it_follows": 100}
    assert [each.position for each in findings.in_order()][:2] == [2_000, 1]
