"""One event takes back any other: nothing is ever edited."""

from enum import Enum

import attrs

from cadreledger.events.sections import Dated, Event, event, internal, personal

__all__ = ["Void", "VoidReason"]


class VoidReason(Enum):
    """Why an entry was taken back, as a published code."""

    MISTAKE = "mistake"  # 误记
    CORRECTED = "corrected"  # 更正: another entry takes its place
    DUPLICATE = "duplicate"  # 重复
    RESTED_ON_VOIDED = "rested_on_voided"  # what it rested on was taken back
    REVERSED = "reversed"  # 撤销: the fact itself was undone


@event("void/1", counted=True, dated=Dated.MAYBE)
class Void(Event):
    """The entry ``of_version`` of the same stream no longer counts.

    Its header is the target's header with ``sign: -1`` and ``voids``, the target's leaf hash; where the target's
    header is ``noted/1``, so is this one's. The internal section repeats what the target said, so that a sum needs
    no look-up. ``undoes``, its stored type and its leaf hash (base64url) are filled in when the event is written; and
    ``undoes_as_stored``, where it was stored under an older name than its class has now (`Recorded.as_stored`).
    """

    of_version: int = internal(unit="version", least=1)
    reason: VoidReason = internal()
    undoes_type: str = internal(default="")
    target_leaf: str = internal(pattern=r"[A-Za-z0-9_-]{43}|", default="")
    undoes: Event | None = attrs.field(default=None, metadata={"target": True})
    undoes_as_stored: bytes = attrs.field(default=b"", metadata={"target": True})
    words: str | None = personal(default=None)

    def subject(self, stream: str) -> str:
        """Whoever the target was about: what is said of taking it back dies with the same key."""
        return stream if self.undoes is None else self.undoes.subject(stream)
