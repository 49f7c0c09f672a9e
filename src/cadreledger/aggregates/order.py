"""What comes after what: an entry that speaks of an earlier one lies on its day or later, and goes before it."""

from cadreledger.aggregates.violation import Violation, Weight
from cadreledger.events.sections import Event

__all__ = ["changed_since", "check_after"]


def check_after(before: Event | None, event: Event, *, counted: bool = False) -> tuple[Violation, ...]:
    """Whether ``event`` lies before what it follows (None: nothing); without a date it would count from the start.

    What is ``counted`` as a stock would then count twice, or less than nothing: an import refuses it too.
    """
    first = None if before is None else before.occurred_on
    if first is None or (event.occurred_on is not None and event.occurred_on >= first):
        return ()
    what, found = "this lies before what it follows", str(event.occurred_on or "no date")
    weight: Weight = "senseless" if counted else "refused"
    hint = "Is the date right? Where it is today's, is the clock?" if counted else ""
    return (Violation("before_what_it_follows", what, f"{first} or later", found, hint, weight=weight),)


def changed_since(later: int) -> tuple[Violation, ...]:
    """What keeps an entry from being taken back: the entry ``later`` (its version) speaks of what it changed."""
    what, hint = "a later entry speaks of what this one changed", f"Take back version {later} first."
    return (Violation("changed_since", what, hint=hint, weight="senseless"),)
