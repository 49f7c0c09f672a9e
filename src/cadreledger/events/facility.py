"""What happens to a facility (设施): rooms, books, equipment, shared venues; when it is open, and who booked it."""

from enum import Enum
from typing import Final

from cadreledger.events.sections import Dated, Event, event, internal, personal, public, rests_on
from cadreledger.values import Qualifier, StreamKind

__all__ = [
    "BookingCancelled",
    "BookingMade",
    "FacilityKind",
    "FacilityListed",
    "FacilityRecounted",
    "FacilityWithdrawn",
    "OpeningSet",
]

WINDOW: Final = r"[1-7](-[1-7])? ([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)"
MINUTE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}"


class FacilityKind(Enum):
    """What there is to use."""

    ROOM = "room"  # 功能室
    BOOKS = "books"  # 图书
    EQUIPMENT = "equipment"  # 器材
    FURNITURE = "furniture"  # 家具
    VENUE = "venue"  # 合作场地
    POWER = "power"  # 合作电源


@event("facility.listed/1", StreamKind.FACILITY, counted=True, dated=Dated.MAYBE)
class FacilityListed(Event):
    """A facility enters the register: ``count`` of them, as sure as ``qualifier`` says. Undated: from the start."""

    kind: FacilityKind = public()
    count: int = public(unit="of its kind", least=0)
    qualifier: Qualifier = public()
    code: str = internal()
    name: str = internal()
    unit: str | None = internal(default=None)
    area: str | None = internal(unit="square metres, as written", default=None)
    provider: str | None = internal(default=None)
    opening: str | None = internal(default=None)
    note: str | None = personal(default=None)


@event("facility.recounted/1", StreamKind.FACILITY, counted=True, dated=Dated.MAYBE)
class FacilityRecounted(Event):
    """More or fewer were counted (``count`` is the change), or the register says something else of them now."""

    kind: FacilityKind = public()
    count: int = public(unit="of its kind, signed")
    qualifier: Qualifier = public()
    name: str = internal()
    unit: str | None = internal(default=None)
    area: str | None = internal(unit="square metres, as written", default=None)
    provider: str | None = internal(default=None)
    opening: str | None = internal(default=None)
    note: str | None = personal(default=None)


@event("facility.withdrawn/1", StreamKind.FACILITY, counted=True, dated=Dated.MAYBE)
class FacilityWithdrawn(Event):
    """One earlier count of the facility holds no longer, vague as it was: it closed, or was counted exactly."""

    kind: FacilityKind = public()
    count: int = public(unit="of its kind, signed")
    qualifier: Qualifier = public()


@event("opening.set/1", StreamKind.FACILITY, counted=False, dated=Dated.MAYBE)
class OpeningSet(Event):
    """When a facility may be used, from ``occurred_on`` on: ``1-5 08:30-16:30``, ISO weekdays, half-open; none: always.

    A window that ends at ``24:00`` reaches the end of its day.
    """

    windows: tuple[str, ...] = internal(unit="weekdays and times such as 1-5 08:30-16:30", pattern=WINDOW)


@event("booking.made/1", StreamKind.FACILITY, counted=False)
class BookingMade(Event):
    """Somebody booked the facility from ``start`` to ``end`` (civil time, half-open). ``occurred_on``: when asked."""

    start: str = internal(unit="YYYY-MM-DDTHH:MM", pattern=MINUTE)
    end: str = internal(unit="YYYY-MM-DDTHH:MM", pattern=MINUTE)
    booked_for: str | None = internal(default=None)
    note: str | None = personal(default=None)


@event("booking.cancelled/1", StreamKind.FACILITY, counted=False)
class BookingCancelled(Event):
    """A booking is given up."""

    booking: int = rests_on()
    reason: str | None = personal(default=None)
