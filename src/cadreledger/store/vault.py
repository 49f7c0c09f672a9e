"""A key store's file and the KEK it is under, which another process may replace at any time.

Whatever opens is right: a wrapped secret names what it belongs to. What does not open is tried again under the KEK that
the store is under by then. Nothing is written without a look at it, with the write lock held.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Final, TypeVar

from cadreledger.errors import KeyStoreError
from cadreledger.store.kek import Random, next_kek, opens, read_kek, settle_kek, unwrap, wrap
from cadreledger.store.key_tables import KEY_STORE, message
from cadreledger.store.outside import Whereabouts
from cadreledger.store.place import LOCK_SECONDS, PRIMARY_CODE

__all__ = ["Vault"]

LOOKS_MAX: Final = 8  # for the KEK, each after another process replaced it while we were looking
SHED_SECONDS: Final = 1  # how long to wait for other connections; the next one who opens the store tries again
NOT_NOW: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL)

T = TypeVar("T")
Parameter = str | bytes | None


class Vault:
    """The connection, its lock, and the KEK in memory. Every method raises KeyStoreError; threads may share it."""

    def __init__(
        self, connection: sqlite3.Connection, store_id: str, kek_file: Path, place: Whereabouts, random: Random
    ) -> None:
        """Takes the KEK from ``kek_file``, or from the one that is about to take its place.

        Raises KeyStoreError if it cannot be read, or does not open the store.
        """
        self.store_id = store_id
        self.kek_file = kek_file
        self.place = place
        self.random = random
        self._connection = connection
        self._lock = RLock()  # so that no thread reads what another one has not committed
        self._kek = b""
        self.reload()
        self.ledger_key = self.fresh(lambda: self.secret("ledger_key")) or b""

    @property
    def kek(self) -> bytes:
        """The KEK as last seen. Inside a transaction it is the store's."""
        return self._kek

    def close(self) -> None:
        """Close the file; the last connection to it takes its ``-wal`` and ``-shm`` away."""
        with self._lock:  # SQLite does not survive losing a connection that another thread is using
            self._connection.close()

    # --- reading

    def row(self, statement: str, *parameters: Parameter) -> sqlite3.Row | None:
        """The first row found, if there is one."""
        return next(iter(self.rows(statement, *parameters)), None)

    def rows(self, statement: str, *parameters: Parameter) -> list[sqlite3.Row]:
        """All rows found."""
        with self._lock, KEY_STORE.translated():
            return self._connection.execute(statement, parameters).fetchall()

    def secret(self, name: str) -> bytes | None:
        """A secret of the store itself, by its name; None if there is none of it."""
        found = self.row("SELECT value FROM store WHERE name=?", name)
        return None if found is None else self.unwrap(found[0], name, self.store_id)

    def unwrap(self, wrapped: bytes, *identity: str) -> bytes:
        """What is wrapped under the KEK."""
        return unwrap(self._kek, wrapped, message(*identity))

    def fresh(self, read: Callable[[], T]) -> T:
        """What ``read`` gives; it is asked again where something did not open and the KEK turns out to be another."""
        while True:
            before = self._kek
            try:
                return read()
            except KeyStoreError:
                if not self.replaced_since(before):
                    raise

    # --- writing

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, with the write lock held, and with the KEK that the store is under."""
        with self._lock, KEY_STORE.translated(), self._connection:  # commits, or rolls back
            self._connection.execute("BEGIN IMMEDIATE")
            self.reload()  # nothing is ever wrapped under a KEK that was replaced
            yield

    def write(self, statement: str, rows: Sequence[tuple[Parameter, ...]]) -> None:
        """Inside a transaction: carry out ``statement`` for each of ``rows``."""
        self._connection.executemany(statement, rows)

    def each(self, statement: str) -> Iterator[sqlite3.Row]:
        """Inside a transaction: rows one by one, however many there are."""
        yield from self._connection.execute(statement)

    def put(self, name: str, secret: bytes) -> None:
        """Inside a transaction: keep a secret of the store itself under ``name``."""
        wrapped = wrap(self._kek, secret, message(name, self.store_id), self.random)
        self.write("INSERT OR REPLACE INTO store VALUES (?,?)", [(name, wrapped)])

    def upgrade(self, change: Callable[[sqlite3.Connection, bytes], None]) -> None:
        """Bring a file of an older format up to date by ``change``, which is given the connection and the KEK."""
        (version,) = self.rows("PRAGMA user_version")[0]
        if version < KEY_STORE.user_version:
            with self.transaction():
                change(self._connection, self._kek)

    # --- the KEK

    def reload(self) -> bool:
        """Take the KEK that the store is under. False: it is the one at hand. Raises KeyStoreError if none is."""
        with self._lock:
            if self._opens(self._kek):
                return False
            for _ in range(LOOKS_MAX):
                # The next one first: it is there from before the store is under it until it has the other one's place.
                with suppress(KeyStoreError):  # mostly there is none
                    if self._take(read_kek(next_kek(self.kek_file))):
                        return True
                if self._take(read_kek(self.kek_file)):
                    return True
        raise KeyStoreError(
            f"the key-encrypting key at {self.kek_file} does not open the key store",
            hint="One of the two is damaged or from another time: restore both from one backup.",
        )

    def replaced_since(self, kek: bytes) -> bool:
        """Whether the KEK is another one than ``kek`` by now, whoever noticed: this call, or another thread before."""
        return self.reload() or self._kek != kek

    def settle(self) -> None:
        """Leave one KEK file, the store's: finish, or undo, what another process had no time for.

        Raises KeyStoreError in a copy, which may be under another one.
        """
        if next_kek(self.kek_file).exists():
            self.place.check()
            with self.transaction():
                self.settle_inside()

    def settle_inside(self) -> None:
        """The same inside a transaction that has not written anything yet: no other process is replacing the KEK."""
        settle_kek(self.kek_file, self._kek, self.random)

    def shed(self) -> bool:
        """Leave no old page in the file or in its log. False: another connection or a full disk is in the way now."""
        with self._lock, KEY_STORE.translated():
            self._connection.execute(f"PRAGMA busy_timeout={SHED_SECONDS * 1000}")
            try:
                self._connection.execute("VACUUM")
                (busy, _, _) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & PRIMARY_CODE not in NOT_NOW:
                    raise
                return False
            finally:
                self._connection.execute(f"PRAGMA busy_timeout={LOCK_SECONDS * 1000}")
            return not busy

    def _take(self, kek: bytes) -> bool:
        if not self._opens(kek):
            return False
        self._kek = kek
        return True

    def _opens(self, kek: bytes) -> bool:
        found = self.row("SELECT value FROM store WHERE name='ledger_key'")
        return found is not None and opens(kek, found[0], message("ledger_key", self.store_id))
