"""A ledger of a given number of events in seconds a hundred thousand: encoded as any, appended in large batches.

No rule is asked while it is written, and an audit finds nothing to say about it: people who pay their dues and are
visited month by month, a note with every twentieth entry, and one visit in a hundred taken back.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from cadreledger import Ledger, Month, fen
from cadreledger.events import VOCABULARY, Codec, Encoded, Entry, Event, leaf_text, utc_text, without_personal
from cadreledger.events.cadre import VisitMade, VisitMode, VisitReason
from cadreledger.events.dues import DuesReceived
from cadreledger.events.void import Void, VoidReason
from cadreledger.ledger.making import first_event, keys_path
from cadreledger.store import EventStore, KeyStore, NewRecord
from cadreledger.values import StreamId, StreamKind, actor, stream_id

__all__ = ["write_large"]

MONTHS: Final = 192  # 2008 to 2023
FIRST: Final = Month(2008, 1)
START: Final = datetime(2024, 1, 1, tzinfo=UTC)
BATCH_EVENTS: Final = 5_000
NOTE_EVERY, VOID_EVERY = 20, 100
BRANCH: Final = stream_id(StreamKind.BRANCH, "B1")
BY: Final = actor("staff:bench")
NOTE: Final = "子女代为转达，家中一切安好，下月再来"
REASONS: Final = (VisitReason.STUDY, VisitReason.COMFORT, VisitReason.CALL)

Happened = tuple[StreamId, Event]


def write_large(path: Path, kek_dir: Path, events: int) -> None:
    """Make a ledger of ``events`` events (1,000 or more) at ``path``, its key store beside it; unsealed."""
    people = max(4, events // (MONTHS + 4))
    _found(path, kek_dir, people)
    with_keys = KeyStore.open(keys_path(path), kek_dir, ledger_id=_key_store(path))
    store = EventStore.open(path)
    try:
        codes = [with_keys.stream_of(f"C{number}") for number in range(people)]
        streams = [StreamId(stream) for stream in codes if stream is not None]
        _Writer(store, with_keys.key_of, Random(events)).write(_entries(streams), events - store.position())
    finally:
        store.close()
        with_keys.close()


def _found(path: Path, kek_dir: Path, people: int) -> None:
    """The ledger with its people: by its public interface."""
    with Ledger.create(path, name="bench", kek_dir=kek_dir, clock=lambda: START) as ledger:
        with ledger.transaction(by=BY) as tx:
            tx.branches.establish("B1", name="bench", kind="formal", on=date(2000, 1, 1))
        for start in range(0, people, BATCH_EVENTS):
            with ledger.transaction(by=BY) as tx:
                for number in range(start, min(people, start + BATCH_EVENTS)):
                    tx.cadres.register(
                        f"C{number}", kind="retired", name=f"name {number}", formal=tx.branches["B1"], smartphone=True
                    )


def _key_store(path: Path) -> str:
    store = EventStore.open(path)
    try:
        return first_event(store).key_store
    finally:
        store.close()


def _entries(streams: Sequence[StreamId]) -> Iterator[Happened]:
    """Month by month, everybody by turns pays and is visited; for ever on, each time with another reason or method."""
    for number in range(10 * MONTHS):
        month = FIRST.plus(number % MONTHS)
        day = date(month.year, month.month, 1 + number // MONTHS)
        for place, stream in enumerate(streams):
            note = NOTE if (place + number) % NOTE_EVERY == 0 else None
            if (place + number) % 2 and number < MONTHS:
                yield (
                    stream,
                    DuesReceived(
                        occurred_on=day,
                        amount=fen(850),
                        for_month=month,
                        held=False,
                        branch=BRANCH,
                        receipt=f"{number:04}{place:05}",
                        note=note,
                    ),
                )
            else:
                reason = REASONS[number % len(REASONS)]
                yield stream, VisitMade(occurred_on=day, mode=VisitMode.DOOR, repeated=False, reason=reason, note=note)


class _Writer:
    """Writes entries one behind the other: the versions, leaves and transactions that a ledger would have given."""

    def __init__(self, store: EventStore, key_of: Callable[[str], bytes | None], random: Random) -> None:
        self._store = store
        self._key_of = key_of
        self._random = random
        self._codec = Codec(VOCABULARY, random.randbytes)
        self._versions: defaultdict[StreamId, int] = defaultdict(lambda: 2)  # registered, joined

    def write(self, entries: Iterator[Happened], count: int) -> None:
        """Write ``count`` events: the first of ``entries``, and a void of some."""
        for start in range(0, count, BATCH_EVENTS):
            size = min(BATCH_EVENTS, count - start)
            moment = START + timedelta(seconds=1 + start // BATCH_EVENTS)
            self._write_batch(entries, size, moment)

    def _write_batch(self, entries: Iterator[Happened], size: int, moment: datetime) -> None:
        tx = self._random.randbytes(16).hex()
        records: list[NewRecord] = []
        while len(records) < size:
            stream, event = next(entries)
            version, made = self._encode(records, stream, event, moment, tx, size)
            if len(records) % VOID_EVERY == 1 and len(records) < size and isinstance(event, VisitMade):
                void = Void(
                    occurred_on=event.occurred_on,
                    of_version=version,
                    reason=VoidReason.MISTAKE,
                    undoes=without_personal(event),
                    undoes_type=event.wire,
                    target_leaf=leaf_text(made.leaf),
                )
                self._encode(records, stream, void, moment, tx, size)
        self._store.append(records, tx=tx, recorded_at=utc_text(moment))

    def _encode(
        self, records: list[NewRecord], stream: StreamId, event: Event, moment: datetime, tx: str, size: int
    ) -> tuple[int, Encoded]:
        version = self._versions[stream] = self._versions[stream] + 1
        entry = Entry(stream=stream, version=version, recorded_at=moment, by=BY, tx=tx, tx_size=size)
        key = self._key_of(stream) if self._codec.needs_key(event) else None
        made = self._codec.encode(event, entry, key)
        records.append(NewRecord(stream, version, made.topic, made.state))
        return version, made
