"""As known then: which recorded events count, given a position, a moment, or a day of registration."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from cadreledger.errors import InputError
from cadreledger.events import utc_text
from cadreledger.sealing import decode_frame, split_salt
from cadreledger.store import EventStore, StoredRecord

__all__ = ["AsKnown", "KnownBy", "sections"]

AsKnown = int | datetime | date | None
"""A position; a moment with a time zone (the ledger's own clock); a civil date (the office's registers); None: now."""


class _Dates(msgspec.Struct):
    recorded_at: str
    occurred_on: date | None = None
    registered_on: date | None = None
    of_version: int = 0
    visit: int = 0
    payment: int = 0


_DATES = msgspec.json.Decoder(_Dates)


def sections(record: StoredRecord) -> tuple[bytes, bytes]:
    """Header and internal JSON of a stored event."""
    frame = decode_frame(record.state)
    return frame.header, split_salt(frame.internal)[1]


class KnownBy:
    """A cut through the ledger. ``upto`` is a position, inclusive; ``keeps`` filters what lies before it, in order.

    By position or moment, the cut is a prefix of the ledger: the moment's last transaction and all before it.
    By date, an event counts if it was registered by then: ``registered_on``, or the day of recording; one with no
    date at all counts from the start. What rests on an event that does not count does not count either.
    Raises InputError for another type, or a time without a zone.
    """

    def __init__(self, as_known: AsKnown, store: EventStore, zone: ZoneInfo) -> None:
        self.upto: int | None = None
        self.keeps: Callable[[Iterable[StoredRecord]], Iterator[StoredRecord]] = iter
        if isinstance(as_known, datetime):
            self.upto = store.position_at(_utc_text(as_known))
        elif isinstance(as_known, date):
            self._day, self._zone = as_known, zone
            self.keeps = self._registered
        elif type(as_known) is int and as_known >= 0:
            self.upto = min(as_known, store.position())
        elif as_known is not None:
            raise InputError(
                "as_known cannot be used", "a position, a time with a zone, or a date", repr(as_known)[:32]
            )

    def _registered(self, records: Iterable[StoredRecord]) -> Iterator[StoredRecord]:
        left_out: set[tuple[str, int]] = set()
        for record in records:
            dates = _DATES.decode(sections(record)[1])
            rests_on = dates.of_version or dates.visit or dates.payment
            if self._day_of(dates) > self._day or (record.stream, rests_on) in left_out:
                left_out.add((record.stream, record.version))
            else:
                yield record

    def _day_of(self, dates: _Dates) -> date:
        if dates.registered_on is not None:
            return dates.registered_on
        if dates.occurred_on is None:
            return date.min
        return datetime.fromisoformat(dates.recorded_at).astimezone(self._zone).date()


def _utc_text(moment: datetime) -> str:
    try:
        return utc_text(moment)
    except OverflowError as error:  # at the very ends of the calendar, in another zone
        raise InputError("as_known cannot be used", "a time that exists in UTC") from error
