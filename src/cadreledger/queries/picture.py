"""The ledger as it stood at some time: the state of everybody and everything, folded from the events that count."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import attrs

from cadreledger.aggregates import (
    FOLDS,
    BranchState,
    CadreState,
    CommunityState,
    FacilityState,
    Fold,
    LogState,
    State,
)
from cadreledger.events import Recorded
from cadreledger.rules import Policy, national
from cadreledger.values import StreamId, StreamKind, stream_id, stream_kind

__all__ = ["Picture"]

S = TypeVar("S", bound=State)


@attrs.frozen
class Picture:
    """Every state, by stream, in the order of the streams' names; and the policy in force by month. Immutable."""

    states: Mapping[StreamId, State]
    policy: Policy

    @classmethod
    def of(cls, events: Iterable[Recorded]) -> "Picture":
        """What follows from ``events``, in ledger order; those left out are not there at all."""
        folds: dict[StreamId, Fold[Any]] = {}
        for recorded in events:
            folding = folds.get(recorded.stream)
            if folding is None:
                folding = folds[recorded.stream] = FOLDS[stream_kind(recorded.stream)]()
            folding.take(recorded.version, recorded.event)
        states = {stream: folds[stream].view() for stream in sorted(folds)}  # nobody takes any more: no copy
        log = states.get(stream_id(StreamKind.LEDGER))
        return cls(MappingProxyType(states), log.policy if isinstance(log, LogState) else national())

    def cadres(self) -> Iterator[tuple[StreamId, CadreState]]:
        """The retired cadres, those who left too."""
        return self._of_kind(CadreState)

    def branches(self) -> Iterator[tuple[StreamId, BranchState]]:
        """The branches, those dissolved too."""
        return self._of_kind(BranchState)

    def facilities(self) -> Iterator[tuple[StreamId, FacilityState]]:
        """The facilities, those withdrawn too."""
        return self._of_kind(FacilityState)

    @property
    def community(self) -> CommunityState:
        """The community as a whole."""
        found = self.states.get(stream_id(StreamKind.COMMUNITY))
        return found if isinstance(found, CommunityState) else CommunityState()

    def branch(self, stream: StreamId) -> BranchState | None:
        """The branch of that stream, where there is one."""
        found = self.states.get(stream)
        return found if isinstance(found, BranchState) else None

    def _of_kind(self, kind: type[S]) -> Iterator[tuple[StreamId, S]]:
        return ((stream, state) for stream, state in self.states.items() if isinstance(state, kind))
