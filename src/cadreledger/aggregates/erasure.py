"""What a person's erasure is in their record: it comes once, and is not taken back."""

from collections.abc import Mapping
from typing import TypeVar

from cadreledger.aggregates.base import Handle, choose
from cadreledger.aggregates.standing import State
from cadreledger.aggregates.violation import Violation
from cadreledger.events.ledger import ErasureReason, SubjectErased
from cadreledger.events.sections import Event
from cadreledger.events.void import Void

__all__ = ["ErasableHandle", "check_erasure", "check_not_erasure"]

S_co = TypeVar("S_co", bound=State, covariant=True)


class ErasableHandle(Handle[S_co]):
    """Somebody whose key can be destroyed."""

    def erase(self, reason: ErasureReason | str) -> int:
        """Let the person's key be destroyed once the transaction is recorded; `Ledger.erase` does both at once."""
        return self._record(SubjectErased(occurred_on=self._batch.today, reason=choose(ErasureReason, reason)))


def check_erasure(*, erased: bool) -> tuple[Violation, ...]:
    """Nobody is ``erased`` twice. Anybody can be once, who was never registered too."""
    return (Violation("already_erased", "this person was erased already", weight="senseless"),) if erased else ()


def check_not_erasure(standing: Mapping[int, Event], void: Void) -> tuple[Violation, ...]:
    """An erasure cannot be taken back: the key is gone."""
    if isinstance(standing[void.of_version], SubjectErased):
        what = "an erasure is not taken back: the key is gone"
        return (Violation("not_to_be_voided", what, weight="senseless"),)
    return ()
