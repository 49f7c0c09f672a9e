"""The state of a retired cadre: one person as the ledger knows them, without a word of personal data."""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import attrs

from cadreledger.aggregates.standing import State
from cadreledger.events.cadre import CadreKind, LeaveCause, Medal, VisitMade, VisitMode, VisitReason
from cadreledger.events.dues import DuesReceived
from cadreledger.values import Money, Month, StreamId, fen

__all__ = ["CadreState", "VisitKey", "Wish"]

NO_MONEY: Final = fen(0)

VisitKey = tuple[date | None, VisitReason, VisitMode]


@attrs.frozen
class Wish:
    """A wish: the version that made it, on which day; who took it on; the version that fulfilled it, if one did."""

    version: int
    made_on: date | None
    claimant: str | None = None
    claimed: bool = False
    fulfilled: int | None = None
    cancelled: bool = False


@attrs.frozen(kw_only=True)
class CadreState(State):
    """One person as the ledger knows them, without a word of personal data.

    ``credited`` is what was credited by the month owed, ``spent_of`` how much of a payment (by version) was allocated
    or refunded, ``assessed`` what is owed a month, from a month on, in the order of the months. ``wishes`` are by code,
    ``attended`` the versions of attendances by who held the activity and its code, ``consents`` the last word on each
    purpose.
    ``formally``: the branches of the formal relation, each with the days of joining and leaving, in the order recorded
    (None: still there). ``erased``: their key is destroyed.
    """

    kind: CadreKind | None = None
    left: LeaveCause | None = None
    left_on: date | None = None
    smartphone: bool = False
    frail: bool = False
    full_member_on: date | None = None
    formal: StreamId | None = None
    formally: tuple[tuple[StreamId, date, date | None], ...] = ()
    participating: Mapping[StreamId, int] = MappingProxyType({})
    assessed: tuple[tuple[Month, Money], ...] = ()
    payments: Mapping[int, DuesReceived] = MappingProxyType({})
    spent_of: Mapping[int, Money] = MappingProxyType({})
    credited: Mapping[Month, Money] = MappingProxyType({})
    visits: Mapping[int, VisitMade] = MappingProxyType({})
    confirmed: frozenset[int] = frozenset()
    alike: Mapping[VisitKey, tuple[int, ...]] = MappingProxyType({})
    wishes: Mapping[str, Wish] = MappingProxyType({})
    attended: Mapping[tuple[StreamId | None, str], int] = MappingProxyType({})
    medals: frozenset[Medal] = frozenset()
    consents: Mapping[str, bool] = MappingProxyType({})
    erased: bool = False

    def owed_in(self, month: Month) -> Money:
        """What is owed for ``month`` by the assessment in force then; nothing before the first one."""
        place = bisect_right(self.assessed, month, key=lambda item: item[0])
        return self.assessed[place - 1][1] if place else NO_MONEY

    def lacks_in(self, month: Month) -> Money:
        """What is still to be paid for ``month``; nothing where it is paid, or nothing is owed."""
        return max(self.owed_in(month) - self.credited.get(month, NO_MONEY), NO_MONEY)

    def formal_on(self, day: date) -> tuple[StreamId, ...]:
        """The branches of the formal relation on a day, the last first: on the day of a transfer, both."""
        stays = reversed(self.formally)
        return tuple(branch for branch, since, until in stays if since <= day and (until is None or day <= until))

    def dues_branches(self, day: date) -> tuple[StreamId, ...]:
        """Where dues go that are paid on a day: to its branch; before and after all of them, to the last one."""
        return self.formal_on(day) or tuple(branch for branch, _, _ in self.formally[-1:])

    def visits_like(self, day: date, reason: VisitReason, mode: VisitMode) -> tuple[int, ...]:
        """The versions of standing visits on the same day, for the same reason, in the same mode."""
        return self.alike.get((day, reason, mode), ())

    def counts(self, visit: int) -> bool:
        """Whether a standing visit is counted."""
        return not self.visits[visit].repeated or visit in self.confirmed
