"""The first reading of an audit, in ledger order: bytes, places, transactions, the tree, tallies, checkpoints.

Each step says what it trusts: nothing but what was signed. The second reading (`audit.replay`) decodes and decides.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import msgspec

from cadreledger.audit.before import Before
from cadreledger.audit.control import Control
from cadreledger.audit.finding import Findings
from cadreledger.audit.indexes import Indexes
from cadreledger.audit.records import Records, Row
from cadreledger.audit.sums import TALLY, Sums
from cadreledger.audit.tree import CheckedTree
from cadreledger.errors import StoreError, VerificationError
from cadreledger.figures import Catalogue, Record
from cadreledger.sealing import leaf_hash, open_sections
from cadreledger.sealing.frame import HEAD_BYTES, LENGTH_BYTES, part_ends
from cadreledger.sealing.sections import SALT_BYTES

__all__ = ["InOrder"]

BATCH_ROWS: Final = 8_192
HOLES_MAX: Final = 4_096  # filled in, so that what follows is still held against its own leaf
_MONTH: Final = re.compile(rb'"month":"([0-9]{4}-[0-9]{2})"')
AS_WRITTEN: Final = "The file was changed from outside."


class _Meta(msgspec.Struct):
    """As much of an internal section as this reading needs."""

    type: str
    stream: str
    version: int
    tx: str
    tx_size: int
    recorded_at: str
    subject: str | msgspec.UnsetType = msgspec.UNSET
    personal: str | msgspec.UnsetType = msgspec.UNSET


_META: Final = msgspec.json.Decoder(_Meta)


class InOrder:
    """One reading. ``sizes`` are those of checkpoints, at which a root is wanted."""

    def __init__(
        self,
        records: Records,
        findings: Findings,
        sizes: Sequence[int],
        catalogue: Catalogue,
        as_of: datetime,
        indexes: Indexes,
    ) -> None:
        self._records = records
        self._findings = findings
        self._indexes = indexes
        self._sizes = sorted(set(sizes) - {0})  # of nothing, the root is known
        self.tree = CheckedTree(records, findings)
        self.control = Control(findings)
        self.sums = Sums(findings, catalogue, as_of)
        self.before = Before()
        self.erased: set[str] = set()
        self.lacking: dict[str, tuple[int, str]] = {}  # whose personal section is missing: where first
        self.last = 0
        self.events = 0
        self._tx: tuple[str, int, str] = ("", 0, "")  # of the transaction under way: id, size, time
        self._tx_first, self._tx_seen, self._tx_stream = 0, 0, ""
        self._tx_told = ""
        self._clock = ""

    def read(self) -> None:
        """Read everything, into findings. What the store cannot give ends the reading, and is a finding."""
        try:
            for batch in self._batches():
                self._take(batch)
        except StoreError as error:
            self._findings.error("store_unreadable", str(error), self.last + 1, hint=error.hint)
        self._close_transaction()
        self.tree.finish(self.last)
        self.sums.finish()
        for subject, (position, stream) in self.lacking.items():
            if subject not in self.erased:
                what = "a personal section that is committed to is not there"
                self._findings.error("personal_missing", what, position, stream, AS_WRITTEN)

    def _batches(self) -> Iterator[list[Row]]:
        """Rows, cut wherever a root is wanted."""
        wanted = iter(self._sizes)
        cut = next(wanted, 0)
        batch: list[Row] = []
        try:
            for row in self._records.in_order():
                batch.append(row)
                if row[0] == cut or len(batch) == BATCH_ROWS:
                    yield batch
                    batch = []
                    if row[0] == cut:
                        cut = next(wanted, 0)
        except StoreError:
            yield batch  # all that could be read
            raise
        yield batch

    def _take(self, batch: list[Row]) -> None:
        self.events += len(batch)
        records: list[Record] = []
        leaves: list[bytes] = []
        for row in batch:
            position, stream, _version, _topic, state = row
            if position != self.last + 1 and not self._jumped(position, leaves):
                continue
            self.last = position
            try:
                header_end, internal_end = part_ends(state)
            except VerificationError as error:
                self._findings.error("frame_damaged", str(error), position, row[1], AS_WRITTEN)
                leaves.append(leaf_hash(b""))
                self.sums.unreadable = True
                continue
            header = state[HEAD_BYTES:header_end]
            leaves.append(leaf_hash(header))
            section = state[header_end + LENGTH_BYTES + SALT_BYTES : internal_end]
            if self._read_section(row, section, personal=internal_end + LENGTH_BYTES < len(state)):
                records.append((header, section))
                self.before.take(row)
                if stream == "ledger":
                    self._take_control(position, header, section, records)
            else:
                self.sums.unreadable = True
        self.tree.extend(leaves)
        self.sums.extend(records)
        if not self.sums.future_at and self.sums.in_the_future():
            self.sums.future_at = _first_after(self.sums.month_limit, batch)
        records.clear()
        if self.last in self._sizes:
            self.tree.mark(self.last)
            self.sums.mark(self.last)
            self.control.month_max[self.last] = self.sums.month_max()

    def _take_control(self, position: int, header: bytes, section: bytes, records: list[Record]) -> None:
        """What the ledger says of itself: keys, catalogues, tallies. A tally sums what came before it."""
        document = self.control.take(position, header)
        if document.get("type") == "dues.tallied/1":
            if any(TALLY not in header for header, _ in records):  # not where tallies stand in a row
                self.sums.extend(records[:-1])
                del records[:-1]
            self.sums.tally(position, document, section)

    def _jumped(self, position: object, leaves: list[bytes]) -> bool:
        """An event is not right behind the one before. Whether it can be read on from there."""
        expected = self.last + 1
        if type(position) is not int or position < expected:
            self._findings.error("position_out_of_order", "an event's position is none", expected, hint=AS_WRITTEN)
            return False
        gap = position - expected
        what = f"{'an event is' if gap == 1 else f'{gap} events are'} missing"
        self._findings.error("position_missing", what, expected, hint="Somebody deleted it, or the file is damaged.")
        self.sums.unreadable = True
        self._close_transaction()
        leaves += [leaf_hash(b"")] * min(gap, HOLES_MAX)
        self.tree.broken = self.tree.broken or gap > HOLES_MAX
        return True

    def _read_section(self, row: Row, section: bytes, *, personal: bool) -> bool:
        """Whether an event's internal section can be read; its place, its transaction and its time are checked."""
        position, stream, version, topic, _ = row
        try:
            meta = _META.decode(section)
        except (ValueError, RecursionError):
            what = "an internal section is missing" if not section else "an internal section cannot be read"
            self._findings.error("section_unreadable", what, position, stream, AS_WRITTEN)
            return False
        if (meta.stream, meta.version, meta.type) != (stream, version, topic):
            what = "an event stands in another place than it says, or under another type"
            self._findings.error("place_mismatch", what, position, stream, AS_WRITTEN)
        if meta.type == "subject.erased/1":
            self.erased.add(meta.stream)
        if meta.personal is not msgspec.UNSET and not personal and self._records.holds_personal:
            self.lacking.setdefault(str(meta.subject), (position, meta.stream))
        transaction = (meta.tx, meta.tx_size, meta.recorded_at)
        if transaction != self._tx or self._tx_seen == meta.tx_size:
            self._close_transaction()
            self._tx, self._tx_first, self._tx_seen, self._tx_stream = transaction, position, 0, meta.stream
            if meta.recorded_at < self._clock:
                what = "an event was recorded before the one that stands before it: the clock was set back"
                self._findings.warning("clock_went_back", what, position, meta.stream)
            self._clock = max(self._clock, meta.recorded_at)
            self._indexes.transaction(meta.tx, position, meta.tx_size, meta.recorded_at)
        self._tx_seen += 1
        return True

    def _close_transaction(self) -> None:
        tx, size, _ = self._tx
        if tx and self._tx_seen != size and tx != self._tx_told:
            self._tx_told = tx  # once, however many pieces are left of it
            what = f"a transaction is not whole: {size} events were recorded together, {self._tx_seen} stand together"
            hint = "Events were removed, moved or put in between."
            self._findings.error("transaction_incomplete", what, self._tx_first, self._tx_stream, hint)
        self._tx, self._tx_seen = ("", 0, ""), 0


def _first_after(month: str, batch: list[Row]) -> int:
    """The position of the first event whose header lies in a later month; 0: none that can be read."""
    for row in batch:
        try:
            header, _ = open_sections(row[4])
        except VerificationError:
            continue
        found = _MONTH.search(header)
        if found is not None and found[1].decode("ascii") > month:
            return row[0]
    return 0
