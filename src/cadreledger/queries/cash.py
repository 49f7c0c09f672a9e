"""A month's cash box: what the receipts say, what was counted (中组发〔2008〕3号 articles 22 to 24)."""

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

    ``expected``: dues that came in that month in cash, by proxy or in a way that nobody said, less what of them was
    given back in that month. ``counted``: what was counted last (None: nothing was), ``variance`` the difference,
    ``closed``: the month is settled.
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
    return CashClose(branch, month, fen(total), counts[-1].counted_amount if counts else None, month in state.closed)


def is_cash(payment: DuesReceived) -> bool:
    """Whether a payment went into the cash box: all but transfers."""
    return payment.method is not PaymentMethod.TRANSFER
