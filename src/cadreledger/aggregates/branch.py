"""The branch (党支部): its life and its posts, and what may be decided about them. Its fund: `branch_fund`."""

from datetime import date

from cadreledger.aggregates.base import Batch, choose
from cadreledger.aggregates.branch_fold import BranchFold
from cadreledger.aggregates.branch_fund import FundedBranch
from cadreledger.aggregates.branch_regulations import TEMPORARY
from cadreledger.aggregates.violation import against
from cadreledger.errors import InputError, RuleError
from cadreledger.events.branch import BranchApproved, BranchDissolved, BranchEstablished, BranchKind, PostAssigned
from cadreledger.rules import declared
from cadreledger.values import Month, StreamId, StreamKind

__all__ = ["Branch", "require_handle"]


class Branch(FundedBranch):
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

    def require_open(self) -> None:
        """Raise RuleError unless the branch is there and not dissolved."""
        state = self._fold.view()
        if state.kind is None or state.dissolved:
            raise RuleError("there is no such branch", "an established branch", self.stream, rule="no_such_branch")

    def require_formal(self, month: Month, home: StreamId | None = None) -> None:
        """Refuse a temporary branch as the policy in ``month`` says; ``home`` is the branch to go to instead."""
        self.require_open()
        collects = self._batch.policy().find(declared.TEMPORARY_COLLECTS, month)
        if self._fold.view().kind is BranchKind.TEMPORARY and collects is not None and not collects.value:
            expected = f"the formal branch {home}" if home else "the member's formal branch"
            self._batch.admit(against(collects, "temporary_branch", TEMPORARY, expected, self.stream))


def require_handle(branch: Branch, batch: Batch) -> None:
    """Raise InputError unless ``branch`` is a branch's handle of the transaction that ``batch`` belongs to."""
    if not isinstance(branch, Branch) or not branch.decides_in(batch):
        expected, hint = "a branch's handle of this transaction", "Take it from tx.branches."
        raise InputError("a branch cannot be used", expected, type(branch).__name__, hint)
