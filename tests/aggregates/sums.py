"""What figures make of a batch that nobody has stored yet: its events as bytes, summed as an auditor sums them."""

from collections import defaultdict
from datetime import UTC, datetime

from cadreledger.aggregates import Batch
from cadreledger.events import VOCABULARY, Codec, Encoded, Entry, Event, evolve, leaf_text, without_personal
from cadreledger.events.void import Void
from cadreledger.figures import Catalogue, Record, View, evaluate
from cadreledger.sealing import decode_frame, split_salt
from cadreledger.values import Actor, Month, Quantity

CATALOGUE = Catalogue.load()
MOMENT = datetime(2021, 12, 31, tzinfo=UTC)
Sums = dict[str, dict[Month | None, Quantity]]
"""A figure's sums by month, None: undated."""


class Auditor:
    """Reads the decisions of a batch as they come: what it has read once is written already."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._codec = Codec(VOCABULARY, lambda count: b"\0" * count)
        self._records: list[Record] = []
        self._written: dict[tuple[str, int], tuple[Event, Encoded]] = {}

    def sums(self) -> Sums:
        """Every figure that is not nothing."""
        for pending in self._batch.pending[len(self._records) :]:
            entry = Entry(
                stream=pending.stream,
                version=pending.version,
                recorded_at=MOMENT,
                by=Actor("staff:a"),
                tx="0" * 32,
                tx_size=1,
            )
            event = without_personal(self._completed(pending.stream, pending.event))
            encoded = self._codec.encode(event, entry, None)
            self._written[pending.stream, pending.version] = event, encoded
            frame = decode_frame(encoded.state)
            self._records.append((frame.header, split_salt(frame.internal)[1]))
        found: Sums = defaultdict(dict)
        for (key, month), (quantity, _) in evaluate(self._records, CATALOGUE, View.OFFICE).items():
            found[key][month] = quantity
        return found

    def total(self, key: str) -> Quantity:
        """All that ``key`` comes to, dated or not."""
        return total(self.sums(), key)

    def _completed(self, stream: str, event: Event) -> Event:
        if not isinstance(event, Void):
            return event
        undone, encoded = self._written[stream, event.of_version]
        leaf = leaf_text(encoded.leaf)
        return evolve(event, undoes=undone, undoes_type=undone.wire, target_leaf=leaf)


def total(sums: Sums, key: str) -> Quantity:
    """All that ``key`` comes to, dated or not."""
    return sum(sums.get(key, {}).values(), start=Quantity())


def never_less_than_nothing(sums: Sums, key: str) -> bool:
    """Whether a stock is at least 0 at the end of every month."""
    by_month = sums.get(key, {})
    held = by_month.get(None, Quantity()).value
    for month in sorted(month for month in by_month if month is not None):
        if held < 0:
            return False
        held += by_month[month].value
    return held >= 0
