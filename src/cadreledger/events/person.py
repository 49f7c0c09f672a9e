"""Other people than retired cadres: whoever holds a post, helps, reviews or approves."""

from cadreledger.events.sections import Dated, Event, event, internal, personal
from cadreledger.values import StreamKind

__all__ = ["PersonEnrolled"]


@event("person.enrolled/1", StreamKind.PERSON, counted=False, dated=Dated.MAYBE)
class PersonEnrolled(Event):
    """Somebody takes part in the work, in a ``role``; who they are is locked with a key of their own."""

    role: str = internal()
    code: str | None = personal(default=None)
    name: str | None = personal(default=None)
    contact: str | None = personal(default=None)
