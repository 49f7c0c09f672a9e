"""The state of a retired cadre, folded from events, and the rules that a new event is held against."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import attrs

from cadreledger.aggregates.base import Violation
from cadreledger.aggregates.counted import check_counted, check_order, counted_as
from cadreledger.aggregates.standing import Standing, thawed
from cadreledger.events.cadre import (
    CadreChanged,
    CadreKind,
    CadreLeft,
    CadreRegistered,
    LeaveCause,
    MemberJoined,
    MemberLeft,
    Relation,
    VisitConfirmed,
    VisitMade,
    VisitMode,
    VisitReason,
)
from cadreledger.events.dues import DuesAllocated, DuesAssessed, DuesReceived, DuesRefunded, DuesVolunteered
from cadreledger.events.ledger import SubjectErased
from cadreledger.events.sections import Event
from cadreledger.events.void import Void
from cadreledger.rules.dues import DEFAULT
from cadreledger.values import Money, Month, StreamId, fen

__all__ = ["CadreFold", "CadreState", "check", "fold"]

NO_MONEY: Final = fen(0)
AHEAD_MAX: Final = DEFAULT.prepaid_months_max.value - 1  # the current month is one of them
BACK_MAX: Final = DEFAULT.backpaid_months_max.value
DUES_RULES: Final = "中组发〔2008〕3号"

VisitKey = tuple[date | None, VisitReason, VisitMode]


@attrs.frozen(kw_only=True)
class CadreState:
    """One person as the ledger knows them, without a word of personal data.

    ``credited`` is what was credited by the month owed, ``spent_of`` how much of a payment (by version) was allocated
    or refunded, ``assessed`` what is owed a month, from a month on, in the order of the months.
    """

    version: int = 0
    kind: CadreKind | None = None
    left: LeaveCause | None = None
    left_on: date | None = None
    smartphone: bool = False
    frail: bool = False
    full_member_on: date | None = None
    formal: StreamId | None = None
    participating: Mapping[StreamId, int] = MappingProxyType({})
    assessed: tuple[tuple[Month, Money], ...] = ()
    payments: Mapping[int, DuesReceived] = MappingProxyType({})
    spent_of: Mapping[int, Money] = MappingProxyType({})
    credited: Mapping[Month, Money] = MappingProxyType({})
    visits: Mapping[int, VisitMade] = MappingProxyType({})
    confirmed: frozenset[int] = frozenset()
    alike: Mapping[VisitKey, tuple[int, ...]] = MappingProxyType({})
    standing: Mapping[int, Event] = MappingProxyType({})

    def owed_in(self, month: Month) -> Money:
        """What is owed for ``month`` by the assessment in force then; nothing before the first one."""
        place = bisect_right(self.assessed, month, key=lambda item: item[0])
        return self.assessed[place - 1][1] if place else NO_MONEY

    def visits_like(self, day: date, reason: VisitReason, mode: VisitMode) -> tuple[int, ...]:
        """The versions of standing visits on the same day, for the same reason, in the same mode."""
        return self.alike.get((day, reason, mode), ())

    def counts(self, visit: int) -> bool:
        """Whether a standing visit is counted."""
        return not self.visits[visit].repeated or visit in self.confirmed


class CadreFold:
    """A cadre's state under construction."""

    _kind: CadreKind | None
    _left: LeaveCause | None
    _left_on: date | None
    _full_member_on: date | None
    _formal: StreamId | None
    _participating: dict[StreamId, int]
    _assessed: dict[Month, Money]
    _payments: dict[int, DuesReceived]
    _spent_of: dict[int, Money]
    _credited: dict[Month, Money]
    _visits: dict[int, VisitMade]
    _confirmed: set[int]
    _alike: dict[VisitKey, tuple[int, ...]]

    def __init__(self, state: CadreState | None = None) -> None:
        self._standing = Standing()
        self._derive()
        if state is None:
            return
        self._standing = Standing(thawed(state.standing), state.version)
        self._kind, self._left, self._left_on = state.kind, state.left, state.left_on
        self._smartphone, self._frail, self._full_member_on = state.smartphone, state.frail, state.full_member_on
        self._formal, self._participating = state.formal, thawed(state.participating)
        self._assessed, self._payments = dict(state.assessed), thawed(state.payments)
        self._spent_of, self._credited = thawed(state.spent_of), thawed(state.credited)
        self._visits, self._confirmed, self._alike = thawed(state.visits), set(state.confirmed), thawed(state.alike)

    @property
    def version(self) -> int:
        """The number of the last event."""
        return self._standing.version

    def standing(self) -> Mapping[int, Event]:
        """The events that count, by version."""
        return MappingProxyType(self._standing.events)

    def take(self, version: int, event: Event) -> None:
        """Apply one event."""
        if self._standing.take(version, event):
            self._derive()
        elif not isinstance(event, Void):
            self._apply(version, event)

    def view(self) -> CadreState:
        """The state as it stands; valid until the next `take`."""
        return CadreState(
            version=self.version,
            kind=self._kind,
            left=self._left,
            left_on=self._left_on,
            smartphone=self._smartphone,
            frail=self._frail,
            full_member_on=self._full_member_on,
            formal=self._formal,
            participating=MappingProxyType(self._participating),
            assessed=tuple(self._assessed.items()),
            payments=MappingProxyType(self._payments),
            spent_of=MappingProxyType(self._spent_of),
            credited=MappingProxyType(self._credited),
            visits=MappingProxyType(self._visits),
            confirmed=frozenset(self._confirmed),
            alike=MappingProxyType(self._alike),
            standing=MappingProxyType(self._standing.events),
        )

    def freeze(self) -> CadreState:
        """The state as it stands, sharing nothing that changes."""
        return attrs.evolve(
            self.view(),
            participating=MappingProxyType(dict(self._participating)),
            payments=MappingProxyType(dict(self._payments)),
            spent_of=MappingProxyType(dict(self._spent_of)),
            credited=MappingProxyType(dict(self._credited)),
            visits=MappingProxyType(dict(self._visits)),
            alike=MappingProxyType(dict(self._alike)),
            standing=MappingProxyType(dict(self._standing.events)),
        )

    def copy(self) -> "CadreFold":
        """Another one in the same state, which goes its own way."""
        return CadreFold(self.freeze())

    def check(self, event: Event) -> tuple[Violation, ...]:
        """What ``event`` would break."""
        if isinstance(event, Void):
            return self._standing.check_void(event) or check_counted(self._standing.events, event)
        return check(self.view(), event) + check_order(self._standing.events, event)

    def _derive(self) -> None:
        self._kind = None
        self._left = None
        self._left_on = None
        self._smartphone = self._frail = False
        self._full_member_on = None
        self._formal = None
        self._participating = {}
        self._assessed = {}
        self._payments = {}
        self._spent_of = {}
        self._credited = {}
        self._visits = {}
        self._confirmed = set()
        self._alike = {}
        for version, event in self._standing.items():
            self._apply(version, event)

    def _apply(self, version: int, event: Event) -> None:  # noqa: C901, PLR0912 - one short arm an event
        match event:
            case CadreRegistered():
                self._kind, self._left, self._left_on = event.kind, None, None
                self._smartphone, self._frail = event.smartphone, event.frail
                self._full_member_on = event.full_member_on
            case CadreChanged():
                self._smartphone = self._smartphone + event.smartphone_delta > 0
                self._frail = self._frail + event.frail_delta > 0
                self._full_member_on = event.full_member_on or self._full_member_on
            case CadreLeft():
                self._left, self._left_on = event.cause, event.occurred_on
            case MemberJoined(relation=Relation.FORMAL):
                self._formal = event.branch
            case MemberJoined():
                self._participating[event.branch] = version
            case MemberLeft(relation=Relation.FORMAL):
                self._formal = None
            case MemberLeft():
                self._participating.pop(event.branch, None)
            case DuesAssessed():
                self._assessed[event.valid_from] = event.owed
                self._assessed = dict(sorted(self._assessed.items()))
            case DuesReceived():
                self._payments[version] = event
                if not event.held:
                    self._credit(event.for_month, event.amount)
            case DuesAllocated():
                self._spend(event.payment, event.amount)
                self._credit(event.for_month, event.amount)
            case DuesRefunded():
                self._spend(event.payment, event.amount)
                if event.for_month is not None:
                    self._credit(event.for_month, -event.amount)
            case VisitMade():
                self._visits[version] = event
                key = (event.occurred_on, event.reason, event.mode)
                self._alike[key] = (*self._alike.get(key, ()), version)
            case VisitConfirmed():
                self._confirmed.add(event.visit)
            case _:
                pass  # wishes, attendance, medals … leave nothing that these rules read

    def _credit(self, month: Month, amount: Money) -> None:
        total = self._credited.get(month, NO_MONEY) + amount
        self._credited[month] = total
        if total == NO_MONEY and amount < NO_MONEY:
            del self._credited[month]

    def _spend(self, payment: int, amount: Money) -> None:
        self._spent_of[payment] = self._spent_of.get(payment, NO_MONEY) + amount


