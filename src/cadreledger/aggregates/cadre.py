"""The retired cadre: what is known of one person, and what may be decided about them."""

from contextlib import nullcontext
from datetime import date
from itertools import takewhile

from cadreledger.aggregates.base import choose, exactly, spoken
from cadreledger.aggregates.branch import Branch, require_handle
from cadreledger.aggregates.cadre_dues import PayingCadre
from cadreledger.aggregates.cadre_fold import CadreFold
from cadreledger.aggregates.cadre_services import ServedCadre
from cadreledger.aggregates.cadre_state import CadreState
from cadreledger.aggregates.counted import IN_THE_REGISTER, counted_as, last_counted
from cadreledger.aggregates.erasure import ErasableHandle
from cadreledger.errors import InputError, RuleError
from cadreledger.events.cadre import (
    CadreChanged,
    CadreKind,
    CadreLeft,
    CadreRegistered,
    ConsentChanged,
    LeaveCause,
    MemberJoined,
    MemberLeft,
    MembershipEnd,
    Relation,
    TransferSent,
    VisitConfirmed,
    VisitMade,
    WishCancelled,
)
from cadreledger.events.dues import DuesAllocated, DuesRefunded
from cadreledger.events.sections import Event, evolve
from cadreledger.events.void import VoidReason
from cadreledger.rules import declared, months_later
from cadreledger.values import Month, StreamKind

__all__ = ["Cadre"]


