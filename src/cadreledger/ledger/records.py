"""A ledger's files as an auditor reads them: raw, without the facade, whatever state they are in."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from secrets import token_bytes
from types import TracebackType
from typing import Self

from cadreledger.errors import CadreLedgerError, KeyStoreError
from cadreledger.ledger.making import first_event, open_keys
from cadreledger.store import EventStore, KeyStore, LastSigned, kek_path

__all__ = ["LedgerRecords"]

Row = tuple[int, str, int, str, bytes]
"""Position, stream, version, type, bytes, as they stand in the file."""


class LedgerRecords:
    """The records of the ledger at a path, for `cadreledger.audit.audit`. Use `open`, best by ``with``.

    Its key store is used where it is at hand, and is not needed.
    """

    holds_personal = True
    keeps_tree = True

    def __init__(self, path: Path, store: EventStore, kek_dir: Path | None) -> None:
        self.source = str(path)
        self._store = store
        self._upto = store.position()
        self._keys: KeyStore | None = None
        self._signed: LastSigned | None = None
        self.why_no_keys = ""
        try:
            opened = first_event(store)
        except CadreLedgerError:  # the audit says what is wrong with it
            self.why_no_keys = "the first event, which names the key store, cannot be read"
            return
        self._signed = LastSigned(kek_path(opened.key_store, kek_dir))
        keys = open_keys(path, opened, kek_dir, token_bytes, reading=True)
        if isinstance(keys, KeyStoreError):
            self.why_no_keys = str(keys)
        else:
            self._keys = keys

    @classmethod
    def open(cls, path: str | Path, *, kek_dir: str | Path | None = None) -> Self:
        """The records at ``path``. Raises StoreError if there is no ledger, or nothing of it can be read.

        Nothing is written, neither to the ledger nor to its key store.
        """
        place = Path(path)
        store = EventStore.open(place, reading=True)
        try:
            return cls(place, store, None if kek_dir is None else Path(kek_dir))
        except BaseException:
            store.close()
            raise

    def close(self) -> None:
        """Close the files."""
        self._store.close()
        if self._keys is not None:
            self._keys.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def has_keys(self) -> bool:
        """Whether the key store is at hand."""
        return self._keys is not None

    def in_order(self) -> Iterator[Row]:
        """Every event that was there when this was opened, by position."""
        return self._store.rows(upto=self._upto)

    def by_stream(self) -> Iterator[Row]:
        """The same, stream by stream."""
        return self._store.rows_by_stream(upto=self._upto)

    def checkpoints(self) -> Iterable[bytes]:
        """The signed notes that the ledger keeps."""
        return [checkpoint.note for checkpoint in self._store.tree.checkpoints()]

    def tile(self, level: int, number: int) -> bytes:
        """The hashes of a tile that the ledger keeps, as many as there are."""
        return self._store.tree.tile(level, number)

    def last_signed(self) -> bytes | None:
        """The checkpoint beside the key-encrypting key, where that is at hand."""
        return None if self._signed is None else self._signed.read()

    def transactions(self) -> Iterator[tuple[object, ...]]:
        """The index of transactions that the ledger keeps."""
        return self._store.index_of_transactions()

    def mentions(self) -> Iterator[tuple[object, ...]]:
        """The index of mentions that the ledger keeps."""
        return self._store.index_of_mentions()

    def key_of(self, subject: str) -> bytes | None:
        """A person's key, where the key store is at hand and has it."""
        return None if self._keys is None else self._keys.key_of(subject)
