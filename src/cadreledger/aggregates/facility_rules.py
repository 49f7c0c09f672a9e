"""The state of a facility, and the rules that a new event about it is held against."""

from bisect import bisect_left
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final

import attrs

from cadreledger.aggregates.opening_hours import Windows, closed_on, read_minute, window_problem
from cadreledger.aggregates.order import check_after
from cadreledger.aggregates.standing import State
from cadreledger.aggregates.stock import Changes, check_last
from cadreledger.aggregates.violation import Violation
from cadreledger.events.facility import (
    BookingCancelled,
    BookingMade,
    FacilityKind,
    FacilityListed,
    FacilityRecounted,
    FacilityWithdrawn,
    OpeningSet,
)
from cadreledger.events.sections import Event
from cadreledger.events.void import Void, VoidReason
from cadreledger.values import Qualifier, Quantity

__all__ = ["ALWAYS", "CHANGES", "WITHDRAWN", "Booking", "FacilityState", "Part", "check", "check_void", "goes_on"]

CHANGES: Final[Changes] = (FacilityListed, FacilityRecounted, FacilityWithdrawn)
NOTHING: Final = Quantity()
BOOKING_MAX: Final = timedelta(days=366)
ALWAYS: Final = date.min  # the day from which what has no date is in force
WITHDRAWN: Final = Violation(
    "facility_withdrawn", "this facility is no longer there", hint="Enter it again, or take its withdrawal back."
)

Part = tuple[int, Qualifier]
"""Some of what was counted, and how sure that is."""


@attrs.frozen
class Booking:
    """A booking from ``start`` to ``end``, civil time, half-open."""

    start: datetime
    end: datetime
    booked_for: str | None = None
    cancelled: bool = False


@attrs.frozen(kw_only=True)
class FacilityState(State):
    """A facility as the ledger knows it.

    ``parts`` are the counts that stand (what is exact is one of them), ``quantity`` their sum; ``changed`` is the
    version of the last entry that listed, recounted or withdrew it. ``windows`` are by the day that they hold from
    (`ALWAYS`: from the start). ``bookings`` are by version; those not cancelled stand in ``by_start``, too, none of
    them longer than ``longest``.
    """

    kind: FacilityKind | None = None
    name: str = ""
    unit: str | None = None
    area: str | None = None
    provider: str | None = None
    opening: str | None = None
    parts: tuple[Part, ...] = ()
    quantity: Quantity = NOTHING
    withdrawn: bool = False
    changed: int = 0
    windows: Mapping[date, Windows] = MappingProxyType({})
    bookings: Mapping[int, Booking] = MappingProxyType({})
    by_start: tuple[tuple[datetime, datetime, int], ...] = ()
    longest: timedelta = timedelta()

    @property
    def count(self) -> int:
        """How many there are."""
        return self.quantity.value

    @property
    def qualifier(self) -> Qualifier:
        """How sure their number is."""
        return self.quantity.qualifier

    def windows_on(self, day: date) -> Windows:
        """The opening windows in force on ``day``; none: always open."""
        since = max((first for first in self.windows if first <= day), default=ALWAYS)
        return self.windows.get(since, ())

    def booked(self, start: datetime, end: datetime) -> Booking | None:
        """A booking that takes a minute between ``start`` and ``end`` (half-open), if there is one."""
        for place in range(bisect_left(self.by_start, (end,)) - 1, -1, -1):  # from the last that starts before the end
            begins, ends, version = self.by_start[place]
            if ends > start:
                return self.bookings[version]
            if begins + self.longest <= start:
                break
        return None


def check(state: FacilityState, event: Event) -> tuple[Violation, ...]:
    """What ``event`` would break, given ``state``. Pure; an audit asks the same question of history."""
    last = state.standing.get(state.changed)
    if isinstance(event, FacilityListed):
        there = state.kind is not None and not state.withdrawn
        twice = (Violation("already_entered", "this facility is in the register already"),) if there else ()
        return twice + check_after(last, event, counted=True)
    if state.kind is None:
        return (Violation("no_such_facility", "this facility is not in the register", weight="senseless"),)
    match event:
        case FacilityRecounted() | FacilityWithdrawn():
            return _check_counted(state, last, event) + check_after(last, event, counted=True)
        case OpeningSet():
            return _check_there(state) + _check_windows(event)
        case BookingMade():
            return _check_there(state) + _check_booking(state, event)
        case BookingCancelled():
            return _check_cancelled(state, event)
        case _:
            return ()


