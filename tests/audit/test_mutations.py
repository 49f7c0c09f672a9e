"""Whatever is changed in a sealed ledger is found, at its place, and no change brings the audit down."""

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from shutil import copy
from types import MappingProxyType

import attrs
import pytest
from tests.audit.ledgers import AS_OF, HeldRecords, make

from cadreledger.audit import Report, Row, Severity, audit
from cadreledger.errors import StoreError
from cadreledger.ledger import LedgerRecords
from cadreledger.queries.remark import CODES
from cadreledger.sealing import Frame, decode_frame, encode_frame

MUTATIONS = 1_800
FILES = 150

Change = Callable[[random.Random, list[Row]], set[int]]
"""Changes rows in place; the positions of which one at least must be named."""


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("sealed"))


@pytest.fixture(scope="module")
def held(sealed: Path) -> HeldRecords:
    return HeldRecords.of(sealed)


def two(rng: random.Random, rows: list[Row]) -> tuple[int, int]:
    one, other = rng.sample(range(len(rows)), 2)
    return one, other


def flip(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) * 8)
    changed = bytearray(data)
    changed[at // 8] ^= 1 << (at % 8)
    return bytes(changed)


def personal_bytes(row: Row) -> int:
    return len(decode_frame(row[4]).personal)


def a_bit_flips(rng: random.Random, rows: list[Row]) -> set[int]:
    at = rng.randrange(len(rows))
    position, stream, version, topic, state = rows[at]
    rows[at] = (position, stream, version, topic, flip(rng, state))
    return {position}


def a_type_changes(rng: random.Random, rows: list[Row]) -> set[int]:
    at = rng.randrange(len(rows))
    position, stream, version, topic, state = rows[at]
    other = rng.choice([name for name in ("visit.made/1", "void/1", "", "noted/1") if name != topic])
    rows[at] = (position, stream, version, other, state)
    return {position}


def a_version_changes(rng: random.Random, rows: list[Row]) -> set[int]:
    at = rng.randrange(len(rows))
    position, stream, version, topic, state = rows[at]
    rows[at] = (position, stream, version + rng.choice([-1, 1, 1000]), topic, state)
    return {position}


def a_stream_changes(rng: random.Random, rows: list[Row]) -> set[int]:
    one, other = two(rng, rows)
    position, stream, version, topic, state = rows[one]
    rows[one] = (position, rows[other][1] if rows[other][1] != stream else "branch:B2", version, topic, state)
    return {position}


def two_change_bytes(rng: random.Random, rows: list[Row]) -> set[int]:
    one, other = two(rng, rows)
    first, second = rows[one], rows[other]
    rows[one], rows[other] = (*first[:4], second[4]), (*second[:4], first[4])
    return {first[0], second[0]}


def two_change_places(rng: random.Random, rows: list[Row]) -> set[int]:
    one, other = two(rng, rows)
    first, second = rows[one], rows[other]
    rows[one], rows[other] = (second[0], *first[1:]), (first[0], *second[1:])
    return {first[0], second[0]}


def one_is_deleted(rng: random.Random, rows: list[Row]) -> set[int]:
    return {rows.pop(rng.randrange(len(rows)))[0]}


def the_tail_is_cut(rng: random.Random, rows: list[Row]) -> set[int]:
    at = rng.randrange(len(rows))
    del rows[at:]
    return {at + 1}


def one_comes_twice(rng: random.Random, rows: list[Row]) -> set[int]:
    _, stream, version, topic, state = rng.choice(rows)
    rows.append((len(rows) + 1, stream, version + 1000, topic, state))
    return {len(rows)}


def one_goes_far_away(rng: random.Random, rows: list[Row]) -> set[int]:
    at = rng.randrange(len(rows))
    position = rows[at][0]
    rows[at] = (rng.choice([-position, 0, 10**6, 10**12]), *rows[at][1:])
    return {position}


def two_people_change_locked_words(rng: random.Random, rows: list[Row]) -> set[int]:
    one, other = rng.sample([at for at, row in enumerate(rows) if personal_bytes(row)], 2)
    first, second = decode_frame(rows[one][4]), decode_frame(rows[other][4])
    for at, mine, theirs in ((one, first, second), (other, second, first)):
        rows[at] = (*rows[at][:4], encode_frame(Frame(mine.header, mine.internal, theirs.personal)))
    return {rows[one][0], rows[other][0]}


def two_change_internal_sections(rng: random.Random, rows: list[Row]) -> set[int]:
    one, other = two(rng, rows)
    frame, theirs = decode_frame(rows[one][4]), decode_frame(rows[other][4])
    rows[one] = (*rows[one][:4], encode_frame(Frame(frame.header, theirs.internal, frame.personal)))
    return {rows[one][0]}


CHANGES: tuple[Change, ...] = (
    a_bit_flips,
    a_type_changes,
    a_version_changes,
    a_stream_changes,
    two_change_bytes,
    two_change_places,
    one_is_deleted,
    the_tail_is_cut,
    one_comes_twice,
    one_goes_far_away,
    two_people_change_locked_words,
    two_change_internal_sections,
)


def named(report: Report) -> set[int]:
    return {finding.position for finding in report.findings if finding.severity is Severity.ERROR}


def not_locked_for_ever(held: HeldRecords) -> HeldRecords:
    """Without the locked words of the person who was erased: nobody can tell noise from other noise."""
    erased = next(row[1] for row in held.rows if row[3] == "subject.erased/1")
    rows = [
        row
        if row[1] != erased
        else (*row[:4], encode_frame(Frame(decode_frame(row[4]).header, decode_frame(row[4]).internal)))
        for row in held.rows
    ]
    return attrs.evolve(held, rows=tuple(rows))


def test_an_untouched_ledger_has_no_findings(held: HeldRecords) -> None:
    report = audit(held, as_of=AS_OF)
    assert {found.code for found in report.findings} <= CODES.keys()
    assert report.ok
    assert report.sealed == report.events == len(held.rows)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: str(change.__name__))
