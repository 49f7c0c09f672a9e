"""What the regulations say of one member: dues, letters, the medal. Every limit comes from the policy in force."""

from datetime import date
from itertools import takewhile
from typing import Final

import attrs

from cadreledger.aggregates.cadre_state import CadreState
from cadreledger.aggregates.violation import Violation, against
from cadreledger.errors import InputError
from cadreledger.events.cadre import (
    Medal,
    MedalAwarded,
    MemberJoined,
    MemberLeft,
    MembershipEnd,
    Relation,
    TransferSent,
)
from cadreledger.events.dues import DuesAllocated, DuesAssessed, DuesReceived, DuesVolunteered
from cadreledger.events.sections import Event
from cadreledger.rules import Changed, DuesScheme, Policy, assess, declared, medal_due_since, months_later
from cadreledger.values import Month, StreamId, yuan
from cadreledger.values.time import YEAR_MAX

__all__ = ["REGULATED", "check_regulated"]

REGULATED: Final = (DuesAssessed, DuesReceived, DuesAllocated, DuesVolunteered, TransferSent, MemberLeft, MedalAwarded)


def check_regulated(state: CadreState, event: Event, policy: Policy) -> tuple[Violation, ...]:
    """What ``event`` would break of ``policy``, given ``state``. Pure; an audit asks the same question of history."""
    match event:
        case DuesAssessed():
            return _check_assessed(event, policy) + _check_changed(state, event, policy)
        case DuesReceived():
            usual = _is_of_its_month(event) and event.branch in _branches(state, event)
            return () if usual else _check_where(state, event, policy) + _check_when(event, policy)
        case DuesAllocated():
            payment = state.payments.get(event.payment)
            came = None if payment is None or payment.occurred_on is None else Month.of(payment.occurred_on)
            return () if came is None else _check_ahead(came, event.for_month, policy)
        case DuesVolunteered():
            return _check_volunteered(event, policy)
        case TransferSent():
            return _check_letter(event, policy)
        case MemberLeft(relation=Relation.FORMAL, cause=MembershipEnd.TRANSFER):
            return _check_accepted(state, event, policy)
        case MedalAwarded(medal=Medal.PARTY_50):
            return _check_medal(state, event, policy)
        case _:
            return ()


def _check_assessed(event: DuesAssessed, policy: Policy) -> tuple[Violation, ...]:
    """What is owed follows from the base, where that is at hand, unless it was reduced; and keeps its limits."""
    found: tuple[Violation, ...] = ()
    limits = policy.find(declared.FARMERS, event.valid_from)
    if event.scheme == DuesScheme.FARMER.value and event.relief is None and limits is not None:
        least, most = limits.value.least, limits.value.most
        if not least <= event.owed <= most:
            what = "a farmer's dues are outside their limits"
            found += against(limits, "farmer_outside_limits", what, f"{least} to {most}", str(event.owed))
    most_a_month = policy.find(declared.MONTH_MAX, event.valid_from)
    if most_a_month is not None and event.owed > most_a_month.value:
        what, expected = "a month's dues are above the usual limit", f"at most {most_a_month.value}"
        found += against(most_a_month, "above_month_max", what, expected, str(event.owed))
    if event.base is None or event.relief is not None:
        return found
    try:
        owed = assess(yuan(event.base), DuesScheme(event.scheme), event.valid_from, policy).owed
    except (InputError, ValueError):  # an old scheme, or a base that nobody can read: the amount stands as recorded
        return found
    if owed == event.owed:
        return found
    what = "what is owed does not follow from its base"
    return (*found, Violation("owed_otherwise", what, str(owed), str(event.owed), weight="noted"))


def _check_changed(state: CadreState, event: DuesAssessed, policy: Policy) -> tuple[Violation, ...]:
    """Where dues are fixed for the year, a change within it is named, unless it is a reduction."""
    changed = policy.find(declared.CHANGED, event.valid_from)
    if changed is None or changed.value is not Changed.NEXT_YEAR or event.relief is not None:
        return ()
    before = state.owed_in(event.valid_from)
    earlier = state.assessed and state.assessed[0][0] < event.valid_from
    this_year = any(since.year == event.valid_from.year for since, _ in state.assessed)
    if not (earlier or this_year) or before == event.owed or event.valid_from.month == 1:
        return ()
    what, expected = "dues that are fixed for the year change within it", f"{before} until December"
    return against(changed, "changed_within_the_year", what, expected, str(event.owed))


def _check_where(state: CadreState, event: DuesReceived, policy: Policy) -> tuple[Violation, ...]:
    """Dues go to the branch of the formal relation, or with a permit of mobile members where they take part."""
    branches = _branches(state, event)
    permit_pays = None if event.branch in branches else policy.find(declared.PERMIT_PAYS_THERE, _came(event))
    if permit_pays is None or (permit_pays.value and _has_permit(state, event)):
        return ()
    what, expected = "dues go to the branch of the formal relation", " or ".join(branches) or "a formal branch"
    return against(permit_pays, "not_the_formal_branch", what, expected, event.branch)


