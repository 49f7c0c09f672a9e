"""History as it stands: events by version, less what was taken back. Every aggregate folds from here."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import ClassVar, Final, Generic, TypeVar

import attrs

from cadreledger.aggregates.violation import Violation
from cadreledger.events.sections import Event
from cadreledger.events.void import Void
from cadreledger.rules import Policy, national

__all__ = ["NOTHING", "Fold", "PolicyInForce", "State", "thawed"]

K = TypeVar("K")
V = TypeVar("V")
S = TypeVar("S", bound="State")

PolicyInForce = Callable[[], Policy]
"""Gives the policy in force; asked only where a rule needs it."""

NOTHING: Final = "nothing_to_void"
NOTHING_STANDS: Final = Violation(
    NOTHING,
    "the entry to take back does not stand",
    "a version of this stream that was not taken back yet",
    hint="Look at its history for the entry's version.",
    weight="senseless",
)


@attrs.frozen(kw_only=True)
class State:
    """What every aggregate's state has: the number of its last event, and the events that count, by version."""

    version: int = 0
    standing: Mapping[int, Event] = MappingProxyType({})


class Fold(ABC, Generic[S]):
    """A state under construction. It accepts all recorded history; `check` says what a new event would break.

    `view` is cheap and shares its parts, `freeze` copies them. What is derived from events can be derived anew: that
    is how an entry is taken back. ``regulated`` are the events that a policy has something to say about.
    """

    regulated: ClassVar[tuple[type[Event], ...]] = ()

    def __init__(self, state: S | None = None) -> None:
        """Go on from ``state`` (None: nothing yet)."""
        self._events: dict[int, Event] = {} if state is None else thawed(state.standing)
        self._resting: dict[int, list[int]] = {}  # versions, by that of the entry that they rest on
        for version, event in self._events.items():
            self._note(version, event)
        self._version = 0 if state is None else state.version
        self._seen: S | None = None
        self._reset()
        if state is not None:
            self._thaw(state)

    @property
    def version(self) -> int:
        """The number of the last event."""
        return self._version

    def standing(self) -> Mapping[int, Event]:
        """The events that were not taken back, by version."""
        return MappingProxyType(self._events)

    def resting_on(self, version: int) -> tuple[int, ...]:
        """The versions of the standing events that rest on the entry ``version``, in order."""
        return tuple(self._resting.get(version, ()))

    def take(self, version: int, event: Event) -> None:
        """Apply one event of recorded history, whatever it says."""
        self._version, self._seen = version, None
        if not isinstance(event, Void):
            self._events[version] = event
            self._note(version, event)
            self._apply(version, event)
            return
        taken = self._events.pop(event.of_version, None)
        if taken is not None:
            self._forget(event.of_version, taken)
            self._reset()
            for other, standing in self._events.items():
                self._apply(other, standing)

    def check(self, event: Event, policy: PolicyInForce = national) -> tuple[Violation, ...]:
        """What ``event`` would break: the ledger's own rules, and those of the ``policy``, asked for if need be."""
        if isinstance(event, Void):
            return self._check_target(event) or self._check_void(event)
        if isinstance(event, self.regulated):
            return self._check(event) + self._check_regulated(event, policy())
        return self._check(event)

    def view(self) -> S:
        """The state as it stands; valid until the next `take`."""
        if self._seen is None:
            self._seen = self._view()
        return self._seen

    def freeze(self) -> S:
        """The state as it stands, sharing nothing that changes."""
        view = self.view()
        parts = ((name, getattr(view, name)) for name in _names(type(view)))  # type: ignore[arg-type] # a class is hashable
        held = {name: MappingProxyType(part.copy()) for name, part in parts if isinstance(part, MappingProxyType)}
        return attrs.evolve(view, **held)  # type: ignore[arg-type] # each to the field that it is from

    def _note(self, version: int, event: Event) -> None:
        on = event.rests_on()
        if on is not None:
            self._resting.setdefault(on, []).append(version)

    def _forget(self, version: int, event: Event) -> None:
        on = event.rests_on()
        if on is not None:
            self._resting[on].remove(version)

    @abstractmethod
    def _view(self) -> S:
        """The state as it stands, sharing its parts."""

    @abstractmethod
    def _reset(self) -> None:
        """Forget what was derived from events."""

    @abstractmethod
    def _thaw(self, state: S) -> None:
        """Take over from ``state`` what was derived from events."""

    @abstractmethod
    def _apply(self, version: int, event: Event) -> None:
        """Derive what a standing event changes."""

    @abstractmethod
    def _check(self, event: Event) -> tuple[Violation, ...]:
        """What an event other than a void would break of the ledger's own rules."""

    def _check_regulated(self, event: Event, policy: Policy) -> tuple[Violation, ...]:  # noqa: ARG002 - for those that have some
        """What one of the ``regulated`` events would break of a policy."""
        return ()

    def _check_void(self, void: Void) -> tuple[Violation, ...]:  # noqa: ARG002 - for those that know more
        """What else a void of a standing event would break."""
        return ()

    def _check_target(self, void: Void) -> tuple[Violation, ...]:
        """A void's target must stand, nothing may rest on it, and a stream's first entry goes last."""
        if void.of_version not in self._events:
            return (NOTHING_STANDS,)
        if self.resting_on(void.of_version):
            what = "another entry rests on the one to take back"
            return (Violation("something_rests_on_it", what, weight="senseless"),)
        if void.of_version == next(iter(self._events)) and len(self._events) > 1 and self._begins_with_its_first():
            what = "an entry cannot be taken back while others of its stream stand"
            return (Violation("stream_in_use", what, "no other entry", weight="senseless"),)
        return ()

    def _begins_with_its_first(self) -> bool:
        """Whether all other entries of the stream speak of what its first one began."""
        return True


def folded(fold: type[Fold[S]], state: S | None, events: Iterable[tuple[int, Event]]) -> S:
    """``state`` (None: nothing yet) after ``events`` (versions and events, in order), whatever they say."""
    folding = fold(state)
    for version, event in events:
        folding.take(version, event)
    return folding.freeze()


def thawed(held: Mapping[K, V]) -> dict[K, V]:
    """A copy to change. A proxy copies its dict as a whole, where `dict` would look every key up."""
    return held.copy() if isinstance(held, MappingProxyType) else dict(held)


@cache
def _names(state: type[State]) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(state))