def fold(state: CadreState | None, events: Iterable[tuple[int, Event]]) -> CadreState:
    """``state`` (None: nothing yet) after ``events`` (versions and events, in order). Accepts all recorded history."""
    folding = CadreFold(state)
    for version, event in events:
        folding.take(version, event)
    return folding.freeze()


def check(state: CadreState, event: Event) -> tuple[Violation, ...]:
    """What ``event`` would break, given ``state``. Pure; an audit asks the same question of history."""
    if isinstance(event, CadreRegistered):
        if state.kind is not None and state.left is None:
            return (Violation("already_registered", "this person is registered already"),)
        return ()
    return _check_registered(state) + _check_left(state, event) + _check_sense(state, event)


def _check_left(state: CadreState, event: Event) -> tuple[Violation, ...]:
    settles = DuesRefunded | DuesAllocated | MemberLeft | VisitConfirmed | SubjectErased
    if state.left is None or isinstance(event, settles):
        return ()
    dated_before = state.left_on is not None and event.occurred_on is not None and event.occurred_on <= state.left_on
    if dated_before and not counted_as(event):  # they left with what they were counted as then
        return ()
    return (Violation("left_the_register", "this person has left the register", found=state.left.value),)


def _check_registered(state: CadreState) -> tuple[Violation, ...]:
    return () if state.kind is not None else (Violation("not_registered", "this person is not registered"),)


