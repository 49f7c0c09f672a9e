"""Each thing that is done so that a destroyed key comes back from nowhere, looked at on its own, on the disk."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from secrets import token_bytes

import pytest
from tests.store.test_erasing import GONE, Office

from cadreledger.errors import KeyStoreError
from cadreledger.store.kek import next_kek, write_kek


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def connected(office: Office) -> sqlite3.Connection:
    return sqlite3.connect(office.folder / "a.keys", isolation_level=None)


def wrapped(office: Office) -> list[bytes]:
    """Every key in the store as it is wrapped now, and the code of who will be gone."""
    with closing(connected(office)) as store:
        keys = [bytes(key) for (key,) in store.execute("SELECT key FROM keys")]
        return [*keys, *(bytes(code) for (code,) in store.execute("SELECT code FROM keys WHERE stream=?", (GONE,)))]


def rows(office: Office) -> set[bytes]:
    with closing(connected(office)) as store:
        return {bytes(entry) for (entry,) in store.execute("SELECT entry FROM rows")}


def on_disk(office: Office) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(office.folder.glob("a.keys*")))


def left(office: Office) -> int:
    """How many erasures are noted as not finished."""
    with closing(connected(office)) as store:
        (count,) = store.execute("SELECT count(*) FROM erasing").fetchone()
        return int(count)


def test_the_old_kek_is_overwritten_where_it_lies(office: Office) -> None:
    descriptor = os.open(office.kek_file, os.O_RDONLY)  # as whoever reads the blocks of a deleted file does
    office.erase()
    assert office.kek not in os.pread(descriptor, 4096, 0)
    os.close(descriptor)
    assert office.kek_file.read_bytes() != office.kek


def test_a_next_kek_that_nothing_came_under_is_overwritten_before_it_goes(office: Office) -> None:
    abandoned = token_bytes(32)
    write_kek(next_kek(office.kek_file), abandoned)
    descriptor = os.open(next_kek(office.kek_file), os.O_RDONLY)
    office.erase()
    assert abandoned not in os.pread(descriptor, 4096, 0)
    os.close(descriptor)
    assert not next_kek(office.kek_file).exists()


def test_nothing_that_was_wrapped_under_the_old_kek_stays_in_the_file(office: Office) -> None:
    before = wrapped(office)
    office.erase()
    assert [part for part in before if part in on_disk(office)] == []
    assert GONE.encode() not in on_disk(office)


def test_the_log_is_emptied_though_somebody_else_has_the_file_open(office: Office) -> None:
    before = wrapped(office)
    with closing(connected(office)) as idle:
        idle.execute("SELECT count(*) FROM keys").fetchall()
        office.erase()
        assert [part for part in before if part in on_disk(office)] == []
        assert left(office) == 0


def test_while_somebody_reads_an_old_page_the_erasure_is_not_called_finished(office: Office) -> None:
    before = wrapped(office)
    with closing(connected(office)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT key FROM keys").fetchall()
        office.erase()
        assert left(office) == 1
    with office.open() as store:
        assert store.key_of(GONE) is None
    assert left(office) == 0
    assert [part for part in before if part in on_disk(office)] == []


def test_the_rows_under_the_key_go_with_it_and_no_others(office: Office) -> None:
    before = rows(office)
    office.erase()
    gone = before - rows(office)
    assert len(gone) == 2
    assert rows(office) < before
    assert [entry for entry in gone if entry in on_disk(office)] == []


def test_nothing_is_begun_where_the_kek_could_not_be_replaced(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may write anywhere: the look at the folder is what the test holds back."""
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path) != office.kek_file.parent)
    with office.open() as store, pytest.raises(KeyStoreError, match="cannot be replaced"):
        store.begin_erasing(GONE)
    assert left(office) == 0
