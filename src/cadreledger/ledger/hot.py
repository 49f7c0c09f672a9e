"""States of streams that were read lately, so that only what is new is read again."""

from collections import OrderedDict
from threading import Lock
from typing import Final

from cadreledger.aggregates import State
from cadreledger.values import StreamId

__all__ = ["HOT_EVENTS_MIN", "HotStates"]

HOT_EVENTS_MIN: Final = 4  # copying a state twice takes about as long as reading three events
HOT_EVENTS_MAX: Final = 65_536  # of all states together, tens of megabytes; a community's register of some years


class HotStates:
    """The states used last, by stream, as many as `HOT_EVENTS_MAX` events make up. Threads may share it."""

    def __init__(self) -> None:
        self._states: OrderedDict[StreamId, State] = OrderedDict()
        self._events = 0
        self._lock = Lock()

    def get(self, stream: StreamId) -> State | None:
        """The state of ``stream`` at some version, if it is kept."""
        with self._lock:
            state = self._states.get(stream)
            if state is not None:
                self._states.move_to_end(stream)
            return state

    def keep(self, stream: StreamId, state: State) -> None:
        """Keep ``state``, which nobody changes any more; those not used for longest make room."""
        with self._lock:
            before = self._states.pop(stream, None)
            self._states[stream] = state
            self._events += state.version - (before.version if before else 0)
            while self._events > HOT_EVENTS_MAX:
                _, oldest = self._states.popitem(last=False)
                self._events -= oldest.version
