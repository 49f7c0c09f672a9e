"""What holds of every aggregate's state, whatever history says: cut anywhere, frozen, and asked without a trace."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import attrs
import pytest
from hypothesis import strategies as st

from cadreledger.aggregates import Fold, State, Violation
from cadreledger.events.sections import Event
from cadreledger.events.void import Void, VoidReason

S = TypeVar("S", bound=State)
History = list[tuple[int, Event]]
Folding = Callable[[S | None, Iterable[tuple[int, Event]]], S]

VOIDS = st.builds(Void, of_version=st.integers(1, 12), reason=st.sampled_from(VoidReason))


def histories(*events: st.SearchStrategy[Event]) -> st.SearchStrategy[History]:
    """Up to fourteen events and voids of some of them, in any order."""
    several = st.lists(st.one_of(VOIDS, *events), max_size=14)
    return several.map(lambda history: list(enumerate(history, start=1)))


def cut_anywhere(fold: Folding[S], history: History, cut: int) -> None:
    """A history that is folded in two pieces gives what it gives as a whole, and the first piece is left alone."""
    whole, before = fold(None, history), fold(None, history[:cut])
    said = repr(before)
    assert fold(before, history[cut:]) == whole
    assert repr(before) == said
    assert whole.version == len(history)
    frozen(whole)


def forget(fold: Folding[S], history: History, event: Event) -> None:
    """An entry that is taken back at once leaves nothing but its number."""
    last = len(history) + 1
    after = fold(None, [*history, (last, event), (last + 1, Void(of_version=last, reason=VoidReason.MISTAKE))])
    assert attrs.evolve(after, version=len(history)) == fold(None, history)


def ask(folding: Fold[S], history: History, event: Event) -> tuple[Violation, ...]:
    """What ``event`` would break after ``history``; to ask changes nothing, and a copy says the same."""
    for version, happened in history:
        folding.take(version, happened)
    said = repr(folding.freeze())
    found = folding.check(event)
    assert folding.check(event) == found == type(folding)(folding.freeze()).check(event)
    assert repr(folding.freeze()) == said
    return found


def frozen(state: State) -> None:
    """Nothing in ``state``, however deep, can be assigned to."""
    for field in attrs.fields(type(state)):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(state, field.name, None)
        value = getattr(state, field.name)
        if hasattr(value, "keys"):
            with pytest.raises(TypeError):
                value[next(iter(value), 1)] = None
            assert not hasattr(value, "clear")
        else:
            hash(value)
