"""What happens to a member's dues. No header tells an amount: figures sum tallies (`events.ledger.DuesTallied`)."""

from enum import Enum

from cadreledger.events.sections import Dated, Event, event, internal, personal, rests_on
from cadreledger.values import Money, Month, StreamId, StreamKind

__all__ = [
    "ArrearsReviewed",
    "ArrearsStep",
    "DuesAllocated",
    "DuesAssessed",
    "DuesReceived",
    "DuesRefunded",
    "DuesVolunteered",
    "PaymentMethod",
]


class PaymentMethod(Enum):
    """How dues came in."""

    CASH = "cash"  # 现金
    TRANSFER = "transfer"  # 转账
    PROXY = "proxy"  # 代缴: somebody hands over the member's own money


class ArrearsStep(Enum):
    """Where the review of unpaid months stands (中组发〔2008〕3号 article 13)."""

    OPENED = "opened"
    EXCUSED = "excused"
    CLOSED = "closed"


@event("dues.assessed/1", StreamKind.CADRE, counted=False, dated=Dated.MAYBE)
class DuesAssessed(Event):
    """What a member owes a month, from a month on (中组发〔2008〕3号 articles 1 to 7)."""

    owed: Money = internal(unit="fen a month", least=0)
    scheme: str = internal()
    valid_from: Month = internal()
    policy_version: str = internal()
    relief: str | None = internal(default=None)
    base: str | None = personal(unit="yuan a month", default=None)
    ground: str | None = personal(default=None)


@event("dues.received/1", StreamKind.CADRE, counted=True)
class DuesReceived(Event):
    """A payment came in. ``held``: nobody has said yet which month it is for, beyond ``for_month`` as written."""

    amount: Money = internal(unit="fen", least=0)
    for_month: Month = internal()
    held: bool = internal()
    branch: StreamId = internal()
    receipt: str | None = internal(default=None)
    method: PaymentMethod | None = internal(default=None)
    collector: str | None = internal(default=None)
    payer: str | None = personal(default=None)
    note: str | None = personal(default=None)


@event("dues.allocated/1", StreamKind.CADRE, counted=False)
class DuesAllocated(Event):
    """A part of a held payment settles a month."""

    payment: int = rests_on()
    for_month: Month = internal()
    amount: Money = internal(unit="fen", least=1)


@event("dues.refunded/1", StreamKind.CADRE, counted=True)
class DuesRefunded(Event):
    """Money goes back. ``for_month`` is the month that had been credited with it, absent where it was held."""

    payment: int = rests_on()
    amount: Money = internal(unit="fen", least=1)
    decision: str = internal()
    for_month: Month | None = internal(default=None)
    note: str | None = personal(default=None)


@event("dues.volunteered/1", StreamKind.CADRE, counted=False)
class DuesVolunteered(Event):
    """A one-off gift of 1000 yuan or more; it goes to the centre whole (中组发〔2008〕3号 article 11)."""

    amount: Money = internal(unit="fen", least=0)
    forwarded_by: str | None = internal(default=None)
    note: str | None = personal(default=None)


@event("arrears.reviewed/1", StreamKind.CADRE, counted=False)
class ArrearsReviewed(Event):
    """A member's unpaid months are looked at; the ledger removes nobody."""

    step: ArrearsStep = internal()
    months: int = internal(unit="months", least=1)
    ground: str | None = personal(default=None)
