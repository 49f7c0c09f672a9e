"""What may be asked of a ledger beside its figures: questions over a picture of it, as known at some time."""

from abc import ABC, abstractmethod

from cadreledger.errors import InputError
from cadreledger.events.activity import ActivityKind
from cadreledger.ledger.known import AsKnown
from cadreledger.ledger.subjects import stream_named
from cadreledger.queries import (
    Arrears,
    CashClose,
    Coverage,
    Kept,
    MedalRoll,
    Picture,
    arrears,
    cadence,
    cash_close,
    coverage,
    medal_roll,
)
from cadreledger.values import Month, Period, StreamKind, code, stream_id

__all__ = ["Asked", "period_of"]


class Asked(ABC):
    """The questions; a ledger gives the picture. Answers are by stream: who that is, the key store knows.

    ``as_known`` as in `Ledger.figures`; periods and months may be text.
    """

    @abstractmethod
    def picture(self, *, as_known: AsKnown = None) -> Picture:
        """The state of everybody and everything, as known then (None: now)."""

    def cadence(self, period: Period | Month | str, *, as_known: AsKnown = None) -> tuple[Kept, ...]:
        """Which meetings and party days were held, and which months or quarters lack one."""
        return cadence(self.picture(as_known=as_known), period_of(period))

    def coverage(
        self,
        period: Period | Month | str,
        *,
        kind: ActivityKind | str = ActivityKind.GROUP_STUDY,
        as_known: AsKnown = None,
    ) -> tuple[Coverage, ...]:
        """Whom the sessions of a kind have reached: there, made up, excused, absent."""
        try:
            known = ActivityKind(kind)
        except ValueError as error:
            expected = ", ".join(each.value for each in ActivityKind)
            raise InputError("there is no such kind of activity", expected, str(kind)[:32]) from error
        return coverage(self.picture(as_known=as_known), period_of(period), known)

    def arrears(self, month: Month | str, *, as_known: AsKnown = None) -> tuple[Arrears, ...]:
        """Which members' dues are unpaid, up to and including ``month``; whether a review of them is due."""
        return arrears(self.picture(as_known=as_known), _month_of(month))

    def medal_roll(self, year: int, *, as_known: AsKnown = None) -> MedalRoll:
        """Who is due the medal 光荣在党50年 in ``year``, and who has it."""
        return medal_roll(self.picture(as_known=as_known), year)

    def cash_close(self, branch: str, month: Month | str, *, as_known: AsKnown = None) -> CashClose:
        """What the receipts of a month say that the cash box of ``branch`` (its code or stream) holds.

        Raises InputError for a branch that is not there.
        """
        stream = stream_named(branch, StreamKind.BRANCH) or stream_id(StreamKind.BRANCH, code(branch))
        return cash_close(self.picture(as_known=as_known), stream, _month_of(month))


def period_of(period: Period | Month | str) -> Period:
    """``period`` as one. Raises InputError for text that is none."""
    if isinstance(period, Month):
        return Period(period, period)
    return period if isinstance(period, Period) else Period.parse(period)


def _month_of(month: Month | str) -> Month:
    return month if isinstance(month, Month) else Month.parse(month)
