"""Whose dues are unpaid, by month, and where a review falls due (中组发〔2008〕3号 articles 12 and 13)."""

from collections.abc import Iterator
from datetime import date
from typing import Final

import attrs

from cadreledger.aggregates import CadreState
from cadreledger.events.cadre import LeaveCause
from cadreledger.events.dues import ArrearsReviewed, ArrearsStep
from cadreledger.queries.picture import Picture
from cadreledger.queries.responsibility import Responsibility, member_of
from cadreledger.rules import Policy, declared, unpaid_in_a_row
from cadreledger.values import Money, Month, Period, StreamId, fen

__all__ = ["Arrears", "arrears", "arrears_of", "owed_to", "paid_to", "prepaid_beyond"]

NOTHING: Final = fen(0)


@attrs.frozen
class Arrears:
    """What one member (``stream``), formally of ``branch`` at the end of the month that was asked for, has not paid.

    ``unpaid``: month, branch that its dues belong to, and how much is lacking. ``row``: the months in a row, up to the
    last, that are not paid in full and that nobody has excused. ``review`` is the last step of a review (None: there
    was none). ``review_due``: as many months of the row as open a review came after the last one was closed, and none
    is open. A review removes nobody.
    """

    stream: StreamId
    branch: StreamId
    unpaid: tuple[tuple[Month, StreamId, Money], ...]
    row: tuple[Month, ...]
    review: ArrearsStep | None
    review_due: bool

    @property
    def lacking(self) -> Money:
        """How much is lacking in all."""
        return fen(sum(amount.fen for _, _, amount in self.unpaid))

    @property
    def review_open(self) -> bool:
        """Whether a review is under way."""
        return self.review is ArrearsStep.OPENED

    def json(self) -> dict[str, object]:
        """As it stands in ``arrears --json``; amounts in fen."""
        return {
            "stream": self.stream,
            "branch": self.branch,
            "lacking": self.lacking.fen,
            "unpaid": [
                {"month": str(month), "branch": branch, "lacking": amount.fen} for month, branch, amount in self.unpaid
            ],
            "row": [str(month) for month in self.row],
            "review": None if self.review is None else self.review.value,
            "review_due": self.review_due,
        }


def arrears(picture: Picture, month: Month) -> tuple[Arrears, ...]:
    """Every member with a month unpaid, in part or whole, up to and including ``month``; by stream.

    A member has the formal relation here at the end of ``month``. What is owed follows from assessments: where there is
    none, nothing is known to be owed. Whatever the picture knows to be paid is paid, on whichever day it came.
    """
    members = ((stream, state) for stream, state in picture.cadres() if member_of(state, month) is not None)
    found = (arrears_of(stream, state, month, picture.policy) for stream, state in members)
    return tuple(one for one in found if one is not None and one.unpaid)


def arrears_of(stream: StreamId, state: CadreState, month: Month, policy: Policy) -> Arrears | None:
    """As `arrears`, of one person, who may have paid everything; None: they are no member here then."""
    branch = member_of(state, month)
    if branch is None:
        return None
    lacking = [
        (each, whose, owed - state.credited.get(each, NOTHING)) for each, whose, owed in owed_to(state, month, policy)
    ]
    unpaid = tuple(one for one in lacking if one[2] > NOTHING)
    reviews = [event for event in state.standing.values() if isinstance(event, ArrearsReviewed)]
    reviews.sort(key=_day)  # of one day, in the order in which they were recorded
    row = unpaid_in_a_row(_settled(unpaid, month), _last(reviews, ArrearsStep.EXCUSED))
    review = reviews[-1].step if reviews else None
    closed = _last(reviews, ArrearsStep.CLOSED)
    since = [each for each in row if closed is None or each > closed]
    limit = policy.find(declared.UNPAID_MONTHS_REVIEW, month)
    due = limit is not None and 0 < limit.value <= len(since) and review is not ArrearsStep.OPENED
    return Arrears(stream, branch, unpaid, row, review, due)


def owed_to(state: CadreState, upto: Month, policy: Policy) -> Iterator[tuple[Month, StreamId, Money]]:
    """Month, branch that its dues belong to, and what is owed for it, up to and including ``upto``.

    From the first month of the formal relation and of an assessment on, to that of death or leaving. Months for which
    nothing is owed are left out.
    """
    if not state.assessed or state.assessed[0][0] > upto:
        return
    whose = Responsibility.of(state, policy)
    for month in Period(state.assessed[0][0], upto).months():
        owed, branch = state.owed_in(month), whose.branch_in(month)
        if branch is not None and owed > NOTHING:
            yield month, branch, owed


def paid_to(state: CadreState, month: Month, policy: Policy) -> Month | None:
    """The month to which dues are paid, as a letter of ``month`` states it; None: nothing was ever owed.

    The one before the first that is lacking, or else the last one that was prepaid in full.
    """
    owed = list(owed_to(state, month, policy))
    lacks = (each for each, _, amount in owed if state.credited.get(each, NOTHING) < amount)
    first = next(lacks, None)
    if first is not None or not owed:
        return None if first is None else first.plus(-1)
    paid = month
    while state.credited.get(paid.plus(1), NOTHING) >= state.owed_in(paid.plus(1)) > NOTHING:
        paid = paid.plus(1)
    return paid


def prepaid_beyond(state: CadreState) -> Money:
    """What was credited for months after a death: for a decision, as a refund. Nothing for whoever lives."""
    if state.left is not LeaveCause.DEATH or state.left_on is None:
        return NOTHING
    died = Month.of(state.left_on)
    return fen(sum(amount.fen for month, amount in state.credited.items() if month > died))


def _settled(unpaid: tuple[tuple[Month, StreamId, Money], ...], upto: Month) -> Iterator[tuple[Month, bool]]:
    """Each month from the first unpaid one on, and whether nothing of it is lacking: none owed here is none unpaid."""
    lacks = {month for month, _, _ in unpaid}
    return ((month, month not in lacks) for month in (Period(min(lacks), upto).months() if lacks else ()))


def _last(reviews: list[ArrearsReviewed], step: ArrearsStep) -> Month | None:
    """The last month in which a review came to that ``step``."""
    return next((Month.of(_day(event)) for event in reversed(reviews) if event.step is step), None)


def _day(event: ArrearsReviewed) -> date:
    return event.occurred_on or date.min
