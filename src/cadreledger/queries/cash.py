"""A month's cash box: what the receipts say, what was counted (中组发〔2008〕3号 articles 22 to 24)."""

from datetime import date

import attrs

from cadreledger.errors import InputError
from cadreledger.events.branch import CashCounted, MonthClosed
from cadreledger.events.dues import DuesReceived, DuesRefunded, PaymentMethod
from cadreledger.queries.picture import Picture
from cadreledger.values import Money, Month, StreamId, fen

__all__ = ["CashClose", "cash_close", "is_cash"]


@attrs.frozen
class CashClose:
    """A ``branch``'s cash of one ``month``.

    ``expected``: the dues that came to the branch on a day of that month in cash, by proxy or in a way that nobody
    said, whichever month they are for and whether they are held; less what was given back on a day of that month of
    such payments, whenever they had come. Below nothing where more went back than came. ``counted``: what was said on
    the latest day on which somebody counted or closed that month (None: nobody did). ``closed``: the month is settled;
    what is entered late still changes what is expected.
    """

    branch: str
    month: Month
    expected: Money
    counted: Money | None
    closed: bool

    @property
    def variance(self) -> Money | None:
        """Counted less expected; None where nothing was counted."""
        return None if self.counted is None else self.counted - self.expected

    def json(self) -> dict[str, object]:
        """As it stands in ``cash --json``; amounts in fen."""
        return {
            "branch": self.branch,
            "month": str(self.month),
            "expected": self.expected.fen,
            "counted": None if self.counted is None else self.counted.fen,
            "variance": None if self.variance is None else self.variance.fen,
            "closed": self.closed,
        }


def cash_close(picture: Picture, branch: StreamId, month: Month) -> CashClose:
    """The cash of ``branch`` in ``month``. Raises InputError for a branch that is not there."""
    state = picture.branch(branch)
    if state is None:
        raise InputError("there is no such branch", "the stream of a branch", hint="Check its code.")
    total = 0
    for _, cadre in picture.cadres():
        for event in cadre.standing.values():
            if event.occurred_on is None or Month.of(event.occurred_on) != month:
                continue
            if isinstance(event, DuesReceived) and event.branch == branch and is_cash(event):
                total += event.amount.fen
            elif isinstance(event, DuesRefunded):
                payment = cadre.payments.get(event.payment)
                total -= event.amount.fen if payment and payment.branch == branch and is_cash(payment) else 0
    counts = [
        event
        for event in state.standing.values()
        if isinstance(event, CashCounted | MonthClosed) and event.month == month
    ]
    counts.sort(key=lambda event: event.occurred_on or date.min)  # of one day, in the order in which they were recorded
    return CashClose(branch, month, fen(total), counts[-1].counted_amount if counts else None, month in state.closed)


def is_cash(payment: DuesReceived) -> bool:
    """Whether a payment went into the cash box: all but transfers."""
    return payment.method is not PaymentMethod.TRANSFER
