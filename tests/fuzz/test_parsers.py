"""Whatever bytes a parser is given, it reads them or refuses them: a quick look; `campaign` looks for longer."""

from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fuzz.targets import TARGETS, Target, try_one

Change = Callable[[bytes], bytes]

QUICK: Final = settings(max_examples=max(300, settings().max_examples))
each_target = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS.keys())


def flipped(at: int, bit: int) -> Change:
    return lambda data: data[: at % len(data)] + bytes([data[at % len(data)] ^ 1 << bit]) + data[at % len(data) + 1 :]


def replaced(at: int, length: int, by: bytes) -> Change:
    return lambda data: data[: at % len(data)] + by + data[at % len(data) + length :]


def repeated(at: int, length: int, times: int) -> Change:
    return lambda data: data[: at % len(data)] + data[at % len(data) :][:length] * times + data[at % len(data) :]


places, lengths = st.integers(0, 2**16), st.integers(0, 40)
changes: st.SearchStrategy[Change] = (
    st.builds(flipped, places, st.integers(0, 7))
    | st.builds(replaced, places, lengths, st.binary(max_size=12))
    | st.builds(replaced, places, lengths, st.sampled_from([b"", b"\n", b"\n\n", b" ", b"-", b"0", b'"', b"{}", b"e9"]))
    | st.builds(repeated, places, lengths, st.integers(1, 5))
)


@each_target
def test_what_is_written_is_read(target: Target) -> None:
    assert all(try_one(target, data) for data in target.seeds)


@each_target
@QUICK
@given(data=st.data())
def test_a_changed_example_is_read_or_refused(target: Target, data: st.DataObject) -> None:
    changed = data.draw(st.sampled_from(target.seeds))
    for change in data.draw(st.lists(changes, min_size=1, max_size=4)):
        changed = change(changed or b"\0")
    try_one(target, changed)


@each_target
@QUICK
@given(data=st.binary())
def test_any_bytes_are_read_or_refused(target: Target, data: bytes) -> None:
    try_one(target, data)
