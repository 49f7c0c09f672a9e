"""History as it stands: events by version, less what was taken back. Both aggregates fold from here."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, TypeVar

from cadreledger.aggregates.base import NOTHING, Violation
from cadreledger.events.sections import Event
from cadreledger.events.void import Void

__all__ = ["Standing", "thawed"]

K = TypeVar("K")
V = TypeVar("V")

NOTHING_STANDS: Final = Violation(
    NOTHING,
    "the entry to take back does not stand",
    "a version of this stream that was not taken back yet",
    hint="Look at its history for the entry's version.",
    weight="senseless",
)


class Standing:
    """The events of one stream that count, and the number of its last event."""

    def __init__(self, events: dict[int, Event] | None = None, version: int = 0) -> None:
        self.events: dict[int, Event] = events or {}
        self.version = version

    def take(self, version: int, event: Event) -> bool:
        """Add an event; True if it took one back, so that what was derived must be derived anew."""
        self.version = version
        if isinstance(event, Void):
            return self.events.pop(event.of_version, None) is not None
        self.events[version] = event
        return False

    def check_void(self, event: Void) -> tuple[Violation, ...]:
        """What a void would break: its target must stand, and nothing may rest on it."""
        if event.of_version not in self.events:
            return (NOTHING_STANDS,)
        if any(other.rests_on() == event.of_version for other in self.events.values()):
            what = "another entry rests on the one to take back"
            return (Violation("something_rests_on_it", what, weight="senseless"),)
        first = next(iter(self.events))
        if event.of_version == first and len(self.events) > 1:
            what = "an entry cannot be taken back while others of its stream stand"
            return (Violation("stream_in_use", what, "no other entry", weight="senseless"),)
        return ()

    def items(self) -> Iterable[tuple[int, Event]]:
        """Versions and events, in order."""
        return self.events.items()


def thawed(held: Mapping[K, V]) -> dict[K, V]:
    """A copy to change. A proxy copies its dict as a whole, where `dict` would look every key up."""
    return held.copy() if isinstance(held, MappingProxyType) else dict(held)
