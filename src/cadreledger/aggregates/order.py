"""What comes after what: an entry that speaks of an earlier one lies on its day or later, and goes before it."""

from cadreledger.aggregates.violation import Violation
from cadreledger.events.sections import Event

__all__ = ["changed_since", "check_after"]


def check_after(before: Event | None, event: Event) -> tuple[Violation, ...]:
    """Whether ``event`` lies before what it follows (None: nothing); without a date it would count from the start."""
    first = None if before is None else before.occurred_on
    if first is None or (event.occurred_on is not None and event.occurred_on >= first):
        return ()
    found = str(event.occurred_on or "no date")
    return (Violation("before_what_it_follows", "this lies before what it follows", f"{first} or later", found),)


def changed_since(later: int) -> tuple[Violation, ...]:
    """What keeps an entry from being taken back: the entry ``later`` (its version) speaks of what it changed."""
    what, hint = "a later entry speaks of what this one changed", f"Take back version {later} first."
    return (Violation("changed_since", what, hint=hint, weight="senseless"),)
