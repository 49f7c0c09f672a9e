"""To which branch a member and a month's dues belong, as joining, leaving, letters and deaths say.

A month's dues belong to the branch of the formal relation at the month's end. On a transfer the old branch stays
responsible until the new one accepts, and the months to which the letter says that dues are paid stay the old one's.
Whoever dies, moves away or ends the relation still belongs to the branch in that month. Who was entered by error never
belonged.
"""

from typing import Final

import attrs

from cadreledger.aggregates import CadreState
from cadreledger.events.cadre import (
    CadreLeft,
    CadreRegistered,
    LeaveCause,
    MemberJoined,
    MemberLeft,
    MembershipEnd,
    Relation,
    TransferSent,
)
from cadreledger.events.sections import Event
from cadreledger.rules import Policy, declared, national
from cadreledger.values import Month, StreamId

__all__ = ["Responsibility", "member_of", "responsible"]

START: Final = 0
NEVER: Final = 10**6  # after every month that there is


@attrs.frozen
class _Span:
    """Months by number, half-open: in ``branch``, or ("") out of the register."""

    branch: str
    first: int
    end: int


@attrs.frozen
class Responsibility:
    """Whose the dues of each month are. Ask `of` once for many months."""

    held: tuple[_Span, ...]
    absent: tuple[_Span, ...]

    @classmethod
    def of(cls, state: CadreState, policy: Policy) -> "Responsibility":
        """What follows from the events of ``state``; whether a death ends dues, ``policy`` says (dues.after_death)."""
        counted = [event for event in state.standing.values() if not _dues_go_on(event, policy)]
        return cls(tuple(_held(counted)), tuple(_absent(counted)))

    def branch_in(self, month: Month) -> StreamId | None:
        """The branch that the dues of ``month`` belong to; None: none here."""
        number = _number(month)
        if any(span.first <= number < span.end for span in self.absent):
            return None
        found = (span.branch for span in reversed(self.held) if span.first <= number < span.end)
        branch = next(found, None)
        return None if branch is None else StreamId(branch)


def responsible(state: CadreState, month: Month, policy: Policy | None = None) -> StreamId | None:
    """The branch that the dues of ``month`` belong to, by ``policy`` (None: the national one); None: none here."""
    return Responsibility.of(state, national() if policy is None else policy).branch_in(month)


def member_of(state: CadreState, month: Month) -> StreamId | None:
    """The branch of the formal relation at the end of ``month``, of somebody who is in the register then; else None."""
    branch: StreamId | None = None
    registered = by_error = False
    for event in state.standing.values():
        past = event.occurred_on is None or Month.of(event.occurred_on) <= month
        match event:
            case CadreRegistered():
                registered = registered or past or by_error
            case CadreLeft(cause=LeaveCause.ERROR):
                registered, by_error = False, True
            case CadreLeft():
                registered = registered and not past
            case MemberJoined(relation=Relation.FORMAL):
                branch = event.branch if past else branch
            case MemberLeft(relation=Relation.FORMAL, cause=MembershipEnd.ERROR):
                branch = None
            case MemberLeft(relation=Relation.FORMAL):
                branch = None if past else branch
            case _:
                pass
    return branch if registered else None


def _held(events: list[Event]) -> list[_Span]:
    """The formal relations, each with the months that are its own."""
    found: list[_Span] = []
    paid_to = START  # the month after the one to which the last letter says that dues are paid
    transferred = False
    for event in events:
        match event:
            case TransferSent():
                paid_to = _number(event.paid_to) + 1
            case MemberJoined(relation=Relation.FORMAL):
                first = max(_month_of(event), paid_to if transferred else START)
                if found:
                    last = found[-1]
                    found[-1] = attrs.evolve(last, end=first if transferred else min(last.end, first))
                found.append(_Span(event.branch, first, NEVER))
                transferred = False
            case MemberLeft(relation=Relation.FORMAL) if found:
                transferred = event.cause is MembershipEnd.TRANSFER
                if event.cause is MembershipEnd.ERROR:
                    found.pop()
                elif transferred:  # whoever accepts has that month, unless it was paid before
                    found[-1] = attrs.evolve(found[-1], end=max(_month_of(event), paid_to))
                else:
                    found[-1] = attrs.evolve(found[-1], end=_month_of(event) + 1)
            case _:
                pass
    return found


def _absent(events: list[Event]) -> list[_Span]:
    """The months after a leaving, until the next registration."""
    found: list[_Span] = []
    since: int | None = None
    by_error = False
    for event in events:
        match event:
            case CadreRegistered():
                if since is not None and not by_error:
                    found.append(_Span("", since, _month_of(event)))
                since = None
            case CadreLeft():
                by_error = event.cause is LeaveCause.ERROR
                since = START if by_error else _month_of(event) + 1
            case _:
                pass
    return found if since is None else [*found, _Span("", since, NEVER)]


def _dues_go_on(event: Event, policy: Policy) -> bool:
    """Whether ``event`` is a death after which, against the national rule, dues are owed."""
    died = isinstance(event, CadreLeft) and event.cause is LeaveCause.DEATH
    died = died or (isinstance(event, MemberLeft) and event.cause is MembershipEnd.DEATH)
    if not died or event.occurred_on is None:
        return False
    after = policy.find(declared.AFTER_DEATH, Month.of(event.occurred_on))
    return after is not None and after.value


def _month_of(event: Event) -> int:
    return START if event.occurred_on is None else _number(Month.of(event.occurred_on))


def _number(month: Month) -> int:
    return month.year * 12 + month.month - 1
