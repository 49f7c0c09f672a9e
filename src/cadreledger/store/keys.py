"""The key store: one key a person, and all that ties their stream to the office's world. It dies with the key.

Tables, all in one SQLite file apart from the ledger:

- ``store``: the store's id; the ledger key and the signing seed, wrapped under the KEK.
- ``keys``: a stream's key, wrapped under the KEK; its code, wrapped under that key; the code's digest.
- ``requests``: digest of an idempotency key -> the transaction it led to.
- ``rows``: digest of a row of an intake workbook, under its subject's key -> where it was recorded, under that key.
- ``seen``: digest of such a row, under the ledger key: that it has been seen, under whomsoever.

Digests are HMAC-SHA256 over a label, 0x00 and the text; nobody without the KEK can link a code to a stream,
or find either by trying all.
"""

import hmac
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from secrets import token_bytes
from threading import RLock
from types import MappingProxyType
from typing import Final, Self

import attrs

from cadreledger.errors import ConflictError, InputError, KeyStoreError
from cadreledger.store.kek import KEY_BYTES, Random, kek_path, making_kek, read_kek, unwrap, wrap
from cadreledger.store.place import LOCK_SECONDS, FileKind, database_uri

__all__ = ["KeyStore", "NewKey", "NewRow", "RowEntry"]

KEY_STORE: Final = FileKind(0x4341444B, 1, "key store", KeyStoreError)  # "CADK"
_STORE_ID: Final = re.compile(r"[0-9a-f]{32}\Z", re.ASCII)
_STORE_ID_BYTES: Final = 16
_SECRETS: Final = ("ledger_key", "signing_seed")
_TABLES: Final = (
    "CREATE TABLE store (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE keys (stream TEXT PRIMARY KEY, key BLOB NOT NULL, code BLOB, digest BLOB UNIQUE) WITHOUT ROWID",
    "CREATE TABLE requests (digest BLOB PRIMARY KEY, tx TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE rows (digest BLOB PRIMARY KEY, entry BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE seen (digest BLOB PRIMARY KEY) WITHOUT ROWID",
)
_NO_REQUESTS: Final[Mapping[str, str]] = MappingProxyType({})


@attrs.frozen
class NewKey:
    """A stream's key (32 random bytes) and the office's code for the person; None: a branch, named by its code."""

    stream: str
    key: bytes = attrs.field(repr=False)
    code: str | None = attrs.field(repr=False)


@attrs.frozen
class RowEntry:
    """Where a row was recorded (if its transaction committed after all), and the fingerprint of what it said.

    ``before``: where it had been recorded until then, which holds on if that transaction was cut off.
    """

    tx: str
    stream: str
    version: int
    fingerprint: bytes
    before: "RowEntry | None" = None


@attrs.frozen
class NewRow:
    """A row of an intake register, and the event that records it. ``subject`` is a stream; None: about nobody.

    ``before``: where the row stands recorded so far, if it does.
    """

    register: str
    row_key: str = attrs.field(repr=False)
    subject: str | None
    tx: str
    stream: str
    version: int
    content: str = attrs.field(repr=False)
    before: RowEntry | None = None