def _check_sense(state: CadreState, event: Event) -> tuple[Violation, ...]:
    match event:
        case MemberJoined():
            return _check_joined(state, event)
        case MemberLeft():
            there = (
                state.formal == event.branch
                if event.relation is Relation.FORMAL
                else event.branch in state.participating
            )
            return (
                ()
                if there
                else (Violation("not_in_the_branch", "this person is not in that branch", weight="senseless"),)
            )
        case DuesReceived():
            return _check_received(state, event)
        case DuesAllocated() | DuesRefunded():
            return _check_spent(state, event)
        case DuesVolunteered():
            return _check_volunteered(event)
        case VisitConfirmed():
            return _check_confirmed(state, event)
        case CadreChanged():
            flags = (state.smartphone + event.smartphone_delta, state.frail + event.frail_delta)
            return () if set(flags) <= {0, 1} else (Violation("no_such_change", "the register says so already"),)
        case _:
            return ()


def _check_confirmed(state: CadreState, event: VisitConfirmed) -> tuple[Violation, ...]:
    if event.visit not in state.visits:
        found = f"version {event.visit}"
        return (Violation("unknown_visit", "there is no such visit", found=found, weight="senseless"),)
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
    found = []
    came = Month.of(event.occurred_on) if event.occurred_on else event.for_month
    ahead = event.for_month.months_since(came)
    article = f"{DUES_RULES} art. 12"
    if event.branch != state.formal:
        what = "dues go to the branch of the formal relation"
        found.append(Violation("not_the_formal_branch", what, citation=f"{DUES_RULES} art. 9"))
    if ahead > AHEAD_MAX:
        expected = f"{came.plus(AHEAD_MAX)} at the latest"
        found.append(
            Violation("prepaid_too_far", "dues are paid too far ahead", expected, str(event.for_month), "", article)
        )
    if -ahead > BACK_MAX:
        what, expected = "dues are paid long after their month", f"within {BACK_MAX} months"
        found.append(Violation("paid_late", what, expected, f"{-ahead} months", "", article, weight="noted"))
    if not event.held and event.for_month in state.credited:
        hint = "Pass if_paid='hold' to keep the money until somebody decides."
        found.append(Violation("month_already_paid", "this month is paid already", "", str(event.for_month), hint))
    if event.held and event.for_month in state.credited:
        what = "a second payment for a month is held until somebody decides"
        found.append(Violation("payment_held", what, "", str(event.for_month), weight="noted"))
    return tuple(found)


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
        early = None not in {event.occurred_on, payment.occurred_on} and event.occurred_on < payment.occurred_on  # type: ignore[operator]
        return (Violation("before_what_it_follows", "money goes back before it came"),) if early else ()
    if not payment.held:
        return (Violation("payment_is_allocated", "this payment is credited to its month already"),)
    if event.for_month in state.credited:
        return (Violation("month_already_paid", "this month is paid already", "", str(event.for_month)),)
    ahead = event.for_month.months_since(Month.of(payment.occurred_on)) if payment.occurred_on else 0
    if ahead > AHEAD_MAX:
        expected = f"at most {AHEAD_MAX} months after the payment"
        citation = f"{DUES_RULES} art. 12"
        return (Violation("prepaid_too_far", "dues are paid too far ahead", expected, f"{ahead} months", "", citation),)
    return ()


def _check_volunteered(event: DuesVolunteered) -> tuple[Violation, ...]:
    least = DEFAULT.voluntary_min
    if event.amount >= least.value:
        return ()
    what, hint = "a voluntary payment is too small to go to the centre", "Record it as dues for their month."
    found = (what, f"at least {least.value}", str(event.amount), hint, least.citation)
    return (Violation("voluntary_too_small", *found),)
