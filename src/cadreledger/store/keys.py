"""The key store: one key a person, and all that ties their stream to the office's world. It dies with the key.

What is in its tables, and how it is found there: `cadreledger.store.key_tables`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from secrets import token_bytes
from types import MappingProxyType
from typing import Final, Literal, Self, overload

from cadreledger.errors import ConflictError, ErasedError, InputError, KeyStoreError
from cadreledger.store import erasure
from cadreledger.store.kek import KEY_BYTES, Random, kek_path, making_kek, unwrap, wrap
from cadreledger.store.key_tables import (
    KEY_STORE,
    NewKey,
    NewRow,
    RowEntry,
    code_digest,
    connect,
    create,
    digest_of,
    message,
    store_id_in,
    upgrade,
)
from cadreledger.store.outside import LastSigned, Whereabouts
from cadreledger.store.vault import Vault

__all__ = ["KeyStore", "NewKey", "NewRow", "RowEntry"]

_STORE_ID_BYTES: Final = 16
_SEED: Final = "signing_seed"
_NEXT_SEED: Final = "next_signing_seed"
_NO_REQUESTS: Final[Mapping[str, str]] = MappingProxyType({})


class KeyStore:
    """A key store's file, open. Every method raises KeyStoreError if the file or an entry in it cannot be used.

    Nothing is cached: what another process commits, or destroys, shows at once. Threads may share it.
    """

    def __init__(self, vault: Vault) -> None:
        """Use `open` or `building`."""
        self.store_id = vault.store_id  # 32 hexadecimal digits; the ledger keeps it, to know its own key store
        self.kek_file = vault.kek_file
        self.last_signed = LastSigned(vault.kek_file)
        self._vault = vault

    @classmethod
    @contextmanager
    def building(cls, path: Path, kek_dir: Path | None = None, *, random: Random = token_bytes) -> Iterator[Self]:
        """A new key store with a new KEK; it appears at ``path`` on a clean exit, whole, or else not at all.

        ``kek_dir``: see `kek_path`. Raises KeyStoreError if something is at ``path`` already, or cannot be written.
        """
        store_id = random(_STORE_ID_BYTES).hex()
        kek_file = kek_path(store_id, kek_dir)
        # In this order a KEK is gone again if the key store is not made, and never while there is one.
        place = Whereabouts(kek_file, path)
        with KEY_STORE.building(path) as draft, making_kek(kek_file, random) as kek, place.new():
            with KEY_STORE.translated():
                connection = connect(draft)
            try:
                with KEY_STORE.translated():
                    create(connection, store_id, kek, random)
                with closing(cls(Vault(connection, store_id, kek_file, place, random))) as store:
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
        reading: bool = False,
    ) -> Self:
        """The key store at ``path``, with its KEK from ``kek_dir`` (see `kek_path`).

        ``ledger_id`` is the store id that the ledger keeps. An erasure that was cut off behind the destruction of the
        key is finished, unless it is opened for ``reading``; for others see `erasing`. Raises KeyStoreError if either
        file is missing or unusable, if the KEK is another store's, or the key store another ledger's.
        """
        KEY_STORE.check(path)
        with KEY_STORE.translated():
            connection = connect(path, reading=reading)
        try:
            with KEY_STORE.translated():
                store_id = store_id_in(connection, ledger_id)
            kek_file = kek_path(store_id, kek_dir)
            vault = Vault(connection, store_id, kek_file, Whereabouts(kek_file, path), random)
            if not reading:
                vault.upgrade(upgrade)
                vault.settle()
                erasure.tidy(vault)
            return cls(vault)
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        """Close the file; the last connection to it takes its ``-wal`` and ``-shm`` away."""
        self._vault.close()

    # --- the log's signing key: 32 bytes, Ed25519

    @property
    def signing_seed(self) -> bytes:
        """What the log signs with."""
        found = self._vault.fresh(lambda: self._vault.secret(_SEED))
        if found is None:
            raise KeyStoreError("the key store has lost its signing key", hint="Restore it from a backup.")
        return found

    @overload
    def next_signing_seed(self, *, create: Literal[True]) -> bytes: ...
    @overload
    def next_signing_seed(self, *, create: bool) -> bytes | None: ...
    def next_signing_seed(self, *, create: bool) -> bytes | None:
        """What the log will sign with once it is promoted. None: there is none; with ``create`` it is made then."""
        if not create:
            return self._vault.fresh(lambda: self._vault.secret(_NEXT_SEED))
        with self._vault.transaction():
            found = self._vault.secret(_NEXT_SEED)
            if found is None:
                found = self._vault.random(KEY_BYTES)
                self._vault.put(_NEXT_SEED, found)
        return found

    def promote_signing_seed(self) -> None:
        """Let the log sign with the next seed; the old one is deleted. Raises KeyStoreError if there is no next one."""
        with self._vault.transaction():
            found = self._vault.secret(_NEXT_SEED)
            if found is None:
                raise KeyStoreError("there is no next signing key", hint="Make one first.")
            self._vault.put(_SEED, found)
            self._vault.write("DELETE FROM store WHERE name=?", [(_NEXT_SEED,)])

    # --- erasure

    def begin_erasing(self, stream: str) -> None:
        """Note, before an erasure is recorded, that the key of ``stream`` is to be destroyed once it is.

        Nothing happens to the key yet. Raises KeyStoreError if the KEK could not be replaced, or in a copy.
        """
        erasure.begin(self._vault, stream)

    def erasing(self) -> tuple[str, ...]:
        """The streams noted by `begin_erasing` whose key is still there."""
        return erasure.pending(self._vault)

    def erase(self, stream: str) -> None:
        """Destroy the key of ``stream`` and all that is under it, in every copy of the key store that there is.

        The KEK is replaced. Of the code a tombstone stays, which names no stream.
        """
        erasure.destroy(self._vault, stream)

    def is_erased(self, code: str) -> bool:
        """Whether the person with that code was erased."""
        return erasure.is_erased(self._vault, code)

    # --- people

    def stream_of(self, code: str) -> str | None:
        """The stream of the person with that code. Raises ErasedError if their key was destroyed."""
        return self._vault.fresh(lambda: self._stream_of(code))

    def _stream_of(self, code: str) -> str | None:
        while True:
            kek = self._vault.kek
            stream = self._coded(code, kek)
            if stream is not None or not self._vault.replaced_since(kek):  # under another KEK, there is another digest
                break
        if stream is None:
            self._refuse_erased(code)
            return None
        if self._code_of(stream) not in (None, code):  # None: destroyed just now
            raise KeyStoreError("an entry of the key store is damaged", hint="Restore the key store from a backup.")
        return stream

    def code_of(self, stream: str) -> str | None:
        """The office's code for the person of that stream. None: unknown, destroyed, or a branch."""
        return self._vault.fresh(lambda: self._code_of(stream))

    def key_of(self, stream: str) -> bytes | None:
        """The key of that stream, 32 bytes. None: unknown or destroyed."""
        return self._vault.fresh(lambda: self._key_of(stream))

    # --- requests and rows

    def request_tx(self, key: str) -> str | None:
        """The transaction that the idempotency key ``key`` led to; the first one committed, where several tried."""
        found = self._vault.row("SELECT tx FROM requests WHERE digest=?", self._digest("request", key))
        return None if found is None else str(found[0])

    def row_seen(self, register: str, row_key: str) -> bool:
        """Whether that row of that register was ever committed, under whichever subject, erased ones included."""
        return self._vault.row("SELECT 1 FROM seen WHERE digest=?", self._digest("seen", register, row_key)) is not None

    def find_row(self, register: str, row_key: str, subject: str | None) -> RowEntry | None:
        """What was committed last for that row under ``subject``; None if nothing was, or ``subject`` is unknown."""
        key = self._vault.ledger_key if subject is None else self.key_of(subject)
        return None if key is None else self._entry(key, register, row_key)

    def find_row_anywhere(self, register: str, row_key: str) -> RowEntry | None:
        """That row under any subject whose key is alive, or under none. Tries every key: ask `row_seen` first."""
        found = self._entry(self._vault.ledger_key, register, row_key)
        return self._vault.fresh(lambda: self._under_any_key(register, row_key)) if found is None else found

    def fingerprint(self, content: str, subject: str | bytes | None) -> bytes:
        """What tells whether a row still says the same, and tells nothing else without the subject's key. 32 bytes.

        ``subject`` is a stream, None for a row about nobody, or the key itself while it is not committed yet.
        Raises KeyStoreError if the stream has no key.
        """
        return digest_of(subject if isinstance(subject, bytes) else self._subject_key(subject), "content", content)

    def commit(
        self,
        *,
        keys: Sequence[NewKey] = (),
        requests: Mapping[str, str] = _NO_REQUESTS,
        rows: Sequence[NewRow] = (),
    ) -> None:
        """Write all or nothing. ``requests``: idempotency key -> transaction; one that is there already stays.

        The same key again is fine; a row again replaces what was there. Raises ConflictError if a stream or a code
        is there with another key, ErasedError if a code's person was erased, InputError for a key that is not 32 bytes,
        KeyStoreError if a row's subject has none.
        """
        vault = self._vault
        with vault.transaction():
            self._commit_keys(keys)
            digests = [(self._digest("request", key), tx) for key, tx in requests.items()]
            vault.write("INSERT OR IGNORE INTO requests VALUES (?,?)", digests)
            vault.write("INSERT OR REPLACE INTO rows VALUES (?,?)", [self._wrapped_row(row) for row in rows])
            seen = [(self._digest("seen", row.register, row.row_key),) for row in rows]
            vault.write("INSERT OR IGNORE INTO seen VALUES (?)", seen)

    def _commit_keys(self, keys: Sequence[NewKey]) -> None:
        for new in keys:
            if new.code is not None:
                self._refuse_erased(new.code)
        self._vault.write("INSERT OR IGNORE INTO keys VALUES (?,?,?,?)", [self._wrapped_key(new) for new in keys])
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
        wrapped = wrap(self._vault.kek, new.key, message("key", new.stream), self._vault.random)
        if new.code is None:
            return new.stream, wrapped, None, None
        code = wrap(new.key, new.code.encode(), message("code", new.stream), self._vault.random)
        return new.stream, wrapped, code, code_digest(self._vault.kek, new.code)

    def _wrapped_row(self, row: NewRow) -> tuple[bytes, bytes]:
        key = self._subject_key(row.subject)
        digest = digest_of(key, "row", row.register, row.row_key)
        fingerprint = digest_of(key, "content", row.content)
        entry = [row.tx, row.stream, row.version, fingerprint.hex()]
        if row.before is not None:
            entry += [row.before.tx, row.before.stream, row.before.version, row.before.fingerprint.hex()]
        return digest, wrap(key, json.dumps(entry).encode(), digest, self._vault.random)

    def _entry(self, key: bytes, register: str, row_key: str) -> RowEntry | None:
        digest = digest_of(key, "row", register, row_key)
        found = self._vault.row("SELECT entry FROM rows WHERE digest=?", digest)
        if found is None:
            return None
        tx, stream, version, fingerprint, *before = json.loads(unwrap(key, found[0], digest))
        held = RowEntry(before[0], before[1], before[2], bytes.fromhex(before[3])) if before else None
        return RowEntry(tx, stream, version, bytes.fromhex(fingerprint), held)

    def _subject_key(self, subject: str | None) -> bytes:
        key = self._vault.ledger_key if subject is None else self.key_of(subject)
        if key is None:
            hint = "Commit the key first; if it was destroyed, nothing can be recorded about its subject."
            raise KeyStoreError("the subject has no key", found=subject or "", hint=hint)
        return key

    def _under_any_key(self, register: str, row_key: str) -> RowEntry | None:
        for stream, wrapped in self._vault.rows("SELECT stream, key FROM keys"):
            found = self._entry(self._vault.unwrap(wrapped, "key", stream), register, row_key)
            if found is not None:
                return found
        return None

    def _coded(self, code: str, kek: bytes) -> str | None:
        found = self._vault.row("SELECT stream FROM keys WHERE digest=?", code_digest(kek, code))
        return None if found is None else str(found[0])

    def _code_of(self, stream: str) -> str | None:
        found = self._vault.row("SELECT key, code FROM keys WHERE stream=?", stream)
        if found is None or found[1] is None:
            return None
        return unwrap(self._vault.unwrap(found[0], "key", stream), found[1], message("code", stream)).decode()

    def _key_of(self, stream: str) -> bytes | None:
        found = self._vault.row("SELECT key FROM keys WHERE stream=?", stream)
        return None if found is None else self._vault.unwrap(found[0], "key", stream)

    def _refuse_erased(self, code: str) -> None:
        if self.is_erased(code):
            hint = "Nothing personal can be recorded about them any more; their history is there by stream."
            raise ErasedError("this person was known, and has been erased", hint=hint)

    def _digest(self, *parts: str) -> bytes:
        return digest_of(self._vault.ledger_key, *parts)
