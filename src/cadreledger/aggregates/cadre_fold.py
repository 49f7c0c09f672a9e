"""How the state of a retired cadre follows from events."""

from collections.abc import Iterable
from datetime import date
from types import MappingProxyType

import attrs

from cadreledger.aggregates.cadre_rules import check
from cadreledger.aggregates.cadre_state import NO_MONEY, CadreState, VisitKey, Wish
from cadreledger.aggregates.counted import check_counted, check_order
from cadreledger.aggregates.erasure import check_not_erasure
from cadreledger.aggregates.standing import Fold, folded, thawed
from cadreledger.aggregates.violation import Violation
from cadreledger.events.cadre import (
    AttendanceRecorded,
    CadreChanged,
    CadreKind,
    CadreLeft,
    CadreRegistered,
    ConsentChanged,
    LeaveCause,
    Medal,
    MedalAwarded,
    MemberJoined,
    MemberLeft,
    Relation,
    VisitConfirmed,
    VisitMade,
    WishCancelled,
    WishClaimed,
    WishFulfilled,
    WishMade,
)
from cadreledger.events.dues import DuesAllocated, DuesAssessed, DuesReceived, DuesRefunded
from cadreledger.events.ledger import SubjectErased
from cadreledger.events.sections import Event
from cadreledger.events.void import Void
from cadreledger.values import Money, Month, StreamId

__all__ = ["CadreFold", "fold"]


class CadreFold(Fold[CadreState]):
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
    _wishes: dict[str, Wish]
    _attended: dict[str, int]
    _medals: set[Medal]
    _consents: dict[str, bool]
    _erased: bool

    def _thaw(self, state: CadreState) -> None:
        self._kind, self._left, self._left_on = state.kind, state.left, state.left_on
        self._smartphone, self._frail, self._full_member_on = state.smartphone, state.frail, state.full_member_on
        self._formal, self._participating = state.formal, thawed(state.participating)
        self._assessed, self._payments = dict(state.assessed), thawed(state.payments)
        self._spent_of, self._credited = thawed(state.spent_of), thawed(state.credited)
        self._visits, self._confirmed, self._alike = thawed(state.visits), set(state.confirmed), thawed(state.alike)
        self._wishes, self._attended = thawed(state.wishes), thawed(state.attended)
        self._medals, self._consents, self._erased = set(state.medals), thawed(state.consents), state.erased

    def _view(self) -> CadreState:
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
            wishes=MappingProxyType(self._wishes),
            attended=MappingProxyType(self._attended),
            medals=frozenset(self._medals),
            consents=MappingProxyType(self._consents),
            erased=self._erased,
            standing=self.standing(),
        )

    def _check(self, event: Event) -> tuple[Violation, ...]:
        return check(self.view(), event) + check_order(self.standing(), event)

    def _check_void(self, void: Void) -> tuple[Violation, ...]:
        return check_not_erasure(self.standing(), void) + check_counted(self.standing(), void)

    def _reset(self) -> None:
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
        self._wishes = {}
        self._attended = {}
        self._medals = set()
        self._consents = {}
        self._erased = False

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
                self._apply_service(version, event)

    def _apply_service(self, version: int, event: Event) -> None:
        match event:
            case WishMade():
                self._wishes[event.code] = Wish(version, event.occurred_on)
            case WishClaimed() | WishCancelled() | WishFulfilled():
                self._follow(version, event)
            case AttendanceRecorded():
                self._attended[event.activity] = version
            case MedalAwarded():
                self._medals.add(event.medal)
            case ConsentChanged():
                self._consents[event.purpose] = event.given
            case SubjectErased():
                self._erased = True
            case _:
                pass  # letters, reviews and gifts leave nothing that these rules read

    def _follow(self, version: int, event: WishClaimed | WishCancelled | WishFulfilled) -> None:
        made = self.standing().get(event.wish)
        wish = self._wishes.get(made.code) if isinstance(made, WishMade) else None
        if not isinstance(made, WishMade) or wish is None or wish.version != event.wish:
            return  # a wish that is not there: `check` refuses it, and history is what it is
        match event:
            case WishClaimed():
                wish = attrs.evolve(wish, claimed=event.claimant is not None, claimant=event.claimant)
            case WishCancelled():
                wish = attrs.evolve(wish, cancelled=True)
            case WishFulfilled():
                wish = attrs.evolve(wish, fulfilled=version)
        self._wishes[made.code] = wish

    def _credit(self, month: Month, amount: Money) -> None:
        total = self._credited.get(month, NO_MONEY) + amount
        self._credited[month] = total
        if total == NO_MONEY and amount < NO_MONEY:
            del self._credited[month]

    def _spend(self, payment: int, amount: Money) -> None:
        self._spent_of[payment] = self._spent_of.get(payment, NO_MONEY) + amount


def fold(state: CadreState | None, events: Iterable[tuple[int, Event]]) -> CadreState:
    """``state`` (None: nothing yet) after ``events`` (versions and events, in order). Accepts all recorded history."""
    return folded(CadreFold, state, events)
