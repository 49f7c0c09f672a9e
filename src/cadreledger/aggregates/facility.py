"""The facility (设施): how many there are, when it is open, who booked it, and what may be decided about it."""

from datetime import date, datetime
from typing import Final

from cadreledger.aggregates.base import Handle, choose, exactly
from cadreledger.aggregates.facility_fold import FacilityFold
from cadreledger.aggregates.facility_rules import CHANGES, WITHDRAWN, FacilityState, goes_on
from cadreledger.aggregates.opening_hours import read_minute, window_problem
from cadreledger.aggregates.stock import absolute, decided_with
from cadreledger.errors import InputError, RuleError
from cadreledger.events.facility import (
    BookingCancelled,
    BookingMade,
    FacilityKind,
    FacilityListed,
    FacilityRecounted,
    FacilityWithdrawn,
    OpeningSet,
)
from cadreledger.events.void import VoidReason
from cadreledger.values import Qualifier, StreamKind

__all__ = ["Facility"]

FROM_SURE_TO_VAGUE: Final = (Qualifier.EXACT, Qualifier.AT_LEAST, Qualifier.ABOUT)


class Facility(Handle[FacilityState]):
    """A facility inside a transaction. Every verb returns the version of the entry it records.

    Verbs raise RuleError where a rule refuses the decision and InputError for a value of the wrong form.
    ``provider`` and ``booked_for`` are codes or text, no names.
    """

    kind = StreamKind.FACILITY
    fold = FacilityFold

    def enter(
        self,
        *,
        kind: FacilityKind | str,
        code: str,
        name: str,
        count: int = 1,
        qualifier: Qualifier | str = Qualifier.EXACT,
        unit: str | None = None,
        area: str | None = None,
        provider: str | None = None,
        opening: str | None = None,
        on: date | None = None,
        note: str | None = None,
    ) -> int:
        """Enter the facility, ``count`` of it; without ``on`` it counts from the start.

        ``opening`` is what the register says in words; `set_opening` says it so that bookings are held against it.
        """
        return self._record(
            FacilityListed(
                occurred_on=on,
                kind=choose(FacilityKind, kind),
                count=count,
                qualifier=choose(Qualifier, qualifier),
                code=code,
                name=name,
                unit=unit,
                area=area,
                provider=provider,
                opening=opening,
                note=note,
            )
        )

    def recount(
        self,
        *,
        count: int | None = None,
        qualifier: Qualifier | str | None = None,
        name: str | None = None,
        unit: str | None = None,
        area: str | None = None,
        provider: str | None = None,
        opening: str | None = None,
        on: date | None = None,
        note: str | None = None,
    ) -> int:
        """Note how many there are now, how sure that is, or what the register says; what is not given stays.

        Without ``on``: since today. A number that is surer than before takes the vague ones off first: several
        entries, of which this gives the last. Raises InputError where nothing is given.
        """
        if all(value is None for value in (count, qualifier, name, unit, area, provider, opening, note)):
            raise InputError("a recount changes nothing", "at least one field that reads otherwise now")
        state, kind = self._there()
        total = state.count if count is None else absolute(count, "a count")
        sure = state.qualifier if qualifier is None else choose(Qualifier, qualifier)
        day = self._batch.today if on is None else on
        surer = FROM_SURE_TO_VAGUE.index(sure) < FROM_SURE_TO_VAGUE.index(state.qualifier)
        vague = [part for part in state.parts if part[1] is not Qualifier.EXACT] if surer else []
        with self.at_once():
            for number, how in vague:
                self._record(FacilityWithdrawn(occurred_on=day, kind=kind, count=number, qualifier=how))
            left = self._fold.view()
            return self._record(
                FacilityRecounted(
                    occurred_on=day,
                    kind=kind,
                    count=total - left.count,
                    qualifier=Qualifier.EXACT if sure is left.qualifier else sure,
                    name=state.name if name is None else name,
                    unit=state.unit if unit is None else unit,
                    area=state.area if area is None else area,
                    provider=state.provider if provider is None else provider,
                    opening=state.opening if opening is None else opening,
                    note=note,
                )
            )

    def withdraw(self, *, on: date | None = None) -> int:
        """Note that it is no longer there, none of it; without ``on``, from today. Returns the last entry's version."""
        state, kind = self._there()
        day = self._batch.today if on is None else on
        with self.at_once():
            for number, how in state.parts:
                self._record(FacilityWithdrawn(occurred_on=day, kind=kind, count=number, qualifier=how))
        return self.version

    def set_opening(self, *windows: str, on: date | None = None) -> int:
        """Say when it may be used, from ``on`` on (without it: from the start): ``"1-5 08:30-16:30"``, none: always.

        Windows are ISO weekdays and civil times, half-open; ``24:00`` is the end of a day.
        """
        opening = OpeningSet(occurred_on=on, windows=windows)
        for window in windows:
            problem = window_problem(window)
            if problem:
                raise InputError("an opening window cannot be", problem)
        return self._record(opening)

    def book(
        self,
        *,
        start: datetime | str,
        end: datetime | str,
        on: date,
        booked_for: str | None = None,
        note: str | None = None,
    ) -> int:
        """Book it from ``start`` to ``end``: civil time, half-open, ``2021-07-05T14:00`` or a naive datetime.

        ``on`` is the day on which somebody asked; the booking itself may lie ahead.
        """
        return self._record(
            BookingMade(occurred_on=on, start=_minute(start), end=_minute(end), booked_for=booked_for, note=note)
        )

    def cancel(self, booking: int, *, on: date, reason: str | None = None) -> int:
        """Give a booking (its version) up."""
        exactly(int, booking, "a booking's version")
        return self._record(BookingCancelled(occurred_on=on, booking=booking, reason=reason))

    def void(
        self, version: int, *, reason: VoidReason | str = VoidReason.MISTAKE, words: str | None = None
    ) -> tuple[int, ...]:
        """Take back an entry and what rests on it; of a decision that took several, all of them."""
        exactly(int, version, "a version")
        made: list[int] = []
        with self.at_once():
            for other in decided_with(version, CHANGES, self._fold.standing(), goes_on):
                made += Handle.void(self, other, reason=reason, words=words)
        return tuple(made)

    def _there(self) -> tuple[FacilityState, FacilityKind]:
        """The state and the kind of a facility that is there. Raises RuleError if it is not."""
        state = self._fold.view()
        if state.kind is None:
            what = "this facility is not in the register"
            raise RuleError(what, "one that was entered", rule="no_such_facility")
        if state.withdrawn:
            raise RuleError(WITHDRAWN.what, "one that is there", hint=WITHDRAWN.hint, rule=WITHDRAWN.rule)
        return state, state.kind


def _minute(moment: datetime | str) -> str:
    """``moment`` as events store it. Raises InputError unless it is a minute of civil time."""
    text = moment.isoformat().removesuffix(":00") if type(moment) is datetime else moment
    if type(text) is not str or read_minute(text) is None:
        expected = "a minute of the calendar, YYYY-MM-DDTHH:MM, without a time zone"
        raise InputError("a booking's time cannot be read", expected, f"another {type(moment).__name__}")
    return text
