"""As known then: which recorded events count, given a position, a moment, or a day of registration."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from cadreledger.errors import InputError, VerificationError
from cadreledger.events import VOCABULARY, resting_field, utc_text
from cadreledger.events.cadre import VisitConfirmed
from cadreledger.events.void import VoidReason
from cadreledger.sealing import open_sections
from cadreledger.store import EventStore, StoredRecord

__all__ = ["AsKnown", "KnownBy", "sections"]

AsKnown = int | datetime | date | None
"""A position; a moment with a time zone (the ledger's own clock); a civil date (the office's registers); None: now."""


class _Dates(msgspec.Struct):
    type: str
    recorded_at: str
    occurred_on: date | None = None
    registered_on: date | None = None
    of_version: int = 0
    reason: str = ""
    target_leaf: str = ""
    replaces: str = ""


_RESTING = tuple(sorted({name for cls in VOCABULARY.classes() if (name := resting_field(cls))}))
_DATES: msgspec.json.Decoder[_Dates] = msgspec.json.Decoder(
    msgspec.defstruct("_Resting", [(name, int, 0) for name in _RESTING], bases=(_Dates,))
)


def sections(record: StoredRecord) -> tuple[bytes, bytes]:
    """Header and internal JSON of a stored event."""
    return open_sections(record.state)


class KnownBy:
    """A cut through the ledger. ``upto`` is a position, inclusive; ``keeps`` filters what lies before it, in order.

    By position or moment, the cut is a prefix of the ledger: the moment's last transaction and all before it.
    By date, an event counts if the office's registers had it by then: ``registered_on``, else its own date, as a blank
    登记日期 means the same day; one with neither counts from the start. A void or a confirmation carries the date of
    what it is about, so without ``registered_on`` the day of recording decides; and so it does for the entry that takes
    the place of a corrected one, since the books never held both. What rests on an event that does not count does not
    count either.
    Raises InputError for another type, or a time without a zone.
    """

    def __init__(self, as_known: AsKnown, store: EventStore, zone: ZoneInfo) -> None:
        self._store = store
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
            expected = "a position, a time with a zone, or a date"
            raise InputError("as_known cannot be used", expected, type(as_known).__name__)

    def sections(self) -> Iterator[tuple[bytes, bytes]]:
        """Header and internal JSON of every event that counts, in order."""
        if self.keeps is iter:
            return map(open_sections, self._store.states(upto=self.upto))
        return map(sections, self.keeps(self._store.replay(upto=self.upto)))

    def _registered(self, records: Iterable[StoredRecord]) -> Iterator[StoredRecord]:
        left_out: set[tuple[str, int]] = set()
        corrected: dict[str, date] = {}  # by leaf
        for record in records:
            dates = _dates(record)
            rests_on = dates.of_version or next(filter(None, (getattr(dates, name) for name in _RESTING)), 0)
            day = self._day_of(dates)
            if dates.registered_on is None:  # whatever has a day of registration is known from that day on
                day = corrected.pop(dates.replaces, day)
                if dates.reason == VoidReason.CORRECTED.value:
                    corrected[dates.target_leaf] = day
            if day > self._day or (record.stream, rests_on) in left_out:
                left_out.add((record.stream, record.version))
            else:
                yield record

    def _day_of(self, dates: _Dates) -> date:
        if dates.registered_on is not None:
            return dates.registered_on
        if dates.of_version or dates.type == VisitConfirmed.wire:
            return datetime.fromisoformat(dates.recorded_at).astimezone(self._zone).date()
        return dates.occurred_on or date.min


def _dates(record: StoredRecord) -> _Dates:
    try:
        return _DATES.decode(sections(record)[1])
    except ValueError as error:  # msgspec's errors, and those of UTF-8
        raise VerificationError("an internal section cannot be read", "its dates", "bytes of another form") from error


def _utc_text(moment: datetime) -> str:
    try:
        return utc_text(moment)
    except OverflowError as error:  # at the very ends of the calendar, in another zone
        raise InputError("as_known cannot be used", "a time that exists in UTC") from error
