"""The ledger itself: under which catalogue its figures are summed."""

import attrs

from cadreledger.aggregates.base import Handle
from cadreledger.aggregates.standing import Fold, State
from cadreledger.aggregates.violation import Violation
from cadreledger.events.ledger import CatalogueAdopted, LedgerOpened
from cadreledger.events.sections import Event
from cadreledger.events.void import Void
from cadreledger.values import StreamKind

__all__ = ["Log", "LogState"]


@attrs.frozen(kw_only=True)
class LogState(State):
    """``catalogue``: the digest of the one in force."""

    catalogue: str = ""


class LogFold(Fold[LogState]):
    """The ledger's own state under construction."""

    _catalogue: str

    def _view(self) -> LogState:
        """The state as it stands; valid until the next `take`."""
        return LogState(version=self.version, standing=self.standing(), catalogue=self._catalogue)

    def _reset(self) -> None:
        self._catalogue = ""

    def _thaw(self, state: LogState) -> None:
        self._catalogue = state.catalogue

    def _apply(self, version: int, event: Event) -> None:  # noqa: ARG002 - which version said it does not matter
        if isinstance(event, LedgerOpened | CatalogueAdopted):
            self._catalogue = event.catalogue

    def _check(self, event: Event) -> tuple[Violation, ...]:
        if isinstance(event, CatalogueAdopted) and event.catalogue == self._catalogue:
            return (Violation("catalogue_in_force", "this catalogue is in force already"),)
        return ()

    def _check_void(self, void: Void) -> tuple[Violation, ...]:  # noqa: ARG002 - whatever it is
        what = "what the ledger says of itself is not taken back"
        return (Violation("not_to_be_voided", what, weight="senseless"),)


class Log(Handle[LogState]):
    """The ledger's own stream inside a transaction."""

    kind = StreamKind.LEDGER
    fold = LogFold

    def adopt_catalogue(self, digest: str) -> int:
        """From here on, let headers and figures follow the published catalogue with that ``digest``."""
        return self._record(CatalogueAdopted(catalogue=digest))
