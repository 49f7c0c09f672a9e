"""States that are kept: the last one handed in for a stream, and not more of them than there is room for."""

from hypothesis import given
from hypothesis import strategies as st

from cadreledger.aggregates import CadreState
from cadreledger.ledger import hot
from cadreledger.ledger.hot import HotStates
from cadreledger.values import StreamId

STREAMS = [StreamId(f"cadre:{number:032x}") for number in range(6)]
steps = st.lists(st.tuples(st.sampled_from(STREAMS), st.integers(1, 40_000), st.booleans()), max_size=30)


@given(steps)
def test_the_states_used_last_are_kept_as_far_as_there_is_room(taken: list[tuple[StreamId, int, bool]]) -> None:
    states, model = HotStates(), dict[StreamId, CadreState]()
    for stream, version, keep in taken:
        if keep:
            model.pop(stream, None)
            model[stream] = CadreState(version=version)
            states.keep(stream, model[stream])
            while sum(state.version for state in model.values()) > hot.HOT_EVENTS_MAX:
                del model[next(iter(model))]
        elif stream in model:
            model[stream] = model.pop(stream)  # used: now the last one to go
            assert states.get(stream) is model[stream]
        else:
            assert states.get(stream) is None
    assert {stream for stream in STREAMS if states.get(stream)} == set(model)
