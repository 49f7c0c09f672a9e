"""What the ledger had said before an event: policies adopted, notices published. Taken in its order, used by stream."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from cadreledger.audit.records import Row
from cadreledger.errors import CadreLedgerError
from cadreledger.events import VOCABULARY, Codec
from cadreledger.events.community import NoticePublished
from cadreledger.events.ledger import LedgerOpened, PolicyAdopted
from cadreledger.queries import Noticed
from cadreledger.rules import Policy, national, read_policy
from cadreledger.values import Period

__all__ = ["Before"]

READ: Final = frozenset({LedgerOpened.wire, PolicyAdopted.wire, NoticePublished.wire})


class Before:
    """The policies and the notices of a ledger. What cannot be read changes nothing: the replay names it."""

    def __init__(self) -> None:
        self._codec = Codec(VOCABULARY)
        self._positions: list[int] = []
        self._policies = [national()]
        self._notices: list[Noticed] = []
        self.published: list[tuple[int, NoticePublished]] = []
        self.name = ""  # of the ledger, for people

    def take(self, row: Row) -> None:
        """Take an event in, the later ones later."""
        if row[3] not in READ:
            return
        try:
            event = self._codec.decode(row).event
            if isinstance(event, PolicyAdopted):
                following = self.policy.then(read_policy(event.policy), event.valid_from)
                self._positions.append(row[0])
                self._policies.append(following)
            elif isinstance(event, NoticePublished):
                self.published.append((row[0], event))
                self._notices.append(Noticed(row[0], Period.parse(event.period), event.title or event.number))
            elif isinstance(event, LedgerOpened):
                self.name = event.name
        except CadreLedgerError:
            return

    @property
    def policy(self) -> Policy:
        """What was adopted in all, by month."""
        return self._policies[-1]

    @property
    def notices(self) -> Sequence[Noticed]:
        """The notices that went up, in order."""
        return tuple(self._notices)

    def policy_at(self, position: object) -> Policy:
        """What was adopted before the event at ``position``, by month; before all others where that is none."""
        if type(position) is not int:
            return self._policies[0]
        return self._policies[bisect_left(self._positions, position)]