def _branches(state: CadreState, event: DuesReceived) -> tuple[StreamId, ...]:
    """Where a payment goes; one without a day, to the branch of now."""
    if event.occurred_on is None:
        return () if state.formal is None else (state.formal,)
    return state.dues_branches(event.occurred_on)


def _has_permit(state: CadreState, event: DuesReceived) -> bool:
    """Whether the person takes part in the branch with a permit, or did so on the day of payment."""
    day = event.occurred_on or date.max
    permit, since, until = False, date.min, date.max
    for other in state.standing.values():
        match other:
            case MemberJoined(relation=Relation.PARTICIPATING) if other.branch == event.branch:
                permit, since, until = bool(other.permit), other.occurred_on or date.min, date.max
            case MemberLeft(relation=Relation.PARTICIPATING) if other.branch == event.branch:
                until = other.occurred_on or date.max
            case _:
                pass
    return permit and since <= day <= until


def _check_when(event: DuesReceived, policy: Policy) -> tuple[Violation, ...]:
    came = _came(event)
    late = policy.find(declared.BACKPAID_MONTHS_MAX, came)
    behind = came.months_since(event.for_month)
    if late is not None and behind > late.value:
        what, expected = "dues are paid long after their month", f"within {late.value} months"
        return against(late, "paid_late", what, expected, f"{behind} months")
    return _check_ahead(came, event.for_month, policy)


def _check_ahead(came: Month, for_month: Month, policy: Policy) -> tuple[Violation, ...]:
    prepaid = policy.find(declared.PREPAID_MONTHS_MAX, came)
    if prepaid is None or for_month.months_since(came) < max(prepaid.value, 1):  # the current month is one of them
        return ()
    what, expected = "dues are paid too far ahead", f"{came.plus(max(prepaid.value, 1) - 1)} at the latest"
    return against(prepaid, "prepaid_too_far", what, expected, str(for_month))


def _check_volunteered(event: DuesVolunteered, policy: Policy) -> tuple[Violation, ...]:
    least = policy.find(declared.VOLUNTARY_MIN, Month.of(event.occurred_on)) if event.occurred_on else None
    if least is None or event.amount >= least.value:
        return ()
    what, hint = "a voluntary payment is too small to go to the centre", "Record it as dues for their month."
    return against(least, "voluntary_too_small", what, f"at least {least.value}", str(event.amount), hint)


def _check_letter(event: TransferSent, policy: Policy) -> tuple[Violation, ...]:
    valid = policy.find(declared.LETTER_MONTHS_MAX, Month.of(event.occurred_on)) if event.occurred_on else None
    if valid is None or event.occurred_on is None:
        return ()
    latest = months_later(event.occurred_on, valid.value)
    if event.occurred_on < event.expires_on <= latest:
        return ()
    what, expected = f"an introduction letter is valid for {valid.value} months at most", f"up to {latest}"
    return against(valid, "letter_valid_too_long", what, expected, str(event.expires_on))


def _check_accepted(state: CadreState, event: MemberLeft, policy: Policy) -> tuple[Violation, ...]:
    """The other branch accepts before the last letter of this membership expires; without a letter, nobody knows."""
    accepted_on = event.occurred_on
    since = takewhile(lambda other: not _joins_formally(other), reversed(list(state.standing.values())))
    letters = {other.occurred_on: other for other in since if isinstance(other, TransferSent)}
    sent_on = max((day for day in letters if day and accepted_on and day <= accepted_on), default=None)
    if sent_on is None or accepted_on is None or accepted_on <= letters[sent_on].expires_on:
        return ()
    valid = policy.find(declared.LETTER_MONTHS_MAX, Month.of(sent_on))
    if valid is None:
        return ()
    what, expected = "an introduction letter had expired", f"an acceptance up to {letters[sent_on].expires_on}"
    return against(valid, "letter_expired", what, expected, str(accepted_on), "Send another letter.")


def _joins_formally(event: Event) -> bool:
    return isinstance(event, MemberJoined) and event.relation is Relation.FORMAL


def _check_medal(state: CadreState, event: MedalAwarded, policy: Policy) -> tuple[Violation, ...]:
    years = policy.find(declared.MEDAL_YEARS, Month(min(event.year, YEAR_MAX), 7))
    due = medal_due_since(min(event.year, YEAR_MAX), policy)
    if years is None or due is None or event.year > YEAR_MAX:
        return (Violation("medal_not_due", "no medal was or will be of that year", found=str(event.year)),)
    if state.full_member_on is None:
        what = "nobody has said since when this person is a full member"
        noted = Violation("medal_not_due", what, "since when", citation=years.citation, weight="noted")
        return (attrs.evolve(noted, policy_version=years.version),)
    if state.full_member_on <= due:
        return ()
    what, expected = (
        f"the medal asks for {years.value} years of full membership at 1 July",
        f"a full member since {due}",
    )
    return against(years, "medal_not_due", what, expected, str(state.full_member_on))


def _is_of_its_month(event: DuesReceived) -> bool:
    day, month = event.occurred_on, event.for_month
    return day is not None and (day.year, day.month) == (month.year, month.month)


def _came(event: DuesReceived) -> Month:
    return Month.of(event.occurred_on) if event.occurred_on else event.for_month
