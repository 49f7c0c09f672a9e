"""What a ledger's file keeps beside its events, changed by whoever holds it: it is found, and nothing is written."""

import os
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest
from tests.audit.ledgers import AS_OF, make

from cadreledger import Ledger, Month, StoreError, yuan
from cadreledger.audit import Finding, Severity, audit
from cadreledger.ledger import LedgerRecords
from cadreledger.queries.remark import CODES


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("made"))


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    copytree(made.parent, tmp_path / "copy")
    return tmp_path / "copy" / made.name


def change(place: Path, *statements: str) -> None:
    with closing(sqlite3.connect(place)) as file, file:
        for statement in statements:
            assert file.execute(statement).rowcount != 0, statement


def findings(place: Path) -> list[Finding]:
    with LedgerRecords.open(place, kek_dir=place.parent / "kek") as records:
        found = audit(records, as_of=AS_OF).findings
    return [each for each in found if each.code not in {"unsealed", *CODES}]


def test_as_it_was_written_there_is_nothing_to_find(place: Path) -> None:
    assert findings(place) == []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM transactions WHERE first=2",
        "UPDATE transactions SET recorded_at='2020-01-01T00:00:00.000000Z' WHERE first=1",
        "UPDATE transactions SET size=size+1 WHERE first=1",
        "UPDATE transactions SET tx='00000000000000000000000000000000' WHERE first=1",
        "UPDATE transactions SET first='one' WHERE first=1",
        "INSERT INTO transactions VALUES (x'00', 1, 1, '')",
        "INSERT INTO transactions VALUES ('0', 9999999, 1, '')",
        "INSERT INTO mentions VALUES ('cadre:0', 2)",
        "INSERT INTO mentions VALUES (5, 'two')",
    ],
)
def test_an_index_that_is_not_that_of_the_events_is_an_error(place: Path, statement: str) -> None:
    change(place, statement)
    assert [(found.code, found.severity) for found in findings(place)] == [("index_mismatch", Severity.ERROR)]


@pytest.fixture
def simple(tmp_path: Path) -> Path:
    """Two people, one of whom is mentioned by the branch; sealed twice by one key."""
    place = tmp_path / "a.ledger"
    (tmp_path / "kek").mkdir(mode=0o700)
    with Ledger.create(place, name="n", kek_dir=tmp_path / "kek") as ledger:
        with ledger.transaction(by="staff:a") as tx:
            branch = tx.branches.establish("B1", name="支部", kind="formal", on=date(2021, 5, 1))
            for code in ("C1", "C2"):
                tx.cadres.register(code, kind="retired", name=code, formal=branch)
                tx.cadres[code].pay_dues(yuan("100.00"), for_month=Month(2021, 5), on=date(2021, 5, 5))
        ledger.seal()
        with ledger.transaction(by="staff:a") as tx:
            branch = tx.branches["B1"]
            branch.remit_dues(yuan("200.00"), on=date(2021, 6, 1))
            branch.return_dues(share="0.70", base=yuan("200.00"), base_period="2021-05", on=date(2021, 6, 2))
            branch.spend(
                yuan("50.00"),
                use="hardship_aid",
                on=date(2021, 6, 3),
                decision="支委会",
                beneficiary=tx.cadres["C1"].stream,
            )
        ledger.seal()
    assert findings(place) == []
    return place


def test_two_mentions_that_were_swapped_are_found(simple: Path) -> None:
    people = "SELECT originator_id FROM stored_events WHERE topic='cadre.registered/1'"
    change(simple, f"UPDATE mentions SET stream=({people} AND originator_id<>mentions.stream)")
    assert [found.code for found in findings(simple)] == ["index_mismatch"]


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM tiles", "UPDATE tiles SET hashes=5", "UPDATE tiles SET hashes=substr(hashes, 1, 64) WHERE level=0"],
)
def test_a_tree_that_is_not_all_there_is_an_error_and_a_seal_makes_it_anew(place: Path, statement: str) -> None:
    change(place, statement)
    assert [found.code for found in findings(place)] == ["tree_incomplete"]
    with Ledger.open(place, kek_dir=place.parent / "kek") as ledger:
        ledger.seal()
    assert findings(place) == []


