"""What may be asked of a ledger beside its figures: questions over a picture of it, as known at some time."""

from abc import ABC, abstractmethod

from cadreledger.ledger.known import AsKnown
from cadreledger.queries import Picture

__all__ = ["Asked"]


class Asked(ABC):
    """The questions; a ledger gives the picture. No answer names a person: who is who, their stream tells."""

    @abstractmethod
    def picture(self, *, as_known: AsKnown = None) -> Picture:
        """The state of everybody and everything, as known then (None: now)."""