class KeyStore:
    """A key store's file, open. Every method raises KeyStoreError if the file or an entry in it cannot be used.

    Nothing is cached: what another process commits, or destroys, shows at once. Threads may share it.
    """

    def __init__(self, connection: sqlite3.Connection, store_id: str, kek: bytes, random: Random) -> None:
        """Use `open` or `building`. Raises KeyStoreError if ``kek`` is not this store's."""
        self.store_id = store_id  # 32 hexadecimal digits; the ledger keeps it, to know its own key store
        self._connection = connection
        self._lock = RLock()  # so that no thread reads what another one has not committed
        self._kek = kek
        self._random = random
        self._ledger_key = self._secret("ledger_key")
        self.signing_seed = self._secret("signing_seed")  # 32 bytes, Ed25519

    @classmethod
    @contextmanager
    def building(cls, path: Path, kek_dir: Path | None = None, *, random: Random = token_bytes) -> Iterator[Self]:
        """A new key store with a new KEK; it appears at ``path`` on a clean exit, whole, or else not at all.

        ``kek_dir``: see `kek_path`. Raises KeyStoreError if something is at ``path`` already, or cannot be written.
        """
        store_id = random(_STORE_ID_BYTES).hex()
        # In this order a KEK is gone again if the key store is not made, and never while there is one.
        with KEY_STORE.building(path) as draft, making_kek(kek_path(store_id, kek_dir), random) as kek:
            with KEY_STORE.translated():
                connection = _connect(draft)
            try:
                with KEY_STORE.translated():
                    _create(connection, store_id, kek, random)
                with closing(cls(connection, store_id, kek, random)) as store:
                    yield store
                    with KEY_STORE.translated():
                        KEY_STORE.checkpoint(connection)
            finally:
                connection.close()

    @classmethod
    def open(
        cls,
        path: Path,
        kek_dir: Path | None = None,
        *,
        ledger_id: str | None = None,
        random: Random = token_bytes,
    ) -> Self:
        """The key store at ``path``, with its KEK from ``kek_dir`` (see `kek_path`).

        ``ledger_id`` is the store id that the ledger keeps. Raises KeyStoreError if either file is missing or
        unusable, if the KEK is another store's, or the key store another ledger's.
        """
        KEY_STORE.check(path)
        with KEY_STORE.translated():
            connection = _connect(path)
        try:
            with KEY_STORE.translated():
                store_id = _store_id(connection, ledger_id)
            kek_file = kek_path(store_id, kek_dir)
            kek = read_kek(kek_file)
            try:
                return cls(connection, store_id, kek, random)
            except KeyStoreError as error:
                what = f"the key-encrypting key at {kek_file} does not open the key store at {path}"
                hint = "One of the two is damaged or from another time: restore both from one backup."
                raise KeyStoreError(what, hint=hint) from error
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        """Close the file; the last connection to it takes its ``-wal`` and ``-shm`` away."""
        with self._lock:  # SQLite does not survive losing a connection that another thread is using
            self._connection.close()

    def stream_of(self, code: str) -> str | None:
        """The stream of the person with that code."""
        found = self._row("SELECT stream FROM keys WHERE digest=?", self._digest("code", code))
        if found is None:
            return None
        stream = str(found[0])
        if self.code_of(stream) not in (None, code):  # None: destroyed just now
            raise KeyStoreError("an entry of the key store is damaged", hint="Restore the key store from a backup.")
        return stream

    def code_of(self, stream: str) -> str | None:
        """The office's code for the person of that stream. None: unknown, destroyed, or a branch."""
        found = self._row("SELECT key, code FROM keys WHERE stream=?", stream)
        if found is None or found[1] is None:
            return None
        return unwrap(self._key(stream, found[0]), found[1], _message("code", stream)).decode()

    def key_of(self, stream: str) -> bytes | None:
        """The key of that stream, 32 bytes. None: unknown or destroyed."""
        found = self._row("SELECT key FROM keys WHERE stream=?", stream)
        return None if found is None else self._key(stream, found[0])

    def request_tx(self, key: str) -> str | None:
        """The transaction that the idempotency key ``key`` led to; the first one committed, where several tried."""
        found = self._row("SELECT tx FROM requests WHERE digest=?", self._digest("request", key))
        return None if found is None else str(found[0])

    def row_seen(self, register: str, row_key: str) -> bool:
        """Whether that row of that register was ever committed, under whichever subject, erased ones included."""
        return self._row("SELECT 1 FROM seen WHERE digest=?", self._digest("seen", register, row_key)) is not None

    def find_row(self, register: str, row_key: str, subject: str | None) -> RowEntry | None:
        """What was committed last for that row under ``subject``; None if nothing was, or ``subject`` is unknown."""
        key = self._ledger_key if subject is None else self.key_of(subject)
        return None if key is None else self._entry(key, register, row_key)

    def find_row_anywhere(self, register: str, row_key: str) -> RowEntry | None:
        """That row under any subject whose key is alive, or under none. Tries every key: ask `row_seen` first."""
        found = self._entry(self._ledger_key, register, row_key)
        for stream, wrapped in self._rows("SELECT stream, key FROM keys") if found is None else ():
            found = self._entry(self._key(stream, wrapped), register, row_key)
            if found is not None:
                break
        return found

    def fingerprint(self, content: str, subject: str | bytes | None) -> bytes:
        """What tells whether a row still says the same, and tells nothing else without the subject's key. 32 bytes.

        ``subject`` is a stream, None for a row about nobody, or the key itself while it is not committed yet.
        Raises KeyStoreError if the stream has no key.
        """
        return _digest(subject if isinstance(subject, bytes) else self._subject_key(subject), "content", content)

    def commit(
        self,
        *,
        keys: Sequence[NewKey] = (),
        requests: Mapping[str, str] = _NO_REQUESTS,
        rows: Sequence[NewRow] = (),
    ) -> None:
        """Write all or nothing. ``requests``: idempotency key -> transaction; one that is there already stays.

        The same key again is fine; a row again replaces what was there. Raises ConflictError if a stream or a code
        is there with another key, InputError for a key that is not 32 bytes, KeyStoreError if a row's subject
        has none.
        """
        with self._transaction():
            self._commit_keys(keys)
            digests = [(self._digest("request", key), tx) for key, tx in requests.items()]
            self._connection.executemany("INSERT OR IGNORE INTO requests VALUES (?,?)", digests)
            entries = [self._wrapped_row(row) for row in rows]
            self._connection.executemany("INSERT OR REPLACE INTO rows VALUES (?,?)", entries)
            seen = [(self._digest("seen", row.register, row.row_key),) for row in rows]
            self._connection.executemany("INSERT OR IGNORE INTO seen VALUES (?)", seen)

    def _commit_keys(self, keys: Sequence[NewKey]) -> None:
        self._connection.executemany("INSERT OR IGNORE INTO keys VALUES (?,?,?,?)", map(self._wrapped_key, keys))
        for new in keys:
            if self.key_of(new.stream) != new.key or self.code_of(new.stream) != new.code:
                raise ConflictError(
                    "a stream or a code is there already with another key",
                    hint="Look the code up again and decide anew.",
                    stream=new.stream,
                )

    def _wrapped_key(self, new: NewKey) -> tuple[str, bytes, bytes | None, bytes | None]:
        if len(new.key) != KEY_BYTES:
            raise InputError("a key has a wrong length", f"{KEY_BYTES} bytes", f"{len(new.key)} bytes")
        wrapped = wrap(self._kek, new.key, _message("key", new.stream), self._random)
        if new.code is None:
            return new.stream, wrapped, None, None
        code = wrap(new.key, new.code.encode(), _message("code", new.stream), self._random)
        return new.stream, wrapped, code, self._digest("code", new.code)

    def _wrapped_row(self, row: NewRow) -> tuple[bytes, bytes]:
        key = self._subject_key(row.subject)
        digest = _digest(key, "row", row.register, row.row_key)
        fingerprint = _digest(key, "content", row.content)
        entry = [row.tx, row.stream, row.version, fingerprint.hex()]
        if row.before is not None:
            entry += [row.before.tx, row.before.stream, row.before.version, row.before.fingerprint.hex()]
        return digest, wrap(key, json.dumps(entry).encode(), digest, self._random)

    def _entry(self, key: bytes, register: str, row_key: str) -> RowEntry | None:
        digest = _digest(key, "row", register, row_key)
        found = self._row("SELECT entry FROM rows WHERE digest=?", digest)
        if found is None:
            return None
        tx, stream, version, fingerprint, *before = json.loads(unwrap(key, found[0], digest))
        held = RowEntry(before[0], before[1], before[2], bytes.fromhex(before[3])) if before else None
        return RowEntry(tx, stream, version, bytes.fromhex(fingerprint), held)

    def _subject_key(self, subject: str | None) -> bytes:
        key = self._ledger_key if subject is None else self.key_of(subject)
        if key is None:
            hint = "Commit the key first; if it was destroyed, nothing can be recorded about its subject."
            raise KeyStoreError("the subject has no key", found=subject or "", hint=hint)
        return key

    def _key(self, stream: str, wrapped: bytes) -> bytes:
        return unwrap(self._kek, wrapped, _message("key", stream))

    def _secret(self, name: str) -> bytes:
        found = self._row("SELECT value FROM store WHERE name=?", name)
        return unwrap(self._kek, b"" if found is None else found[0], _message(name, self.store_id))

    def _digest(self, *parts: str) -> bytes:
        return _digest(self._ledger_key, *parts)

    def _row(self, statement: str, parameter: str | bytes) -> sqlite3.Row | None:
        return next(iter(self._rows(statement, parameter)), None)

    def _rows(self, statement: str, *parameters: str | bytes) -> list[sqlite3.Row]:
        with self._lock, KEY_STORE.translated():
            return self._connection.execute(statement, parameters).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock, KEY_STORE.translated(), self._connection:  # commits, or rolls back
            self._connection.execute("BEGIN IMMEDIATE")
            yield


