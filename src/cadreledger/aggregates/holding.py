"""What branches, teams and the community have in common: they hold activities."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import TypeVar

import attrs

from cadreledger.aggregates.base import Handle, choose, exactly
from cadreledger.aggregates.standing import State
from cadreledger.aggregates.violation import Violation
from cadreledger.errors import RuleError
from cadreledger.events.activity import ActivityHeld, ActivityKind

__all__ = ["HoldingHandle", "HoldingState", "check_held"]

S_co = TypeVar("S_co", bound="HoldingState", covariant=True)


@attrs.frozen(kw_only=True)
class HoldingState(State):
    """The state of whoever holds activities: their versions, by the office's code."""

    activities: Mapping[str, int] = MappingProxyType({})


class HoldingHandle(Handle[S_co]):
    """A handle of whoever can hold an activity."""

    def hold(
        self,
        kind: ActivityKind | str,
        *,
        code: str,
        title: str,
        on: date,
        items: int = 0,
        organiser: str | None = None,
        venue: str | None = None,
        people: int | None = None,
        note: str | None = None,
    ) -> int:
        """Record an activity that took place on the day ``on``, under the office's ``code``.

        ``items`` counts the pieces of a performance. ``organiser`` and ``venue`` are codes or text, no names.
        """
        return self._record(
            ActivityHeld(
                occurred_on=on,
                kind=choose(ActivityKind, kind),
                items=items,
                code=code,
                title=title,
                organiser=organiser,
                venue=venue,
                people=people,
                note=note,
            )
        )

    def activity(self, code: str) -> ActivityHeld:
        """The standing activity with that ``code``. Raises RuleError if there is none here."""
        exactly(str, code, "an activity's code")
        state = self.view
        held = state.standing.get(state.activities.get(code, 0))
        if not isinstance(held, ActivityHeld):
            what, hint = "there is no such activity here", "Name the code of an activity that this stream holds."
            raise RuleError(what, "the code of a standing activity", hint=hint, rule="unknown_activity")
        return held


def check_held(activities: Mapping[str, int], event: ActivityHeld) -> tuple[Violation, ...]:
    """A code names one activity."""
    if event.code in activities:
        what, hint = "an activity has that code already", "Give it another code, or correct the one that is there."
        return (Violation("activity_held_already", what, hint=hint, weight="senseless"),)
    return ()
