"""What payments add up to, by month, since the last tally."""

from collections.abc import Iterable

from cadreledger.figures import PAID, MonthTally, tallies
from cadreledger.sealing import open_sections
from cadreledger.store import EventStore
from cadreledger.values import Month

__all__ = ["Owed"]


class Owed:
    """Sums of the payments, refunds and voids after the position ``since``, as they are walked over."""

    def __init__(self, store: EventStore, since: int) -> None:
        self._store = store
        self._months: dict[Month, MonthTally] = {}
        self.since = since

    def take(self, states: Iterable[bytes]) -> None:
        """Add events, in whatever order."""
        for found in tallies(map(open_sections, states)):
            held = self._months.get(found.month)
            self._months[found.month] = found if held is None else held + found

    def after(self, tallied: int, end: int) -> tuple[MonthTally, ...]:
        """One tally for each month that what lies after ``tallied`` touches, ``end`` being where the walk has come to.

        Read anew where somebody else has posted a tally in the meantime.
        """
        if tallied != self.since:
            self._months.clear()
            self.since = tallied
            self.take(state for state in self._store.states(after=tallied, upto=end) if PAID in state)
        return tuple(self._months[month] for month in sorted(self._months))