def test_with_tree_and_checkpoints_gone_the_one_beside_the_key_tells_that_it_was_sealed(simple: Path) -> None:
    change(simple, "DELETE FROM tiles", "DELETE FROM checkpoints")
    assert [found.code for found in findings(simple)] == ["tree_incomplete", "checkpoint_missing"]
    change(simple, "DELETE FROM stored_events WHERE rowid=(SELECT max(rowid) FROM stored_events)")
    assert "events_missing" in {found.code for found in findings(simple)}


def test_where_the_checkpoint_beside_the_key_is_another_that_is_an_error(place: Path) -> None:
    (beside,) = (place.parent / "kek").glob("*.checkpoint")
    beside.write_bytes(b"nothing of the kind")
    assert [found.code for found in findings(place)] == ["checkpoint_unsigned"]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
        "CREATE TRIGGER quietly AFTER INSERT ON stored_events BEGIN DELETE FROM mentions; END",
        "CREATE VIRTUAL TABLE words USING fts5(word)",
        "CREATE TABLE more (it TEXT)",
        "CREATE INDEX faster ON stored_events (originator_id, originator_version, topic, state)",
        "ALTER TABLE stored_events ADD COLUMN endless AS (zeroblob(300000000))",
    ],
)
@pytest.mark.parametrize("end", [".ledger", ".keys"])
def test_a_file_with_something_of_somebody_elses_in_it_is_not_opened(place: Path, statement: str, end: str) -> None:
    with closing(sqlite3.connect(place.with_suffix(end))) as file, file:
        mine = {
            "originator_id, originator_version, topic, state": "stream, key",
            "stored_events": "keys",
            "mentions": "rows",
        }
        for theirs in mine if end == ".keys" else ():
            statement = statement.replace(theirs, mine[theirs])
        file.execute(statement)
    if end == ".ledger":
        with pytest.raises(StoreError, match="tampered with"):
            LedgerRecords.open(place)
    else:
        with LedgerRecords.open(place, kek_dir=place.parent / "kek") as records:
            assert "tampered with" in records.why_no_keys


def test_a_table_whose_own_index_covers_it_is_not_ours(place: Path) -> None:
    """Its statement changed, SQLite would read histories from an index that may tell another story."""
    cover = "UNIQUE (originator_id, originator_version, topic, state))"
    with closing(sqlite3.connect(place)) as file, file:
        file.execute("PRAGMA writable_schema=ON")
        (sql,) = file.execute("SELECT sql FROM sqlite_master WHERE name='stored_events'").fetchone()
        file.execute("UPDATE sqlite_master SET sql=? WHERE name='stored_events'", (f"{sql[:-1]}, {cover}",))
    with pytest.raises(StoreError, match="tampered with"):
        LedgerRecords.open(place)


def test_statistics_that_somebody_had_sqlite_gather_are_no_harm(place: Path) -> None:
    with closing(sqlite3.connect(place)) as file, file:
        file.execute("ANALYZE")
    assert findings(place) == []


def test_a_row_larger_than_any_of_ours_is_damage_and_fills_no_memory(place: Path) -> None:
    change(place, "UPDATE stored_events SET state=zeroblob(300000000) WHERE rowid=5")
    assert ("store_unreadable", 5) in {(found.code, found.position) for found in findings(place)}


def test_an_audit_writes_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def seen() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in place.parent.rglob("*") if path.is_file()}

    before, access = seen(), os.access
    assert findings(place) == []
    assert seen() == before
    # as on a read-only disk
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK and access(path, mode))
    with LedgerRecords.open(place, kek_dir=place.parent / "kek") as records:
        assert audit(records, as_of=AS_OF).ok
        assert records.has_keys
        assert seen() == before  # not even a log beside it
    with Ledger.open(place, kek_dir=place.parent / "kek") as ledger:
        assert ledger.figures("2021")
        with pytest.raises(StoreError, match="may not be written"):
            ledger.run(lambda tx: tx.cadres["C000"].visit(reason="study", on=date(2021, 7, 9)), by="staff:a")
    assert seen() == before


def test_why_the_keys_are_not_at_hand_is_said(place: Path) -> None:
    (kek,) = (place.parent / "kek").glob("*.kek")
    kek.chmod(0o644)
    note = next(found for found in findings(place) if found.code == "personal_unchecked")
    assert "others can use" in note.message
