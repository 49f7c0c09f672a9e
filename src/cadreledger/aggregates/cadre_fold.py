"""How the state of a retired cadre follows from events."""

from collections.abc import Iterable
from datetime import date
from types import MappingProxyType

import attrs

from cadreledger.aggregates.cadre_regulations import REGULATED, check_regulated
from cadreledger.aggregates.cadre_rules import check
from cadreledger.aggregates.cadre_state import NO_MONEY, CadreState, VisitKey, Wish
from cadreledger.aggregates.counted import check_counted, check_order
from cadreledger.aggregates.erasure import check_not_erasure
from cadreledger.aggregates.standing import Fold, folded, thawed
from cadreledger.aggregates.violation import Violation
from cadreledger.events.cadre import (
    AttendanceRecorded,
    CadreChanged,
    CadreLeft,
    CadreRegistered,
    ConsentChanged,
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
from cadreledger.rules import Policy
from cadreledger.values import Money, Month, StreamId

__all__ = ["CadreFold", "fold"]


class CadreFold(Fold[CadreState]):
    """A cadre's state under construction: its mappings show those kept here; whatever else changes is replaced."""

    regulated = REGULATED
    _state: CadreState
    _participating: dict[StreamId, int]
    _assessed: dict[Month, Money]
    _payments: dict[int, DuesReceived]
    _spent_of: dict[int, Money]
    _credited: dict[Month, Money]
    _visits: dict[int, VisitMade]
    _alike: dict[VisitKey, tuple[int, ...]]
    _wishes: dict[str, Wish]
    _attended: dict[tuple[StreamId | None, str], int]
    _consents: dict[str, bool]

    def _thaw(self, state: CadreState) -> None:
        self._participating, self._assessed = thawed(state.participating), dict(state.assessed)
        self._payments, self._spent_of = thawed(state.payments), thawed(state.spent_of)
        self._credited, self._visits, self._alike = thawed(state.credited), thawed(state.visits), thawed(state.alike)
        self._wishes, self._attended = thawed(state.wishes), thawed(state.attended)
        self._consents = thawed(state.consents)
        self._show(state)

    def _show(self, state: CadreState) -> None:
        self._state = attrs.evolve(
            state,
            participating=MappingProxyType(self._participating),
            payments=MappingProxyType(self._payments),
            spent_of=MappingProxyType(self._spent_of),
            credited=MappingProxyType(self._credited),
            visits=MappingProxyType(self._visits),
            alike=MappingProxyType(self._alike),
            wishes=MappingProxyType(self._wishes),
            attended=MappingProxyType(self._attended),
            consents=MappingProxyType(self._consents),
            standing=self.standing(),
        )

    def _set(self, **changes: object) -> None:
        self._state = attrs.evolve(self._state, **changes)  # type: ignore[arg-type] # each to a field of its name

    def _view(self) -> CadreState:
        """The state as it stands; valid until the next `take`."""
        return attrs.evolve(self._state, version=self.version)

    def _check(self, event: Event) -> tuple[Violation, ...]:
        return check(self._state, event) + check_order(self.standing(), event)  # no rule reads the version

    def _check_regulated(self, event: Event, policy: Policy) -> tuple[Violation, ...]:
        return check_regulated(self._state, event, policy)

    def _check_void(self, void: Void) -> tuple[Violation, ...]:
        return check_not_erasure(self.standing(), void) + check_counted(self.standing(), void)

    def _reset(self) -> None:
        self._participating, self._assessed, self._payments, self._spent_of = {}, {}, {}, {}
        self._credited, self._visits, self._alike, self._wishes = {}, {}, {}, {}
        self._attended, self._consents = {}, {}
        self._show(CadreState())

    def _apply(self, version: int, event: Event) -> None:  # noqa: C901, PLR0912 - one short arm an event
        match event:  # the most frequent first
            case DuesReceived():
                self._payments[version] = event
                if not event.held:
                    self._credit(event.for_month, event.amount)
            case VisitMade():
                self._visits[version] = event
                key = (event.occurred_on, event.reason, event.mode)
                self._alike[key] = (*self._alike.get(key, ()), version)
            case CadreRegistered():
                self._set(kind=event.kind, left=None, left_on=None, full_member_on=event.full_member_on)
                self._set(smartphone=event.smartphone, frail=event.frail)
            case CadreChanged():
                held = self._state
                self._set(
                    smartphone=held.smartphone + event.smartphone_delta > 0,
                    frail=held.frail + event.frail_delta > 0,
                    full_member_on=event.full_member_on or held.full_member_on,
                )
            case CadreLeft():
                self._set(left=event.cause, left_on=event.occurred_on)
            case MemberJoined(relation=Relation.FORMAL):
                stay = (event.branch, event.occurred_on or date.min, None)
                self._set(formal=event.branch, formally=(*self._state.formally, stay))
            case MemberJoined():
                self._participating[event.branch] = version
            case MemberLeft(relation=Relation.FORMAL):
                self._set(formal=None, formally=self._until(event.branch, event.occurred_on or date.max))
            case MemberLeft():
                self._participating.pop(event.branch, None)
            case DuesAssessed():
                self._assessed[event.valid_from] = event.owed
                self._set(assessed=tuple(sorted(self._assessed.items())))
            case DuesAllocated():
                self._spend(event.payment, event.amount)
                self._credit(event.for_month, event.amount)
            case DuesRefunded():
                self._spend(event.payment, event.amount)
                if event.for_month is not None:
                    self._credit(event.for_month, -event.amount)
            case VisitConfirmed():
                self._set(confirmed=self._state.confirmed | {event.visit})
            case _:
                self._apply_service(version, event)

    def _until(self, branch: StreamId, last: date) -> tuple[tuple[StreamId, date, date | None], ...]:
        return tuple(
            (one, since, last if one == branch and until is None else until)
            for one, since, until in self._state.formally
        )

    def _apply_service(self, version: int, event: Event) -> None:
        match event:
            case WishMade():
                self._wishes[event.code] = Wish(version, event.occurred_on)
            case WishClaimed() | WishCancelled() | WishFulfilled():
                self._follow(version, event)
            case AttendanceRecorded():
                self._attended[event.holder, event.activity] = version
            case MedalAwarded():
                self._set(medals=self._state.medals | {event.medal})
            case ConsentChanged():
                self._consents[event.purpose] = event.given
            case SubjectErased():
                self._set(erased=True)
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
        if total == NO_MONEY:  # nothing was paid, or all of it went back
            del self._credited[month]

    def _spend(self, payment: int, amount: Money) -> None:
        self._spent_of[payment] = self._spent_of.get(payment, NO_MONEY) + amount


def fold(state: CadreState | None, events: Iterable[tuple[int, Event]]) -> CadreState:
    """``state`` (None: nothing yet) after ``events`` (versions and events, in order). Accepts all recorded history."""
    return folded(CadreFold, state, events)
