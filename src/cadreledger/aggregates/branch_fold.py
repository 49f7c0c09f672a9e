"""The branch (党支部) as the ledger knows it, and what follows from its events."""

from collections.abc import Iterable
from datetime import date
from types import MappingProxyType

import attrs

from cadreledger.aggregates.branch_regulations import REGULATED, check_regulated
from cadreledger.aggregates.branch_state import NO_MONEY, BranchState
from cadreledger.aggregates.holding import check_held
from cadreledger.aggregates.standing import Fold, folded, thawed
from cadreledger.aggregates.violation import Violation
from cadreledger.events.activity import ActivityHeld
from cadreledger.events.branch import (
    BranchApproved,
    BranchDissolved,
    BranchEstablished,
    FundCredited,
    FundReturned,
    FundSpent,
    MonthClosed,
    PostAssigned,
    ResolutionPassed,
)
from cadreledger.events.sections import Event
from cadreledger.events.void import Void, VoidReason
from cadreledger.rules import Policy
from cadreledger.values import Month

__all__ = ["BranchFold", "check", "fold"]


class BranchFold(Fold[BranchState]):
    """A branch's state under construction."""

    regulated = REGULATED
    _posts: dict[str, str]
    _closed: dict[Month, int]
    _activities: dict[str, int]
    _state: BranchState

    def _view(self) -> BranchState:
        """The state as it stands; valid until the next `take`."""
        return attrs.evolve(
            self._state,
            version=self.version,
            posts=MappingProxyType(self._posts),
            closed=MappingProxyType(self._closed),
            activities=MappingProxyType(self._activities),
            standing=self.standing(),
        )

    def _reset(self) -> None:
        self._state, self._posts, self._activities, self._closed = BranchState(), {}, {}, {}

    def _thaw(self, state: BranchState) -> None:
        self._state, self._posts, self._activities = state, thawed(state.posts), thawed(state.activities)
        self._closed = thawed(state.closed)

    def _apply(self, version: int, event: Event) -> None:
        state = self._state
        match event:
            case BranchEstablished():
                if state.dissolved:  # there anew, for another occasion: nobody has approved it, nobody holds a post
                    state = attrs.evolve(state, approval=BranchState().approval, dissolved=False, dissolved_on=None)
                    self._posts.clear()
                self._state = attrs.evolve(state, kind=event.kind, name=event.name)
            case BranchApproved():
                self._state = attrs.evolve(state, approval=event.document)
            case BranchDissolved():
                self._state = attrs.evolve(state, dissolved=True, dissolved_on=event.occurred_on)
            case PostAssigned(holder=None):
                self._posts.pop(event.post, None)
            case PostAssigned(holder=str(holder)):
                self._posts[event.post] = holder
            case FundReturned() | FundCredited():
                self._state = attrs.evolve(state, balance=state.balance + event.amount)
            case FundSpent():
                self._state = attrs.evolve(state, balance=state.balance - event.amount)
            case ActivityHeld():
                self._activities[event.code] = version
            case MonthClosed():
                self._closed[event.month] = version
            case _:
                pass  # remittances and resolutions leave nothing that these rules read

    def _check(self, event: Event) -> tuple[Violation, ...]:
        return check(self.view(), event)

    def _check_void(self, void: Void) -> tuple[Violation, ...]:
        return check_void(self.view(), void)

    def _check_regulated(self, event: Event, policy: Policy) -> tuple[Violation, ...]:
        return check_regulated(self._state, event, policy)


def fold(state: BranchState | None, events: Iterable[tuple[int, Event]]) -> BranchState:
    """``state`` (None: nothing yet) after ``events`` (versions and events, in order). Accepts all recorded history."""
    return folded(BranchFold, state, events)


def check(state: BranchState, event: Event) -> tuple[Violation, ...]:
    """What ``event`` would break, given ``state``. Pure; an audit asks the same question of history."""
    if isinstance(event, BranchEstablished):
        if state.kind is not None and not state.dissolved:
            return (Violation("already_established", "this branch is established already"),)
        return ()
    if state.kind is None:
        return (Violation("no_such_branch", "this branch is not established", weight="senseless"),)
    found = _check_open(state, event)
    if isinstance(event, ActivityHeld):
        return (*found, *check_held(state.activities, event))
    if isinstance(event, MonthClosed):
        return (*found, *_check_closed(state, event))
    if isinstance(event, ResolutionPassed):
        return (*found, *_check_votes(event))
    return (
        (*found, *_check_balance(state, event)) if isinstance(event, FundSpent | FundReturned | FundCredited) else found
    )


def _check_open(state: BranchState, event: Event) -> tuple[Violation, ...]:
    """A branch that has ended does nothing more, from the day on which it ended."""
    if not state.dissolved or (state.dissolved_on is not None and _is_before(event, state.dissolved_on)):
        return ()
    return (Violation("branch_dissolved", "this branch was dissolved", found=str(state.dissolved_on or "")),)


def _is_before(event: Event, day: date) -> bool:
    return event.occurred_on is not None and event.occurred_on <= day and not isinstance(event, BranchDissolved)


def _check_balance(state: BranchState, event: FundSpent | FundReturned | FundCredited) -> tuple[Violation, ...]:
    """The fund is never negative, nor left so by less income than had been there (while it is corrected)."""
    if isinstance(event, FundSpent):
        left, most = state.balance - event.amount, max(state.balance, NO_MONEY)
        expected = f"at most {most}"
    else:
        left, expected = state.balance + event.amount, f"at least {-min(state.balance, NO_MONEY)}: so much was spent"
    if left >= NO_MONEY:
        return ()
    return (Violation("fund_overdrawn", "the fund does not hold that much", expected, str(event.amount)),)


def check_void(state: BranchState, void: Void) -> tuple[Violation, ...]:
    """Income that was spent is not taken back; where it is to be recorded anew, the new entry is asked."""
    target = state.standing[void.of_version]
    if not isinstance(target, FundReturned | FundCredited) or void.reason is VoidReason.CORRECTED:
        return ()
    if target.amount <= max(state.balance, NO_MONEY):
        return ()
    what, hint = "what came into the fund was spent", "Take the spending back first."
    expected = f"at most {max(state.balance, NO_MONEY)} to take back"
    return (Violation("fund_overdrawn", what, expected, str(target.amount), hint),)


def _check_votes(event: ResolutionPassed) -> tuple[Violation, ...]:
    """Whoever is in favour is there, and whoever is there may vote: others are not counted."""
    if event.in_favour <= event.present <= event.entitled:
        return ()
    what, expected = "a resolution counts more votes than voters", "in favour, present, entitled: each at most the next"
    found = f"{event.in_favour}, {event.present}, {event.entitled}"
    return (Violation("no_such_vote", what, expected, found),)


def _check_closed(state: BranchState, event: MonthClosed) -> tuple[Violation, ...]:
    """A month is closed once, and not before it has begun."""
    if event.month in state.closed:
        hint = "Take its closing back first, if it was wrong."
        return (Violation("month_closed_already", "this month is closed", found=str(event.month), hint=hint),)
    if event.occurred_on is not None and Month.of(event.occurred_on) < event.month:
        what, expected = "a month is closed before it has begun", f"a day in {event.month} or later"
        return (Violation("month_not_begun", what, expected, str(event.occurred_on)),)
    return ()