def test_every_change_is_found_at_its_place(held: HeldRecords, change: Change) -> None:
    base = not_locked_for_ever(held)
    rng = random.Random(change.__name__)
    for _ in range(MUTATIONS // len(CHANGES)):
        rows = list(base.rows)
        positions = change(rng, rows)
        report = audit(attrs.evolve(base, rows=tuple(rows)), as_of=AS_OF)
        assert not report.ok
        assert named(report) & positions


def test_an_older_copy_is_found_by_a_checkpoint_that_somebody_holds(held: HeldRecords) -> None:
    for size in range(1, len(held.rows)):
        older = attrs.evolve(held, rows=held.rows[:size], notes=(), tiles=MappingProxyType({}))
        report = audit(older, as_of=AS_OF, held=[held.notes[-1]])
        assert size + 1 in named(report)


def test_a_history_written_anew_is_found_by_its_missing_signature(held: HeldRecords, tmp_path: Path) -> None:
    other = HeldRecords.of(make(tmp_path))  # the same entries, another key, another tree
    report = audit(other, as_of=AS_OF, held=[held.notes[-1]])
    assert {"checkpoint_unsigned"} <= {finding.code for finding in report.findings}


def test_the_locked_words_of_an_erased_person_cannot_be_checked_any_more(held: HeldRecords) -> None:
    erased = next(row[1] for row in held.rows if row[3] == "subject.erased/1")
    at = next(at for at, row in enumerate(held.rows) if row[1] == erased and personal_bytes(row))
    frame = decode_frame(held.rows[at][4])
    rows = list(held.rows)
    rows[at] = (
        *rows[at][:4],
        encode_frame(Frame(frame.header, frame.internal, flip(random.Random(1), frame.personal))),
    )
    assert audit(attrs.evolve(held, rows=tuple(rows)), as_of=AS_OF).ok


def copies(sealed: Path, folder: Path, count: int) -> Iterator[tuple[random.Random, Path]]:
    for number in range(count):
        path = folder / f"{number}.ledger"
        copy(sealed, path)
        copy(sealed.with_suffix(".keys"), path.with_suffix(".keys"))
        yield random.Random(number), path
        path.unlink()


def audited(path: Path, kek: Path) -> Report | None:
    """The report; None where the file is no ledger any more."""
    try:
        with LedgerRecords.open(path, kek_dir=kek) as records:
            return audit(records, as_of=AS_OF)
    except StoreError:
        return None


def test_a_file_changed_by_sql_is_found_out(sealed: Path, tmp_path: Path) -> None:
    changes = (
        "UPDATE stored_events SET state=zeroblob(40) WHERE rowid=:one",
        "UPDATE stored_events SET state='text' WHERE rowid=:one",
        "UPDATE stored_events SET state=NULL WHERE rowid=:one",
        "UPDATE stored_events SET topic=NULL WHERE rowid=:one",
        "UPDATE stored_events SET originator_version='one' WHERE rowid=:one",
        "UPDATE stored_events SET originator_version=NULL WHERE rowid=:one",
        "UPDATE stored_events SET originator_id=NULL WHERE rowid=:one",
        "UPDATE stored_events SET originator_id=x'00' WHERE rowid=:one",
        "UPDATE stored_events SET rowid=-rowid WHERE rowid=:one",
        "DELETE FROM stored_events WHERE rowid>=:one",
        "DELETE FROM stored_events WHERE rowid=:one",
        "UPDATE tiles SET hashes=zeroblob(length(hashes))",
        "UPDATE tiles SET hashes=substr(hashes, 33) WHERE level=0",
        "UPDATE checkpoints SET note=zeroblob(9)",
    )
    for rng, path in copies(sealed, tmp_path, FILES):
        with closing(sqlite3.connect(path)) as file, file:
            last = file.execute("SELECT MAX(rowid) FROM stored_events").fetchone()[0]
            file.execute(rng.choice(changes), {"one": rng.randint(1, last)})
        report = audited(path, sealed.parent / "kek")
        assert report is None or not report.ok


def test_a_file_with_a_flipped_bit_never_brings_the_audit_down(sealed: Path, tmp_path: Path) -> None:
    for rng, path in copies(sealed, tmp_path, FILES):
        data = bytearray(path.read_bytes())
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(data)
        audited(path, sealed.parent / "kek")  # a bit of a free page is nobody's
