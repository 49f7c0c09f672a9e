"""Decisions about a member's dues: what is owed, paid, allocated, given back (中组发〔2008〕3号)."""

from datetime import date
from typing import Literal

from cadreledger.aggregates.base import Handle, choose, exactly
from cadreledger.aggregates.branch import Branch, require_handle
from cadreledger.aggregates.cadre_rules import tops_up
from cadreledger.aggregates.cadre_state import CadreState
from cadreledger.errors import InputError, RuleError
from cadreledger.events.dues import (
    ArrearsReviewed,
    ArrearsStep,
    DuesAllocated,
    DuesAssessed,
    DuesReceived,
    DuesRefunded,
    DuesVolunteered,
    PaymentMethod,
)
from cadreledger.events.void import VoidReason
from cadreledger.rules import DuesScheme, assess, declared
from cadreledger.values import Money, Month, Period, StreamId, fen

__all__ = ["PayingCadre"]


class PayingCadre(Handle[CadreState]):
    """A member inside a transaction, as far as dues go."""

    def assess_dues(
        self,
        base: Money,
        *,
        valid_from: Month,
        scheme: DuesScheme | str = DuesScheme.RETIRED,
        on: date | None = None,
        relief_owed: Money | None = None,
        relief: str | None = None,
        ground: str | None = None,
    ) -> int:
        """Fix what is owed a month from ``valid_from`` on, as the policy in force then says (art. 1 to 6).

        ``relief_owed`` with ``relief`` (the branch's decision) reduces it (art. 7). The base is kept as personal data.
        """
        exactly(Money, base, "a dues base")
        exactly(Month, valid_from, "the first month of an assessment")
        policy = self._batch.policy()
        found = assess(base, choose(DuesScheme, scheme), valid_from, policy)
        decided = policy.at(declared.RELIEF_DECIDED, valid_from)
        if (
            relief_owed is not None
            and decided.value
            and (relief is None or (isinstance(relief, str) and not relief.strip()))
        ):
            what, expected = "a reduction is decided by the branch and approved above", "the decision's reference"
            raise RuleError(what, expected, "none", "", "relief_not_decided", decided.citation, decided.version)
        if relief is not None and relief_owed is None:
            raise InputError("a reduction needs its amount", "what is owed after it")
        if relief_owed is not None and exactly(Money, relief_owed, "what is owed after a reduction") > found.owed:
            raise InputError("a reduction asks for more than is owed", f"at most {found.owed}", str(relief_owed))
        return self._record(
            DuesAssessed(
                occurred_on=on,
                owed=found.owed if relief_owed is None else relief_owed,
                scheme=found.scheme.value,
                valid_from=valid_from,
                policy_version=found.policy_version,
                relief=relief,
                base=str(base),
                ground=ground,
            )
        )

    def pay_dues(
        self,
        amount: Money,
        *,
        for_month: Month | Period,
        on: date,
        receipt: str | None = None,
        method: PaymentMethod | str | None = None,
        collector: str | None = None,
        payer: str | None = None,
        note: str | None = None,
        branch: Branch | None = None,
        if_paid: Literal["refuse", "hold"] = "refuse",
    ) -> int:
        """Receive dues, at most six months ahead (the current one included).

        They go to the ``branch`` of the formal relation, by default that of the day of payment. A month that was paid
        in part is topped up; more is refused, or with ``if_paid="hold"`` kept until somebody decides. A Period needs an
        assessment: the payment must be what its months still lack, and is allocated to them.
        """
        if not isinstance(for_month, Month | Period) or if_paid not in ("refuse", "hold"):
            raise InputError("dues need their month", "a Month or a Period, and if_paid 'refuse' or 'hold'")
        exactly(Money, amount, "an amount of dues")
        exactly(date, on, "the day of a payment")
        state = self._fold.view()
        if branch is not None:
            require_handle(branch, self._batch)
        stream = branch.stream if branch is not None else self._branch_of(on)
        several = isinstance(for_month, Period)
        first = for_month.first if isinstance(for_month, Period) else for_month
        twice = first in state.credited and not tops_up(state, first, amount)
        received = DuesReceived(
            occurred_on=on,
            amount=amount,
            for_month=first,
            held=several or (if_paid == "hold" and twice),
            branch=stream,
            receipt=receipt,
            method=None if method is None else choose(PaymentMethod, method),
            collector=collector,
            payer=payer,
            note=note,
        )
        with self._batch.attempting():
            if branch is not None:
                branch.require_formal(Month.of(on), home=state.formal)
            if isinstance(for_month, Period):
                return self._pay_for_several(received, for_month, keep=if_paid == "hold")
            return self._record(received)

    def _branch_of(self, day: date) -> StreamId:
        """The branch to which dues go that are paid on a day. Raises RuleError where there was never one."""
        found = self._fold.view().dues_branches(day)
        if found:
            return found[0]
        raise RuleError(
            "dues go to the branch of the formal relation, and there is none here",
            "a member of a formal branch",
            hint="Let the person join a formal branch first.",
            rule="no_formal_branch",
            citation="中组发〔2008〕3号 art. 9",
        )

    def _pay_for_several(self, received: DuesReceived, months: Period, *, keep: bool) -> int:
        """Record a payment and what it settles: what each month lacks, and with ``keep`` as far as it reaches."""
        state = self._fold.view()
        lacks = {month: state.lacks_in(month) for month in months.months()}
        total = fen(sum(amount.fen for amount in lacks.values()))
        unassessed = not state.assessed or months.first < state.assessed[0][0]
        if unassessed or total == fen(0) or (received.amount != total and not (keep and received.amount > total)):
            what = "a payment for several months must be what they lack"
            settled = ", ".join(str(month) for month, amount in lacks.items() if amount == fen(0))
            found = f"{received.amount}, and nothing is lacking in {settled}" if settled else str(received.amount)
            hint = "Assess the dues first, or pay by month." if unassessed else "Pay what is lacking, or by month."
            raise RuleError(what, str(total), found, hint, rule="not_what_is_owed")
        with self.at_once():
            payment = self._record(received)
            for month, amount in lacks.items():
                if amount > fen(0):
                    self._record(
                        DuesAllocated(occurred_on=received.occurred_on, payment=payment, for_month=month, amount=amount)
                    )
        return payment

    def allocate(self, payment: int, for_month: Month, amount: Money, *, on: date) -> int:
        """Let ``amount`` of the held payment (its version) settle ``for_month``."""
        return self._record(DuesAllocated(occurred_on=on, payment=payment, for_month=for_month, amount=amount))

    def refund(self, payment: int, amount: Money, *, decision: str, on: date, note: str | None = None) -> int:
        """Give ``amount`` of a payment (its version) back, on the branch's ``decision``.

        Of what had been paid ahead for months after the person left, no month keeps it.
        """
        exactly(int, payment, "a payment's version")
        received = self._fold.view().payments.get(payment)
        month = None if received is None or received.held else received.for_month
        refunded = DuesRefunded(
            occurred_on=on, payment=payment, amount=amount, decision=decision, for_month=month, note=note
        )
        with self.at_once():
            self._free(payment, amount)
            return self._record(refunded)

    def _free(self, payment: int, amount: Money) -> None:
        """Take ``amount`` of a held payment off months after the person left, the last one first: none is owed then."""
        state = self._fold.view()
        received = state.payments.get(payment)
        if received is None or state.left_on is None:
            return
        left = received.amount - state.spent_of.get(payment, fen(0))
        allocated = [
            (event.for_month, version, event.amount)
            for version, event in state.standing.items()
            if isinstance(event, DuesAllocated)
            and event.payment == payment
            and event.for_month > Month.of(state.left_on)
        ]
        for _, version, share in sorted(allocated, reverse=True):
            if left >= amount:
                return
            self.void(version, reason=VoidReason.REVERSED)
            left += share

    def volunteer(self, amount: Money, *, on: date, forwarded_by: str | None = None, note: str | None = None) -> int:
        """Take a one-off gift of 1000 yuan or more, which goes to the centre whole (中组发〔2008〕3号 art. 11).

        It is not part of what a branch collects, nor of what it is returned.
        """
        return self._record(DuesVolunteered(occurred_on=on, amount=amount, forwarded_by=forwarded_by, note=note))

    def review_arrears(self, step: ArrearsStep | str, *, months: int, on: date, ground: str | None = None) -> int:
        """Open, excuse or close the review of ``months`` unpaid months in a row; it removes nobody (art. 13)."""
        return self._record(
            ArrearsReviewed(occurred_on=on, step=choose(ArrearsStep, step), months=months, ground=ground)
        )
