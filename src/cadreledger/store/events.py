"""The ledger's events: appended in transactions, read by stream, by position, by mention. Bytes in, the same bytes out.

A *position* is the recorder's own number of an event: 1, 2, 3 … without gaps. A stream's *versions* start at 1;
that they have no gaps is up to the caller, who numbers them.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import starmap
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self

import attrs
from eventsourcing.domain import EventSourcingError
from eventsourcing.persistence import IntegrityError, StoredEvent

from cadreledger.errors import CadreLedgerError, ConflictError, InputError, StoreError
from cadreledger.store.place import FileKind
from cadreledger.store.sqlite import TABLES, LedgerDatastore, LedgerRecorder, Transaction, add_missing_tables
from cadreledger.store.tree import SealedTree

__all__ = ["EventStore", "NewRecord", "StoredRecord"]

LEDGER: Final = FileKind(0x43414452, 1, "ledger", StoreError, TABLES)  # "CADR"
CHUNK_EVENTS: Final = 512  # of a replay, per read transaction
POSITION_MAX: Final = 2**63 - 1  # SQLite's largest rowid
_NOTHING: Final[Mapping[str, int]] = MappingProxyType({})
_COLUMNS: Final = "SELECT e.rowid, e.originator_id, e.originator_version, e.topic, e.state FROM stored_events e "


@attrs.frozen
class StoredRecord:
    """One event as it is stored. ``position`` and ``version`` count from 1."""

    position: int
    stream: str
    version: int
    topic: str
    state: bytes = attrs.field(repr=False)


@attrs.frozen
class NewRecord:
    """One event to store. ``mentions`` are the other streams that it refers to."""

    stream: str
    version: int
    topic: str
    state: bytes = attrs.field(repr=False)
    mentions: tuple[str, ...] = ()


class EventStore:
    """A ledger's file, open. Every method raises StoreError if the file cannot be used; threads may share it."""

    def __init__(self, path: Path, *, reading: bool = False) -> None:
        """Use `open` or `building`."""
        self._datastore = LedgerDatastore(path, reading=reading)
        self._recorder = LedgerRecorder(self._datastore)
        self.tree = SealedTree(self._datastore, LEDGER)

    @classmethod
    @contextmanager
    def building(cls, path: Path) -> Iterator[Self]:
        """A new ledger to append to; it appears at ``path`` on a clean exit, whole, or else not at all.

        Raises StoreError if something is at ``path`` already, or if nothing can be made there.
        """
        with LEDGER.building(path) as draft:
            store = cls(draft)
            try:
                with store._connection() as connection:
                    LEDGER.mark(connection)
                with LEDGER.translated():
                    store._recorder.create_table()
                yield store
                with store._connection() as connection:
                    LEDGER.checkpoint(connection)
            finally:
                store.close()

    @classmethod
    def open(cls, path: Path, *, reading: bool = False) -> Self:
        """The ledger at ``path``; ``reading``: nothing is written to it.

        Raises StoreError if it is missing, something else, tampered with, or of a newer release.
        """
        LEDGER.check(path)
        store = cls(path, reading=reading)
        try:
            with store._connection() as connection:
                if not reading:
                    add_missing_tables(connection)
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Close every connection; the last one to the file takes its ``-wal`` and ``-shm`` away."""
        with LEDGER.translated():
            self._datastore.close()

    def append(
        self,
        records: Sequence[NewRecord],
        *,
        tx: str,
        recorded_at: str,
        unchanged: Mapping[str, int] = _NOTHING,
        before_commit: Callable[[], None] = lambda: None,
        follows: int | None = None,
    ) -> range:
        """Record all of ``records`` as transaction ``tx``, or nothing. Returns their positions.

        ``recorded_at`` is fixed-width UTC text; ``unchanged`` gives the version of each stream that was read but is
        not written (0: no events). ``before_commit`` is called when nothing but the commit can fail any more, with the
        ledger's write lock held; if it raises, nothing is recorded. ``follows`` is the position right after which the
        records must come to lie. If ``tx`` is there already with as many records, it counts as applied: a commit whose
        answer got lost, or an idempotent twin; the caller compares.

        Raises ConflictError, naming the stream, if a version is taken, an unchanged stream has changed, or something
        else came to lie there; InputError for no records, one version twice, or a stream both written and unchanged.
        """
        events = [StoredEvent(record.stream, record.version, record.topic, record.state) for record in records]
        written = {(record.stream, record.version) for record in records}
        if not records or len(written) != len(records) or any(record.stream in unchanged for record in records):
            expected = "records, each with a version of its own, on streams that are not also unchanged"
            raise InputError("a transaction cannot be recorded", expected)
        mentions = (
            (stream, index)
            for index, record in enumerate(records)
            for stream in dict.fromkeys(record.mentions)
            if stream != record.stream
        )
        transaction = Transaction(tx, recorded_at, tuple(mentions), unchanged, before_commit, follows)
        try:
            positions = self._recorder.insert_events(events, transaction=transaction) or ()
        except (sqlite3.Error, EventSourcingError, ConflictError) as error:
            return self._settle(error, records, tx)
        return range(positions[0], positions[-1] + 1)

    def _settle(self, error: Exception, records: Sequence[NewRecord], tx: str) -> range:
        """Whatever came back, the file knows whether ``tx`` was applied. If not, raise what ``error`` means."""
        applied = None
        with suppress(StoreError):  # then the first error says more
            applied = self.positions(tx)
        if applied is not None and len(applied) == len(records):
            return applied
        if isinstance(error, CadreLedgerError):
            raise error
        if not isinstance(error, IntegrityError):
            raise LEDGER.problem(error) from error
        if applied is not None:
            what = "a transaction is there already with other content"
            raise ConflictError(what, f"{len(applied)} records", str(len(records)), "Use a new id.") from error
        taken = next((record for record in records if self.record(record.stream, record.version) is not None), None)
        raise ConflictError(
            "somebody else recorded first",
            f"version {taken.version} to be free" if taken else "",
            hint="Read the stream again and decide anew.",
            stream=taken.stream if taken else "",
        ) from error

    def stream(self, stream: str, *, after: int = 0, upto: int | None = None) -> list[StoredRecord]:
        """The events of ``stream`` with a version > ``after``, in version order; ``upto`` is a position, inclusive."""
        where = "WHERE e.originator_id=? AND e.originator_version>? AND e.rowid<=? ORDER BY e.originator_version"
        return self._records(where, stream, after, _end(upto))

    def record(self, stream: str, version: int) -> StoredRecord | None:
        """The event of ``stream`` with that ``version``, if there is one."""
        found = self._records("WHERE e.originator_id=? AND e.originator_version=?", stream, version)
        return found[0] if found else None

    def mentioning(self, stream: str, *, upto: int | None = None) -> list[StoredRecord]:
        """The events of *other* streams that mention ``stream``, by position; ``upto`` is inclusive."""
        where = "JOIN mentions m ON m.position=e.rowid WHERE m.stream=? AND m.position<=? ORDER BY m.position"
        return self._records(where, stream, _end(upto))

    def replay(self, *, after: int = 0, upto: int | None = None) -> Iterator[StoredRecord]:
        """Every event with ``after`` < position <= ``upto`` (by default the last when the iteration starts), in order.

        Reads in chunks, and holds no read transaction between them, so that a slow reader keeps no log from shrinking.
        """
        for chunk in self._chunks(_COLUMNS, after, upto):
            yield from starmap(StoredRecord, chunk)

    def rows(self, *, upto: int) -> Iterator[tuple[int, str, int, str, bytes]]:
        """What `replay` gives up to that position, as plain rows: position, stream, version, topic, state."""
        for chunk in self._chunks(_COLUMNS, 0, upto):
            yield from chunk

    def rows_by_stream(self, *, upto: int) -> Iterator[tuple[int, str, int, str, bytes]]:
        """The same rows stream by stream, in the order of the streams' names, each by version."""
        stream, version = "", -POSITION_MAX
        where = "WHERE (e.originator_id, e.originator_version) > (?, ?) AND e.rowid<=? "
        order = "ORDER BY e.originator_id, e.originator_version LIMIT ?"
        while chunk := self._rows(_COLUMNS + where + order, stream, version, upto, CHUNK_EVENTS):
            yield from chunk
            stream, version = chunk[-1][1], chunk[-1][2]

    def numbered(self, *, after: int = 0, upto: int | None = None) -> Iterator[tuple[int, bytes]]:
        """Position and bytes of every event that `replay` gives."""
        for chunk in self._chunks("SELECT e.rowid, e.state FROM stored_events e ", after, upto):
            yield from chunk

    def states(self, *, after: int = 0, upto: int | None = None) -> Iterator[bytes]:
        """The bytes alone of every event that `replay` gives: twice as fast, for sums over all of them."""
        for chunk in self._chunks("SELECT e.rowid, e.state FROM stored_events e ", after, upto):
            yield from [state for _, state in chunk]

    def _chunks(self, columns: str, after: int, upto: int | None) -> Iterator[list[tuple[Any, ...]]]:
        end = self.position() if upto is None else upto
        where = "WHERE e.rowid>? AND e.rowid<=? ORDER BY e.rowid LIMIT ?"
        size = CHUNK_EVENTS
        while after < end:
            try:
                chunk = self._rows(columns + where, after, end, size)
            except StoreError as error:
                if size > 1:
                    size = 1  # one by one, up to the one that cannot be read
                    continue
                found = f"{error.found}, at position {after + 1} or after it"
                raise StoreError(error.what, error.expected, found, error.hint) from error
            if not chunk:
                return
            yield chunk
            after = chunk[-1][0]

    def index_of_transactions(self) -> Iterator[tuple[object, ...]]:
        """What is kept of transactions: position of the first event, id, number of events, time; as it stands."""
        after = ""
        statement = "SELECT first, tx, size, recorded_at FROM transactions WHERE tx>? ORDER BY tx LIMIT ?"
        while chunk := self._rows(statement, after, CHUNK_EVENTS):
            yield from chunk
            after = chunk[-1][1]

    def index_of_mentions(self) -> Iterator[tuple[object, ...]]:
        """What is kept of mentions: position, stream; as it stands."""
        stream, position = "", -1
        statement = (
            "SELECT position, stream FROM mentions WHERE (stream, position)>(?,?) ORDER BY stream, position LIMIT ?"
        )
        while chunk := self._rows(statement, stream, position, CHUNK_EVENTS):
            yield from chunk
            position, stream = chunk[-1]

    def positions(self, tx: str) -> range | None:
        """The positions of the committed transaction ``tx``; None if there is none."""
        for first, size in self._rows("SELECT first, size FROM transactions WHERE tx=?", tx):
            return range(first, first + size)
        return None

    def position(self) -> int:
        """The last position; 0 if there are no events."""
        return self._number("SELECT COALESCE(MAX(rowid), 0) FROM stored_events")

    def position_at(self, recorded_at: str) -> int:
        """The last position of the latest transaction recorded at or before ``recorded_at``; 0 if there is none.

        Latest by position: where the clock was set back, the events before the jump stay in.
        """
        statement = "SELECT COALESCE(MAX(first + size - 1), 0) FROM transactions WHERE recorded_at<=?"
        return self._number(statement, recorded_at)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """SQLite's own connection, outside a transaction."""
        with LEDGER.translated(), self._datastore.get_connection(commit=True) as connection:
            yield connection.cursor().sqlite_cursor.connection

    def _rows(self, statement: str, *parameters: str | int) -> list[tuple[Any, ...]]:
        with LEDGER.translated(), self._datastore.transaction(commit=False) as cursor:
            cursor.sqlite_cursor.row_factory = None  # plain tuples: an audit reads every row twice
            cursor.execute(statement, parameters)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def _number(self, statement: str, *parameters: str) -> int:
        ((number,),) = self._rows(statement, *parameters)
        return int(number)

    def _records(self, where: str, *parameters: str | int) -> list[StoredRecord]:
        return [StoredRecord(*row) for row in self._rows(_COLUMNS + where, *parameters)]


def _end(upto: int | None) -> int:
    return POSITION_MAX if upto is None else upto
