"""The branch (党支部): its life, its posts and its fund, and what may be decided about them."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import attrs

from cadreledger.aggregates.base import Batch, choose, exactly
from cadreledger.aggregates.holding import HoldingHandle, HoldingState, check_held
from cadreledger.aggregates.standing import Fold, folded, thawed
from cadreledger.aggregates.violation import Violation
from cadreledger.errors import InputError, RuleError
from cadreledger.events.activity import ActivityHeld
from cadreledger.events.branch import (
    BranchApproved,
    BranchDissolved,
    BranchEstablished,
    BranchKind,
    FundCredited,
    FundRemitted,
    FundReturned,
    FundSpent,
    FundUse,
    PostAssigned,
)
from cadreledger.events.sections import Event
from cadreledger.rules.dues import returned
from cadreledger.values import Money, StreamId, StreamKind, fen

__all__ = ["Branch", "BranchFold", "BranchState", "check", "fold", "require_handle"]

NO_MONEY: Final = fen(0)
FUND_RULES: Final = "中组发〔2008〕3号 art. 17–21"
TEMPORARY_RULES: Final = "a temporary branch leaves formal relations where they are and collects no dues"


@attrs.frozen(kw_only=True)
class BranchState(HoldingState):
    """A branch as the ledger knows it. ``balance`` of its fund: returned + other income - spent."""

    kind: BranchKind | None = None
    name: str = ""
    approval: str | None = None
    dissolved: bool = False
    dissolved_on: date | None = None
    posts: Mapping[str, str] = MappingProxyType({})
    balance: Money = NO_MONEY


class BranchFold(Fold[BranchState]):
    """A branch's state under construction."""

    _posts: dict[str, str]
    _activities: dict[str, int]
    _state: BranchState

    def _view(self) -> BranchState:
        """The state as it stands; valid until the next `take`."""
        return attrs.evolve(
            self._state,
            version=self.version,
            posts=MappingProxyType(self._posts),
            activities=MappingProxyType(self._activities),
            standing=self.standing(),
        )

    def _reset(self) -> None:
        self._state, self._posts, self._activities = BranchState(), {}, {}

    def _thaw(self, state: BranchState) -> None:
        self._state, self._posts, self._activities = state, thawed(state.posts), thawed(state.activities)

    def _apply(self, version: int, event: Event) -> None:
        state = self._state
        match event:
            case BranchEstablished():
                self._state = attrs.evolve(state, kind=event.kind, name=event.name, dissolved=False, dissolved_on=None)
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
            case _:
                pass  # remittances and resolutions leave nothing that these rules read

    def _check(self, event: Event) -> tuple[Violation, ...]:
        return check(self.view(), event)


