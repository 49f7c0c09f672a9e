"""Erasing a person: the event in the ledger and the end of the key, together in spite of every interruption.

What is to be done is noted in the key store before the event is recorded. Whoever opens the ledger next finishes what
was recorded; a note without its event means nothing.
"""

from collections.abc import Callable
from typing import Final

from cadreledger.aggregates.base import choose
from cadreledger.errors import DecodeError, ErasedError, InputError, KeyStoreError
from cadreledger.events.ledger import ErasureReason, SubjectErased
from cadreledger.ledger.reader import Reader
from cadreledger.ledger.transaction import Receipt, Transaction
from cadreledger.store import EventStore, KeyStore, StoredRecord
from cadreledger.values import StreamId, StreamKind, stream_kind

__all__ = ["begin_erasures", "carry_out_erasures", "erase", "opened_reader"]

Decide = Callable[[Transaction], object]
PEOPLE: Final = frozenset({StreamKind.CADRE, StreamKind.PERSON})


def erase(reader: Reader, stream: StreamId, reason: ErasureReason | str, run: Callable[[Decide], Receipt]) -> Receipt:
    """Record by way of ``run`` that the person of ``stream`` is erased, and destroy their key. Returns the receipt.

    Where the erasure is recorded and the key is there all the same (it came back with an old key store, say), the key
    is destroyed and nothing is recorded. Raises InputError for what is no person, ErasedError if their key is gone
    already, KeyStoreError without the key store: then nothing is recorded.
    """
    cause = choose(ErasureReason, reason)
    if stream_kind(stream) not in PEOPLE:
        raise InputError("only a person can be erased", "a cadre or another person", stream_kind(stream).value)
    _finish(reader)
    if reader.keys.key_of(stream) is None:
        raise ErasedError("this person was known, and has been erased", hint="There is nothing left to erase.")
    reader.keys.begin_erasing(stream)

    def decide(tx: Transaction) -> None:
        person = tx.person(stream)
        if not person.view.erased:
            person.erase(cause)

    receipt = run(decide)
    _finish(reader)
    return receipt


def begin_erasures(reader: Reader, tx: Transaction) -> None:
    """Note whose erasure ``tx`` records, just before it does. Raises KeyStoreError without the key store."""
    for stream in _erased_by(tx):
        reader.keys.begin_erasing(stream)


def carry_out_erasures(reader: Reader, tx: Transaction) -> None:
    """Destroy the keys of those whose erasure ``tx`` has recorded."""
    if _erased_by(tx):
        _finish(reader)


def opened_reader(store: EventStore, keys: KeyStore | KeyStoreError, random: Callable[[int], bytes]) -> Reader:
    """A reader of both stores, behind every erasure that was cut off.

    Where one cannot be finished, the key store is not at hand: nobody is to read what was to be erased.
    """
    reader = Reader(store, keys, random)
    if isinstance(keys, KeyStoreError):
        return reader
    try:
        _finish(reader)
    except KeyStoreError as error:
        keys.close()
        return Reader(store, error, random)
    except BaseException:
        reader.close()
        raise
    return reader


def _erased_by(tx: Transaction) -> list[StreamId]:
    return [pending.stream for pending in tx.batch.pending if isinstance(pending.event, SubjectErased)]


def _finish(reader: Reader) -> None:
    """Destroy the key of everyone whose erasure was begun and is recorded."""
    for stream in reader.keys.erasing():
        if any(_erases(reader, record) for record in reader.store.stream(stream)):
            reader.keys.erase(stream)


def _erases(reader: Reader, record: StoredRecord) -> bool:
    """Whether ``record`` is an erasure, whole and in its place: a key is not destroyed on the word of a damaged row."""
    if record.topic != SubjectErased.wire:
        return False
    try:
        return isinstance(reader.decode(record).event, SubjectErased)
    except DecodeError:
        return False
