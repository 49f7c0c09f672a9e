"""What is done for and with a retired cadre: visits, wishes, activities, the medal."""

from datetime import date

from cadreledger.aggregates.base import Handle, choose, exactly
from cadreledger.aggregates.cadre_state import CadreState
from cadreledger.aggregates.holding import HoldingHandle, HoldingState
from cadreledger.errors import InputError, RuleError
from cadreledger.events.cadre import (
    AttendanceMode,
    AttendanceRecorded,
    Medal,
    MedalAwarded,
    VisitConfirmed,
    VisitMade,
    VisitMode,
    VisitReason,
    WishCancelled,
    WishClaimed,
    WishFulfilled,
    WishMade,
)

__all__ = ["ServedCadre"]


class ServedCadre(Handle[CadreState]):
    """A retired cadre inside a transaction, as far as services go."""

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

    def attend(
        self,
        holder: HoldingHandle[HoldingState],
        activity: str,
        *,
        mode: AttendanceMode | str = AttendanceMode.IN_PERSON,
        note: str | None = None,
    ) -> int:
        """Take part in the ``activity`` (its code) that ``holder`` held, on its day, or make it up online."""
        if not isinstance(holder, HoldingHandle) or not holder.decides_in(self._batch):
            expected = "the handle, of this transaction, of who held it"
            raise InputError("an activity cannot be attended", expected, type(holder).__name__)
        held = holder.activity(activity)
        return self._record(
            AttendanceRecorded(
                occurred_on=held.occurred_on,
                mode=choose(AttendanceMode, mode),
                activity=held.code,
                holder=holder.stream,
                note=note,
            )
        )

    def wish(self, code: str, *, on: date, content: str | None = None) -> int:
        """Put a small wish forward, under the office's ``code``."""
        return self._record(WishMade(occurred_on=on, code=code, content=content))

    def claim_wish(self, code: str, claimant: str | None, *, on: date, note: str | None = None) -> int:
        """Let ``claimant`` (a post or an account, no name) take the wish on; None releases it."""
        return self._record(WishClaimed(occurred_on=on, wish=self._wish(code), claimant=claimant, note=note))

    def fulfil_wish(self, code: str, *, on: date, items: int = 1) -> int:
        """Note that the wish came true, in ``items`` pieces or acts (件次)."""
        return self._record(WishFulfilled(occurred_on=on, wish=self._wish(code), items=items))

    def cancel_wish(self, code: str, *, on: date | None = None, reason: str | None = None) -> int:
        """Withdraw the wish; without ``on``, nobody knows when."""
        return self._record(WishCancelled(occurred_on=on, wish=self._wish(code), reason=reason))

    def award(self, medal: Medal | str = Medal.PARTY_50, *, year: int, on: date) -> int:
        """Hand over a medal of the ``year``; 光荣在党50年 asks for 50 years of full membership at its 1 July."""
        return self._record(MedalAwarded(occurred_on=on, medal=choose(Medal, medal), year=year))

    def _wish(self, code: str) -> int:
        exactly(str, code, "a wish's code")
        wish = self._fold.view().wishes.get(code)
        if wish is None:
            what, hint = "this person has no such wish", "Name the code that it was put forward under."
            raise RuleError(what, "the code of a standing wish", hint=hint, rule="unknown_wish")
        return wish.version
