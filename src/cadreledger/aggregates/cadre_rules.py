"""The ledger's own rules for a retired cadre: register, branches, dues, visits. A policy's: `cadre_regulations`."""

from typing import Final

from cadreledger.aggregates.cadre_state import NO_MONEY, CadreState
from cadreledger.aggregates.counted import counted_as
from cadreledger.aggregates.erasure import check_erasure
from cadreledger.aggregates.service_rules import check_service
from cadreledger.aggregates.violation import Violation
from cadreledger.events.cadre import (
    CadreChanged,
    CadreRegistered,
    MemberJoined,
    MemberLeft,
    Relation,
    VisitConfirmed,
    WishCancelled,
)
from cadreledger.events.dues import DuesAllocated, DuesReceived, DuesRefunded
from cadreledger.events.ledger import SubjectErased
from cadreledger.events.sections import Event
from cadreledger.values import Money, Month

__all__ = ["check", "tops_up"]

PAID_ONCE: Final = "中组发〔2008〕3号 art. 12"

SETTLES: Final = (DuesRefunded, DuesAllocated, MemberLeft, VisitConfirmed, WishCancelled)  # also after somebody left


def check(state: CadreState, event: Event) -> tuple[Violation, ...]:
    """What ``event`` would break, given ``state``. Pure; an audit asks the same question of history."""
    if isinstance(event, CadreRegistered):
        if state.kind is not None and state.left is None:
            return (Violation("already_registered", "this person is registered already"),)
        return ()
    if isinstance(event, SubjectErased):
        return check_erasure(erased=state.erased)
    return _check_registered(state) + _check_left(state, event) + _check_sense(state, event)


def _check_left(state: CadreState, event: Event) -> tuple[Violation, ...]:
    if state.left is None or isinstance(event, SETTLES):
        return ()
    if isinstance(event, DuesReceived) and state.left_on is not None and event.for_month <= Month.of(state.left_on):
        return ()  # owed up to that month, whoever brings it
    dated_before = state.left_on is not None and event.occurred_on is not None and event.occurred_on <= state.left_on
    if dated_before and not counted_as(event):  # they left with what they were counted as then
        return ()
    until = "what happened before they left" if state.left_on is None else f"what happened up to {state.left_on}"
    return (Violation("left_the_register", "this person has left the register", until, state.left.value),)


def _check_registered(state: CadreState) -> tuple[Violation, ...]:
    return () if state.kind is not None else (Violation("not_registered", "this person is not registered"),)


def _check_sense(state: CadreState, event: Event) -> tuple[Violation, ...]:
    match event:
        case MemberJoined():
            return _check_joined(state, event)
        case MemberLeft():
            return _check_member_left(state, event)
        case DuesReceived():
            return _check_received(state, event)
        case DuesAllocated() | DuesRefunded():
            return _check_spent(state, event)
        case VisitConfirmed():
            return _check_confirmed(state, event)
        case CadreChanged():
            flags = (state.smartphone + event.smartphone_delta, state.frail + event.frail_delta)
            return () if set(flags) <= {0, 1} else (Violation("no_such_change", "the register says so already"),)
        case _:
            return check_service(state, event)


def _check_member_left(state: CadreState, event: MemberLeft) -> tuple[Violation, ...]:
    formal = event.relation is Relation.FORMAL
    if state.formal == event.branch if formal else event.branch in state.participating:
        return ()
    return (Violation("not_in_the_branch", "this person is not in that branch", weight="senseless"),)


def _check_confirmed(state: CadreState, event: VisitConfirmed) -> tuple[Violation, ...]:
    if event.visit not in state.visits:
        found = f"version {event.visit}"
        return (Violation("unknown_visit", "there is no such visit", found=found, weight="senseless"),)
    visit = state.visits[event.visit]
    if (event.mode, event.occurred_on) != (visit.mode, visit.occurred_on):
        what, expected = "a confirmation is of the visit's day and mode", f"{visit.mode.value}, {visit.occurred_on}"
        return (Violation("another_visit", what, expected, weight="senseless"),)
    counted = Violation("visit_counts_already", "this visit counts already", weight="senseless")
    return (counted,) if state.counts(event.visit) else ()


def _check_joined(state: CadreState, event: MemberJoined) -> tuple[Violation, ...]:
    if event.relation is Relation.FORMAL and state.formal is not None:
        what = "a member has one formal relation"
        return (Violation("one_formal_relation", what, hint="Let them leave the other branch first."),)
    if event.relation is Relation.PARTICIPATING and event.branch in state.participating:
        return (Violation("takes_part_already", "this person takes part in that branch already"),)
    return ()


def _check_received(state: CadreState, event: DuesReceived) -> tuple[Violation, ...]:
    """A month is paid once, or topped up to what it owes; more is held until somebody decides."""
    if event.for_month not in state.credited or (not event.held and tops_up(state, event.for_month, event.amount)):
        return ()
    if event.held:
        what = "a second payment for a month is held until somebody decides"
        return (Violation("payment_held", what, "", str(event.for_month), weight="noted"),)
    return (_paid_already(state, event.for_month, "Pass if_paid='hold' to keep the money until somebody decides."),)


def tops_up(state: CadreState, month: Month, amount: Money) -> bool:
    """Whether ``amount`` is no more than what a month that was paid in part still lacks (中组发〔2008〕3号 art. 12)."""
    return NO_MONEY < amount <= state.lacks_in(month)


def _paid_already(state: CadreState, month: Month, hint: str) -> Violation:
    lacking = state.lacks_in(month)
    expected = f"at most the {lacking} that it lacks" if lacking > NO_MONEY else "a month that is not paid yet"
    what = "this month is paid already"
    return Violation("month_already_paid", what, expected, str(month), hint, citation=PAID_ONCE)


def _check_spent(state: CadreState, event: DuesAllocated | DuesRefunded) -> tuple[Violation, ...]:
    payment = state.payments.get(event.payment)
    if payment is None:
        return (
            Violation(
                "unknown_payment", "there is no such payment", found=f"version {event.payment}", weight="senseless"
            ),
        )
    left = payment.amount - state.spent_of.get(event.payment, NO_MONEY)
    if event.amount > left:
        return (
            Violation("more_than_is_left", "the payment does not hold that much", f"at most {left}", str(event.amount)),
        )
    if isinstance(event, DuesRefunded):
        credited = None if payment.held else payment.for_month
        if event.for_month != credited:
            what, expected = "a refund is of the month that was credited", str(credited or "no month: it was held")
            return (Violation("another_month", what, expected, str(event.for_month), weight="senseless"),)
        early = None not in {event.occurred_on, payment.occurred_on} and event.occurred_on < payment.occurred_on  # type: ignore[operator]
        what, expected = "money goes back before it came", f"{payment.occurred_on} or later"
        found = str(event.occurred_on)
        return (Violation("before_what_it_follows", what, expected, found),) if early else ()
    if not payment.held:
        return (Violation("payment_is_allocated", "this payment is credited to its month already"),)
    if event.for_month in state.credited and not tops_up(state, event.for_month, event.amount):
        return (_paid_already(state, event.for_month, "Let the money settle another month, or refund it."),)
    return ()
