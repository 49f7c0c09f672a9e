"""What the regulations say of a branch: its fund, its cash, its resolutions; by the policy in force."""

from datetime import date
from typing import Final

from cadreledger.aggregates.branch_state import BranchState
from cadreledger.aggregates.violation import Violation, against
from cadreledger.errors import InputError
from cadreledger.events.branch import (
    BranchKind,
    FundRemitted,
    FundReturned,
    FundSpent,
    MonthClosed,
    ResolutionPassed,
)
from cadreledger.events.sections import Event
from cadreledger.rules import Policy, Share, declared, enough_present, passes, returned_by
from cadreledger.values import Month, Period

__all__ = ["REGULATED", "TEMPORARY", "check_regulated", "settled_month"]

REGULATED: Final = (FundRemitted, FundReturned, FundSpent, ResolutionPassed, MonthClosed)
TEMPORARY: Final = "a temporary branch leaves formal relations where they are and collects no dues"


def check_regulated(state: BranchState, event: Event, policy: Policy) -> tuple[Violation, ...]:
    """What ``event`` would break of ``policy``, given ``state``. Pure; an audit asks the same question of history."""
    if event.occurred_on is None:
        return ()
    month = Month.of(event.occurred_on)
    match event:
        case FundRemitted():
            return _check_temporary(state, policy, month)
        case FundReturned():
            of_base = settled_month(event.base_period, event.occurred_on)
            return _check_temporary(state, policy, month) + _check_returned(event, policy, of_base)
        case FundSpent():
            return _check_spent(event, policy, month)
        case ResolutionPassed():
            return _check_resolution(event, policy, month)
        case MonthClosed():
            return _check_closed(event, policy)
        case _:
            return ()


def _check_temporary(state: BranchState, policy: Policy, month: Month) -> tuple[Violation, ...]:
    collects = policy.find(declared.TEMPORARY_COLLECTS, month)
    if state.kind is not BranchKind.TEMPORARY or collects is None or collects.value:
        return ()
    return against(collects, "temporary_branch", TEMPORARY, "a formal branch", "a temporary one")


def _check_returned(event: FundReturned, policy: Policy, month: Month) -> tuple[Violation, ...]:
    """Where the place has settled the share, it is that one, of the whole base."""
    settled = policy.find(declared.RETURNED_SHARE, month)
    if settled is not None and event.share is not None and Share(event.share).ratio != settled.value.ratio:
        what = "another share is returned than the place has settled"
        return against(settled, "another_share", what, str(settled.value), event.share)
    share = event.share if settled is None else str(settled.value)
    if share is None or (settled is None and event.base is None):
        return ()
    expected = "its base" if event.base is None else str(returned_by(policy, event.base, share, month))
    if expected == str(event.amount):
        return ()
    what = "a return is not its share of its base"
    if settled is None:
        return (Violation("not_its_share", what, expected, str(event.amount)),)
    return against(settled, "not_its_share", what, expected, str(event.amount) if event.base else "no base")


def settled_month(base_period: str | None, on: date) -> Month:
    """The month whose rules a return follows: the last one that its base is of, or else its own."""
    try:
        return Period.parse(base_period if isinstance(base_period, str) else "").last
    except InputError:
        return Month.of(on)


def _check_spent(event: FundSpent, policy: Policy, month: Month) -> tuple[Violation, ...]:
    found: tuple[Violation, ...] = ()
    decided, uses = policy.find(declared.DECIDED, month), policy.find(declared.USES, month)
    if decided is not None and decided.value and not (event.decision or "").strip():
        what = "money is spent on a collective decision"
        found += against(decided, "no_decision", what, "the resolution's reference")
    if uses is not None and event.use.value not in uses.value:
        what = "the fund is not for that use"
        found += against(uses, "use_not_permitted", what, ", ".join(uses.value), event.use.value)
    return found


def _check_resolution(event: ResolutionPassed, policy: Policy, month: Month) -> tuple[Violation, ...]:
    """Half or more of those entitled are there, and more than half of them, there or not, are in favour."""
    quorum, majority = policy.find(declared.QUORUM, month), policy.find(declared.MAJORITY, month)
    found: tuple[Violation, ...] = ()
    if quorum is not None and not enough_present(event.present, event.entitled, quorum.value):
        numerator, denominator = quorum.value.parts
        least = -(-event.entitled * numerator // denominator)
        what = "a meeting has too few voting members present"
        found += against(quorum, "not_quorate", what, f"{least} of {event.entitled} or more", str(event.present))
    if majority is not None and not passes(event.in_favour, event.entitled, majority.value):
        numerator, denominator = majority.value.parts
        least = event.entitled * numerator // denominator + 1
        what, expected = "a resolution did not pass", f"{least} of {event.entitled} entitled or more"
        found += against(majority, "not_passed", what, expected, f"{event.in_favour} in favour")
    return found


def _check_closed(event: MonthClosed, policy: Policy) -> tuple[Violation, ...]:
    """What was counted is what the receipts say, or the difference is explained; nobody makes it up themselves."""
    explained = policy.find(declared.VARIANCE_EXPLAINED, event.month)
    if (
        explained is None
        or not explained.value
        or event.expected == event.counted_amount
        or (event.explanation_code or "").strip()
    ):
        return ()
    what, hint = "the cash box differs from the receipts", "Explain the difference, or find it; nobody makes it up."
    variance = str(event.counted_amount - event.expected)
    return against(explained, "variance_unexplained", what, str(event.expected), f"a variance of {variance}", hint)
