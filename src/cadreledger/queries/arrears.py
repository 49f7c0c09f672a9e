"""Whose dues are unpaid, by month, and where a review falls due (中组发〔2008〕3号 articles 12 and 13)."""

from collections.abc import Iterator
from datetime import date
from typing import Final

import attrs

from cadreledger.aggregates import CadreState
from cadreledger.events.cadre import LeaveCause, MemberJoined, MemberLeft, MembershipEnd, Relation, TransferSent
from cadreledger.events.dues import ArrearsReviewed, ArrearsStep
from cadreledger.events.sections import Event
from cadreledger.queries.picture import Picture
from cadreledger.rules import Policy, declared, months_later, unpaid_in_a_row
from cadreledger.values import Money, Month, StreamId, fen

__all__ = ["Arrears", "arrears", "arrears_of", "prepaid_beyond", "responsible"]

NOTHING: Final = fen(0)


@attrs.frozen
class Arrears:
    """What one member (``stream``) has not paid.

    ``unpaid``: month, branch that it belongs to, and how much is lacking. ``row``: the months in a row, up to the last,
    that nobody has excused. ``review_due``: they are as many as open a review (it removes nobody), and none is open.
    """

    stream: str
    unpaid: tuple[tuple[Month, StreamId, Money], ...]
    row: tuple[Month, ...]
    review_open: bool
    review_due: bool

    @property
    def lacking(self) -> Money:
        """How much is lacking in all."""
        return fen(sum(amount.fen for _, _, amount in self.unpaid))

    def json(self) -> dict[str, object]:
        """As it stands in ``arrears --json``; amounts in fen."""
        return {
            "stream": self.stream,
            "lacking": self.lacking.fen,
            "unpaid": [
                {"month": str(month), "branch": branch, "lacking": amount.fen} for month, branch, amount in self.unpaid
            ],
            "row": [str(month) for month in self.row],
            "review_open": self.review_open,
            "review_due": self.review_due,
        }


def arrears(picture: Picture, month: Month) -> tuple[Arrears, ...]:
    """Every member with a month unpaid, in part or whole, up to and including ``month``; by stream.

    What is owed follows from assessments: where there is none, nothing is known to be owed.
    """
    found = (arrears_of(stream, state, month, picture.policy) for stream, state in picture.cadres())
    return tuple(one for one in found if one.unpaid)


def arrears_of(stream: StreamId, state: CadreState, month: Month, policy: Policy) -> Arrears:
    """As `arrears`, of one member."""
    months = list(_owed(state, month))
    unpaid = tuple((each, branch, lacking) for each, branch, lacking in months if lacking > NOTHING)
    reviews = [event for event in state.standing.values() if isinstance(event, ArrearsReviewed)]
    last = max(reviews, key=lambda event: event.occurred_on or date.min, default=None)
    decided = [event.occurred_on for event in reviews if event.step is not ArrearsStep.OPENED and event.occurred_on]
    settled = ((each, lacking <= NOTHING) for each, _, lacking in months)
    row = unpaid_in_a_row(settled, Month.of(max(decided)) if decided else None)
    is_open = last is not None and last.step is ArrearsStep.OPENED
    limit = policy.find(declared.UNPAID_MONTHS_REVIEW, month)
    due = limit is not None and limit.value > 0 and len(row) >= limit.value and not is_open
    return Arrears(stream, unpaid, row, is_open, due)


def responsible(state: CadreState, month: Month) -> StreamId | None:
    """The branch that the dues of ``month`` belong to; None: none here.

    It is the branch of the formal relation at the month's end; after a transfer, the old one up to the month to which
    its letter says dues are paid. A death ends the relation with its month.
    """
    return _responsible(_moves(state), month)


def prepaid_beyond(state: CadreState) -> Money:
    """What was credited for months after a death: for a decision, as a refund."""
    if state.left is not LeaveCause.DEATH or state.left_on is None:
        return NOTHING
    died = Month.of(state.left_on)
    return fen(sum(amount.fen for month, amount in state.credited.items() if month > died))


def _owed(state: CadreState, upto: Month) -> Iterator[tuple[Month, StreamId, Money]]:
    """Month, branch, and how much is lacking (negative: too much), from the first assessment on."""
    if not state.assessed:
        return
    moves = _moves(state)
    month = state.assessed[0][0]
    while month <= upto:
        branch = _responsible(moves, month)
        if branch is not None:
            yield month, branch, state.owed_in(month) - state.credited.get(month, NOTHING)
        month = month.plus(1)


def _moves(state: CadreState) -> list[tuple[date, Event]]:
    """Comings, goings and letters of the formal relation, by day."""
    moves = [
        (event.occurred_on or date.min, event)
        for event in state.standing.values()
        if isinstance(event, TransferSent)
        or (isinstance(event, MemberJoined | MemberLeft) and event.relation is Relation.FORMAL)
    ]
    return sorted(moves, key=lambda move: move[0])


def _responsible(moves: list[tuple[date, Event]], month: Month) -> StreamId | None:
    after = months_later(date(month.year, month.month, 1), 1)  # the first day of the next month
    branch: StreamId | None = None
    paid_by: StreamId | None = None
    for day, event in moves:
        if day >= after:
            break
        match event:
            case MemberJoined():
                branch = event.branch
            case MemberLeft():
                ends_later = event.cause is MembershipEnd.DEATH and Month.of(day) == month
                branch = branch if ends_later else None
            case TransferSent() if event.paid_to >= month:
                paid_by = event.from_branch
            case _:
                pass
    return paid_by or branch
