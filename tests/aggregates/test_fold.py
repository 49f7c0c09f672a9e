"""Folding: the same state whichever way history is cut, whatever it says, and nothing in it can be changed.

The laws are those of every aggregate. History is drawn from all events that its stream may hold, about few days, codes
and versions: some make sense, some name what is not there.
"""

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.aggregates.folding import VOIDS, History, ask, cut_anywhere, forget
from tests.strategies import CLASSES, events_of_a_small_world

from cadreledger.aggregates import (
    Branch,
    Cadre,
    Community,
    Facility,
    Handle,
    Log,
    Person,
    Programme,
    State,
    Team,
)
from cadreledger.aggregates.standing import Fold, folded
from cadreledger.events.sections import Event
from cadreledger.events.void import Void, VoidReason
from cadreledger.values import StreamKind

HANDLES: tuple[type[Handle[State]], ...] = (Log, Branch, Cadre, Team, Facility, Community, Programme, Person)

each_aggregate = pytest.mark.parametrize("handle", HANDLES, ids=lambda handle: handle.kind.value)


HAPPENINGS: dict[StreamKind, st.SearchStrategy[Event]] = {
    kind: st.one_of([events_of_a_small_world(cls) for cls in CLASSES if kind in cls.streams]) for kind in StreamKind
}
"""What may happen in a stream of each kind, voids left out."""


def histories(handle: type[Handle[State]]) -> st.SearchStrategy[History]:
    """Up to sixteen events, a quarter of them voids."""
    happened = HAPPENINGS[handle.kind]
    several = st.lists(st.one_of(VOIDS, happened, happened, happened), max_size=16)
    return several.map(lambda history: list(enumerate(history, start=1)))


def fold(handle: type[Handle[State]], state: State | None, history: History) -> State:
    kind: type[Fold[State]] = handle.fold
    return folded(kind, state, history)


def test_every_kind_of_stream_has_its_aggregate() -> None:
    assert {handle.kind for handle in HANDLES} == set(StreamKind)
    assert len(HANDLES) == len(StreamKind)


@each_aggregate
@given(data=st.data())
def test_a_history_may_be_cut_anywhere(handle: type[Handle[State]], data: st.DataObject) -> None:
    history = data.draw(histories(handle))
    cut = data.draw(st.integers(0, len(history)))
    cut_anywhere(lambda state, events: fold(handle, state, list(events)), history, cut)


@each_aggregate
@given(data=st.data())
def test_an_entry_that_is_taken_back_at_once_leaves_nothing(handle: type[Handle[State]], data: st.DataObject) -> None:
    history, event = data.draw(histories(handle)), data.draw(HAPPENINGS[handle.kind])
    forget(lambda state, events: fold(handle, state, list(events)), history, event)


@each_aggregate
@given(data=st.data())
def test_an_entry_that_is_taken_back_later_is_as_if_it_had_never_been(
    handle: type[Handle[State]], data: st.DataObject
) -> None:
    history = data.draw(histories(handle))
    assume(history)
    gone, event = data.draw(st.sampled_from(history))
    left = history if isinstance(event, Void) else [entry for entry in history if entry[0] != gone]
    void = Void(of_version=gone, reason=VoidReason.MISTAKE)
    after = fold(handle, None, [*history, (len(history) + 1, void)])
    never = fold(handle, None, left)
    assert attrs.evolve(after, version=0) == attrs.evolve(never, version=0)
    twice = fold(handle, None, [*history, (len(history) + 1, void), (len(history) + 2, void)])
    assert attrs.evolve(twice, version=0) == attrs.evolve(after, version=0)


@each_aggregate
@given(data=st.data())
def test_what_stands_is_what_was_not_taken_back(handle: type[Handle[State]], data: st.DataObject) -> None:
    history = data.draw(histories(handle))
    standing: dict[int, Event] = {}
    for version, event in history:
        if isinstance(event, Void):
            standing.pop(event.of_version, None)
        else:
            standing[version] = event
    state = fold(handle, None, history)
    assert (state.standing, state.version) == (standing, len(history))


@each_aggregate
@given(data=st.data())
def test_asking_what_an_event_would_break_changes_nothing(handle: type[Handle[State]], data: st.DataObject) -> None:
    history, event = data.draw(histories(handle)), data.draw(VOIDS | HAPPENINGS[handle.kind])
    found = ask(handle.fold(), history, event)
    assert found == handle.fold(fold(handle, None, history)).check(event), "whoever goes on from a state says the same"


@each_aggregate
@given(data=st.data())
def test_a_copy_of_a_fold_goes_its_own_way(handle: type[Handle[State]], data: st.DataObject) -> None:
    history, more = data.draw(histories(handle)), data.draw(histories(handle))
    folding = handle.fold(fold(handle, None, history))
    copy = type(folding)(folding.freeze())
    for version, event in more:
        copy.take(len(history) + version, event)
    assert folding.freeze() == fold(handle, None, history)
    later = [(len(history) + version, event) for version, event in more]
    assert copy.freeze() == fold(handle, None, [*history, *later])