def _message(*parts: str) -> bytes:
    """A label and what follows it. Only the last part may be free text, so no two meanings give the same bytes."""
    return "\0".join(parts).encode("utf-8", "surrogatepass")


def _digest(key: bytes, *parts: str) -> bytes:
    return hmac.digest(key, _message(*parts), "sha256")


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        database_uri(path), timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False, uri=True
    )
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")  # keys are on the disk before the events that need them
        connection.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten
    except BaseException:
        connection.close()
        raise
    return connection


def _create(connection: sqlite3.Connection, store_id: str, kek: bytes, random: Random) -> None:
    KEY_STORE.mark(connection)
    for statement in _TABLES:
        connection.execute(statement)
    secrets = [(name, wrap(kek, random(KEY_BYTES), _message(name, store_id), random)) for name in _SECRETS]
    connection.executemany("INSERT INTO store VALUES (?,?)", [("id", store_id), *secrets])


def _store_id(connection: sqlite3.Connection, ledger_id: str | None) -> str:
    found = connection.execute("SELECT value FROM store WHERE name='id'").fetchone()
    if found is None or not _STORE_ID.match(str(found[0])):  # it becomes part of a path
        raise KeyStoreError("the key store has lost its id", hint="Restore it from a backup.")
    if ledger_id not in (None, found[0]):
        hint = "Name the key store that was made with this ledger."
        raise KeyStoreError("the key store belongs to another ledger", hint=hint)
    return str(found[0])
