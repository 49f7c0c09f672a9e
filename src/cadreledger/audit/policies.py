"""Which policy was in force for an event: what the ledger had adopted before it, nothing that came later."""

from bisect import bisect_left

from cadreledger.audit.records import Row
from cadreledger.errors import CadreLedgerError, DecodeError
from cadreledger.events import VOCABULARY, Codec
from cadreledger.events.ledger import PolicyAdopted
from cadreledger.rules import Policy, national, read_policy

__all__ = ["Policies"]


class Policies:
    """The policies that a ledger adopted, in its order. What cannot be read changes nothing: the replay names it."""

    def __init__(self) -> None:
        self._codec = Codec(VOCABULARY)
        self._positions: list[int] = []
        self._policies = [national()]

    def take(self, row: Row) -> None:
        """Take an event of the ledger's own stream in, the later ones later."""
        if row[3] != PolicyAdopted.wire:
            return
        try:
            event = self._codec.decode(row).event
            if not isinstance(event, PolicyAdopted):
                return
            following = self._policies[-1].then(read_policy(event.policy), event.valid_from)
        except (CadreLedgerError, DecodeError):
            return
        self._positions.append(row[0])
        self._policies.append(following)

    def before(self, position: object) -> Policy:
        """What was adopted before the event at ``position``, by month; before all others where that is none."""
        if type(position) is not int:
            return self._policies[0]
        return self._policies[bisect_left(self._positions, position)]
