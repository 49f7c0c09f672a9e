"""Writing a bundle: whole or not at all, never over something else."""

import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from tests.export.ledgers import build, opened, trust

from cadreledger import StoreError
from cadreledger.audit.bundle import verify_bundle
from cadreledger.export import write_bundle
from cadreledger.sealing import decode_frame, encode_frame


def test_a_bundle_is_the_same_each_time_and_for_few_eyes(sealed: Path, tmp_path: Path) -> None:
    with opened(sealed) as ledger:
        one, other = (write_bundle(ledger, tmp_path / name) for name in ("one", "other"))
        size = ledger.sealed.latest().size
    assert one.path.read_bytes() == other.path.read_bytes()
    assert (one.size, one.length) == (size, one.path.stat().st_size)
    assert stat.S_IMODE(one.path.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "other"]


def test_what_is_not_sealed_is_not_in_it(tmp_path: Path) -> None:
    with opened(build(tmp_path, 1)) as ledger:
        before = write_bundle(ledger, tmp_path / "bundle")
        ledger.name_witnesses([], by="office:keys")
        after = write_bundle(ledger, tmp_path / "bundle")  # over the older one
    assert after == before
    assert verify_bundle(tmp_path / "bundle", trust()).ok


def test_a_ledger_that_was_never_sealed_has_none(tmp_path: Path) -> None:
    with opened(build(tmp_path, 0)) as ledger, pytest.raises(StoreError) as caught:
        write_bundle(ledger, tmp_path / "bundle")
    assert caught.value.what == "this ledger was never sealed"
    assert not (tmp_path / "bundle").exists()


def test_something_else_is_never_replaced(sealed: Path, tmp_path: Path) -> None:
    copy = tmp_path / "other.ledger"
    shutil.copy(sealed, copy)
    data = copy.read_bytes()
    with opened(sealed) as ledger:
        for out in (copy, tmp_path, tmp_path / "no" / "folder", Path("zero\0byte")):
            with pytest.raises(StoreError):
                write_bundle(ledger, out)
    assert copy.read_bytes() == data
    assert [path.name for path in tmp_path.iterdir()] == ["other.ledger"]


def test_a_ledger_that_is_not_as_it_was_sealed_gives_none(tmp_path: Path) -> None:
    path = build(tmp_path, 2)
    with closing(sqlite3.connect(path)) as file, file:
        (state,) = file.execute("SELECT state FROM stored_events WHERE rowid=3").fetchone()
        frame = decode_frame(state)
        changed = encode_frame(frame._replace(header=frame.header.replace(b'"kind":"retired"', b'"kind":"veteran"')))
        assert changed != state
        file.execute("UPDATE stored_events SET state=? WHERE rowid=3", (changed,))
    with opened(path) as ledger, pytest.raises(StoreError) as caught:
        write_bundle(ledger, tmp_path / "bundle")
    assert caught.value.what == "the ledger is not the one that was sealed"
    assert not [path for path in tmp_path.iterdir() if "bundle" in path.name]
