"""The recorder keeps eventsourcing's own contract, with text ids."""

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any
from unittest import TestCase
from uuid import uuid4

import pytest
from eventsourcing.persistence import IntegrityError, InterfaceError, StoredEvent

from cadreledger.store.sqlite import LedgerDatastore, LedgerRecorder

with pytest.MonkeyPatch.context() as patch:
    # The contract's module also tests ciphers, with a library that neither it nor we need for recorders.
    cipher = ModuleType("eventsourcing.cipher")
    vars(cipher).update(AESCipher=object)
    patch.setitem(sys.modules, "eventsourcing.cipher", cipher)
    from eventsourcing.tests.persistence import AggregateRecorderTestCase, ApplicationRecorderTestCase


class _AsAggregateRecorder(LedgerRecorder):
    """The contract of a recorder without positions wants None where ours gives positions."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:  # noqa: ANN401 - as its base
        super().insert_events(stored_events, **kwargs)


class _TextIds(TestCase):
    recorder_class: type[LedgerRecorder] = LedgerRecorder

    def new_originator_id(self) -> str:
        return f"cadre:{uuid4().hex}"

    def create_recorder(self) -> LedgerRecorder:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = Path(folder.name, "events")
        path.touch()
        datastore = LedgerDatastore(path)
        self.addCleanup(datastore.close)
        recorder = self.recorder_class(datastore)
        recorder.create_table()
        return recorder


class TestAggregateRecorder(_TextIds, AggregateRecorderTestCase):
    recorder_class = _AsAggregateRecorder


class TestApplicationRecorder(_TextIds, ApplicationRecorderTestCase[LedgerRecorder]):
    pass


# The test cases themselves are abstract: pytest is not to collect them from here.
del AggregateRecorderTestCase, ApplicationRecorderTestCase


def test_a_failed_commit_leaves_no_open_transaction_to_the_next_user(tmp_path: Path) -> None:
    path = tmp_path / "events"
    path.touch()
    with closing(LedgerDatastore(path)) as datastore:
        with datastore.get_connection(commit=True) as connection:
            connection.cursor().execute("PRAGMA foreign_keys=ON")
            connection.cursor().execute("CREATE TABLE a (id INTEGER PRIMARY KEY)")
            # A deferred constraint is one way to make COMMIT itself fail and leave the transaction open.
            connection.cursor().execute("CREATE TABLE b (a INTEGER REFERENCES a DEFERRABLE INITIALLY DEFERRED)")
        for _ in range(2):
            with pytest.raises(IntegrityError, match="FOREIGN KEY"), datastore.transaction(commit=True) as cursor:
                cursor.execute("INSERT INTO b VALUES (1)")
        with datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT COUNT(*) FROM b")
            assert tuple(cursor.fetchone()) == (0,)


def test_what_is_acknowledged_is_synced(tmp_path: Path) -> None:
    path = tmp_path / "events"
    path.touch()
    with closing(LedgerDatastore(path)) as datastore, datastore.transaction(commit=False) as cursor:
        cursor.execute("PRAGMA synchronous")
        full = 2
        assert cursor.fetchone()[0] == full
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone()[0] == "wal"


def test_no_file_is_made_by_looking_for_one(tmp_path: Path) -> None:
    path = tmp_path / "100% #1?mode=memory :memory:"  # every character that could mean something in a URI
    with closing(LedgerDatastore(path)) as datastore:
        with pytest.raises(InterfaceError), datastore.transaction(commit=False):
            pass
        assert not path.exists()
        path.touch()
        with datastore.transaction(commit=True) as cursor:
            cursor.execute("CREATE TABLE here (x)")
    assert path.stat().st_size > 0