def check_void(state: FacilityState, void: Void) -> tuple[Violation, ...]:
    """Counts are taken back the last first, and a cancellation while nobody else has booked since.

    One that is taken back because its booking is, or to be recorded anew, brings no booking back.
    """
    target = state.standing[void.of_version]
    in_passing = void.reason in (VoidReason.RESTED_ON_VOIDED, VoidReason.CORRECTED)
    booking = state.bookings.get(target.booking) if isinstance(target, BookingCancelled) else None
    if booking is not None:
        return () if in_passing else _check_free(state, booking.start, booking.end)
    return check_last(CHANGES, state.changed, state.standing, void)


def goes_on(before: Event, event: Event) -> bool:
    """Whether ``event`` takes off what ``before`` has left, or counts it anew: they are one decision."""
    return (
        isinstance(before, FacilityWithdrawn)
        and isinstance(event, FacilityWithdrawn | FacilityRecounted)
        and before.occurred_on == event.occurred_on
    )


def _check_there(state: FacilityState) -> tuple[Violation, ...]:
    return (WITHDRAWN,) if state.withdrawn else ()


def _check_counted(
    state: FacilityState, last: Event | None, event: FacilityRecounted | FacilityWithdrawn
) -> tuple[Violation, ...]:
    if event.kind is not state.kind:
        what, hint = "this facility is of another kind", "Withdraw it, then enter it again."
        return (Violation("another_kind", what, hint=hint, weight="senseless"),)
    found = [WITHDRAWN] if state.withdrawn and (last is None or not goes_on(last, event)) else []
    if isinstance(event, FacilityWithdrawn) and (event.count, event.qualifier) not in state.parts:
        found.append(Violation("no_such_count", "no such count stands", weight="senseless"))
    if isinstance(event, FacilityRecounted) and state.count + event.count < 0:
        what, expected = "there are never fewer than none", f"a change of at least {-state.count}"
        found.append(Violation("no_such_change", what, expected, str(event.count)))
    return tuple(found)


def _check_windows(event: OpeningSet) -> tuple[Violation, ...]:
    problem = next(filter(None, map(window_problem, event.windows)), "")
    wrong = Violation("no_such_window", "an opening window cannot be", problem, weight="senseless")
    return (wrong,) if problem else ()


def _check_booking(state: FacilityState, event: BookingMade) -> tuple[Violation, ...]:
    start, end = read_minute(event.start), read_minute(event.end)
    if start is None or end is None:
        what, expected = "a booking names a minute that is none", "a minute of the calendar"
        return (Violation("no_such_minute", what, expected, weight="senseless"),)
    if not start < end:
        what, expected = "a booking ends before it starts", f"an end after {event.start}"
        return (Violation("ends_before_it_starts", what, expected, event.end, weight="senseless"),)
    if end - start > BOOKING_MAX:
        what, expected = "a booking is too long", f"at most {BOOKING_MAX.days} days"
        return (Violation("booked_too_long", what, expected, weight="senseless"),)
    found = _check_free(state, start, end)
    closed = closed_on(start, end, state.windows_on)
    if closed is not None:
        what, expected = f"the facility is not open all that time on {closed}", ", ".join(state.windows_on(closed))
        found += (Violation("outside_opening", what, expected, f"{event.start} to {event.end}"),)
    return found


def _check_free(state: FacilityState, start: datetime, end: datetime) -> tuple[Violation, ...]:
    booking = state.booked(start, end)
    if booking is None:
        return ()
    taken = " to ".join(moment.isoformat(timespec="minutes") for moment in (booking.start, booking.end))
    return (Violation("booked_already", "the facility is booked then", "a time that is free", f"a booking, {taken}"),)


def _check_cancelled(state: FacilityState, event: BookingCancelled) -> tuple[Violation, ...]:
    booking, made = state.bookings.get(event.booking), state.standing.get(event.booking)
    if booking is None or made is None:
        found = f"version {event.booking}"
        return (Violation("unknown_booking", "there is no such booking", found=found, weight="senseless"),)
    twice = (Violation("cancelled_already", "this booking is cancelled already"),) if booking.cancelled else ()
    return twice + check_after(made, event)