class Branch(HoldingHandle[BranchState]):
    """A branch inside a transaction. Every verb returns the version of the entry it records.

    Verbs raise RuleError where a rule refuses the decision and InputError for a value of the wrong form.
    """

    kind = StreamKind.BRANCH
    fold = BranchFold

    def establish(self, *, kind: BranchKind | str, code: str, name: str, on: date | None = None) -> int:
        """Set the branch up; without ``on`` it counts from the start."""
        return self._record(BranchEstablished(occurred_on=on, kind=choose(BranchKind, kind), code=code, name=name))

    def approve(self, document: str, *, on: date | None = None) -> int:
        """Note the higher committee's approval, by the number of its document."""
        return self._record(BranchApproved(occurred_on=on, document=document))

    def dissolve(self, cause: str, *, on: date) -> int:
        """End the branch."""
        return self._record(BranchDissolved(occurred_on=on, cause=cause))

    def assign(
        self,
        post: str,
        holder: str | None,
        *,
        on: date | None = None,
        term: str | None = None,
        note: str | None = None,
    ) -> int:
        """Give a post to ``holder`` (an office or a stream, not a name); None leaves it vacant."""
        return self._record(PostAssigned(occurred_on=on, post=post, holder=holder, term=term, note=note))

    def remit_dues(
        self,
        amount: Money,
        *,
        on: date,
        base_period: str | None = None,
        document: str | None = None,
        handler: str | None = None,
        approver: str | None = None,
        note: str | None = None,
    ) -> int:
        """Send dues up to the higher committee (上缴)."""
        return self._record(
            FundRemitted(
                occurred_on=on,
                amount=amount,
                base_period=base_period,
                document=document,
                handler=handler,
                approver=approver,
                note=note,
            )
        )

    def return_dues(
        self,
        amount: Money | None = None,
        *,
        on: date,
        share: str | None = None,
        base: Money | None = None,
        base_period: str | None = None,
        document: str | None = None,
        handler: str | None = None,
        approver: str | None = None,
        note: str | None = None,
    ) -> int:
        """Receive the branch's share of its dues (返还): ``amount``, or ``share`` ("0.70") of ``base``."""
        if base is not None:
            exactly(Money, base, "the base of a return")
        if amount is None:
            if share is None or base is None:
                raise InputError("a return needs its amount", "an amount, or a share and its base")
            amount = returned(base, share)
        exactly(Money, amount, "the amount of a return")
        if share is not None and base is not None and amount != returned(base, share):
            raise InputError("a return is not its share of its base", str(returned(base, share)), str(amount))
        return self._record(
            FundReturned(
                occurred_on=on,
                amount=amount,
                base_period=base_period,
                base=base,
                share=share,
                document=document,
                handler=handler,
                approver=approver,
                note=note,
            )
        )

    def spend(
        self,
        amount: Money,
        *,
        use: FundUse | str,
        on: date,
        decision: str | None = None,
        handler: str | None = None,
        approver: str | None = None,
        beneficiary: StreamId | None = None,
        note: str | None = None,
    ) -> int:
        """Spend from the fund (支出), on a decision, for a permitted use."""
        return self._record(
            FundSpent(
                occurred_on=on,
                amount=amount,
                use=choose(FundUse, use),
                decision=decision,
                handler=handler,
                approver=approver,
                beneficiary=beneficiary,
                note=note,
            )
        )

    def credit(self, amount: Money, *, kind: str = "interest", on: date) -> int:
        """Add other income to the fund."""
        return self._record(FundCredited(occurred_on=on, amount=amount, kind=kind))

    def require_open(self) -> None:
        """Raise RuleError unless the branch is there and not dissolved."""
        state = self._fold.view()
        if state.kind is None or state.dissolved:
            raise RuleError("there is no such branch", "an established branch", self.stream, rule="no_such_branch")

    def require_formal(self, home: StreamId | None = None) -> None:
        """Refuse a temporary branch (a lenient batch only notes it); ``home`` is the branch to go to instead."""
        self.require_open()
        if self._fold.view().kind is BranchKind.TEMPORARY:
            expected = f"the formal branch {home}" if home else "the member's formal branch"
            self._batch.admit((Violation("temporary_branch", TEMPORARY_RULES, expected, self.stream),))


def require_handle(branch: Branch, batch: Batch) -> None:
    """Raise InputError unless ``branch`` is a branch's handle of the transaction that ``batch`` belongs to."""
    if not isinstance(branch, Branch) or not branch.decides_in(batch):
        expected, hint = "a branch's handle of this transaction", "Take it from tx.branches."
        raise InputError("a branch cannot be used", expected, type(branch).__name__, hint)


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
    if isinstance(event, FundRemitted | FundReturned) and state.kind is BranchKind.TEMPORARY:
        return (*found, Violation("temporary_branch", TEMPORARY_RULES))
    if isinstance(event, ActivityHeld):
        return (*found, *check_held(state.activities, event))
    return (*found, *_check_spent(state, event)) if isinstance(event, FundSpent) else found


def _check_open(state: BranchState, event: Event) -> tuple[Violation, ...]:
    """A branch that has ended does nothing more, from the day on which it ended."""
    if not state.dissolved or (state.dissolved_on is not None and _is_before(event, state.dissolved_on)):
        return ()
    return (Violation("branch_dissolved", "this branch was dissolved", found=str(state.dissolved_on or "")),)


def _is_before(event: Event, day: date) -> bool:
    return event.occurred_on is not None and event.occurred_on <= day and not isinstance(event, BranchDissolved)


def _check_spent(state: BranchState, event: FundSpent) -> tuple[Violation, ...]:
    found = []
    if not event.decision:
        what = "money is spent on a collective decision"
        found.append(Violation("no_decision", what, "the resolution's reference", citation=FUND_RULES))
    if event.use is FundUse.OTHER:
        found.append(
            Violation("use_not_permitted", "the fund is not for that use", "a listed use", citation=FUND_RULES)
        )
    if event.amount > state.balance:
        what, expected = "the fund does not hold that much", f"at most {max(state.balance, NO_MONEY)}"
        found.append(Violation("fund_overdrawn", what, expected, str(event.amount)))
    return tuple(found)
