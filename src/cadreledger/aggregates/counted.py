"""What a cadre is counted as, and the order in which entries that change it can be taken back: the latest first.

An entry that changes a stock speaks of how the stock was before it. Taken back from under a later one, it would leave
a stock that counts somebody twice, or less than nobody.
"""

from collections.abc import Mapping
from typing import Final

from cadreledger.aggregates.order import changed_since, check_after
from cadreledger.aggregates.violation import Violation
from cadreledger.events.cadre import CadreChanged, CadreLeft, CadreRegistered, MemberJoined, MemberLeft, Relation
from cadreledger.events.sections import Event
from cadreledger.events.void import Void

__all__ = ["IN_THE_REGISTER", "check_counted", "check_order", "counted_as", "last_counted"]

CHANGES: Final = (CadreRegistered, CadreChanged, CadreLeft, MemberJoined, MemberLeft)
IN_THE_REGISTER = frozenset({"registered", "smartphone", "frail"})


def counted_as(event: Event) -> frozenset[str]:
    """What ``event`` begins or ends: being registered, a flag, the formal relation, taking part in a branch."""
    match event:
        case CadreRegistered() | CadreLeft():
            return IN_THE_REGISTER
        case CadreChanged():
            flags = {"smartphone": event.smartphone_delta, "frail": event.frail_delta}
            return frozenset(name for name, delta in flags.items() if delta)
        case MemberJoined(relation=Relation.FORMAL) | MemberLeft(relation=Relation.FORMAL):
            return frozenset({"formal"})
        case MemberJoined() | MemberLeft():
            return frozenset({f"participating {event.branch}"})
        case _:
            return frozenset()


def last_counted(standing: Mapping[int, Event], what: frozenset[str]) -> Event | None:
    """The last standing entry that began or ended any of ``what``."""
    return next((event for event in reversed(list(standing.values())) if what & counted_as(event)), None)


def check_order(standing: Mapping[int, Event], event: Event) -> tuple[Violation, ...]:
    """Whether ``event`` begins or ends something before the day on which it ended or began: that would count twice."""
    if not isinstance(event, CHANGES):
        return ()
    return check_after(last_counted(standing, counted_as(event)), event, counted=True)


def check_counted(standing: Mapping[int, Event], void: Void) -> tuple[Violation, ...]:
    """What taking back ``void.of_version``, one of ``standing``, would leave miscounted."""
    changed = counted_as(standing[void.of_version])
    later = (
        version for version, event in standing.items() if version > void.of_version and changed & counted_as(event)
    )
    last = max(later, default=0)
    return changed_since(last) if last else ()
