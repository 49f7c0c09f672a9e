"""How the decisions of a transaction become bytes, and how a repeated one is recognised."""

from collections.abc import Sequence
from datetime import datetime

from cadreledger.aggregates import Pending, Place
from cadreledger.errors import ConflictError, ErasedError, StoreError
from cadreledger.events import Entry, Event, Recorded, evolve, leaf_text, mentions, utc_text, without_personal
from cadreledger.events.void import Void
from cadreledger.ledger.erasing import begin_erasures
from cadreledger.ledger.reader import Reader
from cadreledger.ledger.transaction import Transaction
from cadreledger.store import NewRecord
from cadreledger.values import StreamId, stream_kind

__all__ = ["commit", "same_as_recorded"]

Targets = dict[Place, tuple[Event, str, bytes, bytes]]  # event, stored type, leaf, as stored


def commit(
    reader: Reader, tx: Transaction, moment: datetime, request: str | None, follows: int | None = None
) -> range | None:
    """Record what ``tx`` has decided; its positions. Keys commit before events.

    None: the transaction's id was used by somebody else at the same moment; the caller compares. Raises ConflictError
    where a stream has moved on, the idempotency key ``request`` was used by somebody else, or the events would not come
    to lie right after the position ``follows``; InputError for an entry that is too long.
    """
    records = encode(reader, tx, moment)

    def commit_keys() -> None:
        """Under the ledger's lock: whoever is refused there has put nothing in the place of another one's rows."""
        if request is not None and reader.keys.request_tx(request) not in {None, tx.tx}:
            raise ConflictError("the same key was used by somebody else at this moment", hint="Ask again.")
        requests = {} if request is None else {request: tx.tx}
        if tx.new_keys or requests or tx.rows.new:
            reader.keys.commit(keys=tuple(tx.new_keys.values()), requests=requests, rows=tx.rows.new)
        begin_erasures(reader, tx)

    positions = reader.store.append(
        records,
        tx=tx.tx,
        recorded_at=utc_text(moment),
        unchanged=tx.unchanged(),
        before_commit=commit_keys,
        follows=follows,
    )
    stored = reader.store.record(records[0].stream, records[0].version)
    return positions if stored is not None and stored.state == records[0].state else None


def encode(reader: Reader, tx: Transaction, moment: datetime) -> list[NewRecord]:
    """The pending events of ``tx`` as bytes; each void is told what it undoes, in this transaction or before it."""
    targets: Targets = {}
    records = []
    for pending in tx.batch.pending:
        event = _completed(reader, pending, targets)
        entry = Entry(
            stream=pending.stream,
            version=pending.version,
            recorded_at=moment,
            by=tx.by,
            tx=tx.tx,
            tx_size=len(tx.batch.pending),
            registered_on=pending.registered_on,
            source=pending.source,
            replaces=_leaf_of(reader, pending.replaces, targets),
        )
        key = None
        if reader.codec.needs_key(event):
            key = _key_of(reader, tx, event.subject(pending.stream))
        encoded = reader.codec.encode(event, entry, key)
        targets[pending.stream, pending.version] = (event, encoded.topic, encoded.leaf, b"")
        records.append(
            NewRecord(pending.stream, pending.version, encoded.topic, encoded.state, mentions(event, pending.stream))
        )
    return records


def _key_of(reader: Reader, tx: Transaction, subject: str) -> bytes:
    """The key that locks what is said of ``subject``: a person's own, or one that is made when it is first needed."""
    key = tx.key_of(subject)
    if key is not None:
        return key
    if reader.no_keys is not None:
        raise reader.no_keys
    if not stream_kind(subject).is_random and not _was_locked(reader, StreamId(subject)):
        return tx.give_key(StreamId(subject))
    hint = "Nothing personal can be recorded about them any more: leave names, notes and the like out."
    raise ErasedError("the key of whom this is about was destroyed", hint=hint)


def _was_locked(reader: Reader, subject: StreamId) -> bool:
    """Whether something is locked with a key of ``subject`` that is gone; it would not open with another."""
    return any(reader.decode(record).subject == subject for record in reader.store.stream(subject))


def _completed(reader: Reader, pending: Pending, targets: Targets) -> Event:
    event = pending.event
    if not isinstance(event, Void):
        return event
    target, topic, leaf, as_stored = _target(reader, (pending.stream, event.of_version), targets)
    return evolve(
        event,
        undoes=without_personal(target),
        undoes_type=topic,
        target_leaf=leaf_text(leaf),
        undoes_as_stored=as_stored,
    )


def _leaf_of(reader: Reader, place: Place | None, targets: Targets) -> str | None:
    return None if place is None else leaf_text(_target(reader, place, targets)[2])


def _target(reader: Reader, place: Place, targets: Targets) -> tuple[Event, str, bytes, bytes]:
    """What was recorded at a place, in this transaction or before it."""
    found = targets.get(place)
    if found is not None:
        return found
    stored = reader.store.record(*place)
    if stored is None:
        raise StoreError("an entry that was taken back is gone", found=f"version {place[1]}")
    recorded = reader.decode(stored)
    return recorded.event, stored.topic, recorded.leaf, recorded.as_stored


def same_as_recorded(reader: Reader, tx: Transaction, positions: range) -> bool:
    """Whether ``tx`` decides now what stands at ``positions``: same streams, entries, actor and events.

    Where a person's key is gone, their sealed words cannot be compared, and are not.
    """
    stored = [
        reader.decode(record, opened=True)
        for record in reader.store.replay(after=positions.start - 1, upto=positions.stop - 1)
    ]
    decided: Sequence[Pending] = tx.batch.pending
    if len(stored) != len(decided) or any(recorded.entry.by != tx.by for recorded in stored):
        return False
    return all(_same(pending, recorded) for pending, recorded in zip(decided, stored, strict=True))


def _same(pending: Pending, recorded: Recorded) -> bool:
    entry, decided, found = recorded.entry, pending.event, recorded.event
    if isinstance(found, Void):
        found = evolve(found, undoes=None, undoes_type="", target_leaf="", undoes_as_stored=b"")
    if recorded.sealed:
        decided, found = without_personal(decided), without_personal(found)
    mine = (pending.stream, pending.version, pending.source, pending.registered_on, pending.replaces is None, decided)
    return mine == (entry.stream, entry.version, entry.source, entry.registered_on, entry.replaces is None, found)
