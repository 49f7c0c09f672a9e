"""The floor: bare `sqlite3` with the recorder's table. It moves as many bytes as ours, and decides nothing."""

import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from workload import Entry

__all__ = ["Raw", "state_bytes"]

TABLE = """CREATE TABLE stored_events (originator_id TEXT, originator_version INTEGER, topic TEXT, state BLOB,
PRIMARY KEY (originator_id, originator_version))"""
TOPIC = "dues.received/1"


class Raw:
    """One file, one connection, and each person's last version in memory."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "raw.sqlite"
        self.blob_bytes = 0  # of each event from now on
        self._versions: dict[str, int] = {}
        self._connection = self._open()
        self._connection.execute(TABLE)

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        return connection

    def register(self, codes: Sequence[str]) -> None:
        """As `Books` says."""
        self._insert([code for code in codes for _ in range(2)])

    def record(self, entries: Sequence[Entry]) -> None:
        """As `Books` says, each person's rows read once."""
        for code in dict.fromkeys(entry.code for entry in entries):
            statement = "SELECT * FROM stored_events WHERE originator_id=? ORDER BY originator_version"
            self._connection.execute(statement, (_stream(code),)).fetchall()
        self._insert([entry.code for entry in entries])

    def figures(self) -> Mapping[str, int]:
        """Nothing, but every row is read."""
        for _ in self._connection.execute("SELECT rowid, * FROM stored_events ORDER BY rowid"):
            pass
        return {}

    def reopen(self) -> None:
        """As `Books` says."""
        self._connection.close()
        self._connection = self._open()

    def close(self) -> None:
        """As `Books` says."""
        self._connection.close()

    def _insert(self, codes: Sequence[str]) -> None:
        rows = []
        for code in codes:
            version = self._versions[code] = self._versions.get(code, 0) + 1
            rows.append((_stream(code), version, TOPIC, os.urandom(self.blob_bytes)))
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT INTO stored_events VALUES (?,?,?,?)", rows)
        self._connection.execute("COMMIT")


def _stream(code: str) -> str:
    return f"cadre:{code:0>32}"  # as long as ours


def state_bytes(path: Path, *, last: int) -> int:
    """The mean size of the ``last`` states in a file of stored events."""
    statement = "SELECT AVG(LENGTH(state)) FROM (SELECT state FROM stored_events ORDER BY rowid DESC LIMIT ?)"
    with closing(sqlite3.connect(path)) as connection:
        ((mean,),) = connection.execute(statement, (last,))
    return int(mean)
