"""The recorder: eventsourcing's for SQLite, with fewer round trips and two indexes of our own.

Its table ``stored_events`` is untouched, so that any tool for it reads a ledger. The indexes are written in
the same SQLite transaction as the events.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Condition
from typing import Final

import attrs
from eventsourcing.persistence import ConnectionPoolClosedError, StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
)

from cadreledger.errors import ConflictError
from cadreledger.store.place import LOCK_SECONDS, bound, database_uri

__all__ = ["TABLES", "LedgerDatastore", "LedgerRecorder", "Transaction", "add_missing_tables"]

TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS stored_events (
    originator_id TEXT, originator_version INTEGER, topic TEXT, state BLOB,
    PRIMARY KEY (originator_id, originator_version))""",  # the base class's, as this release fixed it
    """CREATE TABLE IF NOT EXISTS transactions (
    tx TEXT PRIMARY KEY, first INTEGER NOT NULL, size INTEGER NOT NULL, recorded_at TEXT NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS mentions (
    stream TEXT, position INTEGER, PRIMARY KEY (stream, position)) WITHOUT ROWID""",
    # as many hashes as the tile has got so far, 32 bytes each; C2SP tlog-tiles
    """CREATE TABLE IF NOT EXISTS tiles (
    level INTEGER, number INTEGER, hashes BLOB NOT NULL, PRIMARY KEY (level, number))""",
    """CREATE TABLE IF NOT EXISTS checkpoints (
    size INTEGER PRIMARY KEY, note BLOB NOT NULL, sealed_at TEXT NOT NULL)""",
)
_VERSION: Final = "SELECT COALESCE(MAX(originator_version), 0) FROM stored_events WHERE originator_id=?"


@attrs.frozen
class Transaction:
    """What is recorded beside the events of one transaction, and what it rests on."""

    tx: str
    recorded_at: str
    mentions: tuple[tuple[str, int], ...]  # (stream, which event of the transaction, from 0)
    unchanged: Mapping[str, int]  # stream -> its version when it was read
    before_commit: Callable[[], None]  # what it raises rolls everything back
    follows: int | None = None  # the position that the first event must come right after


class _Pool(SQLiteConnectionPool):
    reading = False

    def _create_connection(self) -> SQLiteConnection:
        connection = super()._create_connection()
        connection.cursor().execute("PRAGMA synchronous=FULL")  # what was acknowledged outlives a power cut
        bound(connection.cursor().sqlite_cursor.connection, reading=self.reading)
        return connection


class LedgerDatastore(SQLiteDatastore):
    """Connections to the existing file at ``path``: text ids, WAL, each commit synced; ``reading``: it stays as is."""

    def __init__(self, path: Path, *, reading: bool = False) -> None:
        self._users = 0
        self._closing = False
        self._idle = Condition()
        super().__init__("", originator_id_type="text")
        self.pool = _Pool(db_name=database_uri(path), lock_timeout=LOCK_SECONDS, pool_timeout=LOCK_SECONDS)
        self.pool.reading = reading
        self.pool.is_journal_mode_wal = reading  # then it is left as it is

    @contextmanager
    def get_connection(self, *, commit: bool) -> Iterator[SQLiteConnection]:
        """A connection for one use, as in the base class."""
        with self._in_use(), super().get_connection(commit=commit) as connection:
            try:
                yield connection
            except BaseException:
                with suppress(sqlite3.Error):  # a failed COMMIT leaves its transaction open: nobody is to inherit it
                    connection.rollback()
                raise

    def close(self) -> None:
        """Let no new user in, wait for those inside, then close every connection.

        The base class closes under the feet of other threads, and SQLite then takes the whole process down.
        """
        with self._idle:
            self._closing = True
            self._idle.wait_for(lambda: self._users == 0)
        super().close()

    @contextmanager
    def _in_use(self) -> Iterator[None]:
        with self._idle:
            if self._closing:
                raise ConnectionPoolClosedError
            self._users += 1
        try:
            yield
        finally:
            with self._idle:
                self._users -= 1
                self._idle.notify_all()


class LedgerRecorder(SQLiteApplicationRecorder):
    """Takes a ``transaction`` with the events of one ``insert_events``; without one, only the events are recorded."""

    def construct_create_table_statements(self) -> list[str]:
        """All of them: a file with any other is not opened."""
        return list(TABLES)

    def _insert_events(
        self,
        c: SQLiteCursor,
        stored_events: Sequence[StoredEvent],
        *,
        transaction: Transaction | None = None,
        **_: object,
    ) -> Sequence[int]:
        """Insert first: so the deferred BEGIN takes the write lock at once, and waits for it."""
        rows = [(event.originator_id, event.originator_version, event.topic, event.state) for event in stored_events]
        if not rows:
            return []
        c.executemany(self.insert_events_statement, rows)
        # SQLite numbers rows from the highest on; nobody else can write before we commit.
        c.execute(self.select_max_notification_id_statement)
        last: int = c.fetchone()[0]
        positions = range(last + 1 - len(rows), last + 1)
        if transaction is not None:
            if transaction.follows not in {None, positions.start - 1}:
                raise ConflictError("somebody else recorded in between", hint="Read what is new and decide anew.")
            _check_unchanged(c, transaction.unchanged)
            _index(c, positions, transaction)
            transaction.before_commit()
        return list(positions)


def add_missing_tables(connection: sqlite3.Connection) -> None:
    """Give the file of an older release the tables that came later; ``connection`` is outside a transaction."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name='checkpoints'").fetchone() is None:
        connection.executescript(";".join(["BEGIN IMMEDIATE", *TABLES, "COMMIT"]))


def _check_unchanged(c: SQLiteCursor, unchanged: Mapping[str, int]) -> None:
    for stream, version in unchanged.items():
        c.execute(_VERSION, (stream,))
        found: int = c.fetchone()[0]
        if found != version:
            raise ConflictError(
                "a stream that the decision rests on has changed",
                f"version {version}",
                f"version {found}",
                "Read it again and decide anew.",
                stream,
            )


def _index(c: SQLiteCursor, positions: range, transaction: Transaction) -> None:
    row = (transaction.tx, positions.start, len(positions), transaction.recorded_at)
    c.execute("INSERT INTO transactions VALUES (?,?,?,?)", row)
    mentions = [(stream, positions[index]) for stream, index in transaction.mentions]
    c.executemany("INSERT INTO mentions VALUES (?,?)", mentions)
