"""What the ledger says of itself: its keys one after another, its witnesses, and tallies that leave no gap."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadreledger.aggregates import Batch, Log, LogState
from cadreledger.aggregates.log import LogFold
from cadreledger.errors import InputError, RuleError
from cadreledger.events.ledger import DuesTallied, LedgerOpened
from cadreledger.values import Month, StreamKind, fen, stream_id

JUNE, JULY, AUGUST = (Month(2021, month) for month in (6, 7, 8))


def key(kind: int, number: int, name: str = "office.example/log") -> str:
    """A verifier key of a type; nothing here looks behind its form."""
    return f"{name}+{number:08x}+{b64encode(bytes([kind]) + number.to_bytes(32, 'big')).decode()}"


SIGNING = [key(1, number) for number in range(4)]
WITNESSES = [key(4, number, "bureau.example") for number in range(4)]


def opened(keys: Sequence[str] = ()) -> Log:
    """The log of a ledger that was opened with ``keys``."""
    event = LedgerOpened(
        origin="office.example/log",
        suite="sha256-ed25519",
        keys=tuple(keys),
        catalogue="A" * 43,
        time_zone="Asia/Shanghai",
        name="永兴社区",
        key_store="0f" * 16,
    )
    fold = LogFold()
    fold.take(1, event)
    return Log(stream_id(StreamKind.LEDGER), fold, Batch(date(2021, 12, 31)))


def tally(log: Log, month: Month, first: int, last: int) -> int:
    return log.tally(month, fen(700), 1, 0, first, last)


def refused(rule: str) -> "pytest.RaisesExc[RuleError]":
    return pytest.raises(RuleError, check=lambda error: error.rule == rule)


# --- keys ------------------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(SIGNING + WITNESSES), unique=True))
def test_leaf_0_names_the_logs_keys_and_the_witnesses(keys: list[str]) -> None:
    state = opened(keys).state
    assert state.keys == tuple(each for each in keys if each in SIGNING)
    assert state.witnesses == tuple(each for each in keys if each in WITNESSES)


def test_keys_follow_each_other_in_order_of_time() -> None:
    log = opened([SIGNING[2], *WITNESSES[:1]])
    log.rotate_key(SIGNING[0])
    log.rotate_key(SIGNING[1])
    assert log.state.keys == (SIGNING[2], SIGNING[0], SIGNING[1])
    assert log.state.witnesses == (WITNESSES[0],), "a rotation leaves the witnesses alone"


@pytest.mark.parametrize("again", SIGNING[:2])
def test_a_key_that_came_before_does_not_come_again(again: str) -> None:
    log = opened(SIGNING[:1])
    log.rotate_key(SIGNING[1])
    before = log.state
    with refused("key_came_before"):
        log.rotate_key(again)
    assert log.state == before


def test_the_log_signs_with_no_witnesss_key_and_a_witness_with_no_logs() -> None:
    log = opened(SIGNING[:1])
    with refused("no_signing_key"):
        log.rotate_key(WITNESSES[0])
    with refused("no_witness_key"):
        log.name_witnesses([WITNESSES[0], SIGNING[1]])


@given(st.lists(st.lists(st.sampled_from(WITNESSES), unique=True), min_size=1))
def test_the_witnesses_are_those_of_the_latest_list(lists: list[list[str]]) -> None:
    log = opened([SIGNING[0], *WITNESSES])
    for keys in lists:
        log.name_witnesses(keys)
    assert log.state.witnesses == tuple(lists[-1])
    assert log.state.keys == (SIGNING[0],)


def test_a_witness_is_named_once() -> None:
    with refused("witness_named_twice"):
        opened().name_witnesses([WITNESSES[0], WITNESSES[1], WITNESSES[0]])


@pytest.mark.parametrize("junk", [None, 7, WITNESSES[0], "", [None], [7], ["bureau"], {WITNESSES[0]: 1}])
def test_what_is_no_list_of_verifier_keys_names_nobody(junk: Sequence[str]) -> None:
    log = opened()
    with pytest.raises(InputError):
        log.name_witnesses(junk)
    assert log.version == 1


# --- tallies ---------------------------------------------------------------------------------------------------------


def test_tallies_go_on_where_the_one_before_ended() -> None:
    log = opened()
    assert (log.state.tally, log.state.tallied) == (None, 0)
    for month, first, last in [(JUNE, 1, 9), (JULY, 1, 9), (JUNE, 10, 10), (JULY, 11, 30)]:
        tally(log, month, first, last)
        assert log.state.tallied == last
    assert isinstance(log.state.tally, DuesTallied)
    assert log.state.tally.month == JULY


@pytest.mark.parametrize(
    ("month", "first", "last"),
    [
        (AUGUST, 1, 9),  # what is tallied already, with other bounds
        (AUGUST, 2, 10),
        (AUGUST, 12, 20),  # a gap
        (AUGUST, 11, 10),  # nothing
        (JULY, 5, 10),  # the same month of the same batch
        (JUNE, 5, 10),  # an earlier month of the same batch
        (AUGUST, 5, 11),
    ],
)
def test_a_tally_neither_repeats_nor_leaves_a_gap(month: Month, first: int, last: int) -> None:
    log = opened()
    tally(log, JUNE, 1, 4)
    tally(log, JULY, 5, 10)
    before = log.state
    with refused("tally_out_of_order"):
        tally(log, month, first, last)
    assert log.state == before


@pytest.mark.parametrize(("first", "last"), [(2, 3), (2, 1)])
def test_the_first_tally_begins_at_the_beginning(first: int, last: int) -> None:
    with refused("tally_out_of_order"):
        tally(opened(), JULY, first, last)


@given(st.lists(st.tuples(st.integers(1, 5), st.sets(st.integers(1, 12), min_size=1)), max_size=6))
def test_seals_after_one_another_can_all_be_tallied(seals: list[tuple[int, set[int]]]) -> None:
    """Each seal covers some more positions, and has a tally for every month it touches."""
    log = opened()
    for width, months in seals:
        first = log.view.tallied + 1
        for month in sorted(months):
            tally(log, Month(2021, month), first, first + width - 1)
    assert log.view.tallied == sum(width for width, _ in seals)
    assert isinstance(log.state, LogState)


def test_what_the_ledger_says_of_itself_is_not_taken_back() -> None:
    log = opened()
    with refused("not_to_be_voided"):
        log.void(1)
    for version in (tally(log, JULY, 1, 2), log.rotate_key(SIGNING[0]), log.name_witnesses([])):
        with refused("not_to_be_voided"):
            log.void(version)
