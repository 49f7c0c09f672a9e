"""Tallies: dues by month without anybody's amount, for the public to sum."""

from collections.abc import Iterable
from functools import cache

import attrs

from cadreledger.errors import VerificationError
from cadreledger.figures.catalogue import Catalogue
from cadreledger.figures.declaration import Declaration, Kind, Term, View, Visibility
from cadreledger.figures.evaluate import Record, evaluate
from cadreledger.figures.totals import NOTHING
from cadreledger.values import Month

__all__ = ["PAID", "MonthTally", "tallies"]

PAID = b'"type":"dues.re'
"""Stands in every payment, refund and void of one: whatever else has these bytes adds nothing to a tally."""

_RECEIVED = "dues.received/1"
_REFUNDED = "dues.refunded/1"


@attrs.frozen
class MonthTally:
    """What one batch of events adds to a month of receipt: each number signed, a void taking off."""

    month: Month
    amount_fen: int
    payments: int
    refunds: int

    def __add__(self, other: "MonthTally") -> "MonthTally":
        """Of one month, what two batches add."""
        sums = (self.amount_fen + other.amount_fen, self.payments + other.payments, self.refunds + other.refunds)
        return MonthTally(self.month, *sums)


def tallies(records: Iterable[Record]) -> tuple[MonthTally, ...]:
    """One tally for each month that a payment, a refund or a void of one in ``records`` touches, in order.

    A month is touched even if what touches it adds up to nothing. Raises VerificationError as `evaluate` does,
    and for a payment without a date.
    """
    totals = evaluate(records, _catalogue(), View.OFFICE)
    months = {month for _, month in totals}
    if None in months:
        raise VerificationError("a payment or a refund has no date", "its month of receipt")

    def value(key: str, month: Month) -> int:
        return totals.get((key, month), NOTHING)[0].value

    return tuple(
        MonthTally(month, value("amount", month), value("payments", month), value("refunds", month))
        for month in sorted(month for month in months if month)
    )


@cache
def _catalogue() -> Catalogue:
    """The published header types, with the three sums of a tally as figures."""
    sums = {
        "amount": (Term(_RECEIVED, 1, "amount"), Term(_REFUNDED, -1, "amount")),
        "payments": (Term(_RECEIVED, 1),),
        "refunds": (Term(_REFUNDED, 1),),
    }
    declarations = tuple(
        Declaration(key, Kind.FLOW, "", Visibility.ATTESTED, zh="", en="", by=(), office=terms, public=())
        for key, terms in sums.items()
    )
    return attrs.evolve(Catalogue.load(), declarations=declarations, digest="")