class Cadre(PayingCadre, ServedCadre, ErasableHandle[CadreState]):
    """A retired cadre inside a transaction. Every verb returns the version of the entry it records.

    Verbs raise RuleError where a rule refuses the decision and InputError for a value of the wrong form.
    """

    kind = StreamKind.CADRE
    fold = CadreFold

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

        Without ``on``: today; but who was entered wrongly was never there at all. A death ends memberships and open
        wishes too. `Transaction.record_death` also gives up what was booked for them.
        """
        return self._leave(choose(LeaveCause, cause), on, circumstances)

    def _leave(self, why: LeaveCause, on: date | None, circumstances: str | None, replaced: int = 0) -> int:
        """Leave, in the place of the entry ``replaced`` where there is one."""
        state = self._fold.view()
        day = self._ends(on, IN_THE_REGISTER, error=why is LeaveCause.ERROR)
        memberships = [(state.formal, Relation.FORMAL)] if state.formal else []
        memberships += [(branch, Relation.PARTICIPATING) for branch in sorted(state.participating)]
        wishes = [wish for wish in state.wishes.values() if not wish.cancelled and wish.fulfilled is None]
        died = why is LeaveCause.DEATH
        with self.at_once():
            for branch, relation in memberships if died else ():
                ended = MemberLeft(occurred_on=day, branch=branch, relation=relation, cause=MembershipEnd.DEATH)
                self._record(ended)
            with self._batch.replacing(self.stream, replaced) if replaced else nullcontext():
                left = self._record(
                    CadreLeft(
                        occurred_on=day,
                        kind=state.kind or CadreKind.RETIRED,  # of nobody registered: refused
                        cause=why,
                        smartphone=state.smartphone,
                        frail=state.frail,
                        circumstances=circumstances,
                    )
                )
            for wish in wishes if died else ():
                days = [known for known in (day, wish.made_on) if known is not None]
                self._record(WishCancelled(occurred_on=max(days, default=None), wish=wish.version))
        return left

    def _leave_otherwise(self, version: int, target: CadreLeft, changes: dict[str, object]) -> int:
        """Put a leaving right: its day, its cause, its circumstances; and what it ended with it."""
        unknown = sorted(set(changes) - {"occurred_on", "cause", "circumstances"})
        if unknown:
            expected = "on, cause or circumstances: the rest follows from who leaves"
            raise InputError("a leaving cannot be corrected so", expected, unknown[0])
        whole = self._whole(version) or target
        left = evolve(whole, **changes) if isinstance(whole, CadreLeft) else target
        with self.at_once():
            self.void(version, reason=VoidReason.CORRECTED)
            return self._leave(left.cause, left.occurred_on, left.circumstances, version)

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
        require_handle(branch, self._batch)
        branch.require_open()
        joined = MemberJoined(occurred_on=on, branch=branch.stream, relation=how, permit=permit, letter=letter)
        with self._batch.attempting():
            if how is Relation.FORMAL:
                branch.require_formal(Month.of(on or self._batch.today))
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
        require_handle(branch, self._batch)
        left = MemberLeft(occurred_on=on, branch=branch.stream, relation=how, cause=why)
        day = self._ends(on, counted_as(left), error=why is MembershipEnd.ERROR)
        return self._record(evolve(left, occurred_on=day))

    def transfer(self, to: str, *, paid_to: Month, on: date, expires_on: date | None = None) -> int:
        """Send the introduction letter to the branch ``to``, dues paid to the month ``paid_to``.

        It is valid for as long as the policy says (three months), and for so long without ``expires_on``. The formal
        relation stays here until the other branch accepts: then let the person `leave_branch`.
        """
        exactly(date, on, "the day of a letter")
        branch = self._fold.view().formal
        if branch is None:
            what, hint = "there is no formal relation here to transfer", "Let the person join a formal branch first."
            raise RuleError(what, "a member of a formal branch", hint=hint, rule="no_formal_branch")
        months = self._batch.policy().at(declared.LETTER_MONTHS_MAX, Month.of(on)).value
        expires = months_later(on, months) if expires_on is None else expires_on
        return self._record(
            TransferSent(occurred_on=on, from_branch=branch, to_branch=to, paid_to=paid_to, expires_on=expires)
        )

    def consent(self, purpose: str, *, given: bool, on: date) -> int:
        """Note that the person allows a use of their data, or takes that back (PIPL articles 15 and 25)."""
        return self._record(ConsentChanged(occurred_on=on, purpose=purpose, given=given))

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

    def void(
        self, version: int, *, reason: VoidReason | str = VoidReason.MISTAKE, words: str | None = None
    ) -> tuple[int, ...]:
        """Take back an entry and what rests on it. Of visits that look alike and stand, one always counts.

        With a death, what it ended is taken back: memberships go on without a gap, and wishes are open again.
        """
        exactly(int, version, "a version")
        taken = self._fold.standing().get(version)
        ended = self._ended_with(version)
        if isinstance(taken, VisitConfirmed):
            taken = self._fold.standing().get(taken.visit)
        with self.at_once():
            made = super().void(version, reason=reason, words=words)
            for other in ended:
                made += super().void(other, reason=reason)
            self._count_one_like(taken)
        return made

    def correct(self, version: int, **changes: object) -> int:
        """Take back an entry and record it anew with ``changes``, and what rests on it anew, on the new entry.

        A visit on another day, for another reason or in another mode is held against the visits there. Raises
        RuleError as the verbs do, InputError for a field that the entry does not have.
        """
        exactly(int, version, "a version")
        target = self._fold.standing().get(version)
        if isinstance(target, CadreLeft):
            return self._leave_otherwise(version, target, spoken(target, changes))
        if isinstance(target, VisitMade):
            changes = spoken(target, changes)
            changes = self._repeated_elsewhere(target, changes) | changes
        with self.at_once():
            made = super().correct(version, **changes)
            self._count_one_like(target)
        return made

    def _ended_with(self, version: int) -> tuple[int, ...]:
        """The versions of the memberships and wishes that a death (its version) ended: what lies beside it."""
        standing = self._fold.standing()
        death = standing.get(version)
        if not isinstance(death, CadreLeft) or death.cause is not LeaveCause.DEATH:
            return ()
        before = ((other, standing.get(other)) for other in range(version - 1, 0, -1))
        ended = takewhile(lambda at: isinstance(at[1], MemberLeft) and at[1].cause is MembershipEnd.DEATH, before)
        after = ((other, standing.get(other)) for other in range(version + 1, self._fold.version + 1))
        given_up = takewhile(lambda at: isinstance(at[1], WishCancelled), after)
        return tuple(other for other, _ in (*ended, *given_up))

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
        """A visit may count now without being confirmed; an allocation and a refund are decided anew."""
        match event:
            case DuesAllocated(occurred_on=date() as day):
                self.allocate(made, event.for_month, event.amount, on=day)
            case DuesRefunded(occurred_on=date() as day):
                self.refund(made, event.amount, decision=event.decision, on=day, note=event.note)
            case VisitConfirmed():
                if not self._fold.view().counts(made):
                    self.confirm_visit(made)
            case _:
                super()._rest_on(made, event)


def _delta(before: bool, now: bool | None) -> int:  # noqa: FBT001 - two flags of one kind
    if now is None:
        return 0
    exactly(bool, now, "a flag of the register")
    return now - before
