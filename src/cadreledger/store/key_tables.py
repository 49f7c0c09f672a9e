"""What a key store holds: its tables, what goes into them, and the digests by which it is found.

Tables, all in one SQLite file apart from the ledger:

- ``store``: the store's id; the ledger key, the signing seed and the one that follows it, wrapped under the KEK.
- ``keys``: a stream's key, wrapped under the KEK; its code, wrapped under that key; the code's digest under the KEK.
- ``requests``: digest of an idempotency key -> the transaction it led to.
- ``rows``: digest of a row of an intake workbook, under its subject's key -> where it was recorded, under that key.
- ``seen``: digest of such a row, under the ledger key: that it has been seen, under whomsoever.
- ``erased``: digest, under the ledger key, of the code of somebody whose key was destroyed. No stream.
- ``erasing``: a stream whose key is to be destroyed, from before its erasure is recorded until no trace is left.

Digests are HMAC-SHA256 over a label, 0x00 and the text; nobody without the KEK can link a code to a stream,
or find either by trying all. The digest that stands beside a stream is keyed with the KEK itself, so that an old copy
of the file tells no more who was who, once the KEK of its time is gone.
"""

import hmac
import re
import sqlite3
from pathlib import Path
from typing import Final

import attrs

from cadreledger.errors import KeyStoreError
from cadreledger.store.kek import KEY_BYTES, Random, unwrap, wrap
from cadreledger.store.place import LOCK_SECONDS, FileKind, bound, database_uri

__all__ = [
    "KEY_STORE",
    "NewKey",
    "NewRow",
    "RowEntry",
    "code_digest",
    "connect",
    "create",
    "digest_of",
    "message",
    "store_id_in",
    "upgrade",
]

_STORE_ID: Final = re.compile(r"[0-9a-f]{32}\Z", re.ASCII)
_SECRETS: Final = ("ledger_key", "signing_seed")
_ERASURE_TABLES: Final = (  # since format 2
    "CREATE TABLE erased (digest BLOB PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE erasing (stream TEXT PRIMARY KEY) WITHOUT ROWID",
)
_TABLES: Final = (
    "CREATE TABLE store (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE keys (stream TEXT PRIMARY KEY, key BLOB NOT NULL, code BLOB, digest BLOB UNIQUE) WITHOUT ROWID",
    "CREATE TABLE requests (digest BLOB PRIMARY KEY, tx TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE rows (digest BLOB PRIMARY KEY, entry BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE seen (digest BLOB PRIMARY KEY) WITHOUT ROWID",
    *_ERASURE_TABLES,
)
KEY_STORE: Final = FileKind(0x4341444B, 2, "key store", KeyStoreError, _TABLES)  # "CADK"


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


def message(*parts: str) -> bytes:
    """A label and what follows it. Only the last part may be free text, so no two meanings give the same bytes."""
    return "\0".join(parts).encode("utf-8", "surrogatepass")


def digest_of(key: bytes, *parts: str) -> bytes:
    """The digest of a `message` under ``key``, 32 bytes."""
    return hmac.digest(key, message(*parts), "sha256")


def code_digest(kek: bytes, code: str) -> bytes:
    """What finds the stream of a code, as long as ``kek`` is the store's."""
    return digest_of(kek, "code", code)


def connect(path: Path, *, reading: bool = False) -> sqlite3.Connection:
    """A connection to the existing file at ``path``, outside a transaction; ``reading``: nothing is written to it."""
    uri = database_uri(path)
    connection = sqlite3.connect(uri, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False, uri=True)
    try:
        bound(connection, reading=reading)
        if reading:
            return connection
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")  # keys are on the disk before the events that need them
        connection.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten
    except BaseException:
        connection.close()
        raise
    return connection


def create(connection: sqlite3.Connection, store_id: str, kek: bytes, random: Random) -> None:
    """Fill an empty file: mark, tables, id and secrets."""
    KEY_STORE.mark(connection)
    for statement in _TABLES:
        connection.execute(statement)
    secrets = [(name, wrap(kek, random(KEY_BYTES), message(name, store_id), random)) for name in _SECRETS]
    connection.executemany("INSERT INTO store VALUES (?,?)", [("id", store_id), *secrets])


def upgrade(connection: sqlite3.Connection, kek: bytes) -> None:
    """Bring a file of format 1 to format 2, inside a transaction: there, a code's digest was under the ledger key."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version >= KEY_STORE.user_version:
        return
    for statement in _ERASURE_TABLES:
        connection.execute(statement)
    for stream, wrapped, locked in connection.execute("SELECT stream, key, code FROM keys").fetchall():
        if locked is not None:
            code = unwrap(unwrap(kek, wrapped, message("key", stream)), locked, message("code", stream)).decode()
            connection.execute("UPDATE keys SET digest=? WHERE stream=?", (code_digest(kek, code), stream))
    KEY_STORE.mark(connection)


def store_id_in(connection: sqlite3.Connection, ledger_id: str | None) -> str:
    """The store's id. Raises KeyStoreError if it has none, or another one than ``ledger_id``, where that is given."""
    found = connection.execute("SELECT value FROM store WHERE name='id'").fetchone()
    if found is None or not _STORE_ID.match(str(found[0])):  # it becomes part of a path
        raise KeyStoreError("the key store has lost its id", hint="Restore it from a backup.")
    if ledger_id not in (None, found[0]):
        hint = "Name the key store that was made with this ledger."
        raise KeyStoreError("the key store belongs to another ledger", hint=hint)
    return str(found[0])
