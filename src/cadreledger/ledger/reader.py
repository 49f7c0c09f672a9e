"""What a transaction reads: streams as they stand (or stood at a position), and the key store."""

from collections.abc import Callable
from typing import TypeVar

from cadreledger.aggregates import Fold, Handle, State
from cadreledger.errors import KeyStoreError
from cadreledger.events import VOCABULARY, Codec, Event, Recorded
from cadreledger.ledger.hot import HOT_EVENTS_MIN, HotStates
from cadreledger.store import EventStore, KeyStore, RowEntry, StoredRecord
from cadreledger.values import StreamId

__all__ = ["Reader"]

S = TypeVar("S", bound=State)


class Reader:
    """The two stores of one ledger, read together. ``keys`` may be the error that opening the key store met."""

    def __init__(self, store: EventStore, keys: KeyStore | KeyStoreError, random: Callable[[int], bytes]) -> None:
        self.store = store
        self.random = random
        self.codec = Codec(VOCABULARY, random)
        self._keys = keys
        self._hot = HotStates()

    @property
    def no_keys(self) -> KeyStoreError | None:
        """Why the key store is not at hand; None where it is."""
        return self._keys if isinstance(self._keys, KeyStoreError) else None

    @property
    def keys(self) -> KeyStore:
        """The key store. Raises KeyStoreError, as opening it did, where it is not at hand."""
        if isinstance(self._keys, KeyStoreError):
            raise self._keys
        return self._keys

    def key_of(self, subject: str) -> bytes | None:
        """A subject's key; None where it was destroyed, or the key store is not at hand."""
        return None if isinstance(self._keys, KeyStoreError) else self._keys.key_of(subject)

    def stream_of(self, person: str) -> StreamId | None:
        """The stream of a person's code. Raises KeyStoreError where the key store is not at hand."""
        found = self.keys.stream_of(person)
        return None if found is None else StreamId(found)

    def decode(self, record: StoredRecord, *, opened: bool = False) -> Recorded:
        """A stored record as an event; ``opened``: with its personal section, where the key is at hand."""
        columns = (record.position, record.stream, record.version, record.topic, record.state)
        return self.codec.decode(columns, self.key_of) if opened else self.codec.decode(columns)

    def fold(self, handle: type[Handle[S]], stream: StreamId, upto: int | None = None) -> Fold[S]:
        """The state of a stream that ``handle`` decides for, as of a position. No personal data is in it."""
        folding: Fold[S] = handle.fold(self._hot.get(stream) if upto is None else None)
        new = self.store.stream(stream, after=folding.version, upto=upto)
        for record in new:
            folding.take(record.version, self.decode(record).event)
        if new and upto is None and folding.version >= HOT_EVENTS_MIN:
            self._hot.keep(stream, folding.freeze())
        return folding

    def whole(self, stream: StreamId, version: int) -> Event | None:
        """One stored event with its personal fields, where their key is at hand."""
        record = self.store.record(stream, version)
        return None if record is None else self.decode(record, opened=True).event

    def committed(self, found: RowEntry | None) -> RowEntry | None:
        """``found``, if the transaction it names was committed, else what held before it.

        Keys commit before events, and one may be cut off in between.
        """
        while found is not None and self.store.positions(found.tx) is None:
            found = found.before
        return found

    def close(self) -> None:
        """Close both stores."""
        self.store.close()
        if isinstance(self._keys, KeyStore):
            self._keys.close()
