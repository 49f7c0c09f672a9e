"""What teams and facilities have in common: they are counted by changes, and a change speaks of the one before it.

So a change never lies before the one that it follows, and the last one is taken back first. One decision may take
several changes, on one day: off what was, and on to what is. It is taken back whole.
"""

from collections.abc import Callable, Mapping

from cadreledger.aggregates.base import exactly
from cadreledger.aggregates.order import changed_since
from cadreledger.aggregates.violation import Violation
from cadreledger.errors import InputError
from cadreledger.events.sections import Event
from cadreledger.events.void import Void

__all__ = ["Changes", "absolute", "check_last", "decided_with"]

Changes = tuple[type[Event], ...]
"""The classes of events that change what is counted."""


def check_last(changes: Changes, last: int, standing: Mapping[int, Event], void: Void) -> tuple[Violation, ...]:
    """Whether ``void`` would take a change back from under a later one; ``last`` is the version of the last."""
    if void.of_version == last or not isinstance(standing[void.of_version], changes):
        return ()
    return changed_since(last)


def decided_with(
    version: int, changes: Changes, standing: Mapping[int, Event], goes_on: Callable[[Event, Event], bool]
) -> tuple[int, ...]:
    """The versions of the decision that ``version`` is part of, the last first.

    ``goes_on`` tells of a change and the next one whether they are one decision.
    """
    chain = [other for other, event in standing.items() if isinstance(event, changes)]
    if version not in chain:
        return (version,)
    first = last = chain.index(version)
    while first > 0 and goes_on(standing[chain[first - 1]], standing[chain[first]]):
        first -= 1
    while last + 1 < len(chain) and goes_on(standing[chain[last]], standing[chain[last + 1]]):
        last += 1
    return tuple(reversed(chain[first : last + 1]))


def absolute(number: int, what: str) -> int:
    """``number``, of things or people, as it reads now. Raises InputError unless it is a whole one, 0 or more."""
    exactly(int, number, what)
    if number < 0:
        raise InputError(f"{what} is too small", "0 or more", str(number))
    return number
