"""A facility's state, folded from events."""

from bisect import bisect_left, insort
from collections.abc import Iterable
from datetime import date, datetime
from types import MappingProxyType

import attrs

from cadreledger.aggregates.facility_rules import ALWAYS, Booking, FacilityState, Part, check, check_void
from cadreledger.aggregates.opening_hours import Windows, read_minute
from cadreledger.aggregates.standing import Fold, folded, thawed
from cadreledger.aggregates.violation import Violation
from cadreledger.events.facility import (
    BookingCancelled,
    BookingMade,
    FacilityListed,
    FacilityRecounted,
    FacilityWithdrawn,
    OpeningSet,
)
from cadreledger.events.sections import Event
from cadreledger.events.void import Void
from cadreledger.values import Qualifier, Quantity

__all__ = ["FacilityFold", "fold"]


class FacilityFold(Fold[FacilityState]):
    """A facility's state under construction."""

    _windows: dict[date, Windows]
    _bookings: dict[int, Booking]
    _by_start: list[tuple[datetime, datetime, int]]
    _state: FacilityState

    def _view(self) -> FacilityState:
        """The state as it stands; valid until the next `take`."""
        return attrs.evolve(
            self._state,
            version=self.version,
            standing=self.standing(),
            windows=MappingProxyType(self._windows),
            bookings=MappingProxyType(self._bookings),
            by_start=tuple(self._by_start),
        )

    def _reset(self) -> None:
        self._state, self._windows, self._bookings, self._by_start = FacilityState(), {}, {}, []

    def _thaw(self, state: FacilityState) -> None:
        self._state, self._windows = state, thawed(state.windows)
        self._bookings, self._by_start = thawed(state.bookings), list(state.by_start)

    def _apply(self, version: int, event: Event) -> None:
        match event:
            case FacilityListed() | FacilityRecounted():
                self._count(version, event)
            case FacilityWithdrawn():
                self._take_off(version, event)
            case OpeningSet():
                self._windows[event.occurred_on or ALWAYS] = event.windows
            case BookingMade():
                self._book(version, event)
            case BookingCancelled():
                self._cancel(event.booking)
            case _:
                pass  # there is nothing else in a facility's stream

    def _count(self, version: int, event: FacilityListed | FacilityRecounted) -> None:
        self._state = attrs.evolve(
            self._state,
            kind=event.kind,
            name=event.name,
            unit=event.unit,
            area=event.area,
            provider=event.provider,
            opening=event.opening,
            parts=_with(self._state.parts, event.count, event.qualifier),
            quantity=self._state.quantity + Quantity.of(event.count, event.qualifier),
            withdrawn=False,
            changed=version,
        )

    def _take_off(self, version: int, event: FacilityWithdrawn) -> None:
        parts = list(self._state.parts)
        if (event.count, event.qualifier) in parts:
            parts.remove((event.count, event.qualifier))
        self._state = attrs.evolve(
            self._state,
            parts=tuple(parts),
            quantity=self._state.quantity + -Quantity.of(event.count, event.qualifier),
            withdrawn=True,
            changed=version,
        )

    def _book(self, version: int, event: BookingMade) -> None:
        start, end = read_minute(event.start), read_minute(event.end)
        if start is None or end is None or start >= end:
            return  # it takes no time that a calendar has
        self._bookings[version] = Booking(start, end, event.booked_for)
        insort(self._by_start, (start, end, version))
        if end - start > self._state.longest:
            self._state = attrs.evolve(self._state, longest=end - start)

    def _cancel(self, version: int) -> None:
        booking = self._bookings.get(version)
        if booking is not None and not booking.cancelled:
            self._bookings[version] = attrs.evolve(booking, cancelled=True)
            del self._by_start[bisect_left(self._by_start, (booking.start, booking.end, version))]

    def _check(self, event: Event) -> tuple[Violation, ...]:
        return check(self.view(), event)

    def _check_void(self, void: Void) -> tuple[Violation, ...]:
        return check_void(self.view(), void)


def fold(state: FacilityState | None, events: Iterable[tuple[int, Event]]) -> FacilityState:
    """``state`` (None: nothing yet) after ``events`` (versions and events, in order). Accepts all recorded history."""
    return folded(FacilityFold, state, events)


def _with(parts: tuple[Part, ...], count: int, qualifier: Qualifier) -> tuple[Part, ...]:
    """``parts`` and one more; what is exact is one part, and none where it is nothing beside others."""
    if qualifier is not Qualifier.EXACT:
        return (*parts, (count, qualifier))
    vague = tuple(part for part in parts if part[1] is not Qualifier.EXACT)
    exact = count + sum(number for number, how in parts if how is Qualifier.EXACT)
    return (*vague, (exact, Qualifier.EXACT)) if exact or not vague else vague
