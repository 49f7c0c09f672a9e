"""Decisions about a branch's fund, its cash box and what it resolves (中组发〔2008〕3号)."""

from datetime import date

from cadreledger.aggregates.base import choose, exactly
from cadreledger.aggregates.branch_regulations import settled_month
from cadreledger.aggregates.branch_state import BranchState
from cadreledger.aggregates.holding import HoldingHandle
from cadreledger.errors import InputError
from cadreledger.events.branch import (
    CashCounted,
    FundCredited,
    FundRemitted,
    FundReturned,
    FundSpent,
    FundUse,
    MonthClosed,
    ResolutionPassed,
)
from cadreledger.rules import declared, returned_by
from cadreledger.values import Money, Month, StreamId

__all__ = ["FundedBranch"]


class FundedBranch(HoldingHandle[BranchState]):
    """A branch inside a transaction, as far as money and resolutions go."""

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
        """Receive the branch's share of its dues (返还): ``amount``, or ``share`` ("0.70") of ``base``.

        Without a ``share``, of a base, the one that the place's own policy settles: at the end of the ``base_period``
        (``2021-01..2021-06``), where it is one, or else on the day of the return.
        """
        policy = self._batch.policy()
        month = settled_month(base_period, exactly(date, on, "the day of a return"))
        if base is not None:
            exactly(Money, base, "the base of a return")
            settled = policy.find(declared.RETURNED_SHARE, month) if amount is None and share is None else None
            share = share if settled is None else str(settled.value)
        if amount is not None:
            exactly(Money, amount, "the amount of a return")
        whole = None if share is None or base is None else returned_by(policy, base, share, month)
        amount = whole if amount is None else amount
        if amount is None:
            raise InputError("a return needs its amount", "an amount, or a share and its base")
        if whole not in {None, amount}:
            raise InputError("a return is not its share of its base", str(whole), str(amount))
        return self._record(
            FundReturned(
                occurred_on=on,
                amount=amount,
                base_period=base_period,
                base=base,
                share=share,
                policy_version=None if whole is None else policy.version_at(month),
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

    def resolve(self, matter: str, *, entitled: int, present: int, in_favour: int, on: date) -> int:
        """Record a resolution: how many might vote, were there, and were in favour."""
        return self._record(
            ResolutionPassed(occurred_on=on, matter=matter, entitled=entitled, present=present, in_favour=in_favour)
        )

    def count_cash(
        self,
        month: Month,
        *,
        expected: Money,
        counted: Money,
        on: date,
        explanation_code: str | None = None,
        explanation: str | None = None,
    ) -> int:
        """Note what was counted in the cash box, beside what the receipts of ``month`` say."""
        return self._record(
            CashCounted(
                occurred_on=on,
                month=month,
                expected=expected,
                counted_amount=counted,
                explanation_code=explanation_code,
                explanation=explanation,
            )
        )

    def close_month(
        self,
        month: Month,
        *,
        expected: Money,
        counted: Money,
        on: date,
        explanation_code: str | None = None,
        explanation: str | None = None,
    ) -> int:
        """Settle a month's cash, once; a difference that nobody explains blocks it.

        `Transaction.close_month` finds what is ``expected``, and opens the reviews that fall due.
        """
        return self._record(
            MonthClosed(
                occurred_on=on,
                month=month,
                expected=expected,
                counted_amount=counted,
                explanation_code=explanation_code,
                explanation=explanation,
            )
        )
