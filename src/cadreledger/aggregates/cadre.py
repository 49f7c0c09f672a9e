"""The retired cadre: what is known of one person, and what may be decided about them."""

from datetime import date
from typing import Literal

from cadreledger.aggregates.base import Handle, choose, exactly, spoken
from cadreledger.aggregates.branch import Branch
from cadreledger.aggregates.cadre_state import CadreState
from cadreledger.aggregates.counted import IN_THE_REGISTER, counted_as, last_counted
from cadreledger.errors import InputError, RuleError
from cadreledger.events.cadre import (
    CadreChanged,
    CadreKind,
    CadreLeft,
    CadreRegistered,
    LeaveCause,
    MemberJoined,
    MemberLeft,
    MembershipEnd,
    Relation,
    VisitConfirmed,
    VisitMade,
    VisitMode,
    VisitReason,
)
from cadreledger.events.dues import (
    DuesAllocated,
    DuesAssessed,
    DuesReceived,
    DuesRefunded,
    DuesVolunteered,
    PaymentMethod,
)
from cadreledger.events.sections import Event, evolve
from cadreledger.events.void import VoidReason
from cadreledger.rules.dues import DuesScheme, assess
from cadreledger.values import Money, Month, Period, fen

__all__ = ["Cadre"]


class Cadre(Handle[CadreState]):
    """A retired cadre inside a transaction. Every verb returns the version of the entry it records.

    Verbs raise RuleError where a rule refuses the decision and InputError for a value of the wrong form.
    """

    def register(
        self,
        *,
        kind: CadreKind | str,
        code: str,
        name: str,
        smartphone: bool = False,
        frail: bool = False,
        full_member_on: date | None = None,
        on: date | None = None,
        sex: str | None = None,
        born: str | None = None,
        phone: str | None = None,
        address: str | None = None,
    ) -> int:
        """Enter the person in the register; without ``on`` they count from the start, or, coming back, from today."""
        return self._record(
            CadreRegistered(
                occurred_on=self._begins(on, IN_THE_REGISTER),
                kind=choose(CadreKind, kind),
                smartphone=smartphone,
                frail=frail,
                full_member_on=full_member_on,
                code=code,
                name=name,
                sex=sex,
                born=born,
                phone=phone,
                address=address,
            )
        )

    def change(
        self,
        *,
        smartphone: bool | None = None,
        frail: bool | None = None,
        full_member_on: date | None = None,
        on: date | None = None,
        **personal: str | None,
    ) -> int:
        """Note that the register says something else now; what is not given stays. Without ``on``: since today.

        ``personal`` may hold name, sex, born, phone and address, as they read now.
        """
        unknown = sorted(set(personal) - {"name", "sex", "born", "phone", "address"})
        if unknown:
            raise InputError("a change names an unknown field", "name, sex, born, phone or address", unknown[0])
        if not personal and (smartphone, frail, full_member_on) == (None, None, None):
            raise InputError("a change changes nothing", "at least one field that reads otherwise now")
        state = self._fold.view()
        return self._record(
            CadreChanged(
                occurred_on=self._batch.today if on is None else on,
                smartphone_delta=_delta(state.smartphone, smartphone),
                frail_delta=_delta(state.frail, frail),
                full_member_on=full_member_on,
                **personal,
            )
        )

    def leave(self, *, cause: LeaveCause | str, on: date | None = None, circumstances: str | None = None) -> int:
        """Take the person out of the register: they died, moved away, or were entered wrongly.

        Without ``on``: today; but who was entered wrongly was never there at all.
        """
        state, why = self._fold.view(), choose(LeaveCause, cause)
        return self._record(
            CadreLeft(
                occurred_on=self._ends(on, IN_THE_REGISTER, error=why is LeaveCause.ERROR),
                kind=state.kind or CadreKind.RETIRED,  # of nobody registered: refused below
                cause=why,
                smartphone=state.smartphone,
                frail=state.frail,
                circumstances=circumstances,
            )
        )

    def join(
        self,
        branch: Branch,
        *,
        relation: Relation | str = Relation.FORMAL,
        on: date | None = None,
        permit: str | None = None,
        letter: str | None = None,
    ) -> int:
        """Join ``branch``, with the formal relation or by taking part. A temporary branch holds no relation.

        Without ``on``: from the start, or, after leaving, from today.
        """
        how = choose(Relation, relation)
        self._require_handle(branch)
        branch.require_open()
        if how is Relation.FORMAL:
            branch.require_formal()
        joined = MemberJoined(occurred_on=on, branch=branch.stream, relation=how, permit=permit, letter=letter)
        return self._record(evolve(joined, occurred_on=self._begins(on, counted_as(joined))))

    def leave_branch(
        self,
        branch: Branch,
        *,
        relation: Relation | str = Relation.FORMAL,
        cause: MembershipEnd | str = MembershipEnd.ENDED,
        on: date | None = None,
    ) -> int:
        """Leave ``branch``. Without ``on``: today; but a member by error never was one at all."""
        how, why = choose(Relation, relation), choose(MembershipEnd, cause)
        self._require_handle(branch)
        left = MemberLeft(occurred_on=on, branch=branch.stream, relation=how, cause=why)
        day = self._ends(on, counted_as(left), error=why is MembershipEnd.ERROR)
        return self._record(evolve(left, occurred_on=day))

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
        """Fix what is owed a month from ``valid_from`` on, by the scheme's bands (中组发〔2008〕3号 art. 1 to 6).

        ``relief_owed`` with ``relief`` (the branch's decision) reduces it (art. 7). The base is kept as personal data.
        """
        exactly(Money, base, "a dues base")
        exactly(Month, valid_from, "the first month of an assessment")
        found = assess(base, choose(DuesScheme, scheme), valid_from)
        if (relief_owed is None) != (relief is None):
            raise InputError("a reduction needs its amount and its decision", "both", "one")
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

        A month that is paid already is refused, or with ``if_paid="hold"`` the money is kept unallocated. A Period
        needs an assessment: the payment must be what its months owe, and is allocated to them.
        """
        if not isinstance(for_month, Month | Period) or if_paid not in ("refuse", "hold"):
            raise InputError("dues need their month", "a Month or a Period, and if_paid 'refuse' or 'hold'")
        exactly(Money, amount, "an amount of dues")
        state = self._fold.view()
        if branch is not None:
            self._require_handle(branch)
            branch.require_formal(home=state.formal)
        stream = branch.stream if branch is not None else state.formal
        if stream is None:
            raise RuleError(
                "dues go to the branch of the formal relation, and there is none here",
                hint="Let the person join a formal branch first.",
                rule="no_formal_branch",
                citation="中组发〔2008〕3号 art. 9",
            )
        several = isinstance(for_month, Period)
        first = for_month.first if isinstance(for_month, Period) else for_month
        received = DuesReceived(
            occurred_on=on,
            amount=amount,
            for_month=first,
            held=several or (if_paid == "hold" and first in state.credited),
            branch=stream,
            receipt=receipt,
            method=None if method is None else choose(PaymentMethod, method),
            collector=collector,
            payer=payer,
            note=note,
        )
        return self._pay_for_several(received, for_month) if isinstance(for_month, Period) else self._record(received)

    def _pay_for_several(self, received: DuesReceived, months: Period) -> int:
        state = self._fold.view()
        owed = {month: state.owed_in(month) for month in months.months()}
        total = fen(sum(amount.fen for amount in owed.values()))
        if received.amount != total or fen(0) in owed.values():
            what, hint = "a payment for several months must be what they owe", "Assess the dues first, or pay by month."
            raise RuleError(what, str(total), str(received.amount), hint, rule="not_what_is_owed")
        with self.at_once():
            payment = self._record(received)
            for month, amount in owed.items():
                self._record(
                    DuesAllocated(occurred_on=received.occurred_on, payment=payment, for_month=month, amount=amount)
                )
        return payment

    def allocate(self, payment: int, for_month: Month, amount: Money, *, on: date) -> int:
        """Let ``amount`` of the held payment (its version) settle ``for_month``."""
        return self._record(DuesAllocated(occurred_on=on, payment=payment, for_month=for_month, amount=amount))

    def refund(self, payment: int, amount: Money, *, decision: str, on: date, note: str | None = None) -> int:
        """Give ``amount`` of a payment (its version) back, on the branch's ``decision``."""
        exactly(int, payment, "a payment's version")
        received = self._fold.view().payments.get(payment)
        month = None if received is None or received.held else received.for_month
        return self._record(
            DuesRefunded(occurred_on=on, payment=payment, amount=amount, decision=decision, for_month=month, note=note)
        )

    def _begins(self, on: date | None, what: frozenset[str]) -> date | None:
        """``on``; without it, today for what begins anew after it had ended on a day."""
        before = last_counted(self._fold.standing(), what)
        return self._batch.today if on is None and before is not None and before.occurred_on is not None else on

    def _ends(self, on: date | None, what: frozenset[str], *, error: bool) -> date | None:
        """``on``; without it, today, or for what was an error the day on which it is said to have begun."""
        if on is not None or not error:
            return self._batch.today if on is None else on
        before = last_counted(self._fold.standing(), what)
        return None if before is None else before.occurred_on

    def volunteer(self, amount: Money, *, on: date, forwarded_by: str | None = None, note: str | None = None) -> int:
        """Take a one-off gift of 1000 yuan or more, which goes to the centre whole (中组发〔2008〕3号 art. 11).

        It is not part of what a branch collects, nor of what it is returned.
        """
        return self._record(DuesVolunteered(occurred_on=on, amount=amount, forwarded_by=forwarded_by, note=note))

    def visit(
        self,
        *,
        reason: VisitReason | str,
        on: date,
        mode: VisitMode | str = VisitMode.DOOR,
        group: str | None = None,
        handler: str | None = None,
        content: str | None = None,
        note: str | None = None,
        distinct: bool = False,
    ) -> int:
        """Record a visit. One that looks like a standing one (day, reason, mode) waits for a decision, uncounted.

        ``distinct`` says at once that it was a visit of its own.
        """
        why, how = choose(VisitReason, reason), choose(VisitMode, mode)
        exactly(date, on, "the day of a visit")
        exactly(bool, distinct, "whether a visit is distinct")
        repeated = not distinct and bool(self._fold.view().visits_like(on, why, how))
        return self._record(
            VisitMade(
                occurred_on=on,
                mode=how,
                repeated=repeated,
                reason=why,
                group=group,
                handler=handler,
                content=content,
                note=note,
            )
        )

    def confirm_visit(self, visit: int) -> int:
        """Decide that a possible duplicate (its version) was a visit of its own: from now on it counts."""
        exactly(int, visit, "a visit's version")
        made = self._fold.view().visits.get(visit)
        if made is None:
            raise RuleError("there is no such visit", "a standing visit", f"version {visit}", rule="unknown_visit")
        return self._record(VisitConfirmed(occurred_on=made.occurred_on, mode=made.mode, visit=visit))

    def void(
        self, version: int, *, reason: VoidReason | str = VoidReason.MISTAKE, words: str | None = None
    ) -> tuple[int, ...]:
        """Take back an entry and what rests on it. Of visits that look alike and stand, one always counts."""
        exactly(int, version, "a version")
        taken = self._fold.standing().get(version)
        if isinstance(taken, VisitConfirmed):
            taken = self._fold.standing().get(taken.visit)
        with self.at_once():
            made = super().void(version, reason=reason, words=words)
            self._count_one_like(taken)
        return made

    def correct(self, version: int, **changes: object) -> int:
        """Take back an entry and record it anew with ``changes``, and what rests on it anew, on the new entry.

        A visit on another day, for another reason or in another mode is held against the visits there. Raises
        RuleError as the verbs do, InputError for a field that the entry does not have.
        """
        exactly(int, version, "a version")
        standing = self._fold.standing()
        target = standing.get(version)
        resting = [
            self._whole(other) or event
            for other, event in standing.items()
            if other > version and event.rests_on() == version
        ]
        if isinstance(target, VisitMade):
            changes = spoken(target, changes)
            changes = self._repeated_elsewhere(target, changes) | changes
        with self.at_once():
            made = super().correct(version, **changes)
            for event in resting:
                self._rest_on(made, event)
            self._count_one_like(target)
        return made

    def _count_one_like(self, taken: Event | None) -> None:
        """Of the visits like ``taken``, let one count."""
        if not isinstance(taken, VisitMade) or taken.occurred_on is None:
            return
        state = self._fold.view()
        alike = state.visits_like(taken.occurred_on, taken.reason, taken.mode)
        if alike and not any(state.counts(other) for other in alike):
            self.confirm_visit(alike[0])

    def _repeated_elsewhere(self, target: VisitMade, changes: dict[str, object]) -> dict[str, object]:
        corrected = evolve(target, **changes)
        there = corrected.occurred_on, corrected.reason, corrected.mode
        if there == (target.occurred_on, target.reason, target.mode):
            return {}
        return {"repeated": there in self._fold.view().alike}

    def _rest_on(self, made: int, event: Event) -> None:
        """Record ``event``, which rested on an entry that was corrected, so that it rests on ``made``."""
        match event:
            case DuesAllocated(occurred_on=date() as day):
                self.allocate(made, event.for_month, event.amount, on=day)
            case DuesRefunded(occurred_on=date() as day):
                self.refund(made, event.amount, decision=event.decision, on=day, note=event.note)
            case VisitConfirmed() if not self._fold.view().counts(made):
                self.confirm_visit(made)
            case _:
                pass  # the visit counts without being confirmed

    def _require_handle(self, branch: Branch) -> None:
        if not isinstance(branch, Branch) or not branch.decides_in(self._batch):
            expected, hint = "a branch's handle of this transaction", "Take it from tx.branches."
            raise InputError("a branch cannot be used", expected, type(branch).__name__, hint)


def _delta(before: bool, now: bool | None) -> int:  # noqa: FBT001 - two flags of one kind
    if now is None:
        return 0
    exactly(bool, now, "a flag of the register")
    return now - before
